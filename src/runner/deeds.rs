//! A deed in the words of the backend: each of its items, and how it went.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::app::doing::Turn;
use crate::app::effect::{Answer, Reply};
use crate::backend::Backend;
use crate::backend::feature::Feature;
use crate::domain::access::Footprint;
use crate::domain::account::{Account, Profile};
use crate::domain::binding::Binding;
use crate::domain::deed::{AdminBy, Deed, Given, Made, NamedBinding, Restored, Tally};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::undo::{Found, rebased};
use crate::domain::user::{Entrant, Membership, User};
use crate::snapshots::carrying::Watch;

type Outcome = Result<Made, Problem>;

/// Items of a deed that are under way at once, where they are about different things. Each may be several requests.
const AT_ONCE: usize = 4;
/// Items that may write the same group have to follow one another.
const ONE_BY_ONE: usize = 1;

/// Bindings that are made together: what is held already is read once for all of them.
const BINDINGS_TOGETHER: usize = 8;
/// Tenants of which somebody is made Admin together: who that is is looked up once for all of them.
const ADMINS_TOGETHER: usize = 32;

/// Items in a row without an answer after which no further one is begun: what does not answer would make each wait.
const SILENT: usize = 5;

/// How far a deed of several items has come, and whether it goes on.
#[derive(Default)]
pub struct Course {
    is_stopped: AtomicBool,
    come: Mutex<Come>,
    /// Is told how the items went that have ended, and whether the last of them got no answer.
    tell: Option<Box<dyn Fn(Tally, bool) + Send + Sync>>,
}

/// What has ended of a deed.
#[derive(Default)]
struct Come {
    tally: Tally,
    /// How many ended last without an answer, in a row.
    silent: usize,
}

impl Course {
    /// One that tells how the items went, each time one has ended.
    pub fn told(tell: impl Fn(Tally, bool) + Send + Sync + 'static) -> Self {
        Self {
            tell: Some(Box::new(tell)),
            ..Self::default()
        }
    }

    /// Lets no further item begin. Those that have begun are waited for.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    async fn take(&self, item: BoxFuture<'_, Outcome>) -> Outcome {
        self.goes_on()?;
        let outcome = item.await;
        self.ended(outcome.as_ref().err());
        outcome
    }

    fn come(&self) -> MutexGuard<'_, Come> {
        self.come.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Course {
    fn goes_on(&self) -> Result<(), Problem> {
        if self.is_stopped() {
            return Err(Problem::not_sent("The change was stopped before its turn came."));
        }
        if self.come().silent >= SILENT {
            return Err(Problem {
                kind: ProblemKind::Unreachable,
                ..Problem::not_sent("Nothing answered those before it.")
            });
        }
        Ok(())
    }

    fn ended(&self, problem: Option<&Problem>) {
        let mut come = self.come();
        come.tally.add(problem);
        let is_silent = problem.is_some_and(|problem| problem.kind == ProblemKind::Unreachable);
        come.silent = if is_silent { come.silent + 1 } else { 0 };
        if let Some(tell) = &self.tell {
            tell(come.tally, is_silent);
        }
    }
}

