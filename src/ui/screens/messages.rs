//! All messages of this session, newest first.

use ratatui::layout::Rect;

use crate::app::clock::time_of_day;
use crate::app::list_columns::ListKind;
use crate::app::messages::Level;
use crate::app::model::Model;
use crate::app::screen::MessagesView;

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::super::table::{self, Rows};
use super::tenants::draw_filter;
use super::{filtered_out, inset, paragraphs, rows_of_all};

/// Draws the messages.
pub fn draw(model: &Model, view: &MessagesView, area: Rect, canvas: &mut Canvas<'_>) {
    let messages = model.visible_messages();
    let all = model.messages.log.len();
    let height = model.size.list_rows();
    let mut parts = vec![rows_of_all(view.cursor.top(), messages.len(), height, all, "message")];
    parts.extend(view.sort.as_ref().map(table::sort_words));
    if let Some(error) = &view.filter.short {
        // What there is of rows is counted for the last one that could be read.
        parts = vec![error.clone()];
    }
    if view.filter.is_active() || view.filter.editing {
        parts.push("filter: ".to_owned());
    }
    let below = parts.join("  ");
    let inside = canvas.frame(area, "Messages", &below);
    draw_filter(&view.filter, area, &below, canvas);
    if messages.is_empty() {
        let lines = if view.filter.is_active() {
            filtered_out(model, &view.filter, "Nothing", "")
        } else {
            vec![(Meaning::Text, "Nothing to report.".to_owned())]
        };
        paragraphs(inset(inside), &lines, canvas);
        return;
    }
    let top = view.cursor.top();
    let cells = messages
        .iter()
        .skip(top)
        .take(usize::from(inside.height.saturating_sub(1)))
        .map(|message| {
            let meaning = match message.level {
                Level::Done => Meaning::Ok,
                Level::Warning => Meaning::Attention,
                Level::Error => Meaning::Danger,
            };
            vec![
                (Meaning::Muted, time_of_day(model.session.started_at + message.at)),
                (meaning, message.level.word().to_owned()),
                (Meaning::Text, message.line(model.session.started_at)),
                (Meaning::Muted, message.command.clone().unwrap_or_default()),
            ]
        })
        .collect();
    let rows = Rows {
        cells,
        selected: view.cursor.at().checked_sub(top),
    };
    let has_keys = !view.filter.editing && !is_covered(model);
    table::draw_list(
        model,
        ListKind::Messages,
        view.sort.as_ref(),
        inside,
        rows,
        has_keys,
        canvas,
    );
}
