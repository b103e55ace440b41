//! Which pages are read and when: those in view, those around them, and what comes of their answers.

use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Filter, Query};
use crate::domain::sorting;
use crate::domain::tenant::TenantRow;

use super::super::column_room::UsualWidths;
use super::super::cursor::Cursor;
use super::super::effect::{JobId, Millis};
use super::super::tenant_seek::Seek;
use super::leading::Wanted;
use super::{PAGE, TenantList};

/// Pages held around the selection; others are forgotten and read again when they come into view.
pub(super) const HELD: usize = 8;

/// A page that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    page: u64,
    since: Millis,
    /// The first page under another filter or order: its answer replaces all rows.
    anew: bool,
}

impl Asked {
    /// Whether it is this page.
    pub(super) fn is_of(&self, page: u64) -> bool {
        self.page == page
    }
}

impl TenantList {
    /// Since when rows have been waited for with nothing to show.
    pub fn waiting_since(&self) -> Option<Millis> {
        if self.total.is_some() {
            None
        } else {
            self.asked.values().map(|asked| asked.since).min()
        }
    }

    /// Whether rows under another filter or order are on their way.
    pub fn is_searching(&self) -> bool {
        self.asked.values().any(|asked| asked.anew)
    }

    /// How many tenants there are without a filter, as far as that was read.
    pub fn all(&self) -> Option<u64> {
        self.all
    }

    /// Whether the filter hides how many there are in all, so that it has to be asked anew when rows are read again.
    pub fn hides_all(&self) -> bool {
        self.filter.is_active()
    }

    /// The same where that was never read, and is not being asked: rows are read for the first time.
    pub fn lacks_all(&self) -> bool {
        self.hides_all() && self.all.is_none() && self.counting_all.is_none() && self.total.is_none()
    }

    /// Notes that it is asked how many there are in all, and returns what to ask.
    pub fn ask_all(&mut self, job: JobId) -> Query {
        self.counting_all = Some(job);
        Query {
            filter: Filter::default(),
            sort: None,
            page: 1,
            size: 1,
        }
    }

    /// Takes the answer to that, and says whether it was one. Without one it is not known any more.
    pub fn settle_all(&mut self, job: JobId, answer: Option<u64>) -> bool {
        let was_asked = self.counting_all.take_if(|asked| *asked == job).is_some();
        if was_asked {
            self.all = answer;
        }
        was_asked
    }

    /// Since when rows in view have been awaited that are not there.
    pub fn loading_since(&self, height: usize) -> Option<Millis> {
        let in_view: Vec<u64> = self.pages_in_view(height).collect();
        let asked = self.asked.values();
        let missing = asked.filter(|asked| in_view.contains(&asked.page) && !self.pages.contains_key(&asked.page));
        missing.map(|asked| asked.since).min()
    }

    /// Whether the operator stopped the reading.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Whether the rows for the filter and order in effect are still to be asked for.
    pub fn is_to_be_searched(&self) -> bool {
        self.outdated && !self.stopped && self.asked.is_empty() && self.problem.is_none()
    }

    /// Stops reading because the operator said so. Nothing is read before a refresh, a move, another filter or order.
    ///
    /// `waits` where something else is awaited without which the list says nothing, `searches` where a search was about
    /// to be asked.
    pub fn stop(&mut self, waits: bool, searches: bool) {
        self.stopped |= waits || searches || !self.asked.is_empty();
        self.outdated |= searches;
        self.asked.clear();
        self.counting_all = None;
        self.marks.give_up();
        self.marks.hold();
    }

    /// Whether what is shown may be out of date.
    pub fn is_stale(&self) -> bool {
        self.total.is_some() && self.failed.is_some()
    }

    /// What is wrong: also while rows are read again of an instance that was out of reach the last time.
    pub fn trouble(&self) -> Option<&Problem> {
        let failed = self.failed.as_ref();
        let failed = failed.filter(|problem| problem.kind == ProblemKind::Unreachable);
        self.problem.as_ref().or(failed)
    }

    /// The query for a page, counted from 0.
    pub(super) fn query(&self, page: u64) -> Query {
        Query {
            filter: self.filter.filter().clone(),
            sort: self.sort.clone(),
            page: page + 1,
            size: PAGE,
        }
    }

    /// Pages in view, around it and looked for that are neither held nor asked for.
    pub fn missing(&self, height: usize) -> Vec<u64> {
        if self.stopped || self.other_rows {
            return Vec::new();
        }
        if self.total.is_none() {
            return if self.asked.is_empty() { vec![0] } else { Vec::new() };
        }
        if self.is_searching() {
            return Vec::new();
        }
        let in_view: Vec<u64> = self.pages_in_view(height).collect();
        let sought = self.seek().and_then(Seek::page);
        // Who goes on row by row finds the next ones there.
        let around = self.pages_around(height).chain(sought);
        let beyond = sorting::set(around.filter(|page| !in_view.contains(page)));
        in_view
            .into_iter()
            .chain(beyond)
            .filter(|page| !self.pages.contains_key(page) && !self.is_asked(*page))
            .collect()
    }

    fn pages_in_view(&self, height: usize) -> impl Iterator<Item = u64> + use<> {
        let top = self.cursor.top();
        self.pages_of(top, top.saturating_add(height))
    }

    /// Whether every row in view is held.
    pub(super) fn is_view_held(&self, height: usize) -> bool {
        self.pages_in_view(height).all(|page| self.pages.contains_key(&page))
    }

