//! Who sees what.

use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant_id::TenantId;
use kestra_admin::domain::user::UserKind;

use super::Reach;
use super::stage::{Stage, named};

pub async fn users_see_only_tenants_they_have_access_to(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let (acme, _globex) = (stage.tenant("acme"), stage.tenant("globex"));
    stage.user("anna@example.com", Some(&acme));
    stage.user("bob@example.com", None);
    let seen = async |username: &str| {
        let page = stage.as_user(username).tenants(&Query::first(10)).await.unwrap();
        assert_eq!(page.total, page.rows.len() as u64);
        page.rows
            .into_iter()
            .map(|row| row.tenant.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(seen("anna@example.com").await, ["acme"]);
    assert_eq!(seen("bob@example.com").await, [] as [&str; 0]);
    let anna = stage.as_user("anna@example.com");
    assert_eq!(
        anna.tenant(&TenantId::existing("acme")).await.unwrap().name,
        "Tenant acme"
    );
    let filter = Query::parse("globex", kestra_admin::backend::TENANT_COLUMNS, 10).unwrap();
    assert_eq!(
        anna.tenants(&filter).await.unwrap().total,
        0,
        "a filter finds no more than the list has"
    );
    for problem in [
        anna.tenant(&TenantId::existing("globex")).await.unwrap_err(),
        anna.namespaces(&named("globex")).await.unwrap_err(),
        anna.footprint(&named("globex")).await.unwrap_err(),
        anna.users(None, &Query::first(10)).await.unwrap_err(),
    ] {
        assert_eq!(problem.kind, ProblemKind::Denied, "{problem}");
    }
    stage
        .local
        .grant_tenant_access(&named("globex"), "anna@example.com")
        .unwrap();
    assert_eq!(seen("anna@example.com").await, ["acme", "globex"]);
}

pub async fn reading_takes_the_permission_to_read(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let anna = stage.user("anna@example.com", Some(&acme));
    let query = Query::first(10);
    let outcomes = async || {
        let backend = stage.as_user("anna@example.com");
        [
            backend.roles(&acme, &query).await.map(drop),
            backend.bindings(&acme, &query).await.map(drop),
            backend.groups(&acme, &query).await.map(drop),
            backend.access(&acme).await.map(drop),
        ]
    };
    for outcome in outcomes().await {
        let problem = outcome.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Denied);
        assert!(problem.why.contains("anna@example.com"), "{problem}");
    }
    let pairs = |resource: &'static str| stage.reading().iter().map(move |action| (resource, *action));
    let role = stage.role(&acme, "Role reader", &pairs("ROLE").collect::<Vec<_>>());
    stage.bind(&acme, &anna, &role, None);
    let [roles, bindings, groups, access] = outcomes().await;
    assert!(roles.is_ok() && bindings.is_err() && groups.is_err() && access.is_err());
    let people = if release.at_least(0, 24) && !release.at_least(2, 0) {
        "TENANT_ACCESS"
    } else {
        "USER"
    };
    let all: Vec<_> = ["ROLE", "BINDING", "GROUP", people]
        .into_iter()
        .flat_map(pairs)
        .collect();
    let role = stage.role(&acme, "Reader of people", &all);
    stage.bind(&acme, &anna, &role, None);
    for outcome in outcomes().await {
        outcome.unwrap();
    }
    // What is held in one namespace says nothing about the tenant.
    let bob = stage.user("bob@example.com", Some(&acme));
    stage.bind(&acme, &bob, &role, Some("company"));
    let problem = stage.as_user("bob@example.com").roles(&acme, &query).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Denied);
}

pub async fn a_role_in_a_namespace_shows_that_namespace(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let namespaces = ["prod", "prod.engineering", "production", "test"].map(str::to_owned);
    stage.local.add_namespaces(&acme, &namespaces).unwrap();
    let pairs: Vec<_> = stage.reading().iter().map(|action| ("NAMESPACE", *action)).collect();
    let role = stage.role(&acme, "Reader", &pairs);
    let anna = stage.user("anna@example.com", Some(&acme));
    let seen = async || stage.as_user("anna@example.com").namespaces(&acme).await.unwrap();
    assert_eq!(seen().await, [] as [&str; 0]);
    stage.bind(&acme, &anna, &role, Some("prod"));
    assert_eq!(seen().await, ["prod", "prod.engineering"]);
    stage.bind(&acme, &anna, &role, None);
    assert_eq!(seen().await, namespaces);
}

pub async fn default_roles_come_with_access(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    // 2.0 wants a role to allow something.
    let mut permissions = Permissions::default();
    permissions.allow(Resource::known("FLOW"), Action::known(stage.reading()[0]));
    let role = stage
        .local
        .create_role(
            &acme,
            &NewRole {
                name: "Everybody".to_owned(),
                description: None,
                permissions,
                is_default: true,
            },
        )
        .unwrap();
    stage.user("anna@example.com", Some(&acme));
    stage
        .local
        .create_user(&NewUser {
            username: "bob@example.com".to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
            tenant: None,
            groups: Vec::new(),
        })
        .unwrap();
    stage.local.grant_tenant_access(&acme, "bob@example.com").unwrap();
    stage.local.grant_tenant_access(&acme, "bob@example.com").unwrap();
    let bindings = stage.superadmin().bindings(&acme, &Query::first(10)).await.unwrap();
    let holders: Vec<_> = bindings
        .rows
        .iter()
        .map(|b| (b.subject_name.as_str(), b.role_id.as_str()))
        .collect();
    assert_eq!(
        holders,
        [
            ("anna@example.com", role.id.as_str()),
            ("bob@example.com", role.id.as_str())
        ]
    );
}

pub async fn what_is_not_there_is_not_found(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let (acme, nowhere) = (stage.tenant("acme"), named("nowhere"));
    let (backend, query) = (stage.superadmin(), Query::first(10));
    for problem in [
        backend.tenant(&TenantId::existing("nowhere")).await.unwrap_err(),
        backend.delete_tenant(&TenantId::existing("nowhere")).await.unwrap_err(),
        backend.delete_tenant(&TenantId::existing("")).await.unwrap_err(),
        backend.admin_count(&nowhere).await.unwrap_err(),
        backend.footprint(&nowhere).await.unwrap_err(),
        backend.namespaces(&nowhere).await.unwrap_err(),
        backend.roles(&nowhere, &query).await.unwrap_err(),
        backend.role(&acme, "nothing").await.unwrap_err(),
        backend.bindings(&nowhere, &query).await.unwrap_err(),
        backend.users(Some(&nowhere), &query).await.unwrap_err(),
        backend.groups(&nowhere, &query).await.unwrap_err(),
        backend.access(&nowhere).await.unwrap_err(),
    ] {
        assert_eq!(problem.kind, ProblemKind::NotFound, "{problem}");
    }
}
