//! Rows of the lists of records: tokens, invitations, Kestra's audit log, and what this program did.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::domain::activity::Activity;
use crate::domain::audit::AuditRow;
use crate::domain::columns::{ACTIVITY_COLUMNS, AUDIT_COLUMNS, INVITATION_COLUMNS, TOKEN_COLUMNS};
use crate::domain::invitation::Invitation;
use crate::domain::moment::{to_the_minute, to_the_second};
use crate::domain::query::Row;
use crate::domain::token::ApiToken;

use super::yes_no;

/// What stands for a time that never was, or never will be.
const NEVER: &str = "never";

fn or_never(time: Option<i64>, words: fn(i64) -> String) -> Cow<'static, str> {
    time.map_or(NEVER.into(), |time| words(time).into())
}

/// A token at a time, in milliseconds since 1970.
pub struct TokenRow<'a>(pub &'a ApiToken, pub i64);

impl Row for TokenRow<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let Self(token, now) = self;
        Some(match name {
            "id" => token.id.as_str().into(),
            "name" => token.name.as_str().into(),
            "prefix" => token.prefix.as_str().into(),
            "issued" => to_the_second(token.issued).into(),
            "expires" => or_never(token.expires, to_the_second),
            "used" => or_never(token.last_used, to_the_second),
            "state" => token.state(*now).into(),
            "description" => token.description.as_deref().unwrap_or_default().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        TOKEN_COLUMNS
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "issued" => Some(to_the_minute(self.0.issued).into()),
            "expires" => Some(or_never(self.0.expires, to_the_minute)),
            "used" => Some(or_never(self.0.last_used, to_the_minute)),
            _ => self.column(name),
        }
    }

    fn moment(&self, name: &str) -> Option<i64> {
        match name {
            "issued" => Some(self.0.issued),
            "expires" => self.0.expires,
            "used" => self.0.last_used,
            _ => None,
        }
    }
}

/// An invitation with the names of what comes with it.
pub struct InvitationRow<'a> {
    invitation: &'a Invitation,
    now: i64,
    roles: String,
    /// The same where nobody knows which namespaces they are narrowed to.
    unplaced: String,
    groups: String,
    tells_places: bool,
}

impl<'a> InvitationRow<'a> {
    /// An invitation at a time, in milliseconds since 1970, where ids of roles and groups mean these names.
    pub fn new(
        invitation: &'a Invitation,
        now: i64,
        role: impl Fn(&str) -> String,
        group: impl Fn(&str) -> String,
    ) -> Self {
        let named = |beyond: &str| {
            let roles = invitation.roles.iter().map(|given| match given.namespaces.as_slice() {
                [] => role(&given.id) + beyond,
                places => format!("{} in {}", role(&given.id), places.join(", ")),
            });
            roles.collect::<Vec<_>>().join(", ")
        };
        let groups = invitation.groups.iter().map(|id| group(id));
        Self {
            roles: named(""),
            unplaced: named(" (namespaces not known)"),
            groups: groups.collect::<Vec<_>>().join(", "),
            invitation,
            now,
            tells_places: true,
        }
    }

    /// The same where the instance tells which namespaces a role is narrowed to, or does not.
    pub fn telling_places(self, tells_places: bool) -> Self {
        Self { tells_places, ..self }
    }
}

/// A time of an invitation, where Kestra tells it.
fn told(time: i64, words: fn(i64) -> String) -> Cow<'static, str> {
    if time == 0 { String::new() } else { words(time) }.into()
}

impl Row for InvitationRow<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let invitation = self.invitation;
        Some(match name {
            "id" => invitation.id.as_str().into(),
            "email" => invitation.email.as_str().into(),
            "roles" => self.roles.as_str().into(),
            "groups" => self.groups.as_str().into(),
            "superadmin" => yes_no(invitation.superadmin),
            "sent" => told(invitation.sent, to_the_second),
            "expires" => told(invitation.expires, to_the_second),
            "state" => invitation.state(self.now).into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        INVITATION_COLUMNS
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "roles" if !self.tells_places => Some(self.unplaced.as_str().into()),
            "sent" => Some(told(self.invitation.sent, to_the_minute)),
            "expires" => Some(told(self.invitation.expires, to_the_minute)),
            _ => self.column(name),
        }
    }

    fn moment(&self, name: &str) -> Option<i64> {
        let time = match name {
            "sent" => self.invitation.sent,
            "expires" => self.invitation.expires,
            _ => 0,
        };
        (time != 0).then_some(time)
    }
}

impl Row for AuditRow {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "time" => to_the_second(self.time).into(),
            "user" => self.actor.as_str().into(),
            "action" => self.action.as_str().into(),
            "resource" => self.resource.as_str().into(),
            "object" => self.object.as_str().into(),
            "tenant" => self.tenant.as_str().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        AUDIT_COLUMNS
    }

    fn moment(&self, name: &str) -> Option<i64> {
        (name == "time").then_some(self.time)
    }
}

impl Activity {
    /// What tells it from others: its id, or else when it was and what.
    pub fn key(&self) -> Cow<'_, str> {
        match &self.id {
            Some(id) => id.as_str().into(),
            None => format!("{} {}", self.time, self.command).into(),
        }
    }

    fn milliseconds(&self) -> Option<i64> {
        let time: Timestamp = self.time.parse().ok()?;
        Some(time.as_millisecond())
    }

    /// Its command without the words that every one has: the program, and the context, which is a column of its own.
    fn without_the_way(&self) -> &str {
        let command = self.command.strip_prefix("kestra-admin ").unwrap_or(&self.command);
        let rest = command
            .strip_prefix("--context ")
            .and_then(|rest| rest.strip_prefix(self.context.as_str()));
        rest.and_then(|rest| rest.strip_prefix(' ')).unwrap_or(command)
    }
}

impl Row for Activity {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.key(),
            "time" => self
                .milliseconds()
                .map_or_else(|| self.time.as_str().into(), |time| to_the_second(time).into()),
            "result" => self.result.word().into(),
            "about" => self.what().into(),
            "command" => self.command.as_str().into(),
            "context" => self.context.as_str().into(),
            "operator" => self.who().into(),
            "account" => self.account.as_str().into(),
            "address" => self.place.as_str().into(),
            "problem" => self.problem.as_deref().unwrap_or_default().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        ACTIVITY_COLUMNS
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "command" => Some(self.without_the_way().into()),
            "id" => Some(self.id.as_deref().unwrap_or_default().into()),
            _ => self.column(name),
        }
    }

    fn moment(&self, name: &str) -> Option<i64> {
        (name == "time").then(|| self.milliseconds()).flatten()
    }
}
