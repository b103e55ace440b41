//! What needs a terminal to answer at, or an instance that does as it is told: the command line run within the test.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::cli::{ConsoleArguments, Surroundings, run};
use kestra_admin::config::environment::Environment;
use kestra_admin::config::paths::Paths;
use kestra_admin::connect::Opened;
use kestra_admin::domain::access::{Footprint, TenantAccess};
use kestra_admin::domain::account::{Account, Profile};
use kestra_admin::domain::assignable::Assignable;
use kestra_admin::domain::audit::{AuditQuery, AuditRow};
use kestra_admin::domain::binding::{Binding, NewBinding, SubjectKind};
use kestra_admin::domain::instance::{Edition, Identity, Instance, Rights, Tenancy};
use kestra_admin::domain::invitation::{Invitation, Invited, NewInvitation};
use kestra_admin::domain::page::Page;
use kestra_admin::domain::permission::Permissions;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use kestra_admin::domain::tenant_id::TenantId;
use kestra_admin::domain::token::{ApiToken, CreatedToken, NewToken};
use kestra_admin::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

/// An instance that has as many tenants as asked for, notes each write, and fails as told.
#[derive(Default)]
struct Told {
    tenants: u64,
    /// Whether words are not looked for among the admins of tenants, as over HTTP where they are many.
    leaves_out: bool,
    /// Whether it has the default tenant, which has one Admin.
    default_tenant: bool,
    /// Writes that came in.
    writes: Mutex<Vec<String>>,
    /// Kinds of problems with which creating the tenants of these ids fails.
    fails: Vec<(&'static str, ProblemKind)>,
    /// Everybody on the instance.
    users: Vec<User>,
    /// Who may do what in each tenant.
    access: TenantAccess,
    /// Called before each page.
    on_page: Option<Box<dyn Fn(u64) + Send + Sync>>,
}

fn missing(what: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("No {what}."),
        "It is not there.",
        "Look elsewhere.",
    )
}

#[test]
fn of_the_default_tenant_is_said_what_is_true_of_it_under_the_filter() {
    let beside = "Beside these there is the default tenant, the one without an id.";
    let alone = "No tenant matches the filter.\nThe default tenant, the one without an id, does.";
    let too = "The default tenant, the one without an id, matches, too.";
    let there = "There is the default tenant, the one without an id.";
    for (tenants, filter, said) in [
        (0, "default", Some(alone)),
        (0, "id:default", Some(alone)),
        (0, "state:default", Some(alone)),
        (0, "admins:1", Some(alone)),
        (0, "admins:0", None),
        (0, "acme", None),
        (0, "", Some(there)),
        (3, "", Some(beside)),
        (3, "!acme", Some(too)),
        (3, "id<b", Some(too)),
        (3, "id>b", None),
        (3, "admins<1", None),
    ] {
        let told = Told {
            tenants,
            default_tenant: true,
            ..Told::default()
        };
        let command = format!("kestra-admin tenants list {filter}");
        let ran = at_a_terminal(told, command.trim_end(), "", "");
        assert_eq!(ran.code, 0, "{}", ran.words);
        match said {
            Some(said) => assert!(ran.words.contains(said), "{filter}: {}", ran.words),
            None => assert!(!ran.words.contains("default tenant"), "{filter}: {}", ran.words),
        }
    }
}

