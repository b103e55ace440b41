//! The backend against recorded answers: detection, logins, refusals, lists, writes whose answer never came.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::backend::{Backend, trace};
use crate::domain::check::{Check, Outcome};
use crate::domain::columns::{TENANT_COLUMNS, USER_COLUMNS};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::user::UserKind;

use super::core::Core;
use super::retry::Retries;
use super::test_server::{Asked, Reply, TestServer};
use super::{Credentials, HttpInstance, HttpSettings};

const TOKEN: &str = "s3cret-token";
const PASSWORD: &str = "s3cret-password";

pub(super) fn token() -> Credentials {
    Credentials::Token(TOKEN.to_owned())
}

fn basic() -> Credentials {
    Credentials::Basic {
        username: "anna@example.com".to_owned(),
        password: PASSWORD.to_owned(),
    }
}

fn client_with(settings: HttpSettings) -> HttpInstance {
    let mut core = Core::new(settings).unwrap();
    core.retries = Retries::at_once();
    HttpInstance(Arc::new(core))
}

pub(super) fn client(server: &TestServer, credentials: Credentials) -> HttpInstance {
    client_with(HttpSettings::new(server.url(), credentials))
}

/// What a server of a release says of itself to a superadmin; `None` for everything else.
fn itself(asked: &Asked, version: &str) -> Option<Reply> {
    let release: Release = version.parse().unwrap();
    let is_modern = release.at_least(2, 0);
    Some(match asked.line.as_str() {
        "GET /api/v1/configs/login" if is_modern => Reply::json(json!({"isBasicAuthInitialized": true})),
        "GET /api/v1/configs/login" => Reply::status(404, json!({"message": "Page Not Found"})),
        "GET /api/v1/configs"
            if is_modern && asked.header("authorization").is_empty() && asked.header("cookie").is_empty() =>
        {
            Reply::status(
                401,
                json!({"type": "x/unauthenticated", "title": "Unauthorized", "status": 401}),
            )
        }
        "GET /api/v1/configs" => {
            let mut configs = json!({
                "version": version, "edition": "EE", "secretsEnabled": true,
                "tenants": {"enabled": true, "defaultTenant": true, "storageByTenant": true}
            });
            if !release.at_least(1, 0) {
                configs.as_object_mut().unwrap().remove("edition");
            }
            Reply::json(configs)
        }
        "GET /api/v1/me" if release.at_least(0, 24) => Reply::json(json!({
            "id": "u1", (if is_modern { "instanceOwner" } else { "superAdmin" }): true,
            "profile": {"username": "anna@example.com"}, "tenants": []
        })),
        "GET /api/v1/me" if !release.at_least(0, 23) => Reply::json(json!({
            "user": {"id": "u1", "username": "anna@example.com", "type": "SUPER_ADMIN"}, "roles": [], "tenants": []
        })),
        _ => return None,
    })
}

pub(super) async fn server(
    version: &'static str,
    answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> TestServer {
    TestServer::start(move |asked| itself(asked, version).unwrap_or_else(|| answers(asked))).await
}

pub(super) fn nothing() -> Reply {
    Reply::status(404, json!({"message": "Not Found"}))
}

pub(super) fn query(text: &str) -> Query {
    Query::parse(text, TENANT_COLUMNS, 10).unwrap()
}

fn new_tenant(id: &str) -> NewTenant {
    NewTenant {
        tenant: Tenant::new(id.parse().unwrap(), "Acme"),
        admin: None,
    }
}

#[tokio::test]
async fn an_instance_is_found_out_by_asking() {
    for (version, expected) in [
        ("0.13.9", Release::new(0, 13)),
        ("0.21.4", Release::new(0, 21)),
        ("1.3.26", Release::new(1, 3)),
        ("2.0.0-SNAPSHOT", Release::new(2, 0)),
    ] {
        let server = server(version, |_| nothing()).await;
        let client = client(&server, token());
        let instance = client.instance().await.unwrap();
        assert_eq!((instance.release, instance.version.as_str()), (expected, version));
        assert!(instance.identity.superadmin && instance.rights.create_tenant.is_ok());
        assert_eq!(instance.tenancy.default_tenant, !expected.at_least(0, 23));
        let asked = server.asked();
        let open: Vec<_> = asked
            .iter()
            .filter(|asked| asked.header("authorization").is_empty())
            .collect();
        assert_eq!(open.len(), 2, "nothing is shown before it is asked for");
        assert!(
            asked
                .iter()
                .all(|asked| asked.header("user-agent").starts_with("kestra-admin/"))
        );
        client.tenants(&query("")).await.unwrap_err();
        assert_eq!(
            server.count("GET /api/v1/configs"),
            if expected.at_least(2, 0) { 2 } else { 1 }
        );
    }
}

#[tokio::test]
async fn within_0_23_who_we_are_is_asked_in_a_tenant() {
    let server = server("0.23.4", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/search" => Reply::json(json!({"results": [{"id": "acme", "name": "A"}], "total": 1})),
        "GET /api/v1/acme/me" | "GET /api/v1/globex/me" => Reply::json(json!({
            "user": {"id": "u1", "username": "anna@example.com", "superAdmin": true}, "roles": [], "tenants": []
        })),
        _ => nothing(),
    })
    .await;
    assert!(client(&server, token()).instance().await.unwrap().identity.superadmin);
    assert_eq!(server.count("GET /api/v1/acme/me"), 1);
    let named = client_with(HttpSettings {
        tenant: Some("globex".to_owned()),
        ..HttpSettings::new(server.url(), token())
    });
    named.instance().await.unwrap();
    assert_eq!(server.count("GET /api/v1/globex/me"), 1);
}

