//! Every change that a backend can make, as a value, and the command of this program that makes the same one.
//!
//! The command is what "copy as command" gives and what the activity record keeps. A secret is never in it: passwords and
//! fields of tenants that are secret stand as the name of a file to be given.

use super::account::Profile;
use super::binding::{NewBinding, SubjectKind};
use super::equivalent::{Line, own_command, own_update_command};
use super::invitation::NewInvitation;
use super::loss::Removal;
use super::permission::{Action, Permissions};
use super::release::Release;
use super::role::{NewRole, Role};
use super::tenant::{NewTenant, Tenant, TenantScope};
use super::tenant_id::TenantId;
use super::token::NewToken;
use super::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

/// A change to an instance.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// A tenant is created with its Admin role.
    CreateTenant(&'a NewTenant),
    /// Fields of a tenant change.
    UpdateTenant {
        /// As it was.
        before: &'a Tenant,
        /// As it shall be.
        after: &'a Tenant,
    },
    /// A tenant is deleted.
    DeleteTenant(&'a TenantId),
    /// Somebody is made Admin of a tenant.
    EnsureAdmin(&'a TenantScope, &'a str),
    /// A role is created.
    CreateRole(&'a TenantScope, &'a NewRole),
    /// A role is replaced.
    UpdateRole {
        /// Its tenant.
        scope: &'a TenantScope,
        /// As it was.
        before: &'a Role,
        /// As it shall be.
        after: &'a NewRole,
    },
    /// A role is deleted, by its id.
    DeleteRole(&'a TenantScope, &'a str),
    /// A role is given.
    CreateBinding(&'a TenantScope, &'a NewBinding),
    /// A role is taken away: a binding is deleted, by its id.
    DeleteBinding(&'a TenantScope, &'a str),
    /// A group is created.
    CreateGroup(&'a TenantScope, &'a NewGroup),
    /// A group gets another name or description.
    UpdateGroup {
        /// Its tenant.
        scope: &'a TenantScope,
        /// As it was.
        before: &'a Group,
        /// As it shall be.
        after: &'a NewGroup,
    },
    /// A group is deleted, by its id.
    DeleteGroup(&'a TenantScope, &'a str),
    /// Somebody becomes a member or an owner of a group, or leaves it.
    SetMembership {
        /// The tenant of the group.
        scope: &'a TenantScope,
        /// Id of the group.
        group: &'a str,
        /// Id of the user.
        user: &'a str,
        /// What they are to be; `None` takes them out.
        wanted: Option<Membership>,
    },
    /// A user or a service account is created.
    CreateAccount(Option<&'a TenantScope>, UserKind, &'a Profile),
    /// An account is deleted.
    DeleteAccount(Option<&'a TenantScope>, &'a User),
    /// An account becomes a superadmin, or a common one again.
    SetSuperadmin(&'a User, bool),
    /// A user gets another password.
    SetPassword(Option<&'a TenantScope>, &'a User),
    /// Somebody is let into a tenant.
    GiveAccess(&'a TenantScope, &'a Entrant),
    /// A user's access to a tenant is taken away.
    TakeAccess(&'a TenantScope, &'a User),
    /// A token is made.
    CreateToken(Option<&'a TenantScope>, &'a User, &'a NewToken),
    /// A token is ended, by its id.
    DeleteToken(Option<&'a TenantScope>, &'a User, &'a str),
    /// Somebody is invited.
    Invite(&'a TenantScope, &'a NewInvitation),
    /// An invitation is withdrawn, by its id.
    DeleteInvitation(&'a TenantScope, &'a str),
}

impl Change<'_> {
    /// The command of this program that makes the same change. `context` are words that lead it to the same instance.
    pub fn command(&self, context: &[String], release: Release) -> String {
        self.line(context, release, false)
    }

    /// The same for a record that is kept: what looks like a secret in a name or a description is hidden, too.
    pub fn recorded_command(&self, context: &[String], release: Release) -> String {
        self.line(context, release, true)
    }

    fn line(&self, context: &[String], release: Release, hides: bool) -> String {
        match *self {
            Self::CreateTenant(new) => return own_command(context, new, release),
            Self::UpdateTenant { before, after } => return own_update_command(context, before, after, release),
            _ => {}
        }
        let mut line = Line::new(hides);
        match *self {
            Self::CreateTenant(_) | Self::UpdateTenant { .. } => {}
            Self::DeleteTenant(id) => line
                .words("tenants delete")
                .value(id.as_str())
                .flag("--confirm", id.as_str()),
            Self::EnsureAdmin(scope, username) => {
                line.words("tenants repair-admin")
                    .value(&scope.to_string())
                    .flag("--admin-username", username);
                // Where there is an Admin already, one more is meant.
                line.words("--yes");
            }
            Self::CreateRole(scope, new) => {
                line.words("roles create").text("--name", &new.name);
                line.optional("--description", new.description.as_deref());
                if new.is_default {
                    line.words("--default --yes");
                }
                line.permissions("--allow", &new.permissions, None);
                line.tenant(Some(scope));
            }
            Self::UpdateRole { scope, before, after } => line.role_update(scope, before, after),
            Self::DeleteRole(scope, id) => {
                line.words("roles delete").value(id).flag("--confirm", id);
                line.tenant(Some(scope));
            }
            Self::CreateBinding(scope, new) => {
                let subject = match new.subject_kind {
                    SubjectKind::User => "--user",
                    SubjectKind::Group => "--group",
                };
                line.words("access grant").flag(subject, &new.subject_id);
                line.flag("--role", &new.role_id);
                line.optional("--namespace", new.namespace.as_deref());
                line.tenant(Some(scope));
            }
            Self::DeleteBinding(scope, id) => {
                line.words("access revoke").value(id);
                line.taking_in(scope);
            }
            Self::CreateGroup(scope, new) => {
                line.words("users groups create").value(&new.name);
                line.optional("--description", new.description.as_deref());
                for member in &new.members {
                    line.flag("--member", member);
                }
                line.tenant(Some(scope));
            }
            Self::UpdateGroup { scope, before, after } => {
                line.words("users groups update").value(&before.id);
                if before.name != after.name {
                    line.text("--name", &after.name);
                }
                if before.description != after.description {
                    line.text("--description", after.description.as_deref().unwrap_or_default());
                }
                line.tenant(Some(scope));
            }
            Self::DeleteGroup(scope, id) => {
                line.words("users groups delete").value(id).flag("--confirm", id);
                line.tenant(Some(scope));
            }
            Self::SetMembership {
                scope,
                group,
                user,
                wanted,
            } => {
                line.words(match wanted {
                    Some(Membership::Owner) => "users groups owner",
                    Some(Membership::Member) => "users groups add",
                    None => "users groups remove",
                });
                line.value(group).value(user);
                if wanted.is_none() {
                    line.taking_in(scope);
                } else {
                    line.tenant(Some(scope));
                }
            }
            Self::CreateAccount(scope, kind, profile) => line.account(scope, kind, profile),
            Self::DeleteAccount(scope, user) => {
                line.words(match user.kind {
                    UserKind::Standard => "users delete",
                    UserKind::ServiceAccount => "users service-accounts delete",
                });
                line.value(&user.id).flag("--confirm", &user.id);
                line.tenant(scope);
            }
            Self::SetSuperadmin(user, on) => {
                line.words("users superadmin")
                    .value(&user.id)
                    .value(if on { "on" } else { "off" })
                    .flag("--confirm", &user.username);
            }
            Self::SetPassword(scope, user) => {
                line.words("users password")
                    .value(&user.username)
                    .flag("--password-file", "FILE");
                line.tenant(scope);
            }
            Self::GiveAccess(scope, who) => {
                line.words("users access").value(who.key()).value("give");
                line.tenant(Some(scope));
            }
            Self::TakeAccess(scope, user) => {
                line.words("users access").value(&user.id).value("take");
                line.taking_in(scope);
            }
            Self::CreateToken(scope, owner, new) => {
                line.words("users tokens create")
                    .value(&owner.id)
                    .text("--name", &new.name);
                line.optional("--description", new.description.as_deref());
                line.optional("--max-age", new.max_age.as_deref());
                if new.extended {
                    line.words("--extended");
                }
                line.tenant(scope);
            }
            Self::DeleteToken(scope, owner, id) => {
                line.words("users tokens delete")
                    .value(&owner.id)
                    .value(id)
                    .flag("--confirm", id);
                line.tenant(scope);
            }
            Self::Invite(scope, new) => line.invitation(scope, new),
            Self::DeleteInvitation(scope, id) => {
                line.words("users invitations delete").value(id).words("--yes");
                line.tenant(Some(scope));
            }
        }
        line.in_context(context)
    }
}

impl Line {
    fn optional(&mut self, flag: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(flag, value);
        }
    }

    /// The tenant in which something is taken away. It is repeated, which suffices for the last admin and for one's own
    /// rights as it does for anything else.
    fn taking_in(&mut self, scope: &TenantScope) {
        self.flag("--confirm", &scope.to_string());
        self.tenant(Some(scope));
    }

    fn tenant(&mut self, scope: Option<&TenantScope>) {
        match scope {
            Some(scope) => self.flag("--tenant", &scope.to_string()),
            // A context may name a tenant, which is not meant.
            None => drop(self.words("--instance")),
        }
    }

    /// Each resource with the actions that `but` does not allow on it.
    fn permissions(&mut self, flag: &str, permissions: &Permissions, but: Option<&Permissions>) {
        for (resource, actions) in permissions.iter() {
            let actions: Vec<&str> = actions
                .iter()
                .filter(|action| !but.is_some_and(|but| but.allows(resource, action)))
                .map(Action::as_str)
                .collect();
            if !actions.is_empty() {
                self.flag(flag, &format!("{resource}:{}", actions.join(",")));
            }
        }
    }

    fn role_update(&mut self, scope: &TenantScope, before: &Role, after: &NewRole) {
        self.words("roles update").value(&before.id);
        if before.name != after.name {
            self.text("--name", &after.name);
        }
        if before.description != after.description {
            self.text("--description", after.description.as_deref().unwrap_or_default());
        }
        match (before.is_default, after.is_default) {
            (false, true) => drop(self.words("--default")),
            (true, false) => drop(self.words("--no-default")),
            _ => {}
        }
        self.permissions("--allow", &after.permissions, Some(&before.permissions));
        self.permissions("--deny", &before.permissions, Some(&after.permissions));
        if Removal::by_update(before, after).is_empty() {
            self.tenant(Some(scope));
        } else {
            self.taking_in(scope);
        }
    }

    fn account(&mut self, scope: Option<&TenantScope>, kind: UserKind, profile: &Profile) {
        self.words(match kind {
            UserKind::Standard => "users create",
            UserKind::ServiceAccount => "users service-accounts create",
        });
        self.value(&profile.username);
        self.optional("--first-name", profile.first_name.as_deref());
        self.optional("--last-name", profile.last_name.as_deref());
        self.optional("--description", profile.description.as_deref());
        if profile.password.is_some() {
            self.flag("--password-file", "FILE");
        }
        if profile.superadmin == Some(true) {
            self.words("--superadmin");
        }
        for (_, group) in profile.groups.iter().flatten() {
            self.flag("--group", group);
        }
        self.tenant(scope);
    }

    fn invitation(&mut self, scope: &TenantScope, new: &NewInvitation) {
        self.words("users invitations create").value(&new.email);
        for role in &new.roles {
            if role.namespaces.is_empty() {
                self.flag("--role", &role.id);
            }
            for namespace in &role.namespaces {
                self.flag("--role", &format!("{}@{namespace}", role.id));
            }
        }
        for group in &new.groups {
            self.flag("--group", group);
        }
        if new.create_user {
            self.words("--create-user");
        }
        if new.superadmin {
            self.words("--superadmin");
        }
        self.tenant(Some(scope));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> TenantScope {
        TenantScope::Named(TenantId::existing("acme"))
    }

    fn said(change: Change<'_>) -> String {
        change.command(&["--context".to_owned(), "prod".to_owned()], Release::new(1, 3))
    }

    #[test]
    fn a_change_of_a_role_names_what_changes() {
        let permissions = |pairs: &[(&str, &[&str])]| -> Permissions {
            pairs
                .iter()
                .map(|(resource, actions)| {
                    (
                        (*resource).into(),
                        actions.iter().map(|action| (*action).into()).collect(),
                    )
                })
                .collect()
        };
        let before = Role {
            id: "1".to_owned(),
            name: "Ops".to_owned(),
            description: None,
            permissions: permissions(&[("FLOW", &["READ", "CREATE"]), ("SECRET", &["READ"])]),
            is_default: true,
            is_managed: false,
        };
        let after = NewRole {
            name: "Ops team".to_owned(),
            description: Some("it's ours".to_owned()),
            permissions: permissions(&[("FLOW", &["READ", "UPDATE"])]),
            is_default: false,
        };
        assert_eq!(
            said(Change::UpdateRole {
                scope: &scope(),
                before: &before,
                after: &after
            }),
            "kestra-admin --context prod roles update 1 --name 'Ops team' --description 'it'\\''s ours' --no-default \
             --allow FLOW:UPDATE --deny FLOW:CREATE --deny SECRET:READ --confirm acme --tenant acme"
        );
        assert_eq!(
            said(Change::CreateRole(&scope(), &after)),
            "kestra-admin --context prod roles create --name 'Ops team' --description 'it'\\''s ours' --allow \
             FLOW:READ,UPDATE --tenant acme"
        );
    }

    #[test]
    fn no_command_carries_a_password() {
        let profile = Profile {
            username: "anna@example.com".to_owned(),
            password: Some("s3cret".to_owned()),
            ..Profile::default()
        };
        assert_eq!(
            said(Change::CreateAccount(None, UserKind::Standard, &profile)),
            "kestra-admin --context prod users create anna@example.com --password-file FILE --instance"
        );
    }

    #[test]
    fn a_record_hides_what_looks_like_a_secret_and_no_permission() {
        let mut new = NewRole {
            name: "Ops".to_owned(),
            description: Some("password: s3cret".to_owned()),
            permissions: Permissions::default(),
            is_default: false,
        };
        new.permissions.allow("SECRET".into(), "READ".into());
        let command = Change::CreateRole(&scope(), &new).recorded_command(&[], Release::new(1, 3));
        assert_eq!(
            command,
            "kestra-admin roles create --name Ops --description 'password: (hidden)' --allow SECRET:READ --tenant acme"
        );
    }

    #[test]
    fn words_that_look_like_flags_come_last() {
        let scope = scope();
        let user = User {
            id: "-u".to_owned(),
            username: "ana".to_owned(),
            display_name: None,
            kind: UserKind::ServiceAccount,
            superadmin: false,
        };
        let set = |group, user| Change::SetMembership {
            scope: &scope,
            group,
            user,
            wanted: None,
        };
        for (change, expected) in [
            (
                set("-g", "u"),
                "users groups remove --confirm acme --tenant acme -- -g u",
            ),
            (
                set("g", "-u"),
                "users groups remove g --confirm acme --tenant acme -- -u",
            ),
            (
                Change::TakeAccess(&scope, &user),
                "users access --confirm acme --tenant acme -- -u take",
            ),
        ] {
            assert_eq!(said(change), format!("kestra-admin --context prod {expected}"));
        }
    }

    #[test]
    fn the_default_tenant_and_values_that_look_like_flags_survive_a_shell() {
        let new = NewBinding {
            subject_kind: SubjectKind::Group,
            subject_id: "-g".to_owned(),
            role_id: "r".to_owned(),
            namespace: Some("a b".to_owned()),
        };
        assert_eq!(
            Change::CreateBinding(&TenantScope::Default, &new).command(&[], Release::DEFAULT),
            "kestra-admin access grant --group=-g --role r --namespace 'a b' --tenant '(default)'"
        );
    }
}
