//! The command line: every noun, verb and flag, with its help.
//!
//! Declares and nothing else; what the commands do is in the file of each noun. Flags that say which instance is meant
//! work before and after the noun. `--tenant` belongs to the nouns that live in a tenant, because `tenants create` has
//! one of its own, as Kestra's command does: the id of the new tenant.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Command, FromArgMatches, Parser, Subcommand};

use super::args_access::Access;
use super::args_migrate::Migrate;
use super::args_records::{Activity, Audit};
use super::args_roles::Roles;
use super::args_snapshot::{Apply, Diff, Export, Import};
use super::args_users::Users;
use super::format::Format;
use super::kept::Kept;
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
    after_help = "Exit codes: 0 done, 1 failed, 2 invalid input, 3 not allowed, 4 not found, 5 conflict, 6 partly done, \
                  7 confirmation missing or read-only, 8 waiting, 9 not reachable, 130 interrupted.\n\n\
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
    /// The tenant to start in
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
    /// Print the manual page
    #[command(after_help = "Examples:\n  kestra-admin man | man -l -\n  kestra-admin man tenants create | man -l -")]
    Man {
        /// The command to describe alone, such as `tenants create`
        command: Vec<String>,
    },
}

/// `tenants`
#[derive(Debug, Args)]
pub struct Tenants {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: TenantsVerb,
}

