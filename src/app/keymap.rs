//! Which keys run which command: the table's keys, then the operator's own rows over them.

use super::command::{COMMANDS, CommandId, Scope, command, named};
use super::input::{Key, parse_sequence, print_sequence};

/// A row of the operator's own keymap: `[[keys]]` in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Name of the command.
    pub command: String,
    /// The keys that shall run it, replacing its own; none takes its keys away.
    pub keys: Vec<String>,
    /// Only in this scope, by its word; everywhere the command belongs if `None`.
    pub scope: Option<String>,
}

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

/// The keymap in effect.
#[derive(Clone, Debug)]
pub struct Keymap {
    rows: Vec<(Scope, Vec<Key>, CommandId)>,
}

impl Default for Keymap {
    fn default() -> Self {
        let mut rows = Vec::new();
        for command in COMMANDS {
            for scope in command.scopes {
                rows.extend(
                    command
                        .keys
                        .iter()
                        .filter_map(|keys| parse_sequence(keys).ok())
                        .map(|keys| (*scope, keys, command.id)),
                );
            }
        }
        Self { rows }
    }
}

impl Keymap {
    /// The table's keymap with the operator's rows over it.
    ///
    /// # Errors
    /// A sentence that names the row and what is wrong with it: an unknown command or scope, a key that cannot be read,
    /// a destroying command on a movement key, or a key that would mean two things in one place.
    pub fn with(own: &[KeyRow]) -> Result<Self, String> {
        let mut keymap = Self::default();
        for row in own {
            keymap.apply(row)?;
        }
        keymap.check()?;
        Ok(keymap)
    }

    fn apply(&mut self, own: &KeyRow) -> Result<(), String> {
        let command = named(&own.command)
            .ok_or_else(|| format!("`{}` is not a command; `kestra-admin keys` lists them", own.command))?;
        let scopes: Vec<Scope> = match &own.scope {
            None => command.scopes.to_vec(),
            Some(word) => match command.scopes.iter().find(|scope| scope.word() == word) {
                Some(scope) => vec![*scope],
                None => {
                    let known: Vec<&str> = command.scopes.iter().map(|scope| scope.word()).collect();
                    return Err(format!(
                        "`{}` does not belong to scope `{word}` but to {}",
                        own.command,
                        known.join(", ")
                    ));
                }
            },
        };
        let mut sequences = Vec::new();
        for keys in &own.keys {
            sequences.push(parse_sequence(keys).map_err(|error| format!("keys of `{}`: {error}", own.command))?);
        }
        self.rows.retain(|(scope, keys, id)| {
            let replaced = *id == command.id && scopes.contains(scope);
            let taken = scopes.contains(scope) && sequences.contains(keys);
            !replaced && !taken
        });
        for scope in scopes {
            self.rows
                .extend(sequences.iter().map(|keys| (scope, keys.clone(), command.id)));
        }
        Ok(())
    }

    /// Finds a key that would mean two things in one place, or that begins a longer sequence in the same place.
    pub fn check(&self) -> Result<(), String> {
        for (index, (scope, keys, id)) in self.rows.iter().enumerate() {
            for (other_scope, other_keys, other) in self.rows.iter().skip(index + 1) {
                let clash = scope == other_scope
                    && id != other
                    && (keys.starts_with(other_keys) || other_keys.starts_with(keys));
                if clash {
                    let name = |id| command(id).map_or("?", |command| command.name);
                    return Err(format!(
                        "<{}> means both `{}` and `{}` in scope `{}`",
                        print_sequence(if keys.len() < other_keys.len() {
                            keys
                        } else {
                            other_keys
                        }),
                        name(*id),
                        name(*other),
                        scope.word()
                    ));
                }
            }
        }
        Ok(())
    }

