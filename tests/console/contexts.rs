//! Contexts: listed, asked, tried step by step, switched to; and an instance that goes out of reach.

use kestra_admin::app::connect::NewSecret;
use kestra_admin::app::contexts::{ContextRow, Leads};
use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::resume::Place;
use kestra_admin::domain::check::{Check, Outcome};
use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::support::{Console, Setup, context, session, usual};

fn row(name: &str, place: &str, changes: &'static str) -> ContextRow {
    ContextRow {
        leads: match place.strip_prefix("local ") {
            Some(store) => Leads::Store(store.to_owned()),
            None => Leads::Host(place.to_owned()),
        },
        changes,
        is_default: name == "prod",
        ..context(name)
    }
}

fn out_of_reach() -> Problem {
    Problem::new(
        ProblemKind::Unreachable,
        "`https://far.example.com` cannot be reached.",
        "Nothing listens on port 443 of `far.example.com`.",
        "Check that Kestra is running, and that the port is right.",
    )
}

fn console() -> Console {
    let mut console = Console::usual();
    console.contexts = vec![
        (row("default", "local default", "RW"), Ok("EE 0.21.0".to_owned())),
        (row("far", "https://far.example.com", "RO"), Err(out_of_reach())),
        (
            row("prod", "https://kestra.example.com", "RO protected"),
            Ok("EE 1.3.26".to_owned()),
        ),
    ];
    console
}

#[test]
fn contexts_are_listed_and_each_is_asked() {
    let mut console = console();
    console.keys("c");
    insta::assert_snapshot!("contexts-80x24", console.screen());
    console.resize(200, 50);
    insta::assert_snapshot!("contexts-200x50", console.screen());
    console.resize(40, 12);
    insta::assert_snapshot!("contexts-40x12", console.screen());
}

#[test]
fn a_context_that_is_asked_says_so_until_it_answers() {
    let mut console = console();
    console.held = true;
    console.keys("c").answer_first("Contexts").shows("asking");
    console.wait(1_000).shows("asking").lacks("asking 1 s");
    console.wait(2_000).shows("asking 3 s").answer();
    console.lacks("asking").shows("ok, EE 1.3.26");
}

#[test]
fn contexts_are_filtered_by_what_stands_on_the_screen() {
    let mut console = console();
    console.keys("c").shows("ok, EE 1.3.26");
    console
        .keys("/")
        .type_text("1.3")
        .keys("enter")
        .shows("1 of 3")
        .shows("prod");
    console
        .keys("esc /")
        .type_text("leads-to:far")
        .keys("enter")
        .shows("1 of 3");
    console.shows("far").lacks("kestra.example.com");
    console
        .keys("esc /")
        .type_text("answers!=asking")
        .keys("enter")
        .shows("3 contexts * in use filter: answers!=asking");
    console.line(":sort leads-to").shows("[LEADS TO ^]");
}

#[test]
fn without_a_context_the_screen_says_how_to_get_one() {
    let mut console = Console::usual();
    console.keys("c");
    insta::assert_snapshot!("contexts-none", console.screen());
}

/// Where nothing is configured there is one row, the local instance, and what to do about that.
#[test]
fn the_local_instance_alone_comes_with_ways_to_more() {
    let mut console = console();
    console.contexts.truncate(1);
    console.keys("c");
    insta::assert_snapshot!("contexts-local-80x24", console.screen());
    console
        .resize(40, 12)
        .shows("n connects to a Kestra")
        .shows("T practises");
    assert!(
        console.linear().contains("T practises on a rehearsal"),
        "{}",
        console.linear()
    );
}

/// Whether changes are allowed is seen before a context is entered, at any size.
#[test]
fn whether_changes_are_allowed_is_in_every_row() {
    let mut console = console();
    console.keys("c");
    for (width, height) in [(40, 12), (60, 20), (80, 24), (100, 30), (200, 50)] {
        console.resize(width, height).shows("default RW");
        console.shows("far RO").shows("prod RO protected");
    }
    assert!(
        console
            .linear()
            .contains("far, changes RO, leads to https://far.example.com, ")
    );
}

#[test]
fn switching_begins_anew_and_a_protected_context_is_locked() {
    let mut console = console();
    console.keys("j enter").keys("c G enter");
    let screen = console.screen();
    assert!(screen.contains("prod > Tenants"), "{screen}");
    assert!(screen.contains("Switched to prod"), "{screen}");
    assert!(console.model.screens.is_empty());
    assert_eq!(console.entered.as_deref(), Some("prod"));
    assert_eq!(console.model.session.command_words, ["--context", "prod"]);
    console.keys("n");
    assert!(console.screen().contains("changes are locked"), "{}", console.screen());
}

