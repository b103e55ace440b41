//! Questions about people and what was done, and what is chosen or typed on the way to a change of them.
//!
//! Asking is the runner's; what an answer leads to is said in `update::people` and `update::records`.

use serde::{Deserialize, Serialize};

use crate::domain::access::TenantAccess;
use crate::domain::account::{Account, GoesWithAccount};
use crate::domain::activity::Activity;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::invitation::{Invitation, NewInvitation};
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;
use crate::domain::token::ApiToken;
use crate::domain::user::{Group, User};
use crate::migration::access_snapshot::AccessSnapshot;
use crate::migration::restoration::Restoration;

/// A question about people. Where no tenant is named, `None` is the whole instance.
#[derive(Clone, Debug, PartialEq)]
pub enum PeopleQuestion {
    /// A page of users of the instance.
    Users(Query),
    /// All about one account, and what it holds.
    Account {
        /// In whose name it is asked.
        scope: Option<TenantScope>,
        /// The tenant that is looked at first; the others in which it may hold something follow, as far as so many are read.
        tenant: Option<TenantScope>,
        /// Whom.
        user: User,
    },
    /// The tokens of an account.
    Tokens(Option<TenantScope>, User),
    /// The invitations of a tenant.
    Invitations(TenantScope),
    /// A page of Kestra's audit log, of what a login name did if one is given.
    Audit {
        /// The tenant; `None` is the whole instance.
        scope: Option<TenantScope>,
        /// Which rows.
        query: AuditQuery,
        /// Login name of who did it.
        username: Option<String>,
    },
    /// What this program did.
    Activity,
    /// What goes with an account that is deleted, in all tenants.
    GoesWith(Option<TenantScope>, User),
    /// The superadmins of the whole instance.
    Superadmins,
    /// What people lost since a snapshot of the default tenant was taken.
    Lost(Box<AccessSnapshot>),
}

/// The answer to a [`PeopleQuestion`] of the same name.
#[derive(Clone, Debug, PartialEq)]
pub enum PeopleAnswer {
    /// To [`PeopleQuestion::Users`].
    Users(Page<User>),
    /// To [`PeopleQuestion::Account`]: who may do what in each tenant, or why that is not known, and how many were not looked at.
    Account(Box<Account>, Vec<(TenantScope, Result<TenantAccess, Problem>)>, u64),
    /// To [`PeopleQuestion::Tokens`].
    Tokens(Vec<ApiToken>),
    /// To [`PeopleQuestion::Invitations`].
    Invitations(Vec<Invitation>),
    /// To [`PeopleQuestion::Audit`].
    Audit(Page<AuditRow>),
    /// To [`PeopleQuestion::Activity`], the newest first.
    Activity(Vec<Activity>),
    /// To [`PeopleQuestion::GoesWith`].
    GoesWith(GoesWithAccount),
    /// To [`PeopleQuestion::Superadmins`], and whether these are all.
    Superadmins(Vec<User>, bool),
    /// To [`PeopleQuestion::Lost`].
    Lost(Box<Restoration>),
}

/// Somebody or a group that a role is given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
}

impl Subject {
    /// A user or service account.
    pub fn user(user: &User) -> Self {
        Self {
            kind: SubjectKind::User,
            id: user.id.clone(),
            name: user.username.clone(),
        }
    }

    /// Whoever holds a role through this binding.
    pub fn holder(binding: &Binding) -> Self {
        Self {
            kind: binding.subject_kind,
            id: binding.subject_id.clone(),
            name: binding.subject_name.clone(),
        }
    }

    /// A group.
    pub fn group(group: &Group) -> Self {
        Self {
            kind: SubjectKind::Group,
            id: group.id.clone(),
            name: group.name.clone(),
        }
    }
}

/// What somebody or something is picked from a list for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Picking {
    /// Who becomes Admin of tenants, and the access of the tenant if it is one, as far as it was read.
    Admin(Vec<TenantScope>, #[serde(skip)] Option<Box<TenantAccess>>),
    /// Who is given this role, or one that is chosen next.
    Subjects(TenantScope, Option<Box<Role>>),
    /// Which roles they are given.
    Roles(TenantScope, Vec<Subject>),
    /// Where they hold them.
    Places(TenantScope, Vec<Subject>, Vec<Role>),
    /// Who is let into a tenant.
    Entrants(TenantScope),
    /// Who is put into a group.
    Members(TenantScope, Group),
    /// What comes with an invitation.
    Invited(TenantScope, NewInvitation, InvitedPart),
}

impl Picking {
    /// The tenant whose access says whom or what there is to pick; `None` where that is read anew.
    pub fn tenant(&self) -> Option<&TenantScope> {
        match self {
            Self::Subjects(scope, _)
            | Self::Roles(scope, ..)
            | Self::Places(scope, ..)
            | Self::Entrants(scope)
            | Self::Members(scope, _)
            | Self::Invited(scope, ..) => Some(scope),
            Self::Admin(..) => None,
        }
    }
}

/// What is asked of an invitation, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitedPart {
    /// Its roles.
    Roles,
    /// Where the role at this place among them is held.
    Places(usize),
    /// Its groups.
    Groups,
}

/// What is typed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entering {
    /// A new user of a tenant, or of no tenant yet.
    User(Option<TenantScope>),
    /// A new service account of a tenant.
    ServiceAccount(TenantScope),
    /// A password of a user.
    Password(Option<TenantScope>, User),
    /// A new token.
    Token(Option<TenantScope>, User),
    /// A new group.
    Group(TenantScope),
    /// Another name or description of a group.
    ChangedGroup(TenantScope, Group),
    /// An invitation.
    Invitation(TenantScope),
    /// Which rows of the audit log are shown.
    AuditFilter,
    /// Into which file a snapshot goes, and of which tenants.
    Snapshot,
    /// With which file a tenant is compared.
    Compared,
    /// Which file is imported, and which tenants of it.
    Imported,
    /// Which file is applied, which tenants of it, and whether what it does not have is deleted.
    Applied,
}

impl Entering {
    /// What taking the lines does, in a word.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::User(_) | Self::ServiceAccount(_) | Self::Token(..) | Self::Group(_) => "create",
            Self::Password(..) => "set",
            Self::ChangedGroup(..) => "change",
            // Its roles and groups are asked for next.
            Self::Invitation(_) => "go on",
            Self::AuditFilter => "filter",
            Self::Snapshot => "save",
            Self::Compared => "compare",
            // What the file would change is looked at first.
            Self::Imported | Self::Applied => "review",
        }
    }
}
