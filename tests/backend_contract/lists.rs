//! Lists: pages, orders, filters, totals.

use kestra_admin::backend::local::admin::{ExecutionStub, FlowStub, NewUser, TriggerStub};
use kestra_admin::backend::{BINDING_COLUMNS, Backend, GROUP_COLUMNS, ROLE_COLUMNS, TENANT_COLUMNS, USER_COLUMNS};
use kestra_admin::domain::access::Footprint;
use kestra_admin::domain::binding::SubjectKind;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::{ADMIN, Role};
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::user::{Membership, UserKind};

use super::Reach;
use super::stage::{Stage, new_tenant};

async fn ids(backend: &dyn Backend, query: &str) -> (Vec<String>, u64) {
    let query = Query::parse(query, TENANT_COLUMNS, 10).unwrap();
    let page = backend.tenants(&query).await.unwrap();
    let ids = page.rows.iter().map(|row| row.tenant.id.to_string()).collect();
    (ids, page.total)
}

pub async fn tenants_are_paged_sorted_and_filtered(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let new: Vec<_> = (0..25)
        .map(|index| {
            let mut new = new_tenant(&format!("t-{index:02}"));
            // Names run against the ids, and upper and lower case take turns.
            new.tenant.name = format!("{}{:02}", if index % 2 == 0 { "Name-" } else { "name-" }, 24 - index);
            new
        })
        .collect();
    assert!(backend.create_tenants(&new).await.iter().all(Result::is_ok));
    let backend = &*backend;
    let expect = |range: std::ops::Range<u32>| range.map(|index| format!("t-{index:02}")).collect::<Vec<_>>();
    let reversed = |range| expect(range).into_iter().rev().collect::<Vec<_>>();

    assert_eq!(ids(backend, "").await, (expect(0..10), 25));
    assert_eq!(ids(backend, "page:2").await, (expect(10..20), 25));
    assert_eq!(ids(backend, "page:3").await, (expect(20..25), 25));
    assert_eq!(ids(backend, "page:4").await, (vec![], 25));
    assert_eq!(ids(backend, "sort:-id").await, (reversed(15..25), 25));
    assert_eq!(ids(backend, "sort:name").await, (reversed(15..25), 25));
    assert_eq!(ids(backend, "sort:-name page:3").await, (expect(20..25), 25));
    assert_eq!(ids(backend, "T-1").await, (expect(10..20), 10));
    assert_eq!(ids(backend, "t-1 size:4 page:3").await, (expect(18..20), 10));
    assert_eq!(ids(backend, "t-1 page:2").await, (vec![], 10));
    assert_eq!(ids(backend, "name:NAME-07").await, (expect(17..18), 1));
    assert_eq!(ids(backend, "id=t-07,t-08 sort:-id").await, (reversed(7..9), 2));
    assert_eq!(ids(backend, "!t-1 !t-2").await, (expect(0..10), 10));
    assert_eq!(ids(backend, "nothing-like-it").await, (vec![], 0));
    assert_eq!(ids(backend, "storage=global").await.1, 25);
    assert_eq!(ids(backend, "state:active").await.1, 0);
    assert_eq!(ids(backend, "state:\"no admin\"").await.1, 25);
    assert_eq!(ids(backend, "state!=active t-1").await.1, 10);
    assert_eq!(ids(backend, "admins>=0").await.1, 25);
    assert_eq!(ids(backend, "admins>=1").await.1, 0);
    // A word is looked for in what is shown of admins, too.
    assert_eq!(ids(backend, "active").await.1, 0);
    assert_eq!(ids(backend, "admin t-2").await.1, 5);
    assert_eq!(ids(backend, "!\"no admin\"").await.1, 0);
    assert_eq!(ids(backend, "no").await.1, 25);
    assert_eq!(ids(backend, "ac").await.1, 0);
    assert_eq!(ids(backend, "!0").await.1, 0);
}

