//! `kestra auths users ...`: users without the API.

use super::{Stop, Work};
use crate::backend::local::Batch;
use crate::backend::local::admin::NewUser;
use crate::domain::binding::NewBinding;
use crate::domain::binding::SubjectKind;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::ADMIN;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::user::UserKind;

/// What Kestra's documentation writes for the default tenant.
const DEFAULT: &str = "default";

/// The tenant that an option names. Up to 0.22 `default` is the default tenant.
pub(super) fn scope_of(id: &str, work: &Work<'_, '_>) -> TenantScope {
    if id == DEFAULT && work.instance.release().has_default_tenant() {
        TenantScope::Default
    } else {
        TenantScope::Named(TenantId::existing(id))
    }
}

/// `create <username> [<password>]`
pub(super) fn create(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    let arguments = work.arguments;
    let (username, password) = (arguments.positional(0).unwrap_or_default(), arguments.positional(1));
    let is_admin = arguments.has("--admin");
    let superadmin = arguments.value("--superadmin").is_some() || arguments.value("--instance-owner").is_some();
    if is_admin && superadmin {
        return Err(Stop::Usage(
            "'--admin' and '--superadmin' or '--instance-owner' exclude each other".to_owned(),
        ));
    }
    let instance = work.instance;
    let scope = arguments.value("--tenant").map(|id| scope_of(id, work));
    let home = match &scope {
        Some(scope) => Some(scope.clone()),
        None if instance.tenancy().reaches_default_tenant(instance.release()) => Some(TenantScope::Default),
        None => None,
    };
    let new = NewUser {
        username: username.to_owned(),
        display_name: None,
        kind: UserKind::Standard,
        superadmin,
        tenant: if is_admin { home.clone() } else { scope },
        groups: arguments.values("--groups").map(str::to_owned).collect(),
    };
    let may_exist = arguments.has("--if-not-exists");
    let is_new = instance.together(|batch| {
        if may_exist && batch.has_user(username)? {
            return Ok(false);
        }
        let user = batch.create_user(&new)?;
        if let Some(password) = password {
            batch.set_password(username, password)?;
        }
        if is_admin {
            let home = home.as_ref().ok_or_else(|| no_home(username))?;
            make_admin(batch, home, &user.id)?;
        }
        Ok(true)
    })?;
    let shown = visible(username).into_owned();
    if is_new {
        work.console.inform("users", "A user was written");
        work.console.say(&format!("User '{shown}' created"));
    } else {
        work.console
            .say(&format!("User '{shown}' exists already, nothing changed"));
    }
    Ok(())
}

fn make_admin(batch: &Batch<'_>, scope: &TenantScope, user: &str) -> Result<(), Problem> {
    let role = batch
        .roles(scope)?
        .into_iter()
        .find(|role| role.is_managed && role.name == ADMIN);
    let Some(role) = role else {
        return Err(Problem::new(
            ProblemKind::NotFound,
            "The user was not created.",
            "The tenant has no Admin role.",
            "Leave out `--admin`, and give it a role afterwards.",
        ));
    };
    batch
        .create_binding(
            scope,
            &NewBinding {
                subject_kind: SubjectKind::User,
                subject_id: user.to_owned(),
                role_id: role.id,
                namespace: None,
            },
        )
        .map(drop)
}

fn no_home(username: &str) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        format!("User `{}` was not created.", visible(username)),
        "An Admin role belongs to a tenant, and none was named.",
        "Name one with `--tenant`.",
    )
}

/// `create-basic-auth <username> <password>`
pub(super) fn create_basic_auth(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    let username = work.arguments.positional(0).unwrap_or_default();
    work.instance
        .set_password(username, work.arguments.positional(1).unwrap_or_default())?;
    let shown = visible(username).into_owned();
    work.console.say(&format!("Basic authentication of user '{shown}' set"));
    Ok(())
}

/// `refresh`. Nothing of a user is computed beforehand here, so that there is nothing to write anew.
pub(super) fn refresh(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    let users = work.instance.instance_counts()?.users;
    work.console.inform("users", "Users are read and written anew");
    work.console.say(&format!("{users} user(s) refreshed"));
    Ok(())
}

/// `set-superadmin <username> true|false`, and from 2.0 on `set-instance-owner`.
pub(super) fn set_superadmin(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    match work.arguments.positional(1) {
        Some("true") => make(work, true),
        Some("false") => make(work, false),
        other => Err(not_one_of(other, "true and false")),
    }
}

/// `set-type <username> STANDARD|SUPER_ADMIN`
pub(super) fn set_type(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    match work.arguments.positional(1) {
        Some("SUPER_ADMIN") => make(work, true),
        Some("STANDARD") => make(work, false),
        other => Err(not_one_of(other, "STANDARD and SUPER_ADMIN")),
    }
}

fn make(work: &mut Work<'_, '_>, superadmin: bool) -> Result<(), Stop> {
    let username = work.arguments.positional(0).unwrap_or_default();
    work.instance.set_superadmin(username, superadmin)?;
    let title = work.instance.release().superadmin_word();
    let verb = if superadmin { "is" } else { "is not" };
    let shown = visible(username).into_owned();
    work.console.say(&format!("User '{shown}' {verb} {title} now"));
    Ok(())
}

fn not_one_of(value: Option<&str>, wanted: &str) -> Stop {
    Stop::Usage(format!(
        "Invalid value: '{}' is none of {wanted}",
        visible(value.unwrap_or_default())
    ))
}

/// `sync-access`
pub(super) fn sync_access(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    work.console
        .inform("users", "Access of users is synchronized with the default tenant");
    let summary = work.instance.sync_access()?;
    for (number, what) in [
        (summary.users, "user access(es)"),
        (summary.groups, "group(s)"),
        (summary.roles, "role(s)"),
        (summary.bindings, "binding(s)"),
    ] {
        work.console
            .inform("users", &format!("{number} {what} attached to the default tenant"));
    }
    work.console
        .say(&format!("Access of {} user(s) synchronized", summary.users));
    Ok(())
}
