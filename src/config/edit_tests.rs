//! Tests of changes to the configuration: what is written, and that the rest stays.

use super::*;

fn lab() -> NewContext {
    NewContext {
        name: "lab".to_owned(),
        host: Some("http://localhost:8080".to_owned()),
        auth: Some(NewAuth::Basic {
            username: "a@b.c".to_owned(),
            password: SecretPlace::Variable("LAB".to_owned()),
        }),
        ..NewContext::default()
    }
}

/// A file with this text, and an edit of it.
fn edited(text: &str, edit: impl FnOnce(&mut Editing)) -> String {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("deep/config.toml");
    if !text.is_empty() {
        fs::create_dir(home.path().join("deep")).unwrap();
        fs::write(&file, text).unwrap();
    }
    let mut editing = Editing::of(&file).unwrap();
    edit(&mut editing);
    editing.save().unwrap();
    fs::read_to_string(&file).unwrap()
}

#[test]
fn a_context_is_written_into_nothing() {
    let text = edited("", |editing| editing.put(&lab()));
    assert_eq!(
        text,
        "[contexts.lab]\nhost = \"http://localhost:8080\"\nauth = { username = \"a@b.c\", password-env = \"LAB\" }\n"
    );
}

#[test]
fn what_was_there_stays_byte_for_byte() {
    for before in [
        "# mine\n\ntheme = 'dark'   # yes\n\n[contexts.prod]\nstore = \"x\" # here\n",
        "[contexts]\nprod = { store = \"x\" }\n",
        "[contexts.prod]\r\nstore = \"x\"\r\n",
        "contexts.prod.store = \"x\"\n",
        "[contexts.prod]\nstore = \"x\"",
    ] {
        let text = edited(before, |editing| editing.put(&lab()));
        assert!(text.starts_with(before), "{before:?} became {text:?}");
        let again = edited(&text, |editing| {
            editing.remove("lab").unwrap();
        });
        assert_eq!(again.trim_end(), before.trim_end());
    }
}

#[test]
fn the_default_is_set_beside_what_is_there_and_goes_with_its_context() {
    let before = "default-context = \"a\" # mine\n[contexts.a]\nstore = \"x\"\n[contexts.b]\nstore = \"y\"\n";
    let text = edited(before, |editing| editing.set_default("b"));
    assert_eq!(text, before.replace("\"a\" # mine", "\"b\" # mine"));
    let text = edited(before, |editing| {
        assert_eq!(editing.remove("a").unwrap(), "[contexts.a]\nstore = \"x\"\n");
    });
    assert!(!text.contains("default-context"), "{text}");
    let text = edited("[contexts.a]\nstore = \"x\"\n", |editing| editing.set_default("a"));
    assert!(text.starts_with("default-context = \"a\"\n"), "{text}");
}

#[test]
fn a_change_by_somebody_else_is_not_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    fs::write(&file, "theme = \"dark\"\n").unwrap();
    let mut editing = Editing::of(&file).unwrap();
    editing.put(&lab());
    fs::write(&file, "theme = \"light\"\n").unwrap();
    assert_eq!(editing.save().unwrap_err().kind, ProblemKind::Conflict);
    assert_eq!(fs::read_to_string(&file).unwrap(), "theme = \"light\"\n");
}

#[test]
fn of_many_changes_at_once_none_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("deep/config.toml");
    std::thread::scope(|scope| {
        for number in 0..16 {
            let file = &file;
            scope.spawn(move || {
                let mut editing = Editing::locked(file).unwrap();
                editing.put(&NewContext {
                    name: format!("c{number}"),
                    ..lab()
                });
                editing.save().unwrap();
            });
        }
    });
    assert_eq!(Editing::of(&file).unwrap().names().len(), 16);
}

#[test]
fn a_new_file_is_private_and_an_old_one_keeps_its_mode() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    let mut editing = Editing::of(&file).unwrap();
    editing.put(&lab());
    editing.save().unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    let mut editing = Editing::of(&file).unwrap();
    editing.set_default("lab");
    editing.save().unwrap();
    assert_eq!(mode(&file), 0o640);
}

