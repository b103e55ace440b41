//! Whether a command about people can be run now.

use crate::domain::text::visible;
use crate::domain::user::{User, UserKind};

use super::super::super::command::{Availability, CommandId};
use super::super::super::model::Model;
use super::super::super::records::RecordsKind;
use super::super::super::screen::Screen;
use super::super::super::tabs::Tab;
use super::super::{deeds, records};
use super::lost::snapshot;
use super::{bindings, groups, instance, only_user, release, tenant, users};

pub(super) fn because(reason: impl Into<String>) -> Availability {
    Availability::Disabled(reason.into())
}

fn ready(found: Result<(), Availability>) -> Availability {
    found.err().unwrap_or(Availability::Ready)
}

/// Whether only a superadmin may do something, and we are none.
fn superadmin_only(model: &Model, what: &str) -> Result<(), Availability> {
    let Some(instance) = instance(model) else {
        return Err(because(model.unknown_because()));
    };
    if instance.identity.superadmin {
        return Ok(());
    }
    let (word, who) = (instance.release.a_superadmin(), visible(&instance.identity.username));
    Err(because(format!("only {word} may {what}, and {who} is none")))
}

fn is_me(model: &Model, user: &User) -> bool {
    instance(model).is_some_and(|instance| instance.identity.id == user.id)
}

/// Whether a command about people can be run now; `None` is for commands about something else.
pub fn availability(model: &Model, id: CommandId) -> Option<Availability> {
    let known = || match tenant(model) {
        Some(scope) if deeds::known_access(model, &scope).is_some() => Ok(()),
        Some(scope) if is_person(model) => Err(because(format!("who may do what in tenant {scope} was not read"))),
        Some(_) => Err(because("who may do what has not been read yet")),
        None => Err(because("nothing is selected")),
    };
    if matches!(id, CommandId::Grant | CommandId::Revoke | CommandId::TakeAccess) && lacks_tenant(model) {
        return Some(because("select a tenant, group or role here; one tenant at a time"));
    }
    Some(match id {
        CommandId::RepairAdmin => ready(administering(model)),
        CommandId::Grant => ready(known().and_then(|()| match model.screens.last() {
            Some(Screen::Tenant(view)) if view.tab == Tab::Holders || view.role.is_some() => Ok(()),
            _ if users(model).is_empty() && groups(model).is_empty() => Err(because("nobody is selected")),
            _ => Ok(()),
        })),
        CommandId::Revoke if bindings(model).is_empty() => because(match model.screens.last() {
            Some(Screen::Records(_)) => {
                "no role that is held directly is selected; one through a group goes with the group"
            }
            _ => "nothing is selected",
        }),
        CommandId::NewUser if release(model).at_least(0, 24) => ready(superadmin_only(
            model,
            &format!("create users in Kestra {}", release(model)),
        )),
        CommandId::About => ready(only_user(model).map(drop)),
        CommandId::Tokens => ready(only_user(model).and_then(|user| match user.kind {
            UserKind::Standard if !is_me(model, &user) => superadmin_only(model, "see the tokens of others"),
            _ => Ok(()),
        })),
        CommandId::DeleteAccount => ready(only_user(model).and_then(|user| {
            if user.kind == UserKind::Standard && release(model).at_least(0, 24) {
                superadmin_only(model, &format!("delete users in Kestra {}", release(model)))
            } else {
                Ok(())
            }
        })),
        CommandId::Superadmin => ready(only_user(model).and_then(|_| {
            let word = release(model).a_superadmin();
            superadmin_only(model, &format!("say who is {word}"))
        })),
        CommandId::Password => ready(only_user(model).and_then(|user| match user.kind {
            UserKind::ServiceAccount => Err(because("a service account has no password; <t> shows its tokens")),
            UserKind::Standard if release(model).at_least(0, 24) => {
                superadmin_only(model, &format!("set passwords of others in Kestra {}", release(model)))
            }
            UserKind::Standard => Ok(()),
        })),
        CommandId::DeleteToken => match records::view(model).and_then(|view| view.selected()) {
            Some(_) => Availability::Ready,
            None => because("no token is selected"),
        },
        CommandId::RenameGroup | CommandId::DeleteGroup | CommandId::AddMembers => match groups(model).len() {
            0 => because("no group is selected"),
            1 if id == CommandId::AddMembers => ready(known()),
            1 => Availability::Ready,
            _ => because("one group at a time"),
        },
        CommandId::TakeAccess | CommandId::RemoveMembers | CommandId::GroupOwner if users(model).is_empty() => {
            because("nobody is selected")
        }
        CommandId::Invitations | CommandId::Invite if !release(model).at_least(0, 20) => because(format!(
            "invitations came with Kestra 0.20, and this is {}",
            release(model)
        )),
        CommandId::WithdrawInvitation if records::view(model).and_then(|view| view.selected()).is_none() => {
            because("no invitation is selected")
        }
        CommandId::InstanceUsers | CommandId::InstanceAudit if super::super::is_on_screen(model, id) => {
            because("that is on screen")
        }
        CommandId::InstanceUsers => ready(superadmin_only(model, "see the users of the whole instance")),
        CommandId::InstanceAudit if !release(model).at_least(1, 0) => {
            because(format!("it came with Kestra 1.0, and this is {}", release(model)))
        }
        CommandId::InstanceAudit => ready(superadmin_only(model, "see the audit log of the whole instance")),
        CommandId::Audit if model.scope().is_none() => because(model.nothing_selected()),
        CommandId::Activity if records::view(model).is_some_and(|view| view.kind == RecordsKind::Activity) => {
            because("it is on screen")
        }
        CommandId::RestoreAccess => match snapshot(model) {
            Some(_) => Availability::Ready,
            None => because("this run kept no record of who held what before it"),
        },
        CommandId::Revoke
        | CommandId::GiveAccess
        | CommandId::TakeAccess
        | CommandId::NewUser
        | CommandId::NewServiceAccount
        | CommandId::NewToken
        | CommandId::NewGroup
        | CommandId::RemoveMembers
        | CommandId::GroupOwner
        | CommandId::Invitations
        | CommandId::Invite
        | CommandId::WithdrawInvitation
        | CommandId::Audit
        | CommandId::AuditFilter
        | CommandId::Activity => Availability::Ready,
        _ => return None,
    })
}

/// Whether everything about somebody is on screen.
fn is_person(model: &Model) -> bool {
    records::view(model).is_some_and(|view| matches!(view.kind, RecordsKind::Person { .. }))
}

/// Whether the tenants of somebody are on screen, and what is selected or marked is of none of them, or of several.
fn lacks_tenant(model: &Model) -> bool {
    is_person(model) && tenant(model).is_none()
}

fn administering(model: &Model) -> Result<(), Availability> {
    if instance(model).is_none() {
        return Err(because(model.unknown_because()));
    }
    if model.acted_on().is_empty() {
        Err(because(model.nothing_selected()))
    } else {
        Ok(())
    }
}
