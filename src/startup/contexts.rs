//! The contexts of the configuration as the console knows them: listed, opened, gone the way to, written down.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::activity::entry::Entry;
use crate::activity::log::ActivityLog;
use crate::activity::recorded::Place;
use crate::app::connect::{NewConnection, NewSecret};
use crate::app::contexts::{ContextFacts, ContextRow, Leads};
use crate::app::list_columns::ListKind;
use crate::backend::http::{Credentials, HttpInstance, HttpSettings};
use crate::cli::rehearsal::{self, Here};
use crate::cli::rehearsal_context::read_only_by;
use crate::config::context_rows::{allows, changes, row};
use crate::config::edit::Editing;
use crate::config::environment::Environment;
use crate::config::file::Configuration;
use crate::config::interface::ContextColor;
use crate::config::layers::{self, Flags};
use crate::config::paths::{DEFAULT_INSTANCE, Paths};
use crate::config::private;
use crate::config::secret::SecretSource;
use crate::config::target::{Origin, Reach, Target, words_to};
use crate::connect;
use crate::domain::activity::{Activity, ActivityResult, ON_SCREEN, Outcome};
use crate::domain::check::{self, Check};
use crate::domain::leading::{led, led_check};
use crate::domain::problem::{Problem, ProblemKind};
use crate::migration::plan::shown_command;
use crate::migrations::Desk;
use crate::runner::contexts::{Contexts, OpenedContext};
use crate::runner::migrations::Migrations;
use crate::runner::opening::Again;

use super::columns_file::ColumnsFile;
use super::coming_back::{CONTEXT, HOST, STORE};
use super::keeping::{added, has_context, keep};
use super::{resume_file, signs_in_by_password, url_of, welcomed_file};

/// The contexts of the configuration, read anew each time.
pub struct ConfiguredContexts {
    pub environment: Environment,
    pub paths: Paths,
    /// The file that `--config` named.
    pub config: Option<PathBuf>,
    /// Whether `--read-only` was given.
    pub read_only: bool,
}

impl ConfiguredContexts {
    pub fn flags_without_context(&self) -> Flags {
        Flags {
            config: self.config.clone(),
            ..Flags::default()
        }
    }

    fn flags(&self, name: &str) -> Flags {
        Flags {
            config: self.config.clone(),
            context: Some(name.to_owned()),
            read_only: self.read_only,
            ..Flags::default()
        }
    }

    /// Where a context leads to.
    pub fn target(&self, name: &str) -> Result<Target, Problem> {
        self.target_by(CONTEXT, name)
    }

    /// Where a context or, by `--store`, a store leads to.
    pub fn target_by(&self, flag: &str, name: &str) -> Result<Target, Problem> {
        let mut flags = self.flags(name);
        if flag == STORE {
            flags.store = flags.context.take();
        }
        let configuration = layers::read_configuration(&flags, &self.environment, &self.paths)?;
        layers::resolve(&flags, &self.environment, &configuration, &self.paths)
    }

    /// Opens a Kestra again, as the configuration leads to it by then.
    pub fn again(self: &Arc<Self>, target: &Target) -> Again {
        let (contexts, target) = (Arc::clone(self), target.clone());
        Arc::new(move || {
            // What flags and variables name has no context of that name, and stays what it is.
            let reach = contexts.target(&target.name).map(|now| now.reach);
            let target = Target {
                reach: reach.unwrap_or_else(|_| target.reach.clone()),
                ..target.clone()
            };
            connect::open(&target, &contexts.paths, &contexts.environment).map(|opened| opened.backend)
        })
    }

    /// Words that lead a command to a context.
    pub fn command_words(&self, name: &str) -> Vec<String> {
        self.words(CONTEXT, name)
    }

    /// Words that lead a command there.
    pub fn words(&self, flag: &str, name: &str) -> Vec<String> {
        words_to(self.config.as_deref(), Some((flag, name)))
    }

