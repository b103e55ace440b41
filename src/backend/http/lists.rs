//! Lists: one page as the server cuts it, or the whole of it.
//!
//! What a server filters and sorts is its own affair, so filters are answered from all rows, by
//! [`answer`](crate::domain::query::answer). Only a page without a filter is left to the server.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesOrdered, StreamExt};
use serde_json::Value;

use crate::domain::problem::{Problem, ProblemKind};

use super::call::Call;
use super::core::Core;
use super::decode;
use super::dialect::Dialect;
use super::failure::Failure;

/// Requests that are under way at once.
pub(super) const AT_ONCE: usize = 8;
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
