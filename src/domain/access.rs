//! What a tenant holds, and who is in it.

use serde::Serialize;

use super::binding::Binding;
use super::role::Role;
use super::user::{Group, User};

/// Counts of what lives in a tenant; the truth behind a warning before it is deleted or cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Footprint {
    /// Flows.
    pub flows: u64,
    /// Namespaces.
    pub namespaces: u64,
    /// Executions, which stay in the database when the tenant is deleted.
    pub executions: u64,
    /// Triggers.
    pub triggers: u64,
    /// Roles, managed ones included.
    pub roles: u64,
    /// Bindings.
    pub bindings: u64,
    /// Groups.
    pub groups: u64,
    /// Users with access to the tenant.
    pub users: u64,
}

/// Everything about who may do what in one tenant, as read at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantAccess {
    /// Roles with their permissions.
    pub roles: Vec<Role>,
    /// Who holds which of them.
    pub bindings: Vec<Binding>,
    /// Groups with their members.
    pub groups: Vec<Group>,
    /// Users and service accounts that have access to the tenant.
    pub users: Vec<User>,
}
