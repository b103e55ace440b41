//! The tenant form.

use ratatui::layout::{Margin, Rect};

use crate::app::command::field_keys::{CHOICE, LINES, SET, TEXT, hint};
use crate::app::edit_area::EditArea;
use crate::app::form_field::{Editor, FormField, Note};
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};
use crate::app::tenant_form::{Focus, TenantForm};
use crate::app::update::changed_meanwhile;
use crate::app::wrap::wrap;
use crate::domain::text::visible_lines;

use super::super::canvas::{Canvas, width};
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::{as_many, lines_in_view, paragraphs};

/// Lines a multi-line input takes.
const AREA_LINES: u16 = 4;
/// Lines of fields from which on one of them is left empty.
const ROOMY: u16 = 8;

/// A line of the form, before it is known which are in view.
enum Line<'a> {
    Section(&'a str),
    Field(usize, &'a FormField),
    /// A further line of a multi-line input.
    More,
    Message(Meaning, String),
    Blank,
}

/// Draws the form.
pub fn draw(model: &Model, form: &TenantForm, area: Rect, canvas: &mut Canvas<'_>) {
    let title = form.before.as_ref().map_or_else(
        || "New tenant".to_owned(),
        |before| format!("Edit tenant {}", before.id),
    );
    let inside = draw_problem(model, form, area.inner(Margin::new(1, 1)), canvas);
    let label = label_columns(form, inside.width);
    let lines = lines(form, usize::from(inside.width.saturating_sub(label + 4)));
    // Below the fields: a line or two about the one with the keys, and one with the buttons.
    let [mut fields, about, buttons] = split(inside, lines.len());
    // What is said of it is apart from the fields of another group, where there is room for that.
    let is_roomy = fields.height >= ROOMY;
    fields.height -= u16::from(is_roomy);
    let top = first_line(form, &lines, usize::from(fields.height));
    let covered = is_covered(model);
    let stop = stop_of(form);
    for (y, line) in (fields.top()..fields.bottom()).zip(lines.iter().skip(top)) {
        match line {
            // A title alone would seem to be that of what is said below.
            Line::Section(_) if !is_roomy && about.height > 0 && y + 1 == fields.bottom() => {}
            Line::Section(text) => {
                canvas.text(fields.x + 1, y, fields.width - 1, Meaning::Title, text);
            }
            Line::Field(index, field) => {
                let focused = form.focus == Focus::Field(*index) && !covered;
                let row = Rect { y, height: 1, ..fields };
                canvas.hit(row, Hit::Field(steps(stop, *index)));
                draw_field(field, row, fields.bottom(), label, focused, canvas);
            }
            Line::Message(meaning, text) => {
                canvas.text(
                    fields.x + 2 + label,
                    y,
                    fields.width.saturating_sub(3 + label),
                    *meaning,
                    text,
                );
            }
            Line::More | Line::Blank => {}
        }
    }
    draw_about(form, about, canvas);
    draw_buttons(form, buttons, covered, canvas);
    let part = lines_in_view(top, lines.len(), usize::from(fields.height));
    let below: Vec<String> = [position(form)].into_iter().chain(part).collect();
    canvas.frame(area, &title, &below.join("  "));
}

/// Where the focus is, counted from the first field; the buttons follow the last.
fn stop_of(form: &TenantForm) -> usize {
    match form.focus {
        Focus::Field(index) => index,
        Focus::Review => form.fields.len(),
        Focus::Cancel => form.fields.len() + 1,
    }
}

/// Says above the inputs why sending failed, and returns the place that is left for them.
fn draw_problem(model: &Model, form: &TenantForm, area: Rect, canvas: &mut Canvas<'_>) -> Rect {
    let columns = area.width.saturating_sub(2);
    let broken = |text: &str| wrap(&visible_lines(text), usize::from(columns).max(1));
    let text = |text: &str, meaning: Meaning| broken(text).into_iter().map(move |line| (meaning, line));
    let mut lines = Vec::new();
    if let Some(problem) = &form.problem {
        lines.extend(text(&format!("! {}", problem.what), Meaning::Danger));
        lines.extend(text(&problem.why, Meaning::Text));
    } else if !form.theirs.is_empty() {
        lines.extend(text(&changed_meanwhile(model), Meaning::Attention));
    }
    // The inputs keep most of the room.
    let most = usize::from(area.height / 4).max(1);
    let taken = u16::try_from(lines.len().min(most))
        .unwrap_or(area.height)
        .min(area.height);
    let place = Rect::new(area.x + 1, area.y, columns, taken);
    as_many(place, &lines, canvas);
    Rect {
        y: area.y + taken,
        height: area.height - taken,
        ..area
    }
}

fn position(form: &TenantForm) -> String {
    let count = form.fields.len();
    match form.focus {
        Focus::Field(index) => field_of(index, count),
        Focus::Review | Focus::Cancel => format!("{count} fields"),
    }
}

/// Which of so many fields has the focus, counted from 0.
pub fn field_of(index: usize, count: usize) -> String {
    format!("field {} of {count}", index + 1)
}

/// Columns of the labels: what the longest takes, where there is room for it.
fn label_columns(form: &TenantForm, columns: u16) -> u16 {
    let longest = form.fields.iter().map(|field| width(field.label) + 1).max();
    let most = if columns < 60 { 13 } else { 25 };
    longest
        .and_then(|longest| u16::try_from(longest).ok())
        .map_or(most, |longest| longest.min(most))
}

/// The places of so many lines of inputs, of the lines about the focused one, and of the buttons.
fn split(inside: Rect, lines: usize) -> [Rect; 3] {
    let about = match inside.height {
        0..=6 => 0,
        7..16 => 1,
        _ => 2,
    };
    let most = inside.height.saturating_sub(1 + about);
    // What is short ends in an empty line, and what follows stays near it.
    let fields = u16::try_from(lines + 1).map_or(most, |lines| lines.min(most));
    let line = |offset: u16, height: u16| Rect {
        y: inside.y + offset,
        height,
        ..inside
    };
    [
        line(0, fields),
        line(fields, about),
        line(fields + about, inside.height.min(1)),
    ]
}

fn lines(form: &TenantForm, columns: usize) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut section = "";
    for (index, field) in form.fields.iter().enumerate() {
        if field.section != section {
            if !section.is_empty() {
                lines.push(Line::Blank);
            }
            section = field.section;
            lines.push(Line::Section(section));
        }
        lines.push(Line::Field(index, field));
        if matches!(field.editor, Editor::Area(_)) {
            lines.extend((1..AREA_LINES).map(|_| Line::More));
        }
        if let Some(note) = form.note(field) {
            let (meaning, text) = match note {
                Note::Error(text) => (Meaning::Danger, format!("! {text}")),
                Note::Warning(text) => (Meaning::Attention, format!("! {text}")),
                Note::Checking(text) => (Meaning::Muted, format!("{text}...")),
                Note::Fine(text) => (Meaning::Ok, text),
            };
            lines.extend(
                wrap(&text, columns.max(10))
                    .into_iter()
                    .map(|line| Line::Message(meaning, line)),
            );
        }
    }
    lines
}

