//! From the first key to a tenant with an Admin, and to its end.

use kestra_admin::app::effect::Request;
use kestra_admin::backend::local::admin::FlowStub;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::tenant::TenantScope;

use crate::support::{Console, Setup, user, usual};

#[test]
fn while_multi_tenancy_is_off_the_list_says_what_that_means_and_how_to_turn_it_on() {
    let mut console = Setup {
        enabled: None,
        default_tenant: None,
        ..Setup::default()
    }
    .open(|_, _| {});
    console
        .shows("Multi-tenancy is off on this instance.")
        .shows("To turn it on: m");
    // What the screen offers works: Enter opens the default tenant, and `n` says why it cannot.
    console.keys("enter").shows("Tenant (default)").keys("q");
    console.keys("n").shows("Not now: multi-tenancy is off;");
    console.shows("the list says how to turn it on");
}

#[test]
fn where_no_migration_can_be_carried_out_it_says_how_to_go_by_hand() {
    let mut console = Setup {
        enabled: None,
        default_tenant: None,
        migrates: false,
        ..Setup::default()
    }
    .open(|_, _| {});
    console
        .shows("set kestra.ee.tenants.enabled to true")
        .shows("/data/instances/default/application.yml")
        .shows("kestra auths users sync-access");
    console
        .keys("m")
        .shows("Not now: this console cannot carry out migrations of this instance");
    assert!(console.asked.iter().all(|request| *request != Request::Runs));
    console.keys("3").shows("Not now: this console cannot");
}

