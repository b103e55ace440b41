//! Lists over the screen from which one thing is chosen: narrowing them down, moving, and what choosing leads to.

use crate::domain::columns::TENANT_COLUMNS;
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::super::choice::{Choice, ChoiceRow, Choosing};
use super::super::cursor::Motion;
use super::super::doing::Purpose;
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::line_edit::LineEdit;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::people::Picking;
use super::super::screen::Screen;
use super::{access, comparing, deeds, people, places, roles};

/// Rows that are asked of the instance at once.
const PAGE: u32 = 200;

/// Opens a list.
pub fn open(model: &mut Model, choice: Choice) {
    model.overlays.push(Overlay::Choice(Box::new(choice)));
}

/// Opens a list of the tenants there are, but one if it is named.
pub fn open_tenants(
    model: &mut Model,
    title: String,
    purpose: Choosing,
    but: Option<TenantScope>,
    effects: &mut Vec<Effect>,
) {
    let mut choice = Choice::new(
        title,
        if but.is_some() {
            "There is no other tenant."
        } else {
            "There is no tenant."
        },
        purpose,
        Vec::new(),
    );
    choice.but = but;
    choice.has_more = true;
    open(model, choice);
    read_more(model, effects);
}

/// Whether such a list is on screen.
pub fn is_open(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Choice(_)))
}

fn choice_mut(model: &mut Model) -> Option<&mut Choice> {
    match model.overlays.last_mut() {
        Some(Overlay::Choice(choice)) => Some(choice),
        _ => None,
    }
}

/// Follows up on a change of what is typed.
pub fn changed(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(choice) = choice_mut(model) {
        choice.narrow();
    }
    read_more(model, effects);
    people::typed(model, effects);
}

/// Opens again what was being picked when the connection was lost, once who may do what in its tenant is known. Of what was sent
/// that says first what came of it.
pub fn reopen(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(draft) = model.wanted_pick.take() else { return };
    let scope = match &draft.purpose {
        Choosing::People(picking) => picking.tenant(),
        Choosing::CompareWith { scope, .. } | Choosing::Resource(scope) | Choosing::Action(scope, _) => Some(scope),
        Choosing::Template => model.screens.last().and_then(|screen| match screen {
            Screen::RoleEditor(editor) => Some(&editor.scope),
            _ => None,
        }),
        // They read their rows themselves.
        _ => None,
    };
    let waits = scope.is_some_and(|scope| deeds::known_access(model, scope).is_none());
    if waits || !model.overlays.is_empty() {
        model.wanted_pick = Some(draft);
        return;
    }
    match draft.purpose {
        Choosing::People(picking) => people::ask(model, *picking, effects),
        Choosing::Template => roles::open_templates(model),
        Choosing::CopyRoleTo(new) => roles::ask_copy(model, new, effects),
        Choosing::CompareWith { scope, role } => comparing::ask_with(model, scope, &role),
        Choosing::CompareIn { role, name, elsewhere } => comparing::ask_tenant(model, role, name, elsewhere, effects),
        Choosing::CompareAt { .. } => {}
        Choosing::Resource(scope) => access::ask_resource(model, scope),
        Choosing::Action(scope, resource) => access::ask_action(model, scope, resource.as_str()),
        Choosing::NewUserOf => people::ask_new_user_of(model, effects),
    }
    let Some(choice) = choice_mut(model) else { return };
    choice.marks.extend(draft.marks);
    if !draft.typed.is_empty() {
        choice.line = LineEdit::new(draft.typed);
        changed(model, effects);
    }
    let rows = Choice::rows_in_view(model.size);
    if let (Some(choice), Some(row)) = (choice_mut(model), draft.row) {
        choice.want(row, draft.cursor, rows);
    }
}

/// Asks the instance for rows that match what is typed, where not all are held.
fn read_more(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(choice) = choice_mut(model).filter(|choice| choice.has_more) else {
        return;
    };
    let Ok(mut query) = Query::parse(choice.line.text(), TENANT_COLUMNS, PAGE) else {
        return;
    };
    query.size = PAGE;
    let outdated = choice.reading.take();
    let request = match choice.elsewhere() {
        Some(elsewhere) => Request::Elsewhere(elsewhere.context.clone(), Box::new(Request::Tenants(query))),
        None => Request::Tenants(query),
    };
    let (job, effect) = model.ask(request);
    if let Some(choice) = choice_mut(model) {
        choice.reading = Some(job);
    }
    effects.extend(outdated.and_then(|job| model.cancel(job)));
    effects.push(effect);
}

