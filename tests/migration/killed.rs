//! Killed after any record, before or after what the record announces was done: whoever resumes comes to the same end,
//! and each change was made once.

use std::collections::BTreeMap;
use std::path::Path;

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::migration::action::Action;
use kestra_admin::migration::choices::{Choices, DefaultTenantChoice};
use kestra_admin::migration::engine::{Pen, Task};
use kestra_admin::migration::journal::{Follower, Journal};
use kestra_admin::migration::machine::{self, Next};
use kestra_admin::migration::record::{Event, Halt, Record};
use kestra_admin::migration::runs::Run;
use kestra_admin::migration::step::Step;

use crate::stage::{CONTEXT, Stage, block_on};

/// A pen that breaks after some records, and with it whoever writes with it.
pub struct Breaking {
    pub journal: Journal,
    pub left: usize,
}

fn broken() -> Problem {
    Problem::new(ProblemKind::Failed, "Killed.", "The test says so.", "Resume.")
}

impl Pen for Breaking {
    fn add(&mut self, at: &str, event: Event) -> Result<Record, Problem> {
        if self.left == 0 {
            return Err(broken());
        }
        self.left -= 1;
        self.journal.add(at, event)
    }
}

pub fn choices() -> Choices {
    Choices {
        tenants: vec!["dev=Development".parse().unwrap(), "prod".parse().unwrap()],
        default_tenant: DefaultTenantChoice::Disable,
        confirmed: Some(CONTEXT.to_owned()),
        ..Choices::default()
    }
}

/// What counts at the end: the file, how often each tenant was created according to the instance's own audit log, and who
/// holds what in it.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    settings: String,
    creations: BTreeMap<String, usize>,
    bindings: BTreeMap<String, Vec<String>>,
}

/// What counts at the end of an instance and its settings file, of these tenants.
pub fn end_of(instance: &LocalInstance, settings: &Path, tenants: &[&str]) -> End {
    let mut creations = BTreeMap::new();
    for entry in instance.audit_log(10_000).unwrap() {
        if let Some(tenant) = created(&format!("{entry:?}"), tenants) {
            *creations.entry(tenant).or_default() += 1;
        }
    }
    let bindings = tenants
        .iter()
        .map(|id| {
            let scope = TenantScope::Named(id.parse().unwrap());
            let page = block_on(instance.bindings(&scope, &Query::first(1000))).unwrap();
            let held = page
                .rows
                .iter()
                .map(|it| format!("{} {}", it.subject_name, it.role_name));
            ((*id).to_owned(), held.collect())
        })
        .collect();
    End {
        settings: std::fs::read_to_string(settings).unwrap(),
        creations,
        bindings,
    }
}

fn end(stage: &Stage) -> End {
    end_of(&stage.instance(), &stage.settings(), &TENANTS)
}

const TENANTS: [&str; 2] = ["dev", "prod"];

/// The tenant that an entry of the audit log says was created.
fn created(entry: &str, tenants: &[&str]) -> Option<String> {
    let tenant = tenants.iter().find(|id| entry.contains(&format!("\"{id}\"")))?;
    (entry.contains("\"TENANT\"") && entry.contains("CREATE")).then(|| (*tenant).to_owned())
}

pub fn fresh() -> tempfile::TempDir {
    let stage = Stage::new(Release::new(0, 21), true);
    drop(stage.instance());
    let home = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(stage.directory()).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            std::fs::copy(entry.path(), home.path().join(entry.file_name())).unwrap();
        }
    }
    home
}

fn records_of_a_whole_run(fresh: &Path) -> (usize, End) {
    let stage = Stage::copy_of(fresh);
    let run = stage.create(&stage.plan(choices()).unwrap());
    assert_eq!(stage.carry_out(&run, Task::default()).unwrap(), Halt::Fulfilled);
    let records = Follower::new(&run.journal()).read().unwrap();
    (records.len(), end(&stage))
}

/// A run that was killed after `after` records, the first being the plan.
fn killed(fresh: &Path, after: usize) -> (Stage, Run) {
    let stage = Stage::copy_of(fresh);
    let run = stage.create(&stage.plan(choices()).unwrap());
    let killed = stage.carry_out_with(&run, Task::default(), |journal| {
        Box::new(Breaking {
            journal,
            left: after - 1,
        })
    });
    assert_eq!(killed.unwrap_err().what, "Killed.", "after {after}");
    (stage, run)
}

/// Kills after `after` records, the first being the plan, and lets another process go on.
fn killed_after(fresh: &Path, after: usize, expected: &End) {
    let (stage, run) = killed(fresh, after);
    assert_eq!(
        stage.carry_out(&run, Task::default()).unwrap(),
        Halt::Fulfilled,
        "after {after}"
    );
    assert_eq!(&end(&stage), expected, "killed after record {after}");
    // Every receipt is there, whoever wrote it: all of it can be undone.
    let undo = Task {
        undo_to: Some(Step::Inspect),
        ..Task::default()
    };
    assert_eq!(stage.carry_out(&run, undo).unwrap(), Halt::RolledBack, "after {after}");
    let settings = std::fs::read(stage.settings()).unwrap();
    assert_eq!(
        settings,
        std::fs::read(fresh.join("application.yml")).unwrap(),
        "after {after}"
    );
    assert!(!stage.instance().tenancy().enabled, "after {after}");
}

