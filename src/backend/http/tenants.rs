//! Tenants: listed, read, changed, deleted. Creating them is in [`super::create`].
//!
//! A change is made over the whole object: read, compared with what the caller saw, overlaid, written back, and the
//! answer compared with what was sent, because servers drop without a word what they do not know.

use serde_json::Value;

use crate::domain::columns::{MOST_COUNTED, counts_admins, may_be_of_admins};
use crate::domain::count::counted;
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Operator, Query, Selection, Term, answer};
use crate::domain::redact;
use crate::domain::tenant::{Tenant, TenantRow, TenantScope};
use crate::domain::tenant_change::{changed_meanwhile, normal, refuse, wrong_when_changed};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::call::Call;
use super::core::Core;
use super::decode::{self, Rows};
use super::detect::Known;
use super::dialect::Dialect;
use super::echo;
use super::failure::Failure;
use super::lists::{AT_ONCE, Work, at_once, does_not_add_up};
use super::settle::Settled;

impl Core {
    /// A page of the tenants.
    ///
    /// Without a filter the server cuts the page, so that the first one is there after one request. A filter is
    /// answered from all of them: Kestra's own search looks at other columns than ours, and some servers ignore it.
    pub(super) async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Failure> {
        let known = self.known().await?;
        if !known.dialect.tenancy().enabled {
            return Ok(Page::new(Vec::new(), 0));
        }
        if !known.me.superadmin {
            // The list is for superadmins alone; everybody else is told which tenants are theirs.
            let me = self.me_at(&known.me_path).await?;
            return self.answer_tenants(me.tenants, query).await;
        }
        if let Some(ids) = exact_ids(query) {
            return self.tenants_of_ids(&ids, query).await;
        }
        let list = Call::get(Dialect::tenants().join("search"), "list the tenants").of(Rows::Tenants);
        match server_order(query) {
            Some(order) if query.filter.is_empty() => {
                let list = list.with("sort", order);
                let (rows, total) = self.page_of(&list, query.page, query.size).await?;
                if rows.is_empty() && query.offset() < total {
                    return Err(does_not_add_up(&list));
                }
                if rows.len() <= query.size as usize {
                    return Ok(Page::new(tenant_rows(rows.iter().filter_map(decode::tenant)), total));
                }
                // A server that does not cut pages has sent all of them.
                self.answer_tenants(rows.iter().filter_map(decode::tenant).collect(), query)
                    .await
            }
            _ => self.selected(&list.with("sort", "id:asc"), query).await,
        }
    }

