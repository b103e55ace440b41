//! Text that goes on in the next row, written so that the terminal itself begins that row. It then knows both as one line, and
//! whoever selects them with its mouse gets one.
//!
//! The cursor is moved within a row only behind characters that terminals disagree about, and never from a row to the one that
//! goes on: where a terminal takes a character for wider than it is meant to be, no more than the columns beside it are wrong.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::domain::text::{Columns, is_sound_mark};

use super::pen::{Look, Pen};

/// The rows that are written in full, in order: those that go on in the next, and those in which they end. Each with how many of
/// its columns are, and whether it goes on from the one before. `wraps` has the rows that go on, in order, and how many columns of
/// text each has: all there are, or one fewer before a wide character.
pub fn rows_through(frame: &Buffer, wraps: &[(u16, u16)]) -> Vec<(u16, u16, bool)> {
    let mut rows = Vec::new();
    let mut goes_on = false;
    for (index, (row, columns)) in wraps.iter().enumerate() {
        rows.push((*row, *columns, goes_on));
        goes_on = wraps.get(index + 1).is_some_and(|(next, _)| *next == row + 1);
        if !goes_on {
            rows.push((row + 1, columns_of_text(frame, row + 1), true));
        }
    }
    rows
}

/// Writes such rows, and leaves the cursor where it is to be, if that matters.
pub fn encode_through(bytes: &mut Vec<u8>, frame: &Buffer, rows: &[(u16, u16, bool)], to: Option<Position>) {
    // The terminal is told to begin rows by itself; nearly all do without.
    bytes.extend_from_slice(b"\x1b[?7h");
    let mut pen = Pen::new(bytes, frame.area.width, None);
    for (row, columns, goes_on) in rows {
        pen.row_through(frame, *row, *columns, *goes_on);
    }
    pen.finish(to);
}

/// The columns of a row up to its last character; at least one.
fn columns_of_text(frame: &Buffer, row: u16) -> u16 {
    let is_blank = |x: &u16| {
        frame
            .cell(Position::new(*x, row))
            .is_none_or(|cell| cell.symbol() == " ")
    };
    let last = (0..frame.area.width).rev().find(|x| !is_blank(x));
    last.unwrap_or(0) + 1
}

impl Pen<'_> {
    /// Writes so many columns of a row; one that goes on begins where the terminal puts what follows the row before.
    fn row_through(&mut self, frame: &Buffer, row: u16, columns: u16, goes_on: bool) {
        let mut x = 0;
        while x < columns {
            let at = Position::new(x, row);
            let Some(cell) = frame.cell(at) else {
                return;
            };
            let width = cell.symbol().width().max(1);
            if x > 0 || !goes_on {
                self.move_to(at);
            } else {
                self.goes_on_at(at);
            }
            self.switch_to(Look::of(cell));
            if x > 0 && cell.symbol().contains(is_sound_mark) {
                self.blank(at, width);
            }
            self.put(cell.symbol());
            x = x.saturating_add(u16::try_from(width).unwrap_or(u16::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;
    use crate::app::wrap::cut;

    /// A frame of these lines, broken where it ends, and its rows that go on.
    fn frame(lines: &[&str], columns: u16, rows: u16) -> (Buffer, Vec<(u16, u16)>) {
        let mut frame = Buffer::empty(Rect::new(0, 0, columns, rows));
        let mut wraps = Vec::new();
        let mut y = 0;
        for line in lines {
            let parts = cut(line, usize::from(columns));
            for (part, text) in parts.iter().enumerate() {
                frame.set_string(0, y, text, Style::new());
                if part + 1 < parts.len() {
                    wraps.push((y, u16::try_from(text.width()).unwrap()));
                }
                y += 1;
            }
        }
        (frame, wraps)
    }

    fn written(lines: &[&str], columns: u16, rows: u16) -> String {
        let (frame, wraps) = frame(lines, columns, rows);
        let mut bytes = Vec::new();
        encode_through(&mut bytes, &frame, &rows_through(&frame, &wraps), None);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_long_line_is_written_in_one_go() {
        assert_eq!(
            written(&["0123456789abc", "x", "9876543210  zy"], 5, 10),
            "\x1b[?7h\x1b[H0123456789abc\x1b[5H9876543210  zy"
        );
        // A wide character goes to the next row as a whole.
        assert_eq!(written(&["0123日b"], 5, 2), "\x1b[?7h\x1b[H0123日\x1b[2;3Hb");
    }

    proptest! {
        #[test]
        fn a_terminal_knows_each_line_as_one(
            lines in proptest::collection::vec("[a-d][a-d日é ]{0,28}[a-d]", 1..4),
        ) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let (frame, wraps) = frame(&lines, 7, 30);
            let size = |length: u16| std::num::NonZero::new(length).unwrap();
            let mut terminal = vt100::Parser::new(size(30), size(7), 0);
            let blank = Buffer::empty(frame.area);
            let mut bytes = Vec::new();
            super::super::encode(&mut bytes, &frame, blank.diff_iter(&frame), super::super::Way::default());
            encode_through(&mut bytes, &frame, &rows_through(&frame, &wraps), None);
            terminal.process(&bytes);
            let shown: Vec<String> = terminal.screen().rows(0, 7).map(|row| row.trim_end().to_owned()).collect();
            let meant = lines.iter().flat_map(|line| cut(line, 7)).map(|part| part.trim_end().to_owned());
            prop_assert_eq!(&shown[..meant.clone().count()], meant.collect::<Vec<_>>());
            // This emulator forgets that a row goes on where its last column is left free.
            let full: Vec<u16> = wraps.iter().filter(|(_, columns)| *columns == 7).map(|(row, _)| *row).collect();
            let wrapped: Vec<u16> = (0..30).filter(|row| terminal.screen().row_wrapped(*row)).collect();
            prop_assert_eq!(&wrapped, &full);
            if full.len() == wraps.len() {
                prop_assert_eq!(terminal.screen().contents(), lines.join("\n"));
            }
        }
    }
}
