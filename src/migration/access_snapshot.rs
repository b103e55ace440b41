//! Who holds what in the default tenant at one moment, and what changed between two moments.
//!
//! The proof that nobody lost anything: taken before multi-tenancy is enabled and compared after access was
//! synchronised. It goes by what people see, names of roles and namespaces, for ids may be given anew.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::access::TenantAccess;
use crate::domain::count::{counted, thousands};
use crate::domain::effective_access;
use crate::domain::sorting;

/// A role somebody holds, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// Name of the role.
    pub role: String,
    /// The namespace it is narrowed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The group it comes through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl Held {
    /// As it is said: `Viewer in company.etl through data`.
    pub fn words(&self) -> String {
        let mut words = self.role.clone();
        if let Some(namespace) = &self.namespace {
            words.push_str(" in ");
            words.push_str(namespace);
        }
        if let Some(group) = &self.group {
            words.push_str(" through ");
            words.push_str(group);
        }
        words
    }
}

/// Who holds what in a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessSnapshot {
    /// By username, what they hold. Users who hold nothing are not in it.
    pub holders: BTreeMap<String, BTreeSet<Held>>,
    /// By name of the role, what it allows, as `RESOURCE:ACTION`.
    pub roles: BTreeMap<String, BTreeSet<String>>,
    /// By group, its members.
    pub groups: BTreeMap<String, BTreeSet<String>>,
}

impl AccessSnapshot {
    /// What a backend says about a tenant.
    pub fn of(access: &TenantAccess) -> Self {
        let held = effective_access::roles_of_each(access, &access.users);
        let mut holders = BTreeMap::new();
        for (user, roles) in access.users.iter().zip(held) {
            let roles = sorting::set(roles.into_iter().map(|held| Held {
                role: held.role_name,
                namespace: held.namespace,
                group: held.via_group.map(|group| group.name),
            }));
            if !roles.is_empty() {
                holders.insert(user.username.clone(), roles);
            }
        }
        let roles = access.roles.iter().map(|role| {
            let allowed = role
                .permissions
                .iter()
                .flat_map(|(resource, actions)| actions.iter().map(move |action| format!("{resource}:{action}")));
            (role.name.clone(), sorting::set(allowed))
        });
        let groups = access.groups.iter().map(|group| {
            let members = group.members.iter().map(|member| member.username.clone());
            (group.name.clone(), sorting::set(members))
        });
        let (roles, groups) = (sorting::map(roles), sorting::map(groups));
        Self { holders, roles, groups }
    }

    /// Whether anybody holds anything.
    pub fn is_empty(&self) -> bool {
        self.holders.is_empty()
    }
}

/// Somebody whose access is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// Who.
    pub username: String,
    /// What they held and do not hold any more, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
    /// What they hold and did not hold, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gained: Vec<String>,
}

/// What changed between two moments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// How many people were compared.
    pub compared: usize,
    /// Those who hold less than before.
    pub lost: Vec<Changed>,
    /// Those who hold more than before, and nothing less.
    pub gained: Vec<Changed>,
    /// Roles that allow less than before, in words.
    pub weakened: Vec<String>,
}

impl Comparison {
    /// Whether nobody can do less than before.
    pub fn nobody_lost(&self) -> bool {
        self.lost.is_empty() && self.weakened.is_empty()
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        if self.nobody_lost() {
            let gained = match self.gained.len() {
                0 => String::new(),
                count => format!("; {} hold more", thousands(count as u64)),
            };
            return format!(
                "{} compared: everybody holds what they held{gained}",
                counted(self.compared as u64, "holder")
            );
        }
        let names: Vec<&str> = self
            .lost
            .iter()
            // That there is one more takes the place of the one.
            .take(if self.lost.len() == 4 { 4 } else { 3 })
            .map(|changed| changed.username.as_str())
            .collect();
        let more = self.lost.len().saturating_sub(names.len());
        let more = if more > 0 {
            format!(" and {} more", thousands(more as u64))
        } else {
            String::new()
        };
        match (names.is_empty(), self.weakened.first()) {
            (true, Some(role)) => format!("a role allows less than before: {role}"),
            _ => format!(
                "{} of {} lost access: {}{more}",
                thousands(self.lost.len() as u64),
                counted(self.compared as u64, "holder"),
                names.join(", ")
            ),
        }
    }
}

