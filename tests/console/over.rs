//! What lies over the screen: as high as what it has to say, and alone with the keys.

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::app::pointer::Hit;

use crate::support::migrations::{Fake, US, grown, plan};
use crate::support::{Console, Setup, usual};

fn at(width: u16, height: u16) -> Console {
    Setup {
        size: (width, height),
        ..Setup::default()
    }
    .open(usual)
}

/// The first and the last row of what lies over the screen, which begins with a title.
#[track_caller]
fn rows_of(console: &Console, title: &str) -> (usize, usize) {
    let screen = console.screen();
    let lines: Vec<Vec<char>> = screen.lines().map(|line| line.chars().collect()).collect();
    let words: Vec<char> = format!("┌─ {title}").chars().collect();
    let found = lines.iter().enumerate().find_map(|(y, line)| {
        let x = line.windows(words.len()).position(|part| part == words)?;
        Some((x, y))
    });
    let (x, top) = found.unwrap_or_else(|| panic!("no `{title}` on\n{screen}"));
    let is_corner = |line: &Vec<char>| line.get(x) == Some(&'└');
    let bottom = lines.iter().skip(top).position(is_corner).unwrap() + top;
    (top, bottom)
}

#[test]
fn on_a_large_screen_a_menu_is_as_high_as_its_lines_and_stays_so_while_one_types() {
    for (keys, title, most) in [("x", "Actions", 30), ("L ?", "Help", 56)] {
        let mut console = at(200, 60);
        console.keys(keys);
        let opened = rows_of(&console, title);
        let last = console.screen().lines().nth(opened.1 - 3).unwrap().to_owned();
        assert!(opened.1 - opened.0 < most, "{}", console.screen());
        assert!(
            last.chars().any(char::is_alphanumeric),
            "its last line says something:\n{}",
            console.screen()
        );
        for typed in ["a", "q", "zzz"] {
            console.type_text(typed);
            assert_eq!(rows_of(&console, title), opened, "{}", console.screen());
        }
    }
}

#[test]
fn on_a_large_screen_the_palette_is_as_high_as_what_it_lists_below_a_line_that_stays() {
    let mut console = at(200, 60);
    console.keys(":");
    let (top, bottom) = rows_of(&console, "Command");
    assert!(bottom - top < 26, "{}", console.screen());
    console.shows("Command, 1-20 of ");
    let mut before = bottom;
    for typed in ["r", "o", "l", "zzz"] {
        console.type_text(typed);
        let (now, bottom) = rows_of(&console, "Command");
        assert_eq!(now, top, "{}", console.screen());
        assert!(bottom <= before, "{}", console.screen());
        let last = console.screen().lines().nth(bottom - 3).unwrap().to_owned();
        let says = last.chars().any(char::is_alphanumeric);
        assert!(says || typed == "zzz", "{}", console.screen());
        before = bottom;
    }
    assert!(before - top < 12, "{}", console.screen());
    console.keys("ctrl-u");
    assert_eq!(rows_of(&console, "Command"), (top, bottom));
    // A page of it is what is in view.
    console.keys("pgdn").shows("Command, 2-21 of ");
}

#[test]
fn rows_to_choose_from_touch_no_border() {
    let long = [
        "fatima.el.amrani.of.the.night@example.com",
        "ingrid.bergstroem.of.the.day@example.com",
    ];
    for width in [40, 60, 80, 120] {
        let mut console = Setup::default().open(|instance, runtime| {
            crate::screens::tenants::people(instance, runtime);
            let acme = crate::roles::acme();
            for name in long {
                crate::support::user(instance, name);
                instance.grant_tenant_access(&acme, name).unwrap();
            }
        });
        console.keys("j p tab tab A").resize(width, 20);
        for keys in ["down", "esc shift-tab b"] {
            console.keys(keys);
            let screen = console.screen();
            let rows: Vec<&str> = screen
                .lines()
                .filter_map(|line| {
                    line.split('│').find(|part| {
                        part.contains("@example.com ") || part.contains("  own") || part.contains("managed:")
                    })
                })
                .collect();
            assert!(rows.len() > 1, "{screen}");
            assert!(rows.iter().all(|row| row.ends_with(' ')), "{screen}");
        }
    }
}

/// The parts of the first row with a text, each with the look it has.
fn looks_in(console: &Console, text: &str) -> String {
    let (screen, styled) = (console.screen(), console.styled());
    let y = screen.lines().position(|line| line.contains(text));
    let y = y.unwrap_or_else(|| panic!("no `{text}` on\n{screen}"));
    let row = styled
        .lines()
        .find_map(|line| line.trim_start().strip_prefix(&format!("{y}: ")));
    row.unwrap_or_default().to_owned()
}

