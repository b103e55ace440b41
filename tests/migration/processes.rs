//! The real program: runs that are killed at any moment, two at once, one that is stopped.

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use kestra_admin::migration::run_summary::Asked;

use crate::desk::{Desk, is_halted, kill, said};
use crate::stage::CONTEXT;

const RUN: [&str; 9] = [
    "migrate",
    "run",
    "--tenant",
    "dev",
    "--disable-default",
    "--confirm",
    "lab",
    "--no-backup",
    "--yes",
];

/// Kills the process at work, and whoever follows it, when its journal has so many records; goes on until it is done.
fn killed_when(records: usize) {
    let desk = Desk::new();
    let mut follower = desk
        .command(&RUN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let seen = desk.wait_for("the record", |journal| journal.len() >= records || is_halted(journal));
    if let Some(pid) = Desk::worker(&seen) {
        kill(pid);
    }
    follower.kill().unwrap();
    follower.wait().unwrap();
    let finished = desk.run(&["migrate", "resume"]);
    let told = said(&finished);
    assert!(
        finished.status.success() || (is_halted(&seen) && told.contains("is at its end")),
        "killed at {records}: {told}"
    );
    assert!(desk.settings().contains("enabled: true"), "killed at {records}");
    assert!(desk.settings().contains("default-tenant: false"), "killed at {records}");
    let listed = desk.run(&["tenants", "list", "-o", "csv"]);
    let rows = String::from_utf8_lossy(&listed.stdout)
        .lines()
        .filter(|row| row.starts_with("dev,"))
        .count();
    assert_eq!(rows, 1, "killed at {records}");
}

#[test]
fn a_run_that_is_killed_at_any_moment_goes_on_to_the_same_end() {
    // Every moment takes long; each submission looks at some of them. `KILLS` looks at as many as you like.
    let kills: usize = std::env::var("KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(6);
    for number in 0..kills {
        killed_when(2 + number * 38 / kills.max(1));
    }
}

#[test]
fn somebody_who_does_not_exist_is_found_before_a_run_is_made() {
    let desk = Desk::new();
    for command in [
        &["migrate", "plan", "--tenant", "dev:nobody"][..],
        &["migrate", "run", "--tenant", "dev:nobody", "--no-backup", "--dry-run"],
        &["migrate", "run", "--tenant", "dev:nobody", "--no-backup", "--yes"],
    ] {
        let refused = desk.run(command);
        assert_eq!(refused.status.code(), Some(4), "{command:?}: {}", said(&refused));
        assert!(
            said(&refused).contains("There is no user `nobody`."),
            "{}",
            said(&refused)
        );
    }
    let made = desk.runs().and_then(|runs| runs.usual());
    assert!(made.is_none(), "no run was made");
}

#[test]
fn the_commands_that_a_run_names_lead_to_its_instance() {
    let desk = Desk::new();
    let words = format!("`kestra-admin --store {CONTEXT} migrate ");
    let none = desk.run(&["migrate", "attach"]);
    assert!(said(&none).contains(&format!("{words}run`")), "{}", said(&none));
    let plan = desk.run(&["migrate", "plan", "--no-backup"]);
    let plan = String::from_utf8_lossy(&plan.stdout).into_owned();
    assert!(plan.contains(&format!("{words}rollback`")), "{plan}");
}

#[test]
fn one_run_at_a_time_and_others_may_look() {
    let desk = Desk::new();
    let mut first = desk
        .command(&RUN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let records = desk.wait_for("the worker", |journal| Desk::worker(journal).is_some());
    let stopped = rustix::process::Pid::from_raw(i32::try_from(Desk::worker(&records).unwrap()).unwrap()).unwrap();
    // It holds still, so that it surely is at work when the second one comes; the instance may be locked by it meanwhile.
    rustix::process::kill_process(stopped, rustix::process::Signal::STOP).unwrap();
    let second = desk.run(&RUN);
    assert_eq!(second.status.code(), Some(5), "{}", said(&second));
    assert!(said(&second).contains("at work"), "{}", said(&second));
    let listed = desk.run(&["migrate", "status", "-o", "json"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("\"alive\":true"));
    rustix::process::kill_process(stopped, rustix::process::Signal::CONT).unwrap();
    assert!(first.wait().unwrap().success());
    let attached = desk.run(&["migrate", "attach"]);
    assert!(attached.status.success(), "{}", said(&attached));
    assert!(
        said(&attached).contains("The plan is fulfilled."),
        "{}",
        said(&attached)
    );
}

#[test]
fn who_is_at_work_is_said_at_once_though_it_keeps_the_instance_locked() {
    let desk = Desk::new();
    let first = desk.run(&["migrate", "run", "--until", "inspect", "--no-backup", "--yes"]);
    assert!(first.status.success(), "{}", said(&first));
    let runs = desk.runs().unwrap();
    let (run, _) = runs.usual().unwrap();
    let _at_work = runs.take(&run).unwrap();
    let database = rusqlite::Connection::open(desk.directory().join("instance.db")).unwrap();
    database
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")
        .unwrap();
    for command in [&RUN[..], &["migrate", "run", "--tenant", "dev", "--no-backup", "--yes"]] {
        let refused = desk.run(command);
        assert_eq!(refused.status.code(), Some(5), "{command:?}: {}", said(&refused));
        assert!(said(&refused).contains("at work"), "{}", said(&refused));
    }
    let status = desk.run(&["migrate", "status"]);
    assert!(status.status.success(), "{}", said(&status));
}

#[test]
fn a_rollback_that_is_only_being_started_is_stopped_and_one_that_is_not_at_work_is_not() {
    let desk = Desk::new();
    let answer = |words: &[&str]| {
        let output = desk.run(words);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    answer(&["migrate", "run", "--until", "enable", "--no-backup", "--yes"]);
    assert!(answer(&["migrate", "stop"]).contains("is not at work; there was nothing to stop"));
    let paused = answer(&["migrate", "stop", "--after-step"]);
    assert!(
        paused.contains("is not at work; there was nothing to pause"),
        "{paused}"
    );
    answer(&["migrate", "resume"]);
    assert!(answer(&["migrate", "stop"]).contains("has ended; there was nothing to stop"));
    let (run, state) = desk.runs().unwrap().usual().unwrap();
    assert!(state.is_finished() && run.asked().is_none());
    // At work again, though nothing is written of that yet.
    let runs = desk.runs().unwrap();
    let at_work = runs.take(&run).unwrap();
    assert!(answer(&["migrate", "stop", "--after-step"]).contains("stops before it does anything more"));
    assert_eq!(run.asked(), Some(Asked::Pause));
    drop(at_work);
    // No stop is told to be heard and forgotten then.
    let is_told = Cell::new(false);
    let starting = run.starting(|| {
        if run.is_starting() {
            run.ask(Asked::Stop).unwrap();
            is_told.set(true);
        }
        false
    });
    assert!(starting.unwrap().is_some() && run.asked().is_some() == is_told.get());
    // As if it were just being set to work: what is asked of it now is heard by the process that comes.
    let starting = run.starting(|| false).unwrap().unwrap();
    assert!(answer(&["migrate", "stop"]).contains("stops before it does anything more"));
    let undone = desk.run(&["migrate", "rollback", "--yes"]);
    assert!(said(&undone).contains("It was stopped"), "{}", said(&undone));
    assert!(desk.settings().contains("enabled: true"));
    drop(starting);
    // It was asked of that one alone.
    answer(&["migrate", "resume"]);
    assert!(desk.settings().contains("enabled: false"));
}

#[test]
fn what_a_run_that_was_rolled_back_has_not_done_is_told_as_not_done() {
    let desk = Desk::new();
    for words in [
        &[
            "migrate",
            "run",
            "--tenant",
            "dev",
            "--until",
            "enable",
            "--no-backup",
            "--yes",
        ][..],
        &["migrate", "rollback", "--yes"],
    ] {
        let output = desk.run(words);
        assert!(output.status.success(), "{}", said(&output));
    }
    let (run, _) = desk.runs().unwrap().usual().unwrap();
    for words in [&["migrate", "status", &run.id][..], &["migrate", "report", &run.id]] {
        let told = String::from_utf8_lossy(&desk.run(words).stdout).into_owned();
        assert!(told.contains("create-tenants") && told.contains("not done"), "{told}");
        assert!(!told.contains("pending"), "{told}");
    }
}

#[test]
fn a_run_whose_process_was_killed_is_told_as_cut_off_with_the_command_that_goes_on() {
    let desk = Desk::new();
    let done = desk.run(&["migrate", "run", "--until", "enable", "--no-backup", "--yes"]);
    assert!(done.status.success(), "{}", said(&done));
    let (run, _) = desk.runs().unwrap().usual().unwrap();
    // As its journal was in the middle of a step.
    let journal = run.directory().join("journal.ndjson");
    let text = std::fs::read_to_string(&journal).unwrap();
    let began = |line: &&str| line.contains("step-began") && line.contains("\"enable\"");
    let records = text.lines().position(|line| began(&line)).unwrap() + 1;
    let left: Vec<&str> = text.lines().take(records).collect();
    std::fs::write(&journal, left.join("\n") + "\n").unwrap();

    let resume = format!("migrate resume {}", run.id);
    let told = String::from_utf8_lossy(&desk.run(&["migrate", "status", &run.id]).stdout).into_owned();
    assert!(told.contains("It was cut off.") && told.contains(&resume), "{told}");
    assert!(told.contains("halted: ") && !told.contains("running"), "{told}");
    assert!(told.contains("skipped: none was asked for"), "{told}");
    let json = desk.run(&["migrate", "status", &run.id, "-o", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["cutOff"], true);
    assert!(json["resume"].as_str().unwrap().ends_with(&resume), "{json}");
    let status = |step: &str| {
        let steps = json["steps"].as_array().unwrap();
        let step = steps.iter().find(|row| row["step"] == step).unwrap();
        step["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        ["inspect", "enable", "restart", "create-tenants"].map(status),
        ["done", "halted", "pending", "skipped"]
    );
    let report = String::from_utf8_lossy(&desk.run(&["migrate", "report", &run.id]).stdout).into_owned();
    assert!(report.contains("- Outcome: cut off at enable"), "{report}");
    assert!(
        report.contains("- create-tenants: skipped, none was asked for"),
        "{report}"
    );
    assert!(report.contains("- enable: halted, "), "{report}");

    let resumed = desk.run(&["migrate", "resume", &run.id]);
    assert!(resumed.status.success(), "{}", said(&resumed));
    let json = desk.run(&["migrate", "status", &run.id, "-o", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&json["cutOff"], json.get("resume")),
        (&serde_json::Value::Bool(false), None)
    );
}

#[test]
fn whoever_resumes_a_run_at_work_follows_it_and_takes_no_stop_back() {
    let desk = Desk::new();
    let first = desk.run(&["migrate", "run", "--until", "inspect", "--no-backup", "--yes"]);
    assert!(first.status.success(), "{}", said(&first));
    let runs = desk.runs().unwrap();
    let (run, _) = runs.usual().unwrap();
    let at_work = runs.take(&run).unwrap();
    run.ask(Asked::Stop).unwrap();
    let mut second = desk
        .command(&["migrate", "resume"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(second.stderr.take().unwrap()).lines();
    let told = lines.next().unwrap().unwrap();
    assert!(told.contains("is at work already, and is followed."), "{told}");
    assert!(
        told.contains("It stops after what it is doing, as somebody asked."),
        "{told}"
    );
    assert_eq!(run.asked(), Some(Asked::Stop));
    drop(at_work);
    assert!(second.wait().unwrap().success());
    assert_eq!(run.asked(), Some(Asked::Stop));
}

#[test]
fn a_run_is_stopped_and_resumed() {
    let desk = Desk::new();
    let mut first = desk
        .command(&RUN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    desk.wait_for("the worker", |journal| Desk::worker(journal).is_some());
    let answer = desk.run(&["migrate", "stop", "-o", "json"]);
    assert!(answer.status.success(), "{}", said(&answer));
    first.wait().unwrap();
    let resumed = desk.run(&["migrate", "resume"]);
    let told = said(&resumed);
    assert!(resumed.status.success() || told.contains("is at its end"), "{told}");
    assert!(desk.settings().contains("default-tenant: false"));
    // Whichever copy the run left, it is called as `config set-tenancy` calls its own.
    let (run, _) = desk.runs().unwrap().usual().unwrap();
    let copies: Vec<String> = [desk.directory(), run.directory().to_owned()]
        .iter()
        .flat_map(|directory| std::fs::read_dir(directory).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".bak") || name.starts_with("before-"))
        .collect();
    assert!(copies.len() >= 2, "{copies:?}");
    let is_stamped = |name: &String| {
        let stamp = name
            .strip_prefix("application.yml.")
            .and_then(|rest| rest.strip_suffix(".bak"));
        stamp
            .and_then(|stamp| stamp.split_once('-'))
            .is_some_and(|(time, number)| {
                time.len() == "20260131T120000Z".len() && time.ends_with('Z') && number.parse::<u64>().is_ok()
            })
    };
    assert!(copies.iter().all(is_stamped), "{copies:?}");
    let undone = desk.run(&["migrate", "rollback", "--yes"]);
    assert!(undone.status.success(), "{}", said(&undone));
    assert!(desk.settings().contains("enabled: false"));
    let report = desk.run(&["migrate", "report"]);
    let text = String::from_utf8_lossy(&report.stdout).into_owned();
    assert!(text.contains("# Report: migration of lab to multi-tenancy"), "{text}");
    assert!(text.contains("- enable: undone, "), "{text}");
}
