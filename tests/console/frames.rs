//! How much is written to a terminal for one key: over a slow line each byte is felt.

use kestra_admin::term::run_loop::{Draw, Drawn};
use kestra_admin::term::screen::Screen;
use kestra_admin::ui::view;
use ratatui::Frame;

use crate::screens::tenants::people;
use crate::support::{Console, Setup};

/// A console that is only looked at.
struct Shown<'a>(&'a Console);

impl Draw for Shown<'_> {
    fn draw(&self, frame: &mut Frame<'_>) -> Drawn {
        let drawn = view(&self.0.model, &self.0.look, frame);
        Drawn {
            cursor: drawn.cursor,
            cursor_visible: drawn.cursor.is_some(),
            hits: drawn.hits,
            wraps: drawn.wraps,
        }
    }
}

/// The last row of the screen, with what can be done.
fn footer(console: &Console) -> String {
    console.screen().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn one_step_down_is_a_small_frame_also_where_other_things_can_be_done_with_the_next_row() {
    let of_tenant = ["tab", "tab tab", "tab tab tab", "tab tab tab tab"].map(|tabs| format!("j enter {tabs}"));
    let others = ["", "7", "j H", "4", "c"].map(str::to_owned);
    let mut large = Vec::new();
    for size in [(80, 24), (200, 60), (60, 20)] {
        for place in of_tenant.iter().chain(&others) {
            let mut console = Setup {
                size,
                ..Setup::default()
            }
            .open(people);
            // What a role grants stands in full beside the list of roles, and of bindings, on a large screen.
            let most = match size.0 {
                200 if place.ends_with("enter tab") => 900,
                200 if place.ends_with("enter tab tab") => 625,
                200 => 500,
                _ => 250,
            };
            if !place.is_empty() {
                console.keys(place);
            }
            let mut screen = Screen::new(size.0, size.1).unwrap();
            screen.draw(&Shown(&console)).unwrap();
            for _ in 0..5 {
                let before = footer(&console);
                console.keys("j");
                let frame = screen.draw(&Shown(&console)).unwrap();
                let text = String::from_utf8(frame).unwrap();
                // The last row is drawn last.
                let hints = text.rfind(&format!("\x1b[{};", size.1)).map_or(0, |at| text.len() - at);
                if text.len() >= most || hints > 200 {
                    let sizes = format!("{}, {hints} for hints", text.len());
                    large.push(format!("{size:?} {place:?}: {sizes}\n{before}\n{}", footer(&console)));
                }
            }
        }
    }
    assert!(large.is_empty(), "{}", large.join("\n\n"));
}
