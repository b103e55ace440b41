//! A matrix of resources and actions, whatever its cells say: titles that stay, columns for the actions most resources
//! have, and below the rows the other actions of the selected one in words.

use ratatui::layout::{Margin, Rect};

use crate::app::pointer::{Hit, steps};

use crate::app::matrix::{Matrix, MatrixCursor};
use crate::app::wrap::wrap;
use crate::domain::count::{counted, thousands};
use crate::domain::permission::{Action, Resource};
use crate::domain::text::{Columns as _, visible_lines};

use super::super::canvas::{Canvas, width};
use super::super::look::Meaning;
use super::{paragraphs, rows_of, span};

/// What a cell says: with what meaning, with which sign, and whether that counts as having it.
pub type Sign = (Meaning, &'static str, bool);

/// What is drawn.
pub struct Grid<'g> {
    /// Rows and columns.
    pub matrix: &'g Matrix,
    /// The selected cell.
    pub cursor: MatrixCursor,
    /// Whether keys move in it; not while something lies over it.
    pub has_keys: bool,
    /// Whether the selected cell is marked.
    pub is_marked: bool,
    /// What a cell says that exists.
    pub sign: &'g dyn Fn(&Resource, &Action) -> Sign,
    /// Whether the others of a row are counted by their signs, rather than as so many of all.
    pub tallies: bool,
    /// What is said below, a paragraph each.
    pub notes: Vec<(Meaning, String)>,
    /// How many lines are kept for that.
    pub note_lines: u16,
}

/// Lines from which on one is left empty between the rows and what is said of the selected cell, which is no row.
const ROOMY: u16 = 16;

/// The place of its rows, and where what is said below them begins; how many lines are kept there for the other actions of the
/// selected one.
fn rows_and_panel(area: Rect, grid: &Grid<'_>) -> (Rect, u16, u16) {
    let notes = grid.note_lines.min(area.height.saturating_sub(4)).max(1);
    let spare = area.height.saturating_sub(notes + 4);
    let panel = panel_lines(grid.matrix, area.width).min(spare / 2);
    // On a tall screen what is said of the selected cell stays close to it.
    let all = u16::try_from(grid.matrix.resources.len()).unwrap_or(u16::MAX);
    let most = area.height.saturating_sub(1 + panel + notes);
    // Not for that alone is one of the rows out of view.
    let gap = u16::from(area.height >= ROOMY && !grid.notes.is_empty() && all != most);
    let rows = Rect {
        y: area.y + 1,
        height: all.min(most.saturating_sub(gap)),
        ..area
    };
    (rows, rows.bottom() + gap, panel)
}

/// The first row in view, where so many are.
fn first_row(grid: &Grid<'_>, height: u16) -> usize {
    let (at, height) = (grid.cursor.resource.at(), usize::from(height));
    let top = grid.cursor.resource.top().min(at).max((at + 1).saturating_sub(height));
    // No empty space below the last row while there are rows above.
    top.min(grid.matrix.resources.len().saturating_sub(height))
}

/// Which rows are in view in a frame, where it is not all of them.
fn rows_in_view(frame: Rect, grid: &Grid<'_>) -> Option<String> {
    let inside = frame.inner(Margin::new(1, 1));
    let (height, length) = (rows_and_panel(inside, grid).0.height, grid.matrix.resources.len());
    let words = || {
        rows_of(
            first_row(grid, height),
            length,
            usize::from(height),
            thousands(length as u64),
        )
    };
    (length > usize::from(height)).then(words)
}

/// How many rows there are, or which of them are in view in a frame.
pub fn rows(frame: Rect, grid: &Grid<'_>) -> String {
    let all = || counted(grid.matrix.resources.len() as u64, "resource");
    rows_in_view(frame, grid).unwrap_or_else(all)
}

/// The same, and what the rows are.
pub fn counted_rows(frame: Rect, grid: &Grid<'_>) -> String {
    let words = counted(grid.matrix.resources.len() as u64, "resource");
    let height = rows_and_panel(frame.inner(Margin::new(1, 1)), grid).0.height;
    rows_of(
        first_row(grid, height),
        grid.matrix.resources.len(),
        usize::from(height),
        words,
    )
}

