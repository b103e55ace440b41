//! A local instance asked and changed as any backend: each question in its turn, in the name of whoever acts.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::backend::feature::Feature;
use crate::backend::{
    Backend, NO_AUDIT_LOG, NO_INVITATIONS, NO_TOKENS, group_changed, no_access_apart, nothing_made, require_invitation,
    role_changed,
};
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

use super::LocalInstance;
use super::accounts::Who;
use super::creation::BATCH;
use super::semantics::Reading;

#[async_trait]
impl Backend for LocalInstance {
    async fn instance(&self) -> Result<Instance, Problem> {
        self.run(|this| {
            this.read(|session| {
                let actor = session.actor.clone();
                Ok(Instance {
                    release: this.release(),
                    version: format!("{}.0", this.release()),
                    edition: Edition::Enterprise,
                    tenancy: this.tenancy(),
                    identity: actor.map_or_else(
                        || Identity {
                            id: String::new(),
                            username: String::new(),
                            superadmin: false,
                        },
                        |actor| Identity {
                            id: actor.id,
                            username: actor.username,
                            superadmin: actor.superadmin,
                        },
                    ),
                    rights: session.rights()?,
                    settings_source: Some(session.settings_file()),
                })
            })
        })
        .await
    }

    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem> {
        let query = query.clone();
        self.run(move |this| this.read(|session| session.tenants(&query))).await
    }

    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem> {
        let id = id.clone();
        self.run(move |this| this.read(|session| session.tenant(&id))).await
    }

