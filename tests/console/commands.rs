//! The table of commands against the console that lives by it.

use std::collections::BTreeSet;
use std::fmt::Write;

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::app::command::{
    Availability, COMMANDS, Command, CommandId, Safety, Scope, availability, command, on_offer,
};
use kestra_admin::app::effect::Request;
use kestra_admin::app::input::{Key, parse_sequence};
use kestra_admin::app::keymap::{Found, Keymap};
use kestra_admin::app::line_edit::LineEdit;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::overlay::Overlay;
use kestra_admin::app::own_keys::KeyRow;
use kestra_admin::app::screen::Screen;
use kestra_admin::term::decoder::Decoder;
use kestra_admin::ui::hints::{Hints, Piece};
use kestra_admin::ui::look::Look;
use unicode_width::UnicodeWidthStr;

use crate::support::migrations::{Fake, US, grown, plan};
use crate::support::{Console, Setup, usual};

/// No keys lead to the panel of the first start; it is there by itself.
const WELCOME: &str = "the first start";

/// Every kind of place, with the keys that lead there.
const PLACES: [(&str, &str); 48] = [
    ("the panel of the first start", WELCOME),
    ("the list", ""),
    ("a tenant in the list", "j"),
    ("a filter being typed", "/"),
    ("the overview", "j enter"),
    ("the roles", "j enter tab"),
    ("the holders", "j p"),
    ("the users", "j p tab"),
    ("the groups", "j p tab tab"),
    ("a filter in a tab", "j p /"),
    ("a role", "j enter tab enter"),
    ("the holders of a role", "j enter tab enter tab"),
    ("a role being edited", "j enter tab j N enter"),
    ("the name of a role", "j enter tab n"),
    ("the users of the instance", "7"),
    ("two roles", "j enter tab f down down enter"),
    ("what a user may do", "j p tab a"),
    ("who can do something", "j p w enter enter"),
    ("something to choose from", "j p w"),
    ("the default tenant", "enter"),
    ("the messages", "L"),
    ("the contexts", "c"),
    ("the way to a context", "c t"),
    ("the form that connects", "c n"),
    ("a form", "n"),
    ("an edit", "j e"),
    ("a review", "j e X ctrl-o"),
    ("the wizard", "m"),
    ("a choice in the wizard", "m enter"),
    ("a tenant asked for", "m enter enter enter n"),
    ("a plan", "m enter enter enter enter enter"),
    ("a dry run", "m enter enter enter enter enter t"),
    ("the runs", "3"),
    ("a run", "3 enter"),
    ("how far to roll back", "3 enter b"),
    ("the columns of a list", "C"),
    ("what a list is ordered by", "s s"),
    ("the palette", ":"),
    ("the help", "?"),
    ("a dialog", "j D"),
    ("a page", "j d"),
    ("a person", "j p tab i"),
    ("the members of a group", "j p tab tab n G ctrl-o enter"),
    ("tokens", "j p tab t"),
    ("invitations", "j p tab I"),
    ("the audit log", "j H"),
    ("the activity record", "6"),
    ("lines to type", "j p tab n"),
];

fn at(keys: &str) -> Console {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.go(None);
    let mut console = if keys == WELCOME {
        crate::welcome::first_start()
    } else {
        Setup {
            fake,
            ..Setup::default()
        }
        .open(usual)
    };
    console.with_contexts(["default"]);
    console.contexts[0].0.leads = kestra_admin::app::contexts::Leads::Store("default".to_owned());
    if !keys.is_empty() && keys != WELCOME {
        console.keys(keys);
    }
    console
}

fn in_place(command: &Command, scopes: &[Scope]) -> bool {
    command.scopes.iter().any(|scope| scopes.contains(scope))
}

/// Where an inner place takes a key for itself on purpose: going back from a review goes to its form, Esc sends the
/// panel of the first start away and ends a search while there is one, and in text that is read `n`, and Enter while words are looked for, is the next match; among roles `p` is the matrix of one.
fn is_taken_on_purpose(command: &Command, scopes: &[Scope]) -> bool {
    let reads = [
        "page-close",
        "escape",
        "plan-anew",
        "add-tenant",
        "wizard-next",
        "details",
        "rollback-ask",
    ]
    .contains(&command.name);
    match scopes.first() {
        Some(Scope::Review) => ["back", "escape"].contains(&command.name),
        Some(Scope::Welcome) => command.name == "escape",
        Some(Scope::Text) if reads => true,
        // What is listed there is roles, and the next tab shows who holds what.
        Some(Scope::Roles) => command.name == "holders",
        // Numbers choose there.
        Some(_) if scopes.contains(&Scope::Wizard) => [
            "tenants",
            "roles",
            "runs",
            "messages",
            "contexts",
            "activity",
            "users",
            "instance-audit",
        ]
        .contains(&command.name),
        _ => false,
    }
}