    /// Where a sequence leads in these scopes, innermost first.
    pub fn find(&self, scopes: &[Scope], sequence: &[Key]) -> Found {
        for scope in scopes {
            let mut prefix = false;
            for (_, keys, id) in self.rows.iter().filter(|(row_scope, ..)| row_scope == scope) {
                if keys == sequence {
                    return Found::Command(*id);
                }
                prefix |= keys.starts_with(sequence);
            }
            if prefix {
                return Found::Prefix;
            }
        }
        Found::Nothing
    }

    /// The key to show for a command in these scopes.
    pub fn key_of(&self, id: CommandId, scopes: &[Scope]) -> Option<String> {
        let row = |scope: &Scope| {
            self.rows
                .iter()
                .find(|(row_scope, _, row_id)| row_scope == scope && *row_id == id)
        };
        scopes.iter().find_map(row).map(|(_, keys, _)| print_sequence(keys))
    }

    /// All keys of a command, each once, in the order they were given.
    pub fn keys_of(&self, id: CommandId) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for (_, keys, _) in self.rows.iter().filter(|(_, _, row_id)| *row_id == id) {
            let text = print_sequence(keys);
            if !all.contains(&text) {
                all.push(text);
            }
        }
        all
    }

    /// What can follow a sequence in these scopes: the next key and the command it leads to.
    pub fn continuations(&self, scopes: &[Scope], sequence: &[Key]) -> Vec<(String, CommandId)> {
        let mut found = Vec::new();
        for (scope, keys, id) in &self.rows {
            if scopes.contains(scope)
                && keys.starts_with(sequence)
                && let Some(rest) = keys.get(sequence.len()..)
                && !rest.is_empty()
            {
                found.push((print_sequence(rest), *id));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::Safety;
    use super::*;

    #[test]
    fn no_key_is_ambiguous_and_every_key_can_be_read() {
        assert_eq!(Keymap::default().check(), Ok(()));
        let written: usize = COMMANDS
            .iter()
            .map(|command| command.keys.len() * command.scopes.len())
            .sum();
        assert_eq!(Keymap::default().rows.len(), written);
    }

    #[test]
    fn commands_are_named_once_and_described() {
        for command in COMMANDS {
            assert_eq!(
                COMMANDS.iter().filter(|other| other.name == command.name).count(),
                1,
                "{}",
                command.name
            );
            assert_eq!(
                COMMANDS.iter().filter(|other| other.id == command.id).count(),
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
            .filter(|command| command.scopes == [Scope::List])
            .flat_map(|command| command.keys.iter().copied())
            .collect();
        for command in COMMANDS.iter().filter(|command| command.safety == Safety::Destroy) {
            for key in command.keys {
                assert!(!movements.contains(key), "{} on {key}", command.name);
                assert!(key.chars().all(char::is_uppercase), "{} on {key}", command.name);
            }
        }
    }

    #[test]
    fn own_rows_replace_keys_and_mistakes_are_named() {
        let row = |command: &str, keys: &[&str], scope: Option<&str>| KeyRow {
            command: command.to_owned(),
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            scope: scope.map(str::to_owned),
        };
        let keymap = Keymap::with(&[row("new-tenant", &["a"], None)]).unwrap();
        let scopes = [Scope::Tenants, Scope::List, Scope::Global];
        assert_eq!(keymap.find(&scopes, &[Key::char('a')]), Found::Command(CommandId::New));
        assert_eq!(keymap.find(&scopes, &[Key::char('n')]), Found::Nothing);
        assert_eq!(keymap.find(&scopes, &[Key::char('y')]), Found::Prefix);
        for (rows, message) in [
            (vec![row("nwe", &["a"], None)], "`nwe` is not a command"),
            (vec![row("new-tenant", &["meta-x"], None)], "keys of `new-tenant`"),
            (
                vec![row("new-tenant", &["a"], Some("role"))],
                "does not belong to scope `role` but to tenants",
            ),
            (vec![row("refresh", &["L L"], None)], "means both"),
        ] {
            let error = Keymap::with(&rows).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
