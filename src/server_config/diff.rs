//! The lines in which two texts differ, for people, without anything that could be a secret.
//!
//! Configuration files are full of passwords. Only lines of the two settings are shown whole; of the lines around them the
//! key alone, so that the place is recognised.

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::key::{PARENTS, boolean, parts, sets_variable};
use crate::domain::text::visible;

/// How many lines around a change are shown.
const AROUND: usize = 3;
/// Nobody's change of two settings differs in more lines.
const MOST: usize = 400;

/// A line of a diff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// `+` comes, `-` goes, a blank stays, `@` begins a part.
    pub sign: char,
    /// The line, harmless to a terminal, and without values of other settings.
    pub text: String,
}

impl DiffLine {
    /// The line as `diff -u` would show it.
    pub fn shown(&self) -> String {
        match self.sign {
            '@' => self.text.clone(),
            sign => format!("{sign}{}", self.text),
        }
    }
}

/// A line that comes or goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    /// Whether it comes.
    pub comes: bool,
    /// From 0, in the text it belongs to.
    pub line: usize,
    pub text: String,
}

/// The lines that come and go between two texts; `None` if they are too many.
pub(super) fn changed_lines(before: &str, after: &str) -> Option<Vec<Changed>> {
    let (before, after) = (ended(before), ended(after));
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let after: Vec<&str> = after.split_inclusive('\n').collect();
    let line = |comes: bool, line: usize, text: &str| Changed {
        comes,
        line,
        text: text
            .trim_end_matches(['\r', '\n'])
            .trim_start_matches('\u{feff}')
            .to_owned(),
    };
    let mut changed = Vec::new();
    for step in steps(&before, &after)? {
        match step {
            Step::Goes(at) => changed.push(line(false, at, before.get(at)?)),
            Step::Comes(at) => changed.push(line(true, at, after.get(at)?)),
        }
    }
    Some(changed)
}

/// A last line that is not ended is the same line as one that is.
fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') {
        return text.to_owned();
    }
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    format!("{text}{ending}")
}

enum Step {
    Goes(usize),
    Comes(usize),
}

/// The shortest way from one list of lines to another, as Myers found it.
fn steps(before: &[&str], after: &[&str]) -> Option<Vec<Step>> {
    let same = |x: usize, y: usize| matches!((before.get(x), after.get(y)), (Some(a), Some(b)) if a == b);
    let offset = MOST + 1;
    let mut furthest = vec![0_usize; 2 * offset + 1];
    let mut trace: Vec<Vec<usize>> = Vec::new();
    let index = |diagonal: isize| offset.checked_add_signed(diagonal).unwrap_or_default();
    let at = |row: &[usize], diagonal: isize| row.get(index(diagonal)).copied().unwrap_or_default();
    // Down is a line that comes, right is one that goes.
    let down = |row: &[usize], diagonal: isize, most: isize| {
        diagonal == -most || (diagonal != most && at(row, diagonal - 1) < at(row, diagonal + 1))
    };
    let limit = isize::try_from(MOST).unwrap_or_default();
    for most in 0..=limit {
        trace.push(furthest.clone());
        let mut diagonal = -most;
        while diagonal <= most {
            let mut x = if down(&furthest, diagonal, most) {
                at(&furthest, diagonal + 1)
            } else {
                at(&furthest, diagonal - 1) + 1
            };
            while x.checked_add_signed(-diagonal).is_some_and(|y| same(x, y)) {
                x += 1;
            }
            if let Some(place) = furthest.get_mut(index(diagonal)) {
                *place = x;
            }
            if x >= before.len() && x.checked_add_signed(-diagonal).is_some_and(|y| y >= after.len()) {
                return Some(way_back(&trace, before.len(), after.len(), &at, &down));
            }
            diagonal += 2;
        }
    }
    None
}

fn way_back(
    trace: &[Vec<usize>],
    mut x: usize,
    mut y: usize,
    at: &impl Fn(&[usize], isize) -> usize,
    down: &impl Fn(&[usize], isize, isize) -> bool,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for (most, row) in trace.iter().enumerate().skip(1).rev() {
        let most = isize::try_from(most).unwrap_or_default();
        let diagonal = x.cast_signed() - y.cast_signed();
        let is_down = down(row, diagonal, most);
        let previous = if is_down { diagonal + 1 } else { diagonal - 1 };
        x = at(row, previous);
        y = x.checked_add_signed(-previous).unwrap_or_default();
        steps.push(if is_down { Step::Comes(y) } else { Step::Goes(x) });
    }
    steps.reverse();
    steps
}

