//! Changes that were sent from a list or from lines, and nobody knows what came of: kept with what they came from, looked at by a read
//! each, and told.

use crate::domain::deed::{Deed, Made};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::Tenant;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::token::{ApiToken, NewToken};

use super::super::super::command::{CommandId, Scope};
use super::super::super::doing::{Doing, Doubt, Mark, Turn, Undoable};
use super::super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::super::entry::Entry;
use super::super::super::key_words::key_names;
use super::super::super::messages::Level;
use super::super::super::model::Model;
use super::super::super::overlay::Overlay;
use super::super::super::people::{PeopleAnswer, PeopleQuestion};
use super::super::super::records::{Item, RecordsKind};
use super::super::super::resume::{Draft, EntryDraft, PickDraft, how_sent};
use super::super::super::screen::Screen;
use super::super::super::tenant_form::{ADMIN, TenantForm};
use super::super::{lists, reopening, replies, resuming};
use super::{another, early, found, look_yourself, tell_first, waits};

/// Of a change of more things than that is kept that it was sent, but not what it is.
const MOST_KEPT: usize = 1_000;

/// Looks at each of them that is not being looked at.
pub(super) fn look_again(model: &mut Model, effects: &mut Vec<Effect>) {
    for at in 0..model.doubts.len() {
        let Some(unasked) = model.doubts.get(at).filter(|doubt| doubt.job.is_none()) else {
            continue;
        };
        let request = match (unasked.change.deed.clone(), sent_id(unasked)) {
            // Which of them was made is told by those that were there before.
            (Some(Deed::CreateToken(scope, owner, _)), _) => {
                Request::People(Box::new(PeopleQuestion::Tokens(scope, owner)))
            }
            (Some(deed), _) => Request::Look(Box::new(deed)),
            (None, Some(id)) => Request::Tenant(id.clone()),
            (None, None) => continue,
        };
        let (job, effect) = model.ask(request);
        effects.push(effect);
        if let Some(doubt) = model.doubts.get_mut(at) {
            doubt.job = Some(job);
        }
    }
}

/// Looks what came of a change that is about to be made where the same, or one thing of it, was sent before and that is not known,
/// and says whether it is so: then nothing is to be sent. `of` is the change that it takes back or does again.
pub fn bars(model: &mut Model, deed: &Deed, of: Option<&Mark>, effects: &mut Vec<Effect>) -> bool {
    let shared = |doubt: &mut Doubt| {
        let sent = doubt.change.deed.as_ref();
        let at = sent.and_then(|sent| deed.first_shared(sent));
        if at.is_none() && (of.is_none() || doubt.of.as_ref() != of) {
            return None;
        }
        // What was typed or picked is open once more; and who asks is told what was found, though it may have been told before.
        (doubt.entry, doubt.pick, doubt.is_told) = (None, None, false);
        Some(at)
    };
    let Some(at) = model.doubts.iter_mut().find_map(shared) else {
        return false;
    };
    let items = deed.items();
    // The rest of an undo shares nothing with what was sent of it.
    let one = at.and_then(|at| items.get(at)).filter(|_| items.len() > 1);
    tell_first(model, one.map_or("It", String::as_str));
    look_again(model, effects);
    true
}

/// The same of a new tenant of this id.
pub fn bars_tenant(model: &mut Model, id: &TenantId, effects: &mut Vec<Effect>) -> bool {
    let Some(sent) = model.doubts.iter_mut().find(|doubt| sent_id(doubt) == Some(id)) else {
        return false;
    };
    sent.is_told = false;
    tell_first(model, "It");
    look_again(model, effects);
    true
}

/// The id of a new tenant that was sent.
fn sent_id(doubt: &Doubt) -> Option<&TenantId> {
    doubt.tenant.as_ref()?.sent.as_ref()
}

/// Keeps what the forms and editors that are left have sent, where that is not known to have ended. Of secrets nothing is kept, and
/// so they are not said any more to be looked at.
pub fn leave(model: &mut Model) {
    let left = model.screens.iter().filter(|screen| waits(screen));
    let sent: Vec<Option<Doubt>> = left.map(|screen| sent_by(model, screen)).collect();
    for doubt in sent {
        if doubt.is_none() && model.told_early.take().is_some() {
            model.messages.dismiss();
        }
        model.doubts.extend(doubt);
    }
}

/// Whether what came of what the form or editor in front has sent is told where that is left.
pub fn leaves_told(model: &Model) -> bool {
    let front = model.screens.last();
    front.is_some_and(|screen| sent_by(model, screen).is_some())
}

fn sent_by(model: &Model, screen: &Screen) -> Option<Doubt> {
    if let Screen::Form(form) = screen
        && form.before.is_none()
    {
        return new_tenant(model, form.draft());
    }
    on_its_way(model, &deed_by(screen)?, Turn::Forth)
}

