//! The contexts: where each leads, and whether it can be reached.

use ratatui::layout::Rect;

use crate::app::contexts::{ContextsView, Reachability};
use crate::app::model::Model;
use crate::domain::count::counted;

use super::super::canvas::Canvas;
use super::super::chrome::{is_covered, waiting};
use super::super::linear::reach_words;
use super::super::look::Meaning;
use super::super::table::{self, Cell, Column, Rows};
use super::{inset, loading, paragraphs, problem_panel, stopped};

/// Draws the contexts.
pub fn draw(model: &Model, view: &ContextsView, area: Rect, canvas: &mut Canvas<'_>) {
    let switching = view.switching.and_then(|job| model.asked_at(job));
    let below = match switching.and_then(|since| waiting(model, since, "switching")) {
        Some(words) => words,
        None => counted(view.length() as u64, "context"),
    };
    let inside = canvas.frame(area, "Contexts", &below);
    let Some(rows) = view.rows.value() else {
        if let Some(problem) = view.rows.problem() {
            problem_panel(inside, problem, canvas);
        } else if let Some(since) = view.rows.waiting_since() {
            loading(model, inside, since, "the configuration", canvas);
        } else {
            stopped(inside, "the configuration", canvas);
        }
        return;
    };
    if rows.is_empty() {
        let lines = [
            "No context is configured; this is a local instance.",
            "",
            "To practise on a Kestra that is none:",
            "  kestra-admin rehearsal up",
            "To work on a Kestra of yours:",
            "  kestra-admin contexts add NAME --host URL --username USER --password-file FILE",
        ];
        let lines: Vec<_> = lines.iter().map(|line| (Meaning::Text, (*line).to_owned())).collect();
        paragraphs(inset(inside), &lines, canvas);
        return;
    }
    let top = view.cursor.top();
    let cells = rows
        .iter()
        .zip(&view.reached)
        .skip(top)
        .take(usize::from(inside.height.saturating_sub(1)))
        .map(|(row, reached)| {
            let is_present = row.name == model.session.context;
            let mark = match (is_present, row.is_default) {
                (true, true) => "in use, default",
                (true, false) => "in use",
                (false, true) => "default",
                (false, false) => "",
            };
            let name = if is_present { Meaning::Accent } else { Meaning::Text };
            vec![
                (name, row.name.clone()),
                (Meaning::Text, row.place.clone()),
                state(model, reached),
                (Meaning::Muted, mark.to_owned()),
                (Meaning::Text, row.changes.to_owned()),
                (Meaning::Text, row.who.clone()),
            ]
        })
        .collect();
    let columns = [
        Column::text("NAME", 1, 8, 30),
        Column::text("LEADS TO", 2, 22, 60),
        Column::text("ANSWERS", 1, 22, 60),
        Column::text("", 3, 7, 15),
        Column::text("CHANGES", 4, 9, 9),
        Column::text("AS", 5, 16, 40),
    ];
    let rows = Rows {
        cells,
        selected: view.cursor.at().checked_sub(top),
    };
    table::draw(inside, &columns, &rows, !is_covered(model), canvas);
}

fn state(model: &Model, reached: &Reachability) -> Cell {
    match reached {
        Reachability::Unknown => (Meaning::Muted, reach_words(reached)),
        Reachability::Asking(_, since) => (Meaning::Muted, waiting(model, *since, "asking").unwrap_or_default()),
        Reachability::Reached(..) => (Meaning::Ok, reach_words(reached)),
        Reachability::Failed(_) => (Meaning::Danger, format!("! {}", reach_words(reached))),
    }
}
