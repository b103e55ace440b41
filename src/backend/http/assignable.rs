//! What roles of a tenant can hold, as the server lists it: resources with their actions, and the templates it gives.
//!
//! What cannot be read is no failure, for the release is known: it is said instead that the server did not tell, and why.
//! Only a server that does not answer at all, or does not know us, fails the question.

use futures_util::future::join;
use serde_json::Value;

use crate::backend::feature::Feature;
use crate::domain::assignable::Assignable;
use crate::domain::problem::Problem;
use crate::domain::tenant::TenantScope;

use super::call::Call;
use super::core::Core;
use super::decode;
use super::dialect::Dialect;
use super::failure::{Failure, Reached};
use super::people::words;

impl Core {
    /// What roles of a tenant can hold.
    pub(super) async fn assignable(&self, scope: &TenantScope) -> Result<Assignable, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let release = known.dialect.release();
        let templates = Feature::RoleTemplates.require(release, "No templates of roles were read.");
        // Before there are templates, actions stand apart from what they are done to.
        let beside = if templates.is_ok() { "templates" } else { "actions" };
        let (listed, beside) = join(self.acl(scope, "permissions"), self.acl(scope, beside)).await;
        let (listed, beside) = (listed?, beside?);
        let actions = beside.as_ref().ok().filter(|_| templates.is_err());
        let read = listed.and_then(|value| decode::assignable(&value, actions, release).ok_or_else(|| self.odd(scope)));
        let rows = match read {
            Ok(rows) => rows,
            Err(why) => return Ok(Assignable::unsaid(release, why)),
        };
        let templates = match templates {
            Ok(()) => beside.and_then(|value| decode::templates(&value).ok_or_else(|| self.odd(scope))),
            Err(why) => Err(why),
        };
        Ok(Assignable::told(release, rows, templates))
    }

    /// One of the lists, or why the server does not give it.
    async fn acl(&self, scope: &TenantScope, list: &str) -> Result<Result<Value, Problem>, Failure> {
        match self.json(&call(scope, list)).await {
            Ok(value) => Ok(Ok(value)),
            Err(failure) if matches!(failure.reached, Reached::Answered(status) if status != 401) => {
                Ok(Err(failure.problem))
            }
            Err(failure) => Err(failure),
        }
    }

    fn odd(&self, scope: &TenantScope) -> Problem {
        self.misshapen(&call(scope, "permissions")).problem
    }
}

/// They lie with what is in the tenant, also where roles do not.
fn call(scope: &TenantScope, list: &str) -> Call {
    let doing = format!("read what roles of {} can hold", words(scope));
    Call::get(Dialect::stock_root(scope).join("acls").join(list), doing)
}
