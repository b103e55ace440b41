//! Invitations to a tenant: listed, sent, withdrawn.
//!
//! From 0.24 on an invitation is answered without it, by 201, or by 204 where the user was let in at once; up to 0.23 it is
//! answered as the entity it is.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::backend::feature::Feature;
use crate::backend::{NO_INVITATIONS, require_invitation};
use crate::domain::invitation::{Invitation, Invited, NewInvitation};
use crate::domain::problem::ProblemKind;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::is_same_username;

use super::call::Call;
use super::core::Core;
use super::decode::{self, Rows};
use super::detect::Known;
use super::dialect::Dialect;
use super::echo;
use super::failure::Failure;
use super::people::words;
use super::roles::cannot_tell;
use super::settle::Look;

impl Core {
    /// The invitations of a tenant that were not accepted, the newest first.
    pub(super) async fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Failure> {
        let known = self.known().await?;
        Feature::Invitations.require(known.dialect.release(), NO_INVITATIONS)?;
        known.enter(scope)?;
        self.invitations_in(&known, scope).await
    }

    async fn invitations_in(&self, known: &Known, scope: &TenantScope) -> Result<Vec<Invitation>, Failure> {
        let (rows, _) = self
            .all_in(known, scope, "invitations/search", Rows::Invitations, &[])
            .await?;
        let mut invitations: Vec<Invitation> = rows.iter().filter_map(decode::invitation).collect();
        sorting::by(&mut invitations, |a, b| {
            b.sent.cmp(&a.sent).then_with(|| a.id.cmp(&b.id))
        });
        Ok(invitations)
    }

