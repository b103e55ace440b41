//! What is copied, and what is described in full: the thing the operator is looking at.

use serde_json::Value;

use crate::domain::access::TenantAccess;
use crate::domain::equivalent;
use crate::domain::shaped::value_of;
use crate::domain::tenant::TenantScope;
use crate::domain::terraform;
use crate::domain::text::capital;

use super::super::command::{CommandId, command};
use super::super::detail::{detail, stands_beside};
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Overlay, Page};
use super::super::overview::overview;
use super::super::records::Record;
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::super::tenant_form::KESTRA_COMMAND;
use super::super::tenant_list::{DEFAULT_NAME, Selected};
use super::super::tenant_view::TenantView;
use super::{command_lines, forms};

/// The thing the operator is looking at.
struct Subject {
    id: String,
    name: String,
    /// `None` where Kestra has no object for it.
    json: Option<Value>,
    command: Vec<String>,
    terraform: Option<String>,
}

/// Copies a part of what the operator is looking at.
pub fn copy(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) {
    if let Some(text) = text_of(model, id) {
        let what = command(id).map_or("", |command| command.title);
        send(model, what.trim_start_matches("copy "), text, effects);
    } else {
        model
            .messages
            .tell_here(model.now, Level::Warning, "There is nothing to copy here");
    }
}

/// Copies a text. What it is will be said with how it went.
pub fn send(model: &mut Model, what: &'static str, text: String, effects: &mut Vec<Effect>) {
    model.copying.push_back(what);
    effects.push(Effect::Copy(text));
}

/// Says that a text was copied or sent, which one, and which way it went.
pub fn copied(model: &mut Model, way: &str) {
    let text = match (model.copying.pop_front(), way.split_at_checked(1)) {
        (Some(what), Some((first, rest))) => format!("{}: {}{rest}", capital(what), first.to_lowercase()),
        _ => way.to_owned(),
    };
    model.messages.tell(model.now, Level::Done, text);
}

fn text_of(model: &Model, id: CommandId) -> Option<String> {
    match id {
        CommandId::CopyCommand => return command_lines::command_line(model).ok(),
        CommandId::CopyUrl => return command_lines::address(model).ok(),
        _ => {}
    }
    if let Some(form) = model.form() {
        let new = forms::built(model)?;
        let wanted = if id == CommandId::CopyKestra {
            KESTRA_COMMAND
        } else {
            "Terraform"
        };
        let mut commands = form.commands(&new, &model.session).into_iter();
        return commands.find(|(title, _)| *title == wanted).map(|(_, text)| text);
    }
    let subjects = subjects(model);
    let lines = |texts: Vec<String>, end: &str| (!texts.is_empty()).then(|| texts.join(end));
    match id {
        CommandId::CopyId => lines(subjects.into_iter().map(|subject| subject.id).collect(), "\n"),
        CommandId::CopyName => lines(subjects.into_iter().map(|subject| subject.name).collect(), "\n"),
        CommandId::CopyJson => {
            let mut all: Vec<Value> = subjects.into_iter().filter_map(|subject| subject.json).collect();
            match all.len() {
                0 => None,
                1 => all.pop().map(|one| pretty(&one)),
                _ => Some(pretty(&Value::Array(all))),
            }
        }
        _ => {
            let all = subjects.into_iter().filter_map(|subject| subject.terraform);
            lines(all.collect(), "\n")
        }
    }
}

/// The words of the commands that show what the operator is looking at, each once.
pub fn subject_commands(model: &Model) -> Vec<Vec<String>> {
    let mut commands: Vec<_> = subjects(model).into_iter().map(|subject| subject.command).collect();
    commands.dedup();
    commands
}

/// What the operator is looking at is called.
pub fn subject_name(model: &Model) -> Option<String> {
    match model.screens.last() {
        Some(Screen::Records(view)) => {
            let of = |record: &Record| record.cells.iter().find(|cell| !cell.is_empty()).cloned();
            view.selected().and_then(of).or_else(|| Some(view.kind.title()))
        }
        Some(Screen::Contexts(view)) => view.selected().map(|row| row.name.clone()),
        Some(Screen::Access(view)) => Some(view.user.username.clone()),
        Some(Screen::Run(view)) => Some(format!("run {}", view.run)),
        _ => {
            let mut subjects = subjects(model);
            let subject = subjects.pop()?;
            Some(if !subjects.is_empty() {
                format!("{} marked", subjects.len() + 1)
            } else if subject.name.is_empty() {
                subject.id
            } else {
                subject.name
            })
        }
    }
}

/// Shows everything about what the operator is looking at.
pub fn describe(model: &mut Model) {
    if let Some(page) = remarks(model) {
        model.overlays.push(Overlay::Page(page));
        return;
    }
    let mut subjects = subjects(model);
    let (Some(subject), true) = (subjects.pop(), subjects.is_empty()) else {
        model.messages.not_now(model.now, "one at a time is shown in full");
        return;
    };
    let title = format!("{} {}", subject.id, subject.name).trim().to_owned();
    let parts = facts(model).into_iter().chain(subject.json.as_ref().map(pretty));
    match parts.collect::<Vec<_>>().join("\n\n") {
        text if !text.is_empty() => {
            let beside = stands_beside(model) && !model.has_marks();
            let page = Page::new(title, text);
            model.overlays.push(Overlay::Page(Page { beside, ..page }));
        }
        _ => model.messages.tell(
            model.now,
            Level::Warning,
            "The default tenant is no object, so there is nothing more to show of it",
        ),
    }
}

