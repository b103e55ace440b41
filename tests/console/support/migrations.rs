//! Migrations without processes and files: a survey as a test wants it, and runs that go as far as a test lets them.
//!
//! What comes next in a run is the real machine's to say; what comes of it is the test's.

use std::sync::{Arc, Mutex};

use kestra_admin::domain::access::Footprint;
use kestra_admin::domain::instance::{Edition, Identity, Tenancy};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::migration::access_snapshot::{AccessSnapshot, Comparison, Held};
use kestra_admin::migration::action::{Action, Outcome, Receipt, WrittenSettings};
use kestra_admin::migration::choices::Choices;
use kestra_admin::migration::inspection::{FoundFile, FoundNamespace, FoundService, Inspection};
use kestra_admin::migration::machine::{self, Next};
use kestra_admin::migration::plan::{Means, Plan, plan as make_plan};
use kestra_admin::migration::record::{Event, Halt, Record};
use kestra_admin::migration::run_summary::{Asked, Control, Controlled, RunSummary, Surveyed};
use kestra_admin::migration::state::RunState;
use kestra_admin::migration::step::Step;
use kestra_admin::runner::migrations::{Migrations, RunNews, RunWatch};

/// The moment the console started, and at which everything was looked at: 2026-11-26T11:40:00Z.
pub const STARTED_AT: u64 = 1_795_693_200_000;

type Script = Box<dyn FnMut(Step, &Action) -> Outcome + Send>;

/// A run of the fake.
pub struct FakeRun {
    pub id: String,
    pub records: Vec<Record>,
    /// Lines of output, each with the number of the record that began its command.
    pub output: Vec<(u64, String)>,
    pub alive: bool,
    /// What was asked of it while it is at work.
    pub asked: Option<Asked>,
    /// Who is at work on it.
    pub by: String,
}

/// Migrations as a test wants them.
pub struct Fake {
    pub survey: Mutex<Result<Surveyed, Problem>>,
    pub runs: Mutex<Vec<FakeRun>>,
    /// Runs that are listed, and no more.
    pub listed: Mutex<Vec<RunSummary>>,
    pub controls: Mutex<Vec<(String, Control)>>,
    script: Mutex<Script>,
    /// Seconds since [`STARTED_AT`].
    clock: Mutex<u64>,
}

/// The name by which the fake knows us.
pub const US: &str = "ana@jump1";

impl Fake {
    pub fn new(surveyed: Surveyed) -> Arc<Self> {
        Arc::new(Self {
            survey: Mutex::new(Ok(surveyed)),
            runs: Mutex::default(),
            listed: Mutex::default(),
            controls: Mutex::default(),
            script: Mutex::new(Box::new(usual_outcome)),
            clock: Mutex::new(60),
        })
    }

