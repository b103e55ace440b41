//! From a request to its answer: who makes it, where it leads, what is said.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::call::{Call, Fields};
use super::place::Place;
use super::reply::{Refusal, Reply, empty_response, json_response};
use super::routes::{self, Answer};
use super::serve::Running;
use super::sign_in::{self, Credentials};
use crate::backend::Backend;
use crate::domain::tenant::{NewTenant, Tenant};
use crate::domain::tenant_id::TenantId;

/// Bytes of a body that are read from somebody who has signed in.
pub const LONGEST_BODY: usize = 16 * 1024 * 1024;
/// Bytes of a body that are read from anybody: a name and a password.
const LONGEST_SIGN_IN: usize = 64 * 1024;

/// The answer to a request.
pub async fn answer(running: Arc<Running>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let release = running.instance.release();
    let (head, body) = request.into_parts();
    match answer_to(&running, &head, body).await {
        Ok(Reply::Json(status, value)) => json_response(status, "application/json", &value),
        Ok(Reply::Empty(status)) => empty_response(status),
        Ok(Reply::Raw(response)) => response,
        Err(refusal) => refusal.into_response(release, &path),
    }
}

/// A whole body, which a client that says nothing more keeps waiting for until its time is up.
async fn whole(body: Body, longest: usize) -> Result<Bytes, Refusal> {
    axum::body::to_bytes(body, longest).await.map_err(|_| Refusal::TooLarge)
}

async fn answer_to(running: &Arc<Running>, head: &Parts, body: Body) -> Answer {
    let segments: Vec<String> = head
        .uri
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let release = running.instance.release();
    let content_type = head
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase());
    match (&head.method, segments.as_slice()) {
        (&Method::POST, ["login"]) => {
            return login(running, content_type.as_deref(), &whole(body, LONGEST_SIGN_IN).await?).await;
        }
        (&Method::GET, ["ui", ..] | []) => return Ok(Reply::Raw(user_interface(running, &head.headers))),
        (&Method::GET, ["api", "v1", "configs", "login"]) if release.at_least(2, 0) => {
            return Ok(Reply::ok(json!({"isBasicAuthInitialized": true})));
        }
        (&Method::GET, ["api", "v1", "configs"]) if !release.at_least(2, 0) => {
            let configs = routes::configs(release, running, running.instance.tenancy());
            return Ok(Reply::ok(configs));
        }
        (&Method::GET, ["api", "v1", "setup"]) => {
            let setup = routes::setup(release, true, running.instance.tenancy());
            return Ok(Reply::ok(setup));
        }
        (&Method::POST, ["api", "v1", "setup"]) => {
            return set_up(running, content_type, whole(body, LONGEST_SIGN_IN).await?).await;
        }
        (_, ["api", "v1", ..]) => {}
        _ => return Err(Refusal::NoRoute),
    }
    let instance = signed_in(running, &head.headers).await?;
    check_forgery(running, head)?;
    if let (&Method::POST, ["api", "v1", "logout"], true) = (&head.method, segments.as_slice(), release.at_least(2, 0))
    {
        return Ok(Reply::Raw(with_cookie(
            Reply::ok(json!({})),
            "JWT=; Path=/; Max-Age=0; HttpOnly",
        )));
    }
    let below = segments.get(2..).unwrap_or_default();
    let Some(place) = Place::of(release, below) else {
        return Err(no_route(release));
    };
    let call = Call {
        method: head.method.clone(),
        scope: place.scope,
        parameters: parameters(head.uri.query().unwrap_or_default()),
        content_type,
        // Only now, so that strangers cannot fill the memory.
        body: whole(body, LONGEST_BODY).await?,
        instance,
        running: Arc::clone(running),
    };
    if place.for_superadmins {
        // The list of all users is for superadmins alone, so asking for it tells.
        call.instance
            .users(None, &crate::domain::query::Query::first(1))
            .await?;
    }
    match routes::answer(&call, &place.rest).await {
        Err(Refusal::NoRoute) => Err(no_route(release)),
        answered => answered,
    }
}

/// 2.0 refuses what it does not know.
fn no_route(release: crate::domain::release::Release) -> Refusal {
    if release.at_least(2, 0) {
        Refusal::Forbidden("there is no such route".to_owned())
    } else {
        Refusal::NoRoute
    }
}

async fn signed_in(
    running: &Arc<Running>,
    headers: &HeaderMap,
) -> Result<crate::backend::local::LocalInstance, Refusal> {
    let (running, headers) = (Arc::clone(running), headers.clone());
    // Verifying a password blocks, and may take milliseconds.
    tokio::task::spawn_blocking(move || {
        let credentials = sign_in::credentials(&headers);
        sign_in::sign_in(&running.instance, &running.key, &credentials, Timestamp::now())
    })
    .await
    .map_err(|error| Refusal::Internal(error.to_string()))?
}

