//! A list over the screen from which one thing is chosen; what is typed narrows it down.
//!
//! What choosing leads to is said by [`Choosing`] and done by `update::choices`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::deed::Deed;
use crate::domain::permission::Resource;
use crate::domain::release::Release;
use crate::domain::role::NewRole;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;

use super::comparison_view::Compared;
use super::cursor::Cursor;
use super::effect::JobId;
use super::geometry::Size;
use super::line_edit::LineEdit;
use super::people::Picking;

/// What something is chosen for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The context whose role of the same name to compare one with.
    #[serde(skip)]
    CompareAt {
        /// The role.
        role: Box<Compared>,
        /// What it is called in its tenant.
        name: String,
    },
    /// The tenant whose role of the same name to compare one with.
    CompareIn {
        /// The role.
        role: Box<Compared>,
        /// What it is called in its tenant.
        name: String,
        /// The context of the tenant; `None` is the one that is open.
        elsewhere: Option<Elsewhere>,
    },
    /// The resource of the question who can do something in a tenant.
    Resource(TenantScope),
    /// The tenant that a new user has access to.
    NewUserOf,
    /// The action of that question.
    Action(TenantScope, Resource),
}

/// Another context, of which something is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Its name.
    pub context: String,
    /// The release of its instance.
    pub release: Release,
    /// Whether its default tenant can be reached.
    pub has_default: bool,
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
    /// Why not all are listed that there may be.
    pub unread: Option<String>,
    /// What was sent of it, where it is not known what came of that.
    pub sent: Option<Box<Deed>>,
    /// The most rows that were ever read.
    most_read: usize,
    /// A row to select as soon as it is there, unless another is or something else is typed.
    wanted: Option<WantedRow>,
}

/// A row that was selected at another time.
#[derive(Clone, Debug)]
struct WantedRow {
    key: String,
    /// What was typed.
    typed: String,
    /// Where it stood, and what was in view.
    cursor: Cursor,
    /// How many rows are in view.
    height: usize,
}

impl Choice {
    /// The other context whose tenants are listed, if they are those of another.
    pub fn elsewhere(&self) -> Option<&Elsewhere> {
        match &self.purpose {
            Choosing::CompareIn { elsewhere, .. } => elsewhere.as_ref(),
            _ => None,
        }
    }

    /// A list of these rows.
    pub fn new(title: impl Into<String>, empty: &'static str, purpose: Choosing, rows: Vec<ChoiceRow>) -> Self {
        let mut choice = Self {
            most_read: rows.len(),
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
            unread: None,
            sent: None,
            wanted: None,
        };
        choice.narrow();
        choice
    }

    /// Finds anew which rows match: those that have every word that is typed, in any case. What is called exactly so comes
    /// first, then what begins so, then what has it in its name, and last what only has it in its note.
    pub fn narrow(&mut self) {
        let marks = &self.marks;
        self.rows.retain(|row| !row.is_typed() || marks.contains(&row.key));
        let typed = self.line.text().trim().to_owned();
        let is_new = self.rows.iter().all(|row| row.text != typed && row.key != typed);
        if self.takes_typed && !typed.is_empty() && is_new {
            self.rows.push(ChoiceRow::typed(typed));
        }
        let wanted = self.line.text().to_lowercase();
        let wanted = wanted.trim();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let ranked = self.rows.iter().enumerate();
        let mut ranked: Vec<(u8, usize)> = ranked
            .filter_map(|(index, row)| Some((rank(row, wanted, &words)?, index)))
            .collect();
        sorting::by(&mut ranked, Ord::cmp);
        self.visible = ranked.into_iter().map(|(_, index)| index).collect();
        self.cursor = Cursor::default();
    }

    /// Takes other rows, keeping what is typed and what is marked. A mark on what was only typed goes over to the row that is
    /// called so.
    pub fn set_rows(&mut self, mut rows: Vec<ChoiceRow>) {
        let before = self.cursor;
        // Where nobody has moved, what comes first is selected.
        let selected = self.selected().filter(|_| before != Cursor::default());
        let selected = selected.map(|row| row.key.clone());
        for row in std::mem::take(&mut self.rows) {
            if !self.marks.contains(&row.key) || rows.iter().any(|new| new.key == row.key) {
                continue;
            }
            match rows.iter().find(|new| row.is_typed() && new.text == row.text) {
                Some(new) => {
                    self.marks.remove(&row.key);
                    self.marks.insert(new.key.clone());
                }
                None => rows.push(row),
            }
        }
        self.most_read = self.most_read.max(rows.len());
        self.wanted
            .take_if(|wanted| selected.is_some() || wanted.typed != self.line.text());
        self.rows = rows;
        self.narrow();
        match selected {
            Some(key) => _ = self.find(&key, before, before.at() - before.top() + 1),
            None => self.find_wanted(),
        }
    }

