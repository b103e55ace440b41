//! What is told of what a start took up again: what matters most comes first.

use crate::domain::count::thousands;
use crate::domain::sorting;

use super::super::filter_edit::FilterEdit;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::resume::Resume;
use super::places;

/// How much what is taken up again matters: what is told is cut at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// What was typed and not sent.
    Unsent,
    /// What is marked, which the next change would be about.
    Marks,
    /// A form in which nothing was typed.
    Form,
    /// A run, or the way to one.
    Run,
    /// Another screen.
    Place,
    /// What the list shows, or what is not over it any more.
    Filter,
    /// Where one is, which the header says, too.
    Context,
}

/// What was taken up again, and is about to be told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What it ends with: which key leads back from there, if one does.
    pub back: &'static str,
    /// The parts of it, in any order.
    pub parts: Vec<(Weight, String)>,
    /// The runs among it, which are told with the step they are at.
    pub runs: Vec<String>,
}

impl Told {
    /// Adds parts of a weight.
    pub fn say(&mut self, weight: Weight, words: impl IntoIterator<Item = String>) {
        self.parts.extend(words.into_iter().map(|words| (weight, words)));
    }

    /// Whether nothing was taken up.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.runs.is_empty()
    }

    /// All of its parts, what matters most first.
    pub fn words(mut self) -> String {
        sorting::by_key(&mut self.parts, |(weight, _)| *weight);
        let parts: Vec<String> = self.parts.into_iter().map(|(_, words)| words).collect();
        parts.join(", ")
    }
}

/// Says which forms, lines and choices were open.
pub fn say_forms(told: &mut Told, resume: &Resume) {
    for (words, is_typed) in resume.forms() {
        told.say(if is_typed { Weight::Unsent } else { Weight::Form }, [words]);
    }
}

/// How much was marked, in words; `None` where nothing was.
pub fn marked(resume: &Resume) -> Option<String> {
    let marked = resume.marked();
    (marked > 0).then(|| format!("{} marked", thousands(marked as u64)))
}

/// What Esc does first where nothing is typed or marked.
pub fn escapes(model: &Model) -> &'static str {
    let is_filtered = model.filter().is_some_and(FilterEdit::is_active);
    if is_filtered && model.overlays.is_empty() && model.wanted_page.is_none() {
        "<esc> clears the filter"
    } else {
        "<esc> goes back"
    }
}

/// Which key leads back from what was taken up again, in words; nothing where none does.
pub fn way_back(model: &Model, resume: &Resume, came_back: bool) -> &'static str {
    let has_list = resume.pick.as_ref().is_some_and(|draft| draft.as_opened);
    let is_filtered = model.filter().is_some_and(FilterEdit::is_active);
    let is_over = !model.screens.is_empty() || !model.overlays.is_empty() || model.wanted_page.is_some();
    if has_list {
        "<esc> goes back"
    } else if places::loses(model) {
        "<esc> asks whether to discard it"
    } else if resume.is_typed() {
        "<esc> discards it"
    } else if model.has_marks() && !is_filtered {
        "<esc> takes the marks off"
    } else if is_over || is_filtered {
        escapes(model)
    } else if came_back {
        // Out of a context one goes by another key.
        "<c> leads elsewhere"
    } else {
        ""
    }
}

/// What was told at the start goes off the screen with what was kept being told: it is told with it, once, as sentences after that.
pub fn with_notices(model: &mut Model, mut text: String) -> String {
    for told in std::mem::take(&mut model.noticed) {
        text.extend([". ", told.trim_end_matches('.')]);
    }
    text
}

/// Tells what was taken up again, what matters most first. Which step a run is at is waited for.
pub fn tell(model: &mut Model) {
    let waits = model.runs.value().is_none() && model.runs.job().is_some();
    let Some(mut told) = model.resumed.take_if(|told| told.runs.is_empty() || !waits) else {
        return;
    };
    for id in std::mem::take(&mut told.runs) {
        let mut known = model.runs.value().into_iter().flatten();
        let words = match known.find(|run| run.id == id) {
            Some(run) if run.step.is_some() => format!("run {id} at step {}", run.place()),
            Some(_) => format!("run {id}, ended"),
            None => format!("run {id}"),
        };
        told.say(Weight::Run, [words]);
    }
    // Where it is cut, what is there is said rather than the way back.
    // No way back is named after what somebody else left.
    let (level, back) = if model.noticed.is_empty() {
        (Level::Done, told.back)
    } else {
        (Level::Warning, "")
    };
    let text = with_notices(model, format!("Resumed: {}", told.words()));
    model
        .messages
        .tell_here(model.now, level, format!("{text}. {back}").trim_end());
}
