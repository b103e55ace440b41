//! What comes next in a run: a pure function of its state, and so of its journal.

use super::action::{Action, CommandKind, Outcome, Receipt};
use super::record::{Ending, Halt};
use super::state::{RunState, StepState, StepStatus, last};
use super::step::{Route, Step};
use crate::domain::count::thousands;
use crate::domain::instance::Tenancy;
use crate::domain::problem::Problem;

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Begin a step.
    Begin(Step),
    /// Do something for a step.
    Do {
        /// Which step.
        step: Step,
        /// What.
        action: Action,
        /// Whether it waited for the operator, who has let it go on.
        waited: bool,
    },
    /// Find out what came of something that was begun and has no outcome.
    Settle {
        /// Which step.
        step: Step,
        /// What.
        action: Action,
        /// The number of the record of its intent.
        seq: u64,
    },
    /// End a step.
    End {
        /// Which.
        step: Step,
        /// How.
        ending: Ending,
        /// In a sentence.
        words: String,
    },
    /// Note that a step is undone.
    Undone {
        /// Which.
        step: Step,
        /// In a sentence.
        words: String,
    },
    /// Stop here.
    Halt {
        /// Why.
        halt: Halt,
        /// In a sentence.
        words: String,
        /// What did not work.
        problem: Option<Box<Problem>>,
    },
}

/// Multi-tenancy on, beside the default tenant.
pub const BOTH_ON: Tenancy = Tenancy {
    enabled: true,
    default_tenant: true,
};
/// Multi-tenancy on, the default tenant off.
pub const NAMED_ONLY: Tenancy = Tenancy {
    enabled: true,
    default_tenant: false,
};

/// What comes next.
pub fn next(state: &RunState) -> Next {
    if let Some(open) = &state.open {
        // Whoever undoes does not go forward any more, but has to know what was done.
        let is_late = state.undoing.is_some() && open.forward;
        return if open.action.is_read() && !is_late {
            Next::Do {
                step: open.step,
                action: open.action.clone(),
                waited: false,
            }
        } else {
            Next::Settle {
                step: open.step,
                action: open.action.clone(),
                seq: open.seq,
            }
        };
    }
    match &state.stuck {
        Some(Outcome::Waiting { words }) => {
            return Next::Halt {
                halt: Halt::Waiting,
                words: words.clone(),
                problem: None,
            };
        }
        Some(Outcome::Failed { problem }) => {
            return Next::Halt {
                halt: Halt::Failed,
                words: problem.what.clone(),
                problem: Some(problem.clone()),
            };
        }
        _ => {}
    }
    if state.undoing.is_some() {
        return undo(state);
    }
    forward(state)
}

fn forward(state: &RunState) -> Next {
    for step in &state.steps {
        if step.status.is_over() {
            if state.until == Some(step.step) {
                return halt(Halt::Reached, format!("`{}` was the last step asked for.", step.step));
            }
            continue;
        }
        return of_step(state, step);
    }
    halt(Halt::Fulfilled, "The plan is fulfilled.".to_owned())
}

fn halt(halt: Halt, words: String) -> Next {
    Next::Halt {
        halt,
        words,
        problem: None,
    }
}

fn of_step(state: &RunState, at: &StepState) -> Next {
    let step = at.step;
    if is_before_from(state, step) {
        return Next::End {
            step,
            ending: Ending::Skipped,
            words: "the run was to begin after it".to_owned(),
        };
    }
    if at.status == StepStatus::Pending {
        if let Some((ending, words)) = passed_over(state, step) {
            return Next::End { step, ending, words };
        }
        return Next::Begin(step);
    }
    let actions = actions(state, step);
    for action in &actions {
        let outcome = state.last_outcome(step, action);
        if !outcome.is_some_and(Outcome::is_settled) {
            return Next::Do {
                step,
                action: action.clone(),
                waited: matches!(outcome, Some(Outcome::Waiting { .. })),
            };
        }
    }
    let outcomes: Vec<&Outcome> = actions
        .iter()
        .filter_map(|action| state.last_outcome(step, action))
        .collect();
    // Looking finds nothing done; only what would have changed something does.
    let changing: Vec<bool> = actions
        .iter()
        .filter(|action| !action.is_read())
        .filter_map(|action| state.last_outcome(step, action))
        .map(|outcome| matches!(outcome, Outcome::Found { .. }))
        .collect();
    let found = !changing.is_empty() && changing.iter().all(|found| *found);
    Next::End {
        step,
        ending: if found { Ending::Found } else { Ending::Done },
        words: words(step, outcomes.into_iter()),
    }
}

