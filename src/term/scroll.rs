//! Lists that scroll: the terminal moves the rows that are there already, and only what came in is written.
//!
//! Lines are deleted at one end of what moves, and as many inserted at the other: what every terminal since the VT102 knows,
//! the Linux console and multiplexers included, and shorter than to set a region, to scroll it and to give it up again. Whole
//! rows move, so what stands beside a list moves with it and has to be written again; whether that pays is for
//! [`super::screen`] to see.

use std::io::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;

/// The most rows that content is looked for to have moved: what one key or one turn of a wheel does.
const FARTHEST: usize = 3;

/// Rows that the terminal can move instead of having them written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scroll {
    /// The first row of the region, from 0.
    top: usize,
    /// The last one.
    bottom: usize,
    /// By how many rows.
    by: usize,
    /// Whether the content goes up, as when a list goes on downwards.
    up: bool,
}

impl Scroll {
    /// What moves the most cells of one frame to where they are in the next, if anything does.
    pub fn between(before: &Buffer, after: &Buffer) -> Option<Self> {
        let width = usize::from(after.area.width);
        if width == 0 || before.area != after.area {
            return None;
        }
        let before: Vec<&[Cell]> = before.content.chunks_exact(width).collect();
        let after: Vec<&[Cell]> = after.content.chunks_exact(width).collect();
        let stays: Vec<i64> = after.iter().zip(&before).map(|(new, old)| alike(new, old)).collect();
        let mut best: Option<(i64, Self)> = None;
        for by in 1..=FARTHEST.min(after.len().saturating_sub(1)) {
            for up in [true, false] {
                let (new, old, stays) = if up {
                    (after.as_slice(), before.get(by..)?, stays.as_slice())
                } else {
                    (after.get(by..)?, before.as_slice(), stays.get(by..)?)
                };
                let gains = new
                    .iter()
                    .zip(old)
                    .zip(stays)
                    .map(|((new, old), stays)| alike(new, old) - stays);
                let Some((gain, first, last)) = richest(gains) else {
                    continue;
                };
                if best.is_none_or(|(most, _)| gain > most) {
                    // The rows of the region are those that content comes from and those that it goes to.
                    let (top, bottom) = (first, last + by);
                    best = Some((gain, Self { top, bottom, by, up }));
                }
            }
        }
        best.map(|(_, scroll)| scroll)
    }

    /// The same with those rows above that are moved along in their first half, as those of a list are that has something else
    /// beside it, which then has to be written again; `None` where there are none.
    pub fn with_rows_above(self, before: &Buffer, after: &Buffer) -> Option<Self> {
        let is_moved = |top: &usize| {
            let (from, to) = if self.up {
                (top + self.by, *top)
            } else {
                (*top, top + self.by)
            };
            first_half(before, from) == first_half(after, to)
        };
        let top = (0..self.top).rev().take_while(is_moved).last()?;
        Some(Self { top, ..self })
    }

    /// Does to a frame what the terminal does.
    pub fn apply(self, frame: &mut Buffer) {
        let width = usize::from(frame.area.width);
        let Some(region) = frame.content.get_mut(self.top * width..(self.bottom + 1) * width) else {
            return;
        };
        let (moved, height) = (self.by * width, region.len());
        if self.up {
            region.rotate_left(moved);
        } else {
            region.rotate_right(moved);
        }
        let vacated = if self.up { height - moved..height } else { 0..moved };
        for cell in region.get_mut(vacated).into_iter().flatten() {
            cell.reset();
        }
    }

    /// Writes what makes the terminal do it, and returns where the cursor is afterwards: on the first row that came in. That is
    /// blank and has no style, if nothing that is written has one at the moment.
    pub fn encode(self, bytes: &mut Vec<u8>) -> Position {
        let (first, behind) = (self.top, self.bottom + 1 - self.by);
        let (from, to) = if self.up { (first, behind) } else { (behind, first) };
        let count = if self.by == 1 {
            String::new()
        } else {
            self.by.to_string()
        };
        // Writing to memory does not fail.
        drop(write!(
            bytes,
            "\x1b[{}H\x1b[{count}M\x1b[{}H\x1b[{count}L",
            from + 1,
            to + 1
        ));
        Position::new(0, u16::try_from(to).unwrap_or(u16::MAX))
    }
}

