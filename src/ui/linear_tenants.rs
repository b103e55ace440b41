//! Tenants, and a tenant with its tabs, as lines of text.

use crate::app::effect::Millis;
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::overview::{OverviewLine, overview};
use crate::app::tabs::Tab;
use crate::app::tenant_list::{DEFAULT_NAME, Selected};
use crate::app::tenant_view::{RolePane, TenantView};
use crate::domain::access::TenantAccess;
use crate::domain::columns::LEFT_OUT;
use crate::domain::count::counted;
use crate::domain::effective_access;
use crate::domain::tenant::{NO_ADMIN, TenantScope};

use super::chrome::tagged;
use super::linear::{say_filter, say_problem, say_rows};
use super::screens::role::hedge;
use super::screens::{tenant, tenants};
use super::table::Cell;
use super::{linear_access, linear_rows};

/// Milliseconds after which it is said that no answer came yet.
const SAID_AFTER: Millis = 5_000;

/// What a number does in a list.
const NUMBERS: &str = "A number opens that row; a number and a command, such as `2 d`, is about that row.";

/// Says the list of tenants.
pub(super) fn say_tenants(model: &Model, lines: &mut Vec<String>) {
    let place = format!("Tenants on {}, {}", tagged(model), model.session.mode().word());
    let Some(instance) = model.instance.value() else {
        match model.instance.problem() {
            Some(problem) => {
                lines.push(place);
                say_problem(problem, lines);
            }
            None if model.instance.was_given_up() => {
                lines.push(format!("{place}{}", model.keyed(": stopped, <r> reads again")));
            }
            None => {
                lines.push(format!("{place}: connecting"));
                let since = model.instance.waiting_since();
                if since.is_some_and(|since| model.now >= since + SAID_AFTER) {
                    let seconds = SAID_AFTER / 1000;
                    lines.push(format!("There is no answer after {seconds} seconds; it is waited for"));
                }
            }
        }
        return;
    };
    lines.push(format!(
        "{place}, {}, Kestra {} {}",
        instance.identity.username, instance.edition, instance.version
    ));
    if let Some(run) = model.run_in_progress() {
        let words = if run.alive {
            format!("at work, step {} of {}", run.position, run.steps)
        } else {
            run.words.trim_end_matches('.').to_owned()
        };
        lines.push(format!("Run {}: {words}. The command `migration` shows it.", run.id));
    }
    if !model.lists_tenants() {
        let source = instance
            .settings_source
            .as_deref()
            .unwrap_or("the server's application.yml");
        lines.push("Multi-tenancy is off on this instance. Everything lives in the default tenant.".to_owned());
        if model.session.migrates {
            lines.push("The command `migration` leads through turning it on.".to_owned());
            lines.push("The command `open` shows the default tenant.".to_owned());
            return;
        }
        lines.push(format!(
            "To turn it on, set kestra.ee.tenants.enabled to true in {source}, restart,"
        ));
        lines.push("and run: kestra auths users sync-access".to_owned());
        lines.push("The command `open` shows the default tenant.".to_owned());
        return;
    }
    let tenants = &model.tenants;
    if let Some(problem) = tenants.trouble() {
        say_problem(problem, lines);
    }
    if tenants.is_stopped() {
        lines.push(model.keyed("Reading tenants was stopped. <r> reads again."));
    }
    let Some(total) = tenants.total() else { return };
    if tenants.is_searching() || tenants.is_to_be_searched() || model.is_about_to_search() {
        lines.push("Searching.".to_owned());
        return;
    }
    let filter = if tenants.filter.error.is_some() {
        String::new()
    } else if tenants.filter.is_active() {
        let verb = if total == 1 { "matches" } else { "match" };
        format!(" that {verb} {}", tenants.filter.said())
    } else {
        String::new()
    };
    if let Some(words) = tenants.filter.unreadable() {
        lines.push(format!("{words}."));
        let clears = model.keyed("<esc> clears it.");
        lines.push(format!("These are of the last one that could be read. {clears}"));
    }
    lines.push(format!("{} with an id{filter}", counted(total, "tenant")));
    if tenants.leaves_admins_out() {
        lines.push(LEFT_OUT.to_owned());
    }
    if tenants.length() == 0 {
        if tenants.filter.error.is_some() {
            // That is said.
        } else if tenants.filter.is_active() {
            lines.push(model.keyed("No tenant matches. <esc> clears the filter."));
        } else {
            lines.push(model.keyed("There are none that you may see. <n> creates one."));
        }
        return;
    }
    let top = tenants.cursor.top();
    let in_view = top..tenants.length().min(top + model.size.list_rows());
    let on_screen = model.columns.on_screen(ListKind::Tenants);
    let shows = |column: usize| on_screen.contains(&column);
    let rows = in_view.map(|index| {
        let row = tenants.row(index);
        let cells = tenants::row(row, model);
        let cell = |at: usize| cells.get(at).map_or("", |(_, text)| text);
        // What is as everywhere says nothing of this one.
        let own = |at: usize| Some(cell(at)).filter(|text| *text != "global").unwrap_or_default();
        // That nobody is Admin is its state.
        let (admins, state) = match cell(2) {
            "0" if shows(STATE) => ("", NO_ADMIN),
            count => (count, ""),
        };
        let said = match row {
            None => "not read yet".to_owned(),
            Some(Selected::Default) => {
                let name = if shows(NAME) { DEFAULT_NAME } else { "" };
                let id = format!("{} {name}", TenantScope::DEFAULT_WORD);
                tenant_row(model, &[id.trim_end(), "", admins, "", "", state, ""])
            }
            Some(Selected::Tenant(row)) => {
                let mark = if tenants.marks.has(&row.tenant.id) {
                    ", marked"
                } else {
                    ""
                };
                let cells = [cell(0), cell(1), admins, own(3), own(4), state, cell(6)];
                format!("{}{mark}", tenant_row(model, &cells))
            }
        };
        (index, said)
    });
    say_rows(model, rows, tenants.cursor.at(), tenants.length(), lines);
    lines.push(NUMBERS.to_owned());
}

