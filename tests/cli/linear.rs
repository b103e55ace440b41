//! Every task of the product by lines: the real binary with `--linear`, spoken to as a person without a screen speaks to it.
//!
//! A line is typed once what came before was heard. What is heard is in order, and what was heard once is not listened to
//! again, so that a test also fails where an answer comes late, or does not come.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::desk::Desk;

/// Only a hang reaches this.
const LIMIT: Duration = Duration::from_mins(1);

/// A conversation with the program.
pub struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Vec<u8>>,
    /// What was said and not yet listened to.
    unheard: String,
    /// All of it, for a failure.
    all: String,
}

impl Talk {
    pub fn start(desk: &Desk, words: &str) -> Self {
        let mut command: Command = desk.program();
        command.arg("--linear").args(words.split_whitespace());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            output,
            unheard: String::new(),
            all: String::new(),
        }
    }

    /// Listens until all of this was said, in this order.
    #[track_caller]
    pub fn hears(&mut self, words: &[&str]) -> &mut Self {
        let until = Instant::now() + LIMIT;
        for wanted in words {
            loop {
                if let Some(at) = self.unheard.find(wanted) {
                    self.unheard.drain(..at + wanted.len());
                    break;
                }
                match self
                    .output
                    .recv_timeout(until.saturating_duration_since(Instant::now()))
                {
                    Ok(bytes) => self.take(&bytes),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                        panic!("never said `{wanted}`:\n{}", self.all)
                    }
                }
            }
        }
        self
    }

    /// Listens until one of these was said.
    #[track_caller]
    pub fn hears_one(&mut self, words: &[&str]) -> &mut Self {
        let is_said = |it: &Self| words.iter().any(|wanted| it.unheard.contains(wanted));
        let until = Instant::now() + LIMIT;
        while !is_said(self) {
            match self
                .output
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("said none of {words:?}:\n{}", self.all)
                }
            }
        }
        self
    }

    fn take(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.all.push_str(&text);
        self.unheard.push_str(&text);
    }

    /// Types a line, and listens.
    #[track_caller]
    pub fn line(&mut self, line: &str, words: &[&str]) -> &mut Self {
        writeln!(self.all, "<<< {}", line.escape_debug()).unwrap();
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        self.hears(words)
    }

    /// Types `q` until it has left.
    pub fn leaves(&mut self) {
        self.line(":quit", &[]);
        self.input = None;
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}:\n{}", self.all);
        assert!(!self.all.contains('\x1b'));
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // It has ended by itself unless the test failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A desk whose rehearsals end with it.
pub struct Stage(pub Desk);

impl Stage {
    pub fn new() -> Self {
        Self(Desk::new())
    }

    pub fn run(&self, words: &str) {
        let output = self.0.run(&format!("kestra-admin {words}"));
        assert!(output.status.success(), "{words}: {output:?}");
    }

