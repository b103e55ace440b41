//! Roles: created, changed, deleted. Listing them is in [`super::people`].
//!
//! Names are not unique, so whether a role came about is told by an id that was not there before. A change is laid over
//! the whole object as it was read, because it replaces all of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::backend::role_changed;
use crate::domain::permission::{Action, Permissions};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::PermissionModel;
use crate::domain::role::{NewRole, Role};
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::call::Call;
use super::core::Core;
use super::decode;
use super::detect::Known;
use super::dialect::Dialect;
use super::echo;
use super::failure::Failure;
use super::people::words;
use super::settle::Look;

impl Core {
    /// Creates a role.
    pub(super) async fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        refuse_old_actions(&known, new, None, "created")?;
        // Whoever may not list the roles creates one without knowing which were there.
        let before = self.ids_of_roles(&known, scope).await.ok();
        let (thing, doing) = (thing(&new.name), format!("create roles in {}", words(scope)));
        let body = body_of(known.dialect, new);
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::post(root.join("roles"), body.clone(), doing.clone())
            })
            .await;
        let look = || -> Look<'_, Role> { Box::pin(self.role_that_came(&known, scope, before.as_ref(), new)) };
        let stored = match done {
            Ok(done) => match self.role_of_answer(&known, scope, &done.value()).await? {
                Some(stored) => stored,
                None => match self.looked_for(&look).await? {
                    Some(stored) => stored,
                    None => return Err(self.misshapen(&Call::post(done.root.join("roles"), body.clone(), doing))),
                },
            },
            Err(failure) if failure.may_be_done() => self.settled(failure, &thing, "created", &look).await?,
            Err(failure) => return Err(failure),
        };
        kept(new, stored, &thing, "created")
    }

    /// Replaces a role by `after`, provided that it still is `before`.
    pub(super) async fn update_role(
        &self,
        scope: &TenantScope,
        before: &Role,
        after: &NewRole,
    ) -> Result<Role, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let (thing, shown) = (thing(&before.name), visible(&before.id).into_owned());
        let doing = format!("change roles in {}", words(scope));
        let object = format!("role `{shown}` in {}", words(scope));
        let read = self
            .in_tenant(&known, scope, &|root| {
                let path = root.join("roles").segment(&before.id);
                Call::get(path, format!("read the roles of {}", words(scope))).about(object.clone())
            })
            .await?;
        let raw = read.value();
        let call = |root: super::call::Path, body: Value| {
            Call::put(root.join("roles").segment(&before.id), Some(body), doing.clone()).about(object.clone())
        };
        let now = decode::role(&raw).ok_or_else(|| self.misshapen(&call(read.root.clone(), Value::Null)))?;
        if !is_same(before, &now) {
            return Err(role_changed(before, &now).into());
        }
        refuse_old_actions(&known, after, Some(before), "changed")?;
        let body = overlaid(&known, &raw, after);
        let done = self.in_tenant(&known, scope, &|root| call(root, body.clone())).await;
        let stored = match done {
            Ok(done) => match self.role_of_answer(&known, scope, &done.value()).await? {
                Some(stored) => stored,
                None => self.role_in(&known, scope, &before.id).await?,
            },
            Err(failure) if failure.may_be_done() => {
                let look = || -> Look<'_, Role> {
                    Box::pin(async {
                        let stored = self.role_in(&known, scope, &before.id).await?;
                        Ok((!is_same(before, &stored)).then_some(stored))
                    })
                };
                let stored = self.settled(failure, &thing, "changed", &look).await?;
                if !after.lost(&stored).is_empty() {
                    return Err(role_changed(before, &stored).into());
                }
                stored
            }
            Err(failure) => return Err(failure),
        };
        kept(after, stored, &thing, "changed")
    }

    /// Deletes a role.
    pub(super) async fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Failure> {
        let known = self.known().await?;
        let shown = visible(id).into_owned();
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::delete(
                    root.join("roles").segment(id),
                    format!("delete roles in {}", words(scope)),
                )
                .about(format!("role `{shown}` in {}", words(scope)))
            })
            .await;
        match done {
            Ok(_) => Ok(()),
            Err(failure) if failure.may_be_done() => {
                let look = self.role_in(&known, scope, id);
                self.settled_delete(failure, &format!("role `{shown}`"), look).await
            }
            Err(failure) => Err(self.not_there_after_all(failure, self.role_in(&known, scope, id)).await),
        }
    }

    async fn ids_of_roles(&self, known: &Known, scope: &TenantScope) -> Result<BTreeSet<String>, Failure> {
        let roles = self.roles_like(known, scope, None).await?;
        Ok(roles.into_iter().map(|role| role.id).collect())
    }

    /// The role of an answer, read again where the answer does not say what it allows.
    async fn role_of_answer(
        &self,
        known: &Known,
        scope: &TenantScope,
        answer: &Value,
    ) -> Result<Option<Role>, Failure> {
        match decode::role(answer) {
            Some(role) if answer.get("permissions").is_some() => Ok(Some(role)),
            Some(role) => Ok(Some(self.role_in(known, scope, &role.id).await?)),
            None => Ok(None),
        }
    }

    /// A role that was not there before and is what was sent.
    async fn role_that_came(
        &self,
        known: &Known,
        scope: &TenantScope,
        before: Option<&BTreeSet<String>>,
        new: &NewRole,
    ) -> Result<Option<Role>, Failure> {
        let Some(before) = before else {
            return Err(cannot_tell());
        };
        let roles = self.roles_in(known, scope).await?;
        Ok(roles
            .into_iter()
            .find(|role| !before.contains(&role.id) && role.name == new.name && !role.is_managed))
    }
}