#[test]
fn a_tenant_is_created_looked_at_and_deleted_by_keyboard_alone() {
    let mut console = Setup::default().open(|_, _| {});
    console.shows("0 tenants").keys("n").shows("New tenant");
    console.type_text("Initech GmbH").shows("initech-gmbh").shows("free");
    console.shows("admin@kestra.local will hold Admin");
    console.keys("ctrl-o").shows("Review before sending");
    console.shows("admin@kestra.local will hold it.");
    console.shows(r#""id": "initech-gmbh", "name": "Initech GmbH""#);
    console.keys("enter").shows("Created just now with the role Admin.");
    console.shows("Held by admin@kestra.local");
    console.shows("Tenant initech-gmbh created; admin@kestra.local holds its Admin role");

    console
        .keys("tab")
        .shows("[Roles]")
        .shows("Admin managed")
        .keys("enter");
    console
        .shows("Role Admin: permissions")
        .shows("CREATE on FLOW: allowed");
    console.keys("j l").shows("READ on EXECUTION: allowed");
    console
        .keys("tab")
        .shows("who holds it")
        .shows("admin@kestra.local directly whole tenant");

    console.keys("q q").shows("initech-gmbh Initech GmbH 1");
    assert!(
        console.selected_row().starts_with("initech-gmbh"),
        "{}",
        console.selected_row()
    );
    console.keys("D").shows("This permanently deletes tenant initech-gmbh");
    console.shows("and with it: 1 role, 1 binding").shows("not matching");
    console
        .type_text("initech-gmb")
        .keys("enter")
        .shows("It does not match yet");
    // What is typed on is judged anew.
    console
        .type_text("h")
        .shows("matches")
        .lacks("It does not match yet")
        .keys("tab");
    console.shows("[ Delete ]").keys("enter");
    console
        .shows("Tenant initech-gmbh deleted")
        .lacks("Initech GmbH")
        .shows("0 tenants");
    assert!(!console.has_quit);
}

#[test]
fn enter_on_the_button_that_has_the_focus_first_deletes_nothing() {
    let mut console = Console::usual();
    console.keys("j D enter");
    console.lacks("Delete tenant").shows("acme Acme Corporation");
    console.keys("D").type_text("acme").keys("tab tab enter");
    console.lacks("Delete tenant").shows("acme Acme Corporation");
    console
        .keys("D esc")
        .lacks("Delete tenant")
        .shows("acme Acme Corporation");
    assert!(!console.asked.iter().any(|request| matches!(request, Request::Do(..))));
}

#[test]
fn the_id_follows_the_name_until_an_id_is_typed() {
    let mut console = Console::usual();
    console.keys("n").type_text("Müller & Co").shows("mueller-co");
    console
        .keys("tab")
        .keys("ctrl-u")
        .type_text("mco")
        .keys("shift-tab")
        .type_text(" KG");
    console.shows("Müller & Co KG").shows("Id mco").lacks("mueller-co");
    // An id that was typed and emptied again is proposed anew.
    console.keys("tab ctrl-u shift-tab").type_text("!");
    console.shows("Müller & Co KG!").shows("Id ! an id is required");
}

#[test]
fn what_is_wrong_with_an_id_is_said_while_it_is_typed() {
    let mut console = Setup::default().open(|instance, runtime| {
        usual(instance, runtime);
        let flow = FlowStub {
            namespace: "company.team".to_owned(),
            id: "a".to_owned(),
            disabled: false,
        };
        instance.add_flows(&TenantScope::Default, &[flow]).unwrap();
    });
    console.keys("n").type_text("A name").keys("tab");
    for (id, said) in [
        ("acme", "! a tenant of this id exists already"),
        ("Acme", "! must start with a-z or 0-9, not `A`"),
        ("ac me", "! ` ` at position 3 is not allowed; use a-z, 0-9, _ and -"),
        ("flows", "! is also a fixed part of Kestra's API paths"),
        ("company", "! is the first part of a namespace in the default tenant"),
        ("main", "! is what Kestra calls the single tenant"),
        ("acme2", "free"),
        ("", "! an id is required"),
    ] {
        console.keys("ctrl-u").type_text(id).shows(said);
    }
    console
        .type_text(&"x".repeat(64))
        .shows("! 64 characters; at most 63 are allowed");
    // The review is refused, the field has the focus, and what was typed is still there.
    console
        .keys("ctrl-o")
        .lacks("Review before")
        .shows("note Id: 64 characters");
    console.keys("backspace ctrl-o").shows("Review before sending");
}

#[test]
fn a_word_that_kestra_uses_itself_is_sent_only_after_a_second_thought() {
    let mut console = Console::usual();
    console
        .keys("n")
        .type_text("Flows")
        .keys("ctrl-o")
        .shows("! flows is also a fixed part of Kestra's API paths");
    // Cancel is where the keys are.
    console
        .shows("( Send ) [ Back ]")
        .keys("enter")
        .lacks("Review before")
        .keys("ctrl-o tab enter");
    console.shows("Tenant flows created");
}

#[test]
fn an_admin_who_does_not_exist_is_named_before_anything_is_sent() {
    let mut console = Setup::default().open(|instance, runtime| {
        usual(instance, runtime);
        user(instance, "anna@example.com");
    });
    console.keys("n").type_text("New").field("Admin").keys("ctrl-u");
    console.type_text("ann").shows("! there is no user of this name");
    console
        .keys("ctrl-o")
        .lacks("Review before")
        .shows("Admin: there is no user of this name");
    console
        .type_text("a@example.com")
        .shows("will hold Admin")
        .keys("ctrl-o enter");
    console.shows("anna@example.com holds its Admin role");
}

#[test]
fn a_superadmin_who_names_nobody_is_told_that_nobody_will_hold_admin() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").field("Admin").keys("ctrl-u");
    console.shows("! nobody would hold Admin: a superadmin gets no role by creating");
    console
        .keys("ctrl-o")
        .shows("! Nobody will hold it: you are a superadmin.");
    console
        .keys("enter")
        .shows("Tenant new created, but nobody holds its Admin role");
    console.shows("! Nobody holds it");
    console
        .keys("tab enter tab")
        .shows("Nobody holds this role, so that only a superadmin can administer the tenant.");
    console.keys("q q").shows("! no admin");
}

#[test]
fn what_the_instance_says_of_a_field_stands_at_that_field_and_nothing_typed_is_lost() {
    let mut console = Console::usual();
    console
        .keys("n")
        .type_text("New")
        .field("Worker group")
        .type_text("gpu");
    console.keys("ctrl-o");
    let refusal = Problem::new(
        ProblemKind::Invalid,
        "The tenant was not created.",
        "One field is not valid.",
        "Correct it and send again.",
    )
    .with_field("workerGroup.key", "there is no worker group `gpu`");
    console.fail_next("Create", refusal).keys("enter");
    console
        .lacks("Review before")
        .shows("! The tenant was not created.")
        .shows("! there is no worker group `gpu`");
    console.shows(">Worker group gpu").shows("Name New");
    // The message goes with the next change, and sending again works.
    console
        .type_text("2")
        .lacks("there is no worker group")
        .keys("ctrl-o enter");
    console.shows("Tenant new created").shows("Worker group gpu2");
}