/// Two users, a service account, a group with two members, and two roles besides the managed ones.
fn people(stage: &Stage<'_>) -> TenantScope {
    let scope = stage.tenant("acme");
    let pairs = stage.flow_reader();
    let (reader, writer) = (
        stage.role(&scope, "Reader", &pairs),
        stage.role(&scope, "writer", &pairs),
    );
    let anna = stage.user("anna@example.com", Some(&scope));
    stage.user("bob@example.com", Some(&scope));
    let robot = stage
        .local
        .create_user(&NewUser {
            username: "robot".to_owned(),
            display_name: Some("Deploys at night".to_owned()),
            kind: UserKind::ServiceAccount,
            superadmin: false,
            tenant: Some(scope.clone()),
            groups: Vec::new(),
        })
        .unwrap();
    let group = stage
        .local
        .create_group(&scope, "Night shift", Some("Who wakes up"))
        .unwrap();
    for (name, membership) in [
        ("anna@example.com", Membership::Owner),
        ("bob@example.com", Membership::Member),
    ] {
        stage.local.add_member(&scope, &group.id, name, membership).unwrap();
    }
    stage.bind(&scope, &anna, &reader, Some("company.team"));
    stage.bind(&scope, &robot, &writer, None);
    stage.bind_id(&scope, SubjectKind::Group, &group.id, &writer.id, None);
    scope
}

