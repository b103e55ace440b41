//! What was sent and nobody knows what came of, as its answer was lost or the console went away before it: the tenant of a form, the
//! role of an editor. It is looked at by a read before it may be sent again. What is there as it was sent is done; what is not there
//! can be sent again; what is there otherwise is said.
//!
//! Changes that come from a list or from lines are in [`changes`].
//! The answers to reading a tenant or a role that is edited again come by way of [`super::forms`] and [`super::roles`].

mod changes;
mod taking_up;

use crate::domain::access::TenantAccess;
use crate::domain::change::Change;
use crate::domain::deed::{Deed, Made};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::super::doing::{Doing, Turn};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::resume::how_sent;
use super::super::screen::Screen;
use super::super::tenant_form::{ADMIN, TenantForm};
use super::{deeds, forms, replies, results, roles};
pub use changes::{
    bars, bars_tenant, can_be_seen, is_edited, keep, kept, known_tokens, leave, leaves_told, settle_change,
};
pub use taking_up::{give_up, leave_to_forms, say, take_up, tell};

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
    tell_first(model, "It");
    // Who asks is told what was found, though it may have been told before.
    model.told_early = None;
    look(model, effects);
    true
}

fn tell_first(model: &mut Model, what: &str) {
    let text = format!(
        "{} was sent before; what came of that is looked at first",
        visible(what)
    );
    model.messages.tell(model.now, Level::Warning, text);
}

/// Looks again at what was sent and was not there yet; whatever else is looked at meanwhile.
pub fn look_again(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.sent_at.is_some() && model.screens.iter().any(waits) {
        look(model, effects);
    }
    changes::look_again(model, effects);
}

/// That something is not there yet, and may still come.
fn early(what: &str) -> String {
    format!("Not there yet, looked at again: {what}, {}", how_sent(true))
}

/// Whether what a form sent and is not there may still come, which is said once.
fn may_come(model: &mut Model, what: &str) -> bool {
    is_early(model, early(what))
}

/// The same in other words.
fn is_early(model: &mut Model, text: String) -> bool {
    let is_early = model.sent_at.is_some_and(|at| model.may_come(at));
    if is_early && model.told_early.as_ref() != Some(&text) {
        model.messages.tell(model.now, Level::Warning, &text);
        model.told_early = Some(text);
    }
    is_early
}

/// Has what is recorded of a change whose outcome was not known put right: each of its things was done, or was not.
fn found(model: &Model, deed: &Deed, is_done: bool, effects: &mut Vec<Effect>) {
    record(model, &deed.changes(), is_done, effects);
}

