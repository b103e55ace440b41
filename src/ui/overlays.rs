//! What lies over the screen: dialogs, pages of text, lists to choose from.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::app::choice::{Choice, ChoiceRow};
use crate::app::dialog_layout::DialogLayout;
use crate::app::dialog_text::{Tone, dialog_text};
use crate::app::model::Model;
use crate::app::overlay::{Dialog, DialogFocus, Hold, Page, Question};
use crate::app::pointer::{Hit, steps};
use crate::app::search::Search;
use crate::app::wrap::wrap;
use crate::domain::count::thousands;
use crate::domain::deed::Deed;
use crate::domain::text::visible;

use super::canvas::{Canvas, width};
use super::chrome::waiting;
use super::look::Meaning;
use super::screens::tenants::draw_filter;
use super::screens::{lines_in_view, meaning, paragraphs};

/// Draws a dialog over the body of the screen. Its text gives way where there is little room; the line to type in and the
/// buttons never do.
pub fn dialog(model: &Model, dialog: &Dialog, body: Rect, canvas: &mut Canvas<'_>) {
    let text = dialog_text(model, dialog);
    let layout = DialogLayout::new(&text, dialog.expected.as_deref(), model.size);
    let area = canvas.over(body, layout.columns, layout.rows);
    let more = model.keyed(if !layout.scrolls() {
        ""
    } else if layout.first_line(dialog.scroll) + layout.in_view < layout.lines.len() {
        "<pgdn> more  "
    } else {
        "<pgup> back  "
    });
    let is_held = dialog.hold(model.now) == Some(Hold::Mismatch);
    let awaited = dialog.expected.as_deref().filter(|_| is_held);
    let below = match dialog.sent() {
        // Nothing is deleted while it is counted again.
        Some(_) if model.counts_again(dialog) => format!("{more}{}: {}", model.keyed("<esc>"), text.cancel),
        Some(_) => sent_keys(model, &more, area.width),
        None => dialog_keys(model, dialog, awaited, [text.cancel, text.confirm], &more, area.width),
    };
    let inside = canvas.frame(area, &text.title, &below);
    let x = inside.x + 1;
    let columns = inside.width.saturating_sub(2);
    let lines = layout
        .lines
        .iter()
        .skip(layout.first_line(dialog.scroll))
        .take(layout.in_view);
    for (y, (tone, line)) in (inside.top()..inside.bottom()).zip(lines) {
        let meaning = match tone {
            Tone::Plain => Meaning::Text,
            Tone::Strong => Meaning::Title,
            Tone::Danger => Meaning::Danger,
            Tone::Warning => Meaning::Attention,
            Tone::Muted => Meaning::Muted,
        };
        canvas.text(x, y, columns, meaning, line);
    }
    let buttons = inside.bottom().saturating_sub(1);
    if let Some(expected) = &dialog.expected {
        let y = buttons.saturating_sub(if layout.is_airy { 2 } else { 1 });
        let above = u16::try_from(layout.prompt.len()).unwrap_or(u16::MAX);
        for (y, line) in (y.saturating_sub(above)..y).zip(&layout.prompt) {
            // What is to be typed stands out, also where it has lines of its own.
            let [before, key, after] = match line.split_once(expected.as_str()) {
                Some((before, after)) => [before, expected, after],
                None if line.starts_with("Type ") => [line, "", ""],
                None => ["", line, ""],
            };
            canvas.spans(
                x,
                y,
                columns,
                &[(Meaning::Text, before), (Meaning::Key, key), (Meaning::Text, after)],
            );
        }
        let (meaning, word) = match dialog.hold(model.now) {
            Some(Hold::Sent) if model.counts_again(dialog) => (Meaning::Muted, "counting again"),
            Some(Hold::Sent) => (Meaning::Muted, "sent"),
            // Who is about to press the button sees why it does not go on.
            Some(Hold::Mismatch) if dialog.focus == DialogFocus::Confirm => (Meaning::Attention, "! not matching"),
            Some(Hold::Mismatch) => (Meaning::Muted, "not matching"),
            Some(Hold::Finding) => (Meaning::Attention, "still counting"),
            Some(Hold::Arming) => (Meaning::Attention, "wait 3 s"),
            None => (Meaning::Ok, "matches"),
        };
        let line = Rect {
            x: x + 2,
            y,
            width: inside.width.saturating_sub(20).max(4),
            height: 1,
        };
        if dialog.focus == DialogFocus::Line {
            canvas.text(inside.x, y, 1, Meaning::Text, ">");
        }
        canvas.text(x, y, 1, Meaning::Muted, "[");
        canvas.edit_line(
            line,
            dialog.line.text(),
            dialog.line.before_cursor(),
            dialog.focus == DialogFocus::Line,
            false,
        );
        canvas.spans(line.right() + 1, y, 16, &[(Meaning::Muted, "] "), (meaning, word)]);
    }
    let row = Rect {
        x,
        y: buttons,
        width: inside.width,
        height: 1,
    };
    draw_buttons(model, dialog, row, [text.cancel, text.confirm], canvas);
}

