//! One tenant, tab by tab.

use ratatui::layout::Rect;

use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::overview::overview_on_screen;
use crate::app::pointer::{Hit, steps};
use crate::app::tab_list::TabList;
use crate::app::tabs::Tab;
use crate::app::tenant_view::TenantView;
use crate::domain::access::TenantAccess;
use crate::domain::count::thousands;
use crate::domain::effective_access;
use crate::domain::rows::access::{kind, place, rights};
use crate::domain::user::User;

use super::super::canvas::Canvas;
use super::super::chrome::is_covered;
use super::super::look::Meaning;
use super::super::table::{self, Cell, Rows};
use super::pages::in_view;
use super::tenants::draw_filter;
use super::{
    age, age_between_looks, detailed, filtered_out, inset, loading, loading_list, overview_lines, paragraphs,
    problem_panel, rows_of_all, say_marks, stopped,
};

/// Draws the tenant, with what its selected row cannot show beside a list where there is room.
pub fn draw(model: &Model, view: &TenantView, area: Rect, canvas: &mut Canvas<'_>) {
    let kind = ListKind::of_tab(view.tab);
    let is_unread = view.access.value().is_none() && view.access.problem().is_some();
    let area = kind.map_or(area, |kind| detailed(model, kind, is_unread, area, canvas));
    let below = status(model, view);
    let title = format!("Tenant {}", view.scope);
    let inside = canvas.frame(area, &title, &below);
    tabs(view, !is_covered(model), inside, canvas);
    let inside = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(1),
        ..inside
    };
    if let Some(list) = view.lists.get(view.tab) {
        draw_filter(&list.filter, area, &below, canvas);
    }
    let missing = view.tenant.problem().filter(|_| view.tenant.value().is_none());
    match (view.access.value(), view.access.problem(), view.tab) {
        (_, _, _) if missing.is_some() => {
            if let Some(problem) = missing {
                problem_panel(inside, problem, canvas);
            }
        }
        (_, _, Tab::Overview) => draw_overview(model, view, inside, canvas),
        (None, Some(problem), _) => problem_panel(inside, problem, canvas),
        (None, None, _) => {
            if let (Some(since), Some(kind)) = (view.access.waiting_since(), kind) {
                loading_list(model, kind, inside, since, "access", canvas);
            } else {
                stopped(model, inside, "access", canvas);
            }
        }
        (Some(access), ..) => {
            canvas.dim(view.access.is_stale());
            if let Some(list) = view.lists.get(view.tab) {
                draw_list(model, view, access, list, inside, canvas);
            }
            canvas.dim(false);
        }
    }
}

/// The first line of the overview in view. A larger terminal may show more than it was scrolled for.
fn first_line(model: &Model, view: &TenantView) -> usize {
    view.scroll
        .min(model.overview_lines().saturating_sub(model.size.tab_rows()))
}

fn status(model: &Model, view: &TenantView) -> String {
    let mut parts = Vec::new();
    let (lines, height) = (model.overview_lines(), model.size.tab_rows());
    if view.tab == Tab::Overview {
        parts.extend(in_view(model, first_line(model, view), lines, height, false));
    }
    if let Some(list) = view.lists.get(view.tab) {
        if let Some(all) = view.rows() {
            let (top, visible) = (list.cursor.top(), list.visible().len());
            parts.push(rows_of_all(top, visible, height, all, view.tab.thing()));
        }
        if let Some(sort) = &list.sort {
            parts.push(table::sort_words(sort));
        }
        if let Some(error) = &list.filter.short {
            // What there is of rows is counted for the last one that could be read.
            parts = vec![error.clone()];
        }
    }
    if view.access.is_stale() {
        let age = view.access.read_at().map_or_else(String::new, |at| age(model, at));
        let hint = if view.is_withheld() {
            "withheld"
        } else {
            "r reads again"
        };
        // After the count, which a filter beside it may not push out.
        parts.insert(parts.len().min(1), format!("as of {age}, {hint}"));
    } else if let Some(age) = age_between_looks(model, view.access.read_at()) {
        // Roles are read again at each look.
        let age = if view.tab == Tab::Roles {
            format!("holders {age}")
        } else {
            age
        };
        parts.insert(parts.len().min(1), age);
    }
    say_marks(model, &mut parts);
    let list = view.lists.get(view.tab);
    if list.is_some_and(|list| list.filter.is_active() || list.filter.editing) {
        parts.push("filter: ".to_owned());
    }
    parts.join("  ")
}

/// The line of tabs; the one shown stands in brackets, so that it is told apart without colour, and has another look than the
/// selected row. Under what lies over it nothing
/// else is lit than what has the keys.
fn tabs(view: &TenantView, has_keys: bool, inside: Rect, canvas: &mut Canvas<'_>) {
    let mut x = inside.x + 1;
    let narrow = inside.width < 56;
    for tab in Tab::ALL {
        let (meaning, text) = if tab == view.tab {
            let meaning = if has_keys { Meaning::Open } else { Meaning::Title };
            (meaning, format!("[{}]", tab.title()))
        } else if narrow {
            (Meaning::Muted, tab.title().to_owned())
        } else {
            (Meaning::Muted, format!(" {} ", tab.title()))
        };
        let end = canvas.text(x, inside.y, inside.right().saturating_sub(x), meaning, &text);
        let hit = Hit::Tab(steps(view.tab as usize, tab as usize));
        canvas.hit(Rect::new(x, inside.y, end - x, 1), hit);
        x = end + 1;
    }
}

