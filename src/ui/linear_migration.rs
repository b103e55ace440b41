//! The wizard and the runs by lines: each page with numbered choices, each change of a run in a line of its own.

use crate::app::clock::minute;
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::page_line::PageLine;
use crate::app::run::RunView;
use crate::app::run::list::RunsView;
use crate::app::run::rollback::RollbackView;
use crate::app::run::text as run_text;
use crate::app::wizard::tenant_row::FIELDS;
use crate::app::wizard::{Wizard, WizardPage, text};

use super::linear::{say_filter, say_rows, typing};
use super::linear_overlays::say_found;
use super::linear_rows;

/// Columns of a line that is said: it is never broken.
const WHOLE: usize = usize::MAX;

/// Says lines of a page, and which of its choices is selected.
pub fn say_page(page: &[PageLine], at: usize, lines: &mut Vec<String>) {
    for line in page {
        match line {
            PageLine::Blank => {}
            PageLine::Text(_, _, text) => lines.push(match text.strip_prefix("! ") {
                Some(rest) => format!("Warning: {rest}"),
                None => text.clone(),
            }),
            PageLine::Row { word, name, text, .. } => lines.push(
                [*word, name, text]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(": "),
            ),
            PageLine::Fact(name, text) => lines.push(format!("{name}: {text}")),
            PageLine::Choice { index, title, text } => {
                let end = if text.is_empty() {
                    String::new()
                } else {
                    format!(": {text}")
                };
                let selected = if *index == at { ", selected" } else { "" };
                lines.push(format!("{}. {title}{selected}{end}", index + 1));
            }
        }
    }
}

/// Says the page of the wizard.
pub fn say_wizard(model: &Model, wizard: &Wizard, lines: &mut Vec<String>) {
    let context = &model.session.context;
    if wizard.surveyed().is_none() {
        lines.push(format!("Migration of {context}"));
        if wizard.survey.problem().is_some() {
            say_page(&text::lines(model, wizard), wizard.at, lines);
        } else {
            // Each look is said once, when it begins.
            lines.push("Looking at everything; nothing is changed.".to_owned());
            lines.extend(wizard.looking_at.iter().map(|what| format!("look: {what}")));
        }
        return;
    }
    lines.push(format!(
        "Migration of {context}, page {} of {}, {}",
        wizard.position(),
        wizard.pages().len(),
        wizard.page.title()
    ));
    if let Some(row) = wizard.typing() {
        let (label, doc) = row.field();
        let value = row.texts().get(row.at).cloned().unwrap_or_default();
        let value = if value.is_empty() { "not set".to_owned() } else { value };
        lines.push(format!("Field {} of {}, {label}: {value}", row.at + 1, FIELDS.len()));
        lines.push(doc.to_owned());
        lines.extend(row.error.iter().map(|error| format!("Error: {error}")));
        lines.extend(row.warnings(wizard).iter().map(|words| format!("Warning: {words}")));
        lines.push(typing(
            model,
            ":form-previous goes back a line, :form-review takes it in, :form-leave does not.",
        ));
        return;
    }
    if wizard.search.field.is_active() {
        let mut said = Vec::new();
        say_page(&text::lines(model, wizard), wizard.at, &mut said);
        say_found(&said, &wizard.search, lines);
    } else {
        say_page(&text::lines(model, wizard), wizard.at, lines);
    }
    match wizard.page {
        WizardPage::Plan => {
            let can_start = wizard.plan().is_some();
            let first = if can_start {
                "Start it"
            } else {
                "Back to the page before"
            };
            lines.push(format!("1. {first}"));
            lines.push("2. Not yet; the answers are kept".to_owned());
        }
        WizardPage::Tenants if !wizard.tenants.is_empty() => {
            lines.push("A number changes that tenant. An empty line goes on.".to_owned());
        }
        WizardPage::Backup | WizardPage::DefaultTenant => {
            lines.push(format!(
                "A number answers. An empty line answers with {}.",
                wizard.at + 1
            ));
        }
        _ if wizard.goes_on() => lines.push("An empty line goes on.".to_owned()),
        _ => {}
    }
}

/// Says the list of runs.
pub fn say_runs(model: &Model, view: &RunsView, lines: &mut Vec<String>) {
    lines.push("Runs, the newest first".to_owned());
    if let Some(problem) = model.runs.problem() {
        lines.extend([problem.what.clone(), problem.why.clone(), problem.next.clone()]);
    }
    let Some(runs) = model.runs.value() else { return };
    if runs.is_empty() {
        lines.push("No runs yet.".to_owned());
    }
    say_filter(
        model,
        &view.list.filter,
        view.list.visible().len(),
        runs.len(),
        "run",
        lines,
    );
    let visible = view.list.visible().iter().filter_map(|at| runs.get(*at));
    let said = visible.map(|run| {
        let (outcome, started) = (run.words.trim_end_matches('.'), minute(&run.started_at));
        let cells = [
            &run.id,
            run.state(),
            &run.place(),
            run.step_name(),
            outcome,
            &started,
            &run.by,
        ];
        linear_rows::row(model, ListKind::Runs, "", &cells)
    });
    say_rows(
        model,
        said.enumerate(),
        view.list.cursor.at(),
        view.list.visible().len(),
        lines,
    );
}

/// Says a run: what happened, line by line, so that only what is new has to be heard.
pub fn say_run(model: &Model, view: &RunView, lines: &mut Vec<String>) {
    let can = "<?> says what can be done, <ctrl-l> all of this again.";
    // The first line stays the same while the place does, so that only what is new is said.
    lines.push(match (view.is_dry, view.shows_output) {
        (true, _) => format!("{}. {}", run_text::title(view), model.keyed(can)),
        (false, false) => format!("Run {}. {}", view.run, model.keyed(can)),
        (false, true) => format!(
            "Run {}, what its commands wrote. {}",
            view.run,
            model.keyed("<o> goes back to what happened.")
        ),
    });
    if let Some(problem) = view.problem.as_ref().filter(|_| view.state.is_none()) {
        lines.extend([problem.what.clone(), problem.why.clone(), problem.next.clone()]);
    }
    if view.state.is_none() {
        return;
    }
    if view.search.field.is_active() {
        let text = if view.shows_output {
            view.output.texts(view.alive, WHOLE)
        } else {
            run_text::steps(view)
        };
        say_found(&text, &view.search, lines);
        return;
    }
    if view.is_dry {
        let steps = run_text::steps(view).into_iter().zip(1..);
        lines.extend(steps.map(|(step, number)| format!("{number}. {step}")));
        return;
    }
    if view.shows_output {
        lines.extend(view.output.rows(WHOLE).filter_map(|row| row.said(view.alive)));
        return;
    }
    lines.push(format!("{}.", run_text::title(view)));
    lines.extend(view.told.lines().cloned());
}

/// Says how far one can roll back.
pub fn say_rollback(view: &RollbackView, lines: &mut Vec<String>) {
    let mut said = Vec::new();
    say_page(&view.lines(), view.at, &mut said);
    if view.search.field.is_active() {
        say_found(&said, &view.search, lines);
        return;
    }
    lines.append(&mut said);
    lines.push("A number chooses, and asks once more.".to_owned());
}