/// The columns of the tenants that say what the others would.
const NAME: usize = 1;
const STATE: usize = 5;

/// A row of the tenants: its cells as they were chosen. Where none were, who is Admin comes last, as that may be found out later and
/// is added to what was said.
fn tenant_row(model: &Model, cells: &[&str; 7]) -> String {
    let list = ListKind::Tenants;
    if model.columns.is_chosen(list) {
        return linear_rows::row(model, list, "", cells);
    }
    let [id, name, admins, storage, secrets, state, group] = *cells;
    let said = linear_rows::row(model, list, "", &[id, name, "", storage, secrets, "", group]);
    linear_rows::row(model, list, &said, &["", "", admins, "", "", state, ""])
}

/// Says what is on the tab, or the role that is open.
pub(super) fn say_tenant(model: &Model, view: &TenantView, lines: &mut Vec<String>) {
    if let (Some(role), Some(access), Some(instance)) = (view.open_role(), view.access.value(), model.instance.value())
    {
        let kind = if role.is_managed { ", managed by Kestra" } else { "" };
        let open = view.role.clone().unwrap_or_default();
        let Some(assignable) = model.assignable(&view.scope) else {
            return;
        };
        let hedge = hedge(&assignable);
        let (matrix, permissions) = open.matrix(role, assignable);
        match open.translation(role, instance.release) {
            Some(translation) => {
                lines.push(format!("Role {} of tenant {}, as in Kestra 2.0", role.name, view.scope));
                lines.extend(translation.remarks());
            }
            None => lines.push(format!("Role {} of tenant {}{kind}", role.name, view.scope)),
        }
        linear_access::say_permissions(&matrix, &permissions, lines);
        lines.extend(hedge);
        let holders = effective_access::holders(access, &role.id);
        let names: Vec<&str> = holders.iter().map(|holder| holder.user.username.as_str()).collect();
        lines.push(if names.is_empty() {
            "Nobody holds it".to_owned()
        } else {
            format!("Held by {}", names.join(", "))
        });
        let at = open.holder.at();
        let selected = names.get(at).filter(|_| open.pane == RolePane::Holders);
        lines.extend(selected.map(|name| format!("At {} of {}: {name}", at + 1, names.len())));
        return;
    }
    lines.push(format!("Tenant {}, tab {}", view.scope, view.tab.title()));
    let [of_tenant, of_access] = [view.tenant.problem(), view.access.problem()];
    // Out of reach is all of it, which is said once.
    let of_access = of_access.filter(|problem| of_tenant.is_none_or(|first| first.what != problem.what));
    for problem in of_tenant.into_iter().chain(of_access) {
        say_problem(problem, lines);
    }
    if view.was_stopped() {
        lines.push(model.keyed("Reading the rest was stopped. <r> reads again."));
    }
    let tabs: Vec<&str> = Tab::ALL.iter().map(|tab| tab.title()).collect();
    if view.tab == Tab::Overview {
        lines.extend(overview(model, view).iter().filter_map(OverviewLine::text));
    } else if let (Some(access), Some(list)) = (view.access.value(), view.lists.get(view.tab)) {
        let top = list.cursor.top();
        let in_view = list.visible().iter().enumerate().skip(top).take(model.size.tab_rows());
        let (offsets, indexes): (Vec<usize>, Vec<usize>) = in_view.unzip();
        let said = tenant::rows(view.tab, access, &indexes).into_iter().zip(indexes);
        let rows = offsets.into_iter().zip(said).map(|(offset, (cells, index))| {
            let mut said = tab_row(model, view.tab, access, index, &cells);
            if view.id_of(index).is_some_and(|id| list.marks().contains(&id)) {
                said.push_str(", marked");
            }
            (offset, said)
        });
        say_filter(
            model,
            &list.filter,
            list.visible().len(),
            view.rows().unwrap_or(0),
            view.tab.thing(),
            lines,
        );
        say_rows(model, rows, list.cursor.at(), list.visible().len(), lines);
        if list.visible().is_empty() && !list.filter.is_active() {
            lines.push("There is nothing here.".to_owned());
        }
    }
    lines.push(format!(
        "Tabs: {}; the name of one goes there, :users to those of the instance.",
        tabs.join(", ")
    ));
}

