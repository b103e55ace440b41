//! Groups, roles, admins and the audit log against recorded answers: what a server refuses, cuts short or does not tell.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::backend::Backend;
use crate::backend::foresight::goes_with_account;
use crate::domain::audit::AuditQuery;
use crate::domain::binding::{NewBinding, SubjectKind};
use crate::domain::problem::ProblemKind;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Membership, User, UserKind};

use super::test_server::{Asked, Reply};
use super::tests::{client, nothing, query, server, token};

fn acme() -> TenantScope {
    TenantScope::Named("acme".parse().unwrap())
}

#[tokio::test]
async fn an_owner_is_no_member_where_no_call_makes_one() {
    let server = server("0.21.4", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/acme/groups/g" => Reply::json(json!({"id": "g", "name": "ops"})),
        "GET /api/v1/tenants/acme/groups/g/members" => Reply::json(json!({"total": 1, "results": [
            {"id": "u", "username": "anna", "groupList": [{"groupId": "g", "membership": "OWNER"}]}
        ]})),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    let member = Some(Membership::Member);
    let problem = client
        .set_membership(&acme(), "g", "u", member, false)
        .await
        .unwrap_err();
    assert!(problem.why.contains("came with Kestra 0.23"), "{problem}");
}

#[tokio::test]
async fn a_conflict_about_a_member_is_success_only_where_nobody_may_look() {
    for (look, is_done) in [(404, false), (403, true)] {
        let looks = AtomicUsize::new(0);
        let server = server("1.3.0", move |asked| match asked.line.as_str() {
            "GET /api/v1/acme/groups/g" => Reply::json(json!({"id": "g", "name": "ops"})),
            "PUT /api/v1/acme/groups/g/members/u" => Reply::status(409, json!({"message": "Conflict"})),
            "GET /api/v1/acme/groups/g/members" if looks.fetch_add(1, Ordering::SeqCst) == 0 => {
                Reply::json(json!({"total": 0, "results": []}))
            }
            "GET /api/v1/acme/groups/g/members" => Reply::empty(look),
            _ => nothing(),
        })
        .await;
        let client = client(&server, token());
        let member = Some(Membership::Member);
        let outcome = client.set_membership(&acme(), "g", "u", member, false).await;
        let expected = if is_done { Ok(()) } else { Err(ProblemKind::Conflict) };
        assert_eq!(outcome.map_err(|problem| problem.kind), expected, "{look}");
    }
}

#[tokio::test]
async fn roles_are_not_given_where_it_is_not_known_which_are_held() {
    for (status, is_given) in [(400, false), (403, true)] {
        let server = server("2.0.0", move |asked| match asked.line.as_str() {
            "GET /api/v1/tenants/acme" => Reply::json(json!({"id": "acme", "name": "Acme"})),
            "GET /api/v1/acme/bindings/search" => Reply::status(status, json!({"message": "No"})),
            "POST /api/v1/acme/bindings" => Reply::json(json!({
                "id": "b", "type": "USER", "externalId": "u", "role": {"id": "r"}, "user": {"id": "u"}
            })),
            _ => nothing(),
        })
        .await;
        let new = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: "u".to_owned(),
            role_id: "r".to_owned(),
            namespace: None,
        };
        let made = client(&server, token()).create_bindings(&acme(), &[new]).await;
        assert_eq!(made[0].is_ok(), is_given, "{made:?}");
        assert_eq!(server.count("POST /api/v1/acme/bindings"), usize::from(is_given));
    }
}

