//! The columns of a list, over it: by which of them it is ordered, or which of them are shown and in which order.

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::list_columns::{ListColumn, ListKind};

/// The menu.
#[derive(Clone, Debug)]
pub struct ColumnMenu {
    /// The list it is about.
    pub list: ListKind,
    /// Whether it orders the rows; otherwise it chooses the columns.
    pub sorts: bool,
    /// The columns, by their places in [`ListKind::columns`], and whether each is shown.
    pub rows: Vec<(usize, bool)>,
    /// Columns that rows cannot be ordered by now, and why.
    pub disabled: BTreeMap<&'static str, String>,
    /// The selection.
    pub cursor: Cursor,
}

impl ColumnMenu {
    /// The column of a line.
    pub fn column(&self, line: usize) -> Option<&'static ListColumn> {
        self.list.columns().get(self.rows.get(line)?.0)
    }

    /// Why rows cannot be ordered by the column of a line now.
    pub fn refusal(&self, line: usize) -> Option<&str> {
        self.disabled.get(self.column(line)?.name).map(String::as_str)
    }

    /// The selected column.
    pub fn selected(&self) -> Option<&'static ListColumn> {
        self.column(self.cursor.at())
    }

    /// Shows the selected column or does not, or says why it stays.
    pub fn toggle(&mut self) -> Result<(), String> {
        let shown = self.rows.iter().filter(|(_, shown)| *shown).count();
        let selected = self.selected();
        let Some((_, is_shown)) = self.rows.get_mut(self.cursor.at()) else {
            return Ok(());
        };
        if let Some(column) = selected.filter(|_| *is_shown) {
            if Some(column) == self.list.anchor() {
                return Err(format!(
                    "{} stays: it says which row is which. <J> and <K> move it",
                    column.title
                ));
            }
            if shown == 1 {
                return Err(format!("{} stays: no other column is shown", column.title));
            }
        }
        *is_shown = !*is_shown;
        Ok(())
    }

    /// Whether the selected column can be moved one place up or down.
    pub fn shifts(&self, down: bool) -> bool {
        let at = self.cursor.at();
        if down { at + 1 < self.rows.len() } else { at > 0 }
    }

    /// Moves the selected column one place up or down.
    pub fn shift(&mut self, down: bool) {
        let at = self.cursor.at();
        let to = if down { at + 1 } else { at.wrapping_sub(1) };
        if to < self.rows.len() {
            self.rows.swap(at, to);
            self.cursor.select(to, self.rows.len(), self.rows.len());
        }
    }
}
