//! `access list`: who holds which role in a tenant; and how it went with many that were given or taken away.

use serde_json::json;

use super::args::ListFlags;
use super::failure::{Failure, problem_json, reason};
use super::list::ListRequest;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::BINDING_COLUMNS;
use crate::domain::binding::Binding;
use crate::domain::problem::Problem;

/// How bindings are listed.
pub static LAYOUT: Layout<Binding> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |binding| binding.id.clone(),
        },
        Column {
            head: "TYPE",
            cell: |binding| binding.subject_kind.word().to_owned(),
        },
        Column {
            head: "NAME",
            cell: |binding| binding.subject_name.clone(),
        },
        Column {
            head: "ROLE",
            cell: |binding| binding.role_name.clone(),
        },
        Column {
            head: "NAMESPACE",
            cell: |binding| binding.namespace.clone().unwrap_or_default(),
        },
    ],
    json: |binding| serde_json::to_value(binding).unwrap_or_default(),
};

/// How it went with one of many bindings.
pub struct Report {
    /// The binding; without an id, if it was not made.
    pub binding: Binding,
    /// How it went, in a word.
    pub result: &'static str,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// How many are reported.
pub static REPORT_LAYOUT: Layout<Report> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |report| report.binding.id.clone(),
        },
        Column {
            head: "TYPE",
            cell: |report| report.binding.subject_kind.word().to_owned(),
        },
        Column {
            head: "NAME",
            cell: |report| report.binding.subject_name.clone(),
        },
        Column {
            head: "ROLE",
            cell: |report| report.binding.role_name.clone(),
        },
        Column {
            head: "NAMESPACE",
            cell: |report| report.binding.namespace.clone().unwrap_or_default(),
        },
        Column {
            head: "RESULT",
            cell: |report| report.result.to_owned(),
        },
        Column {
            head: "REASON",
            cell: |report| report.problem.as_ref().map(reason).unwrap_or_default(),
        },
    ],
    json: |report| {
        let mut row = (LAYOUT.json)(&report.binding);
        if let Some(object) = row.as_object_mut() {
            if report.binding.id.is_empty() {
                object.shift_remove("id");
            }
            object.insert("result".to_owned(), json!(report.result));
            if let Some(problem) = &report.problem {
                object.insert("problem".to_owned(), problem_json(problem));
            }
        }
        row
    },
};

/// `access list`
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, BINDING_COLUMNS)?;
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let unfiltered = request.is_unfiltered();
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| {
            backend.bindings(&scope, query).await
        })
        .await?;
    if total == 0 {
        session.printer.say(&if unfiltered {
            format!("Nobody holds a role in tenant `{scope}`.")
        } else {
            "No binding matches the filter.".to_owned()
        });
    }
    Ok(())
}
