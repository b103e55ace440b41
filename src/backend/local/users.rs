//! Users and service accounts, and their access to tenants.

use rusqlite::Row;

use crate::backend::username_taken;
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::{User, UserKind};

use super::failure::Failure;
use super::ids::new_id;
use super::search::{Column, List, Source, Text};
use super::semantics::{Actor, Reading, Session, Space, user_at};

const COLUMNS: &[Column] = &[
    Column {
        name: "id",
        text: Text::Any("u.id"),
        in_words: true,
    },
    Column {
        name: "username",
        text: Text::Any("u.username"),
        in_words: true,
    },
    Column {
        name: "name",
        text: Text::Any(
            "coalesce(u.display_name, trim(coalesce(u.first_name, '') || ' ' || coalesce(u.last_name, '')))",
        ),
        in_words: true,
    },
    Column {
        name: "type",
        text: Text::Words(&[
            ("user", "u.kind = 'STANDARD'"),
            ("service account", "u.kind = 'SERVICE_ACCOUNT'"),
        ]),
        in_words: true,
    },
    Column {
        name: "superadmin",
        text: Text::Words(&[("yes", "u.superadmin = 1"), ("no", "u.superadmin = 0")]),
        in_words: false,
    },
];

const ALL: List = List {
    // A name given in parts is shown as one.
    select: "u.id, u.username,
        coalesce(u.display_name, nullif(trim(coalesce(u.first_name, '') || ' ' || coalesce(u.last_name, '')), '')),
        u.kind, u.superadmin",
    from: "users u",
    within: "1",
    columns: COLUMNS,
    order: "username",
    id: "u.id",
};

const OF_TENANT: List = List {
    from: "tenant_access a JOIN users u ON u.key = a.user",
    within: "a.tenant = ? AND a.attributed >= ?",
    ..ALL
};

/// A user to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Login name, an e-mail address for people from 0.20 on. Unique in the instance, but for service accounts from
    /// 0.22 on.
    pub username: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// Person or program.
    pub kind: UserKind,
    /// Superadmin, called instance owner from 2.0.
    pub superadmin: bool,
    /// The tenant it gets access to. Without one it gets access to the default tenant while multi-tenancy is off, and
    /// to none while it is on.
    pub tenant: Option<TenantScope>,
    /// Names of groups of that tenant it becomes a member of.
    pub groups: Vec<String>,
}

