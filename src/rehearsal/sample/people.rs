//! People: first and last names, and the login name that follows from them.

use std::collections::HashSet;

use super::words::{FIRST_NAMES, LAST_NAMES, pick, shown, spelled};
use crate::domain::release::Release;
use crate::domain::tenant_id::TenantId;

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// Login name.
    pub username: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
}

/// Everybody so far, so that no login name comes twice.
#[derive(Default)]
pub(super) struct People {
    number: usize,
    taken: HashSet<String>,
}

impl People {
    /// The next person, with an e-mail address at `domain` where the release wants one.
    pub(super) fn next(&mut self, domain: &str, release: Release) -> Person {
        let at = self.number;
        self.number += 1;
        // The lists have no common divisor, so that it takes 1,763 people until a name comes again.
        let first = pick(FIRST_NAMES, at).unwrap_or_default();
        let last = pick(LAST_NAMES, at).unwrap_or_default();
        let plain = TenantId::propose(&format!("{} {}", spelled(first), spelled(last))).replace('-', ".");
        let named = |name: &str| {
            if release.usernames_are_emails() {
                format!("{name}@{domain}")
            } else {
                name.to_owned()
            }
        };
        let mut username = named(&plain);
        let mut nth = 1;
        while !self.taken.insert(username.clone()) {
            nth += 1;
            username = named(&format!("{plain}{nth}"));
        }
        Person {
            username,
            first_name: shown(first).to_owned(),
            last_name: shown(last).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_login_name_of_plain_letters_and_no_two_the_same() {
        let mut people = People::default();
        let all: Vec<Person> = (0..4000)
            .map(|_| people.next("nordwind.example", Release::new(1, 3)))
            .collect();
        let names: HashSet<&str> = all.iter().map(|person| person.username.as_str()).collect();
        assert_eq!(names.len(), all.len());
        assert!(all.iter().all(|person| person.username.is_ascii()));
        assert_eq!(all[3].username, "kenta.tanaka@nordwind.example");
        assert_eq!(all[3].last_name, "田中");
        // None of them lost a letter of the name.
        for person in all.iter().filter(|person| person.first_name.is_ascii()) {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
            let login = person.username.split_once('@').map_or("", |(login, _)| login);
            let wanted = letters(&person.first_name) + letters(&person.last_name);
            assert!(
                person.last_name.starts_with('田') || letters(login) >= wanted,
                "{person:?}"
            );
        }
        for login in ["lukasz.", ".dvorak", "ayse.", ".yilmaz", ".wisniewska"] {
            assert!(all.iter().any(|person| person.username.contains(login)), "{login}");
        }
        let old = People::default().next("nordwind.example", Release::new(0, 19));
        assert_eq!(old.username, "anna.lindqvist");
    }
}