#[tokio::test]
async fn open_source_and_what_is_no_kestra_are_told_in_words() {
    let oss = TestServer::start(|asked| match asked.line.as_str() {
        "GET /api/v1/configs" => Reply::json(json!({"version": "1.3.0", "edition": "OSS"})),
        _ => nothing(),
    })
    .await;
    let problem = client(&oss, token()).instance().await.unwrap_err();
    assert!(problem.what.contains("Open Source"), "{problem}");

    let page = TestServer::start(|_| Reply::html("<!DOCTYPE html><title>Welcome</title>")).await;
    let problem = client(&page, token()).instance().await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unreachable);
    assert!(problem.why.contains("web page"), "{problem}");

    for (kind, body) in [
        ("text/plain", ""),
        ("text/plain; charset=utf-8", "404 page not found\n"),
        ("text/plain", "default backend - 404"),
        ("application/json", "{\"message\":\"Not Found\"}"),
    ] {
        let nothing_there = TestServer::start(move |_| Reply::Answer {
            status: 404,
            headers: vec![("content-type", kind.to_owned())],
            body: body.to_owned(),
        })
        .await;
        let problem = client(&nothing_there, token()).instance().await.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Unreachable, "{body}: {problem}");
        assert!(
            problem.what.contains("does not answer like Kestra"),
            "{body}: {problem}"
        );
        assert!(problem.next.contains("path prefix"), "{body}: {problem}");
    }

    let other = TestServer::start(|_| Reply::json(json!([1, 2]))).await;
    let problem = client(&other, token()).instance().await.unwrap_err();
    assert!(problem.what.contains("does not answer like Kestra"), "{problem}");

    let sso =
        TestServer::start(|_| Reply::empty(302).with("location", "https://sso.example.com/login?state=s3cret-state"))
            .await;
    let problem = client(&sso, token()).instance().await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Denied);
    assert!(problem.why.contains("https://sso.example.com/login") && !format!("{problem:?}").contains("s3cret"));
    assert!(
        sso.asked().iter().all(|asked| !asked.line.contains("login?")),
        "it is not followed"
    );

    let gone = TestServer::start(|_| Reply::Close).await;
    let problem = client(&gone, token()).instance().await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unreachable);

    let nobody = client_with(HttpSettings::new("http://127.0.0.1:1", token()));
    let problem = nobody.instance().await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unreachable);
    assert!(problem.why.contains("Nothing listens on port 1"), "{problem:?}");
}

#[tokio::test]
async fn a_refusal_is_final() {
    for credentials in [token(), basic()] {
        let server = TestServer::start(|asked| match asked.line.as_str() {
            "GET /api/v1/configs" => Reply::json(json!({"version": "1.3.0", "edition": "EE"})),
            "GET /api/v1/me" => Reply::status(401, json!({"message": format!("no {TOKEN} {PASSWORD}")})),
            _ => nothing(),
        })
        .await;
        let client = client(&server, credentials);
        let first = client.instance().await.unwrap_err();
        assert_eq!(first.kind, ProblemKind::Denied);
        for _ in 0..3 {
            let again = client.tenants(&query("")).await.unwrap_err();
            assert_eq!(again, first);
        }
        let asked = server.asked();
        let shown = asked.iter().filter(|asked| !asked.header("authorization").is_empty());
        assert_eq!(shown.count(), 1, "shown once, and never again");
        assert!(!format!("{first:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn where_2_0_takes_no_password_we_log_in_once() {
    let valid = Arc::new(AtomicUsize::new(1));
    let number = Arc::clone(&valid);
    let server = TestServer::start(move |asked| {
        let cookie = asked.header("cookie");
        let jwt = format!("JWT=jwt-{}", number.load(Ordering::SeqCst));
        let is_known = cookie.contains(&jwt);
        match asked.line.as_str() {
            "POST /login" => {
                let body: Value = serde_json::from_str(&asked.body).unwrap();
                assert_eq!(
                    (&body["username"], &body["password"]),
                    (&json!("anna@example.com"), &json!(PASSWORD))
                );
                Reply::json(json!({})).with("set-cookie", format!("{jwt}; Path=/; HttpOnly"))
            }
            "GET /ui/" if is_known => Reply::html("<html></html>").with("set-cookie", "csrfToken=csrf-1; Path=/"),
            _ if !asked.header("authorization").is_empty() => Reply::status(401, json!({"title": "Unauthorized"})),
            "POST /api/v1/tenants" if is_known => {
                if asked.header("x-csrf-token") == "csrf-1" && cookie.contains("csrfToken=csrf-1") {
                    Reply::json(serde_json::from_str(&asked.body).unwrap())
                } else {
                    Reply::status(403, json!({"title": "Forbidden", "detail": "CSRF token missing"}))
                }
            }
            "GET /api/v1/configs/login" => Reply::json(json!({"isBasicAuthInitialized": true})),
            _ if is_known => itself(asked, "2.0.3").unwrap_or_else(nothing),
            _ => Reply::status(401, json!({"title": "Unauthorized"})),
        }
    })
    .await;
    let client = client(&server, basic());
    let created = client.create_tenants(&[new_tenant("acme"), new_tenant("globex")]).await;
    assert!(created.iter().all(Result::is_ok), "{created:?}");
    assert_eq!(server.count("POST /login"), 1);
    assert_eq!(client.instance().await.unwrap().identity.username, "anna@example.com");

    // The login runs out; it worked before, so it is renewed.
    valid.store(2, Ordering::SeqCst);
    assert!(client.instance().await.is_ok());
    assert_eq!(server.count("POST /login"), 2);
    let passwords = server
        .asked()
        .iter()
        .filter(|asked| !asked.header("authorization").is_empty())
        .count();
    assert_eq!(passwords, 1, "the password was refused once and not shown again");
}

#[tokio::test]
async fn a_login_that_is_refused_is_not_tried_again() {
    let server = TestServer::start(|asked| match asked.line.as_str() {
        "GET /api/v1/configs/login" => Reply::json(json!({"isBasicAuthInitialized": true})),
        "POST /login" => Reply::empty(303).with("location", "/ui/login?error=true"),
        _ => Reply::status(401, json!({"title": "Unauthorized"})),
    })
    .await;
    let client = client(&server, basic());
    let first = client.instance().await.unwrap_err();
    assert_eq!(first.kind, ProblemKind::Denied);
    assert_eq!(client.instance().await.unwrap_err(), first);
    assert_eq!(server.count("POST /login"), 1);
}

#[tokio::test]
async fn a_401_about_one_tenant_does_not_end_everything() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/acme/roles/search" => Reply::empty(401),
        "GET /api/v1/tenants/search" => Reply::json(json!({"results": [], "total": 0})),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    let acme = TenantScope::Named("acme".parse().unwrap());
    let problem = client.roles(&acme, &Query::first(10)).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotFound, "it is looked up: {problem}");
    assert!(client.tenants(&query("")).await.is_ok());
}

#[tokio::test]
async fn once_nobody_answers_the_rest_of_many_tenants_is_not_tried() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "POST /api/v1/tenants" => Reply::json(serde_json::from_str(&asked.body).unwrap()),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    client.instance().await.unwrap();
    server.stop().await;
    let wanted: Vec<NewTenant> = (0..200).map(|number| new_tenant(&format!("t-{number:03}"))).collect();
    let outcomes = client.create_tenants(&wanted).await;
    let problems: Vec<Problem> = outcomes.into_iter().map(Result::unwrap_err).collect();
    assert!(problems.iter().all(|problem| problem.kind == ProblemKind::Unreachable));
    let tried = problems
        .iter()
        .filter(|problem| !problem.what.ends_with("was not tried."))
        .count();
    assert!((1..=16).contains(&tried), "{tried}");
}

