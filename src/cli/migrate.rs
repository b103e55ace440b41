//! `migrate`: the same engine as the console's guide, for scripts.
//!
//! Looking happens here; carrying out happens in another process ([`crate::migrations`]), and these commands follow it.

use serde_json::{Value, json};

use super::args_migrate::{MigrateVerb, RunFlags};
use super::checks;
use super::failure::Failure;
use super::format::Format;
use super::kept::Kept;
use super::list::no_rows;
use super::migrate_follow::{CUT_OFF, follow, resuming};
use super::migrate_plan::{planned, show_plan};
use super::migrate_would::{print_would, would_do, would_undo};
use super::printer::{Column, Layout};
use super::prompt;
use super::rehearsal;
use super::request;
use super::session::Session;
use crate::domain::columns::RUN_COLUMNS;
use crate::domain::count::counted;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::shaped::value_of;
use crate::migration::engine::{DUMP, Task, keeper};
use crate::migration::findings;
use crate::migration::machine::undo_actions;
use crate::migration::plan_text;
use crate::migration::report;
use crate::migration::run_summary::{Asked, Control, Controlled, RunSummary};
use crate::migration::step::{Route, Step};
use crate::migrations::{Desk, READY, rolled_back_already};
use crate::rehearsal::kestra_command;
use crate::runner::migrations::Migrations;

/// Carries a verb out. Blocks.
pub fn run(session: &mut Session<'_>, verb: &MigrateVerb) -> Result<(), Failure> {
    let desk = session.desk();
    carry_out(session, &desk, verb).map_err(|failure| match failure {
        Failure::Problem(problem) => Failure::Problem(desk.led(problem)),
        failure => failure,
    })
}

fn carry_out(session: &mut Session<'_>, desk: &Desk, verb: &MigrateVerb) -> Result<(), Failure> {
    match verb {
        MigrateVerb::Check => check(session, desk),
        MigrateVerb::Plan { wanted } => {
            let plan = planned(session, desk, wanted)?;
            show_plan(session, &plan)
        }
        MigrateVerb::Run(flags) => begin(session, desk, flags),
        MigrateVerb::Status { run, kept } => match run {
            Some(run) => status(session, desk, run),
            None => list(session, desk, kept),
        },
        MigrateVerb::Attach { run } => {
            let (run, _) = desk.find(run.as_deref())?;
            follow(session, desk, &run, 0)
        }
        MigrateVerb::Resume {
            run,
            from,
            until,
            dry_run,
            yes,
        } => {
            let task = Task {
                from: *from,
                until: *until,
                ..Task::default()
            };
            resume(session, desk, run.as_deref(), task, *dry_run, *yes)
        }
        MigrateVerb::Stop {
            run,
            after_step,
            dry_run,
        } => stop(session, desk, run.as_deref(), *after_step, *dry_run),
        MigrateVerb::Rollback { run, to, dry_run, yes } => {
            roll_back(session, desk, run.as_deref(), *to, *dry_run, *yes)
        }
        MigrateVerb::Report { run } => {
            let (run, _) = desk.find(run.as_deref())?;
            // Who is not at work any more has written down why by then.
            let at_work = desk.is_alive(&run);
            let state = run.state()?;
            match session.printer.format() {
                Format::Table => session
                    .printer
                    .text(visible_text(&report::markdown(&state, &run.id, at_work)).as_bytes()),
                _ => print_json(session, &report::json(&state, &run.id, at_work)),
            }
        }
        MigrateVerb::Work {
            run,
            until,
            from,
            undo_to,
        } => {
            let task = Task {
                until: *until,
                from: *from,
                undo_to: *undo_to,
            };
            // What follows the run tells how it went; here only whether there was anything to tell.
            desk.work(run, task, &mut || {
                // Whoever started it may be gone already.
                let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{READY}\n").as_bytes());
            })?;
            Ok(())
        }
        MigrateVerb::Keep { directory, name } => Ok(keeper::keep(directory, name, session.input.reader)?),
        MigrateVerb::OnStore { directory, arguments } if *arguments == [DUMP] => {
            rehearsal::dump(&mut session.printer, directory)
        }
        MigrateVerb::OnStore { directory, arguments } => {
            let (output, errors) = session.printer.streams()?;
            match kestra_command::run(directory, arguments, output, errors)? {
                0 => Ok(()),
                code => Err(Failure::Exit(code)),
            }
        }
    }
}

