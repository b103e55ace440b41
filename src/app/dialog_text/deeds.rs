//! What a dialog says of a change: what it does, what goes with it, and who loses something.

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::GoesWithAccount;
use crate::domain::bringing::Bringing;
use crate::domain::count::{counted, counted_if_known, listed_up_to, thousands};
use crate::domain::deed::{Deed, Weight};
use crate::domain::equivalent::program;
use crate::domain::loss::{Severity, Warning, of_invited};
use crate::domain::problem::ProblemKind;
use crate::domain::release::Release;
use crate::domain::role_edit::Change as Difference;
use crate::domain::text::capital;
use crate::domain::undo::field_lines;

use super::super::command::CommandId;
use super::super::consequences::{comes_with, goes_with_account};
use super::super::doing::Turn;
use super::super::model::Model;
use super::super::overlay::Dialog;
use super::super::remote::Remote;
use super::super::update::{key_below, leaves, loss_in, stays};

use super::{DialogText, NAMED, Tone, listed, rest};

/// That some of what is marked, and so is meant, is not on screen.
pub(super) fn hidden_marks(model: &Model) -> Option<(Tone, String)> {
    let (marked, hidden) = model.marked();
    let text = match (marked, hidden) {
        (_, 0) => return None,
        (1, _) => "What is marked is hidden by the filter.".to_owned(),
        (marked, hidden) => format!(
            "Of the {} that are marked the filter hides {}.",
            thousands(marked as u64),
            thousands(hidden as u64)
        ),
    };
    Some((Tone::Warning, text))
}

/// What goes with a tenant that is deleted, of which what there is none of is left out; and then, where there is any, who keeps
/// their account but not their access, and what stays where nobody reaches it.
fn goes_with_tenant(counts: &Footprint) -> (String, Vec<String>) {
    let is_some = |count: &Option<u64>| *count != Some(0);
    let gone: Vec<String> = counts
        .goes()
        .iter()
        .filter(|(count, _)| is_some(count))
        .map(|(count, thing)| counted_if_known(*count, thing))
        .collect();
    let gone = if gone.is_empty() {
        "nothing else".to_owned()
    } else {
        gone.join(", ")
    };
    let mut after = Vec::new();
    if is_some(&counts.users) {
        let users = capital(&counted_if_known(counts.users, "user"));
        let lose = if counts.users == Some(1) { "loses" } else { "lose" };
        after.push(format!("{users} {lose} access to it."));
    }
    if is_some(&counts.executions) {
        let executions = counted_if_known(counts.executions, "execution");
        after.push(format!(
            "Kept in the database, but out of reach: {executions} with logs."
        ));
    }
    (gone, after)
}

/// What whoever saves a tenant before it is deleted does not save by that.
const UNSAVED: &str = "A snapshot has no flows, no secrets: export flows first.";

