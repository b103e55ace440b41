//! The plan: what will happen, step by step, worked out from what was found and what is wanted. Pure, hashed, readable.

use ring::digest;
use serde::{Deserialize, Serialize};

use super::choices::{BackupChoice, Choices};
use super::inspection::{Inspection, Situation};
use super::step::{Route, Step};
use super::warning;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact::{self, MARK};
use crate::domain::release::Release;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::{hexadecimal, visible};

/// How the servers behind an instance are reached, as the context says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Means {
    /// Whether it is a local instance, whose settings file and store are at hand.
    pub local: bool,
    /// The file with `kestra.ee.tenants`.
    pub config_file: Option<String>,
    /// Runs Kestra's own command line; empty if nobody said how.
    pub kestra_command: Vec<String>,
    /// Restarts the servers.
    pub restart_command: Vec<String>,
    /// Stops the servers.
    pub stop_command: Vec<String>,
    /// Starts the servers.
    pub start_command: Vec<String>,
    /// Dumps the database.
    pub backup_command: Vec<String>,
    /// Says whether the servers are healthy.
    pub health_url: Option<String>,
    /// Seconds to wait for that.
    pub health_timeout_seconds: u32,
    /// Seconds a command may take, where that is said; otherwise it depends on the command.
    pub command_timeout_seconds: Option<u32>,
    /// The directory that commands are run in: the one of whoever made the plan, wherever it is carried out from.
    pub directory: Option<String>,
    /// The words that lead a command of this program to the instance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command_words: Vec<String>,
}

impl Means {
    /// The same without secrets in the words of commands, to be written down: what is run is read from the configuration.
    pub fn without_secrets(&self, known: &[String]) -> Self {
        let words = |command: &[String]| without_secrets(command, known);
        Self {
            kestra_command: words(&self.kestra_command),
            restart_command: words(&self.restart_command),
            stop_command: words(&self.stop_command),
            start_command: words(&self.start_command),
            backup_command: words(&self.backup_command),
            ..self.clone()
        }
    }

    /// Whether Kestra's own commands can be run.
    pub fn has_kestra(&self) -> bool {
        self.local || !self.kestra_command.is_empty()
    }
}

/// A step as planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedStep {
    /// Which.
    pub step: Step,
    /// What it does, a sentence each.
    pub does: Vec<String>,
    /// Why it is skipped, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// The lines of a file that it changes, as a diff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diff: Vec<String>,
}

/// What will happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// What people call the instance; typed to confirm.
    pub context: String,
    /// Where it is: a URL or a directory.
    pub place: String,
    /// Which steps there are.
    pub route: Route,
    /// What was found when it was made.
    pub inspection: Inspection,
    /// How the servers are reached.
    pub means: Means,
    /// What is wanted.
    pub choices: Choices,
    /// The steps, in order.
    pub steps: Vec<PlannedStep>,
    /// What the operator should know before it begins, a sentence each.
    pub warnings: Vec<String>,
}

impl Plan {
    /// A digest of all of it, in hexadecimal: two plans with the same do the same.
    pub fn hash(&self) -> String {
        // It holds nothing that JSON cannot say.
        let json = serde_json::to_vec(self).unwrap_or_default();
        hexadecimal(digest::digest(&digest::SHA256, &json).as_ref())
    }

    /// The planned step of an id.
    pub fn step(&self, step: Step) -> Option<&PlannedStep> {
        self.steps.iter().find(|planned| planned.step == step)
    }

    /// Whether there is anything to do beyond looking and writing it down.
    pub fn changes_something(&self) -> bool {
        self.steps.iter().any(|planned| {
            planned.skipped.is_none()
                && !matches!(
                    planned.step,
                    Step::Inspect | Step::Backup | Step::VerifyAccess | Step::Verify | Step::Report
                )
        })
    }

    /// Whether disabling the default tenant still needs its confirmation.
    pub fn lacks_confirmation(&self) -> bool {
        self.choices.disables_default()
            && self
                .step(Step::DisableDefault)
                .is_some_and(|step| step.skipped.is_none())
            && self.inspection.something_becomes_unreachable()
            && self.choices.confirmed.as_deref() != Some(self.context.as_str())
    }
}

