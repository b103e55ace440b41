//! The report of a run: what was done, by whom, when, with which outcome, before and after. As Markdown and as JSON.

use serde_json::{Value, json};

use super::action::{Outcome, Receipt};
use super::inspection::Inspection;
use super::plan_text::{found, settings};
use super::state::{RunState, StepStatus};
use super::step::{Route, Step};

/// The report in Markdown; `at_work` says whether a process is at work on the run.
pub fn markdown(state: &RunState, run: &str, at_work: bool) -> String {
    let plan = &state.plan;
    let mut lines = vec![
        format!("# Report: migration of {} to multi-tenancy", plan.context),
        String::new(),
        format!("- Run: {run}, plan {}", state.hash.get(..12).unwrap_or_default()),
        format!("- Instance: {}", plan.place),
        format!(
            "- Started: {} by {}, kestra-admin {}",
            state.planned_at, state.by, state.program
        ),
        format!("- Carried out by: {}", workers(state)),
        format!("- Last word: {}", state.last_at),
        format!("- Outcome: {}", outcome(state, at_work)),
        String::new(),
        "## Steps".to_owned(),
        String::new(),
    ];
    for step in &state.steps {
        let when = match (&step.began_at, &step.ended_at) {
            (Some(began), Some(ended)) => format!(" ({began} to {ended})"),
            (Some(began), None) => format!(" (since {began})"),
            _ => String::new(),
        };
        lines.push(format!(
            "- {}: {}, {}{when}",
            step.step,
            state.status_now(step, at_work).word(),
            state.words(step)
        ));
    }
    section(&mut lines, "Undone", &undone(state));
    section(&mut lines, "What did not work", &failures(state));
    section(&mut lines, "Before", &found(state.baseline()));
    if let Some(after) = told(state, Step::Verify) {
        section(&mut lines, "After", after);
    }
    if let Some(guidance) = told(state, Step::Storage) {
        section(&mut lines, "Internal storage", guidance);
    }
    section(&mut lines, "Commands", &commands(state));
    diffs(&mut lines, state);
    section(&mut lines, "What needs a tenant in its path now", &needs_tenant(state));
    lines.push(String::new());
    lines.join("\n")
}

fn section(lines: &mut Vec<String>, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(format!("## {title}"));
    lines.push(String::new());
    lines.extend(items.iter().map(|item| format!("- {item}")));
}

fn diffs(lines: &mut Vec<String>, state: &RunState) {
    for (step, receipt) in state.receipts() {
        let Receipt::Edited { path, copy, diff, .. } = receipt else {
            continue;
        };
        lines.push(String::new());
        lines.push(format!("## `{path}`, step {step}"));
        lines.push(String::new());
        lines.push(format!("As it was: `{copy}`"));
        lines.push(String::new());
        lines.push("```diff".to_owned());
        lines.extend(diff.iter().cloned());
        lines.push("```".to_owned());
    }
}

