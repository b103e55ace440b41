//! What roles of a tenant can hold: the resources, the actions on each, and the templates to start from.
//!
//! A live server says it by itself; where it does not, it is what [`super::catalogue`] knows of the release, and why it is
//! so is kept. Names that we do not know stay as they came, and can be given like any other.

use std::sync::Arc;

use super::catalogue;
use super::permission::{Action, Permissions, Resource};
use super::problem::{FieldMessage, Problem, invalid};
use super::release::Release;
use super::role::{NewRole, Role};
use crate::domain::sorting;

/// What a name means that an older Kestra could not read; nobody gives it to a role.
const UNREADABLE: &str = "UNKNOWN";
/// Actions that get a column of their own at most, so that a matrix stays legible at 80 columns.
const MOST_COLUMNS: usize = 8;

/// Who says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The instance.
    Instance,
    /// What is known of the release: the instance was not asked, or did not say, and why.
    Release(Option<Box<Problem>>),
}

impl Source {
    /// Why the instance does not say it, where it was asked.
    pub fn silence(&self) -> Option<&Problem> {
        match self {
            Self::Instance => None,
            Self::Release(why) => why.as_deref(),
        }
    }
}

/// What a role can start from: what one that Kestra ships allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleTemplate {
    /// Name of the managed role; one we do not know as it came.
    pub name: String,
    /// What it is for, if we know.
    pub description: &'static str,
    /// What it allows, as far as roles can hold it here.
    pub permissions: Permissions,
}

/// What roles of a tenant can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignable {
    release: Release,
    rows: Vec<(Resource, Vec<Action>)>,
    actions: Vec<Action>,
    columns: usize,
    templates: Vec<RoleTemplate>,
    source: Source,
    templates_source: Source,
}

impl Assignable {
    /// What is known of a release, without having asked.
    pub fn of(release: Release) -> Arc<Self> {
        Arc::new(Self::from_catalogue(release, Source::Release(None)))
    }

    /// What an instance says that is as its release is known.
    pub fn of_instance(release: Release) -> Self {
        Self::from_catalogue(release, Source::Instance)
    }

    /// What is known of a release whose instance does not say it.
    pub fn unsaid(release: Release, why: Problem) -> Self {
        Self::from_catalogue(release, Source::Release(Some(Box::new(why))))
    }

    fn from_catalogue(release: Release, source: Source) -> Self {
        let infos = catalogue::resources(release).into_iter().filter(|info| info.assignable);
        let rows = infos.map(|info| (info.name.clone(), info.actions().map(Action::known).collect()));
        Self::new(
            release,
            rows.collect(),
            known_templates(release),
            source.clone(),
            source,
        )
    }

    /// What an instance lists, with the templates it gives or why it gives none; then they are those known of the release.
    pub fn told(
        release: Release,
        rows: Vec<(Resource, Vec<Action>)>,
        templates: Result<Vec<(String, Permissions)>, Problem>,
    ) -> Self {
        let (templates, source) = match templates {
            Ok(templates) => (templates, Source::Instance),
            Err(why) => (known_templates(release), Source::Release(Some(Box::new(why)))),
        };
        Self::new(release, rows, templates, Source::Instance, source)
    }

    /// What an instance lists as mere names, apart from actions that go for all of them: without the pairs that are known
    /// not to exist.
    pub fn pairs(release: Release, names: Vec<Resource>, actions: &[Action]) -> Vec<(Resource, Vec<Action>)> {
        let exists = |name: &Resource, action: &Action| match catalogue::resource(release, name) {
            Some(info) if catalogue::actions(release).contains(action) => info.has(action.as_str()),
            _ => true,
        };
        let row = |name: Resource| {
            let own = actions.iter().filter(|action| exists(&name, action)).cloned().collect();
            (name, own)
        };
        names.into_iter().map(row).collect()
    }

    fn new(
        release: Release,
        listed: Vec<(Resource, Vec<Action>)>,
        templates: Vec<(String, Permissions)>,
        source: Source,
        templates_source: Source,
    ) -> Self {
        let known = catalogue::resources(release);
        let mut actions: Vec<Action> = catalogue::actions(release).to_vec();
        let mut rows: Vec<(Resource, Vec<Action>)> = Vec::new();
        for (name, mut own) in listed {
            own.retain(|action| action.as_str() != UNREADABLE);
            for action in &own {
                if !actions.contains(action) {
                    actions.push(action.clone());
                }
            }
            sorting::by_key(&mut own, |action| actions.iter().position(|known| known == action));
            own.dedup();
            if name.as_str() != UNREADABLE && rows.iter().all(|(other, _)| *other != name) {
                rows.push((name, own));
            }
        }
        // In the order people know, whatever that of the answer; what we do not know follows as it came.
        sorting::by_key(&mut rows, |(name, _)| {
            known.iter().position(|info| info.name == *name).unwrap_or(usize::MAX)
        });
        let is_common = |action: &Action| rows.iter().filter(|(_, own)| own.contains(action)).count() * 3 > rows.len();
        let common: Vec<Action> = actions
            .iter()
            .filter(|action| is_common(action))
            .take(MOST_COLUMNS)
            .cloned()
            .collect();
        actions.retain(|action| !common.contains(action));
        let columns = common.len();
        let mut all = Self {
            release,
            rows,
            actions: [common, actions].concat(),
            columns,
            templates: Vec::new(),
            source,
            templates_source,
        };
        all.templates = templates
            .into_iter()
            .map(|(name, allows)| all.template_of(name, &allows))
            .collect();
        all
    }

