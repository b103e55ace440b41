//! What is on the screen, and the fewest bytes that turn it into what should be.
//!
//! Frames are drawn into memory and compared with the one before; the difference becomes one piece of bytes within a
//! synchronised update. If nothing differs there is not a single byte. Nothing here touches the terminal: [`super::output`]
//! writes.

use std::io;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{self, BeginSynchronizedUpdate, Clear, EndSynchronizedUpdate};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Rect, Size};

use crate::app::pointer::HitMap;
use crate::domain::text::Columns;

use super::encoder::{encode, encode_through};
use super::run_loop::{Application, Drawn};
use super::scroll::Scroll;

/// Fewer bytes than these no scrolling makes fewer.
const WORTH_SCROLLING: usize = 200;
/// Bytes that arrive in one piece even over a network, so that nobody sees the cursor on its way.
const ONE_PIECE: usize = 1000;

/// The screen as the terminal shows it.
pub struct Screen {
    terminal: Terminal<Canvas>,
    /// What the terminal shows. Frames are drawn into what was shown before it.
    shown: Buffer,
    /// What the cursor is like after the last frame; `None` where that is unknown.
    cursor: Option<Drawn>,
    /// Whether whatever the terminal shows is to be wiped first.
    stale: bool,
    /// What a mouse can hit.
    hits: HitMap,
    /// The rows that the terminal knows to go on in the next.
    wraps: Vec<(u16, u16)>,
}

impl Screen {
    /// A screen of so many columns and rows, about which nothing is known yet.
    pub fn new(columns: u16, rows: u16) -> io::Result<Self> {
        let canvas = Canvas {
            bytes: Vec::new(),
            size: Size::new(columns, rows),
        };
        Ok(Self {
            terminal: Terminal::new(canvas)?,
            shown: Buffer::default(),
            cursor: None,
            stale: true,
            hits: HitMap::default(),
            wraps: Vec::new(),
        })
    }

