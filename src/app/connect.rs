//! Connecting to a Kestra that no context leads to yet: where it is, who we are, and what was found on the way.
//!
//! A secret that is typed stays in memory. Only where a name is given is it written down, into a private file beside the
//! configuration, so that the context can be used again. One in a variable or a file, or that a command prints, stays where it is.

use std::fmt;
use std::ops::Range;

use crate::domain::check::MAINTENANCE;
use crate::domain::host_url::HostUrl;
use crate::domain::redact;
use crate::domain::text::{is_context_name, without_user};

use super::contexts::ChecksView;
use super::form_field::Editor;
use super::geometry::Size;
use super::input::{Key, KeyCode};
use super::line_edit::LineEdit;
use super::page_line::ShownLine;
use super::wrap::wrap;
use crate::domain::equivalent::words_of;

/// A password or token, or where it lies.
#[derive(Clone, PartialEq, Eq)]
pub enum NewSecret {
    /// It was typed.
    Typed(String),
    /// An environment variable of this name holds it.
    Variable(String),
    /// A file holds it.
    File(String),
    /// A command prints it: program and arguments, no shell.
    Command(Vec<String>),
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(_) => f.write_str("Typed(***)"),
            Self::Variable(name) => write!(f, "Variable({name:?})"),
            Self::File(path) => write!(f, "File({path:?})"),
            // Arguments may carry what nobody should read; the program says enough.
            Self::Command(words) => write!(f, "Command({:?})", words.first()),
        }
    }
}

/// A Kestra to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConnection {
    /// Its URL.
    pub url: String,
    /// Login name; without one the secret is an API token.
    pub username: Option<String>,
    /// Password or token.
    pub secret: NewSecret,
    /// The name of the context to keep it as; without one it is used this time only.
    pub name: Option<String>,
    /// Whether it starts locked.
    pub protected: bool,
}

impl NewConnection {
    /// What it is called while it is used.
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.url)
    }
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectField {
    /// The URL.
    Url,
    /// The login name.
    Username,
    /// Whether the secret is typed, or where it lies.
    SecretFrom,
    /// The password or token, or where it lies.
    Secret,
    /// The name of the context.
    Name,
    /// Whether the context is protected.
    Protect,
}

/// Where a secret comes from, in words, in the order of the choice.
const FROM: &[&str] = &["typed here", "variable", "file", "command"];
const NO_YES: &[&str] = &["no", "yes"];

/// What of the form fits on a screen.
pub struct ConnectLayout {
    /// The fields.
    pub fields: Range<usize>,
    /// What is wrong, or what the field with the focus is for.
    pub hint: Vec<String>,
    /// The lines of the way.
    pub way: Vec<ShownLine>,
    /// Which of them is the first in view.
    pub top: usize,
    /// How many of them fit, at the lower edge.
    pub rows: usize,
}

