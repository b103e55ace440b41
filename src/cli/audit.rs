//! `audit list`: Kestra's audit log, filtered and paged.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::args_records::AuditFlags;
use super::failure::{Failure, invalid};
use super::format::Format;
use super::printer::{Column, Layout};
use super::session::Session;
use super::{lookup, moments};
use crate::config::nearest;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::catalogue;
use crate::domain::problem::Problem;
use crate::domain::query::{Operator, Query, Term};
use crate::domain::release::Release;

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
    ],
    json: |row| {
        let mut value = json!({
            "id": row.id,
            "date": moments::shown(row.time),
            "type": row.action,
            "detail": {"resource": row.resource, "id": row.object},
            "username": row.actor,
        });
        if let Some(object) = value.as_object_mut() {
            if let Some(user) = &row.user_id {
                object.insert("userId".to_owned(), Value::from(user.as_str()));
            }
            if !row.tenant.is_empty() {
                object.insert("tenantId".to_owned(), Value::from(row.tenant.as_str()));
            }
        }
        value
    },
};

/// `audit list`. A tenant narrows it where one is named; where the release has only logs of tenants, one is needed.
pub async fn list(session: &mut Session<'_>, flags: &AuditFlags) -> Result<(), Failure> {
    let keeping = flags.kept.of(&LAYOUT)?;
    let now = Timestamp::now();
    let moment = |flag: &str, text: &Option<String>| {
        text.as_deref()
            .map(|text| moments::parse(flag, text, now).map(Timestamp::as_millisecond))
            .transpose()
    };
    let one_page = flags.page.is_some() || flags.size.is_some();
    let size = flags.size.unwrap_or(if one_page { PAGE_SIZE } else { Query::MAX_SIZE });
    let mut query = AuditQuery {
        text: flags.text.clone(),
        user: None,
        resources: flags.resource.iter().map(|resource| resource.to_uppercase()).collect(),
        action: flags.action.as_ref().map(|action| action.to_uppercase()),
        from: moment("--since", &flags.since)?,
        until: moment("--until", &flags.until)?,
        oldest_first: flags.oldest_first,
        offset: (flags.page.unwrap_or(1) - 1).saturating_mul(u64::from(size)),
        size,
    };
    let backend = session.open()?;
    let instance = backend.instance().await?;
    for warning in check_names(flags, keeping.terms(), instance.release)? {
        session.printer.say(&warning);
    }
    let scope = match session.named_scope(&instance)? {
        None if !instance.release.at_least(1, 0) && !session.of_instance => Some(session.scope(&instance)?),
        scope => scope,
    };
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

/// Actions that Kestra's audit log has in some release. Source: the OpenAPI documents of 0.21 to 2.0.
const ACTIONS: [&str; 11] = [
    "CREATE",
    "READ",
    "UPDATE",
    "DELETE",
    "LOGIN",
    "LOGIN_FAILURE",
    "LOGOUT",
    "ACCOUNT_LOCKED",
    "IMPERSONATE",
    "PROMOTE",
    "UNKNOWN",
];

/// Refuses kinds of things and actions that are mistyped, and says of others that they are known to no release. A newer
/// Kestra may have them, and another answer than its own would be a guess.
fn check_names(flags: &AuditFlags, terms: &[Term], release: Release) -> Result<Vec<String>, Problem> {
    let resources: Vec<&str> = catalogue::all_names().chain(["KV_STORE", "UNKNOWN"]).collect();
    let mut told = Vec::new();
    for asked in &flags.resource {
        let fits = |known: &str| known.eq_ignore_ascii_case(asked);
        told.extend(check("resource", asked, &resources, release, fits)?);
    }
    for term in terms {
        let (column, known) = match term.column.as_deref() {
            Some("resource") => ("resource", resources.as_slice()),
            Some("action") => ("action", ACTIONS.as_slice()),
            _ => continue,
        };
        for value in &term.values {
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
    fn a_name_that_is_near_a_known_one_may_be_of_a_newer_release() {
        let check = |asked: &str, release| {
            let fits = |known: &str| known.eq_ignore_ascii_case(asked);
            check("action", asked, &ACTIONS, release, fits)
        };
        let (known, newer) = (Release::new(2, 0), Release::new(2, 1));
        assert_eq!(check("delete", known).unwrap(), None);
        assert_eq!(check("craete", known).unwrap_err().next, "Did you mean `CREATE`?");
        for (asked, release) in [("craete", newer), ("archive_all", known), ("archive_all", newer)] {
            let told = check(asked, release).unwrap().unwrap();
            assert!(told.contains(&asked.to_uppercase()), "{told}");
        }
    }
}
