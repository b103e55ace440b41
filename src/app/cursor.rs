//! A position in a list, and the part of the list that is in view.

use serde::{Deserialize, Serialize};

/// The selected row and the first row in view, both from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    at: usize,
    top: usize,
}

/// A movement of the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One row back.
    Up,
    /// One row on.
    Down,
    /// Half a view back.
    HalfUp,
    /// Half a view on.
    HalfDown,
    /// A view back.
    PageUp,
    /// A view on.
    PageDown,
    /// The first row.
    First,
    /// The last row.
    Last,
}

impl Cursor {
    /// The selected row.
    pub fn at(self) -> usize {
        self.at
    }

    /// The first row in view.
    pub fn top(self) -> usize {
        self.top
    }

    /// Moves in a list of `length` rows of which `height` are in view.
    pub fn go(&mut self, motion: Motion, length: usize, height: usize) {
        let page = height.max(1);
        let half = (page / 2).max(1);
        let to = match motion {
            Motion::Up => self.at.saturating_sub(1),
            Motion::Down => self.at.saturating_add(1),
            Motion::HalfUp => self.at.saturating_sub(half),
            Motion::HalfDown => self.at.saturating_add(half),
            Motion::PageUp => self.at.saturating_sub(page),
            Motion::PageDown => self.at.saturating_add(page),
            Motion::First => 0,
            Motion::Last => usize::MAX,
        };
        // A page is another one: what comes into view is what was not, and the selection stays where it is on screen.
        match motion {
            Motion::PageUp => self.top = self.top.saturating_sub(page),
            Motion::PageDown => self.top = self.top.saturating_add(page),
            _ => {}
        }
        self.select(to, length, height);
    }

    /// Selects the row that was selected, wherever it is now. It stays on its line of the screen, and so does what is in view.
    pub fn keep(&mut self, row: usize, length: usize, height: usize) {
        self.top = row.saturating_sub(self.at.saturating_sub(self.top));
        self.select(row, length, height);
    }

    /// Selects a row, or the nearest there is, and keeps it in view.
    pub fn select(&mut self, row: usize, length: usize, height: usize) {
        let height = height.max(1);
        self.at = row.min(length.saturating_sub(1));
        self.top = self.top.clamp(self.at.saturating_sub(height - 1), self.at);
        // No empty space below the last row while there are rows above.
        self.top = self.top.min(length.saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moving_within_the_view_does_not_scroll() {
        let mut cursor = Cursor::default();
        for _ in 0..4 {
            cursor.go(Motion::Down, 100, 5);
        }
        assert_eq!((cursor.at(), cursor.top()), (4, 0));
        cursor.go(Motion::Down, 100, 5);
        assert_eq!((cursor.at(), cursor.top()), (5, 1));
        cursor.go(Motion::Last, 100, 5);
        assert_eq!((cursor.at(), cursor.top()), (99, 95));
        cursor.go(Motion::Up, 100, 5);
        assert_eq!((cursor.at(), cursor.top()), (98, 95));
    }

    #[test]
    fn a_page_on_shows_what_was_not_in_view_and_a_page_back_what_was() {
        let mut cursor = Cursor::default();
        cursor.go(Motion::Down, 13, 5);
        cursor.go(Motion::PageDown, 13, 5);
        assert_eq!((cursor.at(), cursor.top()), (6, 5));
        cursor.go(Motion::PageDown, 13, 5);
        assert_eq!((cursor.at(), cursor.top()), (11, 8));
        cursor.go(Motion::PageUp, 13, 5);
        assert_eq!((cursor.at(), cursor.top()), (6, 3));
        cursor.go(Motion::PageUp, 13, 5);
        cursor.go(Motion::PageUp, 13, 5);
        assert_eq!((cursor.at(), cursor.top()), (0, 0));
    }

    #[test]
    fn rows_that_come_and_go_before_it_do_not_move_what_is_in_view() {
        let mut cursor = Cursor::default();
        cursor.select(12, 100, 5);
        cursor.go(Motion::Up, 100, 5);
        assert_eq!((cursor.at(), cursor.top()), (11, 8));
        cursor.keep(14, 103, 5);
        assert_eq!((cursor.at(), cursor.top()), (14, 11));
        cursor.keep(9, 98, 5);
        assert_eq!((cursor.at(), cursor.top()), (9, 6));
        let mut first = Cursor::default();
        first.keep(2, 102, 5);
        assert_eq!(
            (first.at(), first.top()),
            (2, 2),
            "the first row stays on its line, too"
        );
        let mut second = Cursor::default();
        second.go(Motion::Down, 100, 5);
        second.keep(3, 102, 5);
        assert_eq!((second.at(), second.top()), (3, 2), "it stays on its line");
        second.keep(1, 4, 5);
        assert_eq!((second.at(), second.top()), (1, 0), "where there is as much");
    }

    proptest! {
        #[test]
        fn the_selected_row_is_in_the_list_and_in_view(
            moves in prop::collection::vec(0..8usize, 0..40),
            length in 0usize..50,
            height in 0usize..20,
        ) {
            use Motion::{Down, First, HalfDown, HalfUp, Last, PageDown, PageUp, Up};
            let motions = [Up, Down, HalfUp, HalfDown, PageUp, PageDown, First, Last];
            let mut cursor = Cursor::default();
            for index in moves {
                cursor.go(motions[index], length, height);
                prop_assert!(cursor.at() < length.max(1));
                prop_assert!(cursor.top() <= cursor.at());
                prop_assert!(cursor.at() < cursor.top() + height.max(1));
            }
        }
    }
}
