//! Marks on rows: one by one, and all that pass the filter.

use super::super::model::Model;

/// Marks or unmarks the selected row, and goes on to the next.
pub fn toggle(model: &mut Model) {
    let height = model.size.list_rows();
    if let Some(view) = super::records::view_mut(model) {
        if let Some(id) = view.selected().map(|record| record.id.clone()) {
            view.list.toggle_mark(id);
            view.list.go(super::super::cursor::Motion::Down, height);
        }
        return;
    }
    let rows = model.size.tab_rows();
    let Some(view) = model.tenant_view_mut() else { return };
    let Some(id) = view.selected_id() else { return };
    if let Some(list) = view.lists.get_mut(view.tab) {
        list.toggle_mark(id);
        list.go(super::super::cursor::Motion::Down, rows);
    }
}

/// Marks every row that passes the filter, or none if all are.
pub fn toggle_all(model: &mut Model) {
    if let Some(view) = super::records::view_mut(model) {
        let rows = view.rows.value().map_or(&[][..], Vec::as_slice);
        let visible = view.list.visible().iter();
        let ids = visible
            .filter_map(|at| rows.get(*at))
            .map(|record| record.id.clone())
            .collect();
        view.list.toggle_marks(ids);
        return;
    }
    let Some(view) = model.tenant_view_mut() else { return };
    let ids = view.visible_ids();
    if let Some(list) = view.lists.get_mut(view.tab) {
        list.toggle_marks(ids);
    }
}

/// Takes all marks off the list on screen, and says whether there were any.
pub fn clear(model: &mut Model) -> bool {
    if let Some(view) = super::records::view_mut(model) {
        let had = !view.list.marks().is_empty();
        view.list.clear_marks();
        return had;
    }
    let Some(view) = model.tenant_view_mut().filter(|view| view.role.is_none()) else {
        return false;
    };
    let Some(list) = view.lists.get_mut(view.tab) else {
        return false;
    };
    let had = !list.marks().is_empty();
    list.clear_marks();
    had
}
