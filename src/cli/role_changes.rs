//! `roles update` and `delete`. Roles are made in [`super::role_create`].

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::args_roles::{DeleteRole, UpdateRole};
use super::failure::Failure;
use super::format::Format;
use super::lookup;
use super::losses::{self, Consent};
use super::printer::Printer;
use super::request;
use super::role_content;
use super::role_create::print_one;
use super::session::Session;
use super::tenant_update::{CHANGE_LAYOUT, Change};
use crate::backend::Backend;
use crate::backend::foresight::foresee;
use crate::backend::http::{Planned, PlannedRequest, Planner};
use crate::domain::assignable::Assignable;
use crate::domain::binding::Binding;
use crate::domain::count::{counted, listed_up_to};
use crate::domain::equivalent::shell_quote;
use crate::domain::loss::{Loss, Removal};
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::{NewRole, Role};
use crate::domain::role_edit;
use crate::domain::tenant::TenantScope;
use crate::domain::text::shortened;

/// `roles update`
pub async fn update(session: &mut Session<'_>, flags: &UpdateRole) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let what = format!("Role `{}` was not changed.", flags.role);
    let wanted = role_content::read(session, &flags.content, &what)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let before = lookup::role(backend.as_ref(), &scope, &flags.role).await?;
    refuse_managed(&scope, &before, "changed")?;
    let assignable = if wanted.names_permissions() {
        role_content::assignable(session, backend.as_ref(), &scope).await?
    } else {
        Assignable::of(instance.release)
    };
    if let Some(words) = wanted.template_is_ours(&assignable) {
        session.printer.say(&words);
    }
    let after = wanted
        .role(backend.as_ref(), &scope, Some(&before), Arc::clone(&assignable))
        .await?;
    assignable.refuse_wrong(what.clone(), &after, Some(&before))?;
    let permissions = role_edit::Change::between(&before.permissions, &after.permissions, instance.release);
    let changes = changes(&before, &after);
    if changes.is_empty() {
        session.printer.say(&format!(
            "Nothing to change: role `{}` is like that already.",
            before.name
        ));
    }
    let removals = Removal::by_update(&before, &after);
    let loss = if removals.is_empty() {
        Some(Loss::default())
    } else {
        foresee(backend.as_ref(), &scope, &removals, &instance).await?
    };
    if flags.changing.dry_run {
        losses::say(&mut session.printer, loss.as_ref());
        let planned = Planner::new(&instance).update_role(&scope, &before.id, &after);
        return print_plan(session, &planned, &changes, loss.as_ref());
    }
    if losses::is_to_be_asked(&removals, loss.as_ref()) {
        let tenant = scope.to_string();
        let consent = Consent::to_take(&flags.changing, flags.confirm.as_deref(), &tenant);
        losses::allow_undoable(session, &what, loss.as_ref(), &consent)?;
    } else {
        losses::say(&mut session.printer, loss.as_ref());
    }
    let stored = if changes.is_empty() {
        before
    } else {
        backend.update_role(&scope, &before, &after).await?
    };
    print_one(session, &stored)?;
    if !changes.is_empty() {
        let mut said: Vec<&str> = changes
            .iter()
            .map(|change| change.path.as_str())
            .filter(|path| !path.starts_with("permissions."))
            .collect();
        let words = permissions.words();
        if !words.is_empty() {
            said.push(&words);
        }
        session.printer.say(&format!(
            "Changed role `{}` of tenant `{scope}`: {}.",
            stored.name,
            said.join(", ")
        ));
    }
    Ok(())
}

fn refuse_managed(scope: &TenantScope, role: &Role, done: &str) -> Result<(), Problem> {
    if !role.is_managed {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Denied,
        format!("Role `{}` was not {done}.", role.name),
        "It is managed: Kestra ships it, and keeps it as it is.",
        format!(
            "Create a role of your own from it: `kestra-admin roles create --name NAME --from-role {} --tenant {}`.",
            role.id,
            shell_quote(&scope.to_string())
        ),
    ))
}

