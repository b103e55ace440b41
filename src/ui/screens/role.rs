//! One role: its permissions as a matrix with headers that stay, and who holds it.

use std::sync::Arc;

use ratatui::layout::{Margin, Rect};

use crate::app::matrix::{Matrix, MatrixCursor};
use crate::app::model::Model;
use crate::app::tenant_view::{RolePane, RoleView, TenantView};
use crate::domain::access::TenantAccess;
use crate::domain::assignable::Assignable;
use crate::domain::count::counted;
use crate::domain::effective_access;
use crate::domain::permission::{Action, Resource};
use crate::domain::role::Role;

use super::super::canvas::Canvas;
use super::super::chrome::{is_covered, waiting};
use super::super::look::Meaning;
use super::super::table::{self, Column, Rows};
use super::grid::{self, Grid};
use super::{beside, inset, loading, paragraphs, problem_panel, rows_of, stopped};

/// Draws the open role.
pub fn draw(model: &Model, view: &TenantView, area: Rect, canvas: &mut Canvas<'_>) {
    let (Some(open), Some(access)) = (&view.role, view.access.value()) else {
        let inside = canvas.frame(area, "Role", "");
        match (view.access.problem(), view.access.waiting_since()) {
            (Some(problem), _) => problem_panel(inside, problem, canvas),
            (None, Some(since)) => {
                if let Some(assignable) = model.assignable(&view.scope)
                    && waiting(model, since, "").is_some()
                {
                    skeleton(assignable, inside, canvas);
                }
                loading(model, inside, since, "role", canvas);
            }
            (None, None) => stopped(model, inside, "the role", canvas),
        }
        return;
    };
    let (Some(role), Some(assignable)) = (view.open_role(), model.assignable(&view.scope)) else {
        let inside = canvas.frame(area, "Role", "");
        let text = "This role is gone: somebody deleted it meanwhile. q goes back.".to_owned();
        paragraphs(inset(inside), &[(Meaning::Attention, text)], canvas);
        return;
    };
    let (left, right) = beside(model, area);
    canvas.dim(view.access.is_stale());
    match (right, open.pane) {
        (Some(right), pane) => {
            draw_matrix(model, role, open, assignable, left, pane == RolePane::Matrix, canvas);
            draw_holders(model, access, role, open, right, pane == RolePane::Holders, canvas);
        }
        (None, RolePane::Matrix) => draw_matrix(model, role, open, assignable, left, true, canvas),
        (None, RolePane::Holders) => draw_holders(model, access, role, open, left, true, canvas),
    }
    canvas.dim(false);
}

/// The matrix of a role that is not there yet: what a role can hold, below the line of the word that says so.
fn skeleton(assignable: Arc<Assignable>, inside: Rect, canvas: &mut Canvas<'_>) {
    let matrix = Matrix::new([], assignable);
    let grid = Grid {
        matrix: &matrix,
        cursor: MatrixCursor::default(),
        has_keys: false,
        is_marked: false,
        sign: &|_, _| (Meaning::Muted, "...", false),
        tallies: true,
        notes: Vec::new(),
        note_lines: 0,
    };
    let below = inside.height.min(3);
    let place = Rect {
        y: inside.y + below,
        height: inside.height - below,
        ..inside
    };
    grid::draw(place, &grid, canvas);
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

fn draw_matrix(
    model: &Model,
    role: &Role,
    open: &RoleView,
    assignable: Arc<Assignable>,
    area: Rect,
    has_keys: bool,
    canvas: &mut Canvas<'_>,
) {
    let translation = open.translation(role, assignable.release());
    let hedge = hedged(&assignable);
    let (matrix, permissions) = open.matrix(role, assignable);
    let mut title = format!("Role {}: permissions", role.name);
    let lost = translation
        .as_ref()
        .map(|translation| translation.remarks().len() as u64);
    if lost.is_some() {
        title = format!("Role {} as in Kestra 2.0", role.name);
    }
    let glyphs = canvas.look.glyphs;
    let sign = |resource: &Resource, action: &Action| {
        if permissions.allows(resource, action) {
            (Meaning::Ok, glyphs.allowed, true)
        } else {
            (Meaning::Muted, glyphs.denied, false)
        }
    };
    let mut notes = Vec::new();
    if let Some((resource, action)) = matrix.at(&open.cursor) {
        let words = match (matrix.has(resource, action), permissions.allows(resource, action)) {
            (_, true) => "allowed",
            (true, false) => "not allowed",
            (false, false) => "no such action",
        };
        let about = about(&matrix, resource);
        notes.push((Meaning::Accent, format!("{action} on {resource}: {words}{about}")));
    }
    // Where there is little room for the matrix, what is lost is read behind the key that the border names.
    let says_remarks = area.height >= 20;
    let translation = translation.filter(|_| says_remarks);
    let remarks = translation.map_or_else(Vec::new, |translation| translation.remarks());
    let note_lines = if remarks.is_empty() { 1 } else { 4 };
    notes.extend(remarks.into_iter().map(|remark| (Meaning::Attention, remark)));
    let has_keys = has_keys && !is_covered(model);
    let grid = Grid {
        matrix: &matrix,
        cursor: open.cursor,
        has_keys,
        is_marked: has_keys,
        sign: &sign,
        tallies: false,
        notes,
        note_lines,
    };
    let rows = grid::rows(area, &grid);
    let is_whole = grid::draw(area.inner(Margin::new(1, 1)), &grid, canvas) && says_remarks;
    let below = match lost {
        None => format!("{}{hedge}", kind(role)),
        Some(0) => "nothing is lost".to_owned(),
        Some(remarks) if is_whole => counted(remarks, "remark"),
        Some(remarks) => model.keyed(&format!("{}: <d> shows", counted(remarks, "remark"))),
    };
    canvas.frame(area, &title, &format!("{rows}  {below}"));
}

/// That not the instance says which resources and actions there are, where it was asked and did not.
pub fn hedge(assignable: &Assignable) -> Option<String> {
    let release = assignable.release();
    assignable.source().silence().map(|_| format!("as {release} is known"))
}

/// The same behind other words.
pub fn hedged(assignable: &Assignable) -> String {
    hedge(assignable).map_or_else(String::new, |words| format!("  {words}"))
}

/// What a resource is about, in brackets, unless nobody knows.
pub fn about(matrix: &Matrix, resource: &Resource) -> String {
    match matrix.about(resource) {
        "" => String::new(),
        text => format!(" ({text})"),
    }
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
    let top = open.holder.top().min(holders.len().saturating_sub(1));
    let words = counted(holders.len() as u64, "holder");
    let below = rows_of(top, holders.len(), model.size.list_rows(), words);
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
        Column::text("HOLDER", 1, 12, 50).naming(),
        Column::text("THROUGH", 2, 9, 40),
        Column::text("NAMESPACE", 2, 12, 40),
    ];
    let rows = Rows {
        cells,
        selected: (has_keys && !is_covered(model)).then(|| open.holder.at().saturating_sub(top)),
    };
    table::draw(inside, &columns, &rows, has_keys && !is_covered(model), canvas);
}
