//! What a Kestra of the instance's release would allow: who may do what, and what is reachable under the settings.
//!
//! Everything that is read or changed goes through a [`Session`]: one piece of work, at one moment, by one actor. How
//! tenants, roles and the rest are kept is in the file of each, and who may change tenants in [`super::rights`]; all of them
//! are further methods of [`Session`].

use std::path::PathBuf;
use std::sync::Mutex;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

use crate::domain::catalogue::managed_role;
use crate::domain::instance::Tenancy;
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::{PermissionModel, Release};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::failure::{Failure, shown};
use super::settings::{DEFAULT_TENANT, ENABLED};
use super::tenant_index::TenantIndex;

/// What an instance is while it is open: but for what is only remembered, nothing here changes before a restart.
pub(super) struct World {
    /// The release it behaves as.
    pub release: Release,
    /// The settings in effect, read when it was opened.
    pub tenancy: Tenancy,
    /// Where the settings are edited.
    pub settings_file: PathBuf,
    /// The searchable text of all tenants, once somebody has filtered them.
    pub tenant_index: Mutex<Option<TenantIndex>>,
}

impl World {
    /// An instance of `release` under these settings.
    pub(super) fn new(release: Release, tenancy: Tenancy, settings_file: PathBuf) -> Self {
        Self {
            release,
            tenancy,
            settings_file,
            tenant_index: Mutex::new(None),
        }
    }
}

/// A user of the instance in whose name something is done.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    /// Row of the user.
    pub key: i64,
    /// Id of the user.
    pub id: String,
    /// Login name.
    pub username: String,
    /// Whether it is a superadmin.
    pub superadmin: bool,
}

/// A tenant that can be reached, as rows name it.
#[derive(Clone, Debug)]
pub(super) struct Space {
    /// `''` for the default tenant, the id otherwise.
    pub tenant: String,
    /// Rows count from this value of `attributed` on: with multi-tenancy off all do, with it on only synchronised ones.
    pub attributed: bool,
}

impl Space {
    /// The two as values for a condition `tenant = ? AND attributed >= ?`.
    pub(super) fn values(&self) -> Vec<Value> {
        vec![Value::from(self.tenant.clone()), Value::from(self.attributed)]
    }
}

/// What is done with a resource when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A list.
    List,
    /// A single one.
    One,
}

/// One piece of work on an instance, at one moment.
pub(super) struct Session<'a> {
    /// The database, inside a transaction.
    pub db: &'a Connection,
    /// What the instance is.
    pub world: &'a World,
    /// Who does it; `None` is Kestra's own command line, which no rights bind.
    pub actor: Option<Actor>,
}

/// A role the actor holds in a space.
pub(super) struct Held {
    /// What it allows.
    pub permissions: Permissions,
    /// The namespace it is narrowed to.
    pub namespace: Option<String>,
}

