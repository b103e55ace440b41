//! What Kestra's own command line does to an instance, and what sample data is made of.
//!
//! These are done by nobody in particular, as on a server's shell: no rights are asked for, and the audit log names the
//! command line. They do not return before the change is on the disk, and block, so async code calls them through
//! `spawn_blocking`.

use crate::domain::binding::{Binding, NewBinding};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, NewTenant, TenantScope};
use crate::domain::user::{Group, Membership, User};

use super::LocalInstance;
use super::audit::AuditEntry;
use super::failure::Failure;
use super::semantics::Session;
use super::settings::ENABLED;
pub use super::stock::{ExecutionStub, FlowStub, TriggerStub};
pub use super::users::NewUser;

/// What access sync attached to the default tenant. All zero where everything was in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncSummary {
    /// Users whose access it was.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Roles.
    pub roles: u64,
    /// Bindings.
    pub bindings: u64,
}

impl LocalInstance {
    /// Attaches to the default tenant what was recorded while multi-tenancy was off: `kestra auths users sync-access`.
    ///
    /// Repeating it changes nothing. While multi-tenancy is off it is refused, for what it does would be undone by the
    /// next thing recorded.
    pub fn sync_access(&self) -> Result<SyncSummary, Problem> {
        self.command(|session| {
            if !session.world.tenancy.enabled {
                return Err(Problem::new(
                    ProblemKind::Denied,
                    "Access was not synchronised.",
                    format!(
                        "Multi-tenancy is off: `{ENABLED}` is false in `{}`.",
                        session.settings_file()
                    ),
                    "Set it to true, close and open the instance, then synchronise.",
                )
                .into());
            }
            let attach = |table: &str| -> Result<u64, Failure> {
                let sql = format!("UPDATE {table} SET attributed = 1 WHERE tenant = '' AND attributed = 0");
                Ok(session.db.execute(&sql, ())? as u64)
            };
            let summary = SyncSummary {
                users: attach("tenant_access")?,
                groups: attach("groups")?,
                roles: attach("roles")?,
                bindings: attach("bindings")?,
            };
            session.audit("UPDATE", "TENANT_ACCESS", "", "")?;
            Ok(summary)
        })
    }

    /// Creates a tenant as `kestra tenants create` does: nobody is logged in, so without a named admin nobody is Admin.
    pub fn create_tenant_by_command(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        self.command(|session| session.create_tenant(new))
    }

    /// Creates a user.
    pub fn create_user(&self, new: &NewUser) -> Result<User, Problem> {
        self.command(|session| session.create_user(new))
    }

    /// Makes a user a superadmin, or a common user again. The last superadmin stays one.
    pub fn set_superadmin(&self, username: &str, superadmin: bool) -> Result<(), Problem> {
        self.command(|session| session.set_superadmin(&session.user_named(username)?, superadmin))
    }

    /// Gives a user access to a tenant, and with it the tenant's default roles. A second time changes nothing.
    pub fn grant_tenant_access(&self, scope: &TenantScope, username: &str) -> Result<(), Problem> {
        self.command(|session| session.grant_tenant_access(scope, username))
    }

    /// Creates a group without members.
    pub fn create_group(&self, scope: &TenantScope, name: &str, description: Option<&str>) -> Result<Group, Problem> {
        self.command(|session| session.create_group(scope, name, description))
    }

    /// Puts a user into the group of an id, or changes what it is there.
    ///
    /// Up to 1.3 this brings access to the tenant with it; in 2.0 the user must have access.
    pub fn add_member(
        &self,
        scope: &TenantScope,
        group: &str,
        username: &str,
        membership: Membership,
    ) -> Result<(), Problem> {
        self.command(|session| session.add_member(scope, group, username, membership))
    }

    /// Creates a role.
    pub fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        self.command(|session| session.create_role(scope, new))
    }

    /// Gives a role to a user or a group. Access to the tenant comes with it as in [`Self::add_member`].
    pub fn create_binding(&self, scope: &TenantScope, new: &NewBinding) -> Result<Binding, Problem> {
        self.command(|session| session.create_binding(scope, new))
    }

    /// Takes a role away, by the id of the binding.
    pub fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        self.command(|session| session.delete_binding(scope, id))
    }

    /// Adds namespaces; those that exist stay.
    pub fn add_namespaces(&self, scope: &TenantScope, ids: &[String]) -> Result<(), Problem> {
        self.command(|session| session.add_namespaces(scope, ids))
    }

    /// Adds flows and their namespaces; those that exist get the new state.
    pub fn add_flows(&self, scope: &TenantScope, flows: &[FlowStub]) -> Result<(), Problem> {
        self.command(|session| session.add_flows(scope, flows))
    }

    /// Adds executions; those that exist get the new state.
    pub fn add_executions(&self, scope: &TenantScope, executions: &[ExecutionStub]) -> Result<(), Problem> {
        self.command(|session| session.add_executions(scope, executions))
    }

    /// Adds triggers; those that exist get the new state.
    pub fn add_triggers(&self, scope: &TenantScope, triggers: &[TriggerStub]) -> Result<(), Problem> {
        self.command(|session| session.add_triggers(scope, triggers))
    }

    /// The latest changes, the newest first.
    pub fn audit_log(&self, most: u32) -> Result<Vec<AuditEntry>, Problem> {
        self.read(|session| session.audit_log(most))
    }

    pub(super) fn command<T>(&self, work: impl FnOnce(&Session<'_>) -> Result<T, Failure>) -> Result<T, Problem> {
        self.core.store.write(|db| {
            work(&Session {
                db,
                world: &self.core.world,
                actor: None,
            })
        })
    }
}
