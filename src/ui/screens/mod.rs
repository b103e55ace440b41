//! One file for each screen.

pub mod access;
pub mod checks;
pub mod comparison;
pub mod connect;
pub mod contexts;
pub mod form;
mod grid;
pub mod messages;
mod output;
mod pages;
pub mod records;
pub mod review;
pub mod role;
pub mod role_editor;
pub mod rollback;
pub mod run;
pub mod runs;
pub mod tenant;
pub mod tenants;
pub mod welcome;
pub mod wizard;

pub use pages::{lines_in_view, meaning, rows_of, rows_of_all, span};
use ratatui::layout::Rect;

use crate::app::command::Scope;
use crate::app::detail::detail;
use crate::app::effect::LONG;
use crate::app::effect::Millis;
use crate::app::filter_edit::FilterEdit;
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::overview::{OverviewLine, broken};
use crate::app::tab_list::TabList;
use crate::app::wrap::wrap;
use crate::domain::count::{counted, thousands};
use crate::domain::problem::Problem;
use crate::domain::text::{small, visible_lines};

use super::canvas::Canvas;
use super::chrome::is_covered;
use super::look::Meaning;
use super::table::{self, Rows};

/// Writes paragraphs into a place, wrapped, and returns the line after the last.
pub fn paragraphs(area: Rect, lines: &[(Meaning, String)], canvas: &mut Canvas<'_>) -> u16 {
    let columns = usize::from(area.width.max(1));
    let broken = |(meaning, text): &(Meaning, String)| {
        let lines = wrap(&visible_lines(text), columns).into_iter();
        let meaning = *meaning;
        lines.map(move |line| (meaning, line))
    };
    let lines: Vec<(Meaning, String)> = lines.iter().flat_map(broken).collect();
    as_many(area, &lines, canvas)
}

/// Writes as many lines into a place as it has, and returns the one after the last. Where there are more, a sign says so.
fn as_many(area: Rect, lines: &[(Meaning, String)], canvas: &mut Canvas<'_>) -> u16 {
    let height = usize::from(area.height);
    let is_cut = lines.iter().skip(height).any(|(_, line)| !line.trim().is_empty());
    for ((y, (meaning, line)), left) in (area.top()..).zip(lines).zip((0..height).rev()) {
        if left == 0 && is_cut {
            let line = format!("{line} {}", canvas.look.glyphs.ellipsis);
            canvas.text(area.x, y, area.width, *meaning, &line);
        } else {
            canvas.text(area.x, y, area.width, *meaning, line);
        }
    }
    area.y + u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height)
}

/// What the lower border of a list says: how many rows, what a sign in them means, in which order, under which filter.
fn list_words(model: &Model, list: &TabList, all: usize, thing: &str, legend: Option<&str>) -> String {
    let (top, visible) = (list.cursor.top(), list.visible().len());
    let mut parts = vec![rows_of_all(top, visible, model.size.list_rows(), all, thing)];
    parts.extend(legend.map(str::to_owned));
    parts.extend(list.sort.as_ref().map(table::sort_words));
    if let Some(error) = &list.filter.short {
        // What there is of rows is counted for the last one that could be read.
        parts = vec![error.clone()];
    }
    if list.filter.is_active() || list.filter.editing {
        parts.push("filter: ".to_owned());
    }
    parts.join("  ")
}

/// Says before anything else how many rows are marked, so that nothing pushes it out, and how many of them a filter hides. The
/// filter itself, whose text comes after all, is no part yet.
fn say_marks(model: &Model, parts: &mut Vec<String>) {
    if let Some(marks) = marks_words(model) {
        // Rows that come and go would change what the marks are about.
        if model.session.refresh_seconds > 0 {
            parts.insert(parts.len().min(1), "refresh paused".to_owned());
        }
        parts.insert(0, marks);
    }
}

/// How many rows are marked, if any are, and how many of them a filter hides.
pub(super) fn marks_words(model: &Model) -> Option<String> {
    let (marked, hidden) = model.marked();
    let hidden = match hidden {
        0 => String::new(),
        hidden => format!(", {} hidden", thousands(hidden as u64)),
    };
    (marked > 0).then(|| format!("{} marked{hidden}", thousands(marked as u64)))
}

/// The inside of a place with a margin, where there is room for one.
fn inset(area: Rect) -> Rect {
    let margin = u16::from(area.width > 50);
    let top = u16::from(area.height > 10);
    Rect {
        x: area.x + 1 + margin,
        y: area.y + top,
        width: area.width.saturating_sub(2 + 2 * margin),
        height: area.height.saturating_sub(top),
    }
}

