//! Tests of the configuration file, and of the example that has to show all of it.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde::de::value::Error as ValueError;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};

use super::*;
use crate::config::auth::{Auth, AuthTable};
use crate::config::context::{ContextReach, ContextTable, HeaderVariable, Server, TIMEOUT_SECONDS};

const EXAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml"));

fn parse(text: &str) -> Result<Configuration, Problem> {
    Configuration::parse(text, Path::new("/etc/k/config.toml"))
}

fn why(text: &str) -> (String, String) {
    let problem = parse(text).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Invalid);
    assert_eq!(problem.what, "The configuration `/etc/k/config.toml` is not valid.");
    (problem.why, problem.next)
}

/// A deserializer that takes down which fields a struct asks for, and then gives up.
struct FieldNames<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ValueError> {
        Err(ValueError::custom("not a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ValueError> {
        self.0.extend(fields);
        Err(ValueError::custom("fields taken down"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn options_of<T: for<'de> Deserialize<'de>>() -> Vec<&'static str> {
    let mut names = Vec::new();
    assert!(T::deserialize(FieldNames(&mut names)).is_err());
    assert!(!names.is_empty());
    names
}

/// The example with the mark of comments taken from every option.
fn uncommented() -> String {
    EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(option) if !option.starts_with(' ') => option,
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn keys_of(value: &toml::Value, found: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, inner) in table {
                found.insert(key.clone());
                keys_of(inner, found);
            }
        }
        toml::Value::Array(items) => items.iter().for_each(|item| keys_of(item, found)),
        _ => {}
    }
}

#[test]
fn the_example_as_it_stands_configures_nothing() {
    let configuration = parse(EXAMPLE).unwrap();
    assert_eq!(configuration.contexts, IndexMap::new());
    assert_eq!(configuration.interface, Interface::default());
    assert_eq!(configuration.default_context, None);
}

#[test]
fn the_example_shows_every_option() {
    let mut shown = BTreeSet::new();
    keys_of(&toml::Value::Table(toml::from_str(&uncommented()).unwrap()), &mut shown);
    let all = [
        options_of::<ConfigurationTable>(),
        options_of::<ContextTable>(),
        options_of::<AuthTable>(),
        options_of::<Server>(),
        options_of::<HeaderVariable>(),
        options_of::<KeyBinding>(),
    ];
    for option in all.into_iter().flatten() {
        assert!(shown.contains(option), "config.example.toml does not show `{option}`");
    }
}

#[test]
fn the_defaults_that_the_example_states_are_the_real_ones() {
    let configuration = parse(&uncommented()).unwrap();
    assert_eq!(configuration.default_context.as_deref(), Some("prod"));
    let keys = configuration.interface.keys.clone();
    assert_eq!(keys.len(), 1);
    assert_eq!(
        configuration.interface,
        Interface {
            keys,
            ..Interface::default()
        }
    );
    let prod = &configuration.contexts["prod"];
    assert!(!prod.protected && prod.read_only == Some(false));
    let ContextReach::Host { connection, .. } = &prod.reach else {
        panic!("prod is a host");
    };
    assert_eq!(connection.timeout_seconds, TIMEOUT_SECONDS);
    assert_eq!(
        prod.server.health_timeout_seconds,
        Server::default().health_timeout_seconds
    );
    assert!(!prod.holds_secret());
    assert_eq!(
        configuration.contexts["lab"].auth,
        Some(Auth::Username("anna@example.com".to_owned()))
    );
}

#[test]
fn options_of_the_console_are_known_by_name_where_they_are_out_of_place() {
    let tables = ["contexts", "keys"];
    let options: Vec<_> = options_of::<ConfigurationTable>()
        .into_iter()
        .filter(|option| !tables.contains(option))
        .collect();
    assert_eq!(options, TOP_LEVEL);
    assert_eq!(
        why("[contexts.lab]\nstore = \"lab\"\nborders = true"),
        (
            "Line 3: there is no option `borders` here.".to_owned(),
            "Move `borders` to the top of the file, above the first line in brackets.".to_owned()
        )
    );
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_the_nearest_right_word() {
    for (text, expected_why, expected_next) in [
        (
            "colour-depth = \"auto\"",
            "Line 1: there is no option `colour-depth` here.",
            "Did you mean `color-depth`?",
        ),
        (
            "\n[contexts.a]\nhots = \"http://x\"",
            "Line 3: there is no option `hots` here.",
            "Did you mean `host`?",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nauth = { token_env = \"T\" }",
            "Line 3: there is no option `token_env` here.",
            "Did you mean `token-env`?",
        ),
        (
            "theme = \"drak\"",
            "Line 1: `drak` is not a value of this option.",
            "Did you mean `dark`?",
        ),
        (
            "color-depth = \"24\"",
            "Line 1: `24` is not a value of this option.",
            "Known are `auto`, `mono`, `16`, `256`, `truecolor`.",
        ),
        (
            "default-context = \"prd\"\n[contexts.prod]\nstore = \"x\"",
            "`default-context` is `prd`, and there is no such context.",
            "Did you mean `prod`?",
        ),
        (
            "default-context = \"prod\"",
            "`default-context` is `prod`, and there is no such context.",
            "Define it, or leave it out.",
        ),
    ] {
        assert_eq!(why(text), (expected_why.to_owned(), expected_next.to_owned()), "{text}");
    }
    for (text, expected) in [
        ("borders = 1", "Line 1: invalid type: integer `1`, expected a boolean."),
        (
            "[contexts.a]",
            "Line 1: a context needs a host (a URL) or a store (the name of a local instance).",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nstore = \"x\"",
            "Line 1: a context has a host or a store, not both.",
        ),
        (
            "[contexts.a]\nhost = \"x\"",
            "Line 2: a host starts with https:// or http://.",
        ),
        ("[contexts.a]\nstore = \"\"", "Line 1: the store has no name."),
        (
            "[contexts.a]\nstore = \"x\"\nproxy = \"p\"",
            "Line 1: proxy has a meaning for a host only, and this context is a store.",
        ),
        (
            "[contexts.a]\nstore = \"x\"\nauth = { token-env = \"T\" }",
            "Line 1: a store asks for no secret; auth may name a username and nothing else.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nclient-key = \"p\"",
            "Line 1: client-cert and client-key go together.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\ntimeout-seconds = 0",
            "Line 1: timeout-seconds is at least 1.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nauth = { username = \"anna\" }",
            "Line 1: a username needs password-env, password-file or password-command.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nauth = { token-env = \"A\", token-file = \"B\" }",
            "Line 3: keep one of token-env, token-file and token-command, not several.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nauth = { token-env = \"A\", username = \"B\" }",
            "Line 3: a token stands alone: leave out username and password.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nauth = { token-command = [] }",
            "Line 3: token-command is empty; write it as [\"program\", \"argument\"].",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nauth = { password-env = \"A\" }",
            "Line 3: a password needs a username beside it.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nheaders = { A = 1 }",
            "Line 3: write a header as a text or as { env = \"NAME\" }.",
        ),
    ] {
        assert_eq!(why(text).0, expected, "{text}");
    }
    assert!(why("theme = ").0.starts_with("Line 1: "));
}

#[test]
fn a_broken_line_is_never_repeated_because_it_may_hold_a_secret() {
    let problem = parse("[contexts.a]\nheaders = { A = \"s3cret\" ]").unwrap_err();
    assert!(!format!("{problem:?}").contains("s3cret"), "{problem:?}");
}

#[test]
fn a_file_with_a_secret_has_to_be_private() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config.toml");
    let read = |text: &str, mode: u32| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        Configuration::read(&file, false)
    };
    let literal = "[contexts.a]\nhost = \"http://x\"\nheaders = { A = \"s3cret\" }";
    let proxied = "[contexts.a]\nhost = \"http://x\"\nproxy = \"http://anna:s3cret@proxy:1\"";
    let harmless = "[contexts.a]\nhost = \"http://x\"\nheaders = { A = { env = \"X\" } }";
    assert!(read(harmless, 0o644).is_ok());
    for text in [literal, proxied] {
        let configuration = read(text, 0o600).unwrap();
        assert!(!format!("{configuration:?}").contains("s3cret"), "{configuration:?}");
        let problem = read(text, 0o640).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Invalid);
        assert_eq!(
            problem.next,
            format!("Run `chmod 600 {}` and try again.", file.display())
        );
    }
}

#[test]
fn only_a_file_that_was_named_has_to_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("none.toml");
    assert_eq!(Configuration::read(&file, false), Ok(Configuration::empty(&file)));
    assert_eq!(
        Configuration::read(&file, true).unwrap_err().kind,
        ProblemKind::NotFound
    );
}

#[test]
fn a_table_in_the_wrong_brackets_or_of_another_kind_is_told_how_it_is_written() {
    let keys = "Line 2: there may be many rows of keys, and each begins with `[[keys]]`.";
    let two = "Write `[[keys]]` there, in two pairs of brackets.";
    let list = "Line 1: this option is a list.";
    let parts = "Write it in brackets, each part in quotes: [\"one\", \"two\"].";
    for (text, expected_why, expected_next) in [
        (
            "theme = \"dark\"\n[keys]\ncommand = \"help\"\nkeys = [\"x\"]",
            keys,
            two,
        ),
        ("\n[ keys ]\ncommand = \"help\"", keys, two),
        ("\n[keys.help]\nkeys = [\"x\"]", keys, two),
        ("\nkeys = { command = \"help\", keys = [] }", keys, two),
        (
            "[[contexts.a]]\nhost = \"http://x\"",
            "Line 1: `contexts.a` stands in two pairs of brackets, and there is one of it.",
            "Write `[contexts.a]` there, in one pair of brackets.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\n[[contexts.a.headers]]\nA = \"s3cret\"",
            "Line 3: `contexts.a.headers` stands in two pairs of brackets, and there is one of it.",
            "Write `[contexts.a.headers]` there, in one pair of brackets.",
        ),
        (
            "[[contexts]]\nname = \"a\"",
            "Line 1: `contexts` stands in two pairs of brackets, and each context has a name of its own.",
            "Write `[contexts.NAME]` there, in one pair of brackets.",
        ),
        (
            "[contexts]\nprod = \"http://x\"",
            "Line 2: a context has lines of its own.",
            "Write `[contexts.NAME]`, and its host or store on a line below.",
        ),
        (
            "[contexts.a]\nhost = \"http://x\"\nauth = \"s3cret\"",
            "Line 3: auth says where the secret is, and never what it is.",
            "Write it as auth = { token-env = \"NAME\" }; `config.example.toml` shows every way.",
        ),
        ("clipboard-command = \"xclip\"", list, parts),
        ("keys = \"x\"", list, parts),
    ] {
        assert_eq!(why(text), (expected_why.to_owned(), expected_next.to_owned()), "{text}");
    }
}
