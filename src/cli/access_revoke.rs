//! `access revoke` and `access replace`: bindings taken away, and others put in their place.
//!
//! What is lost by whom is said before anything is sent. Kestra's bindings are never changed, so that a replacement is a
//! new one first and the deletion of the old one second: nobody is without a role in between.

use super::access::Report;
use super::args_access::{Replace, Revoke};
use super::failure::{Failure, ending_of_many};
use super::losses::{self, Consent};
use super::request;
use super::session::Session;
use super::{access, access_grant, lookup};
use crate::backend::Backend;
use crate::backend::foresight::foresee;
use crate::backend::http::{PlannedRequest, Planner};
use crate::domain::binding::{Binding, NewBinding, SubjectKind};
use crate::domain::equivalent::shell_quote;
use crate::domain::instance::Instance;
use crate::domain::loss::{Loss, Removal};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;

fn sentence(binding: &Binding) -> String {
    let place = match &binding.namespace {
        Some(namespace) => format!(" in namespace `{namespace}`"),
        None => String::new(),
    };
    format!(
        "role `{}` of {} `{}`{place}",
        binding.role_name,
        binding.subject_kind.word(),
        binding.subject_name
    )
}

/// `access revoke`
pub async fn revoke(session: &mut Session<'_>, flags: &Revoke) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let mut bindings: Vec<Binding> = Vec::new();
    let mut missing: Vec<Report<Binding>> = Vec::new();
    for id in &flags.ids {
        match find(backend.as_ref(), &scope, id).await {
            Ok(binding) if bindings.contains(&binding) => {}
            Ok(binding) => bindings.push(binding),
            Err(problem) if problem.kind == ProblemKind::NotFound && flags.ids.len() > 1 => {
                if !missing.iter().any(|report| report.about.id == *id) {
                    missing.push(Report::failed(unknown(id), problem));
                }
            }
            Err(problem) => return Err(problem.into()),
        }
    }
    let removals: Vec<Removal> = bindings
        .iter()
        .map(|binding| Removal::Binding(binding.id.clone()))
        .collect();
    let loss = if removals.is_empty() {
        Some(Loss::default())
    } else {
        foresee(backend.as_ref(), &scope, &removals, &instance).await?
    };
    if flags.changing.dry_run {
        let known = bindings.iter().map(|binding| revocation(&instance, &scope, binding));
        let unknown = missing.into_iter().filter_map(|report| {
            let what = format!("binding `{}`", report.about.id);
            report.problem.map(|problem| PlannedRequest::failing(what, problem))
        });
        let requests: Vec<PlannedRequest> = known.chain(unknown).collect();
        losses::say(&mut session.printer, loss.as_ref());
        return request::print_any(session, &requests);
    }
    if !bindings.is_empty() {
        let tenant = scope.to_string();
        let consent = Consent::to_take(&flags.changing, flags.confirm.as_deref(), &tenant);
        losses::allow_undoable(session, "Nothing was revoked.", loss.as_ref(), &consent)?;
    }
    let mut reports = Vec::with_capacity(flags.ids.len());
    for binding in bindings {
        reports.push(match backend.delete_binding(&scope, &binding.id).await {
            Ok(()) => Report::new(binding, "revoked", None),
            Err(problem) => Report::failed(binding, problem),
        });
    }
    reports.extend(missing);
    finish(session, &scope, &reports)
}

/// A binding of which only the id is known that it was asked for by.
fn unknown(id: &str) -> Binding {
    Binding {
        id: id.to_owned(),
        subject_kind: SubjectKind::User,
        subject_id: String::new(),
        subject_name: String::new(),
        role_id: String::new(),
        role_name: String::new(),
        namespace: None,
    }
}

fn revocation(instance: &Instance, scope: &TenantScope, binding: &Binding) -> PlannedRequest {
    let planned = Planner::new(instance).delete_binding(scope, &binding.id);
    PlannedRequest::new("revoke", sentence(binding), planned)
}

