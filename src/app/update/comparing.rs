//! Comparing two roles: which two, and the screen.

use crate::domain::catalogue;
use crate::domain::instance::{Instance, TenancyState};
use crate::domain::release::Release;
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;

use super::super::choice::{Choice, ChoiceRow, Choosing, Elsewhere};
use super::super::comparison_view::{Compared, ComparisonView};
use super::super::contexts::ContextRow;
use super::super::doing::Purpose;
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::{choices, deeds, roles};

/// The key of the row that asks for another context.
pub const AT: &str = "at";

/// A role of a tenant, under a name.
fn compared(name: String, role: &Role, release: Release, scope: &TenantScope) -> Compared {
    Compared {
        name,
        permissions: role.permissions.clone(),
        release,
        origin: Some((scope.clone(), role.id.clone())),
        context: None,
        managed: role.managed_name().map(str::to_owned),
    }
}

/// Compares the two marked roles, the marked one with the selected one, or asks what to compare the selected one with.
pub fn begin(model: &mut Model) {
    let Some(release) = model.instance.value().map(|instance| instance.release) else {
        return;
    };
    let Some(view) = model.tenant_view() else { return };
    let Some(access) = view.access.value() else { return };
    let list = view.lists.get(Tab::Roles).filter(|_| view.role.is_none());
    let marked: Vec<&Role> = list
        .filter(|list| !list.marks().is_empty())
        .map_or_else(Vec::new, |list| list.chosen(&access.roles));
    let selected = view.open_role().or_else(|| view.selected_role());
    let lone = marked.first().copied().or(selected);
    match (marked.as_slice(), selected) {
        ([a, b], _) => {
            let (a, b) = named_apart(a, b, release, &view.scope);
            open(model, &a, &b);
        }
        ([a], Some(b)) if a.id != b.id => {
            let (a, b) = named_apart(a, b, release, &view.scope);
            open(model, &a, &b);
        }
        ([] | [_], _) => {
            let Some(role) = lone.map(|role| role.id.clone()) else {
                return;
            };
            let scope = view.scope.clone();
            ask_with(model, scope, &role);
        }
        (several, _) => {
            let text = format!("{} roles are marked; mark two to compare them", several.len());
            model.messages.tell(model.now, Level::Warning, text);
        }
    }
}

/// Asks what to compare a role of a tenant with.
pub fn ask_with(model: &mut Model, scope: TenantScope, role: &str) {
    let Some(release) = model.instance.value().map(|instance| instance.release) else {
        return;
    };
    let roles = deeds::known_access(model, &scope).map_or(&[][..], |access| &access.roles);
    let Some(role) = roles.iter().find(|other| other.id == role) else {
        return;
    };
    let rows = others(&scope, role, roles, release);
    let title = format!("Compare role {} with", role.name);
    let role = role.id.clone();
    let purpose = Choosing::CompareWith { scope, role };
    choices::open(model, Choice::new(title, "There is no other role.", purpose, rows));
}

/// Two roles of a tenant under names that tell them apart.
fn named_apart(a: &Role, b: &Role, release: Release, scope: &TenantScope) -> (Compared, Compared) {
    let name = |role: &Role| {
        if a.name == b.name {
            format!("{} ({})", role.name, role.id)
        } else {
            role.name.clone()
        }
    };
    (
        compared(name(a), a, release, scope),
        compared(name(b), b, release, scope),
    )
}

/// What a role can be compared with: the others of its tenant, one of its name in another tenant or context, and what other
/// releases ship.
fn others(scope: &TenantScope, role: &Role, roles: &[Role], release: Release) -> Vec<ChoiceRow> {
    let elsewhere = ChoiceRow::new(
        "elsewhere",
        format!("{} in another tenant", role.name),
        format!("asks which; this one is of {scope}"),
    );
    let at = ChoiceRow::new(
        AT,
        format!("{} in another context", role.name),
        "asks which, and in which tenant there",
    );
    let here = roles.iter().filter(|other| other.id != role.id).map(|other| {
        let note = if other.is_managed {
            "managed by Kestra"
        } else {
            "own role"
        };
        ChoiceRow::new(format!("role:{}", other.id), other.name.clone(), note)
    });
    let shipped = Release::KNOWN.into_iter().filter(|other| *other != release);
    let shipped = shipped
        .filter(|other| role.is_managed && catalogue::managed_role(*other, &role.name).is_some())
        .map(|other| {
            let text = format!("{} of Kestra {other}", role.name);
            ChoiceRow::new(format!("release:{other}"), text, "as that release ships it")
        });
    here.chain([elsewhere, at]).chain(shipped).collect()
}

