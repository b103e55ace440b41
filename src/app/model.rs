//! All state of the console.

mod on_screen;
mod under_way;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::domain::assignable::Assignable;
use crate::domain::deed::Deed;
use crate::domain::instance::{Instance, TenancyState};
use crate::domain::problem::ProblemKind;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::migration::run_summary::RunSummary;

use super::ahead::Ahead;
use super::choice::Choice;
use super::contact::Contact;
use super::contexts::ChecksView;
use super::deadlines::Retry;
use super::doing::{Doing, Doubt, Errand, Mark, Turn, Undoable};
use super::effect::{JobId, Millis};
use super::entry::Entry;
use super::filter_edit::FilterEdit;
use super::geometry::Size;
use super::input::{Key, KeyCode};
use super::keymap::Keymap;
use super::list_columns::ColumnChoices;
use super::messages::{Cause, Messages};
use super::overlay::Overlay;
use super::pointer::Pointer;
use super::remote::Remote;
use super::resume::{PageDraft, PickDraft, Resume};
use super::run::Asking;
use super::screen::Screen;
use super::session::Session;
use super::stood::Stood;
use super::tenant_list::TenantList;
use super::trail::{Former, Trail, Way};
use super::update::{Begun, Told};
use super::welcome::Welcome;
use super::wizard::Wizard;
pub(super) use under_way::Beginning;

