//! What lies over the screen: palette and help, dialogs, pages of text.

use ratatui::layout::Rect;

use crate::app::command::{Safety, command};
use crate::app::model::Model;
use crate::app::overlay::{Dialog, DialogFocus, Menu, MenuKind, Page, Question};
use crate::app::wrap::wrap;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible_lines;

use super::canvas::Canvas;
use super::chrome::{key_name, waiting};
use super::look::Meaning;
use super::screens::counted;

/// Draws the palette or the help.
pub fn menu(model: &Model, menu: &Menu, screen: Rect, canvas: &mut Canvas<'_>) {
    // A narrow margin would only show stumps of what is underneath.
    let area = if screen.width < 100 {
        let body = Rect {
            y: screen.y + model.size.head(),
            height: model.size.body_height(),
            ..screen
        };
        canvas.over(body, body.width, body.height)
    } else {
        canvas.over(screen, 110.min(screen.width - 4), screen.height.saturating_sub(4))
    };
    let (title, below) = match menu.kind {
        MenuKind::Palette => ("Command", "Enter runs  Tab completes  Up history  Esc closes"),
        MenuKind::Help => ("Help: what can be done", "Enter runs  type to search  Esc closes"),
    };
    let inside = canvas.frame(area, title, below);
    let prompt = if menu.kind == MenuKind::Palette { ":" } else { "/" };
    let start = canvas.text(inside.x + 1, inside.y, 2, Meaning::Key, prompt);
    let line = Rect {
        x: start + 1,
        y: inside.y,
        width: inside.width.saturating_sub(4),
        height: 1,
    };
    canvas.edit_line(line, menu.line.text(), menu.line.before_cursor(), true, false);
    let about = draw_about(menu, inside, canvas);
    let list = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(1 + about),
        ..inside
    };
    if menu.rows.is_empty() {
        canvas.text(
            list.x + 1,
            list.y,
            list.width,
            Meaning::Muted,
            "Nothing is called so. Backspace takes a letter back.",
        );
        return;
    }
    let top = menu
        .cursor
        .at()
        .saturating_sub(usize::from(list.height.saturating_sub(1)));
    for (index, (y, row)) in (list.top()..list.bottom()).zip(menu.rows.iter().skip(top)).enumerate() {
        let Some(command) = command(row.id) else { continue };
        let selected = top + index == menu.cursor.at();
        let keys: Vec<String> = model.keymap.keys_of(row.id).iter().map(|key| key_name(key)).collect();
        let safety = match command.safety {
            Safety::Observe => " ",
            Safety::Change => "~",
            Safety::Destroy => "!",
        };
        let argument = command
            .argument
            .map_or_else(String::new, |argument| format!(" {argument}"));
        let (meaning, doc) = match &row.disabled {
            Some(reason) => (Meaning::Disabled, format!("not now: {reason}")),
            None => (Meaning::Text, command.doc.to_owned()),
        };
        canvas.text(list.x, y, 1, Meaning::Text, if selected { ">" } else { " " });
        canvas.text(list.x + 1, y, 1, Meaning::Attention, safety);
        let wide = list.width >= 70;
        let (keys_at, name_at, doc_at) = if wide { (3, 18, 40) } else { (3, 11, 28) };
        let place = |from: u16, to: u16| {
            (
                list.x + from,
                to.saturating_sub(from + 1).min(list.width.saturating_sub(from)),
            )
        };
        let (x, columns) = place(keys_at, name_at);
        canvas.text(x, y, columns, Meaning::Key, &keys.join(" "));
        let (x, columns) = place(name_at, doc_at);
        canvas.text(x, y, columns, meaning, &format!("{}{argument}", command.name));
        let (x, columns) = place(doc_at, list.width);
        canvas.text(x, y, columns, if row.here { meaning } else { Meaning::Muted }, &doc);
        if selected {
            canvas.paint_row(list, y, Meaning::Selected);
        }
    }
}

