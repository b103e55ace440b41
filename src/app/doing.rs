//! Changes on their way: the one that was sent, and those that can be taken back or done again.

use serde::{Deserialize, Serialize};

use crate::domain::access::Footprint;
use crate::domain::count::thousands;
use crate::domain::deed::{Deed, Tally};
use crate::domain::role::NewRole;
use crate::domain::tenant::TenantScope;

use super::choice::{Choice, Elsewhere};
use super::comparison_view::Compared;
use super::effect::{JobId, Millis};
use super::remote::Remote;
use super::resume::{Draft, EntryDraft, PickDraft, how_sent};

/// A change that was sent and has not been answered.
#[derive(Clone, Debug)]
pub struct Doing {
    /// The question under which it was sent.
    pub job: JobId,
    /// What it is.
    pub deed: Deed,
    /// Why.
    pub turn: Turn,
    /// Which change it takes back or does again.
    pub of: Option<Mark>,
    /// The ids of the tokens called so that were there before, of a token that is made where those were read.
    pub known: Option<Vec<String>>,
    /// How those of its items went that have ended.
    pub tally: Tally,
    /// Whether nothing more of it is sent, because the operator said so.
    pub is_stopping: bool,
    /// Whether it was not answered, but seen to be there as it was sent.
    pub is_seen: bool,
    /// What was shown of the first of the tenants that are to be deleted, in their order, while those of them that were counted
    /// are counted once more; empty once anything was sent.
    pub shown: Vec<Remote<Footprint>>,
}

impl Doing {
    /// One that was sent just now.
    pub fn new(job: JobId, deed: Deed, turn: Turn) -> Self {
        Self {
            job,
            deed,
            turn,
            of: None,
            known: None,
            tally: Tally::default(),
            is_stopping: false,
            is_seen: false,
            shown: Vec::new(),
        }
    }

    /// What is said of it behind what was done.
    pub fn how_seen(is_seen: bool) -> &'static str {
        if is_seen { "; it is as you sent it" } else { "" }
    }

    /// Whether its tenants are counted once more, so that nothing of it was sent yet.
    pub fn counts_again(&self) -> bool {
        !self.shown.is_empty()
    }
}

/// Why a change is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    /// The operator wants it.
    #[default]
    Forth,
    /// It takes the last one back.
    Back,
    /// It does again what was taken back.
    Again,
}

impl Turn {
    /// What it does, as it begins a title or a sentence.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Forth => "Do",
            Self::Back => "Undo",
            Self::Again => "Redo",
        }
    }

    /// What became of what it is about, as it ends a sentence.
    pub fn past(self) -> &'static str {
        match self {
            Self::Forth | Self::Back => "taken back",
            Self::Again => "done again",
        }
    }

    /// What stands before what is done where it is recorded, of a change that is made of so many things of so many.
    pub fn aim(self, of: usize, all: usize) -> String {
        let word = match self {
            Self::Forth => return String::new(),
            Self::Back => "undo",
            Self::Again => "redo",
        };
        if of < all {
            format!("{word} of {} of {}: ", thousands(of as u64), thousands(all as u64))
        } else {
            format!("{word}: ")
        }
    }
}

/// How many things of how many were taken back or done again, behind what was done: `; 1 of 2 taken back`.
pub fn part_words((done, all): (usize, usize), turn: Turn) -> String {
    let what = match turn {
        Turn::Again => "done again",
        Turn::Forth | Turn::Back => "taken back",
    };
    format!("; {} of {} {what}", thousands(done as u64), thousands(all as u64))
}

/// By what a change of the past is known among others: when it was made, and its words.
pub type Mark = (Millis, String);

/// A change of the past, with what takes it back or does it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Undoable {
    /// What was done, in words.
    pub words: String,
    /// When, in milliseconds since 1970.
    pub at: Millis,
    /// What takes it back, or does it again; `None` if nothing does.
    pub deed: Option<Deed>,
    /// The change itself, to come back to it; `None` where it cannot be kept.
    pub other: Option<Deed>,
    /// Why nothing takes it back, or what of it is not taken back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
    /// How many of its things were taken back or done again before, and how many there were, where those were not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<(usize, usize)>,
}

