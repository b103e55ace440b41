//! A run on screen: followed, paused, stopped, waiting, failing, rolled back, somebody else's; and the list of runs.

use std::sync::Arc;

use kestra_admin::app::effect::Request;
use kestra_admin::app::run::RunView;
use kestra_admin::app::run::text::parting;
use kestra_admin::app::screen::Screen;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::migration::action::{Action, CommandKind, Outcome};
use kestra_admin::migration::choices::{Choices, DefaultTenantChoice};
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::run_summary::Control;
use kestra_admin::migration::step::Step;
use kestra_admin::runner::migrations::Migrations;

use super::{keep, setup};
use crate::support::migrations::{Fake, STARTED_AT, Shared, US, grown, plan, plan_of, usual_outcome};
use crate::support::{Console, Setup, session, usual};

/// A console on the run of a plan that creates two tenants, as far as a test lets it go.
pub fn running(until: Option<Step>) -> Console {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev=Development:bob", "production"]), US);
    if until != Some(Step::Inspect) {
        fake.go(until);
    }
    let mut console = setup(fake).open(|_, _| {});
    console.keys("m");
    console
}

pub(super) fn controls(console: &Console) -> Vec<Control> {
    console
        .fake
        .controls
        .lock()
        .unwrap()
        .iter()
        .map(|(_, control)| *control)
        .collect()
}

#[test]
fn the_screen_of_tenants_shows_a_run_and_leads_to_it() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &[]), US);
    fake.go(Some(Step::SyncAccess));
    let mut console = setup(fake).open(|_, _| {});
    console
        .shows("run 7f3a: step 5 of 11, sync-access; m shows it")
        .shows("ok 1 run");
    let mut listed = Setup {
        enabled: Some(true),
        ..setup(Arc::clone(&console.fake))
    }
    .open(usual);
    listed
        .shows("run 7f3a: step 5 of 11, sync-access; m shows it")
        .shows("3 tenants");
    console
        .keys("m")
        .shows("[>] sync-access")
        .keys("q")
        .lacks("sync-access running");
    // It is looked at once a second as long as it is alive, and told when it ends.
    console.wait(1_500);
    console.fake.go(None);
    let reopened = console.reopened;
    console
        .wait(1_500)
        .shows("Run 7f3a: The plan is fulfilled.")
        .lacks("1 run");
    // What is listed may be another than before, although nobody was watching the run.
    assert_eq!(console.reopened, reopened + 1);
    let asked = console.asked.len();
    console.wait(60_000);
    assert_eq!(console.asked.len(), asked, "nothing ticks when no run is alive");
    assert!(console.followed().is_empty());
}

#[test]
fn a_run_at_work_shows_its_steps_its_output_and_its_time() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    for line in 1..=30 {
        console
            .fake
            .write(&format!("11:42:{line:02} INFO synchronising access of user {line}"));
    }
    console.fake.note(Step::SyncAccess, "12 of 37 users");
    console.news().wait(144_000);
    keep("run_at_work", &mut console);
    console.shows("12 of 37 users");
    keep("run_output", console.keys("o"));
    console
        .keys("g g")
        .shows("| 11:42:01 INFO synchronising access of user 1")
        .shows("lines 1-18 of 44; G follows");
    console.fake.write("one more");
    console
        .news()
        .shows("lines 1-18 of 45")
        .keys("G")
        .shows("one more")
        .shows("step 5 of 11; following");
    console.keys("esc").shows("[>] sync-access");
    console
        .keys("k k enter")
        .shows("Step enable")
        .shows("as it was: /etc/kestra/application.yml.20261126");
    console.keys("esc d").shows("+ enabled: true");
    console.keys("esc q").shows("Multi-tenancy is off");
    assert!(console.followed().is_empty(), "nobody looks at it any more");
}