/// Whatever else the same key means where the page is opened.
#[test]
fn the_pages_of_the_help_name_the_keys_that_the_operator_has() {
    let own = |command: &str, key: &str| KeyRow {
        command: command.to_owned(),
        keys: vec![key.to_owned()],
        ..KeyRow::default()
    };
    for (topic, rows, expected) in [
        (
            "contexts-and-trust",
            vec![
                own("dialog-next", "f11"),
                own("dialog-press", "f12"),
                own("switch", "f9"),
                own("open", "f8"),
            ],
            &["F11, then F12 presses the other one", "F9 switches"][..],
        ),
        (
            "getting-around",
            vec![
                own("open", "f8"),
                own("switch", "f9"),
                own("next-match", "f11"),
                own("search-on", "f12"),
                own("menu-complete", "f7"),
                own("next-pane", "f6"),
            ],
            &[
                "F8 opens",
                "F6 goes to the next tab",
                "F7 completes names",
                "F11 or F12 and N",
            ],
        ),
        (
            "roles-and-access",
            vec![own("matrix", "f8"), own("holders", "f9")],
            &["F9 shows who holds", "F8 shows the matrix"],
        ),
        ("migration", vec![own("dry-run", "f8")], &["F8 there shows a dry run"]),
        (
            "troubleshooting",
            vec![own("copy-page", "f8"), own("test-context", "f9")],
            &["F8 there copies", "F9 goes"],
        ),
        (
            "copying",
            vec![own("copy-name", "f8")],
            &["y i copies the id, F8 the name"],
        ),
    ] {
        for way in ["1", "c", "j p tab", "6"] {
            let mut console = Console::usual();
            console.keys(way);
            console.model.keymap = Keymap::with(&rows).0;
            assert_eq!(console.model.keymap.left_out(), [""; 0]);
            console.send(Msg::Run(format!("topic {topic}")));
            let text = match console.model.overlays.last() {
                Some(Overlay::Page(page)) => page.text.clone(),
                other => panic!("{other:?}"),
            };
            for words in expected {
                assert!(text.contains(words), "{topic} after {way}: {words}\n{text}");
            }
        }
    }
}

/// A keymap in which no command has a key of the table.
fn rebound() -> Keymap {
    let letters = "abcdefghijklmnopqrstuvwxyz";
    let pairs = letters
        .chars()
        .flat_map(|a| letters.chars().map(move |b| format!("f12 {a} {b}")));
    let rows: Vec<KeyRow> = COMMANDS
        .iter()
        .filter(|command| !command.keys.is_empty())
        .zip(pairs)
        .map(|(command, keys)| KeyRow {
            command: command.name.to_owned(),
            keys: vec![keys],
            ..KeyRow::default()
        })
        .collect();
    let (keymap, reports) = Keymap::with(&rows);
    let left_out: Vec<_> = reports.into_iter().filter(|report| report.left_out).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
    keymap
}

/// Words by which keys of the table are named in a text, but for what the fields of a form do with keys, which is theirs.
fn keys_of_the_table(text: &str) -> Vec<&str> {
    let is_key = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let named = [
            "Esc",
            "Enter",
            "Tab",
            "Backspace",
            "Space",
            "PgDn",
            "PgUp",
            "Shift-Tab",
            "F1",
            "F2",
        ];
        named.contains(&word) || word.starts_with("Ctrl-")
    };
    text.split_whitespace().filter(is_key).collect()
}