    async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.admin_count(&scope)))
            .await
    }

    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        self.create_with_others(new.clone()).await
    }

    async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        let mut outcomes = Vec::with_capacity(new.len());
        for batch in new.chunks(BATCH) {
            let (count, batch) = (batch.len(), batch.to_vec());
            let created = self.run(move |this| Ok(this.create_batch(&batch))).await;
            outcomes.extend(created.unwrap_or_else(|problem| vec![Err(problem); count]));
        }
        outcomes
    }

    async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Problem> {
        let (scope, username) = (scope.clone(), username.to_owned());
        self.run(move |this| this.write(|session| session.ensure_admin(&scope, &username)))
            .await
    }

    async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
        let (before, after) = (before.clone(), after.clone());
        self.run(move |this| this.write(|session| session.update_tenant(&before, &after)))
            .await
    }

    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem> {
        let id = id.clone();
        self.run(move |this| this.write(|session| session.delete_tenant(&id)))
            .await
    }

    async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.footprint(&scope)))
            .await
    }

    async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.namespaces(&scope)))
            .await
    }

    async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.flow_counts(&scope)))
            .await
    }

    async fn operation(&self) -> Result<Operation, Problem> {
        // A directory has no services, needs no licence, and is never in maintenance.
        Ok(Operation::default())
    }

    async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Problem> {
        let (scope, query) = (scope.clone(), query.clone());
        self.run(move |this| this.read(|session| session.roles(&scope, &query)))
            .await
    }

    async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| this.read(|session| session.role(&scope, &id)))
            .await
    }

    async fn assignable(&self, scope: &TenantScope) -> Result<Assignable, Problem> {
        let scope = scope.clone();
        self.run(move |this| {
            // Whoever comes into a tenant may ask; what roles can hold is the same in all of them.
            this.read(|session| session.space(&scope))?;
            Ok(Assignable::of_instance(this.release()))
        })
        .await
    }

    async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Problem> {
        let (scope, query) = (scope.clone(), query.clone());
        self.run(move |this| this.read(|session| session.bindings(&scope, &query)))
            .await
    }

    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem> {
        let (scope, query) = (scope.cloned(), query.clone());
        self.run(move |this| this.read(|session| session.users(scope.as_ref(), &query)))
            .await
    }

    async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Problem> {
        let (scope, query) = (scope.clone(), query.clone());
        self.run(move |this| this.read(|session| session.groups(&scope, &query)))
            .await
    }

    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem> {
        let scope = scope.clone();
        self.run(move |this| {
            this.read(|session| {
                let space = session.enter_to_read(&scope, "ROLE", Reading::List)?;
                for resource in ["BINDING", "GROUP", session.people_resource()] {
                    session.enter_to_read(&scope, resource, Reading::List)?;
                }
                Ok(TenantAccess {
                    roles: session.roles_of(&space)?,
                    bindings: session.bindings_of(&space)?,
                    groups: session.groups_of(&space)?,
                    users: session.users_of(&space)?,
                })
            })
        })
        .await
    }

    async fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        let (scope, new) = (scope.clone(), new.clone());
        self.run(move |this| this.add_role(&scope, &new)).await
    }

    async fn update_role(&self, scope: &TenantScope, before: &Role, after: &NewRole) -> Result<Role, Problem> {
        let (scope, before, after) = (scope.clone(), before.clone(), after.clone());
        self.run(move |this| {
            this.write(|session| {
                let space = session.enter_with(&scope, "ROLE", "UPDATE")?;
                let now = session.role_in(&space, &before.id)?;
                if now != before {
                    return Err(role_changed(&before, &now).into());
                }
                session.update_role(&space, &before.id, &after)
            })
        })
        .await
    }

    async fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| Self::delete_role(this, &scope, &id)).await
    }

    async fn create_bindings(&self, scope: &TenantScope, new: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        let (scope, count, new) = (scope.clone(), new.len(), new.to_vec());
        let made = self
            .run(move |this| {
                Ok(new
                    .iter()
                    .map(|new| {
                        let mut made = this.add_bindings(&scope, std::slice::from_ref(new))?;
                        made.pop().ok_or_else(nothing_made)
                    })
                    .collect::<Vec<_>>())
            })
            .await;
        made.unwrap_or_else(|problem: Problem| vec![Err(problem); count])
    }

    async fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| this.remove_binding(&scope, &id)).await
    }

    async fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem> {
        let (scope, new) = (scope.clone(), new.clone());
        self.run(move |this| this.add_group(&scope, &new.name, new.description.as_deref(), &new.members))
            .await
    }

    async fn update_group(&self, scope: &TenantScope, before: &Group, after: &NewGroup) -> Result<Group, Problem> {
        let (scope, before, after) = (scope.clone(), before.clone(), after.clone());
        self.run(move |this| {
            this.write(|session| {
                let space = session.enter_with(&scope, "GROUP", "UPDATE")?;
                let now = session.group_in(&space, &before.id)?;
                if (&now.name, &now.description) != (&before.name, &before.description) {
                    return Err(group_changed(&before, &now).into());
                }
                session.update_group(&space, &before.id, &after.name, after.description.as_deref())
            })
        })
        .await
    }

    async fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| Self::delete_group(this, &scope, &id)).await
    }

    async fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
        stays: bool,
    ) -> Result<(), Problem> {
        require_owners(self, wanted)?;
        let (scope, group, user) = (scope.clone(), group.to_owned(), user.to_owned());
        self.run(move |this| match wanted.filter(|_| stays) {
            Some(place) => Self::set_membership(this, &scope, &group, &user, place),
            None => this.set_place_in_group(&scope, &group, &user, wanted),
        })
        .await
    }

    async fn account(&self, scope: Option<&TenantScope>, user: &User) -> Result<Account, Problem> {
        let (scope, user) = (scope.cloned(), user.clone());
        self.run(move |this| Self::account(this, scope.as_ref(), &user.id, user.kind))
            .await
    }

    async fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        let (scope, profile) = (scope.cloned(), profile.clone());
        self.run(move |this| Self::create_account(this, scope.as_ref(), kind, &profile))
            .await
    }

    async fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Result<(), Problem> {
        let (scope, user) = (scope.cloned(), user.clone());
        self.run(move |this| Self::delete_account(this, scope.as_ref(), &user.id, user.kind))
            .await
    }

    async fn set_superadmin(&self, user: &User, superadmin: bool) -> Result<(), Problem> {
        let user = user.clone();
        self.run(move |this| this.make_superadmin(&user.id, user.kind, superadmin).map(drop))
            .await
    }

    async fn set_password(&self, scope: Option<&TenantScope>, user: &User, password: &str) -> Result<(), Problem> {
        let (scope, id, password) = (scope.cloned(), user.id.clone(), password.to_owned());
        self.run(move |this| this.change_password(scope.as_ref(), &id, &password).map(drop))
            .await
    }

    async fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Result<bool, Problem> {
        let (scope, entrant) = (scope.clone(), who.clone());
        self.run(move |this| {
            let who = || match &entrant {
                Entrant::Known(user) => Who::Id(&user.id),
                Entrant::Named(username) => Who::Username(username),
            };
            if !this.has_access(&scope, who())? {
                no_access_apart(entrant.username(), this.release())?;
            }
            this.grant_access(&scope, who()).map(|had| !had)
        })
        .await
    }

    async fn take_access(&self, scope: &TenantScope, user: &User) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), user.id.clone());
        self.run(move |this| this.revoke_access(&scope, &id)).await
    }

    async fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Result<Vec<ApiToken>, Problem> {
        Feature::ApiTokens.require(self.release(), NO_TOKENS)?;
        let (scope, id) = (scope.cloned(), owner.id.clone());
        self.run(move |this| Self::tokens(this, scope.as_ref(), &id)).await
    }

    async fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        new: &NewToken,
    ) -> Result<CreatedToken, Problem> {
        Feature::ApiTokens.require(self.release(), NO_TOKENS)?;
        let (scope, id, new) = (scope.cloned(), owner.id.clone(), new.clone());
        self.run(move |this| Self::create_token(this, scope.as_ref(), &id, &new, Timestamp::now()))
            .await
    }

    async fn delete_token(&self, scope: Option<&TenantScope>, owner: &User, id: &str) -> Result<(), Problem> {
        Feature::ApiTokens.require(self.release(), NO_TOKENS)?;
        let (scope, owner, id) = (scope.cloned(), owner.id.clone(), id.to_owned());
        self.run(move |this| Self::delete_token(this, scope.as_ref(), &owner, &id))
            .await
    }

    async fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        Feature::Invitations.require(self.release(), NO_INVITATIONS)?;
        let scope = scope.clone();
        self.run(move |this| Self::invitations(this, &scope)).await
    }

    async fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Result<Invited, Problem> {
        require_invitation(new, self.release())?;
        let (scope, new) = (scope.clone(), new.clone());
        self.run(move |this| Self::invite(this, &scope, &new, Timestamp::now()))
            .await
    }

    async fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        Feature::Invitations.require(self.release(), NO_INVITATIONS)?;
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| Self::delete_invitation(this, &scope, &id)).await
    }

    async fn audit(&self, scope: Option<&TenantScope>, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        if scope.is_none() {
            Feature::InstanceAuditLog.require(self.release(), NO_AUDIT_LOG)?;
        }
        let (scope, query) = (scope.cloned(), query.clone());
        self.run(move |this| this.audit_page(scope.as_ref(), &query)).await
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        self.run(|this| this.core.store.change_stamp().map(Some)).await
    }

    async fn expect_filter(&self) -> Result<(), Problem> {
        self.run(Self::index_tenants).await
    }
}

/// Refuses that somebody becomes owner of a group where the release has no owners.
fn require_owners(instance: &LocalInstance, wanted: Option<Membership>) -> Result<(), Problem> {
    if wanted == Some(Membership::Owner) {
        Feature::GroupOwners.require(instance.release(), "Nobody was made owner of the group.")?;
    }
    Ok(())
}
