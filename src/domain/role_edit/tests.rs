//! Editing a role, by data and by properties.

use proptest::prelude::*;

use super::super::catalogue::managed_roles;
use super::super::permission::permissions;
use super::super::problem::{Problem, ProblemKind};
use super::*;

const OLD: Release = Release::new(1, 3);
const NEW: Release = Release::new(2, 0);

#[test]
fn a_cell_is_turned_around_if_it_exists() {
    let mut edit = RoleEdit::new(permissions(&[("FLOW", "READ")]), Assignable::of(OLD));
    assert!(edit.toggle(&"FLOW".into(), &"CREATE".into()));
    assert!(edit.toggle(&"FLOW".into(), &"READ".into()));
    assert!(
        !edit.toggle(&"BINDING".into(), &"UPDATE".into()),
        "there is no such action"
    );
    assert!(!edit.toggle(&"TRIGGER".into(), &"VIEW".into()), "not before 2.0");
    assert_eq!(edit.change().words(), "+FLOW:CREATE -FLOW:READ");
    assert!(edit.toggle(&"FLOW".into(), &"READ".into()) && edit.toggle(&"FLOW".into(), &"CREATE".into()));
    assert!(!edit.is_changed());
}

#[test]
fn the_last_action_takes_its_resource_along() {
    let mut edit = RoleEdit::new(permissions(&[("FLOW", "READ"), ("ROLE", "READ")]), Assignable::of(OLD));
    edit.toggle(&"FLOW".into(), &"READ".into());
    assert_eq!(edit.permissions(), &permissions(&[("ROLE", "READ")]));
}

#[test]
fn rows_and_columns_fill_first_and_clear_when_full() {
    let mut edit = RoleEdit::new(permissions(&[("FLOW", "CREATE")]), Assignable::of(OLD));
    edit.toggle_row(&"FLOW".into());
    assert_eq!(edit.change().words(), "+FLOW:READ,UPDATE,DELETE");
    edit.toggle_row(&"FLOW".into());
    assert_eq!(edit.change().words(), "-FLOW:CREATE");
    edit.toggle_column(&"DELETE".into());
    assert!(edit.allows(&"BINDING".into(), &"DELETE".into()));
    assert!(
        !edit.allows(&"AUDITLOG".into(), &"DELETE".into()),
        "it cannot be deleted from"
    );
    edit.toggle_column(&"DELETE".into());
    assert!(edit.permissions().is_empty());
    assert!(!edit.toggle_row(&"NOT_YET".into()) && !edit.toggle_column(&"NOT_YET".into()));
}

#[test]
fn what_the_release_does_not_know_stays_until_it_is_taken_away_itself() {
    let role = permissions(&[("CASE", "VIEW PROMOTE"), ("FLOW", "READ LIST"), ("KILL_SWITCH", "VIEW")]);
    let mut edit = RoleEdit::new(role.clone(), Assignable::of(NEW));
    edit.start_from(Template::Empty);
    edit.toggle_column(&"VIEW".into());
    edit.toggle_column(&"VIEW".into());
    edit.toggle_row(&"CASE".into());
    edit.toggle_row(&"FLOW".into());
    edit.toggle_row(&"FLOW".into());
    assert_eq!(edit.change().words(), "-FLOW:LIST");
    assert_eq!(edit.unknown().len(), 4);
    assert!(edit.toggle(&"CASE".into(), &"PROMOTE".into()));
    assert_eq!(edit.change().words(), "-FLOW:LIST -CASE:PROMOTE");
    assert!(edit.toggle(&"CASE".into(), &"PROMOTE".into()), "and can be put back");
    edit.drop_unknown();
    assert!(edit.permissions().is_empty());
    edit.reset();
    assert_eq!(edit.permissions(), &role);
}

#[test]
fn an_edit_starts_from_what_kestra_ships_or_another_role() {
    for release in [OLD, NEW] {
        for shipped in managed_roles(release) {
            let mut edit = RoleEdit::new(Permissions::default(), Assignable::of(release));
            assert!(edit.start_from(Template::Managed(shipped.name)));
            assert_eq!(edit.permissions(), &shipped.permissions);
        }
    }
    let mut edit = RoleEdit::new(Permissions::default(), Assignable::of(Release::new(0, 21)));
    assert!(!edit.start_from(Template::Managed("Viewer")), "it came later");
    let of_2_0 = permissions(&[("FLOW", "VIEW UPDATE"), ("TRIGGER", "VIEW")]);
    assert!(edit.start_from(Template::Permissions(&of_2_0)));
    assert_eq!(edit.permissions(), &permissions(&[("FLOW", "UPDATE")]));
}

