//! Tenants: listed, read, created with their Admin role, changed, deleted.

use std::borrow::Cow;
use std::sync::PoisonError;

use rusqlite::types::Value as SqlValue;
use rusqlite::{OptionalExtension, Row};
use serde_json::{Map, Value};

use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::catalogue::managed_roles;
use crate::domain::columns::WORKER_GROUP;
use crate::domain::letters;
use crate::domain::page::Page;
use crate::domain::query::Query;
use crate::domain::role::{ADMIN, Role};
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_change::{
    changed_meanwhile, message, normal, refuse, taken, wrong_when_changed, wrong_when_created,
};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::failure::Failure;
use super::ids::new_id;
use super::rights::TenantChange;
use super::search::{Column, List, Source, Text, no_column};
use super::semantics::{Actor, Session, damaged};
use super::tenant_index::{ACTIVE, GLOBAL, NO_ADMIN, TenantIndex};

const COLUMNS: &[Column] = &[
    Column {
        name: "id",
        text: Text::Lower("id"),
        in_words: true,
    },
    Column {
        name: "name",
        text: Text::Named("name_key", "coalesce(name_order, name_key)"),
        in_words: true,
    },
    Column {
        name: "admins",
        text: Text::Number("admins"),
        in_words: true,
    },
    Column {
        name: "storage",
        text: Text::Or("storage", GLOBAL),
        in_words: true,
    },
    Column {
        name: "secrets",
        text: Text::Or("secrets", GLOBAL),
        in_words: true,
    },
    Column {
        name: "state",
        text: Text::Words(&[(ACTIVE, "admins > 0"), (NO_ADMIN, "admins = 0")]),
        in_words: true,
    },
    Column {
        name: WORKER_GROUP,
        text: Text::Any("worker_group(coalesce(rest, ''))"),
        in_words: false,
    },
];

pub(super) const ALL: List = List {
    select: "id, name, rest, admins",
    from: "tenants",
    within: "1",
    columns: COLUMNS,
    order: "id",
    id: "id",
};

/// The tenants a user has access to.
const ACCESSIBLE: List = List {
    within: "id IN (SELECT tenant FROM tenant_access WHERE user = ? AND attributed = 1)",
    ..ALL
};

