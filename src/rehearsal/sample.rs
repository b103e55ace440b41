//! Sample data: an instance that looks like a company's, so that lists have length, warnings have content, and a
//! migration has something to lose.
//!
//! The same size and release give the same names, counts and states every time; only the ids of people, roles and groups
//! are made by the instance. Nobody gets a password here: that is for whoever starts the rehearsal. [`company`] is one
//! organisation with its branches, [`tenants`] many small ones, [`words`] what they are made of.

mod company;
mod dice;
mod people;
mod roles;
mod stock;
mod tenants;
mod words;

use std::fmt;
use std::str::FromStr;

use crate::backend::local::LocalInstance;
use crate::domain::problem::Problem;

/// The most tenants a sample has.
pub const MOST_TENANTS: u32 = 1_000_000;

/// How much sample data there shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleSize {
    /// A company of 25: enough to see everything once.
    Small,
    /// A company of 400 with 5,000 flows and 200,000 executions.
    Large,
    /// So many tenants with a few people each.
    Tenants(u32),
}

/// A text that is no size of sample data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no size: write small, large, or how many tenants there shall be, 1 to {MOST_TENANTS}")]
pub struct SampleSizeError(String);

impl FromStr for SampleSize {
    type Err = SampleSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "small" => Ok(Self::Small),
            "large" => Ok(Self::Large),
            number => number
                .parse()
                .ok()
                .filter(|number| (1..=MOST_TENANTS).contains(number))
                .map(Self::Tenants)
                .ok_or_else(|| SampleSizeError(text.to_owned())),
        }
    }
}

impl fmt::Display for SampleSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small => f.pad("small"),
            Self::Large => f.pad("large"),
            Self::Tenants(number) => write!(f, "{number}"),
        }
    }
}

/// How much was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleSummary {
    /// Tenants with an id.
    pub tenants: u64,
    /// People.
    pub users: u64,
    /// Service accounts.
    pub service_accounts: u64,
    /// Groups.
    pub groups: u64,
    /// Roles that Kestra does not ship.
    pub roles: u64,
    /// Bindings, but for those that came with tenants.
    pub bindings: u64,
    /// Namespaces.
    pub namespaces: u64,
    /// Flows.
    pub flows: u64,
    /// Triggers.
    pub triggers: u64,
    /// Executions.
    pub executions: u64,
}

impl fmt::Display for SampleSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.tenants, "tenants"),
            (self.users, "users"),
            (self.service_accounts, "service accounts"),
            (self.groups, "groups"),
            (self.roles, "roles"),
            (self.bindings, "bindings"),
            (self.namespaces, "namespaces"),
            (self.flows, "flows"),
            (self.triggers, "triggers"),
            (self.executions, "executions"),
        ];
        let named: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        f.pad(&named.join(", "))
    }
}

/// Adds sample data to an instance. What cannot be added whole is not added: [`SampleSize::Tenants`] in parts of some
/// hundred tenants, the others in one.
///
/// Up to 0.22 a company lives in the default tenant where that can be reached, with branches in tenants of their own where
/// multi-tenancy is on; otherwise it lives in a tenant `main`. Asking for tenants turns multi-tenancy on in the instance's
/// `application.yml`, with the default tenant beside it; an `instance` that was open before does not see that.
///
/// # Errors
/// A conflict where the instance holds such data already.
pub fn fill(instance: &LocalInstance, size: SampleSize) -> Result<SampleSummary, Problem> {
    fill_telling(instance, size, &mut |_| {})
}

