//! Roles, bindings, users and groups of a tenant; who may do what in it.
//!
//! These lists are short beside that of the tenants, and Kestra leaves out of them what the screens show. So they are
//! read whole, what is missing is asked for, and queries are answered here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::future::{join, join4};
use serde_json::{Value, json};

use crate::domain::access::TenantAccess;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Operator, Query, answer, sorted};
use crate::domain::role::Role;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::{Group, GroupMember, User, UserKind};

use super::call::{Call, Path};
use super::core::Core;
use super::decode::{self, Rows};
use super::detect::Known;
use super::failure::Failure;
use super::lists::{AT_ONCE, Work, at_once};

/// Roles that are asked for at once.
const ROLES_AT_ONCE: usize = 100;
/// Tenants that are read at once, each with several lists.
const TENANTS_AT_ONCE: usize = 4;
/// Rows that are looked through for a hint before the whole list is.
const HINT: u32 = 100;

/// A tenant in words.
pub(super) fn words(scope: &TenantScope) -> String {
    match scope {
        TenantScope::Default => "the default tenant".to_owned(),
        TenantScope::Named(id) => format!("tenant `{}`", visible(id.as_str())),
    }
}

impl Known {
    /// Refuses a tenant that cannot be reached in this instance, whoever asks.
    pub(super) fn enter(&self, scope: &TenantScope) -> Result<(), Failure> {
        match scope {
            TenantScope::Named(id) => self.require_tenancy(id),
            TenantScope::Default if self.dialect.tenancy().reaches_default_tenant(self.dialect.release()) => Ok(()),
            TenantScope::Default => Err(Problem::new(
                ProblemKind::NotFound,
                "There is no default tenant to look into.",
                if self.dialect.release().has_default_tenant() {
                    "It is turned off: `kestra.ee.tenants.default-tenant` is false on the server.".to_owned()
                } else {
                    format!("Kestra {} has none; there was one up to 0.22.", self.dialect.release())
                },
                "Name a tenant by its id.",
            )
            .into()),
        }
    }

    /// Where people and roles of a tenant lie, in the first place to try.
    pub(super) fn people_root(&self, scope: &TenantScope) -> Result<Path, Failure> {
        self.enter(scope)?;
        let roots = self.dialect.people_roots(scope, self.me.superadmin);
        roots.into_iter().next().ok_or_else(|| {
            Failure::known(Problem::new(
                ProblemKind::NotFound,
                "There is no default tenant to look into.",
                "This Kestra has no path to it.",
                "Name a tenant by its id.",
            ))
        })
    }
}

impl Core {
    /// Asks below each place where a tenant's people may lie, until one answers; the answer and the place.
    pub(super) async fn in_roots<'a, T>(
        &self,
        known: &Known,
        scope: &TenantScope,
        ask: &(dyn Fn(Path) -> Work<'a, Result<T, Failure>> + Sync),
    ) -> Result<(T, Path), Failure> {
        let first = known.people_root(scope)?;
        let others = known.dialect.people_roots(scope, known.me.superadmin);
        let failure = match ask(first.clone()).await {
            Ok(found) => return Ok((found, first)),
            Err(failure) => failure,
        };
        let refused = |failure: &Failure| matches!(failure.problem.kind, ProblemKind::Denied) || failure.no_route;
        if refused(&failure) && self.session.refused().is_none() {
            for root in others.into_iter().skip(1) {
                if let Ok(found) = ask(root.clone()).await {
                    return Ok((found, root));
                }
            }
        }
        Err(self.explained(known, scope, failure).await)
    }

    /// A refusal in a tenant that does not exist is that it does not exist.
    pub(super) async fn explained(&self, known: &Known, scope: &TenantScope, failure: Failure) -> Failure {
        let kind = failure.problem.kind;
        let TenantScope::Named(id) = scope else {
            return failure;
        };
        if !matches!(kind, ProblemKind::Denied | ProblemKind::NotFound | ProblemKind::Invalid)
            || self.session.refused().is_some()
        {
            return failure;
        }
        if known.me.superadmin {
            return match self.stored(id).await {
                Err(missing) if missing.problem.kind == ProblemKind::NotFound => missing,
                _ => failure,
            };
        }
        match self.tenant(id).await {
            Err(denied) if denied.problem.kind == ProblemKind::Denied => denied,
            _ => failure,
        }
    }

    /// A list without rows may be that of a tenant that does not exist.
    pub(super) async fn require_existence(&self, known: &Known, scope: &TenantScope) -> Result<(), Failure> {
        match scope {
            TenantScope::Named(id) if known.me.superadmin => self.stored(id).await.map(drop),
            _ => Ok(()),
        }
    }

