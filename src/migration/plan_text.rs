//! The plan as a page that reads from top to bottom like a change request, in Markdown.

use super::inspection::Inspection;
use super::plan::Plan;
use super::warning;
use crate::domain::instance::Tenancy;

/// The plan in Markdown.
pub fn markdown(plan: &Plan) -> String {
    let inspection = &plan.inspection;
    let mut lines = vec![
        format!("# Migration of {} to multi-tenancy", plan.context),
        String::new(),
        format!(
            "- Instance: {}, Kestra {} {}",
            plan.place, inspection.edition, inspection.version
        ),
        format!("- Now: {}", inspection.situation().words()),
        format!(
            "- Looked at: {}, as {}",
            inspection.taken_at, inspection.identity.username
        ),
        format!("- Plan: {}", plan.hash().get(..12).unwrap_or_default()),
    ];
    lines.push(String::new());
    lines.push("## What is there".to_owned());
    lines.push(String::new());
    lines.extend(found(inspection).into_iter().map(|line| format!("- {line}")));
    if !plan.warnings.is_empty() {
        lines.push(String::new());
        lines.push("## What to know before".to_owned());
        lines.push(String::new());
        lines.extend(plan.warnings.iter().map(|line| format!("- {line}")));
    }
    lines.push(String::new());
    lines.push("## What will happen".to_owned());
    for (number, planned) in plan.steps.iter().enumerate() {
        lines.push(String::new());
        let number = number + 1;
        match &planned.skipped {
            Some(why) => lines.push(format!("{number}. **{}**: skipped, {why}", planned.step)),
            None => {
                lines.push(format!("{number}. **{}**", planned.step));
                lines.extend(planned.does.iter().map(|line| format!("   - {line}")));
                if !planned.diff.is_empty() {
                    lines.push(String::new());
                    lines.push("   ```diff".to_owned());
                    lines.extend(planned.diff.iter().map(|line| format!("   {line}")));
                    lines.push("   ```".to_owned());
                }
            }
        }
    }
    lines.push(String::new());
    lines.push("## How to go back".to_owned());
    lines.push(String::new());
    lines.extend(back(plan).into_iter().map(|line| format!("- {line}")));
    lines.push(String::new());
    lines.join("\n")
}

/// What was found, a sentence each.
pub fn found(inspection: &Inspection) -> Vec<String> {
    let mut lines = Vec::new();
    if inspection.release.has_default_tenant() {
        lines.push(format!("Settings in effect: {}", settings(inspection.tenancy)));
        let unreachable = warning::unreachable(inspection);
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
    use super::step::Route;

    match plan.route {
        Route::Settings => vec![
            "`kestra-admin migrate rollback` puts the settings back, deletes tenants that this run created and in which \
             nothing lives yet, and restarts."
                .to_owned(),
            "The flags themselves delete nothing: what a setting hides, it shows again.".to_owned(),
        ],
        Route::Move => vec![
            "What `kestra migrate default-tenant` has moved, it cannot move back: restore the dump of the database."
                .to_owned(),
        ],
    }
}
