//! What `update` wants done in the world, as data; the runner does it.
//!
//! Every question to an instance has an id. Its answer comes back as a [`Reply`] under the same id; an answer to a
//! question nobody asks any more is dropped.

use std::fmt;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::assignable::Assignable;
use crate::domain::bringing::{Bringing, Reach, Wanted};
use crate::domain::deed::{Deed, Made};
use crate::domain::instance::Instance;
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::role::Role;
use crate::domain::snapshot::difference::Differences;
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::undo::Looked;
use crate::migration::plan::Plan;
use crate::migration::run_summary::{Control, Controlled, RunSummary, Surveyed};

use super::connect::NewConnection;
use super::contexts::{ContextFacts, ContextRow};
use super::doing::Turn;
use super::list_columns::ListKind;
use super::people::{PeopleAnswer, PeopleQuestion};
use super::resume::Resume;

/// Milliseconds since the console started, as the loop measured them. The application has no clock of its own.
pub type Millis = u64;
/// From when on something that is waited for is said in seconds, with what stops it.
pub const LONG: Millis = 2_000;

/// One question to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A question to an instance, or a change asked of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// What the instance is.
    Instance,
    /// A page of tenants.
    Tenants(Query),
    /// One tenant.
    Tenant(TenantId),
    /// Whether a tenant of this id exists.
    IdTaken(TenantId),
    /// Whether a user of this name exists.
    UserExists(String),
    /// How many admins a tenant has.
    AdminCount(TenantScope),
    /// How many admins each of these tenants has.
    AdminCounts(Vec<TenantId>),
    /// What lives in a tenant.
    Footprint(TenantScope),
    /// What lives in each of these tenants, once more before they are deleted. In one that is gone there is nothing.
    CountAgain(Vec<TenantId>),
    /// The namespaces of a tenant.
    Namespaces(TenantScope),
    /// Who may do what in a tenant.
    Access(TenantScope),
    /// What roles of a tenant can hold.
    Assignable(TenantScope),
    /// A role of a tenant, by its id.
    Role(TenantScope, String),
    /// The roles of a tenant, without who holds them.
    Roles(TenantScope),
    /// Create a tenant.
    Create(Box<NewTenant>),
    /// Replace a tenant that still is as it was read.
    Update {
        /// As it was read.
        before: Box<Tenant>,
        /// As it shall be.
        after: Box<Tenant>,
    },
    /// Something about people, or about what was done.
    People(Box<PeopleQuestion>),
    /// Carry out a change to who may do what, one that takes another back, or delete tenants; and what stands
    /// before it where it is recorded. Of one that takes another back what would go with it is looked at once more.
    Do(Box<Deed>, String, Turn),
    /// How what is there differs from what a change starts from.
    Look(Box<Deed>),
    /// Write a snapshot of these tenants, or of all where none is named, into a new file.
    SaveSnapshot(Vec<TenantScope>, String),
    /// In what a snapshot of a file differs from a tenant of this instance, or from all of it.
    CompareSnapshot(Option<TenantScope>, String),
    /// What would come of bringing these tenants of a file, or all, to the instance, going so far.
    PlanSnapshot(String, Vec<Wanted>, Reach),
    /// Whether somebody else changed the instance.
    ChangeStamp,
    /// Which contexts there are.
    Contexts,
    /// Whether a context can be reached, by its name.
    Reach(String),
    /// A question that only reads, to another context by its name; the answer is that to the question.
    Elsewhere(String, Box<Request>),
    /// Open a context in the place of the present one, by its name.
    Switch(String),
    /// Go the way to a context step by step, by its name; each step comes as a message of its own.
    Examine(String),
    /// Look at everything a migration needs to know; what is being looked at comes as messages of their own.
    Survey,
    /// Carry a plan out.
    StartRun(Box<Plan>),
    /// Which runs of migrations there are.
    Runs,
    /// Ask something of a run, by its id.
    ControlRun(String, Control),
    /// Go the way to a Kestra that no context leads to, work on it from now on, and keep it if it was given a name.
    Connect(Box<NewConnection>),
    /// Make a rehearsal if there is none, start it if it does not run, and work on it from now on.
    Rehearse,
}

impl Request {
    /// Whether it changes tenants, or who may do what.
    pub fn changes(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Update { .. } | Self::Do(..))
    }
}