/// The place of a list, and where there is room for both, that of what belongs beside it.
fn beside(model: &Model, area: Rect) -> (Rect, Option<Rect>) {
    if !model.size.is_wide() {
        return (area, None);
    }
    let left = Rect {
        width: model.size.left().width,
        ..area
    };
    let right = Rect {
        x: left.right(),
        width: area.width - left.width,
        ..area
    };
    (left, Some(right))
}

/// Draws what the selected row of a list cannot show beside the list, where there is room, and returns the place that is
/// left for the list. Where every column is shown, what is beside them would only take their room. Of a list that `is_unread`,
/// because that failed, nothing is selected.
fn detailed(model: &Model, kind: ListKind, is_unread: bool, area: Rect, canvas: &mut Canvas<'_>) -> Rect {
    let (left, right) = beside(model, area);
    let Some(right) = right.filter(|_| !model.columns.is_wide(kind)) else {
        return area;
    };
    let (marked, _) = model.marked();
    if marked > 0 && model.overlays.last().is_some_and(Overlay::asks_about_change) {
        // It is about those, and not about the row that the cursor was on.
        let inside = inset(canvas.frame(right, "Marked", ""));
        let text = format!("{} marked", thousands(marked as u64));
        paragraphs(inside, &[(Meaning::Muted, text)], canvas);
        return left;
    }
    let Some(detail) = detail(model) else {
        let below = if is_unread { "<r> tries again" } else { "" };
        let inside = canvas.frame(right, "Selected", &model.keyed_below(below));
        let text = if is_unread {
            "Nothing is selected, for nothing could be read."
        } else {
            "Nothing is selected."
        };
        paragraphs(inset(inside), &[(Meaning::Muted, text.to_owned())], canvas);
        return left;
    };
    // Under something else, while a filter is typed or a sequence of keys goes on, the key goes there.
    let has_keys = !is_covered(model) && model.pending.is_empty() && model.scopes().first() != Some(&Scope::Filter);
    let below = if has_keys { "<enter> opens it" } else { "" };
    let place = inset(canvas.frame(right, "Selected", &model.keyed_below(below)));
    canvas.text(place.x, place.y, place.width, Meaning::Title, &detail.title);
    let rest = Rect {
        y: place.y + 2,
        height: place.height.saturating_sub(2),
        ..place
    };
    let room = usize::from(rest.height);
    let columns = usize::from(rest.width);
    // Somebody's name and what they are in a word stand in one line where there is room.
    let (mut lines, label) = broken(detail.lines, (columns, LABEL.max(columns * 3 / 5)));
    if lines.len() > room {
        let hidden = lines.len() + 1 - room;
        lines.truncate(room.saturating_sub(1));
        let y = rest.bottom().saturating_sub(1);
        let text = format!("... and {}", counted(hidden as u64, "more line"));
        canvas.text(rest.x, y, rest.width, Meaning::Muted, &text);
    }
    overview_lines(rest, label, lines.iter(), canvas);
    left
}

/// Columns of the labels beside a list, at most, unless there is more room.
const LABEL: usize = 26;

/// Draws lines into a place, whose labels have so many columns.
fn overview_lines<'l>(
    place: Rect,
    label: usize,
    lines: impl Iterator<Item = &'l OverviewLine>,
    canvas: &mut Canvas<'_>,
) {
    let label = u16::try_from(label).unwrap_or(place.width);
    for (y, line) in (place.top()..place.bottom()).zip(lines) {
        match line {
            OverviewLine::Heading(text) => {
                canvas.text(place.x, y, place.width, Meaning::Title, text);
            }
            OverviewLine::Field(name, value) => {
                let columns = if value.is_empty() { place.width } else { label };
                canvas.text(place.x, y, columns, Meaning::Muted, name);
                canvas.text(
                    place.x + label,
                    y,
                    place.width.saturating_sub(label),
                    Meaning::Text,
                    value,
                );
            }
            OverviewLine::Warning(text) => {
                canvas.text(place.x, y, place.width, Meaning::Attention, text);
            }
            OverviewLine::Done(text) => {
                canvas.text(place.x, y, place.width, Meaning::Ok, text);
            }
            OverviewLine::Blank => {}
        }
    }
}

