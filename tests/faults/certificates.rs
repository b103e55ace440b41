//! TLS: what a certificate has to be, and what is said where it is not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use kestra_admin::domain::release::Release;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{WantsServerCert, WebPkiClientVerifier};
use rustls::{ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier};

use crate::desk::Desk;

const LIST: [&str; 2] = ["tenants", "list"];

/// An authority of our own, and a file with its certificate.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
    _home: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Acme Root");
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("ca.pem");
        std::fs::write(&file, certificate.pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            file,
            _home: home,
        }
    }

    /// A certificate for a client, and its key, beside the certificate of the authority.
    fn client(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let files = (
            self.file.with_file_name("client.pem"),
            self.file.with_file_name("client.key"),
        );
        std::fs::write(&files.0, certificate.pem()).unwrap();
        std::fs::write(&files.1, key.serialize_pem()).unwrap();
        std::fs::set_permissions(&files.1, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        files
    }

    /// A TLS server with a certificate for a name, before another server.
    fn serve(&self, name: &str, expired: bool, upstream: SocketAddr) -> SocketAddr {
        let open = |builder: ConfigBuilder<ServerConfig, WantsVerifier>| builder.with_no_client_auth();
        self.serve_to(name, expired, upstream, open)
    }

    /// The same for clients of this authority alone.
    fn serve_known(&self, name: &str, upstream: SocketAddr) -> SocketAddr {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_file(&self.file).unwrap();
        roots.add(authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .unwrap();
        self.serve_to(name, false, upstream, |builder| {
            builder.with_client_cert_verifier(verifier)
        })
    }

    fn serve_to(
        &self,
        name: &str,
        expired: bool,
        upstream: SocketAddr,
        clients: impl FnOnce(ConfigBuilder<ServerConfig, WantsVerifier>) -> ConfigBuilder<ServerConfig, WantsServerCert>,
    ) -> SocketAddr {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = clients(builder)
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let config = Arc::clone(&config);
                // A client that does not like the certificate leaves.
                thread::spawn(move || drop(pass_on(connection.unwrap(), config, upstream)));
            }
        });
        address
    }
}

/// One request and its answer.
fn pass_on(connection: TcpStream, config: Arc<ServerConfig>, upstream: SocketAddr) -> std::io::Result<()> {
    let tls = rustls::ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut client = rustls::StreamOwned::new(tls, connection);
    let mut request = Vec::new();
    let mut byte = [0; 1];
    while !request.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        request.extend_from_slice(&byte);
    }
    request.truncate(request.len() - 2);
    request.extend_from_slice(b"Connection: close\r\n\r\n");
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(&request)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    client.write_all(&answer)?;
    client.conn.send_close_notify();
    client.flush()
}

fn desk() -> Desk {
    Desk::new(Release::new(1, 3))
}

fn context(address: SocketAddr, host: &str, authority: Option<&Authority>) -> String {
    let ca = authority.map_or_else(String::new, |authority| {
        format!("ca-file = \"{}\"\n", authority.file.display())
    });
    format!("[contexts.far]\nhost = \"https://{host}:{}\"\n{ca}", address.port())
}

#[test]
fn a_certificate_of_our_own_authority_is_trusted() {
    let (desk, authority) = (desk(), Authority::new());
    let address = authority.serve("localhost", false, desk.proxy.address());
    let outcome = desk.run_with(&context(address, "localhost", Some(&authority)), &LIST);
    assert_eq!(outcome.code, 0, "{outcome:#?}");
}

#[test]
fn an_authority_that_nobody_trusts_is_named() {
    let (desk, authority) = (desk(), Authority::new());
    let address = authority.serve("localhost", false, desk.proxy.address());
    desk.run_with(&context(address, "localhost", None), &LIST)
        .says(9, &["certificate", "ca-file"]);
}

#[test]
fn a_machine_without_authorities_is_told_to_install_them_and_ours_does_without() {
    let (desk, authority) = (desk(), Authority::new());
    let address = authority.serve("localhost", false, desk.proxy.address());
    let nobody = context(address, "localhost", None);
    desk.run_trusting_nobody(&nobody, &LIST).says(
        2,
        &["no certificates of authorities", "Install ca-certificates", "ca-file"],
    );
    let tested = desk.run_trusting_nobody(&nobody, &["contexts", "test", "far"]);
    assert!(tested.output.contains("Install ca-certificates"), "{tested:#?}");
    assert!(!tested.output.contains("credentials"), "{tested:#?}");
    let ours = desk.run_trusting_nobody(&context(address, "localhost", Some(&authority)), &LIST);
    assert_eq!(ours.code, 0, "{ours:#?}");
}

#[test]
fn an_expired_certificate_is_named_as_such() {
    let (desk, authority) = (desk(), Authority::new());
    let address = authority.serve("localhost", true, desk.proxy.address());
    desk.run_with(&context(address, "localhost", Some(&authority)), &LIST)
        .says(9, &["certificate", "expired"]);
}

#[test]
fn a_certificate_for_another_host_is_named_as_such() {
    let (desk, authority) = (desk(), Authority::new());
    let address = authority.serve("kestra.acme.test", false, desk.proxy.address());
    desk.run_with(&context(address, "localhost", Some(&authority)), &LIST)
        .says(9, &["certificate", "localhost"]);
}

#[test]
fn a_port_without_tls_is_named() {
    let desk = desk();
    let outcome = desk.run_with(&context(desk.server_address(), "localhost", None), &LIST);
    outcome.says(9, &["TLS"]);
}

#[test]
fn a_certificate_authority_that_is_no_certificate_is_refused_before_anything_is_sent() {
    let (desk, authority) = (desk(), Authority::new());
    std::fs::write(&authority.file, "no certificate").unwrap();
    let address = authority.serve("localhost", false, desk.proxy.address());
    desk.run_with(&context(address, "localhost", Some(&authority)), &LIST)
        .says(2, &["ca.pem"]);
}

#[test]
fn a_server_that_wants_a_certificate_gets_ours() {
    let (desk, authority) = (desk(), Authority::new());
    let address = authority.serve_known("localhost", desk.proxy.address());
    let context = context(address, "localhost", Some(&authority));
    let showing = |authority: &Authority| {
        let (certificate, key) = authority.client("operator");
        let (certificate, key) = (certificate.display(), key.display());
        format!("{context}client-cert = \"{certificate}\"\nclient-key = \"{key}\"\n")
    };
    let outcome = desk.run_with(&showing(&authority), &LIST);
    assert_eq!(outcome.code, 0, "{outcome:#?}");

    desk.run_with(&context, &LIST)
        .says(9, &["client certificate", "client-cert"]);
    desk.run_with(&showing(&Authority::new()), &LIST)
        .says(9, &["client certificate"]);
}
