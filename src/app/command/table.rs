//! The table of commands.

use super::Safety::{Change, Destroy, Observe};
use super::Scope::{
    Access, Accounts, Activity, Audit, Checks, Columns, Comparison, Contexts, Dialog, Everywhere, Filter, Form, Global,
    Groups, Holders, Invitations, List, Members, Menu, Messages, Overview, Page, Person, Review, Role, RoleEdit, Roles,
    Rollback, Run, Runs, Sorting, Tenant, Tenants, Text, Tokens, Users, Welcome, WhoCan, Wizard,
};
use super::{Command, CommandId, Safety, Scope};

/// Why most commands without a command line have none.
const SCREEN: &str = "it is about this screen alone";
/// Why those that press what is on screen have none.
const PRESSES: &str = "it goes on with what is on screen, whose own command says it all";

const fn row(
    id: CommandId,
    name: &'static str,
    title: &'static str,
    scopes: &'static [Scope],
    keys: &'static [&'static str],
    safety: Safety,
    footer: u8,
    doc: &'static str,
) -> Command {
    Command {
        id,
        name,
        also: &[],
        title,
        doc,
        scopes,
        keys,
        safety,
        footer,
        listed: true,
        anywhere: false,
        argument: None,
        cli: Err(SCREEN),
        cli_there: &[],
        beside: false,
        of_marks: false,
    }
}

impl Command {
    /// It is about all that are marked.
    const fn of_marks(mut self) -> Self {
        self.of_marks = true;
        self
    }

    const fn unlisted(mut self) -> Self {
        self.listed = false;
        self
    }

    const fn anywhere(mut self) -> Self {
        self.anywhere = true;
        self
    }

    const fn also(mut self, names: &'static [&'static str]) -> Self {
        self.also = names;
        self
    }

    const fn with(mut self, argument: &'static str) -> Self {
        self.argument = Some(argument);
        self
    }

    const fn like(mut self, cli: &'static str) -> Self {
        self.cli = Ok(cli);
        self
    }

    /// The command lines in places where they are others.
    const fn but(mut self, there: &'static [(Scope, Result<&'static str, &'static str>)]) -> Self {
        self.cli_there = there;
        self
    }

    /// Why no command line does it.
    const fn only(mut self, reason: &'static str) -> Self {
        self.cli = Err(reason);
        self
    }

    /// It is about the screen or the list, and not about what is selected.
    const fn beside(mut self) -> Self {
        self.beside = true;
        self
    }
}

/// Lists with columns.
const LISTS: &[Scope] = &[
    Tenants,
    Tenant,
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
];

/// Where there are columns or tabs to go to.
const ACROSS: &[Scope] = &[
    Tenants,
    Tenant,
    Role,
    RoleEdit,
    Comparison,
    Access,
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
];

/// Where rows are marked, and where it is said that something is done to one at a time.
const MARKED: &[Scope] = &[
    Tenants,
    Roles,
    Holders,
    Users,
    Groups,
    Person,
    Members,
    Accounts,
    Tokens,
    Invitations,
    Audit,
    Activity,
    WhoCan,
    Messages,
    Contexts,
    Runs,
];

/// What opens the same as a command, but for tenants.
const OPENED: &[(Scope, Result<&str, &str>)] = &[
    (Overview, Err("nothing is selected there")),
    (Roles, Ok("kestra-admin roles get ROLE")),
    (Holders, Ok("kestra-admin roles get ROLE")),
    (Users, Ok("kestra-admin access of USER")),
    (WhoCan, Ok("kestra-admin access of USER")),
    (Accounts, Ok("kestra-admin users get USERNAME")),
    (Members, Ok("kestra-admin users get USERNAME")),
    (Groups, Ok("kestra-admin users groups get NAME")),
    (Person, Ok("kestra-admin users groups get NAME")),
    (Tokens, Ok("kestra-admin users tokens list USERNAME")),
    (Invitations, Ok("kestra-admin users invitations list --tenant ID")),
    (Audit, Ok("kestra-admin audit list --tenant ID")),
    (Activity, Ok("kestra-admin activity list")),
    (Messages, Err(SCREEN)),
];

/// What gives a role to a group as a command.
const GIVEN: &[(Scope, Result<&str, &str>)] = &[
    (Groups, Ok("kestra-admin access grant --group NAME --role ROLE")),
    (Members, Ok("kestra-admin access grant --group NAME --role ROLE")),
];

/// What shows everything about it as a command, but for tenants.
const DESCRIBED: &[(Scope, Result<&str, &str>)] = &[
    (Roles, Ok("kestra-admin roles get ROLE -o json")),
    (Role, Ok("kestra-admin roles get ROLE -o json")),
    (Holders, Ok("kestra-admin access list --tenant ID -o json")),
    (Users, Ok("kestra-admin users get USERNAME -o json")),
    (Groups, Ok("kestra-admin users groups get NAME -o json")),
];