#[test]
fn a_run_that_is_waited_for_is_left_by_esc() {
    let mut console = running(Some(Step::Restart));
    let Some(Screen::Run(view)) = console.model.screens.last_mut() else {
        panic!("no run is on screen");
    };
    **view = RunView::new(view.run.clone(), view.heard_at);
    console
        .wait(2_500)
        .shows("reading its journal 2 s Esc leaves; the run goes on")
        .lacks("Esc cancels");
    console.keys("esc").shows("Multi-tenancy is off");
    assert!(controls(&console).is_empty());
}

#[test]
fn it_is_paused_stopped_and_goes_on() {
    let mut console = running(Some(Step::Restart));
    console.keys("P").shows("It pauses after this step.");
    console
        .news()
        .wait(5_000)
        .shows("It pauses after this step. P lets it go on instead")
        .shows("P go on");
    console.keys("P").shows("It goes on.").news().wait(5_000);
    console.lacks("It pauses").shows("P pause");
    console
        .keys("esc 3")
        .keys("P")
        .wait(5_000)
        .shows("P go on")
        .keys("enter");
    console.keys("S").shows("It stops after what it is doing now.");
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console
        .news()
        .shows("! Stopped by ana@jump1.")
        .shows("P go on b roll back R report")
        .lacks("1 run");
    console.keys("S").shows("Not now: no process is at work on it");
    console.keys("P").shows("It goes on.").shows("1 run");
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
    console.keys("P").shows("Not now: it has come to its end");
    assert_eq!(
        controls(&console),
        [
            Control::Pause,
            Control::Resume { from: None },
            Control::Pause,
            Control::Stop,
            Control::Resume { from: None }
        ]
    );
}

#[test]
fn a_pause_that_came_too_late_is_no_success() {
    let mut console = running(Some(Step::Restart));
    // The process is gone, and nobody has heard of it yet.
    console.fake.kill();
    console
        .keys("P")
        .shows("note It has ended; there was nothing to pause.");
}

#[test]
fn leaving_while_a_run_is_at_work_says_that_it_goes_on_and_how_it_is_followed() {
    let mut console = running(Some(Step::Restart));
    console.keys("q");
    assert_eq!(
        parting(&console.model).as_deref(),
        Some(
            "Run 7f3a is at work and goes on by itself; `kestra-admin --context prod-eu migrate attach` follows it again."
        )
    );
    console.fake.go(None);
    console.wait(1_500);
    assert_eq!(parting(&console.model), None);
}

#[test]
fn a_restart_by_hand_waits_for_the_operator_and_says_since_when() {
    let mut surveyed = grown();
    surveyed.means.restart_command.clear();
    let fake = Fake::new(surveyed.clone());
    fake.begin(&plan(&surveyed, &[]), US);
    fake.go(Some(Step::Restart));
    let mut console = setup(fake).open(|_, _| {});
    console.keys("m");
    console.fake.act(1);
    console
        .fake
        .note(Step::Restart, "Restart all servers; the run goes on by itself.");
    console.news().wait(180_000);
    console
        .shows("[?] restart")
        .shows("It waits for you, for 54 s now. Restart all servers");
    console.keys("esc 3").shows("waiting").lacks("at work");
}

#[test]
fn a_step_that_waits_says_for_what_and_how_long() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.script(|step, action| match action {
        Action::AwaitSettings { .. } => Outcome::Waiting {
            words: "the instance does not report the settings yet; restart all of its servers".to_owned(),
        },
        _ => usual_outcome(step, action),
    });
    fake.go(None);
    let mut console = setup(fake).open(|_, _| {});
    console.shows("run 7f3a: the instance does not report");
    console.keys("m").sleep(3 * 60 * 60 * 1000).wait(60_000);
    keep("run_waiting", &mut console);
    console
        .shows("[?] restart")
        .shows("It waits for you, for 2 h now. The instance does not report");
    console.fake.script(usual_outcome);
    console.keys("P");
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
}

