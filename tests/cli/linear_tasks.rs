//! More tasks of the product by lines, and that every command is done by one of these conversations.

use std::collections::BTreeSet;

use kestra_admin::app::command::{COMMANDS, Command, CommandId};

use crate::linear::{Stage, Talk};

/// Why the commands of a row are no task by lines.
const NO_TASKS: &[(&str, &[CommandId])] = &[
    (
        "an answer, a number or an empty line does it",
        &[
            CommandId::ColumnToggle,
            CommandId::ColumnsClose,
            CommandId::ColumnsTake,
            CommandId::DialogClose,
            CommandId::DialogPress,
            CommandId::FilterClear,
            CommandId::FilterDone,
            CommandId::FormNext,
            CommandId::MenuClose,
            CommandId::MenuRun,
            CommandId::PageClose,
            CommandId::ReviewPress,
            CommandId::RollbackAsk,
            CommandId::SearchEnd,
            CommandId::WelcomeChoose,
            CommandId::WelcomeClose,
            CommandId::WizardNext,
            CommandId::WizardSelect,
        ],
    ),
    (
        "nothing has the focus that it would move",
        &[
            CommandId::DialogNext,
            CommandId::DialogOther,
            CommandId::MenuComplete,
            CommandId::MenuDown,
            CommandId::MenuFirst,
            CommandId::MenuLast,
            CommandId::MenuPageDown,
            CommandId::MenuPageUp,
            CommandId::MenuUp,
            CommandId::ReviewSwitch,
            CommandId::SortNext,
        ],
    ),
    (
        "a row is a sentence, which has all of it in its own order",
        &[
            CommandId::ColumnEarlier,
            CommandId::ColumnLater,
            CommandId::ColumnsReset,
            CommandId::Wide,
        ],
    ),
    (
        "a search says all lines that it finds",
        &[CommandId::NextMatch, CommandId::PreviousMatch, CommandId::SearchOn],
    ),
    ("every line is a command", &[CommandId::Palette]),
    ("it is there only where an instance answered late", &[CommandId::Kept]),
    ("only a terminal puts a program aside", &[CommandId::Suspend]),
];

/// The lines that are typed in these files, as they stand there.
fn typed() -> impl Iterator<Item = &'static str> {
    [include_str!("linear.rs"), include_str!("linear_tasks.rs")]
        .into_iter()
        .flat_map(|file| file.split(".line(").skip(1))
        .filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next())
}

/// The command that a line is, if that is sure wherever it is typed: by its name, or by keys that nothing else has.
fn of_line(line: &str) -> Option<CommandId> {
    let (number, rest) = line.split_once(' ').unwrap_or_default();
    let line = number.parse::<usize>().map_or(line, |_| rest);
    let name = line.trim_start_matches(':').split(' ').next()?;
    let has_keys = |command: &&Command| command.keys.contains(&line);
    let mut with_keys = COMMANDS.iter().filter(has_keys);
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(named) => Some(named.id),
        None if line.len() > 1 && line.starts_with('/') => Some(CommandId::Filter),
        None => match (with_keys.next(), with_keys.next()) {
            (Some(only), None) => Some(only.id),
            _ => None,
        },
    }
}

#[test]
fn every_command_is_done_by_lines_or_is_no_task_by_lines() {
    let done: BTreeSet<String> = typed().filter_map(of_line).map(|id| format!("{id:?}")).collect();
    let no_tasks = NO_TASKS.iter().flat_map(|(_, ids)| ids.iter());
    let no_tasks: BTreeSet<String> = no_tasks.map(|id| format!("{id:?}")).collect();
    let all = COMMANDS.iter().map(|command| format!("{:?}", command.id));
    let missing: Vec<String> = all.filter(|id| !done.contains(id) && !no_tasks.contains(id)).collect();
    assert!(missing.is_empty(), "no conversation does these: {missing:?}");
    let both: Vec<&String> = done.intersection(&no_tasks).collect();
    assert!(both.is_empty(), "these are said to be no tasks, and are done: {both:?}");
}

