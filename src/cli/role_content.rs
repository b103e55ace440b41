//! What a role is to be: put together from a template, another role, a file, and flags; held to what the release allows.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::args_roles::RoleContent;
use super::session::{Session, existing_id};
use super::{lookup, tenant_file};
use crate::backend::Backend;
use crate::config::nearest;
use crate::domain::assignable::Assignable;
use crate::domain::catalogue;
use crate::domain::objects::{About, Entry};
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::problem::{Problem, invalid};
use crate::domain::release::{PermissionModel, Release};
use crate::domain::role::{NewRole, Role};
use crate::domain::role_edit::{RoleEdit, Template};
use crate::domain::shaped::shaped;
use crate::domain::tenant::TenantScope;

const ROLES: About = About {
    one: "a role",
    many: "roles",
    example: "name: Operator",
};

/// What nobody can set, and what a file may carry all the same, because it was printed by Kestra or by `roles get`.
const IGNORED: &[&str] = &[
    "id",
    "isManaged",
    "managed",
    "tenantId",
    "deleted",
    "created",
    "updated",
    "createdAt",
    "updatedAt",
];

/// What the flags say of a role, as far as it can be read without an instance.
pub struct Wanted<'f> {
    flags: &'f RoleContent,
    file: Option<Map<String, Value>>,
}

/// Reads the file, if there is one, of one role.
pub fn read<'f>(session: &mut Session<'_>, flags: &'f RoleContent, what: &str) -> Result<Wanted<'f>, Problem> {
    let mut all = read_many(session, flags)?;
    match (all.pop(), all.is_empty()) {
        (Some((_, wanted)), true) => Ok(wanted),
        _ => Err(invalid(
            what,
            "The file holds more than one role.",
            "Give a file with one role, and run the command once for each.",
        )),
    }
}

/// Reads one role from flags or a file, or many from a file, each with what to call it.
pub fn read_many<'f>(session: &mut Session<'_>, flags: &'f RoleContent) -> Result<Vec<(String, Wanted<'f>)>, Problem> {
    let Some(file) = &flags.from else {
        return Ok(vec![(String::new(), Wanted { flags, file: None })]);
    };
    let entries = tenant_file::read_about(file, &mut session.input, ROLES)?;
    let called = |entry: &Entry| match entry.object.get("name").and_then(Value::as_str) {
        Some(name) => format!("entry {} (`{name}`)", entry.number),
        None => format!("entry {}", entry.number),
    };
    Ok(entries
        .into_iter()
        .map(|entry| {
            let label = called(&entry);
            let file = Some(entry.object);
            (label, Wanted { flags, file })
        })
        .collect())
}

/// A tenant as a flag names it.
pub fn scope_named(text: &str) -> Result<TenantScope, Problem> {
    if text == TenantScope::DEFAULT_WORD {
        return Ok(TenantScope::Default);
    }
    existing_id(text).map(TenantScope::Named)
}