    /// The page a query asks for, from all tenants, of which no more is held than may be on it.
    async fn selected(&self, list: &Call, query: &Query) -> Result<Page<TenantRow>, Failure> {
        let need = Need::of(query);
        if need != Need::None {
            let first = apart_from_admins(query);
            let begin = || (Vec::new(), 0, Selection::new(query, "id"));
            let keep = |(kept, count, without): &mut (Vec<Tenant>, usize, Selection<'_, TenantRow>), row: Value| {
                let Some(row) = decode::tenant(&row).map(row_of) else {
                    return Ok(());
                };
                if first.filter.matches(&row) {
                    *count += 1;
                    if kept.len() < MOST_COUNTED {
                        kept.push(row.tenant.clone());
                    }
                }
                // Where they are too many to be counted, words look at what is known of each.
                if need == Need::Helps { without.take(row) } else { Ok(()) }
            };
            let (kept, count, without) = self.gathered(list, &begin, &keep).await?;
            if count <= MOST_COUNTED {
                return self.answer_tenants(kept, query).await;
            }
            if need == Need::Helps {
                let page = without.page()?;
                return Ok(Page {
                    leaves_out: true,
                    ..page
                });
            }
            return Err(too_many_to_count(count, query).into());
        }
        let take = |selection: &mut Selection<'_, TenantRow>, row: Value| match decode::tenant(&row) {
            Some(tenant) => selection.take(row_of(tenant)),
            None => Ok(()),
        };
        let selection = self.gathered(list, &|| Selection::new(query, "id"), &take).await?;
        Ok(selection.page()?)
    }

    /// The page a query asks for, of these tenants; their admins are counted only where the query asks for them.
    async fn answer_tenants(&self, tenants: Vec<Tenant>, query: &Query) -> Result<Page<TenantRow>, Failure> {
        let mut rows = tenant_rows(tenants);
        let mut leaves_out = false;
        let need = Need::of(query);
        if need != Need::None {
            let first = apart_from_admins(query);
            rows.retain(|row| first.filter.matches(row));
            if rows.len() <= MOST_COUNTED {
                let scopes: Vec<TenantScope> = rows
                    .iter()
                    .map(|row| TenantScope::Named(row.tenant.id.clone()))
                    .collect();
                for (row, count) in rows.iter_mut().zip(self.admin_counts(&scopes).await) {
                    // A word that only may mean it finds what can be told without.
                    row.admins = match count {
                        Ok(count) => Some(count),
                        Err(_) if need == Need::Helps => None,
                        Err(failure) => return Err(failure),
                    };
                }
            } else if need == Need::Required {
                return Err(too_many_to_count(rows.len(), query).into());
            } else {
                leaves_out = true;
            }
        }
        let page = answer(rows, query, "id")?;
        Ok(Page { leaves_out, ..page })
    }

    /// How many admins each of these tenants has, several asked at once.
    pub(super) async fn admin_counts(&self, scopes: &[TenantScope]) -> Vec<Result<u64, Failure>> {
        let mut counts: Vec<Work<'_, _>> = Vec::new();
        for scope in scopes {
            counts.push(Box::pin(self.admin_count(scope)));
        }
        at_once(AT_ONCE, counts).await
    }

    async fn tenants_of_ids(&self, ids: &[String], query: &Query) -> Result<Page<TenantRow>, Failure> {
        let mut reads: Vec<Work<'_, _>> = Vec::new();
        for id in ids {
            let id = TenantId::existing(id.as_str());
            reads.push(Box::pin(async move { self.stored(&id).await }));
        }
        let mut tenants = Vec::new();
        for read in at_once(AT_ONCE, reads).await {
            match read {
                Ok((tenant, _)) => tenants.push(tenant),
                Err(failure) if failure.problem.kind == ProblemKind::NotFound => {}
                Err(failure) => return Err(failure),
            }
        }
        self.answer_tenants(tenants, query).await
    }

    /// One tenant.
    pub(super) async fn tenant(&self, id: &TenantId) -> Result<Tenant, Failure> {
        let known = self.known().await?;
        known.require_tenancy(id)?;
        if known.me.superadmin {
            return Ok(self.stored(id).await?.0);
        }
        let me = self.me_at(&known.me_path).await?;
        let own = me.tenants.into_iter().find(|tenant| tenant.id == *id);
        own.ok_or_else(|| {
            Problem::new(
                ProblemKind::Denied,
                format!("You may not see tenant `{}`.", visible(id.as_str())),
                format!(
                    "`{}` has no access to a tenant of this id.",
                    visible(&known.me.username)
                ),
                "Ask an admin of the tenant for access.",
            )
            .into()
        })
    }

    /// A tenant as the server stores it, and its whole object.
    pub(super) async fn stored(&self, id: &TenantId) -> Result<(Tenant, Value), Failure> {
        let call = read_of(id);
        let value = self.json(&call).await?;
        let tenant = decode::tenant(&value).ok_or_else(|| self.misshapen(&call))?;
        Ok((tenant, value))
    }

    /// Replaces a tenant by `after`, provided that it still is `before`.
    pub(super) async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Failure> {
        let known = self.known().await?;
        let (before, after) = (sent_form(before), sent_form(after));
        let release = known.dialect.release();
        if before.id != after.id {
            refuse(&before.id, "changed", wrong_when_changed(&before, &after, release))?;
        }
        known.require_tenancy(&before.id)?;
        let path = known.tenants_path().tenant(&before.id);
        let shown = visible(before.id.as_str()).into_owned();
        let doing = format!("change tenant `{shown}`");
        let read = Call::get(path.clone(), &doing).about(format!("tenant `{shown}`"));
        let raw = self.json(&read).await?;
        let current = decode::tenant(&raw).map(|current| sent_form(&current));
        let current = current.ok_or_else(|| self.misshapen(&read))?;
        if echo::without_absent(&current) != echo::without_absent(&before) {
            return Err(changed_meanwhile(&before, &current).into());
        }
        refuse(&after.id, "changed", wrong_when_changed(&before, &after, release))?;
        refuse_masked(&before, &after)?;
        let write = Call::put(path, Some(overlaid(&raw, &before, &after)), doing).about(format!("tenant `{shown}`"));
        let stored = match self.call(&write).await {
            Ok(answer) => match decode::tenant(&self.json_of(&write, &answer).unwrap_or(Value::Null)) {
                Some(stored) => stored,
                None => self.stored(&before.id).await?.0,
            },
            Err(failure) if failure.may_be_done() => self.settle_update(failure, &before, &after).await?,
            Err(failure) => return Err(failure),
        };
        let lost = echo::not_taken(&before, &after, &stored);
        if lost.is_empty() {
            return Ok(stored);
        }
        Err(echo::dropped(&after.id, "changed", &lost).into())
    }

    async fn settle_update(&self, failure: Failure, before: &Tenant, after: &Tenant) -> Result<Tenant, Failure> {
        match self.stored(&before.id).await {
            Ok((stored, _)) if echo::without_absent(&stored) == echo::without_absent(before) => {
                Err(Settled::NotDone.problem(&failure, &before.id, "changed").into())
            }
            Ok((stored, _)) if echo::not_taken(before, after, &stored).is_empty() => Ok(stored),
            Ok((stored, _)) => Err(changed_meanwhile(before, &stored).into()),
            Err(_) => Err(Settled::Unknown.problem(&failure, &before.id, "changed").into()),
        }
    }

    /// Deletes a tenant.
    pub(super) async fn delete_tenant(&self, id: &TenantId) -> Result<(), Failure> {
        let known = self.known().await?;
        known.require_tenancy(id)?;
        let shown = visible(id.as_str()).into_owned();
        let call = Call::delete(known.tenants_path().tenant(id), format!("delete tenant `{shown}`"))
            .about(format!("tenant `{shown}`"));
        let failure = match self.call(&call).await {
            Ok(_) => return Ok(()),
            Err(failure) if failure.may_be_done() => failure,
            Err(failure) => return Err(failure),
        };
        match self.stored(id).await {
            Ok(_) => Err(Settled::NotDone.problem(&failure, id, "deleted").into()),
            Err(read) if read.problem.kind == ProblemKind::NotFound && !read.no_route => Ok(()),
            Err(_) => Err(Settled::Unknown.problem(&failure, id, "deleted").into()),
        }
    }
}

