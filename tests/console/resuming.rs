//! After a lost connection the next start goes on where the last one was cut off.

use kestra_admin::app::msg::Msg;
use kestra_admin::app::resume::Resume;
use kestra_admin::backend::Backend;
use serde_json::json;

use crate::support::{Console, Setup, session, usual};

/// The connection is lost, and the program started again on an instance like the first.
fn cut_off(console: &mut Console, release: &'static str) -> Console {
    console.send(Msg::Ended);
    gone_on(console, release)
}

/// The program started again, with what was kept, on an instance like the first.
fn gone_on(console: &mut Console, release: &'static str) -> Console {
    let saved = console.saved.take().expect("something was kept");
    let text = serde_json::to_string(&saved).unwrap();
    let resume: Resume = serde_json::from_str(&text).unwrap();
    Setup {
        release,
        resume: Some(resume),
        ..Setup::default()
    }
    .open(usual)
}

#[test]
fn filter_order_and_selection_come_back() {
    let mut console = Console::usual();
    console
        .keys("l s")
        .keys("/")
        .type_text("!acme")
        .keys("enter j j")
        .shows("sort: name ^");
    let selected = console.selected_row();
    assert!(selected.starts_with("globex"), "{selected}");
    let mut again = cut_off(&mut console, "0.21");
    again
        .shows("sort: name ^")
        .shows("filter: !acme")
        .shows("2 of 3 tenants")
        .lacks("Acme Corporation");
    assert_eq!(again.selected_row(), selected);
}

/// What is told at a start is not lost to what was kept, which is told over it: neither on screen nor by lines.
#[test]
fn what_a_start_tells_is_told_with_what_was_kept() {
    const TOLD: &str = "Another console that is gone left something";
    let ready = || {
        let mut console = Console::usual();
        console.keys("n").type_text("New").wait(1_000);
        console.model.session.notices = vec![format!("{TOLD}.")];
        console
    };
    let mut console = ready();
    console
        .start_again()
        .shows("Resumed: unsent tenant new. Another console that is gone");
    let mut console = ready();
    console.start_again();
    assert!(console.linear().contains(TOLD), "{}", console.linear());
    // Where it is offered, likewise; and once.
    let mut console = ready();
    console.held = true;
    console.start_again();
    console.keys("6").answer();
    console.shows(":kept").shows("Another console");
    let offered = console
        .model
        .messages
        .log
        .iter()
        .filter(|told| told.text.contains(":kept"));
    assert_eq!(offered.filter(|told| told.text.contains(TOLD)).count(), 1);
    assert!(
        console
            .type_text(":kept")
            .keys("enter")
            .shows("Resumed")
            .model
            .screens
            .len()
            == 1
    );
    console.lacks("Another console");
}

#[test]
fn the_place_comes_back_as_deep_as_it_was() {
    let mut console = Console::usual();
    console.keys("j enter tab enter tab").shows("who holds it");
    let mut again = cut_off(&mut console, "0.21");
    again
        .shows("Resumed: tenant acme. Esc goes back")
        .shows("Tenants > acme > Roles");
    // Ids of roles are made anew with the instance, so that the role is another one; its tenant is there.
    again.shows("Tenant acme").keys("q").shows("3 tenants");
}

#[test]
fn an_unsent_form_comes_back_without_its_secrets() {
    let setup = Setup {
        release: "1.3",
        ..Setup::default()
    };
    let mut console = setup.open(usual);
    console
        .keys("n")
        .type_text("New")
        .field("SDK API token")
        .type_text("s3cret-one");
    console
        .field("Secrets settings")
        .type_text("address: https://v")
        .keys("enter")
        .type_text("token: s3cret-two");
    console.wait(1_000);
    let kept = serde_json::to_string(&console.saved).unwrap();
    assert!(kept.contains("New") && kept.contains("https://v"), "{kept}");
    assert!(!kept.contains("s3cret"), "{kept}");
    let mut again = cut_off(&mut console, "1.3");
    again
        .shows("Resumed: unsent tenant new without secrets. Esc asks whether to discard it")
        .shows(">Secrets settings address: https://v")
        .shows("token: (type it again)")
        .field("Name")
        .shows("Name New")
        .shows("Id new");
    // Where letters are typed, what is cut is read later.
    again.resize(60, 20).shows("L all later").resize(80, 24).lacks("L all");
    // The id still follows the name, and what is there can be sent.
    again.type_text("er").shows("Id newer").keys("ctrl-o");
    again.shows("! `token` has a secret that is hidden or was not kept; type it again");
    for _ in 0.."(type it again)".len() {
        again.keys("backspace");
    }
    again
        .type_text("s3cret-two")
        .keys("ctrl-o enter")
        .shows("Tenant newer created");
}

