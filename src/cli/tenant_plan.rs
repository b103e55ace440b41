//! `tenants create --dry-run`: what would be sent, and what would come of it. Reads, and never writes.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout};
use super::session::Session;
use super::tenant_compare::{self, Standing};
use super::tenant_wanted::Wanted;
use crate::backend::Backend;
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::query::{Filter, Operator, Query, Term};
use crate::domain::redact;
use crate::domain::tenant::NewTenant;
use crate::domain::tenant_id::TenantId;

/// What would be sent for one tenant.
struct Plan {
    body: Value,
    admin: Option<String>,
    result: &'static str,
    id: TenantId,
}

static PLAN_LAYOUT: Layout<Plan> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |plan| plan.id.to_string(),
        },
        Column {
            head: "WOULD",
            cell: |plan| plan.result.to_owned(),
        },
        Column {
            head: "METHOD",
            cell: |_| "POST".to_owned(),
        },
        Column {
            head: "PATH",
            cell: |_| "/api/v1/tenants".to_owned(),
        },
        Column {
            head: "ADMIN",
            cell: |plan| plan.admin.clone().unwrap_or_default(),
        },
        Column {
            head: "BODY",
            cell: |plan| plan.body.to_string(),
        },
    ],
    json: |plan| json!({"method": "POST", "path": "/api/v1/tenants", "body": plan.body, "admin": plan.admin, "would": plan.result}),
};

/// Prints what would be sent, or says what would be refused.
pub async fn dry_run(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    instance: &Instance,
    wanted: &[Wanted],
    is_bulk: bool,
) -> Result<(), Failure> {
    let mut known_users = HashSet::new();
    let mut plans = Vec::with_capacity(wanted.len());
    for Wanted { new, label } in wanted {
        if let Some(admin) = &new.admin
            && known_users.insert(admin)
            && !user_exists(backend, admin).await?
        {
            let place = if label.is_empty() {
                String::new()
            } else {
                format!(" in {label}")
            };
            return Err(invalid(
                "The tenant would not be created.",
                format!("No user of this instance is called `{admin}`{place}."),
                "Name an existing user; `kestra-admin users list` shows them.",
            )
            .into());
        }
        let result = match backend.tenant(&new.tenant.id).await {
            Ok(_) if !is_bulk && !lacks_admin(backend, new).await => {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    format!("There is a tenant `{}` already.", new.tenant.id),
                    "The id of a tenant is unique in its instance, and this one is taken.",
                    "Choose another id, or use the tenant that is there.",
                )
                .into());
            }
            Ok(_) => match tenant_compare::compare(backend, new).await {
                Standing::Same => "leave unchanged",
                Standing::LacksAdmin => "give its Admin",
                Standing::Different(_) | Standing::Unreadable => "fail: exists",
            },
            Err(problem) if problem.kind == ProblemKind::NotFound => "create",
            Err(problem) => return Err(problem.into()),
        };
        plans.push(Plan {
            body: redact::tenant_json(&new.tenant),
            admin: match &new.admin {
                Some(admin) => Some(admin.clone()),
                None if instance.identity.superadmin => None,
                None => Some(instance.identity.username.clone()),
            },
            result,
            id: new.tenant.id.clone(),
        });
    }
    print_plans(session, &plans, is_bulk)?;
    session.printer.say("Nothing was sent.");
    Ok(())
}

fn print_plans(session: &mut Session<'_>, plans: &[Plan], is_bulk: bool) -> Result<(), Failure> {
    match (plans, session.printer.format()) {
        ([plan], Format::Table) if !is_bulk => {
            let admin = plan.admin.as_deref().unwrap_or("nobody");
            let lines = [
                ("request".to_owned(), "POST /api/v1/tenants".to_owned()),
                ("body".to_owned(), plan.body.to_string()),
                ("admin".to_owned(), admin.to_owned()),
            ];
            session.printer.object(&lines, &Value::Null)
        }
        ([plan], Format::Json | Format::Ndjson | Format::Yaml) if !is_bulk => {
            session.printer.object(&[], &(PLAN_LAYOUT.json)(plan))
        }
        _ => session.printer.whole_list(&PLAN_LAYOUT, plans),
    }
}

/// Whether all that is missing of a tenant is that the user named is its Admin.
async fn lacks_admin(backend: &dyn Backend, new: &NewTenant) -> bool {
    matches!(tenant_compare::compare(backend, new).await, Standing::LacksAdmin)
}

/// Whether the instance has a user of this name. Where users cannot be listed, the answer is left to the instance.
async fn user_exists(backend: &dyn Backend, username: &str) -> Result<bool, Problem> {
    let mut query = Query::first(1);
    query.filter = Filter {
        terms: vec![Term {
            negated: false,
            column: Some("username".to_owned()),
            operator: Operator::Equals,
            values: vec![username.to_lowercase()].into(),
        }],
        ..Filter::default()
    };
    match backend.users(None, &query).await {
        Ok(page) => Ok(page.total > 0),
        Err(problem) if problem.kind == ProblemKind::Denied => Ok(true),
        Err(problem) => Err(problem),
    }
}
