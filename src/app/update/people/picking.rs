//! Lists to pick from, what each leads to, and who is in them.

use crate::domain::columns::USER_COLUMNS;
use crate::domain::count::{counted, thousands};
use crate::domain::deed::{Deed, NamedBinding};
use crate::domain::effective_access;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::role::Role;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Entrant, Group, Membership, User, UserKind};

use super::super::super::choice::{Choice, ChoiceRow, Choosing};
use super::super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::super::messages::Level;
use super::super::super::model::Model;
use super::super::super::overlay::Overlay;
use super::super::super::people::{InvitedPart, PeopleAnswer, PeopleQuestion, Picking, Subject};
use super::super::super::records::RecordsKind;
use super::super::{choices, deeds, records, roles};
use super::inviting::{ask_invited, invited};
use super::lost::lost_known;
use super::rows::{HELD, WHOLE_TENANT, group_row, held, place_rows, role_rows, user_row};
use super::{bindings, groups, has_marked_holders, instance, users};

/// Users of the instance that are read at once.
const USERS: u32 = 1000;

pub(super) fn pick(model: &mut Model, title: String, empty: &'static str, picking: Picking, rows: Vec<ChoiceRow>) {
    let mut choice = Choice::new(title, empty, Choosing::People(Box::new(picking)), Vec::new());
    choice.takes_many = matches!(
        choice.purpose,
        Choosing::People(ref picking) if matches!(**picking,
            Picking::Subjects(..) | Picking::Roles(..) | Picking::Places(..) | Picking::Entrants(..)
                | Picking::Members(..) | Picking::Invited(..))
    );
    choice.takes_typed = matches!(
        choice.purpose,
        Choosing::People(ref picking) if matches!(**picking,
            Picking::Admin(..) | Picking::Places(..) | Picking::Entrants(..)
                | Picking::Invited(_, _, InvitedPart::Places(_)))
    );
    choice.set_rows(rows);
    choices::open(model, choice);
}

/// Asks who becomes Admin of tenants: whoever is signed in is proposed, then those who have access, where it is one.
pub(super) fn ask_admin(model: &mut Model, scopes: Vec<TenantScope>, effects: &mut Vec<Effect>) {
    let (title, only) = match scopes.as_slice() {
        [scope] => (format!("Who becomes Admin of tenant {scope}"), Some(scope.clone())),
        _ => {
            let number = counted(scopes.len() as u64, "tenant");
            (format!("Who becomes Admin of {number}"), None)
        }
    };
    let known = only
        .as_ref()
        .and_then(|scope| deeds::known_access(model, scope))
        .cloned();
    let asks = only.filter(|_| known.is_none());
    let picking = Picking::Admin(scopes, known.map(Box::new));
    pick(model, title, "Type a login name.", picking, Vec::new());
    set_admin_rows(model, &[]);
    if let Some(scope) = asks {
        let (job, effect) = model.ask(Request::Access(scope));
        wait(model, job);
        effects.push(effect);
    } else {
        read_users(model, effects);
    }
}

fn set_admin_rows(model: &mut Model, others: &[User]) {
    let Some(identity) = instance(model).map(|instance| instance.identity.clone()) else {
        return;
    };
    let Some(Overlay::Choice(choice)) = model.overlays.last() else {
        return;
    };
    let Choosing::People(picking) = &choice.purpose else {
        return;
    };
    let Picking::Admin(scopes, access) = &**picking else {
        return;
    };
    let is_one = scopes.len() == 1;
    let access = access.as_deref();
    let admins = access.map_or_else(Vec::new, effective_access::admin_users);
    let mut rows = vec![ChoiceRow::new(
        identity.id.clone(),
        identity.username.clone(),
        "you, who are signed in",
    )];
    let here = access.map_or(&[][..], |access| &access.users);
    let is_new = |rows: &[ChoiceRow], user: &User| rows.iter().all(|row| row.key != user.id);
    for user in here.iter().filter(|user| user.kind == UserKind::Standard) {
        if is_new(&rows, user) {
            rows.push(user_row(user, "has access"));
        }
    }
    for user in others.iter().filter(|user| user.kind == UserKind::Standard) {
        if is_new(&rows, user) {
            rows.push(user_row(user, if is_one { "no access yet" } else { "" }));
        }
    }
    for row in &mut rows {
        if admins.iter().any(|admin| admin.id == row.key) {
            row.disabled = Some("Admin already".to_owned());
        }
    }
    // Who cannot be chosen comes last, so that <enter> does something.
    sorting::by_key(&mut rows, |row| row.disabled.is_some());
    if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
        choice.set_rows(rows);
    }
}

