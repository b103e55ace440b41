//! Keeping secrets of tenants out of everything that is shown, printed or kept.
//!
//! Secret are the fields of [`super::tenant_field`] that say so, and the keys of dedicated storage and secret managers
//! that are named like a secret, because those settings are free maps that hold whatever a plugin needs.

use serde_json::{Map, Value};

use super::tenant::Tenant;
use super::tenant_field::{FIELDS, FieldKind};

/// What stands where a secret would stand.
pub const MARK: &str = "(hidden)";

/// Parts of a key that make its value a secret, in lower case and without separators.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passphrase",
    "secret",
    "token",
    "credential",
    "privatekey",
    "accesskey",
    "apikey",
    "accountkey",
    "sharedkey",
    "connectionstring",
    "serviceaccount",
    "saskey",
];

/// Whether the value at a path such as `sdkDefaultAuthentication.apiToken` must never be shown.
pub fn is_secret(path: &str) -> bool {
    if FIELDS.iter().any(|field| field.path == path) {
        return FIELDS.iter().any(|field| field.path == path && field.is_secret());
    }
    free_key(path).is_some_and(is_secret_key)
}

/// The part of a path below a field that is a free map: `accessKey` of `storageConfiguration.accessKey`.
fn free_key(path: &str) -> Option<&str> {
    FIELDS
        .iter()
        .filter(|field| field.kind == FieldKind::Map)
        .find_map(|field| path.strip_prefix(field.path)?.strip_prefix('.'))
}

/// Whether the name of a single setting, such as `password` or `access-key-id`, is that of a secret.
pub fn is_secret_key(key: &str) -> bool {
    let plain: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_WORDS.iter().any(|word| plain.contains(word))
}

/// A tenant with its secrets masked.
pub fn tenant(tenant: &Tenant) -> Tenant {
    let mut masked = tenant.clone();
    mask_in(&mut masked.rest, "");
    masked
}

/// The JSON object of a tenant with its secrets masked.
pub fn tenant_json(tenant: &Tenant) -> Value {
    self::tenant(tenant).to_json()
}

/// The value at a path of a tenant, with its secrets masked.
pub fn value(path: &str, value: &Value) -> Value {
    let mut masked = value.clone();
    mask(path, &mut masked);
    masked
}

/// Paths of a tenant whose value is the mark itself: a masked copy that would overwrite a secret if it were sent.
pub fn masked_paths(tenant: &Tenant) -> Vec<String> {
    fn walk(path: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if text == MARK => found.push(path.to_owned()),
            Value::Object(object) => {
                for (key, inner) in object {
                    walk(&joined(path, key), inner, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (key, value) in &tenant.rest {
        walk(key, value, &mut found);
    }
    found
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn mask(path: &str, value: &mut Value) {
    if is_secret(path) {
        if !value.is_null() {
            *value = Value::from(MARK);
        }
    } else if let Value::Object(object) = value {
        mask_in(object, path);
    } else if let Value::Array(items) = value {
        for item in items {
            mask(path, item);
        }
    }
}

fn mask_in(object: &mut Map<String, Value>, path: &str) {
    for (key, value) in object.iter_mut() {
        mask(&joined(path, key), value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_and_everything_else_stays() {
        let tenant: Tenant = serde_json::from_value(json!({
            "id": "a", "name": "A token",
            "sdkDefaultAuthentication": {"apiToken": "s1", "username": "anna", "password": null},
            "storageType": "s3",
            "storageConfiguration": {"bucket": "b", "accessKey": "s2", "secret-key": "s3", "auth": {"clientSecret": "s4", "id": "x"}},
            "secretConfiguration": {"address": "https://v", "token": ["s5"]},
            "secretType": "vault", "secretReadOnly": true,
        }))
        .unwrap();
        let masked = tenant_json(&tenant);
        assert_eq!(
            masked,
            json!({
                "id": "a", "name": "A token",
                "sdkDefaultAuthentication": {"apiToken": MARK, "username": "anna", "password": null},
                "storageType": "s3",
                "storageConfiguration": {"bucket": "b", "accessKey": MARK, "secret-key": MARK, "auth": {"clientSecret": MARK, "id": "x"}},
                "secretConfiguration": {"address": "https://v", "token": MARK},
                "secretType": "vault", "secretReadOnly": true,
            })
        );
        let copy: Tenant = serde_json::from_value(masked).unwrap();
        assert_eq!(masked_paths(&tenant), Vec::<String>::new());
        assert_eq!(
            masked_paths(&copy),
            [
                "sdkDefaultAuthentication.apiToken",
                "storageConfiguration.accessKey",
                "storageConfiguration.secret-key",
                "storageConfiguration.auth.clientSecret",
                "secretConfiguration.token"
            ]
        );
        assert_eq!(
            value("storageConfiguration", &json!({"accessKey": "x"})),
            json!({"accessKey": MARK})
        );
    }
}