/// Goes on with what a role is to be compared with.
pub fn with(model: &mut Model, scope: &TenantScope, role: &str, key: &str, effects: &mut Vec<Effect>) {
    let Some(release) = model.instance.value().map(|instance| instance.release) else {
        return;
    };
    let Some(access) = deeds::known_access(model, scope) else {
        return;
    };
    let find = |id: &str| access.roles.iter().find(|other| other.id == id);
    let Some(role) = find(role) else { return };
    if let Some(other) = key.strip_prefix("role:").and_then(find) {
        let (a, b) = named_apart(role, other, release, scope);
        open(model, &a, &b);
    } else if let Some(other) = key
        .strip_prefix("release:")
        .and_then(|text| text.parse::<Release>().ok())
    {
        if let Some(shipped) = catalogue::managed_role(other, &role.name) {
            // What an upgrade replaces is of no matter here: what the releases ship is what is compared.
            let a = Compared {
                managed: None,
                ..compared(role.name.clone(), role, release, scope)
            };
            let b = Compared {
                name: format!("{} of {other}", role.name),
                permissions: shipped.permissions.clone(),
                release: other,
                origin: None,
                context: None,
                managed: None,
            };
            open(model, &a, &b);
        }
    } else if key == "elsewhere" {
        let name = role.name.clone();
        let a = compared(format!("{name} in {scope}"), role, release, scope);
        ask_tenant(model, Box::new(a), name, None, effects);
    } else if key == AT {
        let name = format!("{} in {scope} of {}", role.name, model.session.context);
        let a = Box::new(compared(name, role, release, scope));
        let what = Purpose::CompareAt(a, role.name.clone());
        roles::look_at(model, scope.clone(), what, effects);
    }
}

/// Asks in which tenant the role of the same name is: another one, or any of another context.
pub fn ask_tenant(
    model: &mut Model,
    role: Box<Compared>,
    name: String,
    elsewhere: Option<Elsewhere>,
    effects: &mut Vec<Effect>,
) {
    let (title, but) = match &elsewhere {
        Some(elsewhere) => (
            format!("Compare role {name} with the one of {} in tenant", elsewhere.context),
            None,
        ),
        None => (
            format!("Compare role {name} with the one in tenant"),
            role.origin.as_ref().map(|(scope, _)| scope.clone()),
        ),
    };
    let purpose = Choosing::CompareIn { role, name, elsewhere };
    choices::open_tenants(model, title, purpose, but, effects);
}

/// Asks in which of the other contexts the role to compare one with is.
pub fn ask_context(model: &mut Model, role: Box<Compared>, name: String, contexts: &[ContextRow]) {
    let others = contexts.iter().filter(|row| row.name != model.session.listed());
    let rows = others.map(|row| ChoiceRow::new(row.name.clone(), row.name.clone(), row.leads.shown()));
    let title = format!("Compare role {name} with the one in context");
    let purpose = Choosing::CompareAt { role, name };
    let choice = Choice::new(title, "There is no other context.", purpose, rows.collect());
    choices::open(model, choice);
}

/// Asks in which tenant of another context, whose instance has just been read, it is; where there are no tenants it is in
/// the default tenant.
pub fn ask_tenant_of(
    model: &mut Model,
    role: Box<Compared>,
    name: String,
    context: String,
    instance: &Instance,
    effects: &mut Vec<Effect>,
) {
    let has_tenants = !matches!(
        instance.tenancy.state(),
        TenancyState::SingleTenant | TenancyState::Nothing
    );
    let elsewhere = Some(Elsewhere {
        context,
        release: instance.release,
        has_default: instance.tenancy.reaches_default_tenant(instance.release),
    });
    if has_tenants {
        ask_tenant(model, role, name, elsewhere, effects);
    } else {
        let what = Purpose::CompareRole { role, name, elsewhere };
        roles::look_at(model, TenantScope::Default, what, effects);
    }
}

/// Compares a role with the one of its name in another tenant, perhaps of another context, which has just been read.
pub fn in_tenant(
    model: &mut Model,
    a: &Compared,
    name: &str,
    (scope, elsewhere): (&TenantScope, Option<&Elsewhere>),
    roles: &[Role],
) {
    let place = match elsewhere {
        Some(elsewhere) => format!("{scope} of {}", elsewhere.context),
        None => scope.to_string(),
    };
    match roles.iter().find(|role| role.name == name) {
        Some(role) => {
            let release = elsewhere.map_or(a.release, |elsewhere| elsewhere.release);
            let b = Compared {
                context: elsewhere.map(|elsewhere| elsewhere.context.clone()),
                ..compared(format!("{name} in {place}"), role, release, scope)
            };
            open(model, a, &b);
        }
        None => {
            let text = format!("Tenant {place} has no role {name}");
            model.messages.tell(model.now, Level::Warning, text);
        }
    }
}

fn open(model: &mut Model, a: &Compared, b: &Compared) {
    let view = ComparisonView::new(a, b);
    model.screens.push(Screen::Comparison(Box::new(view)));
}

/// The comparison, if it is on screen.
pub fn view_mut(model: &mut Model) -> Option<&mut ComparisonView> {
    match model.screens.last_mut() {
        Some(Screen::Comparison(view)) => Some(view),
        _ => None,
    }
}

/// Shows only what differs, or all.
pub fn toggle_all(model: &mut Model) {
    let height = model.size.tab_rows();
    if let Some(view) = view_mut(model) {
        view.toggle_all(height);
    }
}

/// Shows a role as what it becomes in 2.0, or as it is.
pub fn translate(model: &mut Model) {
    if let Some(role) = model.tenant_view_mut().and_then(|view| view.role.as_mut()) {
        role.translated = !role.translated;
        role.cursor = super::super::matrix::MatrixCursor::default();
    }
}
