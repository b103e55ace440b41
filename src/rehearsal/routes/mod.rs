//! The routes, a file for each noun. Each takes what is left of the path from the noun on.

mod accounts;
mod bindings;
mod groups;
mod instance;
mod invitations;
mod me;
mod roles;
mod stock;
mod tenant_access;
mod tenants;
mod tokens;

pub use instance::{configs, setup};

use super::call::Call;
use super::reply::{Refusal, Reply};

/// What is answered to a call, or why not.
pub type Answer = Result<Reply, Refusal>;

/// Hands a call to its noun.
pub async fn answer(call: &Call, rest: &[&str]) -> Answer {
    let Some((noun, after)) = rest.split_first() else {
        return Err(Refusal::NoRoute);
    };
    let in_tenant = call.scope.is_some();
    let old = !call.at_least(0, 24);
    match *noun {
        "tenants" if !in_tenant => tenants::answer(call, after).await,
        "roles" if in_tenant => roles::answer(call, after).await,
        "acls" if in_tenant => roles::acls(call, after).await,
        "bindings" if in_tenant => bindings::answer(call, after).await,
        "groups" if in_tenant => groups::answer(call, after).await,
        "invitations" if in_tenant => invitations::answer(call, after).await,
        "users" if old => accounts::old_users(call, after).await,
        "users" if in_tenant => accounts::groups_of(call, after).await,
        "users" => accounts::users(call, after).await,
        "service-accounts" if !old => accounts::service_accounts(call, after).await,
        "tenant-access" if in_tenant && !old => tenant_access::answer(call, after).await,
        "me" => me::answer(call, after).await,
        "flows" | "executions" | "namespaces" | "usages" if in_tenant => stock::answer(call, noun, after).await,
        "auditlogs" if in_tenant || call.at_least(1, 0) => stock::audit(call, after).await,
        _ => instance::answer(call, rest).await,
    }
}

/// A method that this route does not have, or a route that there is not.
pub fn no_such(known: bool) -> Answer {
    Err(if known {
        Refusal::MethodNotAllowed
    } else {
        Refusal::NoRoute
    })
}