fn many(asked: &Asked, count: usize) -> Reply {
    let page: usize = asked.parameter("page").parse().unwrap();
    let size: usize = asked.parameter("size").parse().unwrap();
    let rows: Vec<Value> = (0..count)
        .skip((page - 1) * size)
        .take(size)
        .map(|index| json!({"id": format!("t-{index:04}"), "name": format!("Tenant {index}")}))
        .collect();
    Reply::json(json!({"results": rows, "total": count}))
}

#[tokio::test]
async fn words_are_said_not_to_be_looked_for_among_admins_only_where_that_is_so() {
    let server = server("1.0.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/search" => many(asked, 2_500),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    for (text, leaves_out) in [
        ("no", true),
        ("12", true),
        ("acme", false),
        ("name:no", false),
        // Few are left by the other column, and all of them are counted.
        ("id:t-000 no", false),
        ("id:nothing 12", false),
    ] {
        let page = client.tenants(&query(text)).await.unwrap();
        assert_eq!(page.leaves_out, leaves_out, "{text}");
    }
    // That a word is not there is not said of what was not looked at.
    for text in ["!active", "!no", "!12", "tenant !active"] {
        let word = text.trim_start_matches("tenant ");
        let problem = client.tenants(&query(text)).await.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Invalid, "{text}");
        assert_eq!(problem.what, format!("The list cannot be filtered by {word}."));
        assert!(problem.next.contains(&format!("!id:{}", &word[1..])), "{problem}");
    }
    for text in ["!acme", "!id:active", "!name:12"] {
        assert!(!client.tenants(&query(text)).await.unwrap().leaves_out, "{text}");
    }
}

#[tokio::test]
async fn the_first_page_is_one_request_and_a_filter_reads_all() {
    // Like 2.0 with `q`, this server does not filter at all.
    let server = server("2.0.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/search" => many(asked, 2_500),
        "GET /api/v1/tenants/t-0007" => Reply::json(json!({"id": "t-0007", "name": "Seven"})),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    client.instance().await.unwrap();
    let before = server.asked().len();
    let page = client.tenants(&query("page:3")).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (10, 2_500));
    assert_eq!(page.rows[0].tenant.id.as_str(), "t-0020");
    assert_eq!(page.rows[0].admins, None);
    assert_eq!(server.asked().len(), before + 1);

    let page = client.tenants(&query("\"tenant 24\" sort:-id")).await.unwrap();
    assert_eq!(page.total, 111, "24, 240-249, 2400-2499");
    assert_eq!(page.rows[0].tenant.id.as_str(), "t-2499");
    let sizes: Vec<String> = server.asked()[before + 1..]
        .iter()
        .map(|asked| asked.parameter("size").to_owned())
        .collect();
    assert_eq!(sizes, ["1000", "1000", "1000"], "never more than 2.0 takes");

    let page = client.tenants(&query("id=t-0007,t-9999")).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (1, 1));
}

