//! Which context the console begins in: the one that was chosen; where none was, the one in which the last console was cut
//! off; else the one that opens by itself.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::app::doing::Undoable;
use crate::backend::Backend;
use crate::config::environment::Environment;
use crate::config::layers;
use crate::config::paths::DEFAULT_INSTANCE;
use crate::config::target::{Origin, Target};
use crate::connect;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;
use crate::runner::resume_file::ResumeFile;

use super::contexts::ConfiguredContexts;
use super::{config_in, resume_file};

/// What the console begins with.
pub struct Begun {
    pub target: Target,
    pub backend: Arc<dyn Backend>,
    /// Words that lead a command to it.
    pub command_words: Vec<String>,
    /// The context, if it is another than the one that opens by itself.
    pub came_back: Option<String>,
    /// What is to be said about it.
    pub notices: Vec<String>,
}

/// Opens what the console begins in. `target` is what was chosen, or opens by itself. A script, where nobody sits at the
/// terminal, never begins elsewhere.
pub fn begin(
    target: Target,
    command_words: Vec<String>,
    fresh: bool,
    contexts: &ConfiguredContexts,
) -> Result<Begun, Problem> {
    let kept = contexts.paths.resume_directory();
    let mut notices = Vec::new();
    if opens_by_itself(&target, &contexts.environment) && io::stdin().is_terminal() {
        if fresh {
            ResumeFile::forget_where(&kept, None);
        }
        // What is so old that nothing of it can be taken back any more leads nobody anywhere.
        let since = SystemTime::now() - Duration::from_millis(Undoable::EXPIRES);
        let last = ResumeFile::last(&kept, since, |words| {
            config_in(words) == contexts.config && context_in(words).is_some()
        });
        if let Some((first, words)) = last
            && let Some(name) = context_in(&words)
            && first != resume_file(&target, &contexts.paths)
        {
            match contexts.target(name).and_then(|target| {
                if first == resume_file(&target, &contexts.paths) {
                    let opened = connect::open(&target, &contexts.paths, &contexts.environment)?;
                    return Ok((opened.backend, target));
                }
                Err(leads_elsewhere())
            }) {
                Ok((backend, target)) => {
                    return Ok(Begun {
                        came_back: Some(target.name.clone()),
                        command_words: contexts.command_words(name),
                        target,
                        backend,
                        notices,
                    });
                }
                Err(problem) => {
                    let name = visible(name);
                    notices.push(match problem.kind {
                        ProblemKind::NotFound => {
                            format!("You were cut off in context {name}, which is not there any more")
                        }
                        _ => format!(
                            "You were cut off in context {name}, and cannot come back: {}",
                            problem.what
                        ),
                    });
                    // It is said once; what was typed there stays.
                    ResumeFile::forget_where(&kept, Some(&first));
                }
            }
        }
    }
    let opened = connect::open(&target, &contexts.paths, &contexts.environment)?;
    Ok(Begun {
        target,
        backend: opened.backend,
        command_words,
        came_back: None,
        notices,
    })
}

/// Whether neither a flag nor a variable said anything about the instance, or about who we are there: what is meant for one
/// is not taken to another.
fn opens_by_itself(target: &Target, environment: &Environment) -> bool {
    let tenant = target.tenant.as_ref().map(|tenant| &tenant.origin);
    let mut origins = [Some(&target.chosen_by), tenant].into_iter().flatten();
    let is_chosen = origins.any(|origin| matches!(origin, Origin::Flag(_) | Origin::Variable(_)));
    let who = [layers::TOKEN, layers::USERNAME, layers::PASSWORD];
    !is_chosen && who.iter().all(|name| environment.get(name).is_none())
}

/// The context that these words name; what opens where they name nothing is the local instance.
fn context_in(words: &[String]) -> Option<&str> {
    let mut rest = words;
    if let [flag, _, others @ ..] = rest
        && flag == "--config"
    {
        rest = others;
    }
    match rest {
        [] => Some(DEFAULT_INSTANCE),
        [flag, name] if flag == "--context" => Some(name),
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
    fn words_name_a_context_or_the_local_instance() {
        let of = |words: &str| {
            let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            context_in(&words).map(str::to_owned)
        };
        assert_eq!(of("--context prod").as_deref(), Some("prod"));
        assert_eq!(of("--config x.toml --context prod").as_deref(), Some("prod"));
        assert_eq!(of("").as_deref(), Some("default"));
        assert_eq!(of("--config x.toml").as_deref(), Some("default"));
        assert_eq!(of("--store lab"), None);
        assert_eq!(of("--host https://kestra"), None);
    }
}
