//! What a file is, by its content, and where in it Kestra's settings may stand.
//!
//! A file has *sheets*, texts of Kestra's own configuration: the file itself, or each literal block of a compose file; and
//! lists of variables. Nothing is decided here about which of them counts.

use serde::{Deserialize, Serialize};

use super::block::Block;
use super::key::PARENTS;
use super::lines::Lines;
use super::search::Search;
use super::tree::{Broken, Id, Tree};
use super::variables::{Variables, of_env_file};
use super::{compose, helm};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Kestra's own configuration, such as `application.yml`.
    Application,
    /// A Docker Compose file.
    Compose,
    /// Values of Kestra's Helm chart.
    Helm,
    /// Variables, a line each.
    EnvFile,
    /// It cannot be understood.
    Unknown,
}

impl Kind {
    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Application => "configuration of Kestra",
            Self::Compose => "compose file",
            Self::Helm => "Helm values",
            Self::EnvFile => "file of variables",
            Self::Unknown => "not understood",
        }
    }
}

/// Where a sheet stands in its file.
#[derive(Clone, Debug)]
pub(super) enum Stands {
    /// It is the file.
    Whole,
    /// In a literal block.
    InBlock(Block),
    /// In a text that can be read and not edited: its line from 0, and what it is.
    Quoted(usize, &'static str),
}

/// A text of Kestra's configuration.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub text: String,
    pub lines: Lines,
    pub tree: Tree,
    pub root: Option<Id>,
    /// The keys that lead to the settings, from the root.
    pub path: Vec<&'static str>,
    pub stands: Stands,
    /// Where that is, in words.
    pub place: String,
    /// The services of a compose file that read it.
    pub services: Vec<String>,
    /// Whether several places of the file use it by an alias.
    pub shared_as: Option<String>,
}

impl Sheet {
    /// Where the settings stand in it.
    pub fn search(&self) -> Search {
        self.search_for(&self.path)
    }

    pub fn search_for(&self, path: &[&str]) -> Search {
        self.root
            .map_or_else(Search::default, |root| Search::of(&self.tree, root, path))
    }

    /// How many keys stand before `kestra`.
    pub fn before(&self) -> usize {
        self.path.len().saturating_sub(PARENTS.len())
    }

    /// The line of the file on which something of it stands, from 1.
    pub fn line(&self, offset: usize) -> usize {
        let line = self.lines.at(offset);
        1 + match &self.stands {
            Stands::Whole => line,
            Stands::InBlock(block) => block.first_line + line,
            Stands::Quoted(line, _) => *line,
        }
    }
}

/// A file as it was understood.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub text: String,
    pub lines: Lines,
    pub kind: Kind,
    pub sheets: Vec<Sheet>,
    pub variables: Vec<Variables>,
    /// Remarks on the whole, a sentence each.
    pub notes: Vec<String>,
    /// Whether a text in it could not be understood.
    pub is_partly_broken: bool,
    /// Why it must not be edited, if that is known already.
    pub untouchable: Option<String>,
}

/// Why a file cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The line, from 1.
    pub line: Option<usize>,
    /// A sentence.
    pub why: String,
}

/// How many documents of a file are looked at. One with several is not edited anyway.
const DOCUMENTS: usize = 16;

/// Nobody's configuration is larger.
const LARGEST: usize = 4 * 1024 * 1024;

impl Reading {
    pub fn of(bytes: &[u8]) -> Result<Self, Trouble> {
        let trouble = |why: &str| Trouble {
            line: None,
            why: why.to_owned(),
        };
        if bytes.len() > LARGEST {
            return Err(trouble("It is larger than any configuration."));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| trouble("It is not text in UTF-8."))?;
        let mut reading = Self {
            text: text.to_owned(),
            lines: Lines::of(text),
            kind: Kind::Application,
            sheets: Vec::new(),
            variables: Vec::new(),
            notes: Vec::new(),
            is_partly_broken: false,
            untouchable: untouchable(text).map(str::to_owned),
        };
        if let Some(variables) = of_env_file(text) {
            reading.kind = Kind::EnvFile;
            reading.variables.push(variables);
            return Ok(reading);
        }
        let tree = Tree::of(text).map_err(|broken| cannot_parse(text, &broken))?;
        let documents = tree.documents.len();
        if documents > 1 {
            reading.untouchable.get_or_insert_with(|| {
                format!("It holds {documents} documents, parted by `---`, and which of them is meant is not certain.")
            });
        }
        let root = tree.documents.first().and_then(|document| document.root);
        match root {
            Some(root) if compose::is(&tree, root) => {
                reading.kind = Kind::Compose;
                compose::read(&mut reading, &tree, root);
            }
            Some(root) if helm::is(&tree, root) => {
                reading.kind = Kind::Helm;
                helm::read(&mut reading, &tree, root);
            }
            Some(root) if !tree.is_mapping(root) && !tree.is_null(root) => {
                return Err(trouble("It holds no keys with values."));
            }
            _ => {
                let roots: Vec<Option<Id>> = match documents {
                    0 => vec![None],
                    _ => tree
                        .documents
                        .iter()
                        .take(DOCUMENTS)
                        .map(|document| document.root)
                        .collect(),
                };
                for root in roots {
                    let sheet = reading.own_sheet(&tree, root, Vec::new(), "the file".to_owned());
                    reading.sheets.push(sheet);
                }
            }
        }
        Ok(reading)
    }

