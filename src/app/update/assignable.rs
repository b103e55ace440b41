//! What roles of a tenant can hold: asked once, when a role of it is looked at or edited for the first time.
//!
//! Nothing waits for it. Until it is known, and if it does not become known, the release says what there is.

use std::sync::Arc;

use crate::domain::assignable::{Assignable, Source};
use crate::domain::tenant::TenantScope;

use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::screen::Screen;

/// The tenant of the role on screen.
fn wanted(model: &Model) -> Option<TenantScope> {
    match model.screens.last()? {
        Screen::Tenant(view) if view.role.is_some() => Some(view.scope.clone()),
        Screen::RoleEditor(editor) => Some(editor.scope.clone()),
        _ => None,
    }
}

/// Asks what roles can hold if the screen needs it and nobody asked yet.
pub fn look_up(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(release) = model.instance.value().map(|instance| instance.release) {
        let is_of_it = |told: &Arc<Assignable>| told.release() == release;
        model.assignable.retain(|_, told| told.value().is_none_or(is_of_it));
    }
    let scope = wanted(model).filter(|scope| !model.assignable.contains_key(scope));
    let Some(scope) = scope.filter(|_| model.instance.value().is_some()) else {
        return;
    };
    let (job, effect) = model.ask(Request::Assignable(scope.clone()));
    let now = model.now;
    model.assignable.entry(scope).or_default().ask(job, now);
    effects.push(effect);
}

/// Forgets what an instance did not say, so that it is asked again.
pub fn forget_unsaid(model: &mut Model) {
    let is_said = |told: &Arc<Assignable>| *told.source() == Source::Instance;
    model
        .assignable
        .retain(|_, told| told.job().is_some() || told.value().is_some_and(is_said));
}

/// Stops waiting for it. It is not asked again before what is on screen is read again.
pub fn give_up(model: &mut Model) {
    for told in model.assignable.values_mut() {
        told.give_up();
    }
}

/// Takes the answer. Whether it was waited for.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let asked = model.assignable.iter().find(|(_, told)| told.job() == Some(job));
    let (Some(scope), Some(before)) = (
        asked.map(|(scope, _)| scope.clone()),
        model.instance.value().map(|instance| instance.release),
    ) else {
        return false;
    };
    let told = Arc::new(match reply {
        Ok(Answer::Assignable(told)) => (**told).clone(),
        Ok(_) => return true,
        Err(problem) => Assignable::unsaid(before, problem.clone()),
    });
    if let Some(why) = told.source().silence() {
        let release = told.release();
        let text = format!("What roles can hold is shown as Kestra {release} is known: {}", why.why);
        model.messages.tell(model.now, Level::Done, text);
    }
    let before = model.assignable(&scope);
    let now = model.now;
    model
        .assignable
        .entry(scope.clone())
        .or_default()
        .settle(job, now, Ok(Arc::clone(&told)));
    let height = model.size.tab_rows();
    for screen in &mut model.screens {
        match screen {
            Screen::RoleEditor(editor) if editor.scope == scope => editor.learn(Arc::clone(&told), height),
            Screen::Tenant(view) if view.scope == scope => {
                let cell = view.role.as_ref().zip(view.open_role()).zip(before.as_ref());
                let matrices = cell.map(|((open, role), before)| {
                    let (old, _) = open.matrix(role, Arc::clone(before));
                    (old, open.matrix(role, Arc::clone(&told)).0)
                });
                if let (Some((old, new)), Some(open)) = (matrices, &mut view.role) {
                    open.cursor.carry(&old, &new, height);
                }
            }
            _ => {}
        }
    }
    true
}
