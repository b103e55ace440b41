//! Tenant ids: what is one, and which ones invite trouble.
//!
//! The pattern is Kestra's own, `^[a-z0-9][a-z0-9_-]*$`, the same in every OpenAPI document from 0.21 to 2.0. Kestra
//! documents no length limit (its column takes 250 characters); ours is shorter because an id becomes a path segment,
//! a directory and part of secret and bucket names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::release::Release;

/// The id of a tenant.
///
/// Parsing enforces the rules for new ids. An id that a server already holds is taken as it is, by [`TenantId::existing`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(String);

/// Why a text cannot be the id of a new tenant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantIdError {
    /// Nothing was given.
    #[error("an id is required")]
    Empty,
    /// Longer than [`TenantId::MAX_LEN`].
    #[error("{length} characters; at most {max} are allowed", max = TenantId::MAX_LEN)]
    TooLong {
        /// How many characters it has.
        length: usize,
    },
    /// The first character is neither a lower-case letter nor a digit.
    #[error("must start with a-z or 0-9, not `{0}`")]
    Start(String),
    /// A later character is not allowed.
    #[error("`{found}` at position {position} is not allowed; use a-z, 0-9, _ and -")]
    Character {
        /// The character, made visible.
        found: String,
        /// Where it stands, counted from 1.
        position: usize,
    },
}

/// A reason to think twice about an id that is well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdWarning {
    /// Equal to a fixed first segment of Kestra's API, so that paths become ambiguous.
    ApiSegment,
    /// Equal to a fixed first segment of Kestra's web UI.
    UiSegment,
    /// A name Kestra uses for something else: what that is.
    OtherMeaning(&'static str),
    /// Equal to the first segment of a namespace of the default tenant, whose files would mix on local storage.
    NamespaceOfDefaultTenant,
}

impl IdWarning {
    /// Whether creating such a tenant asks for an explicit yes. The others are only mentioned.
    pub fn is_reserved(&self) -> bool {
        matches!(self, Self::ApiSegment | Self::UiSegment)
    }

    /// The warning in words, to follow the id.
    pub fn words(&self) -> String {
        match self {
            Self::ApiSegment => {
                "is also a fixed part of Kestra's API paths, so requests to this tenant can be misread".to_owned()
            }
            Self::UiSegment => {
                "is also a page of Kestra's web UI, so links to this tenant can open the wrong page".to_owned()
            }
            Self::OtherMeaning(meaning) => format!("is what Kestra calls {meaning}"),
            Self::NamespaceOfDefaultTenant => {
                "is the first part of a namespace in the default tenant; on local storage their files would mix"
                    .to_owned()
            }
        }
    }
}

/// First segments below `/api/v1/` up to 0.22. Source: Kestra EE OpenAPI 0.21.
const API_SEGMENTS_TO_0_22: &[&str] = &[
    "acls",
    "apps",
    "auditlogs",
    "auths",
    "banners",
    "bindings",
    "blueprints",
    "cluster",
    "configs",
    "dashboards",
    "executions",
    "flows",
    "forgotten-password",
    "groups",
    "integrations",
    "invitation",
    "invitations",
    "license-info",
    "logs",
    "me",
    "metrics",
    "namespaces",
    "plugins",
    "reset-password",
    "roles",
    "search",
    "security-integrations",
    "setup",
    "stats",
    "taskruns",
    "templates",
    "tenants",
    "triggers",
    "usages",
    "users",
];

/// First segments below `/api/v1/` from 0.23 on. Source: Kestra EE OpenAPI 0.23 to 2.0.
const API_SEGMENTS_FROM_0_23: &[&str] = &[
    "auditlogs",
    "auths",
    "banners",
    "basicauth",
    "configs",
    "forgotten-password",
    "instance",
    "invitation",
    "kill-switches",
    "license",
    "license-info",
    "login",
    "logout",
    "main-tenant-flows",
    "me",
    "notifications",
    "pebble",
    "plugins",
    "request-code",
    "reset-password",
    "search",
    "service-accounts",
    "setup",
    "tenants",
    "users",
    "validate-password",
];

/// First segments of the web UI. Source: routes of Kestra's open source UI.
const UI_SEGMENTS: &[&str] = &[
    "admin",
    "blueprints",
    "dashboards",
    "docs",
    "executions",
    "flows",
    "logs",
    "namespaces",
    "plugins",
    "settings",
    "taskruns",
    "templates",
    "welcome",
];

impl TenantId {
    /// The longest id that may be created, in characters.
    pub const MAX_LEN: usize = 63;