/// A row under a tab: its cells, but for what is better said in a sentence.
fn tab_row(model: &Model, tab: Tab, access: &TenantAccess, index: usize, cells: &[Cell]) -> String {
    let mut texts: Vec<&str> = cells.iter().map(|(_, text)| text.as_str()).collect();
    let mut head = String::new();
    match tab {
        Tab::Roles => {
            let role = access.roles.get(index).map(|role| (role.is_managed, role.is_default));
            if let (Some(kind), Some(role)) = (texts.get_mut(1), role) {
                *kind = match role {
                    (true, true) => "managed by Kestra, given to new users",
                    (true, false) => "managed by Kestra",
                    (false, true) => "given to new users",
                    (false, false) => "",
                };
            }
        }
        // Which columns were chosen says more than a sentence.
        Tab::Holders if model.columns.is_chosen(ListKind::Holders) => {}
        Tab::Holders => {
            if let (Some(binding), [name, kind, role, place, ..]) = (access.bindings.get(index), &mut *texts) {
                let namespace = binding.namespace.as_ref();
                let within = namespace.map_or_else(String::new, |name| format!(" in namespace {name}"));
                head = format!("{kind} {name} holds {role}{within}");
                [*name, *kind, *role, *place] = [""; 4];
            }
        }
        Tab::Overview | Tab::Users | Tab::Groups => {}
    }
    ListKind::of_tab(tab).map_or(head.clone(), |kind| linear_rows::row(model, kind, &head, &texts))
}
