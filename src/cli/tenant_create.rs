//! `tenants create`: one tenant from flags, or many from a file.
//!
//! Everything is checked before anything is sent. Flags create one tenant, and an id that is taken is a conflict. A file
//! is safe to repeat: a tenant that exists with the same content counts as done.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::args::CreateTenant;
use super::failure::{Failure, invalid};
use super::format::Format;
use super::list::sentence;
use super::printer::{Column, Layout};
use super::session::Session;
use super::tenant_fields;
use super::tenant_file::{self, Entry};
use super::tenants;
use crate::backend::Backend;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::instance::Instance;
use crate::domain::problem::{FieldMessage, Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::role::Role;
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_field;
use crate::domain::tenant_id::TenantId;

/// How many invalid entries the second line of a problem names; the details name all.
const FIRST_FEW: usize = 3;

/// How a message about an id that only `--yes` creates ends.
const RESERVED: &str = "; such an id is created only with --yes";

/// A tenant asked for, and what to call it in a message.
struct Wanted {
    label: String,
    new: NewTenant,
}

/// `tenants create`
pub async fn create(session: &mut Session<'_>, flags: &CreateTenant) -> Result<(), Failure> {
    if !flags.dry_run {
        session.allow_change(flags.yes)?;
    }
    let entries = match &flags.from {
        Some(file) => Some(tenant_file::read(file, &mut session.input)?),
        None => None,
    };
    let shaped = shape(flags, entries)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    session.require(
        &instance.rights.create_tenant,
        "No tenant was created.".to_owned(),
        &instance,
    )?;
    let wanted = check(session, flags, shaped, &instance, backend.as_ref()).await?;
    match (flags.dry_run, flags.from.is_some()) {
        (true, _) => dry_run(session, backend.as_ref(), &wanted, flags.from.is_some()).await,
        (false, true) => create_many(session, backend.as_ref(), wanted).await,
        (false, false) => create_one(session, backend.as_ref(), wanted).await,
    }
}

/// What flags and file ask for, as far as it can be said without an instance. Flags beat the file.
fn shape(flags: &CreateTenant, entries: Option<Vec<Entry>>) -> Result<Vec<(String, Entry)>, Problem> {
    let mut entries = entries.unwrap_or_else(|| {
        vec![Entry {
            number: 1,
            object: Map::new(),
        }]
    });
    let for_one = flags.id.is_some() || flags.name.is_some() || !flags.set.is_empty();
    if for_one && entries.len() > 1 {
        return Err(invalid(
            "No tenant was created.",
            format!(
                "`--tenant`, `--name` and `--set` describe one tenant, and the file holds {}.",
                entries.len()
            ),
            "Leave these flags out, or give a file with one tenant.",
        ));
    }
    for entry in &mut entries {
        if let Some(id) = &flags.id {
            entry.object.insert("id".to_owned(), Value::from(id.as_str()));
        }
        if let Some(name) = &flags.name {
            entry.object.insert("name".to_owned(), Value::from(name.as_str()));
        }
        let has_admin = entry.object.contains_key("admin") || entry.object.contains_key("adminUsername");
        if let Some(admin) = flags.admin_username.as_ref().filter(|_| for_one || !has_admin) {
            entry.object.shift_remove("adminUsername");
            entry.object.insert("admin".to_owned(), Value::from(admin.as_str()));
        }
    }
    Ok(entries
        .into_iter()
        .map(|entry| match flags.from {
            Some(_) => (entry.label(), entry),
            None => (String::new(), entry),
        })
        .collect())
}

/// Turns entries into tenants, or lists everything that is wrong with any of them. Warnings are said on the way.
async fn check(
    session: &mut Session<'_>,
    flags: &CreateTenant,
    shaped: Vec<(String, Entry)>,
    instance: &Instance,
    backend: &dyn Backend,
) -> Result<Vec<Wanted>, Failure> {
    let default_namespaces = if instance.tenancy.reaches_default_tenant(instance.release) {
        // They only serve a warning; whoever may not see them goes without it.
        backend.namespaces(&TenantScope::Default).await.unwrap_or_default()
    } else {
        Vec::new()
    };
    let count = shaped.len();
    let mut wanted = Vec::with_capacity(count);
    let mut refused: Vec<(String, Vec<FieldMessage>)> = Vec::new();
    let mut seen: HashMap<TenantId, String> = HashMap::new();
    let mut warnings = Vec::new();
    for (label, entry) in shaped {
        let mut new = match entry.tenant() {
            Ok(new) => new,
            Err(messages) => {
                refused.push((label, messages));
                continue;
            }
        };
        for assignment in &flags.set {
            tenant_fields::set(&mut new.tenant, assignment, instance.release, session.environment)?;
        }
        let mut messages = tenant_field::validate(&new.tenant, instance.release);
        let id = new.tenant.id.clone();
        if new.tenant.value_at("deleted").and_then(Value::as_bool) == Some(true) {
            messages.push(field("deleted", "a deleted tenant cannot be created"));
        }
        for path in redact::masked_paths(&new.tenant) {
            messages.push(field(
                &path,
                "is a masked secret; put the secret itself there, or leave it out",
            ));
        }
        if let Some(other) = seen.insert(id.clone(), label.clone()) {
            messages.push(field("id", &format!("is the same as in {other}")));
        }
        for warning in id.warnings(instance.release, default_namespaces.iter().map(String::as_str)) {
            if warning.is_reserved() && !flags.yes {
                messages.push(field("id", &format!("`{id}` {}{RESERVED}", warning.words())));
            } else {
                warnings.push(format!("Id `{id}` {}.", warning.words()));
            }
        }
        if messages.is_empty() {
            wanted.push(Wanted { label, new });
        } else {
            refused.push((label, messages));
        }
    }
    if !refused.is_empty() {
        return Err(refusal(&refused, count).into());
    }
    for warning in warnings {
        session.printer.say(&warning);
    }
    Ok(wanted)
}

fn field(path: &str, message: &str) -> FieldMessage {
    FieldMessage {
        path: path.to_owned(),
        message: message.to_owned(),
    }
}

/// One problem for all invalid entries: the first few in the second line, all of them in the details.
fn refusal(refused: &[(String, Vec<FieldMessage>)], count: usize) -> Problem {
    let lines: Vec<String> = refused
        .iter()
        .map(|(label, messages)| {
            let messages: Vec<String> = messages
                .iter()
                .map(|message| format!("`{}`: {}", message.path, message.message))
                .collect();
            let place = if label.is_empty() {
                String::new()
            } else {
                format!("{label}: ")
            };
            format!("{place}{}", messages.join("; "))
        })
        .collect();
    let mut why: Vec<String> = lines.iter().take(FIRST_FEW).map(|line| sentence(line)).collect();
    if lines.len() > FIRST_FEW {
        why.push(format!("And {} more.", lines.len() - FIRST_FEW));
    }
    let what = match (refused.len(), count) {
        (_, 1) => "The tenant was not created.".to_owned(),
        (1, count) => format!("No tenant was created: 1 of {count} entries is invalid."),
        (refused, count) => format!("No tenant was created: {refused} of {count} entries are invalid."),
    };
    let is_reserved = |message: &FieldMessage| message.message.ends_with(RESERVED);
    let next = if refused.iter().flat_map(|(_, messages)| messages).all(is_reserved) {
        "Choose another id, or add `--yes`."
    } else if lines.len() > FIRST_FEW {
        "Correct them and try again; `-v` lists them all."
    } else {
        "Correct that, and try again."
    };
    invalid(what, why.join(" "), next).with_detail(lines.join("\n"))
}

async fn create_one(session: &mut Session<'_>, backend: &dyn Backend, wanted: Vec<Wanted>) -> Result<(), Failure> {
    for Wanted { new, .. } in wanted {
        let created = backend.create_tenant(&new).await?;
        let row = TenantRow {
            admins: admins_of(&created),
            tenant: created.tenant.clone(),
        };
        match session.printer.format() {
            Format::Table | Format::Csv => session.printer.whole_list(&tenants::LAYOUT, &[row])?,
            _ => session.printer.object(&[], &redact::tenant_json(&created.tenant))?,
        }
        say_admins(session, &created);
    }
    Ok(())
}

/// How many hold the Admin role right after creation; unknown where a group holds it.
fn admins_of(created: &CreatedTenant) -> Option<u64> {
    let users = |binding: &Binding| binding.subject_kind == SubjectKind::User;
    created
        .admins
        .iter()
        .all(users)
        .then(|| u64::try_from(created.admins.len()).unwrap_or(u64::MAX))
}

fn names(bindings: &[Binding]) -> Vec<&str> {
    bindings.iter().map(|binding| binding.subject_name.as_str()).collect()
}

fn say_admins(session: &mut Session<'_>, created: &CreatedTenant) {
    let id = &created.tenant.id;
    if created.admins.is_empty() {
        session
            .printer
            .say(&format!("Warning: nobody holds the Admin role of tenant `{id}`."));
        session
            .printer
            .say("Only a superadmin can administer it. Give the role to somebody in Kestra, and name one next time with `--admin-username`.");
    } else {
        let names = names(&created.admins).join("`, `");
        session
            .printer
            .say(&format!("Created tenant `{id}`; `{names}` is its Admin."));
    }
}

/// How it went with one tenant of many.
struct Report {
    id: TenantId,
    name: String,
    result: Outcome,
}

/// What became of it.
enum Outcome {
    Created(Vec<String>),
    Unchanged,
    Failed(Problem),
}

static REPORT_LAYOUT: Layout<Report> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |report| report.id.to_string(),
        },
        Column {
            head: "NAME",
            cell: |report| report.name.clone(),
        },
        Column {
            head: "RESULT",
            cell: |report| report.result.word().to_owned(),
        },
        Column {
            head: "ADMIN",
            cell: |report| match &report.result {
                Outcome::Created(admins) => admins.join(" "),
                Outcome::Unchanged | Outcome::Failed(_) => String::new(),
            },
        },
        Column {
            head: "REASON",
            cell: |report| match &report.result {
                Outcome::Failed(problem) => format!("{} {}", problem.what, problem.why),
                Outcome::Created(_) | Outcome::Unchanged => String::new(),
            },
        },
    ],
    json: |report| {
        let mut row = json!({"id": report.id, "name": report.name, "result": report.result.word()});
        match &report.result {
            Outcome::Created(admins) => row["admins"] = json!(admins),
            Outcome::Unchanged => {}
            Outcome::Failed(problem) => {
                row["problem"] =
                    json!({"kind": problem.kind, "what": problem.what, "why": problem.why, "next": problem.next});
            }
        }
        row
    },
};

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::Unchanged => "unchanged",
            Self::Failed(_) => "failed",
        }
    }
}