/// Where the operator has other keys nothing on screen, no reason and no message names those of the table.
#[test]
fn texts_name_the_keys_that_the_operator_has() {
    let keymap = rebound();
    let mut wrong = BTreeSet::new();
    for (place, way) in PLACES {
        let mut console = at(way);
        console.model.keymap = keymap.clone();
        let screen = console.screen();
        for line in screen.lines().filter(|line| !keys_of_the_table(line).is_empty()) {
            wrong.insert(format!("on screen in {place}: {}", line.trim()));
        }
        let before = console.model.clone();
        for command in COMMANDS {
            if let Availability::Disabled(_) = availability(&before, command.id) {
                console.model = before.clone();
                console.send(Msg::Run(command.name.to_owned()));
                for message in &console.model.messages.log {
                    if !keys_of_the_table(&message.text).is_empty() {
                        wrong.insert(format!("told: {}", message.text));
                    }
                }
            }
        }
    }
    let mut console = Console::usual();
    console.model.session.protected = true;
    console.model.keymap = keymap;
    let keys = |console: &Console, id| {
        console
            .model
            .keymap
            .key_of(id, &[Scope::Global, Scope::Tenants])
            .unwrap()
    };
    let unlocks = keys(&console, CommandId::ToggleWriting).replace("f12", "F12");
    let help = keys(&console, CommandId::Help).replace("f12", "F12");
    let delete = keys(&console, CommandId::Delete);
    console
        .keys(&delete)
        .shows(&format!("changes are locked; {unlocks} unlocks them"));
    console.keys("f11").keys("Q").wait(9_000).keys("Q");
    console.shows(&format!("Q does nothing here; {help} shows what does"));
    console
        .keys("f12 ? ?")
        .shows(&format!("has no meaning here; {help} shows what has"));
    let filter = keys(&console, CommandId::Filter);
    console.keys(&filter).type_text("nobody").lacks("Esc clears");
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_places_are_all_there_are() {
    let seen: BTreeSet<Scope> = PLACES.iter().flat_map(|(_, keys)| at(keys).model.scopes()).collect();
    assert_eq!(seen, BTreeSet::from(Scope::ALL));
}

#[test]
fn every_key_of_every_command_works_wherever_the_command_does() {
    for (place, keys) in PLACES {
        let model = at(keys).model;
        let scopes = model.scopes();
        for command in COMMANDS.iter().filter(|command| in_place(command, &scopes)) {
            if is_taken_on_purpose(command, &scopes) {
                continue;
            }
            for keys in command.keys {
                let sequence = parse_sequence(keys).unwrap();
                assert_eq!(
                    model.keymap.find(&scopes, &sequence),
                    Found::Command(command.id),
                    "<{keys}> for `{}` in {place}",
                    command.name
                );
            }
        }
    }
}

/// Every key that the decoder of terminals makes a key of.
fn all_keys() -> Vec<Key> {
    let mut decoder = Decoder::default();
    let mut keys = BTreeSet::new();
    let mut feed = |bytes: &[u8]| {
        let messages = decoder.feed(bytes, false);
        keys.extend(messages.into_iter().filter_map(|message| match message {
            Msg::Key(key) => Some(key),
            _ => None,
        }));
    };
    for byte in 0..=0x7f {
        feed(&[byte]);
    }
    feed("\u{e4}".as_bytes());
    for modifier in ["", "1;5"] {
        for letter in "ABCDHFZPQRS".chars() {
            feed(format!("\x1b[{modifier}{letter}").as_bytes());
        }
    }
    for number in 1..=34 {
        feed(format!("\x1b[{number}~").as_bytes());
        feed(format!("\x1b[{number};5~").as_bytes());
    }
    keys.into_iter().collect()
}

#[test]
fn what_the_keymap_does_not_know_does_nothing_unless_it_is_typed() {
    let keys = all_keys();
    assert!(keys.len() > 140, "{}", keys.len());
    for (place, way) in PLACES {
        let mut console = at(way);
        let scopes = console.model.scopes();
        let inner = scopes[0];
        if inner == Scope::Form {
            // What its fields do with a key is theirs, as what they hold.
            continue;
        }
        let (screen, messages) = (console.screen(), console.model.messages.clone());
        let shape = |console: &Console| {
            let model = &console.model;
            let said = model.messages.log.iter();
            let said = said.filter(|message| !message.text.contains(" does nothing here"));
            let counts = [model.screens.len(), model.overlays.len(), said.count()];
            (model.scopes(), model.pending.clone(), counts)
        };
        let unchanged = shape(&console);
        for key in &keys {
            let known = console.model.keymap.find(&scopes, &[*key]) != Found::Nothing;
            let typed = inner.types() && LineEdit::new("a").key(*key);
            if !known && !typed {
                console.keys(&key.to_string());
                assert_eq!(shape(&console), unchanged, "<{key}> in {place}");
            }
        }
        // That they do nothing was said, and is with the messages.
        console.model.messages = messages;
        assert_eq!(console.screen(), screen, "{place}");
    }
}

#[test]
fn every_command_has_a_command_line_or_a_reason_and_what_changes_something_has_a_good_one() {
    for command in COMMANDS {
        match command.cli {
            Ok(line) => assert!(line.starts_with("kestra-admin "), "{}", command.name),
            Err(reason) => {
                assert!(!reason.is_empty() && !reason.ends_with('.'), "{}", command.name);
                let changes = command.safety != Safety::Observe;
                assert!(
                    !changes || reason != "it is about this screen alone",
                    "{}",
                    command.name
                );
            }
        }
    }
}

#[test]
fn every_command_line_in_the_table_is_one_that_there_is() {
    use clap::CommandFactory;
    use clap::error::ErrorKind::{InvalidSubcommand, UnknownArgument};

    for command in COMMANDS {
        let there = command.cli_there.iter().map(|(_, cli)| *cli);
        for line in there.chain([command.cli]).flatten() {
            let parsed = kestra_admin::cli::args::Arguments::command().try_get_matches_from(line.split(' '));
            let kind = parsed.err().map(|error| error.kind());
            assert!(
                !matches!(kind, Some(InvalidSubcommand | UnknownArgument)),
                "{line}: {kind:?}"
            );
        }
    }
}

#[test]
fn the_help_of_a_place_names_command_lines_of_that_place() {
    for (place, way) in PLACES {
        let scopes = at(way).model.scopes();
        if scopes
            .iter()
            .any(|scope| matches!(scope, Scope::Tenants | Scope::Overview))
        {
            continue;
        }
        for command in COMMANDS {
            let is_of_place = in_place(command, &scopes) && !command.scopes.contains(&Scope::Global);
            let line = command.cli_in(&scopes).unwrap_or_default();
            assert!(
                !is_of_place || !line.starts_with("kestra-admin tenants "),
                "{} in {place}: {line}",
                command.name
            );
        }
    }
    at("j enter tab")
        .keys("?")
        .type_text("open")
        .shows("As a command: kestra-admin roles get ROLE");
    at("j enter")
        .keys("?")
        .type_text("open")
        .lacks("As a command: kestra-admin roles get ROLE");
    at("j")
        .keys("?")
        .type_text("open")
        .shows("As a command: kestra-admin tenants get ID");
}

/// What the command lines of a list's own commands begin with; a list without any has none.
fn lines_of(scope: Scope) -> Option<&'static [&'static str]> {
    Some(match scope {
        Scope::Roles | Scope::Role => &["roles ", "access "],
        Scope::Holders => &["roles get ", "access "],
        Scope::Users | Scope::Person => &["users ", "access "],
        Scope::Groups | Scope::Members => &["users groups ", "users get ", "access grant --group "],
        Scope::Accounts => &["users "],
        Scope::Tokens => &["users tokens "],
        Scope::Invitations => &["users invitations "],
        Scope::Audit => &["audit "],
        Scope::Activity => &["activity "],
        Scope::Access | Scope::WhoCan => &["access "],
        Scope::Contexts => &["contexts ", "rehearsal ", "--context "],
        Scope::Runs | Scope::Run => &["migrate ", "access restore "],
        Scope::Messages => &[],
        _ => return None,
    })
}

