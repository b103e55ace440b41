//! The filter of a list: what is typed after `/`, and what it means.

use crate::domain::query::{Filter, Row};

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

impl FilterEdit {
    /// The filter in effect.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether a row passes.
    pub fn passes(&self, row: &impl Row) -> bool {
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
                self.error = Some(error.to_string());
                self.short = Some(error.short());
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
