//! What people lost by a migration, as changes that give it back.
//!
//! It goes by names, as the snapshot does: ids may have been given anew. Pure; reading and changing is for others.

use crate::domain::access::TenantAccess;
use crate::domain::binding::SubjectKind;
use crate::domain::deed::{NamedBinding, Restored};
use crate::domain::user::User;

use super::access_snapshot::{AccessSnapshot, Held, compare};

/// What can be given back, and what cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restoration {
    /// What can be given back, once each.
    pub possible: Vec<Restored>,
    /// What cannot: whose it was and what, and why not.
    pub impossible: Vec<(String, String)>,
    /// How many people hold less than before.
    pub people: usize,
}

/// What gives back to everybody what they held before. `users` are those of the instance, as far as they may be seen.
pub fn restoration(before: &AccessSnapshot, access: &TenantAccess, users: &[User]) -> Restoration {
    let now = AccessSnapshot::of(access);
    let lost = compare(before, &now).lost;
    let mut found = Restoration {
        people: lost.len(),
        ..Restoration::default()
    };
    for changed in lost {
        let held = before.holders.get(&changed.username).into_iter().flatten();
        let holds = now.holders.get(&changed.username);
        for lost in held.filter(|held| holds.is_none_or(|holds| !holds.contains(held))) {
            match restored(&changed.username, lost, access, users) {
                Ok(restored) => {
                    for one in restored {
                        if !found.possible.contains(&one) {
                            found.possible.push(one);
                        }
                    }
                }
                Err(why) => found
                    .impossible
                    .push((format!("{}: {}", changed.username, lost.words()), why)),
            }
        }
    }
    found
}

/// What gives one role back: a binding of the user, or a place in the group and its binding.
fn restored(username: &str, held: &Held, access: &TenantAccess, users: &[User]) -> Result<Vec<Restored>, String> {
    let user = access
        .users
        .iter()
        .chain(users)
        .find(|user| user.username == username)
        .ok_or("there is no such user any more")?;
    let role = access
        .roles
        .iter()
        .find(|role| role.name == held.role)
        .ok_or_else(|| format!("there is no role {} any more", held.role))?;
    let binding = |kind, subject| NamedBinding::new(kind, subject, role, held.namespace.clone());
    let Some(name) = &held.group else {
        let own = binding(SubjectKind::User, (&user.id, &user.username));
        return Ok(vec![Restored::Binding(own)]);
    };
    let group = access
        .groups
        .iter()
        .find(|group| group.name == *name)
        .ok_or_else(|| format!("there is no group {name} any more"))?;
    let of_group = binding(SubjectKind::Group, (&group.id, &group.name));
    let is_bound = access.bindings.iter().any(|binding| binding.gives(&of_group.new));
    let is_in = group.members.iter().any(|member| member.user_id == user.id);
    let mut all = Vec::new();
    if !is_in {
        all.push(Restored::Member {
            group: group.clone(),
            user: user.clone(),
        });
    }
    if !is_bound {
        all.push(Restored::Binding(of_group));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use crate::domain::permission::Permissions;
    use crate::domain::role::Role;
    use crate::domain::user::{Group, UserKind};

    use super::*;

    fn user(name: &str) -> User {
        User {
            id: format!("id-{name}"),
            username: name.to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
        }
    }

    fn held(role: &str, group: Option<&str>) -> Held {
        Held {
            role: role.to_owned(),
            namespace: Some("company".to_owned()),
            group: group.map(str::to_owned),
        }
    }

    #[test]
    fn each_role_comes_back_by_name_and_what_cannot_says_why() {
        let before = AccessSnapshot {
            holders: [
                ("ana".to_owned(), [held("Viewer", None), held("Gone", None)].into()),
                ("bob".to_owned(), [held("Viewer", Some("data"))].into()),
                ("eve".to_owned(), [held("Viewer", None)].into()),
            ]
            .into(),
            ..AccessSnapshot::default()
        };
        let access = TenantAccess {
            roles: vec![Role {
                id: "r".to_owned(),
                name: "Viewer".to_owned(),
                description: None,
                permissions: Permissions::default(),
                is_default: false,
                is_managed: false,
            }],
            groups: vec![Group {
                id: "g".to_owned(),
                name: "data".to_owned(),
                description: None,
                members: Vec::new(),
            }],
            ..TenantAccess::default()
        };
        let found = restoration(&before, &access, &[user("ana"), user("bob")]);
        let words: Vec<String> = found
            .possible
            .iter()
            .map(|restored| match restored {
                Restored::Binding(binding) => format!("{} {}", binding.subject, binding.role),
                Restored::Member { group, user } => format!("{} in {}", user.username, group.name),
            })
            .collect();
        assert_eq!(words, ["ana Viewer", "bob in data", "data Viewer"]);
        assert_eq!(found.people, 3);
        let why: Vec<&str> = found.impossible.iter().map(|(_, why)| why.as_str()).collect();
        assert_eq!(
            why,
            ["there is no role Gone any more", "there is no such user any more"]
        );
    }
}