/// Who was at work on it, each once.
fn workers(state: &RunState) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in &state.workers {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// What was done to undo the run, or was found not to be needed.
fn undone(state: &RunState) -> Vec<String> {
    let acted = state.undoing.iter().flat_map(|undoing| &undoing.acted);
    acted
        .filter_map(|acted| match &acted.outcome {
            Outcome::Done { words, .. } | Outcome::Found { words } => {
                Some(format!("{}: {words} ({})", acted.step, acted.at))
            }
            _ => None,
        })
        .collect()
}

/// Everything that was tried and did not work, whatever came of it later.
fn failures(state: &RunState) -> Vec<String> {
    let undoing = state.undoing.iter().flat_map(|undoing| &undoing.acted);
    state
        .acted
        .iter()
        .chain(undoing)
        .filter_map(|acted| match &acted.outcome {
            Outcome::Failed { problem } => Some(format!(
                "{}: {} {} ({})",
                acted.step, problem.what, problem.why, acted.at
            )),
            _ => None,
        })
        .collect()
}

fn commands(state: &RunState) -> Vec<String> {
    state
        .receipts()
        .filter_map(|(step, receipt)| match receipt {
            Receipt::Ran {
                command,
                exit_code,
                output,
                seconds,
                result,
            } => Some(format!(
                "{step}: `{command}` ended with {exit_code} after {seconds} s; output in `{output}`{}",
                result.as_ref().map(|line| format!("; {line}")).unwrap_or_default()
            )),
            _ => None,
        })
        .collect()
}

/// What a step had to tell.
pub fn told(state: &RunState, of: Step) -> Option<&[String]> {
    state.receipts().rev().find_map(|(step, receipt)| match receipt {
        Receipt::Told { lines } if step == of => Some(lines.as_slice()),
        _ => None,
    })
}

/// How a run ended, or where it is.
pub fn outcome(state: &RunState, at_work: bool) -> String {
    match &state.halted {
        None if state.is_cut_off(at_work) => {
            let at = state
                .current()
                .map_or_else(String::new, |step| format!(" at {}", step.step));
            format!("cut off{at}: its process ended in the middle, without saying why")
        }
        Some(halted) => halted.words.clone(),
        None => state
            .current()
            .map_or_else(|| "at its end".to_owned(), |step| format!("under way at {}", step.step)),
    }
}

/// What has to be given a tenant in its path, a sentence each.
pub fn needs_tenant(state: &RunState) -> Vec<String> {
    let disabled = state
        .step(Step::DisableDefault)
        .is_some_and(|step| matches!(step.status, StepStatus::Done | StepStatus::Found));
    match state.plan.route {
        Route::Settings if !disabled => Vec::new(),
        _ => vec![
            "API clients and scripts: `/api/v1/…` becomes `/api/v1/{tenant}/…`".to_owned(),
            "Webhooks: `/api/v1/{tenant}/executions/webhook/{namespace}/{flow}/{key}`, and open URLs in the configuration"
                .to_owned(),
            "Bookmarks: `/ui/…` becomes `/ui/{tenant}/…`".to_owned(),
            "Terraform provider, SDKs and kestractl: their tenant setting".to_owned(),
        ],
    }
}

/// The report as an object; `at_work` says whether a process is at work on the run.
pub fn json(state: &RunState, run: &str, at_work: bool) -> Value {
    let steps: Vec<Value> = state
        .steps
        .iter()
        .map(|step| {
            json!({
                "step": step.step,
                "status": state.status_now(step, at_work).word(),
                "words": state.words(step),
                "beganAt": step.began_at,
                "endedAt": step.ended_at,
            })
        })
        .collect();
    let receipts: Vec<Value> = state
        .receipts()
        .filter(|(_, receipt)| !matches!(receipt, Receipt::Inspected { .. }))
        .map(|(step, receipt)| json!({"step": step, "proof": receipt}))
        .collect();
    let failures: Vec<Value> = state
        .acted
        .iter()
        .filter_map(|acted| match &acted.outcome {
            Outcome::Failed { problem } => Some(json!({"step": acted.step, "at": acted.at, "problem": problem})),
            _ => None,
        })
        .collect();
    let brief = |inspection: &Inspection| {
        json!({
            "takenAt": inspection.taken_at,
            "version": inspection.version,
            "tenancy": inspection.tenancy,
            "settings": settings(inspection.tenancy),
            "footprint": inspection.footprint,
            "holders": inspection.access.holders.len(),
            "tenants": inspection.tenants,
        })
    };
    json!({
        "run": run,
        "context": state.plan.context,
        "place": state.plan.place,
        "plan": state.hash,
        "by": state.by,
        "startedAt": state.planned_at,
        "lastAt": state.last_at,
        "outcome": outcome(state, at_work),
        "halt": state.halted.as_ref().map(|halted| halted.halt),
        "steps": steps,
        "before": brief(state.baseline()),
        "after": told(state, Step::Verify),
        "receipts": receipts,
        "workers": state.workers,
        "undone": undone(state),
        "failures": failures,
        "needsTenant": needs_tenant(state),
    })
}
