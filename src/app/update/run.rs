//! What each command does.

use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::super::command::CommandId;
use super::super::cursor::Motion;
use super::super::doing::Turn;
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{DialogFocus, MenuKind, Overlay, Then};
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::super::tenant_form::Focus;
use super::super::tenant_view::RolePane;
use super::super::trail::Way;
use super::{
    access, choices, columns, comparing, connect, contexts, copy, deleting, dialogs, entries, forms, interrupt, lists,
    marks, menus, messages, migration, moving, people, places, records, reopening, roles, runs, search, snapshots,
    trail, undoing, welcome, wizard,
};

/// Carries a command out. Whether it can be run has been asked before.
pub fn run(model: &mut Model, id: CommandId, argument: &str, effects: &mut Vec<Effect>) {
    if connect::run(model, id, effects) || roles::run(model, id, effects) || wizard::run(model, id, effects) {
        return;
    }
    match id {
        CommandId::Up => moving::go(model, Motion::Up),
        CommandId::Down => moving::go(model, Motion::Down),
        CommandId::HalfUp => moving::go(model, Motion::HalfUp),
        CommandId::HalfDown => moving::go(model, Motion::HalfDown),
        CommandId::PageUp => moving::go(model, Motion::PageUp),
        CommandId::PageDown => moving::go(model, Motion::PageDown),
        CommandId::First => moving::go(model, Motion::First),
        CommandId::Last => moving::go(model, Motion::Last),
        CommandId::Left => moving::sideways(model, -1),
        CommandId::Right => moving::sideways(model, 1),
        CommandId::NextPane => moving::pane(model, 1),
        CommandId::PreviousPane => moving::pane(model, -1),
        CommandId::Open | CommandId::RoleMatrix => places::open(model, effects),
        CommandId::OpenTenant => open_named(model, argument, effects),
        CommandId::Back => {
            if !places::back(model, effects) {
                places::quit(model, effects);
            }
        }
        CommandId::Earlier => trail::go(model, Way::Back, effects),
        CommandId::Later => trail::go(model, Way::Forward, effects),
        CommandId::LastView => trail::go(model, Way::Last, effects),
        CommandId::Kept => reopening::take_up(model, effects),
        CommandId::FilterClear if model.search().is_some() => search::end(model),
        CommandId::Search
        | CommandId::NextMatch
        | CommandId::SearchOn
        | CommandId::PreviousMatch
        | CommandId::SearchEnd => {
            search::run(model, id, argument);
        }
        CommandId::Escape | CommandId::FilterClear => escape(model, id == CommandId::Escape, effects),
        CommandId::Filter => filter(model, argument, effects),
        CommandId::FilterDone => lists::filter_done(model),
        CommandId::Sort if argument.is_empty() => columns::sort(model, effects),
        CommandId::Sort => {
            if let Err(reason) = lists::sort(model, argument, effects) {
                model.messages.tell(model.now, Level::Warning, reason);
            }
        }
        CommandId::SortReverse => lists::reverse(model, effects),
        CommandId::Columns
        | CommandId::Wide
        | CommandId::SortNext
        | CommandId::ColumnToggle
        | CommandId::ColumnEarlier
        | CommandId::ColumnLater
        | CommandId::ColumnsReset
        | CommandId::ColumnsTake
        | CommandId::ColumnsClose => columns::run(model, id, effects),
        CommandId::Refresh => places::refresh(model, effects),
        CommandId::New => forms::open_new(model, effects),
        CommandId::Edit => forms::open_edit(model, effects),
        CommandId::Delete => dialogs::ask_delete(model, effects),
        CommandId::Describe => copy::describe(model),
        CommandId::NewRole => roles::open_new(model),
        CommandId::LikeRole => roles::open_like(model),
        CommandId::EditRole => roles::open_edit(model),
        CommandId::CopyRole => roles::copy_to(model, effects),
        CommandId::CompareRoles => comparing::begin(model),
        CommandId::CompareAll => comparing::toggle_all(model),
        CommandId::AsIn2 => comparing::translate(model),
        CommandId::UserAccess => access::open(model),
        CommandId::WhoCan => access::who_can(model, effects),
        CommandId::Reasons => access::reasons(model),
        // These are the editor's, which took them above.
        CommandId::ToggleCell | CommandId::ToggleRow | CommandId::ToggleColumn | CommandId::Template => {}
        CommandId::DeleteRole => roles::delete(model, effects),
        CommandId::Undo => undoing::begin(model, Turn::Back, effects),
        CommandId::Redo => undoing::begin(model, Turn::Again, effects),
        CommandId::RepairAdmin
        | CommandId::Grant
        | CommandId::Revoke
        | CommandId::GiveAccess
        | CommandId::TakeAccess
        | CommandId::About
        | CommandId::NewUser
        | CommandId::NewServiceAccount
        | CommandId::DeleteAccount
        | CommandId::Superadmin
        | CommandId::Password
        | CommandId::Tokens
        | CommandId::NewToken
        | CommandId::DeleteToken
        | CommandId::NewGroup
        | CommandId::RenameGroup
        | CommandId::DeleteGroup
        | CommandId::AddMembers
        | CommandId::RemoveMembers
        | CommandId::GroupOwner
        | CommandId::Invitations
        | CommandId::Invite
        | CommandId::WithdrawInvitation
        | CommandId::Audit
        | CommandId::AuditFilter
        | CommandId::Activity
        | CommandId::InstanceUsers
        | CommandId::InstanceAudit
        | CommandId::RestoreAccess => people::run(model, id, effects),
        CommandId::SaveSnapshot => snapshots::open(model, argument),
        CommandId::CompareSnapshot => snapshots::open_comparison(model, argument),
        CommandId::ImportSnapshot => snapshots::open_import(model, argument),
        CommandId::ApplySnapshot => snapshots::open_applying(model, argument),
        CommandId::Mark => marks::toggle(model),
        CommandId::MarkRange => marks::range(model, effects),
        CommandId::MarkAll => marks::toggle_all(model, effects),
        CommandId::Holders => holders(model, effects),
        CommandId::RoleHolders => {
            places::open(model, effects);
            if let Some(role) = model.tenant_view_mut().and_then(|view| view.role.as_mut()) {
                role.pane = RolePane::Holders;
            }
        }
        CommandId::GoTenants => places::go_to_tenants(model, effects),
        CommandId::GoRoles => places::go_to_roles(model, effects),
        CommandId::Migration => migration::open(model, effects),
        CommandId::GoRuns => migration::open_runs(model, effects),
        CommandId::WizardNext => wizard::next(model, effects),
        CommandId::WizardSelect => wizard::select(model, argument),
        CommandId::WizardForward => wizard::forward(model, effects),
        CommandId::WizardBackward => wizard::backward(model, effects),
        CommandId::AddTenant => wizard::add_tenant(model),
        CommandId::EditTenant => wizard::edit_tenant(model),
        CommandId::RemoveTenant => wizard::remove_tenant(model),
        CommandId::CopyPlan => wizard::copy_plan(model, effects),
        CommandId::DryRun => wizard::dry_run(model),
        CommandId::StartMigration => wizard::start(model),
        CommandId::OpenRun => runs::open_selected(model),
        CommandId::RunDetails => runs::details(model),
        CommandId::RunPause => runs::pause(model, effects),
        CommandId::RunFrom => runs::resume_from(model),
        CommandId::RunStop => runs::stop(model, effects),
        CommandId::RunOutput => runs::toggle_output(model),
        CommandId::RunDiff => runs::diff(model),
        CommandId::RunReport => runs::report(model),
        CommandId::CopyReport => {
            if let Some(report) = runs::report_text(model) {
                copy::send(model, "report", report, effects);
            }
        }
        CommandId::RunRollback => runs::open_rollback(model, effects),
        CommandId::RollbackAsk => runs::ask_rollback(model),
        CommandId::PlanAnew => migration::plan_anew(model, effects),
        CommandId::GoMessages => messages::open(model),
        CommandId::GoContexts => contexts::open(model, effects),
        CommandId::SwitchTo => contexts::switch_to(model, argument.to_owned(), effects),
        CommandId::SwitchContext => contexts::switch(model, effects),
        CommandId::ExamineContext => contexts::examine(model, effects),
        CommandId::Connect => connect::open(model),
        CommandId::Rehearse => welcome::practise(model, effects),
        CommandId::WelcomeChoose => welcome::choose(model, effects),
        CommandId::WelcomeClose => welcome::dismiss(model, effects),
        CommandId::CopyId
        | CommandId::CopyName
        | CommandId::CopyJson
        | CommandId::CopyCommand
        | CommandId::CopyKestra
        | CommandId::CopyTerraform
        | CommandId::CopyUrl => copy::copy(model, id, effects),
        CommandId::CopyProblem => {
            if let Some(Overlay::Page(page)) = model.overlays.last() {
                let text = page.text.clone();
                copy::send(model, "text of the page", text, effects);
            } else if let Some(Overlay::Token(shown)) = model.overlays.last_mut() {
                shown.may_go = true;
                let token = shown.token.full_token.clone();
                copy::send(model, "token", token, effects);
            }
        }
        CommandId::Problem => show_problem(model),
        CommandId::ToggleWriting => dialogs::toggle_writing(model),
        CommandId::Help => menus::open(model, MenuKind::Help, effects),
        CommandId::Actions => menus::open(model, MenuKind::Actions, effects),
        CommandId::Palette => menus::open(model, MenuKind::Palette, effects),
        CommandId::Topic => menus::show_topic(model, argument),
        CommandId::Quit => places::quit(model, effects),
        CommandId::Interrupt => interrupt::press(model, effects),
        CommandId::Repaint => effects.push(Effect::Repaint),
        CommandId::Suspend => effects.push(Effect::Suspend),
        CommandId::FormNext if entries::entry_mut(model).is_some() => {
            entries::next(model, model.last_key_was_enter(), effects);
        }
        CommandId::FormPrevious if entries::entry_mut(model).is_some() => {
            if let Some(entry) = entries::entry_mut(model) {
                entry.step(true);
            }
        }
        CommandId::FormReview if entries::entry_mut(model).is_some() => entries::finish(model, effects),
        CommandId::FormLeave if entries::entry_mut(model).is_some() => entries::leave(model, effects),
        CommandId::FormNext => {
            let pressed = matches!(model.form().map(|form| form.focus), Some(Focus::Review | Focus::Cancel));
            let enter = pressed && model.last_key_was_enter();
            forms::next(model, effects, enter);
        }
        CommandId::FormPrevious => {
            if let Some(form) = model.form_mut() {
                form.step(true);
            }
        }
        CommandId::FormReview => forms::review(model, effects),
        CommandId::FormDifference => forms::difference(model),
        CommandId::FormLeave => {
            places::back(model, effects);
        }
        CommandId::ReviewPress => forms::press(model, effects),
        CommandId::ReviewSend => forms::send(model, effects),
        CommandId::ReviewSwitch => {
            if let Some(review) = model.form_mut().and_then(|form| form.review.as_mut()) {
                review.send = !review.send;
            }
        }
        CommandId::ReviewBack => {
            if let Some(form) = model.form_mut().filter(|form| form.sent.is_none()) {
                form.review = None;
            }
        }
        CommandId::MenuComplete if choices::is_open(model) => choices::mark(model),
        CommandId::MenuRun if choices::is_open(model) => choices::take(model, effects),
        CommandId::MenuUp => moving::go_in_menu(model, Motion::Up),
        CommandId::MenuDown => moving::go_in_menu(model, Motion::Down),
        CommandId::MenuFirst => moving::go_in_menu(model, Motion::First),
        CommandId::MenuLast => moving::go_in_menu(model, Motion::Last),
        CommandId::MenuPageUp => moving::go_in_menu(model, Motion::PageUp),
        CommandId::MenuPageDown => moving::go_in_menu(model, Motion::PageDown),
        CommandId::MenuRun => menus::run(model, effects),
        CommandId::MenuComplete => menus::complete(model),
        CommandId::MenuClose if choices::is_open(model) => choices::leave(model, effects),
        CommandId::PageClose if keeps_token(model) => {}
        CommandId::MenuClose | CommandId::PageClose => {
            model.overlays.pop();
        }
        CommandId::DialogPress => dialogs::press(model, effects),
        CommandId::DialogNext => {
            if let Some(Overlay::Dialog(dialog)) = model.overlays.last_mut() {
                dialog.step();
            }
        }
        CommandId::DialogOther => {
            if let Some(Overlay::Dialog(dialog)) = model.overlays.last_mut() {
                dialog.focus = match dialog.focus {
                    DialogFocus::Cancel => DialogFocus::Confirm,
                    DialogFocus::Confirm | DialogFocus::Line => DialogFocus::Cancel,
                };
            }
        }
        CommandId::DialogClose => dialogs::close(model, effects),
    }
}

