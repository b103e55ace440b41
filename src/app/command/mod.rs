//! Everything the operator can do, as one table: keys, footer, palette, help, `kestra-admin keys` and the README all come
//! from it. A key or hint that is not in [`table::COMMANDS`] is a defect; what keys do
//! within a field is in [`field_keys::FIELD_KEYS`], and as much of one if it is not there.

pub mod availability;
pub mod field_keys;
pub mod table;

pub use availability::{Availability, BACK_HAS_FOCUS, availability, footer_weight, is_translated, on_offer};
pub use table::COMMANDS;

/// Where a command's keys work. A place on screen has several, innermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Whatever is on screen, even while text is typed.
    Everywhere,
    /// Wherever no text is typed and no dialog is open.
    Global,
    /// Where there are rows or lines to move through.
    List,
    /// The panel of the first start.
    Welcome,
    /// The list of tenants.
    Tenants,
    /// One tenant.
    Tenant,
    /// The overview of a tenant.
    Overview,
    /// The roles of a tenant.
    Roles,
    /// Who holds them.
    Holders,
    /// The users of a tenant.
    Users,
    /// The groups of a tenant.
    Groups,
    /// One role.
    Role,
    /// The users of the whole instance.
    Accounts,
    /// One person or service account.
    Person,
    /// The members of a group.
    Members,
    /// The tokens of an account.
    Tokens,
    /// The invitations to a tenant.
    Invitations,
    /// Kestra's audit log.
    Audit,
    /// What this program did.
    Activity,
    /// The matrix of a role that is edited.
    RoleEdit,
    /// Two roles side by side.
    Comparison,
    /// What one user may do.
    Access,
    /// Who may do one thing.
    WhoCan,
    /// The messages.
    Messages,
    /// The contexts.
    Contexts,
    /// The way to a context.
    Checks,
    /// The wizard that leads to multi-tenancy.
    Wizard,
    /// The runs of migrations.
    Runs,
    /// A run.
    Run,
    /// How far to roll a run back.
    Rollback,
    /// The tenant form.
    Form,
    /// The review of the form.
    Review,
    /// A filter being typed.
    Filter,
    /// The palette and the help, which are lists with a filter.
    Menu,
    /// The menu that orders a list.
    Sorting,
    /// The menu that chooses the columns of a list.
    Columns,
    /// A question with buttons.
    Dialog,
    /// A text shown over the screen.
    Page,
    /// Text to be read, wherever it stands.
    Text,
}

impl Scope {
    /// All scopes, as the help orders them.
    pub const ALL: [Self; 39] = [
        Self::Welcome,
        Self::Tenants,
        Self::Tenant,
        Self::Overview,
        Self::Roles,
        Self::Holders,
        Self::Users,
        Self::Groups,
        Self::Role,
        Self::Accounts,
        Self::Person,
        Self::Members,
        Self::Tokens,
        Self::Invitations,
        Self::Audit,
        Self::Activity,
        Self::RoleEdit,
        Self::Comparison,
        Self::Access,
        Self::WhoCan,
        Self::Form,
        Self::Review,
        Self::Messages,
        Self::Contexts,
        Self::Checks,
        Self::Wizard,
        Self::Runs,
        Self::Run,
        Self::Rollback,
        Self::Filter,
        Self::Menu,
        Self::Sorting,
        Self::Columns,
        Self::Dialog,
        Self::Page,
        Self::Text,
        Self::List,
        Self::Global,
        Self::Everywhere,
    ];

