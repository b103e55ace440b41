//! A server of a few lines for tests: it plays recorded answers, and writes down what it was asked.
//!
//! It speaks just enough HTTP/1.1 for one client that keeps connections open, and can break off where a real server
//! never would on demand.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Method and path, such as `GET /api/v1/me`.
    pub line: String,
    /// Parameters, decoded.
    pub query: HashMap<String, String>,
    /// Headers by their names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(super) fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

/// What is answered.
pub(super) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// The connection is closed without a word.
    Close,
    /// The connection is closed in the middle of an answer.
    CutOff,
}

impl Reply {
    pub(super) fn json(body: Value) -> Self {
        Self::status(200, body)
    }

    #[allow(clippy::needless_pass_by_value, reason = "tests write the body where they use it")]
    pub(super) fn status(status: u16, body: Value) -> Self {
        Self::Answer {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: if body.is_null() {
                String::new()
            } else {
                body.to_string()
            },
        }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self::status(status, Value::Null)
    }

    pub(super) fn html(body: &str) -> Self {
        Self::Answer {
            status: 200,
            headers: vec![("content-type", "text/html".to_owned())],
            body: body.to_owned(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }
}

type Answers = dyn Fn(&Asked) -> Reply + Send + Sync;

pub(super) struct TestServer {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    listening: JoinHandle<()>,
}

impl TestServer {
    pub(super) async fn start(answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answers): (_, Arc<Answers>) = (Arc::clone(&asked), Arc::new(answers));
        let listening = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&answers), Arc::clone(&log)));
            }
        });
        Self {
            address,
            asked,
            listening,
        }
    }

    /// Ends it, with all its connections.
    pub(super) async fn stop(self) {
        self.listening.abort();
        _ = self.listening.await;
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often something was asked.
    pub(super) fn count(&self, line: &str) -> usize {
        self.asked().iter().filter(|asked| asked.line == line).count()
    }
}

async fn serve(mut stream: TcpStream, answers: Arc<Answers>, log: Arc<Mutex<Vec<Asked>>>) {
    let mut read = Vec::new();
    while let Some(asked) = next(&mut stream, &mut read).await {
        log.lock().unwrap().push(asked.clone());
        let written = match answers(&asked) {
            Reply::Answer { status, headers, body } => {
                let mut text = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    text = format!("{text}{name}: {value}\r\n");
                }
                stream.write_all(format!("{text}\r\n{body}").as_bytes()).await
            }
            Reply::Close => return,
            Reply::CutOff => {
                let text = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\": ";
                _ = stream.write_all(text.as_bytes()).await;
                return;
            }
        };
        if written.is_err() {
            return;
        }
    }
}

async fn next(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<Asked> {
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).into_owned();
            let mut lines = head.split("\r\n");
            let mut first = lines.next()?.split(' ');
            let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
            let headers: HashMap<String, String> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length: usize = headers
                .get("content-length")
                .map_or(0, |length| length.parse().unwrap());
            if read.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&read[end + 4..end + 4 + length]).into_owned();
                read.drain(..end + 4 + length);
                let (path, query) = target.split_once('?').unwrap_or((&target, ""));
                let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
                let query = query
                    .split('&')
                    .filter_map(|pair| pair.split_once('='))
                    .map(|(name, value)| (decoded(name), decoded(value)))
                    .collect();
                return Some(Asked {
                    line: format!("{method} {path}"),
                    query,
                    headers,
                    body,
                });
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
}
