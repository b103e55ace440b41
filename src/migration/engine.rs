//! Carries a run out: asks the machine what comes next, writes down what is about to be done, does it, and writes down
//! what came of it.
//!
//! The only part of a migration that acts. What was begun and has no outcome is looked at first, never repeated blindly.

mod command;
mod end;
mod files;
mod health;
pub mod keeper;
mod site;
mod survey;

pub use command::DUMP;
pub use site::{Open, Site, Variable};
pub use survey::{look_for, require_admins, survey};

use health::{Look, Patience};
use keeper::{Kept, Order};

use super::access_snapshot::compare;
use super::action::{Action, CommandKind, Outcome, Receipt};
use super::choices::WantedTenant;
use super::inspection::Inspection;
use super::journal::Journal;
use super::leading::led_event;
use super::machine::{self, Next};
use super::record::{Event, Halt, Record};
use super::run_summary::Asked;
use super::runs::{Held, Run};
use super::state::RunState;
use super::step::Step;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::{capital, visible};
use crate::server_config;

/// How a process goes to work on a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// The last step to do.
    pub until: Option<Step>,
    /// The step to begin with.
    pub from: Option<Step>,
    /// Undo instead, back to before this step.
    pub undo_to: Option<Step>,
}

/// Where records are written down before and after something is done: a journal.
pub trait Pen: Send {
    /// Adds a record, and returns when it is safe.
    ///
    /// # Errors
    /// If it could not be. Then nothing may be done.
    fn add(&mut self, at: &str, event: Event) -> Result<Record, Problem>;
}

impl Pen for Journal {
    fn add(&mut self, at: &str, event: Event) -> Result<Record, Problem> {
        Self::add(self, at, event)
    }
}

/// Carries a run out until it halts, and says why it did; whoever holds the lock may. `ready` is called once nothing keeps it from
/// working.
///
/// # Errors
/// If the journal cannot be written. Nothing is done that is not written down first.
pub async fn carry_out(
    site: &Site,
    run: &Run,
    _held: &Held,
    task: Task,
    ready: &mut (dyn FnMut() + Send),
) -> Result<Halt, Problem> {
    let (journal, records) = Journal::open(&run.journal())?;
    carry_out_with(site, run, task, Box::new(journal), &records, ready).await
}

/// The same with any pen.
///
/// # Errors
/// If something cannot be written down.
pub async fn carry_out_with(
    site: &Site,
    run: &Run,
    task: Task,
    journal: Box<dyn Pen>,
    records: &[Record],
    ready: &mut (dyn FnMut() + Send),
) -> Result<Halt, Problem> {
    let state = RunState::of(records).ok_or_else(|| {
        Problem::new(
            ProblemKind::Failed,
            format!("Run `{}` cannot be carried out.", run.id),
            "Its journal does not begin with a plan: it was stopped while it was made.",
            "Nothing was changed by it; begin a new one.",
        )
    })?;
    let mut worker = Worker {
        site,
        run,
        journal,
        state,
        intent: 0,
    };
    worker.write(Event::Began {
        pid: std::process::id(),
        by: site.by.clone(),
        until: task.until,
        from: task.from,
        undo_to: task.undo_to,
    })?;
    ready();
    let halt = worker.work().await?;
    // The report says how the run ended, too. That it cannot be written does not undo the run.
    let _ = end::write_report(run, &worker.state);
    Ok(halt)
}

/// Why an action has no outcome to go on with.
enum Stop {
    /// It did not work.
    Failed(Problem),
    /// Nobody knows what came of it. It stays open, and whoever resumes looks first.
    Unknown(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

struct Worker<'a> {
    site: &'a Site,
    run: &'a Run,
    journal: Box<dyn Pen>,
    state: RunState,
    /// The number of the record of the intent under way.
    intent: u64,
}

impl Worker<'_> {
    fn write(&mut self, event: Event) -> Result<(), Problem> {
        let event = led_event(event, &self.site.means.command_words);
        let record = self.journal.add(&survey::now(), event)?;
        self.state.apply(&record);
        Ok(())
    }