/// All state of the console.
#[derive(Clone, Debug)]
pub struct Model {
    /// Size of the terminal.
    pub size: Size,
    /// The time of the last message.
    pub now: Millis,
    /// What the console was started with.
    pub session: Session,
    /// The instance.
    pub instance: Remote<Instance>,
    /// How the instance answered the last time.
    pub contact: Contact,
    /// The list of tenants.
    pub tenants: TenantList,
    /// The screens above it, innermost last.
    pub screens: Vec<Screen>,
    /// The panel of the first start, until somebody said how to go on.
    pub welcome: Option<Welcome>,
    /// The way to a rehearsal that is being made while its page is closed.
    pub(super) making: Option<Box<ChecksView>>,
    /// What lies over the screen, topmost last.
    pub overlays: Vec<Overlay>,
    /// What the operator has been told.
    pub messages: Messages,
    /// What the texts are that are being copied, in order.
    pub(super) copying: VecDeque<&'static str>,
    /// Keys of a sequence that is not complete.
    pub pending: Vec<Key>,
    /// The keymap.
    pub keymap: Keymap,
    /// Lines run from the palette, oldest first.
    pub history: Vec<String>,
    /// The contexts there are by name, once they were asked for.
    pub context_names: Option<Vec<String>>,
    /// The tenant that was opened last.
    pub(super) last_tenant: Option<TenantScope>,
    /// The line of the palette that is run once the context has been switched.
    pub(super) then: Option<String>,
    /// The question under which the names of contexts are read for the palette.
    pub(super) naming_contexts: Option<JobId>,
    /// The wizard as it was left, or is on screen.
    pub wizard: Option<Box<Wizard>>,
    /// What roles of a tenant can hold, once a role of it was looked at.
    pub(super) assignable: BTreeMap<TenantScope, Remote<Arc<Assignable>>>,
    /// The runs of migrations, the newest first.
    pub runs: Remote<Vec<RunSummary>>,
    /// What was left from the last time, until it has been restored.
    pub resume: Option<Resume>,
    /// What was opened of it, and where one was then, until the instance has answered.
    pub(super) begun: Option<Box<Begun>>,
    /// What was kept from the last time and is offered, as the operator was somewhere else when the instance answered.
    pub(super) kept: Option<Box<Resume>>,
    /// How screens that were opened again stood, by their depth, until what is on them is known.
    pub(super) standing: Vec<(usize, Stood)>,
    /// What was taken up again of that, until it is told.
    pub resumed: Option<Box<Told>>,
    pub(super) next_job: u64,
    pub(super) running: BTreeMap<JobId, Millis>,
    /// Those of them that nobody asked for, and of what they come.
    pub(super) unasked: BTreeMap<JobId, Cause>,
    pub(super) last_key: Option<Key>,
    pub(super) interrupted: bool,
    /// What was typed about rows that are still awaited.
    pub(super) ahead: Option<Ahead>,
    /// When and where the button of a mouse last went down.
    pub(super) pressed: Option<(Millis, Pointer)>,
    pub(super) said_how_to_leave: bool,
    pub(super) saved: Option<Resume>,
    pub(super) save_due: Option<Millis>,
    pub(super) refresh_due: Option<Millis>,
    /// How often the instance was looked at again by itself.
    pub(super) looks: u64,
    /// When everything on screen was last read again, or looked at by itself.
    pub(super) looked_at: Millis,
    pub(super) stamp: Option<(JobId, Option<u64>)>,
    pub(super) search_due: Option<Millis>,
    /// When what could not be read is read again, and how often that was tried already.
    pub(super) retry: Retry,
    /// The form that was sent, even if it has been left meanwhile.
    pub(super) sending: Option<JobId>,
    /// When the runs are looked at again because one is alive.
    pub(super) runs_due: Option<Millis>,
    /// What was asked of a run, and not answered yet.
    pub(super) controlling: Option<Asking>,
    /// The runs that are followed.
    pub(super) watching: BTreeSet<String>,
    /// The change to who may do what that was sent, even if its dialog has been closed meanwhile.
    pub(super) doing: Option<Doing>,
    /// The lines that were typed for it, or for the change that is asked about, to go back to if it is not done.
    pub(super) typed: Option<Box<Entry>>,
    /// The last list from which it was chosen, to go back to if nothing answers.
    pub(super) chosen: Option<Box<Choice>>,
    /// The snapshot that is being written or compared, and what was typed for it.
    pub(super) snapshot: Option<(JobId, Box<Entry>)>,
    /// The lines of one that failed while somebody was in the middle of something else; they come back after that.
    pub(super) returning: Option<Box<Entry>>,
    /// The question under which it is found out what people lost by a migration.
    pub(super) looking_for_lost: Option<JobId>,
    /// What waits for the access of another tenant.
    pub(super) errand: Option<Errand>,
    /// The question whether the tenant that was selected is gone, and which it is.
    pub(super) losing: Option<(JobId, TenantId)>,
    /// The tenant to begin in.
    pub(super) beginning: Option<Beginning>,
    /// The ids of what the last change of ours took away, and of what it was said of that it is gone, until all that is read after it
    /// is there: nobody is told of those.
    pub(super) taken_away: Vec<String>,
    /// Whether a filter was refused, and what is typed since, up to what would end it, is no command.
    pub(super) drops_typed: bool,
    /// The places gone through.
    pub(super) trail: Trail,
    /// Those gone through in other contexts, by name.
    pub(super) trails: BTreeMap<String, Trail>,
    /// The context that was left for this one.
    pub(super) former: Option<Former>,
    /// Which columns of each list are shown.
    pub columns: ColumnChoices,
    /// Changes that were made, the last one last, with what takes them back.
    pub(super) undos: Vec<Undoable>,
    /// Changes that were taken back, the last one last, with what does them again.
    pub(super) redos: Vec<Undoable>,
    /// Whether that changed since it was written down.
    pub(super) undos_changed: bool,
    /// What was being picked when the connection was lost, until who may do what is known.
    pub(super) wanted_pick: Option<PickDraft>,
    /// The page that was over the screen when the connection was lost, until it can be shown again.
    pub(super) wanted_page: Option<PageDraft>,
    /// The question under which it is looked whether things still are as a change left them, and what would be done then.
    pub(super) looking_back: Option<(JobId, Turn, Deed)>,
    /// The change that was proposed last to be taken back or done again.
    pub(super) undo_of: Option<Mark>,
    /// When the last change was sent, in milliseconds since 1970.
    pub(super) sent_at: Option<Millis>,
    /// The changes that were on their way when the connection was lost, until it is known what came of them, in the order in which
    /// they were sent.
    pub(super) doubts: Vec<Doubt>,
    /// What was told last that a form sent and is not there yet.
    pub(super) told_early: Option<String>,
    /// What was told at the start: what was kept is told right after it, and over it.
    pub(super) noticed: Vec<String>,
}

