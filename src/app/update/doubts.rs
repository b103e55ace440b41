//! What was sent and nobody knows what came of, as its answer was lost or the console went away before it: the tenant of a form, the
//! role of an editor. It is looked at by a read before it may be sent again. What is there as it was sent is done; what is not there
//! can be sent again; what is there otherwise is said.
//!
//! The answers to reading a tenant or a role that is edited again come by way of [`super::forms`] and [`super::roles`].

use crate::domain::access::TenantAccess;
use crate::domain::deed::{Deed, Made};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::super::doing::{Doing, Doubt, Turn, Undoable};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::entry::Entry;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::resume::{PickDraft, Resume, how_sent};
use super::super::screen::Screen;
use super::super::tenant_form::{ADMIN, TenantForm};
use super::{deeds, forms, replies, results, roles};

/// Of a change of more things than that is kept that it was sent, but not what it is.
const MOST_KEPT: usize = 1_000;

/// Whether it is not known what came of what a screen sent, and nothing of it is under way.
fn waits(screen: &Screen) -> bool {
    match screen {
        Screen::Form(form) => form.doubt.is_some() && form.sent.is_none(),
        Screen::RoleEditor(editor) => editor.doubt.is_some() && editor.sent.is_none(),
        _ => false,
    }
}

/// Looks what came of what the screen sent where that is not known, and says whether it is so: then nothing is to be sent.
pub fn look_first(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    if !model.screens.last().is_some_and(waits) {
        return false;
    }
    let text = "It was sent before; what came of that is looked at first";
    model.messages.tell(model.now, Level::Warning, text);
    look(model, effects);
    true
}

/// Looks again at what was sent and was not there yet; whatever else is looked at meanwhile.
pub fn look_again(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.sent_at.is_some() && model.screens.iter().any(waits) {
        look(model, effects);
    }
    let unasked = model.doubt.as_ref().filter(|doubt| doubt.job.is_none());
    if let Some(deed) = unasked.and_then(|doubt| doubt.change.deed.clone()) {
        let (job, effect) = model.ask(Request::Look(Box::new(deed)));
        effects.push(effect);
        if let Some(doubt) = &mut model.doubt {
            doubt.job = Some(job);
        }
    }
}

/// Whether what is not there may still come, which is said.
fn may_come(model: &mut Model, what: &str) -> bool {
    let is_early = model.may_come();
    if is_early {
        let text = format!("Not there yet, looked at again: {what}, {}", how_sent(true));
        model.messages.tell(model.now, Level::Warning, text);
    }
    is_early
}

/// What is on its way, or was and is not known to have ended, and comes back by no form and no editor.
pub fn under_way(model: &Model) -> Option<(Turn, Undoable)> {
    let chosen = model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Choice(choice) => choice.sent.as_deref(),
        _ => None,
    });
    let shown = model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Token(shown) => Some(format!("Token {} was made", shown.token.name)),
        _ => None,
    });
    let doing = model.doing.as_ref().filter(|doing| !doing.counts_again());
    let (turn, deed) = match (doing, chosen) {
        (Some(doing), _) => (doing.turn, &doing.deed),
        (None, Some(deed)) => (Turn::Forth, deed),
        (None, None) => {
            let doubt = model.doubt.as_ref().map(|doubt| (doubt.turn, doubt.change.clone()));
            return doubt.or_else(|| Some((Turn::Forth, not_kept(model, shown?, LOST))));
        }
    };
    let instance = model.instance.value()?;
    let verb = match turn {
        Turn::Forth => String::new(),
        Turn::Back | Turn::Again => format!("{}: ", turn.verb()),
    };
    let words = verb + &deed.words(instance.release);
    if deed.is_kept() && deed.len() <= MOST_KEPT {
        let deed = Some(deed.clone());
        return Some((
            turn,
            Undoable {
                deed,
                ..not_kept(model, words, "")
            },
        ));
    }
    let because = if matches!(deed, Deed::CreateToken(..)) {
        LOST
    } else {
        ""
    };
    Some((turn, not_kept(model, format!("{words}, {}", how_sent(true)), because)))
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

