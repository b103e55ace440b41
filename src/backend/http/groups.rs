//! Groups and who is in them: created, changed, deleted. Listing them is in [`super::people`].
//!
//! Names are unique in a tenant, so whether a group came about is told by its name. Answers to a creation do not say who
//! is in it, so that is read.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::backend::feature::Feature;
use crate::backend::group_changed;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::{Group, Membership, NewGroup};

use super::call::{Call, Path};
use super::core::Core;
use super::decode::{self, Rows};
use super::detect::Known;
use super::dialect::Dialect;
use super::echo;
use super::failure::Failure;
use super::people::words;
use super::settle::Look;

impl Core {
    /// Creates a group with its members.
    pub(super) async fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let thing = thing(&new.name);
        let body = body_of(known.dialect, new);
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::post(
                    root.join("groups"),
                    body.clone(),
                    format!("create groups in {}", words(scope)),
                )
                .about(format!("such user in {}", words(scope)))
            })
            .await;
        let look = || -> Look<'_, Group> { Box::pin(self.group_named(&known, scope, &new.name)) };
        let group = match done {
            Ok(done) => match decode::group(&done.value()) {
                Some(group) => match self.with_members(&known, scope, &done.root, &group).await? {
                    Some(whole) => whole,
                    None => return kept_names(new, group, &thing),
                },
                None => match self.looked_for(&look).await? {
                    Some(group) => group,
                    None => return Err(self.misshapen(&Call::post(done.root.join("groups"), body, "create groups"))),
                },
            },
            Err(failure) if failure.may_be_done() => {
                let found = self.settled(failure, &thing, "created", &look).await?;
                if !not_kept(new, &found).is_empty() {
                    return Err(taken(&new.name).into());
                }
                found
            }
            Err(failure) => {
                let mut problem = failure.problem.clone();
                for user in &new.members {
                    if let Some(why) = self.access_comes_first(&known, scope, user, &failure).await {
                        problem = why;
                        break;
                    }
                }
                return Err(Failure { problem, ..failure });
            }
        };
        let lost = not_kept(new, &group);
        if lost.is_empty() {
            return Ok(group);
        }
        Err(echo::dropped_of(&thing, "created", &lost).into())
    }

    /// Gives a group another name and description, provided that it still has those that were shown.
    pub(super) async fn update_group(
        &self,
        scope: &TenantScope,
        before: &Group,
        after: &NewGroup,
    ) -> Result<Group, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let thing = thing(&before.name);
        let read = self.raw_group(&known, scope, &before.id).await?;
        let (raw, root) = (read.value(), read.root);
        let now = decode::group(&raw).ok_or_else(|| self.misshapen(&read_of(root.clone(), scope, &before.id)))?;
        if !is_called_the_same(before, &now) {
            return Err(group_changed(before, &now).into());
        }
        let body = overlaid(&known, &raw, after);
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::put(
                    root.join("groups").segment(&before.id),
                    Some(body.clone()),
                    format!("change groups in {}", words(scope)),
                )
                .about(object(scope, &before.id))
            })
            .await;
        let stored = match done {
            Ok(done) => match decode::group(&done.value()) {
                Some(group) => group,
                None => self.group_at(&known, scope, &before.id).await?,
            },
            Err(failure) if failure.may_be_done() => {
                let look = || -> Look<'_, Group> {
                    Box::pin(async {
                        let stored = self.group_at(&known, scope, &before.id).await?;
                        Ok((!is_called_the_same(before, &stored)).then_some(stored))
                    })
                };
                let stored = self.settled(failure, &thing, "changed", &look).await?;
                if !names_not_kept(after, &stored).is_empty() {
                    return Err(group_changed(before, &stored).into());
                }
                stored
            }
            Err(failure) => return Err(failure),
        };
        let lost = names_not_kept(after, &stored);
        if !lost.is_empty() {
            return Err(echo::dropped_of(&thing, "changed", &lost).into());
        }
        let members = match self
            .members_at(&root, scope, &before.id, &object(scope, &before.id))
            .await
        {
            Ok(members) => members,
            // Whoever may not see them has not changed them either.
            Err(_) => before.members.clone(),
        };
        Ok(Group { members, ..stored })
    }

    /// Deletes a group.
    pub(super) async fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Failure> {
        let known = self.known().await?;
        let done = self
            .in_tenant(&known, scope, &|root| {
                Call::delete(
                    root.join("groups").segment(id),
                    format!("delete groups in {}", words(scope)),
                )
                .about(object(scope, id))
            })
            .await;
        match done {
            Ok(_) => Ok(()),
            Err(failure) if failure.may_be_done() => {
                let look = self.group_at(&known, scope, id);
                self.settled_delete(failure, &format!("group `{}`", visible(id)), look)
                    .await
            }
            Err(failure) => Err(self
                .not_there_after_all(failure, self.group_at(&known, scope, id))
                .await),
        }
    }

    /// Sees to it that a user is a member or owner of a group, or not in it.
    pub(super) async fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
        stays: bool,
    ) -> Result<(), Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let release = known.dialect.release();
        refuse_owner(release, wanted)?;
        let stays = stays && wanted.is_some();
        let steps = match self.place_in(&known, scope, group, user).await {
            Ok(None) if stays => return Err(not_in_it().into()),
            Ok(now) => steps(release, now, wanted)?,
            // Owners of a group may change who is in it, and not always look.
            Err(failure) if failure.problem.kind == ProblemKind::Denied => {
                let place = wanted.filter(|_| release >= Feature::GroupOwners.since());
                let put = (!stays).then_some(Step::Put(wanted.is_some()));
                put.into_iter().chain(place.map(Step::Place)).collect()
            }
            Err(failure) => return Err(failure),
        };
        for step in steps {
            match step {
                Step::Put(is_in) => self.put_into(&known, scope, group, user, is_in).await?,
                Step::Place(place) => self.set_place(&known, scope, group, user, place).await?,
            }
        }
        Ok(())
    }

    /// Puts a user into a group, or takes them out of it. Whoever is where they shall be may be refused as such.
    async fn put_into(
        &self,
        known: &Known,
        scope: &TenantScope,
        group: &str,
        user: &str,
        is_in: bool,
    ) -> Result<(), Failure> {
        let done = self
            .in_tenant(known, scope, &|root| {
                let path = member_of(root, group, user);
                let doing = format!("change who is in the groups of {}", words(scope));
                let call = if is_in {
                    Call::put(path, None, doing)
                } else {
                    Call::delete(path, doing)
                };
                call.about(format!("such group or user in {}", words(scope)))
            })
            .await;
        let Err(failure) = done else {
            return Ok(());
        };
        let is_there = |place: Option<Membership>| place.is_some() == is_in;
        if failure.may_be_done() {
            let look = || -> Look<'_, ()> {
                Box::pin(async { Ok(is_there(self.place_in(known, scope, group, user).await?).then_some(())) })
            };
            return self.settled(failure, "the group", "changed", &look).await;
        }
        match failure.problem.kind {
            ProblemKind::Conflict => match self.place_in(known, scope, group, user).await {
                Ok(place) if is_there(place) => Ok(()),
                // Owners of a group may change who is in it, and not always look.
                Err(look) if look.problem.kind == ProblemKind::Denied => Ok(()),
                Ok(_) | Err(_) => Err(failure),
            },
            _ if is_in => match self.access_comes_first(known, scope, user, &failure).await {
                Some(problem) => Err(Failure { problem, ..failure }),
                None => Err(failure),
            },
            _ => Err(failure),
        }
    }

    /// Makes somebody who is in a group its owner, or a member (from 0.23).
    async fn set_place(
        &self,
        known: &Known,
        scope: &TenantScope,
        group: &str,
        user: &str,
        place: Membership,
    ) -> Result<(), Failure> {
        let done = self
            .in_tenant(known, scope, &|root| {
                let doing = format!("change who owns the groups of {}", words(scope));
                Call::put(place_of(root, group, user), None, doing)
                    .with(MEMBERSHIP, word(place))
                    .about(format!("such group or user in {}", words(scope)))
            })
            .await;
        let look = || -> Look<'_, ()> {
            Box::pin(async {
                let now = self.place_in(known, scope, group, user).await?;
                Ok((now == Some(place)).then_some(()))
            })
        };
        match done {
            Ok(done) => match decode::member(&done.value(), group) {
                Some(member) if member.membership == place => Ok(()),
                // Not every answer says what somebody is in the group now.
                _ => match self.looked_for(&look).await {
                    Ok(None) => Err(echo::dropped_of("the group", "changed", &["membership".to_owned()]).into()),
                    _ => Ok(()),
                },
            },
            Err(failure) if failure.may_be_done() => {
                self.settled(failure, "the owner of the group", "changed", &look).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// What a user is in a group.
    async fn place_in(
        &self,
        known: &Known,
        scope: &TenantScope,
        group: &str,
        user: &str,
    ) -> Result<Option<Membership>, Failure> {
        let root = self.raw_group(known, scope, group).await?.root;
        let members = self.members_at(&root, scope, group, &object(scope, group)).await?;
        Ok(members
            .into_iter()
            .find(|member| member.user_id == user)
            .map(|member| member.membership))
    }

    /// A group as the server writes it.
    async fn raw_group(&self, known: &Known, scope: &TenantScope, id: &str) -> Result<super::places::Done, Failure> {
        self.in_tenant(known, scope, &|root| read_of(root, scope, id)).await
    }

    /// A group without its members.
    async fn group_at(&self, known: &Known, scope: &TenantScope, id: &str) -> Result<Group, Failure> {
        let done = self.raw_group(known, scope, id).await?;
        decode::group(&done.value()).ok_or_else(|| self.misshapen(&read_of(done.root.clone(), scope, id)))
    }

    /// A group with its members; `None` for those who may create groups and not see who is in them.
    async fn with_members(
        &self,
        known: &Known,
        scope: &TenantScope,
        root: &Path,
        group: &Group,
    ) -> Result<Option<Group>, Failure> {
        let object = object(scope, &group.id);
        match self.members_at(root, scope, &group.id, &object).await {
            Ok(members) => Ok(Some(Group {
                members,
                ..group.clone()
            })),
            Err(failure) if failure.problem.kind == ProblemKind::Denied => Ok(None),
            Err(failure) => Err(self.explained(known, scope, failure).await),
        }
    }

    /// The group of a name with its members.
    async fn group_named(&self, known: &Known, scope: &TenantScope, name: &str) -> Result<Option<Group>, Failure> {
        let (rows, root) = self.all_in(known, scope, "groups/search", Rows::Groups, &[]).await?;
        let found = rows.iter().filter_map(decode::group).find(|group| group.name == name);
        match found {
            Some(group) => {
                let asks_more = !known.dialect.groups_are_whole();
                Ok(Some(self.whole_group(&root, scope, group, asks_more).await?))
            }
            None => Ok(None),
        }
    }
}

/// One call on the way to what somebody shall be in a group.
pub(super) enum Step {
    /// Into the group, or out of it.
    Put(bool),
    /// Owner or member, of those who are in it.
    Place(Membership),
}

fn refuse_owner(release: Release, wanted: Option<Membership>) -> Result<(), Problem> {
    if wanted == Some(Membership::Owner) {
        Feature::GroupOwners.require(release, "Nobody was made owner of the group.")?;
    }
    Ok(())
}

/// The calls that lead from what somebody is in a group to what they shall be.
pub(super) fn steps(
    release: Release,
    now: Option<Membership>,
    wanted: Option<Membership>,
) -> Result<Vec<Step>, Problem> {
    refuse_owner(release, wanted)?;
    Ok(match (now, wanted) {
        (now, wanted) if now == wanted => Vec::new(),
        (Some(now), Some(place)) => {
            if now == Membership::Owner {
                // Some owners there are before 0.23 that no call makes members.
                let what = "Nobody was made a member of the group: they are its owner.";
                Feature::GroupOwners.require(release, what)?;
            }
            vec![Step::Place(place)]
        }
        (None, Some(Membership::Owner)) => vec![Step::Put(true), Step::Place(Membership::Owner)],
        (_, wanted) => vec![Step::Put(wanted.is_some())],
    })
}

/// The parameter that says what somebody shall be in a group.
pub(super) const MEMBERSHIP: &str = "membership";

/// What Kestra calls it.
pub(super) fn word(place: Membership) -> &'static str {
    match place {
        Membership::Owner => "OWNER",
        Membership::Member => "MEMBER",
    }
}

