//! `bindings` of a tenant.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::{Answer, no_such};
use crate::backend::Backend;
use crate::domain::binding::NewBinding;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::query::{Operator, Term};
use crate::domain::tenant::TenantScope;
use crate::rehearsal::call::{Call, FILTERS_IN_2_0, Fields, ListRules};
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire;

const RULES: ListRules = ListRules {
    columns: &[
        ("id", "id"),
        ("type", "type"),
        ("namespace", "namespace"),
        ("role", "role"),
    ],
    filters_since: FILTERS_IN_2_0,
};

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    let scope = call.tenant()?;
    match (&call.method, rest) {
        (&Method::POST, []) => {
            let new = vec![sent(&call.object()?)?];
            let made = call.instance.run(move |it| it.add_bindings(&scope, &new)).await?;
            let shown = shown(call, made).await?;
            Ok(Reply::ok(shown.into_iter().next().unwrap_or_default()))
        }
        (&Method::POST, ["bulk"]) => {
            let Value::Array(wanted) = call.json()? else {
                return Err(Refusal::InvalidShape("a list is expected".to_owned()));
            };
            let new = wanted
                .into_iter()
                .map(|value| match value {
                    Value::Object(object) => sent(&Fields(object)),
                    _ => Err(Refusal::InvalidShape("a list of objects is expected".to_owned())),
                })
                .collect::<Result<Vec<_>, _>>()?;
            let made = call.instance.run(move |it| it.add_bindings(&scope, &new)).await?;
            Ok(Reply::ok(Value::Array(shown(call, made).await?)))
        }
        (&Method::GET, ["search"]) => search(call, &scope).await,
        (&Method::GET, [id]) => {
            let id = (*id).to_owned();
            let binding = call.instance.run(move |it| it.binding(&scope, &id)).await?;
            let shown = shown(call, vec![binding]).await?;
            Ok(Reply::ok(shown.into_iter().next().unwrap_or_default()))
        }
        (&Method::DELETE, [id]) => {
            let id = (*id).to_owned();
            call.instance.run(move |it| it.remove_binding(&scope, &id)).await?;
            Ok(Reply::Empty(StatusCode::NO_CONTENT))
        }
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

async fn search(call: &Call, scope: &TenantScope) -> Answer {
    let mut query = call.query(&RULES)?;
    let mut only = |column: &str, value: String| {
        query.filter.terms.push(Term {
            negated: false,
            column: Some(column.to_owned()),
            operator: Operator::Equals,
            values: vec![value.to_lowercase()].into(),
        });
    };
    if let Some(kind) = call.parameter("type") {
        only("type", kind.to_owned());
    }
    if let Some(id) = call.parameter("id") {
        only("subject", id.to_owned());
    }
    if let Some(namespace) = call.parameter("namespace") {
        only("namespace", namespace.to_owned());
    }
    let page = call.instance.bindings(scope, &query).await?;
    Ok(Reply::ok(wire::page(shown(call, page.rows).await?, page.total)))
}

/// Bindings with their roles and users.
async fn shown(call: &Call, bindings: Vec<Binding>) -> Result<Vec<Value>, Refusal> {
    let (release, scope) = (call.release(), call.tenant()?);
    let shown = call
        .instance
        .run(move |it| {
            let ids: Vec<String> = bindings.iter().map(|binding| binding.subject_id.clone()).collect();
            let accounts = it.accounts(&ids)?;
            let roles: Vec<String> = bindings.iter().map(|binding| binding.role_id.clone()).collect();
            let roles = it.roles_by_id(&scope, &roles)?;
            Ok(bindings
                .iter()
                .map(|binding| {
                    let account = accounts
                        .iter()
                        .filter(|_| binding.subject_kind == SubjectKind::User)
                        .find(|account| account.id == binding.subject_id);
                    let role = roles.iter().find(|role| role.id == binding.role_id);
                    wire::binding(release, binding, role, account)
                })
                .collect())
        })
        .await?;
    Ok(shown)
}

fn sent(fields: &Fields) -> Result<NewBinding, Refusal> {
    let subject_kind = match fields.required_text("type")?.as_str() {
        "USER" => SubjectKind::User,
        "GROUP" => SubjectKind::Group,
        other => return Err(Refusal::InvalidShape(format!("`type` is `{other}`, not USER or GROUP"))),
    };
    Ok(NewBinding {
        subject_kind,
        subject_id: fields.required_text("externalId")?,
        role_id: fields.required_text("roleId")?,
        namespace: fields.text("namespaceId")?,
    })
}
