//! What the operator has been told: one notice at a time, and a log of all.

mod message;

use std::collections::VecDeque;

use crate::domain::leading::led;
use crate::domain::problem::{Problem, ProblemKind};

use super::effect::{JobId, Millis};
use super::key_words::shown;
pub use message::{Level, MESSAGE_COLUMNS, Message, ShownMessage, problem_text};

/// Of what comes that which is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// Something that the operator did or asked for.
    #[default]
    Asked,
    /// A look that nobody asked for: an error lets what is on screen be read first.
    Look,
    /// Such a look at what has failed before: a problem that was dismissed and is told again stays so, besides.
    Retry,
}

/// Whether a message is on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    /// Not any more.
    #[default]
    No,
    /// Until this time.
    Until(Millis),
    /// Until it is dismissed or replaced.
    UntilDismissed,
}

/// The notice on screen, and all messages of this session.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    /// All messages, oldest first; at most [`Messages::KEPT`].
    pub log: VecDeque<Message>,
    shown: Shown,
    /// The number of the message that holds only for the place where it was told.
    of_place: Option<usize>,
    /// The number of the one that holds there only for the filter, the order and the selection that it is about.
    of_rows: Option<usize>,
    /// The questions of which a message says that its answer is awaited, and the number of that message, the last one last.
    of_waits: Vec<(JobId, usize)>,
    /// Whether there was a problem since one was dismissed or read in full.
    is_open: bool,
    /// How many messages there were in all.
    told: usize,
    /// How often something was told, in all.
    pub changes: usize,
    /// Of what that comes which is told now.
    pub cause: Cause,
    /// How many messages came after the one that is on screen without taking its place.
    behind: usize,
    /// The number of an error that comes on screen once the time of what is there is over.
    next: Option<usize>,
    /// How often the operator did something.
    turn: usize,
    /// What is said in passing, as of a key without a meaning, and until when. It takes no message's place.
    aside: Option<(Millis, String)>,
    /// What was told that names keys, as it was written: the number of the message, and the text.
    named: Vec<(usize, String)>,
    /// What was said in passing last, before its keys were named: the number of the message, and the text.
    noted: Option<(usize, String)>,
    /// What changes sent that are not answered yet.
    sent: Vec<(JobId, Vec<String>)>,
    /// Whose answer is taken right now.
    answering: Option<JobId>,
    /// That a change could not be noted in the activity record, until its answer is told.
    unrecorded: Option<Problem>,
    /// The same, for good: what is in the record is not all that was done.
    pub record_lacks: Option<Problem>,
    /// The words that lead the commands in problems to the instance, such as `--context prod`.
    pub lead: Vec<String>,
}

impl Messages {
    /// How many messages are kept.
    pub const KEPT: usize = 1000;
    /// Among how many problems in a row the same one is looked for.
    const ALIKE: usize = 8;

    /// None yet, of an instance that these words lead a command to.
    pub fn leading(lead: Vec<String>) -> Self {
        Self {
            lead,
            ..Self::default()
        }
    }

    /// The message on screen.
    pub fn notice(&self) -> Option<&Message> {
        if self.shown == Shown::No {
            return None;
        }
        self.log.iter().rev().nth(self.behind)
    }

    /// What is said in passing where no message is on screen, or none but that an answer is awaited, which it stands before.
    pub fn aside(&self) -> Option<&str> {
        let aside = self.aside.as_ref().filter(|_| self.is_free())?;
        Some(&aside.1)
    }

    /// Whether nothing is on screen that has to be read first.
    fn is_free(&self) -> bool {
        self.shown == Shown::No || self.says_awaited()
    }

    /// Says something in passing, unless a message is on screen. Keys in it are written as in [`Messages::tell`].
    pub fn say_aside(&mut self, at: Millis, text: &str) {
        if self.is_free() {
            let words = shown(text);
            let awaited = self.notice().map(|notice| notice.number);
            self.note(at, &words);
            self.behind = awaited.and_then(|awaited| self.back(awaited)).unwrap_or(0);
            self.aside = Level::Done.lasts().map(|lasts| (at + lasts, words));
            self.name(text);
        }
    }

    /// Remembers that what was told last names keys.
    fn name(&mut self, text: &str) {
        if text.contains('<') {
            self.named
                .extend(self.log.back().map(|told| (told.number, text.to_owned())));
        }
    }

    /// Names the keys in what was told since the last time as they are now.
    pub fn name_keys(&mut self, shown: impl Fn(&str) -> String) {
        for (number, written) in std::mem::take(&mut self.named) {
            let Some(told) = self.log.iter_mut().rev().find(|told| told.number == number) else {
                continue;
            };
            let before = std::mem::replace(&mut told.text, shown(&written));
            if let Some((_, aside)) = self.aside.as_mut().filter(|(_, aside)| *aside == before) {
                aside.clone_from(&told.text);
            }
        }
    }

