//! Where the console begins: where was chosen; where nothing was, in the context or store in which the last console was cut off;
//! else where it opens by itself.
//!
//! It does not come back to a bare URL: the credentials of the environment may be meant for another instance by now, and would
//! be sent there. It says how to.

use std::io::{self, IsTerminal};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::ready;

use crate::app::doing::Undoable;
use crate::config::environment::Environment;
use crate::config::layers;
use crate::config::paths::DEFAULT_INSTANCE;
use crate::config::target::{Origin, Reach, Target};
use crate::connect::{self, Coming};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;
use crate::runner::resume_file::ResumeFile;

use super::contexts::ConfiguredContexts;
use super::{config_in, resume_file};

/// How long an instance that is come back to may take to say that it cannot be opened, for the other to open in its place.
const ANSWERS_WITHIN: Duration = Duration::from_millis(200);

/// What the console begins with.
pub struct Begun {
    pub target: Target,
    pub coming: Coming,
    /// Whether it is a problem on screen, rather than the end of the console, that it cannot be opened.
    pub can_fail: bool,
    /// Words that lead a command to it.
    pub command_words: Vec<String>,
    /// The context or store in words, if it is another than the one that opens by itself.
    pub came_back: Option<String>,
    /// What is to be said about it.
    pub notices: Vec<String>,
}

/// Begins to open what the console begins in. `target` is what was chosen, or opens by itself. A script, where nobody sits at the
/// terminal, never begins elsewhere.
pub fn begin(
    target: Target,
    command_words: Vec<String>,
    fresh: bool,
    contexts: &ConfiguredContexts,
) -> Result<Begun, Problem> {
    let kept = contexts.paths.resume_directory();
    let mut notices = Vec::new();
    if opens_by_itself(&target) && io::stdin().is_terminal() {
        if fresh {
            ResumeFile::forget_where(&kept, None);
        }
        // What is so old that nothing of it can be taken back any more leads nobody anywhere.
        let since = SystemTime::now() - Duration::from_millis(Undoable::EXPIRES);
        let last = ResumeFile::last(&kept, since, |words| {
            let is_told = |(flag, _)| flag == HOST || !says_who(&contexts.environment);
            config_in(words) == contexts.config && way_in(words).is_some_and(is_told)
        });
        if let Some((first, words)) = last
            && let Some((flag, name)) = way_in(&words)
            && first != resume_file(&target, &contexts.paths)
        {
            let place = match flag {
                STORE => format!("store {}", visible(name)),
                _ => format!("context {}", visible(name)),
            };
            let come_back = || {
                let target = contexts.target_by(flag, name)?;
                if first != resume_file(&target, &contexts.paths) {
                    return Err(leads_elsewhere());
                }
                let coming = connect::begin(&target, &contexts.paths, &contexts.environment)?;
                Ok((connect::waited_for(coming, ANSWERS_WITHIN)?, target))
            };
            let told = if flag == HOST {
                let url = visible(name);
                format!("You were cut off at {url}; what you were at is kept for `kestra-admin --host {url}`")
            } else {
                match come_back() {
                    Ok((coming, target)) => {
                        return Ok(Begun {
                            came_back: Some(place),
                            command_words: contexts.words(flag, name),
                            target,
                            coming,
                            can_fail: false,
                            notices,
                        });
                    }
                    Err(problem) if problem.kind == ProblemKind::NotFound => {
                        format!("You were cut off in {place}, which is not there any more")
                    }
                    Err(problem) => format!("You were cut off in {place}, and cannot come back: {}", problem.what),
                }
            };
            notices.push(told);
            // It is said once; what was typed there stays.
            ResumeFile::forget_where(&kept, Some(&first));
        }
    }
    // Other contexts are in reach from the screen, and it can be tried again there once it is mended.
    let is_context = match target.chosen_by {
        Origin::Flag(flag) => flag == CONTEXT,
        Origin::Variable(_) | Origin::File(_) => true,
        Origin::Default => false,
    };
    let can_fail = (is_context || matches!(target.reach.value, Reach::Host { .. })) && io::stdin().is_terminal();
    let coming = match connect::begin(&target, &contexts.paths, &contexts.environment) {
        Err(problem) if can_fail => ready(Err(problem)).boxed(),
        begun => begun?,
    };
    Ok(Begun {
        target,
        coming,
        can_fail,
        command_words,
        came_back: None,
        notices,
    })
}

/// Whether neither a flag nor a variable said anything about the instance.
fn opens_by_itself(target: &Target) -> bool {
    let tenant = target.tenant.as_ref().map(|tenant| &tenant.origin);
    let mut origins = [Some(&target.chosen_by), tenant].into_iter().flatten();
    !origins.any(|origin| matches!(origin, Origin::Flag(_) | Origin::Variable(_)))
}

/// Whether variables say who we are: what is meant for one instance is not taken to another.
fn says_who(environment: &Environment) -> bool {
    let mut who = [layers::TOKEN, layers::USERNAME, layers::PASSWORD].into_iter();
    who.any(|name| environment.get(name).is_some())
}

pub(super) const CONTEXT: &str = "--context";
pub(super) const STORE: &str = "--store";
pub(super) const HOST: &str = "--host";

/// The flag and its value by which these words lead to an instance; where they name nothing it is the local instance.
fn way_in(words: &[String]) -> Option<(&'static str, &str)> {
    let mut rest = words;
    if let [flag, _, others @ ..] = rest
        && flag == "--config"
    {
        rest = others;
    }
    match rest {
        [] => Some((CONTEXT, DEFAULT_INSTANCE)),
        [flag, name] => [CONTEXT, STORE, HOST]
            .into_iter()
            .find(|known| known == flag)
            .map(|known| (known, name.as_str())),
        _ => None,
    }
}

fn leads_elsewhere() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "It leads to another instance now.",
        "The configuration was changed since.",
        "Switch to it by hand.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_a_way_to_an_instance() {
        let of = |words: &str| {
            let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            way_in(&words).map(|(flag, name)| format!("{flag} {name}"))
        };
        assert_eq!(of("--context prod").as_deref(), Some("--context prod"));
        assert_eq!(of("--config x.toml --context prod").as_deref(), Some("--context prod"));
        assert_eq!(of("").as_deref(), Some("--context default"));
        assert_eq!(of("--config x.toml").as_deref(), Some("--context default"));
        assert_eq!(of("--store lab").as_deref(), Some("--store lab"));
        assert_eq!(of("--host https://kestra").as_deref(), Some("--host https://kestra"));
        assert_eq!(of("--tenant x"), None);
    }
}
