//! Many changes by Kestra's own command line in one transaction: all of them or none, for the price of one.
//!
//! Each is one of [`super::admin`]'s under the same name. It must never ask for rights, and never outlive the
//! transaction it belongs to.

use std::path::PathBuf;

use crate::domain::binding::Binding;
use crate::domain::problem::Problem;
use crate::domain::role::Role;
use crate::domain::tenant::{CreatedTenant, NewTenant, TenantScope};
use crate::domain::user::{Group, Membership, User, UserKind};

use super::admin::{ExecutionStub, FlowStub, NewUser, TriggerStub};
use super::failure::Failure;
use super::semantics::Session;
use super::{LocalInstance, create};
use crate::domain::account::{Account, Profile};
use crate::domain::binding::NewBinding;
use crate::domain::role::NewRole;

/// Changes that belong together.
pub struct Batch<'a> {
    session: Session<'a>,
    database: PathBuf,
}

impl LocalInstance {
    /// Makes changes that are kept together, or not at all where one of them fails.
    pub fn together<T>(&self, work: impl FnOnce(&Batch<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        self.core.store.write(|db| {
            let batch = Batch {
                session: Session {
                    db,
                    world: &self.core.world,
                    actor: None,
                },
                database: self.core.directory.join(create::DATABASE),
            };
            work(&batch).map_err(Failure::from)
        })
    }
}

impl Batch<'_> {
    fn told<T>(&self, result: Result<T, Failure>) -> Result<T, Problem> {
        result.map_err(|failure| failure.into_problem(&self.database))
    }

    /// Whether there is a user or service account of this login name.
    pub fn has_user(&self, username: &str) -> Result<bool, Problem> {
        Ok(self.told(self.session.find_user(username))?.is_some())
    }

    /// All that is known of the account of a login name.
    pub fn account_named(&self, username: &str) -> Result<Account, Problem> {
        let account = self
            .session
            .user_named(username)
            .and_then(|user| self.session.account(user.key));
        self.told(account)
    }

    /// Whether there is a tenant of this id.
    pub fn has_tenant(&self, scope: &TenantScope) -> bool {
        self.session.space(scope).is_ok()
    }

    /// Creates a tenant; without a named admin nobody is Admin.
    pub fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        self.told(self.session.create_tenant(new))
    }

    /// Creates a user or service account; in a tenant it gets access to that tenant.
    pub fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        self.told(self.session.create_account(scope, kind, profile))
    }

    /// Creates a user with memberships, by the names of groups.
    pub fn create_user(&self, new: &NewUser) -> Result<User, Problem> {
        self.told(self.session.create_user(new))
    }

    /// Gives a user a password.
    pub fn set_password(&self, username: &str, password: &str) -> Result<(), Problem> {
        let stored = self
            .session
            .user_named(username)
            .and_then(|user| self.session.store_password(&user, password));
        self.told(stored)
    }

    /// Gives a user access to a tenant, and with it the tenant's default roles.
    pub fn grant_tenant_access(&self, scope: &TenantScope, username: &str) -> Result<(), Problem> {
        self.told(self.session.grant_tenant_access(scope, username))
    }

    /// All roles of a tenant, by name.
    pub fn roles(&self, scope: &TenantScope) -> Result<Vec<Role>, Problem> {
        let roles = self
            .session
            .space(scope)
            .and_then(|space| self.session.roles_of(&space));
        self.told(roles)
    }

    /// Creates a role.
    pub fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        self.told(self.session.create_role(scope, new))
    }

    /// Creates a group without members.
    pub fn create_group(&self, scope: &TenantScope, name: &str, description: Option<&str>) -> Result<Group, Problem> {
        self.told(self.session.create_group(scope, name, description))
    }

    /// Puts a user into the group of an id.
    pub fn add_member(
        &self,
        scope: &TenantScope,
        group: &str,
        username: &str,
        membership: Membership,
    ) -> Result<(), Problem> {
        self.told(self.session.add_member(scope, group, username, membership))
    }

    /// Gives a role to a user or a group.
    pub fn create_binding(&self, scope: &TenantScope, new: &NewBinding) -> Result<Binding, Problem> {
        self.told(self.session.create_binding(scope, new))
    }

    /// Adds namespaces; those that exist stay.
    pub fn add_namespaces(&self, scope: &TenantScope, ids: &[String]) -> Result<(), Problem> {
        self.told(self.session.add_namespaces(scope, ids))
    }

    /// Adds flows and their namespaces.
    pub fn add_flows(&self, scope: &TenantScope, flows: &[FlowStub]) -> Result<(), Problem> {
        self.told(self.session.add_flows(scope, flows))
    }

    /// Adds executions.
    pub fn add_executions(&self, scope: &TenantScope, executions: &[ExecutionStub]) -> Result<(), Problem> {
        self.told(self.session.add_executions(scope, executions))
    }

    /// Adds triggers.
    pub fn add_triggers(&self, scope: &TenantScope, triggers: &[TriggerStub]) -> Result<(), Problem> {
        self.told(self.session.add_triggers(scope, triggers))
    }
}
