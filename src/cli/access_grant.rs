//! `access grant`: roles for users, groups and service accounts, one or many at once.
//!
//! Everything is looked up before anything is sent. With many, each is tried and reported, one that is not there stops no
//! other, and what is held already counts as done, so that repeating a command is safe.

use super::access::{Report, UNCHANGED};
use super::args_access::Grant;
use super::failure::Failure;
use super::format::Format;
use super::request;
use super::session::Session;
use super::{access, lookup};
use crate::backend::Backend;
use crate::backend::http::{PlannedRequest, Planner};
use crate::domain::binding::{Binding, NewBinding, SubjectKind};
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::user::UserKind;

/// One role for one subject in one place.
struct Wanted {
    /// The binding as it would be, without an id. What was not found is called as it was asked for, and has no id either.
    about: Binding,
    /// Why there can be none.
    problem: Option<Problem>,
}

impl Wanted {
    fn new_binding(&self) -> NewBinding {
        let about = self.about.clone();
        NewBinding {
            subject_kind: about.subject_kind,
            subject_id: about.subject_id,
            role_id: about.role_id,
            namespace: about.namespace,
        }
    }
}

fn sentence(about: &Binding) -> String {
    let place = match &about.namespace {
        Some(namespace) => format!(" in namespace `{namespace}`"),
        None => String::new(),
    };
    let kind = match about.subject_kind {
        SubjectKind::User => "",
        SubjectKind::Group => "group ",
    };
    format!("role `{}` to {kind}`{}`{place}", about.role_name, about.subject_name)
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
    if let [
        Wanted {
            problem: Some(problem), ..
        },
    ] = wanted.as_slice()
    {
        return Err(problem.clone().into());
    }
    lookup::warn_of_namespaces(&mut session.printer, backend.as_ref(), &scope, &flags.namespace).await;
    if flags.changing.dry_run {
        return plan(session, backend.as_ref(), &instance, &scope, wanted).await;
    }
    let is_one = wanted.len() == 1;
    let known = wanted.iter().filter(|wanted| wanted.problem.is_none());
    let new: Vec<NewBinding> = known.map(Wanted::new_binding).collect();
    let mut results = backend.create_bindings(&scope, &new).await.into_iter();
    let mut reports: Vec<Report<Binding>> = Vec::with_capacity(wanted.len());
    for Wanted { about, problem } in wanted {
        let result = match problem {
            Some(problem) => Err(problem),
            None => match results.next() {
                Some(Err(problem)) if problem.kind == ProblemKind::Conflict && !is_one => {
                    reports.push(Report::new(about, UNCHANGED, None));
                    continue;
                }
                Some(result) => result,
                None => continue,
            },
        };
        reports.push(match result {
            Ok(made) if is_one => return print_one(session, &scope, &made),
            Ok(made) => Report::new(made, GRANTED, None),
            Err(problem) if is_one => return Err(problem.into()),
            Err(problem) => Report::failed(about, problem),
        });
    }
    access::print_given(session, &access::REPORT_LAYOUT, &reports, GRANTED)
}

const GRANTED: &str = "granted";

fn print_one(session: &mut Session<'_>, scope: &TenantScope, binding: &Binding) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session
            .printer
            .whole_list(&access::LAYOUT, std::slice::from_ref(binding))?,
        _ => session.printer.object(&[], &(access::LAYOUT.json)(binding))?,
    }
    session
        .printer
        .say(&format!("Gave {} in tenant `{scope}`.", sentence(binding)));
    Ok(())
}

/// Something by its id and name; its name as it was asked for and why it is not known, if it is not.
type Named = (String, String, Option<Problem>);

/// What was looked up, or how it was asked for where it is not there or not the only one. Anything else stops the command.
fn named(asked: &str, found: Result<(String, String), Problem>) -> Result<Named, Problem> {
    match found {
        Ok((id, name)) => Ok((id, name, None)),
        Err(problem) if matches!(problem.kind, ProblemKind::NotFound | ProblemKind::Conflict) => {
            Ok((String::new(), asked.to_owned(), Some(problem)))
        }
        Err(problem) => Err(problem),
    }
}

/// Everything that is named: subjects times roles times namespaces.
async fn look_up(backend: &dyn Backend, scope: &TenantScope, flags: &Grant) -> Result<Vec<Wanted>, Problem> {
    let mut subjects: Vec<(SubjectKind, Named)> = Vec::new();
    // A service account is a user to a binding, and may be named as one.
    let users = flags.user.iter().map(|name| (name, None));
    let service_accounts = flags.service_account.iter();
    for (name, kind) in users.chain(service_accounts.map(|name| (name, Some(UserKind::ServiceAccount)))) {
        let user = lookup::user(backend, Some(scope), name, kind).await;
        let found = named(name, user.map(|user| (user.id, user.username)))?;
        subjects.push((SubjectKind::User, found));
    }
    for name in &flags.group {
        let group = lookup::group(backend, scope, name).await;
        let found = named(name, group.map(|group| (group.id, group.name)))?;
        subjects.push((SubjectKind::Group, found));
    }
    let mut roles: Vec<Named> = Vec::new();
    for name in &flags.role {
        let role = lookup::role(backend, scope, name).await;
        roles.push(named(name, role.map(|role| (role.id, role.name)))?);
    }
    let namespaces: Vec<Option<&String>> = if flags.namespace.is_empty() {
        vec![None]
    } else {
        flags.namespace.iter().map(Some).collect()
    };
    let mut wanted: Vec<Wanted> = Vec::new();
    for (kind, (subject_id, subject_name, no_subject)) in &subjects {
        for (role_id, role_name, no_role) in &roles {
            for namespace in &namespaces {
                let about = Binding {
                    id: String::new(),
                    subject_kind: *kind,
                    subject_id: subject_id.clone(),
                    subject_name: subject_name.clone(),
                    role_id: role_id.clone(),
                    role_name: role_name.clone(),
                    namespace: namespace.cloned(),
                };
                if !wanted.iter().any(|other| other.about == about) {
                    let problem = no_subject.as_ref().or(no_role.as_ref()).cloned();
                    wanted.push(Wanted { about, problem });
                }
            }
        }
    }
    Ok(wanted)
}

/// What would be sent, what is held already, and what would fail.
async fn plan(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    wanted: Vec<Wanted>,
) -> Result<(), Failure> {
    let mut requests = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let (new, what) = (wanted.new_binding(), sentence(&wanted.about));
        requests.push(match wanted.problem {
            Some(problem) => PlannedRequest::failing(what, problem),
            None => grant_of(backend, instance, scope, &new, &wanted.about.subject_name, what).await?,
        });
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
) -> Result<PlannedRequest, Problem> {
    let held = backend.bindings(scope, &lookup::equals("name", name)).await?;
    if held.rows.iter().any(|binding| binding.gives(new)) {
        return Ok(PlannedRequest::unchanged(what));
    }
    let planned = Planner::new(instance).create_binding(scope, new);
    Ok(PlannedRequest::new("grant", what, planned))
}
