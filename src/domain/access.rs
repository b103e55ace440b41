//! What a tenant holds, and who is in it.

use serde::{Deserialize, Serialize};

use super::binding::Binding;
use super::role::Role;
use super::user::{Group, User};

/// Counts of what lives in a tenant; the truth behind a warning before it is deleted or cut off.
///
/// `None` is a count that nobody may tell us, such as that of flows to a superadmin without a role in the tenant. It is
/// not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Footprint {
    /// Flows.
    pub flows: Option<u64>,
    /// Namespaces.
    pub namespaces: Option<u64>,
    /// Executions, which stay in the database when the tenant is deleted.
    pub executions: Option<u64>,
    /// Triggers.
    pub triggers: Option<u64>,
    /// Roles, managed ones included.
    pub roles: Option<u64>,
    /// Bindings.
    pub bindings: Option<u64>,
    /// Groups.
    pub groups: Option<u64>,
    /// Users with access to the tenant.
    pub users: Option<u64>,
}

impl Footprint {
    /// What goes when the tenant is deleted, each with its name: all but executions, which stay, and users, who keep their accounts.
    pub fn goes(&self) -> [(Option<u64>, &'static str); 6] {
        [
            (self.flows, "flow"),
            (self.namespaces, "namespace"),
            (self.triggers, "trigger"),
            (self.roles, "role"),
            (self.bindings, "binding"),
            (self.groups, "group"),
        ]
    }
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
