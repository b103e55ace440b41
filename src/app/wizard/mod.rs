//! The wizard: a page for each question a migration asks. Its answers stay when it is left, and across connections.
//!
//! What the pages say is in [`text`] and [`plan_page`]; what happens to them in `update::wizard`.

pub mod plan_page;
pub mod tenant_row;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::problem::Problem;
use crate::migration::choices::{BackupChoice, Choices, DefaultTenantChoice, WantedTenant};
use crate::migration::findings;
use crate::migration::inspection::Situation;
use crate::migration::plan::{self, Plan};
use crate::migration::run_summary::Surveyed;
use crate::migration::step::Route;

use super::effect::JobId;
use super::remote::Remote;
use super::resume::MigrationDraft;
use super::search::Search;
use tenant_row::TenantRow;

/// A page of the wizard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WizardPage {
    /// What was found.
    #[default]
    Check,
    /// What is backed up.
    Backup,
    /// How the servers are restarted.
    Restart,
    /// Which tenants are created.
    Tenants,
    /// What becomes of the default tenant.
    DefaultTenant,
    /// What will happen.
    Plan,
}

impl WizardPage {
    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Check => "Check",
            Self::Backup => "Backup",
            Self::Restart => "Restart",
            Self::Tenants => "Tenants",
            Self::DefaultTenant => "Default tenant",
            Self::Plan => "Plan",
        }
    }
}

const SETTINGS_PAGES: &[WizardPage] = &[
    WizardPage::Check,
    WizardPage::Backup,
    WizardPage::Restart,
    WizardPage::Tenants,
    WizardPage::DefaultTenant,
    WizardPage::Plan,
];

const MOVE_PAGES: &[WizardPage] = &[
    WizardPage::Check,
    WizardPage::Backup,
    WizardPage::Restart,
    WizardPage::Tenants,
    WizardPage::Plan,
];

/// The wizard.
#[derive(Clone, Debug, Default)]
pub struct Wizard {
    /// What was found.
    pub survey: Remote<Surveyed>,
    /// What is, or was, being looked at, in order.
    pub looking_at: Vec<String>,
    /// The page on screen.
    pub page: WizardPage,
    /// What is backed up; `None` until it was answered.
    pub backup: Option<BackupChoice>,
    /// Which tenants are created.
    pub tenants: Vec<WantedTenant>,
    /// What becomes of the default tenant; `None` until it was answered.
    pub default_tenant: Option<DefaultTenantChoice>,
    /// What was typed to confirm that it is disabled. Holds for what was found then, and is never kept.
    pub confirmed: Option<String>,
    /// The choice or row that has the keys.
    pub at: usize,
    /// What had the keys when it was cut off, and the first line in view, until the page is there again.
    wanted: Option<(usize, usize)>,
    /// The first line in view.
    pub scroll: usize,
    /// What is looked for in the page.
    pub search: Search,
    /// The tenant being typed.
    pub row: Option<TenantRow>,
    /// Of those who are to be Admin of a tenant whether there is such a user, as far as that had to be asked.
    pub users: BTreeMap<String, Remote<bool>>,
    /// The question under which the plan was handed over to be carried out.
    pub starting: Option<JobId>,
    /// The plan that the answers come to, or why there is none.
    planned: Option<Result<Box<Plan>, Problem>>,
    /// A plan with everything in it, for pages that say what a choice would do.
    preview: Option<Box<Plan>>,
}

impl Wizard {
    /// The wizard as it was left.
    pub fn restored(draft: &MigrationDraft) -> Self {
        Self {
            page: draft.page,
            backup: draft.backup,
            tenants: draft.tenants.clone(),
            default_tenant: draft.default_tenant,
            row: TenantRow::restored(draft),
            wanted: draft.at.map(|at| (at, draft.scroll)),
            ..Self::default()
        }
    }

    /// The wizard with answers that were given before. What was confirmed was confirmed for what was found then.
    pub fn of(choices: Choices) -> Self {
        Self {
            backup: Some(choices.backup),
            tenants: choices.tenants,
            default_tenant: Some(choices.default_tenant),
            ..Self::default()
        }
    }

