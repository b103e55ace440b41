//! Drawing on a part of the screen: text that is made harmless and cut to its place, lines, boxes.

use std::borrow::Cow;
use std::num::NonZeroU16;

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::{Margin, Rect};
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::{Columns, columns_of, is_sound_mark, visible};

use super::Drawn;
use super::glyphs::Glyphs;
use super::look::{Look, Meaning};
use crate::app::pointer::Hit;
use crate::app::run::output::BAR;
use crate::app::wrap::{closed_up, fits};

mod fit;

/// The screen being drawn.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// How things look.
    pub look: &'a Look,
    drawn: Drawn,
    dimmed: bool,
}

/// Columns of a name at least, so that it is told from others.
const NAME: usize = 8;

/// The columns a text takes, once made harmless.
pub fn width(text: &str) -> usize {
    visible(text).width()
}

impl<'a> Canvas<'a> {
    /// A canvas over a whole frame.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        let mut canvas = Self {
            buffer,
            look,
            drawn: Drawn::default(),
            dimmed: false,
        };
        let area = canvas.buffer.area;
        canvas.fill(area, Meaning::Text);
        canvas
    }

    /// Where the cursor belongs, and what a mouse can hit.
    pub fn into_drawn(self) -> Drawn {
        self.drawn
    }

    /// Notes what a click on a part of the screen comes to.
    pub fn hit(&mut self, area: Rect, hit: Hit) {
        self.drawn.hits.add([area.x, area.y], [area.width, area.height], hit);
    }

    /// Notes that a text which was written across the screen goes on in the next row with another, so that the terminal knows both
    /// as one line. No matter where they are not known to meet: it is two lines then.
    pub fn goes_on(&mut self, y: u16, text: &str, next: &str) {
        let room = usize::from(self.buffer.area.width);
        let used = self.columns(text);
        let wide = next.chars().next().is_some_and(|first| columns_of(first) == 2);
        let meets = used == room || wide && used + 1 == room;
        if meets && let Ok(used) = u16::try_from(used) {
            self.drawn.wraps.push((y, used));
        }
    }

    /// Notes that text is to be selected with the mouse.
    pub fn select(&mut self) {
        self.drawn.selects = true;
    }

    /// Parks the cursor, where text is typed or something else has the keys.
    pub fn park(&mut self, x: u16, y: u16, typing: bool) {
        self.drawn.cursor = Some((x, y));
        self.drawn.typing = typing;
    }

    /// The row that has the cursor.
    pub fn cursor_row(&self) -> Option<u16> {
        self.drawn.cursor.map(|(_, y)| y)
    }

    /// Draws ordinary text dimmed from now on, because it may be out of date.
    pub fn dim(&mut self, dimmed: bool) {
        self.dimmed = dimmed;
    }

    fn style(&self, meaning: Meaning) -> Style {
        let meaning = if self.dimmed && meaning == Meaning::Text {
            Meaning::Muted
        } else {
            meaning
        };
        self.look.style(meaning)
    }

    /// Empties a part of the screen.
    pub fn fill(&mut self, area: Rect, meaning: Meaning) {
        let style = self.look.style(meaning);
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Lines that a command wrote, each after a bar. Where there is no room for the columns of one of them, what is between them
    /// is closed up in all, as what they say stands at their end.
    pub fn written(&mut self, place: Rect, meaning: Meaning, lines: &[&str]) {
        let room = usize::from(place.width).saturating_sub(BAR.len());
        let have_room = lines.iter().all(|line| fits(line, room));
        for (y, line) in (place.top()..place.bottom()).zip(lines) {
            let whole = have_room.then_some(Cow::Borrowed(*line));
            let line = whole.unwrap_or_else(|| closed_up(line).into());
            self.spans(place.x, y, place.width, &[(Meaning::Border, BAR), (meaning, &line)]);
        }
    }

    /// Writes a text into at most `columns` columns and returns the column after it.
    pub fn text(&mut self, x: u16, y: u16, columns: u16, meaning: Meaning, text: &str) -> u16 {
        let style = self.style(meaning);
        let shown = self.fit(text, usize::from(columns));
        let end = self.put(x, y, columns, style, &shown);
        // The line under a field is the field.
        if meaning != Meaning::Field && style.add_modifier.contains(Modifier::UNDERLINED) {
            self.underline_words(x, y, end);
        }
        end
    }

    /// Takes the line away from under what only keeps words apart; a single blank between two of them keeps it.
    fn underline_words(&mut self, x: u16, y: u16, end: u16) {
        let is_blank = |canvas: &Self, at: u16| {
            let cell = canvas.buffer.cell((at, y)).filter(|_| (x..end).contains(&at));
            cell.is_none_or(|cell| cell.symbol() == " ")
        };
        for at in x..end {
            let is_apart = is_blank(self, at) && (at == x || is_blank(self, at - 1) || is_blank(self, at + 1));
            if let Some(cell) = self.buffer.cell_mut((at, y)).filter(|_| is_apart) {
                cell.set_style(Style::new().remove_modifier(Modifier::UNDERLINED));
            }
        }
    }

    /// Gives what stands in a part of a row the look of a context's colour.
    pub fn tag(&mut self, x: u16, y: u16, columns: u16, color: Option<&str>) {
        let style = self.look.tag(color);
        let area = Rect::new(x, y, columns, 1).intersection(self.buffer.area);
        self.buffer.set_style(area, style);
    }

    fn put(&mut self, x: u16, y: u16, columns: u16, style: Style, shown: &str) -> u16 {
        let area = self.buffer.area;
        if y < area.top() || y >= area.bottom() || x >= area.right() {
            return x;
        }
        let columns = columns.min(area.right() - x);
        // Nothing of what was there shines through: a title on a dim border is not dim.
        let style = Style::reset().patch(self.look.style(Meaning::Text)).patch(style);
        if !shown.contains(is_sound_mark) {
            return self.buffer.set_stringn(x, y, shown, usize::from(columns), style).0;
        }
        // ratatui takes kana with a sound mark for wider than they are.
        let (mut at, end) = (x, x + columns);
        for grapheme in shown.graphemes(true) {
            let width = u16::try_from(grapheme.width()).unwrap_or(u16::MAX);
            if width > end - at {
                break;
            }
            let blanks = " ".repeat(usize::from(width));
            self.buffer.set_stringn(at, y, &blanks, usize::from(width), style);
            if !grapheme.contains(is_sound_mark) {
                self.buffer.set_stringn(at, y, grapheme, usize::from(width), style);
            } else if let (Some(cell), Some(wide)) = (self.buffer.cell_mut((at, y)), NonZeroU16::new(width)) {
                cell.set_symbol(grapheme);
                cell.set_diff_option(CellDiffOption::ForcedWidth(wide));
            }
            at += width;
        }
        at
    }

    /// Writes several texts one after the other, and returns the column after the last.
    pub fn spans(&mut self, x: u16, y: u16, columns: u16, spans: &[(Meaning, &str)]) -> u16 {
        let end = x.saturating_add(columns);
        let mut at = x;
        for (meaning, text) in spans {
            at = self.text(at, y, end.saturating_sub(at), *meaning, text);
        }
        at
    }

    /// Puts the sign of a mark where it belongs, in the look of what is there.
    pub fn mark(&mut self, x: u16, y: u16) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_char('*');
        }
    }

    /// Gives a whole row the look of a meaning, without touching its text.
    pub fn paint_row(&mut self, area: Rect, y: u16, meaning: Meaning) {
        // One look for the whole row: a colour of its own in a cell would turn into a patch when reversed.
        let style = Style::reset().patch(self.look.style(meaning));
        let row = Rect { y, height: 1, ..area }.intersection(self.buffer.area);
        self.buffer.set_style(row, style);
    }

    /// Draws a box with a title above and a line of text below, and returns what is inside. Of what stands below, parts set
    /// off by two blanks go whole where there is no room, the last first.
    pub fn frame(&mut self, area: Rect, title: &str, below: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        if area.width < 2 || area.height < 2 {
            return Rect {
                width: 0,
                height: 0,
                ..area
            };
        }
        let blank = Glyphs {
            horizontal: ' ',
            vertical: ' ',
            corners: [' '; 4],
            ..self.look.glyphs
        };
        let glyphs = if self.look.borders { self.look.glyphs } else { blank };
        let style = self.look.style(Meaning::Border);
        let (left, right) = (area.left(), area.right() - 1);
        let (top, bottom) = (area.top(), area.bottom() - 1);
        for (y, [start, end]) in [
            (top, [glyphs.corners[0], glyphs.corners[1]]),
            (bottom, [glyphs.corners[2], glyphs.corners[3]]),
        ] {
            for x in left..=right {
                let sign = if x == left {
                    start
                } else if x == right {
                    end
                } else {
                    glyphs.horizontal
                };
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.set_char(sign).set_style(style);
                }
            }
        }
        for y in top + 1..bottom {
            for x in [left, right] {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.set_char(glyphs.vertical).set_style(style);
                }
            }
        }
        let room = area.width.saturating_sub(6);
        if !title.is_empty() && room > 0 {
            let shown = format!(" {} ", self.fit(title, usize::from(room)));
            self.text(left + 2, top, room + 2, Meaning::Title, &shown);
        }
        if !below.is_empty() && room > 0 {
            let shown = format!(" {} ", self.whole_parts(below, usize::from(room)));
            self.text(left + 2, bottom, room + 2, Meaning::Muted, &shown);
        }
        Rect {
            x: left + 1,
            y: top + 1,
            width: area.width - 2,
            height: area.height - 2,
        }
    }

    /// Draws a horizontal line, over whatever was there.
    pub fn rule(&mut self, area: Rect) {
        let (sign, style) = (self.look.glyphs.horizontal, self.look.style(Meaning::Border));
        for x in area.left()..area.right() {
            if let Some(cell) = self.buffer.cell_mut((x, area.y)) {
                cell.reset();
                cell.set_char(sign).set_style(style);
            }
        }
    }

    /// Empties the middle of the screen for something to be drawn over it, at most as large as the screen.
    pub fn over(&mut self, screen: Rect, columns: u16, rows: u16) -> Rect {
        self.over_from_top(screen, columns, rows, rows)
    }

    /// The same for something that begins where `most` rows in the middle would, and has `rows` of them now.
    pub fn over_from_top(&mut self, screen: Rect, columns: u16, most: u16, rows: u16) -> Rect {
        let (columns, most) = (columns.min(screen.width), most.min(screen.height));
        let area = Rect {
            x: screen.x + (screen.width - columns) / 2,
            y: screen.y + (screen.height - most) / 2,
            width: columns,
            height: rows.min(most),
        };
        self.clear(area, screen);
        // Nothing under it has the keys.
        self.drawn = Drawn::default();
        area
    }

    /// Empties a part of the screen for something to be drawn in its place, which has the keys.
    pub fn instead(&mut self, area: Rect) -> Rect {
        self.fill(area, Meaning::Text);
        self.drawn = Drawn::default();
        area
    }

    /// Empties a part of a screen for something to be drawn over it, and a column on each side, so that words that go on
    /// underneath are not taken for part of it.
    pub fn clear(&mut self, area: Rect, screen: Rect) {
        // Without lines around it, empty ones set it off above and below, too.
        let margin = Margin::new(1, u16::from(!self.look.borders));
        self.fill(area.outer(margin).intersection(screen), Meaning::Text);
    }

    /// A text with a mask for each character behind its first `open` bytes.
    pub fn masked(&self, text: &str, open: usize) -> String {
        let (open, hidden) = text.split_at_checked(open).unwrap_or((text, ""));
        open.to_owned() + &self.look.glyphs.mask.repeat(hidden.graphemes(true).count())
    }

    /// Draws a line being edited: the part around the cursor, with the cursor parked in it if it has the keys.
    pub fn edit_line(&mut self, area: Rect, text: &str, before_cursor: &str, focused: bool, masked: bool) {
        let mask = |text: &str| -> String {
            if masked {
                self.masked(text, 0)
            } else {
                self.fit(text, usize::MAX).into_owned()
            }
        };
        let (shown, before) = (mask(text), mask(before_cursor));
        let columns = usize::from(area.width).max(1);
        // One column is kept for the cursor behind the last character.
        let skip = if focused {
            before.width().saturating_sub(columns - 1)
        } else {
            0
        };
        let mut skipped = 0;
        let rest: String = shown
            .graphemes(true)
            .skip_while(|grapheme| {
                let skips = skipped < skip;
                if skips {
                    skipped += grapheme.width();
                }
                skips
            })
            .collect();
        let style = self.look.style(if focused { Meaning::Text } else { Meaning::Field });
        self.buffer
            .set_style(area.intersection(self.buffer.area), self.look.style(Meaning::Field));
        if focused {
            self.put(
                area.x,
                area.y,
                area.width,
                style.patch(self.look.style(Meaning::Field)),
                &rest,
            );
            let column = before.width().saturating_sub(skipped).min(columns - 1);
            self.park(area.x + u16::try_from(column).unwrap_or(0), area.y, true);
        } else {
            self.text(area.x, area.y, area.width, Meaning::Field, &rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::appearance::{self, Depth};

    #[test]
    fn words_are_underlined_and_what_keeps_them_apart_is_not() {
        let look = Look::new("mono", Depth::Mono, appearance::Glyphs::Unicode).unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 1));
        let mut underlined = |meaning, text| -> String {
            Canvas::new(&mut buffer, &look).text(0, 0, 24, meaning, text);
            let cells = buffer.content().iter();
            cells
                .map(|cell| cell.modifier.contains(Modifier::UNDERLINED))
                .map(|is_underlined| if is_underlined { '_' } else { ' ' })
                .collect::<String>()
                .trim_end()
                .to_owned()
        };
        assert_eq!(underlined(Meaning::Danger, " error  "), " _____");
        assert_eq!(underlined(Meaning::Danger, "  tenant: a b"), "  ___________");
        assert_eq!(underlined(Meaning::Danger, "-      enabled: no "), "_      ___________");
        assert_eq!(underlined(Meaning::Field, "a  b "), "_____");
    }

    #[test]
    fn the_mark_of_what_is_hidden_is_cut_before_it_and_not_inside() {
        let look = Look::new("mono", Depth::Mono, appearance::Glyphs::Unicode).unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 1));
        let canvas = Canvas::new(&mut buffer, &look);
        for (columns, shown) in [(20, "a<U+202E>evil…"), (14, "a<U+202E>evil…"), (9, "a…"), (3, "a…")] {
            assert_eq!(canvas.fit("a\u{202e}evil\u{202c}", columns), shown, "{columns}");
        }
        assert_eq!(canvas.fit("a <b c>", 5), "a <b…");
    }
}