/// What there is to say of a step that came to these ends.
fn words<'a>(step: Step, outcomes: impl Iterator<Item = &'a Outcome>) -> String {
    let said = outcomes.filter_map(|outcome| match outcome {
        Outcome::Done { words, .. } | Outcome::Found { words } => Some(words.as_str()),
        _ => None,
    });
    let said: Vec<&str> = said.collect();
    match step {
        // Each of these is worth a word.
        Step::Backup | Step::CreateTenants => listed(&said),
        // What was waited for says more than how it was set going.
        _ => said.last().copied().unwrap_or_default().to_owned(),
    }
}

/// Some words one after the other, and how many more there are.
fn listed(said: &[&str]) -> String {
    const NAMED: usize = 3;
    // That there is one more takes the place of the one.
    let count = if said.len() == NAMED + 1 { said.len() } else { NAMED };
    let named = said.iter().take(count).copied().collect::<Vec<_>>().join("; ");
    match said.len().saturating_sub(count) {
        0 => named,
        more => format!("{named}; and {} more", thousands(more as u64)),
    }
}

/// Whether a step is passed over because a later one was named to begin with. The first look never is: without it there
/// would be nothing to compare with.
fn is_before_from(state: &RunState, step: Step) -> bool {
    let route = state.plan.route;
    step != Step::Inspect
        && state
            .from
            .and_then(|from| route.position(from))
            .zip(route.position(step))
            .is_some_and(|(from, at)| at < from)
}

/// Why a step is not begun at all, if it is not.
fn passed_over(state: &RunState, step: Step) -> Option<(Ending, String)> {
    if let Some(why) = state.plan.step(step).and_then(|planned| planned.skipped.clone()) {
        return Some((Ending::Skipped, why));
    }
    if matches!(step, Step::Migrate | Step::Storage) && nothing_to_move(state) {
        return Some((Ending::Found, "everything has a tenant already".to_owned()));
    }
    let baseline = state.baseline();
    let was_cut_short = state.plan.inspection.sync_unfinished;
    if step == Step::SyncAccess && baseline.tenancy.enabled && !baseline.access.is_empty() && !was_cut_short {
        let holders = baseline.access.holders.len();
        return Some((
            Ending::Found,
            format!("{holders} people hold access in the default tenant already"),
        ));
    }
    None
}

/// Whether the dry run found nothing without a tenant.
pub fn nothing_to_move(state: &RunState) -> bool {
    state.receipts().any(|(step, receipt)| match receipt {
        Receipt::Ran {
            result: Some(result), ..
        } => step == Step::DryRun && result.starts_with("Total: 0 "),
        _ => false,
    })
}

/// What a step does, in order.
pub fn actions(state: &RunState, step: Step) -> Vec<Action> {
    let plan = &state.plan;
    let run = |command| Action::Run { command };
    match step {
        Step::Inspect => vec![Action::Inspect],
        Step::Backup => {
            let mut actions = Vec::new();
            if plan.kestra_backs_up() {
                actions.push(run(CommandKind::KestraBackup));
            }
            if plan.dumps_database() {
                actions.push(run(CommandKind::DatabaseBackup));
            }
            if plan.inspection.file.is_some() {
                actions.push(Action::CopyFile);
            }
            actions
        }
        Step::Enable => vec![Action::Edit { to: BOTH_ON }],
        Step::Restart => vec![run(CommandKind::Restart), Action::AwaitSettings { wanted: BOTH_ON }],
        Step::SyncAccess => vec![run(CommandKind::SyncAccess)],
        Step::VerifyAccess => vec![Action::CompareAccess],
        Step::CreateTenants => plan
            .choices
            .tenants
            .iter()
            .map(|tenant| Action::CreateTenant { tenant: tenant.clone() })
            .collect(),
        Step::DisableDefault => vec![Action::Recount, Action::Edit { to: NAMED_ONLY }],
        Step::RestartAgain => vec![run(CommandKind::Restart), Action::AwaitSettings { wanted: NAMED_ONLY }],
        Step::Stop => vec![run(CommandKind::Stop), Action::AwaitDown],
        Step::DryRun => vec![run(CommandKind::DryRun)],
        Step::Migrate => vec![run(CommandKind::Migrate)],
        Step::Storage => vec![Action::StorageGuidance],
        Step::Start => vec![run(CommandKind::Start), Action::AwaitUp],
        Step::RefreshUsers => vec![run(CommandKind::RefreshUsers)],
        Step::Verify => vec![Action::CompareEnd],
        Step::Report => vec![Action::WriteReport],
    }
}

