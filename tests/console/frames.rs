//! How much is written to a terminal for one key: over a slow line each byte is felt.

use kestra_admin::app::effect::{Answer, Request};
use kestra_admin::app::msg::Msg;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::term::run_loop::{Draw, Drawn};
use kestra_admin::term::screen::Screen;
use kestra_admin::ui::view;
use ratatui::Frame;

use crate::screens::tenants::people;
use crate::support::{Console, Setup, session, tenants};

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
            selects: drawn.selects,
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
            let mut screen = Screen::new(size.0, size.1, false).unwrap();
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

/// 95 tenants, each tenth without an Admin.
fn many(instance: &LocalInstance, runtime: &tokio::runtime::Runtime) {
    const WORDS: [&str; 4] = [
        "Acme Corporation",
        "Globex Logistics",
        "Umbrella Logistics",
        "Vandelay Research",
    ];
    let name = |number: usize| {
        let mark = if number.is_multiple_of(10) { "!" } else { "" };
        format!("{} {number}{mark}", WORDS[number % WORDS.len()])
    };
    let list: Vec<(String, String)> = (0..95).map(|number| (format!("t-{number:07}"), name(number))).collect();
    let list: Vec<(&str, &str)> = list.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    tenants(instance, runtime, &list);
}

/// What can be seen of each cell of a terminal.
fn seen(terminal: &vt100::Parser) -> Vec<String> {
    let (rows, columns) = terminal.screen().size();
    let cells = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
    let cell = |(row, column)| {
        let cell = terminal.screen().cell(row, column).unwrap();
        let ground = (cell.bgcolor(), cell.inverse(), cell.underline());
        match cell.contents() {
            "" | " " if cell.inverse() => format!("{ground:?} {:?}", cell.fgcolor()),
            "" | " " => format!("{ground:?}"),
            text => format!(
                "{text} {ground:?} {:?} {} {}",
                cell.fgcolor(),
                cell.bold(),
                cell.italic()
            ),
        }
    };
    cells.map(cell).collect()
}

#[test]
fn a_step_along_a_list_that_scrolls_is_a_small_frame_and_the_terminal_shows_what_it_would_drawn_anew() {
    let mut large = Vec::new();
    for (size, most) in [((80, 24), 250), ((200, 60), 500)] {
        let mut console = Setup {
            size,
            ..Setup::default()
        }
        .open(many);
        let length = |length: u16| std::num::NonZero::new(length).unwrap();
        let blank = || vt100::Parser::new(length(size.1), length(size.0), 0);
        let mut screen = Screen::new(size.0, size.1, false).unwrap();
        let mut terminal = blank();
        terminal.process(&screen.draw(&Shown(&console)).unwrap());
        for step in 0..120 {
            console.keys(if step < 95 { "j" } else { "k" });
            let frame = screen.draw(&Shown(&console)).unwrap();
            terminal.process(&frame);
            let mut anew = blank();
            anew.process(
                &Screen::new(size.0, size.1, false)
                    .unwrap()
                    .draw(&Shown(&console))
                    .unwrap(),
            );
            assert_eq!(seen(&terminal), seen(&anew), "{size:?} {step}");
            let cursor = |terminal: &vt100::Parser| terminal.screen().cursor_position();
            assert_eq!(cursor(&terminal), cursor(&anew), "{size:?} {step}");
            if frame.len() >= most {
                let text = String::from_utf8(frame).unwrap();
                large.push(format!("{size:?} {step}: {} {text:?}", text.len()));
            }
        }
    }
    assert!(large.is_empty(), "{}", large.join("\n"));
}

/// Answers what waits as an instance that does not tell the admins of the tenants it lists.
fn answer_untold(console: &mut Console) {
    while let Some((job, request)) = console.waiting.pop_front() {
        let mut reply = console.ask(request);
        if let Ok(Answer::Tenants(page)) = &mut reply {
            page.rows.iter_mut().for_each(|row| row.admins = None);
        }
        console.send(Msg::Reply(job, reply));
    }
}

#[test]
fn who_holds_a_key_down_over_a_network_sees_each_row_at_once_as_it_is() {
    let mut console = Setup {
        hold: true,
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(many);
    answer_untold(&mut console);
    let mut asked = 0;
    for step in 0..95 {
        console.keys("j");
        let row = console.selected_row();
        assert!(row.contains("active") || row.contains("! no admin"), "{step}: {row}");
        let is_count = |(_, request): &&(_, Request)| matches!(request, Request::AdminCounts(_));
        asked += console.waiting.iter().filter(is_count).count();
        answer_untold(&mut console);
    }
    assert!((10..=25).contains(&asked), "{asked} questions");
}
