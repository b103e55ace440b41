//! `tenants`: its verbs and flags, with their help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::args::{Changing, ListFlags};

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
                            state, worker-group. `column:text` contains, `column=text` equals, `column!=text` does not, `column<n`, \
                            `column>n`, `column<=n` and `column>=n` compare, `!` negates, `a,b` after one of these means either.\n\n\
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

/// `tenants create`
#[derive(Debug, Args)]
pub struct CreateTenant {
    /// Id of the tenant
    #[arg(long = "tenant", value_name = "ID", required_unless_present = "from")]
    pub id: Option<String>,
    /// Name of the tenant; its id, if left out
    #[arg(long)]
    pub name: Option<String>,
    /// Username of the existing user who becomes its Admin
    #[arg(long, value_name = "USER")]
    pub admin_username: Option<String>,
    /// Set a field; a value of @FILE or env:NAME is read from there, and secrets have to be; @@ and
    /// env:env: begin one that is not
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
    /// Name of the tenant
    #[arg(long)]
    pub name: Option<String>,
    /// Set a field; a value of @FILE or env:NAME is read from there, and secrets have to be; @@ and
    /// env:env: begin one that is not
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
