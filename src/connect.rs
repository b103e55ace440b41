//! How a target becomes a backend. Where the two ways to reach an instance meet, for commands and console alike.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::oneshot;

use crate::activity::log::ActivityLog;
use crate::activity::recorded::{Place, Recorded, Within};
use crate::backend::Backend;
use crate::backend::http::{Credentials, HttpInstance, HttpSettings};
use crate::backend::local::LocalInstance;
use crate::config::auth::Auth;
use crate::config::context::HeaderValue;
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::private;
use crate::config::secret::SecretSource;
use crate::config::target::{Reach, Target};
use crate::domain::check::{Check, Outcome};
use crate::domain::equivalent::program;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;

/// An instance that is open.
pub struct Opened {
    /// The instance.
    pub backend: Arc<dyn Backend>,
    /// Remarks for the operator, a sentence each.
    pub notes: Vec<String>,
}

/// Opens the instance that a target names. The local instance `default` is made where there is none.
///
/// # Errors
/// If there is no such instance, or if it cannot be opened in the name of the user asked for.
pub fn open(target: &Target, paths: &Paths, environment: &Environment) -> Result<Opened, Problem> {
    open_within(target, paths, environment, None)
}

/// The same for what is done within a run.
///
/// # Errors
/// As [`open`].
pub fn open_within(
    target: &Target,
    paths: &Paths,
    environment: &Environment,
    within: Option<&Within>,
) -> Result<Opened, Problem> {
    let acting_as = target.acting_as.as_ref().map(|username| username.value.as_str());
    let place = || place_of(target, environment, within.cloned());
    match &target.reach.value {
        Reach::Store(directory) => {
            let instance = if target.created_on_first_use {
                private::create_directory(&paths.instances())?;
                LocalInstance::open_or_create(directory, Release::DEFAULT, acting_as)?
            } else {
                LocalInstance::open(directory, acting_as).map_err(|problem| name_others(problem, directory, paths))?
            };
            Ok(Opened {
                notes: instance.notes().to_vec(),
                backend: recorded(Arc::new(instance), paths, place()),
            })
        }
        Reach::Host { .. } => Ok(Opened {
            backend: recorded(
                Arc::new(HttpInstance::new(http_settings(target, environment)?)?),
                paths,
                place(),
            ),
            notes: Vec::new(),
        }),
    }
}

/// What the rows of the activity record have in common of what is done at a target.
pub fn place_of(target: &Target, environment: &Environment, within: Option<Within>) -> Place {
    Place {
        operator: environment.operator(),
        context: target.name.clone(),
        place: target.place(),
        command_words: target.command_words(),
        within,
    }
}

/// An instance that is open, or will be or not.
pub type Coming = BoxFuture<'static, Result<Opened, Problem>>;

/// Begins what [`open`] does. A local instance that is there is opened in a thread of its own, for its disk may take its time;
/// what reads secrets, and may ask for them at the terminal, is done when this returns.
///
/// # Errors
/// As [`open`], where that is known already.
pub fn begin(target: &Target, paths: &Paths, environment: &Environment) -> Result<Coming, Problem> {
    let is_there = match &target.reach.value {
        Reach::Store(directory) => target.created_on_first_use || LocalInstance::is_at(directory),
        Reach::Host { .. } => false,
    };
    if !is_there {
        return Ok(ready(Ok(open(target, paths, environment)?)).boxed());
    }
    let (target, paths, environment) = (target.clone(), paths.clone(), environment.clone());
    let (told, opened) = oneshot::channel();
    let opens = move || {
        // Nobody waits any more where the program has ended meanwhile.
        drop(told.send(open(&target, &paths, &environment)));
    };
    thread::Builder::new()
        .name("opening".to_owned())
        .spawn(opens)
        .map_err(|error| not_opened(&format!("The system says: {error}.")))?;
    let cut_short = |_| Err(not_opened("Opening it was cut short by a fault in this program."));
    Ok(opened.map(move |opened| opened.unwrap_or_else(cut_short)).boxed())
}

/// Waits for the end of it, but not longer than that; what takes longer goes on.
///
/// # Errors
/// If it ended meanwhile, and is not open.
pub fn waited_for(mut coming: Coming, limit: Duration) -> Result<Coming, Problem> {
    match runtime()?.block_on(async { tokio::time::timeout(limit, &mut coming).await }) {
        Ok(ended) => Ok(ready(Ok(ended?)).boxed()),
        Err(_) => Ok(coming),
    }
}

