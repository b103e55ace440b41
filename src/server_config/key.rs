//! The two settings, their names in every spelling that Kestra takes, and the words for yes and no.
//!
//! Kestra's framework, Micronaut, reads `default-tenant`, `defaultTenant`, `default_tenant` and `DEFAULT_TENANT` as one
//! name, and makes `KESTRA_EE_TENANTS_DEFAULT_TENANT` of it in the environment.

use serde::{Deserialize, Serialize};

/// One of the two settings of multi-tenancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// `kestra.ee.tenants.enabled`
    #[serde(rename = "kestra.ee.tenants.enabled")]
    Enabled,
    /// `kestra.ee.tenants.default-tenant`
    #[serde(rename = "kestra.ee.tenants.default-tenant")]
    DefaultTenant,
}

/// Where both live, part by part.
pub(super) const PARENTS: [&str; 3] = ["kestra", "ee", "tenants"];

/// Places where they are often written, without effect.
pub(super) const MISSPELLED: [&[&str]; 2] = [&["kestra", "tenants"], &["kestra", "ee", "tenant"]];

/// The variable that holds a whole configuration file.
pub(super) const WHOLE_CONFIGURATION: &str = "KESTRA_CONFIGURATION";

impl Key {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Enabled, Self::DefaultTenant];

    /// The last part of its name.
    pub fn leaf(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::DefaultTenant => "default-tenant",
        }
    }

    /// Its whole name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "kestra.ee.tenants.enabled",
            Self::DefaultTenant => "kestra.ee.tenants.default-tenant",
        }
    }

    /// The environment variable that sets it.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Enabled => "KESTRA_EE_TENANTS_ENABLED",
            Self::DefaultTenant => "KESTRA_EE_TENANTS_DEFAULT_TENANT",
        }
    }

    pub(super) fn of_leaf(part: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.leaf() == part)
    }
}

/// What the name of a variable means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VariableName {
    /// It sets this.
    Sets(Key),
    /// It looks as if it did, and does not.
    Misspelled,
    /// It holds a whole configuration.
    Whole,
}

/// What a variable of this name means; nothing to us, mostly.
pub(super) fn variable(name: &str) -> Option<VariableName> {
    if name == WHOLE_CONFIGURATION {
        return Some(VariableName::Whole);
    }
    let plain: String = name
        .chars()
        .map(|c| {
            if matches!(c, '.' | '-') {
                '_'
            } else {
                c.to_ascii_uppercase()
            }
        })
        .collect();
    if let Some(key) = Key::ALL.into_iter().find(|key| key.variable() == plain) {
        return Some(VariableName::Sets(key));
    }
    let misspelled = ["KESTRA_TENANTS_", "KESTRA_EE_TENANT_"]
        .iter()
        .filter_map(|start| plain.strip_prefix(start))
        .any(|rest| matches!(rest, "ENABLED" | "DEFAULT_TENANT" | "DEFAULTTENANT"))
        || plain == "KESTRA_EE_TENANTS_DEFAULTTENANT";
    misspelled.then_some(VariableName::Misspelled)
}

/// Whether a variable of this name sets one of the settings.
pub(super) fn sets_variable(name: &str) -> bool {
    matches!(variable(name), Some(VariableName::Sets(_)))
}

/// `defaultTenant` and `default_tenant` as `default-tenant`.
pub(super) fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 2);
    let mut after_lower = false;
    for character in name.chars() {
        if character.is_uppercase() && after_lower {
            kebab.push('-');
        }
        after_lower = character.is_lowercase() || character.is_ascii_digit();
        match character {
            '_' => kebab.push('-'),
            other => kebab.extend(other.to_lowercase()),
        }
    }
    kebab
}

/// The parts of a key as it stands in a file: `ee.defaultTenant` has two.
pub(super) fn parts(key: &str) -> Vec<String> {
    key.split('.').map(kebab).collect()
}

/// Words that mean yes and no, yes first.
const WORDS: [(&str, &str); 4] = [("true", "false"), ("yes", "no"), ("on", "off"), ("y", "n")];

/// A yes or no in the spellings Kestra takes.
pub(super) fn boolean(text: &str) -> Option<bool> {
    let plain = text.trim().to_ascii_lowercase();
    WORDS.iter().find_map(|(yes, no)| match plain.as_str() {
        word if word == *yes => Some(true),
        word if word == *no => Some(false),
        _ => None,
    })
}

/// `value` in the words and the case of what stood there: `TRUE` becomes `FALSE`, `yes` becomes `no`.
pub(super) fn spelled_like(old: &str, value: bool) -> String {
    let plain = old.trim().to_ascii_lowercase();
    let (yes, no) = WORDS
        .into_iter()
        .find(|(yes, no)| plain == *yes || plain == *no)
        .unwrap_or(("true", "false"));
    let word = if value { yes } else { no };
    let mut letters = old.trim().chars();
    let first_is_upper = letters.next().is_some_and(char::is_uppercase);
    let rest = letters.as_str();
    if first_is_upper && rest.chars().all(char::is_uppercase) {
        word.to_uppercase()
    } else if first_is_upper {
        let mut capital = word.to_owned();
        if let Some(first) = capital.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        capital
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_name_however_they_are_spelled() {
        for name in [
            "default-tenant",
            "defaultTenant",
            "default_tenant",
            "DEFAULT_TENANT",
            "DefaultTenant",
        ] {
            assert_eq!(kebab(name), "default-tenant", "{name}");
        }
        assert_eq!(parts("ee.tenants.defaultTenant"), ["ee", "tenants", "default-tenant"]);
        assert_eq!(parts(""), [""]);
    }

    #[test]
    fn variables_are_known_by_name() {
        for (name, meaning) in [
            ("KESTRA_EE_TENANTS_ENABLED", Some(VariableName::Sets(Key::Enabled))),
            (
                "KESTRA_EE_TENANTS_DEFAULT_TENANT",
                Some(VariableName::Sets(Key::DefaultTenant)),
            ),
            (
                "kestra.ee.tenants.default-tenant",
                Some(VariableName::Sets(Key::DefaultTenant)),
            ),
            ("KESTRA_EE_TENANTS_DEFAULTTENANT", Some(VariableName::Misspelled)),
            ("KESTRA_TENANTS_ENABLED", Some(VariableName::Misspelled)),
            ("KESTRA_CONFIGURATION", Some(VariableName::Whole)),
            ("KESTRA_CONFIGURATION_PATH", None),
            ("PATH", None),
        ] {
            assert_eq!(variable(name), meaning, "{name}");
        }
    }

    #[test]
    fn a_value_keeps_its_spelling() {
        for (old, yes, no) in [
            ("true", "true", "false"),
            ("False", "True", "False"),
            ("FALSE", "TRUE", "FALSE"),
            ("off", "on", "off"),
            ("Yes", "Yes", "No"),
            ("y", "y", "n"),
            ("", "true", "false"),
            ("~", "true", "false"),
        ] {
            assert_eq!(
                (spelled_like(old, true).as_str(), spelled_like(old, false).as_str()),
                (yes, no),
                "{old}"
            );
        }
        assert_eq!(
            [boolean(" Yes "), boolean("OFF"), boolean("1")],
            [Some(true), Some(false), None]
        );
    }
}
