//! Words are looked for in every text that is read: pages, what commands of a run wrote, plans.

use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::overlay::{Overlay, Page};
use kestra_admin::migration::step::Step;

use crate::migration::console;
use crate::migration::following::running;
use crate::support::migrations::grown;
use crate::support::{Console, Setup, usual};

/// The rows of the screen that have a mark of a search before them, and their marks.
fn marked(console: &Console) -> Vec<(char, String)> {
    let screen = console.screen();
    let rows = screen.lines().filter_map(|line| {
        let row = line.trim_start_matches(['│', '|', ' ']);
        let mark = row.chars().next().filter(|mark| ">*".contains(*mark))?;
        Some((mark, row.trim_matches(['│', '|', '>', '*', ' ']).to_owned()))
    });
    rows.filter(|(_, row)| !row.starts_with("help")).collect()
}

fn page(size: (u16, u16)) -> Console {
    let mut console = Setup {
        size,
        ..Setup::default()
    }
    .open(usual);
    console.send(Msg::Run("topic contexts-and-trust".to_owned()));
    console
}

#[test]
fn what_is_looked_for_in_a_page_is_marked_gone_to_and_gone_round() {
    let mut console = page((80, 12));
    console
        .shows("/ search")
        .keys("n")
        .shows("Not now: nothing is looked for; / begins a search");
    console.keys("/").type_text("UNLOCK");
    // It is gone to while it is typed, and marked by signs.
    console.shows("match 1 of 2 search: UNLOCK");
    let first = marked(&console);
    assert_eq!(first[0].0, '>', "{}", console.screen());
    console
        .keys("enter")
        .shows("match 1 of 2 n N Esc ends it search: UNLOCK");
    console.keys("n").shows("match 2 of 2");
    console
        .lacks("went on from")
        .keys("n")
        .shows("match 1 of 2")
        .shows("The search went on from the top");
    console
        .keys("N")
        .shows("match 2 of 2")
        .shows("The search went on from the end");
    assert!(
        marked(&console)
            .iter()
            .any(|(mark, row)| *mark == '>' && row.to_lowercase().contains("unlock"))
    );
    // Esc ends the search first, and closes the page then.
    console.keys("esc").shows("/ search").lacks("search: ");
    assert_eq!(marked(&console), []);
    console.keys("esc").shows("3 tenants");
}

#[test]
fn what_is_not_there_is_said_and_a_search_can_be_given_up_while_it_is_typed() {
    let mut console = page((80, 24));
    console
        .keys("/")
        .type_text("zebra")
        .shows("no match search: zebra")
        .keys("enter n");
    console
        .shows("Nothing here matches zebra")
        .keys("/")
        .shows("search:")
        .lacks("search: zebra");
    console.paste("tmux\n").keys("esc").lacks("search: ").shows("/ search");
    // Letters are typed and run nothing.
    console
        .keys("/ q y ?")
        .shows("search: qy?")
        .keys("esc")
        .shows("Contexts and trust");
    console.keys("?").shows("search").keys("esc q").shows("3 tenants");
}

#[test]
fn while_words_are_looked_for_enter_goes_on_and_closes_nothing() {
    let mut console = page((80, 12));
    console
        .keys("/")
        .type_text("unlock")
        .keys("enter")
        .shows("match 1 of 2");
    // Esc is named for what it does now, and once.
    console.shows("Esc end search").shows("q close").lacks("Esc close");
    console.keys("enter").shows("match 2 of 2").shows("Contexts and trust");
    console
        .keys("enter")
        .shows("match 1 of 2")
        .keys("esc")
        .shows("/ search");
    console.shows("Esc close").lacks("end search");
    console.keys("enter").shows("3 tenants");
}

#[test]
fn a_plain_page_to_copy_from_is_searched_and_stays_bare_otherwise() {
    let text: Vec<String> = (1..=60).map(|line| format!("line {line} of the text")).collect();
    let mut console = page((80, 12));
    let plain = Page {
        plain: true,
        ..Page::new("Not copied", text.join("\n"))
    };
    console.model.overlays = vec![Overlay::Page(plain)];
    console.resize(80, 12);
    let bare = console.screen();
    console
        .keys("/")
        .type_text("line 33 ")
        .shows("match 1 of 1 search: line 33");
    console.shows("line 33 of the text").lacks("line 1 of the text");
    console.keys("enter esc g g");
    assert_eq!(console.screen(), bare);
    console.keys("esc").lacks("line 1 of the text");
}