impl Undoable {
    /// The same as far as it can be kept until the next start.
    pub fn kept(&self) -> Option<Self> {
        let is_kept = self.deed.as_ref().is_none_or(Deed::is_kept);
        is_kept.then(|| Self {
            other: self.other.clone().filter(Deed::is_kept),
            ..self.clone()
        })
    }

    /// By what it is known among others.
    pub fn mark(&self) -> Mark {
        (self.at, self.words.clone())
    }

    /// How many things there are, with those that were taken back or done again before.
    pub fn all(&self) -> usize {
        let of_deed = || self.deed.as_ref().map_or(0, Deed::len);
        self.part.map_or_else(of_deed, |(_, all)| all)
    }

    /// How many of how many are taken back or done again once `more` are.
    pub fn come(&self, more: usize) -> (usize, usize) {
        (self.part.map_or(0, |(before, _)| before) + more, self.all())
    }

    /// Whether it is too long ago to be taken back at this time, in milliseconds since 1970.
    pub fn is_expired(&self, wall: Millis) -> bool {
        self.at.saturating_add(Self::EXPIRES) <= wall
    }

    /// Whether it is so long ago that it is not even kept. Until then a clock that was wrong for a while loses nothing.
    pub fn is_gone(&self, wall: Millis) -> bool {
        self.at.saturating_add(Self::GOES) <= wall
    }

    /// Milliseconds after which a change is not taken back any more: too much may have been built on it.
    pub const EXPIRES: Millis = 24 * 60 * 60 * 1000;
    /// Milliseconds after which it is not kept any more.
    pub const GOES: Millis = 7 * Self::EXPIRES;
    /// How many are kept.
    pub const KEPT: usize = 50;
}

/// A change that was sent, by this console or one before it, and whose outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Doubt {
    /// Why it was made.
    pub turn: Turn,
    /// What it is, and when it was sent; why nothing can be told of it where it cannot be kept.
    pub change: Undoable,
    /// Which change it takes back or does again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Mark>,
    /// As in [`Doing::known`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Vec<String>>,
    /// The form of a new tenant, as it was sent, in place of a deed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Draft>,
    /// The list from which it was chosen, which is opened again if it is not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick: Option<PickDraft>,
    /// The lines that were typed for it, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryDraft>,
    /// The question under which it is looked at.
    #[serde(skip)]
    pub job: Option<JobId>,
    /// Whether it was told that it is not there yet.
    #[serde(skip)]
    pub is_told: bool,
}

impl Doubt {
    /// Whether a read tells what came of it.
    pub fn is_kept(&self) -> bool {
        self.change.deed.is_some() || self.tenant.is_some()
    }

    /// What it is, and that its outcome is not known.
    pub fn words(&self) -> String {
        let words = &self.change.words;
        if self.is_kept() {
            format!("{words}, {}", how_sent(true))
        } else {
            words.clone()
        }
    }
}

/// What something is read for that is not on screen.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// To copy a role into it.
    CopyRole(Box<NewRole>),
    /// To compare a role with the one of the same name.
    CompareRole {
        /// The role.
        role: Box<Compared>,
        /// Its name in its tenant.
        name: String,
        /// The context of the tenant; `None` is the one that is open.
        elsewhere: Option<Elsewhere>,
    },
    /// To find out in which other contexts there may be one.
    CompareAt(Box<Compared>, String),
    /// To find out of which release another context is, and which tenants it has.
    CompareFrom {
        /// The role.
        role: Box<Compared>,
        /// Its name in its tenant.
        name: String,
        /// The name of the context.
        context: String,
    },
}

/// Something to be done once what is not on screen has been read.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The question under which it is read.
    pub job: JobId,
    /// The tenant.
    pub scope: TenantScope,
    /// What for.
    pub what: Purpose,
    /// How many screens there were; it is given up with the one that it was asked on.
    pub depth: usize,
    /// The list from which it was chosen; it comes back if nothing can be read.
    pub chosen_from: Option<Box<Choice>>,
}
