//! Docker Compose files: Kestra's configuration in a literal block of `environment`, and single variables beside it.
//!
//! Several services may share a block or a whole environment by an anchor; each is read once, with all who use it.

use super::key::{VariableName, WHOLE_CONFIGURATION, variable};
use super::reading::{Reading, Stands, quoted};
use super::tree::{Id, Tree};
use super::variables::{Variables, of_item, of_pair};

/// How deep merge keys are followed.
const MERGES: usize = 6;

/// Whether a text is a compose file.
pub(super) fn is(tree: &Tree, root: Id) -> bool {
    const MARKS: [&str; 6] = ["image", "build", "environment", "env_file", "command", "extends"];
    let Some(services) = tree.get(root, "services") else {
        return false;
    };
    tree.get(root, "kestra").is_none()
        && tree.entries(services).iter().any(|(_, service)| {
            layers(tree, *service)
                .iter()
                .any(|layer| MARKS.iter().any(|mark| tree.get(*layer, mark).is_some()))
        })
}

/// A mapping and what its merge keys bring in, in the order in which they count.
fn layers(tree: &Tree, mapping: Id) -> Vec<Id> {
    let mut layers = vec![tree.resolved(mapping)];
    let mut from = 0;
    for _ in 0..MERGES {
        let next: Vec<Id> = layers.iter().skip(from).flat_map(|layer| tree.merged(*layer)).collect();
        from = layers.len();
        for layer in next {
            if !layers.contains(&layer) {
                layers.push(layer);
            }
        }
    }
    layers
}

/// Something of the file, and the services that use it.
#[derive(Default)]
struct Uses(Vec<(Id, Vec<String>)>);

impl Uses {
    fn add(&mut self, id: Id, service: &str) {
        match self.0.iter_mut().find(|(known, _)| *known == id) {
            Some((_, services)) if services.iter().any(|known| known == service) => {}
            Some((_, services)) => services.push(service.to_owned()),
            None => self.0.push((id, vec![service.to_owned()])),
        }
    }
}

/// Reads the services.
pub(super) fn read(reading: &mut Reading, tree: &Tree, root: Id) {
    let (mut environments, mut configurations) = (Uses::default(), Uses::default());
    let services = tree
        .get(root, "services")
        .map(|services| tree.entries(services))
        .unwrap_or_default();
    for (name, service) in services {
        let name = tree.text(*name).unwrap_or_default();
        let environment = layers(tree, *service)
            .iter()
            .find_map(|layer| tree.get(*layer, "environment"));
        let Some(environment) = environment else { continue };
        let stacked = layers(tree, environment);
        for layer in &stacked {
            environments.add(*layer, name);
        }
        // The nearest layer that has it counts.
        if let Some(whole) = stacked.iter().find_map(|layer| tree.get(*layer, WHOLE_CONFIGURATION)) {
            configurations.add(tree.resolved(whole), name);
        }
    }
    for (scalar, services) in configurations.0 {
        let place = format!("`{WHOLE_CONFIGURATION}` of {}", of_services(&services));
        reading.add_sheet_in(tree, scalar, place, services);
    }
    for (environment, services) in environments.0 {
        read_environment(reading, tree, environment, &services);
    }
    for (name, config) in tree
        .get(root, "configs")
        .map(|configs| tree.entries(configs))
        .unwrap_or_default()
    {
        if let Some(content) = tree.get(*config, "content") {
            let text = tree.text(tree.resolved(content)).unwrap_or_default();
            if text.lines().any(|line| line.starts_with("kestra")) {
                let place = format!("`configs.{}`", tree.text(*name).unwrap_or_default());
                reading.add_sheet_in(tree, tree.resolved(content), place, Vec::new());
            }
        }
    }
}

fn read_environment(reading: &mut Reading, tree: &Tree, environment: Id, services: &[String]) {
    let place = format!("`environment` of {}", of_services(services));
    let mut entries = Vec::new();
    let pairs = tree.entries(environment);
    for (name, value) in pairs {
        let known = tree.text(*name).and_then(variable);
        if matches!(known, Some(VariableName::Sets(_) | VariableName::Misspelled)) {
            let whole = tree.span(*name).start..tree.span(*value).end.max(tree.span(*name).end);
            entries.push(of_pair(&reading.text, &reading.lines, tree, *name, *value, &whole));
        }
    }
    for item in tree.items(environment) {
        let name = tree
            .text(*item)
            .map(|text| text.split_once('=').map_or(text, |(name, _)| name));
        match name.and_then(variable) {
            Some(VariableName::Whole) => {
                let text = tree
                    .text(*item)
                    .and_then(|text| text.split_once('='))
                    .map(|(_, text)| text.to_owned());
                let line = reading.lines.at(tree.span(*item).start);
                let stands = Stands::Quoted(line, "it stands in an entry of a list, after `=`");
                let place = format!("`{WHOLE_CONFIGURATION}` of {}", of_services(services));
                reading.add_sheet(stands, text.unwrap_or_default(), place, services.to_vec(), None);
            }
            Some(_) => entries.extend(of_item(&reading.text, &reading.lines, tree, *item)),
            None => {}
        }
    }
    if !entries.is_empty() {
        let shared_as = tree
            .is_shared(environment)
            .then(|| tree.node(environment).and_then(|node| node.anchor.clone()))
            .flatten();
        reading.variables.push(Variables {
            place,
            services: services.to_vec(),
            entries,
            shared_as,
            last_line: None,
        });
    }
}

fn of_services(names: &[String]) -> String {
    let shown = quoted(names.iter().map(String::as_str));
    match names.len() {
        1 => format!("service {shown}"),
        _ => format!("services {shown}"),
    }
}
