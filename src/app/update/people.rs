//! Changes to people: who is given which role, who is let in, users, groups, tokens, invitations, and a tenant's Admin.
//!
//! Each command gathers what it needs, by a list to pick from or a few lines to type, and ends in a deed, which
//! [`deeds::propose`] asks about. Screens of records are in [`records`].

use crate::domain::columns::USER_COLUMNS;
use crate::domain::deed::{Deed, Made, NamedBinding};
use crate::domain::effective_access;
use crate::domain::instance::Instance;
use crate::domain::invitation::{InvitedRole, NewInvitation};
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::{Group, Membership, User, UserKind};

use super::super::choice::{Choice, ChoiceRow, Choosing};
use super::super::command::{Availability, CommandId};
use super::super::doing::Doing;
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::entry::{Entry, EntryField};
use super::super::messages::Level;
use super::super::model::{Model, Screen};
use super::super::overlay::{Overlay, Page};
use super::super::people::{Entering, PeopleAnswer, PeopleQuestion, Picking, Subject};
use super::super::records::{Item, RecordsKind};
use super::super::tabs::Tab;
use super::{choices, deeds, entries, records};

/// The key of the row that is a whole tenant.
const WHOLE_TENANT: &str = "";
/// Users of the instance that are read at once.
const USERS: u32 = 1000;

/// Why nothing can be changed now.
pub fn refusal(model: &Model) -> Option<String> {
    if model.doing.is_some() {
        return Some("another change was sent; the answer is awaited".to_owned());
    }
    let reason = model.session.refusal()?;
    Some(format!("changes are locked: {reason}"))
}

fn instance(model: &Model) -> Option<&Instance> {
    model.instance.value()
}

fn release(model: &Model) -> Release {
    instance(model).map_or(Release::DEFAULT, |instance| instance.release)
}

/// The tenant of the tab or the records on screen.
fn tenant(model: &Model) -> Option<TenantScope> {
    match model.screens.last() {
        Some(Screen::Tenant(view)) => Some(view.scope.clone()),
        Some(Screen::Records(view)) => match &view.kind {
            RecordsKind::Person { tenant, .. }
            | RecordsKind::Members { tenant, .. }
            | RecordsKind::Invitations { tenant } => Some(tenant.clone()),
            RecordsKind::Tokens { scope, .. } | RecordsKind::Audit { scope, .. } => scope.clone(),
            RecordsKind::Activity => None,
        },
        _ => model.scope(),
    }
}

