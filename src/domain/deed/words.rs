//! How a change is said, before and after.

use super::{AdminBy, Deed, Made};
use crate::domain::binding::Binding;
use crate::domain::change_words::held as binding_words;
use crate::domain::count::{counted, thousands};
use crate::domain::invitation::Invited;
use crate::domain::problem::Problem;
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;
use crate::domain::user::Membership;

impl Deed {
    /// Whether [`Self::done_words`] say how much of how much was done.
    pub fn says_of_how_many(&self) -> bool {
        matches!(self, Self::Restore(..) | Self::TakeBack(..)) && self.len() > 1
    }

    /// What it is done to, in words: `role Ops`.
    pub(super) fn object(&self) -> String {
        match self {
            Self::UpdateTenant { before, .. } => format!("tenant {}", before.id),
            Self::CreateRole(_, role) => format!("role {}", role.name),
            Self::UpdateRole { before, .. } => format!("role {}", before.name),
            Self::DeleteRole(_, role) => format!("role {}", role.name),
            Self::CreateGroup(_, group) => format!("group {}", group.name),
            Self::UpdateGroup { before, .. } => format!("group {}", before.name),
            Self::DeleteGroup(_, group) => format!("group {}", group.name),
            Self::CreateAccount(_, kind, profile) => format!("{} {}", kind.word(), profile.username),
            Self::DeleteAccount(_, user) => format!("{} {}", user.kind.word(), user.username),
            Self::SetSuperadmin(user, _) | Self::SetPassword(_, user, _) => user.username.clone(),
            Self::CreateToken(_, owner, token) => format!("token {} of {}", token.name, owner.username),
            Self::DeleteToken(_, owner, token) => format!("token {} of {}", token.name, owner.username),
            Self::Invite(_, invitation) => format!("invitation of {}", invitation.email),
            Self::DeleteInvitation(_, invitation) => format!("invitation of {}", invitation.email),
            Self::EnsureAdmin(_, username) => username.clone(),
            Self::TakeAdmin(given, _) => given
                .first()
                .map_or_else(String::new, |(_, by)| by.username().to_owned()),
            Self::Bring(bringing) => bringing.file.clone(),
            Self::DeleteTenants(ids) => match ids.as_slice() {
                [id] => format!("tenant {id}"),
                _ => counted(ids.len() as u64, "tenant"),
            },
            Self::Grant(..) | Self::Revoke(..) => counted(self.len() as u64, "role"),
            Self::Restore(..) | Self::TakeBack(..) => counted(self.len() as u64, "role or place in a group"),
            Self::SetMembership { .. } | Self::GiveAccess(..) | Self::TakeAccess(..) => self
                .items()
                .first()
                .filter(|_| self.len() == 1)
                .cloned()
                .unwrap_or_else(|| people(self.len())),
        }
    }

