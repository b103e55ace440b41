//! The columns of every list: which there are, and in which order.
//!
//! Lists draw all their cells in the order of [`ListKind::columns`]; which of them are on screen is chosen in [`choices`], once.

mod choices;

use super::messages::MESSAGE_COLUMNS;
use super::model::Model;
use super::records::RecordsKind;
use super::screen::Screen;
use super::tabs::Tab;
use crate::domain::columns::{
    ACTIVITY_COLUMNS, AUDIT_COLUMNS, CONTEXT_COLUMNS, INVITATION_COLUMNS, RUN_COLUMNS, TENANT_COLUMNS, TOKEN_COLUMNS,
    USER_COLUMNS,
};
pub use choices::ColumnChoices;

/// A list with columns of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named by what it lists")]
pub enum ListKind {
    Tenants,
    Roles,
    Holders,
    Users,
    Groups,
    Accounts,
    Person,
    Members,
    Tokens,
    Invitations,
    Audit,
    Activity,
    Messages,
    Contexts,
    Runs,
}

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListColumn {
    /// Its name in a filter and an order.
    pub name: &'static str,
    /// Its title on screen.
    pub title: &'static str,
    /// How soon it is dropped where there is little room: 1 never, and on the smallest screens nothing else is shown.
    pub weight: u8,
    /// The fewest columns of screen worth having it.
    pub least: u16,
    /// The most it is given.
    pub most: u16,
    /// Whether it holds numbers.
    pub number: bool,
    /// Whether it is left out until it is asked for.
    pub extra: bool,
    /// Whether rows can be ordered by it.
    pub sorts: bool,
    /// Whether it tells rows apart, so that others give way before it is cut.
    pub names: bool,
    /// Whether it says where a right holds, for what kind of holder, or when something was done, which is not left out wherever
    /// more is shown than which row it is.
    pub scopes: bool,
    /// Whether it holds times to the second, which stand without seconds rather than cut.
    pub times: bool,
    /// Whether it is left out, unless it was asked for, where it says nothing in any row.
    pub sparse: bool,
    /// Whether what it holds tells by itself what it is, so that by lines its title is not said.
    pub plain: bool,
}

const fn column(name: &'static str, title: &'static str, weight: u8, least: u16, most: u16) -> ListColumn {
    ListColumn {
        name,
        title,
        weight,
        least,
        most,
        number: false,
        extra: false,
        sorts: true,
        names: false,
        scopes: false,
        times: false,
        sparse: false,
        plain: false,
    }
}

impl ListColumn {
    const fn number(mut self) -> Self {
        self.number = true;
        self.most = if self.least > 10 { self.least } else { 10 };
        self
    }

    const fn extra(mut self) -> Self {
        self.extra = true;
        self
    }

    const fn unsorted(mut self) -> Self {
        self.sorts = false;
        self
    }

    const fn names(mut self) -> Self {
        self.names = true;
        self
    }

    const fn scopes(mut self) -> Self {
        self.scopes = true;
        self
    }

    const fn times(mut self) -> Self {
        self.times = true;
        self
    }

    const fn sparse(mut self) -> Self {
        self.sparse = true;
        self
    }

    const fn plain(mut self) -> Self {
        self.plain = true;
        self
    }
}

/// The most a cell of text is given where nothing speaks against it.
pub const WIDE: u16 = 120;
const ID: ListColumn = column("id", "ID", 6, 8, 63).extra().names();

