//! A list of any length moved through, filtered, read again.

use crate::domain::columns::TENANT_COLUMNS;
use crate::domain::page::Page;
use crate::domain::problem::ProblemKind;
use crate::domain::tenant::Tenant;

use super::reading::HELD;
use super::*;

fn page(from: u64, total: u64) -> Page<TenantRow> {
    let to = (from + u64::from(PAGE)).min(total);
    let rows = (from..to)
        .map(|index| TenantRow {
            tenant: Tenant::new(format!("t{index:07}").parse().unwrap(), "T"),
            admins: Some(1),
        })
        .collect();
    Page::new(rows, total)
}

fn answer_all(list: &mut TenantList, total: u64, next: &mut u64) {
    for wanted in list.missing(10) {
        *next += 1;
        let job = JobId(*next);
        let query = list.ask(job, wanted, 0);
        assert!(list.settle(job, 1, 10, Ok(page(query.offset(), total))));
    }
}

#[test]
fn a_million_rows_are_held_only_around_the_selection() {
    let (mut list, mut next) = (TenantList::default(), 0);
    answer_all(&mut list, 1_000_000, &mut next);
    assert_eq!((list.length(), list.total()), (1_000_000, Some(1_000_000)));
    list.go(Motion::Last, 10);
    assert!(list.selected().is_none(), "not there yet");
    answer_all(&mut list, 1_000_000, &mut next);
    assert_eq!(list.selected_scope().unwrap().to_string(), "t0999999");
    for _ in 0..2000 {
        list.go(Motion::PageUp, 10);
        answer_all(&mut list, 1_000_000, &mut next);
        assert!(list.selected().is_some());
    }
    assert!(list.pages.len() <= HELD);
}

#[test]
fn who_goes_on_row_by_row_meets_no_row_that_is_not_there() {
    let (mut list, mut next) = (TenantList::default(), 0);
    answer_all(&mut list, 1_000, &mut next);
    for motion in [Motion::Down, Motion::Up] {
        for _ in 0..999 {
            list.go(motion, 10);
            let top = list.cursor.top();
            assert!((top..top + 10).all(|index| list.row(index).is_some()), "{top}");
            answer_all(&mut list, 1_000, &mut next);
        }
    }
    assert!(next <= 20, "{next} pages were read for 20");
}

#[test]
fn on_the_largest_screen_no_page_is_read_again_and_again() {
    let (mut list, mut next) = (TenantList::default(), 0);
    for _ in 0..5 {
        list.go(Motion::PageDown, 1_000);
        for _ in 0..100 {
            for page_wanted in list.missing(1_000) {
                next += 1;
                let query = list.ask(JobId(next), page_wanted, 0);
                list.settle(JobId(next), 1, 1_000, Ok(page(query.offset(), 100_000)));
            }
        }
    }
    assert!(next < 100, "{next} pages were read");
}

/// A list of 250 tenants whose rows do not tell their admins.
fn untold() -> TenantList {
    let mut list = TenantList::default();
    for (job, from) in [0, 100, 200].into_iter().enumerate() {
        let mut page = page(from, 250);
        page.rows.iter_mut().for_each(|row| row.admins = None);
        let job = JobId(job as u64);
        list.ask(job, from / 100, 0);
        list.settle(job, 1, 10, Ok(page));
    }
    list
}

/// Counts whatever is to be counted, question by question, and returns whom each was about, by the numbers of their rows.
fn count_all(list: &mut TenantList) -> Vec<Vec<usize>> {
    let mut questions = Vec::new();
    loop {
        let ids = list.uncounted(10);
        if ids.is_empty() {
            return questions;
        }
        questions.push(ids.iter().map(|id| id.as_str()[1..].parse().unwrap()).collect());
        list.ask_counts(JobId(9), ids.clone());
        list.counted(Some(ids.into_iter().map(|id| (id, 1)).collect()));
    }
}

