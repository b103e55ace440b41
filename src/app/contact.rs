//! How the instance answered the last time: after how long, or not at all. The header says it.

use crate::domain::problem::ProblemKind;

use super::effect::{Millis, Reply};

/// What is known of the connection from the answers that came, and those that did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// How long the last answer took.
    pub latency: Option<Millis>,
    /// Whether nothing came back the last time.
    pub is_silent: bool,
    /// Whether nothing came back once since it was last asked whether it is back.
    was_silent: bool,
}

impl Contact {
    /// Takes note of a reply and of how long it was waited for.
    pub fn note(&mut self, reply: &Reply, waited: Millis) {
        match reply {
            Ok(_) => {
                self.latency = Some(waited);
                self.is_silent = false;
            }
            // A refusal may have been worked out here, so that how long it took says nothing.
            Err(problem) => self.is_silent = problem.kind == ProblemKind::Unreachable,
        }
        self.was_silent |= self.is_silent;
    }

    /// Whether it answers again, which is said once.
    pub fn is_back(&mut self) -> bool {
        !self.is_silent && std::mem::take(&mut self.was_silent)
    }

    /// The last answer's time as the header shows it.
    pub fn latency_words(&self) -> Option<String> {
        self.latency.map(|latency| match latency {
            0..1_000 => format!("{latency}ms"),
            1_000..10_000 => format!("{}.{}s", latency / 1_000, latency % 1_000 / 100),
            _ => format!("{}s", latency / 1_000),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::app::effect::Answer;
    use crate::domain::problem::Problem;

    use super::*;

    #[test]
    fn an_answer_says_how_long_it_took_and_silence_ends_with_it() {
        let mut contact = Contact::default();
        assert_eq!(contact.latency_words(), None);
        for (waited, words) in [
            (0, "0ms"),
            (41, "41ms"),
            (999, "999ms"),
            (1_250, "1.2s"),
            (12_000, "12s"),
        ] {
            contact.note(&Ok(Answer::IdTaken(false)), waited);
            assert_eq!(contact.latency_words().as_deref(), Some(words));
        }
        let failed = |kind| Err(Problem::new(kind, "What.", "Why.", "Next."));
        contact.note(&failed(ProblemKind::Unreachable), 30_000);
        assert!(contact.is_silent);
        assert_eq!(contact.latency, Some(12_000), "what never came took no time");
        contact.note(&failed(ProblemKind::Conflict), 5);
        assert_eq!((contact.is_silent, contact.latency), (false, Some(12_000)));
    }
}
