//! Keys and pasted text: to the text being typed, if it wants them, and otherwise through the keymap to a command.

use crate::domain::count::thousands;

use super::super::ahead::Typed;
use super::super::command::{Availability, CommandId, Scope, availability};
use super::super::effect::Effect;
use super::super::input::{Key, KeyCode, parse_sequence, print_sequence};
use super::super::key_words::key_names;
use super::super::keymap::Found;
use super::super::line_edit::LineEdit;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{DialogFocus, Overlay};
use super::{ahead, choices, connect, entries, forms, lists, menus, pages, roles, run, wizard};

/// Takes a key. Returns why what it means was refused, if it was.
pub fn press(model: &mut Model, key: Key, effects: &mut Vec<Effect>) -> Option<String> {
    if model.size.is_too_small() {
        press_unseen(model, key, effects);
        return None;
    }
    model.last_key = Some(key);
    let was_interrupted = std::mem::take(&mut model.interrupted);
    if ahead::kept(model, key) || entries::kept_ahead(model, key) {
        return None;
    }
    if dropped(model, key) || model.pending.is_empty() && typed(model, key, effects) {
        return None;
    }
    let scopes = model.scopes();
    let mut sequence = std::mem::take(&mut model.pending);
    // A sequence that has begun is given up by Esc or Ctrl-C, and never reaches another command.
    if !sequence.is_empty()
        && matches!(
            key,
            Key { code: KeyCode::Esc, .. }
                | Key {
                    code: KeyCode::Char('c'),
                    ctrl: true
                }
        )
    {
        return None;
    }
    sequence.push(key);
    match meaning(model, &scopes, &sequence) {
        Found::Command(id) => {
            model.interrupted = was_interrupted && id == CommandId::Interrupt;
            model.drops_typed = id == CommandId::Filter;
            let refused = command(model, id, "", effects);
            model.drops_typed &= refused.is_some();
            return refused;
        }
        Found::Prefix => model.pending = sequence,
        Found::Nothing if sequence.len() > 1 => {
            // As they were pressed, whatever they do by the table.
            let keys = key_names(&print_sequence(&sequence));
            let text = format!("{keys} has no meaning here; <?> shows what has");
            model.messages.tell(model.now, Level::Warning, text);
        }
        Found::Nothing => say_meaningless(model, key, &scopes),
    }
    None
}

/// Whether a key was typed for a filter that was refused: a letter, or the key that would have ended it.
fn dropped(model: &mut Model, key: Key) -> bool {
    if !std::mem::take(&mut model.drops_typed) || !model.overlays.is_empty() {
        return false;
    }
    model.drops_typed = !key.ctrl && matches!(key.code, KeyCode::Char(_) | KeyCode::Backspace);
    let ends = || meaning(model, &[Scope::Filter], &[key]);
    model.drops_typed || matches!(ends(), Found::Command(CommandId::FilterDone | CommandId::FilterClear))
}

/// Says in passing that a letter means nothing here. Where text is typed it would be in the way.
fn say_meaningless(model: &mut Model, key: Key, scopes: &[Scope]) {
    let types = scopes.first().is_some_and(|scope| scope.types());
    if types || !matches!(key.code, KeyCode::Char(_)) {
        return;
    }
    let key = key_names(&print_sequence(&[key]));
    let help = model.keymap.key_of(CommandId::Help, scopes);
    let end = help.map_or("", |_| "; <?> shows what does");
    model
        .messages
        .say_aside(model.now, &format!("{key} does nothing here{end}"));
}

/// Takes a key where nothing can be seen but how to leave: `q` leaves, and what was being done is gone on with at the next
/// start. So does the one that interrupts; no other key does anything.
fn press_unseen(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    model.pending.clear();
    let was_interrupted = std::mem::take(&mut model.interrupted);
    let leaves = matches!(
        key,
        Key {
            code: KeyCode::Char('q'),
            ctrl: false,
        } | Key {
            code: KeyCode::Char('c'),
            ctrl: true,
        }
    );
    // What was sent is waited for, unless somebody insists.
    if leaves && (was_interrupted || !model.is_sending()) {
        super::resuming::save_now(model, effects);
        effects.push(Effect::Quit);
    } else {
        model.interrupted = leaves;
    }
}

