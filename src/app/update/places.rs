//! Going from place to place: opening tenants and roles, going back, leaving.

use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::super::command::CommandId;
use super::super::deadlines::Retry;
use super::super::effect::{Effect, Millis, Request};
use super::super::messages::{Level, Messages};
use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Question, Then};
use super::super::records::Extent;
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::super::tenant_view::TenantView;
use super::super::wizard::tenant_row::TenantRow;
use super::{assignable, doubts, interrupt, keys, lists, messages, migration, records, resuming, runs, wizard};

/// Of the looks at a list by itself, each of so many also reads what takes a request per row.
const LOOKS_TO_A_THOROUGH_ONE: u64 = 6;

/// Asks what the instance is.
pub fn ask_instance(model: &mut Model, effects: &mut Vec<Effect>) {
    let (job, effect) = model.ask(Request::Instance);
    model.instance.ask(job, model.now);
    effects.push(effect);
}

/// Opens a tenant on a tab.
pub fn open_tenant(model: &mut Model, scope: TenantScope, tab: Tab, effects: &mut Vec<Effect>) {
    model.last_tenant = Some(scope.clone());
    model
        .screens
        .push(Screen::Tenant(Box::new(TenantView::new(scope, tab))));
    read_tenant(model, effects);
}

/// Reads everything about the tenant on screen.
pub fn read_tenant(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let Some(scope) = model.tenant_view().map(|view| view.scope.clone()) else {
        return;
    };
    let (access_job, access) = model.ask(Request::Access(scope.clone()));
    let (footprint_job, footprint) = model.ask(Request::Footprint(scope.clone()));
    effects.extend([access, footprint]);
    if let Some(id) = scope.id().cloned() {
        ask_tenant(model, id, effects);
    }
    if let Some(view) = model.tenant_view_mut() {
        view.access.ask(access_job, now);
        view.footprint.ask(footprint_job, now);
    }
}

/// Reads the tenant on screen itself.
fn ask_tenant(model: &mut Model, id: TenantId, effects: &mut Vec<Effect>) {
    let (job, effect) = model.ask(Request::Tenant(id));
    effects.push(effect);
    let now = model.now;
    if let Some(view) = model.tenant_view_mut() {
        view.tenant.ask(job, now);
    }
}

/// Opens what is selected.
pub fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    let lists_tenants = model.lists_tenants();
    match model.screens.last_mut() {
        // What is opened is what has the selection, whatever is marked.
        None if !lists_tenants => open_tenant(model, TenantScope::Default, Tab::Overview, effects),
        None => {
            if let Some(scope) = model.tenants.selected_scope() {
                open_tenant(model, scope, Tab::Overview, effects);
            }
        }
        Some(Screen::Tenant(view)) if view.role.is_none() && view.tab == Tab::Groups => open_group(model, effects),
        Some(Screen::Records(_)) => records::open_selected(model, effects),
        Some(Screen::Tenant(view)) if view.tab == Tab::Users && view.role.is_none() => super::access::open(model),
        Some(Screen::WhoCan(_)) => super::access::open(model),
        Some(Screen::Tenant(view)) => open_selected_role(view, &mut model.messages, model.now),
        Some(Screen::Messages(view)) => {
            let at = view.cursor.at();
            let page = model
                .visible_messages()
                .get(at)
                .map(|message| messages::page(model, message));
            model.overlays.extend(page.map(Overlay::Page));
        }
        Some(Screen::Contexts(_)) => super::contexts::switch(model, effects),
        Some(Screen::Runs(_)) => runs::open_selected(model),
        Some(Screen::Run(_)) => runs::details(model),
        Some(Screen::Rollback(_)) => runs::ask_rollback(model),
        Some(
            Screen::Form(_)
            | Screen::RoleEditor(_)
            | Screen::Comparison(_)
            | Screen::Access(_)
            | Screen::Checks(_)
            | Screen::Connect(_)
            | Screen::Wizard,
        ) => {}
    }
}

fn open_group(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(view) = model.tenant_view() else { return };
    let group = view.access.value().zip(view.lists.selected(Tab::Groups));
    if let Some(group) = group.and_then(|(access, at)| access.groups.get(at)).cloned() {
        let scope = view.scope.clone();
        records::open_members(model, scope, group, effects);
    }
}

fn open_selected_role(view: &mut TenantView, messages: &mut Messages, now: Millis) {
    match view.selected_role().map(|role| role.id.clone()) {
        Some(id) => view.open_role_by_id(id),
        None => messages.tell_here(now, Level::Warning, "There is no role to open here"),
    }
}