#[test]
fn an_edit_comes_back_on_top_of_what_the_tenant_is_now() {
    let mut console = Console::usual();
    console.keys("j e").type_text(" Ltd").shows("Name Acme Corporation Ltd");
    let mut again = cut_off(&mut console, "0.21");
    again.shows("Edit tenant acme").shows("Name Acme Corporation Ltd");
    again.lacks("Changed on the instance").keys("ctrl-o");
    again
        .shows("name: Acme Corporation -> Acme Corporation Ltd")
        .keys("enter")
        .shows("Tenant acme updated");
}

/// Tenant acme of release 1.3 with this value at a path, and what was kept of the last time.
fn acme_with(path: &str, value: &serde_json::Value, resume: Option<Resume>) -> Console {
    Setup {
        release: "1.3",
        resume,
        ..Setup::default()
    }
    .open(|instance, runtime| {
        usual(instance, runtime);
        runtime.block_on(async {
            let before = tenant(instance).await;
            let mut after = before.clone();
            after.set_at(path, Some(value.clone()));
            instance.update_tenant(&before, &after).await.unwrap();
        });
    })
}

#[test]
fn an_edit_that_comes_back_does_not_take_its_own_secrets_for_somebody_elses_change() {
    let open = |resume| acme_with("sdkDefaultAuthentication.apiToken", &json!("s3cret"), resume);
    let mut console = open(None);
    console.keys("e").type_text(" Ltd").send(Msg::Ended);
    let resume = console.saved.take().unwrap();
    assert!(!serde_json::to_string(&resume).unwrap().contains("s3cret"));
    let mut again = open(Some(resume));
    again
        .shows("Name Acme Corporation Ltd")
        .lacks("Changed on the instance");
    again
        .keys("ctrl-o")
        .shows("name: Acme Corporation -> Acme Corporation Ltd")
        .lacks("(not set)");
    again.keys("enter").shows("Tenant acme updated");
    let kept = again.meanwhile(async |other| tenant(other).await);
    assert_eq!(
        kept.value_at("sdkDefaultAuthentication.apiToken"),
        Some(&"s3cret".into())
    );
}

/// Also where it comes back for the second time.
#[test]
fn a_form_without_its_secrets_is_said_to_be_so_each_time() {
    let setup = Setup {
        release: "1.3",
        ..Setup::default()
    };
    let mut console = setup.open(usual);
    console.keys("n").type_text("New").field("SDK API token");
    console.type_text("s3cret").wait(1_000);
    for _ in 0..3 {
        console.start_again();
        console.shows("Resumed: unsent tenant new without secrets").wait(1_000);
    }
}

#[test]
fn a_secret_that_was_typed_is_to_be_typed_again_and_one_that_was_there_is_not() {
    let secrets = json!({"address": "https://v", "password": "hunter2", "token": "hunter3"});
    let open = |resume| acme_with("secretConfiguration", &secrets, resume);
    let mut console = open(None);
    console.keys("e").field("Secrets settings").keys("end").type_text("x");
    console.send(Msg::Ended);
    let mut again = open(console.saved.take());
    again.shows("Resumed: unsent tenant acme without secrets");
    again
        .shows("token: (type it again)")
        .shows("password: *******")
        .keys("ctrl-o");
    again.shows("! `token` has a secret that is hidden or was not kept; type it again");
    for _ in 0.."(type it again)".len() {
        again.keys("backspace");
    }
    again
        .type_text("hunter4")
        .keys("ctrl-o enter")
        .shows("Tenant acme updated");
    let kept = again.meanwhile(async |other| tenant(other).await);
    let now = json!({"address": "https://v", "password": "hunter2", "token": "hunter4"});
    assert_eq!(kept.value_at("secretConfiguration"), Some(&now));
}