fn read_of(id: &TenantId) -> Call {
    let shown = visible(id.as_str());
    Call::get(Dialect::tenants().tenant(id), format!("read tenant `{shown}`")).about(format!("tenant `{shown}`"))
}

impl Known {
    /// While multi-tenancy is off there is no tenant with an id, whatever is left in the database.
    pub(super) fn require_tenancy(&self, id: &TenantId) -> Result<(), Failure> {
        if self.dialect.tenancy().enabled {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::NotFound,
            format!("There is no tenant `{}`.", visible(id.as_str())),
            "Multi-tenancy is off: `kestra.ee.tenants.enabled` is false on the server.",
            "Turn it on in the settings of the server.",
        )
        .into())
    }
}

fn row_of(tenant: Tenant) -> TenantRow {
    TenantRow { tenant, admins: None }
}

fn tenant_rows(tenants: impl IntoIterator<Item = Tenant>) -> Vec<TenantRow> {
    tenants.into_iter().map(row_of).collect()
}

/// Whether a query needs to know how many admins tenants have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// It does not.
    None,
    /// A plain word may be what is shown of them.
    Helps,
    /// It says so.
    Required,
}

impl Need {
    fn of(query: &Query) -> Self {
        let sorted = query.sort.as_ref().is_some_and(|sort| counts_admins(&sort.column));
        let terms = &query.filter.terms;
        let words_in = &query.filter.words_in;
        if sorted || terms.iter().any(|term| needs_admins(term, words_in)) {
            Self::Required
        } else if terms.iter().any(|term| is_word_of_admins(term, words_in)) {
            Self::Helps
        } else {
            Self::None
        }
    }
}

