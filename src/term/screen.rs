//! What is on the screen, and the fewest bytes that turn it into what should be.
//!
//! Frames are drawn into memory and compared with the one before; the difference becomes one piece of bytes within a
//! synchronised update. If nothing differs there is not a single byte. Nothing here touches the terminal: [`super::output`]
//! writes.

use std::io;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::app::pointer::HitMap;

use super::difference::difference;
use super::encoder::Way;
use super::memory::Canvas;
use super::run_loop::{Draw, Drawn};
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
    /// Whether the terminal is to report the mouse, unless text is to be selected with it.
    mouse: bool,
    /// Whether it does; `None` where that is unknown.
    reports: Option<bool>,
}

impl Screen {
    /// A screen of so many columns and rows, about which nothing is known yet. With `mouse` the terminal reports that.
    pub fn new(columns: u16, rows: u16, mouse: bool) -> io::Result<Self> {
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
            mouse,
            reports: None,
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
        self.reports = None;
    }

    /// Draws the application and returns what has to be written for it; empty if nothing changed.
    pub fn draw(&mut self, app: &impl Draw) -> io::Result<Vec<u8>> {
        let canvas = self.terminal.backend_mut();
        queue!(canvas.bytes, BeginSynchronizedUpdate)?;
        let opening = canvas.bytes.len();
        let was_stale = self.stale;
        if was_stale {
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
        if self.wraps != drawn.wraps && !was_stale {
            // Only what is wiped is surely forgotten to be one line, and only there is a column before a wide character left free.
            self.terminal.backend_mut().clear()?;
            self.shown.reset();
        }
        self.wraps.clone_from(&drawn.wraps);
        let next = std::mem::take(self.terminal.current_buffer_mut());
        drawn.cursor = drawn.cursor.map(|cursor| self.on_screen(cursor));
        let wiped = self.terminal.backend().bytes.len() > opening;
        let (mut before, has_drawn) = self.change_to(next, drawn.cursor)?;
        before.reset();
        *self.terminal.current_buffer_mut() = before;
        self.place_cursor(&drawn, wiped, has_drawn)?;
        self.report_mouse(!drawn.selects)?;
        let canvas = self.terminal.backend_mut();
        if canvas.bytes.len() == opening {
            canvas.bytes.clear();
            return Ok(Vec::new());
        }
        queue!(canvas.bytes, EndSynchronizedUpdate)?;
        Ok(std::mem::take(&mut canvas.bytes))
    }

    fn on_screen(&self, (column, row): (u16, u16)) -> (u16, u16) {
        let (width, height) = self.size();
        (column.min(width.saturating_sub(1)), row.min(height.saturating_sub(1)))
    }

    /// Writes what makes the terminal show the next frame, whichever way is shorter, and leaves the cursor where it belongs.
    /// Returns the frame before, and whether there was anything to write. Meanwhile no cursor is seen, for a terminal that knows
    /// no synchronised updates would show it wandering about, unless all comes at once.
    fn change_to(&mut self, mut next: Buffer, cursor: Option<(u16, u16)>) -> io::Result<(Buffer, bool)> {
        let way = Way {
            from: None,
            to: cursor.map(Position::from),
        };
        let mut bytes = difference(&self.shown, &mut next, &self.wraps, way);
        if bytes.len() > WORTH_SCROLLING
            && self.wraps.is_empty()
            && let Some(scroll) = Scroll::between(&self.shown, &next)
        {
            let wider = scroll.with_rows_above(&self.shown, &next);
            for scroll in std::iter::once(scroll).chain(wider) {
                let mut moved = self.shown.clone();
                scroll.apply(&mut moved);
                let mut scrolled = Vec::new();
                let from = Some(scroll.encode(&mut scrolled));
                scrolled.extend(difference(&moved, &mut next, &[], Way { from, ..way }));
                if scrolled.len() < bytes.len() {
                    bytes = scrolled;
                }
            }
        }
        let before = std::mem::replace(&mut self.shown, next);
        let canvas = self.terminal.backend_mut();
        if bytes.len() > ONE_PIECE
            && let Some(cursor) = self.cursor.as_mut().filter(|cursor| cursor.cursor_visible)
        {
            queue!(canvas.bytes, Hide)?;
            cursor.cursor_visible = false;
        }
        let has_drawn = !bytes.is_empty();
        canvas.bytes.extend(bytes);
        Ok((before, has_drawn))
    }

    fn report_mouse(&mut self, wanted: bool) -> io::Result<()> {
        if !self.mouse || self.reports == Some(wanted) {
            return Ok(());
        }
        self.reports = Some(wanted);
        let bytes = &mut self.terminal.backend_mut().bytes;
        if wanted {
            queue!(bytes, EnableMouseCapture)
        } else {
            queue!(bytes, DisableMouseCapture)
        }
    }

    /// Sees to it that the cursor is where it belongs, where it was not left there by drawing, and seen or not.
    fn place_cursor(&mut self, drawn: &Drawn, wiped: bool, has_drawn: bool) -> io::Result<()> {
        let canvas = self.terminal.backend_mut();
        let wanted = Drawn {
            cursor: drawn.cursor,
            cursor_visible: drawn.cursor_visible && drawn.cursor.is_some(),
            ..Drawn::default()
        };
        if let Some((column, row)) = wanted.cursor
            && !has_drawn
            && (wiped || self.cursor.as_ref().is_none_or(|cursor| cursor.cursor != wanted.cursor))
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
