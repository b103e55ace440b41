//! The console by lines instead of keys: what a typed line means at the place on screen.

use super::command::{BACK_HAS_FOCUS, CommandId, Scope, command};
use super::form_field::{Editor, FormField};
use super::input::{Key, KeyCode, parse_sequence, print_sequence};
use super::key_words::printed_key;
use super::keymap::Found;
use super::model::Model;
use super::msg::Msg;
use super::overlay::{DialogFocus, Menu, MenuRow, Overlay, Question};
use super::screen::Screen;
use super::tabs::Tab;
use super::tenant_form::Focus;
use super::update::{command_among, command_in, matrix_on_screen};
use super::wizard::WizardPage;
use crate::domain::permission::Action;
use crate::domain::sorting;

/// The messages that a typed line comes to.
///
/// In a list a number opens that row, and a number before a key or command is the row it is about; in a form a line is the
/// value of the field that is asked for, and an empty line keeps it; in a dialog it is what has to be typed; where there is
/// a matrix, a resource and actions name its cells; on a tenant the name of a tab shows that. Everywhere else a line is a key or the name of a command. A key is also
/// known as messages print it.
pub fn messages(model: &Model, line: &str) -> Vec<Msg> {
    let key = |code| pressed(model, code);
    if line.contains(char::is_control) {
        return refused(
            model,
            "A line with a key or a hidden character among its text is not taken",
        );
    }
    // In a form it may be a value.
    let named = printed_key(line).filter(|_| model.scopes().first() != Some(&Scope::Form));
    let trimmed = named.as_deref().unwrap_or_else(|| line.trim());
    match model.overlays.last() {
        Some(Overlay::Page(_)) if trimmed.starts_with('/') => {
            return vec![Msg::Run(format!("search {}", trimmed.replacen('/', "", 1)))];
        }
        Some(Overlay::Page(page)) if page.compared.is_some() && applies(model, trimmed) => {
            return vec![Msg::Run("apply-snapshot".to_owned())];
        }
        Some(Overlay::Page(_)) if trimmed.is_empty() => return vec![key(KeyCode::Esc)],
        Some(Overlay::Page(page)) if page.search.field.editing && named.is_none() && !trimmed.starts_with(':') => {
            return vec![key(KeyCode::Esc), Msg::Run(format!("search {trimmed}"))];
        }
        Some(Overlay::Page(_)) => return over(model, trimmed),
        // It cannot be seen again: nothing but what is said of it closes it, and all else says that again.
        Some(Overlay::Token(shown)) => {
            let named = command_in(model, trimmed.trim_start_matches(':'));
            if trimmed.len() > 1 && named == Some(CommandId::Quit) {
                return vec![if shown.may_go {
                    Msg::Run("quit".to_owned())
                } else {
                    key(KeyCode::Esc)
                }];
            }
            let keys = parse_sequence(trimmed).ok();
            let keys = keys.filter(|_| bound(model, &model.scopes(), trimmed).is_some());
            let keys = keys.unwrap_or_else(|| vec![Key::plain(KeyCode::Enter)]);
            return keys.into_iter().map(Msg::Key).collect();
        }
        Some(Overlay::Entry(entry)) => {
            let mut said = answer(model, line).unwrap_or_else(|| vec![key(KeyCode::Enter)]);
            // What leads elsewhere leaves these lines first; what leaves the program asks about all that would be lost.
            let stays = |id| is_of_forms(id) || id == CommandId::Quit && entry.ahead.is_none();
            if let [Msg::Run(wanted)] = said.as_slice()
                && command_in(model, wanted).is_some_and(|id| !stays(id))
            {
                // Where that asks about what was typed, nothing else is done.
                said.truncate(usize::from(!entry.would_lose()));
                said.insert(0, key(KeyCode::Esc));
                if entry.ahead.is_some() {
                    // What is awaited behind them is stopped before that.
                    said.insert(0, key(KeyCode::Esc));
                }
            }
            return said;
        }
        Some(Overlay::Choice(choice)) => {
            let several: Option<Vec<usize>> = trimmed.split([' ', ',']).map(|word| word.parse().ok()).collect();
            if let Some(numbers) = several.filter(|numbers| choice.takes_many && numbers.len() > 1) {
                // With one that is not there nothing is taken.
                let is_seen = |number: &usize| (1..=choice.seen(model.size)).contains(number);
                if let Some(missing) = numbers.iter().find(|number| !is_seen(number)) {
                    let number = if *missing == 0 {
                        choice.visible.len() + 1
                    } else {
                        *missing
                    };
                    return vec![Msg::Choose(number)];
                }
                let marks = numbers.into_iter().map(Msg::Mark);
                return marks.chain([key(KeyCode::Enter)]).collect();
            }
            return match trimmed.parse::<usize>() {
                Ok(number) => vec![Msg::Choose(number)],
                Err(_) if matches!(trimmed, "" | "esc") => vec![key(KeyCode::Esc)],
                Err(_) if turns_pages(model, trimmed) => {
                    let keys = parse_sequence(trimmed).unwrap_or_default();
                    keys.into_iter().map(Msg::Key).collect()
                }
                // It is said again.
                Err(_) if trimmed == "?" => vec![Msg::Run("repaint".to_owned())],
                Err(_) if trimmed == "-" => vec![Msg::Fill(String::new())],
                Err(_) => leads_out(model, trimmed).unwrap_or_else(|| {
                    let wanted = line.trim();
                    vec![match wanted.strip_prefix(':') {
                        Some(command) => Msg::Run(command.to_owned()),
                        None => Msg::Fill(wanted.to_owned()),
                    }]
                }),
            };
        }
        Some(Overlay::Columns(menu)) => {
            let answer = match trimmed {
                "" => Some(key(KeyCode::Enter)),
                "-" => Some(key(KeyCode::Esc)),
                number => number.parse().ok().map(Msg::Choose),
            };
            let mut said = match answer.or_else(|| at_row(model, trimmed)) {
                Some(answer) => vec![answer],
                None => over(model, trimmed),
            };
            // What leads elsewhere takes none of it.
            if matches!(said.as_slice(), [_, Msg::Run(_)]) && !menu.sorts && menu.rows != model.columns.all(menu.list) {
                said.push(Msg::Noted("The columns were not taken".to_owned()));
            }
            return said;
        }
        Some(Overlay::Menu(menu)) => {
            let close = key(KeyCode::Esc);
            let line = trimmed.trim_start_matches(':');
            // What a row says of itself does what its number does.
            let is_said = |id| {
                let is_name = command(id).is_some_and(|command| command.name == line);
                is_name || keys_listed(model, menu, id).iter().any(|key| *key == trimmed)
            };
            let mut rows = (1..).zip(&menu.rows);
            let said = rows
                .find(|(_, row)| row.argument.is_empty() && is_said(row.id))
                .map(|(number, _)| number);
            let chosen = trimmed.parse::<usize>().ok().or(said);
            let row = chosen.and_then(|number| menu.rows.get(number.checked_sub(1)?));
            if row.is_some_and(|row| sends_by_word(model, menu, row)) {
                return refused(model, &format!("Not now: {BY_WORD}"));
            }
            return match chosen {
                Some(number) => vec![Msg::Choose(number)],
                None if matches!(trimmed, "" | "esc") => vec![close],
                // It is said again.
                None if trimmed == "?" => vec![Msg::Run("repaint".to_owned())],
                // What is none is said to be, and they stay.
                None => {
                    let is_known = command_among(&menu.scopes, line).is_some();
                    let run = Msg::Run(line.to_owned());
                    Some(close).filter(|_| is_known).into_iter().chain([run]).collect()
                }
            };
        }
        Some(Overlay::Dialog(dialog)) => {
            // A name may be that of a key.
            let said = line.trim();
            let typed = match (&dialog.question, &dialog.expected) {
                (_, Some(expected)) => said == expected,
                (
                    Question::Discard { .. }
                    | Question::Deed { .. }
                    | Question::StartRun
                    | Question::Rehearse
                    | Question::Resume { .. }
                    | Question::Rollback { .. },
                    None,
                ) => trimmed.eq_ignore_ascii_case("yes"),
                (_, None) => false,
            };
            let mut keys = Vec::new();
            if !typed && let Some(elsewhere) = leads_out(model, trimmed) {
                return elsewhere;
            }
            if !typed && let Some(run) = in_dialog(model, trimmed) {
                return vec![run];
            }
            if !typed {
                let is_wrong = dialog.sent().is_none() && !matches!(trimmed, "" | "esc" | "n" | "no");
                // What is no name may be a secret that was typed too late.
                let (said, wanted) = match &dialog.expected {
                    Some(expected) => (format!("`{said}`"), expected.as_str()),
                    None => ("That".to_owned(), "yes"),
                };
                let says = is_wrong.then(|| Msg::Mismatch(said, wanted.to_owned()));
                return std::iter::once(key(KeyCode::Esc)).chain(says).collect();
            }
            // Typed once already, it may still wait for what is being found out.
            if !dialog.matches() {
                // Something typed before it was asked may be there.
                keys.push(Msg::Key(Key::ctrl('u')));
                keys.push(Msg::Paste(said.to_owned()));
            }
            if !dialog.matches() || dialog.focus != DialogFocus::Confirm {
                keys.push(key(KeyCode::Tab));
            }
            keys.push(key(KeyCode::Enter));
            return keys;
        }
        None => {}
    }
    let scopes = model.scopes();
    // Where Back has the focus, no key sends what was reviewed, nor leads to where one does; to name the button is to go to it first.
    if model.review().is_some_and(|review| !review.send) {
        let named = || command_in(model, trimmed.trim_start_matches(':'));
        match bound(model, &scopes, trimmed).or_else(named) {
            Some(CommandId::ReviewSend) if matches!(trimmed, "send" | ":send") => {
                return vec![key(KeyCode::Tab), Msg::Run("send".to_owned())];
            }
            Some(CommandId::ReviewSend | CommandId::ReviewSwitch) => {
                return refused(model, "Not now: no key sends it here; the word send does");
            }
            _ => {}
        }
    }
    if scopes.first() == Some(&Scope::Form) {
        // After the last line these are taken.
        let is_last = model.types_tenant() || matches!(model.screens.last(), Some(Screen::Connect(_)));
        let on = if is_last { KeyCode::Enter } else { KeyCode::Tab };
        return answer(model, line).unwrap_or_else(|| vec![key(on)]);
    }
    if let Some(command) = trimmed.strip_prefix(':') {
        // With nothing after it, it asks what there is.
        let command = Some(command.trim()).filter(|command| !command.is_empty());
        return vec![Msg::Run(command.unwrap_or("help").to_owned())];
    }
    if scopes.first() == Some(&Scope::Filter) {
        // What was looked for before goes; nothing typed shows all rows.
        let all = key(KeyCode::Esc);
        let text = line.trim();
        let text = text.strip_prefix('/').unwrap_or(text);
        return if text.is_empty() || matches!(trimmed, "esc" | "/esc") {
            vec![all]
        } else {
            vec![all, Msg::Run(format!("filter {text}"))]
        };
    }
    if trimmed.is_empty() && model.search().is_some_and(|search| search.field.is_active()) {
        return vec![key(KeyCode::Esc)];
    }
    if trimmed.is_empty() {
        // A page without a plan is gone on from; a run is not started by nothing.
        let wizard = model.wizard.as_ref().filter(|_| scopes.contains(&Scope::Wizard));
        let goes_on = wizard.is_some_and(|wizard| wizard.page != WizardPage::Plan);
        return if goes_on { vec![key(KeyCode::Enter)] } else { Vec::new() };
    }
    if let Ok(number) = trimmed.parse::<usize>() {
        return vec![Msg::Choose(number)];
    }
    if let Some(filter) = trimmed.strip_prefix('/') {
        let command = if model.search().is_some() { "search" } else { "filter" };
        return vec![Msg::Run(format!("{command} {filter}"))];
    }
    if let Some(at) = at_row(model, trimmed) {
        return vec![at];
    }
    if let Some(steps) = tab(model, trimmed) {
        return steps;
    }
    let cells = cells(model, trimmed);
    if !cells.is_empty() {
        return cells;
    }
    key_or_command(model, trimmed)
}

