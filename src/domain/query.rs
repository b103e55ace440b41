//! What a list is asked for: a filter, an order, and a page; parsed from and printed as one line ([`mod@line`]), and held against
//! rows ([`matching`]), or answered from all of them ([`answering`]).
//!
//! Grammar, words parted by spaces and all of them required to match:
//! `word` in any column that is shown · `column:value` contains · `column=value` equals · `column<value` · `column>value` ·
//! `column!=value`, `column<=value`, `column>=value` · `!` before any of these negates · `a,b` after an operator means either ·
//! `"..."` quotes, `\` escapes inside ·
//! `sort:column`, `sort:-column` (descending) · `page:N` from 1 · `size:N`.
//! Matching ignores case. Where a column is a time, `<` and `>` take an age, too: `time<7d` is less than seven days from
//! now, past or to come; the units are s, m, h, d and w. A moment is written with a blank or a `T` before the hour; to the second it is
//! all of that second, to a part of one that millisecond, and `=` takes a minute or a day, too.

mod answering;
mod line;
mod matching;
mod values;

pub use answering::{Selection, answer, sorted};
pub use matching::{Row, compare};
pub use values::Values;

use super::tenant_id::TenantId;

/// How a term compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The column contains one of the values.
    Contains,
    /// The column is one of the values.
    Equals,
    /// The column is less than the value: as numbers where both are, as text otherwise.
    Less,
    /// The column is greater than the value.
    Greater,
}

impl Operator {
    /// The sign it is written as.
    pub fn sign(self) -> char {
        match self {
            Self::Contains => ':',
            Self::Equals => '=',
            Self::Less => '<',
            Self::Greater => '>',
        }
    }

    fn from_sign(sign: char) -> Option<Self> {
        [Self::Contains, Self::Equals, Self::Less, Self::Greater]
            .into_iter()
            .find(|operator| operator.sign() == sign)
    }
}

/// One condition of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether it must not match.
    pub negated: bool,
    /// The column it looks at; `None` looks at all that plain words look at.
    pub column: Option<String>,
    /// How it compares.
    pub operator: Operator,
    /// What it compares with, lower case; any one suffices. Never empty.
    pub values: Values,
}

/// Conditions that all have to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The conditions.
    pub terms: Vec<Term>,
    /// The columns that plain words look at: those that are shown. Empty: those that the list itself has them look at.
    pub words_in: Vec<&'static str>,
}

/// An order of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// What a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which rows.
    pub filter: Filter,
    /// In which order; `None` is the list's own.
    pub sort: Option<Sort>,
    /// Which page, from 1.
    pub page: u64,
    /// Rows on a page, from 1 to [`Query::MAX_SIZE`].
    pub size: u32,
}

/// Why a text is not a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A column the list does not have.
    #[error("there is no column `{column}`{}; columns are {known}", did_you_mean(near.as_deref()))]
    UnknownColumn {
        /// As written.
        column: String,
        /// What was meant, most likely.
        near: Option<String>,
        /// Those there are.
        known: String,
    },
    /// An operator without a value.
    #[error("`{0}` needs a value after it")]
    MissingValue(String),
    /// A quote that is never closed.
    #[error("a quote is not closed")]
    OpenQuote,
    /// A page or size that is no number in range.
    #[error("`{0}` is not a number in range")]
    Number(String),
    /// Several values where only one makes sense.
    #[error("`{0}` takes one value")]
    Several(String),
    /// A column of numbers that is to be less or more than a word.
    #[error("`{column}` holds numbers, and `{value}` is none")]
    NoNumber {
        /// The column.
        column: String,
        /// What is no number.
        value: String,
    },
    /// A column of times that is to be before or after what is none.
    #[error(
        "`{column}` holds times, and `{value}` is none: write an age such as `7d`, in s, m, h, d or w, or a moment such as \
         `2026-11-26` or `2026-11-26T11:42`"
    )]
    NoTime {
        /// The column.
        column: String,
        /// What is no time.
        value: String,
    },
}

impl QueryError {
    /// The same without all that there is, for where there is little room.
    pub fn short(&self) -> String {
        match self {
            Self::UnknownColumn { column, near, .. } => {
                let near = near.as_ref().map_or_else(String::new, |near| format!(" (`{near}`?)"));
                format!("no column `{column}`{near}")
            }
            Self::NoTime { value, .. } => format!("`{value}` is no time"),
            other => other.to_string(),
        }
    }
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
}

impl Query {
    /// The largest page that is asked for. Kestra 2.0 refuses more than 1000.
    pub const MAX_SIZE: u32 = 1000;

    /// The first page of everything.
    pub fn first(size: u32) -> Self {
        Self {
            filter: Filter::default(),
            sort: None,
            page: 1,
            size: size.clamp(1, Self::MAX_SIZE),
        }
    }

    /// At most one user of exactly this name. Kestra compares names without regard to case, and so do filters.
    pub fn user_named(name: &str) -> Self {
        Self::of_values("username", vec![name.to_lowercase()], 1)
    }

    /// The tenants of these ids, of which there are at most [`Self::MAX_SIZE`].
    pub fn tenants_of(ids: &[&TenantId]) -> Self {
        Self::of_values(
            "id",
            ids.iter().map(|id| id.as_str().to_lowercase()).collect(),
            Self::MAX_SIZE,
        )
    }

    fn of_values(column: &str, values: Vec<String>, size: u32) -> Self {
        let term = Term {
            negated: false,
            column: Some(column.to_owned()),
            operator: Operator::Equals,
            values: values.into(),
        };
        Self {
            filter: Filter {
                terms: vec![term],
                words_in: Vec::new(),
            },
            ..Self::first(size)
        }
    }

    /// Whether rows are kept or ordered by a column.
    pub fn looks_at(&self, column: &str) -> bool {
        self.filter.looks_at(column) || self.sort.as_ref().is_some_and(|sort| sort.column == column)
    }

    /// The same by its name, rather than by a plain word.
    pub fn names(&self, column: &str) -> bool {
        let mut terms = self.filter.terms.iter();
        terms.any(|term| term.column.as_deref() == Some(column))
            || self.sort.as_ref().is_some_and(|sort| sort.column == column)
    }

    /// How many rows come before this page.
    pub fn offset(&self) -> u64 {
        self.page.saturating_sub(1).saturating_mul(u64::from(self.size))
    }
}

impl Filter {
    /// The same, whose plain words look at these columns.
    pub fn with_words_in(mut self, columns: &[&'static str]) -> Self {
        if self.terms.iter().any(|term| term.column.is_none()) {
            self.words_in = columns.to_vec();
        }
        self
    }

    /// Whether a term, or a plain word, looks at a column.
    pub fn looks_at(&self, column: &str) -> bool {
        let mut terms = self.terms.iter();
        self.words_in.contains(&column) || terms.any(|term| term.column.as_deref() == Some(column))
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}
