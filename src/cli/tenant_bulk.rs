//! Many tenants at once: each is tried, each is reported, and what is done already counts as done.

use futures_util::stream::{self, StreamExt};
use serde_json::{Map, Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::{Failure, REPEAT, ending_of_many, not_done, not_done_words, problem_json, reason};
use super::printer::{Column, Layout};
use super::session::Session;
use super::tenant_compare::{self, Standing};
use super::tenant_create::names;
use super::tenant_wanted::Wanted;
use crate::backend::Backend;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{CreatedTenant, NewTenant, TenantScope};
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
    /// It was there, and this user was made its Admin.
    AdminGiven(String),
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
                Outcome::AdminGiven(admin) => admin.clone(),
                Outcome::Unchanged | Outcome::Failed(_) => String::new(),
            },
        },
        Column {
            head: "REASON",
            cell: |report| match &report.result {
                Outcome::Failed(problem) => reason(problem),
                Outcome::Created(_) | Outcome::AdminGiven(_) | Outcome::Unchanged => String::new(),
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
            Outcome::AdminGiven(admin) => drop(row.insert("admins".to_owned(), json!([admin]))),
            Outcome::Unchanged => {}
            Outcome::Failed(problem) => {
                row.insert("problem".to_owned(), problem_json(problem));
            }
        }
        Value::Object(row)
    },
};

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::AdminGiven(_) => "admin given",
            Self::Unchanged => "unchanged",
            Self::Failed(problem) => not_done(problem),
        }
    }
}

/// Tenants that are compared at once.
const COMPARED_AT_ONCE: usize = 8;
/// Tenants after which it is looked whether somebody wants to stop.
const PORTION: usize = 500;

/// Tries each, prints how it went, and ends the way all of it went.
pub async fn create(session: &mut Session<'_>, backend: &dyn Backend, wanted: Vec<Wanted>) -> Result<(), Failure> {
    let news: Vec<NewTenant> = wanted.into_iter().map(|wanted| wanted.new).collect();
    let mut interrupts = signal(SignalKind::interrupt())?;
    let results = try_each(session, backend, &news, &mut interrupts).await;
    if results.len() < news.len() {
        return Err(interrupted(&results, news.len()).into());
    }
    let created = tally(&results);
    let compared = async {
        let outcomes: Vec<Outcome> = stream::iter(news.iter().zip(results))
            .map(|(new, result)| came_of(backend, new, result))
            .buffered(COMPARED_AT_ONCE)
            .collect()
            .await;
        finish(backend, &news, outcomes).await
    };
    let outcomes = tokio::select! {
        outcomes = compared => outcomes,
        _ = interrupts.recv() => return Err(stopped(&created).into()),
    };
    let reports: Vec<Report> = news
        .iter()
        .zip(outcomes)
        .map(|(new, result)| Report {
            id: new.tenant.id.clone(),
            name: new.tenant.name.clone(),
            result,
        })
        .collect();
    session.printer.whole_list(&REPORT_LAYOUT, &reports)?;
    warn_of_orphans(session, &reports);
    ending(&reports)?;
    session.printer.say(&summary(&reports));
    Ok(())
}

/// Creates them portion by portion. Where that is interrupted, there are fewer results than tenants.
async fn try_each(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    news: &[NewTenant],
    interrupts: &mut Signal,
) -> Vec<Result<CreatedTenant, Problem>> {
    let mut results: Vec<Result<CreatedTenant, Problem>> = Vec::with_capacity(news.len());
    for portion in news.chunks(PORTION) {
        if let Some(Err(problem)) = results.last()
            && problem.kind == ProblemKind::Unreachable
        {
            // Each further portion would wait for its own attempts.
            let problem = problem.clone();
            results.extend(portion.iter().map(|new| Err(not_tried(new, &problem))));
            continue;
        }
        let mut creation = backend.create_tenants(portion);
        let done = tokio::select! {
            biased;
            done = &mut creation => Some((done, false)),
            _ = interrupts.recv() => {
                session.printer.say("Interrupted: what is under way is waited for. <Ctrl-C> again ends at once.");
                tokio::select! {
                    done = creation => Some((done, true)),
                    _ = interrupts.recv() => None,
                }
            }
        };
        match done {
            Some((done, was_interrupted)) => {
                results.extend(done);
                if was_interrupted {
                    break;
                }
            }
            None => break,
        }
    }
    results
}