#[tokio::test]
async fn pages_that_do_not_add_up_are_said_to_be_wrong() {
    // This server sends its first page whatever is asked for.
    let server = server("1.0.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/search" => {
            let rows: Vec<Value> = (0..100)
                .map(|index| json!({"id": format!("t-{index}"), "name": "T"}))
                .collect();
            Reply::json(json!({"results": rows, "total": 250}))
        }
        _ => nothing(),
    })
    .await;
    let problem = client(&server, token()).tenants(&query("t")).await.unwrap_err();
    assert!(problem.why.contains("do not add up"), "{problem}");
}

#[tokio::test]
async fn what_failed_is_found_again_in_logs_by_the_id_of_its_request() {
    let server = server("1.0.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/ours" => Reply::status(400, json!({"message": "No."})),
        "GET /api/v1/tenants/theirs" => Reply::status(400, json!({"message": "No."})).with("x-request-id", "proxy-7"),
        "GET /api/v1/tenants/none" => Reply::Close,
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    let mut seen = Vec::new();
    for (id, expected) in [("ours", None), ("theirs", Some("proxy-7")), ("none", None)] {
        let id: TenantId = id.parse().unwrap();
        let detail = client.tenant(&id).await.unwrap_err().detail.unwrap();
        let sent = server.asked().last().unwrap().header("x-request-id").to_owned();
        assert_eq!(sent.len(), 32);
        let expected = expected.unwrap_or(&sent);
        assert!(detail.contains(&format!("request id {expected}")), "{detail}");
        seen.push(sent);
    }
    seen.dedup();
    assert_eq!(seen.len(), 3, "each has its own");
}

#[tokio::test]
async fn what_was_done_is_found_in_logs_too_and_reads_are_not_told() {
    let server = server("1.0.0", |asked| match asked.line.as_str() {
        "DELETE /api/v1/tenants/gone" => Reply::status(204, json!(null)),
        "DELETE /api/v1/tenants/cut" => Reply::Close,
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    for (id, outcome) in [("gone", "status 204"), ("cut", "no answer")] {
        let ((), lines) = trace::traced("", async {
            client.instance().await.unwrap();
            client.delete_tenant(&TenantId::existing(id)).await.unwrap();
        })
        .await;
        let line = format!("DELETE /api/v1/tenants/{id}");
        let asked = server.asked();
        let sent = asked
            .iter()
            .find(|asked| asked.line == line)
            .unwrap()
            .header("x-request-id");
        assert_eq!(lines, [format!("{line}: {outcome}, request id {sent}")]);
    }
}

#[tokio::test]
async fn the_id_of_a_request_is_that_which_the_context_sends() {
    let server = server("1.0.0", |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/refused" => Reply::status(400, json!({"message": "No."})),
        "GET /api/v1/tenants/none" => Reply::Close,
        _ => nothing(),
    })
    .await;
    let client = client_with(HttpSettings {
        headers: vec![("X-Request-Id".to_owned(), "night-job-7".to_owned())],
        ..HttpSettings::new(server.url(), token())
    });
    for id in ["refused", "none"] {
        let detail = client.tenant(&id.parse().unwrap()).await.unwrap_err().detail.unwrap();
        assert_eq!(server.asked().last().unwrap().header("x-request-id"), "night-job-7");
        assert!(detail.contains("request id night-job-7"), "{detail}");
    }
}

#[tokio::test]
async fn who_is_no_superadmin_sees_their_own_tenants() {
    let server = TestServer::start(|asked| match asked.line.as_str() {
        "GET /api/v1/configs" => Reply::json(json!({"version": "1.2.5", "edition": "EE"})),
        "GET /api/v1/me" => Reply::json(json!({
            "id": "u", "superAdmin": false, "profile": {"username": "bob@example.com"},
            "tenants": [{"id": "b", "name": "B"}, {"id": "a", "name": "A", "logo": "data:"}]
        })),
        line if line.ends_with("/configs/login") => nothing(),
        _ => Reply::empty(403),
    })
    .await;
    let client = client(&server, token());
    let page = client.tenants(&query("")).await.unwrap();
    let ids: Vec<_> = page.rows.iter().map(|row| row.tenant.id.as_str()).collect();
    assert_eq!((ids, page.total), (vec!["a", "b"], 2));
    let instance = client.instance().await.unwrap();
    assert!(instance.rights.create_tenant.unwrap_err().contains("bob@example.com"));
    assert_eq!(client.tenant(&TenantId::existing("a")).await.unwrap().name, "A");
    for problem in [
        client.tenant(&TenantId::existing("c")).await.unwrap_err(),
        client.create_tenant(&new_tenant("c")).await.unwrap_err(),
        client
            .footprint(&TenantScope::Named("c".parse().unwrap()))
            .await
            .unwrap_err(),
        client.users(None, &Query::first(10)).await.unwrap_err(),
    ] {
        assert_eq!(problem.kind, ProblemKind::Denied, "{problem}");
        assert!(problem.why.contains("bob@example.com"), "{problem}");
    }
}

#[tokio::test]
async fn reads_are_tried_again_and_say_how_long_to_wait() {
    let left = AtomicUsize::new(2);
    let patient = server("1.3.0", move |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/search" if left.load(Ordering::SeqCst) > 0 => {
            left.fetch_sub(1, Ordering::SeqCst);
            Reply::empty(503).with("retry-after", "0")
        }
        "GET /api/v1/tenants/search" => many(asked, 1),
        _ => nothing(),
    })
    .await;
    assert_eq!(client(&patient, token()).tenants(&query("")).await.unwrap().total, 1);
    assert_eq!(patient.count("GET /api/v1/tenants/search"), 3);

    let busy = server("1.3.0", |_| Reply::empty(429).with("retry-after", "120")).await;
    let problem = client(&busy, token()).tenants(&query("")).await.unwrap_err();
    assert!(problem.next.contains("2 minutes"), "{problem}");
    assert_eq!(busy.count("GET /api/v1/tenants/search"), 1, "that long nobody waits");
}

