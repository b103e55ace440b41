//! Creating, changing and deleting tenants.

use kestra_admin::backend::local::FIRST_USER;
use kestra_admin::backend::local::admin::{ExecutionStub, FlowStub, TriggerStub};
use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant};
use kestra_admin::domain::tenant_id::TenantId;
use serde_json::json;

use super::Reach;
use super::stage::{Stage, named, new_tenant};

fn id(text: &str) -> TenantId {
    TenantId::existing(text)
}

pub async fn a_tenant_is_read_as_it_was_created(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let mut new = new_tenant("acme");
    new.tenant.name = String::from("Acme \u{1b}[2J Ärger 日本");
    let created = backend.create_tenant(&new).await.unwrap();
    assert_eq!(
        (&created.tenant.id, &created.tenant.name),
        (&new.tenant.id, &new.tenant.name)
    );
    assert_eq!(backend.tenant(&id("acme")).await.unwrap(), created.tenant);
    let page = backend.tenants(&Query::first(10)).await.unwrap();
    assert_eq!(page.total, 1);
    assert_eq!(page.rows[0].tenant, created.tenant);
    assert!(page.rows[0].admins.is_none_or(|admins| admins == 0));
}

pub async fn a_superadmin_who_creates_does_not_become_admin(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let created = backend.create_tenant(&new_tenant("acme")).await.unwrap();
    assert_eq!(created.admins, []);
    let role = created.admin_role.unwrap();
    assert!(role.is_admin() && !role.permissions.is_empty());
    assert_eq!(backend.role(&named("acme"), &role.id).await.unwrap(), role);
    assert_eq!(backend.admin_count(&named("acme")).await.unwrap(), 0);
    assert_eq!(
        backend.bindings(&named("acme"), &Query::first(10)).await.unwrap().total,
        0
    );
    assert_eq!(
        backend
            .users(Some(&named("acme")), &Query::first(10))
            .await
            .unwrap()
            .total,
        0
    );
}

pub async fn whoever_is_named_becomes_admin(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    stage.user("anna@example.com", None);
    let backend = stage.superadmin();
    for (tenant, admin) in [("acme", "anna@example.com"), ("globex", FIRST_USER)] {
        let mut new = new_tenant(tenant);
        new.admin = Some(admin.to_owned());
        let created = backend.create_tenant(&new).await.unwrap();
        let [binding] = created.admins.as_slice() else {
            panic!("one admin: {:?}", created.admins);
        };
        assert_eq!(binding.subject_name, admin);
        assert_eq!(Some(&binding.role_id), created.admin_role.as_ref().map(|role| &role.id));
        assert_eq!(binding.namespace, None);
        let scope = named(tenant);
        assert_eq!(backend.admin_count(&scope).await.unwrap(), 1);
        assert_eq!(
            backend.bindings(&scope, &Query::first(10)).await.unwrap().rows,
            created.admins
        );
        let users = backend.users(Some(&scope), &Query::first(10)).await.unwrap();
        assert_eq!(users.rows[0].username, admin);
    }
    let anna = stage.as_user("anna@example.com");
    assert!(
        anna.access(&named("acme")).await.is_ok(),
        "an admin may read who may do what"
    );
    assert_eq!(
        anna.access(&named("globex")).await.unwrap_err().kind,
        ProblemKind::Denied
    );
}

