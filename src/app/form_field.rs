//! One input of the tenant form, whatever kind of value it takes.

use serde_json::Value;

use crate::domain::redact;
use crate::domain::tenant::Tenant;
use crate::domain::tenant_field::{self, FIELDS, FieldKind, TenantField};
use crate::domain::tenant_id::TenantId;

use super::edit_area::EditArea;
use super::input::{Key, KeyCode};
use super::line_edit::LineEdit;

/// How a value is edited.
#[derive(Clone, Debug)]
pub enum Editor {
    /// One line.
    Line(LineEdit),
    /// One line that is never shown.
    Secret(LineEdit),
    /// Several lines.
    Area(Box<EditArea>),
    /// One of a few words, or none.
    Choice {
        /// The words.
        options: &'static [&'static str],
        /// Which one; `None` leaves the field unset.
        chosen: Option<usize>,
    },
    /// Any of a few words.
    Set {
        /// The words.
        options: &'static [&'static str],
        /// Which of them.
        chosen: Vec<bool>,
        /// The one the cursor is on.
        at: usize,
    },
    /// A value that cannot be changed.
    Fixed(String),
}

const BOOLEANS: &[&str] = &["true", "false"];

impl Editor {
    /// An empty editor for a kind of field.
    pub fn for_kind(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Text | FieldKind::WorkerGroupKey | FieldKind::Tags(_) | FieldKind::Count | FieldKind::Color => {
                Self::Line(LineEdit::default())
            }
            FieldKind::Secret => Self::Secret(LineEdit::default()),
            FieldKind::Boolean => Self::Choice {
                options: BOOLEANS,
                chosen: None,
            },
            FieldKind::Choice(options) => Self::Choice { options, chosen: None },
            FieldKind::Choices(options) => Self::Set {
                options,
                chosen: vec![false; options.len()],
                at: 0,
            },
            FieldKind::Map | FieldKind::Quotas => Self::Area(Box::default()),
        }
    }

    /// What it holds, as text that [`TenantField::parse`] reads.
    pub fn text(&self) -> String {
        match self {
            Self::Line(line) | Self::Secret(line) => line.text().to_owned(),
            Self::Area(area) => area.text(),
            Self::Choice { options, chosen } => chosen
                .and_then(|index| options.get(index))
                .map_or_else(String::new, |word| (*word).to_owned()),
            Self::Set { options, chosen, .. } => {
                let words: Vec<&str> = options
                    .iter()
                    .zip(chosen)
                    .filter(|(_, chosen)| **chosen)
                    .map(|(word, _)| *word)
                    .collect();
                words.join(" ")
            }
            Self::Fixed(text) => text.clone(),
        }
    }

    /// Replaces what it holds.
    pub fn set_text(&mut self, text: &str) {
        match self {
            Self::Line(line) | Self::Secret(line) => *line = LineEdit::new(text),
            Self::Area(area) => **area = EditArea::new(text),
            Self::Choice { options, chosen } => *chosen = options.iter().position(|word| *word == text),
            Self::Set { options, chosen, .. } => {
                *chosen = options
                    .iter()
                    .map(|word| text.split(' ').any(|given| given == *word))
                    .collect();
            }
            Self::Fixed(_) => {}
        }
    }

    /// A text of it in one line, as [`answer`](Self::answer) takes it: `\n` stands between several, and `\\` for a backslash.
    pub fn in_one_line(&self, text: String) -> String {
        match self {
            Self::Area(_) => text.replace('\\', r"\\").replace('\n', r"\n"),
            _ => text,
        }
    }

    /// Replaces what it holds by an answer of one line. Words of a choice are taken in any case.
    ///
    /// # Errors
    /// Which word is none of those there are.
    pub fn answer(&mut self, text: &str) -> Result<(), String> {
        let (Self::Choice { options, .. } | Self::Set { options, .. }) = &*self else {
            if self.takes_enter() {
                // No line that is typed has a NUL.
                let text = text.replace(r"\\", "\0").replace(r"\n", "\n");
                self.set_text(&text.replace('\0', r"\"));
            } else {
                self.set_text(text);
            }
            return Ok(());
        };
        let options = *options;
        // Of a choice one word is taken, and several are none.
        let between = |sign: char| matches!(self, Self::Set { .. }) && matches!(sign, ' ' | ',');
        let mut words = Vec::new();
        for given in text.trim().split(between).filter(|given| !given.is_empty()) {
            let known = options.iter().find(|word| word.eq_ignore_ascii_case(given));
            words.push(*known.ok_or_else(|| format!("`{given}` is none of {}", options.join(", ")))?);
        }
        self.set_text(&words.join(" "));
        Ok(())
    }

    /// Takes a key, and says whether it had a meaning here.
    pub fn key(&mut self, key: Key) -> bool {
        match self {
            Self::Line(line) | Self::Secret(line) => line.key(key),
            Self::Area(area) => area.key(key),
            Self::Choice { options, chosen } => {
                let places = options.len() + 1;
                let at = chosen.map_or(0, |index| index + 1);
                let to = match key.code {
                    KeyCode::Right | KeyCode::Char(' ' | 'l') => (at + 1) % places,
                    KeyCode::Left | KeyCode::Char('h') => (at + places - 1) % places,
                    KeyCode::Backspace | KeyCode::Delete => 0,
                    _ => return false,
                };
                *chosen = to.checked_sub(1);
                true
            }
            Self::Set { options, chosen, at } => {
                match key.code {
                    KeyCode::Right | KeyCode::Char('l') => *at = (*at + 1).min(options.len().saturating_sub(1)),
                    KeyCode::Left | KeyCode::Char('h') => *at = at.saturating_sub(1),
                    KeyCode::Char(' ') => {
                        if let Some(flag) = chosen.get_mut(*at) {
                            *flag = !*flag;
                        }
                    }
                    KeyCode::Backspace | KeyCode::Delete => chosen.fill(false),
                    _ => return false,
                }
                true
            }
            Self::Fixed(_) => false,
        }
    }

    /// Takes pasted text, and says whether all of it had room.
    pub fn paste(&mut self, text: &str) -> bool {
        match self {
            Self::Line(line) | Self::Secret(line) => return line.insert(text),
            Self::Area(area) => area.insert(text),
            Self::Choice { .. } | Self::Set { .. } | Self::Fixed(_) => {}
        }
        true
    }

    /// Whether it cannot be changed.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }

    /// Whether Enter belongs to the text rather than to the form.
    pub fn takes_enter(&self) -> bool {
        matches!(self, Self::Area(_))
    }

    /// Whether typed characters belong to it.
    pub fn takes_text(&self) -> bool {
        matches!(self, Self::Line(_) | Self::Secret(_) | Self::Area(_))
    }
}

/// What a message beside a field says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It keeps the form from being sent.
    Error(String),
    /// To be thought about.
    Warning(String),
    /// Something is being looked up.
    Checking(&'static str),
    /// All is well.
    Fine(String),
}

/// One input of the form.
#[derive(Clone, Debug)]
pub struct FormField {
    /// Path in Kestra's spelling, or `admin`.
    pub path: &'static str,
    /// Label.
    pub label: &'static str,
    /// The group it stands in.
    pub section: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// The field of the table behind it; `None` for name, id and admin.
    pub field: Option<&'static TenantField>,
    /// The input.
    pub editor: Editor,
    /// Whether it was ever changed or left; before, nothing is found fault with.
    pub touched: bool,
    /// What the instance said of it when the form was sent; cleared by the next change.
    pub server: Option<String>,
}

impl FormField {
    /// What was typed, as Kestra's value; `None` for a field that is no field of a tenant's table.
    ///
    /// # Errors
    /// What is wrong with the text, in one sentence.
    pub fn value(&self) -> Option<Result<Option<Value>, String>> {
        let known = self.field?;
        let parsed = known.parse(&self.editor.text()).and_then(|value| {
            let hidden = value.as_ref().and_then(|value| hidden_key(known, value));
            hidden.map_or(Ok(value), |key| {
                Err(format!(
                    "`{key}` has a secret that is hidden or was not kept; type it again"
                ))
            })
        });
        Some(parsed)
    }

    /// Whether it is a secret, or settings of which any may be one.
    pub fn may_be_secret(&self) -> bool {
        matches!(self.editor, Editor::Secret(_)) || self.field.is_some_and(|known| known.kind == FieldKind::Map)
    }

    /// As [`Self::open_text`], where secrets that are not those that are there now are to be typed again, and so is all that cannot
    /// be read yet.
    pub fn text_to_keep(&self, now: Option<&Value>) -> String {
        self.without_secrets(redact::AGAIN, now)
    }

    /// What was typed, as it may be said: secrets among free settings are hidden.
    pub fn open_text(&self) -> String {
        self.without_secrets(redact::MARK, None)
    }

    fn without_secrets(&self, mark: &str, now: Option<&Value>) -> String {
        let text = self.editor.text();
        let Some(known) = self.field.filter(|known| known.kind == FieldKind::Map) else {
            return text;
        };
        match known.parse(&text) {
            Ok(Some(typed)) => {
                let mut masked = redact::value(known.path, &typed);
                if mark == redact::AGAIN {
                    redact::ask_again(&mut masked, &typed, now);
                }
                if masked == typed { text } else { known.print(&masked) }
            }
            Ok(None) => text,
            // What cannot be read yet is looked at line by line.
            Err(_) => {
                let lines = text.split('\n').zip(self.open_until());
                let open = lines.filter(|(line, end)| *end > 0 || line.is_empty());
                open.map(|(line, end)| match line.split_at_checked(end) {
                    Some((open, hidden)) if !hidden.is_empty() => format!("{open}{mark}"),
                    _ => line.replace(redact::MARK, mark),
                })
                .collect::<Vec<_>>()
                .join("\n")
            }
        }
    }

    /// How many bytes of each line may be seen while they are typed: of free settings not what is behind the name of a secret, nor
    /// what may belong to it on the lines below. Empty for any other field.
    pub fn open_until(&self) -> Vec<usize> {
        let Some(known) = self.field.filter(|known| known.kind == FieldKind::Map) else {
            return Vec::new();
        };
        let (mut is_block, mut goes_on) = (false, false);
        let text = self.editor.text();
        let open = text.split('\n').map(|line| {
            let was_block = is_block;
            is_block = (is_block || redact::has_key_block(line)) && !line.contains("-----END");
            if was_block || goes_on && (line.starts_with([' ', '\t']) || !line.contains(':')) {
                return 0;
            }
            let indent = line.len() - line.trim_start().len();
            let blank = || Some(indent + line.trim().find(' ')?);
            let end = line.find([':', '=']).or_else(blank);
            let (key, value) = end.map_or(("", line), |end| {
                let (key, value) = (line.get(..end), line.get(end + 1..));
                (key.unwrap_or_default(), value.unwrap_or_default())
            });
            let value = value.trim_start();
            let path = format!("{}.{}", known.path, key.trim());
            let parsed = tenant_field::parse_map_value(value.trim());
            // Of what is read as JSON each value is looked at by itself.
            goes_on = ![redact::MARK, redact::AGAIN].contains(&value.trim())
                && (redact::hides(&path, &parsed) || parsed.is_string() && redact::has_secret(line));
            if goes_on { line.len() - value.len() } else { line.len() }
        });
        open.collect()
    }

    /// Puts the secrets of `now`, the value that is there, where they were hidden when the text was kept or said.
    pub fn uncover(&mut self, now: Option<&Value>) {
        let (Some(known), Some(Value::Object(now))) = (self.field, now) else {
            return;
        };
        let Ok(Some(Value::Object(mut typed))) = known.parse(&self.editor.text()) else {
            return;
        };
        let hidden = Value::Object(typed.clone());
        for (key, value) in &mut typed {
            uncover(&format!("{}.{key}", known.path), value, now.get(key));
        }
        let typed = Value::Object(typed);
        if typed != hidden {
            self.editor.set_text(&known.print(&typed));
        }
    }
}

/// Settings as they were kept, where those hidden in them are to be typed again that were asked for when they were sent.
pub fn asked_again(path: &str, text: &str, sent: &str) -> String {
    let Some(known) = settings(path).filter(|_| asks(path, sent)) else {
        return text.to_owned();
    };
    match (known.parse(text), known.parse(sent)) {
        (Ok(Some(typed)), Ok(Some(sent))) => {
            let mut asked = typed.clone();
            ask_as_sent(&mut asked, &sent);
            // What was typed stays as it was typed.
            if asked == typed {
                text.to_owned()
            } else {
                known.print(&asked)
            }
        }
        _ => text.replace(redact::MARK, redact::AGAIN),
    }
}

/// A text of a field that was kept, where no secret is asked for.
pub fn hidden(path: &str, text: &str) -> String {
    match settings(path) {
        Some(_) => text.replace(redact::AGAIN, redact::MARK),
        None => text.to_owned(),
    }
}

/// Whether a secret is to be typed again in a text of a field.
pub fn asks(path: &str, text: &str) -> bool {
    settings(path).is_some() && text.contains(redact::AGAIN)
}

/// The free settings of a path; in no other field a secret may stand among what was typed.
fn settings(path: &str) -> Option<&'static TenantField> {
    let is_it = |field: &&TenantField| field.path == path && field.kind == FieldKind::Map;
    FIELDS.iter().find(is_it)
}