/// Works on each item, so many at once, and says how each went, in order.
async fn each<'a, T>(
    (course, most): (&'a Course, usize),
    items: &'a [T],
    work: impl Fn(&'a T) -> BoxFuture<'a, Outcome>,
) -> Vec<Outcome> {
    let work: Vec<_> = items.iter().map(|item| course.take(work(item))).collect();
    stream::iter(work).buffered(most).collect().await
}

/// Works on so many items together, piece after piece, and says how each went, in order.
async fn in_pieces<'a, T>(
    course: &'a Course,
    items: &'a [T],
    together: usize,
    work: impl Fn(&'a [T]) -> BoxFuture<'a, Vec<Outcome>>,
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(items.len());
    for piece in items.chunks(together) {
        if let Err(problem) = course.goes_on() {
            outcomes.extend(piece.iter().map(|_| Err(problem.clone())));
            continue;
        }
        for outcome in work(piece).await {
            course.ended(outcome.as_ref().err());
            outcomes.push(outcome);
        }
    }
    outcomes
}

/// Does all of a deed, and says of each item how it went. One that fails does not stop the others.
pub async fn carry_out<'d>(backend: &'d dyn Backend, deed: &'d Deed, course: &'d Course) -> Vec<Outcome> {
    match deed {
        Deed::Grant(scope, bindings) => {
            let give = |piece: &'d [NamedBinding]| {
                async move {
                    let new: Vec<_> = piece.iter().map(|binding| binding.new.clone()).collect();
                    let results = backend.create_bindings(scope, &new).await;
                    let made = |binding| Made::Binding(Box::new(binding));
                    results.into_iter().map(|result| result.map(made)).collect()
                }
                .boxed()
            };
            in_pieces(course, bindings, BINDINGS_TOGETHER, give).await
        }
        Deed::Restore(scope, restored) => {
            let give = |one| async move { give_back(backend, scope, one).await }.boxed();
            each((course, ONE_BY_ONE), restored, give).await
        }
        Deed::Revoke(scope, bindings) => {
            let take =
                |binding: &'d Binding| async move { gone(backend.delete_binding(scope, &binding.id).await) }.boxed();
            each((course, AT_ONCE), bindings, take).await
        }
        Deed::TakeBack(scope, given) => {
            let take = |one| async move { take_back(backend, scope, one).await }.boxed();
            each((course, ONE_BY_ONE), given, take).await
        }
        Deed::SetMembership {
            scope,
            group,
            users,
            wanted,
        } => {
            let set = |user: &'d User| {
                async move {
                    // Whoever was taken out of it meanwhile is not put back.
                    let stays = group.membership_of(&user.id).is_some();
                    done(backend.set_membership(scope, &group.id, &user.id, *wanted, stays).await)
                }
                .boxed()
            };
            each((course, ONE_BY_ONE), users, set).await
        }
        Deed::GiveAccess(scope, users) => {
            let give = |who: &'d Entrant| async move { backend.give_access(scope, who).await.map(made) }.boxed();
            each((course, AT_ONCE), users, give).await
        }
        Deed::TakeAccess(scope, users) => {
            let take = |user| async move { done(backend.take_access(scope, user).await) }.boxed();
            each((course, ONE_BY_ONE), users, take).await
        }
        Deed::EnsureAdmin(scopes, username) if scopes.len() <= Deed::MOST_ADMINS => {
            let ensure = |scope| async move { ensure_admin(backend, scope, username).await }.boxed();
            each((course, AT_ONCE), scopes, ensure).await
        }
        Deed::EnsureAdmin(scopes, username) => {
            let ensure = |piece: &'d [TenantScope]| {
                async move {
                    let wanted: Vec<_> = piece.iter().map(|scope| (scope.clone(), username.clone())).collect();
                    let results = backend.ensure_admins(&wanted).await;
                    results.into_iter().map(|result| result.map(made)).collect()
                }
                .boxed()
            };
            in_pieces(course, scopes, ADMINS_TOGETHER, ensure).await
        }
        Deed::TakeAdmin(given, _) => {
            let take = |(scope, by): &'d (TenantScope, AdminBy)| {
                async move {
                    done(match by {
                        AdminBy::Binding(binding) => backend.delete_binding(scope, &binding.id).await,
                        AdminBy::LetIn(user) => backend.take_access(scope, user).await,
                    })
                }
                .boxed()
            };
            // All of them may write the same account.
            each((course, ONE_BY_ONE), given, take).await
        }
        Deed::DeleteTenants(ids) => {
            let delete = |id| async move { gone(backend.delete_tenant(id).await) }.boxed();
            each((course, AT_ONCE), ids, delete).await
        }
        one => vec![carry_out_one(backend, one).await],
    }
}