/// Takes up what was on its way when the console went away, and looks what came of it. The lines and the list that it came from
/// wait for that. Returns what is to be told where it cannot be looked at.
pub fn take_up(model: &mut Model, resume: &mut Resume, effects: &mut Vec<Effect>) -> Option<String> {
    model.sent_at = resume.sent_at.or(model.sent_at);
    let (turn, change) = resume.sent.take()?;
    if change.deed.is_none() {
        let what = if change.because.is_empty() {
            "look whether it is there before you do it again"
        } else {
            &change.because
        };
        return Some(format!("{}: {what}", visible(&change.words)));
    }
    model.doubt = Some(Box::new(Doubt {
        turn,
        change,
        job: None,
        is_told: false,
        pick: resume.pick.take_if(|draft| draft.sent),
        entry: resume.entry.take_if(|draft| draft.sent),
    }));
    look_again(model, effects);
    None
}

/// Takes what was found of it, and says whether it was that.
pub fn settle_change(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let Some(mut doubt) = model.doubt.take_if(|doubt| doubt.job == Some(job)) else {
        return false;
    };
    doubt.job = None;
    let words = visible(&doubt.change.words).into_owned();
    let Some(deed) = doubt.change.deed.clone() else {
        return true;
    };
    let seen = match reply {
        Ok(Answer::Looked(looked)) => looked.seen.as_ref(),
        Ok(_) => None,
        Err(problem) => {
            model.messages.problem(model.now, problem.clone());
            if problem.kind == ProblemKind::Unreachable {
                model.doubt = Some(doubt);
                return true;
            }
            None
        }
    };
    let mut error = None;
    if let Some(seen) = seen {
        let is_done: Vec<bool> = seen.iter().map(Option::is_some).collect();
        let is_missing: Vec<bool> = is_done.iter().map(|is_done| !is_done).collect();
        let missing = deed.only(&is_missing);
        if missing.is_some() && model.may_come() {
            if !std::mem::replace(&mut doubt.is_told, true) {
                may_come(model, &words);
            }
            model.doubt = Some(doubt);
            return true;
        }
        if let Some(done) = deed.only(&is_done) {
            let made = seen.iter().flatten().cloned().collect();
            self::seen(model, job, (done, doubt.turn), made, effects);
        }
        let Some(missing) = missing else { return true };
        let what = if missing.len() == deed.len() {
            words
        } else {
            visible(&missing.items().join(", ")).into_owned()
        };
        model
            .messages
            .tell(model.now, Level::Warning, format!("Not done: {what}; send it again"));
    } else {
        let text = look_yourself();
        model
            .messages
            .tell(model.now, Level::Warning, format!("{words}. {text}"));
        error = Some(text);
    }
    if let Some(draft) = &doubt.entry {
        let mut entry = Entry::restored(draft);
        (entry.sent, entry.error) = (error.is_some(), error);
        model.returning = Some(Box::new(entry));
    }
    if let Some(draft) = doubt.pick {
        model.wanted_pick = Some(PickDraft { sent: false, ..draft });
    }
    true
}

/// Reads what the form or editor on screen is about.
pub fn look(model: &mut Model, effects: &mut Vec<Effect>) {
    forms::reread(model, effects);
    roles::read_again(model, effects);
}

/// That it is not known what came of what a console sent that went away.
pub fn not_known(what: &str, name: &str) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        format!("{what} {} was sent, and its outcome is not known.", visible(name)),
        "The console went away before the answer came.",
        "It is looked at before it is sent again.",
    )
    .unknown()
}

/// That something of the name is there, but not what was sent.
fn another(what: &str, name: &str, lost: &[String]) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("A {what} {} is there, but not as you sent it.", visible(name)),
        format!("It differs in: {}.", lost.join(", ")),
        "Look at it before you send yours again.",
    )
}

