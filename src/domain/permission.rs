//! Permissions: pairs of a resource and an action, as roles list them.
//!
//! The names are Kestra's own and an unknown server may send new ones, so they are kept as text. Which exist in which
//! release is in [`super::catalogue`]; how the old ones translate to those of 2.0 is in [`super::mapping`].

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// A name known when the program was built.
            pub const fn known(name: &'static str) -> Self {
                Self(Cow::Borrowed(name))
            }

            /// The name as Kestra spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(Cow::Owned(name.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name_type!(
    /// What is acted on: `FLOW`, `SECRET`, ... Called *permission* up to 1.3 and *resource* in 2.0.
    Resource
);
name_type!(
    /// What is done to it: `READ`, `CREATE`, ... up to 1.3; `VIEW`, `EXECUTE`, ... in 2.0.
    Action
);

/// What a role allows: for each resource its actions, in the order they were given.
///
/// A missing resource and an empty list mean the same: no right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(IndexMap<Resource, Vec<Action>>);

impl Permissions {
    /// Whether `action` on `resource` is allowed.
    pub fn allows(&self, resource: &Resource, action: &Action) -> bool {
        self.0.get(resource).is_some_and(|actions| actions.contains(action))
    }

    /// Allows one more action; a second time changes nothing.
    pub fn allow(&mut self, resource: Resource, action: Action) {
        let actions = self.0.entry(resource).or_default();
        if !actions.contains(&action) {
            actions.push(action);
        }
    }

    /// Takes an action away, and its resource with the last one. Whether it was allowed.
    pub fn deny(&mut self, resource: &Resource, action: &Action) -> bool {
        let Some(actions) = self.0.get_mut(resource) else {
            return false;
        };
        let before = actions.len();
        actions.retain(|allowed| allowed != action);
        let was_allowed = actions.len() < before;
        if was_allowed && actions.is_empty() {
            self.0.shift_remove(resource);
        }
        was_allowed
    }

    /// The pairs that one of the two allows and the other does not. What was turned so is turned back by the same.
    #[must_use]
    pub fn turned(&self, other: &Self) -> Self {
        let mut turned = self.clone();
        for (resource, action) in other.pairs() {
            if !turned.deny(resource, action) {
                turned.allow(resource.clone(), action.clone());
            }
        }
        turned
    }

    /// Each pair of resource and action.
    pub fn pairs(&self) -> impl Iterator<Item = (&Resource, &Action)> {
        self.iter()
            .flat_map(|(resource, actions)| actions.iter().map(move |action| (resource, action)))
    }

    /// Each resource with its actions.
    pub fn iter(&self) -> impl Iterator<Item = (&Resource, &[Action])> {
        self.0.iter().map(|(resource, actions)| (resource, actions.as_slice()))
    }

    /// How many pairs of resource and action are allowed.
    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Whether nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }
}

impl FromIterator<(Resource, Vec<Action>)> for Permissions {
    fn from_iter<I: IntoIterator<Item = (Resource, Vec<Action>)>>(pairs: I) -> Self {
        let mut permissions = Self::default();
        for (resource, actions) in pairs {
            for action in actions {
                permissions.allow(resource.clone(), action);
            }
        }
        permissions
    }
}

/// Permissions by resource, with the actions in a text, as tests write them down.
#[cfg(test)]
pub(super) fn permissions(pairs: &[(&str, &str)]) -> Permissions {
    let actions = |text: &str| text.split(' ').map(Action::from).collect();
    pairs
        .iter()
        .map(|(resource, text)| ((*resource).into(), actions(text)))
        .collect()
}
