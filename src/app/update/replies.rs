//! Answers from the instance: each goes to what asked for it, and to nothing else.

use crate::domain::deed::Deed;
use crate::domain::equivalent;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::tenant::{CreatedTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;

use super::super::deadlines::Retry;
use super::super::doing::Doing;
use super::super::effect::{Answer, Effect, JobId, Reply};
use super::super::messages::{Cause, Level};
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::super::tenant_form::TenantForm;
use super::{
    assignable, choices, connect, contexts, deleting, doubts, forms, lists, marks, migration, people, places, records,
    results, resuming, roles, screen_replies, snapshots, undoing,
};

/// Takes an answer. One that nobody waits for any more is dropped.
pub fn settle(model: &mut Model, job: JobId, reply: Reply, effects: &mut Vec<Effect>) {
    let is_opened = matches!(reply, Ok(Answer::Switched(_)));
    take(model, job, reply, effects);
    // What was opened and is not entered holds nothing.
    if is_opened && !effects.iter().any(|effect| matches!(effect, Effect::Enter(_))) {
        effects.push(Effect::Cancel(job));
    }
}

fn take(model: &mut Model, job: JobId, reply: Reply, effects: &mut Vec<Effect>) {
    let Some(since) = model.running.remove(&job) else {
        return;
    };
    if connect::settle(model, job, &reply, effects)
        || contexts::settle(model, job, &reply, effects)
        || migration::settle(model, job, &reply, effects)
        || results::settle(model, job, &reply, effects)
        || marks::settle(model, job, &reply, effects)
        || marks::settle_doubted(model, job, &reply)
        || lists::settle_lost(model, job, &reply)
        || lists::settle_beginning(model, job, &reply, effects)
        || lists::settle_all(model, job, &reply)
        || undoing::settle(model, job, &reply, effects)
        || people::settle(model, job, &reply, effects)
        || records::settle(model, job, &reply, effects)
        || choices::settle(model, job, &reply, effects)
        || roles::settle(model, job, &reply, effects)
        || doubts::settle(model, job, &reply, effects)
        || doubts::settle_change(model, job, &reply, effects)
        || snapshots::settle(model, job, &reply, effects)
        || assignable::settle(model, job, &reply)
    {
        return;
    }
    // Over a network nobody is asked for a stamp.
    if model.stamp.as_ref().is_none_or(|(asked, _)| *asked != job) {
        model.contact.note(&reply, model.now.saturating_sub(since));
    }
    settle_known(model, job, reply, effects);
    note_reach(model);
}

fn settle_known(model: &mut Model, job: JobId, reply: Reply, effects: &mut Vec<Effect>) {
    let (now, height) = (model.now, model.size.list_rows());
    if model.instance.job() == Some(job) {
        let answer = expect(reply, |answer| match answer {
            Answer::Instance(instance) => Some(*instance),
            _ => None,
        });
        model.instance.settle(job, now, answer);
        settle_doubted(model);
        instance_known(model, effects);
    } else if model.tenants.default_admins.job() == Some(job) {
        let answer = expect(reply, |answer| match answer {
            Answer::AdminCount(count) => Some(count),
            _ => None,
        });
        model.tenants.default_admins.settle(job, now, answer);
    } else if model.tenants.counting() == Some(job) {
        let answer = expect(reply, |answer| match answer {
            Answer::AdminCounts(counts) => Some(counts),
            _ => None,
        });
        // What goes wrong with the instance itself shows when rows are read.
        model.tenants.counted(answer.ok());
    } else if model.stamp.as_ref().is_some_and(|(asked, _)| *asked == job) {
        stamped(model, job, &reply, effects);
    } else if model.sending == Some(job) {
        model.sending = None;
        match reply {
            Ok(Answer::Created(created)) => created_tenant(model, job, *created, "created", effects),
            Ok(Answer::Updated(tenant)) => updated_tenant(model, job, &tenant, false, effects),
            other => forms::refused(model, job, unexpected(other), effects),
        }
    } else if model.form().is_some_and(|form| form.reread.job() == Some(job)) {
        reread(model, job, reply, effects);
    } else if screen_replies::settle(model, job, &reply) {
    } else if screen_replies::settle_overlays(model, job, &reply) {
        deleting::leave_out(model, effects);
    } else if !lists::gives_way(model, job, &reply, effects) {
        let answer = expect(reply, |answer| match answer {
            Answer::Tenants(page) => Some(page),
            _ => None,
        });
        let problem = answer.as_ref().err().cloned();
        // Of many tenants what makes a filter quick is made ready now, as a letter may follow `/` sooner than that is done.
        let is_first = model.tenants.total().is_none();
        let settled = model.tenants.settle(job, now, height, answer);
        if is_first && model.tenants.total().is_some_and(|total| total > 1_000) {
            effects.push(Effect::ExpectFilter);
        }
        match problem {
            Some(problem) if settled => tenants_refused(model, problem, effects),
            Some(_) => {}
            None => {
                let doubtful = model.tenants.take_doubtful_marks();
                marks::doubt(model, doubtful, effects);
            }
        }
    }
}

/// Tells why tenants could not be read. An instance that lists none since its settings changed, as a run changes them, refuses
/// the list, too: it is asked first.
fn tenants_refused(model: &mut Model, problem: Problem, effects: &mut Vec<Effect>) {
    let may_be_off = matches!(problem.kind, ProblemKind::Denied | ProblemKind::NotFound);
    if !may_be_off || model.instance.value().is_none() {
        model.messages.problem(model.now, problem);
        return;
    }
    model.tenants.problem = None;
    model.tenants.doubted = Some(problem);
    if model.instance.job().is_none() {
        places::ask_instance(model, effects);
    }
}

/// Tells of a refusal that stands now that the instance has answered, and forgets one that does not.
fn settle_doubted(model: &mut Model) {
    let Some(problem) = model.tenants.doubted.take() else {
        return;
    };
    if model.instance.problem().is_some() || model.lists_tenants() {
        model.tenants.problem = Some(problem.clone());
        model.messages.problem(model.now, problem);
    }
}

/// Plans to read again what could not be read because the instance was out of reach, unless the operator stopped that.
/// What changes something is never sent again by itself.
/// That it is within reach again is said with the last answer.
pub fn plan_retry(model: &mut Model, is_answered: bool) {
    if model.is_out_of_reach() {
        if model.retry.due.is_none() && !model.retry.stopped {
            model.retry.plan(model.now);
        }
    } else if is_answered && model.running() == 0 && model.contact.is_back() {
        let text = format!("{} answers again", model.session.context);
        model.messages.ended(model.now, ProblemKind::Unreachable, text);
    }
}

/// Reads at once what could not be read as the instance was out of reach, where one comes back to it and it answers by now.
pub fn read_since_back(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.is_back_in_reach() && places::is_free(model) && model.cancellable().is_empty() {
        model.messages.cause = Cause::Retry;
        places::refresh_view(model, effects);
    }
}

/// Forgets about what could not be read once it could.
fn note_reach(model: &mut Model) {
    if model.is_out_of_reach() {
        return;
    }
    model.retry = Retry::default();
    if model.running() == 0 && model.screens.is_empty() {
        model.messages.is_over(ProblemKind::Unreachable);
    }
}

/// The answer of the expected kind, or a problem.
pub(super) fn expect<T>(reply: Reply, pick: impl FnOnce(Answer) -> Option<T>) -> Result<T, Problem> {
    let answer = reply?;
    pick(answer).ok_or_else(no_answer)
}

fn unexpected(reply: Reply) -> Problem {
    reply.err().unwrap_or_else(no_answer)
}

fn no_answer() -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "The instance answered something else than was asked.",
        "This is a defect of this program.",
        "Please report it; nothing was changed by the answer itself.",
    )
}

