//! Local instances as a whole, beyond what every backend has to do (`tests/backend_contract`).

use std::path::PathBuf;

use serde_json::json;

use crate::backend::Backend;
use crate::domain::binding::SubjectKind;
use crate::domain::permission::Permissions;
use crate::domain::problem::ProblemKind;
use crate::domain::release::Release;
use crate::domain::role::ADMIN;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::user::{Membership, UserKind};

use super::admin::NewUser;
use super::{FIRST_USER, LocalInstance};
use crate::domain::binding::NewBinding;
use crate::domain::role::NewRole;

struct Lab {
    _home: tempfile::TempDir,
    directory: PathBuf,
}

impl Lab {
    fn new(release: Release) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, release).unwrap();
        Self { _home: home, directory }
    }

    /// Opens it with multi-tenancy on.
    fn open(&self) -> LocalInstance {
        std::fs::write(
            self.directory.join("application.yml"),
            "kestra.ee.tenants.enabled: true\n",
        )
        .unwrap();
        LocalInstance::open(&self.directory, None).unwrap()
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn user(username: &str) -> NewUser {
    NewUser {
        username: username.to_owned(),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: false,
        tenant: None,
        groups: Vec::new(),
    }
}

fn tenant(id: &str) -> NewTenant {
    NewTenant {
        tenant: Tenant::new(id.parse().unwrap(), id),
        admin: None,
    }
}

fn named(id: &str) -> TenantScope {
    TenantScope::Named(id.parse().unwrap())
}

#[test]
fn what_is_no_instance_is_not_opened_and_not_touched() {
    let home = tempfile::tempdir().unwrap();
    let problem = LocalInstance::open(home.path(), None).err().unwrap();
    assert_eq!(problem.kind, ProblemKind::NotFound);
    assert!(problem.next.contains("`default`"), "{problem}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);

    let lab = Lab::new(Release::DEFAULT);
    std::fs::remove_file(lab.directory.join("application.yml")).unwrap();
    let problem = LocalInstance::open(&lab.directory, None).err().unwrap();
    assert!(problem.what.contains("application.yml"), "{problem}");
}

#[test]
fn opening_creates_only_where_there_is_nothing() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("default");
    let first = LocalInstance::open_or_create(&directory, Release::new(0, 19), None).unwrap();
    let second = LocalInstance::open_or_create(&directory, Release::new(2, 0), None).unwrap();
    assert_eq!(
        (first.release(), second.release()),
        (Release::new(0, 19), Release::new(0, 19))
    );
    assert_eq!(second.directory(), directory);
    assert_eq!(second.notes(), [] as [&str; 0]);
}

#[test]
fn the_acting_user_has_to_exist() {
    let lab = Lab::new(Release::DEFAULT);
    let instance = lab.open();
    for problem in [
        LocalInstance::open(&lab.directory, Some("nobody")).err().unwrap(),
        instance.acting_as("nobody").err().unwrap(),
    ] {
        assert_eq!(problem.kind, ProblemKind::Denied);
        assert!(problem.why.contains("`nobody`"), "{problem}");
    }
    instance.create_user(&user("anna@example.com")).unwrap();
    let anna = block_on(instance.acting_as("anna@example.com").unwrap().instance()).unwrap();
    assert_eq!(
        (anna.identity.username.as_str(), anna.identity.superadmin),
        ("anna@example.com", false)
    );
    assert!(anna.settings_source.unwrap().ends_with("application.yml"));
}

#[test]
fn the_first_user_is_admin_of_the_default_tenant_where_there_is_one() {
    for (release, expected) in [
        (Release::new(0, 13), Some(1)),
        (Release::new(0, 21), Some(1)),
        (Release::new(1, 0), None),
    ] {
        let lab = Lab::new(release);
        let instance = LocalInstance::open(&lab.directory, None).unwrap();
        assert_eq!(
            block_on(instance.admin_count(&TenantScope::Default)).ok(),
            expected,
            "{release}"
        );
    }
}

#[test]
fn every_change_is_in_the_audit_log_and_stays_there() {
    let lab = Lab::new(Release::DEFAULT);
    let instance = lab.open();
    let acme = block_on(instance.create_tenant(&tenant("acme"))).unwrap().tenant;
    let mut renamed = acme.clone();
    renamed.name = "Renamed".to_owned();
    block_on(instance.update_tenant(&acme, &renamed)).unwrap();
    block_on(instance.create_tenant(&tenant("acme"))).unwrap_err();
    block_on(instance.delete_tenant(&acme.id)).unwrap();
    instance.create_tenant_by_command(&tenant("globex")).unwrap();
    let log: Vec<_> = instance
        .audit_log(100)
        .unwrap()
        .into_iter()
        .rev()
        .map(|entry| format!("{} {} {} {}", entry.actor, entry.action, entry.resource, entry.id))
        .collect();
    assert_eq!(
        log,
        [
            format!("{FIRST_USER} CREATE TENANT acme"),
            format!("{FIRST_USER} UPDATE TENANT acme"),
            format!("{FIRST_USER} DELETE TENANT acme"),
            "kestra command line CREATE TENANT globex".to_owned(),
        ]
    );
}

#[test]
fn usernames_are_unique_and_those_of_people_are_email_addresses_from_0_20_on() {
    for (release, plain) in [(Release::new(0, 19), true), (Release::new(0, 20), false)] {
        let instance = Lab::new(release);
        let instance = instance.open();
        assert_eq!(instance.create_user(&user("anna")).is_ok(), plain, "{release}");
        assert!(instance.create_user(&user("anna@example.com")).is_ok());
        let again = instance.create_user(&user("anna@example.com")).unwrap_err();
        assert_eq!(again.kind, ProblemKind::Conflict);
        for wrong in ["", "a b@example.com", "a\u{1b}@example.com"] {
            let problem = instance.create_user(&user(wrong)).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Invalid, "{wrong:?}");
            assert_eq!(problem.fields[0].path, "username");
        }
        let mut robot = user("robot");
        robot.kind = UserKind::ServiceAccount;
        assert!(instance.create_user(&robot).is_ok());
    }
}