#[async_trait]
impl Backend for Told {
    async fn instance(&self) -> Result<Instance, Problem> {
        Ok(Instance {
            release: if self.default_tenant {
                Release::new(0, 21)
            } else {
                Release::new(1, 3)
            },
            version: "1.3.0".to_owned(),
            edition: Edition::Enterprise,
            tenancy: Tenancy {
                enabled: true,
                default_tenant: self.default_tenant,
            },
            identity: Identity {
                id: "1".to_owned(),
                username: "root".to_owned(),
                superadmin: true,
            },
            rights: Rights {
                create_tenant: Ok(()),
                update_tenant: Ok(()),
                delete_tenant: Ok(()),
            },
            settings_source: None,
        })
    }

    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem> {
        if let Some(on_page) = &self.on_page {
            on_page(query.page);
        }
        let last = self.tenants.min(query.offset() + u64::from(query.size));
        let rows = (query.offset()..last)
            .map(|number| TenantRow {
                tenant: Tenant::new(TenantId::existing(format!("t{number}")), format!("Tenant {number}")),
                admins: Some(1),
            })
            .collect();
        Ok(Page {
            leaves_out: self.leaves_out,
            ..Page::new(rows, self.tenants)
        })
    }

    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem> {
        if id.as_str() == "dev" {
            Ok(Tenant::new(id.clone(), "Dev"))
        } else {
            Err(missing("tenant"))
        }
    }

