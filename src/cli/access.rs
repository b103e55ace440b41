//! `access list`: who holds which role in a tenant; and how it went with many that were given or taken away.

use serde_json::{Value, json};

use super::args::ListFlags;
use super::failure::{Failure, REPEAT, ending_of_many, not_done, not_done_words, problem_json, reason};
use super::list::{ListRequest, no_rows};
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::{BINDING_COLUMNS, Backend};
use crate::domain::binding::Binding;
use crate::domain::columns::BINDING_WORDS;
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::shaped::value_of;
use crate::domain::tenant::TenantScope;

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
    json: |binding| value_of(binding).unwrap_or_default(),
};

/// How it went with one of many.
pub struct Report<T> {
    /// What it is about.
    pub about: T,
    /// How it went, in a word.
    pub result: &'static str,
    /// Why it failed.
    pub problem: Option<Problem>,
}

impl<T: 'static> Report<T> {
    /// How it went with one of many.
    pub fn new(about: T, result: &'static str, problem: Option<Problem>) -> Self {
        Self { about, result, problem }
    }

    /// One that was not done, as far as anybody knows.
    pub fn failed(about: T, problem: Problem) -> Self {
        Self::new(about, not_done(&problem), Some(problem))
    }

    /// How it went.
    pub const RESULT: Column<Self> = Column {
        head: "RESULT",
        cell: |report| report.result.to_owned(),
    };
    /// Why it failed.
    pub const REASON: Column<Self> = Column {
        head: "REASON",
        cell: |report| report.problem.as_ref().map(reason).unwrap_or_default(),
    };

    /// The same for programs, beside what it is about.
    pub fn add_to(&self, mut row: Value) -> Value {
        if let Some(object) = row.as_object_mut() {
            object.insert("result".to_owned(), json!(self.result));
            if let Some(problem) = &self.problem {
                object.insert("problem".to_owned(), problem_json(problem));
            }
        }
        row
    }
}

/// What is as it shall be already.
pub const UNCHANGED: &str = "unchanged";

/// Prints how it went with many of which some are `done`, and ends as they did.
pub fn print_given<T: 'static>(
    session: &mut Session<'_>,
    layout: &'static Layout<Report<T>>,
    reports: &[Report<T>],
    done: &str,
) -> Result<(), Failure> {
    session.printer.whole_list(layout, reports)?;
    let count = |word: &str| reports.iter().filter(|report| report.result == word).count();
    let problems: Vec<&Problem> = reports.iter().filter_map(|report| report.problem.as_ref()).collect();
    let summary = format!(
        "{} {done}, {} unchanged, {}.",
        count(done),
        count(UNCHANGED),
        not_done_words(&problems)
    );
    if problems.is_empty() {
        session.printer.say(&summary);
    }
    Ok(ending_of_many(&problems, reports.len(), summary, REPEAT)?)
}

/// How many bindings are reported. Those that were not made have no id, and of one that is not there only that is known.
pub static REPORT_LAYOUT: Layout<Report<Binding>> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |report| report.about.id.clone(),
        },
        Column {
            head: "TYPE",
            cell: |report| {
                let is_known = !report.about.subject_name.is_empty();
                let word = is_known.then(|| report.about.subject_kind.word());
                word.unwrap_or_default().to_owned()
            },
        },
        Column {
            head: "NAME",
            cell: |report| report.about.subject_name.clone(),
        },
        Column {
            head: "ROLE",
            cell: |report| report.about.role_name.clone(),
        },
        Column {
            head: "NAMESPACE",
            cell: |report| report.about.namespace.clone().unwrap_or_default(),
        },
        Report::RESULT,
        Report::REASON,
    ],
    json: |report| {
        let mut row = (LAYOUT.json)(&report.about);
        if let Some(object) = row.as_object_mut() {
            if report.about.subject_name.is_empty() {
                object.shift_remove("type");
            }
            object.retain(|_, value| value != "");
        }
        report.add_to(row)
    },
};

/// Says why the default tenant is empty, if nothing was attributed to it since multi-tenancy was enabled. Without access sync
/// it has not even the roles that Kestra ships in every tenant; where there are some, nothing is said.
pub async fn say_if_it_waits_for_sync(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
) {
    if *scope != TenantScope::Default || !instance.tenancy.enabled || !instance.release.has_default_tenant() {
        return;
    }
    let roles = backend.roles(scope, &Query::first(1)).await;
    if roles.is_ok_and(|page| page.total == 0) {
        let run = format!("`{} migrate run`", session.program());
        session.printer.say(&format!(
            "Multi-tenancy is on, and access from before is in no tenant yet: run `kestra auths users sync-access` on the \
             server, or {run}."
        ));
    }
}

/// `access list`
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, BINDING_COLUMNS, BINDING_WORDS)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let unfiltered = request.is_unfiltered();
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| {
            backend.bindings(&scope, query).await
        })
        .await?;
    if total == 0 {
        let words = no_rows(unfiltered, "binding", || {
            format!("Nobody holds a role in tenant `{scope}`.")
        });
        session.printer.say(&words);
        say_if_it_waits_for_sync(session, backend.as_ref(), &instance, &scope).await;
    }
    Ok(())
}