    async fn work(&mut self) -> Result<Halt, Problem> {
        loop {
            let next = machine::next(&self.state);
            if let Some(halt) = self.asked_to_halt(&next) {
                self.write(Event::Halted {
                    halt,
                    words: "It was stopped; resume it whenever you like.".to_owned(),
                    problem: None,
                })?;
                return Ok(halt);
            }
            match next {
                Next::Begin(step) => self.write(Event::StepBegan { step })?,
                Next::End { step, ending, words } => self.write(Event::StepEnded { step, ending, words })?,
                Next::Undone { step, words } => self.write(Event::StepUndone { step, words })?,
                Next::Do { step, action, waited } => {
                    if let Some(halt) = self.act(step, action, waited).await? {
                        return Ok(halt);
                    }
                }
                Next::Settle { step, action, seq } => match self.settle(step, &action, seq).await {
                    Ok(Some(outcome)) => self.write(Event::Outcome { step, action, outcome })?,
                    // It surely was not done, and whoever undoes does not do it.
                    Ok(None) if self.state.undoing.is_some() && self.is_open_forward() => {
                        self.write(Event::Outcome {
                            step,
                            action,
                            outcome: Outcome::Found {
                                words: "it was not done".to_owned(),
                            },
                        })?;
                    }
                    Ok(None) => {
                        if let Some(halt) = self.act(step, action, false).await? {
                            return Ok(halt);
                        }
                    }
                    // That cannot be told now.
                    Err(Stop::Failed(problem) | Stop::Unknown(problem)) => return self.leave_open(problem),
                },
                Next::Halt { halt, words, problem } => {
                    self.write(Event::Halted { halt, words, problem })?;
                    return Ok(halt);
                }
            }
        }
    }

    fn is_open_forward(&self) -> bool {
        self.state.open.as_ref().is_some_and(|open| open.forward)
    }

    /// Whether somebody asked for a halt, and this is a moment for it.
    fn asked_to_halt(&self, next: &Next) -> Option<Halt> {
        match (self.run.asked()?, next) {
            (
                Asked::Stop,
                Next::Halt {
                    halt: Halt::Waiting, ..
                },
            ) => Some(Halt::Stopped),
            (_, Next::Halt { .. }) => None,
            (Asked::Stop, _) | (Asked::Pause, Next::Begin(_)) => Some(Halt::Stopped),
            // To undo a step begins with the first thing that is done for it.
            (Asked::Pause, Next::Do { step, .. }) if self.begins_to_undo(*step) => Some(Halt::Stopped),
            (Asked::Pause, _) => None,
        }
    }

    /// Whether what is done next for a step is the first thing that undoes it.
    fn begins_to_undo(&self, step: Step) -> bool {
        let undoing = self.state.undoing.as_ref();
        undoing.is_some_and(|undoing| undoing.acted.iter().all(|acted| acted.step != step))
    }

    /// Halts with an intent that has no outcome; whoever resumes looks what came of it.
    fn leave_open(&mut self, problem: Problem) -> Result<Halt, Problem> {
        self.write(Event::Halted {
            halt: Halt::Failed,
            words: problem.what.clone(),
            problem: Some(Box::new(problem)),
        })?;
        Ok(Halt::Failed)
    }

    async fn act(&mut self, step: Step, action: Action, waited: bool) -> Result<Option<Halt>, Problem> {
        self.write(Event::Intent {
            step,
            action: action.clone(),
        })?;
        self.intent = self.state.seq;
        let outcome = match self.outcome(step, &action, waited).await {
            Ok(outcome) => outcome,
            Err(Stop::Failed(problem)) => failed(problem),
            Err(Stop::Unknown(problem)) => return self.leave_open(problem).map(Some),
        };
        self.write(Event::Outcome { step, action, outcome })?;
        Ok(None)
    }

    async fn outcome(&mut self, step: Step, action: &Action, waited: bool) -> Result<Outcome, Stop> {
        Ok(match action {
            Action::Inspect => self.inspect().await?,
            Action::Run { command } => self.run_command(step, *command, waited).await?,
            Action::CopyFile => files::copy(self.run, &self.state, &self.stamp())?,
            Action::Edit { to } => files::edit(self.site, &self.state, *to, &self.stamp(), waited)?,
            Action::AwaitSettings { wanted } => {
                let settings = *wanted;
                let why = if self.site.means.local || !self.site.means.restart_command.is_empty() {
                    String::new()
                } else {
                    "Restart all servers; the run goes on by itself once they report the new settings. ".to_owned()
                };
                self.wait_for(step, &why, async |site| health::reports(site, settings).await)
                    .await?
            }
            Action::AwaitDown => {
                self.wait_for(step, "", async |site| health::is_down(site).await)
                    .await?
            }
            Action::AwaitUp => self.wait_for(step, "", async |site| health::is_up(site).await).await?,
            Action::CompareAccess => self.compare_access().await?,
            Action::CreateTenant { tenant } => self.create(tenant).await?,
            Action::Recount => end::recount(self.site, &self.state).await?,
            Action::StorageGuidance => end::storage_guidance(&self.state),
            Action::CompareEnd => end::compare_end(self.site, &self.state).await?,
            Action::WriteReport => end::write_report(self.run, &self.state)?,
            Action::RestoreFile {
                path,
                copy,
                after_hash,
                before,
            } => files::restore(&self.state, path, copy, after_hash, *before, &self.stamp())?,
            Action::DeleteTenant { id, name } => self.delete(id, name).await?,
        })
    }

