//! Migrations of one target put together: its backend, its files, the processes that carry runs out.
//!
//! Commands and console both come here. Looking and watching happen in this process; a run is carried out by another one
//! that leads a session of its own, so that it outlives the terminal.

mod noted;

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

use crate::activity::recorded::Within;
use crate::backend::Backend;
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::target::{Reach, Target, words_to};
use crate::connect;
use crate::domain::equivalent::program;
use crate::domain::leading::led;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::sorting;
use crate::domain::text::visible;
use crate::migration::choices::WantedTenant;
use crate::migration::engine::{self, Site, Task};
use crate::migration::journal::Follower;
use crate::migration::plan::{Means, Plan};
use crate::migration::record::Halt;
use crate::migration::run_summary::{Asked, Control, Controlled, RunSummary, Surveyed};
use crate::migration::runs::{Run, Runs, busy};
use crate::migration::state::{RunState, StepStatus};
use crate::migration::step::Step;
use crate::runner::migrations::{Migrations, RunNews, RunWatch};

/// The line that a process says once it is at work on a run.
pub const READY: &str = "ready";

/// Migrations of one target.
#[derive(Clone)]
pub struct Desk {
    target: Target,
    paths: Paths,
    environment: Environment,
    /// Words that make another command mean the same target.
    words: Vec<String>,
    /// Where the commands of the runs made here are run.
    directory: Option<PathBuf>,
}

impl Desk {
    /// For a target, and the words that lead a command to it.
    pub fn new(target: Target, paths: Paths, environment: Environment, words: Vec<String>) -> Self {
        Self {
            target,
            paths,
            environment,
            words,
            directory: std::env::current_dir().ok(),
        }
    }

    /// Its runs.
    pub fn all_runs(&self) -> Runs {
        Runs::in_directory(self.paths.runs(&self.target.place()))
    }

    /// What a run works with.
    ///
    /// # Errors
    /// If a secret cannot be read, or this program does not know where it is.
    pub fn site(&self) -> Result<Site, Problem> {
        self.site_within(None)
    }

    /// The same for what is done within a run.
    fn site_within(&self, within: Option<Within>) -> Result<Site, Problem> {
        let program = std::env::current_exe().map_err(|error| {
            Problem::new(
                ProblemKind::Failed,
                "A migration cannot be carried out.",
                "The system does not say which file this program is.",
                "Start it by its whole path.",
            )
            .with_detail(error)
        })?;
        let secrets = match &self.target.reach.value {
            Reach::Store(_) => Vec::new(),
            Reach::Host { .. } => connect::http_settings(&self.target, &self.environment)?.secrets(),
        };
        let (target, paths, environment) = (self.target.clone(), self.paths.clone(), self.environment.clone());
        let variables = self.environment.clone();
        Ok(Site {
            context: self.target.name.clone(),
            place: self.target.place(),
            means: self.means(&program),
            open: Arc::new(move || {
                connect::open_within(&target, &paths, &environment, within.as_ref()).map(|opened| opened.backend)
            }),
            variable: Arc::new(move |name| variables.get(name).map(str::to_owned)),
            secrets,
            program,
            by: self.environment.operator(),
        })
    }

