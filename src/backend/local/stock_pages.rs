//! Pages of what lives in a tenant, and of what was done there, as the API lists them.
//!
//! A role in a namespace shows that namespace and its children; without any role that allows reading it is refused.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::page::Page;
use crate::domain::permission::Resource;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::LocalInstance;
use super::failure::Failure;
use super::semantics::{Reading, Session, Space};
use super::stock::{ExecutionStub, FlowStub};

/// Which of the things that live in namespaces are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockQuery {
    /// Text that the id or the namespace contains, in any case.
    pub text: Option<String>,
    /// A namespace, with its children.
    pub namespace: Option<String>,
    /// Rows before the first.
    pub offset: u64,
    /// Rows at most.
    pub size: u32,
}

/// How many of each kind there are on the instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstanceCounts {
    /// Tenants with an id.
    pub tenants: u64,
    /// Users and service accounts.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Roles.
    pub roles: u64,
    /// API tokens.
    pub tokens: u64,
    /// Users with a password.
    pub passwords: u64,
}

impl LocalInstance {
    /// A page of the flows of a tenant, by namespace and id.
    pub fn flows(&self, scope: &TenantScope, query: &StockQuery) -> Result<Page<FlowStub>, Problem> {
        self.read(|session| {
            session.stock_page(
                scope,
                "FLOW",
                query,
                "flows",
                "namespace, id, disabled",
                "namespace, id",
                |row| {
                    Ok(FlowStub {
                        namespace: row.get(0)?,
                        id: row.get(1)?,
                        disabled: row.get(2)?,
                    })
                },
            )
        })
    }

    /// A page of the executions of a tenant, by id.
    pub fn executions(&self, scope: &TenantScope, query: &StockQuery) -> Result<Page<ExecutionStub>, Problem> {
        self.read(|session| {
            session.stock_page(
                scope,
                "EXECUTION",
                query,
                "executions",
                "id, namespace, flow, state",
                "id",
                |row| {
                    Ok(ExecutionStub {
                        id: row.get(0)?,
                        namespace: row.get(1)?,
                        flow: row.get(2)?,
                        state: row.get(3)?,
                    })
                },
            )
        })
    }

    /// A page of the changes in a tenant, or as a superadmin of those of the instance.
    pub fn audit_page(&self, scope: Option<&TenantScope>, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        self.read(|session| {
            let tenant = match scope {
                Some(scope) => Some(session.enter_to_read(scope, "AUDITLOG", Reading::List)?.tenant),
                None => {
                    session.require_superadmin("the audit log of the instance")?;
                    None
                }
            };
            session.audit_page(tenant, query)
        })
    }

    /// Counts over the whole instance; no rights are asked for.
    pub fn instance_counts(&self) -> Result<InstanceCounts, Problem> {
        self.read(|session| {
            let count = |table: &str| -> Result<u64, Failure> {
                let sql = format!("SELECT count(*) FROM {table}");
                let number: i64 = session.db.prepare_cached(&sql)?.query_row((), |row| row.get(0))?;
                Ok(number.cast_unsigned())
            };
            Ok(InstanceCounts {
                tenants: session.count("tenants")?,
                users: session.count("users")?,
                groups: count("groups")?,
                roles: count("roles")?,
                tokens: count("api_tokens")?,
                passwords: count("passwords")?,
            })
        })
    }
}

