//! Our client doing all it can, with every request kept.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::account::Profile;
use kestra_admin::domain::assignable::{Assignable, Source};
use kestra_admin::domain::audit::AuditQuery;
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::invitation::{InvitedRole, NewInvitation};
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::{PermissionModel, Release};
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{Entrant, Membership, NewGroup, User, UserKind};

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
    let backend = rehearsal.backend(USERNAME);
    writes(&backend).await;
    people(&backend, release, &acme).await;
    if release.has_default_tenant() {
        people(&backend, release, &TenantScope::Default).await;
    }
    instance(&backend, release).await;
    // Who is no superadmin is sent elsewhere.
    people(&rehearsal.backend("ana@acme.test"), release, &acme).await;
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
    let assignable = backend.assignable(scope).await.unwrap();
    assert_eq!(assignable.source(), &Source::Instance, "{scope}");
    let known = Assignable::of(assignable.release());
    assert_eq!(
        (assignable.rows(), assignable.templates()),
        (known.rows(), known.templates())
    );
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

/// Everything that is done with people in a tenant, by whoever may; what is refused has been asked for all the same.
async fn people(backend: &dyn Backend, release: Release, tenant: &TenantScope) {
    let scope = Some(tenant);
    let action = match release.permission_model() {
        PermissionModel::Crud => "READ",
        PermissionModel::ResourceActions => "VIEW",
    };
    let mut permissions = Permissions::default();
    permissions.allow(Resource::known("FLOW"), Action::known(action));
    let new = NewRole {
        name: "Operator".to_owned(),
        description: Some("Runs flows".to_owned()),
        permissions,
        is_default: false,
    };
    let role = backend.create_role(tenant, &new).await.unwrap();
    let after = NewRole {
        description: None,
        ..new.clone()
    };
    let role = backend.update_role(tenant, &role, &after).await.unwrap();

    let ana = backend.users(scope, &Query::first(100)).await.unwrap().rows;
    let crew = NewGroup {
        name: "Night crew".to_owned(),
        description: Some("On call".to_owned()),
        members: ana.iter().take(1).map(|user| user.id.clone()).collect(),
    };
    let crew = backend.create_group(tenant, &crew).await.unwrap();
    let renamed = NewGroup {
        name: "Day crew".to_owned(),
        ..NewGroup::default()
    };
    backend.update_group(tenant, &crew, &renamed).await.unwrap();

    let program = Profile {
        username: "night-robot".to_owned(),
        description: Some("Deploys".to_owned()),
        groups: Some(vec![(None, crew.id.clone())]),
        ..Profile::default()
    };
    let kind = UserKind::ServiceAccount;
    let robot = backend.create_account(scope, kind, &program).await.unwrap();
    let robot = robot.as_user();
    backend.account(scope, &robot).await.unwrap();
    for who in [Entrant::Named(robot.username.clone()), Entrant::Known(robot.clone())] {
        drop(backend.give_access(tenant, &who).await);
    }
    for place in [None, Some(Membership::Member), Some(Membership::Owner)] {
        drop(backend.set_membership(tenant, &crew.id, &robot.id, place, false).await);
    }
    let of = |kind, subject: &str, namespace: Option<&str>| NewBinding {
        subject_kind: kind,
        subject_id: subject.to_owned(),
        role_id: role.id.clone(),
        namespace: namespace.map(str::to_owned),
    };
    let wanted = [
        of(SubjectKind::User, &robot.id, None),
        of(SubjectKind::User, &robot.id, Some("company.team")),
        of(SubjectKind::Group, &crew.id, None),
    ];
    for binding in backend.create_bindings(tenant, &wanted).await {
        backend.delete_binding(tenant, &binding.unwrap().id).await.unwrap();
    }
    let token = NewToken {
        name: "night".to_owned(),
        description: Some("For a script".to_owned()),
        max_age: Some("P30D".to_owned()),
        extended: false,
    };
    // Before 0.24 tokens of others are for superadmins.
    if let Ok(made) = backend.create_token(scope, &robot, &token).await {
        backend.tokens(scope, &robot).await.unwrap();
        backend.delete_token(scope, &robot, &made.id).await.unwrap();
    }
    for email in ["ana@acme.test", "new@acme.test"] {
        let new = NewInvitation {
            email: email.to_owned(),
            roles: vec![InvitedRole {
                id: role.id.clone(),
                namespaces: vec!["company".to_owned()],
            }],
            groups: vec![crew.id.clone()],
            ..NewInvitation::default()
        };
        drop(backend.invite(tenant, &new).await);
    }
    for invitation in backend.invitations(tenant).await.unwrap() {
        backend.delete_invitation(tenant, &invitation.id).await.unwrap();
    }
    audit(backend, scope).await;
    backend.take_access(tenant, &robot).await.unwrap();
    for who in [Entrant::Named(robot.username.clone()), Entrant::Known(robot.clone())] {
        drop(backend.give_access(tenant, &who).await);
    }
    backend.delete_account(scope, &robot).await.unwrap_or_else(|problem| {
        // Without access it is nobody of the tenant any more.
        assert_eq!(problem.kind, ProblemKind::NotFound, "{problem}");
    });
    backend.delete_group(tenant, &crew.id).await.unwrap();
    backend.delete_role(tenant, &role.id).await.unwrap();
}

