//! The operator's own keys: rows of the configuration over the table's, what is wrong with them, and what they take from
//! others.
//!
//! A row that would break something is left out and said, so that no configuration makes the program unusable. A row that
//! only takes a key from another command is in effect, and `kestra-admin keys --check` says what it takes. Whether a key
//! arrives at all is judged in [`arrival`], and whether a row can be had by itself in [`reading`]; how the rows get on with
//! each other and with the table is told here.

mod arrival;
mod reading;

use super::command::{COMMANDS, Command, CommandId, Scope, command};
use super::input::{Key, parse_sequence, print_sequence};
use super::keymap::{Binding, Keymap};
use crate::domain::sorting;
use arrival::Arrival;
use reading::read;

/// A row of the operator's own keymap: `[[keys]]` in the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRow {
    /// Name of the command.
    pub command: String,
    /// The keys that shall run it, replacing its own; none takes its keys away.
    pub keys: Vec<String>,
    /// Only in this scope, by its word; everywhere the command belongs if `None`.
    pub scope: Option<String>,
    /// Its line in the file, from 1.
    pub line: Option<usize>,
}

/// Something to be said about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyReport {
    /// Its line in the file, from 1.
    pub line: Option<usize>,
    /// The command it names.
    pub command: String,
    /// Whether the row is left out because of it; it is in effect otherwise.
    pub left_out: bool,
    /// What is to be said, a sentence without its full stop.
    pub words: String,
}

/// A row that has been read.
struct Wanted {
    command: &'static Command,
    scopes: Vec<Scope>,
    sequences: Vec<Vec<Key>>,
}

impl Keymap {
    /// The table's keymap with the operator's rows over it, and what is to be said about them.
    pub fn with(own: &[KeyRow]) -> (Self, Vec<KeyReport>) {
        // The keys of the table are right by themselves, as tests see to.
        if own.is_empty() {
            return (Self::default(), Vec::new());
        }
        let mut reports = Vec::new();
        let report = |index: usize, left_out: bool, words: String| {
            let row = own.get(index);
            KeyReport {
                line: row.and_then(|row| row.line),
                command: row.map(|row| row.command.clone()).unwrap_or_default(),
                left_out,
                words,
            }
        };
        let mut wanted = Vec::new();
        for (index, row) in own.iter().enumerate() {
            match read(row) {
                Ok(row) => wanted.push((index, row)),
                Err(words) => reports.push(report(index, true, words)),
            }
        }
        let mut keymap = built(&wanted);
        while let Some((index, words)) = broken(&keymap, &wanted) {
            reports.push(report(index, true, words));
            wanted.retain(|(row, _)| *row != index);
            keymap = built(&wanted);
        }
        for (index, words) in remarks(&keymap) {
            let remark = report(index, false, words);
            if !reports.contains(&remark) {
                reports.push(remark);
            }
        }
        sorting::by_key(&mut reports, |report| (report.line, !report.left_out));
        keymap.left_out = reports.iter().filter(|report| report.left_out).map(said).collect();
        (keymap, reports)
    }
}

/// A row that is left out, in a sentence.
fn said(report: &KeyReport) -> String {
    let place = match report.line {
        Some(line) => format!("Line {line} of the configuration"),
        None => format!("The key of `{}`", report.command),
    };
    format!("{place} is left out: {}", report.words)
}

fn name(id: CommandId) -> &'static str {
    command(id).map_or("?", |command| command.name)
}

/// The table's keys without those that the rows replace or take, and the rows' own.
fn built(wanted: &[(usize, Wanted)]) -> Keymap {
    let mut keymap = Keymap::default();
    keymap.bindings.retain(|binding| {
        // What stops keeps the key by which terminals say so, too.
        let is_stop = binding.id == CommandId::Interrupt;
        is_stop
            || wanted.iter().all(|(_, row)| {
                let is_there = row.scopes.contains(&binding.scope);
                !is_there || (row.command.id != binding.id && row.sequences.iter().all(|keys| **keys != *binding.keys))
            })
    });
    for (index, row) in wanted {
        for scope in &row.scopes {
            keymap.bindings.extend(row.sequences.iter().map(|keys| Binding {
                scope: *scope,
                keys: keys.as_slice().into(),
                id: row.command.id,
                row: Some(*index),
            }));
        }
    }
    sorting::by_key(&mut keymap.bindings, |binding| binding.id);
    keymap
}

