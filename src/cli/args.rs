//! The command line: every noun, verb and flag, with its help.
//!
//! Declares and nothing else; what the commands do is in the file of each noun. Flags that say which instance is meant
//! work before and after the noun. `--tenant` belongs to the nouns that live in a tenant, because `tenants create` has
//! one of its own, as Kestra's command does: the id of the new tenant.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Command, FromArgMatches, Parser, Subcommand};

use super::args_access::Access;
use super::args_contexts::Contexts;
use super::args_migrate::Migrate;
use super::args_records::{Activity, Audit};
use super::args_rehearsal::Rehearsal;
use super::args_roles::Roles;
use super::args_snapshot::{Apply, Diff, Export, Import};
use super::args_tenants::Tenants;
use super::args_users::Users;
use super::format::Format;
use super::reference::Shell;
use crate::config::layers::Flags;
use crate::domain::query::Query;
use crate::domain::release::Release;

/// Full-screen terminal admin console for Kestra Enterprise multi-tenancy
///
/// Without a command, the console opens. Each thing it does is also a command.
#[derive(Debug, Parser)]
#[command(
    name = "kestra-admin",
    version,
    propagate_version = false,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 usage or invalid input, 3 not authenticated or not allowed, 4 not found, 5 conflict, \
                  6 partly done, 7 confirmation missing or read-only, 8 waiting for the operator, 9 instance not reachable, \
                  130 interrupted.\n\n\
                  Examples:\n  \
                  kestra-admin\n  \
                  kestra-admin --store lab tenants list\n  \
                  kestra-admin --context prod tenants list -o json"
)]
pub struct Arguments {
    /// What the console is opened with, if nothing else is to be done.
    #[command(flatten)]
    pub console: ConsoleFlags,
    /// What to do.
    #[command(subcommand)]
    pub noun: Option<Noun>,
}

/// Flags of the console.
#[derive(Debug, Args)]
pub struct ConsoleFlags {
    /// Flags that say which instance is meant, and how to print.
    #[command(flatten)]
    pub instance: InstanceFlags,
    /// The tenant to start in, unless a place is come back to; --fresh comes back to none
    #[arg(long = "tenant", id = "start_tenant", value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Print lines instead of drawing a screen
    #[arg(long, global = true)]
    pub linear: bool,
    /// Start anew instead of where the last session ended
    #[arg(long, global = true)]
    pub fresh: bool,
}

impl ConsoleFlags {
    /// Reads a command line that has no more than these; `None` where it has, or where something is wrong with it.
    ///
    /// By itself, as putting all commands together takes a good part of the time in which a console has its first frame.
    pub fn alone(arguments: &[OsString]) -> Option<Self> {
        let name = Command::new("kestra-admin");
        let command = Self::augment_args(name.disable_help_flag(true));
        Self::from_arg_matches(&command.try_get_matches_from(arguments).ok()?).ok()
    }
}

/// Flags that say which instance is meant, and how to print.
#[derive(Debug, Args)]
pub struct InstanceFlags {
    /// Use this context of the configuration
    #[arg(long, global = true, value_name = "NAME", conflicts_with_all = ["store", "host"])]
    pub context: Option<String>,
    /// Use this local instance: its name, or a directory
    #[arg(long, global = true, value_name = "NAME|DIR", conflicts_with = "host")]
    pub store: Option<String>,
    /// Use the Kestra at this URL
    #[arg(long, global = true, value_name = "URL")]
    pub host: Option<String>,
    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Refuse every change
    #[arg(long, global = true)]
    pub read_only: bool,
    /// The form of what is printed [default: table]
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORM",
        hide_default_value = true
    )]
    pub output: Option<Format>,
    /// Say more about what went wrong
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

impl InstanceFlags {
    /// The flags that decide about the target, with the tenant that goes with them.
    pub fn target_flags(&self, tenant: Option<String>) -> Flags {
        Flags {
            config: self.config.clone(),
            context: self.context.clone(),
            store: self.store.clone(),
            host: self.host.clone(),
            tenant,
            read_only: self.read_only,
        }
    }
}