#[test]
fn who_goes_on_row_by_row_meets_no_tenant_whose_admins_are_not_counted() {
    let mut list = untold();
    let mut asked = count_all(&mut list);
    assert_eq!(asked, [(0..10).collect::<Vec<_>>()], "only those in view before a move");
    for motion in [Motion::Down, Motion::Up] {
        for step in 0..249 {
            list.go(motion, 10);
            let top = list.cursor.top();
            let is_told = |index| matches!(list.row(index), Some(Selected::Tenant(row)) if row.admins.is_some());
            assert!((top..top + 10).all(is_told), "{motion:?} {step}");
            asked.extend(count_all(&mut list));
        }
    }
    let questions = asked.len();
    let mut all: Vec<usize> = asked.into_iter().flatten().collect();
    all.sort_unstable();
    assert_eq!(all, (0..250).collect::<Vec<_>>(), "each is asked about once");
    assert!(questions < 100, "{questions} questions for 250 tenants");
}

#[test]
fn no_more_admins_are_counted_ahead_than_the_screen_has_rows_for() {
    let mut list = untold();
    count_all(&mut list);
    // Not before the selection comes near to what is not in view.
    for _ in 0..4 {
        list.go(Motion::Down, 10);
        assert!(count_all(&mut list).is_empty());
    }
    // What is in view comes first, and what is ahead of it behind that.
    list.go(Motion::PageDown, 10);
    list.go(Motion::PageDown, 10);
    list.go(Motion::PageDown, 10);
    let range = |rows: std::ops::Range<usize>| rows.collect::<Vec<_>>();
    assert_eq!(count_all(&mut list), [range(30..40)]);
    list.go(Motion::Last, 10);
    assert_eq!(count_all(&mut list), [range(240..250)]);
    list.go(Motion::Up, 10);
    assert!(count_all(&mut list).is_empty());
    list.go(Motion::HalfUp, 10);
    list.go(Motion::Up, 10);
    list.go(Motion::Up, 10);
    assert_eq!(count_all(&mut list), [range(236..240)]);
}

#[test]
fn admins_that_rows_do_not_tell_are_counted_for_those_in_view() {
    let mut list = TenantList::default();
    let uncounted = |from| {
        let mut page = page(from, 250);
        page.rows.iter_mut().for_each(|row| row.admins = None);
        page
    };
    list.ask(JobId(1), 0, 0);
    list.settle(JobId(1), 1, 10, Ok(page(0, 250)));
    assert_eq!(list.uncounted(10), [], "rows that tell are believed");
    list.ask(JobId(2), 0, 0);
    list.settle(JobId(2), 1, 10, Ok(uncounted(0)));
    let asked = list.uncounted(10);
    assert_eq!((asked.len(), asked[0].as_str()), (10, "t0000000"));
    list.ask_counts(JobId(3), asked.clone());
    assert_eq!(list.counting(), Some(JobId(3)));
    assert_eq!(list.uncounted(10), [], "one question at a time");
    // The last of them may not be counted.
    list.counted(Some(asked.iter().take(9).map(|id| (id.clone(), 0)).collect()));
    assert_eq!(list.uncounted(10), []);
    let admins = |list: &TenantList, at| match list.row(at) {
        Some(Selected::Tenant(row)) => row.admins,
        _ => None,
    };
    assert_eq!(
        (admins(&list, 0), admins(&list, 9), admins(&list, 10)),
        (Some(0), None, None)
    );
    list.go(Motion::PageDown, 10);
    assert!(list.uncounted(10).iter().all(|id| !asked.contains(id)));
    list.go(Motion::First, 10);
    list.refresh(10, true);
    list.ask(JobId(4), 0, 0);
    list.settle(JobId(4), 1, 10, Ok(uncounted(0)));
    assert_eq!(admins(&list, 0), Some(0), "shown until counted again");
    assert_eq!(list.uncounted(10), asked);
    list.ask_counts(JobId(5), asked);
    assert_eq!(list.give_up(), [JobId(5)]);
}

#[test]
fn the_default_tenant_is_the_first_row_unless_filtered_away() {
    let (mut list, mut next) = (TenantList::default(), 0);
    list.set_default(true);
    answer_all(&mut list, 3, &mut next);
    assert_eq!(list.length(), 4);
    assert_eq!(list.selected_scope(), Some(TenantScope::Default));
    list.go(Motion::Down, 10);
    assert_eq!(list.selected_scope().unwrap().to_string(), "t0000000");
    list.filter.set("id:t", TENANT_COLUMNS, &[]);
    assert!(list.shows_default(), "(default) has a t");
    list.filter.set("id:t0", TENANT_COLUMNS, &[]);
    assert!(!list.shows_default());
}