/// Which rows are in view, where it is not all of them, before what a frame says `below`, where there is room for both.
pub fn and_rows(below: String, frame: Rect, grid: &Grid<'_>) -> String {
    let longer = rows_in_view(frame, grid).map(|rows| format!("{rows}  {below}"));
    let fits = |longer: &String| width(longer) + 6 <= usize::from(frame.width);
    longer.filter(fits).unwrap_or(below)
}

/// Draws it, and says whether there is room for all that is said below.
pub fn draw(area: Rect, grid: &Grid<'_>, canvas: &mut Canvas<'_>) -> bool {
    if area.height < 3 || area.width < 12 {
        return false;
    }
    let (rows, mut y, panel) = rows_and_panel(area, grid);
    let columns = Columns::new(grid, area, width(canvas.look.glyphs.ellipsis));
    titles(grid, &columns, area, canvas);
    draw_rows(grid, &columns, rows, canvas);
    // What the selected cell says has its place; what follows comes close behind it.
    let mut notes = grid.notes.iter();
    let inner = area.width.saturating_sub(2);
    if let Some(note) = notes.next() {
        let place = Rect::new(area.x + 1, y, inner, note_rows(grid, area, y));
        if place.height > 1 {
            y = paragraphs(place, std::slice::from_ref(note), canvas);
        } else {
            canvas.text(place.x, y, inner, note.0, fitting(&note.1, inner));
            y += 1;
        }
    }
    let below = Rect {
        y,
        height: panel.min(area.bottom().saturating_sub(y)),
        ..area
    };
    y += others(grid, below, canvas);
    let rest = Rect {
        x: area.x + 1,
        y,
        width: inner,
        height: area.bottom().saturating_sub(y),
    };
    paragraphs(rest, notes.as_slice(), canvas);
    lines_of(notes.as_slice(), rest.width) <= usize::from(rest.height)
}

/// What is said of a cell on one line: where it is too long, without what the resource is about, which stands in brackets at its end.
fn fitting(note: &str, columns: u16) -> &str {
    let is_short = width(note) <= usize::from(columns);
    let shorter = note.rsplit_once(" (").filter(|_| !is_short);
    shorter.map_or(note, |(words, _)| words)
}

/// Lines that paragraphs take in so many columns.
fn lines_of(notes: &[(Meaning, String)], columns: u16) -> usize {
    let columns = usize::from(columns).max(1);
    let lines = notes.iter().map(|(_, text)| wrap(&visible_lines(text), columns).len());
    lines.sum()
}

/// Rows from `y` on that what is said of the selected cell may take: a second one where all that stands below leaves it.
fn note_rows(grid: &Grid<'_>, area: Rect, y: u16) -> u16 {
    let selected = grid.matrix.resources.get(grid.cursor.resource.at());
    let others = selected.map_or(0, |resource| entries(grid.matrix, resource, area.width).len());
    let rest = lines_of(grid.notes.get(1..).unwrap_or_default(), area.width.saturating_sub(2));
    let below = u16::try_from(others + rest).unwrap_or(u16::MAX);
    area.bottom().saturating_sub(y).saturating_sub(below).clamp(1, 2)
}

/// Where the columns stand.
struct Columns {
    /// Columns taken by the names of resources.
    names: u16,
    /// Position of each action in view, with its columns.
    shown: Vec<(usize, u16)>,
    /// Where the sign stands for columns that are left out behind those in view.
    cut: Option<u16>,
    /// Where the summary of the others stands, and how many columns it has.
    others: Option<(u16, u16)>,
    first: usize,
}

