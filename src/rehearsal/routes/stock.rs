//! What lives in a tenant, as lists and as counts, and the audit log.

use axum::http::Method;
use serde_json::{Value, json};

use super::{Answer, no_such};
use crate::backend::Backend;
use crate::backend::local::admin::{ExecutionStub, FlowStub};
use crate::backend::local::{LocalInstance, StockQuery};
use crate::domain::audit::AuditQuery;
use crate::domain::tenant::TenantScope;
use crate::rehearsal::call::Call;
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire::{self, Object};

pub(super) async fn answer(call: &Call, noun: &str, rest: &[&str]) -> Answer {
    let scope = call.tenant()?;
    if call.method == Method::POST && (noun, rest) == ("namespaces", &["autocomplete"][..]) && !call.at_least(0, 24) {
        return offered(call, &scope).await;
    }
    if call.method != Method::GET {
        return no_such(rest.first() == Some(&"search"));
    }
    match (noun, rest) {
        ("flows", ["search"]) => {
            let query = query(call)?;
            let page = call.instance.run(move |it| it.flows(&scope, &query)).await?;
            let rows = page.rows.iter().map(flow).collect();
            Ok(Reply::ok(wire::page(rows, page.total)))
        }
        ("executions", ["search"]) => {
            let query = query(call)?;
            let within = scope.clone();
            let page = call.instance.run(move |it| it.executions(&within, &query)).await?;
            let rows = page.rows.iter().map(|row| execution(call, &scope, row)).collect();
            Ok(Reply::ok(wire::page(rows, page.total)))
        }
        ("namespaces", ["search"]) => namespaces(call, &scope).await,
        ("usages", [] | ["all"]) => usages(call, &scope, rest == ["all"]).await,
        _ => no_such(false),
    }
}

/// Text and namespace by the parameters of old, and by `filters` from 0.23 on.
fn query(call: &Call) -> Result<StockQuery, Refusal> {
    let (page, size) = call.page()?;
    let mut query = StockQuery {
        text: None,
        namespace: None,
        offset: (page - 1).saturating_mul(u64::from(size)),
        size,
    };
    if !call.at_least(1, 1) || call.release() == crate::domain::release::Release::new(1, 3) {
        query.text = call.parameter("q").map(str::to_owned);
        query.namespace = call.parameter("namespace").map(str::to_owned);
    }
    if call.at_least(0, 23) {
        for filter in call.filters()? {
            match (filter.field.as_str(), filter.operator.as_str()) {
                ("q", "EQUALS") => query.text = Some(filter.value),
                ("namespace", "EQUALS" | "PREFIX" | "STARTS_WITH" | "NAMESPACE_PREFIX") => {
                    query.namespace = Some(filter.value);
                }
                (field, operator) => {
                    return Err(Refusal::Filters(format!(
                        "field `{field}` with operator `{operator}` is not supported here"
                    )));
                }
            }
        }
    }
    Ok(query)
}

fn flow(flow: &FlowStub) -> Value {
    json!({
        "id": flow.id,
        "namespace": flow.namespace,
        "revision": 1,
        "disabled": flow.disabled,
        "deleted": false,
        "tasks": [],
    })
}

/// An execution of which the store knows id and state; the times are those of no execution.
fn execution(call: &Call, scope: &TenantScope, execution: &ExecutionStub) -> Value {
    const WHEN: &str = "2026-01-01T00:00:00Z";
    let state = Object::new()
        .with("current", execution.state.as_str())
        .with("startDate", WHEN)
        .with("endDate", WHEN)
        .with("duration", "PT0S")
        .with("histories", json!([{"state": execution.state, "date": WHEN}]))
        .done();
    let is_new = call.at_least(2, 0);
    Object::new()
        .since(
            is_new,
            "tenantId",
            scope.id().map(ToString::to_string).unwrap_or_default(),
        )
        .with("id", execution.id.as_str())
        .with("namespace", execution.namespace.as_str())
        .with("flowId", execution.flow.as_str())
        .with("flowRevision", 1)
        .with("state", state)
        .with("originalId", execution.id.as_str())
        .since(!is_new, "deleted", false)
        .done()
}

