//! The form that connects to a Kestra, and below it the steps of the way.

use ratatui::layout::Rect;

use crate::app::connect::ConnectForm;
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};

use super::super::canvas::Canvas;
use super::super::chrome::{is_covered, waiting};
use super::super::look::Meaning;
use super::form::draw_editor;
use super::{checks, inset, paragraphs};

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
    let stop = form
        .fields()
        .iter()
        .position(|(field, _)| *field == form.focused())
        .unwrap_or(0);
    for (index, (field, editor)) in form.fields().iter().enumerate() {
        if y >= inside.bottom() {
            return;
        }
        let focused = *field == form.focused();
        canvas.hit(Rect { y, height: 1, ..inside }, Hit::Field(steps(stop, index)));
        let mark = if focused { ">" } else { " " };
        canvas.text(inside.x.saturating_sub(1), y, 1, Meaning::Text, mark);
        canvas.text(inside.x, y, LABEL, Meaning::Muted, form.label(*field));
        let place = Rect {
            x: inside.x + LABEL,
            y,
            width: inside.width.saturating_sub(LABEL),
            height: 1,
        };
        draw_editor(editor, place, inside.bottom(), focused && !is_covered(model), canvas);
        y += 1;
    }
    let (meaning, text) = match &form.error {
        Some(error) => (Meaning::Danger, format!("! {error}")),
        None => (Meaning::Muted, form.hint().to_owned()),
    };
    let below = Rect {
        y,
        height: inside.bottom().saturating_sub(y),
        ..inside
    };
    y = paragraphs(below, &[(meaning, text)], canvas) + 1;
    if y < inside.bottom() {
        let rest = Rect {
            y,
            height: inside.bottom() - y,
            ..inside
        };
        checks::steps(&form.way, rest, canvas);
    }
}