/// Opens the row of this number, from 1, or answers with it.
pub fn choose(model: &mut Model, number: usize, effects: &mut Vec<Effect>) {
    if let Some(Overlay::Choice(_)) = model.overlays.last() {
        super::choices::choose(model, number.saturating_sub(1), effects);
        return;
    }
    if let Some(Overlay::Menu(_)) = model.overlays.last() {
        super::menus::choose(model, number, effects);
        return;
    }
    if let Some(Overlay::Columns(_)) = model.overlays.last() {
        super::columns::choose(model, number, effects);
        return;
    }
    if let Some(Screen::Wizard) = model.screens.last() {
        wizard::choose(model, number, effects);
        return;
    }
    let Some(index) = number.checked_sub(1) else { return };
    if super::welcome::choose_number(model, index, effects) {
        return;
    }
    if point(model, number) {
        if model.screens.is_empty() {
            keys::command(model, CommandId::Open, "", effects);
        } else {
            open(model, effects);
        }
    }
}

/// Selects the row of this number, from 1, and says so where there is none, or not yet those that it is about.
pub fn point(model: &mut Model, number: usize) -> bool {
    if let Some(is_there) = super::columns::point(model, number) {
        return is_there;
    }
    if model.screens.is_empty() && model.tenants.awaits_selection() {
        let reason = model.nothing_selected();
        model.messages.not_now(model.now, reason);
        return false;
    }
    let (list_rows, tab_rows) = (model.size.list_rows(), model.size.tab_rows());
    let length = match model.screens.last() {
        None => model.tenants.length(),
        Some(Screen::WhoCan(_)) => super::access::count_allowed(model),
        Some(Screen::Run(view)) => view.length(),
        Some(Screen::Rollback(view)) => view.targets().len(),
        Some(Screen::Messages(_)) => model.visible_messages().len(),
        Some(Screen::Wizard) => model.wizard.as_ref().map_or(0, |wizard| wizard.choice_count()),
        Some(screen) => screen.list().map_or(0, |list| list.visible().len()),
    };
    // What is refused moves nothing.
    let Some(index) = number.checked_sub(1).filter(|index| *index < length) else {
        tell_no_row(model, number);
        return false;
    };
    match model.screens.last_mut() {
        None => model.tenants.select(index, list_rows),
        Some(Screen::WhoCan(view)) => view.cursor.select(index, length, list_rows),
        Some(Screen::Run(view)) => {
            view.follows = false;
            view.cursor.select(index, length, model.size.step_rows(length));
        }
        Some(Screen::Rollback(view)) => view.at = index,
        Some(Screen::Messages(view)) => view.cursor.select(index, length, list_rows),
        Some(Screen::Wizard) => {
            if let Some(wizard) = &mut model.wizard {
                wizard.at = index;
            }
        }
        Some(screen) => {
            let rows = match screen {
                Screen::Tenant(_) => tab_rows,
                _ => list_rows,
            };
            if let Some(list) = screen.list_mut() {
                list.select(index, rows);
            }
        }
    }
    true
}

/// Says that there is no row of this number.
pub fn tell_no_row(model: &mut Model, number: usize) {
    let text = format!("There is no row {number} here");
    model.messages.tell(model.now, Level::Warning, text);
}

/// Reads everything on screen again, all that is held of it.
pub fn refresh(model: &mut Model, effects: &mut Vec<Effect>) {
    assignable::forget_unsaid(model);
    doubts::look_again(model, effects);
    // By hand alone: nothing is made or tried anew by itself.
    super::contexts::examine_again(model, effects);
    read_all(model, Extent::Held, effects);
}

/// Reads everything on screen again that may look different, as nobody has asked for more.
pub fn refresh_view(model: &mut Model, effects: &mut Vec<Effect>) {
    assignable::forget_unsaid(model);
    read_all(model, Extent::InView, effects);
}

fn read_all(model: &mut Model, extent: Extent, effects: &mut Vec<Effect>) {
    model.looked_at = model.now;
    model.retry.stopped = false;
    ask_instance(model, effects);
    migration::ask_runs(model, effects);
    match model.screens.last() {
        None => lists::refresh(model, true, effects),
        Some(Screen::Tenant(_)) => {
            give_up(model, effects);
            read_tenant(model, effects);
        }
        Some(Screen::Contexts(_)) => {
            give_up(model, effects);
            super::contexts::refresh(model, effects);
        }
        Some(Screen::Records(_)) => records::read_as_far(model, extent, effects),
        Some(Screen::Wizard) => wizard::survey(model, effects),
        Some(Screen::Run(view)) if !view.is_dry => effects.push(Effect::Watch(view.run.clone())),
        Some(Screen::Access(view)) => {
            let scope = view.scope.clone();
            super::deeds::read_again(model, Some(&scope), effects);
        }
        Some(Screen::WhoCan(view)) => {
            let scope = view.scope.clone();
            super::deeds::read_again(model, Some(&scope), effects);
        }
        Some(
            Screen::Form(_)
            | Screen::RoleEditor(_)
            | Screen::Comparison(_)
            | Screen::Messages(_)
            | Screen::Checks(_)
            | Screen::Connect(_)
            | Screen::Runs(_)
            | Screen::Run(_)
            | Screen::Rollback(_),
        ) => {}
    }
}

