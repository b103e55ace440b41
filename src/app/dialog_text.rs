//! What a dialog says.

use crate::domain::count::thousands;
use crate::domain::deed::Deed;

use super::doing::Doing;
use super::model::Model;
use super::overlay::{Dialog, Overlay, Question, Then};
use super::run::text::SERVER_MAY_RUN;
use super::screen::Screen;
use super::update::{leaves_told, loses};

mod deeds;
mod migration;

use deeds::{deed_text, delete_text};
use migration::{disable_default, resume, rollback, start_run};

/// What a line of a dialog means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something to be read.
    Plain,
    /// What matters most of it.
    Strong,
    /// What cannot be undone.
    Danger,
    /// Something to think about.
    Warning,
    /// Not known yet.
    Muted,
}

/// The words of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogText {
    /// The title.
    pub title: String,
    /// The text, a paragraph each.
    pub paragraphs: Vec<(Tone, String)>,
    /// The button that goes on.
    pub confirm: &'static str,
    /// The button that changes nothing.
    pub cancel: &'static str,
}

/// What a dialog says.
pub fn dialog_text(model: &Model, dialog: &Dialog) -> DialogText {
    let mut text = words(model, dialog);
    if dialog.armed_at().is_some() {
        let waits = format!(
            "This context is protected: {} works 3 seconds after the question.",
            text.confirm
        );
        text.paragraphs.push((Tone::Plain, waits));
    }
    text
}

/// How many things are named after the first of them: nobody reads more, and all of it is broken anew for each frame.
const NAMED: usize = 500;

/// What is left alone of what was to be taken back or done again, as somebody else changed it since.
fn left_alone(since: &[String]) -> Vec<(Tone, String)> {
    if since.is_empty() {
        return Vec::new();
    }
    let intro = (Tone::Warning, "What changed since is left as it is:".to_owned());
    std::iter::once(intro)
        .chain(listed(since, Dialog::LISTED, Tone::Warning))
        .collect()
}

/// The first of several things, a line each, and how many there are beside them; those come at the end of the text, so that what
/// is said of all is in view: see [`rest`].
fn listed(things: &[String], most: usize, tone: Tone) -> Vec<(Tone, String)> {
    let mut lines: Vec<_> = things.iter().take(most).map(|thing| line_of(thing, tone)).collect();
    if let Some(more @ 1..) = things.len().checked_sub(most) {
        lines.push((
            tone,
            format!("  and {} more, listed at the end", thousands(more as u64)),
        ));
    }
    lines
}

/// Those of several things that [`listed`] leaves out.
fn rest(things: &[String], most: usize, tone: Tone) -> Vec<(Tone, String)> {
    let others = things.get(most..).unwrap_or_default();
    let heading = (!others.is_empty()).then(|| (tone, "The rest:".to_owned()));
    let mut lines: Vec<_> = heading.into_iter().collect();
    lines.extend(others.iter().take(NAMED).map(|thing| line_of(thing, tone)));
    if let Some(unnamed @ 1..) = others.len().checked_sub(NAMED) {
        lines.push((tone, format!("  and {} more", thousands(unnamed as u64))));
    }
    lines
}

fn line_of(thing: &str, tone: Tone) -> (Tone, String) {
    (tone, format!("  {thing}"))
}

