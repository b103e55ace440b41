//! The editor of a role: its name and what else it is known by, and the matrix of what it allows.
//!
//! What the cells mean is [`RoleEdit`]'s; here are the inputs, what was done last, and the review before it is sent.
//! What is kept of it is in [`keeping`].

mod keeping;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::assignable::{Assignable, Source};
use crate::domain::count::counted;
use crate::domain::deed::Deed;
use crate::domain::loss::{Loss, Severity};
use crate::domain::permission::Permissions;
use crate::domain::problem::Problem;
use crate::domain::role::{NewRole, Role};
use crate::domain::role_edit::{Change, RoleEdit, Template};
use crate::domain::tenant::TenantScope;

use super::effect::JobId;
use super::input::{Key, KeyCode};
use super::line_edit::LineEdit;
use super::matrix::{Matrix, MatrixCursor};
use super::remote::Remote;
use super::tenant_form::{Review, ReviewLine};

/// Where the keys go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleFocus {
    /// To its name.
    Name,
    /// To its description.
    Description,
    /// To whether it is the default role.
    Default,
    /// To what it allows.
    #[default]
    Matrix,
}

impl RoleFocus {
    const ALL: [Self; 4] = [Self::Name, Self::Description, Self::Default, Self::Matrix];
}

/// The editor.
#[derive(Clone, Debug)]
pub struct RoleEditor {
    /// The tenant of the role.
    pub scope: TenantScope,
    /// The role as it was read, if one is edited.
    pub before: Option<Role>,
    /// Name.
    pub name: LineEdit,
    /// What it is for.
    pub description: LineEdit,
    /// Whether new users of the tenant get it.
    pub is_default: bool,
    /// What it allows.
    pub edit: RoleEdit,
    /// The selected cell.
    pub cursor: MatrixCursor,
    /// Where the keys go.
    pub focus: RoleFocus,
    /// The review, while it is open.
    pub review: Option<Review>,
    /// The question under which it was sent.
    pub sent: Option<JobId>,
    /// As what it was sent, until it is known what came of that.
    pub doubt: Option<NewRole>,
    /// Whether it was not there when that was looked for; a Kestra that is behind may have it later.
    pub unseen: bool,
    /// Why sending failed the last time, or what somebody else changed.
    pub problem: Option<Problem>,
    /// What somebody else changed since the editor was opened, a line each; empty where nobody did.
    pub theirs: Vec<String>,
    /// The edited role, read again because it changed meanwhile, the editor was taken up later, or it is not known what came of it.
    pub reread: Remote<Role>,
    /// What each of the last steps turned around, the last one last.
    steps: Vec<Permissions>,
    initial: NewRole,
}

impl RoleEditor {
    /// An editor for a new role that allows what these permissions do, as far as roles can hold it.
    pub fn create(scope: TenantScope, name: &str, permissions: &Permissions, assignable: Arc<Assignable>) -> Self {
        let mut edit = RoleEdit::new(Permissions::default(), assignable);
        edit.start_from(Template::Permissions(permissions));
        let mut editor = Self::with(scope, None, edit);
        editor.name = LineEdit::new(name);
        editor.focus = RoleFocus::Name;
        editor
    }

    /// An editor of a role as it was read.
    pub fn edit(scope: TenantScope, role: Role, assignable: Arc<Assignable>) -> Self {
        let edit = RoleEdit::new(role.permissions.clone(), assignable);
        Self::with(scope, Some(role), edit)
    }

    fn with(scope: TenantScope, before: Option<Role>, edit: RoleEdit) -> Self {
        let initial = before.as_ref().map_or_else(
            || NewRole {
                name: String::new(),
                description: None,
                permissions: Permissions::default(),
                is_default: false,
            },
            NewRole::from,
        );
        Self {
            scope,
            name: LineEdit::new(initial.name.clone()),
            description: LineEdit::new(initial.description.clone().unwrap_or_default()),
            is_default: initial.is_default,
            before,
            edit,
            cursor: MatrixCursor::default(),
            focus: RoleFocus::Matrix,
            review: None,
            sent: None,
            doubt: None,
            unseen: false,
            problem: None,
            theirs: Vec::new(),
            reread: Remote::default(),
            steps: Vec::new(),
            initial,
        }
    }

