//! Rows that were selected or marked and are not there any more, and orders that cannot be kept.

use kestra_admin::app::messages::Level;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};

use crate::lists::{five, many};
use crate::support::{Console, Setup, create, session};

async fn delete(other: &LocalInstance, ids: &[&str]) {
    for id in ids {
        other.delete_tenant(&id.parse().unwrap()).await.unwrap();
    }
}

/// An error that stands: a tenant was opened that is not there.
fn with_an_error(console: &mut Console) {
    console.keys(":").type_text("tenant nosuchid").keys("enter q");
    assert_eq!(console.model.messages.notice().unwrap().level, Level::Error);
}

/// What is on the line of messages, and all that was ever there.
fn told(console: &Console) -> (String, Vec<String>) {
    let messages = &console.model.messages;
    let notice = messages.notice().map(|notice| notice.text.clone());
    let log = messages.log.iter().map(|message| message.text.clone());
    (notice.unwrap_or_default(), log.collect())
}

/// The line of the screen on which the selected row stands, and its first word.
fn selected(console: &Console) -> (usize, String) {
    let line = console.screen().lines().position(|line| line.starts_with("│>"));
    let row = console.selected_row();
    (line.unwrap(), row.split(' ').next().unwrap().to_owned())
}

#[test]
fn that_a_selected_row_is_gone_is_kept_with_the_messages_while_an_error_stands() {
    let mut console = five();
    with_an_error(&mut console);
    let (error, _) = told(&console);
    console.keys("j j j");
    assert_eq!(selected(&console).1, "t3");
    console.meanwhile(async |other| delete(other, &["t3"]).await);
    console.wait(10_000);
    let (notice, log) = told(&console);
    assert_eq!((notice, selected(&console).1.as_str()), (error, "t4"));
    assert_eq!(log.last().unwrap(), "Tenant t3, which was selected, is gone");

    let mut console = Setup::default().open(crate::screens::tenants::people);
    with_an_error(&mut console);
    let (error, _) = told(&console);
    console.keys("j enter tab tab tab").shows("[Users]").keys("j");
    let (_, name) = selected(&console);
    console.meanwhile(async |other| {
        let scope = TenantScope::Named("acme".parse().unwrap());
        let access = other.access(&scope).await.unwrap();
        let user = access.users.iter().find(|user| user.username == name).unwrap();
        other.take_access(&scope, user).await.unwrap();
    });
    console.keys("r");
    let (notice, log) = told(&console);
    assert_eq!(notice, error);
    assert_eq!(log.last().unwrap(), "The user that was selected is gone");
}

#[test]
fn of_what_was_deleted_from_here_it_is_not_said_that_it_is_gone_whatever_is_on_screen() {
    let mut console = five();
    console.keys("j j j D").type_text("t3").keys("tab enter");
    console.shows("Tenant t3 deleted");
    assert_eq!(selected(&console).1, "t4");
    // Of what somebody else deleted a moment later it is.
    console.meanwhile(async |other| delete(other, &["t4"]).await);
    console.keys("r").shows("Tenant t4, which was selected, is gone");
    assert_eq!(selected(&console).1, "t5");
    let (_, log) = told(&console);
    assert_eq!(
        log.iter().filter(|text| text.ends_with("is gone")).count(),
        1,
        "{log:?}"
    );

    // In a tab, while an error stands.
    let mut console = Setup::default().open(crate::screens::tenants::people);
    with_an_error(&mut console);
    console.keys("j enter tab tab tab").shows("[Users]").keys("j");
    console.keys("X tab enter");
    console.keys("r");
    let (_, log) = told(&console);
    assert!(
        log.iter().any(|text| text.contains("taken away")),
        "{log:?}\n{}",
        console.screen()
    );
    assert!(!log.iter().any(|text| text.ends_with("is gone")), "{log:?}");
}

/// Somebody else makes so many tenants that come before all others, and deletes some.
fn grown(console: &Console, count: usize, gone: &[&str]) {
    let new: Vec<NewTenant> = (0..count)
        .map(|index| NewTenant {
            tenant: Tenant::new(format!("a{index:04}").parse().unwrap(), "New"),
            admin: None,
        })
        .collect();
    console.meanwhile(async |other| {
        for result in other.create_tenants(&new).await {
            result.unwrap();
        }
        delete(other, gone).await;
    });
}

