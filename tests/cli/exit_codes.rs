//! Each exit code of the contract, as scripts meet it.
//!
//! 130 is in [`crate::rehearsals`], a closed pipe in [`crate::pipes`]; what waits for the operator is among the scenarios of
//! migrations as well.

use std::fs;

use crate::desk::Desk;

/// How a command ends, and what it says.
#[track_caller]
fn ends(desk: &Desk, line: &str, code: i32) {
    let output = desk.run(line);
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{line}: {words}");
    if code != 0 {
        assert!(words.lines().count() >= 3, "{line}: {words}");
    }
}

#[test]
fn each_exit_code_of_the_contract() {
    let desk = Desk::with_tenants("1.3");
    desk.instance("damaged", "1.3", "");
    fs::write(
        desk.instance_directory("damaged/instance.db"),
        "no database".repeat(500),
    )
    .unwrap();
    desk.file("two.json", r#"[{"id": "dev", "name": "Other"}, {"id": "new"}]"#);
    desk.file("twice.json", r#"[{"id": "same"}, {"id": "same"}]"#);
    for (line, code) in [
        ("tenants create --tenant dev", 0),
        ("tenants list", 0),
        ("--store damaged tenants list", 1),
        ("tenants lst", 2),
        ("tenants create --from twice.json", 2),
        ("tenants get none", 4),
        ("--context none tenants list", 4),
        ("tenants create --tenant dev", 5),
        ("tenants create --from two.json", 6),
        ("tenants delete dev", 7),
        ("--read-only tenants create --tenant more", 7),
        ("--host http://127.0.0.1:1 tenants list", 9),
    ] {
        ends(&desk, &format!("kestra-admin {line}"), code);
    }
}

#[test]
fn whoever_is_not_let_in_ends_with_3_whatever_keeps_them_out() {
    let desk = Desk::with_tenants("1.3");
    desk.file_with_mode("open", "s3cret\n", 0o644);
    desk.file("empty", "\n");
    let context =
        |name: &str, auth: &str| format!("[contexts.{name}]\nhost = \"http://127.0.0.1:1\"\nauth = {{ {auth} }}\n\n");
    let contexts = [
        ("token-variable", "token-env = \"NOT_SET\""),
        ("token-file", "token-file = \"~/none\""),
        ("token-open", "token-file = \"~/open\""),
        ("token-empty", "token-file = \"~/empty\""),
        ("token-command", "token-command = [\"false\"]"),
        ("password-variable", "username = \"a\", password-env = \"NOT_SET\""),
        ("password-file", "username = \"a\", password-file = \"~/none\""),
        (
            "password-command",
            "username = \"a\", password-command = [\"~/no-such-program\"]",
        ),
        ("password-silent", "username = \"a\", password-command = [\"true\"]"),
    ];
    let mut written: String = contexts.iter().map(|(name, auth)| context(name, auth)).collect();
    written
        .push_str("[contexts.header]\nhost = \"http://127.0.0.1:1\"\nheaders = { X-Proxy = { env = \"NOT_SET\" } }\n");
    desk.file(".config/kestra-admin/config.toml", &written);
    for name in contexts.iter().map(|(name, _)| *name).chain(["header"]) {
        for command in [
            "tenants list",
            "contexts test",
            "migrate check",
            "users list --instance",
        ] {
            ends(&desk, &format!("kestra-admin --context {name} {command}"), 3);
        }
    }
    // A configuration that says nothing that could be meant is another matter.
    desk.file("bad.toml", &context("x", "token-env = \"A\", token-file = \"b\""));
    ends(&desk, "kestra-admin --config bad.toml --context x tenants list", 2);
    // So is whoever is known, and may not.
    desk.file(
        ".config/kestra-admin/config.toml",
        "[contexts.nobody]\nstore = \"default\"\nauth = { username = \"anna@example.com\" }\n",
    );
    ends(&desk, "kestra-admin users create anna@example.com", 0);
    ends(&desk, "kestra-admin --context nobody tenants create --tenant dev", 3);
}
