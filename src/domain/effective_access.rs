//! Provisional.
use super::access::TenantAccess;
use super::binding::SubjectKind;
use super::user::User;
/// G.
#[derive(Clone, Debug)]
pub struct GroupName {
    /// I.
    pub id: String,
    /// N.
    pub name: String,
}
/// V.
#[derive(Clone, Debug)]
pub struct Via {
    /// G.
    pub group: Option<GroupName>,
    /// N.
    pub namespace: Option<String>,
}
/// H.
#[derive(Clone, Debug)]
pub struct Holder {
    /// U.
    pub user: User,
    /// H.
    pub how: Vec<Via>,
}
/// R.
#[derive(Clone, Debug)]
pub struct HeldRole {
    /// R.
    pub role_name: String,
    /// V.
    pub via_group: Option<GroupName>,
}
/// H.
pub fn holders(a: &TenantAccess, role_id: &str) -> Vec<Holder> {
    a.users
        .iter()
        .filter_map(|u| {
            let how: Vec<Via> = a
                .bindings
                .iter()
                .filter(|b| b.role_id == role_id)
                .filter_map(|b| match b.subject_kind {
                    SubjectKind::User => (b.subject_id == u.id).then(|| Via {
                        group: None,
                        namespace: b.namespace.clone(),
                    }),
                    SubjectKind::Group => {
                        let g = a.groups.iter().find(|g| g.id == b.subject_id)?;
                        g.members.iter().any(|m| m.user_id == u.id).then(|| Via {
                            group: Some(GroupName {
                                id: g.id.clone(),
                                name: g.name.clone(),
                            }),
                            namespace: b.namespace.clone(),
                        })
                    }
                })
                .collect();
            (!how.is_empty()).then(|| Holder { user: u.clone(), how })
        })
        .collect()
}
/// A.
pub fn admins(a: &TenantAccess) -> usize {
    a.roles
        .iter()
        .filter(|r| r.is_admin())
        .map(|r| holders(a, &r.id).len())
        .sum()
}
/// R.
pub fn roles_of(a: &TenantAccess, user_id: &str) -> Vec<HeldRole> {
    a.roles
        .iter()
        .flat_map(|r| {
            holders(a, &r.id)
                .into_iter()
                .filter(|h| h.user.id == user_id)
                .flat_map(|h| h.how)
                .map(|v| HeldRole {
                    role_name: r.name.clone(),
                    via_group: v.group,
                })
                .collect::<Vec<_>>()
        })
        .collect()
}
