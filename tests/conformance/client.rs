//! Our client doing all it can, with every request kept.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::binding::NewBinding;
use kestra_admin::domain::binding::SubjectKind;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::domain::user::{Membership, UserKind};

use crate::support::exchange::Exchange;
use crate::support::rehearsal::{PASSWORD, Rehearsal, USERNAME};

/// Every method of the backend, by a superadmin and by somebody who is none.
pub async fn everything(release: Release) -> Vec<Exchange> {
    let rehearsal = Rehearsal::of(release).await;
    rehearsal.tenant("acme").await;
    let acme = TenantScope::Named("acme".parse().unwrap());
    populate(&rehearsal, &acme).await;
    for username in [USERNAME, "ana@acme.test"] {
        let backend = rehearsal.backend(username);
        backend.examine(&mut |_| {}).await;
        reads(&backend, &acme).await;
        if release.has_default_tenant() {
            reads(&backend, &TenantScope::Default).await;
        }
    }
    writes(&rehearsal.backend(USERNAME)).await;
    rehearsal.recorder.take()
}

async fn populate(rehearsal: &Rehearsal, acme: &TenantScope) {
    let local = &rehearsal.local;
    let ana = local
        .create_user(&NewUser {
            username: "ana@acme.test".to_owned(),
            display_name: Some("Ana Lopez".to_owned()),
            kind: UserKind::Standard,
            superadmin: false,
            tenant: Some(acme.clone()),
            groups: Vec::new(),
        })
        .unwrap();
    local.set_password("ana@acme.test", PASSWORD).unwrap();
    let group = local.create_group(acme, "Operators", Some("On call")).unwrap();
    local
        .add_member(acme, &group.id, "ana@acme.test", Membership::Owner)
        .unwrap();
    let roles = local.roles(acme, &Query::first(100)).await.unwrap();
    let admin = roles.rows.iter().find(|role| role.is_admin()).unwrap();
    local
        .create_binding(
            acme,
            &NewBinding {
                subject_kind: SubjectKind::User,
                subject_id: ana.id,
                role_id: admin.id.clone(),
                namespace: None,
            },
        )
        .unwrap();
}

/// Every read; what is refused to the user is refused, and has been asked for all the same.
async fn reads(backend: &dyn Backend, scope: &TenantScope) {
    backend.instance().await.unwrap();
    let columns = ["id", "name", "username", "role"];
    for text in ["", "acme", "sort:-name page:2 size:5", "id=acme", "name:ten,ac !id:zzz"] {
        let query = |text: &str| Query::parse(text, &columns, 20).unwrap();
        drop(backend.tenants(&query(text)).await);
        drop(backend.roles(scope, &query(text)).await);
        drop(backend.groups(scope, &query(text)).await);
        let by_name = if text.contains("id") { "" } else { text };
        drop(backend.bindings(scope, &query(by_name)).await);
        let by_username = if text.contains("name") { "sort:username" } else { text };
        drop(backend.users(Some(scope), &query(by_username)).await);
        drop(backend.users(None, &query(by_username)).await);
    }
    if let TenantScope::Named(id) = scope {
        drop(backend.tenant(id).await);
    }
    if let Ok(roles) = backend.roles(scope, &Query::first(5)).await {
        for role in roles.rows {
            backend.role(scope, &role.id).await.unwrap();
        }
    }
    drop(backend.admin_count(scope).await);
    drop(backend.footprint(scope).await);
    drop(backend.namespaces(scope).await);
    drop(backend.access(scope).await);
    drop(backend.change_stamp().await);
}

async fn writes(backend: &dyn Backend) {
    let new = |id: &str, admin: Option<&str>| NewTenant {
        tenant: Tenant::new(id.parse().unwrap(), "A tenant"),
        admin: admin.map(str::to_owned),
    };
    backend.create_tenant(&new("alone", None)).await.unwrap();
    let created = backend
        .create_tenant(&new("with-an-admin", Some("ana@acme.test")))
        .await
        .unwrap();
    assert_eq!(created.admins.len(), 1);
    for created in backend.create_tenants(&[new("one", None), new("two", None)]).await {
        created.unwrap();
    }
    let one = TenantScope::Named("one".parse().unwrap());
    assert!(backend.ensure_admin(&one, "ana@acme.test").await.unwrap());
    let before = backend.tenant(&"alone".parse().unwrap()).await.unwrap();
    let mut after = before.clone();
    "Another name".clone_into(&mut after.name);
    backend.update_tenant(&before, &after).await.unwrap();
    backend.delete_tenant(&"alone".parse().unwrap()).await.unwrap();
}