impl Session<'_> {
    /// Who acts, for the audit log and for messages.
    pub(super) fn actor_name(&self) -> &str {
        self.actor
            .as_ref()
            .map_or("kestra command line", |actor| &actor.username)
    }

    /// Whether no rights bind the actor.
    pub(super) fn is_unbound(&self) -> bool {
        self.actor.as_ref().is_none_or(|actor| actor.superadmin)
    }

    /// The settings file in words.
    pub(super) fn settings_file(&self) -> String {
        shown(&self.world.settings_file)
    }

    /// A tenant as rows name it, if the settings let anybody reach it.
    pub(super) fn space(&self, scope: &TenantScope) -> Result<Space, Failure> {
        let attributed = self.world.tenancy.enabled;
        match scope {
            TenantScope::Default if self.world.tenancy.reaches_default_tenant(self.world.release) => Ok(Space {
                tenant: String::new(),
                attributed,
            }),
            TenantScope::Default => Err(self.no_default_tenant().into()),
            TenantScope::Named(id) => {
                let known = attributed
                    && self
                        .db
                        .prepare_cached("SELECT 1 FROM tenants WHERE id = ?1")?
                        .exists([id.as_str()])?;
                if known {
                    Ok(Space {
                        tenant: id.as_str().to_owned(),
                        attributed,
                    })
                } else {
                    Err(self.no_tenant(id.as_str()).into())
                }
            }
        }
    }

    /// A tenant as rows name it, if the actor has access to it.
    pub(super) fn enter(&self, scope: &TenantScope) -> Result<Space, Failure> {
        let space = self.space(scope)?;
        match &self.actor {
            Some(actor) if !actor.superadmin && !self.has_access(&space, actor.key)? => {
                Err(self.no_access(scope, actor)?.into())
            }
            _ => Ok(space),
        }
    }

    /// Whether a user has access to a tenant.
    pub(super) fn has_access(&self, space: &Space, user: i64) -> Result<bool, Failure> {
        let mut statement = self
            .db
            .prepare_cached("SELECT 1 FROM tenant_access WHERE tenant = ?1 AND user = ?2 AND attributed >= ?3")?;
        Ok(statement.exists((&space.tenant, user, space.attributed))?)
    }

    /// A tenant as rows name it, if the actor may read such resources in the whole of it.
    pub(super) fn enter_to_read(
        &self,
        scope: &TenantScope,
        resource: &'static str,
        reading: Reading,
    ) -> Result<Space, Failure> {
        let action = self.read_action(reading);
        self.enter_allowed(scope, resource, &action, "This may not be read")
    }

    /// A tenant as rows name it, if the actor may do this with such resources in the whole of it. `READ` is the action
    /// that reading one takes in the release.
    pub(super) fn enter_with(
        &self,
        scope: &TenantScope,
        resource: &'static str,
        action: &'static str,
    ) -> Result<Space, Failure> {
        if action == "READ" {
            return self.enter_to_read(scope, resource, Reading::One);
        }
        self.enter_allowed(scope, resource, &Action::known(action), "This may not be done")
    }

    fn enter_allowed(
        &self,
        scope: &TenantScope,
        resource: &'static str,
        action: &Action,
        refusal: &str,
    ) -> Result<Space, Failure> {
        let space = self.enter(scope)?;
        let Some(actor) = self.actor.as_ref().filter(|actor| !actor.superadmin) else {
            return Ok(space);
        };
        let resource = Resource::known(resource);
        let allowed = self
            .held(&space, actor)?
            .iter()
            .any(|held| held.namespace.is_none() && held.permissions.allows(&resource, action));
        if allowed {
            return Ok(space);
        }
        Err(Problem::new(
            ProblemKind::Denied,
            format!("{refusal} in tenant `{}`.", visible(&scope.to_string())),
            format!(
                "`{}` holds no role there that allows {action} on {resource}, and is no {}.",
                visible(&actor.username),
                self.world.release.superadmin_word()
            ),
            "Ask an admin of the tenant for such a role.",
        )
        .into())
    }

    /// The action that reading takes in this release.
    pub(super) fn read_action(&self, reading: Reading) -> Action {
        Action::known(match (self.world.release.permission_model(), reading) {
            (PermissionModel::Crud, _) => "READ",
            (PermissionModel::ResourceActions, Reading::List) => "LIST",
            (PermissionModel::ResourceActions, Reading::One) => "VIEW",
        })
    }

    /// The resource that lists the people of a tenant: tenant access was one of its own from 0.24 to 1.3.
    pub(super) fn people_resource(&self) -> &'static str {
        let release = self.world.release;
        if release.at_least(0, 24) && !release.at_least(2, 0) {
            "TENANT_ACCESS"
        } else {
            "USER"
        }
    }

    /// The roles a user holds in a space, directly or through groups.
    pub(super) fn held(&self, space: &Space, actor: &Actor) -> Result<Vec<Held>, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT r.name, r.permissions, b.namespace
             FROM bindings b JOIN roles r ON r.tenant = b.tenant AND r.id = b.role_id
             WHERE b.tenant = ?1 AND b.attributed >= ?2 AND r.attributed >= ?2 AND (b.user = ?3 OR b.group_id IN
                 (SELECT g.id FROM group_members m JOIN groups g ON g.tenant = m.tenant AND g.id = m.group_id
                  WHERE m.user = ?3 AND m.tenant = ?1 AND g.attributed >= ?2))",
        )?;
        let mut rows = statement.query((&space.tenant, space.attributed, actor.key))?;
        let mut held = Vec::new();
        while let Some(row) = rows.next()? {
            let (name, stored): (String, Option<String>) = (row.get(0)?, row.get(1)?);
            held.push(Held {
                permissions: self.permissions_of(&name, stored.as_deref())?,
                namespace: row.get(2)?,
            });
        }
        Ok(held)
    }

    /// What a stored role allows; `None` marks a managed one.
    pub(super) fn permissions_of(&self, name: &str, stored: Option<&str>) -> Result<Permissions, Failure> {
        match stored {
            None => Ok(managed_role(self.world.release, name)
                .map(|role| role.permissions.clone())
                .unwrap_or_default()),
            Some(json) => serde_json::from_slice(json.as_bytes()).map_err(|error| damaged(&error).into()),
        }
    }

    /// The user of a login name.
    pub(super) fn find_user(&self, username: &str) -> Result<Option<Actor>, Failure> {
        find_user(self.db, username)
    }

    /// The problem of a tenant that is not there.
    pub(super) fn no_tenant(&self, id: &str) -> Problem {
        let why = if self.world.tenancy.enabled {
            "No tenant of this instance has this id.".to_owned()
        } else {
            format!(
                "Multi-tenancy is off: `{ENABLED}` is false in `{}`.",
                self.settings_file()
            )
        };
        Problem::new(
            ProblemKind::NotFound,
            format!("There is no tenant `{}`.", visible(id)),
            why,
            "List the tenants to see which there are.",
        )
    }

    fn no_default_tenant(&self) -> Problem {
        let release = self.world.release;
        if !release.has_default_tenant() {
            return Problem::new(
                ProblemKind::NotFound,
                "There is no default tenant.",
                format!("Kestra {release} has none; it went away with 0.23."),
                "Name a tenant by its id.",
            );
        }
        Problem::new(
            ProblemKind::NotFound,
            "The default tenant cannot be reached.",
            format!("It is off: `{DEFAULT_TENANT}` is false in `{}`.", self.settings_file()),
            "Name a tenant by its id, or set it to true, then close and open the instance.",
        )
    }

    fn no_access(&self, scope: &TenantScope, actor: &Actor) -> Result<Problem, Failure> {
        let who = visible(&actor.username);
        let unsynchronised = scope == &TenantScope::Default
            && self
                .db
                .prepare_cached("SELECT 1 FROM tenant_access WHERE tenant = '' AND user = ?1 AND attributed = 0")?
                .exists([actor.key])?;
        let (why, next) = if unsynchronised {
            (
                format!("The access of `{who}` was recorded before multi-tenancy was on."),
                "Run `kestra auths users sync-access`.",
            )
        } else {
            (
                format!("`{who}` has no access to it."),
                "Ask an admin of the tenant for access.",
            )
        };
        let what = format!("Tenant `{}` is closed to you.", visible(&scope.to_string()));
        Ok(Problem::new(ProblemKind::Denied, what, why, next))
    }
}

