//! The form that connects to a Kestra, and below it the steps of the way.

use ratatui::layout::Rect;

use crate::app::connect::{ConnectField, ConnectForm};
use crate::app::model::Model;

use super::super::canvas::Canvas;
use super::super::chrome::waiting;
use super::super::look::Meaning;
use super::{checks, inset};

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
    let inside = inset(canvas.frame(area, "Connect to a Kestra", &below));
    let mut y = inside.y;
    for (field, line) in form.fields() {
        if y >= inside.bottom() {
            return;
        }
        let focused = field == form.focused();
        let mark = if focused { ">" } else { " " };
        canvas.text(inside.x.saturating_sub(1), y, 1, Meaning::Text, mark);
        canvas.text(inside.x, y, LABEL, Meaning::Muted, field.label());
        let place = Rect {
            x: inside.x + LABEL,
            y,
            width: inside.width.saturating_sub(LABEL),
            height: 1,
        };
        canvas.edit_line(
            place,
            line.text(),
            line.before_cursor(),
            focused,
            field == ConnectField::Secret,
        );
        y += 1;
    }
    let (meaning, text) = match &form.error {
        Some(error) => (Meaning::Danger, format!("! {error}")),
        None => (Meaning::Muted, form.focused().hint().to_owned()),
    };
    if y < inside.bottom() {
        canvas.text(inside.x, y, inside.width, meaning, &text);
    }
    y += 2;
    if y < inside.bottom() {
        let rest = Rect {
            y,
            height: inside.bottom() - y,
            ..inside
        };
        checks::steps(&form.way, rest, canvas);
    }
}
