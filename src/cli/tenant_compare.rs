//! Whether a tenant that exists is the one that was asked for.

use crate::backend::Backend;
use crate::domain::access::TenantAccess;
use crate::domain::binding::SubjectKind;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{NewTenant, TenantScope};
use crate::domain::tenant_change::differing;
use crate::domain::user::is_same_username;

/// How a tenant that exists stands to the one that was asked for.
pub enum Standing {
    /// It is just that.
    Same,
    /// It is not; the problem says in what.
    Different(Problem),
    /// It is, but the user named does not hold its Admin role.
    LacksAdmin,
    /// We may not look at it.
    Unreadable,
}

/// Compares the fields of the tenant that has the id asked for, and not who administers it.
pub async fn compare_fields(backend: &dyn Backend, new: &NewTenant) -> Standing {
    let id = &new.tenant.id;
    let Ok(stored) = backend.tenant(id).await else {
        return Standing::Unreadable;
    };
    let differs = |why: String| {
        Problem::new(
            ProblemKind::Conflict,
            format!("Tenant `{id}` exists and is different."),
            why,
            format!("Choose another id, or change it with `kestra-admin tenants update {id}`."),
        )
    };
    let fields: Vec<String> = differing(&new.tenant, &stored)
        .into_iter()
        .map(|field| if field == "name" { field } else { format!("`{field}`") })
        .collect();
    if !fields.is_empty() {
        return Standing::Different(differs(format!("It differs in {}.", fields.join(", "))));
    }
    Standing::Same
}

/// Compares the tenant that has the id asked for.
pub async fn compare(backend: &dyn Backend, new: &NewTenant) -> Standing {
    let standing = compare_fields(backend, new).await;
    let (Standing::Same, Some(admin)) = (&standing, &new.admin) else {
        return standing;
    };
    match backend.access(&TenantScope::Named(new.tenant.id.clone())).await {
        Ok(access) if holds_admin_role(&access, admin) => Standing::Same,
        Ok(_) => Standing::LacksAdmin,
        Err(_) => Standing::Unreadable,
    }
}

/// Whether a user holds the Admin role of a whole tenant, directly or through a group.
fn holds_admin_role(access: &TenantAccess, admin: &str) -> bool {
    let admin_roles: Vec<&str> = access
        .roles
        .iter()
        .filter(|role| role.is_admin())
        .map(|role| role.id.as_str())
        .collect();
    access
        .bindings
        .iter()
        .filter(|binding| admin_roles.contains(&binding.role_id.as_str()) && binding.namespace.is_none())
        .any(|binding| match binding.subject_kind {
            SubjectKind::User => is_same_username(&binding.subject_name, admin),
            SubjectKind::Group => access.groups.iter().any(|group| {
                group.id == binding.subject_id
                    && group
                        .members
                        .iter()
                        .any(|member| is_same_username(&member.username, admin))
            }),
        })
}
