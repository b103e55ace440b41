//! Deeds, which change who may do what or delete tenants: asked about as `app::safety` says, and sent. What came of them is told in
//! [`super::results`].
//!
//! [`propose`] is the one way in; [`undoing`] takes them back by it.

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::deed::{self, Deed};
use crate::domain::loss::{Loss, loss};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::super::doing::{Doing, Turn};
use super::super::effect::{Effect, JobId, Request};
use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Question};
use super::super::people::PeopleQuestion;
use super::super::records::RecordsKind;
use super::super::remote::Remote;
use super::super::safety::{Asking, armed_at, asking};
use super::super::screen::Screen;
use super::{deleting, doubts, undoing};

/// Proposes what takes another change back, or does it again: it is always asked about. `since` is what somebody else did, a
/// sentence each, which is left alone.
pub(super) fn propose_turn(model: &mut Model, deed: Deed, turn: Turn, since: Vec<String>, effects: &mut Vec<Effect>) {
    let below = model.overlays.len();
    offer(model, deed, Shown::No, turn, effects);
    if let Some(Overlay::Dialog(dialog)) = model.overlays.get_mut(below)
        && let Question::Deed { since: of_dialog, .. } = &mut dialog.question
    {
        *of_dialog = since;
    }
}

/// Proposes a change: does it, or asks first. Returns the question under which it was sent, if it was.
pub fn propose(model: &mut Model, deed: Deed, effects: &mut Vec<Effect>) -> Option<JobId> {
    offer(model, deed, Shown::No, Turn::Forth, effects)
}

/// The same for what has been shown in full in a form of its own, which then knows the answer by the question's id.
pub fn propose_reviewed(model: &mut Model, deed: Deed, effects: &mut Vec<Effect>) -> Option<JobId> {
    offer(model, deed, Shown::InFull, Turn::Forth, effects)
}

/// The same for what reaches somewhere that is not on screen: it is always asked about.
pub fn propose_with_review(model: &mut Model, deed: Deed, effects: &mut Vec<Effect>) {
    offer(model, deed, Shown::Elsewhere, Turn::Forth, effects);
}

/// How much of a change the operator has seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// What it is about.
    No,
    /// All of it, in a form of its own.
    InFull,
    /// It is about something that is not on screen.
    Elsewhere,
}

fn offer(model: &mut Model, deed: Deed, shown: Shown, turn: Turn, effects: &mut Vec<Effect>) -> Option<JobId> {
    if deed.is_empty() || is_refused(model) || doubts::bars(model, &deed, None, effects) {
        return None;
    }
    (model.typed, model.chosen) = (None, None);
    let known = loss_of(model, &deed);
    let asks = match asking(&model.session, &deed, known.as_ref(), shown == Shown::InFull) {
        // What is taken back may be long ago; what is not known may be much.
        Asking::Nothing
            if shown == Shown::Elsewhere || turn != Turn::Forth || (known.is_none() && !deed.removals().is_empty()) =>
        {
            Asking::Review
        }
        asks => asks,
    };
    match asks {
        Asking::Nothing if is_leaving(model) => None,
        Asking::Nothing => Some(send(model, deed, turn, effects)),
        Asking::Review => {
            ask(model, deed, None, turn, effects);
            None
        }
        Asking::Typed(expected) => {
            ask(model, deed, Some(expected), turn, effects);
            None
        }
    }
}

/// Says why nothing can be changed now, if so.
pub(super) fn is_refused(model: &mut Model) -> bool {
    let reason = match (&model.doing, model.session.refusal()) {
        (Some(doing), _) if doing.counts_again() => "what is to be deleted is counted again first",
        (Some(_), _) => "another change was sent; the answer is awaited",
        (None, Some(reason)) => reason,
        (None, None) => return false,
    };
    model.messages.not_now(model.now, reason);
    true
}

