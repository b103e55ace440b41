//! Files that nobody would write: any bytes, files of the corpus that had an accident, and files put together by chance.

use kestra_admin::server_config::{ConfigFile, Kind, plan_edit};
use proptest::prelude::*;

use crate::corpus::{change, files};
use crate::invariants::hold;

/// Pieces of files, to be strung together.
const PIECES: &[&str] = &[
    "kestra",
    "ee",
    "tenants",
    "enabled",
    "default-tenant",
    "defaultTenant",
    "true",
    "false",
    ":",
    ": ",
    ".",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    "\r\n",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "- ",
    "? ",
    "#",
    " # x",
    "'",
    "\"",
    "&a ",
    "*a",
    "<<: ",
    "|",
    "|\n",
    ">-\n",
    "\t",
    "---\n",
    "...\n",
    "~",
    "!!bool ",
    "services:\n",
    "environment:\n",
    "image: x\n",
    "KESTRA_CONFIGURATION: |\n",
    "KESTRA_EE_TENANTS_ENABLED",
    "KESTRA_EE_TENANTS_DEFAULT_TENANT",
    "=",
    "configuration:\n",
    "configurations:\n",
    "application:\n",
    "extraEnv:\n",
    "name: ",
    "value: ",
    "${X}",
    "\u{feff}",
    "é",
    "password: hunter2\n",
];

/// What can happen to a file.
#[derive(Clone, Debug)]
enum Accident {
    DropLine(usize),
    DoubleLine(usize),
    SwapLines(usize, usize),
    Indent(usize, usize),
    Insert(usize, usize),
    Cut(usize),
    Crlf,
    Bom,
}

fn accidents() -> impl Strategy<Value = Vec<Accident>> {
    let any = any::<usize>;
    proptest::collection::vec(
        prop_oneof![
            any().prop_map(Accident::DropLine),
            any().prop_map(Accident::DoubleLine),
            (any(), any()).prop_map(|(a, b)| Accident::SwapLines(a, b)),
            (any(), 0_usize..5).prop_map(|(line, by)| Accident::Indent(line, by)),
            (any(), any()).prop_map(|(at, piece)| Accident::Insert(at, piece)),
            any().prop_map(Accident::Cut),
            Just(Accident::Crlf),
            Just(Accident::Bom),
        ],
        0..4,
    )
}

fn after(text: &str, accidents: &[Accident]) -> String {
    let mut text = text.to_owned();
    for accident in accidents {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        let count = lines.len().max(1);
        match accident {
            Accident::DropLine(line) if !lines.is_empty() => drop(lines.remove(line % count)),
            Accident::DoubleLine(line) if !lines.is_empty() => {
                let line = line % count;
                lines.insert(line, lines[line].clone());
            }
            Accident::SwapLines(a, b) if !lines.is_empty() => lines.swap(a % count, b % count),
            Accident::Indent(line, by) if !lines.is_empty() => lines[line % count].insert_str(0, &" ".repeat(*by)),
            Accident::Insert(at, piece) => {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                text.insert_str(places[at % places.len()], PIECES[piece % PIECES.len()]);
                continue;
            }
            Accident::Cut(at) => {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                text.truncate(places[at % places.len()]);
                continue;
            }
            Accident::Crlf => {
                text = text.replace("\r\n", "\n").replace('\n', "\r\n");
                continue;
            }
            Accident::Bom => {
                text = format!("\u{feff}{}", text.trim_start_matches('\u{feff}'));
                continue;
            }
            _ => {}
        }
        text = lines.concat();
    }
    text
}

