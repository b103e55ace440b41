//! Bindings, given together.

use std::collections::HashMap;

use super::{CREATED, Carrier, EXISTS, missing};
use crate::domain::binding::{NewBinding, SubjectKind};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::snapshot::TenantPart;
use crate::domain::snapshot::difference::binding_words;
use crate::domain::user::Group;

impl Carrier<'_> {
    pub(super) async fn bindings(
        &mut self,
        part: &TenantPart,
        here: &TenantPart,
        roles: &HashMap<String, Result<String, Problem>>,
        groups: &HashMap<String, Result<Group, Problem>>,
    ) {
        let scope = part.scope();
        let mut to_do = Vec::new();
        for binding in &part.bindings {
            let words = binding_words(self.wanted, binding);
            let subject = match binding.subject_kind {
                SubjectKind::User => self
                    .user(&binding.subject_id, &binding.subject_name)
                    .map(|user| user.id),
                SubjectKind::Group => groups
                    .get(&binding.subject_id)
                    .cloned()
                    .unwrap_or_else(|| Err(missing(&format!("group `{}`", binding.subject_name))))
                    .map(|group| group.id),
            };
            let role = roles
                .get(&binding.role_id)
                .cloned()
                .unwrap_or_else(|| Err(missing(&format!("role `{}`", binding.role_name))));
            let new = subject.and_then(|subject_id| {
                role.map(|role_id| NewBinding {
                    subject_kind: binding.subject_kind,
                    subject_id,
                    role_id,
                    namespace: binding.namespace.clone(),
                })
            });
            match new {
                Err(problem) => self.note(&scope, "binding", &words, Err(problem)),
                Ok(new) if here.bindings.iter().any(|held| held.gives(&new)) => {
                    self.note(&scope, "binding", &words, Ok(EXISTS));
                }
                Ok(new) if self.dry_run => {
                    let planned = self.planner.create_binding(&scope, &new);
                    self.planned.push(planned);
                    self.note(&scope, "binding", &words, Ok(CREATED));
                }
                Ok(new) => to_do.push((words, new)),
            }
        }
        if to_do.is_empty() {
            return;
        }
        let (words, new): (Vec<String>, Vec<NewBinding>) = to_do.into_iter().unzip();
        let asked = self.goes_on();
        let is_sent = asked.is_ok();
        let results = match asked {
            Ok(()) => self.backend.create_bindings(&scope, &new).await,
            Err(problem) => new.iter().map(|_| Err(problem.clone())).collect(),
        };
        for (words, result) in words.into_iter().zip(results) {
            let result = match result {
                Err(problem) if problem.kind == ProblemKind::Conflict => Ok(EXISTS),
                other => other.map(|_| CREATED),
            };
            self.is_sent = is_sent;
            self.note(&scope, "binding", &words, result);
        }
    }
}