    fn means(&self, program: &std::path::Path) -> Means {
        let server = &self.target.server;
        let here = self.directory.as_ref().map(|directory| directory.display().to_string());
        if let Reach::Store(directory) = &self.target.reach.value {
            let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.clone());
            let words = ["migrate", "on-store", "--directory"].map(str::to_owned);
            let mut kestra_command = vec![program.display().to_string()];
            kestra_command.extend(words);
            kestra_command.extend([directory.display().to_string(), "--".to_owned()]);
            return Means {
                local: true,
                config_file: Some(directory.join("application.yml").display().to_string()),
                kestra_command,
                health_timeout_seconds: server.health_timeout_seconds,
                command_timeout_seconds: server.command_timeout_seconds,
                backup_command: server.backup_command.clone(),
                directory: here,
                command_words: self.words.clone(),
                ..Means::default()
            };
        }
        Means {
            local: false,
            config_file: server.config_file.as_ref().map(|file| {
                std::path::absolute(file)
                    .unwrap_or_else(|_| file.clone())
                    .display()
                    .to_string()
            }),
            kestra_command: server.kestra_command.clone(),
            restart_command: server.restart_command.clone(),
            stop_command: server.stop_command.clone(),
            start_command: server.start_command.clone(),
            backup_command: server.backup_command.clone(),
            health_url: server.health_url.as_ref().map(ToString::to_string),
            health_timeout_seconds: server.health_timeout_seconds,
            command_timeout_seconds: server.command_timeout_seconds,
            directory: here,
            command_words: self.words.clone(),
        }
    }

    /// Looks at the instance, and whether tenants that are wanted are there.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn survey_for(
        &self,
        wanted: &[WantedTenant],
        progress: &mut (dyn FnMut(String) + Send),
    ) -> Result<Surveyed, Problem> {
        let site = self.site()?;
        let mut inspection = connect::runtime()?.block_on(async {
            let mut found = engine::survey(&site, &mut |what| progress(what.to_owned())).await?;
            if !wanted.is_empty() {
                let backend = (site.open)()?;
                engine::look_for(&*backend, wanted, &mut found).await?;
                engine::require_admins(&*backend, wanted).await?;
            }
            Ok::<_, Problem>(found)
        })?;
        inspection.sync_unfinished = self.all_runs().list().iter().any(|(_, state)| {
            state
                .step(Step::SyncAccess)
                .is_some_and(|step| matches!(step.status, StepStatus::Running | StepStatus::Failed))
        });
        Ok(Surveyed {
            context: site.context,
            place: site.place,
            inspection,
            means: site.means.without_secrets(&site.secrets),
        })
    }

    /// Makes a run of a plan, without beginning to carry it out.
    ///
    /// # Errors
    /// If another run is at work on the instance, if somebody it makes Admin does not exist, or if it cannot be written down.
    pub fn create(&self, plan: &Plan) -> Result<Run, Problem> {
        let runs = self.all_runs();
        runs.refuse_beside_another()?;
        self.require_admins(plan)?;
        let mut bytes = [0_u8; 8];
        SystemRandom::new().fill(&mut bytes).map_err(|_| {
            Problem::new(
                ProblemKind::Failed,
                "The run was not made.",
                "The operating system gave no random numbers.",
                "Try again.",
            )
        })?;
        let now = format!("{:.0}", Timestamp::now());
        runs.create(plan, &now, &self.environment.operator(), u64::from_be_bytes(bytes))
    }

    /// Refuses a plan that makes somebody Admin who does not exist. What cannot be asked now, the run finds out itself.
    fn require_admins(&self, plan: &Plan) -> Result<(), Problem> {
        let wanted = &plan.choices.tenants;
        if wanted.iter().all(|tenant| tenant.admin.is_none()) {
            return Ok(());
        }
        let opened = connect::open(&self.target, &self.paths, &self.environment);
        let Ok(backend) = opened.map(|opened| opened.backend) else {
            return Ok(());
        };
        match connect::runtime()?.block_on(engine::require_admins(&*backend, wanted)) {
            Err(problem) if problem.kind == ProblemKind::NotFound => Err(problem),
            _ => Ok(()),
        }
    }

    /// Sets a process to work on a run, and returns once it is at work.
    ///
    /// # Errors
    /// If it cannot be started, or says why it cannot work.
    pub fn launch(&self, run: &Run, task: Task) -> Result<(), Problem> {
        let log_file = run.directory().join("worker.log");
        let failed = |why: String| {
            Problem::new(
                ProblemKind::Failed,
                format!("Run `{}` was not set to work.", run.id),
                why,
                format!(
                    "Look into `{}`, then try `kestra-admin migrate resume`.",
                    log_file.display()
                ),
            )
        };
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&log_file)
            .map_err(|error| failed(format!("The system says: {error}.")))?;
        // What those before it said is no part of what this one says.
        let before = log
            .metadata()
            .map_or(0, |log| usize::try_from(log.len()).unwrap_or_default());
        // Until it is at work, or is not.
        let _starting = run.starting(|| self.is_alive(run))?;
        let program = std::env::current_exe().map_err(|error| failed(format!("The system says: {error}.")))?;
        let mut command = Command::new(program);
        command.args(&self.words).args(["migrate", "work", "--run", &run.id]);
        for (flag, step) in [
            ("--until", task.until),
            ("--from", task.from),
            ("--undo-to", task.undo_to),
        ] {
            if let Some(step) = step {
                command.args([flag, step.id()]);
            }
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| failed(format!("The system says: {error}.")))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            // Ends with the line, or with the process; what cannot be read was not said.
            let _ = BufReader::new(output).read_line(&mut line);
        }
        if line.trim_end() == READY {
            // Its remains are taken care of when it ends, if this process is still there then.
            std::thread::spawn(move || {
                let _ = child.wait();
            });
            return Ok(());
        }
        let status = child.wait();
        let said = fs::read_to_string(&log_file).unwrap_or_default();
        let said = said.get(before..).unwrap_or_default();
        let is_lost = status.is_ok_and(|status| status.code() == Some(ProblemKind::NotFound.exit_code().into()));
        let lines: Vec<_> = said
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(visible)
            .collect();
        Err(match &*lines {
            [.., what, why, next] => {
                let again = self.again(is_lost);
                Problem {
                    next: format!("{next} Then {again}."),
                    ..failed(format!("{what} {why}"))
                }
            }
            [.., last] => failed(last.to_string()),
            [] => failed("It ended at once.".to_owned()),
        })
    }

    /// How to go on with a run that was not set to work: where something was not found, not by what its context leads to now.
    fn again(&self, is_lost: bool) -> String {
        match &self.target.reach.value {
            _ if !is_lost => "try `kestra-admin migrate resume`".to_owned(),
            Reach::Store(_) => {
                let words = words_to(self.target.config.as_deref(), Some(("--store", &self.target.place())));
                format!("try `{} migrate resume`", program(&words))
            }
            Reach::Host { url, .. } => format!(
                "see which context leads to `{url}` with `kestra-admin contexts list`, and try `kestra-admin --context NAME migrate resume`"
            ),
        }
    }

    /// Sets a process to work on a run that was just made. If another run was faster, this one is taken away again.
    ///
    /// # Errors
    /// If it cannot be set to work.
    pub fn begin(&self, run: &Run, task: Task) -> Result<(), Problem> {
        let begun = self.launch(run, task);
        let is_untouched = || run.state().is_ok_and(|state| state.seq == 1);
        if begun.is_err() && self.all_runs().at_work().is_some_and(|id| id != run.id) && is_untouched() {
            run.discard();
            return Err(busy(&self.all_runs().at_work().unwrap_or_default()));
        }
        begun
    }

    /// Works on a run in this process, until it halts.
    ///
    /// # Errors
    /// If another process is at work on it, or if nothing can be written down.
    pub fn work(&self, id: &str, task: Task, ready: &mut (dyn FnMut() + Send)) -> Result<Halt, Problem> {
        // From here on the terminal that started it can go away. Who leads a session already cannot, and need not.
        let _ = rustix::process::setsid();
        let runs = self.all_runs();
        let run = runs.find(id)?;
        let before = run.state()?;
        let within = noted::within(&run, &before);
        let site = self.site_within(Some(within.clone()))?;
        let mut entry = None;
        // Whoever is refused did nothing.
        let mut begins = || {
            entry = Some(noted::begin(self, within.clone(), &before, task));
            ready();
        };
        let held = runs.take(&run)?;
        let ended = connect::runtime()?.block_on(engine::carry_out(&site, &run, &held, task, &mut begins));
        if let Some(entry) = entry {
            noted::end(entry, &run, &ended);
        }
        // Whoever follows the run finds all of it noted.
        drop(held);
        ended
    }

    /// The run that is meant: the one named, else the newest.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(&self, id: Option<&str>) -> Result<(Run, RunState), Problem> {
        let runs = self.all_runs();
        match id {
            Some(id) => {
                let run = runs.find(id)?;
                let state = run.state()?;
                Ok((run, state))
            }
            None => runs.usual().ok_or_else(|| {
                Problem::new(
                    ProblemKind::NotFound,
                    format!("There is no run of `{}` yet.", self.target.name),
                    "No migration of this instance was begun from this account.",
                    "Begin one with `kestra-admin migrate run`, or look first with `kestra-admin migrate check`.",
                )
            }),
        }
    }

    /// Whether a process is at work on a run.
    pub fn is_alive(&self, run: &Run) -> bool {
        self.all_runs().is_alive(run)
    }

    /// Whether what is asked of a run is heard: a process is at work on it, or about to be.
    pub fn is_heard(&self, run: &Run) -> bool {
        // In this order: whoever is being set to work is at work before that is over.
        run.is_starting() || self.is_alive(run)
    }

    /// With what a run would go on; `None` where a process is at work on it already.
    ///
    /// # Errors
    /// If nothing can follow.
    pub fn resumes(&self, run: &Run, state: &RunState, task: Task) -> Result<Option<Task>, Problem> {
        if self.is_alive(run) {
            return Ok(None);
        }
        if state.is_finished() && task.undo_to.is_none() {
            return Err(Problem::new(
                ProblemKind::Conflict,
                format!("Run `{}` is at its end.", run.id),
                state
                    .halted
                    .as_ref()
                    .map_or_else(String::new, |halted| halted.words.clone()),
                "Begin a new one with `kestra-admin migrate run`; it finds what is done already.",
            ));
        }
        // Undoing goes on as undoing.
        let undo_to = task.undo_to.or(state.undoing.as_ref().map(|undoing| undoing.to));
        Ok(Some(Task { undo_to, ..task }))
    }

    /// Lets a run go on. `false` where a process is at work on it already; what somebody asked of that stays.
    ///
    /// # Errors
    /// If nothing can follow, or no process can be set to work.
    pub fn resume(&self, run: &Run, state: &RunState, task: Task) -> Result<bool, Problem> {
        match self.resumes(run, state, task)? {
            Some(task) => self.launch(run, task).map(|()| true),
            None => Ok(false),
        }
    }
}