/// The same of a deed that takes another one back, or does it again. What it was proposed by may be long ago: where more would go
/// by now than was shown, nothing is done.
pub async fn carry_out_unless_more_goes(
    backend: &dyn Backend,
    deed: &Deed,
    turn: Turn,
    course: &Course,
) -> Vec<Outcome> {
    let takes_what_is_held = matches!(
        deed,
        Deed::DeleteRole(..) | Deed::DeleteGroup(..) | Deed::TakeAccess(..) | Deed::TakeAdmin(..)
    );
    if !takes_what_is_held {
        return carry_out(backend, deed, course).await;
    }
    let problem = match look(backend, deed).await {
        Ok(Answer::Looked(looked)) if !looked.differences.is_empty() => Some(Problem::new(
            ProblemKind::Conflict,
            format!("Nothing was {}.", turn.past()),
            looked.differences.join(" "),
            "Look at it; asking again shows what is left of it.",
        )),
        looked => looked.err(),
    };
    match problem {
        Some(problem) => vec![Err(problem); deed.len()],
        None => carry_out(backend, deed, course).await,
    }
}

async fn give_back(backend: &dyn Backend, scope: &TenantScope, one: &Restored) -> Outcome {
    match one {
        Restored::Binding(binding) => {
            let made = backend.create_binding(scope, &binding.new).await?;
            Ok(Made::Binding(Box::new(made)))
        }
        Restored::Member { group, user } => {
            let member = Some(Membership::Member);
            done(backend.set_membership(scope, &group.id, &user.id, member, false).await)
        }
    }
}

async fn take_back(backend: &dyn Backend, scope: &TenantScope, one: &Given) -> Outcome {
    done(match one {
        Given::Binding(binding) => backend.delete_binding(scope, &binding.id).await,
        Given::Member { group, user } => backend.set_membership(scope, &group.id, &user.id, None, false).await,
    })
}

async fn carry_out_one(backend: &dyn Backend, deed: &Deed) -> Outcome {
    Ok(match deed {
        Deed::UpdateTenant { before, after } => Made::Tenant(Box::new(update_tenant(backend, before, after).await?)),
        Deed::CreateRole(scope, new) => Made::Role(Box::new(backend.create_role(scope, new).await?)),
        Deed::UpdateRole { scope, before, after } => {
            Made::Role(Box::new(backend.update_role(scope, before, after).await?))
        }
        Deed::DeleteRole(scope, role) => return done(backend.delete_role(scope, &role.id).await),
        Deed::CreateGroup(scope, new) => Made::Group(Box::new(backend.create_group(scope, new).await?)),
        Deed::UpdateGroup { scope, before, after } => {
            Made::Group(Box::new(backend.update_group(scope, before, after).await?))
        }
        Deed::DeleteGroup(scope, group) => return done(backend.delete_group(scope, &group.id).await),
        Deed::CreateAccount(scope, kind, profile) => {
            Made::Account(Box::new(backend.create_account(scope.as_ref(), *kind, profile).await?))
        }
        Deed::DeleteAccount(scope, user) => return done(backend.delete_account(scope.as_ref(), user).await),
        Deed::SetSuperadmin(user, on) => return done(backend.set_superadmin(user, *on).await),
        Deed::SetPassword(scope, user, password) => {
            return done(backend.set_password(scope.as_ref(), user, &password.0).await);
        }
        Deed::CreateToken(scope, owner, new) => {
            Made::Token(Box::new(backend.create_token(scope.as_ref(), owner, new).await?))
        }
        Deed::DeleteToken(scope, owner, token) => {
            return done(backend.delete_token(scope.as_ref(), owner, &token.id).await);
        }
        Deed::Invite(scope, new) => Made::Invited(Box::new(backend.invite(scope, new).await?)),
        Deed::DeleteInvitation(scope, invitation) => {
            return done(backend.delete_invitation(scope, &invitation.id).await);
        }
        // Those of many items are done item by item above.
        Deed::Grant(..)
        | Deed::Revoke(..)
        | Deed::Restore(..)
        | Deed::EnsureAdmin(..)
        | Deed::TakeAdmin(..)
        | Deed::DeleteTenants(_)
        | Deed::TakeBack(..)
        | Deed::SetMembership { .. }
        | Deed::GiveAccess(..)
        | Deed::TakeAccess(..)
        // Brought by `runner::snapshots`.
        | Deed::Bring(_) => Made::Done,
    })
}

