//! The one place that prints: data on standard output in the form asked for, words on standard error.
//!
//! Everything passes [`visible`] or is escaped on its way out, but for CSV that goes to no terminal. Long lists are printed chunk by chunk and never held.

use std::io::{BufWriter, Write};

use serde_json::Value;

use super::failure::Failure;
use super::format::{self, Format};
use super::table::Table;
use crate::domain::leading::leading;
use crate::domain::problem::Problem;
use crate::domain::text::{visible, visible_lines};

/// A column of a list, for tables and CSV.
pub struct Column<T: 'static> {
    /// Its head in a table; in lower case its name in CSV.
    pub head: &'static str,
    /// The cell of a row.
    pub cell: fn(&T) -> String,
}

/// How rows of one kind are printed in every form.
pub struct Layout<T: 'static> {
    /// The columns of a table.
    pub columns: &'static [Column<T>],
    /// The object that Kestra's API would carry.
    pub json: fn(&T) -> Value,
}

/// Prints for one command.
pub struct Printer<'a> {
    output: BufWriter<&'a mut dyn Write>,
    words: &'a mut dyn Write,
    format: Format,
    verbose: bool,
    on_terminal: bool,
    lead: Vec<String>,
}

impl<'a> Printer<'a> {
    /// A printer for data on `output` and words on `words`.
    pub fn new(output: &'a mut dyn Write, words: &'a mut dyn Write, format: Format, verbose: bool) -> Self {
        Self {
            output: BufWriter::with_capacity(64 * 1024, output),
            words,
            format,
            verbose,
            on_terminal: false,
            lead: Vec::new(),
        }
    }

    /// What it says is about the instance that these words lead a command to, such as `--context prod`, and so are the commands in
    /// that.
    pub fn lead(&mut self, words: Vec<String>) {
        self.lead = words;
    }

    /// The words that lead a command to the instance.
    pub fn leads(&self) -> &[String] {
        &self.lead
    }

    /// The same whose data goes to a terminal, or not. There CSV, too, shows as marks what could harm it.
    pub fn on_terminal(self, on_terminal: bool) -> Self {
        Self { on_terminal, ..self }
    }

    /// The form asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Writes out what is still held back.
    pub fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.output.flush()?)
    }

    /// Says something to the operator, after the data so far. Nobody is told if standard error is gone.
    pub fn say(&mut self, words: &str) {
        let _ = self.output.flush();
        let _ = writeln!(self.words, "{}", visible(&leading(words, &self.lead)));
    }

    /// Asks something, leaving the cursor on the line.
    pub fn ask(&mut self, words: &str) {
        let _ = self.output.flush();
        let _ = write!(self.words, "{} ", visible(words));
        let _ = self.words.flush();
    }

    /// Says what went wrong: three lines, and the details where they were asked for.
    pub fn problem(&mut self, problem: &Problem) {
        let fields: Vec<String> = problem
            .fields
            .iter()
            // Often the second line tells of the first field already.
            .filter(|field| !problem.why.contains(&field.message))
            .map(|field| format!("`{}`: {}", field.path, field.message))
            .collect();
        let why = match fields.as_slice() {
            [] => problem.why.clone(),
            fields => format!("{} {}.", problem.why, fields.join("; ")),
        };
        for line in [&problem.what, &why, &problem.next] {
            self.say(line);
        }
        if let (true, Some(detail)) = (self.verbose, &problem.detail) {
            for line in visible_lines(detail).lines() {
                self.say(&format!("  {line}"));
            }
        }
    }

    /// Standard output and standard error themselves, for a command that is run for the operator and prints by itself.
    pub fn streams(&mut self) -> Result<(&mut dyn Write, &mut dyn Write), Failure> {
        self.output.flush()?;
        Ok((*self.output.get_mut(), self.words))
    }

    /// Prints text as it is: a script, a manual page. It comes from this program, never from a server.
    pub fn text(&mut self, text: &[u8]) -> Result<(), Failure> {
        Ok(self.output.write_all(text)?)
    }

    /// Prints lines of text as data.
    pub fn lines<S: AsRef<str>>(&mut self, lines: &[S]) -> Result<(), Failure> {
        for line in lines {
            writeln!(self.output, "{}", visible(line.as_ref()))?;
        }
        Ok(())
    }

    /// Prints one object: `field  value` lines in a table, a line of names and a line of values in CSV.
    pub fn object(&mut self, fields: &[(String, String)], value: &Value) -> Result<(), Failure> {
        match self.format {
            Format::Table => {
                let rows: Vec<Vec<String>> = fields
                    .iter()
                    .map(|(name, value)| vec![name.clone(), value.clone()])
                    .collect();
                let table = Table::sized(&["", ""], &rows);
                for row in &rows {
                    table.row(row, &mut self.output)?;
                }
            }
            Format::Json => {
                format::json_lines(value, &mut self.output)?;
                self.output.write_all(b"\n")?;
            }
            Format::Ndjson => {
                format::json_line(value, &mut self.output)?;
                self.output.write_all(b"\n")?;
            }
            Format::Yaml => writeln!(self.output, "{}", format::yaml(value)?)?,
            Format::Csv => {
                let (names, values) = fields.iter().cloned().unzip();
                self.csv_rows(&[names, values])?;
            }
        }
        Ok(())
    }

    /// Begins a list. Its rows follow in chunks, each of which is aligned; columns become wider with them, and never narrower.
    pub fn list<T>(&mut self, layout: &'static Layout<T>) -> ListPrinter<'_, 'a, T> {
        let sheet = Sheet {
            printer: self,
            head: layout.columns.iter().map(|column| column.head).collect(),
            table: None,
            streams: false,
            headed: false,
            count: 0,
        };
        ListPrinter { sheet, layout }
    }

    /// Prints a list that is at hand.
    pub fn whole_list<T>(&mut self, layout: &'static Layout<T>, rows: &[T]) -> Result<(), Failure> {
        let mut list = self.list(layout);
        list.rows(rows)?;
        list.finish(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }

    fn csv_rows(&mut self, rows: &[Vec<String>]) -> Result<(), Failure> {
        let on_terminal = self.on_terminal;
        let mut writer = csv::Writer::from_writer(&mut self.output);
        for row in rows {
            let cell = |cell: &String| {
                if on_terminal {
                    visible(cell).into_owned()
                } else {
                    cell.clone()
                }
            };
            writer
                .write_record(row.iter().map(cell))
                .map_err(std::io::Error::from)?;
        }
        Ok(writer.flush()?)
    }
}