    /// Begins a row of the activity record for something on this machine: its name and where it lies, and the command that does it.
    fn entry(&self, what: (&str, &Path), about: String, words: &[String]) -> Entry {
        let place = Place::here(self.environment.operator(), what);
        let mut command = vec!["kestra-admin".to_owned()];
        command.extend(words_to(self.config.as_deref(), None));
        command.extend_from_slice(words);
        let log = ActivityLog::in_state(&self.paths.state);
        Entry::begin(log, &place, about, shown_command(&command))
    }

    /// Where the local instance lies that opens where nothing is configured.
    fn local(&self) -> PathBuf {
        self.paths.instances().join(DEFAULT_INSTANCE)
    }

    /// Whether that instance has a row of its own beside the contexts.
    fn lists_local(&self, configuration: &Configuration) -> bool {
        !configuration.contexts.contains_key(DEFAULT_INSTANCE) && (configuration.opens_local() || self.local().is_dir())
    }
}

/// What is said where nothing on this machine is changed from here.
fn refused(origin: &Origin, what: &str) -> Problem {
    Problem::new(
        ProblemKind::Unconfirmed,
        what,
        format!("This console is read-only: `{origin}` says so."),
        "Leave that out to have it.",
    )
}

impl Contexts for ConfiguredContexts {
    fn activity(&self) -> Result<Vec<Activity>, Problem> {
        let mut rows = VecDeque::new();
        ActivityLog::in_state(&self.paths.state).read(|row| {
            rows.push_back(row);
            if rows.len() > ON_SCREEN {
                rows.pop_front();
            }
        })?;
        Ok(rows.into())
    }

    fn found(&self, commands: &[String], is_done: bool) -> Result<(), Problem> {
        ActivityLog::in_state(&self.paths.state).found(commands, is_done)
    }

    fn list(&self) -> Result<Vec<ContextRow>, Problem> {
        let flags = self.flags_without_context();
        let configuration = layers::read_configuration(&flags, &self.environment, &self.paths)?;
        let place = |name: &str| {
            let target = layers::of_context(name, &self.environment, &configuration, &self.paths);
            target.map_or_else(|_| String::new(), |target| target.place())
        };
        let read_only = self.read_only || configuration.read_only;
        let local = self.lists_local(&configuration).then(|| ContextRow {
            name: DEFAULT_INSTANCE.to_owned(),
            leads: Leads::Store(DEFAULT_INSTANCE.to_owned()),
            place: place(DEFAULT_INSTANCE),
            who: String::new(),
            read_only,
            protected: false,
            changes: changes(read_only, false),
            allows: allows(read_only, false),
            tenant: String::new(),
            is_default: configuration.opens_local(),
            color: "",
        });
        let configured = configuration.contexts.iter();
        let configured = configured.map(|(name, context)| ContextRow {
            place: place(name),
            ..row((name, context), &configuration, self.read_only)
        });
        Ok(local.into_iter().chain(configured).collect())
    }

    fn open(&self, name: &str) -> Result<OpenedContext, Problem> {
        let target = self.target(name)?;
        let opened = connect::open(&target, &self.paths, &self.environment)?;
        let command_words = self.command_words(name);
        let desk = Desk::new(
            target.clone(),
            self.paths.clone(),
            self.environment.clone(),
            command_words.clone(),
        );
        Ok(OpenedContext {
            backend: opened.backend,
            migrations: Some(Arc::new(desk)),
            facts: ContextFacts {
                place: target.place(),
                url: url_of(&target),
                by_password: signs_in_by_password(&target),
                tenant: target.tenant.map(|tenant| tenant.value),
                name: target.name,
                command_words,
                remote: matches!(target.reach.value, Reach::Host { .. }),
                read_only: target.read_only.value,
                protected: target.protected.value,
                color: target.color.map(ContextColor::word),
                notices: opened.notes,
                ..ContextFacts::default()
            },
        })
    }

    fn look(&self, name: &str) -> Result<Option<OpenedContext>, Problem> {
        if connect::is_unmade(&self.target(name)?) {
            return Ok(None);
        }
        self.open(name).map(Some)
    }

