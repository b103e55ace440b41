//! A [`Query`] carried out by SQLite, with exactly the meaning it has in [`crate::domain::query`].
//!
//! A list declares its columns once, as [`Column`]s; filter, order and page follow from them. The function `fold` of
//! the connection puts text into lower case as the filter does, `ordered` makes of it what it is ordered by, and `compared`
//! compares as the filter does.

use std::fmt::Write;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Filter, Operator, Query, Term, compare};
use crate::domain::text::visible;

use super::failure::Failure;

/// A column of a list, for filters and orders.
pub(super) struct Column {
    /// As queries name it.
    pub name: &'static str,
    /// Where its text comes from.
    pub text: Text,
    /// Whether a plain word looks at it where a filter does not say.
    pub in_words: bool,
}

/// Where the text of a column comes from, as an SQL expression.
pub(super) enum Text {
    /// In lower case, never NULL.
    Lower(&'static str),
    /// In lower case, never NULL, and what it is ordered by.
    Named(&'static str, &'static str),
    /// In any case, never NULL.
    Any(&'static str),
    /// In lower case; NULL reads as the word beside it, which is in lower case.
    Or(&'static str, &'static str),
    /// A number from 0, never NULL.
    Number(&'static str),
    /// One of these words in lower case: that whose condition holds. Exactly one does, and none is NULL.
    Words(&'static [(&'static str, &'static str)]),
    /// The same, and the words that lists show instead.
    Shown(
        &'static [(&'static str, &'static str)],
        &'static [(&'static str, &'static str)],
    ),
    /// In any case; where it is NULL it is empty, and lists show the words beside it, which are in lower case.
    Blank(&'static str, &'static str),
}

/// A list in the database.
pub(super) struct List {
    /// What is read for a row.
    pub select: &'static str,
    /// The table, with its joins.
    pub from: &'static str,
    /// Which rows there are at all, with a `?` for each of the values given beside it.
    pub within: &'static str,
    /// The columns queries may name.
    pub columns: &'static [Column],
    /// The column it is ordered by where a query names no order.
    pub order: &'static str,
    /// What parts rows that are equal in the order; unique.
    pub id: &'static str,
}

/// What a page is made from besides the query.
pub(super) struct Source<'a> {
    /// The list.
    pub list: &'a List,
    /// Values for [`List::within`].
    pub within: Vec<Value>,
    /// How many rows there are without a filter, where that is known.
    pub total: Option<u64>,
}

impl Source<'_> {
    /// The page of the list that `query` asks for.
    pub(super) fn page<T>(
        self,
        db: &Connection,
        query: &Query,
        read: impl Fn(&Row<'_>) -> Result<T, Failure>,
    ) -> Result<Page<T>, Failure> {
        let Self { list, within, total } = self;
        let (condition, values) = condition(list, within, &query.filter);
        let known = total.filter(|_| query.filter.is_empty());
        let (offset, size) = (query.offset(), u64::from(query.size));
        let here = |total: u64| total.saturating_sub(offset).min(size);
        // Rows near the end are read from the end.
        let (backwards, skip, take) = match known {
            Some(total) if here(total) == 0 => {
                return Ok(Page::new(Vec::new(), total));
            }
            Some(total) if offset > total / 2 => (true, total - offset - here(total), here(total)),
            _ => (false, offset, size),
        };
        let sql = format!(
            "SELECT {} FROM {} WHERE {condition} ORDER BY {} LIMIT {take} OFFSET {skip}",
            list.select,
            list.from,
            order(list, query, backwards)?,
        );
        let mut rows = Vec::new();
        let mut statement = db.prepare_cached(&sql)?;
        let mut found = statement.query(params_from_iter(&values))?;
        while let Some(row) = found.next()? {
            rows.push(read(row)?);
        }
        if backwards {
            rows.reverse();
        }
        let read = rows.len() as u64;
        let total = match known {
            Some(total) => total,
            // A page that is not full is the last one.
            None if read < size && (read > 0 || offset == 0) => offset + read,
            None => {
                let sql = format!("SELECT count(*) FROM {} WHERE {condition}", list.from);
                let count: i64 = db
                    .prepare_cached(&sql)?
                    .query_row(params_from_iter(&values), |row| row.get(0))?;
                count.cast_unsigned()
            }
        };
        Ok(Page::new(rows, total))
    }
}

/// The condition for rows to be in the list and pass the filter, with its values in order.
fn condition(list: &List, within: Vec<Value>, filter: &Filter) -> (String, Vec<Value>) {
    let mut sql = list.within.to_owned();
    let mut values = within;
    for term in &filter.terms {
        sql.push_str(if term.negated { " AND NOT (" } else { " AND (" });
        let start = sql.len();
        for column in list
            .columns
            .iter()
            .filter(|column| looks_at(term, &filter.words_in, column))
        {
            for value in term.values.iter() {
                if let Some((condition, binds)) = column.text.holds(term, value) {
                    if sql.len() > start {
                        sql.push_str(" OR ");
                    }
                    sql.push_str(&condition);
                    values.extend(std::iter::repeat_n(Value::from(value.clone()), binds));
                }
            }
        }
        if sql.len() == start {
            sql.push('0');
        }
        sql.push(')');
    }
    (sql, values)
}

fn looks_at(term: &Term, words_in: &[&str], column: &Column) -> bool {
    match &term.column {
        Some(name) => name == column.name,
        None if !words_in.is_empty() => words_in.contains(&column.name),
        None => column.in_words,
    }
}

impl Text {
    /// The condition for this text to hold `value` as a term wants it, with how often it binds the value; `None` if it never does.
    fn holds(&self, term: &Term, value: &str) -> Option<(String, usize)> {
        let operator = term.operator;
        let orders = matches!(operator, Operator::Less | Operator::Greater);
        match self {
            Self::Lower(text) | Self::Named(text, _) => Some((text_holds(text, operator), 1)),
            Self::Any(text) => Some((text_holds(&format!("fold({text})"), operator), 1)),
            Self::Or(column, absent) => {
                let held = text_holds(column, operator);
                Some(if word_holds(absent, operator, value) {
                    (format!("({column} IS NULL OR {held})"), 1)
                } else {
                    (format!("({column} IS NOT NULL AND {held})"), 1)
                })
            }
            Self::Number(_) if operator == Operator::Contains && !value.bytes().all(|byte| byte.is_ascii_digit()) => {
                None
            }
            Self::Number(number) => Some((text_holds(&format!("CAST({number} AS TEXT)"), operator), 1)),
            Self::Words(words) => one_of_words(words.iter(), operator, value),
            Self::Shown(_, shown) if term.column.is_none() => one_of_words(shown.iter(), operator, value),
            Self::Shown(words, _) if orders => one_of_words(words.iter(), operator, value),
            Self::Shown(words, shown) => one_of_words(words.iter().chain(*shown), operator, value),
            Self::Blank(column, shown) => {
                let held = text_holds(&format!("fold(coalesce({column}, ''))"), operator);
                Some(if !orders && word_holds(shown, operator, value) {
                    (format!("({column} IS NULL OR {held})"), 1)
                } else {
                    (held, 1)
                })
            }
        }
    }

    fn order(&self) -> String {
        match self {
            Self::Lower(text) | Self::Named(_, text) | Self::Number(text) => (*text).to_owned(),
            Self::Any(text) => format!("ordered({text})"),
            Self::Or(column, absent) => format!("ordered(coalesce({column}, '{absent}'))"),
            Self::Blank(column, _) => format!("ordered(coalesce({column}, ''))"),
            Self::Words(words) | Self::Shown(words, _) => {
                let mut sql = String::from("CASE");
                for (word, condition) in *words {
                    _ = write!(sql, " WHEN {condition} THEN '{word}'");
                }
                sql + " END"
            }
        }
    }
}

/// The condition for one of those words to be it that hold `value`.
fn one_of_words<'w>(
    words: impl Iterator<Item = &'w (&'static str, &'static str)>,
    operator: Operator,
    value: &str,
) -> Option<(String, usize)> {
    let mut sql = String::new();
    for (_, condition) in words.filter(|(word, _)| word_holds(word, operator, value)) {
        let or = if sql.is_empty() { "" } else { " OR " };
        // Writing to a String cannot fail.
        _ = write!(sql, "{or}{condition}");
    }
    (!sql.is_empty()).then(|| (format!("({sql})"), 0))
}

fn text_holds(text: &str, operator: Operator) -> String {
    match operator {
        Operator::Contains => format!("instr({text}, ?) > 0"),
        Operator::Equals => format!("{text} = ?"),
        Operator::Less => format!("compared({text}, ?) < 0"),
        Operator::Greater => format!("compared({text}, ?) > 0"),
    }
}

/// Whether a text in lower case holds `value`.
pub(super) fn word_holds(word: &str, operator: Operator, value: &str) -> bool {
    match operator {
        Operator::Contains => word.contains(value),
        Operator::Equals => word == value,
        Operator::Less => compare(word, value).is_lt(),
        Operator::Greater => compare(word, value).is_gt(),
    }
}

/// The problem of an order that a list does not have.
pub(super) fn no_column(name: &str) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "The list cannot be ordered like this.",
        format!("It has no column `{}`.", visible(name)),
        "Order it by one of its columns.",
    )
}

/// The order: the column, then the id in the same direction, so that one order is the exact reverse of the other.
pub(super) fn order(list: &List, query: &Query, backwards: bool) -> Result<String, Failure> {
    let (name, descending) = query
        .sort
        .as_ref()
        .map_or((list.order, false), |sort| (sort.column.as_str(), sort.descending));
    let column = list
        .columns
        .iter()
        .find(|column| column.name == name)
        .ok_or_else(|| no_column(name))?;
    let direction = if descending == backwards { "ASC" } else { "DESC" };
    let key = column.text.order();
    Ok(if key == list.id {
        format!("{key} {direction}")
    } else {
        format!("{key} {direction}, {} {direction}", list.id)
    })
}
