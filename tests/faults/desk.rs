//! A desk: a home of its own, a rehearsal, a proxy that breaks things, and the program.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;

use crate::support::fault_proxy::{FaultProxy, Rule};
use crate::support::rehearsal::{PASSWORD, Served, USERNAME};

/// What a run of the program left.
#[derive(Debug)]
pub struct Outcome {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub words: String,
    /// First lines of the requests that came through the proxy.
    pub requests: Vec<String>,
}

impl Outcome {
    /// How many requests began like this.
    pub fn count(&self, start: &str) -> usize {
        self.requests.iter().filter(|line| line.starts_with(start)).count()
    }

    /// Asserts the exit code, and that all of these are said in three lines.
    pub fn says(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert_eq!(self.words.lines().count(), 3, "{self:#?}");
        for word in words {
            assert!(self.words.contains(word), "`{word}` is not said: {self:#?}");
        }
        self
    }
}

pub struct Desk {
    home: tempfile::TempDir,
    /// What breaks things.
    pub proxy: FaultProxy,
    /// What is there in truth.
    pub local: LocalInstance,
    server: Option<Served>,
}

impl Desk {
    /// A rehearsal of a release with multi-tenancy on, and the proxy before it.
    pub fn new(release: Release) -> Self {
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
        Self {
            proxy: FaultProxy::before(server.address()),
            home,
            local,
            server: Some(server),
        }
    }

    /// Stops the server; the proxy stays and finds nobody behind it.
    pub fn stop_server(&mut self) {
        drop(self.server.take());
    }

    /// Ids of the tenants there are in truth.
    pub fn tenants(&self) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let page = runtime.block_on(self.local.tenants(&Query::first(1000))).unwrap();
        page.rows.into_iter().map(|row| row.tenant.id.to_string()).collect()
    }

    /// Runs the program through the proxy under these rules.
    pub fn run(&self, rules: Vec<Rule>, arguments: &[&str]) -> Outcome {
        self.proxy.rule(rules);
        drop(self.proxy.take_seen());
        let outcome = self.run_at(&format!("http://{}", self.proxy.address()), arguments);
        Outcome {
            requests: self.proxy.take_seen(),
            ..outcome
        }
    }

    /// Runs the program at a URL.
    pub fn run_at(&self, url: &str, arguments: &[&str]) -> Outcome {
        self.run_with(&format!("[contexts.far]\nhost = \"{url}\"\n"), arguments)
    }

    /// Runs the program with a context `far` described by these lines.
    pub fn run_with(&self, context: &str, arguments: &[&str]) -> Outcome {
        Self::outcome(self.command(context, arguments))
    }

    /// The same on a machine that trusts no authority.
    pub fn run_trusting_nobody(&self, context: &str, arguments: &[&str]) -> Outcome {
        let mut command = self.command(context, arguments);
        command.env("SSL_CERT_FILE", "/nowhere").env("SSL_CERT_DIR", "/nowhere");
        Self::outcome(command)
    }

    fn outcome(mut command: Command) -> Outcome {
        let output = command.output().unwrap();
        let outcome = Outcome {
            code: output.status.code().unwrap(),
            output: String::from_utf8(output.stdout).unwrap(),
            words: String::from_utf8(output.stderr).unwrap(),
            requests: Vec::new(),
        };
        let shown = format!("{}{}", outcome.output, outcome.words);
        for secret in [PASSWORD, "UmVoZWFyc2U"] {
            assert!(!shown.contains(secret), "a secret is shown: {outcome:#?}");
        }
        let hostile = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!shown.contains(hostile), "the terminal is written to: {outcome:#?}");
        outcome
    }

    /// The program, about to be run with a context `far` described by these lines.
    fn command(&self, context: &str, arguments: &[&str]) -> Command {
        let config = self.home.path().join("config.toml");
        let common =
            format!("timeout-seconds = 1\nauth = {{ username = \"{USERNAME}\", password-env = \"FAR_PASSWORD\" }}\n");
        std::fs::write(&config, format!("{context}{common}")).unwrap();
        std::fs::set_permissions(&config, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("FAR_PASSWORD", PASSWORD)
            .arg("--config")
            .arg(&config)
            .args(["--context", "far"])
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs the program under these rules until a request begins like this, and kills it then.
    pub fn kill_at(&self, request: &str, rules: Vec<Rule>, arguments: &[&str]) {
        self.proxy.rule(rules);
        drop(self.proxy.take_seen());
        let context = format!("[contexts.far]\nhost = \"http://{}\"\n", self.proxy.address());
        let mut child = self
            .command(&context, arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        loop {
            if self.proxy.take_seen().iter().any(|line| line.starts_with(request)) {
                break;
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended before `{request}`");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Where the server itself listens.
    pub fn server_address(&self) -> SocketAddr {
        self.server.as_ref().unwrap().address()
    }

    /// Where nothing listens.
    pub fn closed_port() -> SocketAddr {
        std::net::TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
    }
}
