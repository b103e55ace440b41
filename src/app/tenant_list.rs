//! The list of tenants: a window over any number of rows, of which only the pages around the selection are held.
//!
//! The default tenant is row 0 where the instance has one and the filter lets it through; rows with ids follow.
//! Selection is by id, so that a refresh never moves it to another tenant.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr;

use crate::domain::columns::TENANT_COLUMNS;
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::{Query, Row, Sort};
use crate::domain::tenant::{TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;

use super::column_room::usual_width;
use super::cursor::{Cursor, Motion};
use super::effect::{JobId, Millis};
use super::filter_edit::FilterEdit;
use super::remote::Remote;
use super::tenant_marks::{Range, TenantMarks};
use super::tenant_seek::Seek;

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
    /// The columns of screen that ids and names usually take, as the first rows told that were read since the list began anew.
    usual: Option<(usize, usize)>,
    /// Whether rows could not be read the last time; it stays so while they are read again.
    has_failed: bool,
    /// Whether the default tenant has a row, were it not for the filter.
    pub has_default: bool,
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
    /// Whether the first of the rows that are awaited is to be opened.
    pub open_when_read: bool,
    /// How many tenants there are without a filter, as far as that was read.
    all: Option<u64>,
}

/// Admins of tenants whose rows came without them, counted for the rows in view.
#[derive(Clone, Debug, Default)]
struct AdminCounts {
    /// The question under way, and whom it is about.
    asked: Option<(JobId, Vec<TenantId>)>,
    /// What was counted, shown until it is counted again.
    known: BTreeMap<TenantId, u64>,
    /// Tenants that need not be asked about before the next refresh.
    done: BTreeSet<TenantId>,
    /// Whether rows come without counts at all.
    are_missing: bool,
}

/// Counts that are held; after so many they are forgotten, but for those in view.
const COUNTS_HELD: usize = 10_000;

impl AdminCounts {
    /// Completes rows with what is known.
    fn fill(&self, rows: &mut [TenantRow]) {
        for row in rows.iter_mut().filter(|row| row.admins.is_none()) {
            row.admins = self.known.get(&row.tenant.id).copied();
        }
    }
}

/// A tenant that is selected as soon as its row is there.
#[derive(Clone, Debug)]
struct Wanted {
    scope: TenantScope,
    /// Whether it is selected already, and is to stay so when rows are read again.
    kept: bool,
    search: Search,
}

/// Where a tenant is looked for that is to be selected.
#[derive(Clone, Debug)]
enum Search {
    /// Among the rows that are read anyway.
    Near,
    /// Nowhere, as it may be gone.
    Doubted,
    /// In the whole list.
    Far(Seek),
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
            _ => None,
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        TENANT_COLUMNS
    }
}

/// What stands in the state column of the default tenant.
pub const DEFAULT_STATE: &str = "default";
/// What stands in the name column of the default tenant.
pub const DEFAULT_NAME: &str = "the tenant without an id";

impl TenantList {
    /// Whether the default tenant has a row under the filter.
    pub fn shows_default(&self) -> bool {
        self.has_default
            && self.filter.passes(&DefaultRow {
                admins: self.default_admins.value().copied(),
            })
    }

    /// How many tenants with an id pass the filter, once known.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The columns of screen that texts of a column usually take.
    pub fn usual(&self, column: &str) -> Option<usize> {
        let (id, name) = self.usual?;
        match column {
            "id" => Some(id),
            "name" => Some(name),
            _ => None,
        }
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

    /// How many of the tenants that are marked the filter hides.
    pub fn hidden_marks(&self) -> usize {
        if !self.filter.is_active() {
            return 0;
        }
        self.marks.rows().filter(|row| !self.filter.passes(*row)).count()
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

    /// Whether the row that will be selected, such as that of a tenant just created, is not the one at the cursor and is read.
    pub fn is_led_on(&self) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| {
            let is_read = !self.asked.is_empty() && matches!(wanted.search, Search::Near);
            !wanted.kept && is_read && self.row(self.cursor.at()).map(Selected::scope).as_ref() != Some(&wanted.scope)
        })
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
        self.wanted = selected.map(|scope| Wanted {
            scope,
            kept: true,
            search: Search::Near,
        });
        asked.into_keys().collect()
    }