/// A new tenant, of which its form as it was sent is kept.
fn new_tenant(model: &Model, draft: Draft) -> Option<Doubt> {
    let words = format!("Create tenant {}", draft.sent.as_ref()?);
    let sent = Draft {
        fields: draft.as_sent(),
        sent_fields: Vec::new(),
        ..draft
    };
    Some(Doubt {
        tenant: Some(sent),
        ..doubt(Turn::Forth, not_kept(model, words, ""))
    })
}

fn deed_by(screen: &Screen) -> Option<Deed> {
    match screen {
        Screen::RoleEditor(editor) => {
            let (scope, after) = (editor.scope.clone(), editor.doubt.clone()?);
            Some(match editor.before.clone() {
                None => Deed::CreateRole(scope, after),
                Some(before) => Deed::UpdateRole { scope, before, after },
            })
        }
        Screen::Form(form) => {
            form.doubt.as_ref()?;
            let mut form = form.clone();
            form.fields = form.as_sent();
            let before = form.before.as_ref()?;
            Deed::tenant_back(&form.build().ok()?.tenant, before, before)
        }
        _ => None,
    }
}

/// Whether a read tells what came of a change, and it can be kept for that. A password is not kept with it.
pub fn can_be_seen(deed: &Deed) -> bool {
    let is_made = matches!(deed, Deed::CreateAccount(..) | Deed::CreateToken(..));
    (deed.is_kept() || is_made) && deed.len() <= MOST_KEPT
}

/// What was sent and is not known to have ended, in the order in which it was.
pub fn kept(model: &Model) -> Vec<Doubt> {
    let as_kept = |doubt: &Doubt| Doubt {
        job: None,
        is_told: false,
        ..doubt.clone()
    };
    let mut kept: Vec<Doubt> = model.doubts.iter().map(as_kept).collect();
    kept.extend(model.screens.iter().filter_map(|screen| sent_by(model, screen)));
    for overlay in &model.overlays {
        match overlay {
            Overlay::Choice(choice) => {
                let sent = choice.sent.as_deref();
                let doubt = sent.and_then(|deed| on_its_way(model, deed, Turn::Forth));
                kept.extend(doubt.map(|doubt| Doubt {
                    pick: resuming::picks(choice, sent).filter(|_| doubt.change.deed.is_some()),
                    ..doubt
                }));
            }
            Overlay::Token(shown) => {
                let words = format!("Token {} was made", shown.token.name);
                kept.push(doubt(Turn::Forth, not_kept(model, words, LOST)));
            }
            _ => {}
        }
    }
    let doing = model.doing.as_ref();
    if let Some(doing) = doing.filter(|doing| !doing.counts_again() && !is_edited(model, doing.job)) {
        let entry = model.typed.as_ref().map(|entry| EntryDraft {
            sent: true,
            ..entry.draft()
        });
        let chosen = model.chosen.as_ref();
        let pick = chosen.and_then(|choice| resuming::picks(choice, Some(&doing.deed)));
        kept.extend(on_its_way(model, &doing.deed, doing.turn).map(|doubt| {
            let is_seen = doubt.change.deed.is_some();
            Doubt {
                of: doing.of.clone(),
                known: doing.known.clone(),
                entry: entry.filter(|_| is_seen),
                pick: pick.filter(|_| is_seen),
                ..doubt
            }
        }));
    }
    kept
}

/// Whether what was sent under a question comes from the editor of a role, which keeps it itself.
pub fn is_edited(model: &Model, job: JobId) -> bool {
    let mut screens = model.screens.iter();
    screens.any(|screen| matches!(screen, Screen::RoleEditor(editor) if editor.sent == Some(job)))
}

/// Keeps of a change what nobody knows to be done, as its answer was lost, where nothing that it came from does: it is looked at
/// with whatever else is.
pub fn keep(model: &mut Model, doing: &Doing, results: &[Result<Made, Problem>]) {
    let is_unknown = |result: &Result<Made, Problem>| result.as_ref().is_err_and(|problem| problem.is_unknown);
    let are_unknown: Vec<bool> = results.iter().map(is_unknown).collect();
    if !can_be_seen(&doing.deed) {
        return;
    }
    let unknown = doing.deed.only(&are_unknown);
    let doubt = unknown.and_then(|deed| on_its_way(model, &deed, doing.turn));
    model.doubts.extend(doubt.map(|doubt| Doubt {
        of: doing.of.clone(),
        known: doing.known.clone(),
        ..doubt
    }));
}