    fn leads(&self, name: &str) -> Vec<String> {
        self.command_words(name)
    }

    fn examine(&self, name: &str, report: &mut (dyn FnMut(Check) + Send)) -> Result<(), Problem> {
        let target = self.target(name)?;
        connect::examine(&target, &self.environment, &self.paths, report);
        Ok(())
    }

    fn connect(
        &self,
        new: &NewConnection,
        is_wanted: &dyn Fn() -> bool,
        report: &mut (dyn FnMut(Check) + Send),
    ) -> Result<OpenedContext, Problem> {
        let configuration = layers::read_configuration(&self.flags_without_context(), &self.environment, &self.paths)?;
        let config_file = configuration.file.clone();
        let read_only = Origin::of_read_only(self.read_only, configuration.read_only);
        if let Some(origin) = read_only.filter(|_| new.name.is_some()) {
            return Err(refused(&origin, "Not connected, and nothing was kept."));
        }
        let editing = Editing::of(&config_file)?;
        if let Some(name) = new.name.as_ref().filter(|name| editing.has(name)) {
            return Err(has_context(name));
        }
        let read = |source: &SecretSource| {
            let source = configuration.secret_source(source, &self.environment);
            source.read(&self.environment).map(|secret| secret.reveal().to_owned())
        };
        let secret = match &new.secret {
            NewSecret::Typed(secret) => secret.clone(),
            NewSecret::Variable(name) => read(&SecretSource::Variable(name.clone()))?,
            NewSecret::File(path) => read(&SecretSource::File(PathBuf::from(path)))?,
            NewSecret::Command(words) => read(&SecretSource::Command(words.clone()))?,
        };
        let credentials = match &new.username {
            Some(username) => Credentials::Basic {
                username: username.clone(),
                password: secret,
            },
            None => Credentials::Token(secret),
        };
        let settings = HttpSettings::new(new.url.clone(), credentials);
        // A context that is not kept leads nobody anywhere.
        let by_url = self.words(HOST, &new.url);
        let command_words = new
            .name
            .as_ref()
            .map_or_else(|| by_url.clone(), |name| self.command_words(name));
        let mut failed: Option<Check> = None;
        connect::examine_instance(&HttpInstance::new(settings.clone())?, &mut |check| {
            if check.outcome == check::Outcome::Fail && failed.is_none() {
                failed = Some(led_check(check.clone(), &by_url));
            }
            report(led_check(check, &command_words));
        })
        .map_err(|problem| led(problem, &by_url))?;
        if let Some(check) = failed {
            // The notice has one line: it says what failed, and the rest stands among the steps.
            let (what, why) = check.found.split_once(". ").unwrap_or((&check.found, ""));
            let why = if why.is_empty() { &new.url } else { why };
            return Err(Problem::new(
                ProblemKind::Unreachable,
                format!("Not connected: {}.", what.trim_end_matches('.')),
                format!("{}: {}.", check.name, why.trim_end_matches('.')),
                check
                    .next
                    .unwrap_or_else(|| "Look at the steps, then try again.".to_owned()),
            ));
        }
        let opens_from_now_on = match &new.name {
            Some(name) => {
                let entry = self.entry(
                    (name, &config_file),
                    format!("add context {name}"),
                    &added(&config_file, name, new),
                );
                let kept = keep(&config_file, name, new, is_wanted);
                drop(entry.end(Outcome::of(kept.as_ref().map(|_| ActivityResult::Done))));
                kept?
            }
            None => false,
        };
        let target = new.name.as_ref().map(|name| self.target(name)).transpose()?;
        let place = target.as_ref().map_or_else(|| new.url.clone(), Target::place);
        // A Kestra without a context has no servers that a migration could touch, and nobody could come back to it.
        let migrations = target.map(|target| {
            let (paths, environment) = (self.paths.clone(), self.environment.clone());
            Arc::new(Desk::new(target, paths, environment, command_words.clone())) as Arc<dyn Migrations>
        });
        Ok(OpenedContext {
            // Not the one that was examined: its connections ended with the examination.
            backend: connect::recorded(
                Arc::new(HttpInstance::new(settings)?),
                &self.paths,
                Place {
                    operator: self.environment.operator(),
                    context: new.shown_name().to_owned(),
                    place: place.clone(),
                    command_words: command_words.clone(),
                    within: None,
                },
            ),
            migrations,
            facts: ContextFacts {
                name: new.shown_name().to_owned(),
                command_words,
                place,
                remote: true,
                url: Some(new.url.clone()),
                by_password: new.username.is_some(),
                read_only: self.read_only
                    || layers::read_configuration(&self.flags_without_context(), &self.environment, &self.paths)
                        .is_ok_and(|configuration| configuration.read_only),
                protected: new.protected,
                opens_from_now_on,
                ..ContextFacts::default()
            },
        })
    }

