//! Changes to people: who is given which role, who is let in, users, groups, tokens, invitations, and a tenant's Admin.
//!
//! Each command gathers what it needs, by a list to pick from or a few lines to type, and ends in a deed, which
//! [`deeds::propose`] asks about. Screens of records are in [`records`]. What can be done now is in [`available`],
//! lists to pick from in [`picking`], invitations in [`inviting`], what a migration took in [`lost`].

mod available;
mod inviting;
mod lost;
mod picking;
mod rows;

use crate::domain::binding::Binding;
use crate::domain::deed::{Deed, Made};
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Group, Membership, User};

use super::super::choice::Choosing;
use super::super::command::{Availability, CommandId};
use super::super::doing::Doing;
use super::super::effect::Effect;
use super::super::entry::{Entry, EntryField};
use super::super::key_words::shown;
use super::super::model::Model;
use super::super::overlay::{Overlay, ShownToken};
use super::super::people::Entering;
use super::super::records::{Item, RecordsKind};
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::{choices, deeds, entries, records, results};

pub use available::availability;
pub use inviting::{ask_invited, type_again};
pub use picking::{ask, picked, settle, typed};

use available::because;
use inviting::invitation;
use lost::ask_lost;
use picking::{ask_admin, ask_entrants, ask_grant, ask_members};

/// Why nothing can be changed now.
pub fn refusal(model: &Model) -> Option<String> {
    if model.doing.is_some() {
        return Some("another change was sent; the answer is awaited".to_owned());
    }
    let reason = model.session.refusal().or_else(|| deeds::leaving(model));
    reason.map(shown)
}

fn instance(model: &Model) -> Option<&Instance> {
    model.instance.value()
}

fn release(model: &Model) -> Release {
    instance(model).map_or(Release::DEFAULT, |instance| instance.release)
}

