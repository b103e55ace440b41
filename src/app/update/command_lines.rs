//! The command line that does or shows what is on screen, for every place that has one; and its address in Kestra's web
//! interface.
//!
//! Changes take their command from [`crate::domain::change`], as the activity record does; what only shows something takes
//! the command that shows the same.

use std::fmt::Write;

use crate::domain::equivalent::{self, shell_quote};
use crate::domain::release::Release;
use crate::domain::rows::contexts::Leads;
use crate::domain::tenant::TenantScope;
use crate::migration::choices::BackupChoice;

use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Question};
use super::super::records::{Item, RecordsKind, RecordsView};
use super::super::screen::Screen;
use super::super::tab_list::TabList;
use super::super::tabs::Tab;
use super::{access, copy, forms, runs};

/// A command line in the making.
#[derive(Default)]
struct Line(equivalent::Line);

impl Line {
    fn new(words: &str) -> Self {
        Self::default().words(words)
    }

    fn words(mut self, words: &str) -> Self {
        self.0.words(words);
        self
    }

    /// Words that were put together elsewhere, each in its place.
    fn all(mut self, words: &[String]) -> Self {
        for word in words {
            self.0.word(word);
        }
        self
    }

    fn value(mut self, value: &(impl ToString + ?Sized)) -> Self {
        self.0.value(&value.to_string());
        self
    }

    fn flag(mut self, flag: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.0.flag(flag, &value.to_string());
        }
        self
    }

    /// Of which tenant; without one of the whole instance, whatever tenant the context names.
    fn place(self, scope: Option<&TenantScope>) -> Self {
        match scope {
            Some(scope) => self.flag("--tenant", Some(scope)),
            None => self.words("--instance"),
        }
    }

    fn in_context(self, context: &[String]) -> String {
        self.0.in_context(context)
    }

    fn of(self, model: &Model) -> String {
        self.in_context(model.session.lead_words())
    }
}

fn nothing<T>() -> Result<T, String> {
    Err("nothing is selected".to_owned())
}

