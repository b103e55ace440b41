//! The list of tenants: a window over any number of rows, of which only the pages around the selection are held.
//!
//! The default tenant is row 0 where the instance has one and the filter lets it through; rows with ids follow.
//! Selection is by id, so that a refresh never moves it to another tenant. Which pages are read is told in [`reading`], what is
//! marked in [`marking`].

use std::collections::BTreeMap;

use crate::domain::problem::Problem;
use crate::domain::query::Sort;
pub use crate::domain::tenant::{DEFAULT_NAME, DEFAULT_STATE};
use crate::domain::tenant::{DefaultRow, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;

use super::column_room::UsualWidths;
use super::cursor::{Cursor, Motion};
use super::effect::{JobId, Millis};
use super::filter_edit::FilterEdit;
use super::remote::Remote;
use super::tenant_marks::TenantMarks;
use counts::AdminCounts;
use leading::{Origin, Wanted};
use reading::Asked;

mod counts;
mod leading;
mod marking;
mod reading;

/// Rows asked for at once.
pub const PAGE: u32 = 100;

/// What a selected row is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Selected<'a> {
    /// The default tenant.
    Default,
    /// A tenant with an id.
    Tenant(&'a TenantRow),
}

impl Selected<'_> {
    /// Which tenant it is.
    pub fn scope(self) -> TenantScope {
        match self {
            Self::Default => TenantScope::Default,
            Self::Tenant(row) => TenantScope::Named(row.tenant.id.clone()),
        }
    }
}

/// The list of tenants.
#[derive(Clone, Debug, Default)]
pub struct TenantList {
    /// The filter.
    pub filter: FilterEdit,
    /// The order; `None` is by id.
    pub sort: Option<Sort>,
    /// The selection.
    pub cursor: Cursor,
    /// What went wrong the last time rows were read.
    pub problem: Option<Problem>,
    /// A refusal that may come of settings that changed since the instance was asked; it is one if the instance, which is
    /// asked again, still lists tenants.
    pub doubted: Option<Problem>,
    /// When rows were last read.
    pub read_at: Option<Millis>,
    /// How wide texts of the rows usually are, as the first told that were read since the list began anew, and at most, in all
    /// that were read since.
    usual: UsualWidths,
    /// Why rows could not be read the last time; it stays so while they are read again.
    failed: Option<Problem>,
    /// See [`Self::has_default`].
    has_default: bool,
    /// How many admins the default tenant has.
    pub default_admins: Remote<u64>,
    /// Which tenants are marked.
    pub marks: TenantMarks,
    total: Option<u64>,
    pages: BTreeMap<u64, Vec<TenantRow>>,
    asked: BTreeMap<JobId, Asked>,
    wanted: Option<Wanted>,
    /// What was selected before the filter became another one.
    origin: Option<Origin>,
    /// Whether something was selected by hand since the list began anew.
    is_chosen: bool,
    /// How often the filter, the order or the selection became another one, but for a selection that rows that were read led to.
    pub(super) changes: usize,
    /// The tenant that was selected and is not among the rows that were read again, and whether it was looked for in the
    /// whole list.
    lost: Option<(TenantScope, bool)>,
    counts: AdminCounts,
    /// Whether the operator stopped the reading, so that nothing more is read until asked for.
    stopped: bool,
    /// Whether the rows are those of another filter or order than the one in effect.
    outdated: bool,
    /// Whether the rows are those of another filter than the one in effect. Then none of them is selected: what is done next
    /// is about those that were asked for.
    other_rows: bool,
    /// Whether rows were read again since it was asked last which marked tenants may be gone.
    is_again: bool,
    /// Whether the last rows that were read leave out what only admins would have told.
    leaves_out: bool,
    /// How many tenants there are without a filter, as far as that was read.
    all: Option<u64>,
    /// The question for that, while rows are read under a filter.
    counting_all: Option<JobId>,
}

impl TenantList {
    /// Whether the default tenant has a row under the filter.
    pub fn shows_default(&self) -> bool {
        self.has_default
            && self.filter.passes(&DefaultRow {
                admins: self.default_admins.value().copied(),
            })
    }

    /// Whether the default tenant has a row, were it not for the filter.
    pub fn has_default(&self) -> bool {
        self.has_default
    }

    /// The default tenant has a row, or none.
    pub fn set_default(&mut self, is_there: bool) {
        self.has_default = is_there;
        self.measure_default();
    }

    /// Columns are as wide with the row of the default tenant in view as without it.
    fn measure_default(&mut self) {
        if self.has_default && self.usual != UsualWidths::default() {
            let row = DefaultRow { admins: None };
            self.usual.take(UsualWidths::of_rows(&std::iter::once(&row)));
        }
    }