#[test]
fn a_context_that_cannot_be_reached_leaves_everything_as_it_is() {
    let mut console = console();
    console.keys("c j enter");
    let screen = console.screen();
    assert!(screen.contains("far.example.com"), "{screen}");
    assert_eq!(console.model.session.context, "default");
    assert_eq!(console.entered, None);
    console.keys("esc esc");
    assert!(console.screen().contains("default > Tenants"), "{}", console.screen());
}

/// The screen shows which contexts there are while it switches, and after that failed.
#[test]
fn a_switch_by_name_that_fails_leaves_the_list_of_contexts() {
    let mut console = console();
    console.held = true;
    console.send(Msg::Run("context far".to_owned()));
    console.wait(300).shows("switching");
    console.answer().shows("3 contexts").shows("! Nothing listens on");
    console.shows("ok, EE 1.3.26").lacks("not asked");
    console.send(Msg::Run("context nowhere".to_owned()));
    console.shows("There is no context `nowhere`.").shows("3 contexts");
    console.shows("ok, EE 1.3.26").lacks("not asked");
    assert_eq!(console.model.session.context, "default");
}

#[test]
fn what_was_typed_is_not_lost_by_a_switch() {
    let mut console = console();
    console.keys("n").type_text("acme");
    console.send(Msg::Run("context prod".to_owned()));
    console.shows("What was typed has not been sent and would be lost.");
    console.keys("esc").shows("New tenant *");
    assert_eq!(console.model.session.context, "default");
}

/// As when a start was cut off there, and one went elsewhere before the form was opened again.
#[test]
fn what_was_typed_in_a_context_is_offered_where_one_comes_back_to_it() {
    let mut typed = Console::usual();
    typed
        .keys("j e")
        .type_text(" Ltd")
        .keys("ctrl-o enter")
        .shows("u takes it back");
    typed.wait(1_000).keys("q n").type_text("Umbrella").wait(1_000);
    let mut console = console();
    console
        .contexts
        .push((row("lab", "local lab", "RW"), Ok("EE 0.21.0".to_owned())));
    console.files.insert("lab".to_owned(), typed.saved.take().unwrap());
    console.line(":ctx lab").shows("lab > Tenants");
    console.shows("`:kept` opens what was kept: unsent tenant umbrella");
    console.wait(1_000);
    assert!(
        console
            .saved
            .as_ref()
            .is_some_and(|saved| saved.kept.is_some() && saved.undos.len() == 1)
    );
    console.line(":kept").shows("Name Umbrella");
}

/// What was asked for with the switch goes before it, and so does the place that one comes back to.
#[test]
fn the_tenant_of_a_context_is_opened_where_nothing_else_was_asked_for() {
    let opened = "far > Tenants > acme > Overview";
    let to = |line: &str| {
        let mut console = two_contexts();
        console.begins_in = Some("acme");
        console.line(line);
        console
    };
    to(":ctx far").shows(opened);
    to(":ctx far /bil")
        .wait(1_000)
        .lacks(opened)
        .shows("filter: bil")
        .shows("Billing");
    to(":ctx far tenants").lacks(opened).shows("far > Tenants");
    to(":ctx far tenant billing")
        .lacks(opened)
        .shows("far > Tenants > billing > Overview");
    to(":ctx far help").lacks(opened).shows("Help");
    let mut console = to(":ctx far");
    console.line(":tenants").keys("/ b i l enter").wait(1_000);
    console.begins_in = None;
    console.line(":ctx default").shows("default > Tenants");
    console.begins_in = Some("acme");
    console.keys("-").wait(1_000);
    console.lacks(opened).shows("far > Tenants").shows("filter: bil");
}

/// The list of contexts is the way out, and no place to come back to.
#[test]
fn a_context_that_was_switched_from_is_come_back_to_where_one_was() {
    for way in [":ctx prod", "c"] {
        let mut console = console();
        console.keys("j enter tab").shows("[Roles]");
        match way {
            "c" => console.keys("c G enter"),
            line => console.line(line),
        };
        console.shows("prod > Tenants");
        let saved = console.saved.take().expect("what was left is kept");
        assert_eq!(saved.places.len(), 1, "{way}: {:?}", saved.places);
        assert!(
            matches!(&saved.places[0], Place::Tenant { tab, .. } if tab == "Roles"),
            "{way}"
        );
        // Where one was not elsewhere there is nothing to say.
        let mut console = self::console();
        console.keys("c G enter").shows("prod > Tenants");
        assert!(console.saved.is_none_or(|saved| saved.places.is_empty()));
    }
}

#[test]
fn a_switch_can_be_given_up_and_its_late_answer_changes_nothing() {
    let mut console = console();
    console.keys("c G");
    console.held = true;
    console.keys("enter").wait(3000);
    assert!(console.screen().contains("switching 3 s"), "{}", console.screen());
    console.keys("ctrl-c");
    console.answer();
    assert_eq!(console.model.session.context, "default");
}