/// Compares two moments.
pub fn compare(before: &AccessSnapshot, after: &AccessSnapshot) -> Comparison {
    let nothing = BTreeSet::new();
    let names = sorting::set(before.holders.keys().chain(after.holders.keys()));
    let mut comparison = Comparison {
        compared: before.holders.len(),
        ..Comparison::default()
    };
    for name in names {
        let held = before.holders.get(name).unwrap_or(&nothing);
        let holds = after.holders.get(name).unwrap_or(&nothing);
        let changed = Changed {
            username: name.clone(),
            lost: held.difference(holds).map(Held::words).collect(),
            gained: holds.difference(held).map(Held::words).collect(),
        };
        if !changed.lost.is_empty() {
            comparison.lost.push(changed);
        } else if !changed.gained.is_empty() {
            comparison.gained.push(changed);
        }
    }
    for (role, allowed) in &before.roles {
        // A role that is gone shows in those who held it.
        let Some(now) = after.roles.get(role) else { continue };
        let missing: Vec<&str> = allowed.difference(now).map(String::as_str).collect();
        if !missing.is_empty() {
            comparison
                .weakened
                .push(format!("{role} without {}", missing.join(", ")));
        }
    }
    comparison
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(role: &str, namespace: Option<&str>) -> Held {
        Held {
            role: role.to_owned(),
            namespace: namespace.map(str::to_owned),
            group: None,
        }
    }

    fn snapshot(holders: &[(&str, &[Held])]) -> AccessSnapshot {
        AccessSnapshot {
            holders: holders
                .iter()
                .map(|(name, held)| ((*name).to_owned(), held.iter().cloned().collect()))
                .collect(),
            ..AccessSnapshot::default()
        }
    }

    #[test]
    fn who_holds_the_same_lost_nothing() {
        let before = snapshot(&[("ana", &[held("Admin", None)])]);
        let comparison = compare(&before, &before);
        assert!(comparison.nobody_lost());
        assert_eq!(comparison.words(), "1 holder compared: everybody holds what they held");
    }

    #[test]
    fn who_holds_less_is_named_with_what_is_missing() {
        let before = snapshot(&[
            ("ana", &[held("Admin", None)]),
            ("bob", &[held("Viewer", Some("company.etl")), held("Editor", None)]),
        ]);
        let after = snapshot(&[("bob", &[held("Editor", None)]), ("eve", &[held("Admin", None)])]);
        let comparison = compare(&before, &after);
        assert!(!comparison.nobody_lost());
        assert_eq!(comparison.words(), "2 of 2 holders lost access: ana, bob");
        assert_eq!(comparison.lost[1].lost, ["Viewer in company.etl"]);
        assert_eq!(comparison.gained[0].username, "eve");
    }

    #[test]
    fn a_role_that_allows_less_is_a_loss() {
        let with = |actions: &[&str]| AccessSnapshot {
            roles: BTreeMap::from([(
                "Ops".to_owned(),
                actions.iter().map(|action| (*action).to_owned()).collect(),
            )]),
            ..AccessSnapshot::default()
        };
        let comparison = compare(&with(&["FLOW:READ", "FLOW:UPDATE"]), &with(&["FLOW:READ"]));
        assert!(!comparison.nobody_lost());
        assert_eq!(
            comparison.words(),
            "a role allows less than before: Ops without FLOW:UPDATE"
        );
        assert!(compare(&with(&["FLOW:READ"]), &with(&["FLOW:READ", "FLOW:UPDATE"])).nobody_lost());
    }
}