impl Session<'_> {
    /// The list of tenants. Empty while multi-tenancy is off: what was made before is out of reach.
    pub(super) fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Failure> {
        if !self.world.tenancy.enabled {
            return Ok(Page::new(Vec::new(), 0));
        }
        if !query.filter.is_empty() && self.is_index_worthwhile()? {
            return self.tenants_in_memory(query);
        }
        self.tenants_in_database(query)
    }

    /// Whether a filter is answered from the index: by somebody who sees all tenants, if they are not too many.
    fn is_index_worthwhile(&self) -> Result<bool, Failure> {
        let is_all = self.actor.as_ref().is_none_or(|actor| actor.superadmin);
        Ok(is_all && self.count("tenants")? <= TenantIndex::MOST)
    }

    /// Builds the index before the first letter of a filter comes.
    pub(super) fn index_tenants(&self) -> Result<(), Failure> {
        if self.world.tenancy.enabled && self.is_index_worthwhile()? {
            self.with_index(|_| ())?;
        }
        Ok(())
    }

    /// Does something with the index as it is now.
    fn with_index<T>(&self, work: impl FnOnce(&TenantIndex) -> T) -> Result<T, Failure> {
        let mut held = self.world.tenant_index.lock().unwrap_or_else(PoisonError::into_inner);
        let current = TenantIndex::current(self.db, held.take())?;
        Ok(work(held.insert(current)))
    }

    pub(super) fn tenants_in_database(&self, query: &Query) -> Result<Page<TenantRow>, Failure> {
        let source = match self.actor.as_ref().filter(|actor| !actor.superadmin) {
            Some(actor) => Source {
                list: &ACCESSIBLE,
                within: vec![SqlValue::from(actor.key)],
                total: None,
            },
            None => Source {
                list: &ALL,
                within: Vec::new(),
                total: Some(self.count("tenants")?),
            },
        };
        source.page(self.db, query, tenant_row_of)
    }

    pub(super) fn tenants_in_memory(&self, query: &Query) -> Result<Page<TenantRow>, Failure> {
        if let Some(sort) = query
            .sort
            .as_ref()
            .filter(|sort| COLUMNS.iter().all(|column| column.name != sort.column))
        {
            return Err(no_column(&sort.column).into());
        }
        if TenantIndex::lacks(query) {
            return self.tenants_in_database(query);
        }
        self.with_index(|index| {
            let (ids, total) = index.page(query);
            let mut statement = self
                .db
                .prepare_cached("SELECT id, name, rest, admins FROM tenants WHERE id = ?1")?;
            let rows = ids
                .into_iter()
                .map(|id| statement.query_row([id], |row| Ok(tenant_row_of(row)))?)
                .collect::<Result<_, _>>()?;
            Ok(Page::new(rows, total))
        })?
    }

    /// The total of a whole list.
    pub(super) fn count(&self, name: &str) -> Result<u64, Failure> {
        let mut statement = self.db.prepare_cached("SELECT number FROM counts WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get::<_, i64>(0))?.cast_unsigned())
    }

    /// One tenant.
    pub(super) fn tenant(&self, id: &TenantId) -> Result<Tenant, Failure> {
        self.enter(&TenantScope::Named(id.clone()))?;
        self.stored(id)
    }

    fn stored(&self, id: &TenantId) -> Result<Tenant, Failure> {
        let mut statement = self
            .db
            .prepare_cached("SELECT id, name, rest FROM tenants WHERE id = ?1")?;
        let found = statement
            .query_row([id.as_str()], |row| Ok(tenant_of(row)))
            .optional()?;
        found.ok_or_else(|| self.no_tenant(id.as_str()))?
    }

    /// How many users hold the Admin role.
    pub(super) fn admin_count(&self, scope: &TenantScope) -> Result<u64, Failure> {
        let space = self.enter(scope)?;
        let mut statement = self
            .db
            .prepare_cached("SELECT count(DISTINCT user) FROM admins WHERE tenant = ?1 AND attributed >= ?2")?;
        let count = statement.query_row((&space.tenant, space.attributed), |row| row.get::<_, i64>(0))?;
        Ok(count.cast_unsigned())
    }

    /// Creates a tenant with its managed roles, and makes somebody Admin: whoever is named, or the creator unless the
    /// creator is a superadmin. Everything is checked before the first row is written.
    pub(super) fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Failure> {
        self.require_right(TenantChange::Create)?;
        let tenant = normal(&new.tenant);
        let mut messages = wrong_when_created(&tenant, self.world.release);
        let admin = match &new.admin {
            Some(username) => {
                let user = self.find_user(username)?;
                if user.is_none() {
                    messages.push(message(
                        "admin",
                        format!("no user of this instance is called `{}`", visible(username)),
                    ));
                }
                user
            }
            None => self.actor.clone().filter(|actor| !actor.superadmin),
        };
        refuse(&tenant.id, "created", messages)?;
        self.refuse_duplicate(&tenant.id)?;
        self.insert(&tenant)?;
        let mut admin_role = None;
        for managed in managed_roles(self.world.release) {
            let id = new_id();
            self.db
                .prepare_cached("INSERT INTO roles (tenant, id, name) VALUES (?1, ?2, ?3)")?
                .execute((tenant.id.as_str(), &id, managed.name))?;
            if managed.name == ADMIN {
                admin_role = Some(Role {
                    id,
                    name: managed.name.to_owned(),
                    description: Some(managed.description.to_owned()),
                    permissions: managed.permissions.clone(),
                    is_default: false,
                    is_managed: true,
                });
            }
        }
        let mut admins = Vec::new();
        if let (Some(user), Some(role)) = (&admin, &admin_role) {
            admins.push(self.make_admin(&tenant.id, user, role)?);
        }
        self.audit("CREATE", "TENANT", tenant.id.as_str(), tenant.id.as_str())?;
        Ok(CreatedTenant {
            tenant,
            admin_role,
            admins,
        })
    }

    fn refuse_duplicate(&self, id: &TenantId) -> Result<(), Failure> {
        let mut statement = self.db.prepare_cached("SELECT 1 FROM tenants WHERE id = ?1")?;
        if !statement.exists([id.as_str()])? {
            return Ok(());
        }
        Err(taken(id).into())
    }

    /// Writes the row of a tenant and nothing else.
    pub(super) fn insert(&self, tenant: &Tenant) -> Result<(), Failure> {
        self.db
            .prepare_cached(
                "INSERT INTO tenants (id, name, name_key, storage, secrets, rest, name_order)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                tenant.id.as_str(),
                &tenant.name,
                tenant.name.to_lowercase(),
                own(tenant, "storageType"),
                own(tenant, "secretType"),
                stored_rest(tenant),
                name_order(&tenant.name),
            ))?;
        Ok(())
    }

    fn make_admin(&self, tenant: &TenantId, user: &Actor, role: &Role) -> Result<Binding, Failure> {
        self.db
            .prepare_cached("INSERT INTO tenant_access (tenant, user) VALUES (?1, ?2)")?
            .execute((tenant.as_str(), user.key))?;
        let id = new_id();
        self.db
            .prepare_cached("INSERT INTO bindings (tenant, id, user, role_id) VALUES (?1, ?2, ?3, ?4)")?
            .execute((tenant.as_str(), &id, user.key, &role.id))?;
        Ok(Binding {
            id,
            subject_kind: SubjectKind::User,
            subject_id: user.id.clone(),
            subject_name: user.username.clone(),
            role_id: role.id.clone(),
            role_name: role.name.clone(),
            namespace: None,
        })
    }

    /// Replaces a tenant, provided that it still is what the caller saw.
    pub(super) fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Failure> {
        self.require_right(TenantChange::Update)?;
        let (before, after) = (normal(before), normal(after));
        if before.id != after.id {
            refuse(
                &before.id,
                "changed",
                wrong_when_changed(&before, &after, self.world.release),
            )?;
        }
        self.space(&TenantScope::Named(before.id.clone()))?;
        let current = normal(&self.stored(&before.id)?);
        if current != before {
            return Err(changed_meanwhile(&before, &current).into());
        }
        refuse(
            &after.id,
            "changed",
            wrong_when_changed(&before, &after, self.world.release),
        )?;
        self.db
            .prepare_cached(
                "UPDATE tenants SET name = ?2, name_key = ?3, storage = ?4, secrets = ?5, rest = ?6, name_order = ?7
                 WHERE id = ?1",
            )?
            .execute((
                after.id.as_str(),
                &after.name,
                after.name.to_lowercase(),
                own(&after, "storageType"),
                own(&after, "secretType"),
                stored_rest(&after),
                name_order(&after.name),
            ))?;
        self.audit("UPDATE", "TENANT", after.id.as_str(), after.id.as_str())?;
        Ok(after)
    }

    /// Deletes a tenant and what lives in it, but for its executions and its part of the audit log.
    pub(super) fn delete_tenant(&self, id: &TenantId) -> Result<(), Failure> {
        self.require_right(TenantChange::Delete)?;
        self.space(&TenantScope::Named(id.clone()))?;
        // The tenant goes first, so that nobody counts its admins anew with every binding that follows.
        self.db
            .prepare_cached("DELETE FROM tenants WHERE id = ?1")?
            .execute([id.as_str()])?;
        for table in [
            "triggers",
            "flows",
            "namespaces",
            "bindings",
            "groups",
            "roles",
            "tenant_access",
            "invitations",
        ] {
            self.db
                .prepare_cached(&format!("DELETE FROM {table} WHERE tenant = ?1"))?
                .execute([id.as_str()])?;
        }
        self.audit("DELETE", "TENANT", id.as_str(), id.as_str())
    }
}

