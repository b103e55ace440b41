//! What not every release of Kestra has, and the words for an instance that is too old for it.
//!
//! Every backend asks here before it does anything, so that they refuse the same things in the same words.

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;

/// Something about people that came with a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// API tokens. Source: Kestra's documentation of authentication.
    ApiTokens,
    /// Invitations. Source: the announcement of 0.20.
    Invitations,
    /// Owners of groups, by a route of their own. Source: the OpenAPI document of 0.23.
    GroupOwners,
    /// Invitations that make a superadmin. Source: the OpenAPI document of 0.23.
    InvitedSuperadmins,
    /// Access to a tenant apart from roles. Source: the migration guide of 0.24.
    TenantAccess,
    /// Invitations that create the user at once. Source: the OpenAPI document of 0.24.
    InvitedUsers,
    /// Templates of roles, `acls/templates`. Source: the OpenAPI document of 2.0.
    RoleTemplates,
    /// Service accounts that belong to no tenant. Source: the OpenAPI document of 1.0.
    InstanceServiceAccounts,
    /// The audit log of all tenants. Source: the OpenAPI document of 1.0.
    InstanceAuditLog,
}

impl Feature {
    /// The first release that has it.
    pub fn since(self) -> Release {
        match self {
            Self::ApiTokens => Release::new(0, 15),
            Self::Invitations => Release::new(0, 20),
            Self::GroupOwners | Self::InvitedSuperadmins => Release::new(0, 23),
            Self::TenantAccess | Self::InvitedUsers => Release::new(0, 24),
            Self::InstanceServiceAccounts | Self::InstanceAuditLog => Release::new(1, 0),
            Self::RoleTemplates => Release::new(2, 0),
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ApiTokens => ("API tokens", "Use a username and password instead."),
            Self::Invitations => ("Invitations", "Create the user, and give them a role."),
            Self::GroupOwners => ("Owners of groups", "Make the user a member."),
            Self::InvitedSuperadmins => (
                "Inviting a superadmin",
                "Invite them as a common user, and make them one afterwards.",
            ),
            Self::TenantAccess => (
                "Access to a tenant apart from roles",
                "Give a role or put the user into a group: whoever has either is in.",
            ),
            Self::InvitedUsers => (
                "Inviting somebody and creating the user at once",
                "Create the user, and give them a role.",
            ),
            Self::RoleTemplates => (
                "Templates of roles",
                "Look at a managed role of the tenant to see what it allows there.",
            ),
            Self::InstanceServiceAccounts => ("Service accounts without a tenant", "Name the tenant it belongs to."),
            Self::InstanceAuditLog => ("The audit log of all tenants", "Look into that of a tenant."),
        }
    }

    /// Refuses what the release does not have; `what` is what was not done, as a sentence.
    pub fn require(self, release: Release, what: impl Into<String>) -> Result<(), Problem> {
        let since = self.since();
        if release >= since {
            return Ok(());
        }
        let (name, next) = self.words();
        let why = format!("{name} came with Kestra {since}, and this is {release}.");
        Err(Problem::new(ProblemKind::Failed, what, why, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_its_release() {
        let problem = Feature::Invitations
            .require(Release::new(0, 19), "Nobody was invited.")
            .unwrap_err();
        assert_eq!(
            problem.to_string(),
            "Nobody was invited.\nInvitations came with Kestra 0.20, and this is 0.19.\nCreate the user, and give them \
             a role."
        );
        assert!(Feature::Invitations.require(Release::new(0, 20), "x").is_ok());
    }
}
