//! A filter keeps the same rows of a list on screen as of the command that lists them, by every column that either has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

use kestra_admin::activity::log::ActivityLog;
use kestra_admin::app::list_columns::ListKind;
use kestra_admin::app::screen::Screen;
use kestra_admin::app::tabs::Tab;
use kestra_admin::config::context_rows;
use kestra_admin::config::file::Configuration;
use kestra_admin::domain::columns::{
    ANSWERS, BINDING_WORDS, GROUP_WORDS, ROLE_WORDS, TENANT_USER_WORDS, TENANT_WORDS, USER_WORDS, gives_order,
    holds_numbers,
};
use kestra_admin::domain::query::Row;
use kestra_admin::domain::rows::access::{counted_roles, users_by};
use kestra_admin::domain::rows::contexts::UsedContext;

use crate::screens::tenants::people;
use crate::support::{Console, Setup, session};

const CONFIGURATION: &str = "default-context = \"default\"\n\
    [contexts.default]\nstore = \"default\"\ntenant = \"acme\"\n\
    [contexts.far]\nhost = \"https://far.example.com\"\nprotected = true\nauth = { token-env = \"FAR\" }\n\
    [contexts.old]\nhost = \"https://old.example.com\"\nread-only = true\nprotected = true\n\
    auth = { username = \"ana@example.com\", password-env = \"OLD\" }\n";

/// An instance whose migrations are listed; the other one has nothing to migrate.
const UNMIGRATED: &str = "unmigrated";

/// How a list is come to on screen, and the command that lists the same; `None` where none does.
fn ways(list: ListKind) -> Option<(&'static str, &'static str)> {
    Some(match list {
        ListKind::Tenants => ("1", "tenants list"),
        ListKind::Roles => ("1 g g enter tab", "roles list --tenant acme"),
        ListKind::Holders => ("1 g g enter tab tab", "access list --tenant acme"),
        ListKind::Users => ("1 g g enter tab tab tab", "users list --tenant acme"),
        ListKind::Groups => ("1 g g enter tab tab tab tab", "users groups list --tenant acme"),
        ListKind::Accounts => ("7", "users list --instance"),
        ListKind::Tokens => (
            "1 g g enter tab tab tab g g j t",
            "users tokens list anna@example.com --tenant acme",
        ),
        ListKind::Invitations => ("1 g g enter tab tab tab I", "users invitations list --tenant acme"),
        ListKind::Audit => ("8", "audit list --instance"),
        ListKind::Activity => ("6", "activity list"),
        ListKind::Contexts => ("c", "contexts list"),
        ListKind::Runs => ("3", "migrate status"),
        // One object, and what only the console knows.
        ListKind::Person | ListKind::Members | ListKind::Messages => return None,
    })
}

/// The id of a row, and what it says under each column: as it is compared, and as it is shown.
type SaidRow = (String, BTreeMap<&'static str, [String; 2]>);
/// The same by id.
type Says = BTreeMap<String, BTreeMap<&'static str, [String; 2]>>;

/// The rows of these that are at these places, in order.
fn said<R: Row>(list: ListKind, rows: &[R], visible: &[usize]) -> Vec<SaidRow> {
    let text = |text: Option<std::borrow::Cow<'_, str>>| text.expect("it has every column").into_owned();
    let of = |row: &R| {
        let says = |name: &'static str| (name, [text(row.column(name)), text(row.shown(name))]);
        let id = text(row.column("id"));
        (id, list.filter_columns().iter().map(|name| says(name)).collect())
    };
    visible.iter().map(|at| of(&rows[*at])).collect()
}

/// The rows that are in the list on screen.
fn on_screen(console: &Console, list: ListKind) -> Says {
    in_order(console, list).into_iter().collect()
}

/// The same in the order they are in.
fn in_order(console: &Console, list: ListKind) -> Vec<SaidRow> {
    let model = &console.model;
    assert_eq!(ListKind::on_screen(model), Some(list), "{}", list.word());
    match model.screens.last() {
        None => {
            let held: Vec<_> = model.tenants.held().cloned().collect();
            said(list, &held, &(0..held.len()).collect::<Vec<_>>())
        }
        Some(Screen::Tenant(view)) => {
            let (access, tab) = (view.access.value().unwrap(), view.lists.get(view.tab).unwrap());
            let visible = tab.visible();
            match view.tab {
                Tab::Overview => unreachable!("it is no list"),
                Tab::Roles => said(list, &counted_roles(&access.roles, &access.bindings), visible),
                Tab::Holders => said(list, &access.bindings, visible),
                Tab::Users => {
                    let rights = kestra_admin::domain::query::Filter::parse("rights:x", list.filter_columns());
                    said(list, &users_by(access, &rights.unwrap()), visible)
                }
                Tab::Groups => said(list, &access.groups, visible),
            }
        }
        Some(Screen::Records(view)) => said(list, view.rows.value().unwrap(), view.list.visible()),
        Some(Screen::Contexts(view)) => {
            let rows: Vec<_> = view.rows.value().unwrap().iter().map(Asked).collect();
            said(list, &rows, view.list.visible())
        }
        Some(Screen::Runs(view)) => said(list, model.runs.value().unwrap(), view.list.visible()),
        Some(other) => panic!("{other:?}"),
    }
}

/// A context that was asked, and has not answered what a test would look for.
struct Asked<'a>(&'a kestra_admin::app::contexts::ContextRow);

