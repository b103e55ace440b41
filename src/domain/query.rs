//! What a list is asked for: a filter, an order, and a page; parsed from and printed as one line.
//!
//! Grammar, words parted by spaces and all of them required to match:
//! `word` in any column that is shown · `column:value` contains · `column=value` equals · `column<value` · `column>value` ·
//! `column!=value`, `column<=value`, `column>=value` · `!` before any of these negates · `a,b` after an operator means either ·
//! `"..."` quotes, `\` escapes inside ·
//! `sort:column`, `sort:-column` (descending) · `page:N` from 1 · `size:N`.
//! Matching ignores case. Where a column is a time, `<` and `>` take an age, too: `time<7d` is less than seven days from
//! now, past or to come; the units are s, m, h, d and w.

use std::borrow::Cow;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use super::columns::{holds_numbers, meant};
use super::letters;
use super::nearest::nearest;

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
    pub values: Vec<String>,
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
}

/// A row that a filter can look at.
pub trait Row {
    /// The text of a column, or `None` if the row has no such column.
    fn column(&self, name: &str) -> Option<Cow<'_, str>>;
    /// The columns a plain word looks at where a filter does not say.
    fn columns(&self) -> &'static [&'static str];

    /// What a column shows, where that is more than what it is compared by.
    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        self.column(name)
    }

    /// What a column says, where it is a time: milliseconds since 1970, UTC.
    fn moment(&self, _name: &str) -> Option<i64> {
        None
    }

    /// Whether any of these columns is such; of none, any that a plain word looks at.
    fn any(&self, columns: &[&'static str], holds: impl Fn(&str) -> bool) -> bool {
        let columns = if columns.is_empty() { self.columns() } else { columns };
        let mut columns = columns.iter();
        columns.any(|column| self.shown(column).is_some_and(|text| holds(&text)))
    }
}

impl QueryError {
    /// The same without all that there is, for where there is little room.
    pub fn short(&self) -> String {
        match self {
            Self::UnknownColumn { column, near, .. } => {
                let near = near.as_ref().map_or_else(String::new, |near| format!(" (`{near}`?)"));
                format!("no column `{column}`{near}")
            }
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
        let term = Term {
            negated: false,
            column: Some("username".to_owned()),
            operator: Operator::Equals,
            values: vec![name.to_lowercase()],
        };
        Self {
            filter: Filter {
                terms: vec![term],
                words_in: Vec::new(),
            },
            ..Self::first(1)
        }
    }

    /// How many rows come before this page.
    pub fn offset(&self) -> u64 {
        self.page.saturating_sub(1).saturating_mul(u64::from(self.size))
    }

    /// Parses a whole query for a list that has these columns.
    pub fn parse(text: &str, columns: &[&str], default_size: u32) -> Result<Self, QueryError> {
        let mut query = Self::first(default_size);
        for term in parse_terms(text, columns)? {
            match term {
                Parsed::Term(term) => query.filter.terms.push(term),
                Parsed::Sort(sort) => query.sort = Some(sort),
                Parsed::Page(page) => query.page = page,
                Parsed::Size(size) => query.size = size,
            }
        }
        Ok(query)
    }
}

impl Filter {
    /// Parses a filter alone; `sort:`, `page:` and `size:` are refused as unknown columns.
    pub fn parse(text: &str, columns: &[&str]) -> Result<Self, QueryError> {
        let mut terms = Vec::new();
        for parsed in parse_terms(text, columns)? {
            match parsed {
                Parsed::Term(term) => terms.push(term),
                Parsed::Sort(_) => return Err(unknown_column("sort", columns)),
                Parsed::Page(_) => return Err(unknown_column("page", columns)),
                Parsed::Size(_) => return Err(unknown_column("size", columns)),
            }
        }
        Ok(Self {
            terms,
            words_in: Vec::new(),
        })
    }

