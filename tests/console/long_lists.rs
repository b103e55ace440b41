//! Lists that are read by pages: how much of them is read again, what is on screen meanwhile, and what stays in view.

use kestra_admin::app::effect::{Answer, Request};
use kestra_admin::app::msg::Msg;
use kestra_admin::app::people::{PeopleAnswer, PeopleQuestion};
use kestra_admin::domain::audit::AuditRow;
use kestra_admin::domain::page::Page;
use kestra_admin::domain::user::{User, UserKind};

use crate::support::{Console, Setup, session};

/// The audit log of an instance that answers over a network, of so many changes, on screen as far as this many are held.
pub fn log(changes: u64, held: usize) -> Console {
    let mut console = Setup {
        release: "1.3",
        hold: true,
        session: session(|session| {
            session.remote = true;
            session.refresh_seconds = 10;
        }),
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.stampless = true;
    console.answer_but("People").keys("8");
    read(&mut console, changes);
    for _ in 1..held / 100 {
        console.keys("G");
        read(&mut console, changes);
    }
    let rows = console.model.screens.last().unwrap().list().unwrap();
    assert_eq!(rows.visible().len(), held);
    console
}

/// Change number `number` of the log.
fn change(number: u64) -> AuditRow {
    AuditRow {
        id: format!("change-{number}"),
        time: 1_700_000_000_000 + i64::try_from(number).unwrap() * 60_000,
        actor: "anna".to_owned(),
        user_id: None,
        action: "CREATE".to_owned(),
        resource: "GROUP".to_owned(),
        object: format!("group-{number}"),
        tenant: "acme".to_owned(),
        address: None,
        impersonated_by: None,
        detail: serde_json::Map::new(),
        changes: Vec::new(),
    }
}

/// Answers the question for a page of the log, the newest first, or of the users of the instance, if one waits.
pub fn read_one(console: &mut Console, all: u64) -> bool {
    console.answer_but("People");
    let Some((job, request)) = console.waiting.pop_front() else {
        return false;
    };
    let Request::People(question) = request else {
        unreachable!()
    };
    let answer = match *question {
        PeopleQuestion::Audit { query, .. } => {
            let end = (query.offset + u64::from(query.size)).min(all);
            let rows = (query.offset.min(end)..end).map(|at| change(all - 1 - at));
            PeopleAnswer::Audit(Page::new(rows.collect(), all))
        }
        PeopleQuestion::Users(query) => {
            let start = (query.page - 1) * u64::from(query.size);
            let end = (start + u64::from(query.size)).min(all);
            let rows = (start.min(end)..end).map(|at| User {
                id: format!("id-{at}"),
                username: format!("user-{at:05}"),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
            });
            PeopleAnswer::Users(Page::new(rows.collect(), all))
        }
        other => unreachable!("{other:?}"),
    };
    console.send(Msg::Reply(job, Ok(Answer::People(Box::new(answer)))));
    true
}

/// Answers until nothing is asked any more, and says how many questions that took.
pub fn read(console: &mut Console, all: u64) -> usize {
    let mut asked = 0;
    while read_one(console, all) {
        asked += 1;
        assert!(asked < 100, "{}", console.screen());
    }
    asked
}

/// Lets time pass until the list on screen is read again by itself.
fn look(console: &mut Console) {
    for _ in 0..14 {
        console.wait(5_000).answer_but("People");
        if !console.waiting.is_empty() {
            return;
        }
    }
    panic!("nothing is read by itself");
}

/// Fails the question that waits.
fn fail(console: &mut Console) {
    console.answer_but("People");
    let (job, _) = console.waiting.pop_front().unwrap();
    console.send(Msg::Reply(job, Err(crate::states::unreachable())));
}

/// The rows in view, with the mark of the selected one.
fn in_view(console: &Console) -> Vec<String> {
    let screen = console.screen();
    let rows = screen.lines().filter(|line| line.contains("group-"));
    rows.map(str::to_owned).collect()
}

#[test]
fn a_log_on_screen_is_read_again_by_its_first_page_and_nothing_moves() {
    let mut console = log(5_000, 1_000);
    console.keys("k k k");
    let before = in_view(&console);
    look(&mut console);
    assert_eq!(read(&mut console, 5_007), 1, "a look by itself");
    assert_eq!(in_view(&console), before);
    console.shows("1,007 read (of 5,007 changes)");
    // What comes next at its end comes after what is held.
    console.keys("G");
    assert_eq!(read(&mut console, 5_007), 1);
    console.shows("1,107 read");
    // The first row stays on its line, too, and the border says that there are others above.
    console.keys("g g");
    let before = in_view(&console);
    look(&mut console);
    read(&mut console, 5_009);
    assert_eq!(in_view(&console), before);
    console
        .shows("3-19 of 1,109 read")
        .keys("g g")
        .shows("> 2023-11-18 09:41:20")
        .shows("group-5008");
}

#[test]
fn more_new_rows_than_a_page_leave_no_gap() {
    let mut console = log(5_000, 300);
    let before = in_view(&console);
    look(&mut console);
    assert_eq!(read(&mut console, 5_250), 3);
    assert_eq!(in_view(&console), before);
    console.shows("550 read (of 5,250 changes)");
}

#[test]
fn as_much_as_is_held_is_read_again_where_that_is_asked_for_up_to_a_bound() {
    let mut console = log(5_000, 400);
    let before = in_view(&console);
    console.keys("r");
    assert_eq!(read(&mut console, 5_003), 4);
    assert_eq!(in_view(&console), before);
    console.shows("403 read (of 5,003 changes)");
    let mut console = log(5_000, 2_500);
    let before = in_view(&console);
    console.keys("r");
    assert_eq!(read(&mut console, 5_000), 20);
    assert_eq!(in_view(&console), before);
    console.shows("2,500 read (of 5,000 changes)");
}

#[test]
fn what_is_asked_for_otherwise_takes_the_place_of_all_that_was_held() {
    let mut console = log(5_000, 400);
    console.keys("f").type_text("group").keys("ctrl-o");
    assert_eq!(read(&mut console, 3_000), 1);
    console.shows("100 of 100 read (of 3,000 changes)");
}

#[test]
fn a_page_that_fails_leaves_what_is_held_and_says_so() {
    let mut console = log(5_000, 400);
    let before = in_view(&console);
    console.keys("r");
    read_one(&mut console, 5_000);
    fail(&mut console);
    assert_eq!(read(&mut console, 5_000), 0);
    assert_eq!(in_view(&console), before);
    console.shows("400 read").shows("does not answer");
    console.keys("r");
    assert_eq!(read(&mut console, 5_000), 4);
    assert_eq!(in_view(&console), before);
}

#[test]
fn after_a_lost_connection_the_first_page_is_there_at_once_and_the_rest_follows() {
    let mut console = log(5_000, 400);
    console.keys("k k k").wait(1_000);
    let before = in_view(&console);
    console.start_again();
    read_one(&mut console, 5_000);
    console.shows("group-4999").shows("reading more").lacks(">2");
    assert_eq!(read(&mut console, 5_000), 3);
    assert_eq!(in_view(&console), before);
    console.shows("400 read");
    // What came meanwhile is above.
    console.wait(1_000).start_again();
    assert_eq!(read(&mut console, 5_030), 4);
    assert_eq!(in_view(&console), before);
    // Whoever moves stays there.
    console.wait(1_000).start_again();
    read_one(&mut console, 5_030);
    console.keys("j");
    read(&mut console, 5_030);
    assert!(console.selected_row().contains("group-5028"), "{}", console.screen());
}

#[test]
fn after_a_lost_connection_a_page_that_fails_leaves_the_others() {
    let mut console = log(5_000, 400);
    console.keys("k k k").wait(1_000);
    let before = in_view(&console);
    console.start_again();
    read_one(&mut console, 5_000);
    fail(&mut console);
    console
        .shows("group-4999")
        .shows("does not answer")
        .lacks("reading more");
    // Another start, or another look, finds it.
    console.wait(1_000).start_again();
    assert_eq!(read(&mut console, 5_000), 4);
    assert_eq!(in_view(&console), before);
    console.wait(1_000).start_again();
    read_one(&mut console, 5_000);
    fail(&mut console);
    console.keys("r");
    read(&mut console, 5_000);
    assert_eq!(in_view(&console), before);
}

#[test]
fn what_a_file_says_of_pages_is_bounded() {
    let mut console = log(5_000, 200);
    console.wait(1_000);
    let saved = console.saved.as_mut().unwrap();
    saved.stood[0].pages = u64::MAX;
    saved.stood[0].row = Some("nothing".to_owned());
    console.start_again();
    assert_eq!(read(&mut console, 5_000), 20);
    console.shows("2,000 read (of 5,000 changes)");
}

#[test]
fn what_acts_on_the_row_that_stood_waits_for_it() {
    let mut console = log(5_000, 400);
    console.keys("k k k").wait(1_000);
    let row = console.selected_row();
    console.start_again();
    read_one(&mut console, 5_000);
    console.keys("enter");
    read(&mut console, 5_000);
    let group = row.split_whitespace().find(|word| word.contains("group-")).unwrap();
    console.shows(&format!("CREATE GROUP {group}"));
}

#[test]
fn users_beyond_the_first_page_stay_and_those_in_view_are_read_again_by_themselves() {
    let mut console = log(10, 10);
    console.keys("7");
    read(&mut console, 5_000);
    for _ in 0..2 {
        console.keys("G");
        read(&mut console, 5_000);
    }
    console.shows("3,000 read (of 5,000 users)").keys("k k");
    let view = |console: &Console| {
        console
            .screen()
            .lines()
            .filter(|line| line.contains("user-"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let before = view(&console);
    console.keys("r");
    assert_eq!(read(&mut console, 5_000), 3);
    assert_eq!(view(&console), before);
    console.keys("g g");
    look(&mut console);
    assert_eq!(read(&mut console, 5_000), 1);
    console.shows("3,000 read (of 5,000 users)");
    // Who is gone is gone.
    console.keys("r");
    assert_eq!(read(&mut console, 2_500), 3);
    console.shows("2,500 users");
}

/// A filter looks at the whole list as far as that is read in reasonable time, as its command does, and says so.
#[test]
fn a_filter_reads_on_until_the_screen_is_full_or_all_is_read() {
    let mut console = log(350, 100);
    console.keys("/").type_text("group-5").keys("enter");
    console.shows("searching server");
    assert_eq!(read(&mut console, 350), 3);
    console
        .shows("group-5 ")
        .shows("of 350 ")
        .lacks("searching server")
        .lacks(" read");
    // What fills the screen is enough.
    let mut console = log(2_000, 100);
    console.keys("/").type_text("group").keys("enter");
    assert_eq!(read(&mut console, 2_000), 0);
}

/// What matches nothing, or little, is looked for in so many, and in as many more each time that is asked for.
#[test]
fn a_filter_looks_further_each_time_that_is_asked_for() {
    let mut console = log(12_000, 100);
    console.keys("/").type_text("nobody").keys("enter");
    read_one(&mut console, 12_000);
    console
        .shows("Nothing matches nobody among the 200 that are read. Esc stops reading.")
        .shows("0 (200 of 12,000 read) searching server filter: nobody");
    assert_eq!(read(&mut console, 12_000), 48);
    console
        .shows("among the 5,000 that are read; the other 7,000 were not looked at yet, G looks further.")
        .shows("Esc clears the filter.")
        .shows("0 (5,000 of 12,000 read) filter: nobody");
    let said = console.linear();
    assert!(
        said.contains("12,000 changes in all, 5,000 of them read; G looks further"),
        "{said}"
    );
    // Nor does a long filter take that away, be it beside how old it is.
    let mut long = log(12_000, 100);
    long.keys("/")
        .type_text("nobody-of-so-long-a-name-was-here")
        .keys("enter");
    read(&mut long, 12_000);
    long.wait(61_000)
        .shows("0 (5,000 of 12,000 read)")
        .shows("filter: nobody-of");
    console.keys("G").shows("searching server");
    let said = console.linear();
    assert!(said.contains("5,000 of them read. Searching."), "{said}");
    // Once it looks, the same key asks for nothing more.
    read_one(&mut console, 12_000);
    console.keys("k");
    assert_eq!(read(&mut console, 12_000), 49);
    console.shows("0 (10,000 of 12,000 read)").keys("G");
    assert_eq!(read(&mut console, 12_000), 20);
    console.shows("0 of 12,000 changes").lacks("G looks further");
    // So it is where little was found, by whichever key leads to its end; one that leads on by rows reads a page.
    let mut console = log(12_000, 100);
    console.keys("/").type_text("group-11999").keys("enter");
    assert_eq!(read(&mut console, 12_000), 49);
    console.shows("1 (5,000 of 12,000 read)").keys("j");
    assert_eq!(read(&mut console, 12_000), 1);
    console.shows("1 (5,100 of 12,000 read)").keys("G");
    assert_eq!(read(&mut console, 12_000), 50);
    // Another filter looks at as much as the first, and never by itself at more than is there already.
    console.keys("/").type_text("9").keys("enter");
    assert_eq!(read(&mut console, 12_000), 0);
    console.shows("0 (10,100 of 12,000 read)");
}

#[test]
fn a_search_is_stopped_by_esc_and_says_how_to_look_further() {
    for key in ["esc", "ctrl-c"] {
        let mut console = log(12_000, 100);
        console.keys("/").type_text("nobody").keys("enter");
        for _ in 0..3 {
            read_one(&mut console, 12_000);
        }
        console.keys(key).shows("Stopped reading; G looks further");
        assert_eq!(console.model.running(), 0, "what was asked is cancelled");
        console
            .shows("0 (400 of 12,000 read) filter: nobody")
            .shows("the other 11,600 were not looked at yet, G looks further");
        // It stays so, whatever is looked at by itself.
        if key == "esc" {
            look(&mut console);
            assert_eq!(read(&mut console, 12_000), 1);
        }
        console.shows("0 (400 of 12,000 read)").keys("G");
        assert_eq!(read(&mut console, 12_000), 50);
        // The next one means what it always does; another filter is looked for anew.
        console.keys("esc").shows("(of 12,000 changes)").lacks("filter:");
    }
    let mut console = log(12_000, 100);
    console
        .keys("/")
        .type_text("nobody")
        .keys("enter esc /")
        .type_text("x")
        .keys("enter");
    assert_eq!(read(&mut console, 12_000), 49);
    // Where the filter is typed, it clears that.
    let mut console = log(12_000, 100);
    console.keys("/").type_text("zz").shows("searching server");
    console.keys("esc").lacks("zz").lacks("Stopped");
    // An order is stopped as well.
    let mut console = log(12_000, 100);
    console.keys("S S").shows("searching server").keys("esc");
    console
        .shows("Stopped reading; G looks further")
        .lacks("searching server");
    assert_eq!(console.model.screens.len(), 1);
}

/// A server that sends the same page whatever is asked for is not asked for ever.
#[test]
fn a_page_without_a_row_that_is_new_ends_a_search() {
    let mut console = log(5_000, 100);
    console.keys("/").type_text("nobody").keys("enter");
    for asked in 0.. {
        console.answer_but("People");
        let Some((job, _)) = console.waiting.pop_front() else {
            break;
        };
        assert!(asked < 10, "it is asked again and again");
        let rows = (0..100).map(|at| change(4_999 - at)).collect();
        let answer = PeopleAnswer::Audit(Page::new(rows, 5_000));
        console.send(Msg::Reply(job, Ok(Answer::People(Box::new(answer)))));
    }
    console.shows("0 (100 of 5,000 read)");
}

/// An order of one's own is one of the whole list, too; what cannot be read is not asked for again and again.
#[test]
fn an_order_reads_on_and_a_page_that_fails_ends_that_until_a_key() {
    let mut console = log(350, 100);
    console.keys("S S").shows("searching server");
    assert_eq!(read(&mut console, 350), 3);
    console.shows("of 350 changes").keys("g g").shows("group-0 ");
    let mut console = log(350, 100);
    console.keys("/").type_text("group-5").keys("enter");
    let (job, _) = console.waiting.pop_front().unwrap();
    let problem = kestra_admin::domain::problem::Problem::new(
        kestra_admin::domain::problem::ProblemKind::Failed,
        "The page could not be read.",
        "So it is.",
        "Try again.",
    );
    console.send(Msg::Reply(job, Err(problem)));
    console.wait(1);
    assert_eq!(read(&mut console, 350), 0);
    console.keys("G");
    assert_eq!(read(&mut console, 350), 3);
}