    async fn admin_count(&self, _: &TenantScope) -> Result<u64, Problem> {
        Ok(1)
    }

    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        let id = new.tenant.id.as_str();
        self.writes.lock().unwrap().push(format!("create {id}"));
        match self.fails.iter().find(|(failing, _)| *failing == id) {
            Some((_, kind)) => Err(Problem::new(
                *kind,
                format!("`{id}` failed."),
                "It was told to.",
                "Try again.",
            )),
            None => Ok(CreatedTenant {
                tenant: new.tenant.clone(),
                admin_role: None,
                admins: Vec::new(),
            }),
        }
    }

    async fn ensure_admin(&self, _: &TenantScope, _: &str) -> Result<bool, Problem> {
        Ok(false)
    }

    async fn update_tenant(&self, _: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
        self.writes.lock().unwrap().push(format!("update {}", after.id));
        Ok(after.clone())
    }

    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem> {
        self.writes.lock().unwrap().push(format!("delete {id}"));
        Ok(())
    }

    async fn footprint(&self, _: &TenantScope) -> Result<Footprint, Problem> {
        Ok(Footprint {
            flows: Some(214),
            executions: Some(1204),
            namespaces: Some(0),
            triggers: Some(0),
            roles: Some(0),
            bindings: Some(0),
            groups: Some(0),
            users: None,
        })
    }

    async fn namespaces(&self, _: &TenantScope) -> Result<Vec<String>, Problem> {
        Ok(Vec::new())
    }

    async fn flow_counts(
        &self,
        _: &TenantScope,
    ) -> Result<Vec<kestra_admin::domain::operation::NamespaceFlows>, Problem> {
        Ok(Vec::new())
    }

    async fn operation(&self) -> Result<kestra_admin::domain::operation::Operation, Problem> {
        Ok(kestra_admin::domain::operation::Operation::default())
    }

    async fn roles(&self, _: &TenantScope, _: &Query) -> Result<Page<Role>, Problem> {
        Err(missing("role"))
    }

    async fn role(&self, _: &TenantScope, _: &str) -> Result<Role, Problem> {
        Err(missing("role"))
    }

    async fn assignable(&self, _: &TenantScope) -> Result<Assignable, Problem> {
        Err(missing("role"))
    }

    async fn bindings(&self, _: &TenantScope, _: &Query) -> Result<Page<Binding>, Problem> {
        Err(missing("binding"))
    }

    async fn users(&self, _: Option<&TenantScope>, _: &Query) -> Result<Page<User>, Problem> {
        Ok(Page::new(self.users.clone(), self.users.len() as u64))
    }

    async fn groups(&self, _: &TenantScope, _: &Query) -> Result<Page<Group>, Problem> {
        Err(missing("group"))
    }

    async fn access(&self, _: &TenantScope) -> Result<TenantAccess, Problem> {
        Ok(self.access.clone())
    }

    async fn create_role(&self, _: &TenantScope, _: &NewRole) -> Result<Role, Problem> {
        Err(missing("it"))
    }

    async fn update_role(&self, _: &TenantScope, _: &Role, _: &NewRole) -> Result<Role, Problem> {
        Err(missing("it"))
    }

    async fn delete_role(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn create_bindings(&self, _: &TenantScope, _: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        vec![Err(missing("it"))]
    }

    async fn delete_binding(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn create_group(&self, _: &TenantScope, _: &NewGroup) -> Result<Group, Problem> {
        Err(missing("it"))
    }

    async fn update_group(&self, _: &TenantScope, _: &Group, _: &NewGroup) -> Result<Group, Problem> {
        Err(missing("it"))
    }

    async fn delete_group(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn set_membership(
        &self,
        _: &TenantScope,
        _: &str,
        _: &str,
        _: Option<Membership>,
        _: bool,
    ) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn account(&self, _: Option<&TenantScope>, _: &User) -> Result<Account, Problem> {
        Err(missing("it"))
    }

    async fn create_account(&self, _: Option<&TenantScope>, _: UserKind, _: &Profile) -> Result<Account, Problem> {
        Err(missing("it"))
    }

    async fn delete_account(&self, _: Option<&TenantScope>, _: &User) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn set_superadmin(&self, _: &User, _: bool) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn set_password(&self, _: Option<&TenantScope>, _: &User, _: &str) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn give_access(&self, _: &TenantScope, _: &Entrant) -> Result<bool, Problem> {
        Err(missing("it"))
    }

    async fn take_access(&self, _: &TenantScope, _: &User) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn tokens(&self, _: Option<&TenantScope>, _: &User) -> Result<Vec<ApiToken>, Problem> {
        Err(missing("it"))
    }

    async fn create_token(&self, _: Option<&TenantScope>, _: &User, _: &NewToken) -> Result<CreatedToken, Problem> {
        Err(missing("it"))
    }

    async fn delete_token(&self, _: Option<&TenantScope>, _: &User, _: &str) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn invitations(&self, _: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        Err(missing("it"))
    }

    async fn invite(&self, _: &TenantScope, _: &NewInvitation) -> Result<Invited, Problem> {
        Err(missing("it"))
    }

    async fn delete_invitation(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        Err(missing("it"))
    }

    async fn audit(&self, _: Option<&TenantScope>, _: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        Err(missing("it"))
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        Ok(None)
    }
}

/// What a run left behind.
struct Ran {
    code: u8,
    output: String,
    words: String,
    writes: Vec<String>,
    console: Option<ConsoleArguments>,
}

/// Runs a command line with somebody at the terminal who types `typed`.
fn at_a_terminal(told: Told, line: &str, typed: &str, configuration: &str) -> Ran {
    let told = Arc::new(told);
    let mut ran = at_a_terminal_of(&(Arc::clone(&told) as Arc<dyn Backend>), line, typed, configuration);
    ran.writes.clone_from(&told.writes.lock().unwrap());
    ran
}

/// The same with any instance.
fn at_a_terminal_of(backend: &Arc<dyn Backend>, line: &str, typed: &str, configuration: &str) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let paths = Paths::below(directory.path());
    std::fs::create_dir_all(paths.config_file.parent().unwrap()).unwrap();
    std::fs::write(&paths.config_file, configuration).unwrap();
    let (mut output, mut words) = (Vec::new(), Vec::new());
    let mut input = io::Cursor::new(typed.to_owned());
    let console = RefCell::new(None);
    let code = run(
        line.split(' ').map(Into::into),
        Surroundings {
            environment: &Environment::default(),
            paths: &paths,
            input: &mut input,
            input_is_terminal: true,
            output: &mut output,
            output_is_terminal: false,
            words: &mut words,
            connect: &|_| {
                Ok(Opened {
                    backend: Arc::clone(backend),
                    notes: Vec::new(),
                })
            },
            terminal: &Vec::new,
            key_rows: &|_| (Vec::new(), Vec::new()),
            console: &|arguments| {
                console.replace(Some(arguments));
                Ok((0, None))
            },
        },
    );
    Ran {
        code,
        output: String::from_utf8(output).unwrap(),
        words: String::from_utf8(words).unwrap(),
        writes: Vec::new(),
        console: console.into_inner(),
    }
}

#[test]
fn setting_multi_tenancy_at_a_terminal_shows_the_lines_and_asks() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("kestra.yml");
    for (typed, code, enabled) in [("no\n", 7, "false"), ("", 7, "false"), ("yes\n", 0, "true")] {
        std::fs::write(&file, "kestra.ee.tenants.enabled: false\n").unwrap();
        let line = format!(
            "kestra-admin config set-tenancy --enabled true --file {}",
            file.display()
        );
        let ran = at_a_terminal(Told::default(), &line, typed, "");
        assert_eq!(ran.code, code, "{typed:?}: {}", ran.words);
        assert!(
            ran.output.contains("+kestra.ee.tenants.enabled: true"),
            "{}",
            ran.output
        );
        assert!(ran.words.contains("Type `yes` to write this:"), "{}", ran.words);
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, format!("kestra.ee.tenants.enabled: {enabled}\n"));
    }
}

