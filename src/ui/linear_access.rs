//! Roles and access as lines of text: the editor, comparisons, what somebody may do, and who may do something.

use crate::app::access_view::{AccessView, WhoCanView, matrix_of};
use crate::app::comparison_view::ComparisonView;
use crate::app::entry::SWITCH;
use crate::app::matrix::Matrix;
use crate::app::model::Model;
use crate::app::role_editor::{RoleEditor, RoleFocus};
use crate::app::update::known_access;
use crate::domain::effective_access::{Evaluator, Extent};
use crate::domain::permission::{Action, Permissions};
use crate::domain::role_compare::Which;

use super::linear::{say_review, say_rows, typing};
use super::screens::comparison;
use super::screens::role::hedge;

/// What is said where the access of the tenant is not known.
const UNKNOWN: &str = "Who may do what has not been read. <r> reads it again.";

/// Each resource with what is allowed on it.
pub fn say_permissions(matrix: &Matrix, permissions: &Permissions, lines: &mut Vec<String>) {
    for resource in &matrix.resources {
        let allowed: Vec<&str> = matrix
            .actions
            .iter()
            .filter(|action| permissions.allows(resource, action))
            .map(Action::as_str)
            .collect();
        let said = if allowed.is_empty() {
            "nothing".to_owned()
        } else {
            allowed.join(", ")
        };
        lines.push(format!("{resource}: {said}"));
    }
}

/// A cell that there is, of flows where they have any.
fn example(matrix: &Matrix) -> Option<String> {
    let resources = matrix.resources.iter();
    let flow = resources.clone().find(|resource| resource.as_str() == "FLOW");
    let resource = flow.or_else(|| resources.clone().next())?;
    let action = matrix.actions.get(*matrix.actions_of(resource).first()?)?;
    Some(format!("{resource} {action}"))
}

/// The editor of a role: the input that is asked for, or the selected cell and its resource.
pub fn say_editor(model: &Model, editor: &RoleEditor, lines: &mut Vec<String>) {
    if editor.review.is_some() {
        say_review(model, lines);
        return;
    }
    lines.push(match &editor.before {
        Some(role) => format!("Edit role {} of tenant {}", role.name, editor.scope),
        None => format!("New role in tenant {}", editor.scope),
    });
    if let Some(problem) = &editor.problem {
        lines.extend([problem.what.clone(), problem.why.clone(), problem.next.clone()]);
    }
    let shown = |text: &str| {
        if text.is_empty() {
            "not set".to_owned()
        } else {
            text.to_owned()
        }
    };
    let (label, value) = match editor.focus {
        RoleFocus::Name => ("Name", shown(editor.name.text())),
        RoleFocus::Description => ("Description", shown(editor.description.text())),
        RoleFocus::Default => (
            "Default, given to new users of the tenant",
            if editor.is_default { "yes" } else { "no" }.to_owned(),
        ),
        RoleFocus::Matrix => {
            lines.push(format!("Name: {}", shown(editor.name.text())));
            lines.extend(hedge(editor.edit.assignable()));
            lines.push(format!("Changes: {}", shown(&editor.edit.change().words())));
            let matrix = editor.matrix();
            if let Some((resource, action)) = matrix.at(&editor.cursor) {
                let allowed = |action: &Action| editor.edit.allows(resource, action);
                let words = if allowed(action) { "allowed" } else { "not allowed" };
                lines.push(format!("{action} on {resource}: {words}"));
                let actions = matrix.actions_of(resource);
                let actions = actions.iter().filter_map(|index| matrix.actions.get(*index));
                let (on, off): (Vec<&Action>, Vec<&Action>) = actions.partition(|action| allowed(action));
                let words = |actions: &[&Action]| {
                    let names: Vec<&str> = actions.iter().map(|action| action.as_str()).collect();
                    names.join(", ")
                };
                lines.push(match (&*on, &*off) {
                    (on, []) => format!("{resource} allows all of {}.", words(on)),
                    ([], off) => format!("{resource} allows none of {}.", words(off)),
                    (on, off) => format!("{resource} allows {}, and not {}.", words(on), words(off)),
                });
            }
            let example = example(&matrix).map_or_else(String::new, |cell| format!(", such as `{cell}`,"));
            let keys = model.keyed("<tab> goes to the name; <ctrl-o> reviews it.");
            lines.push(format!(
                "A resource and actions{example} turn these around; a resource alone goes there. {keys}"
            ));
            return;
        }
    };
    lines.push(format!("{label}: {value}"));
    if editor.focus == RoleFocus::Default {
        lines.push(format!("One of: {}.", SWITCH.join(", ")));
    }
    lines.push(typing(model, ":form-review goes on, :form-leave leaves."));
}

