//! Running the command of a step through a keeper, and finding out what came of one that was begun before.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::keeper::{Ended, Kept, Order};
use super::site::Site;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::shaped::value_of;
use crate::migration::action::{CommandKind, Outcome, Receipt};
use crate::migration::plan::{Plan, shown_command, without_secrets};
use crate::migration::runs::Run;

/// How often a command under way is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long a keeper may take from being started to being at work.
const KEEPER_STARTS: Duration = Duration::from_secs(10);

/// What copies the store of a local instance, beside the commands of Kestra: a dump of its database.
pub const DUMP: &str = "dump";

/// The words of a step's command; empty where the operator does it by hand.
pub(super) fn words(site: &Site, plan: &Plan, command: CommandKind) -> Vec<String> {
    let means = &site.means;
    if let Some(arguments) = command.kestra_arguments(plan.choices.tenants.first()) {
        if means.kestra_command.is_empty() {
            return Vec::new();
        }
        return means.kestra_command.iter().cloned().chain(arguments).collect();
    }
    match command {
        CommandKind::Restart => means.restart_command.clone(),
        CommandKind::Stop => means.stop_command.clone(),
        CommandKind::Start => means.start_command.clone(),
        CommandKind::DatabaseBackup if means.local && means.backup_command.is_empty() => {
            means.kestra_command.iter().cloned().chain([DUMP.to_owned()]).collect()
        }
        CommandKind::DatabaseBackup => means.backup_command.clone(),
        _ => Vec::new(),
    }
}

/// The files of the command that an intent of this number began.
pub(super) fn kept(run: &Run, seq: u64, command: CommandKind) -> Kept {
    let name = value_of(&command)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default();
    Kept::new(&run.output(), &format!("{seq:04}-{name}"))
}

/// Starts a keeper for a command.
pub(super) fn start(site: &Site, run: &Run, kept: &Kept, order: &Order) -> Result<(), Problem> {
    kept.order(order)?;
    let name = kept.log().file_stem().map(ToOwned::to_owned).unwrap_or_default();
    let failed = |error: &std::io::Error| {
        Problem::new(
            ProblemKind::Failed,
            "The command was not started.",
            format!("The system says: {error}."),
            "Look what keeps this account from starting processes, then go on with `kestra-admin migrate resume`.",
        )
    };
    let mut command = Command::new(&site.program);
    command
        .args(["migrate", "keep", "--directory"])
        .arg(run.output())
        .arg("--name")
        .arg(name)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut keeper = command.spawn().map_err(|error| failed(&error))?;
    if let Some(mut input) = keeper.stdin.take() {
        let secrets = serde_json::to_vec(&site.secrets).unwrap_or_default();
        input.write_all(&secrets).map_err(|error| failed(&error))?;
    }
    // It is waited for by what it writes down; here only its remains are taken care of.
    std::thread::spawn(move || {
        let _ = keeper.wait();
    });
    Ok(())
}

/// Waits until a command that is kept has ended; `None` if its keeper went away without saying how.
pub(super) async fn wait(kept: &Kept) -> Option<Ended> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(ended) = kept.ended() {
            return Some(ended);
        }
        // A command that lost its keeper is waited for, too, although nobody will say how it ended.
        if kept.was_begun() && !kept.is_running() {
            // It may have ended between the two looks.
            return kept.ended();
        }
        if !kept.was_begun() && waited >= KEEPER_STARTS {
            return None;
        }
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
}

/// What came of a command that ended.
pub(super) fn outcome(
    site: &Site,
    command: CommandKind,
    words: &[String],
    kept: &Kept,
    ended: Ended,
    run: &Run,
) -> Outcome {
    let shown = shown_command(&without_secrets(words, &site.secrets));
    let result = result_of(command, kept);
    let log = kept.log();
    let output = log.strip_prefix(run.directory()).unwrap_or(&log).display().to_string();
    if ended.exit_code == 0 {
        let said = result.clone().unwrap_or_else(|| format!("`{shown}` ended well"));
        return Outcome::proved(
            said,
            Receipt::Ran {
                command: shown,
                exit_code: 0,
                output,
                seconds: ended.seconds,
                result,
            },
        );
    }
    let last = kept
        .last_lines(1)
        .pop()
        .unwrap_or_else(|| "It wrote nothing.".to_owned());
    let what = if ended.timed_out {
        format!("`{shown}` was ended after {} seconds.", ended.seconds)
    } else {
        format!("`{shown}` ended with {}.", ended.exit_code)
    };
    let problem = Problem::new(
        ProblemKind::Partly,
        what,
        format!("Its last words: {}", last.trim()),
        format!(
            "Look into `{}`; `kestra-admin migrate resume` tries it again.",
            log.display()
        ),
    )
    .with_detail(kept.last_lines(20).join("\n"));
    Outcome::Failed {
        problem: Box::new(problem),
    }
}

/// The line that says what a command came to. Log noise before it is passed over.
fn result_of(command: CommandKind, kept: &Kept) -> Option<String> {
    match command {
        CommandKind::KestraBackup => kept.line_with("Backup created: "),
        CommandKind::DryRun | CommandKind::Migrate => kept.line_with("Total: "),
        // Their words are not documented; the last of them is proof all the same.
        CommandKind::SyncAccess | CommandKind::RefreshUsers => kept.last_lines(1).pop(),
        _ => None,
    }
}

/// How many rows a dry run found, if it says so.
pub(super) fn rows_found(kept: &Kept) -> Option<u64> {
    let line = kept.line_with("Total: ")?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Whether a command is done by hand; then it waits for the operator first, and is taken as done once it was let go on.
pub(super) fn by_hand(command: CommandKind, plan: &Plan) -> String {
    let kestra = command
        .kestra_arguments(plan.choices.tenants.first())
        .map(|arguments| shown_command(&arguments));
    let what = match (command, kestra) {
        (_, Some(arguments)) => format!("Run `kestra {arguments}` with the servers' version and configuration"),
        (CommandKind::Stop, None) => "Stop all servers".to_owned(),
        (CommandKind::Start, None) => "Start all servers".to_owned(),
        (CommandKind::DatabaseBackup, None) => "Back the database up".to_owned(),
        (_, None) => "Restart all servers".to_owned(),
    };
    format!("{what}, then go on with `kestra-admin migrate resume`.")
}
