//! The screen of messages: opening it, what is selected in it, and a message in full.

use super::super::cursor::Cursor;
use super::super::messages::{Level, Message};
use super::super::model::Model;
use super::super::overlay::Page;
use super::super::screen::Screen;

/// Opens the messages.
pub fn open(model: &mut Model) {
    model.screens.push(Screen::Messages(Box::default()));
}

/// The number of the message that is selected, if messages are on screen.
pub fn selected(model: &Model) -> Option<usize> {
    let Some(Screen::Messages(view)) = model.screens.last() else {
        return None;
    };
    let messages = model.visible_messages();
    messages.get(view.cursor.at()).map(|message| message.number)
}

/// Keeps the selection on the message of this number, wherever it stands now, and says whether it is there.
pub fn keep(model: &mut Model, number: usize) -> bool {
    let messages = model.visible_messages();
    let (at, length) = (
        messages.iter().position(|message| message.number == number),
        messages.len(),
    );
    let rows = model.size.list_rows();
    if let (Some(at), Some(Screen::Messages(view))) = (at, model.screens.last_mut()) {
        view.cursor.keep(at, length, rows);
    }
    at.is_some()
}

/// Reads what is typed into the filter. Under each further filter the message is selected that was so before the first, unless
/// another was selected by hand since, where that lets it through, or else the first; without a filter it is selected as it was.
pub fn read_filter(model: &mut Model, columns: &[&str], shown: &[&'static str]) {
    let before = selected(model);
    let Some(Screen::Messages(view)) = model.screens.last_mut() else {
        return;
    };
    let cursor = view.cursor;
    if !view.filter.read(columns, shown) {
        return;
    }
    let noted = view.origin.take().filter(|(_, _, led)| *led == before);
    let (number, cursor) = noted.map_or((before, cursor), |(number, cursor, _)| (number, cursor));
    let is_filtered = !view.filter.filter().is_empty();
    view.cursor = cursor;
    let is_there = number.is_some_and(|number| keep(model, number));
    if let Some(Screen::Messages(view)) = model.screens.last_mut().filter(|_| !is_there) {
        view.cursor = Cursor::default();
    }
    let led = selected(model);
    if let Some(Screen::Messages(view)) = model.screens.last_mut().filter(|_| is_filtered) {
        view.origin = Some((number, cursor, led));
    }
}

/// A message in full.
pub fn page(model: &Model, message: &Message) -> Page {
    let title = match message.level {
        Level::Error => "Problem",
        Level::Warning => "Note",
        Level::Done => "Message",
    };
    let repeated = message.repeated(model.session.started_at);
    let repeated = repeated.map_or_else(String::new, |repeated| format!("\n\n{repeated}"));
    Page::new(title, message.full_text() + &repeated)
}
