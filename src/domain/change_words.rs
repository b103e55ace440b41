//! What a change is about, in words: the names of people and roles, where the command that does the same has their ids.

use super::binding::{Binding, NewBinding};
use super::change::Change;
use super::user::UserKind;

/// Gives what people call something, by its id, where that is known.
pub type NameOf<'n> = dyn Fn(&str) -> Option<String> + 'n;

/// A role that is held, in words: `role Viewer of bob@example.com in company.team`.
fn held(role: &str, subject: &str, namespace: Option<&str>) -> String {
    let place = namespace.map_or_else(String::new, |namespace| format!(" in {namespace}"));
    format!("role {role} of {subject}{place}")
}

/// What a binding gives, in words.
pub fn binding_in_words(binding: &Binding) -> String {
    held(&binding.role_name, &binding.subject_name, binding.namespace.as_deref())
}

impl Change<'_> {
    /// What it is about. Where a name is not known it is an id.
    pub fn about(&self, name_of: &NameOf<'_>) -> String {
        let name = |id: &str| name_of(id).unwrap_or_else(|| id.to_owned());
        let account = |kind: UserKind, name: &str| format!("{} {name}", kind.word());
        match *self {
            Self::CreateTenant(new) => format!("tenant {}", new.tenant.id),
            Self::UpdateTenant { before, .. } => format!("tenant {}", before.id),
            Self::DeleteTenant(id) => format!("tenant {id}"),
            Self::EnsureAdmin(scope, username) => format!("{username} as Admin of tenant {scope}"),
            Self::CreateRole(_, new) => format!("role {}", new.name),
            Self::UpdateRole { before, .. } => format!("role {}", before.name),
            Self::DeleteRole(_, id) => format!("role {}", name(id)),
            Self::CreateBinding(_, new) => {
                let NewBinding {
                    subject_id,
                    role_id,
                    namespace,
                    ..
                } = new;
                held(&name(role_id), &name(subject_id), namespace.as_deref())
            }
            Self::DeleteBinding(_, id) => name_of(id).unwrap_or_else(|| format!("binding {id}")),
            Self::CreateGroup(_, new) => format!("group {}", new.name),
            Self::UpdateGroup { before, .. } => format!("group {}", before.name),
            Self::DeleteGroup(_, id) => format!("group {}", name(id)),
            Self::SetMembership { group, user, .. } => format!("{} in group {}", name(user), name(group)),
            Self::CreateAccount(_, kind, profile) => account(kind, &profile.username),
            Self::DeleteAccount(_, user) | Self::SetSuperadmin(user, _) | Self::SetPassword(_, user) => {
                account(user.kind, &user.username)
            }
            Self::GiveAccess(_, who) => who.username().to_owned(),
            Self::TakeAccess(_, user) => user.username.clone(),
            Self::CreateToken(_, owner, new) => format!("token {} of {}", new.name, owner.username),
            Self::DeleteToken(_, owner, id) => format!("token {} of {}", name(id), owner.username),
            Self::Invite(_, new) => format!("invitation of {}", new.email),
            Self::DeleteInvitation(_, id) => format!("invitation of {}", name(id)),
        }
    }
}