/// Where somebody is put into a group, or taken out of it.
pub(super) fn member_of(root: Path, group: &str, user: &str) -> Path {
    root.join("groups").segment(group).join("members").segment(user)
}

/// Where somebody who is in a group is made its owner, or a member.
pub(super) fn place_of(root: Path, group: &str, user: &str) -> Path {
    let members = root.join("groups").segment(group).join("members");
    members.join(MEMBERSHIP).segment(user)
}

fn thing(name: &str) -> String {
    format!("group `{}`", visible(name))
}

fn object(scope: &TenantScope, id: &str) -> String {
    format!("group `{}` in {}", visible(id), words(scope))
}

fn read_of(root: Path, scope: &TenantScope, id: &str) -> Call {
    Call::get(
        root.join("groups").segment(id),
        format!("read the groups of {}", words(scope)),
    )
    .about(object(scope, id))
}

/// What a group is called.
pub(super) fn names_of(new: &NewGroup) -> Map<String, Value> {
    let mut names = Map::new();
    names.insert("name".to_owned(), Value::from(new.name.as_str()));
    if let Some(description) = &new.description {
        names.insert("description".to_owned(), Value::from(description.as_str()));
    }
    names
}

/// A group as it is created.
pub(super) fn body_of(dialect: Dialect, new: &NewGroup) -> Value {
    let mut body = names_of(new);
    body.insert("membersId".to_owned(), json!(new.members));
    if dialect.writes_entities() {
        body.insert("deleted".to_owned(), Value::Bool(false));
    }
    Value::Object(body)
}

