//! Two roles, cell by cell; on a wide screen with what differs in words beside it.

use ratatui::layout::Rect;

use crate::app::comparison_view::ComparisonView;
use crate::app::model::Model;
use crate::app::wrap::wrap;
use crate::domain::permission::{Action, Resource};
use crate::domain::role_compare::{ComparedCell, Comparison, Which};
use crate::domain::text::visible_lines;

use super::super::canvas::{Canvas, width};
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::grid::{self, Grid};
use super::role::about;
use super::{beside, inset, paragraphs};

/// Draws the comparison.
pub fn draw(model: &Model, view: &ComparisonView, area: Rect, canvas: &mut Canvas<'_>) {
    let (left, right) = beside(model, area);
    draw_grid(model, view, left, right.is_none(), canvas);
    if let Some(right) = right {
        let inside = canvas.frame(right, "What differs", "");
        let lines: Vec<(Meaning, String)> = words(view)
            .into_iter()
            .map(|(strong, text)| (if strong { Meaning::Title } else { Meaning::Text }, text))
            .collect();
        paragraphs(inset(inside), &lines, canvas);
    }
}

/// The comparison in words: the summary and what is to be known, then what each has alone.
pub fn words(view: &ComparisonView) -> Vec<(bool, String)> {
    let comparison = &view.comparison;
    let mut lines = vec![(false, comparison.summary())];
    lines.extend(comparison.remarks().into_iter().map(|remark| (false, remark)));
    for (which, name) in [(Which::OnlyA, &comparison.a), (Which::OnlyB, &comparison.b)] {
        lines.extend(allowed_by(comparison, which, &format!("{name} alone")));
    }
    lines
}

/// What one of two roles allows alone, or both do, below a title; nothing if that is nothing.
pub fn allowed_by(comparison: &Comparison, which: Which, title: &str) -> Vec<(bool, String)> {
    let cells: Vec<&ComparedCell> = comparison.only(which).collect();
    if cells.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![(false, String::new()), (true, title.to_owned())];
    for of_one in cells.chunk_by(|a, b| a.resource == b.resource) {
        let actions: Vec<&str> = of_one.iter().map(|cell| cell.action.as_str()).collect();
        if let Some(first) = of_one.first() {
            lines.push((false, format!("{}: {}", first.resource, actions.join(", "))));
        }
    }
    lines
}

fn draw_grid(model: &Model, view: &ComparisonView, area: Rect, says_all: bool, canvas: &mut Canvas<'_>) {
    let comparison = &view.comparison;
    let matrix = view.matrix();
    let title = format!("A {}  B {}", comparison.a, comparison.b);
    let shown = if view.shows_all { "all rows" } else { "rows that differ" };
    // What stands last goes first where there is no room: there it is what can be seen anyway.
    let legend = "A or B alone, = both";
    let below = if area.width < 50 {
        legend.to_owned()
    } else {
        format!("{shown}  {legend}")
    };
    if matrix.resources.is_empty() {
        let inside = canvas.frame(area, &title, &below);
        paragraphs(inset(inside), &[(Meaning::Text, comparison.summary())], canvas);
        return;
    }
    let denied = canvas.look.glyphs.denied;
    let sign = |resource: &Resource, action: &Action| match comparison.cell(resource, action) {
        Some(Which::OnlyA) => (Meaning::Accent, "A", true),
        Some(Which::OnlyB) => (Meaning::Attention, "B", true),
        Some(Which::Both) => (Meaning::Muted, "=", true),
        None => (Meaning::Muted, denied, false),
    };
    let mut notes = Vec::new();
    if let Some((resource, action)) = matrix.at(&view.cursor) {
        let words = match comparison.cell(resource, action) {
            Some(Which::OnlyA) => format!("{} alone", comparison.a),
            Some(Which::OnlyB) => format!("{} alone", comparison.b),
            Some(Which::Both) => "both".to_owned(),
            None if matrix.has(resource, action) => "neither".to_owned(),
            None => "no such action".to_owned(),
        };
        let text = format!("{action} on {resource}: {words}{}", about(&matrix, resource));
        notes.push((Meaning::Accent, text));
    }
    if says_all {
        notes.push((Meaning::Text, comparison.summary()));
        notes.extend(comparison.remarks().into_iter().map(|remark| (Meaning::Muted, remark)));
    }
    // No more lines are kept than what is said takes, and one that a long name may take.
    let columns = usize::from(area.width.saturating_sub(4)).max(1);
    let said = |(_, text): &(Meaning, String)| wrap(&visible_lines(text), columns).len();
    let others: usize = notes.iter().skip(1).map(said).sum();
    let names = usize::from(width(&comparison.a).max(width(&comparison.b)) > columns / 3);
    let note_lines = u16::try_from(1 + names + others).unwrap_or(u16::MAX).min(4);
    let has_keys = !is_covered(model);
    let grid = Grid {
        matrix: &matrix,
        cursor: view.cursor,
        has_keys,
        is_marked: has_keys,
        sign: &sign,
        tallies: true,
        notes,
        note_lines: if says_all { note_lines } else { 1 },
    };
    let below = grid::and_rows(below, area, &grid);
    let inside = canvas.frame(area, &title, &below);
    grid::draw(inside, &grid, canvas);
}