/// What came of something that may have been so already.
fn made(had_to: bool) -> Made {
    if had_to { Made::Done } else { Made::Already }
}

fn done(result: Result<(), Problem>) -> Outcome {
    result.map(|()| Made::Done)
}

/// The same of what was to go. It is as it was to be, whoever did it.
fn gone(result: Result<(), Problem>) -> Outcome {
    match result {
        Err(problem) if problem.kind == ProblemKind::NotFound => Ok(Made::Already),
        result => done(result),
    }
}

/// Changes fields of a tenant, if they are what they are expected to be, and leaves all others as they are now.
async fn update_tenant(backend: &dyn Backend, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
    let now = backend.tenant(&before.id).await?;
    let wanted = rebased(before, after, &now).map_err(|differences| {
        Problem::new(
            ProblemKind::Conflict,
            format!("Tenant `{}` was not changed.", before.id),
            differences.join(" "),
            "Look at the tenant, and edit it by hand.",
        )
    })?;
    backend.update_tenant(&now, &wanted).await
}

/// Makes somebody Admin, and says by what, so that it can be taken back. What cannot be read is left unsaid.
async fn ensure_admin(backend: &dyn Backend, scope: &TenantScope, username: &str) -> Outcome {
    let before = backend.access(scope).await.ok();
    if !backend.ensure_admin(scope, username).await? {
        return Ok(Made::Already);
    }
    let (Some(before), Ok(now)) = (before, backend.access(scope).await) else {
        return Ok(Made::Done);
    };
    let Some(user) = now.users.iter().find(|user| user.has_username(username)) else {
        return Ok(Made::Done);
    };
    if !before.users.iter().any(|one| one.has_id(&user.id)) {
        return Ok(Made::LetIn(Box::new(user.clone())));
    }
    let is_new = |id: &str| before.bindings.iter().all(|binding| binding.id != id);
    let made = now
        .bindings
        .into_iter()
        .find(|binding| binding.subject_id == user.id && is_new(&binding.id));
    Ok(made.map_or(Made::Done, |binding| Made::Binding(Box::new(binding))))
}

/// What lives in each of these tenants. In one that is gone there is nothing.
pub async fn count_again(backend: &dyn Backend, ids: &[TenantId]) -> Result<Vec<Footprint>, Problem> {
    let count = |id: &TenantId| {
        let scope = TenantScope::Named(id.clone());
        async move {
            match backend.footprint(&scope).await {
                Err(problem) if problem.kind == ProblemKind::NotFound => Ok(Footprint::default()),
                counts => counts,
            }
        }
    };
    let counts: Vec<_> = ids.iter().map(count).collect();
    stream::iter(counts).buffered(AT_ONCE).try_collect().await
}

/// The account of a name. Whoever may not look among all users looks in the tenant.
async fn account_of(
    backend: &dyn Backend,
    scope: Option<&TenantScope>,
    profile: &Profile,
) -> Result<Option<Box<Account>>, Problem> {
    let named = Query::user_named(&profile.username);
    let (scope, page) = match backend.users(None, &named).await {
        Err(problem) if problem.kind == ProblemKind::Denied && scope.is_some() => {
            (scope, backend.users(scope, &named).await?)
        }
        page => (None, page?),
    };
    let is_it = |user: &User| user.has_username(&profile.username);
    match page.rows.into_iter().find(is_it) {
        Some(user) => Ok(Some(Box::new(backend.account(scope, &user).await?))),
        None => Ok(None),
    }
}