/// Whether a plain word may be found in what comes of counting admins.
fn is_word_of_admins(term: &Term, words_in: &[&str]) -> bool {
    term.column.is_none() && term.values.iter().any(|value| may_be_of_admins(value, words_in))
}

/// What a query asks for that a list can tell.
fn apart_from_admins(query: &Query) -> Query {
    let mut query = query.clone();
    let filter = &mut query.filter;
    let words_in = &filter.words_in;
    filter
        .terms
        .retain(|term| !is_about_admins(term) && !is_word_of_admins(term, words_in));
    query
}

/// Whether a term cannot be answered without counting admins. A word that is not to be there would let all pass of which that is
/// not known.
fn needs_admins(term: &Term, words_in: &[&str]) -> bool {
    is_about_admins(term) || term.negated && is_word_of_admins(term, words_in)
}

/// Why what a query says of admins cannot be answered for so many tenants, by the column that it names or the word.
fn too_many_to_count(count: usize, query: &Query) -> Problem {
    let filter = &query.filter;
    let mut terms = filter.terms.iter();
    let filtered = terms.find(|term| needs_admins(term, &filter.words_in));
    let word = filtered.filter(|term| term.column.is_none()).map(Term::to_string);
    let filtered = word.as_deref().or(filtered.and_then(|term| term.column.as_deref()));
    let (done, by) = match (filtered, &query.sort) {
        (Some(by), _) => ("filtered", by),
        (None, Some(sort)) => ("ordered", sort.column.as_str()),
        (None, None) => ("ordered", "admins"),
    };
    let instead = word.as_ref().map_or_else(String::new, |word| {
        format!(
            ", or say which column is not to have the word: `!id:{}`",
            word.trim_start_matches('!')
        )
    });
    Problem::new(
        ProblemKind::Invalid,
        format!("The list cannot be {done} by {by}."),
        format!(
            "That depends on admins, which Kestra does not count in lists, and counting those of {} one by one takes too long.",
            counted(count as u64, "tenant")
        ),
        format!("Narrow the list by other columns to at most {MOST_COUNTED} tenants{instead}."),
    )
}

/// The order in the words of the server, where it knows the column.
fn server_order(query: &Query) -> Option<String> {
    let Some(sort) = &query.sort else {
        return Some("id:asc".to_owned());
    };
    let direction = if sort.descending { "desc" } else { "asc" };
    // Names are put in order without regard to case here; what a database does is its own affair.
    (sort.column == "id").then(|| format!("id:{direction}"))
}

/// The ids, where a query asks for tenants by their exact ids.
fn exact_ids(query: &Query) -> Option<Vec<String>> {
    const MOST: usize = 50;
    let term = query.filter.terms.iter().find(|term| {
        term.column.as_deref() == Some("id")
            && term.operator == Operator::Equals
            && !term.negated
            && term.values.len() <= MOST
    })?;
    Some(term.values.to_vec())
}

fn is_about_admins(term: &Term) -> bool {
    term.column.as_deref().is_some_and(counts_admins)
}

/// A tenant without what is null, and without the picture, which is set apart from the rest.
pub(super) fn sent_form(tenant: &Tenant) -> Tenant {
    let mut tenant = normal(tenant);
    tenant.rest.shift_remove("logo");
    tenant
}

/// The whole object as it was read, with what changes between `before` and `after` laid over it.
fn overlaid(raw: &Value, before: &Tenant, after: &Tenant) -> Value {
    let mut object = raw.as_object().cloned().unwrap_or_default();
    object.shift_remove("logo");
    for key in before.rest.keys().filter(|key| !after.rest.contains_key(*key)) {
        object.shift_remove(key);
    }
    for (key, value) in &after.rest {
        if before.rest.get(key) != Some(value) {
            object.insert(key.clone(), value.clone());
        }
    }
    object.insert("id".to_owned(), Value::from(after.id.as_str()));
    object.insert("name".to_owned(), Value::from(after.name.as_str()));
    Value::Object(object)
}

