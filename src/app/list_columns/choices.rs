//! Which columns of each list are shown, in which order, and which has the focus.
//!
//! What was chosen is kept in `columns.json`; that a list shows everything it has, and where the focus is, is not.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::query::Sort;
use crate::domain::text::visible;

use super::{ListColumn, ListKind};

/// The columns that were chosen, for each list by its word. What is not in it is as it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct ColumnChoices {
    /// Names of the columns that are shown, in order.
    pub shown: BTreeMap<String, Vec<String>>,
    /// Lists that show everything they have, until the program is left.
    #[serde(skip)]
    pub wide: BTreeSet<String>,
    /// The column of each list that was gone to, until the program is left.
    #[serde(skip)]
    pub focus: BTreeMap<String, String>,
}

impl ColumnChoices {
    /// Whether a list shows everything it has.
    pub fn is_wide(&self, kind: ListKind) -> bool {
        self.wide.contains(kind.word())
    }

    /// Whether the columns of a list are others than those it comes with.
    pub fn is_chosen(&self, kind: ListKind) -> bool {
        self.shown.contains_key(kind.word())
    }

    /// Whether a column of a list is on screen only because it was asked for.
    pub fn is_asked_for(&self, kind: ListKind, column: &ListColumn) -> bool {
        self.is_wide(kind) || column.extra && self.is_chosen(kind)
    }

    /// Shows everything a list has, or what was chosen.
    pub fn toggle_wide(&mut self, kind: ListKind) {
        if !self.wide.remove(kind.word()) {
            self.wide.insert(kind.word().to_owned());
        }
    }

    /// Forgets names that no column of their list has, as other releases of this program had them, and says which in a
    /// sentence. A list of which nothing is left is as it comes.
    pub fn forget_unknown(&mut self) -> Option<String> {
        let mut gone = Vec::new();
        for kind in ListKind::ALL {
            let Some(names) = self.shown.get_mut(kind.word()) else {
                continue;
            };
            names.retain(|name| {
                let is_known = kind.columns().iter().any(|column| column.name == name);
                if !is_known {
                    gone.push(format!("`{}` of {}", visible(name), kind.word()));
                }
                is_known
            });
            if names.is_empty() {
                self.shown.remove(kind.word());
            }
        }
        let text = match gone.as_slice() {
            [] => return None,
            [one] => format!("There is no column {one} any more"),
            [all @ .., last] => format!("There are no columns {} and {last} any more", all.join(", ")),
        };
        Some(format!("{text}; <C> chooses which are shown"))
    }

    /// All columns of a list in their order, and whether each is shown: those that are, as they were chosen, then the rest.
    pub fn all(&self, kind: ListKind) -> Vec<(usize, bool)> {
        let columns = kind.columns();
        let mut chosen: Vec<usize> = match self.shown.get(kind.word()) {
            Some(names) => names
                .iter()
                .filter_map(|name| columns.iter().position(|column| column.name == name))
                .collect(),
            None => (0..columns.len())
                .filter(|at| columns.get(*at).is_some_and(|column| !column.extra))
                .collect(),
        };
        // What was kept may have been written by hand.
        let anchor = columns.iter().position(|column| Some(column) == kind.anchor());
        if let Some(anchor) = anchor.filter(|at| !chosen.contains(at)) {
            chosen.insert(0, anchor);
        }
        let rest = (0..columns.len()).filter(|at| !chosen.contains(at));
        let rest: Vec<_> = rest.map(|at| (at, false)).collect();
        chosen.into_iter().map(|at| (at, true)).chain(rest).collect()
    }

    /// The columns of a list that are on screen, in order.
    pub fn on_screen(&self, kind: ListKind) -> Vec<usize> {
        let is_wide = self.is_wide(kind);
        let all = self.all(kind).into_iter();
        all.filter(|(_, shown)| *shown || is_wide).map(|(at, _)| at).collect()
    }

    /// The names of the columns of a list that plain words of a filter look at: those that are on screen, or would be had it
    /// more room.
    pub fn words_in(&self, kind: ListKind) -> Vec<&'static str> {
        let shown = self.on_screen(kind).into_iter();
        shown.filter_map(|at| Some(kind.columns().get(at)?.name)).collect()
    }

    /// The column of a list that was gone to, if it is on screen.
    pub fn gone_to(&self, kind: ListKind) -> Option<&'static ListColumn> {
        let name = self.focus.get(kind.word())?;
        let mut shown = self.on_screen(kind).into_iter().filter_map(|at| kind.columns().get(at));
        shown.find(|column| column.name == *name)
    }

    /// The column of a list that has the focus: the one that was gone to, or the one it is ordered by, or the first.
    pub fn focused(&self, kind: ListKind, sort: Option<&Sort>) -> Option<&'static ListColumn> {
        let mut shown = self.on_screen(kind).into_iter().filter_map(|at| kind.columns().get(at));
        let is_sorted = |column: &&ListColumn| sort.is_some_and(|sort| sort.column == column.name);
        self.gone_to(kind)
            .or_else(|| shown.clone().find(is_sorted))
            .or_else(|| shown.next())
    }

    /// Gives the focus to the column so many places further on, as far as there are any.
    pub fn step(&mut self, kind: ListKind, sort: Option<&Sort>, by: isize) {
        let shown = self.on_screen(kind);
        let names: Vec<&'static str> = shown
            .into_iter()
            .filter_map(|at| kind.columns().get(at))
            .map(|column| column.name)
            .collect();
        let focused = self.focused(kind, sort).map(|column| column.name);
        let at = names.iter().position(|name| Some(*name) == focused).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(names.len().saturating_sub(1));
        if let Some(name) = names.get(to) {
            self.focus.insert(kind.word().to_owned(), (*name).to_owned());
        }
    }

    /// Takes what was chosen in the menu of a list, which is seen at once.
    pub fn take(&mut self, kind: ListKind, rows: &[(usize, bool)]) {
        self.focus.remove(kind.word());
        self.wide.remove(kind.word());
        self.choose(kind, rows);
    }

    /// The columns of a list are from now on these, in order; `None` is as they come.
    pub fn put(&mut self, kind: ListKind, names: Option<Vec<String>>) {
        match names {
            Some(names) => self.shown.insert(kind.word().to_owned(), names),
            None => self.shown.remove(kind.word()),
        };
    }

    /// Takes the choice of columns of a list; what is as it comes is not kept.
    fn choose(&mut self, kind: ListKind, rows: &[(usize, bool)]) {
        self.shown.remove(kind.word());
        let columns = kind.columns();
        let chosen = rows.iter().filter(|(_, shown)| *shown).map(|(at, _)| *at);
        if !chosen
            .clone()
            .eq(self.all(kind).into_iter().filter(|(_, shown)| *shown).map(|(at, _)| at))
        {
            let names = chosen
                .filter_map(|at| columns.get(at))
                .map(|column| column.name.to_owned());
            self.shown.insert(kind.word().to_owned(), names.collect());
        }
    }
}

#[cfg(test)]
mod tests;