const TENANTS: &[ListColumn] = &[
    column("id", "ID", 1, 9, 63).names().plain(),
    column("name", "NAME", 2, 10, 60).plain(),
    column("admins", "ADMINS", 3, 6, 10).number(),
    column("storage", "STORAGE", 5, 7, 14),
    column("secrets", "SECRETS", 4, 7, 14),
    column("state", "STATE", 1, 10, 16).plain(),
    column("worker-group", "WORKER GROUP", 6, 12, 30).extra(),
];
const ROLES: &[ListColumn] = &[
    column("name", "NAME", 1, 10, 40).names().plain(),
    column("managed", "KIND", 1, 7, 16).plain(),
    column("rights", "RIGHTS", 3, 6, 10).number(),
    column("holders", "HOLDERS", 2, 7, 10).number(),
    column("description", "DESCRIPTION", 5, 11, 90),
    ID,
];
const HOLDERS: &[ListColumn] = &[
    column("name", "NAME", 1, 12, 50).names().plain(),
    // A group and a person may be called alike.
    column("type", "TYPE", 3, 5, 7).scopes().plain(),
    column("role", "ROLE", 1, 8, 40).names(),
    column("namespace", "NAMESPACE", 2, 9, 60).scopes(),
    ID,
];
const USERS: &[ListColumn] = &[
    column("username", "USERNAME", 1, 14, 50).names().plain(),
    column("name", "NAME", 3, 8, 40).plain(),
    column("type", "TYPE", 4, 4, 16).plain(),
    // Two roles of Kestra's own have room; what is longer has what others leave over.
    column("rights", "RIGHTS FROM", 1, 14, 16).unsorted(),
    column("superadmin", "SUPERADMIN", 6, 10, 10).extra(),
    ID,
];
const GROUPS: &[ListColumn] = &[
    column("name", "NAME", 1, 12, 50).names().plain(),
    column("members", "MEMBERS", 1, 7, 10).number(),
    column("description", "DESCRIPTION", 3, 11, 90),
    ID,
];
const ACCOUNTS: &[ListColumn] = &[
    column("username", "USERNAME", 1, 14, 50).names().plain(),
    column("name", "NAME", 3, 8, 40).plain(),
    column("type", "TYPE", 2, 4, 16).plain(),
    column("superadmin", "SUPERADMIN", 1, 10, 10),
    ID,
];
const PERSON: &[ListColumn] = &[
    column("what", "WHAT", 1, 10, WIDE).plain(),
    // Whom all of it is about is said by the title; how a role is held needs the room more.
    column("name", "NAME", 1, 10, 20).names().plain(),
    // A group through which a role is held stands first in it.
    column("more", "MORE", 2, 20, WIDE).scopes().plain(),
];
const MEMBERS: &[ListColumn] = &[
    column("username", "USERNAME", 1, 14, WIDE).names().plain(),
    column("membership", "MEMBERSHIP", 1, 10, WIDE).plain(),
    column("name", "NAME", 2, 8, WIDE).plain(),
];
const TOKENS: &[ListColumn] = &[
    column("name", "NAME", 1, 12, WIDE).names().plain(),
    column("prefix", "BEGINS WITH", 3, 11, WIDE),
    column("issued", "MADE", 4, 16, WIDE),
    column("expires", "ENDS", 1, 16, WIDE),
    column("used", "LAST USED", 2, 16, WIDE),
    column("description", "DESCRIPTION", 5, 12, WIDE),
];
const INVITATIONS: &[ListColumn] = &[
    column("email", "EMAIL", 1, 14, WIDE).names().plain(),
    column("roles", "ROLES", 2, 12, WIDE),
    column("expires", "ENDS", 1, 16, WIDE),
    column("sent", "SENT", 3, 16, WIDE),
];
const AUDIT: &[ListColumn] = &[
    column("time", "TIME (UTC)", 2, 16, 19).scopes().times().plain(),
    column("user", "USER", 1, 12, WIDE),
    column("action", "ACTION", 1, 6, WIDE),
    column("resource", "RESOURCE", 1, 10, 16),
    // An id that nobody knows by heart says least, and a part of it as much as the whole.
    column("object", "OBJECT", 3, 10, 10).names(),
    column("tenant", "TENANT", 2, 8, 63),
];
const ACTIVITY: &[ListColumn] = &[
    column("time", "TIME (UTC)", 3, 16, 19).scopes().times().plain(),
    // The longest word for how something went.
    column("result", "RESULT", 1, 9, 9).plain(),
    column("about", "WHAT", 1, 26, WIDE).names().plain(),
    column("command", "COMMAND", 4, 26, WIDE),
    // What was done elsewhere looks as if it was done here where this is left out.
    column("context", "CONTEXT", 2, 8, WIDE),
    column("operator", "OPERATOR", 5, 10, WIDE),
    column("account", "ACCOUNT", 7, 10, WIDE),
    column("address", "ADDRESS", 8, 20, WIDE),
    column("problem", "PROBLEM", 6, 20, WIDE),
];
const MESSAGES: &[ListColumn] = &[
    column("time", "UTC", 3, 8, 8),
    column("level", "LEVEL", 1, 5, 5).plain(),
    column("text", "MESSAGE", 1, 28, 200).plain(),
    column("command", "COMMAND", 4, 40, 200),
];
const CONTEXTS: &[ListColumn] = &[
    column("name", "NAME", 1, 7, 30).names().plain(),
    column("changes", "CHANGES", 1, 12, 12),
    column("place", "LEADS TO", 2, 22, 60),
    column("answers", "ANSWERS", 1, 20, 60).plain(),
    column("use", "USE", 3, 7, 15).plain(),
    column("who", "AS", 4, 16, 40),
];
const RUNS: &[ListColumn] = &[
    column("id", "RUN", 1, 6, 12).names().plain(),
    column("state", "STATE", 1, 7, 7).plain(),
    column("step", "STEP", 3, 8, 8),
    column("name", "STEP NAME", 5, 11, 16).sparse(),
    column("outcome", "OUTCOME", 2, 20, 80).plain(),
    column("started", "STARTED (UTC)", 2, 16, 16),
    column("by", "BY", 4, 12, 30),
];

