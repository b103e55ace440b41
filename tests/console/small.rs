//! Whatever lies over a screen, and whatever is filled in, on small screens: what one types and what one presses are there.

use std::collections::BTreeSet;

use kestra_admin::app::dialog_text::dialog_text;
use kestra_admin::app::overlay::{Dialog, Overlay};
use kestra_admin::backend::Backend;
use kestra_admin::domain::tenant_id::TenantId;

use crate::migration::following::running;
use crate::screens::tenants::people;
use crate::support::migrations::grown;
use crate::support::{Console, Setup, session};

/// The sizes that have to do.
const SIZES: [(u16, u16); 3] = [(40, 12), (60, 20), (80, 24)];

fn usual() -> Console {
    Setup::default().open(people)
}

fn newer() -> Console {
    Setup {
        release: "2.0",
        ..Setup::default()
    }
    .open(people)
}

fn protected() -> Console {
    Setup {
        session: session(|session| {
            "production-in-the-european-union".clone_into(&mut session.context);
            session.protected = true;
        }),
        ..Setup::default()
    }
    .open(people)
}

fn unlocked() -> Console {
    let mut console = protected();
    console
        .keys("W")
        .type_text("production-in-the-european-union")
        .keys("tab enter");
    console
}

/// A console whose tenants are in a file of the name that is proposed.
fn saved() -> Console {
    let mut console = usual();
    console.keys("g g E tab ctrl-u enter").shows("Saved a snapshot of ");
    console
}

/// The same where one of them is gone since.
fn lacking() -> Console {
    let console = saved();
    console.meanwhile(async |instance| {
        let gone = TenantId::existing("acme");
        instance.delete_tenant(&gone).await.unwrap();
    });
    console
}

fn wizard() -> Console {
    crate::migration::console(grown())
}

fn halted() -> Console {
    let mut console = running(Some(kestra_admin::migration::step::Step::SyncAccess));
    console
        .fake
        .halt(kestra_admin::migration::record::Halt::Stopped, "Stopped by ana@jump1.");
    console.news();
    console
}

/// What a console starts from, the keys that lead to what is looked at, and what is typed there.
type Case = (fn() -> Console, &'static str, &'static str);

const CASES: &[Case] = &[
    // Dialogs.
    (usual, "j D", "acme"),
    (usual, "j space j space D", "2 tenants"),
    (usual, "n x ctrl-o q esc", ""),
    (protected, "W", "production"),
    (unlocked, "j D", "acme"),
    (usual, "j enter tab j D", "Operators"),
    (usual, "j p D", ""),
    (usual, "j p * D", "acme"),
    (usual, "j p tab D", "admin"),
    (usual, "j p tab j O", ""),
    (usual, "j p tab j X", ""),
    (usual, "j p tab tab j D", "Night"),
    (wizard, "m enter enter enter enter j enter", "prod"),
    (halted, "b enter", ""),
    (halted, "j F", ""),
    (lacking, "I enter enter", ""),
    (lacking, "a enter enter enter", ""),
    // Lines to type.
    (usual, "j p tab n", "mia"),
    (usual, "j p tab j P", "secret"),
    (usual, "j p tab tab n", "Group"),
    (usual, "j p tab tab e", "Group"),
    (usual, "j p tab j t n", "token"),
    (usual, "j p tab I n", "mia"),
    (usual, "j H f", "anna"),
    (newer, "j p tab N", "robot"),
    (usual, "E", "acme.json"),
    (usual, "F", "acme.json"),
    (usual, "I", "acme.json"),
    (usual, "a", "acme.json"),
    (saved, "E enter enter", "acme.json"),
    // Lists to choose from.
    (usual, "G A", "anna"),
    (usual, "j p tab A", "an"),
    (usual, "j p tab j b", "Adm"),
    (usual, "j enter tab j o", "bil"),
    (usual, "j enter tab f", "Adm"),
    (usual, "j p tab tab A", "an"),
    (usual, "j enter w", "FL"),
    (usual, "j enter tab n O tab tab tab t", "Adm"),
    // Menus and pages.
    (usual, ":", "new"),
    (usual, "?", "copy"),
    (usual, "j x", "del"),
    (usual, "s s", ""),
    (usual, "C", ""),
    (usual, "j d", ""),
    (usual, "j d /", "acm"),
    (usual, "/", "name:ac"),
    (usual, "y", ""),
    (usual, "g", ""),
    // Forms, and pages of questions.
    (usual, "n", "Initech"),
    (usual, "n I n i t ctrl-o", ""),
    (usual, "j enter tab n", "Ops"),
    (usual, "j enter tab n O p s ctrl-o", ""),
    (usual, "c n", "https://kestra.example.com"),
    (wizard, "m", ""),
    (wizard, "m enter", ""),
    (wizard, "m enter enter", ""),
    (wizard, "m enter enter enter", ""),
    (wizard, "m enter enter enter n", "ops"),
    (wizard, "m enter enter enter enter", ""),
    (wizard, "m enter enter enter enter enter", ""),
    (halted, "b", ""),
];

