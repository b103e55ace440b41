//! `--set` and `--unset`: fields of a tenant on the command line.
//!
//! A secret never stands in an argument, where every process of the machine can read it: its value is `@FILE` or
//! `env:NAME`. Any other field may be read from there too, and a value that begins like that is written with `@@` or `env:env:`.

use std::path::Path;

use serde_json::Value;

use crate::config::environment::Environment;
use crate::config::nearest;
use crate::config::private;
use crate::config::secret::SecretSource;
use crate::domain::equivalent::ELSEWHERE;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::redact;
use crate::domain::release::Release;
use crate::domain::tenant::Tenant;
use crate::domain::tenant_field::{self, FieldKind, TenantField};

/// Sets one field as `FIELD=VALUE` says.
pub fn set(tenant: &mut Tenant, assignment: &str, release: Release, environment: &Environment) -> Result<(), Problem> {
    let Some((path, written)) = assignment.split_once('=') else {
        return Err(invalid(
            "A field could not be set.",
            "`--set` has no `=` in it.",
            "Write it like `--set workerGroup.key=gpu`.",
        ));
    };
    let place = Place::find(path.trim(), release)?;
    let written = Written::of(written);
    let text = given_text(&place, &written, environment)?;
    match place {
        Place::Field(field) => {
            let value = field.parse(&text).map_err(|why| bad_value(field.path, &why))?;
            if let (FieldKind::Map, Some(Value::Object(map))) = (field.kind, &value)
                && matches!(written, Written::Plain(_))
                && let Some(key) = map
                    .keys()
                    .find(|key| redact::is_secret(&format!("{}.{key}", field.path)))
            {
                return Err(secret_in_argument(&format!("{}.{key}", field.path)));
            }
            tenant.set_at(field.path, value);
        }
        Place::MapKey(field, key) => {
            let text = text.trim();
            let value = match text {
                "" => None,
                // A secret may look like anything, and a plugin wants it as text.
                secret if redact::is_secret(&format!("{}.{key}", field.path)) => Some(Value::from(secret)),
                text => Some(serde_json::from_slice(text.as_bytes()).unwrap_or_else(|_| Value::from(text))),
            };
            set_map_key(tenant, field, &key, value);
        }
    }
    Ok(())
}

/// Clears one field.
pub fn unset(tenant: &mut Tenant, path: &str, release: Release) -> Result<(), Problem> {
    match Place::find(path.trim(), release)? {
        Place::Field(field) => tenant.set_at(field.path, None),
        Place::MapKey(field, key) => set_map_key(tenant, field, &key, None),
    }
    Ok(())
}

