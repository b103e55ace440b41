//! `users invitations`: listed, made, withdrawn.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::args::Changing;
use super::args_users::InvitationsVerb;
use super::failure::Failure;
use super::format::Format;
use super::kept::Kept;
use super::list::no_rows;
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request;
use super::session::Session;
use super::{lookup, moments};
use crate::backend::Backend;
use crate::backend::feature::Feature;
use crate::backend::http::{PlannedRequest, Planner};
use crate::domain::columns::INVITATION_COLUMNS;
use crate::domain::equivalent::shell_quote;
use crate::domain::invitation::{Invitation, Invited, InvitedRole, NewInvitation};
use crate::domain::loss::Loss;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::rows::records::InvitationRow;
use crate::domain::tenant::TenantScope;
use crate::domain::user::is_same_username;

/// An invitation with the names of what comes with it, for a release.
struct Listed {
    invitation: Invitation,
    release: Release,
    /// Names by id, of roles and groups alike.
    names: HashMap<String, String>,
}

impl Listed {
    fn name_of(&self, id: &str) -> String {
        self.names.get(id).map_or(id, String::as_str).to_owned()
    }

    fn roles(&self) -> String {
        let roles = self
            .invitation
            .roles
            .iter()
            .map(|role| match role.namespaces.as_slice() {
                [] => self.name_of(&role.id),
                namespaces => format!("{} in {}", self.name_of(&role.id), namespaces.join(", ")),
            });
        roles.collect::<Vec<_>>().join("; ")
    }

    fn groups(&self) -> String {
        let groups = self.invitation.groups.iter().map(|group| self.name_of(group));
        groups.collect::<Vec<_>>().join("; ")
    }

    /// The same as on screen, at a time.
    fn row(&self, now: i64) -> InvitationRow<'_> {
        InvitationRow::new(&self.invitation, now, |id| self.name_of(id), |id| self.name_of(id))
    }

    /// What it brings, under Kestra's names: bindings up to 0.23, roles and groups from 0.24 on. What is not told is left
    /// out, as are a role's namespaces, which Kestra does not tell from 0.24 on.
    fn brings(&self) -> Vec<(&'static str, Value)> {
        let Invitation { roles, groups, .. } = &self.invitation;
        if self.release >= Feature::InvitedUsers.since() {
            let named = |id: &String, namespaces: &[String]| {
                let places = (!namespaces.is_empty()).then(|| json!(namespaces));
                let name = self.names.get(id).map(|name| json!(name));
                known_of([("id", Some(json!(id))), ("name", name), ("namespaces", places)])
            };
            let roles = roles.iter().map(|role| named(&role.id, &role.namespaces));
            let groups = groups.iter().map(|group| named(group, &[]));
            return vec![("roles", roles.collect()), ("groups", groups.collect())];
        }
        let bindings = roles.iter().flat_map(|role| {
            let place = |namespace: Option<&String>| {
                known_of([
                    ("type", Some(json!("USER"))),
                    ("externalId", Some(json!(self.invitation.email))),
                    ("roleId", Some(json!(role.id))),
                    ("namespaceId", namespace.map(|namespace| json!(namespace))),
                ])
            };
            let everywhere = role.namespaces.is_empty().then(|| place(None));
            role.namespaces
                .iter()
                .map(move |name| place(Some(name)))
                .chain(everywhere)
        });
        vec![("bindings", bindings.collect()), ("groupIds", json!(groups))]
    }
}

/// An object of what is known.
fn known_of<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let known = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(known.collect())
}

static LAYOUT: Layout<Listed> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |listed| listed.invitation.id.clone(),
        },
        Column {
            head: "EMAIL",
            cell: |listed| listed.invitation.email.clone(),
        },
        Column {
            head: "SENT",
            cell: |listed| time(listed.invitation.sent).unwrap_or_default(),
        },
        Column {
            head: "EXPIRES",
            cell: |listed| time(listed.invitation.expires).unwrap_or_default(),
        },
        Column {
            head: "STATE",
            cell: |listed| state(&listed.invitation).to_owned(),
        },
        Column {
            head: "SUPERADMIN",
            cell: |listed| if listed.invitation.superadmin { "yes" } else { "" }.to_owned(),
        },
        Column {
            head: "ROLES",
            cell: Listed::roles,
        },
        Column {
            head: "GROUPS",
            cell: Listed::groups,
        },
    ],
    json: |listed| {
        let Listed {
            invitation, release, ..
        } = listed;
        let superadmin = (*release >= Feature::InvitedSuperadmins.since()).then(|| json!(invitation.superadmin));
        let (old, new) = if release.at_least(2, 0) {
            (None, superadmin)
        } else {
            (superadmin, None)
        };
        let mut value = known_of([
            ("id", (!invitation.id.is_empty()).then(|| json!(invitation.id))),
            ("tenantId", invitation.tenant.as_ref().map(|tenant| json!(tenant))),
            ("email", Some(json!(invitation.email))),
            ("status", Some(json!(state(invitation).to_uppercase()))),
            ("sentAt", time(invitation.sent).map(Value::from)),
            ("expiredAt", time(invitation.expires).map(Value::from)),
            ("superAdmin", old),
            ("instanceOwner", new),
        ]);
        let brought = listed.brings().into_iter();
        let told = brought.filter(|(_, brought)| brought.as_array().is_some_and(|all| !all.is_empty()));
        if let Some(object) = value.as_object_mut() {
            object.extend(told.map(|(name, brought)| (name.to_owned(), brought)));
        }
        value
    },
};