/// A console that shows the way to a context.
pub fn examined() -> Console {
    let mut console = console();
    console.checks = vec![
        Check::new("name resolution", Outcome::Pass, "127.0.0.1"),
        Check::new("TLS", Outcome::Skipped, "the address is not encrypted"),
        Check::new("clock", Outcome::Warn, "Kestra's clock is 7 minutes ahead").with_next("Set both by NTP."),
        Check::new("identity", Outcome::Fail, "the password is not accepted")
            .with_next("Look at `auth` of the context."),
    ];
    console.keys("c j t");
    console
}

#[test]
fn the_way_to_a_context_is_shown_step_by_step() {
    let mut console = examined();
    insta::assert_snapshot!("checks-80x24", console.screen());
    console.checks.truncate(2);
    console.keys("r");
    let screen = console.screen();
    assert!(screen.contains("Everything is as it should be"), "{screen}");
    assert!(!screen.contains("clock"), "{screen}");
    console.keys("esc");
    assert!(console.screen().contains("3 contexts"), "{}", console.screen());
}

/// The rows stay, the header says so, and it is tried again later and later.
#[test]
fn an_instance_out_of_reach_is_tried_again_by_itself() {
    let mut console = Console::usual();
    for _ in 0..6 {
        console.fail_next("Tenants", out_of_reach());
        console.fail_next("Instance", out_of_reach());
    }
    console.keys("r");
    let screen = console.screen();
    assert!(screen.contains("! no answer, trying again"), "{screen}");
    assert!(screen.contains("acme"), "the rows stay: {screen}");
    let asked = console.asked.len();
    console.wait(1900);
    assert_eq!(console.asked.len(), asked, "not before its time");
    console.wait(200 + 4000 + 8000 + 16_000 + 30_000);
    let lists = console.asked.iter().skip(asked);
    let lists = lists.filter(|request| matches!(request, Request::Tenants(_))).count();
    assert!((4..=6).contains(&lists), "{lists} tries in a minute");
    console.wait(120_000);
    let screen = console.screen();
    assert!(!screen.contains("no answer"), "{screen}");
    assert!(!screen.contains("cannot be reached"), "{screen}");
    let asked = console.asked.len();
    console.wait(5_000);
    assert_eq!(console.asked.len(), asked, "it rests once it was answered");
}

/// A form is never read over.
#[test]
fn nothing_is_tried_while_something_is_typed() {
    let mut console = Console::usual();
    console.fail_next("Tenants", out_of_reach());
    console.keys("r n").type_text("new");
    let lists = |console: &Console| {
        let asked = console.asked.iter();
        asked.filter(|request| matches!(request, Request::Tenants(_))).count()
    };
    let before = lists(&console);
    console.wait(20_000);
    assert_eq!(lists(&console), before);
    assert!(console.screen().contains("new"), "{}", console.screen());
}

const URL: &str = "https://kestra.example.com";

/// What is typed into the form that connects; `Tab` goes from field to field.
fn connecting(answer: Result<String, Problem>) -> Console {
    let mut console = Console::usual();
    console.contexts = vec![(row(URL, URL, "RW"), answer)];
    console.checks = vec![
        Check::new("name resolution", Outcome::Pass, "192.0.2.1"),
        Check::new("release", Outcome::Pass, "1.3.26"),
    ];
    console
        .keys("c n")
        .type_text(URL)
        .keys("tab")
        .type_text("ana@example.com");
    console
        .keys("tab tab")
        .type_text("hunter2")
        .keys("tab")
        .type_text("prod");
    console
}

#[test]
fn a_kestra_is_connected_to_by_a_form_that_shows_the_steps_and_no_secret() {
    let mut console = connecting(Ok("EE 1.3.26".to_owned()));
    insta::assert_snapshot!("connect-80x24", console.screen());
    assert!(!console.screen().contains("hunter2"));
    assert!(!format!("{:?}", console.model).contains("hunter2"));
    console.keys("enter").shows(">Protect it").keys("enter");
    let screen = console.screen();
    assert!(screen.contains("prod > Tenants"), "{screen}");
    assert!(
        screen.contains("Connected to prod; the next start opens it, too"),
        "{screen}"
    );
    assert!(!format!("{:?}", console.asked).contains("hunter2"));
}

#[test]
fn a_connection_that_is_stopped_is_cancelled_and_the_toast_names_a_key_that_types_nothing() {
    for keys in ["ctrl-c", "esc"] {
        let mut console = connecting(Ok("EE 1.3.26".to_owned()));
        console.held = true;
        console.keys("ctrl-o").shows("Esc stop").keys(keys);
        console
            .lacks("r reads again")
            .lacks("would be lost")
            .shows("Stopped, nothing is kept; Ctrl-o tries again");
        console.answer().lacks("prod >").shows("Esc leave");
        console.keys("esc").shows("would be lost").keys("tab enter");
        console.lacks("Connect to a Kestra");
    }
}