    /// The scopes around this one, innermost first: a key that has no meaning here is looked for there.
    pub fn around(self) -> &'static [Self] {
        match self {
            Self::Everywhere => &[],
            Self::Global | Self::Form | Self::Filter | Self::Menu | Self::Dialog => &[Self::Everywhere],
            Self::List => &[Self::Global, Self::Everywhere],
            // What a page covers is out of reach, but not moving through it.
            Self::Page | Self::Text | Self::Sorting | Self::Columns => &[Self::List, Self::Everywhere],
            Self::Overview | Self::Roles | Self::Holders | Self::Users | Self::Groups => {
                &[Self::Tenant, Self::List, Self::Global, Self::Everywhere]
            }
            _ => &[Self::List, Self::Global, Self::Everywhere],
        }
    }

    /// Whether it is the screen of a tenant, under one of its tabs or any.
    pub fn is_of_tenant(self) -> bool {
        self == Self::Tenant || self.around().first() == Some(&Self::Tenant)
    }

    /// Whether text is typed there, so that keys which type are no commands.
    pub fn types(self) -> bool {
        matches!(
            self,
            Self::Everywhere | Self::Form | Self::Filter | Self::Menu | Self::Dialog
        )
    }

    /// The scope of this word.
    pub fn called(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// The scope in a word, as it is written in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Global => "global",
            Self::List => "list",
            Self::Welcome => "welcome",
            Self::Tenants => "tenants",
            Self::Tenant => "tenant",
            Self::Overview => "overview",
            Self::Roles => "roles",
            Self::Holders => "holders",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Role => "role",
            Self::Accounts => "accounts",
            Self::Person => "person",
            Self::Members => "members",
            Self::Tokens => "tokens",
            Self::Invitations => "invitations",
            Self::Audit => "audit",
            Self::Activity => "activity",
            Self::RoleEdit => "role-edit",
            Self::Comparison => "comparison",
            Self::Access => "access",
            Self::WhoCan => "who-can",
            Self::Messages => "messages",
            Self::Contexts => "contexts",
            Self::Checks => "checks",
            Self::Wizard => "wizard",
            Self::Runs => "runs",
            Self::Run => "run",
            Self::Rollback => "rollback",
            Self::Form => "form",
            Self::Review => "review",
            Self::Filter => "filter",
            Self::Menu => "menu",
            Self::Sorting => "sorting",
            Self::Columns => "columns",
            Self::Dialog => "dialog",
            Self::Page => "page",
            Self::Text => "text",
        }
    }
}

/// What running a command can do to the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Nothing.
    Observe,
    /// Something that can be undone. Opening a form counts, as it leads there.
    Change,
    /// Something that cannot be undone.
    Destroy,
}

impl Safety {
    /// The kind in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Change => "change",
            Self::Destroy => "destroy",
        }
    }
}

/// One thing the operator can do.
#[derive(Debug)]
pub struct Command {
    /// Its identity.
    pub id: CommandId,
    /// Its name in the palette, the configuration and the audit log.
    pub name: &'static str,
    /// Other names that do as well, from habit.
    pub also: &'static [&'static str],
    /// A word or two for the footer.
    pub title: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Where its keys work.
    pub scopes: &'static [Scope],
    /// Its keys, the one to show first.
    pub keys: &'static [&'static str],
    /// What it can do to the instance.
    pub safety: Safety,
    /// Place in the footer, 1 first; 0 keeps it out.
    pub footer: u8,
    /// Whether the palette and the help offer to run it.
    pub listed: bool,
    /// Whether the palette offers it everywhere, though its keys work only in its scopes.
    pub anywhere: bool,
    /// What may follow its name in the palette.
    pub argument: Option<&'static str>,
    /// The command line that does the same, or why there is none.
    pub cli: Result<&'static str, &'static str>,
    /// The command line, or why there is none, in places where it is another one.
    pub cli_there: &'static [(Scope, Result<&'static str, &'static str>)],
    /// Whether it is about the screen or the list, and not about what is selected.
    pub beside: bool,
    /// Whether it is about all that are marked, where any are.
    pub of_marks: bool,
}

impl Command {
    /// Whether this is its name, or another one that does as well.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.also.contains(&name)
    }

    /// Whether it moves along rows, lines, columns or tabs, or leaves the screen.
    pub fn moves(&self) -> bool {
        use CommandId::{
            Back, Left, MenuDown, MenuFirst, MenuLast, MenuPageDown, MenuPageUp, MenuUp, NextPane, PreviousPane, Right,
        };
        let moves_across = matches!(self.id, Left | Right | NextPane | PreviousPane | Back);
        let moves_in_menu = matches!(
            self.id,
            MenuUp | MenuDown | MenuPageUp | MenuPageDown | MenuFirst | MenuLast
        );
        moves_across || moves_in_menu || self.scopes.contains(&Scope::List)
    }

    /// The command line that does the same in a place, by its scopes, innermost first; or why there is none.
    pub fn cli_in(&self, scopes: &[Scope]) -> Result<&'static str, &'static str> {
        let there = scopes
            .iter()
            .find_map(|here| self.cli_there.iter().find(|(there, _)| there == here));
        there.map_or(self.cli, |(_, cli)| *cli)
    }
}