/// What a command is about.
#[derive(Debug, Subcommand)]
pub enum Noun {
    /// Tenants: list, show, create, change, delete
    #[command(after_help = "Examples:\n  \
                            kestra-admin tenants list\n  \
                            kestra-admin tenants create --tenant dev --name Development\n  \
                            kestra-admin tenants delete dev --dry-run")]
    Tenants(Tenants),
    /// Roles of a tenant: list, show, create, change, delete, copy, compare
    #[command(after_help = "Examples:\n  \
                            kestra-admin roles list --tenant acme\n  \
                            kestra-admin roles get Admin --tenant acme\n  \
                            kestra-admin roles diff Operator Viewer --tenant acme")]
    Roles(Roles),
    /// Who holds which role in a tenant, who may do what, and why
    #[command(after_help = "Examples:\n  \
                            kestra-admin access list --tenant acme\n  \
                            kestra-admin access grant --user ana@example.com --role Operator --tenant acme\n  \
                            kestra-admin access who-can FLOW DELETE --tenant acme")]
    Access(Access),
    /// Users, groups, service accounts, their tokens, and invitations
    #[command(after_help = "Examples:\n  \
                            kestra-admin users list --tenant acme\n  \
                            kestra-admin users create ana@example.com --first-name Ana --tenant acme\n  \
                            kestra-admin users groups add ops ana@example.com --tenant acme")]
    Users(Users),
    /// Kestra's audit log: who changed what there
    #[command(after_help = "Examples:\n  \
                            kestra-admin audit list --tenant acme --since 7d\n  \
                            kestra-admin audit get 5Qb2nE0x7TgLw9ZcYuRk1d --tenant acme")]
    Audit(Audit),
    /// The activity record of this program: what was done from here, by whom, with what result
    #[command(after_help = "Examples:\n  \
                            kestra-admin activity list --since 1d\n  \
                            kestra-admin activity get 19ac4f2b1d3-8f2-0")]
    Activity(Activity),
    /// Migrate an instance to multi-tenancy: look, plan, carry out, undo
    #[command(after_help = "Examples:\n  \
                            kestra-admin migrate check --context prod\n  \
                            kestra-admin migrate run --context prod --dry-run\n  \
                            kestra-admin migrate attach --context prod")]
    Migrate(Migrate),
    /// Write tenants with who may do what in them: as Terraform, or as a snapshot
    #[command(after_help = "Examples:\n  \
                            kestra-admin export terraform > kestra.tf\n  \
                            kestra-admin export snapshot --tenant acme -o yaml > acme.yaml")]
    Export(Export),
    /// Bring what a snapshot has to an instance that lacks it
    #[command(after_help = "Examples:\n  \
                            kestra-admin import snapshot all.json --dry-run\n  \
                            kestra-admin import snapshot all.json --tenant acme=acme-test")]
    Import(Import),
    /// Compare snapshots, instances or tenants: tenants, roles, groups, people, bindings
    #[command(
        after_help = "A file is meant where there is one of that name. Beside CONTEXT/TENANT, only that tenant of a file \
                            of many is compared. Roles from before 2.0 are compared with those of \
                            2.0 as what they become there. The exit code is 0 whether they differ or not; `-o json` says which \
                            in `same`.\n\n\
                            Examples:\n  \
                            kestra-admin diff before.json after.json\n  \
                            kestra-admin diff acme.json prod/acme\n  \
                            kestra-admin diff prod stage -o json"
    )]
    Diff(Diff),
    /// Make this instance like a snapshot
    #[command(
        after_help = "Creates what is missing, and changes fields of tenants, roles and groups that differ. Nothing is \
                            deleted but by `--prune`, and no tenant and no account ever is. Who loses what is said first.\n\n\
                            Examples:\n  \
                            kestra-admin apply all.json --dry-run\n  \
                            kestra-admin apply all.json --context prod --yes\n  \
                            kestra-admin apply acme.json --context prod --prune --confirm prod"
    )]
    Apply(Apply),
    /// Kestra's own configuration files: where multi-tenancy is set, which place counts, and changing it
    #[command(after_help = "Examples:\n  \
                            kestra-admin config show\n  \
                            kestra-admin config set-tenancy --enabled true --default-tenant true --dry-run")]
    Config(Config),
    /// Contexts: named ways to reach an instance
    #[command(after_help = "Examples:\n  \
                            kestra-admin contexts list\n  \
                            kestra-admin contexts add prod --host https://kestra.example.com --token-env KESTRA_TOKEN\n  \
                            kestra-admin contexts test prod")]
    Contexts(Contexts),
    /// Rehearsals: local instances served over Kestra's API, to practise on
    #[command(after_help = "Examples:\n  \
                            kestra-admin rehearsal up\n  \
                            kestra-admin rehearsal up lab --release 0.21 --sample large\n  \
                            kestra-admin rehearsal stop lab")]
    Rehearsal(Rehearsal),
    /// Check files, terminal and the way to the instance, and say what to do
    #[command(after_help = "Examples:\n  kestra-admin doctor\n  kestra-admin --context prod doctor -o json")]
    Doctor,
    /// List the keys of the console
    #[command(after_help = "Examples:\n  kestra-admin keys\n  kestra-admin keys --check")]
    Keys {
        /// Say which rows of `[[keys]]` in the configuration are left out, and what the others take; exit code 2 if any is
        #[arg(long)]
        check: bool,
    },
    /// Print a completion script for a shell
    ///
    /// It completes commands, options, and names of contexts, local instances and tenants.
    #[command(after_help = "Examples:\n  \
                      kestra-admin completions bash > ~/.local/share/bash-completion/completions/kestra-admin\n  \
                      kestra-admin completions zsh > ~/.zfunc/_kestra-admin")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print what can stand where the cursor is; the scripts of `completions` run it
    #[command(hide = true)]
    Complete {
        /// The word at the cursor, up to it
        #[arg(long, default_value = "")]
        word: String,
        /// Words are quoted as they were typed
        #[arg(long)]
        quoted: bool,
        /// The words before it
        #[arg(last = true)]
        before: Vec<String>,
    },
    /// Become a command that has no terminal
    #[command(hide = true)]
    Apart {
        /// The command and its arguments
        #[arg(last = true)]
        words: Vec<String>,
    },
    /// Print the manual page
    #[command(after_help = "Examples:\n  kestra-admin man | man -l -\n  kestra-admin man tenants create | man -l -")]
    Man {
        /// The command to describe alone, such as `tenants create`
        command: Vec<String>,
    },
}

