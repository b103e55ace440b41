//! Taking a change back: what does it, whether things still are as the change left them, and why some cannot be taken back.
//!
//! What takes a change back is a change like any other. Before it is proposed it is held against what is there now, see
//! [`Deed::held_against`]: what somebody else did since is never overwritten.

mod seen;
mod since;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::access::TenantAccess;
use super::account::Account;
use super::binding::Binding;
use super::deed::{AdminBy, Deed, Given, Made, NamedBinding, Restored};
use super::invitation::{Invitation, Invited};
use super::problem::Problem;
use super::redact;
use super::role::{NewRole, Role};
use super::shaped::{shaped, value_of};
use super::tenant::{Tenant, TenantScope};
use super::user::{Group, GroupMember, Membership, NewGroup, User};
use crate::domain::sorting;
pub use since::Looked;

/// What is there now of what a change starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing that the change depends on.
    Nothing,
    /// The tenant; `None` if it is gone.
    Tenant(Option<Box<Tenant>>),
    /// The account; `None` if it is gone.
    User(Option<User>),
    /// The account that is called so; `None` if there is none.
    Account(Option<Box<Account>>),
    /// The invitations of the tenant.
    Invitations(Vec<Invitation>),
    /// Who may do what in the tenant.
    Access(Box<TenantAccess>),
    /// The same, and the invitations of the tenant, which bring roles and groups.
    Bringing(Box<TenantAccess>, Vec<Invitation>),
    /// The same in each of several, in order; `None` of one that is gone.
    Accesses(Vec<Option<TenantAccess>>),
    /// Whether each of several tenants is there, in order.
    There(Vec<bool>),
}

/// The fields of a tenant that hold something, by their keys from the outside in, without those that hold secrets.
type Fields = BTreeMap<Vec<String>, Value>;

impl Deed {
    /// Whether there is something that takes it back, if it is done.
    pub fn can_be_taken_back(&self) -> bool {
        match self {
            // Only secrets may change.
            Self::UpdateTenant { before, after } => Self::tenant_back(before, after, after).is_some(),
            // Which role was the default one before is not told by this one, and that one would be it no more.
            Self::CreateRole(_, new) => !new.is_default,
            Self::UpdateRole { before, after, .. } => before.is_default || !after.is_default,
            // One deed makes all of them the same, so it takes back only what was the same.
            Self::SetMembership { group, users, .. } => {
                let mut places = users.iter().map(|user| membership(group, user));
                let first = places.next();
                first.is_some_and(|first| places.all(|place| place == first))
            }
            // Who was let in by name alone may be any of several of that name.
            Self::GiveAccess(_, users) => users.iter().any(|who| who.known().is_some()),
            Self::EnsureAdmin(scopes, _) => scopes.len() <= Self::MOST_ADMINS,
            Self::Grant(..)
            | Self::Restore(..)
            | Self::TakeBack(..)
            | Self::TakeAdmin(..)
            | Self::Revoke(..)
            | Self::CreateGroup(..)
            | Self::UpdateGroup { .. }
            | Self::SetSuperadmin(..)
            | Self::Invite(..) => true,
            Self::DeleteTenants(..)
            | Self::DeleteRole(..)
            | Self::DeleteGroup(..)
            | Self::CreateAccount(..)
            | Self::DeleteAccount(..)
            | Self::SetPassword(..)
            | Self::TakeAccess(..)
            | Self::CreateToken(..)
            | Self::DeleteToken(..)
            | Self::DeleteInvitation(..)
            | Self::Bring(_) => false,
        }
    }

