//! Going back and forward through the places one was at.

use super::super::effect::Effect;
use super::super::model::Model;
use super::super::overlay::Then;
use super::super::screen::Screen;
use super::super::tenant_view::TenantView;
use super::super::trail::{Visit, Way};
use super::{contexts, lists, migration, places, records, wizard};

/// Goes to the place that way, as it was left.
pub fn go(model: &mut Model, way: Way, effects: &mut Vec<Effect>) {
    if places::loses(model) {
        places::ask_discard(model, Then::Stay);
        return;
    }
    if way == Way::Last
        && !model.trail.leads(way)
        && let Some(former) = &mut model.former
    {
        former.returns = true;
        let name = former.context.clone();
        contexts::switch_to(model, name, effects);
        return;
    }
    if let Some(visit) = model.trail.go(way) {
        take(model, visit, effects);
    }
}

/// Takes up a place as it was left.
pub fn take(model: &mut Model, visit: Visit, effects: &mut Vec<Effect>) {
    let mut left = std::mem::take(&mut model.screens);
    let is_filtered = model.tenants.filter.line.text() != visit.filter;
    if is_filtered {
        lists::set_tenant_filter(model, &visit.filter, effects);
    }
    if is_filtered || model.tenants.sort != visit.sort {
        model.tenants.sort = visit.sort;
        if model.lists_tenants() {
            lists::search(model, effects);
        }
    }
    let (rows, tab_rows) = (model.size.list_rows(), model.size.tab_rows());
    if let Some(selected) = visit.selected {
        model.tenants.want_back(selected, visit.view, rows);
    }
    for mut screen in visit.screens {
        let known = match &mut screen {
            Screen::Tenant(view) => {
                let known = take_over(view, &mut left);
                view.arrange(tab_rows);
                known
            }
            _ => false,
        };
        model.screens.push(screen);
        if !known {
            read(model, effects);
        }
    }
    lists::arrange(model);
    close(model, left, effects);
}

/// Takes over what was read for a tenant that one stays in.
fn take_over(view: &mut TenantView, left: &mut Vec<Screen>) -> bool {
    let is_it = |screen: &Screen| matches!(screen, Screen::Tenant(other) if other.scope == view.scope);
    let Some(at) = left.iter().position(is_it) else {
        return false;
    };
    if let Screen::Tenant(other) = left.remove(at) {
        let other = *other;
        (view.tenant, view.access, view.footprint) = (other.tenant, other.access, other.footprint);
        view.created = other.created;
    }
    true
}

/// Reads what the screen on top shows.
fn read(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.screens.last() {
        Some(Screen::Tenant(_)) => places::read_tenant(model, effects),
        Some(Screen::Records(_)) => records::read(model, effects),
        Some(Screen::Contexts(_)) => contexts::refresh(model, effects),
        Some(Screen::Runs(_)) => migration::ask_runs(model, effects),
        _ => {}
    }
}

/// Stops what is being read for screens that were left.
fn close(model: &mut Model, left: Vec<Screen>, effects: &mut Vec<Effect>) {
    for screen in left {
        let is_wizard = matches!(screen, Screen::Wizard);
        model.screens.push(screen);
        places::close(model, effects);
        if is_wizard {
            wizard::left(model);
        }
    }
}
