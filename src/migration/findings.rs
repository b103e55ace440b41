//! What was found, as checks: each as it should be, or not, with what to do next. And whether it can go on at all.

use super::choices::Choices;
use super::inspection::{Inspection, Situation};
use super::plan::{self, Means, shown_command};
use super::plan_text::settings;
use super::run_summary::Surveyed;
use super::step::Route;
use super::warning;
use crate::domain::check::{Check, Outcome};
use crate::domain::count::counted;
use crate::domain::instance::Edition;
use crate::domain::problem::Problem;

/// Why an instance cannot be migrated at all, if it cannot: whatever is asked for, nothing would come of it.
pub fn refusal(inspection: &Inspection) -> Option<Problem> {
    match inspection.situation() {
        Situation::OpenSource | Situation::NothingReachable => {
            plan::plan("", "", inspection.clone(), &Means::default(), Choices::default()).err()
        }
        _ => None,
    }
}

/// Everything that was looked at, in the order in which it matters.
pub fn checks(surveyed: &Surveyed) -> Vec<Check> {
    let inspection = &surveyed.inspection;
    let mut checks = vec![edition(inspection)];
    if inspection.edition == Edition::OpenSource {
        return checks;
    }
    let route = Route::of(inspection.release);
    if route == Route::Settings {
        checks.push(Check::new(
            "settings in effect",
            if inspection.situation() == Situation::NothingReachable {
                Outcome::Fail
            } else {
                Outcome::Pass
            },
            settings(inspection.tenancy),
        ));
        if let Some(last) = checks.last_mut().filter(|check| check.outcome == Outcome::Fail) {
            last.next = Some("Set `default-tenant` to true and restart, then look again.".to_owned());
        }
    }
    checks.extend(identity(inspection));
    if route == Route::Settings {
        checks.extend(configuration(surveyed));
        checks.extend(content(inspection));
    }
    checks.push(services(inspection));
    checks.extend(means(surveyed, route));
    checks.extend(
        inspection
            .remarks
            .iter()
            .map(|remark| Check::new("remark", Outcome::Warn, remark.as_str())),
    );
    checks
}

fn edition(inspection: &Inspection) -> Check {
    let found = format!("{} {}", inspection.edition, inspection.version);
    if inspection.edition == Edition::OpenSource {
        Check::new("Kestra", Outcome::Fail, found).with_next("Multi-tenancy needs Kestra Enterprise.")
    } else {
        Check::new("Kestra", Outcome::Pass, found)
    }
}

fn identity(inspection: &Inspection) -> Vec<Check> {
    let who = &inspection.identity;
    let mut checks = vec![if who.superadmin {
        let word = inspection.release.superadmin_word();
        Check::new("who we are", Outcome::Pass, format!("{}, {word}", who.username))
    } else {
        Check::new("who we are", Outcome::Warn, format!("{}, no superadmin", who.username))
            .with_next("Counts may be missing; look as a superadmin to be sure of them.")
    }];
    if let Some(reason) = &inspection.cannot_create {
        checks.push(
            Check::new("creating tenants", Outcome::Warn, reason.as_str())
                .with_next("Ask for none here, or go on as somebody who may."),
        );
    }
    checks
}

