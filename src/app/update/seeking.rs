//! Whether what the operator does gives up the tenant that is looked for to be selected: to move in the list does;
//! to look at something else meanwhile does not, and what acts on the selected row waits for it.

use crate::domain::tenant::TenantScope;

use super::super::command::{CommandId, Scope};
use super::super::keymap::Found;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::screen::Screen;

/// What has the keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The list itself.
    List,
    /// The palette or the help, from which commands are run.
    Menu,
    /// Something over the list that is looked at.
    ToBeRead,
    /// Anything else over it.
    Other,
}

impl Place {
    fn of(model: &Model) -> Self {
        match (model.overlays.last(), model.screens.last()) {
            (None, None) => Self::List,
            (Some(Overlay::Menu(_)), _) => Self::Menu,
            (Some(Overlay::Page(_)), _) | (None, Some(Screen::Messages(_) | Screen::Contexts(_) | Screen::Runs(_))) => {
                Self::ToBeRead
            }
            _ => Self::Other,
        }
    }
}

/// A tenant that is looked for, and where the operator was before a key.
pub struct Sought {
    scope: TenantScope,
    place: Place,
    row: usize,
}

impl Sought {
    /// The one that is looked for, if there is one.
    pub fn before(model: &Model) -> Option<Self> {
        // To go on typing a filter looks at other rows, and what is selected among them comes after.
        let is_typing = model.tenants.filter.editing;
        let scope = model.tenants.leads_to().filter(|_| !is_typing).cloned()?;
        Some(Self {
            scope,
            place: Place::of(model),
            row: model.tenants.cursor.at(),
        })
    }

    /// Gives it up, unless the key only looked at something.
    pub fn after(&self, model: &mut Model) {
        // What acts on it waits for it.
        if model.ahead.is_some() || model.tenants.leads_to() != Some(&self.scope) {
            return;
        }
        let has_looked = match (self.place, Place::of(model)) {
            // A filter that is begun gives it back as it goes.
            (Place::List, Place::List) => !model.pending.is_empty() || model.tenants.filter.editing,
            // Where it was not just closed, a command was run from it.
            (Place::Menu, Place::List) => model.last_key.is_some_and(|key| {
                let found = model.keymap.find(&[Scope::Menu], &[key]);
                found == Found::Command(CommandId::MenuClose)
            }),
            (Place::List | Place::Menu, Place::Other) => false,
            _ => true,
        };
        if !has_looked || model.tenants.cursor.at() != self.row {
            model.tenants.end_seek();
        }
    }
}
