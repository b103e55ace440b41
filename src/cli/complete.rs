//! `complete`, which the scripts of `completions` run: what can stand where the cursor is, one a line.
//!
//! It follows from the description of the command line alone, so that commands, options and their values never need to
//! be told twice; names of things are asked for in [`super::complete_names`]. What is hidden is not offered.

use clap::{Arg, ArgAction, Command, CommandFactory, ValueHint};

use super::args::Arguments;
use super::complete_names::{Kind, Names};
use super::failure::Failure;
use super::printer::Printer;
use crate::domain::text::visible;

/// What can stand at the cursor.
pub struct Candidate {
    /// What is typed.
    pub value: String,
    /// What it means; empty where the value says it.
    pub meaning: String,
}

/// `complete`. It ends with 1 where a file is wanted, which the shell itself knows best.
pub fn complete(printer: &mut Printer<'_>, names: &Names<'_>, before: &[String], word: &str) -> Result<(), Failure> {
    let mut whole = Arguments::command();
    whole.build();
    let Some(candidates) = candidates(&whole, before, word, names) else {
        return Err(Failure::Exit(1));
    };
    let mut lines = String::new();
    for Candidate { value, meaning } in candidates {
        // A name that a terminal cannot show cannot be chosen by looking at it.
        if visible(&value) != value {
            continue;
        }
        lines.push_str(&value);
        if !meaning.is_empty() {
            lines.push('\t');
            lines.push_str(&visible(&meaning));
        }
        lines.push('\n');
    }
    printer.text(lines.as_bytes())
}

/// A word as a shell takes it, without its quotes; the last of them may still be open. Nothing is put in for variables.
pub fn unquoted(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    let mut quote = None;
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\'' | '"', None) => quote = Some(character),
            (character, Some(open)) if character == open => quote = None,
            ('\\', None) => plain.extend(characters.next()),
            // Between double quotes it only stands before what means something there.
            ('\\', Some('"')) => {
                let escaped = characters.next_if(|next| matches!(next, '"' | '\\' | '$' | '`'));
                plain.push(escaped.unwrap_or('\\'));
            }
            (character, _) => plain.push(character),
        }
    }
    plain
}

/// A command line as far as it is typed.
pub struct Line<'a> {
    command: &'a Command,
    /// The words of the command.
    pub path: Vec<&'a str>,
    /// Arguments by their ids, with their values.
    pub given: Vec<(&'a str, String)>,
    pending: Option<&'a Arg>,
    positionals: usize,
    only_values: bool,
}

impl<'a> Line<'a> {
    fn read(whole: &'a Command, words: &[String]) -> Self {
        let mut line = Line {
            command: whole,
            path: Vec::new(),
            given: Vec::new(),
            pending: None,
            positionals: 0,
            only_values: false,
        };
        for word in rejoined(words) {
            line.take(&word);
        }
        line
    }

    fn take(&mut self, word: &str) {
        if let Some(option) = self.pending {
            // bash makes three words of `--output=json`.
            if word != "=" {
                self.pending = None;
                self.give(option, word);
            }
        } else if self.only_values {
            self.take_positional(word);
        } else if word == "--" {
            self.only_values = true;
        } else if let Some((option, value)) = self.option(word) {
            match value {
                None if option.get_action().takes_values() => self.pending = Some(option),
                value => self.give(option, value.unwrap_or_default()),
            }
        } else if word.starts_with('-') && word != "-" {
            // Nobody knows this option; it is not up to us to say so.
        } else if let (0, Some(below)) = (self.positionals, self.command.find_subcommand(word)) {
            self.command = below;
            self.path.push(below.get_name());
        } else {
            self.take_positional(word);
        }
    }

    fn give(&mut self, argument: &'a Arg, value: &str) {
        self.given.push((argument.get_id().as_str(), value.to_owned()));
    }

    fn take_positional(&mut self, word: &str) {
        if let Some(argument) = self.positional() {
            self.give(argument, word);
        }
        self.positionals += 1;
    }