/// What a line comes to that is no answer: the keys that it names, or the command, which is said to be none if it is.
fn key_or_command(model: &Model, line: &str) -> Vec<Msg> {
    match parse_sequence(line) {
        Ok(keys) if bound(model, &model.scopes(), line).is_some() => keys.into_iter().map(Msg::Key).collect(),
        _ => vec![Msg::Run(line.to_owned())],
    }
}

/// The same over a place, where it may lead elsewhere. What is no command closes nothing.
fn over(model: &Model, line: &str) -> Vec<Msg> {
    let named = Some(line.trim_start_matches(':').trim()).filter(|named| !named.is_empty());
    leads_out(model, line).unwrap_or_else(|| match named {
        // With nothing after it, a colon asks what there is.
        None | Some("?") => vec![Msg::Run("help".to_owned())],
        Some(named) if named != line => vec![Msg::Run(named.to_owned())],
        Some(line) => key_or_command(model, line),
    })
}

/// What a line comes to that has the number of a row before a key or a command.
fn at_row(model: &Model, line: &str) -> Option<Msg> {
    let (number, rest) = line.split_once(' ')?;
    let (number, rest) = (number.parse().ok()?, rest.trim());
    let key = printed_key(rest);
    let named = bound(model, &model.scopes(), key.as_deref().unwrap_or(rest))
        .and_then(command)
        .map(|command| command.name);
    Some(Msg::RunAt(number, named.unwrap_or(rest).to_owned()))
}

