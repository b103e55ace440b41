//! Whether a command can be run now, and if not, why. Disabled beats hidden: what is not possible says so.

mod footer;

use crate::domain::instance::{Instance, Rights, TenancyState};
use crate::domain::problem::ProblemKind;
use crate::domain::release::PermissionModel;
use crate::domain::tenant::TenantScope;

use super::super::model::Model;
use super::super::overlay::{DialogFocus, MenuKind, Overlay, Question};
use super::super::records::RecordsKind;
use super::super::remote::Remote;
use super::super::screen::Screen;
use super::super::session::Session;
use super::super::tabs::Tab;
use super::super::tenant_view::TenantView;
use super::super::trail::Way;
use super::super::update::{
    AWAITED, UNREAD, acts_here, acts_on_marks, address, are_awaited, cell, command_line, is_on_screen, known_access,
    people, roles, roles_of, runs, selected_user,
};
use super::super::wizard::WizardPage;
use super::{Command, CommandId, Safety, Scope, command};
pub use footer::footer_weight;

/// Whether a command can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It can.
    Ready,
    /// It cannot, for this reason.
    Disabled(String),
    /// It has no meaning here.
    Hidden,
}

use Availability::{Disabled, Hidden, Ready};

/// Why a review is not sent where the button that changes nothing has the focus.
pub const BACK_HAS_FOCUS: &str = "Back has the focus; <tab>, then <enter> sends it";

fn because(reason: impl Into<String>) -> Availability {
    Disabled(reason.into())
}

/// Why nothing can be taken back. Who has come from another context is told of which one that is said, as each has its own.
fn none_to_undo(model: &Model) -> String {
    let place = match &model.former {
        Some(_) => format!(" in {}", model.session.context),
        None => String::new(),
    };
    match super::super::update::last_redo(model) {
        Some(_) => format!("nothing is left to take back{place}; <ctrl-r> does the last again"),
        None => format!("there is nothing to take back{place}"),
    }
}

/// Why one cannot go back any further. Who has come from another context is told how to get there.
fn nowhere_before(model: &Model) -> String {
    match &model.former {
        Some(former) if !model.trail.leads(Way::Last) => format!(
            "you were nowhere before in {}; <-> goes back to {}",
            model.session.context, former.context
        ),
        _ => "you were nowhere before".to_owned(),
    }
}