/// A time that is known.
fn time(milliseconds: i64) -> Option<String> {
    (milliseconds != 0).then(|| moments::shown(milliseconds))
}

fn state(invitation: &Invitation) -> &'static str {
    invitation.state(Timestamp::now().as_millisecond())
}

/// Invitations with the names of what they bring. Where these may not be seen, ids stand for them.
async fn listed(
    backend: &dyn Backend,
    scope: &TenantScope,
    release: Release,
    invitations: Vec<Invitation>,
) -> Vec<Listed> {
    let mut names = HashMap::new();
    if invitations.iter().any(|invitation| !invitation.roles.is_empty()) {
        let roles = lookup::all_rows(Query::first(Query::MAX_SIZE), async |query| {
            backend.roles(scope, query).await
        })
        .await;
        names.extend(roles.unwrap_or_default().into_iter().map(|role| (role.id, role.name)));
    }
    if invitations.iter().any(|invitation| !invitation.groups.is_empty()) {
        let groups = lookup::all_rows(Query::first(Query::MAX_SIZE), async |query| {
            backend.groups(scope, query).await
        })
        .await;
        names.extend(
            groups
                .unwrap_or_default()
                .into_iter()
                .map(|group| (group.id, group.name)),
        );
    }
    let with_names = |invitation: Invitation| {
        let brought = invitation.roles.iter().map(|role| &role.id).chain(&invitation.groups);
        let names = brought.filter_map(|id| Some((id.clone(), names.get(id)?.clone())));
        let names = names.collect();
        Listed {
            invitation,
            release,
            names,
        }
    };
    invitations.into_iter().map(with_names).collect()
}

/// Carries a verb out.
pub async fn run(session: &mut Session<'_>, verb: &InvitationsVerb) -> Result<(), Failure> {
    match verb {
        InvitationsVerb::List(kept) => list(session, kept).await,
        InvitationsVerb::Create {
            email,
            role,
            group,
            create_user,
            superadmin,
            changing,
        } => {
            let asked = Asked {
                email,
                roles: role,
                groups: group,
                create_user: *create_user,
                superadmin: *superadmin,
            };
            create(session, asked, *changing).await
        }
        InvitationsVerb::Delete { invitation, changing } => delete(session, invitation, *changing).await,
    }
}

async fn list(session: &mut Session<'_>, kept: &Kept) -> Result<(), Failure> {
    let keeping = kept.of(INVITATION_COLUMNS, &LAYOUT)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let invitations = backend.invitations(&scope).await?;
    let mut invitations = listed(backend.as_ref(), &scope, instance.release, invitations).await;
    invitations.retain(|listed| keeping.keeps_as(listed, &listed.row(keeping.now())));
    session.printer.whole_list(&LAYOUT, &invitations)?;
    if invitations.is_empty() {
        let words = no_rows(keeping.keeps_all(), "invitation", || {
            format!("Nobody is invited to tenant `{scope}`.")
        });
        session.printer.say(&words);
    }
    Ok(())
}

/// An invitation as the command line asks for it.
struct Asked<'f> {
    email: &'f str,
    roles: &'f [String],
    groups: &'f [String],
    create_user: bool,
    superadmin: bool,
}