/// Why a list of what can be done does not send what was reviewed, and what does.
pub const BY_WORD: &str = "no key sends it here; back in the review the word send does";

/// Whether a row of such a list is what sends it, where that is said.
pub fn sends_by_word(model: &Model, menu: &Menu, row: &MenuRow) -> bool {
    let is_so = |reason: &String| *reason == model.keymap.shown(&menu.scopes, BACK_HAS_FOCUS);
    row.id == CommandId::ReviewSend && row.disabled.as_ref().is_some_and(is_so)
}

/// What a line of a form comes to, but for an empty one, which keeps what is there: a value, nothing, what is asked for once
/// more, or a command. With its first sign doubled it is a value whatever it looks like. A key that the form names is that
/// key, and a value with a backslash before it.
fn answer(model: &Model, line: &str) -> Option<Vec<Msg>> {
    let trimmed = line.trim();
    let value = |text: &str| Msg::Fill(text.to_owned());
    if let Some(key) = key_in_form(model, trimmed) {
        let is_bound = bound(model, &model.scopes(), &key.to_string()).is_some();
        return Some(if is_bound {
            vec![Msg::Key(key)]
        } else {
            refused(model, "That key does nothing here; with a \\ before it, it is a value")
        });
    }
    if let Some(word) = trimmed.strip_prefix('\\')
        && key_in_form(model, word.trim_start_matches('\\')).is_some()
    {
        return Some(vec![value(word)]);
    }
    Some(vec![match trimmed.strip_prefix(':') {
        _ if trimmed.is_empty() => return None,
        _ if trimmed == "-" => value(""),
        // The place says what the line is for.
        _ if matches!(trimmed, "?" | ":") => Msg::Run("repaint".to_owned()),
        _ if matches!(trimmed, "--" | "??") => value(trimmed.get(1..).unwrap_or_default()),
        Some(doubled) if doubled.starts_with(':') => value(doubled),
        // What is secret is no command that merely cannot be found, which would be told.
        Some(command) if !hides(model) || command_in(model, command).is_some() => Msg::Run(command.trim().to_owned()),
        _ => value(line),
    }])
}

