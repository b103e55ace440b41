//! Values of Kestra's Helm chart: `configuration` up to chart 0.24, `configurations.application` from 1.0, and the
//! variables of `extraEnv`. The chart may be a part of another one, below a key `kestra`.

use super::key::{VariableName, WHOLE_CONFIGURATION, variable};
use super::reading::Reading;
use super::tree::{Id, Tree};
use super::variables::{Variables, of_pair};

/// How deep `extraEnv` is looked for.
const DEPTH: usize = 6;

/// Whether a text is such values.
pub(super) fn is(tree: &Tree, root: Id) -> bool {
    chart(tree, root).is_some()
}

/// The values of the chart, and the keys before them.
fn chart(tree: &Tree, root: Id) -> Option<(Id, Vec<&'static str>)> {
    const MARKS: [&str; 7] = [
        "configuration",
        "configurations",
        "extraEnv",
        "common",
        "deployments",
        "initContainers",
        "executable",
    ];
    let has_marks = |id: Id| MARKS.iter().any(|mark| tree.get(id, mark).is_some());
    match tree.get(root, "kestra") {
        None => has_marks(root).then(|| (root, Vec::new())),
        Some(part) => {
            let is_chart = tree
                .get(part, "configuration")
                .or_else(|| tree.get(part, "configurations"));
            is_chart.is_some().then(|| (part, vec!["kestra"]))
        }
    }
}

/// Reads the values.
pub(super) fn read(reading: &mut Reading, tree: &Tree, root: Id) {
    let Some((values, before)) = chart(tree, root) else {
        return;
    };
    let generations: [&[&'static str]; 2] = [&["configuration"], &["configurations", "application"]];
    for keys in generations {
        let first = keys.first().copied().unwrap_or_default();
        if tree.get(values, first).is_some() {
            let mut path = before.clone();
            path.extend(keys);
            let place = format!("`{}`", path.join("."));
            let sheet = reading.own_sheet(tree, Some(root), path, place);
            reading.sheets.push(sheet);
        }
    }
    if reading.sheets.len() > 1 {
        reading.notes.push(
            "Charts up to 0.24 read `configuration`, charts from 1.0 read `configurations.application`; both are here."
                .to_owned(),
        );
    }
    if let Some(configurations) = tree.get(values, "configurations") {
        let further = ["configmaps", "secrets"]
            .iter()
            .filter_map(|key| tree.get(configurations, key))
            .any(|list| !tree.items(list).is_empty());
        if further {
            reading.notes.push(
                "`configurations.configmaps` and `configurations.secrets` add files from the cluster that count more, \
                 and that cannot be seen from here."
                    .to_owned(),
            );
        }
    }
    extra_env(reading, tree, values, "", DEPTH);
}

/// Reads every list `extraEnv`.
fn extra_env(reading: &mut Reading, tree: &Tree, mapping: Id, path: &str, depth: usize) {
    if depth == 0 || tree.is_alias(mapping) {
        return;
    }
    for (key, value) in tree.entries(mapping) {
        let Some(name) = tree.text(*key) else { continue };
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
        if matches!(name, "configuration" | "configurations") {
            continue;
        }
        if matches!(name, "extraEnv" | "extraEnvs" | "env") {
            read_list(reading, tree, *value, &path);
        } else {
            extra_env(reading, tree, *value, &path, depth - 1);
        }
    }
}

fn read_list(reading: &mut Reading, tree: &Tree, list: Id, path: &str) {
    let mut entries = Vec::new();
    for item in tree.items(list) {
        let Some(name) = tree.get(*item, "name") else { continue };
        let value = tree.get(*item, "value");
        match (tree.text(name).and_then(variable), value) {
            (Some(VariableName::Whole), Some(value)) => {
                let place = format!("`{WHOLE_CONFIGURATION}` of `{path}`");
                reading.add_sheet_in(tree, tree.resolved(value), place, Vec::new());
            }
            (Some(VariableName::Sets(_) | VariableName::Misspelled), Some(value)) => {
                let span = tree.span(*item);
                let whole = span.start.min(tree.span(name).start)..last_of(tree, *item);
                entries.push(of_pair(&reading.text, &reading.lines, tree, name, value, &whole));
            }
            (Some(VariableName::Sets(_)), None) => {
                // `valueFrom`: who knows.
                let mut entry = of_pair(&reading.text, &reading.lines, tree, name, name, &tree.span(name));
                entry.raw = None;
                entry.value_span = Err("its value is taken from the cluster");
                entries.push(entry);
            }
            _ => {}
        }
    }
    if !entries.is_empty() {
        let shared_as = tree
            .is_shared(tree.resolved(list))
            .then(|| tree.node(tree.resolved(list)).and_then(|node| node.anchor.clone()))
            .flatten();
        reading.variables.push(Variables {
            place: format!("`{path}`"),
            services: Vec::new(),
            entries,
            shared_as,
            last_line: None,
        });
    }
}

/// Where an item ends: a flow mapping at its brace, a block mapping with its last value.
fn last_of(tree: &Tree, item: Id) -> usize {
    let entries = tree.entries(item);
    let ends = entries
        .iter()
        .map(|(_, value)| tree.span(*value).end)
        .max()
        .unwrap_or_default();
    if tree.is_flow(item) { tree.span(item).end } else { ends }
}
