//! Cells into the bytes that draw them, as few as will do.
//!
//! One escape sequence for each change of style, the short forms of the 16 colours, and many blanks by erasing what was
//! there. crossterm's own encoding is two to three times as long, which shows over a slow link: each attribute is a
//! sequence of its own, each of the 16 colours is spelled as one of 256, and under `NO_COLOR` each change of colour
//! becomes a reset that takes the selection's reverse video with it. Here colours are the theme's to leave out. Only
//! sequences that every terminal since the VT220 knows are used; colours beyond 16 appear only where a cell has one.

mod through;

use std::io::Write;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use crate::domain::text::{Columns, is_sound_mark};

pub use through::{encode_through, rows_through};

/// Blanks to the end of a row that are fewer than this are written as they are.
const WORTH_ERASING: usize = 4;
/// The same of blanks that end before it; the cursor stays before them.
const WORTH_LEAVING: usize = 5;
/// The same of blanks that something follows, as the cursor has to be moved behind them.
const WORTH_SKIPPING: usize = 11;
/// As many characters are shorter than the sequence that steps over them.
const WORTH_BRIDGING: usize = 3;

/// What characters look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

const PLAIN: Look = Look {
    foreground: Color::Reset,
    background: Color::Reset,
    modifier: Modifier::empty(),
};

impl Look {
    fn of(cell: &Cell) -> Self {
        Self {
            foreground: cell.fg,
            background: cell.bg,
            modifier: cell.modifier,
        }
    }
}

/// Writes what draws these cells of a frame, each with its column and row.
///
/// They come row by row and from left to right. Before and after, what is written has no style.
pub fn encode<'a>(bytes: &mut Vec<u8>, frame: &'a Buffer, cells: impl Iterator<Item = (u16, u16, &'a Cell)>) {
    let mut pen = Pen {
        bytes,
        look: PLAIN,
        at: None,
    };
    let mut cells = cells.peekable();
    let mut run: Vec<&Cell> = Vec::new();
    while let Some((column, row, cell)) = cells.next() {
        run.clear();
        run.push(cell);
        let mut end = column + 1;
        // A run ends where the next cell is elsewhere; a wide character skips a cell and thereby ends it too.
        while let Some(&(next, its_row, cell)) = cells.peek()
            && its_row == row
            && let Some(between) = unchanged(frame, row, end..next, [run.last().copied().unwrap_or(cell), cell])
        {
            run.extend(between);
            run.push(cell);
            end = next + 1;
            cells.next();
        }
        pen.draw_run(Position::new(column, row), &run, end == frame.area.width);
    }
    pen.switch_to(PLAIN);
}

/// The unchanged cells between two that changed, where drawing them is shorter than stepping over them: a few plain characters
/// that look like what is on one of their sides.
fn unchanged<'a>(frame: &'a Buffer, row: u16, columns: Range<u16>, sides: [&Cell; 2]) -> Option<Vec<&'a Cell>> {
    if columns.is_empty() {
        return Some(Vec::new());
    }
    // Beside a character that may be wide a cell need not be one of its own.
    if columns.len() > WORTH_BRIDGING || sides[0].symbol().len() > 1 {
        return None;
    }
    let cells: Option<Vec<_>> = columns.map(|column| frame.cell(Position::new(column, row))).collect();
    let cells = cells?;
    let looks_like = |side: &Cell| {
        let is_like = |cell: &&Cell| cell.symbol().len() == 1 && Look::of(cell) == Look::of(side);
        cells.iter().all(is_like)
    };
    sides.into_iter().any(looks_like).then_some(cells)
}

struct Pen<'a> {
    bytes: &'a mut Vec<u8>,
    look: Look,
    /// Where the next character goes; unknown after the last column and after characters that terminals disagree about.
    at: Option<Position>,
}

