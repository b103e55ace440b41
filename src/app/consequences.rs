//! What a dialog says of a change beyond its own words: what comes with it, and what goes.

use crate::domain::deed::Deed;
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;

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

/// The role that stops being the default one of its tenant by another becoming it, as far as it is known.
pub(super) fn default_no_more(model: &Model, deed: &Deed) -> Option<(Tone, String)> {
    let (scope, id) = match deed {
        Deed::CreateRole(scope, new) if new.is_default => (scope, ""),
        Deed::UpdateRole { scope, before, after } if after.is_default && !before.is_default => {
            (scope, before.id.as_str())
        }
        _ => return None,
    };
    let role = default_role(model, scope, id)?;
    let text = format!(
        "! Role {role} is the default one now, and stops being it: new users of the tenant are given this one."
    );
    Some((Tone::Warning, text))
}

/// The name of the default role of a tenant, as far as it is known, unless it is the one of this id.
pub fn default_role<'m>(model: &'m Model, scope: &TenantScope, but: &str) -> Option<&'m str> {
    let mut roles = known_access(model, scope)?.roles.iter();
    let role = roles.find(|role| role.is_default && role.id != but)?;
    Some(&role.name)
}

/// What goes with an account in all tenants.
pub(super) fn goes_with_account(everywhere: &Remote<Vec<String>>) -> Vec<(Tone, String)> {
    match (everywhere.value(), everywhere.problem()) {
        (Some(told), _) if told.is_empty() => {
            vec![(Tone::Plain, "No tenant loses anything by it.".to_owned())]
        }
        (Some(told), _) => told
            .iter()
            .map(|sentence| (Tone::Danger, format!("! {sentence}")))
            .collect(),
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
