//! `tenants update`: read, change the fields that were named, compare, write.

use serde_json::{Value, json};

use super::args_tenants::UpdateTenant;
use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout};
use super::session::{Session, existing_id};
use super::tenants::words;
use super::{tenant_fields, tenant_file, tenants};
use crate::domain::instance::Instance;
use crate::domain::problem::{FieldMessage, Problem, invalid};
use crate::domain::redact;
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_field::{self, FIELDS};

/// One field that changes.
pub struct Change {
    /// Its path in Kestra's own spelling.
    pub path: String,
    /// What it was, if anything.
    pub before: Option<Value>,
    /// What it will be, if anything.
    pub after: Option<Value>,
}

/// How changes are listed.
pub static CHANGE_LAYOUT: Layout<Change> = Layout {
    columns: &[
        Column {
            head: "FIELD",
            cell: |change| change.path.clone(),
        },
        Column {
            head: "BEFORE",
            cell: |change| change.before.as_ref().map(words).unwrap_or_default(),
        },
        Column {
            head: "AFTER",
            cell: |change| change.after.as_ref().map(words).unwrap_or_default(),
        },
    ],
    json: |change| json!({"path": change.path, "before": change.before, "after": change.after}),
};

/// `tenants update`
pub async fn update(session: &mut Session<'_>, flags: &UpdateTenant) -> Result<(), Failure> {
    if !flags.dry_run {
        session.allow_change(flags.yes)?;
    }
    let id = existing_id(&flags.id)?;
    let overlay = match &flags.from {
        Some(file) => Some(read_overlay(session, file, id.as_str())?),
        None => None,
    };
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let before = backend.tenant(&id).await?;
    session.require(
        &instance.rights.update_tenant,
        format!("Tenant `{id}` was not changed."),
        &instance,
    )?;
    let after = changed(session, flags, overlay, &before, &instance)?;
    let changes = changes(&before, &after);
    if changes.is_empty() {
        session
            .printer
            .say(&format!("Nothing to change: tenant `{id}` is like that already."));
    }
    if flags.dry_run {
        return print_plan(session, &after, &changes);
    }
    let stored = if changes.is_empty() {
        before
    } else {
        backend.update_tenant(&before, &after).await?
    };
    let admins = backend.admin_count(&TenantScope::Named(id.clone())).await.ok();
    tenants::print_one(session, &stored, admins)?;
    if !changes.is_empty() {
        let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        session
            .printer
            .say(&format!("Changed {} of tenant `{id}`.", paths.join(", ")));
    }
    Ok(())
}

/// The fields of a file that describes this one tenant.
fn read_overlay(
    session: &mut Session<'_>,
    file: &std::path::Path,
    id: &str,
) -> Result<serde_json::Map<String, Value>, Problem> {
    let mut entries = tenant_file::read(file, &mut session.input)?;
    let (Some(entry), true) = (entries.pop(), entries.is_empty()) else {
        return Err(invalid(
            format!("Tenant `{id}` was not changed."),
            "The file holds more than one tenant.",
            "Give a file with the fields of this tenant alone.",
        ));
    };
    let mut object = entry.object;
    match object.shift_remove("id") {
        None => {}
        Some(Value::String(other)) if other == id => {}
        Some(other) => {
            return Err(invalid(
                format!("Tenant `{id}` was not changed."),
                format!("The file is about `{}`, and an id cannot be changed.", words(&other)),
                "Name that tenant, or correct the file.",
            ));
        }
    }
    if object.contains_key("admin") || object.contains_key("adminUsername") {
        return Err(invalid(
            format!("Tenant `{id}` was not changed."),
            "The file names an Admin, and who that is is no field of a tenant.",
            "Take the Admin out of the file.",
        ));
    }
    Ok(object)
}

