//! Pages of lines, some of which can be chosen.

use ratatui::layout::Rect;

use crate::app::keymap::Keymap;
use crate::app::model::Model;
use crate::app::page_line::{ShownLine, Tone};
use crate::app::pointer::{Hit, steps};
use crate::app::search::{Search, texts};
use crate::domain::count::{counted, thousands};

use super::super::canvas::Canvas;
use super::super::look::Meaning;
use super::super::overlays::found;
use super::inset;
use super::tenants::draw_filter;

/// How a tone looks.
pub fn meaning(tone: Tone) -> Meaning {
    match tone {
        Tone::Plain => Meaning::Text,
        Tone::Strong => Meaning::Title,
        Tone::Muted => Meaning::Muted,
        Tone::Code => Meaning::Accent,
        Tone::Good | Tone::Added => Meaning::Ok,
        Tone::Warning => Meaning::Attention,
        Tone::Danger | Tone::Removed => Meaning::Danger,
    }
}

/// Draws lines from `top` on into a place, with a mark at the selected choice, where the cursor is parked if it `has_keys`.
pub fn draw(
    area: Rect,
    lines: &[ShownLine],
    top: usize,
    selected: Option<usize>,
    has_keys: bool,
    canvas: &mut Canvas<'_>,
) {
    let mut parked = false;
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
        for (at, tone, text) in &line.parts {
            let at = u16::try_from(*at).unwrap_or(u16::MAX).min(area.width);
            canvas.text(area.x + at, y, area.width - at, meaning(*tone), text);
        }
        if let (Some(choice), Some(selected)) = (line.choice, selected) {
            canvas.hit(Rect { y, height: 1, ..area }, Hit::Row(steps(selected, choice)));
        }
        if line.choice.is_some() && line.choice == selected && !parked {
            canvas.text(area.x, y, 1, Meaning::Text, ">");
            canvas.paint_row(area, y, Meaning::Selected);
            parked = true;
            if has_keys {
                canvas.park(area.x, y, false);
            }
        }
    }
    if !parked && has_keys {
        canvas.park(area.x, area.y, false);
    }
}

/// A page on screen, whose text can be searched.
pub struct Page<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its lines.
    pub lines: Vec<ShownLine>,
    /// The first of them in view.
    pub scroll: usize,
    /// How many are in view.
    pub rows: usize,
    /// The choice that is selected.
    pub selected: Option<usize>,
    /// What is looked for in it.
    pub search: &'a Search,
    /// The keys in effect.
    pub keymap: &'a Keymap,
}

impl Page<'_> {
    /// Draws it in its frame, which says `below`, and returns the place of its lines.
    pub fn draw(self, area: Rect, below: String, has_keys: bool, canvas: &mut Canvas<'_>) -> Rect {
        let field = &self.search.field;
        let said = if field.is_active() {
            texts(&self.lines)
        } else {
            Vec::new()
        };
        let below = self.search.below(self.keymap, &said, below);
        let framed = canvas.frame(area, self.title, &below);
        let inside = inset(framed);
        let top = self.scroll.min(self.lines.len().saturating_sub(self.rows));
        // What lies over it has the keys, and no choice is selected under it.
        let selected = self.selected.filter(|_| has_keys);
        draw(inside, &self.lines, top, selected, has_keys && !field.editing, canvas);
        let marked = Rect {
            y: inside.y,
            height: inside.height,
            ..framed
        };
        found(self.search, &said, top, marked, canvas);
        draw_filter(field, area, &below, canvas);
        inside
    }
}

/// What the lower border says of how much of a page is in view, where it is not all, and of the keys that move: the selection
/// among the choices where it has some, and otherwise the lines.
pub fn in_view(model: &Model, top: usize, length: usize, height: usize, chooses: bool) -> Option<String> {
    let lines = lines_in_view(top, length, height);
    match (lines, chooses) {
        (None, false) => None,
        (None, true) => Some(model.keyed_below("<j> <k> choose")),
        (Some(lines), false) => Some(format!("{lines}  {}", model.keyed_below("<j> <k> scroll"))),
        (Some(lines), true) => Some(format!("{lines}  {}", model.keyed_below("<j> <k> choose  <pgdn> more"))),
    }
}

/// Which lines of a page are in view, where it is not all of them.
pub fn lines_in_view(top: usize, length: usize, height: usize) -> Option<String> {
    (length > height).then(|| lines_of(top, length, height))
}

/// Which lines are in view of so many.
pub fn lines_of(top: usize, length: usize, height: usize) -> String {
    let last = (top + height).min(length);
    format!("lines {} of {}", span(top, last), thousands(length as u64))
}

/// What is in view, counted from 1: what comes after so many, up to the last of so many.
pub fn span(before: usize, last: usize) -> String {
    let [first, last] = [before + 1, last].map(|number| thousands(number as u64));
    format!("{first}-{last}")
}

/// How many of so many rows of a list are visible under its filter, and which of those are in view, where it is not all.
pub fn rows_of_all(top: usize, visible: usize, height: usize, all: usize, thing: &str) -> String {
    let [shown, words] = [thousands(visible as u64), counted(all as u64, thing)];
    if visible == all {
        rows_of(top, visible, height, words)
    } else if visible > height {
        format!("{} (of {words})", rows_of(top, visible, height, shown))
    } else {
        format!("{shown} of {words}")
    }
}

/// How many rows there are, in `words`, after which of them are in view, where it is not all of them.
pub fn rows_of(top: usize, length: usize, height: usize, words: String) -> String {
    if length > height {
        format!("{} of {words}", span(top, (top + height).min(length)))
    } else {
        words
    }
}