/// The first line in view: the form stays at its top as long as the focused field, with its message and what comes after,
/// is on screen.
fn first_line(form: &TenantForm, lines: &[Line<'_>], height: usize) -> usize {
    let last = lines.len().saturating_sub(height);
    let focused = match form.focus {
        Focus::Field(index) => lines
            .iter()
            .position(|line| matches!(line, Line::Field(at, _) if *at == index)),
        Focus::Review | Focus::Cancel => return last,
    };
    let Some(focused) = focused else { return 0 };
    let own = lines
        .iter()
        .skip(focused + 1)
        .take_while(|line| matches!(line, Line::More | Line::Message(..)))
        .count();
    // The field after it is in view, too, so that it can be seen where Tab leads.
    let end = focused + own + 3;
    (end + 1).saturating_sub(height).min(focused).min(last)
}

fn draw_field(field: &FormField, row: Rect, bottom: u16, label: u16, focused: bool, canvas: &mut Canvas<'_>) {
    let marker = if focused { ">" } else { " " };
    canvas.text(row.x, row.y, 1, Meaning::Accent, marker);
    canvas.text(row.x + 1, row.y, label, label_of(focused), field.label);
    let place = Rect {
        x: row.x + 2 + label,
        width: row.width.saturating_sub(4 + label),
        ..row
    };
    match &field.editor {
        Editor::Area(area) => draw_area(area, &field.open_until(), place, bottom, focused, canvas),
        editor => draw_editor(editor, place, bottom, focused, canvas),
    }
}

/// What the label of a field means: the one with the keys stands out.
pub fn label_of(focused: bool) -> Meaning {
    if focused { Meaning::Title } else { Meaning::Muted }
}

/// Draws what a field holds, in one line or as many as it takes above `bottom`.
pub fn draw_editor(editor: &Editor, place: Rect, bottom: u16, focused: bool, canvas: &mut Canvas<'_>) {
    match editor {
        Editor::Line(line) => canvas.edit_line(place, line.text(), line.before_cursor(), focused, false),
        Editor::Secret(line) => canvas.edit_line(place, line.text(), line.before_cursor(), focused, true),
        Editor::Fixed(text) => {
            canvas.spans(
                place.x,
                place.y,
                place.width,
                &[(Meaning::Text, text), (Meaning::Muted, "  cannot be changed")],
            );
            if focused {
                canvas.park(place.x, place.y, false);
            }
        }
        Editor::Choice { options, chosen } => draw_choice(options, *chosen, place, focused, canvas),
        Editor::Set { options, chosen, at } => draw_set(options, chosen, *at, place, focused, canvas),
        Editor::Area(area) => draw_area(area, &[], place, bottom, focused, canvas),
    }
}

/// Draws lines of text, masked from where they are not to be seen.
fn draw_area(area: &EditArea, open: &[usize], place: Rect, bottom: u16, focused: bool, canvas: &mut Canvas<'_>) {
    let height = AREA_LINES.min(bottom.saturating_sub(place.y));
    let (cursor_row, cursor_column) = area.position();
    let top = cursor_row.saturating_sub(usize::from(height.saturating_sub(1)));
    for (row, y) in (top..).zip(place.y..place.y + height) {
        let text = area.lines().get(row).map_or("", String::as_str);
        let here = focused && row == cursor_row;
        let before: String = if here {
            text.chars().take(cursor_column).collect()
        } else {
            String::new()
        };
        let open = open.get(row).copied().unwrap_or(usize::MAX);
        let line = Rect { y, height: 1, ..place };
        canvas.edit_line(
            line,
            &canvas.masked(text, open),
            &canvas.masked(&before, open),
            here,
            false,
        );
    }
}

/// Draws a choice of a few words, which stand beside it while it has the focus.
pub fn draw_choice(options: &[&str], chosen: Option<usize>, place: Rect, focused: bool, canvas: &mut Canvas<'_>) {
    let text = chosen
        .and_then(|index| options.get(index))
        .copied()
        .unwrap_or("not set");
    let meaning = if focused { Meaning::Focused } else { Meaning::Text };
    let meaning = if chosen.is_none() && !focused {
        Meaning::Muted
    } else {
        meaning
    };
    let shown = if focused {
        format!("< {text} >")
    } else {
        text.to_owned()
    };
    let end = canvas.text(place.x, place.y, place.width, meaning, &shown);
    if focused {
        let all = format!("  {}", options.join(" "));
        canvas.text(end, place.y, place.right().saturating_sub(end), Meaning::Muted, &all);
        canvas.park(place.x, place.y, false);
    }
}

fn draw_set(options: &[&str], chosen: &[bool], at: usize, place: Rect, focused: bool, canvas: &mut Canvas<'_>) {
    let any = chosen.iter().any(|flag| *flag);
    if !focused {
        let words: Vec<&str> = options
            .iter()
            .zip(chosen)
            .filter(|(_, flag)| **flag)
            .map(|(word, _)| *word)
            .collect();
        let (meaning, text) = if any {
            (Meaning::Text, words.join(" "))
        } else {
            (Meaning::Muted, "not set".to_owned())
        };
        canvas.text(place.x, place.y, place.width, meaning, &text);
        return;
    }
    // Where not all fit, the part around the cursor is shown.
    let boxes: Vec<String> = options
        .iter()
        .zip(chosen)
        .map(|(word, flag)| format!("[{}]{word}", if *flag { "x" } else { " " }))
        .collect();
    let fits = |from: usize| {
        let until: usize = boxes
            .iter()
            .skip(from)
            .take(at + 1 - from.min(at))
            .map(|text| width(text) + 1)
            .sum();
        until <= usize::from(place.width)
    };
    let from = (0..=at).find(|from| fits(*from)).unwrap_or(at);
    let mut x = place.x;
    for (index, text) in boxes.iter().enumerate().skip(from) {
        let meaning = if index == at { Meaning::Focused } else { Meaning::Text };
        if index == at {
            canvas.park(x, place.y, false);
        }
        x = canvas.text(x, place.y, place.right().saturating_sub(x), meaning, text) + 1;
    }
}

/// What the field with the keys does, and which keys it takes.
fn draw_about(form: &TenantForm, area: Rect, canvas: &mut Canvas<'_>) {
    if area.height == 0 {
        return;
    }
    let text = match form.focus {
        Focus::Field(index) => form.fields.get(index).map(|field| {
            let keys = hint(match field.editor {
                Editor::Choice { .. } => CHOICE,
                Editor::Set { .. } => SET,
                Editor::Area(_) => LINES,
                _ => TEXT,
            });
            keys + field.doc
        }),
        Focus::Review => Some("Checks everything and shows what will be sent; nothing is sent yet.".to_owned()),
        Focus::Cancel => Some("Leaves the form.".to_owned()),
    };
    let columns = area.width.saturating_sub(2);
    let place = Rect {
        x: area.x + 1,
        width: columns,
        ..area
    };
    paragraphs(place, &[(Meaning::Muted, text.unwrap_or_default())], canvas);
}

fn draw_buttons(form: &TenantForm, area: Rect, covered: bool, canvas: &mut Canvas<'_>) {
    if area.height == 0 {
        return;
    }
    let first = form.fields.len();
    button_row(
        area,
        steps(stop_of(form), first),
        &[
            ("Review", form.focus == Focus::Review),
            ("Leave", form.focus == Focus::Cancel),
        ],
        covered,
        canvas,
    );
}

/// Draws buttons in a row; the one with the focus stands in brackets and has the cursor. The first is `first` steps on from the
/// focus.
pub fn button_row(area: Rect, first: i32, buttons: &[(&str, bool)], covered: bool, canvas: &mut Canvas<'_>) {
    let mut x = area.x + 2;
    for (step, (title, focused)) in (first..).zip(buttons) {
        let (meaning, text) = if *focused {
            (Meaning::Focused, format!("[ {title} ]"))
        } else {
            (Meaning::Text, format!("( {title} )"))
        };
        if *focused && !covered {
            canvas.park(x + 2, area.y, false);
        }
        let end = canvas.text(x, area.y, area.right().saturating_sub(x), meaning, &text);
        canvas.hit(Rect::new(x, area.y, end.saturating_sub(x), 1), Hit::Button(step));
        x = end + 2;
    }
}
