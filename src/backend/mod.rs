//! How the program reaches an instance: one trait, whatever is behind it.
//!
//! A backend answers in the words of [`crate::domain`] and fails with a [`Problem`]. It never draws, prints or prompts.
//! Local instances are in [`local`].

pub mod feature;
pub mod foresight;
pub mod http;
pub mod local;
pub mod trace;

use async_trait::async_trait;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::{Account, Profile};
use crate::domain::assignable::Assignable;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, NewBinding};
pub use crate::domain::columns::{BINDING_COLUMNS, GROUP_COLUMNS, ROLE_COLUMNS, TENANT_COLUMNS, USER_COLUMNS};
use crate::domain::instance::Instance;
use crate::domain::invitation::{Invitation, Invited, NewInvitation};
use crate::domain::operation::{NamespaceFlows, Operation};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::token::{ApiToken, CreatedToken, NewToken};
use crate::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

use self::feature::Feature;

/// Every user of a tenant, or of the instance, however many pages that takes.
///
/// # Errors
/// If a page cannot be read.
pub async fn all_users(backend: &dyn Backend, scope: Option<&TenantScope>) -> Result<Vec<User>, Problem> {
    let mut query = Query::first(Query::MAX_SIZE);
    let mut users = Vec::new();
    loop {
        let page = backend.users(scope, &query).await?;
        let is_last = page.rows.is_empty();
        users.extend(page.rows);
        if is_last || users.len() as u64 >= page.total {
            return Ok(users);
        }
        query.page += 1;
    }
}

/// The most superadmins that are read.
const MOST_SUPERADMINS: u32 = 1000;

/// The superadmins of the whole instance, in whatever tenants they are, and whether these are all.
///
/// # Errors
/// If they cannot be read.
pub async fn superadmins(backend: &dyn Backend) -> Result<(Vec<User>, bool), Problem> {
    let query = Query::parse("superadmin=yes", USER_COLUMNS, MOST_SUPERADMINS)
        .unwrap_or_else(|_| Query::first(MOST_SUPERADMINS));
    let mut page = backend.users(None, &query).await?;
    let are_all = page.total <= page.rows.len() as u64;
    page.rows.retain(|user| user.superadmin);
    Ok((page.rows, are_all))
}

