//! What stands over a screen as lines of text: pages, lists to choose from, help, dialogs.

use crate::app::choice::Choice;
use crate::app::command::{Availability, CommandId, availability};
use crate::app::dialog_text::dialog_text;
use crate::app::linear::{BY_WORD, keys_listed, sends_by_word};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::search::Search;
use crate::domain::count::{counted, thousands};

use super::linear::say_rows;
use super::linear_people;

/// Says the lines of a text in which something was found.
pub(super) fn say_found(text: &[String], search: &Search, lines: &mut Vec<String>) {
    let found = search.matches(text);
    let sought = search.field.line.text();
    lines.push(format!(
        "{} of {} have {sought}:",
        counted(found.len() as u64, "line"),
        text.len()
    ));
    lines.extend(found.iter().filter_map(|at| text.get(*at).cloned()));
    lines.push("An empty line ends the search.".to_owned());
}

/// Says how many rows of a list to choose from are in view and how to see others, or why there are none.
fn say_extent(model: &Model, choice: &Choice, top: usize, seen: usize, lines: &mut Vec<String>) {
    let (sought, found) = (choice.line.text().trim(), choice.visible.len());
    if found == 0 {
        lines.push(match choice.reading {
            Some(_) => "Reading.".to_owned(),
            None if sought.is_empty() => choice.empty.to_owned(),
            None => "Nothing is called so. Type another word, or - to see all.".to_owned(),
        });
        return;
    }
    if !sought.is_empty() {
        let all = if choice.has_more || choice.holds_part {
            String::new()
        } else {
            format!(" of {}", thousands(choice.held() as u64))
        };
        let verb = if found == 1 { "has" } else { "have" };
        let found = thousands(found as u64);
        lines.push(format!("{found}{all} {verb} {sought}. - shows all."));
    }
    if seen < found || top > 0 {
        let [from, to, found] = [top + 1, seen, found].map(|number| thousands(number as u64));
        let held = if choice.has_more || choice.holds_part {
            " that are read; a word looks among all"
        } else {
            ""
        };
        let more = model.keyed("<pgdn> and <pgup> show more.");
        lines.push(format!("{from} to {to} of {found}{held}. {more}"));
    }
}

pub(super) fn say_overlay(overlay: &Overlay, model: &Model, lines: &mut Vec<String>) {
    match overlay {
        Overlay::Page(page) => {
            lines.push(page.title.clone());
            if page.search.field.is_active() {
                let text: Vec<String> = page.text.lines().map(str::to_owned).collect();
                say_found(&text, &page.search, lines);
            } else {
                lines.extend(page.text.lines().map(str::to_owned));
                lines.push("An empty line closes it. / and a word shows only the lines that have it.".to_owned());
            }
        }
        Overlay::Entry(entry) => linear_people::say_entry(model, entry, lines),
        Overlay::Token(token) => linear_people::say_token(model, token, lines),
        Overlay::Columns(menu) => {
            lines.push(if menu.sorts {
                "Order by: type a number; - leaves".to_owned()
            } else {
                let moves = "<J> or <K> with a number before it moves one, <d> brings the usual ones back";
                let moves = model.keyed(moves);
                format!("Columns: a number shows or hides one, {moves}, an empty line takes them, - leaves")
            });
            let rows = menu.rows.iter().enumerate().map(|(number, (_, shown))| {
                let title = menu.column(number).map_or("", |column| column.title);
                let state = match (menu.sorts, shown) {
                    (true, _) => menu
                        .refusal(number)
                        .map_or_else(String::new, |reason| format!(", not now: {reason}")),
                    (false, true) => ", shown".to_owned(),
                    (false, false) => ", hidden".to_owned(),
                };
                (number, format!("{title}{state}"))
            });
            say_rows(model, rows, menu.cursor.at(), menu.rows.len(), lines);
        }
        Overlay::Choice(choice) => {
            let number = if choice.takes_many { "numbers" } else { "a number" };
            lines.push(format!(
                "{}: type {number}, or a word to search for; an empty line goes back",
                choice.title
            ));
            let (top, seen) = (choice.cursor.top(), choice.seen(model.size));
            let in_view = choice.visible.iter().enumerate().take(seen).skip(top);
            for (at, row) in in_view.filter_map(|(at, index)| Some((at, choice.rows.get(*index)?))) {
                let note = match &row.disabled {
                    Some(reason) => format!(", not now: {reason}"),
                    None if row.note.is_empty() => String::new(),
                    None => format!(", {}", row.note),
                };
                let mark = if choice.marks.contains(&row.key) {
                    ", marked"
                } else {
                    ""
                };
                lines.push(format!("{}. {}{note}{mark}", at + 1, row.text));
            }
            say_extent(model, choice, top, seen, lines);
            lines.extend(choice.unread.clone());
        }
        Overlay::Menu(menu) => {
            lines.push("What can be done; type a number or a name to do it, an empty line to close".to_owned());
            for (number, row) in (1..).zip(&menu.rows) {
                let Some(command) = crate::app::command::command(row.id) else {
                    continue;
                };
                if let Some(topic) = crate::app::topics::topic(row.argument) {
                    lines.push(format!("{number}. {} {}: {}", command.name, topic.name, topic.title()));
                    continue;
                }
                let keys = keys_listed(model, menu, row.id).join(" or ");
                let keys = if keys.is_empty() { keys } else { format!(" ({keys})") };
                lines.push(match &row.disabled {
                    Some(_) if sends_by_word(model, menu, row) => {
                        format!("{number}. {}: not now, {BY_WORD}", command.name)
                    }
                    Some(reason) => format!("{number}. {}: not now, {reason}", command.name),
                    None => {
                        let doc = model.keymap.shown(&menu.scopes, command.doc);
                        format!("{number}. {}{keys}: {doc}", command.name)
                    }
                });
            }
        }
        Overlay::Dialog(dialog) => {
            let text = dialog_text(model, dialog);
            lines.push(text.title);
            let paragraphs = text.paragraphs.into_iter();
            lines.extend(paragraphs.map(|(_, line)| line.trim().to_owned()));
            let copies = match availability(model, CommandId::CopyCommand) {
                Availability::Ready => model.keyed(" <ctrl-y> copies the command."),
                Availability::Disabled(_) | Availability::Hidden => String::new(),
            };
            lines.push(match (dialog.sent(), &dialog.expected) {
                (Some(_), _) if model.counts_again(dialog) => {
                    "What goes with it is counted again; nothing has been sent yet.".to_owned()
                }
                (Some(_), _) => "It has been sent, and the answer is awaited.".to_owned(),
                (None, Some(expected)) => {
                    format!("Type {expected} to continue; anything else changes nothing.{copies}")
                }
                (None, None) => {
                    let confirm = text.confirm.to_lowercase();
                    format!("Type yes to {confirm}; anything else changes nothing.{copies}")
                }
            });
        }
    }
}
