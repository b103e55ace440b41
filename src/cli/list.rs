//! What all lists share: a filter, an order, a page, and streaming of everything where no page is asked for.

use super::args::ListFlags;
use super::failure::Failure;
use super::format::Format;
use super::printer::{Layout, Printer};
use crate::config::nearest;
use crate::domain::columns::{gives_order, holds_numbers, meant};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, invalid};
use crate::domain::query::{Filter, Operator, Query, Row, Sort, Term};
use crate::domain::text::sentence;

/// Rows on a page where a page is asked for without its size.
const PAGE_SIZE: u32 = 100;

/// What is said of a list without rows: that its filter left none where there is one, and otherwise `nothing`.
pub fn no_rows(is_unfiltered: bool, thing: &str, nothing: impl FnOnce() -> String) -> String {
    if is_unfiltered {
        nothing()
    } else {
        format!("No {thing} matches the filter.")
    }
}

/// A list as it is asked for.
#[derive(Debug)]
pub struct ListRequest {
    query: Query,
    one_page: bool,
    is_unfiltered: bool,
}

/// Tells whether a page is all that is printed.
#[derive(Clone, Copy)]
pub struct PrintedWhole {
    one_page: bool,
}

impl PrintedWhole {
    /// Whether a page of so many rows, of so many in all, is.
    pub fn holds(self, rows: usize, total: u64) -> bool {
        self.one_page || rows as u64 >= total
    }
}

impl ListRequest {
    /// Reads the flags for a list that has these columns. Plain words look at those that its screen shows where no others
    /// are chosen, `words`, and for what it shows there, so that they leave the same rows: `own` as the kind of a role, and
    /// `whole tenant` where no namespace is printed.
    pub fn new(
        flags: &ListFlags,
        columns: &'static [&'static str],
        words: &'static [&'static str],
    ) -> Result<Self, Problem> {
        let text = flags.filter.clone().unwrap_or_else(|| flags.words.join(" "));
        let filter = with_words_in(parse_filter(&text, columns)?, words);
        let sort = flags
            .sort
            .as_deref()
            .map(|sort| parse_sort(sort, columns))
            .transpose()?;
        let is_unfiltered = filter.is_empty();
        let one_page = flags.page.is_some() || flags.size.is_some();
        let size = flags.size.unwrap_or(if one_page { PAGE_SIZE } else { Query::MAX_SIZE });
        Ok(Self {
            query: Query {
                filter,
                sort,
                page: flags.page.unwrap_or(1),
                size,
            },
            one_page,
            is_unfiltered,
        })
    }

    /// The same, of rows in which a column is this text alone.
    pub fn only(mut self, column: &str, value: &str) -> Self {
        self.query.filter.terms.push(Term {
            negated: false,
            column: Some(column.to_owned()),
            operator: Operator::Equals,
            values: vec![value.to_owned()].into(),
        });
        self
    }

    /// The same, whose plain words look at other columns.
    pub fn with_words_in(mut self, words: &[&'static str]) -> Self {
        self.query.filter = with_words_in(self.query.filter, words);
        self
    }

    /// Whether rows are kept or ordered by a column.
    pub fn looks_at(&self, column: &str) -> bool {
        self.query.looks_at(column)
    }

    /// How to tell whether a page is all that is printed.
    pub fn printed_whole(&self) -> PrintedWhole {
        PrintedWhole {
            one_page: self.one_page,
        }
    }

    /// Whether everything was asked for, rather than what matches.
    pub fn is_unfiltered(&self) -> bool {
        self.is_unfiltered
    }

    /// Whether a row passes that is none of those that are fetched.
    pub fn passes(&self, row: &dyn Row) -> bool {
        self.query.filter.matches(row)
    }

    /// Fetches and prints, page by page, and says how many there are in all.
    pub async fn print<T>(
        self,
        printer: &mut Printer<'_>,
        layout: &'static Layout<T>,
        mut fetch: impl AsyncFnMut(&Query) -> Result<Page<T>, Problem>,
    ) -> Result<u64, Failure> {
        let Self {
            mut query, one_page, ..
        } = self;
        let is_table = printer.format() == Format::Table;
        let mut list = printer.list(layout);
        let mut seen: u64 = 0;
        loop {
            let page = fetch(&query).await?;
            let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
            seen += count;
            list.rows(&page.rows)?;
            if one_page || count < u64::from(query.size) || seen >= page.total {
                list.finish(page.total)?;
                if one_page && is_table && seen < page.total {
                    let pages = page.total.div_ceil(u64::from(query.size));
                    printer.say(&if query.page > pages {
                        format!(
                            "There is no page {}: the last is {pages}, with {} in all.",
                            query.page, page.total
                        )
                    } else {
                        format!("Page {} of {pages}; {} in all.", query.page, page.total)
                    });
                }
                return Ok(page.total);
            }
            query.page += 1;
        }
    }
}

/// A filter whose plain words look at these columns. A column of numbers, which may have to be counted, is none of them where
/// no word is a number.
fn with_words_in(filter: Filter, words: &[&'static str]) -> Filter {
    let is_number = |value: &String| value.bytes().all(|byte| byte.is_ascii_digit());
    let mut plain = filter.terms.iter().filter(|term| term.column.is_none());
    let has_number = plain.any(|term| term.values.iter().any(is_number));
    let words = words
        .iter()
        .copied()
        .filter(|column| has_number || !holds_numbers(column));
    let words: Vec<&'static str> = words.collect();
    filter.with_words_in(&words)
}

/// Reads a filter over these columns.
pub fn parse_filter(text: &str, columns: &[&str]) -> Result<Filter, Problem> {
    Filter::parse(text, columns).map_err(|error| {
        invalid(
            format!("`{text}` is not a filter."),
            sentence(&error.to_string()),
            "Mend the filter; `--help` shows how they are written.",
        )
    })
}

fn parse_sort(text: &str, columns: &[&str]) -> Result<Sort, Problem> {
    let (descending, column) = text.strip_prefix('-').map_or((false, text), |column| (true, column));
    let column = column.to_ascii_lowercase();
    if let Some(column) = meant(&column, columns) {
        if !gives_order(column, columns) {
            return Err(invalid(
                format!("The list is not ordered by `{column}`."),
                "What that column says gives no order.",
                "Order it by another column.",
            ));
        }
        let column = column.to_owned();
        return Ok(Sort { column, descending });
    }
    Err(invalid(
        format!("There is no column `{column}` to sort by."),
        format!("This list has {}.", columns.join(", ")),
        match nearest(&column, columns.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "Name one of these.".to_owned(),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{access, groups, roles, tenants, users};
    use super::*;
    use crate::domain::columns::{BINDING_COLUMNS, COUNTED_ROLE_COLUMNS, GROUP_COLUMNS, TENANT_COLUMNS, USER_COLUMNS};

    #[test]
    fn every_column_that_is_printed_is_one_of_a_filter() {
        fn holds<T>(layout: &Layout<T>, columns: &[&str]) {
            for column in layout.columns {
                let name = column.head.to_lowercase().replace(' ', "-");
                let filter = format!("{name}:1");
                assert!(parse_filter(&filter, columns).is_ok(), "{filter}");
                assert!(parse_sort(&name, columns).is_ok(), "{name}");
            }
        }
        holds(&tenants::LAYOUT, TENANT_COLUMNS);
        holds(&roles::LAYOUT, COUNTED_ROLE_COLUMNS);
        holds(&access::LAYOUT, BINDING_COLUMNS);
        holds(&users::LAYOUT, USER_COLUMNS);
        holds(&groups::LAYOUT, GROUP_COLUMNS);
    }
}
