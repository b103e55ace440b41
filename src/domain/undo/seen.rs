//! Which things of a change that was sent, and not answered, are there as it leaves them.

use crate::domain::account::{Account, Profile};
use crate::domain::deed::{AdminBy, Deed, Given, Made, Restored};
use crate::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

use super::since::{not_admin, not_held, not_there};
use super::{Found, TenantAccess, membership, rebased};

impl Deed {
    /// What there is of each of its things, in order, `None` of one that is not done. `None` of a change of which that cannot be
    /// told from what was found.
    pub fn seen(&self, found: &Found) -> Option<Vec<Option<Made>>> {
        let access = match found {
            Found::There(are_there) if matches!(self, Self::DeleteTenants(_)) => {
                return Some(are_there.iter().map(|is_there| done(!is_there)).collect());
            }
            Found::Tenant(Some(now)) => {
                let Self::UpdateTenant { before, after } = self else {
                    return None;
                };
                let is_done = rebased(after, before, now).is_ok();
                return Some(vec![is_done.then(|| Made::Tenant(now.clone()))]);
            }
            Found::User(Some(user)) => {
                let Self::SetSuperadmin(_, on) = self else { return None };
                return Some(vec![done(user.superadmin == *on)]);
            }
            Found::Account(account) => {
                let Self::CreateAccount(_, kind, profile) = self else {
                    return None;
                };
                let made = account.as_ref().filter(|account| is_account(*kind, profile, account));
                return Some(vec![made.map(|account| Made::Account(account.clone()))]);
            }
            Found::Accesses(accesses) => return self.seen_in_each(accesses),
            Found::Access(access) | Found::Bringing(access, _) => access,
            _ => return None,
        };
        let stands = |one: &_| {
            let held = access.bindings.iter().find(|held| held.gives(one));
            held.map(|held| Made::Binding(Box::new(held.clone())))
        };
        Some(match self {
            Self::Grant(_, given) => given.iter().map(|one| stands(&one.new)).collect(),
            Self::Restore(_, restored) => {
                let restored = restored.iter().map(|one| match one {
                    Restored::Binding(binding) => stands(&binding.new),
                    Restored::Member { group, user } => done(place(group, user, access).is_some()),
                });
                restored.collect()
            }
            Self::Revoke(_, bindings) => {
                let is_gone = |one| not_held(one, access).is_some();
                bindings.iter().map(|one| done(is_gone(one))).collect()
            }
            Self::TakeBack(_, given) => {
                let taken = given.iter().map(|one| match one {
                    Given::Binding(binding) => done(not_held(binding, access).is_some()),
                    Given::Member { group, user } => done(place(group, user, access).is_none()),
                });
                taken.collect()
            }
            Self::SetMembership {
                group, users, wanted, ..
            } => users
                .iter()
                .map(|user| done(place(group, user, access) == *wanted))
                .collect(),
            Self::GiveAccess(_, users) => {
                let is_it = |user: &User, who: &Entrant| match who {
                    Entrant::Known(known) => user.id == known.id,
                    Entrant::Named(name) => user.has_username(name),
                };
                let is_member = |who| access.users.iter().any(|user| is_it(user, who));
                users.iter().map(|who| done(is_member(who))).collect()
            }
            Self::TakeAccess(_, users) => {
                let is_out = |who| not_there(who, access).is_some();
                users.iter().map(|who| done(is_out(who))).collect()
            }
            Self::DeleteRole(_, role) => vec![done(access.roles.iter().all(|one| one.id != role.id))],
            Self::DeleteGroup(_, group) => vec![done(access.groups.iter().all(|one| one.id != group.id))],
            Self::CreateRole(_, new) => {
                let made = access.roles.iter().find(|role| new.lost(role).is_empty());
                vec![made.map(|role| Made::Role(Box::new(role.clone())))]
            }
            Self::UpdateRole { before, after, .. } => {
                let now = access.roles.iter().find(|role| role.id == before.id);
                let now = now.filter(|role| after.lost(role).is_empty());
                vec![now.map(|role| Made::Role(Box::new(role.clone())))]
            }
            Self::CreateGroup(_, new) => {
                let made = access.groups.iter().find(|group| is_as_sent(new, group));
                vec![made.map(|group| Made::Group(Box::new(group.clone())))]
            }
            Self::UpdateGroup { before, after, .. } => {
                let now = access.groups.iter().find(|group| group.id == before.id);
                let now = now.filter(|group| is_as_sent(after, group));
                vec![now.map(|group| Made::Group(Box::new(group.clone())))]
            }
            _ => return None,
        })
    }

