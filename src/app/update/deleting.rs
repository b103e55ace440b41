//! Tenants that are to be deleted are counted once more before anything is sent: where more would go than was shown, nothing is
//! deleted, and it is asked again.

use crate::domain::access::Footprint;
use crate::domain::count::counted;
use crate::domain::deed::{self, Deed, Made};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant_id::TenantId;

use super::super::doing::{Doing, Turn};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Question};
use super::super::remote::Remote;
use super::super::safety::{Asking, armed_at, asking};
use super::super::session::Session;
use super::{deeds, marks, places, results};

/// What is said where it was given up by hand.
pub(super) const CANCELLED: &str = "it was cancelled before anything was sent";

/// What was shown of the tenants of a dialog; nothing where none of them was counted.
pub(super) fn shown(question: &Question) -> Vec<Remote<Footprint>> {
    let Question::Deed { deed, footprints, .. } = question else {
        return Vec::new();
    };
    let is_counted = footprints.iter().any(|counts| counts.value().is_some());
    if !is_counted || !matches!(**deed, Deed::DeleteTenants(_)) {
        return Vec::new();
    }
    footprints.clone()
}

/// Those of the tenants of a change that were counted when it was confirmed, with what was shown of each.
fn counted_before<'d>(
    deed: &'d Deed,
    shown: &'d [Remote<Footprint>],
) -> impl Iterator<Item = (&'d TenantId, &'d Footprint)> {
    let ids: &[TenantId] = match deed {
        Deed::DeleteTenants(ids) => ids,
        _ => &[],
    };
    ids.iter()
        .zip(shown)
        .filter_map(|(id, counts)| Some((id, counts.value()?)))
}

/// Gives up a deletion whose tenants are counted once more, and says why, as the end of a sentence. Returns whether there was one.
pub(super) fn give_up(model: &mut Model, why: &str, effects: &mut Vec<Effect>) -> bool {
    let Some(doing) = model.doing.take_if(|doing| doing.counts_again()) else {
        return false;
    };
    effects.extend(model.cancel(doing.job));
    close_dialog(model, doing.job);
    results::close_leaving(model);
    say_nothing_deleted(model, why);
    true
}

fn say_nothing_deleted(model: &mut Model, why: &str) {
    (model.messages).tell(model.now, Level::Warning, format!("Nothing was deleted: {why}"));
}

/// Closes the dialog that was sent under a question.
fn close_dialog(model: &mut Model, job: JobId) {
    let is_own = |overlay: &Overlay| matches!(overlay, Overlay::Dialog(dialog) if dialog.sent() == Some(job));
    model.overlays.retain(|overlay| !is_own(overlay));
}

/// Counts once more what was shown. Returns the question under which it is.
pub(super) fn count_again(
    model: &mut Model,
    deed: Deed,
    shown: Vec<Remote<Footprint>>,
    turn: Turn,
    effects: &mut Vec<Effect>,
) -> JobId {
    let ids = counted_before(&deed, &shown).map(|(id, _)| id.clone()).collect();
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
        Ok(Answer::CountedAgain(now)) => now,
        Ok(_) => return None,
        Err(problem) => {
            let results = of_each(problem);
            return Some((doing, results));
        }
    };
    let own = doing.job;
    // It may have been locked meanwhile, by hand or by itself.
    if let Some(reason) = model.session.refusal() {
        close_dialog(model, own);
        say_nothing_deleted(model, reason);
        return None;
    }
    let more: Vec<String> = counted_before(&doing.deed, &doing.shown)
        .zip(now)
        .filter_map(|((id, shown), now)| more(shown, now).map(|more| format!("{id} has {more}")))
        .collect();
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
    close_dialog(model, own);
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

/// What has to be typed before tenants are deleted.
fn expected(session: &Session, deed: &Deed) -> Option<String> {
    match asking(session, deed, None, false) {
        Asking::Typed(expected) => Some(expected),
        Asking::Nothing | Asking::Review => None,
    }
}

/// The tenants that a dialog asks about which was not sent, with what goes with those that are listed, and what is said of what
/// changed since.
type Asked<'m> = (
    &'m mut Vec<TenantId>,
    &'m mut Vec<Remote<Footprint>>,
    &'m mut Vec<String>,
);