impl Migrations for Desk {
    fn survey(&self, progress: &mut (dyn FnMut(String) + Send)) -> Result<Surveyed, Problem> {
        self.survey_for(&[], progress).map_err(|problem| self.led(problem))
    }

    fn operator(&self) -> Option<String> {
        Some(self.environment.operator())
    }

    fn reopen(&self) -> Result<Option<Arc<dyn Backend>>, Problem> {
        match self.target.reach.value {
            Reach::Store(_) => {
                connect::open(&self.target, &self.paths, &self.environment).map(|opened| Some(opened.backend))
            }
            Reach::Host { .. } => Ok(None),
        }
    }

    fn start(&self, plan: &Plan) -> Result<String, Problem> {
        let begun = self.create(plan).and_then(|run| {
            self.begin(&run, Task::default())?;
            Ok(run.id)
        });
        begun.map_err(|problem| self.led(problem))
    }

    fn runs(&self) -> Result<Vec<RunSummary>, Problem> {
        let runs = self.all_runs();
        Ok(runs
            .list()
            .iter()
            .map(|(run, state)| runs.summary(run, state))
            .collect())
    }

    fn watch(&self, run: &str) -> Result<Box<dyn RunWatch>, Problem> {
        let runs = self.all_runs();
        let run = runs.find(run).map_err(|problem| self.led(problem))?;
        Ok(Box::new(Watch {
            command_words: self.words.clone(),
            ..Watch::new(runs, run)
        }))
    }

