//! What a dry run shows is what is sent: each change planned first, then made, and the two compared.

use kestra_admin::backend::Backend;
use kestra_admin::backend::http::{Planned, Planner};
use kestra_admin::domain::account::{Account, Profile};
use kestra_admin::domain::effective_access::admin_users;
use kestra_admin::domain::invitation::{InvitedRole, NewInvitation};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::Role;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{Entrant, User, UserKind};
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
            Some(Planned {
                method: method(&exchange.method)?,
                path: exchange.path.clone(),
                body: serde_json::from_slice(&exchange.request).unwrap_or(Value::Null),
            })
        })
        // Lists of many ids are asked for by POST.
        .filter(|planned| !planned.path.ends_with("/ids"))
        .collect()
}

fn user_of(account: &Account) -> User {
    User {
        id: account.id.clone(),
        username: account.username.clone(),
        display_name: None,
        kind: account.kind,
        superadmin: account.superadmin,
    }
}

#[track_caller]
fn same(rehearsal: &Rehearsal, planned: impl IntoIterator<Item = Planned>, release: Release) {
    let planned: Vec<Planned> = planned.into_iter().collect();
    assert_eq!(planned, sent(rehearsal), "{release}");
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
    let carl = user_of(&account);

    backend.set_superadmin(&carl, false).await.unwrap();
    same(&rehearsal, [planner.set_superadmin(&carl, false)], release);
    backend.set_password(None, &carl, "Another-1-day!").await.unwrap();
    same(
        &rehearsal,
        [planner.set_password(None, &carl, "Another-1-day!")],
        release,
    );

    let admin = backend.roles(&acme, &Query::first(100)).await.unwrap().rows;
    let admin = admin.into_iter().find(Role::is_admin).unwrap();
    drop(sent(&rehearsal));
    backend.ensure_admin(&acme, &carl.username).await.unwrap();
    same(&rehearsal, planner.make_admin(&acme, &carl, &admin.id), release);
    let access = backend.access(&acme).await.unwrap();
    assert!(admin_users(&access).iter().any(|user| user.id == carl.id));
    let bindings: Vec<String> = access.bindings.iter().map(|binding| binding.id.clone()).collect();
    drop(sent(&rehearsal));
    backend.take_access(&acme, &carl).await.unwrap();
    // Kestra takes roles with the access from 0.24 on, so that none is left to be taken.
    let left: &[String] = if release.at_least(0, 24) { &[] } else { &bindings };
    same(&rehearsal, planner.take_access(&acme, &carl, left, &[]), release);
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
    let robot = user_of(&robot);
    let token = NewToken {
        name: "night".to_owned(),
        max_age: Some("P30D".to_owned()),
        ..NewToken::default()
    };
    for owner in [&robot, &carl] {
        if let Ok(made) = backend.create_token(scope, owner, &token).await {
            same(&rehearsal, [planner.create_token(scope, owner, &token)], release);
            backend.delete_token(scope, owner, &made.id).await.unwrap();
            same(&rehearsal, [planner.delete_token(scope, owner, &made.id)], release);
        }
    }
    drop(sent(&rehearsal));

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
    for invitation in backend.invitations(&acme).await.unwrap() {
        drop(sent(&rehearsal));
        backend.delete_invitation(&acme, &invitation.id).await.unwrap();
        same(&rehearsal, [planner.delete_invitation(&acme, &invitation.id)], release);
    }
    if let Ok(()) = backend.delete_account(scope, &robot).await {
        same(&rehearsal, [planner.delete_account(scope, &robot)], release);
    }
    backend.delete_account(None, &carl).await.unwrap();
    same(&rehearsal, [planner.delete_account(None, &carl)], release);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dry_run_shows_is_what_is_sent() {
    for (major, minor) in [(0, 21), (0, 23), (0, 24), (1, 3), (2, 0)] {
        changes(Release::new(major, minor)).await;
    }
}
