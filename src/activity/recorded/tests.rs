//! What is noted, and what is not.

use std::sync::Arc;

use super::super::log::ActivityLog;
use super::{Place, Recorded};
use crate::backend::Backend;
use crate::backend::local::LocalInstance;
use crate::backend::trace::traced;
use crate::domain::account::Profile;
use crate::domain::activity::ActivityResult;
use crate::domain::binding::NewBinding;
use crate::domain::change::Change;
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::user::UserKind;

/// A local instance of 1.3 behind a record, with what the record says.
fn recorded(home: &std::path::Path) -> (Recorded, ActivityLog) {
    let directory = home.join("instance");
    LocalInstance::create(&directory, Release::new(1, 3)).unwrap();
    let log = ActivityLog::in_state(&home.join("state"));
    let place = Place {
        operator: "ana@jump1".to_owned(),
        context: "lab".to_owned(),
        place: "/lab".to_owned(),
        command_words: vec!["--store".to_owned(), "lab".to_owned()],
        within: None,
    };
    let inner = Arc::new(LocalInstance::open(&directory, None).unwrap());
    (Recorded::new(inner, log.clone(), place), log)
}

#[tokio::test]
async fn changes_are_noted_with_their_results_and_reads_are_not() {
    let home = tempfile::tempdir().unwrap();
    let (backend, log) = recorded(home.path());
    let identity = backend.instance().await.unwrap().identity.username;
    let id: TenantId = "dev".parse().unwrap();
    let new = NewTenant {
        tenant: Tenant::new(id.clone(), "Dev"),
        admin: None,
    };
    backend.create_tenant(&new).await.unwrap();
    backend.create_tenant(&new).await.unwrap_err();
    let scope = TenantScope::Named(id);
    backend.ensure_admin(&scope, &identity).await.unwrap();
    backend.ensure_admin(&scope, &identity).await.unwrap();
    backend.roles(&scope, &Query::first(10)).await.unwrap();
    let mut rows = Vec::new();
    log.read(|row| rows.push(row)).unwrap();
    let shown: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row.result.word(), row.command))
        .collect();
    let admin = format!("kestra-admin --store lab tenants repair-admin dev --admin-username {identity} --yes");
    assert_eq!(
        shown,
        [
            "done kestra-admin --store lab tenants create --tenant dev --name Dev".to_owned(),
            "refused kestra-admin --store lab tenants create --tenant dev --name Dev".to_owned(),
            format!("done {admin}"),
            format!("unchanged {admin}"),
        ]
    );
    assert_eq!(rows[0].identity.as_deref(), Some(identity.as_str()));
    assert_eq!(rows[0].about.as_deref(), Some("create tenant dev"));
    assert!(rows[1].problem.as_ref().unwrap().contains("dev"));
    assert!(backend.unrecorded().is_none());
}

#[tokio::test]
async fn rows_name_people_and_roles_that_were_read() {
    let home = tempfile::tempdir().unwrap();
    let (backend, log) = recorded(home.path());
    let me = backend.instance().await.unwrap().identity;
    let new = NewTenant {
        tenant: Tenant::new("dev".parse().unwrap(), "Dev"),
        admin: Some(me.username.clone()),
    };
    backend.create_tenant(&new).await.unwrap();
    let scope = TenantScope::Named("dev".parse().unwrap());
    let bindings = backend.bindings(&scope, &Query::first(10)).await.unwrap().rows;
    backend.delete_binding(&scope, &bindings[0].id).await.unwrap();
    backend.delete_binding(&scope, "unread").await.unwrap_err();
    let new = NewBinding {
        subject_kind: crate::domain::binding::SubjectKind::User,
        subject_id: me.id.clone(),
        role_id: bindings[0].role_id.clone(),
        namespace: Some("prod".to_owned()),
    };
    backend.create_binding(&scope, &new).await.unwrap();
    let mut rows = Vec::new();
    log.read(|row| rows.push(row.about.unwrap())).unwrap();
    let me = &me.username;
    assert_eq!(
        rows,
        [
            "create tenant dev".to_owned(),
            format!("take role Admin of {me}"),
            "take binding unread".to_owned(),
            format!("give role Admin to {me} in prod")
        ]
    );
}

