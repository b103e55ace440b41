//! Looking at an instance and its configuration, and changing nothing.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::files;
use super::site::Site;
use crate::backend::{Backend, all_users};
use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::check::Outcome as CheckOutcome;
use crate::domain::instance::{Edition, Instance};
use crate::domain::operation::{Operation, largest_first};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::capital;
use crate::domain::user::User;
use crate::migration::access_snapshot::AccessSnapshot;
use crate::migration::choices::WantedTenant;
use crate::migration::inspection::{FoundNamespace, FoundService, Inspection};
use crate::migration::plan::no_such_admin;

/// Tenants whose ids are kept, and that are looked into for people who have access elsewhere, too.
const TENANTS_LOOKED_INTO: u64 = 1000;
/// Rows asked for at once.
const ROWS: u32 = 500;
/// Tenants looked into at once.
const AT_ONCE: usize = 8;

/// Looks at everything.
pub async fn survey(site: &Site, progress: &mut (dyn FnMut(&str) + Send)) -> Result<Inspection, Problem> {
    progress("the instance");
    let backend = (site.open)()?;
    let instance = backend.instance().await?;
    let has_default = instance.edition == Edition::Enterprise && instance.release.has_default_tenant();
    let reaches_default = has_default && instance.tenancy.default_tenant;
    progress("services, licence and maintenance");
    let operation = backend.operation().await.unwrap_or_default();
    progress("tenants");
    // While multi-tenancy is off there are none to list.
    let lists_tenants = instance.edition == Edition::Enterprise && (instance.tenancy.enabled || !has_default);
    let (tenants, tenant_ids) = if lists_tenants {
        tenants(&*backend).await?
    } else {
        (0, Vec::new())
    };
    let mut inspection = Inspection {
        taken_at: now(),
        release: instance.release,
        version: instance.version.clone(),
        edition: instance.edition,
        tenancy: instance.tenancy,
        // While multi-tenancy is off nobody may, and that is what is about to change.
        cannot_create: instance.rights.create_tenant.clone().err().filter(|_| lists_tenants),
        identity: instance.identity.clone(),
        file: None,
        configured: None,
        environment_wins: None,
        remarks: remarks(&operation),
        services: services(&operation),
        footprint: Footprint::default(),
        namespaces: Vec::new(),
        access: AccessSnapshot::default(),
        only_here: Vec::new(),
        superadmins: 0,
        looked_into: 0,
        sync_unfinished: false,
        tenants,
        tenant_ids,
    };
    if reaches_default {
        progress("what lives in the default tenant");
        default_tenant(&*backend, &instance, &mut inspection).await?;
    }
    progress("the configuration");
    files::look(site, &mut inspection);
    Ok(inspection)
}

/// The time, as it is written down.
pub(super) fn now() -> String {
    format!("{:.0}", Timestamp::now())
}

fn remarks(operation: &Operation) -> Vec<String> {
    operation
        .checks
        .iter()
        .filter(|check| matches!(check.outcome, CheckOutcome::Warn | CheckOutcome::Fail))
        .map(|check| format!("{}: {}", capital(check.name), check.found))
        .collect()
}

fn services(operation: &Operation) -> Vec<FoundService> {
    operation
        .services
        .iter()
        .map(|service| FoundService {
            kind: service.kind.clone(),
            state: service.state.clone(),
            version: service.version.clone(),
        })
        .collect()
}

async fn tenants(backend: &dyn Backend) -> Result<(u64, Vec<String>), Problem> {
    let mut ids = Vec::new();
    let mut page = 1;
    loop {
        let Page { rows, total, .. } = backend.tenants(&page_of(page)).await?;
        let is_last = rows.is_empty();
        ids.extend(rows.into_iter().map(|row| row.tenant.id.as_str().to_owned()));
        if is_last || ids.len() as u64 >= total.min(TENANTS_LOOKED_INTO) {
            return Ok((total, ids));
        }
        page += 1;
    }
}

