//! An invitation: what is typed for it, and one list after another of what comes with it.

use crate::domain::deed::Deed;
use crate::domain::invitation::{InvitedRole, NewInvitation};
use crate::domain::tenant::TenantScope;

use super::super::super::choice::ChoiceRow;
use super::super::super::effect::{Effect, Request};
use super::super::super::entry::{Entry, EntryField};
use super::super::super::line_edit::LineEdit;
use super::super::super::model::Model;
use super::super::super::people::{Entering, InvitedPart, Picking};
use super::super::{deeds, entries};
use super::picking::{pick, wait};
use super::rows::{WHOLE_TENANT, group_row, place_rows, role_rows};
use super::{instance, release};

/// The key of the row that is none of them.
const NOTHING: &str = "";

/// The lines of an invitation, as far as the release has them and we may say so.
fn invitation_fields(model: &Model) -> Vec<EntryField> {
    let release = release(model);
    let mut fields = vec![EntryField::new(
        entries::EMAIL,
        "Whom the invitation is for; who is a user already is let in at once.",
        "",
    )];
    if release.at_least(0, 24) {
        let doc = "yes: the user is created now, instead of waiting until they accept.";
        fields.push(EntryField::switch(entries::CREATE_USER, doc));
    }
    if release.at_least(0, 23) && instance(model).is_some_and(|instance| instance.identity.superadmin) {
        let doc = format!("yes: they become {}, which only one may say.", release.a_superadmin());
        fields.push(EntryField::switch(entries::SUPERADMIN, doc));
    }
    fields
}

/// The form of an invitation to a tenant.
pub(super) fn invitation(model: &Model, scope: TenantScope) -> Entry {
    let about = format!("Into tenant {scope}. The roles and groups that come with it are asked for next.");
    Entry::new("Invite", about, invitation_fields(model), Entering::Invitation(scope))
}

/// Comes back to the form of an invitation, with what was typed in it.
pub fn type_again(model: &mut Model, scope: TenantScope, new: &NewInvitation) {
    let mut entry = invitation(model, scope);
    for field in &mut entry.fields {
        match &*field.label {
            entries::EMAIL => field.line = LineEdit::new(&new.email),
            entries::CREATE_USER => field.say(new.create_user),
            entries::SUPERADMIN => field.say(new.superadmin),
            _ => {}
        }
    }
    entries::open(model, entry);
}

/// Asks for a part of what comes with an invitation.
pub fn ask_invited(
    model: &mut Model,
    scope: TenantScope,
    new: NewInvitation,
    part: InvitedPart,
    effects: &mut Vec<Effect>,
) {
    let access = deeds::known_access(model, &scope);
    let none = |text: &str| ChoiceRow::new(NOTHING, text, "");
    let (title, rows) = match part {
        InvitedPart::Roles => {
            let rows = access.map_or_else(Vec::new, |access| role_rows(access, &[]));
            let none = ChoiceRow::new(NOTHING, "no role", "they only get access");
            let title = format!("Which roles come with the invitation of {}", new.email);
            (title, std::iter::once(none).chain(rows).collect())
        }
        InvitedPart::Places(at) => {
            let Some(role) = new.roles.get(at) else { return };
            let name = access
                .and_then(|access| access.roles.iter().find(|known| known.id == role.id))
                .map_or(&role.id, |known| &known.name);
            let title = format!(
                "Where {} holds {name}; type a namespace that is not there yet",
                new.email
            );
            (title, place_rows(&scope, &[]))
        }
        InvitedPart::Groups => {
            let groups = access.map_or(&[][..], |access| &access.groups);
            let rows = groups.iter().map(group_row);
            let title = format!("Which groups come with the invitation of {}", new.email);
            (title, std::iter::once(none("no group")).chain(rows).collect())
        }
    };
    let namespaces = matches!(part, InvitedPart::Places(_)).then(|| Request::Namespaces(scope.clone()));
    pick(model, title, "", Picking::Invited(scope, new, part), rows);
    if let Some(request) = namespaces {
        let (job, effect) = model.ask(request);
        wait(model, job);
        effects.push(effect);
    }
}

/// Takes a part of what comes with an invitation, and asks for the next, or invites.
pub(super) fn invited(
    model: &mut Model,
    scope: TenantScope,
    mut new: NewInvitation,
    part: InvitedPart,
    rows: &[ChoiceRow],
    effects: &mut Vec<Effect>,
) {
    let chosen = rows.iter().filter(|row| row.key != NOTHING);
    let next = match part {
        InvitedPart::Roles => {
            let role = |row: &ChoiceRow| InvitedRole {
                id: row.key.clone(),
                namespaces: Vec::new(),
            };
            new.roles = chosen.map(role).collect();
            0
        }
        InvitedPart::Places(at) => {
            if let Some(role) = new.roles.get_mut(at) {
                // The whole tenant is more than any namespace in it.
                let whole = rows.iter().any(|row| row.key == WHOLE_TENANT);
                role.namespaces = if whole {
                    Vec::new()
                } else {
                    chosen.map(|row| row.text.clone()).collect()
                };
            }
            at + 1
        }
        InvitedPart::Groups => {
            new.groups = chosen.map(|row| row.key.clone()).collect();
            let deed = Deed::Invite(scope, new.clone());
            if new.superadmin {
                deeds::propose_with_review(model, deed, effects);
            } else {
                deeds::propose(model, deed, effects);
            }
            return;
        }
    };
    let has_groups = deeds::known_access(model, &scope).is_some_and(|access| !access.groups.is_empty());
    let next = if next < new.roles.len() {
        InvitedPart::Places(next)
    } else if has_groups {
        InvitedPart::Groups
    } else {
        return invited(model, scope, new, InvitedPart::Groups, &[], effects);
    };
    ask_invited(model, scope, new, next, effects);
}
