//! Writes that may lie at several places: to 0.23 a superadmin has routes of their own, which others, or other servers,
//! do not have.
//!
//! Only a refusal leads on to the next place, because what is refused was not done. What may have been done is never sent
//! a second time.

use serde_json::Value;

use crate::domain::problem::ProblemKind;
use crate::domain::tenant::TenantScope;

use super::call::{Call, Path};
use super::core::Core;
use super::detect::Known;
use super::failure::Failure;
use super::transport::Answer;

/// What was answered to a write that was carried out.
pub(super) struct Done {
    /// The place at which it was.
    pub root: Path,
    /// What was answered.
    pub answer: Answer,
}

impl Done {
    /// The JSON of the answer; null where it has none. What cannot be read is read from the server instead.
    pub(super) fn value(&self) -> Value {
        serde_json::from_slice(&self.answer.body).unwrap_or(Value::Null)
    }
}

/// How a call is made for a place.
pub(super) type Make<'a> = &'a (dyn Fn(Path) -> Call + Sync);

impl Core {
    /// Carries out a call at the first of these places that does not refuse it.
    pub(super) async fn at_places(&self, roots: Vec<Path>, make: Make<'_>) -> Result<Done, Failure> {
        let mut first = None;
        for root in roots {
            match self.call(&make(root.clone())).await {
                Ok(answer) => return Ok(Done { root, answer }),
                Err(failure) => {
                    let is_refusal = failure.problem.kind == ProblemKind::Denied || failure.no_route;
                    if !is_refusal || self.session.refused().is_some() {
                        return Err(failure);
                    }
                    first.get_or_insert(failure);
                }
            }
        }
        Err(first.unwrap_or_else(|| self.misshapen(&make(Path::api("")))))
    }

    /// Carries out a call below the places where a tenant's people and roles lie.
    pub(super) async fn in_tenant(&self, known: &Known, scope: &TenantScope, make: Make<'_>) -> Result<Done, Failure> {
        known.enter(scope)?;
        let roots = known.dialect.people_roots(scope, known.me.superadmin);
        match self.at_places(roots, make).await {
            Err(failure) if !failure.may_be_done() => Err(self.explained(known, scope, failure).await),
            other => other,
        }
    }

    /// A delete that was refused as wrong is one of something that is not there, if a look says so: 2.0 answers 400 to
    /// some ids it does not know.
    pub(super) async fn not_there_after_all<T: Send>(
        &self,
        failure: Failure,
        look: impl Future<Output = Result<T, Failure>> + Send,
    ) -> Failure {
        if failure.problem.kind != ProblemKind::Invalid {
            return failure;
        }
        match look.await {
            Err(missing) if missing.problem.kind == ProblemKind::NotFound => missing,
            _ => failure,
        }
    }
}