impl Columns {
    /// The columns that have room, where the sign for what is left out takes so many.
    fn new(grid: &Grid<'_>, area: Rect, sign: usize) -> Self {
        let matrix = grid.matrix;
        let longest = matrix.resources.iter().map(|resource| resource.as_str().width()).max();
        let names = u16::try_from(longest.unwrap_or(0) + 3)
            .unwrap_or(u16::MAX)
            .min(area.width / 2);
        let has_others = matrix.actions.len() > matrix.columns;
        let room = area.width.saturating_sub(names);
        let kept = if has_others { 10.min(room / 2) } else { 0 };
        let wide = |index: usize| -> u16 {
            let length = matrix.actions.get(index).map_or(0, |action| action.as_str().width());
            u16::try_from(length).unwrap_or(u16::MAX).clamp(3, 14) + 2
        };
        let beside = |first: usize, kept: u16| -> Vec<(usize, u16)> {
            let mut used = 0;
            (first..matrix.columns)
                .map(|index| (index, wide(index)))
                .take_while(|(_, wide)| {
                    used += wide;
                    used <= room.saturating_sub(kept) + 1
                })
                .collect()
        };
        // Where nothing follows, nothing seems to be all there is.
        let sign = if has_others {
            u16::try_from(sign).unwrap_or(1) + 1
        } else {
            0
        };
        let fits = |first: usize| -> Vec<(usize, u16)> {
            let all = beside(first, kept);
            let is_cut = all.len() < matrix.columns.saturating_sub(first);
            let fewer = beside(first, kept + sign);
            // The sign for what is left out is seen, but not instead of the only column there is.
            if is_cut && !fewer.is_empty() { fewer } else { all }
        };
        let selected = grid.cursor.action.min(matrix.columns.saturating_sub(1));
        let first = (0..=selected).find(|first| fits(*first).iter().any(|(index, _)| *index == selected));
        let first = first.unwrap_or(selected);
        let shown = fits(first);
        let mut used: u16 = shown.iter().map(|(_, wide)| wide).sum();
        let is_cut = has_others && first + shown.len() < matrix.columns;
        let cut =
            (is_cut && room.saturating_sub(used) >= kept.saturating_sub(1) + sign).then_some(area.x + names + used);
        used += cut.map_or(0, |_| sign);
        let others = has_others.then(|| (area.x + names + used, room.saturating_sub(used)));
        Self {
            names,
            shown,
            cut,
            others: others.filter(|(_, columns)| *columns >= 6),
            first,
        }
    }

    /// Which of so many columns are in view, in more and in fewer words.
    fn in_view(&self, all: usize) -> [String; 2] {
        let (shown, thing) = match self.shown.len() {
            1 => ((self.first + 1).to_string(), "column"),
            length => (span(self.first, self.first + length), "columns"),
        };
        [format!("{thing} {shown} of {all}"), format!("{shown} of {all}")]
    }
}

fn titles(grid: &Grid<'_>, columns: &Columns, area: Rect, canvas: &mut Canvas<'_>) {
    let mut x = area.x + columns.names;
    if columns.shown.len() < grid.matrix.columns {
        // Above the names there is no title.
        let room = columns.names.saturating_sub(2);
        let words = columns.in_view(grid.matrix.columns);
        let fits = words.iter().find(|words| words.width() <= usize::from(room));
        canvas.text(
            area.x + 1,
            area.y,
            room,
            Meaning::Muted,
            fits.map_or("", String::as_str),
        );
    }
    let meaning = |is_selected: bool| {
        if is_selected && grid.has_keys {
            Meaning::Focused
        } else {
            Meaning::Title
        }
    };
    for (index, wide) in &columns.shown {
        let title = grid.matrix.actions.get(*index).map_or("", Action::as_str);
        canvas.text(
            x,
            area.y,
            wide.saturating_sub(1),
            meaning(*index == grid.cursor.action),
            title,
        );
        x += wide;
    }
    if let Some(x) = columns.cut {
        canvas.text(x, area.y, 2, Meaning::Muted, canvas.look.glyphs.ellipsis);
    }
    if let Some((x, columns)) = columns.others {
        let is_selected = grid.cursor.action >= grid.matrix.columns;
        canvas.text(x, area.y, columns, meaning(is_selected), "OTHERS");
    }
}