pub async fn roles_bindings_groups_and_users_are_listed(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let scope = people(&stage);
    let backend = stage.superadmin();

    let roles = backend.roles(&scope, &Query::first(100)).await.unwrap();
    assert_eq!(roles.total, roles.rows.len() as u64);
    assert!(roles.rows.iter().any(Role::is_admin));
    let keys: Vec<_> = roles.rows.iter().map(|role| role.name.to_lowercase()).collect();
    assert!(keys.is_sorted(), "{keys:?}");
    let custom = Query::parse("managed:no sort:-name", ROLE_COLUMNS, 10).unwrap();
    let names: Vec<_> = backend
        .roles(&scope, &custom)
        .await
        .unwrap()
        .rows
        .into_iter()
        .map(|role| role.name)
        .collect();
    assert_eq!(names, ["writer", "Reader"]);
    for role in &roles.rows {
        assert_eq!(&backend.role(&scope, &role.id).await.unwrap(), role);
    }

    let bindings = backend.bindings(&scope, &Query::first(100)).await.unwrap();
    let shown: Vec<_> = bindings
        .rows
        .iter()
        .map(|binding| {
            let namespace = binding.namespace.as_deref().unwrap_or("-");
            format!(
                "{} {} {} {namespace}",
                binding.subject_kind.word(),
                binding.subject_name,
                binding.role_name
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "user anna@example.com Reader company.team",
            "group Night shift writer -",
            "user robot writer -"
        ]
    );
    let groups_only = Query::parse("type=group role:writer", BINDING_COLUMNS, 10).unwrap();
    assert_eq!(
        backend.bindings(&scope, &groups_only).await.unwrap().rows,
        bindings.rows[1..2]
    );

    let users = backend.users(Some(&scope), &Query::first(100)).await.unwrap();
    let names: Vec<_> = users.rows.iter().map(|user| user.username.as_str()).collect();
    assert_eq!(names, ["anna@example.com", "bob@example.com", "robot"]);
    assert_eq!(users.rows[2].kind, UserKind::ServiceAccount);
    let everybody = backend.users(None, &Query::first(100)).await.unwrap();
    // Over HTTP 0.24 lists the service accounts of no more than a tenant.
    let fewest = if release == Release::new(0, 24) { 3 } else { 4 };
    assert!(
        (fewest..=4).contains(&everybody.total),
        "the first superadmin, too: {}",
        everybody.total
    );
    let night = Query::parse("NIGHT", USER_COLUMNS, 10).unwrap();
    assert_eq!(backend.users(Some(&scope), &night).await.unwrap().rows, users.rows[2..]);

    let groups = backend
        .groups(&scope, &Query::parse("members=2", GROUP_COLUMNS, 10).unwrap())
        .await
        .unwrap();
    assert_eq!(groups.total, 1);
    let members: Vec<_> = groups.rows[0]
        .members
        .iter()
        .map(|m| (m.username.as_str(), m.membership))
        .collect();
    assert_eq!(
        members,
        [
            ("anna@example.com", Membership::Owner),
            ("bob@example.com", Membership::Member)
        ]
    );
}

pub async fn access_is_what_the_lists_say(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let scope = people(&stage);
    let backend = stage.superadmin();
    let access = backend.access(&scope).await.unwrap();
    let all = Query::first(1000);
    assert_eq!(access.roles, backend.roles(&scope, &all).await.unwrap().rows);
    assert_eq!(access.bindings, backend.bindings(&scope, &all).await.unwrap().rows);
    assert_eq!(access.groups, backend.groups(&scope, &all).await.unwrap().rows);
    assert_eq!(access.users, backend.users(Some(&scope), &all).await.unwrap().rows);
}

pub async fn footprints_count_what_there_is(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let scope = people(&stage);
    let flows: Vec<_> = (0..3)
        .map(|index| FlowStub {
            namespace: ["company.team", "company.other"][index % 2].to_owned(),
            id: format!("flow-{index}"),
            disabled: false,
        })
        .collect();
    stage.local.add_flows(&scope, &flows).unwrap();
    stage.local.add_namespaces(&scope, &["empty".to_owned()]).unwrap();
    let executions: Vec<_> = (0..5)
        .map(|index| ExecutionStub {
            id: format!("execution-{index}"),
            namespace: "company.team".to_owned(),
            flow: "flow-0".to_owned(),
            state: "SUCCESS".to_owned(),
        })
        .collect();
    stage.local.add_executions(&scope, &executions).unwrap();
    let trigger = TriggerStub {
        namespace: "company.team".to_owned(),
        flow: "flow-0".to_owned(),
        id: "daily".to_owned(),
        disabled: false,
    };
    stage.local.add_triggers(&scope, &[trigger]).unwrap();
    let backend = stage.superadmin();
    let roles = backend.roles(&scope, &Query::first(100)).await.unwrap().total;
    let expected = Footprint {
        flows: Some(3),
        namespaces: Some(3),
        executions: Some(5),
        triggers: Some(1),
        roles: Some(roles),
        bindings: Some(3),
        groups: Some(1),
        users: Some(3),
    };
    assert_eq!(backend.footprint(&scope).await.unwrap(), expected);
    assert_eq!(
        backend.namespaces(&scope).await.unwrap(),
        ["company.other", "company.team", "empty"]
    );
}

pub async fn admins_are_counted_once_each(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let created = backend.create_tenant(&new_tenant("acme")).await.unwrap();
    let role = created.admin_role.unwrap();
    assert_eq!(role.name, ADMIN);
    let scope = super::stage::named("acme");
    let anna = stage.user("anna@example.com", Some(&scope));
    let bob = stage.user("bob@example.com", Some(&scope));
    let group = stage.local.create_group(&scope, "Admins", None).unwrap();
    for user in [&anna, &bob] {
        stage
            .local
            .add_member(&scope, &group.id, &user.username, Membership::Member)
            .unwrap();
    }
    stage.bind(&scope, &bob, &role, Some("company"));
    assert_eq!(
        backend.admin_count(&scope).await.unwrap(),
        0,
        "in a namespace is not in the tenant"
    );
    stage.bind(&scope, &anna, &role, None);
    assert_eq!(backend.admin_count(&scope).await.unwrap(), 1);
    let binding = stage.bind_id(&scope, SubjectKind::Group, &group.id, &role.id, None);
    assert_eq!(backend.admin_count(&scope).await.unwrap(), 2, "anna counts once");
    let counted = async || backend.tenants(&Query::first(1)).await.unwrap().rows[0].admins;
    assert!(counted().await.is_none_or(|admins| admins == 2));
    stage.local.delete_binding(&scope, &binding.id).unwrap();
    assert_eq!(backend.admin_count(&scope).await.unwrap(), 1);
    assert!(counted().await.is_none_or(|admins| admins == 1));
}

pub async fn the_stamp_tells_of_changes_by_others(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let Some(before) = backend.change_stamp().await.unwrap() else {
        return; // A backend need not be able to tell.
    };
    assert_eq!(backend.change_stamp().await.unwrap(), Some(before));
    stage.tenant("acme");
    assert_ne!(backend.change_stamp().await.unwrap(), Some(before));
}
