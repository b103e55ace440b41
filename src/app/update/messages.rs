//! The screen of messages: opening it, what is selected in it, and a message in full.

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

/// Keeps the selection on the message of this number, wherever it stands now.
pub fn keep(model: &mut Model, number: usize) {
    let messages = model.visible_messages();
    let (at, length) = (
        messages.iter().position(|message| message.number == number),
        messages.len(),
    );
    let rows = model.size.list_rows();
    if let (Some(at), Some(Screen::Messages(view))) = (at, model.screens.last_mut()) {
        view.cursor.keep(at, length, rows);
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
