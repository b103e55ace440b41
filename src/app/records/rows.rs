//! What each record says: its cells, and what it is about, from what was read.

use std::borrow::Cow;

use crate::domain::access::TenantAccess;
use crate::domain::account::Account;
use crate::domain::activity::{Activity, ActivityResult};
use crate::domain::audit::AuditRow;
use crate::domain::count::counted;
use crate::domain::effective_access::{self, HeldRole};
use crate::domain::invitation::Invitation;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Row;
use crate::domain::release::Release;
use crate::domain::rows::records::{InvitationRow, TokenRow};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::token::ApiToken;
use crate::domain::user::{Group, GroupMember, Membership, User, UserKind};

use super::{Item, ListKind, Record, RecordsKind};

fn record(kind: &RecordsKind, id: impl Into<String>, cells: Vec<String>, item: Item) -> Record {
    Record {
        id: id.into(),
        cells,
        attention: false,
        item,
        tenant: None,
        more: Vec::new(),
        times: Vec::new(),
        beyond: Vec::new(),
        list: ListKind::of_records(kind),
    }
}

/// What a row of a list that a command has, too, says under its columns.
fn of_row(kind: &RecordsKind, row: &dyn Row) -> Record {
    let list = ListKind::of_records(kind);
    let says = |text: Option<Cow<'_, str>>| text.map_or_else(String::new, Cow::into_owned);
    let cells = list.columns().iter().map(|column| says(row.shown(column.name)));
    let names = list.filter_columns().iter().copied();
    let times: Vec<(&'static str, i64)> = names
        .clone()
        .filter_map(|name| Some((name, row.moment(name)?)))
        .collect();
    let has_cell = |name: &str| list.columns().iter().any(|column| column.name == name);
    let is_beyond = |name: &&str| {
        *name != "id" && row.moment(name).is_none() && !(has_cell(name) && row.shown(name) == row.column(name))
    };
    Record {
        beyond: names
            .filter(is_beyond)
            .map(|name| (name, says(row.column(name))))
            .collect(),
        times,
        ..record(kind, says(row.column("id")), cells.collect(), Item::Nothing)
    }
}

/// Users and service accounts of the instance.
pub fn of_accounts(kind: &RecordsKind, users: Vec<User>) -> Vec<Record> {
    let row = |user: User| Record {
        item: Item::Account(Box::new(user.clone())),
        ..of_row(kind, &user)
    };
    users.into_iter().map(row).collect()
}

/// Everything about an account, and its roles in each tenant, or that they are not known; how many `more` were not looked at is said.
pub fn of_person(
    kind: &RecordsKind,
    account: &Account,
    held: &[(TenantScope, Result<TenantAccess, Problem>)],
    more: u64,
    release: Release,
) -> Vec<Record> {
    let mut rows = Vec::new();
    let mut add = |what: &str, name: &str, more: String, tenant: Option<&TenantScope>, item: Item| {
        // The same from one reading to the next, so that selection and marks stay where they are.
        let id = match &item {
            Item::Binding(binding) => binding.id.clone(),
            _ => format!("{what} {name} {more}"),
        };
        rows.push(Record {
            tenant: tenant.cloned(),
            ..record(kind, id, vec![what.to_owned(), name.to_owned(), more], item)
        });
    };
    let mut say = |what: &str, name: &str, more: &str| add(what, name, more.to_owned(), None, Item::Nothing);
    say(account.kind.word(), &account.username, &account.shown_name());
    let (yes_no, meaning) = if account.superadmin {
        ("yes", "manages tenants and people of the whole instance")
    } else {
        ("no", "")
    };
    say(release.superadmin_word(), yes_no, meaning);
    if account.kind == UserKind::Standard {
        let has_one = account.password_id.is_some();
        say("password", if has_one { "yes" } else { "none known" }, "");
    }
    if let Some(description) = &account.description {
        say("description", description, "");
    }
    for (id, name) in &account.tenants {
        let tenant = TenantScope::Named(TenantId::existing(id.clone()));
        add("tenant", id, name.clone(), Some(&tenant), Item::Nothing);
    }
    for group in &account.groups {
        let named = |id: &String| TenantScope::Named(TenantId::existing(id.clone()));
        let tenant = group.tenant.as_ref().map_or(TenantScope::Default, named);
        let access = held.iter().find(|(scope, _)| *scope == tenant);
        let groups = access
            .and_then(|(_, access)| access.as_ref().ok())
            .map(|access| &access.groups);
        let known = groups.and_then(|groups| groups.iter().find(|known| known.id == group.id));
        let item = known.map_or(Item::Nothing, |group| Item::Group(Box::new(group.clone())));
        let place = format!("tenant {tenant}, {}", membership_word(group.membership));
        add("group", &group.name, place, Some(&tenant), item);
    }
    let from = match kind {
        RecordsKind::Person { tenant, .. } => tenant.as_ref(),
        _ => None,
    };
    let user = account.as_user();
    let mut is_none_held = true;
    for (tenant, access) in held {
        let access = match access {
            Ok(access) => access,
            Err(problem) => {
                is_none_held = false;
                let place = if problem.kind == ProblemKind::Denied {
                    format!("the access of tenant {tenant} may not be read")
                } else {
                    format!("in tenant {tenant}: {}", problem.what)
                };
                add("role", "not known", place, Some(tenant), Item::Nothing);
                continue;
            }
        };
        let roles: Vec<HeldRole> = effective_access::roles_of_each(access, [&user]).concat();
        // Of the tenant that the page was opened from it is said, whatever there is in others.
        if roles.is_empty() && from == Some(tenant) {
            is_none_held = false;
            let place = format!("in tenant {tenant}");
            add("role", "none", place, Some(tenant), Item::Nothing);
        }
        for held in roles {
            is_none_held = false;
            let (place, binding) = (place_of(&held, tenant), direct_binding(access, &held));
            add("role", &held.role_name, place, Some(tenant), binding);
        }
    }
    if is_none_held {
        let place = if more == 0 {
            "in no tenant"
        } else {
            "in those looked at"
        };
        add("role", "none", place.to_owned(), None, Item::Nothing);
    }
    if more > 0 {
        let text = counted(more, "more tenant");
        add(
            "not looked at",
            &text,
            "p on one of them shows who holds what".to_owned(),
            None,
            Item::Nothing,
        );
    }
    rows
}

/// Where a role is held: a tenant or a part of it. A group through which it is held comes before that, so that it stays where
/// there is no room for all of it.
fn place_of(held: &HeldRole, tenant: &TenantScope) -> String {
    let place = match &held.namespace {
        Some(namespace) => format!("tenant {tenant} in {namespace}"),
        None => format!("whole tenant {tenant}"),
    };
    match &held.via_group {
        Some(group) => format!("by group {}, {place}", group.name),
        None => format!("{place}, directly"),
    }
}

/// The binding by which a role is held, unless it comes with a group.
fn direct_binding(access: &TenantAccess, held: &HeldRole) -> Item {
    let binding = access.bindings.iter().find(|binding| binding.id == held.binding_id);
    let binding = binding.filter(|_| held.via_group.is_none());
    binding.map_or(Item::Nothing, |binding| Item::Binding(Box::new(binding.clone())))
}

/// What a member is, in a word.
fn membership_word(membership: Membership) -> &'static str {
    match membership {
        Membership::Owner => "owner",
        Membership::Member => "member",
    }
}

