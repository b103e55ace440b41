//! Changing roles: the editor, deleting, copying to another tenant.

use crate::domain::deed::{Deed, Made};
use crate::domain::loss::Severity;
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;
use crate::domain::role::{NewRole, Role};
use crate::domain::role_edit::Template;
use crate::domain::tenant::TenantScope;

use super::super::choice::{Choice, ChoiceRow, Choosing};
use super::super::command::CommandId;
use super::super::doing::{Doing, Errand, Purpose};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::entry::switched;
use super::super::input::Key;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::role_editor::{RoleEditor, RoleFocus};
use super::super::screen::Screen;
use super::super::tab_list::TabList;
use super::super::tabs::Tab;
use super::super::tenant_form::Review;
use super::{choices, deeds, doubts, places};

/// How many roles are marked in the list on screen.
pub fn marked(model: &Model) -> usize {
    let view = model
        .tenant_view()
        .filter(|view| view.role.is_none() && view.tab == Tab::Roles);
    view.and_then(|view| view.lists.get(Tab::Roles))
        .map_or(0, |list| list.marks().len())
}

/// The role that is open, marked alone or selected, with its tenant.
pub fn current(model: &Model) -> Option<(TenantScope, &Role)> {
    let view = model.tenant_view()?;
    let marks = view.lists.get(Tab::Roles).map(TabList::marks);
    let role = match (
        &view.role,
        marks.and_then(|marks| marks.first()).filter(|_| marked(model) == 1),
    ) {
        (Some(_), _) => view.open_role(),
        // One that is marked is meant, wherever the selection is.
        (None, Some(id)) => view.role_by_id(id),
        (None, None) => view.selected_role().filter(|_| view.tab == Tab::Roles),
    }?;
    Some((view.scope.clone(), role))
}

/// Asks whether to delete the role that is open or selected.
pub fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some((scope, role)) = current(model).map(|(scope, role)| (scope, role.clone())) {
        deeds::propose(model, Deed::DeleteRole(scope, role), effects);
    }
}

/// Opens the editor for a new role that allows nothing yet.
pub fn open_new(model: &mut Model) {
    let scope = model.tenant_view().map(|view| view.scope.clone());
    let assignable = scope.as_ref().and_then(|scope| model.assignable(scope));
    if let (Some(scope), Some(assignable)) = (scope, assignable) {
        push(
            model,
            RoleEditor::create(scope, "", &Permissions::default(), assignable),
        );
    }
}

/// Opens the editor for a new role that allows what the open or selected one does.
pub fn open_like(model: &mut Model) {
    if let Some((scope, role)) = current(model)
        && let Some(assignable) = model.assignable(&scope)
    {
        let name = format!("{} copy", role.name);
        let editor = RoleEditor::create(scope, &name, &role.permissions, assignable);
        push(model, editor);
    }
}

/// Opens the editor for the open or selected role, with its cell that is selected.
pub fn open_edit(model: &mut Model) {
    let cursor = model
        .tenant_view()
        .and_then(|view| view.role.as_ref())
        .map(|role| role.cursor);
    if let Some((scope, role)) = current(model)
        && let Some(assignable) = model.assignable(&scope)
    {
        let mut editor = RoleEditor::edit(scope, role.clone(), assignable);
        editor.cursor = cursor.unwrap_or_default();
        push(model, editor);
    }
}

/// Puts an editor on screen.
pub fn push(model: &mut Model, editor: RoleEditor) {
    model.screens.push(Screen::RoleEditor(Box::new(editor)));
}

/// The editor, if it is on screen.
pub fn editor_mut(model: &mut Model) -> Option<&mut RoleEditor> {
    match model.screens.last_mut() {
        Some(Screen::RoleEditor(editor)) => Some(editor),
        _ => None,
    }
}

/// Gives a key to the input that has the focus, and says whether it was taken.
pub fn typed(model: &mut Model, key: Key) -> bool {
    editor_mut(model).is_some_and(|editor| editor.key(key))
}

/// Puts pasted text into the input that has the focus, and says whether all of it had room.
pub fn pasted(model: &mut Model, text: &str) -> bool {
    let line = editor_mut(model).and_then(RoleEditor::line);
    line.is_none_or(|line| line.insert(text))
}