/// What goes with tenants that are deleted: the same is said of one and of each of several.
pub(super) fn delete_text(model: &Model, deed: &Deed, footprints: &[Remote<Footprint>]) -> DialogText {
    let context = &model.session.context;
    let ids = deed.items();
    let (first, unlisted) = ids.split_at(ids.len().min(Dialog::LISTED));
    let program = program(model.session.lead_words());
    let export = model.keyed_below("<E>");
    let saving = match ids.as_slice() {
        [only] => format!("it first, by {export} in the list or with: {program} export snapshot --tenant {only}"),
        _ => {
            let flags = first.join(" --tenant ");
            let more = match unlisted.len() {
                0 => String::new(),
                more => format!(", and --tenant for each of the {} others", thousands(more as u64)),
            };
            format!("them first, by {export} in the list or with: {program} export snapshot --tenant {flags}{more}")
        }
    };
    let last_words = [
        (Tone::Plain, "There is no undo.".to_owned()),
        (Tone::Plain, format!("Save {saving}")),
        (Tone::Warning, UNSAVED.to_owned()),
    ];
    let mut paragraphs = Vec::new();
    if let ([id], [footprint]) = (ids.as_slice(), footprints) {
        let text = format!("This permanently deletes tenant {id} on {context}, and with it:");
        paragraphs.push((Tone::Danger, text));
        match (footprint.value(), footprint.problem()) {
            (Some(counts), _) => {
                let (gone, after) = goes_with_tenant(counts);
                paragraphs.push((Tone::Strong, gone));
                paragraphs.extend(after.into_iter().map(|text| (Tone::Plain, text)));
            }
            (None, Some(problem)) if problem.kind == ProblemKind::NotFound => {
                paragraphs.push((Tone::Warning, format!("{id} is not there any more.")));
            }
            (None, Some(problem)) => {
                paragraphs.push((Tone::Warning, format!("It cannot be counted: {}", problem.what)));
            }
            (None, None) => paragraphs.push((Tone::Muted, "counting...".to_owned())),
        }
    } else {
        let number = counted(ids.len() as u64, "tenant");
        let text = format!("This permanently deletes {number} on {context}.");
        paragraphs.push((Tone::Danger, text));
        // Before all that may have to be scrolled to.
        paragraphs.extend(last_words.clone());
        paragraphs.push((Tone::Strong, listed_up_to(Dialog::LISTED, &ids)));
        for (id, footprint) in ids.iter().zip(footprints) {
            match (footprint.value(), footprint.problem()) {
                (Some(counts), _) => {
                    let (gone, after) = goes_with_tenant(counts);
                    paragraphs.push((Tone::Strong, format!("  {id}, and with it: {gone}")));
                    paragraphs.extend(after.into_iter().map(|text| (Tone::Plain, format!("    {text}"))));
                }
                (None, Some(problem)) if problem.kind == ProblemKind::NotFound => {
                    paragraphs.push((Tone::Strong, format!("  {id} is not there any more")));
                }
                (None, Some(_)) => paragraphs.push((Tone::Strong, format!("  {id}: cannot be counted"))),
                (None, None) => paragraphs.push((Tone::Strong, format!("  {id}: counting..."))),
            }
        }
    }
    paragraphs.extend(hidden_marks(model));
    if ids.len() == 1 {
        paragraphs.extend(last_words);
    }
    let others: Vec<&str> = ids.iter().skip(footprints.len()).map(String::as_str).collect();
    if !others.is_empty() {
        let named = others.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = thousands(others.len() as u64);
        let rest = match others.len().saturating_sub(NAMED) {
            0 => String::new(),
            rest => format!(", and {} more", thousands(rest as u64)),
        };
        let text = format!("And {more} more, which are not counted: {named}{rest}");
        paragraphs.push((Tone::Strong, text));
    }
    DialogText {
        title: if ids.len() == 1 {
            "Delete tenant".to_owned()
        } else {
            format!("Delete {}", counted(ids.len() as u64, "tenant"))
        },
        paragraphs,
        confirm: "Delete",
        cancel: "Cancel",
    }
}

