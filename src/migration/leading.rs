//! What is written down of a run, with the words that lead the commands in it to its instance.

use super::action::Outcome;
use super::record::Event;
use crate::domain::leading::{leading, led};
use crate::domain::problem::Problem;

/// What is written down of a run, whose commands lead to its instance.
pub(super) fn led_event(event: Event, by: &[String]) -> Event {
    let boxed = |problem: Box<Problem>| Box::new(led(*problem, by));
    match event {
        Event::Outcome { step, action, outcome } => Event::Outcome {
            step,
            action,
            outcome: match outcome {
                Outcome::Failed { problem } => Outcome::Failed {
                    problem: boxed(problem),
                },
                Outcome::Waiting { words } => Outcome::Waiting {
                    words: leading(&words, by),
                },
                outcome => outcome,
            },
        },
        Event::Note { step, words } => Event::Note {
            step,
            words: leading(&words, by),
        },
        Event::Halted { halt, words, problem } => Event::Halted {
            halt,
            words: leading(&words, by),
            problem: problem.map(boxed),
        },
        event => event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::ProblemKind;
    use crate::migration::record::Halt;

    #[test]
    fn what_is_written_down_of_a_halt_says_where() {
        let problem = Problem::new(
            ProblemKind::Failed,
            "The command failed.",
            "It ended with 1.",
            "`kestra-admin migrate resume` tries it again.",
        );
        let halted = Event::Halted {
            halt: Halt::Failed,
            words: "Look; `kestra-admin migrate resume`.".to_owned(),
            problem: Some(Box::new(problem)),
        };
        let Event::Halted { words, problem, .. } = led_event(halted, &["--context".to_owned(), "hb".to_owned()]) else {
            panic!("it is the same event");
        };
        assert_eq!(words, "Look; `kestra-admin --context hb migrate resume`.");
        assert_eq!(
            problem.unwrap().next,
            "`kestra-admin --context hb migrate resume` tries it again."
        );
    }
}
