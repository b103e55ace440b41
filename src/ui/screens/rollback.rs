//! How far to roll back, and what that undoes.

use ratatui::layout::Rect;

use crate::app::model::Model;
use crate::app::page_line::broken;
use crate::app::run::rollback::RollbackView;

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::pages;

/// Draws the page.
pub fn draw(model: &Model, view: &RollbackView, area: Rect, canvas: &mut Canvas<'_>) {
    let (columns, rows) = model.size.page();
    let lines = broken(&view.lines(), columns);
    let below = pages::in_view(model, view.scroll, lines.len(), rows, view.targets().len() > 1).unwrap_or_default();
    let title = format!("Roll back run {}", view.run);
    let page = pages::Page {
        title: &title,
        lines,
        scroll: view.scroll,
        rows,
        selected: Some(view.at),
        search: &view.search,
        keymap: &model.keymap,
    };
    page.draw(area, below, !is_covered(model), canvas);
}
