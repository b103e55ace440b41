//! Scenarios: a server, its files, what goes wrong, what the operator answers, and how it has to end. A file each.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::release::Release;
use kestra_admin::migration::choices::{BackupChoice, Choices, DefaultTenantChoice};
use kestra_admin::migration::engine::Task;
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::runs::Run;
use kestra_admin::migration::state::RunState;
use kestra_admin::migration::step::Step;

use crate::stage::{PROGRAM, Stage};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Scenario {
    /// What it is about.
    about: String,
    release: Release,
    /// Another release that the instance is upgraded to before anything happens.
    upgrade: Option<Release>,
    #[serde(default = "yes")]
    sample: bool,
    /// The settings file; the one of a new instance where none is given.
    file: Option<String>,
    #[serde(default)]
    wanted: Wanted,
    /// Shell scripts in the place of commands; `none` where there is no such command. `"$@"` are their arguments.
    #[serde(default)]
    commands: BTreeMap<String, String>,
    health_url: Option<String>,
    health_timeout_seconds: Option<u32>,
    command_timeout_seconds: Option<u32>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// Why there can be no plan.
    refused: Option<Refused>,
    #[serde(default)]
    act: Vec<Act>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Wanted {
    tenants: Vec<String>,
    disable_default: bool,
    confirm: Option<String>,
    no_backup: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    kind: String,
    says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    /// `run`, `resume`, `rollback`; or `shell`, something that happens meanwhile.
    r#do: String,
    /// The script of `shell`; its working directory is that of the instance.
    script: Option<String>,
    until: Option<Step>,
    from: Option<Step>,
    to: Option<Step>,
    /// How it halts.
    halts: Option<String>,
    /// The step it is at then.
    at: Option<Step>,
    /// What is said then, a part of it.
    says: Option<String>,
    /// Where steps stand afterwards.
    #[serde(default)]
    steps: BTreeMap<String, String>,
    /// What is in the settings file afterwards.
    #[serde(default)]
    file_has: Vec<String>,
    /// Tenants that are there afterwards.
    tenants: Option<Vec<String>>,
    /// What is in the journal and the report nowhere.
    #[serde(default)]
    nowhere: Vec<String>,
}

fn halt_word(halt: Halt) -> String {
    serde_json::to_value(halt).unwrap().as_str().unwrap().to_owned()
}

fn kind_word(kind: ProblemKind) -> String {
    format!("{kind:?}").to_lowercase()
}

fn command(script: &str) -> Vec<String> {
    if script == "none" {
        return Vec::new();
    }
    ["sh", "-c", script, "sh"].map(str::to_owned).to_vec()
}

fn stage(scenario: &Scenario) -> Stage {
    let mut stage = Stage::new(scenario.release, scenario.sample);
    if let Some(release) = scenario.upgrade {
        kestra_admin::backend::local::LocalInstance::upgrade(&stage.directory(), release).unwrap();
    }
    if let Some(text) = &scenario.file {
        std::fs::write(stage.settings(), text).unwrap();
    }
    stage.restart();
    let directory = stage.directory().display().to_string();
    let kestra = format!("'{PROGRAM}' migrate on-store --directory '{directory}' -- \"$@\"");
    let means = &mut stage.site.means;
    for (name, script) in &scenario.commands {
        let script = script
            .replace("%kestra%", &kestra)
            .replace("%restart%", "echo again >> '%directory%/restarted'")
            .replace("%directory%", &directory);
        let words = command(&script);
        match name.as_str() {
            "kestra" => means.kestra_command = words,
            "restart" => means.restart_command = words,
            "stop" => means.stop_command = words,
            "start" => means.start_command = words,
            "backup" => means.backup_command = words,
            other => panic!("there is no command `{other}`"),
        }
    }
    means.health_url.clone_from(&scenario.health_url);
    if let Some(seconds) = scenario.health_timeout_seconds {
        means.health_timeout_seconds = seconds;
    }
    means.command_timeout_seconds = scenario.command_timeout_seconds;
    let variables = scenario.variables.clone();
    stage.site.variable = std::sync::Arc::new(move |name| variables.get(name).cloned());
    stage
}

fn choices(wanted: &Wanted) -> Choices {
    Choices {
        tenants: wanted.tenants.iter().map(|text| text.parse().unwrap()).collect(),
        backup: if wanted.no_backup {
            BackupChoice::Nothing
        } else {
            BackupChoice::All
        },
        default_tenant: if wanted.disable_default {
            DefaultTenantChoice::Disable
        } else {
            DefaultTenantChoice::Keep
        },
        confirmed: wanted.confirm.clone(),
    }
}

fn play(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let about = format!("{}: {}", file.file_stem().unwrap().to_string_lossy(), scenario.about);
    let stage = stage(&scenario);
    let planned = stage.plan(choices(&scenario.wanted));
    if let Some(refused) = &scenario.refused {
        let problem = planned.expect_err(&about);
        assert_eq!(kind_word(problem.kind), refused.kind, "{about}: {problem}");
        assert!(problem.to_string().contains(&refused.says), "{about}: {problem}");
        return;
    }
    let plan = planned.unwrap_or_else(|problem| panic!("{about}: {problem}"));
    let run = stage.create(&plan);
    for (number, act) in scenario.act.iter().enumerate() {
        let at = format!("{about}, act {}", number + 1);
        perform(&stage, &run, act, &at);
    }
}

fn perform(stage: &Stage, run: &Run, act: &Act, at: &str) {
    let task = match act.r#do.as_str() {
        "shell" => {
            let script = act.script.as_deref().expect(at).replace("%program%", PROGRAM);
            let done = std::process::Command::new("sh")
                .args(["-c", &script])
                .current_dir(stage.directory())
                .status()
                .unwrap();
            assert!(done.success(), "{at}");
            return;
        }
        "run" | "resume" => Task {
            until: act.until,
            from: act.from,
            undo_to: None,
        },
        "rollback" => Task {
            undo_to: Some(act.to.unwrap_or(Step::Inspect)),
            ..Task::default()
        },
        other => panic!("{at}: nobody can do `{other}`"),
    };
    let halt = stage
        .carry_out(run, task)
        .unwrap_or_else(|problem| panic!("{at}: {problem}"));
    let state = run.state().unwrap();
    let told = told(&state);
    if let Some(halts) = &act.halts {
        assert_eq!(&halt_word(halt), halts, "{at}: {told}");
    }
    if let Some(step) = act.at {
        assert_eq!(state.current().map(|it| it.step), Some(step), "{at}: {told}");
    }
    if let Some(says) = &act.says {
        assert!(told.contains(says), "{at}: {told}");
    }
    for (step, status) in &act.steps {
        let found = state.step(step.parse().unwrap()).map(|it| it.status.word());
        assert_eq!(found, Some(status.as_str()), "{at}, {step}: {told}");
    }
    let settings = std::fs::read_to_string(stage.settings()).unwrap();
    for line in &act.file_has {
        assert!(settings.contains(line.as_str()), "{at}: {line:?} is not in\n{settings}");
    }
    if let Some(tenants) = &act.tenants {
        assert_eq!(&tenant_ids(stage), tenants, "{at}");
    }
    for secret in &act.nowhere {
        for file in files_below(run.directory()) {
            let bytes = std::fs::read(&file).unwrap();
            // What was ordered is for this account alone and has to hold the operator's own command.
            if file.extension().is_some_and(|end| end == "order") {
                continue;
            }
            let text = String::from_utf8_lossy(&bytes);
            assert!(
                !text.contains(secret.as_str()),
                "{at}: {secret} is in {}",
                file.display()
            );
        }
    }
}

fn told(state: &RunState) -> String {
    let halted = state.halted.as_ref().unwrap();
    let problem = halted.problem.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{}\n{problem}", halted.words)
}

fn tenant_ids(stage: &Stage) -> Vec<String> {
    use kestra_admin::backend::Backend;
    use kestra_admin::domain::query::Query;

    crate::stage::block_on(async {
        let page = stage.instance().tenants(&Query::first(1000)).await.unwrap();
        page.rows
            .into_iter()
            .map(|row| row.tenant.id.as_str().to_owned())
            .collect()
    })
}

fn files_below(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_scenario_ends_as_it_says() {
    let mut files: Vec<_> = std::fs::read_dir("tests/migration/scenarios")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 20, "only {} scenarios were found", files.len());
    let only = std::env::var("SCENARIO").ok();
    let chosen = files
        .iter()
        .filter(|file| only.as_ref().is_none_or(|only| file.to_string_lossy().contains(only)));
    let mut failed = Vec::new();
    for file in chosen {
        // Each says by itself what went wrong; all of them are heard.
        if std::panic::catch_unwind(|| play(file)).is_err() {
            failed.push(file.display().to_string());
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
