//! A local instance with people, flows and a settings file, and everything a run needs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::problem::Problem;
use kestra_admin::domain::release::Release;
use kestra_admin::migration::choices::Choices;
use kestra_admin::migration::engine::{self, Pen, Site, Task};
use kestra_admin::migration::journal::Journal;
use kestra_admin::migration::plan::{Means, Plan, plan};
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::runs::{Run, Runs};
use kestra_admin::rehearsal::sample::{self, SampleSize};

/// The program itself, which is also the keeper of commands.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_kestra-admin");

/// The name that confirms.
pub const CONTEXT: &str = "lab";

/// Restarts the servers: they notice that a line was added.
pub const RESTART: &str = "echo again >> \"$1/restarted\"";

/// Servers that read their settings at the start and at each restart, and not in between.
fn servers(directory: PathBuf) -> Arc<engine::Open> {
    let started: Mutex<Option<(usize, LocalInstance)>> = Mutex::new(None);
    let restarts = move || {
        let lines = std::fs::read_to_string(directory.join("restarted")).unwrap_or_default();
        (lines.lines().count(), directory.clone())
    };
    // They run before anybody comes.
    let (count, at) = restarts();
    if let Ok(instance) = LocalInstance::open(&at, None) {
        *started.lock().unwrap() = Some((count, instance));
    }
    Arc::new(move || {
        let (count, at) = restarts();
        let mut started = started.lock().unwrap();
        let instance = match &*started {
            Some((then, instance)) if *then == count => instance.clone(),
            _ => LocalInstance::open(&at, None)?,
        };
        *started = Some((count, instance.clone()));
        Ok(Arc::new(instance) as Arc<dyn Backend>)
    })
}

pub struct Stage {
    pub home: tempfile::TempDir,
    pub site: Site,
}

impl Stage {
    /// An instance of a release, with sample data if asked for.
    pub fn new(release: Release, with_sample: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("instance");
        LocalInstance::create(&directory, release).unwrap();
        if with_sample {
            let instance = LocalInstance::open(&directory, None).unwrap();
            sample::fill(&instance, SampleSize::Small).unwrap();
        }
        Self::around(home)
    }

    /// The same as another one was when nothing had happened to it yet.
    pub fn copy_of(fresh: &Path) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("instance");
        std::fs::create_dir(&directory).unwrap();
        for entry in std::fs::read_dir(fresh).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                std::fs::copy(entry.path(), directory.join(entry.file_name())).unwrap();
            }
        }
        Self::around(home)
    }

    fn around(home: tempfile::TempDir) -> Self {
        let directory = home.path().join("instance");
        let text = |path: &Path| path.display().to_string();
        let site = Site {
            context: CONTEXT.to_owned(),
            place: text(&directory),
            means: Means {
                local: false,
                config_file: Some(text(&directory.join("application.yml"))),
                kestra_command: [PROGRAM, "migrate", "on-store", "--directory", &text(&directory), "--"]
                    .map(str::to_owned)
                    .to_vec(),
                restart_command: ["sh", "-c", RESTART, "sh", &text(&directory)]
                    .map(str::to_owned)
                    .to_vec(),
                stop_command: vec!["true".to_owned()],
                start_command: vec!["true".to_owned()],
                health_timeout_seconds: 30,
                ..Means::default()
            },
            open: servers(directory.clone()),
            variable: Arc::new(|_| None),
            secrets: vec!["s3cret-of-the-site".to_owned()],
            program: PathBuf::from(PROGRAM),
            by: "tester@here".to_owned(),
        };
        Self { home, site }
    }

    pub fn directory(&self) -> PathBuf {
        self.home.path().join("instance")
    }

    /// Starts the servers anew, under the settings their file has now.
    pub fn restart(&mut self) {
        self.site.open = servers(self.directory());
    }

    pub fn settings(&self) -> PathBuf {
        self.directory().join("application.yml")
    }

    pub fn instance(&self) -> LocalInstance {
        LocalInstance::open(&self.directory(), None).unwrap()
    }

    pub fn runs(&self) -> Runs {
        Runs::in_directory(self.home.path().join("runs"))
    }

    pub fn plan(&self, choices: Choices) -> Result<Plan, Problem> {
        let inspection = block_on(engine::survey(&self.site, &mut |_| {}))?;
        let means = self.site.means.without_secrets(&self.site.secrets);
        plan(CONTEXT, &self.site.place, inspection, &means, choices)
    }

    pub fn create(&self, plan: &Plan) -> Run {
        self.runs()
            .create(plan, "2026-11-26T12:00:00Z", "tester@here", 0x7f3a_0000_0000_0000)
            .unwrap()
    }

    pub fn carry_out(&self, run: &Run, task: Task) -> Result<Halt, Problem> {
        let held = self.runs().take(run)?;
        block_on(engine::carry_out(&self.site, run, &held, task, &mut || {}))
    }

    /// The same, writing with a pen of the test's.
    pub fn carry_out_with(
        &self,
        run: &Run,
        task: Task,
        pen: impl FnOnce(Journal) -> Box<dyn Pen>,
    ) -> Result<Halt, Problem> {
        let (journal, records) = Journal::open(&run.journal()).unwrap();
        block_on(engine::carry_out_with(
            &self.site,
            run,
            task,
            pen(journal),
            &records,
            &mut || {},
        ))
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
