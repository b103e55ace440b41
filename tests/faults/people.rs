//! Roles and bindings are changed while the connection breaks: once or not at all, and the client knows which.

use std::time::Duration;

use kestra_admin::backend::Backend;
use kestra_admin::backend::http::{HttpInstance, HttpSettings};
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::{PermissionModel, Release};
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{User, UserKind};

use crate::desk::Desk;
use crate::support::fault_proxy::{Fault, Rule, answer};
use crate::support::rehearsal::{USERNAME, settings};

const RELEASES: [Release; 3] = [Release::new(0, 21), Release::new(1, 3), Release::new(2, 0)];

/// Faults after which it was done.
pub fn done() -> Vec<Fault> {
    vec![
        Fault::ResetAfterCarryingOut,
        Fault::StallAfterCarryingOut,
        Fault::Truncate(10),
        Fault::CarryOutAndAnswer(answer("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>")),
    ]
}

/// A tenant with a role and a user, and a client behind the proxy.
pub struct People {
    pub desk: Desk,
    pub acme: TenantScope,
    pub role: Role,
    pub anna: User,
    pub backend: HttpInstance,
}

fn new_role(release: Release, action: &'static str) -> NewRole {
    let reading = match release.permission_model() {
        PermissionModel::Crud => "READ",
        PermissionModel::ResourceActions => "VIEW",
    };
    let mut permissions = Permissions::default();
    for action in [reading, action] {
        permissions.allow(Resource::known("FLOW"), Action::known(action));
    }
    NewRole {
        name: "Operator".to_owned(),
        description: Some("Runs flows".to_owned()),
        permissions,
        is_default: false,
    }
}

impl People {
    pub async fn of(release: Release) -> Self {
        let desk = Desk::new(release);
        let acme = TenantScope::Named("acme".parse().unwrap());
        let tenant = NewTenant {
            tenant: Tenant::new("acme".parse().unwrap(), "Acme"),
            admin: None,
        };
        desk.local.create_tenant(&tenant).await.unwrap();
        let anna = desk
            .local
            .create_user(&NewUser {
                username: "anna@example.com".to_owned(),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
                tenant: Some(acme.clone()),
                groups: Vec::new(),
            })
            .unwrap();
        let role = desk.local.create_role(&acme, &new_role(release, "CREATE")).unwrap();
        let backend = HttpInstance::new(HttpSettings {
            timeout: Duration::from_secs(1),
            ..settings(desk.proxy.address(), USERNAME)
        })
        .unwrap();
        // What the instance is has been found out before anything breaks.
        backend.instance().await.unwrap();
        Self {
            desk,
            acme,
            role,
            anna,
            backend,
        }
    }

    pub fn break_with(&self, start: &str, fault: Fault) {
        self.desk.proxy.rule(vec![Rule::once(start, fault)]);
        drop(self.desk.proxy.take_seen());
    }

    pub fn sent(&self, start: &str) -> usize {
        let seen = self.desk.proxy.take_seen();
        seen.iter().filter(|line| line.starts_with(start)).count()
    }

    async fn roles_of_mine(&self) -> Vec<Role> {
        let all = self.desk.local.roles(&self.acme, &Query::first(1000)).await.unwrap();
        all.rows.into_iter().filter(|role| !role.is_managed).collect()
    }

    async fn bindings(&self) -> u64 {
        let all = self.desk.local.bindings(&self.acme, &Query::first(1000)).await.unwrap();
        all.total
    }

