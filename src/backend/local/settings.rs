//! The `application.yml` of a local instance: Kestra's own settings file, read when the instance is opened and not again.
//!
//! Only the keys of multi-tenancy mean something here; everything else may stand in the file and is left alone.
//! As in Kestra, `a: {b: 1}` and `a.b: 1` and mixtures are the same key, `default-tenant`, `defaultTenant` and
//! `default_tenant` are the same name, and of several equal keys the last one counts.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::domain::instance::Tenancy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;
use crate::domain::sorting;
use crate::domain::text::visible;

use super::failure::{io_problem, shown};

/// The key that turns multi-tenancy on.
pub(super) const ENABLED: &str = "kestra.ee.tenants.enabled";
/// The key that keeps the tenant without an id.
pub(super) const DEFAULT_TENANT: &str = "kestra.ee.tenants.default-tenant";
/// The same keys as they are often misspelled, without effect.
const MISSPELLED: &str = "kestra.tenants.";

/// What a settings file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// What is in effect.
    pub tenancy: Tenancy,
    /// Remarks for the operator, a sentence each.
    pub notes: Vec<String>,
}

/// Reads the file of an instance of `release`.
pub(super) fn read(path: &Path, release: Release) -> Result<Settings, Problem> {
    parse(&text_of(path)?, release, path)
}

/// Every setting that the file gives a value, with its whole key spelled Kestra's way. Of equal keys the last one counts.
pub(super) fn values(path: &Path) -> Result<BTreeMap<String, Value>, Problem> {
    Ok(sorting::map(entries(&text_of(path)?, path)?))
}

/// Turns multi-tenancy on in the file, and keeps the default tenant on. Every line that says so already stays as it is.
pub(super) fn turn_on(path: &Path, release: Release) -> Result<(), Problem> {
    let text = text_of(path)?;
    let wanted = Tenancy {
        enabled: true,
        default_tenant: true,
    };
    if parse(&text, release, path)?.tenancy == wanted {
        return Ok(());
    }
    // First the lines as a new instance has them, so that no key stands in the file twice.
    let mut changed = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let setting = line.trim();
        if matches!(setting, "enabled: false" | "default-tenant: false") {
            changed.push_str(&line.replacen("false", "true", 1));
        } else {
            changed.push_str(line);
        }
    }
    if parse(&changed, release, path)?.tenancy != wanted {
        changed = text;
        if !changed.is_empty() && !changed.ends_with('\n') {
            changed.push('\n');
        }
        for key in [ENABLED, DEFAULT_TENANT] {
            changed.push_str(key);
            changed.push_str(": true\n");
        }
    }
    let is_on = parse(&changed, release, path).is_ok_and(|settings| settings.tenancy == wanted);
    if !is_on {
        return Err(Problem::new(
            ProblemKind::Failed,
            "Multi-tenancy was not turned on.",
            format!("`{}` is written in a way that cannot be added to.", shown(path)),
            format!("Set `{ENABLED}` and `{DEFAULT_TENANT}` to true in it, then try again."),
        ));
    }
    replace(path, &changed).map_err(|error| io_problem(&error, path, "Writing"))
}

/// Replaces the file in one go, for this account's eyes only.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut draft = tempfile::NamedTempFile::new_in(directory)?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    draft.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn text_of(path: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::new(
            ProblemKind::Failed,
            format!("The settings file `{}` is missing.", shown(path)),
            "Every local instance has one, beside its database.",
            "Put it back; an empty file stands for the defaults of the release.",
        ),
        std::io::ErrorKind::InvalidData => Problem::new(
            ProblemKind::Invalid,
            format!("The settings file `{}` cannot be read.", shown(path)),
            "It is not text in UTF-8.",
            "Save it as UTF-8, then open the instance again.",
        ),
        _ => io_problem(&error, path, "Reading"),
    })
}

/// Each key with its value, in the order of the text; `path` is only named in problems.
fn entries(text: &str, path: &Path) -> Result<Vec<(String, Value)>, Problem> {
    use serde_saphyr::options::{DuplicateKeyPolicy, Options};

    let mut options = Options::default();
    options.duplicate_keys = DuplicateKeyPolicy::LastWins;
    options.with_snippet = false;
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options).map_err(|error| {
        Problem::new(
            ProblemKind::Invalid,
            format!("The settings file `{}` cannot be understood.", shown(path)),
            "It is not valid YAML.",
            "Mend it at the place named in the details, then open the instance again.",
        )
        .with_detail(visible(&error.to_string()))
    })?;
    let mut entries = Vec::new();
    for document in documents {
        match document {
            Value::Null => {}
            Value::Object(map) => flatten("", Value::Object(map), &mut entries),
            _ => {
                return Err(Problem::new(
                    ProblemKind::Invalid,
                    format!("The settings file `{}` cannot be understood.", shown(path)),
                    "It holds no keys with values.",
                    "Write it like `kestra: {ee: {tenants: {enabled: true}}}`, nested or dotted.",
                ));
            }
        }
    }
    Ok(entries)
}