pub async fn an_admin_is_given_where_there_is_none(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    stage.user("anna@example.com", None);
    let backend = stage.superadmin();
    let (acme, globex) = (stage.tenant("acme"), stage.tenant("globex"));
    assert!(backend.ensure_admin(&acme, "anna@example.com").await.unwrap());
    assert!(
        !backend.ensure_admin(&acme, "anna@example.com").await.unwrap(),
        "held already"
    );
    assert_eq!(backend.admin_count(&acme).await.unwrap(), 1);
    let anna = stage.as_user("anna@example.com");
    assert!(anna.access(&acme).await.is_ok(), "with the role comes the way in");
    assert_eq!(
        anna.ensure_admin(&globex, "anna@example.com").await.unwrap_err().kind,
        ProblemKind::Denied
    );
    let wanted = [
        (globex.clone(), "anna@example.com".to_owned()),
        (acme.clone(), "nobody@example.com".to_owned()),
        (named("nowhere"), "anna@example.com".to_owned()),
        (acme.clone(), "anna@example.com".to_owned()),
    ];
    let outcomes = backend.ensure_admins(&wanted).await;
    let kinds: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.map_err(|problem| problem.kind))
        .collect();
    let missing = Err(ProblemKind::NotFound);
    assert_eq!(kinds, [Ok(true), missing, missing, Ok(false)], "{release}");
}

pub async fn an_unknown_admin_is_refused_and_nothing_is_created(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let mut new = new_tenant("acme");
    new.admin = Some("nobody@example.com".to_owned());
    let problem = backend.create_tenant(&new).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Invalid);
    assert_eq!(problem.fields[0].path, "admin");
    assert!(problem.fields[0].message.contains("nobody@example.com"));
    assert_eq!(
        backend.tenant(&id("acme")).await.unwrap_err().kind,
        ProblemKind::NotFound
    );
    assert_eq!(backend.tenants(&Query::first(10)).await.unwrap().total, 0);
}

pub async fn a_permission_holder_creates_and_becomes_admin(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let home = stage.tenant("home");
    let role = stage.role(&home, "Founder", &[("TENANT", "CREATE")]);
    let anna = stage.user("anna@example.com", Some(&home));
    let backend = stage.as_user("anna@example.com");
    let reason = backend.instance().await.unwrap().rights.create_tenant.unwrap_err();
    assert!(reason.contains("CREATE on TENANT"), "{reason}");
    assert_eq!(
        backend.create_tenant(&new_tenant("acme")).await.unwrap_err().kind,
        ProblemKind::Denied
    );

    stage.bind(&home, &anna, &role, None);
    let backend = stage.as_user("anna@example.com");
    let rights = backend.instance().await.unwrap().rights;
    assert_eq!(rights.create_tenant, Ok(()));
    assert!(
        rights.update_tenant.is_err() && rights.delete_tenant.is_err(),
        "CREATE is CREATE alone"
    );
    let created = backend.create_tenant(&new_tenant("acme")).await.unwrap();
    assert_eq!(created.admins[0].subject_name, "anna@example.com");
    assert_eq!(
        backend.tenants(&Query::first(10)).await.unwrap().total,
        2,
        "the new one is there at once"
    );
    assert!(backend.access(&named("acme")).await.is_ok());
}

pub async fn others_than_superadmins_may_not_change_tenants(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    stage.user("anna@example.com", Some(&acme));
    let backend = stage.as_user("anna@example.com");
    let instance = backend.instance().await.unwrap();
    assert!(!instance.identity.superadmin);
    for right in [
        instance.rights.create_tenant,
        instance.rights.update_tenant,
        instance.rights.delete_tenant,
    ] {
        assert!(right.unwrap_err().contains("anna@example.com"));
    }
    let before = stage.superadmin().tenant(&id("acme")).await.unwrap();
    let after = Tenant::new(id("acme"), "Mine");
    for problem in [
        backend.create_tenant(&new_tenant("globex")).await.unwrap_err(),
        backend.update_tenant(&before, &after).await.unwrap_err(),
        backend.delete_tenant(&id("acme")).await.unwrap_err(),
    ] {
        assert_eq!(problem.kind, ProblemKind::Denied, "{problem}");
    }
    assert_eq!(stage.superadmin().tenant(&id("acme")).await.unwrap(), before);
}