impl Wanted<'_> {
    /// Whether it says anything about what the role allows.
    pub fn names_permissions(&self) -> bool {
        let flags = self.flags;
        let of_file = self.file.as_ref().is_some_and(|file| file.contains_key("permissions"));
        of_file
            || flags.from_template.is_some()
            || flags.from_role.is_some()
            || !flags.allow.is_empty()
            || !flags.deny.is_empty()
    }

    /// What is said of a template that the instance does not give, and that is taken as it is known.
    pub fn template_is_ours(&self, assignable: &Assignable) -> Option<String> {
        let (name, why) = (
            self.flags.from_template.as_ref()?,
            assignable.templates_source().silence()?,
        );
        let template = assignable.template(name)?;
        // That nothing at all was told has been said.
        assignable.source().silence().is_none().then(|| {
            let release = assignable.release();
            format!(
                "{} is taken as Kestra {release} is known to ship it: {}",
                template.name, why.why
            )
        })
    }

    /// The role that is to be: from nothing, or from what it is now.
    pub async fn role(
        &self,
        backend: &dyn Backend,
        scope: &TenantScope,
        now: Option<&Role>,
        assignable: Arc<Assignable>,
    ) -> Result<NewRole, Problem> {
        let flags = self.flags;
        let named = flags.name.as_deref().or(now.map(|role| role.name.as_str()));
        let refused = Refused {
            what: match (now, named) {
                (Some(role), _) => format!("Role `{}` was not changed.", role.name),
                (None, Some(name)) => format!("Role `{name}` was not created."),
                (None, None) => "No role was created.".to_owned(),
            },
        };
        let mut new = NewRole {
            name: now.map(|role| role.name.clone()).unwrap_or_default(),
            description: now.and_then(|role| role.description.clone()),
            permissions: Permissions::default(),
            is_default: now.is_some_and(|role| role.is_default),
        };
        let present = now.map(|role| role.permissions.clone()).unwrap_or_default();
        let mut edit = RoleEdit::new(present, assignable);
        if let Some(name) = &flags.from_template {
            start_from_template(&mut edit, name, &refused)?;
        }
        if let Some(wanted) = &flags.from_role {
            let other = match &flags.from_tenant {
                Some(tenant) => scope_named(tenant)?,
                None => scope.clone(),
            };
            let role = lookup::role(backend, &other, wanted).await?;
            edit.start_from(Template::Permissions(&role.permissions));
        }
        if let Some(file) = &self.file {
            let permissions = overlay(&mut new, file, edit.release(), &refused)?;
            if let Some(permissions) = permissions {
                edit.start_from(Template::Permissions(&Permissions::default()));
                for (resource, action) in permissions.pairs() {
                    allow_all(&mut edit, resource.as_str(), action.as_str(), &refused)?;
                }
            }
        }
        for (texts, wanted) in [(&flags.allow, true), (&flags.deny, false)] {
            for text in texts {
                apply(&mut edit, text, wanted, &refused)?;
            }
        }
        if let Some(name) = &flags.name {
            new.name.clone_from(name);
        }
        if let Some(description) = &flags.description {
            new.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        new.is_default = (new.is_default || flags.default) && !flags.no_default;
        new.permissions = edit.permissions().clone();
        if new.name.trim().is_empty() {
            return Err(refused.because("It has no name.", "Add `--name`, or `name` in the file."));
        }
        Ok(new)
    }
}

/// What is not done, for messages.
struct Refused {
    what: String,
}

impl Refused {
    fn because(&self, why: impl Into<String>, next: impl Into<String>) -> Problem {
        invalid(self.what.clone(), why, next)
    }
}

fn start_from_template(edit: &mut RoleEdit, name: &str, refused: &Refused) -> Result<(), Problem> {
    if edit.start_from(Template::Managed(name)) {
        return Ok(());
    }
    let shipped = edit.assignable().templates().iter();
    let names: Vec<&str> = shipped.map(|template| template.name.as_str()).collect();
    Err(refused.because(
        format!("Kestra {} ships no role `{name}`.", edit.release()),
        format!("It ships {}.", lookup::backticked(&names)),
    ))
}

/// Puts the fields of a file over a role. Its permissions are given back.
fn overlay(
    new: &mut NewRole,
    file: &Map<String, Value>,
    release: Release,
    refused: &Refused,
) -> Result<Option<Permissions>, Problem> {
    let mut permissions = None;
    for (key, value) in file {
        let wrong = |kind: &str| {
            refused
                .because(
                    format!("`{key}` of the file has to be {kind}."),
                    "Correct the file, and try again.",
                )
                .with_field(key.as_str(), format!("has to be {kind}"))
        };
        match (key.as_str(), value) {
            ("name", Value::String(name)) => new.name.clone_from(name),
            ("description", Value::Null) => new.description = None,
            ("description", Value::String(text)) => {
                new.description = Some(text.clone()).filter(|text| !text.is_empty());
            }
            ("name" | "description", _) => return Err(wrong("text")),
            ("isDefault", Value::Bool(is_default)) => new.is_default = *is_default,
            ("isDefault", _) => return Err(wrong("true or false")),
            ("permissions", Value::Null) => permissions = Some(Permissions::default()),
            ("permissions", value) => {
                let read = shaped(&listed(value.clone()));
                permissions = Some(
                    read.map_err(|_| wrong(&format!("an object of lists, such as `FLOW: [{}]`", reading(release))))?,
                );
            }
            (ignored, _) if IGNORED.contains(&ignored) => {}
            (unknown, _) => {
                let known = ["name", "description", "isDefault", "permissions"];
                let near = nearest(unknown, known);
                return Err(refused.because(
                    format!("A role has no field `{unknown}`."),
                    near.map_or_else(
                        || format!("It has {}.", lookup::backticked(&known)),
                        |near| format!("Did you mean `{near}`?"),
                    ),
                ));
            }
        }
    }
    Ok(permissions)
}

