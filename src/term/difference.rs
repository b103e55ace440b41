//! What turns one frame into the next, as bytes.

use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::Position;

use crate::domain::text::Columns;

use super::encoder::{Way, are_alike, encode, encode_through, rows_through};

/// What turns one frame into the next, cell by cell; rows that go on in the next are written once and in full, if anything differs.
pub fn difference(before: &Buffer, next: &mut Buffer, wraps: &[(u16, u16)], way: Way) -> Vec<u8> {
    let halves = halves_to_refresh(before, next);
    mark(&halves, next, CellDiffOption::AlwaysUpdate);
    let mut bytes = Vec::new();
    let shows = |(x, y, cell): &(u16, u16, &Cell)| {
        let old = before.cell(Position::new(*x, *y));
        cell.diff_option == CellDiffOption::AlwaysUpdate || old.is_none_or(|old| !are_alike(old, cell))
    };
    if wraps.is_empty() {
        encode(&mut bytes, next, before.diff_iter(next).filter(shows), way);
    } else if before.diff_iter(next).any(|cell| shows(&cell)) {
        let rows = rows_through(next, wraps);
        let is_left = |(x, y, _): &(u16, u16, &Cell)| !rows.iter().any(|(row, columns, _)| row == y && x < columns);
        let left = before.diff_iter(next).filter(shows).filter(is_left);
        encode(&mut bytes, next, left, Way { to: None, ..way });
        encode_through(&mut bytes, next, &rows, way.to);
    }
    mark(&halves, next, CellDiffOption::None);
    bytes
}

/// Whether a cell holds a character of two columns.
pub fn is_wide(cell: &Cell) -> bool {
    !cell.symbol().is_ascii() && cell.symbol().width() > 1
}

/// The second halves of wide characters that are gone.
///
/// ratatui takes the second half for unchanged where a narrow character replaces a wide one. Most terminals clear it by
/// themselves; some leave half a character standing.
fn halves_to_refresh(before: &Buffer, next: &Buffer) -> Vec<Position> {
    let wide = before.content.iter().enumerate().filter(|(_, cell)| is_wide(cell));
    wide.map(|(index, cell)| (Position::from(before.pos_of(index)), cell.symbol().width()))
        .filter(|(position, _)| !next.cell(*position).is_some_and(is_wide))
        .flat_map(|(position, width)| {
            // A wide kana with a sound mark has three columns.
            let behind = 1..u16::try_from(width).unwrap_or(2);
            behind.map(move |x| Position::new(position.x + x, position.y))
        })
        .collect()
}

fn mark(cells: &[Position], buffer: &mut Buffer, option: CellDiffOption) {
    for position in cells {
        let cell = buffer.cell_mut(*position);
        // One that says how wide it is, is drawn in full anyway.
        if let Some(cell) = cell.filter(|cell| !matches!(cell.diff_option, CellDiffOption::ForcedWidth(_))) {
            cell.set_diff_option(option);
        }
    }
}
