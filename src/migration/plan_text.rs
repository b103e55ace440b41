//! The plan as a page that reads from top to bottom like a change request: what will happen, in short, what to know before,
//! the steps, how to go back, and last what is there. As lines, for any page, and in Markdown.

use super::inspection::{Inspection, Situation};
use super::plan::{Plan, PlannedStep};
use super::step::{Route, Step};
use super::warning;
use crate::domain::count::thousands;
use crate::domain::instance::Tenancy;
use crate::domain::leading::leading;

/// A line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanLine {
    /// What it is all about.
    Title(String),
    /// What follows.
    Heading(&'static str),
    /// A part of the plan in short: which, and what becomes of it.
    Fact(&'static str, String),
    /// Something to think about.
    Warning(String),
    /// A step by its number, and why it is skipped, if it is.
    Step(usize, Step, Option<String>),
    /// What a step does.
    Does(String),
    /// A line of the diff of a step.
    Diff(String),
    /// A sentence by itself.
    Item(String),
}

/// The whole page, in the order in which it is read.
pub fn page(plan: &Plan) -> Vec<PlanLine> {
    let mut lines = request(plan);
    lines.push(PlanLine::Heading(INVENTORY));
    lines.extend(inventory(plan));
    lines
}

/// What stands above what is there.
pub const INVENTORY: &str = "What is there";

/// The page without what is there: what will happen in short, what to know before, the steps, how to go back.
pub fn request(plan: &Plan) -> Vec<PlanLine> {
    let mut lines = vec![PlanLine::Title(format!(
        "Migration of {} to multi-tenancy",
        plan.context
    ))];
    lines.extend(summary(plan));
    if !plan.warnings.is_empty() {
        lines.push(PlanLine::Heading("What to know before"));
        lines.extend(plan.warnings.iter().cloned().map(PlanLine::Warning));
    }
    lines.push(PlanLine::Heading("The steps"));
    for (index, planned) in plan.steps.iter().enumerate() {
        lines.push(PlanLine::Step(index + 1, planned.step, planned.skipped.clone()));
        if planned.skipped.is_none() {
            lines.extend(planned.does.iter().cloned().map(PlanLine::Does));
            lines.extend(planned.diff.iter().cloned().map(PlanLine::Diff));
        }
    }
    lines.push(PlanLine::Heading("How to go back"));
    lines.extend(back(plan).into_iter().map(PlanLine::Item));
    lines
}

/// What is there, and when it was looked at.
pub fn inventory(plan: &Plan) -> Vec<PlanLine> {
    let inspection = &plan.inspection;
    let mut lines = vec![format!("Now: {}", inspection.situation().words())];
    lines.extend(found(inspection));
    lines.push(format!(
        "Looked at: {}, as {}",
        inspection.taken_at, inspection.identity.username
    ));
    lines.push(format!("Plan: {}", plan.hash().get(..12).unwrap_or_default()));
    lines.into_iter().map(PlanLine::Item).collect()
}

/// The plan in Markdown.
pub fn markdown(plan: &Plan) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut before: Option<PlanLine> = None;
    for line in page(plan) {
        let is_diff = |line: Option<&PlanLine>| matches!(line, Some(PlanLine::Diff(_)));
        if is_diff(before.as_ref()) && !is_diff(Some(&line)) {
            lines.push("   ```".to_owned());
        }
        match &line {
            PlanLine::Title(title) => lines.extend([format!("# {title}"), String::new()]),
            PlanLine::Heading(heading) => lines.extend([String::new(), format!("## {heading}"), String::new()]),
            PlanLine::Fact(name, text) => lines.push(format!("- {name}: {text}")),
            PlanLine::Warning(text) | PlanLine::Item(text) => lines.push(format!("- {text}")),
            PlanLine::Step(number, step, skipped) => {
                if !matches!(before, Some(PlanLine::Heading(_))) {
                    lines.push(String::new());
                }
                lines.push(match skipped {
                    Some(why) => format!("{number}. **{step}**: skipped, {why}"),
                    None => format!("{number}. **{step}**"),
                });
            }
            PlanLine::Does(text) => lines.push(format!("   - {text}")),
            PlanLine::Diff(text) => {
                if !is_diff(before.as_ref()) {
                    lines.extend([String::new(), "   ```diff".to_owned()]);
                }
                lines.push(format!("   {text}"));
            }
        }
        before = Some(line);
    }
    lines.push(String::new());
    lines.join("\n")
}

