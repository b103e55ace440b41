//! The row of the activity record for each process that works on a run: that it began, and how it ended.

use super::Desk;
use crate::activity::entry::Entry;
use crate::activity::log::ActivityLog;
use crate::activity::recorded::Within;
use crate::connect;
use crate::domain::activity::{ActivityResult, Outcome};
use crate::domain::equivalent::program;
use crate::domain::problem::Problem;
use crate::migration::engine::Task;
use crate::migration::record::Halt;
use crate::migration::runs::Run;
use crate::migration::state::RunState;

/// In whose name something is done for a run: whom its plan found.
pub fn within(run: &Run, state: &RunState) -> Within {
    let inspection = &state.plan.inspection;
    Within {
        run: run.id.clone(),
        release: inspection.release,
        identity: inspection.identity.username.clone(),
    }
}

/// Notes that a process begins to work within a run. `state` is how the run stood before.
pub fn begin(desk: &Desk, within: Within, state: &RunState, task: Task) -> Entry {
    let id = &within.run.clone();
    let place = connect::place_of(&desk.target, &desk.environment, Some(within));
    let mut words = vec!["migrate".to_owned()];
    // A run that stops where it was told to is done, and not at its end.
    let until = task.until.map_or_else(String::new, |step| format!(" until {step}"));
    let about = if let Some(to) = task.undo_to {
        words.extend(["rollback", id, "--to", to.id(), "--yes"].map(str::to_owned));
        format!("roll back run {id} to before {to}")
    } else if state.workers.is_empty() {
        words.push("run".to_owned());
        words.extend(state.plan.choices.words(&state.plan.context));
        format!("migrate to multi-tenancy{until}, run {id}")
    } else {
        words.extend(["resume", id].map(str::to_owned));
        format!("go on with run {id}{until}")
    };
    for (flag, step) in [("--from", task.from), ("--until", task.until)] {
        words.extend(step.into_iter().flat_map(|step| [flag.to_owned(), step.to_string()]));
    }
    if task.undo_to.is_none() && state.workers.is_empty() {
        words.push("--yes".to_owned());
    }
    let command: Vec<String> = place.command_words.iter().cloned().chain(words).collect();
    let log = ActivityLog::in_state(&desk.paths.state);
    Entry::begin(log, &place, about, program(&command))
}

/// Notes how that ended.
pub fn end(entry: Entry, run: &Run, ended: &Result<Halt, Problem>) {
    let outcome = match ended {
        Err(problem) => Outcome::of(Err(problem)),
        Ok(halt) => {
            let result = match halt {
                Halt::Fulfilled | Halt::RolledBack | Halt::Reached => ActivityResult::Done,
                Halt::Waiting | Halt::Stopped => ActivityResult::Partly,
                Halt::Failed => ActivityResult::Failed,
            };
            // Whoever follows the run waits for this; where it went well there is nothing to be read for it.
            let why = || run.state().ok()?.halted.map(|halted| halted.words);
            let problem = if result == ActivityResult::Done { None } else { why() };
            Outcome {
                problem,
                ..Outcome::of(Ok(result))
            }
        }
    };
    // The journal of the run says the same, and more.
    drop(entry.end(outcome));
}
