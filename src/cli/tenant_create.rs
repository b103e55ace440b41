//! `tenants create`: one tenant from flags, or many from a file.
//!
//! Everything is checked before anything is sent. Flags create one tenant, and an id that is taken is a conflict. A file
//! is safe to repeat: a tenant that exists with the same content counts as done. What is missing of an earlier run, the
//! Admin of a tenant, is made up for by both. What is checked is in
//! [`super::tenant_wanted`], many tenants in [`super::tenant_bulk`], dry runs in [`super::tenant_plan`].

use super::args_tenants::CreateTenant;
use super::failure::Failure;
use super::format::Format;
use super::session::Session;
use super::tenant_compare::{self, Standing};
use super::tenant_wanted::{self, Wanted};
use super::{tenant_bulk, tenant_file, tenant_plan, tenants};
use crate::backend::Backend;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::tenant::{CreatedTenant, NewTenant, TenantRow, TenantScope};

/// `tenants create`
pub async fn create(session: &mut Session<'_>, flags: &CreateTenant) -> Result<(), Failure> {
    if !flags.dry_run {
        session.allow_change(flags.yes)?;
    }
    let entries = match &flags.from {
        Some(file) => Some(tenant_file::read(file, &mut session.input)?),
        None => None,
    };
    let shaped = tenant_wanted::shape(flags, entries)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    session.require(
        &instance.rights.create_tenant,
        "No tenant was created.".to_owned(),
        &instance,
    )?;
    let wanted = tenant_wanted::check(session, flags, shaped, &instance, backend.as_ref()).await?;
    match (flags.dry_run, flags.from.is_some()) {
        (true, is_bulk) => tenant_plan::dry_run(session, backend.as_ref(), &instance, &wanted, is_bulk).await,
        (false, true) => tenant_bulk::create(session, backend.as_ref(), wanted).await,
        (false, false) => create_one(session, backend.as_ref(), wanted).await,
    }
}

async fn create_one(session: &mut Session<'_>, backend: &dyn Backend, wanted: Vec<Wanted>) -> Result<(), Failure> {
    for Wanted { new, .. } in wanted {
        let created = match backend.create_tenant(&new).await {
            Err(problem) if problem.kind == ProblemKind::Conflict => {
                return give_admin(session, backend, &new, problem).await;
            }
            other => other?,
        };
        let row = TenantRow {
            admins: admins_of(&created),
            tenant: created.tenant.clone(),
        };
        match session.printer.format() {
            Format::Table | Format::Csv => session.printer.whole_list(&tenants::LAYOUT, &[row])?,
            _ => session.printer.object(&[], &redact::tenant_json(&created.tenant))?,
        }
        say_admins(session, &created);
    }
    Ok(())
}

/// Finishes what was begun: a tenant that is there as asked for, but for its Admin, gets that. Anything else is taken.
async fn give_admin(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    new: &NewTenant,
    taken: Problem,
) -> Result<(), Failure> {
    let id = &new.tenant.id;
    let (Some(admin), Standing::Same) = (&new.admin, tenant_compare::compare_fields(backend, new).await) else {
        return Err(taken.into());
    };
    if !backend.ensure_admin(&TenantScope::Named(id.clone()), admin).await? {
        return Err(taken.into());
    }
    let tenant = backend.tenant(id).await?;
    match session.printer.format() {
        Format::Table | Format::Csv => {
            let row = TenantRow { tenant, admins: None };
            session.printer.whole_list(&tenants::LAYOUT, &[row])?;
        }
        _ => session.printer.object(&[], &redact::tenant_json(&tenant))?,
    }
    session.printer.say(&format!(
        "Tenant `{id}` was there already, without `{admin}`, who is its Admin now."
    ));
    Ok(())
}

/// How many hold the Admin role right after creation; unknown where a group holds it.
fn admins_of(created: &CreatedTenant) -> Option<u64> {
    let users = |binding: &Binding| binding.subject_kind == SubjectKind::User;
    created
        .admins
        .iter()
        .all(users)
        .then(|| u64::try_from(created.admins.len()).unwrap_or(u64::MAX))
}

/// Who holds a role, by name.
pub fn names(bindings: &[Binding]) -> Vec<&str> {
    bindings.iter().map(|binding| binding.subject_name.as_str()).collect()
}

fn say_admins(session: &mut Session<'_>, created: &CreatedTenant) {
    let id = &created.tenant.id;
    if created.admins.is_empty() {
        session
            .printer
            .say(&format!("Warning: nobody holds the Admin role of tenant `{id}`."));
        session
            .printer
            .say(&format!("Only a superadmin can administer it. `kestra-admin tenants repair-admin {id} --admin-username USER` gives the role to somebody."));
    } else {
        let names = names(&created.admins).join("`, `");
        session
            .printer
            .say(&format!("Created tenant `{id}`; `{names}` is its Admin."));
    }
}