fn finish(session: &mut Session<'_>, scope: &TenantScope, reports: &[Report<Binding>]) -> Result<(), Failure> {
    if let [report] = reports {
        return match &report.problem {
            Some(problem) => Err(problem.clone().into()),
            None => {
                session
                    .printer
                    .say(&format!("Revoked {} in tenant `{scope}`.", sentence(&report.about)));
                Ok(())
            }
        };
    }
    session.printer.whole_list(&access::REPORT_LAYOUT, reports)?;
    let failed: Vec<&Problem> = reports.iter().filter_map(|report| report.problem.as_ref()).collect();
    let summary = format!("{} revoked, {} failed.", reports.len() - failed.len(), failed.len());
    if failed.is_empty() {
        session.printer.say(&summary);
    }
    let next = "Look at `access list`, and repeat the command with the ids that are left.";
    Ok(ending_of_many(&failed, reports.len(), summary, next)?)
}

async fn find(backend: &dyn Backend, scope: &TenantScope, id: &str) -> Result<Binding, Problem> {
    let page = backend.bindings(scope, &lookup::equals("id", id)).await?;
    page.rows.into_iter().find(|binding| binding.id == id).ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            format!("There is no binding `{id}` in tenant `{scope}`."),
            "No binding of this tenant has this id.",
            format!(
                "`kestra-admin access list --tenant {tenant}` shows them.",
                tenant = shell_quote(&scope.to_string())
            ),
        )
    })
}

/// `access replace`
pub async fn replace(session: &mut Session<'_>, flags: &Replace) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let old = find(backend.as_ref(), &scope, &flags.id).await?;
    let role_id = match &flags.role {
        Some(role) => lookup::role(backend.as_ref(), &scope, role).await?.id,
        None => old.role_id.clone(),
    };
    let namespace = match (&flags.namespace, flags.whole_tenant) {
        (Some(namespace), _) => Some(namespace.clone()),
        (None, true) => None,
        (None, false) => old.namespace.clone(),
    };
    if role_id == old.role_id && namespace == old.namespace {
        session
            .printer
            .say("Nothing to change: the binding is like that already.");
        return Ok(());
    }
    lookup::warn_of_namespaces(&mut session.printer, backend.as_ref(), &scope, &flags.namespace).await;
    let new = NewBinding {
        subject_kind: old.subject_kind,
        subject_id: old.subject_id.clone(),
        role_id,
        namespace,
    };
    let loss = losses::foresee_replaced(backend.as_ref(), &scope, &old, &new, &instance).await?;
    if flags.changing.dry_run {
        losses::say(&mut session.printer, loss.as_ref());
        let (name, what) = (
            &old.subject_name,
            format!("a new binding of {} `{}`", old.subject_kind.word(), old.subject_name),
        );
        let requests = [
            access_grant::grant_of(backend.as_ref(), &instance, &scope, &new, name, what).await?,
            revocation(&instance, &scope, &old),
        ];
        return request::print_all(session, &requests);
    }
    let tenant = scope.to_string();
    let consent = Consent::to_take(&flags.changing, flags.confirm.as_deref(), &tenant);
    losses::allow_undoable(session, "The binding was not replaced.", loss.as_ref(), &consent)?;
    let made = match backend.create_binding(&scope, &new).await {
        Ok(binding) => Some(binding),
        // They hold it already by another binding; only the old one is left to go.
        Err(problem) if problem.kind == ProblemKind::Conflict => None,
        Err(problem) => return Err(problem.into()),
    };
    backend
        .delete_binding(&scope, &old.id)
        .await
        .map_err(|problem| Problem {
            kind: ProblemKind::Partly,
            what: "The new binding is there, and the old one is still there, too.".to_owned(),
            why: format!("{} {}", problem.what, problem.why),
            next: format!(
                "Take it away with `kestra-admin access revoke {} --tenant {}`.",
                old.id,
                shell_quote(&scope.to_string())
            ),
            ..problem
        })?;
    if let Some(made) = &made {
        session
            .printer
            .whole_list(&access::LAYOUT, std::slice::from_ref(made))?;
    }
    session
        .printer
        .say(&format!("Replaced {} in tenant `{scope}`.", sentence(&old)));
    Ok(())
}