    /// What is kept of it: the answers, and nothing that has to be looked at or typed anew.
    pub fn draft(&self, is_open: bool) -> MigrationDraft {
        let (at, scroll) = self.wanted.unwrap_or((self.at, self.scroll));
        MigrationDraft {
            is_open,
            above: 0,
            page: self.page,
            backup: self.backup,
            tenants: self.tenants.clone(),
            default_tenant: self.default_tenant,
            at: is_open.then_some(at),
            scroll: if is_open { scroll } else { 0 },
            typing: self.row.as_ref().map(TenantRow::texts),
            typing_at: self.row.as_ref().map_or(0, |row| row.at),
            replaces: self.row.as_ref().and_then(|row| row.replaces),
        }
    }

    /// Whether something was answered.
    pub fn is_touched(&self) -> bool {
        self.backup.is_some() || !self.tenants.is_empty() || self.default_tenant.is_some() || self.row.is_some()
    }

    /// What was found, once it is known.
    pub fn surveyed(&self) -> Option<&Surveyed> {
        self.survey.value()
    }

    /// Which way there is to go.
    pub fn route(&self) -> Option<Route> {
        self.surveyed().map(|surveyed| Route::of(surveyed.inspection.release))
    }

    /// What the instance is.
    pub fn situation(&self) -> Option<Situation> {
        self.surveyed().map(|surveyed| surveyed.inspection.situation())
    }