/// A change that is on its way.
fn on_its_way(model: &Model, deed: &Deed, turn: Turn) -> Option<Doubt> {
    let instance = model.instance.value()?;
    let verb = match turn {
        Turn::Forth => String::new(),
        Turn::Back | Turn::Again => format!("{}: ", turn.verb()),
    };
    let words = verb + &deed.words(instance.release);
    let change = if can_be_seen(deed) {
        Undoable {
            deed: Some(deed.clone()),
            ..not_kept(model, words, "")
        }
    } else {
        not_kept(model, format!("{words}, {}", how_sent(true)), "")
    };
    Some(doubt(turn, change))
}

fn doubt(turn: Turn, change: Undoable) -> Doubt {
    Doubt {
        turn,
        change,
        of: None,
        known: None,
        tenant: None,
        pick: None,
        entry: None,
        job: None,
        is_told: false,
    }
}

/// What to do about a token whose value nobody has.
const LOST: &str = "its value is not kept; end it and make another unless you have it";

fn not_kept(model: &Model, words: String, because: &str) -> Undoable {
    Undoable {
        words,
        at: model.sent_at.unwrap_or_default(),
        deed: None,
        other: None,
        because: because.to_owned(),
        part: None,
    }
}

/// The ids of the tokens that are called as one that is about to be made, where those of its owner were read.
pub fn known_tokens(model: &Model, deed: &Deed) -> Option<Vec<String>> {
    let Deed::CreateToken(_, owner, new) = deed else {
        return None;
    };
    let tokens = model.screens.iter().rev().find_map(|screen| match screen {
        Screen::Records(view) => match &view.kind {
            RecordsKind::Tokens { owner: of, .. } if of.id == owner.id => view.rows.value(),
            _ => None,
        },
        _ => None,
    });
    let ids = tokens?.iter().filter_map(|record| match &record.item {
        Item::Token(token) if token.name == new.name => Some(token.id.clone()),
        _ => None,
    });
    Some(ids.collect())
}

/// Takes what was found of one of them, and says whether it was that.
pub fn settle_change(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let Some(at) = model.doubts.iter().position(|doubt| doubt.job == Some(job)) else {
        return false;
    };
    let mut doubt = model.doubts.remove(at);
    doubt.job = None;
    let words = visible(&doubt.change.words).into_owned();
    let deed = doubt.change.deed.clone();
    let seen = match (&deed, reply) {
        (Some(deed), Ok(answer)) => seen_of(&doubt, deed, answer),
        (None, Ok(Answer::Tenant(now))) => seen_tenant(model, &doubt, now),
        (None, Err(problem)) if problem.kind == ProblemKind::NotFound => Some((vec![None], None)),
        (None, Ok(_)) => None,
        (_, Err(problem)) => {
            model.messages.problem(model.now, problem.clone());
            if problem.kind == ProblemKind::Unreachable {
                model.doubts.insert(at, doubt);
                return true;
            }
            None
        }
    };
    let Some((seen, another)) = seen else {
        let text = look_yourself();
        let told = format!("{words}. {text}");
        model.messages.tell(model.now, Level::Warning, told);
        come_back(model, doubt, Some(text));
        return true;
    };
    let is_done: Vec<bool> = seen.iter().map(Option::is_some).collect();
    if is_done.contains(&false) && another.is_none() && model.may_come(doubt.change.at) {
        if !std::mem::replace(&mut doubt.is_told, true) {
            model.messages.tell(model.now, Level::Warning, early(&words));
        }
        model.doubts.insert(at, doubt);
        return true;
    }
    reopening::settle_sent(model, &doubt, seen.first().and_then(Option::as_ref));
    let Some(deed) = deed else {
        settle_tenant(model, &doubt, is_done == [true], effects);
        if is_done != [true] {
            tell_missing(model, &words, another);
        }
        return true;
    };
    let is_missing: Vec<bool> = is_done.iter().map(|is_done| !is_done).collect();
    let missing = deed.only(&is_missing);
    if let Some(done) = deed.only(&is_done) {
        let made = seen.into_iter().flatten().collect();
        let doing = Doing {
            of: doubt.of.clone(),
            ..Doing::new(job, done, doubt.turn)
        };
        super::seen(model, doing, made, effects);
        tell_token(model, &doubt, &deed, reply);
    }
    let Some(missing) = missing else { return true };
    found(model, &missing, false, effects);
    let what = if missing.len() == deed.len() {
        words
    } else {
        visible(&missing.items().join(", ")).into_owned()
    };
    tell_missing(model, &what, another);
    come_back(model, doubt, None);
    true
}

