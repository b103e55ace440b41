//! The contexts: where each leads, and whether it can be reached.

use ratatui::layout::Rect;

use crate::app::column_room::columns_with_room;
use crate::app::contexts::{ContextRow, ContextsView, Reachability};
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::domain::count::counted;

use super::super::canvas::Canvas;
use super::super::chrome::{is_covered, waiting};
use super::super::look::Meaning;
use super::super::table::{self, Cell, Rows};
use super::tenants::draw_filter;
use super::{filtered_out, inset, list_words, loading_list, paragraphs, problem_panel, stopped};

/// Draws the contexts.
pub fn draw(model: &Model, view: &ContextsView, area: Rect, canvas: &mut Canvas<'_>) {
    let switching = view.switching.and_then(|job| model.asked_at(job));
    let below = match switching.and_then(|since| waiting(model, since, "switching")) {
        Some(words) => words,
        None => {
            let is_listed = view.visible().iter().any(|(row, _)| is_in_use(model, row));
            let legend = is_listed.then_some("* in use");
            let words = list_words(model, &view.list, view.length(), "context", legend);
            let asked = view.asked();
            let checking = || format!("checking {}", counted(asked.len() as u64, "server"));
            let since = asked.iter().min().copied();
            match since.and_then(|since| waiting(model, since, &checking())) {
                // A filter stands last, where it can be typed at.
                Some(checking) => format!("{checking}  {words}"),
                None => words,
            }
        }
    };
    let inside = canvas.frame(area, "Contexts", &below);
    draw_filter(&view.list.filter, area, &below, canvas);
    let Some(rows) = view.rows.value() else {
        if let Some(problem) = view.rows.problem() {
            problem_panel(inside, problem, canvas);
        } else if let Some(since) = view.rows.waiting_since() {
            loading_list(model, ListKind::Contexts, inside, since, "the configuration", canvas);
        } else {
            stopped(model, inside, "the configuration", canvas);
        }
        return;
    };
    if rows.is_empty() {
        hint(inset(inside), canvas);
        return;
    }
    if view.list.visible().is_empty() {
        let lines = filtered_out(model, &view.list.filter, "Nothing", "");
        paragraphs(inset(inside), &lines, canvas);
        return;
    }
    let top = view.list.cursor.top();
    let in_view: Vec<_> = view
        .visible()
        .into_iter()
        .skip(top)
        .take(usize::from(inside.height.saturating_sub(1)))
        .collect();
    let cells = in_view
        .iter()
        .map(|(row, reached)| {
            let is_present = is_in_use(model, row);
            let name = if is_present { Meaning::Accent } else { Meaning::Text };
            vec![
                (name, row.tagged().into_owned()),
                (Meaning::Text, row.changes_now(&model.session).to_owned()),
                (Meaning::Text, row.leads.shown().into_owned()),
                state(model, reached),
                (Meaning::Muted, row.usage(model.session.listed()).to_owned()),
                (Meaning::Text, row.who.clone()),
            ]
        })
        .collect();
    let rows = Rows {
        cells,
        selected: view.list.cursor.at().checked_sub(top),
    };
    let has_keys = !view.list.filter.editing && !is_covered(model);
    let sort = view.list.sort.as_ref();
    let first = table::draw_list(model, ListKind::Contexts, sort, inside, rows, has_keys, canvas);
    // The column that says so has no room on a small screen.
    let names_first = columns_with_room(model, ListKind::Contexts, inside.width).first() == Some(&0);
    for (at, (y, (row, _))) in (inside.y + 1..inside.bottom()).zip(&in_view).enumerate() {
        if is_in_use(model, row) {
            canvas.mark(inside.x + 1, y);
        }
        // The selected row has the look of that, and the colour as a word.
        if names_first && !row.color.is_empty() && Some(at) != view.list.cursor.at().checked_sub(top) {
            canvas.tag(inside.x + 2, y, first, Some(row.color));
        }
    }
    // Whoever has next to nothing to choose from wants more.
    let taken = u16::try_from(view.length() + 2).unwrap_or(u16::MAX);
    if view.length() < 2 && taken < inside.height {
        let below = Rect {
            x: inside.x + 2,
            y: inside.y + taken,
            width: inside.width.saturating_sub(4),
            height: inside.height - taken,
        };
        hint(below, canvas);
    }
}

/// Whether it is the context that is worked on.
fn is_in_use(model: &Model, row: &ContextRow) -> bool {
    row.name == model.session.listed()
}

/// How to get a context.
fn hint(area: Rect, canvas: &mut Canvas<'_>) {
    let lines = [
        "n connects to a Kestra, and keeps it as a context.",
        "T practises on a rehearsal: a Kestra of sample data on this machine.",
        "In a script: kestra-admin contexts add, kestra-admin rehearsal up.",
    ];
    paragraphs(area, &lines.map(|line| (Meaning::Muted, line.to_owned())), canvas);
}

fn state(model: &Model, reached: &Reachability) -> Cell {
    match reached {
        Reachability::Unknown | Reachability::NotMade => (Meaning::Muted, reached.words()),
        Reachability::Asking(_, since) => {
            let waited = waiting(model, *since, "asking");
            (Meaning::Muted, waited.unwrap_or_else(|| reached.words()))
        }
        Reachability::Reached(..) => (Meaning::Ok, reached.words()),
        Reachability::Failed(_) => (Meaning::Danger, format!("! {}", reached.words())),
        Reachability::AskingAgain(..) => (
            Meaning::Danger,
            format!("! {}, asking again", reached.words().trim_end_matches('.')),
        ),
    }
}
