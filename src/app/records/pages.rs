//! Long lists of records, which are read page by page: how much is read again, and what becomes of what is held.
//!
//! Nothing goes from the screen before what takes its place was read, or the selection would become something else.

use std::collections::HashSet;

use super::super::cursor::Motion;
use super::super::effect::{JobId, Millis};
use super::{Record, RecordsKind, RecordsView};

/// Users of the instance that are read at once.
pub const ACCOUNTS_PAGE: u32 = 1000;
/// Rows of the audit log that are read at once.
pub const AUDIT_PAGE: u32 = 100;
/// Pages that are read one after the other at most.
pub const MOST_PAGES: u64 = 20;

/// Pages that a list is read on for a filter or an order of one's own, each time that is asked for.
pub const SEARCHED: u64 = 50;

/// How much of a list is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Its first page, in place of all that is held: something else is asked for.
    Anew,
    /// As far as it may look different: a log, which grows at its top, by its first page, and all else as far as it is in view.
    InView,
    /// All that is held, up to [`MOST_PAGES`].
    Held,
}

/// What was read again, until that is enough.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// By how many pages.
    pub pages: u64,
    rows: Vec<Record>,
    /// How many pages are read at least.
    least: u64,
    is_anew: bool,
}

impl RecordsView {
    /// Begins to read the list again, on a screen with so many rows.
    pub fn begin_again(&mut self, extent: Extent, height: usize) {
        self.has_given_up = false;
        let least = match extent {
            Extent::Anew => 1,
            Extent::InView => self.page_in_view(height),
            Extent::Held => self.pages,
        };
        if extent == Extent::Anew {
            (self.pages, self.least, self.most) = (1, 0, SEARCHED);
        }
        self.again = Again {
            least: least.min(MOST_PAGES),
            is_anew: extent == Extent::Anew,
            ..Again::default()
        };
    }

    /// The last page of which something is in view, from 1.
    fn page_in_view(&self, height: usize) -> u64 {
        let in_view = self.list.visible().iter().skip(self.list.cursor.top()).take(height);
        match self.kind {
            RecordsKind::Audit { .. } => 1,
            _ => in_view.max().map_or(1, |at| *at as u64 / u64::from(ACCOUNTS_PAGE) + 1),
        }
    }

    /// Whether more is to be read again before it takes the place of what is held.
    pub fn goes_on(&self) -> bool {
        self.again.pages > 0
    }

    /// Whether the list, of which so many rows are in view, is to be read on: as far as it was held, or was moved on to, and under
    /// a filter or an order of one's own until all that would be on screen is. No instance takes those, so that they hold for what
    /// is read.
    pub fn is_to_read_on(&self, height: usize) -> bool {
        let (visible, held) = (self.list.visible().len(), self.rows.value().map_or(0, Vec::len));
        let is_filled = visible > self.list.cursor.at() + height;
        let lacks_rows = visible < held && !is_filled || self.list.sort.is_some();
        let is_wanted = self.pages < self.least || lacks_rows && self.pages < self.most;
        let is_free = self.more.is_none() && self.rows.job().is_none();
        is_wanted && is_free && !self.has_given_up && self.is_in_part()
    }

    /// Moves the selection. At the end of what is held a page more is to be read; under a filter or an order the last row of all
    /// is looked for further than before.
    pub fn go(&mut self, motion: Motion, height: usize) {
        self.list.go(motion, height);
        if self.list.cursor.at() + height >= self.list.visible().len() && self.is_in_part() {
            self.has_given_up = false;
            self.least = self.least.max(self.pages + 1);
            if motion == Motion::Last {
                self.most = self.pages + SEARCHED;
            }
        }
    }

    /// Whether a filter or an order of one's own holds for what is read.
    pub fn is_narrowed(&self) -> bool {
        self.list.filter.is_active() || self.list.sort.is_some()
    }