/// Whether a token that was made stays on screen: it cannot be seen again, so Enter, which took the last line of its form, does
/// not close it, and another key only once it was copied or pressed a second time.
fn keeps_token(model: &mut Model) -> bool {
    let enter = model.last_key_was_enter();
    let Some(Overlay::Token(shown)) = model.overlays.last_mut() else {
        return false;
    };
    if shown.may_go && !enter {
        return false;
    }
    let text = if enter {
        "<y> copies the token, <esc> closes it; it is not shown again"
    } else {
        shown.may_go = true;
        "It was not copied and is not shown again: <y> copies it, <esc> once more closes it"
    };
    model.messages.tell(model.now, Level::Warning, text);
    true
}

fn open_named(model: &mut Model, argument: &str, effects: &mut Vec<Effect>) {
    if argument.is_empty() {
        model.messages.tell(
            model.now,
            Level::Warning,
            "Write the id of a tenant after it, such as `tenant acme`",
        );
        return;
    }
    if places::loses(model) {
        places::ask_discard(model, Then::Stay);
        return;
    }
    while !model.screens.is_empty() {
        places::close(model, effects);
    }
    let scope = match argument {
        TenantScope::DEFAULT_WORD | "default" if model.tenants.has_default() || !model.lists_tenants() => {
            TenantScope::Default
        }
        id => TenantScope::Named(TenantId::existing(id)),
    };
    places::open_tenant(model, scope, Tab::Overview, effects);
}