impl Model {
    /// The console at its start.
    pub fn new(session: Session, keymap: Keymap, size: Size) -> Self {
        Self {
            size,
            now: 0,
            welcome: session.first_start.then(Welcome::default),
            messages: Messages::leading(session.command_words.clone()),
            session,
            instance: Remote::default(),
            contact: Contact::default(),
            tenants: TenantList::default(),
            screens: Vec::new(),
            overlays: Vec::new(),
            copying: VecDeque::new(),
            pending: Vec::new(),
            keymap,
            history: Vec::new(),
            context_names: None,
            last_tenant: None,
            then: None,
            naming_contexts: None,
            wizard: None,
            assignable: BTreeMap::new(),
            runs: Remote::default(),
            runs_due: None,
            controlling: None,
            watching: BTreeSet::new(),
            resume: None,
            begun: None,
            kept: None,
            standing: Vec::new(),
            resumed: None,
            next_job: 0,
            running: BTreeMap::new(),
            unasked: BTreeMap::new(),
            last_key: None,
            interrupted: false,
            ahead: None,
            pressed: None,
            said_how_to_leave: false,
            saved: None,
            save_due: None,
            refresh_due: None,
            looks: 1,
            looked_at: 0,
            stamp: None,
            search_due: None,
            retry: Retry::default(),
            sending: None,
            doing: None,
            typed: None,
            chosen: None,
            snapshot: None,
            looking_for_lost: None,
            errand: None,
            losing: None,
            beginning: None,
            taken_away: Vec::new(),
            drops_typed: false,
            columns: ColumnChoices::default(),
            trail: Trail::default(),
            trails: BTreeMap::new(),
            former: None,
            making: None,
            undos: Vec::new(),
            redos: Vec::new(),
            looking_back: None,
            undo_of: None,
            undos_changed: false,
            wanted_pick: None,
            wanted_page: None,
            returning: None,
            sent_at: None,
            doubts: Vec::new(),
            told_early: None,
            noticed: Vec::new(),
        }
    }

    /// Whether the key pressed last was Enter, which presses what other keys only pass over.
    pub(super) fn last_key_was_enter(&self) -> bool {
        self.last_key == Some(Key::plain(KeyCode::Enter))
    }

    /// Milliseconds since 1970, as far as the console knows.
    pub fn wall(&self) -> Millis {
        self.session.started_at + self.now
    }

    /// The run of this instance that is at work, or else the last one if it has not come to its end. One that only looked
    /// leaves nothing to go on with.
    pub fn run_in_progress(&self) -> Option<&RunSummary> {
        let runs = self.runs.value()?;
        runs.iter()
            .find(|run| run.alive)
            .or_else(|| runs.first().filter(|run| !run.finished && !run.has_only_looked()))
    }

    /// What roles of a tenant can hold: as the instance says it, or as its release is known as long as it has not said it.
    pub fn assignable(&self, scope: &TenantScope) -> Option<Arc<Assignable>> {
        let release = self.instance.value()?.release;
        let told = self.assignable.get(scope).and_then(Remote::value);
        // What was said before an upgrade holds no more.
        let told = told.filter(|told| told.release() == release);
        Some(told.map_or_else(|| Assignable::of(release), Arc::clone))
    }