/// The lines in which two texts differ, with some around them.
pub(super) fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let Some(changed) = changed_lines(before, after) else {
        return Vec::new();
    };
    let old: Vec<&str> = before.lines().collect();
    let mut lines = Vec::new();
    let mut parts: Vec<Vec<(usize, &Changed)>> = Vec::new();
    // Where in the old text each change stands.
    let mut shift = 0_isize;
    for change in &changed {
        let at = if change.comes {
            change.line.saturating_add_signed(-shift)
        } else {
            change.line
        };
        shift += if change.comes { 1 } else { -1 };
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|(last, _)| at <= last + 2 * AROUND) => part.push((at, change)),
            _ => parts.push(vec![(at, change)]),
        }
    }
    let mut grown = 0_isize;
    for part in &parts {
        let first = part.first().map_or(0, |(at, _)| at.saturating_sub(AROUND));
        let last = part
            .last()
            .map_or(0, |(at, change)| at + usize::from(!change.comes) + AROUND)
            .min(old.len());
        let comes = part.iter().filter(|(_, change)| change.comes).count();
        let goes = part.len() - comes;
        let (length, new_first) = (last.saturating_sub(first), first.saturating_add_signed(grown));
        lines.push(DiffLine {
            sign: '@',
            text: format!(
                "@@ -{},{length} +{},{} @@",
                first + 1,
                new_first + 1,
                length + comes - goes
            ),
        });
        grown += comes.cast_signed() - goes.cast_signed();
        let mut at = first;
        for (place, change) in part {
            for line in old.get(at..*place).unwrap_or_default() {
                lines.push(neighbour(line));
            }
            at = (*place).max(at) + usize::from(!change.comes);
            lines.push(DiffLine {
                sign: if change.comes { '+' } else { '-' },
                text: visible(&own(&change.text)).into_owned(),
            });
        }
        for line in old.get(at..last).unwrap_or_default() {
            lines.push(neighbour(line));
        }
    }
    lines
}

fn neighbour(line: &str) -> DiffLine {
    DiffLine {
        sign: ' ',
        text: visible(&key_alone(line)).into_owned(),
    }
}

