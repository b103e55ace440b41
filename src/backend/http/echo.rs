//! What a server kept of a tenant it was sent, told by its answer.
//!
//! Servers drop what they do not know with status 200. Values may come back written differently, so only what is
//! missing, or still as it was, counts as not taken; secrets may be left out of answers and prove nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::tenant::Tenant;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::settle::capitalised;

/// Whether a value means the same as no value.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.values().all(is_absent),
        _ => false,
    }
}

/// A tenant without the values that mean the same as none, as some answers write them and others do not.
pub(super) fn without_absent(tenant: &Tenant) -> Tenant {
    fn prune(value: &Value) -> Option<Value> {
        match value {
            _ if is_absent(value) => None,
            Value::Object(object) => Some(
                object
                    .iter()
                    .filter_map(|(key, value)| Some((key.clone(), prune(value)?)))
                    .collect(),
            ),
            other => Some(other.clone()),
        }
    }
    let mut pruned = tenant.clone();
    pruned.rest = tenant
        .rest
        .iter()
        .filter(|(key, _)| key.as_str() != "logo")
        .filter_map(|(key, value)| Some((key.clone(), prune(value)?)))
        .collect();
    pruned
}

/// The values of a tenant that are no objects, by path, without those that mean the same as none.
pub(super) fn leaves(tenant: &Tenant) -> Vec<(String, &Value)> {
    fn walk<'a>(path: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
        match value {
            Value::Object(object) => {
                for (key, inner) in object {
                    walk(&format!("{path}.{key}"), inner, found);
                }
            }
            _ if is_absent(value) => {}
            _ => found.push((path.to_owned(), value)),
        }
    }
    let mut found = Vec::new();
    for (key, value) in &tenant.rest {
        walk(key, value, &mut found);
    }
    found
}

/// The same, to look one up: a key that has a dot is one of a map all the same.
pub(super) fn by_path(tenant: &Tenant) -> BTreeMap<String, &Value> {
    leaves(tenant).into_iter().collect()
}

/// Paths of what was sent and is not there.
pub(super) fn missing(sent: &Tenant, stored: &Tenant) -> Vec<String> {
    let there = by_path(stored);
    let mut lost: Vec<String> = leaves(sent)
        .into_iter()
        .filter(|(path, _)| !redact::is_secret(path) && !there.contains_key(path))
        .map(|(path, _)| path)
        .collect();
    if sent.name != stored.name {
        lost.insert(0, "name".to_owned());
    }
    lost
}

/// Paths of what a change should have changed and did not, or what went with it.
pub(super) fn not_taken(before: &Tenant, after: &Tenant, stored: &Tenant) -> Vec<String> {
    let mut lost = missing(after, stored);
    let (was, wanted, there) = (by_path(before), by_path(after), by_path(stored));
    let changed = leaves(after).into_iter().filter(|(path, value)| {
        let was = was.get(path);
        was.is_some() && was != Some(value) && there.get(path) == was && !redact::is_secret(path)
    });
    lost.extend(changed.map(|(path, _)| path));
    let removed = leaves(before)
        .into_iter()
        .filter(|(path, value)| !wanted.contains_key(path) && there.get(path) == Some(value));
    lost.extend(removed.map(|(path, _)| path));
    lost
}

/// The problem of fields that were not kept; `done` is what was done, such as `created`.
pub(super) fn dropped(id: &TenantId, done: &str, lost: &[String]) -> Problem {
    dropped_of(&format!("tenant `{}`", visible(id.as_str())), done, lost)
}

/// The same for anything; `thing` is what was written to, in words, such as "role `Reader`".
pub(super) fn dropped_of(thing: &str, done: &str, lost: &[String]) -> Problem {
    let names: Vec<String> = lost.iter().map(|path| format!("`{}`", visible(path))).collect();
    let mut problem = Problem::new(
        ProblemKind::Partly,
        format!("{} was {done}, but not all of it was kept.", capitalised(thing)),
        format!("Kestra dropped without a word: {}.", names.join(", ")),
        "Look at what is there now; this Kestra may not have these fields.",
    );
    for path in lost {
        problem = problem.with_field(visible(path), "was not kept");
    }
    problem
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::decode;
    use super::*;

    fn tenant(value: &Value) -> Tenant {
        decode::tenant(value).unwrap()
    }

    #[test]
    fn only_what_is_missing_was_dropped() {
        let sent = tenant(&json!({
            "id": "a", "name": "A", "deleted": false, "concurrency": {"limit": 3, "behavior": "QUEUE"},
            "quotas": [], "requireExistingNamespace": true, "sdkDefaultAuthentication": {"apiToken": "t"},
            "quota": {"duration": "PT60M"}
        }));
        let stored = tenant(&json!({
            "id": "a", "name": "A", "concurrency": {"limit": 3.0}, "requireExistingNamespace": true,
            "quota": {"duration": "PT1H"}, "more": 1
        }));
        assert_eq!(missing(&sent, &stored), ["concurrency.behavior"]);
        assert_eq!(missing(&sent, &sent), [] as [&str; 0]);
    }

    #[test]
    fn a_key_with_a_dot_is_one_of_its_map() {
        let with = |settings: &Value| tenant(&json!({"id": "a", "name": "A", "secretConfiguration": settings}));
        let (none, x, y) = (
            with(&json!({})),
            with(&json!({"cache.on": "x"})),
            with(&json!({"cache.on": "y"})),
        );
        assert_eq!(missing(&x, &x), [] as [&str; 0]);
        let lost = ["secretConfiguration.cache.on"];
        assert_eq!(missing(&x, &none), lost);
        assert_eq!(not_taken(&x, &y, &y), [] as [&str; 0]);
        assert_eq!(not_taken(&x, &y, &x), lost);
        assert_eq!(
            (not_taken(&x, &none, &none), not_taken(&x, &none, &x)),
            (vec![], lost.map(str::to_owned).to_vec())
        );
    }

    #[test]
    fn a_change_that_was_not_made_is_noticed() {
        let before = tenant(&json!({"id": "a", "name": "A", "storageType": "s3", "secretType": "vault", "x": 1}));
        let after = tenant(&json!({"id": "a", "name": "B", "storageType": "gcs", "x": 1, "y": true}));
        assert_eq!(not_taken(&before, &after, &after), [] as [&str; 0]);
        assert_eq!(
            not_taken(&before, &after, &before),
            ["name", "y", "storageType", "secretType"]
        );
        assert_eq!(
            without_absent(&tenant(
                &json!({"id": "a", "name": "A", "deleted": false, "q": [], "w": {"k": null}})
            )),
            tenant(&json!({"id": "a", "name": "A"}))
        );
    }
}
