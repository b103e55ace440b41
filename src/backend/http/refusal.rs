//! The words for answers that refuse: status, headers and body become a [`Problem`].
//!
//! Nothing secret of ours may stand in them: texts of the server go through [`Scrubber`] and are made visible.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact::MARK;
use crate::domain::sorting;
use crate::domain::text::{shortened, visible, visible_lines};

use super::call::Call;
use super::dialect::Dialect;
use super::error_body::ErrorBody;
use super::failure::{Failure, Reached, seconds};
use super::transport::{Answer, Broken};

/// How much of a body that is not understood is shown, in characters.
const SHOWN: usize = 600;
/// How much of a text of the server is shown, and of all that is in the details, in characters.
const MOST: usize = 2_000;
/// How much is shown of what is said about one field, in characters.
const MOST_OF_A_FIELD: usize = 200;
/// About how many fields is told.
const FIELDS: usize = 20;

/// Takes our secrets out of texts of the server.
#[derive(Clone, Default)]
pub(super) struct Scrubber(Vec<String>);

impl Scrubber {
    /// Short texts are left out: replacing every `a` would hide nothing and garble everything.
    pub(super) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut secrets: Vec<String> = secrets.into_iter().filter(|secret| secret.len() >= 4).collect();
        sorting::by_key(&mut secrets, |secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self(secrets)
    }

    /// The text without our secrets, and with an ellipsis for what goes beyond any sentence.
    pub(super) fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MARK);
            }
        }
        // In this order, so that no piece of a secret is left at the end.
        shortened(&text, MOST).into_owned()
    }
}

/// What the words depend on besides the answer.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    /// The address of the instance.
    pub url: &'a str,
    /// Who we are, once known.
    pub who: Option<&'a str>,
    /// Whether we are known to be a superadmin, who needs nobody else to allow anything.
    pub superadmin: bool,
    /// Whether who we are was told after the answer, so that one that does not know us is about its call alone.
    pub verified: bool,
    /// How the server speaks, once known.
    pub dialect: Option<Dialect>,
    /// What must not be shown.
    pub scrubber: &'a Scrubber,
    /// What time it is.
    pub now: Timestamp,
}

/// The failure of an answer that is no success.
pub(super) fn refused(call: &Call, answer: &Answer, around: &Circumstances<'_>) -> Failure {
    let body = ErrorBody::parse(&answer.body);
    let status = answer.status;
    let wait = wait(answer, around.now);
    let denies = status == 403 || status == 401 && around.verified;
    let no_route = status == 404 && is_no_route(answer, &body);
    let mut problem = match status {
        300..=399 => redirected(answer, around),
        _ if denies => denied(call, status, &body, around),
        401 => unauthenticated(call, around),
        404 | 410 if !no_route => missing(call, &body, around),
        404 | 405 | 501 => not_served(call, answer, around),
        409 => conflict(call, &body, around),
        400 | 422 if body.says_it_exists() => conflict(call, &body, around),
        400 | 406 | 413 | 415 | 422 => invalid(call, &body, around),
        423 | 429 => busy(call, status, wait, &body, around),
        502..=504 => gateway(call, status, &body, around),
        _ => broken_down(call, status, &body, around),
    };
    problem.detail = Some(detail(call, answer, &body, around));
    Failure {
        reached: Reached::Answered(if denies { 403 } else { status }),
        passing: matches!(status, 429 | 502..=504) && body.slug.as_deref() != Some("migration-required"),
        wait,
        no_route,
        problem,
    }
}

/// What answers has none of what every Kestra has: another program, or a Kestra under another path.
pub(super) fn is_no_kestra(failure: &Failure) -> bool {
    matches!(failure.reached, Reached::Answered(404 | 405 | 410 | 501))
}

/// The problem of such an answer, with the details of the one there was.
pub(super) fn no_kestra(url: &str, found: Problem) -> Problem {
    Problem {
        detail: found.detail,
        ..unlike_kestra(
            url,
            "Something answers there, but it has no Kestra API.",
            "Check the URL: the port, and the path prefix Kestra is served under.",
        )
    }
}

fn unlike_kestra(url: &str, why: &str, next: &str) -> Problem {
    let what = format!("`{url}` does not answer like Kestra.");
    Problem::new(ProblemKind::Unreachable, what, why, next)
}