/// What lives in the default tenant, who holds what there, and who holds nothing elsewhere.
async fn default_tenant(
    backend: &dyn Backend,
    instance: &Instance,
    inspection: &mut Inspection,
) -> Result<(), Problem> {
    let scope = TenantScope::Default;
    inspection.footprint = match backend.footprint(&scope).await {
        Ok(footprint) => footprint,
        // Not told is not zero, and the plan says so.
        Err(problem) if problem.kind == ProblemKind::Denied => Footprint::default(),
        Err(problem) => return Err(problem),
    };
    let counts = match backend.flow_counts(&scope).await {
        Ok(counts) => largest_first(counts),
        Err(problem) if problem.kind == ProblemKind::Denied => Vec::new(),
        Err(problem) => return Err(problem),
    };
    inspection.namespaces = counts
        .into_iter()
        .map(|count| FoundNamespace {
            id: count.namespace,
            flows: count.flows,
        })
        .collect();
    let access = backend.access(&scope).await?;
    inspection.access = AccessSnapshot::of(&access);
    let holds = |user: &&User| user.superadmin && inspection.access.holders.contains_key(&user.username);
    inspection.superadmins = access.users.iter().filter(holds).count() as u64;
    (inspection.only_here, inspection.looked_into) = only_here(backend, instance, &access, inspection).await?;
    Ok(())
}

/// Adds which of some tenants there are, where there are more than a survey keeps.
///
/// # Errors
/// If the instance does not answer.
pub async fn look_for(
    backend: &dyn Backend,
    wanted: &[WantedTenant],
    inspection: &mut Inspection,
) -> Result<(), Problem> {
    if inspection.tenants <= inspection.tenant_ids.len() as u64 {
        return Ok(());
    }
    for tenant in wanted {
        if inspection.has_tenant(&tenant.id) {
            continue;
        }
        match backend.tenant(&tenant.id).await {
            Ok(_) => inspection.tenant_ids.push(tenant.id.as_str().to_owned()),
            Err(problem) if problem.kind == ProblemKind::NotFound => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// Stops before anything is changed if somebody who shall administer a tenant does not exist.
///
/// # Errors
/// If so, or if the instance does not answer.
pub async fn require_admins(backend: &dyn Backend, wanted: &[WantedTenant]) -> Result<(), Problem> {
    for tenant in wanted {
        let Some(admin) = &tenant.admin else { continue };
        match backend.users(None, &Query::user_named(admin)).await {
            Ok(page) if page.total == 0 => return Err(no_such_admin(admin, &tenant.id)),
            // Who may not list users finds out when the tenant is created.
            Err(problem) if problem.kind != ProblemKind::Denied => return Err(problem),
            _ => {}
        }
    }
    Ok(())
}

/// Who has access to the default tenant and to no other, superadmins left out, and how many tenants that took. It ends
/// early once everybody was seen elsewhere.
async fn only_here(
    backend: &dyn Backend,
    instance: &Instance,
    access: &TenantAccess,
    inspection: &Inspection,
) -> Result<(Vec<String>, u64), Problem> {
    let superadmins: BTreeSet<&str> = access
        .users
        .iter()
        .filter(|user| user.superadmin)
        .map(|user| user.username.as_str())
        .collect();
    let holders = inspection.access.holders.keys().map(String::as_str);
    let mut only_here: BTreeSet<&str> = holders.filter(|name| !superadmins.contains(name)).collect();
    let mut looked_into = 0;
    if instance.tenancy.enabled {
        for ids in inspection.tenant_ids.chunks(AT_ONCE) {
            if only_here.is_empty() {
                break;
            }
            let asked = ids.iter().map(|id| users_of(backend, TenantId::existing(id)));
            for users in join_all(asked).await {
                for user in users? {
                    only_here.remove(user.username.as_str());
                }
            }
            looked_into += ids.len() as u64;
        }
    }
    Ok((only_here.into_iter().map(str::to_owned).collect(), looked_into))
}

async fn users_of(backend: &dyn Backend, id: TenantId) -> Result<Vec<User>, Problem> {
    let scope = TenantScope::Named(id);
    match all_users(backend, Some(&scope)).await {
        // It was deleted meanwhile.
        Err(problem) if problem.kind == ProblemKind::NotFound => Ok(Vec::new()),
        users => users,
    }
}

/// Who holds what in the default tenant now.
pub(super) async fn access_now(backend: &dyn Backend) -> Result<AccessSnapshot, Problem> {
    Ok(AccessSnapshot::of(&backend.access(&TenantScope::Default).await?))
}

fn page_of(page: u64) -> Query {
    Query {
        page,
        ..Query::first(ROWS)
    }
}
