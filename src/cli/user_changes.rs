//! Accounts created, deleted and changed: `users create|delete|superadmin|password|access`, `users service-accounts`.

use std::path::Path;

use super::args::Changing;
use super::args_users::{CreateUser, GiveOrTake, Password, Remove, Superadmin, Switch, TenantAccess};
use super::failure::Failure;
use super::losses::{self, Consent};
use super::printer::Printer;
use super::request;
use super::session::Session;
use super::{lookup, users};
use crate::backend::Backend;
use crate::backend::foresight::foresee;
use crate::backend::foresight::goes_with_account;
use crate::backend::http::{PlannedRequest, Planner};
use crate::config::secret::SecretSource;
use crate::domain::account::Profile;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::instance::Instance;
use crate::domain::loss::{Loss, Removal};
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::redact::MARK;
use crate::domain::tenant::TenantScope;
use crate::domain::text::capital;
use crate::domain::user::{Entrant, Group, User, UserKind};

/// `users create`
pub async fn create(session: &mut Session<'_>, flags: &CreateUser) -> Result<(), Failure> {
    let profile = Profile {
        username: flags.username.clone(),
        first_name: flags.first_name.clone(),
        last_name: flags.last_name.clone(),
        superadmin: flags.superadmin.then_some(true),
        ..Profile::default()
    };
    let new = New {
        kind: UserKind::Standard,
        profile,
        groups: &flags.group,
        password_file: flags.password_file.as_deref(),
    };
    create_account(session, new, flags.changing).await
}

/// `users service-accounts create`
pub async fn create_service_account(
    session: &mut Session<'_>,
    name: &str,
    description: Option<&String>,
    groups: &[String],
    superadmin: bool,
    changing: Changing,
) -> Result<(), Failure> {
    let profile = Profile {
        username: name.to_owned(),
        description: description.cloned(),
        superadmin: superadmin.then_some(true),
        ..Profile::default()
    };
    let new = New {
        kind: UserKind::ServiceAccount,
        profile,
        groups,
        password_file: None,
    };
    create_account(session, new, changing).await
}

/// An account as it is asked for.
struct New<'f> {
    kind: UserKind,
    profile: Profile,
    groups: &'f [String],
    password_file: Option<&'f Path>,
}

