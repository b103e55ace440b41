//! `access of`: everything that somebody may do in a tenant, with each way in which they may.

use serde_json::{Value, json};

use super::access_ask::{part_of, path_json, through};
use super::failure::Failure;
use super::format::Format;
use super::kept::Kept;
use super::lookup::{self, several_accounts};
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::Backend;
use crate::domain::access::TenantAccess;
use crate::domain::binding::SubjectKind;
use crate::domain::effective_access::{Evaluator, Extent, HeldRole};
use crate::domain::permission::{Action, Resource};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::text::sentence;
use crate::domain::user::{Group, GroupMember, Membership, User, UserKind};

/// Somebody whose access is asked about.
pub struct Subject {
    /// Their id.
    pub id: String,
    /// Login name, or name of the group.
    pub name: String,
    /// What they are, in words.
    pub kind: &'static str,
    /// The access of the tenant, as it is judged.
    pub access: TenantAccess,
    /// Who is judged, by id: a group is judged as somebody who is in it and has nothing else.
    pub asked: String,
    /// Somebody of the instance who is not in the tenant.
    pub outside: Option<User>,
}

/// The user, service account or group that an id or name means. A name that a group shares with one of the others is refused.
pub async fn subject_named(backend: &dyn Backend, scope: &TenantScope, wanted: &str) -> Result<Subject, Problem> {
    let access = backend.access(scope).await?;
    let is_called = |user: &User| user.has_username(wanted);
    let in_tenant = match lookup::one_of(access.users.clone(), wanted, |user| &user.id, is_called) {
        Ok(user) => Some(user),
        Err(ids) if ids.is_empty() => None,
        Err(ids) => return Err(several_accounts(wanted, ids)),
    };
    let by_id = in_tenant.as_ref().is_some_and(|user| user.has_id(wanted));
    let mut groups = access.groups.iter().filter(|_| !by_id);
    let Some(group) = groups.find(|group| group.has_id(wanted) || group.has_name(wanted)) else {
        return match in_tenant {
            Some(user) => Ok(of_account(user, access, false)),
            // Somebody of the instance who is not in the tenant: there is an answer, with that reason.
            None => Ok(of_account(
                lookup::user(backend, Some(scope), wanted, None).await?,
                access,
                true,
            )),
        };
    };
    let account = match in_tenant {
        _ if group.has_id(wanted) => None,
        Some(user) => Some(user),
        None => match lookup::user(backend, Some(scope), wanted, None).await {
            Ok(user) => Some(user),
            Err(problem) if matches!(problem.kind, ProblemKind::NotFound | ProblemKind::Denied) => None,
            Err(problem) => return Err(problem),
        },
    };
    if let Some(user) = account {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!("A {} and a group are called `{wanted}`.", user.kind.word()),
            "Which of them is meant is not said by the name.",
            format!(
                "Name one by its id: {} `{}`, group `{}`.",
                user.kind.word(),
                user.id,
                group.id
            ),
        ));
    }
    Ok(Subject {
        id: group.id.clone(),
        name: group.name.clone(),
        kind: "group",
        access: a_member_of(&access, group),
        asked: String::new(),
        outside: None,
    })
}