#[test]
fn snapshots_are_saved_compared_imported_and_applied() {
    let stage = Stage::new();
    stage.run("rehearsal create eu --release 0.22 --sample large");
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&["13 tenants", "> "])
        .line(
            "3 save-snapshot",
            &["Save a snapshot", "Line 1 of 2, File: iberia.json"],
        )
        .line("", &["Line 2 of 2, Tenants: iberia"])
        .line(
            "",
            &["ok: Saved a snapshot of 1 tenant and 13 accounts in iberia.json", "> "],
        )
        .line("3 D", &["Type iberia to continue"])
        .line("iberia", &["ok: Tenant iberia deleted", "> "])
        .line(
            "import-snapshot iberia.json",
            &["Import a snapshot", "File: iberia.json"],
        )
        .line("", &["Line 2 of 2, Tenants: empty"])
        .line("", &["Import iberia.json", "create tenant iberia", "Type yes to "])
        // What was typed can be mended, or taken once more.
        .line("no", &["Import a snapshot", "Line 2 of 2, Tenants: empty"])
        .line("", &["create tenant iberia", "Type yes to "])
        .line("yes", &["How each of them went", "done.", "done: create tenant iberia"])
        .line("", &["13 tenants", "> "])
        .line("tenant iberia", &["Tenant iberia"])
        .line("roles", &["tab Roles", "> "])
        .line("n", &["Name: not set"])
        .line("Later", &["Description"])
        .line("", &["Default"])
        .line("", &["FLOW: not allowed"])
        .line("flow read", &["FLOW allows READ"])
        .line("ctrl-o", &["Review before sending"])
        .line("ctrl-o", &["ok: Role Later created", "> "])
        .line("compare-snapshot", &["Compare with a snapshot", "File: iberia.json"])
        .line("", &["Line 2 of 2, Tenant: iberia"])
        .line(
            "",
            &[
                "differences between iberia.json",
                "role Later",
                "now: yes",
                "An empty line closes it.",
            ],
        )
        .line(
            "apply-snapshot",
            &["Apply a snapshot", "Line 1 of 3, File: iberia.json"],
        )
        .line("", &["Line 2 of 3, Tenants: iberia"])
        .line("", &["Line 3 of 3, Delete: no"])
        .line(
            "yes",
            &[
                "On eu, for good",
                "delete role Later in tenant iberia",
                "Type eu to continue",
            ],
        )
        .line("yes", &["Apply a snapshot", "Line 3 of 3, Delete: yes"])
        .line("", &["delete role Later in tenant iberia", "Type eu to continue"])
        .line("eu", &["1 done.", "done: delete role Later in tenant iberia"])
        .line("", &["tab Roles", "> "])
        .leaves();
}

