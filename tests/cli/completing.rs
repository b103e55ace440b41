//! What a shell offers for a command line that is not whole yet.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::desk::Desk;

/// Two contexts, two local instances, two tenants in one of them.
fn desk() -> Desk {
    let desk = Desk::with_tenants("0.21");
    desk.instance(
        "lab",
        "0.21",
        "kestra: {ee: {tenants: {enabled: true, default-tenant: false}}}\n",
    );
    desk.file(
        ".config/kestra-admin/config.toml",
        "[contexts.lab]\nstore = \"lab\"\n\n[contexts.prod]\nhost = \"http://127.0.0.1:9\"\n\n\
         [contexts.\"my lab\"]\nstore = \"lab\"\n\n[contexts.\"od\\u0007d\"]\nstore = \"lab\"\n\n\
         [contexts.asks]\nhost = \"http://127.0.0.1:9\"\nauth = { token-command = [\"touch\", \"asked\"] }\n",
    );
    for (store, id) in [("default", "acme"), ("default", "apex"), ("lab", "bench")] {
        let made = desk.run(&format!("kestra-admin --store {store} tenants create --tenant {id}"));
        assert!(made.status.success(), "{made:?}");
    }
    for name in ["Viewers", "Twice", "Twice"] {
        let made = desk.run(&format!(
            "kestra-admin roles create --tenant acme --allow FLOW:READ --name {name}"
        ));
        assert!(made.status.success(), "{made:?}");
    }
    desk
}

