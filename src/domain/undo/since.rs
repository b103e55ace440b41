//! What somebody else did since a change that is to be taken back or done again: each difference in a sentence, and what is left
//! to be done all the same.

use std::cmp::Reverse;

use crate::domain::access::TenantAccess;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::count::listed;
use crate::domain::deed::{AdminBy, Deed, Given, Made, NamedBinding, Restored};
use crate::domain::invitation::Invitation;
use crate::domain::loss::{Loss, Removal, loss};
use crate::domain::release::Release;
use crate::domain::role::Role;
use crate::domain::sorting;
use crate::domain::user::{Group, Membership, User};

use super::{Found, membership, rebased};

/// What came of a look at what a change starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// A sentence for each difference from what it was left as.
    pub differences: Vec<String>,
    /// The change without those of its items that differ; `None` where nothing of it can be made.
    pub left: Option<Deed>,
    /// What there is of each of its items already, see [`Deed::seen`].
    pub seen: Option<Vec<Option<Made>>>,
}

impl Deed {
    /// How what is there differs from what the change starts from, and what of it can be made all the same. Of several items
    /// each is judged by itself.
    pub fn held_against(&self, found: &Found) -> Looked {
        let seen = self.seen(found).filter(|seen| seen.len() == self.len());
        let Some(each) = self.each_differs(found) else {
            let differences = self.differs(found);
            let left = differences.is_empty().then(|| self.clone());
            return Looked {
                differences,
                left,
                seen,
            };
        };
        let stays: Vec<bool> = each.iter().map(Option::is_none).collect();
        let mut differences: Vec<String> = each.into_iter().flatten().collect();
        differences.dedup();
        Looked {
            differences,
            left: self.only(&stays),
            seen,
        }
    }

    /// How each of its items differs from what is there, in order, `None` of one that does not. `None` of a change that is
    /// judged as a whole.
    fn each_differs(&self, found: &Found) -> Option<Vec<Option<String>>> {
        Some(match (self, found) {
            (Self::TakeAdmin(given, _), Found::Accesses(accesses)) => {
                let pairs = given.iter().zip(accesses);
                let differs = pairs.map(|((scope, by), access)| {
                    let Some(access) = access else {
                        return Some(format!("Tenant {scope} is gone."));
                    };
                    let words = match by {
                        AdminBy::Binding(binding) => not_held(binding, access),
                        AdminBy::LetIn(user) => not_there(user, access)
                            .or_else(|| not_admin(user, access))
                            .or_else(|| holds_more(user, access, Role::is_admin)),
                    };
                    words.map(|words| format!("In tenant {scope}: {words}"))
                });
                differs.collect()
            }
            (Self::Revoke(_, bindings), Found::Access(access)) => {
                bindings.iter().map(|one| not_held(one, access)).collect()
            }
            (Self::Grant(_, bindings), Found::Access(access)) => {
                bindings.iter().map(|one| not_free(one, access)).collect()
            }
            (Self::TakeBack(_, given), Found::Access(access)) => {
                let differs = given.iter().map(|given| match given {
                    Given::Binding(binding) => not_held(binding, access),
                    Given::Member { group, user } => not_in(group, user, Some(Membership::Member), access),
                });
                differs.collect()
            }
            (Self::Restore(_, restored), Found::Access(access)) => {
                let differs = restored.iter().map(|restored| match restored {
                    Restored::Binding(binding) => not_free(binding, access),
                    Restored::Member { group, user } => not_in(group, user, None, access),
                });
                differs.collect()
            }
            (Self::SetMembership { group, users, .. }, Found::Access(access)) => {
                let users = users.iter();
                users
                    .map(|user| not_in(group, user, membership(group, user), access))
                    .collect()
            }
            (Self::TakeAccess(_, users), Found::Access(access)) => {
                let differs = |user| not_there(user, access).or_else(|| holds_more(user, access, |_| false));
                users.iter().map(differs).collect()
            }
            _ => return None,
        })
    }

