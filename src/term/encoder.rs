//! Cells into the bytes that draw them, as few as will do.
//!
//! One escape sequence for each change of style, the short forms of the 16 colours, many blanks by erasing what was
//! there, and the shortest way from one place to the next. crossterm's own encoding is two to three times as long, which shows
//! over a slow link: each attribute is a sequence of its own, each of the 16 colours is spelled as one of 256, and under
//! `NO_COLOR` each change of colour becomes a reset that takes the selection's reverse video with it. Here colours are the
//! theme's to leave out. Only sequences that every terminal since the VT220 knows are used; colours beyond 16 appear only where
//! a cell has one.

mod pen;
mod through;

use std::iter::Peekable;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;

use crate::domain::text::{Columns, is_sound_mark};

use pen::{Look, PLAIN, Pen};

pub use through::{encode_through, rows_through};

/// Blanks to the end of a row that are fewer than this are written as they are.
const WORTH_ERASING: usize = 4;
/// The same of blanks that end before it; the cursor stays before them.
const WORTH_LEAVING: usize = 5;
/// The same of blanks that something follows, as the cursor has to be moved behind them.
const WORTH_SKIPPING: usize = 11;
/// The same where they were erased with all around them.
const WORTH_STEPPING: usize = 5;
/// As many characters are shorter than the sequence that steps over them.
const WORTH_BRIDGING: usize = 3;

/// Cells side by side that are drawn.
struct Run<'a> {
    start: Position,
    cells: Vec<&'a Cell>,
    /// Whether they are the last of their row.
    ends_row: bool,
}

/// Where the cursor is before cells are drawn, if that is known, and where it is to be afterwards, if that matters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    /// Before.
    pub from: Option<Position>,
    /// Afterwards; it is not moved there where nothing is drawn and nothing known of it before.
    pub to: Option<Position>,
}

/// Writes what draws these cells of a frame, each with its column and row.
///
/// They come row by row and from left to right. Before and after, what is written has no style.
pub fn encode<'a>(bytes: &mut Vec<u8>, frame: &'a Buffer, cells: impl Iterator<Item = (u16, u16, &'a Cell)>, way: Way) {
    let mut pen = Pen::new(bytes, frame.area.width, way.from);
    let mut cells = cells.peekable();
    let mut rows: Vec<Vec<Run<'_>>> = Vec::new();
    while let Some(run) = next_run(frame, &mut cells) {
        match rows
            .last_mut()
            .filter(|row| row.iter().all(|other| other.start.y == run.start.y))
        {
            Some(row) => row.push(run),
            None => rows.push(vec![run]),
        }
    }
    let moves = way.from.is_some() || !rows.is_empty();
    pen.draw_rows(&rows);
    pen.finish(way.to.filter(|_| moves));
}

/// The next of these cells with all that are drawn together with it.
fn next_run<'a>(
    frame: &'a Buffer,
    cells: &mut Peekable<impl Iterator<Item = (u16, u16, &'a Cell)>>,
) -> Option<Run<'a>> {
    let (column, row, first) = cells.next()?;
    let (mut run, mut last) = (vec![first], first);
    let mut end = column + 1;
    // A run ends where the next cell is elsewhere; a wide character skips a cell and thereby ends it too.
    while let Some(&(next, its_row, cell)) = cells.peek()
        && its_row == row
        && let Some(between) = unchanged(frame, row, end..next, [last, cell])
    {
        run.extend(between);
        run.push(cell);
        (end, last) = (next + 1, cell);
        cells.next();
    }
    Some(Run {
        start: Position::new(column, row),
        cells: run,
        ends_row: end == frame.area.width,
    })
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
        let is_like = |cell: &&Cell| cell.symbol().len() == 1 && Look::of(side).draws(cell);
        cells.iter().all(is_like)
    };
    sides.into_iter().any(looks_like).then_some(cells)
}

/// Whether two cells cannot be told apart on a terminal: what differs is the look of characters, and both are blank.
pub fn are_alike(cell: &Cell, other: &Cell) -> bool {
    cell.symbol() == other.symbol() && Look::of(cell).draws(other)
}

