//! The plan of a migration: made from flags, answers in a file or a plan that was written, and printed.

use serde_json::Value;

use super::args_migrate::Wanted;
use super::failure::Failure;
use super::format::Format;
use super::migrate::{print_json, visible_text};
use super::session::Session;
use super::tenant_file::read_text;
use crate::domain::problem::invalid;
use crate::domain::shaped::{shaped, value_of};
use crate::domain::text::visible;
use crate::migration::choices::{BackupChoice, Choices, DefaultTenantChoice};
use crate::migration::plan::{Plan, plan as remade};
use crate::migration::plan_text;
use crate::migrations::Desk;

/// The plan that flags and file ask for.
pub fn planned(session: &mut Session<'_>, desk: &Desk, wanted: &Wanted) -> Result<Plan, Failure> {
    let (mut choices, written) = match &wanted.file {
        None => (Choices::default(), None),
        Some(file) => read_file(session, file)?,
    };
    let adds = !wanted.tenants.is_empty() || wanted.no_backup || wanted.disable_default || wanted.confirm.is_some();
    choices.tenants.extend(wanted.tenants.iter().cloned());
    if wanted.no_backup {
        choices.backup = BackupChoice::Nothing;
    }
    if wanted.disable_default {
        choices.default_tenant = DefaultTenantChoice::Disable;
    }
    if wanted.confirm.is_some() || (adds && written.is_some()) {
        // What was confirmed holds for the numbers it was confirmed for.
        choices.confirmed.clone_from(&wanted.confirm);
    }
    if let (Some(plan), false) = (written, adds) {
        return same_place(desk, &plan);
    }
    let surveyed = desk.survey_for(&choices.tenants, &mut |_| {})?;
    Ok(remade(
        &surveyed.context,
        &surveyed.place,
        surveyed.inspection,
        &surveyed.means,
        choices,
    )?)
}

/// A plan from a file is for the instance that it was made for, and reached as the configuration says now.
fn same_place(desk: &Desk, plan: &Plan) -> Result<Plan, Failure> {
    let site = desk.site()?;
    if plan.place != site.place {
        return Err(invalid(
            "The plan is for another instance.",
            format!(
                "It was made for `{}`, and this is `{}`.",
                visible(&plan.place),
                site.place
            ),
            "Name the context that it was made for, or make a new plan.",
        )
        .into());
    }
    // What it does follows from what was found and wanted, and from nothing else that stands in the file.
    let means = site.means.without_secrets(&site.secrets);
    let again = remade(
        &site.context,
        &site.place,
        plan.inspection.clone(),
        &means,
        plan.choices.clone(),
    )?;
    let is_same = again.steps == plan.steps && again.route == plan.route && again.context == plan.context;
    let is_same_file = plan.inspection.file.as_ref().map(|file| &file.path) == means.config_file.as_ref();
    if !is_same || !is_same_file {
        return Err(invalid(
            "The plan is not one that can be carried out here.",
            "It was made for other files or commands than the context names now, or was changed by hand.",
            "Make a new one with `kestra-admin migrate plan -o json`.",
        )
        .into());
    }
    Ok(again)
}

fn read_file(session: &mut Session<'_>, file: &std::path::Path) -> Result<(Choices, Option<Plan>), Failure> {
    let text = read_text(file, &mut session.input)?;
    let refused = |why: String| {
        invalid(
            format!("`{}` holds no plan.", file.display()),
            why,
            "Write one with `kestra-admin migrate plan -o json`, or the answers alone: `tenants`, `backup`, \
             `defaultTenant`, `confirmed`.",
        )
    };
    let value: Value =
        serde_saphyr::from_str(&text).map_err(|error| refused(visible(&error.to_string()).into_owned()))?;
    if value.get("steps").is_some() {
        let plan: Plan = shaped(&value).map_err(|error| refused(format!("{error}.")))?;
        return Ok((plan.choices.clone(), Some(plan)));
    }
    let choices = shaped(&value).map_err(|error| refused(format!("{error}.")))?;
    Ok((choices, None))
}

/// Prints a plan.
pub fn show_plan(session: &mut Session<'_>, plan: &Plan) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table => session
            .printer
            .text(visible_text(&plan_text::markdown(plan)).as_bytes()),
        _ => print_json(session, &value_of(plan).unwrap_or_default()),
    }
}
