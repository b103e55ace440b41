//! Which tenant is to be selected once its row is there: one that was selected before rows were read again, or one that was just
//! created or is gone to.

use crate::domain::tenant::{TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;

use super::super::cursor::Cursor;
use super::super::tenant_seek::Seek;
use super::{PAGE, Selected, TenantList};

/// A tenant that is selected as soon as its row is there.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    scope: TenantScope,
    /// Whether it is selected already, and is to stay so when rows are read again.
    kept: bool,
    /// Whether the list began anew since, so that there is no line on which it stays.
    afresh: bool,
    /// The view one had of the list where it was selected, if not that at the cursor.
    view: Option<Cursor>,
    /// What is selected if it is gone: those that followed it, then those before it, the nearest first.
    beside: Vec<TenantId>,
    /// Whether it is one of those.
    stands_in: bool,
    search: Search,
}

/// What was selected before the filter became another one, unless something else was selected by hand since.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    scope: TenantScope,
    /// Its row as it was then.
    row: Option<TenantRow>,
    /// The view that one had of the list, where nothing filtered it.
    view: Option<Cursor>,
    /// Whether somebody chose it: that the first row is selected is no choice, unless it is that of the default tenant, which was
    /// gone to by hand. What nobody chose is not looked for under a filter, but given back without one.
    is_choice: bool,
}

/// How many of those on each side.
const BESIDE: usize = PAGE as usize;
/// How many of them are asked for, where none of them is among the rows that are held.
const BESIDE_ASKED: usize = 10;

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

impl Wanted {
    /// One among the rows that are read anyway, which may be `kept` selected.
    pub(super) fn new(scope: TenantScope, kept: bool) -> Self {
        Self {
            scope,
            kept,
            afresh: false,
            view: None,
            beside: Vec::new(),
            stands_in: false,
            search: Search::Near,
        }
    }

    /// What is selected, and to stay so, or else one of those `beside` it.
    pub(super) fn selected(scope: TenantScope, beside: Vec<TenantId>) -> Self {
        Self {
            beside,
            ..Self::new(scope, true)
        }
    }

    /// One of those beside what is gone, if there is any.
    fn beside(mut beside: Vec<TenantId>) -> Option<Self> {
        let next = (!beside.is_empty()).then(|| beside.remove(0))?;
        Some(Self {
            stands_in: true,
            ..Self::selected(TenantScope::Named(next), beside)
        })
    }

    /// The same once rows are read again: it is looked for among them first.
    pub(super) fn anew(self) -> Self {
        Self {
            search: Search::Near,
            ..self
        }
    }
}

impl TenantList {
    /// Whether the row that will be selected, such as that of a tenant just created, is not the one at the cursor and is read.
    pub fn is_led_on(&self) -> bool {
        let is_read = |wanted: &Wanted| !self.asked.is_empty() && matches!(wanted.search, Search::Near);
        self.wants_other(false).is_some_and(is_read)
    }

    /// Whether the tenant that was selected before is not the one at the cursor, and it is not known yet that it is gone: what acts
    /// on the selected row would act on another one. While a filter is typed nothing does.
    pub fn is_led_back(&self) -> bool {
        let wanted = self.wants_other(true).filter(|_| !self.filter.editing);
        wanted.is_some_and(|wanted| wanted.scope.id().is_some())
    }

    /// What will be selected, or what was and is `kept` so, where that is not at the cursor.
    fn wants_other(&self, kept: bool) -> Option<&Wanted> {
        let wanted = self.wanted.as_ref().filter(|wanted| wanted.kept == kept)?;
        let at_cursor = self.row(self.cursor.at()).map(Selected::scope);
        (at_cursor.as_ref() != Some(&wanted.scope)).then_some(wanted)
    }

    /// Which tenant is selected, or will be again once it was found.
    pub fn kept_scope(&self) -> Option<TenantScope> {
        self.selected_scope().or_else(|| self.leads_to().cloned())
    }

    /// Notes on which line the tenant stood that is to stay selected, where a list that has become shorter has it no more.
    pub(super) fn keep_line(&mut self, before: Cursor) {
        if let Some(wanted) = self.wanted.as_mut().filter(|_| before != self.cursor) {
            wanted.view.get_or_insert(before);
        }
    }