    /// Nobody but the operator restarts the servers of the contexts.
    pub fn restarts_by_hand(&self) {
        let path = self.0.path(".config/kestra-admin/config.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        let by_hand: String = settings
            .lines()
            .filter(|line| !line.starts_with("restart-command") && !line.starts_with("st"))
            .fold(String::new(), |text, line| text + line + "\n");
        std::fs::write(path, by_hand).unwrap();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for name in ["lab", "rehearsal"] {
            self.0.run(&format!("kestra-admin rehearsal stop {name}"));
        }
    }
}

#[test]
fn from_the_first_start_through_a_whole_migration_and_back() {
    let stage = Stage::new();
    let mut talk = Talk::start(&stage.0, "");
    talk.hears(&["Nothing is configured yet", "2. Practise on a rehearsal", "Commands: "])
        .line(
            "2",
            &["pass: server", "Multi-tenancy is off", "ok: Switched to rehearsal"],
        )
        .line("open", &["Tenant (default), tab Overview", "Flows: 64"])
        .line("back", &["Multi-tenancy is off"])
        .line(
            "migration",
            &["look: tenants", "page 1 of 6", "pass: access: 27 people"],
        )
        .line(
            "",
            &[
                "page 2 of 6, Backup",
                "1. Everything that can be",
                "An empty line answers with 1.",
            ],
        )
        .line("2", &["page 3 of 6"])
        .line("page-before", &["page 2 of 6", "An empty line answers with 2."])
        .line("1", &["page 3 of 6, Restart"])
        .line("", &["page 4 of 6", "None so far."])
        .line("add-tenant", &["Field 1 of 3, Id: not set"])
        .line("dev", &["Field 2 of 3, Name"])
        .line("Development", &["Field 3 of 3, Admin: admin@kestra.local"])
        .line(":form-review", &["1. dev", "A number changes that tenant."])
        .line("", &["page 5 of 6", "1. Keep it", "2. Disable it"])
        .line("2", &["Disable the default tenant", "Type rehearsal to continue"])
        .line("no", &["page 5 of 6"])
        .line("1", &["page 6 of 6", "Default tenant: kept", "2. Not yet"])
        .line(
            "dry-run",
            &[
                "Dry run",
                "3. enable, would",
                "4. restart, would",
                "wait until",
                "7. create-tenants, would",
            ],
        )
        .line("back", &["page 6 of 6"])
        .line(
            "y p",
            &["# Migration of rehearsal to multi-tenancy", "ok: Plan: printed above"],
        )
        .line("start-migration", &["Migrate rehearsal", "Type yes to start;"])
        .line(
            "yes",
            &[
                "Step 3 of 11 done: enable",
                "Step 7 of 11 done: create-tenants",
                "The plan is fulfilled.",
            ],
        )
        .line("2", &["Step backup", "An empty line closes it."])
        .line("", &["Run "])
        .line(
            "output",
            &["what its commands wrote", "Access of 29 user(s) synchronized"],
        )
        .line("o", &["Run "])
        .line("diff", &["+      enabled: true", "An empty line closes it."])
        .line("", &[])
        .line("R", &["# Report: migration of rehearsal", "An empty line closes it."])
        .line("", &[])
        .line(
            "y r",
            &["# Report: migration of rehearsal", "ok: Report: printed above"],
        )
        .line(
            "y c",
            &["kestra-admin --context rehearsal migrate", "ok: Command: printed above"],
        )
        .line("restore-access", &["ok: Everybody holds what they held before the run"])
        .line("tenants", &["dev, Development, 1 admin"])
        .line("runs", &["Runs, the newest first", "1. ", "ended"])
        .line("1", &["Run ", "The plan is fulfilled."])
        .line("rollback", &["1. All of it, back to before `enable`"])
        .line("1", &["Deletes tenant `dev`", "Type rehearsal to continue"])
        .line("rehearsal", &["undone: restart", "What this run changed is undone."])
        .leaves();
}

#[test]
fn a_run_that_waits_is_paused_and_goes_on() {
    let stage = Stage::new();
    stage.run("rehearsal up lab --release 0.21");
    stage.restarts_by_hand();
    let mut talk = Talk::start(&stage.0, "--context lab --fresh");
    talk.hears(&["Multi-tenancy is off", "Commands: "])
        .line("m", &["page 1 of 6"])
        .line("", &["page 2 of"])
        .line("", &["page 3 of"])
        .line("", &["page 4 of"])
        .line("", &["page 5 of"])
        .line("1", &["page 6 of", "1. Start it"])
        .line("1", &["Type yes to start;"])
        .line(
            "yes",
            &[
                "Step 4 of 11 begins: restart",
                "Restart all servers; the run goes on by itself",
            ],
        )
        .line("pause", &["stops after this step"]);
    stage.run("rehearsal restart lab");
    talk.hears(&["Step 4 of 11 done: restart", "\n> "])
        .line("P", &["The plan is fulfilled."])
        .leaves();
}

#[test]
fn tenants_are_found_made_changed_taken_back_and_deleted() {
    let stage = Stage::new();
    stage.run("rehearsal create eu --release 0.22 --sample large");
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&[
        "13 tenants with an id",
        "13. training, Training, no admin",
        "At 1 of 13: archive-2019",
        "> ",
    ])
    .line("j", &["At 2 of 13: energy-trading", "> "])
    .line(
        "/nord",
        &[
            "3 tenants with an id that match nord",
            "1. logistics",
            "3. overseas",
            "> ",
        ],
    )
    .line("esc", &["13 tenants with an id", "13. training", "> "])
    .line("sort name", &["1. archive-2019", "2. iberia", "> "])
    .line("sort-reverse", &["1. tokyo", "> "])
    .line("G", &["At 13 of 13", "> "])
    .line("99 D", &["There is no row 99 here", "> "])
    .line("new-tenant", &["New tenant", "Field 1 of 9, Name: not set"])
    // Keys that are pressed come as what the terminal sends for them.
    .line("\u{1b}", &["13 tenants with an id"])
    .line("new-tenant", &["New tenant", "Field 1 of 9, Name: not set"])
    .line("\u{1b}[20~", &["Name: not set", "note: That key does nothing here"])
    .line("In\u{1b}[Ditech", &["Name: not set", "is not taken"])
    .line("Initech GmbH", &["Field 2 of 9, Id: initech-gmbh"])
    .line("", &["Field 3 of 9, Admin"])
    .line(
        ":form-review",
        &["POST /api/v1/tenants", "kestra-admin --store eu tenants create"],
    )
    .line(
        "y c",
        &[
            "kestra-admin --store eu tenants create --tenant initech-gmbh",
            "ok: Command: printed above",
        ],
    )
    .line("y k", &["kestra tenants create", "ok: Kestra's command: printed above"])
    .line("ctrl-o", &["ok: Tenant initech-gmbh created"])
    .line(
        "e",
        &[
            "Edit tenant initech-gmbh",
            "Id: initech-gmbh (cannot change)",
            "Name: Initech GmbH",
        ],
    )
    .line("Initech", &[])
    .line(":form-review", &["Initech GmbH -> Initech"])
    .line("ctrl-o", &["ok: Tenant initech-gmbh updated"])
    .line("describe", &["\"name\": \"Initech\"", "An empty line closes it."])
    .line("", &[])
    .line("y j", &["\"id\": \"initech-gmbh\"", "ok: JSON: printed above"])
    .line(
        "delete-tenant",
        &[
            "permanently deletes tenant initech-gmbh",
            "Type initech-gmbh to continue",
        ],
    )
    .line(
        "ctrl-y",
        &[
            "tenants delete initech-gmbh --confirm initech-gmbh",
            "ok: Command: printed above",
        ],
    )
    .line("?", &["Type initech-gmbh to continue"])
    .line(
        "nonsense",
        &["Tenant initech-gmbh", "nothing was done: it takes `initech-gmbh`"],
    )
    .line("r", &["Read again at ", " UTC, nothing changed.", "> "])
    .line("", &["Nothing changed by ", "> "])
    .line("D", &["Type initech-gmbh to continue"])
    .line("initech-gmbh", &["ok: Tenant initech-gmbh deleted"])
    .line(
        "messages",
        &["Messages, newest first", "1. ok: Tenant initech-gmbh deleted"],
    )
    .line("1", &["Message", "tenants delete initech-gmbh"])
    .line("", &[])
    .line("activity", &["tenants delete initech-gmbh"])
    .line("tenants", &["13 tenants"])
    .line("tenant training", &["Nobody holds the Admin role"])
    .line("repair-admin", &["1. admin@kestra.local"])
    .line("1", &["Admins: 1"])
    .line("nonsense", &["There is no command `nonsense` here"])
    .line(
        "?",
        &[
            "What can be done",
            "edit-tenant (e)",
            "tenant: Open a tenant by its id.",
        ],
    )
    .line("edit-tenant", &["Edit tenant training"])
    .line("shift-tab", &["All fields have been asked for."])
    .line("more", &["All fields have been asked for. :form-review goes on"])
    .line(":form-leave", &["Tenant training"])
    .line("edit-tenent", &["did you mean `edit-tenant`"])
    .leaves();
}

