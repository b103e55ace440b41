//! Local instances: a directory that behaves like a small Kestra.
//!
//! The directory holds `application.yml`, Kestra's own settings file, and `instance.db`, an SQLite database. What is
//! allowed and reachable is decided in [`semantics`] and [`rights`]; how things are kept is in the file of each noun; [`store`] is the
//! only one that opens the database, [`search`] the only one that turns a query into SQL.
//!
//! Nothing here draws, prints or asks. Several processes may use one instance at once.

mod accounts;
pub mod admin;
mod audit;
mod backup;
mod batch;
mod bindings;
mod create;
mod creation;
mod failure;
mod groups;
mod iam;
#[cfg(test)]
mod iam_tests;
mod ids;
#[cfg(test)]
mod instance_tests;
mod integrity;
mod invitations;
mod moving;
mod rights;
mod roles;
mod schema;
mod search;
#[cfg(test)]
mod search_tests;
mod semantics;
mod settings;
mod sign_in;
mod stock;
mod stock_pages;
mod store;
mod tenant_index;
mod tenants;
mod tokens;
mod turns;
mod upgrade;
mod users;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::{Account, Profile};
use crate::domain::assignable::Assignable;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, NewBinding};
use crate::domain::catalogue::managed_role;
use crate::domain::instance::{Edition, Identity, Instance, Tenancy};
use crate::domain::invitation::{Invitation, Invited, NewInvitation};
use crate::domain::operation::{NamespaceFlows, Operation};
use crate::domain::page::Page;
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::token::{ApiToken, CreatedToken, NewToken};
use crate::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

use super::feature::Feature;
use super::{
    Backend, NO_AUDIT_LOG, NO_INVITATIONS, NO_TOKENS, group_changed, no_access_apart, nothing_made, require_invitation,
    role_changed,
};
pub use accounts::Who;
pub use audit::AuditEntry;
pub use backup::BackedUp;
pub use batch::Batch;
pub use create::FIRST_USER;
use creation::{BATCH, Queue};
use failure::{Failure, shown};
pub use moving::TableRows;
use semantics::{Actor, Reading, Session, World};
pub use sign_in::SignInRefusal;
pub use stock_pages::{InstanceCounts, StockQuery};
use store::Store;
use turns::{Task, Turns};

/// An open local instance, used in the name of one of its users. Cheap to clone; clones share one connection.
#[derive(Clone)]
pub struct LocalInstance {
    core: Arc<Core>,
    /// Row of the acting user, who is read anew for each piece of work.
    actor: i64,
}

struct Core {
    directory: PathBuf,
    store: Store,
    world: World,
    queue: Queue,
    turns: Turns,
    verified: sign_in::Verified,
    notes: Vec<String>,
}

impl LocalInstance {
    /// Makes a local instance that behaves as `release`, with the settings and the first user it would have.
    ///
    /// It is made whole or not at all. An existing one is a conflict and stays as it is.
    pub fn create(directory: &Path, release: Release) -> Result<(), Problem> {
        create::create(directory, release)
    }

    /// Opens the local instance in a directory, under the settings its file has now.
    ///
    /// Who acts is `acting_as`, by username, or else the superadmin that was created first.
    pub fn open(directory: &Path, acting_as: Option<&str>) -> Result<Self, Problem> {
        if !create::is_instance(directory) {
            return Err(Problem::new(
                ProblemKind::NotFound,
                format!("There is no local instance at `{}`.", shown(directory)),
                format!("A local instance is a directory with a file `{}`.", create::DATABASE),
                "Check the name; without `--store` the local instance `default` is opened, and made if need be.",
            ));
        }
        let store = Store::open(&directory.join(create::DATABASE))?;
        let release = store.read(release_of)?;
        let settings_file = directory.join(create::SETTINGS);
        let settings = settings::read(&settings_file, release)?;
        store.define("managed_description", move |name| {
            managed_role(release, name).map_or_else(String::new, |role| role.description.to_owned())
        })?;
        store.define("managed_rights", move |name| {
            let rights = managed_role(release, name).map_or(0, |role| role.permissions.count());
            rights.to_string()
        })?;
        store.define("rights", |stored| {
            // What is damaged is said when its role is read.
            let permissions: Permissions = serde_json::from_str(stored).unwrap_or_default();
            permissions.count().to_string()
        })?;
        let actor = store.read(|db| find_actor(db, acting_as))?;
        let mut notes = settings.notes;
        notes.extend(store.note().map(str::to_owned));
        Ok(Self {
            core: Arc::new(Core {
                directory: directory.to_owned(),
                store,
                world: World::new(release, settings.tenancy, settings_file),
                queue: Queue::default(),
                turns: Turns::default(),
                verified: sign_in::Verified::default(),
                notes,
            }),
            actor: actor.key,
        })
    }

