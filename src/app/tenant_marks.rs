//! Marks on tenants. They stand on ids, and so stay on their tenants whatever happens to the rows.
//!
//! The tenants themselves are kept with them, as they were last read, because rows that are far away are forgotten.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::query::Query;
use crate::domain::tenant::{Tenant, TenantRow};
use crate::domain::tenant_id::TenantId;

use super::effect::JobId;

/// The tenants that are marked.
#[derive(Clone, Debug, Default)]
pub struct TenantMarks {
    marked: BTreeMap<TenantId, TenantRow>,
    /// The tenant that was marked last, and where it was then.
    pub last: Option<(TenantId, u64)>,
    /// Rows that are to be marked and had to be read for it.
    asked: BTreeMap<JobId, Range>,
    /// What was read of them so far: they are marked together once all are there.
    read: Vec<TenantRow>,
    /// Those of which it is asked whether they are there still.
    doubted: BTreeMap<JobId, TenantId>,
    /// Those of them that are not.
    gone: Vec<TenantId>,
    /// Those that were marked when the connection was lost and are not read yet.
    wanted: BTreeSet<TenantId>,
    looking: Looking,
}

/// How far tenants that were marked at another time are being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Looking {
    /// Not until everything is read again.
    #[default]
    No,
    /// They are to be asked for.
    Due,
    /// They are asked for.
    Asked,
}

/// Rows to be marked, by their places among the tenants with an id that pass the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// Whether their marks are taken off if all of them have one.
    pub toggles: bool,
}

impl TenantMarks {
    /// How many rows are marked at once, where they have to be read for it.
    pub const AT_ONCE: u64 = 10_000;
    /// How many of them are asked for at once.
    pub const PAGE: u32 = Query::MAX_SIZE;
    /// How many are asked about at once, whether they are there still.
    pub const DOUBTED: usize = 50;
    /// How many are asked for at once by their ids: a store takes no condition of a thousand parts.
    const NAMED: usize = 500;

    /// How many are marked.
    pub fn len(&self) -> usize {
        self.marked.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    /// Whether a tenant is marked.
    pub fn has(&self, id: &TenantId) -> bool {
        self.marked.contains_key(id)
    }

    /// The tenants that are marked, by id.
    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.rows().map(|row| &row.tenant)
    }

    /// Their rows, by id.
    pub fn rows(&self) -> impl Iterator<Item = &TenantRow> {
        self.marked.values()
    }

    /// Whether rows are being read to be marked.
    pub fn is_asking(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Whether marks are to come: rows are being read for them, or will be.
    pub fn is_awaited(&self) -> bool {
        self.is_asking() || !self.wanted.is_empty()
    }

    /// Whether some that were marked at another time are not read, and nobody reads them now.
    pub fn are_left_unread(&self) -> bool {
        !self.wanted.is_empty() && self.looking == Looking::No
    }

    /// Marks a tenant, or takes its mark off.
    pub fn toggle(&mut self, row: &TenantRow, place: u64) {
        let id = &row.tenant.id;
        if self.marked.remove(id).is_none() {
            self.marked.insert(id.clone(), row.clone());
            self.last = Some((id.clone(), place));
        }
    }

    /// Marks tenants; those of a range that toggles lose their marks if all of them have one.
    pub fn mark<'t>(&mut self, rows: impl Iterator<Item = &'t TenantRow> + Clone, toggles: bool) {
        if toggles && rows.clone().all(|row| self.has(&row.tenant.id)) {
            for row in rows {
                self.marked.remove(&row.tenant.id);
            }
        } else {
            self.marked.extend(rows.map(|row| (row.tenant.id.clone(), row.clone())));
        }
    }

    /// Takes the mark off a tenant.
    pub fn unmark(&mut self, id: &TenantId) {
        self.marked.remove(id);
    }

    /// Takes all marks off, and says whether there were any. Returns what is being read for marks in vain, too.
    pub fn clear(&mut self) -> (bool, Vec<JobId>) {
        let had = !self.marked.is_empty() || !self.wanted.is_empty();
        self.marked.clear();
        self.wanted.clear();
        self.last = None;
        (had, self.give_up())
    }