impl Row for Asked<'_> {
    fn column(&self, name: &str) -> Option<std::borrow::Cow<'_, str>> {
        match name {
            ANSWERS => Some("".into()),
            _ => UsedContext(self.0, "default")
                .column(name)
                .map(|text| text.into_owned().into()),
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        &[]
    }

    fn shown(&self, name: &str) -> Option<std::borrow::Cow<'_, str>> {
        match name {
            ANSWERS => Some("".into()),
            _ => UsedContext(self.0, "default")
                .shown(name)
                .map(|text| text.into_owned().into()),
        }
    }
}

/// The program in a home of its own, on the instance of a console.
struct Desk {
    home: tempfile::TempDir,
    store: PathBuf,
}

impl Desk {
    fn run(&self, line: &str, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .current_dir(&self.home);
        // Which contexts there are is no question to an instance.
        if line.starts_with("migrate") || line.starts_with("rehearsal") {
            // What is done there is none of what the console lists.
            let home = self.home.path().join("elsewhere");
            command.env("HOME", home).args(["--store", UNMIGRATED]);
        } else if !line.starts_with("contexts") && !line.starts_with("activity") {
            command.arg("--store").arg(&self.store);
        }
        command.args(line.split(' ')).args(more).output().unwrap()
    }

    #[track_caller]
    fn does(&self, line: &str, more: &[&str]) {
        let output = self.run(line, more);
        assert!(
            output.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The ids of the rows that a command lists.
    #[track_caller]
    fn lists(&self, line: &str, more: &[&str]) -> Vec<String> {
        let output = self.run(&format!("{line} -o json"), more);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line} {more:?}: {words}");
        let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let id = |row: &serde_json::Value| {
            let id = row.get("id").or_else(|| row.get("name"));
            id.and_then(serde_json::Value::as_str).expect("it has an id").to_owned()
        };
        listed["results"].as_array().unwrap().iter().map(id).collect()
    }
}

fn configuration(home: &Path) -> Configuration {
    let file = home.join(".config/kestra-admin/config.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, CONFIGURATION).unwrap();
    Configuration::read(&file, true).unwrap()
}

/// A console and the program on the same instance, with something in every list.
fn both() -> (Console, Desk) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let now = u64::try_from(now).unwrap();
    let mut console = Setup {
        release: "1.0",
        size: (200, 60),
        session: session(|session| session.started_at = now),
        ..Setup::default()
    }
    .open(people);
    let desk = Desk {
        home: tempfile::tempdir().unwrap(),
        store: console.store(),
    };
    let configuration = configuration(desk.home.path());
    let contexts = configuration.contexts.iter();
    console.contexts = contexts
        .map(|(name, context)| {
            let row = context_rows::row((name, context), &configuration, false);
            (row, Ok("EE 1.0.0".to_owned()))
        })
        .collect();
    for (name, age) in [("deploy", None), ("night", Some("P9D"))] {
        let mut more = vec!["--name", name, "--description", "Of a pipeline"];
        more.extend(age.iter().flat_map(|age| ["--max-age", age]));
        desk.does("users tokens create anna@example.com --tenant acme", &more);
    }
    desk.does(
        "users invitations create dora@example.com --tenant acme",
        &["--role", "Operators@prod", "--group", "Night shift"],
    );
    desk.does(
        "users invitations create eve@example.com --tenant acme --superadmin",
        &[],
    );
    desk.does("roles update Unused --tenant acme --default", &["--yes"]);
    // What is refused has a problem.
    let refused = desk.run("tenants create --tenant acme", &["--yes"]);
    assert!(!refused.status.success());
    desk.does("rehearsal create unmigrated", &["--release", "0.21", "--sample", "1"]);
    desk.does("migrate run --no-backup --until inspect", &["--yes"]);
    desk.does("migrate run --no-backup", &["--yes"]);
    let listed = desk.run("migrate status -o json", &[]).stdout;
    let listed: serde_json::Value = serde_json::from_slice(&listed).unwrap();
    *console.fake.listed.lock().unwrap() = serde_json::from_value(listed["results"].clone()).unwrap();
    let log = ActivityLog::in_state(&desk.home.path().join(".local/state/kestra-admin"));
    log.read(|row| console.activity.insert(0, row)).unwrap();
    assert!(!console.activity.is_empty());
    (console, desk)
}

/// A text as one word of a filter.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Columns that are times.
const TIME_COLUMNS: [&str; 6] = ["time", "expires", "sent", "issued", "used", "started"];

/// Filters that tell rows apart by a column: what one says, not what another says, and what comes before.
fn filters(column: &str, rows: &Says) -> Vec<String> {
    let texts: BTreeSet<&str> = rows
        .values()
        .flat_map(|says| says[column].iter().map(String::as_str))
        .filter(|text| !text.is_empty())
        .collect();
    let (Some(first), Some(last)) = (texts.first(), texts.last()) else {
        return vec![format!("{column}:x")];
    };
    let mut all: Vec<String> = texts
        .iter()
        .take(4)
        .map(|text| format!("{column}={}", quoted(text)))
        .collect();
    all.push(format!("!{column}:{}", quoted(last)));
    if !holds_numbers(column) || first.parse::<u64>().is_ok() {
        all.push(format!("{column}>{}", quoted(first)));
    }
    if TIME_COLUMNS.contains(&column) {
        all.extend([format!("{column}<3d"), format!("{column}>2d")]);
    }
    all
}

#[test]
fn a_filter_keeps_the_same_rows_on_screen_and_of_the_command() {
    let (mut console, desk) = both();
    let mut wrong = Vec::new();
    for list in ListKind::ALL {
        let Some((keys, command)) = ways(list) else { continue };
        console.keys("esc esc esc esc").keys(keys);
        let all = on_screen(&console, list);
        assert!(!all.is_empty(), "nothing is in the list of {}", list.word());
        let listed: BTreeSet<String> = desk.lists(command, &[]).into_iter().collect();
        assert_eq!(all.keys().cloned().collect::<BTreeSet<_>>(), listed, "{}", list.word());
        let columns: BTreeSet<&str> = list.filter_columns().iter().copied().collect();
        assert!(
            list.columns().iter().all(|column| columns.contains(column.name)),
            "every column of {} can be named",
            list.word()
        );
        for column in columns {
            if column == ANSWERS {
                let output = desk.run(command, &["--filter", "answers:ok"]);
                let words = String::from_utf8(output.stderr).unwrap();
                assert_eq!(output.status.code(), Some(2), "{words}");
                assert!(
                    words.contains("`answers`") && words.contains("contexts test"),
                    "{words}"
                );
                continue;
            }
            for filter in filters(column, &all) {
                console.keys("/ ctrl-u").paste(&filter).keys("enter").wait(1_000);
                let here = on_screen(&console, list).into_keys().collect::<BTreeSet<_>>();
                let output = desk.run(&format!("{command} -o json"), &["--filter", &filter]);
                // What is no filter is none on screen either.
                if !output.status.success() && console.screen().contains("cannot be read") {
                    continue;
                }
                let there = if output.status.success() {
                    desk.lists(command, &["--filter", &filter]).into_iter().collect()
                } else {
                    BTreeSet::from([String::from_utf8_lossy(&output.stderr).into_owned()])
                };
                wrong.extend(difference(list, &filter, command, &here, &there));
            }
            console.keys("/ ctrl-u enter");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is told of a filter under which a command lists others than the console has on screen; `None` if they are the same.
fn difference(
    list: ListKind,
    filter: &str,
    command: &str,
    here: &BTreeSet<String>,
    there: &BTreeSet<String>,
) -> Option<String> {
    let words = || format!("{} {filter}: {here:?} on screen, {there:?} by {command}", list.word());
    (here != there).then(words)
}

/// The key of the data of a command under which a column has its times.
const TIMES: &[(&str, ListKind, &str)] = &[
    ("time", ListKind::Activity, "time"),
    ("time", ListKind::Audit, "date"),
    ("issued", ListKind::Tokens, "iat"),
    ("expires", ListKind::Tokens, "exp"),
    ("started", ListKind::Runs, "startedAt"),
];

#[test]
fn a_time_that_a_command_prints_is_one_that_its_filter_takes() {
    let (mut console, desk) = both();
    for (column, list, key) in TIMES {
        let (keys, command) = ways(*list).unwrap();
        console.keys("esc esc esc esc").keys(keys);
        let output = desk.run(&format!("{command} -o json"), &[]);
        let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let id = |row: &serde_json::Value| row["id"].as_str().unwrap().to_owned();
        let moment = |row: &serde_json::Value| row[key].as_str().map(|time| time.parse::<jiff::Timestamp>().unwrap());
        let rows = listed["results"].as_array().unwrap();
        let printed: BTreeSet<&str> = rows.iter().filter_map(|row| row[key].as_str()).collect();
        assert!(!printed.is_empty(), "{command}");
        for text in printed {
            let time = text.parse::<jiff::Timestamp>().unwrap();
            // What is written to the second is all of it.
            let as_written = |time: jiff::Timestamp| {
                if text.contains('.') {
                    time.as_millisecond()
                } else {
                    time.as_second()
                }
            };
            let compared = |other: jiff::Timestamp| as_written(other).cmp(&as_written(time));
            let those = |holds: &dyn Fn(jiff::Timestamp) -> bool| {
                let held = rows.iter().filter(|row| moment(row).is_some_and(holds));
                held.map(id).collect::<BTreeSet<_>>()
            };
            let never = rows.iter().filter(|row| moment(row).is_none()).map(id);
            let later = those(&|other| compared(other).is_gt())
                .into_iter()
                .chain(never)
                .collect();
            for (sign, expected) in [
                ("=", those(&|other| compared(other).is_eq())),
                (":", those(&|other| compared(other).is_eq())),
                ("<", those(&|other| compared(other).is_lt())),
                (">", later),
            ] {
                let filter = format!("{column}{sign}{text}");
                let there: BTreeSet<String> = desk.lists(command, &["--filter", &filter]).into_iter().collect();
                assert_eq!(there, expected, "{command} {filter}");
                console.keys("/ ctrl-u").paste(&filter).keys("enter").wait(1_000);
                let here: BTreeSet<String> = on_screen(&console, *list).into_keys().collect();
                assert_eq!(here, expected, "{filter} on screen");
            }
        }
        console.keys("/ ctrl-u enter");
    }
}

/// The columns that plain words of a list look at, for a command that does not look at what it prints.
fn words_in(list: ListKind) -> Option<&'static [&'static str]> {
    Some(match list {
        ListKind::Tenants => TENANT_WORDS,
        ListKind::Roles => ROLE_WORDS,
        ListKind::Holders => BINDING_WORDS,
        ListKind::Users => TENANT_USER_WORDS,
        ListKind::Groups => GROUP_WORDS,
        ListKind::Accounts => USER_WORDS,
        _ => return None,
    })
}

/// Columns that say something else on screen than a command prints in them, or are not printed.
fn is_printed_as_shown(list: ListKind, column: &str) -> bool {
    let is_time = TIME_COLUMNS.contains(&column);
    let is_left_out = match list {
        ListKind::Tokens => column == "description",
        ListKind::Activity => matches!(column, "command" | "address" | "about"),
        ListKind::Contexts => matches!(column, "changes" | "place" | "use" | "who" | ANSWERS),
        _ => false,
    };
    !is_time && !is_left_out
}

#[test]
fn a_plain_word_leaves_the_same_rows_on_screen_and_of_the_command() {
    let (mut console, desk) = both();
    let mut wrong = Vec::new();
    for list in ListKind::ALL {
        let Some((keys, command)) = ways(list) else { continue };
        console.keys("esc esc esc esc").keys(keys);
        let all = on_screen(&console, list);
        let shown: BTreeSet<&str> = console.model.columns.words_in(list).into_iter().collect();
        let words_in = words_in(list);
        if let Some(words_in) = words_in {
            assert_eq!(
                words_in.iter().copied().collect::<BTreeSet<_>>(),
                shown,
                "{}",
                list.word()
            );
        }
        let mut words: BTreeSet<String> = ["own", "whole", "zzz"].map(str::to_owned).into();
        if words_in.is_some() {
            words.extend(["yes", "no", "a", "1", "s"].map(str::to_owned));
        }
        for column in &shown {
            if words_in.is_none() && !is_printed_as_shown(list, column) {
                continue;
            }
            let texts: BTreeSet<&str> = all.values().map(|says| says[column][1].as_str()).collect();
            words.extend(
                texts
                    .iter()
                    .filter(|text| !text.is_empty())
                    .take(3)
                    .map(|text| quoted(text)),
            );
        }
        for word in words.iter().flat_map(|word| [word.clone(), format!("!{word}")]) {
            console.keys("/ ctrl-u").paste(&word).keys("enter").wait(1_000);
            let here = on_screen(&console, list).into_keys().collect::<BTreeSet<_>>();
            let there: BTreeSet<String> = desk.lists(command, &["--filter", &word]).into_iter().collect();
            wrong.extend(difference(list, &word, command, &here, &there));
        }
        console.keys("/ ctrl-u enter");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lists whose command has one order of its own.
const UNORDERED: [ListKind; 6] = [
    ListKind::Tokens,
    ListKind::Invitations,
    ListKind::Audit,
    ListKind::Activity,
    ListKind::Contexts,
    ListKind::Runs,
];

#[test]
fn lists_are_ordered_by_the_same_columns_on_screen_and_by_the_command() {
    let (mut console, desk) = both();
    let mut wrong = Vec::new();
    for list in ListKind::ALL {
        let Some((keys, command)) = ways(list) else { continue };
        if UNORDERED.contains(&list) {
            let output = desk.run(command, &["--sort", "id"]);
            let words = String::from_utf8_lossy(&output.stderr);
            assert!(words.contains("Unexpected argument `--sort`"), "{command}: {words}");
            continue;
        }
        console.keys("esc esc esc esc").keys(keys);
        let all = on_screen(&console, list);
        for column in list.columns() {
            let gives_order = gives_order(column.name, list.filter_columns());
            assert!(!column.sorts || gives_order, "{}", column.name);
            if !gives_order {
                let output = desk.run(command, &["--sort", column.name]);
                assert_eq!(output.status.code(), Some(2), "{command} --sort {}", column.name);
                continue;
            }
            for sort in [column.name.to_owned(), format!("-{}", column.name)] {
                let there = desk.lists(command, &["--sort", &sort]);
                assert!(!there.is_empty(), "{command} --sort {sort}");
                if !column.sorts {
                    continue;
                }
                console
                    .keys(":")
                    .type_text(&format!("sort {sort}"))
                    .keys("enter")
                    .wait(1_000);
                let here: Vec<SaidRow> = in_order(&console, list);
                let here: Vec<&str> = here.iter().map(|(_, says)| says[column.name][0].as_str()).collect();
                // Rows that are equal in it are in an order of their own.
                let there: Vec<&str> = there.iter().map(|id| all[id][column.name][0].as_str()).collect();
                if here != there {
                    wrong.push(format!("{command} --sort {sort}: {there:?}, and {here:?} on screen"));
                }
            }
        }
        // The next list is come to by the first tenant.
        console.keys(":").type_text("sort id").keys("enter").wait(1_000);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_help_of_every_list_names_the_columns_of_its_filter() {
    let (_console, desk) = both();
    for list in ListKind::ALL {
        let Some((_, command)) = ways(list) else { continue };
        let output = desk.run(command, &["--help"]);
        let help = String::from_utf8(output.stdout).unwrap();
        let words: BTreeSet<&str> = help.split(|sign: char| !sign.is_alphabetic() && sign != '-').collect();
        for column in list.filter_columns() {
            let is_named = words.contains(column) || *column == ANSWERS;
            assert!(is_named, "{command}: `{column}` in\n{help}");
        }
    }
}