/// The identity of a command. The order is that of the table, so that a command is found by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described in the table")]
pub enum CommandId {
    Open,
    New,
    Edit,
    Delete,
    Describe,
    NewRole,
    EditRole,
    LikeRole,
    CopyRole,
    CompareRoles,
    CompareAll,
    AsIn2,
    UserAccess,
    WhoCan,
    Reasons,
    ToggleCell,
    ToggleRow,
    ToggleColumn,
    Template,
    DeleteRole,
    RepairAdmin,
    Grant,
    Revoke,
    About,
    NewUser,
    NewServiceAccount,
    GiveAccess,
    TakeAccess,
    Superadmin,
    Password,
    Tokens,
    DeleteAccount,
    NewToken,
    DeleteToken,
    NewGroup,
    RenameGroup,
    DeleteGroup,
    AddMembers,
    RemoveMembers,
    GroupOwner,
    Invitations,
    Invite,
    WithdrawInvitation,
    Audit,
    AuditFilter,
    RestoreAccess,
    SaveSnapshot,
    CompareSnapshot,
    ImportSnapshot,
    ApplySnapshot,
    Undo,
    Redo,
    Mark,
    MarkRange,
    MarkAll,
    RoleMatrix,
    RoleHolders,
    Holders,
    Migration,
    OpenTenant,
    Filter,
    FilterDone,
    FilterClear,
    Sort,
    SortReverse,
    SortNext,
    Columns,
    Wide,
    ColumnToggle,
    ColumnEarlier,
    ColumnLater,
    ColumnsReset,
    ColumnsTake,
    ColumnsClose,
    Refresh,
    NextPane,
    PreviousPane,
    Left,
    Right,
    Up,
    Down,
    First,
    Last,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    CopyId,
    CopyName,
    CopyJson,
    CopyCommand,
    CopyKestra,
    CopyTerraform,
    CopyUrl,
    Back,
    Earlier,
    Later,
    LastView,
    Kept,
    Escape,
    GoTenants,
    GoRoles,
    GoRuns,
    GoMessages,
    GoContexts,
    Activity,
    InstanceUsers,
    InstanceAudit,
    SwitchTo,
    SwitchContext,
    ExamineContext,
    Connect,
    WizardNext,
    WizardSelect,
    AddTenant,
    EditTenant,
    RemoveTenant,
    DryRun,
    CopyPlan,
    StartMigration,
    WizardBackward,
    WizardForward,
    OpenRun,
    RunDetails,
    RunPause,
    RunFrom,
    RunStop,
    RunOutput,
    RunDiff,
    RunReport,
    CopyReport,
    RunRollback,
    RollbackAsk,
    PlanAnew,
    Rehearse,
    WelcomeChoose,
    WelcomeClose,
    Problem,
    ToggleWriting,
    Palette,
    Help,
    Topic,
    Actions,
    Quit,
    FormNext,
    FormPrevious,
    FormReview,
    FormDifference,
    FormLeave,
    ReviewPress,
    ReviewSwitch,
    ReviewSend,
    ReviewBack,
    MenuUp,
    MenuDown,
    MenuPageUp,
    MenuPageDown,
    MenuFirst,
    MenuLast,
    MenuRun,
    MenuComplete,
    MenuClose,
    DialogPress,
    DialogNext,
    DialogOther,
    DialogClose,
    Search,
    NextMatch,
    PreviousMatch,
    SearchOn,
    SearchEnd,
    PageClose,
    CopyProblem,
    Interrupt,
    Repaint,
    Suspend,
}

/// The record of a command.
pub fn command(id: CommandId) -> Option<&'static Command> {
    COMMANDS.get(id as usize)
}

/// The record of a command by its name, or another one that does as well.
pub fn named(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.is_called(name))
}