pub async fn ids_are_unique_and_well_formed(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    backend.create_tenant(&new_tenant("acme")).await.unwrap();
    let problem = backend.create_tenant(&new_tenant("acme")).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert!(problem.what.contains("`acme`"), "{problem}");
    for wrong in ["", "Acme", "-acme", "a b", "(default)", "acme/x", &"x".repeat(64)] {
        let new = NewTenant {
            tenant: Tenant::new(id(wrong), "Name"),
            admin: None,
        };
        let problem = backend.create_tenant(&new).await.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Invalid, "{wrong:?}");
        assert_eq!(problem.fields[0].path, "id");
    }
    assert_eq!(backend.tenants(&Query::first(10)).await.unwrap().total, 1);
}

pub async fn fields_are_those_of_the_release(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let mut new = new_tenant("acme");
    new.tenant.name = String::from("  ");
    new.tenant.rest.insert("colour".to_owned(), json!("red"));
    let problem = backend.create_tenant(&new).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Invalid);
    let paths: Vec<_> = problem.fields.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(paths, ["name", "colour"]);

    for (field, value, exists) in [
        ("storageType", json!("s3"), release.at_least(0, 20)),
        ("requireExistingNamespace", json!(true), release.at_least(0, 23)),
        (
            "concurrency",
            json!({"limit": 3, "behavior": "QUEUE"}),
            release.at_least(2, 0),
        ),
    ] {
        let mut new = new_tenant(&field.to_lowercase());
        new.tenant.rest.insert(field.to_owned(), value.clone());
        let created = backend.create_tenant(&new).await;
        assert_eq!(created.is_ok(), exists, "{field}: {created:?}");
        if exists {
            let read = backend.tenant(&new.tenant.id).await.unwrap();
            assert_eq!(read.rest.get(field), Some(&value));
        }
    }
}

pub async fn an_update_replaces_the_whole_tenant(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let mut new = new_tenant("acme");
    if release.at_least(0, 20) {
        new.tenant.rest.insert("storageType".to_owned(), json!("s3"));
        new.tenant.rest.insert("secretType".to_owned(), json!("vault"));
    }
    let before = backend.create_tenant(&new).await.unwrap().tenant;
    let mut after = before.clone();
    after.name = String::from("Renamed");
    after.rest.shift_remove("storageType");
    let updated = backend.update_tenant(&before, &after).await.unwrap();
    assert_eq!(updated, after);
    assert_eq!(backend.tenant(&id("acme")).await.unwrap(), after);
    let query = Query::parse("renamed", kestra_admin::backend::TENANT_COLUMNS, 10).unwrap();
    assert_eq!(
        backend.tenants(&query).await.unwrap().total,
        1,
        "it is found by its new name"
    );

    let missing = Tenant::new(id("globex"), "Globex");
    let problem = backend.update_tenant(&missing, &missing).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotFound);
}

pub async fn an_update_over_somebody_elses_change_is_refused(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let (ours, theirs) = (stage.superadmin(), stage.superadmin());
    let before = ours.create_tenant(&new_tenant("acme")).await.unwrap().tenant;
    let mut changed = before.clone();
    changed.name = String::from("Theirs");
    theirs.update_tenant(&before, &changed).await.unwrap();
    let mut after = before.clone();
    after.name = String::from("Ours");
    let problem = ours.update_tenant(&before, &after).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    let detail = problem.detail.unwrap();
    assert!(
        detail.contains("name") && detail.contains("Tenant acme") && detail.contains("Theirs"),
        "{detail}"
    );
    assert_eq!(ours.tenant(&id("acme")).await.unwrap(), changed);
}

pub async fn an_update_checks_what_it_writes(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    let before = backend.create_tenant(&new_tenant("acme")).await.unwrap().tenant;
    let mut nameless = before.clone();
    nameless.name = String::new();
    let mut misspelled = before.clone();
    misspelled.rest.insert("storagetype".to_owned(), json!("s3"));
    let mut moved = before.clone();
    moved.id = id("globex");
    for (after, path) in [(nameless, "name"), (misspelled, "storagetype"), (moved, "id")] {
        let problem = backend.update_tenant(&before, &after).await.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Invalid);
        assert_eq!(problem.fields[0].path, path);
    }
    assert_eq!(backend.tenant(&id("acme")).await.unwrap(), before);
}