#[test]
fn many_are_marked_and_a_change_is_taken_back_and_done_again() {
    let stage = Stage::new();
    stage.run("rehearsal create eu --release 0.22 --sample large");
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&["13 tenants with an id", "> "])
        .line("3 mark", &["3. iberia, Compañía del Ebro, 1 admin, marked", "> "])
        .line("5 space", &["5. logistics, Nordwind Logistics, 1 admin, marked", "> "])
        .line("e", &["note: Not now: one tenant at a time"])
        .line(
            "D",
            &[
                "permanently deletes 2 tenants on eu",
                "iberia",
                "logistics",
                "Type 2 tenants to continue",
            ],
        )
        .line("2 tenants", &["11 tenants with an id", "> "])
        .line("/train", &["1 tenant with an id that matches train", "> "])
        .line("*", &["1. training, Training, no admin, marked", "> "])
        .line("esc", &["11 tenants with an id", "> "])
        .line("esc", &["11. training, Training, no admin\n", "> "])
        .line("tenant training", &["Nobody holds the Admin role"])
        .line("e", &["Field 1 of 7, Name: Training"])
        .line("Trained", &[])
        .line(":form-review", &["name: Training -> Trained"])
        .line("send", &["ok: Tenant training updated; u takes it back", "> "])
        .line("u", &["name: Trained -> Training", "Type yes to "])
        .line("yes", &["Name: Training", "> "])
        .line("ctrl-r", &["name: Training -> Trained", "Type yes to "])
        .line("no", &["Tenant training", "Name: Training", "> "])
        .line("ctrl-r", &["Type yes to "])
        .line("yes", &["Name: Trained", "> "])
        .line("W", &["ok: Changes are locked", "> "])
        .line("e", &["Not now"])
        .leaves();
}

