//! What is the same wherever a tenant is created or changed: which fields count, what is refused, how two versions differ.

use serde_json::Value;

use super::problem::{FieldMessage, Problem, ProblemKind};
use super::release::Release;
use super::tenant::Tenant;
use super::tenant_field::{self, FIELDS, FieldKind};
use super::tenant_id::TenantId;
use super::text::visible;

/// A tenant without fields that are null, which mean the same as no field, as Kestra's own serialisation has it.
pub fn normal(tenant: &Tenant) -> Tenant {
    let mut tenant = tenant.clone();
    tenant.rest.retain(|_, value| !value.is_null());
    tenant
}

/// A message for one field.
pub fn message(path: &str, message: impl Into<String>) -> FieldMessage {
    FieldMessage {
        path: path.to_owned(),
        message: message.into(),
    }
}

/// What is wrong with a tenant that shall be created.
pub fn wrong_when_created(tenant: &Tenant, release: Release) -> Vec<FieldMessage> {
    let mut messages = tenant_field::validate(tenant, release);
    if let Err(error) = tenant.id.as_str().parse::<TenantId>() {
        messages.insert(0, message("id", error.to_string()));
    }
    messages
}

/// What is wrong with a change. What was there before this release, or before this program knew it, may stay as it is.
pub fn wrong_when_changed(before: &Tenant, after: &Tenant, release: Release) -> Vec<FieldMessage> {
    if before.id != after.id {
        return vec![message("id", "cannot be changed")];
    }
    let mut messages = tenant_field::validate(after, release);
    messages
        .retain(|message| message.path == "name" || after.value_at(&message.path) != before.value_at(&message.path));
    messages
}

/// Refuses a tenant with messages; `done` is what was to be done with it, such as `created`.
pub fn refuse(id: &TenantId, done: &str, messages: Vec<FieldMessage>) -> Result<(), Problem> {
    let Some(first) = messages.first() else {
        return Ok(());
    };
    let mut problem = Problem::new(
        ProblemKind::Invalid,
        format!("Tenant `{}` was not {done}.", visible(id.as_str())),
        format!("`{}`: {}.", visible(&first.path), first.message),
        "Correct the fields named, then try again.",
    );
    problem.fields = messages;
    Err(problem)
}

/// The problem of an id that is taken.
pub fn taken(id: &TenantId) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("There is a tenant `{}` already.", visible(id.as_str())),
        "The id of a tenant is unique in its instance, and this one is taken.",
        "Choose another id, or use the tenant that is there.",
    )
    .with_field("id", "is taken")
}

/// The problem of a tenant that is not any more what the caller saw.
pub fn changed_meanwhile(seen: &Tenant, current: &Tenant) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("Tenant `{}` was not changed.", visible(seen.id.as_str())),
        "Somebody else changed it after you read it.",
        "Look at their change, then make yours again.",
    )
    .with_detail(differences(seen, current))
}

/// The fields in which two versions of a tenant differ, a line each, without secrets.
pub fn differences(seen: &Tenant, current: &Tenant) -> String {
    let mut lines = Vec::new();
    if seen.name != current.name {
        lines.push(format!(
            "name: you saw `{}`, now `{}`",
            visible(&seen.name),
            visible(&current.name)
        ));
    }
    let added = current.rest.keys().filter(|key| !seen.rest.contains_key(*key));
    for key in seen.rest.keys().chain(added) {
        let (before, now) = (seen.rest.get(key), current.rest.get(key));
        if before == now {
            continue;
        }
        let shown = |value: Option<&Value>| {
            value.map_or_else(
                || "nothing".to_owned(),
                |value| format!("`{}`", visible(&value.to_string())),
            )
        };
        lines.push(if may_hold_secrets(key) {
            format!("{}: changed", visible(key))
        } else {
            format!("{}: you saw {}, now {}", visible(key), shown(before), shown(now))
        });
    }
    lines.join("\n")
}

/// Whether a field, or one below it, can carry credentials. What nobody knows may.
fn may_hold_secrets(key: &str) -> bool {
    let mut known = FIELDS
        .iter()
        .filter(|field| field.path.split('.').next() == Some(key))
        .peekable();
    known.peek().is_none() || known.any(|field| matches!(field.kind, FieldKind::Secret | FieldKind::Map))
}

/// Top-level fields in which two tenants differ, `name` among them. What means "not set" is the same as not being there.
pub fn differing(wanted: &Tenant, stored: &Tenant) -> Vec<String> {
    let is_unset = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    let of = |tenant: &Tenant, key: &str| tenant.rest.get(key).filter(|value| !is_unset(value)).cloned();
    let mut found = Vec::new();
    if wanted.name != stored.name {
        found.push("name".to_owned());
    }
    let mut keys: Vec<&String> = wanted.rest.keys().chain(stored.rest.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        // Whether it is deleted and what its logo is are the server's to say.
        if matches!(key.as_str(), "deleted" | "logo") || of(wanted, key) == of(stored, key) {
            continue;
        }
        found.push(key.clone());
    }
    found
}
