//! What lies over the screen: help, palette, dialogs, and pages of text.

use std::collections::HashSet;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::GoesWithAccount;
use crate::domain::deed::Deed;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible_lines;
use crate::domain::token::CreatedToken;
use crate::migration::step::Step;

use super::choice::Choice;
use super::column_menu::ColumnMenu;
use super::command::{CommandId, Scope};
use super::cursor::Cursor;
use super::doing::Turn;
use super::effect::{JobId, Millis};
use super::entry::Entry;
use super::geometry::Size;
use super::line_edit::LineEdit;
use super::page_line::Tone;
use super::remote::Remote;
use super::search::Search;
use super::wrap::{cut, wrap};

/// Something over the screen that has the keys.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// Finds and runs commands.
    Menu(Box<Menu>),
    /// A list from which one thing is chosen.
    Choice(Box<Choice>),
    /// A few lines to type.
    Entry(Box<Entry>),
    /// A token that was made, shown this once.
    Token(Box<ShownToken>),
    /// A question with buttons.
    Dialog(Box<Dialog>),
    /// The columns of the list under it.
    Columns(Box<ColumnMenu>),
    /// Text to be read.
    Page(Page),
}

/// A token that was made, shown this once.
#[derive(Clone, Debug)]
pub struct ShownToken {
    /// The token.
    pub token: CreatedToken,
    /// Whether it was copied, or it was said that it is gone once this is closed.
    pub may_go: bool,
}

/// What the menu is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuKind {
    /// Best matches first, with arguments and history.
    Palette,
    /// What can be done here, then everywhere, then pages to read.
    Help,
    /// What can be done with what is selected.
    Actions,
}

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuRow {
    /// The command.
    pub id: CommandId,
    /// What it is run with; nothing but for pages to read.
    pub argument: &'static str,
    /// Whether it belongs to this place rather than to everywhere.
    pub here: bool,
    /// Why it cannot be run now.
    pub disabled: Option<String>,
}

/// The palette, the help or the actions.
#[derive(Clone, Debug)]
pub struct Menu {
    /// Which.
    pub kind: MenuKind,
    /// What it is about, where it is about something.
    pub about: String,
    /// What is typed.
    pub line: LineEdit,
    /// Lines that match, in order.
    pub rows: Vec<MenuRow>,
    /// The selection.
    pub cursor: Cursor,
    /// The scopes of the place under it, innermost first.
    pub scopes: Vec<Scope>,
    /// Where in the history of the palette the line is; `None` is a new line.
    pub history_at: Option<usize>,
    /// The most lines there ever were that belong to this place, and to everywhere: what is typed does not change its height.
    pub most: [usize; 2],
}

impl Menu {
    /// The most lines of the palette on a large screen: who looks for more than that types.
    pub const LOOKED_THROUGH: usize = 20;

    /// How many of its lines are in view.
    pub fn rows_in_view(&self, size: Size) -> usize {
        let most = match self.kind {
            MenuKind::Palette if size.width >= 100 => Self::LOOKED_THROUGH,
            _ => usize::MAX,
        };
        usize::from(size.height.saturating_sub(8)).clamp(1, most)
    }
}

/// What a dialog asks.
#[derive(Clone, Debug)]
pub enum Question {
    /// Whether to carry out a change to who may do what, or to delete tenants.
    Deed {
        /// The change.
        deed: Box<Deed>,
        /// Who may do what in its tenant, from which follows what it takes away; never asked where it takes nothing.
        access: Box<Remote<TenantAccess>>,
        /// What goes with an account that is deleted, in all tenants; asked for nothing else.
        everywhere: Box<Remote<GoesWithAccount>>,
        /// What goes with the first of the tenants that are deleted, in their order; at most [`Dialog::LISTED`].
        footprints: Vec<Remote<Footprint>>,
        /// What would go that was not shown when it was confirmed before: a part of a sentence for each tenant.
        more: Vec<String>,
        /// What somebody else did meanwhile to items that are left out: a sentence each.
        since: Vec<String>,
        /// Why it is made.
        turn: Turn,
        /// The question under which it was sent.
        sent: Option<JobId>,
        /// When the button becomes live, in a protected context.
        armed_at: Option<Millis>,
    },
    /// Whether to disable the default tenant; the name of the context is typed.
    DisableDefault,
    /// Whether to carry the plan out, in a protected context.
    StartRun,
    /// Whether a run goes on, in a protected context or past steps that are not over.
    Resume {
        /// The run.
        run: String,
        /// The step it begins with, passing over those before it.
        from: Option<Step>,
    },
    /// Whether to roll a run back to before a step; typed where tenants are deleted.
    Rollback {
        /// The run.
        run: String,
        /// The first step that is undone.
        to: Step,
    },
    /// Whether to make a rehearsal and work on it from then on.
    Rehearse,
    /// Whether to unlock a protected context; its name is typed.
    Unlock,
    /// Whether to leave a form and lose what was typed.
    Discard {
        /// What is done then.
        then: Then,
    },
}

