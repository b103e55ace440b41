//! A list that fits in memory: of a tab, of records, of contexts or of runs.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::domain::letters;
use crate::domain::query::{Row, Sort};
use crate::domain::sorting;

use super::column_room::UsualWidths;
use super::cursor::{Cursor, Motion};
use super::filter_edit::FilterEdit;

/// A list: which of its rows pass the filter, in which order, and which is selected.
#[derive(Clone, Debug, Default)]
pub struct TabList {
    /// The filter.
    pub filter: FilterEdit,
    /// The order; `None` is the list's own.
    pub sort: Option<Sort>,
    /// The selection among the visible rows.
    pub cursor: Cursor,
    visible: Vec<usize>,
    /// The id of each of them.
    ids: Vec<String>,
    marks: BTreeSet<String>,
    /// The row that was marked last.
    last_mark: Option<String>,
    /// A row to select as soon as it is there.
    wanted: Option<String>,
    /// Where it stood at another time, and what was in view then.
    stood: Option<Cursor>,
    /// Whether it is looked for among rows that are still read; nothing is selected before that is known.
    is_sought: bool,
    /// Whether other rows are to come at its top, so that its first row need not stay on that line.
    begins_anew: bool,
    /// What was selected before the first filter, unless something else was selected by hand since, and where nothing filtered
    /// the list the view that one had of it.
    origin: Option<(String, Option<Cursor>)>,
    /// Whether another filter is in effect than when the rows were arranged.
    is_refiltered: bool,
    /// The rows that were marked and are gone, if nobody was told yet.
    pub gone_marks: Vec<String>,
    /// How wide texts of the visible rows usually are.
    usual: UsualWidths,
}

impl TabList {
    /// The columns of screen that texts of the visible rows usually take.
    pub fn usual(&self) -> &UsualWidths {
        &self.usual
    }

    /// Positions in the whole list of the rows that are visible, in order.
    pub fn visible(&self) -> &[usize] {
        &self.visible
    }

    /// Position in the whole list of the selected row.
    pub fn selected(&self) -> Option<usize> {
        self.visible.get(self.cursor.at()).copied().filter(|_| !self.is_sought)
    }

    /// Whether the row that stood is looked for among rows that are still read.
    pub fn is_sought(&self) -> bool {
        self.is_sought
    }

    /// Looks for the row that stood no more, unless it is read in another way.
    pub fn give_up(&mut self) {
        self.is_sought = false;
    }

    /// Id of the selected row.
    pub fn selected_id(&self) -> Option<&str> {
        let id = self.ids.get(self.cursor.at()).filter(|_| !self.is_sought);
        id.map(String::as_str)
    }

    /// The same, or before that is there the id of the row that will be selected.
    pub fn kept_id(&self) -> Option<&str> {
        self.wanted.as_deref().or(self.selected_id())
    }

    /// Where that stands, or stood.
    pub fn kept_cursor(&self) -> Cursor {
        self.stood.unwrap_or(self.cursor)
    }

    /// Ids of the rows that are marked.
    pub fn marks(&self) -> &BTreeSet<String> {
        &self.marks
    }

    /// How many of those the filter hides.
    pub fn hidden_marks(&self) -> usize {
        if self.marks.is_empty() {
            return 0;
        }
        let shown = self.ids.iter().filter(|id| self.marks.contains(*id)).count();
        self.marks.len() - shown.min(self.marks.len())
    }

    /// Marks the selected row, or unmarks it.
    pub fn toggle_selected(&mut self) {
        let Some(id) = self.ids.get(self.cursor.at()) else {
            return;
        };
        if !self.marks.remove(id) {
            self.marks.insert(id.clone());
            self.last_mark = Some(id.clone());
        }
    }

    /// Marks all rows from the one that was marked last to the selected one.
    pub fn mark_range(&mut self) {
        let here = self.cursor.at();
        let last = self.last_mark.as_ref();
        let there = last.and_then(|last| self.ids.iter().position(|id| id == last));
        let there = there.unwrap_or(here);
        self.last_mark = self.ids.get(here).cloned();
        let range = self.ids.get(here.min(there)..=here.max(there));
        self.marks.extend(range.into_iter().flatten().cloned());
    }

    /// Marks all visible rows, or unmarks them if all of them are marked. Others stay as they are.
    pub fn toggle_marks(&mut self) {
        if self.ids.iter().all(|id| self.marks.contains(id)) {
            for id in &self.ids {
                self.marks.remove(id);
            }
        } else {
            self.marks.extend(self.ids.iter().cloned());
        }
    }

