//! One role: its permissions as a matrix with headers that stay, and who holds it.

use ratatui::layout::Rect;

use crate::app::matrix::{Cell, Matrix};
use crate::app::model::Model;
use crate::app::tenant_view::{RolePane, RoleView, TenantView};
use crate::domain::access::TenantAccess;
use crate::domain::count::counted;
use crate::domain::effective_access;
use crate::domain::role::Role;

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::super::table::{self, Column, Rows};
use super::{beside, inset, loading, paragraphs, problem_panel, stopped};

/// Draws the open role.
pub fn draw(model: &Model, view: &TenantView, area: Rect, canvas: &mut Canvas<'_>) {
    let (Some(open), Some(access)) = (&view.role, view.access.value()) else {
        let inside = canvas.frame(area, "Role", "");
        match (view.access.problem(), view.access.waiting_since()) {
            (Some(problem), _) => problem_panel(inside, problem, canvas),
            (None, Some(since)) => loading(model, inside, since, "role", canvas),
            (None, None) => stopped(inside, "the role", canvas),
        }
        return;
    };
    let (Some(role), Some(instance)) = (view.open_role(), model.instance.value()) else {
        let inside = canvas.frame(area, "Role", "");
        let text = "This role is gone: somebody deleted it meanwhile. q goes back.".to_owned();
        paragraphs(inset(inside), &[(Meaning::Attention, text)], canvas);
        return;
    };
    let matrix = Matrix::new(role, instance.release);
    let (left, right) = beside(model, area);
    canvas.dim(view.access.is_stale());
    match (right, open.pane) {
        (Some(right), pane) => {
            draw_matrix(model, role, open, &matrix, left, pane == RolePane::Matrix, canvas);
            draw_holders(model, access, role, open, right, pane == RolePane::Holders, canvas);
        }
        (None, RolePane::Matrix) => draw_matrix(model, role, open, &matrix, left, true, canvas),
        (None, RolePane::Holders) => draw_holders(model, access, role, open, left, true, canvas),
    }
    canvas.dim(false);
}

fn kind(role: &Role) -> String {
    let mut words = vec![if role.is_managed {
        "managed by Kestra, cannot be changed"
    } else {
        "own role"
    }];
    if role.is_default {
        words.push("given to new users");
    }
    words.join(", ")
}

/// Columns taken by the names of resources: the longest name, within reason.
fn name_columns(matrix: &Matrix, area: Rect) -> u16 {
    let longest = matrix
        .resources
        .iter()
        .map(|resource| resource.as_str().len())
        .max()
        .unwrap_or(0);
    u16::try_from(longest + 3).unwrap_or(u16::MAX).min(area.width / 2)
}

fn draw_matrix(
    model: &Model,
    role: &Role,
    open: &RoleView,
    matrix: &Matrix,
    area: Rect,
    has_keys: bool,
    canvas: &mut Canvas<'_>,
) {
    let covered = is_covered(model);
    let below = format!(
        "{}  {} of {} resources",
        kind(role),
        open.resource.at() + 1,
        matrix.resources.len()
    );
    let inside = canvas.frame(area, &format!("Role {}: permissions", role.name), &below);
    if inside.height < 3 {
        return;
    }
    let names = name_columns(matrix, inside);
    let room = inside.width.saturating_sub(names);
    let (first, shown) = columns_in_view(matrix, open.action, room);
    // The titles of the actions, which stay while rows scroll.
    let mut x = inside.x + names;
    if first > 0 {
        canvas.text(x.saturating_sub(2), inside.y, 1, Meaning::Accent, "<");
    }
    for (index, wide) in &shown {
        let title = matrix.actions.get(*index).map_or("", |action| action.as_str());
        let meaning = if *index == open.action && has_keys {
            Meaning::Focused
        } else {
            Meaning::Title
        };
        canvas.text(x, inside.y, wide.saturating_sub(1), meaning, title);
        x += wide;
    }
    if first + shown.len() < matrix.actions.len() {
        canvas.text(inside.right() - 1, inside.y, 1, Meaning::Accent, ">");
    }
    // The last line says in words what the selected cell says with a sign.
    let rows = Rect {
        y: inside.y + 1,
        height: inside.height - 2,
        ..inside
    };
    let top = open.resource.top().min(open.resource.at());
    let top = top.max((open.resource.at() + 1).saturating_sub(usize::from(rows.height)));
    for (offset, (y, resource)) in (rows.top()..rows.bottom())
        .zip(matrix.resources.iter().skip(top))
        .enumerate()
    {
        let selected = top + offset == open.resource.at();
        canvas.text(rows.x, y, 1, Meaning::Text, if selected { ">" } else { " " });
        canvas.text(rows.x + 1, y, names.saturating_sub(2), Meaning::Text, resource.as_str());
        let mut x = rows.x + names;
        for (index, wide) in &shown {
            if let Some(action) = matrix.actions.get(*index) {
                let (meaning, sign) = match matrix.cell(role, resource, action) {
                    Cell::Allowed => (Meaning::Ok, canvas.look.glyphs.allowed),
                    Cell::Denied => (Meaning::Muted, canvas.look.glyphs.denied),
                    Cell::Absent => (Meaning::Text, " "),
                };
                let here = selected && *index == open.action && has_keys;
                let text = if here { format!("[{sign}]") } else { format!(" {sign} ") };
                canvas.text(x, y, wide.saturating_sub(1).max(3), meaning, &text);
                if here && !covered {
                    canvas.park(x, y, false);
                }
            }
            x += wide;
        }
        if selected && has_keys {
            canvas.paint_row(rows, y, Meaning::Selected);
        }
    }
    if let (Some(resource), Some(action)) = (
        matrix.resources.get(open.resource.at()),
        matrix.actions.get(open.action),
    ) {
        let words = match matrix.cell(role, resource, action) {
            Cell::Allowed => "allowed",
            Cell::Denied => "not allowed",
            Cell::Absent => "no such action on this resource",
        };
        let text = format!(" {action} on {resource}: {words}");
        canvas.text(inside.x, inside.bottom() - 1, inside.width, Meaning::Accent, &text);
    }
}

