//! What the commands of a run wrote, where it fills the screen: a heading for each command, and below it its lines.

use ratatui::layout::Rect;

use crate::app::model::Model;
use crate::app::run::RunView;
use crate::app::run::output::{NOTHING, OutputRow, left_out};

use super::super::canvas::{Canvas, width};
use super::super::look::Meaning;
use super::super::overlays::found;
use super::pages;
use super::pages::lines_of;
use super::tenants::draw_filter;

/// Draws the page.
pub fn draw(model: &Model, view: &RunView, area: Rect, below: &str, canvas: &mut Canvas<'_>) {
    let size = model.size;
    let rows = size.text_lines();
    let (top, length) = view.output_in_view(rows);
    let below = match (length, view.output_top) {
        (0, _) => below.to_owned(),
        (_, None) if view.alive => format!("{below}; following"),
        (_, Some(_)) if view.alive => {
            let follows = model.keyed_below("<G> follows");
            format!("{below}  {}; {follows}", lines_of(top, length, rows))
        }
        _ => format!("{below}  {}", lines_of(top, length, rows)),
    };
    let search = &view.search;
    let lines = if search.field.is_active() {
        view.output.texts(view.alive, size.text_columns())
    } else {
        Vec::new()
    };
    let below = search.below(&model.keymap, &lines, below.trim().to_owned());
    let framed = canvas.frame(area, "Output", &below);
    let inside = Rect {
        x: framed.x + 1,
        width: framed.width.saturating_sub(2),
        ..framed
    };
    if length == 0 {
        canvas.text(
            inside.x,
            inside.y,
            inside.width,
            Meaning::Muted,
            "Nothing was written yet.",
        );
    }
    for (y, row) in (inside.top()..inside.bottom()).zip(view.output.rows_from(top)) {
        draw_row(view, row, Rect { y, height: 1, ..inside }, canvas);
    }
    if !search.field.editing {
        canvas.park(inside.x, inside.y, false);
    }
    found(search, &lines, top, framed, canvas);
    draw_filter(&search.field, area, &below, canvas);
}

fn draw_row(view: &RunView, row: OutputRow<'_>, place: Rect, canvas: &mut Canvas<'_>) {
    let Rect {
        x, y, width: columns, ..
    } = place;
    match row {
        OutputRow::Blank => {}
        OutputRow::Step(command) => {
            let (tone, ending) = command.ending(view.alive);
            let taken = u16::try_from(width(&ending)).unwrap_or(columns).min(columns);
            let step = command.ran.as_ref().map_or("", |(step, _)| step.id());
            canvas.text(x, y, columns.saturating_sub(taken + 1), Meaning::Title, step);
            canvas.text(place.right() - taken, y, taken, pages::meaning(tone), &ending);
        }
        OutputRow::Command(words) => {
            canvas.text(x, y, columns, Meaning::Accent, &words);
        }
        OutputRow::LeftOut(count) => {
            let text = format!("({})", left_out(count));
            canvas.text(x, y, columns, Meaning::Muted, &text);
        }
        OutputRow::Line(line) => {
            canvas.written(place, Meaning::Text, &[&line]);
        }
        OutputRow::Nothing => {
            canvas.text(x, y, columns, Meaning::Muted, NOTHING);
        }
    }
}