/// From 2.0 on, what changes something by the power of a cookie also proves that it comes from a page of the server.
fn check_forgery(running: &Running, head: &Parts) -> Result<(), Refusal> {
    let is_safe = matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let by_cookie = matches!(sign_in::credentials(&head.headers), Credentials::Cookie(_));
    if is_safe || !by_cookie || !running.instance.release().at_least(2, 0) {
        return Ok(());
    }
    let sent = head.headers.get("X-CSRF-TOKEN").and_then(|value| value.to_str().ok());
    let kept = sign_in::cookie(&head.headers, "csrfToken");
    if sent.is_some() && sent == kept {
        Ok(())
    } else {
        Err(Refusal::Forbidden("the CSRF token is missing or wrong".to_owned()))
    }
}

async fn login(running: &Arc<Running>, content_type: Option<&str>, body: &Bytes) -> Answer {
    let (username, password) = if content_type == Some("application/x-www-form-urlencoded") {
        let form = parameters(&String::from_utf8_lossy(body));
        let field = |name: &str| {
            form.iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        (field("username"), field("password"))
    } else {
        let value: Value = serde_json::from_slice(body).map_err(|error| Refusal::InvalidJson(error.to_string()))?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("username"), text("password"))
    };
    let now = Timestamp::now();
    let (within, name) = (Arc::clone(running), username.clone());
    tokio::task::spawn_blocking(move || {
        let credentials = Credentials::Basic(name, password);
        sign_in::log_in(&within.instance, &within.key, &credentials, now)
    })
    .await
    .map_err(|error| Refusal::Internal(error.to_string()))??;
    let value = sign_in::cookie_for(&running.key, &username, now);
    let cookie = format!(
        "JWT={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict",
        sign_in::GOOD_FOR
    );
    Ok(Reply::Raw(with_cookie(Reply::ok(json!({})), &cookie)))
}

fn with_cookie(reply: Reply, cookie: &str) -> Response<Body> {
    let mut response = match reply {
        Reply::Json(status, value) => json_response(status, "application/json", &value),
        Reply::Empty(status) => empty_response(status),
        Reply::Raw(response) => response,
    };
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The page that a browser gets. It says where it is, and from 2.0 on carries the token against forgeries.
fn user_interface(running: &Running, headers: &HeaderMap) -> Response<Body> {
    let release = running.instance.release();
    let token = match sign_in::cookie(headers, "csrfToken") {
        Some(token) if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_hexdigit()) => token.to_owned(),
        _ => sign_in::hex(uuid::Uuid::new_v4().as_bytes()),
    };
    let meta = if release.at_least(2, 0) {
        format!("<meta name=\"csrf-token\" content=\"{token}\">")
    } else {
        String::new()
    };
    let page = format!(
        "<!doctype html><html><head><title>Kestra rehearsal</title>{meta}</head><body><p>This is a rehearsal of Kestra \
         {release}: it answers the API, and has no pages.</p></body></html>"
    );
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    if release.at_least(2, 0)
        && let Ok(cookie) = HeaderValue::from_str(&format!("csrfToken={token}; Path=/; SameSite=Strict"))
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// The first user and tenant. A rehearsal always has a superadmin; until that one has a password, the server counts as
/// new, and whoever comes first gives it a name and a password.
async fn set_up(running: &Arc<Running>, content_type: Option<String>, body: Bytes) -> Answer {
    let instance = running.instance.clone();
    let is_done = instance.run(|it| Ok(it.instance_counts()?.passwords > 0)).await?;
    if is_done {
        return Err(Refusal::MethodNotAllowed);
    }
    let release = instance.release();
    let call = Call {
        method: Method::POST,
        scope: None,
        parameters: Vec::new(),
        content_type,
        body,
        instance: instance.clone(),
        running: Arc::clone(running),
    };
    let fields = call.object()?;
    let (username, password) = (fields.required_text("username")?, fields.required_text("password")?);
    let account = instance
        .run(move |it| {
            let mut account = it.myself()?;
            let profile = crate::domain::account::Profile {
                username: username.clone(),
                ..Default::default()
            };
            it.update_myself(&profile)?;
            it.set_password(&username, &password)?;
            account.username = username;
            Ok(account)
        })
        .await?;
    if let Some(Value::Object(tenant)) = fields.0.get("tenant") {
        let tenant = Fields(tenant.clone());
        let id = tenant.required_text("id")?;
        let name = tenant.text("name")?.unwrap_or_else(|| id.clone());
        let new = NewTenant {
            tenant: Tenant::new(TenantId::existing(id), name),
            admin: None,
        };
        instance.create_tenant(&new).await?;
    }
    Ok(Reply::Json(StatusCode::OK, super::wire::user_entity(release, &account)))
}

/// Names and values of a query or a form, decoded.
fn parameters(text: &str) -> Vec<(String, String)> {
    let decoded = |part: &str| {
        let part = part.replace('+', " ");
        percent_decode_str(&part).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}