    /// The same of what is done in each of several tenants. Who was Admin before is not known by then, and so not who was made it.
    fn seen_in_each(&self, accesses: &[Option<TenantAccess>]) -> Option<Vec<Option<Made>>> {
        let of_each = accesses.iter();
        Some(match self {
            Self::EnsureAdmin(_, username) => {
                let is_admin = |access: &TenantAccess| {
                    let mut users = access.users.iter().filter(|user| user.has_username(username));
                    users.any(|user| not_admin(user, access).is_none())
                };
                of_each
                    .map(|access| done(access.as_ref().is_some_and(is_admin)))
                    .collect()
            }
            Self::TakeAdmin(given, _) => {
                let is_gone = |by: &AdminBy, access: &TenantAccess| match by {
                    AdminBy::Binding(binding) => not_held(binding, access).is_some(),
                    AdminBy::LetIn(user) => not_there(user, access).is_some(),
                };
                let pairs = given.iter().zip(of_each);
                let gone =
                    pairs.map(|((_, by), access)| done(access.as_ref().is_none_or(|access| is_gone(by, access))));
                gone.collect()
            }
            _ => return None,
        })
    }
}

fn done(is_done: bool) -> Option<Made> {
    is_done.then_some(Made::Done)
}

/// What somebody is in a group by now; `None` where the group is gone, too.
fn place(group: &Group, user: &User, access: &TenantAccess) -> Option<Membership> {
    let now = access.groups.iter().find(|now| now.id == group.id)?;
    membership(now, user)
}

/// Whether an account is what was sent, as far as that was said; a password cannot be seen.
fn is_account(kind: UserKind, sent: &Profile, account: &Account) -> bool {
    let is_said = |sent: &Option<String>, is: &Option<String>| sent.is_none() || sent == is;
    account.kind == kind
        && is_said(&sent.first_name, &account.first_name)
        && is_said(&sent.last_name, &account.last_name)
        && is_said(&sent.description, &account.description)
}

/// Whether a group is as it was sent, but for its members.
fn is_as_sent(sent: &NewGroup, group: &Group) -> bool {
    let [now, sent_as] = [&group.description, &sent.description].map(|text| text.as_deref().unwrap_or_default());
    group.name == sent.name && now == sent_as
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tenant_id::TenantId;

    #[test]
    fn whoever_is_let_in_by_name_is_found_as_the_instance_finds_them() {
        let access = TenantAccess {
            users: vec![crate::domain::user::somebody("Dora@example.com")],
            ..TenantAccess::default()
        };
        let who = Entrant::Named("dora@example.com".to_owned());
        let deed = Deed::GiveAccess(crate::domain::tenant::TenantScope::Default, vec![who]);
        let seen = deed.seen(&Found::Access(Box::new(access)));
        assert_eq!(seen, Some(vec![Some(Made::Done)]));
    }

    #[test]
    fn of_tenants_those_that_are_gone_are_deleted() {
        let ids = ["a", "b"].map(TenantId::existing).to_vec();
        let deed = Deed::DeleteTenants(ids);
        let seen = deed.seen(&Found::There(vec![true, false]));
        assert_eq!(seen, Some(vec![None, Some(Made::Done)]));
        assert_eq!(deed.seen(&Found::Nothing), None);
    }
}
