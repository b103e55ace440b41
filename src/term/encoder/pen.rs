//! What characters look like, where the next one goes, and the shortest sequences that change either.

use std::io::Write;

use ratatui::buffer::Cell;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use crate::domain::text::Columns;

/// What characters look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

pub(super) const PLAIN: Look = Look {
    foreground: Color::Reset,
    background: Color::Reset,
    modifier: Modifier::empty(),
};

/// What shows on a blank, too.
const ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::CROSSED_OUT);

impl Look {
    pub(super) fn of(cell: &Cell) -> Self {
        Self {
            foreground: cell.fg,
            background: cell.bg,
            modifier: cell.modifier,
        }
    }

    /// Whether a cell drawn like this looks as it is meant to: on a blank neither the colour nor the weight of characters shows.
    pub(super) fn draws(self, cell: &Cell) -> bool {
        let look = Self::of(cell);
        let shows_ground_alone =
            || self.background == look.background && !self.modifier.union(look.modifier).intersects(ON_BLANKS);
        self == look || cell.symbol() == " " && shows_ground_alone()
    }
}

/// Where the next character goes, and what it will look like.
#[derive(Clone, Copy)]
struct State {
    look: Look,
    /// Unknown behind characters that terminals disagree about.
    at: Option<Position>,
    /// The row, and the column that the cursor is surely not beyond. In the last column and behind it not even the row is known.
    row: Option<(u16, u16)>,
}

pub(super) struct Pen<'a> {
    bytes: &'a mut Vec<u8>,
    width: u16,
    state: State,
}

impl<'a> Pen<'a> {
    /// One that draws without a style on a frame of so many columns.
    pub(super) fn new(bytes: &'a mut Vec<u8>, width: u16, at: Option<Position>) -> Self {
        let row = at.map(|at| (at.y, at.x));
        let state = State { look: PLAIN, at, row };
        Self { bytes, width, state }
    }

    /// Gives up the style, and leaves the cursor where it is to be, if that matters.
    pub(super) fn finish(mut self, at: Option<Position>) {
        self.switch_to(PLAIN);
        if let Some(at) = at {
            self.move_to(at);
        }
    }

    pub(super) fn look(&self) -> Look {
        self.state.look
    }

    /// The terminal itself begins this row with the next character, if all before it was one column wide, surely. It is not sure
    /// enough to find the way to other rows from it.
    pub(super) fn goes_on_at(&mut self, row: Position) {
        self.state.at = self.state.at.map(|_| row);
        self.state.row = None;
    }

    /// Draws in that one of two ways that takes fewer bytes.
    pub(super) fn shorter(&mut self, one: impl Fn(&mut Self), other: impl Fn(&mut Self)) {
        let (begin, before) = (self.bytes.len(), self.state);
        one(self);
        let (taken, after) = (self.bytes.split_off(begin), self.state);
        self.state = before;
        other(self);
        if self.bytes.len() - begin >= taken.len() {
            self.bytes.truncate(begin);
            self.bytes.extend(taken);
            self.state = after;
        }
    }

    /// Erases so many characters from the next one on, which stays the next one.
    pub(super) fn erase(&mut self, columns: usize, to_the_end: bool) {
        self.switch_to(PLAIN);
        if to_the_end {
            self.bytes.extend_from_slice(b"\x1b[K");
        } else {
            self.print(format_args!("\x1b[{columns}X"));
        }
    }

    /// Blanks the columns that a kana takes with its sound mark: where a terminal gives the mark none of its own, nothing of the
    /// frame before stays beside it.
    pub(super) fn blank(&mut self, from: Position, columns: usize) {
        self.bytes.extend(std::iter::repeat_n(b' ', columns));
        (self.state.at, self.state.row) = (None, None);
        self.move_to(from);
    }