/// The keys of a dialog, as far as there is room: which go on, and which change nothing. What is awaited is typed before any that
/// go on.
fn dialog_keys(
    model: &Model,
    dialog: &Dialog,
    awaited: Option<&str>,
    [cancel, confirm]: [&str; 2],
    more: &str,
    columns: u16,
) -> String {
    let [enter, tab, esc] = ["<enter>", "<tab>", "<esc>"].map(|key| model.keyed(key));
    let (long, short, keys) = match (awaited, dialog.focus) {
        // Whatever is typed goes to the line, and from there the other button comes first.
        (Some(text), _) => (
            format!("First type {}, then {tab}, {enter}: {confirm}", visible(text)),
            format!("Type it, {tab}, {enter}: {confirm}"),
            format!("Type it, {tab}"),
        ),
        (None, DialogFocus::Confirm) => (format!("{enter}: {confirm}"), format!("{enter}: {confirm}"), enter),
        (None, _) => (
            format!("{tab}, then {enter}: {confirm}"),
            format!("{tab}, {enter}: {confirm}"),
            format!("{tab}, {enter}"),
        ),
    };
    let room = usize::from(columns.saturating_sub(6));
    let ways = [
        format!("{more}{long}  {esc}: {cancel}"),
        format!("{more}{short}  {esc}: {cancel}"),
        format!("{more}{short}  {esc}"),
    ];
    let fits = ways.into_iter().find(|words| width(words) <= room);
    // What is to be typed stands above, and which keys go on is said again once it has been.
    fits.unwrap_or_else(|| format!("{more}{keys}  {esc}"))
}

/// What Esc does once the change was sent.
fn sent_keys(model: &Model, more: &str, columns: u16) -> String {
    let whole = format!("{more}{}", model.keyed("<esc> closes this, the change goes on"));
    if width(&whole) <= usize::from(columns.saturating_sub(6)) {
        return whole;
    }
    format!("{more}{}", model.keyed("<esc> closes this"))
}

fn draw_buttons(model: &Model, dialog: &Dialog, row: Rect, [cancel, confirm]: [&str; 2], canvas: &mut Canvas<'_>) {
    if let Some(job) = dialog.sent() {
        let since = model.asked_at(job).unwrap_or(model.now);
        let word = if model.counts_again(dialog) {
            "counting again"
        } else if matches!(&dialog.question, Question::Deed { deed, .. } if matches!(**deed, Deed::DeleteTenants(_))) {
            "deleting"
        } else {
            "sending"
        };
        let word = waiting(model, since, word).unwrap_or_default();
        canvas.text(row.x + 2, row.y, row.width, Meaning::Attention, &word);
        return;
    }
    let mut x = row.x + row.width.saturating_sub(40) / 2;
    for (title, focus, meaning) in [
        (cancel, DialogFocus::Cancel, Meaning::Text),
        (
            confirm,
            DialogFocus::Confirm,
            if dialog.hold(model.now).is_none() {
                Meaning::Danger
            } else {
                Meaning::Disabled
            },
        ),
    ] {
        let has_focus = dialog.focus == focus;
        let (meaning, text) = if has_focus {
            (Meaning::Focused, format!("[ {title} ]"))
        } else {
            (meaning, format!("( {title} )"))
        };
        if has_focus {
            canvas.park(x + 2, row.y, false);
        }
        let end = canvas.text(x, row.y, row.right().saturating_sub(x), meaning, &text);
        canvas.hit(
            Rect {
                x,
                width: end - x,
                ..row
            },
            Hit::Button(dialog.steps_to(focus)),
        );
        x = end + 4;
    }
}

