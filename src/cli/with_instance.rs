//! The commands that reach an instance, but for migrations, whose work is done in other processes.

use super::args::Noun;
use super::args_access::AccessVerb;
use super::args_records::AuditVerb;
use super::args_roles::RolesVerb;
use super::args_snapshot::ImportVerb;
use super::args_tenants::TenantsVerb;
use super::args_users::{ServiceAccountsVerb, UsersVerb};
use super::failure::Failure;
use super::session::Session;
use super::{
    access, access_ask, access_grant, access_of, access_restore, access_revoke, audit, export, groups, invitations,
    role_changes, role_create, role_diff, roles, snapshot_diff, snapshot_import, tenant_admin, tenant_create,
    tenant_delete, tenant_update, tenants, tokens, user_changes, users,
};

/// Carries out a command that reaches an instance.
pub(super) async fn with_instance(session: &mut Session<'_>, noun: &Noun) -> Result<(), Failure> {
    match noun {
        Noun::Tenants(tenants) => match &tenants.verb {
            TenantsVerb::List(flags) => tenants::list(session, flags).await,
            TenantsVerb::Get { id } => tenants::get(session, id).await,
            TenantsVerb::Create(flags) => tenant_create::create(session, flags).await,
            TenantsVerb::Update(flags) => tenant_update::update(session, flags).await,
            TenantsVerb::Delete(flags) => tenant_delete::delete(session, flags).await,
            TenantsVerb::RepairAdmin {
                id,
                admin_username,
                changing,
            } => tenant_admin::repair(session, id, admin_username, *changing).await,
        },
        Noun::Roles(roles) => match &roles.verb {
            RolesVerb::List(flags) => roles::list(session, flags).await,
            RolesVerb::Get { role, as_2_0 } => roles::get(session, role, *as_2_0).await,
            RolesVerb::Create(flags) => role_create::create(session, flags).await,
            RolesVerb::Update(flags) => role_changes::update(session, flags).await,
            RolesVerb::Delete(flags) => role_changes::delete(session, flags).await,
            RolesVerb::Copy(flags) => role_create::copy(session, flags).await,
            RolesVerb::Diff(flags) => role_diff::diff(session, flags).await,
        },
        Noun::Access(access) => match &access.verb {
            AccessVerb::List(flags) => access::list(session, flags).await,
            AccessVerb::Grant(flags) => access_grant::grant(session, flags).await,
            AccessVerb::Revoke(flags) => access_revoke::revoke(session, flags).await,
            AccessVerb::Replace(flags) => access_revoke::replace(session, flags).await,
            AccessVerb::Restore { run, changing } => access_restore::restore(session, run.as_deref(), *changing).await,
            AccessVerb::WhoCan {
                resource,
                action,
                namespace,
                kept,
            } => access_ask::who_can(session, resource, action, namespace.as_deref(), kept).await,
            AccessVerb::Of {
                subject,
                namespace,
                kept,
            } => access_of::list(session, subject, namespace.as_deref(), kept).await,
            AccessVerb::Can {
                subject,
                resource,
                action,
                namespace,
            } => access_ask::can(session, subject, resource, action, namespace.as_deref()).await,
        },
        Noun::Users(users) => match &users.verb {
            UsersVerb::List(flags) => users::list(session, flags).await,
            UsersVerb::Get { user } => users::get(session, user).await,
            UsersVerb::Create(flags) => user_changes::create(session, flags).await,
            UsersVerb::Delete(flags) => user_changes::delete(session, flags).await,
            UsersVerb::Superadmin(flags) => user_changes::superadmin(session, flags).await,
            UsersVerb::Password(flags) => user_changes::password(session, flags).await,
            UsersVerb::Access(flags) => user_changes::access(session, flags).await,
            UsersVerb::Groups(verb) => groups::run(session, verb).await,
            UsersVerb::ServiceAccounts(verb) => service_accounts(session, verb).await,
            UsersVerb::Tokens(verb) => tokens::run(session, verb).await,
            UsersVerb::Invitations(verb) => invitations::run(session, verb).await,
        },
        Noun::Audit(audit) => match &audit.verb {
            AuditVerb::List(flags) => audit::list(session, flags).await,
            AuditVerb::Get(flags) => audit::get(session, flags).await,
        },
        Noun::Export(export) => export::run(session, &export.verb).await,
        Noun::Import(import) => match &import.verb {
            ImportVerb::Snapshot(flags) => snapshot_import::import(session, flags).await,
        },
        Noun::Diff(flags) => snapshot_diff::diff(session, flags).await,
        Noun::Apply(flags) => snapshot_import::apply(session, flags).await,
        Noun::Activity(_)
        | Noun::Config(_)
        | Noun::Contexts(_)
        | Noun::Migrate(_)
        | Noun::Rehearsal(_)
        | Noun::Doctor
        | Noun::Keys { .. }
        | Noun::Completions { .. }
        | Noun::Apart { .. }
        | Noun::Complete { .. }
        | Noun::Man { .. } => Ok(()),
    }
}

async fn service_accounts(session: &mut Session<'_>, verb: &ServiceAccountsVerb) -> Result<(), Failure> {
    match verb {
        ServiceAccountsVerb::List(flags) => users::list_service_accounts(session, flags).await,
        ServiceAccountsVerb::Create {
            name,
            description,
            group,
            superadmin,
            changing,
        } => {
            let description = description.as_ref();
            user_changes::create_service_account(session, name, description, group, *superadmin, *changing).await
        }
        ServiceAccountsVerb::Delete(flags) => user_changes::delete_service_account(session, flags).await,
    }
}
