//! Following a run from the command line: a line for each thing that happens, until it halts. Changes nothing.

use std::thread;
use std::time::Duration;

use super::failure::Failure;
use super::format::Format;
use super::session::Session;
use crate::domain::problem::{Problem, ProblemKind};
use crate::migration::action::Action;
use crate::migration::record::{Ending, Event, Halt, Record};
use crate::migration::report;
use crate::migration::runs::{Run, exit_kind};
use crate::migration::state::{Halted, RunState};
use crate::migrations::{Desk, Watch};
use crate::runner::migrations::RunWatch;

/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Follows a run until it halts, and ends as it ended. What was there up to the record of this number is not said again.
pub fn follow(session: &mut Session<'_>, desk: &Desk, run: &Run, said: u64) -> Result<(), Failure> {
    let mut watch = Watch::new(desk.all_runs(), run.clone());
    if said > 0 {
        watch.pass_over_output(said);
    }
    let mut records: Vec<Record> = Vec::new();
    loop {
        let news = watch.news()?;
        // What a command wrote stands before what came of it.
        let ends = |record: &Record| {
            matches!(
                &record.event,
                Event::Outcome {
                    action: Action::Run { .. },
                    ..
                }
            )
        };
        let new = |record: &&Record| record.seq > said;
        let until_then = news.records.iter().position(ends).unwrap_or(news.records.len());
        let (before, after) = news.records.split_at(until_then);
        let output = news.output.iter().map(|line| format!("    | {line}"));
        let before = before.iter().filter(new).flat_map(words);
        let lines = before.chain(output).chain(after.iter().filter(new).flat_map(words));
        for line in lines {
            session.printer.say(&line);
        }
        records.extend(news.records);
        if !news.alive {
            break;
        }
        thread::sleep(LOOK);
    }
    let state = RunState::of(&records).ok_or_else(|| {
        Problem::new(
            ProblemKind::Failed,
            format!("Run `{}` cannot be followed.", run.id),
            "Its journal does not begin with a plan.",
            "Begin a new one.",
        )
    })?;
    let printed = if session.printer.format() == Format::Table {
        Ok(())
    } else {
        session.printer.object(&[], &report::json(&state, &run.id, false))
    };
    let ended = ended(&state, run, &session.program());
    match printed.and_then(|()| session.printer.flush()) {
        Err(Failure::Unwritten(unwritten)) => Err(untold(session, &state, run, ended, &unwritten)),
        written => ended.and(written),
    }
}

/// How it is said that a run ended where what was to be told of it could not be written.
fn untold(
    session: &mut Session<'_>,
    state: &RunState,
    run: &Run,
    ended: Result<(), Failure>,
    unwritten: &Problem,
) -> Failure {
    let program = session.program();
    let again = format!("`{program} migrate report {}` writes it again.", run.id);
    if let Err(failure) = ended {
        // How the run ended is what matters; the command that goes on stands there.
        session
            .printer
            .say(&format!("{} {} {again}", unwritten.what, unwritten.why));
        return failure;
    }
    let words = state.halted.as_ref().map_or("", |halted| halted.words.as_str());
    let halt = state.halted.as_ref().map(|halted| halted.halt);
    let what = match halt {
        Some(Halt::Stopped) => format!("Run `{}` was stopped, and the output could not be written.", run.id),
        _ => format!(
            "What run `{}` had to do was done, but the output could not be written.",
            run.id
        ),
    };
    let goes_on = match halt {
        Some(Halt::Reached | Halt::Stopped) => format!(" {} goes on.", resuming(run, &program)),
        _ => String::new(),
    };
    let status = format!(
        "`{program} migrate status {}` shows what was done; {again}{goes_on}",
        run.id
    );
    Failure::Problem(Problem::new(
        ProblemKind::Failed,
        what,
        format!("{words} {}", unwritten.why).trim().to_owned(),
        status,
    ))
}

/// Why a run was cut off.
pub(super) const CUT_OFF: &str = "Its process ended in the middle, without saying why.";

/// The command that goes on with a run, quoted.
pub(super) fn resuming(run: &Run, program: &str) -> String {
    format!("`{program} migrate resume {}`", run.id)
}

/// Ends as the run ended.
fn ended(state: &RunState, run: &Run, program: &str) -> Result<(), Failure> {
    let resume = resuming(run, program);
    let Some(Halted {
        halt, words, problem, ..
    }) = &state.halted
    else {
        return Err(Problem::new(
            ProblemKind::Partly,
            format!("Run `{}` was cut off.", run.id),
            CUT_OFF,
            format!("{resume} looks what was done, and goes on."),
        )
        .into());
    };
    let Some(kind) = exit_kind(*halt) else {
        return Ok(());
    };
    if *halt == Halt::Waiting {
        return Err(Problem::new(
            kind,
            format!("Run `{}` waits.", run.id),
            words.clone(),
            format!("Then go on with {resume}."),
        )
        .into());
    }
    let mut problem = problem.clone().unwrap_or_else(|| {
        Problem::new(
            kind,
            words.clone(),
            "Nothing more is known.",
            format!("Go on with {resume}."),
        )
    });
    if problem.kind != ProblemKind::Unconfirmed {
        problem.kind = kind;
    }
    Err(problem.into())
}

/// What is said of a record.
fn words(record: &Record) -> Vec<String> {
    match &record.event {
        Event::StepBegan { step } => vec![format!("[>] {step}")],
        Event::StepEnded { step, ending, words } => {
            let mark = match ending {
                Ending::Done => "[x]",
                Ending::Found => "[=]",
                Ending::Skipped => "[-]",
            };
            let ending = match ending {
                Ending::Done => "done",
                Ending::Found => "found done",
                Ending::Skipped => "skipped",
            };
            vec![format!("{mark} {step} {ending}: {words}")]
        }
        Event::StepUndone { step, words } => vec![format!("[<] {step} undone: {words}")],
        Event::Note { words, .. } => vec![format!("    {words}")],
        Event::Halted { halt, words, .. } if exit_kind(*halt).is_none() => vec![words.clone()],
        _ => Vec::new(),
    }
}
