//! A [`Query`] answered from a whole list: filtered, sorted, cut.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::domain::letters;
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::sorting;
use crate::domain::text::visible;

use super::{Query, Row};

/// Rows of which it is not worth dropping any.
const FEW: usize = 8192;

/// The page of a long list that a query asks for, picked from rows that come one by one. Rows that cannot be on it any
/// more are dropped on the way.
pub struct Selection<'a, T> {
    query: &'a Query,
    own_order: &'a str,
    rows: Vec<T>,
    total: u64,
}

impl<'a, T: Row> Selection<'a, T> {
    /// None picked yet.
    pub fn new(query: &'a Query, own_order: &'a str) -> Self {
        Self {
            query,
            own_order,
            rows: Vec::new(),
            total: 0,
        }
    }

    /// How many rows can be on the page or before it.
    fn needed(&self) -> usize {
        usize::try_from(self.query.offset())
            .unwrap_or(usize::MAX)
            .saturating_add(self.query.size as usize)
    }

    /// Takes a row if it matches.
    pub fn take(&mut self, row: T) -> Result<(), Problem> {
        if !self.query.filter.matches(&row) {
            return Ok(());
        }
        self.total += 1;
        self.rows.push(row);
        let needed = self.needed();
        if self.rows.len() >= needed.saturating_mul(2).max(FEW) {
            self.rows = sorted(std::mem::take(&mut self.rows), self.query, self.own_order)?;
            self.rows.truncate(needed);
        }
        Ok(())
    }

    /// The page.
    pub fn page(self) -> Result<Page<T>, Problem> {
        let skip = self.needed().saturating_sub(self.query.size as usize);
        let sorted = sorted(self.rows, self.query, self.own_order)?;
        Ok(Page::new(
            sorted.into_iter().skip(skip).take(self.query.size as usize).collect(),
            self.total,
        ))
    }
}

/// The page of all rows that a query asks for: filtered, sorted, cut. Equal rows are in the order of their ids.
pub fn answer<T: Row>(rows: Vec<T>, query: &Query, own_order: &str) -> Result<Page<T>, Problem> {
    let mut selection = Selection::new(query, own_order);
    for row in rows {
        selection.take(row)?;
    }
    selection.page()
}

/// All rows in the order a query asks for.
pub fn sorted<T: Row>(rows: Vec<T>, query: &Query, own_order: &str) -> Result<Vec<T>, Problem> {
    let (column, descending) = query
        .sort
        .as_ref()
        .map_or((own_order, false), |sort| (sort.column.as_str(), sort.descending));
    let key = |row: &T, column: &str| {
        let text = row.column(column)?.to_lowercase();
        Some(letters::key(&text).into_owned())
    };
    if rows.first().is_some_and(|row| key(row, column).is_none()) {
        return Err(Problem::new(
            ProblemKind::Invalid,
            "The list cannot be ordered like this.",
            format!("It has no column `{}`.", visible(column)),
            "Order it by one of its columns.",
        ));
    }
    let mut keyed: Vec<(Key, String, T)> = rows
        .into_iter()
        .map(|row| {
            let text = key(&row, column).unwrap_or_default();
            let id = row.column("id").map(Cow::into_owned).unwrap_or_default();
            (Key::new(column, text), id, row)
        })
        .collect();
    sorting::by(&mut keyed, |a, b| {
        let order = a.0.compare(&b.0).then_with(|| a.1.cmp(&b.1));
        if descending { order.reverse() } else { order }
    });
    Ok(keyed.into_iter().map(|(_, _, row)| row).collect())
}

/// What a row is sorted by: numbers in the columns of numbers, text in all others.
enum Key {
    Number(u64),
    Text(String),
}

impl Key {
    fn new(column: &str, text: String) -> Self {
        match text.parse() {
            Ok(number) if matches!(column, "admins" | "members" | "rights" | "holders") => Self::Number(number),
            _ => Self::Text(text),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::columns::TENANT_COLUMNS;
    use crate::domain::tenant::{Tenant, TenantRow};

    use super::*;

    fn rows() -> Vec<TenantRow> {
        [("b", "beta", 10), ("a", "Beta", 2), ("c", "alpha", 9)]
            .into_iter()
            .map(|(id, name, admins)| TenantRow {
                tenant: Tenant::new(id.parse().unwrap(), name),
                admins: Some(admins),
            })
            .collect()
    }

    fn ids(query: &str) -> (String, u64) {
        let query = Query::parse(query, TENANT_COLUMNS, 10).unwrap();
        let page = answer(rows(), &query, "id").unwrap();
        (page.rows.iter().map(|row| row.tenant.id.as_str()).collect(), page.total)
    }

    #[test]
    fn queries_are_answered_from_all_rows() {
        for (query, expected, total) in [
            ("", "abc", 3),
            ("sort:name", "cab", 3),
            ("sort:-name", "bac", 3),
            ("sort:admins", "acb", 3),
            ("beta", "ab", 2),
            ("beta size:1 page:2", "b", 2),
            ("page:9", "", 3),
            ("state:active !beta", "c", 1),
        ] {
            assert_eq!(ids(query), (expected.to_owned(), total), "{query}");
        }
    }

    #[test]
    fn of_a_long_list_little_is_kept_and_nothing_lost() {
        let all: Vec<TenantRow> = (0..50_000_u64)
            .map(|number| TenantRow {
                tenant: Tenant::new(format!("t-{}", number * 7919 % 50_000).parse().unwrap(), "Same"),
                admins: None,
            })
            .collect();
        for text in [
            "sort:name size:10",
            "sort:-id size:7 page:3",
            "9 sort:id size:50 page:200",
            "size:20 page:2000",
        ] {
            let query = Query::parse(text, TENANT_COLUMNS, 10).unwrap();
            let mut selection = Selection::new(&query, "id");
            let mut most = 0;
            for row in all.clone() {
                selection.take(row).unwrap();
                most = most.max(selection.rows.len());
            }
            assert!(most <= FEW.max(2 * selection.needed()), "{text}: {most}");
            let mut rows: Vec<TenantRow> = all.iter().filter(|row| query.filter.matches(*row)).cloned().collect();
            let total = rows.len() as u64;
            rows = sorted(rows, &query, "id").unwrap();
            let skip = usize::try_from(query.offset()).unwrap();
            let expected: Vec<TenantRow> = rows.into_iter().skip(skip).take(query.size as usize).collect();
            assert_eq!(selection.page().unwrap(), Page::new(expected, total), "{text}");
        }
    }
}
