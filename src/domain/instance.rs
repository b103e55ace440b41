//! One Kestra installation as seen from outside: release, edition, settings, and who we are in it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::problem::{Problem, ProblemKind};
use super::release::Release;
use super::text::sentence;

/// The edition of a Kestra installation; only Enterprise has tenants to administer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edition {
    /// Kestra Enterprise Edition.
    #[serde(rename = "EE")]
    Enterprise,
    /// Kestra Open Source: one tenant, no roles.
    #[serde(rename = "OSS")]
    OpenSource,
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enterprise => "EE",
            Self::OpenSource => "OSS",
        })
    }
}

/// The settings `kestra.ee.tenants.enabled` and `kestra.ee.tenants.default-tenant` in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenancy {
    /// Whether multi-tenancy is on.
    pub enabled: bool,
    /// Whether the tenant without an id is kept. Has a meaning only while `enabled`.
    pub default_tenant: bool,
}

/// What the two settings together mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenancyState {
    /// `false/true`: a single space, all in the default tenant.
    SingleTenant,
    /// `true/true`: the default tenant beside named ones.
    DefaultAndNamed,
    /// `true/false`: named tenants only; what is in the default tenant is unreachable.
    NamedOnly,
    /// `false/false`: undocumented; nothing would be reachable.
    Nothing,
}

impl Tenancy {
    /// What the two settings together mean.
    pub fn state(self) -> TenancyState {
        match (self.enabled, self.default_tenant) {
            (false, true) => TenancyState::SingleTenant,
            (true, true) => TenancyState::DefaultAndNamed,
            (true, false) => TenancyState::NamedOnly,
            (false, false) => TenancyState::Nothing,
        }
    }

    /// Whether anybody can reach what lives in the default tenant of an instance of this release.
    pub fn reaches_default_tenant(self, release: Release) -> bool {
        release.has_default_tenant() && self.default_tenant
    }
}

/// Who we are on an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Id of the user.
    pub id: String,
    /// Login name, an e-mail address from 0.20 on.
    pub username: String,
    /// Superadmin, called instance owner from 2.0.
    pub superadmin: bool,
}

/// An action on the instance that may be refused to us, with the reason in words.
pub type Right = Result<(), String>;

/// What we may do on the instance as a whole. Each refusal carries its reason, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Create tenants.
    pub create_tenant: Right,
    /// Change tenants.
    pub update_tenant: Right,
    /// Delete tenants.
    pub delete_tenant: Right,
}

/// An instance as its backend describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Release, which decides about everything else.
    pub release: Release,
    /// The version in full, as the server prints it, such as `0.21.4`.
    pub version: String,
    /// Edition.
    pub edition: Edition,
    /// Settings in effect.
    pub tenancy: Tenancy,
    /// Who we are.
    pub identity: Identity,
    /// What we may do.
    pub rights: Rights,
    /// Where the settings of this instance are edited, in words: a path for a local instance.
    pub settings_source: Option<String>,
}

impl Instance {
    /// Whether it could have tenants, and multi-tenancy is off.
    pub fn is_single_tenant(&self) -> bool {
        self.release.has_default_tenant() && !self.tenancy.enabled
    }

    /// Refuses what the instance says we have no right to: what was not done, and how multi-tenancy is turned on from where it
    /// is read, in a sentence.
    ///
    /// # Errors
    /// Denied without the right.
    pub fn require(&self, right: &Right, what: String, turn_on: &str) -> Result<(), Problem> {
        right.as_ref().copied().map_err(|why| {
            let next = if self.is_single_tenant() {
                turn_on.to_owned()
            } else {
                format!("Ask {}.", self.release.a_superadmin())
            };
            Problem::new(ProblemKind::Denied, what, sentence(why), next)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_tenant_is_reached_only_while_a_release_has_one() {
        let both = Tenancy {
            enabled: true,
            default_tenant: true,
        };
        assert!(both.reaches_default_tenant(Release::new(0, 21)));
        assert!(!both.reaches_default_tenant(Release::new(0, 23)));
        assert_eq!(both.state(), TenancyState::DefaultAndNamed);
    }
}