async fn create_many(session: &mut Session<'_>, backend: &dyn Backend, wanted: Vec<Wanted>) -> Result<(), Failure> {
    let news: Vec<NewTenant> = wanted.into_iter().map(|wanted| wanted.new).collect();
    let results = backend.create_tenants(&news).await;
    let mut reports = Vec::with_capacity(news.len());
    for (new, result) in news.iter().zip(results) {
        let result = match result {
            Ok(created) => Outcome::Created(names(&created.admins).into_iter().map(str::to_owned).collect()),
            Err(problem) if problem.kind == ProblemKind::Conflict => match compare(backend, new).await {
                Some(same) => same.map_or_else(Outcome::Failed, |()| Outcome::Unchanged),
                None => Outcome::Failed(problem),
            },
            Err(problem) => Outcome::Failed(problem),
        };
        reports.push(Report {
            id: new.tenant.id.clone(),
            name: new.tenant.name.clone(),
            result,
        });
    }
    session.printer.whole_list(&REPORT_LAYOUT, &reports)?;
    warn_of_orphans(session, &reports);
    ending(&reports)?;
    session.printer.say(&summary(&reports));
    Ok(())
}

fn summary(reports: &[Report]) -> String {
    let count = |word: &str| reports.iter().filter(|report| report.result.word() == word).count();
    format!(
        "{} created, {} unchanged, {} failed.",
        count("created"),
        count("unchanged"),
        count("failed")
    )
}

