//! What was sent by the console before, or before another context was entered, is taken over with its instance: it is told, and looked
//! for as soon as that has answered, wherever what was typed for it is by then.

use crate::domain::text::visible;

use super::super::super::doing::Doubt;
use super::super::super::effect::Effect;
use super::super::super::messages::Level;
use super::super::super::model::Model;
use super::super::super::resume::Resume;
use super::super::resumed::{Told, Weight};
use super::changes;

/// Says what it is, but for what a form or an editor of a place sent, which says so itself.
pub fn say(model: &Model, place: &Resume, told: &mut Told) {
    let sent = model.doubts.iter().filter(|doubt| !place.has_sent(doubt));
    let words: Vec<String> = sent.map(Doubt::words).collect();
    told.say(Weight::Unsent, words);
}

/// Tells all of it where no place is opened with it.
pub fn tell(model: &mut Model) {
    let mut told = Told::default();
    say(model, &Resume::default(), &mut told);
    if !told.is_empty() {
        let text = format!("Resumed: {}", told.words());
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Leaves to the form and the editor of a place that is open what they sent: they look for it.
pub fn leave_to_forms(model: &mut Model, place: &Resume) {
    model.sent_at = place.sent_at.or(model.sent_at);
    model.doubts.retain(|doubt| !place.has_sent(doubt));
}

/// Looks what came of it, and tells what cannot be looked at.
pub fn take_up(model: &mut Model, effects: &mut Vec<Effect>) {
    let unseen: Vec<_> = model.doubts.extract_if(.., |doubt| !doubt.is_kept()).collect();
    for doubt in unseen {
        let change = &doubt.change;
        let what = if change.because.is_empty() {
            "look whether it is there before you do it again"
        } else {
            &change.because
        };
        let text = format!("{}: {what}", visible(&change.words));
        model.messages.tell(model.now, Level::Warning, text);
    }
    changes::look_again(model, effects);
}

/// Waits for no answer about any of it any more.
pub fn give_up(model: &mut Model) {
    for doubt in &mut model.doubts {
        doubt.job = None;
    }
}
