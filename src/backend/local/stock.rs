//! What lives in a tenant: namespaces, flows, executions and triggers, by id and state only, so that counts are true.

use crate::domain::access::Footprint;
use crate::domain::effective_access::covers;
use crate::domain::operation::NamespaceFlows;
use crate::domain::permission::Resource;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::failure::Failure;
use super::semantics::{Reading, Session, Space};

/// A flow, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowStub {
    /// The namespace it is in, which comes into being with it.
    pub namespace: String,
    /// Its id, unique in the namespace.
    pub id: String,
    /// Whether it is disabled.
    pub disabled: bool,
}

/// An execution, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionStub {
    /// Its id, unique in the tenant.
    pub id: String,
    /// Namespace of its flow.
    pub namespace: String,
    /// Id of its flow.
    pub flow: String,
    /// State, such as `SUCCESS`.
    pub state: String,
}

/// A trigger, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerStub {
    /// Namespace of its flow.
    pub namespace: String,
    /// Id of its flow.
    pub flow: String,
    /// Its id, unique in the flow.
    pub id: String,
    /// Whether it is disabled.
    pub disabled: bool,
}

impl Session<'_> {
    /// Counts of everything in a tenant.
    pub(super) fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Failure> {
        let space = self.enter(scope)?;
        let stock = |table: &str| {
            self.number(
                &format!("SELECT count(*) FROM {table} WHERE tenant = ?1 AND ?2 >= 0"),
                &space,
            )
        };
        let people = |table: &str| {
            self.number(
                &format!("SELECT count(*) FROM {table} WHERE tenant = ?1 AND attributed >= ?2"),
                &space,
            )
        };
        Ok(Footprint {
            flows: Some(stock("flows")?),
            namespaces: Some(stock("namespaces")?),
            executions: Some(stock("executions")?),
            triggers: Some(stock("triggers")?),
            roles: Some(people("roles")?),
            bindings: Some(people("bindings")?),
            groups: Some(people("groups")?),
            users: Some(people("tenant_access")?),
        })
    }

    fn number(&self, sql: &str, space: &Space) -> Result<u64, Failure> {
        let mut statement = self.db.prepare_cached(sql)?;
        let number: i64 = statement.query_row((&space.tenant, space.attributed), |row| row.get(0))?;
        Ok(number.cast_unsigned())
    }

    /// The namespaces of a tenant that hold flows, those with most first.
    pub(super) fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Failure> {
        let space = self.enter(scope)?;
        let mut statement = self.db.prepare_cached(
            "SELECT namespace, count(*) FROM flows WHERE tenant = ?1 GROUP BY namespace ORDER BY count(*) DESC, namespace",
        )?;
        let counts = statement
            .query_map([&space.tenant], |row| {
                Ok(NamespaceFlows {
                    namespace: row.get(0)?,
                    flows: row.get::<_, i64>(1)?.cast_unsigned(),
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(counts)
    }

    /// Ids of the namespaces of a tenant that the actor may see, in order. A role in a namespace covers its children.
    pub(super) fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Failure> {
        let space = self.enter(scope)?;
        let mut statement = self
            .db
            .prepare_cached("SELECT id FROM namespaces WHERE tenant = ?1 ORDER BY id")?;
        let mut all: Vec<String> = statement
            .query_map([&space.tenant], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        if let Some(actor) = self.actor.as_ref().filter(|actor| !actor.superadmin) {
            let (resource, action) = (Resource::known("NAMESPACE"), self.read_action(Reading::List));
            let mut held = self.held(&space, actor)?;
            held.retain(|held| held.permissions.allows(&resource, &action));
            all.retain(|id| {
                held.iter()
                    .any(|held| held.namespace.as_deref().is_none_or(|bound| covers(bound, id)))
            });
        }
        Ok(all)
    }

    /// Adds namespaces; those that exist stay.
    pub(super) fn add_namespaces(&self, scope: &TenantScope, ids: &[String]) -> Result<(), Failure> {
        let space = self.space(scope)?;
        ids.iter().try_for_each(|id| self.add_namespace(&space, id))
    }

    fn add_namespace(&self, space: &Space, id: &str) -> Result<(), Failure> {
        if id.is_empty() || id.split('.').any(str::is_empty) {
            return Err(Problem::new(
                ProblemKind::Invalid,
                "The namespace was not added.",
                format!("`{}` is no namespace.", visible(id)),
                "Write parts joined by single dots, such as company.team.",
            )
            .into());
        }
        self.db
            .prepare_cached("INSERT OR IGNORE INTO namespaces (tenant, id) VALUES (?1, ?2)")?
            .execute((&space.tenant, id))?;
        Ok(())
    }

    /// Adds flows and their namespaces; those that exist get the new state.
    pub(super) fn add_flows(&self, scope: &TenantScope, flows: &[FlowStub]) -> Result<(), Failure> {
        let space = self.space(scope)?;
        for flow in flows {
            self.add_namespace(&space, &flow.namespace)?;
            self.db
                .prepare_cached(
                    "INSERT INTO flows (tenant, namespace, id, disabled) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET disabled = excluded.disabled",
                )?
                .execute((&space.tenant, &flow.namespace, &flow.id, flow.disabled))?;
        }
        Ok(())
    }

    /// Adds executions; those that exist get the new state.
    pub(super) fn add_executions(&self, scope: &TenantScope, executions: &[ExecutionStub]) -> Result<(), Failure> {
        let space = self.space(scope)?;
        for execution in executions {
            self.db
                .prepare_cached(
                    "INSERT INTO executions (tenant, id, namespace, flow, state) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET state = excluded.state",
                )?
                .execute((
                    &space.tenant,
                    &execution.id,
                    &execution.namespace,
                    &execution.flow,
                    &execution.state,
                ))?;
        }
        Ok(())
    }

    /// Adds triggers; those that exist get the new state.
    pub(super) fn add_triggers(&self, scope: &TenantScope, triggers: &[TriggerStub]) -> Result<(), Failure> {
        let space = self.space(scope)?;
        for trigger in triggers {
            self.db
                .prepare_cached(
                    "INSERT INTO triggers (tenant, namespace, flow, id, disabled) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET disabled = excluded.disabled",
                )?
                .execute((
                    &space.tenant,
                    &trigger.namespace,
                    &trigger.flow,
                    &trigger.id,
                    trigger.disabled,
                ))?;
        }
        Ok(())
    }
}
