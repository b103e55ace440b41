//! Marks on rows: one, a range, all; those that the filter hides, and those of rows that are not held.

use crate::domain::page::Page;
use crate::domain::query::Query;
use crate::domain::sorting;
use crate::domain::tenant::TenantRow;
use crate::domain::tenant_id::TenantId;

use super::super::cursor::Motion;
use super::super::tenant_marks::{Range, TenantMarks};
use super::{PAGE, Selected, TenantList};

impl TenantList {
    /// Marks the selected tenant or takes its mark off, and goes on to the next. False where the row is no tenant with an id.
    pub fn toggle_mark(&mut self, height: usize) -> bool {
        let Some(place) = self.named_index(self.cursor.at()) else {
            return false;
        };
        let row = match self.selected() {
            Some(Selected::Tenant(row)) => row.clone(),
            _ => return false,
        };
        self.marks.toggle(&row, place);
        self.go(Motion::Down, height);
        true
    }

    /// How many of the tenants that are marked the filter hides: those that are not among the rows. Of rows that are not held it
    /// goes by the tenants as they were read last, and by how many rows there are.
    pub fn hidden_marks(&self) -> usize {
        if !self.filter.is_active() || self.marks.is_empty() {
            return 0;
        }
        let (unlisted, unread) = self.unlisted_marks();
        let refused = unlisted.iter().filter(|row| !self.filter.passes(**row)).count();
        refused.max(unlisted.len().saturating_sub(unread))
    }

    /// The tenants that are marked and not among the rows that are held, and how many rows are not held.
    fn unlisted_marks(&self) -> (Vec<&TenantRow>, usize) {
        // Rows of another filter say nothing of this one.
        let held = self.held().filter(|_| !self.other_rows);
        let listed = sorting::set(held.map(|row| &row.tenant.id));
        let is_unlisted = |row: &&TenantRow| !listed.contains(&row.tenant.id);
        let total = self.total.filter(|_| !self.other_rows);
        let unread = total.map_or(usize::MAX, |total| {
            usize::try_from(total)
                .unwrap_or(usize::MAX)
                .saturating_sub(listed.len())
        });
        (self.marks.rows().filter(is_unlisted).collect(), unread)
    }

    /// The tenants that are marked and may be gone, told once after rows were read again: as they were read last the filter lets
    /// them through, and there are too few rows for all of them, or they are few.
    pub fn take_doubtful_marks(&mut self) -> Vec<TenantId> {
        if !self.asked.is_empty() || !std::mem::take(&mut self.is_again) || self.marks.is_empty() {
            return Vec::new();
        }
        let (mut unlisted, unread) = self.unlisted_marks();
        unlisted.retain(|row| self.filter.passes(*row));
        let are_doubted = unlisted.len() > unread || unlisted.len() <= TenantMarks::DOUBTED;
        let ids = unlisted.iter().filter(|_| are_doubted).map(|row| row.tenant.id.clone());
        ids.collect()
    }

    /// The rows from the one that was marked last, or else from where a range was begun, to the selected one. `None` where no range
    /// can be begun, as on the row of the default tenant.
    pub fn range_to_here(&mut self) -> Option<Range> {
        let here = self.named_index(self.cursor.at());
        let selected = self.selected_scope().and_then(|scope| scope.id().cloned());
        self.marks.last = self.marks.last.take().or(selected.zip(here));
        let last = self.marks.last.as_ref();
        let there = last.map(|(id, place)| self.place_of(id).unwrap_or(*place));
        let (there, here) = (there.or(here)?, here.unwrap_or(0));
        (self.total? > 0 && !self.awaits_selection()).then_some(Range {
            from: here.min(there),
            to: here.max(there),
            toggles: false,
        })
    }

    /// All rows that pass the filter.
    pub fn whole_range(&self) -> Option<Range> {
        Some(Range {
            from: 0,
            to: self.total.filter(|_| !self.other_rows)?.checked_sub(1)?,
            toggles: true,
        })
    }

    /// Marks rows that are all held, and says whether they are.
    pub fn mark_held(&mut self, range: Range) -> bool {
        let size = u64::from(PAGE);
        let held = || (range.from / size..=range.to / size).map(|page| (page, self.pages.get(&page)));
        if held().any(|(_, rows)| rows.is_none()) {
            return false;
        }
        let rows: Vec<_> = held()
            .flat_map(|(page, rows)| (page * size..).zip(rows.into_iter().flatten()))
            .filter(|(place, _)| (range.from..=range.to).contains(place))
            .map(|(_, row)| row.clone())
            .collect();
        self.marks.mark(rows.iter(), range.toggles);
        true
    }

    /// The questions that lead to the rows of a range, pages of the largest size, with what of the range is on each.
    pub fn questions_for(&self, range: Range) -> Vec<(Query, Range)> {
        let size = u64::from(TenantMarks::PAGE);
        let pages = range.from / size..=range.to / size;
        pages
            .map(|page| {
                let query = Query {
                    size: TenantMarks::PAGE,
                    ..self.query(page)
                };
                let part = Range {
                    from: range.from.saturating_sub(page * size),
                    to: (range.to - page * size).min(size - 1),
                    ..range
                };
                (query, part)
            })
            .collect()
    }

    /// Takes a page that was read for marks, and what of it is to be marked.
    pub fn mark_read(&mut self, part: Range, page: &Page<TenantRow>) {
        let rows = (0..).zip(&page.rows);
        let wanted = rows.filter(|(place, _)| (part.from..=part.to).contains(place));
        self.marks.take(wanted.map(|(_, row)| row.clone()), part.toggles);
    }
}
