//! Every operation of a document, sent once to a rehearsal of its release.

use kestra_admin::domain::release::{PermissionModel, Release};
use serde_json::{Value, json};

use crate::support::exchange::Exchange;
use crate::support::rehearsal::{PASSWORD, Rehearsal, USERNAME};
use crate::support::spec::{Operation, Spec};

/// The tenant that everything is done in.
const TENANT: &str = "acme";

/// What follows `tenants` where a superadmin works inside a tenant.
const INSIDE: [&str; 6] = ["bindings", "groups", "invitations", "namespaces", "roles", "users"];

/// Sends each operation once, in the order of the document.
pub async fn walk(spec: &Spec, release: Release) -> Vec<(Operation<'_>, Exchange)> {
    let rehearsal = Rehearsal::of(release).await;
    rehearsal.tenant(TENANT).await;
    let mut walker = Walker {
        rehearsal,
        release,
        made: 0,
    };
    let mut exchanges = Vec::new();
    for operation in spec.operations() {
        let (prefix, tail) = split(operation.template);
        let form = operation.template == "/login";
        let exchange = match walker.request(operation.method, &prefix, &tail).await {
            Ok((path, body)) => walker.send(operation.method, &path, body, form).await,
            Err(refused) => *refused,
        };
        exchanges.push((operation, exchange));
    }
    exchanges
}

/// The start of a path up to where the noun begins, filled in, and the rest as it is in the document.
fn split(template: &str) -> (String, Vec<String>) {
    let mut parts: Vec<&str> = template.split('/').filter(|part| !part.is_empty()).collect();
    let mut prefix = String::new();
    if parts.starts_with(&["api", "v1"]) {
        parts.drain(..2);
        prefix.push_str("/api/v1");
    }
    if parts.first() == Some(&"{tenant}") {
        parts.remove(0);
        prefix = format!("{prefix}/{TENANT}");
    }
    if parts.first() == Some(&"tenants") {
        let of_another = parts.get(1).is_some_and(|part| part.contains("ourceTenant"));
        if of_another {
            parts.drain(..2);
            prefix = format!("{prefix}/tenants/{TENANT}");
        } else if parts.get(1).is_some_and(|part| INSIDE.contains(part)) {
            parts.remove(0);
            prefix.push_str("/tenants");
        }
    }
    (prefix, parts.into_iter().map(str::to_owned).collect())
}

/// A path and a body, or the exchange in which something that comes first was refused.
type Ready = Result<(String, Option<Value>), Box<Exchange>>;

struct Walker {
    rehearsal: Rehearsal,
    release: Release,
    made: u32,
}

impl Walker {
    async fn send(&self, method: &str, path: &str, body: Option<Value>, form: bool) -> Exchange {
        let content = match (&body, form) {
            (None, _) => None,
            (Some(Value::Object(fields)), true) => {
                let text: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
                    .collect();
                Some(("application/x-www-form-urlencoded", text.join("&")))
            }
            (Some(body), _) => Some(("application/json", body.to_string())),
        };
        self.rehearsal.send(method, path, content).await
    }

    /// A name that no other thing has.
    fn name(&mut self, noun: &str) -> String {
        self.made += 1;
        format!("{noun}-{}", self.made)
    }

    fn email(&mut self) -> String {
        format!("{}@acme.test", self.name("person"))
    }

    /// Makes something by the documented way below a prefix, and returns the answer.
    async fn make(&self, path: &str, body: Value) -> Result<Value, Box<Exchange>> {
        let exchange = self.send("POST", path, Some(body), false).await;
        if exchange.status < 300 {
            Ok(exchange.answer_json().unwrap_or_default())
        } else {
            Err(Box::new(exchange))
        }
    }

    fn is_before_0_24(&self) -> bool {
        !self.release.at_least(0, 24)
    }

    fn role_body(&mut self) -> Value {
        let permissions = match self.release.permission_model() {
            PermissionModel::Crud => json!({"FLOW": ["READ", "CREATE"], "EXECUTION": ["READ"]}),
            PermissionModel::ResourceActions => json!({"FLOW": ["VIEW", "LIST"], "EXECUTION": ["VIEW", "KILL"]}),
        };
        json!({"name": self.name("role"), "description": "Runs flows", "permissions": permissions, "isDefault": false})
    }

    fn user_body(&mut self) -> Value {
        let email = self.email();
        if self.is_before_0_24() {
            json!({"username": email, "email": email, "firstName": "Ana", "lastName": "Lopez", "type": "STANDARD"})
        } else {
            json!({"email": email, "firstName": "Ana", "lastName": "Lopez", "password": PASSWORD, "tenants": [TENANT]})
        }
    }