    /// The same, whose plain words look at these columns.
    pub fn with_words_in(mut self, columns: &[&'static str]) -> Self {
        if self.terms.iter().any(|term| term.column.is_none()) {
            self.words_in = columns.to_vec();
        }
        self
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a row passes that has no times.
    pub fn matches(&self, row: &impl Row) -> bool {
        self.matches_at(row, 0)
    }

    /// Whether a row passes now: at so many milliseconds since 1970.
    pub fn matches_at(&self, row: &impl Row, now: i64) -> bool {
        let words_in = &self.words_in;
        self.terms.iter().all(|term| term.matches(row, words_in, now))
    }
}

impl Term {
    fn matches(&self, row: &impl Row, words_in: &[&'static str], now: i64) -> bool {
        let found = match &self.column {
            Some(column) => match (self.age(), row.moment(column)) {
                (Some(age), Some(moment)) => {
                    let distance = now.saturating_sub(moment).saturating_abs();
                    match self.operator {
                        Operator::Less => distance < age,
                        _ => distance > age,
                    }
                }
                // What never was and what never will be is farther than any age, as its word comes after digits.
                _ => {
                    let holds = |text: Option<Cow<'_, str>>| text.is_some_and(|text| self.holds(&text));
                    holds(row.column(column)) || !self.orders() && holds(row.shown(column))
                }
            },
            None => row.any(words_in, |text| self.holds(text)),
        };
        found != self.negated
    }

    fn orders(&self) -> bool {
        matches!(self.operator, Operator::Less | Operator::Greater)
    }

    /// The age it compares with, in milliseconds.
    fn age(&self) -> Option<i64> {
        self.values
            .first()
            .filter(|_| self.orders())
            .and_then(|value| age(value))
    }

    fn holds(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.values.iter().any(|value| match self.operator {
            Operator::Contains => text.contains(value.as_str()),
            Operator::Equals => text == *value,
            Operator::Less => compare(&text, value).is_lt(),
            Operator::Greater => compare(&text, value).is_gt(),
        })
    }
}

/// How two values compare: as numbers where both are, as text otherwise. Both are lower case.
pub fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => letters::compared(a, b),
    }
}

/// An age such as `7d`, in milliseconds.
fn age(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let number: i64 = text.get(..text.len() - 1)?.parse().ok()?;
    number.checked_mul(unit * 1_000)
}

enum Parsed {
    Term(Term),
    Sort(Sort),
    Page(u64),
    Size(u32),
}

fn unknown_column(column: &str, columns: &[&str]) -> QueryError {
    QueryError::UnknownColumn {
        column: column.to_owned(),
        near: nearest(column, columns.iter().copied()).map(str::to_owned),
        known: columns.join(", "),
    }
}

fn parse_terms(text: &str, columns: &[&str]) -> Result<Vec<Parsed>, QueryError> {
    let mut characters = text.chars().peekable();
    let mut terms = Vec::new();
    loop {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        if characters.peek().is_none() {
            return Ok(terms);
        }
        terms.push(parse_term(&mut characters, columns)?);
    }
}

fn parse_term(characters: &mut Peekable<Chars<'_>>, columns: &[&str]) -> Result<Parsed, QueryError> {
    let negated = characters.next_if_eq(&'!').is_some();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut ahead = characters.clone();
    let mut name = String::new();
    while let Some(c) = ahead.next_if(|c| is_name(*c)) {
        name.push(c.to_ascii_lowercase());
    }
    let Some((operator, turned)) = parse_operator(&mut ahead).filter(|_| !name.is_empty()) else {
        let values = parse_values(characters, false)?;
        if values.is_empty() {
            return Err(QueryError::MissingValue("!".to_owned()));
        }
        return Ok(Parsed::Term(Term {
            negated,
            column: None,
            operator: Operator::Contains,
            values,
        }));
    };
    let written = written(characters, &ahead);
    *characters = ahead;
    let values = parse_values(characters, true)?;
    let Some(first) = values.first().cloned() else {
        return Err(QueryError::MissingValue(written));
    };
    let is_keyword = operator == Operator::Contains && !negated && !columns.contains(&name.as_str());
    match name.as_str() {
        "sort" if is_keyword => {
            let (descending, column) = first
                .strip_prefix('-')
                .map_or((false, first.as_str()), |column| (true, column));
            let column = meant(column, columns).ok_or_else(|| unknown_column(column, columns))?;
            Ok(Parsed::Sort(Sort {
                column: column.to_owned(),
                descending,
            }))
        }
        "page" if is_keyword => match first.parse() {
            Ok(page @ 1..) => Ok(Parsed::Page(page)),
            _ => Err(QueryError::Number(format!("page:{first}"))),
        },
        "size" if is_keyword => match first.parse() {
            Ok(size @ 1..=Query::MAX_SIZE) => Ok(Parsed::Size(size)),
            _ => Err(QueryError::Number(format!("size:{first}"))),
        },
        column => {
            let column = meant(column, columns).ok_or_else(|| unknown_column(column, columns))?;
            // Not more than one or the other would be neither.
            if turned && operator != Operator::Equals && values.len() > 1 {
                return Err(QueryError::Several(written));
            }
            if matches!(operator, Operator::Less | Operator::Greater)
                && holds_numbers(column)
                && let Some(value) = values.iter().find(|value| value.parse::<f64>().is_err())
            {
                return Err(QueryError::NoNumber {
                    column: name,
                    value: value.clone(),
                });
            }
            Ok(Parsed::Term(Term {
                negated: negated != turned,
                column: Some(column.to_owned()),
                operator,
                values,
            }))
        }
    }
}

/// The operator that comes next, and whether its opposite is meant: at least is not less, and so on.
fn parse_operator(characters: &mut Peekable<Chars<'_>>) -> Option<(Operator, bool)> {
    let sign = characters.next()?;
    if sign == '!' {
        return characters.next_if_eq(&'=').map(|_| (Operator::Equals, true));
    }
    let operator = Operator::from_sign(sign)?;
    let has_equals = operator != Operator::Contains && characters.next_if_eq(&'=').is_some();
    Some(match operator {
        Operator::Less if has_equals => (Operator::Greater, true),
        Operator::Greater if has_equals => (Operator::Less, true),
        operator => (operator, false),
    })
}

/// What was read between these two places.
fn written(from: &Peekable<Chars<'_>>, to: &Peekable<Chars<'_>>) -> String {
    let read = from.clone().count().saturating_sub(to.clone().count());
    from.clone().take(read).collect()
}

/// One value, or several parted by commas where `several` are allowed. Lower-cased; empty ones are left out.
fn parse_values(characters: &mut Peekable<Chars<'_>>, several: bool) -> Result<Vec<String>, QueryError> {
    let mut values = Vec::new();
    let mut value = String::new();
    loop {
        match characters.next_if(|c| !c.is_whitespace()) {
            None => break,
            Some('"') => loop {
                match characters.next() {
                    None => return Err(QueryError::OpenQuote),
                    Some('"') => break,
                    Some('\\') => value.extend(characters.next().into_iter().flat_map(char::to_lowercase)),
                    Some(c) => value.extend(c.to_lowercase()),
                }
            },
            Some(',') if several => values.push(std::mem::take(&mut value)),
            Some(c) => value.extend(c.to_lowercase()),
        }
    }
    values.push(value);
    values.retain(|value| !value.is_empty());
    Ok(values)
}

/// `value`, quoted where it would be read as something else.
fn quoted(value: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/' | '(' | ')' | '*' | '+');
    if value.chars().all(is_plain) && !value.starts_with('-') {
        return Cow::Borrowed(value);
    }
    let mut text = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    Cow::Owned(text)
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("!")?;
        }
        if let Some(column) = &self.column {
            write!(f, "{column}{}", self.operator.sign())?;
        }
        for (index, value) in self.values.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            f.write_str(&quoted(value))?;
        }
        Ok(())
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.filter.is_empty() {
            write!(f, "{} ", self.filter)?;
        }
        if let Some(Sort { column, descending }) = &self.sort {
            write!(f, "sort:{}{column} ", if *descending { "-" } else { "" })?;
        }
        write!(f, "page:{} size:{}", self.page, self.size)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[&str] = &["id", "name", "admins", "state"];