#[test]
fn the_selection_follows_its_tenant_when_rows_appear_before_it() {
    let (mut list, mut next) = (TenantList::default(), 0);
    answer_all(&mut list, 3, &mut next);
    list.go(Motion::Last, 10);
    let pages = list.refresh(10, true);
    assert_eq!(pages, [0]);
    list.ask(JobId(99), 0, 0);
    let mut grown = page(0, 3);
    grown.rows.insert(
        0,
        TenantRow {
            tenant: Tenant::new("a".parse().unwrap(), "A"),
            admins: None,
        },
    );
    grown.total = 4;
    list.settle(JobId(99), 5, 10, Ok(grown));
    assert_eq!(list.selected_scope().unwrap().to_string(), "t0000002");
    assert_eq!(list.cursor.at(), 3);
}

#[test]
fn where_rows_of_another_order_could_not_be_read_none_of_those_before_is_stood_on() {
    let (mut list, mut next) = (TenantList::default(), 0);
    answer_all(&mut list, 250, &mut next);
    list.go(Motion::Last, 10);
    list.ask_anew(JobId(50), 0);
    let problem = Problem::new(ProblemKind::Unreachable, "No answer.", "Why.", "Next.");
    assert!(list.settle(JobId(50), 1, 10, Err(problem)));
    assert_eq!((list.length(), list.cursor.at()), (0, 0));
}

#[test]
fn a_new_filter_keeps_the_rows_until_the_answer_and_drops_late_ones() {
    let (mut list, mut next) = (TenantList::default(), 0);
    answer_all(&mut list, 250, &mut next);
    list.ask(JobId(50), 2, 0);
    list.filter.set("t", TENANT_COLUMNS, &[]);
    let (outdated, query) = list.ask_anew(JobId(51), 0);
    assert_eq!(outdated, [JobId(50)]);
    assert_eq!(query.filter.to_string(), "t");
    assert!(list.is_searching() && list.selected().is_some());
    assert!(!list.settle(JobId(50), 1, 10, Ok(page(200, 250))), "late");
    list.settle(JobId(51), 1, 10, Ok(page(0, 7)));
    assert_eq!(list.total(), Some(7));
}

#[test]
fn that_words_were_not_looked_for_among_admins_is_known_from_whoever_looked() {
    let columns = TENANT_COLUMNS;
    for leaves_out in [true, false] {
        let (mut list, mut next) = (TenantList::default(), 0);
        answer_all(&mut list, 501, &mut next);
        assert!(!list.leaves_admins_out());
        list.filter.set("no", columns, columns);
        let (_, query) = list.ask_anew(JobId(1_000), 0);
        let found = Page {
            leaves_out,
            ..page(query.offset(), 0)
        };
        list.settle(JobId(1_000), 1, 10, Ok(found));
        assert_eq!(list.leaves_admins_out(), leaves_out);
        list.filter.set("now", columns, columns);
        list.filter_changed();
        assert!(!list.leaves_admins_out(), "those are the rows of another filter");
    }
}

#[test]
fn marks_in_a_list_that_is_not_held_as_a_whole_are_hidden_by_what_was_read_of_them() {
    let (mut list, mut next) = (TenantList::default(), 0);
    answer_all(&mut list, 5_000, &mut next);
    let rows = page(4_000, 5_000).rows;
    list.marks.mark(rows.iter(), false);
    assert_eq!(list.hidden_marks(), 0, "nothing is filtered");
    list.filter.set("t", TENANT_COLUMNS, TENANT_COLUMNS);
    list.ask_anew(JobId(1_000), 0);
    list.settle(JobId(1_000), 1, 10, Ok(page(0, 5_000)));
    assert_eq!(list.hidden_marks(), 0, "they may be among those that are not held");
    // Of 130 rows 100 are held, so that at most 30 of the marked may be among the others.
    list.ask_anew(JobId(1_001), 0);
    list.settle(JobId(1_001), 1, 10, Ok(page(0, 130)));
    assert_eq!(list.hidden_marks(), 70);
    list.filter.set("id:t0004", TENANT_COLUMNS, TENANT_COLUMNS);
    list.ask_anew(JobId(1_002), 0);
    list.settle(JobId(1_002), 1, 10, Ok(Page::new(rows, 100)));
    assert_eq!(list.hidden_marks(), 0);
}
