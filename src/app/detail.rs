//! What stands beside a list on a large screen: what its selected row cannot show in full.
//!
//! It says what was read anyway; moving along a list asks for nothing.

use crate::domain::access::TenantAccess;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::catalogue;
use crate::domain::count::thousands;
use crate::domain::effective_access::{empty_groups, holders, roles_of};
use crate::domain::permission::Action;
use crate::domain::release::Release;
use crate::domain::role::Role;
use crate::domain::tenant::{Tenant, TenantRow, TenantScope};
use crate::domain::text::capital;
use crate::domain::user::{Group, Membership, User};

use super::list_columns::ListKind;
use super::model::Model;
use super::overview::OverviewLine::{self, Blank, Field, Heading, Warning};
use super::overview::{no_admin, settings};
use super::records::{Item, RecordsKind, RecordsView, label};
use super::screen::Screen;
use super::tabs::Tab;
use super::tenant_list::{DEFAULT_NAME, Selected};
use super::tenant_view::TenantView;
use super::update::known_access;

/// What is said of the selected row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// What it is called.
    pub title: String,
    /// Everything else.
    pub lines: Vec<OverviewLine>,
}

/// Where a role is held that is not narrowed.
const WHOLE: &str = "whole tenant";

/// Whether a large screen says beside the list on screen what is selected in it.
pub fn stands_beside(model: &Model) -> bool {
    ListKind::on_screen(model).is_some_and(|list| !model.columns.is_wide(list)) && detail(model).is_some()
}

/// What is said of the selected row of the list on screen, if it is one of tenants, of a tenant or of records.
pub fn detail(model: &Model) -> Option<Detail> {
    let release = model
        .instance
        .value()
        .map_or(Release::DEFAULT, |instance| instance.release);
    match model.screens.last() {
        None => model.tenants.selected().map(|selected| of_row(model, selected)),
        Some(Screen::Tenant(view)) => of_tab(view, release),
        Some(Screen::Records(view)) => of_record(model, view, release),
        Some(_) => None,
    }
}

/// Which storage or secrets a tenant has, in a word.
pub fn backend_word<'t>(tenant: &'t Tenant, path: &str) -> &'t str {
    tenant
        .value_at(path)
        .and_then(|value| value.as_str())
        .unwrap_or("global")
}

/// How a tenant stands, in a word. Over HTTP nobody counts who is Admin of it, and what is not known is not said.
pub fn state_word(row: &TenantRow) -> &'static str {
    match row.admins {
        Some(0) => "! no admin",
        Some(_) => "active",
        None => "-",
    }
}

/// What the list of tenants knows of one of them.
fn of_row(model: &Model, selected: Selected<'_>) -> Detail {
    match selected {
        Selected::Default => Detail {
            title: format!("{} {DEFAULT_NAME}", TenantScope::DEFAULT_WORD),
            lines: vec![field("What was there before multi-tenancy.", "")],
        },
        Selected::Tenant(row) => {
            let mut lines = vec![field("Id", row.tenant.id.as_str())];
            match row.admins {
                Some(0) => lines.push(Warning(no_admin(&model.session))),
                Some(admins) => lines.push(field("Admins", thousands(admins))),
                None => lines.push(field("Admins", "not counted")),
            }
            // That nobody is Admin says all of how it stands, and where nobody counted nothing is known.
            lines.extend((row.admins > Some(0)).then(|| field("State", state_word(row))));
            let backends = [("Storage", "storageType"), ("Secrets", "secretType")];
            // What has settings of its own says its type among them.
            let global = backends
                .into_iter()
                .filter(|(_, path)| row.tenant.value_at(path).is_none());
            lines.extend(global.map(|(label, path)| field(label, backend_word(&row.tenant, path))));
            lines.extend(settings(&row.tenant, model.instance.value()));
            Detail {
                title: row.tenant.name.clone(),
                lines,
            }
        }
    }
}