    fn template_of(&self, name: String, allows: &Permissions) -> RoleTemplate {
        let shipped = catalogue::managed_roles(self.release).iter();
        let known = shipped.into_iter().find(|role| role.name.eq_ignore_ascii_case(&name));
        let mut permissions = Permissions::default();
        for (resource, action) in allows.pairs().filter(|(resource, action)| self.has(resource, action)) {
            permissions.allow(resource.clone(), action.clone());
        }
        RoleTemplate {
            name: known.map_or(name, |role| role.name.to_owned()),
            description: known.map_or("", |role| role.description),
            permissions,
        }
    }

    /// The release of the instance.
    pub fn release(&self) -> Release {
        self.release
    }

    /// Who says what roles can hold.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Who says what they can start from.
    pub fn templates_source(&self) -> &Source {
        &self.templates_source
    }

    /// Each resource with its actions, in the order of the matrix.
    pub fn rows(&self) -> &[(Resource, Vec<Action>)] {
        &self.rows
    }

    /// Every action in the order of the matrix: first those that many resources have.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// How many of the actions, from the first on, many resources have.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The actions on a resource; nothing if no role can hold it.
    pub fn actions_of(&self, resource: &Resource) -> Option<&[Action]> {
        let row = self.rows.iter().find(|(name, _)| name == resource)?;
        Some(&row.1)
    }

    /// Whether a role can hold a pair.
    pub fn has(&self, resource: &Resource, action: &Action) -> bool {
        self.actions_of(resource)
            .is_some_and(|actions| actions.contains(action))
    }

    /// Every pair that a role can hold, in the order of the matrix.
    pub fn every_pair(&self) -> impl Iterator<Item = (&Resource, &Action)> {
        self.rows
            .iter()
            .flat_map(|(resource, actions)| actions.iter().map(move |action| (resource, action)))
    }