/// What can be done with tenants.
#[derive(Debug, Subcommand)]
pub enum TenantsVerb {
    /// List tenants
    #[command(
        after_help = "A filter is words that all have to be found. Columns: id, name, admins, storage, secrets, \
                            state. `column:text` contains, `column=text` equals, `column<n` and `column>n` compare, \
                            `!` negates, `a,b` means either.\n\n\
                            Over HTTP, admins are counted, and the state told, only where what is printed has at most \
                            100 rows.\n\n\
                            Examples:\n  \
                            kestra-admin tenants list\n  \
                            kestra-admin tenants list 'acme !name:test'\n  \
                            kestra-admin tenants list --filter admins=0 --sort -name\n  \
                            kestra-admin tenants list --page 2 --size 50 -o json"
    )]
    List(ListFlags),
    /// Show one tenant
    #[command(after_help = "Examples:\n  kestra-admin tenants get acme\n  kestra-admin tenants get acme -o yaml")]
    Get {
        /// Id of the tenant
        id: String,
    },
    /// Create a tenant, or many, each with its Admin role
    #[command(
        after_help = "A file holds one tenant or many, as JSON or YAML: an object, a list, {\"results\": [...]}, \
                            several documents, or one object a line. `admin` in an entry names its Admin. Nothing is \
                            sent while any entry is invalid; repeating a file is safe, because tenants that exist with \
                            the same content count as done.\n\n\
                            Examples:\n  \
                            kestra-admin tenants create --tenant dev --name \"Development environment\" \
                            --admin-username john@doe.com\n  \
                            kestra-admin tenants create --tenant dev --set workerGroup.key=gpu --dry-run\n  \
                            kestra-admin tenants create --tenant dev --set sdkDefaultAuthentication.apiToken=@token.txt\n  \
                            kestra-admin tenants create --from tenants.yaml\n  \
                            kestra-admin tenants create --from - -o ndjson < tenants.json"
    )]
    Create(CreateTenant),
    /// Change a tenant
    #[command(
        after_help = "Only the fields named are changed; what somebody else changed meanwhile is never \
                            overwritten.\n\n\
                            Examples:\n  \
                            kestra-admin tenants update dev --name Development\n  \
                            kestra-admin tenants update dev --set workerGroup.fallback=WAIT --unset storageType\n  \
                            kestra-admin tenants update dev --from dev.yaml --dry-run"
    )]
    Update(UpdateTenant),
    /// Delete a tenant and what is in it
    #[command(
        after_help = "Flows, namespaces, triggers, roles, bindings and groups of the tenant are deleted. \
                            Executions stay in the database. There is no undo.\n\n\
                            Examples:\n  \
                            kestra-admin tenants delete dev --dry-run\n  \
                            kestra-admin tenants delete dev --confirm dev"
    )]
    Delete(DeleteTenant),
    /// Give a tenant an Admin, where nobody holds that role any more
    #[command(
        after_help = "Who is Admin already, directly or through a group, is given nothing more. A tenant that others \
                            administer wants `--yes`. `tenants list admins=0` shows the tenants that nobody administers. It takes a superadmin, or the right to create \
                            bindings in the tenant.\n\n\
                            Examples:\n  \
                            kestra-admin tenants repair-admin dev --admin-username john@doe.com\n  \
                            kestra-admin tenants repair-admin dev --admin-username john@doe.com --dry-run"
    )]
    RepairAdmin {
        /// Id of the tenant; `(default)` is the one without an id
        id: String,
        /// Username of the existing user who becomes its Admin
        #[arg(long, value_name = "USER")]
        admin_username: String,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
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

/// `tenants create`
#[derive(Debug, Args)]
pub struct CreateTenant {
    /// Id of the new tenant
    #[arg(long = "tenant", value_name = "ID", required_unless_present = "from")]
    pub id: Option<String>,
    /// Name of the new tenant; its id, if left out
    #[arg(long)]
    pub name: Option<String>,
    /// Username of the existing user who becomes its Admin
    #[arg(long, value_name = "USER")]
    pub admin_username: Option<String>,
    /// Set a field; a value of @FILE or env:NAME is read from there, and secrets have to be
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// Read tenants from a file, or from standard input if it is -
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Print what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Create ids that collide with Kestra's own paths, and change a protected context
    #[arg(long)]
    pub yes: bool,
}

/// `tenants update`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args(["name", "set", "unset", "from"]))]
pub struct UpdateTenant {
    /// Id of the tenant
    pub id: String,
    /// Its new name
    #[arg(long)]
    pub name: Option<String>,
    /// Set a field; a value of @FILE or env:NAME is read from there, and secrets have to be
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// Clear a field
    #[arg(long, value_name = "FIELD")]
    pub unset: Vec<String>,
    /// Read fields from a file, or from standard input if it is -
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Print what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Change a protected context
    #[arg(long)]
    pub yes: bool,
}

/// `tenants delete`
#[derive(Debug, Args)]
pub struct DeleteTenant {
    /// Id of the tenant
    pub id: String,
    /// The id again, because there is no undo
    #[arg(long, value_name = "ID")]
    pub confirm: Option<String>,
    /// Print what would be deleted, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Change a protected context
    #[arg(long)]
    pub yes: bool,
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

/// `contexts`
#[derive(Debug, Args)]
pub struct Contexts {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: ContextsVerb,
}

/// What can be done with contexts.
#[derive(Debug, Subcommand)]
pub enum ContextsVerb {
    /// List the contexts of the configuration
    #[command(
        after_help = "Examples:\n  kestra-admin contexts list\n  kestra-admin contexts list --filter changes:protected -o json"
    )]
    List(Kept),
    /// Show which instance a command would reach, and where each setting comes from
    #[command(after_help = "Examples:\n  kestra-admin contexts show\n  kestra-admin contexts show prod")]
    Show {
        /// The context; without one, what a command without flags would use
        #[arg(conflicts_with_all = ["context", "store", "host"])]
        name: Option<String>,
    },
    /// Write a context into the configuration: `--host URL` or `--store NAME` says where it leads
    #[command(
        group = clap::ArgGroup::new("secret").args([
            "token_env", "token_file", "token_command", "password_env", "password_file", "password_command",
        ]),
        after_help = "No secret is taken from the command line: name the variable, the private file or the command that \
                      holds it. Relative paths start in the working directory.\n\n\
                      Examples:\n  \
                      kestra-admin contexts add prod --host https://kestra.example.com --token-env KESTRA_TOKEN\n  \
                      kestra-admin contexts add prod --host https://kestra.example.com --token-command 'pass show \
                      kestra' --replace\n  \
                      kestra-admin contexts add lab --store lab --default\n  \
                      kestra-admin contexts add eu --host https://eu.example.com --username ana@example.com \
                      --password-file ~/.secrets/eu --protected --color red"
    )]
    Add(Box<AddContext>),
    /// Take a context out of the configuration; its lines are printed, so that they can be put back
    #[command(after_help = "Examples:\n  \
                      kestra-admin contexts remove lab --dry-run\n  \
                      kestra-admin contexts remove lab --yes")]
    Remove(RemoveContext),
    /// Use a context where none is named
    #[command(name = "use", after_help = "Examples:\n  kestra-admin contexts use prod")]
    Use {
        /// The context
        name: String,
        /// Print the line, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Go the way to an instance step by step, and say what is found
    #[command(after_help = "Examples:\n  kestra-admin contexts test prod\n  kestra-admin contexts test prod -o json")]
    Test {
        /// The context; without one, what a command without flags would use
        #[arg(conflicts_with_all = ["context", "store", "host"])]
        name: Option<String>,
    },
    /// Take over the contexts of kestractl; secrets go into private files of their own
    #[command(after_help = "Examples:\n  \
                      kestra-admin contexts import-kestractl\n  \
                      kestra-admin contexts import-kestractl ~/.kestractl/config.yaml --dry-run")]
    ImportKestractl {
        /// The file; without one, the usual places are looked at
        file: Option<PathBuf>,
        /// Put them in the place of contexts of the same names
        #[arg(long)]
        replace: bool,
        /// Say what would be written, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// A context to be written down.
#[derive(Debug, Args)]
pub struct AddContext {
    /// Its name
    pub name: String,
    /// Where commands and screens of a tenant start
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Login name; for a local instance, whom to act as
    #[arg(long, conflicts_with_all = ["token_env", "token_file", "token_command"])]
    pub username: Option<String>,
    /// Environment variable with an API token
    #[arg(long, value_name = "VARIABLE")]
    pub token_env: Option<String>,
    /// File with an API token
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Command that prints an API token: program and arguments in one text, no shell
    #[arg(long, value_name = "COMMAND")]
    pub token_command: Option<String>,
    /// Environment variable with the password
    #[arg(long, value_name = "VARIABLE")]
    pub password_env: Option<String>,
    /// File with the password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Command that prints the password: program and arguments in one text, no shell
    #[arg(long, value_name = "COMMAND")]
    pub password_command: Option<String>,
    /// Start locked: changes have to be unlocked first
    #[arg(long)]
    pub protected: bool,
    /// Refuse every change through it
    // An id of its own: `--read-only` is another flag, which refuses the command.
    #[arg(long = "context-read-only", id = "context_read_only")]
    pub read_only: bool,
    /// The color that marks it on screen
    #[arg(long)]
    pub color: Option<String>,
    /// A header sent with every request, and the environment variable with its value
    #[arg(long = "header", value_name = "NAME=env:VARIABLE")]
    pub headers: Vec<String>,
    /// A certificate authority to trust
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// A certificate to show
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// The key to it
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// A proxy to go through
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Seconds an answer may take
    #[arg(long, value_name = "SECONDS")]
    pub timeout_seconds: Option<u32>,
    /// Use it where none is named
    #[arg(long)]
    pub default: bool,
    /// Put it in the place of a context of the same name
    #[arg(long)]
    pub replace: bool,
    /// Print the lines, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `contexts remove`
#[derive(Debug, Args)]
pub struct RemoveContext {
    /// The context
    pub name: String,
    /// Do it without asking
    #[arg(long)]
    pub yes: bool,
    /// Print what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}

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
