//! The declaration of `migrate`; see [`super::args`] for the rest.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::kept::Kept;
use crate::migration::choices::WantedTenant;
use crate::migration::step::Step;

/// `migrate`
#[derive(Debug, Args)]
pub struct Migrate {
    /// What to do.
    #[command(subcommand)]
    pub verb: MigrateVerb,
}

/// What can be done about a migration.
#[derive(Debug, Subcommand)]
pub enum MigrateVerb {
    /// Look at everything that matters for a migration, and change nothing
    #[command(after_help = "Examples:\n  \
                      kestra-admin migrate check --context prod\n  \
                      kestra-admin migrate check --context prod -o json")]
    Check,
    /// Write down what would happen, as a change request; with -o json as a file for `migrate run --plan`
    #[command(after_help = "Examples:\n  \
                      kestra-admin migrate plan --context prod --tenant dev=Development:ana@example.com\n  \
                      kestra-admin migrate plan --context prod -o json > plan.json")]
    Plan {
        /// What is wanted.
        #[command(flatten)]
        wanted: Wanted,
    },
    /// Make the plan, show it, and carry it out; it goes on when the terminal goes away
    #[command(
        after_help = "Ends with 0 when the plan is fulfilled, 8 when a step waits for the operator, 6 when something needs \
                      a decision. Steps that find their work done do nothing.\n\n\
                      Steps, 0.13 to 0.22: inspect, backup, enable, restart, sync-access, verify-access, create-tenants,\n\
                      disable-default, restart-again, verify, report.\n\
                      Steps, 0.23 and later: inspect, backup, stop, dry-run, migrate, storage, start, refresh-users, verify,\n\
                      report.\n\n\
                      Examples:\n  \
                      kestra-admin migrate run --context prod --dry-run\n  \
                      kestra-admin migrate run --context prod --tenant dev=Development:ana@example.com --yes\n  \
                      kestra-admin migrate run --context prod --plan plan.json --until verify-access --yes\n  \
                      kestra-admin migrate run --context prod --disable-default --confirm prod --yes"
    )]
    Run(Box<RunFlags>),
    /// Show the runs of this instance, or one of them
    #[command(
        after_help = "Columns: id (or run), state, step, name (or step-name), outcome, started, by.\n\n\
                      Examples:\n  \
                      kestra-admin migrate status --context prod\n  \
                      kestra-admin migrate status --filter state:halted --context prod\n  \
                      kestra-admin migrate status 7f3a --context prod -o json"
    )]
    Status {
        /// Id of the run
        #[arg(conflicts_with = "filter")]
        run: Option<String>,
        /// Which of them, where none is named.
        #[command(flatten)]
        kept: Kept,
    },
    /// Follow a run to where it halts; changes nothing
    #[command(after_help = "Examples:\n  kestra-admin migrate attach --context prod")]
    Attach {
        /// Id of the run [default: the newest]
        run: Option<String>,
    },
    /// Let a run go on that waits, was stopped, or was cut off; one at work no longer stops or pauses
    #[command(after_help = "Examples:\n  \
                      kestra-admin migrate resume --context prod\n  \
                      kestra-admin migrate resume 7f3a --from create-tenants --context prod")]
    Resume {
        /// Id of the run [default: the newest]
        run: Option<String>,
        /// Begin with this step, and pass over those before it
        #[arg(long, value_name = "STEP")]
        from: Option<Step>,
        /// End after this step
        #[arg(long, value_name = "STEP")]
        until: Option<Step>,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
        /// Change a protected context
        #[arg(long)]
        yes: bool,
    },
    /// Stop a run after what it is doing; it can be resumed
    #[command(
        after_help = "Examples:\n  kestra-admin migrate stop --context prod\n  kestra-admin migrate stop --after-step"
    )]
    Stop {
        /// Id of the run [default: the newest]
        run: Option<String>,
        /// Let it end the step that is under way
        #[arg(long)]
        after_step: bool,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Undo what a run changed, the last first; what others changed since stays
    #[command(
        after_help = "Settings are put back, and the servers restarted. Tenants that the run created are deleted if nothing \
                      lives in them.\n\n\
                      Examples:\n  \
                      kestra-admin migrate rollback --context prod --dry-run\n  \
                      kestra-admin migrate rollback --context prod --to disable-default --yes"
    )]
    Rollback {
        /// Id of the run [default: the newest]
        run: Option<String>,
        /// Undo this step and those after it [default: everything]
        #[arg(long, value_name = "STEP")]
        to: Option<Step>,
        /// Say what would be undone, and undo nothing
        #[arg(long)]
        dry_run: bool,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
    },
    /// Show what a run did: by whom, when, every command, before and after
    #[command(after_help = "Examples:\n  \
                      kestra-admin migrate report --context prod\n  \
                      kestra-admin migrate report 7f3a --context prod -o json")]
    Report {
        /// Id of the run [default: the newest]
        run: Option<String>,
    },
    /// Carry a run out in this process
    #[command(hide = true)]
    Work {
        /// Id of the run
        #[arg(long)]
        run: String,
        /// The last step
        #[arg(long)]
        until: Option<Step>,
        /// The first step
        #[arg(long)]
        from: Option<Step>,
        /// Undo back to this step
        #[arg(long)]
        undo_to: Option<Step>,
    },
    /// Keep one command of a run
    #[command(hide = true)]
    Keep {
        /// Where its files are
        #[arg(long)]
        directory: PathBuf,
        /// What they are called by
        #[arg(long)]
        name: String,
    },
    /// Do what Kestra's own command line does, on a local instance
    #[command(hide = true)]
    OnStore {
        /// The instance
        #[arg(long)]
        directory: PathBuf,
        /// The command and its options
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

/// What is wanted of a migration.
#[derive(Debug, Default, Args)]
pub struct Wanted {
    /// Create a tenant; may be repeated. From 0.23 on the one that everything without a tenant moves into
    #[arg(long = "tenant", value_name = "ID[=NAME][:ADMIN]")]
    pub tenants: Vec<WantedTenant>,
    /// Read what is wanted from a file: one that `migrate plan -o json` wrote, or the answers alone
    #[arg(long = "plan", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Go on without any backup
    #[arg(long)]
    pub no_backup: bool,
    /// Disable the default tenant at the end; what lives in it becomes unreachable
    #[arg(long)]
    pub disable_default: bool,
    /// The name of the context, to confirm that
    #[arg(long, value_name = "CONTEXT")]
    pub confirm: Option<String>,
}

/// `migrate run`
#[derive(Debug, Args)]
pub struct RunFlags {
    /// What is wanted.
    #[command(flatten)]
    pub wanted: Wanted,
    /// End after this step
    #[arg(long, value_name = "STEP")]
    pub until: Option<Step>,
    /// Begin with this step, and pass over those before it
    #[arg(long, value_name = "STEP")]
    pub from: Option<Step>,
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Begin without asking
    #[arg(long)]
    pub yes: bool,
}
