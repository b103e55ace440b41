//! What can be answered, and what each answer comes to.

use kestra_admin::app::effect::Request;
use kestra_admin::domain::access::Footprint;
use kestra_admin::domain::instance::Tenancy;
use kestra_admin::migration::access_snapshot::AccessSnapshot;
use kestra_admin::migration::choices::{BackupChoice, DefaultTenantChoice, WantedTenant};
use kestra_admin::migration::warning;

use super::{console, keep, setup, started};
use crate::support::migrations::{Fake, found, grown};
use crate::support::{Console, Setup, session};

#[test]
fn the_backup_can_be_said_to_be_elsewhere_or_nowhere_in_so_many_words() {
    for (keys, choice, words) in [
        (
            "enter",
            BackupChoice::All,
            "Commands `docker compose exec -T kestra /app/kestra backups create FULL`",
        ),
        (
            "j enter",
            BackupChoice::Elsewhere,
            "Backup none: you said that a backup was made elsewhere",
        ),
        (
            "G enter",
            BackupChoice::Nothing,
            "Backup none: you said to go on without a backup",
        ),
    ] {
        let mut console = console(grown());
        console.keys("m enter").keys(keys).keys("enter enter enter");
        console.shows(words);
        console.keys("enter tab enter");
        assert_eq!(started(&console).unwrap().choices.backup, choice);
    }
}

#[test]
fn where_no_command_is_known_it_says_what_to_configure_and_that_the_run_waits() {
    let mut surveyed = grown();
    surveyed.means = kestra_admin::migration::plan::Means::default();
    let mut console = console(surveyed);
    console.keys("m").shows("warn Kestra's commands");
    console.keys("enter").shows("No dump of the database is configured");
    console.keys("enter");
    console
        .shows("Waits until you have restarted all servers.")
        .shows("[contexts.prod-eu.server]")
        .shows("restart-command = [")
        .shows("kestra-command = [")
        .shows("health-url =")
        .shows("the run waits for you, for days if need be");
}

#[test]
fn tenants_are_added_changed_and_taken_out_and_bad_ids_are_named() {
    let mut console = console(grown());
    console
        .keys("m enter enter enter e")
        .shows("Not now: no tenant is asked for yet");
    console
        .keys("n")
        .type_text("Dev")
        .keys("ctrl-o")
        .shows("! Id: must start with a-z or 0-9, not `D`");
    console.keys("ctrl-u").type_text("company");
    console.shows("! `company` is the first part of a namespace in the default tenant");
    console
        .keys("ctrl-u")
        .type_text("flows")
        .shows("! `flows` is also a fixed part of Kestra's API paths");
    console
        .keys("ctrl-u")
        .type_text("dev")
        .keys("enter")
        .type_text("Development")
        .keys("enter enter");
    console
        .shows("> 1. dev Development admin anna")
        .shows("1 tenant asked for");
    console
        .keys("n")
        .paste("dev\n")
        .keys("ctrl-o")
        .shows("! Id: `dev` is asked for already");
    console.keys("esc tab enter").shows("1 tenant asked for");
    console
        .keys("e tab tab ctrl-u ctrl-o")
        .shows("> 1. dev Development you become its admin");
    console
        .keys("n")
        .type_text("b")
        .keys("ctrl-o")
        .shows("> 2. b admin anna")
        .keys("k D");
    console.shows("> 1. b admin anna").lacks("Development");
    console.keys("enter enter G").shows("page 6 of 6");
    console.keys("enter tab enter");
    let wanted: Vec<String> = started(&console)
        .unwrap()
        .choices
        .tenants
        .iter()
        .map(|it| it.id.to_string())
        .collect();
    assert_eq!(wanted, ["b"]);
}

#[test]
fn who_has_access_to_no_other_tenant_is_said_where_there_are_others() {
    let mut console = console(found(|inspection| {
        inspection.tenancy = Tenancy {
            enabled: true,
            default_tenant: true,
        };
        inspection.configured = Some(inspection.tenancy);
        inspection.tenants = 3;
        inspection.looked_into = 3;
    }));
    console.keys("m enter enter enter enter");
    console
        .shows("4 of 37 users have access to no other tenant: anna, bob, carol, user03")
        .lacks("no other tenant is there yet");
}

