//! Admins of tenants whose rows came without them: counted for the rows in view, one question at a time.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Tenants in view whose admins have to be counted; none while others are being counted.
    pub fn uncounted(&self, height: usize) -> Vec<TenantId> {
        if !self.counts.are_missing || self.counts.asked.is_some() || self.is_searching() {
            return Vec::new();
        }
        let top = self.cursor.top();
        (top..top.saturating_add(height).min(self.length()))
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