    /// The ids of those that are marked, or will be once they are read.
    pub fn kept(&self) -> Vec<String> {
        let ids = self.marked.keys().chain(&self.wanted);
        ids.map(TenantId::to_string).collect()
    }

    /// Marks tenants again that were marked at another time, as soon as they are read.
    pub fn want_back(&mut self, ids: &[String]) {
        self.wanted = ids.iter().map(TenantId::existing).collect();
        self.look_again();
    }

    /// Has those that are not read yet asked for once more.
    pub fn look_again(&mut self) {
        if !self.wanted.is_empty() && self.looking != Looking::Asked {
            self.looking = Looking::Due;
        }
    }

    /// Asks for them no more until everything is read again.
    pub fn hold(&mut self) {
        self.looking = Looking::No;
    }

    /// The questions for them, if they are to be asked for and no others are.
    pub fn look(&mut self) -> Vec<Query> {
        if self.looking != Looking::Due || self.is_asking() {
            return Vec::new();
        }
        self.looking = Looking::Asked;
        let ids: Vec<&TenantId> = self.wanted.iter().collect();
        ids.chunks(Self::NAMED).map(Query::tenants_of).collect()
    }

    /// Those of them that were not found, once all are read.
    pub fn not_found(&mut self) -> Vec<TenantId> {
        if self.looking != Looking::Asked || self.is_asking() {
            return Vec::new();
        }
        self.looking = Looking::No;
        let wanted = std::mem::take(&mut self.wanted);
        wanted.into_iter().filter(|id| !self.has(id)).collect()
    }

    /// Remembers that rows are being read to be marked.
    pub fn ask(&mut self, job: JobId, range: Range) {
        self.asked.insert(job, range);
    }

    /// Rows that were being read to be marked, and are not any more; nor are those that were doubted.
    pub fn give_up(&mut self) -> Vec<JobId> {
        self.read.clear();
        self.gone.clear();
        if self.looking == Looking::Asked {
            self.looking = Looking::Due;
        }
        let doubted = std::mem::take(&mut self.doubted).into_keys();
        std::mem::take(&mut self.asked).into_keys().chain(doubted).collect()
    }

    /// Notes that it is asked whether a tenant is there still.
    pub fn doubt(&mut self, job: JobId, id: TenantId) {
        self.doubted.insert(job, id);
    }

    /// Takes the answer to that: what `is_gone` loses its mark. `None` where it was no such question; otherwise all that are
    /// gone, once none is asked about any more.
    pub fn settle_doubted(&mut self, job: JobId, is_gone: bool) -> Option<Vec<TenantId>> {
        let id = self.doubted.remove(&job)?;
        if is_gone {
            self.unmark(&id);
            self.gone.push(id);
        }
        let is_last = self.doubted.is_empty();
        Some(if is_last {
            std::mem::take(&mut self.gone)
        } else {
            Vec::new()
        })
    }

    /// The range that was asked about under a question, which is answered now.
    pub fn answered(&mut self, job: JobId) -> Option<Range> {
        self.asked.remove(&job)
    }

    /// Takes rows that were read to be marked, and marks all of them once none is awaited any more.
    pub fn take(&mut self, rows: impl Iterator<Item = TenantRow>, toggles: bool) {
        self.read.extend(rows);
        if !self.is_asking() {
            let read = std::mem::take(&mut self.read);
            self.mark(read.iter(), toggles);
        }
    }

    /// Takes newly read rows: what is marked is kept as it is now.
    pub fn seen(&mut self, rows: &[TenantRow]) {
        if self.marked.is_empty() {
            return;
        }
        for row in rows {
            if let Some(kept) = self.marked.get_mut(&row.tenant.id) {
                kept.clone_from(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_up_says_nothing_of_what_is_asked_after() {
        let mut marks = TenantMarks::default();
        let [acme, globex] = ["acme", "globex"].map(|id| id.parse::<TenantId>().unwrap());
        marks.doubt(JobId(1), acme);
        marks.doubt(JobId(2), globex.clone());
        assert_eq!(marks.settle_doubted(JobId(1), true), Some(Vec::new()));
        assert_eq!(marks.give_up(), [JobId(2)]);
        marks.doubt(JobId(3), globex.clone());
        assert_eq!(marks.settle_doubted(JobId(3), true), Some(vec![globex]));
    }
}
