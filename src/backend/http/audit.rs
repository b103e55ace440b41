//! Kestra's audit log, filtered and paged.
//!
//! It is long, so Kestra is asked for what is wanted. What comes is looked at all the same: a server that does not know a
//! parameter sends everything. Then, and where it refuses a parameter, the log is read from its end and filtered here.

use std::collections::HashSet;

use serde_json::Value;

use crate::backend::NO_AUDIT_LOG;
use crate::backend::feature::Feature;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::sorting;
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
        let asked = |narrowing| {
            list.clone()
                .with_all(parameters(&known, scope.is_none(), query, narrowing))
        };
        let narrowed = asked(Narrowing::Sure);
        let found = match self.audit_page(scope, &asked(Narrowing::All), query).await {
            Ok(Some(page)) => Ok(page),
            Ok(None) => self.audit_read(scope, &narrowed, query).await,
            // A kind of thing that this release calls otherwise is refused, and so are filters it does not know.
            Err(failure) if failure.problem.kind == ProblemKind::Invalid => {
                match self.audit_read(scope, &narrowed, query).await {
                    Err(failure) if failure.problem.kind == ProblemKind::Invalid => {
                        self.audit_read(scope, &list, query).await
                    }
                    found => found,
                }
            }
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
        let (values, total, skipped) = self.audit_window(list, query).await?;
        let rows = rows(scope, &values);
        if !rows.iter().all(|row| matches(query, row)) {
            return Ok(None);
        }
        Ok(Some(Page::new(
            rows.into_iter().skip(skipped).take(query.size as usize).collect(),
            total,
        )))
    }

    /// The rows that a query asks for and some before them, how many rows there are, and how many come before.
    async fn audit_window(&self, list: &Call, query: &AuditQuery) -> Result<(Vec<Value>, u64, usize), Failure> {
        let mut size = u64::from(query.size.clamp(1, Dialect::LARGEST_PAGE));
        let until = query.offset.saturating_add(size);
        let read = async |page: u64, size: u64| {
            let size = u32::try_from(size).unwrap_or(Dialect::LARGEST_PAGE);
            self.page_of(list, page + 1, size).await
        };
        let mut page = query.offset / size;
        let (mut values, mut total) = read(page, size).await?;
        let there = |total: u64, page: u64, size: u64| total.saturating_sub(page * size).min(size);
        if (values.len() as u64) < there(total, page, size) {
            // Some servers give fewer rows than asked for; pages are then as long as the first one.
            let first = if page == 0 {
                values.len()
            } else {
                read(0, size).await?.0.len()
            };
            size = (first as u64).max(1);
            page = query.offset / size;
            (values, total) = read(page, size).await?;
        }
        let skipped = usize::try_from(query.offset - page * size).unwrap_or(usize::MAX);
        let mut read_until = page;
        while (read_until + 1) * size < until.min(total) {
            read_until += 1;
            let (more, now) = read(read_until, size).await?;
            if more.is_empty() {
                break;
            }
            values.extend(more);
            total = now;
        }
        Ok((values, total, skipped))
    }

    /// The page picked here, from as much of the log as is worth reading.
    async fn audit_read(
        &self,
        scope: Option<&TenantScope>,
        list: &Call,
        query: &AuditQuery,
    ) -> Result<Page<AuditRow>, Failure> {
        // While the log grows, rows move on to the next page.
        let mut seen = HashSet::new();
        let (mut found, mut read, mut page) = (Vec::new(), 0_u64, 1);
        loop {
            let (values, total) = self.page_of(list, page, Dialect::LARGEST_PAGE).await?;
            if total > MOST_READ {
                return Err(too_long(total).into());
            }
            read += values.len() as u64;
            let new = rows(scope, &values)
                .into_iter()
                .filter(|row| seen.insert(row.id.clone()));
            found.extend(new.filter(|row| matches(query, row)));
            page += 1;
            if values.is_empty() || read >= total {
                break;
            }
        }
        sorting::by(&mut found, |a, b| {
            let order = a.time.cmp(&b.time);
            if query.oldest_first { order } else { order.reverse() }
        });
        let total = found.len() as u64;
        let skipped = usize::try_from(query.offset).unwrap_or(usize::MAX);
        Ok(Page::new(
            found.into_iter().skip(skipped).take(query.size as usize).collect(),
            total,
        ))
    }
}

fn rows(scope: Option<&TenantScope>, values: &[Value]) -> Vec<AuditRow> {
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

/// How much Kestra is asked to leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Narrowing {
    /// All that is not wanted.
    All,
    /// What every release leaves out in the same way; texts and kinds of things are looked at here.
    Sure,
}

/// What a query asks for, in the words of the release.
fn parameters(known: &Known, of_the_instance: bool, query: &AuditQuery, narrowing: Narrowing) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parameters.push((name.to_owned(), value));
        }
    };
    let filters = known.dialect.audit_filters(of_the_instance);
    let (from, until) = (query.from.and_then(time), query.until.and_then(time));
    let is_all = narrowing == Narrowing::All;
    let text = query.text.clone().filter(|_| is_all);
    let named = |resource: &String| filters.resource(resource).to_owned();
    let resources: Vec<String> = query.resources.iter().filter(|_| is_all).map(named).collect();
    if filters == AuditFilters::Filters {
        let resources = (!resources.is_empty()).then(|| resources.join(","));
        set("filters[q][EQUALS]", text);
        set("filters[userId][EQUALS]", query.user.clone());
        set("filters[action][EQUALS]", query.action.clone());
        set("filters[resources][IN]", resources);
        set("filters[startDate][GREATER_THAN_OR_EQUAL_TO]", from);
        set("filters[endDate][LESS_THAN_OR_EQUAL_TO]", until);
        return parameters;
    }
    set("q", text);
    set("userId", query.user.clone());
    set("type", query.action.clone());
    let single = (resources.len() == 1).then(|| resources.first().cloned()).flatten();
    match filters {
        AuditFilters::Permission => set("permission", single),
        AuditFilters::Resource => set("resource", single),
        AuditFilters::Resources => {
            for resource in resources {
                set("resources", Some(resource));
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