    /// How what is there differs from what a change starts from that is judged as a whole.
    fn differs(&self, found: &Found) -> Vec<String> {
        match (self, found) {
            (Self::UpdateTenant { before, .. }, Found::Tenant(None)) => vec![format!("Tenant {} is gone.", before.id)],
            (Self::UpdateTenant { before, after }, Found::Tenant(Some(now))) => {
                rebased(before, after, now).err().unwrap_or_default()
            }
            (Self::SetSuperadmin(user, _), Found::User(None)) => vec![format!("{} is gone.", user.username)],
            (Self::SetSuperadmin(user, on), Found::User(Some(now))) if now.superadmin == *on => {
                vec![format!(
                    "{} is what the undo would make of them already.",
                    user.username
                )]
            }
            (Self::CreateAccount(_, _, profile), Found::Account(Some(account))) => {
                vec![format!(
                    "There is a {} {} already.",
                    account.kind.word(),
                    profile.username
                )]
            }
            (Self::DeleteInvitation(_, gone), Found::Invitations(all)) => {
                let is_there = all.iter().any(|one| one.id == gone.id);
                let sentence = format!("The invitation of {} does not wait any more.", gone.email);
                (!is_there).then_some(sentence).into_iter().collect()
            }
            (Self::UpdateRole { before: role, .. }, Found::Access(access)) => role_differs(role, access),
            (Self::DeleteRole(_, role), Found::Bringing(access, invitations)) => {
                let mut differs = role_differs(role, access);
                let holders = bound(access, |held| (held.role_id == role.id).then_some(&held.subject_name));
                differs.extend(holders.map(|names| format!("Role {} is held by {names} now.", role.name)));
                differs.extend(self.brought_by(invitations));
                differs
            }
            (Self::UpdateGroup { before: group, .. }, Found::Access(access)) => group_differs(group, access),
            (Self::DeleteGroup(_, group), Found::Bringing(access, invitations)) => {
                let mut differs = group_differs(group, access);
                let is_its = |held: &Binding| held.subject_kind == SubjectKind::Group && held.subject_id == group.id;
                let roles = bound(access, |held| is_its(held).then_some(&held.role_name));
                differs.extend(roles.map(|names| format!("Group {} holds {names} now.", group.name)));
                differs.extend(self.brought_by(invitations));
                differs
            }
            (Self::CreateRole(_, new), Found::Access(access))
                if access.roles.iter().any(|role| role.name == new.name) =>
            {
                vec![format!("There is a role {} already.", new.name)]
            }
            (Self::CreateGroup(_, new), Found::Access(access))
                if access.groups.iter().any(|group| group.name == new.name) =>
            {
                vec![format!("There is a group {} already.", new.name)]
            }
            _ => Vec::new(),
        }
    }

    /// That invitations bring the role or the group that it deletes, in a sentence.
    fn brought_by(&self, invitations: &[Invitation]) -> Option<String> {
        let (what, name, id) = match self {
            Self::DeleteRole(_, role) => ("Role", &role.name, &role.id),
            Self::DeleteGroup(_, group) => ("Group", &group.name, &group.id),
            _ => return None,
        };
        let brings = |one: &&Invitation| {
            one.roles
                .iter()
                .map(|role| &role.id)
                .chain(&one.groups)
                .any(|one| one == id)
        };
        let invited: Vec<&String> = invitations.iter().filter(brings).map(|one| &one.email).collect();
        (!invited.is_empty()).then(|| format!("{what} {name} comes with the invitation of {} now.", listed(&invited)))
    }

    /// What it takes from whom in each of several tenants that do not differ, by what was found there, if `me` does it. `None`
    /// of a change that is judged by its [`Deed::removals`].
    pub fn loss_in_each(&self, found: &Found, me: &str, release: Release) -> Option<Loss> {
        let (Self::TakeAdmin(given, _), Found::Accesses(accesses)) = (self, found) else {
            return None;
        };
        let differs = self.each_differs(found)?;
        let mut all = Loss::default();
        for (((scope, by), access), _) in given
            .iter()
            .zip(accesses)
            .zip(differs)
            .filter(|(_, differs)| differs.is_none())
        {
            let removal = match by {
                AdminBy::Binding(binding) => Removal::Binding(binding.id.clone()),
                AdminBy::LetIn(user) => Removal::TenantAccess(user.id.clone()),
            };
            if let Some(access) = access {
                all.add(scope, loss(access, &[removal], Some(me), release));
            }
        }
        sorting::by_key(&mut all.warnings, |warning| Reverse(warning.severity));
        Some(all)
    }
}

/// What bindings name that would go with what is deleted: nobody held a new role, and a new group none, when they were left.
fn bound<'a>(access: &'a TenantAccess, by: impl Fn(&'a Binding) -> Option<&'a String>) -> Option<String> {
    let mut names: Vec<&String> = access.bindings.iter().filter_map(by).collect();
    sorting::by(&mut names, Ord::cmp);
    names.dedup();
    (!names.is_empty()).then(|| listed(&names))
}

