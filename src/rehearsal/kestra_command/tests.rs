//! The command line as a script meets it: arguments in, exit code and lines out.

use jiff::Timestamp;

use super::*;
use crate::backend::Backend;
use crate::backend::local::FIRST_USER;
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;
use crate::rehearsal::sample::{self, SampleSize};

struct Desk {
    home: tempfile::TempDir,
}

impl Desk {
    fn new(release: Release) -> Self {
        let home = tempfile::tempdir().unwrap();
        LocalInstance::create(&home.path().join("lab"), release).unwrap();
        Self { home }
    }

    fn directory(&self) -> std::path::PathBuf {
        self.home.path().join("lab")
    }

    fn instance(&self) -> LocalInstance {
        LocalInstance::open(&self.directory(), None).unwrap()
    }

    fn settings(&self, text: &str) {
        std::fs::write(self.directory().join("application.yml"), text).unwrap();
    }

    /// Exit code, standard output, standard error.
    fn run(&self, line: &str) -> (u8, String, String) {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let code = run(&self.directory(), &arguments, &mut output, &mut errors).unwrap();
        (
            code,
            String::from_utf8(output).unwrap(),
            String::from_utf8(errors).unwrap(),
        )
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

const ON: &str = "kestra.ee.tenants.enabled: true\n";

#[test]
fn what_cannot_be_understood_ends_with_2_and_changes_nothing() {
    for (release, line, why) in [
        (
            Release::new(0, 21),
            "tenants create --tenant acme --color red",
            "Unknown option: '--color'",
        ),
        (Release::new(0, 21), "tenants create", "Missing: '--tenant=<id>'"),
        (Release::new(0, 21), "tenants create --tenant", "Missing value"),
        (
            Release::new(0, 21),
            "tenants create acme --tenant acme",
            "Unmatched argument: 'acme'",
        ),
        (Release::new(0, 21), "tenants list", "Unknown command: 'tenants list'"),
        (Release::new(0, 21), "dance", "Unknown command: 'dance'"),
        (Release::new(0, 21), "server standalone", "does not imitate"),
        (
            Release::new(0, 22),
            "migrate default-tenant --tenant-id a --tenant-name A",
            "Kestra 0.22 has no command \'migrate\'",
        ),
        (
            Release::new(0, 18),
            "backups create FULL",
            "Kestra 0.18 has no command \'backups\'",
        ),
        (
            Release::new(0, 21),
            "backups create FULL --include-data",
            "Unknown option: '--include-data'",
        ),
        (Release::new(0, 21), "backups create HALF", "none of FULL and TENANT"),
        (
            Release::new(0, 15),
            "auths users create --superadmin anna",
            "Unknown option: '--superadmin'",
        ),
        (
            Release::new(0, 22),
            "auths users create a@b.example --if-not-exists",
            "Unknown option",
        ),
        (
            Release::new(0, 22),
            "auths users set-superadmin a true",
            "has no command",
        ),
        (Release::new(0, 23), "auths users set-type a STANDARD", "has no command"),
        (
            Release::new(0, 21),
            "auths users set-type a BOSS",
            "none of STANDARD and SUPER_ADMIN",
        ),
        (
            Release::new(1, 3),
            "auths users create a@b.example --admin --superadmin",
            "exclude each other",
        ),
        (
            Release::new(1, 3),
            "migrate default-tenant --tenant-id main",
            "Missing: '--tenant-name=<name>'",
        ),
        (
            Release::new(1, 3),
            "-l LOUD configs properties",
            "Invalid value of '--log-level'",
        ),
    ] {
        let desk = Desk::new(release);
        desk.settings(ON);
        let (code, _, errors) = desk.run(line);
        assert_eq!(code, 2, "{release} {line}: {errors}");
        assert!(errors.contains(why), "{line}: {errors}");
        assert!(errors.contains("Usage: kestra"), "{line}: {errors}");
        assert_eq!(desk.instance().audit_log(5).unwrap(), [], "{line}");
    }
}

#[test]
fn help_and_version_are_those_of_the_release() {
    let desk = Desk::new(Release::new(0, 21));
    assert_eq!(desk.run("--version"), (0, "0.21.0\n".to_owned(), String::new()));
    for line in ["", "--help", "auths", "auths users --help"] {
        let (code, output, _) = desk.run(line);
        assert_eq!(code, 0, "{line}");
        assert!(output.contains("auths users sync-access"), "{output}");
        assert!(output.contains("INFO"), "it boots like everything else: {output}");
        assert!(
            !output.contains("set-superadmin") && !output.contains("default-tenant "),
            "{output}"
        );
    }
    let (code, output, _) = desk.run("backups create -h");
    assert_eq!(code, 0);
    assert!(
        output.contains("Usage: kestra backups create [options] <FULL|TENANT>"),
        "{output}"
    );
    assert!(!output.contains("--include-data"));
    assert!(
        Desk::new(Release::new(1, 0))
            .run("backups create -h")
            .1
            .contains("--include-data")
    );
}

#[test]
fn log_lines_come_first_and_as_many_as_asked_for() {
    let desk = Desk::new(Release::new(1, 3));
    let (_, output, _) = desk.run("auths users refresh");
    let first = output.lines().next().unwrap();
    let shape: String = first
        .chars()
        .take(24)
        .map(|character| if character.is_ascii_digit() { '0' } else { character })
        .collect();
    assert_eq!(shape, "0000-00-00 00:00:00,000 ");
    assert!(output.ends_with("1 user(s) refreshed\n"), "{output}");
    assert_eq!(desk.run("auths users refresh -l ERROR").1, "1 user(s) refreshed\n");
    assert!(desk.run("-vv auths users refresh").1.contains("DEBUG"));
}

#[test]
fn tenants_are_created_while_multi_tenancy_is_on() {
    let desk = Desk::new(Release::new(0, 21));
    let line = format!("tenants create --tenant=acme --name Acme --admin-username {FIRST_USER}");
    let (code, _, errors) = desk.run(&line);
    assert_eq!(code, 1);
    assert!(errors.contains("kestra.ee.tenants.enabled"), "{errors}");
    desk.settings(ON);
    let (code, output, errors) = desk.run(&line);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(output.ends_with("Tenant 'acme' created\n"), "{output}");
    let scope = TenantScope::Named("acme".parse().unwrap());
    assert_eq!(block_on(desk.instance().admin_count(&scope)).unwrap(), 1);
    let (code, _, errors) = desk.run(&line);
    assert_eq!(code, 1);
    assert!(errors.contains("`acme`"), "{errors}");
    assert_eq!(desk.run("tenants create --tenant a --admin-username nobody").0, 1);
    assert_eq!(desk.run("tenants create --tenant A!").0, 1);
    let (code, output, _) = desk.run("tenants create --tenant globex");
    assert_eq!(code, 0);
    assert!(
        output.contains("WARN") && output.contains("Nobody holds the Admin role"),
        "{output}"
    );
    let globex = block_on(desk.instance().tenant(&"globex".parse().unwrap())).unwrap();
    assert_eq!(globex.name, "globex");
}

#[test]
fn users_are_created_with_password_rights_and_groups() {
    for release in [Release::new(0, 21), Release::new(1, 3), Release::new(2, 0)] {
        let desk = Desk::new(release);
        desk.settings(ON);
        assert_eq!(desk.run("tenants create --tenant acme").0, 0);
        let acme = TenantScope::Named("acme".parse().unwrap());
        desk.instance().create_group(&acme, "Readers", None).unwrap();
        let (code, output, errors) =
            desk.run("auths users create --tenant=acme --admin --groups Readers anna@example.com Rehearse-1");
        assert_eq!((code, errors.as_str()), (0, ""), "{release}");
        assert!(!output.contains("Rehearse-1"));
        let instance = desk.instance();
        assert_eq!(block_on(instance.admin_count(&acme)).unwrap(), 1, "{release}");
        assert_eq!(instance.account_named("anna@example.com").unwrap().groups.len(), 1);
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        assert!(instance.sign_in_basic("anna@example.com", "Rehearse-1", now).is_ok());
        let again = "auths users create anna@example.com";
        assert_eq!(desk.run(again).0, 1, "{release}");
        if release.at_least(1, 0) {
            assert_eq!(desk.run(&format!("{again} --if-not-exists")).0, 0);
            assert_eq!(
                desk.run("auths users create-basic-auth anna@example.com Rehearse-2").0,
                0
            );
            assert!(
                desk.instance()
                    .sign_in_basic("anna@example.com", "Rehearse-2", now)
                    .is_ok()
            );
        }
        let (code, _, errors) = desk.run("auths users create --admin weak@example.com --tenant acme short");
        assert_eq!(code, 1);
        assert!(!errors.contains("short"), "{errors}");
        assert!(
            desk.instance().account_named("weak@example.com").is_err(),
            "nothing is left half done"
        );
        assert_eq!(desk.run("auths users create bob@example.com --tenant nowhere").0, 1);
        let (set, unset) = if release.at_least(0, 23) {
            (
                "set-superadmin anna@example.com true",
                "set-superadmin anna@example.com false",
            )
        } else {
            (
                "set-type anna@example.com SUPER_ADMIN",
                "set-type anna@example.com STANDARD",
            )
        };
        for (line, expected) in [(set, true), (unset, false)] {
            assert_eq!(desk.run(&format!("auths users {line}")).0, 0, "{release}");
            let anna = desk.instance().account_named("anna@example.com").unwrap();
            assert_eq!(anna.superadmin, expected, "{release}");
        }
        let last = format!("auths users {}", unset.replace("anna@example.com", FIRST_USER));
        assert_eq!(desk.run(&last).0, 1, "{release}: the last superadmin stays");
    }
}

#[test]
fn an_admin_without_a_tenant_is_one_of_the_default_tenant_where_there_is_one() {
    let line = "auths users create --admin anna@example.com";
    let old = Desk::new(Release::new(0, 21));
    assert_eq!(old.run(line).0, 0);
    assert_eq!(block_on(old.instance().admin_count(&TenantScope::Default)).unwrap(), 2);
    assert_eq!(
        old.run("auths users create --admin --tenant=default bo@example.com").0,
        0
    );
    assert_eq!(block_on(old.instance().admin_count(&TenantScope::Default)).unwrap(), 3);
    let (code, _, errors) = Desk::new(Release::new(1, 3)).run(line);
    assert_eq!(code, 1);
    assert!(errors.contains("--tenant"), "{errors}");
}

#[test]
fn access_is_synchronized_and_people_see_what_they_saw() {
    let desk = Desk::new(Release::new(0, 21));
    sample::fill(&desk.instance(), SampleSize::Small).unwrap();
    let (code, _, errors) = desk.run("auths users sync-access");
    assert_eq!(code, 1, "multi-tenancy is off");
    assert!(errors.contains("`kestra.ee.tenants.enabled`"), "{errors}");
    let seen = |instance: &LocalInstance| {
        let anna = instance.acting_as("anna.lindqvist@nordwind.example").unwrap();
        block_on(anna.users(Some(&TenantScope::Default), &Query::first(100))).map(|page| page.total)
    };
    let before = seen(&desk.instance()).unwrap();
    desk.settings(ON);
    assert!(seen(&desk.instance()).is_err());
    let (code, output, errors) = desk.run("auths users sync-access");
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(
        output.contains(&format!("Access of {before} user(s) synchronized")),
        "{output}"
    );
    assert_eq!(seen(&desk.instance()).unwrap(), before);
    assert!(
        desk.run("auths users sync-access").1.contains("Access of 0 user(s)"),
        "once is enough"
    );
}

#[test]
fn a_backup_is_a_file_and_a_line_that_names_it() {
    let desk = Desk::new(Release::new(0, 22));
    desk.settings("kestra.ee.tenants: {enabled: true, default-tenant: true}\n");
    sample::fill(&desk.instance(), SampleSize::Small).unwrap();
    for (line, kind) in [
        ("backups create FULL", "full"),
        ("backups create FULL --no-encryption --include-data", "full"),
        ("backups create TENANT --tenant leman", "tenant"),
        ("backups create TENANT", "tenant"),
    ] {
        let (code, output, errors) = desk.run(line);
        assert_eq!((code, errors.as_str()), (0, ""), "{line}");
        let uri = output
            .lines()
            .find_map(|line| line.strip_prefix("Backup created: kestra:///"))
            .unwrap();
        assert!(
            uri.starts_with(&format!("backups/{kind}/backup-")) && uri.ends_with(".kestra"),
            "{uri}"
        );
        assert!(desk.directory().join("storage").join(uri).is_file(), "{uri}");
        let summary = output.lines().find(|line| line.contains("Backup summary: [")).unwrap();
        assert_eq!(summary.contains("USER:"), kind == "full", "{summary}");
        assert_eq!(
            summary.contains("EXECUTION:"),
            line.contains("--include-data"),
            "{summary}"
        );
    }
    assert_eq!(desk.run("backups create TENANT --tenant nowhere").0, 1);
    let (code, _, errors) = Desk::new(Release::new(1, 3)).run("backups create TENANT");
    assert_eq!(code, 1);
    assert!(errors.contains("no default tenant"), "{errors}");
}

#[test]
fn settings_are_printed_without_secrets() {
    let desk = Desk::new(Release::new(0, 21));
    desk.settings(
        "kestra:\n  ee:\n    tenants: {enabled: true}\n    license: {id: hunter2}\n  secret: {type: vault}\n\
         datasources.postgres: {url: 'jdbc:postgresql://kestra:hunter2@db/kestra', password: hunter2}\n\
         micronaut.clients: [{name: a, client-secret: hunter2}]\n",
    );
    let (code, output, _) = desk.run("configs properties -l ERROR");
    assert_eq!(code, 0);
    assert_eq!(
        output.lines().collect::<Vec<_>>(),
        [
            "datasources.postgres.password: \"(hidden)\"",
            "datasources.postgres.url: \"(hidden)\"",
            "kestra.ee.license.id: \"(hidden)\"",
            "kestra.ee.tenants.default-tenant: true",
            "kestra.ee.tenants.enabled: true",
            "kestra.secret.type: \"vault\"",
            "micronaut.clients: [{\"name\":\"a\",\"client-secret\":\"(hidden)\"}]",
        ]
    );
    desk.settings("kestra.ee.tenants.enabled: maybe\n");
    let (code, _, errors) = desk.run("configs properties");
    assert_eq!(code, 1);
    assert!(errors.contains("`\"maybe\"`"), "{errors}");
}

#[test]
fn the_default_tenant_moves_after_the_upgrade_to_0_23() {
    let desk = Desk::new(Release::new(0, 21));
    sample::fill(&desk.instance(), SampleSize::Small).unwrap();
    let before = block_on(desk.instance().footprint(&TenantScope::Default)).unwrap();
    LocalInstance::upgrade(&desk.directory(), Release::new(0, 23)).unwrap();
    let line = "migrate default-tenant --tenant-id=main --tenant-name Main";
    let (code, output, _) = desk.run(&format!("{line} --dry-run"));
    assert_eq!(code, 0);
    assert!(output.contains("Dry run"), "{output}");
    assert!(
        output.contains(&format!("flows: {} row(s) to update", before.flows.unwrap())),
        "{output}"
    );
    assert_eq!(block_on(desk.instance().tenants(&Query::first(5))).unwrap().total, 0);
    let (code, output, errors) = desk.run(line);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(output.contains("Default tenant migrated to 'main'"), "{output}");
    let main = TenantScope::Named("main".parse().unwrap());
    let after = block_on(desk.instance().footprint(&main)).unwrap();
    assert_eq!(after, before);
    let (code, output, _) = desk.run(line);
    assert_eq!(code, 0);
    assert!(output.contains("Total: 0 row(s) updated"), "{output}");
    assert_eq!(desk.run("migrate default-tenant --tenant-id M! --tenant-name M").0, 1);
}

#[test]
fn without_an_instance_there_is_nothing_to_run() {
    let home = tempfile::tempdir().unwrap();
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let problem = run(home.path(), &[], &mut output, &mut errors).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::NotFound);
}

#[test]
fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
    struct Broken(std::io::ErrorKind);
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let desk = Desk::new(Release::new(1, 3));
    let arguments = ["auths".to_owned(), "users".to_owned(), "refresh".to_owned()];
    for (kind, is_fine) in [
        (std::io::ErrorKind::BrokenPipe, true),
        (std::io::ErrorKind::StorageFull, false),
    ] {
        let done = run(&desk.directory(), &arguments, &mut Broken(kind), &mut Vec::new());
        assert_eq!(done.is_ok(), is_fine, "{kind:?}");
    }
}
