//! Lists that fit in memory: the roles, holders, users and groups of a tenant, each under a tab.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::domain::access::TenantAccess;
use crate::domain::binding::Binding;
use crate::domain::columns::{BINDING_COLUMNS, GROUP_COLUMNS, ROLE_COLUMNS, USER_COLUMNS};
use crate::domain::query::{Row, Sort};
use crate::domain::role::Role;
use crate::domain::user::{Group, User};

use super::command::Scope;
use super::cursor::{Cursor, Motion};
use super::filter_edit::FilterEdit;

/// A tab of the tenant screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What the tenant is and holds.
    #[default]
    Overview,
    /// Its roles.
    Roles,
    /// Who holds them.
    Holders,
    /// Users and service accounts with access to it.
    Users,
    /// Its groups.
    Groups,
}

impl Tab {
    /// All tabs, in order.
    pub const ALL: [Self; 5] = [Self::Overview, Self::Roles, Self::Holders, Self::Users, Self::Groups];

    /// Title on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Roles => "Roles",
            Self::Holders => "Holders",
            Self::Users => "Users",
            Self::Groups => "Groups",
        }
    }

    /// What one row of it is called.
    pub fn thing(self) -> &'static str {
        match self {
            Self::Overview => "line",
            Self::Roles => "role",
            Self::Holders => "binding",
            Self::Users => "user",
            Self::Groups => "group",
        }
    }

    /// Where its own commands have their keys.
    pub fn scope(self) -> Scope {
        match self {
            Self::Overview => Scope::Overview,
            Self::Roles => Scope::Roles,
            Self::Holders => Scope::Holders,
            Self::Users => Scope::Users,
            Self::Groups => Scope::Groups,
        }
    }

    /// The tab of a title.
    pub fn titled(title: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.title() == title)
    }

    /// The columns a filter may name.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Overview => &[],
            Self::Roles => ROLE_COLUMNS,
            Self::Holders => BINDING_COLUMNS,
            Self::Users => USER_COLUMNS,
            Self::Groups => GROUP_COLUMNS,
        }
    }

    /// The tab so many places further, going round.
    pub fn step(self, by: isize) -> Self {
        let count = Self::ALL.len();
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let to = at.wrapping_add_signed(by).wrapping_add(count) % count;
        Self::ALL.get(to).copied().unwrap_or_default()
    }
}

impl Row for Role {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "name" => self.name.as_str().into(),
            "description" => self.description.as_deref().unwrap_or_default().into(),
            "managed" => yes_no(self.is_managed),
            "default" => yes_no(self.is_default),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "name", "description"]
    }
}

impl Row for Binding {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "type" => self.subject_kind.word().into(),
            "name" => self.subject_name.as_str().into(),
            "role" => self.role_name.as_str().into(),
            "namespace" => self.namespace.as_deref().unwrap_or_default().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        BINDING_COLUMNS
    }
}

impl Row for User {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "username" => self.username.as_str().into(),
            "name" => self.display_name.as_deref().unwrap_or_default().into(),
            "type" => self.kind.word().into(),
            "superadmin" => yes_no(self.superadmin),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "username", "name", "type"]
    }
}

impl Row for Group {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "name" => self.name.as_str().into(),
            "description" => self.description.as_deref().unwrap_or_default().into(),
            "members" => self.members.len().to_string().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "name", "description"]
    }
}

fn yes_no(value: bool) -> Cow<'static, str> {
    if value { "yes" } else { "no" }.into()
}

/// One tab's list: which of the rows pass the filter, in which order, and which is selected.
#[derive(Clone, Debug, Default)]
pub struct TabList {
    /// The filter.
    pub filter: FilterEdit,
    /// The order; `None` is the list's own.
    pub sort: Option<Sort>,
    /// The selection among the visible rows.
    pub cursor: Cursor,
    visible: Vec<usize>,
    marks: BTreeSet<String>,
}

impl TabList {
    /// Positions in the whole list of the rows that are visible, in order.
    pub fn visible(&self) -> &[usize] {
        &self.visible
    }

    /// Position in the whole list of the selected row.
    pub fn selected(&self) -> Option<usize> {
        self.visible.get(self.cursor.at()).copied()
    }

    /// Ids of the rows that are marked.
    pub fn marks(&self) -> &BTreeSet<String> {
        &self.marks
    }

