//! A rehearsal is a server: clients that are slow, silent, greedy or confused do it no harm.
//!
//! Limits are set short here, and each test waits for the server to act: for an answer, or for the end of the
//! connection. Nothing is timed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and uses of the shared parts what it needs"
)]

#[path = "support/mod.rs"]
mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::release::Release;
use kestra_admin::rehearsal::serve::Limits;
use support::rehearsal::{PASSWORD, Served, USERNAME};

/// Longer than any test takes; a server that hangs ends the test in words.
const PATIENCE: Duration = Duration::from_mins(1);

struct Stage {
    server: Served,
    _directory: tempfile::TempDir,
}

fn short() -> Limits {
    Limits {
        connections: 64,
        head: Duration::from_secs(1),
        request: Duration::from_secs(2),
        unread: Duration::from_secs(1),
    }
}

fn stage(limits: Limits) -> Stage {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().join("it");
    LocalInstance::create(&at, Release::new(1, 3)).unwrap();
    LocalInstance::open(&at, None)
        .unwrap()
        .set_password(USERNAME, PASSWORD)
        .unwrap();
    Stage {
        server: Served::within(&at, SocketAddr::from(([127, 0, 0, 1], 0)), limits),
        _directory: directory,
    }
}

impl Stage {
    fn connect(&self) -> TcpStream {
        connect(self.server.address())
    }

