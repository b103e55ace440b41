//! Who may do what in a large tenant: 1,000 users, 5,000 bindings, of 2.0.
//!
//! Two bindings name each user, and 3,000 name 500 groups, of which each user is in three, so that each holds a role in some
//! twenty ways, half of them narrowed to a namespace. One role names what only audit logs know, which makes 37 rows.

#![allow(clippy::indexing_slicing, reason = "a benchmark stops at the first surprise")]

use divan::{Bencher, black_box};
use kestra_admin::domain::access::TenantAccess;
use kestra_admin::domain::binding::{Binding, SubjectKind};
use kestra_admin::domain::catalogue::{self, managed_roles};
use kestra_admin::domain::effective_access::{Evaluator, Extent, who_can};
use kestra_admin::domain::loss::{Removal, loss};
use kestra_admin::domain::permission::{Action, Permissions};
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::Role;
use kestra_admin::domain::user::{Group, GroupMember, Membership, User, UserKind};

const RELEASE: Release = Release::new(2, 0);
const USERS: usize = 1_000;
const GROUPS: usize = 500;
const ROLES: usize = 40;
const BINDINGS: usize = 5_000;

fn main() {
    divan::main();
}

fn tenant() -> TenantAccess {
    TenantAccess {
        roles: (0..ROLES).map(role).collect(),
        bindings: (0..BINDINGS).map(binding).collect(),
        groups: (0..GROUPS).map(group).collect(),
        users: (0..USERS).map(user).collect(),
    }
}

/// The roles Kestra ships, each with another resource left out, and one that names everything there is.
fn role(number: usize) -> Role {
    let shipped = managed_roles(RELEASE);
    let template = &shipped[number % shipped.len()];
    let mut permissions: Permissions = template
        .permissions
        .iter()
        .enumerate()
        .filter(|(index, _)| number < shipped.len() || index % ROLES != number)
        .map(|(_, (resource, actions))| (resource.clone(), actions.to_vec()))
        .collect();
    if number + 1 == ROLES {
        for info in catalogue::resources(RELEASE) {
            permissions.allow(info.name.clone(), Action::known("VIEW"));
        }
    }
    Role {
        id: format!("role-{number}"),
        name: template.name.to_owned(),
        description: None,
        permissions,
        is_default: false,
        is_managed: number < shipped.len(),
    }
}

fn binding(number: usize) -> Binding {
    let by_group = number >= 2 * USERS;
    let (kind, subject) = if by_group {
        (SubjectKind::Group, format!("group-{}", number % GROUPS))
    } else {
        (SubjectKind::User, format!("user-{}", number % USERS))
    };
    Binding {
        id: format!("binding-{number}"),
        subject_kind: kind,
        subject_name: subject.clone(),
        subject_id: subject,
        role_id: format!("role-{}", number * 7 % ROLES),
        role_name: String::new(),
        namespace: (number % 2 == 1).then(|| format!("company.team-{}", number % 60)),
    }
}

fn group(number: usize) -> Group {
    let inside =
        (0..USERS).filter(|user| [user % GROUPS, user * 3 % GROUPS + 1, user * 7 % GROUPS + 2].contains(&number));
    Group {
        id: format!("group-{number}"),
        name: format!("group {number}"),
        description: None,
        members: inside
            .map(|user| GroupMember {
                user_id: format!("user-{user}"),
                username: format!("user-{user}@example.com"),
                membership: Membership::Member,
            })
            .collect(),
    }
}

fn user(number: usize) -> User {
    User {
        id: format!("user-{number}"),
        username: format!("user-{number}@example.com"),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: false,
    }
}

/// The whole grid of everybody: arranging the tenant, then 37 rows of 31 actions for each of 1,000 users.
#[divan::bench]
fn everybody_and_every_cell(bencher: Bencher<'_, '_>) {
    let access = tenant();
    let evaluator = Evaluator::new(&access, RELEASE);
    assert_eq!((evaluator.resources().len(), evaluator.actions().len()), (37, 31));
    bencher.bench_local(|| {
        let evaluator = Evaluator::new(black_box(&access), RELEASE);
        let mut allowed = 0;
        for reach in evaluator.everybody() {
            for (_, extents) in reach.rows() {
                allowed += extents.filter(|extent: &Extent| extent.is_allowed()).count();
            }
        }
        allowed
    });
}

/// The grid of one user, the tenant arranged anew.
#[divan::bench]
fn one_user(bencher: Bencher<'_, '_>) {
    let access = tenant();
    bencher.bench_local(|| {
        let evaluator = Evaluator::new(black_box(&access), RELEASE);
        evaluator.reach("user-500").pairs().len()
    });
}

/// Everybody who may start flows in a namespace, with every way in which they may.
#[divan::bench]
fn who_may_start_flows(bencher: Bencher<'_, '_>) {
    let access = tenant();
    let (resource, action) = ("FLOW".into(), "EXECUTE".into());
    bencher.bench_local(|| {
        who_can(
            black_box(&access),
            &resource,
            &action,
            Some("company.team-7.eu"),
            RELEASE,
        )
        .len()
    });
}

/// What deleting a role takes away.
#[divan::bench]
fn loss_of_a_role(bencher: Bencher<'_, '_>) {
    let access = tenant();
    let removal = [Removal::Role("role-7".to_owned())];
    bencher.bench_local(|| loss(black_box(&access), &removal, Some("user-1"), RELEASE).people.len());
}