/// The key that a line of a form is, in any case. What no form names and may well be meant as a value, such as `Home`, is one.
fn key_in_form(model: &Model, line: &str) -> Option<Key> {
    let name = printed_key(line)?;
    let key: Key = name.parse().ok()?;
    let is_printed = key.typed().is_none() && (key.ctrl || line.starts_with('<'));
    (is_printed || form_keys(model).contains(&name)).then_some(key)
}

/// What a line comes to that is not taken: why, and in a form what is asked for once more.
fn refused(model: &Model, why: &str) -> Vec<Msg> {
    let again = (model.scopes().first() == Some(&Scope::Form)).then(|| Msg::Run("repaint".to_owned()));
    again.into_iter().chain([Msg::Noted(why.to_owned())]).collect()
}

/// The keys that a form names: those by which it is left and gone through as they are bound, but for those with Ctrl, which all
/// are keys there.
pub fn form_keys(model: &Model) -> Vec<String> {
    const NAMED: [CommandId; 5] = [
        CommandId::FormLeave,
        CommandId::FormNext,
        CommandId::FormPrevious,
        CommandId::FormReview,
        CommandId::FormDifference,
    ];
    let scopes = model.scopes();
    let keys = NAMED.into_iter().filter_map(|id| model.keymap.key_of(id, &scopes));
    keys.filter(|key| !key.starts_with("ctrl-")).collect()
}