#[test]
fn deleting_at_a_terminal_shows_what_goes_and_asks_for_the_id() {
    let line = "kestra-admin tenants delete dev";
    let ran = at_a_terminal(Told::default(), line, "dev\n", "");
    assert_eq!((ran.code, ran.writes), (0, vec!["delete dev".to_owned()]));
    assert_eq!(ran.output, "");
    assert!(
        ran.words
            .starts_with("This deletes tenant `dev` (Dev) on `default`:\n  214 flows: deleted\n")
    );
    assert!(ran.words.contains("  1204 executions: kept in the database\n"));
    assert!(ran.words.ends_with(
        "There is no undo. Save who may do what first: `kestra-admin export snapshot --tenant dev`\nType the tenant id to continue: Deleted tenant `dev`. Its executions stay in the database.\n"
    ));
    for typed in ["", "\n", "Dev\n", "dev x\n", "yes\n"] {
        let ran = at_a_terminal(Told::default(), line, typed, "");
        assert_eq!((ran.code, ran.writes), (7, Vec::new()), "{typed:?}");
        assert!(ran.words.contains("What was typed is not its id.\n"), "{typed:?}");
    }
}

#[test]
fn what_is_taken_at_a_terminal_is_told_first_and_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("instance");
    LocalInstance::create(&directory, Release::new(1, 3)).unwrap();
    let instance: Arc<dyn Backend> = Arc::new(LocalInstance::open(&directory, None).unwrap());
    let ran = |line: &str, typed: &str| at_a_terminal_of(&instance, line, typed, "");
    for line in [
        "kestra-admin tenants create --tenant dev --admin-username admin@kestra.local",
        "kestra-admin users groups create ops --member admin@kestra.local --tenant dev",
        "kestra-admin access grant --group ops --role Viewer --tenant dev",
    ] {
        assert_eq!(ran(line, "").code, 0, "{line}");
    }
    let id_of = |filter: &str| {
        let found = ran(&format!("kestra-admin access list {filter} --tenant dev -o ndjson"), "");
        let row: serde_json::Value = serde_json::from_str(found.output.lines().next().unwrap()).unwrap();
        row["id"].as_str().unwrap().to_owned()
    };
    // What can be undone wants a word, the last admin wants the name of the tenant.
    let (viewer, admin) = (id_of("role=Viewer"), id_of("role=Admin"));
    for (id, wrong, right) in [(&viewer, "dev", "yes"), (&admin, "yes", "dev")] {
        let line = format!("kestra-admin access revoke {id} --tenant dev");
        let refused = ran(&line, &format!("{wrong}\n"));
        assert_eq!(refused.code, 7, "{}", refused.words);
        let done = ran(&line, &format!("{right}\n"));
        assert_eq!(done.code, 0, "{}", done.words);
        let asked = format!("Type `{right}` to continue: Revoked role");
        assert!(done.words.contains(&asked), "{}", done.words);
    }
    let line = "kestra-admin users groups delete ops --tenant dev";
    assert_eq!(ran(line, "no\n").code, 7);
    let done = ran(line, "ops\n");
    assert_eq!(done.code, 0, "{}", done.words);
    assert!(
        done.words
            .ends_with("There is no undo.\nType `ops` to continue: Deleted group `ops` of tenant `dev`.\n")
    );
}

