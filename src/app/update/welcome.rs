//! The panel of the first start, and practising on a rehearsal, which it offers.

use super::super::contexts::ChecksView;
use super::super::cursor::Motion;
use super::super::effect::{Effect, Request};
use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Question};
use super::super::screen::Screen;
use super::super::welcome::Way;
use super::{connect, contexts, places};

/// Moves the selection, if the panel is on screen, and says whether it was.
pub fn go(model: &mut Model, motion: Motion) -> bool {
    let is_shown = model.welcome_on_screen().is_some();
    if let Some(welcome) = model.welcome.as_mut().filter(|_| is_shown) {
        welcome.cursor.go(motion, Way::ALL.len(), Way::ALL.len());
    }
    is_shown
}

/// Chooses the way of this number, from 0, if the panel is on screen, and says whether it was.
pub fn choose_number(model: &mut Model, index: usize, effects: &mut Vec<Effect>) -> bool {
    if model.welcome_on_screen().is_none() {
        return false;
    }
    if let Some(welcome) = model.welcome.as_mut().filter(|_| index < Way::ALL.len()) {
        welcome.cursor.select(index, Way::ALL.len(), Way::ALL.len());
        choose(model, effects);
    } else {
        places::tell_no_row(model, index.saturating_add(1));
    }
    true
}

/// Goes the way that is selected.
pub fn choose(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.welcome.map(super::super::welcome::Welcome::selected) {
        Some(Way::Connect) => connect::open(model),
        Some(Way::Practise) => practise(model, effects),
        Some(Way::Stay) => dismiss(model, effects),
        None => {}
    }
}

/// Takes the panel away for good.
pub fn dismiss(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.welcome.take().is_some() {
        effects.push(Effect::Welcomed);
    }
}

/// Goes to a rehearsal: at once where that is offered or it is being made, and elsewhere after a question, as it leads away.
pub fn practise(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(reason) = model.session.refusal_here() {
        model.messages.not_now(model.now, reason);
        return;
    }
    if model.welcome_on_screen().is_some() || model.rehearsing().is_some() {
        rehearse(model, effects);
    } else {
        let dialog = Dialog::new(Question::Rehearse, None);
        model.overlays.push(Overlay::Dialog(Box::new(dialog)));
    }
}

/// Makes a rehearsal if there is none, starts it if it is not running, and works on it from then on.
pub fn rehearse(model: &mut Model, effects: &mut Vec<Effect>) {
    if places::loses(model) || model.is_sending() || model.is_asking_a_run() {
        let reason = "something typed or sent would be lost; finish or leave it first";
        model.messages.not_now(model.now, reason);
        return;
    }
    // One that is being made is not made twice.
    contexts::set_aside(model);
    if let Some(view) = model.making.take() {
        model.screens.push(Screen::Checks(view));
        return;
    }
    let (job, effect) = model.ask(Request::Rehearse);
    let since = model.now;
    model.screens.push(Screen::Checks(Box::new(ChecksView {
        name: "a rehearsal".to_owned(),
        rehearses: true,
        job: Some((job, since)),
        ..ChecksView::default()
    })));
    effects.push(effect);
}
