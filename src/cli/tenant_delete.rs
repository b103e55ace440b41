//! `tenants delete`: shows what goes and what stays, and wants the id repeated.

use serde_json::json;

use super::args_tenants::DeleteTenant;
use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout};
use super::prompt;
use super::session::{Session, existing_id};
use crate::domain::access::Footprint;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;

/// A count of what lives in a tenant, and what becomes of it.
struct Part {
    what: &'static str,
    count: Option<u64>,
    then: &'static str,
}

static LAYOUT: Layout<Part> = Layout {
    columns: &[
        Column {
            head: "WHAT",
            cell: |part| part.what.to_owned(),
        },
        Column {
            head: "COUNT",
            cell: |part| number(part.count),
        },
        Column {
            head: "THEN",
            cell: |part| part.then.to_owned(),
        },
    ],
    json: |part| json!({"what": part.what, "count": part.count, "then": part.then}),
};

/// `tenants delete`
pub async fn delete(session: &mut Session<'_>, flags: &DeleteTenant) -> Result<(), Failure> {
    let id = existing_id(&flags.id)?;
    if !flags.dry_run {
        refuse_unconfirmed(session, flags, &id)?;
        session.allow_change(flags.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let tenant = backend.tenant(&id).await?;
    session.require(
        &instance.rights.delete_tenant,
        format!("Tenant `{id}` was not deleted."),
        &instance,
    )?;
    if flags.dry_run {
        let footprint = backend.footprint(&TenantScope::Named(id.clone())).await?;
        print_plan(session, &id, &footprint)?;
        session.printer.say("Nothing was sent.");
        return Ok(());
    }
    if flags.confirm.is_none() {
        let footprint = backend.footprint(&TenantScope::Named(id.clone())).await?;
        ask(session, &tenant, &footprint)?;
    }
    backend.delete_tenant(&id).await?;
    session
        .printer
        .say(&format!("Deleted tenant `{id}`. Its executions stay in the database."));
    Ok(())
}

/// Refuses what cannot be confirmed any more, before anything is opened.
fn refuse_unconfirmed(session: &Session<'_>, flags: &DeleteTenant, id: &TenantId) -> Result<(), Problem> {
    let refused = |why: &str| {
        Err(Problem::new(
            ProblemKind::Unconfirmed,
            format!("Tenant `{id}` was not deleted."),
            why,
            format!("Look with `--dry-run`, then add `--confirm {id}`."),
        ))
    };
    match &flags.confirm {
        Some(confirmed) if confirmed == id.as_str() => Ok(()),
        Some(_) => refused("`--confirm` does not repeat its id."),
        None if session.input.is_terminal => Ok(()),
        None => refused("There is no undo, so its id has to be repeated."),
    }
}

/// A count as a word; what cannot be counted is not zero.
fn number(count: Option<u64>) -> String {
    count.map_or_else(|| "unknown".to_owned(), |count| count.to_string())
}

fn parts(footprint: &Footprint) -> Vec<Part> {
    [
        ("flows", footprint.flows, "deleted"),
        ("namespaces", footprint.namespaces, "deleted"),
        ("triggers", footprint.triggers, "deleted"),
        ("roles", footprint.roles, "deleted"),
        ("bindings", footprint.bindings, "deleted"),
        ("groups", footprint.groups, "deleted"),
        ("users", footprint.users, "lose access"),
        ("executions", footprint.executions, "kept in the database"),
    ]
    .map(|(what, count, then)| Part { what, count, then })
    .into()
}

/// Shows what goes with the tenant, and asks for its id.
fn ask(session: &mut Session<'_>, tenant: &Tenant, footprint: &Footprint) -> Result<(), Problem> {
    let id = &tenant.id;
    let save = format!("{} export snapshot --tenant {id}", session.program());
    let printer = &mut session.printer;
    printer.say(&format!(
        "This deletes tenant `{id}` ({}) on `{}`:",
        tenant.name, session.target.name
    ));
    for part in parts(footprint) {
        printer.say(&format!("  {} {}: {}", number(part.count), part.what, part.then));
    }
    printer.say(&format!("There is no undo. Save who may do what first: `{save}`"));
    match prompt::typed(
        &mut session.input,
        printer,
        "Type the tenant id to continue:",
        id.as_str(),
    ) {
        Some(true) => Ok(()),
        _ => Err(Problem::new(
            ProblemKind::Unconfirmed,
            format!("Tenant `{id}` was not deleted."),
            "What was typed is not its id.",
            "Run the command again and type the id.",
        )),
    }
}

fn print_plan(session: &mut Session<'_>, id: &TenantId, footprint: &Footprint) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&LAYOUT, &parts(footprint)),
        _ => session.printer.object(
            &[],
            &json!({
                "method": "DELETE",
                "path": format!("/api/v1/tenants/{id}"),
                "footprint": footprint,
                "kept": ["executions"],
            }),
        ),
    }
}
