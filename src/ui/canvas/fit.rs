//! Texts as they are shown in so many columns: made harmless, in ASCII where they have to be, and cut where their end or beginning
//! says least.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::super::ascii::{before_mark, cut_ascii, in_ascii};
use super::{Canvas, NAME, width};
use crate::domain::text::{Columns, visible};

impl Canvas<'_> {
    /// A text as it will be shown: harmless, in ASCII where it has to be, and cut to `columns` with a sign that says so.
    pub fn fit<'t>(&self, text: &'t str, columns: usize) -> Cow<'t, str> {
        let mut shown = visible(text);
        if self.look.only_ascii && !shown.is_ascii() {
            shown = Cow::Owned(in_ascii(&shown));
        }
        if shown.len() <= columns || shown.width() <= columns {
            return shown;
        }
        if self.look.only_ascii {
            return Cow::Owned(cut_ascii(&shown, columns));
        }
        let ellipsis = self.ellipsis(columns);
        let room = columns.saturating_sub(ellipsis.width());
        let mut cut = String::new();
        let mut used = 0;
        for grapheme in shown.graphemes(true) {
            used += grapheme.width();
            if used > room {
                break;
            }
            cut.push_str(grapheme);
        }
        cut.truncate(before_mark(&shown, cut.len()));
        cut.push_str(ellipsis);
        Cow::Owned(cut)
    }

    /// As much of what a border says as there is room for. Parts set off by two blanks go whole, the last first, then one in
    /// brackets; of the first part whole words go, with a sign that says so.
    pub fn whole_parts<'t>(&self, text: &'t str, columns: usize) -> Cow<'t, str> {
        let mut kept = text;
        for gap in ["  ", " ("] {
            while let Some((before, _)) = kept.trim_end().rsplit_once(gap)
                && width(kept) > columns
            {
                kept = before;
            }
        }
        if width(kept) <= columns {
            return self.fit(kept, columns);
        }
        let ellipsis = self.ellipsis(columns);
        let room = columns.saturating_sub(1 + ellipsis.width());
        let whole = kept.rmatch_indices(' ').filter_map(|(end, _)| kept.get(..end));
        match whole.map(str::trim_end).find(|words| width(words) <= room) {
            Some(words) if !words.is_empty() => Cow::Owned(format!("{} {ellipsis}", self.fit(words, room))),
            _ => self.fit(kept, columns),
        }
    }

    /// What stands for what was cut off, in so many columns.
    pub(super) fn ellipsis(&self, columns: usize) -> &'static str {
        let whole = self.look.glyphs.ellipsis;
        if whole.width() <= columns {
            whole
        } else {
            whole.get(..columns).unwrap_or_default()
        }
    }

    /// The columns a text takes as it will be shown here, in ASCII where it has to be.
    pub fn columns(&self, text: &str) -> usize {
        if self.look.only_ascii {
            self.fit(text, usize::MAX).width()
        } else {
            width(text)
        }
    }

    /// A text as it will be shown, where its end says most: cut in the middle, with a sign that says so; numbers in brackets stay.
    pub fn fit_ends(&self, text: &str, columns: usize) -> String {
        let shown = self.fit(text, usize::MAX);
        if shown.width() <= columns {
            return shown.into_owned();
        }
        if self.look.only_ascii && !text.is_ascii() && shown.contains('<') {
            return cut_ascii(&shown, columns);
        }
        let ellipsis = self.ellipsis(columns);
        let room = columns.saturating_sub(ellipsis.width());
        let within = |most: usize| {
            let mut used = 0;
            move |grapheme: &&str| {
                used += grapheme.width();
                used <= most
            }
        };
        let head = shown.graphemes(true).take_while(within(room / 3)).map(str::len).sum();
        let tail = shown.graphemes(true).rev().take_while(within(room - room / 3));
        let begins = shown.len() - tail.map(str::len).sum::<usize>();
        let head = shown.get(..before_mark(&shown, head)).unwrap_or_default();
        let mut tail = shown.get(begins..).unwrap_or_default();
        if before_mark(&shown, begins) < begins {
            // Nor does it begin within the mark of something hidden.
            tail = tail.split_once('>').map_or(tail, |(_, tail)| tail);
        }
        format!("{head}{ellipsis}{tail}")
    }

    /// A name as it will be shown among others. What begins alike is told apart by how it ends; but addresses end alike, and are
    /// told apart by what stands before their `@`.
    pub fn fit_naming(&self, name: &str, columns: usize) -> String {
        match name.split_once('@') {
            Some((person, _)) if !name.contains(' ') && self.columns(name) > columns => {
                if self.columns(person) < columns {
                    self.fit(name, columns).into_owned()
                } else {
                    self.fit_ends(&format!("{person}@"), columns)
                }
            }
            _ => self.fit_ends(name, columns),
        }
    }

    /// A title of so many columns in which a name stands before something that says more: the name alone is cut, as far as that helps.
    pub fn fit_name(&self, [before, name, after]: [&str; 3], columns: usize) -> String {
        let room = columns.saturating_sub(width(before) + width(after)).max(NAME);
        format!("{before}{}{after}", self.fit(name, room))
    }
}
