//! The manual page of the whole program: what of it is not made from the flags.

use std::collections::BTreeSet;
use std::path::Path;

use crate::desk::Desk;

/// The names that begin with this in a text, whole.
fn names_in(text: &str, prefix: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_uppercase() || c == '_';
    text.match_indices(prefix)
        .map(|(at, _)| text[at..].chars().take_while(|c| is_part(*c)).collect())
        .collect()
}

#[test]
fn each_variable_that_is_read_is_in_the_manual_page() {
    fn texts(directory: &Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("cli/manual.rs") {
                into.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    // The page itself reads nothing.
    let mut sources = Vec::new();
    texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let prefix = "KESTRA_ADMIN_";
    let read: BTreeSet<String> = sources.iter().flat_map(|text| names_in(text, prefix)).collect();
    assert!(read.len() >= 10, "{read:?}");
    let page = String::from_utf8(Desk::new().run("kestra-admin man").stdout).unwrap();
    let page = page.replace('\\', "");
    let section = page
        .split(".SH ENVIRONMENT")
        .nth(1)
        .and_then(|rest| rest.split(".SH ").next());
    let section = section.expect("a section of variables");
    assert_eq!(names_in(section, prefix), read);
    for name in ["NO_COLOR", "CLICOLOR", "COLORTERM", "TERM", "LC_ALL, LC_CTYPE, LANG"] {
        assert!(section.contains(&format!("fB{name}fR")), "{name} in {section}");
    }
    let files = page.split(".SH FILES").nth(1).expect("a section of files");
    for file in ["config.toml", "/instances", "/runs", "/resume", "/activity.ndjson"] {
        assert!(files.contains(file), "{file} in {files}");
    }
    assert!(files.contains("the places on Linux"), "{files}");
    let codes = page
        .split(".SH \"EXIT STATUS\"")
        .nth(1)
        .expect("a section of exit codes");
    for (code, meaning) in [
        ("0", "done"),
        ("2", "usage or invalid input"),
        ("3", "not authenticated or not allowed"),
        ("8", "waiting for the operator"),
        ("9", "instance not reachable"),
        ("130", "interrupted"),
    ] {
        assert!(codes.contains(&format!("fB{code}fR\n{meaning}")), "{code} in {codes}");
    }
}
