//! `--filter` of lists that are held whole: the language of every list, over the columns that are printed.

use std::borrow::Cow;

use clap::Args;
use jiff::Timestamp;

use super::list::parse_filter;
use super::printer::Layout;
use crate::domain::problem::Problem;
use crate::domain::query::{Filter, Row, Term};

/// The flag.
#[derive(Debug, Args)]
pub struct Kept {
    /// Only rows that match, by the columns that are printed: words, column:value, !not, column<7d
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<String>,
}

/// Which rows of a layout are kept.
pub struct Keeping<T: 'static> {
    filter: Filter,
    layout: &'static Layout<T>,
    now: i64,
}

impl Kept {
    /// Reads the flag for rows that are printed so.
    pub fn of<T>(&self, layout: &'static Layout<T>) -> Result<Keeping<T>, Problem> {
        let names: Vec<String> = layout.columns.iter().map(|column| name(column.head)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(Keeping {
            filter: parse_filter(self.filter.as_deref().unwrap_or_default(), &names)?,
            layout,
            now: Timestamp::now().as_millisecond(),
        })
    }
}

impl<T> Keeping<T> {
    /// Whether all rows are kept.
    pub fn keeps_all(&self) -> bool {
        self.filter.is_empty()
    }

    /// What has to hold of a row.
    pub fn terms(&self) -> &[Term] {
        &self.filter.terms
    }

    /// Whether a row is kept.
    pub fn keeps(&self, row: &T) -> bool {
        self.filter.matches_at(&Printed(row, self.layout), self.now)
    }
}

/// A head as a filter names it.
fn name(head: &str) -> String {
    head.to_lowercase().replace(' ', "-")
}

/// A row as it is printed.
struct Printed<'r, T: 'static>(&'r T, &'static Layout<T>);

impl<T> Row for Printed<'_, T> {
    fn column(&self, wanted: &str) -> Option<Cow<'_, str>> {
        let column = self.1.columns.iter().find(|column| name(column.head) == wanted)?;
        Some((column.cell)(self.0).into())
    }

    fn columns(&self) -> &'static [&'static str] {
        &[]
    }

    fn moment(&self, wanted: &str) -> Option<i64> {
        let moment: Timestamp = self.column(wanted)?.parse().ok()?;
        Some(moment.as_millisecond())
    }

    fn any(&self, _: &[&'static str], holds: impl Fn(&str) -> bool) -> bool {
        self.1.columns.iter().any(|column| holds(&(column.cell)(self.0)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::cli::printer::Column;

    static LAYOUT: Layout<(&str, i64)> = Layout {
        columns: &[
            Column {
                head: "NAME",
                cell: |row| row.0.to_owned(),
            },
            Column {
                head: "LAST USED",
                cell: |row| Timestamp::from_second(row.1).unwrap().to_string(),
            },
        ],
        json: |_| Value::Null,
    };

    #[test]
    fn rows_are_kept_by_what_is_printed_of_them() {
        let now = Timestamp::now().as_second();
        let row = ("Deploy", now - 7_200);
        for (filter, kept) in [
            ("deploy", true),
            ("name=dep", false),
            ("last-used<1d", true),
            ("last-used>3h", false),
            ("!last-used<1h name:deploy", true),
        ] {
            let flag = Kept {
                filter: Some(filter.to_owned()),
            };
            assert_eq!(flag.of(&LAYOUT).unwrap().keeps(&row), kept, "{filter}");
        }
        assert!(Kept { filter: None }.of(&LAYOUT).unwrap().keeps_all());
    }
}
