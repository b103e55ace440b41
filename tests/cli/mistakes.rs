//! Whatever is asked for wrongly, of any command: three lines on standard error, nothing on standard output, and the exit
//! code of the contract.

use std::collections::BTreeMap;

use clap::CommandFactory;
use kestra_admin::cli::args::Arguments;

use crate::desk::Desk;
use crate::dry_runs::leaves;

/// Commands that were told wrongly, each with what was wrong about it.
#[derive(Default)]
struct Told(Vec<String>);

impl Told {
    /// What, why, and what to do next: three lines that each say something, and end.
    fn runs(&mut self, desk: &Desk, line: &str, codes: &[i32]) {
        let output = desk.run(&format!("kestra-admin {line}"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (data, words) = (text(output.stdout), text(output.stderr));
        let lines: Vec<&str> = words.lines().collect();
        let are_sentences = lines.iter().all(|said| said.len() > 8 && said.ends_with(['.', '?']));
        let code = output.status.code().unwrap();
        if !codes.contains(&code) || !data.is_empty() || lines.len() != 3 || !are_sentences {
            self.0.push(format!("{line}: [{code}]\n{data}{words}"));
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        assert!(self.0.is_empty() || std::thread::panicking(), "\n{}", self.0.join("\n"));
    }
}

#[test]
fn every_command_says_in_three_lines_what_is_wrong_with_its_flags() {
    let desk = Desk::with_tenants("1.3");
    let (mut told, mut commands) = (Told::default(), BTreeMap::new());
    leaves(&Arguments::command(), "", &mut commands);
    for (words, command) in commands.iter().filter(|(_, command)| !command.is_hide_set()) {
        told.runs(&desk, &format!("{words} --no-such-flag"), &[2]);
        told.runs(&desk, &format!("-o xml {words}"), &[2]);
        let needs = command.get_arguments().any(clap::Arg::is_required_set);
        if needs {
            told.runs(&desk, words, &[2]);
        }
    }
    for noun in [
        "tenants",
        "roles",
        "access",
        "users",
        "users groups",
        "users tokens",
        "audit",
        "activity",
        "migrate",
    ] {
        told.runs(&desk, noun, &[2]);
        told.runs(&desk, &format!("{noun} no-such-verb"), &[2]);
    }
}

#[test]
fn every_command_says_in_three_lines_what_is_not_there() {
    let desk = Desk::with_tenants("1.3");
    assert!(
        desk.run("kestra-admin tenants create --tenant a --admin-username admin@kestra.local")
            .status
            .success()
    );
    let mut told = Told::default();
    desk.file("text.txt", "just words\n");
    desk.file("list.json", "[1, 2]");
    desk.file("broken.yaml", "a: [");
    for line in [
        "tenants list column:x",
        "tenants list --sort nothing",
        "tenants get none",
        "tenants get Not-An-Id",
        "tenants create --tenant Bad",
        "tenants create --tenant b --set nothing=1",
        "tenants create --tenant b --admin-username nobody@example.com",
        "tenants create --from none.yaml",
        "tenants create --from broken.yaml",
        "tenants create --from list.json",
        "tenants update none --name x",
        "tenants update a --set id=b",
        "tenants delete none --confirm none",
        "tenants delete a --confirm b",
        "tenants repair-admin none --admin-username admin@kestra.local",
        "tenants repair-admin a --admin-username nobody@example.com",
        "roles list --tenant none",
        "roles list",
        "roles get Nothing --tenant a",
        "roles create --name x --allow NOTHING:READ --tenant a",
        "roles create --name x --allow FLOW:FLY --tenant a",
        "roles create --from none.yaml --tenant a",
        "roles create --from text.txt --tenant a",
        "roles create --name x --from-template Nothing --tenant a",
        "roles update Nothing --name x --tenant a",
        "roles update Admin --name x --tenant a",
        "roles delete Nothing --confirm Nothing --tenant a",
        "roles delete Admin --confirm Admin --tenant a",
        "roles copy Nothing --to a --tenant a",
        "roles diff Admin Nothing --tenant a",
        "access list --tenant none",
        "access list nothing:x --tenant a",
        "access grant --user nobody@example.com --role Viewer --tenant a",
        "access grant --user admin@kestra.local --role Nothing --tenant a",
        "access revoke none --yes --tenant a",
        "access replace none --role Viewer --yes --tenant a",
        "access restore --yes",
        "access who-can NOTHING READ --tenant a",
        "access who-can FLOW FLY --tenant a",
        "access can nobody@example.com FLOW READ --tenant a",
        "access of nobody@example.com --tenant a",
        "users get nobody@example.com",
        "users create not-a-mail --password-file none",
        "users create admin@kestra.local",
        "users delete nobody@example.com --confirm nobody@example.com",
        "users superadmin nobody@example.com on",
        "users password nobody@example.com --password-file text.txt",
        "users password admin@kestra.local --password-file none",
        "users access nobody@example.com give --tenant a",
        "users groups get none --tenant a",
        "users groups create g --member nobody@example.com --tenant a",
        "users groups update none --name x --tenant a",
        "users groups delete none --confirm none --tenant a",
        "users groups add none admin@kestra.local --tenant a",
        "users groups remove none admin@kestra.local --tenant a",
        "users groups owner none admin@kestra.local --tenant a",
        "users service-accounts delete none --confirm none",
        "users tokens list nobody@example.com",
        "users tokens create nobody@example.com --name t",
        "users tokens create admin@kestra.local --name t --max-age soon",
        "users tokens delete nobody@example.com none --confirm none",
        "users invitations create no-mail --tenant a",
        "users invitations create x@example.com --role Nothing --tenant a",
        "users invitations delete none --yes --tenant a",
        "audit list --since never",
        "audit list --tenant none",
        "audit get none --tenant a",
        "activity list --since never",
        "activity get none",
        "export terraform --tenant none",
        "export snapshot --tenant none",
        "import snapshot none.json",
        "import snapshot text.txt",
        "import snapshot list.json",
        "diff none.json nowhere",
        "diff text.txt text.txt",
        "apply none.json --yes",
        "apply text.txt --yes",
        "config show --file none.yml",
        "config set-tenancy --file none.yml --enabled true --yes",
        "contexts show none",
        "contexts use none",
        "contexts remove none --yes",
        "contexts add x --host nonsense",
        "contexts add 'x y' --host http://localhost",
        "contexts add x",
        "contexts import-kestractl none.yaml",
        "migrate status none",
        "migrate attach",
        "migrate resume --yes",
        "migrate stop",
        "migrate rollback --yes",
        "migrate report",
        "migrate plan --tenant Bad_Id:",
        "migrate plan --plan none.json",
        "migrate plan --plan text.txt",
        "migrate run --until nowhere",
        "rehearsal create lab --release x",
        "rehearsal create lab --sample x",
        "rehearsal serve none",
        "rehearsal start none",
        "rehearsal stop none",
        "rehearsal restart none",
        "rehearsal upgrade none --release 1.3",
        "rehearsal status none",
        "rehearsal dump none",
        "rehearsal delete none --confirm none",
        "rehearsal kestra --name none -- --version",
        "completions nonsense",
        "man nonsense",
        "--context none tenants list",
        "--store none tenants list",
        "--host nonsense tenants list",
        "--host http://127.0.0.1:1 tenants list",
        "--host http://127.0.0.1:1 migrate check",
        "--config none.toml tenants list",
        "--config text.txt keys",
        "--read-only tenants create --tenant b",
    ] {
        told.runs(&desk, line, &[1, 2, 3, 4, 5, 7, 9]);
    }
    // Here there is something to print all the same, and the three lines follow it.
    for line in [
        "config set-tenancy --file broken.yaml --enabled true --yes",
        "config path --file none.yml",
        "--store none contexts test",
        "keys --check --config text.txt",
    ] {
        let output = desk.run(&format!("kestra-admin {line}"));
        assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 3, "{line}");
    }
}

#[test]
fn a_form_that_a_command_never_prints_is_refused_with_those_that_can_be_had() {
    let desk = Desk::with_tenants("1.3");
    let mut told = Told::default();
    for line in [
        "export terraform -o json",
        "export terraform -o table",
        "export snapshot -o csv",
        "export snapshot -o table",
        "completions bash -o yaml",
        "man -o json",
        "migrate plan -o csv",
        "migrate report -o csv",
        "migrate run -o csv",
        "migrate attach -o csv",
        "migrate resume -o csv",
        "migrate rollback -o csv",
    ] {
        told.runs(&desk, line, &[2]);
    }
    let words = |line: &str| String::from_utf8(desk.run(line).stderr).unwrap();
    assert_eq!(
        words("kestra-admin export terraform -o json"),
        "`export terraform` prints no `json`.\nIt prints HCL and nothing else.\nLeave out `-o`.\n"
    );
    assert_eq!(
        words("kestra-admin export snapshot -o csv"),
        "`export snapshot` prints no `csv`.\nA snapshot is one document, not rows.\n\
         Use `-o json`, `ndjson` or `yaml`, or leave out `-o` for JSON.\n"
    );
    // What is meant for all commands is no mistake of one.
    for line in [
        "KESTRA_ADMIN_OUTPUT=csv kestra-admin export terraform",
        "KESTRA_ADMIN_OUTPUT=csv kestra-admin man",
        "kestra-admin export snapshot -o ndjson",
    ] {
        assert!(desk.run(line).status.success(), "{line}");
    }
}

/// The environment says what is liked, so that what has no such form is printed as ever, and nothing comes out empty.
#[test]
fn a_form_that_the_environment_asks_for_and_a_command_does_not_have_is_passed_over() {
    let desk = Desk::new();
    desk.instance("default", "0.21", "");
    let ran = desk.run("kestra-admin migrate run --yes --no-backup --until inspect");
    assert!(ran.status.success(), "{ran:?}");
    for line in [
        "migrate plan",
        "migrate report",
        "migrate attach",
        "migrate check",
        "migrate status",
        "migrate run --dry-run",
        "export snapshot",
        "export terraform",
        "config show",
        "config path",
        "contexts list",
        "contexts show",
        "activity list",
        "activity path",
        "audit list",
        "keys",
        "completions bash",
        "users list",
        "users get admin@kestra.local",
        "users tokens list admin@kestra.local",
        "users create new@kestra.local --dry-run",
        "users groups list",
        "users groups create Ops --dry-run",
        "users service-accounts create bot --dry-run",
        "roles list",
        "roles get Admin",
        "roles create --name Ops --allow FLOW:READ --dry-run",
        "access list",
        "access of admin@kestra.local",
        "access can admin@kestra.local FLOW READ",
        "access who-can FLOW READ",
        "rehearsal status",
        "rehearsal create lab --dry-run",
    ] {
        let asked = desk.run(&format!("KESTRA_ADMIN_OUTPUT=csv kestra-admin {line}"));
        let plain = desk.run(&format!("kestra-admin {line}"));
        assert_eq!(asked.status, plain.status, "{line}: {asked:?}");
        let (asked, plain) = [asked, plain]
            .map(|output| String::from_utf8(output.stdout).unwrap())
            .into();
        let is_blank = |text: &str| text.chars().all(|c| c.is_whitespace() || c == '"');
        assert!(is_blank(&plain) || !is_blank(&asked), "{line}: {asked:?} for {plain:?}");
        let refused = desk.run(&format!("kestra-admin {line} -o csv"));
        if String::from_utf8(refused.stderr).unwrap().contains(" prints no `csv`.") {
            assert_eq!(asked.is_empty(), plain.is_empty(), "{line}");
            let first = |text: &str| text.lines().next().map(str::to_owned);
            assert_eq!(first(&asked), first(&plain), "{line}");
        }
    }
}