    /// The rows and columns on screen.
    pub fn matrix(&self) -> Matrix {
        let assignable = Arc::clone(self.edit.assignable());
        Matrix::new([self.edit.permissions(), self.edit.before()], assignable)
    }

    /// The role as it would be sent.
    pub fn built(&self) -> NewRole {
        let description = self.description.text().trim();
        NewRole {
            name: self.name.text().trim().to_owned(),
            description: (!description.is_empty()).then(|| description.to_owned()),
            permissions: self.edit.permissions().clone(),
            is_default: self.is_default,
        }
    }

    /// What keeps it from being sent, and where.
    pub fn fault(&self) -> Option<(RoleFocus, &'static str)> {
        let built = self.built();
        if built.name.is_empty() {
            Some((RoleFocus::Name, "a name is required"))
        } else if built.permissions.is_empty() && self.edit.release().at_least(2, 0) {
            Some((RoleFocus::Matrix, "at least one permission is required"))
        } else {
            None
        }
    }

    /// Whether leaving would lose something that was typed or set.
    pub fn is_dirty(&self) -> bool {
        let built = self.built();
        let same_texts = (&built.name, &built.description, built.is_default)
            == (&self.initial.name, &self.initial.description, self.initial.is_default);
        !same_texts || !Change::between(&self.initial.permissions, &built.permissions, self.edit.release()).is_empty()
    }

    /// Whether leaving would lose something: what was set, or the answer to what was sent.
    pub fn would_lose(&self) -> bool {
        self.is_dirty() || self.sent.is_some()
    }

    /// What the edit adds to and takes from what the role allowed, in numbers: `+3 -1`; of a new role how much it allows.
    pub fn change_words(&self) -> String {
        let change = self.edit.change();
        if self.before.is_none() {
            return counted(change.added.len() as u64, "right");
        }
        match (change.added.len(), change.removed.len()) {
            (0, 0) => "no change to what it allows".to_owned(),
            (added, 0) => format!("+{added}"),
            (0, removed) => format!("-{removed}"),
            (added, removed) => format!("+{added} -{removed}"),
        }
    }

    /// The change as it is sent.
    pub fn deed(&self) -> Deed {
        let after = self.built();
        match &self.before {
            None => Deed::CreateRole(self.scope.clone(), after),
            Some(before) => Deed::UpdateRole {
                scope: self.scope.clone(),
                before: before.clone(),
                after,
            },
        }
    }

    /// Gives the focus to the next part, or the one before, going round.
    pub fn step(&mut self, back: bool) {
        let count = RoleFocus::ALL.len();
        let at = RoleFocus::ALL
            .iter()
            .position(|focus| *focus == self.focus)
            .unwrap_or(0);
        let to = if back { at + count - 1 } else { at + 1 } % count;
        self.focus = RoleFocus::ALL.get(to).copied().unwrap_or(RoleFocus::Matrix);
    }

    /// The line that is typed in.
    pub fn line(&mut self) -> Option<&mut LineEdit> {
        match self.focus {
            RoleFocus::Name => Some(&mut self.name),
            RoleFocus::Description => Some(&mut self.description),
            RoleFocus::Default | RoleFocus::Matrix => None,
        }
    }

    /// Gives a key to the input that has the focus, and says whether it was taken.
    pub fn key(&mut self, key: Key) -> bool {
        if self.focus == RoleFocus::Default {
            let turns = matches!(
                key.code,
                KeyCode::Char(' ' | 'h' | 'l') | KeyCode::Left | KeyCode::Right
            ) && !key.ctrl;
            self.is_default ^= turns;
            return turns;
        }
        self.line().is_some_and(|line| line.key(key))
    }

    /// Changes what it allows, and remembers what it was. Whether anything changed.
    fn change(&mut self, change: impl FnOnce(&mut RoleEdit) -> bool) -> bool {
        let before = self.edit.permissions().clone();
        let worked = change(&mut self.edit);
        let turned = before.turned(self.edit.permissions());
        if !turned.is_empty() {
            self.steps.push(turned);
            self.problem = None;
        }
        worked
    }

    /// Turns the selected cell around. Whether that is possible.
    pub fn toggle(&mut self) -> bool {
        let matrix = self.matrix();
        let Some((resource, action)) = matrix.at(&self.cursor) else {
            return false;
        };
        self.change(|edit| edit.toggle(resource, action))
    }