/// The command line that does or shows what is on screen, or why there is none.
pub fn command_line(model: &Model) -> Result<String, String> {
    if let Some(Overlay::Dialog(dialog)) = model.overlays.last() {
        return asked(model, dialog);
    }
    let context = model.session.lead_words();
    let release = model
        .instance
        .value()
        .map_or(Release::DEFAULT, |instance| instance.release);
    match model.screens.last() {
        None | Some(Screen::Tenant(_)) => {
            // Of those who hold something the command has the whole list.
            let holders = model
                .tenant_view()
                .filter(|view| view.role.is_none() && view.tab == Tab::Holders);
            let filter = holders.and_then(|view| filter_of(view.lists.get(view.tab)?));
            let commands = copy::subject_commands(model).into_iter();
            let lines: Vec<String> = commands
                .map(|words| Line::default().all(&words).flag("--filter", filter).of(model))
                .collect();
            if lines.is_empty() {
                nothing()
            } else {
                Ok(lines.join("\n"))
            }
        }
        Some(Screen::Form(form)) => {
            let built = forms::built(model).ok_or("a field of the form is not right yet")?;
            let commands = form.commands(&built, &model.session);
            let own = commands.into_iter().next().map(|(_, text)| text);
            own.ok_or_else(|| "there is nothing to send".to_owned())
        }
        Some(Screen::RoleEditor(editor)) => match editor.fault() {
            Some((_, fault)) => Err(fault.to_owned()),
            None => Ok(editor.deed().command(context, release)),
        },
        Some(Screen::Comparison(view)) => match &view.origins {
            [Some((a_scope, a)), Some((b_scope, b))] => {
                let elsewhere = (a_scope != b_scope).then_some(b_scope);
                let [_, b_side] = &view.compared;
                let line = Line::new("roles diff")
                    .value(a)
                    .value(b)
                    .flag("--tenant", Some(a_scope));
                let line = line.flag("--tenant-b", elsewhere);
                Ok(line.flag("--context-b", b_side.context.as_ref()).of(model))
            }
            _ => Err("a role as another release ships it is in no tenant".to_owned()),
        },
        Some(Screen::Access(view)) => {
            let Some((resource, action)) = access::cell(model) else {
                return nothing();
            };
            let line = Line::new("access can")
                .value(&view.user.username)
                .value(&resource)
                .value(&action);
            let line = line.flag("--namespace", view.namespace());
            Ok(line.flag("--tenant", Some(&view.scope)).of(model))
        }
        Some(Screen::WhoCan(view)) => {
            let line = Line::new("access who-can").value(&view.resource).value(&view.action);
            let line = line.flag("--namespace", view.namespace());
            Ok(line.flag("--tenant", Some(&view.scope)).of(model))
        }
        Some(Screen::Records(view)) => of_records(model, view),
        Some(Screen::Messages(view)) => {
            let messages = model.visible_messages();
            let Some(message) = messages.get(view.cursor.at()) else {
                return nothing();
            };
            let command = message.command.clone().filter(|command| !command.is_empty());
            command.ok_or_else(|| "this message is of no command".to_owned())
        }
        Some(Screen::Contexts(view)) => {
            let Some(row) = view.selected() else { return nothing() };
            let flag = if row.leads == Leads::Store(row.name.clone()) {
                "--store"
            } else {
                "--context"
            };
            Ok(Line::default()
                .flag(flag, Some(&row.name))
                .in_context(model.session.config_words()))
        }
        Some(Screen::Checks(view)) if view.rehearses => {
            Ok(Line::new("rehearsal up").in_context(model.session.config_words()))
        }
        Some(Screen::Checks(view)) => {
            let line = Line::new("contexts test").value(&view.name);
            Ok(line.in_context(model.session.config_words()))
        }
        Some(Screen::Connect(_)) => Err("it is not connected yet".to_owned()),
        Some(Screen::Wizard) => migrating(model, false),
        Some(Screen::Run(view)) if view.is_dry => migrating(model, true),
        Some(Screen::Run(_) | Screen::Runs(_)) => {
            runs::command_words(model).map_or_else(nothing, |words| Ok(Line::default().all(&words).of(model)))
        }
        Some(Screen::Rollback(view)) => match view.target() {
            Some(step) => Ok(Line::new("migrate rollback")
                .value(&view.run)
                .flag("--to", Some(step))
                .of(model)),
            None => nothing(),
        },
    }
}

/// The command that does what a dialog asks about.
fn asked(model: &Model, dialog: &Dialog) -> Result<String, String> {
    let context = model.session.lead_words();
    let release = model
        .instance
        .value()
        .map_or(Release::DEFAULT, |instance| instance.release);
    match &dialog.question {
        Question::Deed { deed, .. } => Ok(deed.command(context, release)),
        Question::Rehearse => Ok(Line::new("rehearsal up").of(model)),
        Question::DisableDefault | Question::StartRun => migrating(model, false),
        Question::Resume { run, from } => Ok(Line::new("migrate resume").value(run).flag("--from", *from).of(model)),
        Question::Rollback { run, to } => Ok(Line::new("migrate rollback")
            .value(run)
            .flag("--to", Some(to))
            .of(model)),
        Question::Unlock => Err("it unlocks this console; commands ask for themselves".to_owned()),
        Question::Discard { .. } => Err("it changes nothing on the instance".to_owned()),
    }
}

/// The command that writes a snapshot of these tenants, or of all where none is named, into a file.
pub(super) fn exporting(model: &Model, scopes: &[TenantScope], file: &str) -> String {
    let line = Line::new("export snapshot");
    let line = scopes
        .iter()
        .fold(line, |line, scope| line.flag("--tenant", Some(scope)));
    format!("{} > {}", line.of(model), shell_quote(file))
}