#[test]
fn the_way_to_a_context_is_searched() {
    let mut console = crate::contexts::examined();
    console
        .keys("/")
        .type_text("not encrypted")
        .keys("enter")
        .shows("match 1 of ");
    let found = marked(&console);
    assert!(found.iter().any(|(mark, _)| *mark == '>'), "{}", console.screen());
    let said = console.linear();
    assert!(said.contains(" have not encrypted:"), "{said}");
    console.keys("esc").lacks("search: ").shows("Test ");
}

#[test]
fn words_that_a_line_break_parts_are_found() {
    let mut console = page((40, 20));
    console
        .keys("/")
        .type_text("credentials come from")
        .shows("match 1 of 1");
}

#[test]
fn what_commands_of_a_run_wrote_is_searched_and_the_key_of_a_new_plan_is_out_of_the_way() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    for line in 1..=40 {
        console.fake.write(&format!("INFO synchronising access of user {line}"));
    }
    console.news().keys("o");
    console.keys("/").type_text("user 7").keys("enter");
    console
        .shows("match 1 of 1")
        .shows("| INFO synchronising access of user 7");
    assert!(
        marked(&console)
            .iter()
            .any(|(mark, row)| *mark == '>' && row.ends_with("user 7")),
        "{}",
        console.screen()
    );
    console
        .keys("n")
        .shows("The search went on from the top")
        .shows("o steps");
    console.keys("esc").lacks("search: ").keys("o").shows("sync-access");
}

#[test]
fn what_was_found_stays_where_it_is_when_the_oldest_lines_go() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    for line in 1..=1_990 {
        console.fake.write(&format!("INFO synchronising access of user {line}"));
    }
    console
        .news()
        .keys("o / u s e r space 1 5 0 0 enter")
        .shows("match 1 of 1");
    let found = |console: &Console| {
        let at = marked(console).into_iter().find(|(mark, _)| *mark == '>');
        assert!(
            at.is_some_and(|(_, row)| row.ends_with("user 1500")),
            "{}",
            console.screen()
        );
    };
    found(&console);
    for line in 1..=50 {
        console.fake.write(&format!("INFO and one more {line}"));
    }
    console.news().shows("match 1 of 1");
    found(&console);
}

#[test]
fn a_plan_is_searched() {
    let mut console = console(grown());
    console.keys("m enter enter enter enter enter").shows("page 6 of 6");
    console
        .keys("/")
        .type_text("restart")
        .keys("enter")
        .shows("match 1 of ");
    // Nothing starts by Enter while words are looked for.
    console
        .lacks("Enter start")
        .keys("enter")
        .shows("match 2 of ")
        .keys("N");
    let scrolled = marked(&console);
    assert!(scrolled.iter().any(|(mark, _)| *mark == '>'), "{}", console.screen());
    console.keys("n n").shows("match 3 of ");
    console.keys("enter").lacks("match 3 of ").shows("> Migration > Plan");
    let starts = |asked: &Request| matches!(asked, Request::StartRun(_));
    assert!(!console.asked.iter().any(starts), "{:?}", console.asked);
    console.keys("esc").lacks("search: ").shows("page 6 of 6");
}

#[test]
fn by_lines_only_the_lines_that_have_it_are_said() {
    let mut console = page((80, 24));
    console.line("/protected");
    let said = console.linear();
    assert!(said.contains(" have protected:"), "{said}");
    assert!(
        said.contains("A protected context starts locked") && !said.contains("Secrets are typed hidden"),
        "{said}"
    );
    console.line("");
    assert!(
        console.linear().contains("Secrets are typed hidden"),
        "{}",
        console.linear()
    );
    console.line("");
    assert!(!console.linear().contains("Secrets"), "{}", console.linear());
}

/// Whether anything was asked for but looks.
fn asked_to_start(console: &Console) -> bool {
    console.asked.iter().any(|asked| matches!(asked, Request::StartRun(_)))
}

