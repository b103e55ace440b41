//! What cannot be copied is shown so that a mouse can select it.

use kestra_admin::app::msg::Msg;

use crate::support::Console;

#[test]
fn what_cannot_be_copied_fills_the_screen_without_borders_and_nothing_of_it_is_moved() {
    let mut console = Console::usual();
    let text = format!("{}\n  two spaces first", "0123456789".repeat(17));
    console.send(Msg::NotCopied {
        words: "Not copied: 60000 bytes are more than terminals take (56244)".to_owned(),
        text,
    });
    let screen = console.screen();
    let rows: Vec<&str> = screen.lines().skip(2).take(4).collect();
    let full = "0123456789".repeat(8);
    assert_eq!(
        rows,
        [full.as_str(), full.as_str(), "0123456789", "  two spaces first"],
        "{screen}"
    );
    assert!(!screen.contains('│'), "{screen}");
    console.shows("Not copied: 60000 bytes").keys("esc").shows("3 tenants");
    // All of it is in the log, but for the text itself.
    console
        .keys("L enter")
        .shows("select it with the mouse")
        .lacks("0123456789");
}
