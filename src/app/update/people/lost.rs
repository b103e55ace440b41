//! What people lost by a migration, and giving it back.

use crate::domain::deed::Deed;
use crate::domain::tenant::TenantScope;
use crate::migration::access_snapshot::AccessSnapshot;

use super::super::super::effect::{Answer, Effect, Reply, Request};
use super::super::super::messages::Level;
use super::super::super::model::Model;
use super::super::super::overlay::{Overlay, Page};
use super::super::super::people::{PeopleAnswer, PeopleQuestion};
use super::super::super::screen::Screen;
use super::super::deeds;

/// What people held before the run on screen.
pub(super) fn snapshot(model: &Model) -> Option<&AccessSnapshot> {
    match model.screens.last() {
        Some(Screen::Run(view)) if !view.is_dry => {
            let access = &view.state.as_ref()?.baseline().access;
            (!access.is_empty()).then_some(access)
        }
        _ => None,
    }
}

/// What people lost by a migration.
pub(super) fn ask_lost(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(before) = snapshot(model).cloned() else { return };
    let question = PeopleQuestion::Lost(Box::new(before));
    let (job, effect) = model.ask(Request::People(Box::new(question)));
    model.looking_for_lost = Some(job);
    effects.push(effect);
    let text = "Comparing what everybody held before the run with what they hold now";
    model.messages.tell_awaited(model.now, Level::Warning, text, job);
}

pub(super) fn lost_known(model: &mut Model, reply: &Reply, effects: &mut Vec<Effect>) {
    let restoration = match reply {
        Ok(Answer::People(answer)) => match &**answer {
            PeopleAnswer::Lost(restoration) => (**restoration).clone(),
            _ => return,
        },
        Ok(_) => return,
        Err(problem) => {
            model.messages.problem(model.now, problem.clone());
            return;
        }
    };
    if restoration.possible.is_empty() && restoration.impossible.is_empty() {
        let text = "Everybody holds what they held before the run";
        model.messages.tell(model.now, Level::Done, text);
        return;
    }
    if !restoration.impossible.is_empty() {
        let lines = restoration
            .impossible
            .iter()
            .map(|(what, why)| format!("{what}: {why}"));
        let text = format!(
            "This cannot be given back by itself:\n\n{}",
            lines.collect::<Vec<_>>().join("\n")
        );
        model
            .overlays
            .push(Overlay::Page(Page::new("What stays lost".to_owned(), text)));
    }
    if !restoration.possible.is_empty() {
        deeds::propose_with_review(
            model,
            Deed::Restore(TenantScope::Default, restoration.possible),
            effects,
        );
    }
}
