//! A run that halted goes on: where it was, from a later step, and in a protected context only once that is unlocked.

use kestra_admin::app::msg::Msg;
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::run_summary::Control;
use kestra_admin::migration::step::Step;

use super::following::{controls, running};
use super::{keep, setup};
use crate::support::migrations::{Fake, STARTED_AT, US, grown, plan};
use crate::support::{Console, session};

#[test]
fn it_goes_on_from_the_selected_step_after_saying_what_is_passed_over() {
    let mut console = running(Some(Step::Restart));
    console.keys("F").shows("Not now: it is at work; S stops it first");
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console
        .news()
        .keys("F")
        .shows("Not now: it goes on with `restart` anyway; P does that");
    assert_eq!(
        console.copy("y c"),
        "kestra-admin --context prod-eu migrate resume 7f3a"
    );
    console
        .keys("k F")
        .shows("Not now: `enable` is over, and what is done is not done again");
    console.keys("j j j j").shows("F go on from here");
    assert_eq!(
        console.copy("y c"),
        "kestra-admin --context prod-eu migrate resume 7f3a --from create-tenants"
    );
    keep("run_go_on_from", console.keys("F"));
    console
        .shows("Go on from create-tenants")
        .shows("`restart`, `sync-access`, `verify-access`")
        .shows("[ Not yet ] ( Go on )")
        .keys("enter");
    assert!(controls(&console).is_empty());
    console.send(Msg::Run("resume-from".to_owned())).keys("tab enter");
    assert_eq!(
        controls(&console),
        [Control::Resume {
            from: Some(Step::CreateTenants)
        }]
    );
    assert_eq!(
        console.copy("y c"),
        "kestra-admin --context prod-eu migrate attach 7f3a"
    );
    console.fake.go(None);
    console
        .news()
        .shows("[-] sync-access skipped the run was to begin after it")
        .shows("[x] create-tenants done");
    console.keys("F").shows("Not now: it has come to its end");
    assert_eq!(
        console.copy("y c"),
        "kestra-admin --context prod-eu migrate report 7f3a"
    );
}

#[test]
fn by_lines_it_goes_on_from_a_step_with_a_yes() {
    let mut console = running(Some(Step::Restart));
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().line("j").line("resume-from");
    assert!(console.linear().contains("Type yes to go on;"), "{}", console.linear());
    console.line("no");
    assert!(controls(&console).is_empty());
    console.line("F").line("yes");
    assert_eq!(
        controls(&console),
        [Control::Resume {
            from: Some(Step::SyncAccess)
        }]
    );
}

/// A console in a protected context, on a run that halted after it had changed something.
fn protected() -> Console {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.go(Some(Step::SyncAccess));
    fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    let mut setup = setup(fake);
    setup.session = session(|session| {
        "prod-eu".clone_into(&mut session.context);
        session.started_at = STARTED_AT;
        session.protected = true;
    });
    let mut console = setup.open(|_, _| {});
    console.keys("3 enter").shows("Stopped by ana@jump1.");
    console
}

#[test]
fn in_a_protected_context_nothing_goes_on_or_back_before_it_is_unlocked() {
    let mut console = protected();
    let locked = "Not now: changes are locked; W unlocks them";
    console.keys("P").shows(locked);
    console.keys("j F").shows(locked);
    console.keys("q P").shows(locked).keys("enter");
    console.keys("b enter").shows(locked).keys("q");
    assert!(controls(&console).is_empty());
    console.keys("W").type_text("prod-eu").keys("tab enter").shows("RW*");
    console
        .keys("P")
        .shows("This context is protected.")
        .shows("Run 7f3a goes on with what it has not done yet.")
        .keys("enter");
    assert!(
        controls(&console).is_empty(),
        "the button that changes nothing has the focus"
    );
    console.keys("P tab enter");
    assert_eq!(controls(&console), [Control::Resume { from: None }]);
}

#[test]
fn a_lock_that_closes_over_the_question_holds() {
    for keys in ["P tab", "j F tab", "b enter"] {
        let mut console = protected();
        console.keys("W").type_text("prod-eu").keys("tab enter").keys(keys);
        if keys.starts_with('b') {
            console.type_text("prod-eu");
        }
        console.wait(16 * 60 * 1_000).keys("tab enter");
        assert!(controls(&console).is_empty(), "<{keys}>");
        assert!(!console.fake.is_at_work());
    }
}

#[test]
fn rolling_back_in_a_protected_context_asks_once_it_is_unlocked() {
    let mut console = protected();
    console
        .keys("W")
        .type_text("prod-eu")
        .keys("tab enter b enter")
        .shows("( Roll back )");
    console.keys("tab enter").shows("It is rolled back.");
    assert_eq!(controls(&console), [Control::Rollback { to: Step::Enable }]);
}