    /// What is about to be done, in words: `Delete role Ops`.
    pub fn words(&self, release: Release) -> String {
        let (object, one) = (self.object(), self.len() == 1);
        let item = || self.items().into_iter().next().unwrap_or_default();
        match self {
            Self::CreateRole(..) | Self::CreateGroup(..) | Self::CreateAccount(..) => format!("Create {object}"),
            Self::UpdateTenant { .. } | Self::UpdateRole { .. } | Self::UpdateGroup { .. } => {
                format!("Change {object}")
            }
            Self::DeleteTenants(_) | Self::DeleteRole(..) | Self::DeleteGroup(..) | Self::DeleteAccount(..) => {
                format!("Delete {object}")
            }
            Self::Grant(..) if one => format!("Give {}", item()),
            Self::Grant(..) => format!("Give {object}"),
            Self::EnsureAdmin(scopes, _) => format!("Make {object} Admin of {}", tenants(scopes, scopes.len())),
            Self::TakeAdmin(given, _) => match given.as_slice() {
                [(scope, AdminBy::LetIn(_))] => format!("Take the access of {object} to tenant {scope}"),
                [(scope, AdminBy::Binding(_))] => format!("Make {object} Admin of tenant {scope} no more"),
                _ => format!(
                    "Make {object} Admin of {} no more",
                    counted(given.len() as u64, "tenant")
                ),
            },
            Self::Restore(..) => format!("Give back {}", if one { item() } else { "what was lost".to_owned() }),
            Self::Revoke(_, bindings) => match bindings.as_slice() {
                [
                    Binding {
                        role_name,
                        subject_name,
                        namespace,
                        ..
                    },
                ] => format!(
                    "Take away {}",
                    binding_words(role_name, "from", subject_name, namespace.as_deref())
                ),
                _ => format!("Take away {object}"),
            },
            Self::TakeBack(..) if one => format!("Take away {}", item()),
            Self::TakeBack(..) => "Take away what was given back".to_owned(),
            Self::SetMembership { group, wanted, .. } => match wanted {
                Some(Membership::Owner) => format!("Make {object} owner of group {}", group.name),
                Some(Membership::Member) => format!("Make {object} member of group {}", group.name),
                None => format!("Take {object} out of group {}", group.name),
            },
            Self::SetSuperadmin(_, true) => format!("Make {object} {}", release.a_superadmin()),
            Self::SetSuperadmin(_, false) => format!("Make {object} no {} any more", release.superadmin_word()),
            Self::SetPassword(..) => format!("Set the password of {object}"),
            Self::GiveAccess(scope, _) => format!("Let {object} into tenant {scope}"),
            Self::TakeAccess(scope, _) => format!("Take the access of {object} to tenant {scope}"),
            Self::CreateToken(..) => format!("Make {object}"),
            Self::DeleteToken(..) => format!("End {object}"),
            Self::Invite(_, invitation) => format!("Invite {}", invitation.email),
            Self::DeleteInvitation(..) => format!("Withdraw the {object}"),
            Self::Bring(bringing) => format!("{} {object}", bringing.reach.verb()),
        }
    }