#[test]
fn a_step_that_fails_says_why_and_which_keys_help() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.script(|step, action| match action {
        Action::Run {
            command: CommandKind::SyncAccess,
        } => Outcome::Failed {
            problem: Box::new(Problem::new(
                ProblemKind::Failed,
                "`kestra auths users sync-access` ended with 1.",
                "Its last line was: Unable to connect to the database.",
                "Look at its output with o, mend what it names, then go on with P.",
            )),
        },
        _ => usual_outcome(step, action),
    });
    fake.go(None);
    let mut console = setup(fake).open(|_, _| {});
    console.keys("m");
    keep("run_failed", &mut console);
    console
        .shows("[!] sync-access")
        .shows("Unable to connect to the database.")
        .shows("P go on b roll back R report");
    console
        .keys("enter")
        .shows("failed: `kestra auths users sync-access` ended with 1.");
    console.keys("esc n").shows("Migration of prod-eu: check");
}

#[test]
fn where_somebody_lost_access_the_key_that_gives_it_back_comes_first() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.script(|step, action| match (step, action) {
        (Step::VerifyAccess, _) => Outcome::Failed {
            problem: Box::new(Problem::new(
                ProblemKind::Partly,
                "Somebody lost access.",
                "1 of 37 holders holds less.",
                "Give it back.",
            )),
        },
        _ => usual_outcome(step, action),
    });
    fake.go(None);
    let mut console = setup(fake).open(|_, _| {});
    console
        .keys("m")
        .shows("[!] verify-access")
        .shows("A restore access P go on b roll back R report")
        .shows("A restore access P go on b roll back");
}

#[test]
fn a_run_that_failed_before_it_changed_anything_is_planned_anew() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.script(|step, action| match action {
        Action::Inspect => Outcome::Failed {
            problem: Box::new(Problem::new(
                ProblemKind::Conflict,
                "The instance is not as it was planned for.",
                "A tenant came to it.",
                "Plan anew.",
            )),
        },
        _ => usual_outcome(step, action),
    });
    let mut console = setup(fake).open(|_, _| {});
    console.keys("m q");
    console.fake.go(None);
    console.wait(2_000);
    console.shows("not as it was planned for; 3 shows it");
    console.keys("m").shows("Migration of prod-eu: check");
    console.keys("q 3 enter");
    keep("run_failed_at_inspect", &mut console);
    console
        .shows("[!] inspect")
        .shows("Nothing was changed.")
        .shows("n plan anew P go on R report");
    console.keys("n").shows("Migration of prod-eu: check");
}

#[test]
fn a_new_plan_has_the_answers_of_the_run() {
    for keys in ["n", "q 3 n"] {
        let mut console = running(Some(Step::VerifyAccess));
        console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
        console.news().keys(keys).shows("Migration of prod-eu: check");
        console
            .keys("enter enter enter")
            .shows("dev Development admin bob")
            .shows("production");
    }
}

#[test]
fn all_the_time_that_a_step_was_worked_on_is_said() {
    let mut console = running(Some(Step::Restart));
    // A record each three seconds: the step begins, its action, and the word that it is stopped.
    console.fake.act(0);
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().wait(60_000);
    let row = |console: &Console| {
        let screen = console.screen();
        let row = screen.lines().find(|line| line.contains("] restart ")).unwrap();
        row.split_whitespace()
            .rev()
            .find(|word| word.contains(':'))
            .unwrap()
            .to_owned()
    };
    assert_eq!(row(&console), "0:06");
    console.keys("P");
    console.fake.go(Some(Step::SyncAccess));
    console.news();
    let worked = row(&console);
    assert!(worked.as_str() > "0:06", "{worked}");
}

#[test]
fn a_run_that_was_killed_says_so_and_goes_on() {
    let mut console = running(Some(Step::VerifyAccess));
    console.fake.kill();
    console
        .news()
        .shows("It was cut short: no process is at work on it any more.");
    console.shows("nothing is done twice").keys("P");
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
}

