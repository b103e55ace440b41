//! Which keys run which command: the table's keys, then the operator's own rows over them.

use std::sync::Arc;

use super::command::{COMMANDS, Command, CommandId, Scope};
use super::input::{Key, parse_sequence, print_sequence};
use super::key_words::shown_by;
use crate::domain::sorting;

/// Where a sequence of keys leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// To a command.
    Command(CommandId),
    /// On: more keys can follow.
    Prefix,
    /// Nowhere.
    Nothing,
}

/// A sequence of keys that runs a command in a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) scope: Scope,
    pub(super) keys: Arc<[Key]>,
    pub(super) id: CommandId,
    /// Which of the operator's rows it comes from; `None` is the table.
    pub(super) row: Option<usize>,
}

/// The keymap in effect.
#[derive(Clone, Debug)]
pub struct Keymap {
    /// In the order of the commands.
    pub(super) bindings: Vec<Binding>,
    /// What is to be said at the start: which of the operator's rows are left out, and why.
    pub(super) left_out: Vec<String>,
}

impl Default for Keymap {
    fn default() -> Self {
        let count = COMMANDS.iter().map(|command| command.keys.len() * command.scopes.len());
        let mut bindings = Vec::with_capacity(count.sum());
        for command in COMMANDS {
            for keys in command.keys.iter().filter_map(|keys| parse_sequence(keys).ok()) {
                let keys: Arc<[Key]> = keys.into();
                bindings.extend(command.scopes.iter().map(|scope| Binding {
                    scope: *scope,
                    keys: Arc::clone(&keys),
                    id: command.id,
                    row: None,
                }));
            }
        }
        Self {
            bindings,
            left_out: Vec::new(),
        }
    }
}

impl Keymap {
    /// What is to be said at the start: which of the operator's rows are left out, and why.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Where a sequence leads in these scopes, innermost first.
    pub fn find(&self, scopes: &[Scope], sequence: &[Key]) -> Found {
        for scope in scopes {
            let mut prefix = false;
            for binding in self.bindings.iter().filter(|binding| binding.scope == *scope) {
                if *binding.keys == *sequence {
                    return Found::Command(binding.id);
                }
                prefix |= binding.keys.starts_with(sequence);
            }
            if prefix {
                return Found::Prefix;
            }
        }
        Found::Nothing
    }

    /// The bindings of a command, found by halves: a frame asks for everything it offers.
    fn of(&self, id: CommandId) -> &[Binding] {
        let first = self.bindings.partition_point(|binding| binding.id < id);
        let rest = self.bindings.get(first..).unwrap_or_default();
        let count = rest.partition_point(|binding| binding.id == id);
        rest.get(..count).unwrap_or_default()
    }

    /// The key to show for a command in these scopes.
    pub fn key_of(&self, id: CommandId, scopes: &[Scope]) -> Option<String> {
        let inner = self.of(id).iter().filter_map(|binding| {
            let place = scopes.iter().position(|scope| *scope == binding.scope)?;
            Some((place, binding))
        });
        inner
            .min_by_key(|(place, _)| *place)
            .map(|(_, binding)| print_sequence(&binding.keys))
    }

    /// All keys of a command, each once, in the order they were given.
    pub fn keys_of(&self, id: CommandId) -> Vec<String> {
        self.keys_in(id, &Scope::ALL)
    }

    /// The same of those it has in these scopes.
    pub fn keys_in(&self, id: CommandId, scopes: &[Scope]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for binding in self.of(id).iter().filter(|binding| scopes.contains(&binding.scope)) {
            let text = print_sequence(&binding.keys);
            if !all.contains(&text) {
                all.push(text);
            }
        }
        all
    }

    /// Its scopes with the keys it has there, those together that have the same.
    pub fn keys_by_scope(&self, command: &Command) -> Vec<(Vec<Scope>, Vec<String>)> {
        let mut groups: Vec<(Vec<Scope>, Vec<String>)> = Vec::new();
        for scope in command.scopes {
            let keys = self.keys_in(command.id, &[*scope]);
            match groups.iter_mut().find(|(_, known)| *known == keys) {
                Some((scopes, _)) => scopes.push(*scope),
                None => groups.push((vec![*scope], keys)),
            }
        }
        groups
    }

    /// A text that names keys in angle brackets as the table has them, as it is shown: with the keys that do the same now. What
    /// a key means is looked for in these scopes first, innermost first.
    pub fn shown(&self, scopes: &[Scope], text: &str) -> String {
        shown_by(text, |there, keys| {
            self.now(there.as_ref().map_or(scopes, std::slice::from_ref), keys)
        })
    }

    /// The keys that do now what these do by the table; by its name where no key does.
    pub(super) fn now(&self, scopes: &[Scope], keys: &str) -> String {
        let means = |scope: &Scope| {
            let is_it = |command: &&Command| command.scopes.contains(scope) && command.keys.contains(&keys);
            COMMANDS.iter().find(is_it)
        };
        let mut around = scopes.iter().chain(&[Scope::Global, Scope::List]).chain(&Scope::ALL);
        let Some(command) = around.find_map(means) else {
            return keys.to_owned();
        };
        let is_it = |binding: &Binding| print_sequence(&binding.keys) == keys;
        if self.of(command.id).iter().any(is_it) {
            return keys.to_owned();
        }
        let here = self.key_of(command.id, scopes);
        let any = || self.key_of(command.id, command.scopes);
        here.or_else(any).unwrap_or_else(|| format!(":{}", command.name))
    }

    /// What can follow a sequence in these scopes: the keys still to press and the command they lead to, in the order of
    /// the table. What an inner scope means by the same keys hides what an outer one does.
    pub fn continuations(&self, scopes: &[Scope], sequence: &[Key]) -> Vec<(String, CommandId)> {
        let mut found: Vec<(String, CommandId)> = Vec::new();
        for scope in scopes {
            for binding in self.bindings.iter().filter(|binding| binding.scope == *scope) {
                let rest = binding.keys.strip_prefix(sequence).unwrap_or_default();
                let keys = print_sequence(rest);
                if !rest.is_empty() && found.iter().all(|(known, _)| *known != keys) {
                    found.push((keys, binding.id));
                }
            }
        }
        sorting::by_key(&mut found, |(_, id)| *id);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::Safety;
    use super::*;

    #[test]
    fn every_key_of_the_table_can_be_read() {
        let written: usize = COMMANDS
            .iter()
            .map(|command| command.keys.len() * command.scopes.len())
            .sum();
        assert_eq!(Keymap::default().bindings.len(), written);
    }

    #[test]
    fn commands_are_named_once_and_described() {
        for (place, command) in COMMANDS.iter().enumerate() {
            assert_eq!(command.id as usize, place, "{}", command.name);
            assert_eq!(
                COMMANDS.iter().filter(|other| other.name == command.name).count(),
                1,
                "{}",
                command.name
            );
            assert!(command.doc.ends_with('.') && !command.title.is_empty() && !command.scopes.is_empty());
        }
    }

    #[test]
    fn what_destroys_sits_on_no_movement_key_and_needs_shift() {
        let movements: Vec<&str> = COMMANDS
            .iter()
            .filter(|command| command.moves())
            .flat_map(|command| command.keys.iter().copied())
            .collect();
        for command in COMMANDS.iter().filter(|command| command.safety == Safety::Destroy) {
            for key in command.keys {
                assert!(!movements.contains(key), "{} on {key}", command.name);
                assert!(key.chars().all(char::is_uppercase), "{} on {key}", command.name);
            }
        }
    }
}
