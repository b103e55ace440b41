//! What a change does, in words: the names of people and roles, where the command that does the same has their ids.

use super::binding::{Binding, NewBinding};
use super::change::Change;
use super::user::{Membership, UserKind};

/// Gives what people call something, by its id, where that is known.
pub type NameOf<'n> = dyn Fn(&str) -> Option<String> + 'n;

/// A role and where it holds, in words: `role Viewer of bob@example.com in company.team`.
pub(super) fn held(role: &str, whose: &str, subject: &str, namespace: Option<&str>) -> String {
    let place = namespace.map_or_else(String::new, |namespace| format!(" in {namespace}"));
    format!("role {role} {whose} {subject}{place}")
}

/// What a binding gives, in words.
pub fn binding_in_words(binding: &Binding) -> String {
    let namespace = binding.namespace.as_deref();
    held(&binding.role_name, "of", &binding.subject_name, namespace)
}

impl Change<'_> {
    /// What it does, in words. Where a name is not known it is an id.
    pub fn about(&self, name_of: &NameOf<'_>) -> String {
        let name = |id: &str| name_of(id).unwrap_or_else(|| id.to_owned());
        let account = |kind: UserKind, name: &str| format!("{} {name}", kind.word());
        match *self {
            Self::CreateTenant(new) => format!("create tenant {}", new.tenant.id),
            Self::UpdateTenant { before, .. } => format!("change tenant {}", before.id),
            Self::DeleteTenant(id) => format!("delete tenant {id}"),
            Self::EnsureAdmin(scope, username) => format!("make {username} Admin of tenant {scope}"),
            Self::CreateRole(_, new) => format!("create role {}", new.name),
            Self::UpdateRole { before, .. } => format!("change role {}", before.name),
            Self::DeleteRole(_, id) => format!("delete role {}", name(id)),
            Self::CreateBinding(_, new) => {
                let NewBinding {
                    subject_id,
                    role_id,
                    namespace,
                    ..
                } = new;
                let what = held(&name(role_id), "to", &name(subject_id), namespace.as_deref());
                format!("give {what}")
            }
            Self::DeleteBinding(_, id) => {
                format!("take {}", name_of(id).unwrap_or_else(|| format!("binding {id}")))
            }
            Self::CreateGroup(_, new) => format!("create group {}", new.name),
            Self::UpdateGroup { before, .. } => format!("change group {}", before.name),
            Self::DeleteGroup(_, id) => format!("delete group {}", name(id)),
            Self::SetMembership {
                group, user, wanted, ..
            } => {
                let (user, group) = (name(user), name(group));
                match wanted {
                    Some(Membership::Owner) => format!("make {user} owner of group {group}"),
                    Some(Membership::Member) => format!("put {user} in group {group}"),
                    None => format!("take {user} out of group {group}"),
                }
            }
            Self::CreateAccount(_, kind, profile) => format!("create {}", account(kind, &profile.username)),
            Self::DeleteAccount(_, user) => format!("delete {}", account(user.kind, &user.username)),
            Self::SetSuperadmin(user, wanted) => {
                let no = if wanted { "a" } else { "no" };
                format!("make {} {no} superadmin", account(user.kind, &user.username))
            }
            Self::SetPassword(_, user) => format!("set the password of {}", account(user.kind, &user.username)),
            Self::GiveAccess(_, who) => format!("let {} in", who.username()),
            Self::TakeAccess(_, user) => format!("take the access of {}", user.username),
            Self::CreateToken(_, owner, new) => format!("create token {} of {}", new.name, owner.username),
            Self::DeleteToken(_, owner, id) => format!("end token {} of {}", name(id), owner.username),
            Self::Invite(_, new) => format!("invite {}", new.email),
            Self::DeleteInvitation(_, id) => format!("withdraw the invitation of {}", name(id)),
        }
    }
}