/// An instance that can be administered.
///
/// Every method fails with a [`Problem`] ready to be shown. Reads may be repeated at will; a write that fails changed
/// nothing, unless the problem says that the outcome is unknown.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What the instance is, what its settings are, who we are there and what we may do.
    async fn instance(&self) -> Result<Instance, Problem>;

    /// A page of the tenants that have an id, by [`TENANT_COLUMNS`]; by id where the query names no order.
    ///
    /// Where counting admins takes questions of its own, rows leave that out unless the query asks for it; see
    /// [`Self::admin_counts`].
    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem>;

    /// One tenant; [`ProblemKind::NotFound`] if there is none.
    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem>;

    /// How many users hold the Admin role of a tenant, directly or through a group.
    async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Problem>;

    /// The same for many tenants.
    async fn admin_counts(&self, scopes: &[TenantScope]) -> Vec<Result<u64, Problem>> {
        let mut counts = Vec::with_capacity(scopes.len());
        for scope in scopes {
            counts.push(self.admin_count(scope).await);
        }
        counts
    }

    /// Creates a tenant with its Admin role.
    ///
    /// Whoever `admin` names holds that role; without a name the creator does, unless the creator is a superadmin.
    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem>;

    /// Creates many, in order, and says of each how it went. One that fails does not stop the others.
    async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        let mut results = Vec::with_capacity(new.len());
        for tenant in new {
            results.push(self.create_tenant(tenant).await);
        }
        results
    }

    /// Sees to it that a user, named by username, holds the Admin role of a whole tenant; true if it had to be given.
    ///
    /// Who holds it already, directly or through a group, gets nothing more.
    async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Problem>;

    /// The same for many tenants; of each it is said how it went, and one that fails does not stop the others.
    async fn ensure_admins(&self, wanted: &[(TenantScope, String)]) -> Vec<Result<bool, Problem>> {
        let mut results = Vec::with_capacity(wanted.len());
        for (scope, username) in wanted {
            results.push(self.ensure_admin(scope, username).await);
        }
        results
    }

    /// Replaces a tenant by `after`, provided that it still is `before`; otherwise nothing is written and the problem
    /// is a conflict whose detail shows the difference.
    async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem>;

    /// Deletes a tenant. Kestra removes its flows, namespaces, roles, bindings and groups, and keeps executions.
    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem>;

    /// Counts of what lives in a tenant.
    async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Problem>;

    /// Ids of the namespaces of a tenant, in order.
    async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Problem>;

    /// The namespaces of a tenant that hold flows, those with most first.
    async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Problem>;

    /// How the instance runs, as far as it tells us. What it does not tell is left out, and no failure.
    async fn operation(&self) -> Result<Operation, Problem>;

    /// A page of the roles of a tenant, by [`ROLE_COLUMNS`]; by name where the query names no order.
    async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Problem>;

    /// One role with its permissions, by id.
    async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Problem>;

    /// What roles of a tenant can hold, and what they can start from. Where the instance does not say it, that is what is
    /// known of its release, and no failure.
    async fn assignable(&self, scope: &TenantScope) -> Result<Assignable, Problem>;

    /// A page of the bindings of a tenant, by [`BINDING_COLUMNS`]; by subject name where the query names no order.
    async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Problem>;

    /// A page of the users with access to a tenant, or of all users of the instance, by [`USER_COLUMNS`]; by username
    /// where the query names no order.
    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem>;

    /// A page of the groups of a tenant with their members, by [`GROUP_COLUMNS`]; by name where the query names no order.
    async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Problem>;

    /// Everything about who may do what in a tenant, read at one moment.
    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem>;

    /// The same for many tenants.
    async fn accesses(&self, scopes: &[TenantScope]) -> Vec<Result<TenantAccess, Problem>> {
        let mut all = Vec::with_capacity(scopes.len());
        for scope in scopes {
            all.push(self.access(scope).await);
        }
        all
    }

    /// Creates a role of one's own. Names are not unique.
    async fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem>;

    /// Replaces a role by `after`, provided that it still is `before`; otherwise nothing is written, and it is a conflict.
    async fn update_role(&self, scope: &TenantScope, before: &Role, after: &NewRole) -> Result<Role, Problem>;

    /// Deletes a role that Kestra did not ship, with the bindings to it.
    async fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Problem>;

    /// Gives a role.
    async fn create_binding(&self, scope: &TenantScope, new: &NewBinding) -> Result<Binding, Problem> {
        let mut made = self.create_bindings(scope, std::slice::from_ref(new)).await;
        made.pop().unwrap_or_else(|| Err(nothing_made()))
    }

    /// Gives many roles, in order, and says of each how it went. One that fails does not stop the others.
    async fn create_bindings(&self, scope: &TenantScope, new: &[NewBinding]) -> Vec<Result<Binding, Problem>>;

    /// Takes a role away. Bindings are never changed: what is to be another is deleted and created.
    async fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem>;

    /// Creates a group with its members.
    async fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem>;

    /// Gives a group another name and description; its members stay.
    async fn update_group(&self, scope: &TenantScope, before: &Group, after: &NewGroup) -> Result<Group, Problem>;

    /// Deletes a group with the bindings to it.
    async fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Problem>;

    /// Sees to it that a user is a member or owner of a group, or not in it (`None`); by ids. If it `stays`, whoever is to have a
    /// place and is not in it any more is a conflict, and not put back.
    async fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
        stays: bool,
    ) -> Result<(), Problem>;

    /// All that is known of an account. `scope` is the tenant in whose name it is asked, `None` the instance.
    async fn account(&self, scope: Option<&TenantScope>, user: &User) -> Result<Account, Problem>;

    /// Creates a user or a service account; in a tenant it gets access to that one. Creating users takes a superadmin
    /// from 0.24 on.
    async fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem>;

    /// Deletes an account with its access, its bindings and its tokens, in all tenants.
    async fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Result<(), Problem>;

    /// Makes an account a superadmin (instance owner from 2.0), or a common one again. Takes a superadmin.
    async fn set_superadmin(&self, user: &User, superadmin: bool) -> Result<(), Problem>;

    /// Gives a user another password.
    async fn set_password(&self, scope: Option<&TenantScope>, user: &User, password: &str) -> Result<(), Problem>;

    /// Lets somebody into a tenant; true if it had to be done. Before 0.24 whoever holds a role is in.
    async fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Result<bool, Problem>;

    /// Takes a user's access to a tenant away, with the bindings and memberships there.
    async fn take_access(&self, scope: &TenantScope, user: &User) -> Result<(), Problem>;

    /// The tokens of an account, without their secrets.
    async fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Result<Vec<ApiToken>, Problem>;

    /// Makes a token. What it is can be read this once.
    async fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        new: &NewToken,
    ) -> Result<CreatedToken, Problem>;

    /// Ends a token.
    async fn delete_token(&self, scope: Option<&TenantScope>, owner: &User, id: &str) -> Result<(), Problem>;

    /// The invitations of a tenant, the newest first.
    async fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Problem>;

    /// Invites somebody into a tenant. Who is a user already has access at once.
    async fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Result<Invited, Problem>;

    /// Withdraws an invitation.
    async fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Problem>;

    /// A page of Kestra's audit log: of a tenant, or of the whole instance, which takes a superadmin and 1.0.
    async fn audit(&self, scope: Option<&TenantScope>, query: &AuditQuery) -> Result<Page<AuditRow>, Problem>;

    /// A number that changes when somebody else changed the instance, where the backend can tell cheaply.
    async fn change_stamp(&self) -> Result<Option<u64>, Problem>;

    /// A filter of the tenants is about to be typed: makes ready what makes it quick, where there is such a thing.
    async fn expect_filter(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// Whether anything was changed through it. Only a backend that keeps a record of changes knows.
    fn has_changed(&self) -> bool {
        false
    }

    /// Why a change that was made could not be noted in the activity record; told once. Only a backend that keeps one
    /// has anything to tell.
    fn unrecorded(&self) -> Option<Problem> {
        None
    }
}

