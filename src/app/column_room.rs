//! Which columns of a list have room. That depends on the width of the screen, on what is declared of the columns and on the
//! rows that are known, never on those in view, so that none comes or goes by scrolling.

use unicode_width::UnicodeWidthStr;

use super::list_columns::{ColumnChoices, ListColumn, ListKind};
use super::model::{Model, Screen};
use crate::domain::query::Row;

/// The columns that what tells rows apart gets before others get any. What is longer has what is left over.
pub const NAMED: u16 = 40;
/// The columns of text, such as the name of a tenant, that are worth having beside others.
pub const USEFUL: u16 = 16;
/// Columns inside of a list from which on it shows more than which row it is and how that stands.
const ROOMY: u16 = 58;
/// Columns of screen between two columns of a list.
const GAP: u32 = 2;
/// Columns of screen beside the rows of a list, inside its borders.
pub const MARGIN: u16 = 3;

/// Which of some columns have room, given the weight of each and the fewest columns of screen it is worth having. The heaviest
/// goes first, and of two that are as heavy the last; weight 1 never goes.
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
    stays
}

/// The columns of a list that are on screen, in order, where there are so many columns inside of its borders.
pub fn columns_with_room(model: &Model, list: ListKind, inside: u16) -> Vec<usize> {
    let (known, choices) = (list.columns(), &model.columns);
    let gone_to = choices.gone_to(list).map(|column| column.name);
    // What was gone to is to be seen.
    let is_kept = |column: &ListColumn| column.weight == 1 || gone_to == Some(column.name);
    let mut shown: Vec<_> = choices
        .on_screen(list)
        .into_iter()
        .filter_map(|at| Some((at, known.get(at)?)))
        .collect();
    let is_roomy = inside >= ROOMY;
    if !is_roomy && !choices.is_wide(list) && shown.iter().any(|(_, column)| is_kept(column)) {
        shown.retain(|(_, column)| is_kept(column));
    }
    let size = |(_, column): &(usize, &ListColumn)| {
        let stays = is_kept(column) || column.scopes && is_roomy;
        let (most, unknown) = if column.names {
            (NAMED, column.least)
        } else {
            let useful = useful(choices, list, column);
            (useful, useful)
        };
        let kept = if most > column.least {
            usual(model, list, column)
                .map_or(unknown, |usual| usual.min(most))
                .max(column.least)
        } else {
            column.least
        };
        (if stays { 1 } else { column.weight }, kept)
    };
    let sizes: Vec<_> = shown.iter().map(size).collect();
    let stays = with_room(inside.saturating_sub(MARGIN), &sizes);
    let stays = shown.into_iter().zip(stays).filter(|(_, stays)| *stays);
    stays.map(|((at, _), _)| at).collect()
}

/// The same on the screen there is, where details stand beside the list if there is room for both.
pub fn columns_on_screen(model: &Model, list: ListKind) -> Vec<usize> {
    let size = model.size;
    let has_details = size.is_wide() && !model.columns.is_wide(list);
    let width = if has_details { size.left().width } else { size.width };
    columns_with_room(model, list, width.saturating_sub(2))
}

/// The fewest columns of screen that a column is worth having beside others. What is short by itself is worth having anyway; and
/// who asks for columns has them, if only their beginning.
pub fn useful(choices: &ColumnChoices, list: ListKind, column: &ListColumn) -> u16 {
    if choices.are_asked_for(list) || column.most <= USEFUL {
        column.least
    } else {
        USEFUL.max(column.least)
    }
}

/// The columns of screen that texts of a column usually take, of all rows that pass the filter, in view or not; `None` where no
/// row says.
fn usual(model: &Model, list: ListKind, column: &ListColumn) -> Option<u16> {
    if !column.sorts {
        // It is worked out for the rows in view alone.
        return None;
    }
    let name = column.name;
    let usual = match (model.screens.last(), list) {
        (None, _) => model.tenants.usual(name),
        (Some(Screen::Tenant(view)), _) => {
            let (access, visible) = (view.access.value()?, view.lists.get(view.tab)?.visible());
            match list {
                ListKind::Roles => of_rows(&access.roles, visible, name),
                ListKind::Holders => of_rows(&access.bindings, visible, name),
                ListKind::Users => of_rows(&access.users, visible, name),
                ListKind::Groups => of_rows(&access.groups, visible, name),
                _ => None,
            }
        }
        (Some(Screen::Records(view)), _) => of_rows(view.rows.value()?, view.list.visible(), name),
        (Some(Screen::Contexts(view)), _) => of_rows(view.rows.value()?, view.list.visible(), name),
        _ => None,
    };
    // An order is marked beside the title.
    let title = column.title.len() + 2;
    usual.map(|usual| u16::try_from(usual.max(title)).unwrap_or(u16::MAX))
}

fn of_rows<R: Row>(rows: &[R], visible: &[usize], column: &str) -> Option<usize> {
    let width = |row: &R| row.shown(column).map_or(0, |text| text.width());
    usual_width(visible.iter().filter_map(|at| rows.get(*at)).map(width))
}

/// The width that nine texts of ten do not exceed: a few that are longer than all others are cut rather than that columns go for
/// them. `None` where there is no text.
pub fn usual_width(widths: impl Iterator<Item = usize>) -> Option<usize> {
    let mut counts = [0_usize; NAMED as usize + 1];
    let mut total = 0_usize;
    for width in widths {
        total += 1;
        if let Some(count) = counts.get_mut(width.min(usize::from(NAMED))) {
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
    }

    #[test]
    fn a_few_long_texts_do_not_count() {
        assert_eq!(usual_width(std::iter::empty()), None);
        assert_eq!(usual_width([31, 9, 31, 31].into_iter()), Some(31));
        assert_eq!(usual_width((0..20).map(|at| if at == 7 { 63 } else { 8 })), Some(8));
        assert_eq!(usual_width([63].into_iter()), Some(usize::from(NAMED)));
    }
}