    /// Lets what is done from now on come out like this.
    pub fn script(&self, script: impl FnMut(Step, &Action) -> Outcome + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// Lets the run at work go on until a step is about to begin, or to where it halts.
    pub fn go(&self, until: Option<Step>) {
        let mut runs = self.runs.lock().unwrap();
        let Some(run) = runs.iter_mut().find(|run| run.alive) else {
            panic!("no run is at work");
        };
        loop {
            let state = RunState::of(&run.records).unwrap();
            let event = match machine::next(&state) {
                Next::Begin(step) if until == Some(step) => {
                    self.add(run, Event::StepBegan { step });
                    return;
                }
                Next::Begin(step) => Event::StepBegan { step },
                Next::Do { step, action, .. } | Next::Settle { step, action, .. } => {
                    if state.open.is_none() {
                        let action = action.clone();
                        self.add(run, Event::Intent { step, action });
                    }
                    let outcome = (self.script.lock().unwrap())(step, &action);
                    Event::Outcome { step, action, outcome }
                }
                Next::End { step, ending, words } => Event::StepEnded { step, ending, words },
                Next::Undone { step, words } => Event::StepUndone { step, words },
                Next::Halt { halt, words, problem } => {
                    self.add(run, Event::Halted { halt, words, problem });
                    run.alive = false;
                    return;
                }
            };
            self.add(run, event);
        }
    }

    /// Lets so many actions come out, and the next one begin.
    pub fn act(&self, count: usize) {
        let mut runs = self.runs.lock().unwrap();
        let run = runs.iter_mut().find(|run| run.alive).unwrap();
        for index in 0..=count {
            let mut next = machine::next(&RunState::of(&run.records).unwrap());
            while let Next::Undone { step, words } = next {
                self.add(run, Event::StepUndone { step, words });
                next = machine::next(&RunState::of(&run.records).unwrap());
            }
            let Next::Do { step, action, .. } = next else {
                panic!("nothing is to be done");
            };
            let intent = action.clone();
            self.add(run, Event::Intent { step, action: intent });
            if index < count {
                let outcome = (self.script.lock().unwrap())(step, &action);
                self.add(run, Event::Outcome { step, action, outcome });
            }
        }
    }

    /// Whether a process is at work.
    pub fn is_at_work(&self) -> bool {
        self.runs.lock().unwrap().iter().any(|run| run.alive)
    }

    /// Kills the process at work.
    pub fn kill(&self) {
        for run in self.runs.lock().unwrap().iter_mut() {
            run.alive = false;
        }
    }

    /// Halts the run at work.
    pub fn halt(&self, halt: Halt, words: &str) {
        let mut runs = self.runs.lock().unwrap();
        let run = runs.iter_mut().find(|run| run.alive).unwrap();
        let words = words.to_owned();
        self.add(
            run,
            Event::Halted {
                halt,
                words,
                problem: None,
            },
        );
        run.alive = false;
    }

    /// Writes a line as a command would.
    pub fn write(&self, line: &str) {
        let mut runs = self.runs.lock().unwrap();
        let run = &mut runs[0];
        let runs_command = |record: &&Record| {
            matches!(
                record.event,
                Event::Intent {
                    action: Action::Run { .. },
                    ..
                }
            )
        };
        let writer = run
            .records
            .iter()
            .rev()
            .find(runs_command)
            .map_or(0, |record| record.seq);
        run.output.push((writer, line.to_owned()));
    }

    /// Adds what a process at work says of itself.
    pub fn note(&self, step: Step, words: &str) {
        let mut runs = self.runs.lock().unwrap();
        let words = words.to_owned();
        self.add(&mut runs[0], Event::Note { step, words });
    }

    fn add(&self, run: &mut FakeRun, event: Event) {
        let mut clock = self.clock.lock().unwrap();
        *clock += 3;
        let at = format!("2026-11-26T11:{:02}:{:02}Z", 40 + *clock / 60, *clock % 60);
        let seq = run.records.len() as u64 + 1;
        run.records.push(Record { seq, at, event });
    }

    /// Begins a run of a plan as somebody.
    pub fn begin(&self, plan: &Plan, by: &str) -> String {
        let mut runs = self.runs.lock().unwrap();
        let id = format!("7f3{}", char::from(b'a' + u8::try_from(runs.len()).unwrap()));
        let mut run = FakeRun {
            id: id.clone(),
            records: Vec::new(),
            output: Vec::new(),
            alive: true,
            asked: None,
            by: by.to_owned(),
        };
        self.add(
            &mut run,
            Event::Planned {
                plan: Box::new(plan.clone()),
                hash: plan.hash(),
                by: by.to_owned(),
                program: "0.1.0".to_owned(),
            },
        );
        self.add(&mut run, began(by, None, None));
        runs.insert(0, run);
        id
    }
}

fn began(by: &str, from: Option<Step>, undo_to: Option<Step>) -> Event {
    Event::Began {
        pid: 4711,
        by: by.to_owned(),
        until: None,
        from,
        undo_to,
    }
}

/// A journal that is read from its beginning.
struct Watching {
    fake: Arc<Fake>,
    run: String,
    records: usize,
    output: usize,
    writers: Vec<(u64, usize)>,
}

impl RunWatch for Watching {
    fn news(&mut self) -> Result<RunNews, Problem> {
        let runs = self.fake.runs.lock().unwrap();
        let run = runs
            .iter()
            .find(|run| run.id == self.run)
            .ok_or_else(|| none(&self.run))?;
        let news = RunNews {
            records: run.records[self.records..].to_vec(),
            output: run.output[self.output..].iter().map(|(_, line)| line.clone()).collect(),
            alive: run.alive,
            asked: run.asked.filter(|_| run.alive),
        };
        self.writers = run.output[self.output..]
            .iter()
            .map(|(writer, _)| (*writer, 1))
            .collect();
        (self.records, self.output) = (run.records.len(), run.output.len());
        Ok(news)
    }

    fn writers(&self) -> Vec<(u64, usize)> {
        self.writers.clone()
    }
}

fn none(run: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no run `{run}`."),
        "Its directory is gone.",
        "Look at the list of runs.",
    )
}

/// The fake as the console has it.
pub struct Shared(pub Arc<Fake>);

impl Migrations for Shared {
    fn survey(&self, progress: &mut (dyn FnMut(String) + Send)) -> Result<Surveyed, Problem> {
        for what in ["release and edition", "settings", "who holds what"] {
            progress(what.to_owned());
        }
        self.0.survey.lock().unwrap().clone()
    }

    fn start(&self, plan: &Plan) -> Result<String, Problem> {
        Ok(self.0.begin(plan, US))
    }

