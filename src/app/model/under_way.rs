//! Questions and changes that are under way: asked, awaited, given up.

use super::Model;
use crate::app::contexts::ChecksView;
use crate::app::doing::Doing;
use crate::app::effect::{Effect, JobId, Millis, Request};
use crate::app::messages::Cause;
use crate::app::overlay::{Dialog, Overlay};
use crate::app::screen::Screen;
use crate::domain::tenant::TenantScope;

/// Milliseconds within which what was sent over a network may still come about, at least: what lies before an instance hands it on
/// though the console is gone, and gives it up no later than the console would have.
const COMES_WITHIN: Millis = 30_000;

/// The tenant that was named to begin in, until it is known whether it is there.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The question whether it is; none of the default tenant, of which the instance says it itself.
    pub asked: Option<JobId>,
    /// Which it is.
    pub scope: TenantScope,
    /// Whether it is to be opened: nobody has pressed a key meanwhile, and nothing else is gone on with.
    pub opens: bool,
}

impl Model {
    /// Whether a form has been sent and not been answered.
    pub fn is_sending(&self) -> bool {
        self.sending.is_some() || self.doing.is_some()
    }

    /// Whether what was sent at a time, and is not there, may still come: over a network, and not long after.
    pub(in crate::app) fn may_come(&self, sent_at: Millis) -> bool {
        self.session.remote && self.wall() < sent_at.saturating_add(COMES_WITHIN.max(self.session.timeout))
    }

    /// Whether what the form or editor on screen sent may have come about, which is not known.
    pub fn form_in_doubt(&self) -> bool {
        match self.screens.last() {
            Some(Screen::RoleEditor(editor)) => editor.doubt.is_some(),
            _ => self.form().is_some_and(|form| form.doubt.is_some()),
        }
    }

    /// The questions under which something was sent and has not been answered.
    pub(in crate::app) fn sent(&self) -> [Option<JobId>; 2] {
        [self.sending, self.doing.as_ref().map(|doing| doing.job)]
    }

    /// The change to who may do what that was sent and has not been answered.
    pub fn doing(&self) -> Option<&Doing> {
        self.doing.as_ref()
    }

    /// The dialog on top, if its change was sent and goes on without it.
    pub fn sent_dialog(&self) -> Option<&Dialog> {
        let Some(Overlay::Dialog(dialog)) = self.overlays.last() else {
            return None;
        };
        (dialog.sent().is_some() && !self.counts_again(dialog)).then_some(dialog)
    }

    /// Whether a dialog was confirmed whose tenants are counted once more, so that nothing was sent yet.
    pub fn counts_again(&self, dialog: &Dialog) -> bool {
        let job = self
            .doing
            .as_ref()
            .filter(|doing| doing.counts_again())
            .map(|doing| doing.job);
        job.is_some() && dialog.sent() == job
    }

    /// Whether another context is being opened, to take the place of this one.
    pub(in crate::app) fn is_switching(&self) -> bool {
        let switches = |screen: &Screen| matches!(screen, Screen::Contexts(view) if view.switching.is_some());
        self.screens.iter().any(switches) || self.making_in_front().is_some()
    }

    /// The question under which the screen on top makes something, to go there.
    pub(in crate::app) fn making_in_front(&self) -> Option<JobId> {
        self.screens.last()?.making()
    }

    /// The way to a rehearsal that is being made, which goes on whatever is read or left.
    pub(in crate::app) fn rehearsing(&self) -> Option<&ChecksView> {
        let shown = self.screens.iter().filter_map(Screen::way);
        let mut ways = shown.chain(self.making.as_deref());
        ways.find(|way| way.rehearses && way.job.is_some())
    }

    /// Whether a rehearsal is being made that nobody stopped.
    pub(in crate::app) fn is_rehearsing(&self) -> bool {
        self.rehearsing().is_some_and(|way| !way.stopped)
    }

    /// Whether a run is about to be started, or something was asked of one, and not been answered.
    pub fn is_asking_a_run(&self) -> bool {
        self.controlling.is_some() || self.wizard.as_ref().is_some_and(|wizard| wizard.starting.is_some())
    }

    /// Questions under way that only read; what changes something is never given up, and a rehearsal only on its page.
    pub(in crate::app) fn cancellable(&self) -> Vec<JobId> {
        let starting = self.wizard.as_ref().and_then(|wizard| wizard.starting);
        let doing = self.doing.as_ref().map(|doing| doing.job);
        let changing = [
            self.sending,
            doing,
            starting,
            self.controlling.as_ref().map(|asking| asking.job),
            self.rehearsing().and_then(ChecksView::asked),
        ];
        self.running
            .keys()
            .copied()
            .filter(|job| !changing.contains(&Some(*job)))
            .collect()
    }

    /// When a question that is under way was asked.
    pub fn asked_at(&self, job: JobId) -> Option<Millis> {
        self.running.get(&job).copied()
    }

    /// Questions under way.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// Asks the instance something.
    pub(in crate::app) fn ask(&mut self, request: Request) -> (JobId, Effect) {
        let job = self.new_job();
        (job, Effect::Ask(job, request))
    }

    pub(in crate::app) fn new_job(&mut self) -> JobId {
        self.next_job += 1;
        let job = JobId(self.next_job);
        self.running.insert(job, self.now);
        if self.messages.cause != Cause::Asked {
            self.unasked.insert(job, self.messages.cause);
        }
        job
    }

    /// The question that was asked last.
    pub(in crate::app) fn last_job(&self) -> JobId {
        JobId(self.next_job)
    }

    /// Nobody asked for what was asked after this question.
    pub(in crate::app) fn nobody_asked_since(&mut self, job: JobId) {
        let asked = (job.0 + 1..=self.next_job).map(JobId);
        let running = asked.filter(|job| self.running.contains_key(job));
        for job in running.collect::<Vec<_>>() {
            self.unasked.entry(job).or_insert(Cause::Look);
        }
    }

    /// Stops waiting for an answer.
    pub(in crate::app) fn cancel(&mut self, job: JobId) -> Option<Effect> {
        self.unasked.remove(&job);
        self.messages.awaits_no_more(job);
        self.running.remove(&job).map(|_| Effect::Cancel(job))
    }
}