    struct Sample;

    impl Row for Sample {
        fn column(&self, name: &str) -> Option<Cow<'_, str>> {
            Some(Cow::Borrowed(match name {
                "id" => "acme",
                "name" => "Acme Corporation: \"EU\"",
                "admins" => "9",
                "state" => "active",
                _ => return None,
            }))
        }

        fn columns(&self) -> &'static [&'static str] {
            COLUMNS
        }
    }

    #[test]
    fn terms_match_as_documented() {
        for (text, expected) in [
            ("", true),
            ("acme", true),
            ("ACME corp", true),
            ("globex", false),
            ("!globex", true),
            ("id:acm", true),
            ("id=acm", false),
            ("id=acme", true),
            ("state:failed,active", true),
            ("!state:failed,active", false),
            ("admins<10", true),
            ("admins>9", false),
            ("admins>8", true),
            ("admins>=9", true),
            ("admins>=10", false),
            ("admins<=9", true),
            ("admins<=8", false),
            ("!admins<=8", true),
            ("admins==9", true),
            ("state!=active", false),
            ("state!=failed,gone", true),
            ("!state!=active", true),
            ("\"corporation: \\\"eu\\\"\"", true),
            ("name:\"acme corp\"", true),
        ] {
            let filter = Filter::parse(text, COLUMNS).unwrap();
            assert_eq!(filter.matches(&Sample), expected, "{text}");
        }
    }

    #[test]
    fn ages_are_how_far_a_time_is_from_now() {
        const DAY: i64 = 86_400_000;
        struct At(Option<i64>);
        impl Row for At {
            fn column(&self, _: &str) -> Option<Cow<'_, str>> {
                Some(self.0.map_or("never", |_| "2026-11-20 10:00").into())
            }
            fn columns(&self) -> &'static [&'static str] {
                &["time"]
            }
            fn moment(&self, _: &str) -> Option<i64> {
                self.0
            }
        }
        let now = 100 * DAY;
        for (text, days, expected) in [
            ("time<7d", -6, true),
            ("time<7d", -8, false),
            ("time<7d", 6, true),
            ("time>7d", 6, false),
            ("time>1w", -8, true),
            ("time<168h", -6, true),
            ("time<10080m", -8, false),
            ("!time<604800s", -8, true),
            ("time<2026-11-21", -8, true),
            ("time>2026-11-21", -8, false),
            ("time<99999999999999999d", -8, true),
        ] {
            let filter = Filter::parse(text, &["time"]).unwrap();
            assert_eq!(filter.matches_at(&At(Some(now + days * DAY)), now), expected, "{text}");
        }
        let never = |text| Filter::parse(text, &["time"]).unwrap().matches_at(&At(None), now);
        assert!(never("time>7d") && !never("time<7d"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, message) in [
            (
                "nme:x",
                "there is no column `nme` (did you mean `name`?); columns are id, name, admins, state",
            ),
            ("id:", "`id:` needs a value after it"),
            ("admins>=", "`admins>=` needs a value after it"),
            ("id!=", "`id!=` needs a value after it"),
            ("admins<=0,3", "`admins<=` takes one value"),
            ("admins<x", "`admins` holds numbers, and `x` is none"),
            ("!", "`!` needs a value after it"),
            ("\"abc", "a quote is not closed"),
            ("page:0", "`page:0` is not a number in range"),
            ("size:1001", "`size:1001` is not a number in range"),
            ("sort:x", "there is no column `x`; columns are id, name, admins, state"),
        ] {
            assert_eq!(
                Query::parse(text, COLUMNS, 50).unwrap_err().to_string(),
                message,
                "{text}"
            );
        }
        assert!(Filter::parse("page:2", COLUMNS).is_err());
    }

    #[test]
    fn a_query_holds_filter_order_and_page() {
        let query = Query::parse("acme state:active sort:-name page:3 size:20", COLUMNS, 50).unwrap();
        assert_eq!(query.offset(), 40);
        assert_eq!(
            query.sort,
            Some(Sort {
                column: "name".to_owned(),
                descending: true
            })
        );
        assert_eq!(query.to_string(), "acme state:active sort:-name page:3 size:20");
    }

    fn term() -> impl Strategy<Value = Term> {
        let value = "\\PC{1,8}".prop_map(|text: String| text.to_lowercase());
        let column = prop::option::of(prop::sample::select(COLUMNS).prop_map(str::to_owned));
        let operator = prop::sample::select(vec![
            Operator::Contains,
            Operator::Equals,
            Operator::Less,
            Operator::Greater,
        ]);
        (any::<bool>(), column, operator, prop::collection::vec(value, 1..4)).prop_map(
            |(negated, column, operator, mut values)| {
                // What lower-cases to something that lower-cases further cannot round-trip, and is not text people type.
                values.retain(|value| value.to_lowercase() == *value);
                if values.is_empty() {
                    values.push("x".to_owned());
                }
                if column.is_none() {
                    values.truncate(1);
                }
                let compares = matches!(operator, Operator::Less | Operator::Greater);
                if compares && column.as_deref().is_some_and(holds_numbers) {
                    values = vec!["7".to_owned(), "-0.5".to_owned()];
                }
                Term {
                    negated,
                    operator: if column.is_none() { Operator::Contains } else { operator },
                    column,
                    values,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn printed_queries_parse_back(
            terms in prop::collection::vec(term(), 0..4),
            sort in prop::option::of((prop::sample::select(COLUMNS), any::<bool>())),
            page in 1u64..1_000_000,
            size in 1u32..=Query::MAX_SIZE,
        ) {
            let query = Query {
                filter: Filter { terms, words_in: Vec::new() },
                sort: sort.map(|(column, descending)| Sort { column: column.to_owned(), descending }),
                page,
                size,
            };
            prop_assert_eq!(Query::parse(&query.to_string(), COLUMNS, 50), Ok(query));
        }

        #[test]
        fn any_text_parses_or_says_why(text in "(?s).{0,40}") {
            if let Ok(filter) = Filter::parse(&text, COLUMNS) {
                prop_assert_eq!(Filter::parse(&filter.to_string(), COLUMNS), Ok(filter));
            }
        }
    }
}