#[test]
fn every_page_of_the_wizard_is_searched() {
    let mut console = console(grown());
    console.keys("m").shows("page 1 of 6").keys("/").type_text("qtmulti");
    // What is typed is looked for, and leaves nothing.
    console
        .shows("no match search: qtmulti")
        .keys("ctrl-u")
        .type_text("tenancy");
    console.keys("enter").shows("match 1 of ");
    console
        .keys("n")
        .shows("match 2 of ")
        .keys("enter")
        .shows("Migration of prod-eu: check");
    assert!(
        marked(&console).iter().any(|(mark, _)| *mark == '>'),
        "{}",
        console.screen()
    );
    // It is found again in what is found anew.
    console.keys("r").shows(" search: tenancy").keys("n").shows("match ");
    console.keys("esc").lacks("search: ").keys("enter").shows("page 2 of 6");
    // Enter answers nothing while words are looked for.
    console
        .keys("2 / d u m p enter enter")
        .shows("Migration of prod-eu: backup");
    console.keys("esc enter").shows("page 3 of 6");
    console.keys("/").type_text("docker").keys("enter").shows("match 1 of ");
    console.keys("esc enter").shows("page 4 of 6");
    // A key has its usual meaning as long as nothing is looked for.
    console
        .keys("n")
        .type_text("dev")
        .keys("ctrl-o")
        .keys("n")
        .type_text("dove")
        .keys("ctrl-o");
    console
        .keys("/")
        .type_text("admin")
        .keys("enter n")
        .shows("match 2 of 2");
    console.keys("esc n").shows("A tenant to create").keys("esc");
    assert!(!asked_to_start(&console));
}

#[test]
fn the_steps_of_a_run_are_searched() {
    let mut console = running(Some(Step::SyncAccess));
    console.shows(">[>] sync-access").keys("/").type_text("restart");
    console
        .shows("match 1 of 2 search: restart")
        .keys("enter")
        .shows(">[x] restart")
        .keys("n")
        .shows("match 2 of 2")
        .shows("restart-again");
    assert!(
        marked(&console)
            .iter()
            .any(|(mark, row)| *mark == '>' && row.contains("restart-again")),
        "{}",
        console.screen()
    );
    console.keys("enter").shows("match 1 of 2").lacks("Step restart");
    // The selection stays where it was found, and Enter shows it again once the search has ended.
    console
        .keys("esc")
        .lacks("search: ")
        .keys("enter")
        .shows("Step restart");
    console.keys("esc n").shows("Not now: it is at work; one run at a time");
    console.line("/access");
    let said = console.linear();
    assert!(
        said.contains(" have access:") && !said.contains("create-tenants"),
        "{said}"
    );
    console.line("");
    assert!(console.linear().contains("Step 3 of 11 done"), "{}", console.linear());
}

#[test]
fn by_lines_a_page_of_the_wizard_that_can_be_searched_is_gone_on_from() {
    let mut console = console(grown());
    console.line("migration").line("/tenancy");
    assert!(console.linear().contains(" have tenancy:"), "{}", console.linear());
    console.line("");
    assert!(console.linear().contains("page 1 of 6"), "{}", console.linear());
    console.line("");
    assert!(console.linear().contains("page 2 of 6"), "{}", console.linear());
}

#[test]
fn a_huge_filter_hides_neither_its_key_nor_how_much_it_left() {
    for keys in ["", "L", "j p tab"] {
        let mut console = Console::usual();
        if !keys.is_empty() {
            console.keys(keys);
        }
        console.keys("/").paste(&"xy".repeat(2_500)).keys("enter").wait(300);
        for (width, height) in [(80, 24), (60, 20), (40, 12)] {
            console.resize(width, height).shows("Esc clears the filter.");
            let screen = console.screen();
            assert!(screen.contains("xyx"), "{screen}");
            let border = screen
                .lines()
                .rev()
                .find(|line| line.contains("xyx"))
                .unwrap_or_default();
            assert!(border.contains(" 0 "), "{screen}");
        }
        let said = console.linear();
        assert!(said.len() < 1_000, "{said}");
        assert!(said.contains("xyx"), "{said}");
    }
}
