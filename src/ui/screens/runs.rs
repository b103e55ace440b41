//! The runs of migrations of this instance.

use ratatui::layout::Rect;

use crate::app::clock::minute;
use crate::app::model::Model;
use crate::app::run::list::{RunsView, place, word};
use crate::domain::count::counted;

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::super::table::{self, Column, Rows};
use super::{inset, loading, paragraphs, problem_panel};

/// Draws the list.
pub fn draw(model: &Model, view: &RunsView, area: Rect, canvas: &mut Canvas<'_>) {
    let count = model.runs.value().map_or(0, Vec::len);
    let inside = canvas.frame(area, "Runs", &counted(count as u64, "run"));
    let Some(runs) = model.runs.value() else {
        if let Some(problem) = model.runs.problem() {
            problem_panel(inside, problem, canvas);
        } else if let Some(since) = model.runs.waiting_since() {
            loading(model, inside, since, "runs", canvas);
        }
        return;
    };
    if runs.is_empty() {
        let lines = [(
            Meaning::Text,
            "No runs yet. On the screen of tenants m leads to one.".to_owned(),
        )];
        paragraphs(inset(inside), &lines, canvas);
        return;
    }
    let top = view.cursor.top();
    let cells = runs
        .iter()
        .skip(top)
        .take(usize::from(inside.height.saturating_sub(1)))
        .map(|run| {
            let state = match (run.alive, run.finished) {
                (true, _) => Meaning::Accent,
                (false, true) => Meaning::Ok,
                (false, false) => Meaning::Attention,
            };
            vec![
                (Meaning::Text, run.id.clone()),
                (state, word(run).to_owned()),
                (Meaning::Muted, place(run)),
                (
                    Meaning::Text,
                    run.step.map_or_else(String::new, |step| step.id().to_owned()),
                ),
                (Meaning::Text, run.words.clone()),
                (Meaning::Muted, minute(&run.started_at)),
                (Meaning::Muted, run.by.clone()),
            ]
        })
        .collect();
    let columns = [
        Column::text("RUN", 1, 6, 12),
        Column::text("STATE", 1, 7, 7),
        Column::text("STEP", 2, 8, 8),
        Column::text("", 5, 10, 16),
        Column::text("WHERE IT IS", 2, 24, 80),
        Column::text("STARTED", 3, 16, 16),
        Column::text("BY", 4, 12, 30),
    ];
    let rows = Rows {
        cells,
        selected: view.cursor.at().checked_sub(top),
    };
    table::draw(inside, &columns, &rows, !is_covered(model), canvas);
}
