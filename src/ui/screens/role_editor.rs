//! The editor of a role: what it is called above, what it allows below, with what changed told by its sign.

use ratatui::layout::{Margin, Rect};

use crate::app::line_edit::LineEdit;
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};
use crate::app::role_editor::{RoleEditor, RoleFocus};
use crate::app::update::changed_meanwhile;
use crate::domain::permission::{Action, Resource};

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::grid::{self, Grid};
use super::role::{about, hedged};

/// Columns of the labels.
const LABEL: u16 = 13;

/// Draws the editor.
pub fn draw(model: &Model, editor: &RoleEditor, area: Rect, canvas: &mut Canvas<'_>) {
    let title = match &editor.before {
        Some(role) => format!("Edit role {}", role.name),
        None => format!("New role in tenant {}", editor.scope),
    };
    let inside = area.inner(Margin::new(1, 1));
    let top = fields(model, editor, inside, canvas);
    let rest = Rect {
        y: top,
        height: inside.bottom().saturating_sub(top),
        ..inside
    };
    canvas.hit(rest, field_hit(editor, RoleFocus::Matrix));
    let rows = draw_matrix(model, editor, rest, canvas);
    let hedge = hedged(editor.edit.assignable());
    let below = format!("{}  {rows}{hedge}", editor.change_words());
    canvas.frame(area, &title, &below);
}

/// What a click on a part of the editor comes to.
fn field_hit(editor: &RoleEditor, part: RoleFocus) -> Hit {
    Hit::Field(steps(editor.focus as usize, part as usize))
}

/// The inputs above the matrix; while the matrix has the keys, only what they say. Returns the line below them.
fn fields(model: &Model, editor: &RoleEditor, area: Rect, canvas: &mut Canvas<'_>) -> u16 {
    let default = if editor.is_default { "yes" } else { "no" };
    let mut y = area.y;
    if editor.focus == RoleFocus::Matrix {
        let name = editor.name.text();
        canvas.hit(Rect { y, height: 1, ..area }, field_hit(editor, RoleFocus::Name));
        let (meaning, name) = if name.trim().is_empty() {
            (Meaning::Attention, "(none yet)")
        } else {
            (Meaning::Text, name)
        };
        let end = canvas.text(area.x + 1, y, area.width, Meaning::Muted, "Name: ");
        let room = area.right().saturating_sub(end + 17);
        let end = canvas.text(end, y, room, meaning, name);
        let rest = area.right().saturating_sub(end);
        canvas.spans(
            end,
            y,
            rest,
            &[(Meaning::Muted, "  Default: "), (Meaning::Text, default)],
        );
        y += 1;
    } else {
        for (focus, label, line) in [
            (RoleFocus::Name, "Name", &editor.name),
            (RoleFocus::Description, "Description", &editor.description),
        ] {
            canvas.hit(Rect { y, height: 1, ..area }, field_hit(editor, focus));
            let has_focus = editor.focus == focus && !is_covered(model);
            input(has_focus, label, line, Rect { y, ..area }, canvas);
            y += 1;
        }
        canvas.hit(Rect { y, height: 1, ..area }, field_hit(editor, RoleFocus::Default));
        let has_focus = editor.focus == RoleFocus::Default && !is_covered(model);
        label(has_focus, "Default", Rect { y, ..area }, canvas);
        let text = if has_focus {
            format!("[{default}]")
        } else {
            default.to_owned()
        };
        let x = area.x + 1 + LABEL;
        let meaning = if has_focus { Meaning::Focused } else { Meaning::Text };
        let end = canvas.text(x, y, area.right().saturating_sub(x), meaning, &text);
        let note = "  whether new users of the tenant are given it";
        canvas.text(end, y, area.right().saturating_sub(end), Meaning::Muted, note);
        if has_focus {
            canvas.park(x, y, false);
        }
        y += 1;
    }
    if let Some(problem) = &editor.problem {
        let text = format!("! {} {}", problem.what, problem.why);
        canvas.text(area.x + 1, y, area.width.saturating_sub(2), Meaning::Danger, &text);
        y += 1;
    } else if !editor.theirs.is_empty() {
        let text = changed_meanwhile(model);
        canvas.text(area.x + 1, y, area.width.saturating_sub(2), Meaning::Attention, &text);
        y += 1;
    }
    y
}

fn label(has_focus: bool, text: &str, area: Rect, canvas: &mut Canvas<'_>) {
    canvas.text(area.x, area.y, 1, Meaning::Text, if has_focus { ">" } else { " " });
    canvas.text(area.x + 1, area.y, LABEL, Meaning::Muted, text);
}

fn input(has_focus: bool, title: &str, line: &LineEdit, area: Rect, canvas: &mut Canvas<'_>) {
    label(has_focus, title, area, canvas);
    let place = Rect {
        x: area.x + 1 + LABEL,
        width: area.width.saturating_sub(LABEL + 3),
        height: 1,
        ..area
    };
    canvas.edit_line(place, line.text(), line.before_cursor(), has_focus, false);
}

/// Draws the matrix, and returns how many rows there are, or which are in view.
fn draw_matrix(model: &Model, editor: &RoleEditor, area: Rect, canvas: &mut Canvas<'_>) -> String {
    let matrix = editor.matrix();
    let glyphs = canvas.look.glyphs;
    let is_new = editor.before.is_none();
    let sign = |resource: &Resource, action: &Action| {
        let (was, is) = (
            editor.edit.before().allows(resource, action),
            editor.edit.allows(resource, action),
        );
        match (was, is) {
            (false, true) if !is_new => (Meaning::Attention, "+", true),
            (true, false) => (Meaning::Danger, "-", false),
            (_, true) => (Meaning::Ok, glyphs.allowed, true),
            (false, false) => (Meaning::Muted, glyphs.denied, false),
        }
    };
    let mut notes = Vec::new();
    if let Some((resource, action)) = matrix.at(&editor.cursor) {
        let (was, is) = (
            editor.edit.before().allows(resource, action),
            editor.edit.allows(resource, action),
        );
        let words = match (was, is) {
            _ if !matrix.has(resource, action) => "no such action",
            (true, true) => "allowed",
            (false, true) if is_new => "allowed",
            (false, true) => "will be allowed",
            (true, false) => "will not be allowed any more",
            (false, false) => "not allowed",
        };
        let text = format!("{action} on {resource}: {words}{}", about(&matrix, resource));
        notes.push((Meaning::Accent, text));
    }
    let has_keys = editor.focus == RoleFocus::Matrix && !is_covered(model);
    let grid = Grid {
        matrix: &matrix,
        cursor: editor.cursor,
        has_keys,
        is_marked: has_keys,
        sign: &sign,
        tallies: false,
        notes,
        note_lines: 1,
    };
    grid::draw(area, &grid, canvas);
    grid::counted_rows(area.outer(Margin::new(1, 1)), &grid)
}
