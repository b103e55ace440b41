//! Kestra releases, and what differs between them for multi-tenancy.
//!
//! Facts come from Kestra's documentation and OpenAPI documents of each release; patch levels never matter here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::instance::Tenancy;

/// A minor release of Kestra, such as 0.21 or 1.3. Ordered by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Release {
    major: u16,
    minor: u16,
}

/// Why a text is not a release this program knows how to treat.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// Not of the form `MAJOR.MINOR[.PATCH][-SUFFIX]`.
    #[error("`{0}` is not a Kestra release; write it like 0.21 or 1.3.26")]
    Malformed(String),
    /// A release from before tenants existed.
    #[error("Kestra {0} has no tenants; multi-tenancy came with 0.13")]
    BeforeTenants(String),
}

/// How roles list what they allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionModel {
    /// `CREATE`, `READ`, `UPDATE`, `DELETE` on every permission (0.13 to 1.3).
    Crud,
    /// Each resource has actions of its own (2.0).
    ResourceActions,
}

/// Who may create tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantCreators {
    /// Holders of `CREATE` on `TENANT`, and superadmins (0.13 to 0.19).
    PermissionHolders,
    /// Superadmins, called instance owners from 2.0, alone (0.20 on).
    Superadmins,
}

impl Release {
    /// The release a new local instance behaves as unless told otherwise.
    pub const DEFAULT: Self = Self::new(0, 21);

    /// Every release that has tenants, oldest first.
    pub const KNOWN: [Self; 17] = [
        Self::new(0, 13),
        Self::new(0, 14),
        Self::new(0, 15),
        Self::new(0, 16),
        Self::new(0, 17),
        Self::new(0, 18),
        Self::new(0, 19),
        Self::new(0, 20),
        Self::new(0, 21),
        Self::new(0, 22),
        Self::new(0, 23),
        Self::new(0, 24),
        Self::new(1, 0),
        Self::new(1, 1),
        Self::new(1, 2),
        Self::new(1, 3),
        Self::new(2, 0),
    ];

    /// A release by its two numbers.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// Whether this release is `major.minor` or newer.
    pub fn at_least(self, major: u16, minor: u16) -> bool {
        self >= Self::new(major, minor)
    }

    /// Whether there can be a default tenant, the one without an id (0.13 to 0.22).
    pub fn has_default_tenant(self) -> bool {
        !self.at_least(0, 23)
    }

    /// What `kestra.ee.tenants.*` is when nothing sets it. From 0.23 the keys are gone and tenants mandatory.
    pub fn tenancy_defaults(self) -> Tenancy {
        if self.at_least(0, 22) {
            Tenancy {
                enabled: true,
                default_tenant: false,
            }
        } else {
            Tenancy {
                enabled: false,
                default_tenant: true,
            }
        }
    }

    /// How roles of this release list what they allow.
    pub fn permission_model(self) -> PermissionModel {
        if self.at_least(2, 0) {
            PermissionModel::ResourceActions
        } else {
            PermissionModel::Crud
        }
    }

    /// Who may create tenants in this release.
    pub fn tenant_creators(self) -> TenantCreators {
        if self.at_least(0, 20) {
            TenantCreators::Superadmins
        } else {
            TenantCreators::PermissionHolders
        }
    }

    /// Whether a username is an e-mail address (from 0.20).
    pub fn usernames_are_emails(self) -> bool {
        self.at_least(0, 20)
    }

    /// Whether several service accounts may have one name.
    pub fn account_names_repeat(self) -> bool {
        self.at_least(0, 22)
    }

    /// What this release calls the user above all tenants.
    pub fn superadmin_word(self) -> &'static str {
        if self.at_least(2, 0) {
            "instance owner"
        } else {
            "superadmin"
        }
    }

    /// The same with its article.
    pub fn a_superadmin(self) -> &'static str {
        if self.at_least(2, 0) {
            "an instance owner"
        } else {
            "a superadmin"
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || ReleaseError::Malformed(text.to_owned());
        let bare = text.trim();
        let bare = bare.strip_prefix('v').unwrap_or(bare);
        let core = bare.split(['-', '+']).next().unwrap_or(bare);
        let mut numbers = core.split('.').map(str::parse::<u16>);
        let mut next = || numbers.next().and_then(Result::ok);
        let (major, minor) = (next().ok_or_else(malformed)?, next().ok_or_else(malformed)?);
        if !numbers.all(|number| number.is_ok()) {
            return Err(malformed());
        }
        let release = Self::new(major, minor);
        if release < Self::new(0, 13) {
            return Err(ReleaseError::BeforeTenants(release.to_string()));
        }
        Ok(release)
    }
}

impl TryFrom<String> for Release {
    type Error = ReleaseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_servers_print_them_parse() {
        for (text, expected) in [
            ("0.21", Release::new(0, 21)),
            ("0.21.4", Release::new(0, 21)),
            ("v1.3.26", Release::new(1, 3)),
            ("2.0.0-SNAPSHOT", Release::new(2, 0)),
            ("2.0.0-rc13+build.7", Release::new(2, 0)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn whoever_is_above_all_tenants_has_an_article() {
        for release in [Release::new(0, 13), Release::new(2, 0)] {
            let (article, word) = release.a_superadmin().split_once(' ').unwrap();
            assert_eq!(word, release.superadmin_word());
            assert_eq!(article == "an", word.starts_with(['a', 'e', 'i', 'o', 'u']));
        }
    }

    #[test]
    fn what_is_no_release_says_why() {
        for text in ["", "1", "abc", "0.x", "1.2.x", "-1.2", "70000.1"] {
            assert!(
                matches!(text.parse::<Release>(), Err(ReleaseError::Malformed(_))),
                "{text}"
            );
        }
        assert!(matches!(
            "0.12.9".parse::<Release>(),
            Err(ReleaseError::BeforeTenants(_))
        ));
    }

    #[test]
    fn the_defaults_flip_with_0_22_and_the_default_tenant_ends_with_0_23() {
        let enabled_by_default: Vec<_> = Release::KNOWN
            .iter()
            .filter(|release| release.tenancy_defaults().enabled)
            .collect();
        assert_eq!(enabled_by_default.first(), Some(&&Release::new(0, 22)));
        assert!(Release::new(0, 22).has_default_tenant());
        assert!(!Release::new(0, 23).has_default_tenant());
    }
}
