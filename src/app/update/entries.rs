//! Lines to type over the screen: keys, and what they lead to once all is typed.

use crate::domain::account::{Profile, is_account_name};
use crate::domain::audit::AuditQuery;
use crate::domain::bringing::Reach;
use crate::domain::deed::{Deed, Hidden};
use crate::domain::invitation::NewInvitation;
use crate::domain::moment::{self, Edge};
use crate::domain::tenant::TenantScope;
use crate::domain::token::{self, NewToken};
use crate::domain::user::{NewGroup, UserKind};

use super::super::command::CommandId;
use super::super::effect::{Effect, Request};
use super::super::entry::{Entry, EntryField};
use super::super::input::{Key, KeyCode};
use super::super::keymap::Found;
use super::super::model::Model;
use super::super::overlay::{Overlay, Then};
use super::super::people::{Entering, InvitedPart};
use super::super::records::{AUDIT_PAGE, Extent, RecordsKind};
use super::{deeds, doubts, keys, people, places, records, snapshots};

/// Opens lines to type in.
pub fn open(model: &mut Model, entry: Entry) {
    model.overlays.push(Overlay::Entry(Box::new(entry)));
}

/// The lines on top.
pub fn entry_mut(model: &mut Model) -> Option<&mut Entry> {
    match model.overlays.last_mut() {
        Some(Overlay::Entry(entry)) => Some(entry),
        _ => None,
    }
}

/// Gives a key to the line, and says whether it was taken.
pub fn typed(model: &mut Model, key: Key) -> bool {
    entry_mut(model)
        .and_then(Entry::field_mut)
        .is_some_and(|field| field.key(key))
}

/// Keeps a key for what the lines on top lead to, while that is awaited, and says whether it did. Those that stop it, and
/// those that change nothing, are no such keys.
pub fn kept_ahead(model: &mut Model, key: Key) -> bool {
    use CommandId::{FormLeave, Interrupt, Repaint, Suspend};

    if entry_mut(model).is_none_or(|entry| entry.ahead.is_none()) {
        return false;
    }
    let is_text = matches!(
        key,
        Key {
            code: KeyCode::Char(_),
            ctrl: false
        }
    );
    let found = keys::meaning(model, &model.scopes(), &[key]);
    if !is_text && matches!(found, Found::Command(FormLeave | Interrupt | Repaint | Suspend)) {
        return false;
    }
    if let Some(ahead) = entry_mut(model).and_then(|entry| entry.ahead.as_mut()) {
        ahead.push(key);
    }
    true
}

/// Takes pasted text, and says whether all of it had room.
pub fn pasted(model: &mut Model, text: &str) -> bool {
    let Some(entry) = entry_mut(model) else { return true };
    if let Some(ahead) = &mut entry.ahead {
        let typed = text.chars().filter(|c| !c.is_control());
        ahead.extend(typed.map(|c| Key::plain(KeyCode::Char(c))));
    } else if let Some(field) = entry.field_mut() {
        if field.switch {
            entry.error = field.set(text).err().map(str::to_owned);
        } else {
            return field.line.insert(text);
        }
    }
    true
}

/// Leaves the lines on top: stops what they led to, or asks before what was typed is lost.
pub fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    match entry_mut(model) {
        Some(entry) if entry.ahead.is_some() => snapshots::stop(model, effects),
        Some(entry) if entry.would_lose() => places::ask_discard(model, Then::Stay),
        Some(_) => {
            model.overlays.pop();
        }
        None => {}
    }
}

/// Replaces what is typed, as linear mode does, and goes to the next line.
pub fn fill(model: &mut Model, text: &str, effects: &mut Vec<Effect>) {
    if entry_mut(model).is_some_and(|entry| entry.ahead.is_some()) {
        pasted(model, text);
        return;
    }
    let set = entry_mut(model).and_then(Entry::field_mut).map(|field| field.set(text));
    if let Some(Err(error)) = set {
        if let Some(entry) = entry_mut(model) {
            entry.error = Some(error.to_owned());
        }
        return;
    }
    next(model, true, effects);
}

/// Goes to the next line; after the last one, with Enter, takes what is typed.
pub fn next(model: &mut Model, enter: bool, effects: &mut Vec<Effect>) {
    let Some(entry) = entry_mut(model).filter(|entry| entry.ahead.is_none()) else {
        return;
    };
    if enter && entry.focus + 1 >= entry.fields.len() {
        finish(model, effects);
    } else {
        if enter {
            // It was read on the way.
            entry.error = None;
        }
        entry.step(false);
    }
}