/// Asks which role whoever is marked is given; or who is given the role that is open, or any role.
pub(super) fn ask_grant(model: &mut Model, scope: TenantScope) {
    let users = users(model);
    let groups = groups(model);
    let is_members = records::view(model).is_some_and(|view| matches!(view.kind, RecordsKind::Members { .. }));
    let subjects: Vec<Subject> = if is_members {
        // On the screen of a group the role is for the group.
        groups.iter().map(Subject::group).collect()
    } else if has_marked_holders(model) {
        let mut holders: Vec<Subject> = Vec::new();
        for holder in bindings(model).iter().map(Subject::holder) {
            // Who holds several of the marked roles is given the new one once.
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        holders
    } else {
        let users = users.iter().map(Subject::user);
        users.chain(groups.iter().map(Subject::group)).collect()
    };
    if !subjects.is_empty() {
        ask_roles(model, scope, subjects);
        return;
    }
    let role = roles::current(model).map(|(_, role)| Box::new(role.clone()));
    ask_subjects(model, scope, role);
}

/// Asks who is given a role, or one that is chosen next.
fn ask_subjects(model: &mut Model, scope: TenantScope, role: Option<Box<Role>>) {
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let users = access.users.iter().map(|user| user_row(user, ""));
    let groups = access.groups.iter().map(group_row);
    let mut rows: Vec<ChoiceRow> = users.chain(groups).collect();
    // Whose role is selected is proposed.
    if let Some(holder) = bindings(model).first() {
        sorting::by_key(&mut rows, |row| row.key != holder.subject_id);
    }
    let what = role
        .as_ref()
        .map_or_else(|| "a role".to_owned(), |role| format!("role {}", role.name));
    pick(
        model,
        format!("Who is given {what} in tenant {scope}"),
        "Nobody has access to this tenant yet; on the tab of users A lets somebody in.",
        Picking::Subjects(scope, role),
        rows,
    );
}

fn ask_roles(model: &mut Model, scope: TenantScope, subjects: Vec<Subject>) {
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let rows = role_rows(access, &subjects);
    let is_new = |role: &Role| held(access, role, &subjects) != Some(HELD);
    let proposed = access.roles.iter().position(is_new).unwrap_or(0);
    let whom = match subjects.as_slice() {
        [one] => format!("is {}", one.name),
        many => format!("are these {}", thousands(many.len() as u64)),
    };
    let title = format!("Which role {whom} given in tenant {scope}");
    pick(
        model,
        title,
        "This tenant has no roles.",
        Picking::Roles(scope, subjects),
        rows,
    );
    let rows = Choice::rows_in_view(model.size);
    if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
        choice.cursor.select(proposed, choice.visible.len(), rows);
    }
}

fn ask_places(
    model: &mut Model,
    scope: &TenantScope,
    subjects: Vec<Subject>,
    roles: Vec<Role>,
    effects: &mut Vec<Effect>,
) {
    let request = Request::Namespaces(scope.clone());
    pick(
        model,
        "Where it is held; type a namespace that is not there yet".to_owned(),
        "",
        Picking::Places(scope.clone(), subjects, roles),
        place_rows(scope, &[]),
    );
    let (job, effect) = model.ask(request);
    wait(model, job);
    effects.push(effect);
}

/// Asks who is let into a tenant.
pub(super) fn ask_entrants(model: &mut Model, scope: TenantScope, effects: &mut Vec<Effect>) {
    pick(
        model,
        format!("Who is let into tenant {scope}"),
        "Type a login name.",
        Picking::Entrants(scope),
        Vec::new(),
    );
    read_users(model, effects);
}

/// Asks who is put into a group.
pub(super) fn ask_members(model: &mut Model, scope: TenantScope, group: Group) {
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let is_in = |user: &User| group.members.iter().any(|member| member.user_id == user.id);
    let rows = access
        .users
        .iter()
        .filter(|user| !is_in(user))
        .map(|user| user_row(user, ""))
        .collect();
    pick(
        model,
        format!("Who is put into group {}", group.name),
        "Everybody with access to this tenant is in it.",
        Picking::Members(scope, group),
        rows,
    );
}