/// Says in full what the selected line does, or why not, and returns how many lines are kept for that.
fn draw_about(menu: &Menu, inside: Rect, canvas: &mut Canvas<'_>) -> u16 {
    let kept = if inside.width < 70 { 2 } else { 1 };
    let row = menu.rows.get(menu.cursor.at());
    let Some((row, command)) = row.and_then(|row| Some((row, command(row.id)?))) else {
        return kept;
    };
    let (meaning, text) = match &row.disabled {
        Some(reason) => (Meaning::Attention, format!("Not now: {reason}")),
        None => (Meaning::Text, command.doc.to_owned()),
    };
    let lines = wrap(&text, usize::from(inside.width.saturating_sub(2)).max(1));
    for (y, line) in (inside.bottom().saturating_sub(kept)..inside.bottom()).zip(&lines) {
        canvas.text(inside.x + 1, y, inside.width.saturating_sub(2), meaning, line);
    }
    kept
}

/// A line of a dialog.
type DialogLine = (Meaning, String);

/// Draws a dialog. Its text gives way where there is little room; the line to type in and the buttons never do.
pub fn dialog(model: &Model, dialog: &Dialog, screen: Rect, canvas: &mut Canvas<'_>) {
    let columns = 76.min(screen.width.saturating_sub(2));
    let inner = usize::from(columns.saturating_sub(4)).max(1);
    let (title, text, confirm, cancel) = content(model, dialog);
    let lines: Vec<DialogLine> = text
        .into_iter()
        .flat_map(|(meaning, text)| {
            wrap(&visible_lines(&text), inner)
                .into_iter()
                .map(move |line| (meaning, line))
        })
        .collect();
    let typed = u16::from(dialog.expected.is_some()) * 3;
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(typed + 4);
    let area = canvas.over(screen, columns, wanted);
    let inside = canvas.frame(area, &title, "Tab moves  Enter presses  Esc cancels");
    let x = inside.x + 1;
    let room = inside.height.saturating_sub(typed + 2);
    for (y, (meaning, line)) in (inside.y..inside.y + room).zip(&lines) {
        canvas.text(x, y, inside.width.saturating_sub(2), *meaning, line);
    }
    let buttons = inside.bottom().saturating_sub(1);
    if let Some(expected) = &dialog.expected {
        let y = buttons.saturating_sub(3);
        canvas.spans(
            x,
            y,
            inside.width.saturating_sub(2),
            &[
                (Meaning::Text, "Type  "),
                (Meaning::Key, expected),
                (Meaning::Text, "  to continue:"),
            ],
        );
        let (meaning, word) = match (dialog.matches(), dialog.is_live(model.now)) {
            (false, _) => (Meaning::Muted, "not matching"),
            (true, false) => (Meaning::Attention, "wait 3 s"),
            (true, true) => (Meaning::Ok, "matches"),
        };
        let line = Rect {
            x: x + 2,
            y: y + 1,
            width: inside.width.saturating_sub(20).max(4),
            height: 1,
        };
        canvas.text(x, y + 1, 1, Meaning::Muted, "[");
        canvas.edit_line(
            line,
            dialog.line.text(),
            dialog.line.before_cursor(),
            dialog.focus == DialogFocus::Line,
            false,
        );
        canvas.spans(line.right() + 1, y + 1, 15, &[(Meaning::Muted, "] "), (meaning, word)]);
    }
    draw_buttons(
        model,
        dialog,
        Rect {
            x,
            y: buttons,
            width: inside.width,
            height: 1,
        },
        [cancel, confirm],
        canvas,
    );
}

