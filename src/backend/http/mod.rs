//! A Kestra reached over HTTP: every dialect from 0.13 to 2.0 behind the one [`Backend`] trait.
//!
//! Which dialect is spoken is found out by asking ([`detect`]); what differs between them is one table ([`dialect`]).
//! A call ([`call`]) goes through [`core`], which sends it ([`transport`]) in our name ([`session`]), again where that
//! helps ([`retry`]), and turns what comes back into JSON or a problem ([`failure`], [`refusal`]). JSON becomes objects
//! in [`decode`], by its shape. The methods of the backend are in the files of their nouns.
//!
//! Nothing here reads the configuration, draws or asks. No secret may appear in a problem or in `Debug`.

mod accounts;
mod assignable;
mod audit;
mod bindings;
mod call;
mod core;
mod create;
mod decode;
mod detect;
mod dialect;
mod echo;
mod error_body;
mod examine;
mod failure;
mod groups;
mod health;
mod invitations;
mod lists;
mod operation;
mod people;
#[cfg(test)]
mod people_tests;
mod places;
mod planned;
mod refusal;
#[cfg(test)]
mod refusal_tests;
mod retry;
mod roles;
mod session;
mod settings;
mod settle;
mod stock;
mod tenant_access;
mod tenants;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;
mod tokens;
mod transport;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::{Account, Profile};
use crate::domain::assignable::Assignable;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, NewBinding};
use crate::domain::instance::{Edition, Identity, Instance};
use crate::domain::invitation::{Invitation, Invited, NewInvitation};
use crate::domain::operation::{NamespaceFlows, Operation};
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::token::{ApiToken, CreatedToken, NewToken};
use crate::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

use self::core::Core;
use super::Backend;
pub use health::{is_healthy, is_refused};
pub use planned::{Planned, PlannedRequest, Planner};
pub use settings::{Credentials, HttpSettings, leads_to, proxy_url};

/// A Kestra behind its address. Cheap to clone; clones share connections, the login, and what was found out.
///
/// Futures may be dropped at any time; a write that was under way then has an unknown outcome.
#[derive(Clone)]
pub struct HttpInstance(Arc<Core>);

impl fmt::Debug for HttpInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpInstance").field(&self.0.settings).finish()
    }
}

impl HttpInstance {
    /// An instance that nothing has been asked yet. What it is gets found out at the first call and kept.
    ///
    /// # Errors
    /// If the address or another setting cannot be used, or a file of certificates cannot be read.
    pub fn new(settings: HttpSettings) -> Result<Self, Problem> {
        Ok(Self(Arc::new(Core::new(settings)?)))
    }
}

#[async_trait]
impl Backend for HttpInstance {
    async fn instance(&self) -> Result<Instance, Problem> {
        let known = self.0.known_anew().await?;
        Ok(Instance {
            release: known.dialect.release(),
            version: known.version.clone(),
            edition: Edition::Enterprise,
            tenancy: known.dialect.tenancy(),
            identity: Identity {
                id: known.me.id.clone(),
                username: known.me.username.clone(),
                superadmin: known.me.superadmin,
            },
            rights: known.rights(),
            settings_source: None,
        })
    }

    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem> {
        Ok(self.0.tenants(query).await?)
    }

    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem> {
        Ok(self.0.tenant(id).await?)
    }

    async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Problem> {
        Ok(self.0.admin_count(scope).await?)
    }

