//! Text to be read over a screen is open again at the next start, as far down as it was, where it can be read again.

use crate::support::{Console, Setup};

fn people(release: &'static str) -> Console {
    let mut console = Setup {
        release,
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.with_contexts(["default", "prod"]);
    console
}

/// All that is on screen, but for what is told.
fn place(console: &Console) -> String {
    let screen = console.screen();
    let lines: Vec<&str> = screen.lines().skip(1).collect();
    lines[..lines.len() - 2].join("\n")
}

#[test]
fn pages_are_open_again_as_far_down_as_they_were() {
    for keys in ["d", "j d j j", "enter tab j d", "p tab j a j j enter", "8 j enter"] {
        let mut console = people("1.3");
        console.keys(keys);
        assert_eq!(console.model.overlays.len(), 1, "{keys}\n{}", console.screen());
        console.wait(1_000);
        let before = place(&console);
        console.start_again();
        assert_eq!(place(&console), before, "{keys}\n{}", console.screen());
        console.keys("esc");
        assert!(console.model.overlays.is_empty(), "{keys}");
        console.wait(1_000).start_again();
        assert_ne!(place(&console), before, "{keys}: it was closed");
    }
    // Also those of the help.
    let mut console = people("1.3");
    console
        .send(kestra_admin::app::msg::Msg::Run("topic filters".to_owned()))
        .keys("j j j")
        .wait(1_000);
    let before = place(&console);
    console.start_again();
    assert_eq!(place(&console), before);
}

/// What it was about is gone: the place beneath is there, and it is said what is not.
#[test]
fn a_page_about_what_is_gone_is_not_open_and_that_is_said() {
    let mut console = people("1.3");
    console.keys("8 j enter").wait(1_000);
    let saved = console.saved.as_mut().unwrap();
    let row = Some("gone".to_owned());
    saved.stood[0].row.clone_from(&row);
    saved.page.as_mut().unwrap().row = row;
    console.start_again();
    console
        .shows("> Audit log")
        .shows("What was read is not there any more: ");
    assert!(console.model.overlays.is_empty());
    // What cannot be read again is not either: a message of a session that is over.
    let mut console = people("1.3");
    console.keys("j p tab j");
    console.fail_next("Access", crate::states::unreachable());
    console.keys("r !").wait(1_000).start_again();
    console.shows("Resumed: tenant billing, the place below the page `Problem`");
    assert!(console.model.overlays.is_empty());
}

/// Below the list of tenants there is nothing to go back to.
#[test]
fn no_key_is_said_to_lead_back_where_none_does() {
    let mut console = people("1.3");
    console.fail_next("Tenants", crate::states::unreachable());
    console.keys("r !").wait(1_000).start_again();
    console
        .shows("Resumed: the place below the page `Problem`.")
        .lacks("Esc");
}

/// It waits for what it is about, and whoever goes elsewhere meanwhile does not want it any more.
#[test]
fn a_page_waits_for_its_place_and_is_given_up_by_going_elsewhere() {
    for keys in ["", "tab tab", "q"] {
        let mut console = people("1.3");
        console.keys("enter tab j d").wait(1_000);
        console.fail_next("Access", crate::states::unreachable());
        console.start_again();
        assert!(console.model.overlays.is_empty());
        if !keys.is_empty() {
            console.keys(keys);
        }
        console.keys("r");
        assert_eq!(
            console.model.overlays.len(),
            usize::from(keys.is_empty()),
            "{keys}\n{}",
            console.screen()
        );
    }
}
