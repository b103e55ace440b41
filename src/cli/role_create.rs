//! `roles create`, one from flags or many from a file, and `copy`.
//!
//! Everything is checked before anything is sent. With many, each is tried and reported, and a role that is there with the
//! same content counts as done, so that repeating a command is safe.

use std::sync::Arc;

use serde_json::json;

use super::access::{Report, UNCHANGED, print_given};
use super::args_roles::{CopyRole, CreateRole};
use super::failure::Failure;
use super::format::Format;
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request;
use super::role_changes::changes;
use super::role_content::{self, Wanted, scope_named};
use super::session::Session;
use super::tenant_wanted::refused_entries;
use super::{args::Changing, lookup, roles};
use crate::backend::Backend;
use crate::backend::foresight::foresee;
use crate::backend::http::{PlannedRequest, Planner};
use crate::domain::assignable::Assignable;
use crate::domain::equivalent::shell_quote;
use crate::domain::instance::Instance;
use crate::domain::loss::Removal;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::query::Query;
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::TenantScope;

/// `roles create`
pub async fn create(session: &mut Session<'_>, flags: &CreateRole) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    if flags.content.name.is_none() && flags.content.from.is_none() {
        return Err(invalid("No role was created.", "It has no name.", "Add `--name NAME`.").into());
    }
    let wanted = role_content::read_many(session, &flags.content)?;
    if wanted.len() > 1 && (flags.content.name.is_some() || flags.content.default) {
        return Err(invalid(
            "No role was created.",
            format!(
                "`--name` and `--default` are for one role, and the file holds {}.",
                wanted.len()
            ),
            "Leave these flags out, or give a file with one role.",
        )
        .into());
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let assignable = role_content::assignable(session, backend.as_ref(), &scope).await?;
    if let Some(words) = wanted.first().and_then(|(_, one)| one.template_is_ours(&assignable)) {
        session.printer.say(&words);
    }
    if let [(_, one)] = wanted.as_slice() {
        let new = one
            .role(backend.as_ref(), &scope, None, Arc::clone(&assignable))
            .await?;
        return create_in(
            session,
            backend.as_ref(),
            &instance,
            &scope,
            &new,
            &assignable,
            flags.changing,
        )
        .await;
    }
    let news = check(backend.as_ref(), &scope, &assignable, wanted).await?;
    create_many(session, backend.as_ref(), &instance, &scope, news, flags.changing).await
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
        // Which role a tenant gives to everybody new is its own business.
        is_default: false,
        ..NewRole::from(&role)
    };
    if let Some(there) = called(backend.as_ref(), &to, &new.name).await?.first() {
        return Err(taken(&role, &scope, there, &to).into());
    }
    let assignable = role_content::assignable(session, backend.as_ref(), &to).await?;
    create_in(
        session,
        backend.as_ref(),
        &instance,
        &to,
        &new,
        &assignable,
        flags.changing,
    )
    .await
}

/// The roles of a tenant with this name, Kestra's own among them; none where they may not be seen.
async fn called(backend: &dyn Backend, scope: &TenantScope, name: &str) -> Result<Vec<Role>, Problem> {
    match backend.roles(scope, &lookup::equals("name", name)).await {
        Ok(page) => Ok(page.rows.into_iter().filter(|role| role.name == name).collect()),
        Err(problem) if problem.kind == ProblemKind::Denied => Ok(Vec::new()),
        Err(problem) => Err(problem),
    }
}

/// Why a role is not copied beside one of the same name: nobody could tell them apart by it.
fn taken(role: &Role, from: &TenantScope, there: &Role, to: &TenantScope) -> Problem {
    let (kind, or_change_it) = if there.is_managed {
        ("managed role", String::new())
    } else if there.id == role.id {
        ("role", String::new())
    } else {
        let (from, to) = (from.to_string(), to.to_string());
        (
            "role",
            format!(
                ", or change the one that is there: `kestra-admin roles update {} --from-role {} --from-tenant {} \
                 --tenant {}`",
                there.id,
                role.id,
                shell_quote(&from),
                shell_quote(&to)
            ),
        )
    };
    Problem::new(
        ProblemKind::Conflict,
        format!("Role `{}` was not copied.", role.name),
        format!("Tenant `{to}` has a {kind} `{}` already: `{}`.", there.name, there.id),
        format!("Give the copy another name with `--name OTHER`{or_change_it}."),
    )
}

