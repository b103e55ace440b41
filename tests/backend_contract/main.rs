//! What every backend has to do, whatever is behind it, in every release whose behaviour differs.
//!
//! A case gets a [`Reach`], which turns a local instance into a `Box<dyn Backend>`: by opening it, or by serving it and
//! speaking HTTP. Instances are prepared through [`stage::Stage`]; what is asserted goes through the trait alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    dead_code,
    reason = "a test may stop at the first surprise, and uses of the shared parts what it needs"
)]

mod access;
mod lists;
mod people;
mod settings;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod tenants;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use kestra_admin::backend::Backend;
use kestra_admin::backend::http::HttpInstance;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::release::Release;
use support::rehearsal::{PASSWORD, Served};

/// How a backend is had for a local instance.
trait Reach {
    /// A backend for the instance in a directory, under the settings its file has now, in the name of a user.
    fn backend(&self, directory: &Path, username: &str) -> Box<dyn Backend>;
}

/// Opens the instance.
struct Opened;

impl Reach for Opened {
    fn backend(&self, directory: &Path, username: &str) -> Box<dyn Backend> {
        Box::new(LocalInstance::open(directory, Some(username)).unwrap())
    }
}

/// Serves the instance and speaks HTTP to it.
///
/// Servers stay, one for each directory and content of its settings file: what was opened before a restart goes on
/// under the settings it was opened with.
struct Spoken;

static SERVERS: Mutex<Option<HashMap<(PathBuf, String), Served>>> = Mutex::new(None);

impl Reach for Spoken {
    fn backend(&self, directory: &Path, username: &str) -> Box<dyn Backend> {
        let local = LocalInstance::open(directory, None).unwrap();
        local.set_password(username, PASSWORD).unwrap();
        let text = std::fs::read_to_string(local.settings_file()).unwrap();
        let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        let server = servers
            .get_or_insert_default()
            .entry((directory.to_owned(), text))
            .or_insert_with(|| Served::over(directory));
        Box::new(HttpInstance::new(support::rehearsal::settings(server.address(), username)).unwrap())
    }
}

/// One of each kind: what differs between releases differs between these.
const RELEASES: [Release; 9] = [
    Release::new(0, 13),
    Release::new(0, 19),
    Release::new(0, 21),
    Release::new(0, 22),
    Release::new(0, 23),
    Release::new(0, 24),
    Release::new(1, 0),
    Release::new(1, 3),
    Release::new(2, 0),
];

/// Runs a case for each of the releases that `applies` lets through.
fn in_releases(applies: impl Fn(Release) -> bool, case: impl AsyncFn(Release)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut ran = 0;
    for release in RELEASES.into_iter().filter(|release| applies(*release)) {
        // The name of the release is the last line before a failure.
        println!("Kestra {release}");
        runtime.block_on(case(release));
        ran += 1;
    }
    assert!(ran > 0, "a case that runs for no release");
}

macro_rules! contract {
    ($suite:ident, $reach:expr; $($module:ident::$case:ident: $applies:expr;)*) => {
        mod $suite {
            use super::*;
            $(
                #[test]
                fn $case() {
                    in_releases($applies, async |release| $module::$case(&$reach, release).await);
                }
            )*
        }
    };
}

macro_rules! contract_of {
    ($suite:ident, $reach:expr) => {
        contract! { $suite, $reach;
            settings::an_instance_says_what_it_is: |_| true;
            settings::without_multi_tenancy_there_are_no_named_tenants: Release::has_default_tenant;
            settings::settings_have_no_effect_where_tenants_are_mandatory: |release| !release.has_default_tenant();
            settings::access_is_lost_by_enabling_and_comes_back_by_synchronising: Release::has_default_tenant;
            settings::a_disabled_default_tenant_is_out_of_reach_until_it_is_enabled_again: Release::has_default_tenant;
            tenants::a_tenant_is_read_as_it_was_created: |_| true;
            tenants::a_superadmin_who_creates_does_not_become_admin: |_| true;
            tenants::whoever_is_named_becomes_admin: |_| true;
            tenants::an_admin_is_given_where_there_is_none: |_| true;
            tenants::an_unknown_admin_is_refused_and_nothing_is_created: |_| true;
            tenants::a_permission_holder_creates_and_becomes_admin: |release| !release.at_least(0, 20);
            tenants::others_than_superadmins_may_not_change_tenants: |_| true;
            tenants::ids_are_unique_and_well_formed: |_| true;
            tenants::fields_are_those_of_the_release: |_| true;
            tenants::an_update_replaces_the_whole_tenant: |_| true;
            tenants::an_update_over_somebody_elses_change_is_refused: |_| true;
            tenants::an_update_checks_what_it_writes: |_| true;
            tenants::deleting_removes_what_lives_in_a_tenant_but_executions: |_| true;
            tenants::many_are_created_in_order_and_each_has_its_own_outcome: |_| true;
            lists::tenants_are_paged_sorted_and_filtered: |_| true;
            lists::roles_bindings_groups_and_users_are_listed: |_| true;
            lists::access_is_what_the_lists_say: |_| true;
            lists::footprints_count_what_there_is: |_| true;
            lists::admins_are_counted_once_each: |_| true;
            lists::the_stamp_tells_of_changes_by_others: |_| true;
            access::users_see_only_tenants_they_have_access_to: |_| true;
            access::reading_takes_the_permission_to_read: |_| true;
            access::a_role_in_a_namespace_shows_that_namespace: |_| true;
            access::default_roles_come_with_access: |_| true;
            access::what_is_not_there_is_not_found: |_| true;
            people::roles_are_created_changed_and_deleted: |_| true;
            people::many_bindings_are_made_and_each_has_its_own_outcome: |_| true;
            people::a_role_or_a_group_opens_the_tenant_until_1_3: |_| true;
            people::groups_have_members_and_owners: |_| true;
            people::accounts_are_created_and_deleted: |_| true;
            people::service_accounts_are_accounts_of_their_own: |_| true;
            people::access_is_given_and_taken_with_everything: |_| true;
            people::access_goes_to_the_account_that_was_meant: |release| release.at_least(0, 24);
            people::tokens_are_shown_once: |_| true;
            people::invitations_wait_or_let_in_at_once: |_| true;
            people::the_audit_log_is_filtered_and_paged: |_| true;
            people::nothing_is_done_for_somebody_without_the_right: |_| true;
            people::an_admin_of_a_tenant_does_what_a_superadmin_does_there: |_| true;
        }
    };
}

contract_of!(local, Opened);
contract_of!(http, Spoken);
