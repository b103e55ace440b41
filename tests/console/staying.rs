//! The tenant that is selected stays so under another filter or order of a long list, and where it cannot, that is said.

use kestra_admin::app::effect::Request;

use crate::lists::many;
use crate::support::{Console, Setup};

#[track_caller]
fn at(console: &mut Console, keys: &str, id: &str) {
    if !keys.is_empty() {
        console.keys(keys);
    }
    let row = console.selected_row();
    assert!(row.split(' ').next() == Some(id), "{keys}: {row}\n{}", console.screen());
}

#[test]
fn under_another_order_the_same_tenant_is_selected_wherever_it_stands() {
    let mut console = many();
    at(&mut console, "ctrl-d ctrl-d ctrl-d", "t0023");
    at(&mut console, "S", "t0023");
    at(&mut console, "S", "t0023");
    at(&mut console, "l s", "t0023");
    console.shows("sort: name ^");
    console.keys("S S");
    at(&mut console, "", "t0023");
    console.keys("/").type_text("id:t").keys("enter");
    at(&mut console, "S", "t0023");
    console.lacks("was selected").lacks("looking for");
}

#[test]
fn under_a_filter_the_same_tenant_is_selected_and_comes_back_where_it_is_hidden() {
    let tenants = |console: &Console| {
        let is_page = |request: &&Request| matches!(request, Request::Tenants(_));
        console.asked.iter().filter(is_page).count()
    };
    let mut console = many();
    console.keys("G ctrl-u ctrl-u k k k");
    let (row, screen) = (console.selected_row(), console.screen());
    let id = row.split(' ').next().unwrap().to_owned();
    console.keys("/").type_text("id:t").keys("enter").lacks("is selected");
    at(&mut console, "", &id);
    at(&mut console, "esc", &id);
    // It is hidden: that is said once the filter is entered, and not at each key.
    console.keys("/").type_text("id:t00");
    console.lacks("is selected");
    console.keys("enter");
    console.shows(&format!("\"{id}\" is not in the list as filtered; t0000 is selected"));
    let before = tenants(&console);
    console.keys("esc");
    assert_eq!(console.selected_row(), row);
    assert!(tenants(&console) <= before + 3, "{}", tenants(&console) - before);
    let lines = |screen: &str| screen.lines().skip(2).take(15).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&console.screen()), lines(&screen));
    // Whoever selects another one stays on that.
    console.keys("/").type_text("id:t00").keys("enter j");
    at(&mut console, "esc", "t0001");
}

#[test]
fn whoever_is_at_the_first_row_goes_to_the_first_that_the_filter_leaves() {
    let mut console = many();
    console.keys("/").type_text("id:t12").keys("enter");
    at(&mut console, "", "t1200");
    console.lacks("is selected");
    at(&mut console, "esc", "(default)");
    // Whoever moves, if only to where one is, stays on what was looked for.
    console.keys("/").type_text("id:t12").keys("enter k");
    at(&mut console, "esc", "t1200");
}

#[test]
fn why_a_filter_is_refused_stays_said_though_what_it_left_hides_what_was_selected() {
    let mut console = many();
    console.keys("j j j /").type_text("12:1").keys("enter");
    console.shows("The filter cannot be read: there is no column `12`");
    console.lacks("is not in the list as filtered");
}

/// A filter that hides what is selected, so that it is said what is selected instead.
fn hidden() -> Console {
    let mut console = many();
    console.keys("j j j /").type_text("id:t12").keys("enter");
    console.shows("\"t0002\" is not in the list as filtered; t1200 is selected");
    console
}

#[test]
fn that_the_filter_hides_it_is_said_only_while_that_filter_and_that_selection_last() {
    for keys in ["esc", "j", "G", "l s", "/ 0"] {
        hidden().keys(keys).lacks("is not in the list as filtered");
    }
    // To look at it again or to wait changes nothing of it.
    hidden()
        .keys("/")
        .wait(1)
        .keys("enter")
        .shows("is not in the list as filtered");
    // Where another filter hides it, too, that is said of what is selected then.
    let mut console = hidden();
    console
        .keys("/ 3")
        .lacks("is not in the list as filtered")
        .keys("enter");
    console.shows("\"t0002\" is not in the list as filtered; t1230 is selected");
}

#[test]
fn the_default_tenant_that_was_gone_to_stays_selected_under_a_filter_and_comes_back_where_it_is_hidden() {
    let mut console = many();
    at(&mut console, "j j g g", "(default)");
    console.keys("/").type_text("id:t12").keys("enter");
    console.shows("\"(default)\" is not in the list as filtered; t1200 is selected");
    at(&mut console, "esc", "(default)");
    console.lacks("is not in the list as filtered");
    console.keys("/").type_text("id:a").keys("enter").lacks("is selected");
    at(&mut console, "esc", "(default)");
    // Whoever selects another one stays on that.
    console.keys("/").type_text("id:t12").keys("enter j");
    at(&mut console, "esc", "t1201");
    // That the first row of a filter is selected is no choice.
    console.keys("g g j / i d : t 1 2 enter g g j k esc");
    at(&mut console, "", "t1200");
}

#[test]
fn in_a_list_in_memory_that_the_filter_hides_what_was_selected_is_said_too() {
    let words = "The user that was selected is not in the list as filtered";
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab tab tab").shows("[Users]").keys("j");
    let name = console.selected_row().split(' ').next().unwrap().to_owned();
    console
        .keys("/")
        .type_text(&name)
        .keys("enter")
        .lacks(words)
        .keys("esc g g j");
    console.keys("/").type_text("!").type_text(&name).lacks(words);
    console.keys("enter").shows(words);
    console.keys("esc").lacks(words);
    // That the first row is selected is no choice.
    console.keys("k /").type_text(&name).keys("enter").lacks(words);
}

#[test]
fn what_is_looked_for_as_a_filter_goes_is_looked_for_again_after_another_filter() {
    for other in ["/ i d : t 0 0 esc", "/ i d : t 0 0 enter esc", "/ esc"] {
        let mut console = many();
        console.keys("/").type_text("id:t12").keys("enter j j j");
        at(&mut console, "", "t1203");
        console.held = true;
        console.keys("esc").answer_first("Tenants");
        console.answer_first("IdTaken").shows("looking for t1203");
        console.keys(other).answer();
        at(&mut console, "", "t1203");
    }
}