    /// Takes the mark off a row.
    pub fn unmark(&mut self, id: &str) {
        self.marks.remove(id);
    }

    /// Takes all marks off.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
        self.last_mark = None;
    }

    /// Marks rows that were marked at another time. Those that are gone lose their marks once all rows are read.
    pub fn mark_again(&mut self, ids: &[String]) {
        self.marks.extend(ids.iter().cloned());
    }

    /// The rows that an action is about: those that are marked, or else the selected one.
    pub fn chosen<'r, R: Row>(&self, rows: &'r [R]) -> Vec<&'r R> {
        if self.marks.is_empty() {
            return self.selected().and_then(|at| rows.get(at)).into_iter().collect();
        }
        let is_marked = |row: &&R| row.column("id").is_some_and(|id| self.marks.contains(&*id));
        rows.iter().filter(is_marked).collect()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, height: usize) {
        self.choose();
        self.cursor.go(motion, self.visible.len(), height);
    }

    /// Moves the selection to a place among the visible rows.
    pub fn select(&mut self, index: usize, height: usize) {
        self.choose();
        self.cursor.select(index, self.visible.len(), height);
    }

    /// Notes that what is selected now was selected by hand.
    fn choose(&mut self) {
        (self.wanted, self.stood, self.is_sought, self.origin) = (None, None, false, None);
    }

    /// Reads what is typed into the filter, as [`FilterEdit::read`] does. Under each further filter what was selected before the
    /// first is selected where that lets it through, or else the first row, and without a filter it is selected as it was.
    pub fn read_filter(&mut self, columns: &[&str], shown: &[&'static str]) -> bool {
        let view = self.filter.filter().is_empty().then_some(self.kept_cursor());
        let is_other = self.filter.read(columns, shown);
        if is_other {
            self.is_refiltered = true;
            if self.origin.is_none() {
                self.origin = self.kept_id().map(|id| (id.to_owned(), view));
            }
        }
        is_other
    }

    /// Whether somebody selected a row that the filter hides, so that another one is selected.
    pub fn hides_selected(&self) -> bool {
        self.origin
            .as_ref()
            .zip(self.selected_id())
            .is_some_and(|((id, view), selected)| view.is_none_or(|view| view.at() > 0) && id != selected)
    }

    /// Notes that it will be under another filter or order: whoever is at its first row stays at its top.
    pub fn begin_anew(&mut self) {
        self.begins_anew = self.cursor.at() == 0;
    }

    /// Decides anew which rows are visible. The selection stays on its row if that is still there, or else goes to the one that
    /// was next to it, or under another filter to the first, and what is in view stays. Names the row that was selected if it is
    /// gone.
    pub fn arrange<R: Row>(&mut self, rows: &[R], height: usize) -> Option<String> {
        self.arrange_part(rows, height, true)
    }

    /// The same with rows that may not be all that there will be: the row that stood may be among the others.
    pub fn arrange_part<R: Row>(&mut self, rows: &[R], height: usize, is_all: bool) -> Option<String> {
        let id_of = |row: &R| row.column("id").map_or_else(String::new, Cow::into_owned);
        let is_filtered = !self.filter.filter().is_empty();
        let is_refiltered = std::mem::take(&mut self.is_refiltered);
        let origin = self.origin.take_if(|_| is_refiltered);
        let (noted, view) = origin.clone().unzip();
        self.origin = origin.filter(|_| is_filtered).or(self.origin.take());
        let selected = noted.or(self.selected_id().map(str::to_owned));
        let before = self.cursor.at();
        let begins_anew = std::mem::take(&mut self.begins_anew);
        // What was selected at another time may be gone by now, and is not waited for.
        let is_known = is_all && (self.ids.is_empty() || self.stood.is_some()) && !rows.is_empty();
        let is_gone = |wanted: &mut String| is_known && rows.iter().all(|row| id_of(row) != *wanted);
        self.wanted.take_if(is_gone);
        self.is_sought &= !is_all && self.wanted.is_some();
        if self.wanted.is_none() {
            // It stands there no more, but others do.
            self.cursor = self.stood.take().unwrap_or(self.cursor);
        }
        // A mark on what is gone marks nothing.
        if is_all && !self.marks.is_empty() {
            let mut marks = std::mem::take(&mut self.marks);
            self.marks = rows.iter().map(id_of).filter(|id| marks.remove(id)).collect();
            self.gone_marks.extend(marks);
        }
        self.visible = (0..rows.len())
            .filter(|index| rows.get(*index).is_some_and(|row| self.filter.passes(row)))
            .collect();
        if let Some(sort) = &self.sort {
            order(&mut self.visible, sort, |index, column| {
                rows.get(*index).and_then(|row| row.column(column))
            });
        }
        let visible = self.visible.iter().filter_map(|index| rows.get(*index));
        self.usual = UsualWidths::of_rows(&visible);
        let ids = visible.map(id_of).collect();
        let held = std::mem::replace(&mut self.ids, ids);
        let place = |id: &String| self.ids.iter().position(|other| other == id);
        let wanted = self.wanted.as_ref().and_then(place);
        if let Some(to) = wanted {
            (self.wanted, self.is_sought) = (None, false);
            match self.stood.take() {
                Some(stood) => {
                    self.cursor = stood;
                    self.cursor.keep(to, self.visible.len(), height);
                }
                None => self.cursor.select(to, self.visible.len(), height),
            }
            return None;
        }
        if is_all {
            // A filter hides it.
            self.cursor = self.stood.take().unwrap_or(self.cursor);
        }
        let beside = || selected.as_ref().and_then(|_| place(self.beside(&held, before)?));
        let first = (is_refiltered && is_filtered).then_some(0);
        let found = selected.as_ref().and_then(place);
        let view = view.flatten().filter(|_| !is_filtered && found.is_some());
        match found.or(first).or_else(beside) {
            Some(to) if !begins_anew || view.is_some() => {
                self.cursor = view.unwrap_or(self.cursor);
                self.cursor.keep(to, self.visible.len(), height);
            }
            to => {
                let to = to.unwrap_or(self.cursor.at());
                self.cursor.select(to, self.visible.len(), height);
            }
        }
        selected.filter(|id| rows.iter().all(|row| id_of(row) != *id))
    }

    /// The first of those that followed a row which is visible still, or else the last before it.
    fn beside<'h>(&self, held: &'h [String], at: usize) -> Option<&'h String> {
        let visible = sorting::set(&self.ids);
        let (before, after) = held.split_at_checked(at)?;
        let mut near = after.iter().chain(before.iter().rev());
        near.find(|id| visible.contains(id))
    }

    /// The list without its rows: its filter, its order, its marks, and the row that is selected, once it is there again.
    pub fn left(&self) -> Self {
        let mut filter = self.filter.clone();
        filter.editing = false;
        Self {
            filter,
            sort: self.sort.clone(),
            cursor: self.cursor,
            marks: self.marks.clone(),
            last_mark: self.last_mark.clone(),
            wanted: self.kept_id().map(str::to_owned),
            stood: self.stood,
            origin: self.origin.clone(),
            ..Self::default()
        }
    }

    /// Stands as it stood at another time, with this row selected as soon as it is there. Whether `more` of the rows are to come
    /// after the first that are read: it may be among them, and nothing is selected before.
    pub fn stand(&mut self, cursor: Cursor, row: Option<&String>, more: bool, height: usize) {
        match row.map(|row| (row, self.ids.iter().position(|id| id == row))) {
            Some((row, None)) => (self.wanted, self.stood, self.is_sought) = (Some(row.clone()), Some(cursor), more),
            Some((_, Some(to))) => {
                self.cursor = cursor;
                self.cursor.keep(to, self.visible.len(), height);
            }
            None => self.cursor = cursor,
        }
    }

    /// Selects a row by its id, now or as soon as it is there.
    pub fn want(&mut self, id: String, height: usize) {
        match self.ids.iter().position(|other| *other == id) {
            Some(to) => self.select(to, height),
            None => (self.wanted, self.origin) = (Some(id), None),
        }
    }
}