    /// Marks a row by its id, or unmarks it.
    pub fn toggle_mark(&mut self, id: String) {
        if !self.marks.remove(&id) {
            self.marks.insert(id);
        }
    }

    /// Marks these rows, or unmarks them if all of them are marked.
    pub fn toggle_marks(&mut self, ids: Vec<String>) {
        if ids.iter().all(|id| self.marks.contains(id)) {
            for id in &ids {
                self.marks.remove(id);
            }
        } else {
            self.marks.extend(ids);
        }
    }

    /// Takes the mark off a row.
    pub fn unmark(&mut self, id: &str) {
        self.marks.remove(id);
    }

    /// Takes all marks off.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
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
        self.cursor.go(motion, self.visible.len(), height);
    }

    /// Decides anew which rows are visible. The selection stays on its row if that is still there.
    pub fn arrange<R: Row>(&mut self, rows: &[R], height: usize) {
        let selected = self.selected();
        // A mark on what is gone marks nothing.
        self.marks.retain(|id| {
            rows.iter()
                .any(|row| row.column("id").is_some_and(|other| *other == **id))
        });
        self.visible = (0..rows.len())
            .filter(|index| rows.get(*index).is_some_and(|row| self.filter.filter().matches(row)))
            .collect();
        if let Some(Sort { column, descending }) = &self.sort {
            let key = |index: &usize| {
                rows.get(*index)
                    .and_then(|row| row.column(column))
                    .map(|text| text.to_lowercase())
            };
            self.visible.sort_by_cached_key(key);
            if *descending {
                self.visible.reverse();
            }
        }
        let to = selected.and_then(|row| self.visible.iter().position(|visible| *visible == row));
        self.cursor
            .select(to.unwrap_or(self.cursor.at()), self.visible.len(), height);
    }

    /// Selects the row at a position in the whole list, if it is visible.
    pub fn select_row(&mut self, row: usize, height: usize) {
        if let Some(to) = self.visible.iter().position(|visible| *visible == row) {
            self.cursor.select(to, self.visible.len(), height);
        }
    }
}

/// The lists of all tabs.
#[derive(Clone, Debug, Default)]
pub struct TabLists([TabList; Tab::ALL.len()]);

impl TabLists {
    fn position(tab: Tab) -> Option<usize> {
        Tab::ALL
            .iter()
            .position(|other| *other == tab)
            .filter(|_| tab != Tab::Overview)
    }

    /// The list of a tab; the overview has none.
    pub fn get(&self, tab: Tab) -> Option<&TabList> {
        self.0.get(Self::position(tab)?)
    }

    /// The list of a tab, to be changed.
    pub fn get_mut(&mut self, tab: Tab) -> Option<&mut TabList> {
        self.0.get_mut(Self::position(tab)?)
    }

    /// The position in the whole list of a tab of its selected row.
    pub fn selected(&self, tab: Tab) -> Option<usize> {
        self.get(tab)?.selected()
    }

    /// Takes the mark off whatever has this id.
    pub fn unmark(&mut self, id: &str) {
        for list in &mut self.0 {
            list.unmark(id);
        }
    }

    /// Decides anew which rows are visible under a tab.
    pub fn arrange_tab<R: Row>(&mut self, tab: Tab, rows: &[R], height: usize) {
        if let Some(list) = self.get_mut(tab) {
            list.arrange(rows, height);
        }
    }

    /// Decides anew which rows are visible under each tab that shows who may do what.
    pub fn arrange(&mut self, access: &TenantAccess, height: usize) {
        self.arrange_tab(Tab::Roles, &access.roles, height);
        self.arrange_tab(Tab::Holders, &access.bindings, height);
        self.arrange_tab(Tab::Users, &access.users, height);
        self.arrange_tab(Tab::Groups, &access.groups, height);
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::user::UserKind;

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
        list.filter.set("superadmin:no", USER_COLUMNS);
        list.arrange(&users, 10);
        assert_eq!(list.visible(), [1, 0]);
    }

    #[test]
    fn tabs_go_round() {
        assert_eq!(Tab::Overview.step(-1), Tab::Groups);
        assert_eq!(Tab::Groups.step(1), Tab::Overview);
        assert_eq!(Tab::titled("Holders"), Some(Tab::Holders));
    }
}