impl Session<'_> {
    /// The users of a tenant, or of the instance.
    pub(super) fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Failure> {
        let source = if let Some(scope) = scope {
            let space = self.enter_to_read(scope, self.people_resource(), Reading::List)?;
            Source {
                list: &OF_TENANT,
                within: space.values(),
                total: None,
            }
        } else {
            self.require_superadmin("all users of the instance")?;
            Source {
                list: &ALL,
                within: Vec::new(),
                total: Some(self.count("users")?),
            }
        };
        source.page(self.db, query, user_of)
    }

    /// Everybody with access to a space, by username.
    pub(super) fn users_of(&self, space: &Space) -> Result<Vec<User>, Failure> {
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY u.username",
            OF_TENANT.select, OF_TENANT.from, OF_TENANT.within
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query((&space.tenant, space.attributed))?;
        let mut users = Vec::new();
        while let Some(row) = rows.next()? {
            users.push(user_of(row)?);
        }
        Ok(users)
    }

    /// Creates a user, with access and memberships.
    pub(super) fn create_user(&self, new: &NewUser) -> Result<User, Failure> {
        self.check_username(new)?;
        let default = TenantScope::Default;
        let scope = match &new.tenant {
            Some(scope) => Some(scope),
            None if self.world.tenancy.enabled => None,
            None => Some(&default),
        };
        let space = scope.map(|scope| self.space(scope)).transpose()?;
        self.db
            .prepare_cached(
                "INSERT INTO users (id, username, display_name, kind, superadmin) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                new_id(),
                &new.username,
                &new.display_name,
                kind_word(new.kind),
                new.superadmin,
            ))?;
        let user = self.user_of_key(self.db.last_insert_rowid())?;
        self.audit("CREATE", "USER", &user.id, "")?;
        match space {
            Some(space) => {
                self.give_access(&space, &user)?;
                for name in &new.groups {
                    let group = self.group_named(&space, name)?;
                    self.join(&space, &group, &user, false)?;
                }
            }
            None if new.groups.is_empty() => {}
            None => {
                return Err(Problem::new(
                    ProblemKind::Invalid,
                    format!("User `{}` was not created.", visible(&new.username)),
                    "Groups belong to a tenant, and none was named.",
                    "Name the tenant of the groups.",
                )
                .into());
            }
        }
        Ok(User {
            id: user.id,
            username: user.username,
            display_name: new.display_name.clone(),
            kind: new.kind,
            superadmin: new.superadmin,
        })
    }

    /// Refuses a login name that is none, or is taken.
    pub(super) fn check_username(&self, new: &NewUser) -> Result<(), Failure> {
        let name = new.username.as_str();
        let refused = |why: &str, field: &str| {
            Problem::new(
                ProblemKind::Invalid,
                format!("User `{}` was not created.", visible(name)),
                why,
                "Choose another username.",
            )
            .with_field("username", field)
        };
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(refused("A username has no spaces and is not empty.", "is no username").into());
        }
        let is_email = name
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'));
        if new.kind == UserKind::Standard && self.world.release.usernames_are_emails() && !is_email {
            let why = format!(
                "From Kestra 0.20 on a username is an e-mail address; this is {}.",
                self.world.release
            );
            return Err(refused(&why, "is no e-mail address").into());
        }
        let may_repeat = new.kind == UserKind::ServiceAccount && self.world.release.account_names_repeat();
        if may_repeat || self.find_user(name)?.is_none() {
            return Ok(());
        }
        Err(username_taken(name).into())
    }

    /// Makes a user a superadmin, or a common user again. The last superadmin stays one.
    pub(super) fn set_superadmin(&self, user: &Actor, superadmin: bool) -> Result<(), Failure> {
        let others: i64 = self
            .db
            .prepare_cached("SELECT count(*) FROM users WHERE superadmin = 1 AND key <> ?1")?
            .query_row([user.key], |row| row.get(0))?;
        if !superadmin && user.superadmin && others == 0 {
            let word = self.world.release.superadmin_word();
            return Err(Problem::new(
                ProblemKind::Conflict,
                format!("User `{}` stays {word}.", visible(&user.username)),
                "Nobody else could administer the instance.",
                format!("Make somebody else {word} first."),
            )
            .into());
        }
        self.db
            .prepare_cached("UPDATE users SET superadmin = ?2 WHERE key = ?1")?
            .execute((user.key, superadmin))?;
        self.audit("UPDATE", "USER", &user.id, "")
    }

    /// Gives a user access to a tenant, and with it the tenant's default roles. A second time changes nothing.
    pub(super) fn grant_tenant_access(&self, scope: &TenantScope, username: &str) -> Result<(), Failure> {
        let space = self.space(scope)?;
        let user = self.user_named(username)?;
        self.give_access(&space, &user)
    }

    /// Gives access unless the user has it.
    pub(super) fn give_access(&self, space: &Space, user: &Actor) -> Result<(), Failure> {
        if self.has_access(space, user.key)? {
            return Ok(());
        }
        // Access that was recorded before multi-tenancy and never synchronised counts from now on.
        self.db
            .prepare_cached(
                "INSERT INTO tenant_access (tenant, user, attributed) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET attributed = excluded.attributed",
            )?
            .execute((&space.tenant, user.key, space.attributed))?;
        self.audit("CREATE", "TENANT_ACCESS", &user.id, &space.tenant)?;
        let mut statement = self
            .db
            .prepare_cached("SELECT id FROM roles WHERE tenant = ?1 AND attributed >= ?2 AND is_default = 1")?;
        let roles: Vec<String> = statement
            .query_map((&space.tenant, space.attributed), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for role in roles {
            self.db
                .prepare_cached(
                    "INSERT INTO bindings (tenant, id, user, role_id, attributed) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute((&space.tenant, new_id(), user.key, role, space.attributed))?;
        }
        Ok(())
    }

    fn user_of_key(&self, key: i64) -> Result<Actor, Failure> {
        user_at(self.db, key)?.ok_or_else(|| no_user("").into())
    }

    /// The user of a login name, who must exist.
    pub(super) fn user_named(&self, username: &str) -> Result<Actor, Failure> {
        self.find_user(username)?.ok_or_else(|| no_user(username).into())
    }
}

/// The problem of a user that is not there.
pub(super) fn no_user(name: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no user `{}`.", visible(name)),
        "No user or service account of this instance is called so.",
        "List the users to see who there is.",
    )
}

fn kind_word(kind: UserKind) -> &'static str {
    match kind {
        UserKind::Standard => "STANDARD",
        UserKind::ServiceAccount => "SERVICE_ACCOUNT",
    }
}

fn user_of(row: &Row<'_>) -> Result<User, Failure> {
    Ok(User {
        id: row.get(0)?,
        username: row.get(1)?,
        display_name: row.get(2)?,
        kind: match row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)? {
            "SERVICE_ACCOUNT" => UserKind::ServiceAccount,
            _ => UserKind::Standard,
        },
        superadmin: row.get(4)?,
    })
}
