//! What two roles allow, compared cell by cell: two roles, or one in two tenants, or in two releases.
//!
//! Where the releases lie on different sides of 2.0, the older role is shown as what it becomes there
//! ([`super::mapping`]), so that cells mean the same on both sides.

use super::count::counted;
use super::mapping::{self, Translation};
use super::permission::{Action, Permissions, Resource};
use super::release::{PermissionModel, Release};
use super::role_edit;

/// One of the two that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What it is called, such as `Operator` or `Operator in acme`; goes into the summary.
    pub name: &'a str,
    /// What it allows.
    pub permissions: &'a Permissions,
    /// The release of its instance.
    pub release: Release,
}

/// Which of the two have a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The first alone.
    OnlyA,
    /// The second alone.
    OnlyB,
    /// Both.
    Both,
}

/// A cell that at least one of the two has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedCell {
    /// Its resource.
    pub resource: Resource,
    /// Its action.
    pub action: Action,
    /// Who has it.
    pub which: Which,
}

/// What two roles have in common and what not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What the first is called.
    pub a: String,
    /// What the second is called.
    pub b: String,
    /// The release whose resources and actions the cells are of: the newer one.
    pub release: Release,
    /// Every cell that one of them has, in the order of the matrix of that release; what it does not know comes last.
    pub cells: Vec<ComparedCell>,
    /// Which one was translated to 2.0, and what came of it.
    pub translated: Option<(Which, Translation)>,
}

/// Compares two roles.
pub fn compare(a: Side<'_>, b: Side<'_>) -> Comparison {
    let release = a.release.max(b.release);
    let is_old = |side: Side<'_>| side.release.permission_model() == PermissionModel::Crud;
    let differs = a.release.permission_model() != b.release.permission_model();
    let translate = |side: Side<'_>| (differs && is_old(side)).then(|| mapping::to_resource_actions(side.permissions));
    let (new_a, new_b) = (translate(a), translate(b));
    let of_a = new_a
        .as_ref()
        .map_or(a.permissions, |translation| &translation.permissions);
    let of_b = new_b
        .as_ref()
        .map_or(b.permissions, |translation| &translation.permissions);
    let mut pairs: Vec<role_edit::Pair> = of_a
        .pairs()
        .chain(of_b.pairs().filter(|(resource, action)| !of_a.allows(resource, action)))
        .map(|(resource, action)| (resource.clone(), action.clone()))
        .collect();
    role_edit::sort(&mut pairs, release);
    let cells = pairs
        .into_iter()
        .map(|(resource, action)| ComparedCell {
            which: match (of_a.allows(&resource, &action), of_b.allows(&resource, &action)) {
                (true, true) => Which::Both,
                (true, false) => Which::OnlyA,
                _ => Which::OnlyB,
            },
            resource,
            action,
        })
        .collect();
    Comparison {
        a: a.name.to_owned(),
        b: b.name.to_owned(),
        release,
        cells,
        translated: new_a
            .map(|translation| (Which::OnlyA, translation))
            .or_else(|| new_b.map(|translation| (Which::OnlyB, translation))),
    }
}

impl Comparison {
    /// Who has a cell; `None` if neither has it.
    pub fn cell(&self, resource: &Resource, action: &Action) -> Option<Which> {
        let found = self
            .cells
            .iter()
            .find(|cell| cell.resource == *resource && cell.action == *action);
        found.map(|cell| cell.which)
    }

    /// The cells that these have, in the order of the matrix.
    pub fn only(&self, which: Which) -> impl Iterator<Item = &ComparedCell> {
        self.cells.iter().filter(move |cell| cell.which == which)
    }

    /// Whether both allow the same.
    pub fn is_same(&self) -> bool {
        self.cells.iter().all(|cell| cell.which == Which::Both)
    }

    /// The result in one sentence.
    pub fn summary(&self) -> String {
        let count = |which| self.only(which).count() as u64;
        let (a, b, both) = (count(Which::OnlyA), count(Which::OnlyB), count(Which::Both));
        let rights = |number| counted(number, "right");
        match (a, b) {
            (0, 0) if both == 0 => format!("`{}` and `{}` both allow nothing.", self.a, self.b),
            (0, 0) => format!("`{}` and `{}` allow the same: {}.", self.a, self.b, rights(both)),
            (a, 0) => format!(
                "`{}` allows all that `{}` does, and {} more.",
                self.a,
                self.b,
                rights(a)
            ),
            (0, b) => format!(
                "`{}` allows all that `{}` does, and {} more.",
                self.b,
                self.a,
                rights(b)
            ),
            (a, b) => format!(
                "`{}` alone has {}, `{}` alone has {}; they share {}.",
                self.a,
                rights(a),
                self.b,
                rights(b),
                rights(both)
            ),
        }
    }

    /// What is to be known about the translation of one side, in sentences; empty if none was needed.
    pub fn remarks(&self) -> Vec<String> {
        let Some((which, translation)) = &self.translated else {
            return Vec::new();
        };
        let name = if *which == Which::OnlyA { &self.a } else { &self.b };
        let mut remarks = vec![format!("`{name}` is shown as what it becomes in 2.0.")];
        remarks.extend(translation.remarks());
        remarks
    }

    /// From the first to the second: what would have to be added and taken away, as an edit says it.
    pub fn change(&self) -> role_edit::Change {
        let of = |which| {
            self.only(which)
                .map(|cell| (cell.resource.clone(), cell.action.clone()))
                .collect()
        };
        role_edit::Change {
            added: of(Which::OnlyB),
            removed: of(Which::OnlyA),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::catalogue::managed_role;
    use super::*;

    const OLD: Release = Release::new(1, 3);
    const NEW: Release = Release::new(2, 0);

    fn permissions(pairs: &[(&str, &str)]) -> Permissions {
        let actions = |text: &str| text.split(' ').map(Action::from).collect();
        pairs
            .iter()
            .map(|(resource, text)| ((*resource).into(), actions(text)))
            .collect()
    }

    fn compared(a: (&Permissions, Release), b: (&Permissions, Release)) -> Comparison {
        let side = |name, (permissions, release)| Side {
            name,
            permissions,
            release,
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
}
