//! In what two snapshots differ, by names: ids are of one instance alone.

use std::collections::BTreeSet;

use super::{Person, Snapshot, TenantPart};
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::role::Role;
use crate::domain::role_compare::{Side, Which, compare};
use crate::domain::sorting;
use crate::domain::tenant::Tenant;
use crate::domain::tenant_change::differing;
use crate::domain::user::{GroupMember, Membership};

/// One thing in which they differ. An empty text is what is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The tenant; empty for what is of the whole instance.
    pub tenant: String,
    /// What kind of thing: `tenant`, `role`, `permission`, ...
    pub what: &'static str,
    /// What it is called.
    pub name: String,
    /// What the first says of it.
    pub a: String,
    /// What the second says of it.
    pub b: String,
}

/// Everything in which they differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// In the order of tenants and names.
    pub rows: Vec<Difference>,
    /// What was made of roles of different releases, in sentences.
    pub remarks: Vec<String>,
}

impl Differences {
    /// All of it to be read: a line for each difference, below its tenant. `a` and `b` are what the two are called.
    pub fn text(&self, a: &str, b: &str) -> String {
        let said = |side: &str| {
            if side.is_empty() {
                "nothing".to_owned()
            } else {
                side.to_owned()
            }
        };
        let mut lines = Vec::new();
        let mut tenant = None;
        for row in &self.rows {
            if tenant != Some(&row.tenant) {
                tenant = Some(&row.tenant);
                lines.push(String::new());
                lines.push(match row.tenant.as_str() {
                    "" => "The whole instance".to_owned(),
                    name => format!("Tenant {name}"),
                });
            }
            lines.push(format!("  {} {}", row.what, row.name));
            lines.push(format!("    {a}: {}", said(&row.a)));
            lines.push(format!("    {b}: {}", said(&row.b)));
        }
        if !self.remarks.is_empty() {
            lines.push(String::new());
            lines.extend(self.remarks.iter().cloned());
        }
        lines.join("\n")
    }
}

/// What stands for something that is there and has nothing more to say.
pub const THERE: &str = "yes";

/// Compares two. Where each has one tenant, these are compared, whatever they are called.
pub fn differences(a: &Snapshot, b: &Snapshot) -> Differences {
    let mut found = Finder {
        a,
        b,
        tenant: String::new(),
        all: Differences::default(),
    };
    if let ([one], [other]) = (a.tenants.as_slice(), b.tenants.as_slice()) {
        found.parts(Some(one), Some(other));
    } else {
        let scopes = sorting::set(a.tenants.iter().chain(&b.tenants).map(TenantPart::scope));
        for scope in scopes {
            found.parts(a.part(&scope), b.part(&scope));
        }
    }
    found.tenant.clear();
    found.people();
    found.all
}

struct Finder<'s> {
    a: &'s Snapshot,
    b: &'s Snapshot,
    tenant: String,
    all: Differences,
}

