//! Rows and columns: as many columns as fit, the least important dropped first, only the rows in view. Which are dropped is
//! decided by `app::column_room`.

use ratatui::layout::Rect;

use crate::app::clock::{MINUTE, SECOND};
use crate::app::column_room::{MARGIN, NAMED, USEFUL, columns_with_room, known_widths, useful, with_room};
use crate::app::list_columns::{ListColumn, ListKind};
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};
use crate::domain::query::Sort;

use super::canvas::{Canvas, width};
use super::chrome::{asks_about_selected, hides_selection};
use super::look::Meaning;

/// A column of a table.
pub struct Column {
    /// Its title.
    pub title: String,
    /// How soon it is dropped where there is little room: 1 never, larger sooner.
    pub weight: u8,
    /// The fewest columns of screen worth having it.
    pub least: u16,
    /// The columns worth having beside others that could go: a stump of free text says less than they do.
    pub useful: u16,
    /// The most it is given.
    pub most: u16,
    /// Whether it holds numbers, which stand to the right.
    pub number: bool,
    /// Whether it tells rows apart, so that others give way before it is cut.
    pub names: bool,
    /// Whether it holds times to the second, which stand without seconds rather than cut.
    pub times: bool,
    /// What nine of ten texts of it do not exceed, and what none does, where that is known of more rows than those in view.
    pub known: Option<(usize, usize)>,
    /// Whether it has the focus, which brackets around its title say.
    pub focused: bool,
}

/// The columns of a short word.
const WORD: u16 = 10;

impl Column {
    /// A column of text.
    pub fn text(title: impl Into<String>, weight: u8, least: u16, most: u16) -> Self {
        Self {
            title: title.into(),
            weight,
            least,
            useful: least,
            most,
            number: false,
            names: false,
            times: false,
            known: None,
            focused: false,
        }
    }

    /// The column that tells rows apart.
    #[must_use]
    pub fn naming(self) -> Self {
        Self { names: true, ..self }
    }
}

/// A cell: what it says and what that means.
pub type Cell = (Meaning, String);

/// The rows in view.
pub struct Rows {
    /// The cells of each row.
    pub cells: Vec<Vec<Cell>>,
    /// Which of them is selected; none while something lies over them.
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
) -> u16 {
    let known = list.columns();
    let shown = columns_with_room(model, list, area.width);
    let focused = model.columns.focused(list, sort);
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
            // Those that have no room are left out already.
            weight: 1,
            least: needed(model, column),
            useful: useful(model, &model.columns, list, column),
            most: column.most,
            number: column.number,
            names: column.names,
            times: column.times,
            known: known_widths(model, column),
            focused: focused.is_some_and(|focused| focused.name == column.name),
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
    let asked = rows.selected;
    let rows = Rows {
        cells: rows.cells.into_iter().map(pick).collect(),
        selected: rows.selected.filter(|_| !hides_selection(model)),
    };
    let first = draw(area, &columns, &rows, has_keys, canvas);
    mark_asked(model, area, asked, canvas);
    first
}

/// The fewest columns of screen worth having a column: of one for words of a kind, no more than those in the list take.
fn needed(model: &Model, column: &ListColumn) -> u16 {
    let longest = known_widths(model, column).map(|(_, longest)| longest.max(column.title.len()));
    let longest = longest.filter(|_| column.least == column.most);
    longest.map_or(column.least, |longest| {
        u16::try_from(longest).unwrap_or(u16::MAX).min(column.least)
    })
}

/// Marks the selected row of a table where what lies over it asks whether to change that: dim, for it has neither keys nor pointer.
pub fn mark_asked(model: &Model, area: Rect, selected: Option<usize>, canvas: &mut Canvas<'_>) {
    let row = selected.filter(|_| asks_about_selected(model));
    if let Some(y) = row.and_then(|row| (area.y + 1..area.bottom()).nth(row)) {
        canvas.text(area.x, y, 1, Meaning::Muted, ">");
    }
}

/// Draws a table: titles in the first line, then the rows. The cursor is parked on the selected row if it `has_keys`.
/// Returns how wide the first column is.
pub fn draw(area: Rect, columns: &[Column], rows: &Rows, has_keys: bool, canvas: &mut Canvas<'_>) -> u16 {
    if area.height == 0 || area.width < 4 {
        return 0;
    }
    let widths = widths(area.width.saturating_sub(MARGIN), columns, rows, canvas);
    line(area, area.y, columns, &widths, canvas, |column| {
        (
            Meaning::Title,
            columns
                .get(column)
                .map_or_else(String::new, |column| column.title.clone()),
        )
    });
    let mut x = area.x + 2;
    for (column, wide) in columns.iter().zip(&widths).filter(|(_, wide)| **wide > 0) {
        if column.focused {
            let taken = u16::try_from(width(&column.title)).unwrap_or(u16::MAX).min(*wide);
            let start = if column.number { x + wide - taken } else { x };
            canvas.text(start - 1, area.y, 1, Meaning::Title, "[");
            canvas.text(start + taken, area.y, 1, Meaning::Title, "]");
        }
        x += wide + 2;
    }
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
    widths.first().copied().unwrap_or(0)
}