    fn group_body(&mut self) -> Value {
        json!({"name": self.name("group"), "description": "Runs the flows of the house"})
    }

    fn account_body(&mut self) -> Value {
        let field = if self.release.at_least(0, 22) {
            "name"
        } else {
            "username"
        };
        json!({field: self.name("robot"), "description": "Runs at night"})
    }

    fn token_body(&mut self) -> Value {
        json!({"name": self.name("token"), "description": "For a script", "maxAge": "P30D", "extended": false})
    }

    fn invitation_body(&mut self) -> Value {
        let email = self.email();
        if self.is_before_0_24() {
            json!({"email": email, "bindings": [], "groupIds": []})
        } else {
            json!({"email": email, "createUserIfNotExist": false, "roles": [], "groups": []})
        }
    }

    /// A new user with access to the tenant.
    async fn user(&mut self, prefix: &str) -> Result<String, Box<Exchange>> {
        let path = if self.is_before_0_24() {
            format!("{prefix}/users")
        } else {
            "/api/v1/users".to_owned()
        };
        let body = self.user_body();
        let email = body["email"].as_str().unwrap().to_owned();
        let made = self.make(&path, body).await?;
        Ok(match made["id"].as_str() {
            Some(id) => id.to_owned(),
            // Before 1.1 the answer has no body.
            None => self.rehearsal.user_id(&email).await,
        })
    }

    async fn id_of(&mut self, path: &str, body: Value) -> Result<String, Box<Exchange>> {
        let made = self.make(path, body).await?;
        let id = made["id"].as_str().or_else(|| made["binding"]["id"].as_str());
        Ok(id.unwrap_or_else(|| panic!("{path} has no id: {made}")).to_owned())
    }

    async fn role(&mut self, prefix: &str) -> Result<String, Box<Exchange>> {
        let body = self.role_body();
        self.id_of(&format!("{prefix}/roles"), body).await
    }

    async fn group(&mut self, prefix: &str) -> Result<String, Box<Exchange>> {
        let body = self.group_body();
        self.id_of(&format!("{prefix}/groups"), body).await
    }

    /// The path of an operation below its prefix, with everything in it made first, and its body.
    async fn request(&mut self, method: &str, prefix: &str, tail: &[String]) -> Ready {
        let parts: Vec<&str> = tail.iter().map(String::as_str).collect();
        let path = |rest: &str| format!("{prefix}/{rest}");
        let listed = |noun: &str| format!("{prefix}/{noun}?page=1&size=10");
        Ok(match (method, parts.as_slice()) {
            (_, ["login"]) => (
                "/login".to_owned(),
                Some(json!({"username": USERNAME, "password": PASSWORD})),
            ),
            ("POST", ["roles"]) => (path("roles"), Some(self.role_body())),
            ("POST", ["groups"]) => (path("groups"), Some(self.group_body())),
            ("POST", ["users"]) => (path("users"), Some(self.user_body())),
            ("POST", ["invitations"]) => (path("invitations"), Some(self.invitation_body())),
            ("POST", ["service-accounts"] | ["users", "service-accounts"]) => {
                (path(&parts.join("/")), Some(self.account_body()))
            }
            ("POST", ["tenants"]) => {
                let id = self.name("tenant");
                (
                    path("tenants"),
                    Some(json!({"id": id, "name": "A tenant", "deleted": false})),
                )
            }
            ("POST", ["bindings"]) => {
                let body = self.binding_body(prefix).await?;
                (path("bindings"), Some(body))
            }
            ("POST", ["bindings", "bulk"]) => {
                let body = json!([self.binding_body(prefix).await?, self.binding_body(prefix).await?]);
                (path("bindings/bulk"), Some(body))
            }
            ("POST", ["tenant-access"]) => {
                let email = self.stranger().await?;
                (path("tenant-access"), Some(json!({"email": email})))
            }
            ("POST", ["namespaces", "autocomplete"]) => (path("namespaces/autocomplete"), Some(json!({"ids": []}))),
            ("POST", [noun, "autocomplete"]) => (
                path(&format!("{noun}/autocomplete")),
                Some(json!({"q": "a", "ids": []})),
            ),
            ("POST", ["roles", "ids"]) => {
                let id = self.role(prefix).await?;
                (path("roles/ids"), Some(json!({"ids": [id]})))
            }
            ("POST", ["groups", "ids"]) => {
                let id = self.group(prefix).await?;
                (path("groups/ids"), Some(json!({"ids": [id]})))
            }
            (
                "GET",
                [
                    "auditlogs" | "bindings" | "executions" | "flows" | "groups" | "invitations" | "namespaces"
                    | "roles" | "tenants" | "users",
                    "search",
                ]
                | ["service-accounts" | "tenant-access" | "users"]
                | ["users", "instance"]
                | ["instance" | "cluster", "services", "search"],
            ) => {
                let existing = if parts == ["namespaces", "search"] {
                    "&existing=true"
                } else {
                    ""
                };
                (listed(&parts.join("/")) + existing, None)
            }
            (_, ["me", "password"]) => (
                path("me/password"),
                Some(json!({"oldPassword": PASSWORD, "newPassword": PASSWORD})),
            ),
            ("PATCH", ["me"]) => (
                path("me"),
                Some(json!({"firstName": "Root", "lastName": "Admin", "email": USERNAME})),
            ),
            ("POST", ["setup"]) => (
                path("setup"),
                Some(json!({"username": "a@b.test", "password": PASSWORD})),
            ),
            (_, [noun, rest @ ..]) if rest.iter().any(|part| part.starts_with('{')) => {
                return self.of_one(method, prefix, noun, rest).await;
            }
            ("POST", [.., "api-tokens"]) => (path(&parts.join("/")), Some(self.token_body())),
            ("POST", ["api", "v1", ..] | ["basicAuth"]) => (path(&parts.join("/")), Some(json!({}))),
            _ => (path(&parts.join("/")), None),
        })
    }

