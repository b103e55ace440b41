//! The instance itself: what it is, whether it is licensed, its services, maintenance.

use std::sync::atomic::Ordering;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, no_such};
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::rehearsal::call::Call;
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::serve::Running;
use crate::rehearsal::wire::Object;

/// A service that is said to run: a rehearsal is all of them in one process.
const SERVICES: [&str; 5] = ["EXECUTOR", "INDEXER", "SCHEDULER", "WEBSERVER", "WORKER"];
/// Longer than any rehearsal.
const LICENCE_ENDS: &str = "2099-12-31T23:59:59Z";

pub(super) async fn answer(call: &Call, rest: &[&str]) -> Answer {
    match (&call.method, rest) {
        (&Method::GET, ["configs"]) => Ok(Reply::ok(configs(
            call.release(),
            &call.running,
            call.instance.tenancy(),
        ))),
        (&Method::GET, ["license-info"]) => Ok(Reply::ok(licence(call.release()))),
        (&Method::GET, ["license", "refresh"]) if call.at_least(1, 3) => Ok(Reply::Empty(StatusCode::OK)),
        (_, ["cluster", after @ ..]) if !call.at_least(0, 24) => services(call, after).await,
        (_, ["instance", after @ ..]) if call.at_least(0, 24) => services(call, after).await,
        _ => no_such(false),
    }
}

/// What everybody may know up to 1.3, and whoever is signed in from 2.0 on.
pub fn configs(release: Release, running: &Running, tenancy: crate::domain::instance::Tenancy) -> Value {
    let since = |major, minor| release.at_least(major, minor);
    let tenants = Object::new()
        .since(release.has_default_tenant(), "enabled", tenancy.enabled)
        .since(release.has_default_tenant(), "defaultTenant", tenancy.default_tenant)
        .with("storageByTenant", false)
        .with("secretByTenant", false)
        .done();
    let version = version(release);
    let plugins = |names: &[&str]| -> Value {
        if since(0, 23) {
            names
                .iter()
                .map(|name| json!({"id": name, "version": version}))
                .collect()
        } else {
            json!(names)
        }
    };
    let mut configs = Object::new()
        .with("uuid", running.uuid.as_str())
        .with("version", version.as_str())
        .since(since(1, 0), "edition", "EE")
        .with("commitId", "rehearsal")
        .with("commitDate", running.started.to_string())
        .with("isCustomDashboardsEnabled", true)
        .with("isAnonymousUsageEnabled", false)
        .with("preview", json!({"initial": 100, "max": 5000}))
        .with("systemNamespace", "system")
        .with("hiddenLabelsPrefixes", json!(["system."]))
        .with("tenants", tenants)
        .with("secretsEnabled", true)
        .with("supportedStorages", plugins(&["local", "s3", "gcs", "azure", "minio"]))
        .with("supportedSecrets", plugins(&["jdbc", "vault", "aws-secret-manager"]));
    if !since(1, 1) {
        configs = configs.with("isTaskRunEnabled", false);
    }
    if !since(2, 0) {
        configs = configs.with("isTemplateEnabled", false);
    }
    if !since(0, 24) {
        configs = configs.with("isBasicAuthEnabled", false);
    }
    configs
        .since(since(0, 24), "isBasicAuthInitialized", true)
        .since(
            since(0, 24),
            "inMaintenance",
            running.maintenance.load(Ordering::Relaxed),
        )
        .since(since(0, 23), "pluginManagementEnabled", false)
        .since(since(0, 23), "mailServiceEnabled", false)
        .done()
}

/// The version of a rehearsal: the first patch of its release.
pub fn version(release: Release) -> String {
    format!("{release}.0")
}

/// What is known before anybody exists: how to set the server up.
pub fn setup(release: Release, done: bool, tenancy: crate::domain::instance::Tenancy) -> Value {
    let mut setup = Object::new()
        .with("done", done)
        .since(release.has_default_tenant(), "multiTenancyEnabled", tenancy.enabled)
        .since(
            release.has_default_tenant(),
            "defaultTenantEnabled",
            tenancy.default_tenant,
        )
        .with("repositoryType", "h2")
        .with("queueType", "h2")
        .with("storageType", "local")
        .with("secretType", "jdbc");
    if !release.at_least(2, 0) {
        setup = setup.with("passwordRegexp", "^(?=.*\\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$");
    }
    setup.done()
}