    /// The terminal has another size. What it shows meanwhile is anybody's guess, so all is drawn anew.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().size = Size::new(columns, rows);
        self.invalidate();
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let Size { width, height } = self.terminal.backend().size;
        (width, height)
    }

    /// What a mouse can hit on the frame drawn last.
    pub fn hits(&self) -> &HitMap {
        &self.hits
    }

    /// Forgets what the terminal shows, so that the next frame is drawn in full.
    pub fn invalidate(&mut self) {
        self.stale = true;
        self.cursor = None;
    }

    /// Draws the application and returns what has to be written for it; empty if nothing changed.
    pub fn draw(&mut self, app: &impl Application) -> io::Result<Vec<u8>> {
        let canvas = self.terminal.backend_mut();
        queue!(canvas.bytes, BeginSynchronizedUpdate)?;
        let opening = canvas.bytes.len();
        let wiped = self.stale;
        if wiped {
            queue!(canvas.bytes, Hide, SetAttribute(Attribute::Reset))?;
            let Size { width, height } = canvas.size;
            let area = Rect::new(0, 0, width, height);
            // Wipes the terminal, whether or not the size changed.
            self.terminal.resize(area)?;
            self.shown = Buffer::empty(area);
            self.stale = false;
        }
        let mut frame = self.terminal.get_frame();
        let mut drawn = app.draw(&mut frame);
        self.hits = std::mem::take(&mut drawn.hits);
        if self.wraps != drawn.wraps && !wiped {
            // Only what is wiped is surely forgotten to be one line, and only there is a column before a wide character left free.
            self.terminal.backend_mut().clear()?;
            self.shown.reset();
        }
        self.wraps.clone_from(&drawn.wraps);
        let next = std::mem::take(self.terminal.current_buffer_mut());
        let mut before = self.change_to(next)?;
        before.reset();
        *self.terminal.current_buffer_mut() = before;
        self.place_cursor(&drawn, opening)?;
        let canvas = self.terminal.backend_mut();
        if canvas.bytes.len() == opening {
            canvas.bytes.clear();
            return Ok(Vec::new());
        }
        queue!(canvas.bytes, EndSynchronizedUpdate)?;
        Ok(std::mem::take(&mut canvas.bytes))
    }

    /// Writes what makes the terminal show the next frame, whichever way is shorter, and returns the one before. Meanwhile no
    /// cursor is seen, for a terminal that knows no synchronised updates would show it wandering about, unless all comes at once.
    fn change_to(&mut self, mut next: Buffer) -> io::Result<Buffer> {
        let mut bytes = difference(&self.shown, &mut next);
        if bytes.len() > WORTH_SCROLLING
            && self.wraps.is_empty()
            && let Some(scroll) = Scroll::between(&self.shown, &next)
        {
            scroll.apply(&mut self.shown);
            let mut scrolled = Vec::new();
            scroll.encode(&mut scrolled);
            scrolled.extend(difference(&self.shown, &mut next));
            if scrolled.len() < bytes.len() {
                bytes = scrolled;
            }
        }
        if !bytes.is_empty() && !self.wraps.is_empty() {
            encode_through(&mut bytes, &next, &self.wraps);
        }
        let before = std::mem::replace(&mut self.shown, next);
        let canvas = self.terminal.backend_mut();
        if bytes.len() > ONE_PIECE
            && let Some(cursor) = self.cursor.as_mut().filter(|cursor| cursor.cursor_visible)
        {
            queue!(canvas.bytes, Hide)?;
            cursor.cursor_visible = false;
        }
        canvas.bytes.extend(bytes);
        Ok(before)
    }

    fn place_cursor(&mut self, drawn: &Drawn, opening: usize) -> io::Result<()> {
        let canvas = self.terminal.backend_mut();
        let Size { width, height } = canvas.size;
        let on_screen =
            |(column, row): (u16, u16)| (column.min(width.saturating_sub(1)), row.min(height.saturating_sub(1)));
        let wanted = Drawn {
            cursor: drawn.cursor.map(on_screen),
            cursor_visible: drawn.cursor_visible && drawn.cursor.is_some(),
            hits: HitMap::default(),
            wraps: Vec::new(),
        };
        let moved_by_drawing = canvas.bytes.len() > opening;
        if let Some((column, row)) = wanted.cursor
            && (moved_by_drawing || self.cursor.as_ref().is_none_or(|cursor| cursor.cursor != wanted.cursor))
        {
            queue!(canvas.bytes, MoveTo(column, row))?;
        }
        if self
            .cursor
            .as_ref()
            .is_none_or(|cursor| cursor.cursor_visible != wanted.cursor_visible)
        {
            if wanted.cursor_visible {
                queue!(canvas.bytes, Show)?;
            } else {
                queue!(canvas.bytes, Hide)?;
            }
        }
        self.cursor = Some(wanted);
        Ok(())
    }
}

/// What turns one frame into the next, cell by cell.
fn difference(before: &Buffer, next: &mut Buffer) -> Vec<u8> {
    let halves = halves_to_refresh(before, next);
    mark(&halves, next, CellDiffOption::AlwaysUpdate);
    let mut bytes = Vec::new();
    encode(&mut bytes, next, before.diff_iter(next));
    mark(&halves, next, CellDiffOption::None);
    bytes
}

/// Whether a cell holds a character of two columns.
fn is_wide(cell: &Cell) -> bool {
    !cell.symbol().is_ascii() && cell.symbol().width() > 1
}

/// The second halves of wide characters that are gone.
///
/// ratatui takes the second half for unchanged where a narrow character replaces a wide one. Most terminals clear it by
/// themselves; some leave half a character standing.
fn halves_to_refresh(before: &Buffer, next: &Buffer) -> Vec<Position> {
    let wide = before.content.iter().enumerate().filter(|(_, cell)| is_wide(cell));
    wide.map(|(index, cell)| (Position::from(before.pos_of(index)), cell.symbol().width()))
        .filter(|(position, _)| !next.cell(*position).is_some_and(is_wide))
        .flat_map(|(position, width)| {
            // A wide kana with a sound mark has three columns.
            let behind = 1..u16::try_from(width).unwrap_or(2);
            behind.map(move |x| Position::new(position.x + x, position.y))
        })
        .collect()
}

fn mark(cells: &[Position], buffer: &mut Buffer, option: CellDiffOption) {
    for position in cells {
        let cell = buffer.cell_mut(*position);
        // One that says how wide it is, is drawn in full anyway.
        if let Some(cell) = cell.filter(|cell| !matches!(cell.diff_option, CellDiffOption::ForcedWidth(_))) {
            cell.set_diff_option(option);
        }
    }
}

