//! Which commands stand in the footer, and in which order: what is most likely to be done next comes first.

use super::{is_about_none, is_crud, is_of_other_page, is_overview, is_searching, is_translated, is_unread, only_one};
use crate::app::command::{Command, CommandId, Safety, Scope};
use crate::app::model::Model;
use crate::app::overlay::{Hold, Overlay};
use crate::app::screen::Screen;
use crate::app::session::Mode;
use crate::app::tab_list::TabList;
use crate::app::tabs::Tab;
use crate::app::tenant_list::Selected;
use crate::app::tenant_view::RolePane;
use crate::app::update::{command_line, roles, runs};
use crate::domain::effective_access::admins;

/// The place of a command in the footer, the first things first; `None` keeps it out.
pub fn footer_weight(model: &Model, command: &Command) -> Option<u8> {
    let is_for_marks = command.of_marks || command.id == CommandId::Escape;
    match model.screens.last() {
        // Who marks rows is about to do something about them.
        _ if is_for_marks && model.has_marks() && model.overlays.is_empty() => Some(0),
        _ if command.id == CommandId::NextMatch && !is_searching(model) => None,
        // The dialog itself says what is to be typed first.
        _ if command.id == CommandId::DialogPress && awaits_typing(model) => None,
        // Of what was sent no button is left.
        _ if matches!(command.id, CommandId::DialogPress | CommandId::DialogNext) && model.sent_dialog().is_some() => {
            None
        }
        // What is done about the steps of a run comes first.
        Some(Screen::Run(view)) if command.id == CommandId::Search && !view.shows_output => Some(20),
        // On a page there is little else; in a run or a plan there is more to do than to read.
        _ if command.id == CommandId::Search && model.overlays.is_empty() => Some(9),
        // Where there is more to do than to look, it is one of many; the box of <y> shows it.
        _ if command.id == CommandId::CopyCommand && !offers_command(model) => None,
        _ if is_about_none(model, command) => None,
        _ if command.id == CommandId::Mark && only_one(model).is_some() => None,
        // A review is read again by nothing, and the list that is empty on the first start is known to be.
        _ if command.id == CommandId::Refresh
            && model.overlays.is_empty()
            && (model.review().is_some() || model.welcome_on_screen().is_some()) =>
        {
            None
        }
        _ if matches!(command.id, CommandId::Filter | CommandId::Sort)
            && model.overlays.is_empty()
            && (is_empty(model) || is_unread(model)) =>
        {
            None
        }
        // There are no rows to open, to filter or to order.
        _ if is_overview(model) && matches!(command.id, CommandId::Open | CommandId::Filter | CommandId::Sort) => None,
        Some(Screen::Wizard) if model.overlays.is_empty() && is_of_other_page(model, command.id) => None,
        Some(Screen::Runs(view)) if command.scopes.contains(&Scope::Runs) && view.list.visible().is_empty() => None,
        // Where nothing can be changed, what unlocks is the first thing to do about that.
        None | Some(Screen::Tenant(_))
            if command.id == CommandId::ToggleWriting
                && model.session.mode() == Mode::ReadOnly
                && model.session.can_unlock()
                && model.overlays.is_empty() =>
        {
            Some(1)
        }
        // Of an instance that does not answer what is said in its place comes first.
        None if was_not_reached(model) && command.id == CommandId::Refresh => Some(1),
        None if was_not_reached(model) && command.id == CommandId::GoContexts => Some(2),
        None if was_not_reached(model) && command.id == CommandId::Problem => Some(3),
        // What does not answer cannot be migrated; a run that is at work on it can be looked at.
        None if command.id == CommandId::Migration && was_not_reached(model) && model.run_in_progress().is_none() => {
            None
        }
        // Of an instance that was never reached nothing can be changed.
        None | Some(Screen::Tenant(_)) if command.safety != Safety::Observe && was_not_reached(model) => None,
        Some(Screen::Run(view)) if model.overlays.is_empty() => runs::footer_weight(model, view, command),
        Some(Screen::Tenant(view)) if command.id == CommandId::UserAccess && view.role.is_some() => {
            let is_there = view.role.as_ref().is_some_and(|role| role.pane == RolePane::Holders);
            is_there.then_some(2)
        }
        Some(Screen::Tenant(view)) if command.id == CommandId::Grant && view.role.is_some() => Some(6),
        // What repairs a tenant comes right after what opens it.
        None | Some(Screen::Tenant(_)) if command.id == CommandId::RepairAdmin && lacks_admin(model) => Some(1),
        // Kestra's own roles cannot be edited, but others can be made like them; those of 2.0 become nothing else.
        Some(Screen::Tenant(_)) if command.id == CommandId::EditRole && is_managed(model) => None,
        Some(Screen::Tenant(_)) if command.id == CommandId::LikeRole && is_managed(model) => Some(3),
        Some(Screen::Tenant(_)) if command.id == CommandId::AsIn2 && !is_crud(model) => None,
        // What leads back from what it becomes comes first.
        Some(Screen::Tenant(view)) if command.id == CommandId::AsIn2 && is_translated(view) => Some(1),
        None if command.id == CommandId::Migration && !model.lists_tenants() => Some(1),
        Some(Screen::Tenant(_)) if command.id == CommandId::Migration => (!model.lists_tenants()).then_some(4),
        None if command.id == CommandId::Open && !model.lists_tenants() => Some(2),
        _ => (command.footer > 0).then_some(command.footer),
    }
}

/// Whether the dialog on top waits for something to be typed.
fn awaits_typing(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Dialog(dialog)) if dialog.hold(model.now) == Some(Hold::Mismatch))
}

/// Whether it was tried in vain to reach the instance, and it never answered.
fn was_not_reached(model: &Model) -> bool {
    model.instance.value().is_none() && model.instance.problem().is_some()
}

/// Whether nobody is Admin of the tenant that is selected or open, as far as that is known.
fn lacks_admin(model: &Model) -> bool {
    match model.screens.last() {
        Some(Screen::Tenant(view)) if view.tab == Tab::Overview && view.role.is_none() => {
            view.access.value().is_some_and(|access| admins(access) == 0)
        }
        Some(_) => false,
        None => matches!(model.tenants.selected(), Some(Selected::Tenant(row)) if row.admins == Some(0)),
    }
}

fn is_managed(model: &Model) -> bool {
    roles::current(model).is_some_and(|(_, role)| role.is_managed)
}

/// Whether the command line to copy is among the hints.
fn offers_command(model: &Model) -> bool {
    match (model.overlays.last(), model.screens.last()) {
        (Some(Overlay::Dialog(_)), _) => command_line(model).is_ok(),
        (_, screen) => matches!(
            screen,
            None | Some(Screen::Tenant(_) | Screen::Form(_) | Screen::RoleEditor(_))
        ),
    }
}

/// Whether the list on screen was read and has no rows, which no filter hides.
fn is_empty(model: &Model) -> bool {
    let Some(screen) = model.screens.last() else {
        return model.tenants.total().is_some() && model.tenants.length() == 0 && !model.tenants.filter.is_active();
    };
    let is_read = match screen {
        Screen::Tenant(view) => view.access.value().is_some(),
        Screen::Records(view) => view.rows.value().is_some(),
        Screen::Contexts(view) => view.rows.value().is_some(),
        Screen::Runs(_) => model.runs.value().is_some(),
        _ => false,
    };
    let has_none = |list: &TabList| list.visible().is_empty() && !list.filter.is_active() && !list.filter.editing;
    is_read && screen.list().is_some_and(has_none)
}