/// Permissions in which `*` alone is a list of it.
fn listed(mut permissions: Value) -> Value {
    for actions in permissions.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if actions == "*" {
            *actions = Value::from(vec!["*"]);
        }
    }
    permissions
}

/// The action of a release that lets somebody look at something, for examples.
fn reading(release: Release) -> &'static str {
    match release.permission_model() {
        PermissionModel::ResourceActions => "VIEW",
        PermissionModel::Crud => "READ",
    }
}

/// Carries out one `RESOURCE:ACTION,ACTION`.
fn apply(edit: &mut RoleEdit, text: &str, wanted: bool, refused: &Refused) -> Result<(), Problem> {
    let flag = if wanted { "--allow" } else { "--deny" };
    let (resource, actions) = text
        .split_once(':')
        .filter(|(resource, actions)| !resource.trim().is_empty() && !actions.trim().is_empty())
        .ok_or_else(|| {
            refused.because(
                format!("`{text}` is no resource with actions."),
                format!(
                    "Write `{flag} FLOW:{},UPDATE`, or `{flag} 'FLOW:*'` for all of them.",
                    reading(edit.release())
                ),
            )
        })?;
    for action in actions.split(',') {
        let (resource, action) = (resource.trim().to_uppercase(), action.trim().to_uppercase());
        if wanted {
            allow_all(edit, &resource, &action, refused)?;
            continue;
        }
        for (resource, action) in cells(edit, &resource, &action, false, refused)? {
            if edit.allows(&resource, &action) {
                edit.toggle(&resource, &action);
            }
        }
    }
    Ok(())
}

/// Allows what a resource and an action mean, either of which may be `*`.
fn allow_all(edit: &mut RoleEdit, resource: &str, action: &str, refused: &Refused) -> Result<(), Problem> {
    let cells = cells(edit, resource, action, true, refused)?;
    if cells.is_empty() {
        return Err(refused.because(
            format!(
                "Kestra {} has no `{resource}:{action}` that a role could hold.",
                edit.release()
            ),
            "Name a resource and an action; `roles get Admin` shows all of them.",
        ));
    }
    for (resource, action) in cells {
        allow(edit, &resource, &action, refused)?;
    }
    Ok(())
}

/// The cells that a resource and an action mean, either of which may be `*`.
fn cells(
    edit: &RoleEdit,
    resource: &str,
    action: &str,
    wanted: bool,
    refused: &Refused,
) -> Result<Vec<(Resource, Action)>, Problem> {
    let pair = |resource: &str, action: &str| (Resource::from(resource), Action::from(action));
    if resource != "*" && action != "*" {
        let (resource, action) = pair(resource, action);
        // What is taken away has to be there to be meant, or to exist: a slip is told.
        if !wanted && !edit.allows(&resource, &action) {
            check(edit, &resource, &action, refused)?;
        }
        return Ok(vec![(resource, action)]);
    }
    if resource != "*" && edit.assignable().actions_of(&Resource::from(resource)).is_none() {
        let resource = Resource::from(resource);
        if wanted || !edit.permissions().pairs().any(|(held, _)| *held == resource) {
            return Err(no_such_resource(edit.assignable(), &resource, refused));
        }
    }
    let fits = |(a_resource, an_action): &(&Resource, &Action)| {
        (resource == "*" || a_resource.as_str() == resource) && (action == "*" || an_action.as_str() == action)
    };
    let own = |(resource, action): (&Resource, &Action)| (resource.clone(), action.clone());
    Ok(if wanted {
        edit.assignable().every_pair().filter(fits).map(own).collect()
    } else {
        edit.permissions().pairs().filter(fits).map(own).collect()
    })
}

fn allow(edit: &mut RoleEdit, resource: &Resource, action: &Action, refused: &Refused) -> Result<(), Problem> {
    if edit.allows(resource, action) {
        return Ok(());
    }
    if edit.toggle(resource, action) {
        return Ok(());
    }
    check(edit, resource, action, refused)
}

/// Says why a cell cannot be set, with the actions that can be.
fn check(edit: &RoleEdit, resource: &Resource, action: &Action, refused: &Refused) -> Result<(), Problem> {
    if edit.can_allow(resource, action) {
        return Ok(());
    }
    let release = edit.release();
    let Some(known) = edit.assignable().actions_of(resource) else {
        return Err(no_such_resource(edit.assignable(), resource, refused));
    };
    let known: Vec<&str> = known.iter().map(Action::as_str).collect();
    Err(refused
        .because(
            format!("Kestra {release} has no {action} on {resource}."),
            format!("It has {}.", known.join(", ")),
        )
        .with_field(format!("permissions.{resource}"), format!("has no {action}")))
}