/// Says that something was not done, and why it cannot be now where something else is there.
fn tell_missing(model: &mut Model, what: &str, another: Option<String>) {
    let text = match another {
        Some(another) => format!("Not done: {what}. {}", visible(&another)),
        None => format!("Not done: {what}; send it again"),
    };
    model.messages.tell(model.now, Level::Warning, text);
}

/// As [`seen_of`], of a new tenant: there is one of its id.
fn seen_tenant(model: &Model, doubt: &Doubt, now: &Tenant) -> Option<Seen> {
    let mut form = TenantForm::create(model.instance.value()?);
    form.restore(doubt.tenant.as_ref()?);
    let lost = form.lost(now);
    if lost.is_empty() {
        return Some((vec![Some(Made::Tenant(Box::new(now.clone())))], None));
    }
    let there = another("tenant", now.id.as_str(), &lost);
    Some((vec![None], Some(format!("{} {}", there.what, there.why))))
}

/// Puts right what is recorded of a new tenant, and tells that it is there, if it is.
fn settle_tenant(model: &mut Model, doubt: &Doubt, is_done: bool, effects: &mut Vec<Effect>) {
    let Some((new, id)) = doubt.tenant.as_ref().zip(sent_id(doubt)) else {
        return;
    };
    effects.push(Effect::Found(vec![new.command.clone()], is_done));
    if !is_done {
        return;
    }
    let text = match new.text(ADMIN).trim() {
        "" => format!("Tenant {id} is as you sent it"),
        admin => format!("Tenant {id} is as you sent it; look whether {admin} is its Admin"),
    };
    replies::remember_tenant(model, id);
    model.messages.tell(model.now, Level::Done, text);
    lists::refresh(model, true, effects);
}

/// Opens again what a change came from that is not done, or of which that is not known and it says what to do.
fn come_back(model: &mut Model, doubt: Doubt, error: Option<String>) {
    if let Some(draft) = &doubt.entry {
        let mut entry = Entry::restored(draft);
        (entry.sent, entry.error) = (error.is_some(), error);
        model.returning = Some(Box::new(entry));
    }
    if let Some(draft) = doubt.pick {
        model.wanted_pick = Some(PickDraft { sent: false, ..draft });
    }
}

/// What there is of each thing of a change, and what else is there by the name of what was to be made.
type Seen = (Vec<Option<Made>>, Option<String>);

/// What an answer says of a change. `None` where it does not tell.
fn seen_of(doubt: &Doubt, deed: &Deed, answer: &Answer) -> Option<Seen> {
    match (deed, answer) {
        (Deed::CreateToken(_, _, new), Answer::People(_)) => {
            let made = made_token(doubt.known.as_deref()?, new, answer);
            Some((vec![made.map(|_| Made::Done)], None))
        }
        (_, Answer::Looked(looked)) => {
            let seen = looked.seen.clone()?;
            let makes = matches!(
                deed,
                Deed::CreateAccount(..) | Deed::CreateGroup(..) | Deed::CreateRole(..)
            );
            let is_other = makes && seen.iter().all(Option::is_none) && !looked.differences.is_empty();
            Some((seen, is_other.then(|| looked.differences.join(" "))))
        }
        _ => None,
    }
}

/// The token among those of its owner that was made, which was not known before.
fn made_token<'a>(known: &[String], new: &NewToken, answer: &'a Answer) -> Option<&'a ApiToken> {
    let Answer::People(answer) = answer else { return None };
    let PeopleAnswer::Tokens(tokens) = &**answer else {
        return None;
    };
    let is_it = |token: &&ApiToken| token.name == new.name && !known.contains(&token.id);
    tokens.iter().filter(is_it).max_by_key(|token| token.issued)
}

/// Tells of a token that was made that nobody has its value.
fn tell_token(model: &mut Model, doubt: &Doubt, deed: &Deed, reply: &Reply) {
    let (Deed::CreateToken(_, owner, new), Ok(answer), Some(known)) = (deed, reply, &doubt.known) else {
        return;
    };
    let Some(token) = made_token(known, new, answer) else {
        return;
    };
    let key = model.keymap.key_of(CommandId::DeleteToken, &[Scope::Tokens]);
    let with = key.map_or_else(String::new, |key| format!(" with {}", key_names(&key)));
    let owner = visible(&owner.username);
    let problem = Problem::new(
        ProblemKind::Failed,
        format!(
            "Token {} of {owner} was made, and its value was never shown.",
            visible(&new.name)
        ),
        format!(
            "The answer that had it was lost, and there is no other. It begins with {}.",
            visible(&token.prefix)
        ),
        format!("End it{with} among the tokens of {owner}, and make another."),
    );
    // It stays, and so comes before what was done, whoever asked.
    let cause = std::mem::take(&mut model.messages.cause);
    model.messages.problem(model.now, problem);
    model.messages.cause = cause;
}