fn resume(
    session: &mut Session<'_>,
    desk: &Desk,
    run: Option<&str>,
    task: Task,
    dry_run: bool,
    yes: bool,
) -> Result<(), Failure> {
    if !dry_run {
        session.allow_change(yes)?;
    }
    let (run, state) = desk.find(run)?;
    check_steps(state.plan.route, [task.from, task.until])?;
    if dry_run {
        let rows = match desk.resumes(&run, &state, task)? {
            None => {
                let what = ("leave unchanged", format!("run `{}`, which is at work already", run.id));
                return request::print_deeds(&mut session.printer, &[what]);
            }
            Some(Task { undo_to: Some(to), .. }) => would_undo(&state, to),
            Some(task) => would_do(&state.plan, task, &|step| {
                Some(state.step(step)?.status).filter(|status| status.is_over())
            }),
        };
        return print_would(session, &rows, &[]);
    }
    let launched = desk.resume(&run, &state, task)?;
    if !launched {
        let halts = match run.asked() {
            Some(Asked::Stop) => " It stops after what it is doing, as somebody asked.",
            Some(Asked::Pause) => " It stops after this step, as somebody asked.",
            None => "",
        };
        let text = format!("Run `{}` is at work already, and is followed.{halts}", run.id);
        session.printer.say(&text);
    }
    let followed = follow(session, desk, &run, state.seq);
    let now = run.state()?;
    if launched || now.halted.is_some() {
        return followed;
    }
    // Who was at work on it was only just dying.
    desk.resume(&run, &now, task)?;
    follow(session, desk, &run, now.seq)
}

fn stop(
    session: &mut Session<'_>,
    desk: &Desk,
    run: Option<&str>,
    after_step: bool,
    dry_run: bool,
) -> Result<(), Failure> {
    if !dry_run {
        // Who may not change anything there may not stop a change either; a protected context need not be unlocked for it.
        session.allow_change(true)?;
    }
    let (run, _) = desk.find(run)?;
    if dry_run {
        let what = match (desk.is_heard(&run), after_step) {
            (false, _) => ("leave unchanged", format!("run `{}`, which is not at work", run.id)),
            (true, true) => ("stop", format!("run `{}` after this step", run.id)),
            (true, false) => ("stop", format!("run `{}` after what it is doing", run.id)),
        };
        return request::print_deeds(&mut session.printer, &[what]);
    }
    let control = if after_step { Control::Pause } else { Control::Stop };
    let words = desk.control(&run.id, control)?.words().to_owned();
    session.printer.object(
        &[("run".to_owned(), run.id.clone()), ("answer".to_owned(), words.clone())],
        &json!({"run": run.id, "answer": words}),
    )
}

/// Text of several lines, harmless to a terminal.
pub(super) fn visible_text(text: &str) -> String {
    crate::domain::text::visible_lines(text)
}

/// Prints a value for programs.
pub(super) fn print_json(session: &mut Session<'_>, value: &Value) -> Result<(), Failure> {
    session.printer.object(&[], value)
}

fn check(session: &mut Session<'_>, desk: &Desk) -> Result<(), Failure> {
    let surveyed = desk.survey(&mut |_| {})?;
    let situation = surveyed.inspection.situation();
    let found = findings::checks(&surveyed);
    match session.printer.format() {
        Format::Table | Format::Csv => {
            checks::all(&mut session.printer, &found)?;
            session.printer.say(situation.words());
        }
        _ => {
            let value = json!({
                "context": surveyed.context,
                "place": surveyed.place,
                "situation": situation.words(),
                "route": Route::of(surveyed.inspection.release),
                "checks": found,
                "inspection": surveyed.inspection,
                "means": surveyed.means,
            });
            print_json(session, &value)?;
        }
    }
    match findings::refusal(&surveyed.inspection) {
        Some(problem) => Err(problem.into()),
        None => Ok(()),
    }
}

