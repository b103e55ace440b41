//! A run: its steps, how it stands, and what its commands write.

use ratatui::layout::Rect;

use crate::app::model::Model;
use crate::app::page_line::{PageLine, broken};
use crate::app::pointer::{Hit, steps};
use crate::app::run::{RunView, text};
use crate::domain::count::counted;
use crate::migration::state::{StepState, StepStatus};

use super::super::canvas::{Canvas, width};
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::super::overlays::found;
use super::tenants::draw_filter;
use super::{lines_in_view, output, pages, rows_of, waited_for};

/// Columns of the mark, the name and the word of a step.
const MARK: u16 = 4;
const NAME: u16 = 17;
const WORD: u16 = 8;
/// Columns of a time at least, so that what stands before it ends in one column.
const TIME: u16 = 4;
/// Columns below which a sentence is not begun: a stump of it says nothing.
const STUMP: u16 = 12;

/// Draws the run.
pub fn draw(model: &Model, view: &RunView, area: Rect, canvas: &mut Canvas<'_>) {
    let mut place = text::place(view);
    if let Some(state) = view.state.as_ref().filter(|_| !view.shows_output) {
        let (top, count) = (view.cursor.top(), state.steps.len());
        let rows = model.size.step_rows(count);
        if view.is_dry {
            place = rows_of(top, count, rows, place);
        } else if let Some(lines) = lines_in_view(top, count, rows) {
            place = format!("{place}  {lines}");
        }
    }
    let below = if view.is_dry || view.run.is_empty() {
        place
    } else {
        format!("run {}  {place}", view.run)
    };
    if view.shows_output {
        output::draw(model, view, area, &below, canvas);
        return;
    }
    let search = &view.search;
    let said = if search.field.is_active() {
        text::steps(view)
    } else {
        Vec::new()
    };
    let below = search.below(&model.keymap, &said, below.trim_end().to_owned());
    let title = text::title(view);
    // What it leads to is known; for which instance it is must not be cut.
    let is_whole = width(&title) + 6 <= usize::from(area.width);
    let short = title.strip_suffix(" to multi-tenancy").filter(|_| !is_whole);
    let inside = canvas.frame(area, short.unwrap_or(&title), &below);
    let Some(state) = &view.state else {
        let lines = broken(&text::standing(model, view), model.size.page().0);
        pages::draw(inside, &lines, 0, None, !is_covered(model), canvas);
        if !view.is_read {
            // Nothing is asked that could be cancelled: it is looked at until it is left.
            waited_for(
                model,
                inside,
                view.heard_at,
                "its journal",
                "<esc> leaves; the run goes on",
                canvas,
            );
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
        let line = Rect { y, height: 1, ..inside };
        draw_step(model, view, step, line, canvas);
        canvas.hit(line, Hit::Row(steps(view.cursor.at(), index)));
        if index == view.cursor.at() && !is_covered(model) {
            canvas.text(inside.x, y, 1, Meaning::Text, ">");
            canvas.paint_row(inside, y, Meaning::Selected);
            if !search.field.editing {
                canvas.park(inside.x, y, false);
            }
        }
    }
    let taken = u16::try_from(rows.min(state.steps.len())).unwrap_or(0);
    let listed = Rect {
        height: taken,
        ..inside
    };
    found(search, &said, top, listed, canvas);
    draw_filter(&search.field, area, &below, canvas);
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
    let is_halted = text::is_halted(view, step);
    let status = if is_halted {
        StepStatus::Halted
    } else {
        text::status(view, step)
    };
    let meaning = pages::meaning(text::tone(status));
    let mut x = row.x + 1;
    canvas.text(x, row.y, MARK, meaning, text::mark(status));
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
    let room = room(view, row.width, columns);
    if room >= STUMP {
        canvas.text(x, row.y, room, Meaning::Text, &text::words(view, step));
    }
}

/// Columns for the words of a step in a row of so many, beside a time of so many, which a dry run has none of.
fn room(view: &RunView, row: u16, time: u16) -> u16 {
    let time = if view.is_dry { 0 } else { time.max(TIME) + 1 };
    row.saturating_sub(1 + MARK + NAME + WORD + 1 + time + 1)
}

/// What is to be said of the selected step, a line each, and its name, if not all of it stands in its row.
fn selected(model: &Model, view: &RunView, columns: u16) -> Option<(&'static str, Vec<String>)> {
    let step = view.state.as_ref()?.steps.get(view.cursor.at())?;
    let words = text::words(view, step);
    let elapsed = text::elapsed(model, view, step).unwrap_or_default();
    let room = room(view, columns, u16::try_from(width(&elapsed)).unwrap_or(0));
    let all = text::all_words(view, step);
    let is_cut = room < STUMP || width(&words) > usize::from(room) || all.len() > 1;
    (is_cut && !words.is_empty()).then(|| (step.step.id(), all))
}

/// Draws what does not fit into the row of the selected step, unless how the run stands says it already, and returns the
/// rows that it takes.
fn detail(model: &Model, view: &RunView, said: &[PageLine], area: Rect, canvas: &mut Canvas<'_>) -> u16 {
    // The row reaches one column further on both sides.
    let Some((name, words)) = selected(model, view, area.width + 2) else {
        return 0;
    };
    let repeats =
        |line: &PageLine| matches!(line, PageLine::Text(_, _, text) if words.iter().all(|words| text.contains(words)));
    if said.iter().any(repeats) || area.height == 0 {
        return 0;
    }
    let name = format!("{name}:");
    let mut said = vec![PageLine::plain(format!(
        "{name} {}",
        words.first().map_or("", String::as_str)
    ))];
    said.extend(words.into_iter().skip(1).map(PageLine::plain));
    let lines = broken(&said, usize::from(area.width));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    // A single row of several would say little more than the name.
    if rows < 2 && lines.len() > 1 {
        return 0;
    }
    let place = Rect { height: rows, ..area };
    pages::draw(place, &lines, 0, None, false, canvas);
    canvas.text(place.x, place.y, place.width, Meaning::Title, &name);
    if let Some(more @ 1..) = lines.len().checked_sub(usize::from(rows)) {
        // One more gives way to what says so.
        let more = counted(more as u64 + 1, "line");
        let more = model.keyed_below(&format!("... {more} more, <enter> shows all"));
        say_instead(place, &more, canvas);
    }
    rows
}

/// Says in the last line of a place, instead of what stands there, that there is more.
fn say_instead(place: Rect, more: &str, canvas: &mut Canvas<'_>) {
    let y = place.bottom() - 1;
    canvas.fill(Rect { y, height: 1, ..place }, Meaning::Text);
    canvas.text(place.x, y, place.width, Meaning::Muted, more);
}

/// What does not fit into the row of the selected step, how it stands, and below that the last lines that commands wrote: its
/// own, or those of another step under its name.
fn lower(model: &Model, view: &RunView, area: Rect, canvas: &mut Canvas<'_>) {
    let said = text::standing(model, view);
    let lines = broken(&said, usize::from(area.width));
    let room = area
        .height
        .saturating_sub(u16::try_from(lines.len()).unwrap_or(u16::MAX));
    let taken = detail(model, view, &said, Rect { height: room, ..area }, canvas);
    let area = Rect {
        y: area.y + taken,
        height: area.height - taken,
        ..area
    };
    let standing = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    let place = Rect {
        height: standing,
        ..area
    };
    pages::draw(place, &lines, 0, None, false, canvas);
    if lines.len() > usize::from(standing) && standing > 1 {
        say_instead(place, &model.keyed_below("... <R> and <enter> show all of it"), canvas);
    }
    let rest = Rect {
        y: area.y + standing,
        height: area.height - standing,
        ..area
    };
    let steps = view.state.iter().flat_map(|state| &state.steps);
    let selected = steps.map(|step| step.step).nth(view.cursor.at());
    let (whose, mut lines) = view.output.last(selected, usize::from(rest.height));
    let other = whose.filter(|whose| Some(*whose) != selected && !lines.is_empty());
    let mut x = rest.x;
    let mut top = rest.y;
    if let Some(step) = other {
        let words = if rest.height > 1 { " wrote:" } else { " " };
        x = canvas.text(x, top, rest.width, Meaning::Muted, &format!("{}{words}", step.id()));
        if rest.height > 1 {
            (x, top) = (rest.x, top + 1);
            lines.drain(..lines.len().saturating_sub(usize::from(rest.height) - 1));
        }
    }
    let place = Rect::new(
        x,
        top,
        rest.right().saturating_sub(x),
        rest.bottom().saturating_sub(top),
    );
    canvas.written(place, Meaning::Muted, &lines);
}