/// Answers the input that has the focus with a whole text, and goes on to the next.
pub fn fill(model: &mut Model, text: &str) {
    let now = model.now;
    let Some(editor) = editor_mut(model) else { return };
    if editor.focus == RoleFocus::Default {
        match switched(text) {
            Ok(says) => editor.is_default = says,
            Err(error) => {
                model.messages.tell(now, Level::Warning, error.trim_end_matches('.'));
                return;
            }
        }
    }
    if let Some(line) = editor.line() {
        *line = super::super::line_edit::LineEdit::new(text);
    }
    editor.step(false);
}

/// Carries out a command of the editor, and says whether it was one.
pub fn run(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) -> bool {
    let enter = model.last_key_was_enter();
    let now = model.now;
    let Some(editor) = editor_mut(model) else { return false };
    match id {
        // From a line that was typed it goes on to what the editor is about.
        CommandId::FormNext if enter => editor.focus = RoleFocus::Matrix,
        CommandId::FormNext | CommandId::NextPane => editor.step(false),
        CommandId::FormPrevious | CommandId::PreviousPane => editor.step(true),
        CommandId::Left => editor.cursor.sideways(-1, &editor.matrix()),
        CommandId::Right => editor.cursor.sideways(1, &editor.matrix()),
        CommandId::FormReview => review(model, effects),
        CommandId::FormLeave => {
            places::back(model, effects);
        }
        CommandId::ToggleCell => {
            if !editor.toggle() {
                let text = "There is no such action on this resource";
                model.messages.tell(now, Level::Warning, text);
            }
        }
        CommandId::ToggleRow => {
            editor.toggle_row();
        }
        CommandId::ToggleColumn => {
            editor.toggle_column();
        }
        CommandId::Undo => editor.take_back(),
        CommandId::Template => open_templates(model),
        CommandId::ReviewPress => {
            if editor.review.as_ref().is_some_and(|review| review.send) {
                send(model, effects);
            } else {
                editor.review = None;
            }
        }
        CommandId::ReviewSend => send(model, effects),
        CommandId::ReviewSwitch => {
            if let Some(review) = &mut editor.review {
                review.send = !review.send;
            }
        }
        CommandId::ReviewBack if editor.sent.is_none() => editor.review = None,
        _ => return false,
    }
    true
}

/// Lists what a role can start from.
pub fn open_templates(model: &mut Model) {
    let Some(Screen::RoleEditor(editor)) = model.screens.last() else {
        return;
    };
    let assignable = editor.edit.assignable();
    let rights = |count: usize| crate::domain::count::counted(count as u64, "right");
    let managed = assignable.templates().iter().map(|template| {
        let note = format!("{}: {}", rights(template.permissions.count()), template.description);
        ChoiceRow::new(format!("managed:{}", template.name), template.name.clone(), note)
    });
    let own = deeds::known_access(model, &editor.scope)
        .map_or(&[][..], |access| &access.roles)
        .iter()
        .filter(|role| !role.is_managed)
        .map(|role| {
            let note = format!("{}, role of this tenant", rights(role.permissions.count()));
            ChoiceRow::new(format!("role:{}", role.id), role.name.clone(), note)
        });
    let nothing = ChoiceRow::new("nothing", "Nothing", "allows nothing yet");
    let rows = managed.chain(own).chain([nothing]).collect();
    let title = match assignable.templates_source().silence() {
        Some(_) => format!(
            "Start from what this role allows (of Kestra, as {} is known)",
            assignable.release()
        ),
        None => "Start from what this role allows".to_owned(),
    };
    choices::open(model, Choice::new(title, "There is none.", Choosing::Template, rows));
}

/// Starts the editor on screen anew from what was chosen.
pub fn start_from(model: &mut Model, key: &str) {
    let Some(Screen::RoleEditor(editor)) = model.screens.last() else {
        return;
    };
    let of_role = key.strip_prefix("role:").and_then(|id| {
        let access = deeds::known_access(model, &editor.scope)?;
        let role = access.roles.iter().find(|role| role.id == id)?;
        Some(role.permissions.clone())
    });
    let Some(editor) = editor_mut(model) else { return };
    match (key.strip_prefix("managed:"), &of_role) {
        (Some(name), _) => editor.start_from(Template::Managed(name)),
        (None, Some(permissions)) => editor.start_from(Template::Permissions(permissions)),
        (None, None) => editor.start_from(Template::Empty),
    };
    editor.focus = RoleFocus::Matrix;
}

/// The roles of the tenant of an editor, as far as they are known.
pub fn beside<'m>(model: &'m Model, editor: &RoleEditor) -> &'m [Role] {
    deeds::known_access(model, &editor.scope).map_or(&[], |access| &access.roles)
}

