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
use super::super::topics::{PROGRAM, TOPICS, topic};
use super::palette::{Line, carry_out, first_argument, offered, read, surplus, unknown};
use super::{copy, lists, places};

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
    if kind == MenuKind::Palette
        && let [Overlay::Page(_)] = model.overlays.as_slice()
    {
        scopes.extend(model.scopes_below());
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
    let mut text = model.keymap.shown(&[Scope::Global], &topic.body());
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
        .map(|row| Line::only(row.id, row.argument));
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
    // What is none of a page closes that, and not what else lies over the screen.
    let is_over_page = is_palette && matches!(model.overlays.last(), Some(Overlay::Page(_)));
    if is_over_page && offered(&model.scopes()).all(|command| command.id != wanted.id) {
        model.overlays.pop();
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
        places::tell_no_row(model, number);
    }
}
