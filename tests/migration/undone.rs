//! What the journal says of a run that is undone: each step as it is undone, in the order in which that is done, also where
//! it was killed or paused in the middle.

use std::collections::BTreeMap;
use std::path::Path;

use kestra_admin::domain::problem::Problem;
use kestra_admin::migration::engine::{Pen, Task};
use kestra_admin::migration::journal::{Follower, Journal};
use kestra_admin::migration::record::{Event, Halt, Record};
use kestra_admin::migration::run_summary::Asked;
use kestra_admin::migration::runs::Run;
use kestra_admin::migration::step::Step;

use crate::killed::{Breaking, choices, fresh, tenants_left};
use crate::stage::Stage;

const UNDO: Task = Task {
    until: None,
    from: None,
    undo_to: Some(Step::Inspect),
};

/// A run that is done.
fn fulfilled(fresh: &Path) -> (Stage, Run) {
    let stage = Stage::copy_of(fresh);
    let run = stage.create(&stage.plan(choices()).unwrap());
    assert_eq!(stage.carry_out(&run, Task::default()).unwrap(), Halt::Fulfilled);
    (stage, run)
}

/// What the journal says since somebody began to undo.
fn undoing(run: &Run) -> Vec<Record> {
    let records = Follower::new(&run.journal()).read().unwrap();
    let begins = |record: &Record| matches!(&record.event, Event::Began { undo_to: Some(_), .. });
    let from = records.iter().position(begins).unwrap();
    records[from..].to_vec()
}

/// The steps as something was done for them, each time another, and those that are undone in brackets.
fn told(records: &[Record]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for record in records {
        let line = match &record.event {
            Event::Outcome { step, .. } => step.to_string(),
            Event::StepUndone { step, .. } => format!("[{step}]"),
            _ => continue,
        };
        if told.last() != Some(&line) {
            told.push(line);
        }
    }
    told
}

const IN_ORDER: [&str; 10] = [
    "disable-default",
    "[disable-default]",
    "restart-again",
    "[restart-again]",
    "create-tenants",
    "[create-tenants]",
    "enable",
    "[enable]",
    "restart",
    "[restart]",
];

#[test]
fn each_step_is_told_as_undone_when_it_is_before_anything_else_is_done() {
    let (stage, run) = fulfilled(fresh().path());
    assert_eq!(stage.carry_out(&run, UNDO).unwrap(), Halt::RolledBack);
    let records = undoing(&run);
    assert_eq!(told(&records), IN_ORDER);
    // Each tenant is named, as when they were created.
    let words = records.iter().find_map(|record| match &record.event {
        Event::StepUndone { step, words } if *step == Step::CreateTenants => Some(words.as_str()),
        _ => None,
    });
    assert_eq!(words, Some("`prod` deleted; `dev` deleted"));
}

#[test]
fn undoing_that_was_killed_after_any_record_goes_on_where_it_was() {
    let fresh = fresh();
    let (stage, run) = fulfilled(fresh.path());
    assert_eq!(stage.carry_out(&run, UNDO).unwrap(), Halt::RolledBack);
    let count = undoing(&run).len();
    assert!(count > 15, "{count} records");
    for left in 1..count {
        let (stage, run) = fulfilled(fresh.path());
        let killed = stage.carry_out_with(&run, UNDO, |journal| Box::new(Breaking { journal, left }));
        assert_eq!(killed.unwrap_err().what, "Killed.", "after {left}");
        assert_eq!(stage.carry_out(&run, UNDO).unwrap(), Halt::RolledBack, "after {left}");
        let records = undoing(&run);
        assert_eq!(told(&records), IN_ORDER, "killed after {left}");
        let mut outcomes = BTreeMap::new();
        for record in &records {
            if let Event::Outcome { step, action, .. } = &record.event {
                *outcomes.entry(format!("{step}: {action:?}")).or_insert(0) += 1;
            }
        }
        assert!(
            outcomes.values().all(|count| *count == 1),
            "killed after {left}: {outcomes:#?}"
        );
        assert!(tenants_left(&stage).is_empty(), "killed after {left}");
    }
}

/// A pen that asks for a pause as soon as the first thing is about to be undone.
struct Pausing {
    journal: Journal,
    run: Run,
}

impl Pen for Pausing {
    fn add(&mut self, at: &str, event: Event) -> Result<Record, Problem> {
        if matches!(event, Event::Intent { .. }) {
            self.run.ask(Asked::Pause)?;
        }
        Pen::add(&mut self.journal, at, event)
    }
}

#[test]
fn undoing_pauses_after_the_step_that_is_being_undone() {
    let (stage, run) = fulfilled(fresh().path());
    for steps in 1..=4 {
        let asked = run.clone();
        let halt = stage.carry_out_with(&run, UNDO, |journal| Box::new(Pausing { journal, run: asked }));
        assert_eq!(halt.unwrap(), Halt::Stopped, "after {steps}");
        assert_eq!(told(&undoing(&run)), IN_ORDER[..steps * 2], "after {steps}");
        run.forget_request();
    }
    assert_eq!(stage.carry_out(&run, UNDO).unwrap(), Halt::RolledBack);
    assert_eq!(told(&undoing(&run)), IN_ORDER);
}