/// Why a look cannot tell whether something came about.
pub(super) fn cannot_tell() -> Failure {
    Failure::known(Problem::new(
        ProblemKind::Failed,
        "It cannot be told.",
        "It is not known what was there before.",
        "Look at what is there now.",
    ))
}

fn thing(name: &str) -> String {
    format!("role `{}`", visible(name))
}

fn pairs(permissions: &Permissions) -> BTreeSet<(&str, &str)> {
    let pairs = permissions
        .iter()
        .flat_map(|(resource, actions)| actions.iter().map(move |action| (resource.as_str(), action.as_str())));
    sorting::set(pairs)
}

/// Whether a role is the same, in whatever order it lists what it allows.
fn is_same(a: &Role, b: &Role) -> bool {
    (&a.id, &a.name, a.is_default, a.is_managed) == (&b.id, &b.name, b.is_default, b.is_managed)
        && a.description.as_deref().unwrap_or_default() == b.description.as_deref().unwrap_or_default()
        && pairs(&a.permissions) == pairs(&b.permissions)
}

/// A role as it is created.
pub(super) fn body_of(dialect: Dialect, new: &NewRole) -> Value {
    let mut body = fields_of(new);
    if dialect.writes_entities() {
        body.insert("isManaged".to_owned(), Value::Bool(false));
        body.insert("deleted".to_owned(), Value::Bool(false));
    }
    Value::Object(body)
}

/// What we say of a role.
pub(super) fn fields_of(new: &NewRole) -> Map<String, Value> {
    let mut permissions = Map::new();
    for (resource, actions) in new.permissions.iter().filter(|(_, actions)| !actions.is_empty()) {
        let actions: Vec<&str> = actions.iter().map(Action::as_str).collect();
        permissions.insert(resource.to_string(), json!(actions));
    }
    let mut fields = Map::new();
    fields.insert("name".to_owned(), Value::from(new.name.as_str()));
    if let Some(description) = &new.description {
        fields.insert("description".to_owned(), Value::from(description.as_str()));
    }
    fields.insert("permissions".to_owned(), Value::Object(permissions));
    fields.insert("isDefault".to_owned(), Value::Bool(new.is_default));
    fields
}

/// The whole object as it was read, with the role laid over it. From 0.24 on what the path says is left out.
fn overlaid(known: &Known, raw: &Value, after: &NewRole) -> Value {
    let mut object = raw.as_object().cloned().unwrap_or_default();
    object.shift_remove("description");
    object.extend(fields_of(after));
    if !known.dialect.writes_entities() {
        for key in ["id", "isManaged"] {
            object.shift_remove(key);
        }
    }
    Value::Object(object)
}

fn kept(sent: &NewRole, stored: Role, thing: &str, done: &str) -> Result<Role, Failure> {
    let lost = sent.lost(&stored);
    if lost.is_empty() {
        return Ok(stored);
    }
    Err(echo::dropped_of(thing, done, &lost).into())
}

/// 2.0 takes READ without a word, and allows VIEW alone by it. A role that holds it already is left to hold it.
fn refuse_old_actions(known: &Known, new: &NewRole, before: Option<&Role>, done: &str) -> Result<(), Problem> {
    if known.dialect.release().permission_model() == PermissionModel::Crud {
        return Ok(());
    }
    let held: BTreeSet<_> = before.map(|role| pairs(&role.permissions)).unwrap_or_default();
    let mut problem = Problem::new(
        ProblemKind::Invalid,
        format!("{} was not {done}.", super::settle::capitalised(&thing(&new.name))),
        "READ is an action of Kestra up to 1.3; 2.0 would take it for VIEW alone.",
        "Choose VIEW and LIST, and what else reading shall include.",
    );
    for (resource, action) in pairs(&new.permissions) {
        if action == "READ" && !held.contains(&(resource, action)) {
            problem = problem.with_field(format!("permissions.{}", visible(resource)), "has no READ");
        }
    }
    if problem.fields.is_empty() {
        Ok(())
    } else {
        Err(problem)
    }
}
