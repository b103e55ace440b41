//! The palette, the help and the actions: what they list, and what running a line does.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::domain::nearest::nearest;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;

use super::super::command::{Availability, COMMANDS, Command, CommandId, Scope, command, named, on_offer};
use super::super::cursor::{Cursor, Motion};
use super::super::effect::{Effect, Request};
use super::super::line_edit::LineEdit;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Menu, MenuKind, MenuRow, Overlay, Page};
use super::super::records::RecordsKind;
use super::super::screen::Screen;
use super::super::topics::{PROGRAM, TOPICS, topic};
use super::{copy, entries, keys, lists};

/// How many lines of the palette are kept.
const HISTORY: usize = 50;

/// Opens the palette, the help or the actions over the screen.
pub fn open(model: &mut Model, kind: MenuKind, effects: &mut Vec<Effect>) {
    let mut scopes = model.scopes();
    // The palette offers what the place offers, even while a filter is typed.
    if scopes.first() == Some(&Scope::Filter) {
        if let Some(filter) = model.filter_mut() {
            filter.editing = false;
        }
        scopes = model.scopes();
    }
    if kind == MenuKind::Palette && model.context_names.is_none() && model.naming_contexts.is_none() {
        // By the time one is typed it can be completed.
        let (job, effect) = model.ask(Request::Contexts);
        model.naming_contexts = Some(job);
        effects.push(effect);
    }
    let about = if kind == MenuKind::Actions {
        copy::subject_name(model).unwrap_or_default()
    } else {
        String::new()
    };
    let menu = Menu {
        kind,
        about,
        line: LineEdit::default(),
        rows: Vec::new(),
        cursor: Cursor::default(),
        scopes,
        history_at: None,
        most: [0; 2],
    };
    model.overlays.push(Overlay::Menu(Box::new(menu)));
    changed(model);
}

/// Shows a page of the help by its name.
pub fn show_topic(model: &mut Model, name: &str) {
    let Some(topic) = topic(name) else {
        let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
        let end = nearest(name, names.iter().copied())
            .map_or_else(|| names.join(", "), |near| format!("did you mean `{near}`?"));
        let text = format!("Write the name of a page after it: {end}");
        model.messages.tell(model.now, Level::Warning, text);
        return;
    };
    let mut text = model.keyed_below(&topic.body());
    if topic.name == PROGRAM {
        let lines = model
            .session
            .program
            .iter()
            .map(|(what, where_)| format!("{what}: {where_}"));
        text.extend(lines.map(|line| format!("\n\n{line}")));
    }
    model
        .overlays
        .push(Overlay::Page(Page::new(topic.title().to_owned(), text)));
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
        MenuKind::Actions => action_rows(&scopes, &text),
        MenuKind::Palette => palette_rows(&scopes, &text),
    };
    let row = |command: &Command| {
        let disabled = match on_offer(model, command.id) {
            Availability::Ready => None,
            Availability::Disabled(reason) => Some(model.keymap.shown(&scopes, &reason)),
            Availability::Hidden => return None,
        };
        Some(MenuRow {
            id: command.id,
            argument: "",
            here: is_here(command, &scopes),
            disabled,
        })
    };
    let mut rows: Vec<MenuRow> = found.into_iter().filter_map(row).collect();
    if kind == MenuKind::Help
        && scopes
            .iter()
            .any(|scope| Scope::Global == *scope || Scope::Form == *scope)
    {
        let wanted = text.to_lowercase();
        let topics = TOPICS
            .iter()
            .filter(|topic| topic.name.contains(&wanted) || topic.text.to_lowercase().contains(&wanted));
        rows.extend(topics.map(|topic| MenuRow {
            id: CommandId::Topic,
            argument: topic.name,
            here: false,
            disabled: None,
        }));
    }
    if let Some(menu) = menu_mut(model) {
        let here = rows.iter().filter(|row| row.here).count();
        let [most_here, most_everywhere] = menu.most;
        menu.most = [most_here.max(here), most_everywhere.max(rows.len() - here)];
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

/// Whether a command does something with what is selected in this place.
fn acts(command: &Command, scopes: &[Scope]) -> bool {
    command.listed && !command.beside && is_here(command, scopes)
}

/// Whether something can be done with what is selected.
pub fn acts_here(model: &Model) -> bool {
    // A menu that offers it is about the place under it.
    let scopes = menu(model).map_or_else(|| model.scopes(), |menu| menu.scopes.clone());
    let mut commands = offered(&scopes).filter(|command| acts(command, &scopes));
    // The menu is about what has an object; a screen that only shows has none.
    commands.any(|command| command.id != CommandId::CopyCommand)
}

/// What can be done with what is selected.
fn action_rows(scopes: &[Scope], text: &str) -> Vec<&'static Command> {
    let rows = help_rows(scopes, text).into_iter();
    rows.filter(|command| acts(command, scopes)).collect()
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
    let mut rows: Vec<&Command> = offered(scopes)
        .filter(|command| command.id != CommandId::Topic)
        .filter(matches)
        .collect();
    sorting::by_key(&mut rows, |command| !is_here(command, scopes));
    rows
}