#[test]
fn a_run_is_stopped_and_goes_on_from_a_later_step() {
    let stage = Stage::new();
    stage.run("rehearsal up lab --release 0.21");
    stage.restarts_by_hand();
    let mut talk = Talk::start(&stage.0, "--context lab --fresh");
    talk.hears(&["Multi-tenancy is off", "Commands: "])
        .line("m", &["page 1 of 6"])
        .line("", &["page 2 of"])
        .line("search full", &["1 line of 4 have full:", "backups create FULL"])
        .line("", &["page 2 of"])
        .line("page-after", &["page 3 of"])
        .line("", &["page 4 of", "None so far."])
        .line("n", &["Field 1 of 3, Id"])
        .line("dev", &["Field 2 of 3"])
        .line("", &["Field 3 of 3"])
        .line("", &["1. dev"])
        .line("n", &["Field 1 of 3, Id"])
        .line("test", &["Field 2 of 3"])
        .line(":form-previous", &["Field 1 of 3, Id: test"])
        .line("", &["Field 2 of 3"])
        .line("", &["Field 3 of 3"])
        .line("", &["2. test", "> "])
        .line("1 change-tenant", &["Field 1 of 3, Id: dev"])
        .line("", &["Field 2 of 3"])
        .line("Development", &["Field 3 of 3"])
        .line("", &["1. dev  Development", "2. test", "> "])
        .line("2 remove-tenant", &["1. dev  Development", "> "])
        .line("page-after", &["page 5 of"])
        .line("1", &["page 6 of", "Tenants: 1 to create: `dev`", "1. Start it"])
        .line("1", &["Type yes to start;"])
        .line("yes", &["Step 4 of 11 begins: restart", "Restart all servers", "\n> "])
        .line("stop", &["stops after what it is doing", "It was stopped;"]);
    // What a run came to is said before its process is gone; who attaches to it waits for that.
    stage.run("--context lab migrate attach");
    stage.run("rehearsal restart lab");
    talk.line("5 details", &["Step sync-access", "sync-access: pending"])
        .line("", &["Run "])
        .line(
            "5 resume-from",
            &["Go on from sync-access", "`restart`", "Type yes to go on;"],
        )
        .line("no", &["Run "])
        .line("5 F", &["Type yes to go on;"])
        .line(
            "yes",
            &[
                "Step 4 of 11 skipped: restart",
                "Step 5 of 11 begins: sync-access",
                "Step 7 of 11 done: create-tenants: `dev` created",
                "The plan is fulfilled.",
            ],
        );
    // As long as its process is there it could still be told to stop.
    stage.run("--context lab migrate attach");
    // Whether it was seen that it is gone or not: it is not possible, or there was nothing to stop.
    talk.line("S", &["note: "])
        .hears_one(&[
            "Not now: no process is at work on it",
            "has ended; there was nothing to stop",
        ])
        .hears(&["> "])
        .line("runs", &["1. ", "The plan is fulfilled, started ", "> "])
        .line("1 attach", &["Run "])
        .line("plan-anew", &["page 1 of 6, Check", "Multi-tenancy is on"])
        .line("tenants", &["dev, Development", "> "])
        .line("1 open", &["Tenant (default)"])
        .line("tenant dev", &["Tenant dev", "> "])
        .line("copy-url", &["/ui/dev", "ok: URL: printed above", "> "])
        .line("contexts", &["Contexts", "leads to http://127.0.0.1"])
        .line("rehearse", &["Practise on a rehearsal", "Type yes to practise;"])
        .line("no", &["Contexts"])
        .line("switch", &["Tenants on lab", "ok: Switched to lab"])
        .leaves();
}

#[test]
fn cells_are_turned_around_and_what_differs_and_why_is_said() {
    let stage = Stage::new();
    stage.run("rehearsal create eu --release 0.22 --sample large");
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&["13 tenants", "> "])
        .line("tenant iberia", &["Tenant iberia"])
        .line("roles", &["tab Roles", "3. Reader, 4 rights", "> "])
        .line("3 new-role-like", &["New role in tenant iberia", "Name: Reader copy"])
        .line("Readers", &["Description"])
        .line("", &["Default"])
        .line("", &["FLOW allows READ"])
        .line("execution", &["CREATE on EXECUTION: not allowed"])
        .line("toggle-cell", &["CREATE on EXECUTION: allowed"])
        .line("toggle-column", &["+FLOW:CREATE,READ"])
        .line("undo", &["+FLOW:READ "])
        .line("ctrl-o", &["Review before sending", "EXECUTION: CREATE, READ"])
        .line("review-back", &["New role in tenant iberia"])
        .line("ctrl-o", &["Review before sending"])
        .line("ctrl-o", &["ok: Role Readers created", "> "])
        .line(
            "3 mark",
            &[
                "3. Reader, 4 rights, 1 holder, description Looks, and changes nothing, marked",
                "> ",
            ],
        )
        .line("4 mark", &["4. Readers, 5 rights, 0 holders, marked", "> "])
        .line("compare-roles", &["Compare Reader with Readers", "EXECUTION"])
        .line("compare-all", &["Both", "FLOW: READ", "> "])
        .line("back", &["4. Readers, 5 rights, 0 holders, marked", "> "])
        .line("escape", &["4. Readers, 5 rights, 0 holders\n", "> "])
        .line("3", &["Role Reader of tenant iberia", "> "])
        .line("as-in-2", &["as in Kestra 2.0", "FLOW: VIEW, LIST", "> "])
        .line("back", &["tab Roles", "> "])
        .line("next-pane", &["tab Holders", "> "])
        .line("previous-pane", &["tab Roles", "> "])
        .line("next-pane", &["tab Holders", "> "])
        .line("next-pane", &["tab Users", "> "])
        .line("1 about", &["group, Team, tenant iberia, member", "> "])
        .line("back", &["tab Users", "> "])
        .line("1 user-access", &["What amelie.beaumont", "FLOW: READ", "> "])
        .line("flow read", &["may READ FLOW", "> "])
        .line("reasons", &["Team", "An empty line closes it."])
        .line("", &["What amelie.beaumont"])
        .leaves();
}

