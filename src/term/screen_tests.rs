//! What is sent to a terminal for each frame, and what that shows then.

use ratatui::Terminal;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use super::difference::is_wide;
use super::run_loop::{Draw, Drawn};
use super::screen::Screen;

/// A list with a selection bar.
struct List {
    rows: Vec<String>,
    selected: u16,
    cursor_visible: bool,
}

impl List {
    fn of(rows: usize) -> Self {
        Self {
            rows: (0..rows)
                .map(|row| format!("  tenant-{row:03}  Tenant number {row}  active"))
                .collect(),
            selected: 0,
            cursor_visible: false,
        }
    }
}

impl Draw for List {
    fn draw(&self, frame: &mut ratatui::Frame<'_>) -> Drawn {
        let area = frame.area();
        for (row, text) in (0..area.height).zip(&self.rows) {
            let style = if row == self.selected {
                Style::new().add_modifier(Modifier::REVERSED)
            } else {
                Style::new()
            };
            let line = Rect::new(0, row, area.width, 1);
            frame.buffer_mut().set_style(line, style);
            frame.render_widget(Line::from(text.as_str()), line);
        }
        Drawn {
            cursor: Some((0, self.selected)),
            cursor_visible: self.cursor_visible,
            ..Drawn::default()
        }
    }
}

#[test]
fn nothing_changed_is_not_a_single_byte() {
    let (mut screen, list) = (Screen::new(80, 24, false).unwrap(), List::of(40));
    assert!(screen.draw(&list).unwrap().len() > 80);
    assert!(screen.draw(&list).unwrap().is_empty());
    assert!(screen.draw(&list).unwrap().is_empty());
}

