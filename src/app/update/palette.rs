//! Lines of the palette: which command one names, and with what; and carrying it out.

use crate::domain::count::listed;
use crate::domain::nearest::nearest;

use super::super::ahead::Typed;
use super::super::command::{COMMANDS, Command, CommandId, Scope, command, named};
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::records::RecordsKind;
use super::super::screen::Screen;
use super::{ahead, entries, keys};

/// The commands that can be run from a place by their names.
pub(super) fn offered(scopes: &[Scope]) -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().filter(|command| is_offered(command, scopes))
}

/// Whether a command can be run from a place by its name.
fn is_offered(command: &Command, scopes: &[Scope]) -> bool {
    let is_free = command.anywhere && scopes.contains(&Scope::Global);
    let leads = leads_elsewhere(command.id) && scopes.first() == Some(&Scope::Form);
    is_free || leads || command.scopes.iter().any(|scope| scopes.contains(scope))
}

/// Whether a command only looks, or leads elsewhere: a form stays as it is under what it shows, is asked about, or is kept.
fn leads_elsewhere(id: CommandId) -> bool {
    matches!(
        id,
        CommandId::GoTenants
            | CommandId::GoRoles
            | CommandId::GoRuns
            | CommandId::GoMessages
            | CommandId::GoContexts
            | CommandId::Migration
            | CommandId::Problem
            | CommandId::Kept
    )
}

/// What a line of the palette asks for.
pub(super) struct Line<'a> {
    pub(super) id: CommandId,
    argument: &'a str,
    /// A command for what it leads to.
    then: &'a str,
    /// A filter for what it leads to.
    filter: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// A command with its argument, and nothing for what it leads to.
    pub(super) fn only(id: CommandId, argument: &'a str) -> Self {
        Self {
            id,
            argument,
            then: "",
            filter: None,
        }
    }
}

/// Runs a line of the palette as if it had been typed there.
pub fn run_line(model: &mut Model, line: &str, effects: &mut Vec<Effect>) {
    let scopes = model.scopes();
    match read(line.trim(), &scopes) {
        Some(wanted) => match surplus(&wanted) {
            Some(words) => model.messages.tell(model.now, Level::Warning, words),
            None => carry_out(model, &wanted, effects),
        },
        None => unknown(model, line, &scopes),
    }
}

/// Does what a line asks for.
pub(super) fn carry_out(model: &mut Model, wanted: &Line<'_>, effects: &mut Vec<Effect>) {
    if wanted.id == CommandId::SwitchTo {
        // What follows the name of the context is for when it has been opened.
        let then = match wanted.filter {
            Some(filter) if wanted.then.is_empty() => format!("tenants /{filter}"),
            Some(filter) => format!("{} /{filter}", wanted.then),
            None => wanted.then.to_owned(),
        };
        model.then = (!then.is_empty()).then_some(then);
        keys::command(model, wanted.id, wanted.argument, effects);
        return;
    }
    // What leads elsewhere leaves lines that are typed over the screen first, unless that asks, or they are kept.
    let leaves = leads_elsewhere(wanted.id) && !matches!(wanted.id, CommandId::Problem | CommandId::Kept);
    if leaves && entries::entry_mut(model).is_some() {
        entries::leave(model, effects);
        if !model.overlays.is_empty() {
            return;
        }
    }
    let is_there = wanted.filter.is_some() && is_on_screen(model, wanted.id);
    if !is_there && keys::command(model, wanted.id, wanted.argument, effects).is_some() {
        // The filter was for what it leads to.
        return;
    }
    if let Some(filter) = wanted.filter {
        if model.ahead.is_some() {
            ahead::keep(model, Typed::Command(CommandId::Filter, filter.to_owned()));
        } else if model.scopes().iter().any(|scope| in_scope(CommandId::Filter, *scope)) {
            keys::command(model, CommandId::Filter, filter, effects);
        } else {
            let text = "Nothing was filtered: there is no list here";
            model.messages.tell(model.now, Level::Warning, text);
        }
    }
}

fn in_scope(id: CommandId, scope: Scope) -> bool {
    command(id).is_some_and(|command| command.scopes.contains(&scope))
}

/// Whether what a command leads to is on screen already.
pub fn is_on_screen(model: &Model, id: CommandId) -> bool {
    match (id, model.screens.last()) {
        (CommandId::GoTenants, None)
        | (CommandId::GoMessages, Some(Screen::Messages(_)))
        | (CommandId::GoContexts, Some(Screen::Contexts(_)))
        | (CommandId::GoRuns, Some(Screen::Runs(_))) => true,
        (CommandId::Activity, Some(Screen::Records(view))) => view.kind == RecordsKind::Activity,
        (CommandId::InstanceUsers, Some(Screen::Records(view))) => view.kind == RecordsKind::Accounts,
        (CommandId::InstanceAudit, Some(Screen::Records(view))) => {
            matches!(view.kind, RecordsKind::Audit { scope: None, .. })
        }
        _ => false,
    }
}