    /// A sheet that is the file itself, with the settings below some keys of it.
    pub fn own_sheet(&self, tree: &Tree, root: Option<Id>, before: Vec<&'static str>, place: String) -> Sheet {
        let mut path = before;
        path.extend(PARENTS);
        Sheet {
            text: self.text.clone(),
            lines: self.lines.clone(),
            tree: tree.clone(),
            root: root.filter(|root| !tree.is_null(*root)),
            path,
            stands: Stands::Whole,
            place,
            services: Vec::new(),
            shared_as: None,
        }
    }

    /// Adds the sheet in a scalar of the file. What cannot be understood is remembered as a reason not to edit.
    pub fn add_sheet_in(&mut self, tree: &Tree, scalar: Id, place: String, services: Vec<String>) {
        let line = self.lines.at(tree.span(scalar).start);
        let Some(value) = tree.text(scalar) else {
            self.untouchable
                .get_or_insert_with(|| format!("On line {} {place} is no text.", line + 1));
            return;
        };
        let (stands, text) = match Block::of(&self.text, &self.lines, tree, scalar) {
            Some(block) => {
                let text = block.text.clone();
                (Stands::InBlock(block), text)
            }
            None => (
                Stands::Quoted(line, "it stands in quotes or is folded, not in a literal block (`|`)"),
                value.to_owned(),
            ),
        };
        let shared_as = tree
            .is_shared(scalar)
            .then(|| tree.node(scalar).and_then(|node| node.anchor.clone()))
            .flatten();
        self.add_sheet(stands, text, place, services, shared_as);
    }

    /// Adds a sheet with a text of its own.
    pub fn add_sheet(
        &mut self,
        stands: Stands,
        text: String,
        place: String,
        services: Vec<String>,
        shared_as: Option<String>,
    ) {
        let first_line = match &stands {
            Stands::InBlock(block) => block.first_line,
            Stands::Quoted(line, _) => *line,
            Stands::Whole => 0,
        };
        let tree = match Tree::of(&text) {
            Ok(tree) => tree,
            Err(broken) => {
                let trouble = cannot_parse(&text, &broken);
                let line = first_line + trouble.line.unwrap_or(1);
                let why = format!("What {place} holds is no valid YAML near line {line}.");
                self.notes.push(why.clone());
                self.is_partly_broken = true;
                self.untouchable.get_or_insert(why);
                return;
            }
        };
        if tree.documents.len() > 1 {
            self.untouchable
                .get_or_insert_with(|| format!("What {place} holds is several documents, parted by `---`."));
        }
        let root = tree.documents.first().and_then(|document| document.root);
        if root.is_some_and(|root| !tree.is_mapping(root) && !tree.is_null(root)) {
            let why = format!("What {place} holds has no keys with values.");
            self.notes.push(why.clone());
            self.is_partly_broken = true;
            self.untouchable.get_or_insert(why);
            return;
        }
        self.sheets.push(Sheet {
            lines: Lines::of(&text),
            root: root.filter(|root| !tree.is_null(*root)),
            path: PARENTS.to_vec(),
            text,
            tree,
            stands,
            place,
            services,
            shared_as,
        });
    }
}

/// Characters that some readers of YAML take for the end of a line and others do not.
fn untouchable(text: &str) -> Option<&'static str> {
    if text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return Some("It holds rare line separators, which not every reader of YAML takes for the same.");
    }
    let lone = text.replace("\r\n", "\n").contains('\r');
    lone.then_some("It holds carriage returns that end no line.")
}

fn cannot_parse(text: &str, broken: &Broken) -> Trouble {
    let why = if text.contains("{{") {
        "It is a template, or no valid YAML"
    } else if text.lines().any(|line| line.trim_start_matches(' ').starts_with('\t')) {
        "Tabs stand where YAML wants blanks"
    } else {
        "It is no valid YAML"
    };
    Trouble {
        line: Some(broken.line),
        why: format!("{why} near line {}: {}.", broken.line, broken.why.trim_end_matches('.')),
    }
}

/// Names in backticks, parted by commas.
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