fn not_opened(why: &str) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "The local instance was not opened.",
        why,
        "Try again; if it happens again, report it.",
    )
}

/// Whether a target is a local instance that is made on first use, and was not used yet.
pub fn is_unmade(target: &Target) -> bool {
    match &target.reach.value {
        Reach::Store(directory) => target.created_on_first_use && !LocalInstance::is_at(directory),
        Reach::Host { .. } => false,
    }
}

/// The same backend, with each change through it noted in the activity record of this account.
pub fn recorded(backend: Arc<dyn Backend>, paths: &Paths, place: Place) -> Arc<dyn Backend> {
    Arc::new(Recorded::new(backend, ActivityLog::in_state(&paths.state), place))
}

/// What it takes to reach the Kestra that a target names. Secrets are read here, at the moment they are needed.
///
/// # Errors
/// If a secret cannot be read, or if the target is a local instance.
pub fn http_settings(target: &Target, environment: &Environment) -> Result<HttpSettings, Problem> {
    let Reach::Host { url, auth, connection } = &target.reach.value else {
        return Err(Problem::new(
            ProblemKind::Invalid,
            format!("`{}` is a local instance.", target.name),
            "It is opened from its directory, not reached over HTTP.",
            "Name a context with a `host`.",
        ));
    };
    let credentials = match auth.as_ref().map(|auth| &auth.value) {
        None | Some(Auth::Username(_)) => Credentials::Nobody,
        Some(Auth::Token(source)) => Credentials::Token(source.credential(environment)?.reveal().to_owned()),
        Some(Auth::Basic { username, password }) => Credentials::Basic {
            username: username.clone(),
            password: password.credential(environment)?.reveal().to_owned(),
        },
    };
    let mut headers = Vec::with_capacity(connection.headers.len());
    for (name, value) in &connection.headers {
        let value = match value {
            HeaderValue::Literal(text) => text.clone(),
            HeaderValue::Variable(variable) => SecretSource::Variable(variable.env.clone())
                .credential(environment)?
                .reveal()
                .to_owned(),
        };
        headers.push((name.clone(), value));
    }
    Ok(HttpSettings {
        base_url: url.to_string(),
        credentials,
        headers,
        ca_file: connection.ca_file.clone(),
        client_certificate: connection.client_certificate.clone(),
        proxy: connection.proxy.clone(),
        timeout: Duration::from_secs(u64::from(connection.timeout_seconds)),
        tenant: target
            .tenant
            .as_ref()
            .map(|tenant| tenant.value.clone())
            .filter(|tenant| tenant != TenantScope::DEFAULT_WORD),
        starts: starts(&target.server.start_command),
    })
}

/// How a rehearsal is started, by the command of its context; what starts a Kestra of somebody's own is theirs to know.
fn starts(command: &[String]) -> Option<String> {
    match command {
        [_, .., verb, start, _] if verb == "rehearsal" && start == "start" => Some(program(command.get(1..)?)),
        _ => None,
    }
}

/// Goes the way to an instance step by step, and reports each. Blocks. Returns what kind of failure stopped it, if a
/// step failed.
pub fn examine(
    target: &Target,
    environment: &Environment,
    paths: &Paths,
    report: &mut (dyn FnMut(Check) + Send),
) -> Option<ProblemKind> {
    match &target.reach.value {
        Reach::Store(directory) => of_store(target, directory, paths, report).err(),
        Reach::Host { .. } => {
            // Neither asks anything of the network: what is wrong is what the context or the machine says.
            let settings = http_settings(target, environment).map_err(|problem| ("credentials", problem));
            let instance =
                settings.and_then(|settings| HttpInstance::new(settings).map_err(|problem| ("connection", problem)));
            let examined = instance
                .and_then(|instance| examine_instance(&instance, report).map_err(|problem| ("connection", problem)));
            examined.unwrap_or_else(|(step, problem)| {
                report(failed(step, &problem));
                Some(problem.kind)
            })
        }
    }
}

fn failed(name: &'static str, problem: &Problem) -> Check {
    Check::new(name, Outcome::Fail, format!("{} {}", problem.what, problem.why)).with_next(&problem.next)
}