    fn control(&self, run: &str, control: Control) -> Result<Controlled, Problem> {
        self.control_of(run, control).map_err(|problem| self.led(problem))
    }
}

impl Desk {
    /// A problem whose commands lead to the instance.
    pub fn led(&self, problem: Problem) -> Problem {
        led(problem, &self.words)
    }

    fn control_of(&self, run: &str, control: Control) -> Result<Controlled, Problem> {
        let (run, state) = self.find(Some(run))?;
        match control {
            Control::Stop | Control::Pause => {
                let (asked, word) = match control {
                    Control::Pause => (Asked::Pause, "pause"),
                    _ => (Asked::Stop, "stop"),
                };
                if !self.is_heard(&run) {
                    let how = if state.is_finished() {
                        "has ended"
                    } else {
                        "is not at work"
                    };
                    return Ok(Controlled::Nothing(format!(
                        "Run `{}` {how}; there was nothing to {word}.",
                        run.id
                    )));
                }
                run.ask(asked)?;
                let when = match asked {
                    // It is just being set to work again, or about to end.
                    _ if state.is_finished() => "before it does anything more",
                    Asked::Stop => "after what it is doing",
                    Asked::Pause => "after this step",
                };
                Ok(Controlled::Done(format!("Run `{}` stops {when}.", run.id)))
            }
            Control::Resume { from } => {
                let task = Task {
                    from,
                    ..Task::default()
                };
                if !self.resume(&run, &state, task)? && run.asked().is_some() {
                    run.forget_request();
                    return Ok(Controlled::Done(format!(
                        "Run `{}` goes on; the stop that was asked for is taken back.",
                        run.id
                    )));
                }
                Ok(Controlled::Done(format!("Run `{}` goes on.", run.id)))
            }
            Control::Rollback { to } => {
                if let Some(words) = rolled_back_already(&run, &state, to) {
                    return Ok(Controlled::Nothing(words));
                }
                let task = Task {
                    undo_to: Some(to),
                    ..Task::default()
                };
                if !self.resume(&run, &state, task)? {
                    return Err(Problem::new(
                        ProblemKind::Conflict,
                        format!("Run `{}` is at work.", run.id),
                        "What is being done cannot be undone at the same time.",
                        "Stop it first.",
                    ));
                }
                Ok(Controlled::Done(format!("Run `{}` undoes what it changed.", run.id)))
            }
        }
    }
}

