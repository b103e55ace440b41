//! Tenants that are to be deleted are counted once more before anything is sent: where more would go than was shown, nothing is
//! deleted, and it is asked again.

use crate::domain::access::Footprint;
use crate::domain::count::counted;
use crate::domain::deed::{self, Deed, Made};
use crate::domain::problem::Problem;
use crate::domain::tenant_id::TenantId;

use super::super::doing::{Doing, Turn};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Question};
use super::super::remote::Remote;
use super::super::safety::{Asking, armed_at, asking};
use super::{deeds, places};

/// Those of the tenants of a dialog that were counted, with what was shown of each.
pub(super) fn shown(question: &Question) -> Vec<(TenantId, Footprint)> {
    let Question::Deed { deed, footprints, .. } = question else {
        return Vec::new();
    };
    let Deed::DeleteTenants(ids) = &**deed else {
        return Vec::new();
    };
    let pairs = ids.iter().zip(footprints);
    pairs
        .filter_map(|(id, counts)| Some((id.clone(), *counts.value()?)))
        .collect()
}

/// Counts once more what was shown. Returns the question under which it is.
pub(super) fn count_again(
    model: &mut Model,
    deed: Deed,
    shown: Vec<(TenantId, Footprint)>,
    turn: Turn,
    effects: &mut Vec<Effect>,
) -> JobId {
    let ids = shown.iter().map(|(id, _)| id.clone()).collect();
    let (job, effect) = model.ask(Request::CountAgain(ids));
    effects.push(effect);
    model.doing = Some(Doing {
        shown,
        ..Doing::new(job, deed, turn)
    });
    job
}

/// Takes the answer to that, if it is it: sends the change, or asks again. What comes of it otherwise is handed back.
pub(super) fn settle(
    model: &mut Model,
    doing: Doing,
    reply: &Reply,
    effects: &mut Vec<Effect>,
) -> Option<(Doing, Vec<Result<Made, Problem>>)> {
    let of_each = |problem: &Problem| vec![Err(problem.clone().left()); doing.deed.len()];
    let now = match reply {
        Ok(Answer::CountedAgain(_)) if doing.is_stopping => {
            let results = of_each(&Problem::not_sent("The change was stopped before its turn came."));
            return Some((doing, results));
        }
        Ok(Answer::CountedAgain(now)) => now,
        Ok(_) => return None,
        Err(problem) => {
            let results = of_each(problem);
            return Some((doing, results));
        }
    };
    let more: Vec<String> = doing
        .shown
        .iter()
        .zip(now)
        .filter_map(|((id, shown), now)| more(shown, now).map(|more| format!("{id} has {more}")))
        .collect();
    let own = doing.job;
    if more.is_empty() {
        let sent = deeds::send(model, doing.deed, doing.turn, effects);
        if let Some((_, of_dialog)) = dialog_of(model, own) {
            *of_dialog = Some(sent);
        }
        return None;
    }
    let text = format!("Nothing was deleted, there is more than was shown: {}", more.join("; "));
    model.messages.tell(model.now, Level::Warning, text);
    // Nobody who went on to something else is asked.
    let was_on_top = dialog_of(model, own).map(|(is_on_top, _)| is_on_top);
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Dialog(dialog) if dialog.sent() == Some(own)));
    if was_on_top.unwrap_or_else(|| doing.deed.goes_item_by_item() && places::is_free(model)) {
        ask_again(model, doing, now, more);
    }
    None
}

/// Whether the dialog of a change is on top, and under which question that was sent.
fn dialog_of(model: &mut Model, job: JobId) -> Option<(bool, &mut Option<JobId>)> {
    let last = model.overlays.len();
    model
        .overlays
        .iter_mut()
        .enumerate()
        .find_map(|(index, overlay)| match overlay {
            Overlay::Dialog(dialog) => match &mut dialog.question {
                Question::Deed { sent, .. } if *sent == Some(job) => Some((index + 1 == last, sent)),
                _ => None,
            },
            _ => None,
        })
}

/// Asks once more, with the new counts, and says what is new.
fn ask_again(model: &mut Model, doing: Doing, now: &[Footprint], more: Vec<String>) {
    let expected = match asking(&model.session, &doing.deed, None, false) {
        Asking::Typed(expected) => Some(expected),
        Asking::Nothing | Asking::Review => None,
    };
    let Deed::DeleteTenants(ids) = &doing.deed else { return };
    let counts = ids.iter().take(Dialog::LISTED).map(|id| {
        let mut footprint = Remote::default();
        let at = doing.shown.iter().position(|(shown, _)| shown == id);
        if let Some(counts) = at.and_then(|at| now.get(at)) {
            footprint.set(*counts, model.now);
        }
        footprint
    });
    let footprints = counts.collect();
    let destroys = doing.deed.weight() == deed::Weight::Destroys;
    let question = Question::Deed {
        armed_at: armed_at(&model.session, model.now).filter(|_| destroys),
        deed: Box::new(doing.deed),
        access: Box::default(),
        everywhere: Box::default(),
        footprints,
        more,
        turn: doing.turn,
        sent: None,
    };
    model
        .overlays
        .push(Overlay::Dialog(Box::new(Dialog::new(question, expected))));
}

/// What would go that was not shown: `1 binding (0 were shown)`. Executions stay in the database, and come by themselves.
fn more(shown: &Footprint, now: &Footprint) -> Option<String> {
    let parts = [
        (shown.flows, now.flows, "flow"),
        (shown.namespaces, now.namespaces, "namespace"),
        (shown.triggers, now.triggers, "trigger"),
        (shown.roles, now.roles, "role"),
        (shown.bindings, now.bindings, "binding"),
        (shown.groups, now.groups, "group"),
        (shown.users, now.users, "user"),
    ];
    let more: Vec<String> = parts
        .into_iter()
        .filter_map(|(shown, now, thing)| {
            let (shown, now) = (shown?, now?);
            (now > shown).then(|| format!("{} ({shown} before)", counted(now, thing)))
        })
        .collect();
    (!more.is_empty()).then(|| more.join(", "))
}
