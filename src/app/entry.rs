//! A few lines to type over the screen, one of which may be hidden.
//!
//! What is typed is kept nowhere but here, and printed never. What it leads to is done by `update::entries`.

use std::borrow::Cow;
use std::fmt;

use super::geometry::Size;
use super::input::{Key, KeyCode};
use super::line_edit::LineEdit;
use super::people::Entering;
use super::resume::{EntryDraft, EntryText};
use super::update::SWITCHES;
use crate::domain::problem::Problem;

/// What a line can say that is a switch.
pub const SWITCH: &[&str] = &["yes", "no"];

/// What a switch says after this was typed.
///
/// # Errors
/// What to write instead, where it is none of its words or their first letters; nothing is no.
pub fn switched(text: &str) -> Result<bool, &'static str> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" => Ok(true),
        "no" | "n" | "" => Ok(false),
        _ => Err("It is yes or no."),
    }
}

/// A line to type in.
#[derive(Clone)]
pub struct EntryField {
    /// What it is called.
    pub label: Cow<'static, str>,
    /// What may be typed, in a sentence.
    pub doc: String,
    /// What is typed.
    pub line: LineEdit,
    /// Whether it is shown as marks only.
    pub hidden: bool,
    /// Whether it is one of [`SWITCH`] and nothing else.
    pub switch: bool,
    /// What it held before anything was typed.
    was: String,
}

impl EntryField {
    /// A line that holds `text`.
    pub fn new(label: impl Into<Cow<'static, str>>, doc: impl Into<String>, text: &str) -> Self {
        Self {
            label: label.into(),
            doc: doc.into(),
            line: LineEdit::new(text),
            hidden: false,
            switch: false,
            was: text.to_owned(),
        }
    }

    /// A switch, which says no.
    pub fn switch(label: impl Into<Cow<'static, str>>, doc: impl Into<String>) -> Self {
        Self {
            switch: true,
            ..Self::new(label, doc, "no")
        }
    }

    /// An empty line whose text is never shown.
    pub fn hidden(label: impl Into<Cow<'static, str>>, doc: impl Into<String>) -> Self {
        Self {
            hidden: true,
            ..Self::new(label, doc, "")
        }
    }

    /// A line in which this was typed.
    fn typed(kept: &EntryText, text: &str) -> Self {
        Self {
            was: String::new(),
            // Releases before this one did not keep which lines are switches.
            switch: kept.switch || SWITCHES.contains(&kept.label.as_str()),
            ..Self::new(kept.label.clone(), kept.doc.clone(), text)
        }
    }

    fn kept(&self) -> EntryText {
        EntryText {
            label: self.label.to_string(),
            doc: self.doc.clone(),
            text: (!self.hidden).then(|| self.line.text().to_owned()),
            switch: self.switch,
        }
    }

    /// Takes a key, and says whether it had a meaning here.
    pub fn key(&mut self, key: Key) -> bool {
        if !self.switch {
            return self.line.key(key);
        }
        let says = match key {
            Key {
                code: KeyCode::Left | KeyCode::Right | KeyCode::Char(' ' | 'h' | 'l'),
                ctrl: false,
            } => !self.is_on(),
            Key {
                code: KeyCode::Char('y'),
                ctrl: false,
            } => true,
            Key {
                code: KeyCode::Char('n') | KeyCode::Backspace | KeyCode::Delete,
                ctrl: false,
            } => false,
            // Other letters are typed in vain, and are no commands.
            Key {
                code: KeyCode::Char(_),
                ctrl,
            } => return !ctrl,
            _ => return false,
        };
        self.say(says);
        true
    }

    /// Replaces what it holds. A switch takes the words it has, their first letters, and nothing for no.
    ///
    /// # Errors
    /// What to write instead, where it takes no such text.
    pub fn set(&mut self, text: &str) -> Result<(), &'static str> {
        if self.switch {
            self.say(switched(text)?);
        } else {
            self.line = LineEdit::new(text);
        }
        Ok(())
    }

    /// Whether it is a switch that says yes.
    pub fn is_on(&self) -> bool {
        self.switch && self.line.text() == "yes"
    }

    /// Sets what a switch says.
    pub fn say(&mut self, on: bool) {
        self.line = LineEdit::new(if on { "yes" } else { "no" });
    }

    /// What is typed, without what surrounds it, unless it is hidden.
    pub fn text(&self) -> &str {
        if self.hidden {
            self.line.text()
        } else {
            self.line.text().trim()
        }
    }
}

impl fmt::Debug for EntryField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryField")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

/// The lines, and what they are for.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The title.
    pub title: String,
    /// What to know before typing, in a sentence or two.
    pub about: String,
    /// The lines.
    pub fields: Vec<EntryField>,
    /// Which of them is typed in.
    pub focus: usize,
    /// Why it cannot be taken as it stands.
    pub error: Option<String>,
    /// Whether it was sent and it is not known what came of that.
    pub sent: bool,
    /// What it is for.
    pub purpose: Entering,
    /// Keys typed while what it leads to is awaited, for whatever that is; `None` while it is typed in.
    pub ahead: Option<Vec<Key>>,
}

