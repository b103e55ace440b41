//! `--filter` of lists that are held whole: the language of every list, over the columns that the list has on screen, too.

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
    /// Only rows that match: words in what is printed, column:value, !not, column<7d
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
    /// Reads the flag for a list that has these columns, whose rows are printed so.
    pub fn of<T>(&self, columns: &[&str], layout: &'static Layout<T>) -> Result<Keeping<T>, Problem> {
        Ok(Keeping {
            filter: parse_filter(self.filter.as_deref().unwrap_or_default(), columns)?,
            layout,
            now: Timestamp::now().as_millisecond(),
        })
    }

    /// Reads the flag for a list whose columns are those that are printed, by their heads in lower case.
    pub fn of_printed<T>(&self, layout: &'static Layout<T>) -> Result<Keeping<T>, Problem> {
        let heads: Vec<String> = layout.columns.iter().map(|column| column.head.to_lowercase()).collect();
        let columns: Vec<&str> = heads.iter().map(String::as_str).collect();
        self.of(&columns, layout)
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

    /// What it is now, as far as the filter knows: milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Whether a column is looked at by name.
    pub fn names(&self, column: &str) -> bool {
        self.filter.looks_at(column)
    }

    /// Whether a row is kept.
    pub fn keeps(&self, row: &T) -> bool
    where
        T: Row,
    {
        self.keeps_as(row, row)
    }

    /// Whether a row is kept that says under its columns what is printed.
    pub fn keeps_printed(&self, row: &T) -> bool {
        self.keeps_as(row, &Cells(self.layout, row))
    }

    /// Whether what is printed is kept, which says this under its columns.
    pub fn keeps_as(&self, printed: &T, row: &dyn Row) -> bool {
        let columns = self.layout.columns;
        let printed = Printed {
            row,
            any_cell: &|holds| columns.iter().any(|column| holds(&(column.cell)(printed))),
        };
        self.filter.matches_at(&printed, self.now)
    }
}

/// Whether a text is such.
type Holds<'h> = &'h dyn Fn(&str) -> bool;

/// A row whose plain words are those that are printed.
struct Printed<'r> {
    row: &'r dyn Row,
    any_cell: &'r dyn Fn(Holds<'_>) -> bool,
}

impl Row for Printed<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        self.row.column(name)
    }

    fn columns(&self) -> &'static [&'static str] {
        self.row.columns()
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        self.row.shown(name)
    }

    fn moment(&self, name: &str) -> Option<i64> {
        self.row.moment(name)
    }

    fn any(&self, _: &[&'static str], holds: Holds<'_>) -> bool {
        (self.any_cell)(holds)
    }
}

/// A row that has under each head of its layout what is printed there.
struct Cells<'r, T: 'static>(&'static Layout<T>, &'r T);

impl<T> Row for Cells<'_, T> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let column = self
            .0
            .columns
            .iter()
            .find(|column| column.head.eq_ignore_ascii_case(name))?;
        Some((column.cell)(self.1).into())
    }

    /// None: plain words are looked for in what is printed, as [`Printed`] does.
    fn columns(&self) -> &'static [&'static str] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::cli::printer::Column;
    use crate::domain::columns::TOKEN_COLUMNS;
    use crate::domain::rows::records::TokenRow;
    use crate::domain::token::ApiToken;

    static LAYOUT: Layout<ApiToken> = Layout {
        columns: &[
            Column {
                head: "NAME",
                cell: |token| token.name.clone(),
            },
            Column {
                head: "STATE",
                cell: |_| "as printed".to_owned(),
            },
        ],
        json: |_| Value::Null,
    };

    #[test]
    fn columns_are_those_of_the_list_and_words_are_looked_for_in_what_is_printed() {
        let now = Timestamp::now().as_millisecond();
        let token = ApiToken {
            id: "t1".to_owned(),
            name: "Deploy".to_owned(),
            description: Some("Of the pipeline".to_owned()),
            prefix: "abc".to_owned(),
            issued: now - 7_200_000,
            expires: None,
            last_used: Some(now - 7_200_000),
            extended: false,
        };
        let keeping = |filter: &str| Kept {
            filter: Some(filter.to_owned()),
        };
        for (filter, kept) in [
            ("deploy", true),
            ("name=dep", false),
            ("last-used<1d", true),
            ("used>3h", false),
            ("!used<1h name:deploy", true),
            ("description:pipeline expires:never ends>9w state=active", true),
            ("pipeline", false),
            ("\"as printed\"", true),
        ] {
            let keeping = keeping(filter).of(TOKEN_COLUMNS, &LAYOUT).unwrap();
            assert_eq!(keeping.keeps_as(&token, &TokenRow(&token, now)), kept, "{filter}");
        }
        assert!(Kept { filter: None }.of(TOKEN_COLUMNS, &LAYOUT).unwrap().keeps_all());
        // Where the columns are those that are printed, there are no others.
        for (filter, kept) in [
            ("state=\"as printed\" name:dep", true),
            ("state:active", false),
            ("deploy", true),
        ] {
            let keeping = keeping(filter).of_printed(&LAYOUT).unwrap();
            assert_eq!(keeping.keeps_printed(&token), kept, "{filter}");
        }
        assert!(keeping("description:pipeline").of_printed(&LAYOUT).is_err());
    }
}