fn of_tab(view: &TenantView, release: Release) -> Option<Detail> {
    let access = view.access.value()?;
    let at = view.lists.selected(view.tab)?;
    match view.tab {
        Tab::Overview => None,
        Tab::Roles => access.roles.get(at).map(|role| of_role(access, role, release)),
        Tab::Holders => access
            .bindings
            .get(at)
            .map(|binding| of_binding(access, binding, release)),
        Tab::Users => access.users.get(at).map(|user| of_user(access, user, release)),
        Tab::Groups => access.groups.get(at).map(|group| of_group(access, group)),
    }
}

fn field(label: &str, value: impl Into<String>) -> OverviewLine {
    Field(label.to_owned(), value.into())
}

fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn place(namespace: Option<&str>) -> String {
    namespace.map_or_else(|| WHOLE.to_owned(), |namespace| format!("in {namespace}"))
}

fn of_role(access: &TenantAccess, role: &Role, release: Release) -> Detail {
    let mut lines = vec![
        field("Id", &role.id),
        field(
            "Kind",
            if role.is_managed {
                "managed by Kestra"
            } else {
                "own role"
            },
        ),
        field("Default", yes_no(role.is_default)),
    ];
    lines.extend(role.description.as_ref().map(|text| field("Description", text)));
    lines.extend([Blank, Heading("Held by")]);
    let held = holders(access, &role.id);
    let empty = empty_groups(access, &role.id);
    if held.is_empty() && empty.is_empty() {
        lines.push(field("Nobody", ""));
    }
    for holder in held {
        let how: Vec<String> = holder
            .how
            .iter()
            .map(|via| match &via.group {
                Some(group) => format!("{} by group {}", place(via.namespace.as_deref()), group.name),
                None => place(via.namespace.as_deref()),
            })
            .collect();
        lines.push(field(&holder.user.username, how.join("; ")));
    }
    lines.extend(
        empty
            .into_iter()
            .map(|group| field(&group.name, "a group without members")),
    );
    lines.extend(permissions(role, release));
    Detail {
        title: role.name.clone(),
        lines,
    }
}

/// What a role allows: resources on which it allows the same stand together, as many do, so that a step along a list is little to
/// draw.
fn permissions(role: &Role, release: Release) -> Vec<OverviewLine> {
    let mut lines = vec![Blank, Heading("Allows")];
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (resource, actions) in role.permissions.iter().filter(|(_, actions)| !actions.is_empty()) {
        let all = catalogue::actions_of(release, resource);
        let words: Vec<&str> = actions.iter().map(Action::as_str).collect();
        let is_all = all.len() > 1 && all.iter().all(|action| actions.contains(action)) && all.len() == actions.len();
        let text = format!("{}{}", if is_all { "all: " } else { "" }, words.join(" "));
        match groups.iter_mut().find(|(same, _)| *same == text) {
            Some((_, resources)) => resources.push(resource.as_str()),
            None => groups.push((text, vec![resource.as_str()])),
        }
    }
    if groups.is_empty() {
        lines.push(field("Nothing", ""));
    }
    for (text, resources) in groups {
        match resources.as_slice() {
            [resource] => lines.push(field(resource, text)),
            many => lines.extend([field(&many.join(" "), ""), field("", text)]),
        }
    }
    lines
}

fn of_binding(access: &TenantAccess, binding: &Binding, release: Release) -> Detail {
    let mut lines = vec![
        field("Role", &binding.role_name),
        field(
            match binding.subject_kind {
                SubjectKind::User => "User",
                SubjectKind::Group => "Group",
            },
            &binding.subject_name,
        ),
        field("Where", place(binding.namespace.as_deref())),
        field("Binding", &binding.id),
    ];
    match binding.subject_kind {
        SubjectKind::Group => {
            if let Some(group) = access.groups.iter().find(|group| group.id == binding.subject_id) {
                lines.extend([Blank, Heading("Through the group")]);
                lines.extend(members(group));
            }
        }
        SubjectKind::User => {
            let user = access.users.iter().find(|user| user.id == binding.subject_id);
            match user {
                Some(user) => lines.extend(user.display_name.as_ref().map(|name| field("Name", name))),
                None => lines.push(Warning(
                    "They have no access to the tenant, so that the role gives them nothing.".to_owned(),
                )),
            }
        }
    }
    if let Some(role) = access.roles.iter().find(|role| role.id == binding.role_id) {
        lines.extend(permissions(role, release));
    }
    Detail {
        title: format!("{} for {}", binding.role_name, binding.subject_name),
        lines,
    }
}

