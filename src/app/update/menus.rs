//! The palette and the help: what they list, and what running a line does.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::domain::nearest::nearest;
use crate::domain::tenant::TenantScope;

use super::super::command::{Availability, COMMANDS, Command, CommandId, Scope, availability, command, named};
use super::super::cursor::{Cursor, Motion};
use super::super::effect::Effect;
use super::super::geometry::Size;
use super::super::key_words::shown;
use super::super::line_edit::LineEdit;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Menu, MenuKind, MenuRow, Overlay};
use super::{keys, lists};

/// Lines of the menu that are in view.
pub fn rows_in_view(size: Size) -> usize {
    usize::from(size.height.saturating_sub(8)).max(1)
}

/// Opens the palette or the help over the screen.
pub fn open(model: &mut Model, kind: MenuKind) {
    let mut scopes = model.scopes();
    // The palette offers what the place offers, even while a filter is typed.
    if scopes.first() == Some(&Scope::Filter) {
        if let Some(filter) = model.filter_mut() {
            filter.editing = false;
        }
        scopes = model.scopes();
    }
    let menu = Menu {
        kind,
        line: LineEdit::default(),
        rows: Vec::new(),
        cursor: Cursor::default(),
        scopes,
        history_at: None,
    };
    model.overlays.push(Overlay::Menu(Box::new(menu)));
    changed(model);
}

fn menu(model: &Model) -> Option<&Menu> {
    match model.overlays.last() {
        Some(Overlay::Menu(menu)) => Some(menu),
        _ => None,
    }
}

fn menu_mut(model: &mut Model) -> Option<&mut Menu> {
    match model.overlays.last_mut() {
        Some(Overlay::Menu(menu)) => Some(menu),
        _ => None,
    }
}

/// Finds anew what matches the line.
pub fn changed(model: &mut Model) {
    let Some(menu) = menu(model) else { return };
    let (kind, scopes) = (menu.kind, menu.scopes.clone());
    let text = menu.line.text().to_owned();
    let found: Vec<&Command> = match kind {
        MenuKind::Help => help_rows(&scopes, &text),
        MenuKind::Palette => palette_rows(&scopes, &text),
    };
    let rows: Vec<MenuRow> = found
        .into_iter()
        .filter_map(|command| {
            let disabled = match availability(model, command.id) {
                Availability::Ready => None,
                Availability::Disabled(reason) => Some(shown(&reason)),
                Availability::Hidden => return None,
            };
            Some(MenuRow {
                id: command.id,
                here: is_here(command, &scopes),
                disabled,
            })
        })
        .collect();
    if let Some(menu) = menu_mut(model) {
        menu.rows = rows;
        menu.cursor = Cursor::default();
    }
}

fn is_here(command: &Command, scopes: &[Scope]) -> bool {
    let local = |scope: &&Scope| !matches!(scope, Scope::Global | Scope::Everywhere | Scope::List);
    let is_global = command.scopes.contains(&Scope::Global);
    !is_global && scopes.iter().filter(local).any(|scope| command.scopes.contains(scope))
}

fn offered(scopes: &[Scope]) -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().filter(|command| is_offered(command, scopes))
}

/// Whether a command can be run from a place by its name.
fn is_offered(command: &Command, scopes: &[Scope]) -> bool {
    let is_free = command.anywhere && scopes.contains(&Scope::Global);
    is_free || command.scopes.iter().any(|scope| scopes.contains(scope))
}

/// Everything that can be done: what belongs to this place, then what can be done everywhere.
fn help_rows(scopes: &[Scope], text: &str) -> Vec<&'static Command> {
    let wanted = text.to_lowercase();
    let matches = |command: &&Command| {
        [command.name, command.title, command.doc]
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
            || command.keys.contains(&text)
    };
    let mut rows: Vec<&Command> = offered(scopes).filter(matches).collect();
    rows.sort_by_key(|command| !is_here(command, scopes));
    rows
}

/// What matches the first word best comes first.
fn palette_rows(scopes: &[Scope], text: &str) -> Vec<&'static Command> {
    let word = text.split_whitespace().next().unwrap_or_default();
    let listed = offered(scopes).filter(|command| command.listed);
    if word.is_empty() {
        let mut rows: Vec<&Command> = listed.collect();
        rows.sort_by_key(|command| !is_here(command, scopes));
        return rows;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(word, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut score = |text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher);
    let mut rows: Vec<(u32, &Command)> = listed
        .filter_map(|command| {
            let by_name = score(command.name).map(|score| score * 4);
            let by_title = score(command.title).map(|score| score * 3);
            let by_doc = score(command.doc);
            let exact = u32::from(command.name == word) * 10_000;
            [by_name, by_title, by_doc]
                .into_iter()
                .flatten()
                .max()
                .map(|score| (score + exact, command))
        })
        .collect();
    rows.sort_by_key(|(score, command)| (std::cmp::Reverse(*score), command.name));
    rows.into_iter().map(|(_, command)| command).collect()
}

