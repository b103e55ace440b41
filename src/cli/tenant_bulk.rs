//! Many tenants at once: each is tried, each is reported, and what is done already counts as done.

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::printer::{Column, Layout};
use super::session::Session;
use super::tenant_compare::{self, Standing};
use super::tenant_create::names;
use super::tenant_wanted::Wanted;
use crate::backend::Backend;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::NewTenant;
use crate::domain::tenant_id::TenantId;

/// How it went with one tenant of many.
struct Report {
    id: TenantId,
    name: String,
    result: Outcome,
}

/// What became of it.
enum Outcome {
    Created(Vec<String>),
    Unchanged,
    Failed(Problem),
}

static REPORT_LAYOUT: Layout<Report> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |report| report.id.to_string(),
        },
        Column {
            head: "NAME",
            cell: |report| report.name.clone(),
        },
        Column {
            head: "RESULT",
            cell: |report| report.result.word().to_owned(),
        },
        Column {
            head: "ADMIN",
            cell: |report| match &report.result {
                Outcome::Created(admins) => admins.join(" "),
                Outcome::Unchanged | Outcome::Failed(_) => String::new(),
            },
        },
        Column {
            head: "REASON",
            cell: |report| match &report.result {
                Outcome::Failed(problem) => format!("{} {}", problem.what, problem.why),
                Outcome::Created(_) | Outcome::Unchanged => String::new(),
            },
        },
    ],
    json: |report| {
        let mut row = Map::new();
        row.insert("id".to_owned(), json!(report.id));
        row.insert("name".to_owned(), json!(report.name));
        row.insert("result".to_owned(), json!(report.result.word()));
        match &report.result {
            Outcome::Created(admins) => drop(row.insert("admins".to_owned(), json!(admins))),
            Outcome::Unchanged => {}
            Outcome::Failed(problem) => {
                let problem =
                    json!({"kind": problem.kind, "what": problem.what, "why": problem.why, "next": problem.next});
                row.insert("problem".to_owned(), problem);
            }
        }
        Value::Object(row)
    },
};

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::Unchanged => "unchanged",
            Self::Failed(_) => "failed",
        }
    }
}

/// Tries each, prints how it went, and ends the way all of it went.
pub async fn create(session: &mut Session<'_>, backend: &dyn Backend, wanted: Vec<Wanted>) -> Result<(), Failure> {
    let news: Vec<NewTenant> = wanted.into_iter().map(|wanted| wanted.new).collect();
    let results = backend.create_tenants(&news).await;
    let mut reports = Vec::with_capacity(news.len());
    for (new, result) in news.iter().zip(results) {
        let result = match result {
            Ok(created) => Outcome::Created(names(&created.admins).into_iter().map(str::to_owned).collect()),
            Err(problem) if problem.kind == ProblemKind::Conflict => {
                match tenant_compare::compare(backend, new).await {
                    Standing::Same => Outcome::Unchanged,
                    Standing::Different(difference) => Outcome::Failed(difference),
                    Standing::Unreadable => Outcome::Failed(problem),
                }
            }
            Err(problem) => Outcome::Failed(problem),
        };
        reports.push(Report {
            id: new.tenant.id.clone(),
            name: new.tenant.name.clone(),
            result,
        });
    }
    session.printer.whole_list(&REPORT_LAYOUT, &reports)?;
    warn_of_orphans(session, &reports);
    ending(&reports)?;
    session.printer.say(&summary(&reports));
    Ok(())
}

fn summary(reports: &[Report]) -> String {
    let count = |word: &str| reports.iter().filter(|report| report.result.word() == word).count();
    format!(
        "{} created, {} unchanged, {} failed.",
        count("created"),
        count("unchanged"),
        count("failed")
    )
}

fn warn_of_orphans(session: &mut Session<'_>, reports: &[Report]) {
    let orphans: Vec<&str> = reports
        .iter()
        .filter(|report| matches!(&report.result, Outcome::Created(admins) if admins.is_empty()))
        .map(|report| report.id.as_str())
        .collect();
    if let [first, more @ ..] = orphans.as_slice() {
        let which = if more.is_empty() {
            format!("tenant `{first}`")
        } else {
            format!("tenant `{first}` and {} more", more.len())
        };
        session
            .printer
            .say(&format!("Warning: nobody holds the Admin role of {which}."));
        session.printer.say(
            "Only a superadmin can administer that. Name an `admin` in each entry, or `--admin-username` for all.",
        );
    }
}

/// Done, done in part, or failed the way all of them failed.
fn ending(reports: &[Report]) -> Result<(), Failure> {
    let problems: Vec<&Problem> = reports
        .iter()
        .filter_map(|report| match &report.result {
            Outcome::Failed(problem) => Some(problem),
            Outcome::Created(_) | Outcome::Unchanged => None,
        })
        .collect();
    let Some(first) = problems.first() else {
        return Ok(());
    };
    let kind = if problems.len() < reports.len() {
        ProblemKind::Partly
    } else if problems.iter().all(|problem| problem.kind == first.kind) {
        first.kind
    } else {
        ProblemKind::Failed
    };
    let details: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}", problem.what, problem.why))
        .collect();
    Err(Problem::new(
        kind,
        summary(reports),
        format!("The first that failed: {} {}", first.what, first.why),
        "Correct them and repeat the command; what is done already stays as it is.",
    )
    .with_detail(details.join("\n"))
    .into())
}