/// Takes rows that were read, or the access of a tenant that was chosen, and says whether they were waited for.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    settle_errand(model, job, reply, effects) || settle_rows(model, job, reply)
}

fn settle_rows(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let now = model.now;
    let has_default = model.tenants.has_default();
    let choice = model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Choice(choice) if choice.reading == Some(job) => Some(choice),
        _ => None,
    });
    let Some(choice) = choice else { return false };
    choice.reading = None;
    match reply {
        Ok(Answer::Tenants(page)) => {
            let has_default = choice
                .elsewhere()
                .map_or(has_default, |elsewhere| elsewhere.has_default);
            let default = ChoiceRow::new(
                TenantScope::DEFAULT_WORD,
                TenantScope::DEFAULT_WORD,
                "the tenant without id",
            );
            let named = page.rows.iter().map(|row| {
                let id = row.tenant.id.to_string();
                ChoiceRow::new(id.clone(), id, row.tenant.name.clone())
            });
            let but = choice.but.as_ref().map(TenantScope::to_string);
            let rows = has_default.then_some(default).into_iter().chain(named);
            let rows = rows.filter(|row| Some(&row.key) != but.as_ref()).collect();
            // Once all are held, what is typed need not be asked for any more.
            choice.has_more = page.total > page.rows.len() as u64 || !choice.line.is_empty();
            choice.set_rows(rows);
        }
        Ok(_) => {}
        Err(problem) => {
            choice.has_more = false;
            model.messages.problem(now, problem.clone());
        }
    }
    true
}

fn settle_errand(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let Some(errand) = model.errand.take_if(|errand| errand.job == job) else {
        return false;
    };
    // Whoever went on to something else is not called back from it, least of all while they type.
    if errand.depth != model.screens.len() || !model.overlays.is_empty() {
        return true;
    }
    match (reply, errand.what) {
        (Ok(Answer::Access(access)), Purpose::CopyRole(new)) => {
            roles::copy(model, errand.scope, *new, &access.roles, effects);
        }
        (Ok(Answer::Access(access)), Purpose::CompareRole { role, name, elsewhere }) => {
            comparing::in_tenant(model, &role, &name, (&errand.scope, elsewhere.as_ref()), &access.roles);
        }
        (Ok(Answer::Contexts(rows)), Purpose::CompareAt(role, name)) => comparing::ask_context(model, role, name, rows),
        (Ok(Answer::Instance(instance)), Purpose::CompareFrom { role, name, context }) => {
            comparing::ask_tenant_of(model, role, name, context, instance, effects);
        }
        (Ok(_), _) => {}
        (Err(problem), _) => {
            model.messages.problem(model.now, problem.clone());
            model.overlays.extend(errand.chosen_from.map(Overlay::Choice));
        }
    }
    true
}

/// Moves the selection.
pub fn go(model: &mut Model, motion: Motion) {
    let height = Choice::rows_in_view(model.size);
    if let Some(choice) = choice_mut(model) {
        choice.cursor.go(motion, choice.visible.len(), height);
    }
}

/// Marks the selected row where several can be chosen, and otherwise goes on to the next.
pub fn mark(model: &mut Model) {
    let height = Choice::rows_in_view(model.size);
    match choice_mut(model) {
        Some(choice) if choice.takes_many => choice.toggle_mark(height),
        _ => go(model, Motion::Down),
    }
}

/// Marks a row by its number from 0 among those that match, or takes its mark off.
pub fn mark_at(model: &mut Model, index: usize) {
    let height = Choice::rows_in_view(model.size);
    if let Some(choice) = choice_mut(model).filter(|choice| choice.takes_many && index < choice.visible.len()) {
        choice.cursor.select(index, choice.visible.len(), height);
        choice.toggle_mark(height);
    }
}

