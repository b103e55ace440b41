//! What is said of a write whose answer never came, after a look at what is there now.

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::core::Core;
use super::failure::Failure;
use super::lists::Work;

/// Words at the start of a sentence.
pub(super) fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    characters
        .next()
        .map(|first| format!("{}{}", first.to_uppercase(), characters.as_str()))
        .unwrap_or_default()
}

impl Core {
    /// Settles a write of unknown outcome by a look, which finds what was to be there, or nothing, or cannot tell.
    ///
    /// It looks several times where nothing is found: 2.0 shows some of what it stored only after a moment.
    pub(super) async fn settled<'a, T>(
        &self,
        failure: Failure,
        thing: &str,
        done: &str,
        look: &(dyn Fn() -> Look<'a, T> + Sync),
    ) -> Result<T, Failure> {
        let settled = match self.looked_for(look).await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => Settled::NotDone,
            Err(_) => Settled::Unknown,
        };
        Err(Failure {
            problem: settled.problem_of(&failure, thing, done),
            ..failure
        })
    }

    /// Looks up to three times for what may not be there yet.
    pub(super) async fn looked_for<'a, T>(
        &self,
        look: &(dyn Fn() -> Look<'a, T> + Sync),
    ) -> Result<Option<T>, Failure> {
        let not_there = || {
            Failure::known(Problem::new(
                ProblemKind::Interrupted,
                "It is not there.",
                "It may come.",
                "Look again.",
            ))
        };
        let once = || async { look().await?.ok_or_else(not_there) };
        let is_missing = |failure: &Failure| failure.problem.kind == ProblemKind::Interrupted;
        match self.retries.look(once, is_missing).await {
            Ok(found) => Ok(Some(found)),
            Err(failure) if is_missing(&failure) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Settles a delete: what is not there any more was deleted.
    pub(super) async fn settled_delete<T: Send>(
        &self,
        failure: Failure,
        thing: &str,
        look: impl Future<Output = Result<T, Failure>> + Send,
    ) -> Result<(), Failure> {
        let settled = match look.await {
            Ok(_) => Settled::NotDone,
            Err(read) if read.problem.kind == ProblemKind::NotFound && !read.no_route => return Ok(()),
            Err(_) => Settled::Unknown,
        };
        Err(Failure {
            problem: settled.problem_of(&failure, thing, "deleted"),
            ..failure
        })
    }
}

/// A look at what is there: `None` where it is not.
pub(super) type Look<'a, T> = Work<'a, Result<Option<T>, Failure>>;

/// What a look showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// It was not done by then.
    NotDone,
    /// Nobody can tell.
    Unknown,
}

impl Settled {
    /// The problem to show for a write to a tenant that failed; `done` is what was to be done, such as `changed`.
    pub(super) fn problem(self, failure: &Failure, id: &TenantId, done: &str) -> Problem {
        self.problem_of(failure, &format!("tenant `{}`", visible(id.as_str())), done)
    }

    /// The same for anything; `thing` is what was written to, in words, such as "role `Reader`".
    pub(super) fn problem_of(self, failure: &Failure, thing: &str, done: &str) -> Problem {
        let cause = &failure.problem;
        let is_unknown = self == Self::Unknown || failure.may_come();
        let (what, next) = if is_unknown {
            (
                format!("It is not known whether {thing} was {done}."),
                "It may still come: look whether it is there before you try again.",
            )
        } else {
            (
                format!("{} was not {done}.", capitalised(thing)),
                "It is as it was when looked at right after; try again.",
            )
        };
        let kind = match cause.kind {
            ProblemKind::Unreachable => ProblemKind::Unreachable,
            _ => ProblemKind::Failed,
        };
        let mut problem = Problem::new(kind, what, cause.why.clone(), next);
        problem.detail.clone_from(&cause.detail);
        problem.is_unknown = is_unknown;
        problem
    }
}