fn licence(release: Release) -> Value {
    let since = |major, minor| release.at_least(major, minor);
    Object::new()
        .with("type", "rehearsal")
        .with("expiry", LICENCE_ENDS)
        .with("expired", false)
        .since(since(0, 24), "standalone", true)
        .since(since(1, 2), "online", false)
        .done()
}

async fn services(call: &Call, rest: &[&str]) -> Answer {
    // Up to 0.23 whoever may see the tenant may see these; afterwards superadmins alone.
    if call.at_least(0, 24) {
        require_superadmin(call).await?;
    }
    let running = &call.running;
    let maintenance = running.maintenance.load(Ordering::Relaxed);
    match (&call.method, rest) {
        (&Method::GET, ["services", "active"]) => {
            let services: Vec<Value> = SERVICES.iter().map(|kind| json!({"type": kind, "total": 1})).collect();
            Ok(Reply::ok(json!({"total": SERVICES.len(), "services": services})))
        }
        (&Method::GET, ["services", "search"]) => {
            let (page, size) = call.page()?;
            let skipped = usize::try_from((page - 1).saturating_mul(u64::from(size))).unwrap_or(usize::MAX);
            let rows = SERVICES
                .iter()
                .skip(skipped)
                .take(size as usize)
                .map(|kind| service(call, kind, maintenance))
                .collect();
            Ok(Reply::ok(crate::rehearsal::wire::page(rows, SERVICES.len() as u64)))
        }
        (&Method::GET, ["services", id]) => SERVICES
            .iter()
            .find(|kind| kind.to_lowercase() == *id)
            .map(|kind| {
                let mut service = service(call, kind, maintenance);
                if let Some(server) = service.get_mut("server").and_then(Value::as_object_mut) {
                    server.insert("props".to_owned(), json!({}));
                    server.insert("metrics".to_owned(), json!([]));
                }
                Reply::ok(service)
            })
            .ok_or_else(|| Refusal::NotFound("there is no such service".to_owned())),
        (&Method::POST, ["maintenance", change @ ("enter" | "exit")]) if call.at_least(0, 23) => {
            require_superadmin(call).await?;
            // Doing it twice changes nothing the second time.
            running.maintenance.store(*change == "enter", Ordering::Relaxed);
            Ok(if call.at_least(1, 0) {
                Reply::ok(json!({}))
            } else {
                Reply::Empty(StatusCode::OK)
            })
        }
        (&Method::GET, ["maintenance", "status"]) if call.at_least(2, 0) => {
            let mut services = serde_json::Map::new();
            for kind in SERVICES {
                let count = json!({"total": 1, "inMaintenance": u8::from(maintenance)});
                services.insert(kind.to_owned(), count);
            }
            Ok(Reply::ok(
                json!({"maintenance": maintenance, "ready": maintenance, "services": services}),
            ))
        }
        _ => no_such(false),
    }
}

fn service(call: &Call, kind: &str, maintenance: bool) -> Value {
    let state = if maintenance && call.at_least(0, 23) {
        "MAINTENANCE"
    } else {
        "RUNNING"
    };
    let started = call.running.started.to_string();
    json!({
        "id": kind.to_lowercase(),
        "type": kind,
        "state": state,
        "server": {
            "id": call.running.uuid,
            "type": "STANDALONE",
            "version": version(call.release()),
            "hostname": "localhost",
        },
        "createdAt": started,
        "updatedAt": started,
    })
}

/// The list of all users is for superadmins alone in every release, so asking for it tells.
async fn require_superadmin(call: &Call) -> Result<(), Refusal> {
    use crate::backend::Backend;
    call.instance.users(None, &Query::first(1)).await?;
    Ok(())
}
