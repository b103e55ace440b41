//! What is asked of a backend, and a row for each change.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use async_trait::async_trait;

use super::super::names::Names;
use crate::backend::Backend;
use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::{Account, Profile};
use crate::domain::assignable::Assignable;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, NewBinding};
use crate::domain::change::Change;
use crate::domain::instance::Instance;
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

use super::{Recorded, Trouble, done, done_or_not};

#[async_trait]
impl Backend for Recorded {
    async fn instance(&self) -> Result<Instance, Problem> {
        let instance = self.inner.instance().await?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((instance.release, instance.identity.username.clone()));
        Ok(instance)
    }

    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem> {
        self.inner.tenants(query).await
    }

    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem> {
        self.inner.tenant(id).await
    }

    async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Problem> {
        self.inner.admin_count(scope).await
    }

    async fn admin_counts(&self, scopes: &[TenantScope]) -> Vec<Result<u64, Problem>> {
        self.inner.admin_counts(scopes).await
    }

    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        let begun = self.begin(&[Change::CreateTenant(new)]);
        let result = self.inner.create_tenant(new).await;
        self.note(&begun, result)
    }

    async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        let changes: Vec<_> = new.iter().map(Change::CreateTenant).collect();
        let begun = self.begin(&changes);
        let results = self.inner.create_tenants(new).await;
        self.end(&begun, results.iter().map(done));
        results
    }

    async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Problem> {
        let begun = self.begin(&[Change::EnsureAdmin(scope, username)]);
        let result = self.inner.ensure_admin(scope, username).await;
        self.note_if_done(&begun, result)
    }

    async fn ensure_admins(&self, wanted: &[(TenantScope, String)]) -> Vec<Result<bool, Problem>> {
        let changes: Vec<_> = wanted
            .iter()
            .map(|(scope, username)| Change::EnsureAdmin(scope, username))
            .collect();
        let begun = self.begin(&changes);
        let results = self.inner.ensure_admins(wanted).await;
        self.end(&begun, results.iter().map(done_or_not));
        results
    }

    async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
        let begun = self.begin(&[Change::UpdateTenant { before, after }]);
        let result = self.inner.update_tenant(before, after).await;
        self.note(&begun, result)
    }

    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteTenant(id)]);
        let result = self.inner.delete_tenant(id).await;
        self.note(&begun, result)
    }

    async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Problem> {
        self.inner.footprint(scope).await
    }

    async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Problem> {
        self.inner.namespaces(scope).await
    }

    async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Problem> {
        self.inner.flow_counts(scope).await
    }

    async fn operation(&self) -> Result<Operation, Problem> {
        self.inner.operation().await
    }

    async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Problem> {
        self.learnt(self.inner.roles(scope, query).await, |names, page| {
            names.roles(&page.rows);
        })
    }

    async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Problem> {
        self.learnt(self.inner.role(scope, id).await, |names, role| {
            names.roles(std::slice::from_ref(role));
        })
    }

    async fn assignable(&self, scope: &TenantScope) -> Result<Assignable, Problem> {
        self.inner.assignable(scope).await
    }

    async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Problem> {
        self.learnt(self.inner.bindings(scope, query).await, |names, page| {
            names.bindings(&page.rows);
        })
    }

    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem> {
        self.learnt(self.inner.users(scope, query).await, |names, page| {
            names.users(&page.rows);
        })
    }

    async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Problem> {
        self.learnt(self.inner.groups(scope, query).await, |names, page| {
            names.groups(&page.rows);
        })
    }

    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem> {
        self.learnt(self.inner.access(scope).await, Names::access)
    }

    async fn accesses(&self, scopes: &[TenantScope]) -> Vec<Result<TenantAccess, Problem>> {
        self.inner.accesses(scopes).await
    }

    async fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        let begun = self.begin(&[Change::CreateRole(scope, new)]);
        let result = self.learnt(self.inner.create_role(scope, new).await, |names, role| {
            names.roles(std::slice::from_ref(role));
        });
        self.note(&begun, result)
    }

    async fn update_role(&self, scope: &TenantScope, before: &Role, after: &NewRole) -> Result<Role, Problem> {
        let begun = self.begin(&[Change::UpdateRole { scope, before, after }]);
        let result = self.inner.update_role(scope, before, after).await;
        self.note(&begun, result)
    }

    async fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteRole(scope, id)]);
        let result = self.inner.delete_role(scope, id).await;
        self.note(&begun, result)
    }

    async fn create_bindings(&self, scope: &TenantScope, new: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        let changes: Vec<_> = new.iter().map(|new| Change::CreateBinding(scope, new)).collect();
        let begun = self.begin(&changes);
        let results = self.inner.create_bindings(scope, new).await;
        let results: Vec<_> = results
            .into_iter()
            .map(|result| result.map_err(|problem| self.names.told(problem)))
            .collect();
        for binding in results.iter().flatten() {
            self.names.bindings(std::slice::from_ref(binding));
        }
        self.end(&begun, results.iter().map(done));
        results
    }

    async fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteBinding(scope, id)]);
        let result = self.inner.delete_binding(scope, id).await;
        self.note(&begun, result)
    }

    async fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem> {
        let begun = self.begin(&[Change::CreateGroup(scope, new)]);
        let result = self.learnt(self.inner.create_group(scope, new).await, |names, group| {
            names.groups(std::slice::from_ref(group));
        });
        self.note(&begun, result)
    }

    async fn update_group(&self, scope: &TenantScope, before: &Group, after: &NewGroup) -> Result<Group, Problem> {
        let begun = self.begin(&[Change::UpdateGroup { scope, before, after }]);
        let result = self.inner.update_group(scope, before, after).await;
        self.note(&begun, result)
    }

    async fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteGroup(scope, id)]);
        let result = self.inner.delete_group(scope, id).await;
        self.note(&begun, result)
    }

    async fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
        stays: bool,
    ) -> Result<(), Problem> {
        let begun = self.begin(&[Change::SetMembership {
            scope,
            group,
            user,
            wanted,
        }]);
        let result = self.inner.set_membership(scope, group, user, wanted, stays).await;
        self.note(&begun, result)
    }

    async fn account(&self, scope: Option<&TenantScope>, user: &User) -> Result<Account, Problem> {
        self.inner.account(scope, user).await
    }

    async fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        let begun = self.begin(&[Change::CreateAccount(scope, kind, profile)]);
        let result = self.inner.create_account(scope, kind, profile).await;
        self.note(&begun, result)
    }

    async fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteAccount(scope, user)]);
        let result = self.inner.delete_account(scope, user).await;
        self.note(&begun, result)
    }

    async fn set_superadmin(&self, user: &User, superadmin: bool) -> Result<(), Problem> {
        let begun = self.begin(&[Change::SetSuperadmin(user, superadmin)]);
        let result = self.inner.set_superadmin(user, superadmin).await;
        self.note(&begun, result)
    }

    async fn set_password(&self, scope: Option<&TenantScope>, user: &User, password: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::SetPassword(scope, user)]);
        let result = self.inner.set_password(scope, user, password).await;
        self.note(&begun, result)
    }

    async fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Result<bool, Problem> {
        let begun = self.begin(&[Change::GiveAccess(scope, who)]);
        let result = self.inner.give_access(scope, who).await;
        self.note_if_done(&begun, result)
    }

    async fn take_access(&self, scope: &TenantScope, user: &User) -> Result<(), Problem> {
        let begun = self.begin(&[Change::TakeAccess(scope, user)]);
        let result = self.inner.take_access(scope, user).await;
        self.note(&begun, result)
    }

    async fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Result<Vec<ApiToken>, Problem> {
        self.learnt(self.inner.tokens(scope, owner).await, |names, tokens| {
            names.learn(tokens.iter().map(|token| (&token.id, token.name.clone())));
        })
    }

    async fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        new: &NewToken,
    ) -> Result<CreatedToken, Problem> {
        let begun = self.begin(&[Change::CreateToken(scope, owner, new)]);
        let result = self.inner.create_token(scope, owner, new).await;
        self.note(&begun, result)
    }

    async fn delete_token(&self, scope: Option<&TenantScope>, owner: &User, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteToken(scope, owner, id)]);
        let result = self.inner.delete_token(scope, owner, id).await;
        self.note(&begun, result)
    }

    async fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        self.learnt(self.inner.invitations(scope).await, |names, all| {
            names.learn(all.iter().map(|invitation| (&invitation.id, invitation.email.clone())));
        })
    }

    async fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Result<Invited, Problem> {
        let begun = self.begin(&[Change::Invite(scope, new)]);
        let result = self.inner.invite(scope, new).await;
        self.note(&begun, result)
    }

    async fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteInvitation(scope, id)]);
        let result = self.inner.delete_invitation(scope, id).await;
        self.note(&begun, result)
    }

    async fn audit(&self, scope: Option<&TenantScope>, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        self.inner.audit(scope, query).await
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        self.inner.change_stamp().await
    }

    async fn expect_filter(&self) -> Result<(), Problem> {
        self.inner.expect_filter().await
    }

    fn has_changed(&self) -> bool {
        self.has_changed.load(Ordering::Relaxed)
    }

    fn unrecorded(&self) -> Option<Problem> {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut *trouble) {
            Trouble::None => None,
            Trouble::ToTell(problem) => {
                *trouble = Trouble::Told;
                Some(problem)
            }
            Trouble::Told => {
                *trouble = Trouble::Told;
                None
            }
        }
    }
}