/// Words that only a small screen has: that there is more, how it is seen, and that a column has no room.
const SMALL: [&str; 11] = [
    "PgDn", "more", "lines", "of", "scroll", "scrolls", "now", "room", "at", "this", "width",
];

/// The words of a screen that are letters and nothing else.
fn words(console: &Console) -> BTreeSet<String> {
    let screen = console.screen();
    let words = screen.split(|sign: char| sign.is_whitespace() || "│─┌┐└┘".contains(sign));
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(char::is_alphabetic);
    words.filter(is_word).map(str::to_owned).collect()
}

/// Fails unless a dialog has its buttons, and the line that is typed in with what it says of it.
#[track_caller]
fn has_buttons(console: &Console, dialog: &Dialog) {
    let screen = console.screen();
    let text = dialog_text(&console.model, dialog);
    for button in [text.cancel, text.confirm] {
        let is_there = [format!("[ {button} ]"), format!("( {button} )")];
        assert!(
            is_there.iter().any(|shown| screen.contains(shown)),
            "{button}\n{screen}"
        );
    }
    let says = ["] matches", "] not matching", "] wait 3 s", "] still counting"];
    let is_said = says.iter().any(|words| screen.contains(words));
    assert_eq!(dialog.expected.is_some(), is_said, "{screen}");
}

#[test]
fn whatever_is_open_can_be_typed_at_pressed_and_left_at_every_size() {
    for (start, keys, typed) in CASES {
        let mut console = start();
        console.keys(keys).type_text(typed).resize(200, 60);
        let known = words(&console);
        for (width, height) in SIZES {
            console.resize(width, height);
            let screen = console.screen();
            let about = format!("<{keys}> {typed} {width}x{height}\n{screen}");
            if let Some(Overlay::Dialog(dialog)) = console.model.overlays.last() {
                has_buttons(&console, dialog);
            }
            // What has the keys has the cursor, and what is typed is there.
            let drawn = console.drawn();
            let (x, y) = drawn.cursor.unwrap_or_else(|| panic!("no cursor: {about}"));
            assert!(x > 0 && x + 1 < width && y + 1 < height, "{x},{y}: {about}");
            if !typed.is_empty() {
                let row = screen.lines().nth(usize::from(y)).unwrap();
                let end = &typed[typed.len().saturating_sub(4)..];
                assert!(drawn.typing && (row.contains(end) || row.contains("****")), "{about}");
            }
            // The keys are named whole, in the border or below.
            let borders = screen.lines().filter(|line| line.starts_with('└'));
            for border in borders {
                assert!(!border.contains('…'), "{about}");
            }
            assert!(
                ["Enter", "Esc", "Tab"].iter().any(|key| screen.contains(key)),
                "{about}"
            );
            // Nothing is cut but with a sign that says so: there is no word that a large screen does not have.
            let cut: Vec<_> = words(&console).difference(&known).cloned().collect();
            let is_small = |word: &String| SMALL.contains(&word.as_str());
            assert!(cut.iter().all(is_small), "{cut:?}: {about}");
        }
    }
}

/// What cannot be read is left out, as in other lists: when something was done goes before who did it, what, and to what.
#[test]
fn the_audit_log_on_the_smallest_screen_has_columns_that_can_be_read() {
    let mut console = Setup {
        release: "1.0",
        ..Setup::default()
    }
    .open(people);
    console.keys("j H").resize(40, 12);
    let screen = console.screen();
    assert!(!screen.contains("TIME") && !screen.contains("2026-"), "{screen}");
    for words in ["USER", "ACTION", "RESOURCE", "admin@kestra.l", "CREATE"] {
        assert!(screen.contains(words), "{words} in\n{screen}");
    }
    console.resize(60, 20).shows("TIME (UTC)");
}