fn draw_overview(model: &Model, view: &TenantView, area: Rect, canvas: &mut Canvas<'_>) {
    let (lines, label) = overview_on_screen(model, view);
    let place = inset(area);
    let visible = lines.iter().skip(first_line(model, view));
    overview_lines(place, label, visible, canvas);
    if let Some(since) = [view.access.waiting_since(), view.footprint.waiting_since()]
        .into_iter()
        .flatten()
        .min()
    {
        let last = Rect {
            x: place.x.saturating_sub(2),
            y: place.bottom().saturating_sub(2),
            height: 2,
            ..place
        };
        loading(model, last, since, "the rest", canvas);
    } else if view.was_stopped() {
        let last = Rect {
            y: place.bottom().saturating_sub(1),
            height: 1,
            ..place
        };
        let text = "Reading the rest was stopped. r reads again.";
        canvas.text(last.x, last.y, last.width, Meaning::Attention, text);
    }
    canvas.park(place.x, place.y, false);
}

fn draw_list(
    model: &Model,
    view: &TenantView,
    access: &TenantAccess,
    list: &TabList,
    area: Rect,
    canvas: &mut Canvas<'_>,
) {
    let tab = view.tab;
    if list.visible().is_empty() {
        let lines = if list.filter.is_active() {
            filtered_out(model, &list.filter, "Nothing", "")
        } else {
            let text = match tab {
                Tab::Holders => "No bindings: nobody holds a role here.".to_owned(),
                Tab::Users => "No user has access to this tenant.".to_owned(),
                Tab::Groups => "No groups in this tenant.".to_owned(),
                Tab::Overview | Tab::Roles => {
                    "No roles in this tenant. n creates one; in its matrix t starts from a template.".to_owned()
                }
            };
            vec![(Meaning::Text, text)]
        };
        paragraphs(inset(area), &lines, canvas);
        return;
    }
    let height = usize::from(area.height.saturating_sub(1));
    let top = list.cursor.top();
    let in_view: Vec<usize> = list.visible().iter().skip(top).take(height).copied().collect();
    let ids: Vec<String> = in_view
        .iter()
        .map(|index| view.id_of(*index).unwrap_or_default())
        .collect();
    let cells = rows(tab, access, &in_view);
    let selected = list.cursor.at().checked_sub(top);
    let rows = Rows { cells, selected };
    let has_keys = !list.filter.editing && !is_covered(model);
    if let Some(kind) = ListKind::of_tab(tab) {
        table::draw_list(model, kind, list.sort.as_ref(), area, rows, has_keys, canvas);
    }
    for (y, id) in (area.y + 1..area.bottom()).zip(&ids) {
        if list.marks().contains(id) {
            canvas.mark(area.x + 1, y);
        }
    }
    if list.filter.editing
        && !is_covered(model)
        && let Some(selected) = selected
    {
        canvas.paint_row(
            area,
            area.y + 1 + u16::try_from(selected).unwrap_or(0),
            Meaning::Selected,
        );
    }
}

/// What the rows under a tab say, a cell for each column.
pub(in super::super) fn rows(tab: Tab, access: &TenantAccess, in_view: &[usize]) -> Vec<Vec<Cell>> {
    if tab == Tab::Users {
        user_rows(access, in_view)
    } else {
        in_view.iter().map(|index| row(tab, access, *index)).collect()
    }
}

fn row(tab: Tab, access: &TenantAccess, index: usize) -> Vec<Cell> {
    let text = |text: &str| (Meaning::Text, text.to_owned());
    let cells = match tab {
        Tab::Overview | Tab::Users => None,
        Tab::Roles => access.roles.get(index).map(|role| {
            let holders = access
                .bindings
                .iter()
                .filter(|binding| binding.role_id == role.id)
                .count();
            vec![
                text(&role.name),
                text(kind(role)),
                text(&thousands(role.permissions.count() as u64)),
                text(&thousands(holders as u64)),
                (Meaning::Muted, role.description.clone().unwrap_or_default()),
                (Meaning::Muted, role.id.clone()),
            ]
        }),
        Tab::Holders => access.bindings.get(index).map(|binding| {
            vec![
                text(&binding.subject_name),
                text(binding.subject_kind.word()),
                text(&binding.role_name),
                match binding.namespace {
                    Some(_) => text(place(binding)),
                    None => (Meaning::Muted, place(binding).to_owned()),
                },
                (Meaning::Muted, binding.id.clone()),
            ]
        }),
        Tab::Groups => access.groups.get(index).map(|group| {
            vec![
                text(&group.name),
                text(&thousands(group.members.len() as u64)),
                (Meaning::Muted, group.description.clone().unwrap_or_default()),
                (Meaning::Muted, group.id.clone()),
            ]
        }),
    };
    cells.unwrap_or_default()
}

/// Rows of users, whose rights are worked out together.
fn user_rows(access: &TenantAccess, in_view: &[usize]) -> Vec<Vec<Cell>> {
    let users: Vec<&User> = in_view.iter().filter_map(|index| access.users.get(*index)).collect();
    let held = effective_access::roles_of_each(access, users.iter().copied());
    let text = |text: &str| (Meaning::Text, text.to_owned());
    users
        .into_iter()
        .zip(held)
        .map(|(user, held)| {
            vec![
                text(&user.username),
                text(user.display_name.as_deref().unwrap_or_default()),
                text(user.kind.word()),
                (Meaning::Muted, rights(user, &held)),
                text(if user.superadmin { "yes" } else { "no" }),
                (Meaning::Muted, user.id.clone()),
            ]
        })
        .collect()
}