/// The answer to a [`Request`] of the same name.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To [`Request::Instance`].
    Instance(Box<Instance>),
    /// To [`Request::Tenants`].
    Tenants(Page<TenantRow>),
    /// To [`Request::Tenant`].
    Tenant(Box<Tenant>),
    /// To [`Request::IdTaken`].
    IdTaken(bool),
    /// To [`Request::UserExists`].
    UserExists(bool),
    /// To [`Request::AdminCount`].
    AdminCount(u64),
    /// To [`Request::AdminCounts`]: those that could be counted.
    AdminCounts(Vec<(TenantId, u64)>),
    /// To [`Request::Footprint`].
    Footprint(Footprint),
    /// To [`Request::CountAgain`], in their order.
    CountedAgain(Vec<Footprint>),
    /// To [`Request::Namespaces`].
    Namespaces(Vec<String>),
    /// To [`Request::Access`].
    Access(Box<TenantAccess>),
    /// To [`Request::Assignable`].
    Assignable(Box<Assignable>),
    /// To [`Request::Role`].
    Role(Box<Role>),
    /// To [`Request::Roles`]: as many as one question tells.
    Roles(Page<Role>),
    /// To [`Request::Create`].
    Created(Box<CreatedTenant>),
    /// To [`Request::Update`].
    Updated(Box<Tenant>),
    /// To [`Request::People`].
    People(Box<PeopleAnswer>),
    /// To [`Request::Do`]: how each item went.
    Done(Vec<Result<Made, Problem>>),
    /// To [`Request::Look`]. What a change of several tenants takes from whom is in what is left of it.
    Looked(Box<Looked>),
    /// To [`Request::SaveSnapshot`]: what is in the file.
    SnapshotSaved(SavedSnapshot),
    /// To [`Request::CompareSnapshot`].
    SnapshotCompared(Box<ComparedSnapshot>),
    /// To [`Request::PlanSnapshot`].
    SnapshotPlanned(Box<Bringing>),
    /// To [`Request::Do`] where that is a snapshot: what came of each thing, and what is to be said of it.
    Brought(Vec<(String, Result<Made, Problem>)>, Vec<String>),
    /// To [`Request::ChangeStamp`].
    ChangeStamp(Option<u64>),
    /// To [`Request::Contexts`].
    Contexts(Vec<ContextRow>),
    /// To [`Request::Reach`]: the version that answers.
    Reached(String),
    /// The same, where there is no instance yet, as it is made on first use.
    NotMade,
    /// To [`Request::Switch`], [`Request::Connect`] and [`Request::Rehearse`].
    Switched(Box<ContextFacts>),
    /// To [`Request::Examine`]: there are no more steps.
    Examined,
    /// To [`Request::Survey`].
    Surveyed(Box<Surveyed>),
    /// To [`Request::StartRun`]: the id of the run.
    RunStarted(String),
    /// To [`Request::Runs`], the newest first.
    Runs(Vec<RunSummary>),
    /// To [`Request::ControlRun`].
    Controlled(Controlled),
}

/// A snapshot that was written into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSnapshot {
    /// The file.
    pub path: String,
    /// How much is in it, in words.
    pub counts: String,
    /// How many secrets were left out.
    pub secrets: usize,
}

/// A snapshot of a file beside what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedSnapshot {
    /// The file.
    pub path: String,
    /// When it was taken, as RFC 3339 writes it, if it says so.
    pub taken: Option<String>,
    /// The release of the instance it was taken from.
    pub release: Release,
    /// In what they differ, the file first.
    pub differences: Differences,
}

/// What came back for a question.
pub type Reply = Result<Answer, Problem>;

/// Something to be done in the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the instance; the reply comes as a message with the same id.
    Ask(JobId, Request),
    /// Stop working on a question, or let go of the context that it opened.
    Cancel(JobId),
    /// Put text on the operator's clipboard, by whatever way there is.
    Copy(String),
    /// Write what is needed to go on later.
    Save(Box<Resume>),
    /// Send nothing more of the change that was asked for by this question, or take no further step of a rehearsal. Its answer is awaited.
    Stop(JobId),
    /// Forget what was saved to go on later.
    Forget,
    /// Work on the context of this name, which was opened, from now on, and keep what is to be gone on with there.
    Enter(String),
    /// Follow a run by its id from its beginning; what is new comes as messages. If it is followed already, look at once.
    Watch(String),
    /// Do not follow a run any more.
    Unwatch(String),
    /// Open the instance anew where its settings are read when it is opened; done before anything else is asked of it.
    Reopen,
    /// A filter of the tenants is about to be typed: the instance may make ready what makes it quick.
    ExpectFilter,
    /// Keep which columns of a list were chosen, by their names in order; `None` is as they come.
    KeepColumns(ListKind, Option<Vec<String>>),
    /// Never show the panel of the first start again.
    Welcomed,
    /// Stop the process as Ctrl-Z would, after giving the terminal back.
    Suspend,
    /// Draw everything anew.
    Repaint,
    /// What the record of activity does not know the outcome of, by the commands that do the same, was done or was not.
    Found(Vec<String>, bool),
    /// Leave.
    Quit,
}
