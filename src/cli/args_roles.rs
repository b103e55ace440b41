//! `roles`: its verbs and flags, with their help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::args::{Changing, InTenant, ListFlags};

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
    #[command(
        after_help = "Columns: id, name, description, managed (or `kind:managed`, `kind:own`), default, rights (which PERMISSIONS \
                            counts), holders (which takes reading the bindings).\n\n\
                            Examples:\n  \
                            kestra-admin roles list --tenant acme\n  \
                            kestra-admin roles list managed=no --tenant acme -o json\n  \
                            kestra-admin roles list holders=0 --tenant acme"
    )]
    List(ListFlags),
    /// Show what one role allows
    #[command(after_help = "Examples:\n  \
                            kestra-admin roles get Admin --tenant acme\n  \
                            kestra-admin roles get 2Xy7kQv0bTzLm3RcWnJd8s --tenant acme -o json\n  \
                            kestra-admin roles get Operator --tenant acme --as-2.0")]
    Get {
        /// Id of the role, or its name if no other role has it
        role: String,
        /// Show what a role of CREATE, READ, UPDATE and DELETE becomes in Kestra 2.0, and what is lost
        #[arg(long = "as-2.0", id = "as_2_0")]
        as_2_0: bool,
    },
    /// Create a role, or many from a file
    #[command(
        after_help = "Permissions come from a role that Kestra ships, from another role, or from a file; `--allow` and \
                            `--deny` then add and take away. `*` stands for every action of a resource, or for every \
                            resource that has an action, also in a file. Only what the release allows is taken. A file may hold \
                            many roles; a role that is there with the same content counts as done.\n\n\
                            Examples:\n  \
                            kestra-admin roles create --name Operator --tenant acme --allow FLOW:READ \
                            --allow EXECUTION:CREATE,READ\n  \
                            kestra-admin roles create --name Readers --tenant acme --allow '*:READ' --deny SECRET:READ\n  \
                            kestra-admin roles create --name 'Viewer and logs' --tenant acme --from-template viewer \
                            --allow EXECUTION:ACCESS_LOGS\n  \
                            kestra-admin roles create --from operator.yaml --tenant acme --dry-run"
    )]
    Create(CreateRole),
    /// Change a role
    #[command(
        after_help = "Only what is named is changed; what somebody else changed meanwhile is never overwritten. Managed \
                            roles are Kestra's own and cannot be changed. Who loses what is said first: taking your own \
                            rights away wants `--confirm TENANT`, taking away anything else `--yes`.\n\n\
                            Examples:\n  \
                            kestra-admin roles update Operator --tenant acme --allow FLOW:UPDATE\n  \
                            kestra-admin roles update Operator --tenant acme --deny EXECUTION:DELETE --yes\n  \
                            kestra-admin roles update Operator --tenant acme --default\n  \
                            kestra-admin roles update Operator --tenant acme --from operator.yaml --dry-run"
    )]
    Update(UpdateRole),
    /// Delete a role, and with it every binding to it
    #[command(after_help = "Who loses what is said first. There is no undo.\n\n\
                            Examples:\n  \
                            kestra-admin roles delete Operator --tenant acme --dry-run\n  \
                            kestra-admin roles delete Operator --tenant acme --confirm Operator")]
    Delete(DeleteRole),
    /// Copy a role to another tenant
    #[command(after_help = "Examples:\n  \
                            kestra-admin roles copy Operator --tenant acme --to beta\n  \
                            kestra-admin roles copy Operator --tenant acme --to acme --name 'Operator (new)'")]
    Copy(CopyRole),
    /// Compare two roles, permission by permission
    #[command(
        after_help = "The second role may be in another tenant, or in that of another context. A role from before 2.0 is \
                            compared with one of 2.0 as what it becomes there. The exit code is 0 whether they differ or \
                            not; `-o json` says which in `same`.\n\n\
                            Examples:\n  \
                            kestra-admin roles diff Operator Viewer --tenant acme\n  \
                            kestra-admin roles diff Operator Operator --tenant acme --tenant-b beta\n  \
                            kestra-admin roles diff Operator Operator --tenant acme --context-b new-prod -o json"
    )]
    Diff(DiffRoles),
}

/// What a role is to be.
#[derive(Debug, Default, Args)]
pub struct RoleContent {
    /// Its name, which others may have as well
    #[arg(long)]
    pub name: Option<String>,
    /// What it is for
    #[arg(long)]
    pub description: Option<String>,
    /// Give it to users who are newly given access to the tenant
    #[arg(long, conflicts_with = "no_default")]
    pub default: bool,
    /// Do not give it to them by itself
    #[arg(long)]
    pub no_default: bool,
    /// Take what a role that Kestra ships allows, such as viewer or editor
    #[arg(long, value_name = "NAME", conflicts_with_all = ["from_role", "from"])]
    pub from_template: Option<String>,
    /// Take what another role allows: its id, or its name
    #[arg(long, value_name = "ROLE", conflicts_with = "from")]
    pub from_role: Option<String>,
    /// The tenant of that role, if it is another one
    #[arg(long, value_name = "TENANT", requires = "from_role")]
    pub from_tenant: Option<String>,
    /// Read it from a file, JSON or YAML with Kestra's field names, or from standard input if it is -
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Allow actions on a resource
    #[arg(long, value_name = "RESOURCE:ACTION[,ACTION]")]
    pub allow: Vec<String>,
    /// Take actions on a resource away
    #[arg(long, value_name = "RESOURCE:ACTION[,ACTION]")]
    pub deny: Vec<String>,
}

/// `roles create`
#[derive(Debug, Args)]
pub struct CreateRole {
    /// What it is to be.
    #[command(flatten)]
    pub content: RoleContent,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `roles update`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args([
    "name", "description", "default", "no_default", "from_template", "from_role", "from", "allow", "deny",
]))]
pub struct UpdateRole {
    /// Id of the role, or its name if no other role has it
    pub role: String,
    /// What it is to be.
    #[command(flatten)]
    pub content: RoleContent,
    /// The tenant again, where the last admin, your own Admin role or all of your own rights go
    #[arg(long, value_name = "TENANT")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `roles delete`
#[derive(Debug, Args)]
pub struct DeleteRole {
    /// Id of the role, or its name if no other role has it
    pub role: String,
    /// The name or the id again, because there is no undo
    #[arg(long, value_name = "NAME|ID")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `roles copy`
#[derive(Debug, Args)]
pub struct CopyRole {
    /// Id of the role, or its name if no other role has it
    pub role: String,
    /// The tenant to copy it to; `(default)` is the one without an id
    #[arg(long, value_name = "TENANT")]
    pub to: String,
    /// The name of the copy; that of the role, if left out
    #[arg(long)]
    pub name: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `roles diff`
#[derive(Debug, Args)]
pub struct DiffRoles {
    /// Id or name of the first role
    pub a: String,
    /// Id or name of the second role
    pub b: String,
    /// The tenant of the second role, if it is another one
    #[arg(long, value_name = "TENANT")]
    pub tenant_b: Option<String>,
    /// The context of the second role, if it is another one
    #[arg(long, value_name = "NAME")]
    pub context_b: Option<String>,
}
