//! Who may enter a tenant: given and taken away.
//!
//! From 0.24 on access is a thing of its own. Before, whoever holds a role or is in a group is in, so that giving it alone
//! cannot be done, and taking it away is taking away all of that.

use std::collections::BTreeSet;

use serde_json::json;

use crate::backend::no_access_apart;
use crate::domain::binding::SubjectKind;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::{Entrant, User};

use super::call::{Call, Path};
use super::core::Core;
use super::create::nobody_called;
use super::decode;
use super::detect::Known;
use super::failure::Failure;
use super::people::words;
use super::settle::Look;

impl Core {
    /// Lets somebody into a tenant; true if it had to be done.
    pub(super) async fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Result<bool, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        if !known.dialect.has_tenant_access() {
            let people = self.people_in(&known, scope).await?;
            let is_in = |user: &User| match who {
                Entrant::Known(known) => known.id == user.id,
                Entrant::Named(username) => user.has_username(username),
            };
            if people.iter().any(is_in) {
                return Ok(false);
            }
            if let Entrant::Named(username) = who
                && known.me.superadmin
                && self.user_named(&known, username).await?.is_none()
            {
                return Err(nobody_called(username).into());
            }
            no_access_apart(who.username(), known.dialect.release())?;
            return Ok(false);
        }
        match who {
            Entrant::Known(user) => match self.has_access(&known, scope, &user.id).await {
                Ok(true) => Ok(false),
                Err(failure) if failure.problem.kind != ProblemKind::Denied => Err(failure),
                // Whoever may not look may still be allowed to give it.
                Ok(false) | Err(_) => self.grant(&known, scope, &user.id).await.map(|()| true),
            },
            Entrant::Named(username) => self.give_access_by_name(&known, scope, username).await,
        }
    }

    /// Lets somebody in of whom the login name alone is known: Kestra finds them by their e-mail address (from 0.24).
    async fn give_access_by_name(&self, known: &Known, scope: &TenantScope, username: &str) -> Result<bool, Failure> {
        let shown = visible(username).into_owned();
        let done = self
            .in_tenant(known, scope, &|root| {
                Call::post(
                    root.join("tenant-access"),
                    json!({"email": username}),
                    format!("give access to {}", words(scope)),
                )
                .about(format!("user `{shown}`"))
            })
            .await;
        match done {
            Ok(_) => Ok(true),
            Err(failure) if failure.problem.kind == ProblemKind::Conflict => Ok(false),
            Err(failure) if failure.may_be_done() => {
                let look = || -> Look<'_, bool> {
                    Box::pin(async {
                        let people = self.people_in(known, scope).await?;
                        Ok(people.iter().any(|user| user.has_username(username)).then_some(true))
                    })
                };
                self.settled(failure, &format!("access to {}", words(scope)), "given", &look)
                    .await
            }
            Err(failure) if failure.problem.kind == ProblemKind::NotFound && known.me.superadmin => {
                // An account that is no e-mail address may be found by its id alone.
                match self.user_named(known, username).await? {
                    Some(user) if self.has_access(known, scope, &user.id).await? => Ok(false),
                    Some(user) => self.grant(known, scope, &user.id).await.map(|()| true),
                    None => Err(failure),
                }
            }
            Err(failure) => Err(failure),
        }
    }

    /// Takes a user's access to a tenant away, with the roles and memberships there.
    pub(super) async fn take_access(&self, scope: &TenantScope, user: &User) -> Result<(), Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        if !known.dialect.has_tenant_access() {
            return self.take_all(&known, scope, user).await;
        }
        let shown = visible(&user.username).into_owned();
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::delete(
                    access_of(root, &user.id),
                    format!("take access to {} away", words(scope)),
                )
                .about(format!("user `{shown}` in {}", words(scope)))
            })
            .await;
        match done {
            Ok(_) => {}
            Err(failure) if failure.may_be_done() => {
                let look = || -> Look<'_, ()> {
                    Box::pin(async { Ok((!self.has_access(&known, scope, &user.id).await?).then_some(())) })
                };
                let thing = format!("access of `{shown}` to {}", words(scope));
                self.settled(failure, &thing, "taken away", &look).await?;
            }
            Err(failure) => return Err(failure),
        }
        // Roles that stayed would be back with the access. Whoever may not see them is told nothing of them.
        self.take_roles(&known, scope, user).await.map(drop).or_else(|failure| {
            if failure.problem.kind == ProblemKind::Denied {
                return Ok(());
            }
            Err(left_behind(&shown, scope, &failure).into())
        })
    }

    /// Takes away every role that a user holds directly; how many there were.
    async fn take_roles(&self, known: &Known, scope: &TenantScope, user: &User) -> Result<usize, Failure> {
        let held = self
            .bindings_of_subject(known, scope, SubjectKind::User, &user.id)
            .await?;
        for binding in &held {
            match self.delete_binding(scope, &binding.id).await {
                Err(failure) if failure.problem.kind != ProblemKind::NotFound => return Err(failure),
                _ => {}
            }
        }
        Ok(held.len())
    }

    /// What taking access away was up to 0.23: every role and every membership.
    async fn take_all(&self, known: &Known, scope: &TenantScope, user: &User) -> Result<(), Failure> {
        let people: BTreeSet<String> = self
            .people_in(known, scope)
            .await?
            .into_iter()
            .map(|user| user.id)
            .collect();
        if !people.contains(&user.id) {
            return Err(Problem::new(
                ProblemKind::NotFound,
                format!("There is no user `{}` in {}.", visible(&user.username), words(scope)),
                "They hold no role there and are in no group.",
                "List the users of the tenant to see who is in it.",
            )
            .into());
        }
        self.take_roles(known, scope, user).await?;
        for group in self.groups_in(known, scope).await? {
            if group.members.iter().any(|member| member.user_id == user.id) {
                self.set_membership(scope, &group.id, &user.id, None, false).await?;
            }
        }
        Ok(())
    }

    /// Whether a user has access to a tenant (from 0.24).
    pub(super) async fn has_access(&self, known: &Known, scope: &TenantScope, id: &str) -> Result<bool, Failure> {
        let found = self
            .in_tenant(known, scope, &|root| {
                Call::get(access_of(root, id), format!("see who has access to {}", words(scope))).about(format!(
                    "user `{}` in {}",
                    visible(id),
                    words(scope)
                ))
            })
            .await;
        match found {
            // A superadmin is answered for whether they were let in or not: the list tells it.
            Ok(done) if decode::is_superadmin(&done.value()) => {
                let people = self.people_in(known, scope).await?;
                Ok(people.iter().any(|user| user.id == id))
            }
            Ok(_) => Ok(true),
            Err(failure) if failure.problem.kind == ProblemKind::NotFound && !failure.no_route => {
                // That of a tenant that is not there is no answer about a user.
                self.require_existence(known, scope).await?;
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Gives access to a user by id (from 0.24). A second time changes nothing.
    pub(super) async fn grant(&self, known: &Known, scope: &TenantScope, id: &str) -> Result<(), Failure> {
        let done = self
            .in_tenant(known, scope, &|root| {
                Call::put(access_of(root, id), None, format!("give access to {}", words(scope)))
                    .about(format!("user `{}`", visible(id)))
            })
            .await;
        match done {
            Ok(_) => Ok(()),
            Err(failure) if failure.problem.kind == ProblemKind::Conflict => Ok(()),
            Err(failure) if failure.may_be_done() => {
                let look = || -> Look<'_, ()> {
                    Box::pin(async { Ok(self.has_access(known, scope, id).await?.then_some(())) })
                };
                self.settled(failure, &format!("access to {}", words(scope)), "given", &look)
                    .await
            }
            Err(failure) => Err(failure),
        }
    }

    /// Why a role or a membership was refused in 2.0, if it is that the user has no access yet.
    pub(super) async fn access_comes_first(
        &self,
        known: &Known,
        scope: &TenantScope,
        user: &str,
        failure: &Failure,
    ) -> Option<Problem> {
        let kind = failure.problem.kind;
        let wants_access = known.dialect.has_tenant_access() && !known.dialect.roles_bring_access();
        if !wants_access || !matches!(kind, ProblemKind::NotFound | ProblemKind::Invalid) {
            return None;
        }
        if self.has_access(known, scope, user).await.unwrap_or(true) {
            return None;
        }
        let mut problem = Problem::new(
            ProblemKind::NotFound,
            format!("There is no user `{}` in {}.", visible(user), words(scope)),
            format!(
                "In Kestra {} access to the tenant comes first.",
                known.dialect.release()
            ),
            "Grant access to the tenant, then try again.",
        );
        problem.detail.clone_from(&failure.problem.detail);
        Some(problem)
    }
}

fn access_of(root: Path, id: &str) -> Path {
    root.join("tenant-access").segment(id)
}

fn left_behind(user: &str, scope: &TenantScope, failure: &Failure) -> Problem {
    Problem::new(
        ProblemKind::Partly,
        format!(
            "`{user}` has no access to {} any more, but roles there may be left.",
            words(scope)
        ),
        failure.problem.why.clone(),
        "Look at the bindings of the tenant, and delete those of this user.",
    )
    .with_detail(&failure.problem.what)
}