    /// Invites somebody.
    pub(super) async fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Result<Invited, Failure> {
        let known = self.known().await?;
        require_invitation(new, known.dialect.release())?;
        known.enter(scope)?;
        let shown = visible(&new.email).into_owned();
        let thing = format!("an invitation of `{shown}`");
        let before: Option<BTreeSet<String>> = self
            .invitations_in(&known, scope)
            .await
            .ok()
            .map(|invitations| invitations.into_iter().map(|invitation| invitation.id).collect());
        let was_in = self.is_in(&known, scope, &new.email).await.ok();
        let body = if known.dialect.writes_entities() {
            entity(new)
        } else {
            request(known.dialect, new)
        };
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::post(
                    root.join("invitations"),
                    body.clone(),
                    format!("invite somebody into {}", words(scope)),
                )
                .about(format!("such role or group in {}", words(scope)))
            })
            .await;
        let look = || -> Look<'_, Invited> { Box::pin(self.invited_by(&known, scope, before.as_ref(), was_in, new)) };
        match done {
            // 204 says so, and an entity that was accepted already.
            Ok(done) if done.answer.status == 204 => Ok(Invited::Granted),
            Ok(done) if decode::text(&done.value(), "status").as_deref() == Some("ACCEPTED") => Ok(Invited::Granted),
            Ok(done) => match decode::invitation(&done.value()) {
                Some(invitation) => kept(&known, new, invitation, &thing),
                None => match self.looked_for(&look).await {
                    Ok(Some(Invited::Waiting(invitation))) => kept(&known, new, invitation, &thing),
                    Ok(Some(Invited::Granted)) => Ok(Invited::Granted),
                    // It was sent, whoever may see it.
                    Ok(None) | Err(_) => Ok(Invited::Waiting(unseen(scope, new))),
                },
            },
            Err(failure) if failure.may_be_done() => match self.settled(failure, &thing, "sent", &look).await? {
                Invited::Waiting(invitation) => kept(&known, new, invitation, &thing),
                Invited::Granted => Ok(Invited::Granted),
            },
            Err(failure) => Err(failure),
        }
    }

    /// What an invitation brought: one that was not there before, or access for the user.
    async fn invited_by(
        &self,
        known: &Known,
        scope: &TenantScope,
        before: Option<&BTreeSet<String>>,
        was_in: Option<bool>,
        new: &NewInvitation,
    ) -> Result<Option<Invited>, Failure> {
        let before = before.ok_or_else(cannot_tell)?;
        let came = self
            .invitations_in(known, scope)
            .await?
            .into_iter()
            .find(|invitation| is_same_username(&invitation.email, &new.email) && !before.contains(&invitation.id));
        if let Some(invitation) = came {
            return Ok(Some(Invited::Waiting(invitation)));
        }
        // Whether somebody who was in before got what came with the invitation is not told by their being in.
        if was_in != Some(false) {
            return Err(cannot_tell());
        }
        Ok(self.is_in(known, scope, &new.email).await?.then_some(Invited::Granted))
    }

    async fn is_in(&self, known: &Known, scope: &TenantScope, email: &str) -> Result<bool, Failure> {
        let people = self.people_in(known, scope).await?;
        Ok(people.iter().any(|user| user.has_username(email)))
    }

    /// Withdraws an invitation.
    pub(super) async fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Failure> {
        let known = self.known().await?;
        Feature::Invitations.require(known.dialect.release(), NO_INVITATIONS)?;
        let object = format!("invitation `{}` in {}", visible(id), words(scope));
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::delete(
                    root.join("invitations").segment(id),
                    format!("withdraw invitations to {}", words(scope)),
                )
                .about(object.clone())
            })
            .await;
        let look = async {
            self.in_tenant(&known, scope, &|root| {
                Call::get(
                    root.join("invitations").segment(id),
                    format!("read the invitations to {}", words(scope)),
                )
                .about(object.clone())
            })
            .await
        };
        match done {
            Ok(_) => Ok(()),
            Err(failure) if failure.may_be_done() => {
                self.settled_delete(failure, &format!("invitation `{}`", visible(id)), look)
                    .await
            }
            Err(failure) if failure.problem.kind == ProblemKind::Invalid => {
                Err(self.not_there_after_all(failure, look).await)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// An invitation as it is sent from 0.24 on.
pub(super) fn request(dialect: Dialect, new: &NewInvitation) -> Value {
    let mut body = Map::new();
    body.insert("email".to_owned(), Value::from(new.email.as_str()));
    body.insert("createUserIfNotExist".to_owned(), Value::Bool(new.create_user));
    if new.superadmin {
        body.insert(dialect.superadmin_field().to_owned(), Value::Bool(true));
    }
    let roles: Vec<Value> = new
        .roles
        .iter()
        .map(|role| {
            let mut object = Map::new();
            object.insert("id".to_owned(), Value::from(role.id.as_str()));
            if !role.namespaces.is_empty() {
                object.insert("namespaces".to_owned(), json!(role.namespaces));
            }
            Value::Object(object)
        })
        .collect();
    body.insert("roles".to_owned(), Value::Array(roles));
    body.insert("groups".to_owned(), json!(new.groups));
    Value::Object(body)
}

/// An invitation as it is sent up to 0.23: roles are bindings of whoever accepts.
pub(super) fn entity(new: &NewInvitation) -> Value {
    let mut bindings = Vec::new();
    for role in &new.roles {
        let everywhere = role.namespaces.is_empty().then_some(None);
        for namespace in role.namespaces.iter().map(Some).chain(everywhere) {
            let mut binding = Map::new();
            binding.insert("type".to_owned(), Value::from("USER"));
            binding.insert("externalId".to_owned(), Value::from(new.email.as_str()));
            binding.insert("roleId".to_owned(), Value::from(role.id.as_str()));
            if let Some(namespace) = namespace {
                binding.insert("namespaceId".to_owned(), Value::from(namespace.as_str()));
            }
            binding.insert("deleted".to_owned(), Value::Bool(false));
            bindings.push(Value::Object(binding));
        }
    }
    let mut body = Map::new();
    body.insert("email".to_owned(), Value::from(new.email.as_str()));
    body.insert("bindings".to_owned(), Value::Array(bindings));
    body.insert("groupIds".to_owned(), json!(new.groups));
    body.insert("deleted".to_owned(), Value::Bool(false));
    if new.superadmin {
        body.insert("superAdmin".to_owned(), Value::Bool(true));
    }
    Value::Object(body)
}

/// An invitation that was sent by somebody who may not see it.
fn unseen(scope: &TenantScope, new: &NewInvitation) -> Invitation {
    Invitation {
        id: String::new(),
        tenant: scope.id().map(ToString::to_string),
        email: new.email.clone(),
        superadmin: new.superadmin,
        roles: new.roles.clone(),
        groups: new.groups.clone(),
        sent: 0,
        expires: 0,
    }
}

/// The invitation, if all of it was kept. Answers from 0.24 on do not tell the namespaces of its roles, so those are kept
/// as they were sent.
fn kept(known: &Known, sent: &NewInvitation, mut stored: Invitation, thing: &str) -> Result<Invited, Failure> {
    let ids = |invited: &[crate::domain::invitation::InvitedRole]| -> BTreeSet<String> {
        invited.iter().map(|role| role.id.clone()).collect()
    };
    let mut lost = Vec::new();
    if !ids(&sent.roles).is_subset(&ids(&stored.roles)) {
        lost.push("roles".to_owned());
    }
    if sent.groups.iter().any(|group| !stored.groups.contains(group)) {
        lost.push("groups".to_owned());
    }
    if sent.superadmin && !stored.superadmin {
        lost.push(known.dialect.superadmin_field().to_owned());
    }
    if !lost.is_empty() {
        return Err(echo::dropped_of(thing, "sent", &lost).into());
    }
    for role in &mut stored.roles {
        if role.namespaces.is_empty()
            && let Some(same) = sent.roles.iter().find(|same| same.id == role.id)
        {
            role.namespaces.clone_from(&same.namespaces);
        }
    }
    Ok(Invited::Waiting(stored))
}