/// Kills right after an intent was written, before anything was done about it.
fn killed_before_acting(fresh: &Path, after: usize, expected: &End) {
    let (stage, run) = killed(fresh, after);
    // The next record is an intent if the machine says so; it is written here, and nothing is done.
    let state = run.state().unwrap();
    let Next::Do { step, action, .. } = machine::next(&state) else {
        return;
    };
    if state.open.is_some() {
        return;
    }
    let (mut journal, _) = Journal::open(&run.journal()).unwrap();
    journal
        .add("2026-11-26T12:00:01Z", Event::Intent { step, action })
        .unwrap();
    drop(journal);
    assert_eq!(
        stage.carry_out(&run, Task::default()).unwrap(),
        Halt::Fulfilled,
        "intent after {after}"
    );
    assert_eq!(&end(&stage), expected, "killed before acting, after record {after}");
}

/// Kills after `after` records, and undoes everything instead of going on.
fn killed_and_undone(fresh: &Path, after: usize, _: &End) {
    let (stage, run) = killed(fresh, after);
    let undo = Task {
        undo_to: Some(Step::Inspect),
        ..Task::default()
    };
    assert_eq!(stage.carry_out(&run, undo).unwrap(), Halt::RolledBack, "after {after}");
    let settings = std::fs::read(stage.settings()).unwrap();
    assert_eq!(
        settings,
        std::fs::read(fresh.join("application.yml")).unwrap(),
        "undone after record {after}"
    );
    let left = tenants_left(&stage);
    assert!(left.is_empty(), "undone after record {after}: {left:?}");
}

pub fn tenants_left(stage: &Stage) -> Vec<String> {
    // What is counted needs multi-tenancy to be seen.
    let instance = stage.instance().with_tenancy_on().unwrap();
    let page = block_on(instance.tenants(&Query::first(1000))).unwrap();
    page.rows.iter().map(|row| row.tenant.id.to_string()).collect()
}

fn each(check: impl Fn(&Path, usize, &End) + Sync) {
    let fresh = fresh();
    let (count, expected) = records_of_a_whole_run(fresh.path());
    assert!(count > 30, "{count} records");
    assert_eq!(expected.creations.values().sum::<usize>(), 2, "{expected:?}");
    assert!(expected.bindings.values().all(|held| held.len() == 1), "{expected:?}");
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (check, fresh, expected) = (&check, fresh.path(), &expected);
            scope.spawn(move || {
                for after in (1..count).filter(|after| after % 2 == half) {
                    check(fresh, after, expected);
                }
            });
        }
    });
}

#[test]
fn killed_after_any_record_it_comes_to_the_same_end() {
    each(killed_after);
}

#[test]
fn killed_before_any_action_it_comes_to_the_same_end() {
    each(killed_before_acting);
}

#[test]
fn killed_after_any_record_all_of_it_can_be_undone() {
    each(killed_and_undone);
}

/// A pen that breaks as soon as it has written that a tenant is about to be created.
struct BreakingAtCreation(Journal);

impl Pen for BreakingAtCreation {
    fn add(&mut self, at: &str, event: Event) -> Result<Record, Problem> {
        let record = Pen::add(&mut self.0, at, event)?;
        let is_creation = matches!(
            record.event,
            Event::Intent {
                action: Action::CreateTenant { .. },
                ..
            }
        );
        if is_creation { Err(broken()) } else { Ok(record) }
    }
}

/// Killed after a tenant was created, and before anybody became its admin.
fn killed_between_tenant_and_admin(fresh: &Path) -> (Stage, Run) {
    let stage = Stage::copy_of(fresh);
    let run = stage.create(&stage.plan(choices()).unwrap());
    let killed = stage.carry_out_with(&run, Task::default(), |journal| Box::new(BreakingAtCreation(journal)));
    assert_eq!(killed.unwrap_err().what, "Killed.");
    let new = NewTenant {
        tenant: Tenant::new("dev".parse().unwrap(), "Development"),
        admin: None,
    };
    block_on(stage.instance().create_tenant(&new)).unwrap();
    (stage, run)
}

#[test]
fn killed_between_a_tenant_and_its_admin_it_comes_to_the_same_end() {
    let fresh = fresh();
    let (_, expected) = records_of_a_whole_run(fresh.path());
    let (stage, run) = killed_between_tenant_and_admin(fresh.path());
    assert_eq!(stage.carry_out(&run, Task::default()).unwrap(), Halt::Fulfilled);
    assert_eq!(end(&stage), expected);
    let (stage, run) = killed_between_tenant_and_admin(fresh.path());
    let undo = Task {
        undo_to: Some(Step::Inspect),
        ..Task::default()
    };
    assert_eq!(stage.carry_out(&run, undo).unwrap(), Halt::RolledBack);
    assert!(tenants_left(&stage).is_empty(), "{:?}", tenants_left(&stage));
}

#[test]
fn one_that_was_killed_before_it_did_anything_is_not_meant_once_another_has_done_its_work() {
    let stage = Stage::new(Release::new(0, 21), true);
    let plan = stage.plan(choices()).unwrap();
    // Both within the same second, and the first one by its id, too.
    let killed = stage.create(&plan);
    let usual = || stage.runs().usual().unwrap().0.id;
    assert_eq!(usual(), killed.id);
    let run = stage.create(&plan);
    assert_eq!(stage.carry_out(&run, Task::default()).unwrap(), Halt::Fulfilled);
    assert_eq!(stage.runs().list()[0].0.id, run.id);
    assert_eq!(usual(), run.id);
}
