//! Accounts are created while the connection breaks: nobody who was there before is taken for whoever was to come.

use kestra_admin::backend::Backend;
use kestra_admin::domain::account::Profile;
use kestra_admin::domain::invitation::{InvitedRole, NewInvitation};
use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant};
use kestra_admin::domain::user::UserKind;

use crate::people::{People, done, runtime};
use crate::support::fault_proxy::{Fault, Rule, answer};

const RELEASES: [Release; 5] = [
    Release::new(0, 21),
    Release::new(0, 23),
    Release::new(0, 24),
    Release::new(1, 3),
    Release::new(2, 0),
];

fn chief(username: &str) -> Profile {
    Profile {
        username: username.to_owned(),
        password: Some("Another-word-1".to_owned()),
        superadmin: Some(true),
        ..Profile::default()
    }
}

/// Kestra, or what is before it, failed without saying whether anything was done.
fn failed() -> Fault {
    let headers = "Content-Type: application/json\r\n";
    Fault::Answer(answer("500 Internal Server Error", headers, r#"{"message":"No"}"#))
}

/// Requests that change the account itself.
fn changes(people: &People) -> Vec<String> {
    let seen = people.desk.proxy.take_seen();
    let is_change = |line: &String| line.starts_with("PUT ") || line.starts_with("PATCH ");
    seen.into_iter().filter(is_change).collect()
}

#[test]
fn a_user_who_was_there_is_never_taken_for_a_new_one() {
    runtime().block_on(async {
        for release in RELEASES {
            for fault in [failed(), Fault::ResetAfterRequest, Fault::None] {
                for scope in [true, false] {
                    let people = People::of(release).await;
                    people.desk.proxy.rule(vec![Rule::always("POST ", fault.clone())]);
                    let scope = scope.then_some(&people.acme);
                    let made = people
                        .backend
                        .create_account(scope, UserKind::Standard, &chief("Anna@example.com"))
                        .await;
                    let problem = made.map(drop).unwrap_err();
                    assert_eq!(problem.kind, ProblemKind::Conflict, "{release} {fault:?}: {problem}");
                    assert_eq!(problem.what, "User `Anna@example.com` was not created.");
                    assert_eq!(changes(&people), Vec::<String>::new(), "{release} {fault:?}");
                    let anna = people.desk.local.account_named("anna@example.com").unwrap();
                    assert!(!anna.superadmin && anna.password_id.is_none(), "{release} {fault:?}");
                }
            }
        }
    });
}

#[test]
fn where_it_is_not_known_who_was_there_nothing_is_claimed() {
    runtime().block_on(async {
        for release in RELEASES {
            let people = People::of(release).await;
            people.desk.proxy.rule(vec![
                Rule::always("POST ", failed()),
                Rule::always("GET ", Fault::Answer(answer("403 Forbidden", "", ""))),
            ]);
            let made = people
                .backend
                .create_account(None, UserKind::Standard, &chief("anna@example.com"))
                .await;
            let problem = made.map(drop).unwrap_err();
            assert!(
                problem
                    .what
                    .starts_with("It is not known whether user `anna@example.com`"),
                "{release}: {problem}"
            );
            assert_eq!(changes(&people), Vec::<String>::new(), "{release}");
        }
    });
}

#[test]
fn a_user_who_came_without_an_answer_is_completed() {
    runtime().block_on(async {
        for release in RELEASES {
            for fault in done() {
                let people = People::of(release).await;
                people.break_with("POST ", fault.clone());
                let made = people
                    .backend
                    .create_account(None, UserKind::Standard, &chief("carla@example.com"))
                    .await;
                let made = made.unwrap_or_else(|problem| panic!("{release} {fault:?}: {problem:?}"));
                assert!(made.superadmin, "{release} {fault:?}");
                assert_eq!(people.sent("POST "), 1, "{release} {fault:?}");
                let carla = people.desk.local.account_named("carla@example.com").unwrap();
                assert!(carla.superadmin && carla.password_id.is_some(), "{release} {fault:?}");
            }
        }
    });
}

#[test]
fn somebody_who_was_in_is_not_said_to_have_got_a_role() {
    runtime().block_on(async {
        for release in [Release::new(0, 23), Release::new(1, 3), Release::new(2, 0)] {
            let people = People::of(release).await;
            let new = NewInvitation {
                email: "anna@example.com".to_owned(),
                roles: vec![InvitedRole {
                    id: people.role.id.clone(),
                    namespaces: Vec::new(),
                }],
                ..NewInvitation::default()
            };
            people.break_with("POST ", Fault::ResetAfterRequest);
            let problem = people.backend.invite(&people.acme, &new).await.map(drop).unwrap_err();
            assert_eq!(
                problem.what, "It is not known whether an invitation of `anna@example.com` was sent.",
                "{release}"
            );
        }
    });
}

#[test]
fn deleting_the_last_admin_is_warned_about_wherever_they_are_admin() {
    for release in [
        Release::new(0, 21),
        Release::new(0, 23),
        Release::new(0, 24),
        Release::new(1, 3),
    ] {
        let people = runtime().block_on(async {
            let people = People::of(release).await;
            let tokyo = NewTenant {
                tenant: Tenant::new("tokyo".parse().unwrap(), "Tokyo"),
                admin: Some("anna@example.com".to_owned()),
            };
            people.desk.local.create_tenant(&tokyo).await.unwrap();
            people
        });
        let outcome = people
            .desk
            .run(Vec::new(), &["users", "delete", "anna@example.com", "--dry-run"]);
        assert_eq!(outcome.code, 0, "{release}: {outcome:#?}");
        assert!(
            outcome.words.contains("In tenant `tokyo`: Nobody would be Admin"),
            "{release}: {outcome:#?}"
        );
    }
}