fn warn_of_orphans(session: &mut Session<'_>, reports: &[Report]) {
    let orphans: Vec<&str> = reports
        .iter()
        .filter(|report| matches!(&report.result, Outcome::Created(admins) if admins.is_empty()))
        .map(|report| report.id.as_str())
        .collect();
    if let [first, more @ ..] = orphans.as_slice() {
        let which = if more.is_empty() {
            format!("tenant `{first}`")
        } else {
            format!("tenant `{first}` and {} more", more.len())
        };
        session
            .printer
            .say(&format!("Warning: nobody holds the Admin role of {which}."));
        session.printer.say(
            "Only a superadmin can administer that. Name an `admin` in each entry, or `--admin-username` for all.",
        );
    }
}

/// Done, done in part, or failed the way all of them failed.
fn ending(reports: &[Report]) -> Result<(), Failure> {
    let problems: Vec<&Problem> = reports
        .iter()
        .filter_map(|report| match &report.result {
            Outcome::Failed(problem) => Some(problem),
            Outcome::Created(_) | Outcome::Unchanged => None,
        })
        .collect();
    let Some(first) = problems.first() else {
        return Ok(());
    };
    let kind = if problems.len() < reports.len() {
        ProblemKind::Partly
    } else if problems.iter().all(|problem| problem.kind == first.kind) {
        first.kind
    } else {
        ProblemKind::Failed
    };
    let details: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}", problem.what, problem.why))
        .collect();
    Err(Problem::new(
        kind,
        summary(reports),
        format!("The first that failed: {} {}", first.what, first.why),
        "Correct them and repeat the command; what is done already stays as it is.",
    )
    .with_detail(details.join("\n"))
    .into())
}

