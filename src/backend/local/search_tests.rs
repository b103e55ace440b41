//! Queries carried out by SQLite and by the index in memory agree with what [`crate::domain::query`] says they mean.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use crate::backend::{BINDING_COLUMNS, GROUP_COLUMNS, ROLE_COLUMNS, TENANT_COLUMNS, USER_COLUMNS};
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::letters;
use crate::domain::page::Page;
use crate::domain::permission::Permissions;
use crate::domain::query::{Filter, Operator, Query, Row, Sort, Term};
use crate::domain::release::Release;
use crate::domain::role::Role;
use crate::domain::rows::access::kind;
use crate::domain::tenant::{NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::user::{Group, Membership, User, UserKind};

use super::admin::NewUser;
use super::{FIRST_USER, LocalInstance, search};
use crate::domain::binding::NewBinding;
use crate::domain::role::NewRole;

/// Names that have tripped case folding, quoting and comparing as numbers.
const NAMES: &[&str] = &[
    "Acme Corporation",
    "Ärger & Söhne",
    "Árbol",
    "Łódź",
    "E\u{301}lan",
    "Zeta",
    "ΣΊΣΥΦΟΣ",
    "İstanbul",
    "STRASSE",
    "Straße",
    "日本",
    "100%",
    "a_b",
    "O'Neil \"Q\"",
    "9",
    "10",
    "0x10",
    "nan",
    "1e3",
    "no admin",
    "global",
    "Plain",
    "two\nlines",
];
/// Values to search for: whole names, parts of them, and words that columns share.
const VALUES: &[&str] = &[
    "a",
    "own",
    "managed",
    "whole tenant",
    "e",
    "ß",
    "ss",
    "ä",
    "σ",
    "ς",
    "i̇",
    "日",
    "%",
    "_",
    "'",
    "\"",
    "9",
    "10",
    "1",
    "0",
    "nan",
    "1e3",
    "-1",
    "acme",
    "acme corporation",
    "global",
    "glob",
    "active",
    "no admin",
    "no",
    "s3",
    "yes",
    "user",
    "group",
    "service",
    "admin",
    "company",
    "company.team",
    "zzz",
    "t-0",
    "t-01",
    "plain",
    "\n",
    "o\nl",
    "9\na",
    "5\ntwo",
];

struct Sample {
    _home: tempfile::TempDir,
    instance: LocalInstance,
}

/// Roles, bindings and groups live in this tenant.
fn scope() -> TenantScope {
    TenantScope::Named("t-00".parse().unwrap())
}

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("sample");
    LocalInstance::create(&directory, Release::new(0, 23)).unwrap();
    let instance = LocalInstance::open(&directory, None).unwrap();
    for (index, name) in NAMES.iter().cycle().take(60).enumerate() {
        let mut tenant = Tenant::new(format!("t-{index:02}").parse().unwrap(), *name);
        if index % 3 == 0 {
            tenant
                .rest
                .insert("storageType".to_owned(), json!(["S3", "gcs", "Ärger"][index / 3 % 3]));
        }
        if index % 4 == 0 {
            tenant.rest.insert("secretType".to_owned(), json!("Vault"));
        }
        if index % 5 == 0 {
            tenant.set_at("workerGroup.key", Some(json!(["GPU", "gpu-2", "Arm"][index / 5 % 3])));
        }
        let admin = (index % 5 < 2).then(|| FIRST_USER.to_owned());
        instance.create_tenant_by_command(&NewTenant { tenant, admin }).unwrap();
    }
    for (index, name) in NAMES.iter().enumerate() {
        let user = instance
            .create_user(&NewUser {
                username: format!("{}{index}@example.com", ["Ana", "bob", "ÄNNE"][index % 3]),
                display_name: (index % 2 == 0).then(|| (*name).to_owned()),
                kind: if index % 4 == 0 {
                    UserKind::ServiceAccount
                } else {
                    UserKind::Standard
                },
                superadmin: index % 7 == 0,
                tenant: Some(scope()),
                groups: Vec::new(),
            })
            .unwrap();
        let group = instance
            .create_group(
                &scope(),
                &format!("{name} {index}"),
                (index % 2 == 0).then_some("Ölpumpen"),
            )
            .unwrap();
        for member in 0..index % 3 {
            let username = format!("{}{member}@example.com", ["Ana", "bob", "ÄNNE"][member]);
            instance
                .add_member(&scope(), &group.id, &username, Membership::Member)
                .unwrap();
        }
        let role = instance
            .create_role(
                &scope(),
                &NewRole {
                    name: (*name).to_owned(),
                    description: (index % 3 == 0).then(|| "Überall".to_owned()),
                    permissions: Permissions::default(),
                    is_default: index > 14,
                },
            )
            .unwrap();
        let subject = if index % 2 == 0 {
            (SubjectKind::User, user.id)
        } else {
            (SubjectKind::Group, group.id)
        };
        instance
            .create_binding(
                &scope(),
                &NewBinding {
                    subject_kind: subject.0,
                    subject_id: subject.1,
                    role_id: role.id,
                    namespace: (index % 3 == 1).then(|| "Company.Team".to_owned()),
                },
            )
            .unwrap();
    }
    Sample { _home: home, instance }
});