/// A server on which the first creation is broken off, after or before it was carried out.
async fn fragile(is_carried_out: bool, reply: fn() -> Reply) -> TestServer {
    let stored = Mutex::new(None::<Value>);
    let is_first = AtomicBool::new(true);
    server("1.3.0", move |asked| {
        let mut stored = stored.lock().unwrap();
        match asked.line.as_str() {
            "POST /api/v1/tenants" => {
                if is_carried_out {
                    *stored = Some(serde_json::from_str(&asked.body).unwrap());
                }
                assert!(is_first.swap(false, Ordering::SeqCst), "a write is never sent twice");
                reply()
            }
            "GET /api/v1/tenants/acme" => stored.clone().map_or_else(nothing, Reply::json),
            line if line.ends_with("/search") => Reply::json(json!({"results": [], "total": 0})),
            _ => nothing(),
        }
    })
    .await
}

#[tokio::test]
async fn a_creation_without_an_answer_is_settled_by_a_look() {
    for (reply, is_over) in [
        ((|| Reply::Close) as fn() -> Reply, false),
        (|| Reply::CutOff, false),
        (|| Reply::html("<html>bad gateway").bad_gateway(), true),
    ] {
        let done = fragile(true, reply).await;
        let created = client(&done, token()).create_tenant(&new_tenant("acme")).await.unwrap();
        assert_eq!(created.tenant.name, "Acme");

        let lost = fragile(false, reply).await;
        let problem = client(&lost, token())
            .create_tenant(&new_tenant("acme"))
            .await
            .unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Unreachable);
        // What nobody answered may still come.
        let told = if is_over {
            "`acme` was not created"
        } else {
            "not known whether tenant `acme` was created"
        };
        assert!(problem.what.contains(told), "{problem}");
    }
}

impl Reply {
    fn bad_gateway(self) -> Self {
        match self {
            Self::Answer { headers, body, .. } => Self::Answer {
                status: 502,
                headers,
                body,
            },
            other => other,
        }
    }
}

#[tokio::test]
async fn where_nobody_can_tell_it_is_said() {
    let server = server("1.3.0", |_| Reply::Close).await;
    let client = client(&server, token());
    let problem = client.create_tenant(&new_tenant("acme")).await.unwrap_err();
    assert!(problem.what.contains("not known whether"), "{problem}");
    let problem = client.delete_tenant(&TenantId::existing("acme")).await.unwrap_err();
    assert!(problem.what.contains("not known whether"), "{problem}");
}

#[tokio::test]
async fn a_deletion_without_an_answer_is_settled_by_a_look() {
    let there = AtomicBool::new(true);
    let server = server("2.0.0", move |asked| match asked.line.as_str() {
        "DELETE /api/v1/tenants/gone" => {
            there.store(false, Ordering::SeqCst);
            Reply::Close
        }
        "DELETE /api/v1/tenants/stays" => Reply::Close,
        "GET /api/v1/tenants/stays" => Reply::json(json!({"id": "stays", "name": "S"})),
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    client.delete_tenant(&TenantId::existing("gone")).await.unwrap();
    let problem = client.delete_tenant(&TenantId::existing("stays")).await.unwrap_err();
    assert!(
        problem.what.contains("not known whether tenant `stays` was deleted"),
        "{problem}"
    );
    for id in ["", ".", ".."] {
        let problem = client.delete_tenant(&TenantId::existing(id)).await.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::NotFound);
    }
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.line != "DELETE /api/v1/tenants")
    );
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.line != "DELETE /api/v1/tenants/")
    );
}

#[tokio::test]
async fn what_the_server_refuses_is_told_field_by_field() {
    for (version, status, body, kind) in [
        (
            "1.3.0",
            422,
            json!({"message": "Invalid entity: x", "_embedded": {"errors": [{"message": "is bad", "path": "create.tenant.name"}]}}),
            ProblemKind::Invalid,
        ),
        (
            "2.0.0",
            422,
            json!({"type": "p/validation-failed", "title": "x", "errors": [{"detail": "is bad", "pointer": "#/name"}]}),
            ProblemKind::Invalid,
        ),
        (
            "1.3.0",
            422,
            json!({"message": "Tenant 'acme' already exists", "_embedded": {"errors": [{"message": "taken", "path": "create.tenant.id"}]}}),
            ProblemKind::Conflict,
        ),
        (
            "2.0.0",
            409,
            json!({"type": "p/entity-already-exists", "title": "x"}),
            ProblemKind::Conflict,
        ),
    ] {
        let answered = body.clone();
        let server = server(version, move |asked| match asked.line.as_str() {
            "POST /api/v1/tenants" => Reply::status(status, answered.clone()),
            _ => nothing(),
        })
        .await;
        let problem = client(&server, token())
            .create_tenant(&new_tenant("acme"))
            .await
            .unwrap_err();
        assert_eq!(problem.kind, kind, "{body}");
        let path = if kind == ProblemKind::Conflict { "id" } else { "name" };
        assert_eq!(problem.fields[0].path, path, "{problem:?}");
    }
}

