//! What must hold for any file and any change: nothing but the two settings changes, told by another parser of YAML than
//! the program's, and every byte outside of the lines that come and go stays.

use kestra_admin::server_config::{Change, ConfigFile, Edit, Key, Kind, plan_edit};
use yaml_serde::Value;

/// Tries every change on a file.
pub fn hold(name: &str, bytes: &[u8]) {
    let file = ConfigFile::of(name, bytes);
    assert_eq!(file.bytes(), bytes);
    for enabled in [None, Some(true), Some(false)] {
        for default_tenant in [None, Some(true), Some(false)] {
            let change = Change {
                enabled,
                default_tenant,
            };
            if let Ok(edit) = plan_edit(&file, change) {
                holds(name, &file, &edit, change);
            }
        }
    }
}

fn holds(name: &str, file: &ConfigFile, edit: &Edit, change: Change) {
    let before = std::str::from_utf8(file.bytes()).unwrap();
    let after = std::str::from_utf8(&edit.new_bytes).unwrap();
    let context = || format!("{name} {change:?}\n--- before\n{before}\n--- after\n{after}");
    assert_eq!(edit.is_noop(), before == after, "{}", context());
    assert_eq!(edit.before_hash, file.hash());
    // Once is enough.
    let edited = ConfigFile::of(name, edit.new_bytes.clone());
    assert_eq!(edited.hash(), edit.after_hash);
    assert!(plan_edit(&edited, change).unwrap().is_noop(), "{}", context());
    // All places say what is wanted.
    for key in [Key::Enabled, Key::DefaultTenant] {
        let Some(wanted) = change.of(key) else { continue };
        let found = edited.occurrences();
        let mut of_key = found.iter().filter(|found| found.key == key).peekable();
        assert!(of_key.peek().is_some(), "{}", context());
        assert!(of_key.all(|found| found.value == Some(wanted)), "{}", context());
    }
    if edit.is_noop() {
        return;
    }
    only_lines_of_ours_differ(before, after, &context);
    assert_eq!(before.starts_with('\u{feff}'), after.starts_with('\u{feff}'));
    assert_eq!(
        before.ends_with('\n') || before.is_empty(),
        after.ends_with('\n'),
        "{}",
        context()
    );
    if file.kind() != Kind::EnvFile {
        same_but_for_ours(before, after, &context);
    }
}

fn only_lines_of_ours_differ(before: &str, after: &str, context: &dyn Fn() -> String) {
    let endings = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
    let (old, new) = (endings(before), endings(after));
    // A file with one kind of line ending has no other afterwards.
    if old.0 == 0 {
        assert_eq!(new.0, 0, "{}", context());
    }
    if old.0 == old.1 && old.0 > 0 {
        assert_eq!(new.0, new.1, "{}", context());
    }
    let changes = raw_changes(before, after);
    assert!(changes.len() <= 40, "{}", context());
    for line in changes {
        let plain = line.to_lowercase().replace(['-', '_', '"', '\'', '\\'], "");
        assert!(
            [
                "enabled",
                "defaulttenant",
                "tenants",
                "ee:",
                "kestra:",
                "configuration",
                "application:",
                "value:"
            ]
            .iter()
            .any(|word| plain.contains(word)),
            "{line} in {}",
            context()
        );
    }
}

/// The lines that come and go, as they are, `raw +` or `raw -` before each. Found the slow and certain way.
pub fn raw_changes(before: &str, after: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    // Longest common subsequence.
    let mut table = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for x in (0..old.len()).rev() {
        for y in (0..new.len()).rev() {
            table[x][y] = if old[x] == new[y] {
                table[x + 1][y + 1] + 1
            } else {
                table[x + 1][y].max(table[x][y + 1])
            };
        }
    }
    let (mut x, mut y, mut lines) = (0, 0, Vec::new());
    while x < old.len() || y < new.len() {
        if x < old.len() && y < new.len() && old[x] == new[y] {
            (x, y) = (x + 1, y + 1);
        } else if y == new.len() || (x < old.len() && table[x + 1][y] >= table[x][y + 1]) {
            lines.push(format!("raw -{:?}", old[x]));
            x += 1;
        } else {
            lines.push(format!("raw +{:?}", new[y]));
            y += 1;
        }
    }
    lines
}

/// Both texts through another library: libyaml, which Kestra's own parser is a relative of.
fn same_but_for_ours(before: &str, after: &str, context: &dyn Fn() -> String) {
    // What libyaml refuses, such as keys that stand twice, it cannot judge.
    let (Some(old), Some(new)) = (parsed(before), parsed(after)) else {
        assert!(
            parsed(before).is_none(),
            "libyaml cannot read the result: {}",
            context()
        );
        return;
    };
    let (mut others, mut others_after) = (Vec::new(), Vec::new());
    flatten("", &old, &mut others);
    flatten("", &new, &mut others_after);
    assert_eq!(others, others_after, "{}", context());
}

fn parsed(text: &str) -> Option<Value> {
    let mut value: Value = yaml_serde::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    value.apply_merge().ok()?;
    // What a whole text is tagged with changes nothing about its keys.
    while let Value::Tagged(tagged) = value {
        value = tagged.value;
    }
    Some(value)
}

/// Every leaf but those of the two settings, and but for the empty places on the way to them.
fn flatten(path: &str, value: &Value, leaves: &mut Vec<String>) {
    // However words are parted and spelled large.
    let bare = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    let plain = bare(path);
    let is_ours = |text: &str| {
        // Names of variables may have points, too.
        let joined = bare(text).replace('.', "");
        ["kestraeetenantsenabled", "kestraeetenantsdefaulttenant"]
            .iter()
            .any(|name| joined.ends_with(name))
    };
    match value {
        _ if is_ours(path) => {}
        Value::Mapping(map) if !map.is_empty() => {
            if let Some(name) = map.get("name").and_then(Value::as_str)
                && is_ours(name)
            {
                return;
            }
            for (key, value) in map {
                let key = key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned);
                flatten(&format!("{path}.{key}"), value, leaves);
            }
        }
        Value::Sequence(items) if !items.is_empty() => {
            for item in items {
                flatten(&format!("{path}.-"), item, leaves);
            }
        }
        Value::Tagged(tagged) if matches!(tagged.value, Value::Mapping(_) | Value::Sequence(_)) => {
            leaves.push(format!("{path} {}", tagged.tag));
            flatten(path, &tagged.value, leaves);
        }
        Value::String(text) if text.split_once('=').is_some_and(|(name, _)| is_ours(name)) => {}
        // A configuration in which nothing is said yet.
        Value::String(text)
            if text
                .lines()
                .all(|line| line.trim().is_empty() || line.trim().starts_with('#')) => {}
        Value::String(text) if text.contains('\n') || path.ends_with("KESTRA_CONFIGURATION") => match parsed(text) {
            Some(inner @ Value::Mapping(_)) => flatten(&format!("{path}|"), &inner, leaves),
            // With keys that stand twice, for one.
            None => leaves.push(format!("{path} is not understood")),
            _ => leaves.push(format!("{path} = {value:?}")),
        },
        leaf => {
            let is_empty = matches!(leaf, Value::Null) || matches!(leaf, Value::Mapping(map) if map.is_empty());
            let on_the_way = ["", "kestra", ".ee", ".tenants", ".configuration", ".application"]
                .iter()
                .any(|end| plain.ends_with(end));
            if !(is_empty && on_the_way) {
                leaves.push(format!("{path} = {leaf:?}"));
            }
        }
    }
}