#[test]
fn roles_are_made_compared_copied_and_deleted_and_access_is_explained() {
    let stage = Stage::new();
    stage.run("rehearsal create eu --release 0.22 --sample large");
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&["13 tenants", "> "])
        .line("tenant iberia", &["tab Overview", "Executions: 150"])
        .line(
            "tab",
            &[
                "tab Roles",
                "1. Admin, managed by Kestra, 72 rights, 1 holder",
                "At 1 of 3: Admin",
            ],
        )
        .line("new-role", &["New role in tenant iberia", "Name: not set"])
        .line("Ops", &["Description: not set"])
        .line("Looks after flows", &["Default, given to new users of the tenant: no"])
        .line("", &["CREATE on FLOW: not allowed"])
        .line("flow read, update", &["FLOW allows READ, UPDATE"])
        .line("execution", &["on EXECUTION: not allowed"])
        .line("toggle-row", &["EXECUTION allows all of CREATE, READ, UPDATE, DELETE"])
        .line("u", &["EXECUTION allows none of CREATE, READ"])
        .line("EXECUTION READ", &["READ on EXECUTION: allowed"])
        .line("FLOW FLY", &["There is no FLY on FLOW"])
        .line("ctrl-o", &["Review before sending", "Ops", "--allow"])
        .line("ctrl-o", &["Ops"])
        .line("edit-role", &["Edit role Ops"])
        .line(":template", &["Start from what this role allows", "1. Admin"])
        .line("Reader", &["1. Reader"])
        .line("1", &["READ"])
        .line("ctrl-o", &["Review before sending"])
        .line("ctrl-o", &["ok: "])
        .line("compare-roles", &["Compare role", "1. "])
        .line("1", &["Compare "])
        .line("back", &[])
        .line("copy-role", &["1. "])
        .line("1", &["iberia"])
        .line("", &[])
        .line("tenant main", &["Tenant main"])
        .line("tenant iberia", &["Tenant iberia", "Executions: 150"])
        .line("tab", &["Ops"])
        .line("/Ops", &["1. Ops"])
        .line("1 delete-role", &["Type Ops to continue"])
        .line("Ops", &["ok: "])
        .line("esc", &["1. Admin"])
        .line("1 matrix", &["Role Admin of tenant iberia"])
        .line("back", &["tab Roles"])
        .line("1 bindings", &["Role Admin of tenant iberia", "gustavo.rossi"])
        .line("back", &["tab Roles"])
        .line(
            "tab",
            &["tab Holders", "1. user gustavo.rossi@nordwind.example holds Admin"],
        )
        .line("tab", &["tab Users", "1. amelie.beaumont@nordwind.example"])
        .line(
            "1",
            &[
                "What amelie.beaumont@nordwind.example may do in tenant iberia",
                "FLOW: READ",
            ],
        )
        .line("flow create", &["may not CREATE FLOW"])
        .line(
            "who-can",
            &[
                "Who can CREATE FLOW in tenant iberia",
                "1. gustavo.rossi@nordwind.example, Admin",
            ],
        )
        .line("back", &["What amelie.beaumont"])
        .leaves();
}