    fn rehearse(
        &self,
        is_wanted: &dyn Fn() -> bool,
        report: &mut (dyn FnMut(Check) + Send),
    ) -> Result<OpenedContext, Problem> {
        let (config_file, _) =
            layers::configuration_file(&self.flags_without_context(), &self.environment, &self.paths);
        let here = Here {
            named: None,
            paths: &self.paths,
            config_file: &config_file,
            config_flag: self.config.as_deref(),
        };
        let place = here.place(None)?;
        let configuration = Configuration::read(&config_file, false)?;
        let kept = || read_only_by(&configuration, (&self.environment, &self.paths), None, &place);
        let read_only = Origin::of_read_only(self.read_only, false).or_else(kept);
        if let Some(origin) = read_only {
            return Err(refused(&origin, "No rehearsal was made."));
        }
        let about = format!("bring up rehearsal {}", place.name);
        let words = ["rehearsal", "up"].map(str::to_owned);
        let entry = self.entry((&place.name, &place.directory), about, &words);
        let made = rehearsal::practise(&here, is_wanted, report);
        drop(entry.end(Outcome::of(made.as_ref().map(|_| ActivityResult::Done))));
        let (name, opens_from_now_on) = made?;
        let mut opened = self.open(&name)?;
        opened.facts.opens_from_now_on = opens_from_now_on;
        Ok(opened)
    }

    fn keep_columns(&self, list: ListKind, names: Option<Vec<String>>) -> Result<Option<String>, Problem> {
        ColumnsFile::in_state(&self.paths.state).change(|kept| kept.put(list, names))
    }

    fn welcomed(&self) {
        // Where it cannot be noted the panel comes again, which is no reason to trouble anybody.
        let file = welcomed_file(&self.paths);
        let _ = file.parent().map(private::create_directory);
        let _ = private::replace_file(&file, b"");
    }

    fn resume_file(&self, name: &str) -> Option<PathBuf> {
        let file = match self.target(name) {
            Ok(target) => resume_file(&target, &self.paths),
            // What is used this time only is called by its URL.
            Err(_) => self.paths.resume_file(name),
        };
        private::create_directory(file.parent()?).ok()?;
        Some(file)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::net::SocketAddr;

    use super::*;
    use crate::backend::local::{FIRST_USER, LocalInstance};
    use crate::domain::release::Release;
    use crate::rehearsal::serve::{self, Limits, ServeOptions};

    /// The contexts of a home with this configuration.
    fn configured(configuration: &str, read_only: bool) -> (tempfile::TempDir, ConfiguredContexts) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        fs::write(&file, configuration).unwrap();
        let contexts = ConfiguredContexts {
            environment: Environment::default(),
            paths: Paths::below(home.path()),
            config: Some(file),
            read_only,
        };
        (home, contexts)
    }

    /// Practises in a home with this configuration; what came of it, what was reported, and whether anything was made.
    fn practised(configuration: &str, is_wanted: bool) -> (Problem, usize, bool) {
        let (_home, contexts) = configured(configuration, false);
        let mut steps = 0;
        let problem = contexts.rehearse(&|| is_wanted, &mut |_| steps += 1).err().unwrap();
        (problem, steps, contexts.paths.instances().exists())
    }