/// Moves the selection; in the palette, going up from an untouched line goes back in the history.
pub fn go(model: &mut Model, motion: Motion) {
    let height = rows_in_view(model.size);
    let history = model.history.clone();
    let Some(menu) = menu_mut(model) else { return };
    let in_history = menu.kind == MenuKind::Palette
        && !history.is_empty()
        && (menu.history_at.is_some() || (menu.line.is_empty() && motion == Motion::Up && menu.cursor.at() == 0));
    if !in_history {
        let length = menu.rows.len();
        menu.cursor.go(motion, length, height);
        return;
    }
    let at = menu.history_at.unwrap_or(history.len());
    let to = if motion == Motion::Up {
        at.saturating_sub(1)
    } else {
        at + 1
    };
    menu.history_at = (to < history.len()).then_some(to);
    menu.line = LineEdit::new(history.get(to).map_or("", String::as_str));
    let keep = menu.history_at;
    changed(model);
    if let Some(menu) = menu_mut(model) {
        menu.history_at = keep;
    }
}

/// Completes what is being typed: the name of the selected command, ready for its argument, or the argument itself.
pub fn complete(model: &mut Model) {
    let Some(menu) = menu(model) else { return };
    let text = menu.line.text();
    let completed = match text.split_once(char::is_whitespace) {
        Some((name, typed)) => argument(model, name, typed.trim()).map(|argument| format!("{name} {argument}")),
        None => menu
            .rows
            .get(menu.cursor.at())
            .and_then(|row| command(row.id))
            .map(|command| format!("{}{}", command.name, if command.argument.is_some() { " " } else { "" })),
    };
    if let Some(completed) = completed
        && let Some(menu) = menu_mut(model)
    {
        menu.line = LineEdit::new(completed);
        changed(model);
    }
}

/// The first argument of a command that begins as it was typed, among those that are known here.
fn argument(model: &Model, name: &str, typed: &str) -> Option<String> {
    match named(name)?.id {
        CommandId::OpenTenant => {
            let default = model.tenants.has_default.then(|| TenantScope::DEFAULT_WORD.to_owned());
            let ids = model.tenants.held().map(|row| row.tenant.id.to_string());
            default.into_iter().chain(ids).find(|id| id.starts_with(typed))
        }
        CommandId::Sort => {
            let (sign, typed) = typed.strip_prefix('-').map_or(("", typed), |typed| ("-", typed));
            let columns = lists::columns(model);
            let column = columns.iter().find(|column| column.starts_with(typed))?;
            Some(format!("{sign}{column}"))
        }
        _ => None,
    }
}

/// Runs what is typed, or the selected line.
pub fn run(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(menu) = menu(model) else { return };
    let is_palette = menu.kind == MenuKind::Palette;
    let line = menu.line.text().trim().to_owned();
    // A line with an argument means the command it names, never one that merely resembles it.
    let has_argument = is_palette && line.contains(char::is_whitespace);
    let selected = menu
        .rows
        .get(menu.cursor.at())
        .filter(|_| !has_argument)
        .map(|row| (row.id, ""));
    let typed = if is_palette { read(&line, &menu.scopes) } else { None };
    let Some((id, argument)) = typed.or(selected) else {
        let scopes = menu.scopes.clone();
        unknown(model, &line, &scopes);
        return;
    };
    model.overlays.pop();
    if is_palette && !line.is_empty() {
        model.history.retain(|old| old != &line);
        model.history.push(line.clone());
    }
    keys::command(model, id, argument, effects);
}

/// Runs a line of the palette as if it had been typed there.
pub fn run_line(model: &mut Model, line: &str, effects: &mut Vec<Effect>) {
    let scopes = model.scopes();
    match read(line.trim(), &scopes) {
        Some((id, argument)) => keys::command(model, id, argument, effects),
        None => unknown(model, line, &scopes),
    }
}

/// The command that a line names, and its argument.
fn read<'a>(line: &'a str, scopes: &[Scope]) -> Option<(CommandId, &'a str)> {
    let (word, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let in_scope = |command: &&Command| is_offered(command, scopes);
    let id = alias(word).or_else(|| named(word).filter(in_scope).map(|command| command.id))?;
    Some((id, argument.trim()))
}

fn unknown(model: &mut Model, line: &str, scopes: &[Scope]) {
    let word = line.split_whitespace().next().unwrap_or_default();
    let listed = offered(scopes).filter(|command| command.listed);
    let end = nearest(word, listed.map(|command| command.name)).map_or_else(
        || "; <?> lists what there is".to_owned(),
        |name| format!("; did you mean `{name}`?"),
    );
    let text = format!("There is no command `{word}` here{end}");
    model.messages.tell(model.now, Level::Warning, text);
}

/// Short names from habit.
fn alias(word: &str) -> Option<CommandId> {
    match word {
        "q" | "q!" | "exit" => Some(CommandId::Quit),
        "h" => Some(CommandId::Help),
        // It leads somewhere from everywhere.
        "migration" | "migrate" => Some(CommandId::Migration),
        _ => None,
    }
}