#[test]
fn in_place_of_a_row_that_is_gone_its_neighbour_is_selected_however_many_came_before_it() {
    for (count, gone, beside) in [
        (0, &["t0750"][..], "t0751"),
        (3, &["t0750"], "t0751"),
        (150, &["t0750"], "t0751"),
        (150, &["t0750", "t0751", "t0752"], "t0753"),
        (60, &["t0750", "t0751"], "t0752"),
    ] {
        let mut console = many();
        console.keys("/").type_text("id:t0750").keys("enter k esc k k k j j j");
        let (line, id) = selected(&console);
        assert_eq!(id, "t0750");
        grown(&console, count, gone);
        console.wait(10_000).shows("Tenant t0750, which was selected, is gone");
        assert_eq!(selected(&console), (line, beside.to_owned()), "{count} {gone:?}");
        assert_eq!(console.model.messages.log.len(), 1, "{:?}", told(&console));
    }
    // At the end it is the one before.
    let mut console = many();
    console.keys("G");
    grown(&console, 150, &["t1499"]);
    console.wait(10_000).shows("Tenant t1499, which was selected, is gone");
    assert_eq!(selected(&console).1, "t1498");
}

/// Reads the list again, with the answers in the order of the questions or the other way round.
fn read_again(console: &mut Console, is_reversed: bool, meanwhile: &str) {
    console.held = true;
    console.keys("r");
    if is_reversed {
        console.waiting.make_contiguous().reverse();
    }
    if !meanwhile.is_empty() {
        console.answer_first("Tenants").keys(meanwhile);
    }
    console.answer();
}

#[test]
fn where_two_pages_are_in_view_the_selection_stays_whichever_of_them_is_read_again_first() {
    let mut console = many();
    console
        .keys("pgdn ".repeat(11).trim_end())
        .shows("t0199")
        .shows("t0200");
    for is_reversed in [false, true, false, true] {
        let step = if selected(&console).0 < 10 { "j" } else { "k" };
        for _ in 0..16 {
            let before = selected(&console);
            grown(&console, 3, &[]);
            read_again(&mut console, is_reversed, "");
            console.shows("1,503 tenants");
            assert_eq!(selected(&console), before, "{is_reversed}");
            grown(&console, 0, &["a0000", "a0001", "a0002"]);
            read_again(&mut console, is_reversed, "");
            console.shows("1,500 tenants");
            assert_eq!(selected(&console), before, "{is_reversed}");
            console.keys(step);
        }
    }
    assert!(console.model.messages.log.is_empty(), "{:?}", told(&console));
}

#[test]
fn what_is_selected_while_rows_are_read_again_stays_so_too() {
    for is_reversed in [false, true] {
        let mut console = many();
        console.keys("pgdn ".repeat(11).trim_end()).keys("j j j");
        for id in ["t0190", "t0191", "t0192"] {
            grown(&console, 3, &[]);
            read_again(&mut console, is_reversed, "j");
            assert_eq!(selected(&console).1, id, "{is_reversed}");
            grown(&console, 0, &["a0000", "a0001", "a0002"]);
            read_again(&mut console, !is_reversed, "");
            assert_eq!(selected(&console).1, id, "{is_reversed}");
        }
    }
}

#[test]
fn rows_that_come_above_the_selected_one_leave_it_on_its_line() {
    let mut console = many();
    console.keys("j j j");
    let before = selected(&console);
    grown(&console, 2, &[]);
    console.wait(10_000).shows("1,502 tenants");
    assert_eq!(selected(&console), before);
    // Where all rows have room, they are all in view.
    let mut console = five();
    console.keys("j j j");
    grown(&console, 2, &[]);
    console.wait(10_000).shows("a0000").shows("(default)");
    assert_eq!(selected(&console).1, "t3");
}

#[test]
fn rows_that_come_above_the_first_one_leave_it_on_its_line_and_the_border_says_where_it_is() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        release: "1.0",
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let ids: Vec<String> = (0..40).map(|at| format!("t{at:02}")).collect();
        let rows: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "T")).collect();
        crate::support::tenants(instance, runtime, &rows);
    });
    let before = selected(&console);
    assert_eq!(before.1, "t00");
    console.shows("1-17 of 40 tenants");
    grown(&console, 2, &[]);
    console.wait(10_000).shows("3-19 of 42 tenants").lacks("a0001");
    assert_eq!(selected(&console), before);
    console.keys("g g").shows("1-17 of 42 tenants").shows("> a0000");
    // A filter that is taken off has had other lines.
    console
        .keys("/")
        .type_text("id:t03")
        .keys("enter")
        .shows("> t03")
        .keys("k esc");
    console.shows("1-17 of 42 tenants").shows("> t03");

    // In lists that are held in memory it is the same.
    let mut console = Setup::default().open(crate::screens::tenants::people);
    let acme = TenantScope::Named("acme".parse().unwrap());
    let group = |other: &LocalInstance, name: &str| _ = other.create_group(&acme, name, None).unwrap();
    console.meanwhile(async |other| {
        for at in 0..30 {
            group(other, &format!("m{at:02}"));
        }
    });
    console.keys("j enter tab tab tab tab").shows("[Groups]");
    let before = selected(&console);
    console.meanwhile(async |other| {
        for at in 0..2 {
            group(other, &format!("A{at}"));
        }
    });
    console.keys("r").shows("3-");
    assert_eq!(selected(&console), before);
    console
        .keys("/")
        .type_text("m03")
        .keys("enter")
        .shows("> m03")
        .keys("k esc");
    console.shows(" 1-").shows("> m03");
}