fn asked(dialog: &mut Dialog) -> Option<Asked<'_>> {
    match &mut dialog.question {
        Question::Deed {
            deed,
            footprints,
            since,
            ..
        } => match deed.as_mut() {
            Deed::DeleteTenants(ids) => Some((ids, footprints, since)),
            _ => None,
        },
        _ => None,
    }
}

fn unsent(model: &mut Model) -> Option<&mut Dialog> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Dialog(dialog) if dialog.sent().is_none() => Some(&mut **dialog),
        _ => None,
    })
}

/// Leaves out of a question what could not be counted because it is gone, takes its mark off, and counts those that move up in
/// its place. Where it is the only one, it stays, and that is said of it.
pub(super) fn leave_out(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some((ids, footprints, since)) = unsent(model).and_then(asked) else {
        return;
    };
    let is_gone = |counts: &Remote<Footprint>| {
        let problem = counts.problem();
        problem.is_some_and(|problem| problem.kind == ProblemKind::NotFound)
    };
    let counted = ids.iter().zip(footprints.iter());
    let gone: Vec<TenantId> = counted
        .filter(|(_, counts)| is_gone(counts))
        .map(|(id, _)| id.clone())
        .collect();
    if !gone.is_empty() && gone.len() < ids.len() {
        ids.retain(|id| !gone.contains(id));
        footprints.retain(|counts| !is_gone(counts));
        since.extend(gone.iter().map(|id| format!("Tenant {id} is not there any more.")));
        let moved_up = ids.iter().take(Dialog::LISTED).skip(footprints.len());
        let moved_up: Vec<TenantId> = moved_up.cloned().collect();
        let left = Deed::DeleteTenants(ids.clone());
        let wanted = expected(&model.session, &left);
        let asked_for: Vec<_> = moved_up
            .iter()
            .map(|id| deeds::ask_footprint(model, id, effects))
            .collect();
        if let Some(dialog) = unsent(model) {
            dialog.expected = wanted;
            if let Some((_, footprints, _)) = asked(dialog) {
                footprints.extend(asked_for);
            }
        }
    }
    marks::unmark_gone(model, gone);
}

/// Asks once more, with the new counts, and says what is new.
fn ask_again(model: &mut Model, doing: Doing, now: &[Footprint], more: Vec<String>) {
    let expected = expected(&model.session, &doing.deed);
    // Those that could not be counted stay as they were shown.
    let mut footprints = doing.shown;
    let counted = footprints.iter_mut().filter(|counts| counts.value().is_some());
    for (footprint, counts) in counted.zip(now) {
        footprint.set(*counts, model.now);
    }
    let destroys = doing.deed.weight() == deed::Weight::Destroys;
    let question = Question::Deed {
        armed_at: armed_at(&model.session, model.now).filter(|_| destroys),
        deed: Box::new(doing.deed),
        access: Box::default(),
        everywhere: Box::default(),
        footprints,
        more,
        since: Vec::new(),
        turn: doing.turn,
        sent: None,
    };
    model
        .overlays
        .push(Overlay::Dialog(Box::new(Dialog::new(question, expected))));
}

/// What would go that was not shown: `1 binding (0 before)`. Executions stay in the database, and come by themselves.
fn more(shown: &Footprint, now: &Footprint) -> Option<String> {
    let counts = |of: &Footprint| of.goes().into_iter().chain([(of.users, "user")]);
    let more: Vec<String> = counts(shown)
        .zip(counts(now))
        .filter_map(|((shown, thing), (now, _))| {
            let now = now?;
            let before = match shown {
                Some(shown) => (now > shown).then(|| format!("{shown} before")),
                None => (now > 0).then(|| "not counted before".to_owned()),
            };
            before.map(|before| format!("{} ({before})", counted(now, thing)))
        })
        .collect();
    (!more.is_empty()).then(|| more.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_counted_before_is_more() {
        let of_groups = |groups| Footprint {
            groups,
            ..Footprint::default()
        };
        let more = |shown, now| more(&of_groups(shown), &of_groups(now));
        assert_eq!(more(None, Some(1)), Some("1 group (not counted before)".to_owned()));
        assert_eq!(more(Some(1), Some(2)), Some("2 groups (1 before)".to_owned()));
        assert_eq!(
            (more(None, Some(0)), more(Some(2), None), more(Some(2), Some(1))),
            (None, None, None)
        );
    }
}