/// Checks the role and opens the review, or shows what is wrong.
fn review(model: &mut Model, effects: &mut Vec<Effect>) {
    if editor_mut(model).is_some_and(|editor| editor.unseen) {
        read_again(model, effects);
    } else if doubts::look_first(model, effects) {
        return;
    }
    let now = model.now;
    let Some(Screen::RoleEditor(editor)) = model.screens.last() else {
        return;
    };
    let worst = deeds::loss_of(model, &editor.deed()).and_then(|loss| loss.worst());
    let is_twin = editor.has_namesake(beside(model, editor));
    let is_careful = model.session.protected || is_twin || worst.is_some_and(|worst| worst >= Severity::Warning);
    let Some(editor) = editor_mut(model) else { return };
    match editor.fault() {
        Some((focus, text)) => {
            editor.focus = focus;
            model.messages.tell(now, Level::Warning, text);
        }
        None => {
            editor.review = Some(Review {
                scroll: 0,
                send: !is_careful,
            });
        }
    }
}

fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    if doubts::look_first(model, effects) {
        return;
    }
    let Some(editor) = editor_mut(model).filter(|editor| editor.sent.is_none()) else {
        return;
    };
    if editor.before.is_some() && !editor.is_dirty() {
        let text = "Nothing has been changed, so nothing is sent";
        model.messages.tell(now, Level::Warning, text);
        return;
    }
    let deed = editor.deed();
    let job = deeds::propose_reviewed(model, deed, effects);
    if let Some(editor) = editor_mut(model) {
        editor.sent = job;
        editor.doubt = job.map(|_| editor.built());
        editor.problem = None;
    }
}

/// Closes the editor whose role was sent, or keeps it and says in it why that failed.
pub fn settled(model: &mut Model, doing: &Doing, results: &[Result<Made, Problem>], effects: &mut Vec<Effect>) {
    let is_own = |screen: &Screen| matches!(screen, Screen::RoleEditor(editor) if editor.sent == Some(doing.job));
    if let [Ok(Made::Role(_))] = results {
        if model.screens.last().is_some_and(is_own) {
            model.overlays.retain(|overlay| !matches!(overlay, Overlay::Dialog(_)));
            places::close(model, effects);
        } else {
            model.screens.retain(|screen| !is_own(screen));
        }
    }
    let Some(Err(problem)) = results.first() else { return };
    let is_changed = problem.kind == ProblemKind::Conflict;
    for screen in &mut model.screens {
        if let Screen::RoleEditor(editor) = screen
            && editor.sent == Some(doing.job)
        {
            editor.sent = None;
            editor.doubt.take_if(|_| !problem.is_unknown);
            editor.problem = Some(problem.clone());
        }
    }
    if is_changed {
        read_again(model, effects);
    }
}

/// Reads the role of the editor again, to go on from what it is now; of a new one that was sent, whether it is there.
pub fn read_again(model: &mut Model, effects: &mut Vec<Effect>) {
    let request = model.screens.iter().find_map(|screen| match screen {
        Screen::RoleEditor(editor) => {
            let scope = editor.scope.clone();
            match &editor.before {
                Some(role) => Some(Request::Role(scope, role.id.clone())),
                None => editor.doubt.as_ref().map(|_| Request::Access(scope)),
            }
        }
        _ => None,
    });
    let Some((job, effect)) = request.map(|request| model.ask(request)) else {
        return;
    };
    let now = model.now;
    for screen in &mut model.screens {
        if let Screen::RoleEditor(editor) = screen {
            editor.reread.ask(job, now);
        }
    }
    effects.push(effect);
}

/// The editor whose role is read under a question.
pub fn read_editor_mut(model: &mut Model, job: JobId) -> Option<&mut RoleEditor> {
    model.screens.iter_mut().find_map(|screen| match screen {
        Screen::RoleEditor(editor) if editor.reread.job() == Some(job) => Some(&mut **editor),
        _ => None,
    })
}

