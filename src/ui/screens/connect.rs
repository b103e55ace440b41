//! The form that connects to a Kestra, and below it the steps of the way.

use ratatui::layout::Rect;

use crate::app::connect::ConnectForm;
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};

use super::super::canvas::Canvas;
use super::super::chrome::{is_covered, waiting};
use super::super::look::Meaning;
use super::form::{draw_editor, field_of, label_of};
use super::{inset, pages};

/// Columns of the labels.
const LABEL: u16 = 19;

/// Draws the form.
pub fn draw(model: &Model, form: &ConnectForm, area: Rect, canvas: &mut Canvas<'_>) {
    let below = match (form.way.job, form.way.verdict()) {
        (Some((_, since)), _) => waiting(model, since, "connecting").unwrap_or_default(),
        (None, Some(verdict)) => verdict.to_owned(),
        (None, None) if form.way.stopped => "stopped".to_owned(),
        (None, None) => String::new(),
    };
    let layout = form.layout(model.size);
    let more = pages::lines_in_view(layout.top, layout.way.len(), layout.rows);
    let stop = form
        .fields()
        .iter()
        .position(|(field, _)| *field == form.focused())
        .unwrap_or(0);
    let all = form.fields().len();
    let more = match more {
        Some(words) => Some(format!("{words}  PgDn PgUp")),
        None => (layout.fields.len() < all).then(|| field_of(stop, all)),
    };
    let parts = [below].into_iter().filter(|words| !words.is_empty()).chain(more);
    let below = parts.collect::<Vec<_>>().join("  ");
    let inside = inset(canvas.frame(area, "Connect to a Kestra", &below));
    let mut y = inside.y;
    let fields = form.fields().iter().enumerate();
    for (index, (field, editor)) in fields.skip(layout.fields.start).take(layout.fields.len()) {
        if y >= inside.bottom() {
            return;
        }
        let focused = *field == form.focused() && !is_covered(model);
        canvas.hit(Rect { y, height: 1, ..inside }, Hit::Field(steps(stop, index)));
        let mark = if focused { ">" } else { " " };
        canvas.text(inside.x.saturating_sub(1), y, 1, Meaning::Text, mark);
        canvas.text(inside.x, y, LABEL, label_of(focused), form.label(*field));
        let place = Rect {
            x: inside.x + LABEL,
            y,
            width: inside.width.saturating_sub(LABEL),
            height: 1,
        };
        draw_editor(editor, place, inside.bottom(), focused, canvas);
        y += 1;
    }
    let meaning = if form.error.is_some() {
        Meaning::Danger
    } else {
        Meaning::Muted
    };
    let rows = u16::try_from(layout.rows).unwrap_or(0).min(inside.height);
    let hint_rows = u16::try_from(layout.hint.len()).unwrap_or(u16::MAX);
    // Apart from the fields, where no way is shown and there is a row for it.
    if rows == 0 && y.saturating_add(hint_rows) < inside.bottom() {
        y += 1;
    }
    for line in &layout.hint {
        canvas.text(inside.x, y, inside.width, meaning, line);
        y += 1;
    }
    let (y, height) = (inside.bottom() - rows, rows);
    pages::draw(
        Rect { y, height, ..inside },
        &layout.way,
        layout.top,
        None,
        false,
        canvas,
    );
}
