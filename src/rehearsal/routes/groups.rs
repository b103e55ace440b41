//! `groups` of a tenant and their members.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::{Answer, no_such};
use crate::backend::Backend;
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Group, Membership};
use crate::rehearsal::call::{Call, FILTERS_IN_2_0, ListRules};
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire;

const RULES: ListRules = ListRules {
    columns: &[("id", "id"), ("name", "name"), ("description", "description")],
    filters_since: FILTERS_IN_2_0,
};
/// Groups offered while somebody types.
const OFFERED: usize = 50;

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    let scope = call.tenant()?;
    let release = call.release();
    match (&call.method, rest) {
        (&Method::POST, []) => {
            let fields = call.object()?;
            let name = fields.text("name")?.unwrap_or_default();
            let description = fields.text("description")?;
            let members = fields.texts("membersId")?.unwrap_or_default();
            let group = call
                .instance
                .run(move |it| it.add_group(&scope, &name, description.as_deref(), &members))
                .await?;
            Ok(Reply::ok(wire::group(release, &group)))
        }
        (&Method::GET, ["search"]) => {
            let page = call.instance.groups(&scope, &call.query(&RULES)?).await?;
            let rows = page
                .rows
                .iter()
                .map(|group| wire::group_summary(release, group))
                .collect();
            Ok(Reply::ok(wire::page(rows, page.total)))
        }
        (&Method::POST, ["autocomplete"]) => {
            let fields = call.object()?;
            let (text, ids) = (
                fields.text("q")?.unwrap_or_default().to_lowercase(),
                fields.texts("ids")?,
            );
            let all = all(call, &scope).await?;
            let rows = all
                .iter()
                .filter(|group| {
                    group.name.to_lowercase().contains(&text) || ids.iter().flatten().any(|id| *id == group.id)
                })
                .take(OFFERED)
                .map(|group| wire::group_summary(release, group))
                .collect();
            Ok(Reply::ok(Value::Array(rows)))
        }
        (&Method::POST, ["ids"]) => {
            let ids = call.object()?.texts("ids")?.unwrap_or_default();
            let rows = all(call, &scope)
                .await?
                .iter()
                .filter(|group| ids.contains(&group.id))
                .map(|group| wire::group_summary(release, group))
                .collect();
            Ok(Reply::ok(Value::Array(rows)))
        }
        (&Method::GET, [id]) => {
            let group = one(call, &scope, id).await?;
            Ok(Reply::ok(wire::group(release, &group)))
        }
        (&Method::PUT, [id]) => {
            let fields = call.object()?;
            let (id, name) = ((*id).to_owned(), fields.text("name")?.unwrap_or_default());
            let description = fields.text("description")?;
            let group = call
                .instance
                .run(move |it| it.update_group(&scope, &id, &name, description.as_deref()))
                .await?;
            Ok(Reply::ok(wire::group(release, &group)))
        }
        (&Method::DELETE, [id]) => {
            let id = (*id).to_owned();
            call.instance.run(move |it| it.delete_group(&scope, &id)).await?;
            Ok(Reply::Empty(if call.at_least(0, 24) {
                StatusCode::OK
            } else {
                StatusCode::NO_CONTENT
            }))
        }
        (method, [id, "members", after @ ..]) => members(call, scope, method, id, after).await,
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

async fn one(call: &Call, scope: &TenantScope, id: &str) -> Result<Group, Refusal> {
    let (scope, id) = (scope.clone(), id.to_owned());
    Ok(call.instance.run(move |it| it.group(&scope, &id)).await?)
}

async fn all(call: &Call, scope: &TenantScope) -> Result<Vec<Group>, Refusal> {
    let query = Query {
        size: u32::MAX,
        ..Query::first(1)
    };
    Ok(call.instance.groups(scope, &query).await?.rows)
}

async fn members(call: &Call, scope: TenantScope, method: &Method, id: &str, after: &[&str]) -> Answer {
    let id = id.to_owned();
    match (method, after) {
        (&Method::GET, []) => {
            let (page, size) = call.page()?;
            let group = one(call, &scope, &id).await?;
            let text = match call.parameter("q") {
                Some(text) if !call.at_least(2, 0) => Some(text.to_lowercase()),
                _ => call
                    .filters()?
                    .into_iter()
                    .find(|filter| filter.field == "q")
                    .map(|filter| filter.value.to_lowercase()),
            };
            let ids: Vec<String> = group
                .members
                .iter()
                .filter(|member| {
                    text.as_ref()
                        .is_none_or(|text| member.username.to_lowercase().contains(text))
                })
                .map(|member| member.user_id.clone())
                .collect();
            let total = ids.len() as u64;
            let skipped = usize::try_from((page - 1).saturating_mul(u64::from(size))).unwrap_or(usize::MAX);
            let ids: Vec<String> = ids.into_iter().skip(skipped).take(size as usize).collect();
            Ok(Reply::ok(wire::page(shown(call, &scope, ids).await?, total)))
        }
        (&Method::PUT, ["membership", user]) if call.at_least(0, 23) => {
            let membership = match call.parameter("membership") {
                Some("OWNER") => Membership::Owner,
                Some("MEMBER") => Membership::Member,
                _ => return Err(Refusal::Argument("`membership` is not OWNER or MEMBER".to_owned())),
            };
            let (to, user) = (scope.clone(), (*user).to_owned());
            let whom = user.clone();
            call.instance
                .run(move |it| it.set_membership(&to, &id, &whom, membership))
                .await?;
            first_of(call, &scope, user).await
        }
        (&Method::PUT, [user]) => {
            let (to, user) = (scope.clone(), (*user).to_owned());
            let whom = user.clone();
            call.instance.run(move |it| it.join_group(&to, &id, &whom)).await?;
            first_of(call, &scope, user).await
        }
        (&Method::DELETE, [user]) => {
            let (to, user) = (scope.clone(), (*user).to_owned());
            let whom = user.clone();
            call.instance.run(move |it| it.leave_group(&to, &id, &whom)).await?;
            first_of(call, &scope, user).await
        }
        _ => no_such(false),
    }
}

async fn first_of(call: &Call, scope: &TenantScope, user: String) -> Answer {
    let shown = shown(call, scope, vec![user]).await?;
    Ok(Reply::ok(shown.into_iter().next().unwrap_or_default()))
}

async fn shown(call: &Call, scope: &TenantScope, ids: Vec<String>) -> Result<Vec<Value>, Refusal> {
    let release = call.release();
    let tenant = scope.id().map(ToString::to_string);
    let accounts = call.instance.run(move |it| it.accounts(&ids)).await?;
    Ok(accounts
        .iter()
        .map(|account| wire::group_member(release, account, tenant.as_deref()))
        .collect())
}
