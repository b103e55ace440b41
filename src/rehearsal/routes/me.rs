//! `me`: who is signed in, and what they may change of themselves.

use axum::http::Method;
use serde_json::{Value, json};

use super::{Answer, accounts, no_such, tokens};
use crate::backend::local::LocalInstance;
use crate::domain::account::Account;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Membership, UserKind};
use crate::rehearsal::call::Call;
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire::{self, Object};

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let account = call.instance.run(LocalInstance::myself).await?;
            Ok(Reply::ok(shown(call, account).await?))
        }
        (&Method::PATCH, []) => {
            let before = call.instance.run(LocalInstance::myself).await?;
            if before.restricted {
                return Err(Refusal::Forbidden("this account may not change its profile".to_owned()));
            }
            let profile = accounts::changed(&before, &call.object()?)?;
            let account = call.instance.run(move |it| it.update_myself(&profile)).await?;
            Ok(if call.at_least(0, 24) {
                Reply::ok(shown(call, account).await?)
            } else {
                accounts::nothing_to_say()
            })
        }
        (&Method::PUT, ["password"]) => {
            let fields = call.object()?;
            let (old, new) = (
                fields.text("oldPassword")?.unwrap_or_default(),
                fields.text("newPassword")?.unwrap_or_default(),
            );
            call.instance.run(move |it| it.change_my_password(&old, &new)).await?;
            Ok(accounts::nothing_to_say())
        }
        (&Method::GET, ["invitations"]) => Ok(Reply::ok(json!([]))),
        (_, ["api-tokens", after @ ..]) => tokens::answer(call, tokens::Of::Myself, after).await,
        (_, []) => no_such(true),
        _ => no_such(false),
    }
}

async fn shown(call: &Call, account: Account) -> Result<Value, Refusal> {
    let release = call.release();
    if release.at_least(0, 24) {
        let profile = Object::new()
            .with_some(
                "email",
                (account.kind == UserKind::Standard).then(|| account.username.clone()),
            )
            .with_some("firstName", account.first_name.clone())
            .with_some("lastName", account.last_name.clone())
            .with("username", account.username.as_str())
            .done();
        let tenants: Vec<Value> = account
            .tenants
            .iter()
            .map(|(id, name)| json!({"id": id, "name": name}))
            .collect();
        let owned: Vec<Value> = account
            .groups
            .iter()
            .filter(|group| group.membership == Membership::Owner)
            .map(|group| {
                Object::new()
                    .with_some("tenantId", group.tenant.clone())
                    .with("id", group.id.as_str())
                    .done()
            })
            .collect();
        return Ok(Object::new()
            .with("id", account.id.as_str())
            .with(wire::superadmin_field(release), account.superadmin)
            .with("restricted", account.restricted)
            .with("profile", profile)
            .with("auths", wire::auths(&account))
            .with("tenants", tenants)
            .since(release.at_least(2, 0), "ownedGroups", owned)
            .done());
    }
    let scope = call.scope.clone().unwrap_or(TenantScope::Default);
    let roles = held(call, scope, &account).await;
    let tenants: Vec<Value> = account
        .tenants
        .iter()
        .map(|(id, name)| json!({"id": id, "name": name, "deleted": false}))
        .collect();
    Ok(json!({"user": wire::user_entity(release, &account), "roles": roles, "tenants": tenants}))
}

/// The roles held in the tenant of the path; none where it is closed to the user.
async fn held(call: &Call, scope: TenantScope, account: &Account) -> Vec<Value> {
    let id = account.id.clone();
    let held = call
        .instance
        .run(move |it| {
            let (_, assignments) = it.assignments(&scope, &id)?;
            let ids: Vec<String> = assignments.iter().map(|held| held.role_id.clone()).collect();
            Ok((it.roles_by_id(&scope, &ids)?, assignments))
        })
        .await;
    let Ok((roles, assignments)) = held else {
        return Vec::new();
    };
    assignments
        .iter()
        .filter_map(|held| {
            let role = roles.iter().find(|role| role.id == held.role_id)?;
            Some(
                Object::new()
                    .with("role", wire::role_entity(role))
                    .with_some("namespaceId", held.namespace.clone())
                    .done(),
            )
        })
        .collect()
}
