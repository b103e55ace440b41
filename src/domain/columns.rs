//! The columns of each list, which filters and orders may name.

/// Columns of the list of tenants.
pub const TENANT_COLUMNS: &[&str] = &["id", "name", "admins", "storage", "secrets", "state"];
/// The most tenants whose admins are counted one by one for a list, where Kestra does not tell them with it.
pub const MOST_COUNTED: usize = 500;

/// Whether what a column of the tenants says comes of counting their admins.
pub fn counts_admins(column: &str) -> bool {
    matches!(column, "admins" | "state")
}
/// Columns of the list of roles.
pub const ROLE_COLUMNS: &[&str] = &["id", "name", "description", "managed", "default"];
/// Columns of the list of bindings.
pub const BINDING_COLUMNS: &[&str] = &["id", "type", "name", "role", "namespace"];
/// Columns of the list of users.
pub const USER_COLUMNS: &[&str] = &["id", "username", "name", "type", "superadmin"];
/// Columns of the list of groups.
pub const GROUP_COLUMNS: &[&str] = &["id", "name", "description", "members"];