fn instance_known(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(problem) = model.instance.problem().cloned() {
        model.messages.problem(model.now, problem);
        return;
    }
    let Some(instance) = model.instance.value() else { return };
    let had_row = model.tenants.has_default();
    let has_default = instance.tenancy.enabled && instance.tenancy.reaches_default_tenant(instance.release);
    model.tenants.set_default(has_default);
    if !model.lists_tenants() {
        for job in model.tenants.give_up() {
            effects.extend(model.cancel(job));
        }
    }
    if has_default && !had_row {
        lists::ask_default_admins(model, effects);
    }
    resuming::restore(model, effects);
    lists::begin_in_default(model, effects);
}

/// Reads again by itself where it cannot be told whether anything changed, unless that was read just now.
fn look_again(model: &mut Model, effects: &mut Vec<Effect>) {
    let interval = model.session.refresh_seconds * 1000;
    let is_due = model.now.saturating_sub(model.looked_at) + 1_000 >= interval;
    let is_quiet = model.cancellable().is_empty() && model.retry.due.is_none();
    if is_due && is_quiet && !model.tenants.is_stopped() && !model.retry.stopped {
        places::look_again(model, effects);
    }
}

/// Reads again what is on screen if somebody else changed the instance.
fn stamped(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) {
    let last = model.stamp.as_ref().and_then(|(_, stamp)| *stamp);
    if let Ok(Answer::ChangeStamp(stamp)) = reply {
        if !model.rests() {
            // It is looked at again once whoever is in the middle of something is through with it.
            model.stamp = Some((job, last));
            return;
        }
        model.stamp = Some((job, *stamp));
        if stamp.is_none() {
            look_again(model, effects);
            return;
        }
        // What the operator stopped is not begun again by somebody else.
        if last.is_some() && *stamp != last && !model.tenants.is_stopped() && !model.retry.stopped {
            places::refresh_view(model, effects);
        }
    }
}

