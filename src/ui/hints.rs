//! The keys that matter here, in the last line, and what can follow the keys that were pressed.

use std::borrow::Cow;

use ratatui::layout::{Margin, Rect};

use crate::app::command::{
    Availability, COMMANDS, Command, CommandId, Scope, command, footer_weight, is_translated, on_offer,
};
use crate::app::dialog_text::dialog_text;
use crate::app::input::{parse_sequence, print_sequence};
use crate::app::key_words::key_names;
use crate::app::keymap::Found;
use crate::app::model::Model;
use crate::app::overlay::{DialogFocus, MenuKind, Overlay};
use crate::app::pointer::Hit;
use crate::app::screen::Screen;
use crate::app::session::Mode;
use crate::app::tabs::Tab;
use crate::app::update::{meaning, pause_title};
use crate::app::wizard::WizardPage;
use crate::app::wrap::wrap;

use super::canvas::{Canvas, width};
use super::look::Meaning;
use crate::domain::sorting;

/// A piece of the line: what it means, what it says, and the command it is about.
pub type Piece = (Meaning, String, Option<CommandId>);

/// One hint.
struct Hint {
    id: CommandId,
    key: String,
    title: Cow<'static, str>,
    available: bool,
    /// Those of a lower place stand before others: see [`place`].
    place: u8,
}

impl Hint {
    /// Its texts, and what stands before and after them: blanks, or brackets where it is not possible now, as many a terminal
    /// shows no other difference. So it is as wide and where it is whether it is possible or not.
    fn pieces(&self) -> [Piece; 2] {
        let (key, title) = (key_names(&self.key), &self.title);
        let [first, second] = if self.available {
            [(Meaning::Key, format!(" {key}")), (Meaning::Text, format!(" {title} "))]
        } else {
            [
                (Meaning::Disabled, format!("({key}")),
                (Meaning::Disabled, format!(" {title})")),
            ]
        };
        [first, second].map(|(meaning, text)| (meaning, text, Some(self.id)))
    }

    fn columns(&self) -> usize {
        self.pieces().iter().map(|(_, text, _)| width(text)).sum()
    }
}

/// The hints of a place, what matters most first.
pub struct Hints(Vec<Hint>);

impl Hints {
    /// Those of the place on screen; while a sequence of keys goes on, whose box says what can follow, what ends it.
    pub fn of(model: &Model) -> Self {
        if !model.pending.is_empty() {
            return Self(vec![Hint {
                id: CommandId::Escape,
                key: "esc".to_owned(),
                title: "gives up".into(),
                available: true,
                place: 0,
            }]);
        }
        let scopes = model.scopes();
        let mut weighed: Vec<(u8, Hint)> = COMMANDS
            .iter()
            .filter_map(|command| {
                let weight = footer_weight(model, command)?;
                let key = key_here(model, command.id, &scopes)?;
                let available = match on_offer(model, command.id) {
                    Availability::Ready => true,
                    Availability::Disabled(_) => false,
                    Availability::Hidden => return None,
                };
                let hint = Hint {
                    id: command.id,
                    key,
                    title: title_here(model, command),
                    available,
                    place: place(model, command.id, weight),
                };
                Some((weight, hint))
            })
            .collect();
        name_keys_once(model, &scopes, &mut weighed);
        sorting::by_key(&mut weighed, |(weight, _)| *weight);
        Self(weighed.into_iter().map(|(_, hint)| hint).collect())
    }

