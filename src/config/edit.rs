//! Changes to `config.toml` that leave the rest of it as it is: contexts come and go, the default changes.
//!
//! Every other byte stays: comments, order, quotes, line endings. The file is replaced whole or not at all, and what is
//! written is read back first, so that a change never leaves a configuration that cannot be read.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value};

use super::file::Configuration;
use super::private;
use crate::domain::problem::{Problem, ProblemKind};

/// Where the secret of a new context lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// An environment variable.
    Variable(String),
    /// A private file.
    File(PathBuf),
    /// What a command prints: program and arguments.
    Command(Vec<String>),
}

impl SecretPlace {
    fn option(&self, what: &str) -> (String, Value) {
        match self {
            Self::Variable(name) => (format!("{what}-env"), name.as_str().into()),
            Self::File(path) => (format!("{what}-file"), path.display().to_string().into()),
            Self::Command(words) => (format!("{what}-command"), Value::Array(words.iter().collect::<Array>())),
        }
    }
}

/// Who a new context is at a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewAuth {
    /// Whoever a token belongs to.
    Token(SecretPlace),
    /// A user with a password.
    Basic {
        /// Login name.
        username: String,
        /// Where the password lies.
        password: SecretPlace,
    },
    /// A user of a local instance.
    Username(String),
}

/// The servers behind a new context, as a migration is told of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewServer {
    /// Kestra's configuration.
    pub config_file: PathBuf,
    /// Runs the `kestra` command.
    pub kestra_command: Vec<String>,
    /// Restarts the servers.
    pub restart_command: Vec<String>,
    /// Says whether they are healthy.
    pub health_url: String,
}

/// A context to be written down. Empty and `false` options are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewContext {
    /// Its name.
    pub name: String,
    /// URL of a Kestra.
    pub host: Option<String>,
    /// Name or directory of a local instance.
    pub store: Option<String>,
    /// Where tenant-scoped screens and commands start.
    pub tenant: Option<String>,
    /// Who we are there.
    pub auth: Option<NewAuth>,
    /// Whether it starts locked.
    pub protected: bool,
    /// Whether nothing may be changed through it.
    pub read_only: bool,
    /// The colour that marks it.
    pub color: Option<String>,
    /// Headers, each with the environment variable that holds its value.
    pub headers: Vec<(String, String)>,
    /// Certificate authority to trust.
    pub ca_file: Option<PathBuf>,
    /// Certificate we show, and its key.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// Proxy to go through.
    pub proxy: Option<String>,
    /// Seconds an answer may take.
    pub timeout_seconds: Option<u32>,
    /// What a migration may touch.
    pub server: Option<NewServer>,
}

/// A configuration file that is being changed.
pub struct Editing {
    file: PathBuf,
    document: DocumentMut,
    before: String,
}

impl Editing {
    /// The configuration as it is, or an empty one where there is no file.
    ///
    /// # Errors
    /// If it cannot be read, or is no configuration.
    pub fn of(file: &Path) -> Result<Self, Problem> {
        let before = private::read(file)?.map(|(text, _)| text).unwrap_or_default();
        Configuration::parse(&before, file)?;
        let document = before
            .parse::<DocumentMut>()
            .map_err(|error| unreadable(file, error.message()))?;
        Ok(Self {
            file: file.to_owned(),
            document,
            before,
        })
    }

    /// Whether there is a context of this name.
    pub fn has(&self, name: &str) -> bool {
        self.contexts().is_some_and(|contexts| contexts.contains_key(name))
    }

    /// Names of the contexts there are, in order.
    pub fn names(&self) -> Vec<String> {
        self.contexts()
            .map(|contexts| contexts.iter().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default()
    }

    fn contexts(&self) -> Option<&dyn toml_edit::TableLike> {
        self.document.get("contexts").and_then(Item::as_table_like)
    }

    /// Writes a context down, in the place of one of the same name if there is one.
    pub fn put(&mut self, context: &NewContext) {
        let contexts = self.document.entry("contexts").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        if let Some(contexts) = contexts.as_table_like_mut() {
            contexts.insert(&context.name, Item::Table(table_of(context)));
        }
    }

    /// Takes a context out, and returns the lines it had. The default goes with it, if it was the default.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let removed = self
            .document
            .get_mut("contexts")
            .and_then(Item::as_table_like_mut)
            .and_then(|contexts| contexts.remove(name))?;
        if self.default_context() == Some(name) {
            self.document.remove("default-context");
        }
        let mut alone = DocumentMut::new();
        let mut contexts = Table::new();
        contexts.set_implicit(true);
        contexts.insert(name, removed);
        alone.insert("contexts", Item::Table(contexts));
        Some(alone.to_string().trim_start().to_owned())
    }

