//! One line of text being edited.
//!
//! The editing itself is `tui-input`, which moves and deletes by what people see as one character. Drawn by `ui`.

use tui_input::{Input, InputRequest};
use unicode_segmentation::UnicodeSegmentation;

use super::input::{Key, KeyCode};

/// One line of text with a cursor.
#[derive(Clone, Debug, Default)]
pub struct LineEdit {
    input: Input,
}

impl LineEdit {
    /// The longest text that is taken, in characters. Longer pastes are cut, so that nothing grinds to a halt.
    pub const MAX: usize = 10_000;

    /// A line that holds `text`, with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            input: Input::new(text.into()),
        }
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// What stands before the cursor.
    pub fn before_cursor(&self) -> &str {
        let text = self.text();
        let end = text
            .char_indices()
            .nth(self.input.cursor())
            .map_or(text.len(), |(at, _)| at);
        text.get(..end).unwrap_or(text)
    }

    /// Whether nothing has been typed.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Puts pasted text at the cursor, and says whether all of it had room; what people see as one character is never cut.
    /// Line ends become spaces, as one line has none.
    pub fn insert(&mut self, pasted: &str) -> bool {
        let mut room = Self::MAX.saturating_sub(self.text().chars().count());
        let text = pasted.trim_end_matches(['\n', '\r']);
        let fits = |seen: &&str| {
            let left = room.checked_sub(seen.chars().count());
            room = left.unwrap_or(0);
            left.is_some()
        };
        let taken: String = text.graphemes(true).take_while(fits).collect();
        let is_whole = taken.len() == text.len();
        let pasted = taken.replace(['\n', '\r'], " ");
        let before = self.before_cursor().to_owned();
        let after = self.text().get(before.len()..).unwrap_or_default();
        let cursor = before.chars().count() + pasted.chars().count();
        self.input = Input::new(format!("{before}{pasted}{after}")).with_cursor(cursor);
        is_whole
    }

    /// Takes a key, and says whether it had a meaning here.
    pub fn key(&mut self, key: Key) -> bool {
        let request = match (key.ctrl, key.code) {
            (false, KeyCode::Char(character)) if self.text().chars().count() < Self::MAX => {
                InputRequest::InsertChar(character)
            }
            (false, KeyCode::Backspace) => InputRequest::DeletePrevChar,
            (false, KeyCode::Delete) => InputRequest::DeleteNextChar,
            (false, KeyCode::Left) => InputRequest::GoToPrevChar,
            (false, KeyCode::Right) => InputRequest::GoToNextChar,
            (false, KeyCode::Home) => InputRequest::GoToStart,
            (false, KeyCode::End) | (true, KeyCode::Char('e')) => InputRequest::GoToEnd,
            (true, KeyCode::Char('w')) => InputRequest::DeletePrevWord,
            (true, KeyCode::Char('u')) => InputRequest::DeleteFromStart,
            (true, KeyCode::Char('k')) => InputRequest::DeleteTillEnd,
            (true, KeyCode::Left) => InputRequest::GoToPrevWord,
            (true, KeyCode::Right) => InputRequest::GoToNextWord,
            _ => return false,
        };
        self.input.handle(request);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_lines_become_one() {
        let mut line = LineEdit::new("ad");
        line.key(Key::plain(KeyCode::Left));
        line.insert("b\r\nc\n");
        assert_eq!((line.text(), line.before_cursor()), ("ab  cd", "ab  c"));
    }

    #[test]
    fn a_huge_paste_is_cut() {
        let mut line = LineEdit::default();
        assert!(!line.insert(&"x".repeat(1_000_000)));
        assert_eq!(line.text().len(), LineEdit::MAX);
        assert!(!line.key(Key::char('y')));
        // What is seen as one stays whole, or is left out.
        let family = "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let mut line = LineEdit::default();
        assert!(line.insert(&family.repeat(2_000)));
        assert!(!line.insert(family));
        let mut line = LineEdit::new("abc");
        assert!(!line.insert(&family.repeat(2_000)));
        assert_eq!(line.text(), format!("abc{}", family.repeat(1_999)));
    }
}