/// It is kept only after the last step, and may be by the time that it is stopped.
#[test]
fn a_connection_that_is_stopped_as_it_is_kept_is_not_said_to_be_kept_nowhere() {
    for (keys, said) in [
        (
            "ctrl-c",
            "Stopped while it was kept; Esc, then c, shows whether it is there",
        ),
        (
            ":",
            "Left while it was kept; c, the contexts, shows whether it is there",
        ),
    ] {
        let mut console = connecting(Ok("EE 1.3.26".to_owned()));
        console.held = true;
        console.keys("ctrl-o");
        let (job, _) = console.waiting.back().cloned().unwrap();
        console.send(Msg::Checked(job, Check::new("maintenance", Outcome::Pass, "off")));
        if keys == ":" {
            console.send(Msg::Run("tenants".to_owned())).keys("tab enter");
        } else {
            console.keys(keys);
        }
        console.shows(said).lacks("nothing is kept");
    }
}

#[test]
fn what_is_typed_while_it_connects_is_refused_aloud() {
    let mut console = connecting(Ok("EE 1.3.26".to_owned()));
    console.held = true;
    console.keys("ctrl-o").type_text("x");
    console.shows("Nothing is typed while it connects; Esc stops that");
    console
        .paste("more")
        .keys("esc")
        .shows(">Keep as context prod ")
        .lacks("more");
}

#[test]
fn a_connection_that_works_while_something_is_typed_above_it_takes_nothing_away() {
    let mut console = connecting(Ok("EE 1.3.26".to_owned()));
    console.held = true;
    console.keys("ctrl-o ctrl-g").type_text("field").answer();
    console.shows("Help").shows("/ field");
    assert_eq!(console.entered, None);
    // It is kept, and so not to be connected to once more.
    console.keys("esc").lacks("Connect to a Kestra").shows("Contexts");
    console
        .keys("L")
        .shows("prod is ready; c, the contexts, leads to it; the next start");
}

/// The steps are off the screen with the switch.
#[test]
fn what_is_warned_of_on_the_way_is_said_with_the_switch_and_kept_with_the_steps() {
    let mut console = connecting(Ok("EE 0.15.3".to_owned()));
    let why = "Tenants cannot be managed: in Kestra 0.15 to create tenants takes CREATE on TENANT.";
    let warning = Check::new("rights", Outcome::Warn, why).with_next("Use the account of a superadmin.");
    console.checks.push(warning);
    console.keys("ctrl-o").shows("prod > Tenants");
    console.shows("Connected to prod; rights: Tenants cannot be managed");
    console.keys("L").shows("Connected to prod").keys("enter");
    for words in [
        "CREATE on TENANT; the next start opens it, too",
        "name resolution",
        "Use the account of",
    ] {
        console.shows(words);
    }
}

#[test]
fn an_attempt_that_fails_keeps_what_was_typed_and_shows_how_far_it_came() {
    let mut console = connecting(Err(out_of_reach()));
    console.keys("ctrl-o");
    insta::assert_snapshot!("connect-failed-80x24", console.screen());
    assert_eq!(console.model.session.context, "default");
    console.keys("esc").shows("would be lost").keys("tab enter");
    assert!(
        console.screen().contains("default > Tenants > Contexts"),
        "{}",
        console.screen()
    );
    console.lacks("Connect to a Kestra").lacks("would be lost");
}

#[test]
fn where_not_all_fields_of_a_connection_have_room_it_says_at_which_one_is() {
    let mut console = Console::usual();
    console.keys("c n").lacks("field 1 of 6").resize(40, 12);
    console.shows(">URL").lacks("Protect it").shows("field 1 of 6");
    console.keys("shift-tab").shows(">Protect it").shows("field 6 of 6");
}

#[test]
fn a_form_that_connects_is_not_left_by_accident() {
    let mut console = connecting(Ok("EE 1.3.26".to_owned()));
    console
        .keys("esc")
        .shows("What was typed has not been sent and would be lost.");
    console.keys("enter").shows(URL).shows("prod");
    console.keys("ctrl-c ctrl-c").shows("Leave the program");
    console
        .shows("keeps it for the next start, but for the secret")
        .keys("esc")
        .shows(URL);
    assert!(!console.has_quit);
    // An empty one is left at once.
    let mut console = Console::usual();
    console
        .keys("c n esc q")
        .lacks("would be lost")
        .shows("default > Tenants");
    console.lacks("Connect to a Kestra");
}