/// A line with everything but its key left out.
fn key_alone(line: &str) -> String {
    let line = line.trim_start_matches('\u{feff}').trim_end();
    let mut content = line.trim_start();
    let mut shown = line.get(..line.len() - content.len()).unwrap_or_default().to_owned();
    if let Some(rest) = content.strip_prefix("- ") {
        shown.push_str("- ");
        content = rest.trim_start();
    }
    let is_name = |name: &str| {
        let bare = name.trim_matches(['"', '\'']);
        !bare.is_empty()
            && bare.len() <= 60
            && bare
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    if content.is_empty() || matches!(content, "---" | "...") {
        return shown + content;
    }
    let bare = content.split(" #").next().unwrap_or(content);
    if is_plain(bare) {
        return format!("{shown}{bare}").trim_end().to_owned();
    }
    if let Some(rest) = content.strip_prefix("export ") {
        shown.push_str("export ");
        content = rest.trim_start();
    }
    if content.starts_with('#') {
        return shown + "# …";
    }
    for sign in [":", "="] {
        let Some((name, value)) = content.split_once(sign) else {
            continue;
        };
        let is_apart = sign == "=" || value.is_empty() || value.starts_with(' ');
        if is_name(name.trim_end()) && is_apart {
            let value = value.trim();
            let is_harmless = value.is_empty()
                || value
                    .split(' ')
                    .all(|word| matches!(word, "|" | "|-" | "|+" | ">" | ">-") || word.starts_with(['&', '*']));
            let value = if is_harmless { value } else { "…" };
            let blank = if sign == ":" && !value.is_empty() { " " } else { "" };
            return format!("{shown}{name}{sign}{blank}{value}");
        }
    }
    shown + "…"
}

/// A line of the settings: whole if nothing else is on it, else without the rest.
fn own(line: &str) -> String {
    let content = line.trim_start();
    let blanks = line.get(..line.len() - content.len()).unwrap_or_default();
    let bare = content.split(" #").next().unwrap_or(content);
    if is_plain(bare) {
        return line.to_owned();
    }
    let pieces: Vec<&str> = bare
        .split(['{', '}', ',', '[', ']'])
        .map(str::trim)
        .filter(|piece| is_plain(piece) && !piece.is_empty())
        .collect();
    format!("{blanks}… {} …", pieces.join(" "))
}

/// Whether a text is a key of ours and a yes or no, and nothing else.
fn is_plain(text: &str) -> bool {
    let text = text
        .trim()
        .trim_start_matches("- ")
        .trim_start_matches("export ")
        .trim();
    let bare = text.trim_matches(['"', '\'']);
    let Some((name, value)) = bare.split_once(':').or_else(|| bare.split_once('=')) else {
        return false;
    };
    let name = name.trim().trim_matches(['"', '\'']);
    let value = value.trim();
    // A tag or an anchor before the value.
    let value = match value.split_once(' ') {
        Some((before, value)) if before.starts_with(['!', '&']) => value.trim(),
        _ => value,
    };
    let value = value.trim_matches(['"', '\'']);
    let is_value = value.is_empty() || boolean(value).is_some() || matches!(value, "~" | "null" | "{}");
    match name {
        "name" => sets_variable(value),
        "value" => boolean(value).is_some(),
        name => is_value && (sets_variable(name) || parts(name).iter().all(|part| is_our_part(part))),
    }
}

fn is_our_part(part: &str) -> bool {
    PARENTS.contains(&part)
        || matches!(part, "configuration" | "configurations" | "application")
        || Key::ALL.iter().any(|key| key.leaf() == part)
}

/// Whether a line that comes or goes is one of the settings.
pub(super) fn is_ours(line: &str) -> bool {
    let content = line.split(" #").next().unwrap_or(line);
    if is_plain(content) {
        return true;
    }
    // In braces, beside others.
    let pieces = content.split(['{', '}', ',', '[', ']']);
    pieces.map(str::trim).any(|piece| !piece.is_empty() && is_plain(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        diff(before, after).iter().map(DiffLine::shown).collect()
    }

    #[test]
    fn lines_that_differ_are_shown_among_their_neighbours() {
        let before = "a: 1\nb: 2\nc: 3\nd: 4\nkestra:\n  ee:\n    tenants:\n      enabled: false\nz: 1\n";
        let after = before.replace("enabled: false", "enabled: true\n      default-tenant: true");
        assert_eq!(
            shown(before, &after),
            [
                "@@ -5,5 +5,6 @@",
                " kestra:",
                "   ee:",
                "     tenants:",
                "-      enabled: false",
                "+      enabled: true",
                "+      default-tenant: true",
                " z: …",
            ]
        );
        assert!(shown(before, before).is_empty());
        assert_eq!(shown("a: 1", "a: 1\nkestra:"), ["@@ -1,1 +1,2 @@", " a: …", "+kestra:"]);
        assert_eq!(shown("", "kestra:\n"), ["@@ -1,0 +1,1 @@", "+kestra:"]);
    }

    #[test]
    fn parts_far_from_each_other_are_parts() {
        let middle = "x: 1\n".repeat(20);
        let before = format!("enabled: false\n{middle}default-tenant: true\n");
        let after = format!("enabled: true\nee:\n{middle}default-tenant: false\n");
        let lines = shown(&before, &after);
        let heads: Vec<&String> = lines.iter().filter(|line| line.starts_with('@')).collect();
        assert_eq!(heads, ["@@ -1,4 +1,5 @@", "@@ -19,4 +20,4 @@"]);
    }

    #[test]
    fn nothing_but_our_own_lines_is_shown_whole() {
        for (line, expected) in [
            ("  password: hunter2", "  password: …"),
            ("  - hunter2", "  - …"),
            ("- name: hunter2", "- name: …"),
            ("TOKEN=hunter2", "TOKEN=…"),
            ("hunter2", "…"),
            ("  url: jdbc:postgresql://u:hunter2@db", "  url: …"),
            ("  jdbc:postgresql://u:hunter2@db", "  …"),
            ("# hunter2", "# …"),
            ("  KESTRA_CONFIGURATION: &conf |-", "  KESTRA_CONFIGURATION: &conf |-"),
            ("\"quoted.key\": ", "\"quoted.key\":"),
            ("  hunter2 hunter2: x", "  …"),
            ("", ""),
        ] {
            assert_eq!(key_alone(line), expected);
        }
        for (line, expected) in [
            ("  enabled: true # since May", "  enabled: true # since May"),
            (
                "      - KESTRA_EE_TENANTS_ENABLED=true",
                "      - KESTRA_EE_TENANTS_ENABLED=true",
            ),
            (
                "- \"KESTRA_EE_TENANTS_ENABLED=true\"",
                "- \"KESTRA_EE_TENANTS_ENABLED=true\"",
            ),
            (
                "kestra: {password: hunter2, ee: {tenants: {enabled: true, default-tenant: no}}}",
                "… kestra: ee: tenants: enabled: true default-tenant: no …",
            ),
        ] {
            assert_eq!(own(line), expected);
            assert!(is_ours(line), "{line}");
        }
        for line in [
            "password: hunter2",
            "enabled: hunter2",
            "x: {y: 1}",
            "",
            "# enabled: true",
        ] {
            assert!(!is_ours(line), "{line}");
        }
    }
}
