//! How a command ends when it does not end well.

use std::io;

use serde_json::{Value, json};

use crate::domain::problem::{Problem, ProblemKind};

/// Why a command stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Something went wrong, and the operator should know.
    Problem(Problem),
    /// Whoever read the output has had enough, as `head` does. Nothing is wrong.
    ClosedPipe,
    /// A command that was run for the operator ended with this code, and has said why itself.
    Exit(u8),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Problem(Problem::new(
            ProblemKind::Failed,
            "The output could not be written.",
            format!("The system says: {error}."),
            "Make room, or send the output elsewhere, and try again.",
        ))
    }
}

/// A usage or input mistake, exit code 2.
pub fn invalid(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Invalid, what, why, next)
}

/// How a command ends that was to do many things: well, in part, or the way all of them failed.
///
/// # Errors
/// If one of them failed. `next` says what to do about those.
pub fn ending_of_many(failed: &[&Problem], all: usize, summary: String, next: &str) -> Result<(), Problem> {
    let Some(first) = failed.first() else {
        return Ok(());
    };
    let kind = if failed.len() < all {
        ProblemKind::Partly
    } else if failed.iter().all(|problem| problem.kind == first.kind) {
        first.kind
    } else {
        ProblemKind::Failed
    };
    let why = format!("The first that failed: {} {}", first.what, first.why);
    let details: Vec<String> = failed.iter().map(|problem| reason(problem)).collect();
    Err(Problem::new(kind, summary, why, next).with_detail(details.join("\n")))
}

/// What is told of one of many that failed, on its line.
pub fn reason(problem: &Problem) -> String {
    format!("{} {}", problem.what, problem.why)
}

/// The same in JSON.
pub fn problem_json(problem: &Problem) -> Value {
    json!({"kind": problem.kind, "what": problem.what, "why": problem.why, "next": problem.next})
}

/// What to do about some of many that failed, where repeating the command is harmless.
pub const REPEAT: &str = "Correct them and repeat the command; what is done already stays as it is.";
