//! The one place where state changes: a message comes in, effects go out.

mod access;
mod ahead;
mod assignable;
mod cells;
mod choices;
mod columns;
mod command_lines;
mod comparing;
mod connect;
mod contexts;
mod copy;
mod deeds;
mod deleting;
mod dialogs;
mod doubts;
mod entries;
mod forms;
mod interrupt;
mod keys;
mod lists;
mod marks;
mod menus;
mod messages;
mod migration;
mod moving;
mod pages;
mod palette;
pub(super) mod people;
mod places;
mod pointer;
mod records;
mod reopening;
mod replies;
mod results;
mod resumed;
mod resuming;
pub(super) mod roles;
mod run;
pub(super) mod runs;
mod screen_replies;
mod search;
mod seeking;
mod snapshots;
mod standing;
mod trail;
mod undoing;
mod welcome;
mod wizard;

pub(super) use access::{cell, selected_user};
pub use cells::matrix_on_screen;
pub use columns::rows_in_view as column_rows_in_view;
pub(super) use command_lines::{address, command_line};
pub use contexts::cannot;
pub use deeds::{known_access, loss_in, loss_of};
pub(super) use doubts::leaves_told;
pub use entries::SWITCHES;
pub use forms::{changed_meanwhile, review_lines, review_unbroken};
pub use keys::{key_below, meaning};
pub use lists::current_sort;
pub(super) use marks::{AWAITED, UNREAD, acts_on_marks, are_awaited};
pub(super) use menus::acts_here;
pub(super) use palette::{command_among, command_in, is_on_screen};
pub use palette::{elsewhere, nearest_command};
pub(super) use places::{loses, roles_of};
pub use reopening::{Begun, waits_for_answer};
pub use resumed::Told;
pub use runs::pause_title;
pub use snapshots::stays;
pub(super) use undoing::leaves;
pub use undoing::{last_redo, last_undo};

use crate::domain::text::visible;

use super::command::CommandId;
use super::effect::{Effect, Millis, Request};
use super::geometry::Size;
use super::messages::{Cause, Level};
use super::model::Model;
use super::msg::Msg;
use super::overlay::Overlay;
use super::screen::Screen;
use super::trail::Visit;
use seeking::Sought;

/// Milliseconds between the last change worth keeping and writing it down.
const SAVE_AFTER: Millis = 800;
/// Milliseconds of rest before something typed is looked up over a network.
const TYPING_PAUSE: Millis = 250;

/// What to do first: ask who is there, and for the first rows.
pub fn start(model: &mut Model, now: Millis) -> Vec<Effect> {
    model.now = now;
    let mut effects = Vec::new();
    let left_out = model.keymap.left_out().to_vec();
    model.noticed = [left_out, std::mem::take(&mut model.session.notices)].concat();
    for words in model.noticed.clone() {
        model.messages.tell(now, Level::Warning, words);
    }
    schedule_refresh(model);
    if model.refresh_due.is_some() {
        // Before anything is read, so that what changes while it is read is noticed.
        ask_stamp(model, &mut effects);
    }
    places::ask_instance(model, &mut effects);
    lists::ask_beginning(model, &mut effects);
    lists::load(model, &mut effects);
    migration::ask_runs(model, &mut effects);
    reopening::begin(model, &mut effects);
    migration::follow(model, &mut effects);
    effects
}

