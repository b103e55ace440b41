//! Tenants and who may do what in them, as Terraform has them: the one maker of HCL.
//!
//! Resources and attributes are those of the provider `kestra-io/kestra` (its `docs/resources`); what it has no attribute
//! for is named in a comment. The text is as `terraform fmt` writes it. Secrets never appear: variables stand in their
//! place. The provider knows one tenant at a time, so that each has an alias of its own.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use serde_json::{Map, Value};

use super::binding::{Binding, SubjectKind};
use super::redact;
use super::release::Release;
use super::role::Role;
use super::snapshot::{Person, Snapshot, TenantPart};
use super::tenant::Tenant;
use super::text::visible;
use super::user::{Group, Membership, UserKind};

/// What the provider of a release has.
#[derive(Clone, Copy)]
struct Provider {
    version: &'static str,
    /// Users go by `email`, service accounts by `name`, and memberships are resources of their own (1.x).
    is_modern: bool,
    /// Access to a tenant is a resource that others depend on (2.x).
    has_tenant_access: bool,
}

fn provider(release: Release) -> Provider {
    let (version, is_modern, has_tenant_access) = if release.at_least(2, 0) {
        ("~> 2.0", true, true)
    } else if release.at_least(1, 0) {
        ("~> 1.3", true, false)
    } else {
        ("~> 0.22", false, false)
    };
    Provider {
        version,
        is_modern,
        has_tenant_access,
    }
}

/// A tenant alone, as a resource to copy.
pub fn tenant(tenant: &Tenant) -> String {
    let mut document = Document::default();
    let name = document.name("kestra_tenant", &[tenant.id.as_str()]);
    document.tenant(tenant, &name, "");
    document.text.trim_end().to_owned()
}

/// All that a snapshot holds, with blocks that import it.
pub fn document(snapshot: &Snapshot) -> String {
    let provider = provider(snapshot.release);
    let mut document = Document::default();
    document.head(snapshot, provider);
    let mut aliases = Vec::with_capacity(snapshot.tenants.len());
    for part in &snapshot.tenants {
        let Some(tenant) = &part.tenant else {
            aliases.push(String::new());
            continue;
        };
        let alias = document.name("provider", &[tenant.id.as_str()]);
        document.block("provider \"kestra\"");
        document.attributes(
            1,
            &[("alias", quoted(&alias)), ("tenant_id", quoted(tenant.id.as_str()))],
        );
        document.end();
        aliases.push(alias);
    }
    for part in &snapshot.tenants {
        if let Some(tenant) = &part.tenant {
            let name = document.name("kestra_tenant", &[tenant.id.as_str()]);
            document.import("kestra_tenant", &name, tenant.id.as_str());
            let prefix = format!("{name}_");
            document.tenant(tenant, &name, &prefix);
            document.tenants.insert(tenant.id.to_string(), name);
        }
    }
    let places: Vec<Place<'_>> = (snapshot.tenants.iter().zip(&aliases))
        .map(|(part, alias)| Place {
            part,
            alias,
            key: part.scope().to_string(),
        })
        .collect();
    for place in &places {
        for role in place.part.own_roles() {
            document.role(place, role);
        }
        for group in &place.part.groups {
            document.group(place, group);
        }
    }
    for person in &snapshot.users {
        document.person(person, provider, &places);
    }
    for place in &places {
        document.people_of(snapshot, place, provider);
        for binding in &place.part.bindings {
            document.binding(place, binding);
        }
    }
    for variable in std::mem::take(&mut document.variables) {
        document.block(&format!("variable \"{variable}\""));
        document.attributes(1, &[("type", "string".to_owned()), ("sensitive", "true".to_owned())]);
        document.end();
    }
    let mut text = document.text;
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// A tenant, and the alias of the provider that leads to it; empty for the default tenant.
struct Place<'s> {
    part: &'s TenantPart,
    alias: &'s str,
    key: String,
}

