//! Typing ahead: what acts on rows that are still awaited, and everything typed after it, is kept in order and done once they
//! are there.

use super::super::ahead::{Ahead, Typed};
use super::super::command::{Availability, CommandId, Scope, availability, command};
use super::super::effect::Effect;
use super::super::input::Key;
use super::super::keymap::Found;
use super::super::messages::{Cause, Level};
use super::super::model::Model;
use super::super::screen::Screen;
use super::super::tab_list::TabList;
use super::{keys, marks};

/// What is said where it is dropped by hand.
pub const DROPPED: &str = "What was typed before the rows were there is dropped";

/// Why it is dropped where it is for a tenant that was selected and is not found any more.
pub const NOT_THERE: &str = "What was typed is dropped: the tenant it was for is not there";

/// Keeps a command for the rows that it is about, and says whether they are still awaited.
pub fn begins(model: &mut Model, id: CommandId, argument: &str) -> bool {
    let waits_for_marks = || model.awaits_marks() && marks::acts_on_marks(model, id);
    let waits = model.awaits_rows() && is_about_rows(model, id) || waits_for_marks();
    if !waits {
        return false;
    }
    model.ahead = Some(Ahead {
        typed: vec![Typed::Command(id, argument.to_owned())],
        place: place(model),
        about: None,
        is_full: false,
    });
    true
}

/// Whether a command acts on a row, so that it cannot be run before there are any.
fn is_about_rows(model: &Model, id: CommandId) -> bool {
    use CommandId::{Actions, Down, First, HalfDown, HalfUp, Last, Mark, MarkAll, MarkRange, Open, PageDown, PageUp};
    use CommandId::{GoRoles, RoleHolders, RoleMatrix, Up};

    match id {
        // To move gives up the one that is led to, and goes on from a place whose row is still read.
        Up | Down | First | Last | HalfDown | HalfUp | PageDown | PageUp => match model.screens.last() {
            None => !model.tenants.is_led_on() && !model.tenants.lacks_selected(),
            Some(Screen::Records(view)) if view.has_found_nothing_yet() => false,
            Some(screen) => !screen.list().is_some_and(TabList::is_sought),
        },
        // These go by places.
        MarkRange if model.tenants.is_led_back() => true,
        MarkRange | MarkAll if model.screens.is_empty() => !model.tenants.lacks_selected(),
        Open | Mark | MarkRange | MarkAll | RoleMatrix | RoleHolders => true,
        Actions | GoRoles => availability(model, id) != Availability::Ready,
        _ => command(id).is_some_and(|command| {
            let is_outer = |scope: &Scope| matches!(scope, Scope::List | Scope::Global | Scope::Everywhere);
            let scopes = model.scopes();
            let is_here = command
                .scopes
                .iter()
                .any(|scope| !is_outer(scope) && scopes.contains(scope));
            let is_refused = || matches!(availability(model, id), Availability::Disabled(_));
            is_here && !command.beside && is_refused()
        }),
    }
}

/// Keeps a key if others wait before it, and says whether it is taken. Esc and what interrupts drop them all.
pub fn kept(model: &mut Model, key: Key) -> bool {
    use CommandId::{Escape, Interrupt, Repaint, Suspend};

    if model.ahead.is_none() {
        return false;
    }
    match keys::meaning(model, &model.scopes(), &[key]) {
        Found::Command(Repaint | Suspend) => return false,
        Found::Command(Escape | Interrupt) => {
            drop(model, DROPPED);
        }
        _ => keep(model, Typed::Key(key)),
    }
    true
}

/// Keeps something after what waits already.
pub fn keep(model: &mut Model, typed: Typed) {
    let Some(ahead) = &mut model.ahead else { return };
    let was_full = ahead.is_full;
    ahead.push(typed);
    if ahead.is_full && !was_full {
        let text = "What was typed on was dropped: no more is kept before the rows are there";
        model.messages.tell_before(model.now, Level::Warning, text);
    }
}

/// Drops what waits, if anything does, and says so.
pub fn drop(model: &mut Model, text: &str) {
    if model.ahead.take().is_some() {
        model.messages.tell_before(model.now, Level::Warning, text);
    }
}

/// Does what waits once its rows are there, up to what cannot be done. A question that comes of it takes text alone, as nobody has seen its buttons.
pub fn go_on(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(ahead) = &mut model.ahead else { return };
    if model.screens.is_empty() && ahead.about.is_none() {
        ahead.about = model.tenants.leads_to().cloned();
    }
    let (began, about) = (ahead.place, ahead.about.clone());
    if model.size.is_too_small() {
        return;
    }
    if began != place(model) {
        drop(
            model,
            "What was typed before the rows were there is dropped, as they are not on screen any more",
        );
        return;
    }
    if model.awaits_rows() || model.awaits_marks() {
        return;
    }
    if !model.has_read_rows() {
        drop(
            model,
            "What was typed is dropped: the rows it was for could not be read",
        );
        return;
    }
    if about.is_some() && about != model.tenants.selected_scope() {
        drop(model, NOT_THERE);
        return;
    }
    let cause = std::mem::replace(&mut model.messages.cause, Cause::Asked);
    let mut waiting = model
        .ahead
        .take()
        .map_or_else(Vec::new, |ahead| ahead.typed)
        .into_iter();
    let mut is_all = true;
    while let Some(typed) = waiting.next() {
        let refused = match typed {
            Typed::Pasted(text) => {
                keys::paste(model, &text, effects);
                None
            }
            Typed::Key(key) if asks(model) => {
                is_all &= keys::typed(model, key, effects);
                None
            }
            Typed::Key(key) => keys::press(model, key, effects),
            Typed::Command(id, argument) => keys::command(model, id, &argument, effects),
        };
        if let Some(why) = refused {
            // What comes after was meant for what would have come of it.
            if waiting.len() > 0 {
                let text = match why.as_str() {
                    "" => DROPPED.to_owned(),
                    why => format!("{why}; what was typed after it is dropped"),
                };
                model.messages.tell_before(model.now, Level::Warning, &text);
            }
            break;
        }
        if let Some(ahead) = &mut model.ahead {
            // It led to where rows are awaited again.
            waiting.by_ref().for_each(|typed| ahead.push(typed));
        }
    }
    if !is_all {
        keys::say_nothing_pressed(model);
    }
    model.messages.cause = cause;
}

/// Whether what has the keys is a question with buttons.
fn asks(model: &Model) -> bool {
    matches!(model.scopes().first(), Some(Scope::Dialog | Scope::Review))
}

fn place(model: &Model) -> (usize, usize) {
    (model.screens.len(), model.overlays.len())
}