pub(super) fn wait(model: &mut Model, job: JobId) {
    if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
        choice.reading = Some(job);
    }
}

fn read_users(model: &mut Model, effects: &mut Vec<Effect>) {
    let typed = match model.overlays.last() {
        Some(Overlay::Choice(choice)) => choice.line.text().to_owned(),
        _ => return,
    };
    let query = Query::parse(&typed, USER_COLUMNS, USERS).unwrap_or_else(|_| Query::first(USERS));
    let (job, effect) = model.ask(Request::People(Box::new(PeopleQuestion::Users(query))));
    let outdated = match model.overlays.last_mut() {
        Some(Overlay::Choice(choice)) => choice.reading.replace(job),
        _ => None,
    };
    effects.extend(outdated.and_then(|job| model.cancel(job)));
    effects.push(effect);
}

/// Asks for users by what is typed, where the instance has more than are held.
pub fn typed(model: &mut Model, effects: &mut Vec<Effect>) {
    let asks = matches!(model.overlays.last(), Some(Overlay::Choice(choice))
        if choice.holds_part && matches!(choice.purpose, Choosing::People(_)));
    if asks {
        read_users(model, effects);
    }
}

/// Takes an answer that a list to pick from waits for, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    if model.looking_for_lost == Some(job) {
        model.looking_for_lost = None;
        lost_known(model, reply, effects);
        return true;
    }
    let Some(Overlay::Choice(choice)) = model.overlays.last_mut() else {
        return false;
    };
    if choice.reading != Some(job) {
        return false;
    }
    let Choosing::People(picking) = choice.purpose.clone() else {
        return false;
    };
    choice.reading = None;
    choice.unread = reply.as_ref().err().map(|problem| unread(&picking, problem));
    match (&*picking, reply) {
        (Picking::Places(scope, ..) | Picking::Invited(scope, ..), Ok(Answer::Namespaces(names))) => {
            choice.set_rows(place_rows(scope, names));
        }
        (Picking::Entrants(scope), Ok(Answer::People(answer))) => {
            if let PeopleAnswer::Users(page) = &**answer {
                choice.holds_part |= page.total > page.rows.len() as u64;
                let here: Vec<String> = deeds::known_access(model, scope).map_or_else(Vec::new, |access| {
                    access.users.iter().map(|user| user.id.clone()).collect()
                });
                let rows = page
                    .rows
                    .iter()
                    .filter(|user| !here.contains(&user.id))
                    .map(|user| user_row(user, ""));
                let rows = rows.collect();
                if let Some(Overlay::Choice(choice)) = model.overlays.last_mut() {
                    choice.set_rows(rows);
                }
            }
        }
        (Picking::Admin(scopes, _), Ok(Answer::Access(access))) => {
            let picking = Picking::Admin(scopes.clone(), Some(access.clone()));
            choice.purpose = Choosing::People(Box::new(picking));
            set_admin_rows(model, &[]);
            read_users(model, effects);
        }
        (Picking::Admin(..), Ok(Answer::People(answer))) => {
            if let PeopleAnswer::Users(page) = &**answer {
                choice.holds_part |= page.total > page.rows.len() as u64;
                set_admin_rows(model, &page.rows);
            }
        }
        // Who may not see the users of the instance types a name, as is said there.
        _ => {}
    }
    true
}

/// Why not all are listed that there may be, and what can be done all the same.
fn unread(picking: &Picking, problem: &Problem) -> String {
    let (others, next) = match picking {
        Picking::Places(..) | Picking::Invited(..) => ("Namespaces", "Type one."),
        _ => ("Other users", "Type a login name."),
    };
    format!("{others} cannot be listed: {} {next}", problem.what)
}

