//! Whole processes: the real binary, from its start to its end or to its first screen.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark stops at the first surprise"
)]

mod common;

use std::process::{Command, Stdio};

use common::instance;
use divan::Bencher;

fn main() {
    divan::main();
}

fn kestra_admin(tenants: usize) -> Command {
    let directory = instance(tenants);
    let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
    command
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .arg("--store")
        .arg(directory);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The floor: a process that does nothing.
#[divan::bench]
fn version(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        Command::new(env!("CARGO_BIN_EXE_kestra-admin"))
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .unwrap()
    });
}

/// `tenants list` of one page.
#[divan::bench(args = [10_000, 1_000_000])]
fn tenants_list_one_page(bencher: Bencher<'_, '_>, tenants: usize) {
    bencher.bench(|| {
        let status = kestra_admin(tenants)
            .args(["tenants", "list", "--page", "1", "--size", "100"])
            .status()
            .unwrap();
        assert!(status.success());
    });
}
