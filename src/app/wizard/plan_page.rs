//! The plan as a page, from top to bottom like a change request; and what each step *would* do, for a dry run.

use crate::migration::plan::Plan;
use crate::migration::plan_text::{self, PlanLine};

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
            lines.push(PageLine::muted(
                model.keyed_below("<backspace> goes to the page before."),
            ));
            lines
        }
        Some(Ok(plan)) => lines(model, wizard, plan),
    }
}

/// Seconds since what a plan rests on was looked at.
pub fn age(model: &Model, plan: &Plan) -> u64 {
    milliseconds(&plan.inspection.taken_at).map_or(0, |at| model.wall().saturating_sub(at) / 1000)
}

fn lines(model: &Model, wizard: &Wizard, plan: &Plan) -> Vec<PageLine> {
    let age = age(model, plan);
    let mut lines = Vec::new();
    lines.extend(text::lock(model));
    if age >= OLD {
        lines.push(PageLine::warning(format!(
            "The plan is {} old: {}",
            roughly(age),
            model.keyed_below("re-check it with <r>.")
        )));
    }
    if plan.lacks_confirmation() {
        lines.push(PageLine::warning(model.keyed_below(
            "Disabling the default tenant was not confirmed yet; <enter> asks for that.",
        )));
    }
    if !plan.changes_something() {
        lines.push(PageLine::warning("There is nothing to change; it would only look."));
    }
    if !lines.is_empty() {
        lines.push(PageLine::Blank);
    }
    // What is there has a place of its own where there is room for one.
    lines.extend(shown(if text::has_beside(model, wizard) {
        plan_text::request(plan)
    } else {
        plan_text::page(plan)
    }));
    lines
}

/// What a plan rests on, where it stands under a title of its own.
pub fn inventory(plan: &Plan) -> Vec<PageLine> {
    let lines = shown(plan_text::inventory(plan)).into_iter();
    lines
        .map(|line| match line {
            PageLine::Text(tone, _, text) => PageLine::Text(tone, 0, text),
            line => line,
        })
        .collect()
}

/// The lines of a plan as they stand on a page.
pub fn shown(lines: impl IntoIterator<Item = PlanLine>) -> Vec<PageLine> {
    let mut shown = Vec::new();
    for line in lines {
        if matches!(line, PlanLine::Heading(_)) {
            shown.push(PageLine::Blank);
        }
        shown.push(match line {
            PlanLine::Title(text) => PageLine::strong(text),
            PlanLine::Heading(text) => PageLine::strong(text),
            PlanLine::Fact(name, text) => PageLine::Fact(name, text),
            PlanLine::Warning(text) => PageLine::Text(Tone::Warning, 2, format!("! {text}")),
            PlanLine::Step(number, step, None) => PageLine::Text(Tone::Strong, 0, format!("{number:>2}. {step}")),
            PlanLine::Step(number, step, Some(why)) => {
                PageLine::Text(Tone::Muted, 0, format!("{number:>2}. {step}: skipped, {why}"))
            }
            PlanLine::Does(text) => PageLine::Text(Tone::Plain, 4, text),
            PlanLine::Diff(text) => PageLine::diff(&text, 6),
            PlanLine::Item(text) => PageLine::Text(Tone::Plain, 2, text),
        });
    }
    shown
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
