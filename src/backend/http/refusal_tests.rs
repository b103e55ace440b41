//! What is said to a superadmin whom a server refuses something, which cannot be that only a superadmin may.

use serde_json::{Value, json};

use crate::backend::Backend;
use crate::domain::account::Profile;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::user::UserKind;

use super::test_server::Reply;
use super::tests::{client, nothing, query, server, token};

/// The problems of whoever is known to be a superadmin where all but reads of one thing is answered like this.
async fn refusals(version: &'static str, refusal: fn() -> Reply) -> Vec<(&'static str, Problem)> {
    let refusing = server(version, move |_| refusal()).await;
    let client = client(&refusing, token());
    let new = NewTenant {
        tenant: Tenant::new("acme".parse().unwrap(), "Acme"),
        admin: None,
    };
    let profile = Profile {
        username: "bob@example.com".to_owned(),
        ..Profile::default()
    };
    vec![
        ("list", client.tenants(&query("")).await.unwrap_err()),
        ("create", client.create_tenant(&new).await.unwrap_err()),
        (
            "users",
            client
                .create_account(None, UserKind::Standard, &profile)
                .await
                .unwrap_err(),
        ),
    ]
}

#[tokio::test]
async fn a_superadmin_who_is_refused_is_not_told_to_ask_one() {
    let forbidden = || Reply::status(403, json!({"message": "Forbidden by policy 12"}));
    let page = || Reply::status(403, Value::Null).with("server", "nginx");
    let unknown = || Reply::empty(401);
    for version in ["0.24.0", "1.3.0", "2.0.0"] {
        let word = if version == "2.0.0" {
            "an instance owner"
        } else {
            "a superadmin"
        };
        for refusal in [forbidden, page, unknown] {
            for (doing, problem) in refusals(version, refusal).await {
                let told = format!("{version} {doing}: {problem:?}");
                assert_eq!(problem.kind, ProblemKind::Denied, "{told}");
                let words = format!("{} {}", problem.why, problem.next);
                assert!(!words.contains("Ask") && !words.contains("It needs"), "{told}");
                assert!(words.contains(&format!("`anna@example.com`, who is {word}")), "{told}");
            }
        }
        for (doing, problem) in refusals(version, forbidden).await {
            let told = format!("{version} {doing}: {problem:?}");
            assert!(problem.why.contains("Kestra says: Forbidden by policy 12."), "{told}");
            assert!(problem.next.contains("still"), "{told}");
        }
        for (doing, problem) in refusals(version, page).await {
            let told = format!("{version} {doing}: {problem:?}");
            assert!(problem.next.contains("proxy"), "{told}");
        }
        for (doing, problem) in refusals(version, unknown).await {
            let told = format!("{version} {doing}: {problem:?}");
            assert!(problem.next.contains("credentials"), "{told}");
            assert!(problem.detail.unwrap().contains("status 401"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_superadmin_who_is_refused_in_a_tenant_is_not_sent_to_its_admin() {
    let refusing = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/acme" => Reply::json(json!({"id": "acme", "name": "Acme"})),
        line if line.contains("/acme/") => Reply::empty(403),
        _ => nothing(),
    })
    .await;
    let acme = TenantScope::Named("acme".parse().unwrap());
    let problem = client(&refusing, token())
        .roles(&acme, &Query::first(10))
        .await
        .unwrap_err();
    assert!(!problem.next.contains("Ask"), "{problem:?}");
    assert!(problem.why.contains("who is a superadmin"), "{problem:?}");
}