/// The users that an action is about: those marked or selected, or the one that is open.
fn users(model: &Model) -> Vec<User> {
    match model.screens.last() {
        Some(Screen::Tenant(view)) if view.tab == Tab::Users && view.role.is_none() => {
            let Some((access, list)) = view.access.value().zip(view.lists.get(Tab::Users)) else {
                return Vec::new();
            };
            list.chosen(&access.users).into_iter().cloned().collect()
        }
        Some(Screen::Records(view)) => match &view.kind {
            RecordsKind::Person { user, .. } => vec![user.clone()],
            RecordsKind::Tokens { owner, .. } => vec![owner.clone()],
            RecordsKind::Members { .. } => view
                .chosen()
                .into_iter()
                .filter_map(|record| match &record.item {
                    Item::Member(user, _) => Some((**user).clone()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn only_user(model: &Model) -> Result<User, Availability> {
    let mut users = users(model);
    match users.len() {
        0 => Err(because("nobody is selected")),
        1 => users.pop().ok_or_else(|| because("nobody is selected")),
        _ => Err(because("one user at a time")),
    }
}

/// The groups that an action is about: those marked or selected, or the one that is open.
fn groups(model: &Model) -> Vec<Group> {
    match model.screens.last() {
        Some(Screen::Tenant(view)) if view.tab == Tab::Groups && view.role.is_none() => {
            let Some((access, list)) = view.access.value().zip(view.lists.get(Tab::Groups)) else {
                return Vec::new();
            };
            list.chosen(&access.groups).into_iter().cloned().collect()
        }
        Some(Screen::Records(view)) => match &view.kind {
            RecordsKind::Members { group, .. } => vec![group.clone()],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The bindings that an action is about.
fn bindings(model: &Model) -> Vec<crate::domain::binding::Binding> {
    match model.screens.last() {
        Some(Screen::Tenant(view)) if view.tab == Tab::Holders && view.role.is_none() => {
            let Some((access, list)) = view.access.value().zip(view.lists.get(Tab::Holders)) else {
                return Vec::new();
            };
            list.chosen(&access.bindings).into_iter().cloned().collect()
        }
        Some(Screen::Records(view)) => view
            .chosen()
            .into_iter()
            .filter_map(|record| match &record.item {
                Item::Binding(binding) => Some((**binding).clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn because(reason: impl Into<String>) -> Availability {
    Availability::Disabled(reason.into())
}

fn ready(found: Result<(), Availability>) -> Availability {
    found.err().unwrap_or(Availability::Ready)
}

/// Whether only a superadmin may do something, and we are none.
fn superadmin_only(model: &Model, what: &str) -> Result<(), Availability> {
    let Some(instance) = instance(model) else {
        return Err(because("the instance has not answered yet"));
    };
    if instance.identity.superadmin {
        return Ok(());
    }
    let (word, who) = (instance.release.a_superadmin(), visible(&instance.identity.username));
    Err(because(format!("only {word} may {what}, and {who} is none")))
}

/// Whether a command about people can be run now; `None` is for commands about something else.
pub fn availability(model: &Model, id: CommandId) -> Option<Availability> {
    let known = || match tenant(model) {
        Some(scope) if deeds::known_access(model, &scope).is_some() => Ok(()),
        Some(_) => Err(because("who may do what has not been read yet")),
        None => Err(because("nothing is selected")),
    };
    Some(match id {
        CommandId::RepairAdmin => ready(administering(model)),
        CommandId::Grant => ready(known().and_then(|()| match model.screens.last() {
            Some(Screen::Tenant(view)) if view.tab == Tab::Holders => Ok(()),
            _ if users(model).is_empty() && groups(model).is_empty() => Err(because("nobody is selected")),
            _ => Ok(()),
        })),
        CommandId::Revoke if bindings(model).is_empty() => because(match model.screens.last() {
            Some(Screen::Records(_)) => {
                "no role that is held directly is selected; one through a group goes with the group"
            }
            _ => "nothing is selected",
        }),
        CommandId::NewUser if release(model).at_least(0, 24) => ready(superadmin_only(
            model,
            &format!("create users in Kestra {}", release(model)),
        )),
        CommandId::About | CommandId::Tokens => ready(only_user(model).map(drop)),
        CommandId::DeleteAccount => ready(only_user(model).and_then(|user| {
            if user.kind == UserKind::Standard && release(model).at_least(0, 24) {
                superadmin_only(model, &format!("delete users in Kestra {}", release(model)))
            } else {
                Ok(())
            }
        })),
        CommandId::Superadmin => ready(only_user(model).and_then(|_| {
            let word = release(model).a_superadmin();
            superadmin_only(model, &format!("say who is {word}"))
        })),
        CommandId::Password => ready(only_user(model).and_then(|user| match user.kind {
            UserKind::ServiceAccount => Err(because("a service account has no password; <t> shows its tokens")),
            UserKind::Standard => Ok(()),
        })),
        CommandId::DeleteToken => match records::view(model).and_then(|view| view.selected()) {
            Some(_) => Availability::Ready,
            None => because("no token is selected"),
        },
        CommandId::RenameGroup | CommandId::DeleteGroup => match groups(model).len() {
            0 => because("no group is selected"),
            1 => Availability::Ready,
            _ => because("one group at a time"),
        },
        CommandId::AddMembers => ready(known()),
        CommandId::TakeAccess | CommandId::RemoveMembers | CommandId::GroupOwner if users(model).is_empty() => {
            because("nobody is selected")
        }
        CommandId::Invitations | CommandId::Invite if !release(model).at_least(0, 20) => because(format!(
            "invitations came with Kestra 0.20, and this is {}",
            release(model)
        )),
        CommandId::WithdrawInvitation if records::view(model).and_then(|view| view.selected()).is_none() => {
            because("no invitation is selected")
        }
        CommandId::Audit if model.scope().is_none() => because("nothing is selected"),
        CommandId::Activity if records::view(model).is_some_and(|view| view.kind == RecordsKind::Activity) => {
            because("it is on screen")
        }
        CommandId::RestoreAccess => match snapshot(model) {
            Some(_) => Availability::Ready,
            None => because("this run kept no record of who held what before it"),
        },
        CommandId::Revoke
        | CommandId::GiveAccess
        | CommandId::TakeAccess
        | CommandId::NewUser
        | CommandId::NewServiceAccount
        | CommandId::NewToken
        | CommandId::NewGroup
        | CommandId::RemoveMembers
        | CommandId::GroupOwner
        | CommandId::Invitations
        | CommandId::Invite
        | CommandId::WithdrawInvitation
        | CommandId::Audit
        | CommandId::AuditFilter
        | CommandId::Activity => Availability::Ready,
        _ => return None,
    })
}

fn administering(model: &Model) -> Result<(), Availability> {
    if instance(model).is_none() {
        return Err(because("the instance has not answered yet"));
    }
    match model.scope() {
        None => Err(because("nothing is selected")),
        Some(_) => Ok(()),
    }
}

/// What people held before the run on screen.
fn snapshot(model: &Model) -> Option<&crate::migration::access_snapshot::AccessSnapshot> {
    match model.screens.last() {
        Some(Screen::Run(view)) if !view.is_dry => {
            let access = &view.state.as_ref()?.baseline().access;
            (!access.is_empty()).then_some(access)
        }
        _ => None,
    }
}

/// Carries a command about people out.
pub fn run(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) {
    if id == CommandId::Activity {
        records::open(model, RecordsKind::Activity, effects);
        return;
    }
    if id == CommandId::RestoreAccess {
        ask_lost(model, effects);
        return;
    }
    let Some(scope) = tenant(model).or_else(|| model.scope()) else {
        // Tokens of a person are asked of the instance, in the name of no tenant.
        run_without_tenant(model, id, effects);
        return;
    };
    match id {
        CommandId::RepairAdmin => ask_admin(model, scope, effects),
        CommandId::Grant => ask_grant(model, scope, effects),
        CommandId::Revoke => {
            let bindings = bindings(model);
            deeds::propose(model, Deed::Revoke(scope, bindings), effects);
        }
        CommandId::GiveAccess => ask_entrants(model, scope, effects),
        CommandId::TakeAccess => {
            let users = users(model);
            deeds::propose(model, Deed::TakeAccess(scope, users), effects);
        }
        CommandId::NewUser => ask_new_user(model, scope),
        CommandId::NewServiceAccount => {
            let fields = vec![
                EntryField::new(entries::NAME, entries::NAME_RULE, ""),
                EntryField::new(entries::DESCRIPTION, "What it is for.", ""),
            ];
            let about = format!("A program's account, with access to tenant {scope}. It signs in with tokens.");
            entries::open(
                model,
                Entry::new("New service account", about, fields, Entering::ServiceAccount(scope)),
            );
        }
        CommandId::About => {
            if let Ok(user) = only_user(model) {
                records::open_person(model, scope, user, effects);
            }
        }
        CommandId::Tokens => {
            if let Ok(owner) = only_user(model) {
                let scope = records::place_of(model, &scope, &owner);
                records::open(model, RecordsKind::Tokens { scope, owner }, effects);
            }
        }
        CommandId::NewGroup => {
            let fields = group_fields("", "");
            let about = format!("A group of tenant {scope}. Its members are put in afterwards.");
            entries::open(model, Entry::new("New group", about, fields, Entering::Group(scope)));
        }
        CommandId::RenameGroup => {
            if let Some(group) = groups(model).pop() {
                let fields = group_fields(&group.name, group.description.as_deref().unwrap_or_default());
                let title = format!("Change group {}", group.name);
                let purpose = Entering::ChangedGroup(scope, group);
                entries::open(model, Entry::new(title, "Its members and roles stay.", fields, purpose));
            }
        }
        CommandId::DeleteGroup => {
            if let Some(group) = groups(model).pop() {
                deeds::propose(model, Deed::DeleteGroup(scope, group), effects);
            }
        }
        CommandId::AddMembers => {
            if let Some(group) = groups(model).pop() {
                ask_members(model, scope, group);
            }
        }
        CommandId::RemoveMembers => set_membership(model, scope, None, effects),
        CommandId::GroupOwner => {
            let all_own = chosen_members(model)
                .iter()
                .all(|(_, membership)| *membership == Membership::Owner);
            let wanted = if all_own { Membership::Member } else { Membership::Owner };
            set_membership(model, scope, Some(wanted), effects);
        }
        CommandId::Invitations => records::open(model, RecordsKind::Invitations { tenant: scope }, effects),
        CommandId::Invite => {
            let fields = vec![EntryField::new(
                entries::EMAIL,
                "Whom the invitation is for; who is a user already is let in at once.",
                "",
            )];
            let about = format!("Into tenant {scope}. The roles that come with it are asked for next.");
            entries::open(model, Entry::new("Invite", about, fields, Entering::Invitation(scope)));
        }
        CommandId::WithdrawInvitation => {
            let item = records::view(model)
                .and_then(|view| view.selected())
                .map(|record| record.item.clone());
            if let Some(Item::Invitation(invitation)) = item {
                deeds::propose(model, Deed::DeleteInvitation(scope, *invitation), effects);
            }
        }
        CommandId::Audit => records::open_audit(model, effects),
        _ => run_without_tenant(model, id, effects),
    }
}

/// What is about an account or a log, whether a tenant is known or not.
fn run_without_tenant(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) {
    match id {
        CommandId::DeleteAccount => {
            if let Ok(user) = only_user(model) {
                let scope = place(model, &user);
                deeds::propose(model, Deed::DeleteAccount(scope, user), effects);
            }
        }
        CommandId::Superadmin => {
            if let Ok(user) = only_user(model) {
                let wanted = !user.superadmin;
                deeds::propose(model, Deed::SetSuperadmin(user, wanted), effects);
            }
        }
        CommandId::Password => {
            if let Ok(user) = only_user(model) {
                let scope = place(model, &user);
                let title = format!("Password of {}", user.username);
                let fields = entries::password_fields("The new password; it is neither shown nor kept.").to_vec();
                let about = "They sign in with it from now on; tokens stay as they are.";
                entries::open(model, Entry::new(title, about, fields, Entering::Password(scope, user)));
            }
        }
        CommandId::NewToken => {
            if let Ok(owner) = only_user(model) {
                let scope = place(model, &owner);
                let fields = vec![
                    EntryField::new(entries::NAME, entries::NAME_RULE, ""),
                    EntryField::new(entries::DESCRIPTION, "What it is for.", ""),
                    EntryField::new(
                        entries::GOOD_FOR,
                        "How long: 30d, 12h, or as ISO 8601 writes it; nothing is for ever.",
                        "30d",
                    ),
                ];
                let title = format!("New token of {}", owner.username);
                let about = "It is shown once, right after it was made.";
                entries::open(model, Entry::new(title, about, fields, Entering::Token(scope, owner)));
            }
        }
        CommandId::DeleteToken => {
            let Some(view) = records::view(model) else { return };
            if let (RecordsKind::Tokens { scope, owner }, Some(record)) = (&view.kind, view.selected())
                && let Item::Token(token) = &record.item
            {
                let deed = Deed::DeleteToken(scope.clone(), owner.clone(), (**token).clone());
                deeds::propose(model, deed, effects);
            }
        }
        CommandId::AuditFilter => {
            let Some(view) = records::view(model) else { return };
            if let RecordsKind::Audit { query, username, .. } = &view.kind {
                let fields = entries::audit_fields(query, username.as_deref());
                let about = "Only changes that match all of these are read. Empty lines match all.";
                entries::open(
                    model,
                    Entry::new("Filter the audit log", about, fields, Entering::AuditFilter),
                );
            }
        }
        _ => {}
    }
}

/// In whose name an account on screen is changed.
fn place(model: &Model, user: &User) -> Option<TenantScope> {
    match model.screens.last() {
        Some(Screen::Records(view)) => match &view.kind {
            RecordsKind::Person { scope, .. } | RecordsKind::Tokens { scope, .. } => scope.clone(),
            _ => None,
        },
        _ => tenant(model).and_then(|tenant| records::place_of(model, &tenant, user)),
    }
}

fn group_fields(name: &str, description: &str) -> Vec<EntryField> {
    vec![
        EntryField::new(entries::NAME, "Unique in the tenant.", name),
        EntryField::new(entries::DESCRIPTION, "What it is for.", description),
    ]
}

fn ask_new_user(model: &mut Model, scope: TenantScope) {
    let username = if release(model).usernames_are_emails() {
        "The e-mail address they sign in with."
    } else {
        "The name they sign in with."
    };
    let mut fields = vec![
        EntryField::new(entries::USERNAME, username, ""),
        EntryField::new(entries::FIRST_NAME, "May be left out.", ""),
        EntryField::new(entries::LAST_NAME, "May be left out.", ""),
    ];
    let doc = "May be left out, where they sign in another way. It is neither shown nor kept.";
    fields.extend(entries::password_fields(doc));
    let about = format!("With access to tenant {scope}, and no role yet.");
    entries::open(model, Entry::new("New user", about, fields, Entering::User(scope)));
}

fn chosen_members(model: &Model) -> Vec<(User, Membership)> {
    let Some(view) = records::view(model) else {
        return Vec::new();
    };
    let members = view.chosen().into_iter().filter_map(|record| match &record.item {
        Item::Member(user, membership) => Some(((**user).clone(), *membership)),
        _ => None,
    });
    members.collect()
}

fn set_membership(model: &mut Model, scope: TenantScope, wanted: Option<Membership>, effects: &mut Vec<Effect>) {
    let users = chosen_members(model).into_iter().map(|(user, _)| user).collect();
    if let Some(group) = groups(model).pop() {
        let deed = Deed::SetMembership {
            scope,
            group,
            users,
            wanted,
        };
        deeds::propose(model, deed, effects);
    }
}

// Lists to pick from.

fn pick(model: &mut Model, title: String, empty: &'static str, picking: Picking, rows: Vec<ChoiceRow>) {
    let mut choice = Choice::new(title, empty, Choosing::People(Box::new(picking)), Vec::new());
    choice.takes_many = matches!(
        choice.purpose,
        Choosing::People(ref picking) if matches!(**picking,
            Picking::Subjects(..) | Picking::Roles(..) | Picking::Places(..) | Picking::Entrants(..)
                | Picking::Members(..) | Picking::InvitedRoles(..))
    );
    choice.takes_typed = matches!(
        choice.purpose,
        Choosing::People(ref picking) if matches!(**picking,
            Picking::Admin(..) | Picking::Places(..) | Picking::Entrants(..))
    );
    choice.set_rows(rows);
    choices::open(model, choice);
}

fn user_row(user: &User, note: &str) -> ChoiceRow {
    let name = user.display_name.as_deref().filter(|name| *name != user.username);
    let parts = [Some(note).filter(|note| !note.is_empty()), name, Some(user.kind.word())];
    let note = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    ChoiceRow::new(user.id.clone(), user.username.clone(), note)
}

/// Asks who becomes Admin of a tenant: whoever is signed in is proposed, then those who have access to it.
fn ask_admin(model: &mut Model, scope: TenantScope, effects: &mut Vec<Effect>) {
    let known = deeds::known_access(model, &scope).cloned();
    let is_known = known.is_some();
    let picking = Picking::Admin(scope.clone(), known.map(Box::new));
    pick(
        model,
        format!("Who becomes Admin of tenant {scope}"),
        "Type a login name.",
        picking,
        Vec::new(),
    );
    set_admin_rows(model, &[]);
    if is_known {
        read_users(model, effects);
    } else {
        let (job, effect) = model.ask(Request::Access(scope));
        wait(model, job);
        effects.push(effect);
    }
}

fn set_admin_rows(model: &mut Model, others: &[User]) {
    let Some(identity) = instance(model).map(|instance| instance.identity.clone()) else {
        return;
    };
    let Some(Overlay::Choice(choice)) = model.overlays.last() else {
        return;
    };
    let Choosing::People(picking) = &choice.purpose else {
        return;
    };
    let Picking::Admin(_, access) = &**picking else { return };
    let access = access.as_deref();
    let admins = access.map_or_else(Vec::new, |access| {
        let role = access.roles.iter().find(|role| role.is_admin());
        role.map_or_else(Vec::new, |role| {
            let holders = effective_access::holders(access, &role.id);
            holders.into_iter().map(|holder| holder.user.id).collect()
        })
    });
    let mut rows = vec![ChoiceRow::new(
        identity.id.clone(),
        identity.username.clone(),
        "you, who are signed in",
    )];
    let here = access.map_or(&[][..], |access| &access.users);
    let is_new = |rows: &[ChoiceRow], user: &User| rows.iter().all(|row| row.key != user.id);
    for user in here.iter().filter(|user| user.kind == UserKind::Standard) {
        if is_new(&rows, user) {
            rows.push(user_row(user, "has access"));
        }
    }
    for user in others.iter().filter(|user| user.kind == UserKind::Standard) {
        if is_new(&rows, user) {
            rows.push(user_row(user, "no access yet"));
        }
    }
    for row in &mut rows {
        if admins.contains(&row.key) {
            row.disabled = Some("Admin already".to_owned());
        }
    }
    // Who cannot be chosen comes last, so that <enter> does something.
    rows.sort_by_key(|row| row.disabled.is_some());
    if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
        choice.set_rows(rows);
    }
}

/// Asks who is given a role, or which role whoever is marked is given.
fn ask_grant(model: &mut Model, scope: TenantScope, effects: &mut Vec<Effect>) {
    let users = users(model);
    let groups = groups(model);
    let is_members = records::view(model).is_some_and(|view| matches!(view.kind, RecordsKind::Members { .. }));
    let subjects: Vec<Subject> = if is_members {
        // On the screen of a group the role is for the group.
        groups.iter().map(Subject::group).collect()
    } else {
        let users = users.iter().map(Subject::user);
        users.chain(groups.iter().map(Subject::group)).collect()
    };
    if !subjects.is_empty() {
        ask_roles(model, scope, subjects);
        return;
    }
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let users = access.users.iter().map(|user| user_row(user, ""));
    let groups = access.groups.iter().map(|group| {
        let count = crate::domain::count::counted(group.members.len() as u64, "member");
        ChoiceRow::new(group.id.clone(), group.name.clone(), format!("group, {count}"))
    });
    let rows = users.chain(groups).collect();
    let _ = effects;
    pick(
        model,
        format!("Who is given a role in tenant {scope}"),
        "Nobody has access to this tenant yet; on the tab of users <A> lets somebody in.",
        Picking::Subjects(scope),
        rows,
    );
}

fn role_rows(access: &crate::domain::access::TenantAccess) -> Vec<ChoiceRow> {
    let row = |role: &Role| {
        let kind = if role.is_managed { "managed" } else { "own" };
        let note = match &role.description {
            Some(description) => format!("{kind}, {description}"),
            None => kind.to_owned(),
        };
        ChoiceRow::new(role.id.clone(), role.name.clone(), note)
    };
    access.roles.iter().map(row).collect()
}

fn ask_roles(model: &mut Model, scope: TenantScope, subjects: Vec<Subject>) {
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let rows = role_rows(access);
    let whom = match subjects.as_slice() {
        [one] => one.name.clone(),
        many => format!("these {}", many.len()),
    };
    pick(
        model,
        format!("Which role is {whom} given"),
        "This tenant has no roles.",
        Picking::Roles(scope, subjects),
        rows,
    );
}

fn ask_places(
    model: &mut Model,
    scope: &TenantScope,
    subjects: Vec<Subject>,
    roles: Vec<Role>,
    effects: &mut Vec<Effect>,
) {
    let request = Request::Namespaces(scope.clone());
    pick(
        model,
        "Where it is held; type a namespace that is not there yet".to_owned(),
        "",
        Picking::Places(scope.clone(), subjects, roles),
        place_rows(scope, &[]),
    );
    let (job, effect) = model.ask(request);
    wait(model, job);
    effects.push(effect);
}

fn place_rows(scope: &TenantScope, namespaces: &[String]) -> Vec<ChoiceRow> {
    let whole = ChoiceRow::new(WHOLE_TENANT, "whole tenant", scope.to_string());
    let rows = namespaces
        .iter()
        .map(|name| ChoiceRow::new(name.clone(), name.clone(), "and all below it"));
    std::iter::once(whole).chain(rows).collect()
}

/// Asks who is let into a tenant.
fn ask_entrants(model: &mut Model, scope: TenantScope, effects: &mut Vec<Effect>) {
    pick(
        model,
        format!("Who is let into tenant {scope}"),
        "Type a login name.",
        Picking::Entrants(scope),
        Vec::new(),
    );
    read_users(model, effects);
}

/// Asks who is put into a group.
fn ask_members(model: &mut Model, scope: TenantScope, group: Group) {
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let is_in = |user: &User| group.members.iter().any(|member| member.user_id == user.id);
    let rows = access
        .users
        .iter()
        .filter(|user| !is_in(user))
        .map(|user| user_row(user, ""))
        .collect();
    pick(
        model,
        format!("Who is put into group {}", group.name),
        "Everybody with access to this tenant is in it.",
        Picking::Members(scope, group),
        rows,
    );
}

/// Asks which roles come with an invitation.
pub fn ask_invited_roles(model: &mut Model, scope: TenantScope, email: String) {
    let rows = deeds::known_access(model, &scope).map_or_else(Vec::new, role_rows);
    let none = ChoiceRow::new("", "no role", "they only get access");
    let rows = std::iter::once(none).chain(rows).collect();
    pick(
        model,
        format!("Which roles come with the invitation of {email}"),
        "This tenant has no roles.",
        Picking::InvitedRoles(scope, email),
        rows,
    );
}

fn wait(model: &mut Model, job: JobId) {
    if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
        choice.reading = Some(job);
    }
}

fn read_users(model: &mut Model, effects: &mut Vec<Effect>) {
    let typed = match model.overlays.last() {
        Some(Overlay::Choice(choice)) => choice.line.text().to_owned(),
        _ => return,
    };
    let query = Query::parse(&typed, USER_COLUMNS, USERS).unwrap_or_else(|_| Query::first(USERS));
    let (job, effect) = model.ask(Request::People(Box::new(PeopleQuestion::Users(query))));
    let outdated = match model.overlays.last_mut() {
        Some(Overlay::Choice(choice)) => choice.reading.replace(job),
        _ => None,
    };
    effects.extend(outdated.and_then(|job| model.cancel(job)));
    effects.push(effect);
}

/// Asks for users by what is typed, where the instance has more than are held.
pub fn typed(model: &mut Model, effects: &mut Vec<Effect>) {
    let asks = matches!(model.overlays.last(), Some(Overlay::Choice(choice))
        if choice.holds_part && matches!(choice.purpose, Choosing::People(_)));
    if asks {
        read_users(model, effects);
    }
}

/// Takes an answer that a list to pick from waits for, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    if model.looking_for_lost == Some(job) {
        model.looking_for_lost = None;
        lost_known(model, reply, effects);
        return true;
    }
    let Some(Overlay::Choice(choice)) = model.overlays.last_mut() else {
        return false;
    };
    if choice.reading != Some(job) {
        return false;
    }
    let Choosing::People(picking) = choice.purpose.clone() else {
        return false;
    };
    choice.reading = None;
    match (&*picking, reply) {
        (Picking::Places(scope, ..), Ok(Answer::Namespaces(names))) => choice.set_rows(place_rows(scope, names)),
        (Picking::Entrants(scope), Ok(Answer::People(answer))) => {
            if let PeopleAnswer::Users(page) = &**answer {
                choice.holds_part |= page.total > page.rows.len() as u64;
                let here: Vec<String> = deeds::known_access(model, scope).map_or_else(Vec::new, |access| {
                    access.users.iter().map(|user| user.id.clone()).collect()
                });
                let rows = page
                    .rows
                    .iter()
                    .filter(|user| !here.contains(&user.id))
                    .map(|user| user_row(user, ""));
                let rows = rows.collect();
                if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
                    choice.set_rows(rows);
                }
            }
        }
        (Picking::Admin(scope, _), Ok(Answer::Access(access))) => {
            let picking = Picking::Admin(scope.clone(), Some(access.clone()));
            choice.purpose = Choosing::People(Box::new(picking));
            set_admin_rows(model, &[]);
            read_users(model, effects);
        }
        (Picking::Admin(..), Ok(Answer::People(answer))) => {
            if let PeopleAnswer::Users(page) = &**answer {
                choice.holds_part |= page.total > page.rows.len() as u64;
                set_admin_rows(model, &page.rows);
            }
        }
        // Who may not see the users of the instance types a name.
        _ => {}
    }
    true
}

/// What picking leads to.
pub fn picked(model: &mut Model, picking: Picking, rows: &[ChoiceRow], effects: &mut Vec<Effect>) {
    let known = |model: &Model, scope: &TenantScope| deeds::known_access(model, scope).cloned();
    match picking {
        Picking::Admin(scope, _) => {
            if let Some(row) = rows.first() {
                deeds::propose(model, Deed::EnsureAdmin(scope, row.text.clone()), effects);
            }
        }
        Picking::Subjects(scope) => {
            let Some(access) = known(model, &scope) else { return };
            let subject = |row: &ChoiceRow| {
                let user = access.users.iter().find(|user| user.id == row.key).map(Subject::user);
                let group = || access.groups.iter().find(|group| group.id == row.key);
                user.or_else(|| group().map(Subject::group))
            };
            let subjects = rows.iter().filter_map(subject).collect();
            ask_roles(model, scope, subjects);
        }
        Picking::Roles(scope, subjects) => {
            let roles = known(model, &scope).map_or_else(Vec::new, |access| roles_of(&access.roles, rows));
            ask_places(model, &scope, subjects, roles, effects);
        }
        Picking::Places(scope, subjects, roles) => {
            let mut bindings = Vec::new();
            // Whoever holds a role in the whole tenant needs it nowhere else.
            let whole = rows.iter().any(|row| row.key == WHOLE_TENANT);
            let places: Vec<Option<String>> = if whole {
                vec![None]
            } else {
                rows.iter().map(|row| Some(row.text.clone())).collect()
            };
            for subject in &subjects {
                for role in &roles {
                    bindings.extend(places.iter().map(|place| {
                        NamedBinding::new(subject.kind, (&subject.id, &subject.name), role, place.clone())
                    }));
                }
            }
            let has = |binding: &NamedBinding| {
                deeds::known_access(model, &scope).is_some_and(|access| {
                    access.bindings.iter().any(|held| {
                        held.subject_kind == binding.new.subject_kind
                            && held.subject_id == binding.new.subject_id
                            && held.role_id == binding.new.role_id
                            && held.namespace == binding.new.namespace
                    })
                })
            };
            bindings.retain(|binding| !has(binding));
            if bindings.is_empty() {
                let text = "Nothing to change: they hold it there already";
                model.messages.tell(model.now, Level::Warning, text);
                return;
            }
            deeds::propose(model, Deed::Grant(scope, bindings), effects);
        }
        Picking::Entrants(scope) => {
            let users = rows.iter().map(|row| User {
                id: row.key.clone(),
                username: row.text.clone(),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
            });
            let users = users.collect();
            deeds::propose(model, Deed::GiveAccess(scope, users), effects);
        }
        Picking::Members(scope, group) => {
            let Some(access) = known(model, &scope) else { return };
            let users = access
                .users
                .iter()
                .filter(|user| rows.iter().any(|row| row.key == user.id));
            let deed = Deed::SetMembership {
                scope,
                group,
                users: users.cloned().collect(),
                wanted: Some(Membership::Member),
            };
            deeds::propose(model, deed, effects);
        }
        Picking::InvitedRoles(scope, email) => {
            let new = NewInvitation {
                email,
                roles: rows
                    .iter()
                    .filter(|row| !row.key.is_empty())
                    .map(|row| InvitedRole {
                        id: row.key.clone(),
                        namespaces: Vec::new(),
                    })
                    .collect(),
                ..NewInvitation::default()
            };
            deeds::propose(model, Deed::Invite(scope, new), effects);
        }
    }
}

fn roles_of(roles: &[Role], rows: &[ChoiceRow]) -> Vec<Role> {
    let is_chosen = |role: &&Role| rows.iter().any(|row| row.key == role.id);
    roles.iter().filter(is_chosen).cloned().collect()
}

/// What people lost by a migration.
fn ask_lost(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(before) = snapshot(model).cloned() else { return };
    let question = PeopleQuestion::Lost(Box::new(before));
    let (job, effect) = model.ask(Request::People(Box::new(question)));
    model.looking_for_lost = Some(job);
    effects.push(effect);
    model.messages.tell(
        model.now,
        Level::Warning,
        "Comparing what everybody held before the run with what they hold now",
    );
}

fn lost_known(model: &mut Model, reply: &Reply, effects: &mut Vec<Effect>) {
    let restoration = match reply {
        Ok(Answer::People(answer)) => match &**answer {
            PeopleAnswer::Lost(restoration) => (**restoration).clone(),
            _ => return,
        },
        Ok(_) => return,
        Err(problem) => {
            model.messages.problem(model.now, problem.clone());
            return;
        }
    };
    if restoration.possible.is_empty() && restoration.impossible.is_empty() {
        let text = "Everybody holds what they held before the run";
        model.messages.tell(model.now, Level::Done, text);
        return;
    }
    if !restoration.impossible.is_empty() {
        let lines = restoration
            .impossible
            .iter()
            .map(|(what, why)| format!("{what}: {why}"));
        let text = format!(
            "This cannot be given back by itself:\n\n{}",
            lines.collect::<Vec<_>>().join("\n")
        );
        model.overlays.push(Overlay::Page(Page {
            title: "What stays lost".to_owned(),
            text,
            scroll: 0,
        }));
    }
    if !restoration.possible.is_empty() {
        deeds::propose_with_review(
            model,
            Deed::Restore(TenantScope::Default, restoration.possible),
            effects,
        );
    }
}

/// Shows what came of a change: a token this once, people on screen as they are now, and each result of a repair.
pub fn settled(model: &mut Model, doing: &Doing, results: &[Result<Made, Problem>], effects: &mut Vec<Effect>) {
    if let Some(Ok(Made::Token(token))) = results.first() {
        model.overlays.push(Overlay::Token(token.clone()));
    }
    if !results.iter().any(Result::is_ok) {
        return;
    }
    if let Deed::DeleteAccount(_, user) = &doing.deed {
        let is_gone = |screen: &Screen| match screen {
            Screen::Records(view) => match &view.kind {
                RecordsKind::Person { user: shown, .. } | RecordsKind::Tokens { owner: shown, .. } => {
                    shown.id == user.id
                }
                _ => false,
            },
            _ => false,
        };
        model.screens.retain(|screen| !is_gone(screen));
    }
    if let Deed::DeleteGroup(_, group) = &doing.deed {
        let is_gone = |screen: &Screen| {
            matches!(screen, Screen::Records(view)
                if matches!(&view.kind, RecordsKind::Members { group: shown, .. } if shown.id == group.id))
        };
        model.screens.retain(|screen| !is_gone(screen));
    }
    if let Deed::Restore(..) = &doing.deed {
        let lines = doing
            .deed
            .items()
            .into_iter()
            .zip(results)
            .map(|(item, result)| match result {
                Ok(_) => format!("given back: {item}"),
                Err(problem) => format!("! not given back: {item}. {} {}", problem.what, problem.why),
            });
        model.overlays.push(Overlay::Page(Page {
            title: "What was given back".to_owned(),
            text: lines.collect::<Vec<_>>().join("\n"),
            scroll: 0,
        }));
    }
    if matches!(doing.deed, Deed::EnsureAdmin(..)) {
        for screen in &mut model.screens {
            if let Screen::Tenant(view) = screen
                && Some(&view.scope) == doing.deed.scope()
            {
                view.created = None;
            }
        }
    }
    records::read_again(model, effects);
}