    /// As many as fit into these columns whole; those that can be used now are taken before others. Dots say that there are more,
    /// and the last one, which is help, always stays.
    pub fn fit(&self, columns: usize) -> Vec<Piece> {
        const DOTS: &str = " ...";
        let Some((last, others)) = self.0.split_last() else {
            return Vec::new();
        };
        let most = if columns < 80 { FEW } else { others.len() };
        let total: usize = others.iter().map(Hint::columns).sum();
        // Of the last one the blank at its end has no need of room.
        let mut left = columns.saturating_sub(last.columns() - usize::from(last.available));
        if total > left || others.len() > most {
            left = left.saturating_sub(DOTS.len());
        }
        let mut taken = vec![false; others.len()];
        let mut count = 0;
        for wanted in [true, false] {
            let hints = others.iter().zip(&mut taken);
            for (hint, taken) in hints.filter(|(hint, _)| hint.available == wanted) {
                let needed = hint.columns();
                if needed <= left && count < most {
                    left -= needed;
                    count += 1;
                    *taken = true;
                }
            }
        }
        let mut pieces = Vec::new();
        let shown = others.iter().zip(&taken).filter(|(_, taken)| **taken);
        let mut shown: Vec<&Hint> = shown.map(|(hint, _)| hint).collect();
        sorting::by_key(&mut shown, |hint| hint.place);
        for hint in shown {
            pieces.extend(hint.pieces());
        }
        if count < others.len() {
            // They and help stand at the end, where they stay from row to row.
            pieces.push((Meaning::Text, " ".repeat(left), None));
            pieces.push((Meaning::Muted, DOTS.to_owned(), None));
        }
        let [key, (meaning, title, id)] = last.pieces();
        pieces.extend([key, (meaning, title.trim_end().to_owned(), id)]);
        pieces
    }
}

/// Of several that have the same key, only the one that it leads to now keeps it; others are named by another key, or not at
/// all. A text that is searched and a review take keys from what lies around them.
fn name_keys_once(model: &Model, scopes: &[Scope], hints: &mut Vec<(u8, Hint)>) {
    let leads =
        |key: &str, id| parse_sequence(key).is_ok_and(|keys| meaning(model, scopes, &keys) == Found::Command(id));
    let keys: Vec<String> = hints.iter().map(|(_, hint)| hint.key.clone()).collect();
    let is_shared = |key: &String| keys.iter().filter(|other| *other == key).count() > 1;
    hints.retain_mut(|(_, hint)| {
        let is_taken = matches!(scopes.first(), Some(Scope::Text | Scope::Review));
        let is_doubtful = is_taken || is_shared(&hint.key);
        if !is_doubtful || leads(&hint.key, hint.id) {
            return true;
        }
        let mut others = model.keymap.keys_of(hint.id).into_iter();
        let other = others.find(|key| !keys.contains(key) && leads(key, hint.id));
        let is_named = other.is_some();
        hint.key = other.unwrap_or_default();
        is_named
    });
}

/// From this weight on hints are those that every list has.
const COMMON: u8 = 9;

/// Where a hint stands in the line. In a list those that differ from row to row come behind the others, but for what every list
/// has and what leaves the first screen, and always in the same order, so that a step along it draws little of the line anew.
fn place(model: &Model, id: CommandId, weight: u8) -> u8 {
    let is_list = match model.screens.last() {
        None => model.lists_tenants(),
        Some(Screen::Tenant(view)) => view.role.is_none() && view.tab != Tab::Overview,
        Some(_) => false,
    };
    if !is_list || !model.overlays.is_empty() || model.has_marks() {
        return 0;
    }
    match id {
        CommandId::Edit | CommandId::EditRole | CommandId::LikeRole | CommandId::UserAccess => 1,
        CommandId::Delete | CommandId::DeleteRole | CommandId::Revoke => 2,
        CommandId::RepairAdmin | CommandId::CopyRole => 3,
        // It makes room for what comes with a row.
        CommandId::Back if model.screens.is_empty() => 4,
        _ if weight >= COMMON => 4,
        _ => 0,
    }
}

/// How many there are beside help where there is little room.
const FEW: usize = 3;

/// The key to show for a command; where letters are typed, one that types none.
fn key_here(model: &Model, id: CommandId, scopes: &[Scope]) -> Option<String> {
    let key = model.keymap.key_of(id, scopes)?;
    let is_typed = matches!(scopes.first(), Some(Scope::Form | Scope::Filter | Scope::Dialog)) && is_typed(&key);
    if is_typed {
        // Terminals take keys such as F1 for themselves.
        let keys = model.keymap.keys_of(id);
        let control = keys.iter().find(|key| key.starts_with("ctrl-"));
        control
            .or_else(|| keys.iter().find(|key| !self::is_typed(key)))
            .cloned()
    } else {
        Some(key)
    }
}

/// Whether the first of these keys types a letter.
fn is_typed(keys: &str) -> bool {
    keys.split(' ').next().is_some_and(|key| key.chars().count() == 1)
}