    /// Allows every action on the selected resource, or none. Whether that is possible.
    pub fn toggle_row(&mut self) -> bool {
        let matrix = self.matrix();
        let Some(resource) = matrix.resources.get(self.cursor.resource.at()) else {
            return false;
        };
        self.change(|edit| edit.toggle_row(resource))
    }

    /// Allows the selected action on every resource that has it, or on none. Whether that is possible.
    pub fn toggle_column(&mut self) -> bool {
        let matrix = self.matrix();
        let Some(action) = matrix.actions.get(self.cursor.action) else {
            return false;
        };
        self.change(|edit| edit.toggle_column(action))
    }

    /// Starts anew from other permissions.
    pub fn start_from(&mut self, template: Template<'_>) -> bool {
        self.change(|edit| edit.start_from(template))
    }

    /// Whether a step can be taken back.
    pub fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Takes the last step back.
    pub fn take_back(&mut self) {
        if let Some(turned) = self.steps.pop() {
            self.edit.set(self.edit.permissions().turned(&turned));
        }
    }

    /// Takes what has been learnt about what roles can hold; the selected cell stays.
    pub fn learn(&mut self, assignable: Arc<Assignable>, height: usize) {
        let before = self.matrix();
        self.edit.learn(assignable);
        self.cursor.carry(&before, &self.matrix(), height);
    }

    /// Takes the role as somebody else left it, keeps what was set here, and says what changed there.
    pub fn rebase(&mut self, now: &Role) -> Vec<String> {
        let Some(before) = self.before.replace(now.clone()) else {
            return Vec::new();
        };
        let release = self.edit.release();
        let own = Change::between(&before.permissions, self.edit.permissions(), release);
        let theirs = Change::between(&before.permissions, &now.permissions, release);
        let mut both = now.permissions.clone();
        for (resource, action) in own.added {
            both.allow(resource, action);
        }
        for (resource, action) in &own.removed {
            both.deny(resource, action);
        }
        let mut edit = RoleEdit::new(now.permissions.clone(), Arc::clone(self.edit.assignable()));
        edit.set(both);
        self.edit = edit;
        if !theirs.is_empty() {
            self.steps.clear();
        }
        let mut changed = Vec::new();
        if before.name != now.name {
            changed.push(format!("name: {} -> {}", before.name, now.name));
            if self.name.text().trim() == before.name {
                self.name = LineEdit::new(now.name.clone());
            }
        }
        if before.description != now.description {
            changed.push("description".to_owned());
            if self.description.text().trim() == before.description.as_deref().unwrap_or_default() {
                self.description = LineEdit::new(now.description.clone().unwrap_or_default());
            }
        }
        if before.is_default != now.is_default {
            changed.push("whether it is the default role".to_owned());
            if self.is_default == before.is_default {
                self.is_default = now.is_default;
            }
        }
        if !theirs.is_empty() {
            changed.push(theirs.words());
        }
        self.initial = NewRole::from(now);
        changed
    }

    /// Goes on as an edit of what was sent and is there as `role`, where more was set since. Whether it was.
    pub fn goes_on(&mut self, sent: &NewRole, role: &Role) -> bool {
        let goes_on = self.built() != *sent;
        if goes_on {
            self.before = Some(role.clone());
            self.rebase(role);
            (self.review, self.problem) = (None, None);
        }
        goes_on
    }

    /// Whether one of these roles of its tenant has its name, which it had not before.
    pub fn has_namesake(&self, roles: &[Role]) -> bool {
        let name = self.name.text().trim();
        self.initial.name != name && roles.iter().any(|role| role.name == name)
    }

