//! What records add up to, and what is said of it.

use super::*;
use crate::domain::access::Footprint;
use crate::domain::instance::{Edition, Identity, Tenancy};
use crate::domain::release::Release;
use crate::migration::access_snapshot::AccessSnapshot;
use crate::migration::choices::Choices;
use crate::migration::plan::{Means, plan};
use crate::migration::record::{Ending, Event, Record};

fn inspection() -> Inspection {
    Inspection {
        taken_at: "2026-11-26T12:00:00Z".to_owned(),
        release: Release::new(0, 21),
        version: "0.21.4".to_owned(),
        edition: Edition::Enterprise,
        tenancy: Tenancy {
            enabled: false,
            default_tenant: true,
        },
        identity: Identity {
            id: "1".to_owned(),
            username: "ana".to_owned(),
            superadmin: true,
        },
        cannot_create: None,
        file: None,
        configured: None,
        environment_wins: None,
        remarks: Vec::new(),
        services: Vec::new(),
        footprint: Footprint::default(),
        namespaces: Vec::new(),
        access: AccessSnapshot::default(),
        only_here: Vec::new(),
        superadmins: 0,
        looked_into: 0,
        sync_unfinished: false,
        tenants: 0,
        tenant_ids: Vec::new(),
    }
}

fn records(events: Vec<(&str, Event)>) -> Vec<Record> {
    let plan = plan("lab", "here", inspection(), &Means::default(), Choices::default()).unwrap();
    let planned = Event::Planned {
        hash: plan.hash(),
        plan: Box::new(plan),
        by: "ana@jump1".to_owned(),
        program: "0.1.0".to_owned(),
    };
    std::iter::once(("2026-11-26T12:00:00Z", planned))
        .chain(events)
        .enumerate()
        .map(|(index, (at, event))| Record {
            seq: index as u64 + 1,
            at: at.to_owned(),
            event,
        })
        .collect()
}

fn began() -> Event {
    Event::Began {
        pid: 1,
        by: "ana@jump1".to_owned(),
        until: None,
        from: None,
        undo_to: None,
    }
}

#[test]
fn a_clock_that_was_set_back_changes_nothing() {
    let step = Step::Inspect;
    let state = RunState::of(&records(vec![
        ("2026-11-26T12:00:01Z", began()),
        ("2026-11-26T11:00:00Z", Event::StepBegan { step }),
        (
            "2026-11-26T10:00:00Z",
            Event::StepEnded {
                step,
                ending: Ending::Done,
                words: "as planned".to_owned(),
            },
        ),
    ]))
    .unwrap();
    assert_eq!(state.step(step).unwrap().status, StepStatus::Done);
    assert_eq!(state.current().unwrap().step, Step::Backup);
    assert_eq!(state.seq, 4);
}

#[test]
fn an_intent_without_outcome_stays_open_over_a_halt() {
    let state = RunState::of(&records(vec![
        ("t", began()),
        ("t", Event::StepBegan { step: Step::Enable }),
        (
            "t",
            Event::Intent {
                step: Step::Enable,
                action: Action::CopyFile,
            },
        ),
        (
            "t",
            Event::Halted {
                halt: Halt::Failed,
                words: "Not known.".to_owned(),
                problem: None,
            },
        ),
        ("t", began()),
    ]))
    .unwrap();
    assert_eq!(state.open.as_ref().map(|open| open.seq), Some(4));
    assert!(state.halted.is_none());
}

#[test]
fn what_is_begun_when_a_run_is_undone_is_halted_and_the_rest_not_done() {
    let step = Step::Enable;
    let undo = Event::Began {
        pid: 1,
        by: "ana@jump1".to_owned(),
        until: None,
        from: None,
        undo_to: Some(Step::Inspect),
    };
    let rolled_back = Event::Halted {
        halt: Halt::RolledBack,
        words: "Undone.".to_owned(),
        problem: None,
    };
    let all = records(vec![
        ("t", began()),
        ("t", Event::StepBegan { step }),
        ("t", undo),
        ("t", rolled_back),
    ]);
    let word = |count: usize, step: Step| {
        let state = RunState::of(&all[..count]).unwrap();
        state.status(state.step(step).unwrap()).word()
    };
    assert_eq!(
        [3, 4, 5].map(|count| word(count, step)),
        ["running", "halted", "halted"]
    );
    assert_eq!(
        [3, 4, 5].map(|count| word(count, Step::Report)),
        ["pending", "not done", "not done"]
    );
    // What the plan leaves out is skipped, as it says itself.
    assert_eq!(word(5, Step::DisableDefault), "skipped");
}

#[test]
fn a_step_in_the_middle_of_which_a_run_was_stopped_is_halted_until_it_goes_on() {
    let step = Step::CreateTenants;
    let waits = Outcome::Waiting {
        words: "It waits.".to_owned(),
    };
    let action = Action::AwaitUp;
    let halted = |halt| Event::Halted {
        halt,
        words: "Stopped.".to_owned(),
        problem: None,
    };
    let all = records(vec![
        ("t", began()),
        ("t", Event::StepBegan { step }),
        ("t", halted(Halt::Stopped)),
        ("t", began()),
        (
            "t",
            Event::Outcome {
                step,
                action,
                outcome: waits,
            },
        ),
        ("t", halted(Halt::Waiting)),
    ]);
    let word = |count: usize| {
        let state = RunState::of(&all[..count]).unwrap();
        state.status(state.step(step).unwrap()).word()
    };
    assert_eq!(
        [3, 4, 5, 6, 7].map(word),
        ["running", "halted", "running", "waiting", "waiting"]
    );
}

#[test]
fn a_step_that_is_tried_again_says_what_it_does_and_keeps_the_time_it_took() {
    let step = Step::Backup;
    let action = || Action::CopyFile;
    let failed = Outcome::Failed {
        problem: Box::new(Problem::new(
            crate::domain::problem::ProblemKind::Failed,
            "It broke.",
            "Why.",
            "Next.",
        )),
    };
    let state = RunState::of(&records(vec![
        ("2026-11-26T12:00:01Z", began()),
        ("2026-11-26T12:00:02Z", Event::StepBegan { step }),
        ("2026-11-26T12:00:03Z", Event::Intent { step, action: action() }),
        (
            "2026-11-26T12:00:14Z",
            Event::Outcome {
                step,
                action: action(),
                outcome: failed,
            },
        ),
        ("2026-11-26T13:00:00Z", began()),
        ("2026-11-26T13:00:01Z", Event::Intent { step, action: action() }),
    ]))
    .unwrap();
    let planned = state.plan.step(step).unwrap().does.first().cloned().unwrap_or_default();
    let tried = state.step(step).unwrap();
    assert_eq!(
        (tried.words.as_str(), tried.status),
        (planned.as_str(), StepStatus::Running)
    );
    let spent = ("2026-11-26T12:00:02Z".to_owned(), "2026-11-26T12:00:14Z".to_owned());
    assert_eq!(tried.earlier, [spent]);
    assert_eq!(tried.tried_at.as_deref(), Some("2026-11-26T13:00:00Z"));
}

#[test]
fn without_a_plan_there_is_no_run() {
    assert!(RunState::of(&[]).is_none());
    assert!(RunState::of(&records(vec![("t", began())])[1..]).is_none());
}
