//! `--from`: a file, or standard input for `-`, with tenants or other things.

use std::path::Path;

use super::prompt::Input;
use crate::config::private;
use crate::domain::objects::{self, About, Entry};
use crate::domain::problem::{Problem, ProblemKind};

/// Reads a file, or standard input for `-`, and takes it apart into tenants.
pub fn read(file: &Path, input: &mut Input<'_>) -> Result<Vec<Entry>, Problem> {
    read_about(file, input, objects::TENANTS)
}

/// The same for things of another kind.
pub fn read_about(file: &Path, input: &mut Input<'_>, about: About) -> Result<Vec<Entry>, Problem> {
    objects::of_text(&read_text(file, input)?, &name(file), about)
}

/// How a message names a file.
pub fn name(file: &Path) -> String {
    if file == Path::new("-") {
        "standard input".to_owned()
    } else {
        format!("`{}`", file.display())
    }
}

/// Its text.
pub fn read_text(file: &Path, input: &mut Input<'_>) -> Result<String, Problem> {
    if file != Path::new("-") {
        return match private::read(file)? {
            Some((text, _)) => Ok(text),
            None => Err(Problem::new(
                ProblemKind::NotFound,
                format!("There is no file `{}`.", file.display()),
                "It was named on the command line.",
                "Check the path, or give `-` to read standard input.",
            )),
        };
    }
    private::text_of(&mut input.reader)
        .map_err(|error| private::io_problem("read", Path::new("standard input"), &error))
}