/// The first row that cannot stay, and why: a key would mean two things, a sequence could not be typed to its end, or
/// something could not be reached any more.
fn broken(keymap: &Keymap, wanted: &[(usize, Wanted)]) -> Option<(usize, String)> {
    for (at, one) in keymap.bindings.iter().enumerate() {
        for other in keymap.bindings.iter().skip(at + 1) {
            let meets = one.keys.starts_with(&other.keys) || other.keys.starts_with(&one.keys);
            if one.scope != other.scope || !meets || (one.id == other.id && one.keys == other.keys) {
                continue;
            }
            // The one further down in the file gives way, and the table's own never does.
            let (row, stays) = if other.row >= one.row {
                (other, one)
            } else {
                (one, other)
            };
            if let Some(index) = row.row {
                let words = if row.keys == stays.keys {
                    format!(
                        "<{}> is given to `{}` in scope `{}` by an earlier row",
                        print_sequence(&row.keys),
                        name(stays.id),
                        row.scope.word()
                    )
                } else {
                    format!(
                        "<{}> and <{}> of `{}` cannot both be typed in scope `{}`, as one begins the other",
                        print_sequence(&row.keys),
                        print_sequence(&stays.keys),
                        name(stays.id),
                        row.scope.word()
                    )
                };
                return Some((index, words));
            }
        }
    }
    // What the palette does not offer is reached by its keys alone.
    for command in COMMANDS.iter().filter(|command| !command.listed) {
        for scope in command.scopes {
            let reachable = keymap
                .bindings
                .iter()
                .any(|binding| binding.id == command.id && binding.scope == *scope);
            let to_blame = wanted.iter().rev().find(|(_, row)| {
                let takes = || command.keys.iter().filter_map(|keys| parse_sequence(keys).ok());
                row.scopes.contains(scope)
                    && (row.command.id == command.id || takes().any(|keys| row.sequences.contains(&keys)))
            });
            if let Some((index, _)) = to_blame.filter(|_| !reachable) {
                let words = format!(
                    "`{}` would have no key left in scope `{}`, and is reached in no other way",
                    command.name,
                    scope.word()
                );
                return Some((*index, words));
            }
        }
    }
    None
}

