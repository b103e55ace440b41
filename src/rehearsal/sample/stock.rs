//! What lives in a tenant of a company: namespaces, flows with triggers, and executions in all states.

use super::SampleSummary;
use super::dice::Dice;
use super::words::{DEPARTMENTS, NOUNS, STATES, TOPICS, TRIGGERS, VERBS, pick};
use crate::backend::local::Batch;
use crate::backend::local::admin::{ExecutionStub, FlowStub, TriggerStub};
use crate::domain::problem::Problem;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;

/// Executions that are made before they are written.
const PORTION: usize = 10_000;

/// How much lives in a tenant.
#[derive(Clone, Copy)]
pub(super) struct Stock {
    /// What all namespaces start with.
    pub root: &'static str,
    /// Departments, each with the same number of namespaces.
    pub departments: usize,
    /// Namespaces of a department.
    pub topics: usize,
    /// Flows in all.
    pub flows: usize,
    /// Executions in all.
    pub executions: usize,
}

impl Stock {
    /// The namespace at a place, counted round and round; neighbours are in different departments.
    pub(super) fn namespace(&self, at: usize) -> String {
        let department = at % self.departments.max(1);
        let topic = (at / self.departments.max(1)) % self.topics.max(1);
        format!(
            "{}.{}.{}",
            self.root,
            pick(DEPARTMENTS, department).unwrap_or_default(),
            pick(TOPICS, topic).unwrap_or_default()
        )
    }

    fn namespaces(&self) -> usize {
        self.departments * self.topics
    }

    fn flow(&self, at: usize) -> (String, String) {
        let (place, nth) = (at % self.namespaces().max(1), at / self.namespaces().max(1));
        // Another noun for each flow of a namespace, so that no id comes twice.
        let noun = pick(NOUNS, nth + place * 3).unwrap_or_default();
        let verb = pick(VERBS, nth * 5 + place).unwrap_or_default();
        (self.namespace(place), format!("{verb}-{noun}"))
    }

    /// Writes it all.
    pub(super) fn write(
        &self,
        batch: &Batch<'_>,
        scope: &TenantScope,
        seed: u64,
        summary: &mut SampleSummary,
    ) -> Result<(), Problem> {
        let mut dice = Dice::new(seed);
        let namespaces: Vec<String> = (0..self.namespaces()).map(|at| self.namespace(at)).collect();
        batch.add_namespaces(scope, &namespaces)?;
        let (mut flows, mut triggers) = (Vec::new(), Vec::new());
        for at in 0..self.flows {
            let (namespace, id) = self.flow(at);
            if at % 3 != 1 {
                triggers.push(TriggerStub {
                    namespace: namespace.clone(),
                    flow: id.clone(),
                    id: pick(TRIGGERS, at / 3).unwrap_or_default().to_owned(),
                    disabled: at % 10 == 9,
                });
            }
            flows.push(FlowStub {
                namespace,
                id,
                disabled: at % 12 == 11,
            });
        }
        batch.add_flows(scope, &flows)?;
        batch.add_triggers(scope, &triggers)?;
        let mut left = self.executions;
        while left > 0 {
            let portion = left.min(PORTION);
            let mut executions: Vec<ExecutionStub> =
                (0..portion).filter_map(|_| execution(&mut dice, &flows)).collect();
            // In the order of the table it is written much faster.
            sorting::by(&mut executions, |a, b| a.id.cmp(&b.id));
            batch.add_executions(scope, &executions)?;
            left -= portion;
        }
        summary.namespaces += namespaces.len() as u64;
        summary.flows += flows.len() as u64;
        summary.triggers += triggers.len() as u64;
        summary.executions += self.executions as u64;
        Ok(())
    }
}

fn execution(dice: &mut Dice, flows: &[FlowStub]) -> Option<ExecutionStub> {
    let flow = flows.get(dice.below(flows.len()))?;
    let all: usize = STATES.iter().map(|(_, often)| often).sum();
    let mut at = dice.below(all);
    let state = STATES.iter().find_map(|(state, often)| {
        if at < *often {
            return Some(*state);
        }
        at -= often;
        None
    })?;
    Some(ExecutionStub {
        id: dice.id(),
        namespace: flow.namespace.clone(),
        flow: flow.id.clone(),
        state: state.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::company::{LARGE, SMALL};

    #[test]
    fn no_flow_comes_twice() {
        for stock in [SMALL.stock, LARGE.stock] {
            let flows: HashSet<_> = (0..stock.flows).map(|at| stock.flow(at)).collect();
            assert_eq!(flows.len(), stock.flows);
        }
    }
}
