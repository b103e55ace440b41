//! Which columns of a list have room. That depends on the width of the screen, on what is declared of the columns and on the
//! rows that are known, never on those in view, so that none comes or goes by scrolling. How wide they are is drawn from the same.

use std::borrow::Cow;

use super::column_menu::ColumnMenu;
use super::list_columns::{ColumnChoices, ListColumn, ListKind, WIDE};
use super::model::Model;
use super::records::RecordsKind;
use super::screen::Screen;
use crate::domain::query::Row;
use crate::domain::sorting;
use crate::domain::text::Columns;

/// The columns that what tells rows apart gets before others get any. What is longer has what is left over.
pub const NAMED: u16 = 40;
/// The columns of text, such as the name of a tenant, that are worth having beside others.
pub const USEFUL: u16 = 16;
/// The columns of what a context answers that are worth having: half of what is the matter with it says nothing.
const ANSWER: u16 = 26;
/// The columns of who did something that are worth having: most login names, which are addresses of mail.
const LOGIN: u16 = 24;
/// The columns of what was done before where it was done has any: it is told apart by its ends.
const DONE: u16 = 35;
/// Columns inside of a list from which on it shows more than which row it is and how that stands.
const ROOMY: u16 = 58;
/// The column of names, which are seen far enough to tell them apart.
const NAME: &str = "name";
/// Names that are compared with each other, where there are many.
const COMPARED: usize = 500;
/// Columns of the sign that says that a text is cut, in ASCII.
const CUT: usize = 2;
/// Columns of screen between two columns of a list.
const GAP: u32 = 2;
/// Columns of screen beside the rows of a list, inside its borders.
pub const MARGIN: u16 = 3;

/// Which of some columns have room, given the weight of each and the fewest columns of screen it is worth having. The heaviest
/// goes first, and of two that are as heavy the last; weight 1 never goes. What went and has room once others have gone stays
/// after all, the lightest first.
pub fn with_room(room: u16, columns: &[(u8, u16)]) -> Vec<bool> {
    let mut stays = vec![true; columns.len()];
    let taken = |stays: &[bool]| -> u32 {
        let staying = columns.iter().zip(stays).filter(|(_, stays)| **stays);
        let taken: u32 = staying.map(|((_, least), _)| u32::from(*least) + GAP).sum();
        taken.saturating_sub(GAP)
    };
    while taken(&stays) > u32::from(room) {
        let goes = (columns.iter().zip(&mut stays).enumerate())
            .filter(|(_, ((weight, _), stays))| **stays && *weight > 1)
            .max_by_key(|(at, ((weight, _), _))| (*weight, *at));
        match goes {
            Some((_, (_, stays))) => *stays = false,
            None => break,
        }
    }
    let mut gone: Vec<usize> = (0..columns.len()).filter(|at| stays.get(*at) == Some(&false)).collect();
    sorting::by_key(&mut gone, |at| columns.get(*at).map(|(weight, _)| *weight));
    for at in gone {
        let mut more = stays.clone();
        more.iter_mut().skip(at).take(1).for_each(|stays| *stays = true);
        if taken(&more) <= u32::from(room) {
            stays = more;
        }
    }
    stays
}

/// The columns of a list that are on screen, in order, where there are so many columns inside of its borders.
pub fn columns_with_room(model: &Model, list: ListKind, inside: u16) -> Vec<usize> {
    chosen_with_room(model, &model.columns, list, inside)
}

/// The same, had other columns been chosen.
fn chosen_with_room(model: &Model, choices: &ColumnChoices, list: ListKind, inside: u16) -> Vec<usize> {
    let known = list.columns();
    let gone_to = choices.gone_to(list).map(|column| column.name);
    // What was gone to is to be seen.
    let is_kept = |column: &ListColumn| column.weight == 1 || gone_to == Some(column.name);
    let mut shown: Vec<_> = choices
        .on_screen(list)
        .into_iter()
        .filter_map(|at| Some((at, known.get(at)?)))
        .collect();
    if !choices.is_wide(list) {
        shown.retain(|(_, column)| is_kept(column) || !column.sparse || !is_empty(model, column));
    }
    let is_roomy = inside >= ROOMY;
    if !is_roomy && !choices.is_wide(list) && shown.iter().any(|(_, column)| is_kept(column)) {
        shown.retain(|(_, column)| is_kept(column));
    }
    let size = |(_, column): &(usize, &ListColumn)| {
        let stays = is_kept(column) || column.scopes && is_roomy;
        let (most, unknown) = if column.names {
            let most = if column.name == "about" { DONE } else { NAMED };
            (most.min(column.most), column.least)
        } else {
            let useful = useful(model, choices, list, column);
            (useful, useful)
        };
        let kept = if most > column.least {
            usual(model, column)
                .map_or(unknown, |usual| usual.min(most))
                .max(column.least)
        } else {
            column.least
        };
        // What somebody chose to see is there before what comes of itself.
        let is_chosen = !choices.is_wide(list) && choices.is_asked_for(list, column);
        let weight = if is_chosen { 2 } else { weight(model, column) };
        (if stays { 1 } else { weight }, kept)
    };
    let sizes: Vec<_> = shown.iter().map(size).collect();
    let stays = with_room(inside.saturating_sub(MARGIN), &sizes);
    let stays = shown.into_iter().zip(stays).filter(|(_, stays)| *stays);
    stays.map(|((at, _), _)| at).collect()
}

