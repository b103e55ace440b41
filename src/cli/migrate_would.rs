//! What a run would do, or undoing it, where `--dry-run` asks.

use serde_json::json;

use super::failure::Failure;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::migration::engine::Task;
use crate::migration::machine::undo_actions;
use crate::migration::plan::Plan;
use crate::migration::state::{RunState, StepStatus};
use crate::migration::step::Step;

/// A step, and what it would do.
pub type Would = (Step, String);

static WOULD: Layout<Would> = Layout {
    columns: &[
        Column {
            head: "STEP",
            cell: |(step, _)| step.to_string(),
        },
        Column {
            head: "WOULD",
            cell: |(_, would)| would.clone(),
        },
    ],
    json: |(step, would)| json!({"step": step, "would": would}),
};

/// What a run would do, step by step, but for those that have come to their end.
pub fn would_do(plan: &Plan, task: Task, ended: &dyn Fn(Step) -> Option<StepStatus>) -> Vec<Would> {
    let position = |step: Option<Step>| step.and_then(|step| plan.route.position(step));
    let (from, until) = (position(task.from), position(task.until));
    let mut rows = Vec::new();
    for (index, planned) in plan.steps.iter().enumerate() {
        let passed_over = from.is_some_and(|from| index < from) && planned.step != Step::Inspect;
        let ended = ended(planned.step);
        let words = match (&planned.skipped, ended) {
            (_, Some(status)) => format!("stay as it is: {}", status.word()),
            _ if until.is_some_and(|until| index > until) => "not be reached".to_owned(),
            _ if passed_over => "be passed over".to_owned(),
            (Some(why), None) => format!("be skipped: {why}"),
            (None, None) => planned.does.join(" "),
        };
        rows.push((planned.step, words));
        if planned.skipped.is_none() && ended.is_none() {
            rows.extend(planned.diff.iter().map(|line| (planned.step, line.clone())));
        }
    }
    rows
}

/// What undoing would do, the last first.
pub fn would_undo(state: &RunState, to: Step) -> Vec<Would> {
    let actions = undo_actions(state, to);
    actions.iter().map(|(step, action)| (*step, action.words())).collect()
}

/// Prints that, with what is to be known of it.
pub fn print_would(session: &mut Session<'_>, rows: &[Would], warnings: &[String]) -> Result<(), Failure> {
    session.printer.whole_list(&WOULD, rows)?;
    for warning in warnings {
        session.printer.say(warning);
    }
    session.printer.say("Nothing was changed.");
    Ok(())
}