/// A run that is being watched.
pub struct Watch {
    runs: Runs,
    run: Run,
    follower: Follower,
    /// The files of output read so far, and how far.
    outputs: Vec<(PathBuf, u64)>,
    /// Which commands wrote what was read last.
    writers: Vec<(u64, usize)>,
    /// The words that lead a command to the instance.
    command_words: Vec<String>,
}

/// Bytes of output read at once; whoever comes late reads the end of what is longer.
const OUTPUT_AT_ONCE: u64 = 64 * 1024;

impl Watch {
    /// Watches from the beginning.
    pub fn new(runs: Runs, run: Run) -> Self {
        Self {
            follower: Follower::new(&run.journal()),
            runs,
            run,
            outputs: Vec::new(),
            writers: Vec::new(),
            command_words: Vec::new(),
        }
    }

    /// Passes over what was written by commands that were begun up to the record of this number.
    pub fn pass_over_output(&mut self, seq: u64) {
        for path in self.files() {
            if begun(&path).is_some_and(|begun| begun <= seq) {
                let length = fs::metadata(&path).map_or(0, |metadata| metadata.len());
                self.outputs.push((path, length));
            }
        }
    }

    /// What commands wrote, a file each, in the order in which they were begun.
    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.run.output())
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "log"))
            .collect();
        sorting::by(&mut files, Ord::cmp);
        files
    }

    fn output(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        self.writers.clear();
        for path in self.files() {
            let number = begun(&path).unwrap_or_default();
            let at = self
                .outputs
                .iter()
                .position(|(known, _)| *known == path)
                .unwrap_or_else(|| {
                    self.outputs.push((path.clone(), 0));
                    self.outputs.len() - 1
                });
            if let Some((path, offset)) = self.outputs.get_mut(at) {
                let new = new_lines(path, offset);
                if !new.is_empty() {
                    self.writers.push((number, new.len()));
                }
                lines.extend(new);
            }
        }
        lines
    }
}

