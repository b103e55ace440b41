//! What is waited for, and until when: the one source of timers, so that nothing ticks while nothing moves.
//!
//! What becomes due here is done by `update::update`; how long what is told stays on screen says [`super::messages`].

use crate::domain::problem::{Problem, ProblemKind};
use crate::migration::record::Halt;

use super::effect::{JobId, Millis};
use super::model::Model;
use super::overlay::Overlay;
use super::screen::Screen;

/// Milliseconds after which rows that are read again without an answer are said to be waited for.
const SLOW: Millis = 1_000;

/// Milliseconds that the rows of a local instance may take to be in the first frame. Nobody sees that it came so much later.
const FIRST_ROWS: Millis = 10;

/// Trying again by itself what could not be read because the instance was out of reach.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retry {
    /// When.
    pub(super) due: Option<Millis>,
    /// How often it was tried since the last answer.
    pub(super) tries: u32,
    /// Whether the operator stopped it.
    pub(super) stopped: bool,
}

impl Retry {
    /// Seconds between tries: soon at first, then less and less often.
    const PAUSES: [Millis; 5] = [2, 4, 8, 16, 30];

    /// Plans the next try.
    pub(super) fn plan(&mut self, now: Millis) {
        let at = usize::try_from(self.tries)
            .unwrap_or(usize::MAX)
            .min(Self::PAUSES.len() - 1);
        let pause = Self::PAUSES.get(at).copied().unwrap_or(30);
        self.due = Some(now + pause * 1000);
    }
}

impl Model {
    /// Whether what could not be read is being read again, or will be.
    pub fn is_trying_again(&self) -> bool {
        self.retry.due.is_some() || !self.cancellable().is_empty()
    }

    /// Whether something on screen could not be read because the instance was out of reach.
    pub fn is_out_of_reach(&self) -> bool {
        let is_about_reach =
            |problem: Option<&Problem>| problem.is_some_and(|problem| problem.kind == ProblemKind::Unreachable);
        let of_screen = match self.screens.last() {
            None => is_about_reach(self.tenants.problem.as_ref()),
            Some(Screen::Tenant(view)) => [view.tenant.problem(), view.access.problem(), view.footprint.problem()]
                .into_iter()
                .any(is_about_reach),
            Some(Screen::Records(view)) => is_about_reach(view.rows.problem()),
            Some(_) => false,
        };
        of_screen || is_about_reach(self.instance.problem())
    }

    /// Whether something on screen could not be read because the instance was out of reach, which it is not any more.
    pub fn is_back_in_reach(&self) -> bool {
        self.is_out_of_reach() && !self.contact.is_silent && !self.retry.stopped
    }

    /// Since when the instance has been read again over a network, if that takes long: what is shown may be out of date.
    pub fn slow_since(&self) -> Option<Millis> {
        let since = self.instance.rereading_since().filter(|_| self.session.remote)?;
        (self.now >= since + SLOW).then_some(since)
    }

    /// Milliseconds from one look at what is on screen to the next, where it cannot be told cheaply whether anything changed.
    pub fn looks_every(&self) -> Option<Millis> {
        let cannot_tell = self.session.remote && matches!(self.stamp, Some((_, None)));
        (cannot_tell && self.session.refresh_seconds > 0).then_some(self.session.refresh_seconds * 1000)
    }

    /// Whether what was typed is looked for on the instance once no more of it comes.
    pub fn is_about_to_search(&self) -> bool {
        self.search_due.is_some()
    }

    /// Until when a first frame can wait for the first rows: those of a local instance are there in a moment.
    pub fn first_rows_by(&self) -> Option<Millis> {
        let rows = self.tenants.waiting_since().filter(|_| self.lists_tenants());
        let since = self.instance.waiting_since().or(rows)?;
        (!self.session.remote).then_some(since + FIRST_ROWS)
    }

