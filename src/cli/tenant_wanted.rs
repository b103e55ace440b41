//! The tenants that `tenants create` is asked for, checked as a whole: nothing is sent while any of them is invalid.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::args_tenants::CreateTenant;
use super::failure::Failure;
use super::session::Session;
use super::tenant_fields;
use crate::backend::Backend;
use crate::domain::count::thousands;
use crate::domain::instance::Instance;
use crate::domain::objects::Entry;
use crate::domain::problem::{FieldMessage, Problem, invalid};
use crate::domain::redact;
use crate::domain::tenant::{NewTenant, TenantScope};
use crate::domain::tenant_field;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::sentence;

/// How many invalid entries the second line of a problem names; the details name all.
const FIRST_FEW: usize = 3;

/// How a message about an id that only `--yes` creates ends.
const RESERVED: &str = "; such an id is created only with --yes";

/// A tenant asked for, and what to call it in a message.
pub struct Wanted {
    /// Its place in a file; empty for the one that flags describe.
    pub label: String,
    /// The tenant.
    pub new: NewTenant,
}

/// What flags and file ask for, as far as it can be said without an instance. Flags beat the file.
pub fn shape(flags: &CreateTenant, entries: Option<Vec<Entry>>) -> Result<Vec<(String, Entry)>, Problem> {
    let mut entries = entries.unwrap_or_else(|| {
        vec![Entry {
            number: 1,
            object: Map::new(),
        }]
    });
    let for_one = flags.id.is_some() || flags.name.is_some() || !flags.set.is_empty();
    if for_one && entries.len() > 1 {
        return Err(invalid(
            "No tenant was created.",
            format!(
                "`--tenant`, `--name` and `--set` describe one tenant, and the file holds {}.",
                entries.len()
            ),
            "Leave these flags out, or give a file with one tenant.",
        ));
    }
    for entry in &mut entries {
        if let Some(id) = &flags.id {
            entry.object.insert("id".to_owned(), Value::from(id.as_str()));
        }
        if let Some(name) = &flags.name {
            entry.object.insert("name".to_owned(), Value::from(name.as_str()));
        }
        let has_admin = entry.object.contains_key("admin") || entry.object.contains_key("adminUsername");
        if let Some(admin) = flags.admin_username.as_ref().filter(|_| for_one || !has_admin) {
            entry.object.shift_remove("adminUsername");
            entry.object.insert("admin".to_owned(), Value::from(admin.as_str()));
        }
    }
    Ok(entries
        .into_iter()
        .map(|entry| match flags.from {
            Some(_) => (entry.label(), entry),
            None => (String::new(), entry),
        })
        .collect())
}

/// Turns entries into tenants, or lists everything that is wrong with any of them. Warnings are said on the way.
pub async fn check(
    session: &mut Session<'_>,
    flags: &CreateTenant,
    shaped: Vec<(String, Entry)>,
    instance: &Instance,
    backend: &dyn Backend,
) -> Result<Vec<Wanted>, Failure> {
    let default_namespaces = if instance.tenancy.reaches_default_tenant(instance.release) {
        // They only serve a warning; whoever may not see them goes without it.
        backend.namespaces(&TenantScope::Default).await.unwrap_or_default()
    } else {
        Vec::new()
    };
    let count = shaped.len();
    let mut wanted = Vec::with_capacity(count);
    let mut refused: Vec<(String, Vec<FieldMessage>)> = Vec::new();
    let mut seen: HashMap<TenantId, String> = HashMap::new();
    let mut warnings = Vec::new();
    for (label, entry) in shaped {
        let mut new = match entry.tenant() {
            Ok(new) => new,
            Err(messages) => {
                refused.push((label, messages));
                continue;
            }
        };
        for assignment in &flags.set {
            tenant_fields::set(&mut new.tenant, assignment, instance.release, session.environment)?;
        }
        let mut messages = tenant_field::validate(&new.tenant, instance.release);
        let id = new.tenant.id.clone();
        if new.tenant.value_at("deleted").and_then(Value::as_bool) == Some(true) {
            messages.push(field("deleted", "a deleted tenant cannot be created"));
        }
        for path in redact::masked_paths(&new.tenant) {
            messages.push(field(
                &path,
                "is a masked secret; put the secret itself there, or leave it out",
            ));
        }
        if let Some(other) = seen.insert(id.clone(), label.clone()) {
            messages.push(field("id", &format!("is the same as in {other}")));
        }
        for warning in id.warnings(instance.release, default_namespaces.iter().map(String::as_str)) {
            if warning.is_reserved() && !flags.yes {
                messages.push(field("id", &format!("`{id}` {}{RESERVED}", warning.words())));
            } else {
                warnings.push(format!("Id `{id}` {}.", warning.words()));
            }
        }
        if messages.is_empty() {
            wanted.push(Wanted { label, new });
        } else {
            refused.push((label, messages));
        }
    }
    if !refused.is_empty() {
        return Err(refusal(&refused, count).into());
    }
    for warning in warnings {
        session.printer.say(&warning);
    }
    Ok(wanted)
}

fn field(path: &str, message: &str) -> FieldMessage {
    FieldMessage {
        path: path.to_owned(),
        message: message.to_owned(),
    }
}

/// One problem for all invalid entries: the first few in the second line, all of them in the details.
fn refusal(refused: &[(String, Vec<FieldMessage>)], count: usize) -> Problem {
    let lines: Vec<String> = refused
        .iter()
        .map(|(label, messages)| {
            let messages: Vec<String> = messages
                .iter()
                .map(|message| format!("`{}`: {}", message.path, message.message))
                .collect();
            let place = if label.is_empty() {
                String::new()
            } else {
                format!("{label}: ")
            };
            format!("{place}{}", messages.join("; "))
        })
        .collect();
    let is_reserved = |message: &FieldMessage| message.message.ends_with(RESERVED);
    let next = refused
        .iter()
        .flat_map(|(_, messages)| messages)
        .all(is_reserved)
        .then_some("Choose another id, or add `--yes`.");
    refused_entries("tenant", &lines, count, next)
}

/// The same for entries of any kind, of which some are refused, a line each.
pub fn refused_entries(thing: &str, lines: &[String], count: usize, next: Option<&str>) -> Problem {
    let mut why: Vec<String> = lines.iter().take(FIRST_FEW).map(|line| sentence(line)).collect();
    if lines.len() > FIRST_FEW {
        why.push(format!("And {} more.", thousands((lines.len() - FIRST_FEW) as u64)));
    }
    let what = match (lines.len(), count) {
        (_, 1) => format!("The {thing} was not created."),
        (1, count) => format!("No {thing} was created: 1 of {count} entries is invalid."),
        (refused, count) => format!("No {thing} was created: {refused} of {count} entries are invalid."),
    };
    let next = next.unwrap_or(if lines.len() > FIRST_FEW {
        "Correct them and try again; `-v` lists them all."
    } else {
        "Correct that, and try again."
    });
    invalid(what, why.join(" "), next).with_detail(lines.join("\n"))
}
