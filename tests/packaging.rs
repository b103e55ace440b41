//! What `assets/package/build` makes of a binary: a package and an archive, opened here with nothing but `ar` and `tar`.
//!
//! The script runs where Linux binaries are packed; where a tool of it is missing, the test says so and is skipped.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and says what it skips"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const README: &str = include_str!("../README.md");

/// What the script needs beyond what any Unix has.
const TOOLS: [&str; 7] = ["ar", "gzip", "md5sum", "readelf", "strip", "tar", "xz"];

fn missing() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("Linux");
    }
    TOOLS
        .into_iter()
        .find(|tool| Command::new(tool).arg("--version").output().is_err())
}

fn build(binary: &str, directory: &Path) -> Output {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/package/build"))
        .arg(binary)
        .arg(directory)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("DEBEMAIL", "ops@example.com")
        // Small is for those who download it.
        .env("XZ_OPT", "-0")
        .output()
        .unwrap()
}

fn run(program: &str, words: &[&str], directory: &Path) -> String {
    let output = Command::new(program)
        .args(words)
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} {words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn only(directory: &Path, end: &str) -> PathBuf {
    let found: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect();
    let [path] = found.as_slice() else {
        unreachable!("not one file ends in {end}: {found:?}")
    };
    path.clone()
}

fn unpacked(compressed: &Path) -> Vec<u8> {
    let output = Command::new("gzip").arg("-dc").arg(compressed).output().unwrap();
    assert!(output.status.success());
    output.stdout
}

/// A program that does what another does, with packed relocations; none where the linker here does not pack.
fn packed(real: &str, scratch: &Path) -> Option<PathBuf> {
    let source = scratch.join("packed.rs");
    let code = "fn main() { let done = std::process::Command::new(env!(\"REAL\")).args(std::env::args_os().skip(1)).status(); \
                std::process::exit(done.unwrap().code().unwrap()) }";
    fs::write(&source, code).unwrap();
    let program = scratch.join("packed");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let flag = "link-arg=-Wl,-z,pack-relative-relocs";
    let built = Command::new(rustc)
        .args(["--edition", "2024", "-C", flag, "-o"])
        .args([&program, &source])
        .env("REAL", real)
        .output();
    let wants = built
        .is_ok_and(|output| output.status.success())
        .then(|| run("readelf", &["-V", program.to_str().unwrap()], scratch))?;
    wants.contains("GLIBC_ABI_DT_RELR").then_some(program)
}

#[test]
fn a_package_wants_the_c_library_that_its_program_wants() {
    if let Some(tool) = missing() {
        eprintln!("skipped: there is no {tool} here to pack with");
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let Some(program) = packed(env!("CARGO_BIN_EXE_kestra-admin"), scratch.path()) else {
        eprintln!("skipped: the linker here packs no relocations");
        return;
    };
    let output = build(program.to_str().unwrap(), scratch.path());
    assert!(output.status.success(), "{output:?}");
    run(
        "ar",
        &["x", only(scratch.path(), ".deb").to_str().unwrap()],
        scratch.path(),
    );
    run("tar", &["xf", "control.tar.gz"], scratch.path());
    let control = fs::read_to_string(scratch.path().join("control")).unwrap();
    let needs = control
        .lines()
        .find_map(|line| line.strip_prefix("Depends: libc6 (>= "))
        .unwrap();
    let version = needs.split(')').next().unwrap();
    let (major, minor) = version.split_once('.').unwrap();
    let version: (u32, u32) = (major.parse().unwrap(), minor.parse().unwrap());
    assert!(version >= (2, 36), "{needs}");
}

#[test]
fn a_package_holds_everything_and_is_the_same_each_time() {
    if let Some(tool) = missing() {
        eprintln!("skipped: there is no {tool} here to pack with");
        return;
    }
    let binary = env!("CARGO_BIN_EXE_kestra-admin");
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for directory in [&first, &second] {
        let output = build(binary, directory.path());
        assert!(output.status.success(), "{output:?}");
    }
    let package = only(first.path(), ".deb");
    for end in [".deb", ".tar.gz"] {
        let (one, other) = (only(first.path(), end), only(second.path(), end));
        assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "two {end} differ");
        run(
            "sha256sum",
            &[
                "--check",
                only(first.path(), &format!("{end}.sha256")).to_str().unwrap(),
            ],
            first.path(),
        );
    }

    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    run("ar", &["x", package.to_str().unwrap()], here);
    assert_eq!(
        run("ar", &["t", package.to_str().unwrap()], here),
        "debian-binary\ncontrol.tar.gz\ndata.tar.xz\n"
    );
    assert_eq!(fs::read_to_string(here.join("debian-binary")).unwrap(), "2.0\n");
    run("tar", &["xf", "control.tar.gz"], here);
    run("tar", &["xf", "data.tar.xz"], here);

    let control = fs::read_to_string(here.join("control")).unwrap();
    let fields: BTreeMap<&str, &str> = control.lines().filter_map(|line| line.split_once(": ")).collect();
    assert_eq!(fields.get("Package"), Some(&"kestra-admin"));
    assert_eq!(fields.get("Maintainer"), Some(&"kestra-admin <ops@example.com>"));
    assert!(fields.get("Version").unwrap().starts_with(env!("CARGO_PKG_VERSION")));
    let (needs, version) = (
        fields.get("Depends").copied().unwrap_or_default(),
        fields.get("Version"),
    );
    assert_eq!(
        needs.starts_with("libc6 (>= 2."),
        !version.unwrap().ends_with("+static"),
        "{needs}"
    );

    assert_eq!(fields.get("Recommends"), Some(&"ca-certificates"));

    // Every file is listed with its sum, and belongs to root.
    run("md5sum", &["--check", "--strict", "md5sums"], here);
    let listed = fs::read_to_string(here.join("md5sums")).unwrap();
    let contents = run("tar", &["tvf", "data.tar.xz", "--numeric-owner"], here);
    let files: Vec<&str> = contents.lines().filter(|line| line.starts_with('-')).collect();
    assert_eq!(files.len(), listed.lines().count());
    for line in contents.lines() {
        assert!(line.contains(" 0/0 "), "{line}");
        assert!(line.contains("2023-11-14"), "{line}");
        let is_program = line.contains("bin/kestra-admin");
        let mode = if line.starts_with('d') || is_program {
            "rwxr-xr-x"
        } else {
            "rw-r--r--"
        };
        assert_eq!(&line[1..10], mode, "{line}");
    }
    for file in [
        "bash-completion/completions/kestra-admin",
        "zsh/vendor-completions/_kestra-admin",
        "fish/vendor_completions.d/kestra-admin.fish",
        "doc/kestra-admin/copyright",
        "doc/kestra-admin/README.md.gz",
        "doc/kestra-admin/changelog.gz",
        "doc/kestra-admin/examples/config.example.toml",
    ] {
        assert!(
            fs::metadata(here.join("usr/share").join(file)).unwrap().len() > 100,
            "{file}"
        );
    }

    // A page that another names is there.
    let pages = here.join("usr/share/man/man1");
    let mut named = 0;
    for entry in fs::read_dir(&pages).unwrap() {
        let page = String::from_utf8(unpacked(&entry.unwrap().path())).unwrap();
        assert!(page.contains(".SH NAME"));
        for line in page
            .lines()
            .filter(|line| line.starts_with("kestra\\-admin") && line.ends_with("(1)"))
        {
            let name = line.replace('\\', "").replace("(1)", ".1.gz");
            assert!(pages.join(&name).exists(), "{name}");
            named += 1;
        }
    }
    assert!(named > 60, "{named}");
    assert!(pages.join("kestra-admin-tenants-repair-admin.1.gz").exists());

    // What was packed is the program.
    let said = run(
        here.join("usr/bin/kestra-admin").to_str().unwrap(),
        &["--version"],
        here,
    );
    assert_eq!(said, format!("kestra-admin {}\n", env!("CARGO_PKG_VERSION")));

    let archive = only(first.path(), ".tar.gz");
    let listing = run("tar", &["tf", archive.to_str().unwrap()], here);
    let top = archive
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .trim_end_matches(".tar.gz");
    for file in [
        "kestra-admin",
        "README.md",
        "LICENSE",
        "config.example.toml",
        "completions/_kestra-admin",
        "man/man1/kestra-admin.1",
    ] {
        assert!(
            listing.lines().any(|name| name == format!("{top}/{file}")),
            "{file} in\n{listing}"
        );
    }

    // So is what the README shows and refers to, but for what it says is of the sources.
    let of_users = README.split_once("## For developers").unwrap().0;
    let links = of_users.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links: Vec<&str> = links.filter(|link| !link.contains("://")).collect();
    assert!(links.len() >= 7, "{links:?}");
    for link in links {
        assert!(here.join("usr/share/doc/kestra-admin").join(link).exists(), "{link}");
        assert!(
            listing.lines().any(|name| name == format!("{top}/{link}")),
            "{link} in\n{listing}"
        );
    }
}

/// The script with nothing but stand-ins for what it builds with, which are in this directory.
fn static_build(tools: &Path, out: &Path) -> Output {
    let system = std::env::var("PATH").unwrap();
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/package/static"))
        .arg(out)
        .env("PATH", format!("{}:{system}", tools.display()))
        .env("CARGO_TARGET_DIR", tools.join("target"))
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("XZ_OPT", "-0")
        .output()
        .unwrap()
}

/// Puts a script by this name there.
fn stand_in(tools: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let file = tools.join(name);
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The binary is that of these tests, for the target need not be installed; what is held here is all that the script does around
/// Cargo.
#[test]
fn a_static_binary_is_built_for_its_target_and_packed_and_what_is_missing_for_it_is_named() {
    if let Some(tool) = missing() {
        eprintln!("skipped: there is no {tool} here to pack with");
        return;
    }
    let (tools, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let machine = run("uname", &["-m"], out.path());
    let target = format!("{}-unknown-linux-musl", machine.trim());
    stand_in(tools.path(), "rustc", "echo /nowhere/lib");
    let refused = static_build(tools.path(), out.path());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    for words in [
        "No static binary was made.",
        &format!("Install it: rustup target add {target}"),
    ] {
        assert!(said.contains(words), "{said}");
    }

    stand_in(tools.path(), "rustc", &format!("echo '{}'", tools.path().display()));
    stand_in(tools.path(), "musl-gcc", "exit 1");
    stand_in(
        tools.path(),
        "cargo",
        &format!(
            "echo \"$@\" >'{here}/asked'\nmkdir -p '{here}/target/{target}/release'\n\
             cp '{binary}' '{here}/target/{target}/release/kestra-admin'",
            here = tools.path().display(),
            binary = env!("CARGO_BIN_EXE_kestra-admin"),
        ),
    );
    let built = static_build(tools.path(), out.path());
    assert!(built.status.success(), "{built:?}");
    let asked = fs::read_to_string(tools.path().join("asked")).unwrap();
    for words in [
        "rustc --locked --release",
        &format!("--target {target}"),
        "--bin kestra-admin",
    ] {
        assert!(asked.contains(words), "{asked}");
    }
    for end in [".deb", ".tar.gz"] {
        assert!(fs::metadata(only(out.path(), end)).unwrap().len() > 1_000_000, "{end}");
    }
}

#[test]
fn what_cannot_be_packed_is_said_in_words() {
    if let Some(tool) = missing() {
        eprintln!("skipped: there is no {tool} here to pack with");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for (binary, words, code) in [
        ("", "Usage: assets/package/build BINARY", 2),
        ("nowhere/kestra-admin", "`nowhere/kestra-admin` is no program.", 2),
        (
            concat!(env!("CARGO_MANIFEST_DIR"), "/assets/package/build"),
            "is no binary of Linux.",
            1,
        ),
    ] {
        let output = build(binary, directory.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(words), "{said}");
        assert!(said.contains("No package was made."), "{said}");
        assert_eq!(output.status.code(), Some(code), "{said}");
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}
