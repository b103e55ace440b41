//! Lists: one page as the server cuts it, or the whole of it; and a [`Query`] answered from a whole list.
//!
//! What a server filters and sorts is its own affair, so filters are answered here, from all rows. Only a page without
//! a filter is left to the server.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesOrdered, StreamExt};
use serde_json::Value;

use crate::domain::letters;
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Query, Row};
use crate::domain::sorting;
use crate::domain::text::visible;

use super::call::Call;
use super::core::Core;
use super::decode;
use super::dialect::Dialect;
use super::failure::Failure;

/// Requests that are under way at once.
pub(super) const AT_ONCE: usize = 8;
/// Rows of which it is not worth dropping any.
const FEW: usize = 8192;
/// How often a list is read that changes while it is read.
const READINGS: usize = 3;

/// Work that is under way together with other work of its kind.
pub(super) type Work<'a, T> = BoxFuture<'a, T>;

/// Does all of the work, so many pieces at once; the outcomes are in the order of the pieces.
pub(super) async fn at_once<T: Send>(most: usize, work: Vec<Work<'_, T>>) -> Vec<T> {
    stream::iter(work).buffered(most).collect().await
}

/// The same for many pieces, each of which comes into being only when its turn comes.
pub(super) async fn in_turn<'a, T: Send>(
    most: usize,
    pieces: &[usize],
    make: &(dyn Fn(usize) -> Option<Work<'a, T>> + Sync),
) -> Vec<T> {
    let mut under_way = FuturesOrdered::new();
    let mut done = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if under_way.len() >= most {
            done.extend(under_way.next().await);
        }
        under_way.extend(make(*piece));
    }
    while let Some(outcome) = under_way.next().await {
        done.push(outcome);
    }
    done
}

impl Core {
    /// One page of a list, each row of which can be read.
    pub(super) async fn page_of(&self, list: &Call, page: u64, size: u32) -> Result<(Vec<Value>, u64), Failure> {
        let call = list.clone().with("page", page).with("size", size);
        let value = self.json(&call).await?;
        decode::page(value)
            .filter(|(rows, _)| rows.iter().all(|row| list.rows.are_such(row)))
            .ok_or_else(|| self.misshapen(&call))
    }

    /// How many rows a list has.
    pub(super) async fn total_of(&self, list: &Call) -> Result<u64, Failure> {
        Ok(self.page_of(list, 1, 1).await?.1)
    }

    /// A whole list, each row once.
    ///
    /// A list that changes while its pages are read has rows that move from one page to the next. So what was read is
    /// counted, and read again where it does not add up.
    pub(super) async fn all_of(&self, list: &Call) -> Result<Vec<Value>, Failure> {
        let keep = |rows: &mut Vec<Value>, row| {
            rows.push(row);
            Ok(())
        };
        self.gathered(list, &Vec::new, &keep).await
    }