    /// The pages in view and those that are next to it, a view's height each way.
    fn pages_around(&self, height: usize) -> impl Iterator<Item = u64> + use<> {
        let top = self.cursor.top();
        self.pages_of(top.saturating_sub(height), top.saturating_add(height.saturating_mul(2)))
    }

    /// The pages on which the rows from one to another are.
    fn pages_of(&self, from: usize, to: usize) -> impl Iterator<Item = u64> + use<> {
        let size = u64::from(PAGE);
        let last_page = self.total.unwrap_or(0).saturating_sub(1) / size;
        let first = self.named_index(from).unwrap_or(0) / size;
        let last = self.named_index(to).unwrap_or(0) / size;
        first..=last.min(last_page)
    }

    /// Notes that a page has been asked for, and returns what to ask.
    pub fn ask(&mut self, job: JobId, page: u64, now: Millis) -> Query {
        let asked = Asked {
            page,
            since: now,
            anew: false,
        };
        self.asked.insert(job, asked);
        self.query(page)
    }

    /// Begins anew under the filter and order in effect. What is shown stays until the answer is there.
    ///
    /// Returns the questions nobody needs an answer to any more, and what to ask instead.
    pub fn ask_anew(&mut self, job: JobId, now: Millis) -> (Vec<JobId>, Query) {
        self.lost = None;
        self.changes += 1;
        // Under another order the same one stays selected.
        let selected = || self.selected_scope().map(|scope| Wanted::new(scope, true));
        let wanted = self.wanted.clone().map(Wanted::anew);
        self.wanted = wanted.or_else(|| selected().filter(|_| !self.other_rows));
        self.stopped = false;
        self.outdated = true;
        // What a filter hid may be gone.
        self.is_again |= !self.filter.is_active();
        let outdated = std::mem::take(&mut self.asked)
            .into_keys()
            .chain(self.marks.give_up())
            .collect();
        self.asked.insert(
            job,
            Asked {
                page: 0,
                since: now,
                anew: true,
            },
        );
        (outdated, self.query(0))
    }

    /// Reads again what is in view, and counts anew if wished; the selection stays where it is, by id.
    pub fn refresh(&mut self, height: usize, counts: bool) -> Vec<u64> {
        let wanted = self.wanted.take().map(Wanted::anew);
        self.wanted = wanted.or_else(|| self.kept());
        self.is_again = true;
        if counts {
            self.counts.done.clear();
        }
        self.stopped = false;
        self.outdated = false;
        let in_view: Vec<u64> = self.pages_in_view(height).collect();
        self.pages.retain(|page, _| in_view.contains(page));
        if self.total.is_none() { vec![0] } else { in_view }
    }

    /// Takes an answer if it is one that is waited for, and says whether it was.
    pub fn settle(&mut self, job: JobId, now: Millis, height: usize, answer: Result<Page<TenantRow>, Problem>) -> bool {
        let Some(asked) = self.asked.remove(&job) else {
            return false;
        };
        match answer {
            Ok(mut page) => {
                self.counts.are_missing = page.rows.iter().any(|row| row.admins.is_none());
                self.counts.fill(&mut page.rows);
                self.marks.seen(&page.rows);
                // Pages that are read again come under the filter in effect, too.
                self.other_rows &= !asked.anew && !self.asked.is_empty();
                if asked.anew {
                    self.outdated = false;
                    self.pages.clear();
                    self.usual = UsualWidths::default();
                    self.begin_view();
                }
                self.total = Some(page.total);
                self.leaves_out = page.leaves_out;
                if !self.filter.is_active() {
                    self.all = Some(page.total);
                }
                self.usual.take(UsualWidths::of_rows(&page.rows.iter()));
                self.measure_default();
                self.pages.insert(asked.page, page.rows);
                self.problem = None;
                self.failed = None;
                self.read_at = Some(now);
                let before = self.cursor;
                self.fit(height);
                self.keep_line(before);
                self.find_wanted(height);
                self.forget_far_pages(height);
            }
            Err(problem) => {
                if asked.anew {
                    // What is held is not what was looked for, and must not be taken for it.
                    self.pages.clear();
                    self.total = None;
                    self.other_rows = false;
                    self.cursor = Cursor::default();
                }
                self.failed = Some(problem.clone());
                self.problem = Some(problem);
            }
        }
        true
    }

    /// Whether this is a question for rows under the filter and order in effect.
    pub fn awaits(&self, job: JobId) -> bool {
        self.asked.contains_key(&job)
    }

    /// Questions under way, to be cancelled.
    pub fn give_up(&mut self) -> Vec<JobId> {
        let counting = self.counts.asked.take().map(|(job, _)| job);
        let counting = counting.into_iter().chain(self.counting_all.take());
        std::mem::take(&mut self.asked).into_keys().chain(counting).collect()
    }

    fn forget_far_pages(&mut self, height: usize) {
        let middle = self.pages_in_view(height).next().unwrap_or(0);
        // Never so few that one would be read again at once: on both sides of the first in view there is room for all around it,
        // and for one that is looked for.
        let held = HELD.max(2 * self.pages_around(height).count() + 1);
        while self.pages.len() > held {
            let farthest = self.pages.keys().copied().max_by_key(|page| page.abs_diff(middle));
            match farthest {
                Some(page) => self.pages.remove(&page),
                None => break,
            };
        }
    }
}
