//! `/tenants`: for superadmins, and up to 0.19 for whoever holds the permission.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{Answer, no_such};
use crate::backend::Backend;
use crate::domain::problem::FieldMessage;
use crate::domain::release::Release;
use crate::domain::tenant::{NewTenant, Tenant};
use crate::domain::tenant_field;
use crate::domain::tenant_id::TenantId;
use crate::rehearsal::call::{Call, FILTERS_IN_2_0, Fields, ListRules};
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire;

const RULES: ListRules = ListRules {
    columns: &[("id", "id"), ("name", "name")],
    filters_since: FILTERS_IN_2_0,
};

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    match (&call.method, rest) {
        (&Method::POST, []) => create(call).await,
        (&Method::GET, ["search"]) => search(call).await,
        (&Method::GET, [id]) => {
            may_manage(call).await?;
            Ok(Reply::ok(wire::tenant(&read(call, id).await?)))
        }
        (&Method::PUT, [id]) => update(call, id).await,
        (&Method::DELETE, [id]) => {
            may_manage(call).await?;
            call.instance.delete_tenant(&TenantId::existing(*id)).await?;
            Ok(Reply::Empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, [id, "apps-catalog"]) if call.at_least(1, 1) => {
            let tenant = read(call, id).await?;
            Ok(Reply::ok(part(&tenant, "appCatalogConfig")))
        }
        (&Method::POST, [id, "apps-catalog"]) if call.at_least(1, 1) => set_part(call, id, "appCatalogConfig").await,
        (&Method::GET, [id, "settings", "default-dashboards"]) if call.at_least(2, 0) => {
            let tenant = read(call, id).await?;
            Ok(Reply::ok(part(&tenant, "settings.dashboard")))
        }
        (&Method::POST, [id, "settings", "default-dashboards"]) if call.at_least(2, 0) => {
            set_part(call, id, "settings.dashboard").await
        }
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

/// Lets pass whoever may see all tenants; the store itself shows others those they have access to.
async fn may_manage(call: &Call) -> Result<(), Refusal> {
    let rights = call.instance.instance().await?.rights;
    rights.update_tenant.map_err(Refusal::Forbidden)
}

async fn read(call: &Call, id: &str) -> Result<Tenant, Refusal> {
    Ok(call.instance.tenant(&TenantId::existing(id)).await?)
}

async fn search(call: &Call) -> Answer {
    may_manage(call).await?;
    let page = call.instance.tenants(&call.query(&RULES)?).await?;
    let rows = page.rows.iter().map(|row| wire::tenant(&row.tenant)).collect();
    Ok(Reply::ok(wire::page(rows, page.total)))
}

async fn create(call: &Call) -> Answer {
    let tenant = sent(call, "create")?;
    let created = call
        .instance
        .create_tenant(&NewTenant { tenant, admin: None })
        .await
        .map_err(|problem| in_terms_of("create", problem.into()))?;
    Ok(Reply::ok(wire::tenant(&created.tenant)))
}

async fn update(call: &Call, id: &str) -> Answer {
    may_manage(call).await?;
    let before = read(call, id).await?;
    let after = sent(call, "update")?;
    if after.id != before.id {
        let fields = vec![FieldMessage {
            path: "update.tenant.id".to_owned(),
            message: "is not the id in the path".to_owned(),
        }];
        return Err(Refusal::Fields(
            "the id of a tenant cannot be changed".to_owned(),
            fields,
        ));
    }
    let stored = call
        .instance
        .update_tenant(&before, &after)
        .await
        .map_err(|problem| in_terms_of("update", problem.into()))?;
    Ok(Reply::ok(wire::tenant(&stored)))
}

/// The tenant of a body. Fields that the release does not have are passed over.
fn sent(call: &Call, operation: &str) -> Result<Tenant, Refusal> {
    let Fields(object) = call.object()?;
    let fields = Fields(object);
    let id = required(&fields, operation, "id")?;
    let name = required(&fields, operation, "name")?;
    let Fields(object) = fields;
    let mut tenant = Tenant::new(TenantId::existing(id), name);
    tenant.rest = known(call.release(), object);
    Ok(tenant)
}

fn required(fields: &Fields, operation: &str, name: &str) -> Result<String, Refusal> {
    fields
        .required_text(name)
        .map_err(|refusal| in_terms_of(operation, refusal))
}

/// What of an object a release stores: fields that it has, with a value. An object without anything in it is none.
fn known(release: Release, object: Map<String, Value>) -> Map<String, Value> {
    object
        .into_iter()
        .filter(|(name, value)| {
            let is_field = tenant_field::fields(release).any(|field| field.path.split('.').next() == Some(name));
            is_field && !value.is_null()
        })
        .collect()
}

/// Paths of fields as Kestra writes them: method, argument, field.
fn in_terms_of(operation: &str, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Fields(text, mut fields) => {
            for field in &mut fields {
                field.path = format!("{operation}.tenant.{}", field.path);
            }
            Refusal::Fields(text, fields)
        }
        other => other,
    }
}

fn part(tenant: &Tenant, path: &str) -> Value {
    tenant.value_at(path).cloned().unwrap_or_else(|| json!({}))
}

async fn set_part(call: &Call, id: &str, path: &str) -> Answer {
    may_manage(call).await?;
    let Fields(object) = call.object()?;
    let before = read(call, id).await?;
    let mut after = before.clone();
    after.set_at(path, Some(Value::Object(object)));
    let stored = call.instance.update_tenant(&before, &after).await?;
    Ok(Reply::ok(part(&stored, path)))
}
