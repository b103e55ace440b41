//! What people call the things that were read, by id, so that the record can name what a change has only ids of.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::access::TenantAccess;
use crate::domain::binding::Binding;
use crate::domain::change_words::binding_in_words;
use crate::domain::problem::Problem;
use crate::domain::role::Role;
use crate::domain::user::{Group, User};

/// The most names that are kept. When there are more it begins anew with what is read next; a tenant of that many people
/// would take some 10 MB.
const MOST: usize = 50_000;

/// Names by id.
#[derive(Default)]
pub struct Names(Mutex<HashMap<String, String>>);

impl Names {
    /// The name of an id.
    pub fn of(&self, id: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// A problem whose sentences name accounts, groups and roles as people do. What several have as their name goes by its
    /// id, and what comes next is left as it is: it may be a command.
    pub fn told(&self, problem: Problem) -> Problem {
        Problem {
            what: self.called(&problem.what),
            why: self.called(&problem.why),
            ..problem
        }
    }

    /// A text in which ids in backticks are names.
    fn called(&self, text: &str) -> String {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let words = text.split('`').enumerate().map(|(number, word)| {
            let name = names.get(word).filter(|_| number % 2 == 1);
            match name.filter(|name| names.values().filter(|other| other == name).count() == 1) {
                Some(name) => name.as_str(),
                None => word,
            }
        });
        words.collect::<Vec<_>>().join("`")
    }

    /// Keeps names.
    pub fn learn<'a>(&self, pairs: impl IntoIterator<Item = (&'a String, String)>) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, name) in pairs {
            if names.len() >= MOST && !names.contains_key(id) {
                names.clear();
            }
            names.insert(id.clone(), name);
        }
    }

    /// Those of accounts.
    pub fn users(&self, users: &[User]) {
        self.learn(users.iter().map(|user| (&user.id, user.username.clone())));
    }

    /// Those of roles.
    pub fn roles(&self, roles: &[Role]) {
        self.learn(roles.iter().map(|role| (&role.id, role.name.clone())));
    }

    /// Those of groups and their members.
    pub fn groups(&self, groups: &[Group]) {
        self.learn(groups.iter().map(|group| (&group.id, group.name.clone())));
        let members = groups.iter().flat_map(|group| &group.members);
        self.learn(members.map(|member| (&member.user_id, member.username.clone())));
    }

    /// Those of bindings: what they give to whom; and of their roles and subjects.
    pub fn bindings(&self, bindings: &[Binding]) {
        self.learn(bindings.iter().map(|binding| (&binding.id, binding_in_words(binding))));
        self.learn(
            bindings
                .iter()
                .map(|binding| (&binding.role_id, binding.role_name.clone())),
        );
        self.learn(
            bindings
                .iter()
                .map(|binding| (&binding.subject_id, binding.subject_name.clone())),
        );
    }

    /// All of a tenant.
    pub fn access(&self, access: &TenantAccess) {
        self.bindings(&access.bindings);
        self.groups(&access.groups);
        self.users(&access.users);
        self.roles(&access.roles);
    }
}
