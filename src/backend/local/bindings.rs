//! Bindings of a tenant: who holds which role, and where.

use rusqlite::{OptionalExtension, Row};

use crate::domain::binding::{Binding, NewBinding, SubjectKind};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::role::ADMIN;
use crate::domain::rows::access::WHOLE_TENANT;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::failure::Failure;
use super::ids::new_id;
use super::search::{Column, List, Source, Text};
use super::semantics::{Reading, Session, Space};

const COLUMNS: &[Column] = &[
    Column {
        name: "id",
        text: Text::Any("b.id"),
        in_words: true,
    },
    Column {
        name: "type",
        text: Text::Words(&[("user", "b.user IS NOT NULL"), ("group", "b.user IS NULL")]),
        in_words: true,
    },
    Column {
        name: "name",
        text: Text::Any("coalesce(u.username, g.name)"),
        in_words: true,
    },
    Column {
        name: "subject",
        text: Text::Any("coalesce(u.id, g.id)"),
        in_words: false,
    },
    Column {
        name: "role",
        text: Text::Any("r.name"),
        in_words: true,
    },
    Column {
        name: "namespace",
        text: Text::Blank("b.namespace", WHOLE_TENANT),
        in_words: true,
    },
];

const OF_TENANT: List = List {
    select: "b.id, u.id, u.username, g.id, g.name, r.id, r.name, b.namespace",
    from: "bindings b
        JOIN roles r ON r.tenant = b.tenant AND r.id = b.role_id
        LEFT JOIN users u ON u.key = b.user
        LEFT JOIN groups g ON g.tenant = b.tenant AND g.id = b.group_id",
    within: "b.tenant = ? AND b.attributed >= ?",
    columns: COLUMNS,
    order: "name",
    id: "b.id",
};

impl Session<'_> {
    /// The list of bindings.
    pub(super) fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Failure> {
        let space = self.enter_to_read(scope, "BINDING", Reading::List)?;
        let source = Source {
            list: &OF_TENANT,
            within: space.values(),
            total: None,
        };
        source.page(self.db, query, binding_of)
    }

    /// All bindings of a space, by the name of the subject.
    pub(super) fn bindings_of(&self, space: &Space) -> Result<Vec<Binding>, Failure> {
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY ordered(coalesce(u.username, g.name)), b.id",
            OF_TENANT.select, OF_TENANT.from, OF_TENANT.within
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query((&space.tenant, space.attributed))?;
        let mut bindings = Vec::new();
        while let Some(row) = rows.next()? {
            bindings.push(binding_of(row)?);
        }
        Ok(bindings)
    }

    /// One binding of a space, which must exist.
    pub(super) fn binding_in(&self, space: &Space, id: &str) -> Result<Binding, Failure> {
        let sql = format!(
            "SELECT {} FROM {} WHERE {} AND b.id = ?",
            OF_TENANT.select, OF_TENANT.from, OF_TENANT.within
        );
        let found = self
            .db
            .prepare_cached(&sql)?
            .query_row((&space.tenant, space.attributed, id), |row| Ok(binding_of(row)))
            .optional()?;
        found.ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                format!("There is no binding `{}`.", visible(id)),
                "No binding of this tenant has this id.",
                "List the bindings of the tenant to see which there are.",
            )
        })?
    }

    /// Gives a role to a user or a group.
    pub(super) fn create_binding(&self, scope: &TenantScope, new: &NewBinding) -> Result<Binding, Failure> {
        let space = self.space(scope)?;
        self.role_in(&space, &new.role_id)?;
        if new
            .namespace
            .as_ref()
            .is_some_and(|namespace| namespace.trim().is_empty())
        {
            return Err(Problem::new(
                ProblemKind::Invalid,
                "The role was not given.",
                "An empty namespace is no namespace.",
                "Name one, or none for the whole tenant.",
            )
            .with_field("namespaceId", "must not be empty")
            .into());
        }
        let (user, group) = match new.subject_kind {
            SubjectKind::User => {
                let user = self.user_of_id(&new.subject_id)?;
                self.require_or_give_access(&space, scope, &user)?;
                (Some(user.key), None)
            }
            SubjectKind::Group => {
                self.group_name(&space, &new.subject_id)?;
                (None, Some(&new.subject_id))
            }
        };
        let exists = self
            .db
            .prepare_cached(
                "SELECT 1 FROM bindings WHERE tenant = ?1 AND attributed >= ?2 AND user IS ?3 AND group_id IS ?4
                 AND role_id = ?5 AND namespace IS ?6",
            )?
            .exists((
                &space.tenant,
                space.attributed,
                user,
                group,
                &new.role_id,
                &new.namespace,
            ))?;
        if exists {
            return Err(Problem::new(
                ProblemKind::Conflict,
                "The role was not given again.",
                "The same subject holds it in the same place already.",
                "List the bindings of the tenant to see who holds what.",
            )
            .into());
        }
        let id = new_id();
        self.db
            .prepare_cached(
                "INSERT INTO bindings (tenant, id, user, group_id, role_id, namespace, attributed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                &space.tenant,
                &id,
                user,
                group,
                &new.role_id,
                &new.namespace,
                space.attributed,
            ))?;
        self.audit("CREATE", "BINDING", &id, &space.tenant)?;
        self.binding_in(&space, &id)
    }

    /// Makes somebody Admin of a tenant who is not, directly or through a group; true if they were not.
    pub(super) fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Failure> {
        let space = self.enter_with(scope, "BINDING", "CREATE")?;
        let user = self.user_named(username)?;
        let is_admin = self
            .db
            .prepare_cached("SELECT 1 FROM admins WHERE tenant = ?1 AND attributed >= ?2 AND user = ?3")?
            .exists((&space.tenant, space.attributed, user.key))?;
        if is_admin {
            return Ok(false);
        }
        let role: Option<String> = self
            .db
            .prepare_cached(
                "SELECT id FROM roles WHERE tenant = ?1 AND attributed >= ?2 AND permissions IS NULL AND name = ?3",
            )?
            .query_row((&space.tenant, space.attributed, ADMIN), |row| row.get(0))
            .optional()?;
        let role_id = role.ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                format!("Nobody can be made Admin of tenant `{}`.", visible(&scope.to_string())),
                "It has no role Admin any more.",
                "Give another role that allows everything.",
            )
        })?;
        if !self.has_access(&space, user.key)? {
            self.require_people(scope, "CREATE")?;
            self.give_access(&space, &user)?;
        }
        let new = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: user.id,
            role_id,
            namespace: None,
        };
        self.create_binding(scope, &new)?;
        Ok(true)
    }

    /// Takes a role away.
    pub(super) fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Failure> {
        let space = self.space(scope)?;
        self.binding_in(&space, id)?;
        self.db
            .prepare_cached("DELETE FROM bindings WHERE tenant = ?1 AND id = ?2")?
            .execute((&space.tenant, id))?;
        self.audit("DELETE", "BINDING", id, &space.tenant)
    }
}

fn binding_of(row: &Row<'_>) -> Result<Binding, Failure> {
    let user: Option<String> = row.get(1)?;
    let (subject_kind, subject_id, subject_name) = match user {
        Some(id) => (SubjectKind::User, id, row.get(2)?),
        None => (SubjectKind::Group, row.get(3)?, row.get(4)?),
    };
    Ok(Binding {
        id: row.get(0)?,
        subject_kind,
        subject_id,
        subject_name,
        role_id: row.get(5)?,
        role_name: row.get(6)?,
        namespace: row.get(7)?,
    })
}