/// What will happen, in short.
pub fn summary(plan: &Plan) -> Vec<PlanLine> {
    let inspection = &plan.inspection;
    let skipped = plan.steps.iter().filter(|planned| planned.skipped.is_some()).count();
    let mut facts = vec![(
        "Instance",
        format!("{}, Kestra {} {}", plan.place, inspection.edition, inspection.version),
    )];
    // What becomes of the instance comes before how.
    if plan.route == Route::Settings {
        facts.push(("Default tenant", default_tenant(plan)));
    }
    facts.push(("Tenants", tenants(plan)));
    facts.push(("By hand", by_hand(plan)));
    facts.push((
        "Steps",
        match (plan.steps.len() - skipped, skipped) {
            (all, 0) => format!("all {all} will be carried out"),
            (some, skipped) => format!("{some} of {} will be carried out, {skipped} skipped", plan.steps.len()),
        },
    ));
    let backup = plan.step(Step::Backup).and_then(|planned| planned.skipped.as_deref());
    facts.extend(backup.map(|why| ("Backup", format!("none: {why}"))));
    if plan.route == Route::Settings {
        facts.push(("File", files(plan)));
    }
    facts.push(("Commands", commands(plan)));
    facts
        .into_iter()
        .map(|(name, text)| PlanLine::Fact(name, text))
        .collect()
}

/// The steps that are carried out.
fn carried_out(plan: &Plan) -> impl Iterator<Item = &PlannedStep> {
    plan.steps.iter().filter(|planned| planned.skipped.is_none())
}

/// Which file changes, and by how many lines.
fn files(plan: &Plan) -> String {
    let changes: Vec<String> = carried_out(plan)
        .filter(|planned| !planned.diff.is_empty())
        .map(|planned| {
            let count = |sign| planned.diff.iter().filter(|line| line.starts_with(sign)).count();
            format!("+{} -{} lines in {}", count('+'), count('-'), planned.step)
        })
        .collect();
    match &plan.inspection.file {
        Some(file) if !changes.is_empty() => format!("`{}`: {}", file.path, changes.join(", ")),
        _ => "none is edited".to_owned(),
    }
}

/// What follows the same words in what the steps do, each once, with the steps that do it.
fn doing<'a>(plan: &'a Plan, words: &str) -> Vec<(&'a str, Vec<Step>)> {
    let mut found: Vec<(&str, Vec<Step>)> = Vec::new();
    for planned in carried_out(plan) {
        let said = planned.does.iter().filter_map(|line| line.strip_prefix(words));
        for rest in said.map(|rest| rest.trim_end_matches('.')) {
            match found.iter_mut().find(|(known, _)| *known == rest) {
                Some((_, steps)) => steps.push(planned.step),
                None => found.push((rest, vec![planned.step])),
            }
        }
    }
    found
}

/// Which commands run, in the words of the steps.
fn commands(plan: &Plan) -> String {
    let commands: Vec<String> = doing(plan, "Runs ")
        .into_iter()
        .map(|(command, _)| command.to_owned())
        .collect();
    match (commands.is_empty(), plan.means.local) {
        (true, true) => "none; what they do is done on the store".to_owned(),
        (true, false) => "none".to_owned(),
        (false, _) => {
            let place = plan.means.directory.as_ref();
            let place = place.map_or_else(String::new, |directory| format!("; run in `{directory}`"));
            format!("{}{place}", commands.join(", "))
        }
    }
}