async fn create_in(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    new: &NewRole,
    assignable: &Assignable,
    changing: Changing,
) -> Result<(), Failure> {
    let what = format!("Role `{}` was not created.", new.name);
    assignable.refuse_wrong(what.clone(), new, None)?;
    let told = allow_default(
        session,
        backend,
        instance,
        scope,
        std::slice::from_ref(new),
        &what,
        changing,
    )
    .await?;
    if changing.dry_run {
        // A tenant that is not there refuses to be read just as it would refuse the role.
        backend.roles(scope, &Query::first(1)).await?;
        return request::print_warned(session, &planned(instance, scope, new), &told);
    }
    let role = backend.create_role(scope, new).await?;
    print_one(session, &role)?;
    session.printer.say(&format!(
        "Created role `{}` in tenant `{scope}`; its id is `{}`.",
        role.name, role.id
    ));
    Ok(())
}

fn planned(instance: &Instance, scope: &TenantScope, new: &NewRole) -> PlannedRequest {
    let planned = Planner::new(instance).create_role(scope, new);
    PlannedRequest::new("create", format!("role `{}` in tenant `{scope}`", new.name), planned)
}

/// Says which role is the default no longer, and lets that pass if it is confirmed. In a dry run it is only said.
async fn allow_default(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    news: &[NewRole],
    what: &str,
    changing: Changing,
) -> Result<Vec<String>, Problem> {
    let removals: Vec<Removal> = news.iter().flat_map(Removal::by_creation).collect();
    if removals.is_empty() {
        return Ok(Vec::new());
    }
    let loss = foresee(backend, scope, &removals, instance).await?;
    if changing.dry_run || !losses::is_to_be_asked(&removals, loss.as_ref()) {
        losses::say(&mut session.printer, loss.as_ref());
    } else {
        let tenant = scope.to_string();
        let consent = Consent::to_take(&changing, None, &tenant);
        losses::allow_undoable(session, what, loss.as_ref(), &consent)?;
    }
    Ok(loss.as_ref().map(losses::owned_sentences).unwrap_or_default())
}

/// Turns entries into roles, or lists everything that is wrong with any of them.
async fn check(
    backend: &dyn Backend,
    scope: &TenantScope,
    assignable: &Arc<Assignable>,
    wanted: Vec<(String, Wanted<'_>)>,
) -> Result<Vec<NewRole>, Problem> {
    let count = wanted.len();
    let (mut news, mut labels, mut refused) = (Vec::<NewRole>::new(), Vec::<String>::new(), Vec::new());
    for (label, wanted) in wanted {
        let new = match wanted.role(backend, scope, None, Arc::clone(assignable)).await {
            Ok(new) => new,
            Err(problem) if problem.kind == ProblemKind::Invalid => {
                refused.push(format!("{label}: {} {}", problem.why, problem.next));
                continue;
            }
            Err(problem) => return Err(problem),
        };
        let mut messages = assignable.new_complaints(&new, None);
        for (other, its_label) in news.iter().zip(&labels) {
            let mut same = |path: &str| {
                messages.push(crate::domain::problem::FieldMessage {
                    path: path.to_owned(),
                    message: format!("is the same as in {its_label}"),
                });
            };
            if other.name == new.name {
                same("name");
            }
            if other.is_default && new.is_default {
                same("isDefault");
            }
        }
        if !messages.is_empty() {
            let messages: Vec<String> = messages
                .iter()
                .map(|message| format!("`{}`: {}", message.path, message.message))
                .collect();
            refused.push(format!("{label}: {}", messages.join("; ")));
        }
        labels.push(label);
        news.push(new);
    }
    if refused.is_empty() {
        Ok(news)
    } else {
        Err(refused_entries("role", &refused, count, None))
    }
}

/// Id and name of a role of many; no id where it was not made.
struct Named {
    id: String,
    name: String,
}

static REPORTS: Layout<Report<Named>> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |report| report.about.id.clone(),
        },
        Column {
            head: "NAME",
            cell: |report| report.about.name.clone(),
        },
        Report::RESULT,
        Report::REASON,
    ],
    json: |report| {
        let named = &report.about;
        report.add_to(match named.id.as_str() {
            "" => json!({"name": named.name}),
            id => json!({"id": id, "name": named.name}),
        })
    },
};

