//! Roles of a tenant. Those that Kestra ships take description and permissions from the catalogue of the release.

use rusqlite::{OptionalExtension, Row};

use crate::domain::assignable::Assignable;
use crate::domain::catalogue::managed_role;
use crate::domain::page::Page;
use crate::domain::problem::{FieldMessage, Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::role::{NewRole, Role};
use crate::domain::rows::access::{MANAGED, MANAGED_DEFAULT, OWN, OWN_DEFAULT};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::failure::Failure;
use super::ids::new_id;
use super::search::{Column, List, Source, Text};
use super::semantics::{Reading, Session, Space};

const COLUMNS: &[Column] = &[
    Column {
        name: "id",
        text: Text::Any("id"),
        in_words: true,
    },
    Column {
        name: "name",
        text: Text::Any("name"),
        in_words: true,
    },
    Column {
        name: "description",
        text: Text::Any(
            "CASE WHEN permissions IS NULL THEN managed_description(name) ELSE coalesce(description, '') END",
        ),
        in_words: true,
    },
    Column {
        name: "managed",
        text: Text::Shown(
            &[("yes", "permissions IS NULL"), ("no", "permissions IS NOT NULL")],
            &[
                (MANAGED_DEFAULT, "permissions IS NULL AND is_default = 1"),
                (MANAGED, "permissions IS NULL AND is_default = 0"),
                (OWN_DEFAULT, "permissions IS NOT NULL AND is_default = 1"),
                (OWN, "permissions IS NOT NULL AND is_default = 0"),
            ],
        ),
        in_words: false,
    },
    Column {
        name: "default",
        text: Text::Words(&[("yes", "is_default = 1"), ("no", "is_default = 0")]),
        in_words: false,
    },
    Column {
        name: "rights",
        text: Text::Number(
            "CAST(CASE WHEN permissions IS NULL THEN managed_rights(name) ELSE rights(permissions) END AS INTEGER)",
        ),
        in_words: false,
    },
];

const OF_TENANT: List = List {
    select: "id, name, description, permissions, is_default",
    from: "roles",
    within: "tenant = ? AND attributed >= ?",
    columns: COLUMNS,
    order: "name",
    id: "id",
};

impl Session<'_> {
    /// The list of roles.
    pub(super) fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Failure> {
        let space = self.enter_to_read(scope, "ROLE", Reading::List)?;
        let source = Source {
            list: &OF_TENANT,
            within: space.values(),
            total: None,
        };
        source.page(self.db, query, |row| self.role_of(row))
    }

    /// One role.
    pub(super) fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Failure> {
        let space = self.enter_to_read(scope, "ROLE", Reading::One)?;
        self.role_in(&space, id)
    }

    /// All roles of a space, by name.
    pub(super) fn roles_of(&self, space: &Space) -> Result<Vec<Role>, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, name, description, permissions, is_default FROM roles
             WHERE tenant = ?1 AND attributed >= ?2 ORDER BY ordered(name), id",
        )?;
        let mut rows = statement.query((&space.tenant, space.attributed))?;
        let mut roles = Vec::new();
        while let Some(row) = rows.next()? {
            roles.push(self.role_of(row)?);
        }
        Ok(roles)
    }

    /// One role of a space, which must exist.
    pub(super) fn role_in(&self, space: &Space, id: &str) -> Result<Role, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, name, description, permissions, is_default FROM roles
             WHERE tenant = ?1 AND attributed >= ?2 AND id = ?3",
        )?;
        let found = statement
            .query_row((&space.tenant, space.attributed, id), |row| Ok(self.role_of(row)))
            .optional()?;
        found.ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                format!("There is no role `{}`.", visible(id)),
                "No role of this tenant has this id.",
                "List the roles of the tenant to see which there are.",
            )
        })?
    }

    /// Creates a role.
    pub(super) fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Failure> {
        let space = self.space(scope)?;
        self.check_role(new, "created")?;
        let permissions = serde_json::to_string(&new.permissions).map_err(|error| super::semantics::damaged(&error))?;
        let id = new_id();
        self.db
            .prepare_cached(
                "INSERT INTO roles (tenant, id, name, description, permissions, is_default, attributed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                &space.tenant,
                &id,
                &new.name,
                &new.description,
                permissions,
                new.is_default,
                space.attributed,
            ))?;
        self.keep_one_default(&space, &id, new)?;
        self.audit("CREATE", "ROLE", &id, &space.tenant)?;
        self.role_in(&space, &id)
    }

    /// Replaces a role that Kestra did not ship.
    pub(super) fn update_role(&self, space: &Space, id: &str, new: &NewRole) -> Result<Role, Failure> {
        self.changeable_role(space, id, "changed")?;
        self.check_role(new, "changed")?;
        let permissions = serde_json::to_string(&new.permissions).map_err(|error| super::semantics::damaged(&error))?;
        self.db
            .prepare_cached(
                "UPDATE roles SET name = ?3, description = ?4, permissions = ?5, is_default = ?6
                 WHERE tenant = ?1 AND id = ?2",
            )?
            .execute((
                &space.tenant,
                id,
                &new.name,
                &new.description,
                permissions,
                new.is_default,
            ))?;
        self.keep_one_default(space, id, new)?;
        self.audit("UPDATE", "ROLE", id, &space.tenant)?;
        self.role_in(space, id)
    }

    /// Deletes a role that Kestra did not ship, with the bindings to it.
    pub(super) fn delete_role(&self, space: &Space, id: &str) -> Result<(), Failure> {
        self.changeable_role(space, id, "deleted")?;
        self.db
            .prepare_cached("DELETE FROM roles WHERE tenant = ?1 AND id = ?2")?
            .execute((&space.tenant, id))?;
        self.audit("DELETE", "ROLE", id, &space.tenant)
    }

    fn changeable_role(&self, space: &Space, id: &str, done: &str) -> Result<(), Failure> {
        let role = self.role_in(space, id)?;
        if !role.is_managed {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Denied,
            format!("Role `{}` was not {done}.", visible(&role.name)),
            "Kestra ships it, and keeps it as it is.",
            "Create a role of your own with other permissions.",
        )
        .into())
    }

    /// A tenant has one default role at most: the latest that was made one.
    fn keep_one_default(&self, space: &Space, id: &str, new: &NewRole) -> Result<(), Failure> {
        if new.is_default {
            self.db
                .prepare_cached("UPDATE roles SET is_default = 0 WHERE tenant = ?1 AND id <> ?2 AND is_default = 1")?
                .execute((&space.tenant, id))?;
        }
        Ok(())
    }

    fn check_role(&self, new: &NewRole, done: &str) -> Result<(), Failure> {
        let mut messages = Assignable::of(self.world.release).complaints(&new.permissions);
        // 2.0 refuses a role that allows nothing; earlier releases take it.
        if self.world.release.at_least(2, 0) && new.permissions.is_empty() {
            messages.push(FieldMessage {
                path: "permissions".to_owned(),
                message: "at least one permission is required".to_owned(),
            });
        }
        if new.name.trim().is_empty() {
            messages.insert(
                0,
                FieldMessage {
                    path: "name".to_owned(),
                    message: "a name is required".to_owned(),
                },
            );
        }
        let Some(first) = messages.first() else {
            return Ok(());
        };
        let mut problem = Problem::new(
            ProblemKind::Invalid,
            format!("Role `{}` was not {done}.", visible(&new.name)),
            format!("`{}`: {}.", visible(&first.path), first.message),
            "Correct the fields named, then try again.",
        );
        problem.fields = messages;
        Err(problem.into())
    }

    fn role_of(&self, row: &Row<'_>) -> Result<Role, Failure> {
        let (name, stored): (String, Option<String>) = (row.get(1)?, row.get(3)?);
        let permissions = self.permissions_of(&name, stored.as_deref())?;
        let description = match stored {
            Some(_) => row.get(2)?,
            None => managed_role(self.world.release, &name).map(|role| role.description.to_owned()),
        };
        Ok(Role {
            id: row.get(0)?,
            name,
            description,
            permissions,
            is_default: row.get(4)?,
            is_managed: stored.is_none(),
        })
    }
}