    /// Its pages, in order.
    pub fn pages(&self) -> &'static [WizardPage] {
        match self.route() {
            Some(Route::Move) => MOVE_PAGES,
            _ => SETTINGS_PAGES,
        }
    }

    /// The place of the page on screen among all, from 1.
    pub fn position(&self) -> usize {
        self.pages().iter().position(|page| *page == self.page).unwrap_or(0) + 1
    }

    /// Why nothing can be done on this instance, if nothing can.
    pub fn refusal(&self) -> Option<Problem> {
        self.surveyed()
            .and_then(|surveyed| findings::refusal(&surveyed.inspection))
    }

    /// Whether all is done already.
    pub fn has_nothing_to_do(&self) -> bool {
        self.situation() == Some(Situation::NamedOnly)
    }

    /// Whether there is a page after the first.
    pub fn goes_on(&self) -> bool {
        self.surveyed().is_some() && self.refusal().is_none() && !self.has_nothing_to_do()
    }

    /// Whether everything moves into one tenant, which has to be named.
    pub fn moves(&self) -> bool {
        self.route() == Some(Route::Move)
    }

    /// Whether it is a new instance, where disabling the default tenant is recommended.
    pub fn is_new(&self) -> bool {
        self.situation() == Some(Situation::New)
    }

    /// Whether disabling the default tenant has to be confirmed first, for what was found.
    pub fn needs_confirmation(&self) -> bool {
        self.surveyed().is_some_and(|surveyed| {
            surveyed.inspection.something_becomes_unreachable()
                && self.confirmed.as_deref() != Some(surveyed.context.as_str())
        })
    }

    /// The answers, with what is chosen where nothing was answered yet.
    pub fn choices(&self) -> Choices {
        Choices {
            backup: self.backup.unwrap_or_default(),
            tenants: self.tenants.clone(),
            default_tenant: self.default_tenant.unwrap_or_default(),
            confirmed: self.confirmed.clone(),
        }
    }

    /// The plan that the answers come to, or why there is none.
    pub fn planned(&self) -> Option<Result<&Plan, &Problem>> {
        self.planned.as_ref().map(|planned| planned.as_deref())
    }

    /// The plan that the answers come to, if there is one.
    pub fn plan(&self) -> Option<&Plan> {
        self.planned().and_then(Result::ok)
    }

    /// A plan with everything in it.
    pub fn preview(&self) -> Option<&Plan> {
        self.preview.as_deref()
    }

    /// Those of whom it has to be asked whether there is such a user: nobody who was found in the default tenant.
    pub fn unchecked(&self) -> BTreeSet<String> {
        let Some(inspection) = self.surveyed().map(|surveyed| &surveyed.inspection) else {
            return BTreeSet::new();
        };
        let is_known = |name: &String| {
            let holders = &inspection.access.holders;
            *name == inspection.identity.username || holders.contains_key(name) || self.users.contains_key(name)
        };
        let admins = self.tenants.iter().filter_map(|tenant| tenant.admin.as_ref());
        admins.filter(|admin| !is_known(admin)).cloned().collect()
    }

    /// Whether it is being asked whether somebody exists who is to be Admin of a tenant.
    pub fn is_checking_users(&self) -> bool {
        let mut admins = self.tenants.iter().filter_map(|tenant| tenant.admin.as_ref());
        admins.any(|admin| self.users.get(admin).is_some_and(|asked| asked.job().is_some()))
    }

    /// Stops looking and asking, and returns the questions to be cancelled. Who was not found out about is asked about again.
    pub fn give_up(&mut self) -> Vec<JobId> {
        let users = self.users.values_mut().filter_map(Remote::give_up);
        let given_up = users.chain(self.survey.give_up()).collect();
        self.users.retain(|_, asked| !asked.was_given_up());
        given_up
    }

    /// What there is to say of who is to be Admin of a tenant, as a form of tenants says it.
    pub fn admin_note(&self, tenant: &WantedTenant) -> Option<&'static str> {
        let asked = self.users.get(tenant.admin.as_ref()?)?;
        match asked.value() {
            Some(false) => Some("! There is no user of this name."),
            None if asked.job().is_some() => Some("checking user"),
            _ => None,
        }
    }

    /// Works out anew what the answers come to.
    pub fn work_out(&mut self) {
        let Some(surveyed) = self.surveyed() else {
            (self.planned, self.preview) = (None, None);
            return;
        };
        let make = |choices: Choices| {
            let (inspection, means) = (surveyed.inspection.clone(), surveyed.means.clone());
            plan::plan(&surveyed.context, &surveyed.place, inspection, &means, choices).map(Box::new)
        };
        let planned = make(self.choices());
        let moves = self.moves();
        let tenants = match (moves, self.tenants.as_slice()) {
            (true, []) => "tenant".parse().into_iter().collect(),
            (true, [first, ..]) => vec![first.clone()],
            (false, all) => all.to_vec(),
        };
        let preview = make(Choices {
            backup: BackupChoice::All,
            tenants,
            default_tenant: if moves {
                DefaultTenantChoice::Keep
            } else {
                DefaultTenantChoice::Disable
            },
            confirmed: None,
        });
        let stranger = self.tenants.iter().find_map(|tenant| {
            let admin = tenant.admin.as_ref()?;
            let is_there = self.users.get(admin)?.value()?;
            (!is_there).then(|| plan::no_such_admin(admin, &tenant.id))
        });
        self.planned = Some(stranger.map_or(planned, Err));
        self.preview = preview.ok();
    }

    /// The tenant being typed, where it can be.
    pub fn typing(&self) -> Option<&TenantRow> {
        self.row
            .as_ref()
            .filter(|_| self.page == WizardPage::Tenants && self.surveyed().is_some())
    }

    /// How many things on the page can be chosen.
    pub fn choice_count(&self) -> usize {
        match self.page {
            WizardPage::Backup => 3,
            WizardPage::DefaultTenant => 2,
            WizardPage::Tenants => self.tenants.len(),
            WizardPage::Check | WizardPage::Restart | WizardPage::Plan => 0,
        }
    }

    /// Goes to a page, onto what was answered there; the default tenant is kept unless something else is said.
    pub fn turn_to(&mut self, page: WizardPage) {
        self.page = page;
        self.scroll = 0;
        self.search = Search::default();
        self.at = match page {
            WizardPage::Backup => match self.backup.unwrap_or_default() {
                BackupChoice::All => 0,
                BackupChoice::Elsewhere => 1,
                BackupChoice::Nothing => 2,
            },
            WizardPage::DefaultTenant => match self.default_tenant {
                Some(DefaultTenantChoice::Disable) => 1,
                Some(DefaultTenantChoice::Keep) | None => 0,
            },
            _ => 0,
        };
        self.work_out();
    }

    /// Takes what was found. What was confirmed was confirmed for something else.
    pub fn found(&mut self) {
        self.confirmed = None;
        if !self.goes_on() || !self.pages().contains(&self.page) {
            (self.page, self.wanted) = (WizardPage::Check, None);
        }
        let (page, mut search) = (self.page, std::mem::take(&mut self.search));
        let wanted = self.wanted.take();
        self.turn_to(page);
        if let Some((at, scroll)) = wanted {
            self.at = if at < self.choice_count() { at } else { self.at };
            self.scroll = scroll;
        }
        // What is being typed stays what is looked for.
        search.at = None;
        self.search = search;
    }
}
