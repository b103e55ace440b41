//! `roles diff`: two roles, permission by permission.

use serde_json::{Value, json};

use super::args_roles::DiffRoles;
use super::failure::Failure;
use super::format::Format;
use super::lookup;
use super::printer::{Column, Layout};
use super::role_content::scope_named;
use super::session::Session;
use crate::domain::role::Role;
use crate::domain::role_compare::{ComparedCell, Side, Which, compare};

static LAYOUT: Layout<ComparedCell> = Layout {
    columns: &[
        Column {
            head: "RESOURCE",
            cell: |cell| cell.resource.to_string(),
        },
        Column {
            head: "ACTION",
            cell: |cell| cell.action.to_string(),
        },
        Column {
            head: "A",
            cell: |cell| mark(cell.which != Which::OnlyB),
        },
        Column {
            head: "B",
            cell: |cell| mark(cell.which != Which::OnlyA),
        },
    ],
    json: cell_json,
};

fn mark(has: bool) -> String {
    if has { "yes" } else { "" }.to_owned()
}

fn cell_json(cell: &ComparedCell) -> Value {
    json!({
        "resource": cell.resource,
        "action": cell.action,
        "a": cell.which != Which::OnlyB,
        "b": cell.which != Which::OnlyA,
    })
}

/// `roles diff`
pub async fn diff(session: &mut Session<'_>, flags: &DiffRoles) -> Result<(), Failure> {
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let a = lookup::role(backend.as_ref(), &scope, &flags.a).await?;
    let (other, other_instance) = match &flags.context_b {
        None => (backend, instance.clone()),
        Some(name) => {
            let other = session.open_context(name)?;
            let instance = other.instance().await?;
            (other, instance)
        }
    };
    let scope_b = match &flags.tenant_b {
        Some(tenant) => scope_named(tenant)?,
        None => scope.clone(),
    };
    let b = lookup::role(other.as_ref(), &scope_b, &flags.b).await?;
    let (name_a, name_b) = if a.name == b.name || scope != scope_b || flags.context_b.is_some() {
        let of = |role: &Role, scope: &dyn std::fmt::Display, context: Option<&String>| match context {
            Some(context) => format!("{} in {scope} of {context}", role.name),
            None => format!("{} in {scope}", role.name),
        };
        (of(&a, &scope, None), of(&b, &scope_b, flags.context_b.as_ref()))
    } else {
        (a.name.clone(), b.name.clone())
    };
    let comparison = compare(
        Side {
            name: &name_a,
            permissions: &a.permissions,
            release: instance.release,
            managed: a.managed_name(),
        },
        Side {
            name: &name_b,
            permissions: &b.permissions,
            release: other_instance.release,
            managed: b.managed_name(),
        },
    );
    let different: Vec<ComparedCell> = comparison
        .cells
        .iter()
        .filter(|cell| cell.which != Which::Both)
        .cloned()
        .collect();
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&LAYOUT, &different)?,
        _ => session.printer.object(
            &[],
            &json!({
                "same": comparison.is_same(),
                "a": {"id": a.id, "name": a.name, "tenantId": scope.id()},
                "b": {"id": b.id, "name": b.name, "tenantId": scope_b.id()},
                "release": comparison.release,
                "cells": different.iter().map(cell_json).collect::<Vec<_>>(),
                "remarks": comparison.remarks(),
            }),
        )?,
    }
    session.printer.say(&comparison.summary());
    for remark in comparison.remarks() {
        session.printer.say(&remark);
    }
    Ok(())
}
