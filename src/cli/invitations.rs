//! `users invitations`: listed, made, withdrawn.

use jiff::Timestamp;
use serde_json::json;

use super::args::Changing;
use super::args_users::InvitationsVerb;
use super::failure::Failure;
use super::format::Format;
use super::kept::Kept;
use super::losses::{self, Consent};
use super::printer::{Column, Layout};
use super::request::{self, Request};
use super::session::Session;
use super::{lookup, moments};
use crate::backend::Backend;
use crate::backend::http::Planner;
use crate::domain::equivalent::shell_quote;
use crate::domain::invitation::{Invitation, Invited, InvitedRole, NewInvitation};
use crate::domain::loss::Loss;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::user::is_same_username;

static LAYOUT: Layout<Invitation> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |invitation| invitation.id.clone(),
        },
        Column {
            head: "EMAIL",
            cell: |invitation| invitation.email.clone(),
        },
        Column {
            head: "SENT",
            cell: |invitation| moments::shown(invitation.sent),
        },
        Column {
            head: "EXPIRES",
            cell: |invitation| moments::shown(invitation.expires),
        },
        Column {
            head: "STATE",
            cell: |invitation| status(invitation).to_lowercase(),
        },
        Column {
            head: "SUPERADMIN",
            cell: |invitation| if invitation.superadmin { "yes" } else { "" }.to_owned(),
        },
    ],
    json: |invitation| {
        json!({
            "id": invitation.id,
            "tenantId": invitation.tenant,
            "email": invitation.email,
            "status": status(invitation),
            "superadmin": invitation.superadmin,
            "roles": invitation.roles,
            "groupIds": invitation.groups,
            "sentAt": moments::shown(invitation.sent),
            "expiredAt": moments::shown(invitation.expires),
        })
    },
};

fn status(invitation: &Invitation) -> &'static str {
    if invitation.expires <= Timestamp::now().as_millisecond() {
        "EXPIRED"
    } else {
        "PENDING"
    }
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
    let keeping = kept.of(&LAYOUT)?;
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let mut invitations = backend.invitations(&scope).await?;
    invitations.retain(|invitation| keeping.keeps(invitation));
    session.printer.whole_list(&LAYOUT, &invitations)?;
    if invitations.is_empty() {
        session.printer.say(&if keeping.keeps_all() {
            format!("Nobody is invited to tenant `{scope}`.")
        } else {
            "No invitation matches the filter.".to_owned()
        });
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
        let request = Request::new("invite", format!("`{}` into tenant `{scope}`", new.email), planned);
        return request::print(session, &request);
    }
    match backend.invite(&scope, &new).await? {
        Invited::Waiting(invitation) => {
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
        return request::print(session, &Request::new("delete", what, planned));
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
