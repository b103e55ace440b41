//! Tests of the layers.

use super::*;
use crate::config::interface::Interface;

const FILE: &str = r#"
default-context = "prod"

[contexts.prod]
host = "https://kestra.example.com/"
tenant = "main"
auth = { token-file = "token" }
protected = true
ca-file = "~/ca.pem"

[contexts.lab]
store = "lab"
auth = { username = "anna@example.com" }
read-only = true

[contexts.first]
store = "default"
"#;

struct Layered {
    flags: Flags,
    variables: Vec<(&'static str, &'static str)>,
    file: &'static str,
}

impl Layered {
    fn new(file: &'static str) -> Self {
        Self {
            flags: Flags::default(),
            variables: vec![("HOME", "/home/anna")],
            file,
        }
    }

    fn flags(mut self, change: impl FnOnce(&mut Flags)) -> Self {
        change(&mut self.flags);
        self
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn resolve(&self) -> Result<Target, Problem> {
        let paths = Paths::below(Path::new("/nowhere"));
        let configuration = Configuration::parse(self.file, &paths.config_file).unwrap();
        let environment = self.variables.iter().copied().collect();
        resolve(&self.flags, &environment, &configuration, &paths)
    }

    fn target(&self) -> Target {
        self.resolve().unwrap()
    }

    fn problem(&self) -> Problem {
        self.resolve().unwrap_err()
    }
}

fn store(target: &Target) -> (&Path, &Origin) {
    match &target.reach.value {
        Reach::Store(directory) => (directory, &target.reach.origin),
        Reach::Host { .. } => panic!("{target:?} is a host"),
    }
}

fn auth(target: &Target) -> Option<&Setting<Auth>> {
    match &target.reach.value {
        Reach::Store(_) => panic!("{target:?} is a store"),
        Reach::Host { auth, .. } => auth.as_ref(),
    }
}

#[test]
fn with_nothing_configured_the_local_instance_default_is_meant() {
    let target = Layered::new("").target();
    assert_eq!(target.name, "default");
    assert_eq!(
        store(&target),
        (Path::new("/nowhere/data/instances/default"), &Origin::Default)
    );
    assert!(target.created_on_first_use);
    assert!(!target.read_only.value && !target.protected.value);
    let file = Path::new("/x/config.toml");
    assert_eq!(Configuration::empty(file).interface, Interface::default());
}

#[test]
fn the_words_to_an_instance_are_those_of_whatever_chose_it() {
    const DEFAULT: &str = "default-context = \"prod\"\n[contexts.prod]\nhost = \"https://prod.example.com\"\n";
    let words = |layered: Layered| layered.target().command_words().join(" ");
    let here = std::env::current_dir().unwrap();
    let in_here = |file: &str| here.join(file).display().to_string();
    assert_eq!(words(Layered::new("")), "");
    assert_eq!(words(Layered::new(DEFAULT)), "--context prod");
    assert_eq!(words(Layered::new(DEFAULT).variable(CONTEXT, "prod")), "--context prod");
    assert_eq!(
        words(Layered::new(DEFAULT).variable(HOST, "https://far.example.com/")),
        "--host https://far.example.com"
    );
    let store = |store: &str| Layered::new(DEFAULT).flags(|flags| flags.store = Some(store.to_owned()));
    assert_eq!(words(store("lab")), "--store lab");
    assert_eq!(words(store("./lab")), format!("--store {}", in_here("lab")));
    let named = |layered: Layered| words(layered.flags(|flags| flags.config = Some("own.toml".into())));
    assert_eq!(named(Layered::new("")), format!("--config {}", in_here("own.toml")));
    assert_eq!(
        named(store("lab")),
        format!("--config {} --store lab", in_here("own.toml"))
    );
}

/// The console lists it among the contexts, so that it can be named like one.
#[test]
fn the_local_instance_default_can_be_named_like_a_context() {
    let directory = Path::new("/nowhere/data/instances/default");
    let by_flag = Layered::new(FILE).flags(|flags| flags.context = Some("default".into()));
    let target = by_flag.target();
    assert_eq!(store(&target), (directory, &Origin::Flag("--context")));
    assert_eq!(target.command_words(), ["--context", "default"]);
    assert!(target.created_on_first_use);
    let by_variable = Layered::new(FILE).variable(CONTEXT, "default").target();
    assert_eq!(store(&by_variable), (directory, &Origin::Variable(CONTEXT)));
    // A context of that name is meant before it.
    let own = "[contexts.default]\nhost = \"https://kestra.example.com\"\n";
    let target = Layered::new(own).variable(CONTEXT, "default").target();
    assert!(matches!(target.reach.value, Reach::Host { .. }));
}

#[test]
fn a_context_of_the_file_gives_everything() {
    let target = Layered::new(FILE).target();
    assert_eq!(target.name, "prod");
    assert_eq!(
        target.tenant,
        Some(Setting::new("main".into(), Origin::File("contexts.prod.tenant".into())))
    );
    assert_eq!(
        target.protected,
        Setting::new(true, Origin::File("contexts.prod.protected".into()))
    );
    assert_eq!(target.read_only, Setting::new(false, Origin::Default));
    let Reach::Host { url, auth, connection } = target.reach.value else {
        panic!("prod is a host");
    };
    assert_eq!(url.as_str(), "https://kestra.example.com");
    assert_eq!(
        auth.map(|auth| auth.value),
        Some(Auth::Token(SecretSource::File("/nowhere/config/token".into())))
    );
    assert_eq!(connection.ca_file, Some("/home/anna/ca.pem".into()));
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let by_flag = Layered::new(FILE).flags(|flags| {
        flags.context = Some("lab".into());
        flags.tenant = Some("a".into());
    });
    for layered in [
        Layered::new(FILE).variable(CONTEXT, "lab").variable(TENANT, "a"),
        by_flag.variable(CONTEXT, "prod").variable(TENANT, "b"),
        Layered::new(FILE)
            .flags(|flags| {
                flags.context = Some("lab".into());
                flags.tenant = Some("a".into());
            })
            .variable(HOST, "https://x"),
    ] {
        let target = layered.target();
        assert_eq!(target.name, "lab");
        assert_eq!(target.tenant.unwrap().value, "a");
    }
    let target = Layered::new(FILE)
        .flags(|flags| flags.store = Some("./x".into()))
        .variable(CONTEXT, "lab")
        .target();
    assert_eq!(store(&target), (Path::new("./x"), &Origin::Flag("--store")));
    assert!(!target.created_on_first_use);
    let target = Layered::new(FILE).variable(HOST, "http://h:1").target();
    assert_eq!((target.name.as_str(), auth(&target)), ("http://h:1", None));
    assert_eq!(target.reach.origin, Origin::Variable(HOST));
}

#[test]
fn read_only_is_given_by_the_flag_or_by_the_context() {
    let lab = Layered::new(FILE).flags(|flags| flags.context = Some("lab".into()));
    assert_eq!(
        lab.target().read_only,
        Setting::new(true, Origin::File("contexts.lab.read-only".into()))
    );
    let prod = Layered::new(FILE).flags(|flags| flags.read_only = true);
    assert_eq!(prod.target().read_only, Setting::new(true, Origin::Flag("--read-only")));
}

#[test]
fn read_only_for_all_holds_where_a_context_does_not_say_otherwise() {
    const ALL: &str = "read-only = true\n[contexts.a]\nstore = \"a\"\n[contexts.b]\nstore = \"b\"\nread-only = false\n";
    let of = |name: &str| {
        let name = name.to_owned();
        Layered::new(ALL)
            .flags(|flags| flags.context = Some(name))
            .target()
            .read_only
    };
    assert_eq!(of("a"), Setting::new(true, Origin::File("read-only".into())));
    assert_eq!(
        of("b"),
        Setting::new(false, Origin::File("contexts.b.read-only".into()))
    );
    assert!(Layered::new(ALL).target().read_only.value);
    let other = Layered::new(ALL).flags(|flags| flags.host = Some("https://x".into()));
    assert!(other.target().read_only.value);
}

#[test]
fn credentials_of_the_environment_replace_those_of_the_context() {
    let token = Layered::new(FILE).variable(TOKEN, "t").variable(USERNAME, "anna");
    assert_eq!(
        auth(&token.target()),
        Some(&Setting::new(
            Auth::Token(SecretSource::Variable(TOKEN.into())),
            Origin::Variable(TOKEN)
        ))
    );
    let basic = Layered::new(FILE).variable(USERNAME, "anna").variable(PASSWORD, "p");
    assert!(matches!(auth(&basic.target()).unwrap().value, Auth::Basic { .. }));
    for half in [
        Layered::new(FILE).variable(USERNAME, "anna"),
        Layered::new(FILE).variable(PASSWORD, "p"),
    ] {
        assert_eq!(half.problem().kind, ProblemKind::Invalid);
    }
    let lab = Layered::new(FILE).flags(|flags| flags.context = Some("lab".into()));
    assert_eq!(lab.target().acting_as.unwrap().value, "anna@example.com");
    let other = lab.variable(USERNAME, "bob@example.com").target();
    assert_eq!(
        other.acting_as,
        Some(Setting::new("bob@example.com".into(), Origin::Variable(USERNAME)))
    );
}

#[test]
fn only_the_default_instance_is_made_on_first_use() {
    for (context, expected) in [("lab", false), ("first", true)] {
        let target = Layered::new(FILE)
            .flags(|flags| flags.context = Some(context.into()))
            .target();
        assert_eq!(target.created_on_first_use, expected, "{context}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let unknown = Layered::new(FILE)
        .flags(|flags| flags.context = Some("prdo".into()))
        .problem();
    assert_eq!(unknown.kind, ProblemKind::NotFound);
    assert_eq!(unknown.next, "Did you mean `prod`?");
    let without_file = Layered::new("").variable(CONTEXT, "prod").problem();
    assert_eq!(without_file.kind, ProblemKind::NotFound);
    assert!(without_file.why.contains(CONTEXT), "{without_file}");
    let two = Layered::new(FILE)
        .variable(CONTEXT, "lab")
        .variable(HOST, "http://x")
        .problem();
    assert_eq!(two.kind, ProblemKind::Invalid);
    let no_url = Layered::new("")
        .flags(|flags| flags.host = Some("kestra".into()))
        .problem();
    assert_eq!(
        (no_url.kind, no_url.what.as_str()),
        (ProblemKind::Invalid, "`--host` does not name a Kestra.")
    );
}