    /// Opens the local instance in a directory, and makes it first where there is none. `release` counts only then.
    pub fn open_or_create(directory: &Path, release: Release, acting_as: Option<&str>) -> Result<Self, Problem> {
        if !create::is_instance(directory) {
            match Self::create(directory, release) {
                // Another process may have been faster.
                Err(problem) if !create::is_instance(directory) => return Err(problem),
                _ => {}
            }
        }
        Self::open(directory, acting_as)
    }

    /// Whether the directory holds an instance.
    pub fn is_at(directory: &Path) -> bool {
        create::is_instance(directory)
    }

    /// Whether the directory holds an instance that is up to date, and that nobody has to themselves just now. Nothing is
    /// changed for it, and nobody waited for.
    pub fn is_ready(directory: &Path) -> bool {
        create::is_instance(directory) && Store::is_ready(&directory.join(create::DATABASE))
    }

    /// The same instance in the name of another user.
    pub fn acting_as(&self, username: &str) -> Result<Self, Problem> {
        let actor = self.core.store.read(|db| find_actor(db, Some(username)))?;
        Ok(self.in_the_name_of(actor.key))
    }

    /// The release it behaves as.
    pub fn release(&self) -> Release {
        self.core.world.release
    }

    /// The settings in effect: those of the file when the instance was opened.
    pub fn tenancy(&self) -> Tenancy {
        self.core.world.tenancy
    }

    /// Every setting of its file as it is now, with its whole key; secrets too, so the caller masks.
    pub fn settings_in_file(&self) -> Result<std::collections::BTreeMap<String, serde_json::Value>, Problem> {
        settings::values(self.settings_file())
    }

    /// Turns multi-tenancy on in its settings file, beside the default tenant, attaches what was recorded before, and
    /// gives the instance back as it is after a restart. Where it is on already nothing changes.
    ///
    /// From 0.23 on there is nothing to turn on.
    pub fn with_tenancy_on(&self) -> Result<Self, Problem> {
        if self.tenancy().enabled {
            return Ok(self.clone());
        }
        settings::turn_on(self.settings_file(), self.release())?;
        let mut opened = Self::open(self.directory(), None)?;
        opened.sync_access()?;
        opened.actor = self.actor;
        Ok(opened)
    }

    /// The directory it lives in.
    pub fn directory(&self) -> &Path {
        &self.core.directory
    }

    /// Its settings file.
    pub fn settings_file(&self) -> &Path {
        &self.core.world.settings_file
    }

    /// Remarks for the operator, a sentence each: settings without effect, a file system that cannot do all.
    pub fn notes(&self) -> &[String] {
        &self.core.notes
    }

    fn read<T>(&self, work: impl FnOnce(&Session<'_>) -> Result<T, Failure>) -> Result<T, Problem> {
        self.core.store.read(|db| work(&self.session(db)?))
    }

    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is one of a session of one lifetime"
    )]
    fn index_tenants(&self) -> Result<(), Problem> {
        self.read(|session| session.index_tenants())
    }

    fn write<T>(&self, work: impl FnOnce(&Session<'_>) -> Result<T, Failure>) -> Result<T, Problem> {
        self.core.store.write(|db| work(&self.session(db)?))
    }

    fn session<'a>(&'a self, db: &'a rusqlite::Connection) -> Result<Session<'a>, Failure> {
        let actor = semantics::user_at(db, self.actor)?.ok_or_else(|| {
            Problem::new(
                ProblemKind::Denied,
                "You are no user of this instance any more.",
                "The user in whose name it was opened has been deleted.",
                "Open the instance as another user.",
            )
        })?;
        Ok(Session {
            db,
            world: &self.core.world,
            actor: Some(actor),
        })
    }

    /// Runs blocking work where it holds nothing up, when its turn has come.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (task, answer) = self.task(work);
        let ended = self.core.turns.take(task).await;
        take(&answer).unwrap_or_else(|| Err(ended_early(ended.err())))
    }

    /// The same, at once: for what those who do it at the same time do together.
    async fn run_beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (task, answer) = self.task(work);
        let ended = tokio::task::spawn_blocking(task).await;
        take(&answer).unwrap_or_else(|| Err(ended_early(ended.err())))
    }

    /// Work and the place where its result will be. Boxed, so that what a task takes is compiled once and not for each kind of work.
    fn task<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> (Task, Answer<T>) {
        let answer = Answer::default();
        let (this, told) = (self.clone(), Arc::clone(&answer));
        let task = move || {
            let result = work(&this);
            told.lock().unwrap_or_else(PoisonError::into_inner).replace(result);
        };
        (Box::new(task), answer)
    }
}

