//! A query as one line: parsed from it, and printed as it, by the grammar that [`super`] documents.

use std::borrow::Cow;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use crate::domain::columns::{holds_numbers, holds_times, meant};
use crate::domain::moment;
use crate::domain::nearest::nearest;

use super::matching::age;
use super::{Filter, Operator, Query, QueryError, Sort, Term};

impl Query {
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
            values: values.into(),
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
            if matches!(operator, Operator::Less | Operator::Greater) {
                let is_number = |value: &&String| value.parse::<f64>().is_ok();
                let is_time = |value: &&String| age(value).is_some() || moment::begins(value);
                if let Some(value) = values.iter().find(|value| holds_numbers(column) && !is_number(value)) {
                    let (column, value) = (name, value.clone());
                    return Err(QueryError::NoNumber { column, value });
                }
                if let Some(value) = values.iter().find(|value| holds_times(column) && !is_time(value)) {
                    let (column, value) = (name, value.clone());
                    return Err(QueryError::NoTime { column, value });
                }
            }
            Ok(Parsed::Term(Term {
                negated: negated != turned,
                column: Some(column.to_owned()),
                operator,
                values: values.into(),
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
    fn what_is_no_time_is_refused_where_a_time_is_compared() {
        for value in [
            "1y",
            "banana",
            "7days",
            "6mo",
            "-7d",
            "7",
            "2026-13-01",
            "2026-11-26T25h",
            "d",
        ] {
            for sign in ["<", ">", "<=", ">="] {
                assert_eq!(
                    Filter::parse(&format!("time{sign}{value}"), &["time"])
                        .unwrap_err()
                        .to_string(),
                    format!(
                        "`time` holds times, and `{}` is none: write an age such as `7d`, in s, m, h, d or w, or a moment such \
                         as `2026-11-26` or `2026-11-26T11:42`",
                        value.to_lowercase()
                    ),
                );
            }
        }
        for text in [
            "time<7d",
            "time>90m",
            "time<2026",
            "time<2026-11",
            "time>=2026-11-26",
            "time<2026-11-26T11:42Z",
            "time<2026-11-26T11:42:07.165+02:00",
            "time>\"2026-11-26 11:42\"",
            "time:banana",
            "time=never",
        ] {
            assert!(Filter::parse(text, &["time"]).is_ok(), "{text}");
        }
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
                    values: values.into(),
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