/// Everything that is done with accounts by a superadmin.
async fn instance(backend: &dyn Backend, release: Release) {
    let acme = TenantScope::Named("acme".parse().unwrap());
    for (scope, username) in [(None, "carl@acme.test"), (Some(&acme), "cora@acme.test")] {
        let profile = Profile {
            username: username.to_owned(),
            first_name: Some("C".to_owned()),
            last_name: Some("Diaz".to_owned()),
            password: Some(PASSWORD.to_owned()),
            restricted: release.at_least(0, 24).then_some(false),
            ..Profile::default()
        };
        let account = backend
            .create_account(scope, UserKind::Standard, &profile)
            .await
            .unwrap();
        let user = account.as_user();
        backend.account(scope, &user).await.unwrap();
        backend.set_superadmin(&user, true).await.unwrap();
        backend.set_superadmin(&user, false).await.unwrap();
        backend.set_password(scope, &user, "Another-1-day!").await.unwrap();
        for who in [Entrant::Named(username.to_owned()), Entrant::Known(user.clone())] {
            drop(backend.give_access(&acme, &who).await);
        }
        let token = NewToken {
            name: "own".to_owned(),
            ..NewToken::default()
        };
        let made = backend.create_token(scope, &user, &token).await.unwrap();
        backend.tokens(scope, &user).await.unwrap();
        backend.delete_token(scope, &user, &made.id).await.unwrap();
        backend.delete_account(scope, &user).await.unwrap();
    }
    let me = backend.instance().await.unwrap().identity;
    let me = User {
        id: me.id,
        username: me.username,
        display_name: None,
        kind: UserKind::Standard,
        superadmin: true,
    };
    backend.tokens(None, &me).await.unwrap();
    if release.at_least(1, 0) {
        let profile = Profile {
            username: "everywhere".to_owned(),
            tenants: Some(vec!["acme".to_owned()]),
            ..Profile::default()
        };
        let kind = UserKind::ServiceAccount;
        let robot = backend.create_account(None, kind, &profile).await.unwrap().as_user();
        backend.set_superadmin(&robot, true).await.unwrap();
        backend.account(None, &robot).await.unwrap();
        let token = NewToken {
            name: "own".to_owned(),
            ..NewToken::default()
        };
        let made = backend.create_token(None, &robot, &token).await.unwrap();
        backend.delete_token(None, &robot, &made.id).await.unwrap();
        backend.delete_account(None, &robot).await.unwrap();
    }
    audit(backend, None).await;
}

async fn audit(backend: &dyn Backend, scope: Option<&TenantScope>) {
    let query = AuditQuery {
        size: 5,
        ..AuditQuery::default()
    };
    let narrowed = AuditQuery {
        text: Some("a".to_owned()),
        user: Some("nobody".to_owned()),
        resources: vec!["ROLE".to_owned()],
        action: Some("CREATE".to_owned()),
        from: Some(1_600_000_000_000),
        until: Some(4_000_000_000_000),
        oldest_first: true,
        offset: 3,
        size: 5,
    };
    let two = AuditQuery {
        resources: vec!["ROLE".to_owned(), "GROUP".to_owned()],
        ..query.clone()
    };
    for query in [query, narrowed, two] {
        drop(backend.audit(scope, &query).await);
    }
}
