//! A relay that stands between a client and a server and keeps every exchange.
//!
//! It changes nothing but the encoding: compressed answers are passed on plain, so that they can be read.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, Response, header};

use super::exchange::{Exchange, query_of};

/// A relay at work until it is dropped.
pub struct Recorder {
    address: SocketAddr,
    kept: Arc<Mutex<Vec<Exchange>>>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
struct Relay {
    upstream: SocketAddr,
    client: reqwest::Client,
    kept: Arc<Mutex<Vec<Exchange>>>,
}

/// Headers that are about one connection, or that would not be true of what is passed on.
const NOT_PASSED_ON: [HeaderName; 5] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::ACCEPT_ENCODING,
];

impl Recorder {
    /// A relay to the server at `upstream`, on a port of its own.
    pub async fn before(upstream: SocketAddr) -> Self {
        // Only the first of several in one process can do this, and one is enough.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let kept = Arc::default();
        let relay = Relay {
            upstream,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            kept: Arc::clone(&kept),
        };
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = axum::Router::new().fallback(pass_on).with_state(relay);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, kept, serving }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every exchange so far, which are forgotten by this.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.kept.lock().unwrap())
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass_on(State(relay): State<Relay>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let place = head.uri.path_and_query().unwrap().as_str();
    let mut sent = relay
        .client
        .request(head.method.clone(), format!("http://{}{place}", relay.upstream));
    for (name, value) in &head.headers {
        if !NOT_PASSED_ON.contains(name) {
            sent = sent.header(name, value);
        }
    }
    // A request without a body has no length either.
    if !body.is_empty() {
        sent = sent.body(body.to_vec());
    }
    let Ok(answer) = sent.send().await else {
        // The server went away: so does the connection.
        panic!("nothing answers at {}", relay.upstream);
    };
    let mut passed_on = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if !NOT_PASSED_ON.contains(name) {
            passed_on = passed_on.header(name, value);
        }
    }
    let (status, content_type) = (
        answer.status().as_u16(),
        answer
            .headers()
            .get(header::CONTENT_TYPE)
            .map(|value| value.to_str().unwrap().to_owned()),
    );
    let bytes: Bytes = answer.bytes().await.unwrap();
    relay.kept.lock().unwrap().push(Exchange {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: query_of(head.uri.query().unwrap_or_default()),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        request: body.to_vec(),
        status,
        content_type,
        answer: bytes.to_vec(),
    });
    passed_on.body(Body::from(bytes)).unwrap()
}