/// Refuses steps that the plan does not have, and a first one behind the last.
fn check_steps(route: Route, steps: [Option<Step>; 2]) -> Result<(), Problem> {
    if let [Some(from), Some(until)] = steps
        && route.position(from) > route.position(until)
    {
        return Err(invalid(
            "Nothing would be done.",
            format!("`{from}` comes after `{until}`."),
            "Name a first step that comes before the last one.",
        ));
    }
    for step in steps.into_iter().flatten() {
        if route.position(step).is_none() {
            let known: Vec<&str> = route.steps().iter().map(|step| step.id()).collect();
            return Err(invalid(
                format!("This plan has no step `{step}`."),
                format!("Its steps are {}.", known.join(", ")),
                "Name one of them.",
            ));
        }
    }
    Ok(())
}

fn begin(session: &mut Session<'_>, desk: &Desk, flags: &RunFlags) -> Result<(), Failure> {
    let wanted = &flags.wanted;
    let name = session.target.name.clone();
    if !flags.dry_run {
        session.allow_change(flags.yes)?;
    }
    if wanted.disable_default && wanted.confirm.is_none() {
        return Err(Problem::new(
            ProblemKind::Unconfirmed,
            "Nothing was changed.",
            "Disabling the default tenant makes what lives in it unreachable, and that was not confirmed.",
            format!("Look at it with `kestra-admin migrate plan`, then add `--confirm {name}`."),
        )
        .into());
    }
    if !flags.dry_run {
        // Before the instance is looked at: whoever is at work may keep it locked.
        desk.all_runs().refuse_beside_another()?;
    }
    let plan = planned(session, desk, wanted)?;
    check_steps(plan.route, [flags.from, flags.until])?;
    if plan.lacks_confirmation() && !flags.dry_run {
        return Err(Problem::new(
            ProblemKind::Unconfirmed,
            "Nothing was changed.",
            "The plan disables the default tenant, and that was not confirmed.",
            format!("Add `--confirm {}`.", plan.context),
        )
        .into());
    }
    let task = Task {
        until: flags.until,
        from: flags.from,
        undo_to: None,
    };
    if flags.dry_run {
        return print_would(session, &would_do(&plan, task, &|_| None), &plan.warnings);
    }
    if !plan.changes_something() {
        session.printer.say(plan.inspection.situation().words());
        session.printer.say("There is nothing to do.");
        if session.printer.format() != Format::Table {
            return print_json(session, &value_of(&plan).unwrap_or_default());
        }
        return Ok(());
    }
    let text = visible_text(&plan_text::markdown(&plan));
    for line in text.lines() {
        session.printer.say(line);
    }
    if !flags.yes {
        let question = format!("Type {name} to begin:");
        match prompt::typed(&mut session.input, &mut session.printer, &question, &name) {
            Some(true) => {}
            typed => {
                let why = match typed {
                    Some(_) => "What was typed is not the name of the context.",
                    None => "There is no terminal to ask at.",
                };
                return Err(Problem::new(
                    ProblemKind::Unconfirmed,
                    "Nothing was changed.",
                    why,
                    "Run the command again, and type the name or add `--yes`.",
                )
                .into());
            }
        }
    }
    let run = desk.create(&plan)?;
    desk.begin(&run, task)?;
    session.printer.say(&format!(
        "Run {} goes on if this window closes; `{} migrate attach` follows it again.",
        run.id,
        session.program()
    ));
    follow(session, desk, &run, 0)
}

static RUNS: Layout<RunSummary> = Layout {
    columns: &[
        Column {
            head: "RUN",
            cell: |run| run.id.clone(),
        },
        Column {
            head: "STARTED",
            cell: |run| run.started_at.clone(),
        },
        Column {
            head: "BY",
            cell: |run| run.by.clone(),
        },
        Column {
            head: "STATE",
            cell: |run| run.state().to_owned(),
        },
        Column {
            head: "STEP",
            cell: RunSummary::place,
        },
        Column {
            head: "STEP NAME",
            cell: |run| run.step_name().to_owned(),
        },
        Column {
            head: "OUTCOME",
            cell: |run| run.words.clone(),
        },
    ],
    json: |run| value_of(run).unwrap_or_default(),
};