/// Why nothing is sent while another context is being opened, if so: it would go to the instance that is about to be left, and be
/// told in the other one.
pub(super) fn leaving(model: &Model) -> Option<&'static str> {
    // What lies over the screen would be closed first.
    let text = if model.overlays.is_empty() {
        "another context is being opened; <ctrl-c> stops that"
    } else {
        "another context is being opened; once that has ended, it can be sent"
    };
    model.is_switching().then_some(text)
}

/// Says that, if so.
pub(super) fn is_leaving(model: &mut Model) -> bool {
    let reason = leaving(model);
    if let Some(reason) = reason {
        model.messages.not_now(model.now, reason);
    }
    reason.is_some()
}

/// Says why nothing can be asked of a migration now, if so.
pub(super) fn is_locked(model: &mut Model) -> bool {
    let Some(reason) = model.session.refusal() else {
        return is_leaving(model);
    };
    model.messages.not_now(model.now, reason);
    true
}

/// Who may do what in a tenant, as far as a screen knows it.
pub fn known_access<'m>(model: &'m Model, scope: &TenantScope) -> Option<&'m TenantAccess> {
    model.screens.iter().rev().find_map(|screen| match screen {
        Screen::Tenant(view) if view.scope == *scope => view.access.value(),
        Screen::Records(view) => match &view.kind {
            RecordsKind::Person { .. } => {
                let held = view.access.iter().find(|(held, _)| held == scope);
                held.map(|(_, access)| access)
            }
            _ => None,
        },
        _ => None,
    })
}

/// The tenant whose access says what a change takes away: its own, or the one it is made from.
fn tenant_of(model: &Model, deed: &Deed) -> Option<TenantScope> {
    let from = || {
        model.screens.iter().rev().find_map(|screen| match screen {
            Screen::Tenant(view) => Some(&view.scope),
            _ => None,
        })
    };
    deed.scope().or_else(from).cloned()
}

/// What a change takes away, as far as the access of its tenant is known.
pub fn loss_of(model: &Model, deed: &Deed) -> Option<Loss> {
    if let Deed::Bring(bringing) = deed {
        return bringing.loss.clone();
    }
    if let Deed::TakeAdmin(_, loss) = deed {
        return loss.as_deref().cloned();
    }
    match tenant_of(model, deed) {
        Some(scope) => Some(loss_in(model, deed, known_access(model, &scope)?)),
        // What it means beyond any tenant.
        None => Some(loss_in(model, deed, &TenantAccess::default())),
    }
}

/// What a change takes away in a tenant of this access.
pub fn loss_in(model: &Model, deed: &Deed, access: &TenantAccess) -> Loss {
    let removals = deed.removals();
    match model.instance.value() {
        Some(instance) if !removals.is_empty() => {
            loss(access, &removals, Some(&instance.identity.id), instance.release)
        }
        _ => Loss::default(),
    }
}

/// Opens the dialog. The access of the tenant is read anew, so that what it says is true.
fn ask(model: &mut Model, deed: Deed, expected: Option<String>, turn: Turn, effects: &mut Vec<Effect>) {
    let (mut access, mut everywhere) = (Remote::default(), Remote::default());
    if let Deed::DeleteAccount(scope, user) = &deed {
        let question = PeopleQuestion::GoesWith(scope.clone(), user.clone());
        let (job, effect) = model.ask(Request::People(Box::new(question)));
        everywhere.ask(job, model.now);
        effects.push(effect);
    } else if deed.removals().is_empty() {
        // Nobody loses anything.
    } else if tenant_of(model, &deed).is_none() {
        access.set(TenantAccess::default(), model.now);
    } else if let Some(scope) = tenant_of(model, &deed) {
        if let Some(known) = known_access(model, &scope) {
            access.set(known.clone(), model.now);
        }
        let (job, effect) = model.ask(Request::Access(scope));
        access.ask(job, model.now);
        effects.push(effect);
    }
    let footprints = ask_footprints(model, &deed, effects);
    let destroys = deed.weight() == deed::Weight::Destroys;
    let question = Question::Deed {
        armed_at: armed_at(&model.session, model.now).filter(|_| destroys),
        deed: Box::new(deed),
        access: Box::new(access),
        everywhere: Box::new(everywhere),
        footprints,
        more: Vec::new(),
        since: Vec::new(),
        turn,
        sent: None,
    };
    let dialog = Dialog::new(question, expected);
    model.overlays.push(Overlay::Dialog(Box::new(dialog)));
}