/// Which part of a list, and in which order.
#[derive(Debug, Args)]
pub struct ListFlags {
    /// Only what matches
    #[arg(value_name = "FILTER", conflicts_with = "filter")]
    pub words: Vec<String>,
    /// Only what matches; the same as FILTER
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<String>,
    /// Order by a column; with a minus in front, largest first
    #[arg(long, value_name = "[-]COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Only this page, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub page: Option<u64>,
    /// How many on a page
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(Query::MAX_SIZE)))]
    pub size: Option<u32>,
}

/// Whether a change is made, and what it needs no asking for.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Changing {
    /// Print what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do it without asking, also in a protected context
    #[arg(long)]
    pub yes: bool,
}

/// Which tenant something lives in.
#[derive(Debug, Args)]
pub struct InTenant {
    /// The tenant; `(default)` is the one without an id
    #[arg(long, global = true, value_name = "TENANT")]
    pub tenant: Option<String>,
}

/// Which tenant something lives in, or that it is of the whole instance.
#[derive(Debug, Args)]
pub struct InTenantOrInstance {
    /// The tenant; `(default)` is the one without an id [default: that of the context, else the instance]
    #[arg(long, global = true, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// The whole instance, although the context names a tenant
    #[arg(long, global = true, conflicts_with = "tenant")]
    pub instance: bool,
}

/// `config`
#[derive(Debug, Args)]
pub struct Config {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: ConfigVerb,
}

/// What can be done with Kestra's configuration files.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Show each place that sets multi-tenancy, which one counts, and why
    #[command(
        after_help = "Understood are Kestra's own configuration, compose files, Helm values of both generations of the \
                            chart, and files of variables. Without `--file` it is the one of the context.\n\n\
                            Examples:\n  \
                            kestra-admin config show\n  \
                            kestra-admin config show --file docker-compose.yml --release 0.21\n  \
                            kestra-admin --context prod config show -o json"
    )]
    Show {
        /// Which files.
        #[command(flatten)]
        files: ServerFiles,
    },
    /// Change `kestra.ee.tenants.enabled` and `default-tenant` in place, and nothing else
    #[command(
        group = clap::ArgGroup::new("setting").required(true).multiple(true).args(["enabled", "default_tenant"]),
        after_help = "Spelling, quotes, comments and line endings stay. A copy of each file is left beside it. What cannot \
                      be changed safely is left alone, and the lines to change by hand are printed.\n\n\
                      Examples:\n  \
                      kestra-admin config set-tenancy --enabled true --default-tenant true --dry-run\n  \
                      kestra-admin config set-tenancy --file docker-compose.yml --enabled true --default-tenant true --yes"
    )]
    SetTenancy(SetTenancy),
    /// Print the files, one a line
    #[command(after_help = "Examples:\n  kestra-admin config path\n  kestra-admin --context prod config path -o json")]
    Path {
        /// Which files.
        #[command(flatten)]
        files: ServerFiles,
    },
}

/// Which of Kestra's configuration files.
#[derive(Debug, Args)]
pub struct ServerFiles {
    /// A file, instead of the one of the context; may be repeated, later ones count more
    #[arg(long, value_name = "FILE")]
    pub file: Vec<PathBuf>,
    /// The release of Kestra, for its defaults; that of a local instance is known
    #[arg(long)]
    pub release: Option<Release>,
}

/// `config set-tenancy`
#[derive(Debug, Args)]
pub struct SetTenancy {
    /// A file, instead of the one of the context; may be repeated
    #[arg(long, value_name = "FILE")]
    pub file: Vec<PathBuf>,
    /// Whether multi-tenancy is on
    #[arg(long, value_name = "BOOL")]
    pub enabled: Option<bool>,
    /// Whether the tenant without an id is kept
    #[arg(long, value_name = "BOOL")]
    pub default_tenant: Option<bool>,
    /// The release of Kestra, for its defaults; that of a local instance is known
    #[arg(long)]
    pub release: Option<Release>,
    /// Print the lines that would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write without asking
    #[arg(long)]
    pub yes: bool,
}