/// Understands the text of a settings file; `path` is only named in problems.
fn parse(text: &str, release: Release, path: &Path) -> Result<Settings, Problem> {
    let entries = entries(text, path)?;
    let last = |key: &str| {
        entries
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    };
    let boolean = |key: &str, default: bool| match last(key) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => as_boolean(value).ok_or_else(|| {
            Problem::new(
                ProblemKind::Invalid,
                format!("The setting `{key}` in `{}` has no usable value.", shown(path)),
                format!("`{}` is neither true nor false.", visible(&value.to_string())),
                "Write true or false, then open the instance again.",
            )
        }),
    };
    let defaults = release.tenancy_defaults();
    let written = Tenancy {
        enabled: boolean(ENABLED, defaults.enabled)?,
        default_tenant: boolean(DEFAULT_TENANT, defaults.default_tenant)?,
    };
    let mut notes = Vec::new();
    if entries.iter().any(|(name, _)| name.starts_with(MISSPELLED)) {
        notes.push("`kestra.tenants` has no effect; the key is `kestra.ee.tenants`.".to_owned());
    }
    let tenancy = if release.has_default_tenant() {
        written
    } else {
        if last(ENABLED).is_some() || last(DEFAULT_TENANT).is_some() {
            notes.push(format!(
                "`kestra.ee.tenants` has no effect in Kestra {release}, where tenants are mandatory."
            ));
        }
        defaults
    };
    Ok(Settings { tenancy, notes })
}

/// Each leaf with its whole key, spelled Kestra's way, in the order of the file.
fn flatten(prefix: &str, value: Value, entries: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.split('.').map(kebab).collect::<Vec<_>>().join(".");
                let path = if prefix.is_empty() {
                    key
                } else {
                    format!("{prefix}.{key}")
                };
                flatten(&path, value, entries);
            }
        }
        leaf => entries.push((prefix.to_owned(), leaf)),
    }
}