    fn runs(&self) -> Result<Vec<RunSummary>, Problem> {
        let (runs, listed) = (self.0.runs.lock().unwrap(), self.0.listed.lock().unwrap());
        Ok(runs.iter().map(summary).chain(listed.iter().cloned()).collect())
    }

    fn watch(&self, run: &str) -> Result<Box<dyn RunWatch>, Problem> {
        Ok(Box::new(Watching {
            fake: Arc::clone(&self.0),
            run: run.to_owned(),
            records: 0,
            output: 0,
            writers: Vec::new(),
        }))
    }

    fn control(&self, run: &str, control: Control) -> Result<Controlled, Problem> {
        self.0.controls.lock().unwrap().push((run.to_owned(), control));
        let mut runs = self.0.runs.lock().unwrap();
        let at = runs.iter_mut().find(|it| it.id == run).ok_or_else(|| none(run))?;
        let (from, undo_to) = match control {
            Control::Stop | Control::Pause if !at.alive => {
                return Ok(Controlled::Nothing(
                    "It has ended; there was nothing to pause.".to_owned(),
                ));
            }
            Control::Stop => {
                at.asked = Some(Asked::Stop);
                return Ok(Controlled::Done("It stops after what it is doing now.".to_owned()));
            }
            Control::Pause => {
                at.asked = Some(Asked::Pause);
                return Ok(Controlled::Done("It pauses after this step.".to_owned()));
            }
            Control::Resume { .. } if at.alive => {
                at.asked = None;
                return Ok(Controlled::Done("It goes on.".to_owned()));
            }
            Control::Resume { from } => (from, None),
            Control::Rollback { to } => (None, Some(to)),
        };
        self.0.add(at, began(US, from, undo_to));
        (at.alive, at.asked) = (true, None);
        let words = if undo_to.is_some() {
            "It is rolled back."
        } else {
            "It goes on."
        };
        Ok(Controlled::Done(words.to_owned()))
    }

    fn operator(&self) -> Option<String> {
        Some(US.to_owned())
    }
}

fn summary(run: &FakeRun) -> RunSummary {
    let state = RunState::of(&run.records).unwrap();
    let position = state.steps.iter().take_while(|step| step.status.is_over()).count();
    RunSummary {
        id: run.id.clone(),
        context: state.plan.context.clone(),
        started_at: state.planned_at.clone(),
        by: run.by.clone(),
        alive: run.alive,
        asked: run.asked.filter(|_| run.alive),
        waits: run.alive && state.awaits_operator(),
        finished: state.is_finished(),
        step: state.current().map(|step| step.step),
        position: (position + 1).min(state.steps.len()),
        steps: state.steps.len(),
        choices: state.plan.choices.clone(),
        words: match &state.halted {
            Some(halted) => halted.words.clone(),
            None => state
                .current()
                .map_or_else(String::new, |step| format!("at {}", step.step)),
        },
    }
}

/// What comes of an action where all goes well.
pub fn usual_outcome(_: Step, action: &Action) -> Outcome {
    match action {
        Action::Inspect => Outcome::done("as it was planned for"),
        Action::Run { command } => Outcome::proved(
            "done",
            Receipt::Ran {
                command: format!("docker compose exec -T kestra /app/kestra {command:?}"),
                exit_code: 0,
                output: "output.log".to_owned(),
                seconds: 9,
                result: None,
            },
        ),
        Action::CopyFile => Outcome::done("copied"),
        Action::Edit { to } => Outcome::proved(
            format!(
                "`application.yml`: enabled {}, default-tenant {}",
                to.enabled, to.default_tenant
            ),
            Receipt::Edited {
                path: "/etc/kestra/application.yml".to_owned(),
                copy: "/etc/kestra/application.yml.20261126".to_owned(),
                before_hash: "a".to_owned(),
                after_hash: format!("{to:?}"),
                before: WrittenSettings::default(),
                diff: if to.default_tenant {
                    vec![
                        "-      enabled: false".to_owned(),
                        "+      enabled: true".to_owned(),
                        "+      default-tenant: true".to_owned(),
                    ]
                } else {
                    vec![
                        "-      default-tenant: true".to_owned(),
                        "+      default-tenant: false".to_owned(),
                    ]
                },
            },
        ),
        Action::AwaitSettings { .. } => Outcome::done("4 of 4 services back; the instance reports it on"),
        Action::CompareAccess => {
            let comparison = Comparison {
                compared: 37,
                ..Comparison::default()
            };
            Outcome::proved(comparison.words(), Receipt::Compared { comparison })
        }
        Action::CreateTenant { tenant } => Outcome::proved(
            format!("`{}` created", tenant.id),
            Receipt::Created {
                id: tenant.id.to_string(),
                name: tenant.name.clone(),
                admin: tenant.admin.clone(),
            },
        ),
        Action::CompareEnd => Outcome::proved(
            "everything is as it was planned",
            Receipt::Told {
                lines: vec!["Settings, tenants and access are as planned.".to_owned()],
            },
        ),
        _ => Outcome::done("done"),
    }
}