/// Where a sequence leads. What has no meaning in an inner scope just now leaves its key to the outer ones.
pub fn meaning(model: &Model, scopes: &[Scope], sequence: &[Key]) -> Found {
    for start in 0..scopes.len() {
        let inner = scopes.get(start..).unwrap_or_default();
        match model.keymap.find(inner, sequence) {
            Found::Command(id) if availability(model, id) == Availability::Hidden => {}
            found => return found,
        }
    }
    Found::Nothing
}

/// The key of a command that leads to it on the screen below whatever lies over it, as people read it; its name where all are
/// hidden by what an inner scope means by them.
pub fn key_below(model: &Model, id: CommandId) -> String {
    let mut scopes = model.scopes_below();
    // Where text is typed, it is said of what comes after.
    if !scopes.contains(&Scope::Global) {
        scopes = vec![Scope::Global, Scope::Everywhere];
    }
    let is_hidden = |keys: &[Key]| {
        (1..=keys.len()).any(
            |count| match meaning(model, &scopes, keys.get(..count).unwrap_or_default()) {
                Found::Command(other) => other != id,
                Found::Prefix => count == keys.len(),
                Found::Nothing => false,
            },
        )
    };
    let mut known = model.keymap.keys_in(id, &scopes).into_iter();
    let key = known.find(|keys| parse_sequence(keys).is_ok_and(|keys| !is_hidden(&keys)));
    key.map_or_else(
        || {
            format!(
                ":{}",
                super::super::command::command(id).map_or("", |command| command.name)
            )
        },
        |key| key_names(&key),
    )
}

/// Runs a command if it can be run now, keeps it for the rows it is about if they are awaited, and otherwise says why not.
/// Returns that reason, which is empty where it has no meaning here.
pub fn command(model: &mut Model, id: CommandId, argument: &str, effects: &mut Vec<Effect>) -> Option<String> {
    if ahead::begins(model, id, argument) {
        return None;
    }
    match availability(model, id) {
        Availability::Ready => {
            run::run(model, id, argument, effects);
            pages::note(model, id, argument);
            None
        }
        Availability::Disabled(reason) => {
            let reason = format!("Not now: {reason}");
            let dropped = if model.drops_typed {
                "; text is dropped up to <enter> or <esc>"
            } else {
                ""
            };
            model
                .messages
                .tell(model.now, Level::Warning, format!("{reason}{dropped}"));
            Some(reason)
        }
        Availability::Hidden => Some(String::new()),
    }
}

/// Gives a key to the text being typed, and says whether it was taken.
pub fn typed(model: &mut Model, key: Key, effects: &mut Vec<Effect>) -> bool {
    match model.overlays.last_mut() {
        Some(Overlay::Menu(menu)) => {
            let (taken, is_other) = typed_above_rows(&mut menu.line, key);
            if is_other {
                menus::changed(model);
            }
            return taken;
        }
        Some(Overlay::Choice(choice)) => {
            let (taken, is_other) = typed_above_rows(&mut choice.line, key);
            if is_other {
                choices::changed(model, effects);
            }
            return taken;
        }
        Some(Overlay::Dialog(dialog)) => {
            // Typing goes to the line, wherever the focus is.
            let types = matches!(
                key,
                Key {
                    code: KeyCode::Char(_) | KeyCode::Backspace,
                    ctrl: false
                }
            );
            if types && dialog.expected.is_some() {
                dialog.focus = DialogFocus::Line;
            }
            return match dialog.focus {
                DialogFocus::Line => {
                    let taken = dialog.line.key(key);
                    if taken {
                        // What was said of what stood there does not hold any more.
                        model.messages.leave_place();
                    }
                    taken
                }
                DialogFocus::Cancel | DialogFocus::Confirm => false,
            };
        }
        Some(Overlay::Entry(_)) => return entries::typed(model, key),
        Some(Overlay::Token(_) | Overlay::Columns(_)) => return false,
        Some(Overlay::Page(_)) | None => {}
    }
    if model.scopes().first() == Some(&Scope::Form) {
        return if connect::form_mut(model).is_some() {
            connect::typed(model, key)
        } else if roles::editor_mut(model).is_some() {
            roles::typed(model, key)
        } else if model.types_tenant() {
            wizard::typed(model, key)
        } else {
            forms::typed(model, key)
        };
    }
    match model.filter_mut() {
        Some(filter) if filter.editing => {
            let taken = filter.line.key(key);
            if taken {
                lists::filter_changed(model, effects);
            }
            taken
        }
        _ => false,
    }
}