async fn create(session: &mut Session<'_>, asked: Asked<'_>, changing: Changing) -> Result<(), Failure> {
    if !changing.dry_run {
        session.allow_change(changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let mut new = NewInvitation {
        email: asked.email.to_owned(),
        create_user: asked.create_user,
        superadmin: asked.superadmin,
        roles: roles(backend.as_ref(), &scope, asked.roles).await?,
        groups: Vec::new(),
    };
    for name in asked.groups {
        new.groups.push(lookup::group(backend.as_ref(), &scope, name).await?.id);
    }
    let namespaces = new.roles.iter().flat_map(|role| &role.namespaces);
    lookup::warn_of_namespaces(&mut session.printer, backend.as_ref(), &scope, namespaces).await;
    if changing.dry_run {
        let planned = Planner::new(&instance).invite(&scope, &new);
        let request = PlannedRequest::new("invite", format!("`{}` into tenant `{scope}`", new.email), planned);
        return request::print(session, &request);
    }
    match backend.invite(&scope, &new).await? {
        Invited::Waiting(invitation) => {
            let mut rows = listed(backend.as_ref(), &scope, instance.release, vec![invitation]).await;
            let Some(invitation) = rows.pop() else { return Ok(()) };
            match session.printer.format() {
                Format::Table | Format::Csv => {
                    session.printer.whole_list(&LAYOUT, std::slice::from_ref(&invitation))?;
                }
                _ => session.printer.object(&[], &(LAYOUT.json)(&invitation))?,
            }
            session
                .printer
                .say(&format!("Invited `{}` into tenant `{scope}`.", new.email));
        }
        Invited::Granted => {
            if !matches!(session.printer.format(), Format::Table | Format::Csv) {
                let value = json!({"email": new.email, "status": "ACCEPTED", "tenantId": scope.id()});
                session.printer.object(&[], &value)?;
            }
            session.printer.say(&format!(
                "`{}` has access to tenant `{scope}` now; nobody had to be asked.",
                new.email
            ));
        }
    }
    Ok(())
}

/// Roles, each with the namespaces that were named for it.
async fn roles(backend: &dyn Backend, scope: &TenantScope, texts: &[String]) -> Result<Vec<InvitedRole>, Problem> {
    let mut roles: Vec<InvitedRole> = Vec::new();
    for text in texts {
        // A name may have an @ in it, and then it is the name that is meant.
        let (role, namespace) = match lookup::role(backend, scope, text).await {
            Ok(role) => (role, None),
            Err(problem) if problem.kind == ProblemKind::NotFound && text.contains('@') => {
                let (name, namespace) = text.rsplit_once('@').unwrap_or((text, ""));
                (lookup::role(backend, scope, name).await?, Some(namespace.to_owned()))
            }
            Err(problem) => return Err(problem),
        };
        match roles.iter_mut().find(|other| other.id == role.id) {
            // The whole tenant is more than any namespace in it.
            Some(known) => match namespace {
                Some(namespace) if !known.namespaces.is_empty() => known.namespaces.push(namespace),
                Some(_) => {}
                None => known.namespaces.clear(),
            },
            None => roles.push(InvitedRole {
                id: role.id,
                namespaces: namespace.into_iter().collect(),
            }),
        }
    }
    Ok(roles)
}

async fn delete(session: &mut Session<'_>, wanted: &str, changing: Changing) -> Result<(), Failure> {
    if !changing.dry_run {
        session.allow_change(changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let invitation = find(backend.invitations(&scope).await?, &scope, wanted)?;
    if changing.dry_run {
        let planned = Planner::new(&instance).delete_invitation(&scope, &invitation.id);
        let what = format!("the invitation of `{}`", invitation.email);
        return request::print(session, &PlannedRequest::new("delete", what, planned));
    }
    let (none, tenant) = (Loss::default(), scope.to_string());
    let consent = Consent::to_take(&changing, None, &tenant);
    losses::allow_undoable(session, "The invitation was not withdrawn.", Some(&none), &consent)?;
    backend.delete_invitation(&scope, &invitation.id).await?;
    session.printer.say(&format!(
        "The invitation of `{}` to tenant `{scope}` is withdrawn.",
        invitation.email
    ));
    Ok(())
}

/// The invitation with this id, or the only one to this e-mail address.
fn find(invitations: Vec<Invitation>, scope: &TenantScope, wanted: &str) -> Result<Invitation, Problem> {
    let is_to = |invitation: &Invitation| is_same_username(&invitation.email, wanted);
    lookup::one_of(invitations, wanted, |invitation| &invitation.id, is_to).map_err(|ids| {
        if ids.is_empty() {
            return Problem::new(
                ProblemKind::NotFound,
                format!("There is no invitation `{wanted}`."),
                "No invitation of this tenant has this id or is to this address.",
                format!(
                    "`kestra-admin users invitations list --tenant {tenant}` shows them.",
                    tenant = shell_quote(&scope.to_string())
                ),
            );
        }
        Problem::new(
            ProblemKind::Conflict,
            format!("`{wanted}` was invited to tenant `{scope}` more than once."),
            "Which of the invitations is meant is not said by the address.",
            format!("Name one by its id: {}.", lookup::backticked(&ids)),
        )
    })
}
