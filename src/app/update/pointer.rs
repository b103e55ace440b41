//! What a pointer does, carried out by the commands that keys have.

use super::super::command::{CommandId, Scope};
use super::super::effect::{Effect, Millis};
use super::super::input::{Key, KeyCode};
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::pointer::{Act, Hit, Pointer};
use super::super::screen::Screen;
use super::{keys, run};

/// Two presses within so many milliseconds are one on what is there and one that opens it.
const DOUBLE: Millis = 500;
/// Rows for one notch of the wheel.
const NOTCH: i32 = 3;

/// Takes what a pointer did.
pub fn act(model: &mut Model, pointer: Pointer, effects: &mut Vec<Effect>) {
    model.pending.clear();
    model.last_key = None;
    let place = (pointer.column, pointer.row);
    match (pointer.act, pointer.hit) {
        (Act::WheelUp, _) => move_rows(model, -NOTCH, effects),
        (Act::WheelDown, _) => move_rows(model, NOTCH, effects),
        (Act::Press, hit) => {
            let last = model.pressed.replace((model.now, pointer));
            let again = last.filter(|(at, before)| model.now - at <= DOUBLE && before.row == pointer.row);
            if let Some(hit) = hit {
                press(model, hit, again.map(|(_, before)| before), effects);
            }
        }
        // Until it is let go on a button, the focus stays where it is: Enter presses nothing that a hand thought better of.
        (Act::Release, Some(Hit::Button(stops)))
            if model
                .pressed
                .is_some_and(|(_, pressed)| (pressed.column, pressed.row) == place) =>
        {
            focus(model, stops, effects);
            enter(model, effects);
        }
        (Act::Release, _) => {}
    }
}

/// Takes a press, the second on the same row if there was one `before`.
fn press(model: &mut Model, hit: Hit, before: Option<Pointer>, effects: &mut Vec<Effect>) {
    match hit {
        // Over a slow link both may come before there was a frame between them: then both hit the same.
        Hit::Row(rows) | Hit::Cell(rows, _)
            if before.is_some_and(|before| {
                before.hit == Some(hit) || matches!((rows, hit), (0, Hit::Row(_) | Hit::Cell(_, 0)))
            }) =>
        {
            // A third press is not another second one.
            model.pressed = None;
            enter(model, effects);
        }
        Hit::Row(rows) => move_rows(model, rows, effects),
        Hit::Cell(rows, columns) => {
            move_rows(model, rows, effects);
            repeat(model, columns, [CommandId::Left, CommandId::Right], effects);
        }
        Hit::Field(stops) => focus(model, stops, effects),
        Hit::Button(_) => {}
        Hit::Tab(tabs) => repeat(model, tabs, [CommandId::PreviousPane, CommandId::NextPane], effects),
        Hit::Place { screens, role } => go_back(model, screens, role, effects),
        Hit::Command(id) => {
            keys::command(model, id, "", effects);
        }
    }
}

/// Gives the focus to what is so many stops further on.
fn focus(model: &mut Model, stops: i32, effects: &mut Vec<Effect>) {
    let commands = match model.scopes().first() {
        Some(Scope::Dialog) => [CommandId::DialogNext; 2],
        Some(Scope::Review) => [CommandId::ReviewSwitch; 2],
        Some(Scope::RoleEdit) => [CommandId::PreviousPane, CommandId::NextPane],
        _ => [CommandId::FormPrevious, CommandId::FormNext],
    };
    repeat(model, stops, commands, effects);
}

/// Goes back screen by screen, until one asks whether what was typed is to be lost.
fn go_back(model: &mut Model, screens: usize, role: bool, effects: &mut Vec<Effect>) {
    while model.overlays.is_empty() {
        let before = (model.screens.len(), has_role(model), model.review().is_some());
        if before.0 < screens || (before.0 == screens && (role || !before.1)) {
            return;
        }
        keys::command(model, CommandId::Back, "", effects);
        if (model.screens.len(), has_role(model), model.review().is_some()) == before {
            return;
        }
    }
}

fn has_role(model: &Model) -> bool {
    matches!(model.screens.last(), Some(Screen::Tenant(view)) if view.role.is_some())
}

fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    keys::press(model, Key::plain(KeyCode::Enter), effects);
}

fn move_rows(model: &mut Model, rows: i32, effects: &mut Vec<Effect>) {
    let commands = match model.overlays.last() {
        Some(Overlay::Menu(_) | Overlay::Choice(_)) => [CommandId::MenuUp, CommandId::MenuDown],
        Some(Overlay::Dialog(_)) => [CommandId::PageUp, CommandId::PageDown],
        Some(Overlay::Entry(_) | Overlay::Token(_)) => return,
        None if model.scopes().first() == Some(&Scope::Form) => [CommandId::FormPrevious, CommandId::FormNext],
        Some(Overlay::Page(_) | Overlay::Columns(_)) | None => [CommandId::Up, CommandId::Down],
    };
    repeat(model, rows, commands, effects);
}

/// Runs the second of two commands so many times, or the first as many times as it is below none.
fn repeat(model: &mut Model, times: i32, [back, on]: [CommandId; 2], effects: &mut Vec<Effect>) {
    for _ in 0..times.unsigned_abs() {
        run::run(model, if times < 0 { back } else { on }, "", effects);
    }
}
