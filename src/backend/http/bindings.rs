//! Bindings: made and deleted. They are never changed; listing them is in [`super::people`].
//!
//! Whether Kestra refuses one that is there already is not established, so it is looked for first. Up to 1.3 a role lets
//! its holder into the tenant; 2.0 wants the access first, and refuses in words that do not say so.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::domain::binding::{Binding, NewBinding, SubjectKind};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::call::Call;
use super::core::Core;
use super::decode::{self, Rows};
use super::detect::Known;
use super::dialect::Dialect;
use super::failure::{Failure, Reached};
use super::lists::{AT_ONCE, Work, in_turn};
use super::people::words;
use super::settle::Look;

impl Core {
    /// Gives many roles, several at once; the outcomes are in the order of what was asked for.
    pub(super) async fn create_bindings(
        &self,
        scope: &TenantScope,
        new: &[NewBinding],
    ) -> Vec<Result<Binding, Problem>> {
        let known = match self.known().await {
            Ok(known) => known,
            Err(failure) => return vec![Err(failure.problem); new.len()],
        };
        if let Err(failure) = known.enter(scope) {
            return vec![Err(failure.problem); new.len()];
        }
        let present = match self.bindings_of(&known, scope, new).await {
            Ok(present) => present,
            // Whoever may not list them gives roles without knowing which are held.
            Err(failure) if failure.problem.kind == ProblemKind::Denied => Vec::new(),
            Err(failure) => return vec![Err(failure.problem); new.len()],
        };
        let mut seen = HashSet::new();
        // The first of several that are the same is made, and the others are held then.
        let repeated: Vec<bool> = new
            .iter()
            .map(|new| !seen.insert((new.subject_kind, &new.subject_id, &new.role_id, &new.namespace)))
            .collect();
        let pieces: Vec<usize> = (0..new.len()).collect();
        let out_of_reach = OnceLock::new();
        let (known, present, repeated, out_of_reach) = (&known, &present, &repeated, &out_of_reach);
        let make = |index: usize| -> Option<Work<'_, _>> {
            let wanted = new.get(index)?;
            Some(Box::pin(async move {
                if let Some(problem) = out_of_reach.get() {
                    return Err(not_tried(problem));
                }
                let is_held = repeated.get(index).copied().unwrap_or(false)
                    || present.iter().any(|binding| binding.gives(wanted));
                if is_held {
                    return Err(held_already());
                }
                let outcome = self.bind_one(known, scope, wanted).await;
                if let Err(failure) = &outcome
                    && failure.reached == Reached::Nobody
                    && failure.problem.kind == ProblemKind::Unreachable
                {
                    out_of_reach.get_or_init(|| failure.problem.clone());
                }
                outcome.map_err(Problem::from)
            }))
        };
        in_turn(AT_ONCE, &pieces, &make).await
    }

    async fn bind_one(&self, known: &Known, scope: &TenantScope, new: &NewBinding) -> Result<Binding, Failure> {
        refuse_empty_namespace(new)?;
        let doing = format!("give roles in {}", words(scope));
        let body = body_of(known.dialect, new);
        let done = self
            .in_tenant(known, scope, &|root| {
                Call::post(root.join("bindings"), body.clone(), doing.clone())
                    .about(format!("such role, user or group in {}", words(scope)))
            })
            .await;
        let look = || -> Look<'_, Binding> {
            Box::pin(async {
                let bindings = self.bindings_of(known, scope, std::slice::from_ref(new)).await?;
                Ok(bindings.into_iter().find(|binding| binding.gives(new)))
            })
        };
        let binding = match done {
            Ok(done) => match decode::binding(&done.value()) {
                Some(binding) => binding,
                None => match self.looked_for(&look).await? {
                    Some(binding) => binding,
                    None => return Err(self.misshapen(&Call::post(done.root.join("bindings"), body.clone(), doing))),
                },
            },
            Err(failure) if failure.may_be_done() => {
                let thing = "the role";
                self.settled(failure, thing, "given", &look).await?
            }
            Err(failure) => return Err(self.why_not_bound(known, scope, new, failure).await),
        };
        if !binding.gives(new) {
            let lost: Vec<String> = differences(&binding, new);
            return Err(super::echo::dropped_of("the role", "given", &lost).into());
        }
        self.let_in(known, scope, new, &binding).await?;
        Ok(binding)
    }

    /// In 0.24 to 1.3 a role lets its holder in, by Kestra's documentation of groups at least; so it is made sure of.
    async fn let_in(
        &self,
        known: &Known,
        scope: &TenantScope,
        new: &NewBinding,
        binding: &Binding,
    ) -> Result<(), Failure> {
        let is_about_this = known.dialect.has_tenant_access() && known.dialect.roles_bring_access();
        if !is_about_this || new.subject_kind != SubjectKind::User {
            return Ok(());
        }
        match self.has_access(known, scope, &new.subject_id).await {
            Ok(false) => {}
            // Whoever may not look may not give it either.
            Ok(true) | Err(_) => return Ok(()),
        }
        match self.grant(known, scope, &new.subject_id).await {
            Ok(()) => Ok(()),
            Err(failure) => {
                let problem = Problem::new(
                    ProblemKind::Partly,
                    format!(
                        "The role was given, but `{}` has no access to {}.",
                        visible(&binding.subject_name),
                        words(scope)
                    ),
                    failure.problem.why,
                    "Give access to the tenant; the role is there already.",
                );
                Err(problem.with_detail(failure.problem.what).into())
            }
        }
    }

    /// A refusal in our words where they say more: 2.0 does not find a user who has no access to the tenant.
    async fn why_not_bound(&self, known: &Known, scope: &TenantScope, new: &NewBinding, failure: Failure) -> Failure {
        let is_user = new.subject_kind == SubjectKind::User;
        if is_user && let Some(problem) = self.access_comes_first(known, scope, &new.subject_id, &failure).await {
            return Failure { problem, ..failure };
        }
        // The place is there: it is the role, the user or the group that is not.
        if failure.problem.kind == ProblemKind::Invalid {
            let look = self.role_in(known, scope, &new.role_id);
            return self.not_there_after_all(failure, look).await;
        }
        failure
    }

    /// Takes a role away.
    pub(super) async fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Failure> {
        let known = self.known().await?;
        let shown = visible(id).into_owned();
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::delete(
                    root.join("bindings").segment(id),
                    format!("take roles away in {}", words(scope)),
                )
                .about(format!("binding `{shown}` in {}", words(scope)))
            })
            .await;
        match done {
            Ok(_) => Ok(()),
            Err(failure) if failure.may_be_done() => {
                let look = self.binding_in(&known, scope, id);
                self.settled_delete(failure, &format!("binding `{shown}`"), look).await
            }
            Err(failure) => Err(self
                .not_there_after_all(failure, self.binding_in(&known, scope, id))
                .await),
        }
    }

    async fn binding_in(&self, known: &Known, scope: &TenantScope, id: &str) -> Result<Binding, Failure> {
        let shown = visible(id).into_owned();
        let make = |root: super::call::Path| {
            Call::get(
                root.join("bindings").segment(id),
                format!("read the bindings of {}", words(scope)),
            )
            .about(format!("binding `{shown}` in {}", words(scope)))
        };
        let done = self.in_tenant(known, scope, &make).await?;
        decode::binding(&done.value()).ok_or_else(|| self.misshapen(&make(done.root.clone())))
    }

    /// The bindings of a tenant among which those of some subjects are; of one subject alone where a server narrows.
    pub(super) async fn bindings_of(
        &self,
        known: &Known,
        scope: &TenantScope,
        new: &[NewBinding],
    ) -> Result<Vec<Binding>, Failure> {
        let subjects: HashSet<(SubjectKind, &str)> = new
            .iter()
            .map(|new| (new.subject_kind, new.subject_id.as_str()))
            .collect();
        match subjects.into_iter().collect::<Vec<_>>().as_slice() {
            [(kind, id)] => self.bindings_of_subject(known, scope, *kind, id).await,
            _ => self.bindings_in(known, scope).await,
        }
    }

    /// The bindings of one user or group.
    pub(super) async fn bindings_of_subject(
        &self,
        known: &Known,
        scope: &TenantScope,
        kind: SubjectKind,
        id: &str,
    ) -> Result<Vec<Binding>, Failure> {
        let parameters = [
            ("type".to_owned(), kind_word(kind).to_owned()),
            ("id".to_owned(), id.to_owned()),
        ];
        let (rows, _) = self
            .all_in(known, scope, "bindings/search", Rows::Bindings, &parameters)
            .await?;
        Ok(rows
            .iter()
            .filter_map(decode::binding)
            .filter(|binding| binding.subject_kind == kind && binding.subject_id == id)
            .collect())
    }
}