fn configuration(surveyed: &Surveyed) -> Vec<Check> {
    let inspection = &surveyed.inspection;
    let mut checks = vec![match &inspection.file {
        None => Check::new(
            "configuration",
            Outcome::Warn,
            "which file holds the settings is not known",
        )
        .with_next(format!(
            "Name it as `config-file` in `[contexts.{}.server]`, or change it by hand: the run waits for that.",
            surveyed.context
        )),
        Some(file) => {
            let found = format!("{} ({})", file.path, file.kind);
            match &file.cannot_edit {
                Some(why) => Check::new("configuration", Outcome::Warn, format!("{found}: {why}"))
                    .with_next("You change it by hand; the run waits for that."),
                None => Check::new("configuration", Outcome::Pass, found),
            }
        }
    }];
    if inspection.file.as_ref().is_some_and(|file| file.misspelled) {
        checks.push(
            Check::new(
                "spelling",
                Outcome::Warn,
                "`kestra.tenants` stands in the file and has no effect",
            )
            .with_next("The key is `kestra.ee.tenants`; the run writes that one."),
        );
    }
    if let Some(why) = &inspection.environment_wins {
        checks.push(
            Check::new("environment", Outcome::Fail, why.as_str())
                .with_next("Change it there, or take it away: editing the file would change nothing."),
        );
    }
    if inspection
        .configured
        .is_some_and(|configured| configured != inspection.tenancy)
    {
        checks.push(
            Check::new(
                "loaded",
                Outcome::Warn,
                "the servers have not loaded what the file says",
            )
            .with_next("Somebody edited it without a restart; the run restarts them."),
        );
    }
    checks
}

fn content(inspection: &Inspection) -> Vec<Check> {
    let counts = warning::unreachable(inspection, &[])
        .into_iter()
        .next()
        .unwrap_or_default();
    let unknown = counts.contains("not known");
    if unknown && !inspection.tenancy.reaches_default_tenant(inspection.release) {
        let text = "it is off: what lives in it is neither reached nor counted";
        return vec![Check::new("default tenant", Outcome::Skipped, text)];
    }
    let mut content = Check::new(
        "default tenant",
        if unknown { Outcome::Warn } else { Outcome::Pass },
        counts,
    );
    if unknown {
        content.next = Some("What cannot be counted cannot be warned of; look as somebody who may count.".to_owned());
    }
    let holders = inspection.access.holders.len();
    let access = if inspection.situation() == Situation::NotSynchronised {
        Check::new("access", Outcome::Warn, "nobody but superadmins holds anything in it")
            .with_next("The run synchronises access, and compares.")
    } else {
        let verb = if holders == 1 { "person holds" } else { "people hold" };
        Check::new("access", Outcome::Pass, format!("{holders} {verb} something in it"))
    };
    vec![content, access]
}

fn services(inspection: &Inspection) -> Check {
    let mut versions: Vec<&str> = inspection.services.iter().map(|it| it.version.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    let count = counted(inspection.services.len() as u64, "service");
    match versions.as_slice() {
        [] => Check::new("services", Outcome::Skipped, "the instance does not tell"),
        [version] => Check::new("services", Outcome::Pass, format!("{count}, all {version}")),
        several => Check::new("services", Outcome::Fail, format!("{count}, of {}", several.join(", ")))
            .with_next("All have to run the same version; bring them to one first."),
    }
}

fn means(surveyed: &Surveyed, route: Route) -> Vec<Check> {
    let means = &surveyed.means;
    if means.local {
        return vec![Check::new(
            "commands",
            Outcome::Pass,
            "a local instance: all is at hand",
        )];
    }
    let table = format!("[contexts.{}.server]", surveyed.context);
    let of = |name, words: &[String], key: &str, otherwise: &str| {
        if words.is_empty() {
            Check::new(name, Outcome::Warn, otherwise).with_next(format!(
                "Name `{key}` in `{table}`, or do it yourself: the run waits and says what."
            ))
        } else {
            Check::new(name, Outcome::Pass, shown_command(words))
        }
    };
    let mut kestra = of(
        "Kestra's commands",
        &means.kestra_command,
        "kestra-command",
        "nobody said how they are run",
    );
    if !means.kestra_command.is_empty() {
        // What leads to a command is none by itself.
        kestra.found.push_str(" COMMAND");
    }
    let mut checks = vec![kestra];
    match route {
        Route::Settings => checks.push(of(
            "restart",
            &means.restart_command,
            "restart-command",
            "nobody said how the servers are restarted",
        )),
        Route::Move => checks.extend([
            of(
                "stop",
                &means.stop_command,
                "stop-command",
                "nobody said how the servers are stopped",
            ),
            of(
                "start",
                &means.start_command,
                "start-command",
                "nobody said how the servers are started",
            ),
        ]),
    }
    checks
}
