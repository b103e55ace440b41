//! Many companies in a tenant each, with a few people, a group and a flow or two.

use std::collections::HashSet;

use super::SampleSummary;
use super::people::People;
use super::roles::READER;
use super::words::{PLACES, TRADES, pick};
use crate::backend::local::admin::{FlowStub, NewUser};
use crate::backend::local::{Batch, LocalInstance};
use crate::domain::binding::NewBinding;
use crate::domain::binding::SubjectKind;
use crate::domain::problem::Problem;
use crate::domain::release::Release;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::user::{Membership, User, UserKind};

/// Tenants that are written together.
const PORTION: usize = 500;
/// One tenant in so many is administered by nobody.
const WITHOUT_ADMIN: usize = 17;

/// A company in a tenant.
struct Wanted {
    id: String,
    name: String,
    has_admin: bool,
}

/// Adds so many tenants to an instance on which multi-tenancy is on.
pub(super) fn fill(
    instance: &LocalInstance,
    number: u32,
    tell: &mut dyn FnMut(usize),
) -> Result<SampleSummary, Problem> {
    let release = instance.release();
    let (mut people, mut summary) = (People::default(), SampleSummary::default());
    let mut done = 0;
    for portion in wanted(number).chunks(PORTION) {
        instance.together(|batch| {
            portion
                .iter()
                .try_for_each(|wanted| add(batch, release, wanted, &mut people, &mut summary))
        })?;
        done += portion.len();
        tell(done);
    }
    Ok(summary)
}

fn wanted(number: u32) -> Vec<Wanted> {
    let mut ids = HashSet::new();
    (0..number as usize)
        .map(|at| {
            let round = at / (PLACES.len() * TRADES.len());
            let place = pick(PLACES, at).unwrap_or_default();
            let trade = pick(TRADES, at / PLACES.len() + at).unwrap_or_default();
            let name = if round == 0 {
                format!("{place} {trade}")
            } else {
                format!("{place} {trade} {}", round + 1)
            };
            let mut id = TenantId::propose(&name);
            // Two names can be spelled alike with plain letters.
            if !ids.insert(id.clone()) {
                id = format!("{id}-n{at}");
                ids.insert(id.clone());
            }
            Wanted {
                id,
                name,
                has_admin: at % WITHOUT_ADMIN != WITHOUT_ADMIN - 1,
            }
        })
        .collect()
}

fn add(
    batch: &Batch<'_>,
    release: Release,
    wanted: &Wanted,
    people: &mut People,
    summary: &mut SampleSummary,
) -> Result<(), Problem> {
    let scope = TenantScope::Named(TenantId::existing(wanted.id.clone()));
    let mut person = |tenant: Option<&TenantScope>| -> Result<User, Problem> {
        let person = people.next(&format!("{}.example", wanted.id.replace('_', "-")), release);
        summary.users += 1;
        batch.create_user(&NewUser {
            username: person.username,
            display_name: Some(format!("{} {}", person.first_name, person.last_name)),
            kind: UserKind::Standard,
            superadmin: false,
            tenant: tenant.cloned(),
            groups: Vec::new(),
        })
    };
    let admin = if wanted.has_admin {
        Some(person(None)?.username)
    } else {
        None
    };
    batch.create_tenant(&NewTenant {
        tenant: Tenant::new(TenantId::existing(wanted.id.clone()), wanted.name.as_str()),
        admin,
    })?;
    let (own, through_group) = (person(Some(&scope))?, person(Some(&scope))?);
    let group = batch.create_group(&scope, "Team", None)?.id;
    batch.add_member(&scope, &group, &through_group.username, Membership::Member)?;
    if let Some(role) = READER.in_release(release) {
        let role = batch.create_role(&scope, &role)?.id;
        for (subject_kind, subject_id) in [(SubjectKind::User, own.id), (SubjectKind::Group, group)] {
            batch.create_binding(
                &scope,
                &NewBinding {
                    subject_kind,
                    subject_id,
                    role_id: role.clone(),
                    namespace: None,
                },
            )?;
            summary.bindings += 1;
        }
        summary.roles += 1;
    }
    let flow = |id: &str| FlowStub {
        namespace: "company.team".to_owned(),
        id: id.to_owned(),
        disabled: false,
    };
    batch.add_flows(&scope, &[flow("load-orders"), flow("publish-report")])?;
    summary.tenants += 1;
    summary.groups += 1;
    summary.namespaces += 1;
    summary.flows += 2;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tenant_has_an_id_of_its_own_that_can_be_created() {
        let all = wanted(5_000);
        let ids: HashSet<&str> = all.iter().map(|wanted| wanted.id.as_str()).collect();
        assert_eq!(ids.len(), all.len());
        let names: HashSet<&str> = all.iter().map(|wanted| wanted.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        for wanted in &all {
            assert!(wanted.id.parse::<TenantId>().is_ok(), "{}", wanted.id);
        }
        assert_eq!(all[0].id, "aarhus-shipping");
        assert!(all.iter().any(|wanted| !wanted.name.is_ascii()));
        assert_eq!(all.iter().filter(|wanted| !wanted.has_admin).count(), 294);
    }
}