#[test]
fn a_marked_row_of_a_list_in_memory_that_is_gone_is_told() {
    let take = |console: &Console, names: &[&str]| {
        console.meanwhile(async |other| {
            let scope = TenantScope::Named("acme".parse().unwrap());
            let access = other.access(&scope).await.unwrap();
            let is_one = |name: &str| names.iter().any(|one| name.starts_with(one));
            for user in access.users.iter().filter(|user| is_one(&user.username)) {
                other.take_access(&scope, user).await.unwrap();
            }
        });
    };
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab tab tab").shows("[Users]").keys("*");
    let marked = console.model.marked().0;
    assert!(marked > 3);
    take(&console, &["bob"]);
    console
        .keys("r")
        .shows("1 user that was marked is gone; its mark is taken off")
        .shows(&format!("{} marked", marked - 1));
    take(&console, &["anna", "carol"]);
    console
        .keys("r")
        .shows("2 users that were marked are gone; their marks are taken off")
        .shows(&format!("{} marked", marked - 3));
    // Of what is taken away from here it is not said.
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console
        .keys("j enter tab tab tab")
        .shows("[Users]")
        .keys("G space space X tab enter");
    console.shows("taken away").keys("r").lacks("marked");
    let (_, log) = told(&console);
    assert!(!log.iter().any(|text| text.contains("marked")), "{log:?}");
}

/// What an instance says that is asked for an order by a column that it does not have, of too many tenants.
fn too_many() -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "The list cannot be ordered by admins.",
        "That depends on admins.",
        "Narrow the list by other columns to at most 500 tenants.",
    )
}

#[test]
fn an_order_that_cannot_be_kept_without_the_filter_gives_way_to_that_by_id() {
    let mut console = many();
    console.model.session.remote = true;
    console.keys("/").type_text("id:t03").keys("enter").wait(1_000);
    console.keys("l l s").shows("sort: admins ^").keys("j space");
    let (_, id) = selected(&console);
    console.fail_next("Tenants", too_many()).keys("esc").wait(1_000);
    console
        .shows("1,500 tenants")
        .shows("1 marked")
        .shows("The list is ordered by id again")
        .lacks("sort:");
    assert_eq!(selected(&console).1, id);
    console.keys("/").shows("filter:").keys("esc s").lacks("Not now");
    // The same where there have become too many.
    let mut console = many();
    console.keys("l l s").shows("sort: admins ^");
    console.model.session.remote = true;
    console.fail_next("Tenants", too_many()).keys("r");
    console
        .shows("1,500 tenants")
        .shows("The list is ordered by id again")
        .lacks("sort:")
        .lacks("as of");
}

#[test]
fn a_list_that_could_not_be_read_for_its_filter_takes_another_filter_and_order() {
    let mut console = many();
    console.model.session.remote = true;
    console.keys("/").type_text("id:t03").keys("enter").wait(1_000);
    console.keys("l l s").shows("sort: admins ^").keys("/");
    console.fail_next("Tenants", too_many()).keys("backspace").keys("enter");
    console.wait(1_000).shows("! The list cannot be ordered by admins.");
    for key in ["e", "D", "enter"] {
        console
            .keys(key)
            .lacks("still awaited")
            .lacks("New tenant")
            .lacks("Delete");
    }
    console.keys("e").shows("Not now: nothing could be read; r tries again");
    console
        .wait(9_000)
        .keys("S")
        .wait(300)
        .shows("sort: admins v")
        .lacks("Not now");
    console.keys("/ esc").wait(1_000).shows("1,500 tenants");
}

#[test]
fn a_filter_is_typed_though_nothing_could_be_read() {
    let mut console = Setup {
        hold: true,
        ..Setup::default()
    }
    .open(crate::support::usual);
    for question in ["Instance", "Tenants"] {
        console.fail_next(question, crate::states::unreachable());
    }
    console.answer().shows("does not answer");
    console.keys("/").type_text("q").shows("filter: q").keys("backspace");
    console.type_text("acme").shows("filter: acme");
    assert!(!console.has_quit);
}