/// How soon a column is dropped. In which tenant something was done is said by the title, where the log is of one.
fn weight(model: &Model, column: &ListColumn) -> u8 {
    let is_of_one = |screen: &Screen| {
        let Screen::Records(view) = screen else { return false };
        matches!(view.kind, RecordsKind::Audit { scope: Some(_), .. })
    };
    let is_said = column.name == "tenant" && model.screens.last().is_some_and(is_of_one);
    column.weight + 2 * u8::from(is_said)
}

/// The same on the screen there is, where details stand beside the list if there is room for both.
pub fn columns_on_screen(model: &Model, list: ListKind) -> Vec<usize> {
    chosen_on_screen(model, &model.columns, list)
}

fn chosen_on_screen(model: &Model, choices: &ColumnChoices, list: ListKind) -> Vec<usize> {
    let size = model.size;
    let has_details = size.is_wide() && !choices.is_wide(list);
    let width = if has_details { size.left().width } else { size.width };
    chosen_with_room(model, choices, list, width.saturating_sub(2))
}

/// Those of a menu's columns, by their places in [`ListKind::columns`], that are ticked and would not be on screen were they
/// taken, as there is no room for them.
pub fn ticked_without_room(model: &Model, menu: &ColumnMenu) -> Vec<usize> {
    let list = menu.list;
    let mut choices = model.columns.clone();
    choices.take(list, &menu.rows);
    let on_screen = chosen_on_screen(model, &choices, list);
    let says_nothing =
        |at: &usize| (list.columns().get(*at)).is_some_and(|column| column.sparse && is_empty(model, column));
    let ticked = menu.rows.iter().filter(|(_, shown)| *shown).map(|(at, _)| *at);
    ticked
        .filter(|at| !on_screen.contains(at) && !says_nothing(at))
        .collect()
}

/// The fewest columns of screen that a column is worth having beside others. What is short by itself is worth having anyway; and
/// who asks for a column has it, if only its beginning, but for a name: as much of it as tells it from others.
pub fn useful(model: &Model, choices: &ColumnChoices, list: ListKind, column: &ListColumn) -> u16 {
    if column.most <= USEFUL {
        return column.least;
    }
    let worth = match column.name {
        "answers" => ANSWER,
        "user" => LOGIN,
        _ => USEFUL,
    };
    if choices.is_asked_for(list, column) {
        let apart = measured(model)
            .filter(|_| column.name == NAME)
            .map_or(0, |known| known.apart);
        apart.min(worth).max(column.least)
    } else {
        worth.max(column.least)
    }
}

/// The columns of screen that texts of a column usually take, in the list on screen; `None` where no row says.
fn usual(model: &Model, column: &ListColumn) -> Option<u16> {
    if !column.sorts {
        // It is worked out for the rows in view alone.
        return None;
    }
    // An order is marked beside the title.
    let title = column.title.len() + 2;
    let usual = measured(model)?.of_column(column.name, column.names)?;
    Some(u16::try_from(usual.max(title)).unwrap_or(u16::MAX))
}

/// The columns of screen that texts of a column take in the rows of the list on screen, in view or not: what nine of ten do not
/// exceed, and what none does; `None` where no row says.
pub fn known_widths(model: &Model, column: &ListColumn) -> Option<(usize, usize)> {
    let known = measured(model).filter(|_| column.sorts)?;
    let usual = known.of_column(column.name, column.names)?;
    Some((usual, known.of(column.name)?.longest))
}

/// Whether a column says nothing in any row of the list on screen.
fn is_empty(model: &Model, column: &ListColumn) -> bool {
    // Where none says something, the longest is none.
    measured(model).and_then(|usual| usual.of_column(column.name, true)) == Some(0)
}

/// How wide texts of the list on screen are.
fn measured(model: &Model) -> Option<&UsualWidths> {
    match model.screens.last() {
        None => Some(model.tenants.usual()),
        Some(screen) => Some(screen.list()?.usual()),
    }
}

/// The columns of screen that texts of each column usually take. They are measured where rows or filter change, not where they
/// are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsualWidths {
    columns: Vec<(&'static str, Width)>,
    /// The columns of screen in which names that are cut still differ.
    apart: u16,
}

/// How wide texts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Width {
    /// What nine of ten do not exceed.
    usual: usize,
    /// What none exceeds.
    longest: usize,
}

