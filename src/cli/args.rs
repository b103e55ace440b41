//! The command line: every noun, verb and flag, with its help.
//!
//! Declares and nothing else; what the commands do is in the file of each noun. Flags that say which instance is meant
//! work before and after the noun. `--tenant` belongs to the nouns that live in a tenant, because `tenants create` has
//! one of its own, as Kestra's command does: the id of the new tenant.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::format::Format;
use crate::config::layers::Flags;
use crate::domain::query::Query;

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
    /// What to do.
    #[command(subcommand)]
    pub noun: Option<Noun>,
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
    Tenants(Tenants),
    /// Roles of a tenant, and what they allow
    Roles(Roles),
    /// Who holds which role in a tenant
    Access(Access),
    /// Users and service accounts
    Users(Users),
    /// Contexts: named ways to reach an instance
    Contexts(Contexts),
    /// List the keys of the console
    #[command(after_help = "Examples:\n  kestra-admin keys\n  kestra-admin keys -o csv")]
    Keys,
    /// Print a completion script for a shell
    #[command(after_help = "Examples:\n  \
                      kestra-admin completions bash > ~/.local/share/bash-completion/completions/kestra-admin\n  \
                      kestra-admin completions zsh > ~/.zfunc/_kestra-admin")]
    Completions {
        /// The shell
        shell: Shell,
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

/// Which tenant something lives in.
#[derive(Debug, Args)]
pub struct InTenant {
    /// The tenant; `(default)` is the one without an id
    #[arg(long, global = true, value_name = "TENANT")]
    pub tenant: Option<String>,
}

/// `roles`
#[derive(Debug, Args)]
pub struct Roles {
    /// Where they live.
    #[command(flatten)]
    pub tenant: InTenant,
    /// What to do with them.
    #[command(subcommand)]
    pub verb: RolesVerb,
}

/// What can be done with roles.
#[derive(Debug, Subcommand)]
pub enum RolesVerb {
    /// List the roles of a tenant
    #[command(after_help = "Columns: id, name, description, managed, default.\n\n\
                            Examples:\n  \
                            kestra-admin roles list --tenant acme\n  \
                            kestra-admin roles list managed=false --tenant acme -o json")]
    List(ListFlags),
    /// Show what one role allows
    #[command(after_help = "Examples:\n  \
                            kestra-admin roles get Admin --tenant acme\n  \
                            kestra-admin roles get 2Xy7kQv0bTzLm3RcWnJd8s --tenant acme -o json")]
    Get {
        /// Id of the role, or its name if no other role has it
        role: String,
    },
}

/// `access`
#[derive(Debug, Args)]
pub struct Access {
    /// Where it applies.
    #[command(flatten)]
    pub tenant: InTenant,
    /// What to do with it.
    #[command(subcommand)]
    pub verb: AccessVerb,
}

/// What can be done with access.
#[derive(Debug, Subcommand)]
pub enum AccessVerb {
    /// List who holds which role
    #[command(after_help = "Columns: id, type, name, role, namespace.\n\n\
                            Examples:\n  \
                            kestra-admin access list --tenant acme\n  \
                            kestra-admin access list role=Admin --tenant acme")]
    List(ListFlags),
}

/// `users`
#[derive(Debug, Args)]
pub struct Users {
    /// Only those with access to this tenant.
    #[command(flatten)]
    pub tenant: InTenant,
    /// What to do with them.
    #[command(subcommand)]
    pub verb: UsersVerb,
}

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub enum UsersVerb {
    /// List users: all of the instance, or those with access to a tenant
    #[command(after_help = "Columns: id, username, name, type, superadmin.\n\n\
                            Examples:\n  \
                            kestra-admin users list\n  \
                            kestra-admin users list superadmin=true\n  \
                            kestra-admin users list --tenant acme -o csv")]
    List(ListFlags),
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
    #[command(after_help = "Examples:\n  kestra-admin contexts list\n  kestra-admin contexts list -o json")]
    List,
    /// Show which instance a command would reach, and where each setting comes from
    #[command(after_help = "Examples:\n  kestra-admin contexts show\n  kestra-admin contexts show prod")]
    Show {
        /// The context; without one, what a command without flags would use
        #[arg(conflicts_with_all = ["context", "store", "host"])]
        name: Option<String>,
    },
}