#[test]
fn those_who_keep_access_as_superadmins_are_told_apart_from_those_who_lose_it() {
    for (superadmins, words) in [
        (
            1,
            "4 of 37 users have access to no other tenant (1 of the others is a superadmin): anna",
        ),
        (
            6,
            "4 of 37 users have access to no other tenant (6 of the others are superadmins): anna",
        ),
        (
            33,
            "4 of 37 users have access to no other tenant (the other 33 are superadmins): anna",
        ),
    ] {
        let mut console = console(found(|inspection| inspection.superadmins = superadmins));
        console.keys("m enter enter enter enter").shows(words);
        console.keys("j enter").shows(words);
    }
}

#[test]
fn the_default_tenant_is_disabled_only_after_its_warning_and_the_typed_name() {
    let mut console = console(grown());
    console.keys("m enter enter enter enter j enter");
    keep("wizard_disable_dialog", &mut console);
    console
        .shows("Nothing is deleted, but from the next restart nobody can reach:")
        .shows("214 flows 1,204,331 executions 12 namespaces 31 triggers")
        .shows("company.finance (88 flows)")
        .shows("4 of 37 users have access to no other tenant: anna, bob, carol, user03")
        .shows("Disabled, none but superadmins reach anything: there is no other tenant.")
        .shows("To bring it back: set default-tenant to true and restart")
        .shows("[ Keep it ] ( Disable )");
    // The button that changes nothing has the focus; the other one does nothing until the name is typed.
    console.keys("tab enter").shows("It does not match yet").keys("esc");
    console.shows("page 5 of 6").keys("j enter enter").shows("page 5 of 6");
    assert_eq!(
        console.model.wizard.as_ref().unwrap().default_tenant,
        Some(DefaultTenantChoice::Keep)
    );
    console
        .keys("j enter")
        .type_text("prod")
        .shows("not matching")
        .type_text("-eu")
        .shows("matches");
    console
        .keys("tab")
        .shows("[ Disable ]")
        .keys("enter")
        .shows("page 6 of 6");
    console.keys("enter tab enter");
    let plan = started(&console).unwrap();
    assert!(plan.choices.disables_default() && !plan.lacks_confirmation());
    assert_eq!(plan.choices.confirmed.as_deref(), Some("prod-eu"));
}

#[test]
fn what_was_confirmed_holds_for_what_was_found_then() {
    let mut console = console(grown());
    console
        .keys("m enter enter enter enter j enter")
        .type_text("prod-eu")
        .keys("tab enter");
    console.shows("page 6 of 6").lacks("was not confirmed");
    console
        .keys("r")
        .shows("Disabling the default tenant was not confirmed yet");
    console.keys("enter").shows("Disable the default tenant of prod-eu");
    assert!(started(&console).is_none());
    console
        .type_text("prod-eu")
        .keys("tab enter")
        .shows("page 6 of 6")
        .keys("enter tab enter");
    assert!(started(&console).is_some());
}

#[test]
fn a_plan_that_was_confirmed_can_still_be_turned_into_one_that_keeps() {
    let mut console = console(grown());
    console
        .keys("m enter enter enter enter j enter")
        .type_text("prod-eu")
        .keys("tab enter r enter");
    console
        .shows("[ Keep it ]")
        .keys("enter")
        .shows("page 6 of 6")
        .keys("enter tab enter");
    assert!(!started(&console).unwrap().choices.disables_default());
}

#[test]
fn who_creates_a_tenant_that_nobody_is_named_for_is_not_cut_off() {
    let surveyed = found(|inspection| inspection.identity.superadmin = false);
    let inspection = surveyed.inspection.clone();
    let wanted = |admin: Option<&str>| WantedTenant {
        id: "dev".parse().unwrap(),
        name: "Dev".to_owned(),
        admin: admin.map(str::to_owned),
    };
    let cut_off = |admin| warning::cut_off(&inspection, &[wanted(admin)]);
    assert_eq!(cut_off(Some("bob")), ["anna", "carol", "user03"]);
    assert_eq!(cut_off(None), ["bob", "carol", "user03"], "anna creates it");
    assert_eq!(warning::cut_off(&inspection, &[]), ["anna", "bob", "carol", "user03"]);
}