#[test]
fn one_step_down_a_list_costs_few_bytes() {
    let (mut screen, mut list) = (Screen::new(80, 24, false).unwrap(), List::of(40));
    screen.draw(&list).unwrap();
    list.selected = 1;
    let bytes = screen.draw(&list).unwrap();
    assert!(bytes.len() < 250, "{} bytes", bytes.len());
    assert!(bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"));
}

#[test]
fn the_cursor_is_hidden_while_much_is_drawn_and_seen_at_its_place_afterwards() {
    let (mut screen, mut list) = (Screen::new(80, 24, false).unwrap(), List::of(40));
    list.cursor_visible = true;
    let mut draw = |list: &List| String::from_utf8(screen.draw(list).unwrap()).unwrap();
    assert!(draw(&list).ends_with("\x1b[H\x1b[?25h\x1b[?2026l"));
    list.selected = 1;
    let one_piece = draw(&list);
    assert!(one_piece.ends_with("\x1b[2H\x1b[?2026l"), "{one_piece:?}");
    assert!(!one_piece.contains("\x1b[?25"), "{one_piece:?}");
    list.rows
        .iter_mut()
        .for_each(|row| *row = row.chars().rev().collect::<String>().repeat(2));
    let much = draw(&list);
    assert!(much.starts_with("\x1b[?2026h\x1b[?25l"), "{much:?}");
    assert!(much.ends_with("\x1b[2H\x1b[?25h\x1b[?2026l"), "{much:?}");
    assert!(draw(&list).is_empty());
}

/// The rows of a frame, and those that a terminal shows after what it was sent.
fn both(list: &List, columns: u16, rows: u16, terminal: &vt100::Parser) -> [Vec<String>; 2] {
    let mut meant = Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).unwrap();
    meant.draw(|frame| drop(list.draw(frame))).unwrap();
    let buffer = meant.backend().buffer();
    let row = |y| {
        (0..columns)
            .filter(|x| *x == 0 || !is_wide(&buffer[(x - 1, y)]))
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    let reversed = |y| terminal.screen().cell(y, 0).unwrap().inverse();
    let is_bar = |y| buffer[(0, y)].modifier.contains(Modifier::REVERSED);
    let shown = terminal.screen().rows(0, columns);
    [
        (0..rows)
            .map(|y| format!("{}{}", row(y).trim_end(), is_bar(y)))
            .collect(),
        (0..rows)
            .zip(shown)
            .map(|(y, text)| format!("{}{}", text.trim_end(), reversed(y)))
            .collect(),
    ]
}

#[test]
fn a_list_that_scrolls_by_a_row_costs_about_what_a_step_does() {
    let (mut screen, mut list) = (Screen::new(80, 24, false).unwrap(), List::of(40));
    list.selected = 23;
    screen.draw(&list).unwrap();
    list.rows.rotate_left(1);
    let down = screen.draw(&list).unwrap();
    assert!(down.len() < 250, "{} bytes", down.len());
    list.rows.rotate_right(1);
    let up = screen.draw(&list).unwrap();
    assert!(up.len() < 350, "{} bytes", up.len());
}

proptest::proptest! {
    #[test]
    fn whatever_scrolls_the_terminal_shows_what_was_meant(
        steps in proptest::collection::vec((-4_isize..=4, 0_u16..12, 0_usize..30, "[a-c日 ]{0,20}"), 1..12),
    ) {
        let (columns, rows) = (30, 12);
        let size = |length: u16| std::num::NonZero::new(length).unwrap();
        let mut terminal = vt100::Parser::new(size(rows), size(columns), 0);
        let (mut screen, mut list) = (Screen::new(columns, rows, false).unwrap(), List::of(30));
        for (by, selected, changed, text) in steps {
            if by < 0 {
                list.rows.rotate_right(by.unsigned_abs());
            } else {
                list.rows.rotate_left(by.unsigned_abs());
            }
            list.selected = selected;
            list.rows[changed] = format!("{text:<28}");
            terminal.process(&screen.draw(&list).unwrap());
            let [meant, shown] = both(&list, columns, rows, &terminal);
            proptest::prop_assert_eq!(shown, meant);
        }
    }
}

/// A page of lines that go on, from one of them on.
struct Lines(usize);

impl Draw for Lines {
    fn draw(&self, frame: &mut ratatui::Frame<'_>) -> Drawn {
        let area = frame.area();
        // Each third is a line of two rows, and a short one.
        let row = |row: usize| match row % 3 {
            0 => format!("begin-{row:02}-{}", "x".repeat(usize::from(area.width) - 9)),
            1 => format!("end-{row:02}"),
            _ => format!("short-{row:02}"),
        };
        let mut drawn = Drawn::default();
        for y in 0..area.height {
            let number = self.0 + usize::from(y);
            frame.buffer_mut().set_string(0, y, row(number), Style::new());
            if number.is_multiple_of(3) && y + 1 < area.height {
                drawn.wraps.push((y, area.width));
            }
        }
        drawn
    }
}

#[test]
fn what_goes_on_in_the_next_row_is_written_once() {
    let size = |length: u16| std::num::NonZero::new(length).unwrap();
    let mut terminal = vt100::Parser::new(size(6), size(20), 0);
    let mut screen = Screen::new(20, 6, false).unwrap();
    for from in [0, 1, 2, 3, 9, 3] {
        let bytes = screen.draw(&Lines(from)).unwrap();
        terminal.process(&bytes);
        let text = String::from_utf8(bytes).unwrap();
        let rows: Vec<String> = terminal.screen().rows(0, 20).collect();
        for (y, row) in rows.iter().enumerate() {
            let number = from + y;
            let word = format!("{}-{number:02}", ["begin", "end", "short"][number % 3]);
            assert!(row.starts_with(&word), "{from}: {rows:?}");
            // Of a short one only what differs is written.
            let times = text.matches(&word).count();
            assert!(times == 1 || number % 3 == 2 && times == 0, "{from}: {text:?}");
        }
    }
    assert!(screen.draw(&Lines(3)).unwrap().is_empty());
}

#[test]
fn only_the_cursor_moves_where_only_it_moved() {
    struct CursorOnly(u16, bool);
    impl Draw for CursorOnly {
        fn draw(&self, _: &mut ratatui::Frame<'_>) -> Drawn {
            Drawn {
                cursor: Some((self.0, 0)),
                cursor_visible: self.1,
                ..Drawn::default()
            }
        }
    }
    let mut screen = Screen::new(10, 2, false).unwrap();
    screen.draw(&CursorOnly(0, false)).unwrap();
    let draw = |screen: &mut Screen, app| String::from_utf8(screen.draw(&app).unwrap()).unwrap();
    assert_eq!(
        draw(&mut screen, CursorOnly(3, false)),
        "\x1b[?2026h\x1b[1;4H\x1b[?2026l"
    );
    assert_eq!(
        draw(&mut screen, CursorOnly(3, true)),
        "\x1b[?2026h\x1b[?25h\x1b[?2026l"
    );
    assert_eq!(
        draw(&mut screen, CursorOnly(30, true)),
        "\x1b[?2026h\x1b[1;10H\x1b[?2026l"
    );
    assert_eq!(draw(&mut screen, CursorOnly(40, true)), "");
}

#[test]
fn the_mouse_is_not_reported_while_text_is_selected_with_it() {
    struct Page(bool);
    impl Draw for Page {
        fn draw(&self, _: &mut ratatui::Frame<'_>) -> Drawn {
            Drawn {
                selects: self.0,
                ..Drawn::default()
            }
        }
    }
    let mut screen = Screen::new(10, 2, true).unwrap();
    // What is switched is switched once, and again after a resize or a suspension, which lead to the same.
    let mut switched = |selects, anew| {
        if anew {
            screen.invalidate();
        }
        let text = String::from_utf8(screen.draw(&Page(selects)).unwrap()).unwrap();
        [text.contains("\x1b[?1000h"), text.contains("\x1b[?1000l")]
    };
    let [on, off, neither] = [[true, false], [false, true], [false, false]];
    for (selects, anew, expected) in [
        (false, false, on),
        (false, false, neither),
        (true, false, off),
        (true, false, neither),
        (true, true, off),
        (false, true, on),
        (true, false, off),
        (false, false, on),
    ] {
        assert_eq!(switched(selects, anew), expected, "{selects}, {anew}");
    }
    let mut screen = Screen::new(10, 2, false).unwrap();
    for selects in [false, true, false] {
        let text = String::from_utf8(screen.draw(&Page(selects)).unwrap()).unwrap();
        assert!(!text.contains("\x1b[?1000"), "{text:?}");
    }
}

#[test]
fn both_halves_of_a_wide_character_are_written_over() {
    let (mut screen, mut list) = (Screen::new(20, 2, false).unwrap(), List::of(0));
    list.rows = vec!["日本".to_owned()];
    list.selected = 1;
    screen.draw(&list).unwrap();
    list.rows = vec!["a c ".to_owned()];
    let text = String::from_utf8(screen.draw(&list).unwrap()).unwrap();
    assert!(text.contains("a c "), "{text:?}");
    assert!(screen.draw(&list).unwrap().is_empty());
}

#[test]
fn a_resize_wipes_and_draws_in_full() {
    let (mut screen, list) = (Screen::new(80, 24, false).unwrap(), List::of(40));
    screen.draw(&list).unwrap();
    for (columns, rows) in [(60, 20), (100, 30), (1, 1), (0, 0), (1, 0), (0, 5), (80, 24)] {
        screen.resize(columns, rows);
        assert_eq!(screen.size(), (columns, rows));
        let bytes = screen.draw(&list).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("\x1b[2J"), "{columns}x{rows}");
        assert_eq!(
            text.contains("tenant-000"),
            columns > 20 && rows > 0,
            "{columns}x{rows}"
        );
        assert!(screen.draw(&list).unwrap().is_empty());
    }
    screen.invalidate();
    assert!(
        String::from_utf8(screen.draw(&list).unwrap())
            .unwrap()
            .contains("tenant-000")
    );
}
