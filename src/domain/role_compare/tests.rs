//! Comparing roles, by data and by properties.

use proptest::prelude::*;

use super::super::catalogue::managed_role;
use super::super::permission::permissions;
use super::*;

const OLD: Release = Release::new(1, 3);
const NEW: Release = Release::new(2, 0);

fn compared(a: (&Permissions, Release), b: (&Permissions, Release)) -> Comparison {
    let side = |name, (permissions, release)| Side {
        name,
        permissions,
        release,
        managed: None,
    };
    compare(side("A", a), side("B", b))
}

#[test]
fn two_roles_are_compared_cell_by_cell_in_the_order_of_the_matrix() {
    let a = permissions(&[("NOT_YET", "DO"), ("ROLE", "READ"), ("FLOW", "READ DELETE")]);
    let b = permissions(&[("FLOW", "CREATE READ"), ("SECRET", "READ")]);
    let comparison = compared((&a, OLD), (&b, OLD));
    let cells: Vec<String> = comparison
        .cells
        .iter()
        .map(|cell| format!("{} {} {:?}", cell.resource, cell.action, cell.which))
        .collect();
    assert_eq!(
        cells,
        [
            "FLOW CREATE OnlyB",
            "FLOW READ Both",
            "FLOW DELETE OnlyA",
            "SECRET READ OnlyB",
            "ROLE READ OnlyA",
            "NOT_YET DO OnlyA",
        ]
    );
    assert_eq!(
        comparison.summary(),
        "`A` alone has 3 rights, `B` alone has 2 rights; they share 1 right."
    );
    assert_eq!(
        comparison.change().words(),
        "+FLOW:CREATE +SECRET:READ -FLOW:DELETE -ROLE:READ -NOT_YET:DO"
    );
    assert_eq!(comparison.cell(&"FLOW".into(), &"READ".into()), Some(Which::Both));
    assert_eq!(comparison.cell(&"FLOW".into(), &"UPDATE".into()), None);
    assert_eq!(comparison.remarks(), Vec::<String>::new());
}

#[test]
fn the_summary_says_who_allows_more() {
    let (none, one, two) = (
        Permissions::default(),
        permissions(&[("FLOW", "READ")]),
        permissions(&[("FLOW", "READ CREATE")]),
    );
    for (a, b, expected) in [
        (&none, &none, "`A` and `B` both allow nothing."),
        (&two, &two, "`A` and `B` allow the same: 2 rights."),
        (&two, &one, "`A` allows all that `B` does, and 1 right more."),
        (&none, &two, "`B` allows all that `A` does, and 2 rights more."),
    ] {
        assert_eq!(compared((a, OLD), (b, OLD)).summary(), expected);
    }
}

#[test]
fn an_old_role_is_shown_as_what_it_becomes_beside_one_of_2_0() {
    let old = permissions(&[("FLOW", "READ"), ("EXECUTION", "CREATE"), ("TEMPLATE", "READ")]);
    let new = permissions(&[("FLOW", "VIEW LIST EXECUTE")]);
    for (first_is_old, comparison) in [
        (true, compared((&old, OLD), (&new, NEW))),
        (false, compared((&new, NEW), (&old, OLD))),
    ] {
        let (of_old, of_new) = if first_is_old {
            (Which::OnlyA, Which::OnlyB)
        } else {
            (Which::OnlyB, Which::OnlyA)
        };
        let words = |which| -> Vec<String> {
            comparison
                .only(which)
                .map(|cell| format!("{} {}", cell.resource, cell.action))
                .collect()
        };
        assert_eq!(words(Which::Both), ["FLOW VIEW", "FLOW LIST"]);
        assert_eq!(words(of_old), ["FLOW EXPORT", "EXECUTION CREATE"]);
        assert_eq!(words(of_new), ["FLOW EXECUTE"]);
        assert_eq!(comparison.release, NEW);
        let remarks = comparison.remarks();
        assert_eq!(remarks.len(), 3, "{remarks:?}");
        assert!(remarks[0].ends_with("is shown as what it becomes in 2.0."));
        assert!(remarks[1].starts_with("TEMPLATE READ is lost"));
        assert!(remarks[2].starts_with("This role could start flows"));
    }
}

#[test]
fn roles_of_the_same_model_are_not_translated() {
    let old = permissions(&[("IMPERSONATE", "READ")]);
    let comparison = compared((&old, Release::new(0, 21)), (&old, OLD));
    assert!(comparison.is_same() && comparison.translated.is_none());
    let admin = &managed_role(NEW, "Admin").unwrap().permissions;
    assert!(compared((admin, NEW), (admin, NEW)).is_same());
}

proptest! {
    #[test]
    fn sides_can_be_exchanged_and_every_cell_is_somebodys(
        a in prop::collection::vec((0usize..4, 0usize..4), 0..9),
        b in prop::collection::vec((0usize..4, 0usize..4), 0..9),
        releases in (0usize..17, 0usize..17),
    ) {
        let made = |pairs: &[(usize, usize)]| {
            let mut permissions = Permissions::default();
            for (resource, action) in pairs {
                let resource = ["FLOW", "SETTING", "IMPERSONATE", "APPEXECUTION"][*resource];
                permissions.allow(resource.into(), ["READ", "CREATE", "UPDATE", "DELETE"][*action].into());
            }
            permissions
        };
        let (a, b) = (made(&a), made(&b));
        let (of_a, of_b) = (Release::KNOWN[releases.0], Release::KNOWN[releases.1]);
        let there = compared((&a, of_a), (&b, of_b));
        let back = compared((&b, of_b), (&a, of_a));
        prop_assert_eq!(there.cells.len(), back.cells.len());
        for (one, other) in there.cells.iter().zip(&back.cells) {
            prop_assert_eq!((&one.resource, &one.action), (&other.resource, &other.action));
            let turned = match one.which {
                Which::OnlyA => Which::OnlyB,
                Which::OnlyB => Which::OnlyA,
                Which::Both => Which::Both,
            };
            prop_assert_eq!(other.which, turned);
        }
        if a == b && of_a == of_b {
            prop_assert!(there.is_same());
        }
        let count = |which| there.only(which).count();
        prop_assert_eq!(count(Which::OnlyA) + count(Which::OnlyB) + count(Which::Both), there.cells.len());
    }
}