    /// The names of the resources.
    pub fn names(&self) -> Vec<&str> {
        self.rows.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// What a role can start from.
    pub fn templates(&self) -> &[RoleTemplate] {
        &self.templates
    }

    /// One of them by its name, in whatever case.
    pub fn template(&self, name: &str) -> Option<&RoleTemplate> {
        self.templates
            .iter()
            .find(|template| template.name.eq_ignore_ascii_case(name))
    }

    /// Why no role can hold anything on a resource; nothing if one can.
    pub fn refusal(&self, resource: &Resource) -> Option<String> {
        if self.actions_of(resource).is_some() {
            return None;
        }
        // What is known to exist is missing because this very server does not list it.
        let known = catalogue::why_no_role_holds(self.release, resource);
        Some(known.unwrap_or_else(|| "is not among what this Kestra lists for roles".to_owned()))
    }

    /// What is wrong with a role, but for what it had before.
    pub fn new_complaints(&self, new: &NewRole, before: Option<&Role>) -> Vec<FieldMessage> {
        let known = before
            .map(|role| self.complaints(&role.permissions))
            .unwrap_or_default();
        let mut messages = self.complaints(&new.permissions);
        messages.retain(|message| !known.contains(message));
        messages
    }

    /// Refuses what roles cannot hold, but for what a role had before. `what` says that nothing was done.
    ///
    /// # Errors
    /// If there is any of it.
    pub fn refuse_wrong(&self, what: String, new: &NewRole, before: Option<&Role>) -> Result<(), Problem> {
        let messages = self.new_complaints(new, before);
        let Some(first) = messages.first() else { return Ok(()) };
        let why = format!("`{}`: {}.", first.path, first.message);
        let mut problem = invalid(what, why, "Correct that, and try again.");
        problem.fields = messages;
        Err(problem)
    }

    /// Checks what a role allows. Each message stands at `permissions.RESOURCE`.
    pub fn complaints(&self, permissions: &Permissions) -> Vec<FieldMessage> {
        let of_one = |(name, actions): (&Resource, &[Action])| {
            let message = match self.actions_of(name) {
                None => self.refusal(name)?,
                Some(known) => {
                    let wrong: Vec<&str> = actions
                        .iter()
                        .filter(|action| !known.contains(action))
                        .map(Action::as_str)
                        .collect();
                    let known: Vec<&str> = known.iter().map(Action::as_str).collect();
                    let text = || format!("has no {}; it has {}", wrong.join(", "), known.join(", "));
                    (!wrong.is_empty()).then(text)?
                }
            };
            Some(FieldMessage {
                path: format!("permissions.{name}"),
                message,
            })
        };
        permissions.iter().filter_map(of_one).collect()
    }
}

fn known_templates(release: Release) -> Vec<(String, Permissions)> {
    let shipped = catalogue::managed_roles(release).iter();
    shipped
        .map(|role| (role.name.to_owned(), role.permissions.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::permission::permissions;
    use super::super::problem::ProblemKind;
    use super::*;

    const NEW: Release = Release::new(2, 0);

    fn rows(listed: &[(&str, &str)]) -> Vec<(Resource, Vec<Action>)> {
        let actions = |text: &str| text.split_whitespace().map(Action::from).collect();
        listed
            .iter()
            .map(|(name, text)| ((*name).into(), actions(text)))
            .collect()
    }

    fn silence() -> Problem {
        Problem::new(ProblemKind::Denied, "What.", "Why.", "Next.")
    }

    #[test]
    fn a_server_has_the_last_word_on_what_roles_can_hold() {
        let listed = rows(&[
            ("ROCKET", "LAUNCH VIEW"),
            ("FLOW", "LIST VIEW LAND"),
            ("UNKNOWN", "VIEW"),
        ]);
        let all = Assignable::told(NEW, listed, Err(silence()));
        assert_eq!(all.names(), ["FLOW", "ROCKET"]);
        assert!(all.has(&"ROCKET".into(), &"LAUNCH".into()) && !all.has(&"SECRET".into(), &"VIEW".into()));
        assert_eq!(all.actions_of(&"FLOW".into()).unwrap().len(), 3);
        assert_eq!(all.source(), &Source::Instance);
        // Templates are those we know of the release, as far as this server has them.
        assert!(all.templates_source().silence().is_some());
        let viewer = &all.template("viewer").unwrap().permissions;
        assert_eq!(viewer, &permissions(&[("FLOW", "VIEW LIST")]));
    }

    #[test]
    fn templates_of_the_server_come_before_ours() {
        let listed = rows(&[("FLOW", "VIEW LIST"), ("ROCKET", "LAUNCH")]);
        let templates = vec![
            (
                "VIEWER".to_owned(),
                permissions(&[("FLOW", "VIEW"), ("ROCKET", "LAUNCH")]),
            ),
            ("PILOT".to_owned(), permissions(&[("ROCKET", "LAUNCH LAND")])),
        ];
        let all = Assignable::told(NEW, listed, Ok(templates));
        let shown: Vec<(&str, usize)> = all
            .templates()
            .iter()
            .map(|template| (template.name.as_str(), template.permissions.count()))
            .collect();
        assert_eq!(shown, [("Viewer", 2), ("PILOT", 1)]);
        assert!(!all.templates()[0].description.is_empty() && all.templates()[1].description.is_empty());
    }

    #[test]
    fn all_resources_of_the_document_of_2_0_are_rows_if_a_server_lists_them() {
        let listed = catalogue::resources(NEW)
            .into_iter()
            .map(|info| (info.name.clone(), vec!["VIEW".into()]));
        let all = Assignable::told(NEW, listed.collect(), Err(silence()));
        assert_eq!((all.rows().len(), all.columns()), (37, 1));
    }

    #[test]
    fn mere_names_get_the_actions_that_are_known_to_exist() {
        let release = Release::new(1, 3);
        let names = ["AUDITLOG", "BINDING", "ROCKET"].map(Resource::from).to_vec();
        let listed = Assignable::pairs(release, names, &["READ", "UPDATE", "LAUNCH"].map(Action::from));
        let all = Assignable::told(release, listed, Err(silence()));
        let of = |name: &str| {
            all.actions_of(&name.into())
                .unwrap()
                .iter()
                .map(Action::as_str)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("BINDING"), ["READ", "LAUNCH"]);
        assert_eq!(of("ROCKET"), ["READ", "UPDATE", "LAUNCH"]);
    }

    #[test]
    fn many_common_actions_leave_the_matrix_legible() {
        let every = catalogue::actions(NEW).to_vec();
        let listed = ["FLOW", "ROLE"]
            .map(|name| (Resource::from(name), every.clone()))
            .to_vec();
        let all = Assignable::told(NEW, listed, Err(silence()));
        assert_eq!((all.columns(), all.actions().len()), (MOST_COLUMNS, every.len()));
    }

    #[test]
    fn what_the_server_does_not_list_is_told_apart_from_what_does_not_exist() {
        let all = Assignable::told(NEW, rows(&[("FLOW", "VIEW")]), Err(silence()));
        let role = permissions(&[
            ("FLOW", "VIEW LIST"),
            ("POLICY", "VIEW"),
            ("TENANT", "VIEW"),
            ("FLWO", "VIEW"),
        ]);
        let said: Vec<String> = all
            .complaints(&role)
            .into_iter()
            .map(|message| message.message)
            .collect();
        assert_eq!(
            said,
            [
                "has no LIST; it has VIEW",
                "is not among what this Kestra lists for roles",
                "is only named in audit logs; no role can hold it",
                "is not a permission of any release",
            ]
        );
    }
}