/// Takes one message.
pub fn update(model: &mut Model, now: Millis, msg: Msg) -> Vec<Effect> {
    model.now = model.now.max(now);
    let mut effects = Vec::new();
    let (told, message) = (model.messages.changes, messages::selected(model));
    let (over, sent) = (model.place(), model.sent());
    let making = model.making_in_front();
    let (is_by_hand, is_answer) = (msg.is_by_hand(), matches!(msg, Msg::Reply(..)));
    lists::age_filter(model);
    if is_by_hand && model.begun.is_none() && model.resumed.is_none() {
        model.noticed.clear();
    }
    let sought = Sought::before(model).filter(|_| msg.is_by_hand());
    let picked_at = resuming::picked_at(model).filter(|_| msg.is_by_hand());
    if msg.is_by_hand() {
        expire_lock(model);
        lists::begin_nowhere(model);
        model.session.used(now);
        model.messages.go_on();
        if !matches!(msg, Msg::Key(_) | Msg::Paste(_)) {
            ahead::drop(model, ahead::DROPPED);
        }
        // Whether it is the second time in a row is known of a key once its meaning is.
        model.interrupted &= match &msg {
            Msg::Key(_) | Msg::Interrupt => true,
            Msg::Run(line) => command_in(model, line) == Some(CommandId::Interrupt),
            _ => false,
        };
    }
    match msg {
        Msg::Key(key) => {
            keys::press(model, key, &mut effects);
        }
        Msg::Interrupt => interrupt::by_signal(model, &mut effects),
        Msg::Paste(text) => keys::paste(model, &text, &mut effects),
        Msg::Pointer(pointer) => pointer::act(model, pointer, &mut effects),
        Msg::Run(line) => palette::run_line(model, &line, &mut effects),
        Msg::Mark(number) => choices::mark_at(model, number.saturating_sub(1)),
        Msg::RunAt(number, line) => {
            let is_for_marks = || {
                command_in(model, &line)
                    .and_then(super::command::command)
                    .is_some_and(|command| command.of_marks)
            };
            if model.marked().0 > 0 && is_for_marks() {
                let reason = "it would be about the rows that are marked; <esc> takes the marks off";
                model.messages.not_now(now, reason);
            } else if places::point(model, number) {
                palette::run_line(model, &line, &mut effects);
            }
        }
        Msg::Cell(resource, action) => cells::name(model, &resource, action.as_ref()),
        Msg::Choose(number) => places::choose(model, number, &mut effects),
        Msg::Fill(text) => {
            if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
                choice.line = super::line_edit::LineEdit::new(text);
                choices::changed(model, &mut effects);
            } else if entries::entry_mut(model).is_some() {
                entries::fill(model, &text, &mut effects);
            } else if connect::form_mut(model).is_some() {
                connect::fill(model, &text, &mut effects);
            } else if roles::editor_mut(model).is_some() {
                roles::fill(model, &text);
            } else if model.types_tenant() {
                wizard::fill(model, &text, &mut effects);
            } else {
                forms::fill(model, &text);
            }
        }
        Msg::Resize(width, height) => resize(model, Size::new(width, height)),
        // The console ends by the second.
        Msg::Deadline | Msg::NotOpened(_) => {}
        Msg::Progress(job, tally, is_silent) => {
            if let Some(doing) = model.doing.as_mut().filter(|doing| doing.job == job) {
                doing.tally = tally;
                model.contact.is_silent = is_silent;
            }
        }
        Msg::Sent(job, requests) => model.messages.sent(job, requests),
        Msg::Reply(job, reply) => {
            model.messages.answering(Some(job));
            // What comes of what the operator did is told at once, whatever is tried again meanwhile.
            model.messages.cause = model.unasked.remove(&job).unwrap_or_default();
            let before = model.last_job();
            replies::settle(model, job, reply, &mut effects);
            // What is read again because something was done lets that be read first.
            if model.messages.has_told_done(told) {
                model.nobody_asked_since(before);
            }
            model.messages.answering(None);
            model.messages.tell_unrecorded(now, told);
        }
        Msg::Checked(job, check) => contexts::checked(model, job, check),
        Msg::Surveying(job, what) => wizard::surveying(model, job, what),
        Msg::RunNews(run, news, writers) => migration::news(model, &run, *news, &writers, &mut effects),
        Msg::RunLost(run, problem) => migration::lost(model, &run, problem),
        Msg::Mismatch(typed, wanted) => {
            let text = format!(
                "{} does not match what was to be typed; nothing was done: it takes `{wanted}`",
                visible(&typed)
            );
            model.messages.tell(now, Level::Warning, text);
        }
        Msg::Copied(way) => copy::copied(model, &way),
        Msg::NotCopied { words, text } => copy::show_plain(model, &words, text),
        Msg::NotSaved(problem) => model.messages.not_saved(now, problem),
        Msg::NotRecorded(problem) => model.messages.not_recorded(problem),
        Msg::Noted(words) => model.messages.tell(now, Level::Warning, words),
        Msg::Ended | Msg::Closed => {
            if msg == Msg::Ended {
                resuming::save_now(model, &mut effects);
            } else {
                resuming::save_left(model, &mut effects);
            }
            effects.push(Effect::Quit);
            return effects;
        }
        Msg::Resumed => effects.push(Effect::Repaint),
    }
    contexts::tell_left(model, making);
    ahead::go_on(model, &mut effects);
    // Whoever does something is not led away in the middle of it.
    if let Some(sought) = sought {
        sought.after(model);
    }
    if picked_at.is_some_and(|at| resuming::picked_at(model) != Some(at)) {
        (model.wanted_pick, model.wanted_page) = (None, None);
    }
    standing::settle(model);
    deadlines(model, &mut effects);
    lists::load(model, &mut effects);
    lists::tell_lost(model, &mut effects);
    records::read_on(model, &mut effects);
    forms::look_up(model, &mut effects);
    assignable::look_up(model, &mut effects);
    migration::follow(model, &mut effects);
    choices::reopen(model, &mut effects);
    pages::reopen(model, &mut effects);
    snapshots::come_back(model);
    if is_by_hand && over.0 != model.screens.len() {
        replies::read_since_back(model, &mut effects);
    }
    replies::plan_retry(model, is_answer);
    reopening::tell_waiting(model);
    if model.sent() != sent {
        resuming::save_sent(model, &mut effects);
    }
    resuming::schedule(model);
    if let Some(message) = message.filter(|_| model.messages.changes != told) {
        messages::keep(model, message);
    }
    model.messages.cause = Cause::Asked;
    if is_by_hand && over != model.place() && model.messages.changes == told {
        model.messages.leave_place();
    }
    let place = Visit::of(model);
    model.trail.look(place);
    let scopes = model.scopes();
    model.messages.name_keys(|text| model.keymap.shown(&scopes, text));
    effects
}