#[test]
fn a_run_that_has_ended_is_followed_on_and_rolled_back_only_as_it_stands_now() {
    let mut console = running(Some(Step::Report));
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
    console.keys("b enter").shows("Type prod-eu to continue");
    let elsewhere = |console: &Console| {
        let all = Control::Rollback { to: Step::Enable };
        Shared(Arc::clone(&console.fake)).control("7f3a", all).unwrap();
    };
    elsewhere(&console);
    console
        .news()
        .lacks("Type prod-eu")
        .lacks("How far is it rolled back?")
        .shows("Somebody else went on with run 7f3a meanwhile")
        .shows("Rolling back to before `enable`");
    console.fake.go(None);
    console
        .news()
        .shows("What this run changed is undone.")
        .lacks("The plan is fulfilled")
        .keys("b")
        .shows("Not now: it changed nothing that can be undone from here");
    // And where nobody looked since: the key itself looks.
    let mut console = running(Some(Step::Report));
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
    elsewhere(&console);
    console.fake.go(None);
    console
        .keys("b")
        .lacks("How far is it rolled back?")
        .shows("What this run changed is undone.");
}

#[test]
fn the_report_of_a_run_that_is_open_further_down_is_shown_from_the_list() {
    let mut console = running(Some(Step::Report));
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
    console.keys("3 R").shows("Report: migration of prod-eu");
}

/// Another context may lead to the same instance.
#[test]
fn what_is_typed_to_roll_back_is_the_name_of_the_context_one_is_in() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.go(None);
    let setup = setup(fake);
    let setup = Setup {
        session: session(|session| {
            "protlab".clone_into(&mut session.context);
            session.started_at = STARTED_AT;
        }),
        ..setup
    };
    let mut console = setup.open(|_, _| {});
    console
        .keys("3 enter b enter")
        .shows("Type protlab to continue")
        .type_text("protlab")
        .keys("tab enter")
        .shows("It is rolled back.");
}

#[test]
fn rolling_back_shows_what_is_undone_and_is_typed_where_tenants_go() {
    let mut console = running(Some(Step::Verify));
    console.keys("b").shows("Not now: it is at work; S stops it first");
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().keys("b");
    keep("rollback", &mut console);
    console.keys("/").type_text("application.yml").shows("match 1 of ");
    console
        .keys("enter enter")
        .shows("Roll back run ")
        .shows("Esc end search");
    console.keys("esc").lacks("search: ");
    console
        .shows("> 1. All of it, back to before `enable`")
        .shows("1. Deletes tenant `production` (production), if nothing lives in it.")
        .shows("3. Puts `/etc/kestra/application.yml` back")
        .shows("+ enabled: false");
    console
        .keys("j")
        .shows("> 2. Back to before `create-tenants`")
        .lacks("Puts `/etc");
    console.keys("k enter");
    keep("rollback_dialog", &mut console);
    console
        .shows("Type prod-eu to continue")
        .keys("enter")
        .lacks("Type prod-eu")
        .keys("enter")
        .type_text("prod")
        .keys("enter")
        .shows("It does not match yet");
    assert!(controls(&console).is_empty());
    console
        .type_text("-eu")
        .keys("tab enter")
        .shows("It is rolled back.")
        .shows("Rolling back to before `enable`");
    assert_eq!(controls(&console), [Control::Rollback { to: Step::Enable }]);
    console.fake.go(None);
    console.news();
    keep("run_rolled_back", &mut console);
    console.shows("[<] enable").shows("What this run changed is undone.");
    // What will not be done any more does not stand there as if it were still to come, and each key has one word.
    console.shows("[-] report not done").lacks("[ ]").lacks("pending");
    console.shows("n plan anew").shows("R report").lacks("plans anew");
    console
        .keys("b")
        .shows("Not now: it changed nothing that can be undone from here");
}