/// What stands where rows would stand, had the filter left any: `nothing`, such as `No tenant`, `among` those that are read.
fn filtered_out(model: &Model, filter: &FilterEdit, nothing: &str, among: &str) -> Vec<(Meaning, String)> {
    let clears = model.keyed_below(model.filter_ends());
    let Some(unreadable) = filter.unreadable() else {
        let text = format!("{nothing} matches {}{among}. {clears}", filter.said());
        return vec![(Meaning::Text, text)];
    };
    let nothing = small(nothing);
    let last = format!("The last one that could be read matches {nothing}{among}. {clears}");
    vec![
        (Meaning::Attention, format!("{unreadable}.")),
        (Meaning::Text, String::new()),
        (Meaning::Text, last),
    ]
}

/// A problem that stands where rows would stand.
fn problem_panel(area: Rect, problem: &Problem, canvas: &mut Canvas<'_>) {
    let area = inset(area);
    let mut lines = vec![
        (Meaning::Danger, format!("! {}", problem.what)),
        (Meaning::Text, String::new()),
        (Meaning::Text, problem.why.clone()),
        (Meaning::Text, String::new()),
        (Meaning::Text, problem.next.clone()),
        (Meaning::Text, String::new()),
        (Meaning::Muted, "r tries again  c other context  ! details".to_owned()),
    ];
    let height = |lines: &[(Meaning, String)]| -> usize {
        let rows = |text: &String| wrap(&visible_lines(text), usize::from(area.width.max(1))).len();
        lines.iter().map(|(_, text)| rows(text)).sum()
    };
    if height(&lines) > usize::from(area.height) {
        lines.retain(|(_, text)| !text.is_empty());
    }
    // What to do is worth more than why, which the details say.
    if height(&lines) > usize::from(area.height) {
        lines.remove(1);
    }
    paragraphs(area, &lines, canvas);
}

/// What stands where rows would stand, had the operator not stopped the reading.
fn stopped(model: &Model, area: Rect, what: &str, canvas: &mut Canvas<'_>) {
    let text = format!("Reading {what} was stopped. {}", model.keyed_below("<r> reads again."));
    paragraphs(inset(area), &[(Meaning::Attention, text)], canvas);
}

/// What stands where rows will stand: nothing at first, then a word.
fn loading(model: &Model, area: Rect, since: u64, what: &str, canvas: &mut Canvas<'_>) {
    waited_for(model, area, since, what, "<esc> cancels", canvas);
}

/// The same, with what Esc does once it takes long.
fn waited_for(model: &Model, area: Rect, since: u64, what: &str, esc: &str, canvas: &mut Canvas<'_>) {
    if let Some(word) = super::chrome::waiting(model, since, &format!("reading {what}")) {
        let y = area.y + u16::from(area.height > 2);
        let hint = if model.now.saturating_sub(since) >= LONG {
            model.keyed_below(esc)
        } else {
            String::new()
        };
        canvas.spans(
            area.x + 2,
            y,
            area.width.saturating_sub(2),
            &[(Meaning::Muted, &word), (Meaning::Muted, "  "), (Meaning::Muted, &hint)],
        );
    }
}

/// What stands where the rows of a list will stand: nothing at first, then a word above rows that say they are not there yet.
fn loading_list(model: &Model, kind: ListKind, area: Rect, since: u64, what: &str, canvas: &mut Canvas<'_>) {
    let count = usize::from(area.height.saturating_sub(1)).min(SKELETON);
    if count > 1 && super::chrome::waiting(model, since, "").is_some() {
        let row = |at| {
            let text = if at > 0 { "..." } else { "" };
            vec![(Meaning::Muted, text.to_owned()); kind.columns().len()]
        };
        let cells = (0..count).map(row).collect();
        table::draw_list(model, kind, None, area, Rows { cells, selected: None }, false, canvas);
    }
    loading(model, area, since, what, canvas);
}

/// Rows that are drawn for a list that is not there yet, the one of the word among them.
const SKELETON: usize = 8;

/// How old what is on screen is, in words, where it is looked at more often than it is read again; it grows with the looks.
fn age_between_looks(model: &Model, read_at: Option<Millis>) -> Option<String> {
    let interval = model.looks_every()?;
    let looks = model.now.saturating_sub(read_at?) / interval;
    (looks > 0).then(|| format!("as of {}", age(model, model.now.saturating_sub(looks * interval))))
}

/// How old something is, in words.
fn age(model: &Model, at: u64) -> String {
    let seconds = model.now.saturating_sub(at) / 1000;
    match seconds {
        0 => "a moment ago".to_owned(),
        1..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        _ => format!("{} h ago", seconds / 3600),
    }
}