impl ListKind {
    /// All lists.
    pub const ALL: [Self; 15] = [
        Self::Tenants,
        Self::Roles,
        Self::Holders,
        Self::Users,
        Self::Groups,
        Self::Accounts,
        Self::Person,
        Self::Members,
        Self::Tokens,
        Self::Invitations,
        Self::Audit,
        Self::Activity,
        Self::Messages,
        Self::Contexts,
        Self::Runs,
    ];

    /// The columns it has, in their own order.
    pub fn columns(self) -> &'static [ListColumn] {
        match self {
            Self::Tenants => TENANTS,
            Self::Roles => ROLES,
            Self::Holders => HOLDERS,
            Self::Users => USERS,
            Self::Groups => GROUPS,
            Self::Accounts => ACCOUNTS,
            Self::Person => PERSON,
            Self::Members => MEMBERS,
            Self::Tokens => TOKENS,
            Self::Invitations => INVITATIONS,
            Self::Audit => AUDIT,
            Self::Activity => ACTIVITY,
            Self::Messages => MESSAGES,
            Self::Contexts => CONTEXTS,
            Self::Runs => RUNS,
        }
    }

    /// The columns that a filter of it may name.
    pub fn filter_columns(self) -> &'static [&'static str] {
        match self {
            Self::Tenants => TENANT_COLUMNS,
            Self::Roles => Tab::Roles.columns(),
            Self::Holders => Tab::Holders.columns(),
            Self::Users => Tab::Users.columns(),
            Self::Groups => Tab::Groups.columns(),
            Self::Accounts => USER_COLUMNS,
            Self::Person => &["what", "name", "more"],
            Self::Members => &["username", "membership", "name"],
            Self::Tokens => TOKEN_COLUMNS,
            Self::Invitations => INVITATION_COLUMNS,
            Self::Audit => AUDIT_COLUMNS,
            Self::Activity => ACTIVITY_COLUMNS,
            Self::Messages => MESSAGE_COLUMNS,
            Self::Contexts => CONTEXT_COLUMNS,
            Self::Runs => RUN_COLUMNS,
        }
    }

    /// The column that says which row is which, and so is never left out; `None` where none does alone.
    pub fn anchor(self) -> Option<&'static ListColumn> {
        self.columns().iter().find(|column| column.names && column.weight == 1)
    }

    /// What it is called where its columns are kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tenants => "tenants",
            Self::Roles => "roles",
            Self::Holders => "holders",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Accounts => "accounts",
            Self::Person => "person",
            Self::Members => "members",
            Self::Tokens => "tokens",
            Self::Invitations => "invitations",
            Self::Audit => "audit",
            Self::Activity => "activity",
            Self::Messages => "messages",
            Self::Contexts => "contexts",
            Self::Runs => "runs",
        }
    }

    /// The list under a tab.
    pub fn of_tab(tab: Tab) -> Option<Self> {
        match tab {
            Tab::Overview => None,
            Tab::Roles => Some(Self::Roles),
            Tab::Holders => Some(Self::Holders),
            Tab::Users => Some(Self::Users),
            Tab::Groups => Some(Self::Groups),
        }
    }

    /// The list of records.
    pub fn of_records(kind: &RecordsKind) -> Self {
        match kind {
            RecordsKind::Accounts => Self::Accounts,
            RecordsKind::Person { .. } => Self::Person,
            RecordsKind::Members { .. } => Self::Members,
            RecordsKind::Tokens { .. } => Self::Tokens,
            RecordsKind::Invitations { .. } => Self::Invitations,
            RecordsKind::Audit { .. } => Self::Audit,
            RecordsKind::Activity => Self::Activity,
        }
    }

    /// The list on screen.
    pub fn on_screen(model: &Model) -> Option<Self> {
        match model.screens.last() {
            None => model.lists_tenants().then_some(Self::Tenants),
            Some(Screen::Tenant(view)) if view.role.is_none() => Self::of_tab(view.tab),
            Some(Screen::Records(view)) => Some(Self::of_records(&view.kind)),
            Some(Screen::Messages(_)) => Some(Self::Messages),
            Some(Screen::Contexts(_)) => Some(Self::Contexts),
            Some(Screen::Runs(_)) => Some(Self::Runs),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::column_room::{MARGIN, USEFUL};
    use super::*;

    #[test]
    fn what_is_never_left_out_can_be_read_on_the_smallest_screen() {
        for list in ListKind::ALL {
            let kept = list.columns().iter().filter(|column| column.weight == 1);
            let least = |column: &ListColumn| match column.name {
                // The beginning of it says whether it answers.
                "answers" => 12,
                // A name that is cut is told from others.
                _ if column.names => column.least.min(USEFUL),
                _ => column.least,
            };
            let wanted: u16 = kept.map(|column| least(column) + 2).sum::<u16>() - 2;
            assert!(wanted <= 40 - 2 - MARGIN, "{list:?} takes {wanted} columns");
        }
    }
}