/// The tenant as it shall be: the file first, then the flags.
fn changed(
    session: &Session<'_>,
    flags: &UpdateTenant,
    overlay: Option<serde_json::Map<String, Value>>,
    before: &Tenant,
    instance: &Instance,
) -> Result<Tenant, Problem> {
    let mut after = before.clone();
    for (key, value) in overlay.into_iter().flatten() {
        match (key.as_str(), value) {
            ("name", Value::String(name)) => after.name = name,
            ("name", other) => {
                return Err(refused(
                    before,
                    "name",
                    &format!("write {other} in quotes: it has to be text"),
                ));
            }
            (_, value) => overlay_at(&mut after, &key, value),
        }
    }
    if let Some(name) = &flags.name {
        after.name.clone_from(name);
    }
    for assignment in &flags.set {
        tenant_fields::set(&mut after, assignment, instance.release, session.environment)?;
    }
    for path in &flags.unset {
        tenant_fields::unset(&mut after, path, instance.release)?;
    }
    if let Some(path) = redact::masked_paths(&after).first() {
        return Err(refused(
            before,
            path,
            "is a masked secret; put the secret itself there, or leave it out",
        ));
    }
    // What the server holds already is not ours to judge; only what this command makes wrong is.
    let known = tenant_field::validate(before, instance.release);
    let new: Vec<FieldMessage> = tenant_field::validate(&after, instance.release)
        .into_iter()
        .filter(|message| !known.contains(message))
        .collect();
    match new.first() {
        Some(first) => {
            let mut problem = refused(before, &first.path, &first.message);
            problem.fields = new;
            Err(problem)
        }
        None => Ok(after),
    }
}

fn refused(tenant: &Tenant, path: &str, message: &str) -> Problem {
    invalid(
        format!("Tenant `{}` was not changed.", tenant.id),
        format!("`{path}`: {message}."),
        "Correct that, and try again.",
    )
}

/// Puts a value of a file over what is there: groups of fields are merged, everything else is replaced, null clears.
fn overlay_at(tenant: &mut Tenant, path: &str, value: Value) {
    let is_group = FIELDS
        .iter()
        .any(|field| field.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')));
    match value {
        Value::Object(object) if is_group => {
            for (key, inner) in object {
                overlay_at(tenant, &format!("{path}.{key}"), inner);
            }
        }
        Value::Null => tenant.set_at(path, None),
        value => tenant.set_at(path, Some(value)),
    }
}

/// The fields in which two versions differ, secrets masked.
fn changes(before: &Tenant, after: &Tenant) -> Vec<Change> {
    let mut found = Vec::new();
    if before.name != after.name {
        found.push(Change {
            path: "name".to_owned(),
            before: Some(Value::from(before.name.as_str())),
            after: Some(Value::from(after.name.as_str())),
        });
    }
    let (before, after) = (Value::Object(before.rest.clone()), Value::Object(after.rest.clone()));
    push_changes("", Some(&before), Some(&after), &mut found);
    found
}

fn push_changes(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    let (objects, is_object) = match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => ((Some(before), Some(after)), true),
        (Some(Value::Object(before)), None) => ((Some(before), None), true),
        (None, Some(Value::Object(after))) => ((None, Some(after)), true),
        _ => ((None, None), false),
    };
    if !is_object {
        let shown = |value: Option<&Value>| value.map(|value| redact::value(path, value));
        found.push(Change {
            path: path.to_owned(),
            before: shown(before),
            after: shown(after),
        });
        return;
    }
    let (before, after) = objects;
    let mut keys: Vec<&String> = before.into_iter().flat_map(serde_json::Map::keys).collect();
    for key in after.into_iter().flat_map(serde_json::Map::keys) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    for key in keys {
        let deeper = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        push_changes(
            &deeper,
            before.and_then(|map| map.get(key)),
            after.and_then(|map| map.get(key)),
            found,
        );
    }
}

fn print_plan(session: &mut Session<'_>, after: &Tenant, changes: &[Change]) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&CHANGE_LAYOUT, changes)?,
        _ => {
            let plan = json!({
                "method": "PUT",
                "path": format!("/api/v1/tenants/{}", after.id),
                "body": redact::tenant_json(after),
                "changes": changes.iter().map(CHANGE_LAYOUT.json).collect::<Vec<_>>(),
            });
            session.printer.object(&[], &plan)?;
        }
    }
    session.printer.say("Nothing was sent.");
    Ok(())
}
