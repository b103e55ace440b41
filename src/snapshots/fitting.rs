//! A snapshot made fit for an instance: the tenants of it that are wanted, under the ids they are to have, with roles in the
//! words of the release there.

use std::collections::HashSet;

use crate::domain::bringing::Wanted;
use crate::domain::instance::Instance;
use crate::domain::mapping;
use crate::domain::problem::{Problem, invalid};
use crate::domain::release::PermissionModel;
use crate::domain::snapshot::{Snapshot, TenantPart};
use crate::domain::tenant::Tenant;

use super::file;

/// Keeps only these tenants of a snapshot. None named keeps all.
///
/// # Errors
/// If it has none of that name, or two would have the same id.
pub fn keep(snapshot: &mut Snapshot, wanted: &[Wanted]) -> Result<(), Problem> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(wanted.len());
    for (from, to) in wanted {
        let Some(part) = snapshot.tenants.iter().find(|part| part.scope().to_string() == *from) else {
            let known: Vec<String> = snapshot.tenants.iter().map(|part| part.scope().to_string()).collect();
            return Err(invalid(
                format!("The snapshot has no tenant `{from}`."),
                "It was asked for by name.",
                format!("It has {}.", known.join(", ")),
            ));
        };
        let mut part = part.clone();
        if let Some(id) = to {
            match &mut part.tenant {
                Some(tenant) => tenant.id = id.clone(),
                none => *none = Some(Tenant::new(id.clone(), id.to_string())),
            }
        }
        kept.push(part);
    }
    snapshot.tenants = kept;
    file::refuse_twice(snapshot)?;
    let named: HashSet<String> = (snapshot.tenants.iter())
        .flat_map(TenantPart::people)
        .map(str::to_owned)
        .collect();
    snapshot.users.retain(|person| named.contains(&person.user.id));
    Ok(())
}

/// Puts its roles into the words of this release, and says what is lost by that.
///
/// # Errors
/// If they have none there.
pub fn fit(wanted: &mut Snapshot, instance: &Instance) -> Result<Vec<String>, Problem> {
    let (from, to) = (wanted.release.permission_model(), instance.release.permission_model());
    if from == to || !wanted.tenants.iter().any(|part| part.own_roles().next().is_some()) {
        return Ok(Vec::new());
    }
    if to == PermissionModel::Crud {
        return Err(invalid(
            "Nothing was changed.",
            format!(
                "The snapshot is of Kestra {}, and this is {}: its roles have no counterpart here.",
                wanted.release, instance.release
            ),
            "Take a snapshot of an instance before 2.0, or bring this one to 2.0.",
        ));
    }
    let mut said = Vec::new();
    for part in &mut wanted.tenants {
        let scope = part.scope();
        for role in part.roles.iter_mut().filter(|role| !role.is_managed) {
            let translation = mapping::to_resource_actions(&role.permissions);
            let remarks = translation.remarks().into_iter();
            said.extend(remarks.map(|remark| format!("Role `{}` of tenant `{scope}`: {remark}", role.name)));
            role.permissions = translation.permissions;
        }
    }
    said.push(format!(
        "The roles are from before 2.0, and are translated for Kestra {}.",
        instance.release
    ));
    Ok(said)
}
