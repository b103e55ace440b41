//! Ctrl-C: closes what is open, stops what is being read, and the second time in a row leaves. Where it asks whether what was
//! typed may be lost, once more leaves, and keeps that for the next start.
//!
//! What was sent to change something is never stopped; that it goes on is said instead. Of a change of several things those
//! are left that were not sent yet.

use super::super::effect::{Effect, LONG, Millis};
use super::super::entry::Entry;
use super::super::input::{Key, KeyCode};
use super::super::linear;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::msg::Msg;
use super::super::overlay::{Overlay, Question};
use super::super::records::RecordsView;
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::{choices, contexts, deleting, entries, keys, palette, places, records, resuming};

/// Takes Ctrl-C.
pub fn press(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.interrupted && asks_to_discard(model) {
        // Whoever insists is not asked again: it is gone on with at the next start.
        resuming::save_now(model, effects);
        effects.push(Effect::Quit);
        return;
    }
    if model.interrupted {
        places::quit(model, effects);
        say_what_leaves(model);
        return;
    }
    if deleting::give_up(model, deleting::CANCELLED, effects) {
        return;
    }
    if let Some(doing) = model
        .doing
        .as_mut()
        .filter(|doing| doing.deed.goes_item_by_item() && !doing.is_stopping)
    {
        doing.is_stopping = true;
        effects.push(Effect::Stop(doing.job));
        let text = "Nothing more is sent; what was sent is waited for";
        model.messages.tell(model.now, Level::Warning, text);
        return;
    }
    let keeps = |entry: &mut Entry| entry.ahead.is_some() || entry.would_lose();
    if entries::entry_mut(model).is_some_and(keeps) {
        entries::leave(model, effects);
        say_what_leaves(model);
        return;
    }
    (model.wanted_pick, model.wanted_page) = (None, None);
    if choices::is_open(model) {
        // What was typed before a list is under it.
        choices::leave(model, effects);
        return;
    }
    let changes = model.is_sending();
    let closed = model.overlays.pop().is_some();
    if !closed && contexts::stop_making(model, effects) {
        return;
    }
    let searches = records::view(model).is_some_and(RecordsView::is_searching);
    let stopped = !closed && stop_reading(model, effects);
    let text = match (stopped, changes) {
        (true, true) => "Stopped reading; the change goes on, and its outcome will be told",
        (true, false) if searches => records::STOPPED,
        (true, false) if matches!(model.screens.last(), Some(Screen::Connect(form)) if form.may_be_kept()) => {
            "Stopped while it was kept; <esc>, then <c>, shows whether it is there"
        }
        (true, false) if matches!(model.screens.last(), Some(Screen::Connect(_))) => {
            "Stopped, nothing is kept; <ctrl-o> tries again"
        }
        (true, false) if model.form_in_doubt() => "Stopped reading; it is looked at again before it is sent",
        (true, false) if matches!(model.screens.last(), Some(Screen::Form(_))) || model.types_tenant() => {
            "Stopped reading; what is typed from now on is looked up again"
        }
        (true, false) if matches!(model.screens.last(), Some(Screen::RoleEditor(_))) => {
            "Stopped reading; what was not read is read when it is opened again"
        }
        (true, false) => "Stopped reading; <r> reads again",
        (false, true) => "A change is under way and cannot be stopped; its outcome will be told",
        (false, false) if closed => return,
        (false, false) => match model.screens.last() {
            Some(Screen::Checks(view)) if view.stopped && view.job.is_some() => {
                "It is being stopped; <ctrl-c> again leaves"
            }
            Some(Screen::Checks(view)) if view.stopped => "Nothing is going on; <r> goes on, <ctrl-c> again leaves",
            _ => "Nothing is going on; <ctrl-c> again leaves",
        },
    };
    // Only a form asks before it leaves without having heard the outcome.
    model.interrupted = !stopped && !closed && model.doing.is_none();
    model.messages.tell(model.now, Level::Warning, text);
}

/// Takes Ctrl-C by lines, where it is a signal: a form is left as by Esc, with nothing going on that could be stopped. While a
/// change is under way the second in a row asks whether to leave all the same, for there may be no other way to say so.
pub fn by_signal(model: &mut Model, effects: &mut Vec<Effect>) {
    let is_form = matches!(
        model.screens.last(),
        Some(Screen::Form(_) | Screen::RoleEditor(_) | Screen::Connect(_))
    ) || model.types_tenant();
    let is_idle = !model.is_sending() && model.cancellable().is_empty();
    if is_form && is_idle && model.overlays.is_empty() && !model.interrupted {
        match linear::pressed(model, KeyCode::Esc) {
            Msg::Key(key) => drop(keys::press(model, key, effects)),
            Msg::Run(line) => palette::run_line(model, &line, effects),
            _ => {}
        }
        say_what_leaves(model);
    } else {
        keys::press(model, Key::ctrl('c'), effects);
        model.interrupted |= model.is_sending();
    }
}

/// Where it is asked whether what was typed may be lost, the same key once more leaves.
fn say_what_leaves(model: &mut Model) {
    model.interrupted = asks_to_discard(model);
    if model.interrupted {
        let text = "<ctrl-c> again leaves the program";
        model.messages.tell(model.now, Level::Warning, text);
    }
}

fn asks_to_discard(model: &Model) -> bool {
    let top = model.overlays.last();
    matches!(top, Some(Overlay::Dialog(dialog)) if matches!(dialog.question, Question::Discard { .. }))
}

/// Esc where there is nothing to see yet but what is waited for: stops that. Says whether there was anything to stop. Where Esc
/// also goes back, it stops only what the screen says it would.
pub fn stop_waiting(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    let waits = if model.screens.is_empty() {
        model.tenants.waiting_since().or(model.instance.waiting_since())
    } else {
        waits_on_screen(model).filter(|since| model.now.saturating_sub(*since) >= LONG)
    };
    if waits.is_none() || !stop_reading(model, effects) {
        return false;
    }
    let text = "Stopped reading; <r> reads again";
    model.messages.tell(model.now, Level::Warning, text);
    true
}

/// Since when what the screen on top shows has been waited for with nothing to show of it.
fn waits_on_screen(model: &Model) -> Option<Millis> {
    match model.screens.last()? {
        Screen::Tenant(view) if view.tab == Tab::Overview && view.role.is_none() => {
            let waits = [view.access.waiting_since(), view.footprint.waiting_since()];
            waits.into_iter().flatten().min()
        }
        Screen::Tenant(view) => view.access.waiting_since(),
        Screen::Records(view) => view.rows.waiting_since(),
        Screen::Contexts(view) => view.rows.waiting_since(),
        Screen::Runs(_) => model.runs.waiting_since(),
        _ => None,
    }
}

fn stop_reading(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    let reading = model.cancellable();
    let stopped = !reading.is_empty() || model.search_due.is_some();
    for job in reading {
        effects.extend(model.cancel(job));
    }
    if stopped {
        places::give_up_all(model);
    }
    stopped
}
