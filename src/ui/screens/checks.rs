//! The way to a context, step by step: what was looked at, what was found, what to do.

use ratatui::layout::Rect;

use crate::app::contexts::ChecksView;
use crate::app::model::Model;
use crate::domain::count::{counted, thousands};

use super::super::canvas::{Canvas, width};
use super::super::chrome::{is_covered, waiting};
use super::{pages, problem_panel, rows_of, stopped};

/// Draws the steps.
pub fn draw(model: &Model, view: &ChecksView, area: Rect, canvas: &mut Canvas<'_>) {
    let made = view.made().map(|(words, _)| model.keyed_below(words));
    let below = match (made, view.verdict(), view.job) {
        (Some(words), ..) => words,
        (None, Some(verdict), _) => verdict.to_owned(),
        (None, None, Some((_, since))) => {
            let word = match (view.rehearses, view.stopped) {
                (true, true) => "stopping",
                (true, false) => "making it ready",
                (false, _) => "looking",
            };
            waiting(model, since, word).unwrap_or_default()
        }
        (None, None, None) if view.stopped => model.keyed_below("stopped, <r> looks again"),
        (None, None, None) => String::new(),
    };
    let (columns, rows) = model.size.page();
    // What kept the first step from being made has the whole place.
    let problem = view.problem.as_ref().filter(|_| view.checks.is_empty());
    let lines = if problem.is_some() {
        Vec::new()
    } else {
        view.lines(columns)
    };
    let top = view.top(&lines, rows);
    let parts = |more: Option<String>| -> String {
        let parts = [Some(below.clone()), more].into_iter().flatten();
        let parts: Vec<String> = parts.filter(|words| !words.is_empty()).collect();
        parts.join("  ")
    };
    let mut below = parts(pages::in_view(model, top, lines.len(), rows, false));
    // Where there is little room, it is said in the fewest words.
    if width(&below) + 6 > usize::from(area.width) && lines.len() > rows {
        let range = rows_of(top, lines.len(), rows, thousands(lines.len() as u64));
        below = parts(Some(format!("{range}  {}", model.keyed_below("<j> <k> scroll"))));
    }
    // What the verdict is about must not stay unseen.
    let marked = lines.iter().skip(top + rows).filter(|line| line.is_marked()).count();
    if marked > 0 {
        let range = rows_of(top, lines.len(), rows, thousands(lines.len() as u64));
        let warnings = format!("{} below", counted(marked as u64, "warning"));
        let verdict = view.verdict().unwrap_or_default();
        below = format!("{verdict}  {warnings}  {range}");
        if width(&below) + 6 > usize::from(area.width) {
            below = format!("{warnings}, j scrolls  {range}");
        }
    }
    let title = view.title();
    let page = pages::Page {
        title: &title,
        lines,
        scroll: top,
        rows,
        selected: None,
        search: &view.search,
        keymap: &model.keymap,
    };
    let inside = page.draw(area, below, !is_covered(model), canvas);
    if let Some(problem) = problem {
        problem_panel(inside, problem, canvas);
    } else if view.stopped && view.checks.is_empty() && !view.rehearses {
        stopped(model, inside, "what is on the way", canvas);
    }
}
