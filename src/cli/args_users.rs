//! `users`: its verbs and flags, with their help.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::{Changing, InTenantOrInstance, ListFlags};
use super::kept::Kept;

/// `users`
#[derive(Debug, Args)]
pub struct Users {
    /// Where it applies.
    #[command(flatten)]
    pub tenant: InTenantOrInstance,
    /// What to do with them.
    #[command(subcommand)]
    pub verb: UsersVerb,
}

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub enum UsersVerb {
    /// List users: all of the instance, or those with access to a tenant
    #[command(
        after_help = "Columns: id, username, name, type, superadmin; of a tenant also rights, the roles and groups that they \
                            come from. In a context that names a tenant they are those of \
                            that tenant, unless `--instance` is given. All users of the instance are shown to a superadmin only.\n\n\
                            Examples:\n  \
                            kestra-admin users list\n  \
                            kestra-admin users list superadmin=yes\n  \
                            kestra-admin users list --tenant acme -o csv"
    )]
    List(ListFlags),
    /// Show one user or service account, with tenants and groups, and the roles in each tenant with what gives them
    #[command(after_help = "With `--tenant` only the roles in that tenant are shown.\n\n\
                            Examples:\n  \
                            kestra-admin users get ana@example.com\n  \
                            kestra-admin users get ana@example.com --tenant acme -o json")]
    Get {
        /// Login name or id
        user: String,
    },
    /// Create a user; with `--tenant`, one with access to it
    #[command(
        after_help = "Creating users takes a superadmin from Kestra 0.24 on; others invite.\n\n\
                            Examples:\n  \
                            kestra-admin users create ana@example.com --first-name Ana --tenant acme\n  \
                            kestra-admin users create ana@example.com --password-file ~/.secrets/ana --dry-run"
    )]
    Create(CreateUser),
    /// Delete a user, with all access, bindings and tokens, in every tenant
    #[command(after_help = "Who and what is lost is said first. There is no undo.\n\n\
                            Examples:\n  \
                            kestra-admin users delete ana@example.com --dry-run\n  \
                            kestra-admin users delete ana@example.com --confirm ana@example.com")]
    Delete(Remove),
    /// Make somebody a superadmin, called instance owner from 2.0, or a common user again; only a superadmin may
    #[command(after_help = "Examples:\n  \
                            kestra-admin users superadmin ana@example.com on --yes\n  \
                            kestra-admin users superadmin ana@example.com off --yes")]
    Superadmin(Superadmin),
    /// Give a user another password, read from a file
    #[command(after_help = "The password of a superadmin is changed by a superadmin only.\n\n\
                            Examples:\n  \
                            kestra-admin users password ana@example.com --password-file ~/.secrets/ana\n  \
                            pwgen 20 1 | kestra-admin users password ana@example.com --password-file -")]
    Password(Password),
    /// Let a user into a tenant, or take the access away with the bindings and memberships there
    #[command(after_help = "Examples:\n  \
                            kestra-admin users access ana@example.com give --tenant acme\n  \
                            kestra-admin users access ana@example.com take --tenant acme --dry-run\n  \
                            kestra-admin users access ana@example.com take --tenant acme --yes")]
    Access(TenantAccess),
    /// Groups of a tenant, their members and owners
    #[command(
        subcommand,
        after_help = "Examples:\n  \
                            kestra-admin users groups list --tenant acme\n  \
                            kestra-admin users groups add ops ana@example.com --tenant acme"
    )]
    Groups(GroupsVerb),
    /// Service accounts: accounts of programs
    #[command(
        subcommand,
        after_help = "Examples:\n  \
                            kestra-admin users service-accounts list --tenant acme\n  \
                            kestra-admin users service-accounts create ci --description Deployments --tenant acme"
    )]
    ServiceAccounts(ServiceAccountsVerb),
    /// API tokens of users and service accounts
    #[command(
        subcommand,
        after_help = "Examples:\n  \
                            kestra-admin users tokens list ci --tenant acme\n  \
                            kestra-admin users tokens create ci --name deploy --max-age P90D --tenant acme > token"
    )]
    Tokens(TokensVerb),
    /// Invitations to a tenant
    #[command(
        subcommand,
        after_help = "Examples:\n  \
                            kestra-admin users invitations list --tenant acme\n  \
                            kestra-admin users invitations create ana@example.com --role Viewer --tenant acme"
    )]
    Invitations(InvitationsVerb),
}

