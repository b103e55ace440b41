//! Text of several lines being edited: a text area that deletes what people see as one character.
//!
//! The text area itself is `ratatui-textarea`, which deletes by code point; a letter with a combining mark or a flag
//! would fall apart. It is drawn by `ui`, from [`EditArea::lines`] and [`EditArea::position`].

use ratatui_textarea::{CursorMove, TextArea};
use unicode_segmentation::UnicodeSegmentation;

use super::input::{Key, KeyCode};

/// Text of several lines with a cursor and undo.
#[derive(Clone, Debug)]
pub struct EditArea {
    area: TextArea<'static>,
}

impl Default for EditArea {
    fn default() -> Self {
        Self::new("")
    }
}

impl EditArea {
    /// An area that holds `text`, with the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area }
    }

    /// What it holds.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The lines it holds; at least one.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// Where the cursor is: line and character, both from 0.
    pub fn position(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Puts pasted text at the cursor.
    pub fn insert(&mut self, text: &str) {
        self.area.insert_str(text);
    }

    /// Takes a key, and says whether it had a meaning here. Moving past the first or last line has none.
    pub fn key(&mut self, key: Key) -> bool {
        let (row, column) = self.position();
        match (key.ctrl, key.code) {
            (false, KeyCode::Char(character)) => self.area.insert_char(character),
            (false, KeyCode::Enter) => self.area.insert_newline(),
            (false, KeyCode::Backspace) => self.delete_before(row, column),
            (false, KeyCode::Delete) => self.delete_after(row, column),
            (false, KeyCode::Up) if row > 0 => self.area.move_cursor(CursorMove::Up),
            (false, KeyCode::Down) if row + 1 < self.lines().len() => self.area.move_cursor(CursorMove::Down),
            (false, KeyCode::Left) => self.leap(row, column, true),
            (false, KeyCode::Right) => self.leap(row, column, false),
            (false, KeyCode::Home) => self.area.move_cursor(CursorMove::Head),
            (false, KeyCode::End) => self.area.move_cursor(CursorMove::End),
            // As in a single line. What was changed last comes back with Ctrl-R.
            (true, KeyCode::Char('u')) => {
                self.area.delete_line_by_head();
            }
            (true, KeyCode::Char('r')) => {
                self.area.undo();
            }
            (true, KeyCode::Char('k')) => {
                self.area.delete_line_by_end();
            }
            (true, KeyCode::Char('w')) => {
                self.area.delete_word();
            }
            _ => return false,
        }
        true
    }

    fn delete_before(&mut self, row: usize, column: usize) {
        let length = self.grapheme_before(row, column).max(1);
        for _ in 0..length {
            self.area.delete_char();
        }
    }

    fn delete_after(&mut self, row: usize, column: usize) {
        let length = self.grapheme_after(row, column).max(1);
        for _ in 0..length {
            self.area.delete_next_char();
        }
    }

    fn leap(&mut self, row: usize, column: usize, back: bool) {
        let (length, step) = if back {
            (self.grapheme_before(row, column), CursorMove::Back)
        } else {
            (self.grapheme_after(row, column), CursorMove::Forward)
        };
        for _ in 0..length.max(1) {
            self.area.move_cursor(step);
        }
    }

    /// Characters of the grapheme before a position; 0 at the start of a line.
    fn grapheme_before(&self, row: usize, column: usize) -> usize {
        let before: String = self
            .lines()
            .get(row)
            .map_or_else(String::new, |line| line.chars().take(column).collect());
        before
            .graphemes(true)
            .next_back()
            .map_or(0, |grapheme| grapheme.chars().count())
    }

    /// Characters of the grapheme at a position; 0 at the end of a line.
    fn grapheme_after(&self, row: usize, column: usize) -> usize {
        let after: String = self
            .lines()
            .get(row)
            .map_or_else(String::new, |line| line.chars().skip(column).collect());
        after
            .graphemes(true)
            .next()
            .map_or(0, |grapheme| grapheme.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backspace_takes_what_people_see_as_one_character() {
        for (text, left) in [
            ("a👩‍💻", "a"),
            ("ae\u{301}", "a"),
            ("a🇫🇷", "a"),
            ("ab", "a"),
            ("a\n", "a"),
            ("", ""),
        ] {
            let mut area = EditArea::new(text);
            area.key(Key::plain(KeyCode::Backspace));
            assert_eq!(area.text(), left, "{text:?}");
        }
    }

    #[test]
    fn delete_and_arrows_go_by_the_same_characters() {
        let mut area = EditArea::new("e\u{301}x");
        area.key(Key::plain(KeyCode::Left));
        area.key(Key::plain(KeyCode::Left));
        assert_eq!(area.position(), (0, 0));
        area.key(Key::plain(KeyCode::Delete));
        assert_eq!(area.text(), "x");
        assert!(!area.key(Key::plain(KeyCode::Up)), "there is no line above");
        area.key(Key::plain(KeyCode::End));
        area.key(Key::ctrl('u'));
        assert_eq!(area.text(), "");
        area.key(Key::ctrl('r'));
        assert_eq!(area.text(), "x");
    }
}
