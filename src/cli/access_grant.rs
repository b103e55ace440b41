//! `access grant`: roles for users, groups and service accounts, one or many at once.
//!
//! Everything is looked up before anything is sent. With many, each is tried and reported, and what is held already counts
//! as done, so that repeating a command is safe.

use super::access::{Report, UNCHANGED};
use super::args_access::Grant;
use super::failure::Failure;
use super::format::Format;
use super::request::{self, Request};
use super::session::Session;
use super::{access, lookup};
use crate::backend::Backend;
use crate::backend::http::Planner;
use crate::domain::binding::{Binding, NewBinding, SubjectKind};
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::user::UserKind;

/// One role for one subject in one place.
struct Wanted {
    new: NewBinding,
    subject_name: String,
    role_name: String,
}

impl Wanted {
    /// The binding as it would be, without an id.
    fn binding(&self) -> Binding {
        let new = self.new.clone();
        Binding {
            id: String::new(),
            subject_kind: new.subject_kind,
            subject_id: new.subject_id,
            subject_name: self.subject_name.clone(),
            role_id: new.role_id,
            role_name: self.role_name.clone(),
            namespace: new.namespace,
        }
    }

    fn sentence(&self) -> String {
        let place = match &self.new.namespace {
            Some(namespace) => format!(" in namespace `{namespace}`"),
            None => String::new(),
        };
        let kind = match self.new.subject_kind {
            SubjectKind::User => "",
            SubjectKind::Group => "group ",
        };
        format!("role `{}` to {kind}`{}`{place}", self.role_name, self.subject_name)
    }
}

/// `access grant`
pub async fn grant(session: &mut Session<'_>, flags: &Grant) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let wanted = look_up(backend.as_ref(), &scope, flags).await?;
    lookup::warn_of_namespaces(&mut session.printer, backend.as_ref(), &scope, &flags.namespace).await;
    if flags.changing.dry_run {
        return plan(session, backend.as_ref(), &instance, &scope, wanted).await;
    }
    let new: Vec<NewBinding> = wanted.iter().map(|wanted| wanted.new.clone()).collect();
    let results = backend.create_bindings(&scope, &new).await;
    let mut pairs: Vec<(Wanted, Result<Binding, Problem>)> = wanted.into_iter().zip(results).collect();
    if pairs.len() == 1
        && let Some((wanted, result)) = pairs.pop()
    {
        return print_one(session, &scope, &wanted, &result?);
    }
    let report = |(wanted, result): (Wanted, Result<Binding, Problem>)| match result {
        Ok(about) => Report {
            about,
            result: GRANTED,
            problem: None,
        },
        Err(problem) if problem.kind == ProblemKind::Conflict => Report {
            about: wanted.binding(),
            result: UNCHANGED,
            problem: None,
        },
        Err(problem) => Report {
            about: wanted.binding(),
            result: "failed",
            problem: Some(problem),
        },
    };
    let reports: Vec<Report<Binding>> = pairs.into_iter().map(report).collect();
    access::print_given(session, &access::REPORT_LAYOUT, &reports, GRANTED)
}

const GRANTED: &str = "granted";

fn print_one(
    session: &mut Session<'_>,
    scope: &TenantScope,
    wanted: &Wanted,
    binding: &Binding,
) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session
            .printer
            .whole_list(&access::LAYOUT, std::slice::from_ref(binding))?,
        _ => session.printer.object(&[], &(access::LAYOUT.json)(binding))?,
    }
    session
        .printer
        .say(&format!("Gave {} in tenant `{scope}`.", wanted.sentence()));
    Ok(())
}

/// Everything that is named, found: subjects times roles times namespaces.
async fn look_up(backend: &dyn Backend, scope: &TenantScope, flags: &Grant) -> Result<Vec<Wanted>, Problem> {
    let mut subjects = Vec::new();
    for name in &flags.user {
        // A service account is a user to a binding, and may be named as one.
        let user = lookup::user(backend, Some(scope), name, None).await?;
        subjects.push((SubjectKind::User, user.id, user.username));
    }
    for name in &flags.service_account {
        let user = lookup::user(backend, Some(scope), name, Some(UserKind::ServiceAccount)).await?;
        subjects.push((SubjectKind::User, user.id, user.username));
    }
    for name in &flags.group {
        let group = lookup::group(backend, scope, name).await?;
        subjects.push((SubjectKind::Group, group.id, group.name));
    }
    let mut roles = Vec::new();
    for name in &flags.role {
        roles.push(lookup::role(backend, scope, name).await?);
    }
    let namespaces: Vec<Option<&String>> = if flags.namespace.is_empty() {
        vec![None]
    } else {
        flags.namespace.iter().map(Some).collect()
    };
    let mut wanted: Vec<Wanted> = Vec::new();
    for (kind, id, name) in &subjects {
        for role in &roles {
            for namespace in &namespaces {
                let new = NewBinding {
                    subject_kind: *kind,
                    subject_id: id.clone(),
                    role_id: role.id.clone(),
                    namespace: namespace.cloned(),
                };
                if !wanted.iter().any(|other| other.new == new) {
                    wanted.push(Wanted {
                        new,
                        subject_name: name.clone(),
                        role_name: role.name.clone(),
                    });
                }
            }
        }
    }
    Ok(wanted)
}

/// What would be sent, and what is held already.
async fn plan(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    wanted: Vec<Wanted>,
) -> Result<(), Failure> {
    let mut requests = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let (name, what) = (&wanted.subject_name, wanted.sentence());
        requests.push(grant_of(backend, instance, scope, &wanted.new, name, what).await?);
    }
    request::print_any(session, &requests)
}

/// What would be sent to give a role, or that it is held already. `name` is that of whoever gets it.
pub(super) async fn grant_of(
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    new: &NewBinding,
    name: &str,
    what: String,
) -> Result<Request, Problem> {
    let held = backend.bindings(scope, &lookup::equals("name", name)).await?;
    if held.rows.iter().any(|binding| binding.gives(new)) {
        return Ok(Request::unchanged(what));
    }
    let planned = Planner::new(instance).create_binding(scope, new);
    Ok(Request::new("grant", what, planned))
}
