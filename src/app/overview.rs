//! What the overview of a tenant says, line by line.

use crate::domain::count::thousands;
use crate::domain::instance::Instance;
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_field;
use crate::domain::text::{Columns, visible};

use super::model::Model;
use super::session::{Mode, Session};
use super::tenant_form::shown;
use super::tenant_list::DEFAULT_NAME;
use super::tenant_view::TenantView;
use super::wrap::wrap;

/// One line of the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverviewLine {
    /// Opens a part.
    Heading(&'static str),
    /// A label and its value.
    Field(String, String),
    /// Something to think about.
    Warning(String),
    /// Something that went well.
    Done(String),
    /// An empty line.
    Blank,
}

/// Columns between a label and its value.
const GAP: usize = 2;

impl OverviewLine {
    /// It in a line of text; `None` for an empty one.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Heading(text) => Some((*text).to_owned()),
            Self::Field(name, value) if value.is_empty() => Some(name.clone()),
            Self::Field(name, value) if name.is_empty() => Some(format!("  {value}")),
            Self::Field(name, value) => Some(format!("{name}: {value}")),
            Self::Warning(text) => Some(format!("! {text}")),
            Self::Done(text) => Some(text.clone()),
            Self::Blank => None,
        }
    }
}

/// The overview of a tenant broken into lines that fit on the screen, and the columns of its labels.
pub fn overview_on_screen(model: &Model, view: &TenantView) -> (Vec<OverviewLine>, usize) {
    broken(overview(model, view), model.size.overview_columns())
}

/// Lines broken so that they fit into so many columns, of which labels take the second number at most, and how many they
/// take. A warning has its mark in the first of its lines.
pub fn broken(lines: Vec<OverviewLine>, (columns, most): (usize, usize)) -> (Vec<OverviewLine>, usize) {
    use OverviewLine::{Blank, Done, Field, Heading, Warning};
    let widths = lines.iter().map(|line| match line {
        Field(name, value) if !value.is_empty() && name.width() + GAP <= most => name.width() + GAP,
        _ => 0,
    });
    let label = widths.max().unwrap_or(0);
    let broken = |text: &str, width: usize| wrap(&visible(text), width.max(1)).into_iter();
    let lines = lines
        .into_iter()
        .flat_map(|line| -> Vec<OverviewLine> {
            match line {
                Heading(_) | Blank => vec![line],
                Done(text) => broken(&text, columns).map(Done).collect(),
                Warning(text) => broken(&text, columns.saturating_sub(2))
                    .enumerate()
                    .map(|(index, line)| Warning(format!("{} {line}", if index == 0 { "!" } else { " " })))
                    .collect(),
                Field(name, value) if value.is_empty() => {
                    broken(&name, columns).map(|line| Field(line, String::new())).collect()
                }
                // A name that is too long for its column has a line to itself.
                Field(name, value) if name.width() + GAP > label => {
                    let lines = broken(&value, columns.saturating_sub(label)).map(|line| Field(String::new(), line));
                    std::iter::once(Field(name, String::new())).chain(lines).collect()
                }
                Field(name, value) => broken(&value, columns.saturating_sub(label))
                    .enumerate()
                    .map(|(index, line)| Field(if index == 0 { name.clone() } else { String::new() }, line))
                    .collect(),
            }
        })
        .collect();
    (lines, label)
}

/// What is said of a tenant without an Admin.
pub fn no_admin(session: &Session) -> String {
    format!("Nobody holds the Admin role of this tenant.{}", repairs(session))
}

/// The keys that make somebody Admin, in a sentence behind others; nothing where they do nothing.
fn repairs(session: &Session) -> &'static str {
    match session.mode() {
        Mode::ReadOnly if !session.can_unlock() => "",
        Mode::ReadOnly => " W unlocks changes, then A makes somebody Admin.",
        Mode::Unlocked | Mode::Writable => " A makes somebody Admin.",
    }
}

/// What a tenant has set of what its release has, part by part.
pub fn settings(tenant: &Tenant, instance: Option<&Instance>) -> Vec<OverviewLine> {
    use OverviewLine::{Blank, Field, Heading};
    let release = instance.map(|instance| instance.release);
    let mut lines = Vec::new();
    let mut section = "";
    for field in release.into_iter().flat_map(tenant_field::fields) {
        let Some(value) = tenant.value_at(field.path) else {
            continue;
        };
        if field.section != section {
            section = field.section;
            lines.extend([Blank, Heading(section)]);
        }
        let text = shown(field, value);
        let mut parts = text.lines();
        let first = parts.next().unwrap_or_default();
        lines.push(Field(field.label.to_owned(), first.to_owned()));
        lines.extend(parts.map(|part| Field(String::new(), part.to_owned())));
    }
    lines
}

/// The overview of a tenant as far as it is known.
pub fn overview(model: &Model, view: &TenantView) -> Vec<OverviewLine> {
    use OverviewLine::{Blank, Done, Field, Heading, Warning};
    let instance = model.instance.value();
    let mut lines = Vec::new();
    if let Some(created) = &view.created {
        let role = created
            .admin_role
            .as_ref()
            .map_or("its Admin role", |role| role.name.as_str());
        let names: Vec<&str> = created
            .admins
            .iter()
            .map(|binding| binding.subject_name.as_str())
            .collect();
        lines.push(Done(format!("Created just now with the role {role}.")));
        if names.is_empty() {
            lines.push(Warning(format!(
                "Nobody holds it: a superadmin gets no role by creating.{}",
                repairs(&model.session)
            )));
        } else {
            lines.push(Field("Held by".to_owned(), names.join(", ")));
        }
        lines.push(Blank);
    }
    match &view.scope {
        TenantScope::Default => {
            lines.push(Field(
                "Tenant".to_owned(),
                format!("{} {DEFAULT_NAME}", TenantScope::DEFAULT_WORD),
            ));
            let reachable = instance.is_none_or(|instance| instance.tenancy.reaches_default_tenant(instance.release));
            if !reachable {
                lines.push(Warning("It is disabled: nobody can reach what lives in it.".to_owned()));
            }
        }
        TenantScope::Named(id) => {
            lines.push(Field("Id".to_owned(), id.to_string()));
            if let Some(tenant) = view.tenant.value() {
                lines.push(Field("Name".to_owned(), tenant.name.clone()));
                lines.extend(settings(tenant, instance));
            }
        }
    }
    if let Some(access) = view.access.value() {
        let admins = crate::domain::effective_access::admins(access);
        lines.extend([Blank, Heading("Access")]);
        lines.push(Field("Admins".to_owned(), thousands(admins as u64)));
        if admins == 0 {
            lines.push(Warning(no_admin(&model.session)));
        }
        for (label, count) in [
            ("Roles", access.roles.len()),
            ("Bindings", access.bindings.len()),
            ("Users", access.users.len()),
            ("Groups", access.groups.len()),
        ] {
            lines.push(Field(label.to_owned(), thousands(count as u64)));
        }
    }
    if let Some(counts) = view.footprint.value() {
        lines.extend([Blank, Heading("Content")]);
        for (label, count) in [
            ("Flows", counts.flows),
            ("Namespaces", counts.namespaces),
            ("Triggers", counts.triggers),
            ("Executions", counts.executions),
        ] {
            let number = count.map_or_else(|| "not known".to_owned(), thousands);
            lines.push(Field(label.to_owned(), number));
        }
    }
    lines
}