/// What matches the first word best comes first.
fn palette_rows(scopes: &[Scope], text: &str) -> Vec<&'static Command> {
    let word = text.split_whitespace().next().unwrap_or_default();
    let listed = offered(scopes).filter(|command| command.listed);
    if word.is_empty() {
        let mut rows: Vec<&Command> = listed.collect();
        sorting::by_key(&mut rows, |command| !is_here(command, scopes));
        return rows;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(word, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut score = |text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher);
    let wanted = word.to_lowercase();
    let mut rows: Vec<(u32, &Command)> = listed
        .filter_map(|command| {
            let by_name = score(command.name).map(|score| score * 4);
            let by_title = score(command.title).map(|score| score * 3);
            // Letters scattered over a sentence are no name that somebody meant.
            let by_doc = command.doc.to_lowercase().contains(&wanted).then_some(1);
            let exact = command.is_called(word).then_some(10_000);
            let score = [by_name, by_title, by_doc, exact].into_iter().flatten().max()?;
            Some((score, command))
        })
        .collect();
    sorting::by_key(&mut rows, |(score, command)| (std::cmp::Reverse(*score), command.name));
    rows.into_iter().map(|(_, command)| command).collect()
}

/// Moves the selection; in the palette, going up from an untouched line goes back in the history.
pub fn go(model: &mut Model, motion: Motion) {
    let (size, history) = (model.size, model.history.clone());
    let Some(menu) = menu_mut(model) else { return };
    let height = menu.rows_in_view(size);
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
    if menu.kind != MenuKind::Palette {
        // There is nothing to complete: it goes to what can be done everywhere, and back.
        let other = menu.rows.iter().position(|row| !row.here).unwrap_or(0);
        let to = if menu.cursor.at() < other { other } else { 0 };
        let (length, height) = (menu.rows.len(), menu.rows_in_view(model.size));
        if let Some(menu) = menu_mut(model) {
            menu.cursor.select(to, length, height);
        }
        return;
    }
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
        CommandId::SwitchTo => {
            let quoted = |name: &str| {
                let quote = if name.contains(char::is_whitespace) { "\"" } else { "" };
                format!("{quote}{name}{quote}")
            };
            let mut names = model.context_names.iter().flatten();
            let (context, command) = first_argument(typed);
            if command.is_empty() || !names.clone().any(|name| name == context) {
                let begun = typed.trim_matches('"');
                return names.find(|name| name.starts_with(begun)).map(|name| quoted(name));
            }
            // A command of that context follows.
            COMMANDS
                .iter()
                .filter(|row| row.listed && row.scopes.contains(&Scope::Global))
                .find(|row| row.name.starts_with(command))
                .map(|row| format!("{} {}", quoted(context), row.name))
        }
        CommandId::Topic => {
            let mut topics = TOPICS.iter();
            topics
                .find(|topic| topic.name.starts_with(typed))
                .map(|topic| topic.name.to_owned())
        }
        CommandId::OpenTenant => {
            let default = model
                .tenants
                .has_default()
                .then(|| TenantScope::DEFAULT_WORD.to_owned());
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

/// What a line of the palette asks for.
struct Line<'a> {
    id: CommandId,
    argument: &'a str,
    /// A command for what it leads to.
    then: &'a str,
    /// A filter for what it leads to.
    filter: Option<&'a str>,
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
        .map(|row| Line {
            id: row.id,
            argument: row.argument,
            then: "",
            filter: None,
        });
    let typed = if is_palette { read(&line, &menu.scopes) } else { None };
    // Who has gone down the list means what is selected there.
    let is_chosen = menu.cursor.at() > 0;
    let wanted = if is_chosen {
        selected.or(typed)
    } else {
        typed.or(selected)
    };
    let Some(wanted) = wanted else {
        let scopes = menu.scopes.clone();
        unknown(model, &line, &scopes);
        return;
    };
    if let Some(words) = surplus(&wanted) {
        model.messages.tell(model.now, Level::Warning, words);
        return;
    }
    model.overlays.pop();
    if is_palette && !line.is_empty() {
        model.history.retain(|old| old != &line);
        model.history.push(line.clone());
        let over = model.history.len().saturating_sub(HISTORY);
        model.history.drain(..over);
    }
    carry_out(model, &wanted, effects);
}

/// Runs the row of this number, from 1, or says that there is none.
pub fn choose(model: &mut Model, number: usize, effects: &mut Vec<Effect>) {
    let size = model.size;
    let Some(menu) = menu_mut(model) else { return };
    let (length, height) = (menu.rows.len(), menu.rows_in_view(size));
    if (1..=length).contains(&number) {
        menu.cursor.select(number - 1, length, height);
        run(model, effects);
    } else {
        let text = format!("There is no row {number} here");
        model.messages.tell(model.now, Level::Warning, text);
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

fn carry_out(model: &mut Model, wanted: &Line<'_>, effects: &mut Vec<Effect>) {
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
    if wanted.filter.is_none() || !is_on_screen(model, wanted.id) {
        keys::command(model, wanted.id, wanted.argument, effects);
    }
    if let Some(filter) = wanted.filter {
        if model.scopes().iter().any(|scope| in_scope(CommandId::Filter, *scope)) {
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
    read(line.trim(), &model.scopes()).map(|wanted| wanted.id)
}

/// What a line asks for: a command by its name, what follows that, and behind a slash a filter for what it leads to. A text or
/// the path of a file is all that follows, with its slashes; a name may stand in quotes.
fn read<'a>(line: &'a str, scopes: &[Scope]) -> Option<Line<'a>> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let is_meant = |command: &&Command| leads_out(command.id) || is_offered(command, scopes);
    let command = named(word).filter(is_meant)?;
    let (id, rest) = (command.id, rest.trim());
    let whole = |argument| Line {
        id,
        argument,
        then: "",
        filter: None,
    };
    match command.argument {
        Some("TEXT") => return Some(whole(rest)),
        Some("FILE") => {
            let (argument, rest_of_it) = first_argument(rest);
            return Some(whole(if rest_of_it.is_empty() { argument } else { rest }));
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
fn first_argument(text: &str) -> (&str, &str) {
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
fn surplus(wanted: &Line<'_>) -> Option<String> {
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
    let word = line.split_whitespace().next()?;
    let listed = offered(scopes).filter(|command| command.listed);
    nearest(word, listed.map(|command| command.name))
}

fn unknown(model: &mut Model, line: &str, scopes: &[Scope]) {
    let word = line.split_whitespace().next().unwrap_or_default();
    let end = nearest_command(scopes, line).map_or_else(
        || "; <?> lists what there is".to_owned(),
        |name| format!("; did you mean `{name}`?"),
    );
    let text = format!("There is no command `{word}` here{end}");
    model.messages.tell(model.now, Level::Warning, text);
}