/// The user of a login name.
pub(super) fn find_user(db: &Connection, username: &str) -> Result<Option<Actor>, Failure> {
    // Of service accounts of one name the first is meant.
    let mut statement = db.prepare_cached(
        "SELECT key, id, username, superadmin FROM users WHERE username = ?1
         ORDER BY kind = 'SERVICE_ACCOUNT', key LIMIT 1",
    )?;
    Ok(statement.query_row([username], actor_of).optional()?)
}

/// The user of a row.
pub(super) fn user_at(db: &Connection, key: i64) -> Result<Option<Actor>, Failure> {
    let mut statement = db.prepare_cached("SELECT key, id, username, superadmin FROM users WHERE key = ?1")?;
    Ok(statement.query_row([key], actor_of).optional()?)
}

/// The superadmin that was created first.
pub(super) fn first_superadmin(db: &Connection) -> Result<Option<Actor>, Failure> {
    let mut statement =
        db.prepare_cached("SELECT key, id, username, superadmin FROM users WHERE superadmin = 1 ORDER BY key LIMIT 1")?;
    Ok(statement.query_row((), actor_of).optional()?)
}

fn actor_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Actor> {
    Ok(Actor {
        key: row.get(0)?,
        id: row.get(1)?,
        username: row.get(2)?,
        superadmin: row.get(3)?,
    })
}

/// A stored object that is not what this program wrote.
pub(super) fn damaged(error: &serde_json::Error) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "Something stored in the local instance cannot be read.",
        "It is not the JSON that this program wrote.",
        "Put back a copy of the instance.",
    )
    .with_detail(error)
}
