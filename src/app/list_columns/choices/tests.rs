//! Which columns are shown, and what was kept of that by another release.

use crate::domain::columns::{holds_numbers, meant};
use crate::domain::query::Filter;

use super::*;

#[test]
fn what_was_chosen_comes_first_and_names_nobody_knows_are_passed_over() {
    let mut choices = ColumnChoices::default();
    assert_eq!(choices.on_screen(ListKind::Groups), [0, 1, 2]);
    choices
        .shown
        .insert("groups".to_owned(), ["id", "gone", "name"].map(str::to_owned).to_vec());
    assert_eq!(choices.on_screen(ListKind::Groups), [3, 0]);
    let without = ["admins", "state"].map(str::to_owned).to_vec();
    choices.shown.insert("tenants".to_owned(), without);
    assert_eq!(choices.on_screen(ListKind::Tenants), [0, 2, 5], "rows are told apart");
    choices.shown.remove("tenants");
    choices.toggle_wide(ListKind::Groups);
    assert_eq!(choices.on_screen(ListKind::Groups), [3, 0, 1, 2]);
    choices.toggle_wide(ListKind::Groups);
    choices.choose(ListKind::Groups, &[(0, true), (1, true), (2, true), (3, false)]);
    assert_eq!(choices, ColumnChoices::default(), "as it comes is nothing to keep");
}

#[test]
fn names_that_no_column_has_any_more_are_forgotten_and_said_once() {
    let mut choices: ColumnChoices = serde_json::from_str(
        r#"{"shown": {"runs": ["id", "place", "state", "words"], "groups": ["gone"], "tenants": ["id", "state"]}}"#,
    )
    .unwrap();
    let said = choices.forget_unknown().unwrap();
    assert_eq!(
        said,
        "There are no columns `gone` of groups, `place` of runs and `words` of runs any more; <C> chooses which are shown"
    );
    assert_eq!(choices.shown["runs"], ["id", "state"]);
    assert_eq!(choices.on_screen(ListKind::Groups), [0, 1, 2], "as it comes");
    assert_eq!(choices.forget_unknown(), None);
}

#[test]
fn every_list_has_columns_of_different_names() {
    for kind in ListKind::ALL {
        let names: BTreeSet<_> = kind.columns().iter().map(|column| column.name).collect();
        assert_eq!(names.len(), kind.columns().len(), "{}", kind.word());
        let names: Vec<&str> = names.into_iter().collect();
        for column in kind.columns() {
            let title = column.title.trim_end_matches("(UTC)").trim_end();
            let title = title.to_lowercase().replace(' ', "-");
            assert_eq!(meant(&title, &names), Some(column.name), "{title} of {}", kind.word());
            let filter = format!("{title}:1");
            let parsed = Filter::parse(&filter, kind.filter_columns());
            assert!(parsed.is_ok(), "{filter} of {}: {parsed:?}", kind.word());
            assert!(column.number || !holds_numbers(column.name), "{title}");
        }
    }
}
