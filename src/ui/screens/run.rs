//! A run: its steps, how it stands, and what its commands write.

use ratatui::layout::Rect;

use crate::app::model::Model;
use crate::app::page_line::broken;
use crate::app::run::{RunView, text};
use crate::migration::state::{StepState, StepStatus};

use super::super::canvas::{Canvas, width};
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::{loading, pages};

/// Columns of the mark, the name and the word of a step.
const MARK: u16 = 4;
const NAME: u16 = 16;
const WORD: u16 = 8;

/// Draws the run.
pub fn draw(model: &Model, view: &RunView, area: Rect, canvas: &mut Canvas<'_>) {
    let place = text::place(view);
    let below = if view.is_dry || view.run.is_empty() {
        place
    } else {
        format!("run {}  {place}", view.run)
    };
    if view.shows_output {
        output_alone(view, area, &below, canvas);
        return;
    }
    let inside = canvas.frame(area, &text::title(view), below.trim_end());
    let Some(state) = &view.state else {
        let lines = broken(&text::standing(model, view), model.size.page().0);
        pages::draw(inside, &lines, 0, None, !is_covered(model), canvas);
        if !view.is_read {
            loading(model, inside, view.heard_at, "its journal", canvas);
        }
        return;
    };
    let rows = model.size.step_rows(state.steps.len());
    let top = view.cursor.top();
    for (index, step) in state.steps.iter().enumerate().skip(top).take(rows) {
        let y = inside.y + u16::try_from(index - top).unwrap_or(0);
        if y >= inside.bottom() {
            break;
        }
        draw_step(model, view, step, Rect { y, height: 1, ..inside }, canvas);
        if index == view.cursor.at() {
            canvas.text(inside.x, y, 1, Meaning::Text, ">");
            canvas.paint_row(inside, y, Meaning::Selected);
            if !is_covered(model) {
                canvas.park(inside.x, y, false);
            }
        }
    }
    let taken = u16::try_from(rows.min(state.steps.len())).unwrap_or(0);
    let rule = Rect {
        y: inside.y + taken,
        height: 1,
        ..inside
    };
    if rule.y >= inside.bottom() {
        return;
    }
    canvas.rule(rule);
    let rest = Rect {
        x: inside.x + 1,
        y: rule.y + 1,
        width: inside.width.saturating_sub(2),
        height: inside.bottom().saturating_sub(rule.y + 1),
    };
    lower(model, view, rest, canvas);
}

fn draw_step(model: &Model, view: &RunView, step: &StepState, row: Rect, canvas: &mut Canvas<'_>) {
    let status = text::status(view, step);
    let meaning = pages::meaning(text::tone(status));
    let mut x = row.x + 1;
    let is_halted = text::is_halted(view, step);
    let (meaning, mark) = if is_halted {
        (Meaning::Attention, "[=]")
    } else {
        (meaning, text::mark(status))
    };
    canvas.text(x, row.y, MARK, meaning, mark);
    x += MARK;
    let is_undoing = text::undo(view, step) == Some(text::Undo::Now);
    let name = if (status == StepStatus::Running || is_undoing) && !is_halted {
        Meaning::Title
    } else {
        Meaning::Text
    };
    canvas.text(x, row.y, NAME, name, step.step.id());
    x += NAME;
    canvas.text(x, row.y, WORD, meaning, text::status_word(view, step));
    x += WORD + 1;
    let elapsed = text::elapsed(model, view, step).unwrap_or_default();
    let columns = u16::try_from(width(&elapsed)).unwrap_or(0);
    let edge = row.right().saturating_sub(columns + 1);
    canvas.text(edge, row.y, columns, Meaning::Muted, &elapsed);
    // A stump of a sentence says nothing.
    let room = edge.saturating_sub(x + 1);
    if room >= 12 {
        canvas.text(x, row.y, room, Meaning::Text, &text::words(view, step));
    }
}

/// How it stands, and below that the last lines that its commands wrote.
fn lower(model: &Model, view: &RunView, area: Rect, canvas: &mut Canvas<'_>) {
    let lines = broken(&text::standing(model, view), usize::from(area.width));
    let standing = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    let place = Rect {
        height: standing,
        ..area
    };
    pages::draw(place, &lines, 0, None, false, canvas);
    if lines.len() > usize::from(standing) && standing > 1 {
        let y = place.bottom() - 1;
        canvas.fill(Rect { y, height: 1, ..place }, Meaning::Text);
        canvas.text(
            place.x,
            y,
            place.width,
            Meaning::Muted,
            "... R and Enter show all of it",
        );
    }
    let rest = Rect {
        y: area.y + standing,
        height: area.height - standing,
        ..area
    };
    let skip = view.output.len().saturating_sub(usize::from(rest.height));
    for (y, line) in (rest.top()..rest.bottom()).zip(view.output.iter().skip(skip)) {
        canvas.spans(
            rest.x,
            y,
            rest.width,
            &[(Meaning::Border, "| "), (Meaning::Muted, line)],
        );
    }
}

fn output_alone(view: &RunView, area: Rect, below: &str, canvas: &mut Canvas<'_>) {
    let rows = usize::from(area.height.saturating_sub(2)).max(1);
    let end = view.output.len().saturating_sub(rows);
    let top = view.output_top.unwrap_or(end).min(end);
    let below = match (view.output.is_empty(), view.output_top) {
        (true, _) => below.to_owned(),
        (false, None) => format!("{below}  its end, as it is written"),
        (false, Some(_)) => {
            let last = (top + rows).min(view.output.len());
            format!("{below}  lines {}-{last} of {}; G follows", top + 1, view.output.len())
        }
    };
    let inside = canvas.frame(area, "Output; o goes back to the steps", below.trim());
    if view.output.is_empty() {
        canvas.text(
            inside.x + 1,
            inside.y,
            inside.width.saturating_sub(2),
            Meaning::Muted,
            "Nothing was written yet.",
        );
    }
    for (y, line) in (inside.top()..inside.bottom()).zip(view.output.iter().skip(top)) {
        canvas.text(inside.x + 1, y, inside.width.saturating_sub(2), Meaning::Text, line);
    }
    canvas.park(inside.x + 1, inside.y, false);
}