#[test]
fn where_nothing_is_changed_a_kestra_is_connected_to_and_not_kept() {
    for (is_flag, why) in [
        (true, "Nothing is kept: it was started with --read-only."),
        (false, "Nothing is kept: the configuration is read-only."),
    ] {
        let mut console = connecting(Ok("EE 1.3.26".to_owned()));
        console.model.session.read_only_flag = is_flag;
        console.model.session.read_only_configuration = !is_flag;
        let connects = |console: &Console| {
            let is_one = |request: &&Request| matches!(request, Request::Connect(_));
            console.asked.iter().filter(is_one).count()
        };
        console
            .keys("ctrl-o")
            .shows(why)
            .shows("Without a name it connects")
            .shows("ana@example.com");
        assert_eq!(connects(&console), 0);
        console.keys("ctrl-u ctrl-o");
        assert_eq!(connects(&console), 1);
        console.lacks("Connect to a Kestra").shows("> Tenants");
    }
}

#[test]
fn the_colour_of_a_context_is_shown_where_one_chooses() {
    let mut console = console();
    console.contexts[2].0.color = "red";
    console.keys("c").shows("prod [red]").lacks("default [");
    assert!(console.styled().contains("red+bold"), "{}", console.styled());
    assert!(console.linear().contains("prod [red]"), "{}", console.linear());
    console.resize(40, 12).shows("prod [red]").resize(80, 24);
    console
        .keys("/")
        .type_text("color:red")
        .keys("enter")
        .shows("prod [red]")
        .lacks("far.example.com");
}

#[test]
fn a_secret_can_stay_in_a_variable_or_a_file_and_the_context_can_be_protected() {
    let mut console = connecting(Ok("EE 1.3.26".to_owned()));
    console
        .keys("shift-tab shift-tab right")
        .shows("Variable")
        .lacks("hunter2");
    console.keys("tab").paste("KESTRA_TOKEN").shows("KESTRA_TOKEN");
    console.keys("tab tab right").shows("< yes >");
    insta::assert_snapshot!("connect-variable-80x24", console.screen());
    console.resize(40, 12).shows("Protect it").resize(80, 24).keys("ctrl-o");
    let Some(Request::Connect(new)) = console
        .asked
        .iter()
        .find(|request| matches!(request, Request::Connect(_)))
    else {
        panic!("nothing was sent");
    };
    assert_eq!(new.secret, NewSecret::Variable("KESTRA_TOKEN".to_owned()));
    assert!(new.protected);
}

#[test]
fn the_form_that_connects_goes_by_lines() {
    let mut console = connecting(Ok("EE 1.3.26".to_owned()));
    console
        .keys("tab tab")
        .line(URL)
        .line("ana@example.com")
        .line("nowhere");
    assert!(
        console.linear().contains("`nowhere` is none of"),
        "{}",
        console.linear()
    );
    console.line("file").line("~/kestra-token").line("prod").line("y");
    let sent = console.asked.iter().find_map(|request| match request {
        Request::Connect(new) => Some(new.secret.clone()),
        _ => None,
    });
    assert_eq!(sent, Some(NewSecret::File("~/kestra-token".to_owned())));
}

#[test]
fn a_secret_can_come_from_a_command_whose_words_are_kept_apart() {
    let mut console = connecting(Ok("EE 1.3.26".to_owned()));
    console
        .keys("shift-tab shift-tab left")
        .shows("< command >")
        .shows("Command")
        .lacks("hunter2");
    console.keys("tab ctrl-o").shows("The command is missing");
    console.type_text("pass show 'kestra token").keys("ctrl-o");
    console.shows("A quote in the command is never closed. Close it.");
    console.type_text("'").keys("ctrl-o");
    let sent = console.asked.iter().find_map(|request| match request {
        Request::Connect(new) => Some(new.secret.clone()),
        _ => None,
    });
    let words = ["pass", "show", "kestra token"].map(str::to_owned).to_vec();
    assert_eq!(sent, Some(NewSecret::Command(words)));
}

#[test]
fn what_cannot_be_a_connection_is_said_at_once() {
    let mut console = Console::usual();
    console.keys("c n").type_text("kestra.example.com").keys("ctrl-o");
    assert!(console.screen().contains("starts with http"), "{}", console.screen());
    console.keys("n ctrl-u");
    let asked = console.asked.len();
    console.keys("ctrl-o");
    assert_eq!(console.asked.len(), asked, "nothing is sent");
}

#[test]
fn switching_while_something_typed_would_be_lost_asks() {
    let mut console = Console::usual();
    console.contexts = vec![(row("far", "https://far.example.com", "RW"), Ok("EE 1.3".to_owned()))];
    console.keys("enter tab n").type_text("Ops").keys("enter space");
    console.send(Msg::Run("context far".to_owned()));
    console
        .shows("Switch to far")
        .shows("What was typed has not been sent and would be lost.")
        .keys("enter")
        .lacks("Switch to far")
        .shows("New role");
    console.send(Msg::Run("context far".to_owned()));
    console.keys("tab enter").shows("Switched to far");
}

