//! `audit list` and `audit get`: Kestra's audit log, filtered and paged, and one row of it in full.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::args_records::{AuditFlags, AuditRowFlags};
use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout};
use super::session::Session;
use super::{lookup, moments};
use crate::config::nearest;
use crate::domain::audit::{AuditQuery, AuditRow, actions};
use crate::domain::catalogue;
use crate::domain::columns::AUDIT_COLUMNS;
use crate::domain::equivalent::shell_quote;
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::query::{Operator, Query, Term};
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;

/// Rows on a page where a page is asked for without its size.
const PAGE_SIZE: u32 = 100;

static LAYOUT: Layout<AuditRow> = Layout {
    columns: &[
        Column {
            head: "TIME",
            cell: |row| moments::shown(row.time),
        },
        Column {
            head: "USER",
            cell: |row| row.actor.clone(),
        },
        Column {
            head: "ACTION",
            cell: |row| row.action.clone(),
        },
        Column {
            head: "RESOURCE",
            cell: |row| row.resource.clone(),
        },
        Column {
            head: "OBJECT",
            cell: |row| row.object.clone(),
        },
        Column {
            head: "TENANT",
            cell: |row| row.tenant.clone(),
        },
        Column {
            head: "ID",
            cell: |row| row.id.clone(),
        },
    ],
    json: |row| {
        let mut detail = row.detail.clone();
        detail.insert("resource".to_owned(), Value::from(row.resource.as_str()));
        detail.insert("id".to_owned(), Value::from(row.object.as_str()));
        let mut value = json!({
            "id": row.id,
            "date": moments::shown(row.time),
            "type": row.action,
            "detail": detail,
            "username": row.actor,
        });
        if let Some(object) = value.as_object_mut() {
            let tenant = Some(&row.tenant).filter(|tenant| !tenant.is_empty());
            for (name, known) in [
                ("userId", row.user_id.as_ref()),
                ("tenantId", tenant),
                ("ipAddress", row.address.as_ref()),
                ("impersonatedBy", row.impersonated_by.as_ref()),
            ] {
                if let Some(known) = known {
                    object.insert(name.to_owned(), Value::from(known.as_str()));
                }
            }
            if !row.changes.is_empty() {
                object.insert("appliedPatch".to_owned(), Value::from(row.changes.clone()));
            }
        }
        value
    },
};

/// Rows that are looked through at most for one of them.
const MOST_LOOKED_AT: u64 = 20_000;

/// `audit get`: one row in full. Kestra has no way to ask for it, so the log is looked through, the newest first.
pub async fn get(session: &mut Session<'_>, flags: &AuditRowFlags) -> Result<(), Failure> {
    let (from, until) = (
        moment("--since", flags.since.as_ref())?,
        moment("--until", flags.until.as_ref())?,
    );
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = scope_of(session, &instance)?;
    let mut query = AuditQuery {
        from,
        until,
        size: Query::MAX_SIZE,
        ..AuditQuery::default()
    };
    loop {
        let page = backend.audit(scope.as_ref(), &query).await?;
        if let Some(row) = page.rows.iter().find(|row| row.id == flags.id) {
            return session.printer.object(&in_full(row), &(LAYOUT.json)(row));
        }
        query.offset += u64::from(query.size);
        let is_all = page.rows.is_empty() || query.offset >= page.total;
        if is_all || query.offset >= MOST_LOOKED_AT {
            let of = scope.map(|scope| format!(" --tenant {}", shell_quote(&scope.to_string())));
            let of = of.unwrap_or_default();
            return Err(Problem::new(
                ProblemKind::NotFound,
                format!("There is no row `{}` in the audit log.", flags.id),
                if is_all {
                    "None of its rows has this id.".to_owned()
                } else {
                    format!(
                        "It was looked for among the newest {MOST_LOOKED_AT} of {} rows.",
                        page.total
                    )
                },
                format!("`kestra-admin audit list{of}` shows ids; `--since` and `--until` say where to look."),
            )
            .into());
        }
    }
}

