//! Whether a tenant that exists is the one that was asked for.

use serde_json::Value;

use crate::backend::Backend;
use crate::domain::access::TenantAccess;
use crate::domain::binding::SubjectKind;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
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
    let fields = differing(&new.tenant, &stored);
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

/// Paths of top-level fields in which two tenants differ. What means "not set" is the same as not being there.
fn differing(wanted: &Tenant, stored: &Tenant) -> Vec<String> {
    let is_unset = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    let of = |tenant: &Tenant, key: &str| tenant.rest.get(key).filter(|value| !is_unset(value)).cloned();
    let mut found = Vec::new();
    if wanted.name != stored.name {
        found.push("name".to_owned());
    }
    let mut keys: Vec<&String> = wanted.rest.keys().chain(stored.rest.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        // Whether it is deleted and what its logo is are the server's to say.
        if matches!(key.as_str(), "deleted" | "logo") || of(wanted, key) == of(stored, key) {
            continue;
        }
        found.push(format!("`{key}`"));
    }
    found
}
