//! The last steps: the end state against the plan, guidance for the storage, the report.

use super::health;
use super::site::Site;
use super::survey::{self, survey};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::migration::access_snapshot::compare;
use crate::migration::action::{Outcome, Receipt};
use crate::migration::inspection::Situation;
use crate::migration::machine::{self, BOTH_ON, NAMED_ONLY};
use crate::migration::report;
use crate::migration::runs::Run;
use crate::migration::state::RunState;
use crate::migration::step::Route;

/// Compares the end state with the plan.
pub(super) async fn compare_end(site: &Site, state: &RunState) -> Result<Outcome, Problem> {
    let plan = &state.plan;
    let backend = (site.open)()?;
    let mut lines = Vec::new();
    let mut wrong = Vec::new();
    if plan.route == Route::Settings {
        let keeps_off = plan.inspection.situation() == Situation::NamedOnly;
        let wanted = if plan.choices.disables_default() || keeps_off {
            NAMED_ONLY
        } else {
            BOTH_ON
        };
        match health::reports(site, wanted).await {
            health::Look::Ready(words) => lines.push(words),
            health::Look::NotYet(words) => wrong.push(words),
            health::Look::Refused(problem) => return Err(*problem),
        }
        if wanted == BOTH_ON {
            let comparison = compare(&state.baseline().access, &survey::access_now(&*backend).await?);
            if comparison.nobody_lost() {
                lines.push(comparison.words());
            } else {
                wrong.push(comparison.words());
            }
        }
    }
    for tenant in &plan.choices.tenants {
        match backend.tenant(&tenant.id).await {
            Ok(found) => {
                let scope = TenantScope::Named(tenant.id.clone());
                let admins = backend.admin_count(&scope).await?;
                lines.push(format!(
                    "tenant `{}` ({}) is there, with {admins} admin{}",
                    tenant.id,
                    visible(&found.name),
                    if admins == 1 { "" } else { "s" }
                ));
                if admins == 0 && plan.route == Route::Settings {
                    wrong.push(format!("nobody is admin of tenant `{}`", tenant.id));
                }
                if plan.route == Route::Move
                    && let Ok(footprint) = backend.footprint(&scope).await
                    && let (Some(flows), Some(executions)) = (footprint.flows, footprint.executions)
                {
                    lines.push(format!("{flows} flows and {executions} executions live in it"));
                }
            }
            Err(problem) if problem.kind == ProblemKind::NotFound && machine::nothing_to_move(state) => {
                lines.push(format!("nothing had to move, so tenant `{}` was not made", tenant.id));
            }
            Err(problem) if problem.kind == ProblemKind::NotFound => {
                wrong.push(format!("tenant `{}` is missing", tenant.id));
            }
            Err(problem) => return Err(problem),
        }
    }
    if let Some(first) = wrong.first() {
        return Err(Problem::new(
            ProblemKind::Partly,
            "The end state is not what was planned.",
            format!("{}.", wrong.join("; ")),
            "Look at it; `kestra-admin migrate resume` compares again, `kestra-admin migrate rollback` undoes.",
        )
        .with_detail(first));
    }
    let words = lines.first().cloned().unwrap_or_else(|| "as planned".to_owned());
    Ok(Outcome::proved(words, Receipt::Told { lines }))
}

/// What has to be moved in the internal storage, by backend. Kestra's command moves rows of the database and no files.
///
/// Source: Kestra's migration guide of 0.23 for tenants in the Enterprise Edition.
pub(super) fn storage_guidance(state: &RunState) -> Outcome {
    let tenant = state
        .plan
        .choices
        .tenants
        .first()
        .map_or("TENANT", |tenant| tenant.id.as_str());
    let lines = vec![
        "Files of the internal storage are not moved by `kestra migrate default-tenant`; move them before people work \
         again."
            .to_owned(),
        format!("local: move everything below the base path, but directories of tenants, into `{tenant}/`"),
        format!("S3, GCS, MinIO: copy every key, but those of tenants, below the prefix `{tenant}/`"),
        format!("Azure: copy every blob, but those of tenants, below `{tenant}/` in the same container"),
        "From 0.23 on keys of S3 and GCS have no double slash in front any more: a second move, after this one."
            .to_owned(),
    ];
    Outcome::proved(
        format!("files have to be moved below `{tenant}/` by hand; the report says how for each backend"),
        Receipt::Told { lines },
    )
}

/// Writes the report.
pub(super) fn write_report(run: &Run, state: &RunState) -> Result<Outcome, Problem> {
    let path = run.write("report.md", report::markdown(state, &run.id, true).as_bytes())?;
    let json = serde_json::to_vec_pretty(&report::json(state, &run.id, true)).unwrap_or_default();
    run.write("report.json", &json)?;
    Ok(Outcome::done(format!("`{}`", path.display())))
}

/// Whether more becomes unreachable than was confirmed.
pub(super) async fn recount(site: &Site, state: &RunState) -> Result<Outcome, Problem> {
    let now = survey(site, &mut |_| {}).await?;
    let plan = &state.plan;
    let confirmed = &plan.inspection;
    if !now.something_becomes_unreachable() {
        return Ok(Outcome::done("nothing becomes unreachable"));
    }
    if plan.lacks_confirmation() || plan.choices.confirmed.is_none() {
        return Err(Problem::new(
            ProblemKind::Unconfirmed,
            "The default tenant was not disabled.",
            "Something lives in it, and nobody confirmed that it becomes unreachable.",
            format!("Make a new plan with `--disable-default --confirm {}`.", plan.context),
        ));
    }
    let grew = |now: Option<u64>, then: Option<u64>| now.unwrap_or(u64::MAX) > then.unwrap_or(u64::MAX);
    let more_flows = grew(now.footprint.flows, confirmed.footprint.flows);
    let more_namespaces = grew(now.footprint.namespaces, confirmed.footprint.namespaces);
    let more_people = now.only_here.iter().any(|name| !confirmed.only_here.contains(name));
    if more_flows || more_namespaces || more_people {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "The default tenant was not disabled.",
            "More would become unreachable than was confirmed: somebody has added something to it meanwhile.",
            "Make a new plan, and look at its numbers.",
        ));
    }
    Ok(Outcome::done(
        crate::migration::warning::unreachable(&now, &[])
            .into_iter()
            .next()
            .unwrap_or_default(),
    ))
}
