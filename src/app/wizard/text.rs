//! What the pages of the wizard say.

use crate::domain::check::{Check, Outcome};
use crate::domain::count::counted;
use crate::domain::problem::Problem;
use crate::migration::choices::{DefaultTenantChoice, WantedTenant};
use crate::migration::findings;
use crate::migration::inspection::Situation;
use crate::migration::plan::{Means, PlannedStep};
use crate::migration::plan_text;
use crate::migration::step::{Route, Step};
use crate::migration::warning;

use super::super::command::{CommandId, Scope};
use super::super::key_words::key_names;
use super::super::model::Model;
use super::super::page_line::{PageLine, Tone, broken};
use super::plan_page;
use super::tenant_row::warnings_of;
use super::{Wizard, WizardPage};

/// The page on screen.
pub fn lines(model: &Model, wizard: &Wizard) -> Vec<PageLine> {
    if wizard.surveyed().is_none() {
        return looking(model, wizard);
    }
    match wizard.page {
        WizardPage::Check => check(model, wizard),
        WizardPage::Backup => backup(wizard),
        WizardPage::Restart => restart(model, wizard),
        WizardPage::Tenants => tenants(model, wizard),
        WizardPage::DefaultTenant => default_tenant(wizard),
        WizardPage::Plan => plan_page::page(model, wizard),
    }
}

/// Whether something stands beside the page on screen. What a plan rests on does only where all of it fits.
pub fn has_beside(model: &Model, wizard: &Wizard) -> bool {
    let fits = |plan| {
        let (columns, rows) = model.size.right().page();
        broken(&plan_page::inventory(plan), columns).len() <= rows
    };
    let is_plan = wizard.page == WizardPage::Plan;
    model.size.is_wide() && wizard.goes_on() && (!is_plan || wizard.plan().is_some_and(fits))
}

/// Columns and rows of the page on screen.
pub fn room(model: &Model, wizard: &Wizard) -> (usize, usize) {
    if has_beside(model, wizard) {
        model.size.left().page()
    } else {
        model.size.page()
    }
}

/// What stands beside the page on screen, where there is room: what the answers come to so far; beside the plan itself,
/// what it rests on.
pub fn beside(model: &Model, wizard: &Wizard) -> Option<(&'static str, Vec<PageLine>)> {
    if !has_beside(model, wizard) {
        return None;
    }
    Some(match (wizard.page, wizard.planned()?) {
        (WizardPage::Plan, Ok(plan)) => (plan_text::INVENTORY, plan_page::inventory(plan)),
        (_, Ok(plan)) => {
            let mut lines = plan_page::shown(plan_text::summary(plan));
            if !plan.warnings.is_empty() {
                lines.push(PageLine::Blank);
                lines.extend(plan.warnings.iter().map(PageLine::warning));
            }
            (SO_FAR, lines)
        }
        (_, Err(problem)) => (
            SO_FAR,
            vec![
                PageLine::plain(format!("There is none yet. {}", problem.why)),
                PageLine::muted("The questions that follow lead to one."),
            ],
        ),
    })
}

/// What stands above what the answers come to.
const SO_FAR: &str = "The plan so far";

/// That nothing can be started from here, what can be done all the same, and what unlocks it.
pub fn lock(model: &Model) -> Option<PageLine> {
    model.session.refusal()?;
    let can = "the plan can be made and copied here, and not started";
    Some(PageLine::warning(if model.session.read_only_flag {
        format!("Changes are locked, for it was started with --read-only: {can}.")
    } else if model.session.strays() {
        format!("The context leads elsewhere by now, or is gone: {can}.")
    } else {
        let what = if model.session.protected {
            "protected and locked"
        } else {
            "read-only"
        };
        let key = model.keymap.key_of(CommandId::ToggleWriting, &[Scope::Global]);
        let key = key.map_or_else(String::new, |key| format!("; {} unlocks it", key_names(&key)));
        format!("This context is {what}: {can}{key}.")
    }))
}

/// A problem, in three lines.
pub fn problem(problem: &Problem) -> Vec<PageLine> {
    vec![
        PageLine::Text(Tone::Danger, 0, format!("! {}", problem.what)),
        PageLine::plain(problem.why.as_str()),
        PageLine::plain(problem.next.as_str()),
    ]
}

