//! `access restore`: what people lost by a migration, given back to them, as the console does it from a run.

use serde_json::json;

use super::access::{Report, UNCHANGED, print_given};
use super::args::Changing;
use super::failure::{Failure, not_done};
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request;
use super::session::Session;
use crate::backend::Backend;
use crate::backend::http::{PlannedRequest, Planner};
use crate::domain::deed::{Deed, Made, Restored};
use crate::domain::instance::Instance;
use crate::domain::loss::Loss;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::tenant::TenantScope;
use crate::domain::text::sentence;
use crate::domain::user::Membership;
use crate::migration::access_snapshot::AccessSnapshot;
use crate::runner::{deeds, people};

/// How it went with each thing that somebody had lost, in words.
static LAYOUT: Layout<Report<String>> = Layout {
    columns: &[
        Column {
            head: "WHAT",
            cell: |report| report.about.clone(),
        },
        Report::RESULT,
        Report::REASON,
    ],
    json: |report| report.add_to(json!({"what": report.about})),
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
    let impossible: Vec<Report<String>> = found
        .impossible
        .into_iter()
        .map(|(what, why)| Report {
            problem: Some(Problem::new(
                ProblemKind::NotFound,
                "It cannot be given back by itself.",
                sentence(&why),
                "Give something in its place with `access grant`.",
            )),
            about: what,
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
            report.about,
            why.unwrap_or_default()
        ));
    }
    if changing.dry_run {
        return plan(session, &backend.instance().await?, &scope, &deed);
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
    let desk = session.desk();
    let held = desk.find(run).and_then(|(run, state)| {
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
    });
    held.map_err(|problem| desk.led(problem))
}

async fn give_back(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    deed: &Deed,
    impossible: Vec<Report<String>>,
) -> Result<(), Failure> {
    let outcomes = if deed.is_empty() {
        Vec::new()
    } else {
        deeds::carry_out(backend, deed, &deeds::Course::default()).await
    };
    let mut reports: Vec<Report<String>> = deed
        .items()
        .into_iter()
        .zip(outcomes)
        .map(|(about, outcome)| {
            let (result, problem) = match outcome {
                Ok(Made::Already) => (UNCHANGED, None),
                Ok(_) => (GIVEN, None),
                // Somebody else was faster.
                Err(problem) if problem.kind == ProblemKind::Conflict => (UNCHANGED, None),
                Err(problem) => (not_done(&problem), Some(problem)),
            };
            Report { about, result, problem }
        })
        .collect();
    reports.extend(impossible);
    print_given(session, &LAYOUT, &reports, GIVEN)
}

const GIVEN: &str = "given back";

/// What would be sent.
fn plan(session: &mut Session<'_>, instance: &Instance, scope: &TenantScope, deed: &Deed) -> Result<(), Failure> {
    let Deed::Restore(_, restored) = deed else {
        return Ok(());
    };
    let planner = Planner::new(instance);
    let mut requests = Vec::new();
    for (one, what) in restored.iter().zip(deed.items()) {
        match one {
            Restored::Binding(binding) => {
                requests.push(PlannedRequest::new(
                    "grant",
                    what,
                    planner.create_binding(scope, &binding.new),
                ));
            }
            Restored::Member { group, user } => {
                let (ids, now) = ((group.id.as_str(), user.id.as_str()), group.membership_of(&user.id));
                let calls = planner.set_membership(scope, ids, now, Some(Membership::Member))?;
                requests.extend(
                    calls
                        .into_iter()
                        .map(|planned| PlannedRequest::new("add", what.clone(), planned)),
                );
            }
        }
    }
    request::print_all(session, &requests)
}