#[tokio::test]
async fn what_goes_with_an_account_is_told_although_a_tenant_of_theirs_is_gone() {
    let server = server("1.3.0", |asked| {
        let line = asked.line.as_str();
        let empty = || Reply::json(json!({"results": [], "total": 0}));
        match line {
            "GET /api/v1/users/u9" => Reply::json(json!({
                "id": "u9", "username": "bob@example.com",
                "tenants": [{"id": "acme", "name": "Acme"}, {"id": "gone", "name": "Gone"}, {"id": "beta", "name": "B"}]
            })),
            "GET /api/v1/users" => Reply::json(json!({"total": 1, "results": [
                {"id": "u9", "username": "bob@example.com", "superAdmin": true}
            ]})),
            "GET /api/v1/tenants/acme" | "GET /api/v1/tenants/beta" => Reply::json(json!({"id": "acme", "name": "A"})),
            "GET /api/v1/acme/roles/search" => {
                Reply::json(json!({"results": [{"id": "r1", "name": "Admin", "isManaged": true}], "total": 1}))
            }
            "GET /api/v1/acme/roles/r1" => Reply::json(json!({
                "id": "r1", "name": "Admin", "isManaged": true, "permissions": {"FLOW": ["CREATE"]}
            })),
            "GET /api/v1/acme/bindings/search" => Reply::json(json!({"total": 1, "results": [
                {"id": "b1", "type": "USER", "externalId": "u9", "role": {"id": "r1"}, "user": {"id": "u9"}}
            ]})),
            "GET /api/v1/acme/tenant-access" => {
                Reply::json(json!({"results": [{"id": "u9", "username": "bob@example.com"}], "total": 1}))
            }
            _ if line.starts_with("GET /api/v1/acme/") || line.starts_with("GET /api/v1/beta/") => empty(),
            _ => nothing(),
        }
    })
    .await;
    let client = client(&server, token());
    let bob = User {
        id: "u9".to_owned(),
        username: "bob@example.com".to_owned(),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: false,
    };
    let told = goes_with_account(&client, None, &bob).await.unwrap();
    assert_eq!(told.held, "With it: access to 2 tenants, 1 role held directly.");
    let told = told.warnings;
    assert!(
        told.iter().any(|told| told.starts_with("In tenant `acme`: ")),
        "{told:?}"
    );
    assert!(!told.iter().any(|told| told.contains("gone")), "{told:?}");
    // Who is above all tenants is read once for all of them.
    assert_eq!(server.count("GET /api/v1/users"), 1);
}

#[tokio::test]
async fn an_admin_without_access_is_let_in() {
    for (has_access, wanted) in [
        (404, Ok(true)),
        (200, Ok(false)),
        (403, Ok(false)),
        (400, Err(ProblemKind::Invalid)),
    ] {
        let server = server("1.3.0", move |asked| match asked.line.as_str() {
            "GET /api/v1/users" => {
                Reply::json(json!({"results": [{"id": "u9", "username": "bob@example.com"}], "total": 1}))
            }
            "GET /api/v1/tenants/acme" => Reply::json(json!({"id": "acme", "name": "Acme"})),
            "GET /api/v1/acme/roles/search" => {
                Reply::json(json!({"results": [{"id": "r1", "name": "Admin", "isManaged": true}], "total": 1}))
            }
            "GET /api/v1/acme/bindings/search" => Reply::json(json!({"total": 1, "results": [
                {"id": "b1", "type": "USER", "externalId": "u9", "role": {"id": "r1"}, "user": {"id": "u9"}}
            ]})),
            "GET /api/v1/acme/tenant-access/u9" => {
                Reply::status(has_access, json!({"id": "u9", "message": "Not Found"}))
            }
            "PUT /api/v1/acme/tenant-access/u9" => Reply::empty(201),
            _ => nothing(),
        })
        .await;
        let ensured = client(&server, token()).ensure_admin(&acme(), "bob@example.com").await;
        assert_eq!(ensured.map_err(|problem| problem.kind), wanted, "{has_access}");
        let let_in = server.count("PUT /api/v1/acme/tenant-access/u9");
        assert_eq!(let_in, usize::from(wanted == Ok(true)), "{has_access}");
    }
}