/// Who is in a group.
pub fn of_members(kind: &RecordsKind, group: &Group, access: &TenantAccess) -> Vec<Record> {
    let row = |member: &GroupMember| {
        let known = access.users.iter().find(|user| user.id == member.user_id);
        let user = known.cloned().unwrap_or_else(|| User {
            id: member.user_id.clone(),
            username: member.username.clone(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
        });
        let cells = vec![
            member.username.clone(),
            membership_word(member.membership).to_owned(),
            user.display_name.clone().unwrap_or_default(),
        ];
        record(
            kind,
            member.user_id.clone(),
            cells,
            Item::Member(Box::new(user), member.membership),
        )
    };
    group.members.iter().map(row).collect()
}

/// Tokens at a time, in milliseconds since 1970.
pub fn of_tokens(kind: &RecordsKind, tokens: Vec<ApiToken>, now: i64) -> Vec<Record> {
    let row = |token: ApiToken| {
        let extended = if token.extended {
            "each use moves it on"
        } else {
            "stays as it is"
        };
        Record {
            more: vec![("THE END", extended.to_owned()), ("ID", token.id.clone())],
            item: Item::Token(Box::new(token.clone())),
            ..of_row(kind, &TokenRow(&token, now))
        }
    };
    tokens.into_iter().map(row).collect()
}

/// Invitations at a time, in milliseconds since 1970; `access` is that of the tenant, as far as it is known. Where the instance
/// does not tell which namespaces a role is narrowed to, it is said that they are not known.
pub fn of_invitations(
    kind: &RecordsKind,
    invitations: Vec<Invitation>,
    access: Option<&TenantAccess>,
    tells_places: bool,
    now: i64,
) -> Vec<Record> {
    let row = |invitation: Invitation| {
        let role = |id: &str| {
            let role = access.and_then(|access| access.roles.iter().find(|role| role.id == id));
            role.map_or_else(|| id.to_owned(), |role| role.name.clone())
        };
        let group = |id: &str| {
            let group = access.and_then(|access| access.groups.iter().find(|group| group.id == id));
            group.map_or_else(|| id.to_owned(), |group| group.name.clone())
        };
        let says = InvitationRow::new(&invitation, now, role, group).telling_places(tells_places);
        let of = |name: &str| says.column(name).map_or_else(String::new, Cow::into_owned);
        Record {
            more: vec![
                ("GROUPS", of("groups")),
                ("SUPERADMIN", of("superadmin")),
                ("ID", of("id")),
            ],
            item: Item::Invitation(Box::new(invitation.clone())),
            ..of_row(kind, &says)
        }
    };
    invitations.into_iter().map(row).collect()
}

/// Rows of Kestra's audit log.
pub fn of_audit(kind: &RecordsKind, rows: Vec<AuditRow>) -> Vec<Record> {
    let row = |row: AuditRow| Record {
        more: vec![
            ("USER ID", row.user_id.clone().unwrap_or_default()),
            ("ID", row.id.clone()),
        ],
        ..of_row(kind, &row)
    };
    rows.into_iter().map(row).collect()
}

/// What this program did.
pub fn of_activity(kind: &RecordsKind, rows: Vec<Activity>) -> Vec<Record> {
    let row = |row: Activity| Record {
        attention: !matches!(row.result, ActivityResult::Done | ActivityResult::Unchanged),
        item: Item::Change(row.command.clone()),
        ..of_row(kind, &row)
    };
    rows.into_iter().map(row).collect()
}
