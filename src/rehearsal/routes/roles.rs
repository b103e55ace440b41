//! `roles` and `acls` of a tenant.

use axum::http::{Method, StatusCode};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Answer, no_such};
use crate::backend::Backend;
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::release::PermissionModel;
use crate::domain::role::NewRole;
use crate::domain::role::Role;
use crate::rehearsal::call::{Call, FILTERS_IN_2_0, Fields, ListRules};
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire;

const RULES: ListRules = ListRules {
    columns: &[("id", "id"), ("name", "name"), ("description", "description")],
    filters_since: FILTERS_IN_2_0,
};
/// Roles offered while somebody types.
const OFFERED: usize = 50;

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    let scope = call.tenant()?;
    let release = call.release();
    match (&call.method, rest) {
        (&Method::POST, []) => {
            let new = sent(call)?;
            let role = call.instance.run(move |it| it.add_role(&scope, &new)).await?;
            Ok(Reply::ok(wire::role(release, &role)))
        }
        (&Method::GET, ["search"]) => {
            let page = call.instance.roles(&scope, &call.query(&RULES)?).await?;
            let rows = page.rows.iter().map(|role| listed(call, role)).collect();
            Ok(Reply::ok(wire::page(rows, page.total)))
        }
        (&Method::POST, ["autocomplete"]) => {
            let fields = call.object()?;
            let (text, ids) = (
                fields.text("q")?.unwrap_or_default().to_lowercase(),
                fields.texts("ids")?,
            );
            let all = all(call).await?;
            let offered = all.iter().filter(|role| role.name.to_lowercase().contains(&text));
            let asked = all.iter().filter(|role| ids.iter().flatten().any(|id| *id == role.id));
            let mut rows: Vec<&Role> = asked.chain(offered).collect();
            rows.dedup_by(|a, b| a.id == b.id);
            let rows = rows.into_iter().take(OFFERED).map(|role| listed(call, role)).collect();
            Ok(Reply::ok(Value::Array(rows)))
        }
        (&Method::POST, ["ids"]) => {
            let ids = call.object()?.texts("ids")?.unwrap_or_default();
            let rows = all(call)
                .await?
                .iter()
                .filter(|role| ids.contains(&role.id))
                .map(wire::role_entity)
                .collect();
            Ok(Reply::ok(Value::Array(rows)))
        }
        (&Method::GET, [id]) => {
            let role = call.instance.role(&scope, id).await?;
            Ok(Reply::ok(wire::role(release, &role)))
        }
        (&Method::PUT, [id]) => {
            let (new, id) = (sent(call)?, (*id).to_owned());
            let role = call.instance.run(move |it| it.update_role(&scope, &id, &new)).await?;
            Ok(Reply::ok(wire::role(release, &role)))
        }
        (&Method::DELETE, [id]) => {
            let id = (*id).to_owned();
            call.instance.run(move |it| it.delete_role(&scope, &id)).await?;
            Ok(Reply::Empty(StatusCode::NO_CONTENT))
        }
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

fn listed(call: &Call, role: &Role) -> Value {
    if call.at_least(0, 24) {
        wire::role_summary(call.release(), role)
    } else {
        wire::role_entity(role)
    }
}

/// All roles of the tenant, which are few.
async fn all(call: &Call) -> Result<Vec<Role>, Refusal> {
    let query = crate::domain::query::Query {
        size: u32::MAX,
        ..crate::domain::query::Query::first(1)
    };
    Ok(call.instance.roles(&call.tenant()?, &query).await?.rows)
}

fn sent(call: &Call) -> Result<NewRole, Refusal> {
    let fields = call.object()?;
    let name = fields.text("name")?.unwrap_or_default();
    Ok(NewRole {
        name,
        description: fields.text("description")?,
        permissions: permissions(call, &fields)?,
        is_default: fields.boolean("isDefault")?.unwrap_or(false),
    })
}

fn permissions(call: &Call, fields: &Fields) -> Result<Permissions, Refusal> {
    let shape = || Refusal::InvalidShape("`permissions` is not an object of lists of actions".to_owned());
    let Some(Value::Object(object)) = fields.0.get("permissions") else {
        return match fields.0.get("permissions") {
            None | Some(Value::Null) if !call.at_least(2, 0) => Ok(Permissions::default()),
            None | Some(Value::Null) => Err(none_at_all()),
            Some(_) => Err(shape()),
        };
    };
    let mut read: IndexMap<Resource, Vec<Action>> = IndexMap::new();
    for (resource, actions) in object {
        let actions = actions.as_array().ok_or_else(shape)?;
        let mut names = Vec::with_capacity(actions.len());
        for action in actions {
            let name = action.as_str().ok_or_else(shape)?;
            // 2.0 still takes READ, and means VIEW alone by it.
            let is_alias = name == "READ" && call.release().permission_model() == PermissionModel::ResourceActions;
            names.push(if is_alias {
                Action::known("VIEW")
            } else {
                Action::from(name)
            });
        }
        read.insert(Resource::from(resource.as_str()), names);
    }
    let permissions: Permissions = read.into_iter().collect();
    if permissions.is_empty() && call.at_least(2, 0) {
        return Err(none_at_all());
    }
    Ok(permissions)
}

/// 2.0 wants a role to allow something.
fn none_at_all() -> Refusal {
    Refusal::Fields("The role allows nothing at all.".to_owned(), Vec::new())
}

/// What roles can be made of.
pub(super) async fn acls(call: &Call, rest: &[&str]) -> Answer {
    let has_templates = call.at_least(2, 0);
    match (&call.method, rest) {
        (&Method::GET, ["permissions"]) => {
            let all = call.instance.assignable(&call.tenant()?).await?;
            Ok(Reply::ok(if has_templates {
                let rows = all.rows().iter();
                Value::Object(rows.map(|(name, actions)| (name.to_string(), json!(actions))).collect())
            } else {
                json!(all.names())
            }))
        }
        (&Method::GET, ["actions"]) if !has_templates => {
            let all = call.instance.assignable(&call.tenant()?).await?;
            Ok(Reply::ok(json!(all.actions())))
        }
        (&Method::GET, ["templates"]) if has_templates => {
            let all = call.instance.assignable(&call.tenant()?).await?;
            let templates = all.templates().iter();
            let named = templates.map(|template| (template.name.to_uppercase(), json!(template.permissions)));
            Ok(Reply::ok(Value::Object(named.collect())))
        }
        _ => no_such(false),
    }
}
