//! `roles create`, `update`, `delete` and `copy`.

use serde_json::{Map, Value, json};

use super::args_roles::{CopyRole, CreateRole, DeleteRole, UpdateRole};
use super::failure::{Failure, invalid};
use super::format::Format;
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request::{self, Request};
use super::role_content::{self, complaints, scope_named};
use super::session::Session;
use super::tenant_update::{CHANGE_LAYOUT, Change};
use super::{lookup, roles};
use crate::backend::Backend;
use crate::backend::http::{Planned, Planner};
use crate::domain::binding::Binding;
use crate::domain::equivalent::shell_quote;
use crate::domain::instance::Instance;
use crate::domain::loss::{Loss, Removal};
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::role::{NewRole, Role};
use crate::domain::role_edit;
use crate::domain::tenant::TenantScope;

/// `roles create`
pub async fn create(session: &mut Session<'_>, flags: &CreateRole) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    if flags.content.name.is_none() && flags.content.from.is_none() {
        return Err(invalid("No role was created.", "It has no name.", "Add `--name NAME`.").into());
    }
    let wanted = role_content::read(session, &flags.content, "No role was created.")?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let new = wanted.role(backend.as_ref(), &scope, None, instance.release).await?;
    create_in(
        session,
        backend.as_ref(),
        &instance,
        &scope,
        &new,
        flags.changing.dry_run,
    )
    .await
}

/// `roles copy`
pub async fn copy(session: &mut Session<'_>, flags: &CopyRole) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let to = scope_named(&flags.to)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let role = lookup::role(backend.as_ref(), &scope, &flags.role).await?;
    let new = NewRole {
        name: flags.name.clone().unwrap_or_else(|| role.name.clone()),
        description: role.description.clone(),
        permissions: role.permissions.clone(),
        // Which role a tenant gives to everybody new is its own business.
        is_default: false,
    };
    create_in(session, backend.as_ref(), &instance, &to, &new, flags.changing.dry_run).await
}

async fn create_in(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    new: &NewRole,
    dry_run: bool,
) -> Result<(), Failure> {
    refuse_wrong(format!("Role `{}` was not created.", new.name), new, None, instance)?;
    let removals = Removal::by_creation(new);
    if !removals.is_empty() {
        let loss = losses::foresee(backend, scope, &removals, instance).await?;
        losses::say(&mut session.printer, loss.as_ref());
    }
    if dry_run {
        // A tenant that is not there refuses to be read just as it would refuse the role.
        backend.roles(scope, &Query::first(1)).await?;
        let planned = Planner::new(instance).create_role(scope, new);
        let request = Request::new("create", format!("role `{}` in tenant `{scope}`", new.name), planned);
        return request::print(session, &request);
    }
    let role = backend.create_role(scope, new).await?;
    print_one(session, &role)?;
    session.printer.say(&format!(
        "Created role `{}` in tenant `{scope}`; its id is `{}`.",
        role.name, role.id
    ));
    Ok(())
}

fn refuse_wrong(what: String, new: &NewRole, before: Option<&Role>, instance: &Instance) -> Result<(), Problem> {
    let messages = complaints(new, before, instance.release);
    let Some(first) = messages.first() else { return Ok(()) };
    let mut problem = invalid(
        what,
        format!("`{}`: {}.", first.path, first.message),
        "Correct that, and try again.",
    );
    problem.fields = messages;
    Err(problem)
}

fn print_one(session: &mut Session<'_>, role: &Role) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&roles::LAYOUT, std::slice::from_ref(role)),
        _ => session.printer.object(&[], &roles::json(role)),
    }
}

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
    let after = wanted
        .role(backend.as_ref(), &scope, Some(&before), instance.release)
        .await?;
    refuse_wrong(what.clone(), &after, Some(&before), &instance)?;
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
        losses::foresee(backend.as_ref(), &scope, &removals, &instance).await?
    };
    if flags.changing.dry_run {
        losses::say(&mut session.printer, loss.as_ref());
        let planned = Planner::new(&instance).update_role(&scope, &before.id, &after);
        return print_plan(session, &planned, &changes);
    }
    if removals.iter().any(Removal::takes_away) {
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

fn changes(before: &Role, after: &NewRole) -> Vec<Change> {
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

fn print_plan(session: &mut Session<'_>, planned: &Planned, changes: &[Change]) -> Result<(), Failure> {
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
            session.printer.object(&[], &Value::Object(plan))?;
        }
    }
    session.printer.say("Nothing was sent.");
    Ok(())
}

static BINDINGS: Layout<Binding> = Layout {
    columns: &[
        Column {
            head: "BINDING",
            cell: |binding| binding.id.clone(),
        },
        Column {
            head: "TYPE",
            cell: |binding| binding.subject_kind.word().to_owned(),
        },
        Column {
            head: "NAME",
            cell: |binding| binding.subject_name.clone(),
        },
        Column {
            head: "NAMESPACE",
            cell: |binding| binding.namespace.clone().unwrap_or_default(),
        },
        Column {
            head: "THEN",
            cell: |_| "loses the role".to_owned(),
        },
    ],
    json: |binding| serde_json::to_value(binding).unwrap_or_default(),
};

/// `roles delete`
pub async fn delete(session: &mut Session<'_>, flags: &DeleteRole) -> Result<(), Failure> {
    let what = format!("Role `{}` was not deleted.", flags.role);
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
    let loss = losses::foresee(backend.as_ref(), &scope, &removals, &instance).await?;
    let bindings = bindings_to(backend.as_ref(), &scope, &role).await?;
    if flags.changing.dry_run {
        match session.printer.format() {
            Format::Table | Format::Csv => session.printer.whole_list(&BINDINGS, &bindings)?,
            _ => {
                let planned = Planner::new(&instance).delete_role(&scope, &role.id);
                let mut plan = request::planned_json(&planned);
                plan.insert("bindings".to_owned(), json!(bindings));
                plan.insert("warnings".to_owned(), json!(losses::sentences(loss.as_ref())));
                session.printer.object(&[], &Value::Object(plan))?;
            }
        }
        losses::say(&mut session.printer, loss.as_ref());
        session.printer.say("Nothing was sent.");
        return Ok(());
    }
    let mut names: Vec<&str> = bindings.iter().map(|binding| binding.subject_name.as_str()).collect();
    names.dedup();
    losses::allow_final(session, &what, confirm, &[&role.name, &role.id], |printer| {
        if !names.is_empty() {
            printer.say(&format!(
                "Role `{}` of tenant `{scope}` is taken from {}.",
                role.name,
                lookup::backticked(&names)
            ));
        }
        losses::say(printer, loss.as_ref());
    })?;
    backend.delete_role(&scope, &role.id).await?;
    session
        .printer
        .say(&format!("Deleted role `{}` of tenant `{scope}`.", role.name));
    Ok(())
}

/// Every binding to a role.
async fn bindings_to(backend: &dyn Backend, scope: &TenantScope, role: &Role) -> Result<Vec<Binding>, Problem> {
    let mut query = lookup::equals("role", &role.name);
    let mut found = Vec::new();
    loop {
        let page = backend.bindings(scope, &query).await?;
        let is_last = page.rows.len() < query.size as usize;
        found.extend(page.rows.into_iter().filter(|binding| binding.role_id == role.id));
        if is_last {
            return Ok(found);
        }
        query.page += 1;
    }
}
