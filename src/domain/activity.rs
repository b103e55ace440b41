//! What this program did to instances: a row of its own activity record, for whoever asks later.
//!
//! A row says who did what, when, where and with what result, and never a secret. The file of rows is kept by
//! `crate::activity`.

use serde::{Deserialize, Serialize};

use super::problem::{Problem, ProblemKind};
use super::redact;

/// Changes that the console reads at most, the newest; the command reads all.
pub const ON_SCREEN: usize = 20_000;

/// One change that was made or tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// Account and machine of the person: `ana@jump1`. Rows of older programs call it `operator`.
    #[serde(alias = "operator")]
    pub account: String,
    /// The context, local instance or host, as people call it.
    pub context: String,
    /// Where the instance is: a URL, or a directory.
    pub place: String,
    /// Login name in Kestra, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// What it is about, by the names that were known. Rows of older programs have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The command of this program that makes the same change.
    pub command: String,
    /// How it ended.
    pub result: ActivityResult,
    /// What went wrong, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// By what its [`Outcome`] names it in the file, and people ask for it. Rows that could not be noted when they began have
    /// none, nor have those of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// How a change ended that was noted when it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The id of its row.
    pub of: String,
    /// How it ended.
    pub result: ActivityResult,
    /// What went wrong, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Outcome {
    /// The outcome of a change that ended like this, without secrets and still without the id of its row.
    pub fn of(ended: Result<ActivityResult, &Problem>) -> Self {
        let (result, problem) = match ended {
            Ok(result) => (result, None),
            Err(problem) => (
                ActivityResult::of(problem),
                Some(redact::line(&format!("{} {}", problem.what, problem.why), &[])),
            ),
        };
        Self {
            of: String::new(),
            result,
            problem,
        }
    }
}

/// How a change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActivityResult {
    /// It was made.
    Done,
    /// It was as wanted already, so that nothing was changed.
    Unchanged,
    /// The instance or this program refused it.
    Refused,
    /// Some of it was made, and some was not.
    Partly,
    /// It failed.
    Failed,
    /// It was begun, and nobody knows how it ended: nothing answered, it is under way, or this program was ended meanwhile.
    Unknown,
}

impl ActivityResult {
    /// The result in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Partly => "partly",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// What a problem says about how it ended.
    pub fn of(problem: &Problem) -> Self {
        match problem.kind {
            _ if problem.is_unknown => Self::Unknown,
            ProblemKind::Invalid
            | ProblemKind::Denied
            | ProblemKind::NotFound
            | ProblemKind::Conflict
            | ProblemKind::Unconfirmed => Self::Refused,
            ProblemKind::Partly => Self::Partly,
            ProblemKind::Failed | ProblemKind::Waiting | ProblemKind::Unreachable | ProblemKind::Interrupted => {
                Self::Failed
            }
        }
    }
}

impl Activity {
    /// Who did it: whom Kestra took us for, or else the account of the system.
    pub fn who(&self) -> &str {
        self.identity.as_deref().unwrap_or(&self.account)
    }

    /// What it was about, or the command where nobody noted that.
    pub fn what(&self) -> &str {
        self.about.as_deref().unwrap_or(&self.command)
    }

    /// The same with everything hidden that looks like a secret, which is the only form that is kept. The command is one
    /// that was written for a record: see [`Change::recorded_command`](super::change::Change::recorded_command).
    pub fn redacted(mut self) -> Self {
        self.place = redact::line(&self.place, &[]);
        self.about = self.about.map(|about| redact::line(&about, &[]));
        self.problem = self.problem.map(|problem| redact::line(&problem, &[]));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_in_part_is_not_said_to_have_failed() {
        let problem = Problem::new(ProblemKind::Partly, "What.", "Why.", "Next.");
        assert_eq!(ActivityResult::of(&problem).word(), "partly");
        let kept = serde_json::to_string(&ActivityResult::Partly).unwrap();
        assert_eq!(kept, "\"PARTLY\"");
    }

    #[test]
    fn the_record_has_the_words_of_its_lists_and_that_of_an_older_program_is_read() {
        let older = r#"{"time":"","operator":"ana@jump1","context":"prod","place":"","identity":"ana","command":"","result":"DONE"}"#;
        let row: Activity = serde_json::from_str(older).unwrap();
        let kept = serde_json::to_string(&row).unwrap();
        assert!(
            kept.contains(r#""account":"ana@jump1""#) && kept.contains(r#""identity":"ana""#),
            "{kept}"
        );
        assert!(!kept.contains("operator"), "{kept}");
        assert_eq!(serde_json::from_str::<Activity>(&kept).unwrap(), row);
        assert_eq!(row.who(), "ana");
    }

    #[test]
    fn what_nobody_knows_the_end_of_is_unknown() {
        let problem = Problem::new(ProblemKind::Unreachable, "What.", "Why.", "Next.");
        assert_eq!(ActivityResult::of(&problem).word(), "failed");
        assert_eq!(ActivityResult::of(&problem.unknown()).word(), "unknown");
    }

    #[test]
    fn what_looks_like_a_secret_is_hidden() {
        let row = Activity {
            time: String::new(),
            account: "ana@jump1".to_owned(),
            context: "prod".to_owned(),
            place: "https://ana:s3cret@kestra.example.com".to_owned(),
            identity: None,
            about: None,
            command: "kestra-admin roles create --name Ops --allow SECRET:READ".to_owned(),
            result: ActivityResult::Failed,
            problem: Some("The server said: Bearer s3cret".to_owned()),
            id: None,
        };
        let kept = serde_json::to_string(&row.redacted()).unwrap();
        assert!(!kept.contains("s3cret"), "{kept}");
        assert!(kept.contains("--allow SECRET:READ"), "{kept}");
    }
}