async fn namespaces(call: &Call, scope: &TenantScope) -> Answer {
    let (page, size) = call.page()?;
    let text = call
        .parameter("q")
        .filter(|_| !call.at_least(2, 0))
        .map(str::to_lowercase);
    let mut all = call.instance.namespaces(scope).await?;
    if let Some(text) = text {
        all.retain(|id| id.to_lowercase().contains(&text));
    }
    if call.sort(&[("id", "id")])?.is_some_and(|sort| sort.descending) {
        all.reverse();
    }
    let is_old = !call.at_least(1, 0);
    let skipped = usize::try_from((page - 1).saturating_mul(u64::from(size))).unwrap_or(usize::MAX);
    let rows = all
        .iter()
        .skip(skipped)
        .take(size as usize)
        .map(|id| {
            Object::new()
                .with("id", id.as_str())
                .with("deleted", false)
                .since(is_old, "disabled", false)
                .done()
        })
        .collect();
    Ok(Reply::ok(wire::page(rows, all.len() as u64)))
}

/// Namespaces whose names contain what was typed.
async fn offered(call: &Call, scope: &TenantScope) -> Answer {
    const OFFERED: usize = 50;
    let fields = call.object()?;
    let (text, ids) = (
        fields.text("q")?.unwrap_or_default(),
        fields.texts("ids")?.unwrap_or_default(),
    );
    let mut all = call.instance.namespaces(scope).await?;
    all.retain(|id| id.contains(&text) || ids.contains(id));
    all.truncate(OFFERED);
    Ok(Reply::ok(json!(all)))
}

async fn usages(call: &Call, scope: &TenantScope, all: bool) -> Answer {
    let here = call.instance.footprint(scope).await?;
    let instance = call.instance.run(LocalInstance::instance_counts).await?;
    let counted = |count: Option<u64>| count.unwrap_or_default();
    let flows = json!({
        "count": counted(here.flows),
        "namespacesCount": counted(here.namespaces),
        "taskTypeCount": {},
        "triggerTypeCount": {"io.kestra.plugin.core.trigger.Schedule": counted(here.triggers)},
        "taskRunnerTypeCount": {},
    });
    let (users, groups, roles) = if all {
        (instance.users, instance.groups, instance.roles)
    } else {
        (counted(here.users), counted(here.groups), counted(here.roles))
    };
    let users = Object::new()
        .with("count", users)
        .with("apiKeyCount", instance.tokens)
        .with("oidcCount", 0)
        .with("basicAuthCount", instance.passwords)
        .since(call.at_least(1, 3), "ldapAuthCount", 0)
        .since(call.at_least(1, 3), "passwordlessCount", 0)
        .done();
    let running = &call.running;
    let mut usages = Object::new();
    if !call.at_least(1, 0) {
        // Until then it also says what sends it.
        usages = usages
            .with("uuid", running.uuid.as_str())
            .with("startUuid", running.uuid.as_str())
            .with("instanceUuid", running.uuid.as_str())
            .with("serverType", "STANDALONE")
            .with("version", super::instance::version(call.release()))
            .with("zoneId", "UTC")
            .with("startTime", running.started.to_string());
    }
    usages = usages
        .with("flows", flows)
        .with("executions", json!({"dailyExecutionsCount": []}));
    if all && !call.at_least(1, 0) {
        // Until then the whole instance is counted without its people.
        return Ok(Reply::ok(usages.done()));
    }
    Ok(Reply::ok(
        usages
            .with("users", users)
            .with("groups", json!({"count": groups}))
            .with("roles", json!({"count": roles}))
            .with("tenants", json!({"count": instance.tenants}))
            .done(),
    ))
}

/// `auditlogs` of a tenant, or from 1.0 on of the instance.
pub(super) async fn audit(call: &Call, rest: &[&str]) -> Answer {
    if call.method != Method::GET || rest != ["search"] {
        return no_such(false);
    }
    let query = audit_query(call)?;
    let scope = call.scope.clone();
    let (page, accounts) = call
        .instance
        .run(move |it| {
            let page = it.audit_page(scope.as_ref(), &query)?;
            let mut ids: Vec<String> = page.rows.iter().filter_map(|row| row.user_id.clone()).collect();
            ids.sort_unstable();
            ids.dedup();
            Ok((page, it.accounts(&ids)?))
        })
        .await?;
    let is_new = call.at_least(2, 0);
    let rows = page
        .rows
        .iter()
        .map(|row| {
            let detail = Object::new()
                .with("type", row.resource.to_lowercase())
                .with("id", row.object.as_str())
                .with_some("permission", permission_of(call, &row.resource))
                .since(!call.at_least(1, 0), "cls", row.resource.as_str())
                .since(is_new, "resource", row.resource.as_str())
                .done();
            let entry = Object::new()
                .with("id", row.id.as_str())
                .with("type", row.action.as_str())
                .with("detail", detail)
                .with("date", wire::time(row.time))
                .with("userId", row.user_id.as_deref().unwrap_or(&row.actor))
                .since(
                    call.at_least(1, 0) && !row.tenant.is_empty(),
                    "tenantId",
                    row.tenant.as_str(),
                )
                .done();
            let user = accounts
                .iter()
                .find(|account| row.user_id.as_ref() == Some(&account.id))
                .map(audit_user);
            Object::new().with("auditLog", entry).with_some("user", user).done()
        })
        .collect();
    Ok(Reply::ok(wire::page(rows, page.total)))
}

