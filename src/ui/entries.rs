//! Lines to type over the screen, and a token that is shown this once.

use ratatui::layout::Rect;

use crate::app::entry::{Entry, SWITCH};
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};
use crate::app::wrap::wrap;
use crate::domain::text::visible_lines;
use crate::domain::token::CreatedToken;

use super::canvas::Canvas;
use super::look::Meaning;
use super::screens::form::{draw_choice, label_of};
use super::screens::paragraphs;

/// Columns of the labels.
const LABELS: u16 = 13;

/// Draws lines to type in. What is said about them gives way where there is little room; the lines never do.
pub fn entry(model: &Model, entry: &Entry, screen: Rect, canvas: &mut Canvas<'_>) {
    let columns = Entry::columns(model.size);
    let room = usize::from(columns.saturating_sub(4)).max(8);
    let about = wrap(&visible_lines(&entry.about), room);
    let (meaning, below) = match (&entry.error, entry.focused()) {
        _ if entry.ahead.is_some() => (
            Meaning::Attention,
            "Finding out what it would change; what is typed meanwhile goes to the review.".to_owned(),
        ),
        (Some(error), _) => (Meaning::Danger, format!("! {error}")),
        (None, Some(field)) if field.switch => (Meaning::Muted, format!("Space changes it. {}", field.doc)),
        (None, Some(field)) => (Meaning::Muted, field.doc.clone()),
        (None, None) => (Meaning::Muted, String::new()),
    };
    let fields = u16::try_from(entry.fields.len()).unwrap_or(u16::MAX);
    // Two lines are kept for what is said of a line, so that nothing moves while one goes through them. What is wrong is said
    // in full.
    let said = if entry.error.is_some() || entry.ahead.is_some() {
        wrap(&visible_lines(&below), room).len().max(2)
    } else {
        2
    };
    let said = u16::try_from(said).unwrap_or(u16::MAX);
    let least = fields.saturating_add(2).saturating_add(said);
    let spare = screen.height.saturating_sub(least);
    let about_rows = u16::try_from(about.len())
        .unwrap_or(u16::MAX)
        .min(spare.saturating_sub(1));
    let gap = u16::from(about_rows > 0 && spare > about_rows + 1);
    let rows = (least + about_rows + gap + u16::from(spare > about_rows + gap)).min(screen.height);
    let area = canvas.over(screen, columns, rows);
    let keys = if entry.ahead.is_some() {
        "<esc> stops it"
    } else if area.bottom() >= model.size.height {
        // The last line, which says so otherwise, is covered.
        "<enter> goes on  <ctrl-g> help"
    } else {
        "<enter> goes on"
    };
    let inside = canvas.frame(area, &entry.title, &model.keyed(keys));
    let x = inside.x + 1;
    let width = inside.width.saturating_sub(2);
    let mut y = inside.y;
    for line in about.iter().take(usize::from(about_rows)) {
        canvas.text(x, y, width, Meaning::Text, line);
        y += 1;
    }
    y += gap;
    for (at, field) in entry.fields.iter().enumerate() {
        if y >= inside.bottom() {
            break;
        }
        let focused = at == entry.focus;
        canvas.hit(Rect { y, height: 1, ..inside }, Hit::Field(steps(entry.focus, at)));
        let mark = if focused { ">" } else { " " };
        canvas.text(inside.x, y, 1, Meaning::Text, mark);
        canvas.text(x, y, LABELS, label_of(focused), &field.label);
        let place = Rect {
            x: x + LABELS,
            y,
            width: width.saturating_sub(LABELS),
            height: 1,
        };
        if field.switch {
            let chosen = SWITCH.iter().position(|word| *word == field.line.text());
            draw_choice(SWITCH, chosen, place, focused, canvas);
            y += 1;
            continue;
        }
        canvas.edit_line(
            place,
            field.line.text(),
            field.line.before_cursor(),
            focused,
            field.hidden,
        );
        y += 1;
    }
    let y = inside.bottom().saturating_sub(said).max(y);
    let height = inside.bottom().saturating_sub(y);
    paragraphs(Rect { x, y, width, height }, &[(meaning, below)], canvas);
}

/// Draws a token that was made. It is nowhere else, and gone once this is closed.
pub fn token(model: &Model, token: &CreatedToken, screen: Rect, canvas: &mut Canvas<'_>) {
    let columns = screen.width.min(76);
    let room = usize::from(columns.saturating_sub(4)).max(8);
    let secret = broken(&token.full_token, room);
    let about = wrap(
        "This is the only time it is shown. Copy it to where it is needed; it is kept nowhere here.",
        room,
    );
    let rows = u16::try_from(secret.len() + about.len() + 3)
        .unwrap_or(u16::MAX)
        .min(screen.height);
    let area = canvas.over(screen, columns, rows);
    let title = format!("Token {}", token.name);
    let inside = canvas.frame(area, &title, &model.keyed("<y> copies  <esc> closes"));
    let lines = secret
        .iter()
        .map(|line| (Meaning::Key, line))
        .chain(std::iter::once((Meaning::Text, &EMPTY)))
        .chain(about.iter().map(|line| (Meaning::Attention, line)));
    for (y, (meaning, line)) in (inside.top()..inside.bottom()).zip(lines) {
        canvas.text(inside.x + 1, y, inside.width.saturating_sub(2), meaning, line);
    }
    canvas.park(inside.x + 1, inside.y, false);
}

static EMPTY: String = String::new();

/// A text without spaces, broken where the line ends.
fn broken(text: &str, room: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(room).map(|part| part.iter().collect()).collect()
}
