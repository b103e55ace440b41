//! `kestra configs properties`: the settings in effect, as lines of YAML. Secrets are masked, which Kestra does not do.

use serde_json::Value;

use super::{Stop, Work};
use crate::domain::redact::{MARK, is_secret_key};

/// `properties`
pub(super) fn properties(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    let mut settings = work.instance.settings_in_file()?;
    if work.instance.release().has_default_tenant() {
        let tenancy = work.instance.tenancy();
        for (name, value) in [("enabled", tenancy.enabled), ("default-tenant", tenancy.default_tenant)] {
            settings.insert(format!("kestra.ee.tenants.{name}"), Value::Bool(value));
        }
    }
    for (key, value) in settings {
        let value = if is_secret(&key) { MARK.into() } else { masked(value) };
        work.console.say(&format!("{key}: {value}"));
    }
    Ok(())
}

/// Whether the value of a setting must not be shown: its own name says so, or it belongs to the licence.
fn is_secret(key: &str) -> bool {
    let name = key.rsplit('.').next().unwrap_or(key);
    is_secret_key(name) || key.starts_with("kestra.ee.license.")
}

/// A value without secrets in lists and addresses.
fn masked(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(masked).collect()),
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| {
                    let value = if is_secret_key(&key) {
                        MARK.into()
                    } else {
                        masked(value)
                    };
                    (key, value)
                })
                .collect(),
        ),
        // An address may carry a password before the host, or as a parameter.
        Value::String(text) if text.contains("://") && (text.contains('@') || text.contains("password=")) => {
            MARK.into()
        }
        other => other,
    }
}
