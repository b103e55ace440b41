//! `access who-can` and `access can`: who may do what, and through what.

use serde_json::{Value, json};

use super::access_of::{Subject, subject_named};
use super::failure::Failure;
use super::format::Format;
use super::kept::Kept;
use super::list::no_rows;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::superadmins;
use crate::config::nearest;
use crate::domain::catalogue;
use crate::domain::effective_access::{Evaluator, Grant, HeldRole, who_can as everybody_who_can};
use crate::domain::permission::{Action, Resource};
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::release::Release;
use crate::domain::sorting;
use crate::domain::user::User;

/// One way in which somebody may.
struct Way {
    user: User,
    /// The role that lets them; nothing where a superadmin needs none.
    held: Option<HeldRole>,
    /// What superadmins are called.
    superadmin: &'static str,
}

static WAYS: Layout<Way> = Layout {
    columns: &[
        Column {
            head: "USERNAME",
            cell: |way| way.user.username.clone(),
        },
        Column {
            head: "TYPE",
            cell: |way| way.user.kind.word().to_owned(),
        },
        Column {
            head: "THROUGH",
            cell: |way| through(way.held.as_ref(), way.superadmin).to_owned(),
        },
        Column {
            head: "ROLE",
            cell: |way| part_of(way.held.as_ref(), |held| Some(&held.role_name)),
        },
        Column {
            head: "GROUP",
            cell: |way| {
                part_of(way.held.as_ref(), |held| {
                    held.via_group.as_ref().map(|group| &group.name)
                })
            },
        },
        Column {
            head: "NAMESPACE",
            cell: |way| part_of(way.held.as_ref(), |held| held.namespace.as_ref()),
        },
        Column {
            head: "BINDING",
            cell: |way| part_of(way.held.as_ref(), |held| Some(&held.binding_id)),
        },
    ],
    json: |_| Value::Null,
};

/// A part of the role that lets somebody; nothing where they need none, or it has none.
pub fn part_of(held: Option<&HeldRole>, part: fn(&HeldRole) -> Option<&String>) -> String {
    held.and_then(part).cloned().unwrap_or_default()
}