#[test]
fn every_command_of_a_list_has_a_command_line_of_that_list_or_none() {
    let mut wrong = Vec::new();
    for (place, way) in PLACES {
        let scopes = at(way).model.scopes();
        let Some((scope, begins)) = scopes.iter().find_map(|scope| Some((*scope, lines_of(*scope)?))) else {
            continue;
        };
        for command in COMMANDS.iter().filter(|command| command.scopes.contains(&scope)) {
            let Ok(line) = command.cli_in(&scopes) else { continue };
            let line = line.trim_start_matches("kestra-admin ");
            if !begins.iter().any(|begin| line.starts_with(begin)) {
                wrong.push(format!("{place}: {}: {line}", command.name));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_command_line_of_what_is_on_screen_can_be_copied_or_there_is_a_reason() {
    let copy = command(CommandId::CopyCommand).unwrap();
    let mut found = String::new();
    for (place, way) in PLACES {
        let mut console = at(way);
        if !in_place(copy, &console.model.scopes()) {
            continue;
        }
        let said = match availability(&console.model, copy.id) {
            Availability::Ready => console.copy("ctrl-y"),
            Availability::Disabled(reason) => {
                console.keys("ctrl-y").shows(&format!("Not now: {reason}"));
                format!("not now: {reason}")
            }
            Availability::Hidden => panic!("hidden in {place}"),
        };
        writeln!(found, "{place}: {said}").unwrap();
    }
    for (way, name) in [
        ("j D", "a deletion"),
        ("j p D", "a role to be taken away"),
        ("3 enter b enter", "a way back"),
    ] {
        let mut console = at(way);
        console.keys("tab");
        writeln!(found, "{name}: {}", console.copy("ctrl-y")).unwrap();
    }
    insta::assert_snapshot!("command_lines", hide_ids(&found));
}

/// Ids of roles and the like are made by chance.
fn hide_ids(text: &str) -> String {
    let is_id = |word: &str| word.len() > 15 && word.chars().all(char::is_alphanumeric);
    let lines = text.lines().map(|line| {
        let words = line.split(' ').map(|word| if is_id(word) { "<id>" } else { word });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn hints_fit_at_every_width_and_end_with_the_last_whole() {
    for (place, way) in PLACES {
        let model = at(way).model;
        let hints = Hints::of(&model);
        let all = hints.fit(1000);
        let (_, _, last) = all.last().unwrap();
        let has_help = model.scopes().iter().any(|scope| {
            let help = command(CommandId::Help).unwrap();
            help.scopes.contains(scope)
        });
        assert!(!has_help || *last == Some(CommandId::Help), "{place}: {last:?}");
        for columns in 40..201 {
            let cut = hints.fit(columns);
            let text = text_of(&cut);
            assert!(text.trim_end().width() <= columns, "{place} at {columns}: {text}");
            assert_eq!(
                text.contains("..."),
                text != text_of(&all),
                "{place} at {columns}: {text}"
            );
            assert_eq!(cut.last(), all.last(), "{place} at {columns}: {text}");
            for piece in cut.iter().filter(|(_, _, command)| command.is_some()) {
                assert!(all.contains(piece), "{place} at {columns}: {piece:?} of `{text}`");
            }
        }
    }
}

fn text_of(hints: &[Piece]) -> String {
    hints.iter().map(|(_, text, _)| text.as_str()).collect()
}

#[test]
fn a_hint_of_what_is_not_possible_has_brackets() {
    let mut console = Console::usual();
    // What can be done now comes before it where there is no room for both.
    console.lacks("(e edit)").resize(240, 24);
    for depth in [Depth::Mono, Depth::Ansi16] {
        console.look = Look::new("default", depth, Glyphs::Ascii).unwrap();
        console.keys("g g").shows("(e edit)");
        console.keys("j").shows("e edit").lacks("(e edit)");
    }
}

#[test]
fn where_text_is_typed_no_command_waits_for_a_key_that_types() {
    let types = |key: Key| LineEdit::new("a").key(key);
    for scope in [
        Scope::Filter,
        Scope::Menu,
        Scope::Dialog,
        Scope::Form,
        Scope::Everywhere,
    ] {
        for command in COMMANDS.iter().filter(|command| command.scopes.contains(&scope)) {
            // Arrows go from button to button; to and from a line that is typed in it is <tab>.
            let is_of_buttons = command.id == CommandId::DialogOther;
            // At the end of the line where the cursor is, they go through the rows.
            let is_of_ends = matches!(command.id, CommandId::MenuFirst | CommandId::MenuLast);
            let reachable =
                command.keys.iter().any(|keys| !types(parse_sequence(keys).unwrap()[0])) || is_of_buttons || is_of_ends;
            assert!(reachable, "`{}` in scope `{}`", command.name, scope.word());
        }
    }
}

#[test]
fn commands_without_a_key_are_in_the_palette() {
    for command in COMMANDS.iter().filter(|command| command.keys.is_empty()) {
        assert!(command.listed, "{}", command.name);
    }
}

#[test]
fn the_help_of_every_place_lists_every_command_of_the_place() {
    for (place, keys) in PLACES {
        let mut console = at(keys);
        if !console.model.overlays.is_empty() {
            continue;
        }
        // While a filter is typed, the help is that of its list.
        if console.model.scopes().first() == Some(&Scope::Filter) {
            console.keys("ctrl-g esc");
        }
        let scopes = console.model.scopes();
        console.keys("ctrl-g");
        let Some(Overlay::Menu(menu)) = console.model.overlays.last() else {
            panic!("no help in {place}\n{}", console.screen());
        };
        for command in COMMANDS.iter().filter(|command| in_place(command, &scopes)) {
            let hidden = on_offer(&console.model, command.id) == Availability::Hidden;
            let listed = menu.rows.iter().any(|row| row.id == command.id);
            assert!(listed || hidden, "`{}` in the help of {place}", command.name);
        }
        let here = menu.rows.iter().take_while(|row| row.here).count();
        assert!(
            menu.rows.iter().skip(here).all(|row| !row.here),
            "what is here comes first in {place}"
        );
    }
}

#[test]
fn every_listed_command_can_be_run_by_its_name_in_every_place() {
    for (place, keys) in PLACES {
        let mut console = at(keys);
        let before = console.model.clone();
        for command in COMMANDS.iter().filter(|command| command.listed) {
            for argument in ["", " acme"] {
                let line = format!("{}{argument}", command.name);
                console.model = before.clone();
                console.has_quit = false;
                console.send(Msg::Run(line.clone()));
                console.screen();
                assert!(!console.linear().is_empty(), "{line} in {place}");
                let leaves = match command.name {
                    // It leaves from anywhere, but for where something typed would be lost.
                    "quit" => !loses(&before),
                    // Where the palette is not offered, its commands are not either.
                    "back" => before.screens.is_empty() && before.scopes().contains(&Scope::Global),
                    _ => false,
                };
                let is_meant = argument.is_empty() || command.argument.is_some();
                assert_eq!(console.has_quit, leaves && is_meant, "{line} in {place}");
            }
        }
    }
}

/// What changes something on an instance.
fn is_change(request: &Request) -> bool {
    matches!(
        request,
        Request::Create(_) | Request::Update { .. } | Request::Do(..) | Request::StartRun(_) | Request::ControlRun(..)
    )
}

/// Calls a command as its key would, and returns what it sent that changes something.
fn sent(console: &mut Console, command: &Command) -> Vec<Request> {
    console.asked.clear();
    if command.listed {
        console.send(Msg::Run(command.name.to_owned()));
    } else {
        console.keys(command.keys[0]);
    }
    console.asked.drain(..).filter(is_change).collect()
}

/// Every command of the table that changes something, in every place where it can be called: locked, it says so and
/// sends nothing; in a protected context that is unlocked it asks first; what destroys has to be typed in any.
#[test]
fn whatever_changes_something_follows_the_one_policy() {
    // What was reviewed on screen is sent by these; and a run is halted without a question, for that takes nothing away.
    let sends = ["send", "review-press", "pause", "stop"];
    let mut reached = BTreeSet::new();
    let usual_places = PLACES.into_iter().map(|(place, keys)| (place, at(keys)));
    let with_people = [
        ("a role of their own", "j enter tab j"),
        ("a group", "j p tab tab"),
        ("the members of a group", "j p tab tab g g enter"),
    ]
    .into_iter()
    .map(|(place, keys)| {
        let mut console = Setup::default().open(crate::screens::tenants::people);
        console.keys(keys);
        (place, console)
    });
    for (place, mut console) in usual_places.chain(with_people) {
        console.model.session.protected = true;
        let locked = console.model.clone();
        console.model.session.unlock(0);
        let protected = console.model.clone();
        console.model.session.protected = false;
        let normal = console.model.clone();
        let scopes = normal.scopes();
        let is_changing = |command: &&Command| command.safety != Safety::Observe && in_place(command, &scopes);
        for command in COMMANDS.iter().filter(is_changing) {
            let name = command.name;
            if availability(&protected, command.id) != Availability::Ready {
                continue;
            }
            reached.insert(name);
            console.model = locked.clone();
            assert_eq!(sent(&mut console, command), [], "`{name}`, locked, in {place}");
            let goes_back = name == "review-press" && protected.review().is_some_and(|review| !review.send);
            // The editor of a role sends nothing before its review.
            let in_editor = name == "undo" && scopes.contains(&Scope::RoleEdit);
            if !goes_back && !in_editor {
                let reason = availability(&locked, command.id);
                assert!(
                    matches!(&reason, Availability::Disabled(reason) if reason.contains("changes are locked")),
                    "`{name}` in {place}: {reason:?}"
                );
            }
            if !sends.contains(&name) {
                console.model = protected.clone();
                assert_eq!(sent(&mut console, command), [], "`{name}`, protected, in {place}");
                assert!(
                    console.model.overlays.len() > protected.overlays.len()
                        || console.model.screens.len() > protected.screens.len()
                        || console.model.messages.log.len() > protected.messages.log.len()
                        || in_editor,
                    "`{name}` asks nothing in {place}"
                );
            }
            if command.safety == Safety::Destroy {
                for (kind, model) in [("normal", &normal), ("protected", &protected)] {
                    console.model = model.clone();
                    assert_eq!(sent(&mut console, command), [], "`{name}`, {kind}, in {place}");
                    let Some(Overlay::Dialog(dialog)) = console.model.overlays.last() else {
                        panic!("`{name}` asks nothing in {place}");
                    };
                    let expected = dialog.expected.as_deref().unwrap();
                    assert_eq!(
                        expected.ends_with(" default"),
                        kind == "protected",
                        "`{name}` in {place}"
                    );
                    assert_eq!(dialog.armed_at().is_some(), kind == "protected", "`{name}` in {place}");
                    assert!(dialog.hold(u64::MAX).is_some(), "`{name}` in {place}");
                    console.keys("enter tab tab enter");
                    assert!(!console.asked.iter().any(is_change), "`{name}` in {place}");
                }
            }
        }
    }
    let all: BTreeSet<&str> = COMMANDS
        .iter()
        .filter(|command| command.safety != Safety::Observe)
        .map(|command| command.name)
        .collect();
    let never: Vec<&str> = all.difference(&reached).copied().collect();
    assert_eq!(never, UNREACHED, "commands that no place of this test can call");
}

/// What needs more than the places above have, and has tests of its own: a token, an invitation and members of a group in `people`, something
/// taken back in `undoing`, a run at work or one that halted in `migration`.
const UNREACHED: &[&str] = &[
    "delete-token",
    "group-owner",
    "pause",
    "redo",
    "remove-members",
    "resume-from",
    "stop",
    "withdraw-invitation",
];

fn loses(model: &kestra_admin::app::model::Model) -> bool {
    let typed = |overlay: &Overlay| matches!(overlay, Overlay::Entry(entry) if entry.would_lose());
    model.screens.iter().any(Screen::would_lose) || model.overlays.iter().any(typed)
}

#[test]
fn every_command_says_why_it_cannot_be_run_in_one_sentence_that_follows_a_colon() {
    let mut reasons = BTreeSet::new();
    for setup in [
        Setup::default(),
        Setup {
            enabled: None,
            default_tenant: None,
            ..Setup::default()
        },
        Setup {
            hold: true,
            ..Setup::default()
        },
    ] {
        let mut console = setup.open(usual);
        for keys in ["k", "j", "enter", "enter", "L"] {
            console.keys(keys);
            for command in COMMANDS {
                if let Availability::Disabled(reason) = availability(&console.model, command.id) {
                    reasons.insert(reason);
                }
            }
        }
    }
    assert!(reasons.len() > 5, "{reasons:?}");
    for reason in reasons {
        assert!(
            !reason.ends_with('.') && reason.starts_with(|c: char| !c.is_uppercase()),
            "{reason}"
        );
    }
}

#[test]
fn every_form_names_the_key_that_shows_what_can_be_done_there() {
    let own = KeyRow {
        command: "help".to_owned(),
        keys: vec!["f5".to_owned()],
        ..KeyRow::default()
    };
    let (keymap, reports) = Keymap::with(&[own]);
    assert!(reports.iter().all(|report| !report.left_out), "{reports:?}");
    let forms = PLACES.map(|(_, way)| way).into_iter().chain(["E", "j H f"]);
    let forms: Vec<_> = forms
        .filter(|way| at(way).model.scopes().first() == Some(&Scope::Form))
        .collect();
    assert!(forms.len() >= 8, "{forms:?}");
    for way in forms {
        for (keymap, words) in [(Keymap::default(), "Ctrl-g help"), (keymap.clone(), "F5 help")] {
            let mut console = at(way);
            console.model.keymap = keymap;
            for (width, height) in [(80, 24), (60, 20), (40, 12)] {
                console.resize(width, height);
                let screen = console.screen();
                let last = screen.lines().last().unwrap_or_default();
                // On the smallest screen lines to type in take the place of the footer, too.
                let last = last.trim_end_matches(['─', '┘', ' ']);
                assert!(last.ends_with(words), "{way} {width}: {screen}");
            }
        }
    }
}
