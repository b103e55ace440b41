//! The server: it listens, keeps clients within limits, and stops in good order.
//!
//! Slow, oversized, malformed and half-open clients cost a connection for a while and nothing else. Nothing that is
//! sent is written down.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::get;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use ring::hmac;
use ring::rand::SystemRandom;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::timeout::TimeoutLayer;

use super::answer;
use super::reply::json_response;
use crate::backend::local::LocalInstance;
use crate::domain::problem::{Problem, ProblemKind};

/// How long to wait when the operating system gives no more connections: too many files are open.
const BREATH: Duration = Duration::from_millis(50);
/// How long requests that are under way may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);
/// Answers from here on are compressed for clients that can read them so, in bytes.
const WORTH_COMPRESSING: u16 = 1024;

/// What is served, and where.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The directory of the local instance.
    pub directory: PathBuf,
    /// Where the API listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// Where health is told, if anywhere.
    pub management: Option<SocketAddr>,
    /// How much it takes from its clients.
    pub limits: Limits,
}

/// What clients may cost. Whoever takes longer loses the connection.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; others wait to be accepted.
    pub connections: usize,
    /// How long a client may take to say what it wants, and how long it may keep a connection without a request.
    pub head: Duration,
    /// How long a request may take in all, its body included.
    pub request: Duration,
    /// How long a client may leave an answer unread.
    pub unread: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head: Duration::from_secs(15),
            request: Duration::from_mins(1),
            unread: Duration::from_secs(30),
        }
    }
}

/// What every request is answered from.
pub struct Running {
    /// The instance, under the settings its file had at the start, in the name of nobody in particular.
    pub instance: LocalInstance,
    /// Signs cookies.
    pub key: hmac::Key,
    /// Tells this run of the server from others.
    pub uuid: String,
    /// When it started.
    pub started: Timestamp,
    /// Whether it is in maintenance mode, which changes nothing but what is told.
    pub maintenance: AtomicBool,
}

/// A server that listens, and does not answer yet.
pub struct Server {
    running: Arc<Running>,
    api: TcpListener,
    address: SocketAddr,
    management: Option<(TcpListener, SocketAddr)>,
    limits: Limits,
}

/// Opens the instance, reads its settings, and listens.
///
/// # Errors
/// If the instance cannot be opened, or an address cannot be listened at.
pub async fn bind(options: ServeOptions) -> Result<Server, Problem> {
    let directory = options.directory;
    let instance = tokio::task::spawn_blocking(move || LocalInstance::open(&directory, None))
        .await
        .map_err(|error| failed("The rehearsal was not started.", &error.to_string()))??;
    let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(|_| {
        failed(
            "The rehearsal was not started.",
            "The operating system gave no random numbers.",
        )
    })?;
    let (api, address) = listen(options.listen).await?;
    let management = match options.management {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    Ok(Server {
        running: Arc::new(Running {
            instance,
            key,
            uuid: uuid::Uuid::new_v4().simple().to_string(),
            started: Timestamp::now(),
            maintenance: AtomicBool::new(false),
        }),
        api,
        address,
        management,
        limits: options.limits,
    })
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Problem> {
    let refused = |error: std::io::Error| {
        let (why, next) = match error.kind() {
            std::io::ErrorKind::AddrInUse => (
                "Something else listens there already.",
                "Choose another port, or 0 for any.",
            ),
            std::io::ErrorKind::PermissionDenied => {
                ("This account may not listen there.", "Choose a port from 1024 on.")
            }
            _ => ("The operating system refused it.", "Choose another address."),
        };
        let what = format!("The rehearsal cannot listen at {address}.");
        Problem::new(ProblemKind::Failed, what, why, next).with_detail(error)
    };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let local = listener.local_addr().map_err(refused)?;
    Ok((listener, local))
}

fn failed(what: &str, why: &str) -> Problem {
    Problem::new(ProblemKind::Failed, what, why, "Try again.")
}

impl Server {
    /// Where the API listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where health is told.
    pub fn management_address(&self) -> Option<SocketAddr> {
        self.management.as_ref().map(|(_, address)| *address)
    }

    /// Whether only this machine can reach it.
    pub fn is_loopback(&self) -> bool {
        self.address.ip().is_loopback()
            && self
                .management_address()
                .is_none_or(|address| address.ip().is_loopback())
    }

    /// The instance that is served.
    pub fn instance(&self) -> &LocalInstance {
        &self.running.instance
    }

    /// Answers until `stop` comes; then finishes what is under way, and returns.
    ///
    /// # Errors
    /// None at present: a connection that fails ends alone.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Problem> {
        let limits = self.limits;
        let api = Router::new()
            .fallback(|State(running): State<Arc<Running>>, request: Request| answer::answer(running, request))
            .with_state(Arc::clone(&self.running))
            .layer(CompressionLayer::new().compress_when(SizeAbove::new(WORTH_COMPRESSING)))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::REQUEST_TIMEOUT,
                limits.request,
            ));
        let (tell, stopped) = tokio::sync::watch::channel(false);
        let mut doors = vec![tokio::spawn(door(self.api, api, limits, stopped.clone()))];
        if let Some((listener, _)) = self.management {
            let health = management(Arc::clone(&self.running));
            doors.push(tokio::spawn(door(listener, health, limits, stopped)));
        }
        stop.await;
        // Nobody listens any more if all doors have ended by themselves, which they do not.
        let _ = tell.send(true);
        for door in doors {
            // A door that panicked has closed.
            let _ = door.await;
        }
        Ok(())
    }
}

/// `/health` and its kin. 2.0 tells details to whoever is signed in alone, and here nobody is.
fn management(running: Arc<Running>) -> Router {
    let is_hardened = running.instance.release().at_least(2, 0);
    let health = move || {
        let running = Arc::clone(&running);
        async move {
            let is_up = running.instance.run(|it| it.instance_counts().map(drop)).await.is_ok();
            let state = if is_up { "UP" } else { "DOWN" };
            let body = if is_hardened {
                json!({"status": state})
            } else {
                json!({"status": state, "details": {"jdbc": {"status": state}}})
            };
            let status = if is_up {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            json_response(status, "application/json", &body)
        }
    };
    let alive = || async { json_response(StatusCode::OK, "application/json", &json!({"status": "UP"})) };
    Router::new()
        .route("/health", get(health.clone()))
        .route("/health/readiness", get(health))
        .route("/health/liveness", get(alive))
}

/// Accepts and serves connections until told to stop.
async fn door(listener: TcpListener, router: Router, limits: Limits, mut stopped: tokio::sync::watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut server = hyper::server::conn::http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .keep_alive(true)
        // Who has said everything and waits for the answer has not gone away.
        .half_close(true);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((place, listener.accept().await))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            _ = stopped.changed() => None,
        };
        let Some((place, accepted)) = accepted else {
            break;
        };
        let Ok((stream, _)) = accepted else {
            // Too many open files, or a client that went away before it was accepted: the next one may do better.
            tokio::time::sleep(BREATH).await;
            continue;
        };
        // Where it cannot be set, answers are a little later.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.unread));
        let service = TowerToHyperService::new(router.clone());
        let connection = graceful.watch(server.serve_connection(TokioIo::new(Box::pin(stream)), service));
        tokio::spawn(async move {
            // A client that breaks off is its own affair.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    // What takes longer is cut off.
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}
