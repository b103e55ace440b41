//! What is on the screen: the screens that lie above the list of tenants.

use crate::domain::query::Sort;

use super::access_view::{AccessView, WhoCanView};
use super::comparison_view::ComparisonView;
use super::connect::ConnectForm;
use super::contexts::{ChecksView, ContextsView};
use super::cursor::Cursor;
use super::effect::JobId;
use super::filter_edit::FilterEdit;
use super::records::RecordsView;
use super::role_editor::RoleEditor;
use super::run::RunView;
use super::run::list::RunsView;
use super::run::rollback::RollbackView;
use super::tab_list::TabList;
use super::tenant_form::TenantForm;
use super::tenant_view::TenantView;

/// A screen above the list of tenants, which is always the first.
#[derive(Clone, Debug)]
pub enum Screen {
    /// One tenant.
    Tenant(Box<TenantView>),
    /// The form.
    Form(Box<TenantForm>),
    /// The editor of a role.
    RoleEditor(Box<RoleEditor>),
    /// Two roles side by side.
    Comparison(Box<ComparisonView>),
    /// What one user may do.
    Access(Box<AccessView>),
    /// Who may do one thing.
    WhoCan(Box<WhoCanView>),
    /// The messages.
    Messages(Box<MessagesView>),
    /// The contexts.
    Contexts(Box<ContextsView>),
    /// The way to a context, step by step.
    Checks(Box<ChecksView>),
    /// The form that connects to a Kestra.
    Connect(Box<ConnectForm>),
    /// The wizard, which is the model's, for its answers outlive the screen.
    Wizard,
    /// The runs of migrations.
    Runs(Box<RunsView>),
    /// A run.
    Run(Box<RunView>),
    /// How far to roll a run back.
    Rollback(Box<RollbackView>),
    /// Records about people, or of what was done.
    Records(Box<RecordsView>),
}

impl Screen {
    /// The list on it that fits in memory.
    pub fn list(&self) -> Option<&TabList> {
        match self {
            Self::Tenant(view) if view.role.is_none() => view.lists.get(view.tab),
            Self::Records(view) => Some(&view.list),
            Self::Contexts(view) => Some(&view.list),
            Self::Runs(view) => Some(&view.list),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn list_mut(&mut self) -> Option<&mut TabList> {
        match self {
            Self::Tenant(view) if view.role.is_none() => view.lists.get_mut(view.tab),
            Self::Records(view) => Some(&mut view.list),
            Self::Contexts(view) => Some(&mut view.list),
            Self::Runs(view) => Some(&mut view.list),
            _ => None,
        }
    }

    /// Whether leaving it would lose something that was typed.
    pub fn would_lose(&self) -> bool {
        match self {
            Self::Form(form) => form.would_lose(),
            Self::RoleEditor(editor) => editor.would_lose(),
            Self::Connect(form) => form.is_dirty(),
            Self::Tenant(_)
            | Self::Comparison(_)
            | Self::Access(_)
            | Self::WhoCan(_)
            | Self::Messages(_)
            | Self::Contexts(_)
            | Self::Checks(_)
            | Self::Wizard
            | Self::Runs(_)
            | Self::Run(_)
            | Self::Rollback(_)
            | Self::Records(_) => false,
        }
    }

    /// The steps on it.
    pub fn way(&self) -> Option<&ChecksView> {
        match self {
            Self::Connect(form) => Some(&form.way),
            Self::Checks(view) => Some(view),
            _ => None,
        }
    }

    /// The question under which something is being made on it that going back stops first: a rehearsal, or a connection.
    pub fn making(&self) -> Option<JobId> {
        let is_made = |way: &&ChecksView| (way.rehearses || matches!(self, Self::Connect(_))) && !way.stopped;
        self.way().filter(is_made)?.asked()
    }

    /// Whether what was typed is kept if the terminal goes away.
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Form(_) | Self::RoleEditor(_) | Self::Connect(_))
    }
}

/// The screen of messages.
#[derive(Clone, Debug, Default)]
pub struct MessagesView {
    /// The filter.
    pub filter: FilterEdit,
    /// The order; `None` is the newest first.
    pub sort: Option<Sort>,
    /// The selection among the messages that pass.
    pub cursor: Cursor,
    /// The number of the message that was selected before the first filter, with the view that one had, and that of the one to
    /// which the filter led: whoever is on another one now went there by hand.
    pub origin: Option<(Option<usize>, Cursor, Option<usize>)>,
}