    /// Notes what is selected before the filter becomes what is typed, unless that was noted before another one already.
    pub fn note_selected(&mut self) {
        if self.origin.is_some() {
            return;
        }
        let wanted = self.wanted.as_ref().filter(|wanted| wanted.kept);
        let of_row = || {
            let selected = self.selected()?;
            let row = match selected {
                Selected::Default => None,
                Selected::Tenant(row) => Some(row.clone()),
            };
            Some((selected.scope(), row))
        };
        let noted = wanted.map(|wanted| (wanted.scope.clone(), None)).or_else(of_row);
        let view = wanted.and_then(|wanted| wanted.view);
        let view = view.or_else(|| self.filter.filter().is_empty().then_some(self.cursor));
        let is_default = self.is_chosen && self.shows_default();
        let is_choice = wanted.is_some() || self.cursor.at() > 0 || is_default;
        self.origin = noted.map(|(scope, row)| Origin {
            scope,
            row,
            view,
            is_choice,
        });
    }

    /// Keeps that selected under the filter. Without one it is where it was.
    pub(super) fn keep_selected(&mut self) {
        let is_filtered = self.filter.is_active();
        self.lost = None;
        let origin = self.origin.as_ref().filter(|origin| origin.is_choice || !is_filtered);
        self.wanted = origin.map(|origin| Wanted {
            view: origin.view.filter(|_| !is_filtered),
            ..Wanted::new(origin.scope.clone(), true)
        });
        self.origin = self.origin.take().filter(|_| is_filtered);
    }

    /// Whether what was selected is not among the rows of the filter, as far as can be told of what is held. Then it is not
    /// looked for.
    pub fn is_hidden(&mut self) -> bool {
        let is_doubted = |wanted: &Wanted| wanted.afresh && matches!(wanted.search, Search::Doubted);
        let wanted = self.wanted.as_ref().filter(|wanted| is_doubted(wanted));
        let is_noted = |origin: &&Origin| wanted.is_some_and(|wanted| origin.scope == wanted.scope);
        let is_refused = self
            .origin
            .as_ref()
            .filter(is_noted)
            .is_some_and(|origin| match &origin.row {
                Some(row) => !self.filter.passes(row),
                None => origin.scope == TenantScope::Default,
            });
        let is_hidden = wanted.is_some() && self.filter.is_active() && (is_refused || self.are_all_held());
        self.wanted = self.wanted.take().filter(|_| !is_hidden);
        is_hidden
    }

    /// Whether every row that there is is held.
    pub fn are_all_held(&self) -> bool {
        self.held().count() as u64 >= self.total.unwrap_or(0)
    }

    /// What is selected, to stay so while rows are read again.
    pub(super) fn kept(&self) -> Option<Wanted> {
        let kept = |scope| Wanted::selected(scope, self.around_selected());
        self.selected_scope().map(kept)
    }

    /// Notes that what is selected now was selected by hand, and so is nothing else. If its page is being read again it may
    /// stand elsewhere then.
    pub(super) fn choose(&mut self) {
        (self.wanted, self.origin) = (None, None);
        (self.stopped, self.is_chosen) = (false, true);
        self.changes += 1;
        if !self.is_searching() && self.pages.keys().any(|page| self.is_asked(*page)) {
            self.wanted = self.kept();
        }
    }

    /// Selects a tenant as soon as its row is there.
    pub fn want(&mut self, scope: TenantScope, height: usize) {
        self.origin = None;
        self.wanted = Some(Wanted::new(scope, false));
        self.find_wanted(height);
    }

    /// Selects a tenant that was selected before, wherever it is now, in the view that one had of the list then. Where it is gone
    /// that is told.
    pub fn want_back(&mut self, scope: TenantScope, view: Cursor, height: usize) {
        self.cursor = view;
        self.origin = None;
        self.wanted = Some(Wanted {
            view: Some(view),
            ..Wanted::new(scope, true)
        });
        self.find_wanted(height);
    }

    /// Begins anew with the view of the list where the tenant that is wanted was selected, which is read for it; else at the top.
    pub(super) fn begin_view(&mut self) {
        let view = self.wanted.as_mut().and_then(|wanted| {
            wanted.afresh = wanted.view.is_none();
            wanted.view
        });
        self.is_chosen &= self.wanted.is_some();
        self.cursor = view.unwrap_or_default();
    }