#[test]
fn what_is_only_being_set_to_work_is_stopped_as_soon_as_it_is() {
    let mut console = running(Some(Step::Verify));
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().keys("b enter").type_text("prod-eu");
    console.held = true;
    console
        .keys("tab enter S")
        .shows("It is stopped as soon as it is at work");
    console
        .keys("S")
        .shows("Not now: something was asked of it; the answer is awaited");
    console.answer().shows("It stops after what it is doing now.");
    let rollback = Control::Rollback { to: Step::Enable };
    assert_eq!(controls(&console), [rollback, Control::Stop]);
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().shows("Rolling back was stopped after 0 of 5");
    // And where the answer is there before any news.
    console.keys("P S").shows("It stops after what it is doing now.");
    assert_eq!(controls(&console).last(), Some(&Control::Stop));
}

#[test]
fn while_it_is_undone_it_says_what_is_undone_and_how_far_that_is() {
    let mut console = running(Some(Step::Verify));
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().keys("b enter").type_text("prod-eu").keys("tab enter");
    console
        .news()
        .shows("undoing, 1 of 5")
        .shows("[<] create-tenants undoing")
        .shows("[x] enable done")
        .lacks("steps over");
    console.fake.act(3);
    console.news().wait(1_000);
    keep("run_undoing", &mut console);
    console
        .shows("[<] create-tenants undone")
        .shows("[<] restart undoing")
        .shows("[=] verify halted")
        .shows("undoing, 4 of 5");
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console
        .news()
        .shows("half undone, 3 of 5")
        .shows("[=] restart halted")
        .shows("Rolling back was stopped after 3 of 5")
        .shows("P go on R report")
        .lacks("b roll back");
    keep("run_half_undone", &mut console);
    console.keys("P");
    console.fake.go(None);
    console.news().shows("[<] create-tenants undone").shows("rolled back");
}

#[test]
fn what_destroys_nothing_is_rolled_back_without_typing_but_not_by_one_key() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &[]), US);
    fake.go(None);
    let mut console = setup(fake).open(|_, _| {});
    console
        .keys("3 enter b enter")
        .shows("[ Leave it ] ( Roll back )")
        .keys("enter");
    assert!(controls(&console).is_empty());
    console.keys("enter tab enter").shows("It is rolled back.");
    assert_eq!(controls(&console), [Control::Rollback { to: Step::Enable }]);
}

#[test]
fn what_somebody_else_carries_out_is_only_followed() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), "bob@jump2");
    fake.go(Some(Step::Restart));
    let mut console = setup(fake).open(|_, _| {});
    console
        .keys("m")
        .shows("bob@jump2 carries it out; here it can only be followed.");
    for key in ["P", "S", "b"] {
        console
            .keys(key)
            .shows("Not now: bob@jump2 carries it out; here it can only be followed");
    }
    console.keys("n").shows("Not now: it is at work; one run at a time");
    assert!(controls(&console).is_empty());
    console.fake.go(None);
    console
        .news()
        .shows("The plan is fulfilled")
        .keys("R")
        .shows("Report: migration");
}

#[test]
fn read_only_follows_and_asks_nothing() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.go(Some(Step::Restart));
    let mut read_only = setup(fake);
    read_only.session.read_only_flag = true;
    let mut console = read_only.open(|_, _| {});
    console.keys("m").shows("[>] restart");
    for key in ["P", "S"] {
        console
            .keys(key)
            .shows("Not now: changes are locked: it was started with --read-only");
    }
    assert!(controls(&console).is_empty());
}

#[test]
fn a_fulfilled_run_says_what_needs_a_tenant_in_its_path_now() {
    let fake = Fake::new(grown());
    let choices = Choices {
        tenants: vec!["dev".parse().unwrap()],
        default_tenant: DefaultTenantChoice::Disable,
        confirmed: Some("prod-eu".to_owned()),
        ..Choices::default()
    };
    fake.begin(&plan_of(&grown(), choices), US);
    fake.go(None);
    let mut console = setup(fake).open(|_, _| {});
    console.keys("3 enter");
    keep("run_fulfilled", &mut console);
    console.resize(80, 40);
    console
        .shows("What needs a tenant in its path now")
        .shows("Webhooks: `/api/v1/{tenant}/");
}

