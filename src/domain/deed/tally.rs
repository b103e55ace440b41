//! How the items of a change went, in numbers.

use super::Made;
use crate::domain::count::thousands;
use crate::domain::problem::Problem;

/// Of several items, how many went how: of those that have ended, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Done, or as they were to be already.
    pub done: usize,
    /// Not done.
    pub failed: usize,
    /// Perhaps done: nobody could tell.
    pub unknown: usize,
    /// Not begun.
    pub left: usize,
}

impl Tally {
    /// Of all items of a change.
    pub fn of(results: &[Result<Made, Problem>]) -> Self {
        let mut tally = Self::default();
        for result in results {
            tally.add(result.as_ref().err());
        }
        tally
    }

    /// Takes one more, with its problem if it has one.
    pub fn add(&mut self, problem: Option<&Problem>) {
        let number = match problem {
            None => &mut self.done,
            Some(problem) if problem.is_left => &mut self.left,
            Some(problem) if problem.is_unknown => &mut self.unknown,
            Some(_) => &mut self.failed,
        };
        *number += 1;
    }

    /// All of them, those apart that are not done: `57 done, 3 failed`. `done` is what was done with them.
    pub fn words(&self, done: &str) -> String {
        let counts = [
            (self.done, done),
            (self.failed, "failed"),
            (self.unknown, "not known"),
            (self.left, "not begun"),
        ];
        let words: Vec<String> = counts
            .into_iter()
            .enumerate()
            .filter(|(index, (number, _))| *index == 0 || *number > 0)
            .map(|(_, (number, word))| format!("{} {word}", thousands(number as u64)))
            .collect();
        words.join(", ")
    }

    /// How far a change of so many items has come: `57 of 1,500 done`, or `57 done, 3 failed, of 1,500`.
    pub fn words_of(&self, all: usize) -> String {
        let all = thousands(all as u64);
        if self.failed + self.unknown + self.left == 0 {
            format!("{} of {all} done", thousands(self.done as u64))
        } else {
            format!("{}, of {all}", self.words("done"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::ProblemKind;

    #[test]
    fn what_failed_what_is_not_known_and_what_was_not_begun_are_counted_apart() {
        let problem = || Problem::new(ProblemKind::Unreachable, "What.", "Why.", "Next.");
        assert_eq!(Tally::of(&[Ok(Made::Done)]).words_of(1_500), "1 of 1,500 done");
        let results = [
            Ok(Made::Already),
            Err(problem()),
            Err(problem().unknown()),
            Err(problem().unknown()),
            Err(problem().left()),
        ];
        let tally = Tally::of(&results);
        assert_eq!(
            tally.words("given back"),
            "1 given back, 1 failed, 2 not known, 1 not begun"
        );
        assert_eq!(
            tally.words_of(1_500),
            "1 done, 1 failed, 2 not known, 1 not begun, of 1,500"
        );
    }
}