#[tokio::test]
async fn who_was_let_in_and_is_not_admin_is_named() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/users" => {
            Reply::json(json!({"results": [{"id": "u9", "username": "bob@example.com"}], "total": 1}))
        }
        "GET /api/v1/tenants/acme" => Reply::json(json!({"id": "acme", "name": "Acme"})),
        "GET /api/v1/acme/roles/search" => {
            Reply::json(json!({"results": [{"id": "r1", "name": "Admin", "isManaged": true}], "total": 1}))
        }
        "GET /api/v1/acme/bindings/search" => Reply::json(json!({"total": 0, "results": []})),
        "PUT /api/v1/acme/tenant-access/u9" => Reply::empty(201),
        "POST /api/v1/acme/bindings" => Reply::status(422, json!({"message": "Not now"})),
        _ => nothing(),
    })
    .await;
    let ensured = client(&server, token()).ensure_admin(&acme(), "bob@example.com").await;
    let problem = ensured.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Partly, "{problem}");
    assert_eq!(
        problem.what,
        "`bob@example.com` has access to tenant `acme` now, but not the role Admin."
    );
}

#[tokio::test]
async fn whether_a_superadmin_was_let_in_is_told_by_the_list() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/acme" => Reply::json(json!({"id": "acme", "name": "Acme"})),
        "DELETE /api/v1/acme/tenant-access/root" => Reply::Close,
        // Who is above all tenants is answered for, let in or not.
        "GET /api/v1/acme/tenant-access/root" => {
            Reply::json(json!({"id": "root", "username": "root@example.com", "superAdmin": true, "roles": []}))
        }
        line if line.starts_with("GET /api/v1/acme/") || line.starts_with("GET /api/v1/users") => {
            Reply::json(json!({"total": 0, "results": []}))
        }
        _ => nothing(),
    })
    .await;
    let root = User {
        id: "root".to_owned(),
        username: "root@example.com".to_owned(),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: true,
    };
    let taken = client(&server, token()).take_access(&acme(), &root).await;
    assert_eq!(taken, Ok(()));
}

/// A row of an audit log, the newest with the greatest number.
fn row(number: u64) -> Value {
    json!({"auditLog": {
        "id": format!("a{number}"), "type": "UPDATE", "date": format!("2026-01-31T12:00:{:02}Z", number % 60),
        "detail": {"resource": if number.is_multiple_of(2) { "KV_STORE" } else { "FLOW" }, "id": format!("o{number}")}
    }})
}

/// The page that is asked for of a log of so many rows, of which a server gives `most` at a time.
fn page(asked: &Asked, total: u64, most: u64) -> Reply {
    let number = |name: &str| asked.parameter(name).parse::<u64>().unwrap();
    let size = number("size").min(most);
    let first = (number("page") - 1) * size;
    let rows: Vec<Value> = (first..total.min(first + size))
        .map(|index| row(total - index))
        .collect();
    Reply::json(json!({"total": total, "results": rows}))
}

#[tokio::test]
async fn a_long_audit_log_is_narrowed_by_time_and_kind() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/acme/auditlogs/search" if !asked.parameter("q").is_empty() => {
            Reply::status(400, json!({"message": "Unknown parameter q"}))
        }
        "GET /api/v1/acme/auditlogs/search" if asked.parameter("startDate").is_empty() => page(asked, 50_000, 1000),
        "GET /api/v1/acme/auditlogs/search" => page(asked, 10, 1000),
        "GET /api/v1/tenants/acme" => Reply::json(json!({"id": "acme", "name": "Acme"})),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    let mut query = AuditQuery {
        text: Some("O1".to_owned()),
        size: 5,
        ..AuditQuery::default()
    };
    let problem = client.audit(Some(&acme()), &query).await.unwrap_err();
    assert!(problem.next.contains("Narrow it by time"), "{problem}");
    query.from = Some(1);
    query.action = Some("UPDATE".to_owned());
    let page = client.audit(Some(&acme()), &query).await.unwrap();
    let objects: Vec<&str> = page.rows.iter().map(|row| row.object.as_str()).collect();
    assert_eq!((objects, page.total), (vec!["o10", "o1"], 2));

    let kinds = AuditQuery {
        resources: vec!["KVSTORE".to_owned()],
        from: Some(1),
        size: 2,
        ..AuditQuery::default()
    };
    let page = client.audit(Some(&acme()), &kinds).await.unwrap();
    assert!(page.rows.iter().all(|row| row.resource == "KVSTORE"), "{page:?}");
    let asked = server.asked();
    let sent: Vec<&str> = asked.iter().map(|asked| asked.parameter("resources")).collect();
    assert!(sent.contains(&"KV_STORE") && !sent.contains(&"KVSTORE"), "{sent:?}");
}