fn looking(model: &Model, wizard: &Wizard) -> Vec<PageLine> {
    if let Some(found) = wizard.survey.problem() {
        let mut lines = problem(found);
        lines.push(PageLine::Blank);
        lines.push(PageLine::muted(
            model.keyed_below("<r> looks again   <!> shows details   <esc> goes back"),
        ));
        return lines;
    }
    let mut lines = vec![
        PageLine::strong("Looking at everything; nothing is changed."),
        PageLine::Blank,
    ];
    let count = wizard.looking_at.len();
    lines.extend(wizard.looking_at.iter().enumerate().map(|(index, what)| {
        let (tone, word) = if index + 1 == count {
            (Tone::Muted, "look")
        } else {
            (Tone::Good, "seen")
        };
        PageLine::Row {
            tone,
            word,
            name: String::new(),
            text: what.clone(),
        }
    }));
    lines
}

fn check(model: &Model, wizard: &Wizard) -> Vec<PageLine> {
    let Some(surveyed) = wizard.surveyed() else {
        return Vec::new();
    };
    let situation = surveyed.inspection.situation();
    let mut lines = vec![PageLine::strong(situation.words())];
    if let Some(refused) = wizard.refusal() {
        lines.extend(problem(&refused));
    } else {
        lines.extend(next_of(situation).map(|text| PageLine::plain(model.keyed_below(text))));
    }
    if wizard.goes_on() {
        lines.extend(lock(model));
    }
    lines.push(PageLine::Blank);
    let checks = findings::checks(surveyed);
    lines.extend(summary(&checks));
    lines.extend(checks.iter().flat_map(PageLine::check));
    lines
}

/// How many looks went how, where not all went well: what is wrong may be below what is in view.
fn summary(checks: &[Check]) -> Option<PageLine> {
    let count = |outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    let (wrong, doubtful) = (count(Outcome::Fail), count(Outcome::Warn));
    let words = match (wrong, doubtful) {
        (0, 0) => return None,
        (0, doubtful) => format!("{doubtful} of {} to think about", checks.len()),
        (wrong, 0) => format!("{wrong} of {} wrong", checks.len()),
        (wrong, doubtful) => format!("{wrong} of {} wrong, {doubtful} to think about", checks.len()),
    };
    Some(PageLine::warning(words))
}

/// What follows from what an instance is.
fn next_of(situation: Situation) -> Option<&'static str> {
    Some(match situation {
        Situation::OpenSource | Situation::NothingReachable => return None,
        Situation::New => "<enter> goes on. Nothing can be lost here: multi-tenancy is turned on before anything is.",
        Situation::Single => {
            "<enter> goes on to a few questions, then to a plan. Nothing is changed before you start that."
        }
        Situation::NotSynchronised => "<enter> goes on: what is left is to synchronise access, and what you ask for.",
        Situation::DefaultAndNamed => {
            "<enter> goes on: tenants can be created, and the default tenant disabled. The rest finds itself done."
        }
        Situation::NamedOnly => "Nothing to do. On the screen of tenants <n> creates one more.",
        Situation::WithoutTenants => "<enter> goes on: what has no tenant moves into one.",
        Situation::Moved => {
            "Nothing to do, unless something without a tenant is left from before 0.23; then <enter> goes on."
        }
    })
}

fn does(step: Option<&PlannedStep>) -> impl Iterator<Item = PageLine> {
    step.into_iter()
        .flat_map(|step| step.does.iter())
        .map(|line| PageLine::Text(Tone::Plain, 2, format!("- {line}")))
}

