//! The warnings, one function for each topic.

use std::collections::BTreeSet;

use super::super::access::TenantAccess;
use super::super::count::{counted, listed, thousands};
use super::super::effective_access::admin_users;
use super::super::release::Release;
use super::super::user::{Membership, User, UserKind};
use super::{PersonLoss, Removal, Severity, Topic, Warning};
use crate::domain::sorting;

/// What the warnings are made from.
pub(super) struct Told<'a> {
    pub(super) before: &'a TenantAccess,
    pub(super) after: &'a TenantAccess,
    pub(super) removals: &'a [Removal],
    pub(super) me: Option<&'a str>,
    pub(super) release: Release,
    pub(super) people: &'a [PersonLoss],
}

fn usernames<'u>(users: impl IntoIterator<Item = &'u User>) -> Vec<String> {
    let mut names: Vec<String> = users.into_iter().map(|user| user.username.clone()).collect();
    names.sort_unstable();
    names
}

/// How many: `1 person`, `4 people and 1 service account`.
fn counted_people<'u>(users: impl IntoIterator<Item = &'u User>) -> String {
    let (programs, people): (Vec<&User>, Vec<&User>) = users
        .into_iter()
        .partition(|user| user.kind == UserKind::ServiceAccount);
    let people = match people.len() {
        0 => None,
        1 => Some("1 person".to_owned()),
        more => Some(format!("{} people", thousands(more as u64))),
    };
    let programs = (!programs.is_empty()).then(|| counted(programs.len() as u64, UserKind::ServiceAccount.word()));
    people.into_iter().chain(programs).collect::<Vec<_>>().join(" and ")
}

