//! Contexts and the ways to them as lines of text.

use crate::app::contexts::{ChecksView, ContextsView};
use crate::app::list_columns::ListKind;
use crate::app::model::Model;

use super::linear::{say_filter, say_problem, say_rows};
use super::linear_migration::say_page;
use super::linear_overlays::say_found;
use super::linear_rows;

pub(super) fn say_contexts(model: &Model, view: &ContextsView, lines: &mut Vec<String>) {
    lines.push("Contexts".to_owned());
    if let Some(problem) = view.rows.problem() {
        say_problem(problem, lines);
    }
    if view.rows.was_given_up() {
        lines.push(model.keyed("Reading the configuration was stopped. <r> reads again."));
    }
    say_filter(
        model,
        &view.list.filter,
        view.list.visible().len(),
        view.length(),
        "context",
        lines,
    );
    let rows = view.visible().into_iter().map(|(row, reached)| {
        let (changes, usage) = (row.changes_now(&model.session), row.usage(model.session.listed()));
        let cells = [
            &row.tagged(),
            changes,
            &row.leads.shown(),
            &reached.words(),
            usage,
            &row.who,
        ];
        linear_rows::row(model, ListKind::Contexts, "", &cells)
    });
    say_rows(
        model,
        rows.enumerate(),
        view.list.cursor.at(),
        view.list.visible().len(),
        lines,
    );
    if view.rows.value().is_some() && view.length() < 2 {
        lines.push(model.keyed("<n> connects to a Kestra; <T> practises on a rehearsal with sample data."));
    }
    if view.switching.is_some() {
        lines.push("Switching.".to_owned());
    }
}

pub(super) fn say_checks(view: &ChecksView, lines: &mut Vec<String>) {
    if !view.name.is_empty() {
        lines.push(view.title());
    }
    let mut said = Vec::new();
    say_page(&view.page(), usize::MAX, &mut said);
    if view.search.field.is_active() {
        say_found(&said, &view.search, lines);
        return;
    }
    lines.append(&mut said);
    if view.stopped && view.job.is_none() {
        lines.push("It was stopped before its end.".to_owned());
    }
    lines.extend(view.verdict().map(str::to_owned));
}
