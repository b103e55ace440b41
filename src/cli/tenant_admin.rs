//! `tenants repair-admin`: an Admin for a tenant that nobody administers.

use serde_json::json;

use super::args::Changing;
use super::failure::Failure;
use super::lookup;
use super::request::{self, Request};
use super::role_content::scope_named;
use super::session::Session;
use crate::domain::tenant::TenantScope;

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
    if changing.dry_run {
        let user = lookup::user(backend.as_ref(), Some(&scope), username, None).await?;
        let request = Request {
            would: "make Admin",
            what: format!("`{}` in tenant `{scope}`, who is it already or not", user.username),
            route: None,
            body: json!({"userId": user.id}),
        };
        return request::print(session, &request);
    }
    let was_given = backend.ensure_admin(&scope, username).await?;
    session.printer.say(&if was_given {
        format!("`{username}` is Admin of tenant `{scope}` now.")
    } else {
        format!("Nothing to change: `{username}` is Admin of tenant `{scope}` already.")
    });
    Ok(())
}