fn is_erased(cell: &Cell) -> bool {
    cell.symbol() == " " && PLAIN.draws(cell)
}

/// The look that runs begin with.
fn first_look(runs: &[Run<'_>]) -> Option<Look> {
    Some(Look::of(runs.first()?.cells.first()?))
}

impl Pen<'_> {
    /// Draws rows, each as its runs. One that begins as the one before it but one ends is drawn next to that where that is
    /// shorter, as the border below a list after those beside the row that came in.
    fn draw_rows(&mut self, mut rows: &[Vec<Run<'_>>]) {
        while let [row, others @ ..] = rows {
            let look = Some(self.look()).filter(|look| *look != PLAIN);
            match others {
                [next, others @ ..] if look.is_some() && first_look(next) == look && first_look(row) != look => {
                    let draw_both = |pen: &mut Self, row: &[Run<'_>], other: &[Run<'_>]| {
                        pen.draw_row(row);
                        pen.draw_row(other);
                    };
                    self.shorter(|pen| draw_both(pen, row, next), |pen| draw_both(pen, next, row));
                    rows = others;
                }
                _ => {
                    self.draw_row(row);
                    rows = others;
                }
            }
        }
    }

    /// Draws the runs of a row. A first one that looks like the end of the last and not like what was drawn before, as the borders
    /// of a list do, is drawn behind it where that is shorter.
    fn draw_row(&mut self, runs: &[Run<'_>]) {
        let draw_all = |pen: &mut Self, runs: &[Run<'_>]| runs.iter().for_each(|run| pen.draw_run(run));
        let look = first_look(runs).filter(|look| *look != self.look());
        match runs {
            [first, others @ ..]
                if (others.last().and_then(|last| last.cells.last()))
                    .is_some_and(|last| Some(Look::of(last)) == look) =>
            {
                self.shorter(
                    |pen| draw_all(pen, runs),
                    |pen| {
                        draw_all(pen, others);
                        pen.draw_run(first);
                    },
                );
            }
            _ => draw_all(self, runs),
        }
    }

    fn draw_run(&mut self, run: &Run<'_>) {
        self.move_to(run.start);
        let blanks = run.cells.iter().filter(|cell| is_erased(cell)).count();
        if blanks > WORTH_STEPPING && blanks < run.cells.len() {
            self.shorter(|pen| pen.draw_pieces(run, false), |pen| pen.draw_pieces(run, true));
        } else {
            self.draw_pieces(run, false);
        }
    }

    /// Draws a run from where the cursor is; `wiped` after all of it was erased.
    fn draw_pieces(&mut self, run: &Run<'_>, wiped: bool) {
        let mut at = run.start;
        let mut left = run.cells.as_slice();
        if wiped {
            self.erase(left.len(), run.ends_row);
        }
        while let Some((cell, others)) = left.split_first() {
            let blanks = left.iter().take_while(|cell| is_erased(cell)).count();
            let is_last = blanks == left.len();
            let is_left = match (wiped, is_last) {
                (true, true) => true,
                (true, false) => blanks >= WORTH_STEPPING || blanks > 0 && !self.look().draws(cell),
                (false, true) => blanks >= if run.ends_row { WORTH_ERASING } else { WORTH_LEAVING },
                (false, false) => blanks >= WORTH_SKIPPING,
            };
            if is_left {
                if !wiped {
                    self.erase(blanks, is_last && run.ends_row);
                }
                at.x += u16::try_from(blanks).unwrap_or(u16::MAX);
                left = left.get(blanks..).unwrap_or_default();
                if !is_last {
                    self.move_to(at);
                }
                continue;
            }
            self.switch_for(cell);
            if cell.symbol().contains(is_sound_mark) {
                self.blank(at, cell.symbol().width());
            }
            self.put(cell.symbol());
            at.x += 1;
            left = others;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Modifier, Style};

    use super::*;

    fn difference(before: &Buffer, after: &Buffer) -> String {
        let mut bytes = Vec::new();
        encode(&mut bytes, after, before.diff_iter(after), Way::default());
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
            "\x1b[1;3H\x1b[1;7;31mab\x1b[94mc\x1b[C\x1b[0;38;5;200;48;2;1;2;3md\r\n\x1b[me"
        );
    }

    #[test]
    fn the_end_of_a_row_is_erased_where_that_is_shorter() {
        let blank = Buffer::empty(Rect::new(0, 0, 20, 1));
        let mut row = blank.clone();
        row.set_string(0, 0, "0123456789", Style::new());
        row.set_style(row.area, Style::new().add_modifier(Modifier::REVERSED));
        assert_eq!(difference(&row, &blank), "\x1b[H\x1b[K");
        let mut short = row.clone();
        short.set_string(17, 0, "   ", Style::reset());
        assert_eq!(difference(&row, &short), "\x1b[1;18H   ");
    }

    #[test]
    fn the_cursor_goes_the_shortest_way() {
        let blank = Buffer::empty(Rect::new(0, 0, 90, 30));
        let written = |texts: &[(u16, u16, &str)]| {
            let mut after = blank.clone();
            for (column, row, text) in texts {
                after.set_string(*column, *row, text, Style::new());
            }
            difference(&blank, &after)
        };
        // Within a row, and to those below; the first column goes without saying.
        assert_eq!(
            written(&[(0, 11, "a"), (8, 11, "b"), (1, 12, "c"), (20, 20, "d"), (0, 21, "e")]),
            "\x1b[12Ha\x1b[7Cb\r\n\x1b[Cc\x1b[21;21Hd\r\ne"
        );
        // Behind a character that some terminals take for wider only the row is known; where such may have filled it, not even that.
        assert_eq!(written(&[(0, 11, "│"), (3, 11, "a")]), "\x1b[12H│\r\x1b[3Ca");
        let many = "é".repeat(45);
        assert_eq!(
            written(&[(0, 11, &many), (60, 11, "a")]),
            format!("\x1b[12H{many}\x1b[12;61Ha")
        );
        assert_eq!(written(&[(89, 11, "a"), (0, 12, "b")]), "\x1b[12;90Ha\x1b[13Hb");
    }

    #[test]
    fn a_row_of_a_list_is_erased_as_a_whole_where_that_is_shorter() {
        let row = "  t-0000004  Hooli Corporation 4           1  global   global   active        ";
        let mut plain = Buffer::empty(Rect::new(0, 0, 80, 20));
        plain.set_string(1, 9, row, Style::new());
        let mut selected = plain.clone();
        selected.set_style(Rect::new(1, 9, 78, 1), Style::new().add_modifier(Modifier::REVERSED));
        assert_eq!(
            difference(&selected, &plain),
            "\x1b[10;2H\x1b[78X  t-0000004  Hooli Corporation 4\x1b[11C1  global   global   active"
        );
    }

    #[test]
    fn what_looks_alike_is_drawn_together() {
        let mut before = Buffer::empty(Rect::new(0, 0, 80, 20));
        before.set_string(10, 0, " x", Style::new());
        let mut after = before.clone();
        let border = Style::new().add_modifier(Modifier::DIM);
        after.set_string(0, 0, "│", border);
        after.set_string(3, 0, "ab", Style::new());
        after.set_string(10, 0, " ", border);
        after.set_string(79, 0, "│", border);
        // The blank that is dim now looks as it did; the two borders are drawn one after the other.
        let shown = |(x, y, cell): &(u16, u16, &Cell)| !are_alike(&before[(*x, *y)], cell);
        let mut bytes = Vec::new();
        let way = Way {
            from: Some(Position::ORIGIN),
            to: Some(Position::new(1, 0)),
        };
        encode(&mut bytes, &after, before.diff_iter(&after).filter(shown), way);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\x1b[3Cab\x1b[74C\x1b[2m│\x1b[H│\x1b[m\r\x1b[C"
        );
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