/// Which of the two settings a diff switches on, by name.
fn switched_on(diff: &[String]) -> &'static str {
    let says = |sign: char, setting: &str| {
        diff.iter().filter_map(|line| line.strip_prefix(sign)).any(|line| {
            let letters = line.chars().filter(char::is_ascii_alphanumeric);
            letters.collect::<String>().to_ascii_lowercase().contains(setting)
        })
    };
    let is_new = |setting| says('+', setting) && !says('-', setting);
    match (is_new("enabledtrue"), is_new("defaulttenanttrue")) {
        (true, false) => "`enabled`",
        (false, true) => "`default-tenant`",
        _ => "`enabled` and `default-tenant`",
    }
}

/// A command as it may be shown: without what is named like a secret.
pub fn shown_command(words: &[String]) -> String {
    let shown: Vec<String> = without_secrets(words, &[])
        .iter()
        .map(|word| {
            let plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c == '\'' || c == '"');
            if plain {
                word.clone()
            } else {
                format!("'{}'", word.replace('\'', "'\\''"))
            }
        })
        .collect();
    shown.join(" ")
}

/// The words of a command without secrets: those that are known, and what is named like one. Where a secret lies, in a file or
/// a variable, is none.
pub fn without_secrets(words: &[String], known: &[String]) -> Vec<String> {
    let mut hide_next = false;
    words
        .iter()
        .map(|word| {
            if std::mem::take(&mut hide_next) {
                return MARK.to_owned();
            }
            let (option, value) = word
                .split_once('=')
                .map_or((&**word, None), |(option, value)| (option, Some(value)));
            let names_place = option.ends_with("-file") || option.ends_with("-env");
            match value {
                Some(value) if option.starts_with('-') && names_place => {
                    format!("{option}={}", redact::line(value, known))
                }
                _ => {
                    hide_next = word.starts_with('-') && value.is_none() && !names_place && redact::is_secret_key(word);
                    redact::line(word, known)
                }
            }
        })
        .collect()
}

/// Somebody who shall administer a tenant does not exist.
pub fn no_such_admin(admin: &str, tenant: &TenantId) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no user `{}`.", visible(admin)),
        format!("They were named as admin of tenant `{tenant}`."),
        "Create the user, or make a new plan with another admin; nothing was changed.",
    )
}

/// Works out what will happen, or says why nothing can.
///
/// # Errors
/// If the instance is none that can be migrated, or if what is wanted cannot be.
pub fn plan(
    context: &str,
    place: &str,
    inspection: Inspection,
    means: &Means,
    choices: Choices,
) -> Result<Plan, Problem> {
    refuse(context, &inspection, &choices)?;
    let route = Route::of(inspection.release);
    let mut plan = Plan {
        context: context.to_owned(),
        place: place.to_owned(),
        route,
        steps: Vec::new(),
        warnings: Vec::new(),
        inspection,
        means: means.without_secrets(&[]),
        choices,
    };
    plan.warnings = warnings(&plan);
    plan.steps = route.steps().iter().map(|step| planned(&plan, *step)).collect();
    Ok(plan)
}

fn refusal(kind: ProblemKind, why: impl Into<String>, next: impl Into<String>) -> Problem {
    Problem::new(kind, "This instance cannot be migrated as asked for.", why, next)
}