#[tokio::test]
async fn a_field_that_was_dropped_is_named() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "POST /api/v1/tenants" => Reply::json(json!({"id": "acme", "name": "Acme", "deleted": false})),
        line if line.ends_with("/search") => Reply::json(json!({"results": [], "total": 0})),
        _ => nothing(),
    })
    .await;
    let mut new = new_tenant("acme");
    new.tenant.set_at("workerGroup.key", Some(json!("gpu")));
    let problem = client(&server, token()).create_tenant(&new).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Partly);
    assert_eq!(problem.fields[0].path, "workerGroup.key");
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_know_and_nobodys_change_is_lost() {
    let stored = Arc::new(Mutex::new(json!({
        "id": "acme", "name": "Acme", "deleted": false, "future": {"deep": [1]}, "storageType": "s3", "logo": "data:"
    })));
    let object = Arc::clone(&stored);
    let server = server("1.3.0", move |asked| match asked.line.as_str() {
        "GET /api/v1/tenants/acme" => Reply::json(object.lock().unwrap().clone()),
        "PUT /api/v1/tenants/acme" => {
            *object.lock().unwrap() = serde_json::from_str(&asked.body).unwrap();
            Reply::json(object.lock().unwrap().clone())
        }
        _ => nothing(),
    })
    .await;
    let client = client(&server, token());
    let before = client.tenant(&TenantId::existing("acme")).await.unwrap();
    let mut after = before.clone();
    after.name = "Renamed".to_owned();
    after.set_at("storageType", None);
    client.update_tenant(&before, &after).await.unwrap();
    assert_eq!(
        *stored.lock().unwrap(),
        json!({"id": "acme", "name": "Renamed", "deleted": false, "future": {"deep": [1]}})
    );
    let problem = client.update_tenant(&before, &after).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert!(problem.detail.unwrap().contains("Renamed"));
    assert_eq!(server.count("PUT /api/v1/tenants/acme"), 1);
}

#[tokio::test]
async fn an_admin_that_cannot_be_made_is_told_with_what_is_there() {
    let answers = |asked: &Asked| match asked.line.as_str() {
        "GET /api/v1/users" => {
            Reply::json(json!({"results": [{"id": "u9", "username": "Bob@example.com"}], "total": 1}))
        }
        "POST /api/v1/tenants" => Reply::json(serde_json::from_str(&asked.body).unwrap()),
        "GET /api/v1/acme/roles/search" => {
            Reply::json(json!({"results": [{"id": "r1", "name": "Admin", "isManaged": true}], "total": 1}))
        }
        "GET /api/v1/acme/roles/r1" => {
            Reply::json(json!({"id": "r1", "name": "Admin", "isManaged": true, "permissions": {"FLOW": ["READ"]}}))
        }
        _ => nothing(),
    };
    let mut new = new_tenant("acme");
    new.admin = Some("bob@example.com".to_owned());

    let refusing = server("1.3.0", move |asked| match asked.line.as_str() {
        "POST /api/v1/acme/bindings" => Reply::empty(403),
        "PUT /api/v1/acme/tenant-access/u9" => Reply::empty(201),
        _ => answers(asked),
    })
    .await;
    let problem = client(&refusing, token()).create_tenant(&new).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Partly);
    assert!(
        problem.what.contains("`acme` was created") && problem.what.contains("Bob@example.com"),
        "{problem}"
    );

    let willing = server("1.3.0", move |asked| match asked.line.as_str() {
        "POST /api/v1/acme/bindings" => {
            assert_eq!(
                serde_json::from_str::<Value>(&asked.body).unwrap(),
                json!({"type": "USER", "externalId": "u9", "roleId": "r1"})
            );
            Reply::json(json!({"id": "b1", "type": "USER", "role": {"id": "r1"}, "user": {"id": "u9"}}))
        }
        "PUT /api/v1/acme/tenant-access/u9" => Reply::empty(409),
        _ => answers(asked),
    })
    .await;
    let created = client(&willing, token()).create_tenant(&new).await.unwrap();
    assert_eq!(created.admins[0].subject_name, "Bob@example.com");
    assert_eq!(created.admin_role.unwrap().permissions.count(), 1);

    new.admin = Some("nobody@example.com".to_owned());
    let problem = client(&willing, token()).create_tenant(&new).await.unwrap_err();
    assert_eq!(
        (problem.kind, problem.fields[0].path.as_str()),
        (ProblemKind::Invalid, "admin")
    );
    assert_eq!(willing.count("POST /api/v1/tenants"), 1, "nothing was created");
}

#[tokio::test]
async fn counts_that_are_refused_are_not_zero() {
    let acme = TenantScope::Named("acme".parse().unwrap());
    let counting = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/acme/flows/search" | "GET /api/v1/acme/executions/search" => Reply::empty(403),
        "GET /api/v1/acme/usages" => Reply::json(json!({"flows": {"triggerTypeCount": {"x": 2}}})),
        line if line.ends_with("/search") => Reply::json(json!({"results": [{"id": "a"}], "total": 4})),
        "GET /api/v1/acme/tenant-access" if asked.parameter("type") == "STANDARD" => {
            Reply::json(json!({"results": [], "total": 5}))
        }
        "GET /api/v1/acme/tenant-access" => Reply::json(json!({"results": [], "total": 2})),
        _ => nothing(),
    })
    .await;
    let footprint = client(&counting, token()).footprint(&acme).await.unwrap();
    assert_eq!((footprint.flows, footprint.executions), (None, None));
    assert_eq!((footprint.namespaces, footprint.triggers), (Some(4), Some(2)));
    assert_eq!((footprint.roles, footprint.users), (Some(4), Some(7)));

    let refusing = TestServer::start(|asked| match asked.line.as_str() {
        "GET /api/v1/me" => Reply::json(json!({
            "user": {"id": "u1", "username": "anna@example.com", "type": "STANDARD"}, "roles": [], "tenants": []
        })),
        _ => itself(asked, "0.21.0").unwrap_or_else(|| Reply::empty(403)),
    })
    .await;
    let problem = client(&refusing, token()).create_tenant(&new_tenant("acme")).await;
    let problem = problem.unwrap_err();
    assert!(problem.next.starts_with("It needs a superadmin: "), "{problem}");
    let refusing = server("1.3.0", |_| Reply::empty(403)).await;
    let problem = client(&refusing, token()).footprint(&acme).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Denied);
}