#[test]
fn on_a_new_instance_disabling_is_recommended_not_chosen_and_needs_no_typing() {
    let surveyed = found(|inspection| {
        inspection.footprint = Footprint {
            flows: Some(0),
            executions: Some(0),
            namespaces: Some(0),
            triggers: Some(0),
            ..Footprint::default()
        };
        inspection.namespaces.clear();
        inspection.only_here.clear();
        inspection.access = AccessSnapshot::default();
    });
    let mut console = console(surveyed);
    console
        .keys("m")
        .shows("A new instance: multi-tenancy is off and nothing lives in the default tenant.");
    console
        .keys("enter enter enter n")
        .type_text("dev")
        .keys("ctrl-o enter");
    console
        .shows("> 1. Keep it")
        .shows("2. Disable it (recommended here)")
        .shows("Nothing lives in it.");
    console.keys("j enter").shows("page 6 of 6").keys("enter tab enter");
    assert!(started(&console).unwrap().choices.disables_default());
}

#[test]
fn the_plan_names_the_key_that_scrolls_it_where_there_is_little_room() {
    let mut console = console(grown());
    console.keys("m enter enter enter enter enter").shows("page 6 of 6");
    for (columns, rows) in [(80, 24), (60, 20), (40, 12)] {
        console.resize(columns, rows).shows("j k scroll");
    }
}

#[test]
fn from_0_23_on_everything_moves_into_one_tenant() {
    let surveyed = found(|inspection| {
        inspection.release = "0.23".parse().unwrap();
        inspection.version = "0.23.1".to_owned();
        inspection.file = None;
        inspection.configured = None;
    });
    let mut console = Setup {
        release: "0.23",
        ..setup(Fake::new(surveyed))
    }
    .open(|_, _| {});
    console
        .keys("m")
        .shows("Tenants are mandatory in this release, and there is none yet.");
    console
        .keys("enter")
        .shows("page 2 of 5")
        .shows("only a dump of the database brings it back");
    console
        .keys("enter")
        .shows("docker compose stop kestra")
        .shows("docker compose start kestra");
    console.keys("enter").shows("Which tenant does everything move into?");
    // There is no going on without one.
    console
        .keys("tab")
        .shows("This instance cannot be migrated as asked for.")
        .keys("backspace");
    console.keys("enter").shows("The tenant that everything moves into");
    console
        .type_text("main")
        .keys("ctrl-o")
        .shows("> 1. main")
        .shows("`main` is what Kestra calls");
    console
        .keys("n")
        .shows("Not now: everything moves into one tenant; e changes it");
    keep("wizard_move_plan", console.keys("enter"));
    console
        .keys("enter")
        .shows("Tenants: everything without a tenant moves into `main`");
    console.keys("tab enter");
    let plan = started(&console).unwrap();
    assert_eq!(plan.route, kestra_admin::migration::step::Route::Move);
    console.shows("step 1 of 10");
}

#[test]
fn a_plan_is_copied_as_markdown_and_an_old_one_should_be_looked_at_again() {
    let mut console = console(grown());
    console.keys("m enter enter enter enter enter").lacks("re-check");
    let text = console.copy("y p");
    assert!(text.starts_with("# Migration of prod-eu to multi-tenancy"), "{text}");
    assert!(text.contains("+      default-tenant: true"), "{text}");
    console
        .sleep(3 * 60 * 60 * 1000)
        .send(kestra_admin::app::msg::Msg::Resumed);
    console.shows("! The plan is 3 h old: re-check it with r.");
}

#[test]
fn no_enter_alone_starts_a_run() {
    let mut console = console(grown());
    console
        .keys("m enter enter enter enter enter")
        .shows("Enter asks to start");
    // What it will change stands in the question, and the button that changes nothing has the focus.
    console
        .keys("enter")
        .shows("Migrate prod-eu")
        .shows("File: `/etc/kestra/application.yml`: +2 -1 lines in enable")
        .shows("`docker compose up -d`")
        .shows("Default tenant: kept")
        .shows("[ Not yet ] ( Start )")
        .lacks("This context is protected");
    console.keys("enter").shows("page 6 of 6").lacks("( Start )");
    console
        .keys("ctrl-o")
        .shows("[ Not yet ]")
        .keys("esc enter enter enter enter");
    assert!(started(&console).is_none());
    console.keys("enter tab enter").shows("Run 7f3a has begun");
    assert!(started(&console).is_some());
}