#[test]
fn nothing_is_said_of_a_filter_before_its_answer() {
    let mut console = many();
    console.model.session.remote = true;
    console.keys("/").type_text("xyzzy").keys("enter").wait(1_000);
    console.shows("No tenant matches xyzzy");
    console.held = true;
    console.keys("/ ctrl-u").type_text("id:t12").lacks("No tenant");
    console.wait(300).lacks("No tenant").shows("searching server");
    console.answer().shows("100 (of 1,500 tenants)");
}

#[test]
fn beside_marks_and_a_filter_the_border_counts_what_matches() {
    let mut console = many();
    console.keys("/").type_text("id:t12").keys("enter *");
    for (width, height) in [(120, 40), (80, 24), (60, 20), (200, 60)] {
        console
            .resize(width, height)
            .shows("100 marked")
            .shows(" of 100")
            .shows("filter: id:t12");
    }
    console.keys("/ ctrl-u").type_text("id:t13").keys("enter");
    for (width, height) in [(120, 40), (80, 24), (60, 20), (200, 60)] {
        console
            .resize(width, height)
            .shows("100 marked, 100 hidden")
            .shows(" of 100")
            .shows("filter: id:t13");
    }
}

#[test]
fn marks_that_the_filter_hides_stay_when_those_of_the_others_are_taken_off() {
    let mut console = many();
    console
        .keys("/")
        .type_text("id:t12")
        .keys("enter *")
        .shows("100 marked");
    console.keys("/ ctrl-u").type_text("id:t13").keys("enter *");
    console.shows("200 marked, 100 hidden").lacks("hides stay marked");
    console
        .keys("*")
        .shows("100 marked, 100 hidden")
        .shows("100 that the filter hides stay marked; Esc twice takes them off");
    console.keys("esc esc").lacks("100 marked");
    // In a list that is held, too.
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab *").shows("marked");
    console.keys("/").type_text("admin").keys("enter *");
    console.shows("hidden").shows("that the filter hides stay marked");
}

#[test]
fn marks_of_tenants_that_are_gone_when_the_list_is_read_again_are_taken_off() {
    for filter in ["", "id:t"] {
        let mut console = five();
        console.keys("/").type_text(filter).keys("enter *").shows("5 marked");
        console.meanwhile(async |other| delete(other, &["t2"]).await);
        console.keys("r").shows("4 marked").lacks("hidden");
        console.shows("Tenant t2 is not there any more; its mark is taken off");
        console.meanwhile(async |other| create(other, "t2", "Again").await);
        console.keys("r").shows("4 marked");
    }
    // One that was changed so that the filter hides it is only hidden.
    let mut console = Console::usual();
    console
        .keys("/")
        .type_text("name:acme")
        .keys("enter *")
        .shows("1 marked");
    console.meanwhile(async |other| {
        let before = other.tenant(&"acme".parse().unwrap()).await.unwrap();
        let mut after = before.clone();
        after.name = "Other".to_owned();
        other.update_tenant(&before, &after).await.unwrap();
    });
    console.keys("r").shows("1 marked, 1 hidden").lacks("not there");
}

#[test]
fn a_marked_tenant_of_a_long_list_that_is_gone_is_missed_when_it_is_read_again() {
    let mut console = many();
    console.keys("j space space G space").shows("3 marked");
    console.meanwhile(async |other| delete(other, &["t0001"]).await);
    console.keys("r").shows("2 marked");
    console.shows("Tenant t0001 is not there any more; its mark is taken off");
}

#[test]
fn rows_that_go_above_the_selected_one_leave_it_on_its_line_at_the_end_of_the_list_too() {
    for up in ["k", "k k k k k", "k k k k k k k k k k"] {
        let mut console = many();
        grown(&console, 7, &[]);
        console.keys("r").shows("1,507 tenants").keys("G").keys(up);
        let before = selected(&console);
        let gone = ["a0000", "a0001", "a0002", "a0003", "a0004", "a0005", "a0006"];
        grown(&console, 0, &gone);
        console.keys("r").shows("1,500 tenants");
        assert_eq!(selected(&console), before, "{up}");
    }
}

#[test]
fn the_mark_of_a_tenant_that_went_while_a_filter_hid_it_is_taken_off_when_that_ends() {
    let mut console = five();
    console.keys("j space space /").type_text("id:t5").keys("enter");
    console.meanwhile(async |other| delete(other, &["t1"]).await);
    console.keys("r").shows("2 marked, 2 hidden");
    console.keys("esc").shows("1 marked");
    console.shows("Tenant t1 is not there any more; its mark is taken off");
}