    /// The context used when none is named.
    pub fn default_context(&self) -> Option<&str> {
        self.document.get("default-context").and_then(Item::as_str)
    }

    /// Makes a context the one that is used when none is named.
    pub fn set_default(&mut self, name: &str) {
        match self.document.get_mut("default-context").and_then(Item::as_value_mut) {
            Some(value) => {
                // What is around the old value, a comment perhaps, stays.
                let decor = value.decor().clone();
                *value = Value::from(name);
                *value.decor_mut() = decor;
            }
            None => {
                self.document.insert("default-context", toml_edit::value(name));
            }
        }
    }

    /// The text as it would be written.
    pub fn text(&self) -> String {
        let text = self.document.to_string();
        // New lines end as the others do.
        if self.before.contains("\r\n") && !self.before.replace("\r\n", "").contains('\n') {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text
        }
    }

    /// The lines that are new, for a look before they are written.
    pub fn new_lines(&self) -> Vec<String> {
        let before: Vec<&str> = self.before.lines().collect();
        self.text()
            .lines()
            .filter(|line| !line.is_empty() && !before.contains(line))
            .map(str::to_owned)
            .collect()
    }

    /// Writes the file, 0600 where it is new, with the mode it has where it is not.
    ///
    /// # Errors
    /// If it could not be read afterwards, if somebody else changed it meanwhile, or if it cannot be written.
    pub fn save(&self) -> Result<(), Problem> {
        let text = self.text();
        Configuration::parse(&text, &self.file)?;
        let found = private::read(&self.file)?;
        if found.as_ref().map(|(text, _)| text.as_str()).unwrap_or_default() != self.before {
            return Err(Problem::new(
                ProblemKind::Conflict,
                format!("`{}` was not changed.", self.file.display()),
                "Somebody else changed it in the meantime.",
                "Try again.",
            ));
        }
        // A link stays a link, and its file is replaced.
        let target = fs::canonicalize(&self.file).unwrap_or_else(|_| self.file.clone());
        let directory = target.parent().unwrap_or(Path::new("."));
        private::create_directory(directory)?;
        let mode = found.map_or(0o600, |(_, mode)| mode);
        let failed = |error: std::io::Error| private::io_problem("written", &target, &error);
        let mut new = tempfile::Builder::new()
            .prefix(".config-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(directory)
            .map_err(failed)?;
        new.write_all(text.as_bytes())
            .and_then(|()| new.as_file().sync_all())
            .map_err(failed)?;
        new.persist(&target).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

fn unreadable(file: &Path, why: &str) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        format!("The configuration `{}` cannot be changed.", file.display()),
        format!("It cannot be read: {why}."),
        "Mend it, then try again.",
    )
}

fn table_of(context: &NewContext) -> Table {
    let mut table = Table::new();
    let mut put = |name: &str, value: Value| {
        table.insert(name, Item::Value(value));
    };
    if let Some(host) = &context.host {
        put("host", host.as_str().into());
    }
    if let Some(store) = &context.store {
        put("store", store.as_str().into());
    }
    if let Some(tenant) = &context.tenant {
        put("tenant", tenant.as_str().into());
    }
    if let Some(auth) = &context.auth {
        put("auth", Value::InlineTable(auth_table(auth)));
    }
    if context.protected {
        put("protected", true.into());
    }
    if context.read_only {
        put("read-only", true.into());
    }
    if let Some(color) = &context.color {
        put("color", color.as_str().into());
    }
    if !context.headers.is_empty() {
        let mut headers = InlineTable::new();
        for (name, variable) in &context.headers {
            let mut value = InlineTable::new();
            value.insert("env", variable.as_str().into());
            headers.insert(name, Value::InlineTable(value));
        }
        put("headers", Value::InlineTable(headers));
    }
    let path = |path: &Path| -> Value { path.display().to_string().into() };
    if let Some(file) = &context.ca_file {
        put("ca-file", path(file));
    }
    if let Some((certificate, key)) = &context.client_certificate {
        put("client-cert", path(certificate));
        put("client-key", path(key));
    }
    if let Some(proxy) = &context.proxy {
        put("proxy", proxy.as_str().into());
    }
    if let Some(seconds) = context.timeout_seconds {
        put("timeout-seconds", i64::from(seconds).into());
    }
    if let Some(server) = &context.server {
        let mut inner = Table::new();
        let words = |words: &[String]| Item::Value(Value::Array(words.iter().collect::<Array>()));
        inner.insert("config-file", Item::Value(path(&server.config_file)));
        inner.insert("kestra-command", words(&server.kestra_command));
        inner.insert("restart-command", words(&server.restart_command));
        inner.insert("health-url", toml_edit::value(server.health_url.as_str()));
        table.insert("server", Item::Table(inner));
    }
    table
}

fn auth_table(auth: &NewAuth) -> InlineTable {
    let mut table = InlineTable::new();
    match auth {
        NewAuth::Token(place) => {
            let (name, value) = place.option("token");
            table.insert(&name, value);
        }
        NewAuth::Basic { username, password } => {
            table.insert("username", username.as_str().into());
            let (name, value) = password.option("password");
            table.insert(&name, value);
        }
        NewAuth::Username(username) => {
            table.insert("username", username.as_str().into());
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab() -> NewContext {
        NewContext {
            name: "lab".to_owned(),
            host: Some("http://localhost:8080".to_owned()),
            auth: Some(NewAuth::Basic {
                username: "a@b.c".to_owned(),
                password: SecretPlace::Variable("LAB".to_owned()),
            }),
            ..NewContext::default()
        }
    }

    /// A file with this text, and an edit of it.
    fn edited(text: &str, edit: impl FnOnce(&mut Editing)) -> String {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("deep/config.toml");
        if !text.is_empty() {
            fs::create_dir(home.path().join("deep")).unwrap();
            fs::write(&file, text).unwrap();
        }
        let mut editing = Editing::of(&file).unwrap();
        edit(&mut editing);
        editing.save().unwrap();
        fs::read_to_string(&file).unwrap()
    }

    #[test]
    fn a_context_is_written_into_nothing() {
        let text = edited("", |editing| editing.put(&lab()));
        assert_eq!(
            text,
            "[contexts.lab]\nhost = \"http://localhost:8080\"\nauth = { username = \"a@b.c\", password-env = \"LAB\" }\n"
        );
    }

    #[test]
    fn what_was_there_stays_byte_for_byte() {
        for before in [
            "# mine\n\ntheme = 'dark'   # yes\n\n[contexts.prod]\nstore = \"x\" # here\n",
            "[contexts]\nprod = { store = \"x\" }\n",
            "[contexts.prod]\r\nstore = \"x\"\r\n",
            "contexts.prod.store = \"x\"\n",
            "[contexts.prod]\nstore = \"x\"",
        ] {
            let text = edited(before, |editing| editing.put(&lab()));
            assert!(text.starts_with(before), "{before:?} became {text:?}");
            let again = edited(&text, |editing| {
                editing.remove("lab").unwrap();
            });
            assert_eq!(again.trim_end(), before.trim_end());
        }
    }

    #[test]
    fn the_default_is_set_beside_what_is_there_and_goes_with_its_context() {
        let before = "default-context = \"a\" # mine\n[contexts.a]\nstore = \"x\"\n[contexts.b]\nstore = \"y\"\n";
        let text = edited(before, |editing| editing.set_default("b"));
        assert_eq!(text, before.replace("\"a\" # mine", "\"b\" # mine"));
        let text = edited(before, |editing| {
            assert_eq!(editing.remove("a").unwrap(), "[contexts.a]\nstore = \"x\"\n");
        });
        assert!(!text.contains("default-context"), "{text}");
        let text = edited("[contexts.a]\nstore = \"x\"\n", |editing| editing.set_default("a"));
        assert!(text.starts_with("default-context = \"a\"\n"), "{text}");
    }

    #[test]
    fn a_change_by_somebody_else_is_not_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        fs::write(&file, "theme = \"dark\"\n").unwrap();
        let mut editing = Editing::of(&file).unwrap();
        editing.put(&lab());
        fs::write(&file, "theme = \"light\"\n").unwrap();
        assert_eq!(editing.save().unwrap_err().kind, ProblemKind::Conflict);
        assert_eq!(fs::read_to_string(&file).unwrap(), "theme = \"light\"\n");
    }

    #[test]
    fn a_new_file_is_private_and_an_old_one_keeps_its_mode() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        let mut editing = Editing::of(&file).unwrap();
        editing.put(&lab());
        editing.save().unwrap();
        let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        let mut editing = Editing::of(&file).unwrap();
        editing.set_default("lab");
        editing.save().unwrap();
        assert_eq!(mode(&file), 0o640);
    }
}
