//! Where it does not go on, and what is said instead.

use kestra_admin::domain::access::Footprint;
use kestra_admin::domain::instance::{Edition, Tenancy};
use kestra_admin::domain::problem::{Problem, ProblemKind};

use super::{console, keep, setup, started};
use crate::support::migrations::{Fake, found, grown};

#[track_caller]
fn does_not_go_on(name: &str, ends: &str, console: &mut crate::support::Console) {
    keep(name, console.keys("m"));
    console
        .keys("enter tab l ctrl-o")
        .shows("Migration of prod-eu: check")
        .shows(ends);
    assert!(started(console).is_none());
}

#[test]
fn open_source_is_told_so() {
    let mut console = console(found(|inspection| inspection.edition = Edition::OpenSource));
    does_not_go_on("wizard_open_source", "it ends here", &mut console);
    console
        .shows("It is Kestra Open Source, which has no tenants to administer.")
        .shows("Multi-tenancy needs Kestra Enterprise.");
}

#[test]
fn both_settings_off_is_refused_with_its_reason() {
    let mut console = console(found(|inspection| {
        inspection.tenancy = Tenancy {
            enabled: false,
            default_tenant: false,
        };
    }));
    does_not_go_on("wizard_both_off", "it ends here", &mut console);
    console
        .shows("a state that nobody documents")
        .shows("config set-tenancy");
}

#[test]
fn where_all_is_done_there_is_nothing_to_do() {
    let mut console = console(found(|inspection| {
        inspection.tenancy = Tenancy {
            enabled: true,
            default_tenant: false,
        };
        inspection.configured = Some(inspection.tenancy);
        inspection.footprint = Footprint::default();
        inspection.access.holders.clear();
    }));
    does_not_go_on("wizard_done", "nothing to do", &mut console);
    console.shows("Already multi-tenant; the default tenant is off. Nothing to do.");
    // What is out of reach cannot be counted, and that is nothing to think about.
    console
        .shows("neither reached nor counted")
        .lacks("to think about")
        .lacks("warn");
}

#[test]
fn what_is_part_of_the_way_already_goes_on_from_there() {
    let on = Tenancy {
        enabled: true,
        default_tenant: true,
    };
    let mut console = console(found(|inspection| {
        inspection.tenancy = on;
        inspection.configured = Some(on);
        inspection.access = kestra_admin::migration::access_snapshot::AccessSnapshot::default();
    }));
    console
        .keys("m")
        .shows("Multi-tenancy is on, and access was not synchronised yet.");
    console.shows("warn access").keys("enter").shows("page 2 of 6");
}

#[test]
fn what_should_be_looked_at_is_said_with_what_to_do_next() {
    let mut console = console(found(|inspection| {
        inspection.environment_wins =
            Some("`KESTRA_EE_TENANTS_ENABLED` is set in the environment of the servers.".to_owned());
        inspection.configured = Some(Tenancy {
            enabled: true,
            default_tenant: true,
        });
        inspection.cannot_create = Some("creating tenants needs a superadmin".to_owned());
        inspection.identity.superadmin = false;
        inspection.services[1].version = "0.20.0".to_owned();
        inspection.remarks = vec!["The licence ends in 3 days.".to_owned()];
        inspection.footprint.executions = None;
        if let Some(file) = &mut inspection.file {
            file.misspelled = true;
            file.cannot_edit = Some("it stands in a template".to_owned());
        }
    }));
    keep("wizard_check_warnings", console.keys("m"));
    console.keys("pgdn").shows("fail services").shows("0.20.0, 0.21.4");
}

#[test]
fn a_survey_that_fails_says_so_and_is_made_again() {
    let fake = Fake::new(grown());
    let problem = Problem::new(
        ProblemKind::Unreachable,
        "`https://kestra.example.com` cannot be reached.",
        "Nothing listens there.",
        "Check that Kestra is running.",
    );
    *fake.survey.lock().unwrap() = Err(problem);
    let mut console = setup(fake).open(|_, _| {});
    console
        .keys("m")
        .shows("Nothing listens there.")
        .keys("enter")
        .shows("It could not be looked at; r tries again");
    *console.fake.survey.lock().unwrap() = Ok(grown());
    console.keys("r").shows("page 1 of 6");
}

#[test]
fn while_it_is_looked_at_it_says_at_what_and_can_be_left() {
    let mut console = console(grown());
    console.held = true;
    let job = {
        console.keys("m").wait(3_000);
        console.shows("looking 3 s");
        console.model.wizard.as_ref().unwrap().survey.job().unwrap()
    };
    for what in ["release and edition", "settings"] {
        console.send(kestra_admin::app::msg::Msg::Surveying(job, what.to_owned()));
    }
    console.shows("seen release and edition").shows("look settings");
    console.keys("enter").shows("It is still being looked at");
    console.keys("esc").shows("Multi-tenancy is off on this instance.");
    console.answer().shows("Multi-tenancy is off on this instance.");
    console.keys("m").shows("page 1 of 6");
}

#[test]
fn a_start_that_is_refused_leaves_the_plan_where_it_is() {
    let mut console = console(grown());
    console.keys("m enter enter enter enter enter");
    let problem = Problem::new(
        ProblemKind::Conflict,
        "Another run is at work on this instance.",
        "Its lock is held by bob@jump2, process 4711.",
        "Follow it, or wait until it ends.",
    );
    console.fail_next("StartRun", problem);
    console
        .keys("enter tab enter")
        .shows("Another run is at work on this instance.")
        .shows("page 6 of 6");
    console.keys("enter tab enter").shows("Run 7f3a has begun");
}

#[test]
fn a_key_that_belongs_to_another_page_says_so() {
    let mut console = console(grown());
    console.keys("m").lacks("take out").lacks("dry run");
    for key in ["e", "D"] {
        console
            .keys(key)
            .shows("Not now: it belongs to the page that asks for tenants");
    }
    for key in ["t", "y p", "ctrl-o"] {
        console
            .keys(key)
            .shows("Not now: it belongs to the plan, which is the last page");
    }
}

#[test]
fn a_list_without_runs_offers_nothing_about_a_run() {
    let mut console = console(grown());
    console
        .keys("3")
        .shows("No runs yet.")
        .lacks("P go on")
        .lacks("R report")
        .lacks("Enter show");
    console.keys("P").shows("Not now: no run is selected");
}
