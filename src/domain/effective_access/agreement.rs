//! The evaluator agrees with the oracle on random tenants.

use proptest::prelude::*;

use super::super::permission::{Action, Resource};
use super::oracle::{any_access, any_pair, any_release, any_user, everywhere, ways};
use super::*;

/// The binding and the group of each way, in an order that does not depend on who tells.
fn told<'p>(paths: impl Iterator<Item = &'p Holding<'p>>) -> Vec<(String, Option<String>)> {
    let mut told: Vec<(String, Option<String>)> = paths
        .map(|path| (path.binding.id.clone(), path.group.map(|group| group.id.clone())))
        .collect();
    told.sort();
    told
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn effective_access_is_what_the_rules_say(
        release in any_release(),
        access in any_access(),
        users in prop::collection::vec(any_user(), 3),
        pairs in prop::collection::vec(any_pair(), 4),
    ) {
        let evaluator = Evaluator::new(&access, release);
        for user in &users {
            let reach = evaluator.reach(user);
            for (resource_name, action_name) in &pairs {
                let (resource, action) = (Resource::from(*resource_name), Action::from(*action_name));
                let mut bound = Vec::new();
                for namespace in [None].into_iter().chain(oracle::NAMESPACES.map(Some)) {
                    let mut expected = ways(&access, user, resource_name, action_name, namespace, release);
                    expected.sort();
                    if namespace.is_some() && !expected.is_empty() {
                        bound.push(namespace.unwrap());
                    }
                    prop_assert_eq!(reach.may(&resource, &action, namespace), !expected.is_empty(), "{} {} {} {:?}", user, resource, action, namespace);
                    prop_assert_eq!(told(reach.paths(&resource, &action, namespace)), expected);
                }
                let expected = ways(&access, user, resource_name, action_name, None, release);
                let extent = reach.extent(&resource, &action);
                prop_assert_eq!(extent == Extent::Everywhere, everywhere(&access, user, resource_name, action_name, release));
                prop_assert_eq!(extent.is_allowed(), !expected.is_empty());
                if extent == Extent::Namespaces {
                    let named = reach.namespaces(&resource, &action);
                    let covered = |namespace: &&str| named.iter().any(|name| covers(name, namespace));
                    let all: Vec<&str> = oracle::NAMESPACES.into_iter().filter(covered).collect();
                    prop_assert_eq!(all, bound);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_question_has_the_same_answer_however_it_is_asked(
        release in any_release(),
        access in any_access(),
        pair in any_pair(),
        namespace in prop::option::of(prop::sample::select(&oracle::NAMESPACES[..])),
    ) {
        let evaluator = Evaluator::new(&access, release);
        let (resource, action) = (Resource::from(pair.0), Action::from(pair.1));
        let who: Vec<String> = who_can(&access, &resource, &action, namespace, release).into_iter().map(|(user, _)| user.id).collect();
        for reach in evaluator.everybody() {
            let user = &reach.user.unwrap().id;
            let may = reach.may(&resource, &action, namespace);
            prop_assert_eq!(who.contains(user), may);
            prop_assert_eq!(can(&access, user, &resource, &action, namespace, release).is_empty(), !may);
            let why = evaluator.why(user, &resource, &action, namespace);
            prop_assert_eq!(why.is_allowed(), may || why.by_superadmin);
            prop_assert!(!why.reasons().is_empty(), "{:?}", why);
            prop_assert_eq!(why.is_allowed(), why.obstacles.is_empty());
            // The grid, cell by cell, says the same as each cell when asked.
            let mut allowed = Vec::new();
            for (resource, extents) in reach.rows() {
                for (action, extent) in evaluator.actions().iter().zip(extents) {
                    prop_assert_eq!(extent, reach.extent(resource, action));
                    if extent.is_allowed() {
                        allowed.push((resource, *action));
                    }
                }
            }
            prop_assert_eq!(&allowed, &reach.pairs());
            prop_assert_eq!(reach.is_empty(), allowed.is_empty());
            let mut granted: Vec<(Resource, Action)> = grants_of(&access, user, release).into_iter().map(|grant| (grant.resource, grant.action)).collect();
            granted.dedup();
            let allowed: Vec<(Resource, Action)> = allowed.into_iter().map(|(r, a)| (r.clone(), a.clone())).collect();
            prop_assert_eq!(granted, allowed);
        }
        prop_assert!(evaluator.reach("nobody").is_empty());
    }
}