/// Refuses to write a mask over a secret: some servers may show secrets only as a row of stars.
fn refuse_masked(before: &Tenant, after: &Tenant) -> Result<(), Problem> {
    let was = echo::by_path(before);
    let masked: Vec<String> = echo::leaves(after)
        .into_iter()
        .filter(|(path, value)| redact::is_secret(path) && is_mask(value) && was.get(path) == Some(value))
        .map(|(path, _)| path)
        .collect();
    let Some(first) = masked.first() else {
        return Ok(());
    };
    let mut problem = Problem::new(
        ProblemKind::Invalid,
        format!("Tenant `{}` was not changed.", visible(after.id.as_str())),
        format!(
            "Kestra shows `{}` only as a mask, and would store the mask in its place.",
            visible(first)
        ),
        "Set it anew in the same change.",
    );
    for path in &masked {
        problem = problem.with_field(visible(path), "has to be set anew");
    }
    Err(problem)
}

fn is_mask(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.len() >= 3 && text.chars().all(|c| matches!(c, '*' | '•' | '●')))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::domain::columns::TENANT_COLUMNS;

    use super::*;

    fn tenant(value: &Value) -> Tenant {
        decode::tenant(value).unwrap()
    }

    #[test]
    fn a_change_is_laid_over_what_is_there() {
        let raw = json!({
            "id": "a", "name": "A", "logo": "data:", "future": {"x": 1}, "null": null,
            "storageType": "s3", "secretType": "vault"
        });
        let before = tenant(&raw);
        let mut after = before.clone();
        after.name = "B".to_owned();
        after.set_at("storageType", None);
        after.set_at("secretType", Some(json!("jdbc")));
        assert_eq!(
            overlaid(&raw, &before, &after),
            json!({"id": "a", "name": "B", "future": {"x": 1}, "null": null, "secretType": "jdbc"})
        );
    }

    #[test]
    fn a_mask_is_not_written_over_a_secret() {
        let before = tenant(&json!({"id": "a", "name": "A", "sdkDefaultAuthentication": {"apiToken": "*****"}}));
        let mut after = before.clone();
        after.name = "B".to_owned();
        let problem = refuse_masked(&before, &after).unwrap_err();
        assert_eq!(problem.fields[0].path, "sdkDefaultAuthentication.apiToken");
        after.set_at("sdkDefaultAuthentication.apiToken", Some(json!("new")));
        assert!(refuse_masked(&before, &after).is_ok());
    }

    #[test]
    fn only_what_the_server_surely_does_alike_is_left_to_it() {
        let query = |text: &str| Query::parse(text, TENANT_COLUMNS, 10).unwrap();
        assert_eq!(server_order(&query("")).as_deref(), Some("id:asc"));
        assert_eq!(server_order(&query("sort:-id")).as_deref(), Some("id:desc"));
        assert_eq!(server_order(&query("sort:name")), None);
        assert_eq!(exact_ids(&query("id=a,b x")).unwrap(), ["a", "b"]);
        assert_eq!(exact_ids(&query("!id=a")), None);
        assert_eq!(exact_ids(&query("id:a")), None);
        let need = |text: &str| Need::of(&query(text));
        assert_eq!([need("admins>1"), need("sort:state")], [Need::Required; 2]);
        assert_eq!([need("active"), need("\"no adm\"")], [Need::Helps; 2]);
        // What it is not would let all pass of which that is not known.
        assert_eq!([need("!active"), need("!\"no adm\"")], [Need::Required; 2]);
        // However short: a word is looked for in each column that is shown, as it is in the local store.
        assert_eq!([need("n"), need("ac"), need("12")], [Need::Helps; 3]);
        assert_eq!(
            [need("acme"), need("cm"), need("activ3"), need("id:active"), need("t1")],
            [Need::None; 5]
        );
        let mut named = query("no 1");
        named.filter.words_in = vec!["id", "name"];
        assert_eq!(Need::of(&named), Need::None);
    }

    #[test]
    fn too_many_to_count_is_said_of_the_column_that_was_written() {
        for (text, what) in [
            ("state:active", "The list cannot be filtered by state."),
            ("acme admins:0 sort:state", "The list cannot be filtered by admins."),
            ("sort:-state", "The list cannot be ordered by state."),
        ] {
            let problem = too_many_to_count(11_600, &Query::parse(text, TENANT_COLUMNS, 10).unwrap());
            assert_eq!(problem.what, what);
            assert!(problem.why.contains("those of 11,600 tenants"), "{}", problem.why);
        }
    }
}