fn backup(wizard: &Wizard) -> Vec<PageLine> {
    let Some(preview) = wizard.preview() else {
        return Vec::new();
    };
    let planned = preview.step(Step::Backup).map(|step| step.does.join(" "));
    let all = match planned.as_deref() {
        None | Some("") => "Nothing can be backed up from here: no command is known for it.".to_owned(),
        Some(words) => words.to_owned(),
    };
    let mut lines = vec![
        PageLine::strong("What is backed up before anything is changed?"),
        PageLine::Blank,
    ];
    let choices = [
        ("Everything that can be, here and now", all.as_str()),
        (
            "A backup was made elsewhere",
            "Nothing is backed up here. Say this only if you know where the backup is.",
        ),
        (
            "None; go on without a backup",
            "Nothing is backed up. If something goes wrong, what is lost is lost.",
        ),
    ];
    lines.extend(choice_lines(&choices));
    lines.push(PageLine::Blank);
    if preview.means.backup_command.is_empty() && !preview.means.local {
        lines.push(PageLine::warning(format!(
            "No dump of the database is configured: `backup-command` in `[contexts.{}.server]`. Kestra's own backup \
             holds flows, users and roles, no executions.",
            preview.context
        )));
    }
    if wizard.moves() {
        lines.push(PageLine::warning(
            "What is moved into a tenant cannot be moved back: only a dump of the database brings it back.",
        ));
    }
    lines
}

