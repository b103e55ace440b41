//! The relations of a tenant, arranged for looking up: who is in which group, which bindings name whom.

use std::collections::HashMap;

use super::super::access::TenantAccess;
use super::super::binding::{Binding, SubjectKind};
use super::super::user::{Group, User};

/// Borrowed from the access of a tenant.
#[derive(Debug)]
pub(super) struct Relations<'a> {
    pub(super) access: &'a TenantAccess,
    pub(super) users: HashMap<&'a str, &'a User>,
    pub(super) groups: HashMap<&'a str, &'a Group>,
    /// Groups each user is in.
    groups_of: HashMap<&'a str, Vec<&'a Group>>,
    bindings_of_users: HashMap<&'a str, Vec<&'a Binding>>,
    bindings_of_groups: HashMap<&'a str, Vec<&'a Binding>>,
}

impl<'a> Relations<'a> {
    pub(super) fn new(access: &'a TenantAccess) -> Self {
        let mut groups_of: HashMap<&str, Vec<&Group>> = HashMap::new();
        for group in &access.groups {
            for member in &group.members {
                groups_of.entry(member.user_id.as_str()).or_default().push(group);
            }
        }
        let mut bindings_of_users: HashMap<&str, Vec<&Binding>> = HashMap::new();
        let mut bindings_of_groups: HashMap<&str, Vec<&Binding>> = HashMap::new();
        for binding in &access.bindings {
            let of_kind = match binding.subject_kind {
                SubjectKind::User => &mut bindings_of_users,
                SubjectKind::Group => &mut bindings_of_groups,
            };
            of_kind.entry(binding.subject_id.as_str()).or_default().push(binding);
        }
        Self {
            access,
            users: access.users.iter().map(|user| (user.id.as_str(), user)).collect(),
            groups: access.groups.iter().map(|group| (group.id.as_str(), group)).collect(),
            groups_of,
            bindings_of_users,
            bindings_of_groups,
        }
    }

    /// The groups somebody is in, in the order of the tenant.
    pub(super) fn groups_of(&self, user: &str) -> impl Iterator<Item = &'a Group> {
        self.groups_of.get(user).into_iter().flatten().copied()
    }

    fn bindings(&self, kind: SubjectKind, id: &str) -> impl Iterator<Item = &'a Binding> {
        let of_kind = match kind {
            SubjectKind::User => &self.bindings_of_users,
            SubjectKind::Group => &self.bindings_of_groups,
        };
        of_kind.get(id).into_iter().flatten().copied()
    }

    /// Each binding that names a user or a group of theirs, direct ones first, with the group it comes by.
    pub(super) fn reaching(&self, user: &str) -> Vec<(&'a Binding, Option<&'a Group>)> {
        let direct = self.bindings(SubjectKind::User, user).map(|binding| (binding, None));
        let by_group = self.groups_of(user).flat_map(|group| {
            self.bindings(SubjectKind::Group, &group.id)
                .map(move |binding| (binding, Some(group)))
        });
        direct.chain(by_group).collect()
    }
}