/// What cannot be: an answer without the thing that was made.
fn nothing_made() -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "It is not known what was made.",
        "The instance answered with nothing.",
        "Look what is there before trying again.",
    )
}

/// Why a group is not renamed: it is not called any more as it was shown.
fn group_changed(shown: &Group, now: &Group) -> Problem {
    let changed = match (shown.name != now.name, shown.description != now.description) {
        (true, true) => "its name and its description",
        (true, false) => "its name",
        _ => "its description",
    };
    Problem::new(
        ProblemKind::Conflict,
        format!("Group `{}` was not changed.", visible(&shown.name)),
        format!("Somebody else changed {changed} meanwhile."),
        "Look at it again, and make the change anew.",
    )
}

/// Why a user is not created: there is one of that name.
fn username_taken(username: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("User `{}` was not created.", visible(username)),
        "Usernames are unique, and this one is taken.",
        "Choose another username.",
    )
    .with_field("username", "is taken")
}

/// Why somebody is not let in (0.13 to 0.23): there is no access but by roles and groups.
fn no_access_apart(username: &str, release: Release) -> Result<(), Problem> {
    Feature::TenantAccess.require(release, format!("`{}` was not let into the tenant.", visible(username)))
}

/// What is said of tokens where there are none.
const NO_TOKENS: &str = "There are no tokens to look at or to make.";
/// What is said of invitations where there are none.
const NO_INVITATIONS: &str = "There are no invitations to look at.";
/// What is said of the audit log of the instance where there is none.
const NO_AUDIT_LOG: &str = "There is no audit log of the whole instance.";

/// Refuses an invitation that the release cannot make.
fn require_invitation(new: &NewInvitation, release: Release) -> Result<(), Problem> {
    let what = || format!("`{}` was not invited.", visible(&new.email));
    Feature::Invitations.require(release, what())?;
    if new.create_user {
        Feature::InvitedUsers.require(release, what())?;
    }
    if new.superadmin {
        Feature::InvitedSuperadmins.require(release, what())?;
    }
    Ok(())
}

/// Why a role is not replaced: it is not the one that was shown.
fn role_changed(shown: &Role, now: &Role) -> Problem {
    let mut changed = Vec::new();
    if shown.name != now.name {
        changed.push("its name");
    }
    if shown.description != now.description {
        changed.push("its description");
    }
    if shown.permissions != now.permissions {
        changed.push("what it allows");
    }
    if (shown.is_default, shown.is_managed) != (now.is_default, now.is_managed) {
        changed.push("whether it is the default role");
    }
    Problem::new(
        ProblemKind::Conflict,
        format!("Role `{}` was not changed.", visible(&shown.name)),
        format!("Somebody else changed {} meanwhile.", changed.join(", ")),
        "Look at it again, and make the change anew.",
    )
}