/// Selects a row by its number from 0 among those that match, and takes it. One that was not shown yet is not taken.
pub fn choose(model: &mut Model, index: usize, effects: &mut Vec<Effect>) {
    let size = model.size;
    let height = Choice::rows_in_view(size);
    let Some(choice) = choice_mut(model) else { return };
    let length = choice.visible.len();
    if index >= length {
        places::tell_no_row(model, index + 1);
        return;
    }
    if index >= choice.seen(size) {
        let text = format!("Row {} has not been shown yet; <pgdn> shows more", index + 1);
        model.messages.tell(model.now, Level::Warning, text);
        return;
    }
    choice.cursor.select(index, length, height);
    take(model, effects);
}

/// Takes the selected row.
pub fn take(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let Some(choice) = choice_mut(model) else { return };
    let Some(row) = choice.selected().cloned() else {
        model
            .messages
            .tell(now, Level::Warning, "Nothing is selected; <esc> goes back");
        return;
    };
    if let Some(reason) = row.disabled {
        model.messages.not_now(now, &reason);
        return;
    }
    if let Choosing::People(picking) = choice.purpose.clone() {
        let rows: Vec<_> = choice.taken().into_iter().cloned().collect();
        let depth = model.overlays.len();
        let chosen_from = model.overlays.pop();
        let before = model.doing.as_ref().map(|doing| doing.job);
        people::picked(model, *picking, &rows, effects);
        let is_sent = model.doing.as_ref().is_some_and(|doing| Some(doing.job) != before);
        let is_asked = matches!(model.overlays.last(), Some(Overlay::Dialog(_)));
        let may_be_refused = people::refusal(model).is_some() || !model.doubts.is_empty();
        let is_refused = !is_sent && model.overlays.len() < depth && may_be_refused;
        if let Some(Overlay::Choice(mut choice)) = chosen_from {
            if is_refused {
                model.overlays.push(Overlay::Choice(choice));
            } else if is_sent || is_asked {
                choice.reading = None;
                model.chosen = Some(choice);
            }
        }
        return;
    }
    let purpose = choice.purpose.clone();
    let before = model.errand.as_ref().map(|errand| errand.job);
    let chosen_from = close(model, effects);
    chosen(model, purpose, &row.key, effects);
    if let Some(errand) = model.errand.as_mut().filter(|errand| Some(errand.job) != before) {
        errand.chosen_from = chosen_from;
    }
}

/// Closes the list on top, and returns it as it was.
pub fn close(model: &mut Model, effects: &mut Vec<Effect>) -> Option<Box<Choice>> {
    let reading = choice_mut(model).and_then(|choice| choice.reading.take());
    effects.extend(reading.and_then(|job| model.cancel(job)));
    match model.overlays.pop() {
        Some(Overlay::Choice(choice)) => Some(choice),
        _ => None,
    }
}

/// Closes the list, and comes back to the lines that led to it where those are kept in it.
pub fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    let choice = close(model, effects);
    if let Some(Choosing::People(picking)) = choice.map(|choice| choice.purpose)
        && let Picking::Invited(scope, new, _) = *picking
    {
        people::type_again(model, scope, &new);
    }
}

fn scope_of(key: &str) -> TenantScope {
    if key == TenantScope::DEFAULT_WORD {
        TenantScope::Default
    } else {
        TenantScope::Named(TenantId::existing(key))
    }
}

/// What choosing leads to.
fn chosen(model: &mut Model, purpose: Choosing, key: &str, effects: &mut Vec<Effect>) {
    match purpose {
        Choosing::People(_) => {}
        Choosing::Template => roles::start_from(model, key),
        Choosing::CopyRoleTo(new) => roles::look_at(model, scope_of(key), Purpose::CopyRole(new), effects),
        Choosing::CompareWith { scope, role } => comparing::with(model, &scope, &role, key, effects),
        Choosing::CompareAt { role, name } => {
            let context = key.to_owned();
            let scope = role
                .origin
                .as_ref()
                .map_or(TenantScope::Default, |(scope, _)| scope.clone());
            roles::look_at(model, scope, Purpose::CompareFrom { role, name, context }, effects);
        }
        Choosing::CompareIn { role, name, elsewhere } => {
            let what = Purpose::CompareRole { role, name, elsewhere };
            roles::look_at(model, scope_of(key), what, effects);
        }
        Choosing::NewUserOf => people::ask_new_user(model, Some(scope_of(key))),
        Choosing::Resource(scope) => access::ask_action(model, scope, key),
        Choosing::Action(scope, resource) => access::chosen(model, scope, resource, key, effects),
    }
}
