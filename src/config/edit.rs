//! Changes to `config.toml` that leave the rest of it as it is: contexts come and go, the default changes.
//!
//! Every other byte stays: comments, order, quotes, line endings. The file is replaced whole or not at all, and what is
//! written is read back first, so that a change never leaves a configuration that cannot be read.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::context::Context;
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
    /// Stops the servers.
    pub stop_command: Vec<String>,
    /// Starts the servers.
    pub start_command: Vec<String>,
    /// Dumps the database.
    pub backup_command: Vec<String>,
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

impl NewContext {
    /// The lines of the configuration that describe it.
    pub fn lines(&self) -> String {
        below_contexts(&self.name, Item::Table(table_of(self)))
    }

    /// Whether it could be read again, else why not, as a clause.
    ///
    /// # Errors
    /// What is wrong with it, such as a secret for a local instance.
    pub fn check(&self) -> Result<(), String> {
        toml::from_str::<Context>(&table_of(self).to_string())
            .map(drop)
            .map_err(|error| error.message().trim().replace('\n', ", "))
    }
}

/// The line that makes a context the one that is used when none is named.
pub fn default_line(name: &str) -> String {
    format!("default-context = {}\n", toml_edit::value(name))
}

/// An item as the lines that define it as a context.
fn below_contexts(name: &str, item: Item) -> String {
    let mut contexts = Table::new();
    contexts.set_implicit(true);
    contexts.insert(name, item);
    let mut alone = DocumentMut::new();
    alone.insert("contexts", Item::Table(contexts));
    alone.to_string().trim_start().to_owned()
}