#[test]
fn people_are_given_and_lose_access_and_secrets_are_told_once() {
    let stage = Stage::new();
    stage.run("rehearsal create us --release 1.3 --sample large");
    let mut talk = Talk::start(&stage.0, "--store us --fresh");
    talk.hears(&["13 tenants", "> "])
        .line("tenant iberia", &["tab Overview", "Executions: 150"])
        .line(
            "holders",
            &["tab Holders", "1. user gustavo.rossi@nordwind.example holds Admin"],
        )
        .line(
            "grant",
            &["Who is given a role in tenant iberia: type numbers", "14. Team, group"],
        )
        .line("1 2", &["Which role"])
        .line("Viewer", &["1. Viewer"])
        .line("1", &["Where it is held", "1. whole tenant"])
        .line("1", &["Type yes to "])
        .line("yes", &["ok: "])
        .line("/amelie", &["1. user amelie.beaumont@nordwind.example holds Viewer"])
        .line("1 revoke", &["ok: "])
        .line("u", &["Viewer", "Type yes to "])
        .line("yes", &["ok: "])
        .line("esc", &["gustavo"])
        .line(
            "tab",
            &["tab Users", "1. amelie.beaumont@nordwind.example, Amélie Beaumont"],
        )
        .line("n", &["New user", "Line 1 of"])
        .line(":form-leave", &["tab Users"])
        .line(
            "1 password",
            &[
                "Password of amelie.beaumont@nordwind.example",
                "What is typed here is not shown.",
            ],
        )
        .line("S3cret-enough!", &["Again: empty"])
        .line("S3cret-enough!", &["Type yes to "])
        .line("yes", &["ok: "])
        .line("superadmin", &["superadmin", "Type yes to "])
        .line("no", &["tab Users"])
        .line("tokens", &["Tokens of amelie.beaumont@nordwind.example"])
        .line("new-token", &["New token of amelie", "Line 1 of 3, Name"])
        .line("ci", &["Line 2 of 3"])
        .line("", &["Line 3 of 3"])
        .line("", &["this is the only time it is shown:"])
        .line("y", &["ok: Token: printed above"])
        .line("Esc", &["1. ci"])
        .line("1 delete-token", &["Type ci to continue"])
        .line("ci", &["ok: "])
        .line("back", &["tab Users"])
        .line("invitations", &["Nobody is invited"])
        .line("invite", &["Invite", "E-mail"])
        .line("new@example.com", &["Line 2 of 3, Create user"])
        .line("", &["Line 3 of 3, Superadmin"])
        .line("", &["1. "])
        .line("Viewer", &["1. Viewer"])
        .line("1", &["1. whole tenant"])
        .line("1", &["1. no group", "2. Team"])
        .line("2", &["ok: "])
        .line("1 withdraw-invitation", &["Type yes to "])
        .line("yes", &["ok: "])
        .line("back", &["tab Users"])
        .line("tab", &["tab Groups", "1. Team, 9 members"])
        .line("1", &["Group Team", "1. amelie.beaumont@nordwind.example"])
        .line("1 remove-members", &["Type yes to "])
        .line("yes", &["ok: "])
        .line("back", &["tab Groups"])
        .line("n", &["New group"])
        .line("Night shift", &[])
        .line("", &["ok: "])
        .line("H", &["Audit log of tenant iberia", "1. "])
        .leaves();
    assert!(!talk.all.replace("<<< S3cret-enough!", "").contains("S3cret-enough!"));
}