/// The form.
#[derive(Clone)]
pub struct ConnectForm {
    fields: [(ConnectField, Editor); 6],
    at: usize,
    /// What was found on the way, the last time it was tried.
    pub way: ChecksView,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

impl Default for ConnectForm {
    fn default() -> Self {
        let line = || Editor::Line(LineEdit::default());
        let choice = |options| Editor::Choice {
            options,
            chosen: Some(0),
        };
        Self {
            fields: [
                (ConnectField::Url, line()),
                (ConnectField::Username, line()),
                (ConnectField::SecretFrom, choice(FROM)),
                (ConnectField::Secret, Editor::Secret(LineEdit::default())),
                (ConnectField::Name, line()),
                (ConnectField::Protect, choice(NO_YES)),
            ],
            at: 0,
            way: ChecksView::default(),
            error: None,
        }
    }
}

impl fmt::Debug for ConnectForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectForm")
            .field("focused", &self.focused())
            .field("way", &self.way)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl ConnectForm {
    /// What was typed, without the secret and where it lies, to go on with later. An address loses who signs in by it; with any
    /// other secret it is left out.
    pub fn kept(&self) -> Vec<String> {
        let is_kept = |field: ConnectField| !matches!(field, ConnectField::SecretFrom | ConnectField::Secret);
        let kept = self.fields.iter().filter(|(field, _)| is_kept(*field));
        let without = |(field, editor): &(ConnectField, Editor)| {
            let mut text = editor.text();
            if *field == ConnectField::Url {
                text = without_user(&text);
            }
            let is_bare = !redact::has_secret(&text) && redact::line(&text, &[]) == text;
            if is_bare { text } else { String::new() }
        };
        kept.map(without).collect()
    }

    /// Which of its fields has the keys.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The form with what was typed before, and the keys where they were.
    pub fn restored(kept: &[String], at: usize) -> Self {
        let mut form = Self::default();
        let is_kept = |field: ConnectField| !matches!(field, ConnectField::SecretFrom | ConnectField::Secret);
        let fields = form.fields.iter_mut().filter(|(field, _)| is_kept(*field));
        for ((_, editor), text) in fields.zip(kept) {
            editor.set_text(text);
        }
        form.at = at.min(form.fields.len().saturating_sub(1));
        form
    }

    /// Whether a secret, or where it lies, is typed in it.
    pub fn has_secret(&self) -> bool {
        !self.text(ConnectField::Secret).is_empty()
    }

    /// The field that has the focus.
    pub fn focused(&self) -> ConnectField {
        self.fields.get(self.at).map_or(ConnectField::Url, |(field, _)| *field)
    }

    /// The fields with their editors.
    pub fn fields(&self) -> &[(ConnectField, Editor)] {
        &self.fields
    }

    fn text(&self, field: ConnectField) -> String {
        let found = self.fields.iter().find(|(found, _)| *found == field);
        found.map_or_else(String::new, |(_, editor)| editor.text().trim().to_owned())
    }

    /// The label of a field.
    pub fn label(&self, field: ConnectField) -> &'static str {
        match field {
            ConnectField::Url => "URL",
            ConnectField::Username => "Username",
            ConnectField::SecretFrom => "Secret",
            ConnectField::Secret => match self.secret_from() {
                0 => "Password or token",
                1 => "Variable",
                2 => "File",
                _ => "Command",
            },
            ConnectField::Name => "Keep as context",
            ConnectField::Protect => "Protect it",
        }
    }

