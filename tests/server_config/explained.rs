//! Several files and the environment together: which one counts, and why.

use kestra_admin::domain::instance::Tenancy;
use kestra_admin::domain::release::Release;
use kestra_admin::server_config::{ConfigFile, Explained, Key, Role, effective};

const OLD: Release = Release::new(0, 21);

fn file(name: &str, text: &str) -> ConfigFile {
    ConfigFile::of(name, text)
}

fn with(files: &[ConfigFile], environment: &[(&str, &str)], release: Release) -> Explained {
    let get = |name: &str| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    effective(files, &get, release)
}

fn tenancy(enabled: bool, default_tenant: bool) -> Tenancy {
    Tenancy {
        enabled,
        default_tenant,
    }
}

#[test]
fn nothing_at_all_is_the_default_of_the_release() {
    for (release, expected) in [
        (OLD, tenancy(false, true)),
        (Release::new(0, 22), tenancy(true, false)),
        (Release::new(1, 3), tenancy(true, false)),
    ] {
        let explained = with(&[], &[], release);
        assert_eq!(explained.tenancy(), Some(expected));
        assert!(explained.notes.is_empty() && explained.overrides.is_empty());
    }
}

#[test]
fn a_later_file_counts_more_than_an_earlier_one() {
    let files = [
        file("a.yml", "kestra.ee.tenants.enabled: true\n"),
        file("b.yml", "kestra:\n  ee.tenants.enabled: false\n"),
    ];
    let explained = with(&files, &[], OLD);
    assert_eq!(explained.enabled.value, Some(false));
    assert_eq!(explained.enabled.line, Some(2));
    assert_eq!(
        explained.enabled.wins_because,
        "Of several files the later one counts, so key `kestra.ee.tenants.enabled`, line 1 of `a.yml` is not used."
    );
}

#[test]
fn variables_count_more_than_files_but_not_more_than_a_file_given_on_the_command_line() {
    let yes = [("KESTRA_EE_TENANTS_ENABLED", "true")];
    let text = "kestra.ee.tenants.enabled: false\n";
    let explained = with(&[file("a.yml", text)], &yes, OLD);
    assert_eq!(explained.enabled.value, Some(true));
    assert_eq!(
        explained.enabled.origin,
        "variable `KESTRA_EE_TENANTS_ENABLED` of this environment"
    );
    assert!(
        explained
            .enabled
            .wins_because
            .starts_with("Environment variables count more")
    );
    let found = explained.overridden_by_environment().unwrap();
    assert_eq!((found.key, found.value, &found.file), (Key::Enabled, Some(true), &None));

    let given = file("a.yml", text).with_role(Role::CommandLine);
    let explained = with(&[given], &yes, OLD);
    assert_eq!(explained.enabled.value, Some(false));
    assert!(explained.enabled.wins_because.starts_with("A file given with `-c`"));

    // A file of variables is an environment, too.
    let files = [file("a.yml", text), file(".env", "KESTRA_EE_TENANTS_ENABLED=true\n")];
    let explained = with(&files, &[], OLD);
    assert_eq!(explained.enabled.value, Some(true));
    assert!(explained.overridden_by_environment().unwrap().file.is_some());
}

#[test]
fn a_forgotten_file_at_home_shadows_all() {
    let home = file(
        "/home/anna/.kestra/config.yml",
        "kestra: {ee: {tenants: {default-tenant: false}}}\n",
    );
    let files = [
        file("a.yml", "kestra.ee.tenants.defaultTenant: true\n"),
        home.with_role(Role::Home),
    ];
    let explained = with(&files, &[("KESTRA_EE_TENANTS_DEFAULT_TENANT", "true")], OLD);
    assert_eq!(explained.default_tenant.value, Some(false));
    assert!(
        explained
            .default_tenant
            .wins_because
            .starts_with("`~/.kestra/config.yml` counts more")
    );
    assert!(explained.overrides.iter().any(|found| found.variable.is_none()));
    // Both off.
    assert!(explained.notes.iter().any(|note| note.contains("both off")));
}

#[test]
fn a_whole_configuration_in_a_variable_counts_as_a_later_file() {
    let whole = [(
        "KESTRA_CONFIGURATION",
        "kestra:\n  ee:\n    tenants:\n      enabled: true\n",
    )];
    let explained = with(&[file("a.yml", "kestra.ee.tenants.enabled: false\n")], &whole, OLD);
    assert_eq!(explained.enabled.value, Some(true));
    assert_eq!(explained.enabled.line, Some(4));
    assert!(explained.enabled.origin.contains("$KESTRA_CONFIGURATION"));
}

#[test]
fn containers_do_not_see_the_environment_of_this_process() {
    let compose = "services:\n  k:\n    image: kestra\n    environment:\n      KESTRA_EE_TENANTS_ENABLED: \"false\"\n";
    let explained = with(
        &[file("compose.yml", compose)],
        &[("KESTRA_EE_TENANTS_ENABLED", "true")],
        OLD,
    );
    assert_eq!(explained.enabled.value, Some(false));
    assert_eq!(explained.overridden_by_environment(), None);
    assert!(explained.notes[0].contains("containers do not see that"));
}

#[test]
fn keys_without_effect_are_mentioned() {
    let explained = with(&[file("a.yml", "kestra.tenants.enabled: true\n")], &[], OLD);
    assert_eq!(explained.tenancy(), Some(tenancy(false, true)));
    assert!(explained.notes[0].contains("`kestra.tenants` has no effect"));
    let explained = with(
        &[file("a.yml", "kestra.ee.tenants.enabled: false\n")],
        &[],
        Release::new(0, 23),
    );
    assert_eq!(explained.tenancy(), Some(tenancy(true, false)));
    assert!(explained.notes[0].contains("no effect in Kestra 0.23"));
}

#[test]
fn a_value_that_is_no_yes_or_no_is_not_guessed() {
    let explained = with(&[file("a.yml", "kestra.ee.tenants.enabled: ${X:true}\n")], &[], OLD);
    assert_eq!((explained.enabled.value, explained.tenancy()), (None, None));
}

#[test]
fn what_is_found_can_be_told_as_json_without_secrets() {
    let explained = with(&[file("a.yml", "kestra.ee.tenants.enabled: true\n")], &[], OLD);
    let json = serde_json::to_value(&explained).unwrap();
    assert_eq!(json["enabled"]["key"], "kestra.ee.tenants.enabled");
    assert_eq!(json["enabled"]["value"], true);
    let text = "password: hunter2\nkestra.ee.tenants.enabled: false\n";
    let plan = kestra_admin::server_config::plan_edit(&file("a.yml", text), crate::corpus::change(true, true)).unwrap();
    let json = serde_json::to_string(&plan).unwrap();
    assert!(json.contains("afterHash") && !json.contains("hunter2"), "{json}");
}