/// What is offered for the last of these words; `FILES` if the shell is to complete a file.
fn offered(desk: &Desk, words: &[&str]) -> Vec<String> {
    let (word, before) = words.split_last().unwrap();
    let output = desk
        .program()
        .args(["complete", &format!("--word={word}"), "--"])
        .args(before)
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{words:?}: {output:?}");
    if output.status.code() == Some(1) {
        return vec!["FILES".to_owned()];
    }
    assert!(output.status.success(), "{words:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect()
}

#[test]
fn names_commands_options_and_values_are_offered() {
    let desk = desk();
    let cases: &[(&[&str], &[&str])] = &[
        (&["--context", "l"], &["lab"]),
        (&["--context", ""], &["asks", "lab", "my lab", "prod", "default"]),
        (&["tenants", "list", "--context=p"], &["--context=prod"]),
        (&["tenants", "list", "--context", "=", "p"], &["prod"]),
        (&["contexts", "show", "d"], &["default"]),
        (&["contexts", "use", "pr"], &["prod"]),
        (&["contexts", "test", "pr"], &["prod"]),
        (&["contexts", "remove", ""], &["asks", "lab", "my lab", "prod"]),
        (&["--store", ""], &["default", "lab"]),
        (&["--store", "./"], &["FILES"]),
        (&["rehearsal", "stop", "l"], &["lab"]),
        (&["--tenant", "a"], &["acme", "apex"]),
        (&["tenants", "get", "ac"], &["acme"]),
        (&["tenants", "delete", "acme", "--confirm", ""], &["acme", "apex"]),
        (&["tenants", "create", "--tenant", ""], &[]),
        (&["roles", "list", "--tenant", "("], &["(default)"]),
        (&["--context", "lab", "roles", "list", "--tenant", ""], &["bench"]),
        (&["roles", "list", "--store", "lab", "--tenant", ""], &["bench"]),
        (&["-o", "json", "export", "snapshot", "--tenant", "ap"], &["apex"]),
        (&["--context", "prod", "tenants", "get", ""], &[]),
        (
            &["--host", "http", ":", "//127.0.0.1", ":", "9", "tenants", "ge"],
            &["get"],
        ),
        (&["--context", "asks", "tenants", "get", ""], &[]),
        (&["tenants", "list", "-o", "nd"], &["ndjson"]),
        (&["tenants", "list", "-oj"], &[]),
        (&["apply", ""], &["FILES"]),
        (&["--config", ""], &["FILES"]),
        (&["diff", "pro"], &["prod"]),
        (&["diff", "before"], &["FILES"]),
        (&["completions", "f"], &["fish"]),
        (&["con"], &["config", "contexts"]),
        (&["comp"], &["completions"]),
        (&["migrate", "w"], &[]),
        (&["rehearsal", "serve", "--de"], &[]),
        (&["tenants", "update", "acme", "--na"], &["--name"]),
        (&["tenants", "update", "acme", "--name", "x", "--na"], &[]),
        (&["nonsense", "--wha", "te"], &[]),
        (&["roles", "get", "--tenant", "acme", "Ad"], &["Admin"]),
        (&["roles", "update", "--tenant=acme", "V"], &["Viewers"]),
        (
            &["roles", "delete", "Admin", "--tenant", "acme", "--confirm", "V"],
            &["Viewers"],
        ),
        (&["roles", "diff", "--tenant", "acme", "Admin", "Vi"], &["Viewers"]),
        (&["roles", "diff", "--context-b", "la"], &["lab"]),
        (&["roles", "diff", "--context-b", "lab", "--tenant-b", ""], &["bench"]),
        (
            &[
                "roles",
                "diff",
                "Admin",
                "--context-b",
                "lab",
                "--tenant-b",
                "bench",
                "Ad",
            ],
            &["Admin"],
        ),
        // Each side of a comparison is asked for its own.
        (
            &["roles", "diff", "--context-b", "lab", "--tenant", "a"],
            &["acme", "apex"],
        ),
        (&["roles", "diff", "--context", "lab", "--tenant", ""], &["bench"]),
        (
            &[
                "roles",
                "diff",
                "--context",
                "lab",
                "--context-b",
                "default",
                "--tenant-b",
                "a",
            ],
            &["acme", "apex"],
        ),
        (&["rehearsal", "delete", "lab", "--confirm", "l"], &["lab"]),
        (&["access", "grant", "--tenant", "acme", "--role", "V"], &["Viewers"]),
        (
            &["access", "replace", "x", "--tenant", "acme", "--role", "V"],
            &["Viewers"],
        ),
        (
            &["users", "invitations", "create", "--tenant", "acme", "--role", "V"],
            &["Viewers"],
        ),
        (&["roles", "update", "Viewers", "--confirm", "ap"], &["apex"]),
        (&["roles", "copy", "Admin", "--tenant", "acme", "--to", "ap"], &["apex"]),
        (
            &["roles", "create", "--tenant", "acme", "--from-role", "Vi"],
            &["Viewers"],
        ),
        (&["--context", "lab", "roles", "get", ""], &[]),
        (&["--context", "prod", "roles", "get", "--tenant", "acme", ""], &[]),
        (&["apply", "all.json", "--tenant", "ac"], &["acme"]),
        (&["import", "snapshot", "all.json", "--tenant", "ap"], &["apex"]),
        (&["export", "terraform", "--tenant", "("], &["(default)"]),
        (&["diff", "default/a"], &["default/acme", "default/apex"]),
        (&["diff", "all.json", "lab/"], &["lab/bench"]),
        (&["diff", "prod/"], &["FILES"]),
        (&["diff", "./b"], &["FILES"]),
    ];
    for (words, expected) in cases {
        assert_eq!(offered(&desk, words), *expected, "{words:?}");
    }
    // A name that several have says nothing; their ids do.
    let all = offered(&desk, &["roles", "get", "--tenant", "acme", ""]);
    assert!(all.len() > 3 && !all.contains(&"Twice".to_owned()), "{all:?}");
    assert!(!desk.path("asked").exists(), "a command for credentials was run");
}

#[test]
fn nothing_is_made_for_it() {
    let desk = Desk::new();
    assert_eq!(offered(&desk, &["tenants", "get", ""]), Vec::<String>::new());
    assert_eq!(offered(&desk, &["--context", ""]), ["default"]);
    assert!(std::fs::read_dir(desk.path("")).unwrap().next().is_none());
}

/// Lets bash complete a line; `None` where there is no bash.
#[expect(
    clippy::print_stderr,
    reason = "whoever reads the log should know what was not tried"
)]
fn completed_by_bash(desk: &Desk, words: &[&str]) -> Option<String> {
    let script = desk.run("kestra-admin completions bash").stdout;
    let program = env!("CARGO_BIN_EXE_kestra-admin");
    let mut bash = match Command::new("bash")
        .args(["--norc", "-s", "--"])
        .args(words)
        .env_clear()
        .env("HOME", desk.path(""))
        .current_dir(desk.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    {
        Ok(bash) => bash,
        Err(error) => {
            eprintln!("bash was not run, so that its script was not tried: {error}");
            return None;
        }
    };
    let mut input = bash.stdin.take().unwrap();
    input.write_all(&script).unwrap();
    write!(
        input,
        "COMP_WORDS=(kestra-admin \"$@\")\nCOMP_CWORD=$#\nlast=\"${{@: -1}}\"\n\
         _kestra_admin '{program}' \"${{last#[\\\"\\']}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\ncomplete -p kestra-admin\n"
    )
    .unwrap();
    drop(input);
    let output = bash.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{words:?}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn bash_offers_what_the_program_says() {
    let desk = desk();
    for (words, expected) in [
        (&["tenants", "get", "a"][..], "acme\napex\n"),
        (&["--context", "my"], "my\\ lab\n"),
        (&["roles", "list", "--tenant", "("], "\\(default\\)\n"),
        (&["contexts", "sh"], "show\n"),
        (&["apply", "be"], "\n"),
        (&["--context", "my\\ l"], "my\\ lab\n"),
        (&["--context", "\"my l"], "my lab\n"),
        (&["--context", "'my l"], "my lab\n"),
        (&["--context", "\"my lab\"", "tenants", "get", "b"], "bench\n"),
        (&["--context", "my\\ lab", "tenants", "get", "b"], "bench\n"),
        (&["--context", "=", "'my lab'", "tenants", "get", "'b"], "bench\n"),
    ] {
        let Some(offered) = completed_by_bash(&desk, words) else {
            return;
        };
        assert_eq!(
            offered,
            format!("{expected}complete -F _kestra_admin kestra-admin\n"),
            "{words:?}"
        );
    }
}

#[test]
fn tenants_are_asked_for_over_http_and_an_instance_that_does_not_answer_is_let_be() {
    let desk = Desk::new();
    let up = desk.run("kestra-admin rehearsal up lab --release 1.3");
    assert!(up.status.success(), "{up:?}");
    let found = offered(&desk, &["--context", "lab", "tenants", "get", ""]);
    let listed = desk.run("kestra-admin --context lab tenants list -o csv").stdout;
    let deleted = desk.run("kestra-admin rehearsal delete lab --confirm lab");
    assert!(deleted.status.success(), "{deleted:?}");
    let listed = String::from_utf8(listed).unwrap();
    let ids: Vec<&str> = listed
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert!(!ids.is_empty());
    assert_eq!(found, ids);
    // It takes connections, and says nothing.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("http://{}", mute.local_addr().unwrap());
    assert_eq!(
        offered(&desk, &["--host", &host, "tenants", "get", ""]),
        Vec::<String>::new()
    );
}

#[test]
fn tenants_that_begin_with_a_word_are_found_behind_thousands_that_only_hold_it() {
    let desk = desk();
    let ids: Vec<String> = (0..1200)
        .map(|index| format!("{{\"id\": \"a-zoo-{index:04}\"}}"))
        .collect();
    desk.file("many.json", &format!("[{}]", ids.join(",")));
    let made = desk.run("kestra-admin tenants create --from many.json");
    assert!(made.status.success(), "{made:?}");
    let made = desk.run("kestra-admin tenants create --tenant zoo");
    assert!(made.status.success(), "{made:?}");
    assert_eq!(offered(&desk, &["tenants", "get", "zo"]), ["zoo"]);
}

#[test]
fn a_local_instance_that_somebody_has_to_themselves_is_not_waited_for_and_an_old_one_stays_so() {
    let desk = desk();
    let path = desk.instance_directory("default/instance.db");
    assert!(path.exists());
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .unwrap();
    assert_eq!(offered(&desk, &["tenants", "get", "ac"]), Vec::<String>::new());
    drop(other);
    assert_eq!(offered(&desk, &["tenants", "get", "ac"]), ["acme"]);
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch("PRAGMA user_version = 1").unwrap();
    assert_eq!(offered(&desk, &["tenants", "get", "ac"]), Vec::<String>::new());
    let version: i64 = old.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1, "it was not brought up to date");
}
