//! Provisional.
use super::permission::{Action, Permissions, Resource};
use super::release::Release;
/// R.
#[derive(Debug)]
pub struct ResourceInfo {
    /// N.
    pub name: Resource,
    /// A.
    pub assignable: bool,
}
static INFOS: [ResourceInfo; 12] = {
    const fn r(n: &'static str) -> ResourceInfo {
        ResourceInfo {
            name: Resource::known(n),
            assignable: true,
        }
    }
    [
        r("FLOW"),
        r("EXECUTION"),
        r("NAMESPACE"),
        r("KVSTORE"),
        r("SECRET"),
        r("BLUEPRINT"),
        r("DASHBOARD"),
        r("USER"),
        r("GROUP"),
        r("ROLE"),
        r("BINDING"),
        r("AUDITLOG"),
    ]
};
static ACTIONS: [Action; 4] = [
    Action::known("CREATE"),
    Action::known("READ"),
    Action::known("UPDATE"),
    Action::known("DELETE"),
];
/// R.
pub fn resources(_: Release) -> Vec<&'static ResourceInfo> {
    INFOS.iter().collect()
}
/// A.
pub fn actions(_: Release) -> &'static [Action] {
    &ACTIONS
}
/// A.
pub fn actions_of(_: Release, resource: &Resource) -> Vec<Action> {
    if resource.as_str() == "AUDITLOG" {
        vec![Action::known("READ")]
    } else {
        ACTIONS.to_vec()
    }
}
/// M.
pub fn admin() -> Permissions {
    INFOS
        .iter()
        .map(|i| (i.name.clone(), actions_of(Release::DEFAULT, &i.name)))
        .collect()
}
