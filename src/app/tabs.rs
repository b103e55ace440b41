//! The tabs of a tenant, and the lists under them: its roles, holders, users and groups.

use crate::domain::access::TenantAccess;
use crate::domain::columns::{BINDING_COLUMNS, COUNTED_ROLE_COLUMNS, GROUP_COLUMNS, TENANT_USER_COLUMNS};
use crate::domain::rows::access::{counted_roles, users_by};

use super::command::Scope;
use super::tab_list::TabList;

/// A tab of the tenant screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What the tenant is and holds.
    #[default]
    Overview,
    /// Its roles.
    Roles,
    /// Who holds them.
    Holders,
    /// Users and service accounts with access to it.
    Users,
    /// Its groups.
    Groups,
}

impl Tab {
    /// All tabs, in order.
    pub const ALL: [Self; 5] = [Self::Overview, Self::Roles, Self::Holders, Self::Users, Self::Groups];

    /// Title on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Roles => "Roles",
            Self::Holders => "Holders",
            Self::Users => "Users",
            Self::Groups => "Groups",
        }
    }

    /// What one row of it is called.
    pub fn thing(self) -> &'static str {
        match self {
            Self::Overview => "line",
            Self::Roles => "role",
            Self::Holders => "binding",
            Self::Users => "user",
            Self::Groups => "group",
        }
    }

    /// Where its own commands have their keys.
    pub fn scope(self) -> Scope {
        match self {
            Self::Overview => Scope::Overview,
            Self::Roles => Scope::Roles,
            Self::Holders => Scope::Holders,
            Self::Users => Scope::Users,
            Self::Groups => Scope::Groups,
        }
    }

    /// The tab of a title.
    pub fn titled(title: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.title() == title)
    }

    /// The columns a filter may name.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Overview => &[],
            Self::Roles => COUNTED_ROLE_COLUMNS,
            Self::Holders => BINDING_COLUMNS,
            Self::Users => TENANT_USER_COLUMNS,
            Self::Groups => GROUP_COLUMNS,
        }
    }

    /// The tab so many places further, going round.
    pub fn step(self, by: isize) -> Self {
        let count = Self::ALL.len();
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let to = at.wrapping_add_signed(by).wrapping_add(count) % count;
        Self::ALL.get(to).copied().unwrap_or_default()
    }
}

/// The lists of all tabs.
#[derive(Clone, Debug, Default)]
pub struct TabLists([TabList; Tab::ALL.len()]);

impl TabLists {
    fn position(tab: Tab) -> Option<usize> {
        Tab::ALL
            .iter()
            .position(|other| *other == tab)
            .filter(|_| tab != Tab::Overview)
    }

    /// The list of a tab; the overview has none.
    pub fn get(&self, tab: Tab) -> Option<&TabList> {
        self.0.get(Self::position(tab)?)
    }

    /// The list of a tab, to be changed.
    pub fn get_mut(&mut self, tab: Tab) -> Option<&mut TabList> {
        self.0.get_mut(Self::position(tab)?)
    }

    /// The position in the whole list of a tab of its selected row.
    pub fn selected(&self, tab: Tab) -> Option<usize> {
        self.get(tab)?.selected()
    }

    /// The lists without their rows.
    pub fn left(&self) -> Self {
        Self(self.0.each_ref().map(TabList::left))
    }

    /// Takes the mark off whatever has this id.
    pub fn unmark(&mut self, id: &str) {
        for list in &mut self.0 {
            list.unmark(id);
        }
    }

    /// Decides anew which rows are visible under each tab that shows who may do what. Names the tabs whose selected row is
    /// gone, and that.
    pub fn arrange(&mut self, access: &TenantAccess, height: usize) -> Vec<(Tab, String)> {
        Tab::ALL
            .into_iter()
            .filter_map(|tab| {
                let list = self.get_mut(tab)?;
                let gone = match tab {
                    Tab::Overview => None,
                    Tab::Roles => list.arrange(&counted_roles(&access.roles, &access.bindings), height),
                    Tab::Holders => list.arrange(&access.bindings, height),
                    Tab::Users => list.arrange(&users_by(access, list.filter.filter()), height),
                    Tab::Groups => list.arrange(&access.groups, height),
                };
                gone.map(|id| (tab, id))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_go_round() {
        assert_eq!(Tab::Overview.step(-1), Tab::Groups);
        assert_eq!(Tab::Groups.step(1), Tab::Overview);
        assert_eq!(Tab::titled("Holders"), Some(Tab::Holders));
    }
}
