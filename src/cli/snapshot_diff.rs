//! `diff`: two snapshots, instances or tenants, by what they are called.

use std::path::Path;

use serde_json::{Value, json};

use super::args_snapshot::Diff;
use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout};
use super::role_content::scope_named;
use super::session::Session;
use super::snapshot;
use crate::domain::count::counted;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::snapshot::Snapshot;
use crate::domain::snapshot::difference::{Difference, differences};
use crate::domain::tenant::TenantScope;
use crate::snapshots::taking;

static LAYOUT: Layout<Difference> = Layout {
    columns: &[
        Column {
            head: "TENANT",
            cell: |row| row.tenant.clone(),
        },
        Column {
            head: "WHAT",
            cell: |row| row.what.to_owned(),
        },
        Column {
            head: "NAME",
            cell: |row| row.name.clone(),
        },
        Column {
            head: "A",
            cell: |row| row.a.clone(),
        },
        Column {
            head: "B",
            cell: |row| row.b.clone(),
        },
    ],
    json,
};

fn json(row: &Difference) -> Value {
    let side = |text: &str| {
        if text.is_empty() {
            Value::Null
        } else {
            Value::from(text)
        }
    };
    json!({"tenant": side(&row.tenant), "what": row.what, "name": row.name, "a": side(&row.a), "b": side(&row.b)})
}

/// `diff`
pub async fn diff(session: &mut Session<'_>, flags: &Diff) -> Result<(), Failure> {
    let (mut a, a_scope) = side(session, &flags.a).await?;
    let (mut b, b_scope) = side(session, &flags.b).await?;
    // Whoever names one tenant means that one, also of a file of many.
    match (a_scope, b_scope) {
        (Some(scope), None) => b.narrow(&scope),
        (None, Some(scope)) => a.narrow(&scope),
        _ => {}
    }
    let found = differences(&a, &b);
    let is_same = found.rows.is_empty();
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&LAYOUT, &found.rows)?,
        _ => session.printer.object(
            &[],
            &json!({
                "same": is_same,
                "a": {"name": flags.a, "release": a.release},
                "b": {"name": flags.b, "release": b.release},
                "differences": found.rows.iter().map(json).collect::<Vec<_>>(),
                "remarks": found.remarks,
            }),
        )?,
    }
    session.printer.say(&if is_same {
        format!("`{}` and `{}` say the same.", flags.a, flags.b)
    } else {
        let rows = counted(found.rows.len() as u64, "difference");
        format!("{rows} between `{}` (A) and `{}` (B).", flags.a, flags.b)
    });
    for remark in &found.remarks {
        session.printer.say(remark);
    }
    Ok(())
}

/// A file, a context, or a tenant of one, which is told. A file is meant where there is one.
async fn side(session: &mut Session<'_>, text: &str) -> Result<(Snapshot, Option<TenantScope>), Problem> {
    let file = Path::new(text);
    if text == "-" || file.is_file() {
        return Ok((snapshot::of_file(session, file)?, None));
    }
    let (context, tenant) = text
        .split_once('/')
        .map_or((text, None), |(context, tenant)| (context, Some(tenant)));
    let backend = session.open_context(context).map_err(|problem| {
        if problem.kind != ProblemKind::NotFound && problem.kind != ProblemKind::Invalid {
            return problem;
        }
        invalid(
            format!("`{text}` is nothing to compare."),
            format!("There is no such file. {} {}", problem.what, problem.why),
            "Name a snapshot file, a context, or CONTEXT/TENANT.",
        )
    })?;
    let instance = backend.instance().await?;
    let scopes = tenant.map(scope_named).transpose()?;
    let taken = taking::of_instance(backend.as_ref(), &instance, scopes.as_slice()).await?;
    Ok((taken, scopes))
}
