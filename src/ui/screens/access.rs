//! What one user may do, and why; and who may do one thing.

use ratatui::layout::Rect;

use crate::app::access_view::{AccessView, WhoCanView, matrix_of};
use crate::app::column_room::MARGIN;
use crate::app::filter_edit::FilterEdit;
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::update::known_access;
use crate::domain::count::counted;
use crate::domain::effective_access::{Evaluator, Extent};
use crate::domain::permission::{Action, Resource};

use super::super::canvas::Canvas;
use super::super::chrome::{hides_selection, is_covered};
use super::super::look::Meaning;
use super::super::table::{self, Column, Rows};
use super::grid::{self, Grid, LIMITED};
use super::tenants::draw_filter;
use super::{beside, inset, paragraphs, rows_of};

/// What is said where the access of the tenant is not known.
const UNKNOWN: &str = "Who may do what has not been read. r reads it again.";

/// What is said where no namespace is asked about.
const ANYWHERE: &str = "anywhere in the tenant";

/// What a namespace that is asked about adds to the line below.
fn place(filter: &FilterEdit) -> &'static str {
    if filter.is_active() || filter.editing {
        "namespace: "
    } else {
        ANYWHERE
    }
}

/// Draws what a user may do.
pub fn draw(model: &Model, view: &AccessView, area: Rect, canvas: &mut Canvas<'_>) {
    let (left, right) = beside(model, area);
    // Of whom and in which tenant: neither must push the other out.
    let after = format!(" may do in tenant {}", view.scope);
    let room = usize::from(left.width.saturating_sub(6));
    let title = canvas.fit_name(["What ", &view.user.username, &after], room);
    let release = model.instance.value().map(|instance| instance.release);
    let Some((access, release)) = known_access(model, &view.scope).zip(release) else {
        let inside = canvas.frame(area, &title, "");
        paragraphs(inset(inside), &[(Meaning::Attention, UNKNOWN.to_owned())], canvas);
        return;
    };
    let evaluator = Evaluator::new(access, release);
    let reach = evaluator.reach(&view.user.id);
    let matrix = matrix_of(access, release);
    let superadmin = if reach.is_superadmin() {
        "s = as superadmin  "
    } else {
        ""
    };
    let is_limited = |resource: &Resource| {
        let mut actions = matrix.actions.iter();
        actions.any(|action| reach.extent(resource, action) == Extent::Namespaces)
    };
    let has_limited = view.namespace().is_none() && matrix.resources.iter().any(is_limited);
    let legend = if has_limited { "n = in some namespaces  " } else { "" };
    // Which rows are in view is worth more than a few words.
    let place = match place(&view.namespace) {
        ANYWHERE if left.width < 70 => "anywhere",
        place => place,
    };
    let below = format!("{legend}{superadmin}{place}");
    let glyphs = canvas.look.glyphs;
    let sign = |resource: &Resource, action: &Action| {
        let allowed = (Meaning::Ok, glyphs.allowed, true);
        let may = match view.namespace() {
            Some(namespace) => reach.may(resource, action, Some(namespace)).then_some(allowed),
            None => match reach.extent(resource, action) {
                Extent::Everywhere => Some(allowed),
                Extent::Namespaces => Some((Meaning::Accent, LIMITED, true)),
                Extent::Nowhere | Extent::Absent => None,
            },
        };
        may.unwrap_or_else(|| {
            if reach.needs_no_role(resource) {
                (Meaning::Ok, "s", true)
            } else {
                (Meaning::Muted, glyphs.denied, false)
            }
        })
    };
    let reasons = view.reasons(access, release);
    // Where they stand at the side, or on a page over this, they are not said below, too.
    let title_of_page = || view.page_title(access, release);
    let has_page = matches!(model.overlays.last(), Some(Overlay::Page(page)) if page.title == title_of_page());
    let below_grid = match right {
        None if !has_page => reasons.as_slice(),
        _ => &[],
    };
    let mut notes: Vec<(Meaning, String)> = Vec::new();
    let mut sentences = below_grid.iter().cloned();
    notes.extend(sentences.next().map(|text| (Meaning::Accent, text)));
    notes.extend(sentences.map(|text| (Meaning::Text, text)));
    let grid = Grid {
        matrix: &matrix,
        cursor: view.cursor,
        has_keys: !view.namespace.editing && !is_covered(model),
        is_marked: !hides_selection(model),
        sign: &sign,
        tallies: false,
        notes,
        note_lines: if right.is_none() { 4 } else { 0 },
    };
    let below = grid::and_rows(below, left, &grid);
    let inside = canvas.frame(left, &title, &below);
    draw_filter(&view.namespace, left, &below, canvas);
    grid::draw(inside, &grid, canvas);
    if let Some(right) = right {
        let inside = canvas.frame(right, "Why", "");
        let mut lines = Vec::new();
        for (index, text) in reasons.into_iter().enumerate() {
            if index > 0 {
                lines.push((Meaning::Text, String::new()));
            }
            let meaning = if index == 0 { Meaning::Title } else { Meaning::Text };
            lines.push((meaning, text));
        }
        paragraphs(inset(inside), &lines, canvas);
    }
}

/// Draws who may do one thing.
pub fn draw_who_can(model: &Model, view: &WhoCanView, area: Rect, canvas: &mut Canvas<'_>) {
    let title = format!("Who can {} {} in tenant {}", view.action, view.resource, view.scope);
    let release = model.instance.value().map(|instance| instance.release);
    let Some((access, release)) = known_access(model, &view.scope).zip(release) else {
        let inside = canvas.frame(area, &title, "");
        paragraphs(inset(inside), &[(Meaning::Attention, UNKNOWN.to_owned())], canvas);
        return;
    };
    let rows = view.rows(access, release);
    let height = model.size.list_rows();
    let at = view.cursor.at().min(rows.len().saturating_sub(1));
    let top = view.cursor.top().min(at).max((at + 1).saturating_sub(height));
    let missing = view.missing(release).map(|text| format!("  ! {text}"));
    let below = format!(
        "{}{}  {}",
        rows_of(top, rows.len(), height, counted(rows.len() as u64, "user")),
        missing.unwrap_or_default(),
        place(&view.namespace)
    );
    let inside = canvas.frame(area, &title, &below);
    draw_filter(&view.namespace, area, &below, canvas);
    if rows.is_empty() {
        let text = "Nobody may. a on a user shows why not.".to_owned();
        paragraphs(inset(inside), &[(Meaning::Text, text)], canvas);
        return;
    }
    let cells = rows
        .iter()
        .skip(top)
        .take(height)
        .map(|row| {
            vec![
                (Meaning::Text, row.user.username.clone()),
                (Meaning::Text, row.through.clone()),
                (Meaning::Muted, row.place.clone()),
            ]
        })
        .collect();
    let through = Column::text("THROUGH", 2, 9, 60);
    let columns = [
        Column::text("USER", 1, 12, 50).naming(),
        // Before the role and the group that give it are cut, what addresses of a company share is.
        Column {
            useful: inside.width.saturating_sub(MARGIN + 28).clamp(through.least, 30),
            ..through
        },
        Column::text("WHERE", 3, 12, 60),
    ];
    let rows = Rows {
        cells,
        selected: at.checked_sub(top).filter(|_| !is_covered(model)),
    };
    let has_keys = !view.namespace.editing && !is_covered(model);
    table::draw(inside, &columns, &rows, has_keys, canvas);
    table::mark_asked(model, inside, at.checked_sub(top), canvas);
}
