//! `users groups`: groups of a tenant, their members and owners.

use super::args::{Changing, ListFlags};
use super::args_users::{GroupsVerb, Members, Remove};
use super::failure::{Failure, REPEAT, ending_of_many, reason};
use super::format::Format;
use super::list::{ListRequest, no_rows};
use super::lookup;
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request;
use super::session::Session;
use crate::backend::foresight::foresee;
use crate::backend::http::{PlannedRequest, Planner};
use crate::backend::{Backend, GROUP_COLUMNS};
use crate::domain::columns::GROUP_WORDS;
use crate::domain::count::counted;
use crate::domain::instance::Instance;
use crate::domain::loss::{Loss, Removal};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::shaped::value_of;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Group, GroupMember, Membership, NewGroup, User, UserKind, is_same_username};

pub(super) static LAYOUT: Layout<Group> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |group| group.id.clone(),
        },
        Column {
            head: "NAME",
            cell: |group| group.name.clone(),
        },
        Column {
            head: "MEMBERS",
            cell: |group| group.members.len().to_string(),
        },
        Column {
            head: "DESCRIPTION",
            cell: |group| group.description.clone().unwrap_or_default(),
        },
    ],
    json: |group| value_of(group).unwrap_or_default(),
};

static MEMBERS: Layout<GroupMember> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |member| member.user_id.clone(),
        },
        Column {
            head: "USERNAME",
            cell: |member| member.username.clone(),
        },
        Column {
            head: "MEMBERSHIP",
            cell: |member| word(member.membership).to_owned(),
        },
    ],
    json: |member| value_of(member).unwrap_or_default(),
};

fn word(membership: Membership) -> &'static str {
    match membership {
        Membership::Owner => "owner",
        Membership::Member => "member",
    }
}

/// Carries a verb out.
pub async fn run(session: &mut Session<'_>, verb: &GroupsVerb) -> Result<(), Failure> {
    match verb {
        GroupsVerb::List(flags) => list(session, flags).await,
        GroupsVerb::Get { group } => get(session, group).await,
        GroupsVerb::Create {
            name,
            description,
            member,
            changing,
        } => create(session, name, description.as_ref(), member, *changing).await,
        GroupsVerb::Update {
            group,
            name,
            description,
            changing,
        } => update(session, group, name.as_ref(), description.as_ref(), *changing).await,
        GroupsVerb::Delete(flags) => delete(session, flags).await,
        GroupsVerb::Add(flags) => members(session, flags, Some(Membership::Member)).await,
        GroupsVerb::Owner(flags) => members(session, flags, Some(Membership::Owner)).await,
        GroupsVerb::Remove(flags) => members(session, flags, None).await,
    }
}

async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, GROUP_COLUMNS, GROUP_WORDS)?;
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let is_unfiltered = request.is_unfiltered();
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| {
            backend.groups(&scope, query).await
        })
        .await?;
    if total == 0 {
        let words = no_rows(is_unfiltered, "group", || {
            format!("There is no group in tenant `{scope}`.")
        });
        session.printer.say(&words);
    }
    Ok(())
}

async fn get(session: &mut Session<'_>, wanted: &str) -> Result<(), Failure> {
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let group = lookup::group(backend.as_ref(), &scope, wanted).await?;
    match session.printer.format() {
        Format::Table | Format::Csv => {
            session.printer.whole_list(&MEMBERS, &group.members)?;
            session.printer.say(&format!(
                "Group `{}` of tenant `{scope}`: id `{}`, {}.",
                group.name,
                group.id,
                counted(group.members.len() as u64, "member")
            ));
        }
        _ => session.printer.object(&[], &(LAYOUT.json)(&group))?,
    }
    Ok(())
}

fn print_one(session: &mut Session<'_>, group: &Group) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&LAYOUT, std::slice::from_ref(group)),
        _ => session.printer.object(&[], &(LAYOUT.json)(group)),
    }
}