/// What a line says of a context is for the switch that it asks for, and no later one.
#[test]
fn what_was_to_follow_a_switch_that_was_given_up_does_not_follow_another() {
    let mut console = console();
    console.held = true;
    console.send(Msg::Run("context prod messages".to_owned()));
    console.keys("ctrl-c").answer();
    console.shows("default > Tenants > Contexts").keys("r G enter");
    console.shows("prod > Tenants").lacks("Messages");
}

#[test]
fn the_colour_of_a_context_is_also_a_word() {
    let mut console = Setup {
        session: session(|session| session.color = Some("red")),
        ..Setup::default()
    }
    .open(usual);
    console.shows("default [red] RW");
    assert!(console.styled().contains("red+bold"), "{}", console.styled());
    assert!(console.linear().contains("Tenants on default [red], RW"));
    console.resize(40, 12).shows("RW default [red] > Tenants");
}

/// What a Kestra that does not let one in says, step by step.
fn let_down() -> Console {
    let mut console = connecting(Err(Problem::new(
        ProblemKind::Denied,
        "Not connected: Kestra does not let you in.",
        "identity: It refused the password.",
        "Type it again.",
    )));
    let step = |name, found: &str| Check::new(name, Outcome::Pass, found);
    console.checks = vec![
        step("name resolution", "192.0.2.1"),
        step("connection", "port 443"),
        step("TLS", "Kestra's certificate is good for 42 days."),
        step("answers as Kestra", "Kestra answers within 40 ms."),
        step("release", "1.3.26"),
        step("edition", "Enterprise"),
        Check::new(
            "identity",
            Outcome::Fail,
            "Kestra does not let you in. Nobody is called so, the password is wrong, the account is locked, or it has no access.",
        )
        .with_next("Check the username and the password; a superadmin can unlock the account."),
    ];
    let skipped = ["rights", "clock", "licence", "maintenance"];
    let skipped = skipped.map(|name| Check::new(name, Outcome::Skipped, "not looked at: identity failed"));
    console.checks.extend(skipped);
    console
}

#[test]
fn what_failed_on_the_way_is_in_view_with_what_to_do_next_and_the_rest_scrolls() {
    for (width, height) in [(80, 24), (60, 20), (40, 12)] {
        let mut console = let_down();
        console.resize(width, height).keys("ctrl-o");
        console.shows("fail").shows("identity").shows("Not connected");
        console.shows("PgDn PgUp");
        if height > 12 {
            console.shows("can unlock").shows("account.");
        }
        insta::assert_snapshot!(format!("connect-let-down-{width}x{height}"), console.screen());
        console.keys("pgdn pgdn ctrl-d").shows("maintenance").lacks("TLS");
        console
            .keys("pgup pgup pgup pgup pgup pgup pgup")
            .shows("name resolution");
        console.shows("lines 1-");
    }
}

#[test]
fn at_the_smallest_size_no_hint_of_the_form_is_cut() {
    let mut console = Console::usual();
    console.resize(40, 12).keys("c n");
    console.shows("Such as").shows("if there is one.").shows(">URL");
    console.keys("tab tab tab tab tab").shows(">Protect it");
    console.keys("y").shows("< yes >").keys("n").shows("< no >");
}

#[test]
fn the_last_view_leads_back_to_the_context_one_came_from() {
    let mut console = console();
    console.model.session.command_words = vec!["--context".to_owned(), "default".to_owned()];
    console.keys("j enter").shows("[Overview]");
    console.keys("c G enter").shows("Switched to prod");
    assert_eq!(console.entered.as_deref(), Some("prod"));
    console.keys("-").shows("Switched to default");
    assert_eq!(console.entered.as_deref(), Some("default"));
    console.shows("[Overview]");
    // Who has been elsewhere since stays in the context.
    console.keys("L -").shows("[Overview]").keys("-").shows("Messages");
    assert_eq!(console.entered.as_deref(), Some("default"));
}

/// A console in the context `default`, beside which there is another one.
fn two_contexts() -> Console {
    let mut console = Console::usual();
    console.with_contexts(["default", "far"]);
    console.model.session.command_words = vec!["--context".to_owned(), "default".to_owned()];
    console
}

#[test]
fn the_last_two_places_are_gone_between_as_often_as_one_likes_wherever_they_are() {
    for there in [":ctx far", "c G enter"] {
        let mut console = two_contexts();
        console.keys("j enter").shows("[Overview]");
        if there.starts_with(':') {
            console.send(Msg::Run(there.trim_start_matches(':').to_owned()));
        } else {
            console.keys(there);
        }
        console.shows("far > Tenants").lacks("[Overview]");
        for _ in 0..3 {
            console.keys("-").shows("[Overview]");
            assert_eq!(console.entered.as_deref(), Some("default"));
            console.keys("-").shows("far > Tenants").lacks("[Overview]");
            assert_eq!(console.entered.as_deref(), Some("far"));
        }
    }
}