fn role_differs(left: &Role, access: &TenantAccess) -> Vec<String> {
    let Some(now) = access.roles.iter().find(|role| role.id == left.id) else {
        return vec![format!("Role {} is gone.", left.name)];
    };
    let mut differs = Vec::new();
    if now.name != left.name {
        differs.push(format!("Role {} is called {} now.", left.name, now.name));
    }
    if now.permissions != left.permissions {
        differs.push(format!("Role {} allows something else now.", left.name));
    }
    if now.description.as_deref().unwrap_or_default() != left.description.as_deref().unwrap_or_default() {
        differs.push(format!("Role {} has another description now.", left.name));
    }
    if now.is_default != left.is_default {
        let word = if now.is_default { "is" } else { "is not" };
        differs.push(format!("Role {} {word} given to new users now.", left.name));
    }
    differs
}

fn group_differs(left: &Group, access: &TenantAccess) -> Vec<String> {
    let Some(now) = access.groups.iter().find(|group| group.id == left.id) else {
        return vec![format!("Group {} is gone.", left.name)];
    };
    let mut differs = Vec::new();
    if now.name != left.name {
        differs.push(format!("Group {} is called {} now.", left.name, now.name));
    }
    if now.description.as_deref().unwrap_or_default() != left.description.as_deref().unwrap_or_default() {
        differs.push(format!("Group {} has another description now.", left.name));
    }
    let ids = |group: &Group| {
        let mut ids: Vec<String> = group.members.iter().map(|member| member.user_id.clone()).collect();
        ids.sort_unstable();
        ids
    };
    if ids(now) != ids(left) {
        differs.push(format!("Group {} has other members now.", left.name));
    }
    differs
}

pub(super) fn not_there(user: &User, access: &TenantAccess) -> Option<String> {
    let is_there = access.users.iter().any(|one| one.id == user.id);
    (!is_there).then(|| format!("{} has no access to the tenant any more.", user.username))
}

/// That somebody who was let in to be Admin is none any more, by a role of their own.
pub(super) fn not_admin(user: &User, access: &TenantAccess) -> Option<String> {
    let is_admin = |id: &str| access.roles.iter().any(|role| role.id == id && role.is_admin());
    let held = access.bindings.iter().any(|binding| {
        binding.subject_kind == SubjectKind::User && user.has_id(&binding.subject_id) && is_admin(&binding.role_id)
    });
    (!held).then(|| format!("{} does not hold role Admin any more.", user.username))
}

/// What somebody holds beyond what they were given and what everybody gets who is let in: it would go with the access.
fn holds_more(user: &User, access: &TenantAccess, was_given: impl Fn(&Role) -> bool) -> Option<String> {
    let comes_with = |binding: &Binding| {
        let role = access.roles.iter().find(|role| role.id == binding.role_id);
        binding.namespace.is_none() && role.is_some_and(|role| was_given(role) || role.is_default)
    };
    let mut roles = access.bindings.iter().filter(|binding| {
        binding.subject_kind == SubjectKind::User && user.has_id(&binding.subject_id) && !comes_with(binding)
    });
    let who = &user.username;
    if let Some(binding) = roles.next() {
        return Some(format!("{who} holds role {} now, too.", binding.role_name));
    }
    let group = access.groups.iter().find(|group| membership(group, user).is_some())?;
    Some(format!("{who} is in group {} now.", group.name))
}

pub(super) fn not_held(binding: &Binding, access: &TenantAccess) -> Option<String> {
    let is_held = access.bindings.iter().any(|one| one.id == binding.id);
    let (who, role) = (&binding.subject_name, &binding.role_name);
    (!is_held).then(|| format!("{who} does not hold role {role} any more, or by another binding."))
}

fn not_free(binding: &NamedBinding, access: &TenantAccess) -> Option<String> {
    let (new, who, role) = (&binding.new, &binding.subject, &binding.role);
    if !access.roles.iter().any(|one| one.id == new.role_id) {
        return Some(format!("Role {role} is gone."));
    }
    let is_held = access.bindings.iter().any(|one| {
        one.subject_kind == new.subject_kind
            && one.subject_id == new.subject_id
            && one.role_id == new.role_id
            && one.namespace == new.namespace
    });
    is_held.then(|| format!("{who} holds role {role} already."))
}

fn not_in(group: &Group, user: &User, expected: Option<Membership>, access: &TenantAccess) -> Option<String> {
    let Some(now) = access.groups.iter().find(|one| one.id == group.id) else {
        return Some(format!("Group {} is gone.", group.name));
    };
    let (who, name) = (&user.username, &group.name);
    match membership(now, user) {
        is if is == expected => None,
        None => Some(format!("{who} is not in group {name} any more.")),
        Some(Membership::Owner) => Some(format!("{who} is owner of group {name} now.")),
        Some(Membership::Member) => Some(format!("{who} is member of group {name} now.")),
    }
}