/// What a change to who may do what does, and what it takes away from whom.
pub(super) fn deed_text(
    model: &Model,
    deed: &Deed,
    (access, everywhere): (&Remote<TenantAccess>, &Remote<GoesWithAccount>),
    turn: Turn,
) -> DialogText {
    let release = model
        .instance
        .value()
        .map_or(Release::DEFAULT, |instance| instance.release);
    let words = deed.words(release);
    let context = &model.session.context;
    let place = match (deed, deed.scope()) {
        (_, Some(scope)) => format!("In tenant {scope} on {context}"),
        (Deed::EnsureAdmin(..) | Deed::TakeAdmin(..), None) => format!("{words} on {context}"),
        (Deed::UpdateTenant { before, .. }, None) => format!("In tenant {} on {context}", before.id),
        (Deed::Bring(_), None) => format!("On {context}"),
        (_, None) => format!("On the whole of {context}"),
    };
    let mut paragraphs = Vec::new();
    let mut is_lost_to_oneself = false;
    let intro = if deed.weight() == Weight::Destroys {
        (Tone::Danger, format!("{place}, for good:"))
    } else {
        (Tone::Plain, format!("{place}:"))
    };
    paragraphs.push(intro);
    if let Deed::Bring(bringing) = deed {
        paragraphs.insert(0, (Tone::Plain, bringing.holds.clone()));
    }
    let items = deed.items();
    // Nothing else shows what a file says.
    let most = if matches!(deed, Deed::Bring(_)) {
        NAMED
    } else {
        Dialog::LISTED
    };
    if items.len() > 1 || matches!(deed, Deed::Bring(_)) {
        paragraphs.extend(listed(&items, most, Tone::Strong));
    } else {
        paragraphs.push((Tone::Strong, format!("  {words}")));
    }
    let is_about_marks = matches!(
        deed,
        Deed::EnsureAdmin(..) | Deed::Grant(..) | Deed::Revoke(..) | Deed::SetMembership { .. } | Deed::TakeAccess(..)
    );
    paragraphs.extend(hidden_marks(model).filter(|_| is_about_marks && turn == Turn::Forth));
    if let Deed::Bring(bringing) = deed {
        paragraphs.extend(brought(bringing));
    }
    if let Deed::UpdateTenant { before, after } = deed {
        let lines = field_lines(before, after).into_iter();
        paragraphs.extend(lines.map(|line| (Tone::Strong, format!("  {line}"))));
        let leaves = leaves(model, turn);
        paragraphs.extend((!leaves.is_empty()).then(|| (Tone::Warning, format!("{}.", capital(leaves)))));
    }
    if let Deed::UpdateRole { before, after, .. } = deed {
        let change = Difference::between(&before.permissions, &after.permissions, release).words();
        paragraphs.extend((!change.is_empty()).then(|| (Tone::Strong, format!("  {change}"))));
    }
    paragraphs.extend(comes_with(model, deed, release));
    let invited_with = match deed {
        Deed::DeleteRole(..) => Some("role"),
        Deed::DeleteGroup(..) => Some("group"),
        _ => None,
    };
    if matches!(deed, Deed::DeleteAccount(..)) {
        paragraphs.extend(goes_with_account(everywhere));
    } else if !deed.removals().is_empty() {
        match (access.value(), access.problem()) {
            (Some(access), _) => {
                let loss = loss_in(model, deed, access);
                is_lost_to_oneself = loss.is_lost_to_oneself();
                if deed.scope().is_none() && *access != TenantAccess::default() && !loss.warnings.is_empty() {
                    paragraphs.push((Tone::Plain, "Seen from the tenant on screen:".to_owned()));
                }
                if loss.warnings.is_empty() && deed.scope().is_some() {
                    let who = invited_with.map_or("Nobody", |_| "Nobody who is here");
                    paragraphs.push((Tone::Plain, format!("{who} loses anything by it.")));
                }
                paragraphs.extend(loss.warnings.iter().map(warned));
            }
            (None, Some(problem)) => {
                let text = format!("Who loses something by it is not known: {}", problem.what);
                paragraphs.push((Tone::Warning, text));
            }
            (None, None) if deed.scope().is_some() => {
                paragraphs.push((Tone::Muted, "finding out who loses something...".to_owned()));
            }
            (None, None) => {}
        }
    }
    paragraphs.extend(invited_with.map(|thing| (Tone::Plain, of_invited(thing))));
    if let Deed::TakeAdmin(_, loss) = deed {
        let text = "What else they hold stays. Where the access goes, nothing else was given to them since.";
        paragraphs.push((Tone::Plain, text.to_owned()));
        paragraphs.extend(loss.iter().flat_map(|loss| &loss.warnings).map(warned));
    }
    let after = match deed.weight() {
        _ if turn != Turn::Forth => String::new(),
        Weight::Reversible | Weight::Final if is_lost_to_oneself => "You could not take it back yourself.".to_owned(),
        Weight::Reversible | Weight::Final if deed.can_be_taken_back() => undone_by(model),
        Weight::Reversible | Weight::Final => format!("No key takes it back: {}.", deed.lasts_because()),
        Weight::Destroys => "There is no undo.".to_owned(),
    };
    paragraphs.extend((!after.is_empty()).then_some((Tone::Plain, after)));
    paragraphs.extend(rest(&items, most, Tone::Strong));
    DialogText {
        title: match deed {
            // Whose role it is stands below, where there is room for it.
            Deed::Revoke(_, bindings) if turn == Turn::Forth && bindings.len() == 1 => "Take away a role".to_owned(),
            _ if turn == Turn::Forth => words,
            _ => format!("{}: {words}", turn.verb()),
        },
        paragraphs,
        confirm: if turn == Turn::Forth { verb(deed) } else { turn.verb() },
        cancel: "Cancel",
    }
}