fn yes_no(value: bool) -> Cow<'static, str> {
    Cow::Borrowed(if value { "yes" } else { "no" })
}

/// A row as lists show it.
struct Shown<'a, T>(&'a T);

impl Row for Shown<'_, TenantRow> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let tenant = &self.0.tenant;
        let own = |path: &str| {
            Cow::Borrowed(
                tenant
                    .value_at(path)
                    .and_then(|value| value.as_str())
                    .unwrap_or("global"),
            )
        };
        let admins = self.0.admins.unwrap();
        Some(match name {
            "id" => tenant.id.as_str().into(),
            "name" => tenant.name.as_str().into(),
            "admins" => admins.to_string().into(),
            "storage" => own("storageType"),
            "secrets" => own("secretType"),
            "state" => if admins == 0 { "no admin" } else { "active" }.into(),
            "worker-group" => {
                let group = tenant.value_at("workerGroup.key").and_then(|value| value.as_str());
                group.unwrap_or_default().into()
            }
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "name", "admins", "storage", "secrets", "state"]
    }
}

impl Row for Shown<'_, Role> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.0.id.as_str().into(),
            "name" => self.0.name.as_str().into(),
            "description" => self.0.description.as_deref().unwrap_or_default().into(),
            "managed" => yes_no(self.0.is_managed),
            "default" => yes_no(self.0.is_default),
            "rights" => self.0.permissions.count().to_string().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "name", "description"]
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "managed" => Some(kind(self.0).into()),
            _ => self.column(name),
        }
    }
}

impl Row for Shown<'_, Binding> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.0.id.as_str().into(),
            "type" => self.0.subject_kind.word().into(),
            "name" => self.0.subject_name.as_str().into(),
            "role" => self.0.role_name.as_str().into(),
            "namespace" => self.0.namespace.as_deref().unwrap_or_default().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        BINDING_COLUMNS
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "namespace" if self.0.namespace.is_none() => Some("whole tenant".into()),
            _ => self.column(name),
        }
    }
}

impl Row for Shown<'_, User> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.0.id.as_str().into(),
            "username" => self.0.username.as_str().into(),
            "name" => self.0.display_name.as_deref().unwrap_or_default().into(),
            "type" => self.0.kind.word().into(),
            "superadmin" => yes_no(self.0.superadmin),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "username", "name", "type"]
    }
}

impl Row for Shown<'_, Group> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.0.id.as_str().into(),
            "name" => self.0.name.as_str().into(),
            "description" => self.0.description.as_deref().unwrap_or_default().into(),
            "members" => self.0.members.len().to_string().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "name", "description"]
    }
}

/// Rows of the page that `query` asks for, worked out by the book from all rows.
fn by_the_book<T: Clone>(all: &[T], query: &Query, own_order: &str, text: impl Fn(&T, &str) -> String) -> Page<T>
where
    for<'a> Shown<'a, T>: Row,
{
    let mut rows: Vec<T> = all
        .iter()
        .filter(|row| query.filter.matches(&Shown(*row)))
        .cloned()
        .collect();
    let (column, descending) = query
        .sort
        .as_ref()
        .map_or((own_order, false), |sort| (sort.column.as_str(), sort.descending));
    let order = |a: &T, b: &T| -> Ordering {
        let (x, y) = (text(a, column), text(b, column));
        let numeric = matches!(column, "admins" | "members" | "rights");
        let order = if numeric {
            x.parse::<u64>().unwrap().cmp(&y.parse().unwrap())
        } else {
            letters::compared(&x, &y)
        };
        order.then_with(|| Shown(a).column("id").unwrap().cmp(&Shown(b).column("id").unwrap()))
    };
    rows.sort_by(order);
    if descending {
        rows.reverse();
    }
    let total = rows.len() as u64;
    let rows = rows
        .into_iter()
        .skip(usize::try_from(query.offset()).unwrap())
        .take(query.size as usize)
        .collect();
    Page::new(rows, total)
}

fn lower<T>(row: &T, column: &str) -> String
where
    for<'a> Shown<'a, T>: Row,
{
    Shown(row).column(column).unwrap().to_lowercase()
}

fn queries(columns: &'static [&'static str]) -> impl Strategy<Value = Query> {
    let operators = vec![Operator::Contains, Operator::Equals, Operator::Less, Operator::Greater];
    let value = prop_oneof![
        4 => prop::sample::select(VALUES).prop_map(str::to_owned),
        1 => "\\PC{1,3}".prop_map(|text| text.to_lowercase()),
    ];
    let term = (
        any::<bool>(),
        prop::option::of(prop::sample::select(columns)),
        prop::sample::select(operators),
        prop::collection::vec(value, 1..3),
    )
        .prop_map(|(negated, column, operator, values)| Term {
            negated,
            column: column.map(str::to_owned),
            operator: if column.is_some() { operator } else { Operator::Contains },
            values: values.into(),
        });
    let sort = prop::option::of((prop::sample::select(columns), any::<bool>()));
    let words_in = prop::sample::subsequence(columns, 0..=columns.len());
    let terms = prop::collection::vec(term, 0..3);
    (terms, words_in, sort, 1..5_u64, 1..40_u32).prop_map(|(terms, words_in, sort, page, size)| Query {
        filter: Filter { terms, words_in },
        sort: sort.map(|(column, descending)| Sort {
            column: column.to_owned(),
            descending,
        }),
        page,
        size,
    })
}