    /// What takes it back, once it was done with these results; `None` if nothing does.
    pub fn inverse(&self, results: &[Result<Made, Problem>]) -> Option<Self> {
        // Of users who were different things those that were changed may have been the same.
        if !self.can_be_taken_back() && !matches!(self, Self::SetMembership { .. }) {
            return None;
        }
        let mut made = results.iter().filter_map(|result| result.as_ref().ok());
        Some(match self {
            Self::UpdateTenant { before, after } => match made.next()? {
                Made::Tenant(now) => Self::tenant_back(before, after, now)?,
                _ => return None,
            },
            Self::CreateRole(scope, _) => match made.next()? {
                Made::Role(role) => Self::DeleteRole(scope.clone(), (**role).clone()),
                _ => return None,
            },
            Self::UpdateRole { scope, before, .. } => match made.next()? {
                Made::Role(now) => Self::UpdateRole {
                    scope: scope.clone(),
                    before: (**now).clone(),
                    after: NewRole::from(before),
                },
                _ => return None,
            },
            Self::Grant(scope, _) => {
                let bindings = made.filter_map(|made| match made {
                    Made::Binding(binding) => Some((**binding).clone()),
                    _ => None,
                });
                Self::Revoke(scope.clone(), bindings.collect())
            }
            Self::EnsureAdmin(scopes, _) => {
                // Where it is not known what was done, not all of it would be taken back.
                if results.contains(&Ok(Made::Done)) {
                    return None;
                }
                let given = scopes.iter().zip(results);
                let mut given: Vec<(TenantScope, AdminBy)> = given
                    .filter_map(|(scope, result)| Some((scope.clone(), AdminBy::of(result.as_ref().ok()?)?)))
                    .collect();
                match (given.len(), given.pop()?) {
                    (1, (scope, AdminBy::Binding(binding))) => Self::Revoke(scope, vec![binding]),
                    (_, last) => {
                        given.push(last);
                        Self::TakeAdmin(given, None)
                    }
                }
            }
            Self::TakeAdmin(given, _) => {
                let gone = given.iter().zip(results).filter(|(_, result)| result.is_ok());
                let scopes = gone.map(|((scope, _), _)| scope.clone()).collect();
                let (_, by) = given.first()?;
                Self::EnsureAdmin(scopes, by.username().to_owned())
            }
            Self::Restore(scope, restored) => {
                let given = restored.iter().zip(results).filter_map(|(restored, result)| {
                    Some(match (restored, result.as_ref().ok()?) {
                        (Restored::Binding(_), Made::Binding(binding)) => Given::Binding((**binding).clone()),
                        (Restored::Member { group, user }, Made::Done) => Given::Member {
                            group: group.clone(),
                            user: user.clone(),
                        },
                        _ => return None,
                    })
                });
                Self::TakeBack(scope.clone(), given.collect())
            }
            Self::TakeBack(scope, given) => {
                let gone = given.iter().zip(results).filter(|(_, result)| result.is_ok());
                let restored = gone.map(|(given, _)| match given {
                    Given::Binding(binding) => Restored::Binding(binding.into()),
                    Given::Member { group, user } => Restored::Member {
                        group: group.clone(),
                        user: user.clone(),
                    },
                });
                Self::Restore(scope.clone(), restored.collect())
            }
            Self::Revoke(scope, bindings) => {
                // What was gone already was taken away by somebody else.
                let was_taken = |result: &Result<Made, Problem>| matches!(result, Ok(made) if *made != Made::Already);
                let gone = bindings.iter().zip(results).filter(|(_, result)| was_taken(result));
                Self::Grant(scope.clone(), gone.map(|(binding, _)| binding.into()).collect())
            }
            Self::CreateGroup(scope, _) => match made.next()? {
                Made::Group(group) => Self::DeleteGroup(scope.clone(), (**group).clone()),
                _ => return None,
            },
            Self::UpdateGroup { scope, before, .. } => match made.next()? {
                Made::Group(now) => Self::UpdateGroup {
                    scope: scope.clone(),
                    before: (**now).clone(),
                    after: NewGroup {
                        name: before.name.clone(),
                        description: before.description.clone(),
                        members: Vec::new(),
                    },
                },
                _ => return None,
            },
            Self::SetMembership {
                scope,
                group,
                users,
                wanted: is_now,
            } => {
                let was = |user: &User| membership(group, user);
                let changed = users.iter().zip(results).filter(|(_, result)| result.is_ok());
                let users: Vec<User> = changed.map(|(user, _)| user.clone()).collect();
                let wanted = was(users.first()?);
                // One deed makes all of them the same, so it takes back only what was the same.
                if users.iter().any(|user| was(user) != wanted) {
                    return None;
                }
                Self::SetMembership {
                    scope: scope.clone(),
                    group: with_members(group, &users, *is_now),
                    users,
                    wanted,
                }
            }
            Self::SetSuperadmin(user, on) => {
                made.next()?;
                Self::SetSuperadmin(user.clone(), !on)
            }
            Self::GiveAccess(scope, users) => {
                let given = users
                    .iter()
                    .zip(results)
                    .filter(|(_, result)| **result == Ok(Made::Done));
                let known = given.filter_map(|(who, _)| who.known().cloned());
                Self::TakeAccess(scope.clone(), known.collect())
            }
            Self::Invite(scope, _) => match made.next()? {
                Made::Invited(invited) => match &**invited {
                    Invited::Waiting(invitation) => Self::DeleteInvitation(scope.clone(), invitation.clone()),
                    Invited::Granted => return None,
                },
                _ => return None,
            },
            // The others are those that cannot be taken back.
            _ => return None,
        })
        .filter(|inverse| !inverse.is_empty())
    }