/// What the rows in effect take from others, or may not get themselves.
fn remarks(keymap: &Keymap) -> Vec<(usize, String)> {
    let mut remarks = Vec::new();
    let table = Keymap::default();
    for own in &keymap.bindings {
        let Some(index) = own.row else { continue };
        let keys = print_sequence(&own.keys);
        if let Some(reason) = Arrival::doubt_of(&own.keys) {
            remarks.push((index, format!("<{keys}> may not arrive: {reason}")));
        }
        let former = table
            .bindings
            .iter()
            .find(|binding| binding.scope == own.scope && binding.keys == own.keys && binding.id != own.id);
        if let Some(former) = former {
            let left = match keymap.key_of(former.id, &[own.scope]) {
                Some(key) => format!("is on <{key}> there"),
                None => "has no key there any more".to_owned(),
            };
            let words = format!(
                "<{keys}> is taken from `{}` in scope `{}`, which {left}",
                name(former.id),
                own.scope.word()
            );
            remarks.push((index, words));
        }
        for other in keymap.bindings.iter().filter(|other| other.id != own.id) {
            let (inner, outer) = if own.scope.around().contains(&other.scope) {
                (own, other)
            } else if other.scope.around().contains(&own.scope) {
                (other, own)
            } else {
                continue;
            };
            let (inner_keys, outer_keys) = (print_sequence(&inner.keys), print_sequence(&outer.keys));
            let how = if inner.keys == outer.keys {
                format!("<{inner_keys}> is `{}` and hides", name(inner.id))
            } else if outer.keys.starts_with(&inner.keys) {
                format!("<{inner_keys}> is `{}` and hides <{outer_keys}>,", name(inner.id))
            } else if inner.keys.starts_with(&outer.keys) {
                format!("<{outer_keys}> begins <{inner_keys}>, `{}`, and hides", name(inner.id))
            } else {
                continue;
            };
            let words = format!(
                "in scope `{}` {how} `{}` of scope `{}`",
                inner.scope.word(),
                name(outer.id),
                outer.scope.word()
            );
            remarks.push((index, words));
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::super::command::Safety;
    use super::super::keymap::Found;
    use super::*;

    fn row(command: &str, keys: &[&str], scope: Option<&str>) -> KeyRow {
        KeyRow {
            command: command.to_owned(),
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            scope: scope.map(str::to_owned),
            line: None,
        }
    }

    fn words(rows: &[KeyRow]) -> Vec<(bool, String)> {
        let reports = Keymap::with(rows).1.into_iter();
        reports.map(|report| (report.left_out, report.words)).collect()
    }

    const TENANTS: [Scope; 4] = [Scope::Tenants, Scope::List, Scope::Global, Scope::Everywhere];

    #[test]
    fn no_key_of_the_table_means_two_things_or_begins_another_in_its_scope() {
        let table = Keymap::default().bindings;
        let conflicts = table.iter().enumerate().flat_map(|(at, one)| {
            let meets = |other: &&Binding| {
                let begins = one.keys.starts_with(&other.keys) || other.keys.starts_with(&one.keys);
                one.scope == other.scope && begins && (one.id, &one.keys) != (other.id, &other.keys)
            };
            table.iter().skip(at + 1).filter(meets).map(move |other| (one, other))
        });
        assert_eq!(conflicts.collect::<Vec<_>>(), []);
    }

    #[test]
    fn own_rows_replace_keys() {
        let (keymap, reports) = Keymap::with(&[row("new-tenant", &["ctrl-n", "z z"], None)]);
        assert_eq!(reports, []);
        assert_eq!(keymap.find(&TENANTS, &[Key::ctrl('n')]), Found::Command(CommandId::New));
        assert_eq!(keymap.find(&TENANTS, &[Key::char('z')]), Found::Prefix);
        assert_eq!(keymap.find(&TENANTS, &[Key::char('n')]), Found::Nothing);
        // Two that change places get into nobody's way, in whatever order they stand.
        let swapped = [
            row("new-tenant", &["e"], None),
            row("edit-tenant", &["n"], Some("tenants")),
        ];
        assert!(words(&swapped).iter().all(|(left_out, _)| !left_out));
    }

    #[test]
    fn keys_that_differ_by_scope_are_listed_by_scope() {
        let open = command(CommandId::Open).unwrap();
        let groups = |keymap: &Keymap| keymap.keys_by_scope(open);
        let all = groups(&Keymap::default());
        assert_eq!(all.len(), 1, "{all:?}");
        let (keymap, _) = Keymap::with(&[row("open", &["ctrl-x"], Some("tenants"))]);
        let changed = groups(&keymap);
        assert_eq!(changed.len(), 2, "{changed:?}");
        assert!(changed.contains(&(vec![Scope::Tenants], vec!["ctrl-x".to_owned()])));
    }

    #[test]
    fn what_stops_keeps_a_key_everywhere() {
        let said = words(&[row("interrupt", &[], None)]);
        assert!(said.iter().any(|(left_out, _)| *left_out), "{said:?}");
        let (keymap, reports) = Keymap::with(&[row("interrupt", &["f9"], None)]);
        assert_eq!(reports, []);
        for keys in ["f9", "ctrl-c"] {
            let keys = parse_sequence(keys).unwrap();
            assert_eq!(keymap.find(&TENANTS, &keys), Found::Command(CommandId::Interrupt));
        }
        assert_eq!(keymap.keys_of(CommandId::Interrupt), ["ctrl-c", "f9"]);
        let (keymap, reports) = Keymap::with(&[row("interrupt", &["ctrl-c"], None)]);
        assert_eq!(reports, []);
        assert_eq!(keymap.keys_of(CommandId::Interrupt), ["ctrl-c"]);
    }

    #[test]
    fn a_row_that_cannot_be_read_or_sent_is_left_out_and_says_why() {
        for (row, expected) in [
            (
                row("nwe-tenant", &["a"], None),
                "`nwe-tenant` is not a command; did you mean `new-tenant`?",
            ),
            (row("new-tenant", &["meta-x"], None), "`meta-x` is not a key"),
            (row("new-tenant", &[" "], None), "` ` is not a key"),
            (
                row("new-tenant", &["a"], Some("grups")),
                "`grups` is not a scope; did you mean `groups`?",
            ),
            (
                row("new-tenant", &["a"], Some("role")),
                "does not belong to scope `role` but to tenants",
            ),
            (
                row("new-tenant", &["ctrl-i"], None),
                "is the same as <tab> to a terminal",
            ),
            (
                row("new-tenant", &["ctrl-m"], None),
                "is the same as <enter> to a terminal",
            ),
            (
                row("new-tenant", &["ctrl-["], None),
                "is the same as <esc> to a terminal",
            ),
            (
                row("new-tenant", &["ctrl-h"], None),
                "is the same as <backspace> to a terminal",
            ),
            (row("new-tenant", &["ctrl-N"], None), "write the letter small"),
            (row("new-tenant", &["ctrl-1"], None), "is not sent by terminals"),
            (row("new-tenant", &["g esc"], None), "give a sequence up"),
            (row("new-tenant", &["ctrl-c"], None), "stops whatever goes on"),
            (
                row("menu-run", &["x"], None),
                "is typed in scope `menu`, where this command is wanted",
            ),
            (row("delete-tenant", &["j"], None), "nothing that destroys"),
            (row("delete-tenant", &["enter"], None), "nothing that destroys"),
        ] {
            let (keymap, reports) = Keymap::with(std::slice::from_ref(&row));
            assert!(
                matches!(&reports[..], [report] if report.left_out && report.words.contains(expected)),
                "{reports:?}"
            );
            assert_eq!(keymap.bindings, Keymap::default().bindings);
            assert_eq!(keymap.left_out().len(), 1);
        }
    }

    #[test]
    fn nothing_that_destroys_lies_on_a_key_that_moves() {
        let moving = [
            "up",
            "down",
            "first",
            "last",
            "half-down",
            "half-up",
            "page-down",
            "page-up",
            "left",
            "right",
            "next-pane",
            "previous-pane",
            "menu-up",
            "menu-down",
            "menu-page-up",
            "menu-page-down",
            "menu-first",
            "menu-last",
        ];
        let keys = COMMANDS
            .iter()
            .filter(|command| moving.contains(&command.name))
            .flat_map(|command| command.keys.iter().copied())
            // Those begin one that moves, or have one at their beginning.
            .chain(["g", "j j", "pgdn D", "enter", "esc", "space", "tab"]);
        let mut counted = 0;
        for keys in keys {
            for command in COMMANDS.iter().filter(|command| command.safety == Safety::Destroy) {
                let row = row(command.name, &[keys], None);
                let (_, reports) = Keymap::with(std::slice::from_ref(&row));
                let expected = "nothing that destroys";
                assert!(
                    reports
                        .iter()
                        .any(|report| report.left_out && report.words.contains(expected)),
                    "{row:?}: {reports:?}"
                );
                counted += 1;
            }
        }
        assert!(counted > 100, "{counted}");
        // Another key after the same first one is not on the way of any of them.
        let (_, reports) = Keymap::with(&[row("delete-tenant", &["g d"], None)]);
        assert!(reports.iter().all(|report| !report.left_out), "{reports:?}");
    }

    #[test]
    fn what_means_two_things_or_leaves_no_way_out_is_left_out() {
        for (rows, expected) in [
            (
                vec![row("refresh", &["L L"], None)],
                "<L L> and <L> of `messages` cannot both be typed in scope `global`",
            ),
            (
                vec![row("first", &["g"], None), row("last", &["g x"], None)],
                "<g x> and <g> of `first`",
            ),
            (
                vec![
                    row("new-tenant", &["a"], None),
                    row("edit-tenant", &["a"], Some("tenants")),
                ],
                "<a> is given to `new-tenant` in scope `tenants` by an earlier row",
            ),
            (
                vec![row("dialog-close", &[], None)],
                "`dialog-close` would have no key left in scope `dialog`",
            ),
            (
                vec![row("refresh", &[":"], None)],
                "`palette` would have no key left in scope `global`",
            ),
            (
                vec![row("menu-complete", &["esc"], None)],
                "`menu-close` would have no key left",
            ),
        ] {
            let words = words(&rows);
            let graves = words.iter().filter(|(left_out, _)| *left_out).count();
            assert!(
                graves == 1
                    && words
                        .iter()
                        .any(|(left_out, words)| *left_out && words.contains(expected)),
                "{words:?}"
            );
        }
    }

    #[test]
    fn what_a_row_takes_from_others_is_said() {
        for (rows, expected) in [
            (
                row("refresh", &["!"], None),
                "<!> is taken from `problem` in scope `global`, which has no key there any more",
            ),
            (
                row("refresh", &["c"], None),
                "<c> is taken from `contexts` in scope `global`, which is on <5> there",
            ),
            (
                row("new-tenant", &["r"], None),
                "in scope `tenants` <r> is `new-tenant` and hides `refresh` of scope `global`",
            ),
            (
                row("new-tenant", &["g"], None),
                "in scope `tenants` <g> is `new-tenant` and hides <g g>, `first` of scope `list`",
            ),
            (
                row("refresh", &["n"], None),
                "in scope `tenants` <n> is `new-tenant` and hides `refresh` of scope `global`",
            ),
            (
                row("new-tenant", &["r n"], None),
                "in scope `tenants` <r> begins <r n>, `new-tenant`, and hides `refresh`",
            ),
            (row("new-tenant", &["ctrl-b"], None), "tmux keeps it"),
            (row("new-tenant", &["ctrl-s"], None), "flow control may keep it"),
            (row("new-tenant", &["~"], None), "ssh keeps it"),
        ] {
            let words = words(&[rows]);
            assert!(
                words
                    .iter()
                    .any(|(left_out, words)| !left_out && words.contains(expected)),
                "{words:?}"
            );
        }
    }
}