/// Reads again by itself, where nobody can tell cheaply whether anything changed: what a request or two tell each time, what takes
/// more requests once in so many.
pub fn look_again(model: &mut Model, effects: &mut Vec<Effect>) {
    let is_thorough = model.looks.is_multiple_of(LOOKS_TO_A_THOROUGH_ONE);
    model.looks = model.looks.wrapping_add(1);
    model.looked_at = model.now;
    match model.screens.last() {
        None | Some(Screen::Tenant(_)) if is_thorough => read_all(model, Extent::InView, effects),
        None if !model.lists_tenants() => ask_instance(model, effects),
        None => lists::refresh(model, false, effects),
        Some(Screen::Tenant(view)) if view.shows_roles() => {
            let scope = view.scope.clone();
            let now = model.now;
            let (job, effect) = model.ask(Request::Roles(scope));
            if let Some(view) = model.tenant_view_mut() {
                view.access.ask(job, now);
            }
            effects.push(effect);
        }
        // Of what takes more, this tells whether it still can be read.
        Some(Screen::Tenant(view)) => match view.scope.id().cloned() {
            Some(id) => ask_tenant(model, id, effects),
            None => ask_instance(model, effects),
        },
        Some(Screen::Records(view)) if is_thorough || view.is_short() => {
            records::read_as_far(model, Extent::InView, effects);
        }
        // What is shown there is not read again, but whether the instance answers is in the header.
        Some(_) => ask_instance(model, effects),
    }
}

/// Stops reading for the screen on top.
fn give_up(model: &mut Model, effects: &mut Vec<Effect>) {
    let jobs = match model.screens.last_mut() {
        Some(Screen::Tenant(view)) => vec![view.tenant.give_up(), view.access.give_up(), view.footprint.give_up()],
        Some(Screen::Form(form)) => vec![
            form.id_lookup.found.give_up(),
            form.admin_lookup.found.give_up(),
            form.default_namespaces.give_up(),
            form.reread.give_up(),
        ],
        Some(Screen::Contexts(view)) => view.give_up().into_iter().map(Some).collect(),
        Some(Screen::Records(view)) => vec![view.rows.give_up(), view.more.take()],
        Some(Screen::Checks(view)) => vec![view.job.take().map(|(job, _)| job)],
        Some(Screen::Connect(form)) => vec![form.way.job.take().map(|(job, _)| job)],
        Some(Screen::Wizard) => {
            let wizard = model.wizard.as_mut();
            wizard.map_or_else(Vec::new, |wizard| wizard.give_up().into_iter().map(Some).collect())
        }
        Some(Screen::RoleEditor(editor)) => vec![editor.reread.give_up()],
        Some(Screen::WhoCan(view)) => vec![view.superadmins.give_up()],
        Some(
            Screen::Comparison(_)
            | Screen::Access(_)
            | Screen::Messages(_)
            | Screen::Runs(_)
            | Screen::Run(_)
            | Screen::Rollback(_),
        )
        | None => Vec::new(),
    };
    for job in jobs.into_iter().flatten() {
        effects.extend(model.cancel(job));
    }
}

/// Stops waiting for anything that is being read, on every screen.
pub fn give_up_all(model: &mut Model) {
    let waits = model.instance.waiting_since().is_some();
    model.tenants.stop(waits, model.search_due.take().is_some());
    model.retry = Retry {
        stopped: true,
        ..Retry::default()
    };
    model.errand = None;
    model.tenants.default_admins.give_up();
    model.instance.give_up();
    model.runs.give_up();
    assignable::give_up(model);
    if let Some(wizard) = &mut model.wizard {
        wizard.give_up();
    }
    for screen in &mut model.screens {
        match screen {
            Screen::Tenant(view) => {
                view.tenant.give_up();
                view.access.give_up();
                view.footprint.give_up();
            }
            Screen::Form(form) => {
                form.id_lookup.found.give_up();
                form.admin_lookup.found.give_up();
                form.default_namespaces.give_up();
                form.reread.give_up();
            }
            Screen::Contexts(view) => {
                view.give_up();
            }
            Screen::Records(view) => {
                view.rows.give_up();
                view.stop();
            }
            Screen::Checks(view) if !view.rehearses => view.stop(),
            Screen::Connect(form) => form.way.stop(),
            Screen::RoleEditor(editor) => {
                editor.reread.give_up();
            }
            Screen::WhoCan(view) => {
                view.superadmins.give_up();
            }
            Screen::Comparison(_)
            | Screen::Access(_)
            | Screen::Messages(_)
            | Screen::Checks(_)
            | Screen::Wizard
            | Screen::Runs(_)
            | Screen::Run(_)
            | Screen::Rollback(_) => {}
        }
    }
}

