//! The filter of a list: what is typed after `/`, and what it means.

use std::borrow::Cow;

use crate::domain::query::{Filter, Row};
use crate::domain::text::shortened;

use super::line_edit::LineEdit;

/// A filter as typed, and the last form of it that could be read.
#[derive(Clone, Debug, Default)]
pub struct FilterEdit {
    /// What is typed.
    pub line: LineEdit,
    /// Whether keys go to it.
    pub editing: bool,
    /// Why it cannot be read as it stands.
    pub error: Option<String>,
    /// The same for where there is little room.
    pub short: Option<String>,
    /// What ages in it are counted from: milliseconds since 1970, as far as the rows know.
    pub as_of: i64,
    filter: Filter,
}

/// How much of a filter a sentence about it repeats, in characters.
const SAID: usize = 100;
/// The same of why it cannot be read, which names a column as it was typed, and where there is little room.
const EXPLAINED: usize = 240;

impl FilterEdit {
    /// What is typed, as a sentence repeats it: of a long one its beginning.
    pub fn said(&self) -> Cow<'_, str> {
        shortened(self.line.text(), SAID)
    }

    /// Why it cannot be read as it stands, as a sentence; `None` if it can.
    pub fn unreadable(&self) -> Option<String> {
        let error = self.error.as_ref()?;
        Some(format!("The filter cannot be read: {error}"))
    }

    /// The filter in effect.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether a row passes.
    pub fn passes(&self, row: &dyn Row) -> bool {
        self.filter.matches_at(row, self.as_of)
    }

    /// Whether rows may be hidden, or something is typed.
    pub fn is_active(&self) -> bool {
        !self.line.is_empty()
    }

    /// Reads what is typed, for a list that has these columns and shows those, and says whether the filter in effect changed.
    /// What cannot be read leaves it as it was.
    pub fn read(&mut self, columns: &[&str], shown: &[&'static str]) -> bool {
        match Filter::parse(self.line.text(), columns) {
            Ok(filter) => {
                let filter = filter.with_words_in(shown);
                self.error = None;
                self.short = None;
                let changed = filter != self.filter;
                self.filter = filter;
                changed
            }
            Err(error) => {
                self.error = Some(shortened(&error.to_string(), EXPLAINED).into_owned());
                self.short = Some(shortened(&error.short(), SAID).into_owned());
                false
            }
        }
    }

    /// Replaces what is typed.
    pub fn set(&mut self, text: &str, columns: &[&str], shown: &[&'static str]) -> bool {
        self.line = LineEdit::new(text);
        self.read(columns, shown)
    }
}