fn everything() -> Query {
    Query::first(Query::MAX_SIZE)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn tenants_are_found_by_the_book(query in queries(TENANT_COLUMNS)) {
        let all = SAMPLE.instance.read(|session| session.tenants(&everything())).unwrap().rows;
        let expected = by_the_book(&all, &query, "id", lower);
        let in_database = SAMPLE.instance.read(|session| session.tenants_in_database(&query)).unwrap();
        prop_assert_eq!(&in_database, &expected);
        let in_memory = SAMPLE.instance.read(|session| session.tenants_in_memory(&query)).unwrap();
        prop_assert_eq!(&in_memory, &expected);
    }

    #[test]
    fn users_are_found_by_the_book(query in queries(USER_COLUMNS)) {
        let scope = scope();
        let read = |scope: Option<&TenantScope>, query: &Query| SAMPLE.instance.read(|session| session.users(scope, query)).unwrap();
        for scope in [None, Some(&scope)] {
            let all = read(scope, &everything()).rows;
            prop_assert_eq!(read(scope, &query), by_the_book(&all, &query, "username", lower));
        }
    }

    #[test]
    fn roles_bindings_and_groups_are_found_by_the_book(
        roles in queries(ROLE_COLUMNS), bindings in queries(BINDING_COLUMNS), groups in queries(GROUP_COLUMNS),
    ) {
        SAMPLE.instance.read(|session| {
            let all = session.roles(&scope(), &everything())?.rows;
            assert_eq!(session.roles(&scope(), &roles)?, by_the_book(&all, &roles, "name", lower));
            let all = session.bindings(&scope(), &everything())?.rows;
            assert_eq!(session.bindings(&scope(), &bindings)?, by_the_book(&all, &bindings, "name", lower));
            let all = session.groups(&scope(), &everything())?.rows;
            assert_eq!(session.groups(&scope(), &groups)?, by_the_book(&all, &groups, "name", lower));
            Ok(())
        }).unwrap();
    }
}

#[test]
fn what_a_filter_needs_is_there_before_its_first_letter() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("lab");
    LocalInstance::create(&directory, Release::new(1, 0)).unwrap();
    let instance = LocalInstance::open(&directory, None).unwrap();
    let is_held = || instance.core.world.tenant_index.lock().unwrap().is_some();
    assert!(!is_held(), "nobody filters");
    instance.index_tenants().unwrap();
    assert!(is_held());
}

#[test]
fn a_page_by_name_is_read_from_an_index() {
    let mut query = everything();
    for descending in [false, true] {
        query.sort = Some(Sort {
            column: "name".to_owned(),
            descending,
        });
        let plan: Vec<String> = SAMPLE
            .instance
            .read(|session| {
                let order = search::order(&super::tenants::ALL, &query, false)?;
                let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM tenants ORDER BY {order}");
                let mut statement = session.db.prepare(&sql)?;
                Ok(statement
                    .query_map((), |row| row.get(3))?
                    .collect::<Result<Vec<String>, _>>()?)
            })
            .unwrap();
        assert_eq!(plan, ["SCAN tenants USING COVERING INDEX tenants_by_name"]);
    }
}

#[test]
fn the_index_follows_every_change() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("lab");
    LocalInstance::create(&directory, Release::new(1, 0)).unwrap();
    let open = || LocalInstance::open(&directory, None).unwrap();
    let (ours, theirs) = (open(), open());
    let create = |instance: &LocalInstance, id: &str| {
        instance
            .create_tenant_by_command(&NewTenant {
                tenant: Tenant::new(id.parse().unwrap(), "Acme"),
                admin: None,
            })
            .unwrap();
    };
    let found = || {
        let query = Query::parse("acme", TENANT_COLUMNS, 10).unwrap();
        ours.read(|session| session.tenants(&query)).unwrap().total
    };
    assert_eq!(found(), 0);
    create(&ours, "a");
    assert_eq!(found(), 1, "our own change");
    create(&theirs, "b");
    assert_eq!(found(), 2, "somebody else's change");
    assert!(
        ours.core.world.tenant_index.lock().unwrap().is_some(),
        "the index was in use"
    );
}

#[test]
fn an_order_that_a_list_does_not_have_is_refused() {
    let mut query = everything();
    query.sort = Some(Sort {
        column: "shoe size".to_owned(),
        descending: false,
    });
    for problem in [
        SAMPLE
            .instance
            .read(|session| session.tenants_in_database(&query))
            .unwrap_err(),
        SAMPLE
            .instance
            .read(|session| session.tenants_in_memory(&query))
            .unwrap_err(),
        SAMPLE.instance.read(|session| session.users(None, &query)).unwrap_err(),
    ] {
        assert!(problem.why.contains("`shoe size`"), "{problem}");
    }
}