    /// What the field that has the focus is for, in a line.
    pub fn hint(&self) -> &'static str {
        match (self.focused(), self.secret_from()) {
            (ConnectField::Url, _) => "Such as https://kestra.example.com, with its path prefix if there is one.",
            (ConnectField::Username, _) => "Empty if the secret is an API token.",
            (ConnectField::SecretFrom, _) => {
                "Left Right choose: type it, or say which variable, file or command has it."
            }
            (ConnectField::Secret, 0) => "Sent to this Kestra and nowhere else; never shown.",
            (ConnectField::Secret, 1) => "An environment variable, such as KESTRA_TOKEN.",
            (ConnectField::Secret, 2) => "A file that only you may read, such as ~/.secrets/kestra.",
            (ConnectField::Secret, _) => "It prints the secret, without a shell, such as pass show kestra/token.",
            (ConnectField::Name, 0) => "Empty: this time only. A name keeps it, the secret in a private file.",
            (ConnectField::Name, _) => "Empty: this time only. A name keeps it; the secret stays where it is.",
            (ConnectField::Protect, _) => "Yes: it starts locked, and unlocking asks for its name.",
        }
    }

    /// Which of the ways to give the secret is chosen, in the order of the choice.
    fn secret_from(&self) -> usize {
        let text = self.text(ConnectField::SecretFrom);
        FROM.iter().position(|word| *word == text).unwrap_or(0)
    }

    /// Gives the field that has the focus something to take in.
    fn edit<T>(&mut self, edit: impl FnOnce(&mut Editor) -> T) -> Option<T> {
        self.error = None;
        let before = self.secret_from();
        let result = self.fields.get_mut(self.at).map(|(_, editor)| edit(editor));
        let from = self.secret_from();
        if from != before
            && let Some((_, editor)) = self.fields.get_mut(3)
        {
            // What was typed under a mask never comes to light.
            let line = LineEdit::default();
            *editor = if from == 0 {
                Editor::Secret(line)
            } else {
                Editor::Line(line)
            };
        }
        result
    }

    /// Gives a key to the field that has the focus, and says whether it was taken.
    pub fn key(&mut self, key: Key) -> bool {
        let field = self.fields.get(self.at).map(|(field, _)| *field);
        let said = match key.code {
            KeyCode::Char('y') if !key.ctrl => Some("yes"),
            KeyCode::Char('n') if !key.ctrl => Some("no"),
            _ => None,
        };
        if let (Some(ConnectField::Protect), Some(word)) = (field, said) {
            return self.answer(word);
        }
        let taken = self.edit(|editor| {
            let taken = editor.key(key);
            // Here one of the words is always chosen.
            if let Editor::Choice { chosen: None, .. } = editor {
                match key.code {
                    KeyCode::Left | KeyCode::Right | KeyCode::Char(_) => drop(editor.key(key)),
                    _ => {}
                }
                if let Editor::Choice { chosen, .. } = editor {
                    chosen.get_or_insert(0);
                }
            }
            taken
        });
        taken.unwrap_or(false)
    }

    /// Puts pasted text into the field that has the focus, and says whether all of it had room.
    pub fn paste(&mut self, text: &str) -> bool {
        self.edit(|editor| editor.paste(text)).unwrap_or(true)
    }

    /// Answers the field that has the focus with a whole text; words of a choice may be shortened.
    pub fn answer(&mut self, text: &str) -> bool {
        let text = text.trim();
        let result = self.edit(|editor| match editor {
            Editor::Choice { options, chosen } => {
                let wanted = text.to_lowercase();
                let found = options.iter().position(|word| word.starts_with(&wanted));
                *chosen = found.or(*chosen);
                found
                    .map(drop)
                    .ok_or_else(|| format!("`{text}` is none of {}", options.join(", ")))
            }
            _ => editor.answer(text),
        });
        self.error = result.and_then(Result::err);
        self.error.is_none()
    }

    /// Whether the focus is on the last field.
    pub fn is_at_end(&self) -> bool {
        self.at + 1 == self.fields.len()
    }

    /// Gives the focus to the next field, or the one before.
    pub fn step(&mut self, back: bool) {
        let count = self.fields.len();
        self.at = if back { self.at + count - 1 } else { self.at + 1 } % count;
    }

    /// What of the form and of the way is in view. What failed is, with what to do next; fields give way to it.
    pub fn layout(&self, size: Size) -> ConnectLayout {
        /// Lines of the way that are worth having before anything failed.
        const PROGRESS: usize = 3;
        let (columns, rows) = size.page();
        let way = self.way.lines(columns);
        let wanted = ChecksView::failed(&way).map_or(way.len().min(PROGRESS), |failed| failed.len());
        let all = self.fields.len();
        let mut hint = match &self.error {
            Some(error) => wrap(&format!("! {error}"), columns),
            None => wrap(self.hint(), columns),
        };
        if self.error.is_none() && wanted > 0 && all + hint.len() + wanted > rows {
            hint.clear();
        }
        let room = rows.saturating_sub(hint.len());
        let shown = room.saturating_sub(wanted).clamp(1, all);
        let first = (self.at + 1).saturating_sub(shown);
        let rest = room.saturating_sub(shown);
        let rows = match way.len() {
            0 => 0,
            _ => rest.saturating_sub(usize::from(rest > wanted)),
        };
        ConnectLayout {
            fields: first..first + shown,
            hint,
            top: self.way.top(&way, rows),
            way,
            rows,
        }
    }

    /// Whether something was typed.
    pub fn is_dirty(&self) -> bool {
        let typed = |editor: &Editor| match editor {
            Editor::Line(line) | Editor::Secret(line) => !line.is_empty(),
            _ => false,
        };
        self.fields.iter().any(|(_, editor)| typed(editor))
    }

    /// Whether it is being kept where it is connected to just now: all steps were made, and it has a name.
    pub fn may_be_kept(&self) -> bool {
        let is_last = self.way.checks.last().is_some_and(|check| check.name == MAINTENANCE);
        is_last && !self.text(ConnectField::Name).is_empty()
    }

    /// What was typed, if it can be tried.
    pub fn build(&self) -> Result<NewConnection, String> {
        let url = self.text(ConnectField::Url);
        // A password may have a slash, so that it is no part of what reads as the authority.
        if url.contains('@') {
            return Err("User and password are not taken from an address, and nothing of them is kept: take them out of the URL, and type the user at Username, the password below it".to_owned());
        }
        let url: HostUrl = url.parse().map_err(|why| format!("The URL cannot be used: {why}"))?;
        let secret = self.text(ConnectField::Secret);
        let from = self.secret_from();
        if secret.is_empty() {
            return Err(match from {
                0 => "A password or a token is missing",
                1 => "The name of the variable is missing",
                2 => "The path of the file is missing",
                _ => "The command is missing",
            }
            .to_owned());
        }
        let name = self.text(ConnectField::Name);
        if !is_context_name(&name) {
            return Err("A name of a context has letters, digits, `-`, `_` and `.`".to_owned());
        }
        let some = |text: String| (!text.is_empty()).then_some(text);
        Ok(NewConnection {
            url: url.to_string(),
            username: some(self.text(ConnectField::Username)),
            secret: match from {
                0 => NewSecret::Typed(secret),
                1 => NewSecret::Variable(secret),
                2 => NewSecret::File(secret),
                _ => NewSecret::Command(words_of(&secret).map_err(|(wrong, next)| format!("{wrong} {next}"))?),
            },
            name: some(name),
            protected: self.text(ConnectField::Protect) == "yes",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_never_prints_its_secret() {
        let connection = NewConnection {
            url: "https://x".to_owned(),
            username: None,
            secret: NewSecret::Typed("hunter2".to_owned()),
            name: None,
            protected: false,
        };
        assert!(!format!("{connection:?}").contains("hunter2"));
    }

    #[test]
    fn who_signs_in_is_not_taken_from_an_address() {
        let mut form = ConnectForm::default();
        form.paste("https://ana:s3cret@kestra.example.com/base");
        let error = form.build().unwrap_err();
        assert!(
            error.starts_with("User and password are not taken from an address"),
            "{error}"
        );
        assert!(!error.contains("s3cret") && !form.kept().concat().contains("s3cret"));
        let mut form = ConnectForm::default();
        form.paste("https://ana:1/3pw@kestra.example.com");
        assert_eq!(form.build().unwrap_err(), error);
    }

    #[test]
    fn an_address_is_one_that_a_context_can_have() {
        for text in ["http://h:8080/?t=s3cret", "http://h/#s3cret", "http://h:99999", "h"] {
            let mut form = ConnectForm::default();
            form.paste(text);
            let error = form.build().unwrap_err();
            assert!(
                error.starts_with("The URL cannot be used: ") && !error.contains("s3cret"),
                "{error}"
            );
        }
        let mut form = ConnectForm::default();
        form.paste("http://h/kestra/");
        assert_eq!(form.build().unwrap_err(), "A password or a token is missing");
        form.at = 3;
        form.paste("pw");
        assert_eq!(form.build().map(|built| built.url), Ok("http://h/kestra".to_owned()));
    }

    #[test]
    fn whether_it_is_protected_is_answered_by_yes_or_no() {
        let mut form = ConnectForm {
            at: 5,
            ..ConnectForm::default()
        };
        for (letter, text) in [('y', "yes"), ('y', "yes"), ('n', "no")] {
            assert!(form.key(Key::plain(KeyCode::Char(letter))));
            assert_eq!(form.text(ConnectField::Protect), text);
        }
        assert!(!form.key(Key::plain(KeyCode::Char('x'))) && !form.key(Key::ctrl('y')));
    }

    #[test]
    fn a_typed_secret_is_gone_once_it_is_to_come_from_elsewhere() {
        let mut form = ConnectForm {
            at: 3,
            ..ConnectForm::default()
        };
        form.paste("hunter2");
        form.at = 2;
        assert!(form.key(Key::plain(KeyCode::Right)));
        assert_eq!(
            (form.text(ConnectField::Secret), form.secret_from()),
            (String::new(), 1)
        );
        // It goes round without a place where nothing is chosen.
        for from in [2, 3, 0, 1] {
            form.key(Key::plain(KeyCode::Right));
            assert_eq!(form.secret_from(), from);
        }
        form.key(Key::plain(KeyCode::Left));
        form.key(Key::plain(KeyCode::Left));
        assert_eq!(form.secret_from(), 3);
        assert!(form.answer("var") && !form.answer("nowhere"));
        assert_eq!(form.secret_from(), 1);
        assert!(form.error.is_some());
    }
}
