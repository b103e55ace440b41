//! The things that a change does, one by one: in words, how many, and the change with some of them alone.

use super::words::{held, told_apart};
use super::{AdminBy, Deed, Given, Made, Restored};
use crate::domain::problem::Problem;
use crate::domain::tenant_id::TenantId;
use crate::domain::user::Entrant;

impl Deed {
    /// Each thing it does, one line each.
    pub fn items(&self) -> Vec<String> {
        match self {
            Self::Grant(_, bindings) => told_apart(bindings.iter().map(|binding| {
                let words = held(&binding.role, &binding.subject, binding.new.namespace.as_deref());
                (words, binding.new.subject_id.as_str())
            })),
            Self::Restore(_, restored) => restored.iter().map(Restored::words).collect(),
            Self::TakeBack(_, given) => given.iter().map(Given::words).collect(),
            Self::Revoke(_, bindings) => told_apart(bindings.iter().map(|binding| {
                let words = held(&binding.role_name, &binding.subject_name, binding.namespace.as_deref());
                (words, binding.subject_id.as_str())
            })),
            Self::GiveAccess(_, users) => told_apart(users.iter().map(|who| (who.username().to_owned(), who.key()))),
            Self::SetMembership { users, .. } | Self::TakeAccess(_, users) => {
                told_apart(users.iter().map(|user| (user.username.clone(), user.id.as_str())))
            }
            Self::DeleteTenants(ids) => ids.iter().map(TenantId::to_string).collect(),
            Self::Bring(bringing) => bringing.items.clone(),
            Self::EnsureAdmin(scopes, username) if scopes.len() > 1 => scopes
                .iter()
                .map(|scope| format!("{username} in tenant {scope}"))
                .collect(),
            Self::TakeAdmin(given, _) => {
                let word = |by: &AdminBy| match by {
                    AdminBy::Binding(_) => "",
                    AdminBy::LetIn(_) => ", and the access to it",
                };
                let items = given.iter();
                items
                    .map(|(scope, by)| format!("{} in tenant {scope}{}", by.username(), word(by)))
                    .collect()
            }
            _ => vec![self.object()],
        }
    }

    /// Whether its items are sent one after the other, so that it can be stopped between them.
    pub fn goes_item_by_item(&self) -> bool {
        self.len() > 1
    }

    /// How many things it does.
    pub fn len(&self) -> usize {
        match self {
            Self::Grant(_, bindings) => bindings.len(),
            Self::Revoke(_, bindings) => bindings.len(),
            Self::Restore(_, restored) => restored.len(),
            Self::TakeBack(_, given) => given.len(),
            Self::GiveAccess(_, users) => users.len(),
            Self::SetMembership { users, .. } | Self::TakeAccess(_, users) => users.len(),
            Self::DeleteTenants(ids) => ids.len(),
            Self::EnsureAdmin(scopes, _) => scopes.len(),
            Self::TakeAdmin(given, _) => given.len(),
            Self::Bring(bringing) => bringing.items.len(),
            _ => 1,
        }
    }

    /// Takes what came of a snapshot that was brought, instead of what was to be done, and says how each thing went.
    pub fn brought(
        &mut self,
        came: &[(String, Result<Made, Problem>)],
        remarks: &[String],
    ) -> Vec<Result<Made, Problem>> {
        if let Self::Bring(bringing) = self {
            bringing.items = came.iter().map(|(item, _)| item.clone()).collect();
            bringing.remarks = remarks.to_vec();
            bringing.snapshot = None;
        }
        came.iter().map(|(_, result)| result.clone()).collect()
    }