#[test]
fn accounts_and_groups_come_change_and_go() {
    let stage = Stage::new();
    stage.run("rehearsal create us --release 1.3 --sample large");
    let mut talk = Talk::start(&stage.0, "--store us --fresh");
    talk.hears(&["13 tenants", "> "])
        .line("tenant iberia", &["tab Overview", "Executions: 150"])
        .line("p", &["tab Holders"])
        .line("tab", &["tab Users", "1. amelie.beaumont"])
        .line("new-user", &["New user", "Line 1 of 5, Username"])
        .line("new@nordwind.example", &["Line 2 of 5, First name"])
        .line("", &["Line 3 of 5"])
        .line("", &["Line 4 of 5, Password", "What is typed here is not shown."])
        .line("", &["Line 5 of 5"])
        .line("", &["ok: User new@nordwind.example created"])
        .line("new-service-account", &["New service account", "Name: empty"])
        .line("ci-bot", &["Line 2 of "])
        .line("", &["ok: Service account ci-bot created"])
        .line("/ci-bot", &["1. ci-bot, service account", "> "])
        .line("1 delete-account", &["Type ci-bot to continue"])
        .line("ci-bot", &["ok: Service account ci-bot deleted", "> "])
        .line("/new@", &["1. new@nordwind.example", "> "])
        .line("1 D", &["Type new@nordwind.example to continue"])
        .line("new@nordwind.example", &["ok: User new@nordwind.example deleted", "> "])
        .line("esc", &["tab Users", "> "])
        .line("give-access", &["type numbers, or a word to search for"])
        .line("amelie.adeyemi", &["1. amelie.adeyemi@nordwind.example"])
        .line("1", &["ok: amelie.adeyemi@nordwind.example", "> "])
        .line("/amelie.adey", &["1. amelie.adeyemi@nordwind.example", "> "])
        .line("1 take-access", &["Nobody loses anything by it.", "Type yes to "])
        .line("yes", &["taken away", "> "])
        .line("esc", &["tab Users", "> "])
        .line("tab", &["tab Groups", "1. Team, 9 members", "> "])
        .line("new-group", &["New group", "Line 1 of 2"])
        .line("Night shift", &["Line 2 of 2"])
        .line("", &["ok: Group Night shift created; u takes it back", "> "])
        .line("/Night", &["1. Night shift, 0 members", "> "])
        .line("1 rename-group", &["Change group Night shift", "Line 1 of 2"])
        .line("Nightly", &["Line 2 of 2"])
        .line("", &["ok: Group Night shift changed", "> "])
        .line("esc", &["2. Team, 9 members", "> "])
        .line("/Nightly", &["1. Nightly, 0 members", "> "])
        .line("1 add-members", &["Who is put into group Nightly"])
        .line("gustavo", &["1. gustavo.rossi@nordwind.example"])
        .line("1", &["ok: gustavo.rossi@nordwind.example now in group Nightly", "> "])
        .line(
            "1",
            &["Group Nightly", "1. gustavo.rossi@nordwind.example, member", "> "],
        )
        .line("1 group-owner", &["now owner of group Nightly", "> "])
        .line("back", &["1. Nightly, 1 member", "> "])
        .line(
            "1 delete-group",
            &["would leave their last group", "Type Nightly to continue"],
        )
        .line("Nightly", &["ok: Group Nightly deleted", "> "])
        .line(":users", &["Users of the instance", "1. admin@kestra.local"])
        .line("/gustavo.rossi", &["1. gustavo.rossi@nordwind.example", "> "])
        .line(
            "instance-audit",
            &["Audit log of the instance", "action DELETE, resource GROUP", "> "],
        )
        .line("audit-filter", &["Filter the audit log", "Line 1 of 6, Text"])
        .line("", &["Line 2 of 6, User"])
        .line("", &["Line 3 of 6, Resources"])
        .line("ROLE", &["Line 4 of 6, Action"])
        .line("CREATE", &["Line 5 of 6, Since"])
        .line("", &["Line 6 of 6, Until"])
        .line("", &["action CREATE, resource ROLE", "> "])
        .leaves();
}

#[test]
fn what_there_is_is_exported_explained_and_laid_out() {
    let stage = Stage::new();
    stage.run("rehearsal create us --release 1.3 --sample large");
    let mut talk = Talk::start(&stage.0, "--store us --fresh");
    talk.hears(&["13 tenants", "> "])
        .line(
            "3 y t",
            &[
                "resource \"kestra_tenant\" \"iberia\"",
                "ok: Terraform: printed above",
                "> ",
            ],
        )
        .line("topic copying", &["Copying, also over SSH", "An empty line closes it."])
        .line("", &["13 tenants"])
        .line("C", &["Columns: a number shows or hides one", "1. ID, shown"])
        .line("-", &["13 tenants"])
        .line("H", &["Audit log of tenant"])
        .line("[", &["13 tenants"])
        .line("]", &["Audit log of tenant"])
        .line("-", &["13 tenants"])
        .line("tenant main", &["Tenant main", "Executions: "])
        .line(
            "y c",
            &[
                "kestra-admin --store us tenants get main",
                "ok: Command: printed above",
                "> ",
            ],
        )
        .line("y n", &["Nordwind", "ok: Name: printed above", "> "])
        .line("roles", &["tab Roles", "2. Admin, managed by Kestra", "> "])
        .line("1 y c", &["roles get", "ok: Command: printed above", "> "])
        .leaves();
}

