//! Asks the linker to keep one of the functions that are the same to the byte, of which there are many as generic code is compiled for
//! each type: the program is smaller by 98 kB.
//!
//! Only where that is sure to be understood: in release builds, by the linker that the toolchain brings along for its target.

use std::env;
use std::path::Path;
use std::process::Command;

const TARGET: &str = "x86_64-unknown-linux-gnu";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if is("PROFILE", "release") && is("TARGET", TARGET) && !is_other_linker() && brings_linker() {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
}

fn is(variable: &str, value: &str) -> bool {
    env::var(variable).is_ok_and(|it| it == value)
}

/// Whether somebody chose a linker, or its arguments.
fn is_other_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_some() || flags.contains("link")
}

/// Whether the toolchain has a linker of its own, which it uses then.
fn brings_linker() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let printed = Command::new(rustc).args(["--print", "sysroot"]).output();
    printed.is_ok_and(|output| {
        let sysroot = String::from_utf8_lossy(&output.stdout);
        let linker = format!("lib/rustlib/{TARGET}/bin/gcc-ld/ld.lld");
        Path::new(sysroot.trim()).join(linker).exists()
    })
}
