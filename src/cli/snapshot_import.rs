//! `import snapshot` and `apply`: what is asked before, and how it ends. What is done is in [`crate::snapshots::carrying`].

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::Changing;
use super::args_snapshot::{Apply, Imported};
use super::failure::{Failure, REPEAT, ending_of_many, not_done, problem_json, reason};
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request;
use super::session::Session;
use super::snapshot;
use crate::backend::http::PlannedRequest;
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::snapshot::Snapshot;
use crate::snapshots::carrying::{self, Carrier, Deed, Mode};
use crate::snapshots::fitting;

static LAYOUT: Layout<Deed> = Layout {
    columns: &[
        Column {
            head: "TENANT",
            cell: |deed| deed.tenant.clone(),
        },
        Column {
            head: "WHAT",
            cell: |deed| deed.what.to_owned(),
        },
        Column {
            head: "NAME",
            cell: |deed| deed.name.clone(),
        },
        Column {
            head: "RESULT",
            cell: |deed| word(deed).to_owned(),
        },
        Column {
            head: "REASON",
            cell: |deed| deed.result.as_ref().err().map(reason).unwrap_or_default(),
        },
    ],
    json: |deed| {
        let mut row = Map::new();
        row.insert("tenant".to_owned(), json!(deed.tenant));
        row.insert("what".to_owned(), json!(deed.what));
        row.insert("name".to_owned(), json!(deed.name));
        row.insert("result".to_owned(), json!(word(deed)));
        if let Err(problem) = &deed.result {
            row.insert("problem".to_owned(), problem_json(problem));
        }
        Value::Object(row)
    },
};

fn word(deed: &Deed) -> &'static str {
    deed.result
        .as_ref()
        .copied()
        .unwrap_or_else(|problem| not_done(problem))
}

/// `import snapshot`
pub async fn import(session: &mut Session<'_>, flags: &Imported) -> Result<(), Failure> {
    let mode = Mode::default();
    let mut wanted = read(session, &flags.file, &flags.tenant, flags.changing)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    fit(session, &mut wanted, &instance)?;
    let how = session.how_to_turn_on();
    let mut carrier = Carrier::new(backend.as_ref(), &instance, &wanted, mode, &how);
    carrier.dry_run = flags.changing.dry_run;
    let ended = carrier.carry().await;
    conclude(session, carrier, ended)
}

/// `apply`
pub async fn apply(session: &mut Session<'_>, flags: &Apply) -> Result<(), Failure> {
    let mode = Mode {
        change: true,
        prune: flags.prune,
    };
    let mut wanted = read(session, &flags.file, &flags.tenant, flags.changing)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    fit(session, &mut wanted, &instance)?;
    let how = session.how_to_turn_on();
    let (plan, loss) = carrying::plan(backend.as_ref(), &instance, &wanted, mode, &how).await?;
    if flags.changing.dry_run {
        losses::say(&mut session.printer, loss.as_ref());
        return conclude(session, plan, Ok(()));
    }
    if plan.changes() {
        let what = "Nothing was applied.";
        let name = session.target.name.clone();
        let confirm = flags.confirm.as_deref();
        if flags.prune && plan.prunes() {
            losses::allow_final(session, what, confirm, &[&name], |printer| {
                losses::say(printer, loss.as_ref());
            })?;
        } else {
            let consent = Consent {
                yes: flags.changing.yes,
                confirm,
                expected: &name,
                why: "It changes what is there, and nobody was there to be asked.",
            };
            losses::allow_undoable(session, what, loss.as_ref(), &consent)?;
        }
    }
    let mut carrier = Carrier::new(backend.as_ref(), &instance, &wanted, mode, &how);
    carrier.allowed = Some(plan.shown());
    let ended = carrier.carry().await;
    conclude(session, carrier, ended)
}

fn read(session: &mut Session<'_>, file: &Path, tenants: &[String], changing: Changing) -> Result<Snapshot, Failure> {
    if !changing.dry_run {
        session.allow_change(changing.yes)?;
    }
    let mut wanted = snapshot::of_file(session, file)?;
    fitting::keep(&mut wanted, &snapshot::wanted(tenants)?)?;
    Ok(wanted)
}

/// Puts roles into the words of this release. What is lost by that is said.
fn fit(session: &mut Session<'_>, wanted: &mut Snapshot, instance: &Instance) -> Result<(), Problem> {
    for remark in fitting::fit(wanted, instance)? {
        session.printer.say(&remark);
    }
    Ok(())
}

/// Says how it went, or would go, also where it came to an end on the way.
fn conclude(session: &mut Session<'_>, carrier: Carrier<'_>, ended: Result<(), Problem>) -> Result<(), Failure> {
    if carrier.deeds.is_empty() {
        ended.clone()?;
    }
    for remark in &carrier.remarks {
        session.printer.say(remark);
    }
    let Carrier { deeds, dry_run, .. } = carrier;
    if dry_run {
        let requests: Vec<PlannedRequest> = deeds.iter().flat_map(Deed::requests).collect();
        request::print_rows(session, &requests)?;
        session.printer.say("Nothing was sent.");
    } else {
        session.printer.whole_list(&LAYOUT, &deeds)?;
    }
    ended?;
    let failed: Vec<&Problem> = deeds.iter().filter_map(|deed| deed.result.as_ref().err()).collect();
    let summary = summary(&deeds, dry_run);
    let are_tenants_denied = deeds.iter().all(|deed| match &deed.result {
        Ok(_) => true,
        Err(problem) => deed.what == "tenant" && problem.kind == ProblemKind::Denied,
    });
    let next = match failed.first() {
        Some(denied) if are_tenants_denied => denied.next.clone(),
        _ if dry_run => request::WOULD_FAIL.to_owned(),
        _ => REPEAT.to_owned(),
    };
    ending_of_many(&failed, deeds.len(), summary.clone(), &next)?;
    session.printer.say(&summary);
    Ok(())
}

/// How many came to what, in words.
fn summary(deeds: &[Deed], dry_run: bool) -> String {
    let mut parts = Vec::new();
    for result in ["created", "changed", "deleted", "exists", "failed", "unknown"] {
        let number = deeds.iter().filter(|deed| word(deed) == result).count();
        if number > 0 || matches!(result, "created" | "exists" | "failed") {
            let words = match (result, dry_run) {
                ("exists", _) => "there already".to_owned(),
                ("failed", true) => "would fail".to_owned(),
                (_, true) => format!("would be {result}"),
                (_, false) => result.to_owned(),
            };
            parts.push(format!("{number} {words}"));
        }
    }
    format!("{}.", parts.join(", "))
}