    /// A user without access to the tenant, by e-mail.
    async fn stranger(&mut self) -> Result<String, Box<Exchange>> {
        let email = self.email();
        self.make(
            "/api/v1/users",
            json!({"email": email, "firstName": "New", "lastName": "Here"}),
        )
        .await?;
        Ok(email)
    }

    async fn binding_body(&mut self, prefix: &str) -> Result<Value, Box<Exchange>> {
        let (role, user) = (self.role(prefix).await?, self.user(prefix).await?);
        Ok(json!({"type": "USER", "externalId": user, "roleId": role, "namespaceId": "company.team"}))
    }

    /// An operation on one thing, which is made first.
    async fn of_one(&mut self, method: &str, prefix: &str, noun: &str, rest: &[&str]) -> Ready {
        Ok(match (noun, rest) {
            ("roles", _) => {
                let id = self.role(prefix).await?;
                let body = (method == "PUT").then(|| self.role_body());
                (format!("{prefix}/roles/{id}"), body)
            }
            ("bindings", _) => {
                let body = self.binding_body(prefix).await?;
                let id = self.id_of(&format!("{prefix}/bindings"), body).await?;
                (format!("{prefix}/bindings/{id}"), None)
            }
            ("groups", [_]) => {
                let id = self.group(prefix).await?;
                let body = (method == "PUT").then(|| self.group_body());
                (format!("{prefix}/groups/{id}"), body)
            }
            ("groups", rest) => {
                let (group, user) = (self.group(prefix).await?, self.user(prefix).await?);
                let members = format!("{prefix}/groups/{group}/members");
                let is_there = method != "PUT" || rest.contains(&"membership");
                if is_there {
                    let added = self.send("PUT", &format!("{members}/{user}"), None, false).await;
                    assert!(added.status < 300, "{added}");
                }
                let path = match rest {
                    [_, "members"] => format!("{members}?page=1&size=10"),
                    [_, "members", "membership", _] => format!("{members}/membership/{user}?membership=OWNER"),
                    _ => format!("{members}/{user}"),
                };
                (path, None)
            }
            ("invitations", ["email", _]) => {
                let body = self.invitation_body();
                let email = body["email"].as_str().unwrap().to_owned();
                self.make(&format!("{prefix}/invitations"), body).await?;
                (format!("{prefix}/invitations/email/{email}"), None)
            }
            ("invitations", _) => {
                let body = self.invitation_body();
                let email = body["email"].clone();
                let made = self.make(&format!("{prefix}/invitations"), body).await?;
                let id = match made["id"].as_str() {
                    Some(id) => id.to_owned(),
                    None => self.invitation_id(prefix, &email).await,
                };
                (format!("{prefix}/invitations/{id}"), None)
            }
            ("users", ["service-accounts", _]) => {
                let body = self.account_body();
                let id = self.id_of(&format!("{prefix}/users/service-accounts"), body).await?;
                (
                    format!("{prefix}/users/service-accounts/{id}"),
                    Some(self.account_body()),
                )
            }
            ("users", rest) => return self.of_a_user(method, prefix, rest).await,
            ("me", ["api-tokens", _]) => {
                let body = self.token_body();
                let id = self.id_of(&format!("{prefix}/me/api-tokens"), body).await?;
                (format!("{prefix}/me/api-tokens/{id}"), None)
            }
            ("service-accounts", rest) => {
                let body = self.account_body();
                let id = self.id_of(&format!("{prefix}/service-accounts"), body).await?;
                let place = format!("{prefix}/service-accounts/{id}");
                match (method, rest) {
                    ("GET" | "DELETE", [_]) => (place, None),
                    (_, [_]) => (place, Some(self.account_body())),
                    (_, [_, "superadmin"]) => (place + "/superadmin", Some(json!({"superAdmin": true}))),
                    ("POST", _) => (place + "/api-tokens", Some(self.token_body())),
                    ("GET", _) => (place + "/api-tokens", None),
                    _ => {
                        let body = self.token_body();
                        let token = self.id_of(&format!("{place}/api-tokens"), body).await?;
                        (format!("{place}/api-tokens/{token}"), None)
                    }
                }
            }
            ("tenant-access", _) => {
                let user = self.user(prefix).await?;
                (format!("{prefix}/tenant-access/{user}"), None)
            }
            ("tenants", rest) => {
                let id = self.name("tenant");
                self.make("/api/v1/tenants", json!({"id": id, "name": "A tenant"}))
                    .await?;
                let body = match (method, rest) {
                    ("PUT", [_]) => Some(json!({"id": id, "name": "Another name", "deleted": false})),
                    ("POST", [_, "apps-catalog"]) => Some(json!({"title": "Apps"})),
                    ("POST", [_, "settings", _]) => Some(json!({"defaultHomeDashboard": "home"})),
                    _ => None,
                };
                (
                    format!("{prefix}/tenants/{}", [&[id.as_str()], &rest[1..]].concat().join("/")),
                    body,
                )
            }
            ("instance" | "cluster", _) => {
                let listed = self
                    .send(
                        "GET",
                        &format!("{prefix}/{noun}/services/search?page=1&size=10"),
                        None,
                        false,
                    )
                    .await;
                let services = listed.answer_json().unwrap();
                let id = services["results"][0]["id"].as_str().unwrap().to_owned();
                (format!("{prefix}/{noun}/services/{id}"), None)
            }
            _ => panic!("nothing is known about {noun}/{rest:?}"),
        })
    }