    fn binding(&self) -> NewBinding {
        NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: self.anna.id.clone(),
            role_id: self.role.id.clone(),
            namespace: None,
        }
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_role_is_changed_once_although_no_answer_came() {
    runtime().block_on(async {
        for release in RELEASES {
            for fault in done() {
                let people = People::of(release).await;
                let after = new_role(release, "DELETE");
                people.break_with("PUT ", fault.clone());
                let changed = people.backend.update_role(&people.acme, &people.role, &after).await;
                let changed = changed.unwrap_or_else(|problem| panic!("{release} {fault:?}: {problem:?}"));
                assert_eq!(changed.permissions, after.permissions);
                assert_eq!(people.sent("PUT "), 1, "{release} {fault:?}");
                assert_eq!(people.roles_of_mine().await, [changed]);
            }
        }
    });
}

#[test]
fn a_role_that_is_as_it_was_may_still_be_changed() {
    runtime().block_on(async {
        for fault in [Fault::ResetAfterRequest, Fault::Stall] {
            let release = Release::new(1, 3);
            let people = People::of(release).await;
            people.break_with("PUT ", fault.clone());
            let after = new_role(release, "DELETE");
            let problem = people
                .backend
                .update_role(&people.acme, &people.role, &after)
                .await
                .unwrap_err();
            let what = "It is not known whether role `Operator` was changed.";
            assert_eq!(problem.what, what, "{fault:?}: {problem}");
            assert!(problem.is_unknown, "{fault:?}: {problem}");
            assert_eq!(people.sent("PUT "), 1, "{fault:?}");
            assert_eq!(people.roles_of_mine().await, std::slice::from_ref(&people.role));
            people
                .backend
                .update_role(&people.acme, &people.role, &after)
                .await
                .unwrap();
        }
    });
}

#[test]
fn of_a_role_created_without_an_answer_there_is_one() {
    runtime().block_on(async {
        for release in RELEASES {
            for fault in done() {
                let people = People::of(release).await;
                // Another one of the same name and content is there before, and is not taken for the new one.
                let new = new_role(release, "CREATE");
                let start = if release.at_least(0, 24) {
                    "POST /api/v1/acme/roles HTTP"
                } else {
                    "POST /api/v1/tenants/acme/roles HTTP"
                };
                people.break_with(start, fault.clone());
                let made = people.backend.create_role(&people.acme, &new).await;
                let made = made.unwrap_or_else(|problem| panic!("{release} {fault:?}: {problem:?}"));
                assert_ne!(made.id, people.role.id, "{release} {fault:?}");
                assert_eq!(people.sent(start), 1, "{release} {fault:?}");
                assert_eq!(people.roles_of_mine().await.len(), 2, "{release} {fault:?}");
            }
        }
    });
}

#[test]
fn a_role_is_given_once_although_no_answer_came() {
    runtime().block_on(async {
        for release in RELEASES {
            for fault in done() {
                let people = People::of(release).await;
                people.break_with("POST ", fault.clone());
                let made = people.backend.create_binding(&people.acme, &people.binding()).await;
                let made = made.unwrap_or_else(|problem| panic!("{release} {fault:?}: {problem:?}"));
                assert_eq!(made.subject_name, "anna@example.com");
                assert_eq!(people.sent("POST "), 1, "{release} {fault:?}");
                assert_eq!(people.bindings().await, 1, "{release} {fault:?}");
            }
            let people = People::of(release).await;
            people.break_with("POST ", Fault::ResetAfterRequest);
            let problem = people
                .backend
                .create_binding(&people.acme, &people.binding())
                .await
                .unwrap_err();
            assert_eq!(problem.what, "It is not known whether the role was given.", "{problem}");
            assert_eq!((people.sent("POST "), people.bindings().await), (1, 0));
        }
    });
}

#[test]
fn where_no_read_can_tell_nothing_is_claimed() {
    runtime().block_on(async {
        let people = People::of(Release::new(1, 3)).await;
        people.desk.proxy.rule(vec![
            Rule::once("POST ", Fault::ResetAfterCarryingOut),
            Rule {
                request: "GET /api/v1/acme/bindings".to_owned(),
                // The look before it finds nothing, those after it fail.
                faults: [Fault::None].into(),
                ever_after: Fault::ResetAfterRequest,
            },
        ]);
        let problem = people
            .backend
            .create_binding(&people.acme, &people.binding())
            .await
            .unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Unreachable, "{problem}");
        assert_eq!(problem.what, "It is not known whether the role was given.");
        assert_eq!((people.sent("POST "), people.bindings().await), (1, 1));
    });
}

#[test]
fn a_token_that_did_not_arrive_is_named_and_not_shown() {
    runtime().block_on(async {
        let people = People::of(Release::new(1, 3)).await;
        let new = NewToken {
            name: "night".to_owned(),
            ..NewToken::default()
        };
        people.break_with("POST ", Fault::ResetAfterCarryingOut);
        let problem = people
            .backend
            .create_token(None, &people.anna, &new)
            .await
            .map(drop)
            .unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Partly, "{problem}");
        assert_eq!(problem.what, "Token `night` was made, but did not arrive.");
        assert_eq!(people.sent("POST "), 1);
        assert_eq!(people.backend.tokens(None, &people.anna).await.unwrap().len(), 1);
        // A password that the server repeats is not shown.
        let refusal = r#"{"message":"Invalid entity: `Secret-word-1` is too weak"}"#;
        let refusal = answer(
            "422 Unprocessable Entity",
            "Content-Type: application/json\r\n",
            refusal,
        );
        people.break_with("PATCH ", Fault::Answer(refusal));
        let problem = people
            .backend
            .set_password(None, &people.anna, "Secret-word-1")
            .await
            .unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Invalid);
        assert!(!format!("{problem:?}").contains("Secret-word-1"), "{problem:?}");
        people.break_with("PATCH ", Fault::ResetAfterRequest);
        let problem = people
            .backend
            .set_password(None, &people.anna, "Secret-word-1")
            .await
            .unwrap_err();
        assert!(problem.what.contains("not known"), "{problem}");
        assert_eq!(people.sent("PATCH "), 1);
    });
}
