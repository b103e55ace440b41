//! What a dry run shows is what is sent: each change planned first, then made, and the two compared.

use kestra_admin::backend::Backend;
use kestra_admin::backend::http::{Planned, Planner};
use kestra_admin::domain::account::Profile;
use kestra_admin::domain::binding::{Binding, NewBinding, SubjectKind};
use kestra_admin::domain::effective_access::admin_users;
use kestra_admin::domain::invitation::{InvitedRole, NewInvitation};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{Entrant, Membership, NewGroup, User, UserKind};
use serde_json::Value;

use crate::support::rehearsal::{PASSWORD, Rehearsal, USERNAME};

/// The writes since the last time that were taken, as a plan would show them.
fn sent(rehearsal: &Rehearsal) -> Vec<Planned> {
    let method = |name: &str| {
        let mut known = ["POST", "PUT", "PATCH", "DELETE"].into_iter();
        known.find(|known| *known == name)
    };
    let exchanges = rehearsal.recorder.take().into_iter();
    exchanges
        .filter(|exchange| (200..300).contains(&exchange.status))
        .filter_map(|exchange| {
            let parameters = exchange.query.iter().enumerate();
            let query = parameters.map(|(index, (name, value))| {
                let before = if index == 0 { '?' } else { '&' };
                format!("{before}{name}={value}")
            });
            Some(Planned {
                method: method(&exchange.method)?,
                path: exchange.path.clone() + &query.collect::<String>(),
                body: serde_json::from_slice(&exchange.request).unwrap_or(Value::Null),
            })
        })
        // Lists of many ids are asked for by POST.
        .filter(|planned| !planned.path.ends_with("/ids"))
        .collect()
}

#[track_caller]
fn same(rehearsal: &Rehearsal, planned: impl IntoIterator<Item = Planned>, release: Release) {
    let planned: Vec<Planned> = planned.into_iter().collect();
    assert_eq!(planned, sent(rehearsal), "{release}");
}

/// The same of a change that is laid over what is stored: what goes with it besides is not planned.
#[track_caller]
fn same_laid_over(rehearsal: &Rehearsal, planned: &Planned, release: Release) {
    let mut sent = sent(rehearsal);
    assert_eq!(sent.len(), 1, "{release}: {sent:?}");
    let whole = sent.remove(0);
    for (name, value) in planned.body.as_object().unwrap() {
        assert_eq!(whole.body.get(name), Some(value), "{release} {name}");
    }
    assert_eq!(
        (planned.method, &planned.path),
        (whole.method, &whole.path),
        "{release}"
    );
}

/// Roles, groups and bindings: of a superadmin, who has paths of their own up to 0.23, and of somebody else.
async fn of_a_tenant(rehearsal: &Rehearsal, caller: &str, carl: &User, release: Release) {
    let backend = rehearsal.backend(caller);
    let planner = Planner::new(&backend.instance().await.unwrap());
    let acme = TenantScope::Named("acme".parse().unwrap());
    drop(sent(rehearsal));

    let new = NewRole {
        name: "Planner".to_owned(),
        description: Some("Plans".to_owned()),
        permissions: backend.roles(&acme, &Query::first(100)).await.unwrap().rows[0]
            .permissions
            .clone(),
        is_default: false,
    };
    drop(sent(rehearsal));
    let role = backend.create_role(&acme, &new).await.unwrap();
    same(rehearsal, [planner.create_role(&acme, &new)], release);
    let other = NewRole {
        description: None,
        ..new.clone()
    };
    let role = backend.update_role(&acme, &role, &other).await.unwrap();
    same_laid_over(rehearsal, &planner.update_role(&acme, &role.id, &other), release);

    let new = NewGroup {
        name: "ops".to_owned(),
        description: None,
        members: Vec::new(),
    };
    let group = backend.create_group(&acme, &new).await.unwrap();
    same(rehearsal, [planner.create_group(&acme, &new)], release);
    let other = NewGroup {
        description: Some("On call".to_owned()),
        ..new
    };
    let group = backend.update_group(&acme, &group, &other).await.unwrap();
    same_laid_over(rehearsal, &planner.update_group(&acme, &group.id, &other), release);

    // Into the tenant first, which 2.0 wants.
    backend.give_access(&acme, &Entrant::Known(carl.clone())).await.ok();
    drop(sent(rehearsal));
    for (subject_kind, subject_id, namespace) in [
        (SubjectKind::User, &carl.id, None),
        (SubjectKind::Group, &group.id, Some("company".to_owned())),
    ] {
        let new = NewBinding {
            subject_kind,
            subject_id: subject_id.clone(),
            role_id: role.id.clone(),
            namespace,
        };
        let binding = backend.create_binding(&acme, &new).await.unwrap();
        same(rehearsal, [planner.create_binding(&acme, &new)], release);
        if subject_kind == SubjectKind::Group {
            backend.delete_binding(&acme, &binding.id).await.unwrap();
            same(rehearsal, [planner.delete_binding(&acme, &binding.id)], release);
        }
    }

    let (member, owner) = (Some(Membership::Member), Some(Membership::Owner));
    let places = if release.at_least(0, 23) {
        vec![
            (None, member),
            (member, owner),
            (owner, member),
            (member, None),
            (None, owner),
            (owner, None),
        ]
    } else {
        assert!(
            planner
                .set_membership(&acme, (&group.id, &carl.id), None, owner)
                .is_err()
        );
        vec![(None, member), (member, None)]
    };
    for (now, wanted) in places {
        backend
            .set_membership(&acme, &group.id, &carl.id, wanted, false)
            .await
            .unwrap();
        let calls = planner
            .set_membership(&acme, (&group.id, &carl.id), now, wanted)
            .unwrap();
        same(rehearsal, calls, release);
    }
    backend.delete_group(&acme, &group.id).await.unwrap();
    same(rehearsal, [planner.delete_group(&acme, &group.id)], release);
    backend.delete_role(&acme, &role.id).await.unwrap();
    same(rehearsal, [planner.delete_role(&acme, &role.id)], release);
}