    /// What a copy made for the action under way is called by: the time and the number of its intent.
    fn stamp(&self) -> String {
        self.state.open.as_ref().map_or_else(String::new, |open| {
            format!("{}-{}", server_config::stamp(&open.at), open.seq)
        })
    }

    async fn inspect(&mut self) -> Result<Outcome, Problem> {
        let mut now = survey(self.site, &mut |_| {}).await?;
        differs(&self.state.plan.inspection, &now)?;
        let backend = (self.site.open)()?;
        let wanted = &self.state.plan.choices.tenants;
        look_for(&*backend, wanted, &mut now).await?;
        require_admins(&*backend, wanted).await?;
        let words = format!("Kestra {} {}, {}", now.edition, now.version, lives_there(&now));
        Ok(Outcome::proved(
            words,
            Receipt::Inspected {
                inspection: Box::new(now),
            },
        ))
    }

    async fn run_command(&mut self, step: Step, command: CommandKind, waited: bool) -> Result<Outcome, Stop> {
        let words = command::words(self.site, &self.state.plan, command);
        if words.is_empty() {
            return Ok(self.without_command(command, waited));
        }
        if command == CommandKind::Restart {
            // Whoever has restarted already needs not be disturbed once more.
            let settings = machine::wanted_after(&self.state, step);
            if let Look::Ready(words) = health::reports(self.site, settings).await {
                return Ok(Outcome::Found { words });
            }
        }
        let kept = command::kept(self.run, self.intent, command);
        command::start(self.site, self.run, &kept, &self.order(&words, command))?;
        self.command_ended(command, &words, &kept).await
    }

    /// What a keeper is told to run.
    fn order(&self, words: &[String], command: CommandKind) -> Order {
        Order {
            words: words.to_vec(),
            limit_seconds: self.limit(command),
            directory: self.state.plan.means.directory.clone(),
        }
    }

    /// Seconds a command may take.
    fn limit(&self, command: CommandKind) -> u64 {
        self.site
            .means
            .command_timeout_seconds
            .map_or_else(|| command.limit_seconds(), u64::from)
    }

    async fn command_ended(&self, command: CommandKind, words: &[String], kept: &Kept) -> Result<Outcome, Stop> {
        match command::wait(kept).await {
            Some(ended) => Ok(command::outcome(self.site, command, words, kept, ended, self.run)),
            None => Err(Stop::Unknown(Problem::new(
                ProblemKind::Partly,
                "What became of the command is not known.",
                "The process that kept it ended without saying how it went.",
                "`kestra-admin migrate resume` looks, and goes on.",
            ))),
        }
    }

    fn without_command(&self, command: CommandKind, waited: bool) -> Outcome {
        let local = self.site.means.local;
        match command {
            CommandKind::Restart if local => Outcome::done("the store is opened anew"),
            CommandKind::Stop | CommandKind::Start if local => Outcome::Found {
                words: "a local instance has no servers".to_owned(),
            },
            // It is waited for by the action that follows.
            CommandKind::Restart => Outcome::done("you restart the servers"),
            CommandKind::Stop => Outcome::done("you stop the servers"),
            CommandKind::Start => Outcome::done("you start the servers"),
            _ if waited => Outcome::done("done by hand"),
            _ => Outcome::Waiting {
                words: command::by_hand(command, &self.state.plan),
            },
        }
    }

    /// Looks again and again until it is ready, or the time is up. Says what it waits for, each time that changes.
    async fn wait_for(&mut self, step: Step, why: &str, look: impl AsyncFn(&Site) -> Look) -> Result<Outcome, Problem> {
        let mut patience = Patience::new(self.site);
        let mut said = String::new();
        loop {
            let words = match look(self.site).await {
                Look::Ready(words) => return Ok(Outcome::done(words)),
                Look::Refused(problem) => return Err(*problem),
                Look::NotYet(words) => words,
            };
            let words = format!("{why}{}.", capital(words.trim_end_matches('.')));
            if words != said {
                self.write(Event::Note {
                    step,
                    words: words.clone(),
                })?;
                said = words;
            }
            if self.run.asked() == Some(Asked::Stop) || !patience.wait().await {
                return Ok(Outcome::Waiting { words: said });
            }
        }
    }

