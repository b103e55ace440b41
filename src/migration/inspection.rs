//! What was found before anything is changed, as data. Looking is the engine's; what follows from it is decided here.

use serde::{Deserialize, Serialize};

use super::access_snapshot::AccessSnapshot;
use crate::domain::access::Footprint;
use crate::domain::instance::{Edition, Identity, Tenancy, TenancyState};
use crate::domain::release::Release;
use crate::domain::tenant_id::TenantId;

/// A file that says, or should say, how tenancy is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FoundFile {
    /// Where it lies.
    pub path: String,
    /// What it is: "plain YAML", "compose file", "Helm values".
    pub kind: String,
    /// A digest of its content.
    pub hash: String,
    /// What it says of `enabled`, if it says anything.
    pub enabled: Option<bool>,
    /// What it says of `default-tenant`.
    pub default_tenant: Option<bool>,
    /// The lines that enabling changes, as a diff.
    pub enable_diff: Vec<String>,
    /// The lines that disabling the default tenant changes afterwards, as a diff.
    pub disable_diff: Vec<String>,
    /// Why it cannot be edited, with the lines to change by hand.
    pub cannot_edit: Option<String>,
    /// `kestra.tenants` without `ee` stands in it.
    pub misspelled: bool,
}

/// A server component as the instance reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundService {
    /// `WEBSERVER`, `EXECUTOR`, ...
    pub kind: String,
    /// `RUNNING`, ...
    pub state: String,
    /// The version it runs.
    pub version: String,
}

/// A namespace and how many flows live in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundNamespace {
    /// Its id.
    pub id: String,
    /// Flows in it.
    pub flows: u64,
}

/// Everything that was found at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// When, RFC 3339.
    pub taken_at: String,
    /// The release.
    pub release: Release,
    /// The version in full.
    pub version: String,
    /// The edition.
    pub edition: Edition,
    /// The settings in effect, as the instance reports them.
    pub tenancy: Tenancy,
    /// Who we are.
    pub identity: Identity,
    /// Why we may not create tenants, if we may not.
    pub cannot_create: Option<String>,
    /// The configuration file, if one is known.
    pub file: Option<FoundFile>,
    /// What the next start will read from files and environment, as far as that is known.
    pub configured: Option<Tenancy>,
    /// What in the environment would win over the file, in words.
    pub environment_wins: Option<String>,
    /// Remarks about configuration, licence and maintenance, a sentence each.
    pub remarks: Vec<String>,
    /// The services, where the instance tells.
    pub services: Vec<FoundService>,
    /// What lives in the default tenant.
    pub footprint: Footprint,
    /// Its namespaces, those with most flows first.
    pub namespaces: Vec<FoundNamespace>,
    /// Who holds what in the default tenant.
    pub access: AccessSnapshot,
    /// Those of them who have access to no other tenant, by username; superadmins are not among them.
    pub only_here: Vec<String>,
    /// How many of those who hold something are superadmins.
    #[serde(default)]
    pub superadmins: u64,
    /// How many tenants were looked into to find out who has access to no other.
    #[serde(default)]
    pub looked_into: u64,
    /// Whether an earlier run began to synchronise access, and did not end it well.
    #[serde(default)]
    pub sync_unfinished: bool,
    /// Tenants with an id.
    pub tenants: u64,
    /// Their ids: the first thousand, and those that were asked for by name.
    pub tenant_ids: Vec<String>,
}

/// What an instance is, as far as a migration is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// Open Source: there are no tenants to administer.
    OpenSource,
    /// `false/false`: nothing would be reachable.
    NothingReachable,
    /// Multi-tenancy is off, and nothing lives in the default tenant yet.
    New,
    /// Multi-tenancy is off, and everything lives in the default tenant.
    Single,
    /// It is on, and nobody but superadmins holds anything yet: access was not synchronised.
    NotSynchronised,
    /// It is on, beside the default tenant.
    DefaultAndNamed,
    /// It is on, and the default tenant is off.
    NamedOnly,
    /// 0.23 or later, without any tenant.
    WithoutTenants,
    /// 0.23 or later, with tenants.
    Moved,
}

impl Situation {
    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::OpenSource => "Kestra Open Source has no tenants to administer.",
            Self::NothingReachable => {
                "Multi-tenancy and the default tenant are both off, a state in which nothing would be reachable."
            }
            Self::New => "A new instance: multi-tenancy is off and nothing lives in the default tenant.",
            Self::Single => "Multi-tenancy is off; everything lives in the default tenant.",
            Self::NotSynchronised => "Multi-tenancy is on, and access was not synchronised yet.",
            Self::DefaultAndNamed => "Multi-tenancy is on, beside the default tenant.",
            Self::NamedOnly => "Already multi-tenant; the default tenant is off.",
            Self::WithoutTenants => "Tenants are mandatory in this release, and there is none yet.",
            Self::Moved => "Tenants are mandatory in this release, and there are some.",
        }
    }
}

impl Inspection {
    /// What the instance is.
    pub fn situation(&self) -> Situation {
        if self.edition == Edition::OpenSource {
            return Situation::OpenSource;
        }
        if !self.release.has_default_tenant() {
            return if self.tenants == 0 {
                Situation::WithoutTenants
            } else {
                Situation::Moved
            };
        }
        match self.tenancy.state() {
            TenancyState::Nothing => Situation::NothingReachable,
            TenancyState::SingleTenant if self.is_empty() => Situation::New,
            TenancyState::SingleTenant => Situation::Single,
            TenancyState::DefaultAndNamed if self.access.is_empty() && !self.is_empty() => Situation::NotSynchronised,
            TenancyState::DefaultAndNamed => Situation::DefaultAndNamed,
            TenancyState::NamedOnly => Situation::NamedOnly,
        }
    }

    /// Whether surely nothing lives in the default tenant. A count that nobody tells is not zero.
    pub fn is_empty(&self) -> bool {
        let footprint = &self.footprint;
        [
            footprint.flows,
            footprint.executions,
            footprint.namespaces,
            footprint.triggers,
        ]
        .iter()
        .all(|count| *count == Some(0))
    }

    /// Whether a tenant of this id was there.
    pub fn has_tenant(&self, id: &TenantId) -> bool {
        self.tenant_ids.iter().any(|known| known == id.as_str())
    }

    /// How many tenants were not looked into although somebody who seems to have no other access may have it there.
    pub fn not_looked_into(&self) -> u64 {
        if self.only_here.is_empty() || !self.tenancy.enabled {
            return 0;
        }
        self.tenants.saturating_sub(self.looked_into)
    }

    /// Whether something, or somebody, would be cut off if the default tenant were disabled.
    pub fn something_becomes_unreachable(&self) -> bool {
        !self.is_empty() || !self.only_here.is_empty()
    }
}
