//! `roles list` and `roles get`.

use serde_json::Value;

use super::args::ListFlags;
use super::failure::Failure;
use super::list::ListRequest;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::{Backend, ROLE_COLUMNS};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Filter, Operator, Query, Term};
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;

static LAYOUT: Layout<Role> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |role| role.id.clone(),
        },
        Column {
            head: "NAME",
            cell: |role| role.name.clone(),
        },
        Column {
            head: "MANAGED",
            cell: |role| yes(role.is_managed),
        },
        Column {
            head: "DEFAULT",
            cell: |role| yes(role.is_default),
        },
        Column {
            head: "PERMISSIONS",
            cell: |role| role.permissions.count().to_string(),
        },
        Column {
            head: "DESCRIPTION",
            cell: |role| role.description.clone().unwrap_or_default(),
        },
    ],
    json: |role| json(role),
};

/// One line of what a role allows.
struct Allowed {
    resource: String,
    actions: String,
}

static PERMISSION_LAYOUT: Layout<Allowed> = Layout {
    columns: &[
        Column {
            head: "RESOURCE",
            cell: |allowed| allowed.resource.clone(),
        },
        Column {
            head: "ACTIONS",
            cell: |allowed| allowed.actions.clone(),
        },
    ],
    json: |_| Value::Null,
};

/// `roles list`
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, ROLE_COLUMNS)?;
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| {
            backend.roles(&scope, query).await
        })
        .await?;
    if total == 0 {
        session.printer.say(&format!("No role of tenant `{scope}` is listed."));
    }
    Ok(())
}

/// `roles get`
pub async fn get(session: &mut Session<'_>, wanted: &str) -> Result<(), Failure> {
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let role = find(backend.as_ref(), &scope, wanted).await?;
    let allowed: Vec<Allowed> = role
        .permissions
        .iter()
        .map(|(resource, actions)| Allowed {
            resource: resource.to_string(),
            actions: actions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        })
        .collect();
    match session.printer.format() {
        super::format::Format::Table | super::format::Format::Csv => {
            session.printer.whole_list(&PERMISSION_LAYOUT, &allowed)?;
            let kind = if role.is_managed { "managed, " } else { "" };
            session.printer.say(&format!(
                "Role `{}` of tenant `{scope}`: {kind}id `{}`, {} permissions.",
                role.name,
                role.id,
                role.permissions.count()
            ));
            Ok(())
        }
        _ => session.printer.object(&[], &json(&role)),
    }
}

/// The role with this id, or the only one with this name.
async fn find(backend: &dyn Backend, scope: &TenantScope, wanted: &str) -> Result<Role, Problem> {
    let missing = match backend.role(scope, wanted).await {
        Err(problem) if problem.kind == ProblemKind::NotFound => problem,
        found => return found,
    };
    let mut query = Query::first(Query::MAX_SIZE);
    query.filter = Filter {
        terms: vec![Term {
            negated: false,
            column: Some("name".to_owned()),
            operator: Operator::Equals,
            values: vec![wanted.to_lowercase()],
        }],
    };
    let mut ids: Vec<String> = backend
        .roles(scope, &query)
        .await
        // A tenant that is not there has no roles either; the first answer says so better.
        .map_err(|problem| {
            if problem.kind == ProblemKind::NotFound {
                missing.clone()
            } else {
                problem
            }
        })?
        .rows
        .into_iter()
        .filter(|role| role.name == wanted)
        .map(|role| role.id)
        .collect();
    match (ids.pop(), ids.is_empty()) {
        (Some(id), true) => backend.role(scope, &id).await,
        (Some(last), false) => {
            ids.push(last);
            Err(Problem::new(
                ProblemKind::Conflict,
                format!("Several roles of tenant `{scope}` are called `{wanted}`."),
                "Names of roles are not unique in Kestra.",
                format!("Name one by its id: {}.", backticked(&ids)),
            ))
        }
        (None, _) => Err(missing),
    }
}

fn backticked(words: &[String]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn json(role: &Role) -> Value {
    serde_json::to_value(role).unwrap_or_default()
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "" }.to_owned()
}
