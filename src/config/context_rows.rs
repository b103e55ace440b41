//! The contexts of a configuration as lists have them, on screen and as a command.

use super::auth::Auth;
use super::context::{Context, ContextReach};
use super::file::Configuration;
use super::interface::ContextColor;
use crate::domain::rows::contexts::{ContextRow, Leads};

/// Whether changes are sent right after entering a context, as the header of the console says it.
pub fn changes(read_only: bool, protected: bool) -> &'static str {
    match (read_only, protected) {
        (_, true) => "RO protected",
        (true, false) => "RO",
        (false, false) => "RW",
    }
}

/// The same as the command says it.
pub fn allows(read_only: bool, protected: bool) -> &'static str {
    match (read_only, protected) {
        (true, true) => "read-only, protected",
        (true, false) => "read-only",
        (false, true) => "protected",
        (false, false) => "allowed",
    }
}

/// The row of a context, without its place, where everything is read-only or not.
pub fn row((name, context): (&String, &Context), configuration: &Configuration, all_read_only: bool) -> ContextRow {
    let read_only = all_read_only || context.read_only.unwrap_or(configuration.read_only);
    ContextRow {
        name: name.clone(),
        leads: match &context.reach {
            ContextReach::Host { url, .. } => Leads::Host(url.to_string()),
            ContextReach::Store(store) => Leads::Store(store.clone()),
        },
        place: String::new(),
        who: match &context.auth {
            Some(Auth::Token(_)) => "an API token".to_owned(),
            Some(Auth::Basic { username, .. } | Auth::Username(username)) => username.clone(),
            None => String::new(),
        },
        read_only,
        protected: context.protected,
        changes: changes(read_only, context.protected),
        allows: allows(read_only, context.protected),
        tenant: context.tenant.clone().unwrap_or_default(),
        is_default: configuration.default_context.as_ref() == Some(name),
        color: context.color.map_or("", ContextColor::word),
    }
}