/// The permission that a kind of thing is changed by, up to 1.3. 0.23 and 0.24 always name one.
fn permission_of<'a>(call: &Call, resource: &'a str) -> Option<&'a str> {
    if call.at_least(2, 0) || !call.at_least(0, 20) {
        return None;
    }
    if is_permission(call, resource) {
        return Some(resource);
    }
    (call.at_least(0, 23) && !call.at_least(1, 0)).then_some("UNKNOWN")
}

fn is_permission(call: &Call, resource: &str) -> bool {
    crate::domain::catalogue::resources(call.release())
        .iter()
        .any(|info| info.name.as_str() == resource)
}

fn audit_user(account: &crate::domain::account::Account) -> Value {
    json!({
        "id": account.id,
        "username": account.username,
        "email": account.username,
        "type": match account.kind {
            crate::domain::user::UserKind::Standard => "STANDARD",
            crate::domain::user::UserKind::ServiceAccount => "SERVICE_ACCOUNT",
        },
    })
}

/// Whether 1.0 to 1.3 narrow the log to a kind of thing. Source: their OpenAPI documents.
fn is_audited(call: &Call, kind: &str) -> bool {
    const SINCE_1_0: &str = "AUDITLOG APP APP_EXECUTION BINDING DASHBOARD EXECUTION FLOW GROUP INVITATION NAMESPACE ROLE \
                             SECURITY_INTEGRATION SECRET SETTING TEMPLATE TENANT TENANT_ACCESS TESTSUITE TESTSUITE_RUN \
                             VERSIONED_PLUGIN USER WORKER_GROUP INSTANCE UNKNOWN";
    const SINCE_1_1: &str = "ASSET BLUEPRINT KV_STORE NAMESPACE_FILE TRIGGER KILL_SWITCH CREDENTIAL";
    let is_among = |words: &str| words.split(' ').any(|word| word == kind);
    is_among(SINCE_1_0) || call.at_least(1, 1) && is_among(SINCE_1_1)
}

fn audit_query(call: &Call) -> Result<AuditQuery, Refusal> {
    let (page, size) = call.page()?;
    let mut query = AuditQuery {
        offset: (page - 1).saturating_mul(u64::from(size)),
        size,
        oldest_first: call.sort(&[("date", "date")])?.is_some_and(|sort| !sort.descending),
        ..AuditQuery::default()
    };
    let time = |text: &str| {
        text.parse::<jiff::Timestamp>()
            .map(jiff::Timestamp::as_millisecond)
            .map_err(|_| Refusal::Argument(format!("`{text}` is no date and time")))
    };
    if !call.at_least(2, 0) {
        query.text = call.parameter("q").map(str::to_owned);
        query.user = call.parameter("userId").map(str::to_owned);
        query.action = call.parameter("type").map(str::to_owned);
        query.resources = call.parameter_list("resources");
        query.resources.extend(call.parameter_list("resource"));
        if let Some(wrong) = query.resources.iter().find(|kind| !is_audited(call, kind)) {
            return Err(Refusal::Argument(format!("`{wrong}` is no kind of thing")));
        }
        for kind in &mut query.resources {
            if kind == "KV_STORE" {
                "KVSTORE".clone_into(kind);
            }
        }
        query.resources.extend(call.parameter_list("permission"));
        query.from = call.parameter("startDate").map(time).transpose()?;
        query.until = call.parameter("endDate").map(time).transpose()?;
        return Ok(query);
    }
    for filter in call.filters()? {
        match filter.field.as_str() {
            "q" => query.text = Some(filter.value),
            "userId" => query.user = Some(filter.value),
            "action" => query.action = Some(filter.value),
            "resources" => query.resources = filter.value.split(',').map(str::to_owned).collect(),
            "startDate" => query.from = Some(time(&filter.value)?),
            "endDate" => query.until = Some(time(&filter.value)?),
            field => return Err(Refusal::Filters(format!("field `{field}` is not supported here"))),
        }
    }
    Ok(query)
}
