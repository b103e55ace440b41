//! The palette, the help and the actions, which are lists with a line to type in.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::app::command::{Command, CommandId, Safety, Scope, command};
use crate::app::input::parse_sequence;
use crate::app::key_words::key_names;
use crate::app::keymap::Found;
use crate::app::model::Model;
use crate::app::overlay::{Menu, MenuKind, MenuRow};
use crate::app::pointer::{Hit, steps};
use crate::app::topics::topic;
use crate::app::update::{elsewhere, meaning, nearest_command};
use crate::app::wrap::wrap;
use crate::domain::count::thousands;

use super::canvas::Canvas;
use super::look::Meaning;
use super::screens::rows_of;

/// Columns inside from which on the two halves of the help stand side by side.
const SIDE_BY_SIDE: u16 = 130;

/// Draws the menu.
pub fn menu(model: &Model, menu: &Menu, screen: Rect, canvas: &mut Canvas<'_>) {
    // A narrow margin would only show stumps of what is underneath.
    let is_whole = screen.width < 100 || (menu.kind == MenuKind::Help && screen.width > SIDE_BY_SIDE);
    let body = Rect {
        y: screen.y + model.size.head(),
        height: model.size.body_height(),
        ..screen
    };
    let area = match screen.width {
        ..100 => canvas.over(body, body.width, body.height),
        _ if is_whole => canvas.over(body, body.width, body.height.min(height(menu, body.width - 2))),
        wide => {
            let (columns, most) = (110.min(wide - 4), screen.height.saturating_sub(4));
            let highest = most.min(height(menu, columns - 2));
            match menu.kind {
                MenuKind::Palette => canvas.over_from_top(screen, columns, highest, rows(menu.rows.len())),
                MenuKind::Help | MenuKind::Actions => canvas.over(screen, columns, highest),
            }
        }
    };
    let (title, below) = match menu.kind {
        MenuKind::Palette => ("Command".to_owned(), "Up history"),
        MenuKind::Help => (
            if area.width < 50 {
                "Help"
            } else {
                "Help: commands and pages"
            }
            .to_owned(),
            "type to search",
        ),
        MenuKind::Actions if menu.about.is_empty() => ("Actions".to_owned(), "type to search"),
        MenuKind::Actions => (format!("Actions: {}", canvas.fit(&menu.about, 40)), "type to search"),
    };
    // What the signs before the keys mean, where there is room for it.
    let with_signs = format!("{below}   {CHANGES} changes  {DESTROYS} destroys");
    let below = if with_signs.len() + 4 < usize::from(area.width) {
        &with_signs
    } else {
        below
    };
    let in_view = usize::from(area.height.saturating_sub(3 + ABOUT));
    let all = 0..menu.rows.len();
    let title = if has_halves(menu, area.width.saturating_sub(2)) {
        title
    } else {
        titled(menu, title, &all, in_view)
    };
    let inside = canvas.frame(area, &title, below);
    let prompt = if menu.kind == MenuKind::Palette { ":" } else { "/" };
    let start = canvas.text(inside.x + 1, inside.y, 2, Meaning::Key, prompt);
    let line = Rect {
        x: start + 1,
        y: inside.y,
        width: inside.width.saturating_sub(4),
        height: 1,
    };
    canvas.edit_line(line, menu.line.text(), menu.line.before_cursor(), true, false);
    draw_about(model, menu, inside, canvas);
    let list = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(1 + ABOUT),
        ..inside
    };
    if menu.rows.is_empty() {
        let columns = list.width.saturating_sub(2);
        let line = Some(menu.line.text()).filter(|_| menu.kind == MenuKind::Palette);
        let near = || {
            let name = nearest_command(&menu.scopes, line?)?;
            Some(format!("Nothing is called so. Did you mean `{name}`?"))
        };
        let words = line
            .and_then(|line| Some(elsewhere(&menu.scopes, line)? + "."))
            .or_else(near)
            .unwrap_or_else(|| "Nothing is called so. Backspace takes a letter back.".to_owned());
        let lines = wrap(&words, usize::from(columns).max(1));
        for (y, line) in (list.top() + 1..list.bottom()).zip(&lines) {
            canvas.text(list.x + 1, y, columns, Meaning::Muted, line);
        }
        return;
    }
    let halves = menu.rows.iter().position(|row| !row.here).unwrap_or(menu.rows.len());
    if !has_halves(menu, list.width) {
        draw_rows(model, menu, 0..menu.rows.len(), list, canvas);
        return;
    }
    let half = (list.width - 2) / 2;
    for (x, title, rows) in [
        (list.x, "Here", 0..halves),
        (list.x + half + 2, "Everywhere", halves..menu.rows.len()),
    ] {
        let title = titled(
            menu,
            title.to_owned(),
            &rows,
            usize::from(list.height.saturating_sub(1)),
        );
        canvas.text(x + 1, list.y, half, Meaning::Title, &title);
        let place = Rect {
            x,
            y: list.y + 1,
            width: half,
            height: list.height.saturating_sub(1),
        };
        draw_rows(model, menu, rows, place, canvas);
    }
}