/// Whether a tenant that exists is just what was asked for, or in what it differs. `None` if it cannot be read.
async fn compare(backend: &dyn Backend, new: &NewTenant) -> Option<Result<(), Problem>> {
    let id = &new.tenant.id;
    let stored = backend.tenant(id).await.ok()?;
    let differs = |why: String| {
        Problem::new(
            ProblemKind::Conflict,
            format!("Tenant `{id}` exists and is different."),
            why,
            format!("Choose another id, or change it with `kestra-admin tenants update {id}`."),
        )
    };
    let fields = differing(&new.tenant, &stored);
    if !fields.is_empty() {
        return Some(Err(differs(format!("It differs in {}.", fields.join(", ")))));
    }
    if let Some(admin) = &new.admin {
        let access = backend.access(&TenantScope::Named(id.clone())).await.ok()?;
        let admin_roles: Vec<&str> = access
            .roles
            .iter()
            .filter(|role| role.is_admin())
            .map(|role: &Role| role.id.as_str())
            .collect();
        let is_admin = access
            .bindings
            .iter()
            .filter(|binding| admin_roles.contains(&binding.role_id.as_str()) && binding.namespace.is_none())
            .any(|binding| match binding.subject_kind {
                SubjectKind::User => binding.subject_name.eq_ignore_ascii_case(admin),
                SubjectKind::Group => access.groups.iter().any(|group| {
                    group.id == binding.subject_id
                        && group
                            .members
                            .iter()
                            .any(|member| member.username.eq_ignore_ascii_case(admin))
                }),
            });
        if !is_admin {
            return Some(Err(differs(format!("`{admin}` does not hold its Admin role."))));
        }
    }
    Some(Ok(()))
}

/// Paths of top-level fields in which two tenants differ. What means "not set" is the same as not being there.
fn differing(wanted: &Tenant, stored: &Tenant) -> Vec<String> {
    let is_unset = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    let of = |tenant: &Tenant, key: &str| tenant.rest.get(key).filter(|value| !is_unset(value)).cloned();
    let mut found = Vec::new();
    if wanted.name != stored.name {
        found.push("name".to_owned());
    }
    let mut keys: Vec<&String> = wanted.rest.keys().chain(stored.rest.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        // Whether it is deleted and what its logo is are the server's to say.
        if matches!(key.as_str(), "deleted" | "logo") || of(wanted, key) == of(stored, key) {
            continue;
        }
        found.push(format!("`{key}`"));
    }
    found
}

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

async fn dry_run(
    session: &mut Session<'_>,
    backend: &dyn Backend,
    wanted: &[Wanted],
    is_bulk: bool,
) -> Result<(), Failure> {
    let instance = backend.instance().await?;
    let mut plans = Vec::with_capacity(wanted.len());
    for Wanted { new, label } in wanted {
        if let Some(admin) = &new.admin
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
            Ok(_) if !is_bulk => {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    format!("There is a tenant `{}` already.", new.tenant.id),
                    "The id of a tenant is unique in its instance.",
                    "Choose another id, or use the tenant that is there.",
                )
                .into());
            }
            Ok(_) => match compare(backend, new).await {
                Some(Ok(())) => "leave unchanged",
                _ => "fail: exists",
            },
            Err(_) => "create",
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

/// Whether the instance has a user of this name. Where users cannot be listed, the answer is left to the instance.
async fn user_exists(backend: &dyn Backend, username: &str) -> Result<bool, Problem> {
    use crate::domain::query::{Filter, Operator, Query, Term};

    let mut query = Query::first(1);
    query.filter = Filter {
        terms: vec![Term {
            negated: false,
            column: Some("username".to_owned()),
            operator: Operator::Equals,
            values: vec![username.to_lowercase()],
        }],
    };
    match backend.users(None, &query).await {
        Ok(page) => Ok(page.total > 0),
        Err(problem) if problem.kind == ProblemKind::Denied => Ok(true),
        Err(problem) => Err(problem),
    }
}