    /// When something has to happen although nothing comes in.
    pub fn next_deadline(&self) -> Option<Millis> {
        let waits = self.waits().map(|since| {
            let mut steps = [150, 2_000].into_iter().map(|step| since + step);
            let seconds = since + (self.now.saturating_sub(since) / 1000 + 1) * 1000;
            steps.find(|step| *step > self.now).unwrap_or(seconds)
        });
        let slow = self.instance.rereading_since().filter(|_| self.session.remote);
        let slow = slow.map(|since| match self.now.saturating_sub(since) {
            waited if waited < SLOW => since + SLOW,
            waited => since + (waited / 1000 + 1) * 1000,
        });
        let armed = self.overlays.iter().filter_map(|overlay| match overlay {
            Overlay::Dialog(dialog) => dialog.armed_at().filter(|at| *at > self.now),
            _ => None,
        });
        // What is typed in a form is looked up while it is on screen; under another it waits.
        let lookups = self.form().into_iter();
        let lookups =
            lookups.filter_map(|form| [form.id_lookup.due, form.admin_lookup.due].into_iter().flatten().min());
        [
            self.messages.deadline(),
            self.session.lock_deadline(),
            self.save_due,
            self.refresh_due,
            self.search_due,
            self.retry.due,
            self.runs_due,
            self.run_tick(),
        ]
        .into_iter()
        .flatten()
        .chain(waits)
        .chain(slow)
        .chain(armed)
        .chain(lookups)
        .min()
    }

    /// Since when each thing on screen has been waited for.
    fn waits(&self) -> impl Iterator<Item = Millis> {
        let screen = match self.screens.last() {
            None => [
                self.tenants.waiting_since(),
                self.instance.waiting_since(),
                self.tenants.loading_since(self.size.list_rows()),
            ],
            Some(Screen::Tenant(view)) => [
                view.access.waiting_since(),
                view.tenant.waiting_since(),
                view.footprint.waiting_since(),
            ],
            Some(Screen::Contexts(view)) => [view.waiting_since(), self.asked_at_some(view.switching), None],
            Some(Screen::Checks(view)) => [view.job.map(|(_, since)| since), None, None],
            Some(Screen::Connect(form)) => [form.way.job.map(|(_, since)| since), None, None],
            Some(Screen::Wizard) => [
                self.wizard.as_ref().and_then(|wizard| wizard.survey.waiting_since()),
                self.asked_at_some(self.wizard.as_ref().and_then(|wizard| wizard.starting)),
                None,
            ],
            Some(Screen::Runs(_)) => [self.runs.waiting_since(), None, None],
            Some(Screen::Records(view)) => [view.rows.waiting_since(), None, None],
            Some(Screen::WhoCan(view)) => [view.superadmins.waiting_since(), None, None],
            Some(Screen::Run(view)) if !view.is_read => [Some(view.heard_at), None, None],
            Some(_) => [None; 3],
        };
        let sent = self.form().and_then(|form| form.sent);
        let doing = self.doing.as_ref().map(|doing| doing.job);
        let writes = sent.into_iter().chain(doing);
        screen
            .into_iter()
            .flatten()
            .chain(writes.filter_map(|job| self.running.get(&job).copied()))
    }

    /// When something about the run on screen that is counted in time has to be said anew.
    fn run_tick(&self) -> Option<Millis> {
        let Some(Screen::Run(view)) = self.screens.last() else {
            return None;
        };
        let said = view.told.due();
        let waits = view
            .state
            .as_ref()
            .and_then(|state| state.halted.as_ref())
            .is_some_and(|halted| halted.halt == Halt::Waiting);
        let every = match (view.is_dry || self.session.reduced_motion, view.alive, waits) {
            (false, true, _) => 1_000,
            (false, false, true) => 60_000,
            _ => {
                let silences = view.silences().into_iter().map(|after| view.heard_at + after);
                return silences.filter(|at| *at > self.now).chain(said).min();
            }
        };
        let tick = (self.now / every + 1) * every;
        Some(said.map_or(tick, |said| said.min(tick)))
    }

    fn asked_at_some(&self, job: Option<JobId>) -> Option<Millis> {
        job.and_then(|job| self.asked_at(job))
    }
}