fn list(session: &mut Session<'_>, desk: &Desk, kept: &Kept) -> Result<(), Failure> {
    let keeping = kept.of(RUN_COLUMNS, &RUNS)?;
    let mut runs = desk.runs()?;
    runs.retain(|run| keeping.keeps(run));
    session.printer.whole_list(&RUNS, &runs)?;
    if runs.is_empty() {
        let program = session.program();
        session.printer.say(&no_rows(keeping.keeps_all(), "run", || {
            format!("There are no runs yet. `{program} migrate check` looks what a migration would meet.")
        }));
    }
    Ok(())
}

fn status(session: &mut Session<'_>, desk: &Desk, id: &str) -> Result<(), Failure> {
    let runs = desk.all_runs();
    let run = runs.find(id)?;
    let (summary, state) = runs.present(&run)?;
    let mut fields = vec![
        ("run".to_owned(), summary.id.clone()),
        ("context".to_owned(), summary.context.clone()),
        (
            "started".to_owned(),
            format!("{} by {}", summary.started_at, summary.by),
        ),
        (
            "at work".to_owned(),
            if summary.alive { "yes" } else { "no" }.to_owned(),
        ),
    ];
    let cut_off = state.is_cut_off(summary.alive);
    let resume = resuming(&run, &session.program());
    fields.push((
        "words".to_owned(),
        if cut_off {
            format!("It was cut off. {CUT_OFF} {resume} looks what was done, and goes on.")
        } else {
            summary.words.clone()
        },
    ));
    fields.extend(state.steps.iter().map(|step| {
        (
            step.step.to_string(),
            format!(
                "{}: {}",
                state.status_now(step, summary.alive).word(),
                state.words(step)
            ),
        )
    }));
    let mut value = report::json(&state, &run.id, summary.alive);
    if let Some(object) = value.as_object_mut() {
        object.insert("alive".to_owned(), Value::from(summary.alive));
        object.insert("cutOff".to_owned(), Value::from(cut_off));
        if cut_off {
            object.insert("resume".to_owned(), Value::from(resume.trim_matches('`')));
        }
    }
    session.printer.object(&fields, &value)
}

fn roll_back(
    session: &mut Session<'_>,
    desk: &Desk,
    run: Option<&str>,
    to: Option<Step>,
    dry_run: bool,
    yes: bool,
) -> Result<(), Failure> {
    if !dry_run {
        session.allow_change(yes)?;
    }
    let (run, state) = desk.find(run)?;
    check_steps(state.plan.route, [to, None])?;
    let to = to.unwrap_or(Step::Inspect);
    let actions = undo_actions(&state, to);
    let already = rolled_back_already(&run, &state, to);
    if (actions.is_empty() || already.is_some()) && state.open.is_none() {
        let nothing = || format!("Run `{}` changed nothing that can be undone.", run.id);
        session.printer.say(&already.unwrap_or_else(nothing));
        return Ok(());
    }
    if dry_run {
        return print_would(session, &would_undo(&state, to), &[]);
    }
    session.printer.say(&format!(
        "To be undone, in {}:",
        counted(actions.len() as u64, "action")
    ));
    for (step, action) in &actions {
        session.printer.say(&format!("  {step}: {}", action.words()));
    }
    if !yes {
        let name = session.target.name.clone();
        let question = format!("Type {name} to undo it:");
        if prompt::typed(&mut session.input, &mut session.printer, &question, &name) != Some(true) {
            return Err(Problem::new(
                ProblemKind::Unconfirmed,
                "Nothing was undone.",
                "It was not confirmed.",
                "Run the command again, and type the name or add `--yes`.",
            )
            .into());
        }
    }
    if let Controlled::Nothing(words) = desk.control(&run.id, Control::Rollback { to })? {
        session.printer.say(&words);
        return Ok(());
    }
    follow(session, desk, &run, state.seq)
}