/// The failure of a success that is not what was asked for.
pub(super) fn not_understood(call: &Call, answer: &Answer, around: &Circumstances<'_>) -> Failure {
    let problem = if answer.is_html() {
        unlike_kestra(
            around.url,
            "It sent a web page where data were asked for: a login page, a proxy, or another program.",
            "Check the address and its path; if a proxy asks to log in, give it what it wants with `headers` of the context.",
        )
    } else {
        unlike_kestra(
            around.url,
            "What it sent is not what Kestra sends for this request.",
            "Check the address; look at the answer in the details.",
        )
    };
    Failure {
        reached: Reached::Answered(answer.status),
        passing: false,
        wait: None,
        no_route: false,
        problem: problem.with_detail(detail(call, answer, &ErrorBody::default(), around)),
    }
}

/// How long the server asks to wait, by seconds or by date.
fn wait(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let until = Timestamp::try_from(until).ok()?;
    Some(until.duration_since(now).try_into().unwrap_or_default())
}

/// 2.x says so in a header; a page for people, or an answer without Kestra's form, comes from something else.
fn is_no_route(answer: &Answer, body: &ErrorBody) -> bool {
    match answer.header("x-kestra-route-matched") {
        Some(matched) => matched.eq_ignore_ascii_case("false"),
        None => {
            answer.is_html()
                || (!body.is_kestras && !answer.body.is_empty())
                || body
                    .message
                    .as_deref()
                    .is_some_and(|message| message.contains("Page Not Found"))
        }
    }
}

/// What the server said, as a sentence; or what we say instead.
fn said(body: &ErrorBody, around: &Circumstances<'_>, otherwise: &str) -> String {
    match &body.message {
        Some(message) => {
            let text = around.scrubber.scrub(message);
            let text = visible(text.trim());
            let text = text.trim_end_matches('.');
            format!("Kestra says: {text}.")
        }
        None => otherwise.to_owned(),
    }
}

/// The same with the status, which operators look for in logs.
fn said_with(status: u16, body: &ErrorBody, around: &Circumstances<'_>, otherwise: &str) -> String {
    let text = body.message.as_ref().map(|message| around.scrubber.scrub(message));
    let text = visible(text.as_deref().unwrap_or(otherwise).trim()).into_owned();
    format!(
        "`{}` answers with status {status}: {}.",
        around.url,
        text.trim_end_matches('.')
    )
}

fn impossible(call: &Call) -> String {
    format!("It was not possible to {}.", call.doing)
}

fn redirected(answer: &Answer, around: &Circumstances<'_>) -> Problem {
    let to = answer.header("location").unwrap_or_default();
    // Parameters of a redirect to a login carry state that is nobody's business.
    let place = around.scrubber.scrub(to.split(['?', '#']).next().unwrap_or_default());
    let place = visible(&place).into_owned();
    let lower = place.to_lowercase();
    let login = ["login", "signin", "sign-in", "oauth", "openid", "saml", "sso", "auth/"]
        .iter()
        .any(|word| lower.contains(word));
    if login {
        return Problem::new(
            ProblemKind::Denied,
            format!("`{}` asks to log in.", around.url),
            format!("It sends us to `{place}`, a page for people."),
            "Use an API token; if a proxy asks to log in, give it what it wants with `headers` of the context.",
        );
    }
    let why = if place.is_empty() {
        "It sends us somewhere else without saying where.".to_owned()
    } else {
        format!("It sends us to `{place}`, and secrets are not carried elsewhere unasked.")
    };
    Problem::new(
        ProblemKind::Unreachable,
        format!("Kestra is not at `{}`.", around.url),
        why,
        "Use the address it names, without what follows its path.",
    )
}

fn unauthenticated(call: &Call, around: &Circumstances<'_>) -> Problem {
    Problem::new(
        ProblemKind::Denied,
        impossible(call),
        format!("`{}` does not know who is asking.", around.url),
        "Set a username and password or an API token for this context.",
    )
}