    async fn admin_counts(&self, scopes: &[TenantScope]) -> Vec<Result<u64, Problem>> {
        let counts = self.0.admin_counts(scopes).await.into_iter();
        counts.map(|count| count.map_err(Problem::from)).collect()
    }

    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        Ok(self.0.create_tenant(new).await?)
    }

    async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        self.0.create_tenants(new).await
    }

    async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Problem> {
        Ok(self.0.ensure_admin(scope, username).await?)
    }

    async fn ensure_admins(&self, wanted: &[(TenantScope, String)]) -> Vec<Result<bool, Problem>> {
        self.0.ensure_admins(wanted).await
    }

    async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
        Ok(self.0.update_tenant(before, after).await?)
    }

    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem> {
        Ok(self.0.delete_tenant(id).await?)
    }

    async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Problem> {
        Ok(self.0.footprint(scope).await?)
    }

    async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Problem> {
        Ok(self.0.namespaces(scope).await?)
    }

    async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Problem> {
        Ok(self.0.flow_counts(scope).await?)
    }

    async fn operation(&self) -> Result<Operation, Problem> {
        Ok(self.0.operation().await?)
    }

    async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Problem> {
        Ok(self.0.roles(scope, query).await?)
    }

    async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Problem> {
        Ok(self.0.role(scope, id).await?)
    }

    async fn assignable(&self, scope: &TenantScope) -> Result<Assignable, Problem> {
        Ok(self.0.assignable(scope).await?)
    }

    async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Problem> {
        Ok(self.0.bindings(scope, query).await?)
    }

    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem> {
        Ok(self.0.users(scope, query).await?)
    }

    async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Problem> {
        Ok(self.0.groups(scope, query).await?)
    }

    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem> {
        Ok(self.0.access(scope).await?)
    }

    async fn accesses(&self, scopes: &[TenantScope]) -> Vec<Result<TenantAccess, Problem>> {
        let all = self.0.accesses(scopes).await.into_iter();
        all.map(|access| access.map_err(Problem::from)).collect()
    }

    async fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        Ok(self.0.create_role(scope, new).await?)
    }

    async fn update_role(&self, scope: &TenantScope, before: &Role, after: &NewRole) -> Result<Role, Problem> {
        Ok(self.0.update_role(scope, before, after).await?)
    }

    async fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        Ok(self.0.delete_role(scope, id).await?)
    }

    async fn create_bindings(&self, scope: &TenantScope, new: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        self.0.create_bindings(scope, new).await
    }

    async fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        Ok(self.0.delete_binding(scope, id).await?)
    }

    async fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem> {
        Ok(self.0.create_group(scope, new).await?)
    }

    async fn update_group(&self, scope: &TenantScope, before: &Group, after: &NewGroup) -> Result<Group, Problem> {
        Ok(self.0.update_group(scope, before, after).await?)
    }

    async fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        Ok(self.0.delete_group(scope, id).await?)
    }

    async fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
        stays: bool,
    ) -> Result<(), Problem> {
        Ok(self.0.set_membership(scope, group, user, wanted, stays).await?)
    }

    async fn account(&self, scope: Option<&TenantScope>, user: &User) -> Result<Account, Problem> {
        Ok(self.0.account(scope, user).await?)
    }

    async fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        Ok(self.0.create_account(scope, kind, profile).await?)
    }

    async fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Result<(), Problem> {
        Ok(self.0.delete_account(scope, user).await?)
    }

    async fn set_superadmin(&self, user: &User, superadmin: bool) -> Result<(), Problem> {
        Ok(self.0.set_superadmin(user, superadmin).await?)
    }

    async fn set_password(&self, scope: Option<&TenantScope>, user: &User, password: &str) -> Result<(), Problem> {
        Ok(self.0.set_password(scope, user, password).await?)
    }

    async fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Result<bool, Problem> {
        Ok(self.0.give_access(scope, who).await?)
    }

    async fn take_access(&self, scope: &TenantScope, user: &User) -> Result<(), Problem> {
        Ok(self.0.take_access(scope, user).await?)
    }

    async fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Result<Vec<ApiToken>, Problem> {
        Ok(self.0.tokens(scope, owner).await?)
    }

    async fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        new: &NewToken,
    ) -> Result<CreatedToken, Problem> {
        Ok(self.0.create_token(scope, owner, new).await?)
    }

    async fn delete_token(&self, scope: Option<&TenantScope>, owner: &User, id: &str) -> Result<(), Problem> {
        Ok(self.0.delete_token(scope, owner, id).await?)
    }

    async fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        Ok(self.0.invitations(scope).await?)
    }

    async fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Result<Invited, Problem> {
        Ok(self.0.invite(scope, new).await?)
    }

    async fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        Ok(self.0.delete_invitation(scope, id).await?)
    }

    async fn audit(&self, scope: Option<&TenantScope>, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        Ok(self.0.audit(scope, query).await?)
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        // Kestra has nothing of the kind.
        Ok(None)
    }
}
