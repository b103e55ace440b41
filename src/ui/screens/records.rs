//! Records about people, and of what was done.

use ratatui::layout::Rect;

use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::records::{RecordsKind, RecordsView};
use crate::domain::activity::ON_SCREEN;
use crate::domain::count::thousands;

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::super::table::{self, Rows};
use super::tenants::draw_filter;
use super::{
    age, age_between_looks, detailed, filtered_out, inset, loading_list, paragraphs, problem_panel, rows_of,
    rows_of_all, say_marks, stopped,
};

/// Draws the records.
pub fn draw(model: &Model, view: &RecordsView, area: Rect, canvas: &mut Canvas<'_>) {
    let is_unread = view.rows.value().is_none() && view.rows.problem().is_some();
    let area = detailed(model, ListKind::of_records(&view.kind), is_unread, area, canvas);
    let below = status(model, view);
    let inside = canvas.frame(area, &view.kind.title(), &below);
    draw_filter(&view.list.filter, area, &below, canvas);
    let Some(records) = view.rows.value() else {
        if let Some(problem) = view.rows.problem() {
            problem_panel(inside, problem, canvas);
        } else if let Some(since) = view.rows.waiting_since() {
            let (kind, what) = (ListKind::of_records(&view.kind), format!("{}s", view.kind.thing()));
            loading_list(model, kind, inside, since, &what, canvas);
        } else {
            stopped(model, inside, &format!("{}s", view.kind.thing()), canvas);
        }
        return;
    };
    if view.list.visible().is_empty() {
        let lines = if view.list.filter.is_active() {
            let among = if view.total > records.len() as u64 {
                let held = records.len() as u64;
                let [read, left] = [held, view.total - held].map(thousands);
                let further = match view.more {
                    Some(_) => String::new(),
                    None => model.keyed_below(&format!("; the other {left} were not looked at yet, <G> looks further")),
                };
                format!(" among the {read} that are read{further}")
            } else if is_cut(view) {
                let newest = thousands(records.len() as u64);
                format!(" among the newest {newest}; `kestra-admin activity list` looks at all")
            } else {
                String::new()
            };
            filtered_out(model, &view.list.filter, "Nothing", &among)
        } else {
            let text = view.kind.empty(model.messages.record_lacks.as_ref()).into_owned();
            vec![(Meaning::Text, text)]
        };
        paragraphs(inset(inside), &lines, canvas);
        return;
    }
    canvas.dim(view.rows.is_stale());
    let top = view.list.cursor.top();
    let height = usize::from(inside.height.saturating_sub(1));
    let in_view: Vec<_> = view
        .list
        .visible()
        .iter()
        .skip(top)
        .take(height)
        .filter_map(|at| records.get(*at))
        .collect();
    let cells = in_view
        .iter()
        .map(|record| {
            let meaning = if record.attention {
                Meaning::Attention
            } else {
                Meaning::Text
            };
            let cell = |text: &String| (meaning, text.clone());
            record.cells.iter().map(cell).collect()
        })
        .collect();
    let rows = Rows {
        cells,
        selected: view
            .list
            .cursor
            .at()
            .checked_sub(top)
            .filter(|_| !view.list.is_sought()),
    };
    let has_keys = !view.list.filter.editing && !is_covered(model);
    let kind = ListKind::of_records(&view.kind);
    table::draw_list(model, kind, view.list.sort.as_ref(), inside, rows, has_keys, canvas);
    for (y, record) in (inside.y + 1..inside.bottom()).zip(&in_view) {
        if view.list.marks().contains(&record.id) {
            canvas.mark(inside.x + 1, y);
        }
    }
    canvas.dim(false);
}

/// Whether there may be older changes of this program than those on screen.
fn is_cut(view: &RecordsView) -> bool {
    view.kind == RecordsKind::Activity && view.rows.value().is_some_and(|rows| rows.len() >= ON_SCREEN)
}

fn status(model: &Model, view: &RecordsView) -> String {
    let mut parts = Vec::new();
    if let Some(records) = view.rows.value() {
        let (top, visible, height) = (
            view.list.cursor.top(),
            view.list.visible().len(),
            model.size.list_rows(),
        );
        let (held, thing) = (records.len(), view.kind.thing());
        let is_search = view.is_searching();
        if view.total <= held as u64 {
            let newest = if is_cut(view) { ", the newest" } else { "" };
            parts.push(format!("{}{newest}", rows_of_all(top, visible, height, held, thing)));
        } else {
            // What a filter leaves is of those that are read.
            let [shown, read, all] = [visible as u64, held as u64, view.total].map(thousands);
            parts.push(if is_search || visible < held {
                format!("{} ({read} of {all} read)", rows_of(top, visible, height, shown))
            } else {
                rows_of(top, visible, height, format!("{read} read (of {all} {thing}s)"))
            });
        }
        if view.more.is_some() {
            parts.push(if is_search { "searching server" } else { "reading more" }.to_owned());
        }
    }
    parts.extend(view.list.sort.as_ref().map(table::sort_words));
    if let RecordsKind::Audit { query, username, .. } = &view.kind {
        let asked: Vec<String> = [
            query.text.clone(),
            username.clone(),
            Some(query.resources.join(" ")),
            query.action.clone(),
        ]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
        if !asked.is_empty() || query.from.is_some() || query.until.is_some() {
            let time = if query.from.is_some() || query.until.is_some() {
                ", in a time"
            } else {
                ""
            };
            parts.push(format!("asked for: {}{time}", asked.join(" ")));
        }
    }
    if let Some(error) = &view.list.filter.short {
        // What there is of rows is counted for the last one that could be read.
        parts = vec![error.clone()];
    }
    if view.rows.is_stale() {
        let age = view.rows.read_at().map_or_else(String::new, |at| age(model, at));
        parts.insert(0, format!("as of {age}, r reads again"));
    } else if !view.is_short()
        && let Some(age) = age_between_looks(model, view.rows.read_at())
    {
        parts.insert(parts.len().min(1), age);
    }
    say_marks(model, &mut parts);
    if view.list.filter.is_active() || view.list.filter.editing {
        parts.push("filter: ".to_owned());
    }
    parts.join("  ")
}
