//! What the settings of multi-tenancy mean.

use kestra_admin::backend::local::FIRST_USER;
use kestra_admin::backend::local::admin::{FlowStub, SyncSummary};
use kestra_admin::domain::instance::{Edition, Tenancy};
use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::tenant_id::TenantId;

use super::Reach;
use super::stage::{Stage, named, new_tenant};

pub async fn an_instance_says_what_it_is(reach: &dyn Reach, release: Release) {
    let stage = Stage::untouched(reach, release);
    let instance = stage.superadmin().instance().await.unwrap();
    assert_eq!(instance.release, release);
    assert!(
        instance.version.starts_with(&release.to_string()),
        "{}",
        instance.version
    );
    assert_eq!(instance.edition, Edition::Enterprise);
    assert_eq!(instance.tenancy, release.tenancy_defaults());
    assert_eq!(instance.identity.username, FIRST_USER);
    assert!(instance.identity.superadmin);
    assert_eq!(instance.rights.create_tenant.is_ok(), instance.tenancy.enabled);
}

pub async fn without_multi_tenancy_there_are_no_named_tenants(reach: &dyn Reach, release: Release) {
    let mut stage = Stage::new(reach, release);
    stage.tenant("acme");
    stage.restart(false, true);
    let backend = stage.superadmin();
    assert_eq!(backend.tenants(&Query::first(10)).await.unwrap().total, 0);
    let problem = backend.tenant(&TenantId::existing("acme")).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotFound);
    let problem = backend.create_tenant(&new_tenant("globex")).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Denied);
    let rights = backend.instance().await.unwrap().rights;
    for right in [rights.create_tenant, rights.update_tenant, rights.delete_tenant] {
        assert!(right.unwrap_err().contains("multi-tenancy is off"));
    }
    assert!(
        backend
            .roles(&TenantScope::Default, &Query::first(10))
            .await
            .unwrap()
            .total
            > 0
    );

    stage.restart(true, true);
    let backend = stage.superadmin();
    assert_eq!(backend.tenants(&Query::first(10)).await.unwrap().total, 1);
    assert_eq!(
        backend.tenant(&TenantId::existing("acme")).await.unwrap().name,
        "Tenant acme"
    );
}

pub async fn settings_have_no_effect_where_tenants_are_mandatory(reach: &dyn Reach, release: Release) {
    let mut stage = Stage::new(reach, release);
    stage.restart(false, true);
    let backend = stage.superadmin();
    let expected = Tenancy {
        enabled: true,
        default_tenant: false,
    };
    assert_eq!(backend.instance().await.unwrap().tenancy, expected);
    assert!(backend.create_tenant(&new_tenant("acme")).await.is_ok());
    let problem = backend.footprint(&TenantScope::Default).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotFound);
}

/// Gives `anna@example.com` a role in the default tenant, directly, and `bob@example.com` one through a group.
fn people_of_the_default_tenant(stage: &Stage<'_>) {
    let scope = TenantScope::Default;
    let reading = stage.reading();
    let pairs: Vec<_> = ["NAMESPACE", "ROLE", "BINDING", "GROUP", "USER"]
        .into_iter()
        .flat_map(|resource| reading.iter().map(move |action| (resource, *action)))
        .collect();
    let role = stage.role(&scope, "Reader", &pairs);
    let anna = stage.user("anna@example.com", Some(&scope));
    stage.bind(&scope, &anna, &role, None);
    stage.user("bob@example.com", Some(&scope));
    let group = stage.local.create_group(&scope, "Readers", None).unwrap();
    stage
        .local
        .add_member(
            &scope,
            &group.id,
            "bob@example.com",
            kestra_admin::domain::user::Membership::Member,
        )
        .unwrap();
    stage.bind_id(
        &scope,
        kestra_admin::domain::binding::SubjectKind::Group,
        &group.id,
        &role.id,
        None,
    );
    let flow = FlowStub {
        namespace: "company.team".to_owned(),
        id: "hello".to_owned(),
        disabled: false,
    };
    stage.local.add_flows(&scope, &[flow]).unwrap();
}

pub async fn access_is_lost_by_enabling_and_comes_back_by_synchronising(reach: &dyn Reach, release: Release) {
    let scope = TenantScope::Default;
    let mut stage = Stage::untouched(reach, release);
    stage.restart(false, true);
    people_of_the_default_tenant(&stage);
    let people = ["anna@example.com", "bob@example.com"];
    let before = stage.superadmin().access(&scope).await.unwrap();
    for person in people {
        let backend = stage.as_user(person);
        assert_eq!(backend.namespaces(&scope).await.unwrap(), ["company.team"]);
        assert_eq!(backend.access(&scope).await.unwrap(), before);
    }

    let running = stage.as_user("anna@example.com");
    stage.edit(true, true);
    assert!(
        !running.instance().await.unwrap().tenancy.enabled,
        "a change takes a restart"
    );
    drop(running);

    stage.restart(true, true);
    for person in people {
        let backend = stage.as_user(person);
        assert_eq!(
            backend.namespaces(&scope).await.unwrap_err().kind,
            ProblemKind::Denied,
            "{person}"
        );
        assert_eq!(backend.access(&scope).await.unwrap_err().kind, ProblemKind::Denied);
    }
    let left = stage.superadmin().access(&scope).await.unwrap();
    assert!(
        left.bindings.iter().all(|binding| binding.subject_name == FIRST_USER),
        "{left:?}"
    );
    assert!(left.groups.is_empty());

    let summary = stage.local.sync_access().unwrap();
    assert!(
        summary.users >= 2 && summary.groups == 1 && summary.roles >= 1 && summary.bindings >= 2,
        "{summary:?}"
    );
    for person in people {
        let backend = stage.as_user(person);
        assert_eq!(backend.namespaces(&scope).await.unwrap(), ["company.team"]);
        assert_eq!(backend.access(&scope).await.unwrap(), before);
    }
    assert_eq!(
        stage.local.sync_access().unwrap(),
        SyncSummary::default(),
        "a second time changes nothing"
    );
}

pub async fn a_disabled_default_tenant_is_out_of_reach_until_it_is_enabled_again(reach: &dyn Reach, release: Release) {
    let scope = TenantScope::Default;
    let mut stage = Stage::new(reach, release);
    stage.local.sync_access().unwrap();
    people_of_the_default_tenant(&stage);
    let before = stage.superadmin().footprint(&scope).await.unwrap();
    assert_eq!((before.flows, before.namespaces), (Some(1), Some(1)));

    stage.restart(true, false);
    for person in ["anna@example.com", FIRST_USER] {
        let backend = stage.as_user(person);
        for problem in [
            backend.footprint(&scope).await.unwrap_err(),
            backend.namespaces(&scope).await.unwrap_err(),
            backend.roles(&scope, &Query::first(10)).await.unwrap_err(),
            backend.access(&scope).await.unwrap_err(),
            backend.admin_count(&scope).await.unwrap_err(),
        ] {
            assert_eq!(problem.kind, ProblemKind::NotFound, "{problem}");
        }
    }
    stage.tenant("acme");
    assert!(stage.superadmin().footprint(&named("acme")).await.is_ok());

    stage.restart(true, true);
    assert_eq!(stage.superadmin().footprint(&scope).await.unwrap(), before);
    assert_eq!(
        stage.as_user("anna@example.com").namespaces(&scope).await.unwrap(),
        ["company.team"]
    );
}
