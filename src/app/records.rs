//! A list of records over the screen of a tenant: a person, a group's members, tokens, invitations, and two logs.
//!
//! What there is to list, and the screen of it. What a record says is worked out in [`rows`]; asking is done by `update::records`.

mod pages;
mod rows;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::access::TenantAccess;
use crate::domain::account::Account;
use crate::domain::audit::AuditQuery;
use crate::domain::binding::Binding;
use crate::domain::invitation::Invitation;
use crate::domain::moment::to_the_second;
use crate::domain::problem::Problem;
use crate::domain::query::Row;
use crate::domain::tenant::TenantScope;
use crate::domain::text::capital;
use crate::domain::token::ApiToken;
use crate::domain::user::{Group, Membership, User};

use super::command::Scope;
use super::effect::JobId;
use super::list_columns::{ListColumn, ListKind};
use super::remote::Remote;
use super::tab_list::TabList;
pub use pages::{ACCOUNTS_PAGE, AUDIT_PAGE, Again, Extent, MOST_PAGES, SEARCHED};
pub use rows::{of_accounts, of_activity, of_audit, of_invitations, of_members, of_person, of_tokens};

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordsKind {
    /// The users and service accounts of the whole instance.
    Accounts,
    /// Everything about an account.
    Person {
        /// In whose name it is asked; `None` is the whole instance.
        scope: Option<TenantScope>,
        /// The tenant it was opened from, whose roles come first; `None` is the whole instance.
        tenant: Option<TenantScope>,
        /// Whom.
        user: User,
    },
    /// Who is in a group.
    Members {
        /// The tenant of the group.
        tenant: TenantScope,
        /// The group as it was last read.
        group: Group,
    },
    /// The tokens of an account.
    Tokens {
        /// In whose name they are asked for; `None` is the whole instance.
        scope: Option<TenantScope>,
        /// Whose.
        owner: User,
    },
    /// The invitations of a tenant.
    Invitations {
        /// The tenant.
        tenant: TenantScope,
    },
    /// Kestra's audit log.
    Audit {
        /// Of which tenant; `None` is the whole instance.
        scope: Option<TenantScope>,
        /// Which rows.
        query: AuditQuery,
        /// Login name of who did it.
        username: Option<String>,
    },
    /// What this program did.
    Activity,
}

impl RecordsKind {
    /// Where its own commands have their keys.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Accounts => Scope::Accounts,
            Self::Person { .. } => Scope::Person,
            Self::Members { .. } => Scope::Members,
            Self::Tokens { .. } => Scope::Tokens,
            Self::Invitations { .. } => Scope::Invitations,
            Self::Audit { .. } => Scope::Audit,
            Self::Activity => Scope::Activity,
        }
    }

    /// The title.
    pub fn title(&self) -> String {
        match self {
            Self::Accounts => "Users of the instance".to_owned(),
            Self::Person { user, .. } => user.username.clone(),
            Self::Members { group, .. } => format!("Group {}", group.name),
            Self::Tokens { owner, .. } => format!("Tokens of {}", owner.username),
            Self::Invitations { tenant } => format!("Invitations to tenant {tenant}"),
            Self::Audit { scope: Some(scope), .. } => format!("Audit log of tenant {scope}"),
            Self::Audit { scope: None, .. } => "Audit log of the instance".to_owned(),
            Self::Activity => "Activity of this program".to_owned(),
        }
    }

    /// What one record is called.
    pub fn thing(&self) -> &'static str {
        match self {
            Self::Accounts => "user",
            Self::Person { .. } => "line",
            Self::Members { .. } => "member",
            Self::Tokens { .. } => "token",
            Self::Invitations { .. } => "invitation",
            Self::Audit { .. } | Self::Activity => "change",
        }
    }

    /// What is said where there are no records. `record_lacks` is why what was done is not in the activity record, if it is not.
    pub fn empty(&self, record_lacks: Option<&Problem>) -> Cow<'static, str> {
        if let (Self::Activity, Some(problem)) = (self, record_lacks) {
            return format!("{} {}", problem.what, problem.why).into();
        }
        Cow::Borrowed(match self {
            Self::Accounts => "There is no user. n creates one.",
            Self::Person { .. } => "Nothing is known of this account.",
            Self::Members { .. } => "Nobody is in this group. A puts somebody in.",
            Self::Tokens { .. } => "There is no token. n makes one.",
            Self::Invitations { .. } => "Nobody is invited. n invites somebody.",
            Self::Audit { .. } => "Nothing like that is in the audit log. f changes what is asked for.",
            Self::Activity => "Nothing was done from here yet.",
        })
    }

    /// Its columns, in order.
    pub fn columns(&self) -> &'static [ListColumn] {
        ListKind::of_records(self).columns()
    }
}