/// The same; `tell` hears now and then how many of the tenants are there.
pub fn fill_telling(
    instance: &LocalInstance,
    size: SampleSize,
    tell: &mut dyn FnMut(usize),
) -> Result<SampleSummary, Problem> {
    match size {
        SampleSize::Small => company::fill(instance, &company::SMALL),
        SampleSize::Large => company::fill(instance, &company::LARGE),
        SampleSize::Tenants(number) => tenants::fill(&instance.with_tenancy_on()?, number, tell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backend;
    use crate::domain::problem::ProblemKind;
    use crate::domain::query::Query;
    use crate::domain::release::Release;
    use crate::domain::tenant::TenantScope;

    const RELEASES: [Release; 7] = [
        Release::new(0, 13),
        Release::new(0, 21),
        Release::new(0, 22),
        Release::new(0, 23),
        Release::new(1, 0),
        Release::new(1, 3),
        Release::new(2, 0),
    ];

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    fn instance(release: Release) -> (tempfile::TempDir, LocalInstance) {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, release).unwrap();
        let instance = LocalInstance::open(&directory, None).unwrap();
        (home, instance)
    }

    fn main_of(instance: &LocalInstance) -> TenantScope {
        if instance.tenancy().reaches_default_tenant(instance.release()) {
            TenantScope::Default
        } else {
            TenantScope::Named("main".parse().unwrap())
        }
    }

    #[test]
    fn sizes_are_words_or_numbers() {
        for (text, size) in [
            ("small", SampleSize::Small),
            ("large", SampleSize::Large),
            ("250", SampleSize::Tenants(250)),
        ] {
            assert_eq!(text.parse(), Ok(size));
            assert_eq!(size.to_string(), text);
        }
        for text in ["", "medium", "0", "-1", "1000001", "1e3"] {
            assert!(text.parse::<SampleSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_small_company_has_everything_once_in_every_release() {
        for release in RELEASES {
            let (_home, instance) = instance(release);
            let summary = fill(&instance, SampleSize::Small).unwrap();
            let scope = main_of(&instance);
            let footprint = block_on(instance.footprint(&scope)).unwrap();
            assert!(footprint.flows >= Some(60), "{release}: {footprint:?}");
            assert!(footprint.executions >= Some(2000), "{release}");
            assert!(footprint.namespaces >= Some(12), "{release}");
            assert!(
                footprint.groups >= Some(6) && footprint.triggers > Some(10),
                "{release}"
            );
            assert!((25..60).contains(&summary.users), "{release}: {summary}");
            assert!(summary.service_accounts >= 3);
            let tenants = block_on(instance.tenants(&Query::first(20))).unwrap();
            assert_eq!(tenants.total, summary.tenants, "{release}");
            assert_eq!(tenants.total > 0, instance.tenancy().enabled, "{release}");
            assert_eq!(
                kind_of_second(&instance),
                Some(ProblemKind::Conflict),
                "{release}: not twice"
            );
            assert_eq!(block_on(instance.footprint(&scope)).unwrap(), footprint, "{release}");
        }
    }

    fn kind_of_second(instance: &LocalInstance) -> Option<ProblemKind> {
        fill(instance, SampleSize::Small).err().map(|problem| problem.kind)
    }

    #[test]
    fn a_large_company_is_large() {
        let (_home, instance) = instance(Release::new(0, 21));
        let summary = fill(&instance, SampleSize::Large).unwrap();
        let footprint = block_on(instance.footprint(&TenantScope::Default)).unwrap();
        assert_eq!(
            (footprint.flows, footprint.namespaces, footprint.executions),
            (Some(5_000), Some(300), Some(200_000))
        );
        assert_eq!((summary.users, footprint.groups), (400, Some(62)));
    }

    #[test]
    fn there_is_something_to_warn_of() {
        let (_home, instance) = instance(Release::new(0, 21));
        let instance = instance.with_tenancy_on().unwrap();
        fill(&instance, SampleSize::Small).unwrap();
        let access = block_on(instance.access(&TenantScope::Default)).unwrap();
        let rows = block_on(instance.tenants(&Query::first(20))).unwrap().rows;
        assert!(
            rows.iter().any(|row| row.admins == Some(0)),
            "a tenant nobody administers"
        );
        assert!(rows.iter().any(|row| !row.tenant.name.is_ascii()));
        let accounts = |username: &str| instance.account_named(username).unwrap();
        let only_here = access
            .users
            .iter()
            .filter(|user| accounts(&user.username).tenants.is_empty())
            .count();
        assert!(
            only_here > 5,
            "people who would lose all access with the default tenant"
        );
        let direct = |id: &str| access.bindings.iter().any(|binding| binding.subject_id == id);
        let in_group = |id: &str| {
            access
                .groups
                .iter()
                .any(|group| group.members.iter().any(|member| member.user_id == id))
        };
        let through_groups = access
            .users
            .iter()
            .filter(|user| !direct(&user.id) && in_group(&user.id))
            .count();
        assert!(through_groups > 3, "people who hold roles through groups alone");
        assert!(
            access.users.iter().any(|user| !direct(&user.id) && !in_group(&user.id)),
            "somebody with access and no role"
        );
        assert!(access.bindings.iter().any(|binding| binding.namespace.is_some()));
        assert!(access.groups.iter().any(|group| group.members.is_empty()));
        assert!(access.users.iter().filter(|user| user.superadmin).count() > 1);
        let names: Vec<String> = access
            .users
            .iter()
            .filter_map(|user| user.display_name.clone())
            .collect();
        assert!(names.iter().any(|name| name.contains('é')), "{names:?}");
        assert!(names.iter().any(|name| name.contains('健')), "{names:?}");
    }

    #[test]
    fn the_same_size_gives_the_same_data() {
        let seen: Vec<_> = (0..2)
            .map(|_| {
                let (_home, instance) = instance(Release::new(1, 3));
                let summary = fill(&instance, SampleSize::Small).unwrap();
                let mut people: Vec<String> = block_on(instance.users(None, &Query::first(200)))
                    .unwrap()
                    .rows
                    .into_iter()
                    .map(|user| format!("{} {:?} {}", user.username, user.display_name, user.superadmin))
                    .collect();
                people.sort();
                let stock = crate::backend::local::StockQuery {
                    size: 5000,
                    ..crate::backend::local::StockQuery::default()
                };
                let executions = instance.executions(&main_of(&instance), &stock).unwrap().rows;
                (summary, people, executions)
            })
            .collect();
        assert_eq!(seen[0], seen[1]);
        assert!(seen[0].2.iter().any(|execution| execution.state == "FAILED"));
    }

    #[test]
    fn asking_for_tenants_turns_multi_tenancy_on() {
        for release in [Release::new(0, 21), Release::new(1, 3), Release::new(2, 0)] {
            let (_home, instance) = instance(release);
            let summary = fill(&instance, SampleSize::Tenants(40)).unwrap();
            assert_eq!(summary.tenants, 40, "{release}");
            let instance = LocalInstance::open(instance.directory(), None).unwrap();
            assert!(instance.tenancy().enabled, "{release}");
            assert_eq!(instance.tenancy().default_tenant, release.has_default_tenant());
            let page = block_on(instance.tenants(&Query::first(50))).unwrap();
            assert_eq!(page.total, 40);
            assert!(page.rows.iter().any(|row| row.admins == Some(0)));
            assert!(page.rows.iter().filter(|row| row.admins >= Some(1)).count() > 30);
            if release.has_default_tenant() {
                assert_eq!(
                    block_on(instance.admin_count(&TenantScope::Default)).unwrap(),
                    1,
                    "what was there before is attached"
                );
            }
        }
    }
}