fn ask_as_sent(typed: &mut Value, sent: &Value) {
    match (typed, sent) {
        (Value::Object(typed), Value::Object(sent)) => {
            for (key, typed) in typed {
                if let Some(sent) = sent.get(key) {
                    ask_as_sent(typed, sent);
                }
            }
        }
        (typed, sent) if redact::holds(sent, &[redact::AGAIN]) => redact::ask_for_all(typed),
        _ => {}
    }
}

/// Which entry of a list a secret belongs to is not known, so that only a list that is as it was said is taken, as a whole.
fn uncover(path: &str, value: &mut Value, now: Option<&Value>) {
    match (value, now) {
        (Value::Object(object), Some(now)) => {
            for (key, inner) in object {
                uncover(&format!("{path}.{key}"), inner, now.get(key));
            }
        }
        (value @ (Value::String(_) | Value::Array(_)), Some(now))
            if redact::holds_mark(value) && redact::value(path, now) == *value =>
        {
            *value = now.clone();
        }
        _ => {}
    }
}

/// The key of a hidden secret in a value, if there is one.
fn hidden_key(known: &TenantField, value: &Value) -> Option<String> {
    let mut tenant = Tenant::new(TenantId::existing(""), "");
    tenant.set_at(known.path, Some(value.clone()));
    let path = redact::masked_paths(&tenant).into_iter().next()?;
    let key = path.strip_prefix(known.path)?.trim_start_matches('.');
    Some(if key.is_empty() {
        known.label.to_owned()
    } else {
        key.to_owned()
    })
}
