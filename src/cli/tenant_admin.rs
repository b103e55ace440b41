//! `tenants repair-admin`: an Admin for a tenant that nobody administers.

use super::args::Changing;
use super::failure::Failure;
use super::lookup;
use super::losses::{self, Consent};
use super::request;
use super::role_content::scope_named;
use super::session::Session;
use crate::backend::http::{PlannedRequest, Planner};
use crate::domain::access::TenantAccess;
use crate::domain::count::listed;
use crate::domain::effective_access::admin_users;
use crate::domain::loss::Loss;
use crate::domain::problem::ProblemKind;
use crate::domain::tenant::TenantScope;
use crate::domain::user::Entrant;

/// `tenants repair-admin`
pub async fn repair(session: &mut Session<'_>, id: &str, username: &str, changing: Changing) -> Result<(), Failure> {
    if !changing.dry_run {
        session.allow_change(changing.yes)?;
    }
    let scope = scope_named(id)?;
    let backend = session.open()?;
    if let TenantScope::Named(id) = &scope {
        backend.tenant(id).await?;
    }
    let instance = backend.instance().await?;
    // Whoever may not see who may do what may still be allowed to give the role.
    let mut access = match backend.access(&scope).await {
        Err(problem) if problem.kind == ProblemKind::Denied => TenantAccess::default(),
        access => access?,
    };
    let admins = admin_users(&access);
    let is_admin = admins.iter().any(|admin| admin.has_username(username));
    let others: Vec<&str> = admins.iter().map(|admin| admin.username.as_str()).collect();
    if changing.dry_run {
        let user = lookup::user(backend.as_ref(), Some(&scope), username, None).await?;
        if is_admin {
            session.printer.say(&format!(
                "Nothing to change: `{username}` is Admin of tenant `{scope}` already."
            ));
            return request::print_any(session, &[]);
        }
        if !others.is_empty() {
            session.printer.say(&who_is(&scope, &others));
        }
        let planner = Planner::new(&instance);
        // Whoever holds the role and is not in the tenant is let in, and that makes them Admin.
        access.users.push(user.clone());
        let calls = if admin_users(&access).contains(&user) {
            planner
                .give_access(&scope, &Entrant::Known(user.clone()))
                .into_iter()
                .collect()
        } else {
            let role = access.roles.iter().find(|role| role.is_admin());
            planner.make_admin(&scope, &user, role.map_or("{id of Admin}", |role| role.id.as_str()))
        };
        let what = format!("`{}` in tenant `{scope}`", user.username);
        let requests: Vec<PlannedRequest> = calls
            .into_iter()
            .map(|planned| PlannedRequest::new("make Admin", what.clone(), planned))
            .collect();
        return request::print_any(session, &requests);
    }
    if !is_admin && !others.is_empty() {
        lookup::user(backend.as_ref(), Some(&scope), username, None).await?;
        let what = format!("`{username}` was not made Admin of tenant `{scope}`.");
        let consent = Consent {
            yes: changing.yes,
            confirm: None,
            expected: "",
            why: "It needs no repair, and nobody was there to be asked whether it shall have one more Admin.",
        };
        session.printer.say(&who_is(&scope, &others));
        losses::allow_undoable(session, &what, Some(&Loss::default()), &consent)?;
    }
    let was_given = backend.ensure_admin(&scope, username).await?;
    session.printer.say(&if was_given {
        format!("`{username}` is Admin of tenant `{scope}` now.")
    } else {
        format!("Nothing to change: `{username}` is Admin of tenant `{scope}` already.")
    });
    Ok(())
}

fn who_is(scope: &TenantScope, admins: &[&str]) -> String {
    let be = if admins.len() == 1 { "is" } else { "are" };
    format!(
        "Tenant `{scope}` is administered already: {} {be} Admin.",
        listed(admins)
    )
}