/// The first action in view, and each action in view with its columns, so that the selected one is among them.
fn columns_in_view(matrix: &Matrix, selected: usize, room: u16) -> (usize, Vec<(usize, u16)>) {
    let wide = |index: usize| -> u16 {
        let length = matrix.actions.get(index).map_or(0, |action| action.as_str().len());
        u16::try_from(length).unwrap_or(u16::MAX).clamp(3, 14) + 2
    };
    let fits = |first: usize| -> Vec<(usize, u16)> {
        let mut used = 0;
        (first..matrix.actions.len())
            .map(|index| (index, wide(index)))
            .take_while(|(_, wide)| {
                used += wide;
                used <= room + 1
            })
            .collect()
    };
    for first in 0..=selected {
        let shown = fits(first);
        if shown.iter().any(|(index, _)| *index == selected) {
            return (first, shown);
        }
    }
    (selected, vec![(selected, room)])
}

fn draw_holders(
    model: &Model,
    access: &TenantAccess,
    role: &Role,
    open: &RoleView,
    area: Rect,
    has_keys: bool,
    canvas: &mut Canvas<'_>,
) {
    let holders = effective_access::holders(access, &role.id);
    let below = counted(holders.len() as u64, "holder");
    let inside = canvas.frame(area, &format!("Role {}: who holds it", role.name), &below);
    if holders.is_empty() {
        let text = if role.is_admin() {
            "Nobody holds this role, so that only a superadmin can administer the tenant.".to_owned()
        } else {
            "Nobody holds this role.".to_owned()
        };
        let meaning = if role.is_admin() {
            Meaning::Attention
        } else {
            Meaning::Text
        };
        paragraphs(inset(inside), &[(meaning, text)], canvas);
        return;
    }
    let top = open.holder.top().min(holders.len().saturating_sub(1));
    let cells = holders
        .iter()
        .skip(top)
        .take(usize::from(inside.height.saturating_sub(1)))
        .map(|holder| {
            let through: Vec<String> = holder
                .how
                .iter()
                .map(|via| {
                    via.group
                        .as_ref()
                        .map_or_else(|| "directly".to_owned(), |group| format!("group {}", group.name))
                })
                .collect();
            let namespaces: Vec<&str> = holder
                .how
                .iter()
                .map(|via| via.namespace.as_deref().unwrap_or("whole tenant"))
                .collect();
            vec![
                (Meaning::Text, holder.user.username.clone()),
                (Meaning::Text, through.join(", ")),
                (Meaning::Text, namespaces.join(", ")),
            ]
        })
        .collect();
    let columns = [
        Column::text("HOLDER", 1, 12, 50),
        Column::text("THROUGH", 2, 9, 40),
        Column::text("NAMESPACE", 2, 12, 40),
    ];
    let rows = Rows {
        cells,
        selected: has_keys.then(|| open.holder.at().saturating_sub(top)),
    };
    table::draw(inside, &columns, &rows, has_keys && !is_covered(model), canvas);
}