    /// Keeps what is said in passing with the messages. The same in a row is one of them, said often.
    fn note(&mut self, at: Millis, text: &str) {
        self.changes += 1;
        let is_noted = |last: &&mut Message| {
            let noted = self.noted.as_ref();
            last.text == text || noted.is_some_and(|(number, said)| *number == last.number && said == text)
        };
        if let Some(same) = self.log.back_mut().filter(is_noted) {
            (same.times, same.last, same.news_at) = (same.times.saturating_add(1), at, Some(at));
            // Its keys are named once more.
            text.clone_into(&mut same.text);
            return;
        }
        self.told += 1;
        self.noted = Some((self.told, text.to_owned()));
        self.keep(Message {
            number: self.told,
            in_passing: true,
            ..Message::new(at, Level::Warning, text.to_owned())
        });
    }

    /// Takes back what was said in passing, as the operator does something else.
    pub fn go_on(&mut self) {
        self.aside = None;
        self.turn += 1;
    }

    /// When what is said on screen goes away by itself.
    pub fn deadline(&self) -> Option<Millis> {
        let aside = self.aside.as_ref().map(|(until, _)| *until);
        match self.shown {
            Shown::Until(until) => Some(aside.map_or(until, |aside| aside.min(until))),
            Shown::No | Shown::UntilDismissed => aside,
        }
    }

    /// Tells the operator something. Keys in it stand in angle brackets, which are not shown.
    pub fn tell(&mut self, at: Millis, level: Level, text: impl AsRef<str>) {
        let text = text.as_ref();
        self.add(Message::new(at, level, shown(text)));
        self.name(text);
    }

    /// Tells why what was asked for is not done now.
    pub fn not_now(&mut self, at: Millis, reason: &str) {
        self.tell(at, Level::Warning, format!("Not now: {reason}"));
    }

    /// The same as [`Messages::tell`] in front of an error that is on screen, which comes back after.
    pub fn tell_before(&mut self, at: Millis, level: Level, text: &str) {
        let error = self.notice().filter(|notice| notice.level == Level::Error);
        let error = error.map(|notice| notice.number);
        self.tell(at, level, text);
        self.next = error.or(self.next);
    }

    /// The same of something that holds for the place on screen alone.
    pub fn tell_here(&mut self, at: Millis, level: Level, text: impl AsRef<str>) {
        self.tell(at, level, text);
        self.of_place = self.log.back().map(|message| message.number);
    }

    /// The same as [`Messages::tell_behind`] of something that holds for the place on screen, and there for the rows as they are
    /// filtered, ordered and selected.
    pub fn tell_of_rows(&mut self, at: Millis, level: Level, text: impl AsRef<str>) {
        self.tell_behind(at, level, text);
        self.of_place = self.log.back().map(|message| message.number);
        self.of_rows = self.of_place;
    }

    /// Whether what holds for the place does so for its rows alone.
    pub fn are_of_rows(&self) -> bool {
        self.of_place.is_some() && self.of_place == self.of_rows
    }

    /// Takes the notice off the screen if it holds for a place that was left.
    pub fn leave_place(&mut self) {
        let of_place = self.of_place.take();
        self.dismiss_told(of_place);
    }

    /// Tells that the answer to a question is awaited, until it is there: what is told meanwhile stands before that for its time.
    pub fn tell_awaited(&mut self, at: Millis, level: Level, text: &str, job: JobId) {
        self.tell(at, level, text);
        self.of_waits.retain(|(of, _)| *of != job);
        self.of_waits
            .extend(self.log.back().map(|message| (job, message.number)));
        self.shown = Shown::UntilDismissed;
    }

    /// Whether what is on screen says that an answer is awaited.
    pub fn says_awaited(&self) -> bool {
        self.notice()
            .is_some_and(|notice| self.of_waits.iter().any(|(_, number)| *number == notice.number))
    }

    /// Takes the notice off the screen if it says that the answer to this question is awaited, which it is not any more.
    pub fn awaits_no_more(&mut self, job: JobId) {
        let of_job = self.of_waits.iter().position(|(of, _)| *of == job);
        let (_, number) = of_job.map(|at| self.of_waits.remove(at)).unzip();
        self.dismiss_told(number);
    }

    /// Takes the notice off the screen if it is the message of this number.
    fn dismiss_told(&mut self, number: Option<usize>) {
        if number.is_some() && self.notice().map(|notice| notice.number) == number {
            self.dismiss();
        }
    }

    /// Tells the operator that something was done, and how a script would do it.
    pub fn done(&mut self, at: Millis, text: impl Into<String>, command: String) {
        self.done_each(at, text, command, None);
    }