fn line(area: Rect, y: u16, columns: &[Column], widths: &[u16], canvas: &mut Canvas<'_>, cell: impl Fn(usize) -> Cell) {
    let mut x = area.x + 2;
    for (index, (column, wide)) in columns.iter().zip(widths).enumerate() {
        if *wide == 0 {
            continue;
        }
        let (meaning, text) = cell(index);
        let taken = u16::try_from(canvas.columns(&text)).unwrap_or(u16::MAX).min(*wide);
        let indent = if column.number { wide - taken } else { 0 };
        let room = wide - indent;
        if column.names {
            let name = canvas.fit_naming(&text, usize::from(room));
            canvas.text(x + indent, y, room, meaning, &name);
        } else {
            let whole = text
                .get(..MINUTE)
                .filter(|_| column.times && usize::from(room) < SECOND);
            canvas.text(x + indent, y, room, meaning, whole.unwrap_or(&text));
        }
        x += wide + 2;
    }
}

/// How wide each column is; 0 is dropped.
fn widths(room: u16, columns: &[Column], rows: &Rows, canvas: &Canvas<'_>) -> Vec<u16> {
    // What it takes, and what would be the most: of all rows that are known, so that no column moves by scrolling.
    let taken = |(index, column): (usize, &Column)| -> (u16, u16) {
        let cells = rows.cells.iter().filter_map(|cells| cells.get(index));
        let in_view = cells.map(|(_, text)| canvas.columns(text)).max().unwrap_or(0);
        let (usual, longest) = column
            .known
            .filter(|(_, longest)| in_view <= *longest)
            .unwrap_or((in_view, in_view));
        let size = |columns: usize| u16::try_from(columns.max(width(&column.title))).unwrap_or(u16::MAX);
        (size(usual), size(longest))
    };
    let (usual, longest): (Vec<u16>, Vec<u16>) = columns.iter().enumerate().map(taken).unzip();
    let declared: Vec<_> = columns
        .iter()
        .map(|column| (column.weight, column.useful.max(column.least)))
        .collect();
    let stays = with_room(room, &declared);
    let mut sizes: Vec<u16> = columns
        .iter()
        .zip(&usual)
        .zip(&stays)
        .map(|((column, usual), stays)| match stays {
            true => (*usual).clamp(column.least.min(column.most), column.most),
            false => 0,
        })
        .collect();
    let mut floors: Vec<u16> = columns
        .iter()
        .zip(&sizes)
        .map(|(column, wanted)| {
            let kept = if column.names { NAMED } else { column.useful };
            kept.min(*wanted).max(column.least)
        })
        .collect();
    let total = |sizes: &[u16]| -> u32 {
        let kept = sizes.iter().filter(|size| **size > 0);
        kept.map(|size| u32::from(*size) + 2).sum::<u32>().saturating_sub(2)
    };
    // What is too much is taken from the widest, down to the least each is worth; then from what tells rows apart, as far as
    // that does; then down to a short word each; then to the least; and on the smallest screens from all.
    for step in 0..5 {
        for (column, floor) in columns.iter().zip(&mut floors) {
            match step {
                1 if column.names => *floor = USEFUL.max(column.least).min(*floor),
                // Half a time says nothing.
                2 if !column.names && !column.times => *floor = column.least.min(WORD),
                3 => *floor = column.least.min(*floor),
                4 => *floor = column.least.min(4),
                _ => {}
            }
        }
        while total(&sizes) > u32::from(room) {
            let cut = sizes.iter_mut().zip(&floors).filter(|(size, floor)| **size > **floor);
            match cut.max_by_key(|(size, _)| **size) {
                Some((size, _)) => *size -= 1,
                None => break,
            }
        }
    }
    let has_seconds = |size: u16| usize::from(size) >= SECOND;
    for (column, size) in columns.iter().zip(&mut sizes).filter(|(column, _)| column.times) {
        // Half of the seconds says nothing.
        if !has_seconds(*size) {
            *size = column.least.min(*size);
        }
    }
    // What no column needs is for those that are cut at the most they are usually given; seconds are worth less than any text.
    let mut left = u32::from(room).saturating_sub(total(&sizes));
    let all = sizes.iter_mut().zip(longest).zip(columns);
    let (times, texts): (Vec<_>, Vec<_>) =
        (all.filter(|((size, _), _)| **size > 0)).partition(|(_, column)| column.times);
    for ((size, longest), column) in texts.into_iter().chain(times) {
        let more = u16::try_from(left)
            .unwrap_or(u16::MAX)
            .min(longest.saturating_sub(*size));
        if !column.times || has_seconds(*size + more) {
            *size += more;
            left -= u32::from(more);
        }
    }
    sizes
}
