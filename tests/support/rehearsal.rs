//! A rehearsal served in this process, with everything that goes over the wire kept.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use kestra_admin::backend::Backend;
use kestra_admin::backend::http::{Credentials, HttpInstance, HttpSettings};
use kestra_admin::backend::local::{FIRST_USER, LocalInstance};
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant};
use kestra_admin::rehearsal::serve::{self, Limits, ServeOptions};

use tokio::sync::oneshot;

use super::exchange::Exchange;
use super::recorder::Recorder;

/// The password of everybody who has one.
pub const PASSWORD: &str = "Rehearse-1-day!";
/// The first superadmin.
pub const USERNAME: &str = FIRST_USER;

/// What servers run on: threads of their own, so that a test may block.
fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    })
}

/// A server over the local instance in a directory, until it is dropped.
pub struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: mpsc::Receiver<()>,
}

impl Served {
    /// Serves the instance in a directory, under the settings its file has now, at `listen`.
    pub fn at(directory: &Path, listen: SocketAddr) -> Self {
        Self::within(directory, listen, Limits::default())
    }

    /// The same, with other limits on what clients may cost.
    pub fn within(directory: &Path, listen: SocketAddr, limits: Limits) -> Self {
        let directory = directory.to_owned();
        let (stop, stopped) = oneshot::channel();
        let (told, address) = mpsc::channel();
        let (ends, ended) = mpsc::channel();
        runtime().spawn(async move {
            let options = ServeOptions {
                directory,
                listen,
                management: None,
                limits,
            };
            let server = serve::bind(options).await.unwrap();
            told.send(server.address()).unwrap();
            server.run(async { drop(stopped.await) }).await.unwrap();
            drop(ends);
        });
        Self {
            address: address.recv().unwrap(),
            stop: Some(stop),
            ended,
        }
    }

    /// The same on a free port.
    pub fn over(directory: &Path) -> Self {
        Self::at(directory, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Nothing is ever sent: it ends with the server.
        assert!(self.ended.recv().is_err());
    }
}

/// Settings for a server at an address, in the name of a user.
pub fn settings(address: SocketAddr, username: &str) -> HttpSettings {
    HttpSettings {
        base_url: format!("http://{address}"),
        credentials: Credentials::Basic {
            username: username.to_owned(),
            password: PASSWORD.to_owned(),
        },
        headers: Vec::new(),
        ca_file: None,
        client_certificate: None,
        proxy: None,
        timeout: Duration::from_secs(30),
        tenant: None,
        starts: None,
    }
}

/// A new instance with multi-tenancy on, served, with a recorder before it.
pub struct Rehearsal {
    /// The instance itself, to prepare what the API cannot.
    pub local: LocalInstance,
    /// What is between the server and its clients.
    pub recorder: Recorder,
    client: reqwest::Client,
    _server: Served,
    _home: tempfile::TempDir,
}

impl Rehearsal {
    /// A rehearsal of a release.
    pub async fn of(release: Release) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("instance");
        LocalInstance::create(&directory, release).unwrap();
        std::fs::write(
            directory.join("application.yml"),
            "kestra:\n  ee:\n    tenants:\n      enabled: true\n      default-tenant: true\n",
        )
        .unwrap();
        let local = LocalInstance::open(&directory, None).unwrap();
        local.set_password(USERNAME, PASSWORD).unwrap();
        let server = Served::over(&directory);
        let recorder = Recorder::before(server.address()).await;
        Self {
            local,
            recorder,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _server: server,
            _home: home,
        }
    }

    /// A client of it as our backend.
    pub fn backend(&self, username: &str) -> HttpInstance {
        HttpInstance::new(settings(self.recorder.address(), username)).unwrap()
    }

    /// Makes a tenant.
    pub async fn tenant(&self, id: &str) {
        let new = NewTenant {
            tenant: Tenant::new(id.parse().unwrap(), format!("Tenant {id}")),
            admin: None,
        };
        self.local.create_tenant(&new).await.unwrap();
    }

    /// The id of a user.
    pub async fn user_id(&self, username: &str) -> String {
        let query =
            kestra_admin::domain::query::Query::parse(&format!("username={username}"), &["username"], 10).unwrap();
        self.local.users(None, &query).await.unwrap().rows[0].id.clone()
    }

    /// Sends a request in the name of the superadmin, and returns what went over the wire.
    pub async fn send(&self, method: &str, path: &str, content: Option<(&str, String)>) -> Exchange {
        drop(self.recorder.take());
        let mut request = self
            .client
            .request(
                method.parse().unwrap(),
                format!("http://{}{path}", self.recorder.address()),
            )
            .basic_auth(USERNAME, Some(PASSWORD));
        if let Some((content_type, body)) = content {
            request = request.header("Content-Type", content_type).body(body);
        }
        drop(request.send().await.unwrap().bytes().await.unwrap());
        self.recorder.take().pop().unwrap()
    }
}