fn denied(call: &Call, status: u16, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    let what = format!("You may not {}.", call.doing);
    let who = around
        .who
        .map_or_else(|| "us".to_owned(), |who| format!("`{}`", visible(who)));
    match body.slug.as_deref() {
        Some("feature-disabled") => {
            return Problem::new(
                ProblemKind::Denied,
                impossible(call),
                said(body, around, "The licence of this Kestra does not include it."),
                "Ask whoever holds the licence of this instance.",
            );
        }
        Some("license-limit-exceeded") => {
            return Problem::new(
                ProblemKind::Denied,
                impossible(call),
                said(body, around, "A limit of the licence of this Kestra is reached."),
                "Remove what is not needed any more, or ask whoever holds the licence of this instance.",
            );
        }
        _ => {}
    }
    if body.mentions("csrf") {
        return Problem::new(
            ProblemKind::Denied,
            impossible(call),
            format!("Kestra took the login of {who} but not the token that protects it."),
            "Use an API token instead of a password.",
        );
    }
    if body.mentions("license") || body.mentions("licence") {
        return Problem::new(
            ProblemKind::Denied,
            impossible(call),
            said(body, around, "The licence of this Kestra does not allow it."),
            "Ask whoever holds the licence of this instance.",
        );
    }
    let who = if around.superadmin {
        format!("{who}, who is {}", a_superadmin(around))
    } else {
        who
    };
    let why = match &body.message {
        Some(_) => format!("Kestra refused it to {who}. {}", said(body, around, "")),
        None if around.dialect.is_some_and(Dialect::hides_unknown_routes) => {
            format!("Kestra refused it to {who}; it says the same of requests it does not know.")
        }
        None if around.superadmin => format!("Kestra, or what stands before it, refused it to {who}."),
        None => format!("Kestra refused it to {who}."),
    };
    let next = if around.superadmin {
        what_to_check(status, body)
    } else {
        whom_to_ask(call, around)
    };
    Problem::new(ProblemKind::Denied, what, why, next)
}

fn a_superadmin(around: &Circumstances<'_>) -> &'static str {
    around
        .dialect
        .map_or("a superadmin", |dialect| dialect.release().a_superadmin())
}

/// What somebody can do who may do all, and is refused something.
fn what_to_check(status: u16, body: &ErrorBody) -> String {
    if status == 401 {
        "Kestra knows these credentials: check whether a proxy before it asks for others on this path.".to_owned()
    } else if body.is_kestras {
        "Check that you still are one; the log of Kestra may say more.".to_owned()
    } else {
        "Check that no proxy before Kestra refuses it, and that you still are one; the details have the answer."
            .to_owned()
    }
}

/// Who can help where something is not allowed: what is of the instance is in no role.
fn whom_to_ask(call: &Call, around: &Circumstances<'_>) -> String {
    let a_superadmin = a_superadmin(around);
    if around
        .dialect
        .is_some_and(|dialect| dialect.takes_superadmin(&call.path))
    {
        format!("It needs {a_superadmin}: no role of a tenant allows it. Ask one.")
    } else {
        format!("Ask an admin of the tenant for a role that allows it, or {a_superadmin}.")
    }
}

fn missing(call: &Call, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    let what = match &call.object {
        Some(object) => format!("There is no {object}."),
        None => impossible(call),
    };
    Problem::new(
        ProblemKind::NotFound,
        what,
        said(body, around, "Kestra does not find it."),
        "Check the name; somebody may have deleted it meanwhile.",
    )
}

fn not_served(call: &Call, answer: &Answer, around: &Circumstances<'_>) -> Problem {
    if answer.is_html() {
        return unlike_kestra(
            around.url,
            "It has a web page, but no Kestra API.",
            "Check the address: the port, and the path Kestra is served under.",
        );
    }
    if answer.header("x-kestra-edition") == Some("OSS") {
        return Problem::new(
            ProblemKind::Failed,
            impossible(call),
            format!(
                "`{}` is the Open Source edition of Kestra, which has no tenants.",
                around.url
            ),
            "Use an instance of Kestra Enterprise.",
        );
    }
    Problem::new(
        ProblemKind::Failed,
        impossible(call),
        format!("`{}` does not know this request.", around.url),
        "Check the address and its path; this Kestra may have been built without it.",
    )
}

fn conflict(call: &Call, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    with_fields(
        Problem::new(
            ProblemKind::Conflict,
            impossible(call),
            said(body, around, "It contradicts what is there already."),
            "Look at what is there, then try again.",
        ),
        body,
        around,
    )
}

fn invalid(call: &Call, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    with_fields(
        Problem::new(
            ProblemKind::Invalid,
            impossible(call),
            said(body, around, "Kestra does not accept what was sent."),
            "Correct what is named, then try again.",
        ),
        body,
        around,
    )
}

fn with_fields(mut problem: Problem, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    for (path, message) in body.fields.iter().filter(|(path, _)| !path.is_empty()).take(FIELDS) {
        problem = problem.with_field(field_text(path, around), field_text(message, around));
    }
    problem
}

/// What the server said about a field, or which field.
fn field_text(text: &str, around: &Circumstances<'_>) -> String {
    let text = around.scrubber.scrub(text);
    visible(&shortened(&text, MOST_OF_A_FIELD)).into_owned()
}

fn busy(call: &Call, status: u16, wait: Option<Duration>, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    let next = match wait {
        Some(wait) if !wait.is_zero() => format!("Try again in {}.", seconds(wait)),
        _ => "Wait a moment, then try again.".to_owned(),
    };
    let why = if status == 429 {
        said_with(status, body, around, "it has had too many requests in a short time")
    } else {
        said_with(status, body, around, "it is locked at the moment")
    };
    Problem::new(ProblemKind::Failed, impossible(call), why, next)
}

fn gateway(call: &Call, status: u16, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    if body.slug.as_deref() == Some("migration-required") {
        return Problem::new(
            ProblemKind::Unreachable,
            impossible(call),
            "The database of this Kestra has to be migrated before it serves.",
            "Run `kestra migrate run` on the server.",
        );
    }
    let why = match status {
        502 => "what stands before Kestra got no proper answer from it",
        503 => "it does not serve at the moment",
        _ => "what stands before Kestra waited in vain for it",
    };
    Problem::new(
        ProblemKind::Unreachable,
        impossible(call),
        said_with(status, body, around, why),
        "Check that Kestra is running and ready, then try again.",
    )
}

fn broken_down(call: &Call, status: u16, body: &ErrorBody, around: &Circumstances<'_>) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        impossible(call),
        said_with(status, body, around, "it failed over the request"),
        "Look at the log of Kestra, then try again.",
    )
}