/// Whether a command can be run now.
pub fn availability(model: &Model, id: CommandId) -> Availability {
    // A menu lists what can be done with what lies below it.
    let mut below = model.overlays.iter().rev();
    let applies = match below.find(|overlay| !matches!(overlay, Overlay::Menu(_))) {
        Some(Overlay::Page(page)) => page.compared.is_some(),
        Some(Overlay::Token(_)) => false,
        _ => true,
    };
    if id == CommandId::ApplySnapshot && !applies {
        return Hidden;
    }
    // In the editor of a role nothing is sent before its review.
    let in_editor = id == CommandId::Undo && matches!(model.screens.last(), Some(Screen::RoleEditor(_)));
    let changes =
        command(id).is_some_and(|command| command.safety != Safety::Observe) && !goes_back(model, id) && !in_editor;
    if changes && let Some(reason) = model.session.refusal() {
        return because(reason);
    }
    if command(id).is_some_and(|command| is_about_none(model, command)) {
        return because("there is no such tenant");
    }
    if model.lacks_marks() && acts_on_marks(model, id) {
        return because(UNREAD);
    }
    let is_single = matches!(
        id,
        CommandId::Edit | CommandId::Describe | CommandId::Holders | CommandId::Audit
    );
    if is_single && model.acted_on().len() > 1 {
        return because("one tenant at a time");
    }
    let is_about_a_role = matches!(
        id,
        CommandId::EditRole | CommandId::DeleteRole | CommandId::CopyRole | CommandId::LikeRole
    );
    if is_about_a_role && roles::marked(model) > 1 {
        return because("one role at a time");
    }
    if let Some(found) = people::availability(model, id) {
        return found;
    }
    match id {
        CommandId::New => creating(model),
        CommandId::Edit => changing(model, |rights| &rights.update_tenant, "edited"),
        CommandId::Delete => changing(model, |rights| &rights.delete_tenant, "deleted"),
        CommandId::Open
            if model
                .tenant_view()
                .is_some_and(|view| view.role.is_none() && view.tab == Tab::Groups && view.selected_id().is_none()) =>
        {
            because("nothing is selected")
        }
        CommandId::Open if is_overview(model) => because("nothing is selected here; <tab> goes on to the roles"),
        CommandId::CopyCommand => command_line(model).map_or_else(because, |_| Ready),
        CommandId::CopyUrl => address(model).map_or_else(because, |_| Ready),
        CommandId::Actions if !acts_here(model) => {
            because("nothing is selected here that something could be done with")
        }
        CommandId::GoRoles if roles_of(model).is_none() => because("no tenant has been looked at yet"),
        CommandId::Holders if matches!(model.screens.last(), Some(Screen::Tenant(view)) if view.role.is_none() && view.tab == Tab::Holders) => {
            because("that is what is shown")
        }
        CommandId::Open
        | CommandId::Describe
        | CommandId::Holders
        | CommandId::RoleMatrix
        | CommandId::RoleHolders
        | CommandId::CopyId
        | CommandId::CopyName
        | CommandId::CopyJson => something_selected(model),
        CommandId::CopyKestra => match model.form() {
            Some(form) if form.before.is_none() => Ready,
            _ => because("only new tenants have a command line of Kestra's"),
        },
        CommandId::CopyTerraform => match (model.form().is_some(), model.acted_on().into_iter().next()) {
            (true, _) | (false, Some(TenantScope::Named(_))) => Ready,
            (false, Some(TenantScope::Default)) => {
                because("the default tenant is no object that Terraform could manage")
            }
            (false, None) => because(model.nothing_selected()),
        },
        CommandId::Sort | CommandId::SortReverse | CommandId::Columns | CommandId::Wide | CommandId::Filter => {
            match model.screens.last() {
                None if !model.lists_tenants() => because("multi-tenancy is off, so there is no list"),
                Some(Screen::Tenant(view)) if view.lists.get(view.tab).is_none() => because("this tab is no list"),
                // What is typed at a filter must not be taken for keys.
                _ if matches!(id, CommandId::Sort | CommandId::SortReverse) && is_unread(model) => {
                    because("nothing could be read; <r> tries again")
                }
                _ => Ready,
            }
        }
        CommandId::ColumnEarlier if !shifts(model, false) => because("it is the first column already"),
        CommandId::ColumnLater if !shifts(model, true) => because("it is the last column already"),
        CommandId::Left | CommandId::Right if model.screens.is_empty() && !model.lists_tenants() => {
            because("multi-tenancy is off, so there is no list")
        }
        CommandId::Undo if matches!(model.screens.last(), Some(Screen::RoleEditor(_))) => match model.screens.last() {
            Some(Screen::RoleEditor(editor)) if editor.has_steps() => Ready,
            _ => because("nothing has been set that could be taken back"),
        },
        CommandId::Undo if super::super::update::last_undo(model).is_none() => because(none_to_undo(model)),
        CommandId::Redo if super::super::update::last_redo(model).is_none() => {
            because("nothing has been taken back that could be done again")
        }
        CommandId::DeleteRole => of_role(model, "; it stays"),
        CommandId::EditRole => of_role(model, "; <N> makes one like it"),
        CommandId::CopyRole => of_role(model, "; every tenant has it"),
        CommandId::NewRole => known(model).map_or_else(|reason| reason, |_| Ready),
        CommandId::LikeRole | CommandId::CompareRoles if roles::current(model).is_none() => {
            because("no role is selected")
        }
        CommandId::AsIn2 if !is_crud(model) => because("it is a role of 2.0 or later already"),
        CommandId::UserAccess if selected_user(model).is_none() => because("no user is selected"),
        CommandId::WhoCan
            if model.scope().is_none_or(|scope| known_access(model, &scope).is_none()) && cell(model).is_none() =>
        {
            because("who may do what has not been read yet")
        }
        CommandId::Mark | CommandId::MarkRange | CommandId::MarkAll => marking(model),
        CommandId::Earlier if !model.leads(Way::Back) => because(nowhere_before(model)),
        CommandId::Later if !model.leads(Way::Forward) => because("you did not come back from anywhere"),
        CommandId::LastView if !model.leads(Way::Last) => because("you were nowhere else yet"),
        CommandId::Kept if model.kept.is_none() && model.screens.last().is_some_and(Screen::is_kept) => Hidden,
        CommandId::Kept if model.kept.is_none() => because("nothing is kept that is not open"),
        CommandId::Kept if model.instance.value().is_none() => because("the instance has not answered"),
        CommandId::Problem if model.messages.last_trouble().is_none() => because("there has been no problem"),
        CommandId::Rehearse => model.session.refusal_here().map_or(Ready, because),
        CommandId::ToggleWriting if model.session.read_only_flag => because("it was started with --read-only"),
        CommandId::ToggleWriting if model.session.strays() => because(Session::STRAYS),
        _ if is_on_screen(model, id) => because("that is on screen"),
        CommandId::Migration | CommandId::GoRuns | CommandId::PlanAnew if !model.session.migrates => {
            because("this console cannot carry out migrations of this instance")
        }
        CommandId::WizardNext
        | CommandId::WizardSelect
        | CommandId::WizardForward
        | CommandId::WizardBackward
        | CommandId::AddTenant
        | CommandId::EditTenant
        | CommandId::RemoveTenant
        | CommandId::CopyPlan
        | CommandId::DryRun
        | CommandId::StartMigration => wizard(model, id),
        // Where output is read, its key goes on to the next match.
        CommandId::PlanAnew if is_searching(model) || runs::view(model).is_some_and(|view| view.shows_output) => Hidden,
        CommandId::OpenRun
        | CommandId::RunDetails
        | CommandId::RunPause
        | CommandId::RunFrom
        | CommandId::RunStop
        | CommandId::RunOutput
        | CommandId::RunDiff
        | CommandId::RunReport
        | CommandId::CopyReport
        | CommandId::RunRollback
        | CommandId::PlanAnew => runs::availability(model, id),
        CommandId::SwitchContext | CommandId::ExamineContext => match model.screens.last() {
            Some(Screen::Contexts(view)) if view.selected().is_some() => Ready,
            _ => because("no context is selected"),
        },
        CommandId::ReviewBack if model.review_sent().is_some() => because("it has been sent; the answer is awaited"),
        CommandId::ReviewPress if goes_back(model, id) && model.review_sent().is_none() => Ready,
        CommandId::ReviewPress | CommandId::ReviewSend if model.is_sending() => {
            because("it has been sent; the answer is awaited")
        }
        CommandId::FormDifference => match model.screens.last() {
            Some(Screen::Form(form)) if !form.theirs.is_empty() && model.overlays.is_empty() => Ready,
            Some(Screen::RoleEditor(editor)) if !editor.theirs.is_empty() && model.overlays.is_empty() => Ready,
            _ => Hidden,
        },
        // It would be made anew, and what is told of it so far be gone.
        CommandId::Refresh => match (model.screens.last().and_then(Screen::way), model.rehearsing()) {
            (Some(page), Some(way)) if page.rehearses && way.stopped => {
                because("it is being stopped, and what came of that is told first")
            }
            (Some(page), Some(_)) if page.rehearses => because("it is being made; <q> stops it"),
            _ => Ready,
        },
        CommandId::Palette if matches!(model.overlays.last(), Some(Overlay::Token(_))) => Hidden,
        CommandId::SearchEnd | CommandId::SearchOn if !is_searching(model) => Hidden,
        // Of the forms only one has something below its fields that scrolls.
        CommandId::HalfDown | CommandId::PageDown | CommandId::PageUp if is_form_without_more(model) => Hidden,
        CommandId::NextMatch if !is_searching(model) && leaves_next(model) => Hidden,
        CommandId::NextMatch | CommandId::PreviousMatch if !is_searching(model) => {
            because("nothing is looked for; </> begins a search")
        }
        CommandId::ReviewSend if model.review().is_some_and(|review| !review.send) => because(BACK_HAS_FOCUS),
        CommandId::MenuComplete if matches!(model.overlays.last(), Some(Overlay::Menu(menu)) if menu.kind == MenuKind::Actions) => {
            Hidden
        }
        CommandId::MenuComplete if matches!(model.overlays.last(), Some(Overlay::Choice(choice)) if !choice.takes_many) => {
            Hidden
        }
        CommandId::DialogPress => match model.overlays.last() {
            Some(Overlay::Dialog(dialog)) => match dialog.question {
                Question::Deed { sent: Some(_), .. } if model.counts_again(dialog) => match dialog.focus {
                    DialogFocus::Cancel => Ready,
                    _ => because("what goes with it is counted again first; <esc> deletes nothing"),
                },
                Question::Deed { sent: Some(_), .. } => because("it has been sent; the answer is awaited"),
                _ => Ready,
            },
            _ => Hidden,
        },
        _ => Ready,
    }
}

