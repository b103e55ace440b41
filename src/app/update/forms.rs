//! The tenant form: opening it, typing in it, looking things up, reviewing, sending.

use crate::domain::change::Change;
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::super::command::{CommandId, Scope};
use super::super::effect::{Effect, JobId, Millis, Request};
use super::super::form_field::Note;
use super::super::input::Key;
use super::super::key_words::key_names;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Overlay, Page, Then};
use super::super::remote::Remote;
use super::super::screen::Screen;
use super::super::tenant_form::{ADMIN, Focus, Review, ReviewLine, TenantForm};
use super::super::tenant_list::Selected;
use super::super::tenant_view::scrolled;
use super::super::wrap::wrap;
use super::{TYPING_PAUSE, contexts, deeds, dialogs, doubts, places, resuming, roles, wizard};

/// Opens the form for a new tenant.
pub fn open_new(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(instance) = model.instance.value().cloned() else {
        return;
    };
    let form = TenantForm::create(&instance);
    push_form(model, &instance, form, effects);
}

/// Opens a form, and asks for what it needs to know.
pub fn push_form(model: &mut Model, instance: &Instance, mut form: TenantForm, effects: &mut Vec<Effect>) {
    if form.before.is_none() && instance.tenancy.reaches_default_tenant(instance.release) {
        let (job, effect) = model.ask(Request::Namespaces(TenantScope::Default));
        form.default_namespaces.ask(job, model.now);
        effects.push(effect);
    }
    // What is filled in from the start is looked up as if it had been typed.
    form.admin_lookup.due = Some(model.now);
    form.id_lookup.due = Some(model.now);
    model.screens.push(Screen::Form(Box::new(form)));
}

/// Opens the form for the tenant that is selected or open, as it was last read.
pub fn open_edit(model: &mut Model, effects: &mut Vec<Effect>) {
    let tenant: Option<Tenant> = match model.screens.last() {
        None => match (model.tenants.marks.tenants().next(), model.tenants.selected()) {
            (Some(marked), _) => Some(marked.clone()),
            (None, Some(Selected::Tenant(row))) => Some(row.tenant.clone()),
            _ => None,
        },
        Some(Screen::Tenant(view)) => view.tenant.value().cloned(),
        Some(_) => None,
    };
    let (Some(tenant), Some(instance)) = (tenant, model.instance.value().cloned()) else {
        model
            .messages
            .tell(model.now, Level::Warning, "The tenant has not been read yet");
        return;
    };
    let form = TenantForm::edit(&instance, tenant);
    push_form(model, &instance, form, effects);
}

/// Gives a key to the input that has the focus, and says whether it was taken.
pub fn typed(model: &mut Model, key: Key) -> bool {
    let (pause, now) = (pause(model), model.now);
    let Some(form) = model.form_mut() else { return false };
    let Some(field) = form.focused() else { return false };
    let before = field.editor.text();
    if !field.editor.key(key) {
        return false;
    }
    if field.editor.text() != before {
        form.changed();
        schedule_lookups(form, now + pause);
    }
    true
}

/// Gives pasted text to the input that has the focus, and says whether all of it had room.
pub fn pasted(model: &mut Model, text: &str) -> bool {
    let (pause, now) = (pause(model), model.now);
    let Some(form) = model.form_mut() else { return true };
    let Some(field) = form.focused() else { return true };
    let is_whole = field.editor.paste(text);
    form.changed();
    schedule_lookups(form, now + pause);
    is_whole
}

