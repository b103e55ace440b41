//! What is marked: what of it the filter hides, what a filter that cannot be read marks, and what many changes at once say of it.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::deed::Tally;
use kestra_admin::domain::tenant::TenantScope;

use crate::states::unreachable;
use crate::support::{Console, Setup, session, tenants, usual};

/// A console over a network.
fn remote() -> Console {
    Setup {
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(usual)
}

/// Somebody else takes away every role in a tenant.
fn nobody_is_admin_of(console: &Console, tenant: &str) {
    console.meanwhile(async |other: &LocalInstance| {
        let scope = TenantScope::Named(tenant.parse().unwrap());
        for binding in other.access(&scope).await.unwrap().bindings {
            other.delete_binding(&scope, &binding.id).unwrap();
        }
    });
}

#[test]
fn what_is_marked_and_not_listed_is_hidden_whatever_it_was_when_it_was_marked() {
    let mut console = Console::usual();
    console.keys("/").type_text("state:active").keys("enter *");
    console.shows("2 marked").lacks("hidden");
    nobody_is_admin_of(&console, "billing");
    console
        .keys("r")
        .shows("1 of 3 tenants")
        .shows("2 marked, 1 hidden")
        .keys("D")
        .shows("Of the 2 that are marked the filter hides 1.");
}

#[test]
fn a_filter_that_cannot_be_read_marks_nothing_and_says_so() {
    for filter in ["\"from", "state:\"act", "zz:1"] {
        let mut console = Console::usual();
        console.keys("/").paste(filter).keys("enter *");
        console.shows("Nothing marked, as the filter cannot be read: ");
        assert!(!console.model.has_marks(), "{filter}");
        let said = console.linear();
        assert!(said.contains("The filter cannot be read: "), "{said}");
        assert!(!said.contains("that match"), "{said}");
        console.keys("D").lacks("Delete 3 tenants");
    }
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j p tab /").paste("username:\"b").keys("enter *");
    console.shows("Nothing marked, as the filter cannot be read: a quote is not clos");
    assert!(!console.model.has_marks());
}

#[test]
fn every_list_says_that_its_filter_cannot_be_read() {
    for keys in ["j p tab", "j p tab tab", "7", "8", "c", "W L"] {
        let mut console = Setup {
            release: "1.0",
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        let row = kestra_admin::app::contexts::ContextRow {
            name: "default".to_owned(),
            leads: kestra_admin::app::contexts::Leads::Store("default".to_owned()),
            place: String::new(),
            read_only: false,
            who: String::new(),
            changes: "RW",
            is_default: true,
            ..kestra_admin::app::contexts::ContextRow::default()
        };
        console.contexts = vec![(row, Ok("EE 0.21.0".to_owned()))];
        console.keys(keys).keys("/").type_text("zzqq:bar").keys("enter");
        console
            .shows("The filter cannot be read: there is no column `zzqq`")
            .shows("The last one that could be read matches nothing")
            .lacks("Nothing matches");
    }
}

/// More tenants than those of which it is read who was Admin before, none with an Admin.
fn more_than_a_hundred() -> Console {
    Setup::default().open(|instance, runtime| {
        let ids: Vec<String> = (0..101).map(|number| format!("t{number:03}")).collect();
        let list: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "T!")).collect();
        tenants(instance, runtime, &list);
    })
}

#[test]
fn how_far_a_change_of_many_is_stands_below_the_list_and_its_marks_stay() {
    let mut console = more_than_a_hundred();
    console
        .keys("* A")
        .shows("Who becomes Admin of 101 tenants")
        .keys("enter");
    console.shows("Make admin@kestra.local Admin of 101 tenants");
    console.held = true;
    console.keys("tab enter").lacks("Make Admin").wait(150);
    console.shows("sending: 0 of 101 done; Ctrl-c stops before the next");
    let job = console.model.doing().unwrap().job;
    let come = Tally {
        done: 32,
        ..Tally::default()
    };
    console.send(kestra_admin::app::msg::Msg::Progress(job, come, false));
    console.shows("sending: 32 of 101 done");
    console
        .keys("esc")
        .shows("Not now: the marks stay until it is known how the change went")
        .shows("101 marked");
    for keys in ["space", "v", "*"] {
        console
            .keys(keys)
            .shows("Not now: the marks stay until it is known how the change went")
            .shows("101 marked");
    }
    console.answer().shows("is Admin of 101 tenants now").lacks("marked");
}

#[test]
fn a_dialog_whose_change_was_sent_says_what_esc_does_now() {
    let mut console = Console::usual();
    console.keys("j D").type_text("acme");
    console.held = true;
    console.keys("tab enter").shows("Esc: Cancel");
    console
        .answer_first("CountAgain")
        .shows("Esc closes this, the change goes on")
        .lacks("Enter: Delete")
        .lacks("other button")
        .lacks("ancel");
    console
        .keys("esc")
        .lacks("Delete tenant")
        .answer()
        .shows("Tenant acme deleted");
}

#[test]
fn a_marked_tenant_that_is_gone_is_left_out_of_what_is_asked() {
    let mut console = Console::usual();
    console.keys("*").shows("3 marked");
    console.meanwhile(async |other| other.delete_tenant(&"globex".parse().unwrap()).await.unwrap());
    console
        .keys("D")
        .shows("Tenant globex is not there any more.")
        .shows("Delete 2 tenants")
        .shows("Type 2 tenants to continue")
        .lacks("globex:");
    let said = console.linear();
    assert!(said.contains("Tenant globex is not there any more."), "{said}");
    assert!(said.contains("Type 2 tenants to continue"), "{said}");
    console
        .type_text("2 tenants")
        .keys("tab enter")
        .shows("2 tenants deleted");
}