/// `defaultTenant` and `default_tenant` as `default-tenant`.
fn kebab(name: &str) -> String {
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

/// A boolean, also in the quoted spellings Kestra takes.
fn as_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(boolean) => Some(*boolean),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some(true),
            "false" | "no" | "off" | "n" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The file a new instance of `release` gets.
pub(super) fn initial_file(release: Release) -> String {
    if !release.has_default_tenant() {
        return format!(
            "# Settings of this local instance, which behaves as Kestra {release}.\n\
             # Tenants are mandatory in this release: kestra.ee.tenants.enabled and\n\
             # kestra.ee.tenants.default-tenant exist no longer and would have no effect.\n\
             # The file is read when the instance is opened: close and open the console to\n\
             # restart it.\n\
             kestra: {{}}\n"
        );
    }
    let Tenancy {
        enabled,
        default_tenant,
    } = release.tenancy_defaults();
    format!(
        "# Settings of this local instance, which behaves as Kestra {release}.\n\
         #\n\
         # kestra.ee.tenants.enabled\n\
         #   true turns multi-tenancy on, so that tenants can be created.\n\
         # kestra.ee.tenants.default-tenant\n\
         #   While multi-tenancy is on, true keeps the tenant without an id, where everything\n\
         #   lives that was made before. With false nobody can reach what is in it.\n\
         #\n\
         # The file is read when the instance is opened, so a change takes a restart: close\n\
         # the console and open it again. After turning multi-tenancy on, run\n\
         # `kestra auths users sync-access` so that people keep their access.\n\
         kestra:\n  ee:\n    tenants:\n      enabled: {enabled}\n      default-tenant: {default_tenant}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Release = Release::new(0, 21);

    fn tenancy(enabled: bool, default_tenant: bool) -> Tenancy {
        Tenancy {
            enabled,
            default_tenant,
        }
    }

    fn parsed(text: &str, release: Release) -> Result<Settings, Problem> {
        parse(text, release, Path::new("application.yml"))
    }

    #[test]
    fn keys_count_however_they_are_nested_and_spelled() {
        for text in [
            "kestra:\n  ee:\n    tenants:\n      enabled: true\n      default-tenant: false\n",
            "kestra.ee.tenants.enabled: true\nkestra.ee.tenants.default-tenant: false\n",
            "kestra:\n  ee.tenants:\n    enabled: true\n  ee.tenants.defaultTenant: false\n",
            "kestra:\n  ee:\n    tenants: {enabled: true, defaultTenant: false}\n  queue: {type: postgres}\n",
            "kestra.ee:\n  tenants.enabled: 'true'\n  tenants.default_tenant: \"off\"\n",
            "kestra.ee.tenants: {enabled: false, default-tenant: false}\n---\nkestra.ee.tenants.enabled: true\n",
            "kestra:\n  ee: {tenants: {enabled: false, default-tenant: true}}\n  ee.tenants: {enabled: true}\n  ee.tenants.defaultTenant: false\n",
            "kestra:\n  ee:\n    tenants:\n      enabled: false\n      enabled: true\n      default-tenant: false\n",
        ] {
            assert_eq!(parsed(text, OLD).map(|s| s.tenancy), Ok(tenancy(true, false)), "{text}");
        }
    }

    #[test]
    fn defaults_are_those_of_the_release() {
        for text in [
            "",
            "# nothing\n",
            "kestra: {}\n",
            "kestra:\n  ee:\n    tenants:\n      enabled:\n",
        ] {
            assert_eq!(parsed(text, OLD).unwrap().tenancy, tenancy(false, true), "{text}");
            assert_eq!(parsed(text, Release::new(0, 22)).unwrap().tenancy, tenancy(true, false));
        }
        for release in Release::KNOWN {
            let settings = parsed(&initial_file(release), release).unwrap();
            assert_eq!(settings.tenancy, release.tenancy_defaults(), "{release}");
            assert_eq!(settings.notes, [] as [&str; 0]);
        }
    }

    #[test]
    fn keys_without_effect_are_mentioned() {
        let settings = parsed("kestra: {tenants: {enabled: true}}", OLD).unwrap();
        assert_eq!(settings.tenancy, tenancy(false, true));
        assert!(settings.notes[0].contains("kestra.ee.tenants"));
        let settings = parsed("kestra.ee.tenants.enabled: false", Release::new(1, 3)).unwrap();
        assert_eq!(settings.tenancy, tenancy(true, false));
        assert!(settings.notes[0].contains("1.3"));
    }

    #[test]
    fn turning_it_on_changes_the_lines_that_say_otherwise_or_adds_some() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("application.yml");
        for (before, after) in [
            (
                initial_file(OLD),
                initial_file(OLD).replace("enabled: false", "enabled: true"),
            ),
            (
                "# ours\nkestra: {queue: {type: memory}}".to_owned(),
                "# ours\nkestra: {queue: {type: memory}}\nkestra.ee.tenants.enabled: true\n\
                 kestra.ee.tenants.default-tenant: true\n"
                    .to_owned(),
            ),
            (
                "kestra.ee.tenants: {enabled: true, default-tenant: true} # done\n".to_owned(),
                "kestra.ee.tenants: {enabled: true, default-tenant: true} # done\n".to_owned(),
            ),
        ] {
            std::fs::write(&path, &before).unwrap();
            turn_on(&path, OLD).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
            assert_eq!(read(&path, OLD).unwrap().tenancy, tenancy(true, true));
        }
        std::fs::write(&path, "{kestra: {}}").unwrap();
        assert!(turn_on(&path, OLD).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{kestra: {}}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let wrong = parsed("kestra.ee.tenants.defaultTenant: [1]", OLD).unwrap_err();
        assert_eq!(wrong.kind, ProblemKind::Invalid);
        assert!(wrong.what.contains("`kestra.ee.tenants.default-tenant`"), "{wrong}");
        assert!(
            parsed("kestra.ee.tenants.enabled: 2", OLD)
                .unwrap_err()
                .why
                .contains("`2`")
        );
        let broken = parsed("kestra:\n\tee: {", OLD).unwrap_err();
        assert!(broken.why.contains("YAML") && broken.detail.is_some());
        assert!(parsed("just words", OLD).unwrap_err().why.contains("no keys"));
        let missing = read(Path::new("/nonexistent/application.yml"), OLD).unwrap_err();
        assert!(missing.what.contains("is missing"));
    }
}