pub async fn deleting_removes_what_lives_in_a_tenant_but_executions(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let (acme, globex) = (stage.tenant("acme"), stage.tenant("globex"));
    for scope in [&acme, &globex] {
        let flow = FlowStub {
            namespace: "company".to_owned(),
            id: "hello".to_owned(),
            disabled: false,
        };
        let trigger = TriggerStub {
            namespace: "company".to_owned(),
            flow: "hello".to_owned(),
            id: "daily".to_owned(),
            disabled: false,
        };
        let execution = ExecutionStub {
            id: "1".to_owned(),
            namespace: "company".to_owned(),
            flow: "hello".to_owned(),
            state: "SUCCESS".to_owned(),
        };
        stage.local.add_flows(scope, &[flow]).unwrap();
        stage.local.add_triggers(scope, &[trigger]).unwrap();
        stage.local.add_executions(scope, &[execution]).unwrap();
        stage.local.create_group(scope, "Readers", None).unwrap();
        let role = stage.role(scope, "Reader", &stage.flow_reader());
        let user = stage.user(&format!("anna@{scope}.com"), Some(scope));
        stage.bind(scope, &user, &role, None);
    }
    let backend = stage.superadmin();
    let kept = backend.footprint(&globex).await.unwrap();
    backend.delete_tenant(&id("acme")).await.unwrap();
    assert_eq!(
        backend.tenant(&id("acme")).await.unwrap_err().kind,
        ProblemKind::NotFound
    );
    assert_eq!(
        backend.delete_tenant(&id("acme")).await.unwrap_err().kind,
        ProblemKind::NotFound
    );
    assert_eq!(
        backend.roles(&acme, &Query::first(1)).await.unwrap_err().kind,
        ProblemKind::NotFound
    );
    assert_eq!(
        backend.footprint(&globex).await.unwrap(),
        kept,
        "its neighbour is untouched"
    );

    backend.create_tenant(&new_tenant("acme")).await.unwrap();
    let anew = backend.footprint(&acme).await.unwrap();
    assert_eq!(anew.executions, Some(1), "executions stay in the database");
    assert_eq!(
        (anew.flows, anew.namespaces, anew.triggers),
        (Some(0), Some(0), Some(0))
    );
    assert_eq!((anew.bindings, anew.groups, anew.users), (Some(0), Some(0), Some(0)));
    assert_eq!(anew.roles, kept.roles.map(|roles| roles - 1), "only the managed roles");
}

pub async fn many_are_created_in_order_and_each_has_its_own_outcome(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let backend = stage.superadmin();
    backend.create_tenant(&new_tenant("t-0007")).await.unwrap();
    let mut new: Vec<_> = (0..600).map(|index| new_tenant(&format!("t-{index:04}"))).collect();
    new[3].tenant.name = String::new();
    new[550].admin = Some("nobody@example.com".to_owned());
    new[599].tenant.id = id("t-0598");
    let results = backend.create_tenants(&new).await;
    assert_eq!(results.len(), 600);
    for (index, result) in results.iter().enumerate() {
        let expected = match index {
            3 | 550 => Some(ProblemKind::Invalid),
            7 | 599 => Some(ProblemKind::Conflict),
            _ => None,
        };
        assert_eq!(result.as_ref().err().map(|problem| problem.kind), expected, "{index}");
        if let Ok(created) = result {
            assert_eq!(created.tenant.id, new[index].tenant.id);
        }
    }
    assert_eq!(backend.tenants(&Query::first(1)).await.unwrap().total, 597);
}