/// Takes a tenant that is there as it was sent. Where this is not its Admin who was to be made that, it is said.
pub fn seen_tenant(
    model: &mut Model,
    job: JobId,
    created: CreatedTenant,
    wanted: Option<String>,
    effects: &mut Vec<Effect>,
) {
    let is_wanted = |name: &String| !created.admins.iter().any(|binding| binding.subject_name == *name);
    let lacks = wanted.filter(is_wanted).map(|name| {
        let id = &created.tenant.id;
        format!("Tenant {id} is as you sent it; <A> makes {name} Admin, who is not yet")
    });
    created_tenant(model, job, created, "is as you sent it", effects);
    if let Some(text) = lacks {
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Remembers that a tenant was created, and what would take that back.
pub fn remember_tenant(model: &mut Model, id: &TenantId) {
    let because = "only deleting the tenant would take that back; <D> asks for it";
    undoing::remember(model, &format!("Tenant {id} created"), None, None, because);
}

/// Takes a tenant that was created: `how` says what is known of that.
fn created_tenant(model: &mut Model, job: JobId, created: CreatedTenant, how: &str, effects: &mut Vec<Effect>) {
    let id = created.tenant.id.clone();
    let names: Vec<&str> = created
        .admins
        .iter()
        .map(|binding| binding.subject_name.as_str())
        .collect();
    remember_tenant(model, &id);
    if names.is_empty() {
        let text = format!("Tenant {id} {how}, but nobody holds its Admin role; <A> makes somebody Admin");
        model.messages.tell(model.now, Level::Warning, text);
    } else {
        let words = model.session.lead_words();
        let command = model
            .sent_form(job)
            .and_then(|form| Some((form.build().ok()?, form.release())));
        let command = command.map_or_else(String::new, |(new, release)| {
            equivalent::own_command(words, &new, release)
        });
        let text = format!("Tenant {id} {how}; {} holds its Admin role", names.join(", "));
        model.messages.done(model.now, text, command);
    }
    let was_on_screen = close_sent(model, job, effects);
    shown_again(model, id.clone(), effects);
    if !was_on_screen {
        return;
    }
    places::open_tenant(model, TenantScope::Named(id), Tab::Overview, effects);
    let now = model.now;
    if let Some(view) = model.tenant_view_mut() {
        view.tenant.set(created.tenant.clone(), now);
        view.created = Some(created);
    }
}

/// Takes a tenant as it was changed, by its answer or because it is seen to be as it was sent.
pub fn updated_tenant(model: &mut Model, job: JobId, tenant: &Tenant, is_seen: bool, effects: &mut Vec<Effect>) {
    let id = tenant.id.clone();
    let words = model.session.lead_words();
    let command = model.sent_form(job).and_then(|form| {
        let (before, new) = (form.before.as_ref()?, form.build().ok()?);
        Some(equivalent::own_update_command(
            words,
            before,
            &new.tenant,
            form.release(),
        ))
    });
    let words = format!("Tenant {id} updated");
    let changed = model
        .sent_form(job)
        .and_then(|form| Some((form.before.clone()?, form.build().ok()?.tenant)));
    let has_secrets = changed
        .as_ref()
        .is_some_and(|(before, sent)| redact::secrets_differ(before, sent));
    let back = changed.and_then(|(before, sent)| Deed::tenant_back(&before, &sent, tenant));
    let because = match back {
        None => "only secrets were changed, and those are not kept",
        Some(_) if has_secrets => "secrets that were changed with it stay as they are now",
        Some(_) => "",
    };
    let can_be_undone = undoing::remember(model, &words, back, None, because);
    let hint = undoing::hint(model, can_be_undone, false);
    let mut text = format!("{words}{}{hint}", Doing::how_seen(is_seen));
    if can_be_undone && has_secrets {
        text += ", but for the secrets";
    }
    model.messages.done(model.now, text, command.unwrap_or_default());
    close_sent(model, job, effects);
    shown_again(model, id, effects);
    show_tenant(model, tenant);
}

/// Shows a tenant as it is now wherever it is open.
pub fn show_tenant(model: &mut Model, tenant: &Tenant) {
    let (now, scope) = (model.now, TenantScope::Named(tenant.id.clone()));
    for screen in &mut model.screens {
        if let Screen::Tenant(view) = screen
            && view.scope == scope
        {
            view.tenant.set(tenant.clone(), now);
        }
    }
}

/// Closes the form that was sent, with the question whether to leave it, and says whether it was what was on screen.
fn close_sent(model: &mut Model, job: JobId, effects: &mut Vec<Effect>) -> bool {
    if model.form().is_some_and(|form| form.sent == Some(job)) {
        model.overlays.retain(|overlay| !matches!(overlay, Overlay::Dialog(_)));
        places::close(model, effects);
        return true;
    }
    model
        .screens
        .retain(|screen| !matches!(screen, Screen::Form(form) if form.sent == Some(job)));
    false
}

/// Takes the edited tenant as it is now, and says what somebody else changed.
fn reread(model: &mut Model, job: JobId, reply: Reply, effects: &mut Vec<Effect>) {
    let now = model.now;
    let answer = expect(reply, |answer| match answer {
        Answer::Tenant(tenant) => Some(*tenant),
        _ => None,
    });
    let problem = answer.as_ref().err().cloned();
    let was_sent = model.form().is_some_and(|form| form.doubt.is_some());
    let is_unseen = model.form().is_some_and(TenantForm::sent_secrets_alone);
    let is_all = doubts::tenant(model, job, &answer, effects);
    let Some(form) = model.form_mut() else { return };
    form.reread.settle(job, now, answer);
    if is_all {
        return;
    }
    let is_unseen = is_unseen && form.doubt.is_none();
    let is_undone = was_sent && !is_unseen && form.doubt.is_none() && form.is_dirty();
    let id = form.text("id");
    let changed = form
        .reread
        .value()
        .cloned()
        .map_or_else(Vec::new, |tenant| form.rebase(tenant));
    if let Some(problem) = problem {
        model.messages.problem(now, problem);
    } else if !changed.is_empty() {
        let difference = Problem::new(
            ProblemKind::Conflict,
            "Somebody else changed this tenant meanwhile; what you typed is kept.",
            changed.join("\n"),
            "Look at the review again before you send it.",
        );
        let text = format!("Changed on the instance meanwhile: {}", changed.join(", "));
        form.problem = Some(difference);
        form.theirs = changed;
        model.messages.tell(now, Level::Warning, text);
    } else if is_undone {
        doubts::unchanged(model, "Tenant", &id);
    }
    if is_unseen {
        doubts::unseen(model);
    }
}

/// Reads the list again and selects a tenant in it.
fn shown_again(model: &mut Model, id: TenantId, effects: &mut Vec<Effect>) {
    lists::refresh(model, true, effects);
    let rows = model.size.list_rows();
    model.tenants.want(TenantScope::Named(id), rows);
}