/// The message of a key by the table, or of what does the same now.
pub(super) fn pressed(model: &Model, code: KeyCode) -> Msg {
    let key = Key::plain(code);
    let now = model.keymap.now(&model.scopes(), &print_sequence(&[key]));
    match (parse_sequence(&now).as_deref(), now.strip_prefix(':')) {
        (Ok([now]), _) => Msg::Key(*now),
        (_, Some(command)) => Msg::Run(command.to_owned()),
        _ => Msg::Key(key),
    }
}

/// What a line comes to that names a tab of the tenant on screen, as the place does. Of the one that is on screen all is said
/// again. With a colon the same word is the command of that name, where there is one.
fn tab(model: &Model, line: &str) -> Option<Vec<Msg>> {
    let view = match model.screens.last() {
        Some(Screen::Tenant(view)) if view.role.is_none() => view,
        _ => return None,
    };
    let place = |tab: Tab| Tab::ALL.iter().position(|other| *other == tab);
    let named = Tab::ALL.iter().position(|tab| tab.title().eq_ignore_ascii_case(line))?;
    let count = Tab::ALL.len();
    let steps = (named + count - place(view.tab)?) % count;
    Some(match steps {
        0 => vec![Msg::Run("repaint".to_owned())],
        steps => vec![Msg::Run("next-pane".to_owned()); steps],
    })
}

/// Whether a line names a key by which a list to choose from is turned over.
fn turns_pages(model: &Model, line: &str) -> bool {
    matches!(
        bound(model, &model.scopes(), line),
        Some(CommandId::MenuPageDown | CommandId::MenuPageUp)
    )
}

/// What a line comes to in a dialog that is neither what has to be typed nor leads elsewhere: a key that does something there, or
/// a command. None presses a button: that takes what has to be typed. All of it is in view, and said again.
fn in_dialog(model: &Model, line: &str) -> Option<Msg> {
    let scopes = model.scopes();
    let is_of_dialogs = |id: &CommandId| command(*id).is_some_and(|command| command.scopes.contains(&Scope::Dialog));
    let named = || command_in(model, line.strip_prefix(':').unwrap_or(line)).filter(is_of_dialogs);
    let id = match bound(model, &scopes, line).or_else(named) {
        _ if line == "?" => CommandId::Repaint,
        Some(CommandId::PageDown | CommandId::PageUp) => CommandId::Repaint,
        Some(CommandId::DialogPress | CommandId::DialogNext | CommandId::DialogOther | CommandId::DialogClose)
        | None => return None,
        Some(id) => id,
    };
    command(id).map(|command| Msg::Run(command.name.to_owned()))
}

/// Whether a line on the page of a comparison is the key or the command that applies what was compared.
fn applies(model: &Model, line: &str) -> bool {
    let named = command_in(model, line.strip_prefix(':').unwrap_or(line));
    [bound(model, &[Scope::Page], line), named].contains(&Some(CommandId::ApplySnapshot))
}

