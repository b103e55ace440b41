//! How the program reaches an instance: one trait, whatever is behind it.
//!
//! A backend answers in the words of [`crate::domain`] and fails with a [`Problem`]. It never draws, prints or prompts.
//! Local instances are in [`local`].

pub mod http;
pub mod local;

use async_trait::async_trait;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::binding::Binding;
pub use crate::domain::columns::{BINDING_COLUMNS, GROUP_COLUMNS, ROLE_COLUMNS, TENANT_COLUMNS, USER_COLUMNS};
use crate::domain::instance::Instance;
use crate::domain::operation::{NamespaceFlows, Operation};
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::role::Role;
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::user::{Group, User};

/// An instance that can be administered.
///
/// Every method fails with a [`Problem`] ready to be shown. Reads may be repeated at will; a write that fails changed
/// nothing, unless the problem says that the outcome is unknown.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What the instance is, what its settings are, who we are there and what we may do.
    async fn instance(&self) -> Result<Instance, Problem>;

    /// A page of the tenants that have an id, by [`TENANT_COLUMNS`]; by id where the query names no order.
    ///
    /// Where counting admins takes questions of its own, rows leave that out unless the query asks for it; see
    /// [`Self::admin_counts`].
    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem>;

    /// One tenant; [`ProblemKind::NotFound`](crate::domain::problem::ProblemKind::NotFound) if there is none.
    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem>;

    /// How many users hold the Admin role of a tenant, directly or through a group.
    async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Problem>;

    /// The same for many tenants.
    async fn admin_counts(&self, scopes: &[TenantScope]) -> Vec<Result<u64, Problem>> {
        let mut counts = Vec::with_capacity(scopes.len());
        for scope in scopes {
            counts.push(self.admin_count(scope).await);
        }
        counts
    }

    /// Creates a tenant with its Admin role.
    ///
    /// Whoever `admin` names holds that role; without a name the creator does, unless the creator is a superadmin.
    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem>;

    /// Creates many, in order, and says of each how it went. One that fails does not stop the others.
    async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        let mut results = Vec::with_capacity(new.len());
        for tenant in new {
            results.push(self.create_tenant(tenant).await);
        }
        results
    }

    /// Sees to it that a user, named by username, holds the Admin role of a whole tenant; true if it had to be given.
    ///
    /// Who holds it already, directly or through a group, gets nothing more.
    async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Problem>;

    /// The same for many tenants; of each it is said how it went, and one that fails does not stop the others.
    async fn ensure_admins(&self, wanted: &[(TenantScope, String)]) -> Vec<Result<bool, Problem>> {
        let mut results = Vec::with_capacity(wanted.len());
        for (scope, username) in wanted {
            results.push(self.ensure_admin(scope, username).await);
        }
        results
    }

    /// Replaces a tenant by `after`, provided that it still is `before`; otherwise nothing is written and the problem
    /// is a conflict whose detail shows the difference.
    async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem>;

    /// Deletes a tenant. Kestra removes its flows, namespaces, roles, bindings and groups, and keeps executions.
    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem>;

    /// Counts of what lives in a tenant.
    async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Problem>;

    /// Ids of the namespaces of a tenant, in order.
    async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Problem>;

    /// The namespaces of a tenant that hold flows, those with most first.
    async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Problem>;

    /// How the instance runs, as far as it tells us. What it does not tell is left out, and no failure.
    async fn operation(&self) -> Result<Operation, Problem>;

    /// A page of the roles of a tenant, by [`ROLE_COLUMNS`]; by name where the query names no order.
    async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Problem>;

    /// One role with its permissions, by id.
    async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Problem>;

    /// A page of the bindings of a tenant, by [`BINDING_COLUMNS`]; by subject name where the query names no order.
    async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Problem>;

    /// A page of the users with access to a tenant, or of all users of the instance, by [`USER_COLUMNS`]; by username
    /// where the query names no order.
    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem>;

    /// A page of the groups of a tenant with their members, by [`GROUP_COLUMNS`]; by name where the query names no order.
    async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Problem>;

    /// Everything about who may do what in a tenant, read at one moment.
    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem>;

    /// A number that changes when somebody else changed the instance, where the backend can tell cheaply.
    async fn change_stamp(&self) -> Result<Option<u64>, Problem>;
}
