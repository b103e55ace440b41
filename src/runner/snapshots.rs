//! Snapshots in files, as the console asks for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::effect::{Answer, ComparedSnapshot, Reply, SavedSnapshot};
use crate::backend::Backend;
use crate::domain::bringing::{Bringing, Reach, Wanted};
use crate::domain::deed::Made;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::snapshot::difference::differences;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::snapshots::carrying::{self, Carrier, Deed, Mode};
use crate::snapshots::{file, fitting, taking};

use super::blocking;
use super::deeds::Course;

/// A problem with what was typed in a line of the form.
fn of_line(problem: Problem, line: &str) -> Problem {
    let message = problem.what.clone();
    problem.with_field(line, message)
}

/// Takes a snapshot and writes it into a new file.
pub async fn save(backend: &dyn Backend, scopes: &[TenantScope], typed: &str) -> Reply {
    let path = file::path(typed);
    // Before anything is read for it, which may take long.
    file::refuse_existing(&path)?;
    let snapshot = taking::now(backend, scopes)
        .await
        .map_err(|problem| match problem.kind {
            ProblemKind::NotFound => of_line(problem, "tenants"),
            _ => problem,
        })?;
    let saved = SavedSnapshot {
        path: path.display().to_string(),
        counts: snapshot.counts(),
        secrets: snapshot.redacted.len(),
    };
    blocking(move || file::write(&path, &snapshot)).await?;
    Ok(Answer::SnapshotSaved(saved))
}

/// Compares the snapshot of a file with a tenant that is there, or with all of them.
pub async fn compare(backend: &dyn Backend, scope: Option<&TenantScope>, typed: &str) -> Reply {
    let path = file::path(typed);
    let shown = path.display().to_string();
    let mut kept = blocking(move || file::read(&path)).await?;
    if let Some(scope) = scope.filter(|scope| kept.part(scope).is_none()) {
        let problem = Problem::new(
            ProblemKind::NotFound,
            format!("`{shown}` has no tenant {scope}."),
            format!("It holds {}.", kept.counts()),
            "Name a tenant that is in it, or none to compare all.",
        );
        return Err(of_line(problem, "tenant"));
    }
    let present = taking::now(backend, scope.map(std::slice::from_ref).unwrap_or_default()).await;
    let present = present.map_err(|problem| match problem.kind {
        ProblemKind::NotFound => of_line(problem, "tenant"),
        _ => problem,
    })?;
    if let Some(scope) = scope {
        kept.narrow(scope);
    }
    Ok(Answer::SnapshotCompared(Box::new(ComparedSnapshot {
        path: shown,
        differences: differences(&kept, &present),
        taken: kept.taken,
        release: kept.release,
    })))
}

/// How multi-tenancy is turned on in the console.
const TURN_ON: &str = "Turn multi-tenancy on: `m` on the screen of tenants leads through it.";

fn mode(reach: Reach) -> Mode {
    Mode {
        change: reach != Reach::Import,
        prune: reach == Reach::Prune,
    }
}

/// What is to be done, in words.
fn item(deed: &Deed) -> String {
    // `created` is `create`.
    let verb = deed.result.as_ref().map_or("", |done| done.trim_end_matches('d'));
    format!("{verb} {}", deed.words()).trim_start().to_owned()
}

/// How each thing went that was to be done, or was done because it had become necessary.
fn outcomes(planned: &[String], deeds: Vec<Deed>) -> Vec<(String, Result<Made, Problem>)> {
    let thing = |item: &str| {
        let (_, thing) = item.split_once(' ').unwrap_or_default();
        thing.to_owned()
    };
    let mut left: BTreeMap<String, &String> = sorting::map(planned.iter().map(|item| (thing(item), item)));
    let mut came = Vec::with_capacity(planned.len());
    for deed in deeds {
        let shown = left.remove(&deed.words());
        let is_unchanged = deed.is_unchanged();
        if shown.is_none() && is_unchanged {
            continue;
        }
        let made = if is_unchanged { Made::Already } else { Made::Done };
        let item = shown.cloned().unwrap_or_else(|| item(&deed));
        came.push((item, deed.result.map(|_| made)));
    }
    let why = "What it needs could not be done, or it is not wanted any more.";
    came.extend(
        left.into_values()
            .map(|item| (item.clone(), Err(Problem::not_sent(why)))),
    );
    came
}

/// Finds out what would come of bringing a file to the instance, by the way that does it.
pub async fn plan(backend: &dyn Backend, typed: &str, tenants: Vec<Wanted>, reach: Reach) -> Reply {
    let path = file::path(typed);
    let shown = path.display().to_string();
    let which = tenants.clone();
    let mut wanted = blocking(move || {
        let mut read = file::read(&path)?;
        fitting::keep(&mut read, &which).map_err(|problem| of_line(problem, "tenants"))?;
        Ok(read)
    })
    .await?;
    let instance = backend.instance().await?;
    let taken = wanted.taken.as_deref().unwrap_or("at a time it does not say");
    let holds = format!(
        "{shown} was written from Kestra {}, {taken}. Of it: {}.",
        wanted.release,
        wanted.counts()
    );
    let mut remarks = fitting::fit(&mut wanted, &instance)?;
    let (plan, loss) = carrying::plan(backend, &instance, &wanted, mode(reach), TURN_ON).await?;
    remarks.extend_from_slice(&plan.remarks);
    let mut to_do: Vec<&Deed> = Vec::new();
    let mut impossible = 0;
    for deed in &plan.deeds {
        match &deed.result {
            Err(problem) => {
                impossible += 1;
                remarks.push(format!(
                    "! Cannot be done: {}. {} {}",
                    deed.words(),
                    problem.what,
                    problem.why
                ));
            }
            Ok(_) if !deed.is_unchanged() => to_do.push(deed),
            Ok(_) => {}
        }
    }
    // What is lost is seen first.
    sorting::by_key(&mut to_do, |deed| match deed.result {
        Ok("deleted") => 0,
        Ok("changed") => 1,
        _ => 2,
    });
    Ok(Answer::SnapshotPlanned(Box::new(Bringing {
        file: shown,
        tenants,
        reach,
        context: String::new(),
        holds,
        items: to_do.into_iter().map(item).collect(),
        stays: plan.deeds.iter().filter(|deed| deed.is_unchanged()).count(),
        impossible,
        remarks,
        loss,
        allowed: plan.shown(),
        deletes: plan.prunes(),
        snapshot: Some(Arc::new(wanted)),
    })))
}

/// Brings a snapshot to the instance, and says how each thing went that was to be done.
pub async fn bring(backend: &dyn Backend, bringing: &Bringing, course: &Course) -> Reply {
    let mut came: Vec<(String, Result<Made, Problem>)> = Vec::new();
    let mut remarks = Vec::new();
    if let Some(snapshot) = &bringing.snapshot {
        let instance = backend.instance().await?;
        let mut carrier = Carrier::new(backend, &instance, snapshot, mode(bringing.reach), TURN_ON);
        carrier.allowed = Some(bringing.allowed.clone());
        carrier.watch = Some(course);
        let ended = carrier.carry().await;
        came = outcomes(&bringing.items, carrier.deeds);
        came.extend(
            ended
                .err()
                .map(|problem| ("what was to follow".to_owned(), Err(problem))),
        );
        remarks = carrier.remarks;
    }
    if came.is_empty() {
        came.push((format!("everything of {}", bringing.file), Ok(Made::Already)));
    }
    Ok(Answer::Brought(came, remarks))
}