#[test]
fn a_user_that_is_refused_leaves_no_trace() {
    let lab = Lab::new(Release::DEFAULT);
    let instance = lab.open();
    instance.create_tenant_by_command(&tenant("acme")).unwrap();
    let mut wanted = user("anna@example.com");
    wanted.groups = vec!["Nobody's".to_owned()];
    assert_eq!(
        instance.create_user(&wanted).unwrap_err().kind,
        ProblemKind::Invalid,
        "no tenant"
    );
    wanted.tenant = Some(named("acme"));
    assert_eq!(
        instance.create_user(&wanted).unwrap_err().kind,
        ProblemKind::NotFound,
        "no group"
    );
    assert!(instance.acting_as("anna@example.com").is_err());
    instance.create_group(&named("acme"), "Nobody's", None).unwrap();
    assert!(instance.create_user(&wanted).is_ok());
}

#[test]
fn the_last_superadmin_stays_one() {
    let lab = Lab::new(Release::new(2, 0));
    let instance = lab.open();
    let problem = instance.set_superadmin(FIRST_USER, false).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert!(problem.what.contains("instance owner"), "{problem}");
    instance.create_user(&user("anna@example.com")).unwrap();
    instance.set_superadmin("anna@example.com", true).unwrap();
    instance.set_superadmin(FIRST_USER, false).unwrap();
    assert!(
        !block_on(instance.instance()).unwrap().identity.superadmin,
        "at once, also for who is at work"
    );
    let anew = LocalInstance::open(&lab.directory, None).unwrap();
    assert_eq!(block_on(anew.instance()).unwrap().identity.username, "anna@example.com");
}

#[test]
fn roles_and_groups_bring_access_with_them_up_to_1_3() {
    for (release, brings) in [(Release::new(1, 3), true), (Release::new(2, 0), false)] {
        let lab = Lab::new(release);
        let instance = lab.open();
        let created = instance.create_tenant_by_command(&tenant("acme")).unwrap();
        let anna = instance.create_user(&user("anna@example.com")).unwrap();
        let group = instance.create_group(&named("acme"), "Readers", None).unwrap();
        let joined = instance.add_member(&named("acme"), &group.id, "anna@example.com", Membership::Member);
        assert_eq!(joined.is_ok(), brings, "{release}");
        let seen = block_on(
            instance
                .acting_as("anna@example.com")
                .unwrap()
                .tenant(&created.tenant.id),
        );
        assert_eq!(seen.is_ok(), brings, "{release}");
        instance
            .grant_tenant_access(&named("acme"), "anna@example.com")
            .unwrap();
        let binding = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: anna.id,
            role_id: created.admin_role.unwrap().id,
            namespace: None,
        };
        assert_eq!(
            instance.create_binding(&named("acme"), &binding).unwrap().role_name,
            ADMIN
        );
        let again = instance.create_binding(&named("acme"), &binding).unwrap_err();
        assert_eq!(again.kind, ProblemKind::Conflict);
    }
}