async fn tenant(instance: &kestra_admin::backend::local::LocalInstance) -> kestra_admin::domain::tenant::Tenant {
    instance.tenant(&"acme".parse().unwrap()).await.unwrap()
}

#[test]
fn what_changes_is_written_within_a_second_and_a_clean_exit_forgets_it() {
    let mut console = Console::usual();
    console.wait(1_000);
    console.keys("n").type_text("New");
    assert!(console.saved.as_ref().is_some_and(|saved| saved.draft.is_none()));
    console.wait(1_000);
    assert!(console.saved.as_ref().is_some_and(|saved| saved.draft.is_some()));
    console.keys("esc tab enter").wait(1_000);
    assert!(console.saved.as_ref().is_some_and(|saved| saved.draft.is_none()));
    console.keys("q");
    assert!(console.has_quit && console.saved.is_none());
}

#[test]
fn what_another_version_kept_is_left_aside() {
    let resume = Resume {
        version: 999,
        filter: "acme".to_owned(),
        ..Resume::default()
    };
    let mut console = Setup {
        resume: Some(resume),
        session: session(|_| {}),
        ..Setup::default()
    }
    .open(usual);
    console.shows("3 tenants").lacks("Resumed").lacks("filter:");
}

/// Presses keys in a console with people, types something, and has the terminal taken away a second later: what was
/// written down until then is all there is, as after `kill -9`.
fn cut_off_after(release: &'static str, keys: &str, typed: &str) -> (Vec<String>, Console) {
    let mut console = Setup {
        release,
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.keys(keys).type_text(typed).wait(1_000);
    let kept = serde_json::to_string(&console.saved).unwrap();
    assert!(!kept.contains("s3cret"), "{kept}");
    let before = place(&console);
    console.start_again();
    (before, console)
}

/// Where the operator is, and what is selected there.
fn place(console: &Console) -> Vec<String> {
    let screen = console.screen();
    let lines = screen.lines().map(str::to_owned);
    lines
        .filter(|line| line.contains(" > ") || line.starts_with("│>"))
        .collect()
}

#[test]
fn every_screen_comes_back() {
    for keys in [
        "j p tab i",
        "j p tab t",
        "j p tab I",
        "j p tab tab",
        "j H",
        "6",
        "j p tab j a",
        "j p w enter enter",
        "j enter tab f down enter",
        "j enter tab j enter",
        "L",
        "c",
        "3",
        "j p tab j",
        "j p tab s S j j",
        "j p tab / a n n a enter",
    ] {
        let (before, mut again) = cut_off_after("1.3", keys, "");
        // That they are open again is the first of the messages.
        assert!(place(&again).starts_with(&before), "{keys}\n{}", again.screen());
        again.shows("Resumed: ");
    }
}

#[test]
fn lines_that_were_typed_come_back_without_what_is_hidden() {
    let (_, mut again) = cut_off_after("1.3", "j p tab n d o r a tab tab tab", "s3cret-pass");
    again
        .shows("Resumed: New user, not sent, tenant billing. Esc asks whether")
        .shows("New user")
        .shows("Username dora")
        .lacks("*");
    let (_, mut again) = cut_off_after("1.3", "j p tab tab n", "Night");
    again.shows("New group").shows("Night");
    again.keys("ctrl-o enter").shows("Group Night created");
}

#[test]
fn lines_that_were_on_their_way_are_not_said_to_be_unsent() {
    let mut console = Console::usual();
    console.keys("j p tab tab n").type_text("Night");
    console.held = true;
    console.keys("ctrl-o").wait(1_000);
    console.held = false;
    console.start_again();
    console.shows("Not done: Create group Night").keys("esc tab enter L");
    console.shows("Create group Night, sent, ");
}

#[test]
fn a_role_about_to_be_given_comes_back_with_whom_it_is_for() {
    let (_, mut again) = cut_off_after("0.21", "j p b a n n a enter", "adm");
    again.shows("Which role is anna@example.com given").shows("adm");
    again.keys("enter enter").shows("of anna@example.com given");
    let (_, mut again) = cut_off_after("0.21", "j p b a n n a enter A d m i n enter", "company.new");
    again
        .shows("Where it is held")
        .keys("enter")
        .shows("of anna@example.com in company.new given");
}

/// Who was to become Admin is looked for again by what was typed, and taken for the same tenants.
#[test]
fn whoever_was_typed_as_a_new_admin_is_typed_again() {
    for (keys, title) in [
        ("j A", "Who becomes Admin of tenant"),
        ("g g j space j space A", "Who becomes Admin of 2 tenants"),
    ] {
        let mut console = Setup {
            release: "1.3",
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        console.keys(keys).shows(title);
        console.type_text("carol").wait(1_000).start_again();
        console.shows("Esc discards it").shows(title).shows("/ carol");
        console.keys("enter").shows("Make carol.with.a.long");
    }
}

/// The default tenant of an instance without multi-tenancy is the only one there is.
#[test]
fn whoever_was_typed_as_an_admin_where_there_are_no_tenants_is_typed_again() {
    let mut console = Setup {
        enabled: Some(false),
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    let title = "Who becomes Admin of tenant";
    console.keys("A").shows(title).type_text("an").wait(1_000).start_again();
    console.shows("Esc discards it").shows(title).shows("/ an");
}

/// Far down in a list that is read by pages the tenant that was selected is selected again, as far down the screen.
#[test]
fn a_tenant_far_down_in_a_long_list_is_selected_again() {
    let rows = |console: &Console| -> Vec<String> {
        let screen = console.screen();
        screen
            .lines()
            .skip(4)
            .take(16)
            .map(|line| line.chars().take(30).collect())
            .collect()
    };
    for keys in ["G k k k k", "S G k k", "/ 1 enter G k k", "l s G k k", "G k enter"] {
        let mut console = crate::lists::many();
        console.keys(keys).wait(1_000);
        let before = rows(&console);
        console.start_again();
        console.wait(1_000);
        assert_eq!(rows(&console), before, "{keys}");
        if keys.ends_with("enter") {
            console.keys("q").shows("> t1498");
        }
    }
}

/// Also where nothing was picked before it: what was marked and typed is there again.
#[test]
fn those_who_were_marked_for_a_change_are_marked_again() {
    for (keys, title) in [
        ("j p b tab", "Who is given a role in tenant"),
        ("j p tab A tab", "Who is let into tenant"),
        ("p tab tab enter A tab", "Who is put into group"),
    ] {
        let mut console = Setup {
            release: "1.3",
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        console.keys(keys).type_text("a").wait(1_000).shows(title);
        let marked = |console: &Console| {
            let screen = console.screen();
            let is_marked = |line: &&str| line.contains('*') || line.contains("/ a ");
            screen.lines().filter(is_marked).map(str::to_owned).collect::<Vec<_>>()
        };
        let before = marked(&console);
        assert!(before.len() > 1, "{}", console.screen());
        console.start_again();
        console.shows("Esc discards it").shows(title);
        assert_eq!(marked(&console), before, "{}", console.screen());
    }
}

#[test]
fn the_form_that_connects_comes_back_without_the_secret() {
    let (_, mut again) = cut_off_after("0.21", "c n h t t p : / / x tab a n n a tab tab", "s3cret");
    again.shows("http://x").shows("anna").lacks("*");
}

#[test]
fn an_address_with_a_password_in_it_is_not_kept() {
    let (_, mut again) = cut_off_after("0.21", "c n", "http://anna:s3cret@x");
    again.lacks("s3cret").shows("http://x").lacks("anna");
    // Nor of what is no address yet, which is what stays in the form.
    for (typed, kept) in [
        ("bob:s3cret@kestra.corp:8080", "kestra.corp:8080"),
        ("https://bob:s3/cret@kestra.corp", "https://kestra.corp"),
        ("http:/bob:s3cret@kestra.corp", "kestra.corp"),
        ("HTTP://s3cret@kestra.corp", "http://kestra.corp"),
        ("http://bob:a@s3cret@kestra.corp", "http://kestra.corp"),
    ] {
        let (_, mut again) = cut_off_after("0.21", "c n", typed);
        again.lacks("s3").lacks("cret@").shows(kept);
        let saved = again.keys("j").send(Msg::Ended).saved.take();
        let saved = serde_json::to_string(&saved).unwrap();
        assert!(!saved.contains("s3") && !saved.contains("bob"), "{saved}");
    }
    // Any other secret cannot be told from the rest of it.
    let (_, mut again) = cut_off_after("0.21", "c n", "http://x?token=s3cret");
    again.lacks("s3cret").lacks("http://");
}

/// The words that lead a start back to a context are kept while one is in it, and no longer.
#[test]
fn a_context_is_come_back_to_until_it_is_left() {
    let words = |console: &Console| console.saved.as_ref().and_then(|saved| saved.words.clone());
    let prod = || {
        let mut session = session(|session| session.command_words = vec!["--context".to_owned(), "prod".to_owned()]);
        session.context = "prod".to_owned();
        let setup = Setup {
            session,
            ..Setup::default()
        };
        let mut console = setup.open(usual);
        console.keys("j").wait(1_000);
        assert_eq!(words(&console).unwrap(), ["--context", "prod"]);
        console
    };
    // A script that comes to its end has left; what it was at stays.
    let mut console = prod();
    console.send(Msg::Closed);
    assert_eq!(words(&console), None);
    assert!(
        console
            .saved
            .is_some_and(|saved| saved.selected.as_deref() == Some("acme"))
    );
    let mut console = prod();
    console.keys("/").type_text("acme").keys("enter q esc q");
    assert_eq!(words(&console), None);
}

#[test]
fn a_start_that_came_back_to_a_context_says_so() {
    let mut console = Console::usual();
    console.keys("j enter").send(Msg::Ended);
    let mut resume = console.saved.take().unwrap();
    let open = |resume: &Resume| {
        Setup {
            resume: Some(resume.clone()),
            session: session(|session| session.came_back = Some("context prod".to_owned())),
            ..Setup::default()
        }
        .open(usual)
    };
    open(&resume).shows("Resumed: tenant acme, context prod. Esc goes back");
    resume.places.clear();
    open(&resume).shows("Resumed: context prod. c leads elsewhere");
    // Also where somebody else has gone on with what was kept there.
    Setup {
        session: session(|session| session.came_back = Some("context prod".to_owned())),
        ..Setup::default()
    }
    .open(usual)
    .shows("Resumed: context prod. c leads elsewhere");
}

#[test]
fn leaving_before_the_instance_answered_loses_nothing_that_waits() {
    let mut console = Console::usual();
    console.keys("n").type_text("Umbrella").send(Msg::Ended);
    let mut console = Setup {
        resume: console.saved.take(),
        hold: true,
        ..Setup::default()
    }
    .open(usual);
    console.keys("q");
    assert!(console.has_quit);
    let mut again = gone_on(&mut console, "0.21");
    again.shows("New tenant").shows("Umbrella");
}

/// What was picked comes back as soon as it is known who may do what; only whoever goes elsewhere does not want it any more.
#[test]
fn what_was_being_picked_is_given_up_by_going_elsewhere_and_by_no_other_key() {
    let picking = || {
        let mut console = Setup::default().open(usual);
        console
            .keys("j p b")
            .type_text("a")
            .wait(1_000)
            .shows("Who is given a role");
        console.fail_next("Access", crate::states::unreachable());
        console.start_again();
        console.shows("does not answer").lacks("Who is given a role");
        console
    };
    for keys in ["", "ctrl-l", "W", "Z", "? esc"] {
        let mut console = picking();
        for key in keys.split(' ').filter(|key| !key.is_empty()) {
            console.keys(key).lacks("Who is given a role");
        }
        console.keys("r").shows("Who is given a role");
    }
    for keys in ["esc esc", "tab", "L q", "q", "ctrl-c"] {
        let mut console = picking();
        console.keys(keys).keys("r").wait(3_000);
        console.lacks("Who is given a role");
    }
}

/// A console that was cut off at a place, started again while its instance does not answer yet.
fn out_of_reach(keys: &str, typed: &str) -> Console {
    let mut console = Console::usual();
    console.keys(keys).type_text(typed).send(Msg::Ended);
    console.held = true;
    console.start_again();
    console
}

/// The instance does not answer what was asked so far.
fn does_not_answer(console: &mut Console) {
    console.fail_next("Instance", crate::states::unreachable());
    console.fail_next("Tenants", crate::states::unreachable());
    console.answer();
}

#[test]
fn what_needs_no_instance_is_there_before_it_answers() {
    for (keys, place) in [("3", "> Runs"), ("L", "> Messages"), ("c", "> Contexts")] {
        let mut console = out_of_reach(keys, "");
        console.shows(place);
        console.answer().shows(place);
        assert_eq!(console.model.screens.len(), 1, "{keys}");
    }
}

/// The program is left before the instance has answered: neither the place nor what waits beside it is lost.
#[test]
fn a_place_that_waits_stays_where_something_waits_beside_it() {
    for (keys, is_place) in [("j enter", true), ("j", false)] {
        let mut typed = Console::usual();
        typed.keys("n").type_text("New").send(Msg::Ended);
        let typed = typed.saved.take().unwrap().only_place();
        let mut console = Console::usual();
        console.keys(keys).send(Msg::Ended);
        let saved = console.saved.as_mut().unwrap();
        saved.kept = Some(Box::new(typed));
        if !is_place {
            *saved = saved.clone().left();
        }
        console.held = true;
        console.start_again();
        console.keys("q");
        let left = console.saved.as_ref().unwrap();
        assert_eq!(
            (left.places.len(), left.draft.is_none(), left.kept.is_some()),
            (usize::from(is_place), is_place, is_place)
        );
    }
}

#[test]
fn what_waits_for_the_instance_is_told_while_it_is_out_of_reach() {
    let mut console = out_of_reach("n", "New");
    does_not_answer(&mut console);
    console.shows("Waits for the instance: unsent tenant new");
    console.keys("r").shows("New tenant").shows("Name New");
}

#[test]
fn what_lies_above_something_that_waits_is_opened_where_it_was() {
    let mut console = out_of_reach("j enter 3", "");
    console.shows("Tenants > Runs");
    console.answer().shows("Tenants > acme > Overview > Runs");
    let mut console = out_of_reach("3 1 j enter", "");
    console.answer().shows("Tenants > acme");
}

#[test]
fn nothing_is_opened_over_what_is_typed_meanwhile() {
    let mut console = out_of_reach("j enter", "");
    console.keys("c n").type_text("https://lab").answer();
    console
        .shows("Contexts > Connect")
        .shows("F1, `:kept` opens what was kept: tenant acme");
    console.type_text("3").shows("https://lab3");
    // What is typed comes first; then it is opened.
    console.keys("esc tab enter").shows("> Contexts");
    console.send(Msg::Run("kept".to_owned()));
    console
        .shows("Tenants > acme")
        .shows("Resumed: tenant acme. Esc goes back")
        .lacks("Contexts");
    console
        .send(Msg::Run("kept".to_owned()))
        .shows("nothing is kept that is not open");
}

#[test]
fn what_is_typed_is_kept_instead_where_what_was_kept_is_opened() {
    let mut console = out_of_reach("j enter", "");
    console.keys("c n").type_text("https://lab").answer();
    console
        .keys("f1")
        .shows("what was kept")
        .type_text("kept")
        .keys("enter");
    console
        .shows("Tenants > acme")
        .lacks("Contexts")
        .shows("more by `:kept` (the con");
    console
        .send(Msg::Run("kept".to_owned()))
        .shows("> Connect")
        .shows("https://lab");
    // Lines over a screen, and a form of a tenant.
    let mut console = out_of_reach("n", "Umbrella");
    console
        .keys("c")
        .answer()
        .shows("`:kept` opens what was kept: unsent tenant umbrella");
    console.keys("1 j enter tab tab tab tab n").type_text("Crew");
    console.send(Msg::Run("kept".to_owned())).shows("Name Umbrella");
    console
        .send(Msg::Run("kept".to_owned()))
        .shows("Crew")
        .shows("Tenants > acme");
    console.send(Msg::Run("kept".to_owned())).shows("Name Umbrella");
}

#[test]
fn lines_in_which_nothing_was_typed_do_not_stay_over_what_was_kept() {
    let mut console = out_of_reach("n", "Umbrella");
    console
        .keys("c")
        .answer()
        .shows("`:kept` opens what was kept: unsent tenant umbrella");
    console.keys("1 j enter tab tab tab tab n").shows("New group");
    console.keys("f1").type_text("kept").keys("enter");
    console.shows("Name Umbrella").lacks("New group");
    assert!(console.model.overlays.is_empty());
}

#[test]
fn what_was_kept_is_not_opened_while_it_is_found_out_what_a_snapshot_would_change() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    drop(crate::snapshots::kept(Console::usual(), &file));
    let mut console = out_of_reach("n", "Umbrella");
    console
        .keys("c")
        .answer()
        .shows("`:kept` opens what was kept")
        .keys("1");
    console.held = true;
    crate::snapshots::look_through(&mut console, "I", &file);
    console.shows("Finding out what it would change");
    console
        .send(Msg::Run("kept".to_owned()))
        .shows("Not now: the review of a snapshot is awaited; Esc stops it")
        .shows("Finding out what it would change");
    console.keys("esc").send(Msg::Run("kept".to_owned())).answer();
    console.shows("Name Umbrella").lacks("Import a snapshot");
    assert!(console.model.overlays.is_empty());
}

#[test]
fn what_was_kept_is_not_opened_over_a_secret_which_nothing_keeps() {
    let mut console = out_of_reach("j enter", "");
    console
        .keys("c n")
        .type_text("https://lab")
        .keys("tab tab tab")
        .type_text("s3cret")
        .answer();
    console
        .send(Msg::Run("kept".to_owned()))
        .shows("Not now: secrets are never kept; send this or leave it")
        .shows("https://lab")
        .shows("****");
}

#[test]
fn a_run_that_one_went_to_stays_on_screen() {
    let mut console = out_of_reach("j enter", "");
    console.keys("3").answer().shows("Tenants > Runs");
    console.shows("`:kept` opens what was kept");
}

#[test]
fn letters_of_a_password_are_no_commands_once_the_instance_answers() {
    let mut console = out_of_reach("n", "New");
    console.keys("c n tab tab tab").type_text("s3").answer();
    console
        .type_text("cq")
        .shows("> Connect")
        .shows("****")
        .shows("F1, `:kept` opens what was kept: unsent tenant new");
}

#[test]
fn what_was_typed_and_what_was_kept_both_outlive_a_cut_before_the_instance_answered() {
    let mut console = out_of_reach("n", "Umbrella");
    console.keys("c n").type_text("https://lab").send(Msg::Ended);
    console.start_again();
    console.held = false;
    console.answer();
    console
        .shows("> Connect")
        .shows("https://lab")
        .shows("more by `:kept` (");
    // Cut off once more, and left in the ordinary way: it still waits.
    console.keys("esc tab enter esc").wait(1_000).start_again();
    console.send(Msg::Run("quit".to_owned()));
    assert!(console.has_quit);
    console.start_again();
    console.shows("New tenant").shows("Name Umbrella");
}

#[test]
fn a_connect_form_has_the_keys_where_they_were() {
    let (_, mut again) = cut_off_after("0.21", "c n h t t p : / / x tab", "anna");
    again.type_text("bel").shows("annabel").shows("http://x");
}