/// The same of what is offered: what carries a run out is none of a dry run, though its key says why not.
pub fn on_offer(model: &Model, id: CommandId) -> Availability {
    let is_run = |id| command(id).is_some_and(|command| command.scopes.contains(&Scope::Run));
    match availability(model, id) {
        Disabled(_) if runs::view(model).is_some_and(|view| view.is_dry) && is_run(id) => Hidden,
        other => other,
    }
}

/// Whether the overview of a tenant is on screen.
fn is_overview(model: &Model) -> bool {
    matches!(model.screens.last(), Some(Screen::Tenant(view)) if view.tab == Tab::Overview && view.role.is_none())
}

/// Whether a command is about the tenant on screen, and there is none of that id.
fn is_about_none(model: &Model, command: &Command) -> bool {
    let Some(Screen::Tenant(view)) = model.screens.last() else {
        return false;
    };
    let problem = view.tenant.problem().filter(|_| view.tenant.value().is_none());
    let is_gone = problem.is_some_and(|problem| problem.kind == ProblemKind::NotFound);
    is_gone && !command.beside && command.scopes.iter().any(|scope| scope.is_of_tenant())
}

/// Whether a role is shown as what it becomes in 2.0.
pub fn is_translated(view: &TenantView) -> bool {
    view.role.as_ref().is_some_and(|role| role.translated)
}

