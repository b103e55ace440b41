//! The pages of the help, which are files in `assets/help` and built in.

/// A page.
#[derive(Debug)]
pub struct Topic {
    /// Its name in the palette.
    pub name: &'static str,
    /// Its file: a title, and paragraphs with keys in angle brackets: those that work everywhere alone, others with their scope.
    pub text: &'static str,
}

/// The page that says which version this is and where its files are, which are known at the start only.
pub const PROGRAM: &str = "this-program";

/// All pages, in order.
pub const TOPICS: [Topic; 9] = [
    Topic {
        name: "getting-around",
        text: include_str!("../../assets/help/getting-around.md"),
    },
    Topic {
        name: "tenants",
        text: include_str!("../../assets/help/tenants.md"),
    },
    Topic {
        name: "roles-and-access",
        text: include_str!("../../assets/help/roles-and-access.md"),
    },
    Topic {
        name: "migration",
        text: include_str!("../../assets/help/migration.md"),
    },
    Topic {
        name: "contexts-and-trust",
        text: include_str!("../../assets/help/contexts-and-trust.md"),
    },
    Topic {
        name: "copying",
        text: include_str!("../../assets/help/copying.md"),
    },
    Topic {
        name: "terminals",
        text: include_str!("../../assets/help/terminals.md"),
    },
    Topic {
        name: "troubleshooting",
        text: include_str!("../../assets/help/troubleshooting.md"),
    },
    Topic {
        name: PROGRAM,
        text: include_str!("../../assets/help/this-program.md"),
    },
];

/// A page by its name.
pub fn topic(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

impl Topic {
    /// Its title.
    pub fn title(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.trim_start_matches('#').trim()
    }

    /// Its paragraphs, each in one line, for whoever breaks lines.
    pub fn body(&self) -> String {
        let after = self.text.split_once('\n').map_or("", |(_, after)| after);
        let paragraphs = after.trim().split("\n\n");
        paragraphs
            .map(|paragraph| paragraph.lines().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::Scope;
    use super::super::input::parse_sequence;
    use super::super::key_words::placed;
    use super::super::keymap::Keymap;
    use super::*;

    #[test]
    fn every_page_has_a_title_and_paragraphs_and_names_keys_that_exist() {
        let keymap = Keymap::default();
        for topic in &TOPICS {
            assert!(
                topic.text.starts_with("# ") && !topic.title().is_empty(),
                "{}",
                topic.name
            );
            assert!(
                topic.body().len() > 100 && !topic.body().contains("# "),
                "{}",
                topic.name
            );
            let keys = topic.text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
            for (keys, _) in keys {
                let (there, named) = placed(keys).unwrap_or_else(|| panic!("<{keys}> in {}", topic.name));
                let sequence = parse_sequence(named).unwrap();
                let is_bound = keymap
                    .bindings
                    .iter()
                    .any(|binding| *binding.keys == sequence && there.unwrap_or(Scope::Global) == binding.scope);
                assert!(is_bound, "<{keys}> in {}", topic.name);
            }
        }
    }
}