    /// Where a tenant is looked for in the whole list.
    pub(super) fn seek(&self) -> Option<&Seek> {
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

    /// Selects the wanted tenant if its row is there.
    pub(super) fn find_wanted(&mut self, height: usize) {
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
            if let Some(wanted) = self.wanted.take().filter(|wanted| wanted.kept && !wanted.afresh) {
                self.cursor = wanted.view.unwrap_or(self.cursor);
                self.cursor.keep(index, length, height);
            } else {
                self.cursor.select(index, length, height);
            }
        } else {
            self.miss_wanted(height);
        }
    }

    /// The wanted tenant is not among the rows that are held: goes on to those where it may be.
    fn miss_wanted(&mut self, height: usize) {
        let is_read = self.asked.is_empty() && self.is_view_held(height);
        let Some(wanted) = &mut self.wanted else { return };
        let (id, kept) = (wanted.scope.id(), wanted.kept);
        match &mut wanted.search {
            Search::Near if is_read => {
                wanted.search = Search::Doubted;
                self.lost = Some((wanted.scope.clone(), false)).filter(|_| kept);
                self.wanted = self.wanted.take().filter(|_| kept);
                self.stand_beside(height);
            }
            Search::Near | Search::Doubted => {}
            Search::Far(seek) => {
                while let (Some(id), Some(rows)) = (id, seek.page().and_then(|page| self.pages.get(&page))) {
                    seek.missed(id, rows);
                }
                if seek.page().is_none() {
                    self.lost = Some((wanted.scope.clone(), true)).filter(|_| !wanted.stands_in);
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

    /// Those that are held around the selected one: those that follow it, then those before it, the nearest first.
    pub(super) fn around_selected(&self) -> Vec<TenantId> {
        let at = self.cursor.at();
        let after = (at + 1..self.length()).map_while(|index| self.row(index)).take(BESIDE);
        let before = (0..at).rev().map_while(|index| self.row(index)).take(BESIDE);
        after
            .chain(before)
            .filter_map(|row| row.scope().id().cloned())
            .collect()
    }

    /// Puts the selection on the nearest that is held of those that were beside what is not there. It may not be the nearest that
    /// there is.
    fn stand_beside(&mut self, height: usize) {
        let mut beside = self.wanted.iter().flat_map(|wanted| &wanted.beside);
        let place = beside.find_map(|id| self.place_of(id));
        if let Some(place) = place.and_then(|place| usize::try_from(place).ok()) {
            let row = place + usize::from(self.shows_default());
            self.cursor.keep(row, self.length(), height);
        }
    }

    /// Whether what is asked about stands in for what was selected and is gone.
    pub fn stands_in(&self) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| wanted.stands_in)
    }

    /// Goes on to what was next to the selected tenant, which is gone, unless something else was done meanwhile. Where that is not
    /// held it may be gone, too, which is asked first.
    pub fn go_beside(&mut self, height: usize) {
        let is_doubted = |wanted: &Wanted| matches!(wanted.search, Search::Doubted);
        if !self.wanted.as_ref().is_some_and(is_doubted) {
            return;
        }
        // More may have been read since.
        self.stand_beside(height);
        let Some(wanted) = self.wanted.take() else { return };
        let mut beside = wanted.beside;
        let is_held = beside.first().is_some_and(|next| self.place_of(next).is_some());
        if is_held || self.are_all_held() || self.filter.is_active() {
            return;
        }
        beside.truncate(BESIDE_ASKED);
        self.wanted = Wanted::beside(beside);
        if let Some(wanted) = &mut self.wanted {
            wanted.search = Search::Doubted;
            self.lost = Some((wanted.scope.clone(), false));
        }
    }

    /// Does not look for tenants that are known to be gone. Where one of them is selected, what is next to it will be.
    pub fn forget(&mut self, ids: &[TenantId]) {
        let is_gone = |wanted: &Wanted| wanted.scope.id().is_some_and(|id| ids.contains(id));
        self.wanted = self.wanted.take().filter(|wanted| !is_gone(wanted));
        let selected = self.selected_scope().and_then(|scope| scope.id().cloned());
        if self.wanted.is_none() && selected.is_some_and(|id| ids.contains(&id)) {
            let mut beside = self.around_selected();
            beside.retain(|id| !ids.contains(id));
            self.wanted = Wanted::beside(beside);
        }
        for id in ids {
            self.marks.unmark(id);
        }
    }
}