async fn changes(release: Release) {
    let rehearsal = Rehearsal::of(release).await;
    rehearsal.tenant("acme").await;
    let backend = rehearsal.backend(USERNAME);
    let planner = Planner::new(&backend.instance().await.unwrap());
    let acme = TenantScope::Named("acme".parse().unwrap());
    let scope = Some(&acme);
    drop(sent(&rehearsal));

    let profile = Profile {
        username: "carl@acme.test".to_owned(),
        first_name: Some("Carl".to_owned()),
        password: Some(PASSWORD.to_owned()),
        superadmin: Some(true),
        ..Profile::default()
    };
    let kind = UserKind::Standard;
    let account = backend.create_account(None, kind, &profile).await.unwrap();
    let mut expected = planner.create_account(None, kind, &profile);
    for request in &mut expected {
        request.path = request.path.replace("{id}", &account.id);
    }
    same(&rehearsal, expected, release);
    let carl = account.as_user();

    backend.set_superadmin(&carl, false).await.unwrap();
    same(&rehearsal, [planner.set_superadmin(&carl, false)], release);
    backend.set_password(None, &carl, "Another-1-day!").await.unwrap();
    same(
        &rehearsal,
        [planner.set_password(None, &carl, "Another-1-day!")],
        release,
    );
    backend.set_password(None, &carl, PASSWORD).await.unwrap();

    let admin = backend.roles(&acme, &Query::first(100)).await.unwrap().rows;
    let admin = admin.into_iter().find(Role::is_admin).unwrap();
    drop(sent(&rehearsal));
    backend.ensure_admin(&acme, &carl.username).await.unwrap();
    same(&rehearsal, planner.make_admin(&acme, &carl, &admin.id), release);
    let access = backend.access(&acme).await.unwrap();
    assert!(admin_users(&access).iter().any(|user| user.id == carl.id));
    for caller in [USERNAME, carl.username.as_str()] {
        of_a_tenant(&rehearsal, caller, &carl, release).await;
    }
    let access = backend.access(&acme).await.unwrap();
    let of_carl = |binding: &&Binding| binding.subject_kind == SubjectKind::User && binding.subject_id == carl.id;
    let bindings: Vec<String> = access
        .bindings
        .iter()
        .filter(of_carl)
        .map(|binding| binding.id.clone())
        .collect();
    assert!(!bindings.is_empty(), "{release}");
    drop(sent(&rehearsal));
    backend.take_access(&acme, &carl).await.unwrap();
    same(&rehearsal, planner.take_access(&acme, &carl, &bindings, &[]), release);
    if release.at_least(0, 24) {
        let who = Entrant::Known(carl.clone());
        backend.give_access(&acme, &who).await.unwrap();
        same(&rehearsal, planner.give_access(&acme, &who), release);
    }

    let program = Profile {
        username: "robot".to_owned(),
        description: Some("Deploys".to_owned()),
        ..Profile::default()
    };
    let kind = UserKind::ServiceAccount;
    let robot = backend.create_account(scope, kind, &program).await.unwrap();
    same(&rehearsal, planner.create_account(scope, kind, &program), release);
    let robot = robot.as_user();
    let token = NewToken {
        name: "night".to_owned(),
        max_age: Some("P30D".to_owned()),
        ..NewToken::default()
    };
    for owner in [&robot, &carl] {
        let made = backend.create_token(scope, owner, &token).await.unwrap();
        same(&rehearsal, [planner.create_token(scope, owner, &token)], release);
        backend.delete_token(scope, owner, &made.id).await.unwrap();
        same(&rehearsal, [planner.delete_token(scope, owner, &made.id)], release);
    }

    let new = NewInvitation {
        email: "new@acme.test".to_owned(),
        roles: vec![InvitedRole {
            id: admin.id,
            namespaces: vec!["company".to_owned()],
        }],
        ..NewInvitation::default()
    };
    backend.invite(&acme, &new).await.unwrap();
    same(&rehearsal, [planner.invite(&acme, &new)], release);
    let invitations = backend.invitations(&acme).await.unwrap();
    assert_eq!(invitations.len(), 1, "{release}");
    for invitation in invitations {
        drop(sent(&rehearsal));
        backend.delete_invitation(&acme, &invitation.id).await.unwrap();
        same(&rehearsal, [planner.delete_invitation(&acme, &invitation.id)], release);
    }
    backend.delete_account(scope, &robot).await.unwrap();
    same(&rehearsal, [planner.delete_account(scope, &robot)], release);
    backend.delete_account(None, &carl).await.unwrap();
    same(&rehearsal, [planner.delete_account(None, &carl)], release);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dry_run_shows_is_what_is_sent() {
    for (major, minor) in [(0, 21), (0, 23), (0, 24), (1, 3), (2, 0)] {
        changes(Release::new(major, minor)).await;
    }
}