/// The settings a restart of a step has to bring.
pub fn wanted_after(state: &RunState, step: Step) -> Tenancy {
    match &state.undoing {
        Some(_) if step == Step::RestartAgain => BOTH_ON,
        Some(undoing) => settings_before(state, undoing.to),
        None if step == Step::RestartAgain => NAMED_ONLY,
        None => BOTH_ON,
    }
}

/// The settings that the instance had before a step.
fn settings_before(state: &RunState, step: Step) -> Tenancy {
    let route = Route::Settings;
    if route.position(step) <= route.position(Step::Enable) {
        // What the file said is what a restart brings back, whether it had been loaded or not.
        let baseline = state.baseline();
        baseline.configured.unwrap_or(baseline.tenancy)
    } else {
        BOTH_ON
    }
}

/// What undoes what was done from a step on, the last first.
pub fn undo_actions(state: &RunState, to: Step) -> Vec<(Step, Action)> {
    let route = state.plan.route;
    let mut actions = Vec::new();
    let mut edits = false;
    let restart = |step, wanted| {
        let command = CommandKind::Restart;
        [
            (step, Action::Run { command }),
            (step, Action::AwaitSettings { wanted }),
        ]
    };
    for (step, receipt) in state.receipts().rev() {
        if route.position(step) < route.position(to) {
            continue;
        }
        match receipt {
            Receipt::Edited {
                path,
                copy,
                after_hash,
                before,
                ..
            } => {
                edits = true;
                actions.push((
                    step,
                    Action::RestoreFile {
                        path: path.clone(),
                        copy: copy.clone(),
                        after_hash: after_hash.clone(),
                        before: *before,
                    },
                ));
            }
            Receipt::Created { id, name, .. } => {
                // Deleting needs servers, and those may not have come back since the default tenant was disabled.
                if std::mem::take(&mut edits) {
                    actions.extend(restart(Step::RestartAgain, BOTH_ON));
                }
                actions.push((
                    step,
                    Action::DeleteTenant {
                        id: id.clone(),
                        name: name.clone(),
                    },
                ));
            }
            _ => {}
        }
    }
    if edits {
        let wanted = settings_before(state, to);
        let step = if route.position(to) > route.position(Step::Enable) {
            Step::RestartAgain
        } else {
            Step::Restart
        };
        actions.extend(restart(step, wanted));
    }
    if route == Route::Move && were_stopped(state) {
        let command = CommandKind::Start;
        actions.push((Step::Start, Action::Run { command }));
        actions.push((Step::Start, Action::AwaitUp));
    }
    actions
}

/// Whether the servers were stopped, and not started again.
fn were_stopped(state: &RunState) -> bool {
    let last = state
        .acted
        .iter()
        .rev()
        .filter(|acted| matches!(acted.outcome, Outcome::Done { .. }))
        .find_map(|acted| match acted.action {
            Action::Run {
                command: command @ (CommandKind::Stop | CommandKind::Start),
            } => Some(command),
            _ => None,
        });
    last == Some(CommandKind::Stop)
}

fn undo(state: &RunState) -> Next {
    let Some(undoing) = &state.undoing else {
        return halt(Halt::RolledBack, String::new());
    };
    let actions = undo_actions(state, undoing.to);
    for (index, (step, action)) in actions.iter().enumerate() {
        let outcome = last(&undoing.acted, *step, action);
        if !outcome.is_some_and(Outcome::is_settled) {
            return Next::Do {
                step: *step,
                action: action.clone(),
                waited: matches!(outcome, Some(Outcome::Waiting { .. })),
            };
        }
        // A step is undone once the last of its actions is, and that is noted before anything else is done.
        let has_more = actions.iter().skip(index + 1).any(|(later, _)| later == step);
        let is_noted = state.step(*step).is_none_or(|it| it.status == StepStatus::Undone);
        if !has_more && !is_noted {
            let own = actions.iter().filter(|(of, _)| of == step);
            let outcomes = own.filter_map(|(step, action)| last(&undoing.acted, *step, action));
            return Next::Undone {
                step: *step,
                words: words(*step, outcomes),
            };
        }
    }
    let words = if actions.is_empty() {
        "There was nothing to undo."
    } else {
        "What this run changed is undone."
    };
    halt(Halt::RolledBack, words.to_owned())
}
