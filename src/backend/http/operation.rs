//! How a Kestra runs, and how its flows spread over namespaces: what a migration asks before it changes anything.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::operation::{NamespaceFlows, Operation, Service, largest_first};
use crate::domain::tenant::TenantScope;

use super::call::{Call, Path};
use super::core::Core;
use super::decode;
use super::dialect::Dialect;
use super::failure::Failure;
use super::people::words;

impl Core {
    /// The namespaces of a tenant that hold flows, those with most first.
    pub(super) async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let path = Dialect::stock_root(scope).join("flows/search");
        let call = Call::get(path, format!("list the flows of {}", words(scope)));
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let (mut page, mut read) = (1, 0);
        loop {
            // Page by page: of each flow only its namespace is kept. Ids alone do not tell flows apart.
            let (rows, total) = match self.page_of(&call, page, Dialect::LARGEST_PAGE).await {
                Ok(page) => page,
                Err(failure) => return Err(self.explained(&known, scope, failure).await),
            };
            for namespace in rows.iter().filter_map(|row| decode::text(row, "namespace")) {
                *counts.entry(namespace).or_default() += 1;
            }
            read += rows.len() as u64;
            page += 1;
            if rows.is_empty() || read >= total {
                break;
            }
        }
        let counts = counts
            .into_iter()
            .map(|(namespace, flows)| NamespaceFlows { namespace, flows })
            .collect();
        Ok(largest_first(counts))
    }

    /// Services, licence, maintenance.
    pub(super) async fn operation(&self) -> Result<Operation, Failure> {
        let known = self.known().await?;
        let place = if known.dialect.release().at_least(0, 24) {
            "instance/services/search"
        } else {
            "cluster/services/search"
        };
        // Whoever may not see the services is not told.
        let services = match self.all_of(&Call::get(Path::api(place), "list the services")).await {
            Ok(rows) => rows.iter().filter_map(service).collect(),
            Err(_) => Vec::new(),
        };
        Ok(Operation {
            services,
            checks: vec![self.licence().await, self.maintenance(&known).await],
        })
    }
}

fn service(row: &Value) -> Option<Service> {
    let state = decode::text(row, "state").unwrap_or_default();
    // What has ended is listed for a while.
    let is_over = matches!(
        state.as_str(),
        "TERMINATED_GRACEFULLY" | "TERMINATED_FORCED" | "NOT_RUNNING" | "EMPTY" | "INACTIVE"
    );
    (!is_over).then(|| Service {
        kind: decode::text(row, "type").unwrap_or_default(),
        version: row
            .get("server")
            .and_then(|server| decode::text(server, "version"))
            .unwrap_or_default(),
        state,
    })
}
