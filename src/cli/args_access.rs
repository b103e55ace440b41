//! `access`: its verbs and flags, with their help.

use clap::{Args, Subcommand};

use super::args::{Changing, InTenant, ListFlags};
use super::kept::Kept;

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
    /// Give roles to users, groups and service accounts
    #[command(
        after_help = "Each subject gets each role in each namespace. With many, each is tried and reported, and what is \
                            held already counts as done.\n\n\
                            Examples:\n  \
                            kestra-admin access grant --user ana@example.com --role Operator --tenant acme\n  \
                            kestra-admin access grant --group ops --role Operator --namespace prod --namespace stage \
                            --tenant acme\n  \
                            kestra-admin access grant --service-account ci --role Deployer --tenant acme --dry-run"
    )]
    Grant(Grant),
    /// Take roles away, by the ids of bindings
    #[command(
        after_help = "Who loses what is said first. Taking the last admin away, or rights of your own, wants \
                            `--confirm TENANT`; anything else wants `--yes`.\n\n\
                            Examples:\n  \
                            kestra-admin access list name=bob@example.com --tenant acme\n  \
                            kestra-admin access revoke 5Qb2nE0x7TgLw9ZcYuRk1d --tenant acme --dry-run\n  \
                            kestra-admin access revoke 5Qb2nE0x7TgLw9ZcYuRk1d --tenant acme --yes"
    )]
    Revoke(Revoke),
    /// Give another role or namespace in the place of a binding
    #[command(
        after_help = "Kestra's bindings are never changed: the new one is created, then the old one is deleted.\n\n\
                            Examples:\n  \
                            kestra-admin access replace 5Qb2nE0x7TgLw9ZcYuRk1d --role Viewer --tenant acme --yes\n  \
                            kestra-admin access replace 5Qb2nE0x7TgLw9ZcYuRk1d --namespace prod --tenant acme --yes"
    )]
    Replace(Replace),
    /// Give back what people lost by a migration: roles and places in groups of the default tenant
    #[command(
        after_help = "Who held what before the run is compared with who holds what now. With many, each is tried and \
                            reported; what cannot be given back says why.\n\n\
                            Examples:\n  \
                            kestra-admin access restore --dry-run\n  \
                            kestra-admin access restore 7f3a --context prod --yes"
    )]
    Restore {
        /// Id of the run [default: the one at work, else the newest]
        run: Option<String>,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
    /// List everybody who may do something, and through what
    #[command(
        after_help = "Columns: username, type, through, role, group, namespace, binding.\n\n\
                            Examples:\n  \
                            kestra-admin access who-can FLOW DELETE --tenant acme\n  \
                            kestra-admin access who-can FLOW DELETE --filter through:group --tenant acme\n  \
                            kestra-admin access who-can SECRET READ --namespace prod.billing --tenant acme -o json"
    )]
    WhoCan {
        /// The resource, such as FLOW
        resource: String,
        /// The action, such as UPDATE
        action: String,
        /// Only in this namespace; without one, anywhere in the tenant
        #[arg(long)]
        namespace: Option<String>,
        /// Which of it.
        #[command(flatten)]
        kept: Kept,
    },
    /// List everything that somebody may do, and through what
    #[command(
        after_help = "Columns: resource, action, through, role, group, namespace, binding.\n\n\
                            Examples:\n  \
                            kestra-admin access of ana@example.com --tenant acme\n  \
                            kestra-admin access of ops --namespace prod --filter action:delete --tenant acme\n  \
                            kestra-admin access of ci --tenant acme -o json"
    )]
    Of {
        /// Login name or id of a user or service account, or name or id of a group
        subject: String,
        /// Only in this namespace; without one, anywhere in the tenant
        #[arg(long)]
        namespace: Option<String>,
        /// Which of it.
        #[command(flatten)]
        kept: Kept,
    },
    /// Say whether somebody may do something, and why; exit code 0 is yes, 1 is no
    #[command(after_help = "Examples:\n  \
                            kestra-admin access can ana@example.com FLOW UPDATE --tenant acme\n  \
                            kestra-admin access can ops FLOW UPDATE --namespace prod --tenant acme && deploy")]
    Can {
        /// Login name or id of a user or service account, or name or id of a group
        subject: String,
        /// The resource, such as FLOW
        resource: String,
        /// The action, such as UPDATE
        action: String,
        /// In this namespace; without one, anywhere in the tenant
        #[arg(long)]
        namespace: Option<String>,
    },
}

/// `access grant`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("subject").required(true).multiple(true).args(["user", "group", "service_account"]))]
pub struct Grant {
    /// Login name or id of a user; may be repeated
    #[arg(long)]
    pub user: Vec<String>,
    /// Name or id of a group; may be repeated
    #[arg(long)]
    pub group: Vec<String>,
    /// Name or id of a service account; may be repeated
    #[arg(long, value_name = "NAME")]
    pub service_account: Vec<String>,
    /// Id of a role, or its name if no other role has it; may be repeated
    #[arg(long, required = true)]
    pub role: Vec<String>,
    /// Only in this namespace and its children; may be repeated
    #[arg(long)]
    pub namespace: Vec<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `access revoke`
#[derive(Debug, Args)]
pub struct Revoke {
    /// Ids of bindings; `access list` shows them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// The tenant again, where the last admin, your own Admin role or all of your own rights go
    #[arg(long, value_name = "TENANT")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `access replace`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args(["role", "namespace", "whole_tenant"]))]
pub struct Replace {
    /// Id of the binding; `access list` shows them
    pub id: String,
    /// The role in its place
    #[arg(long)]
    pub role: Option<String>,
    /// The namespace in its place
    #[arg(long)]
    pub namespace: Option<String>,
    /// The whole tenant instead of a namespace
    #[arg(long, conflicts_with = "namespace")]
    pub whole_tenant: bool,
    /// The tenant again, where the last admin, your own Admin role or all of your own rights go
    #[arg(long, value_name = "TENANT")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}