#[test]
fn objects_that_refer_to_nothing_are_refused() {
    let lab = Lab::new(Release::DEFAULT);
    let instance = lab.open();
    let created = instance.create_tenant_by_command(&tenant("acme")).unwrap();
    let acme = named("acme");
    let role = created.admin_role.unwrap().id;
    let bind = |subject_kind, subject: &str, role: &str, namespace: Option<&str>| {
        let new = NewBinding {
            subject_kind,
            subject_id: subject.to_owned(),
            role_id: role.to_owned(),
            namespace: namespace.map(str::to_owned),
        };
        instance.create_binding(&acme, &new).unwrap_err().kind
    };
    assert_eq!(bind(SubjectKind::User, "x", &role, None), ProblemKind::NotFound);
    assert_eq!(bind(SubjectKind::Group, "x", &role, None), ProblemKind::NotFound);
    assert_eq!(bind(SubjectKind::User, "x", "x", None), ProblemKind::NotFound);
    assert_eq!(bind(SubjectKind::User, "x", &role, Some("")), ProblemKind::Invalid);
    assert_eq!(
        instance.delete_binding(&acme, "x").unwrap_err().kind,
        ProblemKind::NotFound
    );
    assert_eq!(
        instance.grant_tenant_access(&acme, "x").unwrap_err().kind,
        ProblemKind::NotFound
    );
    let nameless = NewRole {
        name: " ".to_owned(),
        description: None,
        permissions: Permissions::default(),
        is_default: false,
    };
    assert_eq!(
        instance.create_role(&acme, &nameless).unwrap_err().kind,
        ProblemKind::Invalid
    );
    assert_eq!(
        instance.create_group(&acme, "", None).unwrap_err().kind,
        ProblemKind::Invalid
    );
    let mut permissions = Permissions::default();
    permissions.allow("FLOW".into(), "EXECUTE".into());
    let of_2_0 = NewRole {
        name: "Operator".to_owned(),
        permissions,
        ..nameless
    };
    let problem = instance.create_role(&acme, &of_2_0).unwrap_err();
    assert_eq!(problem.fields[0].path, "permissions.FLOW");
    instance.create_group(&acme, "Readers", None).unwrap();
    assert_eq!(
        instance.create_group(&acme, "Readers", None).unwrap_err().kind,
        ProblemKind::Conflict
    );
    let namespaces = ["a..b".to_owned()];
    assert_eq!(
        instance.add_namespaces(&acme, &namespaces).unwrap_err().kind,
        ProblemKind::Invalid
    );
}

#[test]
fn access_sync_is_refused_while_multi_tenancy_is_off() {
    let lab = Lab::new(Release::DEFAULT);
    let off = LocalInstance::open(&lab.directory, None).unwrap();
    let problem = off.sync_access().unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Denied);
    assert!(problem.why.contains("application.yml"), "{problem}");
    let on = lab.open();
    assert_eq!(block_on(on.admin_count(&TenantScope::Default)).unwrap(), 0);
    assert_eq!(on.sync_access().unwrap().bindings, 1);
    assert_eq!(block_on(on.admin_count(&TenantScope::Default)).unwrap(), 1);
}

#[test]
fn fields_this_release_does_not_know_survive_an_update() {
    let lab = Lab::new(Release::DEFAULT);
    let instance = lab.open();
    instance.create_tenant_by_command(&tenant("acme")).unwrap();
    instance
        .core
        .store
        .write(|db| Ok(db.execute(r#"UPDATE tenants SET rest = '{"futureField": {"x": [1]}}'"#, ())?))
        .unwrap();
    let id = "acme".parse().unwrap();
    let before = block_on(instance.tenant(&id)).unwrap();
    let mut after = before.clone();
    after.name = "Renamed".to_owned();
    after.rest.insert("storageType".to_owned(), serde_json::Value::Null);
    let updated = block_on(instance.update_tenant(&before, &after)).unwrap();
    assert_eq!(
        updated.to_json(),
        json!({"id": "acme", "name": "Renamed", "futureField": {"x": [1]}})
    );
    let mut changed = updated.clone();
    changed.rest.insert("futureField".to_owned(), json!(2));
    let problem = block_on(instance.update_tenant(&updated, &changed)).unwrap_err();
    assert_eq!(problem.fields[0].path, "futureField");
}

#[test]
fn a_conflict_shows_what_changed_but_no_secret() {
    let lab = Lab::new(Release::new(1, 3));
    let instance = lab.open();
    let mut new = tenant("acme");
    new.tenant
        .rest
        .insert("sdkDefaultAuthentication".to_owned(), json!({"apiToken": "hunter2"}));
    new.tenant
        .rest
        .insert("secretConfiguration".to_owned(), json!({"token": "hunter2"}));
    new.tenant.rest.insert("storageType".to_owned(), json!("s3"));
    instance.create_tenant_by_command(&new).unwrap();
    let stale = Tenant::new("acme".parse().unwrap(), "acme");
    let problem = block_on(instance.update_tenant(&stale, &stale)).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    let detail = problem.detail.unwrap();
    assert!(!detail.contains("hunter2"), "{detail}");
    for line in [
        "sdkDefaultAuthentication: changed",
        "secretConfiguration: changed",
        "storageType: you saw nothing, now `\"s3\"`",
    ] {
        assert!(detail.lines().any(|other| other == line), "{line} in {detail}");
    }
}

#[test]
fn settings_without_effect_are_noted() {
    let lab = Lab::new(Release::DEFAULT);
    std::fs::write(
        lab.directory.join("application.yml"),
        "kestra: {tenants: {enabled: true}}\n",
    )
    .unwrap();
    let instance = LocalInstance::open(&lab.directory, None).unwrap();
    assert!(!instance.tenancy().enabled);
    assert!(instance.notes()[0].contains("`kestra.ee.tenants`"));
}