/// Answers the field that has the focus with a whole text, and goes on to the next unless it is wrong. Several lines stay as
/// they were for one that is.
pub fn fill(model: &mut Model, text: &str) {
    let (pause, now) = (pause(model), model.now);
    let Some(form) = model.form_mut() else { return };
    let Some(field) = form.focused() else { return };
    let (label, before) = (field.label, field.editor.clone());
    if let Err(reason) = field.editor.answer(text) {
        model.messages.tell(now, Level::Warning, reason);
        return;
    }
    // What is not said of it stays where it is typed as it was said.
    if let Some(Ok(was)) = field.field.map(|known| known.parse(&before.text())) {
        field.uncover(was.as_ref());
    }
    form.changed();
    schedule_lookups(form, now + pause);
    let path = form.focused_path().unwrap_or_default();
    let Some(Note::Error(reason)) = form.field(path).and_then(|field| form.note(field)) else {
        form.step(false);
        return;
    };
    if let Some(field) = form.focused().filter(|field| field.editor.takes_enter()) {
        field.editor = before;
        let text = format!("{label}: {reason}; nothing was changed");
        model.messages.tell(now, Level::Warning, text);
    }
}

fn pause(model: &Model) -> Millis {
    if model.session.remote { TYPING_PAUSE } else { 0 }
}

fn schedule_lookups(form: &mut TenantForm, due: Millis) {
    if form.text("id") != form.id_lookup.text {
        form.id_lookup.due = Some(due);
    }
    if form.text(ADMIN) != form.admin_lookup.text {
        form.admin_lookup.due = Some(due);
    }
}

/// Looks up what has been typed, once typing has paused.
pub fn look_up(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let Some(form) = model.form() else { return };
    let due = |lookup: &super::super::tenant_form::Lookup| lookup.due.is_some_and(|due| due <= now);
    let creates = form.before.is_none();
    if due(&form.id_lookup) {
        let text = form.text("id");
        let id = text.parse::<TenantId>().ok().filter(|_| creates);
        look_up_one(model, effects, text, id.map(Request::IdTaken), |form| {
            &mut form.id_lookup
        });
    }
    let Some(form) = model.form() else { return };
    if due(&form.admin_lookup) {
        let text = form.text(ADMIN);
        let request = (creates && !text.is_empty()).then(|| Request::UserExists(text.clone()));
        look_up_one(model, effects, text, request, |form| &mut form.admin_lookup);
    }
}

fn look_up_one(
    model: &mut Model,
    effects: &mut Vec<Effect>,
    text: String,
    request: Option<Request>,
    which: fn(&mut TenantForm) -> &mut super::super::tenant_form::Lookup,
) {
    let asked = request.map(|request| model.ask(request));
    let now = model.now;
    let mut outdated = None;
    if let Some(form) = model.form_mut() {
        let lookup = which(form);
        outdated = lookup.found.give_up();
        lookup.due = None;
        lookup.text = text;
        lookup.found = Remote::default();
        if let Some((job, _)) = &asked {
            lookup.found.ask(*job, now);
        }
    }
    effects.extend(outdated.and_then(|job| model.cancel(job)));
    effects.extend(asked.map(|(_, effect)| effect));
}

/// Checks the form and opens the review, or shows what is wrong at its field.
pub fn review(model: &mut Model, effects: &mut Vec<Effect>) {
    if doubts::look_first(model, effects) {
        return;
    }
    let protected = model.session.protected;
    let now = model.now;
    let Some(form) = model.form_mut() else { return };
    let warnings = form
        .id_warnings()
        .iter()
        .any(crate::domain::tenant_id::IdWarning::is_reserved);
    match form.build() {
        Ok(_) => {
            // The button that changes nothing has the focus where a second thought is due.
            form.review = Some(Review {
                scroll: 0,
                send: !protected && !warnings,
            });
        }
        Err(messages) => {
            form.refuse(&messages, false);
            let count = messages.len();
            let first = messages.first().map_or_else(String::new, |message| {
                let label = form
                    .field(&message.path)
                    .map_or(message.path.as_str(), |field| field.label);
                format!("{label}: {}", message.message)
            });
            let more = if count > 1 {
                format!(" (and {} more)", count - 1)
            } else {
                String::new()
            };
            model.messages.tell(now, Level::Warning, format!("{first}{more}"));
        }
    }
}

