//! The mouse: everything it does is something that keys do, and nothing happens where there is nothing to hit.

use kestra_admin::app::msg::Msg;
use kestra_admin::app::pointer::{Act, Pointer};

use crate::support::Console;

#[test]
fn a_click_selects_and_a_second_one_opens() {
    let mut console = Console::usual();
    console.click("globex");
    assert!(console.selected_row().starts_with("globex"), "{}", console.screen());
    console.sleep(5_000).click("acme");
    assert!(console.selected_row().starts_with("acme"), "{}", console.screen());
    console.click("acme").shows("> acme > Overview");
}

#[test]
fn two_clicks_count_as_two_where_no_frame_was_drawn_between_them() {
    let mut console = Console::usual();
    let rows = console.cells();
    let row = rows.iter().position(|row| row.concat().contains("globex")).unwrap();
    let (column, row) = (5, u16::try_from(row).unwrap());
    // What is hit is what the frame before both of them says.
    let hit = console.drawn().hits.at(column, row);
    for act in [Act::Press, Act::Release, Act::Press, Act::Release] {
        console.send(Msg::Pointer(Pointer { act, column, row, hit }));
    }
    console.shows("> globex > Overview");
}

#[test]
fn two_slow_clicks_open_nothing() {
    let mut console = Console::usual();
    console.click("globex").sleep(2_000).click("globex");
    console.lacks("globex > Overview");
}

#[test]
fn the_wheel_moves_and_empty_space_does_nothing() {
    let mut console = Console::usual();
    let before = console.selected_row();
    console.mouse("ID", &[Act::WheelDown]);
    assert_ne!(console.selected_row(), before);
    console.mouse("ID", &[Act::WheelUp]);
    assert_eq!(console.selected_row(), before);
    let screen = console.screen();
    console.click("NAME").sleep(1_000).click("NAME");
    assert_eq!(console.screen(), screen);
}

#[test]
fn tabs_rows_and_the_way_back_can_be_clicked() {
    let mut console = Console::usual();
    console.keys("j enter").click("Roles").shows("> acme > Roles");
    console
        .click("Everything in")
        .click("Everything in")
        .shows("> acme > Roles > Admin");
    console
        .sleep(1_000)
        .click("acme > Roles")
        .shows("> acme > Roles")
        .lacks("> Roles > Admin");
    console.sleep(1_000).click("Tenants >").lacks("> acme > Roles");
}

#[test]
fn hints_of_the_footer_run_their_commands() {
    let mut console = Console::usual();
    console.click("help").shows("Help: commands and pages");
    console.keys("esc").click("n new").shows("New tenant");
}

#[test]
fn fields_and_buttons_of_a_form_can_be_clicked() {
    let mut console = Console::usual();
    console.keys("n").type_text("Initech").click("Id");
    console.sleep(1_000).click("Review").shows("> Review");
    console.sleep(1_000).click("Back").lacks("> Review");
    console.sleep(1_000).click("( Leave )").shows("[ Stay ]");
}

#[test]
fn a_button_of_a_dialog_acts_when_let_go_on_it_and_what_lies_under_it_is_out_of_reach() {
    let mut console = Console::usual();
    console.keys("j D").shows("Type");
    let rows = console.screen();
    console.mouse("( Delete )", &[Act::Press]).shows("( Delete )");
    console.mouse("Cancel", &[Act::Release]).shows("( Delete )");
    // Enter presses what had the focus, and not what a hand thought better of.
    console.shows("[ Cancel ]");
    assert!(console.drawn().hits.at(5, 3).is_none(), "{rows}");
    console.sleep(1_000).click("[ Cancel ]").lacks("Type");
}

#[test]
fn a_cell_of_a_matrix_can_be_clicked_and_clicked_again_to_set_it() {
    let mut console = Console::usual();
    console.keys("j enter tab n").type_text("Ops").keys("enter enter enter");
    let (column, row) = console.drawn().cursor.expect("a cell is selected");
    let (column, row) = (column + 1, row + 2);
    for act in [Act::Press, Act::Release, Act::Press, Act::Release] {
        let hit = console.drawn().hits.at(column, row);
        console.send(Msg::Pointer(Pointer { act, column, row, hit }));
    }
    console.shows("1 right");
    assert_eq!(console.drawn().cursor, Some((column - 1, row)));
}