/// Takes the role of the editor as it is now, and says what somebody else changed. Whether that was waited for.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let now = model.now;
    if let Ok(Answer::Role(role)) = reply
        && doubts::changed_role(model, job, role, effects)
    {
        return true;
    }
    let Some(editor) = read_editor_mut(model, job) else {
        return false;
    };
    match reply {
        Ok(Answer::Role(role)) => {
            let doubt = editor.doubt.take();
            if let Some(sent) = doubt.clone().filter(|_| editor.before.as_ref() == Some(role))
                && doubts::change_may_come(model, job, sent)
            {
                return true;
            }
            if let Some(sent) = &doubt {
                doubts::role_not_changed(model, job, sent, effects);
            }
            let Some(editor) = read_editor_mut(model, job) else {
                return true;
            };
            editor.reread.settle(job, now, Ok((**role).clone()));
            let changed = editor.rebase(role);
            editor.problem.take_if(|_| doubt.is_some());
            if changed.is_empty() && doubt.is_some() {
                doubts::unchanged(model, "Role", &role.name);
            } else if !changed.is_empty() {
                editor.review = None;
                editor.problem = Some(Problem::new(
                    ProblemKind::Conflict,
                    "Somebody else changed this role meanwhile; what you set is kept.",
                    changed.join("; "),
                    "Look at the review again before you send it.",
                ));
                let text = format!("Changed on the instance meanwhile: {}", changed.join("; "));
                editor.theirs = changed;
                model.messages.tell(now, Level::Warning, text);
            }
        }
        Ok(Answer::Access(access)) => doubts::created_role(model, job, access, effects),
        Ok(_) => {}
        Err(problem) => {
            editor.reread.settle(job, now, Err(problem.clone()));
            model.messages.problem(now, problem.clone());
        }
    }
    true
}

/// Lists the tenants that the open or selected role can be copied to.
pub fn copy_to(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some((_, role)) = current(model) {
        let new = NewRole {
            is_default: false,
            ..NewRole::from(role)
        };
        ask_copy(model, Box::new(new), effects);
    }
}

/// Asks to which other tenant a role of the one on screen is copied.
pub fn ask_copy(model: &mut Model, new: Box<NewRole>, effects: &mut Vec<Effect>) {
    let title = format!("Copy role {} to tenant", new.name);
    let but = model.tenant_view().map(|view| view.scope.clone());
    choices::open_tenants(model, title, Choosing::CopyRoleTo(new), but, effects);
}

/// Copies a role into a tenant whose access has just been read: makes it anew, or makes the one of that name the same.
pub fn copy(model: &mut Model, scope: TenantScope, new: NewRole, roles: &[Role], effects: &mut Vec<Effect>) {
    let now = model.now;
    let same: Vec<&Role> = roles.iter().filter(|role| role.name == new.name).collect();
    match same.as_slice() {
        [] => {
            deeds::propose(model, Deed::CreateRole(scope, new), effects);
        }
        [role] if role.is_managed => {
            let text = format!(
                "Kestra ships a role {} in tenant {scope}, and it cannot be changed",
                role.name
            );
            model.messages.tell(now, Level::Warning, text);
        }
        [role] => {
            let after = NewRole {
                is_default: role.is_default,
                ..new
            };
            let difference = crate::domain::role_edit::Change::between(
                &role.permissions,
                &after.permissions,
                model
                    .instance
                    .value()
                    .map_or(Release::DEFAULT, |instance| instance.release),
            );
            if difference.is_empty() && role.description == after.description {
                let text = format!("Role {} is the same in tenant {scope} already", role.name);
                model.messages.tell(now, Level::Done, text);
            } else {
                let deed = Deed::UpdateRole {
                    scope,
                    before: (*role).clone(),
                    after,
                };
                deeds::propose_with_review(model, deed, effects);
            }
        }
        several => {
            let text = format!(
                "Tenant {scope} has {} roles of this name, so it is not clear which would change",
                several.len()
            );
            model.messages.tell(now, Level::Warning, text);
        }
    }
}

/// Asks who may do what in a tenant, to go on with what is to be done there.
pub fn look_at(model: &mut Model, scope: TenantScope, what: Purpose, effects: &mut Vec<Effect>) {
    let request = match &what {
        Purpose::CopyRole(_) | Purpose::CompareRole { elsewhere: None, .. } => Request::Access(scope.clone()),
        Purpose::CompareRole {
            elsewhere: Some(elsewhere),
            ..
        } => {
            let request = Request::Access(scope.clone());
            Request::Elsewhere(elsewhere.context.clone(), Box::new(request))
        }
        Purpose::CompareAt(..) => Request::Contexts,
        Purpose::CompareFrom { context, .. } => Request::Elsewhere(context.clone(), Box::new(Request::Instance)),
    };
    let (job, effect) = model.ask(request);
    let depth = model.screens.len();
    let outdated = model.errand.replace(Errand {
        job,
        scope,
        what,
        depth,
        chosen_from: None,
    });
    effects.extend(outdated.and_then(|errand| model.cancel(errand.job)));
    effects.push(effect);
}
