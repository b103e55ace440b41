//! Admins of tenants whose rows came without them: counted for the rows in view and for those that come into view next, one
//! question at a time.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::domain::tenant::TenantRow;
use crate::domain::tenant_id::TenantId;

use super::super::effect::JobId;
use super::{Selected, TenantList};

/// Admins of tenants whose rows came without them, counted for the rows in view.
#[derive(Clone, Debug, Default)]
pub(super) struct AdminCounts {
    /// The question under way, and whom it is about.
    pub(super) asked: Option<(JobId, Vec<TenantId>)>,
    /// What was counted, shown until it is counted again.
    known: BTreeMap<TenantId, u64>,
    /// Tenants that need not be asked about before the next refresh.
    pub(super) done: BTreeSet<TenantId>,
    /// Whether rows come without counts at all.
    pub(super) are_missing: bool,
    /// The row that was selected before the one that is, which tells where the selection is going.
    pub(super) came_from: Option<usize>,
}

/// Counts that are held; after so many they are forgotten, but for those in view.
const COUNTS_HELD: usize = 10_000;

impl AdminCounts {
    /// Completes rows with what is known.
    pub(super) fn fill(&self, rows: &mut [TenantRow]) {
        for row in rows.iter_mut().filter(|row| row.admins.is_none()) {
            row.admins = self.known.get(&row.tenant.id).copied();
        }
    }
}

impl TenantList {
    /// Tenants whose admins have to be counted; none while others are being counted. First those in view; once they are, and the
    /// selection moves towards an end of the view, those up to half a view ahead of it, several at a time.
    pub fn uncounted(&self, height: usize) -> Vec<TenantId> {
        if !self.counts.are_missing || self.counts.asked.is_some() || self.is_searching() {
            return Vec::new();
        }
        let top = self.cursor.top();
        let in_view = self.uncounted_of(top..top.saturating_add(height));
        if in_view.is_empty() && !self.uncounted_of(self.ahead(height / 4)).is_empty() {
            return self.uncounted_of(self.ahead(height / 2));
        }
        in_view
    }

    /// So many rows beyond the selected one, where it is going.
    fn ahead(&self, rows: usize) -> Range<usize> {
        let at = self.cursor.at();
        match self.counts.came_from.map(|before| before.cmp(&at)) {
            Some(Ordering::Less) => at + 1..at.saturating_add(rows + 1),
            Some(Ordering::Greater) => at.saturating_sub(rows)..at,
            _ => 0..0,
        }
    }

    fn uncounted_of(&self, rows: Range<usize>) -> Vec<TenantId> {
        (rows.start..rows.end.min(self.length()))
            .filter_map(|index| match self.row(index)? {
                Selected::Tenant(row) => Some(row.tenant.id.clone()),
                Selected::Default => None,
            })
            .filter(|id| !self.counts.done.contains(id))
            .collect()
    }

    /// Whether plain words of the filter were not looked for in what comes of counting admins, as Kestra counts none for a list and
    /// too many tenants are left for counting them one by one.
    pub fn leaves_admins_out(&self) -> bool {
        self.leaves_out && self.total.is_some() && !self.other_rows
    }

    /// Notes that the admins of these are being counted.
    pub fn ask_counts(&mut self, job: JobId, ids: Vec<TenantId>) {
        self.counts.asked = Some((job, ids));
    }

    /// The question for counts that is under way.
    pub fn counting(&self) -> Option<JobId> {
        self.counts.asked.as_ref().map(|(job, _)| *job)
    }

    /// Takes counts. Whoever is not among them could not be counted, and is not asked about again before a refresh. `None`
    /// where there was no answer: what was counted before stays.
    pub fn counted(&mut self, counts: Option<Vec<(TenantId, u64)>>) {
        let Some((_, ids)) = self.counts.asked.take() else {
            return;
        };
        let Some(counts) = counts else {
            self.counts.done.extend(ids);
            return;
        };
        if self.counts.known.len() > COUNTS_HELD {
            self.counts.known.clear();
            self.counts.done.clear();
        }
        for id in &ids {
            self.counts.known.remove(id);
        }
        self.counts.done.extend(ids);
        self.counts.known.extend(counts);
        for row in self.pages.values_mut().flatten() {
            if self.counts.done.contains(&row.tenant.id) {
                row.admins = self.counts.known.get(&row.tenant.id).copied();
            }
        }
    }
}