/// Through what somebody may: a role that they are given or their group, or being a superadmin.
pub fn through(held: Option<&HeldRole>, superadmin: &'static str) -> &'static str {
    match held {
        None => superadmin,
        Some(held) if held.via_group.is_some() => "group",
        Some(_) => "binding",
    }
}

/// Somebody who may, in every way.
static PEOPLE: Layout<Vec<Way>> = Layout {
    columns: &[],
    json: |ways| {
        let user = ways.first().map(|way| &way.user);
        let paths: Vec<Value> = ways.iter().filter_map(|way| way.held.as_ref()).map(path_json).collect();
        json!({
            "id": user.map(|user| &user.id),
            "username": user.map(|user| &user.username),
            "type": user.map(|user| user.kind),
            "superadmin": ways.iter().any(|way| way.held.is_none()),
            "paths": paths,
        })
    },
};

/// A way in which a role is held, with Kestra's names.
pub fn path_json(held: &HeldRole) -> Value {
    json!({
        "bindingId": held.binding_id,
        "roleId": held.role_id,
        "roleName": held.role_name,
        "namespaceId": held.namespace,
        "groupId": held.via_group.as_ref().map(|group| &group.id),
        "groupName": held.via_group.as_ref().map(|group| &group.name),
    })
}

/// `access who-can`
pub async fn who_can(
    session: &mut Session<'_>,
    resource: &str,
    action: &str,
    namespace: Option<&str>,
    kept: &Kept,
) -> Result<(), Failure> {
    let keeping = kept.of_printed(&WAYS)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let (resource, action) = pair(resource, action, instance.release)?;
    let access = backend.access(&scope).await?;
    let by_role = everybody_who_can(&access, &resource, &action, namespace, instance.release);
    let way = |user: &User, held| Way {
        user: user.clone(),
        held,
        superadmin: instance.release.superadmin_word(),
    };
    let ways_of = |(user, grants): (User, Vec<Grant>)| -> Vec<Way> {
        let held = grants.into_iter().map(|grant| Some(grant.held));
        held.map(|held| way(&user, held)).collect()
    };
    let mut found: Vec<Vec<Way>> = by_role.into_iter().map(ways_of).collect();
    let needs_no_role = catalogue::is_of_superadmins(instance.release, &resource);
    let mut are_all_named = true;
    if needs_no_role {
        // Those of the instance need not be in the tenant.
        let (found_there, are_all) = match superadmins(backend.as_ref()).await {
            Err(problem) if problem.kind == ProblemKind::Denied => {
                let known = access.users.iter().filter(|user| user.superadmin);
                (known.cloned().collect(), false)
            }
            read => read?,
        };
        are_all_named = are_all;
        for user in found_there {
            let is_theirs = |ways: &&mut Vec<Way>| ways.first().is_some_and(|way| way.user.id == user.id);
            match found.iter_mut().find(is_theirs) {
                Some(ways) => ways.insert(0, way(&user, None)),
                None => found.push(vec![way(&user, None)]),
            }
        }
        sorting::by_key(&mut found, |ways| ways.first().map(|way| way.user.username.clone()));
    }
    for ways in &mut found {
        ways.retain(|way| keeping.keeps_printed(way));
    }
    found.retain(|ways| !ways.is_empty());
    let count = found.len();
    match session.printer.format() {
        Format::Table | Format::Csv => {
            let ways: Vec<Way> = found.into_iter().flatten().collect();
            session.printer.whole_list(&WAYS, &ways)?;
        }
        _ => session.printer.whole_list(&PEOPLE, &found)?,
    }
    let place = match namespace {
        Some(namespace) => format!("in `{namespace}`"),
        None => format!("in tenant `{scope}`"),
    };
    if count == 0 {
        let words = no_rows(keeping.keeps_all(), "holder", || {
            format!("Nobody may {action} {resource} {place}.")
        });
        session.printer.say(&words);
    }
    if needs_no_role && !are_all_named {
        session.printer.say(&format!(
            "Whoever is {} may without a role; not all of them are named here.",
            instance.release.a_superadmin()
        ));
    }
    Ok(())
}

/// `access can`: exit code 0 is yes, 1 is no.
pub async fn can(
    session: &mut Session<'_>,
    subject: &str,
    resource: &str,
    action: &str,
    namespace: Option<&str>,
) -> Result<(), Failure> {
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let (resource, action) = pair(resource, action, instance.release)?;
    let Subject {
        id,
        name,
        kind,
        access,
        asked,
        outside,
    } = subject_named(backend.as_ref(), &scope, subject).await?;
    let evaluator = Evaluator::new(&access, instance.release).with_users(&outside);
    let why = evaluator.why(&asked, &resource, &action, namespace);
    let is_allowed = why.is_allowed();
    let reasons = why.reasons();
    let verb = if is_allowed { "may" } else { "may not" };
    let place = match namespace {
        Some(namespace) => format!("in `{namespace}` of tenant `{scope}`"),
        None if is_allowed && !why.by_superadmin && why.paths.iter().all(|path| path.binding.namespace.is_some()) => {
            format!("in a part of tenant `{scope}`, not in all of it")
        }
        None if is_allowed => format!("in tenant `{scope}`"),
        None => format!("anywhere in tenant `{scope}`"),
    };
    let answer = format!("`{name}` {verb} {action} {resource} {place}.");
    match session.printer.format() {
        Format::Table => {
            let mut lines = vec![answer];
            lines.extend(reasons);
            session.printer.lines(&lines)?;
        }
        _ => {
            let fields = [
                ("allowed", is_allowed.to_string()),
                ("subject", name.clone()),
                ("type", kind.to_owned()),
                ("resource", resource.to_string()),
                ("action", action.to_string()),
                ("namespace", namespace.unwrap_or_default().to_owned()),
                ("why", reasons.join(" ")),
            ]
            .map(|(name, value)| (name.to_owned(), value));
            let value = json!({
                "allowed": is_allowed,
                "subject": {"id": id, "name": name, "type": kind},
                "resource": resource,
                "action": action,
                "namespaceId": namespace,
                "tenantId": scope.id(),
                "paths": why.paths.iter().map(|path| path_json(&path.held())).collect::<Vec<_>>(),
                "reasons": reasons,
            });
            session.printer.object(&fields, &value)?;
        }
    }
    if is_allowed { Ok(()) } else { Err(Failure::Exit(1)) }
}

/// A resource and an action of the release, in any case. A slip is told, with what there is.
fn pair(resource: &str, action: &str, release: Release) -> Result<(Resource, Action), Problem> {
    let (resource, action) = (
        Resource::from(resource.to_uppercase().as_str()),
        Action::from(action.to_uppercase().as_str()),
    );
    let Some(info) = catalogue::resource(release, &resource) else {
        let known: Vec<&str> = catalogue::resources(release)
            .into_iter()
            .map(|info| info.name.as_str())
            .collect();
        return Err(invalid(
            format!("Kestra {release} has no resource {resource}."),
            "Nobody can be allowed or refused what there is not.",
            match nearest(resource.as_str(), known.iter().copied()) {
                Some(near) => format!("Did you mean {near}?"),
                None => format!("It has {}.", known.join(", ")),
            },
        ));
    };
    let mut known: Vec<&str> = info.actions().collect();
    if known.is_empty() {
        if !catalogue::is_of_superadmins(release, &resource) {
            return Err(invalid(
                format!("No role of Kestra {release} can hold {resource}."),
                "It is only named in audit logs, and nobody is allowed or refused it by itself.",
                "Ask about the resource that it belongs to, such as FLOW or NAMESPACE.",
            ));
        }
        // No role holds it, so that it has no actions of its own: whoever runs the instance may do all of them.
        known = catalogue::actions(release).iter().map(Action::as_str).collect();
    }
    if known.contains(&action.as_str()) {
        return Ok((resource, action));
    }
    Err(invalid(
        format!("Kestra {release} has no {action} on {resource}."),
        "Nobody can be allowed or refused what there is not.",
        format!("It has {}.", known.join(", ")),
    ))
}