/// What a line with a command in it comes to where lines are answers: one that can be run everywhere is, and one that leads
/// elsewhere closes what lies on top first.
fn leads_out(model: &Model, line: &str) -> Option<Vec<Msg>> {
    let here = model.scopes();
    let wanted = match line.strip_prefix(':') {
        Some(wanted) => wanted.trim(),
        None if bound(model, &here, line) == Some(CommandId::Interrupt) => "interrupt",
        None => return None,
    };
    let id = command_in(model, wanted)?;
    let scopes = command(id).map_or(&[][..], |command| command.scopes);
    let run = Msg::Run(wanted.to_owned());
    if id == CommandId::Help || scopes.contains(&Scope::Everywhere) {
        return Some(vec![run]);
    }
    let is_here = scopes.iter().any(|scope| here.contains(scope));
    (!is_here).then(|| vec![pressed(model, KeyCode::Esc), run])
}

/// Whether a command is one for the form that is on screen, or covers it for a moment.
fn is_of_forms(id: CommandId) -> bool {
    let scopes = command(id).map_or(&[][..], |command| command.scopes);
    id == CommandId::Help || scopes.contains(&Scope::Form) || scopes.contains(&Scope::Everywhere)
}

/// The command behind a key or a sequence of keys.
fn bound(model: &Model, scopes: &[Scope], keys: &str) -> Option<CommandId> {
    match model.keymap.find(scopes, &parse_sequence(keys).ok()?) {
        Found::Command(id) => Some(id),
        Found::Prefix | Found::Nothing => None,
    }
}

/// The keys of a command that do the same where a menu was opened over. Numbers choose rows there.
pub fn keys_listed(model: &Model, menu: &Menu, id: CommandId) -> Vec<String> {
    let mut keys = model.keymap.keys_of(id);
    keys.retain(|key| key.parse::<usize>().is_err() && bound(model, &menu.scopes, key) == Some(id));
    keys
}

/// The cells of the matrix on screen that a line names: `FLOW`, `flow read`, `FLOW: READ, UPDATE`.
fn cells(model: &Model, line: &str) -> Vec<Msg> {
    let Some(matrix) = matrix_on_screen(model) else {
        return Vec::new();
    };
    let mut words = line
        .split([' ', ':', ','])
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase);
    let named = words.next();
    let mut resources = matrix.resources.iter();
    let Some(resource) = resources.find(|resource| named.as_deref() == Some(resource.as_str())) else {
        return Vec::new();
    };
    let actions: Vec<Msg> = words
        .map(|action| Msg::Cell(resource.clone(), Some(Action::from(action.as_str()))))
        .collect();
    if actions.is_empty() {
        return vec![Msg::Cell(resource.clone(), None)];
    }
    actions
}

/// Whether what is asked for is secret, so that it must not be shown while it is typed.
pub fn hides(model: &Model) -> bool {
    match (model.overlays.last(), model.screens.last()) {
        (Some(Overlay::Entry(entry)), _) => entry.focused().is_some_and(|field| field.hidden),
        (None, Some(Screen::Connect(form))) => {
            let mut fields = form.fields().iter();
            fields.any(|(field, editor)| *field == form.focused() && matches!(editor, Editor::Secret(_)))
        }
        (None, Some(Screen::Form(form))) => match form.focus {
            Focus::Field(index) => {
                let field = form.fields.get(index);
                field.is_some_and(FormField::may_be_secret)
            }
            Focus::Review | Focus::Cancel => false,
        },
        _ => false,
    }
}

/// The commands worth offering at a place, by their footer weight.
pub fn offered(model: &Model) -> Vec<(String, &'static str)> {
    let scopes = model.scopes();
    let mut commands: Vec<_> = super::command::COMMANDS
        .iter()
        .filter(|command| command.listed && command.id != CommandId::Open)
        .filter(|command| super::command::footer_weight(model, command).is_some())
        .filter(|command| command.scopes.iter().any(|scope| scopes.contains(scope)))
        .filter(|command| super::command::availability(model, command.id) == super::command::Availability::Ready)
        .collect();
    sorting::by_key(&mut commands, |command| super::command::footer_weight(model, command));
    commands
        .into_iter()
        .map(|command| {
            let key = model.keymap.key_of(command.id, &scopes).unwrap_or_default();
            // A number opens a row here.
            let is_number = key.parse::<usize>().is_ok();
            (if is_number { String::new() } else { key }, command.name)
        })
        .collect()
}
