//! Looking for a path of keys in a mapping, nested, dotted, or both, as Micronaut flattens it.
//!
//! Finds where the settings stand and how far the way to them exists; decides nothing about which one counts.

use super::key::{Key, parts};
use super::tree::{Id, Tree};

/// How deep merge keys are followed; nobody nests them deeper, and they may go round in circles.
const MERGES: usize = 6;

/// How many mappings are looked at; aliases can make a small file mean an endless one.
const MOST: usize = 200;

/// How a place is reached from the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Through {
    /// By keys alone.
    Keys,
    /// Through an alias.
    Alias,
    /// Through a merge key.
    Merge,
}

/// A key on the way, or at its end.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub key: Id,
    pub value: Id,
    /// The mappings from the root to the one that holds the key.
    pub chain: Vec<Id>,
    /// The whole key as the file spells it.
    pub spelling: String,
    pub through: Through,
    /// The same key stands again later in the same mapping, or a mapping on the way does; this one is lost.
    pub lost: bool,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    /// The settings themselves, in the order of the file.
    pub leaves: Vec<(Key, Found)>,
    /// Keys on the way, with how many parts of the path they reach.
    pub parents: Vec<(usize, Found)>,
    /// How many mappings were looked at.
    looked_at: usize,
}

impl Search {
    /// Looks for the settings below `path`, which starts in `root`.
    pub fn of(tree: &Tree, root: Id, path: &[&str]) -> Self {
        let mut search = Self::default();
        let at = At {
            depth: 0,
            chain: Vec::new(),
            spelling: String::new(),
            through: if tree.is_alias(root) {
                Through::Alias
            } else {
                Through::Keys
            },
            lost: false,
            merges: 0,
        };
        search.walk(tree, root, path, &at);
        search
    }

    /// The leaves of one setting.
    pub fn of_key(&self, key: Key) -> impl Iterator<Item = &Found> {
        self.leaves
            .iter()
            .filter(move |(of, _)| *of == key)
            .map(|(_, found)| found)
    }

    fn walk(&mut self, tree: &Tree, mapping: Id, path: &[&str], at: &At) {
        self.looked_at += 1;
        if self.looked_at > MOST {
            return;
        }
        let mapping = tree.resolved(mapping);
        let mut chain = at.chain.clone();
        chain.push(mapping);
        if at.merges < MERGES {
            for brought in tree.merged(mapping) {
                let at = At {
                    chain: chain.clone(),
                    spelling: at.spelling.clone(),
                    through: Through::Merge,
                    merges: at.merges + 1,
                    ..*at
                };
                self.walk(tree, brought, path, &at);
            }
        }
        let entries = tree.entries(mapping);
        for (index, (key, value)) in entries.iter().enumerate() {
            let Some(name) = tree.text(*key) else { continue };
            let rest = path.get(at.depth..).unwrap_or_default();
            let parts = parts(name);
            let reached = parts.len().min(rest.len());
            if !parts.iter().zip(rest).all(|(part, wanted)| part == wanted) {
                continue;
            }
            let again = entries
                .iter()
                .skip(index + 1)
                .any(|(later, _)| tree.text(*later) == Some(name));
            let found = Found {
                key: *key,
                value: *value,
                chain: chain.clone(),
                spelling: if at.spelling.is_empty() {
                    name.to_owned()
                } else {
                    format!("{}.{name}", at.spelling)
                },
                through: at.through,
                lost: at.lost || again,
            };
            match parts.get(reached..) {
                Some([leaf]) => {
                    if let Some(key) = Key::of_leaf(leaf) {
                        self.leaves.push((key, found));
                    }
                }
                Some([]) => {
                    let below = At {
                        depth: at.depth + reached,
                        chain: chain.clone(),
                        spelling: found.spelling.clone(),
                        through: if tree.is_alias(*value) {
                            at.through.max(Through::Alias)
                        } else {
                            at.through
                        },
                        lost: found.lost,
                        merges: at.merges,
                    };
                    self.parents.push((below.depth, found));
                    self.walk(tree, *value, path, &below);
                }
                _ => {}
            }
        }
    }
}

struct At {
    depth: usize,
    chain: Vec<Id>,
    spelling: String,
    through: Through,
    lost: bool,
    merges: usize,
}

#[cfg(test)]
mod tests {
    use super::super::key::PARENTS;
    use super::*;

    fn spellings(text: &str) -> Vec<String> {
        let tree = Tree::of(text).unwrap();
        let search = Search::of(&tree, tree.documents[0].root.unwrap(), &PARENTS);
        search
            .leaves
            .iter()
            .map(|(_, found)| {
                let lost = if found.lost { " lost" } else { "" };
                format!("{} {:?}{lost}", found.spelling, found.through)
            })
            .collect()
    }

    #[test]
    fn keys_are_found_nested_dotted_and_mixed() {
        for (text, expected) in [
            (
                "kestra:\n  ee:\n    tenants:\n      enabled: true\n",
                "kestra.ee.tenants.enabled Keys",
            ),
            (
                "kestra.ee.tenants.defaultTenant: true\n",
                "kestra.ee.tenants.defaultTenant Keys",
            ),
            (
                "kestra.ee:\n  tenants.enabled: true\n",
                "kestra.ee.tenants.enabled Keys",
            ),
            (
                "x: &t {enabled: true}\nkestra: {ee: {tenants: *t}}\n",
                "kestra.ee.tenants.enabled Alias",
            ),
            (
                "x: &t {tenants.enabled: true}\nkestra: {ee: {<<: *t}}\n",
                "kestra.ee.tenants.enabled Merge",
            ),
            (
                "x: [&a {ee: {tenants: {enabled: no}}}]\nkestra: {<<: [*a]}\n",
                "kestra.ee.tenants.enabled Merge",
            ),
        ] {
            assert_eq!(spellings(text), [expected], "{text}");
        }
        assert_eq!(
            spellings("kestra: {ee.tenants.enabled: 1}\nkestra: {ee: {tenants: {enabled: 2}}}\n"),
            ["kestra.ee.tenants.enabled Keys lost", "kestra.ee.tenants.enabled Keys"]
        );
        assert!(spellings("kestra: {tenants: {enabled: true}, ee: {tenants.x.enabled: 1}}\n").is_empty());
        assert!(spellings("kestra: &k {<<: *k, ee: *k}\n").is_empty());
    }
}