/// A configuration that is fine: other settings around the way to ours, in some indentation and spelling.
fn fine_file() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("true"),
        Just("false"),
        Just("'false'"),
        Just("\"true\""),
        Just("no"),
        Just("TRUE")
    ];
    let comment = prop_oneof![Just(""), Just(" # why"), Just("   # it's {odd}: [yes]")];
    let other = prop_oneof![
        Just("url: http://x # y"),
        Just("queue: {type: postgres}"),
        Just("# enabled: true"),
        Just(""),
        Just("note: |\n~  one\n~\n~  enabled: false"),
        Just("'quoted: key': \"a: b # c\""),
        Just("list:\n~- a\n~- b: c"),
    ];
    let names = prop_oneof![Just("default-tenant"), Just("defaultTenant"), Just("default_tenant")];
    (
        1_usize..5,
        0_usize..7,
        (word.clone(), word, comment.clone(), comment, names),
        proptest::collection::vec(other, 0..4),
        (any::<bool>(), any::<bool>(), any::<bool>()),
    )
        .prop_map(
            |(step, shape, (enabled, default, c1, c2, name), others, (crlf, bom, ended))| {
                let pad = |depth: usize| " ".repeat(step * depth);
                let around = |depth: usize, mark: &str| around(&others, &pad(depth), mark);
                let leaves = format!("{0}enabled: {enabled}{c1}\n{0}{name}: {default}{c2}\n", pad(3));
                let (first, last, ee) = (around(1, "a"), around(1, "b"), format!("kestra:\n{}ee:", pad(1)));
                let mut text = match shape {
                    0 => format!("kestra:\n{first}{}ee:\n{}tenants:\n{leaves}{last}", pad(1), pad(2)),
                    1 => format!("{}kestra.ee.tenants.enabled: {enabled}{c1}\n", around(0, "a")),
                    2 => format!("{ee}\n{}{}x: y\n", around(2, "a"), pad(2)),
                    3 => format!("kestra:\n{first}{}z: 1\n{}", pad(1), around(0, "b")),
                    4 => around(0, "a") + "last: 1\n",
                    5 => format!("{ee} {{tenants: {{enabled: {enabled}}}}}{c1}\n{last}"),
                    _ => format!("{ee}\n{}tenants:{c1}\n{last}", pad(2)),
                };
                if !ended {
                    text.truncate(text.trim_end().len());
                }
                if crlf {
                    text = text.replace('\n', "\r\n");
                }
                if bom { format!("\u{feff}{text}") } else { text }
            },
        )
}

/// Other settings, with names of their own so that no key stands twice.
fn around(others: &[&str], pad: &str, mark: &str) -> String {
    let mut text = String::new();
    for (index, other) in others.iter().enumerate() {
        let mut lines = other.replace('~', pad);
        for name in ["list", "note", "url", "queue", "quoted"] {
            lines = lines.replacen(name, &format!("{name}-{mark}{index}"), 1);
        }
        text.push_str(pad);
        text.push_str(&lines);
        text.push('\n');
    }
    text
}

/// Small files that mean endless ones. Nothing is timed: what is endless does not end.
#[test]
fn files_that_are_meant_to_be_endless() {
    let many = |piece: &str, times: usize| piece.repeat(times);
    for text in [
        many("---\n", 50_000),
        many("a: {", 300),
        many("[", 100_000),
        format!("kestra: &k {{<<: [{}], ee: *k}}\n", many("*k, ", 200)),
        format!(
            "a: &a {{enabled: 1}}\nb: &b\n{}c: &c\n{}{}",
            many("  tenants: *a\n", 300),
            many("  ee: *b\n", 300),
            many("kestra: *c\n", 300)
        ),
        format!("services: &s\n  k: &k\n    <<: [{}]\n    image: x\n", many("*k, ", 500)),
        many("KESTRA_X='", 50_000),
        many("x: 1\n", 20_000),
    ] {
        let file = ConfigFile::of("endless.yml", text);
        let _ = (
            file.occurrences(),
            file.misspelled(),
            plan_edit(&file, change(true, true)),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        hold("any.yml", &bytes);
    }

    #[test]
    fn any_pieces(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        hold("any.yml", text.as_bytes());
    }

    #[test]
    fn files_that_had_an_accident(file in any::<usize>(), accidents in accidents()) {
        let files = files();
        let (name, bytes) = &files[file % files.len()];
        if let Ok(text) = std::str::from_utf8(bytes) {
            hold(name, after(text, &accidents).as_bytes());
        }
    }

    #[test]
    fn files_in_order_are_edited(text in fine_file(), enabled in any::<bool>(), default_tenant in any::<bool>()) {
        hold("fine.yml", text.as_bytes());
        let file = ConfigFile::of("fine.yml", text.clone());
        prop_assert_eq!(file.kind(), Kind::Application, "{}", text);
        let plan = plan_edit(&file, change(enabled, default_tenant));
        let ends_in_a_block = !text.ends_with('\n');
        prop_assert!(plan.is_ok() || ends_in_a_block, "{}\n{:?}", text, plan);
    }
}