    /// Whether it is read on for those.
    pub fn is_searching(&self) -> bool {
        self.more.is_some() && self.is_narrowed()
    }

    /// Reads no further before that is asked for, or something else is looked for.
    pub fn stop(&mut self) {
        let stood = self.list.is_sought();
        self.give_up_more();
        self.most = self.pages;
        if !stood {
            (self.least, self.has_given_up) = (0, false);
        }
    }

    /// Whether no row is there yet that the filter lets through, and more are being read.
    pub fn has_found_nothing_yet(&self) -> bool {
        self.more.is_some() && self.list.visible().is_empty()
    }

    /// Whether there is more on the instance than is held.
    fn is_in_part(&self) -> bool {
        self.rows.value().is_some_and(|rows| (rows.len() as u64) < self.total)
    }

    /// Takes a page of a list: one that is read again, or the next one. `total` is how many rows there are on the instance.
    pub fn take_page(&mut self, job: JobId, now: Millis, total: u64, rows: Vec<Record>) {
        // Whoever came or went meanwhile moves the others between pages, and the numbers do not add up.
        let is_last = rows.is_empty();
        if self.more == Some(job) {
            self.more = None;
            let mut held = self.rows.value().cloned().unwrap_or_default();
            let before = held.len();
            append(&mut held, rows);
            if held.len() == before {
                // It would be so for ever where all pages are the same.
                self.give_up_more();
            }
            self.hold(held.len(), self.pages + 1, is_last, total);
            self.rows.set(held, now);
        } else if let Some((read, pages)) = self.read_again(rows, total) {
            self.hold(read.len(), pages, is_last, total);
            self.rows.settle(job, now, Ok(read));
        }
        let held = self.rows.value().map_or(0, Vec::len) as u64;
        if is_last || held >= self.total {
            self.least = 0;
        }
    }

    /// Notes how much is held now.
    fn hold(&mut self, rows: usize, pages: u64, is_last: bool, total: u64) {
        let rows = rows as u64;
        self.total = if is_last { rows } else { total };
        self.pages = match self.kind {
            // What is new at its top moves the others down.
            RecordsKind::Audit { .. } => rows.div_ceil(u64::from(AUDIT_PAGE)).max(1),
            _ => pages,
        };
    }

    /// Takes a page that was read again. Once that is enough: what is held from now on, and by how many pages.
    fn read_again(&mut self, rows: Vec<Record>, total: u64) -> Option<(Vec<Record>, u64)> {
        let mut again = std::mem::take(&mut self.again);
        let is_last = rows.is_empty();
        again.pages += 1;
        append(&mut again.rows, rows);
        let held = self.rows.value().filter(|_| !again.is_anew);
        let held = held.map_or(&[][..], Vec::as_slice);
        let below = {
            let read: HashSet<&str> = again.rows.iter().map(|row| row.id.as_str()).collect();
            held.iter().rposition(|row| read.contains(row.id.as_str()))
        };
        let is_all = is_last || again.rows.len() as u64 >= total;
        // What is held goes on where what was read ends, without a gap.
        let is_enough = again.pages >= again.least && (held.is_empty() || below.is_some());
        if !is_all && !is_enough && again.pages < MOST_PAGES {
            self.again = again;
            return None;
        }
        let mut pages = again.pages;
        let is_log = matches!(self.kind, RecordsKind::Audit { .. });
        if let Some(below) = below.filter(|_| !is_all && (is_log || pages < self.pages)) {
            let rest = held.get(below + 1..).unwrap_or_default();
            append(&mut again.rows, rest.to_vec());
            pages = pages.max(self.pages);
        }
        Some((again.rows, pages))
    }
}

/// Adds those rows that are not there already.
fn append(held: &mut Vec<Record>, mut rows: Vec<Record>) {
    let known: HashSet<&str> = held.iter().map(|row| row.id.as_str()).collect();
    rows.retain(|row| !known.contains(row.id.as_str()));
    held.append(&mut rows);
}