/// Goes the way to a Kestra step by step, and reports each. Blocks. Returns what kind of failure stopped it, if a step
/// failed.
///
/// # Errors
/// If the system gives no means to wait for answers.
pub fn examine_instance(
    instance: &HttpInstance,
    report: &mut (dyn FnMut(Check) + Send),
) -> Result<Option<ProblemKind>, Problem> {
    let mut stopped_at = None;
    runtime()?.block_on(async {
        instance
            .examine(&mut |check| {
                if check.outcome == Outcome::Fail {
                    stopped_at.get_or_insert(check.name);
                }
                report(check);
            })
            .await;
        Ok(match stopped_at {
            None => None,
            Some("name resolution" | "connection" | "TLS") => Some(ProblemKind::Unreachable),
            Some("identity") => Some(ProblemKind::Denied),
            // A step does not say of what kind it failed; asking once more does, and changes nothing.
            Some("answers as Kestra" | "release" | "edition") => {
                let kind = instance.instance().await.err().map(|problem| problem.kind);
                Some(kind.unwrap_or(ProblemKind::Failed))
            }
            Some(_) => Some(ProblemKind::Failed),
        })
    })
}

/// What work that waits for answers runs on, in this thread.
///
/// # Errors
/// If the system gives no means to wait.
pub fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Problem::new(
                ProblemKind::Failed,
                "Nothing could be looked at.",
                "The system gave no means to wait for answers.",
                "Try again.",
            )
            .with_detail(error)
        })
}

fn of_store(
    target: &Target,
    directory: &Path,
    paths: &Paths,
    report: &mut (dyn FnMut(Check) + Send),
) -> Result<(), ProblemKind> {
    let fails = |name: &'static str, problem: Problem, report: &mut (dyn FnMut(Check) + Send)| {
        report(failed(name, &problem));
        problem.kind
    };
    if is_unmade(target) {
        report(Check::new(
            "store",
            Outcome::Pass,
            format!("it will be made in `{}` on first use", paths.instances().display()),
        ));
        return Ok(());
    }
    let acting_as = target.acting_as.as_ref().map(|username| username.value.as_str());
    let instance = LocalInstance::open(directory, acting_as)
        .map_err(|problem| fails("store", name_others(problem, directory, paths), report))?;
    report(Check::new(
        "store",
        Outcome::Pass,
        format!("opened `{}`", directory.display()),
    ));
    for note in instance.notes() {
        report(Check::new("store", Outcome::Warn, note.as_str()).with_next("Look at its settings file."));
    }
    let described = runtime()
        .and_then(|runtime| runtime.block_on(instance.instance()))
        .map_err(|problem| fails("identity", problem, report))?;
    let tenancy = described.tenancy;
    let on = |on: bool| if on { "on" } else { "off" };
    let settings = if described.release.has_default_tenant() {
        format!(
            "multi-tenancy {}, default tenant {}",
            on(tenancy.enabled),
            on(tenancy.default_tenant)
        )
    } else {
        "tenants are mandatory".to_owned()
    };
    report(Check::new("release", Outcome::Pass, described.version));
    report(Check::new("settings", Outcome::Pass, settings));
    report(Check::new("identity", Outcome::Pass, described.identity.username));
    report(match described.rights.create_tenant {
        Ok(()) => Check::new("rights", Outcome::Pass, "may create tenants"),
        Err(why) => Check::new("rights", Outcome::Warn, format!("may not create tenants: {why}"))
            .with_next("Reading works all the same."),
    });
    Ok(())
}

/// Says which local instances there are, to somebody who named one that is not there.
fn name_others(problem: Problem, directory: &Path, paths: &Paths) -> Problem {
    if problem.kind != ProblemKind::NotFound {
        return problem;
    }
    let names: Vec<String> = paths
        .instance_names()
        .into_iter()
        .map(|name| format!("`{name}`"))
        .collect();
    Problem {
        next: if names.is_empty() {
            "Check the name; `--store default` opens the instance `default`, which is made on first use.".to_owned()
        } else {
            format!(
                "Check the name; there are {} in `{}`.",
                names.join(", "),
                paths.instances().display()
            )
        },
        what: format!(
            "There is no local instance at `{}`.",
            redact::name(&directory.display().to_string())
        ),
        ..problem
    }
}