/// What a record is about, for what can be done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Nothing that anything is done to.
    Nothing,
    /// A change that was made from here: the whole command that does the same.
    Change(String),
    /// A user or service account.
    Account(Box<User>),
    /// A role that is held.
    Binding(Box<Binding>),
    /// A group of the tenant.
    Group(Box<Group>),
    /// Somebody in a group.
    Member(Box<User>, Membership),
    /// A token.
    Token(Box<ApiToken>),
    /// An invitation.
    Invitation(Box<Invitation>),
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id in the list.
    pub id: String,
    /// What it says, a cell for each column.
    pub cells: Vec<String>,
    /// Whether it deserves attention.
    pub attention: bool,
    /// What it is about.
    pub item: Item,
    /// The tenant it is about, of somebody who is in several.
    pub tenant: Option<TenantScope>,
    /// What no column has room for, each with what it is called.
    pub more: Vec<(&'static str, String)>,
    /// The columns that are times: which, and milliseconds since 1970.
    times: Vec<(&'static str, i64)>,
    /// What it says under columns that a filter may name, where no cell says the same.
    beyond: Vec<(&'static str, String)>,
    list: ListKind,
}

impl Record {
    /// Everything it says, each with what it is called: its cells, then what no column has room for.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let cells = self.list.columns().iter().zip(&self.cells);
        let columns = cells.map(|(column, cell)| match &self.item {
            Item::Change(command) if column.name == "command" => (column.title, command),
            _ => (column.title, cell),
        });
        let more = self.more.iter().map(|(label, text)| (*label, text));
        columns
            .chain(more)
            .filter(|(_, text)| !text.is_empty())
            .map(|(label, text)| (label, text.as_str()))
            .collect()
    }
}

impl Row for Record {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        if name == "id" {
            return Some(self.id.as_str().into());
        }
        if let Some(time) = self.moment(name) {
            return Some(to_the_second(time).into());
        }
        let mut beyond = self.beyond.iter();
        match beyond.find(|(column, _)| *column == name) {
            Some((_, text)) => Some(text.as_str().into()),
            None => self.shown(name),
        }
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        let at = self.list.columns().iter().position(|column| column.name == name);
        match at.and_then(|at| self.cells.get(at)) {
            Some(cell) => Some(cell.as_str().into()),
            None if name == "id" => Some(self.id.as_str().into()),
            None => {
                let mut beyond = self.beyond.iter();
                beyond
                    .find(|(column, _)| *column == name)
                    .map(|(_, text)| text.as_str().into())
            }
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        self.list.filter_columns()
    }

    fn moment(&self, name: &str) -> Option<i64> {
        let mut times = self.times.iter();
        times.find(|(column, _)| *column == name).map(|(_, time)| *time)
    }
}

/// The screen of records.
#[derive(Clone, Debug)]
pub struct RecordsView {
    /// What is listed.
    pub kind: RecordsKind,
    /// The records that are held.
    pub rows: Remote<Vec<Record>>,
    /// How many there are on the instance.
    pub total: u64,
    /// The question under which more are read.
    pub more: Option<JobId>,
    /// Which of them are visible, selected and marked.
    pub list: TabList,
    /// The account that is looked at, once read.
    pub account: Option<Box<Account>>,
    /// Who may do what in each tenant whose roles the account is looked at with, where that may be read.
    pub access: Vec<(TenantScope, TenantAccess)>,
    /// How many pages of a long list are held.
    pub pages: u64,
    /// How many are to be held at least: as many as were at another time, or one more.
    pub least: u64,
    /// Up to how many are read for a filter or an order.
    pub most: u64,
    /// Whether a page could not be read, and nothing was done about it since.
    pub has_given_up: bool,
    /// What was read again of a long list, until that is enough.
    pub again: Again,
    /// The row that was selected and is gone, if nobody was told yet.
    pub lost_row: Option<String>,
}

/// A title of a column as a label: `TIME (UTC)` is `Time (UTC)`.
pub fn label(title: &str) -> String {
    capital(&title.to_lowercase()).replace("utc", "UTC")
}

/// The whole of a record, a line for each thing it says.
pub fn in_full(record: &Record) -> String {
    let fields = record.fields();
    let wide = fields.iter().map(|(title, _)| title.len()).max().unwrap_or(0);
    let lines = fields
        .iter()
        .map(|(title, text)| format!("{:wide$}  {text}", label(title)));
    lines.collect::<Vec<_>>().join("\n")
}

/// What a record is called where it stands alone: a change by what was done to what, and all else by its name.
pub fn titled(kind: &RecordsKind, record: &Record) -> String {
    let cells = match kind {
        RecordsKind::Audit { .. } => 2..5,
        RecordsKind::Activity => 2..3,
        RecordsKind::Person { .. } => 0..2,
        _ => 0..1,
    };
    let words = record.cells.get(cells).unwrap_or_default().join(" ");
    if words.trim().is_empty() { kind.title() } else { words }
}

impl RecordsView {
    /// Records of which nothing is known yet.
    pub fn new(kind: RecordsKind) -> Self {
        Self {
            kind,
            rows: Remote::default(),
            total: 0,
            more: None,
            list: TabList::default(),
            account: None,
            access: Vec::new(),
            pages: 1,
            has_given_up: false,
            least: 0,
            most: SEARCHED,
            again: Again::default(),
            lost_row: None,
        }
    }

    /// Whether a request or two read what is in view of it, or a file alone.
    pub fn is_short(&self) -> bool {
        match &self.kind {
            RecordsKind::Tokens { .. } | RecordsKind::Invitations { .. } | RecordsKind::Activity => true,
            // Of more all are read, whichever page is wanted.
            RecordsKind::Accounts => self.total <= u64::from(ACCOUNTS_PAGE),
            // Where the instance does not filter its log, all of it is read.
            RecordsKind::Audit { query, username, .. } => username.is_none() && !query.narrows(),
            // Who is in a group is read with all access to its tenant.
            RecordsKind::Members { .. } | RecordsKind::Person { .. } => false,
        }
    }

    /// The names that a filter may name.
    pub fn filter_columns(&self) -> &'static [&'static str] {
        ListKind::of_records(&self.kind).filter_columns()
    }

    /// Decides anew which records are visible.
    pub fn arrange(&mut self, height: usize) {
        if let Some(rows) = self.rows.value() {
            let gone = self.list.arrange_part(rows, height, self.pages >= self.least);
            self.lost_row = gone.or(self.lost_row.take());
        }
    }

    /// Reads no further for now; the row that stood is looked for another time.
    pub fn give_up_more(&mut self) {
        self.more = None;
        self.has_given_up = true;
        self.list.give_up();
    }

    /// The selected record.
    pub fn selected(&self) -> Option<&Record> {
        self.rows.value()?.get(self.list.selected()?)
    }

    /// The records that an action is about: those that are marked, or else the selected one.
    pub fn chosen(&self) -> Vec<&Record> {
        self.rows.value().map_or_else(Vec::new, |rows| self.list.chosen(rows))
    }
}