    pub(super) fn put(&mut self, symbol: &str) {
        self.bytes.extend_from_slice(symbol.as_bytes());
        let is_sure = symbol.is_ascii() && symbol.width() == 1;
        let next = |at: Position| Position::new(at.x + 1, at.y);
        self.state.at = self.state.at.filter(|_| is_sure).map(next);
        let most = if is_sure { 1 } else { 2 * symbol.chars().count() };
        let most = u16::try_from(most).unwrap_or(u16::MAX);
        self.state.row = self
            .state
            .row
            .map(|(row, farthest)| (row, farthest.saturating_add(most)));
    }

    pub(super) fn move_to(&mut self, to: Position) {
        if self.state.at == Some(to) {
            return;
        }
        let absolute = match (to.x, to.y) {
            (0, 0) => "\x1b[H".to_owned(),
            (0, y) => format!("\x1b[{}H", y + 1),
            (x, y) => format!("\x1b[{};{}H", y + 1, x + 1),
        };
        let near = self.way_to(to).filter(|near| near.len() < absolute.len());
        self.bytes.extend_from_slice(near.unwrap_or(absolute).as_bytes());
        self.state.at = Some(to);
        self.state.row = Some((to.y, to.x));
    }

    /// The way to a place from where the cursor is, in this row or below.
    fn way_to(&self, to: Position) -> Option<String> {
        let on = |columns: u16| match columns {
            0 => String::new(),
            1 => "\x1b[C".to_owned(),
            _ => format!("\x1b[{columns}C"),
        };
        if let Some(at) = self.state.at.filter(|at| at.y == to.y && at.x < to.x) {
            return Some(on(to.x - at.x));
        }
        let (row, _) = self.state.row.filter(|(_, farthest)| *farthest < self.width)?;
        let down = to.y.checked_sub(row)?;
        Some(format!("\r{}{}", "\n".repeat(usize::from(down)), on(to.x)))
    }

    /// Takes a look that draws this cell as it is meant to look.
    pub(super) fn switch_for(&mut self, cell: &Cell) {
        if !self.state.look.draws(cell) {
            self.switch_to(Look::of(cell));
        }
    }

    fn print(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to memory does not fail.
        drop(self.bytes.write_fmt(text));
    }

    pub(super) fn switch_to(&mut self, look: Look) {
        if look == self.state.look {
            return;
        }
        let mut parameters = String::new();
        let mut add = |parameter: &str| {
            if !parameters.is_empty() {
                parameters.push(';');
            }
            parameters.push_str(parameter);
        };
        // Attributes go away together only: the sequence that ends bold ends dim too.
        let from = if self.state.look.modifier.difference(look.modifier).is_empty() && look != PLAIN {
            self.state.look
        } else {
            if look != PLAIN {
                add("0");
            }
            PLAIN
        };
        for (modifier, parameter) in MODIFIERS {
            if look.modifier.difference(from.modifier).contains(*modifier) {
                add(parameter);
            }
        }
        if look.foreground != from.foreground {
            add(&colour(look.foreground, 30));
        }
        if look.background != from.background {
            add(&colour(look.background, 40));
        }
        self.print(format_args!("\x1b[{parameters}m"));
        self.state.look = look;
    }
}

const MODIFIERS: &[(Modifier, &str)] = &[
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::RAPID_BLINK, "6"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

/// The parameters of a colour; `base` is 30 for characters and 40 for what is behind them.
fn colour(colour: Color, base: u8) -> String {
    let bright = base + 60;
    let number = match colour {
        Color::Reset => base + 9,
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => bright,
        Color::LightRed => bright + 1,
        Color::LightGreen => bright + 2,
        Color::LightYellow => bright + 3,
        Color::LightBlue => bright + 4,
        Color::LightMagenta => bright + 5,
        Color::LightCyan => bright + 6,
        Color::White => bright + 7,
        Color::Indexed(index) => return format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => return format!("{};2;{red};{green};{blue}", base + 8),
    };
    number.to_string()
}