/// What a path on the command line means.
enum Place {
    /// A field of the table.
    Field(&'static TenantField),
    /// A key of a field that is a free map: `bucket` of `storageConfiguration.bucket`.
    MapKey(&'static TenantField, String),
}

impl Place {
    fn find(path: &str, release: Release) -> Result<Self, Problem> {
        if let Some(field) = tenant_field::find(release, path) {
            return Ok(Self::Field(field));
        }
        let map_key = tenant_field::fields(release)
            .filter(|field| field.kind == FieldKind::Map)
            .find_map(|field| Some((field, path.strip_prefix(field.path)?.strip_prefix('.')?)));
        if let Some((field, key)) = map_key.filter(|(_, key)| !key.trim().is_empty()) {
            return Ok(Self::MapKey(field, key.trim().to_owned()));
        }
        Err(unknown_field(path, release))
    }

    fn path(&self) -> String {
        match self {
            Self::Field(field) => field.path.to_owned(),
            Self::MapKey(field, key) => format!("{}.{key}", field.path),
        }
    }
}

fn unknown_field(path: &str, release: Release) -> Problem {
    let what = format!("There is no field `{path}` to set.");
    if let Some(other) = tenant_field::FIELDS.iter().find(|field| field.path == path) {
        let why = if release < other.since {
            format!("It exists from Kestra {} on, and this is {release}.", other.since)
        } else {
            format!("It is gone from Kestra {release}.")
        };
        return invalid(what, why, "Leave it out.");
    }
    if path == "name" || path == "id" {
        return invalid(
            what,
            format!("The {path} of a tenant has a flag of its own."),
            if path == "name" {
                "Use `--name`."
            } else {
                "An id cannot be changed; `--tenant` gives it when a tenant is created."
            },
        );
    }
    let known: Vec<&str> = tenant_field::fields(release).map(|field| field.path).collect();
    let next = match nearest(path, known.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if known.is_empty() => "Use `--name` alone; this release has no further fields.".to_owned(),
        None => format!("Known are {}.", known.join(", ")),
    };
    invalid(what, format!("Tenants of Kestra {release} have no such field."), next)
}

fn bad_value(path: &str, why: &str) -> Problem {
    invalid(
        format!("Field `{path}` could not be set."),
        format!("Its value {why}."),
        "Correct the value, and try again.",
    )
}

fn secret_in_argument(path: &str) -> Problem {
    invalid(
        format!("Field `{path}` could not be set."),
        "It is a secret, and others on this machine can read the arguments of a command.",
        "Write the value as `@FILE` or `env:NAME` to have it read from there.",
    )
}

/// What is written as a value.
enum Written<'w> {
    /// The value itself.
    Plain(&'w str),
    /// The file that it is read from.
    File(&'w str),
    /// The variable that it is read from.
    Variable(&'w str),
}

impl<'w> Written<'w> {
    /// A sign that the value lies elsewhere is part of it where it is written twice.
    fn of(written: &'w str) -> Self {
        let [file, variable] = ELSEWHERE;
        match (written.strip_prefix(file), written.strip_prefix(variable)) {
            (Some(rest), _) if rest.starts_with(file) => Self::Plain(rest),
            (Some(rest), _) => Self::File(rest),
            (None, Some(rest)) if rest.starts_with(variable) => Self::Plain(rest),
            (None, Some(rest)) => Self::Variable(rest),
            (None, None) => Self::Plain(written),
        }
    }
}

/// The value as text, fetched from where it lies.
fn given_text(place: &Place, written: &Written<'_>, environment: &Environment) -> Result<String, Problem> {
    let path = place.path();
    let is_secret = redact::is_secret(&path);
    match *written {
        Written::Variable(name) => {
            let secret = SecretSource::Variable(name.to_owned()).read(environment)?;
            Ok(secret.reveal().to_owned())
        }
        Written::File(file) if is_secret => {
            let secret = SecretSource::File(file.into()).read(environment)?;
            Ok(secret.reveal().to_owned())
        }
        Written::File(file) => match private::read(Path::new(file))? {
            Some((text, _)) => Ok(text),
            None => Err(Problem::new(
                ProblemKind::NotFound,
                format!("There is no file `{file}`."),
                format!("The value of `{path}` is to be read from it."),
                "Check the path.",
            )),
        },
        Written::Plain(text) if is_secret && !text.is_empty() => Err(secret_in_argument(&path)),
        Written::Plain(text) => Ok(text.to_owned()),
    }
}

/// Keys of a free map may have dots in them, so they are set in the map itself.
fn set_map_key(tenant: &mut Tenant, field: &TenantField, key: &str, value: Option<Value>) {
    let mut map = match tenant.value_at(field.path) {
        Some(Value::Object(map)) => map.clone(),
        _ => serde_json::Map::new(),
    };
    match value {
        Some(value) => drop(map.insert(key.to_owned(), value)),
        None => drop(map.shift_remove(key)),
    }
    tenant.set_at(field.path, (!map.is_empty()).then_some(Value::Object(map)));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tenant() -> Tenant {
        Tenant::new("a".parse().unwrap(), "A")
    }

    fn apply(assignments: &[&str], release: &str) -> Result<Value, Problem> {
        let environment: Environment = [("TOKEN", "s3cret")].into_iter().collect();
        let mut tenant = tenant();
        for assignment in assignments {
            set(&mut tenant, assignment, release.parse().unwrap(), &environment)?;
        }
        Ok(tenant.to_json())
    }

    #[test]
    fn fields_and_keys_of_maps_are_set_and_cleared() {
        let set_all = [
            "workerGroup.key=gpu",
            "workerGroup.fallback=wait",
            "storageConfiguration.bucket=b",
            "storageConfiguration.end.point=x:9000",
            "storageConfiguration.port=9000",
            "storageConfiguration.region=\"\"",
            "storageConfiguration.accessKey=env:TOKEN",
        ];
        assert_eq!(
            apply(&set_all, "0.21").unwrap(),
            json!({"id": "a", "name": "A", "workerGroup": {"key": "gpu", "fallback": "WAIT"},
                   "storageConfiguration": {"bucket": "b", "end.point": "x:9000", "port": 9000, "region": "", "accessKey": "s3cret"}})
        );
        assert_eq!(
            apply(&["workerGroup.key=x", "workerGroup.key="], "0.21").unwrap(),
            json!({"id": "a", "name": "A"})
        );
        let mut tenant: Tenant =
            serde_json::from_value(json!({"id": "a", "name": "A", "storageConfiguration": {"x.y": 1}})).unwrap();
        unset(&mut tenant, "storageConfiguration.x.y", Release::DEFAULT).unwrap();
        assert_eq!(tenant.to_json(), json!({"id": "a", "name": "A"}));
    }

    #[test]
    fn settings_below_a_name_that_is_not_shown_stay_settings() {
        let set = apply(&[r#"storageConfiguration.auth={"type":"iam"}"#], "1.0.0").unwrap();
        assert_eq!(set["storageConfiguration"]["auth"], json!({"type": "iam"}));
    }

    #[test]
    fn what_says_where_a_value_lies_is_a_value_where_it_is_doubled() {
        for (written, value) in [
            ("@@x", "@x"),
            ("@@@x", "@@x"),
            ("env:env:TOKEN", "env:TOKEN"),
            ("@@env:TOKEN", "@env:TOKEN"),
            ("env:TOKEN", "s3cret"),
        ] {
            let set = apply(&[&format!("storageConfiguration.bucket={written}")], "1.3").unwrap();
            assert_eq!(set["storageConfiguration"]["bucket"], json!(value), "{written}");
        }
    }

    #[test]
    fn a_secret_never_stands_in_an_argument() {
        for assignment in [
            "sdkDefaultAuthentication.apiToken=@@s3cret",
            "storageConfiguration=env:env: b\nsecretKey: s3cret",
            "sdkDefaultAuthentication.apiToken=s3cret",
            "storageConfiguration.secretKey=s3cret",
            "storageConfiguration=bucket: b\nsecretKey: s3cret",
        ] {
            let problem = apply(&[assignment], "1.3").unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Invalid);
            assert!(problem.why.starts_with("It is a secret"), "{problem}");
            assert!(!format!("{problem:?}").contains("s3cret"), "{problem:?}");
        }
        let set = apply(&["sdkDefaultAuthentication.apiToken=env:TOKEN"], "1.3").unwrap();
        assert_eq!(set["sdkDefaultAuthentication"]["apiToken"], json!("s3cret"));
    }

    #[test]
    fn what_cannot_be_set_says_why() {
        for (assignment, what, next) in [
            (
                "workerGroup",
                "A field could not be set.",
                "Write it like `--set workerGroup.key=gpu`.",
            ),
            (
                "workergroup.key=x",
                "There is no field `workergroup.key` to set.",
                "Did you mean `workerGroup.key`?",
            ),
            ("quotas=x", "There is no field `quotas` to set.", "Leave it out."),
            ("name=x", "There is no field `name` to set.", "Use `--name`."),
            (
                "storageConfiguration.=x",
                "There is no field `storageConfiguration.` to set.",
                "Did you mean `storageConfiguration`?",
            ),
            (
                "workerGroup.fallback=x",
                "Field `workerGroup.fallback` could not be set.",
                "Correct the value, and try again.",
            ),
            (
                "storageType=env:NONE",
                "There is no secret in `NONE`.",
                "Export `NONE` and try again.",
            ),
        ] {
            let problem = apply(&[assignment], "0.21").unwrap_err();
            assert_eq!(
                (problem.what.as_str(), problem.next.as_str()),
                (what, next),
                "{assignment}"
            );
            assert_eq!(problem.kind, ProblemKind::Invalid);
        }
    }
}