/// A configuration file that is being changed.
pub struct Editing {
    /// Keeps others from changing it.
    _lock: Option<File>,
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
            _lock: None,
            file: file.to_owned(),
            document,
            before,
        })
    }

    /// The same to be changed, which nobody else who locks it does until this is dropped. Makes its directory.
    ///
    /// # Errors
    /// The same, and if it cannot be locked.
    pub fn locked(file: &Path) -> Result<Self, Problem> {
        let target = target_of(file);
        private::create_directory(target.parent().unwrap_or(Path::new(".")))?;
        let lock = private::lock(&target)?;
        Ok(Self {
            _lock: lock,
            ..Self::of(file)?
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

    fn contexts(&self) -> Option<&dyn TableLike> {
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
            let mut table = table_of(context);
            // In the place of another it keeps what stood above that one.
            if let Some(Item::Table(old)) = contexts.get(&context.name) {
                *table.decor_mut() = old.decor().clone();
                table.set_position(old.position());
            }
            contexts.insert(&context.name, Item::Table(table));
        }
    }

    /// Takes a context out, and returns the lines it had, with the comment right above it. The default goes with it, if
    /// it was the default; comments further above stay.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let mut removed = self
            .document
            .get_mut("contexts")
            .and_then(Item::as_table_like_mut)
            .and_then(|contexts| contexts.remove(name))?;
        if let Item::Table(table) = &mut removed {
            let prefix = prefix_of(table.decor());
            let (kept, own) = prefix.rsplit_once("\n\n").map_or(("", prefix.as_str()), |(kept, _)| {
                let own = prefix.get(kept.len() + 2..).unwrap_or_default();
                (prefix.get(..kept.len() + 2).unwrap_or_default(), own)
            });
            if kept.contains('#') {
                self.keep_comment(kept, table.position());
            }
            table.decor_mut().set_prefix(own);
        }
        if self.default_context() == Some(name) {
            let comment = self
                .document
                .key("default-context")
                .map(|key| prefix_of(key.leaf_decor()))
                .unwrap_or_default();
            self.document.remove("default-context");
            if comment.contains('#') {
                self.keep_comment(&comment, None);
            }
        }
        Some(below_contexts(name, removed))
    }

    /// Puts a comment before what now follows the place it stood in: the top of the file, or the place of a table.
    fn keep_comment(&mut self, comment: &str, place: Option<isize>) {
        let root = self.document.as_table_mut();
        let first_value = root
            .iter()
            .find_map(|(key, item)| item.is_value().then(|| key.to_owned()));
        if let (None, Some(mut key)) = (place, first_value.and_then(|key| root.key_mut(&key))) {
            let decor = key.leaf_decor_mut();
            let after = prefix_of(decor);
            decor.set_prefix(format!("{comment}{after}"));
            return;
        }
        let mut next = None;
        next_place(root, place.unwrap_or(-1), &mut next);
        let is_prefixed = next.is_some_and(|next| {
            at_place(root, next, &mut |decor| {
                let after = prefix_of(decor);
                decor.set_prefix(format!("{comment}{after}"));
            })
        });
        if !is_prefixed {
            let after = self.document.trailing().as_str().unwrap_or_default().to_owned();
            self.document.set_trailing(format!("{comment}{after}"));
        }
    }

    /// The context used when none is named.
    pub fn default_context(&self) -> Option<&str> {
        self.document.get("default-context").and_then(Item::as_str)
    }

    /// Makes a context the one that is used when none is named.
    pub fn set_default(&mut self, name: &str) {
        match self.document.get_mut("default-context").and_then(Item::as_value_mut) {
            Some(value) => put_value(value, name),
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

    /// Changes where a context leads, and where its health is told, if it says that. Everything else of it stays.
    pub fn move_host(&mut self, name: &str, host: &str, health_url: &str) {
        // Through tables, because items make whatever they are asked for.
        fn inner<'a>(table: &'a mut dyn TableLike, key: &str) -> Option<&'a mut dyn TableLike> {
            table.get_mut(key)?.as_table_like_mut()
        }
        let context = inner(self.document.as_table_mut(), "contexts").and_then(|contexts| inner(contexts, name));
        let Some(context) = context else { return };
        if let Some(value) = context.get_mut("host").and_then(Item::as_value_mut) {
            put_value(value, host);
        }
        let health = inner(context, "server").and_then(|server| server.get_mut("health-url"));
        if let Some(value) = health.and_then(Item::as_value_mut) {
            put_value(value, health_url);
        }
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
        let target = target_of(&self.file);
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

/// The file itself, where a link leads to it: the link stays one.
fn target_of(file: &Path) -> PathBuf {
    fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())
}

/// Replaces a value; what is around the old one, a comment perhaps, stays.
fn put_value(value: &mut Value, new: &str) {
    let decor = value.decor().clone();
    *value = Value::from(new);
    *value.decor_mut() = decor;
}

fn prefix_of(decor: &Decor) -> String {
    decor
        .prefix()
        .and_then(|prefix| prefix.as_str())
        .unwrap_or_default()
        .to_owned()
}

/// The tables of a document know their places in the file; this is the nearest behind `after`.
fn next_place(table: &Table, after: isize, next: &mut Option<isize>) {
    let mut look = |table: &Table| {
        if let Some(place) = table.position().filter(|place| *place > after)
            && !table.is_dotted()
            && !table.is_implicit()
        {
            *next = Some(next.map_or(place, |next| next.min(place)));
        }
        next_place(table, after, next);
    };
    for (_, item) in table {
        match item {
            Item::Table(inner) => look(inner),
            Item::ArrayOfTables(inner) => inner.iter().for_each(&mut look),
            _ => {}
        }
    }
}

/// Changes what stands before the table at a place. `false` if there is none.
fn at_place(table: &mut Table, place: isize, change: &mut dyn FnMut(&mut Decor)) -> bool {
    let mut look = |table: &mut Table| {
        if table.position() == Some(place) && !table.is_dotted() && !table.is_implicit() {
            change(table.decor_mut());
            return true;
        }
        at_place(table, place, change)
    };
    table.iter_mut().any(|(_, item)| match item {
        Item::Table(inner) => look(inner),
        Item::ArrayOfTables(inner) => inner.iter_mut().any(&mut look),
        _ => false,
    })
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
        inner.insert("stop-command", words(&server.stop_command));
        inner.insert("start-command", words(&server.start_command));
        inner.insert("backup-command", words(&server.backup_command));
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
#[path = "edit_tests.rs"]
mod tests;
