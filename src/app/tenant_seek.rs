//! Looking for the page of a tenant in a list that is not read as a whole.
//!
//! By id the page is found by halves. Under another order, or if the instance orders ids its own way, pages are read one
//! after another, up to a bound.

use std::cmp::Ordering;

use crate::domain::query::Sort;
use crate::domain::tenant::TenantRow;
use crate::domain::tenant_id::TenantId;

/// Pages that are read one after another at most.
const IN_A_ROW: u64 = 100;

/// How far one has looked.
#[derive(Clone, Debug)]
pub struct Seek {
    /// The pages that are left: from the first of these up to the second.
    left: (u64, u64),
    /// All pages.
    pages: u64,
    /// Whether ids come in order, and if so whether from the last one down.
    by_id: Option<bool>,
}

impl Seek {
    /// Begins to look in a list of so many pages under an order.
    pub fn new(pages: u64, sort: Option<&Sort>) -> Self {
        let by_id = match sort {
            None => Some(false),
            Some(sort) => (sort.column == "id").then_some(sort.descending),
        };
        let mut seek = Self {
            left: (0, pages),
            pages,
            by_id,
        };
        if by_id.is_none() {
            seek.read_in_a_row();
        }
        seek
    }

    fn read_in_a_row(&mut self) {
        self.by_id = None;
        self.left = (0, self.pages.min(IN_A_ROW));
    }

    /// The page to look at next; `None` once it was looked for wherever it could be.
    pub fn page(&self) -> Option<u64> {
        let (from, to) = self.left;
        let page = if self.by_id.is_some() {
            from + to.saturating_sub(from) / 2
        } else {
            from
        };
        (from < to).then_some(page)
    }

    /// Takes the page that was looked at, on which the tenant is not.
    pub fn missed(&mut self, id: &TenantId, rows: &[TenantRow]) {
        let Some(page) = self.page() else { return };
        let side = self.by_id.and_then(|is_descending| {
            let first = rows.first()?.tenant.id.as_str();
            let side = id.as_str().cmp(first);
            Some(if is_descending { side.reverse() } else { side })
        });
        match side {
            // A page that is empty is beyond the end of a list that has become shorter.
            Some(Ordering::Less) => self.left.1 = page,
            None if self.by_id.is_some() => self.left.1 = page,
            _ => self.left.0 = page + 1,
        }
        if self.page().is_none() && self.by_id.is_some() {
            self.read_in_a_row();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::tenant::Tenant;

    use super::*;

    /// The pages that are looked at for `id` in a list of pages of two.
    fn looked_at(ids: &[&str], sort: Option<&Sort>, id: &str) -> (Vec<u64>, bool) {
        let pages: Vec<Vec<TenantRow>> = ids
            .chunks(2)
            .map(|ids| {
                let rows = ids.iter().map(|id| TenantRow {
                    tenant: Tenant::new(id.parse().unwrap(), "T"),
                    admins: None,
                });
                rows.collect()
            })
            .collect();
        let id: TenantId = id.parse().unwrap();
        let mut seek = Seek::new(pages.len() as u64, sort);
        let mut pages_read = Vec::new();
        while let Some(page) = seek.page() {
            pages_read.push(page);
            let rows = &pages[usize::try_from(page).unwrap()];
            if rows.iter().any(|row| row.tenant.id == id) {
                return (pages_read, true);
            }
            seek.missed(&id, rows);
        }
        (pages_read, false)
    }

    #[test]
    fn by_id_the_page_is_found_by_halves_and_otherwise_one_after_another() {
        let ids = ["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "e1", "e2"];
        let back: Vec<&str> = ids.iter().rev().copied().collect();
        let sort = |column: &str| Sort {
            column: column.to_owned(),
            descending: column == "id",
        };
        assert_eq!(looked_at(&ids, None, "a2"), (vec![2, 1, 0], true));
        assert_eq!(looked_at(&ids, None, "e2"), (vec![2, 4], true));
        assert_eq!(looked_at(&back, Some(&sort("id")), "a2"), (vec![2, 4], true));
        assert_eq!(looked_at(&back, Some(&sort("name")), "c1"), (vec![0, 1, 2], true));
        // An instance that orders ids in its own way.
        let odd = ["a1", "z1", "b1", "b2", "c1", "c2"];
        assert_eq!(looked_at(&odd, None, "z1"), (vec![1, 2, 0], true));
        assert_eq!(looked_at(&ids, None, "c3"), (vec![2, 4, 3, 0, 1, 2, 3, 4], false));
        assert_eq!(looked_at(&[], None, "a1"), (vec![], false));
    }
}
