//! The columns of a list, over it: to order it by one of them, or to choose which are shown.

use ratatui::layout::Rect;

use crate::app::column_menu::ColumnMenu;
use crate::app::column_room::ticked_without_room;
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};
use crate::app::update::{column_rows_in_view, current_sort};

use super::canvas::{Canvas, width};
use super::look::Meaning;
use super::screens::lines_in_view;

/// What is said of a column that is ticked and not seen.
const NO_ROOM: &str = "  no room at this width";

/// Draws the menu.
pub fn draw(model: &Model, menu: &ColumnMenu, screen: Rect, canvas: &mut Canvas<'_>) {
    let in_view = menu.rows.len().min(column_rows_in_view(model.size));
    let rows = u16::try_from(in_view + 2).unwrap_or(u16::MAX).min(screen.height);
    let (title, below) = if menu.sorts {
        ("Order by", String::new())
    } else {
        ("Columns", model.keyed("<J> <K> move"))
    };
    // A narrow margin would only show stumps of what is underneath.
    let columns = if screen.width < 100 { screen.width } else { 48 };
    let area = canvas.over(screen, columns, rows);
    let top = menu.cursor.top();
    let title = match lines_in_view(top, menu.rows.len(), in_view) {
        Some(lines) => format!("{title}, {lines}"),
        None => title.to_owned(),
    };
    let inside = canvas.frame(area, &title, &below);
    let sort = current_sort(model);
    let without_room = ticked_without_room(model, menu);
    let is_hidden = |line: usize| (menu.rows.get(line)).is_some_and(|(at, _)| without_room.contains(at));
    for (y, line) in (inside.top()..inside.bottom()).zip(top..menu.rows.len()) {
        let Some(column) = menu.column(line) else { continue };
        let is_shown = menu.rows.get(line).is_some_and(|(_, shown)| *shown);
        let is_selected = line == menu.cursor.at();
        let place = Rect { y, height: 1, ..inside };
        canvas.hit(place, Hit::Row(steps(menu.cursor.at(), line)));
        canvas.text(inside.x, y, 1, Meaning::Text, if is_selected { ">" } else { " " });
        let mark = match (menu.sorts, is_shown) {
            (true, _) => "",
            (false, true) => "[x] ",
            (false, false) => "[ ] ",
        };
        let refusal = menu.refusal(line);
        let meaning = if refusal.is_some() {
            Meaning::Disabled
        } else {
            Meaning::Text
        };
        let order = match &sort {
            _ if refusal.is_some() => "  not of so many tenants",
            _ if !menu.sorts && is_hidden(line) => NO_ROOM,
            Some(sort) if menu.sorts && sort.column == column.name => {
                if sort.descending {
                    "  v  in effect"
                } else {
                    "  ^  in effect"
                }
            }
            _ => "",
        };
        let name = format!("{mark}{}", column.title);
        let columns = inside.width.saturating_sub(3);
        let order = match order {
            NO_ROOM if width(&name) + width(order) > usize::from(columns) => "  no room",
            order => order,
        };
        // Why not is read as well as what.
        let order_meaning = if refusal.is_some() || order.contains("no room") {
            Meaning::Muted
        } else {
            meaning
        };
        canvas.spans(inside.x + 2, y, columns, &[(meaning, &name), (order_meaning, order)]);
        if is_selected {
            canvas.paint_row(inside, y, Meaning::Selected);
            canvas.park(inside.x, y, false);
        }
    }
}