/// A warning, by how bad it is.
fn warned(warning: &Warning) -> (Tone, String) {
    let (tone, mark) = match warning.severity {
        Severity::Danger => (Tone::Danger, "! "),
        Severity::Warning => (Tone::Warning, "! "),
        Severity::Notice => (Tone::Plain, ""),
    };
    (tone, format!("{mark}{}", warning.sentence))
}

/// What else is to be known of a snapshot before it is brought: what stays, what is said of it, and who loses something.
fn brought(bringing: &Bringing) -> Vec<(Tone, String)> {
    let mut paragraphs = Vec::new();
    if bringing.stays > 0 {
        let rest = if bringing.stays == 1 {
            "stays as it is"
        } else {
            "stay as they are"
        };
        let text = format!("{} there already, and {rest}.", stays(bringing.stays));
        paragraphs.push((Tone::Plain, text));
    }
    paragraphs.extend(bringing.remarks.iter().map(|remark| (Tone::Plain, remark.clone())));
    match &bringing.loss {
        Some(loss) => paragraphs.extend(loss.warnings.iter().map(warned)),
        None => paragraphs.push((
            Tone::Warning,
            "Who loses something by it is not known: you may not see all of who may do what there.".to_owned(),
        )),
    }
    paragraphs
}

/// Which key takes it back.
fn undone_by(model: &Model) -> String {
    format!("{} undoes it.", key_below(model, CommandId::Undo))
}

/// The word on the button.
fn verb(deed: &Deed) -> &'static str {
    match deed {
        Deed::CreateRole(..) | Deed::CreateGroup(..) | Deed::CreateAccount(..) | Deed::CreateToken(..) => "Create",
        Deed::UpdateTenant { .. }
        | Deed::UpdateRole { .. }
        | Deed::UpdateGroup { .. }
        | Deed::SetSuperadmin(..)
        | Deed::SetPassword(..) => "Change",
        Deed::DeleteTenants(_) | Deed::DeleteRole(..) | Deed::DeleteGroup(..) | Deed::DeleteAccount(..) => "Delete",
        Deed::Grant(..) | Deed::GiveAccess(..) => "Give",
        Deed::EnsureAdmin(..) => "Make Admin",
        Deed::Restore(..) => "Give back",
        Deed::Revoke(..) | Deed::TakeBack(..) | Deed::TakeAdmin(..) | Deed::TakeAccess(..) => "Take away",
        Deed::SetMembership { wanted: None, .. } => "Take out",
        Deed::SetMembership { .. } => "Put in",
        Deed::DeleteToken(..) => "End it",
        Deed::Invite(..) => "Invite",
        Deed::DeleteInvitation(..) => "Withdraw",
        Deed::Bring(bringing) => bringing.reach.verb(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_goes_with_a_tenant_and_what_is_not_known_may_be_there() {
        let none = Footprint {
            flows: Some(0),
            namespaces: Some(0),
            executions: Some(0),
            triggers: Some(0),
            roles: Some(0),
            bindings: Some(0),
            groups: Some(0),
            users: Some(0),
        };
        assert_eq!(goes_with_tenant(&none), ("nothing else".to_owned(), Vec::new()));
        let some = Footprint {
            flows: None,
            roles: Some(1),
            executions: Some(1_204),
            users: None,
            ..none
        };
        let after = [
            "An unknown number of users lose access to it.",
            "Kept in the database, but out of reach: 1,204 executions with logs.",
        ];
        let (gone, said) = goes_with_tenant(&some);
        assert_eq!((gone.as_str(), said.len()), ("an unknown number of flows, 1 role", 2));
        assert_eq!(said, after);
    }
}