#[test]
fn runs_are_listed_the_newest_first() {
    let mut console = setup(Fake::new(grown())).open(|_, _| {});
    console.keys("3").shows("No runs yet.").keys("q");
    console.fake.begin(&plan(&grown(), &[]), "bob@jump2");
    console.fake.go(None);
    console.fake.begin(&plan(&grown(), &["dev"]), US);
    console.fake.go(Some(Step::Restart));
    console.keys("r 3");
    keep("runs", &mut console);
    console.resize(200, 60).shows("STEP STEP NAME OUTCOME");
    console.keys("/").type_text("state:ended").keys("enter");
    console
        .shows("STEP OUTCOME")
        .lacks("STEP NAME")
        .shows("11 of 11 The plan is fulfilled.");
    console.resize(80, 24).keys("esc").shows("2 runs");
    console.keys("j R").shows("Report: migration of prod-eu");
    console.keys("esc q k P").shows("It pauses after this step.");
    console.keys("enter").shows("run 7f3b step 4 of 11");
}

#[test]
fn when_the_servers_are_back_the_instance_is_looked_at_anew() {
    let mut console = running(Some(Step::Restart));
    let looks = |console: &Console| console.asked.iter().filter(|it| **it == Request::Instance).count();
    let (before, reopened) = (looks(&console), console.reopened);
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
    assert_eq!(looks(&console), before + 1);
    assert_eq!(console.reopened, reopened + 1);
}

#[test]
fn a_run_that_is_open_further_down_comes_up_with_all_that_it_has_heard() {
    let mut console = running(Some(Step::Report));
    console.fake.go(None);
    console.news().shows("The plan is fulfilled");
    console
        .keys("3 enter")
        .shows("The plan is fulfilled")
        .shows("9 done, 2 skipped");
    console.keys("q q").shows("Multi-tenancy is off");
}

#[test]
fn hostile_output_and_records_are_made_visible() {
    let fake = Fake::new(grown());
    let hostile = "\u{1b}]52;c;ZXZpbA==\u{7}\u{202e}evil\u{200b}";
    fake.begin(&plan(&grown(), &["dev"]), hostile);
    fake.script(move |step, action| match action {
        Action::AwaitSettings { .. } => Outcome::Failed {
            problem: Box::new(Problem::new(ProblemKind::Failed, hostile, hostile, hostile)),
        },
        Action::Inspect => Outcome::done(hostile),
        _ => usual_outcome(step, action),
    });
    fake.write(hostile);
    fake.go(None);
    let mut console = setup(fake).open(|_, _| {});
    for keys in [
        "3",
        "enter",
        "o",
        "o",
        "enter",
        "esc R",
        "esc d",
        "esc b",
        "esc g g enter",
    ] {
        console.keys(keys);
        for text in [console.screen(), console.linear()] {
            for sign in ['\u{1b}', '\u{7}', '\u{202e}', '\u{200b}'] {
                assert!(!text.contains(sign), "{sign:?} after <{keys}>\n{text}");
            }
        }
    }
}

#[test]
fn a_journal_that_cannot_be_read_is_said_once_and_read_when_it_can_be() {
    let mut console = running(Some(Step::Restart));
    let problem = Problem::new(
        ProblemKind::Failed,
        "The journal cannot be read.",
        "Denied.",
        "Mend its rights.",
    );
    for _ in 0..3 {
        console.send(kestra_admin::app::msg::Msg::RunLost("7f3a".to_owned(), problem.clone()));
    }
    console.shows("No news of it: The journal cannot be read. Denied.");
    let told = console
        .model
        .messages
        .log
        .iter()
        .filter(|message| message.problem.is_some())
        .count();
    assert_eq!(told, 1);
    console.fake.write("again");
    console.news().lacks("No news of it");
    // What belongs to a run that is not on screen is nobody's.
    console.send(kestra_admin::app::msg::Msg::RunLost("gone".to_owned(), problem));
}