/// Draws a page of text.
pub fn page(model: &Model, page: &Page, screen: Rect, canvas: &mut Canvas<'_>) {
    let (lines, height) = page.lines(model.size);
    let (columns, rows) = page.place(model.size, lines.len());
    let area = if page.is_beside(model.size) {
        let (x, y) = (screen.right().saturating_sub(columns), screen.y + model.size.head());
        canvas.instead(Rect::new(x, y, columns, rows))
    } else {
        canvas.over(screen, columns, rows)
    };
    let search = &page.search;
    if page.plain {
        canvas.select();
        let top = page.scroll.min(lines.len().saturating_sub(height));
        for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
            canvas.text(area.x, y, area.width, Meaning::Text, line);
        }
        let goes_on = page.unbroken(model.size);
        let in_view = (area.top()..area.bottom()).zip(top..).take(height.saturating_sub(1));
        for (y, at) in in_view.filter(|(_, at)| goes_on.contains(at)) {
            if let [line, next, ..] = lines.get(at..).unwrap_or_default() {
                canvas.goes_on(y, line, next);
            }
        }
        if !search.field.editing {
            canvas.park(area.x, area.y, false);
        }
        if search.is_on() {
            plain_search(model, search, &lines, top, area, canvas);
        }
        return;
    }
    let top = page.scroll.min(lines.len().saturating_sub(height));
    // Its other keys stand in the last line.
    let keys =
        lines_in_view(top, lines.len(), height).map(|lines| format!("{lines}  {}", model.keyed("<j> <k> scroll")));
    let below = search.below(&model.keymap, &lines, keys.unwrap_or_default());
    let inside = canvas.frame(area, &page.title, &below);
    let tones = page.tones(model.size);
    for (y, (at, line)) in (inside.top()..inside.bottom()).zip(lines.iter().enumerate().skip(top)) {
        let meaning = tones.get(at).map_or(Meaning::Text, |tone| meaning(*tone));
        canvas.text(inside.x + 1, y, inside.width.saturating_sub(2), meaning, line);
    }
    if !search.field.editing {
        canvas.park(inside.x + 1, inside.y, false);
    }
    found(search, &lines, top, inside, canvas);
    draw_filter(&search.field, area, &below, canvas);
}

/// What is looked for in a page without a frame: its last line says it, and the line that was gone to is painted, for there is no
/// column for marks.
fn plain_search(model: &Model, search: &Search, lines: &[String], top: usize, area: Rect, canvas: &mut Canvas<'_>) {
    let last = area.bottom().saturating_sub(1);
    if let Some(y) = (area.top()..last)
        .zip(top..)
        .find(|(_, line)| search.at == Some(*line))
        .map(|(y, _)| y)
    {
        canvas.paint_row(Rect { y, height: 1, ..area }, y, Meaning::Selected);
        if !search.field.editing {
            canvas.park(area.x, y, false);
        }
    }
    let below = search.below(&model.keymap, lines, String::new());
    canvas.fill(
        Rect {
            y: last,
            height: 1,
            ..area
        },
        Meaning::Text,
    );
    canvas.text(area.x + 3, last, area.width.saturating_sub(3), Meaning::Muted, &below);
    draw_filter(&search.field, area, &below, canvas);
}

/// Marks the lines in view in which something was found, in the column before them.
pub fn found(search: &Search, lines: &[String], top: usize, place: Rect, canvas: &mut Canvas<'_>) {
    let matches = search.matches(lines);
    for (y, line) in (place.top()..place.bottom()).zip(top..) {
        let Some(mark) = search.mark(&matches, line) else {
            continue;
        };
        canvas.text(place.x, y, 1, Meaning::Key, mark);
        if search.at == Some(line) {
            canvas.paint_row(Rect { y, height: 1, ..place }, y, Meaning::Selected);
            if !search.field.editing {
                canvas.park(place.x, y, false);
            }
        }
    }
}

