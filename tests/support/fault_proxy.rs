//! A proxy that does to a connection what networks and servers do on a bad day.
//!
//! It takes one request from each connection, looks up what shall happen to it, does that, and closes. Nothing in it
//! waits for time to pass: a stall lasts until the client gives up.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What happens to one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is passed on, and so is the answer.
    None,
    /// The connection is reset before the request is read.
    ResetBefore,
    /// The request is read, goes nowhere, and the connection is reset.
    ResetAfterRequest,
    /// The request is passed on and carried out; the connection is reset before the answer.
    ResetAfterCarryingOut,
    /// The request is passed on and carried out, and no answer ever comes.
    StallAfterCarryingOut,
    /// The request is read, goes nowhere, and no answer ever comes.
    Stall,
    /// The answer comes a byte at a time.
    Trickle,
    /// The answer ends after this many bytes of its body.
    Truncate(usize),
    /// Instead of the answer comes one without an end.
    Endless,
    /// The proxy answers itself, with these bytes.
    Answer(Vec<u8>),
    /// The request is carried out, and then the proxy answers itself.
    CarryOutAndAnswer(Vec<u8>),
}

/// An answer with a status, a type and a body.
pub fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Which requests a fault is for.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Start of the request line, such as `POST /api/v1/tenants`.
    pub request: String,
    /// What happens to each such request, one after the other; afterwards they pass.
    pub faults: VecDeque<Fault>,
    /// What happens to every one after those.
    pub ever_after: Fault,
}

impl Rule {
    /// The next such request has this fault, and only that one.
    pub fn once(request: &str, fault: Fault) -> Self {
        Self {
            request: request.to_owned(),
            faults: VecDeque::from([fault]),
            ever_after: Fault::None,
        }
    }

    /// Every such request has this fault.
    pub fn always(request: &str, fault: Fault) -> Self {
        Self {
            request: request.to_owned(),
            faults: VecDeque::new(),
            ever_after: fault,
        }
    }
}

/// A proxy at work.
pub struct FaultProxy {
    address: SocketAddr,
    rules: Arc<Mutex<Vec<Rule>>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl FaultProxy {
    /// A proxy before a server, on a port of its own. It ends with the test.
    pub fn before(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            rules: Arc::default(),
            seen: Arc::default(),
        };
        let (rules, seen) = (Arc::clone(&proxy.rules), Arc::clone(&proxy.seen));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (rules, seen) = (Arc::clone(&rules), Arc::clone(&seen));
                // A client that went away in the middle is part of the game.
                thread::spawn(move || drop(serve(connection.unwrap(), upstream, &rules, &seen)));
            }
        });
        proxy
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces what shall happen.
    pub fn rule(&self, rules: Vec<Rule>) {
        *self.rules.lock().unwrap() = rules;
    }

    /// The request lines so far, which are forgotten by this.
    pub fn take_seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn serve(
    mut client: TcpStream,
    upstream: SocketAddr,
    rules: &Mutex<Vec<Rule>>,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let connection_is_reset = {
        let mut rules = rules.lock().unwrap();
        rules.iter_mut().any(|rule| {
            let next = matches!(rule.faults.front(), Some(Fault::ResetBefore));
            if next {
                rule.faults.pop_front();
            }
            next || matches!(rule.ever_after, Fault::ResetBefore)
        })
    };
    if connection_is_reset {
        return reset(&client);
    }
    let Some(request) = read_request(&mut client)? else {
        return Ok(());
    };
    let line = String::from_utf8_lossy(&request)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    seen.lock().unwrap().push(line.clone());
    let fault = rules
        .lock()
        .unwrap()
        .iter_mut()
        .find(|rule| line.starts_with(&rule.request))
        .map_or(Fault::None, |rule| {
            rule.faults.pop_front().unwrap_or_else(|| rule.ever_after.clone())
        });
    match fault {
        Fault::None => client.write_all(&carried_out(&request, upstream)?)?,
        Fault::ResetBefore => unreachable!("the connection was reset before the request was read"),
        Fault::ResetAfterRequest => return reset(&client),
        Fault::ResetAfterCarryingOut => {
            carried_out(&request, upstream)?;
            return reset(&client);
        }
        Fault::StallAfterCarryingOut => {
            carried_out(&request, upstream)?;
            wait_for_end(&mut client)?;
        }
        Fault::Stall => wait_for_end(&mut client)?,
        Fault::Trickle => {
            for byte in carried_out(&request, upstream)? {
                client.write_all(&[byte])?;
            }
        }
        Fault::Truncate(kept) => {
            let answer = carried_out(&request, upstream)?;
            let head = end_of_head(&answer).unwrap();
            client.write_all(&answer[..(head + kept).min(answer.len() - 1)])?;
        }
        Fault::Endless => {
            client.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"results\":[\"")?;
            let block = vec![b'x'; 1 << 20];
            while client.write_all(&block).is_ok() {}
        }
        Fault::Answer(bytes) => client.write_all(&bytes)?,
        Fault::CarryOutAndAnswer(bytes) => {
            carried_out(&request, upstream)?;
            client.write_all(&bytes)?;
        }
    }
    client.shutdown(Shutdown::Write)?;
    wait_for_end(&mut client)
}

/// Closes a connection so that the other side is told of a reset.
fn reset(connection: &TcpStream) -> std::io::Result<()> {
    // Closing at once, with no time to send what is left, makes the system send a reset.
    rustix::net::sockopt::set_socket_linger(connection, Some(std::time::Duration::ZERO))?;
    Ok(())
}

/// Reads until the other side has nothing more to say.
fn wait_for_end(client: &mut TcpStream) -> std::io::Result<()> {
    let mut rest = [0; 4096];
    while client.read(&mut rest)? > 0 {}
    Ok(())
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|part| part == b"\r\n\r\n").map(|at| at + 4)
}

/// One request, or `None` where the client closed without one.
fn read_request(client: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let mut request = Vec::new();
    let mut block = [0; 16384];
    loop {
        if let Some(head) = end_of_head(&request) {
            let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
            let length: usize = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |value| value.trim().parse().unwrap());
            assert!(!text.contains("transfer-encoding"), "the client streams a body");
            if request.len() >= head + length {
                return Ok(Some(request));
            }
        }
        let count = client.read(&mut block)?;
        if count == 0 {
            return Ok(None);
        }
        request.extend_from_slice(&block[..count]);
    }
}

/// Has a request carried out, and returns the whole answer.
fn carried_out(request: &[u8], upstream: SocketAddr) -> std::io::Result<Vec<u8>> {
    let head = end_of_head(request).unwrap();
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(&request[..head - 2])?;
    server.write_all(b"Connection: close\r\n\r\n")?;
    server.write_all(&request[head..])?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}
