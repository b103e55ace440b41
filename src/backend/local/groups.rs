//! Groups of a tenant and their members.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row};

use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::{Group, GroupMember, Membership};

use super::failure::Failure;
use super::ids::new_id;
use super::search::{Column, List, Source, Text};
use super::semantics::{Actor, Reading, Session, Space};

const COLUMNS: &[Column] = &[
    Column {
        name: "id",
        text: Text::Any("g.id"),
        in_words: true,
    },
    Column {
        name: "name",
        text: Text::Any("g.name"),
        in_words: true,
    },
    Column {
        name: "description",
        text: Text::Any("coalesce(g.description, '')"),
        in_words: true,
    },
    Column {
        name: "members",
        text: Text::Number("(SELECT count(*) FROM group_members m WHERE m.tenant = g.tenant AND m.group_id = g.id)"),
        in_words: false,
    },
];

const OF_TENANT: List = List {
    select: "g.id, g.name, g.description",
    from: "groups g",
    within: "g.tenant = ? AND g.attributed >= ?",
    columns: COLUMNS,
    order: "name",
    id: "g.id",
};

impl Session<'_> {
    /// The list of groups with their members.
    pub(super) fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Failure> {
        let space = self.enter_to_read(scope, "GROUP", Reading::List)?;
        let source = Source {
            list: &OF_TENANT,
            within: space.values(),
            total: None,
        };
        source.page(self.db, query, |row| {
            let mut group = group_of(row)?;
            group.members = self.members_of(&space, &group.id)?;
            Ok(group)
        })
    }

    fn members_of(&self, space: &Space, group: &str) -> Result<Vec<GroupMember>, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT u.id, u.username, m.owner FROM group_members m JOIN users u ON u.key = m.user
             WHERE m.tenant = ?1 AND m.group_id = ?2 ORDER BY u.username",
        )?;
        let members = statement.query_map((&space.tenant, group), |row| member_of(row, 0))?;
        Ok(members.collect::<Result<_, _>>()?)
    }

    /// All groups of a space with their members, by name.
    pub(super) fn groups_of(&self, space: &Space) -> Result<Vec<Group>, Failure> {
        let mut members: HashMap<String, Vec<GroupMember>> = HashMap::new();
        let mut statement = self.db.prepare_cached(
            "SELECT m.group_id, u.id, u.username, m.owner FROM group_members m JOIN users u ON u.key = m.user
             WHERE m.tenant = ?1 ORDER BY u.username",
        )?;
        let mut rows = statement.query([&space.tenant])?;
        while let Some(row) = rows.next()? {
            members.entry(row.get(0)?).or_default().push(member_of(row, 1)?);
        }
        let mut statement = self.db.prepare_cached(
            "SELECT id, name, description FROM groups WHERE tenant = ?1 AND attributed >= ?2 ORDER BY ordered(name), id",
        )?;
        let mut rows = statement.query((&space.tenant, space.attributed))?;
        let mut groups = Vec::new();
        while let Some(row) = rows.next()? {
            let mut group = group_of(row)?;
            group.members = members.remove(&group.id).unwrap_or_default();
            groups.push(group);
        }
        Ok(groups)
    }

    /// The id of the group of a name, which must exist.
    pub(super) fn group_named(&self, space: &Space, name: &str) -> Result<String, Failure> {
        let mut statement = self
            .db
            .prepare_cached("SELECT id FROM groups WHERE tenant = ?1 AND attributed >= ?2 AND name = ?3")?;
        let found = statement
            .query_row((&space.tenant, space.attributed, name), |row| row.get(0))
            .optional()?;
        found.ok_or_else(|| no_group(name, "is called so").into())
    }

    /// The name of the group of an id, which must exist.
    pub(super) fn group_name(&self, space: &Space, id: &str) -> Result<String, Failure> {
        let mut statement = self
            .db
            .prepare_cached("SELECT name FROM groups WHERE tenant = ?1 AND attributed >= ?2 AND id = ?3")?;
        let found = statement
            .query_row((&space.tenant, space.attributed, id), |row| row.get(0))
            .optional()?;
        found.ok_or_else(|| no_group(id, "has this id").into())
    }

    /// Creates a group without members.
    pub(super) fn create_group(
        &self,
        scope: &TenantScope,
        name: &str,
        description: Option<&str>,
    ) -> Result<Group, Failure> {
        let space = self.space(scope)?;
        self.check_group_name(&space, name, None)?;
        let id = new_id();
        self.db
            .prepare_cached(
                "INSERT INTO groups (tenant, id, name, description, attributed) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((&space.tenant, &id, name, description, space.attributed))?;
        self.audit("CREATE", "GROUP", &id, &space.tenant)?;
        Ok(Group {
            id,
            name: name.to_owned(),
            description: description.map(str::to_owned),
            members: Vec::new(),
        })
    }

    /// Refuses a name that is empty or taken by another group.
    fn check_group_name(&self, space: &Space, name: &str, id: Option<&str>) -> Result<(), Failure> {
        let refused = |kind, why: &str, field: &str| {
            Problem::new(
                kind,
                format!(
                    "Group `{}` was not {}.",
                    visible(name),
                    if id.is_some() { "changed" } else { "created" }
                ),
                why,
                "Choose another name.",
            )
            .with_field("name", field)
        };
        if name.trim().is_empty() {
            return Err(refused(ProblemKind::Invalid, "It has no name.", "a name is required").into());
        }
        // One from before multi-tenancy that was never synchronised takes its name, too.
        let taken = self
            .db
            .prepare_cached("SELECT 1 FROM groups WHERE tenant = ?1 AND name = ?2 AND id IS NOT ?3")?
            .exists((&space.tenant, name, id))?;
        if taken {
            let why = "Group names are unique in a tenant, and this one is taken.";
            return Err(refused(ProblemKind::Conflict, why, "is taken").into());
        }
        Ok(())
    }

    /// One group with its members, which must exist.
    pub(super) fn group_in(&self, space: &Space, id: &str) -> Result<Group, Failure> {
        self.group_name(space, id)?;
        let mut statement = self
            .db
            .prepare_cached("SELECT id, name, description FROM groups WHERE tenant = ?1 AND id = ?2")?;
        let mut group = statement.query_row((&space.tenant, id), |row| Ok(group_of(row)))??;
        group.members = self.members_of(space, id)?;
        Ok(group)
    }

    /// Gives a group another name and description.
    pub(super) fn update_group(
        &self,
        space: &Space,
        id: &str,
        name: &str,
        description: Option<&str>,
    ) -> Result<Group, Failure> {
        self.group_name(space, id)?;
        self.check_group_name(space, name, Some(id))?;
        self.db
            .prepare_cached("UPDATE groups SET name = ?3, description = ?4 WHERE tenant = ?1 AND id = ?2")?
            .execute((&space.tenant, id, name, description))?;
        self.audit("UPDATE", "GROUP", id, &space.tenant)?;
        self.group_in(space, id)
    }

    /// Takes a user out of a group.
    pub(super) fn leave(&self, space: &Space, group: &str, user: &Actor) -> Result<(), Failure> {
        self.db
            .prepare_cached("DELETE FROM group_members WHERE tenant = ?1 AND group_id = ?2 AND user = ?3")?
            .execute((&space.tenant, group, user.key))?;
        self.audit("UPDATE", "GROUP", group, &space.tenant)
    }

    /// In 0.24 to 1.3 whoever is in no group any more has no access to the tenant any more, as Kestra's OpenAPI documents
    /// say of leaving a group. Whoever holds a role of their own keeps it here, which they leave open.
    pub(super) fn close_without_group(&self, space: &Space, user: &Actor) -> Result<(), Failure> {
        let release = self.world.release;
        if !release.at_least(0, 24) || release.at_least(2, 0) {
            return Ok(());
        }
        let closed = self
            .db
            .prepare_cached(
                "DELETE FROM tenant_access WHERE tenant = ?1 AND user = ?2
                 AND NOT EXISTS (SELECT 1 FROM group_members WHERE tenant = ?1 AND user = ?2)
                 AND NOT EXISTS (SELECT 1 FROM bindings WHERE tenant = ?1 AND user = ?2)",
            )?
            .execute((&space.tenant, user.key))?;
        if closed > 0 {
            self.audit("DELETE", "TENANT_ACCESS", &user.id, &space.tenant)?;
        }
        Ok(())
    }

    /// Puts a user into a group.
    pub(super) fn add_member(
        &self,
        scope: &TenantScope,
        group: &str,
        username: &str,
        membership: Membership,
    ) -> Result<(), Failure> {
        let space = self.space(scope)?;
        self.group_name(&space, group)?;
        let user = self.user_named(username)?;
        self.require_or_give_access(&space, scope, &user)?;
        self.join(&space, group, &user, membership == Membership::Owner)
    }

    /// Up to 1.3 a role or a group brings access to the tenant with it; 2.0 wants the access first.
    pub(super) fn require_or_give_access(
        &self,
        space: &Space,
        scope: &TenantScope,
        user: &Actor,
    ) -> Result<(), Failure> {
        if !self.world.release.at_least(2, 0) {
            return self.give_access(space, user);
        }
        if self.has_access(space, user.key)? {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::NotFound,
            format!(
                "There is no user `{}` in tenant `{}`.",
                visible(&user.username),
                visible(&scope.to_string())
            ),
            format!("In Kestra {} access to the tenant comes first.", self.world.release),
            "Grant access to the tenant, then try again.",
        )
        .into())
    }

    /// Makes a user a member or an owner of a group.
    pub(super) fn join(&self, space: &Space, group: &str, user: &Actor, owner: bool) -> Result<(), Failure> {
        self.db
            .prepare_cached(
                "INSERT INTO group_members (tenant, group_id, user, owner) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET owner = excluded.owner",
            )?
            .execute((&space.tenant, group, user.key, owner))?;
        self.audit("UPDATE", "GROUP", group, &space.tenant)
    }
}

fn no_group(name: &str, is: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no group `{}`.", visible(name)),
        format!("No group of this tenant {is}."),
        "List the groups of the tenant to see which there are.",
    )
}

fn group_of(row: &Row<'_>) -> Result<Group, Failure> {
    Ok(Group {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        members: Vec::new(),
    })
}

fn member_of(row: &Row<'_>, first: usize) -> rusqlite::Result<GroupMember> {
    Ok(GroupMember {
        user_id: row.get(first)?,
        username: row.get(first + 1)?,
        membership: if row.get(first + 2)? {
            Membership::Owner
        } else {
            Membership::Member
        },
    })
}
