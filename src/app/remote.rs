//! Something that lives on the instance, with everything a screen needs to say about it: loading, shown, stale, failed.

use crate::domain::problem::Problem;

use super::effect::{JobId, Millis};

/// A value as last read, whether it is being read again, and what went wrong the last time.
#[derive(Clone, Debug)]
pub struct Remote<T> {
    value: Option<(T, Millis)>,
    asked: Option<(JobId, Millis)>,
    problem: Option<Problem>,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self {
            value: None,
            asked: None,
            problem: None,
        }
    }
}

impl<T> Remote<T> {
    /// The value as last read, however old.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref().map(|(value, _)| value)
    }

    /// When the value was read.
    pub fn read_at(&self) -> Option<Millis> {
        self.value.as_ref().map(|(_, at)| *at)
    }

    /// The question that is under way.
    pub fn job(&self) -> Option<JobId> {
        self.asked.map(|(job, _)| job)
    }

    /// Since when the first answer has been waited for; `None` once there is something to show, be it a problem.
    pub fn waiting_since(&self) -> Option<Millis> {
        match (&self.value, &self.problem, self.asked) {
            (None, None, Some((_, since))) => Some(since),
            _ => None,
        }
    }

    /// Since when it has been read again, while there is something to show.
    pub fn rereading_since(&self) -> Option<Millis> {
        self.asked.filter(|_| self.value.is_some()).map(|(_, since)| since)
    }

    /// Whether there is nothing to show and nothing to wait for, because the question was given up.
    pub fn was_given_up(&self) -> bool {
        self.value.is_none() && self.asked.is_none() && self.problem.is_none()
    }

    /// What went wrong the last time.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Whether what is shown may be out of date, because the last attempt to read it failed.
    pub fn is_stale(&self) -> bool {
        self.value.is_some() && self.problem.is_some()
    }

    /// Notes that the question has been asked; what is shown stays.
    pub fn ask(&mut self, job: JobId, now: Millis) {
        self.asked = Some((job, now));
    }

    /// Takes the answer if it is the one that is waited for, and says whether it was.
    pub fn settle(&mut self, job: JobId, now: Millis, answer: Result<T, Problem>) -> bool {
        if self.job() != Some(job) {
            return false;
        }
        self.asked = None;
        match answer {
            Ok(value) => self.set(value, now),
            Err(problem) => self.problem = Some(problem),
        }
        true
    }

    /// Takes an answer about a part of the value. How old it is is how old the rest of it is.
    pub fn settle_part(&mut self, put: impl FnOnce(&mut T)) {
        self.asked = None;
        if let Some((value, _)) = &mut self.value {
            put(value);
        }
    }

    /// Puts a value that was learnt in another way.
    pub fn set(&mut self, value: T, now: Millis) {
        self.value = Some((value, now));
        self.problem = None;
    }

    /// Stops waiting, and returns the question to be cancelled.
    pub fn give_up(&mut self) -> Option<JobId> {
        self.asked.take().map(|(job, _)| job)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::problem::ProblemKind;

    use super::*;

    #[test]
    fn a_failed_reread_keeps_the_value_and_marks_it_stale() {
        let mut remote = Remote::default();
        remote.ask(JobId(1), 5);
        assert_eq!(remote.waiting_since(), Some(5));
        assert!(!remote.settle(JobId(9), 6, Ok(0)), "a late answer to another question");
        assert!(remote.settle(JobId(1), 6, Ok(7)));
        remote.ask(JobId(2), 10);
        let problem = Problem::new(ProblemKind::Unreachable, "What.", "Why.", "Next.");
        assert!(remote.settle(JobId(2), 11, Err(problem)));
        assert_eq!(
            (remote.value(), remote.read_at(), remote.is_stale()),
            (Some(&7), Some(6), true)
        );
    }
}