#[derive(Default)]
struct Document {
    text: String,
    taken: HashSet<String>,
    variables: Vec<String>,
    /// Names of resources, by tenant.
    tenants: HashMap<String, String>,
    /// Names of resources, by kind, tenant and id.
    names: HashMap<(&'static str, String, String), String>,
}

impl Document {
    fn head(&mut self, snapshot: &Snapshot, provider: Provider) {
        self.comment(&format!(
            "Tenants and access of a Kestra {}, for version {} of the provider and Terraform 1.5 or later.",
            snapshot.release, provider.version
        ));
        self.comment("Address and credentials come from KESTRA_URL and KESTRA_API_TOKEN, or are added below.");
        self.comment("`terraform plan` shows what would be imported, and what would change.");
        let superadmins: Vec<&str> = (snapshot.users.iter())
            .filter(|person| person.user.superadmin)
            .map(|person| person.user.username.as_str())
            .collect();
        if !superadmins.is_empty() {
            let word = snapshot.release.superadmin_word();
            let names = superadmins.join(", ");
            self.comment(&format!("The provider cannot say who is {word}: {names}."));
        }
        self.text.push('\n');
        self.block("terraform");
        self.attributes(1, &[("required_version", quoted(">= 1.5"))]);
        self.text.push_str("\n  required_providers {\n    kestra = {\n");
        self.attributes(
            3,
            &[
                ("source", quoted("kestra-io/kestra")),
                ("version", quoted(provider.version)),
            ],
        );
        self.text.push_str("    }\n  }\n");
        self.end();
        self.block("provider \"kestra\"");
        // An empty block has its brace on the same line.
        self.text.pop();
        self.text.push_str("}\n\n");
    }

    fn comment(&mut self, words: &str) {
        let _ = writeln!(self.text, "# {}", visible(words));
    }

    fn block(&mut self, head: &str) {
        let _ = writeln!(self.text, "{head} {{");
    }

    fn resource(&mut self, kind: &str, name: &str) {
        self.block(&format!("resource \"{kind}\" \"{name}\""));
    }

    fn end(&mut self) {
        self.text.push_str("}\n\n");
    }

    fn import(&mut self, kind: &str, name: &str, id: &str) {
        self.block("import");
        self.attributes(1, &[("to", format!("{kind}.{name}")), ("id", quoted(id))]);
        self.end();
    }

    /// Attributes with their equal signs below each other. A value of several lines stands for itself, as
    /// `terraform fmt` has it.
    fn attributes<N: AsRef<str>>(&mut self, depth: usize, attributes: &[(N, String)]) {
        let indent = "  ".repeat(depth);
        let is_long = |value: &String| value.contains('\n');
        for group in attributes.chunk_by(|a, b| !is_long(&a.1) && !is_long(&b.1)) {
            let width = group.iter().map(|(name, _)| columns(name.as_ref())).max().unwrap_or(0);
            for (name, value) in group {
                let name = name.as_ref();
                let gap = " ".repeat(width.saturating_sub(columns(name)));
                let _ = writeln!(self.text, "{indent}{name}{gap} = {value}");
            }
        }
    }

