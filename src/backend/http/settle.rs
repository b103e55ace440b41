//! What is said of a write whose answer never came, after a look at what is there now.

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::failure::Failure;

/// What a look showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// It was not done.
    NotDone,
    /// Nobody can tell.
    Unknown,
}

impl Settled {
    /// The problem to show for a write to a tenant that failed; `done` is what was to be done, such as `changed`.
    pub(super) fn problem(self, failure: &Failure, id: &TenantId, done: &str) -> Problem {
        let id = visible(id.as_str());
        let cause = &failure.problem;
        let (what, next) = match self {
            Self::NotDone => (
                format!("Tenant `{id}` was not {done}."),
                "It is as it was when looked at right after; try again.".to_owned(),
            ),
            Self::Unknown => (
                format!("It is not known whether tenant `{id}` was {done}."),
                "Look at it before you try again.".to_owned(),
            ),
        };
        let kind = match cause.kind {
            ProblemKind::Unreachable => ProblemKind::Unreachable,
            _ => ProblemKind::Failed,
        };
        let mut problem = Problem::new(kind, what, cause.why.clone(), next);
        problem.detail.clone_from(&cause.detail);
        problem
    }
}