fn draw_rows(grid: &Grid<'_>, columns: &Columns, area: Rect, canvas: &mut Canvas<'_>) {
    let at = grid.cursor.resource.at();
    let top = first_row(grid, area.height);
    let in_view = grid.matrix.resources.iter().enumerate().skip(top);
    let counts = count_columns(grid, columns);
    for (y, (row, resource)) in (area.top()..area.bottom()).zip(in_view) {
        let selected = row == at;
        let mark = if selected && grid.is_marked { ">" } else { " " };
        canvas.text(area.x, y, 1, Meaning::Text, mark);
        canvas.text(
            area.x + 1,
            y,
            columns.names.saturating_sub(2),
            Meaning::Text,
            resource.as_str(),
        );
        let mut cursor = (area.x, y);
        let mut x = area.x + columns.names;
        for (index, wide) in &columns.shown {
            if grid.has_keys {
                let hit = Hit::Cell(steps(at, row), steps(grid.cursor.action, *index));
                canvas.hit(Rect::new(x, y, *wide, 1), hit);
            }
            if let Some(action) = grid.matrix.actions.get(*index) {
                let (meaning, sign, _) = sign_of(grid, resource, action);
                let here = selected && *index == grid.cursor.action && grid.is_marked;
                let text = if here { format!("[{sign}]") } else { format!(" {sign} ") };
                canvas.text(x, y, wide.saturating_sub(1).max(3), meaning, &text);
                if here {
                    cursor = (x, y);
                }
            }
            x += wide;
        }
        if let Some((x, columns)) = columns.others {
            let here = selected && grid.cursor.action >= grid.matrix.columns && grid.is_marked;
            if here {
                cursor = (x, y);
            }
            summary(grid, resource, here, Rect::new(x, y, columns, 1), counts, canvas);
        }
        if selected && grid.has_keys {
            canvas.paint_row(area, y, Meaning::Selected);
            canvas.park(cursor.0, cursor.1, false);
        }
    }
}

fn sign_of(grid: &Grid<'_>, resource: &Resource, action: &Action) -> Sign {
    if grid.matrix.has(resource, action) {
        (grid.sign)(resource, action)
    } else {
        (Meaning::Text, " ", false)
    }
}

/// The sign of what holds in some namespaces only.
pub const LIMITED: &str = "n";

/// Columns of the longest count of others, so that what stands behind the counts is aligned; 0 where nothing does.
fn count_columns(grid: &Grid<'_>, columns: &Columns) -> u16 {
    let Some((_, wide)) = columns.others.filter(|(_, wide)| *wide >= NAMES) else {
        return 0;
    };
    let resources = grid.matrix.resources.iter();
    let longest = resources.filter_map(|resource| Some(summed_up(grid, resource, wide)?.words.width()));
    u16::try_from(longest.max().unwrap_or(0)).unwrap_or(u16::MAX)
}

/// Columns worth having for names.
const NAMES: u16 = 16;

/// What is said of the other actions of a resource.
struct Summary<'g> {
    /// How many it has of how many.
    words: String,
    meaning: Meaning,
    /// Those it has.
    having: Vec<&'g Action>,
}

/// How many of the other actions of a resource it has, those that hold in some namespaces only apart; `None` where there are
/// none.
fn summed_up<'g>(grid: &Grid<'g>, resource: &Resource, columns: u16) -> Option<Summary<'g>> {
    let others = grid.matrix.others_of(resource);
    if others.is_empty() {
        return None;
    }
    let actions = others.iter().filter_map(|index| grid.matrix.actions.get(*index));
    let having: Vec<&Action> = actions.filter(|action| sign_of(grid, resource, action).2).collect();
    let is_limited = |action: &&&Action| sign_of(grid, resource, action).1 == LIMITED;
    let (limited, all) = (having.iter().filter(is_limited).count(), others.len());
    let count = having.len() - limited;
    let words = match limited {
        _ if grid.tallies => tally(grid, resource, &having),
        0 => format!("{count} of {all}"),
        // In full where there is room for it, brackets included.
        _ if columns >= 13 => format!("{count}+{limited}{LIMITED} of {all}"),
        _ => format!("{count}+{limited}{LIMITED}/{all}"),
    };
    let meaning = match (count, limited) {
        (0, 0) => Meaning::Muted,
        (0, _) if !grid.tallies => Meaning::Accent,
        _ => Meaning::Ok,
    };
    Some(Summary { words, meaning, having })
}