/// What a command does here, in a word or two. What closes a dialog is called as the button that does the same.
fn title_here(model: &Model, command: &Command) -> Cow<'static, str> {
    match (command.id, model.overlays.last()) {
        (CommandId::DialogClose, Some(Overlay::Dialog(dialog))) if model.sent_dialog().is_none() => {
            dialog_text(model, dialog).cancel.to_lowercase().into()
        }
        (CommandId::DialogNext, Some(Overlay::Dialog(dialog))) if dialog.focus == DialogFocus::Line => {
            "to the button".into()
        }
        _ => usual_title(model, command).into(),
    }
}

/// The same of all other commands: going back from the first screen leaves.
fn usual_title(model: &Model, command: &Command) -> &'static str {
    if matches!(command.id, CommandId::Back | CommandId::FormLeave)
        && model.screens.last().is_some_and(|screen| screen.making().is_some())
    {
        "stop"
    } else if let (CommandId::Refresh, Some(Screen::Checks(view))) = (command.id, model.screens.last())
        && let Some((_, title)) = view.made()
    {
        title
    } else if command.id == CommandId::Back && model.screens.is_empty() {
        "quit"
    } else if command.id == CommandId::Escape && model.has_marks() {
        "clear"
    } else if command.id == CommandId::DialogClose && model.sent_dialog().is_some() {
        "close"
    } else if command.id == CommandId::ToggleWriting && model.session.mode() == Mode::ReadOnly {
        "unlock"
    } else if let (CommandId::MenuComplete, Some(Overlay::Menu(menu))) = (command.id, model.overlays.last()) {
        match menu.kind {
            MenuKind::Palette => command.title,
            MenuKind::Help | MenuKind::Actions => "other half",
        }
    } else if let Some(Overlay::Choice(choice)) = model.overlays.last() {
        match command.id {
            CommandId::MenuRun => "choose",
            CommandId::MenuComplete if choice.takes_many => "mark",
            CommandId::MenuComplete => "next",
            _ => command.title,
        }
    } else if let (CommandId::FormReview, Some(Overlay::Entry(entry))) = (command.id, model.overlays.last()) {
        entry.purpose.verb()
    } else if command.id == CommandId::RunOutput && shows_output(model) {
        "steps"
    } else if command.id == CommandId::AsIn2 && shows_translation(model) {
        "as it is"
    } else if command.id == CommandId::NextPane && matches!(model.screens.last(), Some(Screen::RoleEditor(_))) {
        "next field"
    } else if command.id == CommandId::NextPane
        && !matches!(model.screens.last(), Some(Screen::Tenant(view)) if view.role.is_none())
    {
        "pane"
    } else if command.id == CommandId::Filter
        && matches!(model.screens.last(), Some(Screen::Access(_) | Screen::WhoCan(_)))
    {
        "namespace"
    } else if command.id == CommandId::FormReview && matches!(model.screens.last(), Some(Screen::Connect(_))) {
        "connect"
    } else if command.id == CommandId::FormReview && model.types_tenant() {
        "take it in"
    } else if command.id == CommandId::WizardNext
        && model
            .wizard
            .as_ref()
            .is_some_and(|wizard| wizard.page == WizardPage::Plan)
    {
        "start"
    } else if let (CommandId::AsIn2, Some(Screen::Tenant(view))) = (command.id, model.screens.last())
        && is_translated(view)
    {
        "as it is"
    } else if command.id == CommandId::RunPause {
        pause_title(model)
    } else {
        command.title
    }
}

/// Whether a role is shown as what it becomes in 2.0.
fn shows_translation(model: &Model) -> bool {
    let view = model.tenant_view().and_then(|view| view.role.as_ref());
    view.is_some_and(|role| role.translated)
}

/// Whether what the commands of a run wrote is on screen in place of its steps.
fn shows_output(model: &Model) -> bool {
    matches!(model.screens.last(), Some(Screen::Run(view)) if view.shows_output)
}

/// The most columns of the box of what can follow within a frame.
const MOST_COLUMNS: u16 = 80;

/// Where the box of what can follow belongs. Where it is narrower than the screen it lies within one frame, as it would leave
/// stumps of one that it parted; otherwise its lower border takes the place of the frame's.
fn continuations_room(model: &Model, area: Rect) -> Rect {
    let body = Rect {
        y: area.y + model.size.head(),
        height: model.size.body_height(),
        ..area
    };
    // A narrow margin would only show stumps of what is underneath.
    if area.width < 100 {
        return body;
    }
    let left = if model.size.is_wide() {
        model.size.left().width
    } else {
        0
    };
    let right = Rect {
        x: body.x + left,
        width: body.width - left,
        ..body
    };
    right.inner(Margin::new(2, 1))
}