const CREATED: &str = "created";

async fn create_many(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    news: Vec<NewRole>,
    changing: Changing,
) -> Result<(), Failure> {
    // What is there already neither is sent nor takes the default from another.
    let mut standing: Vec<(NewRole, Result<Option<Role>, Problem>)> = Vec::with_capacity(news.len());
    for new in news {
        let there = there_already(backend, scope, &new).await;
        if let Err(problem) = &there
            && problem.kind != ProblemKind::Conflict
        {
            return Err(problem.clone().into());
        }
        standing.push((new, there));
    }
    let to_make: Vec<NewRole> = standing
        .iter()
        .filter(|(_, there)| matches!(there, Ok(None)))
        .map(|(new, _)| new.clone())
        .collect();
    allow_default(
        session,
        backend,
        instance,
        scope,
        &to_make,
        "No role was created.",
        changing,
    )
    .await?;
    if changing.dry_run {
        let what = |new: &NewRole| format!("role `{}` in tenant `{scope}`", new.name);
        let requests: Vec<PlannedRequest> = standing
            .into_iter()
            .map(|(new, there)| match there {
                Ok(None) => planned(instance, scope, &new),
                Ok(Some(_)) => PlannedRequest::unchanged(what(&new)),
                Err(problem) => PlannedRequest::failing(what(&new), problem),
            })
            .collect();
        return request::print_all(session, &requests);
    }
    let mut reports = Vec::with_capacity(standing.len());
    for (new, there) in standing {
        let made = match there {
            Ok(None) => backend.create_role(scope, &new).await.map(|role| (role, CREATED)),
            Ok(Some(role)) => Ok((role, UNCHANGED)),
            Err(problem) => Err(problem),
        };
        let (id, name) = (String::new(), new.name);
        reports.push(match made {
            Ok((role, result)) => Report::new(Named { id: role.id, name }, result, None),
            Err(problem) => Report::failed(Named { id, name }, problem),
        });
    }
    print_given(session, &REPORTS, &reports, CREATED)
}

/// The role that is there as it is wanted; a conflict if one of that name is different.
async fn there_already(backend: &dyn Backend, scope: &TenantScope, new: &NewRole) -> Result<Option<Role>, Problem> {
    let mut different = None;
    for role in called(backend, scope, &new.name).await? {
        let role = backend.role(scope, &role.id).await?;
        let changes = changes(&role, new);
        if changes.is_empty() {
            return Ok(Some(role));
        }
        different.get_or_insert((role, changes));
    }
    let Some((role, changes)) = different else {
        return Ok(None);
    };
    let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    Err(Problem::new(
        ProblemKind::Conflict,
        format!("Role `{}` exists and is different.", role.name),
        format!("It differs in {}.", paths.join(", ")),
        format!("Give it another name, or change `{}` with `roles update`.", role.id),
    ))
}

/// Prints a role as it was stored.
pub fn print_one(session: &mut Session<'_>, role: &Role) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&roles::LAYOUT, std::slice::from_ref(role)),
        _ => session.printer.object(&[], &roles::json(role)),
    }
}