/// What is done once what was typed is let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing more.
    Stay,
    /// The program is left.
    Quit,
    /// The list of tenants is shown.
    Tenants,
    /// The context of this name is entered.
    Switch(String),
}

/// Which part of a dialog has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogFocus {
    /// The line to type in.
    Line,
    /// The button that changes nothing.
    Cancel,
    /// The button that goes on.
    Confirm,
}

/// Why the button that goes on does not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It was pressed.
    Sent,
    /// What has to be typed has not been.
    Mismatch,
    /// What goes with it is still being found out, and nobody has seen it.
    Finding,
    /// In a protected context it takes time.
    Arming,
}

/// A question with buttons. The one that changes nothing has the focus first; whatever is typed goes to the line, and Enter
/// there goes on to the button that changes nothing, so that nothing is done by what was typed and Enter alone.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// What it asks.
    pub question: Question,
    /// What is typed; empty where nothing has to be.
    pub line: LineEdit,
    /// What has to be typed before the button goes on.
    pub expected: Option<String>,
    /// Which part has the keys.
    pub focus: DialogFocus,
    /// First line of its text in view, where not all of it is.
    pub scroll: usize,
}

impl Overlay {
    /// Whether it is the question whether to carry out a change.
    pub fn asks_about_change(&self) -> bool {
        matches!(self, Self::Dialog(dialog) if matches!(dialog.question, Question::Deed { .. }))
    }
}

impl Dialog {
    /// Items of a change that are listed; of the others it is said how many there are.
    pub const LISTED: usize = 10;

    /// A dialog; the button that changes nothing has the focus.
    pub fn new(question: Question, expected: Option<String>) -> Self {
        Self {
            question,
            line: LineEdit::default(),
            expected,
            focus: DialogFocus::Cancel,
            scroll: 0,
        }
    }

    /// Whether what had to be typed has been typed.
    pub fn matches(&self) -> bool {
        self.expected.as_deref().is_none_or(|expected| {
            // A count may be typed without its thousands parted.
            let is_count = expected.starts_with(|first: char| first.is_ascii_digit()) && expected.contains(' ');
            let typed = self.line.text();
            expected == typed || is_count && expected.replace(',', "") == typed
        })
    }

    /// Why the button that goes on does not yet; `None` where it does.
    pub fn hold(&self, now: Millis) -> Option<Hold> {
        if self.sent().is_some() {
            Some(Hold::Sent)
        } else if !self.matches() {
            Some(Hold::Mismatch)
        } else if self.is_finding() {
            Some(Hold::Finding)
        } else {
            self.armed_at().filter(|at| *at > now).map(|_| Hold::Arming)
        }
    }

    /// Whether what goes with it is still being found out.
    fn is_finding(&self) -> bool {
        match &self.question {
            Question::Deed {
                access,
                everywhere,
                footprints,
                ..
            } => {
                access.waiting_since().is_some()
                    || everywhere.waiting_since().is_some()
                    || footprints.iter().any(|footprint| footprint.waiting_since().is_some())
            }
            _ => false,
        }
    }

    /// The question under which it was sent, if it was.
    pub fn sent(&self) -> Option<JobId> {
        match &self.question {
            Question::Deed { sent, .. } => *sent,
            _ => None,
        }
    }

    /// When its button becomes live, where that takes time.
    pub fn armed_at(&self) -> Option<Millis> {
        match &self.question {
            Question::Deed { armed_at, .. } => *armed_at,
            _ => None,
        }
    }

    /// Gives the focus to the other button; from the line, to the one that goes on.
    pub fn step(&mut self) {
        self.focus = match self.focus {
            DialogFocus::Line | DialogFocus::Cancel => DialogFocus::Confirm,
            DialogFocus::Confirm => DialogFocus::Cancel,
        };
    }

    /// How many steps on from the focus a button is.
    pub fn steps_to(&self, button: DialogFocus) -> i32 {
        match (self.focus, button) {
            (focus, button) if focus == button => 0,
            (DialogFocus::Line, DialogFocus::Cancel) => 2,
            _ => 1,
        }
    }
}

