//! Questions with buttons.

use crate::domain::deed::Deed;

use super::super::dialog_text::dialog_text;
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Dialog, DialogFocus, Hold, Overlay, Question};
use super::super::remote::Remote;
use super::super::session::Mode;
use super::{deeds, deleting, forms, runs, welcome, wizard};

/// Asks whether to delete the tenants that are marked, selected or open, with what goes with them.
pub fn ask_delete(model: &mut Model, effects: &mut Vec<Effect>) {
    let ids: Vec<_> = model
        .acted_on()
        .iter()
        .filter_map(|scope| scope.id().cloned())
        .collect();
    deeds::propose(model, Deed::DeleteTenants(ids), effects);
}

/// Locks changes, or asks what it takes to unlock them.
pub fn toggle_writing(model: &mut Model) {
    match model.session.mode() {
        Mode::Writable | Mode::Unlocked => {
            model.session.lock();
            model
                .messages
                .tell(model.now, Level::Done, "Changes are locked; <W> unlocks them");
        }
        Mode::ReadOnly if model.session.protected => {
            let name = model.session.context.clone();
            model
                .overlays
                .push(Overlay::Dialog(Box::new(Dialog::new(Question::Unlock, Some(name)))));
        }
        Mode::ReadOnly => unlock(model),
    }
}

fn unlock(model: &mut Model) {
    if !model.session.can_unlock() {
        // It was found out while it was asked.
        let reason = model.session.refusal().unwrap_or_default();
        return model.messages.not_now(model.now, reason);
    }
    model.session.unlock(model.now);
    let text = if model.session.lock_deadline().is_some() {
        "Changes are unlocked; they lock after 15 minutes without a key"
    } else {
        "Changes are unlocked; <W> locks them"
    };
    model.messages.tell(model.now, Level::Done, text);
}

/// Presses the part of the dialog that has the keys. Only the button that goes on, which nothing but a step to it gives the
/// focus, changes anything.
pub fn press(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let Some(Overlay::Dialog(dialog)) = model.overlays.last() else {
        return;
    };
    let hold = dialog.hold(now);
    match dialog.focus {
        DialogFocus::Cancel => {
            let declines = matches!(dialog.question, Question::DisableDefault);
            close(model, effects);
            if declines {
                wizard::disable_declined(model);
            }
            return;
        }
        DialogFocus::Confirm if hold.is_none() => {}
        focus => {
            let text = held_because(hold, dialog_text(model, dialog).confirm);
            model.messages.tell_here(now, Level::Warning, text);
            if let Some(Overlay::Dialog(dialog)) = model.overlays.last_mut()
                && focus == DialogFocus::Line
            {
                dialog.focus = DialogFocus::Cancel;
            }
            return;
        }
    }
    match &dialog.question {
        Question::Discard { then } => {
            let then = then.clone();
            forms::discard(model, then, effects);
        }
        Question::Deed { .. } => deeds::confirmed(model, effects),
        Question::DisableDefault => wizard::disable_confirmed(model, effects),
        Question::StartRun => {
            close(model, effects);
            wizard::send(model, effects);
        }
        Question::Rehearse => {
            close(model, effects);
            welcome::rehearse(model, effects);
        }
        Question::Resume { run, from } => {
            let (run, from) = (run.clone(), *from);
            close(model, effects);
            runs::resume(model, run, from, effects);
        }
        Question::Rollback { run, to } => {
            let (run, to) = (run.clone(), *to);
            runs::rollback(model, run, to, effects);
        }
        Question::Unlock => {
            close(model, effects);
            unlock(model);
        }
    }
}

/// Why the button that goes on was not pressed, or how it is.
fn held_because(hold: Option<Hold>, confirm: &str) -> String {
    match hold {
        Some(Hold::Mismatch) => "It does not match yet; <esc> changes nothing".to_owned(),
        Some(Hold::Finding) => format!("{confirm} waits for what is still being counted; what was typed stays"),
        Some(Hold::Arming) => format!("Wait a moment: this context is protected, and {confirm} takes 3 s"),
        Some(Hold::Sent) | None => format!("<tab>, then <enter> presses {confirm}; <enter> alone changes nothing"),
    }
}

/// Closes the dialog on top. What has been sent goes on, and its answer is told; what it was still finding out is not
/// wanted any more. Tenants that are still counted once more are not deleted.
pub fn close(model: &mut Model, effects: &mut Vec<Effect>) {
    let counts_again = matches!(model.overlays.last(), Some(Overlay::Dialog(dialog)) if model.counts_again(dialog));
    if counts_again && deleting::give_up(model, deleting::CANCELLED, effects) {
        return;
    }
    let on_top = model.overlays.pop_if(|overlay| matches!(overlay, Overlay::Dialog(_)));
    let Some(Overlay::Dialog(mut dialog)) = on_top else {
        return;
    };
    if let Question::Deed {
        access,
        everywhere,
        footprints,
        ..
    } = &mut dialog.question
    {
        let counts = footprints.iter_mut().filter_map(Remote::give_up);
        for job in access.give_up().into_iter().chain(everywhere.give_up()).chain(counts) {
            effects.extend(model.cancel(job));
        }
    }
    let disables = matches!(dialog.question, Question::DisableDefault);
    let is_unsent = matches!(dialog.question, Question::Deed { sent: None, .. });
    if let Some(entry) = model.typed.take_if(|_| is_unsent) {
        super::entries::back(model, *entry, "");
    }
    // What was picked for it can be mended, too.
    let chosen = model.chosen.take_if(|_| is_unsent);
    model.overlays.extend(chosen.map(Overlay::Choice));
    if disables {
        wizard::disable_left(model);
    }
}