fn send_again(model: &mut Model, what: &str, name: &str, done: &str) {
    let text = format!("{what} {} was not {done}; send it again", visible(name));
    model.messages.tell(model.now, Level::Warning, text);
}

/// What to do about what was sent and cannot be settled by a read of ours.
pub fn look_yourself() -> String {
    format!(
        "It was {}: look whether it is there before you send it again.",
        how_sent(true)
    )
}

/// Takes what is there as it was sent: that is the answer to it.
fn seen(model: &mut Model, job: JobId, (deed, turn): (Deed, Turn), made: Vec<Made>, effects: &mut Vec<Effect>) {
    let doing = Doing {
        is_seen: true,
        ..Doing::new(job, deed, turn)
    };
    let other = model.doing.replace(doing);
    let results = made.into_iter().map(Ok).collect();
    results::settle(model, job, &Ok(Answer::Done(results)), effects);
    model.doing = other;
}

fn role_seen(model: &mut Model, job: JobId, deed: Deed, role: Role, effects: &mut Vec<Effect>) {
    seen(
        model,
        job,
        (deed, Turn::Forth),
        vec![Made::Role(Box::new(role))],
        effects,
    );
}

/// Looks for a role that was to be created among those of its tenant.
pub fn created_role(model: &mut Model, job: JobId, access: &TenantAccess, effects: &mut Vec<Effect>) {
    let Some(editor) = roles::read_editor_mut(model, job) else {
        return;
    };
    let Some(sent) = editor.doubt.take() else { return };
    let was_unseen = std::mem::take(&mut editor.unseen);
    let problem = editor.problem.take();
    let mut namesakes = access.roles.iter().filter(|role| role.name == sent.name).peekable();
    let first = namesakes.peek().copied();
    if let Some(role) = namesakes.find(|role| sent.lost(role).is_empty()) {
        if was_unseen && editor.built() != sent {
            // What is reviewed is another one by now, perhaps of the same name.
            editor.review = None;
            let scope = editor.scope.clone();
            let text = format!(
                "Role {} was created after all; this is another one",
                visible(&sent.name)
            );
            model.messages.tell(model.now, Level::Warning, text);
            deeds::read_again(model, Some(&scope), effects);
            return;
        }
        editor.sent = Some(job);
        let deed = Deed::CreateRole(editor.scope.clone(), sent);
        role_seen(model, job, deed, role.clone(), effects);
    } else if let Some(role) = first {
        let problem = another("role", &sent.name, &sent.lost(role));
        (editor.problem, editor.review) = (Some(problem.clone()), None);
        model.messages.problem_of(model.now, Level::Warning, problem);
    } else if !was_unseen {
        let name = visible(&sent.name).into_owned();
        editor.doubt = Some(sent);
        let is_early = may_come(model, &format!("Role {name}"));
        if let Some(editor) = roles::read_editor_mut(model, job) {
            (editor.unseen, editor.problem) = (!is_early, problem.filter(|_| is_early));
        }
        if is_early {
            return;
        }
        send_again(model, "Role", &name, "created");
    }
}

/// Takes a changed role as it is now where it is what was sent, and says whether it is.
pub fn changed_role(model: &mut Model, job: JobId, now: &Role, effects: &mut Vec<Effect>) -> bool {
    let Some(editor) = roles::read_editor_mut(model, job) else {
        return false;
    };
    let (Some(after), Some(before)) = (as_sent(editor.doubt.as_ref(), now), editor.before.clone()) else {
        return false;
    };
    editor.sent = Some(job);
    editor.doubt = None;
    let scope = editor.scope.clone();
    role_seen(
        model,
        job,
        Deed::UpdateRole { scope, before, after },
        now.clone(),
        effects,
    );
    true
}

fn as_sent(sent: Option<&NewRole>, role: &Role) -> Option<NewRole> {
    sent.filter(|sent| sent.lost(role).is_empty()).cloned()
}

