//! `access who-can` and `access can`: who may do what, and through what.

use serde_json::{Value, json};

use super::failure::{Failure, invalid};
use super::format::Format;
use super::lookup::{self, backticked};
use super::printer::{Column, Layout};
use super::session::Session;
use crate::config::nearest;
use crate::domain::access::TenantAccess;
use crate::domain::binding::SubjectKind;
use crate::domain::catalogue;
use crate::domain::effective_access::{Evaluator, Grant, who_can as everybody_who_can};
use crate::domain::permission::{Action, Resource};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;
use crate::domain::user::{Group, GroupMember, Membership, User, UserKind};

/// One way in which somebody may.
struct Way {
    user: User,
    grant: Grant,
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
            head: "ROLE",
            cell: |way| way.grant.held.role_name.clone(),
        },
        Column {
            head: "GROUP",
            cell: |way| {
                let group = way.grant.held.via_group.as_ref();
                group.map(|group| group.name.clone()).unwrap_or_default()
            },
        },
        Column {
            head: "NAMESPACE",
            cell: |way| way.grant.held.namespace.clone().unwrap_or_default(),
        },
        Column {
            head: "BINDING",
            cell: |way| way.grant.held.binding_id.clone(),
        },
    ],
    json: |_| Value::Null,
};

/// Somebody who may, in every way.
struct Able {
    user: User,
    grants: Vec<Grant>,
}

static PEOPLE: Layout<Able> = Layout {
    columns: &[],
    json: |able| {
        let ways: Vec<Value> = able
            .grants
            .iter()
            .map(|grant| {
                let held = &grant.held;
                json!({
                    "bindingId": held.binding_id,
                    "roleId": held.role_id,
                    "roleName": held.role_name,
                    "namespaceId": held.namespace,
                    "groupId": held.via_group.as_ref().map(|group| &group.id),
                    "groupName": held.via_group.as_ref().map(|group| &group.name),
                })
            })
            .collect();
        json!({"id": able.user.id, "username": able.user.username, "type": able.user.kind, "paths": ways})
    },
};

/// `access who-can`
pub async fn who_can(
    session: &mut Session<'_>,
    resource: &str,
    action: &str,
    namespace: Option<&str>,
) -> Result<(), Failure> {
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let (resource, action) = pair(resource, action, instance.release)?;
    let access = backend.access(&scope).await?;
    let found = everybody_who_can(&access, &resource, &action, namespace, instance.release);
    let count = found.len();
    match session.printer.format() {
        Format::Table | Format::Csv => {
            let ways: Vec<Way> = found
                .into_iter()
                .flat_map(|(user, grants)| {
                    grants.into_iter().map(move |grant| Way {
                        user: user.clone(),
                        grant,
                    })
                })
                .collect();
            session.printer.whole_list(&WAYS, &ways)?;
        }
        _ => {
            let people: Vec<Able> = found.into_iter().map(|(user, grants)| Able { user, grants }).collect();
            session.printer.whole_list(&PEOPLE, &people)?;
        }
    }
    let place = match namespace {
        Some(namespace) => format!("in `{namespace}`"),
        None => format!("in tenant `{scope}`"),
    };
    if count == 0 {
        session
            .printer
            .say(&format!("Nobody may {action} {resource} {place} by a role."));
    }
    if catalogue::is_of_superadmins(instance.release, &resource) {
        session.printer.say(&format!(
            "Whoever is {} may without a role.",
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
    let mut access = backend.access(&scope).await?;
    let of_tenant = |user: &&User| user.has_id(subject) || user.has_username(subject);
    let mut outside = None;
    let in_tenant: Vec<&User> = access.users.iter().filter(of_tenant).collect();
    let (id, name, kind) = match in_tenant.as_slice() {
        [user] => (user.id.clone(), user.username.clone(), user.kind.word()),
        [] => match access
            .groups
            .iter()
            .find(|group| group.has_id(subject) || group.has_name(subject))
        {
            Some(group) => {
                let (name, alone) = (group.name.clone(), a_member_of(&access, group));
                access = alone;
                (String::new(), name, "group")
            }
            // Somebody of the instance who is not in the tenant: the answer is no, with that reason.
            None => {
                let user = lookup::user(backend.as_ref(), Some(&scope), subject, None).await?;
                let found = (user.id.clone(), user.username.clone(), user.kind.word());
                outside = Some(user);
                found
            }
        },
        several => {
            let ids: Vec<&str> = several.iter().map(|user| user.id.as_str()).collect();
            return Err(Problem::new(
                ProblemKind::Conflict,
                format!("Several accounts are called `{subject}`."),
                "Names of service accounts are not unique in Kestra.",
                format!("Name one by its id: {}.", backticked(&ids)),
            )
            .into());
        }
    };
    let evaluator = Evaluator::new(&access, instance.release).with_users(&outside);
    let why = evaluator.why(&id, &resource, &action, namespace);
    let is_allowed = why.is_allowed();
    let reasons = why.reasons();
    let verb = if is_allowed { "may" } else { "may not" };
    let place = match namespace {
        Some(namespace) => format!("in `{namespace}` of tenant `{scope}`"),
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
                "subject": {"id": Some(&id).filter(|id| !id.is_empty()), "name": name, "type": kind},
                "resource": resource,
                "action": action,
                "namespaceId": namespace,
                "tenantId": scope.id(),
                "paths": why.paths.iter().map(|path| json!({
                    "bindingId": path.binding.id,
                    "roleId": path.role.id,
                    "roleName": path.role.name,
                    "namespaceId": path.binding.namespace,
                    "groupId": path.group.map(|group| &group.id),
                    "groupName": path.group.map(|group| &group.name),
                })).collect::<Vec<_>>(),
                "reasons": reasons,
            });
            session.printer.object(&fields, &value)?;
        }
    }
    if is_allowed { Ok(()) } else { Err(Failure::Exit(1)) }
}

/// The tenant as somebody sees it who is in this group and has nothing else.
fn a_member_of(access: &TenantAccess, group: &Group) -> TenantAccess {
    let somebody = User {
        id: String::new(),
        username: group.name.clone(),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: false,
    };
    let alone = Group {
        members: vec![GroupMember {
            user_id: String::new(),
            username: group.name.clone(),
            membership: Membership::Member,
        }],
        ..group.clone()
    };
    TenantAccess {
        roles: access.roles.clone(),
        bindings: access
            .bindings
            .iter()
            .filter(|binding| binding.subject_kind == SubjectKind::Group && binding.subject_id == group.id)
            .cloned()
            .collect(),
        groups: vec![alone],
        users: vec![somebody],
    }
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
    let known: Vec<&str> = info.actions().collect();
    if known.contains(&action.as_str()) {
        return Ok((resource, action));
    }
    Err(invalid(
        format!("Kestra {release} has no {action} on {resource}."),
        "Nobody can be allowed or refused what there is not.",
        format!("It has {}.", known.join(", ")),
    ))
}