    /// What gives fields of a tenant their former values: `before` was changed to `sent`, and is `now`. `None` if nothing
    /// but secrets was changed, which are not kept to be given back.
    pub fn tenant_back(before: &Tenant, sent: &Tenant, now: &Tenant) -> Option<Self> {
        let (was, wanted, now) = (fields(before), fields(sent), fields(now));
        let (mut from, mut to) = (
            Tenant::new(before.id.clone(), before.name.clone()),
            Tenant::new(before.id.clone(), before.name.clone()),
        );
        for path in differing(&was, &wanted) {
            put(&mut from, path, now.get(path).cloned());
            put(&mut to, path, was.get(path).cloned());
        }
        (from != to).then_some(Self::UpdateTenant {
            before: from,
            after: to,
        })
    }

    /// The ids of what it takes away, which was made anew, by those that the same had when `was` took it away.
    pub fn renewed<'d>(&'d self, was: &'d Self) -> BTreeMap<&'d str, &'d str> {
        if let (Self::DeleteRole(_, Role { id: was, .. }), Self::DeleteRole(_, Role { id, .. }))
        | (Self::DeleteGroup(_, Group { id: was, .. }), Self::DeleteGroup(_, Group { id, .. })) = (was, self)
        {
            return BTreeMap::from([(&**was, &**id)]);
        }
        let mut were = was.bindings().into_iter();
        // What could not be made anew is left out, and the others are in the same order.
        let pairs = self.bindings().into_iter().filter_map(|now| {
            let new = NamedBinding::from(now).new;
            Some((&*were.find(|was| was.gives(&new))?.id, &*now.id))
        });
        pairs.collect()
    }

    /// The same with other ids in the place of these; `None` where it names none of them.
    pub fn renamed(&self, ids: &BTreeMap<&str, &str>) -> Option<Self> {
        if let Self::Invite(scope, new) = self {
            let mut new = new.clone();
            let roles = new.roles.iter_mut().map(|role| &mut role.id);
            let named = roles.chain(&mut new.groups).map(|id| rename(id, ids));
            return named
                .fold(false, |any, is_named| any | is_named)
                .then(|| Self::Invite(scope.clone(), new));
        }
        if let Self::UpdateTenant { .. } = self {
            return None;
        }
        // What else cannot be written is found by ids that nothing here makes anew.
        let mut json = value_of(self).ok()?;
        rename_in(&mut json, ids).then(|| shaped(&json).ok()).flatten()
    }

    /// The bindings that it takes away.
    fn bindings(&self) -> Vec<&Binding> {
        match self {
            Self::Revoke(_, bindings) => bindings.iter().collect(),
            Self::TakeBack(_, given) => {
                let bindings = given.iter().filter_map(|given| match given {
                    Given::Binding(binding) => Some(binding),
                    Given::Member { .. } => None,
                });
                bindings.collect()
            }
            Self::TakeAdmin(given, _) => {
                let bindings = given.iter().filter_map(|(_, by)| match by {
                    AdminBy::Binding(binding) => Some(binding),
                    AdminBy::LetIn(_) => None,
                });
                bindings.collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it can be kept until the next start.
    pub fn is_kept(&self) -> bool {
        !matches!(
            self,
            Self::CreateAccount(..)
                | Self::DeleteAccount(..)
                | Self::SetPassword(..)
                | Self::CreateToken(..)
                | Self::DeleteToken(..)
                | Self::Invite(..)
                | Self::DeleteInvitation(..)
                | Self::Bring(_)
        )
    }

    /// Why nothing takes it back by itself, for one that has no [`Deed::inverse`].
    pub fn lasts_because(&self) -> &'static str {
        match self {
            Self::UpdateTenant { .. } => "only secrets were changed, and those are not kept",
            Self::DeleteTenants(_)
            | Self::DeleteRole(..)
            | Self::DeleteGroup(..)
            | Self::DeleteAccount(..)
            | Self::DeleteToken(..) => "what was deleted is gone for good",
            Self::EnsureAdmin(..) if !self.can_be_taken_back() => {
                "of more than 100 tenants at once it is not read who was Admin before; mark at most 100 at a time, or take the role away in each"
            }
            Self::CreateRole(..) | Self::UpdateRole { .. } if !self.can_be_taken_back() => {
                "which role was the default one before is not kept"
            }
            Self::GiveAccess(..) => "others may be called so, too",
            Self::CreateAccount(..) => {
                "that would delete the account from the whole instance; <D> among the users asks for it"
            }
            Self::SetPassword(..) => "the former password is not known",
            Self::TakeAccess(..) => "let them in again, and give back the roles and groups that went with it",
            Self::CreateToken(..) => "that would end the token; <D> among the tokens asks for it",
            Self::Invite(..) => "the invited had access at once",
            Self::DeleteInvitation(..) => "invite them again",
            Self::Bring(_) => "it may be many things; a snapshot saved before says what there was",
            Self::SetMembership { .. } => "they had different places in the group before",
            _ => "the instance does not say what came of it",
        }
    }
}

/// Puts another id in the place of one, and says whether it was one of these.
fn rename(id: &mut String, ids: &BTreeMap<&str, &str>) -> bool {
    let now = ids.get(id.as_str());
    if let Some(now) = now {
        (*now).clone_into(id);
    }
    now.is_some()
}

/// The same of each text that is no key.
fn rename_in(json: &mut Value, ids: &BTreeMap<&str, &str>) -> bool {
    match json {
        Value::String(text) => rename(text, ids),
        Value::Array(values) => values.iter_mut().fold(false, |any, value| rename_in(value, ids) | any),
        Value::Object(fields) => fields
            .values_mut()
            .fold(false, |any, value| rename_in(value, ids) | any),
        _ => false,
    }
}

fn membership(group: &Group, user: &User) -> Option<Membership> {
    let mut members = group.members.iter();
    members
        .find(|member| member.user_id == user.id)
        .map(|member| member.membership)
}

/// The group after users became this in it.
fn with_members(group: &Group, users: &[User], wanted: Option<Membership>) -> Group {
    let mut group = group.clone();
    group
        .members
        .retain(|member| users.iter().all(|user| user.id != member.user_id));
    group.members.extend(wanted.into_iter().flat_map(|membership| {
        users.iter().map(move |user| GroupMember {
            user_id: user.id.clone(),
            username: user.username.clone(),
            membership,
        })
    }));
    group
}

/// A tenant as it is `now` with the fields that differ between `before` and `after` as they are in the latter.
///
/// # Errors
/// Sentences about those that are not as in `before`.
pub fn rebased(before: &Tenant, after: &Tenant, now: &Tenant) -> Result<Tenant, Vec<String>> {
    let (was, wanted, is) = (fields(before), fields(after), fields(now));
    let mut tenant = now.clone();
    let mut differs = Vec::new();
    for path in differing(&was, &wanted) {
        if is.get(path) != was.get(path) {
            let said = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), plain);
            let (left, found) = (said(was.get(path)), said(is.get(path)));
            differs.push(format!("{} is {found} now, and was left as {left}.", path.join(".")));
        }
        put(&mut tenant, path, wanted.get(path).cloned());
    }
    if differs.is_empty() { Ok(tenant) } else { Err(differs) }
}