    fn is_well(&self) {
        ask_politely(self.server.address());
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Asks on a connection of its own, and is answered.
fn ask_politely(address: SocketAddr) {
    let answer = said(&connect(address), &get("/api/v1/configs", "Connection: close\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: rehearsal\r\n{headers}\r\n")
}

/// What comes back on a connection until its end. What was cut off by a reset counts, too.
fn rest(mut stream: &TcpStream) -> String {
    let mut all = Vec::new();
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => all.extend_from_slice(&part[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!(
                "the server neither answered nor closed: {error}; so far {:?}",
                String::from_utf8_lossy(&all)
            ),
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn said(mut stream: &TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).unwrap();
    rest(stream)
}

fn authorized() -> String {
    let text = format!("{USERNAME}:{PASSWORD}");
    format!("Authorization: Basic {}\r\n", base64(text.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let three = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let number = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            let digit = (number >> (18 - 6 * place)) & 63;
            text.push(if place <= chunk.len() {
                char::from(ALPHABET[digit as usize])
            } else {
                '='
            });
        }
    }
    text
}

#[test]
fn who_says_nothing_loses_the_connection() {
    let stage = stage(short());
    assert_eq!(rest(&stage.connect()), "");
    stage.is_well();
}

#[test]
fn who_never_ends_the_head_loses_the_connection() {
    let stage = stage(short());
    let stream = stage.connect();
    assert_eq!(said(&stream, "GET /api/v1/configs HTTP/1.1\r\nX-A: b\r\n"), "");
    stage.is_well();
}

#[test]
fn who_never_ends_the_body_is_answered_and_dropped() {
    let stage = stage(short());
    let request = format!(
        "POST /api/v1/tenants HTTP/1.1\r\nHost: rehearsal\r\n{}Content-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{{\"id\":",
        authorized()
    );
    let answer = said(&stage.connect(), &request);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    stage.is_well();
}

#[test]
fn strangers_are_refused_before_their_body_is_read() {
    let stage = stage(Limits::default());
    let request = "POST /api/v1/tenants HTTP/1.1\r\nHost: rehearsal\r\nContent-Type: application/json\r\n\
                   Content-Length: 1000000000\r\n\r\n{";
    let mut stream = stage.connect();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let answer = rest(&stream);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    stage.is_well();
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let stage = stage(Limits::default());
    for (path, who, length) in [
        ("/login", String::new(), 100_000),
        ("/api/v1/tenants", authorized(), 17 * 1024 * 1024),
    ] {
        let stream = stage.connect();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: rehearsal\r\n{who}Content-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        let mut writing = stream.try_clone().unwrap();
        let body = std::thread::spawn(move || {
            // The server may close while this is under way.
            let _ = writing.write_all(head.as_bytes());
            let _ = writing.write_all(&vec![b' '; length]);
        });
        let mut first = [0; 13];
        (&stream).read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 413 ", "{path}");
        stream.shutdown(Shutdown::Both).unwrap_or_default();
        body.join().unwrap();
    }
    stage.is_well();
}

#[test]
fn what_is_no_http_is_refused_and_dropped() {
    let stage = stage(Limits::default());
    let long = format!("GET /{} HTTP/1.1\r\nHost: rehearsal\r\n\r\n", "a".repeat(1_000_000));
    let many = format!(
        "GET / HTTP/1.1\r\nHost: rehearsal\r\n{}\r\n",
        "X-A: b\r\n".repeat(100_000)
    );
    for nonsense in [
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{7f}",
        "\r\n\r\n\0\0\0\0",
        "GET\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "POST /login HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /login HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
        "POST /login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        &long,
        &many,
    ] {
        let stream = stage.connect();
        // The server may have closed before all of it was sent.
        let _ = (&stream).write_all(nonsense.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        let answer = rest(&stream);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{nonsense:.60?}: {answer:.200}"
        );
    }
    stage.is_well();
}

#[test]
fn odd_paths_and_bodies_are_refused_in_words() {
    let stage = stage(Limits::default());
    let deep = "[".repeat(200_000);
    for (method, path, body) in [
        ("GET", "/api/v1/%ff%fe/roles/search", ""),
        ("GET", "/api/v1/..%2f..%2fetc%2fpasswd", ""),
        ("GET", "/api/v1/tenants/search?page=99999999999999999999&size=-1", ""),
        ("GET", "/api/v1/tenants/search?sort=%00:asc&q=%00%ff", ""),
        ("POST", "/api/v1/tenants", "{\"id\":"),
        ("POST", "/api/v1/tenants", "\u{feff}null"),
        ("POST", "/api/v1/tenants", deep.as_str()),
        ("POST", "/api/v1/tenants", "{\"id\":\"../../up\",\"name\":\"x\"}"),
        ("POST", "/api/v1/tenants", "{\"id\":1e999,\"name\":{}}"),
        ("DELETE", "/api/v1/tenants/%2e%2e", ""),
        ("BREW", "/api/v1/tenants", ""),
    ] {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: rehearsal\r\n{}Content-Type: application/json\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            authorized(),
            body.len()
        );
        let answer = said(&stage.connect(), &request);
        let status = answer.get(9..12).unwrap_or_default().to_owned();
        assert!(
            status.starts_with('4') || status == "200",
            "{method} {path} {body:.20}: {answer:.300}"
        );
        assert!(
            method == "GET" || status != "200",
            "{method} {path} {body:.20} was done"
        );
    }
    stage.is_well();
}

#[test]
fn who_has_said_everything_is_still_answered() {
    let stage = stage(Limits::default());
    // Which comes first, the answer or the end, is chance: often enough that it is each of them.
    for _ in 0..500 {
        let mut stream = stage.connect();
        stream.write_all(get("/api/v1/configs", "").as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = rest(&stream);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[test]
fn silent_clients_do_not_keep_others_out() {
    let stage = stage(Limits {
        connections: 4,
        ..short()
    });
    let silent: Vec<TcpStream> = (0..12).map(|_| stage.connect()).collect();
    stage.is_well();
    for stream in &silent {
        assert_eq!(rest(stream), "");
    }
    stage.is_well();
}

#[test]
fn who_does_not_read_answers_loses_the_connection() {
    let stage = stage(Limits {
        connections: 1,
        ..short()
    });
    let stream = stage.connect();
    stream.set_nonblocking(true).unwrap();
    // Until both ways are full of what nobody reads.
    let request = get("/api/v1/configs", "").repeat(64);
    let mut full = 0;
    while full < 50 {
        match (&stream).write(request.as_bytes()) {
            Ok(_) => full = 0,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                full += 1;
                std::thread::yield_now();
            }
            // The server was faster than this test.
            Err(_) => break,
        }
    }
    // There is one place, and the other client has it until the server gives up.
    stage.is_well();
    drop(stream);
}

#[test]
fn many_clients_at_once_are_all_answered() {
    let stage = stage(Limits::default());
    let address = stage.server.address();
    std::thread::scope(|scope| {
        for _ in 0..200 {
            scope.spawn(move || ask_politely(address));
        }
    });
}