    /// Whether it is the same as another one, or makes another of the same name.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::CreateToken(_, owner, new), Self::CreateToken(_, of, other)) => {
                owner.id == of.id && new.name == other.name
            }
            (Self::CreateAccount(_, _, new), Self::CreateAccount(_, _, other)) => new.username == other.username,
            _ => self == other,
        }
    }

    /// The first of its things that another one does, too.
    pub fn first_shared(&self, other: &Self) -> Option<usize> {
        fn first<T: PartialEq>(ours: &[T], theirs: &[T]) -> Option<usize> {
            ours.iter().position(|one| theirs.contains(one))
        }
        match (self, other) {
            (Self::Grant(at, ours), Self::Grant(there, theirs)) if at == there => first(ours, theirs),
            (Self::Revoke(at, ours), Self::Revoke(there, theirs)) if at == there => first(ours, theirs),
            (Self::Restore(at, ours), Self::Restore(there, theirs)) if at == there => first(ours, theirs),
            (Self::TakeBack(at, ours), Self::TakeBack(there, theirs)) if at == there => first(ours, theirs),
            (Self::GiveAccess(at, ours), Self::GiveAccess(there, theirs)) if at == there => first(ours, theirs),
            (Self::TakeAccess(at, ours), Self::TakeAccess(there, theirs)) if at == there => first(ours, theirs),
            (Self::DeleteTenants(ours), Self::DeleteTenants(theirs)) => first(ours, theirs),
            (Self::EnsureAdmin(ours, who), Self::EnsureAdmin(theirs, whom)) if who == whom => first(ours, theirs),
            (Self::TakeAdmin(ours, _), Self::TakeAdmin(theirs, _)) => first(ours, theirs),
            (
                Self::SetMembership {
                    group, users, wanted, ..
                },
                Self::SetMembership {
                    group: of,
                    users: theirs,
                    wanted: other,
                    ..
                },
            ) if group.id == of.id && wanted == other => first(users, theirs),
            _ => self.is_same(other).then_some(0),
        }
    }

    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The deed without those of its items that came out well, to try again; `None` if all did.
    pub fn remaining(&self, results: &[Result<Made, Problem>]) -> Option<Self> {
        let failed: Vec<bool> = results.iter().map(Result::is_err).collect();
        self.only(&failed)
    }

    /// The deed with those of its items alone of which it is said here, in order; `None` if that is none.
    pub fn only(&self, stays: &[bool]) -> Option<Self> {
        fn of<T: Clone>(all: &[T], stays: &[bool]) -> Vec<T> {
            let pairs = all.iter().zip(stays);
            pairs
                .filter(|(_, stays)| **stays)
                .map(|(item, _)| item.clone())
                .collect()
        }
        let left = match self {
            Self::Grant(scope, bindings) => Self::Grant(scope.clone(), of(bindings, stays)),
            Self::Revoke(scope, bindings) => Self::Revoke(scope.clone(), of(bindings, stays)),
            Self::Restore(scope, restored) => Self::Restore(scope.clone(), of(restored, stays)),
            Self::DeleteTenants(ids) => Self::DeleteTenants(of(ids, stays)),
            Self::EnsureAdmin(scopes, username) => Self::EnsureAdmin(of(scopes, stays), username.clone()),
            Self::TakeBack(scope, given) => Self::TakeBack(scope.clone(), of(given, stays)),
            Self::TakeAdmin(given, _) => Self::TakeAdmin(of(given, stays), None),
            Self::GiveAccess(scope, users) => Self::GiveAccess(scope.clone(), of(users, stays)),
            Self::TakeAccess(scope, users) => Self::TakeAccess(scope.clone(), of(users, stays)),
            Self::SetMembership {
                scope,
                group,
                users,
                wanted,
            } => Self::SetMembership {
                scope: scope.clone(),
                group: group.clone(),
                users: of(users, stays),
                wanted: *wanted,
            },
            _ if stays.contains(&true) => self.clone(),
            _ => return None,
        };
        (!left.is_empty()).then_some(left)
    }

    /// What does it again of what was taken back of it: of those who are to be let in only those whose access was taken, as
    /// somebody else may have taken that of the others.
    pub fn of_what_was_taken(self, back: &Self, results: &[Result<Made, Problem>]) -> Option<Self> {
        let (Self::GiveAccess(_, entrants), Self::TakeAccess(_, users)) = (&self, back) else {
            return Some(self);
        };
        let was_taken = |entrant: &Entrant| {
            let mut taken = users.iter().zip(results);
            taken.any(|(user, result)| {
                user.has_username(entrant.username()) && result.as_ref().is_ok_and(|made| *made != Made::Already)
            })
        };
        let stays: Vec<bool> = entrants.iter().map(was_taken).collect();
        self.only(&stays)
    }
}