impl Page {
    /// A page of text, at its top.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            scroll: 0,
            plain: false,
            search: Box::default(),
            compared: None,
            is_diff: false,
            beside: false,
            by: None,
        }
    }

    /// Whether it stands beside the list on a screen, rather than over the middle of it.
    pub fn is_beside(&self, size: Size) -> bool {
        self.beside && size.is_wide()
    }

    /// Columns of the page on a screen, and the most rows it takes, borders included.
    fn room(&self, size: Size) -> (u16, u16) {
        if self.is_beside(size) {
            return (size.right().width, size.body_height());
        }
        // A narrow margin would only show stumps of what is underneath.
        if size.width < 100 || self.plain {
            (size.width, size.body_height())
        } else {
            (size.width.saturating_sub(6).min(120), size.height.saturating_sub(6))
        }
    }

    /// Columns and rows of the page on a screen, borders included, with so many lines of text.
    pub fn place(&self, size: Size, lines: usize) -> (u16, u16) {
        let (columns, rows) = self.room(size);
        if size.width < 100 || self.plain || self.is_beside(size) {
            return (columns, rows);
        }
        (columns, u16::try_from(lines + 2).unwrap_or(u16::MAX).min(rows))
    }

    /// The text, harmless and broken where the page ends, and how many lines are in view.
    pub fn lines(&self, size: Size) -> (Vec<String>, usize) {
        let (columns, rows) = self.room(size);
        let text = visible_lines(&self.text);
        if self.plain {
            // As a terminal would break it: nothing is added, moved or left out.
            let lines = text.split('\n').flat_map(|line| cut(line, usize::from(columns).max(1)));
            let taken = usize::from(self.search.is_on());
            return (lines.collect(), usize::from(rows).saturating_sub(taken).max(1));
        }
        let mut lines = wrap(&text, Self::text_columns(columns));
        let height = usize::from(rows.saturating_sub(2)).max(1);
        // Empty lines go before any that says something; those of a diff are what is compared.
        let says = lines.iter().filter(|line| !line.trim().is_empty()).count();
        if lines.len() > height && says <= height && !self.is_diff {
            lines.retain(|line| !line.trim().is_empty());
        }
        (lines, height)
    }

    /// The lines of a plain page, by their number, that are a line only together with the next.
    pub fn unbroken(&self, size: Size) -> HashSet<usize> {
        let columns = usize::from(self.room(size).0).max(1);
        let mut unbroken = HashSet::new();
        let mut first = 0;
        for line in visible_lines(&self.text).split('\n') {
            let last = first + cut(line, columns).len() - 1;
            unbroken.extend(first..last);
            first = last + 1;
        }
        unbroken
    }

    /// Columns of the text in a frame of so many.
    fn text_columns(columns: u16) -> usize {
        usize::from(columns.saturating_sub(4)).max(1)
    }

    /// What each of its lines means, broken as [`Self::lines`] breaks them; nothing but for a diff.
    pub fn tones(&self, size: Size) -> Vec<Tone> {
        if !self.is_diff {
            return Vec::new();
        }
        let columns = Self::text_columns(self.room(size).0);
        let text = visible_lines(&self.text);
        let of_line = |line: &str| {
            // What it is about begins with a letter.
            let is_about = line.starts_with(char::is_alphabetic);
            let tone = if is_about { Tone::Plain } else { Tone::of_diff(line) };
            std::iter::repeat_n(tone, wrap(line, columns).len())
        };
        text.split('\n').flat_map(of_line).collect()
    }
}

/// Text shown over the screen, to be read and copied.
#[derive(Clone, Debug)]
pub struct Page {
    /// Title.
    pub title: String,
    /// The text.
    pub text: String,
    /// First line in view.
    pub scroll: usize,
    /// Whether it fills the screen without borders or margins, so that a mouse can select all of it.
    pub plain: bool,
    /// What is looked for in it.
    pub search: Box<Search>,
    /// The file that was compared, and with which tenant, where the page shows that.
    pub compared: Option<Box<(String, Option<TenantScope>)>>,
    /// Whether its lines are those of a diff, below lines that say of what.
    pub is_diff: bool,
    /// The command that shows the same again, and what it is run with.
    pub by: Option<(CommandId, String)>,
    /// Whether it says in full what a large screen says beside the list, so that it takes the place of that.
    pub beside: bool,
}