#[test]
fn a_protected_context_is_unlocked_by_typing_its_name() {
    let configuration = "default-context = \"prod\"\n[contexts.prod]\nstore = \"x\"\nprotected = true\n";
    let line = "kestra-admin tenants create --tenant a";
    for (typed, code, writes) in [("prod\n", 0, vec!["create a".to_owned()]), ("no\n", 7, Vec::new())] {
        let ran = at_a_terminal(Told::default(), line, typed, configuration);
        assert_eq!((ran.code, ran.writes), (code, writes), "{typed:?}");
        assert!(
            ran.words
                .starts_with("`prod` is protected. Type its name to change it: ")
        );
    }
    let ran = at_a_terminal(Told::default(), "kestra-admin tenants list", "", configuration);
    assert_eq!((ran.code, ran.words.contains("protected")), (0, false));
}

#[test]
fn many_that_fail_alike_fail_that_way_and_others_as_failed() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "- id: a\n- id: b\n- id: c\n").unwrap();
    let line = format!("kestra-admin tenants create --from {}", file.path().display());
    let all = |kinds: [ProblemKind; 3]| ["a", "b", "c"].into_iter().zip(kinds).collect::<Vec<_>>();
    for (fails, code) in [
        (all([ProblemKind::Denied; 3]), 3),
        (all([ProblemKind::Unreachable; 3]), 9),
        (all([ProblemKind::Denied, ProblemKind::Invalid, ProblemKind::Denied]), 1),
        (vec![("b", ProblemKind::Denied)], 6),
        (vec![], 0),
    ] {
        let told = Told {
            fails,
            ..Told::default()
        };
        let ran = at_a_terminal(told, &line, "", "");
        assert_eq!(ran.code, code, "{}", ran.words);
        assert_eq!(ran.writes, ["create a", "create b", "create c"]);
        assert_eq!(ran.output.lines().count(), 4);
    }
}

#[test]
fn whoever_is_admin_without_access_would_only_be_let_in() {
    let bob = User {
        id: "u9".to_owned(),
        username: "bob@example.com".to_owned(),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: false,
    };
    let admin = Role {
        id: "r1".to_owned(),
        name: "Admin".to_owned(),
        description: None,
        is_managed: true,
        is_default: false,
        permissions: Permissions::default(),
    };
    let held = Binding {
        id: "b1".to_owned(),
        subject_kind: SubjectKind::User,
        subject_id: bob.id.clone(),
        subject_name: bob.username.clone(),
        role_id: admin.id.clone(),
        role_name: admin.name.clone(),
        namespace: None,
    };
    let line = "kestra-admin tenants repair-admin dev --admin-username bob@example.com --dry-run -o csv";
    let give = "make Admin,`bob@example.com` in tenant `dev`,PUT /api/v1/dev/tenant-access/u9,\n";
    for (bindings, also) in [(vec![held], ""), (Vec::new(), "POST /api/v1/dev/bindings")] {
        let told = Told {
            users: vec![bob.clone()],
            access: TenantAccess {
                roles: vec![admin.clone()],
                bindings,
                ..TenantAccess::default()
            },
            ..Told::default()
        };
        let ran = at_a_terminal(told, line, "", "");
        assert_eq!(ran.code, 0, "{}", ran.words);
        assert!(ran.output.contains(give), "{}", ran.output);
        assert_eq!(
            ran.output.lines().count(),
            2 + usize::from(!also.is_empty()),
            "{}",
            ran.output
        );
        assert!(ran.output.contains(also), "{}", ran.output);
    }
}

