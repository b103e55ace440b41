//! What a change asks a backend for, which commands do the same, and what it takes away.

use super::{AdminBy, Deed, Given, Restored};
use crate::domain::change::Change;
use crate::domain::loss::Removal;
use crate::domain::release::Release;
use crate::domain::user::Membership;

impl Deed {
    /// The changes it consists of, one for each item.
    pub fn changes(&self) -> Vec<Change<'_>> {
        match self {
            Self::UpdateTenant { before, after } => vec![Change::UpdateTenant { before, after }],
            Self::CreateRole(scope, new) => vec![Change::CreateRole(scope, new)],
            Self::UpdateRole { scope, before, after } => vec![Change::UpdateRole { scope, before, after }],
            Self::DeleteRole(scope, role) => vec![Change::DeleteRole(scope, &role.id)],
            Self::Grant(scope, bindings) => bindings
                .iter()
                .map(|binding| Change::CreateBinding(scope, &binding.new))
                .collect(),
            Self::EnsureAdmin(scopes, username) => scopes
                .iter()
                .map(|scope| Change::EnsureAdmin(scope, username))
                .collect(),
            Self::TakeAdmin(given, _) => given
                .iter()
                .map(|(scope, by)| match by {
                    AdminBy::Binding(binding) => Change::DeleteBinding(scope, &binding.id),
                    AdminBy::LetIn(user) => Change::TakeAccess(scope, user),
                })
                .collect(),
            Self::DeleteTenants(ids) => ids.iter().map(Change::DeleteTenant).collect(),
            Self::Restore(scope, restored) => restored
                .iter()
                .map(|restored| match restored {
                    Restored::Binding(binding) => Change::CreateBinding(scope, &binding.new),
                    Restored::Member { group, user } => Change::SetMembership {
                        scope,
                        group: &group.id,
                        user: &user.id,
                        wanted: Some(Membership::Member),
                    },
                })
                .collect(),
            Self::Revoke(scope, bindings) => bindings
                .iter()
                .map(|binding| Change::DeleteBinding(scope, &binding.id))
                .collect(),
            Self::TakeBack(scope, given) => given
                .iter()
                .map(|given| match given {
                    Given::Binding(binding) => Change::DeleteBinding(scope, &binding.id),
                    Given::Member { group, user } => Change::SetMembership {
                        scope,
                        group: &group.id,
                        user: &user.id,
                        wanted: None,
                    },
                })
                .collect(),
            Self::CreateGroup(scope, new) => vec![Change::CreateGroup(scope, new)],
            Self::UpdateGroup { scope, before, after } => vec![Change::UpdateGroup { scope, before, after }],
            Self::DeleteGroup(scope, group) => vec![Change::DeleteGroup(scope, &group.id)],
            Self::SetMembership {
                scope,
                group,
                users,
                wanted,
            } => users
                .iter()
                .map(|user| Change::SetMembership {
                    scope,
                    group: &group.id,
                    user: &user.id,
                    wanted: *wanted,
                })
                .collect(),
            Self::CreateAccount(scope, kind, profile) => vec![Change::CreateAccount(scope.as_ref(), *kind, profile)],
            Self::DeleteAccount(scope, user) => vec![Change::DeleteAccount(scope.as_ref(), user)],
            Self::SetSuperadmin(user, on) => vec![Change::SetSuperadmin(user, *on)],
            Self::SetPassword(scope, user, _) => vec![Change::SetPassword(scope.as_ref(), user)],
            Self::GiveAccess(scope, users) => users.iter().map(|who| Change::GiveAccess(scope, who)).collect(),
            Self::TakeAccess(scope, users) => users.iter().map(|user| Change::TakeAccess(scope, user)).collect(),
            Self::CreateToken(scope, owner, new) => vec![Change::CreateToken(scope.as_ref(), owner, new)],
            Self::DeleteToken(scope, owner, token) => vec![Change::DeleteToken(scope.as_ref(), owner, &token.id)],
            Self::Invite(scope, new) => vec![Change::Invite(scope, new)],
            Self::DeleteInvitation(scope, invitation) => vec![Change::DeleteInvitation(scope, &invitation.id)],
            // Each is made and recorded by itself.
            Self::Bring(_) => Vec::new(),
        }
    }

    /// The commands of this program that do the same, a line each. `context` are words that lead to the same instance.
    pub fn command(&self, context: &[String], release: Release) -> String {
        if let Self::Bring(bringing) = self {
            return bringing.command(context);
        }
        let lines = self
            .changes()
            .into_iter()
            .map(|change| change.command(context, release));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What it takes away in its tenant, to be judged by [`crate::domain::loss::loss`].
    pub fn removals(&self) -> Vec<Removal> {
        match self {
            Self::CreateRole(_, new) => Removal::by_creation(new),
            Self::UpdateRole { before, after, .. } => Removal::by_update(before, after),
            Self::DeleteRole(_, role) => vec![Removal::Role(role.id.clone())],
            Self::Revoke(_, bindings) => bindings
                .iter()
                .map(|binding| Removal::Binding(binding.id.clone()))
                .collect(),
            Self::TakeBack(_, given) => given
                .iter()
                .map(|given| match given {
                    Given::Binding(binding) => Removal::Binding(binding.id.clone()),
                    Given::Member { group, user } => Removal::Member {
                        group: group.id.clone(),
                        user: user.id.clone(),
                    },
                })
                .collect(),
            Self::DeleteGroup(_, group) => vec![Removal::Group(group.id.clone())],
            Self::SetMembership {
                group, users, wanted, ..
            } => users
                .iter()
                .filter_map(|user| Removal::by_membership(group, &user.id, *wanted))
                .collect(),
            Self::DeleteAccount(_, user) => vec![Removal::User(user.id.clone())],
            Self::SetSuperadmin(user, false) => vec![Removal::Superadmin(user.id.clone())],
            Self::TakeAccess(_, users) => users
                .iter()
                .map(|user| Removal::TenantAccess(user.id.clone()))
                .collect(),
            _ => Vec::new(),
        }
    }
}