    /// Selects a row that was selected at another time, now or as soon as it is there.
    pub fn want(&mut self, key: String, cursor: Cursor, height: usize) {
        self.wanted = Some(WantedRow {
            key,
            typed: self.line.text().to_owned(),
            cursor,
            height,
        });
        self.find_wanted();
    }

    fn find_wanted(&mut self) {
        if let Some(wanted) = self.wanted.take()
            && !self.find(&wanted.key, wanted.cursor, wanted.height)
        {
            self.wanted = Some(wanted);
        }
    }

    /// Selects a row, as far down the view as the cursor stood, and says whether it is there.
    fn find(&mut self, key: &str, cursor: Cursor, height: usize) -> bool {
        let is_it = |index: &usize| self.rows.get(*index).is_some_and(|row| row.key == key);
        let place = self.visible.iter().position(is_it);
        if let Some(to) = place {
            self.cursor = cursor;
            self.cursor.keep(to, self.visible.len(), height);
        }
        place.is_some()
    }

    /// The most rows it ever has to show at once: what is typed does not change its height.
    pub fn most(&self) -> usize {
        (self.most_read + usize::from(self.takes_typed)).max(self.rows.len())
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

    /// How many rows there are but what is only typed.
    pub fn held(&self) -> usize {
        self.rows.iter().filter(|row| !row.is_typed()).count()
    }

    /// How many of the rows that match have been in view by lines, where pages follow each other.
    pub fn seen(&self, size: Size) -> usize {
        (self.cursor.top() + Self::rows_in_view(size)).min(self.visible.len())
    }

    /// Rows that are in view.
    pub fn rows_in_view(size: Size) -> usize {
        usize::from(size.body_height().saturating_sub(4)).clamp(1, 20)
    }
}

/// How well a row matches what is typed, the best first; `None` where it does not. An id is matched only as a whole or by a
/// good part of its beginning, for a letter or two stand in any of them.
fn rank(row: &ChoiceRow, wanted: &str, words: &[&str]) -> Option<u8> {
    const PART_OF_AN_ID: usize = 6;
    // What is only typed gives way to what there is.
    if row.is_typed() {
        return row.text.to_lowercase().contains(wanted).then_some(4);
    }
    let name = row.text.to_lowercase();
    let key = row.key.to_lowercase();
    let is_id = key == wanted || wanted.len() >= PART_OF_AN_ID && key.starts_with(wanted);
    let in_name = |word: &&str| name.contains(*word);
    if name == wanted || is_id {
        Some(0)
    } else if name.starts_with(wanted) {
        Some(1)
    } else if words.iter().all(in_name) {
        Some(2)
    } else {
        let note = row.note.to_lowercase();
        let everywhere = |word: &&str| in_name(word) || note.contains(*word);
        words.iter().all(everywhere).then_some(3)
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

    #[test]
    fn what_is_called_so_comes_before_what_only_speaks_of_it() {
        let rows = vec![
            ChoiceRow::new("7edI", "Developer", "What Editor may do, and more"),
            ChoiceRow::new("1x", "Co-Editor", ""),
            ChoiceRow::new("2x", "Editor of flows", ""),
            ChoiceRow::new("3x", "Editor", ""),
            ChoiceRow::new("gG42kk", "Viewer", ""),
        ];
        let mut choice = Choice::new("Role", "No roles.", Choosing::Template, rows);
        let mut found = |typed: &str| -> Vec<String> {
            choice.line = LineEdit::new(typed);
            choice.narrow();
            let rows = choice.visible.iter().filter_map(|at| choice.rows.get(*at));
            rows.map(|row| row.text.clone()).collect()
        };
        assert_eq!(found("editor"), ["Editor", "Editor of flows", "Co-Editor", "Developer"]);
        assert_eq!(found("G"), Vec::<String>::new(), "a letter of an id says nothing");
        assert_eq!(found("gg42kk"), ["Viewer"]);
    }

    #[test]
    fn marks_outlast_rows_that_are_read_again() {
        let mut choice = Choice::new("Where", "", Choosing::Template, vec![ChoiceRow::new("1", "anna", "")]);
        (choice.takes_many, choice.takes_typed) = (true, true);
        choice.toggle_mark(10);
        choice.line = LineEdit::new("bob");
        choice.narrow();
        choice.toggle_mark(10);
        choice.set_rows(vec![ChoiceRow::new("2", "bob", ""), ChoiceRow::new("3", "bobby", "")]);
        let taken: Vec<&str> = choice.taken().iter().map(|row| row.key.as_str()).collect();
        assert_eq!(taken, ["2", "1"]);
    }
}
