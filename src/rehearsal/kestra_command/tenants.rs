//! `kestra tenants create`.

use super::{Stop, Work};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{NewTenant, Tenant};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

/// `create --tenant <id> [--name <name>] [--admin-username <user>]`
pub(super) fn create(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    let arguments = work.arguments;
    let id = parsed(arguments.value("--tenant").unwrap_or_default())?;
    let name = arguments.value("--name").unwrap_or(id.as_str()).to_owned();
    let created = work.instance.create_tenant_by_command(&NewTenant {
        tenant: Tenant::new(id, name),
        admin: arguments.value("--admin-username").map(str::to_owned),
    })?;
    work.console.inform("tenants", "A tenant and its roles were written");
    match created.admins.first() {
        Some(admin) => work.console.inform(
            "tenants",
            &format!("{} holds the Admin role", visible(&admin.subject_name)),
        ),
        None => work.console.warn("tenants", "Nobody holds the Admin role yet"),
    }
    work.console.say(&format!("Tenant '{}' created", created.tenant.id));
    Ok(())
}

/// The id of a tenant that may be created.
pub(super) fn parsed(text: &str) -> Result<TenantId, Problem> {
    text.parse().map_err(|error: crate::domain::tenant_id::TenantIdError| {
        Problem::new(
            ProblemKind::Invalid,
            format!("`{}` is no id of a tenant.", visible(text)),
            format!("{error}."),
            "Choose another id.",
        )
    })
}