fn choice_lines(choices: &[(&str, &str)]) -> Vec<PageLine> {
    choices
        .iter()
        .enumerate()
        .map(|(index, (title, text))| PageLine::Choice {
            index,
            title: (*title).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
}

fn restart(model: &Model, wizard: &Wizard) -> Vec<PageLine> {
    let (Some(preview), Some(route)) = (wizard.preview(), wizard.route()) else {
        return Vec::new();
    };
    let means = &preview.means;
    let mut lines = vec![PageLine::strong(match route {
        Route::Settings => "How the servers are restarted",
        Route::Move => "How the servers are stopped and started",
    })];
    lines.push(PageLine::Blank);
    match route {
        Route::Settings => lines.extend(does(preview.step(Step::Restart))),
        Route::Move => {
            lines.extend(does(preview.step(Step::Stop)));
            lines.extend(does(preview.step(Step::Start)));
        }
    }
    if !means.local {
        lines.extend(health(means));
        let missing = missing(means, route);
        if missing.is_empty() {
            lines.push(PageLine::Blank);
            lines.push(PageLine::muted(
                "If it takes longer than that, the run waits; it does not fail.",
            ));
        } else {
            lines.push(PageLine::Blank);
            lines.push(PageLine::plain("For the run to do it by itself, add to config.toml:"));
            lines.push(PageLine::Text(
                Tone::Code,
                2,
                format!("[contexts.{}.server]", preview.context),
            ));
            lines.extend(
                missing
                    .into_iter()
                    .map(|line| PageLine::Text(Tone::Code, 2, line.to_owned())),
            );
            lines.push(PageLine::muted("As it is, the run waits for you, for days if need be."));
        }
    }
    lines.push(PageLine::Blank);
    lines.push(PageLine::muted(
        model.keyed_below("There is nothing to answer here. <enter> goes on."),
    ));
    lines
}

fn health(means: &Means) -> Option<PageLine> {
    let url = means.health_url.as_ref()?;
    Some(PageLine::Text(
        Tone::Plain,
        2,
        format!(
            "- Healthy means that `{url}` says so; it is asked for {} s.",
            means.health_timeout_seconds
        ),
    ))
}

/// Lines of configuration that are missing.
fn missing(means: &Means, route: Route) -> Vec<&'static str> {
    let mut lines = Vec::new();
    match route {
        Route::Settings => {
            if means.config_file.is_none() {
                lines.push("config-file = \"/etc/kestra/application.yml\"");
            }
            if means.restart_command.is_empty() {
                lines.push("restart-command = [\"docker\", \"compose\", \"up\", \"-d\"]");
            }
        }
        Route::Move => {
            if means.stop_command.is_empty() {
                lines.push("stop-command = [\"docker\", \"compose\", \"stop\", \"kestra\"]");
            }
            if means.start_command.is_empty() {
                lines.push("start-command = [\"docker\", \"compose\", \"start\", \"kestra\"]");
            }
        }
    }
    if means.kestra_command.is_empty() {
        lines.push("kestra-command = [\"docker\", \"compose\", \"exec\", \"-T\", \"kestra\", \"/app/kestra\"]");
    }
    if means.health_url.is_none() {
        lines.push("health-url = \"http://localhost:8081/health\"");
    }
    lines
}

/// A tenant asked for, in a line.
pub fn wanted(tenant: &WantedTenant) -> String {
    let name = if tenant.name == tenant.id.as_str() {
        String::new()
    } else {
        format!("  {}", tenant.name)
    };
    let admin = tenant
        .admin
        .as_deref()
        .map_or_else(|| "you become its admin".to_owned(), |admin| format!("admin {admin}"));
    format!("{}{name}  {admin}", tenant.id)
}

fn tenants(model: &Model, wizard: &Wizard) -> Vec<PageLine> {
    let mut lines = vec![PageLine::strong(if wizard.moves() {
        "Which tenant does everything move into?"
    } else {
        "Which tenants are created?"
    })];
    lines.push(PageLine::plain(model.keyed_below(
        match (wizard.moves(), wizard.tenants.is_empty()) {
            (true, true) => "Everything without a tenant moves into one. <n> names it.",
            (true, false) => "One; others can be made afterwards. <e> changes it, <enter> goes on.",
            (false, true) => "None so far. <n> adds one; <enter> goes on without.",
            (false, false) => "<n> adds one more, <e> changes, <D> takes out, <enter> goes on.",
        },
    )));
    lines.push(PageLine::Blank);
    for (index, tenant) in wizard.tenants.iter().enumerate() {
        let warnings = warnings_of(&tenant.id, wizard);
        lines.push(PageLine::Choice {
            index,
            title: wanted(tenant),
            text: warnings
                .iter()
                .map(|words| format!("! {words}"))
                .chain(wizard.admin_note(tenant).map(str::to_owned))
                .collect::<Vec<_>>()
                .join(" "),
        });
    }
    if let Some(reason) = wizard
        .surveyed()
        .and_then(|surveyed| surveyed.inspection.cannot_create.as_deref())
        .filter(|_| !wizard.tenants.is_empty())
    {
        lines.push(PageLine::Blank);
        lines.push(PageLine::warning(format!("You may create none: {reason}.")));
    }
    lines
}

fn default_tenant(wizard: &Wizard) -> Vec<PageLine> {
    let Some(surveyed) = wizard.surveyed() else {
        return Vec::new();
    };
    let inspection = &surveyed.inspection;
    let mut lines = vec![
        PageLine::strong("What becomes of the default tenant, the one without an id?"),
        PageLine::Blank,
    ];
    let is_new = wizard.is_new();
    let (keep, disable) = if is_new {
        ("Keep it", "Disable it (recommended here)")
    } else {
        ("Keep it (recommended)", "Disable it")
    };
    let disabling = if inspection.something_becomes_unreachable() {
        "What lives in it becomes unreachable with the next restart. You are told what, and asked again."
    } else {
        "Nothing lives in it. From the start on, every tenant has an id."
    };
    lines.extend(choice_lines(&[
        (
            keep,
            "Everything stays reachable as it is, beside the tenants with an id.",
        ),
        (disable, disabling),
    ]));
    lines.push(PageLine::Blank);
    if inspection.something_becomes_unreachable() {
        lines.push(PageLine::strong("In it now"));
        lines.extend(
            warning::unreachable(inspection, &wizard.tenants)
                .into_iter()
                .map(|line| PageLine::Text(Tone::Plain, 2, line)),
        );
    }
    if wizard.tenants.is_empty() && inspection.tenants == 0 {
        lines.push(PageLine::warning(
            "No tenant with an id was asked for: disabled, there would be none to work in.",
        ));
    }
    if wizard.default_tenant == Some(DefaultTenantChoice::Disable) && wizard.needs_confirmation() {
        lines.push(PageLine::warning(
            "You chose to disable it; that has to be confirmed again, for what is there now.",
        ));
    }
    lines
}

/// What the line below the page says.
pub fn below(wizard: &Wizard) -> String {
    let place = format!("page {} of {}", wizard.position(), wizard.pages().len());
    let asked = wizard.tenants.len() as u64;
    match wizard.page {
        WizardPage::Check if wizard.has_nothing_to_do() => "nothing to do".to_owned(),
        WizardPage::Check if !wizard.goes_on() => "it ends here".to_owned(),
        WizardPage::Tenants if asked > 0 => format!("{place}  {} asked for", counted(asked, "tenant")),
        _ => place,
    }
}