#[test]
fn comments_above_a_context_stay_but_for_its_own() {
    let before = "# All of us use this file.\n\n# The old one.\n[contexts.a]\nstore = \"x\"\n\n# The new one.\n\
                  [contexts.b]\nstore = \"y\"\n";
    let text = edited(before, |editing| {
        assert_eq!(
            editing.remove("a").unwrap(),
            "# The old one.\n[contexts.a]\nstore = \"x\"\n"
        );
    });
    assert_eq!(
        text,
        "# All of us use this file.\n\n\n# The new one.\n[contexts.b]\nstore = \"y\"\n"
    );
    let alone = "# All of us.\n\n[contexts.a]\nstore = \"x\"\n";
    let text = edited(alone, |editing| drop(editing.remove("a")));
    assert_eq!(text, "# All of us.\n\n");
    let rows = "# All of us.\n\n[contexts.a]\nstore = \"x\"\n\n[[keys]]\ncommand = \"help\"\nkeys = []\n";
    let text = edited(rows, |editing| drop(editing.remove("a")));
    assert!(text.starts_with("# All of us.\n\n"), "{text}");
    assert!(text.ends_with("[[keys]]\ncommand = \"help\"\nkeys = []\n"), "{text}");
}

#[test]
fn comments_above_the_default_stay_when_it_goes() {
    for (before, after) in [
        (
            "# Ours.\ndefault-context = \"a\"\ntheme = \"dark\" # night\n[contexts.a]\nstore = \"x\"\n",
            "# Ours.\ntheme = \"dark\" # night\n",
        ),
        (
            "# Ours.\ndefault-context = \"a\"\n[contexts.a]\nstore = \"x\"\n[contexts.b]\nstore = \"y\"\n",
            "# Ours.\n[contexts.b]\nstore = \"y\"\n",
        ),
    ] {
        assert_eq!(edited(before, |editing| drop(editing.remove("a"))), after);
    }
}

#[test]
fn a_context_takes_the_place_of_another() {
    let before = "[contexts.lab] # here\nstore = \"x\"\n\n# The other.\n[contexts.b]\nstore = \"y\"\n";
    let above = "# Ours.\n\n".to_owned() + before;
    let text = edited(&above, |editing| editing.put(&lab()));
    assert!(text.starts_with("# Ours.\n\n[contexts.lab] # here\nhost = "), "{text}");
    assert!(
        text.ends_with("\n\n# The other.\n[contexts.b]\nstore = \"y\"\n"),
        "{text}"
    );
    assert!(!text.contains("store = \"x\""), "{text}");
}

#[test]
fn contexts_are_written_wherever_others_stand() {
    for before in [
        "contexts = { prod = { store = \"x\" } } # one line\n",
        "[contexts]\n# none yet\n",
        "theme = \"dark\"\n\n[[keys]]\ncommand = \"help\"\nkeys = []\n",
        "\n\n",
    ] {
        let text = edited(before, |editing| editing.put(&lab()));
        let read = Configuration::parse(&text, Path::new("x")).unwrap();
        assert!(read.contexts.contains_key("lab"), "{before:?} became {text:?}");
    }
    let text = edited("[contexts.a]\r\nstore = \"x\" # here\r\n", |editing| {
        editing.put(&lab());
    });
    assert!(!text.replace("\r\n", "").contains('\n'), "{text:?}");
}

#[test]
fn a_context_moves_to_another_address() {
    let before = "[contexts.lab]\nhost = 'http://localhost:1' # here\ntenant = \"t\"\n[contexts.lab.server]\n\
                  health-url = \"http://localhost:2/health\"\n";
    let text = edited(before, |editing| {
        editing.move_host("lab", "http://localhost:3", "http://localhost:4/health");
        editing.move_host("none", "http://localhost:5", "");
    });
    let expected = before
        .replace("'http://localhost:1'", "\"http://localhost:3\"")
        .replace("localhost:2", "localhost:4");
    assert_eq!(text, expected);
    let bare = "[contexts.lab]\nhost = \"http://localhost:1\"\n";
    let text = edited(bare, |editing| editing.move_host("lab", "http://localhost:3", "x"));
    assert_eq!(text, bare.replace("localhost:1", "localhost:3"));
}

#[test]
fn what_could_not_be_read_again_says_why() {
    assert_eq!(lab().check(), Ok(()));
    let mut store = lab();
    (store.host, store.store) = (None, Some("lab".to_owned()));
    assert_eq!(
        store.check().unwrap_err(),
        "a store asks for no secret; auth may name a username and nothing else"
    );
    assert_eq!(
        lab().lines(),
        "[contexts.lab]\nhost = \"http://localhost:8080\"\nauth = { username = \"a@b.c\", password-env = \"LAB\" }\n"
    );
}