impl Entry {
    /// Lines to type in, the first of them first.
    pub fn new(title: impl Into<String>, about: impl Into<String>, fields: Vec<EntryField>, purpose: Entering) -> Self {
        Self {
            title: title.into(),
            about: about.into(),
            fields,
            focus: 0,
            error: None,
            sent: false,
            purpose,
            ahead: None,
        }
    }

    /// Whether leaving it would lose something that was typed. A filter that was not taken is no loss.
    pub fn would_lose(&self) -> bool {
        self.purpose != Entering::AuditFilter && self.is_typed()
    }

    fn is_typed(&self) -> bool {
        self.fields.iter().any(|field| field.line.text() != field.was)
    }

    /// Whether something was typed that is hidden.
    pub fn has_hidden(&self) -> bool {
        self.fields.iter().any(|field| field.hidden && !field.line.is_empty())
    }

    /// What was typed, without what is hidden, to go on with later.
    pub fn draft(&self) -> EntryDraft {
        EntryDraft {
            title: self.title.clone(),
            about: self.about.clone(),
            purpose: self.purpose.clone(),
            fields: self.fields.iter().map(EntryField::kept).collect(),
            focus: self.focus,
            as_opened: !self.is_typed(),
            sent: self.sent,
        }
    }

    /// The lines as they were typed before, those that are hidden empty.
    pub fn restored(draft: &EntryDraft) -> Self {
        let fields = draft.fields.iter().map(|kept| match &kept.text {
            Some(text) => EntryField {
                was: if draft.as_opened { text.clone() } else { String::new() },
                ..EntryField::typed(kept, text)
            },
            None => EntryField::hidden(kept.label.clone(), kept.doc.clone()),
        });
        Self {
            focus: draft.focus,
            ..Self::new(
                draft.title.clone(),
                draft.about.clone(),
                fields.collect(),
                draft.purpose.clone(),
            )
        }
    }

    /// The line that is typed in.
    pub fn focused(&self) -> Option<&EntryField> {
        self.fields.get(self.focus)
    }

    /// The line that is typed in, to be changed.
    pub fn field_mut(&mut self) -> Option<&mut EntryField> {
        self.error = None;
        self.fields.get_mut(self.focus)
    }

    /// Whether a switch says yes; one that is not there says no.
    pub fn is_on(&self, label: &str) -> bool {
        self.fields.iter().any(|field| field.label == label && field.is_on())
    }

    /// What is typed in a line by its label.
    pub fn value(&self, label: &str) -> &str {
        let mut fields = self.fields.iter();
        fields.find(|field| field.label == label).map_or("", EntryField::text)
    }

    /// The same, unless nothing is.
    pub fn given(&self, label: &str) -> Option<String> {
        Some(self.value(label))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// Goes to the next line, or the one before, going round.
    pub fn step(&mut self, back: bool) {
        let count = self.fields.len().max(1);
        let by = if back { count - 1 } else { 1 };
        self.focus = (self.focus + by) % count;
    }

    /// Goes to the line that is to blame for a refusal, or to the first: to send it again takes as much as it took before.
    pub fn blame(&mut self, problem: &Problem) {
        self.sent = problem.is_unknown;
        let letters = |text: &str| -> String {
            let kept = text.chars().filter(|sign| sign.is_alphanumeric());
            kept.flat_map(char::to_lowercase).collect()
        };
        let is_blamed = |field: &EntryField| {
            let mut paths = problem.fields.iter().map(|message| letters(&message.path));
            paths.any(|path| path == letters(&field.label))
        };
        self.focus = self.fields.iter().position(is_blamed).unwrap_or(0);
    }

    /// Columns of it on a screen, borders included.
    pub fn columns(size: Size) -> u16 {
        size.width.min(76)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_never_printed_nor_trimmed() {
        let mut field = EntryField::hidden("Password", "");
        field.line = LineEdit::new(" s3cret ");
        assert!(!format!("{field:?}").contains("s3cret"));
        assert_eq!(field.text(), " s3cret ");
    }

    #[test]
    fn the_line_is_to_blame_that_a_refusal_names_or_the_first() {
        use crate::domain::problem::{FieldMessage, ProblemKind};

        let fields = ["E-mail", "First name", "Name"].map(|label| EntryField::new(label, "", ""));
        let mut entry = Entry::new("", "", fields.into(), Entering::AuditFilter);
        for (path, line) in [("firstName", 1), ("email", 0), ("name", 2), ("roles", 0)] {
            let mut problem = Problem::new(ProblemKind::Invalid, "No.", "Because.", "Type another.");
            let message = String::new();
            problem.fields.push(FieldMessage {
                path: path.to_owned(),
                message,
            });
            entry.blame(&problem);
            assert_eq!(entry.focus, line, "{path}");
        }
    }

    #[test]
    fn a_switch_that_was_kept_before_that_was_noted_is_one_still() {
        for (label, is_on) in SWITCHES.iter().map(|label| (*label, true)).chain([("Name", false)]) {
            let kept = serde_json::json!({ "label": label, "doc": "", "text": "yes" });
            let kept: EntryText = serde_json::from_value(kept).unwrap();
            assert_eq!(EntryField::typed(&kept, "yes").is_on(), is_on, "{label}");
        }
    }
}