/// Takes what is typed, or says what is wrong with it.
pub fn finish(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(entry) = entry_mut(model).filter(|entry| entry.ahead.is_none()) else {
        return;
    };
    match done(entry) {
        Err((focus, error)) => {
            entry.focus = focus;
            entry.error = Some(error);
        }
        Ok(done) => {
            // Nothing that was typed is lost where it cannot be sent now.
            let changes = matches!(done, Done::Deed(_) | Done::Snapshot(Request::PlanSnapshot(..)));
            if let (true, Some(reason)) = (changes, people::refusal(model)) {
                if let Some(entry) = entry_mut(model) {
                    entry.error = Some(format!("Not now: {reason}"));
                }
                return;
            }
            if matches!(&done, Done::Deed(deed) if doubts::bars(model, deed, None, effects)) {
                return;
            }
            let entry = model.overlays.pop();
            match done {
                Done::Deed(deed) => {
                    deeds::propose(model, *deed, effects);
                    if let Some(Overlay::Entry(entry)) = entry {
                        model.typed = Some(entry);
                    }
                }
                Done::Invite(scope, new) => people::ask_invited(model, scope, new, InvitedPart::Roles, effects),
                Done::Filter(text) => filter_audit(model, *text, effects),
                Done::Snapshot(request) => {
                    if let Some(Overlay::Entry(entry)) = entry {
                        snapshots::ask(model, request, entry, effects);
                    }
                }
            }
        }
    }
}

/// Shows lines again as they were typed, with why they could not be taken.
pub fn back(model: &mut Model, mut entry: Entry, error: &str) {
    if !error.is_empty() {
        entry.error = Some(error.to_owned());
    }
    model.overlays.push(Overlay::Entry(Box::new(entry)));
}

/// What was typed comes to.
enum Done {
    /// A change.
    Deed(Box<Deed>),
    /// An invitation; what comes with it is asked for next.
    Invite(TenantScope, NewInvitation),
    /// Which rows of the audit log are shown.
    Filter(Box<AuditFilter>),
    /// Something about a snapshot in a file.
    Snapshot(Request),
}

struct AuditFilter {
    query: AuditQuery,
    username: Option<String>,
}

fn done(entry: &Entry) -> Result<Done, (usize, String)> {
    let needed = |label: &str| {
        let at = entry.fields.iter().position(|field| field.label == label);
        entry
            .given(label)
            .ok_or_else(|| (at.unwrap_or(0), format!("{label} is needed.")))
    };
    let deed = |deed| Ok(Done::Deed(Box::new(deed)));
    match &entry.purpose {
        Entering::User(scope) => {
            let profile = Profile {
                username: needed(USERNAME)?,
                first_name: entry.given(FIRST_NAME),
                last_name: entry.given(LAST_NAME),
                password: password(entry, false)?,
                ..Profile::default()
            };
            deed(Deed::CreateAccount(scope.clone(), UserKind::Standard, profile))
        }
        Entering::ServiceAccount(scope) => {
            let profile = Profile {
                username: named(entry)?,
                description: entry.given(DESCRIPTION),
                ..Profile::default()
            };
            deed(Deed::CreateAccount(
                Some(scope.clone()),
                UserKind::ServiceAccount,
                profile,
            ))
        }
        Entering::Password(scope, user) => {
            let password = password(entry, true)?.unwrap_or_default();
            deed(Deed::SetPassword(scope.clone(), user.clone(), Hidden(password)))
        }
        Entering::Token(scope, owner) => {
            let new = NewToken {
                name: named(entry)?,
                description: entry.given(DESCRIPTION),
                max_age: max_age(entry)?,
                extended: false,
            };
            deed(Deed::CreateToken(scope.clone(), owner.clone(), new))
        }
        Entering::Group(scope) => {
            let new = NewGroup {
                name: needed(NAME)?,
                description: entry.given(DESCRIPTION),
                members: Vec::new(),
            };
            deed(Deed::CreateGroup(scope.clone(), new))
        }
        Entering::ChangedGroup(scope, before) => {
            let after = NewGroup {
                name: needed(NAME)?,
                description: entry.given(DESCRIPTION),
                members: Vec::new(),
            };
            if after.name == before.name && after.description == before.description {
                return Err((0, "Nothing is different yet.".to_owned()));
            }
            deed(Deed::UpdateGroup {
                scope: scope.clone(),
                before: before.clone(),
                after,
            })
        }
        Entering::Invitation(scope) => {
            let email = needed(EMAIL)?;
            if !email.contains('@') {
                return Err((0, "This is no e-mail address.".to_owned()));
            }
            let new = NewInvitation {
                email,
                create_user: entry.is_on(CREATE_USER),
                superadmin: entry.is_on(SUPERADMIN),
                ..NewInvitation::default()
            };
            Ok(Done::Invite(scope.clone(), new))
        }
        Entering::Snapshot => {
            let scopes = snapshots::scopes(entry.value(TENANTS)).map_err(|error| (1, error))?;
            Ok(Done::Snapshot(Request::SaveSnapshot(scopes, needed(FILE)?)))
        }
        Entering::Compared => {
            let mut scopes = snapshots::scopes(entry.value(TENANT)).map_err(|error| (1, error))?;
            if scopes.len() > 1 {
                return Err((1, "One tenant at a time, or none for the whole instance.".to_owned()));
            }
            Ok(Done::Snapshot(Request::CompareSnapshot(scopes.pop(), needed(FILE)?)))
        }
        Entering::Imported | Entering::Applied => {
            let tenants = snapshots::wanted(entry.value(TENANTS)).map_err(|error| (1, error))?;
            let reach = match entry.purpose {
                Entering::Imported => Reach::Import,
                _ if entry.is_on(DELETE) => Reach::Prune,
                _ => Reach::Apply,
            };
            Ok(Done::Snapshot(Request::PlanSnapshot(needed(FILE)?, tenants, reach)))
        }
        Entering::AuditFilter => audit_filter(entry).map(|filter| Done::Filter(Box::new(filter))),
    }
}