fn not_tried(new: &NewTenant, problem: &Problem) -> Problem {
    Problem {
        what: format!("Tenant `{}` was not tried.", new.tenant.id),
        ..problem.clone()
    }
}

/// How many were created, were there, and failed, in words.
fn tally(results: &[Result<CreatedTenant, Problem>]) -> String {
    let count = |of: fn(&Result<CreatedTenant, Problem>) -> bool| results.iter().filter(|result| of(result)).count();
    let created = count(Result::is_ok);
    let were_there = count(|result| matches!(result, Err(problem) if problem.kind == ProblemKind::Conflict));
    let problems = results.iter().filter_map(|result| result.as_ref().err());
    let not_done: Vec<&Problem> = problems
        .filter(|problem| problem.kind != ProblemKind::Conflict)
        .collect();
    format!(
        "{created} created, {were_there} there already, {}",
        not_done_words(&not_done)
    )
}

fn interrupted(results: &[Result<CreatedTenant, Problem>], all: usize) -> Problem {
    stopped(&format!(
        "{}, {} not tried or unknown",
        tally(results),
        all - results.len()
    ))
}

fn stopped(done: &str) -> Problem {
    Problem::new(
        ProblemKind::Interrupted,
        "The command was interrupted.",
        format!("So far: {done}."),
        "Repeat it to do the rest; what is done already stays as it is.",
    )
}

/// What a result means. A tenant that is there with the fields asked for is as it should be, so far.
async fn came_of(backend: &dyn Backend, new: &NewTenant, result: Result<CreatedTenant, Problem>) -> Outcome {
    match result {
        Ok(created) => Outcome::Created(names(&created.admins).into_iter().map(str::to_owned).collect()),
        Err(problem) if problem.kind == ProblemKind::Conflict => {
            match tenant_compare::compare_fields(backend, new).await {
                Standing::Same | Standing::LacksAdmin => Outcome::Unchanged,
                Standing::Different(difference) => Outcome::Failed(difference),
                Standing::Unreadable => Outcome::Failed(problem),
            }
        }
        Err(problem) => Outcome::Failed(problem),
    }
}

/// Makes the users asked for Admin of tenants that are there without them: what an earlier run did not get to.
async fn finish(backend: &dyn Backend, news: &[NewTenant], mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let mut wanted = Vec::new();
    let mut places = Vec::new();
    for (new, outcome) in news.iter().zip(&mut outcomes) {
        if let (Outcome::Unchanged, Some(admin)) = (&outcome, &new.admin) {
            wanted.push((TenantScope::Named(new.tenant.id.clone()), admin.clone()));
            places.push(outcome);
        }
    }
    let given = backend.ensure_admins(&wanted).await;
    for ((place, (scope, admin)), given) in places.into_iter().zip(wanted).zip(given) {
        match given {
            Ok(false) => {}
            Ok(true) => *place = Outcome::AdminGiven(admin),
            Err(problem) => {
                *place = Outcome::Failed(Problem {
                    what: format!("Tenant `{scope}` was there, but `{admin}` could not be made its Admin."),
                    why: format!("{} {}", problem.what, problem.why),
                    ..problem
                });
            }
        }
    }
    outcomes
}

fn summary(reports: &[Report]) -> String {
    let count = |word: &str| reports.iter().filter(|report| report.result.word() == word).count();
    let given = match count("admin given") {
        0 => String::new(),
        given => format!("{given} given their Admin, "),
    };
    format!(
        "{} created, {given}{} unchanged, {}.",
        count("created"),
        count("unchanged"),
        not_done_words(&problems(reports))
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
        session.printer.say(&format!(
            "Warning: nobody holds the Admin role of {which}; name an `admin` in each entry, or `--admin-username` for all."
        ));
    }
}

/// Why those were not done that were not.
fn problems(reports: &[Report]) -> Vec<&Problem> {
    let problems = reports.iter().filter_map(|report| match &report.result {
        Outcome::Failed(problem) => Some(problem),
        Outcome::Created(_) | Outcome::AdminGiven(_) | Outcome::Unchanged => None,
    });
    problems.collect()
}

/// Done, done in part, or failed the way all of them failed.
fn ending(reports: &[Report]) -> Result<(), Failure> {
    Ok(ending_of_many(
        &problems(reports),
        reports.len(),
        summary(reports),
        REPEAT,
    )?)
}