    async fn compare_access(&mut self) -> Result<Outcome, Problem> {
        let backend = (self.site.open)()?;
        let comparison = compare(&self.state.baseline().access, &survey::access_now(&*backend).await?);
        if !comparison.nobody_lost() {
            let lost: Vec<String> = comparison
                .lost
                .iter()
                .map(|changed| format!("{}: {}", changed.username, changed.lost.join(", ")))
                .chain(comparison.weakened.iter().cloned())
                .collect();
            return Err(Problem::new(
                ProblemKind::Partly,
                "Somebody lost access.",
                format!("{}.", comparison.words()),
                "Give it back with `kestra-admin access restore`, then `kestra-admin migrate resume` compares again; or undo with `kestra-admin migrate rollback`.",
            )
            .with_detail(lost.join("\n")));
        }
        Ok(Outcome::proved(comparison.words(), Receipt::Compared { comparison }))
    }

    /// The admin of a tenant: the one asked for, else whoever does this.
    fn admin(&self, wanted: &WantedTenant) -> String {
        wanted
            .admin
            .clone()
            .unwrap_or_else(|| self.state.baseline().identity.username.clone())
    }

    fn was_there(&self, id: &TenantId) -> bool {
        self.state.baseline().has_tenant(id)
    }

    fn created(wanted: &WantedTenant, admin: String) -> Outcome {
        Outcome::proved(
            format!("`{}` created; {} is its admin", wanted.id, visible(&admin)),
            Receipt::Created {
                id: wanted.id.as_str().to_owned(),
                name: wanted.name.clone(),
                admin: Some(admin),
            },
        )
    }

    async fn create(&mut self, wanted: &WantedTenant) -> Result<Outcome, Problem> {
        let backend = (self.site.open)()?;
        let admin = self.admin(wanted);
        let new = NewTenant {
            tenant: Tenant::new(wanted.id.clone(), wanted.name.clone()),
            admin: Some(admin.clone()),
        };
        match backend.create_tenant(&new).await {
            Ok(_) => Ok(Self::created(wanted, admin)),
            Err(problem) if problem.kind == ProblemKind::Conflict => {
                let action = Action::CreateTenant { tenant: wanted.clone() };
                let tried = self.state.last_outcome(Step::CreateTenants, &action);
                // One of this run's own tries may have made it after all.
                if matches!(tried, Some(Outcome::Failed { .. }))
                    && let Some(outcome) = self.settle_creation(wanted).await?
                {
                    return Ok(outcome);
                }
                Ok(Outcome::Found {
                    words: format!("`{}` exists already", wanted.id),
                })
            }
            Err(problem) => Err(problem),
        }
    }

    async fn delete(&self, id: &str, name: &str) -> Result<Outcome, Problem> {
        let backend = (self.site.open)()?;
        let tenant = TenantId::existing(id);
        let left = |why: String| {
            Ok(Outcome::Found {
                words: format!("`{id}` stays: {why}"),
            })
        };
        let found = match backend.tenant(&tenant).await {
            Ok(found) => found,
            Err(problem) if problem.kind == ProblemKind::NotFound => return left("it is gone already".to_owned()),
            Err(problem) => return Err(problem),
        };
        if found.name != name {
            return left(format!("somebody renamed it to `{}`", visible(&found.name)));
        }
        let footprint = backend.footprint(&TenantScope::Named(tenant.clone())).await?;
        let lives = [
            footprint.flows,
            footprint.executions,
            footprint.namespaces,
            footprint.triggers,
        ];
        if lives.iter().any(|count| *count != Some(0)) {
            return left("something lives in it, or that cannot be told".to_owned());
        }
        backend.delete_tenant(&tenant).await?;
        Ok(Outcome::proved(
            format!("`{id}` deleted"),
            Receipt::Deleted { id: id.to_owned() },
        ))
    }

