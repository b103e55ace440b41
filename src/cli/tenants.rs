//! `tenants list` and `tenants get`, and how a tenant is printed.

use serde_json::Value;

use super::args::ListFlags;
use super::failure::Failure;
use super::format::Format;
use super::list::{ListRequest, no_rows};
use super::printer::{Column, Layout};
use super::session::{Session, existing_id};
use crate::backend::{Backend, TENANT_COLUMNS};
use crate::domain::columns::{LEFT_OUT, TENANT_WORDS};
use crate::domain::instance::{Instance, TenancyState};
use crate::domain::redact;
use crate::domain::tenant::{DefaultRow, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_field::FIELDS;

/// The longest list over HTTP in which admins are counted: Kestra answers each count by itself.
const MOST_COUNTED: usize = 100;

/// How a list of tenants is printed.
pub static LAYOUT: Layout<TenantRow> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |row| row.tenant.id.to_string(),
        },
        Column {
            head: "NAME",
            cell: |row| row.tenant.name.clone(),
        },
        Column {
            head: "ADMINS",
            cell: |row| row.admins.map(|count| count.to_string()).unwrap_or_default(),
        },
        Column {
            head: "STORAGE",
            cell: |row| own_plugin(&row.tenant, "storageType"),
        },
        Column {
            head: "SECRETS",
            cell: |row| own_plugin(&row.tenant, "secretType"),
        },
        Column {
            head: "STATE",
            cell: |row| state(row.admins).to_owned(),
        },
    ],
    json: |row| redact::tenant_json(&row.tenant),
};

/// `tenants list`
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, TENANT_COLUMNS, TENANT_WORDS)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    if instance.is_single_tenant() {
        session.printer.whole_list(&LAYOUT, &[])?;
        say_multi_tenancy_is_off(session, &instance);
        return Ok(());
    }
    let unfiltered = request.is_unfiltered();
    let shows_admins = matches!(session.printer.format(), Format::Table | Format::Csv);
    let printed_whole = request.printed_whole();
    let mut leaves_out = false;
    let says_default = instance.tenancy.reaches_default_tenant(instance.release)
        && (unfiltered || passes_default(backend.as_ref(), &request).await);
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| {
            let mut page = backend.tenants(query).await?;
            leaves_out |= page.leaves_out;
            if shows_admins && page.rows.len() <= MOST_COUNTED && printed_whole.holds(page.rows.len(), page.total) {
                count_admins(backend.as_ref(), &mut page.rows).await;
            }
            Ok(page)
        })
        .await?;
    if total == 0 {
        let words = no_rows(unfiltered, "tenant", || {
            "There are no tenants. `kestra-admin tenants create` makes one.".to_owned()
        });
        session.printer.say(&words);
    }
    if leaves_out {
        session.printer.say(LEFT_OUT);
    }
    if says_default {
        session.printer.say(match total {
            0 if unfiltered => "There is the default tenant, the one without an id.",
            0 => "The default tenant, the one without an id, does.",
            _ if unfiltered => "Beside these there is the default tenant, the one without an id.",
            _ => "The default tenant, the one without an id, matches, too.",
        });
    }
    Ok(())
}

/// Whether the filter lets the default tenant through, as on screen.
async fn passes_default(backend: &dyn Backend, request: &ListRequest) -> bool {
    let admins = if request.looks_at("admins") {
        backend.admin_count(&TenantScope::Default).await.ok()
    } else {
        None
    };
    request.passes(&DefaultRow { admins })
}

/// Counts the admins of rows that do not tell. Where that fails the cell stays empty.
async fn count_admins(backend: &dyn Backend, rows: &mut [TenantRow]) {
    let mut unknown: Vec<&mut TenantRow> = rows.iter_mut().filter(|row| row.admins.is_none()).collect();
    let scopes: Vec<TenantScope> = unknown
        .iter()
        .map(|row| TenantScope::Named(row.tenant.id.clone()))
        .collect();
    for (row, count) in unknown.iter_mut().zip(backend.admin_counts(&scopes).await) {
        row.admins = count.ok();
    }
}

/// `tenants get`
pub async fn get(session: &mut Session<'_>, id: &str) -> Result<(), Failure> {
    let id = existing_id(id)?;
    let backend = session.open()?;
    let tenant = backend.tenant(&id).await?;
    // Whoever may see the tenant may lack the right to count; the rest is worth showing all the same.
    let admins = backend.admin_count(&TenantScope::Named(id)).await.ok();
    print_one(session, &tenant, admins)
}

/// Prints one tenant: each of its fields on a line, or the object.
pub fn print_one(session: &mut Session<'_>, tenant: &Tenant, admins: Option<u64>) -> Result<(), Failure> {
    let mut fields = fields(tenant);
    if let Some(admins) = admins {
        fields.insert(2.min(fields.len()), ("admins".to_owned(), admins.to_string()));
    }
    session.printer.object(&fields, &redact::tenant_json(tenant))
}

/// Every field of a tenant with its value in words, secrets masked.
fn fields(tenant: &Tenant) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let masked = redact::tenant_json(tenant);
    if let Some(object) = masked.as_object() {
        for (key, value) in object {
            push_fields(key, value, &mut found);
        }
    }
    found
}

fn push_fields(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    let field = FIELDS.iter().find(|field| field.path == path);
    match (field, value) {
        (None, Value::Object(object)) => {
            for (key, inner) in object {
                push_fields(&format!("{path}.{key}"), inner, found);
            }
        }
        (Some(_), Value::Object(object)) => {
            for (key, inner) in object {
                found.push((format!("{path}.{key}"), words(inner)));
            }
        }
        (Some(field), value) => found.push((path.to_owned(), field.print(value).replace('\n', ", "))),
        (None, value) => found.push((path.to_owned(), words(value))),
    }
}

/// A value in words: text as it is, everything else as JSON.
pub fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The dedicated plugin that a field names, or the instance's own.
fn own_plugin(tenant: &Tenant, path: &str) -> String {
    tenant.value_at(path).map_or_else(|| "global".to_owned(), words)
}

/// Whether anybody but a superadmin can administer a tenant.
fn state(admins: Option<u64>) -> &'static str {
    match admins {
        Some(0) => "no admin",
        Some(_) => "active",
        None => "",
    }
}

fn say_multi_tenancy_is_off(session: &mut Session<'_>, instance: &Instance) {
    let how = session.how_to_turn_on();
    let printer = &mut session.printer;
    printer.say(&format!(
        "Multi-tenancy is off on `{}`, so there are no tenants.",
        session.target.name
    ));
    if instance.tenancy.state() == TenancyState::SingleTenant {
        printer.say("Everything lives in the default tenant, the one without an id.");
    }
    printer.say(&how);
}