#[tokio::test]
async fn what_takes_a_change_back_is_told_from_it_by_how_its_row_begins() {
    let home = tempfile::tempdir().unwrap();
    let (backend, log) = recorded(home.path());
    let [before, after] = ["Dev", "Development"].map(|name| Tenant::new("dev".parse().unwrap(), name));
    let new = NewTenant {
        tenant: before.clone(),
        admin: None,
    };
    backend.create_tenant(&new).await.unwrap();
    backend.update_tenant(&before, &after).await.unwrap();
    let back = backend.update_tenant(&after, &before);
    traced("undo: ", back).await.0.unwrap();
    let mut rows = Vec::new();
    log.read(|row| rows.push(row.about.unwrap())).unwrap();
    assert_eq!(
        rows,
        ["create tenant dev", "change tenant dev", "undo: change tenant dev"]
    );
}

#[tokio::test]
async fn what_fails_names_people_by_name_and_by_id_where_names_repeat() {
    let home = tempfile::tempdir().unwrap();
    let (backend, log) = recorded(home.path());
    let id: TenantId = "dev".parse().unwrap();
    backend
        .create_tenant(&NewTenant {
            tenant: Tenant::new(id.clone(), "Dev"),
            admin: None,
        })
        .await
        .unwrap();
    let scope = TenantScope::Named(id);
    let named = |username: &str| Profile {
        username: username.to_owned(),
        ..Profile::default()
    };
    for (kind, name) in [
        (UserKind::Standard, "bob@example.com"),
        (UserKind::ServiceAccount, "ci"),
        (UserKind::ServiceAccount, "ci"),
    ] {
        backend.create_account(None, kind, &named(name)).await.unwrap();
    }
    let users = backend.users(None, &Query::first(10)).await.unwrap().rows;
    let role = backend.roles(&scope, &Query::first(1)).await.unwrap().rows.remove(0);
    for (name, told_by_name) in [("bob@example.com", true), ("ci", false)] {
        let user = users.iter().find(|user| user.username == name).unwrap();
        // Somebody else is faster.
        backend.inner.delete_account(None, user).await.unwrap();
        let new = NewBinding {
            subject_kind: crate::domain::binding::SubjectKind::User,
            subject_id: user.id.clone(),
            role_id: role.id.clone(),
            namespace: None,
        };
        let called = if told_by_name { name } else { user.id.as_str() };
        let problem = backend
            .create_bindings(&scope, std::slice::from_ref(&new))
            .await
            .remove(0)
            .unwrap_err();
        assert_eq!(problem.what, format!("There is no user `{called}`."));
        let problem = backend.create_binding(&scope, &new).await.unwrap_err();
        assert_eq!(problem.what, format!("There is no user `{called}`."));
    }
    let mut said = Vec::new();
    log.read(|row| said.extend(row.problem)).unwrap();
    assert!(said.iter().any(|said| said.contains("bob@example.com")), "{said:?}");
}

#[tokio::test]
async fn a_record_that_cannot_be_written_fails_no_change_and_is_told_once() {
    let home = tempfile::tempdir().unwrap();
    let (backend, log) = recorded(home.path());
    std::fs::create_dir_all(log.file()).unwrap();
    let new = |id: &str| NewTenant {
        tenant: Tenant::new(id.parse().unwrap(), "x"),
        admin: None,
    };
    backend.create_tenant(&new("a")).await.unwrap();
    assert!(backend.unrecorded().is_some());
    backend.create_tenant(&new("b")).await.unwrap();
    assert!(backend.unrecorded().is_none());
}

#[tokio::test]
async fn a_change_whose_end_nobody_saw_is_unknown() {
    let home = tempfile::tempdir().unwrap();
    let (backend, log) = recorded(home.path());
    let id: TenantId = "dev".parse().unwrap();
    let begun = backend.begin(&[Change::DeleteTenant(&id), Change::DeleteTenant(&id)]);
    // The process is killed here, or another one reads meanwhile.
    let results = |log: &ActivityLog| {
        let mut results = Vec::new();
        log.read(|row| results.push((row.result, row.problem.is_some())))
            .unwrap();
        results
    };
    let unknown = (ActivityResult::Unknown, true);
    assert_eq!(results(&log), [unknown, unknown]);
    backend.end(&begun, [Ok(ActivityResult::Done)]);
    assert_eq!(results(&log), [(ActivityResult::Done, false), unknown]);
}

#[tokio::test]
async fn a_record_that_can_be_written_again_has_the_whole_row() {
    let home = tempfile::tempdir().unwrap();
    let (backend, log) = recorded(home.path());
    std::fs::create_dir_all(log.file()).unwrap();
    let id: TenantId = "dev".parse().unwrap();
    let begun = backend.begin(&[Change::DeleteTenant(&id)]);
    std::fs::remove_dir(log.file()).unwrap();
    backend.end(&begun, [Ok(ActivityResult::Done)]);
    let mut rows = Vec::new();
    log.read(|row| rows.push(row)).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].result, ActivityResult::Done);
}