/// What differs between two states of a tenant, a line for each field, without secrets.
pub fn field_lines(before: &Tenant, after: &Tenant) -> Vec<String> {
    let (was, wanted) = (fields(before), fields(after));
    let said = |value: Option<&Value>| value.map_or_else(|| "(not set)".to_owned(), plain);
    let line = |path: &Vec<String>| {
        let (old, new) = (said(was.get(path)), said(wanted.get(path)));
        format!("{}: {old} -> {new}", path.join("."))
    };
    differing(&was, &wanted).into_iter().map(line).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn differing<'f>(was: &'f Fields, wanted: &'f Fields) -> Vec<&'f Vec<String>> {
    let mut paths: Vec<_> = was.keys().chain(wanted.keys()).collect();
    sorting::by(&mut paths, Ord::cmp);
    paths.dedup();
    paths.retain(|path| was.get(*path) != wanted.get(*path));
    paths
}

fn fields(tenant: &Tenant) -> Fields {
    fn walk(path: &mut Vec<String>, object: &Map<String, Value>, fields: &mut Fields) {
        for (key, value) in object {
            path.push(key.clone());
            match value {
                Value::Object(inner) if !inner.is_empty() => walk(path, inner, fields),
                Value::Null => {}
                _ if redact::holds_mark(value) => {}
                _ => {
                    fields.insert(path.clone(), value.clone());
                }
            }
            path.pop();
        }
    }
    let masked = redact::tenant(tenant);
    let mut fields = Fields::from([(vec!["name".to_owned()], Value::from(masked.name))]);
    walk(&mut Vec::new(), &masked.rest, &mut fields);
    fields
}

fn put(tenant: &mut Tenant, path: &[String], value: Option<Value>) {
    match path {
        [name] if name == "name" => tenant.name = plain_name(value),
        _ => tenant.set_in(&path.iter().map(String::as_str).collect::<Vec<_>>(), value),
    }
}

fn plain_name(value: Option<Value>) -> String {
    match value {
        Some(Value::String(name)) => name,
        _ => String::new(),
    }
}

#[cfg(test)]
#[path = "undo_tests.rs"]
mod tests;