#[test]
fn why_something_is_not_possible_is_not_as_faint_as_what_it_is() {
    const MUTED: &str = "rgb(138, 138, 138)";
    const DISABLED: &str = "rgb(108, 108, 108)";
    for keys in ["g g :", "g g ?", "g g x"] {
        let mut console = at(80, 24);
        console.look("dark", Depth::TrueColor, Glyphs::Unicode).keys(keys);
        let row = console.screen();
        let row = row
            .lines()
            .find(|line| line.contains("not now: ") && !line.starts_with("│>"));
        let Some(row) = row else {
            panic!("<{keys}>\n{}", console.screen())
        };
        let looks = looks_in(&console, row);
        assert!(looks.contains(MUTED) && looks.contains(DISABLED), "<{keys}> {looks}");
    }
}

/// The row that has the cursor, of what stood there before keys went on.
fn selected(console: &Console) -> String {
    let (_, y) = console.drawn().cursor.unwrap();
    console.screen().lines().nth(usize::from(y)).unwrap().to_owned()
}

#[test]
fn what_can_follow_does_not_cover_the_selected_row() {
    for keys in ["g g", "j", "j j j", "j p", "j p tab G", "j p G", "7 G"] {
        for (width, height) in [(60, 20), (80, 24), (100, 24), (119, 40), (200, 60)] {
            let mut console = Setup {
                size: (width, height),
                ..Setup::default()
            }
            .open(crate::screens::tenants::people);
            console.keys(keys);
            let row = selected(&console);
            for prefix in ["y", "g"] {
                console.keys(prefix);
                let screen = console.screen();
                let is_seen = screen.lines().any(|line| line == row);
                assert!(is_seen, "<{keys}> <{prefix}> `{row}` at {width}x{height}\n{screen}");
                console.keys("esc");
            }
        }
    }
    // In the midst of a small screen, too.
    let mut console = at(60, 20);
    console.keys("7").resize(60, 20);
    for _ in 0..12 {
        console.keys("j");
        let row = selected(&console);
        console.keys("y");
        assert!(console.screen().lines().any(|line| line == row), "{}", console.screen());
        console.keys("esc");
    }
}

#[test]
fn what_can_follow_cuts_no_border() {
    for (width, height) in [(60, 20), (80, 24), (90, 24), (100, 24), (130, 40), (200, 60)] {
        let mut console = at(width, height);
        for keys in ["j", "w"] {
            console.keys(keys);
            let corners = |screen: &str| screen.matches(['└', '┘']).count();
            let before = corners(&console.screen());
            console.keys("y");
            let screen = console.screen();
            assert_eq!(corners(&screen), before + if width < 100 { 0 } else { 2 }, "{screen}");
            // A line that was begun has an end.
            let ended = |line: &&str| line.matches('└').count() == line.matches('┘').count();
            assert!(screen.lines().all(|line| ended(&line)), "{screen}");
            console.keys("esc");
        }
    }
}

#[test]
fn where_not_all_lines_of_a_menu_are_in_view_its_title_says_which_are() {
    let mut console = at(60, 20);
    console.keys("?").shows("Help: commands and pages, 1-1");
    console.keys("pgdn pgdn").lacks("pages, 1-1");
    console.type_text("repaint").lacks("pages,");
    console.resize(200, 60).keys("esc ?").lacks("Here,");
}

#[test]
fn what_is_typed_does_not_change_the_height_of_a_choice() {
    for (keys, title) in [
        ("j p w", "Who can do something to"),
        ("j p b", "Who is given a role"),
        ("j p b enter enter", "Where it is held"),
    ] {
        let mut console = at(200, 60);
        console.keys(keys);
        let opened = rows_of(&console, title);
        for typed in ["f", "lo", "zzz"] {
            console.type_text(typed);
            assert_eq!(rows_of(&console, title), opened, "{}", console.screen());
        }
    }
}

#[test]
fn on_a_large_screen_a_page_is_as_high_as_its_text() {
    let mut console = at(200, 60);
    console.keys(":").type_text("topic copying").keys("enter");
    let screen = console.screen();
    let (top, bottom) = rows_of(&console, "Copying");
    assert!(bottom - top < 40, "{screen}");
    let last = screen.lines().nth(bottom - 1).unwrap();
    assert!(last.chars().any(char::is_alphanumeric), "{screen}");
}

