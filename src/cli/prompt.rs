//! Typed confirmations: asked on standard error, read from standard input, and only where a person sits at it.

use std::io::{BufRead, Read};

use super::printer::Printer;

/// The longest answer that is looked at; nobody types more to confirm.
const LONGEST: u64 = 1000;

/// Where answers come from.
pub struct Input<'a> {
    /// Standard input.
    pub reader: &'a mut dyn BufRead,
    /// Whether it is a terminal. If not, nothing may be asked.
    pub is_terminal: bool,
}

/// Asks for a text to be typed. `None` where nobody can be asked; otherwise whether it was typed exactly.
pub fn typed(input: &mut Input<'_>, printer: &mut Printer<'_>, question: &str, expected: &str) -> Option<bool> {
    if !input.is_terminal {
        return None;
    }
    printer.ask(question);
    let mut answer = String::new();
    // What cannot be read was not typed.
    let read = (&mut input.reader).take(LONGEST).read_line(&mut answer);
    Some(read.is_ok() && answer.trim_end_matches(['\r', '\n']) == expected)
}
