//! The runs of migrations of this instance.

use ratatui::layout::Rect;

use crate::app::clock::minute;
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::run::list::RunsView;

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::super::table::{self, Rows};
use super::tenants::draw_filter;
use super::{filtered_out, inset, list_words, loading_list, paragraphs, problem_panel};

/// Draws the list.
pub fn draw(model: &Model, view: &RunsView, area: Rect, canvas: &mut Canvas<'_>) {
    let count = model.runs.value().map_or(0, Vec::len);
    let below = list_words(model, &view.list, count, "run", None);
    let inside = canvas.frame(area, "Runs", &below);
    draw_filter(&view.list.filter, area, &below, canvas);
    let Some(runs) = model.runs.value() else {
        if let Some(problem) = model.runs.problem() {
            problem_panel(inside, problem, canvas);
        } else if let Some(since) = model.runs.waiting_since() {
            loading_list(model, ListKind::Runs, inside, since, "runs", canvas);
        }
        return;
    };
    if runs.is_empty() {
        let lines = [(
            Meaning::Text,
            model.keyed_below("No runs yet. On the screen of tenants <m> leads to one."),
        )];
        paragraphs(inset(inside), &lines, canvas);
        return;
    }
    if view.list.visible().is_empty() {
        let lines = filtered_out(model, &view.list.filter, "Nothing", "");
        paragraphs(inset(inside), &lines, canvas);
        return;
    }
    let top = view.list.cursor.top();
    let visible = view.list.visible().iter().filter_map(|at| runs.get(*at));
    let cells = visible
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
                (state, run.state().to_owned()),
                (Meaning::Muted, run.place()),
                (Meaning::Text, run.step_name().to_owned()),
                (Meaning::Text, run.words.clone()),
                (Meaning::Muted, minute(&run.started_at)),
                (Meaning::Muted, run.by.clone()),
            ]
        })
        .collect();
    let rows = Rows {
        cells,
        selected: view.list.cursor.at().checked_sub(top),
    };
    let has_keys = !view.list.filter.editing && !is_covered(model);
    table::draw_list(
        model,
        ListKind::Runs,
        view.list.sort.as_ref(),
        inside,
        rows,
        has_keys,
        canvas,
    );
}
