//! A list over the screen from which one thing is chosen; what is typed narrows it down.
//!
//! What choosing leads to is said by [`Choosing`] and done by `update::choices`.

use std::collections::BTreeSet;

use crate::domain::permission::Resource;
use crate::domain::role::NewRole;
use crate::domain::tenant::TenantScope;

use super::comparison_view::Compared;
use super::cursor::Cursor;
use super::effect::JobId;
use super::geometry::Size;
use super::line_edit::LineEdit;
use super::people::Picking;

/// What something is chosen for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choosing {
    /// Somebody or something on the way to a change of people.
    People(Box<Picking>),
    /// What the role in the editor starts from.
    Template,
    /// The tenant to copy a role to.
    CopyRoleTo(Box<NewRole>),
    /// What to compare a role of a tenant with.
    CompareWith {
        /// The tenant of the role.
        scope: TenantScope,
        /// Id of the role.
        role: String,
    },
    /// The tenant whose role of the same name to compare one with.
    CompareIn {
        /// The role.
        role: Box<Compared>,
        /// What it is called in its tenant.
        name: String,
    },
    /// The resource of the question who can do something in a tenant.
    Resource(TenantScope),
    /// The action of that question.
    Action(TenantScope, Resource),
}

/// A thing that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoiceRow {
    /// What it is known by to this program: an id.
    pub key: String,
    /// What it is called.
    pub text: String,
    /// More about it, dimmed beside it.
    pub note: String,
    /// Why it cannot be chosen.
    pub disabled: Option<String>,
}

impl ChoiceRow {
    /// What the key of a row begins with that is only what was typed.
    const TYPED: &'static str = "typed ";

    /// What is typed, as a row.
    fn typed(text: String) -> Self {
        Self::new(format!("{}{text}", Self::TYPED), text, "as typed")
    }

    /// Whether it is only what was typed.
    pub fn is_typed(&self) -> bool {
        self.key.starts_with(Self::TYPED)
    }

    /// A row.
    pub fn new(key: impl Into<String>, text: impl Into<String>, note: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            text: text.into(),
            note: note.into(),
            disabled: None,
        }
    }
}

/// The list.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What it asks.
    pub title: String,
    /// What is said where there is nothing to choose.
    pub empty: &'static str,
    /// What something is chosen for.
    pub purpose: Choosing,
    /// What is typed.
    pub line: LineEdit,
    /// All rows that are held.
    pub rows: Vec<ChoiceRow>,
    /// Positions of those that match what is typed.
    pub visible: Vec<usize>,
    /// The selection among them.
    pub cursor: Cursor,
    /// The tenant that is left out of a list of tenants.
    pub but: Option<TenantScope>,
    /// The question under which rows are read, while they are.
    pub reading: Option<JobId>,
    /// Whether several can be chosen at once.
    pub takes_many: bool,
    /// Keys of the rows that are marked, where several can be chosen.
    pub marks: BTreeSet<String>,
    /// Whether what is typed can be chosen though no row is called so.
    pub takes_typed: bool,
    /// Whether people on the instance are held in part only, so that what is typed has to be asked for there.
    pub holds_part: bool,
    /// Whether there are more on the instance than are held, so that what is typed has to be asked for there.
    pub has_more: bool,
}

impl Choice {
    /// A list of these rows.
    pub fn new(title: impl Into<String>, empty: &'static str, purpose: Choosing, rows: Vec<ChoiceRow>) -> Self {
        let mut choice = Self {
            title: title.into(),
            empty,
            purpose,
            line: LineEdit::default(),
            rows,
            visible: Vec::new(),
            cursor: Cursor::default(),
            but: None,
            reading: None,
            takes_many: false,
            marks: BTreeSet::new(),
            takes_typed: false,
            holds_part: false,
            has_more: false,
        };
        choice.narrow();
        choice
    }

    /// Finds anew which rows match: those that have every word that is typed, in any case.
    pub fn narrow(&mut self) {
        let marks = &self.marks;
        self.rows.retain(|row| !row.is_typed() || marks.contains(&row.key));
        let typed = self.line.text().trim().to_owned();
        let is_new = self.rows.iter().all(|row| row.text != typed && row.key != typed);
        if self.takes_typed && !typed.is_empty() && is_new {
            self.rows.push(ChoiceRow::typed(typed));
        }
        let wanted = self.line.text().to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let matches = |row: &ChoiceRow| {
            let text = format!("{} {} {}", row.key, row.text, row.note).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let rows = self.rows.iter().enumerate();
        self.visible = rows.filter(|(_, row)| matches(row)).map(|(index, _)| index).collect();
        self.cursor = Cursor::default();
    }

    /// Takes other rows, keeping what is typed.
    pub fn set_rows(&mut self, rows: Vec<ChoiceRow>) {
        self.rows = rows;
        self.narrow();
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&ChoiceRow> {
        self.rows.get(*self.visible.get(self.cursor.at())?)
    }

    /// Marks the selected row or takes its mark off, and goes on to the next.
    pub fn toggle_mark(&mut self, height: usize) {
        let Some(row) = self.selected().filter(|row| row.disabled.is_none()) else {
            return;
        };
        let key = row.key.clone();
        if !self.marks.remove(&key) {
            self.marks.insert(key);
        }
        self.cursor.go(super::cursor::Motion::Down, self.visible.len(), height);
    }

    /// The rows that are taken: those that are marked, or else the selected one.
    pub fn taken(&self) -> Vec<&ChoiceRow> {
        if self.marks.is_empty() {
            return self.selected().into_iter().collect();
        }
        self.rows.iter().filter(|row| self.marks.contains(&row.key)).collect()
    }

    /// Rows that are in view.
    pub fn rows_in_view(size: Size) -> usize {
        usize::from(size.body_height().saturating_sub(4)).clamp(1, 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_narrows_it_down_by_words_in_any_case() {
        let purpose = Choosing::Template;
        let rows = vec![
            ChoiceRow::new("1", "Editor", "managed by Kestra"),
            ChoiceRow::new("2", "Viewer", "own"),
        ];
        let mut choice = Choice::new("Role", "No roles.", purpose, rows);
        choice.line = LineEdit::new("MANAGED ed");
        choice.narrow();
        assert_eq!(choice.selected().map(|row| row.key.as_str()), Some("1"));
        choice.line = LineEdit::new("x");
        choice.narrow();
        assert_eq!(choice.selected(), None);
    }
}