    /// The same of several things, with how each of them went.
    pub fn done_each(&mut self, at: Millis, text: impl Into<String>, command: String, results: Option<String>) {
        let whose = self.sent.iter().find(|(job, _)| Some(*job) == self.answering);
        let requests = whose.map_or_else(Vec::new, |(_, requests)| requests.clone());
        self.add(Message {
            command: Some(command),
            results,
            requests,
            ..Message::new(at, Level::Done, text.into())
        });
    }

    /// Keeps which requests a change took, until its answer is told.
    pub fn sent(&mut self, job: JobId, requests: Vec<String>) {
        self.sent.push((job, requests));
    }

    /// Takes that a change could not be noted in the activity record, which is told with what came of it.
    pub fn not_recorded(&mut self, problem: Problem) {
        self.record_lacks = Some(problem.clone());
        self.unrecorded = Some(problem);
    }

    /// Tells that a change could not be noted in the activity record, if that is so: with the answer to it, told since there were
    /// so many changes, or after an error, and until it is dismissed.
    pub fn tell_unrecorded(&mut self, at: Millis, changes: usize) {
        let Some(problem) = self.unrecorded.take() else { return };
        if self.has_told_done(changes)
            && self.behind == 0
            && let Some(done) = self.log.back_mut()
        {
            done.text = format!(
                "{}. It could not be noted in the activity record",
                done.text.trim_end_matches('.')
            );
            (done.level, done.problem) = (Level::Error, Some(problem));
            (self.shown, self.is_open) = (Shown::UntilDismissed, true);
            return;
        }
        self.problem_after(at, problem, |_| true);
    }

    /// Tells that what the next start goes on from could not be kept. On the same disk the record often lacks what was done, which
    /// stays on screen before it.
    pub fn not_saved(&mut self, at: Millis, problem: Problem) {
        let lacks = self.record_lacks.clone();
        self.problem_after(at, problem, |error| lacks.is_some() && error.problem == lacks);
    }

    /// Tells a problem, after the error on screen is dismissed where that is one that stays.
    fn problem_after(&mut self, at: Millis, problem: Problem, stays: impl Fn(&Message) -> bool) {
        let error = self
            .notice()
            .filter(|notice| notice.level == Level::Error && stays(notice));
        let error = error.map(|notice| notice.number);
        self.problem(at, problem);
        if let Some(back) = error.and_then(|error| self.back(error)).filter(|back| *back > 0) {
            (self.next, self.behind) = (self.log.back().map(|told| told.number), back);
        }
    }

    /// What is told from now on is the answer to this question, or to none any more. What an answered one sent is forgotten, and
    /// nothing says that it is awaited.
    pub fn answering(&mut self, job: Option<JobId>) {
        let answered = std::mem::replace(&mut self.answering, job);
        self.sent.retain(|(of, _)| Some(*of) != answered);
        if let Some(answered) = answered {
            self.awaits_no_more(answered);
        }
    }

    /// Tells the operator of a problem.
    pub fn problem(&mut self, at: Millis, problem: Problem) {
        self.problem_of(at, Level::Error, problem);
    }

    /// Tells the operator of a problem that matters this much.
    pub fn problem_of(&mut self, at: Millis, level: Level, problem: Problem) {
        let problem = led(problem, &self.lead);
        let text = problem.what.clone();
        self.add(Message {
            problem: Some(problem),
            ..Message::new(at, level, text)
        });
    }

    /// Tells the operator of a problem that the screen says something of, too: what was done a moment ago stays said.
    pub fn problem_behind(&mut self, at: Millis, problem: Problem) {
        self.keeping(Level::Done, |messages| messages.problem(at, problem));
    }

    /// The same as [`Messages::tell`], but for an error on screen, which stays there.
    pub fn tell_behind(&mut self, at: Millis, level: Level, text: impl AsRef<str>) {
        self.keeping(Level::Error, |messages| messages.tell(at, level, text));
    }

    /// Tells something that does not take the place of what is on screen, if that is of this level.
    fn keeping(&mut self, level: Level, tell: impl FnOnce(&mut Self)) {
        let stays = self.notice().is_some_and(|notice| notice.level == level);
        let (was, behind, next) = (self.shown, self.behind, self.next);
        let told = self.told;
        tell(self);
        if stays {
            (self.shown, self.next) = (was, next);
            self.behind = behind + (self.told - told);
        }
    }

    /// Whether what was told last is something that was done, as a command would do it, and was told since there were so many
    /// changes.
    pub fn has_told_done(&self, changes: usize) -> bool {
        let is_done = |last: &Message| last.level == Level::Done && last.command.is_some();
        self.changes != changes && self.log.back().is_some_and(is_done)
    }