/// Does everything whose time has come.
fn deadlines(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    model.messages.expire(now);
    expire_lock(model);
    if model.save_due.is_some_and(|due| due <= now) {
        resuming::save_now(model, effects);
    }
    if model.search_due.is_some_and(|due| due <= now) {
        model.search_due = None;
        lists::search(model, effects);
    }
    if model.retry.due.is_some_and(|due| due <= now) {
        if places::is_free(model) && model.cancellable().is_empty() {
            model.retry.due = None;
            model.retry.tries += 1;
            // That it goes on failing is in the header, and was read.
            model.messages.cause = Cause::Retry;
            places::refresh_view(model, effects);
        } else {
            // Somebody is in the middle of something: what is on screen stays, and the header says once it answers again.
            model.retry.plan(now);
            if model.instance.problem().is_some() && model.instance.job().is_none() {
                model.messages.cause = Cause::Retry;
                places::ask_instance(model, effects);
            }
        }
    }
    migration::keep_up(model);
    if model.runs_due.is_some_and(|due| due <= now) {
        migration::ask_runs(model, effects);
    }
    if model.refresh_due.is_some_and(|due| due <= now) {
        schedule_refresh(model);
        model.messages.cause = Cause::Look;
        doubts::look_again(model, effects);
        model.messages.cause = Cause::Asked;
        if model.rests()
            && !model
                .stamp
                .as_ref()
                .is_some_and(|(job, _)| model.running.contains_key(job))
        {
            ask_stamp(model, effects);
        }
    }
}

/// Locks an unlocked context that nobody used for long. A key may arrive before the deadline is looked at, as after a
/// laptop has slept, and must not keep it unlocked.
fn expire_lock(model: &mut Model) {
    if model.session.expire(model.now) {
        let text = format!(
            "{} locked itself after 15 minutes; <W> unlocks it",
            model.session.context
        );
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Asks whether somebody else changed the instance since the last time it was asked. Nobody asked for that, nor for what is read
/// because of the answer.
fn ask_stamp(model: &mut Model, effects: &mut Vec<Effect>) {
    let cause = std::mem::replace(&mut model.messages.cause, Cause::Look);
    let (job, effect) = model.ask(Request::ChangeStamp);
    model.messages.cause = cause;
    let last = model.stamp.as_ref().and_then(|(_, stamp)| *stamp);
    model.stamp = Some((job, last));
    effects.push(effect);
}

fn schedule_refresh(model: &mut Model) {
    let seconds = model.session.refresh_seconds;
    model.refresh_due = (seconds > 0).then(|| model.now + seconds * 1000);
}

fn resize(model: &mut Model, size: Size) {
    model.size = size;
    model.tenants.fit(size.list_rows());
    for screen in &mut model.screens {
        if let Screen::Tenant(view) = screen {
            view.arrange(size.tab_rows());
        }
        if let Screen::Run(view) = screen {
            view.fit(size);
        }
        if let Screen::Records(view) = screen {
            view.arrange(size.list_rows());
        }
    }
    wizard::arrange(model);
    if let Some(Overlay::Menu(menu)) = model.overlays.last_mut() {
        let height = menu.rows_in_view(size);
        menu.cursor.select(menu.cursor.at(), menu.rows.len(), height);
    }
}
