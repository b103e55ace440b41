//! What a step does in the world, as data, and what came of it.

use serde::{Deserialize, Serialize};

use super::access_snapshot::Comparison;
use super::choices::WantedTenant;
use super::inspection::Inspection;
use crate::domain::instance::Tenancy;
use crate::domain::problem::Problem;

/// A command that is run for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandKind {
    /// `kestra backups create FULL`.
    KestraBackup,
    /// The configured dump of the database.
    DatabaseBackup,
    /// The configured restart.
    Restart,
    /// `kestra auths users sync-access`.
    SyncAccess,
    /// The configured stop.
    Stop,
    /// The configured start.
    Start,
    /// `kestra migrate default-tenant --dry-run`.
    DryRun,
    /// `kestra migrate default-tenant`.
    Migrate,
    /// `kestra auths users refresh`.
    RefreshUsers,
}

impl CommandKind {
    /// Arguments for Kestra's own command line, if it is one of its commands.
    pub fn kestra_arguments(self, tenant: Option<&WantedTenant>) -> Option<Vec<String>> {
        let fixed = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        let moving = || {
            let tenant = tenant?;
            Some(
                [
                    "migrate",
                    "default-tenant",
                    "--tenant-id",
                    tenant.id.as_str(),
                    "--tenant-name",
                    &tenant.name,
                ]
                .map(str::to_owned)
                .to_vec(),
            )
        };
        match self {
            Self::KestraBackup => fixed(&["backups", "create", "FULL"]),
            Self::SyncAccess => fixed(&["auths", "users", "sync-access"]),
            Self::RefreshUsers => fixed(&["auths", "users", "refresh"]),
            Self::Migrate => moving(),
            Self::DryRun => moving().map(|mut words: Vec<String>| {
                words.push("--dry-run".to_owned());
                words
            }),
            Self::DatabaseBackup | Self::Restart | Self::Stop | Self::Start => None,
        }
    }

    /// Seconds it may take.
    pub fn limit_seconds(self) -> u64 {
        match self {
            Self::KestraBackup | Self::DatabaseBackup | Self::Migrate => 4 * 60 * 60,
            Self::SyncAccess | Self::RefreshUsers | Self::DryRun => 30 * 60,
            Self::Restart | Self::Stop | Self::Start => 15 * 60,
        }
    }
}

/// Something to be done. A read may be repeated; anything else is written down first and never repeated blindly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Action {
    /// Look at everything.
    Inspect,
    /// Run a command.
    Run {
        /// Which.
        command: CommandKind,
    },
    /// Copy the configuration file.
    CopyFile,
    /// Set both settings in the configuration file.
    Edit {
        /// What they are afterwards.
        to: Tenancy,
    },
    /// Wait until the instance reports the settings.
    AwaitSettings {
        /// What it has to report.
        wanted: Tenancy,
    },
    /// Wait until the instance does not answer any more.
    AwaitDown,
    /// Wait until the instance answers.
    AwaitUp,
    /// Compare who holds what with what was seen before.
    CompareAccess,
    /// Create a tenant with its admin.
    CreateTenant {
        /// Which.
        tenant: WantedTenant,
    },
    /// Count once more what becomes unreachable.
    Recount,
    /// Say what has to be moved in the storage.
    StorageGuidance,
    /// Compare the end state with the plan.
    CompareEnd,
    /// Write the report.
    WriteReport,
    /// Undo an edit: put the file back as it was, or its settings where others changed the rest.
    RestoreFile {
        /// The file.
        path: String,
        /// The copy that was made before.
        copy: String,
        /// The digest of what the edit left.
        after_hash: String,
        /// The settings it had before, where it had any.
        before: WrittenSettings,
    },
    /// Undo the creation of a tenant in which nothing lives yet.
    DeleteTenant {
        /// Its id.
        id: String,
        /// Its name, by which it is recognised.
        name: String,
    },
}