/// What the operator has to do.
fn by_hand(plan: &Plan) -> String {
    let waits: Vec<String> = doing(plan, "Waits until you have ")
        .into_iter()
        .map(|(what, steps)| {
            let steps: Vec<&str> = steps.iter().map(|step| step.id()).collect();
            format!("{what} ({})", steps.join(", "))
        })
        .collect();
    let waits = (!waits.is_empty()).then(|| format!("the run waits until you have {}", waits.join("; ")));
    let storage = carried_out(plan)
        .any(|planned| planned.step == Step::Storage)
        .then(|| format!("the internal storage, as the step {} says", Step::Storage));
    let all: Vec<String> = waits.into_iter().chain(storage).collect();
    if all.is_empty() {
        "nothing; the run does all of it".to_owned()
    } else {
        all.join("; ")
    }
}

/// Which tenants come, or where everything moves.
fn tenants(plan: &Plan) -> String {
    let named: Vec<String> = plan
        .choices
        .tenants
        .iter()
        .map(|tenant| {
            if tenant.name == tenant.id.as_str() {
                format!("`{}`", tenant.id)
            } else {
                format!("`{}` ({})", tenant.id, tenant.name)
            }
        })
        .collect();
    match (plan.route, named.is_empty()) {
        (Route::Settings, true) => "none to create".to_owned(),
        (Route::Settings, false) => format!("{} to create: {}", thousands(named.len() as u64), named.join(", ")),
        (Route::Move, true) => "nothing is moved".to_owned(),
        (Route::Move, false) => format!("everything without a tenant moves into {}", named.join(", ")),
    }
}

/// What becomes of the default tenant.
fn default_tenant(plan: &Plan) -> String {
    let inspection = &plan.inspection;
    if inspection.situation() == Situation::NamedOnly {
        return "off already".to_owned();
    }
    if !plan.choices.disables_default() {
        return "kept; what lives in it stays reachable".to_owned();
    }
    if !inspection.something_becomes_unreachable() {
        return "disabled; nothing lives in it".to_owned();
    }
    let created = &plan.choices.tenants;
    let counts = warning::unreachable(inspection, created)
        .first()
        .cloned()
        .unwrap_or_default();
    let lost = match (
        warning::cut_off(inspection, created).len(),
        inspection.access.holders.len(),
    ) {
        (0, _) => String::new(),
        (some, all) => {
            let yet = match inspection.tenants {
                0 if created.is_empty() => ": no other tenant is there yet",
                _ => "",
            };
            let others = warning::superadmins(inspection, some);
            format!("; {some} of {all} users lose all access{others}{yet}")
        }
    };
    format!("disabled; out of reach: {}{lost}", counts.replace("   ", ", "))
}

/// What was found, a sentence each.
pub fn found(inspection: &Inspection) -> Vec<String> {
    let mut lines = Vec::new();
    if inspection.release.has_default_tenant() {
        lines.push(format!("Settings in effect: {}", settings(inspection.tenancy)));
        let unreachable = warning::unreachable(inspection, &[]);
        if let Some(counts) = unreachable.first() {
            lines.push(format!("In the default tenant: {counts}"));
        }
        lines.push(format!(
            "Access in the default tenant: {} people",
            inspection.access.holders.len()
        ));
    }
    lines.push(format!("Tenants: {}", inspection.tenants));
    if let Some(file) = &inspection.file {
        lines.push(format!("Configuration: `{}` ({})", file.path, file.kind));
    }
    for service in &inspection.services {
        lines.push(format!(
            "Service: {} {}, {}",
            service.kind, service.version, service.state
        ));
    }
    lines
}

/// The two settings in words.
pub fn settings(tenancy: Tenancy) -> String {
    let on = |on: bool| if on { "on" } else { "off" };
    format!(
        "multi-tenancy {}, default tenant {}",
        on(tenancy.enabled),
        on(tenancy.default_tenant)
    )
}

/// How to go back, a sentence each.
pub fn back(plan: &Plan) -> Vec<String> {
    match plan.route {
        Route::Settings => vec![
            leading(
                "`kestra-admin migrate rollback` puts the settings back, deletes tenants that this run created and in \
                 which nothing lives yet, and restarts.",
                &plan.means.command_words,
            ),
            "The flags themselves delete nothing: what a setting hides, it shows again.".to_owned(),
        ],
        Route::Move => vec![
            "What `kestra migrate default-tenant` has moved, it cannot move back: restore the dump of the database."
                .to_owned(),
        ],
    }
}
