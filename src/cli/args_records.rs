//! `audit` and `activity`: their verbs and flags, with their help.

use clap::{Args, Subcommand};

use super::args::InTenantOrInstance;
use super::kept::Kept;

/// `audit`
#[derive(Debug, Args)]
pub struct Audit {
    /// Where it was done.
    #[command(flatten)]
    pub tenant: InTenantOrInstance,
    /// What to do with it.
    #[command(subcommand)]
    pub verb: AuditVerb,
}

/// What can be done with Kestra's audit log.
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// List what was changed, the newest first
    #[command(
        after_help = "With `--tenant`, or in a context that names a tenant, it is the log of that tenant. Without, or with \
                            `--instance`, it is that of the whole instance, which takes a superadmin and Kestra 1.0.\n\n\
                            Columns: id, time, user, action, resource, object, tenant.\n\n\
                            Times are RFC 3339, a date, or how long ago: 30m, 12h, 7d.\n\n\
                            Examples:\n  \
                            kestra-admin audit list --tenant acme --since 7d\n  \
                            kestra-admin audit list --tenant acme --resource ROLE --resource BINDING --action DELETE\n  \
                            kestra-admin audit list --user ana@example.com --since 2026-01-01 -o csv\n  \
                            kestra-admin audit list --filter 'time<7d !resource:flow'"
    )]
    List(AuditFlags),
    /// Show one row in full: what changed, from where, and in whose name
    #[command(
        after_help = "Ids are what `audit list` shows. Kestra cannot be asked for one row, so the log is looked through, the \
                            newest first; `--since` and `--until` shorten that.\n\n\
                            Examples:\n  \
                            kestra-admin audit get 5Qb2nE0x7TgLw9ZcYuRk1d --tenant acme\n  \
                            kestra-admin audit get 5Qb2nE0x7TgLw9ZcYuRk1d --since 2026-01-01 --until 2026-01-02 -o json"
    )]
    Get(AuditRowFlags),
}

/// `audit get`
#[derive(Debug, Args)]
pub struct AuditRowFlags {
    /// Id of the row
    pub id: String,
    /// It is not from before this time
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// It is not from after this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// `audit list`
#[derive(Debug, Args)]
pub struct AuditFlags {
    /// Only what has this text in the id of the thing or the name of who did it
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// Which of the rows that are read.
    #[command(flatten)]
    pub kept: Kept,
    /// Only what this user did: login name or id
    #[arg(long)]
    pub user: Option<String>,
    /// Only this kind of thing, such as ROLE; may be repeated
    #[arg(long)]
    pub resource: Vec<String>,
    /// Only this: read, create, update, delete, login, logout or impersonate; from 0.23 on also `login_failure` and
    /// `account_locked`
    #[arg(long)]
    pub action: Option<String>,
    /// Not before this time
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Not after this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// The oldest first
    #[arg(long)]
    pub oldest_first: bool,
    /// Only this page, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub page: Option<u64>,
    /// How many on a page
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(crate::domain::query::Query::MAX_SIZE)))]
    pub size: Option<u32>,
}

/// `activity`
#[derive(Debug, Args)]
pub struct Activity {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: ActivityVerb,
}

/// What can be done with the activity record.
#[derive(Debug, Subcommand)]
pub enum ActivityVerb {
    /// List what this program did, the oldest first
    #[command(
        after_help = "Every change made or tried by the console, by a command or by a migration of this account is there, \
                            with the command that does the same, and never with a secret.\n\n\
                            Columns: id, time, result, about, command, context, operator, account, address, problem.\n\n\
                            Times are RFC 3339, a date, or how long ago: 30m, 12h, 7d.\n\n\
                            Examples:\n  \
                            kestra-admin activity list --since 1d\n  \
                            kestra-admin activity list --in prod --last 20\n  \
                            kestra-admin activity list 'roles delete' -o json"
    )]
    List(ActivityFlags),
    /// Show one row in full
    #[command(
        after_help = "Ids are what `activity list` shows. Rows of older programs may have none.\n\n\
                            Examples:\n  \
                            kestra-admin activity get 19ac4f2b1d3-8f2-0\n  \
                            kestra-admin activity get 19ac4f2b1d3-8f2-0 -o json"
    )]
    Get {
        /// Id of the row
        id: String,
    },
    /// Print where the record is kept
    #[command(after_help = "Examples:\n  kestra-admin activity path")]
    Path,
}

/// `activity list`
#[derive(Debug, Args)]
pub struct ActivityFlags {
    /// Only rows with this text anywhere, in any case
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// Which rows.
    #[command(flatten)]
    pub kept: Kept,
    /// Only what was done in this context, or at this URL or directory
    #[arg(long = "in", id = "where", value_name = "CONTEXT")]
    pub place: Option<String>,
    /// Only what was not done, or is not known to be: refused, failed, unknown
    #[arg(long)]
    pub failed: bool,
    /// Not before this time
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Not after this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Only the last rows
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
}
