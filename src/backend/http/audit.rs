//! Kestra's audit log, filtered and paged.
//!
//! It is long, so Kestra is asked for what is wanted. What comes is looked at all the same: a server that does not know a
//! parameter sends everything. Then, and where it refuses a parameter, the log is read from its end and filtered here.

use crate::backend::NO_AUDIT_LOG;
use crate::backend::feature::Feature;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;

use super::call::Call;
use super::core::Core;
use super::decode;
use super::detect::Known;
use super::dialect::{AuditFilters, Dialect};
use super::failure::Failure;
use super::people::words;

/// Rows that are read at most where the filtering is ours.
const MOST_READ: u64 = 20_000;

impl Core {
    /// A page of the audit log of a tenant, or of the instance.
    pub(super) async fn audit(
        &self,
        scope: Option<&TenantScope>,
        query: &AuditQuery,
    ) -> Result<Page<AuditRow>, Failure> {
        let known = self.known().await?;
        match scope {
            Some(scope) => known.enter(scope)?,
            None => Feature::InstanceAuditLog.require(known.dialect.release(), NO_AUDIT_LOG)?,
        }
        let whose = scope.map_or_else(|| "the instance".to_owned(), words);
        let order = if query.oldest_first { "date:asc" } else { "date:desc" };
        let list = Call::get(Dialect::audit_log(scope), format!("read the audit log of {whose}")).with("sort", order);
        let asked = list.clone().with_all(parameters(&known, scope.is_none(), query));
        let found = match self.audit_page(scope, &asked, query).await {
            Ok(Some(page)) => Ok(page),
            Ok(None) => self.audit_read(scope, &list, query).await,
            // A kind of thing that this release calls otherwise is refused, and so are filters it does not know.
            Err(failure) if failure.problem.kind == ProblemKind::Invalid => self.audit_read(scope, &list, query).await,
            Err(failure) => Err(failure),
        };
        match (found, scope) {
            (Ok(page), Some(scope)) if page.total == 0 => {
                self.require_existence(&known, scope).await?;
                Ok(page)
            }
            (Err(failure), Some(scope)) => Err(self.explained(&known, scope, failure).await),
            (found, _) => found,
        }
    }

    /// The page as the server cuts it; `None` if it did not filter.
    async fn audit_page(
        &self,
        scope: Option<&TenantScope>,
        list: &Call,
        query: &AuditQuery,
    ) -> Result<Option<Page<AuditRow>>, Failure> {
        let size = query.size.clamp(1, Dialect::LARGEST_PAGE);
        let (first, skipped) = (query.offset / u64::from(size), query.offset % u64::from(size));
        let (mut values, mut total) = self.page_of(list, first + 1, size).await?;
        if skipped > 0 && values.len() as u64 >= u64::from(size) {
            let (more, now) = self.page_of(list, first + 2, size).await?;
            values.extend(more);
            total = now;
        }
        let rows = rows(scope, &values);
        if !rows.iter().all(|row| matches(query, row)) {
            return Ok(None);
        }
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        Ok(Some(Page {
            rows: rows.into_iter().skip(skipped).take(query.size as usize).collect(),
            total,
        }))
    }

    /// The page picked here, from as much of the log as is worth reading.
    async fn audit_read(
        &self,
        scope: Option<&TenantScope>,
        list: &Call,
        query: &AuditQuery,
    ) -> Result<Page<AuditRow>, Failure> {
        let (mut found, mut read, mut page) = (Vec::new(), 0_u64, 1);
        loop {
            let (values, total) = self.page_of(list, page, Dialect::LARGEST_PAGE).await?;
            if total > MOST_READ {
                return Err(too_long(total).into());
            }
            read += values.len() as u64;
            found.extend(rows(scope, &values).into_iter().filter(|row| matches(query, row)));
            page += 1;
            if values.is_empty() || read >= total {
                break;
            }
        }
        found.sort_by(|a, b| {
            let order = a.time.cmp(&b.time);
            if query.oldest_first { order } else { order.reverse() }
        });
        let total = found.len() as u64;
        let skipped = usize::try_from(query.offset).unwrap_or(usize::MAX);
        Ok(Page {
            rows: found.into_iter().skip(skipped).take(query.size as usize).collect(),
            total,
        })
    }
}

fn rows(scope: Option<&TenantScope>, values: &[serde_json::Value]) -> Vec<AuditRow> {
    let tenant = scope
        .and_then(TenantScope::id)
        .map(ToString::to_string)
        .unwrap_or_default();
    let resource = |row: AuditRow| AuditRow {
        resource: Dialect::audit_resource(&row.resource).to_owned(),
        ..row
    };
    values
        .iter()
        .filter_map(|value| decode::audit_row(value, &tenant))
        .map(resource)
        .collect()
}

/// What a query asks for, in the words of the release.
fn parameters(known: &Known, of_the_instance: bool, query: &AuditQuery) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parameters.push((name.to_owned(), value));
        }
    };
    let filters = known.dialect.audit_filters(of_the_instance);
    let (from, until) = (query.from.and_then(time), query.until.and_then(time));
    let resources = (!query.resources.is_empty()).then(|| query.resources.join(","));
    if filters == AuditFilters::Filters {
        set("filters[q][EQUALS]", query.text.clone());
        set("filters[userId][EQUALS]", query.user.clone());
        set("filters[action][EQUALS]", query.action.clone());
        set("filters[resources][IN]", resources);
        set("filters[startDate][GREATER_THAN_OR_EQUAL_TO]", from);
        set("filters[endDate][LESS_THAN_OR_EQUAL_TO]", until);
        return parameters;
    }
    set("q", query.text.clone());
    set("userId", query.user.clone());
    set("type", query.action.clone());
    let single = (query.resources.len() == 1)
        .then(|| query.resources.first().cloned())
        .flatten();
    match filters {
        AuditFilters::Permission => set("permission", single),
        AuditFilters::Resource => set("resource", single),
        AuditFilters::Resources => {
            for resource in &query.resources {
                set("resources", Some(resource.clone()));
            }
        }
        AuditFilters::Filters => {}
    }
    set("startDate", from);
    set("endDate", until);
    parameters
}

fn time(milliseconds: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(milliseconds)
        .ok()
        .map(|time| time.to_string())
}

/// Whether a row is one of those asked for.
fn matches(query: &AuditQuery, row: &AuditRow) -> bool {
    query
        .user
        .as_ref()
        .is_none_or(|user| row.user_id.as_ref() == Some(user) || row.actor == *user)
        && query.action.as_ref().is_none_or(|action| row.action == *action)
        && (query.resources.is_empty() || query.resources.contains(&row.resource))
        && query.from.is_none_or(|from| row.time >= from)
        && query.until.is_none_or(|until| row.time <= until)
        && query.text.as_ref().is_none_or(|text| has_text(row, text))
}

fn has_text(row: &AuditRow, text: &str) -> bool {
    let text = text.to_lowercase();
    [&row.object, &row.actor, &row.resource]
        .iter()
        .any(|field| field.to_lowercase().contains(&text))
}

fn too_long(rows: u64) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "The audit log cannot be filtered like this.",
        format!("This Kestra does not do it, and reading all of its {rows} rows takes too long."),
        "Narrow it by time, or look through it without a filter.",
    )
}
