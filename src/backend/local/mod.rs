//! Local instances: a directory that behaves like a small Kestra.
//!
//! The directory holds `application.yml`, Kestra's own settings file, and `instance.db`, an SQLite database. What is
//! allowed and reachable is decided in [`semantics`] and [`rights`]; how things are kept is in the file of each noun; what
//! is asked of any backend comes in by [`mod@backend`]. [`store`] is the only one that opens the database, [`search`] the only one
//! that turns a query into SQL.
//!
//! Nothing here draws, prints or asks. Several processes may use one instance at once.

mod accounts;
pub mod admin;
mod audit;
mod backend;
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

use crate::domain::catalogue::managed_role;
use crate::domain::instance::Tenancy;
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;
use crate::domain::text::visible;

pub use accounts::Who;
pub use audit::AuditEntry;
pub use backup::BackedUp;
pub use batch::Batch;
pub use create::FIRST_USER;
use creation::Queue;
use failure::{Failure, shown};
pub use moving::TableRows;
use semantics::{Actor, Session, World};
pub use sign_in::SignInRefusal;
pub use stock_pages::{InstanceCounts, StockQuery};
use store::Store;
use turns::Turns;

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
                "Check the name; `--store default` opens the instance `default`, which is made on first use.",
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
            let permissions: Permissions = serde_json::from_slice(stored.as_bytes()).unwrap_or_default();
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
        let answer = Answer::default();
        let (this, told) = (self.clone(), Arc::clone(&answer));
        let task = move || {
            let result = work(&this);
            told.lock().unwrap_or_else(PoisonError::into_inner).replace(result);
        };
        // Boxed, so that what a task takes is compiled once and not for each kind of work.
        let ended = self.core.turns.take(Box::new(task)).await;
        let result = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(ended_early(ended.err())))
    }
}

/// Where the result of work comes.
type Answer<T> = Arc<Mutex<Option<Result<T, Problem>>>>;

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