/// Whether what belongs to this place stands beside what belongs to everywhere, in a menu with so many columns inside.
fn has_halves(menu: &Menu, columns: u16) -> bool {
    menu.kind == MenuKind::Help && columns >= SIDE_BY_SIDE
}

/// Rows of a menu with so many columns inside that has room for all it ever had to show, borders included; of the palette, for as
/// many lines as one looks through.
fn height(menu: &Menu, columns: u16) -> u16 {
    let [here, everywhere] = menu.most;
    match menu.kind {
        // Each half has a title.
        _ if has_halves(menu, columns) => rows(here.max(everywhere) + 1),
        MenuKind::Palette => rows((here + everywhere).min(Menu::LOOKED_THROUGH)),
        MenuKind::Help | MenuKind::Actions => rows(here + everywhere),
    }
}

/// Rows of a menu of so many lines, borders included.
fn rows(lines: usize) -> u16 {
    // Where nothing matches, a sentence says so.
    let around = 3 + usize::from(ABOUT);
    u16::try_from(lines.max(4) + around).unwrap_or(u16::MAX)
}

/// The signs of what a command does to the instance.
const CHANGES: &str = "~";
const DESTROYS: &str = "!";

/// Lines that say in full what the selected one does.
const ABOUT: u16 = 2;

/// The first in view of some of the rows, where so many are: the selection is among them.
fn first_in_view(menu: &Menu, rows: &Range<usize>, in_view: usize) -> usize {
    let selected = menu.cursor.at();
    if rows.contains(&selected) {
        (selected + 1 - rows.start).saturating_sub(in_view)
    } else {
        0
    }
}

/// A title, and which of the rows below it are in view, where it is not all of them.
fn titled(menu: &Menu, title: String, rows: &Range<usize>, in_view: usize) -> String {
    let top = first_in_view(menu, rows, in_view);
    if rows.len() <= in_view {
        return title;
    }
    let all = thousands(rows.len() as u64);
    format!("{title}, {}", rows_of(top, rows.len(), in_view, all))
}

/// Draws some of the rows, those around the selection if it is among them.
fn draw_rows(model: &Model, menu: &Menu, rows: Range<usize>, list: Rect, canvas: &mut Canvas<'_>) {
    let selected = menu.cursor.at();
    let top = first_in_view(menu, &rows, usize::from(list.height));
    let in_order = menu.rows.iter().enumerate().take(rows.end).skip(rows.start + top);
    for (y, (index, row)) in (list.top()..list.bottom()).zip(in_order) {
        if let Some(command) = command(row.id) {
            let hit = Hit::Row(steps(selected, index));
            canvas.hit(Rect { y, height: 1, ..list }, hit);
            draw_row(
                model,
                row,
                (command, &menu.scopes),
                Rect { y, height: 1, ..list },
                index == selected,
                canvas,
            );
        }
    }
}