#[tokio::test]
async fn short_pages_of_the_audit_log_do_not_end_it() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/acme/auditlogs/search" => page(asked, 10, 3),
        "GET /api/v1/tenants/acme" => Reply::json(json!({"id": "acme", "name": "Acme"})),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    for (offset, size, newest, count) in [
        (0, 5, 10, 5),
        (5, 5, 5, 5),
        (4, 4, 6, 4),
        (8, 5, 2, 2),
        (3, 3, 7, 3),
        (20, 5, 0, 0),
    ] {
        let query = AuditQuery {
            offset,
            size,
            ..AuditQuery::default()
        };
        let page = client.audit(Some(&acme()), &query).await.unwrap();
        let objects: Vec<String> = page.rows.into_iter().map(|row| row.object).collect();
        let expected: Vec<String> = (0..count).map(|index| format!("o{}", newest - index)).collect();
        assert_eq!((objects, page.total), (expected, 10), "{offset}");
    }
}

#[tokio::test]
async fn an_audit_log_that_grows_while_it_is_read_has_each_row_once() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        // It knows no text, and one row has come before the second page is read.
        "GET /api/v1/acme/auditlogs/search" if asked.parameter("page") == "1" => {
            let rows: Vec<Value> = [4, 3].map(row).to_vec();
            Reply::json(json!({"total": 4, "results": rows}))
        }
        "GET /api/v1/acme/auditlogs/search" => {
            let rows: Vec<Value> = [3, 2, 1].map(row).to_vec();
            Reply::json(json!({"total": 5, "results": rows}))
        }
        _ => nothing(),
    })
    .await;
    let query = AuditQuery {
        text: Some("FLOW".to_owned()),
        size: 10,
        ..AuditQuery::default()
    };
    let page = client(&server, token()).audit(Some(&acme()), &query).await.unwrap();
    let objects: Vec<&str> = page.rows.iter().map(|row| row.object.as_str()).collect();
    assert_eq!((objects, page.total), (vec!["o3", "o1"], 2));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_not_taken_for_one_that_is_not_there() {
    let server = server("1.3.0", |asked| {
        if asked.line.ends_with("/search") || asked.line.starts_with("GET /api/v1/acme/") {
            Reply::json(json!({"results": [{"id": 7, "type": 5}], "total": 1}))
        } else {
            nothing()
        }
    })
    .await;
    let client = client(&server, token());
    let problems = [
        client.bindings(&acme(), &query("")).await.map(drop),
        client.roles(&acme(), &query("")).await.map(drop),
        client.groups(&acme(), &query("")).await.map(drop),
        client.users(Some(&acme()), &query("")).await.map(drop),
        client.invitations(&acme()).await.map(drop),
        client.tenants(&query("")).await.map(drop),
        client.tenants(&query("anna")).await.map(drop),
    ];
    for (list, outcome) in problems.into_iter().enumerate() {
        let problem = outcome.expect_err(&list.to_string());
        assert!(
            problem.why.contains("a form this program does not know"),
            "{list}: {problem}"
        );
    }
}

#[tokio::test]
async fn rows_that_are_counted_and_not_sent_are_missed() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/search" => Reply::json(json!({"results": [], "total": 100})),
        _ => nothing(),
    })
    .await;
    let problem = client(&server, token()).tenants(&query("")).await.unwrap_err();
    assert!(problem.why.contains("do not add up"), "{problem}");
}
