//! The form that connects to a Kestra: typing, trying, and what came of it.

use super::super::command::CommandId;
use super::super::connect::ConnectForm;
use super::super::contexts::ChecksView;
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::input::{Key, KeyCode};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::screen::Screen;
use super::{contexts, deeds, places};

/// Opens the form.
pub fn open(model: &mut Model) {
    model.screens.push(Screen::Connect(Box::default()));
}

/// The form, if it is on screen.
pub fn form_mut(model: &mut Model) -> Option<&mut ConnectForm> {
    match model.screens.last_mut() {
        Some(Screen::Connect(form)) => Some(form),
        _ => None,
    }
}

/// Gives a key to the field that has the focus.
pub fn typed(model: &mut Model, key: Key) -> bool {
    let is_text = matches!(key.code, KeyCode::Char(_) | KeyCode::Backspace) && !key.ctrl;
    if is_text && is_held(model) {
        return true;
    }
    form_mut(model)
        .filter(|form| form.way.job.is_none())
        .is_some_and(|form| form.key(key))
}

/// Puts pasted text into the field that has the focus, and says whether all of it had room.
pub fn pasted(model: &mut Model, text: &str) -> bool {
    is_held(model) || form_mut(model).is_none_or(|form| form.paste(text))
}

/// Whether what is typed is not taken as the form is being tried, which is said.
fn is_held(model: &mut Model) -> bool {
    let is_held = form_mut(model).is_some_and(|form| form.way.job.is_some());
    if is_held {
        let text = "Nothing is typed while it connects; <esc> stops that";
        model.messages.say_aside(model.now, text);
    }
    is_held
}

/// Answers the field that has the focus with a whole text; the last one tries the way.
pub fn fill(model: &mut Model, text: &str, effects: &mut Vec<Effect>) {
    let Some(form) = form_mut(model) else { return };
    if !form.answer(text) {
        return;
    }
    let is_last = form.is_at_end();
    form.step(false);
    if is_last {
        submit(model, effects);
    }
}

/// Carries out a command of forms, and says whether it was one for this form.
pub fn run(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) -> bool {
    let enter = model.last_key_was_enter();
    let Some(form) = form_mut(model) else { return false };
    match id {
        CommandId::FormNext if enter && form.is_at_end() => submit(model, effects),
        CommandId::FormNext => form.step(false),
        CommandId::FormPrevious => form.step(true),
        CommandId::FormReview => submit(model, effects),
        CommandId::FormLeave => {
            places::back(model, effects);
        }
        _ => return false,
    }
    true
}

fn submit(model: &mut Model, effects: &mut Vec<Effect>) {
    if contexts::is_refused(model) {
        return;
    }
    let refusal = model.session.refusal_here();
    let Some(form) = form_mut(model).filter(|form| form.way.job.is_none()) else {
        return;
    };
    let connection = match form.build() {
        Ok(connection) => match refusal.filter(|_| connection.name.is_some()) {
            None => connection,
            Some(reason) => {
                form.error = Some(format!(
                    "Nothing is kept: {reason}. Without a name it connects this time only"
                ));
                return;
            }
        },
        Err(error) => {
            form.error = Some(error);
            return;
        }
    };
    if deeds::is_leaving(model) {
        return;
    }
    let name = connection.shown_name().to_owned();
    let (job, effect) = model.ask(Request::Connect(Box::new(connection)));
    let now = model.now;
    if let Some(form) = form_mut(model) {
        form.way = ChecksView {
            name,
            job: Some((job, now)),
            ..ChecksView::default()
        };
        effects.push(effect);
    }
}

/// Takes the end of an attempt, and says whether it was one. What was typed stays until it worked.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let now = model.now;
    let enters = contexts::enters(model, job);
    let is_it = |screen: &Screen| matches!(screen, Screen::Connect(form) if form.way.asked() == Some(job));
    let Some(at) = model.screens.iter().position(is_it) else {
        return false;
    };
    let Some(Screen::Connect(form)) = model.screens.get_mut(at) else {
        return false;
    };
    form.way.job = None;
    match reply {
        Ok(Answer::Switched(facts)) if enters => {
            let way = std::mem::take(&mut form.way);
            contexts::switched(model, facts, Some(&way), effects);
        }
        Ok(Answer::Switched(facts)) if facts.url.as_ref() == Some(&facts.name) => {
            let text = format!("{} answers; <ctrl-o> in its form connects to it", facts.name);
            model.messages.tell(now, Level::Done, text);
        }
        Ok(Answer::Switched(facts)) => {
            let way = std::mem::take(&mut form.way);
            model.screens.remove(at);
            contexts::tell_ready(model, facts, &way, effects);
        }
        Ok(_) => {}
        Err(problem) => {
            form.way.problem = Some(problem.clone());
            model.messages.problem(now, problem.clone());
        }
    }
    true
}