    /// What comes of a whole list, each row of which is taken once, as its page arrives. Only a few pages are held at a
    /// time; what is kept of the rows is for `take` to say. Starts anew from `begin` where the list has to be read again.
    pub(super) async fn gathered<S: Send>(
        &self,
        list: &Call,
        begin: &(dyn Fn() -> S + Sync),
        take: &(dyn Fn(&mut S, Value) -> Result<(), Problem> + Sync),
    ) -> Result<S, Failure> {
        for _ in 0..READINGS {
            let (first, total) = self.page_of(list, 1, Dialect::LARGEST_PAGE).await?;
            let size = first.len() as u64;
            let mut state = begin();
            let mut seen = Seen::default();
            seen.take_new(first, &mut state, take)?;
            if size >= total {
                return Ok(state);
            }
            if size == 0 {
                break;
            }
            // Some servers give fewer rows than asked for; pages are then as long as what they give.
            let asked = u32::try_from(size).unwrap_or(Dialect::LARGEST_PAGE);
            let pages = 2..=total.div_ceil(size);
            let reads = pages.map(|page| -> Work<'_, _> { Box::pin(self.page_of(list, page, asked)) });
            let mut pages = stream::iter(reads).buffered(AT_ONCE);
            let mut last_total = total;
            while let Some(page) = pages.next().await {
                let (more, total) = page?;
                seen.take_new(more, &mut state, take)?;
                last_total = total;
            }
            if last_total == total && seen.count == total {
                return Ok(state);
            }
        }
        Err(does_not_add_up(list))
    }
}

/// Kestra says that a list has more rows than it sends.
pub(super) fn does_not_add_up(list: &Call) -> Failure {
    let problem = Problem::new(
        ProblemKind::Failed,
        format!("It was not possible to {}.", list.doing),
        "The pages of the list do not add up to the number of rows Kestra says it has.",
        "Somebody may be changing it right now; try again in a moment.",
    );
    problem.with_detail(list.line()).into()
}

/// Which rows of a list came already. Of their ids only digests are held: a list may have a million rows.
#[derive(Default)]
struct Seen {
    digests: HashSet<u64>,
    keys: RandomState,
    /// Rows that did not come twice. Those without an id all count.
    count: u64,
}

impl Seen {
    fn take_new<S>(
        &mut self,
        rows: Vec<Value>,
        state: &mut S,
        take: &(dyn Fn(&mut S, Value) -> Result<(), Problem> + Sync),
    ) -> Result<(), Problem> {
        for row in rows {
            let is_new = decode::id_of(&row).is_none_or(|id| self.digests.insert(self.keys.hash_one(id)));
            if is_new {
                self.count += 1;
                take(state, row)?;
            }
        }
        Ok(())
    }
}

/// The page of a long list that a query asks for, picked from rows that come one by one. Rows that cannot be on it any
/// more are dropped on the way.
pub(super) struct Selection<'a, T> {
    query: &'a Query,
    own_order: &'a str,
    rows: Vec<T>,
    total: u64,
}

impl<'a, T: Row> Selection<'a, T> {
    /// None picked yet.
    pub(super) fn new(query: &'a Query, own_order: &'a str) -> Self {
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
    pub(super) fn take(&mut self, row: T) -> Result<(), Problem> {
        if !self.query.filter.matches(&row) {
            return Ok(());
        }
        self.total += 1;
        self.rows.push(row);
        let needed = self.needed();
        if self.rows.len() >= needed.saturating_mul(2).max(FEW) {
            self.rows = sort(std::mem::take(&mut self.rows), self.query, self.own_order)?;
            self.rows.truncate(needed);
        }
        Ok(())
    }

    /// The page.
    pub(super) fn page(self) -> Result<Page<T>, Problem> {
        let skip = self.needed().saturating_sub(self.query.size as usize);
        let sorted = sort(self.rows, self.query, self.own_order)?;
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
pub(super) fn sort<T: Row>(rows: Vec<T>, query: &Query, own_order: &str) -> Result<Vec<T>, Problem> {
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
    use serde_json::json;

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
            rows = sort(rows, &query, "id").unwrap();
            let skip = usize::try_from(query.offset()).unwrap();
            let expected: Vec<TenantRow> = rows.into_iter().skip(skip).take(query.size as usize).collect();
            assert_eq!(selection.page().unwrap(), Page::new(expected, total), "{text}");
        }
    }

    #[test]
    fn rows_that_came_twice_count_once() {
        let rows = vec![
            json!({"id": "a"}),
            json!({"id": "a", "name": "later"}),
            json!({"binding": {"id": "b"}}),
            json!({"binding": {"id": "b"}}),
            json!({}),
            json!({}),
        ];
        let (mut seen, mut kept) = (Seen::default(), Vec::new());
        let keep = |kept: &mut Vec<Value>, row| {
            kept.push(row);
            Ok(())
        };
        seen.take_new(rows, &mut kept, &keep).unwrap();
        assert_eq!((seen.count, kept.len()), (4, 4));
    }
}