/// What is found on a grown instance of release 0.21: everything in the default tenant, and the means to migrate it.
pub fn grown() -> Surveyed {
    let mut access = AccessSnapshot::default();
    for index in 0..37 {
        let name = ["anna", "bob", "carol"]
            .get(index)
            .map_or_else(|| format!("user{index:02}"), |it| (*it).to_owned());
        let held = Held {
            role: "Viewer".to_owned(),
            namespace: None,
            group: None,
        };
        access.holders.insert(name, [held].into());
    }
    Surveyed {
        context: "prod-eu".to_owned(),
        place: "https://kestra.example.com".to_owned(),
        inspection: Inspection {
            taken_at: "2026-11-26T11:40:00Z".to_owned(),
            release: "0.21".parse().unwrap(),
            version: "0.21.4".to_owned(),
            edition: Edition::Enterprise,
            tenancy: Tenancy {
                enabled: false,
                default_tenant: true,
            },
            identity: Identity {
                id: "1".to_owned(),
                username: "anna".to_owned(),
                superadmin: true,
            },
            cannot_create: None,
            file: Some(FoundFile {
                path: "/etc/kestra/application.yml".to_owned(),
                kind: "plain YAML".to_owned(),
                hash: "a".to_owned(),
                enabled: Some(false),
                default_tenant: None,
                enable_diff: vec![
                    "-      enabled: false".to_owned(),
                    "+      enabled: true".to_owned(),
                    "+      default-tenant: true".to_owned(),
                ],
                disable_diff: vec![
                    "-      default-tenant: true".to_owned(),
                    "+      default-tenant: false".to_owned(),
                ],
                cannot_edit: None,
                misspelled: false,
            }),
            configured: Some(Tenancy {
                enabled: false,
                default_tenant: true,
            }),
            environment_wins: None,
            remarks: Vec::new(),
            services: ["WEBSERVER", "EXECUTOR", "SCHEDULER", "WORKER"]
                .map(|kind| FoundService {
                    kind: kind.to_owned(),
                    state: "RUNNING".to_owned(),
                    version: "0.21.4".to_owned(),
                })
                .to_vec(),
            footprint: Footprint {
                flows: Some(214),
                executions: Some(1_204_331),
                namespaces: Some(12),
                triggers: Some(31),
                ..Footprint::default()
            },
            namespaces: [
                ("company.finance", 88),
                ("company.etl", 61),
                ("company.ml", 40),
                ("ops", 25),
            ]
            .map(|(id, flows)| FoundNamespace {
                id: id.to_owned(),
                flows,
            })
            .to_vec(),
            only_here: ["anna", "bob", "carol", "user03"].map(str::to_owned).to_vec(),
            superadmins: 0,
            looked_into: 0,
            sync_unfinished: false,
            access,
            tenants: 0,
            tenant_ids: Vec::new(),
        },
        means: Means {
            command_timeout_seconds: None,
            local: false,
            config_file: Some("/etc/kestra/application.yml".to_owned()),
            kestra_command: ["docker", "compose", "exec", "-T", "kestra", "/app/kestra"]
                .map(str::to_owned)
                .to_vec(),
            restart_command: ["docker", "compose", "up", "-d"].map(str::to_owned).to_vec(),
            stop_command: ["docker", "compose", "stop", "kestra"].map(str::to_owned).to_vec(),
            start_command: ["docker", "compose", "start", "kestra"].map(str::to_owned).to_vec(),
            backup_command: vec!["/usr/local/bin/dump-kestra-db".to_owned()],
            directory: None,
            health_url: Some("http://localhost:8081/health".to_owned()),
            health_timeout_seconds: 300,
            command_words: Vec::new(),
        },
    }
}

/// The same after changing what is found.
pub fn found(change: impl FnOnce(&mut Inspection)) -> Surveyed {
    let mut surveyed = grown();
    change(&mut surveyed.inspection);
    surveyed
}

/// A plan that creates these tenants and keeps the default tenant.
pub fn plan(surveyed: &Surveyed, tenants: &[&str]) -> Plan {
    let choices = Choices {
        tenants: tenants.iter().map(|tenant| tenant.parse().unwrap()).collect(),
        ..Choices::default()
    };
    plan_of(surveyed, choices)
}

/// A plan of these choices.
pub fn plan_of(surveyed: &Surveyed, choices: Choices) -> Plan {
    let (inspection, means) = (surveyed.inspection.clone(), surveyed.means.clone());
    make_plan(&surveyed.context, &surveyed.place, inspection, &means, choices).unwrap()
}