impl Finder<'_> {
    fn push(&mut self, what: &'static str, name: &str, a: &str, b: &str) {
        if a != b {
            self.all.rows.push(Difference {
                tenant: self.tenant.clone(),
                what,
                name: name.to_owned(),
                a: a.to_owned(),
                b: b.to_owned(),
            });
        }
    }

    /// Sets of things that are there or not, each with what is said of it.
    fn sets(&mut self, what: &'static str, a: &BTreeSet<String>, b: &BTreeSet<String>) {
        for name in a.union(b) {
            let mark = |set: &BTreeSet<String>| if set.contains(name) { THERE } else { "" };
            self.push(what, name, mark(a), mark(b));
        }
    }

    fn parts(&mut self, a: Option<&TenantPart>, b: Option<&TenantPart>) {
        let Some(some) = a.or(b) else { return };
        self.tenant = some.scope().to_string();
        let (Some(a), Some(b)) = (a, b) else {
            let name = self.tenant.clone();
            let mark = |part: Option<&TenantPart>| if part.is_some() { THERE } else { "" };
            self.push("tenant", &name, mark(a), mark(b));
            return;
        };
        if let (Some(one), Some(other)) = (&a.tenant, &b.tenant) {
            self.fields(one, other);
        }
        self.roles(a, b);
        self.groups(a, b);
        let (bound_a, bound_b) = (bindings(self.a, a), bindings(self.b, b));
        self.sets("binding", &bound_a, &bound_b);
        // Before 0.24 there is no access but by roles and groups.
        if self.a.release.min(self.b.release).at_least(0, 24) {
            let (in_a, in_b) = (access(self.a, a), access(self.b, b));
            self.sets("access", &in_a, &in_b);
        }
    }

    fn fields(&mut self, a: &Tenant, b: &Tenant) {
        for field in differing(a, b) {
            let said = |tenant: &Tenant| match field.as_str() {
                "name" => tenant.name.clone(),
                key => tenant.rest.get(key).map_or_else(String::new, |value| {
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
                }),
            };
            self.push("field", &field, &said(a), &said(b));
        }
    }

    fn roles(&mut self, a: &TenantPart, b: &TenantPart) {
        let names: BTreeSet<&str> = a
            .own_roles()
            .chain(b.own_roles())
            .map(|role| role.name.as_str())
            .collect();
        for name in names {
            let of = |part: &'_ TenantPart| -> Vec<Role> {
                part.own_roles().filter(|role| role.name == name).cloned().collect()
            };
            let (mut ours, mut theirs) = (of(a), of(b));
            // Names repeat. Of several the same ones are put aside first, in whatever order they come.
            ours.retain(|one| {
                let same = theirs.iter().position(|other| is_same_role(one, other));
                same.map(|at| theirs.remove(at)).is_none()
            });
            let mut theirs = theirs.into_iter();
            for one in &ours {
                match theirs.next() {
                    Some(other) => self.role(one, &other),
                    None => self.push("role", name, THERE, ""),
                }
            }
            for _ in theirs {
                self.push("role", name, "", THERE);
            }
        }
    }

    fn role(&mut self, a: &Role, b: &Role) {
        let text = |role: &Role| role.description.clone().unwrap_or_default();
        let default = |role: &Role| if role.is_default { THERE } else { "" };
        self.push("role description", &a.name, &text(a), &text(b));
        self.push("default role", &a.name, default(a), default(b));
        let side = |role: &'_ Role, snapshot: &Snapshot| (role.permissions.clone(), snapshot.release);
        let (side_a, side_b) = (side(a, self.a), side(b, self.b));
        let comparison = compare(
            Side {
                name: &a.name,
                permissions: &side_a.0,
                release: side_a.1,
                managed: a.managed_name(),
            },
            Side {
                name: &b.name,
                permissions: &side_b.0,
                release: side_b.1,
                managed: b.managed_name(),
            },
        );
        for cell in comparison.cells.iter().filter(|cell| cell.which != Which::Both) {
            let name = format!("{} {}:{}", a.name, cell.resource, cell.action);
            let mark = |other: Which| if cell.which == other { "" } else { THERE };
            self.push("permission", &name, mark(Which::OnlyB), mark(Which::OnlyA));
        }
        for remark in comparison.remarks() {
            if !self.all.remarks.contains(&remark) {
                self.all.remarks.push(remark);
            }
        }
    }

    fn groups(&mut self, a: &TenantPart, b: &TenantPart) {
        let names: BTreeSet<&str> = a
            .groups
            .iter()
            .chain(&b.groups)
            .map(|group| group.name.as_str())
            .collect();
        for name in names {
            let of = |part: &TenantPart| part.groups.iter().find(|group| group.name == name).cloned();
            match (of(a), of(b)) {
                (Some(one), Some(other)) => {
                    let text = |text: Option<String>| text.unwrap_or_default();
                    let said = (text(one.description), text(other.description));
                    self.push("group description", name, &said.0, &said.1);
                    let members = |members: &[GroupMember]| -> BTreeSet<String> {
                        members.iter().map(|member| self::member(name, member)).collect()
                    };
                    self.sets("member", &members(&one.members), &members(&other.members));
                }
                (one, other) => {
                    let mark = |is_there: bool| if is_there { THERE } else { "" };
                    self.push("group", name, mark(one.is_some()), mark(other.is_some()));
                }
            }
        }
    }

    /// Accounts. Names are compared for those that both have and that have a name of their own.
    fn people(&mut self) {
        let key = |person: &Person| account(person.user.kind.word(), &person.user.username);
        let keys = |snapshot: &Snapshot| -> BTreeSet<String> { snapshot.users.iter().map(key).collect() };
        let (of_a, of_b) = (keys(self.a), keys(self.b));
        self.sets("account", &of_a, &of_b);
        for one in &self.a.users {
            let user = &one.user;
            let Ok(other) = self.b.named(user.kind, &user.username) else {
                continue;
            };
            let mark = |is_one: bool| if is_one { THERE } else { "" };
            let superadmin = (mark(user.superadmin), mark(other.user.superadmin));
            self.push("superadmin", &user.username, superadmin.0, superadmin.1);
            let names = |person: &Person| {
                let names = [&person.first_name, &person.last_name, &person.description];
                names.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
            };
            self.push("account name", &user.username, &names(one), &names(other));
        }
    }
}

/// Whether two roles of one name are the same but for their ids.
pub fn is_same_role(a: &Role, b: &Role) -> bool {
    let pairs = |role: &Role| -> BTreeSet<String> {
        let pairs = role.permissions.pairs();
        pairs.map(|(resource, action)| format!("{resource}:{action}")).collect()
    };
    a.description.as_deref().unwrap_or_default() == b.description.as_deref().unwrap_or_default()
        && a.is_default == b.is_default
        && pairs(a) == pairs(b)
}

fn account(kind: &str, username: &str) -> String {
    format!("{kind} {}", username.to_lowercase())
}

fn member(group: &str, member: &GroupMember) -> String {
    let owner = match member.membership {
        Membership::Owner => " (owner)",
        Membership::Member => "",
    };
    format!("{group}: {}{owner}", member.username.to_lowercase())
}

/// Who holds what, in words.
pub fn bindings(of: &Snapshot, part: &TenantPart) -> BTreeSet<String> {
    part.bindings.iter().map(|binding| binding_words(of, binding)).collect()
}

/// A binding in words that are the same on every instance.
pub fn binding_words(of: &Snapshot, binding: &Binding) -> String {
    let who = match binding.subject_kind {
        SubjectKind::Group => format!("group {}", binding.subject_name),
        SubjectKind::User => {
            let kind = of
                .person(&binding.subject_id)
                .map_or("user", |person| person.user.kind.word());
            account(kind, &binding.subject_name)
        }
    };
    let place = binding.namespace.as_ref().map(|namespace| format!(" in {namespace}"));
    format!("{who}: {}{}", binding.role_name, place.unwrap_or_default())
}

/// Who has access, in words.
fn access(of: &Snapshot, part: &TenantPart) -> BTreeSet<String> {
    let people = part.access.iter().filter_map(|id| of.person(id));
    // Whoever is above all tenants has access to each, whether it is listed or not.
    let people = people.filter(|person| !person.user.superadmin);
    people
        .map(|person| account(person.user.kind.word(), &person.user.username))
        .collect()
}