/// Shows what somebody else changed since the form, or the editor of a role, was opened.
pub fn difference(model: &mut Model) {
    let (what, lines) = match model.screens.last() {
        Some(Screen::Form(form)) => ("tenant", &form.theirs),
        Some(Screen::RoleEditor(editor)) => ("role", &editor.theirs),
        _ => return,
    };
    let text = format!(
        "Somebody else changed this {what} since you opened the form:\n\n{}\n\nWhat you typed is kept. The review shows what \
         will be sent in place of it.",
        lines.join("\n")
    );
    let page = Page::new("Changed on the instance".to_owned(), text);
    model.overlays.push(Overlay::Page(page));
}

/// That somebody else changed what is edited, and the key that shows what.
pub fn changed_meanwhile(model: &Model) -> String {
    let key = model
        .keymap
        .key_of(CommandId::FormDifference, &[Scope::Form, Scope::RoleEdit]);
    let shows = key.map_or_else(String::new, |key| format!("; {} shows the difference", key_names(&key)));
    format!("! Changed on the instance meanwhile{shows}")
}

/// Goes on from an input, or presses a button.
pub fn next(model: &mut Model, effects: &mut Vec<Effect>, enter: bool) {
    let Some(form) = model.form_mut() else { return };
    match (form.focus, enter) {
        (Focus::Review, true) => review(model, effects),
        (Focus::Cancel, true) => {
            places::back(model, effects);
        }
        _ => form.step(false),
    }
}

/// Sends what was reviewed, if changes are allowed at this moment.
pub fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(form) = model.form() else { return };
    if form.sent.is_some() || doubts::look_first(model, effects) {
        return;
    }
    let Some(form) = model.form() else { return };
    let request = match (form.build(), form.before.clone()) {
        (Err(messages), _) => {
            if let Some(form) = model.form_mut() {
                form.refuse(&messages, false);
            }
            return;
        }
        (Ok(new), None) => {
            if doubts::bars_tenant(model, &new.tenant.id, effects) {
                return;
            }
            Request::Create(Box::new(new))
        }
        (Ok(new), Some(before)) if new.tenant == before => {
            model.messages.tell(
                model.now,
                Level::Warning,
                "Nothing has been changed, so nothing is sent",
            );
            return;
        }
        (Ok(new), Some(before)) => Request::Update {
            before: Box::new(before),
            after: Box::new(new.tenant),
        },
    };
    if deeds::is_leaving(model) {
        return;
    }
    let (id, change) = match &request {
        Request::Create(new) => (&new.tenant.id, Change::CreateTenant(new)),
        Request::Update { before, after } => (&after.id, Change::UpdateTenant { before, after }),
        _ => return,
    };
    let (id, command) = (Some(id.clone()), doubts::recorded(model, &change));
    let (job, effect) = model.ask(request);
    model.sending = Some(job);
    if let Some(form) = model.form_mut() {
        form.sent = Some(job);
        (form.doubt, form.command) = (id, command);
        form.was_sent.clone_from(&form.fields);
        form.problem = None;
    }
    effects.push(effect);
}

/// Presses the button of the review that has the focus.
pub fn press(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.form().and_then(|form| form.review.as_ref()) {
        Some(review) if review.send => send(model, effects),
        Some(_) => {
            if let Some(form) = model.form_mut() {
                form.review = None;
            }
        }
        None => {}
    }
}

/// Reads the tenant that is edited, or that was sent and nobody knows what came of it, to compare with what was typed.
pub fn reread(model: &mut Model, effects: &mut Vec<Effect>) {
    let of_form = |form: &TenantForm| {
        form.before
            .as_ref()
            .map(|before| &before.id)
            .or(form.doubt.as_ref())
            .cloned()
    };
    let Some(id) = model.form().and_then(of_form) else {
        return;
    };
    let (job, effect) = model.ask(Request::Tenant(id));
    let now = model.now;
    if let Some(form) = model.form_mut() {
        form.reread.ask(job, now);
        effects.push(effect);
    }
}