/// A Viewer in the matrix: its template, or filling two columns and clearing what is not for viewers, row by row.
#[test]
fn a_viewer_takes_few_steps() {
    let mut by_template = RoleEdit::new(Permissions::default(), Assignable::of(NEW));
    by_template.start_from(Template::Managed("Viewer"));
    let mut by_hand = RoleEdit::new(Permissions::default(), Assignable::of(NEW));
    for action in ["VIEW", "LIST"] {
        for resource in ["FLOW", "EXECUTION", "TRIGGER", "NAMESPACE"] {
            by_hand.toggle(&resource.into(), &action.into());
        }
    }
    for resource in ["FLOW", "EXECUTION", "TRIGGER"] {
        by_hand.toggle(&resource.into(), &"EXPORT".into());
    }
    assert!(Change::between(by_template.permissions(), by_hand.permissions(), NEW).is_empty());
}

#[test]
fn changes_are_told_in_the_order_of_the_matrix() {
    let before = permissions(&[("NOT_YET", "DO"), ("EXECUTION", "DELETE")]);
    let after = permissions(&[("ROLE", "READ"), ("FLOW", "DELETE CREATE")]);
    assert_eq!(
        Change::between(&before, &after, OLD).words(),
        "+FLOW:CREATE,DELETE +ROLE:READ -EXECUTION:DELETE -NOT_YET:DO"
    );
    assert_eq!(Change::between(&before, &before, OLD).words(), "");
}

#[test]
fn what_is_learnt_late_brings_in_what_a_template_had_to_leave_out_and_takes_nothing_away() {
    let like = permissions(&[("FLOW", "VIEW"), ("ROCKET", "LAUNCH")]);
    let silence = Problem::new(ProblemKind::Denied, "What.", "Why.", "Next.");
    let rows = [("FLOW", "VIEW"), ("ROCKET", "LAUNCH")].map(|(name, action)| (name.into(), vec![action.into()]));
    let learnt = Arc::new(Assignable::told(NEW, rows.to_vec(), Err(silence)));
    let mut edit = RoleEdit::new(Permissions::default(), Assignable::of(NEW));
    edit.start_from(Template::Permissions(&like));
    assert_eq!(edit.permissions(), &permissions(&[("FLOW", "VIEW")]));
    let mut changed = edit.clone();
    edit.learn(Arc::clone(&learnt));
    assert_eq!(edit.permissions(), &like);
    // Whoever went on since does not get it any more; what they set stays, although this server does not list it.
    changed.toggle(&"SECRET".into(), &"VIEW".into());
    changed.learn(learnt);
    assert_eq!(
        changed.permissions(),
        &permissions(&[("FLOW", "VIEW"), ("SECRET", "VIEW")])
    );
    assert_eq!(changed.unknown().len(), 1);
}

fn any_permissions() -> impl Strategy<Value = Permissions> {
    let resource = prop::sample::select(&["FLOW", "BINDING", "TENANT_ACCESS", "COPILOT", "NOT_YET"][..]);
    let action = prop::sample::select(&["READ", "VIEW", "CREATE", "UPDATE", "USE", "DO"][..]);
    prop::collection::vec((resource, action), 0..8).prop_map(|pairs| {
        let mut permissions = Permissions::default();
        for (resource, action) in pairs {
            permissions.allow(resource.into(), action.into());
        }
        permissions
    })
}

proptest! {
    #[test]
    fn nothing_is_added_that_the_release_does_not_have(
        before in any_permissions(),
        steps in prop::collection::vec((0..4, any_permissions()), 0..8),
        release in prop::sample::select(&Release::KNOWN[..]),
    ) {
        let mut edit = RoleEdit::new(before.clone(), Assignable::of(release));
        let mut strange = edit.unknown();
        sort(&mut strange, release);
        for (kind, cells) in &steps {
            for (resource, action) in cells.pairs() {
                match kind {
                    0 => edit.toggle_row(resource),
                    1 => edit.toggle_column(action),
                    2 => edit.start_from(Template::Permissions(cells)),
                    _ => edit.start_from(Template::Managed("Admin")),
                };
            }
        }
        let mut kept = edit.unknown();
        sort(&mut kept, release);
        prop_assert_eq!(kept, strange);
        let mut known = edit.clone();
        known.drop_unknown();
        prop_assert_eq!(Assignable::of(release).complaints(known.permissions()), []);
        let mut again = RoleEdit::new(before, Assignable::of(release));
        let change = edit.change();
        for (resource, action) in change.added.iter().chain(&change.removed) {
            prop_assert!(again.toggle(resource, action));
        }
        prop_assert!(Change::between(again.permissions(), edit.permissions(), release).is_empty());
        prop_assert_eq!(edit.is_changed(), !change.words().is_empty());
    }

    #[test]
    fn a_cell_turned_around_twice_is_as_it_was(before in any_permissions(), cells in any_permissions()) {
        let mut edit = RoleEdit::new(before, Assignable::of(NEW));
        for (resource, action) in cells.pairs() {
            let could = edit.toggle(resource, action);
            prop_assert_eq!(edit.toggle(resource, action), could);
        }
        prop_assert!(!edit.is_changed());
    }
}