    /// A name that no other resource of the kind has, from words that may be anything.
    fn name(&mut self, kind: &str, words: &[&str]) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
                c
            } else {
                '_'
            }
        };
        let mut base: String = words.join("_").chars().map(plain).collect();
        if !base.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            base.insert(0, '_');
        }
        let mut name = base.clone();
        let mut number = 2;
        // Terraform tells names of different case apart, and people should not have to.
        while !self.taken.insert(format!("{kind}.{}", name.to_lowercase())) {
            name = format!("{base}_{number}");
            number += 1;
        }
        name
    }

    fn named(&mut self, kind: &'static str, place: &Place<'_>, id: &str, words: &str) -> String {
        let tenant = if place.alias.is_empty() { "default" } else { place.alias };
        let name = self.name(kind, &[tenant, words]);
        self.names
            .insert((kind, place.key.clone(), id.to_owned()), name.clone());
        name
    }

    /// What refers to a thing: its resource if it has one, else its id.
    fn reference(&self, kind: &'static str, tenant: &str, id: &str) -> String {
        match self.names.get(&(kind, tenant.to_owned(), id.to_owned())) {
            Some(name) => format!("{kind}.{name}.id"),
            None => quoted(id),
        }
    }

    fn tenant(&mut self, tenant: &Tenant, name: &str, prefix: &str) {
        let tenant = &redact::tenant(tenant);
        self.resource("kestra_tenant", name);
        let mut attributes = vec![
            ("tenant_id".to_owned(), quoted(tenant.id.as_str())),
            ("name".to_owned(), quoted(&tenant.name)),
        ];
        let (mut blocks, mut left_out) = (Vec::new(), Vec::new());
        for (key, value) in &tenant.rest {
            let name = snake_case(key);
            match (key.as_str(), value) {
                ("deleted" | "logo", _) | (_, Value::Null) => {}
                (
                    "storageType"
                    | "secretType"
                    | "secretReadOnly"
                    | "requireExistingNamespace"
                    | "outputsInInternalStorage",
                    value,
                ) => attributes.push((name, hcl_value(value))),
                ("storageConfiguration" | "secretConfiguration", Value::Object(map)) => {
                    let value = self.string_map(key, map, prefix);
                    attributes.push((name, value));
                }
                ("workerGroup" | "storageIsolation" | "secretIsolation", Value::Object(block)) => {
                    blocks.push((name, block));
                }
                _ => left_out.push(key.as_str()),
            }
        }
        self.attributes(1, &attributes);
        for (name, block) in blocks {
            let _ = write!(self.text, "\n  {name} {{\n");
            let inner: Vec<(String, String)> = block
                .iter()
                .map(|(key, value)| (snake_case(key), hcl_value(value)))
                .collect();
            self.attributes(2, &inner);
            self.text.push_str("  }\n");
        }
        if !left_out.is_empty() {
            self.text.push_str("  ");
            self.comment(&format!("the provider has no attribute for: {}", left_out.join(", ")));
        }
        self.end();
    }

    /// The provider types these maps as maps of strings. A secret becomes a variable, to be given when it is applied.
    fn string_map(&mut self, path: &str, map: &Map<String, Value>, prefix: &str) -> String {
        if map.is_empty() {
            return "{}".to_owned();
        }
        let mut entries = Vec::with_capacity(map.len());
        for (key, value) in map {
            // What holds a secret somewhere deeper is one as a whole: its text would show the rest of it.
            let said = if redact::is_secret(&format!("{path}.{key}")) || redact::holds_mark(value) {
                let words = format!("{prefix}{}_{}", snake_case(path), snake_case(key));
                let variable = self.name("var", &[&words]);
                self.variables.push(variable.clone());
                format!("var.{variable}")
            } else {
                quoted(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            };
            entries.push((quoted(key), said));
        }
        let mut inner = Self::default();
        inner.attributes(2, &entries);
        format!("{{\n{}  }}", inner.text)
    }

    fn place(&mut self, place: &Place<'_>) {
        if !place.alias.is_empty() {
            let _ = writeln!(self.text, "  provider = kestra.{}\n", place.alias);
        }
    }

    /// The tenant comes before what is in it.
    fn after_tenant(&mut self, place: &Place<'_>) {
        if let Some(name) = self.tenants.get(&place.key) {
            let _ = writeln!(self.text, "\n  depends_on = [kestra_tenant.{name}]");
        }
    }

    fn role(&mut self, place: &Place<'_>, role: &Role) {
        const KIND: &str = "kestra_role";
        let name = self.named(KIND, place, &role.id, &role.name);
        self.import(KIND, &name, &role.id);
        self.resource(KIND, &name);
        self.place(place);
        let mut attributes = vec![("name", quoted(&role.name))];
        attributes.extend(description(role.description.as_deref()));
        self.attributes(1, &attributes);
        for (resource, actions) in role.permissions.iter().filter(|(_, actions)| !actions.is_empty()) {
            self.text.push_str("\n  permissions {\n");
            let actions: Vec<String> = actions.iter().map(|action| quoted(action.as_str())).collect();
            self.attributes(
                2,
                &[
                    ("type", quoted(resource.as_str())),
                    ("permissions", format!("[{}]", actions.join(", "))),
                ],
            );
            self.text.push_str("  }\n");
        }
        if role.is_default {
            self.text.push_str("  ");
            self.comment("the default role of the tenant, which the provider cannot say");
        }
        self.after_tenant(place);
        self.end();
    }

    fn group(&mut self, place: &Place<'_>, group: &Group) {
        const KIND: &str = "kestra_group";
        let name = self.named(KIND, place, &group.id, &group.name);
        self.import(KIND, &name, &group.id);
        self.resource(KIND, &name);
        self.place(place);
        let mut attributes = vec![("name", quoted(&group.name))];
        attributes.extend(description(group.description.as_deref()));
        self.attributes(1, &attributes);
        self.after_tenant(place);
        self.end();
    }

    fn person(&mut self, person: &Person, provider: Provider, places: &[Place<'_>]) {
        let user = &person.user;
        let kind = kind_of(user.kind);
        let name = self.name(kind, &[&user.username]);
        self.names.insert((kind, String::new(), user.id.clone()), name.clone());
        self.import(kind, &name, &user.id);
        self.resource(kind, &name);
        let mut attributes = Vec::new();
        let groups: Vec<String> = places
            .iter()
            .flat_map(|place| place.part.groups.iter().map(move |group| (place, group)))
            .filter(|(_, group)| group.membership_of(&user.id).is_some())
            .map(|(place, group)| self.reference("kestra_group", &place.key, &group.id))
            .collect();
        if user.kind == UserKind::ServiceAccount {
            // Where service accounts live in a tenant, the provider has to lead there.
            let home = places.iter().find(|place| place.part.people().any(|id| id == user.id));
            if let (Some(place), false) = (home, provider.is_modern) {
                self.place(place);
            }
            let key = if provider.is_modern { "name" } else { "username" };
            attributes.push((key, quoted(&user.username)));
            attributes.extend(description(person.description.as_deref()));
            self.attributes(1, &attributes);
            if !provider.is_modern {
                for group in groups {
                    let _ = write!(self.text, "\n  group {{\n    group_id = {group}\n  }}\n");
                }
            }
        } else {
            let key = if provider.is_modern { "email" } else { "username" };
            attributes.push((key, quoted(&user.username)));
            if !provider.is_modern && user.username.contains('@') {
                attributes.push(("email", quoted(&user.username)));
            }
            for (key, value) in [("first_name", &person.first_name), ("last_name", &person.last_name)] {
                attributes.extend(
                    value
                        .as_deref()
                        .filter(|text| !text.is_empty())
                        .map(|text| (key, quoted(text))),
                );
            }
            if !provider.is_modern && !groups.is_empty() {
                attributes.push(("groups", format!("[{}]", groups.join(", "))));
            }
            self.attributes(1, &attributes);
            if provider.is_modern {
                self.text
                    .push_str("\n  lifecycle {\n    ignore_changes = [groups]\n  }\n");
            }
        }
        self.end();
    }

    /// Access to a tenant and memberships of its groups, where these are resources of their own.
    fn people_of(&mut self, snapshot: &Snapshot, place: &Place<'_>, provider: Provider) {
        const ACCESS: &str = "kestra_user_tenant_access";
        const MEMBERSHIP: &str = "kestra_user_group_membership";
        let known = |id: &str| {
            snapshot
                .person(id)
                .map(|person| (person.user.username.clone(), person.user.kind))
        };
        if provider.has_tenant_access {
            for id in &place.part.access {
                let Some((username, kind)) = known(id) else { continue };
                let name = self.named(ACCESS, place, id, &username);
                self.import(ACCESS, &name, id);
                self.resource(ACCESS, &name);
                self.place(place);
                let user = self.reference(kind_of(kind), "", id);
                self.attributes(1, &[("user_id", user)]);
                self.after_tenant(place);
                self.end();
            }
        }
        if !provider.is_modern {
            return;
        }
        for group in &place.part.groups {
            for member in &group.members {
                let Some((username, kind)) = known(&member.user_id) else {
                    continue;
                };
                let words = format!("{}_{username}", group.name);
                let id = format!("{}/{}", group.id, member.user_id);
                let name = self.named(MEMBERSHIP, place, &id, &words);
                self.import(MEMBERSHIP, &name, &id);
                self.resource(MEMBERSHIP, &name);
                self.place(place);
                let user = self.reference(kind_of(kind), "", &member.user_id);
                let group = self.reference("kestra_group", &place.key, &group.id);
                self.attributes(1, &[("user_id", user), ("group_id", group)]);
                if member.membership == Membership::Owner {
                    self.text.push_str("  ");
                    self.comment("an owner of the group, which the provider cannot say");
                }
                let access = (ACCESS, place.key.clone(), member.user_id.clone());
                if let Some(access) = self.names.get(&access) {
                    let _ = writeln!(self.text, "\n  depends_on = [{ACCESS}.{access}]");
                }
                self.end();
            }
        }
    }

    fn binding(&mut self, place: &Place<'_>, binding: &Binding) {
        const KIND: &str = "kestra_binding";
        let words = format!("{}_{}", binding.subject_name, binding.role_name);
        let name = self.named(KIND, place, &binding.id, &words);
        self.import(KIND, &name, &binding.id);
        self.resource(KIND, &name);
        self.place(place);
        let (kind, subject) = match binding.subject_kind {
            SubjectKind::Group => ("GROUP", self.reference("kestra_group", &place.key, &binding.subject_id)),
            SubjectKind::User => {
                let user = self.reference("kestra_user", "", &binding.subject_id);
                let account = self.reference("kestra_service_account", "", &binding.subject_id);
                // One of the two is a resource, or neither.
                ("USER", if account.starts_with('"') { user } else { account })
            }
        };
        let mut role = self.reference("kestra_role", &place.key, &binding.role_id);
        if role.starts_with('"') {
            let _ = write!(role, " # {}", visible(&binding.role_name));
        }
        let mut attributes = vec![("type", quoted(kind)), ("external_id", subject), ("role_id", role)];
        attributes.extend(
            binding
                .namespace
                .as_deref()
                .map(|namespace| ("namespace", quoted(namespace))),
        );
        self.attributes(1, &attributes);
        let access = (
            "kestra_user_tenant_access",
            place.key.clone(),
            binding.subject_id.clone(),
        );
        match self.names.get(&access) {
            Some(access) if binding.subject_kind == SubjectKind::User => {
                let _ = writeln!(self.text, "\n  depends_on = [kestra_user_tenant_access.{access}]");
            }
            _ => self.after_tenant(place),
        }
        self.end();
    }
}

fn kind_of(kind: UserKind) -> &'static str {
    match kind {
        UserKind::Standard => "kestra_user",
        UserKind::ServiceAccount => "kestra_service_account",
    }
}

fn description(text: Option<&str>) -> Option<(&'static str, String)> {
    text.filter(|text| !text.is_empty())
        .map(|text| ("description", quoted(text)))
}

/// How many characters `terraform fmt` counts.
fn columns(text: &str) -> usize {
    use unicode_segmentation::UnicodeSegmentation;
    text.graphemes(true).count()
}

fn snake_case(camel: &str) -> String {
    let mut snake = String::new();
    for character in camel.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

fn hcl_value(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(hcl_value).collect::<Vec<_>>().join(", ")),
        // An attribute is of one type; what has fields of its own is said as text.
        Value::Object(_) => quoted(&value.to_string()),
        other => other.to_string(),
    }
}

/// A quoted string of HCL, with its template signs doubled. What could forge a screen is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                quoted.push(character);
                quoted.push(character);
            }
            hidden if hidden.is_control() || super::text::is_hidden(hidden) => {
                let code = u32::from(hidden);
                let _ = if code > 0xffff {
                    write!(quoted, "\\U{code:08x}")
                } else {
                    write!(quoted, "\\u{code:04x}")
                };
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