    /// The argument without a name that comes next.
    fn positional(&self) -> Option<&'a Arg> {
        let found = self.command.get_positionals().nth(self.positionals).or_else(|| {
            let last = self.command.get_positionals().last();
            last.filter(|last| matches!(last.get_action(), ArgAction::Append))
        })?;
        (self.only_values || !found.is_last_set()).then_some(found)
    }

    /// The option that a word names, and the value within it.
    fn option<'w>(&self, word: &'w str) -> Option<(&'a Arg, Option<&'w str>)> {
        let mut arguments = self.command.get_arguments();
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            return Some((arguments.find(|argument| argument.get_long() == Some(name))?, value));
        }
        let mut letters = word.strip_prefix('-')?.chars();
        loop {
            let letter = letters.next()?;
            let mut arguments = self.command.get_arguments();
            let option = arguments.find(|argument| argument.get_short() == Some(letter))?;
            let rest = letters.as_str();
            if rest.is_empty() {
                return Some((option, None));
            }
            if option.get_action().takes_values() {
                return Some((option, Some(rest.strip_prefix('=').unwrap_or(rest))));
            }
        }
    }

    fn commands(&self) -> Vec<Candidate> {
        if self.positionals > 0 || self.only_values {
            return Vec::new();
        }
        let shown = self.command.get_subcommands().filter(|below| !below.is_hide_set());
        shown
            .map(|below| Candidate {
                value: below.get_name().to_owned(),
                meaning: first_line(below.get_about()),
            })
            .collect()
    }

    fn options(&self) -> Vec<Candidate> {
        let again = |argument: &Arg| matches!(argument.get_action(), ArgAction::Append | ArgAction::Count);
        let given = |argument: &Arg| self.given.iter().any(|(id, _)| argument.get_id() == id);
        self.command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set() && (again(argument) || !given(argument)))
            .filter_map(|argument| {
                Some(Candidate {
                    value: format!("--{}", argument.get_long()?),
                    meaning: first_line(argument.get_help()),
                })
            })
            .collect()
    }
}

/// Words as they were typed: bash parts them at colons.
fn rejoined(words: &[String]) -> Vec<String> {
    let mut whole: Vec<String> = Vec::with_capacity(words.len());
    let mut goes_on = false;
    for word in words {
        let is_colon = !word.is_empty() && word.chars().all(|c| c == ':');
        match whole.last_mut().filter(|_| goes_on || is_colon) {
            Some(last) => last.push_str(word),
            None => whole.push(word.clone()),
        }
        goes_on = is_colon;
    }
    whole
}

fn first_line(help: Option<&clap::builder::StyledStr>) -> String {
    let text = help.map(ToString::to_string).unwrap_or_default();
    text.lines().next().unwrap_or_default().to_owned()
}

/// What can stand at the cursor; `None` for a file.
fn candidates(whole: &Command, before: &[String], word: &str, names: &Names<'_>) -> Option<Vec<Candidate>> {
    let line = Line::read(whole, before);
    let mut found = if let Some(option) = line.pending {
        values(&line, option, word, names)?
    } else if line.only_values {
        values(&line, line.positional()?, word, names)?
    } else if let Some((option, Some(value))) = line.option(word).filter(|_| word.starts_with("--")) {
        let stem = word.strip_suffix(value).unwrap_or_default();
        let mut found = values(&line, option, value, names)?;
        for candidate in &mut found {
            candidate.value.insert_str(0, stem);
        }
        found
    } else if word.starts_with('-') {
        line.options()
    } else {
        let mut found = line.commands();
        match line.positional() {
            Some(argument) => found.extend(values(&line, argument, word, names)?),
            None if found.is_empty() => found = line.options(),
            None => {}
        }
        found
    };
    found.retain(|candidate| candidate.value.starts_with(word));
    Some(found)
}

/// The values that an argument can have; `None` for a file.
fn values(line: &Line<'_>, argument: &Arg, word: &str, names: &Names<'_>) -> Option<Vec<Candidate>> {
    let fixed = argument.get_possible_values();
    if !fixed.is_empty() {
        let shown = fixed.iter().filter(|value| !value.is_hide_set());
        return Some(
            shown
                .map(|value| Candidate {
                    value: value.get_name().to_owned(),
                    meaning: first_line(value.get_help()),
                })
                .collect(),
        );
    }
    let kind = Kind::of(&line.path, argument.get_id().as_str());
    let found: Vec<Candidate> = kind
        .map(|kind| names.of(kind, line, word))
        .unwrap_or_default()
        .into_iter()
        .filter(|name| name.value.starts_with(word))
        .collect();
    let wants_file = match kind {
        Some(Kind::Compared | Kind::Instances) => found.is_empty(),
        Some(_) => false,
        None => argument.get_value_hint() == ValueHint::AnyPath,
    };
    (!wants_file).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off_as_a_shell_does() {
        for (typed, plain) in [
            ("acme", "acme"),
            ("\"my lab\"", "my lab"),
            ("\"my l", "my l"),
            ("'my l", "my l"),
            ("my\\ lab", "my lab"),
            ("it\\'s", "it's"),
            ("'it'\\''s'", "it's"),
            ("\"a\\b \\\"c\\\"\"", "a\\b \"c\""),
            ("'a\\b'", "a\\b"),
            ("--context=\"my lab\"", "--context=my lab"),
            ("end\\", "end"),
            ("", ""),
        ] {
            assert_eq!(unquoted(typed), plain, "{typed}");
        }
    }
}