/// The first row of a box of so many rows: at the bottom, unless it would cover the row that has the cursor and there is a place
/// where it does not.
fn uncovering(cursor: Option<u16>, height: u16, room: Rect, area: Rect) -> u16 {
    let bottom = room.bottom().saturating_sub(height).max(area.y);
    let Some(cursor) = cursor else { return bottom };
    let (above, lowest) = (cursor.checked_sub(height), area.bottom().saturating_sub(height));
    let covers = |y: u16| (y..y + height).contains(&cursor);
    let places = [
        Some(bottom),
        above.filter(|y| *y >= room.y),
        // Nothing stands in the last lines while keys go on.
        Some(lowest),
        above.map(|_| area.y),
    ];
    places.into_iter().flatten().find(|y| !covers(*y)).unwrap_or(bottom)
}

/// What can follow the keys pressed so far.
pub fn continuations(model: &Model, area: Rect, canvas: &mut Canvas<'_>) {
    let rows: Vec<(String, CommandId, Option<String>)> = model
        .keymap
        .continuations(&model.scopes(), &model.pending)
        .into_iter()
        .filter_map(|(keys, id)| match on_offer(model, id) {
            Availability::Ready => Some((keys, id, None)),
            Availability::Disabled(reason) => Some((keys, id, Some(model.keyed(&reason)))),
            Availability::Hidden => None,
        })
        .collect();
    let room = continuations_room(model, area);
    let columns = room.width.min(if room.width < area.width {
        MOST_COLUMNS
    } else {
        u16::MAX
    });
    let keys_wide = rows.iter().map(|(keys, ..)| width(&key_names(keys))).max().unwrap_or(1);
    let hang = keys_wide + 3;
    // Why not is read in full: below what it is about, where there is no room beside it.
    let why_not = |id, disabled: &Option<String>| -> (String, Vec<String>) {
        let title = command(id).map_or("", |command| command.title);
        let Some(reason) = disabled else {
            return (String::new(), Vec::new());
        };
        let reason = format!("not now: {reason}");
        let room = usize::from(columns.saturating_sub(2));
        if hang + width(title) + 2 + width(&reason) <= room {
            return (format!("  {reason}"), Vec::new());
        }
        (String::new(), wrap(&reason, room.saturating_sub(hang).max(1)))
    };
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(keys, id, disabled)| {
            let why_not = why_not(id, &disabled);
            (keys, id, disabled.is_some(), why_not)
        })
        .collect();
    let lines: usize = rows.iter().map(|(.., (_, below))| 1 + below.len()).sum();
    let height = u16::try_from(lines)
        .unwrap_or(u16::MAX)
        .saturating_add(2)
        .min(area.height.saturating_sub(2));
    let place = Rect {
        x: room.right() - columns,
        y: uncovering(canvas.cursor_row(), height, room, area),
        width: columns,
        height,
    };
    canvas.clear(place, area);
    let title = format!("{} then", key_names(&print_sequence(&model.pending)));
    let inside = canvas.frame(place, &title, "Esc gives up");
    let mut y = inside.y;
    for (keys, id, is_disabled, (beside, below)) in &rows {
        if y >= inside.bottom() {
            break;
        }
        canvas.hit(Rect { y, height: 1, ..inside }, Hit::Command(*id));
        let title = command(*id).map_or("", |command| command.title);
        let keys = format!(" {:keys_wide$}  ", key_names(keys));
        let [key, text] = if *is_disabled {
            [Meaning::Disabled; 2]
        } else {
            [Meaning::Key, Meaning::Text]
        };
        let spans = [(key, keys.as_str()), (text, title), (Meaning::Muted, beside.as_str())];
        canvas.spans(inside.x, y, inside.width, &spans);
        y += 1;
        let x = inside.x + u16::try_from(hang).unwrap_or(inside.width).min(inside.width);
        for line in below.iter().take(usize::from(inside.bottom().saturating_sub(y))) {
            canvas.text(x, y, inside.right() - x, Meaning::Muted, line);
            y += 1;
        }
    }
}