fn kind_word(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "USER",
        SubjectKind::Group => "GROUP",
    }
}

/// A role of a user in the whole of a tenant.
pub(super) fn of_user(user: &str, role: &str) -> NewBinding {
    NewBinding {
        subject_kind: SubjectKind::User,
        subject_id: user.to_owned(),
        role_id: role.to_owned(),
        namespace: None,
    }
}

/// A binding as it is sent. Without a namespace there is no such field: an empty one would be a namespace.
pub(super) fn body_of(dialect: Dialect, new: &NewBinding) -> Value {
    let mut body = Map::new();
    body.insert("type".to_owned(), Value::from(kind_word(new.subject_kind)));
    body.insert("externalId".to_owned(), Value::from(new.subject_id.as_str()));
    body.insert("roleId".to_owned(), Value::from(new.role_id.as_str()));
    if let Some(namespace) = &new.namespace {
        body.insert("namespaceId".to_owned(), Value::from(namespace.as_str()));
    }
    if dialect.writes_entities() {
        body.insert("deleted".to_owned(), Value::Bool(false));
    }
    Value::Object(body)
}

fn differences(binding: &Binding, new: &NewBinding) -> Vec<String> {
    let mut found = Vec::new();
    for (name, differs) in [
        ("type", binding.subject_kind != new.subject_kind),
        ("externalId", binding.subject_id != new.subject_id),
        ("roleId", binding.role_id != new.role_id),
        ("namespaceId", binding.namespace != new.namespace),
    ] {
        if differs {
            found.push(name.to_owned());
        }
    }
    found
}

fn refuse_empty_namespace(new: &NewBinding) -> Result<(), Problem> {
    let is_empty = new
        .namespace
        .as_ref()
        .is_some_and(|namespace| namespace.trim().is_empty());
    if !is_empty {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Invalid,
        "The role was not given.",
        "An empty namespace is no namespace.",
        "Name one, or none for the whole tenant.",
    )
    .with_field("namespaceId", "must not be empty"))
}

fn held_already() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "The role was not given again.",
        "The same subject holds it in the same place already.",
        "List the bindings of the tenant to see who holds what.",
    )
}

/// What is said of a binding whose turn came after the instance had gone.
fn not_tried(problem: &Problem) -> Problem {
    Problem {
        what: "The role was not given: it was not tried.".to_owned(),
        why: format!("{} {}", problem.what, problem.why),
        ..problem.clone()
    }
}
