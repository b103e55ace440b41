//! What is kept of the editor of a role across a lost connection.

use std::sync::Arc;

use crate::domain::assignable::Assignable;
use crate::domain::permission::Permissions;
use crate::domain::tenant_id::TenantId;

use super::super::line_edit::LineEdit;
use super::super::resume::RoleDraft;
use super::RoleEditor;

/// So many of the last steps are kept.
const MOST_STEPS: usize = 50;

impl RoleEditor {
    /// What is kept if the terminal goes away.
    pub fn draft(&self) -> RoleDraft {
        let (matrix, description) = (self.matrix(), self.description.text());
        RoleDraft {
            tenant: self.scope.id().map(TenantId::to_string),
            before: self.before.clone(),
            name: self.name.text().to_owned(),
            description: (!description.is_empty()).then(|| description.to_owned()),
            is_default: self.is_default,
            permissions: self.edit.permissions().clone(),
            focus: self.focus,
            cell: matrix
                .at(&self.cursor)
                .map(|(resource, action)| (resource.clone(), action.clone())),
            as_opened: !self.would_lose(),
            reviewed: self.review.is_some(),
            sent: self.doubt.clone(),
            steps: self.steps.iter().rev().take(MOST_STEPS).rev().cloned().collect(),
        }
    }

    /// The editor that was left, where so many rows of its matrix are in view.
    pub fn restored(draft: &RoleDraft, assignable: Arc<Assignable>, height: usize) -> Self {
        let scope = draft.scope();
        let mut editor = match &draft.before {
            Some(role) => Self::edit(scope, role.clone(), assignable),
            None => Self::create(scope, "", &Permissions::default(), assignable),
        };
        editor.name = LineEdit::new(draft.name.clone());
        editor.description = LineEdit::new(draft.description.clone().unwrap_or_default());
        editor.is_default = draft.is_default;
        editor.edit.set(draft.permissions.clone());
        editor.focus = draft.focus;
        editor.doubt.clone_from(&draft.sent);
        editor.steps.clone_from(&draft.steps);
        if let Some((resource, action)) = &draft.cell {
            let matrix = editor.matrix();
            editor.cursor.select(&matrix, resource, action, height);
        }
        editor
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::release::Release;
    use crate::domain::role::Role;
    use crate::domain::tenant::TenantScope;

    use super::*;

    #[test]
    fn a_draft_comes_back_as_it_was() {
        let role = Role {
            id: "1".to_owned(),
            name: "Ops".to_owned(),
            description: None,
            permissions: [("FLOW".into(), vec!["VIEW".into()])].into_iter().collect(),
            is_default: false,
            is_managed: false,
        };
        let all = || Assignable::of(Release::new(2, 0));
        let mut editor = RoleEditor::edit(TenantScope::Default, role, all());
        editor.toggle_column();
        editor.cursor.sideways(1, &editor.matrix());
        // Whoever goes on typing goes on behind the space.
        editor.name = LineEdit::new("Ops 2 ");
        let back = RoleEditor::restored(&editor.draft(), all(), 10);
        assert_eq!(back.name.text(), "Ops 2 ");
        assert_eq!(back.edit.change(), editor.edit.change());
        assert_eq!(back.before, editor.before);
        assert_eq!((back.focus, back.cursor), (editor.focus, editor.cursor));
        for _ in 0..2 * MOST_STEPS {
            editor.toggle();
        }
        editor.toggle_row();
        let mut back = RoleEditor::restored(&editor.draft(), all(), 10);
        let steps = std::iter::from_fn(|| back.has_steps().then(|| back.take_back()));
        assert_eq!(steps.count(), MOST_STEPS);
    }
}
