//! How a screen stood: what one saw of it, and what was selected there.

use serde::{Deserialize, Serialize};

use crate::domain::permission::{Action, Resource};

use super::cursor::Cursor;
use super::run::output::OutputPlace;

/// How a screen stood. What it does not have is left as it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stood {
    /// The filter of its list.
    pub filter: String,
    /// The order of its list: a column, `-` before it for descending.
    pub sort: Option<String>,
    /// The id of what was selected in its list, or of the step of a run.
    pub row: Option<String>,
    /// Which row that was, and which was the first in view.
    pub cursor: Cursor,
    /// The ids of the rows that were marked in its list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// How many pages were held of a list that is read by pages.
    pub pages: u64,
    /// The selected cell of its matrix.
    pub cell: Option<(Resource, Action)>,
    /// The first line in view of an overview.
    pub scroll: usize,
    /// The step before which a run was to be rolled back, where one was choosing that above it.
    pub rollback: Option<String>,
    /// What was at the top of the output of a run, where that did not follow its end.
    pub output: Option<OutputPlace>,
    /// Whether its second half had the keys: those who hold a role.
    pub second: bool,
    /// Whether it was shown the other way: all of two roles, a role as what it becomes, the output of a run.
    pub other: bool,
}
