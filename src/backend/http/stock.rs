//! What lives in a tenant, counted: flows, namespaces, executions, triggers, and the people around them.

use futures_util::future::join;
use serde_json::Value;

use crate::domain::access::Footprint;
use crate::domain::problem::ProblemKind;
use crate::domain::tenant::TenantScope;
use crate::domain::user::UserKind;

use super::call::Call;
use super::core::Core;
use super::decode;
use super::detect::Known;
use super::dialect::Dialect;
use super::failure::Failure;
use super::people::words;

/// A count, or why it cannot be told.
type Counted = Result<Option<u64>, Failure>;

impl Core {
    /// Counts of what lives in a tenant. What may not be counted is not known; if nothing may be, that is the answer.
    pub(super) async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let stock = async {
            let ((flows, namespaces), (executions, triggers)) = join(
                join(self.stock(scope, "flows"), self.stock(scope, "namespaces")),
                join(self.stock(scope, "executions"), self.triggers(scope)),
            )
            .await;
            [flows, namespaces, executions, triggers]
        };
        let people = async {
            let ((roles, bindings), (groups, users)) = join(
                join(
                    self.people(&known, scope, "roles/search"),
                    self.people(&known, scope, "bindings/search"),
                ),
                join(
                    self.people(&known, scope, "groups/search"),
                    self.users_in(&known, scope),
                ),
            )
            .await;
            [roles, bindings, groups, users]
        };
        let (stock, people) = join(stock, people).await;
        let mut counts = [None; 8];
        let mut refused = None;
        for (count, counted) in counts.iter_mut().zip(stock.into_iter().chain(people)) {
            match counted {
                Ok(number) => *count = number,
                Err(failure) if is_refusal(&failure) && self.session.refused().is_none() => {
                    refused.get_or_insert(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        if counts.iter().all(Option::is_none)
            && let Some(failure) = refused
        {
            return Err(self.explained(&known, scope, failure).await);
        }
        // Of a tenant that does not exist some servers count nothing at all.
        if counts.iter().all(|count| count.unwrap_or(0) == 0) {
            self.require_existence(&known, scope).await?;
        }
        let [flows, namespaces, executions, triggers, roles, bindings, groups, users] = counts;
        Ok(Footprint {
            flows,
            namespaces,
            executions,
            triggers,
            roles,
            bindings,
            groups,
            users,
        })
    }

    async fn stock(&self, scope: &TenantScope, what: &str) -> Counted {
        let path = Dialect::stock_root(scope).join(what).join("search");
        let call = Call::get(path, format!("count the {what} of {}", words(scope)));
        self.total_of(&call).await.map(Some)
    }

    /// Triggers are told by what the flows use; where that is not told either, they are not known.
    async fn triggers(&self, scope: &TenantScope) -> Counted {
        let path = Dialect::stock_root(scope).join("usages");
        let call = Call::get(path, format!("count the triggers of {}", words(scope)));
        match self.json(&call).await {
            Ok(usages) => Ok(decode::triggers(&usages)),
            Err(failure) if failure.no_route => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn people(&self, known: &Known, scope: &TenantScope, list: &str) -> Counted {
        self.count_people(known, scope, list, &[]).await
    }

    async fn users_in(&self, known: &Known, scope: &TenantScope) -> Counted {
        let list = known.dialect.people();
        if known.dialect.people_say_what_they_are() {
            return self.people(known, scope, list).await;
        }
        // As they are listed: people and programs apart, unless the server does not part them.
        let of = async |kind| {
            let parameters = [known.dialect.of_kind(kind)];
            self.count_people(known, scope, list, &parameters).await
        };
        let (all, (people, programs)) = join(
            self.people(known, scope, list),
            join(of(UserKind::Standard), of(UserKind::ServiceAccount)),
        )
        .await;
        let (all, people, programs) = (all?, people?, programs?);
        Ok(match (all, people, programs) {
            (Some(all), Some(people), Some(programs)) if people == all && programs == all => Some(all),
            (_, Some(people), Some(programs)) => Some(people + programs),
            _ => all,
        })
    }

    async fn count_people(
        &self,
        known: &Known,
        scope: &TenantScope,
        list: &str,
        parameters: &[(String, String)],
    ) -> Counted {
        let mut first = None;
        for root in known.dialect.people_roots(scope, known.me.superadmin) {
            let doing = format!("count who is in {}", words(scope));
            let call = Call::get(root.join(list), doing).with_all(parameters.iter().cloned());
            match self.total_of(&call).await {
                Ok(total) => return Ok(Some(total)),
                Err(failure) if is_refusal(&failure) || failure.no_route => {
                    first.get_or_insert(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        first.map_or(Ok(None), Err)
    }

    /// Ids of the namespaces of a tenant, in order.
    pub(super) async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let path = Dialect::stock_root(scope).join("namespaces/search");
        let call = Call::get(path, format!("list the namespaces of {}", words(scope)));
        let rows = match self.all_of(&call).await {
            Ok(rows) => rows,
            Err(failure) => return Err(self.explained(&known, scope, failure).await),
        };
        if rows.is_empty() {
            self.require_existence(&known, scope).await?;
        }
        let mut ids: Vec<String> = rows.iter().filter_map(namespace).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

/// A count that is refused is not known. Kestra answers 403, and of tenants it hides perhaps 404.
fn is_refusal(failure: &Failure) -> bool {
    matches!(failure.problem.kind, ProblemKind::Denied | ProblemKind::NotFound)
}

fn namespace(row: &Value) -> Option<String> {
    row.as_str().map(str::to_owned).or_else(|| decode::text(row, "id"))
}