/// The whole object as it was read, with what changes laid over it. From 0.24 on what the path says is left out.
fn overlaid(known: &Known, raw: &Value, after: &NewGroup) -> Value {
    let mut object = raw.as_object().cloned().unwrap_or_default();
    object.shift_remove("description");
    object.extend(names_of(after));
    if !known.dialect.writes_entities() {
        object.shift_remove("id");
    }
    Value::Object(object)
}

fn is_called_the_same(a: &Group, b: &Group) -> bool {
    (&a.name, a.description.as_deref().unwrap_or_default()) == (&b.name, b.description.as_deref().unwrap_or_default())
}

fn names_not_kept(sent: &NewGroup, stored: &Group) -> Vec<String> {
    let mut lost = Vec::new();
    if sent.name != stored.name {
        lost.push("name".to_owned());
    }
    if sent.description.as_deref().unwrap_or_default() != stored.description.as_deref().unwrap_or_default() {
        lost.push("description".to_owned());
    }
    lost
}

fn not_kept(sent: &NewGroup, stored: &Group) -> Vec<String> {
    let mut lost = names_not_kept(sent, stored);
    let there: BTreeSet<&str> = stored.members.iter().map(|member| member.user_id.as_str()).collect();
    if sent.members.iter().any(|user| !there.contains(user.as_str())) {
        lost.push("membersId".to_owned());
    }
    lost
}

fn kept_names(sent: &NewGroup, stored: Group, thing: &str) -> Result<Group, Failure> {
    let lost = names_not_kept(sent, &stored);
    if lost.is_empty() {
        return Ok(stored);
    }
    Err(echo::dropped_of(thing, "created", &lost).into())
}

fn not_in_it() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "The group was not changed.",
        "The user is not in the group any more.",
        "Read the members of the group to see who is in it.",
    )
}

fn taken(name: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("It is not known whether {} came about by this.", thing(name)),
        "There is a group of this name, and it is not what was sent.",
        "Look at it, and change it to what it shall be.",
    )
    .unknown()
}