#[test]
fn a_protected_context_asks_the_same_and_a_locked_one_says_so() {
    let fake = Fake::new(grown());
    let mut protected = setup(fake);
    protected.session = session(|session| {
        session.context = "prod-eu".to_owned();
        session.protected = true;
    });
    let mut console = protected.open(|_, _| {});
    console.keys("m enter enter enter enter enter enter");
    console.shows("Not now: changes are locked; W unlocks them");
    assert!(started(&console).is_none());
    console.keys("W").type_text("prod-eu").keys("tab enter").shows("RW*");
    console
        .keys("enter")
        .shows("Migrate prod-eu")
        .shows("This context is protected.")
        .shows("[ Not yet ] ( Start )");
    console.keys("enter").shows("page 6 of 6");
    assert!(started(&console).is_none());
    console.keys("enter tab enter").shows("Run 7f3a has begun");
    let flag = |session: &mut kestra_admin::app::session::Session| session.read_only_flag = true;
    let mut read_only = Setup {
        session: session(flag),
        ..setup(Fake::new(grown()))
    }
    .open(|_, _| {});
    read_only.keys("m enter enter enter enter enter enter");
    read_only.shows("Not now: changes are locked: it was started with --read-only");
    assert!(started(&read_only).is_none());
}

#[test]
fn hostile_text_is_made_visible_on_every_page() {
    let hostile = "\u{1b}[2J\u{202e}evil";
    let mut surveyed = found(|inspection| {
        inspection.version = hostile.to_owned();
        inspection.identity.username = hostile.to_owned();
        inspection.remarks = vec![hostile.to_owned()];
        inspection.namespaces[0].id = hostile.to_owned();
        inspection.only_here = vec![hostile.to_owned()];
        inspection.services[0].version = hostile.to_owned();
        if let Some(file) = &mut inspection.file {
            file.path = hostile.to_owned();
            file.enable_diff = vec![format!("+{hostile}")];
        }
    });
    surveyed.means.restart_command = vec![hostile.to_owned()];
    let mut console = console(surveyed);
    for keys in [
        "m",
        "enter",
        "enter",
        "enter",
        "enter",
        "j enter",
        "esc k enter",
        "G",
        "t",
        "enter",
    ] {
        console.keys(keys);
        for text in [console.screen(), console.linear()] {
            assert!(
                !text.contains('\u{1b}') && !text.contains('\u{202e}'),
                "after <{keys}>\n{text}"
            );
        }
    }
}

#[test]
fn by_lines_a_bad_id_is_told_at_once_and_asked_for_again() {
    let mut console = console(grown());
    console.keys("m enter enter enter").line("n").line("Dev team");
    let said = console.linear();
    assert!(
        said.contains("Field 1 of 3, Id: Dev team") && said.contains("Error: Id: "),
        "{said}"
    );
    assert!(said.contains(":form-previous goes back a line"), "{said}");
    // It is said once.
    assert_eq!(said.matches("Id: must").count(), 1, "{said}");
    console.line("");
    assert_eq!(console.linear(), said);
    // Typed without asking, it is found when the tenant is taken in, and gone back to.
    console.keys("tab tab").line(":form-review");
    let said = console.linear();
    assert!(said.contains("Field 1 of 3") && said.contains("Error: Id: "), "{said}");
    console.line("dev").line("Development").line(":form-previous");
    assert!(
        console.linear().contains("Field 2 of 3, Name: Development"),
        "{}",
        console.linear()
    );
    console.line("").line("").shows("> 1. dev");
}

#[test]
fn a_tenant_being_typed_is_not_let_go_without_asking() {
    let mut console = console(grown());
    console.keys("m enter enter enter n").type_text("dev").keys("esc");
    console
        .shows("would be lost")
        .shows("Leave the form")
        .keys("enter")
        .shows("dev");
    console
        .keys("esc tab enter")
        .lacks("would be lost")
        .lacks("Username of an existing user");
    // With nothing typed there is nothing to ask.
    console
        .keys("n")
        .shows("Part of every path")
        .keys("esc")
        .lacks("would be lost")
        .lacks("Part of every path");
    // Nor is the program left.
    console.keys("n").type_text("dev").line(":q");
    console.shows("Leave the program").shows("keeps it for the next start");
    assert!(!console.has_quit);
    console.line("yes");
    assert!(console.has_quit);
}