/// The same of what a form sent.
fn record(model: &Model, changes: &[Change<'_>], is_done: bool, effects: &mut Vec<Effect>) {
    let lines = changes.iter().map(|change| recorded(model, change));
    effects.push(Effect::Found(lines.collect(), is_done));
}

/// The command that is recorded of a change.
pub fn recorded(model: &Model, change: &Change<'_>) -> String {
    let instance = model.instance.value();
    instance.map_or_else(String::new, |instance| {
        change.recorded_command(&model.session.command_words, instance.release)
    })
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
fn seen(model: &mut Model, doing: Doing, made: Vec<Made>, effects: &mut Vec<Effect>) {
    found(model, &doing.deed, true, effects);
    let job = doing.job;
    let other = model.doing.replace(Doing { is_seen: true, ..doing });
    let results = made.into_iter().map(Ok).collect();
    results::settle(model, job, &Ok(Answer::Done(results)), effects);
    model.doing = other;
}

fn role_seen(model: &mut Model, job: JobId, deed: Deed, role: Role, effects: &mut Vec<Effect>) {
    let doing = Doing::new(job, deed, Turn::Forth);
    seen(model, doing, vec![Made::Role(Box::new(role))], effects);
}

/// Looks for a role that was to be created among those of its tenant.
pub fn created_role(model: &mut Model, job: JobId, access: &TenantAccess, effects: &mut Vec<Effect>) {
    let Some(editor) = roles::read_editor_mut(model, job) else {
        return;
    };
    let Some(sent) = editor.doubt.take() else { return };
    let scope = editor.scope.clone();
    let was_unseen = std::mem::take(&mut editor.unseen);
    let problem = editor.problem.take();
    let mut namesakes = access.roles.iter().filter(|role| role.name == sent.name).peekable();
    let first = namesakes.peek().copied();
    if let Some(role) = namesakes.find(|role| sent.lost(role).is_empty()) {
        if was_unseen && editor.built() != sent {
            // What is reviewed is another one by now, perhaps of the same name.
            editor.review = None;
            let text = format!(
                "Role {} was created after all; this is another one",
                visible(&sent.name)
            );
            model.messages.tell(model.now, Level::Warning, text);
            deeds::read_again(model, Some(&scope), effects);
            record(model, &[Change::CreateRole(&scope, &sent)], true, effects);
            return;
        }
        editor.sent = (!editor.goes_on(&sent, role)).then_some(job);
        let deed = Deed::CreateRole(editor.scope.clone(), sent);
        role_seen(model, job, deed, role.clone(), effects);
    } else if let Some(role) = first {
        let problem = another("role", &sent.name, &sent.lost(role));
        (editor.problem, editor.review) = (Some(problem.clone()), None);
        model.messages.problem_of(model.now, Level::Warning, problem);
        record(model, &[Change::CreateRole(&scope, &sent)], false, effects);
    } else if !was_unseen {
        let name = visible(&sent.name).into_owned();
        editor.doubt = Some(sent.clone());
        let is_early = may_come(model, &format!("Role {name}"));
        if let Some(editor) = roles::read_editor_mut(model, job) {
            (editor.unseen, editor.problem) = (!is_early, problem.filter(|_| is_early));
        }
        if is_early {
            return;
        }
        record(model, &[Change::CreateRole(&scope, &sent)], false, effects);
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
    editor.sent = (!editor.goes_on(&after, now)).then_some(job);
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

/// Has the record of a change of a role put right that did not arrive.
pub fn role_not_changed(model: &mut Model, job: JobId, after: &NewRole, effects: &mut Vec<Effect>) {
    let read = roles::read_editor_mut(model, job).map(|editor| (editor.scope.clone(), editor.before.clone()));
    if let Some((scope, Some(before))) = read {
        let (scope, before) = (&scope, &before);
        record(model, &[Change::UpdateRole { scope, before, after }], false, effects);
    }
}

/// Says of secrets that were sent and nothing else that nobody can see what came of them.
pub fn unseen(model: &mut Model) {
    let text = "Nothing but secrets was sent, and whether they arrived cannot be seen; type them again";
    model.messages.tell(model.now, Level::Warning, text);
}

/// Says of a role or tenant that is as it was before it was changed that the change did not arrive.
pub fn unchanged(model: &mut Model, what: &str, name: &str) {
    send_again(model, what, name, "changed");
}

/// What is taken of what was read about a form that was sent.
type Take<'t> = &'t mut dyn FnMut(&mut Model, &mut Vec<Effect>) -> bool;

/// Takes what was read while the form holds what was sent. What was typed since is in it after that; where the form is closed by
/// then, as what was sent is there, it is an edit of that.
fn with_sent(model: &mut Model, now: Option<&Tenant>, effects: &mut Vec<Effect>, take: Take<'_>) -> bool {
    let Some(form) = model.form_mut() else { return false };
    let (sent, asked) = (form.as_sent(), std::mem::take(&mut form.was_sent));
    let typed = std::mem::replace(&mut form.fields, sent.clone());
    let (lookup, lacks_secrets) = (std::mem::take(&mut form.id_lookup), form.lacks_secrets);
    let is_taken = take(model, effects);
    if let Some(form) = model.form_mut() {
        (form.fields, form.was_sent, form.id_lookup) = (typed, asked, lookup);
        if form.doubt.is_none() {
            form.ask_again();
        }
    } else if let (Some(now), Some(instance)) = (now, model.instance.value().cloned()) {
        let mut form = TenantForm::edit(&instance, now.clone());
        form.type_since(&typed, &sent);
        // Whether they were among what was sent nobody knows.
        form.lacks_secrets = lacks_secrets;
        if form.is_dirty() {
            forms::push_form(model, &instance, form, effects);
        }
    }
    is_taken
}

/// Takes what was read of the tenant that a form sent, where nobody knows what came of that. Whether that is all there is to it.
pub fn tenant(model: &mut Model, job: JobId, answer: &Result<Tenant, Problem>, effects: &mut Vec<Effect>) -> bool {
    let Some(id) = model.form().and_then(|form| form.doubt.clone()) else {
        return false;
    };
    with_sent(model, answer.as_ref().ok(), effects, &mut |model, effects| {
        sent_tenant(model, job, id.clone(), answer, effects)
    })
}

fn sent_tenant(
    model: &mut Model,
    job: JobId,
    id: TenantId,
    answer: &Result<Tenant, Problem>,
    effects: &mut Vec<Effect>,
) -> bool {
    let Some(form) = model.form_mut() else { return false };
    let is_new = form.before.is_none();
    match answer {
        Err(problem) if is_new && problem.kind == ProblemKind::NotFound => {
            if may_come(model, &format!("Tenant {id}")) {
                return true;
            }
            record_form(model, false, effects);
            model.form_mut().map(settled);
            send_again(model, "Tenant", id.as_str(), "created");
        }
        // It stays open, and is looked at before it is sent again.
        Err(_) => return false,
        Ok(_) if !form.is_dirty() => {
            let text = format!(
                "Nothing but secrets was sent to tenant {id}; they cannot be seen, and may be on their way still"
            );
            if is_early(model, text) {
                return true;
            }
            model.form_mut().map(settled);
            return false;
        }
        Ok(now) => {
            let lost = form.lost(now);
            if !is_new && !lost.is_empty() {
                let is_as_before = form.is_as_before(now);
                if is_as_before && may_come(model, &format!("Tenant {id}")) {
                    return true;
                }
                record_form(model, false, effects);
                model.form_mut().map(settled);
                return false;
            }
            if !is_new {
                form.sent = Some(job);
                record_form(model, true, effects);
                replies::updated_tenant(model, job, now, true, effects);
            } else if lost.is_empty() {
                see_admins(model, id, effects);
            } else {
                settled(form);
                let problem = another("tenant", id.as_str(), &lost);
                form.problem = Some(problem.clone());
                record_form(model, false, effects);
                model.messages.problem_of(model.now, Level::Warning, problem);
            }
        }
    }
    true
}

/// Has what is recorded of what the form sent put right.
fn record_form(model: &Model, is_done: bool, effects: &mut Vec<Effect>) {
    let command = model.form().map(|form| form.command.clone());
    effects.push(Effect::Found(command.into_iter().collect(), is_done));
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
            with_sent(model, Some(&created.tenant.clone()), effects, &mut |model, effects| {
                let Some(form) = model.form_mut() else { return false };
                form.sent = Some(job);
                let wanted = Some(form.text(ADMIN)).filter(|admin| !admin.is_empty());
                record_form(model, true, effects);
                replies::seen_tenant(model, job, created.clone(), wanted, effects);
                true
            });
        }
        (Err(problem), _) => model.messages.problem(model.now, problem.clone()),
        _ => {}
    }
    true
}
