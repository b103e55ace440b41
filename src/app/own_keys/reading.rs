//! A row by itself: what it wants, and whether that can be had wherever else the keys lie.
//!
//! It names a command, a scope of it, and keys that terminals send and that may run it.

use crate::app::command::{COMMANDS, Command, CommandId, Safety, Scope, named};
use crate::app::input::{Key, KeyCode, parse_sequence};
use crate::app::line_edit::LineEdit;
use crate::domain::nearest::nearest;

use super::arrival::Arrival;
use super::{KeyRow, Wanted};

/// Why what stops keeps its key.
const STOPS: &str = "stops whatever goes on, and stays with that";

/// What a row wants, or why it cannot be had wherever else the keys lie.
pub(super) fn read(row: &KeyRow) -> Result<Wanted, String> {
    let Some(command) = named(&row.command) else {
        let near = nearest(&row.command, COMMANDS.iter().map(|command| command.name));
        let next = near.map_or_else(
            || "`kestra-admin keys` lists them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(format!("`{}` is not a command; {next}", row.command));
    };
    let scopes = match &row.scope {
        None => command.scopes.to_vec(),
        Some(word) => vec![scope(command, word)?],
    };
    if command.id == CommandId::Interrupt && row.keys.is_empty() {
        return Err(format!("<ctrl-c> {STOPS}"));
    }
    let mut sequences = Vec::new();
    for keys in &row.keys {
        let sequence = parse_sequence(keys).map_err(|error| error.to_string())?;
        if let Some(reason) = refused(&sequence, command, &scopes) {
            return Err(format!("<{keys}> {reason}"));
        }
        sequences.push(sequence);
    }
    Ok(Wanted {
        command,
        scopes,
        sequences,
    })
}

fn scope(command: &Command, word: &str) -> Result<Scope, String> {
    if let Some(scope) = command.scopes.iter().find(|scope| scope.word() == word) {
        return Ok(*scope);
    }
    if Scope::called(word).is_none() {
        let near = nearest(word, Scope::ALL.iter().map(|scope| scope.word()));
        let next = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(format!("`{word}` is not a scope{next}"));
    }
    let own: Vec<&str> = command.scopes.iter().map(|scope| scope.word()).collect();
    Err(format!(
        "`{}` does not belong to scope `{word}` but to {}",
        command.name,
        own.join(", ")
    ))
}

/// Why these keys cannot run this command.
fn refused(sequence: &[Key], command: &Command, scopes: &[Scope]) -> Option<String> {
    if let Some(reason) = Arrival::none_of(sequence) {
        return Some(reason.to_owned());
    }
    let first = sequence.first().copied()?;
    let is_stop = |key: &Key| *key == Key::plain(KeyCode::Esc) || *key == Key::ctrl('c');
    if sequence.len() > 1 && sequence.iter().any(is_stop) {
        return Some("has <esc> or <ctrl-c> in it, which give a sequence up".to_owned());
    }
    if first == Key::ctrl('c') && command.id != CommandId::Interrupt {
        return Some(STOPS.to_owned());
    }
    if let Some(scope) = scopes.iter().find(|scope| scope.types())
        && LineEdit::new("a").key(first)
    {
        let scope = scope.word();
        return Some(format!("is typed in scope `{scope}`, where this command is wanted"));
    }
    // One that begins another is on the way to it as well.
    let is_on_the_way = |keys: Vec<Key>| keys.starts_with(sequence) || sequence.starts_with(&keys);
    let moves = || {
        let moving = COMMANDS.iter().filter(|command| command.moves());
        moving
            .flat_map(|command| command.keys)
            .any(|keys| parse_sequence(keys).is_ok_and(is_on_the_way))
    };
    let confirms = matches!(first.code, KeyCode::Enter | KeyCode::Esc | KeyCode::Tab) || first == Key::char(' ');
    (command.safety == Safety::Destroy && (sequence.len() == 1 && confirms || moves()))
        .then(|| "moves, confirms or leaves, and nothing that destroys may lie on such a key".to_owned())
}