fn of_user(access: &TenantAccess, user: &User, release: Release) -> Detail {
    let mut lines = vec![field("Id", &user.id)];
    lines.extend(user.display_name.as_ref().map(|name| field("Name", name)));
    lines.push(field("Type", user.kind.word()));
    lines.push(field(&capital(release.superadmin_word()), yes_no(user.superadmin)));
    lines.extend(held_by(access, user));
    lines.extend([Blank, Heading("Groups")]);
    let mut none = true;
    for group in &access.groups {
        if let Some(member) = group.members.iter().find(|member| member.user_id == user.id) {
            none = false;
            lines.push(field(&group.name, membership(member.membership)));
        }
    }
    lines.extend(none.then(|| field("None", "")));
    Detail {
        title: user.username.clone(),
        lines,
    }
}

/// The roles somebody has in a tenant, and how.
fn held_by(access: &TenantAccess, user: &User) -> Vec<OverviewLine> {
    let mut lines = vec![Blank, Heading("Roles")];
    let held = roles_of(access, &user.id);
    if held.is_empty() {
        lines.push(field("None", ""));
    }
    for held in held {
        let how = match &held.via_group {
            Some(group) => format!("{} by group {}", place(held.namespace.as_deref()), group.name),
            None => place(held.namespace.as_deref()),
        };
        lines.push(field(&held.role_name, how));
    }
    lines
}

fn of_group(access: &TenantAccess, group: &Group) -> Detail {
    let mut lines = vec![field("Id", &group.id)];
    lines.extend(group.description.as_ref().map(|text| field("Description", text)));
    lines.extend([Blank, Heading("Roles")]);
    let mut none = true;
    for binding in &access.bindings {
        if binding.subject_kind == SubjectKind::Group && binding.subject_id == group.id {
            none = false;
            lines.push(field(&binding.role_name, place(binding.namespace.as_deref())));
        }
    }
    lines.extend(none.then(|| field("None", "")));
    lines.extend([Blank, Heading("Members")]);
    lines.extend(members(group));
    Detail {
        title: group.name.clone(),
        lines,
    }
}

/// Who is in a group, its owners first.
fn members(group: &Group) -> Vec<OverviewLine> {
    if group.members.is_empty() {
        return vec![field("Nobody", "")];
    }
    let of = |wanted: Membership| {
        let members = group.members.iter();
        members
            .filter(move |member| member.membership == wanted)
            .map(move |member| field(&member.username, membership(wanted)))
    };
    of(Membership::Owner).chain(of(Membership::Member)).collect()
}

fn membership(membership: Membership) -> &'static str {
    match membership {
        Membership::Owner => "owner",
        Membership::Member => "member",
    }
}

/// All that a record says, and what is known of whatever it is about.
fn of_record(model: &Model, view: &RecordsView, release: Release) -> Option<Detail> {
    let record = view.selected()?;
    let tenant = match &view.kind {
        RecordsKind::Person { .. } => record.tenant.as_ref(),
        RecordsKind::Members { tenant, .. } => Some(tenant),
        _ => None,
    };
    let access = tenant.and_then(|tenant| known_access(model, tenant));
    match (&record.item, access) {
        (Item::Binding(binding), Some(access)) => return Some(of_binding(access, binding, release)),
        (Item::Group(group), Some(access)) => return Some(of_group(access, group)),
        (Item::Member(user, _), Some(access)) => return Some(of_user(access, user, release)),
        _ => {}
    }
    let mut fields = record.fields().into_iter();
    let (_, title) = fields.next()?;
    Some(Detail {
        title: title.to_owned(),
        lines: fields.map(|(title, value)| field(&label(title), value)).collect(),
    })
}
