//! A deed in the words of the backend: each of its items, and how it went.

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};

use crate::backend::Backend;
use crate::domain::binding::Binding;
use crate::domain::deed::{Deed, Made, Restored};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::user::{Membership, User};

type Outcome = Result<Made, Problem>;

/// Items of a deed that are under way at once, where they are about different things. Each may be several requests.
const AT_ONCE: usize = 4;
/// Items that may write the same group have to follow one another.
const ONE_BY_ONE: usize = 1;

/// Works on each item, so many at once, and says how each went, in order.
async fn each<'a, T>(most: usize, items: &'a [T], work: impl Fn(&'a T) -> BoxFuture<'a, Outcome>) -> Vec<Outcome> {
    let work: Vec<_> = items.iter().map(work).collect();
    stream::iter(work).buffered(most).collect().await
}

/// Does all of a deed, and says of each item how it went. One that fails does not stop the others.
pub async fn carry_out<'d>(backend: &'d dyn Backend, deed: &'d Deed) -> Vec<Outcome> {
    match deed {
        Deed::Grant(scope, bindings) => {
            let new: Vec<_> = bindings.iter().map(|binding| binding.new.clone()).collect();
            let made = backend.create_bindings(scope, &new).await;
            made.into_iter()
                .map(|result| result.map(|binding| Made::Binding(Box::new(binding))))
                .collect()
        }
        Deed::Restore(scope, restored) => {
            let give = |one| async move { give_back(backend, scope, one).await }.boxed();
            each(ONE_BY_ONE, restored, give).await
        }
        Deed::Revoke(scope, bindings) => {
            let take =
                |binding: &'d Binding| async move { done(backend.delete_binding(scope, &binding.id).await) }.boxed();
            each(AT_ONCE, bindings, take).await
        }
        Deed::SetMembership {
            scope,
            group,
            users,
            wanted,
        } => {
            let set = |user: &'d User| {
                async move { done(backend.set_membership(scope, &group.id, &user.id, *wanted).await) }.boxed()
            };
            each(ONE_BY_ONE, users, set).await
        }
        Deed::GiveAccess(scope, users) => {
            let give =
                |user: &'d User| async move { backend.give_access(scope, &user.username).await.map(made) }.boxed();
            each(AT_ONCE, users, give).await
        }
        Deed::TakeAccess(scope, users) => {
            let take = |user| async move { done(backend.take_access(scope, user).await) }.boxed();
            each(ONE_BY_ONE, users, take).await
        }
        Deed::EnsureAdmin(scopes, username) => {
            let wanted: Vec<_> = scopes.iter().map(|scope| (scope.clone(), username.clone())).collect();
            let results = backend.ensure_admins(&wanted).await;
            results.into_iter().map(|result| result.map(made)).collect()
        }
        Deed::DeleteTenants(ids) => {
            let delete = |id| async move { delete_tenant(backend, id).await }.boxed();
            each(AT_ONCE, ids, delete).await
        }
        one => vec![carry_out_one(backend, one).await],
    }
}

async fn give_back(backend: &dyn Backend, scope: &TenantScope, one: &Restored) -> Outcome {
    match one {
        Restored::Binding(binding) => {
            let made = backend.create_binding(scope, &binding.new).await?;
            Ok(Made::Binding(Box::new(made)))
        }
        Restored::Member { group, user } => {
            let member = Some(Membership::Member);
            done(backend.set_membership(scope, &group.id, &user.id, member).await)
        }
    }
}

async fn delete_tenant(backend: &dyn Backend, id: &TenantId) -> Outcome {
    match backend.delete_tenant(id).await {
        // It is as it was to be, whoever did it.
        Err(problem) if problem.kind == ProblemKind::NotFound => Ok(Made::Already),
        result => done(result),
    }
}

async fn carry_out_one(backend: &dyn Backend, deed: &Deed) -> Outcome {
    Ok(match deed {
        Deed::CreateRole(scope, new) => Made::Role(Box::new(backend.create_role(scope, new).await?)),
        Deed::UpdateRole { scope, before, after } => {
            Made::Role(Box::new(backend.update_role(scope, before, after).await?))
        }
        Deed::DeleteRole(scope, role) => return done(backend.delete_role(scope, &role.id).await),
        Deed::CreateGroup(scope, new) => Made::Group(Box::new(backend.create_group(scope, new).await?)),
        Deed::UpdateGroup { scope, before, after } => {
            Made::Group(Box::new(backend.update_group(scope, before, after).await?))
        }
        Deed::DeleteGroup(scope, group) => return done(backend.delete_group(scope, &group.id).await),
        Deed::CreateAccount(scope, kind, profile) => {
            Made::Account(Box::new(backend.create_account(scope.as_ref(), *kind, profile).await?))
        }
        Deed::DeleteAccount(scope, user) => return done(backend.delete_account(scope.as_ref(), user).await),
        Deed::SetSuperadmin(user, on) => return done(backend.set_superadmin(user, *on).await),
        Deed::SetPassword(scope, user, password) => {
            return done(backend.set_password(scope.as_ref(), user, &password.0).await);
        }
        Deed::CreateToken(scope, owner, new) => {
            Made::Token(Box::new(backend.create_token(scope.as_ref(), owner, new).await?))
        }
        Deed::DeleteToken(scope, owner, token) => {
            return done(backend.delete_token(scope.as_ref(), owner, &token.id).await);
        }
        Deed::Invite(scope, new) => Made::Invited(Box::new(backend.invite(scope, new).await?)),
        Deed::DeleteInvitation(scope, invitation) => {
            return done(backend.delete_invitation(scope, &invitation.id).await);
        }
        // Those of many items are done item by item above.
        Deed::Grant(..)
        | Deed::Revoke(..)
        | Deed::Restore(..)
        | Deed::EnsureAdmin(..)
        | Deed::DeleteTenants(_)
        | Deed::SetMembership { .. }
        | Deed::GiveAccess(..)
        | Deed::TakeAccess(..) => Made::Done,
    })
}

/// What came of something that may have been so already.
fn made(had_to: bool) -> Made {
    if had_to { Made::Done } else { Made::Already }
}

fn done(result: Result<(), Problem>) -> Outcome {
    result.map(|()| Made::Done)
}
