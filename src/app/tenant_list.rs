//! The list of tenants: a window over any number of rows, of which only the pages around the selection are held.
//!
//! The default tenant is row 0 where the instance has one and the filter lets it through; rows with ids follow.
//! Selection is by id, so that a refresh never moves it to another tenant.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::domain::columns::{TENANT_WORDS, WORKER_GROUP};
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::{Filter, Query, Row, Sort};
use crate::domain::sorting;
use crate::domain::tenant::{TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;

use super::column_room::UsualWidths;
use super::cursor::{Cursor, Motion};
use super::effect::{JobId, Millis};
use super::filter_edit::FilterEdit;
use super::remote::Remote;
use super::tenant_marks::{Range, TenantMarks};
use super::tenant_seek::Seek;
use counts::AdminCounts;
use leading::Wanted;

mod counts;
mod leading;

/// Rows asked for at once.
pub const PAGE: u32 = 100;
/// Pages held around the selection; others are forgotten and read again when they come into view.
const HELD: usize = 8;

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
    /// Whether rows could not be read the last time; it stays so while they are read again.
    has_failed: bool,
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
    /// Whether the last rows that were read leave out what only admins would have told.
    leaves_out: bool,
    /// How many tenants there are without a filter, as far as that was read.
    all: Option<u64>,
    /// The question for that, while rows are read under a filter.
    counting_all: Option<JobId>,
}

/// A page that was asked for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    page: u64,
    since: Millis,
    /// The first page under another filter or order: its answer replaces all rows.
    anew: bool,
}

/// The default tenant as a row for the filter.
struct DefaultRow {
    admins: Option<u64>,
}

impl Row for DefaultRow {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "id" => Some(TenantScope::DEFAULT_WORD.into()),
            "name" => Some(DEFAULT_NAME.into()),
            "admins" => self.admins.map(|admins| admins.to_string().into()),
            "storage" | "secrets" => Some("global".into()),
            "state" => Some(DEFAULT_STATE.into()),
            WORKER_GROUP => Some("".into()),
            _ => None,
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        TENANT_WORDS
    }
}

/// What stands in the state column of the default tenant.
pub const DEFAULT_STATE: &str = "default";
/// What stands in the name column of the default tenant.
pub const DEFAULT_NAME: &str = "tenant without an id";

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
        if self.length() == 0 || self.total.is_none() || self.awaits_selection() {
            None
        } else {
            self.row(self.cursor.at())
        }
    }

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
        // Rows of another filter say nothing of this one.
        let held = self.held().filter(|_| !self.other_rows);
        let listed = sorting::set(held.map(|row| &row.tenant.id));
        let (mut unlisted, mut refused) = (0_usize, 0_usize);
        for row in self.marks.rows().filter(|row| !listed.contains(&row.tenant.id)) {
            unlisted += 1;
            refused += usize::from(!self.filter.passes(row));
        }
        let total = self.total.filter(|_| !self.other_rows);
        let unread = total.map_or(usize::MAX, |total| {
            usize::try_from(total)
                .unwrap_or(usize::MAX)
                .saturating_sub(listed.len())
        });
        refused.max(unlisted.saturating_sub(unread))
    }

    /// The rows from the one that was marked last to the selected one.
    pub fn range_to_here(&self) -> Option<Range> {
        let here = self.named_index(self.cursor.at()).unwrap_or(0);
        let there = self
            .marks
            .last()
            .map_or(here, |(id, place)| self.place_of(id).map_or(*place, |place| place));
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

    /// Where a tenant that is held stands among those with an id.
    fn place_of(&self, id: &TenantId) -> Option<u64> {
        self.pages.iter().find_map(|(page, rows)| {
            let within = rows.iter().position(|row| &row.tenant.id == id)?;
            Some(page * u64::from(PAGE) + within as u64)
        })
    }

    /// Which tenant is selected.
    pub fn selected_scope(&self) -> Option<TenantScope> {
        self.selected().map(Selected::scope)
    }

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

    /// Whether nothing is selected because what will be is still read: the rows of the filter in effect, or the row that is
    /// led to. What acts on the selection would act on another one.
    pub fn awaits_selection(&self) -> bool {
        self.other_rows || self.is_led_on()
    }

    /// Whether the rows are those of another filter than the one in effect.
    pub fn has_other_rows(&self) -> bool {
        self.other_rows
    }

    /// Notes that the filter has become another one than that of the rows. If this one is among the first that are read, it
    /// is selected then.
    ///
    /// Returns the questions nobody needs an answer to any more: they were asked under the filter before.
    pub fn filter_changed(&mut self, selected: Option<TenantScope>) -> Vec<JobId> {
        let asked = std::mem::take(&mut self.asked);
        self.other_rows = self.total.is_some() || !asked.is_empty();
        self.wanted = selected.map(|scope| Wanted::new(scope, true));
        asked.into_keys().collect()
    }

    /// How many tenants there are without a filter, as far as that was read.
    pub fn all(&self) -> Option<u64> {
        self.all
    }

    /// Whether the filter hides how many there are in all, so that it has to be asked anew when rows are read again.
    pub fn hides_all(&self) -> bool {
        self.filter.is_active() && self.all.is_some()
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
    }

    /// Whether what is shown may be out of date.
    pub fn is_stale(&self) -> bool {
        self.total.is_some() && self.has_failed
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, height: usize) {
        self.wanted = None;
        self.stopped = false;
        self.cursor.go(motion, self.length(), height);
    }

    /// Keeps the selection in view after a resize.
    pub fn fit(&mut self, height: usize) {
        self.cursor.select(self.cursor.at(), self.length(), height);
    }

    /// The query for a page, counted from 0.
    fn query(&self, page: u64) -> Query {
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
            .filter(|page| !self.pages.contains_key(page) && !self.asked.values().any(|asked| asked.page == *page))
            .collect()
    }

    fn pages_in_view(&self, height: usize) -> impl Iterator<Item = u64> + use<> {
        let top = self.cursor.top();
        self.pages_of(top, top.saturating_add(height))
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
        self.end_seek();
        // Under another order the same one stays selected, if it is among the first.
        if !self.other_rows {
            let wanted = |scope| Wanted::new(scope, false);
            self.wanted = self.wanted.take().or_else(|| self.selected_scope().map(wanted));
        }
        self.stopped = false;
        self.outdated = true;
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
        let kept = |scope| Wanted::new(scope, true);
        let wanted = self.wanted.take().map(Wanted::anew);
        self.wanted = wanted.or_else(|| self.selected_scope().map(kept));
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
                    self.cursor = Cursor::default();
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
                self.has_failed = false;
                self.read_at = Some(now);
                self.fit(height);
                self.find_wanted(height);
                self.forget_far_pages(height);
            }
            Err(problem) => {
                if asked.anew {
                    // What is held is not what was looked for, and must not be taken for it.
                    self.pages.clear();
                    self.total = None;
                    self.cursor = Cursor::default();
                    self.marks.clear();
                }
                self.problem = Some(problem);
                self.has_failed = true;
            }
        }
        true
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
