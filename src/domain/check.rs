//! One step of an examination, such as `contexts test` makes: what was looked at, what was found, what to do next.

use serde::Serialize;

/// The step by which a rehearsal becomes a context.
pub const CONTEXT: &str = "context";

/// The last step of the way to a Kestra.
pub const MAINTENANCE: &str = "maintenance";

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// It works, and somebody should look at it.
    Warn,
    /// It does not work.
    Fail,
    /// Not looked at, because there was no need to or an earlier step failed.
    Skipped,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at, in few words.
    pub name: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// What was found, a sentence or a value.
    pub found: String,
    /// What to do next; always there where the step failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Check {
    /// A step without advice.
    pub fn new(name: &'static str, outcome: Outcome, found: impl Into<String>) -> Self {
        Self {
            name,
            outcome,
            found: found.into(),
            next: None,
        }
    }

    /// The same with what to do next.
    pub fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}