#[test]
fn while_something_lies_over_a_list_none_of_its_rows_is_selected() {
    let is_marked = |console: &Console| {
        let screen = console.screen();
        let mut lines = screen.lines().filter_map(|line| line.strip_prefix('│'));
        lines.any(|line| line.trim_start().starts_with('>'))
    };
    for (keys, dialog) in [
        ("j p", "x"),
        ("j enter tab", ":"),
        ("7", ":"),
        ("n esc D L", ":"),
        ("n A", "esc"),
    ] {
        let mut console = at(200, 60);
        console.keys(keys);
        assert!(is_marked(&console), "{keys}\n{}", console.screen());
        console.keys(dialog);
        assert!(!console.model.overlays.is_empty(), "{keys}");
        assert!(!is_marked(&console), "{keys}\n{}", console.screen());
    }
    let mut console = crate::migration::console(grown());
    console.resize(200, 60).keys("m enter");
    assert!(is_marked(&console), "{}", console.screen());
    assert!(!is_marked(console.keys(":")), "{}", console.screen());
}

#[test]
fn the_row_that_a_question_is_about_stays_marked_behind_it() {
    let marked = |console: &Console| {
        let screen = console.screen();
        let found = screen.lines().position(|line| line.starts_with("│>"));
        found.map(|y| u16::try_from(y).unwrap())
    };
    for (keys, question) in [
        ("j j j", "D"),
        ("7 j", "D"),
        ("j p", "D"),
        ("j enter tab / U n u s e d enter", "D"),
        ("j p tab j", "X"),
        ("j e x ctrl-o enter", "u"),
    ] {
        let mut console = Setup {
            size: (200, 60),
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        console.keys(keys);
        let row = marked(&console);
        assert!(row.is_some(), "{keys}\n{}", console.screen());
        console.keys(question);
        assert!(!console.model.overlays.is_empty(), "{keys}\n{}", console.screen());
        assert_eq!(marked(&console), row, "{keys}\n{}", console.screen());
        for depth in [Depth::Mono, Depth::Ansi16] {
            console.look("default", depth, Glyphs::Ascii);
            assert!(
                console
                    .screen()
                    .lines()
                    .nth(usize::from(row.unwrap()))
                    .unwrap()
                    .starts_with("|>"),
                "{keys}"
            );
            console.look("default", depth, Glyphs::Unicode);
        }
        // Neither keys nor pointer reach it.
        assert_ne!(console.drawn().cursor.map(|(_, y)| y), row);
        assert!(
            !matches!(console.drawn().hits.at(3, row.unwrap()), Some(Hit::Row(_))),
            "{keys}"
        );
        console.keys("esc");
        assert_eq!(marked(&console), row, "{keys}");
    }
    // Of what is marked its marks say so, whatever is selected.
    let mut console = at(200, 60);
    console
        .keys("j space space D")
        .shows("*acme Acme")
        .shows("*billing Billing");
    assert_eq!(marked(&console), None, "{}", console.screen());
}

#[test]
fn while_something_lies_over_a_matrix_no_cell_of_it_is_selected() {
    let mut console = at(200, 60);
    console.keys("j enter tab enter").shows("CREATE on FLOW");
    let header = |console: &Console| {
        let styled = console.styled();
        styled.lines().find(|line| line.starts_with(" 3:")).unwrap().to_owned()
    };
    assert!(header(&console).contains("reverse"));
    console.keys("b");
    assert!(!header(&console).contains("reverse"), "{}", console.styled());
    console.lacks(">FLOW").lacks("[x]");
}

#[test]
fn what_comes_into_a_file_and_what_goes_out_of_it_looks_so_on_its_own_page() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.go(None);
    let mut console = Setup {
        fake,
        ..Setup::default()
    }
    .open(usual);
    console.look("light", Depth::TrueColor, Glyphs::Unicode);
    console.keys("3 enter d").shows("Diff");
    let drawn = console.styled();
    let (screen, styles) = drawn.split_once("\n---\n").unwrap();
    let style_of = |sign: &str| {
        let row = screen.lines().position(|line| line.starts_with(sign)).unwrap();
        let runs = styles
            .lines()
            .find(|line| line.starts_with(&format!("{row:>2}:")))
            .unwrap();
        runs.split_once(", 1-").map_or("", |(_, rest)| rest).to_owned()
    };
    let [added, removed, around] = ["│ +", "│ -", "│  "].map(style_of);
    assert_ne!(added, removed, "{drawn}");
    assert_ne!(added, around, "{drawn}");
    assert_ne!(removed, around, "{drawn}");
}