    /// All rows of a list of a tenant, and the place it was found below.
    pub(super) async fn all_in(
        &self,
        known: &Known,
        scope: &TenantScope,
        tail: &str,
        what: Rows,
        parameters: &[(String, String)],
    ) -> Result<(Vec<Value>, Path), Failure> {
        let doing = format!("list the {} of {}", what.words(), words(scope));
        let ask = |root: Path| -> Work<'_, _> {
            let call = Call::get(root.join(tail), doing.clone())
                .with_all(parameters.iter().cloned())
                .of(what);
            Box::pin(async move { self.all_of(&call).await })
        };
        let (rows, root) = self.in_roots(known, scope, &ask).await?;
        if rows.is_empty() && parameters.is_empty() {
            self.require_existence(known, scope).await?;
        }
        Ok((rows, root))
    }

    /// The roles of a tenant as its list has them, those that look like `hint` where there is one.
    pub(super) async fn roles_like(
        &self,
        known: &Known,
        scope: &TenantScope,
        hint: Option<&str>,
    ) -> Result<Vec<Role>, Failure> {
        let parameters = hint.map(|hint| known.dialect.search(hint)).unwrap_or_default();
        let (rows, _) = self
            .all_in(known, scope, "roles/search", Rows::Roles, &parameters)
            .await?;
        Ok(rows.iter().filter_map(decode::role).collect())
    }

    /// All roles of a tenant with their permissions.
    pub(super) async fn roles_in(&self, known: &Known, scope: &TenantScope) -> Result<Vec<Role>, Failure> {
        let (rows, root) = self.all_in(known, scope, "roles/search", Rows::Roles, &[]).await?;
        let short: Vec<Role> = rows.iter().filter_map(decode::role).collect();
        if known.dialect.roles_are_whole() {
            return Ok(short);
        }
        let mut whole: HashMap<String, Role> = HashMap::new();
        for some in short.chunks(ROLES_AT_ONCE) {
            let ids: Vec<&str> = some.iter().map(|role| role.id.as_str()).collect();
            let call = Call::post(
                root.clone().join("roles/ids"),
                json!({"ids": ids}),
                format!("read the roles of {}", words(scope)),
            )
            .that_reads();
            if let Ok(Value::Array(roles)) = self.json(&call).await {
                let roles = roles.iter().filter(|role| role.get("permissions").is_some());
                whole.extend(roles.filter_map(decode::role).map(|role| (role.id.clone(), role)));
            }
        }
        // What that did not tell is asked for one by one.
        let mut missing: Vec<Work<'_, _>> = Vec::new();
        for role in short.iter().filter(|role| !whole.contains_key(&role.id)) {
            missing.push(Box::pin(self.role_at(&root, scope, &role.id)));
        }
        for role in at_once(AT_ONCE, missing).await {
            match role {
                Ok(role) => {
                    whole.insert(role.id.clone(), role);
                }
                // Somebody has deleted it since.
                Err(failure) if failure.problem.kind == ProblemKind::NotFound => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(short.iter().filter_map(|role| whole.remove(&role.id)).collect())
    }

    pub(super) async fn role_at(&self, root: &Path, scope: &TenantScope, id: &str) -> Result<Role, Failure> {
        let shown = visible(id).into_owned();
        let call = Call::get(
            root.clone().join("roles").segment(id),
            format!("read a role of {}", words(scope)),
        )
        .about(format!("role `{shown}` in {}", words(scope)));
        let value = self.json(&call).await?;
        decode::role(&value).ok_or_else(|| self.misshapen(&call))
    }

    /// One role with its permissions.
    pub(super) async fn role_in(&self, known: &Known, scope: &TenantScope, id: &str) -> Result<Role, Failure> {
        let ask = |root: Path| -> Work<'_, _> { Box::pin(async move { self.role_at(&root, scope, id).await }) };
        Ok(self.in_roots(known, scope, &ask).await?.0)
    }

    /// All bindings of a tenant.
    pub(super) async fn bindings_in(&self, known: &Known, scope: &TenantScope) -> Result<Vec<Binding>, Failure> {
        let (rows, _) = self
            .all_in(known, scope, "bindings/search", Rows::Bindings, &[])
            .await?;
        Ok(rows.iter().filter_map(decode::binding).collect())
    }

    /// All groups of a tenant with their members.
    pub(super) async fn groups_in(&self, known: &Known, scope: &TenantScope) -> Result<Vec<Group>, Failure> {
        let (rows, root) = self.all_in(known, scope, "groups/search", Rows::Groups, &[]).await?;
        let mut groups: Vec<Work<'_, _>> = Vec::new();
        for row in &rows {
            if let Some(group) = decode::group(row) {
                let asks_more = !known.dialect.groups_are_whole() && row.get("description").is_none();
                groups.push(Box::pin(self.whole_group(&root, scope, group, asks_more)));
            }
        }
        let mut whole = Vec::new();
        for group in at_once(AT_ONCE, groups).await {
            match group {
                Ok(group) => whole.push(group),
                Err(failure) if failure.problem.kind == ProblemKind::NotFound => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(whole)
    }

    pub(super) async fn whole_group(
        &self,
        root: &Path,
        scope: &TenantScope,
        mut group: Group,
        asks_more: bool,
    ) -> Result<Group, Failure> {
        let object = format!("group `{}` in {}", visible(&group.name), words(scope));
        let path = root.clone().join("groups").segment(&group.id);
        if asks_more {
            let call = Call::get(path, format!("read a group of {}", words(scope))).about(object.clone());
            group.description = decode::text(&self.json(&call).await?, "description");
        }
        group.members = self.members_at(root, scope, &group.id, &object).await?;
        Ok(group)
    }

    pub(super) async fn members_at(
        &self,
        root: &Path,
        scope: &TenantScope,
        group: &str,
        object: &str,
    ) -> Result<Vec<GroupMember>, Failure> {
        let path = root.clone().join("groups").segment(group).join("members");
        let call = Call::get(path, format!("list the members of the groups of {}", words(scope))).about(object);
        let rows = self.all_of(&call.of(Rows::Members)).await?;
        let mut members: Vec<GroupMember> = rows.iter().filter_map(|row| decode::member(row, group)).collect();
        sorting::by(&mut members, |a, b| a.username.cmp(&b.username));
        Ok(members)
    }

    /// Everybody who has access to a tenant.
    pub(super) async fn people_in(&self, known: &Known, scope: &TenantScope) -> Result<Vec<User>, Failure> {
        self.people_beside(known, scope, None).await
    }

    /// The same; whoever has read already who is above all tenants says it.
    async fn people_beside(
        &self,
        known: &Known,
        scope: &TenantScope,
        superadmins: Option<&BTreeSet<String>>,
    ) -> Result<Vec<User>, Failure> {
        let (dialect, release) = (known.dialect, known.dialect.release());
        if dialect.people_say_what_they_are() {
            let (rows, _) = self.all_in(known, scope, dialect.people(), Rows::Users, &[]).await?;
            return Ok(rows.iter().filter_map(|row| decode::user(row, None, release)).collect());
        }
        let of_kind = async |kind| {
            let parameters = [dialect.of_kind(kind)];
            let listed = self
                .all_in(known, scope, dialect.people(), Rows::Users, &parameters)
                .await;
            listed.map(|(rows, _)| rows)
        };
        let superadmins = async {
            match superadmins {
                Some(superadmins) => Ok(superadmins.clone()),
                None => self.superadmins(known).await,
            }
        };
        let (people, (programs, superadmins)) = join(
            of_kind(UserKind::Standard),
            join(of_kind(UserKind::ServiceAccount), superadmins),
        )
        .await;
        let (people, programs, superadmins) = (people?, programs?, superadmins?);
        if people.is_empty() && programs.is_empty() {
            self.require_existence(known, scope).await?;
        }
        let mut users = told_apart(&people, &programs, known);
        for user in &mut users {
            user.superadmin |= superadmins.contains(&user.id);
        }
        Ok(users)
    }

    /// Ids of everybody above all tenants. Who has access to a tenant does not say it; the list of all users does, to
    /// those who may read it.
    async fn superadmins(&self, known: &Known) -> Result<BTreeSet<String>, Failure> {
        if !known.me.superadmin {
            return Ok(BTreeSet::new());
        }
        let users = match self.everybody(known).await {
            // Who is listed matters more than this about them.
            Err(failure) if failure.problem.kind == ProblemKind::Denied && self.session.refused().is_none() => {
                Vec::new()
            }
            other => other?,
        };
        Ok(users
            .into_iter()
            .filter(|user| user.superadmin)
            .map(|user| user.id)
            .collect())
    }

    /// All users of the instance as the first list that answers has them.
    async fn all_users(&self, known: &Known, parameters: &[(String, String)]) -> Result<Vec<Value>, Failure> {
        let mut first = None;
        for path in known.dialect.all_users() {
            let call = Call::get(path, "list all users of the instance")
                .with_all(parameters.iter().cloned())
                .of(Rows::Users);
            let read = if parameters.is_empty() {
                self.all_of(&call).await
            } else {
                self.page_of(&call, 1, HINT).await.map(|(rows, _)| rows)
            };
            match read {
                Ok(rows) => return Ok(rows),
                Err(failure)
                    if failure.no_route
                        || matches!(failure.problem.kind, ProblemKind::Denied | ProblemKind::NotFound) =>
                {
                    first.get_or_insert(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        Err(first.unwrap_or_else(|| self.misshapen(&Call::get(Path::api("users"), "list all users of the instance"))))
    }

    /// All users and service accounts of the instance.
    pub(super) async fn everybody(&self, known: &Known) -> Result<Vec<User>, Failure> {
        let word = known.dialect.release().a_superadmin();
        if !known.me.superadmin {
            return Err(Problem::new(
                ProblemKind::Denied,
                "You may not see all users of the instance.",
                format!("Only {word} may, and `{}` is none.", visible(&known.me.username)),
                format!("Ask {word}."),
            )
            .into());
        }
        let release = known.dialect.release();
        let programs = async {
            let Some(path) = known.dialect.all_service_accounts() else {
                return Ok(Vec::new());
            };
            let call = Call::get(path, "list all service accounts of the instance").of(Rows::Users);
            match self.all_of(&call).await {
                // Some releases that have them have no list of them.
                Err(failure) if failure.no_route || failure.problem.kind == ProblemKind::NotFound => Ok(Vec::new()),
                other => other,
            }
        };
        let (people, programs) = join(self.all_users(known, &[]), programs).await;
        let (people, programs) = (people?, programs?);
        let people = people.iter().filter_map(|row| decode::user(row, None, release));
        let mut by_id = sorting::map(people.map(|user| (user.id.clone(), user)));
        for user in programs
            .iter()
            .filter_map(|row| decode::user(row, Some(UserKind::ServiceAccount), release))
        {
            by_id.insert(user.id.clone(), user);
        }
        Ok(by_id.into_values().collect())
    }

    /// The user of a name, which Kestra compares without regard to case.
    pub(super) async fn user_named(&self, known: &Known, name: &str) -> Result<Option<User>, Failure> {
        let release = known.dialect.release();
        let is_it = |user: &User| user.has_username(name);
        let find = |rows: &[Value]| {
            rows.iter()
                .filter_map(|row| decode::user(row, None, release))
                .find(is_it)
        };
        if !known.me.superadmin {
            let scope = known.home.clone().map_or(TenantScope::Default, TenantScope::Named);
            return Ok(self.people_in(known, &scope).await?.into_iter().find(is_it));
        }
        let hinted = self.all_users(known, &known.dialect.search_people(name)).await?;
        if let Some(user) = find(&hinted) {
            return Ok(Some(user));
        }
        Ok(self.everybody(known).await?.into_iter().find(is_it))
    }

    /// A page of the roles of a tenant.
    pub(super) async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Failure> {
        let known = self.known().await?;
        Ok(answer(self.roles_in(&known, scope).await?, query, "name")?)
    }

    /// One role.
    pub(super) async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Failure> {
        let known = self.known().await?;
        self.role_in(&known, scope, id).await
    }

    /// A page of the bindings of a tenant.
    pub(super) async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Failure> {
        let known = self.known().await?;
        Ok(answer(self.bindings_in(&known, scope).await?, query, "name")?)
    }

    /// A page of the users of a tenant, or of the instance.
    pub(super) async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Failure> {
        let known = self.known().await?;
        let users = match scope {
            Some(scope) => self.people_in(&known, scope).await?,
            None => match exact_username(query).filter(|_| known.me.superadmin) {
                Some(name) => self.user_named(&known, name).await?.into_iter().collect(),
                None => self.everybody(&known).await?,
            },
        };
        Ok(answer(users, query, "username")?)
    }

    /// A page of the groups of a tenant.
    pub(super) async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Failure> {
        let known = self.known().await?;
        Ok(answer(self.groups_in(&known, scope).await?, query, "name")?)
    }

    /// Everything about who may do what in a tenant.
    pub(super) async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Failure> {
        let known = self.known().await?;
        Box::pin(self.access_beside(&known, scope, None)).await
    }

    /// The same for many tenants, a few at once; who is above all of them is read once.
    pub(super) async fn accesses(&self, scopes: &[TenantScope]) -> Vec<Result<TenantAccess, Failure>> {
        let shared = async {
            let known = self.known().await?;
            let superadmins = if scopes.is_empty() || known.dialect.people_say_what_they_are() {
                BTreeSet::new()
            } else {
                self.superadmins(&known).await?
            };
            Ok::<_, Failure>((known, superadmins))
        };
        let (known, superadmins) = match shared.await {
            Ok(shared) => shared,
            Err(failure) => return scopes.iter().map(|_| Err(failure.clone())).collect(),
        };
        let mut reads: Vec<Work<'_, _>> = Vec::new();
        for scope in scopes {
            reads.push(Box::pin(self.access_beside(&known, scope, Some(&superadmins))));
        }
        at_once(TENANTS_AT_ONCE, reads).await
    }

    async fn access_beside(
        &self,
        known: &Known,
        scope: &TenantScope,
        superadmins: Option<&BTreeSet<String>>,
    ) -> Result<TenantAccess, Failure> {
        known.enter(scope)?;
        let (roles, bindings, groups, users) = join4(
            self.roles_in(known, scope),
            self.bindings_in(known, scope),
            self.groups_in(known, scope),
            self.people_beside(known, scope, superadmins),
        )
        .await;
        let all = Query::first(Query::MAX_SIZE);
        Ok(TenantAccess {
            roles: sorted(roles?, &all, "name")?,
            bindings: sorted(bindings?, &all, "name")?,
            groups: sorted(groups?, &all, "name")?,
            users: sorted(users?, &all, "username")?,
        })
    }

    /// How many users hold the Admin role of a tenant, directly or through a group.
    pub(super) async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let (roles, bindings) = join(self.roles_like(&known, scope, None), self.bindings_in(&known, scope)).await;
        let admin_roles: BTreeSet<String> = roles?.into_iter().filter(Role::is_admin).map(|role| role.id).collect();
        let held: Vec<Binding> = bindings?
            .into_iter()
            .filter(|binding| binding.namespace.is_none() && admin_roles.contains(&binding.role_id))
            .collect();
        let of_kind = |kind: SubjectKind| -> BTreeSet<String> {
            held.iter()
                .filter(|binding| binding.subject_kind == kind)
                .map(|binding| binding.subject_id.clone())
                .collect()
        };
        let mut admins = of_kind(SubjectKind::User);
        for group in of_kind(SubjectKind::Group) {
            let members = self.members_of(&known, scope, &group).await?;
            admins.extend(members.into_iter().map(|member| member.user_id));
        }
        Ok(admins.len() as u64)
    }

    /// The members of a group; none if somebody has deleted it since.
    pub(super) async fn members_of(
        &self,
        known: &Known,
        scope: &TenantScope,
        group: &str,
    ) -> Result<Vec<GroupMember>, Failure> {
        let object = format!("group `{}` in {}", visible(group), words(scope));
        let ask = |root: Path| -> Work<'_, _> {
            let object = &object;
            Box::pin(async move { self.members_at(&root, scope, group, object).await })
        };
        match self.in_roots(known, scope, &ask).await {
            Ok((members, _)) => Ok(members),
            Err(failure) if failure.problem.kind == ProblemKind::NotFound => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }
}

/// People and programs from the two lists. A server that does not part them sends everybody in both; then the account
/// itself has to tell.
fn told_apart(people: &[Value], programs: &[Value], known: &Known) -> Vec<User> {
    let release = known.dialect.release();
    let ids = |rows: &[Value]| -> BTreeSet<String> { rows.iter().filter_map(|row| decode::text(row, "id")).collect() };
    let in_both: BTreeSet<String> = ids(people).intersection(&ids(programs)).cloned().collect();
    let mut by_id = BTreeMap::new();
    for (rows, kind) in [(people, UserKind::Standard), (programs, UserKind::ServiceAccount)] {
        for row in rows {
            let is_in_both = decode::text(row, "id").is_some_and(|id| in_both.contains(&id));
            if let Some(user) = decode::user(row, (!is_in_both).then_some(kind), release) {
                by_id.insert(user.id.clone(), user);
            }
        }
    }
    by_id.into_values().collect()
}

/// The name, where a query asks for one user by the exact name.
fn exact_username(query: &Query) -> Option<&str> {
    query.filter.terms.iter().find_map(|term| {
        let is_exact = term.column.as_deref() == Some("username")
            && term.operator == Operator::Equals
            && !term.negated
            && term.values.len() == 1;
        is_exact.then(|| term.values.first().map(String::as_str)).flatten()
    })
}