#[test]
fn a_place_of_an_earlier_visit_is_not_where_one_was_last() {
    let mut console = two_contexts();
    console.send(Msg::Run("ctx far".to_owned()));
    console.keys("j enter").shows("[Overview]");
    console.keys("c g g enter").shows("default > Tenants");
    console.send(Msg::Run("ctx far tenants /state:active".to_owned()));
    console.shows("far > Tenants").shows("filter: state:active");
    console.keys("-").shows("default > Tenants").lacks("state:active");
    console.keys("-").shows("far > Tenants").shows("filter: state:active");
}

#[test]
fn back_from_the_first_place_of_a_context_says_how_to_get_to_the_one_before() {
    let mut console = two_contexts();
    console.send(Msg::Run("ctx far".to_owned()));
    console
        .keys("[")
        .shows("Not now: you were nowhere before in far; - goes back to default");
}

#[test]
fn what_is_left_to_take_back_is_said_of_the_context_it_is_about() {
    let mut console = console();
    console.model.session.command_words = vec!["--context".to_owned(), "default".to_owned()];
    console.keys("j e").type_text(" Ltd").keys("ctrl-o enter");
    console.shows("Tenant acme updated; u takes it back");
    console.keys("c G enter").shows("Switched to prod");
    console.model.session.unlock(0);
    console
        .keys("u")
        .shows("Not now: there is nothing to take back in prod");
}

#[test]
fn no_context_of_the_same_name_is_taken_for_the_store_one_came_from() {
    let mut console = console();
    console.model.session.command_words = vec!["--store".to_owned(), "default".to_owned()];
    console.keys("c G enter").shows("Switched to prod");
    console.keys("-").shows("Not now: you were nowhere else yet");
    assert_eq!(console.entered.as_deref(), Some("prod"));
}

#[test]
fn of_the_context_in_use_what_is_known_already_is_shown_while_it_is_asked_again() {
    let mut console = Setup {
        hold: true,
        ..Setup::default()
    }
    .open(usual);
    console.contexts = vec![(
        row("default", "https://near.example.com", "RW"),
        Ok("EE 0.21.0".to_owned()),
    )];
    for question in ["Instance", "Tenants"] {
        console.fail_next(question, out_of_reach());
    }
    console.answer();
    console.held = true;
    console.keys("c").answer_first("Contexts").wait(200);
    for (width, words) in [
        (60, "! Nothing listens"),
        (80, "! Nothing listens on po"),
        (200, ", asking again"),
    ] {
        console.resize(width, 24).shows(words).shows("checking 1 server");
    }
    console.resize(80, 24);
    console.answer().shows("ok, EE 0.21.0").lacks("checking");
    console.keys("r esc").lacks("checking");
    assert_eq!(console.model.running(), 0);
}

#[test]
fn what_does_not_answer_is_not_offered_to_be_migrated() {
    let mut console = Setup {
        hold: true,
        ..Setup::default()
    }
    .open(usual);
    for question in ["Instance", "Tenants"] {
        console.fail_next(question, out_of_reach());
    }
    console.answer().shows("r refresh").lacks("m migration");
    assert!(!console.linear().contains("migration"), "{}", console.linear());
}

#[test]
fn a_context_that_was_taken_out_while_it_is_worked_in_is_told() {
    let mut console = two_contexts();
    console.model.session.place = "/one".to_owned();
    console.keys("c").lacks("gone from the configuration").keys("q");
    console.with_contexts(["far"]);
    console
        .keys("c")
        .shows("Context default is gone from the configuration; here it is read-only");
    console.keys("q").shows("default > Tenants");
}

fn told(console: &Console) -> usize {
    console.model.messages.log.len()
}

/// It is recorded by the words by which it was entered, and by these one comes back to it.
#[test]
fn what_was_sent_where_the_context_leads_elsewhere_by_now_is_found_by_the_words_it_was_sent_with() {
    let mut console = two_contexts();
    console.model.session.place = "/one".to_owned();
    console.keys("j e").type_text(" Ltd");
    console.fail_next("Update", out_of_reach().unknown());
    console.keys("ctrl-o ctrl-o").wait(1_000);
    console.model.session.stray(true);
    console.type_text("d").wait(1_000);
    let saved = console.saved.as_ref().and_then(|saved| saved.words.clone());
    assert_eq!(
        saved.as_deref(),
        Some(&["--context".to_owned(), "default".to_owned()][..])
    );
    console.start_again();
    let (command, is_done) = &console.found[0];
    assert!(
        !is_done && command.starts_with("kestra-admin --context default tenants update"),
        "{command}"
    );
}

