//! A proxy on the way: names are its to resolve, and it can be what is missing.

use std::io::{Read, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use kestra_admin::domain::release::Release;

use crate::desk::Desk;

const LIST: [&str; 2] = ["tenants", "list"];

/// A forward proxy that sends everything to one server, whatever its name, and writes down what it was asked.
struct Forward {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Forward {
    fn to(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let log = Arc::clone(&log);
                // A client that has what it wants leaves.
                thread::spawn(move || drop(forward(connection.unwrap(), upstream, &log)));
            }
        });
        Self { address, asked }
    }
}

fn forward(mut client: TcpStream, upstream: SocketAddr, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8(head).unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    log.lock().unwrap().push(line.to_owned());
    let mut server = TcpStream::connect(upstream)?;
    if line.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    } else {
        // The server wants the path alone, and one request is enough for a connection.
        let (method, target) = line.split_once(" http://").unwrap();
        let path = target.find('/').map_or("/", |start| &target[start..]);
        server.write_all(format!("{method} {path}\r\nConnection: close\r\n{headers}").as_bytes())?;
    }
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        drop(copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
    copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Write)
}

fn through(host: &str, proxy: SocketAddr) -> String {
    format!("[contexts.far]\nhost = \"{host}\"\nproxy = \"http://{proxy}\"\n")
}

#[test]
fn a_name_that_only_the_proxy_knows_is_reached() {
    let desk = Desk::new(Release::new(1, 3));
    let proxy = Forward::to(desk.proxy.address());
    let outcome = desk.run_with(&through("http://kestra.invalid:8080/", proxy.address), &LIST);
    assert_eq!(outcome.code, 0, "{outcome:#?}");
    let asked = proxy.asked.lock().unwrap();
    assert!(!asked.is_empty());
    for line in asked.iter() {
        assert!(line.contains(" http://kestra.invalid:8080/api/v1/"), "{line}");
    }
}

#[test]
fn what_is_encrypted_goes_through_a_tunnel() {
    let desk = Desk::new(Release::new(1, 3));
    let proxy = Forward::to(desk.server_address());
    desk.run_with(&through("https://kestra.invalid", proxy.address), &LIST)
        .says(9, &["TLS"]);
    let asked = proxy.asked.lock().unwrap();
    assert!(
        asked.iter().all(|line| line == "CONNECT kestra.invalid:443 HTTP/1.1"),
        "{asked:?}"
    );
    assert!(!asked.is_empty());
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let desk = Desk::new(Release::new(1, 3));
    let outcome = desk.run_with(&through("http://kestra.invalid", Desk::closed_port()), &LIST);
    outcome.says(9, &["proxy"]);
}