impl UsualWidths {
    /// Of these rows, in view or not.
    pub fn of_rows<'r, R: Row + 'r>(rows: &(impl Iterator<Item = &'r R> + Clone)) -> Self {
        let named = rows.clone().next().map_or(&[][..], R::columns).iter().copied();
        // Some lists show an id that no filter names.
        let others = named.filter(|name| *name != "id");
        let width = |name| {
            let widths = (rows.clone()).map(|row| row.shown(name).map_or(0, |text| text.width()));
            let longest = widths.clone().max()?;
            let usual = usual_width(widths)?;
            Some((name, Width { usual, longest }))
        };
        let columns = ["id"].into_iter().chain(others).filter_map(width).collect();
        let some = rows.clone().take(COMPARED).filter_map(|row| row.shown(NAME));
        Self {
            columns,
            apart: apart(some.collect()),
        }
    }

    /// Takes in what others are wide that came to the same list: what is usual stays as it is, but for columns of which
    /// nothing was known.
    pub fn take(&mut self, others: Self) {
        for (name, other) in others.columns {
            match self.columns.iter_mut().find(|(column, _)| *column == name) {
                Some((_, width)) => width.longest = width.longest.max(other.longest),
                None => self.columns.push((name, other)),
            }
        }
        self.apart = self.apart.max(others.apart);
    }

    fn of(&self, name: &str) -> Option<&Width> {
        let mut known = self.columns.iter();
        known.find(|(column, _)| *column == name).map(|(_, width)| width)
    }

    /// Of one column; `None` where no row says. Of the longest of what `names` rows at least a useful part counts.
    pub fn of_column(&self, name: &str, names: bool) -> Option<usize> {
        let width = self.of(name)?;
        let least = if names {
            width.longest.min(usize::from(USEFUL))
        } else {
            0
        };
        Some(width.usual.max(least))
    }
}

/// The columns of screen in which names differ, though they are cut there; 0 where none begins like another.
fn apart(mut names: Vec<Cow<'_, str>>) -> u16 {
    sorting::by(&mut names, Ord::cmp);
    names.dedup();
    let neighbours = names.iter().zip(names.iter().skip(1));
    let shared = |(one, other): (&Cow<'_, str>, &Cow<'_, str>)| {
        let differs = one
            .chars()
            .zip(other.chars())
            .take_while(|(one, other)| one == other)
            .count();
        let seen: String = other.chars().take(differs + 1).collect();
        if differs == 0 { 0 } else { seen.width() + CUT }
    };
    u16::try_from(neighbours.map(shared).max().unwrap_or(0)).unwrap_or(u16::MAX)
}

/// The width that nine texts of ten do not exceed: a few that are longer than all others are cut rather than that columns go for
/// them. `None` where there is no text.
fn usual_width(widths: impl Iterator<Item = usize>) -> Option<usize> {
    let mut counts = [0_usize; WIDE as usize + 1];
    let mut total = 0_usize;
    for width in widths {
        total += 1;
        if let Some(count) = counts.get_mut(width.min(usize::from(WIDE))) {
            *count += 1;
        }
    }
    let wanted = (total * 9).div_ceil(10);
    let mut seen = 0;
    counts.iter().position(|count| {
        seen += count;
        total > 0 && seen >= wanted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_goes_first_and_what_tells_rows_apart_never() {
        let columns = [(1, 10), (3, 10), (2, 10), (3, 10)];
        assert_eq!(with_room(46, &columns), [true; 4]);
        assert_eq!(with_room(45, &columns), [true, true, true, false]);
        assert_eq!(with_room(33, &columns), [true, false, true, false]);
        assert_eq!(with_room(0, &columns), [true, false, false, false]);
        let columns = [(1, 10), (2, 30), (3, 8), (4, 8)];
        assert_eq!(
            with_room(29, &columns),
            [true, false, true, false],
            "there is room for one of them"
        );
    }

    #[test]
    fn names_are_told_apart_by_the_first_letter_in_which_they_differ() {
        let apart = |names: &[&'static str]| apart(names.iter().map(|name| Cow::Borrowed(*name)).collect());
        assert_eq!(apart(&[]), 0);
        assert_eq!(apart(&["Research", "Partners", "Acme"]), 0);
        assert_eq!(
            apart(&["Nordwind Overseas", "Acme", "Nordwind", "Nordwind Logistics"]),
            12
        );
        assert_eq!(apart(&["東京支社", "東京本社"]), 8, "a wide letter takes two columns");
        assert_eq!(apart(&["Acme", "Acme"]), 0, "nothing tells them apart");
    }

    #[test]
    fn a_few_long_texts_do_not_count() {
        assert_eq!(usual_width(std::iter::empty()), None);
        assert_eq!(usual_width([31, 9, 31, 31].into_iter()), Some(31));
        assert_eq!(usual_width((0..20).map(|at| if at == 7 { 63 } else { 8 })), Some(8));
        assert_eq!(usual_width([630].into_iter()), Some(usize::from(WIDE)));
    }
}