/// The tenant of the tab or the records on screen.
pub(super) fn tenant(model: &Model) -> Option<TenantScope> {
    match model.screens.last() {
        Some(Screen::Tenant(view)) => Some(view.scope.clone()),
        Some(Screen::Records(view)) => match &view.kind {
            RecordsKind::Members { tenant, .. } | RecordsKind::Invitations { tenant } => Some(tenant.clone()),
            // A row that is about no tenant is about the one that the page was opened from.
            RecordsKind::Person { tenant: from, .. } => {
                let mut meant = view
                    .chosen()
                    .into_iter()
                    .map(|row| row.tenant.as_ref().or(from.as_ref()));
                let first = meant.next().map_or(from.as_ref(), |first| first);
                first.filter(|_| meant.all(|other| other == first)).cloned()
            }
            RecordsKind::Tokens { scope, .. } | RecordsKind::Audit { scope, .. } => scope.clone(),
            RecordsKind::Activity | RecordsKind::Accounts => None,
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
            RecordsKind::Accounts => {
                let account = view.selected().and_then(|record| match &record.item {
                    Item::Account(user) => Some((**user).clone()),
                    _ => None,
                });
                account.into_iter().collect()
            }
            RecordsKind::Members { .. } => chosen_members(model).into_iter().map(|(user, _)| user).collect(),
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

/// Whether holders of roles are marked in the list of them.
fn has_marked_holders(model: &Model) -> bool {
    let view = model
        .tenant_view()
        .filter(|view| view.tab == Tab::Holders && view.role.is_none());
    view.and_then(|view| view.lists.get(Tab::Holders))
        .is_some_and(|list| !list.marks().is_empty())
}

/// The bindings that an action is about.
fn bindings(model: &Model) -> Vec<Binding> {
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

/// Carries a command about people out.
pub fn run(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) {
    if id == CommandId::Activity {
        records::open(model, RecordsKind::Activity, effects);
        return;
    }
    if id == CommandId::InstanceUsers {
        records::open(model, RecordsKind::Accounts, effects);
        return;
    }
    if id == CommandId::InstanceAudit {
        records::open_audit(model, None, effects);
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
        CommandId::RepairAdmin => ask_admin(model, model.acted_on(), effects),
        CommandId::Grant => ask_grant(model, scope),
        CommandId::Revoke => {
            let bindings = bindings(model);
            deeds::propose(model, Deed::Revoke(scope, bindings), effects);
        }
        CommandId::GiveAccess => ask_entrants(model, scope, effects),
        CommandId::TakeAccess => {
            let users = users(model);
            deeds::propose(model, Deed::TakeAccess(scope, users), effects);
        }
        CommandId::NewUser => ask_new_user(model, Some(scope)),
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
            let entry = invitation(model, scope);
            entries::open(model, entry);
        }
        CommandId::WithdrawInvitation => {
            let item = records::view(model)
                .and_then(|view| view.selected())
                .map(|record| record.item.clone());
            if let Some(Item::Invitation(invitation)) = item {
                deeds::propose(model, Deed::DeleteInvitation(scope, *invitation), effects);
            }
        }
        CommandId::Audit => records::open_audit(model, Some(scope), effects),
        _ => run_without_tenant(model, id, effects),
    }
}

/// What is about an account or a log, whether a tenant is known or not.
fn run_without_tenant(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) {
    match id {
        CommandId::About => {
            if let Ok(user) = only_user(model) {
                records::open_account(model, user, effects);
            }
        }
        // Up to 0.23 a user belongs to the tenant in whose name it is created.
        CommandId::NewUser if release(model).at_least(0, 24) => ask_new_user(model, None),
        CommandId::NewUser if !model.lists_tenants() => ask_new_user(model, Some(TenantScope::Default)),
        CommandId::NewUser => ask_new_user_of(model, effects),
        CommandId::Tokens => {
            if let Ok(owner) = only_user(model) {
                let scope = place(model, &owner);
                records::open(model, RecordsKind::Tokens { scope, owner }, effects);
            }
        }
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

/// Asks which tenant a new user has access to.
pub(super) fn ask_new_user_of(model: &mut Model, effects: &mut Vec<Effect>) {
    let title = "New user: with access to which tenant".to_owned();
    choices::open_tenants(model, title, Choosing::NewUserOf, None, effects);
}

/// Asks who a new user of this tenant, or of no tenant yet, is.
pub(super) fn ask_new_user(model: &mut Model, scope: Option<TenantScope>) {
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
    let about = match &scope {
        Some(scope) => format!("With access to tenant {scope}, and no role yet."),
        None => "With access to no tenant yet. A on the users of a tenant lets them in.".to_owned(),
    };
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

/// Selects what was made in the list where it belongs, once it is there: the next key is about it.
fn select_made(model: &mut Model, scope: Option<&TenantScope>, made: &Made) {
    let (tab, id) = match made {
        Made::Role(role) => (Some(Tab::Roles), &role.id),
        Made::Account(account) => (Some(Tab::Users), &account.id),
        Made::Group(group) => (Some(Tab::Groups), &group.id),
        Made::Token(token) => (None, &token.id),
        _ => return,
    };
    let (tab_rows, list_rows) = (model.size.tab_rows(), model.size.list_rows());
    for screen in &mut model.screens {
        match (screen, tab) {
            (Screen::Tenant(view), Some(tab)) if Some(&view.scope) == scope => {
                if let Some(list) = view.lists.get_mut(tab) {
                    list.want(id.clone(), tab_rows);
                }
            }
            (Screen::Records(view), _)
                if matches!(
                    (&view.kind, made),
                    (RecordsKind::Tokens { .. }, Made::Token(_)) | (RecordsKind::Accounts, Made::Account(_))
                ) =>
            {
                view.list.want(id.clone(), list_rows);
            }
            _ => {}
        }
    }
}

/// Shows what came of a change: a token this once, people on screen as they are now, and each result of a repair.
pub fn settled(model: &mut Model, doing: &Doing, results: &[Result<Made, Problem>], effects: &mut Vec<Effect>) {
    if let Some(Ok(Made::Token(token))) = results.first() {
        model.overlays.push(Overlay::Token(Box::new(ShownToken {
            token: (**token).clone(),
            may_go: false,
        })));
    }
    if !results.iter().any(Result::is_ok) {
        if results.iter().any(results::may_have_changed) {
            records::read_again(model, effects);
        }
        return;
    }
    if let [Ok(made)] = results {
        select_made(model, doing.deed.scope(), made);
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
        model.overlays.push(Overlay::Page(results::each_result(doing, results)));
    }
    if let Deed::EnsureAdmin(scopes, _) = &doing.deed {
        for screen in &mut model.screens {
            if let Screen::Tenant(view) = screen
                && scopes.contains(&view.scope)
            {
                view.created = None;
            }
        }
    }
    records::read_again(model, effects);
}