    /// Why nothing is known of the instance.
    pub(super) fn unknown_because(&self) -> &'static str {
        match self.instance.problem() {
            Some(problem) if problem.kind == ProblemKind::Denied => "the instance refused to answer; <!> says why",
            _ => "the instance has not answered yet",
        }
    }

    /// How many runs are at work.
    pub fn runs_at_work(&self) -> usize {
        self.alive_runs().len()
    }

    /// The ids of the runs at work.
    pub fn alive_runs(&self) -> BTreeSet<&str> {
        let listed = self.runs.value().into_iter().flatten().filter(|run| run.alive);
        let mut ids: BTreeSet<&str> = listed.map(|run| run.id.as_str()).collect();
        for screen in &self.screens {
            if let Screen::Run(view) = screen
                && view.is_read
                && !view.is_dry
            {
                // Who is followed is known better than who is listed.
                ids.remove(view.run.as_str());
                if view.alive {
                    ids.insert(view.run.as_str());
                }
            }
        }
        ids
    }

    /// The filter of the list on screen, or what is looked for in the text there.
    pub fn filter(&self) -> Option<&FilterEdit> {
        if let Some(search) = self.search() {
            return Some(&search.field);
        }
        match self.screens.last() {
            None => Some(&self.tenants.filter),
            Some(Screen::Access(view)) => Some(&view.namespace),
            Some(Screen::WhoCan(view)) => Some(&view.namespace),
            Some(Screen::Messages(view)) => Some(&view.filter),
            Some(screen) => screen.list().map(|list| &list.filter),
        }
    }

    pub(super) fn filter_mut(&mut self) -> Option<&mut FilterEdit> {
        if self.search().is_some() {
            return self.search_mut().map(|search| &mut search.field);
        }
        match self.screens.last_mut() {
            None => Some(&mut self.tenants.filter),
            Some(Screen::Access(view)) => Some(&mut view.namespace),
            Some(Screen::WhoCan(view)) => Some(&mut view.namespace),
            Some(Screen::Messages(view)) => Some(&mut view.filter),
            Some(screen) => screen.list_mut().map(|list| &mut list.filter),
        }
    }

    /// The tenant the operator is looking at: the open one, or the selected row. While multi-tenancy is off there is one
    /// tenant, and no row for it.
    pub fn scope(&self) -> Option<TenantScope> {
        match self.screens.last() {
            None if !self.lists_tenants() => Some(TenantScope::Default),
            None => {
                // One that is marked is meant, wherever the selection is.
                let mut marked = self.tenants.marks.tenants();
                match (marked.next(), marked.next()) {
                    (Some(tenant), None) => Some(TenantScope::Named(tenant.id.clone())),
                    _ => self.tenants.selected_scope(),
                }
            }
            Some(Screen::Tenant(view)) => Some(view.scope.clone()),
            Some(_) => None,
        }
    }

    /// The tenants that an action is about: those that are marked in their list, or else the one that is selected or open.
    pub fn acted_on(&self) -> Vec<TenantScope> {
        if self.screens.is_empty() && !self.tenants.marks.is_empty() {
            let marked = self.tenants.marks.tenants();
            return marked.map(|tenant| TenantScope::Named(tenant.id.clone())).collect();
        }
        self.scope().into_iter().collect()
    }

    /// Whether the rows of the list on screen, or the one of them that will be selected, are still read.
    pub(super) fn awaits_rows(&self) -> bool {
        if !self.overlays.is_empty() {
            return false;
        }
        match self.screens.last() {
            None => {
                let tenants = &self.tenants;
                let is_awaited = !tenants.can_act() || tenants.waiting_since().is_some();
                is_awaited && self.lists_tenants() && !tenants.is_stopped() && tenants.problem.is_none()
            }
            Some(Screen::Tenant(view)) => {
                view.role.is_none() && view.lists.get(view.tab).is_some() && view.access.waiting_since().is_some()
            }
            Some(Screen::Records(view)) => {
                view.rows.waiting_since().is_some() || view.list.is_sought() || view.has_found_nothing_yet()
            }
            Some(Screen::Contexts(view)) => view.rows.waiting_since().is_some(),
            Some(Screen::Runs(_)) => self.runs.waiting_since().is_some(),
            Some(_) => false,
        }
    }

    /// Whether marks of the list on screen are still read, so that what is about them cannot be begun.
    pub(super) fn awaits_marks(&self) -> bool {
        let is_awaited = self.screens.is_empty() && self.overlays.is_empty() && self.lists_tenants();
        is_awaited && self.tenants.marks.is_awaited() && !self.lacks_marks()
    }

    /// Whether marks of the list on screen were not read, and will not be by themselves.
    pub(super) fn lacks_marks(&self) -> bool {
        let tenants = &self.tenants;
        let is_held = tenants.problem.is_some() && tenants.marks.is_awaited() && !tenants.marks.is_asking();
        self.screens.is_empty() && (tenants.marks.are_left_unread() || is_held)
    }

    /// How much was typed about rows that are still awaited, and whether no more is kept.
    pub fn typed_ahead(&self) -> Option<(usize, bool)> {
        self.ahead.as_ref().map(|ahead| (ahead.typed.len(), ahead.is_full))
    }

    /// Whether the rows of the list on screen were read, those of the filter in effect.
    pub(super) fn has_read_rows(&self) -> bool {
        match self.screens.last() {
            None if !self.lists_tenants() => true,
            None => self.tenants.total().is_some() && self.tenants.can_act(),
            Some(Screen::Tenant(view)) => view.access.value().is_some(),
            Some(Screen::Records(view)) => view.rows.value().is_some(),
            Some(Screen::Contexts(view)) => view.rows.value().is_some(),
            Some(Screen::Runs(_)) => self.runs.value().is_some(),
            Some(_) => true,
        }
    }

    /// Why there is nothing to act on, where nothing is selected.
    pub(super) fn nothing_selected(&self) -> &'static str {
        if self.screens.is_empty() && self.tenants.problem.is_some() && self.tenants.total().is_none() {
            "nothing could be read; <r> tries again"
        } else if self.screens.is_empty() && self.tenants.has_other_rows() {
            if self.tenants.is_stopped() {
                "reading the tenants that match was stopped; <r> reads them"
            } else {
                "the tenants that match are still awaited"
            }
        } else if self.screens.is_empty() && self.tenants.awaits_selection() {
            "the tenant that will be selected is still read"
        } else if self.screens.is_empty() && self.tenants.lacks_selected() {
            if self.tenants.is_stopped() || self.tenants.problem.is_some() {
                "the selected row was not read; <r> reads it"
            } else {
                "the selected row is still read"
            }
        } else {
            "nothing is selected"
        }
    }

    /// Whether one was at a place that lies that way.
    pub fn leads(&self, way: Way) -> bool {
        self.trail.leads(way) || way == Way::Last && self.former.is_some()
    }

    /// Whether something is marked in the list on screen.
    pub fn has_marks(&self) -> bool {
        match self.screens.last() {
            None => !self.tenants.marks.is_empty() || self.tenants.marks.is_awaited(),
            Some(screen) => screen.list().is_some_and(|list| !list.marks().is_empty()),
        }
    }

    /// How many rows of the list on screen are marked, and how many of them its filter hides.
    pub fn marked(&self) -> (usize, usize) {
        match self.screens.last() {
            None => (self.tenants.marks.len(), self.tenants.hidden_marks()),
            Some(screen) => screen
                .list()
                .map_or((0, 0), |list| (list.marks().len(), list.hidden_marks())),
        }
    }

    /// Whether nobody is in the middle of something, so that what is on screen may be read again by itself.
    pub(super) fn rests(&self) -> bool {
        self.overlays.is_empty() && !self.screens.last().is_some_and(Screen::is_kept) && !self.has_marks()
    }

    /// What the two tenancy settings of the instance come to, once known.
    pub fn tenancy_state(&self) -> Option<TenancyState> {
        self.instance.value().map(|instance| instance.tenancy.state())
    }

    /// Whether the list of tenants has rows to show rather than an explanation.
    pub fn lists_tenants(&self) -> bool {
        !matches!(
            self.tenancy_state(),
            Some(TenancyState::SingleTenant | TenancyState::Nothing)
        )
    }

    /// Forgets where the operator was, and what was to be looked at again.
    pub(super) fn forget_place(&mut self) {
        self.saved = None;
        self.save_due = None;
        self.stamp = None;
        self.search_due = None;
        self.retry = Retry::default();
        self.returning = None;
        self.trail = Trail::default();
        self.contact = Contact::default();
    }
}