/// What differs between a role and what it is to be.
pub fn changes(before: &Role, after: &NewRole) -> Vec<Change> {
    let mut found = Vec::new();
    let mut push = |path: &str, old: Value, new: Value| {
        if old != new {
            found.push(Change {
                path: path.to_owned(),
                before: Some(old).filter(|value| !value.is_null()),
                after: Some(new).filter(|value| !value.is_null()),
            });
        }
    };
    push("name", json!(before.name), json!(after.name));
    push("description", json!(before.description), json!(after.description));
    push("isDefault", json!(before.is_default), json!(after.is_default));
    let mut resources: Vec<_> = before.permissions.iter().map(|(resource, _)| resource).collect();
    for (resource, _) in after.permissions.iter() {
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }
    for resource in resources {
        let actions = |permissions: &Permissions| {
            let mut actions: Vec<String> = permissions
                .iter()
                .find(|(name, _)| *name == resource)
                .map(|(_, actions)| actions.iter().map(ToString::to_string).collect())
                .unwrap_or_default();
            // The order in which actions were given means nothing.
            actions.sort_unstable();
            match actions.as_slice() {
                [] => Value::Null,
                actions => json!(actions),
            }
        };
        push(
            &format!("permissions.{resource}"),
            actions(&before.permissions),
            actions(&after.permissions),
        );
    }
    found
}

fn print_plan(
    session: &mut Session<'_>,
    planned: &Planned,
    changes: &[Change],
    loss: Option<&Loss>,
) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&CHANGE_LAYOUT, changes)?,
        _ => {
            // A role that is like that already is not sent.
            let mut plan = if changes.is_empty() {
                Map::new()
            } else {
                request::planned_json(planned)
            };
            plan.insert("changes".to_owned(), changes.iter().map(CHANGE_LAYOUT.json).collect());
            let told = losses::sentences(loss);
            if !told.is_empty() {
                plan.insert("warnings".to_owned(), json!(told));
            }
            session.printer.object(&[], &Value::Object(plan))?;
        }
    }
    session.printer.say("Nothing was sent.");
    Ok(())
}

/// Holders of a role that are named before it is deleted.
const MOST_NAMED: usize = 10;
/// Characters of the name of a role in a sentence. What is to be typed or copied is whole.
const LONGEST_SHOWN: usize = 40;

/// `roles delete`
pub async fn delete(session: &mut Session<'_>, flags: &DeleteRole) -> Result<(), Failure> {
    let what = format!("Role `{}` was not deleted.", shortened(&flags.role, LONGEST_SHOWN));
    let confirm = flags.confirm.as_deref();
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let role = lookup::role(backend.as_ref(), &scope, &flags.role).await?;
    refuse_managed(&scope, &role, "deleted")?;
    let mut removals = vec![Removal::Role(role.id.clone())];
    if role.is_default {
        removals.push(Removal::DefaultRole);
    }
    let loss = foresee(backend.as_ref(), &scope, &removals, &instance).await?;
    let bindings = bindings_to(backend.as_ref(), &scope, &role).await?;
    let shown = shortened(&role.name, LONGEST_SHOWN);
    let mut names: Vec<&str> = bindings.iter().map(|binding| binding.subject_name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let tell = |printer: &mut Printer<'_>| {
        if !names.is_empty() {
            printer.say(&format!(
                "Role `{shown}` of tenant `{scope}` is taken from {}.",
                listed_up_to(MOST_NAMED, &names)
            ));
        }
        losses::say_deleted(printer, "role", loss.as_ref());
    };
    if flags.changing.dry_run {
        tell(&mut session.printer);
        let holders = counted(bindings.len() as u64, "binding");
        let planned = Planner::new(&instance).delete_role(&scope, &role.id);
        let request = PlannedRequest::new(
            "delete",
            format!("role `{shown}` of tenant `{scope}`, {holders}"),
            planned,
        );
        let mut more = Map::new();
        more.insert("bindings".to_owned(), json!(bindings));
        more.insert("warnings".to_owned(), json!(losses::sentences(loss.as_ref())));
        return request::print_more(session, &request, more);
    }
    losses::allow_final(session, &what, confirm, &[&role.name, &role.id], tell)?;
    backend.delete_role(&scope, &role.id).await?;
    session
        .printer
        .say(&format!("Deleted role `{shown}` of tenant `{scope}`."));
    Ok(())
}

/// Every binding to a role.
async fn bindings_to(backend: &dyn Backend, scope: &TenantScope, role: &Role) -> Result<Vec<Binding>, Problem> {
    let query = lookup::equals("role", &role.name);
    let mut bindings = lookup::all_rows(query, async |query| backend.bindings(scope, query).await).await?;
    bindings.retain(|binding| binding.role_id == role.id);
    Ok(bindings)
}