/// A list on its way out.
pub struct ListPrinter<'p, 'a, T: 'static> {
    sheet: Sheet<'p, 'a>,
    layout: &'static Layout<T>,
}

impl<T> ListPrinter<'_, '_, T> {
    /// The same list with columns sized by these rows, for rows that are printed one by one as they come.
    pub fn sized_by(mut self, rows: &[T]) -> Result<Self, Failure> {
        if self.sheet.printer.format == Format::Table {
            let cells = self.cells(rows);
            self.sheet.size(&cells)?;
            self.sheet.streams = true;
        }
        Ok(self)
    }

    /// Shows the rows so far.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.sheet.printer.flush()
    }

    /// Prints some more rows.
    pub fn rows(&mut self, rows: &[T]) -> Result<(), Failure> {
        match self.sheet.printer.format {
            Format::Table | Format::Csv => {
                let cells = self.cells(rows);
                self.sheet.rows(&cells)
            }
            Format::Json | Format::Ndjson | Format::Yaml => {
                let json = self.layout.json;
                rows.iter().try_for_each(|row| self.sheet.object(&json(row)))
            }
        }
    }

    /// Ends the list. `total` is how many rows there are in all, printed here or not.
    pub fn finish(self, total: u64) -> Result<(), Failure> {
        self.sheet.finish(total)
    }

    fn cells(&self, rows: &[T]) -> Vec<Vec<String>> {
        let columns = self.layout.columns;
        let cells_of = |row| columns.iter().map(|column| (column.cell)(row)).collect();
        rows.iter().map(cells_of).collect()
    }
}

/// A list on its way out, of whatever kind its rows are: compiled once for all of them.
struct Sheet<'p, 'a> {
    printer: &'p mut Printer<'a>,
    head: Vec<&'static str>,
    table: Option<Table>,
    /// Whether rows are printed one by one, in columns that stay as wide as they are.
    streams: bool,
    headed: bool,
    count: u64,
}

impl Sheet<'_, '_> {
    /// Heads a table whose columns are sized by these rows.
    fn size(&mut self, cells: &[Vec<String>]) -> Result<(), Failure> {
        let table = self.table.insert(Table::sized(&self.head, cells));
        Ok(table.row(&self.head, &mut self.printer.output)?)
    }

    fn rows(&mut self, cells: &[Vec<String>]) -> Result<(), Failure> {
        if self.printer.format == Format::Csv {
            self.csv_head()?;
            self.printer.csv_rows(cells)?;
        } else if !cells.is_empty() {
            match &mut self.table {
                None => self.size(cells)?,
                Some(table) if !self.streams => table.widen(cells),
                Some(_) => {}
            }
            for row in cells {
                if let Some(table) = &self.table {
                    table.row(row, &mut self.printer.output)?;
                }
            }
        }
        self.count += u64::try_from(cells.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    fn finish(mut self, total: u64) -> Result<(), Failure> {
        let empty = self.count == 0;
        match self.printer.format {
            Format::Csv => self.csv_head()?,
            Format::Json if empty => writeln!(self.printer.output, r#"{{"results":[],"total":{total}}}"#)?,
            Format::Json => writeln!(self.printer.output, "\n],\"total\":{total}}}")?,
            Format::Yaml if empty => writeln!(self.printer.output, "results: []\ntotal: {total}")?,
            Format::Yaml => writeln!(self.printer.output, "total: {total}")?,
            Format::Table | Format::Ndjson => {}
        }
        Ok(())
    }

    fn csv_head(&mut self) -> Result<(), Failure> {
        if !self.headed {
            self.headed = true;
            let names = self.head.iter().map(|name| name.to_lowercase()).collect();
            self.printer.csv_rows(&[names])?;
        }
        Ok(())
    }

    fn object(&mut self, value: &Value) -> Result<(), Failure> {
        let first = self.count == 0;
        self.count += 1;
        let out = &mut self.printer.output;
        match self.printer.format {
            Format::Json => {
                out.write_all(if first { b"{\"results\":[\n" } else { b",\n" })?;
                format::json_line(value, out)?;
            }
            Format::Yaml => {
                if first {
                    out.write_all(b"results:\n")?;
                }
                for (index, line) in format::yaml(value)?.split('\n').enumerate() {
                    let indent = match (index, line.is_empty()) {
                        (0, _) => "- ",
                        (_, true) => "",
                        (_, false) => "  ",
                    };
                    writeln!(out, "{indent}{line}")?;
                }
            }
            Format::Ndjson | Format::Table | Format::Csv => {
                format::json_line(value, out)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "printer_tests.rs"]
mod tests;
