//! `kestra-admin`: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    kestra_admin::run(std::env::args_os())
}
