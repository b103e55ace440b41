//! What a dialog says of a migration, before it begins, goes on or is undone.

use crate::migration::plan_text::{self, PlanLine};
use crate::migration::step::Step;
use crate::migration::warning;

use super::super::model::Model;
use super::super::page_line::{PageLine, Tone as Mark};
use super::super::run::rollback::{deleted, undone};
use super::super::screen::Screen;

use super::{DialogText, Tone};

/// What becomes unreachable, who loses all access, and how to bring it back.
pub(super) fn disable_default(model: &Model) -> DialogText {
    let context = &model.session.context;
    let surveyed = model.wizard.as_ref().and_then(|wizard| wizard.surveyed());
    let mut paragraphs = vec![(
        Tone::Danger,
        "Nothing is deleted, but from the next restart nobody can reach:".to_owned(),
    )];
    let created = model.wizard.as_ref().map_or(&[][..], |wizard| &wizard.tenants);
    let lines = surveyed.map_or_else(Vec::new, |surveyed| warning::unreachable(&surveyed.inspection, created));
    paragraphs.extend(lines.into_iter().map(|line| (Tone::Strong, format!("  {line}"))));
    paragraphs.push((
        Tone::Plain,
        "To bring it back: set default-tenant to true and restart; rolling back does this.".to_owned(),
    ));
    DialogText {
        title: format!("Disable the default tenant of {context}"),
        paragraphs,
        confirm: "Disable",
        cancel: "Keep it",
    }
}

/// What the run will change, in short, as the plan has it.
pub(super) fn start_run(model: &Model) -> DialogText {
    let context = &model.session.context;
    let mut paragraphs = Vec::new();
    if model.session.protected {
        paragraphs.push((Tone::Plain, "This context is protected.".to_owned()));
    }
    let plan = model.wizard.as_ref().and_then(|wizard| wizard.plan());
    let facts = plan.map_or_else(Vec::new, plan_text::summary);
    paragraphs.extend(facts.into_iter().filter_map(|fact| match fact {
        // Where it is says the page behind.
        PlanLine::Fact(name, text) if name != "Instance" => Some((Tone::Strong, format!("{name}: {text}"))),
        _ => None,
    }));
    paragraphs.push((
        Tone::Plain,
        "It can be paused after each step, stopped, and rolled back as far as it changed something.".to_owned(),
    ));
    DialogText {
        title: format!("Migrate {context}"),
        paragraphs,
        confirm: "Start",
        cancel: "Not yet",
    }
}

/// With which step a run goes on, and what is passed over.
pub(super) fn resume(model: &Model, run: &str, from: Option<Step>) -> DialogText {
    let mut paragraphs = Vec::new();
    if model.session.protected {
        paragraphs.push((Tone::Plain, "This context is protected.".to_owned()));
    }
    if from.is_none() {
        paragraphs.push((Tone::Plain, format!("Run {run} goes on with what it has not done yet.")));
    }
    let view = model.screens.iter().find_map(|screen| match screen {
        Screen::Run(view) if view.run == run => Some(view),
        _ => None,
    });
    if let Some(from) = from {
        let passed = view.map_or_else(Vec::new, |view| view.passed_over(from));
        let names: Vec<String> = passed.iter().map(|step| format!("`{step}`")).collect();
        paragraphs.push((
            Tone::Plain,
            format!("Run {run} begins with `{from}`. These steps before it are skipped:"),
        ));
        paragraphs.push((Tone::Strong, format!("  {}", names.join(", "))));
        paragraphs.push((
            Tone::Warning,
            "The run does not come back to them. Skip only what is not wanted, or was done by hand.".to_owned(),
        ));
    }
    DialogText {
        title: from.map_or_else(|| "Go on".to_owned(), |from| format!("Go on from {from}")),
        paragraphs,
        confirm: "Go on",
        cancel: "Not yet",
    }
}

/// What is undone, in order.
pub(super) fn rollback(model: &Model, run: &str, to: Step) -> DialogText {
    let state = model.screens.iter().find_map(|screen| match screen {
        Screen::Rollback(view) if view.run == run => Some(&view.state),
        _ => None,
    });
    let mut paragraphs = vec![(Tone::Plain, format!("Run {run} is undone, back to before `{to}`:"))];
    for line in state.map_or_else(Vec::new, |state| undone(state, to)) {
        if let PageLine::Text(tone, indent, text) = line {
            // What changes in files stands on the page behind.
            if matches!(tone, Mark::Added | Mark::Removed | Mark::Muted) {
                continue;
            }
            let tone = match tone {
                Mark::Warning => Tone::Danger,
                _ => Tone::Plain,
            };
            paragraphs.push((tone, format!("{}{text}", " ".repeat(indent))));
        }
    }
    let deletes = state.is_some_and(|state| !deleted(state, to).is_empty());
    if deletes {
        paragraphs.push((
            Tone::Plain,
            "A tenant in which something lives by now is left alone, and said so.".to_owned(),
        ));
    }
    DialogText {
        title: "Roll back".to_owned(),
        paragraphs,
        confirm: "Roll back",
        cancel: "Leave it",
    }
}
