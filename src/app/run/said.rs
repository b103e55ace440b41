//! What a run has to say to somebody who hears it, a line each: what happened, and now and then the last lines that its
//! command wrote, so that a command that writes much is heard without drowning everything else.

use std::collections::VecDeque;

use crate::migration::record::{Ending, Event, Halt, Record};
use crate::migration::state::RunState;
use crate::migration::step::Step;

use super::super::clock::minute;
use super::super::effect::Millis;
use super::output::left_out;
use super::rollback::Progress;

/// What was said of a run.
#[derive(Clone, Debug, Default)]
pub struct Said {
    lines: VecDeque<String>,
    /// Lines of output that are to be said next, the last few.
    waiting: VecDeque<String>,
    /// How many stood before these.
    passed_over: usize,
    /// When they are said, if there are any.
    due: Option<Millis>,
    /// When some were said last.
    last: Option<Millis>,
}

impl Said {
    /// How many lines are held.
    const HELD: usize = 2_000;
    /// How many lines of output are said at a time.
    const AT_ONCE: usize = 3;
    /// Milliseconds between two times.
    const BETWEEN: Millis = 2_000;

    /// All that was said, the oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &String> {
        self.lines.iter()
    }

    /// Says a line.
    pub fn say(&mut self, line: String) {
        self.lines.push_back(line);
        if self.lines.len() > Self::HELD {
            self.lines.pop_front();
        }
    }

    /// Takes lines of output, to be said when some were not only just.
    pub fn wrote(&mut self, lines: &[String], now: Millis) {
        if lines.is_empty() {
            return;
        }
        self.waiting.extend(lines.iter().cloned());
        let surplus = self.waiting.len().saturating_sub(Self::AT_ONCE);
        self.waiting.drain(..surplus);
        self.passed_over += surplus;
        let next = self.last.map_or(now, |last| last + Self::BETWEEN);
        self.due.get_or_insert(next);
        self.keep_up(now);
    }

    /// When there is something to be said, if there is.
    pub fn due(&self) -> Option<Millis> {
        self.due
    }

    /// Says the lines of output whose time has come.
    pub fn keep_up(&mut self, now: Millis) {
        if self.due.is_some_and(|due| due <= now) {
            self.flush(now);
        }
    }

    /// Says the lines of output that wait, for what comes next is about them.
    pub fn flush(&mut self, now: Millis) {
        let passed_over = std::mem::take(&mut self.passed_over);
        if passed_over > 0 {
            self.say(format!("| ({})", left_out(passed_over)));
        }
        let lines = std::mem::take(&mut self.waiting);
        if self.due.take().is_some() {
            self.last = Some(now);
        }
        for line in lines {
            self.say(format!("| {line}"));
        }
    }
}

/// What a record has to say to somebody who hears it, if anything.
pub fn told(state: &RunState, record: &Record) -> Option<String> {
    let count = state.steps.len();
    let number = |step: Step| {
        state
            .steps
            .iter()
            .position(|state| state.step == step)
            .map_or(0, |at| at + 1)
    };
    Some(match &record.event {
        Event::Planned { by, .. } => format!("Planned by {by}, {}", minute(&record.at)),
        Event::Began { undo_to: Some(to), .. } => format!("Rolling back to before {to}"),
        Event::StepBegan { step } => format!("Step {} of {count} begins: {step}", number(*step)),
        Event::StepEnded { step, ending, words } => {
            let how = match ending {
                Ending::Done => "done",
                Ending::Found => "found done",
                Ending::Skipped => "skipped",
            };
            format!("Step {} of {count} {how}: {step}: {words}", number(*step))
        }
        Event::StepUndone { step, words } => format!("Step {} of {count} undone: {step}: {words}", number(*step)),
        Event::Halted { halt, words, problem } => match (halt, problem) {
            (_, Some(problem)) => format!("Failed: {} {} {}", problem.what, problem.why, problem.next),
            (Halt::Waiting, None) => format!("Waiting: {words}"),
            (_, None) => words.clone(),
        },
        // What it waits for, while it goes on looking.
        Event::Note { words, .. } => words.clone(),
        Event::Began { .. } | Event::Intent { .. } | Event::Outcome { .. } => return None,
    })
}

/// That the process at work ended without a word, and what can be done about that, a sentence each, with keys in angle
/// brackets; `None` where the journal says how it ended.
pub fn cut_short(state: &RunState) -> Option<[String; 2]> {
    if state.halted.is_some() {
        return None;
    }
    Some(match Progress::of(state) {
        Some(Progress { done, count, .. }) => [
            format!("Rolling back was cut short: {done} of {count} is undone, and no process is at work on it."),
            "<P> goes on; what was begun is looked at first.".to_owned(),
        ],
        None => [
            "It was cut short: no process is at work on it any more.".to_owned(),
            "<P> goes on; what was begun is looked at first, and nothing is done twice.".to_owned(),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_much_output_the_last_lines_are_said_now_and_then() {
        let lines = |from: usize, to: usize| (from..=to).map(|line| format!("line {line}")).collect::<Vec<_>>();
        let mut said = Said::default();
        said.wrote(&lines(1, 10), 1_000);
        let all = |said: &Said| said.lines().cloned().collect::<Vec<_>>();
        assert_eq!(
            all(&said),
            ["| (7 lines left out)", "| line 8", "| line 9", "| line 10"]
        );
        said.wrote(&lines(11, 12), 1_250);
        said.wrote(&lines(13, 14), 1_500);
        assert_eq!((all(&said).len(), said.due()), (4, Some(3_000)));
        said.keep_up(2_999);
        assert_eq!(all(&said).len(), 4);
        said.keep_up(3_000);
        assert_eq!(
            all(&said)[4..],
            ["| (1 line left out)", "| line 12", "| line 13", "| line 14"]
        );
        assert_eq!(said.due(), None);
        // What came of a command is not said before what it wrote.
        said.wrote(&lines(15, 15), 3_100);
        said.flush(3_200);
        said.say("done".to_owned());
        assert_eq!(all(&said)[8..], ["| line 15", "done"]);
    }
}