fn is_crud(model: &Model) -> bool {
    let release = model.instance.value().map(|instance| instance.release);
    release.is_some_and(|release| release.permission_model() == PermissionModel::Crud)
}

/// Whether a form is on screen, also under a menu, that has nothing to scroll below its fields.
fn is_form_without_more(model: &Model) -> bool {
    let (scopes, over) = match model.overlays.last() {
        Some(Overlay::Menu(menu)) => (menu.scopes.clone(), model.overlays.len() - 1),
        _ => (model.scopes(), model.overlays.len()),
    };
    let scrolls = over == 0 && matches!(model.screens.last(), Some(Screen::Connect(_)));
    scopes.first() == Some(&Scope::Form) && !scrolls
}

/// What the page of the wizard on screen lets do.
fn wizard(model: &Model, id: CommandId) -> Availability {
    let Some(wizard) = model.wizard.as_ref() else {
        return Hidden;
    };
    let is_open = wizard.goes_on();
    match id {
        CommandId::WizardNext if wizard.has_nothing_to_do() => because("there is nothing to do; <esc> goes back"),
        CommandId::WizardNext if wizard.refusal().is_some() => {
            because("it does not go on from here; the page says why")
        }
        CommandId::WizardSelect if !is_open || wizard.choice_count() == 0 => Hidden,
        CommandId::WizardBackward if wizard.page == WizardPage::Check => because("this is the first page"),
        CommandId::WizardForward if !is_open || wizard.page == WizardPage::Plan => because("this is the last page"),
        CommandId::AddTenant | CommandId::EditTenant | CommandId::RemoveTenant if is_of_other_page(model, id) => {
            because("it belongs to the page that asks for tenants")
        }
        CommandId::AddTenant if wizard.moves() && !wizard.tenants.is_empty() => {
            because("everything moves into one tenant; <e> changes it")
        }
        CommandId::EditTenant | CommandId::RemoveTenant if wizard.tenants.is_empty() => {
            because("no tenant is asked for yet")
        }
        _ if is_of_other_page(model, id) => because("it belongs to the plan, which is the last page"),
        CommandId::CopyPlan | CommandId::DryRun | CommandId::StartMigration if wizard.plan().is_none() => {
            because("there is no plan; the page says why")
        }
        CommandId::StartMigration if wizard.starting.is_some() => because("it is being started"),
        _ => Ready,
    }
}

/// Whether a command belongs to another page of the wizard than the one on screen.
fn is_of_other_page(model: &Model, id: CommandId) -> bool {
    let page = model
        .wizard
        .as_ref()
        .filter(|wizard| wizard.goes_on())
        .map(|wizard| wizard.page);
    match id {
        CommandId::AddTenant | CommandId::EditTenant | CommandId::RemoveTenant => page != Some(WizardPage::Tenants),
        CommandId::CopyPlan | CommandId::DryRun | CommandId::StartMigration => page != Some(WizardPage::Plan),
        _ => false,
    }
}

/// Whether the key of the next match has another meaning on screen as long as nothing is looked for.
fn leaves_next(model: &Model) -> bool {
    model.overlays.is_empty()
        && match model.screens.last() {
            Some(Screen::Run(view)) => !view.shows_output,
            Some(Screen::Wizard) => model
                .wizard
                .as_ref()
                .is_some_and(|wizard| wizard.page == WizardPage::Tenants),
            _ => false,
        }
}

/// Whether something is looked for in the text on screen.
fn is_searching(model: &Model) -> bool {
    model.search().is_some_and(|search| search.field.is_active())
}

