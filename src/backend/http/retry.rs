//! When a call is sent again, and how long is waited in between.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder, Retryable};

use super::failure::{Failure, Reached};

/// How calls are sent again. A field of the client, so that tests need not wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retries {
    /// How often in all.
    pub attempts: usize,
    /// The first pause; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// The longest a server's own wish to wait is granted.
    pub patience: Duration,
    /// Whether pauses are spread by chance, so that many clients do not come back at once.
    pub jitter: bool,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 3,
            first: Duration::from_millis(200),
            longest: Duration::from_secs(2),
            patience: Duration::from_secs(10),
            jitter: true,
        }
    }
}

impl Retries {
    /// Three attempts without pauses.
    #[cfg(test)]
    pub(super) fn at_once() -> Self {
        Self {
            first: Duration::ZERO,
            longest: Duration::ZERO,
            jitter: false,
            ..Self::default()
        }
    }

    fn pauses(self) -> ExponentialBackoff {
        let builder = ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_max_times(self.attempts.saturating_sub(1));
        if self.jitter { builder.with_jitter() } else { builder }.build()
    }

    /// Does something, again where that makes sense: whatever only reads after any failure that may pass, a write only
    /// where it surely did not arrive.
    pub(super) async fn run<T, F>(self, reads: bool, attempt: impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let patience = self.patience;
        attempt
            .retry(self.pauses())
            .when(|failure| failure.passing && (reads || failure.reached == Reached::Nobody))
            .adjust(|failure, pause| match (pause, failure.wait) {
                (Some(_), Some(wait)) if wait > patience => None,
                (Some(pause), Some(wait)) => Some(wait.max(pause)),
                (pause, _) => pause,
            })
            .await
    }

    /// Looks for something that may not be there yet: 2.0 shows some of what it stored only after a moment.
    pub(super) async fn look<T, F>(
        self,
        look: impl FnMut() -> F,
        is_missing: impl FnMut(&Failure) -> bool,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        look.retry(self.pauses()).when(is_missing).await
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use crate::domain::problem::{Problem, ProblemKind};

    use super::*;

    fn failure(reached: Reached, passing: bool, wait: Option<u64>) -> Failure {
        Failure {
            reached,
            passing,
            wait: wait.map(Duration::from_secs),
            ..Failure::known(Problem::new(ProblemKind::Unreachable, "What.", "Why.", "Next."))
        }
    }

    async fn attempts(reads: bool, failure: &Failure) -> usize {
        let count = Cell::new(0);
        let outcome: Result<(), _> = Retries::at_once()
            .run(reads, || async {
                count.set(count.get() + 1);
                Err(failure.clone())
            })
            .await;
        assert!(outcome.is_err());
        count.get()
    }

    #[tokio::test]
    async fn reads_are_repeated_and_writes_only_where_they_did_not_arrive() {
        for (reached, passing, wait, reads, writes) in [
            (Reached::Nobody, true, None, 3, 3),
            (Reached::Nobody, false, None, 1, 1),
            (Reached::Perhaps, true, None, 3, 1),
            (Reached::Answered(503), true, Some(0), 3, 1),
            (Reached::Answered(429), true, Some(11), 1, 1),
            (Reached::Answered(403), false, None, 1, 1),
        ] {
            let failure = failure(reached, passing, wait);
            assert_eq!(attempts(true, &failure).await, reads, "{reached:?}");
            assert_eq!(attempts(false, &failure).await, writes, "{reached:?}");
        }
    }

    #[tokio::test]
    async fn what_succeeds_later_succeeds() {
        let left = Cell::new(2);
        let outcome = Retries::at_once()
            .run(true, || async {
                left.set(left.get() - 1);
                if left.get() == 0 {
                    Ok("there")
                } else {
                    Err(failure(Reached::Perhaps, true, None))
                }
            })
            .await;
        assert_eq!(outcome.unwrap(), "there");
    }
}