/// A row as lines: what it says in a list, and what there is more.
fn in_full(row: &AuditRow) -> Vec<(String, String)> {
    let known = |text: &Option<String>| text.clone().unwrap_or_default();
    let is_shown = |name: &str| matches!(name, "id" | "resource");
    let more = row.detail.iter().filter(|(name, _)| !is_shown(name));
    let detail: Vec<String> = more.map(|(name, value)| format!("{name}: {}", plain(value))).collect();
    let changes: Vec<String> = row.changes.iter().map(change).collect();
    let mut lines = vec![
        ("id", row.id.clone()),
        ("time", moments::shown(row.time)),
        ("user", row.actor.clone()),
        ("action", row.action.clone()),
        ("resource", row.resource.clone()),
        ("object", row.object.clone()),
        ("tenant", row.tenant.clone()),
    ];
    let told = [
        ("detail", detail.join("; ")),
        ("address", known(&row.address)),
        ("impersonated by", known(&row.impersonated_by)),
        ("changes", changes.join("; ")),
    ];
    lines.extend(told.into_iter().filter(|(_, text)| !text.is_empty()));
    lines.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An operation of a patch in words: `replace /name "New"`.
fn change(operation: &Value) -> String {
    let text = |name: &str| operation.get(name).map(plain).unwrap_or_default();
    let value = operation.get("value").or_else(|| operation.get("from"));
    let value = value.map_or_else(String::new, |value| format!(" {value}"));
    format!("{} {}{value}", text("op"), text("path"))
}

/// The log that is meant: that of the tenant that is named, else that of the instance where the release has one.
fn scope_of(session: &Session<'_>, instance: &Instance) -> Result<Option<TenantScope>, Problem> {
    Ok(match session.named_scope(instance)? {
        None if !instance.release.at_least(1, 0) && !session.of_instance => Some(session.scope(instance)?),
        scope => scope,
    })
}

fn moment(flag: &str, text: Option<&String>) -> Result<Option<i64>, Problem> {
    let now = Timestamp::now();
    text.map(|text| moments::parse(flag, text, now).map(Timestamp::as_millisecond))
        .transpose()
}

/// `audit list`. A tenant narrows it where one is named; where the release has only logs of tenants, one is needed.
pub async fn list(session: &mut Session<'_>, flags: &AuditFlags) -> Result<(), Failure> {
    let keeping = flags.kept.of(AUDIT_COLUMNS, &LAYOUT)?;
    let one_page = flags.page.is_some() || flags.size.is_some();
    let size = flags.size.unwrap_or(if one_page { PAGE_SIZE } else { Query::MAX_SIZE });
    let mut query = AuditQuery {
        text: flags.text.clone(),
        user: None,
        resources: flags.resource.iter().map(|resource| resource.to_uppercase()).collect(),
        action: flags.action.as_ref().map(|action| action.to_uppercase()),
        from: moment("--since", flags.since.as_ref())?,
        until: moment("--until", flags.until.as_ref())?,
        oldest_first: flags.oldest_first,
        offset: (flags.page.unwrap_or(1) - 1).saturating_mul(u64::from(size)),
        size,
    };
    let backend = session.open()?;
    let instance = backend.instance().await?;
    for warning in check_names(flags, keeping.terms(), instance.release)? {
        session.printer.say(&warning);
    }
    let scope = scope_of(session, &instance)?;
    if let Some(user) = &flags.user {
        query.user = Some(lookup::user(backend.as_ref(), scope.as_ref(), user, None).await?.id);
    }
    let is_table = session.printer.format() == Format::Table;
    let mut list = session.printer.list(&LAYOUT);
    let (mut seen, mut shown): (u64, u64) = (0, 0);
    let total = loop {
        let mut page = backend.audit(scope.as_ref(), &query).await?;
        let count = page.rows.len() as u64;
        seen += count;
        page.rows.retain(|row| keeping.keeps(row));
        shown += page.rows.len() as u64;
        list.rows(&page.rows)?;
        query.offset += u64::from(size);
        if one_page || count == 0 || query.offset >= page.total {
            list.finish(if keeping.keeps_all() { page.total } else { shown })?;
            break page.total;
        }
    };
    if shown == 0 {
        session.printer.say("Nothing like that is in the audit log.");
    } else if one_page && is_table && seen < total {
        let (page, pages) = (flags.page.unwrap_or(1), total.div_ceil(u64::from(size)));
        session.printer.say(&format!("Page {page} of {pages}; {total} in all."));
    }
    Ok(())
}

/// Refuses kinds of things and actions that are mistyped, and says of others that they are known to no release. A newer
/// Kestra may have them, and another answer than its own would be a guess.
fn check_names(flags: &AuditFlags, terms: &[Term], release: Release) -> Result<Vec<String>, Problem> {
    let resources: Vec<&str> = catalogue::all_names().chain(["KV_STORE", "UNKNOWN"]).collect();
    let mut told = Vec::new();
    if let Some(asked) = &flags.action {
        check_action(asked, release)?;
    }
    for asked in &flags.resource {
        let fits = |known: &str| known.eq_ignore_ascii_case(asked);
        told.extend(check("resource", asked, &resources, release, fits)?);
    }
    for term in terms {
        let (column, known) = match term.column.as_deref() {
            Some("resource") => ("resource", resources.as_slice()),
            Some("action") => ("action", actions(release)),
            _ => continue,
        };
        for value in term.values.iter() {
            let fits = |known: &str| match term.operator {
                Operator::Contains => known.to_lowercase().contains(value),
                Operator::Equals => known.eq_ignore_ascii_case(value),
                Operator::Less | Operator::Greater => true,
            };
            told.extend(check(column, value, known, release, fits)?);
        }
    }
    Ok(told)
}

/// Refuses an action that the log of the release does not have. A newer one may have others.
fn check_action(asked: &str, release: Release) -> Result<(), Problem> {
    let known = actions(release);
    let asked = asked.to_uppercase();
    if known.contains(&asked.as_str()) || !Release::KNOWN.contains(&release) {
        return Ok(());
    }
    Err(invalid(
        format!("Kestra {release} has no {asked} in its audit log."),
        "Nothing would ever match.",
        match nearest(&asked, known.iter().copied()) {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("It has {}.", known.join(", ")),
        },
    ))
}

/// What is said of a name that is not known, if it is none.
fn check(
    column: &str,
    asked: &str,
    known: &[&str],
    release: Release,
    fits: impl Fn(&str) -> bool,
) -> Result<Option<String>, Problem> {
    if known.iter().any(|known| fits(known)) {
        return Ok(None);
    }
    let asked = asked.to_uppercase();
    match nearest(&asked, known.iter().copied()) {
        Some(near) if Release::KNOWN.contains(&release) => Err(invalid(
            format!("Kestra's audit log has no {column} `{asked}`."),
            "Nothing would ever match.",
            format!("Did you mean `{near}`?"),
        )),
        _ => Ok(Some(format!(
            "Warning: the audit log of no release that is known here has {column} `{asked}`. Kestra is asked all the same."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_in_full_says_what_changed_from_where_and_in_whose_name() {
        let row = AuditRow {
            id: "a".to_owned(),
            time: 0,
            actor: "ana@example.com".to_owned(),
            user_id: None,
            action: "UPDATE".to_owned(),
            resource: "ROLE".to_owned(),
            object: "r".to_owned(),
            tenant: "acme".to_owned(),
            address: Some("192.0.2.7".to_owned()),
            impersonated_by: Some("boss".to_owned()),
            detail: [("id", "r"), ("name", "Ops")]
                .map(|(name, value)| (name.to_owned(), Value::from(value)))
                .into_iter()
                .collect(),
            changes: vec![
                json!({"op": "replace", "path": "/name", "value": "Ops"}),
                json!({"op": "remove", "path": "/description"}),
            ],
        };
        let lines = in_full(&row);
        let of = |name: &str| {
            lines
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, text)| text.as_str())
        };
        assert_eq!(of("changes"), Some("replace /name \"Ops\"; remove /description"));
        assert_eq!(of("address"), Some("192.0.2.7"));
        assert_eq!(of("impersonated by"), Some("boss"));
        assert_eq!(of("detail"), Some("name: Ops"));
        let json = (LAYOUT.json)(&row);
        assert_eq!(json["appliedPatch"][1]["op"], "remove");
        assert_eq!(json["ipAddress"], "192.0.2.7");
        assert_eq!(json["detail"]["name"], "Ops");
        // What is not told is not said to be nothing.
        let bare = AuditRow {
            address: None,
            impersonated_by: None,
            changes: Vec::new(),
            ..row
        };
        assert!(
            in_full(&bare)
                .iter()
                .all(|(name, _)| name != "changes" && name != "address")
        );
        assert!((LAYOUT.json)(&bare).get("appliedPatch").is_none());
    }

    #[test]
    fn a_name_that_is_near_a_known_one_may_be_of_a_newer_release() {
        let check = |asked: &str, release| {
            let fits = |known: &str| known.eq_ignore_ascii_case(asked);
            check("action", asked, actions(release), release, fits)
        };
        let (known, newer) = (Release::new(2, 0), Release::new(2, 1));
        assert_eq!(check("delete", known).unwrap(), None);
        assert_eq!(check("craete", known).unwrap_err().next, "Did you mean `CREATE`?");
        for (release, expected) in [
            (Release::new(0, 21), 7),
            (Release::new(1, 3), 9),
            (Release::new(2, 0), 11),
        ] {
            assert_eq!(actions(release).len(), expected);
        }
        let problem = check_action("login_failure", Release::new(0, 21)).unwrap_err();
        assert_eq!(problem.what, "Kestra 0.21 has no LOGIN_FAILURE in its audit log.");
        assert_eq!(check_action("login_failure", Release::new(0, 23)), Ok(()));
        assert_eq!(check_action("archive_all", newer), Ok(()));
        for (asked, release) in [("craete", newer), ("archive_all", known), ("archive_all", newer)] {
            let told = check(asked, release).unwrap().unwrap();
            assert!(told.contains(&asked.to_uppercase()), "{told}");
        }
    }
}