fn draw_row(
    model: &Model,
    row: &MenuRow,
    (command, scopes): (&'static Command, &[Scope]),
    list: Rect,
    selected: bool,
    canvas: &mut Canvas<'_>,
) {
    let y = list.y;
    // A key that means something else at this place is none of it.
    let leads =
        |keys: &String| parse_sequence(keys).is_ok_and(|keys| meaning(model, scopes, &keys) == Found::Command(row.id));
    let keys: Vec<String> = model
        .keymap
        .keys_of(row.id)
        .iter()
        .filter(|keys| leads(keys))
        .map(|keys| key_names(keys))
        .collect();
    let keys = if row.id == CommandId::Topic && !row.argument.is_empty() {
        "page".to_owned()
    } else {
        keys.join("  ")
    };
    let safety = match command.safety {
        Safety::Observe => " ",
        Safety::Change => CHANGES,
        Safety::Destroy => DESTROYS,
    };
    // Where a sentence would be a stump it stands below the list alone.
    let is_narrow = list.width < 50;
    // Why not is read as well as what.
    let (key, meaning, doc_meaning) = match &row.disabled {
        Some(_) => (Meaning::Disabled, Meaning::Disabled, Meaning::Muted),
        None => (Meaning::Key, Meaning::Text, Meaning::Text),
    };
    let doc = match &row.disabled {
        Some(_) if is_narrow => "not now".to_owned(),
        Some(reason) => format!("not now: {reason}"),
        None if is_narrow => String::new(),
        None => model.keymap.shown(scopes, doc(row, command)),
    };
    canvas.text(list.x, y, 1, Meaning::Text, if selected { ">" } else { " " });
    canvas.text(list.x + 1, y, 1, Meaning::Attention, safety);
    let (keys_at, name_at, doc_at) = match list.width {
        _ if is_narrow => (3, 11, list.width.saturating_sub(8)),
        0..70 => (3, 11, 28),
        _ => (3, 18, 40),
    };
    let place = |from: u16, to: u16| {
        (
            list.x + from,
            to.saturating_sub(from + 1).min(list.width.saturating_sub(from)),
        )
    };
    let (x, columns) = place(keys_at, name_at);
    canvas.text(x, y, columns, key, &keys);
    let (x, columns) = place(name_at, doc_at);
    let name = match command.argument {
        _ if !row.argument.is_empty() => row.argument.to_owned(),
        // What it takes gives way to the name.
        Some(argument) if command.name.len() + 1 + argument.len() <= usize::from(columns) => {
            format!("{} {argument}", command.name)
        }
        _ => command.name.to_owned(),
    };
    canvas.text(x, y, columns, meaning, &name);
    let (x, columns) = place(doc_at, list.width);
    canvas.text(x, y, columns, doc_meaning, &doc);
    if selected {
        canvas.paint_row(list, y, Meaning::Selected);
    }
}

/// What a row does in a sentence, or the title of its page.
fn doc(row: &MenuRow, command: &'static Command) -> &'static str {
    topic(row.argument).map_or(command.doc, |topic| topic.title())
}

/// Says in full what the selected line does, or why not, and as which command, as far as [`ABOUT`] lines hold it.
fn draw_about(model: &Model, menu: &Menu, inside: Rect, canvas: &mut Canvas<'_>) {
    let row = menu.rows.get(menu.cursor.at());
    let Some((row, command)) = row.and_then(|row| Some((row, command(row.id)?))) else {
        return;
    };
    let (meaning, text) = match &row.disabled {
        Some(reason) => (Meaning::Attention, format!("Not now: {reason}")),
        None => (Meaning::Text, model.keymap.shown(&menu.scopes, doc(row, command))),
    };
    let lines = wrap(&text, usize::from(inside.width.saturating_sub(2)).max(1));
    let mut lines: Vec<(Meaning, String)> = lines.into_iter().map(|line| (meaning, line)).collect();
    lines.push(match command.cli_in(&menu.scopes) {
        Ok(cli) => (Meaning::Muted, format!("As a command: {cli}")),
        Err(reason) => (Meaning::Muted, format!("No command does it: {reason}")),
    });
    for (y, (meaning, line)) in (inside.bottom().saturating_sub(ABOUT)..inside.bottom()).zip(&lines) {
        canvas.text(inside.x + 1, y, inside.width.saturating_sub(2), *meaning, line);
    }
}
