//! What a dialog says of a change beyond its own words: what comes with it, and what goes.

use crate::domain::account::GoesWithAccount;
use crate::domain::deed::Deed;
use crate::domain::release::Release;

use super::dialog_text::Tone;
use super::model::Model;
use super::remote::Remote;
use super::update::known_access;

/// What comes with an invitation, a line each.
pub(super) fn comes_with(model: &Model, deed: &Deed, release: Release) -> Vec<(Tone, String)> {
    let Deed::Invite(scope, new) = deed else {
        return Vec::new();
    };
    let access = known_access(model, scope);
    let role = |id: &str| access.and_then(|access| access.roles.iter().find(|role| role.id == id));
    let group = |id: &str| access.and_then(|access| access.groups.iter().find(|group| group.id == id));
    let mut lines: Vec<String> = new
        .roles
        .iter()
        .map(|invited| {
            let name = role(&invited.id).map_or(&invited.id, |role| &role.name);
            match invited.namespaces.as_slice() {
                [] => format!("  {name} in the whole tenant"),
                places => format!("  {name} in {}", places.join(", ")),
            }
        })
        .collect();
    let groups = new.groups.iter();
    lines.extend(groups.map(|id| format!("  member of {}", group(id).map_or(id, |group| &group.name))));
    lines.extend(new.superadmin.then(|| format!("  as {}", release.a_superadmin())));
    lines.extend(new.create_user.then(|| "  the user is created at once".to_owned()));
    lines.into_iter().map(|line| (Tone::Strong, line)).collect()
}

/// What goes with an account in all tenants.
pub(super) fn goes_with_account(everywhere: &Remote<GoesWithAccount>) -> Vec<(Tone, String)> {
    match (everywhere.value(), everywhere.problem()) {
        (Some(told), _) => {
            let warnings = told.warnings.iter();
            let warnings = warnings.map(|sentence| (Tone::Danger, format!("! {sentence}")));
            [(Tone::Strong, told.held.clone())]
                .into_iter()
                .chain(warnings)
                .collect()
        }
        (None, Some(problem)) => {
            let text = format!("What goes with it is not known: {}", problem.what);
            vec![(Tone::Warning, text)]
        }
        (None, None) => vec![(
            Tone::Muted,
            "finding out what goes with it in every tenant...".to_owned(),
        )],
    }
}
