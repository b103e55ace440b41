//! A snapshot: tenants with who may do what in them, as one document to keep, compare and carry elsewhere.
//!
//! It holds no password, no token and no secret of a tenant. Ids are those of the instance it was taken from; whoever
//! carries it elsewhere goes by names. How two of them differ is in [`difference`].

pub mod difference;

use serde::{Deserialize, Serialize};

use super::access::TenantAccess;
use super::account::Account;
use super::binding::{Binding, SubjectKind};
use super::count::counted;
use super::permission::Permissions;
use super::release::Release;
use super::role::Role;
use super::tenant::{Tenant, TenantScope};
use super::user::{Group, User, UserKind, is_same_username};
use crate::domain::sorting;

/// The version of the document that this program writes and reads.
pub const VERSION: u32 = 1;
/// The field that says that a document is a snapshot, and of which version.
pub const MARK: &str = "kestra-admin-snapshot";

/// Tenants of an instance, and the people in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The version of the document.
    #[serde(rename = "kestra-admin-snapshot")]
    pub version: u32,
    /// The release of the instance, which decides what permissions mean.
    pub release: Release,
    /// When it was taken, as RFC 3339 writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
    /// Secrets that were left out, by tenant and field.
    #[serde(default)]
    pub redacted: Vec<String>,
    /// The tenants, the default tenant first.
    pub tenants: Vec<TenantPart>,
    /// Users and service accounts with anything in these tenants, or of the whole instance.
    pub users: Vec<Person>,
}

impl Snapshot {
    /// Keeps one tenant of several, if it has that one, to compare it alone.
    pub fn narrow(&mut self, scope: &TenantScope) {
        if self.part(scope).is_none() {
            return;
        }
        self.tenants.retain(|part| part.scope() == *scope);
        let named: Vec<String> = self
            .tenants
            .iter()
            .flat_map(TenantPart::people)
            .map(str::to_owned)
            .collect();
        self.users.retain(|person| named.contains(&person.user.id));
    }

    /// How much it holds, in words: `3 tenants and 12 accounts`.
    pub fn counts(&self) -> String {
        format!(
            "{} and {}",
            counted(self.tenants.len() as u64, "tenant"),
            counted(self.users.len() as u64, "account")
        )
    }
}

/// One tenant with its roles, groups and bindings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantPart {
    /// The tenant; null is the default tenant, which has no fields.
    pub tenant: Option<Tenant>,
    /// Its roles. Those that Kestra ships are without their permissions.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Its groups, with members and owners.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Who holds which role in it.
    #[serde(default)]
    pub bindings: Vec<Binding>,
    /// Ids of the users who have access to it.
    #[serde(default)]
    pub access: Vec<String>,
}

/// A user or service account, without password and tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// What lists have of it.
    #[serde(flatten)]
    pub user: User,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// What a service account is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        Self {
            user: account.as_user(),
            first_name: account.first_name,
            last_name: account.last_name,
            description: account.description,
        }
    }
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self {
            user,
            first_name: None,
            last_name: None,
            description: None,
        }
    }
}

impl TenantPart {
    /// A tenant and who may do what in it, in an order that does not depend on ids.
    pub fn new(tenant: Option<Tenant>, access: TenantAccess) -> Self {
        let TenantAccess {
            mut roles,
            mut bindings,
            mut groups,
            users,
        } = access;
        for role in roles.iter_mut().filter(|role| role.is_managed) {
            role.permissions = Permissions::default();
        }
        sorting::by(&mut roles, |a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        for group in &mut groups {
            let members = &mut group.members;
            sorting::by(members, |a, b| {
                (&a.username, &a.user_id).cmp(&(&b.username, &b.user_id))
            });
        }
        sorting::by(&mut groups, |a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        sorting::by(&mut bindings, |a, b| order(a).cmp(&order(b)));
        let mut users: Vec<User> = users;
        sorting::by(&mut users, |a, b| (&a.username, &a.id).cmp(&(&b.username, &b.id)));
        Self {
            tenant,
            roles,
            groups,
            bindings,
            access: users.into_iter().map(|user| user.id).collect(),
        }
    }

    /// Which tenant it is.
    pub fn scope(&self) -> TenantScope {
        match &self.tenant {
            Some(tenant) => TenantScope::Named(tenant.id.clone()),
            None => TenantScope::Default,
        }
    }

    /// The roles that somebody here made.
    pub fn own_roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.iter().filter(|role| !role.is_managed)
    }

    /// Ids of everybody that it speaks of.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        let members = self.groups.iter().flat_map(|group| &group.members);
        let bound = self.bindings.iter();
        let bound = bound.filter(|binding| binding.subject_kind == SubjectKind::User);
        (self.access.iter().map(String::as_str))
            .chain(members.map(|member| member.user_id.as_str()))
            .chain(bound.map(|binding| binding.subject_id.as_str()))
    }
}

fn order(binding: &Binding) -> (SubjectKind, &str, &str, Option<&str>, &str) {
    (
        binding.subject_kind,
        &binding.subject_name,
        &binding.role_name,
        binding.namespace.as_deref(),
        &binding.id,
    )
}

/// Why one of several is not chosen by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMatch {
    /// None is called so.
    Missing,
    /// Several are.
    Several,
}

/// The only one of these that fits.
///
/// # Errors
/// If none or several do.
pub fn only<T>(things: impl IntoIterator<Item = T>, fits: impl Fn(&T) -> bool) -> Result<T, NoMatch> {
    let mut found = things.into_iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(NoMatch::Several),
        (None, _) => Err(NoMatch::Missing),
    }
}

impl Snapshot {
    /// The account of this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.users.iter().find(|person| person.user.id == id)
    }

    /// The account that is called so.
    ///
    /// # Errors
    /// If none or several are: names of service accounts repeat.
    pub fn named(&self, kind: UserKind, username: &str) -> Result<&Person, NoMatch> {
        only(&self.users, |person| {
            person.user.kind == kind && is_same_username(&person.user.username, username)
        })
    }

    /// The part about a tenant.
    pub fn part(&self, scope: &TenantScope) -> Option<&TenantPart> {
        self.tenants.iter().find(|part| part.scope() == *scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_several_have_means_none_of_them() {
        assert_eq!(only([1, 2, 3], |number| *number == 2), Ok(2));
        assert_eq!(only([1, 2, 2], |number| *number == 2), Err(NoMatch::Several));
        assert_eq!(only([1, 2], |number| *number == 3), Err(NoMatch::Missing));
    }
}