    /// What was done, in words: `Role Ops deleted`. Counts only what came out well.
    pub fn done_words(&self, results: &[Result<Made, Problem>], release: Release) -> String {
        let done = results.iter().filter(|result| result.is_ok()).count();
        let object = capital(&self.object());
        let one = self.len() == 1;
        let item = || capital(&self.items().into_iter().next().unwrap_or_default());
        let who = if one { object.clone() } else { people(done) };
        let gone = results.iter().flatten().filter(|made| **made == Made::Already).count();
        let already = done > 0 && gone == done;
        match self {
            Self::CreateRole(scope, _) => format!("{object} created in tenant {scope}"),
            Self::CreateGroup(..) | Self::CreateAccount(..) => format!("{object} created"),
            Self::UpdateTenant { .. } | Self::UpdateRole { .. } | Self::UpdateGroup { .. } => {
                format!("{object} changed")
            }
            Self::DeleteTenants(_) if already => format!("{object} was deleted by somebody else already"),
            Self::DeleteTenants(_) if !one => {
                let words = format!("{} deleted", counted((done - gone) as u64, "tenant"));
                match gone {
                    0 => words,
                    gone => format!("{words}, {} gone already", thousands(gone as u64)),
                }
            }
            Self::DeleteTenants(_) | Self::DeleteRole(..) | Self::DeleteGroup(..) | Self::DeleteAccount(..) => {
                format!("{object} deleted")
            }
            Self::Grant(..) if one => format!("{} given", item()),
            Self::Grant(..) => format!("{} given", capital(&counted(done as u64, "role"))),
            Self::EnsureAdmin(scopes, _) if already => {
                format!("{object} was Admin of {} already", tenants(scopes, done))
            }
            Self::EnsureAdmin(scopes, _) => {
                let words = format!("{object} is Admin of {} now", tenants(scopes, done));
                match gone {
                    0 => words,
                    gone => format!("{words}, of {} already", thousands(gone as u64)),
                }
            }
            Self::TakeAdmin(given, _) => match given.as_slice() {
                [(scope, AdminBy::LetIn(_))] => {
                    format!("Access of {} to tenant {scope} taken away", self.object())
                }
                [(scope, AdminBy::Binding(_))] => format!("{object} is Admin of tenant {scope} no more"),
                _ => format!("{object} is Admin of {} no more", counted(done as u64, "tenant")),
            },
            Self::Restore(..) if one => format!("{} given back", item()),
            Self::Restore(..) => format!(
                "{} of {} given back",
                thousands(done as u64),
                thousands(self.len() as u64)
            ),
            Self::Revoke(..) if already && one => format!("{} was gone already", item()),
            Self::Revoke(..) if already => format!("{} were gone already", counted(done as u64, "role")),
            Self::Revoke(..) | Self::TakeBack(..) if one => format!("{} taken away", item()),
            Self::TakeBack(..) => format!(
                "{} of {} taken away",
                thousands(done as u64),
                thousands(self.len() as u64)
            ),
            Self::Revoke(..) => {
                let words = format!("{} taken away", counted((done - gone) as u64, "role"));
                match gone {
                    0 => words,
                    gone => format!("{words}, {} gone already", thousands(gone as u64)),
                }
            }
            Self::SetMembership { group, wanted, .. } => match wanted {
                Some(Membership::Owner) => format!("{who} now owner of group {}", group.name),
                Some(Membership::Member) => format!("{who} now in group {}", group.name),
                None => format!("{who} taken out of group {}", group.name),
            },
            Self::SetSuperadmin(_, true) => format!("{object} is now {}", release.a_superadmin()),
            Self::SetSuperadmin(_, false) => format!("{object} is no {} any more", release.superadmin_word()),
            Self::SetPassword(..) => format!("Password of {} set", self.object()),
            Self::GiveAccess(scope, _) if already => format!("{who} had access to tenant {scope} already"),
            Self::GiveAccess(scope, _) if gone > 0 => {
                let were = if gone == 1 { "was" } else { "were" };
                let (who, gone) = (people(done - gone), thousands(gone as u64));
                format!("{who} let into tenant {scope}, {gone} {were} in already")
            }
            Self::GiveAccess(scope, _) => format!("{who} let into tenant {scope}"),
            Self::TakeAccess(scope, _) => format!(
                "Access of {} to tenant {scope} taken away",
                if one { self.object() } else { people(done) }
            ),
            Self::CreateToken(..) => format!("{object} made"),
            Self::DeleteToken(..) => format!("{object} ended"),
            Self::Invite(_, invitation) => match results {
                [Ok(Made::Invited(invited))] if **invited == Invited::Granted => {
                    format!("{} is a user already, and was let in at once", invitation.email)
                }
                _ => format!("{} invited", invitation.email),
            },
            Self::DeleteInvitation(..) => format!("{object} withdrawn"),
            Self::Bring(_) => format!(
                "{}: {} of {} done",
                self.object(),
                thousands(done as u64),
                thousands(results.len() as u64)
            ),
        }
    }
}

/// `tenant acme`, or how many.
fn tenants(scopes: &[TenantScope], number: usize) -> String {
    match scopes {
        [scope] => format!("tenant {scope}"),
        _ => counted(number as u64, "tenant"),
    }
}

/// Words for each of many, with its id where another one would be called the same.
pub(super) fn told_apart<'i>(items: impl Iterator<Item = (String, &'i str)>) -> Vec<String> {
    let items: Vec<(String, &str)> = items.collect();
    let is_shared = |words: &str, id: &str| items.iter().any(|(other, its)| other == words && *its != id);
    items
        .iter()
        .map(|(words, id)| {
            let id = if is_shared(words, id) {
                format!(" ({id})")
            } else {
                String::new()
            };
            format!("{words}{id}")
        })
        .collect()
}

/// `role Viewer of anna in company.team`.
pub(super) fn held(role: &str, subject: &str, namespace: Option<&str>) -> String {
    binding_words(role, "of", subject, namespace)
}

fn people(number: usize) -> String {
    if number == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", thousands(number as u64))
    }
}

fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    // A login name or a namespace keeps its letters.
    if !matches!(
        first,
        "tenant" | "role" | "group" | "user" | "service" | "token" | "invitation"
    ) {
        return text.to_owned();
    }
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
