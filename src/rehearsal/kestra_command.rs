//! The command line of Kestra's server, as far as a migration needs it, for a local instance and its release.
//!
//! Like the original it works on the instance itself and not over the API, writes log lines to the standard output before
//! anything else, and ends with 0, 1 for what failed, or 2 for what cannot be understood. Wordings are our own: those of
//! Kestra are not established, and a script has to go by exit codes and by the lines that its documentation shows. What
//! Kestra has and this has not is refused in so many words.
//!
//! The commands and their options are in [`commands`], how arguments are read in [`arguments`], what is written in
//! [`console`]; the rest is a file for each group of commands. Whether a server is running is up to the caller.

mod arguments;
mod auths;
mod backups;
mod commands;
mod configs;
mod console;
mod migrate;
mod tenants;

use std::io::Write;
use std::path::Path;

use arguments::{Parsed, Understood, understand};
use console::Console;

use crate::backend::local::LocalInstance;
use crate::domain::problem::{Problem, ProblemKind};

/// The exit code of what was done.
const DONE: u8 = 0;
/// The exit code of what failed.
const FAILED: u8 = 1;
/// The exit code of what cannot be understood.
const MISUSED: u8 = 2;

/// Why a command ended early.
#[derive(Debug)]
enum Stop {
    /// It was called in a way that cannot be.
    Usage(String),
    /// It could not be done.
    Problem(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What a command works with.
struct Work<'a, 'b> {
    instance: &'a LocalInstance,
    arguments: &'a Parsed,
    console: &'a mut Console<'b>,
}

/// Runs `kestra` with these arguments on the local instance in a directory, and gives its exit code.
///
/// # Errors
/// If there is no instance, or what it says cannot be written; a closed pipe is no error.
pub fn run(
    directory: &Path,
    arguments: &[String],
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> Result<u8, Problem> {
    let mut console = Console::new(output, errors);
    let instance = match LocalInstance::open(directory, None) {
        Ok(instance) => instance,
        Err(problem) if problem.kind == ProblemKind::NotFound => return Err(problem),
        // As a server that does not come up.
        Err(problem) => {
            console.refuse(&problem);
            return console.end(FAILED);
        }
    };
    let release = instance.release();
    let code = match understand(arguments, release) {
        Understood::Version => {
            console.say(&format!("{release}.0"));
            DONE
        }
        Understood::Misused { why, usage } => {
            console.complain(&why);
            console.complain(&usage);
            MISUSED
        }
        Understood::Help { text, level } => {
            console.boot(release, level);
            console.say(&text);
            DONE
        }
        Understood::Command { command, parsed } => {
            console.boot(release, parsed.level);
            for note in instance.notes() {
                console.warn("settings", note);
            }
            let done = (command.run)(&mut Work {
                instance: &instance,
                arguments: &parsed,
                console: &mut console,
            });
            match done {
                Ok(()) => DONE,
                Err(Stop::Usage(why)) => {
                    console.complain(&why);
                    console.complain(&command.usage(release));
                    MISUSED
                }
                Err(Stop::Problem(problem)) => {
                    console.refuse(&problem);
                    FAILED
                }
            }
        }
    };
    console.end(code)
}

#[cfg(test)]
mod tests;