    #[test]
    fn nothing_is_made_to_practise_on_where_its_name_leads_elsewhere_or_it_was_stopped() {
        let (problem, steps, is_made) = practised("[contexts.rehearsal]\nhost = \"https://x\"\n", true);
        assert_eq!((problem.kind, steps, is_made), (ProblemKind::Conflict, 0, false));
        assert!(problem.next.contains("`kestra-admin rehearsal up NAME`"), "{problem:?}");
        let (problem, steps, is_made) = practised("", false);
        assert_eq!((problem.kind, steps, is_made), (ProblemKind::Interrupted, 0, false));
        assert_eq!(problem.why, "It was stopped, and nothing is left running.");
    }

    #[test]
    fn whoever_stops_is_told_that_the_server_ran_before() {
        let (home, contexts) = configured("", false);
        let here = Here {
            named: None,
            paths: &contexts.paths,
            config_file: &home.path().join("config.toml"),
            config_flag: None,
        };
        let place = here.place(None).unwrap();
        private::create_directory(&place.directory).unwrap();
        let server = place.take().unwrap();
        assert!(server.is_some());
        let problem = contexts.rehearse(&|| false, &mut |_| {}).err().unwrap();
        assert_eq!(problem.why, "It was stopped, and the server runs on as it did before.");
    }

    #[test]
    fn where_the_configuration_is_read_only_nothing_is_made_or_kept() {
        let written = "read-only = true\n";
        let (problem, steps, is_made) = practised(written, true);
        assert_eq!((problem.kind, steps, is_made), (ProblemKind::Unconfirmed, 0, false));
        assert!(problem.why.contains("`read-only` says so"), "{problem:?}");
        let both =
            "[contexts.own]\nstore = \"rehearsal\"\n\n[contexts.look]\nstore = \"rehearsal\"\nread-only = true\n";
        let (problem, ..) = practised(both, false);
        assert!(problem.why.contains("`contexts.look.read-only` says so"), "{problem:?}");
        let new = |name: Option<&str>| NewConnection {
            url: "http://127.0.0.1:9".to_owned(),
            username: None,
            secret: NewSecret::Typed("new".to_owned()),
            name: name.map(str::to_owned),
            protected: false,
        };
        for (written, read_only) in [(written, false), ("", true)] {
            let (home, contexts) = configured(written, read_only);
            let connect = |name| contexts.connect(&new(name), &|| true, &mut |_| {}).err().unwrap().kind;
            assert_eq!(connect(Some("lab")), ProblemKind::Unconfirmed);
            assert_eq!(connect(None), ProblemKind::Unreachable);
            assert_eq!(fs::read_to_string(home.path().join("config.toml")).unwrap(), written);
            assert!(!home.path().join("secrets").exists());
        }
    }

    /// However its URL was typed, which is how one learns later that it leads elsewhere.
    #[test]
    fn a_context_that_was_just_made_lies_where_the_list_says() {
        let (home, contexts) = configured("", false);
        let directory = home.path().join("instance");
        LocalInstance::create(&directory, Release::DEFAULT).unwrap();
        let local = LocalInstance::open(&directory, None).unwrap();
        local.set_password(FIRST_USER, "Rehearse-1-day!").unwrap();
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
        let options = ServeOptions {
            directory,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            management: None,
            limits: Limits::default(),
        };
        let server = runtime.block_on(serve::bind(options)).unwrap();
        let url = format!("http://{}", server.address());
        runtime.spawn(server.run(std::future::pending()));
        let new = NewConnection {
            url: format!("{url}/"),
            username: Some(FIRST_USER.to_owned()),
            secret: NewSecret::Typed("Rehearse-1-day!".to_owned()),
            name: Some("lab".to_owned()),
            protected: false,
        };
        let opened = contexts.connect(&new, &|| true, &mut |_| {});
        assert_eq!(opened.map(|opened| opened.facts.place), Ok(url.clone()));
        let rows = contexts.list().unwrap();
        assert!(rows.iter().any(|row| row.name == "lab" && row.place == url));
    }
}