/// Draws how many of the other actions of a resource it has, and which, where there is room to say so behind counts of so many
/// columns.
fn summary(grid: &Grid<'_>, resource: &Resource, here: bool, area: Rect, counts: u16, canvas: &mut Canvas<'_>) {
    let Some(Summary { words, meaning, having }) = summed_up(grid, resource, area.width) else {
        return;
    };
    let text = if here {
        format!("[{words}]")
    } else {
        format!(" {words}")
    };
    canvas.text(area.x, area.y, area.width, meaning, &text);
    let names: Vec<&str> = having.into_iter().map(Action::as_str).collect();
    let x = area.x + counts + 3;
    let room = area.right().saturating_sub(x);
    if counts > 0 && room >= NAMES {
        canvas.text(x, area.y, room, Meaning::Muted, &names.join(" "));
    }
}

/// How often each sign stands among the others of a row: `A 2 = 1`.
fn tally(grid: &Grid<'_>, resource: &Resource, having: &[&Action]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for action in having {
        let sign = sign_of(grid, resource, action).1;
        match counts.iter_mut().find(|(other, _)| *other == sign) {
            Some((_, count)) => *count += 1,
            None => counts.push((sign, 1)),
        }
    }
    let words: Vec<String> = counts.iter().map(|(sign, count)| format!("{sign} {count}")).collect();
    words.join(" ")
}

/// The other actions of the selected resource, each with its sign; the selected one stands in brackets. Returns how many
/// lines they take.
fn others(grid: &Grid<'_>, area: Rect, canvas: &mut Canvas<'_>) -> u16 {
    let Some(resource) = grid.matrix.resources.get(grid.cursor.resource.at()) else {
        return 0;
    };
    let lines = entries(grid.matrix, resource, area.width);
    let selected = lines.iter().position(|line| line.contains(&grid.cursor.action));
    let top = (selected.unwrap_or(0) + 1).saturating_sub(usize::from(area.height));
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(top)) {
        let mut x = area.x + 1;
        for index in line {
            let Some(action) = grid.matrix.actions.get(*index) else {
                continue;
            };
            let (meaning, sign, _) = sign_of(grid, resource, action);
            let here = *index == grid.cursor.action && grid.is_marked;
            let start = x;
            let mark = if here { format!("[{sign}]") } else { format!(" {sign} ") };
            x = canvas.text(x, y, area.right().saturating_sub(x), meaning, &mark);
            let meaning = if here && grid.has_keys {
                Meaning::Focused
            } else {
                Meaning::Text
            };
            x = canvas.text(x, y, area.right().saturating_sub(x), meaning, action.as_str()) + 1;
            if grid.has_keys {
                let hit = Hit::Cell(0, steps(grid.cursor.action, *index));
                canvas.hit(Rect::new(start, y, x - start, 1), hit);
            }
        }
    }
    u16::try_from(lines.len()).unwrap_or(area.height).min(area.height)
}

/// Positions of the other actions of a resource, line by line.
fn entries(matrix: &Matrix, resource: &Resource, width: u16) -> Vec<Vec<usize>> {
    let room = usize::from(width.saturating_sub(2));
    let mut lines: Vec<Vec<usize>> = Vec::new();
    let mut used = usize::MAX;
    for index in matrix.others_of(resource) {
        let wide = matrix.actions.get(index).map_or(0, |action| action.as_str().width()) + 4;
        if used.saturating_add(wide) > room + 1 {
            lines.push(Vec::new());
            used = 0;
        }
        used += wide;
        if let Some(line) = lines.last_mut() {
            line.push(index);
        }
    }
    lines
}

/// How many lines the other actions of any resource take at most.
fn panel_lines(matrix: &Matrix, width: u16) -> u16 {
    let lines = matrix
        .resources
        .iter()
        .map(|resource| entries(matrix, resource, width).len());
    u16::try_from(lines.max().unwrap_or(0)).unwrap_or(u16::MAX)
}