    /// What came of something that was begun and has no outcome. `None` if it surely was not done.
    async fn settle(&mut self, step: Step, action: &Action, seq: u64) -> Result<Option<Outcome>, Stop> {
        Ok(match action {
            Action::Run { command } => self.settle_command(step, *command, seq).await?,
            Action::Edit { to } => files::settle_edit(&self.state, *to, &self.stamp())?,
            Action::CreateTenant { tenant } => self.settle_creation(tenant).await?,
            // What undoing looks at before it does anything is enough to do it again.
            _ => None,
        })
    }

    async fn settle_command(&mut self, step: Step, command: CommandKind, seq: u64) -> Result<Option<Outcome>, Stop> {
        let words = command::words(self.site, &self.state.plan, command);
        let kept = command::kept(self.run, seq, command);
        if words.is_empty() || kept.withdraw()? {
            return Ok(None);
        }
        if kept.is_running() || kept.ended().is_some() {
            return self.command_ended(command, &words, &kept).await.map(Some);
        }
        // Keeper and command were killed together. What the command was to bring about tells.
        let seen = match command {
            CommandKind::Restart => match health::reports(self.site, machine::wanted_after(&self.state, step)).await {
                Look::Ready(words) => Some(words),
                _ => None,
            },
            CommandKind::SyncAccess => {
                let backend = (self.site.open)()?;
                let comparison = compare(&self.state.baseline().access, &survey::access_now(&*backend).await?);
                // Where nobody held anything before, that nobody lost anything proves nothing.
                let proves = !self.state.baseline().access.is_empty() && comparison.nobody_lost();
                proves.then(|| comparison.words())
            }
            CommandKind::KestraBackup => kept.line_with("Backup created: "),
            CommandKind::Migrate => self.nothing_left_to_move().await?,
            _ => None,
        };
        Ok(seen.map(Outcome::done))
    }

    /// Whether a dry run finds nothing that is without a tenant any more.
    async fn nothing_left_to_move(&mut self) -> Result<Option<String>, Problem> {
        let words = command::words(self.site, &self.state.plan, CommandKind::DryRun);
        let kept = command::kept(self.run, self.state.seq, CommandKind::DryRun);
        command::start(self.site, self.run, &kept, &self.order(&words, CommandKind::DryRun))?;
        command::wait(&kept).await;
        Ok((command::rows_found(&kept) == Some(0)).then(|| "everything has a tenant".to_owned()))
    }

    async fn settle_creation(&self, wanted: &WantedTenant) -> Result<Option<Outcome>, Problem> {
        if self.was_there(&wanted.id) {
            return Ok(None);
        }
        let backend = (self.site.open)()?;
        match backend.tenant(&wanted.id).await {
            Err(problem) if problem.kind == ProblemKind::NotFound => Ok(None),
            Err(problem) => Err(problem),
            Ok(_) => {
                let admin = self.admin(wanted);
                let scope = TenantScope::Named(wanted.id.clone());
                // Stopped between the two: what is left to do is done. Whoever undoes takes the tenant away as it is.
                if self.state.undoing.is_none() && backend.admin_count(&scope).await? == 0 {
                    backend.ensure_admin(&scope, &admin).await?;
                }
                Ok(Some(Self::created(wanted, admin)))
            }
        }
    }
}

fn failed(problem: Problem) -> Outcome {
    Outcome::Failed {
        problem: Box::new(problem),
    }
}

fn lives_there(found: &Inspection) -> String {
    if !found.release.has_default_tenant() {
        return format!("{} tenants", found.tenants);
    }
    match found.footprint.flows {
        Some(flows) => format!("{} in the default tenant", crate::domain::count::counted(flows, "flow")),
        None => "flows in the default tenant are not told".to_owned(),
    }
}

/// Stops where the instance is not the one the plan was made for.
fn differs(then: &Inspection, now: &Inspection) -> Result<(), Problem> {
    let mut changed = Vec::new();
    if then.version != now.version {
        changed.push(format!("it runs {} instead of {}", now.version, then.version));
    }
    if then.tenancy != now.tenancy {
        changed.push("the settings in effect are others".to_owned());
    }
    let hash = |inspection: &Inspection| inspection.file.as_ref().map(|file| file.hash.clone());
    let path = |inspection: &Inspection| inspection.file.as_ref().map(|file| file.path.clone());
    if path(then) != path(now) {
        changed.push("another configuration file is named".to_owned());
    }
    if hash(then) != hash(now) {
        changed.push("the configuration file was edited".to_owned());
    }
    if changed.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Conflict,
        "The instance is not as it was planned for.",
        format!("Since the plan was made, {}.", changed.join(", and ")),
        "Make a new plan with `kestra-admin migrate plan`.",
    ))
}