fn words(model: &Model, dialog: &Dialog) -> DialogText {
    let plain = |text: &str| (Tone::Plain, text.to_owned());
    match &dialog.question {
        Question::Discard { then } => {
            let title = match then {
                Then::Stay | Then::Tenants => "Leave the form".to_owned(),
                Then::Quit => "Leave the program".to_owned(),
                Then::Switch(name) => format!("Switch to {name}"),
            };
            // Leaving a form leaves what was sent from elsewhere alone.
            let is_sent = if matches!(then, Then::Stay | Then::Tenants) {
                let in_lines = model
                    .overlays
                    .iter()
                    .any(|overlay| matches!(overlay, Overlay::Entry(_)));
                !in_lines && model.form().is_some_and(|form| form.sent.is_some())
            } else {
                model.is_sending()
            };
            let stops_making = *then == Then::Quit && model.is_rehearsing();
            let (mut paragraphs, confirm) = if is_sent {
                let several = model.doing().filter(|doing| doing.deed.goes_item_by_item());
                let lines = match several {
                    _ if model.doing().is_some_and(Doing::counts_again) => {
                        vec![
                            plain("What is to be deleted is counted again, and nothing has been sent yet."),
                            plain("Leaving deletes nothing."),
                        ]
                    }
                    Some(doing) => {
                        vec![
                            plain(&format!("So far: {}.", doing.tally.words_of(doing.deed.len()))),
                            plain("Leaving sends no more of them, and takes none back."),
                        ]
                    }
                    None => vec![
                        plain("It has been sent, and the answer is awaited."),
                        plain("Leaving does not take it back."),
                    ],
                };
                (lines, "Leave")
            } else if stops_making && !loses(model) {
                (Vec::new(), "Leave")
            } else {
                let mut lines = if model.form_in_doubt() {
                    vec![
                        plain("It was sent, and it is not known yet what came of that."),
                        plain(if leaves_told(model) {
                            "Leaving does not take it back. What came of it is told once it is known."
                        } else {
                            "Leaving does not take it back. Look yourself what came of it."
                        }),
                    ]
                } else {
                    vec![plain("What was typed has not been sent and would be lost.")]
                };
                if *then == Then::Quit && (model.types_tenant() || model.screens.iter().any(Screen::is_kept)) {
                    let connects = |screen: &Screen| matches!(screen, Screen::Connect(_));
                    lines.push(plain(if model.screens.iter().any(connects) {
                        "Closing the terminal instead keeps it for the next start, but for the secret."
                    } else {
                        "Closing the terminal instead keeps it for the next start."
                    }));
                }
                (lines, "Discard")
            };
            if stops_making {
                paragraphs.push(plain("A rehearsal is being made, and leaving stops that."));
                paragraphs.push(plain(SERVER_MAY_RUN));
            }
            DialogText {
                title,
                paragraphs,
                confirm,
                cancel: "Stay",
            }
        }
        Question::Deed {
            deed,
            footprints,
            more,
            since,
            ..
        } if matches!(**deed, Deed::DeleteTenants(_)) => {
            let mut text = delete_text(model, deed, footprints);
            if !more.is_empty() {
                let more = format!(
                    "Nothing was deleted yet, there is more than was shown: {}.",
                    more.join("; ")
                );
                text.paragraphs.insert(0, (Tone::Warning, more));
            }
            let gone = since.iter().map(|sentence| (Tone::Warning, sentence.clone()));
            text.paragraphs.splice(0..0, gone);
            text
        }
        Question::Deed {
            deed,
            access,
            everywhere,
            since,
            turn,
            ..
        } => {
            let mut text = deed_text(model, deed, (access, everywhere), *turn);
            text.paragraphs.splice(0..0, left_alone(since));
            text.paragraphs.extend(rest(since, Dialog::LISTED, Tone::Warning));
            text
        }
        Question::DisableDefault => disable_default(model),
        Question::StartRun => start_run(model),
        Question::Rehearse => DialogText {
            title: "Practise on a rehearsal".to_owned(),
            paragraphs: vec![
                plain(
                    "A local instance `rehearsal` with sample data is made, unless there is one, and its server started.",
                ),
                plain("It is kept as a context of that name, and the console switches to it."),
                plain("The server runs on when the console is left; `kestra-admin rehearsal stop` ends it."),
            ],
            confirm: "Practise",
            cancel: "Stay here",
        },
        Question::Resume { run, from } => resume(model, run, *from),
        Question::Rollback { run, to } => rollback(model, run, *to),
        Question::Unlock => DialogText {
            title: format!("Unlock changes in {}", model.session.context),
            paragraphs: vec![
                plain("This context is protected. Once unlocked, changes are sent to it."),
                (
                    Tone::Plain,
                    model.keyed_below("It locks itself after 15 minutes without a key; <W> locks it at once."),
                ),
            ],
            confirm: "Unlock",
            cancel: "Stay locked",
        },
    }
}