/// Where the result of work comes.
type Answer<T> = Arc<Mutex<Option<Result<T, Problem>>>>;

fn take<T>(answer: &Answer<T>) -> Option<Result<T, Problem>> {
    answer.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn ended_early(error: Option<impl std::fmt::Display>) -> Problem {
    let problem = Problem::new(
        ProblemKind::Failed,
        "The local instance did not answer.",
        "The work on it ended early.",
        "Try again; if it happens again, report it with the details.",
    );
    match error {
        Some(error) => problem.with_detail(error),
        None => problem,
    }
}

fn release_of(db: &rusqlite::Connection) -> Result<Release, Failure> {
    let text: String = db.query_row("SELECT value FROM instance WHERE name = 'release'", (), |row| {
        row.get(0)
    })?;
    text.parse().map_err(|error: crate::domain::release::ReleaseError| {
        Problem::new(
            ProblemKind::Failed,
            "The local instance cannot be opened.",
            format!("It was made for a release that this program does not know: {error}."),
            "Use the kestra-admin that made it.",
        )
        .into()
    })
}

fn find_actor(db: &rusqlite::Connection, acting_as: Option<&str>) -> Result<Actor, Failure> {
    let (found, why) = match acting_as {
        Some(username) => (
            semantics::find_user(db, username)?,
            format!("It has no user `{}`.", visible(username)),
        ),
        None => (semantics::first_superadmin(db)?, "It has no superadmin.".to_owned()),
    };
    found.ok_or_else(|| {
        Problem::new(
            ProblemKind::Denied,
            "The local instance cannot be opened as this user.",
            why,
            "Name a user of the instance.",
        )
        .into()
    })
}

#[async_trait]
impl Backend for LocalInstance {
    async fn instance(&self) -> Result<Instance, Problem> {
        self.run(|this| {
            this.read(|session| {
                let actor = session.actor.clone();
                Ok(Instance {
                    release: this.release(),
                    version: format!("{}.0", this.release()),
                    edition: Edition::Enterprise,
                    tenancy: this.tenancy(),
                    identity: actor.map_or_else(
                        || Identity {
                            id: String::new(),
                            username: String::new(),
                            superadmin: false,
                        },
                        |actor| Identity {
                            id: actor.id,
                            username: actor.username,
                            superadmin: actor.superadmin,
                        },
                    ),
                    rights: session.rights()?,
                    settings_source: Some(session.settings_file()),
                })
            })
        })
        .await
    }

    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem> {
        let query = query.clone();
        self.run(move |this| this.read(|session| session.tenants(&query))).await
    }

    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem> {
        let id = id.clone();
        self.run(move |this| this.read(|session| session.tenant(&id))).await
    }

    async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.admin_count(&scope)))
            .await
    }

    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        let new = new.clone();
        self.run_beside(move |this| this.create_with_others(new)).await
    }

    async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        let mut outcomes = Vec::with_capacity(new.len());
        for batch in new.chunks(BATCH) {
            let (count, batch) = (batch.len(), batch.to_vec());
            let created = self.run(move |this| Ok(this.create_batch(&batch))).await;
            outcomes.extend(created.unwrap_or_else(|problem| vec![Err(problem); count]));
        }
        outcomes
    }

    async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Problem> {
        let (scope, username) = (scope.clone(), username.to_owned());
        self.run(move |this| this.write(|session| session.ensure_admin(&scope, &username)))
            .await
    }

    async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
        let (before, after) = (before.clone(), after.clone());
        self.run(move |this| this.write(|session| session.update_tenant(&before, &after)))
            .await
    }

    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem> {
        let id = id.clone();
        self.run(move |this| this.write(|session| session.delete_tenant(&id)))
            .await
    }

    async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.footprint(&scope)))
            .await
    }

    async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.namespaces(&scope)))
            .await
    }

    async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Problem> {
        let scope = scope.clone();
        self.run(move |this| this.read(|session| session.flow_counts(&scope)))
            .await
    }

    async fn operation(&self) -> Result<Operation, Problem> {
        // A directory has no services, needs no licence, and is never in maintenance.
        Ok(Operation::default())
    }

    async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Problem> {
        let (scope, query) = (scope.clone(), query.clone());
        self.run(move |this| this.read(|session| session.roles(&scope, &query)))
            .await
    }

    async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| this.read(|session| session.role(&scope, &id)))
            .await
    }

    async fn assignable(&self, scope: &TenantScope) -> Result<Assignable, Problem> {
        let scope = scope.clone();
        self.run(move |this| {
            // Whoever comes into a tenant may ask; what roles can hold is the same in all of them.
            this.read(|session| session.space(&scope))?;
            Ok(Assignable::of_instance(this.release()))
        })
        .await
    }

    async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Problem> {
        let (scope, query) = (scope.clone(), query.clone());
        self.run(move |this| this.read(|session| session.bindings(&scope, &query)))
            .await
    }

    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem> {
        let (scope, query) = (scope.cloned(), query.clone());
        self.run(move |this| this.read(|session| session.users(scope.as_ref(), &query)))
            .await
    }

    async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Problem> {
        let (scope, query) = (scope.clone(), query.clone());
        self.run(move |this| this.read(|session| session.groups(&scope, &query)))
            .await
    }

    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem> {
        let scope = scope.clone();
        self.run(move |this| {
            this.read(|session| {
                let space = session.enter_to_read(&scope, "ROLE", Reading::List)?;
                for resource in ["BINDING", "GROUP", session.people_resource()] {
                    session.enter_to_read(&scope, resource, Reading::List)?;
                }
                Ok(TenantAccess {
                    roles: session.roles_of(&space)?,
                    bindings: session.bindings_of(&space)?,
                    groups: session.groups_of(&space)?,
                    users: session.users_of(&space)?,
                })
            })
        })
        .await
    }

    async fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        let (scope, new) = (scope.clone(), new.clone());
        self.run(move |this| this.add_role(&scope, &new)).await
    }

    async fn update_role(&self, scope: &TenantScope, before: &Role, after: &NewRole) -> Result<Role, Problem> {
        let (scope, before, after) = (scope.clone(), before.clone(), after.clone());
        self.run(move |this| {
            this.write(|session| {
                let space = session.enter_with(&scope, "ROLE", "UPDATE")?;
                let now = session.role_in(&space, &before.id)?;
                if now != before {
                    return Err(role_changed(&before, &now).into());
                }
                session.update_role(&space, &before.id, &after)
            })
        })
        .await
    }

    async fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| Self::delete_role(this, &scope, &id)).await
    }

    async fn create_bindings(&self, scope: &TenantScope, new: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        let (scope, count, new) = (scope.clone(), new.len(), new.to_vec());
        let made = self
            .run(move |this| {
                Ok(new
                    .iter()
                    .map(|new| {
                        let mut made = this.add_bindings(&scope, std::slice::from_ref(new))?;
                        made.pop().ok_or_else(nothing_made)
                    })
                    .collect::<Vec<_>>())
            })
            .await;
        made.unwrap_or_else(|problem: Problem| vec![Err(problem); count])
    }

    async fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| this.remove_binding(&scope, &id)).await
    }

    async fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem> {
        let (scope, new) = (scope.clone(), new.clone());
        self.run(move |this| this.add_group(&scope, &new.name, new.description.as_deref(), &new.members))
            .await
    }

    async fn update_group(&self, scope: &TenantScope, before: &Group, after: &NewGroup) -> Result<Group, Problem> {
        let (scope, before, after) = (scope.clone(), before.clone(), after.clone());
        self.run(move |this| {
            this.write(|session| {
                let space = session.enter_with(&scope, "GROUP", "UPDATE")?;
                let now = session.group_in(&space, &before.id)?;
                if (&now.name, &now.description) != (&before.name, &before.description) {
                    return Err(group_changed(&before, &now).into());
                }
                session.update_group(&space, &before.id, &after.name, after.description.as_deref())
            })
        })
        .await
    }

    async fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| Self::delete_group(this, &scope, &id)).await
    }

    async fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
    ) -> Result<(), Problem> {
        if wanted == Some(Membership::Owner) {
            Feature::GroupOwners.require(self.release(), "Nobody was made owner of the group.")?;
        }
        let (scope, group, user) = (scope.clone(), group.to_owned(), user.to_owned());
        self.run(move |this| this.set_place_in_group(&scope, &group, &user, wanted))
            .await
    }

    async fn account(&self, scope: Option<&TenantScope>, user: &User) -> Result<Account, Problem> {
        let (scope, user) = (scope.cloned(), user.clone());
        self.run(move |this| Self::account(this, scope.as_ref(), &user.id, user.kind))
            .await
    }

    async fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        let (scope, profile) = (scope.cloned(), profile.clone());
        self.run(move |this| Self::create_account(this, scope.as_ref(), kind, &profile))
            .await
    }

    async fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Result<(), Problem> {
        let (scope, user) = (scope.cloned(), user.clone());
        self.run(move |this| Self::delete_account(this, scope.as_ref(), &user.id, user.kind))
            .await
    }

    async fn set_superadmin(&self, user: &User, superadmin: bool) -> Result<(), Problem> {
        let user = user.clone();
        self.run(move |this| this.make_superadmin(&user.id, user.kind, superadmin).map(drop))
            .await
    }

    async fn set_password(&self, scope: Option<&TenantScope>, user: &User, password: &str) -> Result<(), Problem> {
        let (scope, id, password) = (scope.cloned(), user.id.clone(), password.to_owned());
        self.run(move |this| this.change_password(scope.as_ref(), &id, &password).map(drop))
            .await
    }

    async fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Result<bool, Problem> {
        let (scope, entrant) = (scope.clone(), who.clone());
        self.run(move |this| {
            let who = || match &entrant {
                Entrant::Known(user) => Who::Id(&user.id),
                Entrant::Named(username) => Who::Username(username),
            };
            if !this.has_access(&scope, who())? {
                no_access_apart(entrant.username(), this.release())?;
            }
            this.grant_access(&scope, who()).map(|had| !had)
        })
        .await
    }

    async fn take_access(&self, scope: &TenantScope, user: &User) -> Result<(), Problem> {
        let (scope, id) = (scope.clone(), user.id.clone());
        self.run(move |this| this.revoke_access(&scope, &id)).await
    }

    async fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Result<Vec<ApiToken>, Problem> {
        Feature::ApiTokens.require(self.release(), NO_TOKENS)?;
        let (scope, id) = (scope.cloned(), owner.id.clone());
        self.run(move |this| Self::tokens(this, scope.as_ref(), &id)).await
    }

    async fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        new: &NewToken,
    ) -> Result<CreatedToken, Problem> {
        Feature::ApiTokens.require(self.release(), NO_TOKENS)?;
        let (scope, id, new) = (scope.cloned(), owner.id.clone(), new.clone());
        self.run(move |this| Self::create_token(this, scope.as_ref(), &id, &new, Timestamp::now()))
            .await
    }

    async fn delete_token(&self, scope: Option<&TenantScope>, owner: &User, id: &str) -> Result<(), Problem> {
        Feature::ApiTokens.require(self.release(), NO_TOKENS)?;
        let (scope, owner, id) = (scope.cloned(), owner.id.clone(), id.to_owned());
        self.run(move |this| Self::delete_token(this, scope.as_ref(), &owner, &id))
            .await
    }

    async fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        Feature::Invitations.require(self.release(), NO_INVITATIONS)?;
        let scope = scope.clone();
        self.run(move |this| Self::invitations(this, &scope)).await
    }

    async fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Result<Invited, Problem> {
        require_invitation(new, self.release())?;
        let (scope, new) = (scope.clone(), new.clone());
        self.run(move |this| Self::invite(this, &scope, &new, Timestamp::now()))
            .await
    }

    async fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        Feature::Invitations.require(self.release(), NO_INVITATIONS)?;
        let (scope, id) = (scope.clone(), id.to_owned());
        self.run(move |this| Self::delete_invitation(this, &scope, &id)).await
    }

    async fn audit(&self, scope: Option<&TenantScope>, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        if scope.is_none() {
            Feature::InstanceAuditLog.require(self.release(), NO_AUDIT_LOG)?;
        }
        let (scope, query) = (scope.cloned(), query.clone());
        self.run(move |this| this.audit_page(scope.as_ref(), &query)).await
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        self.run(|this| this.core.store.change_stamp().map(Some)).await
    }

    async fn expect_filter(&self) -> Result<(), Problem> {
        self.run(Self::index_tenants).await
    }
}
