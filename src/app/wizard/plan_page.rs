//! The plan as a page, from top to bottom like a change request; and what each step *would* do, for a dry run.

use crate::domain::count::counted;
use crate::migration::plan::{Plan, PlannedStep};
use crate::migration::plan_text::{self, found};

use super::super::clock::{milliseconds, roughly};
use super::super::model::Model;
use super::super::page_line::{PageLine, Tone};
use super::{Wizard, text};

/// Seconds after which a plan should be looked at anew.
const OLD: u64 = 60 * 60;

/// The page of the plan, or why there is none.
pub fn page(model: &Model, wizard: &Wizard) -> Vec<PageLine> {
    match wizard.planned() {
        None => Vec::new(),
        Some(Err(problem)) => {
            let mut lines = text::problem(problem);
            lines.push(PageLine::Blank);
            lines.push(PageLine::muted("Backspace goes to the page before."));
            lines
        }
        Some(Ok(plan)) => lines(plan, age(model, plan), plan.lacks_confirmation()),
    }
}

/// Seconds since what a plan rests on was looked at.
pub fn age(model: &Model, plan: &Plan) -> u64 {
    milliseconds(&plan.inspection.taken_at).map_or(0, |at| model.wall().saturating_sub(at) / 1000)
}

fn lines(plan: &Plan, age: u64, lacks_confirmation: bool) -> Vec<PageLine> {
    let inspection = &plan.inspection;
    let mut lines = Vec::new();
    if age >= OLD {
        lines.push(PageLine::warning(format!(
            "What this rests on was looked at {} ago; r looks again.",
            roughly(age)
        )));
    }
    if lacks_confirmation {
        lines.push(PageLine::warning(
            "Disabling the default tenant was not confirmed yet; Enter asks for that.",
        ));
    }
    if !plan.changes_something() {
        lines.push(PageLine::warning("There is nothing to change; it would only look."));
    }
    if !lines.is_empty() {
        lines.push(PageLine::Blank);
    }
    lines.push(PageLine::strong(format!(
        "Migration of {} to multi-tenancy",
        plan.context
    )));
    lines.push(PageLine::plain(format!(
        "{}, Kestra {} {}",
        plan.place, inspection.edition, inspection.version
    )));
    lines.push(PageLine::plain(inspection.situation().words()));
    lines.push(PageLine::muted(format!(
        "Looked at {} as {}; plan {}",
        inspection.taken_at,
        inspection.identity.username,
        plan.hash().get(..12).unwrap_or_default()
    )));
    lines.push(PageLine::Blank);
    lines.push(PageLine::strong("What is there"));
    lines.extend(found(inspection).into_iter().map(item));
    if !plan.warnings.is_empty() {
        lines.push(PageLine::Blank);
        lines.push(PageLine::strong("What to know before"));
        lines.extend(
            plan.warnings
                .iter()
                .map(|line| PageLine::Text(Tone::Warning, 2, format!("! {line}"))),
        );
    }
    lines.push(PageLine::Blank);
    lines.push(PageLine::strong(format!(
        "What will happen, in {}",
        counted(plan.steps.len() as u64, "step")
    )));
    for (index, planned) in plan.steps.iter().enumerate() {
        lines.extend(step(index + 1, planned));
    }
    lines.push(PageLine::Blank);
    lines.push(PageLine::strong("How to go back"));
    lines.extend(plan_text::back(plan).into_iter().map(item));
    lines
}

fn item(line: String) -> PageLine {
    PageLine::Text(Tone::Plain, 2, line)
}

fn step(number: usize, planned: &PlannedStep) -> Vec<PageLine> {
    if let Some(why) = &planned.skipped {
        return vec![PageLine::Text(
            Tone::Muted,
            0,
            format!("{number:>2}. {}: skipped, {why}", planned.step),
        )];
    }
    let mut lines = vec![PageLine::Text(
        Tone::Strong,
        0,
        format!("{number:>2}. {}", planned.step),
    )];
    lines.extend(
        planned
            .does
            .iter()
            .map(|line| PageLine::Text(Tone::Plain, 4, line.clone())),
    );
    lines.extend(planned.diff.iter().map(|line| PageLine::diff(line, 6)));
    lines
}

/// Verbs that begin what a step does, and what they are after *would*.
const VERBS: [(&str, &str); 12] = [
    ("Looks", "look"),
    ("Sets", "set"),
    ("Finds", "find"),
    ("Waits", "wait"),
    ("Runs", "run"),
    ("Copies", "copy"),
    ("Creates", "create"),
    ("Compares", "compare"),
    ("Opens", "open"),
    ("Does", "do"),
    ("Says", "say"),
    ("Writes", "write"),
];

/// What a step does, as something that it would do.
pub fn would(sentence: &str) -> String {
    let (first, rest) = sentence.split_once(' ').unwrap_or((sentence, ""));
    VERBS
        .iter()
        .find(|(verb, _)| *verb == first)
        .map_or_else(|| sentence.to_owned(), |(_, verb)| format!("would {verb} {rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_would_be_done() {
        assert_eq!(would("Copies `/etc/a.yml`."), "would copy `/etc/a.yml`.");
        assert_eq!(would("Does what `kestra x` does."), "would do what `kestra x` does.");
        assert_eq!(would("Nothing may run."), "Nothing may run.");
    }
}