    /// What will be sent and what it comes to. `roles` are those of its tenant, as far as they are known; `context` are the words
    /// that lead our own command to this instance.
    pub fn review_lines(&self, loss: Option<&Loss>, roles: &[Role], context: &[String]) -> Vec<ReviewLine> {
        let (after, release) = (self.built(), self.edit.release());
        let mut lines = vec![ReviewLine::Heading(if self.before.is_some() {
            "Changes".to_owned()
        } else {
            format!("New role in tenant {}", self.scope)
        })];
        if self.has_namesake(roles) {
            let text = format!(
                "Tenant {} has a role {} already; there would be two of that name.",
                self.scope, after.name
            );
            lines.push(ReviewLine::Warning(text));
        }
        let mut said = Vec::new();
        if after.name != self.initial.name {
            said.push(match &self.before {
                Some(before) => format!("name: {} -> {}", before.name, after.name),
                None => format!("name: {}", after.name),
            });
        }
        if after.description != self.initial.description {
            let text = after.description.as_deref().unwrap_or("(none)");
            said.push(format!("description: {text}"));
        }
        if after.is_default != self.initial.is_default {
            said.push(if after.is_default {
                "becomes the default role: new users of the tenant are given it".to_owned()
            } else {
                "is the default role no longer".to_owned()
            });
        }
        let change = Change::between(&self.initial.permissions, &after.permissions, release);
        for (sign, pairs) in [("+", &change.added), ("-", &change.removed)] {
            for of_one in pairs.chunk_by(|(a, _), (b, _)| a == b) {
                let actions: Vec<&str> = of_one.iter().map(|(_, action)| action.as_str()).collect();
                if let Some((resource, _)) = of_one.first() {
                    said.push(format!("{sign} {resource}: {}", actions.join(", ")));
                }
            }
        }
        if said.is_empty() {
            lines.push(ReviewLine::Text("Nothing has been changed.".to_owned()));
        }
        lines.extend(said.into_iter().map(ReviewLine::Code));
        let unknown = self.edit.unknown();
        if !unknown.is_empty() {
            let rights = counted(unknown.len() as u64, "right");
            let text = match self.edit.assignable().source() {
                Source::Instance => {
                    format!("It allows {rights} that this Kestra {release} does not list; it may refuse them.")
                }
                Source::Release(_) => {
                    format!("It allows {rights} that Kestra {release} is not known to have; it may refuse them.")
                }
            };
            lines.push(ReviewLine::Warning(text));
        }
        for warning in loss.map_or(&[][..], |loss| &loss.warnings) {
            lines.push(match warning.severity {
                Severity::Notice => ReviewLine::Text(warning.sentence.clone()),
                Severity::Warning | Severity::Danger => ReviewLine::Warning(warning.sentence.clone()),
            });
        }
        lines.push(ReviewLine::Blank);
        lines.push(ReviewLine::Heading("The same as a command".to_owned()));
        lines.push(ReviewLine::Code(self.deed().command(context, release)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::release::Release;

    use super::*;

    fn role(pairs: &[(&'static str, &'static str)]) -> Role {
        let mut permissions = Permissions::default();
        for (resource, action) in pairs {
            permissions.allow((*resource).into(), (*action).into());
        }
        Role {
            id: "1".to_owned(),
            name: "Ops".to_owned(),
            description: None,
            permissions,
            is_default: false,
            is_managed: false,
        }
    }

    #[test]
    fn steps_are_taken_back_one_by_one_to_where_it_began() {
        let mut editor = RoleEditor::edit(
            TenantScope::Default,
            role(&[("FLOW", "VIEW")]),
            Assignable::of(Release::new(2, 0)),
        );
        assert!(editor.toggle() && editor.toggle_row() && editor.toggle_column());
        assert!(editor.is_dirty());
        for _ in 0..3 {
            assert!(editor.has_steps());
            editor.take_back();
        }
        assert!(!editor.has_steps() && !editor.is_dirty());
    }

    #[test]
    fn what_somebody_else_changed_is_taken_and_what_was_set_here_stays() {
        let before = role(&[("FLOW", "VIEW"), ("FLOW", "LIST")]);
        let mut editor = RoleEditor::edit(TenantScope::Default, before, Assignable::of(Release::new(2, 0)));
        editor.toggle();
        let mut now = role(&[("FLOW", "VIEW"), ("FLOW", "LIST"), ("SECRET", "VIEW")]);
        now.name = "Operations".to_owned();
        let changed = editor.rebase(&now);
        assert_eq!(changed, ["name: Ops -> Operations", "+SECRET:VIEW"]);
        assert_eq!(editor.name.text(), "Operations");
        assert_eq!(editor.edit.change().words(), "-FLOW:VIEW");
        assert!(editor.edit.allows(&"SECRET".into(), &"VIEW".into()));
    }
}
