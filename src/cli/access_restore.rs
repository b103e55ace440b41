//! `access restore`: what people lost by a migration, given back to them, as the console does it from a run.

use serde_json::json;

use super::args::Changing;
use super::failure::{Failure, REPEAT, ending_of_many, invalid, problem_json, reason};
use super::list::sentence;
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request::{self, Request, path_in};
use super::session::Session;
use crate::backend::Backend;
use crate::domain::deed::{Deed, Made, Restored};
use crate::domain::loss::Loss;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::migration::access_snapshot::AccessSnapshot;
use crate::runner::{deeds, people};

/// How it went with one thing that somebody had lost.
struct Report {
    what: String,
    result: &'static str,
    problem: Option<Problem>,
}

static LAYOUT: Layout<Report> = Layout {
    columns: &[
        Column {
            head: "WHAT",
            cell: |report| report.what.clone(),
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
        let mut row = json!({"what": report.what, "result": report.result});
        if let (Some(object), Some(problem)) = (row.as_object_mut(), &report.problem) {
            object.insert("problem".to_owned(), problem_json(problem));
        }
        row
    },
};

/// `access restore`
pub async fn restore(session: &mut Session<'_>, run: Option<&str>, changing: Changing) -> Result<(), Failure> {
    let scope = TenantScope::Default;
    if !changing.dry_run {
        session.allow_change(changing.yes)?;
    }
    if session.names_tenant()
        && session
            .target
            .tenant
            .as_ref()
            .is_some_and(|tenant| tenant.value != scope.to_string())
    {
        return Err(invalid(
            "Nothing was given back.",
            "What a run compares is who holds what in the default tenant, and another tenant was named.",
            "Leave `--tenant` out; `access grant` gives roles in any tenant.",
        )
        .into());
    }
    let (id, before) = held_before(session, run)?;
    let backend = session.open()?;
    let found = people::lost(backend.as_ref(), &before).await?;
    let impossible: Vec<Report> = found
        .impossible
        .into_iter()
        .map(|(what, why)| Report {
            problem: Some(Problem::new(
                ProblemKind::NotFound,
                "It cannot be given back by itself.",
                sentence(&why),
                "Give something in its place with `access grant`.",
            )),
            what,
            result: "not possible",
        })
        .collect();
    if found.possible.is_empty() && impossible.is_empty() {
        session.printer.say(&format!(
            "Nothing to change: everybody holds what they held before run `{id}`."
        ));
        return Ok(());
    }
    let deed = Deed::Restore(scope.clone(), found.possible);
    session.printer.say(&format!(
        "{} less than before run `{id}`.",
        if found.people == 1 {
            "1 person holds".to_owned()
        } else {
            format!("{} people hold", found.people)
        }
    ));
    for report in &impossible {
        let why = report.problem.as_ref().map(|problem| problem.why.as_str());
        session.printer.say(&format!(
            "Warning: {} cannot be given back: {}",
            report.what,
            why.unwrap_or_default()
        ));
    }
    if changing.dry_run {
        return plan(session, &scope, &deed);
    }
    if !deed.is_empty() {
        for what in deed.items() {
            session.printer.say(&format!("To be given back: {what}"));
        }
        let none = Loss::default();
        let consent = Consent {
            yes: changing.yes,
            confirm: None,
            expected: "",
            why: "It gives roles to people, and nobody was there to be asked.",
        };
        losses::allow_undoable(session, "Nothing was given back.", Some(&none), &consent)?;
    }
    give_back(session, backend.as_ref(), &deed, impossible).await
}

/// The run that is meant, and what everybody held before it.
fn held_before(session: &Session<'_>, run: Option<&str>) -> Result<(String, AccessSnapshot), Problem> {
    let (run, state) = session.desk().find(run)?;
    let before = state.baseline().access.clone();
    if before.is_empty() {
        return Err(Problem::new(
            ProblemKind::NotFound,
            format!("Run `{}` does not say who held what before it.", run.id),
            "It did not come that far, or nobody held a role in a default tenant.",
            "Name another run; `kestra-admin migrate status` shows the newest.",
        ));
    }
    Ok((run.id, before))
}

async fn give_back(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    deed: &Deed,
    impossible: Vec<Report>,
) -> Result<(), Failure> {
    let outcomes = if deed.is_empty() {
        Vec::new()
    } else {
        deeds::carry_out(backend, deed).await
    };
    let mut reports: Vec<Report> = deed
        .items()
        .into_iter()
        .zip(outcomes)
        .map(|(what, outcome)| {
            let (result, problem) = match outcome {
                Ok(Made::Already) => (UNCHANGED, None),
                Ok(_) => (GIVEN, None),
                // Somebody else was faster.
                Err(problem) if problem.kind == ProblemKind::Conflict => (UNCHANGED, None),
                Err(problem) => ("failed", Some(problem)),
            };
            Report { what, result, problem }
        })
        .collect();
    reports.extend(impossible);
    session.printer.whole_list(&LAYOUT, &reports)?;
    let count = |word: &str| reports.iter().filter(|report| report.result == word).count();
    let problems: Vec<&Problem> = reports.iter().filter_map(|report| report.problem.as_ref()).collect();
    let summary = format!(
        "{} given back, {} unchanged, {} failed.",
        count(GIVEN),
        count(UNCHANGED),
        problems.len()
    );
    if problems.is_empty() {
        session.printer.say(&summary);
    }
    Ok(ending_of_many(&problems, reports.len(), summary, REPEAT)?)
}

const GIVEN: &str = "given back";
const UNCHANGED: &str = "unchanged";

/// What would be sent.
fn plan(session: &mut Session<'_>, scope: &TenantScope, deed: &Deed) -> Result<(), Failure> {
    let Deed::Restore(_, restored) = deed else {
        return Ok(());
    };
    let requests: Vec<Request> = restored
        .iter()
        .zip(deed.items())
        .map(|(one, what)| match one {
            Restored::Binding(binding) => Request {
                would: "grant",
                what,
                route: ("POST", path_in(scope, "bindings")),
                body: request::binding_body(&binding.new),
            },
            Restored::Member { group, user } => Request {
                would: "add",
                what,
                route: (
                    "PUT",
                    path_in(scope, &format!("groups/{}/members/{}", group.id, user.id)),
                ),
                body: json!(null),
            },
        })
        .collect();
    request::print_all(session, &requests)
}