/// What a file says of the two settings; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WrittenSettings {
    /// `enabled`.
    pub enabled: Option<bool>,
    /// `default-tenant`.
    pub default_tenant: Option<bool>,
}

impl Action {
    /// What undoing does, in a sentence; what it is called otherwise.
    pub fn words(&self) -> String {
        match self {
            Self::RestoreFile { path, .. } => format!("put `{path}` back as it was"),
            Self::DeleteTenant { id, .. } => format!("delete tenant `{id}`, if nothing lives in it"),
            Self::Run {
                command: CommandKind::Restart,
            } => "restart the servers".to_owned(),
            Self::AwaitSettings { wanted } => {
                format!(
                    "wait until the instance reports {}",
                    super::plan_text::settings(*wanted)
                )
            }
            _ => "look".to_owned(),
        }
    }

    /// Whether it only looks, so that it may be done again at any time.
    pub fn is_read(&self) -> bool {
        match self {
            Self::Inspect
            | Self::AwaitSettings { .. }
            | Self::AwaitDown
            | Self::AwaitUp
            | Self::CompareAccess
            | Self::Recount
            | Self::StorageGuidance
            | Self::CompareEnd
            | Self::WriteReport
            | Self::CopyFile => true,
            Self::Run { command } => matches!(command, CommandKind::DryRun),
            Self::Edit { .. } | Self::CreateTenant { .. } | Self::RestoreFile { .. } | Self::DeleteTenant { .. } => {
                false
            }
        }
    }
}

/// What was changed or learned, kept as proof and for undoing it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "receipt", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Receipt {
    /// What was found.
    Inspected {
        /// All of it.
        inspection: Box<Inspection>,
    },
    /// A command ended.
    Ran {
        /// As it was run, without secrets.
        command: String,
        /// Its exit code.
        exit_code: i32,
        /// The file with its output, below the directory of the run.
        output: String,
        /// Seconds it took.
        seconds: u64,
        /// The line that says what it came to, such as where a backup lies.
        result: Option<String>,
    },
    /// A file was copied.
    Copied {
        /// The file.
        path: String,
        /// The copy.
        copy: String,
    },
    /// A file was edited.
    Edited {
        /// The file.
        path: String,
        /// The copy of what it was.
        copy: String,
        /// The digest of what it was.
        before_hash: String,
        /// The digest of what it is.
        after_hash: String,
        /// What it said before.
        before: WrittenSettings,
        /// The lines that changed, as a diff.
        diff: Vec<String>,
    },
    /// A tenant was created.
    Created {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Who became its admin.
        admin: Option<String>,
    },
    /// Access was compared.
    Compared {
        /// With what came of it.
        comparison: Comparison,
    },
    /// Lines for the operator and the report.
    Told {
        /// A sentence each.
        lines: Vec<String>,
    },
    /// An edit was undone.
    Restored {
        /// The file.
        path: String,
        /// The lines that changed, as a diff.
        diff: Vec<String>,
    },
    /// A tenant was deleted again.
    Deleted {
        /// Its id.
        id: String,
    },
}

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "came", rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done.
    Done {
        /// In a sentence.
        words: String,
        /// What was changed or learned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<Receipt>,
    },
    /// There was nothing to do.
    Found {
        /// Why, in a sentence.
        words: String,
    },
    /// It waits for the operator, or for the servers.
    Waiting {
        /// For what, in a sentence.
        words: String,
    },
    /// It did not work, or needs a decision.
    Failed {
        /// Why, and what to do next.
        problem: Box<Problem>,
    },
}

impl Outcome {
    /// Done, without anything to keep.
    pub fn done(words: impl Into<String>) -> Self {
        Self::Done {
            words: words.into(),
            receipt: None,
        }
    }

    /// Done, with proof.
    pub fn proved(words: impl Into<String>, receipt: Receipt) -> Self {
        Self::Done {
            words: words.into(),
            receipt: Some(receipt),
        }
    }

    /// Whether the next action may follow.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Found { .. })
    }
}