/// What is said of a run of which all that was to be undone down to a step is undone, if so.
pub fn rolled_back_already(run: &Run, state: &RunState, to: Step) -> Option<String> {
    let is_undone = state.is_undone_to(to);
    is_undone.then(|| format!("Run `{}` is rolled back already; there was nothing to undo.", run.id))
}

/// The number of the record that began the command of a file of output.
fn begun(path: &std::path::Path) -> Option<u64> {
    path.file_name()?.to_str()?.split('-').next()?.parse().ok()
}

/// The whole lines of a file from an offset on, which moves behind them.
fn new_lines(path: &std::path::Path, offset: &mut u64) -> Vec<String> {
    let read = |offset: u64| -> std::io::Result<(u64, Vec<u8>)> {
        let mut file = fs::File::open(path)?;
        let length = file.metadata()?.len();
        let start = offset.max(length.saturating_sub(OUTPUT_AT_ONCE));
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(OUTPUT_AT_ONCE).read_to_end(&mut bytes)?;
        Ok((start, bytes))
    };
    // What cannot be read now may be readable the next time.
    let Ok((start, bytes)) = read(*offset) else {
        return Vec::new();
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    *offset = start + whole as u64;
    String::from_utf8_lossy(bytes.get(..whole).unwrap_or_default())
        .lines()
        .map(|line| visible(line).into_owned())
        .collect()
}

impl RunWatch for Watch {
    fn news(&mut self) -> Result<RunNews, Problem> {
        // In this order, so that whoever hears that nobody is at work has heard all that was written.
        let alive = self.runs.is_alive(&self.run);
        let records = self.follower.read();
        let records = records.map_err(|problem| led(problem, &self.command_words))?;
        let output = self.output();
        Ok(RunNews {
            records,
            output,
            alive,
            asked: self.run.asked().filter(|_| alive),
        })
    }

    fn writers(&self) -> Vec<(u64, usize)> {
        self.writers.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::Configuration;
    use crate::config::layers;

    #[test]
    fn a_run_goes_on_by_what_leads_to_it_whatever_became_of_its_context() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        let text = "[contexts.lab]\nstore = \"/srv/lab\"\n\n[contexts.prod]\nhost = \"https://kestra.example.com\"\n";
        fs::write(&file, text).unwrap();
        let (environment, paths) = (Environment::default(), Paths::below(home.path()));
        let configuration = Configuration::read(&file, false).unwrap();
        for (name, lost) in [
            ("lab", "try `kestra-admin --store /srv/lab migrate resume`"),
            (
                "prod",
                "see which context leads to `https://kestra.example.com` with `kestra-admin contexts list`, and try \
                 `kestra-admin --context NAME migrate resume`",
            ),
        ] {
            let mut target = layers::of_context(name, &environment, &configuration, &paths).unwrap();
            target.config = None;
            let desk = Desk::new(target, paths.clone(), environment.clone(), Vec::new());
            assert_eq!(desk.again(true), lost);
            assert_eq!(desk.again(false), "try `kestra-admin migrate resume`");
        }
    }
}