#[test]
fn contexts_are_tried_switched_locked_and_connected() {
    let stage = Stage::new();
    stage.run("rehearsal create eu --release 0.22");
    stage.run("rehearsal up lab --release 1.3");
    let path = stage.0.path(".config/kestra-admin/config.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let more = format!("{settings}\n[contexts.vault]\nstore = \"eu\"\nprotected = true\n");
    std::fs::write(path, more).unwrap();
    let status = stage.0.run("kestra-admin rehearsal status lab -o json");
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    let password = std::fs::read_to_string(status["passwordFile"].as_str().unwrap()).unwrap();
    let mut talk = Talk::start(&stage.0, "--context lab --fresh");
    talk.hears(&["Kestra EE 1.3.0", "Commands: "]).line("zzz", &["zzz"]);
    assert_eq!(
        talk.all.matches("\n1. ").count(),
        1,
        "the list is said once: {}",
        talk.all
    );
    talk.line(
        "c",
        &[
            "Contexts",
            "lab, changes ",
            "leads to http://127.0.0.1",
            "vault, changes ",
            "leads to local eu",
            "ok, EE 0.22.0",
        ],
    )
    .line("context vault", &["Tenants on vault, RO", "ok: Switched to vault"])
    .line("W", &["This context is protected.", "Type vault to continue"])
    .line("vault", &["RW*"])
    .line("W", &["Changes are locked"])
    .line("n", &["changes are locked"])
    .line("contexts", &["Contexts"])
    .line("test-context", &["Test ", "Everything is as it should be."])
    .line("back", &["Contexts"])
    .line("connect", &["Connect to a Kestra", "Line 1 of 6, URL: not set"])
    .line(status["host"].as_str().unwrap(), &["Username"])
    .line("esc", &["Type yes to discard"])
    .line("c", &["Connect to a Kestra", "Line 2 of 6, Username: not set"])
    .line(
        "admin@kestra.local",
        &["Secret: typed here", "One of: typed here, variable, file, command."],
    )
    .line("", &["Password or token: not set"])
    .line(password.trim(), &["Keep as context"])
    .line("again", &["Protect"])
    .line(":form-review", &["pass: ", "Tenants on again", "ok: "])
    .leaves();
    let written = std::fs::read_to_string(stage.0.path(".config/kestra-admin/config.toml")).unwrap();
    assert!(written.contains("[contexts.again]"));
    assert!(!written.contains(password.trim()));
}

/// The console stands on another instance, which the commands in the steps do not mean.
#[test]
fn the_steps_of_a_connection_name_commands_for_what_is_connected_to() {
    let stage = Stage::new();
    stage.run("rehearsal up lab --release 0.21");
    let status = stage.0.run("kestra-admin rehearsal status lab -o json");
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    let host = status["host"].as_str().unwrap();
    let file = status["passwordFile"].as_str().unwrap();
    for (name, words) in [("again", "--context again".to_owned()), ("", format!("--host {host}"))] {
        let mut talk = Talk::start(&stage.0, "--context lab --fresh");
        talk.hears(&["Commands: "])
            .line("connect", &["Line 1 of 6, URL: not set"])
            .line(host, &["Username"])
            .line("admin@kestra.local", &["Secret: typed here"])
            .line("file", &["not set"])
            .line(file, &["Keep as context"])
            .line(name, &[])
            .line(
                ":form-review",
                &["warn: ", &format!("`kestra-admin {words} migrate plan`")],
            )
            .leaves();
    }
}

#[test]
fn looking_at_the_contexts_makes_none() {
    let stage = Stage::new();
    let desk = &stage.0;
    desk.instance("lab", "0.21", "");
    desk.file(
        ".config/kestra-admin/config.toml",
        "[contexts.lab]\nstore = \"lab\"\n\n[contexts.other]\nstore = \"lab\"\n",
    );
    let mut talk = Talk::start(desk, "--context lab");
    talk.hears(&["Commands: "])
        .line("contexts", &["default", "not made yet"]);
    assert!(!desk.instance_directory("default").exists());
    // It is made once somebody works on it.
    talk.line(":context default", &["Switched to default"]).leaves();
    assert!(desk.instance_directory("default").exists());
}

#[test]
fn where_nothing_can_be_kept_it_opens_and_says_so() {
    let desk = Desk::with_tenants("1.3");
    // A state directory that cannot be made, whoever asks.
    desk.file(".local/state/kestra-admin", "in the way");
    let mut talk = Talk::start(&desk, "");
    talk.hears(&["Commands: ", "What you do here is not kept for the next start."])
        .leaves();
}