/// What picking leads to.
pub fn picked(model: &mut Model, picking: Picking, rows: &[ChoiceRow], effects: &mut Vec<Effect>) {
    let known = |model: &Model, scope: &TenantScope| deeds::known_access(model, scope).cloned();
    match picking {
        Picking::Admin(scopes, access) => {
            let Some(row) = rows.first() else { return };
            let deed = Deed::EnsureAdmin(scopes, row.text.clone());
            // Where somebody is Admin already, another is no repair.
            if access.is_some_and(|access| effective_access::admins(&access) > 0) {
                deeds::propose_with_review(model, deed, effects);
            } else {
                deeds::propose(model, deed, effects);
            }
        }
        Picking::Subjects(scope, role) => {
            let Some(access) = known(model, &scope) else { return };
            let subject = |row: &ChoiceRow| {
                let user = access.users.iter().find(|user| user.id == row.key).map(Subject::user);
                let group = || access.groups.iter().find(|group| group.id == row.key);
                user.or_else(|| group().map(Subject::group))
            };
            let subjects = rows.iter().filter_map(subject).collect();
            match role {
                Some(role) => ask_places(model, &scope, subjects, vec![*role], effects),
                None => ask_roles(model, scope, subjects),
            }
        }
        Picking::Roles(scope, subjects) => {
            let roles = known(model, &scope).map_or_else(Vec::new, |access| roles_of(&access.roles, rows));
            ask_places(model, &scope, subjects, roles, effects);
        }
        Picking::Places(scope, subjects, roles) => {
            let mut bindings = Vec::new();
            // Whoever holds a role in the whole tenant needs it nowhere else.
            let whole = rows.iter().any(|row| row.key == WHOLE_TENANT);
            let places: Vec<Option<String>> = if whole {
                vec![None]
            } else {
                rows.iter().map(|row| Some(row.text.clone())).collect()
            };
            for subject in &subjects {
                for role in &roles {
                    bindings.extend(places.iter().map(|place| {
                        NamedBinding::new(subject.kind, (&subject.id, &subject.name), role, place.clone())
                    }));
                }
            }
            let has = |binding: &NamedBinding| {
                deeds::known_access(model, &scope)
                    .is_some_and(|access| access.bindings.iter().any(|held| held.gives(&binding.new)))
            };
            bindings.retain(|binding| !has(binding));
            if bindings.is_empty() {
                let text = "Nothing to change: they hold it there already";
                model.messages.tell(model.now, Level::Warning, text);
                return;
            }
            deeds::propose(model, Deed::Grant(scope, bindings), effects);
        }
        Picking::Entrants(scope) => {
            let users = rows.iter().map(|row| {
                if row.is_typed() {
                    return Entrant::Named(row.text.clone());
                }
                Entrant::Known(User {
                    id: row.key.clone(),
                    username: row.text.clone(),
                    display_name: None,
                    kind: UserKind::Standard,
                    superadmin: false,
                })
            });
            let users = users.collect();
            deeds::propose(model, Deed::GiveAccess(scope, users), effects);
        }
        Picking::Members(scope, group) => {
            let Some(access) = known(model, &scope) else { return };
            let users = access
                .users
                .iter()
                .filter(|user| rows.iter().any(|row| row.key == user.id));
            let deed = Deed::SetMembership {
                scope,
                group,
                users: users.cloned().collect(),
                wanted: Some(Membership::Member),
            };
            deeds::propose(model, deed, effects);
        }
        Picking::Invited(scope, new, part) => invited(model, scope, new, part, rows, effects),
    }
}

fn roles_of(roles: &[Role], rows: &[ChoiceRow]) -> Vec<Role> {
    let is_chosen = |role: &&Role| rows.iter().any(|row| row.key == role.id);
    roles.iter().filter(is_chosen).cloned().collect()
}

/// Asks for whom or what is picked, perhaps a second time.
pub fn ask(model: &mut Model, picking: Picking, effects: &mut Vec<Effect>) {
    match picking {
        Picking::Subjects(scope, role) => ask_subjects(model, scope, role),
        Picking::Roles(scope, subjects) => ask_roles(model, scope, subjects),
        Picking::Places(scope, subjects, roles) => ask_places(model, &scope, subjects, roles, effects),
        Picking::Entrants(scope) => ask_entrants(model, scope, effects),
        Picking::Members(scope, group) => ask_members(model, scope, group),
        Picking::Invited(scope, new, part) => ask_invited(model, scope, new, part, effects),
        Picking::Admin(scopes, _) => ask_admin(model, scopes, effects),
    }
}
