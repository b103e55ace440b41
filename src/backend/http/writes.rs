//! Provisional.

use super::core::Core;
use crate::domain::account::{Account, Profile};
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, NewBinding};
use crate::domain::invitation::{Invitation, Invited, NewInvitation};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::TenantScope;
use crate::domain::token::{ApiToken, CreatedToken, NewToken};
use crate::domain::user::{Group, Membership, NewGroup, User, UserKind};

fn not_yet() -> Problem {
    Problem::new(ProblemKind::Failed, "Not yet.", "It is not built.", "Wait.")
}

#[allow(clippy::unused_async)]
impl Core {
    pub async fn create_role(&self, _scope: &TenantScope, _new: &NewRole) -> Result<Role, Problem> {
        Err(not_yet())
    }

    pub async fn update_role(&self, _scope: &TenantScope, _before: &Role, _after: &NewRole) -> Result<Role, Problem> {
        Err(not_yet())
    }

    pub async fn delete_role(&self, _scope: &TenantScope, _id: &str) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn create_bindings(&self, _scope: &TenantScope, _new: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        vec![Err(not_yet())]
    }

    pub async fn delete_binding(&self, _scope: &TenantScope, _id: &str) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn create_group(&self, _scope: &TenantScope, _new: &NewGroup) -> Result<Group, Problem> {
        Err(not_yet())
    }

    pub async fn update_group(
        &self,
        _scope: &TenantScope,
        _before: &Group,
        _after: &NewGroup,
    ) -> Result<Group, Problem> {
        Err(not_yet())
    }

    pub async fn delete_group(&self, _scope: &TenantScope, _id: &str) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn set_membership(
        &self,
        _scope: &TenantScope,
        _group: &str,
        _user: &str,
        _wanted: Option<Membership>,
    ) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn account(&self, _scope: Option<&TenantScope>, _user: &User) -> Result<Account, Problem> {
        Err(not_yet())
    }

    pub async fn create_account(
        &self,
        _scope: Option<&TenantScope>,
        _kind: UserKind,
        _profile: &Profile,
    ) -> Result<Account, Problem> {
        Err(not_yet())
    }

    pub async fn delete_account(&self, _scope: Option<&TenantScope>, _user: &User) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn set_superadmin(&self, _user: &User, _superadmin: bool) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn set_password(
        &self,
        _scope: Option<&TenantScope>,
        _user: &User,
        _password: &str,
    ) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn give_access(&self, _scope: &TenantScope, _username: &str) -> Result<bool, Problem> {
        Err(not_yet())
    }

    pub async fn take_access(&self, _scope: &TenantScope, _user: &User) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn tokens(&self, _scope: Option<&TenantScope>, _owner: &User) -> Result<Vec<ApiToken>, Problem> {
        Err(not_yet())
    }

    pub async fn create_token(
        &self,
        _scope: Option<&TenantScope>,
        _owner: &User,
        _new: &NewToken,
    ) -> Result<CreatedToken, Problem> {
        Err(not_yet())
    }

    pub async fn delete_token(&self, _scope: Option<&TenantScope>, _owner: &User, _id: &str) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn invitations(&self, _scope: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        Err(not_yet())
    }

    pub async fn invite(&self, _scope: &TenantScope, _new: &NewInvitation) -> Result<Invited, Problem> {
        Err(not_yet())
    }

    pub async fn delete_invitation(&self, _scope: &TenantScope, _id: &str) -> Result<(), Problem> {
        Err(not_yet())
    }

    pub async fn audit(&self, _scope: Option<&TenantScope>, _query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        Err(not_yet())
    }
}