/// Gives a key to a line above rows, and says whether it was taken and whether the text is another one then. One that goes to
/// an end of the line where the cursor is already goes to an end of the rows instead.
fn typed_above_rows(line: &mut LineEdit, key: Key) -> (bool, bool) {
    let is_there = match (key.ctrl, key.code) {
        (false, KeyCode::Home) => line.before_cursor().is_empty(),
        (false, KeyCode::End) => line.before_cursor() == line.text(),
        _ => false,
    };
    if is_there {
        return (false, false);
    }
    let before = line.text().to_owned();
    let taken = line.key(key);
    (taken, line.text() != before)
}

/// Gives a question text that was typed before it was on screen, to its line. No other key does anything, not even the step to
/// another button: nobody had seen what would be pressed.
pub fn replay(model: &mut Model, ahead: &[Key], effects: &mut Vec<Effect>) {
    let mut is_all = true;
    for key in ahead {
        is_all &= typed(model, *key, effects);
    }
    if !is_all {
        say_nothing_pressed(model);
    }
}

/// Says that what was typed ahead pressed no button.
pub fn say_nothing_pressed(model: &mut Model) {
    let text = "What was typed before this was shown pressed nothing";
    model.messages.tell(model.now, Level::Warning, text);
}

/// Takes pasted text: to where text is typed. Pasted text never runs commands.
pub fn paste(model: &mut Model, text: &str, effects: &mut Vec<Effect>) {
    model.pending.clear();
    if model.size.is_too_small() {
        return;
    }
    if model.ahead.is_some() {
        ahead::keep(model, Typed::Pasted(text.to_owned()));
        return;
    }
    let is_whole = match model.overlays.last_mut() {
        Some(Overlay::Menu(menu)) => {
            let is_whole = menu.line.insert(text);
            menus::changed(model);
            is_whole
        }
        Some(Overlay::Choice(choice)) => {
            let is_whole = choice.line.insert(text);
            choices::changed(model, effects);
            is_whole
        }
        Some(Overlay::Dialog(dialog)) if dialog.expected.is_some() => {
            dialog.focus = DialogFocus::Line;
            model.messages.leave_place();
            dialog.line.insert(text)
        }
        Some(Overlay::Entry(_)) => entries::pasted(model, text),
        Some(Overlay::Token(_) | Overlay::Columns(_) | Overlay::Dialog(_)) => true,
        Some(Overlay::Page(_)) | None => pasted_below(model, text, effects),
    };
    if !is_whole {
        let text = format!(
            "What was pasted is cut: a line takes {} characters",
            thousands(LineEdit::MAX as u64)
        );
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Takes pasted text where nothing lies over the screen but a page, and says whether all of it had room.
fn pasted_below(model: &mut Model, text: &str, effects: &mut Vec<Effect>) -> bool {
    if model.scopes().first() == Some(&Scope::Form) {
        return if connect::form_mut(model).is_some() {
            connect::pasted(model, text)
        } else if roles::editor_mut(model).is_some() {
            roles::pasted(model, text)
        } else if model.types_tenant() {
            wizard::pasted(model, text)
        } else {
            forms::pasted(model, text)
        };
    }
    match model.filter_mut() {
        Some(filter) if filter.editing => {
            let is_whole = filter.line.insert(text);
            lists::filter_changed(model, effects);
            is_whole
        }
        _ => {
            let text = "Pasted text was left aside: there is nothing to type in here";
            model.messages.tell(model.now, Level::Warning, text);
            true
        }
    }
}