    /// An id that an instance already holds, whatever it looks like.
    pub fn existing(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Proposes an id for a name: lower case, runs of other characters become one hyphen. Empty if nothing is left.
    pub fn propose(name: &str) -> String {
        let mut id = String::new();
        for character in name.chars().flat_map(char::to_lowercase) {
            if id.len() >= Self::MAX_LEN {
                break;
            }
            match fold(character) {
                Some(plain) => id.push_str(plain),
                None if character.is_ascii_alphanumeric() => id.push(character),
                None if character == '_' && !id.is_empty() => id.push('_'),
                None if !id.is_empty() && !id.ends_with('-') => id.push('-'),
                None => {}
            }
        }
        id.truncate(Self::MAX_LEN);
        id.truncate(id.trim_end_matches('-').len());
        id
    }

    /// What to think twice about before creating a tenant of this id on an instance of `release`.
    ///
    /// `default_namespaces` are the namespaces of the default tenant, as far as they are known.
    pub fn warnings<'a>(
        &self,
        release: Release,
        default_namespaces: impl IntoIterator<Item = &'a str>,
    ) -> Vec<IdWarning> {
        let id = self.as_str();
        let api = if release.has_default_tenant() {
            API_SEGMENTS_TO_0_22
        } else {
            API_SEGMENTS_FROM_0_23
        };
        let mut warnings = Vec::new();
        if api.contains(&id) {
            warnings.push(IdWarning::ApiSegment);
        } else if UI_SEGMENTS.contains(&id) {
            warnings.push(IdWarning::UiSegment);
        }
        match id {
            "default" => warnings.push(IdWarning::OtherMeaning("the tenant without an id on its command line")),
            "main" => warnings.push(IdWarning::OtherMeaning("the single tenant of its Open Source edition")),
            _ => {}
        }
        if release.has_default_tenant()
            && default_namespaces
                .into_iter()
                .any(|namespace| namespace.split('.').next() == Some(id))
        {
            warnings.push(IdWarning::NamespaceOfDefaultTenant);
        }
        warnings
    }
}

/// Letters that have a usual plain spelling.
fn fold(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' | 'ă' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ő' => "o",
        'ö' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // Lower-casing a dotted capital I leaves this mark behind; an apostrophe joins, it does not part.
        '\u{307}' | '\'' | '’' => "",
        _ => return None,
    })
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for TenantId {
    type Err = TenantIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = text.chars().next().ok_or(TenantIdError::Empty)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !plain(first) {
            return Err(TenantIdError::Start(
                super::text::visible(&first.to_string()).into_owned(),
            ));
        }
        let wrong = text
            .chars()
            .enumerate()
            .find(|(_, c)| !(plain(*c) || matches!(c, '_' | '-')));
        if let Some((index, found)) = wrong {
            return Err(TenantIdError::Character {
                found: super::text::visible(&found.to_string()).into_owned(),
                position: index + 1,
            });
        }
        if text.len() > Self::MAX_LEN {
            return Err(TenantIdError::TooLong { length: text.len() });
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_ids_parse() {
        for id in ["a", "0", "acme", "acme-eu_1", &"x".repeat(TenantId::MAX_LEN)] {
            assert_eq!(
                id.parse::<TenantId>().map(|parsed| parsed.to_string()),
                Ok(id.to_owned())
            );
        }
    }

    #[test]
    fn ill_formed_ids_say_what_is_wrong_and_where() {
        for (id, message) in [
            ("", "an id is required"),
            ("-a", "must start with a-z or 0-9, not `-`"),
            ("Acme", "must start with a-z or 0-9, not `A`"),
            ("acme corp", "` ` at position 5 is not allowed; use a-z, 0-9, _ and -"),
            ("acmé", "`é` at position 4 is not allowed; use a-z, 0-9, _ and -"),
            ("a\u{1b}[2J", "`␛` at position 2 is not allowed; use a-z, 0-9, _ and -"),
            ("a\n", "`␊` at position 2 is not allowed; use a-z, 0-9, _ and -"),
        ] {
            assert_eq!(id.parse::<TenantId>().unwrap_err().to_string(), message, "{id:?}");
        }
        let long = "x".repeat(64);
        assert_eq!(
            long.parse::<TenantId>().unwrap_err().to_string(),
            "64 characters; at most 63 are allowed"
        );
    }

    #[test]
    fn proposals_are_ids_or_empty() {
        for (name, id) in [
            ("Acme Corporation", "acme-corporation"),
            ("  Müller & Söhne GmbH ", "mueller-soehne-gmbh"),
            ("L'Oréal", "loreal"),
            ("Łukasz Wiśniewska", "lukasz-wisniewska"),
            ("Ayşe Yılmaz-Dvořák", "ayse-yilmaz-dvorak"),
            ("42 (staging)", "42-staging"),
            ("日本", ""),
            ("!!!", ""),
            ("_x_", "x_"),
        ] {
            assert_eq!(TenantId::propose(name), id, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_proposal_parses(name in "\\PC{0,90}") {
            let proposal = TenantId::propose(&name);
            if !proposal.is_empty() {
                let parsed = proposal.parse::<TenantId>();
                proptest::prop_assert!(parsed.is_ok(), "{name:?} -> {proposal:?}: {parsed:?}");
            }
        }
    }

    #[test]
    fn colliding_words_differ_by_release() {
        let warn = |id: &str, release| TenantId::existing(id).warnings(release, ["company.team"]);
        let (old, new) = (Release::new(0, 21), Release::new(1, 3));
        assert_eq!(warn("roles", old), [IdWarning::ApiSegment]);
        assert_eq!(warn("roles", new), []);
        assert_eq!(warn("instance", old), []);
        assert_eq!(warn("instance", new), [IdWarning::ApiSegment]);
        assert_eq!(warn("welcome", new), [IdWarning::UiSegment]);
        assert_eq!(warn("company", old), [IdWarning::NamespaceOfDefaultTenant]);
        assert_eq!(warn("company", new), []);
        assert!(matches!(warn("default", old).as_slice(), [IdWarning::OtherMeaning(_)]));
        assert_eq!(warn("acme", old), []);
    }
}