/// What filters the same list as a command; in other places it is about the screen alone.
const FILTERED: &[(Scope, Result<&str, &str>)] = &[
    (Tenants, Ok("kestra-admin tenants list FILTER")),
    (Roles, Ok("kestra-admin roles list FILTER")),
    (Holders, Ok("kestra-admin access list FILTER")),
    (Users, Ok("kestra-admin users list FILTER")),
    (Accounts, Ok("kestra-admin users list --instance FILTER")),
    (Groups, Ok("kestra-admin users groups list FILTER")),
    (Audit, Ok("kestra-admin audit list TEXT")),
    (Activity, Ok("kestra-admin activity list TEXT")),
];

/// What orders the same list as a command; in other places it is about the screen alone.
const SORTED: &[(Scope, Result<&str, &str>)] = &[
    (Tenants, Ok("kestra-admin tenants list --sort COLUMN")),
    (Roles, Ok("kestra-admin roles list --sort COLUMN")),
    (Holders, Ok("kestra-admin access list --sort COLUMN")),
    (Users, Ok("kestra-admin users list --sort COLUMN")),
    (Accounts, Ok("kestra-admin users list --instance --sort COLUMN")),
    (Groups, Ok("kestra-admin users groups list --sort COLUMN")),
];

/// Every command.
#[rustfmt::skip] // a table reads as rows
pub static COMMANDS: &[Command] = &[
    row(CommandId::Open, "open", "open", &[Tenants, Tenant, Messages, Person, Members, Tokens, Invitations, Audit, Activity, WhoCan, Accounts], &["enter"], Observe, 1, "Open what is selected.").like("kestra-admin tenants get ID").but(OPENED),
    row(CommandId::New, "new-tenant", "new", &[Tenants], &["n"], Change, 2, "Create a tenant.").like("kestra-admin tenants create --tenant ID --name NAME").beside(),
    row(CommandId::Edit, "edit-tenant", "edit", &[Tenants, Overview], &["e"], Change, 3, "Edit the tenant.").like("kestra-admin tenants update ID"),
    row(CommandId::Delete, "delete-tenant", "delete", &[Tenants, Overview], &["D"], Destroy, 8, "Delete the tenant, or all that are marked, after its id or their number has been typed.").like("kestra-admin tenants delete ID").of_marks(),
    row(CommandId::Describe, "describe", "describe", &[Tenants, Tenant, Role], &["d"], Observe, 0, "Show everything about what is selected, uncut.").like("kestra-admin tenants get ID -o json").but(DESCRIBED),
    row(CommandId::NewRole, "new-role", "new", &[Roles], &["n"], Change, 2, "Create a role.").like("kestra-admin roles create --name NAME").beside(),
    row(CommandId::EditRole, "edit-role", "edit", &[Roles, Role], &["e"], Change, 3, "Edit the role in its matrix.").like("kestra-admin roles update ID"),
    row(CommandId::LikeRole, "new-role-like", "new like it", &[Roles, Role], &["N"], Change, 0, "Create a role that starts with what this one allows.").like("kestra-admin roles create --name NAME --from-role ROLE"),
    row(CommandId::CopyRole, "copy-role", "copy to tenant", &[Roles, Role], &["o"], Change, 9, "Copy the role to another tenant, or make the role of its name there the same.").like("kestra-admin roles copy ROLE --to ID"),
    row(CommandId::CompareRoles, "compare-roles", "compare", &[Roles, Role], &["f"], Observe, 5, "Compare two marked roles, or this one with another, also of another tenant, context or release.").like("kestra-admin roles diff ROLE ROLE").of_marks(),
    row(CommandId::CompareAll, "compare-all", "all or differences", &[Comparison], &["a"], Observe, 1, "Show only the rows that differ, or all.").beside(),
    row(CommandId::AsIn2, "as-in-2", "as in 2.0", &[Role], &["t"], Observe, 7, "Show the role as what it becomes in Kestra 2.0, or as it is.").beside().like("kestra-admin roles get ROLE --as-2.0"),
    row(CommandId::UserAccess, "user-access", "what they may do", &[Role, Holders, Users, WhoCan], &["a"], Observe, 2, "Show everything the selected user may do, and why.").like("kestra-admin access of USER"),
    row(CommandId::WhoCan, "who-can", "who can", &[Tenant, Role, Access], &["w"], Observe, 7, "Show everybody who may do what the selected cell says, and through what.").like("kestra-admin access who-can RESOURCE ACTION"),
    row(CommandId::Reasons, "reasons", "why", &[Access], &["enter"], Observe, 1, "Show in full why the user may do this, or why not."),
    row(CommandId::ToggleCell, "toggle-cell", "toggle", &[RoleEdit], &["space", "enter"], Observe, 1, "Allow the selected action on the selected resource, or not.").beside(),
    row(CommandId::ToggleRow, "toggle-row", "row", &[RoleEdit], &["a"], Observe, 2, "Allow every action on the selected resource, or none.").beside(),
    row(CommandId::ToggleColumn, "toggle-column", "column", &[RoleEdit], &["A"], Observe, 3, "Allow the selected action on every resource that has it, or on none.").beside(),
    row(CommandId::Template, "template", "template", &[RoleEdit], &["t"], Observe, 4, "Start anew from what another role allows, such as one that Kestra ships.").beside(),
    row(CommandId::DeleteRole, "delete-role", "delete", &[Roles, Role], &["D"], Destroy, 8, "Delete the role with its bindings, after its name has been typed.").like("kestra-admin roles delete ID"),
    row(CommandId::RepairAdmin, "repair-admin", "make an admin", &[Tenants, Overview], &["A"], Change, 7, "Choose who becomes Admin of the tenant, or of all that are marked; whoever is signed in is proposed.").like("kestra-admin tenants repair-admin ID --admin-username USERNAME").of_marks(),
    row(CommandId::Grant, "grant", "give a role", &[Role, Holders, Users, Groups, Person, Members], &["b"], Change, 3, "Give roles to whoever is marked or selected, or the open role to whoever is chosen: in the whole tenant or in namespaces.").like("kestra-admin access grant --user USERNAME --role ROLE").but(GIVEN).of_marks(),
    row(CommandId::Revoke, "revoke", "take away", &[Holders, Person], &["D"], Change, 4, "Take the marked or selected roles away from those who hold them.").like("kestra-admin access revoke ID").of_marks(),
    row(CommandId::About, "about", "about them", &[Users, Accounts], &["i"], Observe, 3, "Show everything about the selected account: groups, roles and through what, tenants.").like("kestra-admin users get USERNAME"),
    row(CommandId::NewUser, "new-user", "new user", &[Users, Accounts], &["n"], Change, 4, "Create a user, with access to the tenant where one is open or chosen.").like("kestra-admin users create USERNAME").beside(),
    row(CommandId::NewServiceAccount, "new-service-account", "new service account", &[Users], &["N"], Change, 5, "Create a service account with access to the tenant.").like("kestra-admin users service-accounts create NAME").beside(),
    row(CommandId::GiveAccess, "give-access", "let in", &[Users], &["A"], Change, 6, "Let somebody into the tenant who is a user of the instance already.").like("kestra-admin users access USERNAME give").beside(),
    row(CommandId::TakeAccess, "take-access", "take access away", &[Users, Person], &["X"], Change, 8, "Take the access to the tenant away, with the roles and groups there.").like("kestra-admin users access USERNAME take"),
    row(CommandId::Superadmin, "superadmin", "superadmin", &[Users, Person, Accounts], &["O"], Change, 9, "Make the user a superadmin, or a common user again; takes a superadmin.").like("kestra-admin users superadmin USERNAME on"),
    row(CommandId::Password, "password", "password", &[Users, Person, Accounts], &["P"], Change, 10, "Set the password of the user; it is neither shown nor kept.").like("kestra-admin users password USERNAME --password-file FILE"),
    row(CommandId::Tokens, "tokens", "tokens", &[Users, Person, Accounts], &["t"], Observe, 7, "Show the API tokens of the account, and make new ones.").like("kestra-admin users tokens list USERNAME"),
    row(CommandId::DeleteAccount, "delete-account", "delete", &[Users, Accounts], &["D"], Destroy, 11, "Delete the account from the whole instance, after its name has been typed.").like("kestra-admin users delete USERNAME"),
    row(CommandId::NewToken, "new-token", "new", &[Tokens], &["n"], Change, 2, "Make a token; it is shown once.").like("kestra-admin users tokens create USERNAME --name NAME").beside(),
    row(CommandId::DeleteToken, "delete-token", "revoke", &[Tokens], &["D"], Destroy, 3, "End the selected token, after its name has been typed.").like("kestra-admin users tokens delete USERNAME ID"),
    row(CommandId::NewGroup, "new-group", "new", &[Groups], &["n"], Change, 2, "Create a group.").like("kestra-admin users groups create NAME").beside(),
    row(CommandId::RenameGroup, "rename-group", "rename", &[Groups, Members], &["e"], Change, 4, "Give the group another name or description.").like("kestra-admin users groups update NAME --name NEW"),
    row(CommandId::DeleteGroup, "delete-group", "delete", &[Groups], &["D"], Destroy, 8, "Delete the group with its roles, after its name has been typed.").like("kestra-admin users groups delete NAME"),
    row(CommandId::AddMembers, "add-members", "add members", &[Members, Groups], &["A"], Change, 2, "Put users of the tenant into the group.").like("kestra-admin users groups add NAME USERNAME"),
    row(CommandId::RemoveMembers, "remove-members", "take out", &[Members], &["X"], Change, 4, "Take the marked or selected users out of the group.").like("kestra-admin users groups remove NAME USERNAME").of_marks(),
    row(CommandId::GroupOwner, "group-owner", "owner", &[Members], &["O"], Change, 5, "Make the marked or selected members owners of the group, or common members again.").like("kestra-admin users groups owner NAME USERNAME").of_marks(),
    row(CommandId::Invitations, "invitations", "invitations", &[Users], &["I"], Observe, 12, "Show who is invited into the tenant.").like("kestra-admin users invitations list --tenant ID"),
    row(CommandId::Invite, "invite", "invite", &[Invitations], &["n"], Change, 2, "Invite somebody into the tenant, with roles.").like("kestra-admin users invitations create EMAIL --role ROLE").beside(),
    row(CommandId::WithdrawInvitation, "withdraw-invitation", "withdraw", &[Invitations], &["D"], Change, 3, "Withdraw the selected invitation.").like("kestra-admin users invitations delete ID"),
    row(CommandId::Audit, "audit", "audit log", &[Tenants, Tenant], &["H"], Observe, 12, "Show Kestra's audit log of the tenant, the newest first.").like("kestra-admin audit list --tenant ID"),
    row(CommandId::AuditFilter, "audit-filter", "filter on server", &[Audit], &["f"], Observe, 2, "Choose by user, kind, action and time which changes the instance is asked for.").like("kestra-admin audit list --user USERNAME --resource KIND --since TIME").beside(),
    row(CommandId::RestoreAccess, "restore-access", "restore access", &[Run], &["A"], Change, 8, "Find out who holds less than before the run, and give it back.").like("kestra-admin access restore RUN"),
    row(CommandId::SaveSnapshot, "save-snapshot", "save a snapshot", &[Tenants, Tenant], &["E"], Observe, 0, "Write a snapshot of the tenant, of all that are marked, or of every tenant into a file: who may do what, without secrets.").with("FILE").like("kestra-admin export snapshot --tenant ID"),
    row(CommandId::CompareSnapshot, "compare-snapshot", "compare with a snapshot", &[Tenants, Tenant], &["F"], Observe, 0, "Show in what a snapshot in a file differs from the tenant, or from the whole instance, as they are now.").with("FILE").like("kestra-admin diff FILE CONTEXT"),
    row(CommandId::ImportSnapshot, "import-snapshot", "import a snapshot", &[Tenants], &["I"], Change, 0, "Create what a snapshot in a file has and this instance has not; what it would be is shown first.").with("FILE").like("kestra-admin import snapshot FILE").beside(),
    row(CommandId::ApplySnapshot, "apply-snapshot", "apply a snapshot", &[Tenants, Page], &["a"], Change, 0, "Make it as a snapshot in a file says: create, change, and delete if told so; what it would be is shown first.").with("FILE").like("kestra-admin apply FILE").beside(),
    row(CommandId::Undo, "undo", "undo", &[Global], &["u"], Change, 0, "Show what takes the last change back, and do it once confirmed; in the editor of a role, take the last step back.").only("each change has a command of its own that takes it back"),
    row(CommandId::Redo, "redo", "redo", &[Global], &["ctrl-r"], Change, 0, "Show what does again what was taken back last, and do it once confirmed.").only("each change has a command of its own that takes it back"),
    row(CommandId::Mark, "mark", "mark", MARKED, &["space"], Observe, 7, "Mark the selected row, or take its mark off; actions are about what is marked.").beside(),
    row(CommandId::MarkRange, "mark-range", "mark to here", MARKED, &["v"], Observe, 0, "Mark all rows from the one that was marked last to the selected one.").beside(),
    row(CommandId::MarkAll, "mark-all", "mark all", MARKED, &["*"], Observe, 0, "Mark every row that passes the filter, or take the marks off those; what it hides keeps its mark.").beside(),
    row(CommandId::RoleMatrix, "matrix", "matrix", &[Roles], &["p"], Observe, 0, "Show what the selected role allows, in its matrix.").like("kestra-admin roles get ROLE"),
    row(CommandId::RoleHolders, "bindings", "bindings", &[Roles], &["b"], Observe, 0, "Show who holds the selected role.").like("kestra-admin access list role:ROLE"),
    row(CommandId::Holders, "holders", "who holds what", &[Tenants, Tenant, Role], &["p"], Observe, 6, "Show who holds which role.").like("kestra-admin access list --tenant ID"),
    row(CommandId::Migration, "migration", "migration", &[Tenants, Tenant], &["m"], Observe, 4, "Lead this instance to multi-tenancy, or show the run that does.").also(&["migrate"]).like("kestra-admin migrate run").beside(),
    row(CommandId::OpenTenant, "tenant", "tenant", &[Global], &[], Observe, 0, "Open a tenant by its id.").with("ID").like("kestra-admin tenants get ID"),
    row(CommandId::Filter, "filter", "filter", &[Tenants, Tenant, Messages, Person, Members, Tokens, Invitations, Audit, Activity, Contexts, Runs, Access, WhoCan, Accounts], &["/"], Observe, 4, "Show only rows that match: words, column:value, !not, column<number, time<7d; of access, only that in a namespace.").with("TEXT").beside().but(FILTERED),
    row(CommandId::FilterDone, "filter-done", "done", &[Filter], &["enter", "down", "tab"], Observe, 1, "Go back to the rows and keep the filter.").unlisted(),
    row(CommandId::FilterClear, "filter-clear", "clear", &[Filter], &["esc"], Observe, 2, "Clear the filter and go back to all rows.").unlisted(),
    row(CommandId::Sort, "sort", "sort", LISTS, &["s"], Observe, 9, "Order by the column in brackets; where it is so already, choose another from a menu.").with("COLUMN").beside().but(SORTED),
    row(CommandId::SortReverse, "sort-reverse", "reverse", LISTS, &["S"], Observe, 0, "Turn the order round.").beside(),
    row(CommandId::SortNext, "sort-next", "next column", &[Sorting], &["s"], Observe, 2, "Go on to the next column.").beside().unlisted(),
    row(CommandId::Columns, "columns", "columns", LISTS, &["C"], Observe, 0, "Choose the columns to show, and their order; it is remembered.").beside(),
    row(CommandId::Wide, "wide", "wide", &[Tenants, Person, Members, Tokens, Invitations, Audit, Activity, Messages, Contexts, Runs, Accounts], &["w"], Observe, 0, "Show every column the list has, or those that were chosen; not remembered.").beside(),
    row(CommandId::ColumnToggle, "column-toggle", "show or hide", &[Columns], &["space"], Observe, 2, "Show the selected column, or do not.").beside().unlisted(),
    row(CommandId::ColumnEarlier, "column-earlier", "further left", &[Columns], &["K", "left"], Observe, 3, "Move the selected column to the left.").beside().unlisted(),
    row(CommandId::ColumnLater, "column-later", "further right", &[Columns], &["J", "right"], Observe, 4, "Move the selected column to the right.").beside().unlisted(),
    row(CommandId::ColumnsReset, "columns-reset", "default order", &[Columns], &["d"], Observe, 5, "Show the columns as they come again.").beside().unlisted(),
    row(CommandId::ColumnsTake, "columns-take", "take it", &[Sorting, Columns], &["enter"], Observe, 1, "Order by the selected column, or take the columns as they are chosen.").beside().unlisted(),
    row(CommandId::ColumnsClose, "columns-close", "close", &[Sorting, Columns], &["esc", "q"], Observe, 6, "Close the menu; nothing changes.").beside().unlisted(),
    row(CommandId::Refresh, "refresh", "refresh", &[Global], &["r"], Observe, 10, "Read everything on screen again."),
    row(CommandId::NextPane, "next-pane", "next", &[Tenant, Role, RoleEdit], &["tab"], Observe, 2, "Go to the next tab or pane.").beside(),
    row(CommandId::PreviousPane, "previous-pane", "previous", &[Tenant, Role, RoleEdit], &["shift-tab"], Observe, 0, "Go to the previous tab or pane.").beside(),
    row(CommandId::Left, "left", "left", ACROSS, &["h", "left"], Observe, 0, "Go one column or tab to the left; <s> orders by the column.").beside(),
    row(CommandId::Right, "right", "right", ACROSS, &["l", "right"], Observe, 0, "Go one column or tab to the right; <s> orders by the column.").beside(),
    row(CommandId::Up, "up", "up", &[List], &["k", "up"], Observe, 0, "Go one row up."),
    row(CommandId::Down, "down", "down", &[List], &["j", "down"], Observe, 0, "Go one row down."),
    row(CommandId::First, "first", "first", &[List], &["g g", "home"], Observe, 0, "Go to the first row."),
    row(CommandId::Last, "last", "last", &[List], &["G", "end"], Observe, 0, "Go to the last row."),
    row(CommandId::HalfDown, "half-down", "half page down", &[List, Form], &["ctrl-d"], Observe, 0, "Go half a page down."),
    row(CommandId::HalfUp, "half-up", "half page up", &[List], &["ctrl-u"], Observe, 0, "Go half a page up."),
    row(CommandId::PageDown, "page-down", "page down", &[List, Dialog, Form], &["pgdn", "ctrl-f"], Observe, 0, "Go a page down."),
    row(CommandId::PageUp, "page-up", "page up", &[List, Dialog, Form], &["pgup"], Observe, 0, "Go a page up."),
    row(CommandId::CopyId, "copy-id", "copy id", &[Tenants, Tenant, Role], &["y i"], Observe, 0, "Copy the id."),
    row(CommandId::CopyName, "copy-name", "copy name", &[Tenants, Tenant, Role], &["y n"], Observe, 0, "Copy the name."),
    row(CommandId::CopyJson, "copy-json", "copy JSON", &[Tenants, Tenant, Role], &["y j"], Observe, 0, "Copy it as JSON, without secrets."),
    row(CommandId::CopyCommand, "copy-command", "copy command", &[Tenants, Tenant, Role, Person, Members, Tokens, Invitations, Audit, Activity, Access, WhoCan, Comparison, RoleEdit, Review, Messages, Contexts, Checks, Wizard, Runs, Run, Rollback, Dialog, Accounts], &["y c", "ctrl-y"], Observe, 6, "Copy the command line that does or shows the same."),
    row(CommandId::CopyKestra, "copy-kestra", "copy Kestra's command", &[Review], &["y k"], Observe, 0, "Copy the command line by which Kestra itself creates the tenant."),
    row(CommandId::CopyTerraform, "copy-terraform", "copy Terraform", &[Tenants, Tenant, Review], &["y t"], Observe, 0, "Copy it as a Terraform resource."),
    row(CommandId::CopyUrl, "copy-url", "copy URL", &[Tenants, Tenant, Role, Person, Members, Tokens, Invitations, Audit, Access, WhoCan], &["y u"], Observe, 0, "Copy the address of the tenant in Kestra's web interface."),
    row(CommandId::Back, "back", "back", &[Global], &["q"], Observe, 5, "Go back one screen; leave from the first one."),
    row(CommandId::Earlier, "earlier", "view before", &[Global], &["["], Observe, 0, "Go to the place you were at before, as you left it."),
    row(CommandId::Later, "later", "view after", &[Global], &["]"], Observe, 0, "Go forward again to the place you came back from."),
    row(CommandId::LastView, "last-view", "last view", &[Global], &["-"], Observe, 0, "Go to where you were last, also in another context."),
    row(CommandId::Kept, "kept", "what was kept", &[Global], &[], Observe, 0, "Open what was kept from the last time and is not open yet, in place of what is on screen; what is typed there is kept instead."),
    row(CommandId::Escape, "escape", "back", &[Global], &["esc"], Observe, 0, "Clear the filter, or go back; never leaves the program.").unlisted(),
    row(CommandId::GoTenants, "tenants", "tenants", &[Global], &["1"], Observe, 0, "Show the list of tenants.").like("kestra-admin tenants list"),
    row(CommandId::GoRoles, "roles", "roles", &[Global], &["2"], Observe, 0, "Show the roles of the tenant last looked at, or of the one of the context.").like("kestra-admin roles list --tenant ID"),
    row(CommandId::GoRuns, "runs", "runs", &[Global], &["3"], Observe, 0, "Show the runs of migrations, the newest first.").like("kestra-admin migrate status"),
    row(CommandId::GoMessages, "messages", "messages", &[Global], &["L", "4"], Observe, 0, "Show all messages of this session."),
    row(CommandId::GoContexts, "contexts", "contexts", &[Global], &["c", "5"], Observe, 0, "Show the contexts, and whether each can be reached.").like("kestra-admin contexts list"),
    row(CommandId::Activity, "activity", "activity", &[Global], &["6"], Observe, 0, "Show what this program did, to which instance, and how it went.").like("kestra-admin activity list"),
    row(CommandId::InstanceUsers, "users", "users", &[Global], &["7"], Observe, 0, "Show everybody on the whole instance; takes a superadmin.").like("kestra-admin users list --instance"),
    row(CommandId::InstanceAudit, "instance-audit", "audit log of all", &[Global], &["8"], Observe, 0, "Show Kestra's audit log in all tenants, newest first; takes a superadmin.").like("kestra-admin audit list --instance"),
    row(CommandId::SwitchTo, "context", "context", &[Global], &[], Observe, 0, "Switch to a context by its name; also :ctx.").also(&["ctx"]).with("NAME").like("kestra-admin --context NAME"),
    row(CommandId::SwitchContext, "switch", "switch", &[Contexts], &["enter"], Observe, 1, "Work in the selected context from now on.").like("kestra-admin --context NAME"),
    row(CommandId::ExamineContext, "test-context", "test", &[Contexts], &["t"], Observe, 2, "Go the way to the selected context step by step, and say what is found.").like("kestra-admin contexts test NAME"),
    row(CommandId::Connect, "connect", "connect", &[Contexts, Welcome], &["n"], Observe, 11, "Connect to a Kestra that no context leads to yet.").anywhere().like("kestra-admin contexts add NAME --host URL"),
    row(CommandId::WizardNext, "wizard-next", "go on", &[Wizard], &["enter"], Observe, 1, "Answer with what is selected, and go on.").unlisted().beside(),
    row(CommandId::WizardSelect, "wizard-select", "choose", &[Wizard], &["1", "2", "3", "4", "5", "6", "7", "8", "9"], Observe, 0, "Select the choice of this number.").with("NUMBER").beside().unlisted(),
    row(CommandId::AddTenant, "add-tenant", "add", &[Wizard], &["n"], Observe, 2, "Ask for one more tenant.").beside(),
    row(CommandId::EditTenant, "change-tenant", "change", &[Wizard], &["e"], Observe, 3, "Change the selected tenant that is asked for."),
    row(CommandId::RemoveTenant, "remove-tenant", "take out", &[Wizard], &["D", "delete"], Observe, 4, "Take the selected tenant out again; nothing was created yet."),
    row(CommandId::DryRun, "dry-run", "dry run", &[Wizard], &["t"], Observe, 5, "Show what a run would do, step by step; nothing is done.").like("kestra-admin migrate run --dry-run"),
    row(CommandId::CopyPlan, "copy-plan", "copy", &[Wizard], &["y p"], Observe, 6, "Copy the plan as Markdown.").like("kestra-admin migrate plan"),
    row(CommandId::StartMigration, "start-migration", "start", &[Wizard], &["ctrl-o", "f2"], Change, 0, "Carry the plan out.").like("kestra-admin migrate run --yes"),
    row(CommandId::WizardBackward, "page-before", "page before", &[Wizard], &["backspace", "shift-tab", "left", "h"], Observe, 7, "Go to the page before; answers stay.").beside(),
    row(CommandId::WizardForward, "page-after", "page after", &[Wizard], &["tab", "right", "l"], Observe, 0, "Go to the page after; the answer here stays as it is.").beside(),
    row(CommandId::OpenRun, "attach", "show", &[Runs], &["enter"], Observe, 1, "Show the selected run, and follow it.").like("kestra-admin migrate attach"),
    row(CommandId::RunDetails, "details", "details", &[Run], &["enter"], Observe, 1, "Show everything about the selected step.").like("kestra-admin migrate status RUN"),
    row(CommandId::RunPause, "pause", "pause", &[Run, Runs], &["P", "p"], Change, 2, "Pause the run after the step under way, or let it go on.").like("kestra-admin migrate resume"),
    row(CommandId::RunFrom, "resume-from", "go on from here", &[Run], &["F"], Change, 3, "Let a run that halted go on from the selected step; those before it are skipped.").like("kestra-admin migrate resume RUN --from STEP"),
    row(CommandId::RunStop, "stop", "stop", &[Run], &["S"], Change, 3, "Stop the run after what it is doing now.").like("kestra-admin migrate stop"),
    row(CommandId::RunOutput, "output", "output", &[Run], &["o"], Observe, 4, "Show only what its commands write, or the steps again.").beside().like("kestra-admin migrate attach RUN"),
    row(CommandId::RunDiff, "diff", "diff", &[Run], &["d"], Observe, 5, "Show what changes in files.").like("kestra-admin migrate plan"),
    row(CommandId::RunReport, "report", "report", &[Run, Runs], &["R"], Observe, 6, "Show the report; <y r> copies it.").like("kestra-admin migrate report"),
    row(CommandId::CopyReport, "copy-report", "copy report", &[Run], &["y r"], Observe, 9, "Copy the report as Markdown.").like("kestra-admin migrate report"),
    row(CommandId::RunRollback, "rollback", "roll back", &[Run], &["b"], Observe, 7, "Choose how far to undo what the run changed.").like("kestra-admin migrate rollback"),
    row(CommandId::RollbackAsk, "rollback-ask", "roll back", &[Rollback], &["enter"], Change, 1, "Roll back that far, after being asked once more.").unlisted().only(PRESSES),
    row(CommandId::PlanAnew, "plan-anew", "plan anew", &[Run, Runs], &["n"], Observe, 8, "Open the wizard for a new plan.").beside().like("kestra-admin migrate plan"),
    row(CommandId::Rehearse, "rehearse", "rehearse", &[Contexts, Global], &["T"], Observe, 0, "Practise on a Kestra of sample data on this machine: make it, start it, open it.").like("kestra-admin rehearsal up"),
    row(CommandId::WelcomeChoose, "welcome-choose", "choose", &[Welcome], &["enter"], Observe, 1, "Go on in the way that is selected.").unlisted(),
    row(CommandId::WelcomeClose, "welcome-close", "stay here", &[Welcome], &["esc"], Observe, 2, "Go on with the empty local instance; the panel does not come again.").unlisted(),
    row(CommandId::Problem, "problem", "last problem", &[Global], &["!"], Observe, 0, "Show the last problem in full; once it was read or sent away by Esc, the last note."),
    row(CommandId::ToggleWriting, "toggle-writing", "lock", &[Global], &["W"], Observe, 0, "Lock or unlock changes in this context.").only("a command refuses changes with `--read-only`, and asks by itself in a protected context"),
    row(CommandId::Palette, "palette", "command", &[Global, Page], &[":"], Observe, 90, "Find and run a command by name.").unlisted(),
    row(CommandId::Help, "help", "help", &[Global, Form, Filter, Text], &["?", "f1", "ctrl-g"], Observe, 100, "Show what can be done here, and do it.").also(&["h"]).like("kestra-admin keys"),
    row(CommandId::Topic, "topic", "help page", &[Global], &[], Observe, 0, "Read a page of the help; <?> lists them.").with("NAME").only("`kestra-admin man` prints the manual"),
    row(CommandId::Actions, "actions", "actions", &[Global], &["x"], Observe, 88, "Show what can be done with what is selected, and do it."),
    row(CommandId::Quit, "quit", "quit", &[Global], &[], Observe, 0, "Leave the program from anywhere; also :q, :q! and :exit.").also(&["q", "q!", "exit"]),
    row(CommandId::FormNext, "form-next", "next field", &[Form], &["tab", "enter", "down"], Observe, 1, "Go to the next field, or press the button.").unlisted(),
    row(CommandId::FormPrevious, "form-previous", "previous field", &[Form], &["shift-tab", "up"], Observe, 0, "Go to the previous field.").unlisted(),
    row(CommandId::FormReview, "form-review", "review", &[Form, RoleEdit], &["ctrl-o", "f2"], Observe, 2, "Check everything; show what will be sent, or do it."),
    row(CommandId::FormDifference, "form-difference", "difference", &[Form, RoleEdit], &["ctrl-t", "f4"], Observe, 2, "Show what somebody else changed since the form was opened."),
    row(CommandId::FormLeave, "form-leave", "leave", &[Form], &["esc"], Observe, 3, "Leave the form; asks if something would be lost."),
    row(CommandId::ReviewPress, "review-press", "press", &[Review], &["enter"], Change, 1, "Press the button that has the focus.").unlisted().only(PRESSES),
    row(CommandId::ReviewSwitch, "review-switch", "other button", &[Review], &["tab", "shift-tab", "left", "right", "h", "l"], Observe, 2, "Give the focus to the other button.").unlisted(),
    row(CommandId::ReviewSend, "send", "send", &[Review], &["ctrl-o", "f2"], Change, 3, "Send it; where Back has the focus, as in a protected context, after Tab.").only(PRESSES),
    row(CommandId::ReviewBack, "review-back", "back to the form", &[Review], &["esc", "q"], Observe, 4, "Go back to the form.").unlisted(),
    row(CommandId::MenuUp, "menu-up", "up", &[Menu], &["up", "ctrl-p"], Observe, 0, "Go one line up.").unlisted(),
    row(CommandId::MenuDown, "menu-down", "down", &[Menu], &["down", "ctrl-n"], Observe, 0, "Go one line down.").unlisted(),
    row(CommandId::MenuPageUp, "menu-page-up", "page up", &[Menu], &["pgup"], Observe, 0, "Go a page up.").unlisted(),
    row(CommandId::MenuPageDown, "menu-page-down", "page down", &[Menu], &["pgdn"], Observe, 0, "Go a page down.").unlisted(),
    row(CommandId::MenuFirst, "menu-first", "first", &[Menu], &["home"], Observe, 0, "Go to the first line; in what is typed, first to its beginning.").unlisted(),
    row(CommandId::MenuLast, "menu-last", "last", &[Menu], &["end"], Observe, 0, "Go to the last line; in what is typed, first to its end.").unlisted(),
    row(CommandId::MenuRun, "menu-run", "run", &[Menu], &["enter"], Observe, 1, "Run the selected line.").unlisted(),
    row(CommandId::MenuComplete, "menu-complete", "complete", &[Menu], &["tab"], Observe, 2, "Complete the name of the selected line.").unlisted(),
    row(CommandId::MenuClose, "menu-close", "close", &[Menu], &["esc"], Observe, 3, "Close without running anything.").unlisted(),
    row(CommandId::DialogPress, "dialog-press", "press", &[Dialog], &["enter"], Observe, 1, "Press the button that has the focus.").unlisted(),
    row(CommandId::DialogNext, "dialog-next", "other button", &[Dialog], &["tab", "shift-tab", "up", "down"], Observe, 2, "Give the focus to the next part of the dialog.").unlisted(),
    row(CommandId::DialogOther, "dialog-other", "other button", &[Dialog], &["left", "right"], Observe, 0, "Give the focus to the other button.").unlisted(),
    row(CommandId::DialogClose, "dialog-close", "cancel", &[Dialog], &["esc"], Observe, 9, "Close the dialog and change nothing.").unlisted(),
    row(CommandId::Search, "search", "search", &[Text], &["/"], Observe, 3, "Look for words in the text; what is found is marked and gone to.").with("TEXT").beside(),
    row(CommandId::NextMatch, "next-match", "next match", &[Text], &["n"], Observe, 4, "Go to the next place where the words were found; after the last comes the first.").beside(),
    row(CommandId::PreviousMatch, "previous-match", "previous match", &[Text], &["N"], Observe, 0, "Go to the place before where the words were found; before the first comes the last.").beside(),
    row(CommandId::SearchOn, "search-on", "next match", &[Text], &["enter"], Observe, 0, "While words are looked for, go to the next place, and press nothing that lies below.").unlisted(),
    row(CommandId::SearchEnd, "search-end", "end search", &[Text], &["esc"], Observe, 1, "End the search; the text stays where it is.").unlisted(),
    row(CommandId::PageClose, "page-close", "close", &[Page], &["esc", "q", "enter"], Observe, 1, "Close the page.").unlisted(),
    row(CommandId::CopyProblem, "copy-page", "copy", &[Page], &["y"], Observe, 2, "Copy the text of the page.").unlisted(),
    row(CommandId::Interrupt, "interrupt", "cancel", &[Everywhere], &["ctrl-c"], Observe, 0, "Stop what is going on; twice in a row leaves."),
    row(CommandId::Repaint, "repaint", "repaint", &[Everywhere], &["ctrl-l"], Observe, 0, "Draw the screen anew."),
    row(CommandId::Suspend, "suspend", "suspend", &[Everywhere], &["ctrl-z"], Observe, 0, "Put the program aside; `fg` brings it back."),
];