fn of_account(user: User, access: TenantAccess, is_outside: bool) -> Subject {
    Subject {
        id: user.id.clone(),
        name: user.username.clone(),
        kind: user.kind.word(),
        access,
        asked: user.id.clone(),
        outside: is_outside.then_some(user),
    }
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

/// One thing somebody may do, in one way.
struct Way {
    resource: Resource,
    action: Action,
    /// The role that gives it; nothing where a superadmin needs none.
    held: Option<HeldRole>,
    /// What superadmins are called.
    superadmin: &'static str,
}

static WAYS: Layout<Way> = Layout {
    columns: &[
        Column {
            head: "RESOURCE",
            cell: |way| way.resource.to_string(),
        },
        Column {
            head: "ACTION",
            cell: |way| way.action.to_string(),
        },
        Column {
            head: "THROUGH",
            cell: |way| through(way.held.as_ref(), way.superadmin).to_owned(),
        },
        Column {
            head: "ROLE",
            cell: |way| of(way, |held| Some(&held.role_name)),
        },
        Column {
            head: "GROUP",
            cell: |way| of(way, |held| held.via_group.as_ref().map(|group| &group.name)),
        },
        Column {
            head: "NAMESPACE",
            cell: |way| of(way, |held| held.namespace.as_ref()),
        },
        Column {
            head: "BINDING",
            cell: |way| of(way, |held| Some(&held.binding_id)),
        },
    ],
    json: |_| Value::Null,
};

fn of(way: &Way, part: fn(&HeldRole) -> Option<&String>) -> String {
    part_of(way.held.as_ref(), part)
}

/// One thing somebody may do, in every way.
static PERMISSIONS: Layout<Vec<Way>> = Layout {
    columns: &[],
    json: |ways| {
        let paths: Vec<Value> = ways.iter().filter_map(|way| way.held.as_ref()).map(path_json).collect();
        json!({
            "resource": ways.first().map(|way| &way.resource),
            "action": ways.first().map(|way| &way.action),
            "superadmin": ways.iter().any(|way| way.held.is_none()),
            "paths": paths,
        })
    },
};

/// `access of`
pub async fn list(
    session: &mut Session<'_>,
    wanted: &str,
    namespace: Option<&str>,
    kept: &Kept,
) -> Result<(), Failure> {
    let keeping = kept.of_printed(&WAYS)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let subject = subject_named(backend.as_ref(), &scope, wanted).await?;
    let evaluator = Evaluator::new(&subject.access, instance.release).with_users(&subject.outside);
    let reach = evaluator.reach(&subject.asked);
    let mut all: Vec<Vec<Way>> = Vec::new();
    for resource in evaluator.resources() {
        for action in evaluator.actions() {
            if reach.extent(resource, action) == Extent::Absent {
                continue;
            }
            let way = |held| Way {
                resource: (*resource).clone(),
                action: (*action).clone(),
                held,
                superadmin: instance.release.superadmin_word(),
            };
            let without_role = reach.needs_no_role(resource).then(|| way(None));
            let by_roles = reach.paths(resource, action, namespace);
            let ways = without_role
                .into_iter()
                .chain(by_roles.map(|holding| way(Some(holding.held()))));
            let mut ways: Vec<Way> = ways.filter(|way| keeping.keeps_printed(way)).collect();
            sorting::by(&mut ways, |a, b| {
                let (a, b) = (
                    a.held.as_ref().map(HeldRole::order),
                    b.held.as_ref().map(HeldRole::order),
                );
                a.cmp(&b)
            });
            if !ways.is_empty() {
                all.push(ways);
            }
        }
    }
    let count = all.len();
    match session.printer.format() {
        Format::Table | Format::Csv => {
            let ways: Vec<Way> = all.into_iter().flatten().collect();
            session.printer.whole_list(&WAYS, &ways)?;
        }
        _ => session.printer.whole_list(&PERMISSIONS, &all)?,
    }
    let name = &subject.name;
    let place = match namespace {
        Some(namespace) => format!("in `{namespace}` of tenant `{scope}`"),
        None => format!("in tenant `{scope}`"),
    };
    if count == 0 {
        session.printer.say(&if keeping.keeps_all() {
            sentence(&format!("{} `{name}` may do nothing {place}", subject.kind))
        } else {
            "Nothing that they may do matches the filter.".to_owned()
        });
    }
    if subject.outside.is_some() {
        session.printer.say(&format!(
            "`{name}` has no access to tenant `{scope}`, and without it no role gives anything."
        ));
    }
    if reach.is_superadmin() {
        session.printer.say(&format!(
            "`{name}` is {}, and manages tenants and the instance without a role.",
            instance.release.a_superadmin()
        ));
    }
    Ok(())
}