fn no_such_resource(assignable: &Assignable, resource: &Resource, refused: &Refused) -> Problem {
    let (release, known) = (assignable.release(), assignable.names());
    match catalogue::resource(release, resource) {
        Some(info) if !info.assignable => refused.because(
            format!("{resource} is only named in audit logs; no role can hold it."),
            "Name another resource; `roles get Admin` shows all of them.",
        ),
        // It is no slip: this very server does without it.
        Some(_) => refused.because(
            format!("This Kestra {release} does not list {resource} among what roles can hold."),
            format!("It lists {}.", known.join(", ")),
        ),
        None => refused.because(
            format!("Kestra {release} has no resource {resource}."),
            match nearest(resource.as_str(), known.iter().copied()) {
                Some(near) => format!("Did you mean {near}?"),
                None => format!("It has {}.", known.join(", ")),
            },
        ),
    }
}

/// What roles of a tenant can hold; where the instance does not say it, that it is taken from elsewhere is told.
pub async fn assignable(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    scope: &TenantScope,
) -> Result<Arc<Assignable>, Problem> {
    let assignable = Arc::new(backend.assignable(scope).await?);
    if let Some(why) = assignable.source().silence() {
        let release = assignable.release();
        session.printer.say(&format!(
            "What roles can hold is taken as Kestra {release} is known: {}",
            why.why
        ));
    }
    Ok(assignable)
}

#[cfg(test)]
mod tests {
    use crate::domain::release::Release;

    use super::*;

    fn edited(release: Release, texts: &[(&str, bool)]) -> Result<String, String> {
        let refused = Refused {
            what: "Nothing.".to_owned(),
        };
        let mut edit = RoleEdit::new(Permissions::default(), Assignable::of(release));
        for (text, wanted) in texts {
            apply(&mut edit, text, *wanted, &refused).map_err(|problem| format!("{} {}", problem.why, problem.next))?;
        }
        Ok(edit.change().words())
    }

    #[test]
    fn cells_rows_and_columns_are_allowed_and_taken_away() {
        let release = Release::new(1, 3);
        for (texts, expected) in [
            (vec![("flow:read, update", true)], "+FLOW:READ,UPDATE"),
            (vec![("BINDING:*", true)], "+BINDING:CREATE,READ,DELETE"),
            (
                vec![("FLOW:*", true), ("FLOW:DELETE,CREATE", false)],
                "+FLOW:READ,UPDATE",
            ),
            (vec![("FLOW:*", true), ("*:*", false)], ""),
            (vec![("FLOW:READ", false)], ""),
        ] {
            assert_eq!(edited(release, &texts).unwrap(), expected, "{texts:?}");
        }
        let column = edited(release, &[("*:DELETE", true), ("SECRET:*", false)]).unwrap();
        assert!(column.contains("FLOW:DELETE") && !column.contains("SECRET"), "{column}");
    }

    #[test]
    fn what_a_release_does_not_have_is_refused_with_what_it_has() {
        let release = Release::new(1, 3);
        for (text, expected) in [
            (
                "FLOW:EXECUTE",
                "Kestra 1.3 has no EXECUTE on FLOW. It has CREATE, READ, UPDATE, DELETE.",
            ),
            ("FLWO:READ", "Kestra 1.3 has no resource FLWO. Did you mean FLOW?"),
            ("FLWO:*", "Kestra 1.3 has no resource FLWO. Did you mean FLOW?"),
            ("FLOW", "`FLOW` is no resource with actions."),
            (":READ", "`:READ` is no resource with actions."),
            (
                "FLOW",
                "`FLOW` is no resource with actions. Write `--allow FLOW:READ,UPDATE`",
            ),
            ("*:VIEW", "Kestra 1.3 has no `*:VIEW` that a role could hold."),
        ] {
            let said = edited(release, &[(text, true)]).unwrap_err();
            assert!(said.starts_with(expected), "{text}: {said}");
        }
        let said = edited(Release::new(2, 0), &[("FLOW", true)]).unwrap_err();
        assert!(said.contains("`--allow FLOW:VIEW,UPDATE`"), "{said}");
    }
}
