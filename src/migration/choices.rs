//! What the operator wants of a migration: which backups, which tenants with which admins, what becomes of the default
//! tenant.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant_id::TenantId;

/// A tenant to be created, as `ID[=NAME][:ADMIN]` says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantedTenant {
    /// Its id.
    pub id: TenantId,
    /// Its name; the id where nothing else was said.
    pub name: String,
    /// Who becomes its admin, by username; whoever runs the migration where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
}

impl Choices {
    /// The words that `migrate run` takes for these answers. That a backup was made elsewhere is said by a file alone. `context` is
    /// what confirms that the default tenant is disabled.
    pub fn words(&self, context: &str) -> Vec<String> {
        let mut words = Vec::new();
        for tenant in &self.tenants {
            let admin = tenant.admin.iter().map(|admin| format!(":{admin}"));
            let wanted = format!("{}={}{}", tenant.id, tenant.name, admin.collect::<String>());
            words.extend(["--tenant".to_owned(), wanted]);
        }
        if self.backup == BackupChoice::Nothing {
            words.push("--no-backup".to_owned());
        }
        if self.disables_default() {
            words.extend(["--disable-default", "--confirm", context].map(str::to_owned));
        }
        words
    }
}

impl FromStr for WantedTenant {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // An admin is an e-mail address or a word, so the last colon separates; names may have some of their own.
        let (rest, admin) = match text.rsplit_once(':') {
            Some((rest, admin)) if !admin.contains('=') => (rest, Some(admin.trim())),
            _ => (text, None),
        };
        let (id, name) = match rest.split_once('=') {
            Some((id, name)) => (id.trim(), name.trim()),
            None => (rest.trim(), ""),
        };
        let refused = |why: String| {
            Problem::new(
                ProblemKind::Invalid,
                format!("`{text}` does not say which tenant to create."),
                why,
                "Write `ID`, `ID=NAME`, `ID:ADMIN` or `ID=NAME:ADMIN`, such as `dev=Development:ana@example.com`.",
            )
        };
        let parsed: TenantId = id.parse().map_err(|error| refused(format!("The id: {error}.")))?;
        if admin == Some("") {
            return Err(refused("There is nothing after the colon.".to_owned()));
        }
        Ok(Self {
            name: if name.is_empty() { id } else { name }.to_owned(),
            id: parsed,
            admin: admin.map(str::to_owned),
        })
    }
}

/// What is backed up before anything is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupChoice {
    /// Everything that can be: Kestra's own backup, the configured dump.
    #[default]
    All,
    /// Nothing here: the operator says that a backup was made elsewhere.
    Elsewhere,
    /// Nothing, in so many words.
    Nothing,
}

/// What becomes of the default tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultTenantChoice {
    /// It stays.
    #[default]
    Keep,
    /// It is disabled; what lives in it becomes unreachable.
    Disable,
}

/// The answers to all questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Choices {
    /// What is backed up.
    pub backup: BackupChoice,
    /// Which tenants are created; from 0.23 on the one that everything without a tenant moves into.
    pub tenants: Vec<WantedTenant>,
    /// What becomes of the default tenant.
    pub default_tenant: DefaultTenantChoice,
    /// What was typed to confirm that it is disabled: the name of the context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
}

impl Choices {
    /// Whether the default tenant is to be disabled.
    pub fn disables_default(&self) -> bool {
        self.default_tenant == DefaultTenantChoice::Disable
    }

    /// An id that is asked for twice, if there is one.
    pub fn repeated(&self) -> Option<&TenantId> {
        let mut seen = BTreeSet::new();
        self.tenants
            .iter()
            .map(|tenant| &tenant.id)
            .find(|id| !seen.insert(*id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_are_read_as_they_are_written_on_a_command_line() {
        for (text, id, name, admin) in [
            ("dev", "dev", "dev", None),
            ("dev=Development", "dev", "Development", None),
            ("dev:ana@example.com", "dev", "dev", Some("ana@example.com")),
            ("dev=Dev: all of it:ana", "dev", "Dev: all of it", Some("ana")),
            ("dev=a=b", "dev", "a=b", None),
        ] {
            let wanted: WantedTenant = text.parse().unwrap();
            assert_eq!(
                (wanted.id.as_str(), wanted.name.as_str(), wanted.admin.as_deref()),
                (id, name, admin),
                "{text}"
            );
        }
        for text in ["", "Dev", "=name", "dev:", "a b"] {
            assert_eq!(
                text.parse::<WantedTenant>().unwrap_err().kind,
                ProblemKind::Invalid,
                "{text}"
            );
        }
    }

    #[test]
    fn a_tenant_asked_for_twice_is_found() {
        let mut choices = Choices {
            tenants: vec!["a".parse().unwrap(), "b".parse().unwrap()],
            ..Choices::default()
        };
        assert_eq!(choices.repeated(), None);
        choices.tenants.push("a=Again".parse().unwrap());
        assert_eq!(choices.repeated().map(TenantId::as_str), Some("a"));
    }
}
