//! Looking for words in text to be read: a page, the way to a context, what the commands of a run wrote, the plan of a migration
//! and of going back.
//!
//! It is typed like a filter, but hides nothing: what was found is marked, and gone to. What the keys do about it is in
//! `update::search`.

use super::command::Scope;
use super::filter_edit::FilterEdit;
use super::keymap::Keymap;
use super::model::Model;
use super::overlay::Overlay;
use super::page_line::{ShownLine, broken};
use super::run;
use super::screen::Screen;
use super::wizard::text;
use crate::domain::count::thousands;

/// What is looked for in a text.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What is typed; `error` says that nothing is called so.
    pub field: FilterEdit,
    /// The line that was gone to last, as lines are broken on this screen.
    pub at: Option<usize>,
}

impl Search {
    /// The lines in which it stands, from the top. What a line break parts is found in the line in which it begins.
    pub fn matches(&self, lines: &[String]) -> Vec<usize> {
        let sought = self.field.line.text().to_lowercase();
        if sought.is_empty() {
            return Vec::new();
        }
        let lines: Vec<String> = lines.iter().map(|line| line.to_lowercase()).collect();
        let in_line = |at: usize| lines.get(at).is_some_and(|line| line.contains(&sought));
        let across = |at: usize| {
            let (Some(line), Some(next)) = (lines.get(at), lines.get(at + 1)) else {
                return false;
            };
            let next = next.trim_start();
            !in_line(at + 1)
                && [" ", ""]
                    .iter()
                    .any(|gap| format!("{line}{gap}{next}").contains(&sought))
        };
        (0..lines.len()).filter(|at| in_line(*at) || across(*at)).collect()
    }

    /// Whether words are typed or looked for.
    pub fn is_on(&self) -> bool {
        self.field.editing || self.field.is_active()
    }

    /// What the frame around the text says, in place of `otherwise` where nothing is looked for. What is typed follows it.
    pub fn below(&self, keymap: &Keymap, lines: &[String], otherwise: String) -> String {
        if !self.is_on() {
            return otherwise;
        }
        let matches = self.matches(lines);
        let place = self.at.and_then(|at| matches.iter().position(|line| *line == at));
        let found = match (matches.len(), place) {
            _ if !self.field.is_active() => return "search: ".to_owned(),
            (0, _) => "no match".to_owned(),
            (count, Some(place)) => {
                let [place, count] = [place + 1, count].map(|number| thousands(number as u64));
                format!("match {place} of {count}")
            }
            (1, None) => "1 match".to_owned(),
            (count, None) => format!("{} matches", thousands(count as u64)),
        };
        let keys = if self.field.editing {
            ""
        } else {
            "  <n> <N>  <esc> ends it"
        };
        format!("{found}{}  search: ", keymap.shown(&[Scope::Text], keys))
    }

    /// What stands before a line: `>` where it was gone to, `*` where it was found, too.
    pub fn mark(&self, matches: &[usize], line: usize) -> Option<&'static str> {
        let is_found = matches.binary_search(&line).is_ok();
        is_found.then_some(if self.at == Some(line) { ">" } else { "*" })
    }
}

impl Model {
    /// What is looked for in the text on screen; `None` where none is on screen.
    pub fn search(&self) -> Option<&Search> {
        match (self.overlays.last(), self.screens.last()) {
            (Some(Overlay::Page(page)), _) => Some(&*page.search),
            (None, Some(Screen::Checks(view))) => (!view.checks.is_empty()).then_some(&view.search),
            (None, Some(Screen::Rollback(view))) => Some(&view.search),
            (None, Some(Screen::Run(view))) => (view.shows_output || view.state.is_some()).then_some(&view.search),
            (None, Some(Screen::Wizard)) => {
                let wizard = self.wizard.as_ref()?;
                wizard.typing().is_none().then_some(&wizard.search)
            }
            _ => None,
        }
    }

    pub(super) fn search_mut(&mut self) -> Option<&mut Search> {
        self.search()?;
        match (self.overlays.last_mut(), self.screens.last_mut()) {
            (Some(Overlay::Page(page)), _) => Some(&mut page.search),
            (None, Some(Screen::Checks(view))) => Some(&mut view.search),
            (None, Some(Screen::Rollback(view))) => Some(&mut view.search),
            (None, Some(Screen::Run(view))) => Some(&mut view.search),
            (None, Some(Screen::Wizard)) => Some(&mut self.wizard.as_mut()?.search),
            _ => None,
        }
    }

    /// The text on screen as its lines are broken, the first line in view, and how many are in view.
    pub fn searched_lines(&self) -> (Vec<String>, usize, usize) {
        match (self.overlays.last(), self.screens.last()) {
            (Some(Overlay::Page(page)), _) => {
                let (lines, rows) = page.lines(self.size);
                (lines, page.scroll, rows)
            }
            (None, Some(Screen::Checks(view))) => {
                let (columns, rows) = self.size.page();
                let lines = view.lines(columns);
                (texts(&lines), view.top(&lines, rows), rows)
            }
            (None, Some(Screen::Rollback(view))) => {
                let (columns, rows) = self.size.page();
                (texts(&broken(&view.lines(), columns)), view.scroll, rows)
            }
            (None, Some(Screen::Run(view))) if !view.shows_output => (
                run::text::steps(view),
                view.cursor.top(),
                self.size.step_rows(view.length().max(1)),
            ),
            (None, Some(Screen::Run(view))) => {
                let lines = view.output.texts(view.alive, self.size.text_columns());
                let rows = self.size.text_lines();
                (lines, view.output_in_view(rows).0, rows)
            }
            (None, Some(Screen::Wizard)) => self.wizard.as_ref().map_or_else(Default::default, |wizard| {
                let (columns, rows) = text::room(self, wizard);
                (texts(&broken(&text::lines(self, wizard), columns)), wizard.scroll, rows)
            }),
            _ => Default::default(),
        }
    }
}

/// What lines say.
pub fn texts(lines: &[ShownLine]) -> Vec<String> {
    lines.iter().map(ShownLine::text).collect()
}

#[cfg(test)]
mod tests {
    use super::super::line_edit::LineEdit;
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_across_the_end_of_a_line() {
        let lines: Vec<String> = ["The Tenant acme", "is gone; another", "tenant is not", "  ACME"]
            .map(str::to_owned)
            .to_vec();
        let found = |text: &str| {
            let mut search = Search::default();
            search.field.line = LineEdit::new(text);
            search.matches(&lines)
        };
        assert_eq!(found("acme"), [0, 3]);
        assert_eq!(found("acme is"), [0]);
        assert_eq!(found("another tenant"), [1]);
        assert_eq!(found("tenant"), [0, 2]);
        assert_eq!(found(""), [0; 0]);
        assert_eq!(found("globex"), [0; 0]);
    }
}