impl Pen<'_> {
    fn draw_run(&mut self, start: Position, run: &[&Cell], to_the_end: bool) {
        let is_blank = |cell: &&&Cell| cell.symbol() == " " && Look::of(cell) == PLAIN;
        let mut at = start;
        let mut left = run;
        self.move_to(start);
        while let Some((cell, others)) = left.split_first() {
            let blanks = left.iter().take_while(is_blank).count();
            let is_last = blanks == left.len();
            if is_last && to_the_end && blanks >= WORTH_ERASING {
                self.switch_to(PLAIN);
                self.bytes.extend_from_slice(b"\x1b[K");
                break;
            }
            let columns = u16::try_from(blanks).unwrap_or(u16::MAX);
            if blanks >= if is_last { WORTH_LEAVING } else { WORTH_SKIPPING } {
                self.switch_to(PLAIN);
                self.print(format_args!("\x1b[{blanks}X"));
                self.at = Some(at);
                at.x += columns;
                left = left.get(blanks..).unwrap_or_default();
                if !is_last {
                    self.move_to(at);
                }
                continue;
            }
            self.switch_to(Look::of(cell));
            if cell.symbol().contains(is_sound_mark) {
                self.blank(at, cell.symbol().width());
            }
            self.put(cell.symbol());
            at.x += 1;
            left = others;
        }
        if to_the_end {
            // Terminals disagree about where the cursor is after the last column.
            self.at = None;
        }
    }

    /// Blanks the columns that a kana takes with its sound mark: where a terminal gives the mark none of its own, nothing of the
    /// frame before stays beside it.
    fn blank(&mut self, from: Position, columns: usize) {
        self.bytes.extend(std::iter::repeat_n(b' ', columns));
        self.at = None;
        self.move_to(from);
    }

    fn put(&mut self, symbol: &str) {
        self.bytes.extend_from_slice(symbol.as_bytes());
        self.at = match self.at {
            Some(at) if symbol.is_ascii() && symbol.width() == 1 => Some(Position::new(at.x + 1, at.y)),
            _ => None,
        };
    }

    fn move_to(&mut self, to: Position) {
        if self.at == Some(to) {
            return;
        }
        match self.at {
            Some(at) if at.y == to.y && at.x + 1 == to.x => self.print(format_args!("\x1b[C")),
            Some(at) if at.y == to.y && at.x < to.x => self.print(format_args!("\x1b[{}C", to.x - at.x)),
            _ => self.print(format_args!("\x1b[{};{}H", to.y + 1, to.x + 1)),
        }
        self.at = Some(to);
    }

    fn print(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to memory does not fail.
        drop(self.bytes.write_fmt(text));
    }

    fn switch_to(&mut self, look: Look) {
        if look == self.look {
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
        let from = if self.look.modifier.difference(look.modifier).is_empty() && look != PLAIN {
            self.look
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
        self.look = look;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn difference(before: &Buffer, after: &Buffer) -> String {
        let mut bytes = Vec::new();
        encode(&mut bytes, after, before.diff_iter(after));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn styles_cost_one_short_sequence_each() {
        let blank = Buffer::empty(Rect::new(0, 0, 20, 2));
        let mut after = blank.clone();
        let bar = Style::new()
            .fg(Color::Red)
            .add_modifier(Modifier::BOLD | Modifier::REVERSED);
        after.set_string(2, 0, "ab", bar);
        after.set_string(4, 0, "c", bar.fg(Color::LightBlue));
        after.set_string(6, 0, "d", Style::new().fg(Color::Indexed(200)).bg(Color::Rgb(1, 2, 3)));
        after.set_string(0, 1, "e", Style::new());
        assert_eq!(
            difference(&blank, &after),
            "\x1b[1;3H\x1b[1;7;31mab\x1b[94mc\x1b[C\x1b[0;38;5;200;48;2;1;2;3md\x1b[2;1H\x1b[me"
        );
    }

    #[test]
    fn the_end_of_a_row_is_erased_where_that_is_shorter() {
        let blank = Buffer::empty(Rect::new(0, 0, 20, 1));
        let mut row = blank.clone();
        row.set_string(0, 0, "0123456789", Style::new());
        row.set_style(row.area, Style::new().add_modifier(Modifier::REVERSED));
        assert_eq!(difference(&row, &blank), "\x1b[1;1H\x1b[K");
        let mut short = row.clone();
        short.set_string(17, 0, "   ", Style::reset());
        assert_eq!(difference(&row, &short), "\x1b[1;18H   ");
    }

    fn terminal(area: Rect) -> vt100::Parser {
        let size = |length: u16| std::num::NonZero::new(length).unwrap();
        vt100::Parser::new(size(area.height), size(area.width), 0)
    }

    /// A cell of the emulated terminal: its character, attributes and colours.
    fn shown(terminal: &vt100::Parser, at: Position) -> String {
        let cell = terminal.screen().cell(at.y, at.x).unwrap();
        let symbol = if cell.contents().is_empty() {
            " "
        } else {
            cell.contents()
        };
        let attributes = [cell.underline(), cell.inverse(), cell.bold(), cell.italic()];
        printed(symbol, attributes, cell.fgcolor(), cell.bgcolor())
    }

    /// The same of a cell as it was meant.
    fn meant(buffer: &Buffer, at: Position) -> String {
        let cell = &buffer[at];
        let attributes = [
            Modifier::UNDERLINED,
            Modifier::REVERSED,
            Modifier::BOLD,
            Modifier::ITALIC,
        ]
        .map(|modifier| cell.modifier.contains(modifier));
        let colour = |colour| match colour {
            Color::Red => vt100::Color::Idx(1),
            Color::White => vt100::Color::Idx(15),
            Color::DarkGray => vt100::Color::Idx(8),
            Color::Indexed(index) => vt100::Color::Idx(index),
            Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
            _ => vt100::Color::Default,
        };
        printed(cell.symbol(), attributes, colour(cell.fg), colour(cell.bg))
    }

    /// All of it that can be seen: on a blank neither boldness nor, unless reversed, its own colour shows.
    fn printed(symbol: &str, attributes: [bool; 4], foreground: vt100::Color, background: vt100::Color) -> String {
        let [underline, reverse, ..] = attributes;
        if symbol != " " {
            format!("{symbol} {attributes:?} {foreground:?} {background:?}")
        } else if underline || reverse {
            format!("blank {underline} {reverse} {foreground:?} {background:?}")
        } else {
            format!("blank {background:?}")
        }
    }

    fn style() -> impl Strategy<Value = Style> {
        let colour = prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::White),
            Just(Color::DarkGray),
            Just(Color::Indexed(77)),
            Just(Color::Rgb(9, 8, 7)),
        ];
        let modifier = prop_oneof![
            Just(Modifier::empty()),
            Just(Modifier::BOLD),
            Just(Modifier::REVERSED),
            Just(Modifier::BOLD | Modifier::UNDERLINED),
            Just(Modifier::ITALIC | Modifier::REVERSED),
        ];
        (colour.clone(), colour, modifier)
            .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
    }

    fn buffer(texts: &'static [&'static str]) -> impl Strategy<Value = Buffer> {
        let piece = (0_u16..12, 0_u16..3, proptest::sample::select(texts), style());
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 3));
            for (column, row, text, style) in pieces {
                buffer.set_string(column, row, text, style);
            }
            buffer
        })
    }

    fn check(terminal: &vt100::Parser, buffer: &Buffer) -> Result<(), TestCaseError> {
        for at in buffer.area.positions() {
            // The second half of a wide character has no look of its own.
            if !terminal.screen().cell(at.y, at.x).unwrap().is_wide_continuation() {
                prop_assert_eq!(shown(terminal, at), meant(buffer, at), "{:?}", at);
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_terminal_shows_what_was_meant(
            frames in proptest::collection::vec(buffer(&["    ", "abc", "é", "          ", "x"]), 1..5),
        ) {
            let mut before = Buffer::empty(Rect::new(0, 0, 12, 3));
            let mut terminal = terminal(before.area);
            for after in frames {
                terminal.process(difference(&before, &after).as_bytes());
                check(&terminal, &after)?;
                before = after;
            }
        }

        // What is left of a wide character that is half overwritten differs between terminals, so there is one frame here.
        #[test]
        fn wide_characters_do_not_shift_what_follows(
            columns in proptest::sample::subsequence(vec![0_u16, 4, 8], 0..=3),
            texts in proptest::collection::vec(proptest::sample::select(&["日本", "日a", "a日b", "ab"][..]), 3),
            style in style(),
        ) {
            let blank = Buffer::empty(Rect::new(0, 0, 12, 3));
            let mut buffer = blank.clone();
            for (column, text) in columns.into_iter().zip(texts) {
                buffer.set_string(column, 1, text, style);
            }
            let mut terminal = terminal(buffer.area);
            terminal.process(difference(&blank, &buffer).as_bytes());
            check(&terminal, &buffer)?;
        }
    }
}
