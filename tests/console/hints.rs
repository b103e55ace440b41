//! What the last line and the borders say of the keys.

use kestra_admin::app::resume::Resume;

use crate::support::{Console, Setup, create, session};

/// The last line of the screen.
fn footer(console: &Console) -> String {
    let screen = console.screen();
    screen.lines().last().unwrap_or_default().trim_end().to_owned()
}

#[test]
fn while_a_sequence_of_keys_goes_on_the_last_line_says_what_ends_it() {
    let mut console = Console::usual();
    let before = footer(&console);
    console.keys("y");
    assert_eq!(footer(&console), " Esc gives up");
    console.keys("esc");
    assert_eq!(footer(&console), before);
}

#[test]
fn where_a_line_has_the_keys_tab_leads_to_the_button() {
    let mut console = Console::usual();
    console.keys("j D");
    assert!(footer(&console).contains("Tab other button"), "{}", console.screen());
    console.type_text("ac");
    assert!(footer(&console).contains("Tab to the button"), "{}", console.screen());
    console.keys("tab");
    assert!(footer(&console).contains("Tab other button"), "{}", console.screen());
}

#[test]
fn what_is_typed_and_the_keys_after_it_are_told_apart() {
    let mut console = Console::usual();
    console.meanwhile(async |other| create(other, "initech-of-the-north-and-south", "Initech").await);
    console.keys("r j D").shows("First type acme, then Tab, Enter: Delete");
    console.keys("esc G D");
    for (columns, rows) in [(60, 20), (40, 12)] {
        console.resize(columns, rows).lacks("Tab Enter");
    }
    console.resize(60, 20).shows("Type it, Tab, Enter: Delete");
}

#[test]
fn the_last_line_calls_what_changes_nothing_as_its_button_is_called() {
    let mut console = Console::usual();
    console.keys("n x esc").shows("[ Stay ]");
    assert!(footer(&console).ends_with("Esc stay"), "{}", console.screen());
    let mut console = Console::usual();
    console.keys("j D").shows("[ Cancel ]");
    assert!(footer(&console).ends_with("Esc cancel"), "{}", console.screen());
}

#[test]
fn a_form_says_which_of_its_lines_are_in_view() {
    let mut console = Console::usual();
    console.keys("n").resize(60, 20).shows("field 1 of 9 lines 1-");
    assert!(!console.screen().contains(" v│"), "{}", console.screen());
}

#[test]
fn a_tenant_that_was_asked_for_and_is_not_there_is_told() {
    let open = |tenant: &str| {
        let session = session(|session| session.tenant = Some(tenant.to_owned()));
        Setup {
            session,
            ..Setup::default()
        }
        .open(crate::support::usual)
    };
    open("nope").shows("There is no tenant nope in default; the list of tenants is shown instead");
    // What is asked for next does not lead there either.
    open("nope").keys("2").shows("Tenant (default)");
    open("billing")
        .lacks("There is no tenant")
        .shows("Tenants > billing > Overview")
        .keys("q")
        .shows("> billing")
        .keys("2")
        .shows("Tenant billing");
    open("(default)")
        .lacks("There is no tenant")
        .shows("Tenants > (default) > Overview");
}

/// A place that is resumed goes before it; what can be taken back, what was typed and the lines that were run are no place.
#[test]
fn a_tenant_to_start_in_is_opened_at_each_start_that_leads_to_no_place() {
    let opened = "Tenants > billing > Overview";
    let session = session(|session| session.tenant = Some("billing".to_owned()));
    let mut console = Setup {
        session,
        ..Setup::default()
    }
    .open(crate::support::usual);
    console
        .shows(opened)
        .keys("q : t e n a n t s enter g g j e")
        .type_text(" Ltd");
    console.keys("ctrl-o enter").shows("u takes it back");
    for _ in 0..2 {
        while !console.has_quit {
            console.keys("q");
        }
        let saved = console.saved.as_ref().unwrap();
        assert!(saved.undos.len() == 1 && !saved.history.is_empty());
        console.start_again().shows(opened);
    }
    // As `--fresh` begins.
    console.keys("q n").type_text("Umbrella").wait(1_000);
    console.saved = console.saved.take().map(Resume::left);
    console.start_again().shows(opened).keys("q g g j enter").wait(1_000);
    console
        .start_again()
        .lacks(opened)
        .shows("Tenants > acme")
        .shows("Resumed");
}

#[test]
fn a_default_tenant_that_is_out_of_reach_is_told_where_one_is_to_start_in_it() {
    let open = |enabled: bool, default_tenant: bool| {
        let session = session(|session| session.tenant = Some("(default)".to_owned()));
        Setup {
            enabled: Some(enabled),
            default_tenant: Some(default_tenant),
            session,
            ..Setup::default()
        }
        .open(crate::support::usual)
    };
    open(true, false).shows("There is no tenant (default) in default;");
    // What is asked for next does not lead there either.
    open(true, false).keys("2").lacks("Tenant (default)");
    // While multi-tenancy is off it is all there is.
    open(false, true)
        .shows("Multi-tenancy is off")
        .lacks("There is no tenant");
}