#[test]
fn those_that_move_up_in_the_place_of_what_is_gone_are_counted_too() {
    let ids: Vec<String> = (0..11).map(|number| format!("t{number:02}")).collect();
    let mut console = Setup::default().open(|instance, runtime| {
        let list: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "Company")).collect();
        tenants(instance, runtime, &list);
    });
    console.keys("*").shows("11 marked");
    console.meanwhile(async |other| {
        for id in ids.iter().take(10) {
            other.delete_tenant(&id.parse().unwrap()).await.unwrap();
        }
    });
    console
        .keys("D")
        .shows("This permanently deletes tenant t10 on default, and with it:")
        .shows("Type t10 to continue");
    console.held = true;
    console.type_text("t10").keys("tab enter");
    let asked = console.asked.iter().map(|request| format!("{request:?}"));
    assert!(
        asked.clone().any(|request| request.starts_with("CountAgain")),
        "{:?}",
        asked.collect::<Vec<_>>()
    );
}

#[test]
fn of_two_marked_tenants_the_one_that_is_left_is_asked_about_by_its_id() {
    let mut console = Console::usual();
    console.keys("j space space").shows("2 marked");
    console.meanwhile(async |other| other.delete_tenant(&"billing".parse().unwrap()).await.unwrap());
    console
        .keys("D")
        .shows("Tenant billing is not there any more.")
        .shows("This permanently deletes tenant acme on default")
        .shows("Type acme to continue");
}

#[test]
fn the_header_says_that_nothing_answers_whatever_was_to_be_changed() {
    let mut console = remote();
    console.keys("j *").keys("D").type_text("3 tenants");
    console.fail_next("CountAgain", unreachable());
    console
        .keys("tab enter")
        .shows("Stopped: nothing answers")
        .shows("! no answer");
    let mut console = remote();
    console.keys("j D").type_text("acme");
    console.fail_next("CountAgain", unreachable());
    console.keys("tab enter").shows("! no answer");
}

#[test]
fn who_becomes_admin_says_where_nobody_else_can_be_listed() {
    for keys in ["G A", "* A"] {
        let mut console = Console::usual();
        console.fail_next("People", unreachable());
        console
            .keys(keys)
            .shows("you, who are signed in")
            .shows("Other users cannot be listed: `kestra.example.com` does not answer. Type a login name.");
        let said = console.linear();
        assert!(said.contains("Other users cannot be listed: "), "{said}");
        for (width, height) in [(40, 12), (60, 20), (200, 60)] {
            console.resize(width, height).shows("Other users cannot be");
        }
    }
}

#[test]
fn where_nothing_is_done_to_several_rows_at_once_marking_says_so_and_so_does_the_help() {
    for (keys, thing) in [
        ("7", "user"),
        ("6", "change"),
        ("8", "change"),
        ("4", "message"),
        ("5", "context"),
        ("3", "run"),
        ("p tab t", "token"),
        ("p tab I", "invitation"),
    ] {
        let mut console = Setup {
            release: "1.3",
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        let reason = format!("one {thing} at a time");
        for key in ["space", "v", "*"] {
            console.keys(keys).keys(key).shows(&format!("Not now: {reason}"));
            assert!(!console.model.has_marks(), "{keys} {key}");
            console.keys("1 g g");
        }
        console.keys(keys).keys("?").type_text("mark the sel");
        console.shows("mark").shows(&reason);
        console.keys("esc :").type_text("mark-all").shows(&reason);
    }
    // Under them no key for it is offered.
    let mut console = Console::usual();
    console.keys("7").lacks("Space mark");
}

#[test]
fn a_range_begins_where_nothing_was_marked_and_not_on_a_row_that_cannot_be() {
    let mut console = crate::lists::five();
    console.keys("v").shows("Only a tenant with an id can be marked");
    assert_eq!(console.model.marked().0, 0);
    console.keys("j v j j v").shows("3 marked").shows("*t2");
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console
        .keys("j enter tab tab tab")
        .shows("[Users]")
        .keys("v j j v")
        .shows("3 marked");
}

#[test]
fn by_lines_what_is_about_marked_rows_is_not_done_to_the_row_of_a_number() {
    let mut console = crate::lists::five();
    console.line("2 space").line("3 space").shows("2 marked");
    for line in ["5 D", "5 delete-tenant"] {
        console
            .line(line)
            .shows("Not now: it would be about the rows that are marked; Esc takes th");
        assert!(console.model.overlays.is_empty(), "{}", console.screen());
    }
    console
        .keys("esc")
        .lacks("2 marked")
        .line("5 D")
        .shows("deletes tenant t4");
}

#[test]
fn what_is_said_of_marks_does_not_come_between_the_word_and_the_filter() {
    let setup = Setup {
        session: session(|session| {
            session.remote = true;
            session.refresh_seconds = 10;
        }),
        ..Setup::default()
    };
    let mut console = setup.open(usual);
    console.wait(1_000).keys("j space").shows("1 marked");
    console
        .fail_next("Tenants", unreachable())
        .keys("/ n o enter")
        .wait(1_000);
    console.shows("1 marked, 1 hidden refresh paused filter: no");
}

#[test]
fn marks_stay_where_a_filter_or_an_order_cannot_be_read() {
    for (keys, back) in [("S", "r"), ("/ a c m enter", "r esc"), ("/ a c m enter esc", "r")] {
        let mut console = remote();
        console.wait(1_000).keys("j space space").shows("2 marked");
        console.fail_next("Tenants", unreachable()).keys(keys).wait(1_000);
        console.shows("does not answer").keys(back).wait(1_000);
        console.shows("2 marked").shows("*acme").lacks("does not answer");
    }
}