    /// How many tenants there are without a filter, as far as that was read.
    pub fn all(&self) -> Option<u64> {
        self.all
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

    /// Selects a tenant as soon as its row is there.
    pub fn want(&mut self, scope: TenantScope, height: usize) {
        self.wanted = Some(Wanted {
            scope,
            kept: false,
            search: Search::Near,
        });
        self.find_wanted(height);
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
        let beyond: BTreeSet<u64> = self
            .pages_around(height)
            .chain(sought)
            .filter(|page| !in_view.contains(page))
            .collect();
        in_view
            .into_iter()
            .chain(beyond)
            .filter(|page| !self.pages.contains_key(page) && !self.asked.values().any(|asked| asked.page == *page))
            .collect()
    }

    fn seek(&self) -> Option<&Seek> {
        match self.wanted.as_ref().map(|wanted| &wanted.search) {
            Some(Search::Far(seek)) => Some(seek),
            _ => None,
        }
    }

    /// The tenant that is looked for in the whole list, to be selected.
    pub fn sought(&self) -> Option<&TenantScope> {
        let wanted = self.wanted.as_ref()?;
        self.seek().map(|_| &wanted.scope)
    }

    /// The tenant that is led to from outside the rows that are held, or will be once it is known that it is there.
    pub fn leads_to(&self) -> Option<&TenantScope> {
        let wanted = self.wanted.as_ref()?;
        (!matches!(wanted.search, Search::Near)).then_some(&wanted.scope)
    }

    /// Looks in the whole list for the tenant that was selected and is not among the rows that were read, unless something
    /// else was done meanwhile.
    pub fn look_for_lost(&mut self, height: usize) {
        let pages = self.total.unwrap_or(0).div_ceil(u64::from(PAGE));
        if let Some(wanted) = &mut self.wanted
            && matches!(wanted.search, Search::Doubted)
        {
            wanted.search = Search::Far(Seek::new(pages, self.sort.as_ref()));
            self.find_wanted(height);
        }
    }

    /// Gives up what is not where it was, and says whether it was being looked for.
    pub fn end_seek(&mut self) -> bool {
        let was_sought = self.seek().is_some();
        self.wanted = self
            .wanted
            .take()
            .filter(|wanted| matches!(wanted.search, Search::Near));
        was_sought
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
            let wanted = |scope| Wanted {
                scope,
                kept: false,
                search: Search::Near,
            };
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
        let kept = |scope| Wanted {
            scope,
            kept: true,
            search: Search::Near,
        };
        self.wanted = self.wanted.take().or_else(|| self.selected_scope().map(kept));
        if let Some(wanted) = &mut self.wanted {
            wanted.search = Search::Near;
        }
        if counts {
            self.counts.done.clear();
        }
        self.stopped = false;
        self.outdated = false;
        let in_view: Vec<u64> = self.pages_in_view(height).collect();
        self.pages.retain(|page, _| in_view.contains(page));
        if self.total.is_none() { vec![0] } else { in_view }
    }

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
                    self.usual = None;
                    self.cursor = Cursor::default();
                }
                self.total = Some(page.total);
                if !self.filter.is_active() {
                    self.all = Some(page.total);
                }
                let ids = page.rows.iter().map(|row| row.tenant.id.as_str().width());
                let names = page.rows.iter().map(|row| row.tenant.name.width());
                self.usual = self.usual.or_else(|| usual_width(ids).zip(usual_width(names)));
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
        std::mem::take(&mut self.asked).into_keys().chain(counting).collect()
    }

    fn find_wanted(&mut self, height: usize) {
        let Some(wanted) = self.wanted.as_ref().filter(|_| !self.other_rows) else {
            return;
        };
        let offset = usize::from(self.shows_default());
        let found = match &wanted.scope {
            TenantScope::Default => self.shows_default().then_some(0),
            TenantScope::Named(id) => self
                .place_of(id)
                .and_then(|place| usize::try_from(place).ok())
                .map(|place| place + offset),
        };
        if let Some(index) = found {
            let length = self.length();
            if self.wanted.take().is_some_and(|wanted| wanted.kept) {
                self.cursor.keep(index, length, height);
            } else {
                self.cursor.select(index, length, height);
            }
        } else {
            self.miss_wanted();
        }
    }

    /// The wanted tenant is not among the rows that are held: goes on to those where it may be.
    fn miss_wanted(&mut self) {
        let Some(wanted) = &mut self.wanted else { return };
        let (id, kept) = (wanted.scope.id(), wanted.kept);
        match &mut wanted.search {
            Search::Near if self.asked.is_empty() => {
                wanted.search = Search::Doubted;
                self.lost = Some((wanted.scope.clone(), false)).filter(|_| kept);
                self.wanted = self.wanted.take().filter(|_| kept);
            }
            Search::Near | Search::Doubted => {}
            Search::Far(seek) => {
                while let (Some(id), Some(rows)) = (id, seek.page().and_then(|page| self.pages.get(&page))) {
                    seek.missed(id, rows);
                }
                if seek.page().is_none() {
                    self.lost = Some((wanted.scope.clone(), true));
                    self.wanted = None;
                }
            }
        }
    }

    /// The tenant that was selected and is not among the rows that were read again, told once, and whether it was looked for
    /// in the whole list.
    pub fn take_lost(&mut self) -> Option<(TenantScope, bool)> {
        self.lost.take()
    }

    /// Does not look for tenants that are known to be gone.
    pub fn forget(&mut self, ids: &[TenantId]) {
        let is_gone = |wanted: &Wanted| wanted.scope.id().is_some_and(|id| ids.contains(id));
        self.wanted = self.wanted.take().filter(|wanted| !is_gone(wanted));
        for id in ids {
            self.marks.unmark(id);
        }
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
mod tests {
    use crate::domain::tenant::Tenant;

    use super::*;

    fn page(from: u64, total: u64) -> Page<TenantRow> {
        let to = (from + u64::from(PAGE)).min(total);
        let rows = (from..to)
            .map(|index| TenantRow {
                tenant: Tenant::new(format!("t{index:07}").parse().unwrap(), "T"),
                admins: Some(1),
            })
            .collect();
        Page { rows, total }
    }

    fn answer_all(list: &mut TenantList, total: u64, next: &mut u64) {
        for wanted in list.missing(10) {
            *next += 1;
            let job = JobId(*next);
            let query = list.ask(job, wanted, 0);
            assert!(list.settle(job, 1, 10, Ok(page(query.offset(), total))));
        }
    }

    #[test]
    fn a_million_rows_are_held_only_around_the_selection() {
        let (mut list, mut next) = (TenantList::default(), 0);
        answer_all(&mut list, 1_000_000, &mut next);
        assert_eq!((list.length(), list.total()), (1_000_000, Some(1_000_000)));
        list.go(Motion::Last, 10);
        assert!(list.selected().is_none(), "not there yet");
        answer_all(&mut list, 1_000_000, &mut next);
        assert_eq!(list.selected_scope().unwrap().to_string(), "t0999999");
        for _ in 0..2000 {
            list.go(Motion::PageUp, 10);
            answer_all(&mut list, 1_000_000, &mut next);
            assert!(list.selected().is_some());
        }
        assert!(list.pages.len() <= HELD);
    }

    #[test]
    fn who_goes_on_row_by_row_meets_no_row_that_is_not_there() {
        let (mut list, mut next) = (TenantList::default(), 0);
        answer_all(&mut list, 1_000, &mut next);
        for motion in [Motion::Down, Motion::Up] {
            for _ in 0..999 {
                list.go(motion, 10);
                let top = list.cursor.top();
                assert!((top..top + 10).all(|index| list.row(index).is_some()), "{top}");
                answer_all(&mut list, 1_000, &mut next);
            }
        }
        assert!(next <= 20, "{next} pages were read for 20");
    }

    #[test]
    fn on_the_largest_screen_no_page_is_read_again_and_again() {
        let (mut list, mut next) = (TenantList::default(), 0);
        for _ in 0..5 {
            list.go(Motion::PageDown, 1_000);
            for _ in 0..100 {
                for page_wanted in list.missing(1_000) {
                    next += 1;
                    let query = list.ask(JobId(next), page_wanted, 0);
                    list.settle(JobId(next), 1, 1_000, Ok(page(query.offset(), 100_000)));
                }
            }
        }
        assert!(next < 100, "{next} pages were read");
    }

    #[test]
    fn admins_that_rows_do_not_tell_are_counted_for_those_in_view() {
        let mut list = TenantList::default();
        let uncounted = |from| {
            let mut page = page(from, 250);
            page.rows.iter_mut().for_each(|row| row.admins = None);
            page
        };
        list.ask(JobId(1), 0, 0);
        list.settle(JobId(1), 1, 10, Ok(page(0, 250)));
        assert_eq!(list.uncounted(10), [], "rows that tell are believed");
        list.ask(JobId(2), 0, 0);
        list.settle(JobId(2), 1, 10, Ok(uncounted(0)));
        let asked = list.uncounted(10);
        assert_eq!((asked.len(), asked[0].as_str()), (10, "t0000000"));
        list.ask_counts(JobId(3), asked.clone());
        assert_eq!(list.counting(), Some(JobId(3)));
        assert_eq!(list.uncounted(10), [], "one question at a time");
        // The last of them may not be counted.
        list.counted(Some(asked.iter().take(9).map(|id| (id.clone(), 0)).collect()));
        assert_eq!(list.uncounted(10), []);
        let admins = |list: &TenantList, at| match list.row(at) {
            Some(Selected::Tenant(row)) => row.admins,
            _ => None,
        };
        assert_eq!(
            (admins(&list, 0), admins(&list, 9), admins(&list, 10)),
            (Some(0), None, None)
        );
        list.go(Motion::PageDown, 10);
        assert!(list.uncounted(10).iter().all(|id| !asked.contains(id)));
        list.go(Motion::First, 10);
        list.refresh(10, true);
        list.ask(JobId(4), 0, 0);
        list.settle(JobId(4), 1, 10, Ok(uncounted(0)));
        assert_eq!(admins(&list, 0), Some(0), "shown until counted again");
        assert_eq!(list.uncounted(10), asked);
        list.ask_counts(JobId(5), asked);
        assert_eq!(list.give_up(), [JobId(5)]);
    }

    #[test]
    fn the_default_tenant_is_the_first_row_unless_filtered_away() {
        let (mut list, mut next) = (TenantList::default(), 0);
        list.has_default = true;
        answer_all(&mut list, 3, &mut next);
        assert_eq!(list.length(), 4);
        assert_eq!(list.selected_scope(), Some(TenantScope::Default));
        list.go(Motion::Down, 10);
        assert_eq!(list.selected_scope().unwrap().to_string(), "t0000000");
        list.filter.set("id:t", TENANT_COLUMNS, &[]);
        assert!(list.shows_default(), "(default) has a t");
        list.filter.set("id:t0", TENANT_COLUMNS, &[]);
        assert!(!list.shows_default());
    }

    #[test]
    fn the_selection_follows_its_tenant_when_rows_appear_before_it() {
        let (mut list, mut next) = (TenantList::default(), 0);
        answer_all(&mut list, 3, &mut next);
        list.go(Motion::Last, 10);
        let pages = list.refresh(10, true);
        assert_eq!(pages, [0]);
        list.ask(JobId(99), 0, 0);
        let mut grown = page(0, 3);
        grown.rows.insert(
            0,
            TenantRow {
                tenant: Tenant::new("a".parse().unwrap(), "A"),
                admins: None,
            },
        );
        grown.total = 4;
        list.settle(JobId(99), 5, 10, Ok(grown));
        assert_eq!(list.selected_scope().unwrap().to_string(), "t0000002");
        assert_eq!(list.cursor.at(), 3);
    }

    #[test]
    fn a_new_filter_keeps_the_rows_until_the_answer_and_drops_late_ones() {
        let (mut list, mut next) = (TenantList::default(), 0);
        answer_all(&mut list, 250, &mut next);
        list.ask(JobId(50), 2, 0);
        list.filter.set("t", TENANT_COLUMNS, &[]);
        let (outdated, query) = list.ask_anew(JobId(51), 0);
        assert_eq!(outdated, [JobId(50)]);
        assert_eq!(query.filter.to_string(), "t");
        assert!(list.is_searching() && list.selected().is_some());
        assert!(!list.settle(JobId(50), 1, 10, Ok(page(200, 250))), "late");
        list.settle(JobId(51), 1, 10, Ok(page(0, 7)));
        assert_eq!(list.total(), Some(7));
    }
}