#[test]
fn rows_and_places_are_moved_through() {
    let stage = Stage::new();
    // Nothing is read again by itself.
    stage
        .0
        .file(".config/kestra-admin/config.toml", "refresh-seconds = 0\n");
    stage.run("rehearsal create eu --release 0.22 --sample large");
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&["13 tenants", "> "])
        .line("last", &["At 13 of 13", "> "])
        .line("up", &["At 12 of 13", "> "])
        .line("first", &["At 1 of 13", "> "])
        .line("down", &["At 2 of 13", "> "])
        .line("page-down", &["At 13 of 13", "> "])
        .line("page-up", &["At 1 of 13", "> "])
        .line("half-down", &["At 9 of 13", "> "])
        .line("half-up", &["At 1 of 13", "> "])
        .line("right", &["Column NAME; s orders by it", "> "])
        .line("left", &["Column ID", "> "])
        .line(
            "2 mark",
            &["2. energy-trading, Energy trading desk, 1 admin, marked", "> "],
        )
        .line("4 mark-range", &["4. leman, Énergies du Léman, 1 admin, marked", "> "])
        .line("e", &["Not now: one tenant at a time", "> "])
        .line("esc", &["4. leman, Énergies du Léman, 1 admin\n", "> "]);
    stage.run("--store eu tenants update leman --name Lac");
    talk.line("refresh", &["4. leman, Lac, 1 admin\n", "> "])
        .line("2 copy-id", &["\nenergy-trading\n", "ok: Id: printed above", "> "])
        .line("activity", &["tenants update leman", "> "])
        .line("earlier", &["13 tenants", "> "])
        .line("later", &["tenants update leman", "> "])
        .line("last-view", &["13 tenants", "> "])
        .line("99", &["There is no row 99 here", "> "])
        .line("problem", &["There is no row 99 here", "An empty line closes it."])
        .line("", &["13 tenants", "> "])
        .line("actions", &["What can be done", "open (enter)"])
        .line("", &["13 tenants", "> "])
        .line("repaint", &["13 tenants", "> "])
        .line("interrupt", &["Nothing is going on; Ctrl-c again leaves", "> "])
        .leaves();
}

#[test]
fn what_somebody_else_changed_meanwhile_is_said_again_when_asked_for() {
    let stage = Stage::new();
    stage.run("rehearsal create eu --release 0.22 --sample large");
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&["13 tenants", "> "])
        .line("tenant iberia", &["Tenant iberia", "Executions: 150"])
        .line("edit-tenant", &["Edit tenant iberia", "Name: "])
        .line("Iberia and more", &["Field 2 of"]);
    stage.run("--store eu tenants update iberia --name Lusitania");
    talk.line(":form-review", &["Review before sending"])
        .line("ctrl-o", &["-> Lusitania"])
        .line(":form-difference", &["Changed on the instance", "-> Lusitania"])
        .line("", &["Edit tenant iberia"])
        .line(":form-review", &["name: Lusitania -> Iberia and more"])
        .line("ctrl-o", &["ok: Tenant iberia updated"])
        .leaves();
}

#[test]
fn what_is_odd_about_an_instance_is_said_at_the_start_and_after_a_switch() {
    let stage = Stage::new();
    stage.run("tenants list");
    stage.run("rehearsal create eu --release 0.22 --sample small");
    let odd = "kestra: {tenants: {enabled: true}}\n";
    for name in ["default", "eu"] {
        std::fs::write(stage.0.instance_directory(name).join("application.yml"), odd).unwrap();
    }
    let note = "`kestra.ee.tenants`";
    let mut talk = Talk::start(&stage.0, "--store eu --fresh");
    talk.hears(&[note, "> "])
        .line("ctx default", &["default", note, "> "])
        .leaves();
}
