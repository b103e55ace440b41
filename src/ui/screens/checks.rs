//! The way to a context, step by step: what was looked at, what was found, what to do.

use ratatui::layout::Rect;

use crate::app::contexts::ChecksView;
use crate::app::model::Model;
use crate::app::wrap::wrap;
use crate::domain::check::Outcome;

use super::super::canvas::Canvas;
use super::super::chrome::waiting;
use super::super::linear_contexts::check_word;
use super::super::look::Meaning;
use super::{inset, problem_panel, stopped};

/// Columns of the word and of the name of a step.
const WORD: u16 = 6;
const NAME: u16 = 20;

/// How a step went and what it is called, in its first line, and what stands beside that.
type Line<'a> = (Option<(Meaning, &'a str, &'a str)>, Meaning, String);

/// Draws the steps.
pub fn draw(model: &Model, view: &ChecksView, area: Rect, canvas: &mut Canvas<'_>) {
    let below = match (view.verdict(), view.job) {
        (Some(verdict), _) => verdict.to_owned(),
        (None, Some((_, since))) => {
            let word = if view.rehearses { "making it ready" } else { "looking" };
            waiting(model, since, word).unwrap_or_default()
        }
        // What a rehearsal takes is done in one go, whether somebody waits for it or not.
        (None, None) if view.stopped && view.rehearses => "not waited for any more, r waits again".to_owned(),
        (None, None) if view.stopped => "stopped, r looks again".to_owned(),
        (None, None) => String::new(),
    };
    let inside = inset(canvas.frame(area, &format!("The way to {}", view.name), &below));
    if let (Some(problem), true) = (&view.problem, view.checks.is_empty()) {
        problem_panel(inside, problem, canvas);
        return;
    }
    if view.stopped && view.checks.is_empty() && !view.rehearses {
        stopped(inside, "what is on the way", canvas);
        return;
    }
    steps(view, inside, canvas);
}

/// Draws the steps that there are so far.
pub fn steps(view: &ChecksView, inside: Rect, canvas: &mut Canvas<'_>) {
    let room = usize::from(inside.width.saturating_sub(WORD + NAME).max(10));
    let mut lines: Vec<Line<'_>> = Vec::new();
    for check in &view.checks {
        let meaning = match check.outcome {
            Outcome::Pass => Meaning::Ok,
            Outcome::Warn => Meaning::Attention,
            Outcome::Fail => Meaning::Danger,
            Outcome::Skipped => Meaning::Muted,
        };
        let found = crate::domain::text::visible(&check.found);
        for (index, line) in wrap(&found, room).into_iter().enumerate() {
            let head = (index == 0).then_some((meaning, check_word(check.outcome), check.name));
            lines.push((head, Meaning::Text, line));
        }
        for line in check
            .next
            .iter()
            .flat_map(|next| wrap(&crate::domain::text::visible(next), room))
        {
            lines.push((None, Meaning::Attention, line));
        }
    }
    for ((head, meaning, text), y) in lines.iter().skip(view.scroll).zip(inside.y..inside.bottom()) {
        if let Some((meaning, word, name)) = head {
            canvas.text(inside.x, y, WORD, *meaning, word);
            canvas.text(inside.x + WORD, y, NAME, Meaning::Text, name);
        }
        let x = inside.x + WORD + NAME;
        canvas.text(x, y, inside.right().saturating_sub(x), *meaning, text);
    }
}