async fn create_account(session: &mut Session<'_>, new: New<'_>, changing: Changing) -> Result<(), Failure> {
    if !changing.dry_run {
        session.allow_change(changing.yes)?;
    }
    let New {
        kind,
        mut profile,
        groups,
        password_file,
    } = new;
    if let Some(file) = password_file {
        profile.password = Some(read_password(session, file)?);
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.named_scope(&instance)?;
    if !groups.is_empty() {
        let tenant = match &scope {
            Some(scope) => scope.clone(),
            None => session.scope(&instance)?,
        };
        let mut found = Vec::with_capacity(groups.len());
        for name in groups {
            let group = lookup::group(backend.as_ref(), &tenant, name).await?;
            found.push((tenant.id().map(ToString::to_string), group.id));
        }
        profile.groups = Some(found);
    }
    if changing.dry_run {
        let place = scope.as_ref().map(|scope| format!(" with access to tenant `{scope}`"));
        let what = format!("{} `{}`{}", kind.word(), profile.username, place.unwrap_or_default());
        if profile.password.is_some() {
            profile.password = Some(MARK.to_owned());
        }
        let planned = Planner::new(&instance).create_account(scope.as_ref(), kind, &profile);
        let requests: Vec<PlannedRequest> = planned
            .into_iter()
            .zip(["create"].into_iter().chain(std::iter::repeat("change")))
            .map(|(planned, would)| PlannedRequest::new(would, what.clone(), planned))
            .collect();
        return request::print_any(session, &requests);
    }
    let account = backend.create_account(scope.as_ref(), kind, &profile).await?;
    users::print_account(session, &account)?;
    session.printer.say(&format!(
        "Created {} `{}`; its id is `{}`.",
        kind.word(),
        account.username,
        account.id
    ));
    Ok(())
}

/// A password from a private file, or the first line of standard input.
fn read_password(session: &mut Session<'_>, file: &Path) -> Result<String, Problem> {
    let password = if file == Path::new("-") {
        let mut line = String::new();
        session
            .input
            .reader
            .read_line(&mut line)
            .map_err(|error| crate::config::private::io_problem("read", Path::new("standard input"), &error))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        let source = SecretSource::File(file.to_owned());
        source.read(session.environment)?.reveal().to_owned()
    };
    if password.is_empty() {
        return Err(invalid(
            "No password was read.",
            "There is nothing in it.",
            "Put the password into a private file, alone on its line.",
        ));
    }
    Ok(password)
}

/// `users delete`
pub async fn delete(session: &mut Session<'_>, flags: &Remove) -> Result<(), Failure> {
    delete_account(session, flags, None).await
}

/// `users service-accounts delete`
pub async fn delete_service_account(session: &mut Session<'_>, flags: &Remove) -> Result<(), Failure> {
    delete_account(session, flags, Some(UserKind::ServiceAccount)).await
}

async fn delete_account(session: &mut Session<'_>, flags: &Remove, kind: Option<UserKind>) -> Result<(), Failure> {
    let word = kind.unwrap_or(UserKind::Standard).word();
    let what = format!("{} `{}` was not deleted.", capital(word), flags.name);
    let confirm = flags.confirm.as_deref();
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.named_scope(&instance)?;
    let user = lookup::user(backend.as_ref(), scope.as_ref(), &flags.name, kind).await?;
    let told = goes_with_account(backend.as_ref(), scope.as_ref(), &user).await?;
    if flags.changing.dry_run {
        session.printer.say(&told.held);
        say_warnings(&mut session.printer, &told.warnings);
        let what = format!("{} `{}`, id `{}`", user.kind.word(), user.username, user.id);
        let planned = Planner::new(&instance).delete_account(scope.as_ref(), &user);
        return request::print_warned(session, &PlannedRequest::new("delete", what, planned), &told.warnings);
    }
    losses::allow_final(session, &what, confirm, &[&user.username, &user.id], |printer| {
        printer.say(&told.held);
        say_warnings(printer, &told.warnings);
    })?;
    backend.delete_account(scope.as_ref(), &user).await?;
    session
        .printer
        .say(&format!("Deleted {} `{}`.", user.kind.word(), user.username));
    Ok(())
}

fn say_warnings(printer: &mut Printer<'_>, told: &[String]) {
    for sentence in told {
        printer.say(&format!("Warning: {sentence}"));
    }
}

/// `users superadmin`
pub async fn superadmin(session: &mut Session<'_>, flags: &Superadmin) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let word = instance.release.a_superadmin();
    let what = format!("`{}` was not changed.", flags.user);
    if !instance.identity.superadmin {
        return Err(Problem::new(
            ProblemKind::Denied,
            what,
            format!(
                "Only {word} may say who is one, and `{}` is none.",
                instance.identity.username
            ),
            format!("Ask {word}."),
        )
        .into());
    }
    let scope = session.named_scope(&instance)?;
    let user = lookup::user(backend.as_ref(), scope.as_ref(), &flags.user, None).await?;
    let wanted = flags.wanted == Switch::On;
    if user.superadmin == wanted {
        session.printer.say(&if wanted {
            format!("Nothing to change: `{}` is {word} already.", user.username)
        } else {
            format!("Nothing to change: `{}` is not {word}.", user.username)
        });
        return Ok(());
    }
    let loss = if wanted {
        Loss::default()
    } else {
        right_of(&user, &instance)
    };
    if flags.changing.dry_run {
        losses::say(&mut session.printer, Some(&loss));
        let planned = Planner::new(&instance).set_superadmin(&user, wanted);
        let request = PlannedRequest::new("change", format!("whether `{}` is {word}", user.username), planned);
        return request::print_warned(session, &request, &losses::owned_sentences(&loss));
    }
    let consent = Consent {
        yes: flags.changing.yes,
        confirm: flags.confirm.as_deref(),
        expected: &user.username,
        why: if wanted {
            "It gives all rights there are, and nobody was there to be asked."
        } else {
            losses::TAKES
        },
    };
    losses::allow_undoable(session, &what, Some(&loss), &consent)?;
    backend.set_superadmin(&user, wanted).await?;
    session.printer.say(&if wanted {
        format!(
            "`{}` is {word} now, and manages tenants and people of the whole instance.",
            user.username
        )
    } else {
        format!("`{}` is not {word} any more.", user.username)
    });
    Ok(())
}

/// What goes with the right of a superadmin; more, if it is one's own.
fn right_of(user: &User, instance: &Instance) -> Loss {
    let access = crate::domain::access::TenantAccess {
        users: vec![user.clone()],
        ..Default::default()
    };
    let me = Some(instance.identity.id.as_str());
    crate::domain::loss::loss(&access, &[Removal::Superadmin(user.id.clone())], me, instance.release)
}

/// `users password`
pub async fn password(session: &mut Session<'_>, flags: &Password) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let password = read_password(session, &flags.password_file)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.named_scope(&instance)?;
    let user = lookup::user(backend.as_ref(), scope.as_ref(), &flags.user, Some(UserKind::Standard)).await?;
    if flags.changing.dry_run {
        let planned = Planner::new(&instance).set_password(scope.as_ref(), &user, MARK);
        let request = PlannedRequest::new("change", format!("the password of `{}`", user.username), planned);
        return request::print(session, &request);
    }
    backend.set_password(scope.as_ref(), &user, &password).await?;
    session
        .printer
        .say(&format!("`{}` has another password now.", user.username));
    Ok(())
}

/// `users access`
pub async fn access(session: &mut Session<'_>, flags: &TenantAccess) -> Result<(), Failure> {
    if !flags.changing.dry_run {
        session.allow_change(flags.changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let user = match lookup::user(backend.as_ref(), Some(&scope), &flags.user, None).await {
        // Who is not in the tenant yet is seen by a superadmin alone; the instance knows the login name.
        Err(problem) if problem.kind == ProblemKind::NotFound && flags.wanted == GiveOrTake::Give => None,
        found => Some(found?),
    };
    match (&user, flags.wanted) {
        (Some(user), GiveOrTake::Take) => take(session, backend.as_ref(), &scope, user, flags, &instance).await,
        (_, _) => {
            let who = user.map_or_else(|| Entrant::Named(flags.user.clone()), Entrant::Known);
            give(session, backend.as_ref(), &instance, &scope, &who, flags.changing).await
        }
    }
}

async fn give(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    scope: &TenantScope,
    who: &Entrant,
    changing: Changing,
) -> Result<(), Failure> {
    let username = who.username();
    if changing.dry_run {
        let requests: Vec<PlannedRequest> = Planner::new(instance)
            .give_access(scope, who)
            .into_iter()
            .map(|planned| PlannedRequest::new("give", format!("access to tenant `{scope}` to `{username}`"), planned))
            .collect();
        if requests.is_empty() {
            session.printer.say(&format!(
                "Kestra {} has no access apart from roles and groups, so that there is nothing to send.",
                instance.release
            ));
        }
        return request::print_any(session, &requests);
    }
    let was_given = backend.give_access(scope, who).await?;
    session.printer.say(&if was_given {
        format!("`{username}` has access to tenant `{scope}` now.")
    } else {
        format!("Nothing to change: `{username}` has access to tenant `{scope}` already.")
    });
    Ok(())
}

async fn take(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    scope: &TenantScope,
    user: &User,
    flags: &TenantAccess,
    instance: &Instance,
) -> Result<(), Failure> {
    let removals = [Removal::TenantAccess(user.id.clone())];
    let loss = foresee(backend, scope, &removals, instance).await?;
    if flags.changing.dry_run {
        losses::say(&mut session.printer, loss.as_ref());
        let (bindings, groups) = held_directly(backend, scope, user).await?;
        let requests: Vec<PlannedRequest> = Planner::new(instance)
            .take_access(scope, user, &bindings, &groups)
            .into_iter()
            .map(|planned| {
                let what = format!("access to tenant `{scope}` from `{}`", user.username);
                PlannedRequest::new("take", what, planned)
            })
            .collect();
        return request::print_any(session, &requests);
    }
    let tenant = scope.to_string();
    let consent = Consent::to_take(&flags.changing, flags.confirm.as_deref(), &tenant);
    let what = format!("The access of `{}` was not taken.", user.username);
    losses::allow_undoable(session, &what, loss.as_ref(), &consent)?;
    backend.take_access(scope, user).await?;
    session.printer.say(&format!(
        "`{}` has no access to tenant `{scope}` any more.",
        user.username
    ));
    Ok(())
}

/// Ids of the bindings of a user and of the groups they are in; none where these may not be seen.
async fn held_directly(
    backend: &dyn Backend,
    scope: &TenantScope,
    user: &User,
) -> Result<(Vec<String>, Vec<String>), Problem> {
    let access = match backend.access(scope).await {
        Err(problem) if problem.kind == ProblemKind::Denied => return Ok((Vec::new(), Vec::new())),
        access => access?,
    };
    let of_user = |binding: &&Binding| binding.subject_kind == SubjectKind::User && binding.subject_id == user.id;
    let bindings = access.bindings.iter().filter(of_user).map(|binding| binding.id.clone());
    let is_in = |group: &&Group| group.members.iter().any(|member| member.user_id == user.id);
    let groups = access.groups.iter().filter(is_in).map(|group| group.id.clone());
    Ok((bindings.collect(), groups.collect()))
}