fn tenant_row_of(row: &Row<'_>) -> Result<TenantRow, Failure> {
    Ok(TenantRow {
        tenant: tenant_of(row)?,
        admins: Some(row.get::<_, i64>(3)?.cast_unsigned()),
    })
}

fn tenant_of(row: &Row<'_>) -> Result<Tenant, Failure> {
    let rest: Option<String> = row.get(2)?;
    Ok(Tenant {
        id: TenantId::existing(row.get::<_, String>(0)?),
        name: row.get(1)?,
        rest: match rest {
            None => Map::new(),
            Some(json) => serde_json::from_slice(json.as_bytes()).map_err(|error| damaged(&error))?,
        },
    })
}

/// What a name is ordered by, where that is not the name in lower case.
fn name_order(name: &str) -> Option<String> {
    match letters::key(&name.to_lowercase()) {
        Cow::Borrowed(_) => None,
        Cow::Owned(key) => Some(key),
    }
}

fn stored_rest(tenant: &Tenant) -> Option<String> {
    (!tenant.rest.is_empty()).then(|| Value::Object(tenant.rest.clone()).to_string())
}

/// The dedicated plugin a field names, in lower case; `None` where the tenant uses the instance's own.
fn own(tenant: &Tenant, path: &str) -> Option<String> {
    tenant
        .value_at(path)
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
        .map(str::to_lowercase)
}
