//! The migration led by the hand: the wizard by keyboard alone, the run on screen, and everything that can come between.

pub mod following;
mod hearing;
mod output;
mod pages;
mod plan;
mod refusals;
mod resuming;
mod taking_up;

use std::sync::Arc;

use kestra_admin::app::effect::Request;
use kestra_admin::migration::choices::DefaultTenantChoice;
use kestra_admin::migration::run_summary::Surveyed;
use kestra_admin::migration::step::Step;

use crate::support::migrations::{Fake, STARTED_AT, grown};
use crate::support::{Console, Setup, session};

/// A console on an instance where multi-tenancy is off, with what a survey of it finds.
pub fn console(surveyed: Surveyed) -> Console {
    setup(Fake::new(surveyed)).open(|_, _| {})
}

fn setup(fake: Arc<Fake>) -> Setup {
    Setup {
        enabled: Some(false),
        fake,
        session: session(|session| {
            "prod-eu".clone_into(&mut session.context);
            session.command_words = vec!["--context".to_owned(), "prod-eu".to_owned()];
            session.started_at = STARTED_AT;
        }),
        ..Setup::default()
    }
}

/// The plan that was handed over to be carried out.
fn started(console: &Console) -> Option<&kestra_admin::migration::plan::Plan> {
    console.asked.iter().find_map(|request| match request {
        Request::StartRun(plan) => Some(&**plan),
        _ => None,
    })
}

/// Draws a state at the reference size, half a screen, the smallest there is, and a large one.
#[track_caller]
fn keep(name: &str, console: &mut Console) {
    use std::fmt::Write;

    let mut text = String::new();
    for (width, height) in [(80, 24), (60, 20), (40, 12), (200, 60)] {
        console.resize(width, height);
        writeln!(text, "{width}x{height}\n{}\n", console.pictured()).unwrap();
    }
    console.resize(80, 24);
    // A digest says nothing about how it looks, and changes with whatever a plan holds.
    if let Some(plan) = console.model.wizard.as_ref().and_then(|wizard| wizard.plan()) {
        text = text.replace(&plan.hash()[..12], "0123456789ab");
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/console/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The keys of the shortest safe path through the wizard: an existing instance, one tenant, the default tenant kept.
const SHORTEST: &str = "m enter enter enter n d e v ctrl-o enter enter enter tab enter";

#[test]
fn the_shortest_safe_path_goes_from_the_list_to_the_report() {
    let mut console = console(grown());
    console.shows("To turn it on: m").keys(SHORTEST);
    assert_eq!(SHORTEST.split(' ').count(), 14, "as the README says");
    let plan = started(&console).unwrap();
    assert_eq!(plan.choices.tenants.len(), 1);
    assert_eq!(plan.choices.default_tenant, DefaultTenantChoice::Keep);
    assert_eq!(plan.choices.tenants[0].admin.as_deref(), Some("anna"));
    console.shows("Run 7f3a has begun").shows("1 run").shows("step 1 of 11");
    console.shows("You may close this window; the run goes on. Again: kestra-admin --context prod-eu migrate attach");
    console.fake.go(Some(Step::SyncAccess));
    console.news().shows("[>] sync-access").shows("step 5 of 11");
    console.fake.go(None);
    console.news().shows("The plan is fulfilled in 2:18.").lacks("1 run");
    console.keys("R").shows("Report: migration of prod-eu to multi-tenancy");
    let report = console.copy("y");
    assert!(report.contains("- create-tenants: done, "), "{report}");
    console.keys("esc");
    assert!(console.copy("y r").starts_with("# Report"));
}

/// Nothing on the way to the plan changes anything, and neither does a dry run.
#[test]
fn nothing_is_asked_for_but_looks_before_the_start() {
    let mut console = console(grown());
    console.keys("m enter enter enter enter enter t enter esc d esc esc");
    console.shows("Migration of prod-eu: plan");
    let changes = console
        .asked
        .iter()
        .filter(|request| matches!(request, Request::StartRun(_) | Request::ControlRun(..)));
    assert_eq!(changes.count(), 0);
}

#[test]
fn the_pages_look_like_this() {
    let mut console = console(grown());
    keep("wizard_check", console.keys("m"));
    keep("wizard_backup", console.keys("enter"));
    keep("wizard_restart", console.keys("enter"));
    keep("wizard_tenants_none", console.keys("enter"));
    keep("wizard_tenant_typing", console.keys("n").type_text("ops"));
    console
        .keys("ctrl-o n")
        .type_text("dev")
        .keys("tab")
        .type_text("Development");
    keep("wizard_tenants", console.keys("ctrl-o"));
    keep("wizard_default_tenant", console.keys("enter"));
    keep("wizard_plan", console.keys("enter"));
    keep("wizard_plan_end", console.keys("G"));
    keep("wizard_start_dialog", console.keys("enter"));
    console.keys("esc");
    keep("wizard_dry_run", console.keys("t"));
}

#[test]
fn a_digit_selects_the_answer_of_that_number_and_enter_gives_it() {
    let mut console = console(grown());
    console.keys("m").keys("enter").shows("> 1. Everything");
    console.keys("3").shows("> 3. ").shows("Migration of prod-eu: backup");
    console.keys("9").shows("There is no choice 9 here").shows("> 3. ");
    console.keys("1 enter enter enter").shows("> 1. Keep it");
    console.keys("2").shows("> 2. Disable it");
    console.keys("1 enter").shows("Migration of prod-eu: plan");
    assert_eq!(
        console.model.wizard.as_ref().unwrap().default_tenant,
        Some(DefaultTenantChoice::Keep)
    );
    // Where nothing is numbered they lead where they always lead.
    console.keys("3").shows("No runs yet.");
}

#[test]
fn by_lines_the_default_tenant_is_disabled_by_typing_the_name() {
    let mut console = console(grown());
    console
        .line("migration")
        .line("")
        .line("")
        .line("")
        .line("")
        .line("2")
        .line("prod-eu");
    assert_eq!(
        console.model.wizard.as_ref().unwrap().default_tenant,
        Some(DefaultTenantChoice::Disable)
    );
}

#[test]
fn the_default_tenant_leads_to_the_migration_too() {
    let mut console = console(grown());
    console.keys("enter").shows("m migration");
    console.keys("m").shows("Migration of prod-eu: check");
    console.keys("q").shows("prod-eu > Tenants > (default)");
}