/// Clears the filter, or goes back, and at the root says how to leave.
fn escape(model: &mut Model, stops: bool, effects: &mut Vec<Effect>) {
    if deleting::give_up(model, deleting::CANCELLED, effects) || stops && records::stop_search(model, effects) {
        return;
    }
    if model.screens.is_empty() && !model.tenants.filter.editing && model.tenants.end_seek() {
        return;
    }
    if model
        .filter()
        .is_some_and(|filter| filter.is_active() || filter.editing)
    {
        lists::clear_filter(model, effects);
        return;
    }
    if model
        .messages
        .notice()
        .is_some_and(|message| message.level == Level::Error)
    {
        model.messages.dismiss();
        return;
    }
    if marks::are_awaited(model) {
        model.messages.not_now(model.now, marks::AWAITED);
        return;
    }
    if marks::clear(model, effects) {
        return;
    }
    if interrupt::stop_waiting(model, effects) {
        return;
    }
    if !places::back(model, effects) && !std::mem::replace(&mut model.said_how_to_leave, true) {
        model.messages.tell_here(
            model.now,
            Level::Warning,
            "This is the first screen; <q> leaves the program",
        );
    }
}

fn filter(model: &mut Model, argument: &str, effects: &mut Vec<Effect>) {
    if let Some(filter) = model.filter_mut() {
        if argument.is_empty() {
            filter.editing = true;
            if model.screens.is_empty() {
                effects.push(Effect::ExpectFilter);
            }
        } else {
            filter.line = super::super::line_edit::LineEdit::new(argument);
            lists::filter_changed(model, effects);
        }
    }
}

fn holders(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.screens.last_mut() {
        None => {
            if let Some(scope) = model.scope() {
                places::open_tenant(model, scope, Tab::Holders, effects);
            }
        }
        Some(Screen::Tenant(view)) => match &mut view.role {
            Some(role) => role.pane = RolePane::Holders,
            None => view.tab = Tab::Holders,
        },
        Some(_) => {}
    }
}

fn show_problem(model: &mut Model) {
    let page = model
        .messages
        .last_trouble()
        .map(|message| messages::page(model, message));
    model.messages.read();
    model.overlays.extend(page.map(Overlay::Page));
}