    fn add(&mut self, mut message: Message) {
        // While something is out of reach each look at it fails alike: that is one message, told often.
        let in_a_row = self.log.iter().rev().take_while(|told| told.problem.is_some());
        let same = in_a_row
            .take(Self::ALIKE)
            .position(|told| told.is_same_problem(&message));
        let shown = self.notice().map(|notice| notice.number);
        let same = same.and_then(|back| self.log.remove(self.log.len() - 1 - back));
        message.turn = self.turn;
        // What is on screen stays there, and what was read stays read.
        let was_told = self.cause == Cause::Retry && same.as_ref().is_some_and(|same| Some(same.number) != shown);
        let is_error = message.level == Level::Error;
        // An error of the background lets what was told a moment ago be read, and comes then.
        let is_fresh = self.says_awaited() || matches!(self.shown, Shown::Until(until) if until > message.at);
        let waits = self.cause != Cause::Asked && !was_told && is_error && is_fresh;
        let stays = was_told || waits;
        if !stays {
            self.shown = message
                .level
                .lasts()
                .map_or(Shown::UntilDismissed, |lasts| Shown::Until(message.at + lasts));
        }
        self.is_open |= is_error && !was_told;
        match same {
            Some(before) => {
                message.number = before.number;
                message.at = before.at;
                message.times = before.times.saturating_add(1);
                // Of what is asked for at once each answer tells the same.
                let is_known = self.cause != Cause::Asked || before.turn == self.turn;
                if is_known && before.news_at.is_some() {
                    (message.news_at, message.turn) = (before.news_at, before.turn);
                }
            }
            None => {
                self.told += 1;
                message.number = self.told;
            }
        }
        if waits || is_error && !stays {
            self.next = waits.then_some(message.number);
        }
        self.changes += 1;
        self.keep(message);
        self.behind = shown.filter(|_| stays).and_then(|shown| self.back(shown)).unwrap_or(0);
    }

    fn keep(&mut self, message: Message) {
        self.log.push_back(message);
        if self.log.len() > Self::KEPT {
            self.log.pop_front();
        }
    }

    /// How many messages were told after the one of a number, if that is still kept.
    fn back(&self, number: usize) -> Option<usize> {
        self.log.iter().rev().position(|told| told.number == number)
    }

    /// Takes the notice off the screen; it stays in the log. An error that waited for that comes in its place, or else what says
    /// that an answer is awaited still, of several the last.
    pub fn dismiss(&mut self) {
        self.is_open &= self.next.is_some() || self.notice().is_none_or(|notice| notice.level != Level::Error);
        self.shown = Shown::No;
        let awaited = self.of_waits.last().map(|(_, number)| *number);
        if let Some(back) = self.next.take().or(awaited).and_then(|next| self.back(next)) {
            (self.shown, self.behind) = (Shown::UntilDismissed, back);
        }
    }

    /// Takes the notice off the screen because what was last wrong is read in full.
    pub fn read(&mut self) {
        self.is_open = false;
        self.next = None;
        self.dismiss();
    }

    /// Notes that problems of a kind are over, so that the next one is another, and says so in the log where one was told. What
    /// is on screen stays there.
    pub fn ended(&mut self, at: Millis, kind: ProblemKind, text: String) {
        let of_kind = self.log.iter_mut().filter(|message| message.is_of(kind));
        let were_news = of_kind.filter_map(|message| message.news_at.take());
        if were_news.count() == 0 {
            return;
        }
        let shown = self.notice().map(|notice| notice.number);
        self.told += 1;
        self.changes += 1;
        self.keep(Message {
            number: self.told,
            in_passing: true,
            ..Message::new(at, Level::Done, text)
        });
        self.behind = shown.and_then(|shown| self.back(shown)).unwrap_or(0);
    }

    /// Takes problems of a kind off the screen, and those that wait for their turn, because they are over.
    pub fn is_over(&mut self, kind: ProblemKind) {
        let is_of_kind = |message: &Message| message.is_of(kind);
        let waiting = self
            .next
            .and_then(|next| self.log.iter().find(|told| told.number == next));
        if waiting.is_some_and(is_of_kind) {
            self.next = None;
        }
        if self.notice().is_some_and(is_of_kind) {
            self.dismiss();
        }
    }

    /// Takes the notice off the screen if its time has come.
    pub fn expire(&mut self, now: Millis) {
        if matches!(self.shown, Shown::Until(until) if until <= now) {
            self.dismiss();
        }
        self.aside.take_if(|(until, _)| *until <= now);
    }

    /// The last problem, whatever was refused or noted since, until it is dismissed or read; then whatever was last something
    /// to think about.
    pub fn last_trouble(&self) -> Option<&Message> {
        let least = if self.is_open { Level::Error } else { Level::Warning };
        let mut told = self.log.iter().rev().filter(|message| !message.in_passing);
        told.find(|message| message.level >= least)
    }
}

#[cfg(test)]
#[path = "messages_tests.rs"]
mod tests;