/// Whether the button that would be pressed is the one that only goes back.
fn goes_back(model: &Model, id: CommandId) -> bool {
    id == CommandId::ReviewPress && model.review().is_some_and(|review| !review.send)
}

/// Whether rows of the list on screen can be marked.
fn marking(model: &Model) -> Availability {
    match only_one(model) {
        Some(thing) => because(format!("one {thing} at a time")),
        None if !has_rows(model) => because("there are no rows"),
        None if are_awaited(model) => because(AWAITED),
        None => Ready,
    }
}

/// What a row of the list on screen is, where nothing is done to several of them at once.
fn only_one(model: &Model) -> Option<&'static str> {
    Some(match model.screens.last()? {
        Screen::Records(view) => match view.kind {
            RecordsKind::Person { .. } | RecordsKind::Members { .. } => return None,
            _ => view.kind.thing(),
        },
        Screen::Messages(_) => "message",
        Screen::Contexts(_) => "context",
        Screen::Runs(_) => "run",
        Screen::WhoCan(_) => "user",
        _ => return None,
    })
}

/// Whether the list on screen has rows to mark.
fn has_rows(model: &Model) -> bool {
    match model.screens.last() {
        None => model.lists_tenants() && model.tenants.length() > 0,
        Some(screen) => screen.list().is_some_and(|list| !list.visible().is_empty()),
    }
}

/// Whether no row of the list on screen is known because it could not be read. A filter or an order of tenants may be why, and is
/// changed then.
fn is_unread(model: &Model) -> bool {
    fn failed<T>(rows: &Remote<T>) -> bool {
        rows.value().is_none() && rows.problem().is_some()
    }
    let Some(screen) = model.screens.last() else {
        let tenants = &model.tenants;
        let failed = tenants.problem.is_some() || model.instance.problem().is_some();
        return failed && tenants.total().is_none() && !tenants.filter.is_active() && tenants.sort.is_none();
    };
    let failed = match screen {
        Screen::Tenant(view) => failed(&view.access),
        Screen::Records(view) => failed(&view.rows),
        Screen::Contexts(view) => failed(&view.rows),
        Screen::Runs(_) => failed(&model.runs),
        _ => false,
    };
    failed && screen.list().is_some_and(|list| !list.filter.is_active())
}

/// Whether the column that is selected in the menu of columns can be moved on.
fn shifts(model: &Model, down: bool) -> bool {
    // A list of what can be done may lie over it.
    let mut overlays = model.overlays.iter();
    overlays.any(|overlay| matches!(overlay, Overlay::Columns(menu) if menu.shifts(down)))
}

fn known(model: &Model) -> Result<&Instance, Availability> {
    model.instance.value().ok_or_else(|| because(model.unknown_because()))
}

fn creating(model: &Model) -> Availability {
    let instance = match known(model) {
        Ok(instance) => instance,
        Err(reason) => return reason,
    };
    match (instance.tenancy.state(), &instance.rights.create_tenant) {
        (TenancyState::SingleTenant | TenancyState::Nothing, _) => {
            because("multi-tenancy is off; the list says how to turn it on")
        }
        (_, Err(reason)) => because(reason.as_str()),
        (_, Ok(())) => Ready,
    }
}

fn changing(model: &Model, right: impl Fn(&Rights) -> &crate::domain::instance::Right, done: &str) -> Availability {
    let instance = match known(model) {
        Ok(instance) => instance,
        Err(reason) => return reason,
    };
    match (model.acted_on().into_iter().next(), right(&instance.rights)) {
        (None, _) => because(model.nothing_selected()),
        (Some(TenantScope::Default), _) => because(format!("the default tenant is no object and cannot be {done}")),
        (Some(TenantScope::Named(_)), Err(reason)) => because(reason.as_str()),
        (Some(TenantScope::Named(_)), Ok(())) => Ready,
    }
}

/// Whether the role that is open or selected can be changed.
fn of_role(model: &Model, instead: &str) -> Availability {
    match roles::current(model) {
        None => because("no role is selected"),
        Some((_, role)) if role.is_managed => because(format!("this role is Kestra's own{instead}")),
        Some(_) => Ready,
    }
}

fn something_selected(model: &Model) -> Availability {
    let selected = match model.screens.last() {
        None => model.scope().is_some(),
        Some(Screen::Messages(_)) => !model.visible_messages().is_empty(),
        Some(Screen::Tenant(view)) if view.role.is_some() => true,
        Some(screen) => screen.list().is_none_or(|list| list.selected().is_some()),
    };
    if selected {
        Ready
    } else {
        because(model.nothing_selected())
    }
}
