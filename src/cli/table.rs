//! Columns for people, aligned by how wide characters are on a terminal.

use std::io::{self, Write};

use crate::domain::text::{Columns, visible};

/// No column is made wider than this for the sake of one cell; the cell itself is never cut.
const WIDEST: usize = 60;
/// The least number of blanks between two cells.
const GAP: usize = 2;

/// A table that is printed row by row once its columns are sized.
#[derive(Debug)]
pub struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// A table sized by its head and the first rows it will print.
    pub fn sized(head: &[&str], rows: &[Vec<String>]) -> Self {
        let mut table = Self {
            widths: head.iter().map(|name| name.width()).collect(),
        };
        table.widen(rows);
        table
    }

    /// Makes room for some more rows before they are printed. What was printed stays as it is.
    pub fn widen(&mut self, rows: &[Vec<String>]) {
        for row in rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = (*width).max(visible(cell).width().min(WIDEST));
            }
        }
    }

    /// Prints one row, without blanks at its end. A cell that is wider than its column moves those behind it only as
    /// far as the blanks before them do not make up for it.
    pub fn row<C: AsRef<str>>(&self, cells: &[C], out: &mut dyn Write) -> io::Result<()> {
        let mut line = String::new();
        // Where the line has come to, and where the column begins.
        let (mut at, mut begins) = (0_usize, 0_usize);
        for (index, (cell, width)) in cells.iter().zip(&self.widths).enumerate() {
            if index > 0 {
                let blanks = begins.saturating_sub(at).max(GAP);
                line.extend(std::iter::repeat_n(' ', blanks));
                at += blanks;
            }
            let shown = visible(cell.as_ref());
            line.push_str(&shown);
            at += shown.width();
            begins += width + GAP;
        }
        writeln!(out, "{}", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(head: &[&str], rows: &[&[&str]]) -> String {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect();
        let table = Table::sized(head, &rows);
        let mut out = Vec::new();
        table.row(head, &mut out).unwrap();
        for row in &rows {
            table.row(row, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_align_by_display_width_and_hostile_text_is_visible() {
        assert_eq!(
            print(
                &["ID", "NAME", "STATE"],
                &[&["a", "日本", "ok"], &["bb", "x\u{1b}[2J", ""], &["c", "é", "ok"]]
            ),
            "ID  NAME   STATE\na   日本   ok\nbb  x␛[2J\nc   é      ok\n"
        );
    }

    #[test]
    fn a_cell_that_is_too_wide_moves_no_more_than_it_has_to() {
        let table = Table::sized(
            &["ID", "NAME", "STATE"],
            &[vec!["a1".into(), "Acme Works".into(), "ok".into()]],
        );
        let mut out = Vec::new();
        for row in [
            ["a1", "Acme Works", "ok"],
            ["acme-1", "Acme", "ok"],
            ["a1", "Acme Works Inc.", "ok"],
        ] {
            table.row(&row, &mut out).unwrap();
        }
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a1  Acme Works  ok\nacme-1  Acme    ok\na1  Acme Works Inc.  ok\n"
        );
    }

    #[test]
    fn one_huge_cell_moves_no_other_row() {
        let huge = "x".repeat(500);
        let printed = print(&["NAME", "STATE"], &[&[&huge, "ok"], &["a", "ok"]]);
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines[1], format!("{huge}  ok"));
        assert_eq!(lines[2], format!("a{}ok", " ".repeat(61)));
    }
}