/// The cells of a row up to its middle.
fn first_half(frame: &Buffer, row: usize) -> Option<&[Cell]> {
    let width = usize::from(frame.area.width);
    frame.content.get(row * width..row * width + width / 2)
}

/// How many cells two rows have in common.
fn alike(row: &[Cell], other: &[Cell]) -> i64 {
    row.iter()
        .zip(other)
        .map(|(cell, other)| i64::from(cell == other))
        .sum()
}

/// The stretch with the largest sum, where one is above zero: the sum, its first and its last place.
fn richest(gains: impl Iterator<Item = i64>) -> Option<(i64, usize, usize)> {
    let mut best: Option<(i64, usize, usize)> = None;
    let (mut sum, mut first) = (0, 0);
    for (place, gain) in gains.enumerate() {
        if sum <= 0 {
            (sum, first) = (0, place);
        }
        sum += gain;
        if sum > best.map_or(0, |(most, ..)| most) {
            best = Some((sum, first, place));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Modifier, Style};

    use super::*;

    fn frame(rows: &[&str]) -> Buffer {
        let height = u16::try_from(rows.len()).unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, height));
        for (row, text) in (0..).zip(rows) {
            buffer.set_string(0, row, text, Style::new());
        }
        buffer
    }

    #[test]
    fn rows_between_rows_that_stay_are_found_to_have_moved() {
        let before = frame(&["~~~~~~~~~~", "alpha", "bravo", "charlie", "delta", "=========="]);
        let down = frame(&["~~~~~~~~~~", "bravo", "charlie", "delta", "echo", "=========="]);
        let scroll = Scroll::between(&before, &down).unwrap();
        let expected = Scroll {
            top: 1,
            bottom: 4,
            by: 1,
            up: true,
        };
        assert_eq!(scroll, expected);
        let mut bytes = Vec::new();
        assert_eq!(scroll.encode(&mut bytes), Position::new(0, 4));
        assert_eq!(bytes, b"\x1b[2H\x1b[M\x1b[5H\x1b[L");
        let mut moved = before.clone();
        scroll.apply(&mut moved);
        assert_eq!(
            moved,
            frame(&["~~~~~~~~~~", "bravo", "charlie", "delta", "", "=========="])
        );

        // Beside rows that moved something stayed, so that less of the upper ones is where it was.
        let list = [
            "~~~~~~~~~~",
            "alpha    A",
            "bravo    B",
            "charlie  C",
            "delta    D",
            "==========",
        ];
        let (beside, mut scrolled) = (frame(&list), frame(&list));
        for (row, text) in [(1, "bravo"), (2, "charli"), (3, "delta"), (4, "echo")] {
            scrolled.set_string(0, row, format!("{text:<8}"), Style::new());
        }
        let half = Scroll { top: 3, ..expected };
        assert_eq!(half.with_rows_above(&beside, &scrolled), Some(expected));
        assert_eq!(expected.with_rows_above(&beside, &scrolled), None);

        let back = Scroll::between(&down, &before).unwrap();
        assert_eq!(back, Scroll { up: false, ..expected });
        let mut bytes = Vec::new();
        assert_eq!(back.encode(&mut bytes), Position::new(0, 1));
        assert_eq!(bytes, b"\x1b[5H\x1b[M\x1b[2H\x1b[L");
        let mut moved = down;
        back.apply(&mut moved);
        assert_eq!(
            moved,
            frame(&["~~~~~~~~~~", "", "bravo", "charlie", "delta", "=========="])
        );
    }

    #[test]
    fn where_nothing_moved_nothing_is_found() {
        let before = frame(&["alpha", "bravo", "charlie"]);
        assert_eq!(Scroll::between(&before, &before), None);
        let mut other = before.clone();
        other.set_style(Rect::new(0, 1, 10, 1), Style::new().add_modifier(Modifier::REVERSED));
        assert_eq!(Scroll::between(&before, &other), None);
        assert_eq!(Scroll::between(&before, &frame(&["alpha"])), None);
        assert_eq!(Scroll::between(&frame(&[]), &frame(&[])), None);
    }
}