/// A name as service accounts and tokens have it.
fn named(entry: &Entry) -> Result<String, (usize, String)> {
    let name = entry.value(NAME);
    if is_account_name(name) {
        Ok(name.to_owned())
    } else {
        Err((0, NAME_RULE.to_owned()))
    }
}

/// The password, typed the same twice.
fn password(entry: &Entry, needed: bool) -> Result<Option<String>, (usize, String)> {
    let position = |label| {
        let at = entry.fields.iter().position(|field| field.label == label);
        at.unwrap_or(0)
    };
    let (first, again) = (entry.value(PASSWORD), entry.value(AGAIN));
    if first.is_empty() && again.is_empty() && !needed {
        Ok(None)
    } else if first.is_empty() {
        Err((position(PASSWORD), "A password is needed.".to_owned()))
    } else if first != again {
        Err((position(AGAIN), "The two are not the same.".to_owned()))
    } else {
        Ok(Some(first.to_owned()))
    }
}

/// How long a token is good for: `30d`, `12h`, or as ISO 8601 writes it; nothing is for ever.
fn max_age(entry: &Entry) -> Result<Option<String>, (usize, String)> {
    let Some(text) = entry.given(GOOD_FOR) else {
        return Ok(None);
    };
    let at = entry.fields.iter().position(|field| field.label == GOOD_FOR);
    let wrong = || (at.unwrap_or(0), "Write it like 30d, 12h or P30D.".to_owned());
    token::max_age(&text).ok_or_else(wrong).map(Some)
}

fn audit_filter(entry: &Entry) -> Result<AuditFilter, (usize, String)> {
    let moment = |label: &str, edge: Edge| {
        let at = entry.fields.iter().position(|field| field.label == label);
        let wrong = || {
            (
                at.unwrap_or(0),
                "Write it like 2026-01-31 or 2026-01-31T12:00:00Z.".to_owned(),
            )
        };
        entry
            .given(label)
            .map(|text| {
                moment::read(&text, edge)
                    .map(jiff::Timestamp::as_millisecond)
                    .ok_or_else(wrong)
            })
            .transpose()
    };
    Ok(AuditFilter {
        query: AuditQuery {
            text: entry.given(TEXT),
            user: None,
            resources: entry
                .value(RESOURCES)
                .split([' ', ','])
                .filter(|word| !word.is_empty())
                .map(str::to_uppercase)
                .collect(),
            action: entry.given(ACTION).map(|action| action.to_uppercase()),
            from: moment(SINCE, Edge::Beginning)?,
            until: moment(UNTIL, Edge::End)?,
            oldest_first: false,
            offset: 0,
            size: AUDIT_PAGE,
        },
        username: entry.given(USER),
    })
}