/// Counts what goes with the tenants that are to be deleted, as far as they are listed.
fn ask_footprints(model: &mut Model, deed: &Deed, effects: &mut Vec<Effect>) -> Vec<Remote<Footprint>> {
    let Deed::DeleteTenants(ids) = deed else {
        return Vec::new();
    };
    let listed = ids.iter().take(Dialog::LISTED);
    listed.map(|id| ask_footprint(model, id, effects)).collect()
}

/// Counts what goes with a tenant.
pub(super) fn ask_footprint(model: &mut Model, id: &TenantId, effects: &mut Vec<Effect>) -> Remote<Footprint> {
    let (job, effect) = model.ask(Request::Footprint(TenantScope::Named(id.clone())));
    effects.push(effect);
    let mut footprint = Remote::default();
    footprint.ask(job, model.now);
    footprint
}

/// Carries the change of the dialog on top out.
pub fn confirmed(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Overlay::Dialog(dialog)) = model.overlays.last() else {
        return;
    };
    let Question::Deed { deed, turn, .. } = &dialog.question else {
        return;
    };
    let (deed, turn) = ((**deed).clone(), *turn);
    let shown = deleting::shown(&dialog.question);
    if is_refused(model) || doubts::bars(model, &deed, None, effects) || is_leaving(model) {
        return;
    }
    let goes_item_by_item = deed.goes_item_by_item();
    let job = if shown.is_empty() {
        send(model, deed, turn, effects)
    } else {
        deleting::count_again(model, deed, shown, turn, effects)
    };
    if goes_item_by_item {
        // How far it is, and how it is stopped, stands below the screen.
        model.overlays.pop();
        return;
    }
    if let Some(Overlay::Dialog(dialog)) = model.overlays.last_mut()
        && let Question::Deed { sent, .. } = &mut dialog.question
    {
        *sent = Some(job);
    }
}

pub(super) fn send(model: &mut Model, deed: Deed, turn: Turn, effects: &mut Vec<Effect>) -> JobId {
    let doing = Doing {
        of: model.undo_of.clone().filter(|_| turn != Turn::Forth),
        known: doubts::known_tokens(model, &deed),
        ..Doing::new(model.new_job(), deed, turn)
    };
    let aim = undoing::aim(model, &doing);
    let job = doing.job;
    effects.push(Effect::Ask(job, Request::Do(Box::new(doing.deed.clone()), aim, turn)));
    model.doing = Some(doing);
    job
}

/// Reads who may do what again on every screen of a tenant, or of all.
pub fn read_again(model: &mut Model, scope: Option<&TenantScope>, effects: &mut Vec<Effect>) {
    let scopes: Vec<(usize, TenantScope)> = model
        .screens
        .iter()
        .enumerate()
        .filter_map(|(index, screen)| match screen {
            Screen::Tenant(view) if scope.is_none_or(|scope| view.scope == *scope) => Some((index, view.scope.clone())),
            _ => None,
        })
        .collect();
    let now = model.now;
    for (index, scope) in scopes {
        let (job, effect) = model.ask(Request::Access(scope));
        let outdated = match model.screens.get_mut(index) {
            Some(Screen::Tenant(view)) => {
                let outdated = view.access.give_up();
                view.access.ask(job, now);
                outdated
            }
            _ => None,
        };
        effects.extend(outdated.and_then(|job| model.cancel(job)));
        effects.push(effect);
    }
}
