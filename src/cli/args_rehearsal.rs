//! `rehearsal`: its verbs and flags, with their help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `rehearsal`
#[derive(Debug, Args)]
pub struct Rehearsal {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: RehearsalVerb,
}

/// What can be done with rehearsals.
#[derive(Debug, Subcommand)]
pub enum RehearsalVerb {
    /// Make a rehearsal with sample data, start it, and add a context for it; what is there already stays
    #[command(after_help = "Examples:\n  \
                      kestra-admin rehearsal up\n  \
                      kestra-admin rehearsal up lab --release 0.21 --sample large\n  \
                      kestra-admin rehearsal up many --release 1.3 --sample 10000 -o json")]
    Up {
        /// Its name [default: rehearsal]
        name: Option<String>,
        /// What it is made of.
        #[command(flatten)]
        new: NewRehearsal,
        /// Where it listens.
        #[command(flatten)]
        listening: Listening,
    },
    /// Make a rehearsal with sample data
    #[command(after_help = "Examples:\n  kestra-admin rehearsal create lab --release 2.0")]
    Create {
        /// Its name
        name: String,
        /// What it is made of.
        #[command(flatten)]
        new: NewRehearsal,
    },
    /// Serve a rehearsal until Ctrl-C
    #[command(after_help = "Examples:\n  kestra-admin rehearsal serve lab --listen 127.0.0.1:8080")]
    Serve {
        /// Its name [default: rehearsal]
        name: Option<String>,
        /// Where it listens.
        #[command(flatten)]
        listening: Listening,
        /// In a session of its own, for `start`
        #[arg(long, hide = true)]
        detached: bool,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Start a rehearsal in the background
    #[command(after_help = "Examples:\n  kestra-admin rehearsal start lab")]
    Start {
        /// Its name [default: rehearsal]
        name: Option<String>,
        /// Where it listens.
        #[command(flatten)]
        listening: Listening,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Stop a rehearsal
    #[command(after_help = "Examples:\n  kestra-admin rehearsal stop lab")]
    Stop {
        /// Its name [default: rehearsal]
        name: Option<String>,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Stop a rehearsal and start it again at the same addresses, under the settings its file has then
    #[command(after_help = "Examples:\n  kestra-admin rehearsal restart lab")]
    Restart {
        /// Its name [default: rehearsal]
        name: Option<String>,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Let a stopped rehearsal behave as a newer release, as a new image does with the same database
    #[command(
        after_help = "Settings, and what is in the default tenant, stay as they are: from 0.23 on `migrate` moves that into a \
                      tenant.\n\n\
                      Examples:\n  kestra-admin rehearsal upgrade lab --release 0.23"
    )]
    Upgrade {
        /// Its name
        name: String,
        /// The release
        #[arg(long)]
        release: String,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Show a rehearsal, or list them all
    #[command(after_help = "Examples:\n  kestra-admin rehearsal status\n  kestra-admin rehearsal status lab -o json")]
    Status {
        /// Its name
        name: Option<String>,
    },
    /// Copy the store of a rehearsal, as a dump of the database does
    ///
    /// The copy lies in `dumps` beside the store. The context of a rehearsal has this as its `backup-command`.
    #[command(after_help = "Examples:\n  kestra-admin rehearsal dump lab")]
    Dump {
        /// Its name
        name: String,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Stop a rehearsal and delete everything in it
    #[command(after_help = "Examples:\n  kestra-admin rehearsal delete lab --confirm lab")]
    Delete {
        /// Its name
        name: String,
        /// The name once more, because there is no undo
        #[arg(long, value_name = "NAME")]
        confirm: Option<String>,
        /// Show what would be deleted, and delete nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Run a command of Kestra's own command line on a rehearsal
    #[command(after_help = "Examples:\n  \
                      kestra-admin rehearsal kestra -- auths users sync-access\n  \
                      kestra-admin rehearsal kestra --name lab -- tenants create --tenant dev --name Development")]
    Kestra {
        /// Name of the rehearsal [default: rehearsal]
        #[arg(long)]
        name: Option<String>,
        /// Say what would be run, and run nothing; what stands behind `--` has options of its own
        #[arg(long)]
        dry_run: bool,
        /// The command and its options
        #[arg(last = true, value_name = "ARGUMENTS")]
        arguments: Vec<String>,
    },
}

impl RehearsalVerb {
    /// The rehearsal that it is about; `None` where all are, or the usual one.
    pub fn name(&self) -> Option<&String> {
        match self {
            Self::Create { name, .. }
            | Self::Upgrade { name, .. }
            | Self::Dump { name, .. }
            | Self::Delete { name, .. } => Some(name),
            Self::Up { name, .. }
            | Self::Serve { name, .. }
            | Self::Start { name, .. }
            | Self::Stop { name, .. }
            | Self::Restart { name, .. }
            | Self::Status { name }
            | Self::Kestra { name, .. } => name.as_ref(),
        }
    }

    /// What it does to a rehearsal, as the activity record says it. A server in the foreground and a copy change none; what Kestra's
    /// own commands do is in the audit log of the rehearsal.
    pub fn deed(&self) -> Option<&'static str> {
        Some(match self {
            Self::Up { .. } => "bring up",
            Self::Create { .. } => "create",
            Self::Start { .. } => "start",
            Self::Stop { .. } => "stop",
            Self::Restart { .. } => "restart",
            Self::Upgrade { .. } => "upgrade",
            Self::Delete { .. } => "delete",
            Self::Serve { .. } | Self::Dump { .. } | Self::Kestra { .. } | Self::Status { .. } => return None,
        })
    }

    /// Whether it stands for what is done on the host of a Kestra: its own commands, its servers, its database. A migration runs
    /// these once it was allowed itself.
    pub fn is_on_its_host(&self) -> bool {
        matches!(
            self,
            Self::Serve { .. }
                | Self::Start { .. }
                | Self::Stop { .. }
                | Self::Restart { .. }
                | Self::Dump { .. }
                | Self::Kestra { .. }
        )
    }

    /// Whether it changes anything when it is carried out as asked for.
    pub fn changes(&self) -> bool {
        match self {
            Self::Status { .. } => false,
            Self::Up { new, .. } | Self::Create { new, .. } => !new.dry_run,
            Self::Serve { dry_run, .. }
            | Self::Start { dry_run, .. }
            | Self::Stop { dry_run, .. }
            | Self::Restart { dry_run, .. }
            | Self::Upgrade { dry_run, .. }
            | Self::Dump { dry_run, .. }
            | Self::Delete { dry_run, .. }
            | Self::Kestra { dry_run, .. } => !dry_run,
        }
    }
}

/// What a rehearsal is made of.
#[derive(Debug, Default, Args)]
pub struct NewRehearsal {
    /// The release it behaves as, 0.13 to 2.0 [default: 0.21]
    #[arg(long)]
    pub release: Option<String>,
    /// Sample data: small, large, or a number of tenants [default: small]
    #[arg(long, value_name = "SIZE")]
    pub sample: Option<String>,
    /// Login name of the first superadmin
    #[arg(long)]
    pub username: Option<String>,
    /// File with the password of the first superadmin; without one it is made at random
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Say what would be made, and make nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Where a rehearsal listens.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Listening {
    /// Address of the API [default: as before, else any free port of this machine]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<std::net::SocketAddr>,
    /// Address where health is told
    #[arg(long, value_name = "ADDRESS")]
    pub management: Option<std::net::SocketAddr>,
}