/// A terminal made of memory: what ratatui draws becomes bytes and goes no further.
struct Canvas {
    bytes: Vec<u8>,
    size: Size,
}

impl Backend for Canvas {
    type Error = io::Error;

    /// Frames are taken from ratatui before it would hand them over.
    fn draw<'a, I>(&mut self, _: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        queue!(self.bytes, Hide)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        queue!(self.bytes, Show)
    }

    /// The terminal is asked nothing, so this is not known; nobody needs it.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        queue!(self.bytes, MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// A full screen is only ever cleared as a whole.
    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        queue!(self.bytes, Clear(terminal::ClearType::All))
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Modifier, Style};
    use ratatui::text::Line;

    use super::*;
    use crate::app::effect::{Effect, Millis};
    use crate::app::msg::Msg;

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

    impl Application for List {
        fn update(&mut self, _: Millis, _: Msg) -> Vec<Effect> {
            Vec::new()
        }

        fn next_deadline(&self) -> Option<Millis> {
            None
        }

        fn first_frame_by(&self) -> Option<Millis> {
            None
        }

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
        let (mut screen, list) = (Screen::new(80, 24).unwrap(), List::of(40));
        assert!(screen.draw(&list).unwrap().len() > 80);
        assert!(screen.draw(&list).unwrap().is_empty());
        assert!(screen.draw(&list).unwrap().is_empty());
    }

    #[test]
    fn one_step_down_a_list_costs_few_bytes() {
        let (mut screen, mut list) = (Screen::new(80, 24).unwrap(), List::of(40));
        screen.draw(&list).unwrap();
        list.selected = 1;
        let bytes = screen.draw(&list).unwrap();
        assert!(bytes.len() < 250, "{} bytes", bytes.len());
        assert!(bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"));
    }

    #[test]
    fn the_cursor_is_hidden_while_much_is_drawn_and_seen_at_its_place_afterwards() {
        let (mut screen, mut list) = (Screen::new(80, 24).unwrap(), List::of(40));
        list.cursor_visible = true;
        let mut draw = |list: &List| String::from_utf8(screen.draw(list).unwrap()).unwrap();
        assert!(draw(&list).ends_with("\x1b[1;1H\x1b[?25h\x1b[?2026l"));
        list.selected = 1;
        let one_piece = draw(&list);
        assert!(one_piece.ends_with("\x1b[2;1H\x1b[?2026l"), "{one_piece:?}");
        assert!(!one_piece.contains("\x1b[?25"), "{one_piece:?}");
        list.rows.iter_mut().for_each(|row| *row = row.chars().rev().collect());
        let much = draw(&list);
        assert!(much.starts_with("\x1b[?2026h\x1b[?25l"), "{much:?}");
        assert!(much.ends_with("\x1b[2;1H\x1b[?25h\x1b[?2026l"), "{much:?}");
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
        let (mut screen, mut list) = (Screen::new(80, 24).unwrap(), List::of(40));
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
            let (mut screen, mut list) = (Screen::new(columns, rows).unwrap(), List::of(30));
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

    #[test]
    fn only_the_cursor_moves_where_only_it_moved() {
        struct CursorOnly(u16, bool);
        impl Application for CursorOnly {
            fn update(&mut self, _: Millis, _: Msg) -> Vec<Effect> {
                Vec::new()
            }
            fn next_deadline(&self) -> Option<Millis> {
                None
            }
            fn first_frame_by(&self) -> Option<Millis> {
                None
            }

            fn draw(&self, _: &mut ratatui::Frame<'_>) -> Drawn {
                Drawn {
                    cursor: Some((self.0, 0)),
                    cursor_visible: self.1,
                    ..Drawn::default()
                }
            }
        }
        let mut screen = Screen::new(10, 2).unwrap();
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
    fn both_halves_of_a_wide_character_are_written_over() {
        let (mut screen, mut list) = (Screen::new(20, 2).unwrap(), List::of(0));
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
        let (mut screen, list) = (Screen::new(80, 24).unwrap(), List::of(40));
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
}
