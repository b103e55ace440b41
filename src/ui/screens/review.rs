//! The review of a form: exactly what will be sent, and the same in other tools' words.

use ratatui::layout::Rect;

use crate::app::model::Model;
use crate::app::tenant_form::ReviewLine;
use crate::app::update::review_lines;

use super::super::canvas::Canvas;
use super::super::chrome::{is_covered, waiting};
use super::super::look::Meaning;
use super::form::button_row;
use super::pages::in_view;

/// Draws the review.
pub fn draw(model: &Model, area: Rect, canvas: &mut Canvas<'_>) {
    let Some(review) = model.review() else { return };
    let lines = review_lines(model);
    let height = usize::from(area.height.saturating_sub(4)).max(1);
    let below = in_view(model, review.scroll, lines.len(), height, false).unwrap_or_default();
    let inside = canvas.frame(area, "Review before sending", &below);
    let text = Rect {
        height: inside
            .height
            .saturating_sub(2)
            .min(u16::try_from(lines.len()).unwrap_or(u16::MAX)),
        ..inside
    };
    for (y, line) in (text.top()..text.bottom()).zip(lines.iter().skip(review.scroll)) {
        let (meaning, indent, shown) = match line {
            ReviewLine::Heading(text) => (Meaning::Title, 1, text.clone()),
            ReviewLine::Text(text) => (Meaning::Text, 3, text.clone()),
            ReviewLine::Code(text) => (Meaning::Accent, 3, text.clone()),
            ReviewLine::Warning(text) => (Meaning::Attention, 1, text.clone()),
            ReviewLine::Blank => continue,
        };
        canvas.text(text.x + indent, y, text.width.saturating_sub(indent), meaning, &shown);
    }
    let buttons = Rect {
        y: (text.bottom() + 1).min(inside.bottom().saturating_sub(1)),
        height: 1,
        ..inside
    };
    if let Some(since) = model.review_sent() {
        let since = model.asked_at(since).unwrap_or(model.now);
        let word = waiting(model, since, "sending").unwrap_or_default();
        canvas.text(buttons.x + 2, buttons.y, buttons.width, Meaning::Attention, &word);
    } else {
        button_row(
            buttons,
            if review.send { 0 } else { -1 },
            &[("Send", review.send), ("Back", !review.send)],
            is_covered(model),
            canvas,
        );
    }
}