/// The command that compares a file with a tenant of this context, or with all of it. It names a context, so that there is
/// none where the instance was named in another way.
pub(super) fn comparing_with(model: &Model, file: &str, scope: Option<&TenantScope>) -> String {
    let (words, context) = (model.session.lead_words(), &model.session.context);
    if words.iter().any(|word| word == "--host" || word == "--store") {
        return String::new();
    }
    let here = scope.map_or_else(|| context.clone(), |scope| format!("{context}/{scope}"));
    Line::new("diff").value(file).value(&here).of(model)
}

/// The command that carries out what was answered in the wizard.
fn migrating(model: &Model, is_dry: bool) -> Result<String, String> {
    let Some(wizard) = model.wizard.as_ref() else {
        return nothing();
    };
    let choices = wizard.choices();
    if choices.backup == BackupChoice::Elsewhere {
        return Err("that a backup was made elsewhere is said in a file; see `migrate run --plan`".to_owned());
    }
    let words = choices.words(&model.session.context);
    let mut line = Line::new("migrate run").all(&words);
    if is_dry {
        line = line.words("--dry-run");
    }
    Ok(line.of(model))
}

fn of_records(model: &Model, view: &RecordsView) -> Result<String, String> {
    let line = match &view.kind {
        RecordsKind::Accounts => Line::new("users list").place(None),
        RecordsKind::Person { scope, user, .. } => Line::new("users get").value(&user.username).place(scope.as_ref()),
        RecordsKind::Members { tenant, group } => Line::new("users groups get")
            .value(&group.id)
            .flag("--tenant", Some(tenant)),
        RecordsKind::Tokens { scope, owner } => Line::new("users tokens list")
            .value(&owner.username)
            .place(scope.as_ref()),
        RecordsKind::Invitations { tenant } => Line::new("users invitations list").flag("--tenant", Some(tenant)),
        RecordsKind::Audit { scope, query, username } => {
            let mut line = Line::new("audit list").place(scope.as_ref());
            line = line.flag("--user", username.as_ref());
            for resource in &query.resources {
                line = line.flag("--resource", Some(resource));
            }
            let moment = |at: i64| jiff::Timestamp::from_millisecond(at).ok();
            line = line.flag("--action", query.action.as_ref().map(|action| action.to_lowercase()));
            line = line.flag("--since", query.from.and_then(moment));
            line = line.flag("--until", query.until.and_then(moment));
            match &query.text {
                Some(text) => line.value(text),
                None => line,
            }
        }
        // What was done is more use than the list of it.
        RecordsKind::Activity => {
            let Some(record) = view.selected() else {
                return nothing();
            };
            return match &record.item {
                Item::Change(command) => Ok(command.clone()),
                _ => Err("no command was noted".to_owned()),
            };
        }
    };
    let is_list = !matches!(view.kind, RecordsKind::Person { .. } | RecordsKind::Members { .. });
    Ok(line
        .flag("--filter", filter_of(&view.list).filter(|_| is_list))
        .of(model))
}

/// The filter of a list, as it was typed.
fn filter_of(list: &TabList) -> Option<&str> {
    list.filter.is_active().then(|| list.filter.line.text().trim())
}

/// The address of what is on screen in Kestra's web interface: of its tenant, as the interface's other addresses are not
/// established. Since 0.23 each has a tenant in it; the default tenant, which is older, has none.
pub fn address(model: &Model) -> Result<String, String> {
    let Some(base) = model.session.url.as_deref() else {
        return Err("a local instance has no web interface".to_owned());
    };
    let scope = match model.screens.last() {
        Some(Screen::Access(view)) => Some(view.scope.clone()),
        Some(Screen::WhoCan(view)) => Some(view.scope.clone()),
        _ => super::people::tenant(model),
    };
    let place = match scope {
        Some(TenantScope::Named(id)) => format!("{}/", encoded(id.as_str())),
        Some(TenantScope::Default) => String::new(),
        None => return nothing(),
    };
    Ok(format!("{}/ui/{place}flows", base.trim_end_matches('/')))
}

/// A part of a path, with everything encoded that is not surely itself.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