/// Draws a list from which one thing is chosen.
pub fn choice(model: &Model, choice: &Choice, screen: Rect, canvas: &mut Canvas<'_>) {
    let most = Choice::rows_in_view(model.size);
    // A narrow margin would only show stumps of what is underneath.
    let columns = if screen.width < 100 { screen.width } else { 96 };
    let longest = choice.rows.iter().map(|row| width(&row.text)).max().unwrap_or(0);
    // What notes do not need is for names, and three of five columns in any case.
    let said = choice.rows.iter().map(|row| width(&note(row))).max().unwrap_or(0);
    let [longest, said] = [longest + 2, said + 5].map(|columns| u16::try_from(columns).unwrap_or(u16::MAX));
    let names = longest.min(columns.saturating_sub(said).max((columns - 2) * 3 / 5));
    // A column stays free before the border.
    let notes = columns.saturating_sub(names + 5);
    let is_cut = |row: &ChoiceRow| width(&row.text) + 2 > usize::from(names) || width(&note(row)) > usize::from(notes);
    // What is cut in its row is said in full below the list while it is selected.
    let about = if choice.rows.iter().any(is_cut) { 2 } else { 0 };
    // What is said in place of rows takes one line or two below an empty one.
    let least = if columns < 60 { 3 } else { 2 };
    let rows = u16::try_from(choice.most().clamp(least, most.max(least))).unwrap_or(1);
    // Why not all are listed stands below those that are.
    let room = usize::from(columns.saturating_sub(4)).max(1);
    let lines = choice
        .unread
        .iter()
        .map(|text| wrap(&visible(text), room).len())
        .sum::<usize>();
    let unread = u16::try_from(lines).unwrap_or(u16::MAX).min(screen.height / 3);
    let area = canvas.over(screen, columns, (rows + 3 + about + unread).min(screen.height));
    // While none of it is needed, what is kept for that shows more rows.
    let about = if choice.selected().is_some_and(is_cut) {
        about
    } else {
        0
    };
    let in_list = usize::from(area.height.saturating_sub(3 + about + unread));
    let (at, length) = (choice.cursor.at(), choice.visible.len());
    let top = choice.cursor.top().min(length.saturating_sub(in_list));
    let top = top.max((at + 1).saturating_sub(in_list));
    let part = lines_in_view(top, length, in_list);
    let marked = choice.marks.len() as u64;
    let marked = (choice.takes_many && marked > 0).then(|| format!("{} marked", thousands(marked)));
    let below: Vec<String> = marked
        .into_iter()
        .chain(part)
        .chain(["type to search".to_owned()])
        .collect();
    let inside = canvas.frame(area, &choice.title, &below.join("  "));
    let start = canvas.text(inside.x + 1, inside.y, 2, Meaning::Key, "/");
    let line = Rect {
        x: start + 1,
        width: inside.width.saturating_sub(4),
        height: 1,
        ..inside
    };
    canvas.edit_line(line, choice.line.text(), choice.line.before_cursor(), true, false);
    let list = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(1 + about + unread),
        ..inside
    };
    if let Some(text) = &choice.unread {
        let columns = inside.width.saturating_sub(2);
        let place = Rect::new(inside.x + 1, inside.bottom().saturating_sub(unread), columns, unread);
        paragraphs(place, &[(Meaning::Attention, text.clone())], canvas);
    }
    if choice.visible.is_empty() {
        let text = match choice.reading {
            Some(job) => waiting(model, model.asked_at(job).unwrap_or(model.now), "reading").unwrap_or_default(),
            None if choice.line.is_empty() => choice.empty.to_owned(),
            None => "Nothing is called so. Backspace takes a letter back.".to_owned(),
        };
        let columns = list.width.saturating_sub(2);
        for (y, line) in (list.top() + 1..list.bottom()).zip(wrap(&text, usize::from(columns).max(1))) {
            canvas.text(list.x + 1, y, columns, Meaning::Muted, &line);
        }
        return;
    }
    let in_view = choice
        .visible
        .iter()
        .skip(top)
        .filter_map(|index| choice.rows.get(*index));
    for (offset, (y, row)) in (list.top()..list.bottom()).zip(in_view).enumerate() {
        let selected = top + offset == choice.cursor.at();
        let hit = Hit::Row(steps(choice.cursor.at(), top + offset));
        canvas.hit(Rect { y, height: 1, ..list }, hit);
        let meaning = if row.disabled.is_some() {
            Meaning::Disabled
        } else {
            Meaning::Text
        };
        canvas.text(list.x, y, 1, Meaning::Text, if selected { ">" } else { " " });
        if choice.marks.contains(&row.key) {
            canvas.text(list.x + 1, y, 1, Meaning::Text, "*");
        }
        canvas.text(list.x + 2, y, names.saturating_sub(2), meaning, &row.text);
        canvas.text(list.x + 2 + names, y, notes, Meaning::Muted, &note(row));
        if selected {
            canvas.paint_row(list, y, Meaning::Selected);
            if about > 0 {
                let below = Rect::new(inside.x + 1, list.bottom(), inside.width.saturating_sub(2), about);
                let text = format!("{}, {}", row.text, note(row));
                paragraphs(below, &[(Meaning::Text, text)], canvas);
            }
        }
    }
}

/// What stands beside a row: what it is, or why it cannot be taken now.
fn note(row: &ChoiceRow) -> Cow<'_, str> {
    match &row.disabled {
        Some(reason) => Cow::Owned(format!("not now: {reason}")),
        None => Cow::Borrowed(row.note.as_str()),
    }
}
