//! A step of a run in full: what was planned, what was done and what proves it, and the diffs of its files.

use crate::migration::action::{Outcome, Receipt};
use crate::migration::state::StepState;
use crate::migration::step::Step;

use super::super::clock::{second_utc, span};
use super::super::wizard::plan_page::would;
use super::RunView;
use super::text::{status_word, words};

/// A step in full.
pub fn details(view: &RunView, step: &StepState) -> String {
    let Some(state) = &view.state else {
        return String::new();
    };
    let mut lines = vec![format!("{}: {}", step.step, status_word(view, step))];
    let words = words(view, step);
    // All that it would do stands below.
    if !words.is_empty() && !view.is_dry {
        lines.push(words);
    }
    for (word, at) in [("Began", &step.began_at), ("Ended", &step.ended_at)] {
        lines.extend(at.as_ref().map(|at| format!("{word}: {}", second_utc(at))));
    }
    if let Some(planned) = state.plan.step(step.step) {
        lines.push(String::new());
        lines.push("Planned".to_owned());
        match &planned.skipped {
            Some(why) => lines.push(format!("  skipped, {why}")),
            None if view.is_dry => lines.extend(planned.does.iter().map(|line| format!("  {}", would(line)))),
            None => lines.extend(planned.does.iter().map(|line| format!("  {line}"))),
        }
        lines.extend(planned.diff.iter().map(|line| format!("    {line}")));
    }
    let undone = state.undoing.iter().flat_map(|undoing| &undoing.acted);
    let acted: Vec<_> = state
        .acted
        .iter()
        .chain(undone)
        .filter(|acted| acted.step == step.step)
        .collect();
    if !acted.is_empty() {
        lines.push(String::new());
        lines.push("What was done".to_owned());
    }
    for acted in acted {
        let (came, receipt) = match &acted.outcome {
            Outcome::Done { words, receipt } => (words.clone(), receipt.as_ref()),
            Outcome::Found { words } => (format!("nothing to do: {words}"), None),
            Outcome::Waiting { words } => (format!("waits: {words}"), None),
            Outcome::Failed { problem } => (
                format!("failed: {} {} {}", problem.what, problem.why, problem.next),
                None,
            ),
        };
        lines.push(format!("  {}  {came}", second_utc(&acted.at)));
        lines.extend(receipt.into_iter().flat_map(proof).map(|line| format!("    {line}")));
    }
    lines.join("\n")
}

fn proof(receipt: &Receipt) -> Vec<String> {
    match receipt {
        Receipt::Ran {
            command,
            exit_code,
            output,
            seconds,
            result,
        } => {
            let mut lines = vec![
                command.clone(),
                format!("ended with {exit_code} after {}; output in {output}", span(*seconds)),
            ];
            lines.extend(result.clone());
            lines
        }
        Receipt::Copied { path, copy } => vec![format!("{path} as it was: {copy}")],
        Receipt::Edited { path, copy, diff, .. } => {
            let mut lines = vec![format!("{path}, as it was: {copy}")];
            lines.extend(diff.iter().cloned());
            lines
        }
        Receipt::Restored { path, diff } => {
            let mut lines = vec![path.clone()];
            lines.extend(diff.iter().cloned());
            lines
        }
        Receipt::Compared { comparison } => {
            let mut lines = vec![comparison.words()];
            for changed in comparison.lost.iter().chain(&comparison.gained) {
                lines.extend(
                    changed
                        .lost
                        .iter()
                        .map(|held| format!("- {}: {held}", changed.username)),
                );
                lines.extend(
                    changed
                        .gained
                        .iter()
                        .map(|held| format!("+ {}: {held}", changed.username)),
                );
            }
            lines
        }
        Receipt::Told { lines } => lines.clone(),
        Receipt::Created { id, name, admin } => {
            let admin = admin.as_deref().unwrap_or("nobody");
            vec![format!("tenant {id} ({name}), admin {admin}")]
        }
        Receipt::Deleted { id } => vec![format!("tenant {id}")],
        Receipt::Inspected { inspection } => vec![inspection.situation().words().to_owned()],
    }
}

/// The diffs of a step; those of all steps where it has none. First what was done, else what is planned.
pub fn diff(view: &RunView, step: Option<Step>) -> Option<String> {
    let state = view.state.as_ref()?;
    let of = |wanted: Option<Step>| {
        let mut parts = Vec::new();
        for (step, receipt) in state.receipts() {
            if let Receipt::Edited { path, diff, .. } = receipt
                && wanted.is_none_or(|wanted| wanted == step)
            {
                parts.push(format!("{step}: {path}\n{}", diff.join("\n")));
            }
        }
        if parts.is_empty() {
            for planned in &state.plan.steps {
                if !planned.diff.is_empty() && wanted.is_none_or(|wanted| wanted == planned.step) {
                    parts.push(format!("{}, as planned\n{}", planned.step, planned.diff.join("\n")));
                }
            }
        }
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    };
    step.and_then(|step| of(Some(step))).or_else(|| of(None))
}