/// Puts rows into an order by what a column of theirs says. Those that say the same stay as they were.
pub fn order<'r, T>(rows: &mut [T], sort: &Sort, column: impl Fn(&T, &str) -> Option<Cow<'r, str>>) {
    let key = |row: &T| SortKey::new(column(row, &sort.column).as_deref().unwrap_or_default());
    sorting::by_cached_key(rows, sort.descending, key);
}

/// What rows are ordered by: numbers first, by their size, then text, letters with marks beside those without.
struct SortKey(Option<f64>, String);

impl SortKey {
    fn new(text: &str) -> Self {
        Self(text.parse().ok(), letters::key(&text.to_lowercase()).into_owned())
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => self.1.cmp(&other.1),
        }
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SortKey {}

#[cfg(test)]
mod tests {
    use crate::domain::columns::USER_COLUMNS;
    use crate::domain::user::{User, UserKind};

    use super::*;

    fn user(name: &str) -> User {
        User {
            id: format!("id-{name}"),
            username: name.to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: name == "bob",
        }
    }

    #[test]
    fn rows_are_filtered_and_sorted_and_the_selection_stays_on_its_row() {
        let users = [user("carol"), user("anna"), user("bob")];
        let mut list = TabList::default();
        list.arrange(&users, 10);
        list.go(Motion::Last, 10);
        assert_eq!(list.selected(), Some(2));
        list.sort = Some(Sort {
            column: "username".to_owned(),
            descending: false,
        });
        list.arrange(&users, 10);
        assert_eq!(list.visible(), [1, 2, 0]);
        assert_eq!(list.selected(), Some(2), "still bob");
        list.filter.set("superadmin:no", USER_COLUMNS, &[]);
        list.arrange(&users, 10);
        assert_eq!(list.visible(), [1, 0]);
    }

