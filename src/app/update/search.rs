//! Looking for words in text: what the keys do about it.

use super::super::command::CommandId;
use super::super::line_edit::LineEdit;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::screen::Screen;
use super::super::search::Search;

/// Carries a command about a search out.
pub fn run(model: &mut Model, id: CommandId, argument: &str) {
    match id {
        CommandId::NextMatch | CommandId::SearchOn => step(model, true),
        CommandId::PreviousMatch => step(model, false),
        CommandId::SearchEnd => end(model),
        _ => {
            let Some(search) = model.search_mut() else { return };
            *search = Search::default();
            search.field.editing = argument.is_empty();
            search.field.line = LineEdit::new(argument);
            changed(model);
        }
    }
}

/// Ends a search; the text stays where it is.
pub fn end(model: &mut Model) {
    if let Some(search) = model.search_mut() {
        *search = Search::default();
    }
}

/// Goes to the first place from where one is, after what is looked for has changed.
pub fn changed(model: &mut Model) {
    let (lines, top, _) = model.searched_lines();
    let Some(search) = model.search() else { return };
    let from = search.at.unwrap_or(top);
    let matches = search.matches(&lines);
    let first = matches.iter().find(|line| **line >= from).or(matches.first());
    go_to(model, first.copied());
}

/// Goes to the next or the previous place, and says when it went round.
fn step(model: &mut Model, on: bool) {
    let (lines, top, _) = model.searched_lines();
    let Some(search) = model.search() else { return };
    let at = search.at.unwrap_or(top);
    let matches = search.matches(&lines);
    let (next, around, end) = if on {
        (matches.iter().find(|line| **line > at), matches.first(), "top")
    } else {
        (matches.iter().rev().find(|line| **line < at), matches.last(), "end")
    };
    let words = match (next, around) {
        (Some(_), _) => None,
        (None, None) => Some(format!("Nothing here matches {}", search.field.line.text())),
        (None, Some(_)) => Some(format!("The search went on from the {end}")),
    };
    let found = next.or(around).copied();
    go_to(model, found);
    if let Some(words) = words {
        model.messages.tell(model.now, Level::Warning, words);
    }
}

/// Brings a line into view, with what stands before it.
fn go_to(model: &mut Model, line: Option<usize>) {
    let (lines, top, rows) = model.searched_lines();
    let Some(search) = model.search_mut() else { return };
    search.at = line;
    if let (Some(line), None, Some(Screen::Run(view))) = (line, model.overlays.last(), model.screens.last_mut())
        && !view.shows_output
    {
        view.follows = false;
        view.cursor.select(line, lines.len(), rows);
        return;
    }
    let Some(line) = line.filter(|line| !(top..top + rows).contains(line)) else {
        return;
    };
    let end = lines.len().saturating_sub(rows);
    let top = line.saturating_sub(rows / 3).min(end);
    match (model.overlays.last_mut(), model.screens.last_mut()) {
        (Some(Overlay::Page(page)), _) => page.scroll = top,
        (None, Some(Screen::Checks(view))) => view.scroll = Some(top),
        (None, Some(Screen::Rollback(view))) => view.scroll = top,
        (None, Some(Screen::Run(view))) => view.scroll_output(top, rows),
        (None, Some(Screen::Wizard)) => {
            if let Some(wizard) = &mut model.wizard {
                wizard.scroll = top;
            }
        }
        _ => {}
    }
}