/// Looks at what a change starts from, and says how it differs from what the change expects, and what is left of it; of a change
/// of several tenants also what that takes from whom.
pub async fn look(backend: &dyn Backend, deed: &Deed) -> Reply {
    let found = match deed {
        Deed::UpdateTenant { before, .. } => match backend.tenant(&before.id).await {
            Ok(tenant) => Found::Tenant(Some(Box::new(tenant))),
            Err(problem) if problem.kind == ProblemKind::NotFound => Found::Tenant(None),
            Err(problem) => return Err(problem),
        },
        Deed::SetSuperadmin(user, _) => {
            let page = backend.users(None, &Query::user_named(&user.username)).await?;
            Found::User(page.rows.into_iter().find(|one| one.has_id(&user.id)))
        }
        Deed::CreateAccount(scope, _, profile) => Found::Account(account_of(backend, scope.as_ref(), profile).await?),
        Deed::DeleteInvitation(scope, _) => Found::Invitations(backend.invitations(scope).await?),
        Deed::TakeAdmin(..) | Deed::EnsureAdmin(..) => {
            let scopes: Vec<&TenantScope> = match deed {
                Deed::TakeAdmin(given, _) => given.iter().map(|(scope, _)| scope).collect(),
                Deed::EnsureAdmin(scopes, _) if scopes.len() <= Deed::MOST_ADMINS => scopes.iter().collect(),
                _ => Vec::new(),
            };
            let read = |scope| async move {
                match backend.access(scope).await {
                    Ok(access) => Ok(Some(access)),
                    Err(problem) if problem.kind == ProblemKind::NotFound => Ok(None),
                    Err(problem) => Err(problem),
                }
            };
            let reads: Vec<_> = scopes.into_iter().map(read).collect();
            Found::Accesses(stream::iter(reads).buffered(AT_ONCE).try_collect().await?)
        }
        Deed::DeleteTenants(ids) if ids.len() <= Deed::MOST_ADMINS => {
            let mut are_there = Vec::with_capacity(ids.len());
            for id in ids {
                are_there.push(match backend.tenant(id).await {
                    Ok(_) => true,
                    Err(problem) if problem.kind == ProblemKind::NotFound => false,
                    Err(problem) => return Err(problem),
                });
            }
            Found::There(are_there)
        }
        Deed::Invite(..) => Found::Nothing,
        // Not everybody who may let somebody in may see who there is.
        Deed::GiveAccess(scope, _) => match backend.access(scope).await {
            Ok(access) => Found::Access(Box::new(access)),
            Err(problem) if problem.kind == ProblemKind::Denied => Found::Nothing,
            Err(problem) => return Err(problem),
        },
        Deed::DeleteRole(scope, _) | Deed::DeleteGroup(scope, _) => {
            let access = Box::new(backend.access(scope).await?);
            let mut invitations = Vec::new();
            let is_there = match deed {
                Deed::DeleteRole(_, role) => access.roles.iter().any(|there| there.id == role.id),
                Deed::DeleteGroup(_, group) => access.groups.iter().any(|there| there.id == group.id),
                _ => false,
            };
            if is_there && backend.instance().await?.release >= Feature::Invitations.since() {
                invitations = match backend.invitations(scope).await {
                    // They are not for everybody to see.
                    Err(problem) if problem.kind == ProblemKind::Denied => invitations,
                    read => read?,
                };
            }
            Found::Bringing(access, invitations)
        }
        deed => match deed.scope() {
            Some(scope) => Found::Access(Box::new(backend.access(scope).await?)),
            None => Found::Nothing,
        },
    };
    let mut looked = deed.held_against(&found);
    if let Some(Deed::TakeAdmin(_, loss)) = &mut looked.left {
        let instance = backend.instance().await?;
        let taken = deed.loss_in_each(&found, &instance.identity.id, instance.release);
        *loss = taken.map(Box::new);
    }
    Ok(Answer::Looked(Box::new(looked)))
}