/// The command that a line names where one is.
pub fn command_in(model: &Model, line: &str) -> Option<CommandId> {
    command_among(&model.scopes(), line)
}

/// The command that a line names at a place.
pub fn command_among(scopes: &[Scope], line: &str) -> Option<CommandId> {
    read(line.trim(), scopes).map(|wanted| wanted.id)
}

/// What a line asks for: a command by its name, what follows that, and behind a slash a filter for what it leads to. A text or
/// the path of a file is all that follows, with its slashes; a name may stand in quotes.
pub(super) fn read<'a>(line: &'a str, scopes: &[Scope]) -> Option<Line<'a>> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let is_meant = |command: &&Command| leads_out(command.id) || is_offered(command, scopes);
    let command = named(word).filter(is_meant)?;
    let (id, rest) = (command.id, rest.trim());
    match command.argument {
        Some("TEXT") => return Some(Line::only(id, rest)),
        Some("FILE") => {
            let (argument, rest_of_it) = first_argument(rest);
            return Some(Line::only(id, if rest_of_it.is_empty() { argument } else { rest }));
        }
        _ => {}
    }
    let (first, after) = first_argument(rest);
    let is_quoted = rest.starts_with('"') && first != rest;
    let (before, filter) = match if is_quoted { after } else { rest } {
        rest if rest.starts_with('/') => ("", rest.strip_prefix('/')),
        rest => match rest.split_once(" /") {
            Some((before, filter)) => (before.trim(), Some(filter)),
            None => (rest, None),
        },
    };
    let (argument, then) = match id {
        CommandId::SwitchTo if is_quoted => (first, before),
        CommandId::SwitchTo => first_argument(before),
        _ if is_quoted && before.is_empty() => (first, ""),
        _ if is_quoted => (rest, ""),
        _ => (before, ""),
    };
    Some(Line {
        id,
        argument,
        then,
        filter,
    })
}

/// The first word, or what stands in quotes in its place, and what follows.
pub(super) fn first_argument(text: &str) -> (&str, &str) {
    let quoted = text.strip_prefix('"').and_then(|text| text.split_once('"'));
    let (first, rest) = quoted
        .or_else(|| text.split_once(char::is_whitespace))
        .unwrap_or((text, ""));
    (first, rest.trim())
}

/// Whether a command leads out of every place, a form and a question too.
fn leads_out(id: CommandId) -> bool {
    matches!(
        id,
        CommandId::Quit | CommandId::Help | CommandId::SwitchTo | CommandId::Migration
    )
}

/// What to say where something follows the name of a command that takes nothing.
pub(super) fn surplus(wanted: &Line<'_>) -> Option<String> {
    let command = command(wanted.id).filter(|command| command.argument.is_none() && !wanted.argument.is_empty())?;
    let is_of_place = command.beside || command.scopes.contains(&Scope::Global);
    let what = if is_of_place {
        ""
    } else {
        "; it is about what is selected"
    };
    Some(format!("Not done: `{}` takes nothing after it{what}", command.name))
}

/// The name of a command that somebody may have meant by the first word of a line.
pub fn nearest_command(scopes: &[Scope], line: &str) -> Option<&'static str> {
    // One letter is like every other, and was meant as a key.
    let word = line.split_whitespace().next().filter(|word| word.len() > 1)?;
    let listed = offered(scopes).filter(|command| command.listed);
    nearest(word, listed.map(|command| command.name))
}

/// What is said where a line names a command that other places have.
pub fn elsewhere(scopes: &[Scope], line: &str) -> Option<String> {
    let word = line.split_whitespace().next()?;
    let command = named(word).filter(|command| command.listed && !is_offered(command, scopes))?;
    let places: Vec<&str> = command.scopes.iter().map(|scope| scope.word()).collect();
    Some(format!(
        "There is no command `{word}` here; it belongs to {}",
        listed(&places)
    ))
}

/// Says that a line names no command.
pub(super) fn unknown(model: &mut Model, line: &str, scopes: &[Scope]) {
    let word = line.split_whitespace().next().unwrap_or_default();
    if scopes.first() == Some(&Scope::Form) && named(word).is_some() {
        let text = format!("Not now: a form is open; <esc> leaves it, and `{word}` can be done then");
        model.messages.tell(model.now, Level::Warning, text);
        return;
    }
    let text = elsewhere(scopes, line).unwrap_or_else(|| {
        let end = nearest_command(scopes, line).map_or_else(
            || "; <?> lists what there is".to_owned(),
            |name| format!("; did you mean `{name}`?"),
        );
        format!("There is no command `{word}` here{end}")
    });
    model.messages.tell(model.now, Level::Warning, text);
}