impl Told<'_> {
    fn user(&self, id: &str) -> Option<&User> {
        self.before.users.iter().find(|user| user.id == id)
    }

    fn me(&self) -> Option<&User> {
        self.me.and_then(|id| self.user(id))
    }

    /// The users whom a removal takes out of the tenant altogether.
    fn leaving(&self) -> BTreeSet<&str> {
        let kept: BTreeSet<&str> = self.after.users.iter().map(|user| user.id.as_str()).collect();
        let before = self.before.users.iter().map(|user| user.id.as_str());
        before.filter(|id| !kept.contains(id)).collect()
    }

    pub(super) fn last_admin(&self) -> Option<Warning> {
        let was = admin_users(self.before);
        if was.is_empty() || !admin_users(self.after).is_empty() {
            return None;
        }
        let names = usernames(&was);
        let be = if names.len() == 1 { "is" } else { "are" };
        Some(Warning {
            severity: Severity::Danger,
            topic: Topic::LastAdmin,
            sentence: format!(
                "Nobody would be Admin of this tenant any more; now {} {be}.",
                listed(&names)
            ),
            names,
        })
    }

    pub(super) fn own_admin(&self) -> Option<Warning> {
        let (me, is) = (self.me()?, admin_users(self.after));
        if !is_among(&admin_users(self.before), me) || is_among(&is, me) {
            return None;
        }
        let stays_superadmin = self.after.users.iter().any(|user| user.id == me.id && user.superadmin);
        let (severity, more) = match usernames(&is) {
            _ if stays_superadmin => (
                Severity::Warning,
                format!("; as {} you can take it back", self.release.a_superadmin()),
            ),
            others if others.is_empty() => (Severity::Danger, String::new()),
            others => (Severity::Danger, format!("; {} could give it back", listed(&others))),
        };
        Some(Warning {
            severity,
            topic: Topic::OwnAdmin,
            sentence: format!("You would not be Admin of this tenant any more{more}."),
            names: vec![me.username.clone()],
        })
    }

    pub(super) fn own_superadmin(&self) -> Option<Warning> {
        let me = self
            .me
            .filter(|id| self.removals.iter().any(|removal| takes_superadmin(removal, id)))?;
        let user = self.user(me);
        if user.is_some_and(|user| !user.superadmin) {
            return None;
        }
        let word = self.release.superadmin_word();
        Some(Warning {
            severity: Severity::Danger,
            topic: Topic::OwnSuperadmin,
            sentence: format!("You would be no {word} any more, and only another {word} could change that."),
            names: user.map(|user| user.username.clone()).into_iter().collect(),
        })
    }

    pub(super) fn own_access(&self) -> Option<Warning> {
        let me = self.me()?;
        let leaves = self.leaving().contains(me.id.as_str());
        let loses_all = || {
            self.people
                .iter()
                .any(|person| person.user.id == me.id && !person.keeps_some)
        };
        let sentence = if leaves {
            "You would have no access to this tenant any more."
        } else if loses_all() {
            "No role would let you do anything in this tenant any more."
        } else {
            return None;
        };
        Some(Warning {
            severity: Severity::Danger,
            topic: Topic::OwnAccess,
            sentence: sentence.to_owned(),
            names: vec![me.username.clone()],
        })
    }

    pub(super) fn only_access(&self) -> Option<Warning> {
        let lost: Vec<&User> = self
            .people
            .iter()
            .filter(|person| !person.keeps_some)
            .map(|person| &person.user)
            // That nothing is left to an account that is deleted needs no telling.
            .filter(|user| !self.removals.contains(&Removal::User(user.id.clone())))
            .collect();
        let number = counted_people(lost.iter().copied());
        let names = usernames(lost);
        (!names.is_empty()).then(|| Warning {
            severity: Severity::Warning,
            topic: Topic::OnlyAccess,
            sentence: format!(
                "{number} would lose all they may do in this tenant: {}.",
                listed(&names)
            ),
            names,
        })
    }

    pub(super) fn rights(&self) -> Option<Warning> {
        let some = || self.people.iter().filter(|person| person.keeps_some);
        let users = || some().map(|person| &person.user);
        let names = usernames(users());
        let rights = sorting::set(some().flat_map(|person| &person.rights));
        (!names.is_empty()).then(|| Warning {
            severity: Severity::Notice,
            topic: Topic::Rights,
            sentence: format!(
                "{} would lose some of what they may do, {} in all: {}.",
                counted_people(users()),
                counted(rights.len() as u64, "right"),
                listed(&names)
            ),
            names,
        })
    }

    pub(super) fn default_role(&self) -> Option<Warning> {
        let default = |access: &TenantAccess| access.roles.iter().find(|role| role.is_default).cloned();
        let role = default(self.before)?;
        let another = self.removals.iter().find_map(|removal| match removal {
            Removal::AnotherDefault(name) => Some(name),
            _ => None,
        });
        if let Some(another) = another {
            return Some(Warning {
                severity: Severity::Notice,
                topic: Topic::DefaultRole,
                sentence: format!(
                    "New users of this tenant would be given `{another}`, and `{}` no longer.",
                    role.name
                ),
                names: vec![role.name],
            });
        }
        default(self.after).is_none().then(|| Warning {
            severity: Severity::Warning,
            topic: Topic::DefaultRole,
            sentence: format!(
                "New users of this tenant would be given no role; now they are given `{}`.",
                role.name
            ),
            names: vec![role.name],
        })
    }

    pub(super) fn group_owners(&self) -> Option<Warning> {
        let is_managed = |access: &TenantAccess, id: &str| {
            let mut groups = access.groups.iter().filter(|group| group.id == id);
            groups.any(|group| {
                group
                    .members
                    .iter()
                    .any(|member| member.membership == Membership::Owner)
            })
        };
        let left = self.after.groups.iter();
        let mut names: Vec<String> = left
            .filter(|group| is_managed(self.before, &group.id) && !is_managed(self.after, &group.id))
            .map(|group| group.name.clone())
            .collect();
        names.sort_unstable();
        (!names.is_empty()).then(|| Warning {
            severity: Severity::Notice,
            topic: Topic::GroupOwners,
            sentence: format!("{} would have no owner any more.", listed(&names)),
            names,
        })
    }

    pub(super) fn superadmins(&self) -> Option<Warning> {
        let taken = self.before.users.iter().filter(|user| {
            let mut removals = self.removals.iter();
            user.superadmin && removals.any(|removal| takes_superadmin(removal, &user.id))
        });
        let names = usernames(taken);
        (!names.is_empty()).then(|| Warning {
            severity: Severity::Warning,
            topic: Topic::Superadmin,
            sentence: format!(
                "{} would be no {} any more, on the whole instance.",
                listed(&names),
                self.release.superadmin_word()
            ),
            names,
        })
    }

    /// From 0.24 to 1.3 whoever leaves their last group loses their access to the tenant. Source: Kestra's Terraform
    /// provider, which reads access after it changed groups.
    pub(super) fn last_group(&self) -> Option<Warning> {
        if !self.release.at_least(0, 24) || self.release.at_least(2, 0) {
            return None;
        }
        let is_in_a_group = |access: &TenantAccess, id: &str| {
            let mut members = access.groups.iter().flat_map(|group| &group.members);
            members.any(|member| member.user_id == id)
        };
        let staying = self.after.users.iter();
        let names = usernames(
            staying.filter(|user| is_in_a_group(self.before, &user.id) && !is_in_a_group(self.after, &user.id)),
        );
        (!names.is_empty()).then(|| Warning {
            severity: Severity::Warning,
            topic: Topic::LastGroup,
            sentence: format!(
                "{} would leave their last group, for which Kestra {} may take their access to the tenant as well.",
                listed(&names),
                self.release
            ),
            names,
        })
    }

    pub(super) fn other_tenants(&self) -> Option<Warning> {
        let deleted = self.removals.iter().filter_map(|removal| match removal {
            Removal::User(id) => self.user(id),
            _ => None,
        });
        let names = usernames(deleted);
        (!names.is_empty()).then(|| Warning {
            severity: Severity::Warning,
            topic: Topic::OtherTenants,
            sentence: format!("{} would be gone from every other tenant as well.", listed(&names)),
            names,
        })
    }
}

fn is_among(users: &[User], user: &User) -> bool {
    users.iter().any(|other| other.id == user.id)
}

/// Whether a removal makes a superadmin none.
fn takes_superadmin(removal: &Removal, user: &str) -> bool {
    matches!(removal, Removal::Superadmin(id) | Removal::User(id) if id == user)
}
