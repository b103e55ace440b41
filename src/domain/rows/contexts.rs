//! Rows of the list of contexts.

use std::borrow::Cow;

use crate::domain::columns::CONTEXT_COLUMNS;
use crate::domain::query::Row;

use super::yes_no;

/// Where a context leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To the Kestra at a URL.
    Host(String),
    /// To the local instance of a name.
    Store(String),
}

impl Leads {
    /// As the command says it: `host` or `store`, and which.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Host(url) => ("host", url),
            Self::Store(name) => ("store", name),
        }
    }

    /// As the screen says it: a URL, or `local` and a name.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Host(url) => url.as_str().into(),
            Self::Store(name) => format!("local {name}").into(),
        }
    }
}

impl Default for Leads {
    fn default() -> Self {
        Self::Host(String::new())
    }
}

/// A context as the configuration describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextRow {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub leads: Leads,
    /// The URL or directory that this means now; empty where it means none.
    pub place: String,
    /// Who we are there, in words.
    pub who: String,
    /// Whether it is read-only.
    pub read_only: bool,
    /// Whether it is protected.
    pub protected: bool,
    /// Whether changes are sent right after entering it, as the header says it there.
    pub changes: &'static str,
    /// The same as the command says it.
    pub allows: &'static str,
    /// The tenant where its screens of tenants start; empty where it names none.
    pub tenant: String,
    /// Whether it is used where none is named.
    pub is_default: bool,
    /// The colour that marks it; empty where none does.
    pub color: &'static str,
}

impl ContextRow {
    /// Its name, with the colour that marks it also as a word.
    pub fn tagged(&self) -> Cow<'_, str> {
        match self.color {
            "" => self.name.as_str().into(),
            color => format!("{} [{color}]", self.name).into(),
        }
    }

    /// What it is used for, where the context of this name is worked on.
    pub fn usage(&self, present: &str) -> &'static str {
        match (self.name == present, self.is_default) {
            (true, true) => "in use, default",
            (true, false) => "in use",
            (false, true) => "default",
            (false, false) => "",
        }
    }

    /// Where it leads as the command says it: `host` and a URL, or `store` and a name.
    pub fn reaches(&self) -> String {
        let (kind, place) = self.leads.parts();
        format!("{kind} {place}")
    }
}

/// The same with what it is used for, where the context of a name is worked on.
pub struct UsedContext<'a>(pub &'a ContextRow, pub &'a str);

impl Row for UsedContext<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let Self(row, present) = self;
        Some(match name {
            "id" | "name" => row.name.as_str().into(),
            "changes" => row.allows.into(),
            "place" => row.reaches().into(),
            "use" => row.usage(present).into(),
            "who" => row.who.as_str().into(),
            "tenant" => row.tenant.as_str().into(),
            "default" => yes_no(row.is_default),
            "color" => row.color.into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        CONTEXT_COLUMNS
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "name" => Some(self.0.tagged()),
            "changes" => Some(self.0.changes.into()),
            "place" => Some(self.0.leads.shown()),
            _ => self.column(name),
        }
    }
}
