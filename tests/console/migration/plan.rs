//! The plan as a change request: in this order on every page, in few words first, beside the questions where there is room.

use kestra_admin::migration::choices::{BackupChoice, Choices, DefaultTenantChoice};
use kestra_admin::migration::plan::Means;
use kestra_admin::migration::plan_text::{PlanLine, markdown, summary};

use super::{console, setup};
use crate::support::migrations::{Fake, found, grown, plan, plan_of};
use crate::support::session;

/// A part of a plan in short.
fn fact(plan: &kestra_admin::migration::plan::Plan, of: &str) -> String {
    let facts = summary(plan);
    let found = facts.iter().find_map(|line| match line {
        PlanLine::Fact(name, text) if *name == of => Some(text.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no `{of}` in {facts:?}"))
}

#[test]
fn it_is_read_from_what_will_happen_to_what_is_there() {
    let text = markdown(&plan(&grown(), &["dev=Development:bob", "ops"]));
    let parts = [
        "# Migration of prod-eu to multi-tenancy",
        "- Default tenant: kept; what lives in it stays reachable",
        "- Tenants: 2 to create: `dev` (Development), `ops`",
        "- By hand: nothing; the run does all of it",
        "- Steps: 9 of 11 will be carried out, 2 skipped",
        "- File: `/etc/kestra/application.yml`: +2 -1 lines in enable",
        "- Commands: `docker compose exec -T kestra /app/kestra backups create FULL`, `/usr/local/bin/dump-kestra-db`, \
         `docker compose up -d`, `docker compose exec -T kestra /app/kestra auths users sync-access`",
        "## What to know before",
        "## The steps\n\n1. **inspect**\n   - Looks",
        "   ```diff\n   -      enabled: false",
        "   +      default-tenant: true\n   ```\n\n4. **restart**",
        "8. **disable-default**: skipped, you chose to keep it",
        "## How to go back",
        "## What is there\n\n- Now: Multi-tenancy is off",
        "- Service: WORKER 0.21.4, RUNNING\n- Looked at: 2026-11-26T11:40:00Z, as anna\n- Plan: ",
    ];
    let mut rest = text.as_str();
    for part in parts {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("no `{part}` in its place in\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn what_is_left_to_the_operator_is_said_at_the_top() {
    let mut surveyed = grown();
    surveyed.means = Means::default();
    let choices = Choices {
        backup: BackupChoice::Elsewhere,
        default_tenant: DefaultTenantChoice::Disable,
        confirmed: Some("prod-eu".to_owned()),
        ..Choices::default()
    };
    let disabling = choices.clone();
    let plan = plan_of(&surveyed, choices);
    assert_eq!(fact(&plan, "Backup"), "none: you said that a backup was made elsewhere");
    assert_eq!(fact(&plan, "Commands"), "none");
    assert_eq!(
        fact(&plan, "By hand"),
        "the run waits until you have restarted all servers (restart, restart-again); run `kestra auths users sync-access` \
         (sync-access)"
    );
    assert_eq!(
        fact(&plan, "File"),
        "`/etc/kestra/application.yml`: +2 -1 lines in enable, +1 -1 lines in disable-default"
    );
    assert_eq!(
        fact(&plan, "Default tenant"),
        "disabled; out of reach: 214 flows, 1,204,331 executions, 12 namespaces, 31 triggers; 4 of 37 users lose all access: \
         no other tenant is there yet"
    );
    surveyed.inspection.tenants = 3;
    assert_eq!(
        fact(&plan_of(&surveyed, disabling.clone()), "Default tenant"),
        "disabled; out of reach: 214 flows, 1,204,331 executions, 12 namespaces, 31 triggers; 4 of 37 users lose all access"
    );
    surveyed.inspection.superadmins = 33;
    let superadmins = fact(&plan_of(&surveyed, disabling), "Default tenant");
    let words = "4 of 37 users lose all access (the other 33 are superadmins)";
    assert!(superadmins.ends_with(words), "{superadmins}");
    let moving = found(|inspection| {
        inspection.release = "0.23".parse().unwrap();
        inspection.version = "0.23.1".to_owned();
    });
    let plan = super::plan::plan(&moving, &["main=Main"]);
    assert_eq!(
        fact(&plan, "Tenants"),
        "everything without a tenant moves into `main` (Main)"
    );
    assert_eq!(fact(&plan, "By hand"), "the internal storage, as the step storage says");
}

#[test]
fn only_a_setting_that_changes_is_said_to_be_set() {
    let sets = |diff: &[&str]| {
        let surveyed = found(|inspection| {
            if let Some(file) = &mut inspection.file {
                file.enable_diff = diff.iter().map(|line| (*line).to_owned()).collect();
            }
        });
        let text = markdown(&plan(&surveyed, &[]));
        let line = text.lines().find(|line| line.contains("Sets ")).unwrap();
        line.trim().trim_start_matches("- ").to_owned()
    };
    for (diff, settings) in [
        (
            ["-      enabled: false", "+      enabled: true"].as_slice(),
            "`enabled`",
        ),
        (&["+KESTRA_EE_TENANTS_DEFAULTTENANT=true"], "`default-tenant`"),
        (
            &[
                "-    tenants: {enabled: true, default-tenant: false}",
                "+    tenants: {enabled: true, default-tenant: true}",
            ],
            "`default-tenant`",
        ),
        (
            &["+      enabled: true", "+      default-tenant: \"true\""],
            "`enabled` and `default-tenant`",
        ),
    ] {
        assert_eq!(
            sets(diff),
            format!("Sets {settings} to true in `/etc/kestra/application.yml`.")
        );
    }
}

#[test]
fn on_a_wide_screen_what_the_answers_come_to_stands_beside_the_questions() {
    let mut console = console(grown());
    console.keys("m").lacks("The plan so far");
    console.resize(200, 60);
    console
        .shows("Migration of prod-eu: check")
        .shows("The plan so far")
        .shows("Tenants none to create");
    console
        .keys("enter j enter")
        .shows("Backup none: you said that a backup was made elsewhere");
    console.keys("enter n").type_text("dev").keys("ctrl-o");
    console.shows("Tenants 1 to create: `dev`");
    console
        .keys("enter enter")
        .lacks("The plan so far")
        .shows("What is there");
    assert_eq!(console.screen().matches("What is there").count(), 1);
    console.resize(120, 30);
    console
        .shows("What is there")
        .shows("Service: WORKER")
        .keys("G")
        .shows("How to go back");
    console.resize(80, 24);
    console.keys("G").shows("What is there").shows("Looked at");
}

#[test]
fn a_lock_is_said_on_the_first_page_with_the_key_that_opens_it() {
    let mut protected = setup(Fake::new(grown()));
    protected.session = session(|session| {
        session.context = "prod-eu".to_owned();
        session.protected = true;
    });
    let mut console = protected.open(|_, _| {});
    super::keep("wizard_locked", console.keys("m"));
    console.shows(
        "! This context is protected and locked: the plan can be made and copied here, and not started; W unlocks it.",
    );
    console
        .keys("enter enter enter enter enter")
        .shows("page 6 of 6 locked");
    assert!(console.copy("y p").starts_with("# Migration of prod-eu"));
    console.keys("W").type_text("prod-eu").keys("tab enter");
    console
        .lacks("protected and locked")
        .shows("page 6 of 6 Enter asks to start");
    let mut flagged = setup(Fake::new(grown()));
    flagged.session.read_only_flag = true;
    let mut console = flagged.open(|_, _| {});
    console
        .keys("m")
        .shows("! Changes are locked, for it was started with --read-only:");
    let mut read_only = setup(Fake::new(grown()));
    read_only.session.read_only_context = true;
    let mut console = read_only.open(|_, _| {});
    console
        .keys("m")
        .shows("! This context is read-only:")
        .shows("W unlocks it");
}
