//! Asks the linker to keep one of the functions that are the same to the byte, of which there are many as generic code is compiled for
//! each type: the program is smaller by 98 kB. And to pack what the loader adds the place of the program to, which takes 340 kB else.
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
        if loads_packed() {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// Whether the C library of this machine reads packed relocations, as it does from 2.36 on. The program then wants one that does
/// wherever it runs, and its package says so; for older ones it is built there, or as a static one.
fn loads_packed() -> bool {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let version = said.ok().and_then(|said| {
        let (major, minor) = said.strip_prefix("glibc ")?.split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    });
    version >= Some((2, 36))
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