/// A request in a line: the call, the status if there was one, and the id that logs on the way have of it.
pub(super) fn trace_line(call: &Call, sent: Result<&Answer, &Broken>, around: &Circumstances<'_>) -> String {
    let line = call.line();
    match sent {
        Ok(answer) => {
            let id = field_text(answer.request_id(), around);
            format!("{line}: status {}, request id {id}", answer.status)
        }
        Err(broken) => format!(
            "{line}: no answer, {}",
            broken.detail.lines().next().unwrap_or_default()
        ),
    }
}

/// The answer for experts: the call, the status, and what of the body is not in the sentences.
fn detail(call: &Call, answer: &Answer, body: &ErrorBody, around: &Circumstances<'_>) -> String {
    let mut lines = vec![
        call.line(),
        format!("status {}", answer.status),
        format!("request id {}", field_text(answer.request_id(), around)),
    ];
    if let Some(slug) = &body.slug {
        lines.push(field_text(slug, around));
    }
    for (path, message) in body.fields.iter().take(FIELDS) {
        lines.push(format!("{}: {}", field_text(path, around), field_text(message, around)));
    }
    if let Some(more) = body.fields.len().checked_sub(FIELDS).filter(|more| *more > 0) {
        lines.push(format!("and {more} fields more"));
    }
    if !body.is_kestras && !answer.body.is_empty() {
        lines.push(match serde_json::from_slice(&answer.body) {
            // Values may be anything, secrets of a tenant included.
            Ok(Value::Object(object)) => {
                let keys: Vec<_> = object.keys().take(FIELDS).map(|key| field_text(key, around)).collect();
                format!("an object with the keys {}", keys.join(", "))
            }
            Ok(_) => "JSON, but no object".to_owned(),
            Err(_) => {
                let text = around.scrubber.scrub(&String::from_utf8_lossy(&answer.body));
                let shown: String = text.chars().take(SHOWN).collect();
                visible_lines(&shown)
            }
        });
    }
    shortened(&lines.join("\n"), MOST).into_owned()
}