#[tokio::test]
async fn superadmins_of_old_releases_use_the_path_beside_the_tenant_and_fall_back() {
    for works in ["/api/v1/tenants/acme/roles/search", "/api/v1/acme/roles/search"] {
        let server = server("0.21.0", move |asked| {
            if asked.line == format!("GET {works}") {
                let roles = json!([{"id": "r", "name": "Reader", "permissions": {"FLOW": ["READ"]}}]);
                return Reply::json(json!({"results": roles, "total": 1}));
            }
            Reply::empty(403)
        })
        .await;
        let acme = TenantScope::Named("acme".parse().unwrap());
        let roles = client(&server, token()).roles(&acme, &Query::first(10)).await.unwrap();
        assert_eq!(roles.rows[0].permissions.count(), 1, "no further request is needed");
    }
}

#[tokio::test]
async fn roles_of_newer_releases_are_completed_in_one_request() {
    let server = server("1.3.0", |asked| match asked.line.as_str() {
        "GET /api/v1/acme/roles/search" => Reply::json(json!({
            "results": [{"id": "b", "name": "beta"}, {"id": "a", "name": "Alpha"}, {"id": "c", "name": "gamma"}], "total": 3
        })),
        "POST /api/v1/acme/roles/ids" => {
            assert_eq!(serde_json::from_str::<Value>(&asked.body).unwrap(), json!({"ids": ["b", "a", "c"]}));
            Reply::json(json!([
                {"id": "a", "name": "Alpha", "permissions": {"FLOW": ["READ"]}},
                {"id": "b", "name": "beta", "permissions": {}}
            ]))
        }
        "GET /api/v1/acme/roles/c" => {
            Reply::json(json!({"id": "c", "name": "gamma", "description": "Third", "permissions": {"FLOW": ["READ"]}}))
        }
        _ => nothing(),
    })
    .await;
    let acme = TenantScope::Named("acme".parse().unwrap());
    let roles = client(&server, token()).roles(&acme, &Query::first(10)).await.unwrap();
    let names: Vec<_> = roles.rows.iter().map(|role| role.name.as_str()).collect();
    assert_eq!(names, ["Alpha", "beta", "gamma"]);
    assert_eq!(roles.rows[2].description.as_deref(), Some("Third"));
    assert_eq!(server.count("GET /api/v1/acme/roles/a"), 0);
}

#[tokio::test]
async fn people_and_programs_are_told_apart_even_where_the_server_does_not() {
    for parts in [true, false] {
        let server = server("1.3.26", move |asked| match asked.line.as_str() {
            "GET /api/v1/acme/tenant-access" => {
                let anna = json!({"id": "1", "username": "anna@example.com", "displayName": "Anna"});
                let robot = json!({"id": "2", "username": "robot", "description": "Deploys"});
                let rows = match asked.parameter("type") {
                    "STANDARD" if parts => vec![anna],
                    "SERVICE_ACCOUNT" if parts => vec![robot],
                    _ => vec![anna, robot],
                };
                Reply::json(json!({"total": rows.len(), "results": rows}))
            }
            "GET /api/v1/users" => Reply::json(json!({
                "results": [{"id": "1", "username": "anna@example.com", "superAdmin": true}], "total": 1
            })),
            "GET /api/v1/service-accounts" => {
                Reply::json(json!({"results": [{"id": "2", "name": "robot"}], "total": 1}))
            }
            _ => nothing(),
        })
        .await;
        let client = client(&server, token());
        let acme = TenantScope::Named("acme".parse().unwrap());
        let users = client.users(Some(&acme), &Query::first(10)).await.unwrap().rows;
        let kinds: Vec<_> = users
            .iter()
            .map(|user| (user.username.as_str(), user.kind, user.superadmin))
            .collect();
        assert_eq!(
            kinds,
            [
                ("anna@example.com", UserKind::Standard, true),
                ("robot", UserKind::ServiceAccount, false)
            ],
            "{parts}"
        );
        let named = Query::parse("username=ANNA@example.com size:1", USER_COLUMNS, 10).unwrap();
        assert_eq!(client.users(None, &named).await.unwrap().total, 1);
        assert_eq!(client.users(None, &Query::first(10)).await.unwrap().total, 2);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let server = TestServer::start(|_| Reply::json(json!({"version": "x".repeat(5_000)}))).await;
    let settings = HttpSettings::new(server.url(), token());
    let mut core = Core::new(settings.clone()).unwrap();
    core.transport = super::transport::Transport::new(&settings)
        .unwrap()
        .with_largest_answer(1_000);
    let problem = HttpInstance(Arc::new(core)).instance().await.unwrap_err();
    assert!(problem.why.contains("larger than anything"), "{problem}");
}

#[tokio::test]
async fn no_answer_in_time_is_said() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client_with(HttpSettings {
        timeout: Duration::from_millis(50),
        ..HttpSettings::new(format!("http://{}", listener.local_addr().unwrap()), token())
    });
    let problem = client.instance().await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unreachable);
    assert!(problem.why.contains("within 50 ms"), "{problem}");
}