/// What a large screen shows beside the list of what is selected in it, or the overview of the open tenant, as a text; nothing
/// where that is not what is described.
fn facts(model: &Model) -> Option<String> {
    let lines = match model.screens.last() {
        _ if model.has_marks() => return None,
        Some(Screen::Tenant(view)) if view.role.is_some() => return None,
        Some(Screen::Tenant(view)) if view.tab == Tab::Overview => overview(model, view),
        None if model.tenants.selected() == Some(Selected::Default) => return None,
        _ => detail(model)?.lines,
    };
    let lines = lines.iter().map(|line| line.text().unwrap_or_default());
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// What is to be known about the open role where it is shown as what it becomes in 2.0.
fn remarks(model: &Model) -> Option<Page> {
    let release = model.instance.value()?.release;
    let view = model.tenant_view()?;
    let role = view.open_role()?;
    let remarks = view.role.as_ref()?.translation(role, release)?.remarks();
    Some(Page::new(
        format!("Role {} in Kestra 2.0", role.name),
        if remarks.is_empty() {
            "Everything it allows has a counterpart in 2.0.".to_owned()
        } else {
            remarks.join("\n\n")
        },
    ))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The things an action is about: what is marked, or else what is selected or open.
fn subjects(model: &Model) -> Vec<Subject> {
    match model.screens.last() {
        None if !model.lists_tenants() => vec![default_subject()],
        None if !model.tenants.marks.is_empty() => model.tenants.marks.tenants().map(tenant_subject).collect(),
        None => match model.tenants.selected() {
            Some(Selected::Default) => vec![default_subject()],
            Some(Selected::Tenant(row)) => vec![tenant_subject(&row.tenant)],
            None => Vec::new(),
        },
        Some(Screen::Tenant(view)) => {
            let rows = row_subjects(view);
            if !rows.is_empty() {
                return rows;
            }
            match view.tenant.value() {
                Some(tenant) => vec![tenant_subject(tenant)],
                None if view.scope == TenantScope::Default => vec![default_subject()],
                None => Vec::new(),
            }
        }
        Some(_) => Vec::new(),
    }
}

fn default_subject() -> Subject {
    Subject {
        id: TenantScope::DEFAULT_WORD.to_owned(),
        name: DEFAULT_NAME.to_owned(),
        json: None,
        command: ["access", "list", "--tenant", TenantScope::DEFAULT_WORD]
            .map(str::to_owned)
            .to_vec(),
        terraform: None,
    }
}

fn tenant_subject(tenant: &crate::domain::tenant::Tenant) -> Subject {
    let shown = equivalent::redacted(tenant);
    Subject {
        id: tenant.id.to_string(),
        name: tenant.name.clone(),
        json: Some(shown.to_json()),
        command: vec!["tenants".to_owned(), "get".to_owned(), tenant.id.to_string()],
        terraform: Some(terraform::tenant(tenant)),
    }
}

/// The open role, or the rows of a tab that are marked or selected.
fn row_subjects(view: &TenantView) -> Vec<Subject> {
    let Some(access) = view.access.value() else {
        return Vec::new();
    };
    if view.open_role().is_some() {
        return row_subject(view, access, 0).into_iter().collect();
    }
    let Some(list) = view.lists.get(view.tab) else {
        return Vec::new();
    };
    let is_chosen = |row: &usize| {
        if list.marks().is_empty() {
            list.selected() == Some(*row)
        } else {
            view.id_of(*row).is_some_and(|id| list.marks().contains(&id))
        }
    };
    let rows = 0..view.rows().unwrap_or(0);
    rows.filter(is_chosen)
        .filter_map(|row| row_subject(view, access, row))
        .collect()
}

/// The open role, or a row of a tab, by its position in the whole list.
fn row_subject(view: &TenantView, access: &TenantAccess, selected: usize) -> Option<Subject> {
    let of = |id: &str, name: &str, json: serde_json::Result<Value>, command: &[&str]| {
        let mut words: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        words.extend(["--tenant".to_owned(), view.scope.to_string()]);
        Some(Subject {
            id: id.to_owned(),
            name: name.to_owned(),
            json: Some(json.ok()?),
            command: words,
            terraform: None,
        })
    };
    if let Some(role) = view.open_role() {
        return of(&role.id, &role.name, value_of(role), &["roles", "get", &role.id]);
    }
    match view.tab {
        Tab::Overview => None,
        Tab::Roles => {
            let role = access.roles.get(selected)?;
            of(&role.id, &role.name, value_of(role), &["roles", "get", &role.id])
        }
        Tab::Holders => {
            let binding = access.bindings.get(selected)?;
            of(
                &binding.id,
                &binding.subject_name,
                value_of(binding),
                &["access", "list"],
            )
        }
        Tab::Users => {
            let user = access.users.get(selected)?;
            of(
                &user.id,
                &user.username,
                value_of(user),
                &["users", "get", &user.username],
            )
        }
        Tab::Groups => {
            let group = access.groups.get(selected)?;
            of(
                &group.id,
                &group.name,
                value_of(group),
                &["users", "groups", "get", &group.id],
            )
        }
    }
}

/// Shows what could not be copied so that it can be selected with the mouse, and says why.
pub fn show_plain(model: &mut Model, words: &str, text: String) {
    model.copying.pop_front();
    model
        .messages
        .tell(model.now, Level::Warning, format!("Select it with the mouse. {words}"));
    model.overlays.push(Overlay::Page(Page {
        plain: true,
        ..Page::new("Not copied", text)
    }));
}