    async fn invitation_id(&self, prefix: &str, email: &Value) -> String {
        let path = format!("{prefix}/invitations/search?page=1&size=100");
        let listed = self.send("GET", &path, None, false).await.answer_json().unwrap();
        let all = listed["results"].as_array().unwrap();
        let found = all.iter().find(|invitation| invitation["email"] == *email).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    async fn of_a_user(&mut self, method: &str, prefix: &str, rest: &[&str]) -> Ready {
        let id = self.user(prefix).await?;
        let place = format!("{prefix}/users/{id}");
        Ok(match (method, rest) {
            ("PUT", [_]) => {
                let mut body = self.user_body();
                if self.is_before_0_24() {
                    body["id"] = json!(id);
                }
                (place, Some(body))
            }
            ("PATCH", [_]) => {
                let email = self.email();
                (
                    place,
                    Some(json!({"firstName": "Ana", "lastName": "Perez", "email": email})),
                )
            }
            (_, [_]) => (place, None),
            (_, [_, "groups"]) => {
                let group = self.group(prefix).await?;
                (place + "/groups", Some(json!({"groupIds": [group]})))
            }
            (_, [_, "password"]) => (place + "/password", Some(json!({"password": "Another-pass-1!"}))),
            (_, [_, "set-superadmin"]) => (place + "/set-superadmin", Some(json!(true))),
            (_, [_, "superadmin"]) => (place + "/superadmin", Some(json!({"superAdmin": true}))),
            (_, [_, "restricted"]) => (place + "/restricted", Some(json!({"restricted": true}))),
            ("POST", [_, "api-tokens"]) => (place + "/api-tokens", Some(self.token_body())),
            ("DELETE", [_, "api-tokens", _]) => {
                let body = self.token_body();
                let token = self.id_of(&format!("{place}/api-tokens"), body).await?;
                (format!("{place}/api-tokens/{token}"), None)
            }
            ("DELETE", [_, "auths", _]) => {
                let (method, path) = if self.is_before_0_24() {
                    ("PUT", format!("{place}/password"))
                } else {
                    ("PATCH", format!("/api/v1/users/{id}/password"))
                };
                self.send(method, &path, Some(json!({"password": PASSWORD})), false)
                    .await;
                let user = self.send("GET", &place, None, false).await.answer_json().unwrap();
                let auth = user["auths"][0]["id"]
                    .as_str()
                    .or_else(|| user["auths"][0]["uid"].as_str())
                    .unwrap_or("none");
                (format!("{place}/auths/{auth}"), None)
            }
            (_, rest) => (format!("{place}/{}", rest[1..].join("/")), None),
        })
    }
}