fn draw_buttons(model: &Model, dialog: &Dialog, row: Rect, [cancel, confirm]: [&str; 2], canvas: &mut Canvas<'_>) {
    if let Question::Delete { sent: Some(job), .. } = &dialog.question {
        let since = model.asked_at(*job).unwrap_or(model.now);
        let word = waiting(model, since, "deleting").unwrap_or_default();
        canvas.text(row.x + 2, row.y, row.width, Meaning::Attention, &word);
        return;
    }
    let mut x = row.x + row.width.saturating_sub(40) / 2;
    for (title, focus, meaning) in [
        (cancel, DialogFocus::Cancel, Meaning::Text),
        (
            confirm,
            DialogFocus::Confirm,
            if dialog.is_live(model.now) {
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
        x = canvas.text(x, row.y, row.right().saturating_sub(x), meaning, &text) + 4;
    }
}

/// Title, text, and the names of the buttons that go on and that change nothing.
fn content(model: &Model, dialog: &Dialog) -> (String, Vec<DialogLine>, &'static str, &'static str) {
    let text = |text: &str| (Meaning::Text, text.to_owned());
    match &dialog.question {
        Question::Discard { quit } => {
            let what = if *quit { "Leave the program" } else { "Leave the form" };
            if model.is_sending() {
                let lines = vec![
                    text("It has been sent, and the answer is awaited."),
                    text("Leaving does not take it back."),
                    text(""),
                ];
                return (what.to_owned(), lines, "Leave", "Stay");
            }
            let mut lines = vec![text("What was typed has not been sent and would be lost."), text("")];
            if *quit {
                lines.insert(1, text("Closing the terminal instead keeps it for the next start."));
            }
            (what.to_owned(), lines, "Lose it", "Stay")
        }
        Question::Unlock => (
            format!("Unlock changes in {}", model.session.context),
            vec![
                text("This context is protected. Once unlocked, changes are sent to it."),
                text("It locks itself after 15 minutes without a key; W locks it at once."),
                text(""),
            ],
            "Unlock",
            "Stay locked",
        ),
        Question::Delete { scope, footprint, .. } => {
            let context = &model.session.context;
            let mut lines = vec![(
                Meaning::Danger,
                format!("This permanently deletes tenant {scope} on {context} and everything in it:"),
            )];
            match (footprint.value(), footprint.problem()) {
                (Some(counts), _) => {
                    let gone: Vec<String> = [
                        (counts.flows, "flow"),
                        (counts.namespaces, "namespace"),
                        (counts.triggers, "trigger"),
                        (counts.roles, "role"),
                        (counts.bindings, "binding"),
                        (counts.groups, "group"),
                    ]
                    .map(|(count, thing)| counted(count, thing))
                    .to_vec();
                    lines.push((Meaning::Title, gone.join(", ")));
                    lines.push(text(&format!(
                        "Who has access to it now: {}.",
                        counted(counts.users, "user")
                    )));
                    let stay = counted(counts.executions, "execution");
                    lines.push(text(&format!(
                        "Kept in the database, but out of reach: {stay} with logs."
                    )));
                }
                (None, Some(problem)) => {
                    lines.push((Meaning::Attention, format!("  It cannot be counted: {}", problem.what)));
                }
                (None, None) => lines.push((Meaning::Muted, "  counting...".to_owned())),
            }
            lines.push(text("There is no undo."));
            lines.push(text(""));
            let title = if matches!(scope, TenantScope::Named(_)) {
                "Delete tenant"
            } else {
                "Delete"
            };
            (title.to_owned(), lines, "Delete", "Cancel")
        }
    }
}

/// Draws a page of text.
pub fn page(model: &Model, page: &Page, screen: Rect, canvas: &mut Canvas<'_>) {
    let (columns, rows) = Page::place(model.size);
    let area = canvas.over(screen, columns, rows);
    let (lines, height) = page.lines(model.size);
    let inside = canvas.frame(area, &page.title, "j k scroll  y copies  Esc closes");
    let top = page.scroll.min(lines.len().saturating_sub(height));
    for (y, line) in (inside.top()..inside.bottom()).zip(lines.iter().skip(top)) {
        canvas.text(inside.x + 1, y, inside.width.saturating_sub(2), Meaning::Text, line);
    }
    canvas.park(inside.x + 1, inside.y, false);
}
