//! `tenant-access`: who may enter a tenant, and what they may do there (from 0.24).

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::{Answer, accounts, no_such};
use crate::backend::local::Who;
use crate::domain::account::Account;
use crate::domain::tenant::TenantScope;
use crate::rehearsal::call::Call;
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire::{self, Object};

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    let scope = call.tenant()?;
    let tenant = scope.id().map(ToString::to_string);
    let show = |account: &Account| wire::tenant_access(account, tenant.as_deref());
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let kind = if call.at_least(2, 0) {
                None
            } else {
                accounts::kind_asked(call)?
            };
            accounts::page_of(call, Some(&scope), kind, show).await
        }
        (&Method::POST, []) => {
            let email = call.object()?.required_text("email")?;
            let had = call
                .instance
                .run(move |it| it.grant_access(&scope, Who::Username(&email)))
                .await?;
            if had {
                return Err(Refusal::Exists("the user has access to the tenant already".to_owned()));
            }
            Ok(Reply::Empty(StatusCode::NO_CONTENT))
        }
        (&Method::POST, ["autocomplete"]) => accounts::offered(call, Some(&scope), show).await,
        (&Method::GET, [id]) => one(call, scope, id).await,
        (&Method::PUT, [id]) => {
            let id = (*id).to_owned();
            call.instance
                .run(move |it| it.grant_access(&scope, Who::Id(&id)))
                .await?;
            Ok(Reply::Empty(StatusCode::CREATED))
        }
        (&Method::DELETE, [id]) => {
            let id = (*id).to_owned();
            call.instance.run(move |it| it.revoke_access(&scope, &id)).await?;
            Ok(Reply::Empty(StatusCode::NO_CONTENT))
        }
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

async fn one(call: &Call, scope: TenantScope, id: &str) -> Answer {
    let (release, id) = (call.release(), id.to_owned());
    let tenant = scope.id().map(ToString::to_string);
    let (account, assignments, roles) = call
        .instance
        .run(move |it| {
            let (account, assignments) = it.assignments(&scope, &id)?;
            let ids: Vec<String> = assignments.iter().map(|held| held.role_id.clone()).collect();
            Ok((account, assignments, it.roles_by_id(&scope, &ids)?))
        })
        .await?;
    let held: Vec<Value> = assignments
        .iter()
        .filter_map(|held| {
            let role = roles.iter().find(|role| role.id == held.role_id)?;
            let origin = if held.group.is_some() { "GROUP" } else { "BINDING" };
            Some(
                Object::new()
                    .with("id", role.id.as_str())
                    .with("name", role.name.as_str())
                    .with_some("namespace", held.namespace.clone())
                    .with("origin", origin)
                    .with("sourceId", held.group.as_deref().unwrap_or(&held.binding))
                    .with("permissions", wire::permission_list(release, role))
                    .done(),
            )
        })
        .collect();
    Ok(Reply::ok(wire::access_detail(
        release,
        &account,
        tenant.as_deref(),
        held,
    )))
}
