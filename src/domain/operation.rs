//! How an instance runs: its services, its licence, whether it is in maintenance.

use super::check::Check;
use crate::domain::sorting;

/// A server component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `WEBSERVER`, `EXECUTOR`, ...
    pub kind: String,
    /// `RUNNING`, ...
    pub state: String,
    /// The version it runs.
    pub version: String,
}

/// How an instance runs, as far as it tells us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// Its services; none where it does not tell.
    pub services: Vec<Service>,
    /// Licence and maintenance.
    pub checks: Vec<Check>,
}

/// A namespace and how many flows are in it, without those of its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceFlows {
    /// Its id.
    pub namespace: String,
    /// How many flows.
    pub flows: u64,
}

/// Those with most flows first; of equally many, in the order of their names.
pub fn largest_first(mut counts: Vec<NamespaceFlows>) -> Vec<NamespaceFlows> {
    sorting::by(&mut counts, |one, other| {
        other
            .flows
            .cmp(&one.flows)
            .then_with(|| one.namespace.cmp(&other.namespace))
    });
    counts
}