#[test]
fn dry_runs_and_read_only_write_nothing() {
    for line in [
        "tenants create --tenant a --dry-run",
        "tenants update dev --name x --dry-run",
        "tenants delete dev --dry-run",
        "--read-only tenants create --tenant a",
        "--read-only tenants update dev --name x --yes",
        "--read-only tenants delete dev --confirm dev --yes",
    ] {
        let ran = at_a_terminal(Told::default(), &format!("kestra-admin {line}"), "dev\n", "");
        assert_eq!(ran.writes, Vec::<String>::new(), "{line}");
        assert_eq!(
            ran.code,
            if line.starts_with("--read-only") { 7 } else { 0 },
            "{line}: {}",
            ran.words
        );
    }
}

/// Counts what is written and keeps none of it.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicU64>);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn rows_leave_as_they_come_however_many_there_are() {
    for form in ["json", "ndjson", "csv", "yaml", "table"] {
        let counted = Counted::default();
        let written = Arc::clone(&counted.0);
        let told = Arc::new(Told {
            tenants: 100_000,
            on_page: Some(Box::new(move |page| {
                // A row takes more than ten bytes in every form; what is held back is less than two pages.
                let at_least = page.saturating_sub(3) * 1000 * 10;
                assert!(
                    written.load(Ordering::SeqCst) >= at_least,
                    "page {page} was asked for before others left"
                );
            })),
            ..Told::default()
        });
        let paths = Paths::below(Path::new("/nowhere"));
        let (mut output, mut words) = (counted.clone(), Vec::new());
        let code = run(
            ["kestra-admin", "tenants", "list", "-o", form].map(Into::into),
            Surroundings {
                environment: &Environment::default(),
                paths: &paths,
                input: &mut io::empty(),
                input_is_terminal: false,
                output: &mut output,
                output_is_terminal: false,
                words: &mut words,
                connect: &|_| {
                    Ok(Opened {
                        backend: Arc::clone(&told) as Arc<dyn Backend>,
                        notes: Vec::new(),
                    })
                },
                terminal: &Vec::new,
                key_rows: &|_| (Vec::new(), Vec::new()),
                console: &|_| Ok((0, None)),
            },
        );
        assert_eq!(code, 0, "{}", String::from_utf8(words).unwrap());
        assert!(counted.0.load(Ordering::SeqCst) > 2_000_000);
    }
}

#[test]
fn without_a_command_the_console_opens_on_the_same_target() {
    let configuration = "theme = \"dark\"\ndefault-context = \"lab\"\n[contexts.lab]\nstore = \"lab\"\n";
    let ran = at_a_terminal(
        Told::default(),
        "kestra-admin --linear --tenant acme --read-only",
        "",
        configuration,
    );
    let console = ran.console.unwrap();
    assert_eq!(ran.code, 0);
    assert_eq!(console.target.name, "lab");
    assert_eq!(console.target.tenant.unwrap().value, "acme");
    assert!(console.linear && !console.fresh && console.target.read_only.value);
    assert_eq!(console.command_words, ["--context", "lab"]);
    let ran = at_a_terminal(Told::default(), "kestra-admin --context nowhere", "", configuration);
    assert_eq!((ran.code, ran.console.is_none()), (4, true));
}

#[test]
fn a_list_over_http_says_where_words_were_not_looked_for_beside_its_data() {
    for leaves_out in [true, false] {
        let told = Told {
            tenants: 3,
            leaves_out,
            ..Told::default()
        };
        let ran = at_a_terminal(told, "kestra-admin tenants list --filter 12 -o csv", "", "");
        assert_eq!(ran.code, 0, "{}", ran.words);
        assert_eq!(ran.output.lines().count(), 4, "{}", ran.output);
        let says = "Words are not looked for in ADMINS and STATE where more than 500 tenants are left";
        assert_eq!(ran.words.contains(says), leaves_out, "{}", ran.words);
    }
}