#[test]
fn somebody_who_does_not_exist_becomes_admin_of_no_tenant() {
    let mut console = console(grown());
    console
        .keys("m enter enter enter n")
        .type_text("dev")
        .keys("tab tab ctrl-u");
    console.type_text("nobody");
    console.held = true;
    console.keys("ctrl-o").shows("dev admin nobody").shows("checking user");
    console
        .answer()
        .shows("! There is no user of this name.")
        .lacks("checking user");
    console
        .keys("enter enter")
        .shows("There is no user `nobody`.")
        .shows("They were named as admin of tenant `dev`.");
    assert!(started(&console).is_none());
    // By lines each number that is taken is one that is said.
    let said = console.linear();
    assert!(
        said.contains("\n1. Back to the page before\n2. Not yet; the answers are kept"),
        "{said}"
    );
    console
        .line("1")
        .shows("Migration of prod-eu: default tenant")
        .keys("enter");
    console
        .shows("There is no user `nobody`.")
        .keys("backspace backspace e tab tab ctrl-u")
        .type_text("bob")
        .keys("ctrl-o");
    console
        .lacks("There is no user")
        .keys("enter enter")
        .shows("1 to create: `dev`");
}

#[test]
fn what_is_asked_of_an_admin_is_stopped_with_the_rest_and_asked_again() {
    let asked = |console: &Console| {
        let exists = |request: &&Request| matches!(request, Request::UserExists(_));
        console.asked.iter().filter(exists).count()
    };
    let begun = || {
        let mut console = console(grown());
        console
            .keys("m enter enter enter n")
            .type_text("dev")
            .keys("tab tab ctrl-u");
        console.type_text("admin@kestra.local").held = true;
        console.keys("ctrl-o").shows("checking user");
        console
    };
    let mut console = begun();
    console.keys("ctrl-c").shows("Stopped reading").lacks("checking user");
    assert_eq!((asked(&console), console.model.running()), (1, 0));
    // The page asks again when it is come back to, and the plan can be started once that is answered.
    console.keys("enter").lacks("checking user");
    assert_eq!(asked(&console), 2);
    console
        .answer()
        .keys("enter G")
        .shows("page 6 of 6")
        .keys("enter tab enter");
    assert!(started(&console).is_some());
    // It is not waited for where the wizard was left, either.
    let mut console = begun();
    console.keys("esc").shows("The answers are kept");
    assert_eq!(console.model.running(), 0);
    console.keys("m").shows("checking user");
    assert_eq!(asked(&console), 2);
    console.answer().lacks("checking user");
    // Of somebody who is to be Admin of two tenants it is asked once.
    let mut console = begun();
    console.keys("ctrl-c n").type_text("ops").keys("tab tab ctrl-u");
    console.type_text("admin@kestra.local").keys("ctrl-o");
    assert_eq!(asked(&console), 2);
}

#[test]
fn a_dry_run_offers_nothing_that_carries_a_run_out_and_its_keys_say_why() {
    let mut console = console(grown());
    console.keys("m enter enter enter enter enter t").resize(200, 60);
    console.shows("Enter details").shows("d diff");
    for title in [
        "P go on",
        "P pause",
        "S stop",
        "b roll back",
        "R report",
        "n plan anew",
        "o output",
    ] {
        console.lacks(title);
    }
    console
        .keys("x")
        .shows("details")
        .lacks("rollback")
        .lacks("resume-from");
    console
        .keys("esc ?")
        .lacks("rollback")
        .keys("esc y")
        .lacks("copy report");
    console
        .keys("esc b")
        .shows("Not now: nothing is carried out: this is a dry run");
}

#[test]
fn a_dry_run_says_all_that_a_step_would_do() {
    let mut console = console(grown());
    console
        .keys("m enter enter enter enter enter t")
        .resize(120, 30)
        .keys("j");
    console
        .shows("backups create FULL`, and 2 more")
        .shows("backup: run `docker compose")
        .shows("copy `/etc/kestra/application.yml`.");
    console.keys("enter").shows("copy `/etc/kestra/application.yml`.");
    let said = console.keys("esc").linear();
    let backup = said.lines().find(|line| line.starts_with("2. backup")).unwrap();
    assert!(
        backup.contains("backups create FULL`. ") && backup.ends_with("copy `/etc/kestra/application.yml`."),
        "{backup}"
    );
}
