//! What the console was started with: which instance, under which name, and whether it may be changed.

use super::contexts::ContextFacts;
use super::effect::Millis;

/// The context the console works in, and the lock on changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Name of the context.
    pub context: String,
    /// The words by which the instance was entered, such as `--context prod`: by them it is recorded and come back to.
    pub command_words: Vec<String>,
    /// The URL or directory of the instance; empty where that is not known.
    pub place: String,
    /// Whether answers come over a network, so that typing should pause before something is asked.
    pub remote: bool,
    /// The base URL of the instance, where it is reached over HTTP.
    pub url: Option<String>,
    /// Whether we sign in there with a name and a password, rather than with a token.
    pub by_password: bool,
    /// The tenant where screens of tenants start, if the context names one.
    pub tenant: Option<String>,
    /// Version and files of this program: what each is, and where.
    pub program: Vec<(&'static str, String)>,
    /// Whether the command line asked for read-only; cannot be unlocked.
    pub read_only_flag: bool,
    /// Whether the whole configuration asks for read-only, so that it is not changed from here either.
    pub read_only_configuration: bool,
    /// Whether the context asks for read-only; can be unlocked.
    pub read_only_context: bool,
    /// Whether the context is protected: starts locked, and unlocking is typed.
    pub protected: bool,
    /// The colour that marks the context, by its name.
    pub color: Option<&'static str>,
    /// Milliseconds since 1970 (UTC) at which the console started, to show times of day and how long ago something was.
    pub started_at: u64,
    /// Whether migrations can be carried out from here.
    pub migrates: bool,
    /// Who we are as records of runs say it, if that is known.
    pub operator: Option<String>,
    /// Whether text may move and change by itself.
    pub reduced_motion: bool,
    /// Seconds between looks at whether somebody else changed something; 0 never looks.
    pub refresh_seconds: u64,
    /// Milliseconds that an answer of the instance is awaited.
    pub timeout: Millis,
    /// Whether nothing is configured and nobody said yet how to go on.
    pub first_start: bool,
    /// The context that the start came back to because the last console was cut off in it, until that has been said.
    pub came_back: Option<String>,
    /// What is to be said once the console is open.
    pub notices: Vec<String>,
    /// The words that lead to the instance still, where the context leads elsewhere by now.
    stray_words: Option<Vec<String>>,
    unlocked: bool,
    /// Whether the operator locked changes in a context that starts without a lock.
    locked: bool,
    used_at: Millis,
}

/// The lock in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `RO`: changes are refused.
    ReadOnly,
    /// `RW`: changes are sent.
    Writable,
    /// `RW*`: changes are sent although the context is protected.
    Unlocked,
}

impl Mode {
    /// The mode as the header shows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadOnly => "RO",
            Self::Writable => "RW",
            Self::Unlocked => "RW*",
        }
    }
}

impl Session {
    /// A session in a writable context.
    pub fn new(context: impl Into<String>) -> Self {
        Self {
            context: context.into(),
            ..Self::default()
        }
    }

    /// The words that lead a command to the same configuration, if it is one of our own choice.
    pub fn config_words(&self) -> &[String] {
        match self.command_words.get(..2) {
            Some(words) if words.first().is_some_and(|flag| flag == "--config") => words,
            _ => &[],
        }
    }

    /// The words that lead a command to the same instance now, such as `--context prod`.
    pub fn lead_words(&self) -> &[String] {
        self.stray_words.as_deref().unwrap_or(&self.command_words)
    }

    /// Whether the context leads elsewhere by now, or is gone.
    pub fn strays(&self) -> bool {
        self.stray_words.is_some()
    }

    /// The name of the context that is in use, as the configuration has it; empty where that leads elsewhere by now.
    pub fn listed(&self) -> &str {
        if self.strays() { "" } else { &self.context }
    }

    /// Goes on where it is, whether the context leads there or elsewhere by now: the commands that do the same go there, too.
    pub fn stray(&mut self, strays: bool) {
        let flag = if self.remote { "--host" } else { "--store" };
        let words = || [self.config_words(), &[flag.to_owned(), self.place.clone()]].concat();
        self.stray_words = strays.then(words);
        self.unlocked &= !strays;
    }

    /// Goes on in another context, under its own lock. What the command line asked for stays.
    pub fn enter(&mut self, facts: &ContextFacts) {
        self.context.clone_from(&facts.name);
        self.command_words.clone_from(&facts.command_words);
        self.place.clone_from(&facts.place);
        self.stray_words = None;
        self.remote = facts.remote;
        self.url.clone_from(&facts.url);
        self.by_password = facts.by_password;
        self.tenant.clone_from(&facts.tenant);
        self.read_only_context = facts.read_only;
        self.protected = facts.protected;
        self.color = facts.color;
        self.migrates = facts.migrates;
        self.operator = facts.operator.clone().or_else(|| self.operator.take());
        self.unlocked = false;
        self.locked = false;
    }

    /// Milliseconds without a key after which an unlocked context locks itself again.
    pub const LOCKS_AFTER: Millis = 15 * 60 * 1000;

    /// Whether changes are sent, and why.
    pub fn mode(&self) -> Mode {
        match (self.read_only_flag, self.starts_locked(), self.unlocked) {
            (true, ..) | (_, true, false) => Mode::ReadOnly,
            _ if self.strays() => Mode::ReadOnly,
            (false, false, _) if self.locked => Mode::ReadOnly,
            (false, true, true) if self.protected => Mode::Unlocked,
            (false, ..) => Mode::Writable,
        }
    }

