//! A row of a list in a line: what each column that is on screen would show, and what that is where it does not tell itself.

use crate::app::list_columns::{ListColumn, ListKind};
use crate::app::model::Model;

/// What a cell says after the title of its column, unless it tells itself what it is; `None` where it says nothing. A number
/// is said before its title: `1 holder`, `72 rights`.
fn said(column: &ListColumn, cell: &str) -> Option<String> {
    let title = column.title.to_lowercase();
    if cell.is_empty() || cell == "-" {
        return None;
    }
    if column.number {
        let one = title.strip_suffix('s').filter(|_| cell == "1");
        return Some(format!("{cell} {}", one.unwrap_or(&title)));
    }
    // In which zone a time is, its title says.
    let (title, zone) = match title.strip_suffix("(utc)").or_else(|| title.strip_suffix("utc")) {
        Some(title) => (title, " UTC"),
        None => (title.as_str(), ""),
    };
    let title = if column.plain { "" } else { title.trim_end() };
    Some(format!("{title} {cell}{zone}").trim_start().to_owned())
}

/// A row of a list after its head, which says what the cells that are empty would: its cells as they were chosen, in their
/// order. What is left out until it is asked for is said where it is so, unless columns were chosen.
pub(super) fn row(model: &Model, kind: ListKind, head: &str, cells: &[&str]) -> String {
    let (columns, mut shown) = (kind.columns(), model.columns.on_screen(kind));
    let is_so = |at: &usize| columns.get(*at).is_some_and(|column| column.extra) && cells.get(*at) == Some(&"yes");
    // Who has no role but is a superadmin has rights from that.
    let is_said = |at: &usize| {
        let name = columns.get(*at).map(|column| column.name);
        let mut rights = shown
            .iter()
            .filter(|other| columns.get(**other).is_some_and(|column| column.name == "rights"));
        rights.any(|other| cells.get(*other).copied() == name)
    };
    let is_chosen = model.columns.is_chosen(kind);
    let unasked = (0..columns.len()).filter(|at| !is_chosen && is_so(at) && !shown.contains(at) && !is_said(at));
    let unasked: Vec<usize> = unasked.collect();
    shown.extend(unasked);
    let parts = shown.iter().filter_map(|at| said(columns.get(*at)?, cells.get(*at)?));
    let head = Some(head.to_owned()).filter(|head| !head.is_empty());
    head.into_iter().chain(parts).collect::<Vec<_>>().join(", ")
}
