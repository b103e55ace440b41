//! Rows and columns: as many columns as fit, the least important dropped first, only the rows in view.

use ratatui::layout::Rect;

use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};
use crate::domain::query::Sort;

use super::canvas::{Canvas, width};
use super::look::Meaning;

/// A column of a table.
pub struct Column {
    /// Its title.
    pub title: String,
    /// How soon it is dropped where there is little room: 1 never, larger sooner.
    pub weight: u8,
    /// The fewest columns of screen worth having it.
    pub least: u16,
    /// The most it is given.
    pub most: u16,
    /// Whether it holds numbers, which stand to the right.
    pub number: bool,
}

impl Column {
    /// A column of text.
    pub fn text(title: impl Into<String>, weight: u8, least: u16, most: u16) -> Self {
        Self {
            title: title.into(),
            weight,
            least,
            most,
            number: false,
        }
    }
}

/// A cell: what it says and what that means.
pub type Cell = (Meaning, String);

/// The rows in view.
pub struct Rows {
    /// The cells of each row.
    pub cells: Vec<Vec<Cell>>,
    /// Which of them is selected.
    pub selected: Option<usize>,
}

/// What the lower border says of an order.
pub fn sort_words(sort: &Sort) -> String {
    format!("sort: {} {}", sort.column, if sort.descending { "v" } else { "^" })
}

/// Draws a list under the columns that were chosen for it. The rows have a cell for each column that there is.
pub fn draw_list(
    model: &Model,
    list: ListKind,
    sort: Option<&Sort>,
    area: Rect,
    rows: Rows,
    has_keys: bool,
    canvas: &mut Canvas<'_>,
) {
    let shown = model.columns.on_screen(list);
    let known = list.columns();
    let columns: Vec<Column> = shown
        .iter()
        .filter_map(|at| known.get(*at))
        .map(|column| Column {
            title: match sort {
                Some(sort) if sort.column == column.name => {
                    format!("{} {}", column.title, if sort.descending { "v" } else { "^" })
                }
                _ => column.title.to_owned(),
            },
            weight: column.weight,
            least: column.least,
            most: column.most,
            number: column.number,
        })
        .collect();
    let pick = |mut cells: Vec<Cell>| -> Vec<Cell> {
        // A row that is not there yet says so in its first cell.
        if cells.len() < known.len() {
            return cells;
        }
        let mut take = |at: &usize| {
            cells
                .get_mut(*at)
                .map(|(meaning, text)| (*meaning, std::mem::take(text)))
        };
        shown.iter().filter_map(&mut take).collect()
    };
    let rows = Rows {
        cells: rows.cells.into_iter().map(pick).collect(),
        selected: rows.selected,
    };
    draw(area, &columns, &rows, has_keys, canvas);
}

/// Draws a table: titles in the first line, then the rows. The cursor is parked on the selected row if it `has_keys`.
pub fn draw(area: Rect, columns: &[Column], rows: &Rows, has_keys: bool, canvas: &mut Canvas<'_>) {
    if area.height == 0 || area.width < 4 {
        return;
    }
    let widths = widths(area.width.saturating_sub(3), columns, rows);
    line(area, area.y, columns, &widths, canvas, |column| {
        (
            Meaning::Title,
            columns
                .get(column)
                .map_or_else(String::new, |column| column.title.clone()),
        )
    });
    for (index, (y, cells)) in (area.y + 1..area.bottom()).zip(&rows.cells).enumerate() {
        line(area, y, columns, &widths, canvas, |column| {
            cells.get(column).cloned().unwrap_or((Meaning::Text, String::new()))
        });
        if let Some(selected) = rows.selected {
            canvas.hit(Rect { y, height: 1, ..area }, Hit::Row(steps(selected, index)));
        }
        if rows.selected == Some(index) {
            canvas.text(area.x, y, 1, Meaning::Text, ">");
            if has_keys {
                canvas.paint_row(area, y, Meaning::Selected);
                canvas.park(area.x, y, false);
            }
        }
    }
}

fn line(area: Rect, y: u16, columns: &[Column], widths: &[u16], canvas: &mut Canvas<'_>, cell: impl Fn(usize) -> Cell) {
    let mut x = area.x + 2;
    for (index, (column, wide)) in columns.iter().zip(widths).enumerate() {
        if *wide == 0 {
            continue;
        }
        let (meaning, text) = cell(index);
        let taken = u16::try_from(width(&text)).unwrap_or(u16::MAX).min(*wide);
        let indent = if column.number { wide - taken } else { 0 };
        canvas.text(x + indent, y, wide - indent, meaning, &text);
        x += wide + 2;
    }
}

/// How wide each column is; 0 is dropped.
fn widths(room: u16, columns: &[Column], rows: &Rows) -> Vec<u16> {
    let wanted = |index: usize, column: &Column| -> u16 {
        let longest = rows
            .cells
            .iter()
            .filter_map(|cells| cells.get(index))
            .map(|(_, text)| width(text))
            .chain([width(&column.title)])
            .max()
            .unwrap_or(0);
        u16::try_from(longest)
            .unwrap_or(u16::MAX)
            .clamp(column.least.min(column.most), column.most)
    };
    let mut kept: Vec<bool> = vec![true; columns.len()];
    let total = |kept: &[bool], size: &dyn Fn(usize, &Column) -> u16| -> u32 {
        columns
            .iter()
            .enumerate()
            .filter(|(index, _)| kept.get(*index) == Some(&true))
            .map(|(index, column)| u32::from(size(index, column)) + 2)
            .sum::<u32>()
            .saturating_sub(2)
    };
    let least = |_: usize, column: &Column| column.least;
    while total(&kept, &least) > u32::from(room) {
        let heaviest = columns
            .iter()
            .enumerate()
            .filter(|(index, column)| kept.get(*index) == Some(&true) && column.weight > 1)
            .max_by_key(|(index, column)| (column.weight, *index))
            .map(|(index, _)| index);
        match heaviest.and_then(|index| kept.get_mut(index)) {
            Some(flag) => *flag = false,
            None => break,
        }
    }
    let mut sizes: Vec<u16> = columns
        .iter()
        .zip(&kept)
        .enumerate()
        .map(|(index, (column, kept))| if *kept { wanted(index, column) } else { 0 })
        .collect();
    // What is too much is taken from the widest, down to the least each is worth.
    loop {
        let used: u32 = sizes
            .iter()
            .filter(|size| **size > 0)
            .map(|size| u32::from(*size) + 2)
            .sum::<u32>()
            .saturating_sub(2);
        if used <= u32::from(room) {
            return sizes;
        }
        let widest = sizes
            .iter_mut()
            .zip(columns)
            .filter(|(size, column)| **size > column.least.min(4))
            .max_by_key(|(size, column)| size.saturating_sub(column.least))
            .map(|(size, _)| size);
        match widest {
            Some(size) => *size -= 1,
            None => return sizes,
        }
    }
}