    /// Why nothing is changed where the context does not lead any more: what is recorded of a change names it, and would be done
    /// where it leads now.
    pub const STRAYS: &str = "changes are locked: the context leads elsewhere or is gone; <c> leads to one";

    /// Whether changes are refused in the context until they are unlocked, and some time after.
    fn starts_locked(&self) -> bool {
        self.read_only_context || self.protected
    }

    /// Why changes are refused, if they are.
    pub fn refusal(&self) -> Option<&'static str> {
        match self.mode() {
            Mode::ReadOnly if self.read_only_flag => Some("changes are locked: it was started with --read-only"),
            Mode::ReadOnly if self.strays() => Some(Self::STRAYS),
            Mode::ReadOnly => Some("changes are locked; <W> unlocks them"),
            Mode::Writable | Mode::Unlocked => None,
        }
    }

    /// Why nothing on this machine is changed from here, such as a context or a rehearsal that is made, if it is not.
    pub fn refusal_here(&self) -> Option<&'static str> {
        match (self.read_only_flag, self.read_only_configuration) {
            (true, _) => Some("it was started with --read-only"),
            (false, true) => Some("the configuration is read-only"),
            (false, false) => None,
        }
    }

    /// Whether changes that are locked can be unlocked.
    pub fn can_unlock(&self) -> bool {
        !self.read_only_flag && !self.strays()
    }

    /// Allows changes: in a context that starts locked until [`Session::LOCKS_AFTER`] has passed without a key.
    pub fn unlock(&mut self, now: Millis) {
        self.unlocked = true;
        self.locked = false;
        self.used_at = now;
    }

    /// Takes over that the context is read-only or protected by now: where one of them is new, it is locked as if just entered.
    pub fn starts_locked_by(&mut self, read_only: bool, protected: bool) {
        self.unlocked &= (read_only, protected) == (self.read_only_context, self.protected);
        (self.read_only_context, self.protected) = (read_only, protected);
    }

    /// Refuses changes from now on, in a context that is normally writable too.
    pub fn lock(&mut self) {
        self.unlocked = false;
        self.locked = true;
    }

    /// Notes that the operator is there.
    pub fn used(&mut self, now: Millis) {
        self.used_at = now;
    }

    /// When an unlocked context locks itself.
    pub fn lock_deadline(&self) -> Option<Millis> {
        let locks = self.unlocked && self.starts_locked() && self.mode() != Mode::ReadOnly;
        locks.then_some(self.used_at + Self::LOCKS_AFTER)
    }

    /// Locks an unlocked context if nobody has been there for long, and says whether it did.
    pub fn expire(&mut self, now: Millis) -> bool {
        let due = self.lock_deadline().is_some_and(|deadline| deadline <= now);
        if due {
            self.unlocked = false;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was unlocked does not stay so over the time in which the context leads elsewhere, while nothing locks it.
    #[test]
    fn a_context_that_leads_here_again_is_locked_as_it_starts() {
        let mut session = Session {
            protected: true,
            ..Session::new("prod")
        };
        session.unlock(0);
        session.stray(true);
        assert!(session.mode() == Mode::ReadOnly && !session.can_unlock());
        session.stray(false);
        assert!(session.mode() == Mode::ReadOnly && session.can_unlock());
    }

    #[test]
    fn a_protected_context_starts_locked_and_locks_again() {
        let mut session = Session {
            protected: true,
            ..Session::default()
        };
        assert_eq!(session.mode(), Mode::ReadOnly);
        session.unlock(1000);
        assert_eq!(session.mode(), Mode::Unlocked);
        assert!(!session.expire(1000 + Session::LOCKS_AFTER - 1));
        assert!(session.expire(1000 + Session::LOCKS_AFTER));
        assert_eq!(session.mode(), Mode::ReadOnly);
    }

    #[test]
    fn a_read_only_context_is_writable_once_unlocked_and_locks_again() {
        let mut session = Session {
            read_only_context: true,
            ..Session::default()
        };
        assert_eq!(session.mode(), Mode::ReadOnly);
        session.unlock(1000);
        // Only where changes are asked about as in a protected context does the header say more.
        assert_eq!(session.mode(), Mode::Writable);
        assert_eq!(session.lock_deadline(), Some(1000 + Session::LOCKS_AFTER));
        assert!(session.expire(1000 + Session::LOCKS_AFTER));
        assert_eq!((session.mode(), session.lock_deadline()), (Mode::ReadOnly, None));
        session.unlock(0);
        session.lock();
        assert_eq!(session.mode(), Mode::ReadOnly);
    }

    #[test]
    fn the_flag_cannot_be_unlocked_and_a_writable_context_can_be_locked() {
        let mut session = Session {
            read_only_flag: true,
            ..Session::default()
        };
        session.unlock(0);
        assert_eq!(session.mode(), Mode::ReadOnly);
        let mut session = Session::default();
        assert_eq!(session.mode(), Mode::Writable);
        session.lock();
        assert_eq!(session.mode(), Mode::ReadOnly);
        session.unlock(0);
        assert_eq!((session.mode(), session.lock_deadline()), (Mode::Writable, None));
        // One that is protected is unlocked then, and one that was locked goes back to how it starts.
        let facts = ContextFacts {
            protected: true,
            ..ContextFacts::default()
        };
        session.lock();
        session.enter(&facts);
        session.unlock(0);
        assert_eq!(session.mode(), Mode::Unlocked);
        session.lock();
        assert_eq!(session.mode(), Mode::ReadOnly);
        session.enter(&ContextFacts::default());
        assert_eq!(session.mode(), Mode::Writable);
    }
}