/// Whether a change of a role that is as it was before may still come, which is said: then it is as much in doubt as it was.
pub fn change_may_come(model: &mut Model, job: JobId, sent: NewRole) -> bool {
    if !may_come(model, &format!("Role {}", visible(&sent.name))) {
        return false;
    }
    if let Some(editor) = roles::read_editor_mut(model, job) {
        editor.doubt = Some(sent);
    }
    true
}

/// Says of a role or tenant that is as it was before it was changed that the change did not arrive.
pub fn unchanged(model: &mut Model, what: &str, name: &str) {
    send_again(model, what, name, "changed");
}

/// Takes what was read of the tenant that a form sent, where nobody knows what came of that. Whether that is all there is to it.
pub fn tenant(model: &mut Model, job: JobId, answer: &Result<Tenant, Problem>, effects: &mut Vec<Effect>) -> bool {
    let Some(form) = model.form_mut() else { return false };
    let Some(id) = form.doubt.clone() else { return false };
    let is_new = form.before.is_none();
    match answer {
        Err(problem) if is_new && problem.kind == ProblemKind::NotFound => {
            if may_come(model, &format!("Tenant {id}")) {
                return true;
            }
            model.form_mut().map(settled);
            send_again(model, "Tenant", id.as_str(), "created");
        }
        // It stays open, and is looked at before it is sent again.
        Err(_) => return false,
        Ok(_) if !form.is_dirty() => {
            settled(form);
            let text = "Nothing but secrets was sent, and whether they arrived cannot be seen; type them again";
            model.messages.tell(model.now, Level::Warning, text);
            return false;
        }
        Ok(now) => {
            let lost = form.lost(now);
            if !is_new && !lost.is_empty() {
                let is_as_before = form.before.as_ref() == Some(now);
                if is_as_before && may_come(model, &format!("Tenant {id}")) {
                    return true;
                }
                let Some(form) = model.form_mut() else { return true };
                settled(form);
                return false;
            }
            if !is_new {
                form.sent = Some(job);
                replies::updated_tenant(model, job, now, true, effects);
            } else if lost.is_empty() && form.text("id") == id.as_str() {
                see_admins(model, id, effects);
            } else {
                settled(form);
                let problem = another("tenant", id.as_str(), &lost);
                form.problem = Some(problem.clone());
                model.messages.problem_of(model.now, Level::Warning, problem);
            }
        }
    }
    true
}

fn settled(form: &mut TenantForm) {
    form.doubt = None;
    form.problem = None;
}

/// Asks who is Admin of the tenant that is there as it was sent: making somebody Admin follows creating it.
fn see_admins(model: &mut Model, id: TenantId, effects: &mut Vec<Effect>) {
    let (job, effect) = model.ask(Request::Access(TenantScope::Named(id)));
    if let Some(form) = model.form_mut() {
        form.admins = Some(job);
        effects.push(effect);
    }
}

/// Takes the answer to that, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let is_it = |form: &&mut TenantForm| form.admins == Some(job);
    let Some(form) = model.form_mut().filter(is_it) else {
        return false;
    };
    form.admins = None;
    match (reply, form.reread.value().cloned()) {
        (Ok(Answer::Access(access)), Some(tenant)) => {
            form.sent = Some(job);
            let wanted = Some(form.text(ADMIN)).filter(|admin| !admin.is_empty());
            let role = access.roles.iter().find(|role| role.is_admin()).cloned();
            let of_role = role.as_ref().map(|role| role.id.as_str());
            let held = access
                .bindings
                .iter()
                .filter(|held| Some(held.role_id.as_str()) == of_role);
            let admins = held.cloned().collect();
            let created = CreatedTenant {
                tenant,
                admin_role: role,
                admins,
            };
            replies::seen_tenant(model, job, created, wanted, effects);
        }
        (Err(problem), _) => model.messages.problem(model.now, problem.clone()),
        _ => {}
    }
    true
}
