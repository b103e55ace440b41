//! Connecting to a Kestra that no context leads to yet: where it is, who we are, and what was found on the way.
//!
//! The secret stays in memory. Only where a name is given is it written down, into a private file beside the
//! configuration, so that the context can be used again.

use std::fmt;

use super::contexts::ChecksView;
use super::line_edit::LineEdit;

/// A Kestra to connect to.
#[derive(Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// Its URL.
    pub url: String,
    /// Login name; without one the secret is an API token.
    pub username: Option<String>,
    /// Password or token.
    pub secret: String,
    /// The name of the context to keep it as; without one it is used this time only.
    pub name: Option<String>,
}

impl NewConnection {
    /// What it is called while it is used.
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.url)
    }
}

impl fmt::Debug for NewConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewConnection")
            .field("url", &self.url)
            .field("username", &self.username)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectField {
    /// The URL.
    Url,
    /// The login name.
    Username,
    /// The password or token.
    Secret,
    /// The name of the context.
    Name,
}

impl ConnectField {
    /// All, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Url, Self::Username, Self::Secret, Self::Name];

    /// Its label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Url => "URL",
            Self::Username => "Username",
            Self::Secret => "Password or token",
            Self::Name => "Keep as context",
        }
    }

    /// What it is for, in a line.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Url => "Such as https://kestra.example.com, with its path prefix if there is one.",
            Self::Username => "Empty if the secret is an API token.",
            Self::Secret => "Sent to this Kestra and nowhere else; never shown.",
            Self::Name => "Empty: this time only. A name keeps it, the secret in a private file.",
        }
    }
}

/// The form.
#[derive(Clone, Default)]
pub struct ConnectForm {
    lines: [LineEdit; 4],
    at: usize,
    /// What was found on the way, the last time it was tried.
    pub way: ChecksView,
    /// What is wrong with what was typed.
    pub error: Option<String>,
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
    /// The field that has the focus.
    pub fn focused(&self) -> ConnectField {
        ConnectField::ALL.get(self.at).copied().unwrap_or(ConnectField::Url)
    }

    /// The fields with their lines.
    pub fn fields(&self) -> impl Iterator<Item = (ConnectField, &LineEdit)> {
        ConnectField::ALL.into_iter().zip(&self.lines)
    }

    /// The line that has the focus.
    pub fn line_mut(&mut self) -> Option<&mut LineEdit> {
        self.error = None;
        self.lines.get_mut(self.at)
    }

    /// Whether the focus is on the last field.
    pub fn is_at_end(&self) -> bool {
        self.at + 1 == ConnectField::ALL.len()
    }

    /// Gives the focus to the next field, or the one before.
    pub fn step(&mut self, back: bool) {
        let count = ConnectField::ALL.len();
        self.at = if back { self.at + count - 1 } else { self.at + 1 } % count;
    }

    /// Whether something was typed.
    pub fn is_dirty(&self) -> bool {
        self.lines.iter().any(|line| !line.is_empty())
    }

    /// What was typed, if it can be tried.
    pub fn build(&self) -> Result<NewConnection, String> {
        let text = |field: ConnectField| {
            self.fields()
                .find(|(found, _)| *found == field)
                .map(|(_, line)| line.text().trim().to_owned())
                .unwrap_or_default()
        };
        let some = |text: String| (!text.is_empty()).then_some(text);
        let url = text(ConnectField::Url);
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err("The URL starts with http:// or https://".to_owned());
        }
        let secret = text(ConnectField::Secret);
        if secret.is_empty() {
            return Err("A password or a token is missing".to_owned());
        }
        let name = text(ConnectField::Name);
        if name.starts_with('.')
            || !name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        {
            return Err("A name of a context has letters, digits, `-`, `_` and `.`".to_owned());
        }
        Ok(NewConnection {
            url,
            username: some(text(ConnectField::Username)),
            secret,
            name: some(name),
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
            secret: "hunter2".to_owned(),
            name: None,
        };
        assert!(!format!("{connection:?}").contains("hunter2"));
    }
}
