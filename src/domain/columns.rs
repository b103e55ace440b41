//! The columns of each list, which filters and orders may name.

use super::tenant::{ACTIVE, NO_ADMIN};

/// Columns of the list of tenants.
pub const TENANT_COLUMNS: &[&str] = &["id", "name", "admins", "storage", "secrets", "state", WORKER_GROUP];
/// Those of them that a plain word looks at where no others are chosen to be on screen.
pub const TENANT_WORDS: &[&str] = &["id", "name", "admins", "storage", "secrets", "state"];
/// The worker group that runs what no flow puts elsewhere.
pub const WORKER_GROUP: &str = "worker-group";
/// The most tenants whose admins are counted one by one for a list, where Kestra does not tell them with it.
pub const MOST_COUNTED: usize = 500;
/// What is said where they are more, and plain words were therefore not looked for in what comes of counting.
pub const LEFT_OUT: &str = "Words are not looked for in ADMINS and STATE where more than 500 tenants are left: Kestra tells neither in \
     lists. Narrow the list by other columns.";

/// Whether a plain word that is looked for in some columns of the tenants, or in all where there are none, may be found in what comes
/// of counting their admins.
pub fn may_be_of_admins(word: &str, columns: &[&str]) -> bool {
    let looks_at = |column| columns.is_empty() || columns.contains(&column);
    let is_state = [ACTIVE, NO_ADMIN].iter().any(|state| state.contains(word));
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    looks_at("state") && is_state || looks_at("admins") && is_number
}

/// Whether what a column of the tenants says comes of counting their admins.
pub fn counts_admins(column: &str) -> bool {
    matches!(column, "admins" | "state")
}
/// Columns of the list of roles that a role itself answers.
pub const ROLE_COLUMNS: &[&str] = &["id", "name", "description", "managed", "default", "rights"];
/// Columns of the list of roles: `holders` takes the bindings, too.
pub const COUNTED_ROLE_COLUMNS: &[&str] = &["id", "name", "description", "managed", "default", "rights", "holders"];
/// Columns of the list of bindings.
pub const BINDING_COLUMNS: &[&str] = &["id", "type", "name", "role", "namespace"];
/// Columns of the list of users.
pub const USER_COLUMNS: &[&str] = &["id", "username", "name", "type", "superadmin"];
/// Columns of the list of users of a tenant: `rights` takes everything about who may do what there.
pub const TENANT_USER_COLUMNS: &[&str] = &["id", "username", "name", "type", "superadmin", "rights"];
/// Columns of the list of groups.
pub const GROUP_COLUMNS: &[&str] = &["id", "name", "description", "members"];

/// Those columns of the list of roles that a plain word looks at where no others are chosen to be on screen.
pub const ROLE_WORDS: &[&str] = &["name", "managed", "rights", "holders", "description"];
/// The same of the list of bindings.
pub const BINDING_WORDS: &[&str] = &["name", "type", "role", "namespace"];
/// The same of the users of a tenant.
pub const TENANT_USER_WORDS: &[&str] = &["username", "name", "type", "rights"];
/// The same of the accounts of the instance.
pub const USER_WORDS: &[&str] = &["username", "name", "type", "superadmin"];
/// The same of the list of groups.
pub const GROUP_WORDS: &[&str] = &["name", "members", "description"];

/// Columns of the list of tokens.
pub const TOKEN_COLUMNS: &[&str] = &[
    "id",
    "name",
    "prefix",
    "issued",
    "expires",
    "used",
    "state",
    "description",
];
/// Columns of the list of invitations.
pub const INVITATION_COLUMNS: &[&str] = &[
    "id",
    "email",
    "roles",
    "groups",
    "superadmin",
    "sent",
    "expires",
    "state",
];
/// Columns of Kestra's audit log.
pub const AUDIT_COLUMNS: &[&str] = &["id", "time", "user", "action", "resource", "object", "tenant"];
/// Columns of the record of what this program did.
pub const ACTIVITY_COLUMNS: &[&str] = &[
    "id", "time", "result", "about", "command", "context", "operator", "account", "address", "problem",
];
/// Columns of the list of contexts.
pub const CONTEXT_COLUMNS: &[&str] = &[
    "name", "changes", "place", ANSWERS, "use", "who", "tenant", "default", "color",
];
/// What a context answers, which only the screen of contexts knows, because it asks.
pub const ANSWERS: &str = "answers";

/// Columns of the list of the runs of migrations.
pub const RUN_COLUMNS: &[&str] = &["id", "state", "step", "name", "outcome", "started", "by"];

/// What stands above a column on the screen where that is not its name, the column, and another column of the same list, so that
/// it is one of that list alone.
const TITLES: &[(&str, &str, &str)] = &[
    ("kind", "managed", "holders"),
    ("permissions", "rights", "managed"),
    ("rights-from", "rights", "superadmin"),
    ("begins-with", "prefix", "issued"),
    ("made", "issued", "prefix"),
    ("ends", "expires", "expires"),
    ("last-used", "used", "prefix"),
    ("utc", "time", "level"),
    ("what", "about", "command"),
    ("message", "text", "level"),
    ("leads-to", "place", "who"),
    ("reaches", "place", "who"),
    ("as", "who", "place"),
    ("run", "id", "outcome"),
    ("step-name", "name", "outcome"),
];

/// The column of a list that is meant by a name: one of `columns`, or what stands above one on the screen.
pub fn meant<'a>(name: &str, columns: &[&'a str]) -> Option<&'a str> {
    let of_that_name = |name: &str| columns.iter().copied().find(|column| *column == name);
    of_that_name(name).or_else(|| {
        let mut titles = TITLES
            .iter()
            .filter(|(title, _, beside)| *title == name && columns.contains(beside));
        titles.find_map(|(_, column, _)| of_that_name(column))
    })
}

/// Whether a list that has these columns can be ordered by one of them: where rights come from gives no order.
pub fn gives_order(column: &str, columns: &[&str]) -> bool {
    column != "rights" || !columns.contains(&"superadmin")
}

/// Whether a column holds numbers in every list that has it, so that it cannot be less or more than a word.
pub fn holds_numbers(column: &str) -> bool {
    matches!(column, "admins" | "members" | "holders")
}

/// Whether a column holds times in every list that has it.
pub fn holds_times(column: &str) -> bool {
    matches!(column, "time" | "issued" | "expires" | "used" | "sent" | "started")
}