async fn checks(client: &HttpInstance) -> Vec<Check> {
    let mut checks = Vec::new();
    client.examine(&mut |check| checks.push(check)).await;
    checks
}

#[tokio::test]
async fn an_examination_reports_each_step_once() {
    let healthy = server("2.0.1", |asked| match asked.line.as_str() {
        "GET /api/v1/license-info" => Reply::json(json!({"type": "ENTERPRISE", "expiry": "2999-01-01T00:00:00Z"})),
        "GET /api/v1/instance/maintenance/status" => Reply::json(json!({"maintenance": true})),
        _ => nothing(),
    })
    .await;
    let found = checks(&client(&healthy, token())).await;
    let names: Vec<_> = found.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            "name resolution",
            "connection",
            "TLS",
            "answers as Kestra",
            "release",
            "edition",
            "identity",
            "rights",
            "clock",
            "licence",
            "maintenance"
        ]
    );
    let outcomes: Vec<_> = found.iter().map(|check| check.outcome).collect();
    assert!(!outcomes.contains(&Outcome::Fail), "{found:?}");
    assert_eq!(outcomes[10], Outcome::Warn, "in maintenance");
    assert!(
        found
            .iter()
            .all(|check| check.outcome != Outcome::Warn || check.next.is_some())
    );

    let nobody = client_with(HttpSettings::new("http://127.0.0.1:1", token()));
    let found = checks(&nobody).await;
    assert_eq!(found.len(), 11);
    assert_eq!((found[1].name, found[1].outcome), ("connection", Outcome::Fail));
    assert!(found[1].next.is_some());
    assert!(found[2..].iter().all(|check| check.outcome == Outcome::Skipped));

    let refusing = TestServer::start(|asked| match asked.line.as_str() {
        "GET /api/v1/configs/login" => Reply::json(json!({"isBasicAuthInitialized": true})),
        _ => Reply::status(401, json!({"title": "Unauthorized"})),
    })
    .await;
    let found = checks(&client(&refusing, token())).await;
    assert_eq!(found.len(), 11);
    let failed: Vec<_> = found
        .iter()
        .filter(|check| check.outcome == Outcome::Fail)
        .map(|check| check.name)
        .collect();
    assert_eq!(failed, ["identity"]);
}

#[tokio::test]
async fn what_a_server_says_is_shown_up_to_a_length() {
    for status in [400, 403, 404, 409, 422, 423, 500, 503] {
        let long = format!("{TOKEN} {}", "long ".repeat(2_000));
        let server = server("1.3.26", move |_| {
            let errors: Vec<Value> = (0..500)
                .map(|n| json!({"message": long, "path": format!("a.b.{n}{long}")}))
                .collect();
            Reply::status(
                status,
                json!({"message": long, "type": format!("x/{long}"), "_embedded": {"errors": errors}}),
            )
        })
        .await;
        let client = client(&server, token());
        let problem = client.create_tenant(&new_tenant("acme")).await.unwrap_err();
        let detail = problem.detail.clone().unwrap();
        for text in [&problem.what, &problem.why, &problem.next, &detail] {
            assert!(text.chars().count() < 2_200, "{status}: {} characters", text.len());
            assert!(!text.contains(TOKEN));
        }
        assert!(problem.why.contains('…') || detail.contains('…'), "{status}");
        let fields: usize = problem
            .fields
            .iter()
            .map(|field| field.path.len() + field.message.len())
            .sum();
        assert!(fields < 10_000, "{status}: {fields}");
    }
}

#[tokio::test]
async fn a_password_that_changes_in_the_middle_locks_nobody_out() {
    for version in ["0.22.4", "1.3.26", "2.0.1"] {
        let made = AtomicUsize::new(0);
        let server = TestServer::start(move |asked| {
            if asked.header("authorization").is_empty() {
                return itself(asked, version).unwrap_or_else(|| Reply::empty(401));
            }
            if made.load(Ordering::SeqCst) >= 30 {
                return Reply::status(401, json!({"message": "Unauthorized"}));
            }
            if asked.line.starts_with("POST") {
                made.fetch_add(1, Ordering::SeqCst);
                return Reply::json(serde_json::from_str(&asked.body).unwrap());
            }
            itself(asked, version).unwrap_or_else(nothing)
        })
        .await;
        let client = client(&server, basic());
        let new: Vec<_> = (0..200).map(|number| new_tenant(&format!("t-{number}"))).collect();
        let outcomes = client.create_tenants(&new).await;
        let created = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!((created, outcomes.len()), (30, 200), "{version}");
        for problem in outcomes.into_iter().filter_map(Result::err) {
            assert_eq!(problem.kind, ProblemKind::Denied, "{problem}");
        }
        let asked = server.asked();
        let last = asked
            .iter()
            .enumerate()
            .filter(|(_, asked)| asked.line.starts_with("POST /api/v1/tenants"))
            .nth(29)
            .unwrap()
            .0;
        // What shows the password after it changed: with the request, or at the door.
        let refused = asked[last + 1..]
            .iter()
            .filter(|asked| !asked.header("authorization").is_empty() || asked.line == "POST /login")
            .count();
        assert!(
            (1..10).contains(&refused),
            "{version}: {refused} refused requests lock the account"
        );
    }
}