/// Begins a change: lets it pass, opens the instance, and finds the tenant.
async fn begin(
    session: &mut Session<'_>,
    changing: Changing,
) -> Result<(std::sync::Arc<dyn Backend>, Instance, TenantScope), Failure> {
    if !changing.dry_run {
        session.allow_change(changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    Ok((backend, instance, scope))
}

async fn create(
    session: &mut Session<'_>,
    name: &str,
    description: Option<&String>,
    members: &[String],
    changing: Changing,
) -> Result<(), Failure> {
    let (backend, instance, scope) = begin(session, changing).await?;
    let mut ids = Vec::with_capacity(members.len());
    for member in members {
        ids.push(lookup::user(backend.as_ref(), Some(&scope), member, None).await?.id);
    }
    let new = NewGroup {
        name: name.to_owned(),
        description: description.filter(|text| !text.is_empty()).cloned(),
        members: ids,
    };
    if changing.dry_run {
        let planned = Planner::new(&instance).create_group(&scope, &new);
        let request = PlannedRequest::new("create", format!("group `{name}` in tenant `{scope}`"), planned);
        return request::print(session, &request);
    }
    let group = backend.create_group(&scope, &new).await?;
    print_one(session, &group)?;
    session.printer.say(&format!(
        "Created group `{name}` in tenant `{scope}`; its id is `{}`.",
        group.id
    ));
    Ok(())
}

async fn update(
    session: &mut Session<'_>,
    wanted: &str,
    name: Option<&String>,
    description: Option<&String>,
    changing: Changing,
) -> Result<(), Failure> {
    let (backend, instance, scope) = begin(session, changing).await?;
    let before = lookup::group(backend.as_ref(), &scope, wanted).await?;
    let after = NewGroup {
        name: name.unwrap_or(&before.name).clone(),
        description: match description {
            Some(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            None => before.description.clone(),
        },
        members: Vec::new(),
    };
    if after.name == before.name && after.description == before.description {
        session.printer.say(&format!(
            "Nothing to change: group `{}` is like that already.",
            before.name
        ));
        return print_one(session, &before);
    }
    if changing.dry_run {
        let planned = Planner::new(&instance).update_group(&scope, &before.id, &after);
        let what = format!("group `{}` in tenant `{scope}`", before.name);
        let request = PlannedRequest::new("change", what, planned);
        return request::print(session, &request);
    }
    let stored = backend.update_group(&scope, &before, &after).await?;
    print_one(session, &stored)?;
    session
        .printer
        .say(&format!("Changed group `{}` of tenant `{scope}`.", stored.name));
    Ok(())
}

async fn delete(session: &mut Session<'_>, flags: &Remove) -> Result<(), Failure> {
    let what = format!("Group `{}` was not deleted.", flags.name);
    let confirm = flags.confirm.as_deref();
    let (backend, instance, scope) = begin(session, flags.changing).await?;
    let group = lookup::group(backend.as_ref(), &scope, &flags.name).await?;
    let removals = [Removal::Group(group.id.clone())];
    let loss = foresee(backend.as_ref(), &scope, &removals, &instance).await?;
    if flags.changing.dry_run {
        losses::say_deleted(&mut session.printer, "group", loss.as_ref());
        let members = counted(group.members.len() as u64, "member");
        let planned = Planner::new(&instance).delete_group(&scope, &group.id);
        let what = format!("group `{}` of tenant `{scope}`, {members}", group.name);
        let request = PlannedRequest::new("delete", what, planned);
        return request::print(session, &request);
    }
    losses::allow_final(session, &what, confirm, &[&group.name, &group.id], |printer| {
        losses::say_deleted(printer, "group", loss.as_ref());
    })?;
    backend.delete_group(&scope, &group.id).await?;
    session
        .printer
        .say(&format!("Deleted group `{}` of tenant `{scope}`.", group.name));
    Ok(())
}

async fn members(session: &mut Session<'_>, flags: &Members, wanted: Option<Membership>) -> Result<(), Failure> {
    let (backend, instance, scope) = begin(session, flags.changing).await?;
    let group = lookup::group(backend.as_ref(), &scope, &flags.group).await?;
    let mut users: Vec<User> = Vec::with_capacity(flags.users.len());
    let mut failed: Vec<(String, Problem)> = Vec::new();
    for name in &flags.users {
        match meant(backend.as_ref(), &scope, &group, name, wanted).await {
            Ok(user) if users.contains(&user) => {}
            Ok(user) => users.push(user),
            Err(problem)
                if flags.users.len() > 1 && matches!(problem.kind, ProblemKind::NotFound | ProblemKind::Conflict) =>
            {
                failed.push((name.clone(), problem));
            }
            Err(problem) => return Err(problem.into()),
        }
    }
    let all = users.len() + failed.len();
    let is_as_wanted = |user: &User| group.membership_of(&user.id) == wanted;
    let (done, to_do): (Vec<User>, Vec<User>) = users.into_iter().partition(is_as_wanted);
    let removals: Vec<Removal> = to_do
        .iter()
        .filter_map(|user| Removal::by_membership(&group, &user.id, wanted))
        .collect();
    let loss = if removals.is_empty() {
        Some(Loss::default())
    } else {
        foresee(backend.as_ref(), &scope, &removals, &instance).await?
    };
    if flags.changing.dry_run && !(to_do.is_empty() && failed.is_empty()) {
        losses::say(&mut session.printer, loss.as_ref());
        let mut requests = plan(&instance, &scope, &group, &to_do, wanted)?;
        let what = |name: String| format!("`{name}`, to be {}", standing(wanted, &group));
        requests.extend(
            done.into_iter()
                .map(|user| PlannedRequest::unchanged(what(user.username))),
        );
        requests.extend(
            failed
                .into_iter()
                .map(|(name, problem)| PlannedRequest::failing(what(name), problem)),
        );
        return request::print_any(session, &requests);
    }
    if wanted.is_none() && !to_do.is_empty() {
        let tenant = scope.to_string();
        let consent = Consent::to_take(&flags.changing, flags.confirm.as_deref(), &tenant);
        let what = format!("Nobody was taken out of group `{}`.", group.name);
        losses::allow_undoable(session, &what, loss.as_ref(), &consent)?;
    } else {
        losses::say(&mut session.printer, loss.as_ref());
    }
    say_done(session, &done, wanted, &group);
    for user in &to_do {
        match backend.set_membership(&scope, &group.id, &user.id, wanted, false).await {
            Ok(()) => session
                .printer
                .say(&format!("`{}` is {} now.", user.username, standing(wanted, &group))),
            Err(problem) => {
                let repeats = to_do
                    .iter()
                    .any(|other| other.id != user.id && other.has_username(&user.username));
                let called = if repeats { &user.id } else { &user.username };
                failed.push((called.clone(), problem));
            }
        }
    }
    if let [(_, only)] = failed.as_slice()
        && all == 1
    {
        return Err(only.clone().into());
    }
    for (name, problem) in &failed {
        let reason = reason(problem);
        session.printer.say(&format!("`{name}` failed: {reason}"));
    }
    let changed = all - done.len() - failed.len();
    let summary = format!("{changed} changed, {} unchanged, {} failed.", done.len(), failed.len());
    let failed: Vec<&Problem> = failed.iter().map(|(_, problem)| problem).collect();
    Ok(ending_of_many(&failed, all, summary, REPEAT)?)
}

fn say_done(session: &mut Session<'_>, done: &[User], wanted: Option<Membership>, group: &Group) {
    for user in done {
        session.printer.say(&format!(
            "Nothing to change: `{}` is {} already.",
            user.username,
            standing(wanted, group)
        ));
    }
}

/// The account that a name or id means.
///
/// Whoever is to leave is looked for in the group first, as those are who can. Anybody else may have the name of
/// somebody who is in it already; they are looked for there only where we may not look through the users.
async fn meant(
    backend: &dyn Backend,
    scope: &TenantScope,
    group: &Group,
    name: &str,
    wanted: Option<Membership>,
) -> Result<User, Problem> {
    if wanted.is_none()
        && let Some(user) = member_of(group, name)?
    {
        return Ok(user);
    }
    match lookup::user(backend, Some(scope), name, None).await {
        Err(problem) if problem.kind == ProblemKind::Denied => member_of(group, name)?.ok_or(problem),
        found => found,
    }
}

/// The member of this id, or the only one of this name.
fn member_of(group: &Group, name: &str) -> Result<Option<User>, Problem> {
    let is_called = |member: &GroupMember| is_same_username(&member.username, name);
    match lookup::one_of(group.members.clone(), name, |member| &member.user_id, is_called) {
        Err(ids) if ids.is_empty() => Ok(None),
        Ok(member) => Ok(Some(User {
            id: member.user_id,
            username: member.username,
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
        })),
        Err(ids) => Err(lookup::several_accounts(name, ids)),
    }
}

fn standing(wanted: Option<Membership>, group: &Group) -> String {
    let name = &group.name;
    match wanted {
        Some(Membership::Owner) => format!("an owner of group `{name}`"),
        Some(Membership::Member) => format!("a member of group `{name}`"),
        None => format!("not in group `{name}`"),
    }
}

fn plan(
    instance: &Instance,
    scope: &TenantScope,
    group: &Group,
    users: &[User],
    wanted: Option<Membership>,
) -> Result<Vec<PlannedRequest>, Problem> {
    let planner = Planner::new(instance);
    let would = if wanted.is_some() { "add" } else { "remove" };
    let mut requests = Vec::new();
    for user in users {
        let (ids, now) = ((group.id.as_str(), user.id.as_str()), group.membership_of(&user.id));
        let what = format!("`{}`, to be {}", user.username, standing(wanted, group));
        let calls = planner.set_membership(scope, ids, now, wanted)?;
        requests.extend(
            calls
                .into_iter()
                .map(|planned| PlannedRequest::new(would, what.clone(), planned)),
        );
    }
    Ok(requests)
}