#[test]
fn an_id_that_somebody_else_took_meanwhile_is_said_at_the_id() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").keys("ctrl-o");
    console.meanwhile(async |other| {
        crate::support::create(other, "new", "Theirs").await;
    });
    console.keys("enter").shows("Id new").shows("Name New");
    console.shows("! is taken").lacks("Review before");
    console
        .keys("tab")
        .field("Id")
        .type_text("2")
        .shows("free")
        .keys("ctrl-o enter")
        .shows("Tenant new2 created");
}

#[test]
fn while_it_is_being_sent_it_says_so_and_sends_once() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").keys("ctrl-o");
    console.held = true;
    console.keys("enter").wait(149);
    let word = |console: &Console| {
        console
            .screen()
            .lines()
            .any(|line| line.trim_matches(['│', ' ']) == "sending")
    };
    assert!(!word(&console));
    console.wait(1);
    assert!(word(&console), "{}", console.screen());
    console.keys("enter ctrl-o");
    console.wait(2_000).shows("sending 2 s");
    let sent = |console: &Console| {
        console
            .asked
            .iter()
            .filter(|request| matches!(request, Request::Create(_)))
            .count()
    };
    assert_eq!(sent(&console), 1);
    console.answer().shows("Tenant new created");
    assert_eq!(sent(&console), 1);
}

#[test]
fn an_answer_that_comes_while_the_messages_are_open_is_told_and_takes_nobody_away() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").keys("ctrl-o");
    console.held = true;
    console.keys("enter L").shows("Messages");
    console
        .answer()
        .shows("Tenant new created")
        .shows("Messages")
        .keys("q")
        .shows("new New 1");
    console.keys("n").type_text("Other").keys("ctrl-o");
    console.held = true;
    let refusal = Problem::new(ProblemKind::Failed, "It failed.", "Because.", "Try again.");
    console.fail_next("Create", refusal).keys("enter L").answer();
    console.shows("error It failed.").shows("Messages").keys("esc q");
    console.shows("[ Send ]").keys("enter").shows("Tenant other created");
}

/// On a slow instance the row of the new tenant comes after its page; until then a key would act on the row before.
#[test]
fn nothing_else_is_acted_on_while_the_row_of_a_new_tenant_is_still_read() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").keys("ctrl-o");
    console.held = true;
    console.keys("enter").answer_first("Create").shows("Tenant new created");
    console.keys("q").shows("Tenants").lacks("│>");
    console
        .keys("D")
        .shows("Typed ahead: 1 key, done once the rows are there; Esc drops them");
    console
        .type_text("acme")
        .lacks("Delete tenant")
        .shows("Typed ahead: 5 keys")
        .answer()
        .shows("permanently deletes tenant new")
        .shows("[ acme");
}

#[test]
fn leaving_a_form_that_has_been_sent_does_not_pretend_that_it_was_not() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").keys("ctrl-o");
    console.held = true;
    console
        .keys("enter 1")
        .shows("It has been sent, and the answer is awaited.");
    console.keys("tab enter").lacks("Review before").shows("Tenants");
    console.answer().shows("Tenant new created").shows("new New 1");
}

#[test]
fn deleting_says_that_it_is_under_way_and_can_be_left_alone() {
    let mut console = Console::usual();
    console.keys("j D").type_text("acme").keys("tab");
    console.held = true;
    console.keys("enter").answer_first("CountAgain").lacks("deleting");
    console.wait(150).shows("deleting");
    console
        .keys("enter")
        .shows("it has been sent; the answer is awaited")
        .keys("esc");
    console.lacks("Delete tenant").shows("acme Acme Corporation");
    console.answer().shows("Tenant acme deleted").lacks("Acme Corporation");
}

#[test]
fn what_is_typed_waits_to_be_looked_up_while_something_else_is_on_screen() {
    let mut console = Console::usual();
    console.model.session.remote = true;
    console.keys("n").type_text("New").keys("ctrl-o c").wait(1_000);
    console.keys("q").shows("New");
}
