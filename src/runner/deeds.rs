//! A deed in the words of the backend: each of its items, and how it went.

use crate::backend::Backend;
use crate::domain::deed::{Deed, Made, Restored};
use crate::domain::problem::Problem;
use crate::domain::user::Membership;

type Outcome = Result<Made, Problem>;

/// Does all of a deed, and says of each item how it went. One that fails does not stop the others.
pub async fn carry_out(backend: &dyn Backend, deed: &Deed) -> Vec<Outcome> {
    match deed {
        Deed::Grant(scope, bindings) => {
            let new: Vec<_> = bindings.iter().map(|binding| binding.new.clone()).collect();
            let made = backend.create_bindings(scope, &new).await;
            made.into_iter()
                .map(|result| result.map(|binding| Made::Binding(Box::new(binding))))
                .collect()
        }
        Deed::Restore(scope, restored) => {
            let mut results = Vec::with_capacity(restored.len());
            for one in restored {
                results.push(match one {
                    Restored::Binding(binding) => backend
                        .create_binding(scope, &binding.new)
                        .await
                        .map(|binding| Made::Binding(Box::new(binding))),
                    Restored::Member { group, user } => {
                        let member = Some(Membership::Member);
                        done(backend.set_membership(scope, &group.id, &user.id, member).await)
                    }
                });
            }
            results
        }
        Deed::Revoke(scope, bindings) => {
            let mut results = Vec::with_capacity(bindings.len());
            for binding in bindings {
                results.push(done(backend.delete_binding(scope, &binding.id).await));
            }
            results
        }
        Deed::SetMembership {
            scope,
            group,
            users,
            wanted,
        } => {
            let mut results = Vec::with_capacity(users.len());
            for user in users {
                results.push(done(backend.set_membership(scope, &group.id, &user.id, *wanted).await));
            }
            results
        }
        Deed::GiveAccess(scope, users) => {
            let mut results = Vec::with_capacity(users.len());
            for who in users {
                let given = backend.give_access(scope, who).await;
                results.push(given.map(|had_to| if had_to { Made::Done } else { Made::Already }));
            }
            results
        }
        Deed::TakeAccess(scope, users) => {
            let mut results = Vec::with_capacity(users.len());
            for user in users {
                results.push(done(backend.take_access(scope, user).await));
            }
            results
        }
        one => vec![carry_out_one(backend, one).await],
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
        Deed::EnsureAdmin(scope, username) => {
            if backend.ensure_admin(scope, username).await? {
                Made::Done
            } else {
                Made::Already
            }
        }
        // Those of many items are done item by item above.
        Deed::Grant(..)
        | Deed::Revoke(..)
        | Deed::Restore(..)
        | Deed::SetMembership { .. }
        | Deed::GiveAccess(..)
        | Deed::TakeAccess(..) => Made::Done,
    })
}

fn done(result: Result<(), Problem>) -> Outcome {
    result.map(|()| Made::Done)
}
