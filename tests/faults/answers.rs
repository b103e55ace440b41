//! Answers that are none, or not the ones hoped for.

use kestra_admin::domain::release::Release;

use crate::desk::Desk;
use crate::support::fault_proxy::{Fault, Rule, answer};

const LIST: [&str; 2] = ["tenants", "list"];
const SEARCH: &str = "GET /api/v1/tenants/search";

fn desk() -> Desk {
    Desk::new(Release::new(1, 3))
}

fn json(status: &str, headers: &str, body: &str) -> Fault {
    Fault::Answer(answer(
        status,
        &format!("Content-Type: application/json\r\n{headers}"),
        body,
    ))
}

#[test]
fn a_web_page_instead_of_an_answer_is_named() {
    let page = Fault::Answer(answer(
        "200 OK",
        "Content-Type: text/html\r\n",
        "<!doctype html><title>Sign in</title><form action=/login><input name=password></form>",
    ));
    for request in [SEARCH, "GET /"] {
        let outcome = desk().run(vec![Rule::always(request, page.clone())], &LIST);
        assert_eq!(outcome.words.lines().count(), 3, "{outcome:#?}");
        assert!(outcome.words.contains("web page"), "{outcome:#?}");
        assert!([1, 3, 9].contains(&outcome.code), "{outcome:#?}");
    }
}

#[test]
fn a_redirect_to_single_sign_on_is_named_and_not_followed() {
    let redirect = Fault::Answer(answer(
        "302 Found",
        "Location: https://sso.acme.test/login?next=x\r\n",
        "",
    ));
    for request in [SEARCH, "GET /"] {
        let outcome = desk().run(vec![Rule::always(request, redirect.clone())], &LIST);
        assert_eq!(outcome.words.lines().count(), 3, "{outcome:#?}");
        assert!(outcome.words.contains("sso.acme.test"), "{outcome:#?}");
        assert_ne!(outcome.code, 0);
    }
}

#[test]
fn refusals_have_their_own_exit_codes_and_are_not_tried_again() {
    for (status, code) in [
        ("401 Unauthorized", 3),
        ("403 Forbidden", 3),
        ("404 Not Found", 4),
        ("409 Conflict", 5),
        ("422 Unprocessable Entity", 2),
    ] {
        let outcome = desk().run(
            vec![Rule::always(SEARCH, json(status, "", r#"{"message":"No"}"#))],
            &LIST,
        );
        outcome.says(code, &[]);
        assert_eq!(outcome.count(SEARCH), 1, "{status}: {outcome:#?}");
    }
}

/// Kestra locks an account after ten failures in five minutes.
#[test]
fn wrong_credentials_are_tried_once_and_never_in_a_loop() {
    for release in [Release::new(0, 22), Release::new(1, 3), Release::new(2, 0)] {
        let desk = Desk::new(release);
        let refusal = Fault::Answer(answer("401 Unauthorized", "", ""));
        let rules = ["GET /api/", "POST /login"].map(|request| Rule::always(request, refusal.clone()));
        let outcome = desk.run(rules.to_vec(), &LIST);
        outcome.says(3, &[]);
        assert!(outcome.requests.len() <= 6, "{release}: {outcome:#?}");
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again_and_then_named() {
    for (status, words) in [
        ("429 Too Many Requests", "too many requests"),
        ("502 Bad Gateway", ""),
        ("503 Service Unavailable", ""),
        ("504 Gateway Timeout", ""),
    ] {
        let desk = desk();
        let busy = json(status, "Retry-After: 0\r\n", "{}");
        let outcome = desk.run(vec![Rule::once(SEARCH, busy.clone())], &LIST);
        assert_eq!(outcome.code, 0, "{status}: {outcome:#?}");
        let outcome = desk.run(vec![Rule::always(SEARCH, busy)], &LIST);
        assert!([1, 9].contains(&outcome.code), "{status}: {outcome:#?}");
        assert_eq!(outcome.words.lines().count(), 3, "{outcome:#?}");
        assert!(outcome.words.contains(words), "{status}: {outcome:#?}");
    }
}

#[test]
fn a_failure_of_the_server_is_named_as_its_own() {
    let outcome = desk().run(
        vec![Rule::always(
            SEARCH,
            json(
                "500 Internal Server Error",
                "",
                r#"{"message":"Internal server error: boom"}"#,
            ),
        )],
        &LIST,
    );
    outcome.says(1, &["boom", "log of Kestra"]);
}

#[test]
fn what_is_not_kestra_at_all_is_named() {
    for bytes in [
        b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".to_vec(),
        answer("200 OK", "Content-Type: application/json\r\n", "{\"hello\": \"world\"}"),
        answer("200 OK", "Content-Type: application/json\r\n", "not json"),
        answer("404 Not Found", "Content-Type: text/plain\r\n", "404 page not found"),
    ] {
        let outcome = desk().run(vec![Rule::always("", Fault::Answer(bytes.clone()))], &LIST);
        assert_ne!(outcome.code, 0, "{outcome:#?}");
        assert_eq!(
            outcome.words.lines().count(),
            3,
            "{} {outcome:#?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn a_hostile_server_writes_nothing_to_the_terminal() {
    let body = "{\"message\":\"\\u001b]0;owned\\u0007\\u001b[2J\\u202egnp.exe\\r\\nfour\\nlines\"}";
    let outcome = desk().run(
        vec![Rule::always(SEARCH, json("422 Unprocessable Entity", "", body))],
        &LIST,
    );
    outcome.says(2, &[]);
    let names = "{\"results\":[{\"id\":\"a\",\"name\":\"\\u001b[31mred\\u001b[0m\\u202e\\u0007\",\"deleted\":false}],\"total\":1}";
    let outcome = desk().run(vec![Rule::always(SEARCH, json("200 OK", "", names))], &LIST);
    assert_eq!(outcome.code, 0, "{outcome:#?}");
    assert!(outcome.output.contains("red"), "{outcome:#?}");
}

/// Credentials that a server repeats are not shown.
#[test]
fn a_server_that_repeats_our_secret_does_not_get_it_onto_the_screen() {
    let body = format!(
        "{{\"message\":\"user root with {} failed\"}}",
        crate::support::rehearsal::PASSWORD
    );
    for status in ["403 Forbidden", "500 Internal Server Error", "422 Unprocessable Entity"] {
        // The desk asserts that the secret is nowhere.
        let outcome = desk().run(
            vec![Rule::always(SEARCH, json(status, "", &body))],
            &["-v", "tenants", "list"],
        );
        assert_ne!(outcome.code, 0);
    }
}
