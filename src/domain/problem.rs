//! What went wrong, written for the operator: what happened, why, and what to do next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of failure a script can tell apart, each with an exit code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProblemKind {
    /// It failed, and nothing more precise is known.
    Failed,
    /// The input is not valid.
    Invalid,
    /// Not authenticated, or not allowed.
    Denied,
    /// There is no such thing.
    NotFound,
    /// It exists already, or somebody changed it meanwhile.
    Conflict,
    /// Some of it was done, and some was not.
    Partly,
    /// A confirmation is missing, or changes are locked.
    Unconfirmed,
    /// It waits for the operator.
    Waiting,
    /// The instance does not answer.
    Unreachable,
    /// Interrupted by the operator.
    Interrupted,
}

impl ProblemKind {
    /// The exit code of a command that ends with this.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Invalid => 2,
            Self::Denied => 3,
            Self::NotFound => 4,
            Self::Conflict => 5,
            Self::Partly => 6,
            Self::Unconfirmed => 7,
            Self::Waiting => 8,
            Self::Unreachable => 9,
            Self::Interrupted => 130,
        }
    }
}

/// A message that belongs to one field of an object, such as `id` or `workerGroup.key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMessage {
    /// Path of the field in Kestra's own spelling, parts joined by dots.
    pub path: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}

/// A failure in three sentences, with the details an expert asks for next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The kind, which decides the exit code.
    pub kind: ProblemKind,
    /// What happened.
    pub what: String,
    /// Why we think so.
    pub why: String,
    /// What to do next.
    pub next: String,
    /// Further detail, possibly many lines: a status, a body, a cause.
    pub detail: Option<String>,
    /// Messages for single fields, if it was an object that was refused.
    pub fields: Vec<FieldMessage>,
    /// Whether nothing was begun, as what it is a part of had come to its end before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_left: bool,
    /// Whether it may have been done all the same: nobody could tell.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_unknown: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Problem {
    /// That output could not be written, as on a full disk. `says` is what the system says.
    pub fn unwritten(says: impl fmt::Display) -> Self {
        Self::new(
            ProblemKind::Failed,
            "The output could not be written.",
            format!("The system says: {says}."),
            "Make room, or send the output elsewhere, and try again.",
        )
    }

    /// The same where what was to be changed was changed before.
    #[must_use]
    pub fn after_a_change(mut self) -> Self {
        "The change was made, but the output could not be written.".clone_into(&mut self.what);
        "Look at what is there before you do it again; send the output elsewhere, or make room."
            .clone_into(&mut self.next);
        self
    }

    /// A problem with its three sentences.
    ///
    /// # Panics
    /// In builds with debug assertions, if one of the three is empty: a problem that does not say what to do next is half
    /// of one.
    pub fn new(kind: ProblemKind, what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        let problem = Self {
            kind,
            what: what.into(),
            why: why.into(),
            next: next.into(),
            detail: None,
            fields: Vec::new(),
            is_left: false,
            is_unknown: false,
        };
        for sentence in [&problem.what, &problem.why, &problem.next] {
            debug_assert!(!sentence.trim().is_empty(), "{problem:?}");
        }
        problem
    }

    /// How it goes with what was to be done and was not sent.
    pub fn not_sent(why: &str) -> Self {
        let next = "Do it again for what is left.";
        Self::new(ProblemKind::Unconfirmed, "It was not sent.", why, next).left()
    }

    /// The same with further detail.
    pub fn with_detail(mut self, detail: impl fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// The same of a part of a change that was left, and not even begun.
    pub fn left(mut self) -> Self {
        self.is_left = true;
        self
    }

    /// The same of a change that may have been made all the same.
    pub fn unknown(mut self) -> Self {
        self.is_unknown = true;
        self
    }

    /// The same with one more message for a field.
    pub fn with_field(mut self, path: impl Into<String>, message: impl Into<String>) -> Self {
        self.fields.push(FieldMessage {
            path: path.into(),
            message: message.into(),
        });
        self
    }
}

/// A usage or input mistake, exit code 2.
pub fn invalid(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Invalid, what, why, next)
}

/// The three lines, as a command prints them.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}", self.what, self.why, self.next)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_prints_as_its_three_lines() {
        let problem = Problem::new(
            ProblemKind::Conflict,
            "Tenant `a` exists.",
            "Ids are unique.",
            "Choose another.",
        );
        assert_eq!(
            problem.to_string(),
            "Tenant `a` exists.\nIds are unique.\nChoose another."
        );
        assert_eq!(problem.kind.exit_code(), 5);
    }
}