fn refuse(context: &str, inspection: &Inspection, choices: &Choices) -> Result<(), Problem> {
    if let Some(id) = choices.repeated() {
        return Err(refusal(
            ProblemKind::Invalid,
            format!("Tenant `{id}` is asked for twice."),
            "Name each tenant once.",
        ));
    }
    if choices.confirmed.as_deref().is_some_and(|typed| typed != context) {
        return Err(Problem::new(
            ProblemKind::Unconfirmed,
            "Nothing was changed.",
            format!("What was typed to confirm is not `{context}`, the name of the context."),
            format!("Repeat it with `--confirm {context}`."),
        ));
    }
    match inspection.situation() {
        Situation::OpenSource => Err(refusal(
            ProblemKind::Failed,
            "It is Kestra Open Source, which has no tenants to administer.",
            "Multi-tenancy needs Kestra Enterprise.",
        )),
        Situation::NothingReachable => Err(refusal(
            ProblemKind::Failed,
            "Multi-tenancy and the default tenant are both off, a state that nobody documents and in which nothing \
             would be reachable.",
            "Set `kestra.ee.tenants.default-tenant` to true with `kestra-admin config set-tenancy`, restart, then try \
             again.",
        )),
        Situation::WithoutTenants if choices.tenants.is_empty() => Err(refusal(
            ProblemKind::Invalid,
            format!(
                "From 0.23 on everything lives in a tenant with an id, and no tenant was named to move to; this is {}.",
                inspection.version
            ),
            "Name it with `--tenant ID=NAME`.",
        )),
        Situation::WithoutTenants | Situation::Moved if choices.tenants.len() > 1 => Err(refusal(
            ProblemKind::Invalid,
            "What has no tenant moves into one tenant, and more than one was named.",
            "Name one with `--tenant ID=NAME`; make the others afterwards with `kestra-admin tenants create`.",
        )),
        Situation::WithoutTenants | Situation::Moved if choices.disables_default() => Err(refusal(
            ProblemKind::Invalid,
            format!(
                "There is no default tenant to disable in Kestra {}.",
                inspection.release
            ),
            "Leave that out.",
        )),
        _ => Ok(()),
    }
}