    #[test]
    fn in_place_of_a_row_that_is_gone_the_one_next_to_it_is_selected_on_its_line() {
        let users: Vec<User> = (0..40).map(|at| user(&format!("u{at:02}"))).collect();
        let new = (0..25).map(|at| user(&format!("a{at:02}")));
        for (gone, beside) in [(20..21, 21), (20..24, 24), (20..40, 19)] {
            let mut list = TabList::default();
            list.arrange(&users, 10);
            (0..23).for_each(|_| list.go(Motion::Down, 10));
            (0..3).for_each(|_| list.go(Motion::Up, 10));
            let line = list.cursor.at() - list.cursor.top();
            assert_eq!((list.selected_id(), line), (Some("id-u20"), 6));
            let left = users.iter().enumerate().filter(|(at, _)| !gone.contains(at));
            let rows: Vec<User> = new.clone().chain(left.map(|(_, user)| user.clone())).collect();
            assert_eq!(list.arrange(&rows, 10).as_deref(), Some("id-u20"));
            assert_eq!(list.selected_id(), Some(format!("id-u{beside:02}").as_str()));
            let is_last = list.cursor.at() + 1 == rows.len();
            assert!(is_last || list.cursor.at() - list.cursor.top() == line, "{beside}");
        }
        let mut list = TabList::default();
        list.arrange(&users, 10);
        list.go(Motion::Last, 10);
        list.arrange(&users[..39], 10);
        assert_eq!(list.selected_id(), Some("id-u38"), "at the end the one before");
        list.arrange(&[] as &[User], 10);
        assert_eq!(list.selected_id(), None);
    }

    #[test]
    fn letters_with_marks_are_ordered_beside_those_without() {
        let mut names = ["zoe", "Łukasz", "10", "émile", "lena", "Emma", "9", "mia"];
        let sort = Sort {
            column: "username".to_owned(),
            descending: false,
        };
        order(&mut names, &sort, |name, _| Some(Cow::Borrowed(*name)));
        assert_eq!(names, ["9", "10", "émile", "Emma", "lena", "Łukasz", "mia", "zoe"]);
    }

    #[test]
    fn rows_are_measured_when_they_are_arranged() {
        let users = [user("bob"), user("a-name-that-is-long")];
        let mut list = TabList::default();
        assert_eq!(list.usual().of_column("username", false), None);
        list.arrange(&users, 10);
        assert_eq!(list.usual().of_column("username", false), Some(19));
        list.filter.set("bob", USER_COLUMNS, &[]);
        list.arrange(&users, 10);
        assert_eq!(list.usual().of_column("username", false), Some(3));
        let users: Vec<User> = (0..20)
            .map(|at| user(if at == 7 { "a-name-that-is-long" } else { "bob" }))
            .collect();
        list.filter.set("", USER_COLUMNS, &[]);
        list.arrange(&users, 10);
        let widths = [false, true].map(|names| list.usual().of_column("username", names));
        assert_eq!(
            widths,
            [Some(3), Some(16)],
            "a part of what tells one of them apart has its room"
        );
        assert_eq!(list.left().usual(), &UsualWidths::default());
    }
}