impl Session<'_> {
    /// The namespaces in which the actor may read such things; `None` is all of them.
    fn readable(
        &self,
        space: &Space,
        scope: &TenantScope,
        resource: &'static str,
    ) -> Result<Option<Vec<String>>, Failure> {
        let Some(actor) = self.actor.as_ref().filter(|actor| !actor.superadmin) else {
            return Ok(None);
        };
        let (resource, action) = (Resource::known(resource), self.read_action(Reading::List));
        let mut namespaces = Vec::new();
        for held in self.held(space, actor)? {
            if held.permissions.allows(&resource, &action) {
                match held.namespace {
                    None => return Ok(None),
                    Some(namespace) => namespaces.push(namespace),
                }
            }
        }
        if namespaces.is_empty() {
            return Err(Problem::new(
                ProblemKind::Denied,
                format!("This may not be read in tenant `{}`.", visible(&scope.to_string())),
                format!(
                    "`{}` holds no role there that allows {action} on {resource}.",
                    visible(&actor.username)
                ),
                "Ask an admin of the tenant for such a role.",
            )
            .into());
        }
        Ok(Some(namespaces))
    }

    fn stock_page<T>(
        &self,
        scope: &TenantScope,
        resource: &'static str,
        query: &StockQuery,
        table: &str,
        columns: &str,
        order: &str,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Page<T>, Failure> {
        let space = self.enter(scope)?;
        let readable = self.readable(&space, scope, resource)?;
        let mut condition = "tenant = ?".to_owned();
        let mut values = vec![Value::from(space.tenant)];
        let mut within = |namespaces: &[String]| {
            let one = "(namespace = ? OR substr(namespace, 1, length(?) + 1) = ? || '.')";
            let all: Vec<&str> = namespaces.iter().map(|_| one).collect();
            for namespace in namespaces {
                values.extend([
                    namespace.clone().into(),
                    namespace.clone().into(),
                    namespace.clone().into(),
                ]);
            }
            condition.extend([" AND (", &all.join(" OR "), ")"]);
        };
        if let Some(namespaces) = readable {
            within(&namespaces);
        }
        if let Some(namespace) = &query.namespace {
            within(std::slice::from_ref(namespace));
        }
        if let Some(text) = &query.text {
            condition.push_str(" AND instr(fold(id || ' ' || namespace), ?) > 0");
            values.push(text.to_lowercase().into());
        }
        self.page_of(
            table,
            columns,
            &condition,
            &values,
            order,
            query.offset,
            query.size,
            read,
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn page_of<T>(
        &self,
        from: &str,
        columns: &str,
        condition: &str,
        values: &[Value],
        order: &str,
        offset: u64,
        size: u32,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Page<T>, Failure> {
        let total: i64 = self
            .db
            .prepare_cached(&format!("SELECT count(*) FROM {from} WHERE {condition}"))?
            .query_row(params_from_iter(values), |row| row.get(0))?;
        let sql =
            format!("SELECT {columns} FROM {from} WHERE {condition} ORDER BY {order} LIMIT {size} OFFSET {offset}");
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| read(row))?;
        Ok(Page::new(rows.collect::<Result<_, _>>()?, total.cast_unsigned()))
    }

    fn audit_page(&self, tenant: Option<String>, query: &AuditQuery) -> Result<Page<AuditRow>, Failure> {
        let mut condition = "1".to_owned();
        let mut values = Vec::new();
        let mut and = |text: &str, value: Value| {
            condition.push_str(" AND ");
            condition.push_str(text);
            values.push(value);
        };
        if let Some(tenant) = tenant {
            and("a.tenant = ?", tenant.into());
        }
        if let Some(text) = &query.text {
            and(
                "instr(fold(a.id || ' ' || a.actor || ' ' || a.resource), ?) > 0",
                text.to_lowercase().into(),
            );
        }
        if let Some(user) = &query.user {
            and("u.id = ?", user.clone().into());
        }
        if let Some(action) = &query.action {
            and("a.action = ?", action.clone().into());
        }
        if let Some(from) = query.from {
            and("a.time >= ?", from.into());
        }
        if let Some(until) = query.until {
            and("a.time <= ?", until.into());
        }
        if !query.resources.is_empty() {
            let list = format!(",{},", query.resources.join(","));
            and("instr(?, ',' || a.resource || ',') > 0", list.into());
        }
        let order = if query.oldest_first { "a.key" } else { "a.key DESC" };
        self.page_of(
            "audit_log a LEFT JOIN users u ON u.username = a.actor",
            "a.key, a.time, a.actor, u.id, a.action, a.resource, a.id, a.tenant",
            &condition,
            &values,
            order,
            query.offset,
            query.size,
            |row| {
                Ok(AuditRow {
                    id: row.get::<_, i64>(0)?.to_string(),
                    time: row.get(1)?,
                    actor: row.get(2)?,
                    user_id: row.get(3)?,
                    action: row.get(4)?,
                    resource: row.get(5)?,
                    object: row.get(6)?,
                    tenant: row.get(7)?,
                    address: None,
                    impersonated_by: None,
                    detail: serde_json::Map::new(),
                    changes: Vec::new(),
                })
            },
        )
    }
}