#[test]
fn without_colour_and_unicode_everything_is_still_said() {
    use kestra_admin::app::appearance::{Depth, Glyphs};

    let mut console = running(Some(Step::SyncAccess));
    console.look("default", Depth::Mono, Glyphs::Ascii);
    let screen = console.screen();
    assert!(screen.is_ascii(), "{screen}");
    for words in [
        "[x] inspect",
        "done",
        "[>] sync-access",
        "running",
        "[ ] verify",
        "pending",
    ] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}

mod by_lines {
    use super::*;

    #[track_caller]
    fn says(console: &Console, words: &str) {
        let text = console.linear();
        assert!(text.contains(words), "no `{words}` in\n{text}");
    }

    #[test]
    fn the_whole_way_goes_by_lines_and_numbers() {
        let mut console = setup(Fake::new(grown())).open(|_, _| {});
        says(&console, "The command `migration` leads through turning it on.");
        console.line("migration");
        says(&console, "Migration of prod-eu, page 1 of 6, Check");
        says(
            &console,
            "pass: settings in effect: multi-tenancy off, default tenant on",
        );
        console.line("");
        says(
            &console,
            "1. Everything that can be, here and now, selected: Runs `docker",
        );
        says(&console, "A number answers. An empty line answers with 1.");
        console.line("2");
        says(&console, "page 3 of 6, Restart");
        console.line("").line("n");
        says(&console, "Field 1 of 3, Id: not set");
        console.line("Dev").line("").line("");
        says(&console, "Error: Id: must start with");
        console
            .line(":form-leave")
            .line("n")
            .line("dev")
            .line("Development")
            .line("bob");
        says(&console, "1. dev  Development  admin bob");
        console.line("");
        says(&console, "1. Keep it (recommended)");
        console.line("2");
        says(
            &console,
            "3 of 37 users have access to no other tenant:  anna, carol, user03",
        );
        says(&console, "Type prod-eu to continue; anything else changes nothing.");
        console.line("no");
        says(&console, "page 5 of 6");
        says(&console, "An empty line answers with 1.");
        console.line("");
        says(&console, "page 6 of 6, Plan");
        says(&console, "backup: skipped, you said that a backup was made elsewhere");
        // Nothing starts by an empty line.
        console.line("");
        says(&console, "1. Start it");
        console.line("1");
        says(&console, "Migrate prod-eu");
        says(&console, "Commands: `docker compose up -d`");
        says(&console, "Type yes to start;");
        console.line("").line("1").line("yes");
        says(
            &console,
            "Run 7f3a. ? says what can be done, Ctrl-l all of this again.\nMigration of prod-eu to multi-tenancy.",
        );
        let before = console.linear();
        console.fake.go(Some(Step::Restart));
        console.news().wait(10_000);
        let after = console.linear();
        says(&console, "Step 3 of 11 done: enable:");
        console.fake.go(None);
        console.news();
        says(&console, "Step 4 of 11 done: restart: 4 of 4 services back");
        says(&console, "The plan is fulfilled.");
        // Lines are only added, so that nothing has to be heard twice.
        let told = |text: &str| -> String {
            text.lines()
                .filter(|line| !line.starts_with("ok: "))
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert!(told(&after).starts_with(&told(&before)), "{before}\n\n{after}");
        assert!(told(&console.linear()).starts_with(&told(&after)));
    }

    #[test]
    fn a_run_that_failed_is_rolled_back_by_lines() {
        let mut console = running(Some(Step::Verify));
        console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
        console.news();
        says(&console, "Stopped by ana@jump1.");
        console.line("rollback");
        for refused in ["99", "0 y y", "99 y y"] {
            console.line(refused);
            says(&console, "1. All of it, back to before `enable`, selected\n2. ");
        }
        says(&console, "note: There is no row 99 here");
        console.line("j");
        says(&console, "2. Back to before `create-tenants`, selected");
        console.line("1");
        says(&console, "Deletes tenant `dev` (Development), if nothing lives in it.");
        console.line("prod-eu");
        says(&console, "Rolling back to before enable");
        console.fake.go(None);
        console.news();
        says(&console, "What this run changed is undone.");
    }
}