fn filter_audit(model: &mut Model, filter: AuditFilter, effects: &mut Vec<Effect>) {
    let Some(view) = records::view_mut(model) else { return };
    if let RecordsKind::Audit { query, username, .. } = &mut view.kind {
        *query = filter.query;
        *username = filter.username;
        records::read_as_far(model, Extent::Anew, effects);
    }
}

pub const USERNAME: &str = "Username";
pub const FIRST_NAME: &str = "First name";
pub const LAST_NAME: &str = "Last name";
pub const PASSWORD: &str = "Password";
pub const AGAIN: &str = "Again";
pub const NAME: &str = "Name";
pub const DESCRIPTION: &str = "Description";
pub const GOOD_FOR: &str = "Good for";
pub const EMAIL: &str = "E-mail";
pub const CREATE_USER: &str = "Create user";
pub const SUPERADMIN: &str = "Superadmin";
pub const TEXT: &str = "Text";
pub const USER: &str = "User";
pub const RESOURCES: &str = "Resources";
pub const ACTION: &str = "Action";
pub const SINCE: &str = "Since";
pub const UNTIL: &str = "Until";
pub const FILE: &str = "File";
pub const TENANTS: &str = "Tenants";
pub const TENANT: &str = "Tenant";
pub const DELETE: &str = "Delete";

/// Those of them that are switches.
pub const SWITCHES: &[&str] = &[CREATE_USER, SUPERADMIN, DELETE];

/// What names of service accounts and tokens are made of.
pub const NAME_RULE: &str = "Small letters, digits and single hyphens, 63 at most.";

/// The lines that ask for a password, twice.
pub fn password_fields(doc: &str) -> [EntryField; 2] {
    [
        EntryField::hidden(PASSWORD, doc),
        EntryField::hidden(AGAIN, "The same once more."),
    ]
}

/// The lines that ask which rows of the audit log are shown, as they are asked for now.
pub fn audit_fields(query: &AuditQuery, username: Option<&str>) -> Vec<EntryField> {
    let shown = |moment: Option<i64>| {
        let moment = moment.and_then(|moment| jiff::Timestamp::from_millisecond(moment).ok());
        moment.map_or_else(String::new, |moment| moment.to_string())
    };
    vec![
        EntryField::new(
            TEXT,
            "Part of the id of the thing, or of the name of who did it.",
            query.text.as_deref().unwrap_or_default(),
        ),
        EntryField::new(USER, "Login name of who did it.", username.unwrap_or_default()),
        EntryField::new(
            RESOURCES,
            "Kinds of thing, such as FLOW or ROLE, parted by spaces.",
            &query.resources.join(" "),
        ),
        EntryField::new(
            ACTION,
            "CREATE, UPDATE or DELETE.",
            query.action.as_deref().unwrap_or_default(),
        ),
        EntryField::new(
            SINCE,
            "A date or a moment, such as 2026-01-31 or 2026-01-31T12:00:00Z.",
            &shown(query.from),
        ),
        EntryField::new(UNTIL, "The same; a date means its end.", &shown(query.until)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fields: Vec<EntryField>) -> Entry {
        Entry::new("", "", fields, Entering::AuditFilter)
    }

    #[test]
    fn names_of_tokens_and_how_long_they_are_good_for() {
        for (text, fits) in [
            ("ci", true),
            ("a-1", true),
            ("", false),
            ("A", false),
            ("a--b", false),
            ("-a", false),
        ] {
            assert_eq!(
                named(&entry(vec![EntryField::new(NAME, "", text)])).is_ok(),
                fits,
                "{text}"
            );
        }
        for (text, expected) in [
            ("", Ok(None)),
            ("12h", Ok(Some("PT12H"))),
            ("P7D", Ok(Some("P7D"))),
            ("P1Y", Err(())),
            ("soon", Err(())),
        ] {
            let found = max_age(&entry(vec![EntryField::new(GOOD_FOR, "", text)])).map_err(drop);
            assert_eq!(found, expected.map(|text| text.map(str::to_owned)), "{text}");
        }
    }
}