/// Commands that are copied, and recorded as messages, mean the place that is shown, and no row is told to be that.
#[test]
fn a_context_that_leads_elsewhere_while_it_is_worked_in_is_told() {
    let mut console = two_contexts();
    console.model.session.place = "/one".to_owned();
    let leads_to = |console: &mut Console, place: &str| {
        for (row, _) in &mut console.contexts {
            row.place = place.to_owned();
        }
    };
    leads_to(&mut console, "/one");
    console.keys("c").shows(">*default").lacks("elsewhere").keys("q");
    leads_to(&mut console, "/two");
    console
        .keys("c")
        .shows("Context default leads elsewhere by now; this is read-only, and stays /one")
        .shows("> default");
    let copied = console.keys("q").copy("y c");
    assert!(copied.starts_with("kestra-admin --store /one "), "{copied}");
    // What is recorded goes by the name of the context, so that nothing is changed.
    console
        .keys("n")
        .shows("Not now: changes are locked: the context leads");
    console.keys("W").shows("changes are locked: the context leads");
    console.keys("c k enter").shows("Switched to default");
    console.keys("n").shows("New tenant");
    // Where the file is put right it is told once, and commands lead there by its name again.
    let mut console = two_contexts();
    console.model.session.place = "/one".to_owned();
    leads_to(&mut console, "/two");
    console.keys("c").shows("leads elsewhere by now").keys("q c");
    assert_eq!(told(&console), 1);
    leads_to(&mut console, "/one");
    console
        .keys("q c")
        .shows("Context default leads here again")
        .shows(">*default")
        .keys("q c");
    assert_eq!(told(&console), 2);
    let copied = console.keys("q n").type_text("new").keys("ctrl-o").copy("y c");
    assert!(copied.starts_with("kestra-admin --context default "), "{copied}");
    // What may not be changed by now is not changed.
    let mut console = two_contexts();
    console.contexts[0].0.read_only = true;
    console
        .keys("c")
        .shows("Context default is read-only by now")
        .keys("q n");
    console.shows("Not now: changes are locked");
    assert!(console.model.screens.is_empty());
}

#[test]
fn contexts_that_are_opened_over_others_are_read_as_well() {
    let mut console = two_contexts();
    console
        .keys("c L c")
        .shows("Contexts > Messages > Contexts")
        .shows(">*default");
    console.shows("https://far.example.com").keys("r").shows("2 contexts");
    console.keys("j enter").shows("Switched to far");
    let mut console = two_contexts();
    console.keys("c j").held = true;
    console.keys("enter L c").held = false;
    console.answer().shows("Switched to far");
    let mut console = two_contexts();
    console
        .keys("c L c q q")
        .shows(">*default")
        .keys("r j enter")
        .shows("Switched to far");
}

/// Whatever else of it was changed, one who made a context protected or read-only wants no change under its name.
#[test]
fn a_context_that_is_locked_while_it_is_worked_in_is_locked_here() {
    let edited = |edit: fn(&mut ContextRow), text: &str| {
        let mut console = two_contexts();
        console.model.session.place = "/one".to_owned();
        for (row, _) in &mut console.contexts {
            row.place = "/one".to_owned();
        }
        edit(&mut console.contexts[0].0);
        console.keys("c");
        assert_eq!(console.model.messages.log.back().unwrap().text, text);
        console.keys("q n").shows("Not now: changes are locked");
        let before = told(&console);
        console.keys("c q");
        assert_eq!(told(&console), before, "it is told once");
    };
    edited(|row| row.protected = true, "Context default is protected by now");
    edited(
        |row| (row.protected, row.read_only) = (true, true),
        "Context default is read-only by now, and is protected by now",
    );
    edited(
        |row| (row.read_only, row.place) = (true, "/two".to_owned()),
        "Context default is read-only by now, and leads elsewhere by now; this is read-only, and stays /one",
    );
    // Where it is gone no command goes by its name.
    let mut console = two_contexts();
    console.model.session.place = "/one".to_owned();
    drop(console.contexts.remove(0));
    console
        .keys("c")
        .shows("Context default is gone from the configuration; here it is read-only")
        .keys("q c q");
    assert_eq!(told(&console), 1);
    let copied = console.copy("y c");
    assert!(copied.starts_with("kestra-admin --store /one "), "{copied}");
    console.keys("n").shows("Not now: changes are locked");
}

#[test]
fn the_steps_to_a_context_name_the_key_that_scrolls_where_there_is_little_room() {
    let mut console = Console::usual();
    console.with_contexts(["far"]);
    let found = "A sentence that takes more than one line of a small screen, and then some more of it. ".repeat(2);
    console.checks = (0..4)
        .map(|_| Check::new("release", Outcome::Pass, &found))
        .chain([Check::new("identity", Outcome::Fail, &found).with_next("Mend it.")])
        .collect();
    console.keys("c G t");
    for (columns, rows) in [(80, 24), (60, 20)] {
        console
            .resize(columns, rows)
            .shows("It cannot be used as it is.")
            .shows("j k scroll");
    }
}