/// Shows why sending failed, at the fields the instance named, and keeps everything that was typed.
pub fn refused(model: &mut Model, job: JobId, problem: Problem, effects: &mut Vec<Effect>) {
    let now = model.now;
    let conflict = problem.kind == ProblemKind::Conflict;
    if let Some(form) = model.sent_form_mut(job) {
        form.sent = None;
        form.doubt.take_if(|_| !problem.is_unknown);
        form.refuse(&problem.fields, true);
        form.problem = Some(problem.clone());
        if !problem.fields.is_empty() {
            form.review = None;
        }
    }
    model.messages.problem(now, problem);
    if conflict {
        reread(model, effects);
    }
}

/// The lines of the review on screen, broken where the screen ends: nothing of what will be sent may be cut off.
pub fn review_lines(model: &Model) -> Vec<ReviewLine> {
    let lines = review_unbroken(model);
    let width = usize::from(model.size.width.saturating_sub(8)).max(20);
    let broken = |text: &str, kind: fn(String) -> ReviewLine| -> Vec<ReviewLine> {
        wrap(&visible(text), width).into_iter().map(kind).collect()
    };
    lines
        .into_iter()
        .flat_map(|line| match line {
            ReviewLine::Text(text) => broken(&text, ReviewLine::Text),
            ReviewLine::Code(text) => broken(&text, ReviewLine::Code),
            ReviewLine::Warning(text) => {
                // Only the first of its lines has the mark.
                let lines = wrap(&visible(&text), width.saturating_sub(2));
                let marked = |(index, line)| format!("{} {line}", if index == 0 { "!" } else { " " });
                lines
                    .into_iter()
                    .enumerate()
                    .map(marked)
                    .map(ReviewLine::Warning)
                    .collect()
            }
            other => vec![other],
        })
        .collect()
}

/// The lines of the review on screen, each as it is: a command can be copied from there.
pub fn review_unbroken(model: &Model) -> Vec<ReviewLine> {
    let session = &model.session;
    match model.screens.last() {
        Some(Screen::Form(form)) => match form.build() {
            Ok(new) => form.review_lines(&new, session),
            Err(_) => Vec::new(),
        },
        Some(Screen::RoleEditor(editor)) => {
            let loss = deeds::loss_of(model, &editor.deed());
            let roles = roles::beside(model, editor);
            editor.review_lines(loss.as_ref(), roles, session.lead_words())
        }
        _ => Vec::new(),
    }
}

/// Scrolls the review.
pub fn scroll(model: &mut Model, motion: super::super::cursor::Motion) {
    let (lines, height) = (
        review_lines(model).len(),
        model.size.text_lines().saturating_sub(2).max(1),
    );
    if let Some(review) = model.review_mut() {
        review.scroll = scrolled(review.scroll, motion, lines, height);
    }
}

/// What the form would send, as far as it is right.
pub fn built(model: &Model) -> Option<NewTenant> {
    model.form().and_then(|form| form.build().ok())
}

/// Leaves the form for good: what was typed is let go.
pub fn discard(model: &mut Model, then: Then, effects: &mut Vec<Effect>) {
    dialogs::close(model, effects);
    let lines = |overlay: &mut Overlay| matches!(overlay, Overlay::Entry(_));
    if model.overlays.pop_if(lines).is_some() && then == Then::Stay {
        return;
    }
    doubts::leave(model);
    while model.screens.iter().any(Screen::would_lose) {
        places::close(model, effects);
    }
    wizard::drop_row(model);
    match then {
        Then::Stay => {}
        Then::Tenants => places::go_to_tenants(model, effects),
        Then::Quit => resuming::leave(model, effects),
        Then::Switch(name) => contexts::switch_to(model, name, effects),
    }
}