/// Two roles in words.
pub fn say_comparison(view: &ComparisonView, lines: &mut Vec<String>) {
    lines.push(format!("Compare {} with {}", view.comparison.a, view.comparison.b));
    let mut words = comparison::words(view);
    if view.shows_all {
        words.extend(comparison::allowed_by(&view.comparison, Which::Both, "Both"));
    }
    let words = words.into_iter().map(|(_, line)| line);
    lines.extend(words.filter(|line| !line.is_empty()));
}

/// What a user may do, resource by resource, and why they may do what is selected.
pub fn say_access(model: &Model, view: &AccessView, lines: &mut Vec<String>) {
    lines.push(format!("What {} may do in tenant {}", view.user.username, view.scope));
    if let Some(namespace) = view.namespace() {
        lines.push(format!("In namespace {namespace}"));
    }
    let release = model.instance.value().map(|instance| instance.release);
    let Some((access, release)) = known_access(model, &view.scope).zip(release) else {
        lines.push(model.keyed(UNKNOWN));
        return;
    };
    let evaluator = Evaluator::new(access, release);
    let reach = evaluator.reach(&view.user.id);
    let matrix = matrix_of(access, release);
    for resource in &matrix.resources {
        let words = matrix.actions.iter().filter_map(|action| match view.namespace() {
            Some(namespace) => reach
                .may(resource, action, Some(namespace))
                .then(|| action.as_str().to_owned()),
            None => match reach.extent(resource, action) {
                Extent::Everywhere => Some(action.as_str().to_owned()),
                Extent::Namespaces => Some(format!(
                    "{action} in {}",
                    reach.namespaces(resource, action).join(" and ")
                )),
                Extent::Nowhere | Extent::Absent => None,
            },
        });
        let words: Vec<String> = words.collect();
        if !words.is_empty() {
            lines.push(format!("{resource}: {}", words.join(", ")));
        }
    }
    if reach.is_empty() {
        lines.push("No role lets them do anything.".to_owned());
    }
    lines.extend(view.reasons(access, release));
}

/// Who may do something.
pub fn say_who_can(model: &Model, view: &WhoCanView, lines: &mut Vec<String>) {
    let place = view
        .namespace()
        .map_or_else(String::new, |namespace| format!(", namespace {namespace}"));
    lines.push(format!(
        "Who can {} {} in tenant {}{place}",
        view.action, view.resource, view.scope
    ));
    let release = model.instance.value().map(|instance| instance.release);
    let Some((access, release)) = known_access(model, &view.scope).zip(release) else {
        lines.push(model.keyed(UNKNOWN));
        return;
    };
    let rows = view.rows(access, release);
    let in_view = rows.iter().enumerate().skip(view.cursor.top());
    let in_view = in_view.take(model.size.list_rows());
    let said = in_view.map(|(index, row)| (index, format!("{}, {}, {}", row.user.username, row.through, row.place)));
    say_rows(model, said, view.cursor.at(), rows.len(), lines);
    if rows.is_empty() {
        lines.push("Nobody may.".to_owned());
    }
    lines.extend(view.missing(release).map(|text| format!("! {text}")));
}