fn warnings(plan: &Plan) -> Vec<String> {
    let inspection = &plan.inspection;
    let mut warnings = inspection.remarks.clone();
    if let Some(why) = &inspection.environment_wins {
        warnings.push(format!("{why} Editing the file would change nothing."));
    }
    if inspection.file.as_ref().is_some_and(|file| file.misspelled) {
        warnings
            .push("`kestra.tenants` stands in the file and has no effect; the key is `kestra.ee.tenants`.".to_owned());
    }
    if let Some(configured) = inspection.configured
        && inspection.release.has_default_tenant()
        && configured != inspection.tenancy
    {
        warnings.push("The servers have not loaded what the file says: it was edited without a restart.".to_owned());
    }
    let mut versions: Vec<&str> = inspection.services.iter().map(|it| it.version.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.len() > 1 {
        warnings.push(format!(
            "The services run different versions: {}. All have to run the same.",
            versions.join(", ")
        ));
    }
    if inspection.situation() == Situation::Moved && !plan.choices.tenants.is_empty() {
        warnings.push(
            "There are tenants already: the servers are stopped to look whether anything is left without one."
                .to_owned(),
        );
    }
    if plan.choices.backup == BackupChoice::All && plan.waits_for_a_backup() {
        warnings.push(
            "Nobody said how the database is backed up: the run waits until you have done it. Name `backup-command` in the \
             context, or say `--no-backup`."
                .to_owned(),
        );
    }
    if inspection.situation() == Situation::New && !plan.choices.disables_default() {
        warnings.push(
            "On a new instance it is recommended to disable the default tenant, so that every tenant has an id."
                .to_owned(),
        );
    }
    if let Some(why) = &inspection.cannot_create
        && !plan.choices.tenants.is_empty()
    {
        warnings.push(format!("You may not create tenants here: {why}"));
    }
    for tenant in &plan.choices.tenants {
        if inspection.has_tenant(&tenant.id) {
            warnings.push(format!("Tenant `{}` exists already and stays as it is.", tenant.id));
        }
        let mixes = inspection
            .namespaces
            .iter()
            .any(|namespace| namespace.id.split('.').next() == Some(tenant.id.as_str()));
        if mixes {
            warnings.push(format!(
                "`{}` is also the first part of a namespace of the default tenant; on local storage their files would \
                 mix.",
                tenant.id
            ));
        }
    }
    warnings
}

/// Since which release Kestra makes backups of its own.
const KESTRA_BACKUPS: Release = Release::new(0, 19);

fn planned(plan: &Plan, step: Step) -> PlannedStep {
    let mut does = Vec::new();
    let mut diff = Vec::new();
    let mut skipped = None;
    let inspection = &plan.inspection;
    let means = &plan.means;
    match step {
        Step::Inspect => {
            does.push("Looks at everything again; the run stops if it is not as it was planned for.".to_owned());
        }
        Step::Backup => match plan.choices.backup {
            BackupChoice::Nothing => skipped = Some("you said to go on without a backup".to_owned()),
            BackupChoice::Elsewhere => skipped = Some("you said that a backup was made elsewhere".to_owned()),
            BackupChoice::All => does = backups(plan),
        },
        Step::Enable => {
            let is_on = inspection.situation() == Situation::NamedOnly;
            if is_on {
                skipped = Some("multi-tenancy is on already, and the default tenant off".to_owned());
            } else if let Some(file) = &inspection.file {
                diff.clone_from(&file.enable_diff);
                does.push(if diff.is_empty() {
                    format!("Finds both settings on in `{}`.", file.path)
                } else {
                    format!("Sets {} to true in `{}`.", switched_on(&diff), file.path)
                });
            } else {
                does.push(
                    "Waits until you have set `kestra.ee.tenants.enabled` and `default-tenant` to true.".to_owned(),
                );
            }
        }
        Step::Restart => {
            if inspection.situation() == Situation::NamedOnly {
                skipped = Some("nothing changed".to_owned());
            } else {
                does = restarts(means);
            }
        }
        Step::SyncAccess | Step::VerifyAccess if inspection.situation() == Situation::NamedOnly => {
            skipped = Some("the default tenant is off".to_owned());
        }
        Step::SyncAccess => does.push(kestra(means, &["auths", "users", "sync-access"])),
        Step::VerifyAccess => does.push(format!(
            "Compares what {} people hold with what they held; the run stops if anybody lost something.",
            inspection.access.holders.len()
        )),
        Step::CreateTenants => {
            if plan.choices.tenants.is_empty() {
                skipped = Some("none was asked for".to_owned());
            }
            does.extend(plan.choices.tenants.iter().map(|tenant| {
                let admin = tenant.admin.as_deref().map_or_else(
                    || "you become its admin".to_owned(),
                    |admin| format!("{admin} becomes its admin"),
                );
                format!("Creates `{}` ({}); {admin}.", tenant.id, tenant.name)
            }));
        }
        Step::DisableDefault => {
            if inspection.situation() == Situation::NamedOnly {
                skipped = Some("it is off already".to_owned());
            } else if plan.choices.disables_default() {
                if let Some(file) = &inspection.file {
                    diff.clone_from(&file.disable_diff);
                    does.push(format!("Sets `default-tenant` to false in `{}`.", file.path));
                } else {
                    does.push("Waits until you have set `kestra.ee.tenants.default-tenant` to false.".to_owned());
                }
                if inspection.something_becomes_unreachable() {
                    does.push("From the next restart on nobody can reach:".to_owned());
                    does.extend(
                        warning::unreachable(inspection, &plan.choices.tenants)
                            .into_iter()
                            .map(|line| format!("  {line}")),
                    );
                    does.push("Nothing is deleted; setting it to true again brings everything back.".to_owned());
                }
            } else {
                skipped = Some("you chose to keep it".to_owned());
            }
        }
        Step::RestartAgain => {
            let disables = plan.choices.disables_default() && inspection.situation() != Situation::NamedOnly;
            if disables {
                does = restarts(means);
            } else {
                skipped = Some("nothing changed".to_owned());
            }
        }
        Step::Verify => does.push(match plan.route {
            Route::Settings => {
                "Compares settings, tenants and access with this plan, to name what now needs a tenant in \
                 its path."
                    .to_owned()
            }
            Route::Move => "Looks for the tenant and what lives in it.".to_owned(),
        }),
        Step::Report => does.push("Writes down what was done, as Markdown and JSON.".to_owned()),
        _ => (does, skipped) = moving(plan, step),
    }
    PlannedStep {
        step,
        does,
        skipped,
        diff,
    }
}

/// The steps that only 0.23 and later have.
fn moving(plan: &Plan, step: Step) -> (Vec<String>, Option<String>) {
    let means = &plan.means;
    let Some(tenant) = plan.choices.tenants.first() else {
        return (
            Vec::new(),
            Some("there are tenants already, and none was named to move to".to_owned()),
        );
    };
    let name = [
        "migrate",
        "default-tenant",
        "--tenant-id",
        tenant.id.as_str(),
        "--tenant-name",
        &tenant.name,
    ];
    let by_hand = |command: &[String], what: &str| {
        if means.local {
            format!("A local instance has no servers to {what}.")
        } else if command.is_empty() {
            format!("Waits until you have {what}ed all servers.").replace("stoped", "stopped")
        } else {
            format!("Runs `{}`.", shown_command(command))
        }
    };
    let does = match step {
        Step::Stop => vec![
            by_hand(&means.stop_command, "stop"),
            "Nothing may run while the database is changed.".to_owned(),
        ],
        Step::DryRun => vec![kestra(means, &[&name[..], &["--dry-run"]].concat())],
        Step::Migrate => vec![kestra(means, &name)],
        Step::Storage => {
            vec!["Says what has to be moved in the internal storage, for the backend the servers use.".to_owned()]
        }
        Step::Start => vec![
            by_hand(&means.start_command, "start"),
            "Waits until they are healthy.".to_owned(),
        ],
        Step::RefreshUsers => vec![kestra(means, &["auths", "users", "refresh"])],
        _ => Vec::new(),
    };
    (does, None)
}

fn backups(plan: &Plan) -> Vec<String> {
    let mut does = Vec::new();
    let release = plan.inspection.release;
    let means = &plan.means;
    if release < KESTRA_BACKUPS {
        does.push(format!(
            "Kestra {release} makes no backups of its own; that came with 0.19."
        ));
    }
    if plan.kestra_backs_up() {
        does.push(kestra(means, &["backups", "create", "FULL"]));
    }
    if plan.dumps_database() {
        does.push(if !means.backup_command.is_empty() {
            format!("Runs `{}`.", shown_command(&means.backup_command))
        } else if means.local {
            "Copies the store.".to_owned()
        } else {
            "Waits until you have backed the database up.".to_owned()
        });
    }
    if let Some(file) = &plan.inspection.file {
        does.push(format!("Copies `{}`.", file.path));
    }
    does
}

impl Plan {
    /// Whether Kestra's own backup is made. Without a way to run it the operator does, unless a dump takes its place.
    pub fn kestra_backs_up(&self) -> bool {
        self.inspection.release >= KESTRA_BACKUPS && (self.means.has_kestra() || self.means.backup_command.is_empty())
    }

    /// Whether the database is dumped: where that is configured, and where there is no other backup.
    pub fn dumps_database(&self) -> bool {
        self.inspection.release < KESTRA_BACKUPS || !self.means.backup_command.is_empty()
    }

    /// Whether the operator has to make the backup.
    pub fn waits_for_a_backup(&self) -> bool {
        (self.kestra_backs_up() && !self.means.has_kestra())
            || (self.dumps_database() && self.means.backup_command.is_empty() && !self.means.local)
    }
}

fn kestra(means: &Means, arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
    if means.local {
        return format!("Does what `kestra {}` does, on the store.", shown_command(&arguments));
    }
    if means.kestra_command.is_empty() {
        return format!("Waits until you have run `kestra {}`.", shown_command(&arguments));
    }
    let words: Vec<String> = means.kestra_command.iter().cloned().chain(arguments).collect();
    format!("Runs `{}`.", shown_command(&words))
}

fn restarts(means: &Means) -> Vec<String> {
    if means.local {
        return vec!["Opens the store anew: settings are read at start only.".to_owned()];
    }
    let how = if means.restart_command.is_empty() {
        "Waits until you have restarted all servers.".to_owned()
    } else {
        format!("Runs `{}`.", shown_command(&means.restart_command))
    };
    vec![how, "Waits until the instance itself reports the settings.".to_owned()]
}
