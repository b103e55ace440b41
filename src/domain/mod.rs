//! What Kestra multi-tenancy is: tenants, roles, bindings, users, releases, and who may do what.
//!
//! Pure: no files, no clock, no randomness, nothing of ours. Everything else imports this.
//! Start at [`tenant`] for what is administered, [`release`] for what differs between releases.

pub mod access;
pub mod account;
pub mod activity;
pub mod assignable;
pub mod audit;
pub mod binding;
pub mod bringing;
pub mod catalogue;
pub mod change;
pub mod change_words;
pub mod check;
pub mod columns;
pub mod count;
pub mod deed;
pub mod effective_access;
pub mod equivalent;
pub mod host_url;
pub mod instance;
pub mod invitation;
pub mod leading;
pub mod letters;
pub mod loss;
pub mod mapping;
pub mod moment;
pub mod nearest;
pub mod objects;
pub mod operation;
pub mod page;
pub mod permission;
pub mod problem;
pub mod query;
pub mod redact;
pub mod release;
pub mod role;
pub mod role_compare;
pub mod role_edit;
pub mod rows;
pub mod shaped;
pub mod snapshot;
pub mod sorting;
pub mod tenant;
pub mod tenant_change;
pub mod tenant_field;
pub mod tenant_id;
pub mod terraform;
pub mod text;
pub mod token;
pub mod undo;
pub mod user;
pub mod written;