/// Closes the screen on top and cancels its work. A rehearsal goes on being made.
pub fn close(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.screens.last() {
        Some(Screen::Checks(view)) if view.rehearses && view.job.is_some() => {
            super::contexts::set_aside(model);
            return;
        }
        Some(Screen::Connect(form)) if form.way.job.is_some() => {
            let text = if form.may_be_kept() {
                "Left while it was kept; <c>, the contexts, shows whether it is there"
            } else {
                "Not connected, as its form was closed; nothing is kept"
            };
            model.messages.tell(model.now, Level::Warning, text);
        }
        _ => {}
    }
    give_up(model, effects);
    model.screens.pop();
}

/// Goes back one screen, or out of an open role; asks before a form would lose something.
///
/// Returns false on the first screen, where there is no going back.
pub fn back(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    match model.screens.last_mut() {
        None => false,
        Some(Screen::Tenant(view)) if view.role.is_some() => {
            view.role = None;
            true
        }
        Some(screen) if screen.making().is_some() => {
            if !super::contexts::stop_making(model, effects) {
                interrupt::press(model, effects);
            }
            true
        }
        Some(screen) if screen.would_lose() => {
            ask_discard(model, Then::Stay);
            true
        }
        Some(Screen::Run(view)) if view.shows_output => {
            view.shows_output = false;
            true
        }
        Some(Screen::Wizard) => {
            close(model, effects);
            wizard::left(model);
            true
        }
        Some(_) => {
            close(model, effects);
            true
        }
    }
}

/// Asks whether to lose what was typed.
pub fn ask_discard(model: &mut Model, then: Then) {
    model
        .overlays
        .push(Overlay::Dialog(Box::new(Dialog::new(Question::Discard { then }, None))));
}

/// Whether leaving every screen would lose something.
pub fn loses(model: &Model) -> bool {
    let row = model.wizard.as_ref().and_then(|wizard| wizard.typing());
    let in_row = model.types_tenant() && row.is_some_and(TenantRow::would_lose);
    let in_lines = |overlay: &Overlay| matches!(overlay, Overlay::Entry(entry) if entry.would_lose());
    in_row || model.screens.iter().any(Screen::would_lose) || model.overlays.iter().any(in_lines)
}

/// Whether nobody is in the middle of something that would lose keys to what is put over it.
pub fn is_free(model: &Model) -> bool {
    let is_kept = model.screens.last().is_some_and(Screen::is_kept) || model.types_tenant();
    model.overlays.is_empty() && !is_kept && !model.filter().is_some_and(|filter| filter.editing)
}

/// Leaves the program; asks before a form would lose something, before the answer to a change is lost, and while a rehearsal is made.
pub fn quit(model: &mut Model, effects: &mut Vec<Effect>) {
    if loses(model) || model.is_sending() || model.is_rehearsing() {
        ask_discard(model, Then::Quit);
    } else {
        resuming::leave(model, effects);
    }
}

/// Goes to the list of tenants, closing what is above it.
pub fn go_to_tenants(model: &mut Model, effects: &mut Vec<Effect>) {
    while !model.screens.is_empty() {
        if model.screens.last().is_some_and(Screen::would_lose) {
            ask_discard(model, Then::Tenants);
            return;
        }
        close(model, effects);
    }
}

/// The tenant whose roles are shown when no screen says which: the one on screen, or looked at last, or that of the
/// context, or the one that is selected.
pub fn roles_of(model: &Model) -> Option<TenantScope> {
    let open = model.screens.iter().rev().find_map(|screen| match screen {
        Screen::Tenant(view) => Some(view.scope.clone()),
        _ => None,
    });
    let configured = || {
        let name = model.session.tenant.as_deref()?;
        Some(resuming::scope_of(name))
    };
    open.or_else(|| model.last_tenant.clone())
        .or_else(configured)
        .or_else(|| model.scope())
}

/// Shows the roles of that tenant.
pub fn go_to_roles(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(scope) = roles_of(model) else { return };
    match model.screens.last_mut() {
        Some(Screen::Tenant(view)) => {
            view.role = None;
            view.tab = Tab::Roles;
        }
        _ => open_tenant(model, scope, Tab::Roles, effects),
    }
}