/// `users create`
#[derive(Debug, Args)]
pub struct CreateUser {
    /// Login name; an e-mail address from Kestra 0.20 on
    pub username: String,
    /// First name
    #[arg(long)]
    pub first_name: Option<String>,
    /// Last name
    #[arg(long)]
    pub last_name: Option<String>,
    /// A private file with the password, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Name or id of a group of the tenant; may be repeated
    #[arg(long)]
    pub group: Vec<String>,
    /// Make it a superadmin, which only a superadmin may
    #[arg(long)]
    pub superadmin: bool,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// What is deleted for good.
#[derive(Debug, Args)]
pub struct Remove {
    /// Its name or id
    pub name: String,
    /// The same again, because there is no undo
    #[arg(long, value_name = "NAME|ID")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Is one.
    On,
    /// Is none.
    Off,
}

/// `users superadmin`
#[derive(Debug, Args)]
pub struct Superadmin {
    /// Login name or id
    pub user: String,
    /// Whether they are one
    pub wanted: Switch,
    /// The login name again, where it is your own right that goes
    #[arg(long, value_name = "USERNAME")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `users password`
#[derive(Debug, Args)]
pub struct Password {
    /// Login name or id
    pub user: String,
    /// A private file with the password, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: PathBuf,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// Into a tenant, or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GiveOrTake {
    /// Let in.
    Give,
    /// Taken away.
    Take,
}

/// `users access`
#[derive(Debug, Args)]
pub struct TenantAccess {
    /// Login name or id
    pub user: String,
    /// What is done
    pub wanted: GiveOrTake,
    /// The tenant again, where the last admin, your own Admin role or all of your own rights go
    #[arg(long, value_name = "TENANT")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// What can be done with groups.
#[derive(Debug, Subcommand)]
pub enum GroupsVerb {
    /// List the groups of a tenant
    #[command(after_help = "Columns: id, name, description, members.\n\n\
                            Examples:\n  \
                            kestra-admin users groups list --tenant acme\n  \
                            kestra-admin users groups list members=0 --tenant acme")]
    List(ListFlags),
    /// Show who is in a group
    #[command(after_help = "Examples:\n  kestra-admin users groups get ops --tenant acme")]
    Get {
        /// Name or id
        group: String,
    },
    /// Create a group
    #[command(after_help = "Examples:\n  \
                            kestra-admin users groups create ops --description 'On call' --member ana@example.com \
                            --tenant acme")]
    Create {
        /// Its name, unique in the tenant
        name: String,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
        /// Login name or id of a member; may be repeated
        #[arg(long, value_name = "USER")]
        member: Vec<String>,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
    /// Change the name or the description of a group; members stay
    #[command(
        group = clap::ArgGroup::new("change").required(true).multiple(true).args(["name", "description"]),
        after_help = "Examples:\n  kestra-admin users groups update ops --name operations --tenant acme"
    )]
    Update {
        /// Name or id
        group: String,
        /// Its new name
        #[arg(long)]
        name: Option<String>,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
    /// Delete a group, and with it every binding of it
    #[command(after_help = "Who loses what is said first. There is no undo.\n\n\
                            Examples:\n  \
                            kestra-admin users groups delete ops --tenant acme --dry-run\n  \
                            kestra-admin users groups delete ops --tenant acme --confirm ops")]
    Delete(Remove),
    /// Make users members of a group; an owner becomes a member
    #[command(
        after_help = "Examples:\n  kestra-admin users groups add ops ana@example.com bob@example.com --tenant acme"
    )]
    Add(Members),
    /// Take users out of a group
    #[command(after_help = "Who loses what is said first.\n\n\
                            Examples:\n  kestra-admin users groups remove ops bob@example.com --tenant acme --yes")]
    Remove(Members),
    /// Make users owners of a group: they manage its members
    #[command(after_help = "Examples:\n  kestra-admin users groups owner ops ana@example.com --tenant acme")]
    Owner(Members),
}

/// Users of a group.
#[derive(Debug, Args)]
pub struct Members {
    /// Name or id of the group
    pub group: String,
    /// Login names or ids
    #[arg(required = true, value_name = "USER")]
    pub users: Vec<String>,
    /// The tenant again, where the last admin, your own Admin role or all of your own rights go
    #[arg(long, value_name = "TENANT")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// What can be done with service accounts.
#[derive(Debug, Subcommand)]
pub enum ServiceAccountsVerb {
    /// List service accounts: all of the instance, or those with access to a tenant
    #[command(after_help = "Columns are those of `users list`.\n\n\
                            Examples:\n  kestra-admin users service-accounts list --tenant acme")]
    List(ListFlags),
    /// Create a service account; with `--tenant`, one of that tenant
    #[command(after_help = "Without `--tenant` it takes a superadmin.\n\n\
                            Examples:\n  \
                            kestra-admin users service-accounts create ci --description 'Deployments' --tenant acme")]
    Create {
        /// Its name: small letters, digits and single hyphens
        name: String,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
        /// Name or id of a group of the tenant; may be repeated
        #[arg(long)]
        group: Vec<String>,
        /// Make it a superadmin, which only a superadmin may
        #[arg(long)]
        superadmin: bool,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
    /// Delete a service account, with its bindings and tokens
    #[command(after_help = "There is no undo.\n\n\
                            Examples:\n  \
                            kestra-admin users service-accounts delete ci --tenant acme --confirm ci")]
    Delete(Remove),
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokensVerb {
    /// List the tokens of a user or service account, without their secrets
    #[command(
        after_help = "Tokens of others are shown to a superadmin, and those of service accounts of a tenant to whoever \
                            may change these.\n\n\
                            Columns: id, name, prefix, issued, expires, used, state, description.\n\n\
                            Examples:\n  \
                            kestra-admin users tokens list ci --tenant acme\n  \
                            kestra-admin users tokens list ci --filter \"expires<14d state:active\""
    )]
    List {
        /// Login name, name or id of the owner
        user: String,
        /// Which of them.
        #[command(flatten)]
        kept: Kept,
    },
    /// Make a token; it is printed this once, and kept nowhere
    #[command(
        after_help = "The token is the only thing on standard output, so that it can be led into a file or a secret \
                            store.\n\n\
                            Examples:\n  \
                            kestra-admin users tokens create ci --name deploy --max-age P90D --tenant acme > token\n  \
                            kestra-admin users tokens create ci --name deploy --tenant acme -o json | jq -r .fullToken"
    )]
    Create {
        /// Login name, name or id of the owner
        user: String,
        /// Its name: small letters, digits and single hyphens
        #[arg(long)]
        name: String,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
        /// How long it is good for, such as 30d, 12h or P30D; for ever, if left out
        #[arg(long, value_name = "DURATION")]
        max_age: Option<String>,
        /// Let each use move the expiry on
        #[arg(long, requires = "max_age")]
        extended: bool,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
    /// End a token
    #[command(after_help = "There is no undo.\n\n\
                            Examples:\n  \
                            kestra-admin users tokens delete ci deploy --dry-run --tenant acme\n  \
                            kestra-admin users tokens delete ci deploy --confirm deploy --tenant acme")]
    Delete {
        /// Login name, name or id of the owner
        user: String,
        /// Id of the token, or its name if no other of theirs has it; `users tokens list` shows them
        token: String,
        /// The same again, because there is no undo
        #[arg(long, value_name = "NAME|ID")]
        confirm: Option<String>,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
}

/// What can be done with invitations.
#[derive(Debug, Subcommand)]
pub enum InvitationsVerb {
    /// List the invitations of a tenant, the newest first
    #[command(
        after_help = "Columns: id, email, roles, groups, superadmin, sent, expires, state.\n\n\
                            Examples:\n  kestra-admin users invitations list --tenant acme"
    )]
    List(Kept),
    /// Invite somebody into a tenant; who is a user already has access at once
    #[command(after_help = "Examples:\n  \
                            kestra-admin users invitations create ana@example.com --role Viewer --tenant acme\n  \
                            kestra-admin users invitations create ana@example.com --role Operator@prod --group ops --tenant acme")]
    Create {
        /// Whom it is for
        email: String,
        /// A role that comes with it, for the whole tenant or with @NAMESPACE behind it; may be repeated
        #[arg(long, value_name = "ROLE[@NAMESPACE]")]
        role: Vec<String>,
        /// Name or id of a group that comes with it; may be repeated
        #[arg(long)]
        group: Vec<String>,
        /// Create the user now instead of waiting
        #[arg(long)]
        create_user: bool,
        /// Make the user a superadmin, which only a superadmin may
        #[arg(long)]
        superadmin: bool,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
    /// Withdraw an invitation
    #[command(after_help = "Examples:\n  kestra-admin users invitations delete ana@example.com --tenant acme --yes")]
    Delete {
        /// Id of the invitation, or the e-mail address if no other has it; `users invitations list` shows them
        #[arg(value_name = "EMAIL|ID")]
        invitation: String,
        /// Whether and how.
        #[command(flatten)]
        changing: Changing,
    },
}
