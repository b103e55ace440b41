//! Everything that can happen to the application.

use crate::domain::check::Check;
use crate::domain::deed::Tally;
use crate::domain::permission::{Action, Resource};
use crate::domain::problem::Problem;
use crate::migration::run_summary::RunNews;

use super::effect::{JobId, Reply};
use super::input::Key;
use super::pointer::Pointer;

/// Something that happened. Closed and printable: a trace of these is a bug report.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Ctrl-C came as a signal, as it does by lines.
    Interrupt,
    /// A command was called by its name, with an argument: a line of the palette.
    Run(String),
    /// The row of this number, from 1, was chosen.
    Choose(usize),
    /// The row of this number, from 1, was marked in a list from which several are taken, or its mark taken off.
    Mark(usize),
    /// A command was called by its name, with an argument, for the row of this number, from 1.
    RunAt(usize, String),
    /// A cell of the matrix on screen was named: a resource, and an action if one was.
    Cell(Resource, Option<Action>),
    /// The field that is asked for was answered.
    Fill(String),
    /// A line did not confirm what was asked, so that nothing was done: what did not, and what it should have said.
    Mismatch(String, String),
    /// The mouse was used.
    Pointer(Pointer),
    /// Text was pasted.
    Paste(String),
    /// The terminal has a new size: columns and rows.
    Resize(u16, u16),
    /// A deadline of [`Model::next_deadline`](super::model::Model::next_deadline) has passed.
    Deadline,
    /// An answer to a question.
    Reply(JobId, Reply),
    /// How those things went that have ended of a change that goes on, and whether the last of them got no answer.
    Progress(JobId, Tally, bool),
    /// Which requests a change took whose answer comes next, a line each; only where there were any.
    Sent(JobId, Vec<String>),
    /// A step of an examination that is under way.
    Checked(JobId, Check),
    /// What a survey that is under way looks at.
    Surveying(JobId, String),
    /// What is new of a run that is followed, and which commands wrote its lines of output: the number of the record that
    /// began each, and how many lines in a row are its own.
    RunNews(String, Box<RunNews>, Vec<(u64, usize)>),
    /// A run that is followed cannot be read. It is tried again.
    RunLost(String, Problem),
    /// A text was copied or sent, in words for the operator.
    Copied(String),
    /// A text could not be copied.
    NotCopied {
        /// Why, in words for the operator.
        words: String,
        /// The text.
        text: String,
    },
    /// What is needed to go on later could not be kept. Said once, until it worked again.
    NotSaved(Problem),
    /// A change could not be noted in the activity record; its answer follows. Said once.
    NotRecorded(Problem),
    /// Something is to be said about the instance.
    Noted(String),
    /// The instance that the console was to open with cannot be opened.
    NotOpened(Problem),
    /// The process was asked to end, or its terminal went away.
    Ended,
    /// What is typed came to its end: the operator left.
    Closed,
    /// The process goes on after having been suspended.
    Resumed,
}

impl Msg {
    /// Whether the operator did it, so that nobody has left.
    pub fn is_by_hand(&self) -> bool {
        matches!(
            self,
            Self::Key(_)
                | Self::Interrupt
                | Self::Pointer(_)
                | Self::Paste(_)
                | Self::Run(_)
                | Self::Mark(_)
                | Self::RunAt(..)
                | Self::Cell(..)
                | Self::Choose(_)
                | Self::Fill(_)
                | Self::Mismatch(..)
        )
    }
}
