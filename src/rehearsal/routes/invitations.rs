//! `invitations` to a tenant.

use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::{Answer, no_such};
use crate::domain::invitation::{Invitation, Invited, InvitedRole, NewInvitation};
use crate::domain::shaped::shaped;
use crate::domain::tenant::TenantScope;
use crate::rehearsal::call::{Call, Fields};
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire;

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    let scope = call.tenant()?;
    let is_old = !call.at_least(0, 24);
    match (&call.method, rest) {
        (&Method::POST, []) => invite(call, scope, is_old).await,
        (&Method::GET, ["search"]) => search(call, &scope).await,
        (&Method::GET, ["email", email]) => {
            let all = all(call, &scope).await?;
            let mut rows = Vec::new();
            for invitation in all.iter().filter(|invitation| invitation.email == *email) {
                rows.push(shown(call, &scope, invitation).await?);
            }
            Ok(Reply::ok(Value::Array(rows)))
        }
        (&Method::GET, [id]) => {
            let (within, id) = (scope.clone(), (*id).to_owned());
            let invitation = call.instance.run(move |it| it.invitation(&within, &id)).await?;
            Ok(Reply::ok(shown(call, &scope, &invitation).await?))
        }
        (&Method::DELETE, [id]) => {
            let id = (*id).to_owned();
            call.instance.run(move |it| it.delete_invitation(&scope, &id)).await?;
            Ok(Reply::Empty(if is_old {
                StatusCode::OK
            } else {
                StatusCode::NO_CONTENT
            }))
        }
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

async fn invite(call: &Call, scope: TenantScope, is_old: bool) -> Answer {
    let new = sent(&call.object()?, is_old)?;
    let (within, asked) = (scope.clone(), new.clone());
    let invited = call
        .instance
        .run(move |it| it.invite(&within, &new, Timestamp::now()))
        .await?;
    match invited {
        Invited::Granted if is_old => {
            // As an entity that has been accepted; nothing of it is kept.
            let accepted = accepted(&scope, asked);
            Ok(Reply::ok(wire::accepted_invitation(call.release(), &accepted)))
        }
        Invited::Waiting(invitation) if is_old => Ok(Reply::ok(shown(call, &scope, &invitation).await?)),
        Invited::Waiting(_) => Ok(Reply::Empty(StatusCode::CREATED)),
        Invited::Granted => Ok(Reply::Empty(StatusCode::NO_CONTENT)),
    }
}

fn accepted(scope: &TenantScope, new: NewInvitation) -> Invitation {
    let now = Timestamp::now().as_millisecond();
    Invitation {
        id: uuid::Uuid::new_v4().simple().to_string(),
        tenant: scope.id().map(ToString::to_string),
        email: new.email,
        superadmin: new.superadmin,
        roles: new.roles,
        groups: new.groups,
        sent: now,
        expires: now,
    }
}

fn sent(fields: &Fields, is_old: bool) -> Result<NewInvitation, Refusal> {
    let list = |name: &str| {
        fields
            .0
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let roles = if is_old {
        list("bindings")
            .iter()
            .filter_map(|binding| {
                Some(InvitedRole {
                    id: text(binding, "roleId")?,
                    namespaces: text(binding, "namespaceId").into_iter().collect(),
                })
            })
            .collect()
    } else {
        list("roles")
            .into_iter()
            .map(|role| shaped(&role).map_err(|error| Refusal::InvalidShape(format!("`roles`: {error}"))))
            .collect::<Result<_, _>>()?
    };
    Ok(NewInvitation {
        email: fields.text("email")?.unwrap_or_default(),
        create_user: fields.boolean("createUserIfNotExist")?.unwrap_or(false),
        superadmin: fields.superadmin()?.unwrap_or(false),
        roles,
        groups: fields
            .texts(if is_old { "groupIds" } else { "groups" })?
            .unwrap_or_default(),
    })
}

async fn all(call: &Call, scope: &TenantScope) -> Result<Vec<Invitation>, Refusal> {
    let within = scope.clone();
    Ok(call.instance.run(move |it| it.invitations(&within)).await?)
}

/// 2.0 takes filters here and does not act on them, as the released server.
async fn search(call: &Call, scope: &TenantScope) -> Answer {
    let (page, size) = call.page()?;
    let now = Timestamp::now().as_millisecond();
    let mut all = all(call, scope).await?;
    if !call.at_least(2, 0) {
        if let Some(email) = call.parameter("email") {
            all.retain(|invitation| invitation.email.contains(email));
        }
        if let Some(status) = call.parameter("status") {
            all.retain(|invitation| match status {
                "EXPIRED" => invitation.expires <= now,
                "PENDING" => invitation.expires > now,
                _ => false,
            });
        }
    }
    let skipped = usize::try_from((page - 1).saturating_mul(u64::from(size))).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for invitation in all.iter().skip(skipped).take(size as usize) {
        rows.push(shown(call, scope, invitation).await?);
    }
    Ok(Reply::ok(wire::page(rows, all.len() as u64)))
}

async fn shown(call: &Call, scope: &TenantScope, invitation: &Invitation) -> Result<Value, Refusal> {
    let (release, within, invitation) = (call.release(), scope.clone(), invitation.clone());
    let shown = call
        .instance
        .run(move |it| {
            let ids: Vec<String> = invitation.roles.iter().map(|role| role.id.clone()).collect();
            let roles = it.roles_by_id(&within, &ids)?;
            let groups: Vec<_> = invitation
                .groups
                .iter()
                .filter_map(|id| it.group(&within, id).ok())
                .collect();
            let now = Timestamp::now().as_millisecond();
            Ok(wire::invitation(release, &invitation, &roles, &groups, now))
        })
        .await?;
    Ok(shown)
}