    /// How many tenants with an id pass the filter, once known.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The columns of screen that texts of the rows usually take.
    pub fn usual(&self) -> &UsualWidths {
        &self.usual
    }

    /// How many rows there are, the default tenant's included.
    pub fn length(&self) -> usize {
        let named = usize::try_from(self.total.unwrap_or(0)).unwrap_or(usize::MAX);
        named.saturating_add(usize::from(self.shows_default()))
    }

    /// The row at a position, if it is the default tenant's or held.
    pub fn row(&self, index: usize) -> Option<Selected<'_>> {
        let Some(index) = self.named_index(index) else {
            return Some(Selected::Default);
        };
        let page = self.pages.get(&(index / u64::from(PAGE)))?;
        page.get(usize::try_from(index % u64::from(PAGE)).ok()?)
            .map(Selected::Tenant)
    }

    /// The tenants that are held, in the order of the list.
    pub fn held(&self) -> impl Iterator<Item = &TenantRow> {
        self.pages.values().flatten()
    }

    /// The selected row, if it is held.
    pub fn selected(&self) -> Option<Selected<'_>> {
        // Before its rows are there no row is on screen, not even that of the default tenant.
        if self.length() == 0 || self.total.is_none() || self.awaits_selection() || self.is_led_back() {
            None
        } else {
            self.row(self.cursor.at())
        }
    }

    /// Which tenant is selected.
    pub fn selected_scope(&self) -> Option<TenantScope> {
        self.selected().map(Selected::scope)
    }

    /// Whether nothing is selected because what will be is still read: the rows of the filter in effect, or the row that is
    /// led to. What acts on the selection would act on another one.
    pub fn awaits_selection(&self) -> bool {
        self.other_rows || self.is_led_on()
    }

    /// Whether the row of the selected place is on a page that is not held, which is read next unless reading failed or was
    /// stopped, or the row that was selected before is looked for.
    pub fn lacks_selected(&self) -> bool {
        let is_in_order = self.total.is_some() && !self.other_rows && !self.is_searching();
        let page = self.named_index(self.cursor.at()).map(|index| index / u64::from(PAGE));
        let is_missing = self.length() > 0 && page.is_some_and(|page| !self.pages.contains_key(&page));
        is_in_order && (is_missing || self.is_led_back())
    }

    /// Whether what acts on the selected row can: it is the one that will be selected, and its page is held.
    pub fn can_act(&self) -> bool {
        !self.awaits_selection() && !self.lacks_selected()
    }

    /// Whether the rows are those of another filter than the one in effect.
    pub fn has_other_rows(&self) -> bool {
        self.other_rows
    }

    /// Notes that the filter has become another one than that of the rows. What is selected stays so, if it is among those.
    ///
    /// Returns the questions nobody needs an answer to any more: they were asked under the filter before.
    pub fn filter_changed(&mut self) -> Vec<JobId> {
        self.keep_selected();
        self.changes += 1;
        let asked = std::mem::take(&mut self.asked);
        self.other_rows = self.total.is_some() || !asked.is_empty();
        asked.into_keys().collect()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, height: usize) {
        let before = self.cursor.at();
        self.cursor.go(motion, self.length(), height);
        self.choose();
        if before != self.cursor.at() {
            self.counts.came_from = Some(before);
        }
    }

    /// Moves the selection to a place.
    pub fn select(&mut self, index: usize, height: usize) {
        self.cursor.select(index, self.length(), height);
        self.choose();
    }

    /// Keeps the selection in view after a resize.
    pub fn fit(&mut self, height: usize) {
        self.cursor.select(self.cursor.at(), self.length(), height);
    }

    /// Whether a page is being read.
    fn is_asked(&self, page: u64) -> bool {
        self.asked.values().any(|asked| asked.is_of(page))
    }

    /// Where a tenant that is held stands among those with an id. Where a page is being read again it may not stand there any more.
    fn place_of(&self, id: &TenantId) -> Option<u64> {
        let mut read = self.pages.iter().filter(|(page, _)| !self.is_asked(**page));
        read.find_map(|(page, rows)| {
            let within = rows.iter().position(|row| &row.tenant.id == id)?;
            Some(page * u64::from(PAGE) + within as u64)
        })
    }

    fn named_index(&self, index: usize) -> Option<u64> {
        let index = index as u64;
        if self.shows_default() {
            index.checked_sub(1)
        } else {
            Some(index)
        }
    }
}

#[cfg(test)]
mod tests;
