//! What a dialog says, and how much of it is in view. Where there is little room its text scrolls; the line to type in and
//! the buttons stay.

use unicode_width::UnicodeWidthStr;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::bringing::Bringing;
use crate::domain::count::{counted, counted_if_known, listed_up_to, thousands};
use crate::domain::deed::{Deed, Weight};
use crate::domain::loss::{Severity, Warning};
use crate::domain::release::Release;
use crate::domain::role_edit::Change as Difference;
use crate::domain::text::{capital, visible};
use crate::domain::undo::field_lines;
use crate::migration::plan_text::{self, PlanLine};
use crate::migration::step::Step;
use crate::migration::warning;

use super::command::{CommandId, Scope};
use super::consequences::{comes_with, goes_with_account};
use super::doing::Turn;
use super::geometry::Size;
use super::model::{Model, Screen};
use super::overlay::{Dialog, Overlay, Question, Then};
use super::page_line::{PageLine, Tone as Mark};
use super::remote::Remote;
use super::run::rollback::{deleted, undone};
use super::update::{loss_in, stays};
use super::wrap::{cut, wrap};

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

/// How a dialog is laid out on a screen, between the header and what is told below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogLayout {
    /// Columns of the dialog, borders included.
    pub columns: u16,
    /// Rows of it, borders included.
    pub rows: u16,
    /// The text, broken into lines.
    pub lines: Vec<(Tone, String)>,
    /// What has to be typed, below a line that says so; whole, in as many lines as that takes.
    pub prompt: Vec<String>,
    /// How many of the lines are in view.
    pub in_view: usize,
    /// Whether there is room for empty lines between the parts.
    pub is_airy: bool,
}

impl DialogLayout {
    /// The layout of a text on a screen, with what has to be typed.
    pub fn new(text: &DialogText, expected: Option<&str>, size: Size) -> Self {
        // A narrow margin would only show stumps of what is underneath.
        let columns = if size.width < 100 { size.width } else { 76 };
        let inner = usize::from(columns.saturating_sub(4)).max(1);
        let mut lines: Vec<(Tone, String)> = text
            .paragraphs
            .iter()
            .flat_map(|(tone, text)| evenly(&visible(text), inner).into_iter().map(|line| (*tone, line)))
            .collect();
        let (borders, buttons) = (2, 1);
        let most = usize::from(size.body_height());
        let mut prompt = expected.map_or_else(Vec::new, |expected| prompt(expected, inner));
        // What fits into no dialog is read where the text scrolls.
        if prompt.len() + borders + buttons + 2 > most && prompt.len() > 1 {
            lines.extend(prompt.drain(1..).map(|line| (Tone::Strong, line)));
        }
        let types = prompt.len() + usize::from(!prompt.is_empty());
        let fixed = borders + buttons + types;
        let air = if types > 0 { 2 } else { 1 };
        let is_airy = lines.len() + fixed + air <= most;
        let rows = (lines.len() + fixed + if is_airy { air } else { 0 }).min(most);
        let taken = fixed + if is_airy { air } else { 0 };
        Self {
            columns,
            rows: u16::try_from(rows).unwrap_or(size.height),
            in_view: rows.saturating_sub(taken).min(lines.len()),
            lines,
            prompt,
            is_airy,
        }
    }

    /// The first line in view after scrolling by pages.
    pub fn first_line(&self, scroll: usize) -> usize {
        scroll.min(self.lines.len().saturating_sub(self.in_view))
    }

    /// Whether not all of the text is in view.
    pub fn scrolls(&self) -> bool {
        self.in_view < self.lines.len()
    }
}

/// Lines of a width, of which the last is no lone short word where the others could end earlier for it.
fn evenly(text: &str, columns: usize) -> Vec<String> {
    const LONE: usize = 6;
    let lines = wrap(text, columns);
    let is_lone = |lines: &[String]| {
        let last = lines.last().map_or("", |line| line.trim());
        lines.len() > 1 && !last.contains(' ') && last.width() <= LONE
    };
    if !is_lone(&lines) {
        return lines;
    }
    let narrower = (columns.saturating_sub(2 * LONE)..columns)
        .rev()
        .map(|columns| wrap(text, columns));
    // No word is broken for it.
    let words = |lines: &[String]| lines.iter().map(|line| line.split_whitespace().count()).sum::<usize>();
    let is_as_whole = |narrower: &Vec<String>| narrower.len() == lines.len() && words(narrower) == words(&lines);
    let mut as_many = narrower.take_while(is_as_whole);
    as_many.find(|narrower| !is_lone(narrower)).unwrap_or(lines)
}

/// The lines that ask to type something: one if that fits, and otherwise what is to be typed below, cut nowhere.
fn prompt(expected: &str, columns: usize) -> Vec<String> {
    let expected = visible(expected);
    let whole = format!("Type  {expected}  to continue:");
    let short = format!("Type  {expected}:");
    match [whole, short].into_iter().find(|line| line.width() <= columns) {
        Some(line) => vec![line],
        None => std::iter::once("Type this:".to_owned())
            .chain(cut(&expected, columns))
            .collect(),
    }
}

/// How many of those that are not counted are named: nobody reads more, and all of it is broken anew for each frame.
const NAMED: usize = 500;

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

fn words(model: &Model, dialog: &Dialog) -> DialogText {
    let plain = |text: &str| (Tone::Plain, text.to_owned());
    match &dialog.question {
        Question::Discard { then } => {
            let title = match then {
                Then::Stay => "Leave the form".to_owned(),
                Then::Quit => "Leave the program".to_owned(),
                Then::Switch(name) => format!("Switch to {name}"),
            };
            // Leaving a form leaves what was sent from elsewhere alone.
            let is_sent = if *then == Then::Stay {
                let in_lines = model
                    .overlays
                    .iter()
                    .any(|overlay| matches!(overlay, Overlay::Entry(_)));
                !in_lines && model.form().is_some_and(|form| form.sent.is_some())
            } else {
                model.is_sending()
            };
            let (paragraphs, confirm) = if is_sent {
                let several = model.doing().filter(|doing| doing.deed.goes_item_by_item());
                let lines = match several {
                    Some(doing) => {
                        let (done, all) = (thousands(doing.done as u64), thousands(doing.deed.len() as u64));
                        vec![
                            plain(&format!("{done} of {all} are done.")),
                            plain("Leaving sends no more of them, and takes none back."),
                        ]
                    }
                    None => vec![
                        plain("It has been sent, and the answer is awaited."),
                        plain("Leaving does not take it back."),
                    ],
                };
                (lines, "Leave")
            } else {
                let mut lines = vec![plain("What was typed has not been sent and would be lost.")];
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
            DialogText {
                title,
                paragraphs,
                confirm,
                cancel: "Stay",
            }
        }
        Question::Deed { deed, footprints, .. } if matches!(**deed, Deed::DeleteTenants(_)) => {
            delete_text(model, deed, footprints)
        }
        Question::Deed {
            deed,
            access,
            everywhere,
            turn,
            ..
        } => deed_text(model, deed, (access, everywhere), *turn),
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
                plain("It locks itself after 15 minutes without a key; W locks it at once."),
            ],
            confirm: "Unlock",
            cancel: "Stay locked",
        },
    }
}

/// That some of what is marked, and so is meant, is not on screen.
fn hidden_marks(model: &Model) -> Option<(Tone, String)> {
    let (marked, hidden) = model.marked();
    let text = match (marked, hidden) {
        (_, 0) => return None,
        (1, _) => "What is marked is hidden by the filter.".to_owned(),
        (marked, hidden) => format!(
            "Of the {} that are marked the filter hides {}.",
            thousands(marked as u64),
            thousands(hidden as u64)
        ),
    };
    Some((Tone::Warning, text))
}

/// What goes with a tenant that is deleted; who keeps their account but not their access; and what nobody reaches any more.
fn goes_with_tenant(counts: &Footprint) -> [String; 3] {
    let gone = [
        (counts.flows, "flow"),
        (counts.namespaces, "namespace"),
        (counts.triggers, "trigger"),
        (counts.roles, "role"),
        (counts.bindings, "binding"),
        (counts.groups, "group"),
    ]
    .map(|(count, thing)| counted_if_known(count, thing));
    let users = counted_if_known(counts.users, "user");
    let lose = if counts.users == Some(1) { "loses" } else { "lose" };
    let executions = counted_if_known(counts.executions, "execution");
    [
        gone.join(", "),
        format!("{} {lose} access to it.", capital(&users)),
        format!("Kept in the database, but out of reach: {executions} with logs."),
    ]
}

/// What goes with tenants that are deleted: the same is said of one and of each of several.
fn delete_text(model: &Model, deed: &Deed, footprints: &[Remote<Footprint>]) -> DialogText {
    let context = &model.session.context;
    let ids = deed.items();
    let no_undo = "There is no undo.".to_owned();
    let mut paragraphs = Vec::new();
    if let ([id], [footprint]) = (ids.as_slice(), footprints) {
        let text = format!("This permanently deletes tenant {id} on {context} and everything in it:");
        paragraphs.push((Tone::Danger, text));
        match (footprint.value(), footprint.problem()) {
            (Some(counts), _) => {
                let [gone, users, kept] = goes_with_tenant(counts);
                paragraphs.push((Tone::Strong, gone));
                paragraphs.extend([users, kept].map(|text| (Tone::Plain, text)));
            }
            (None, Some(problem)) => {
                paragraphs.push((Tone::Warning, format!("It cannot be counted: {}", problem.what)));
            }
            (None, None) => paragraphs.push((Tone::Muted, "counting...".to_owned())),
        }
    } else {
        let number = counted(ids.len() as u64, "tenant");
        let text = format!("This permanently deletes {number} on {context} and everything in them:");
        paragraphs.push((Tone::Danger, text));
        // Before all that may have to be scrolled to.
        paragraphs.push((Tone::Plain, no_undo.clone()));
        paragraphs.push((Tone::Strong, listed_up_to(Dialog::LISTED, &ids)));
        for (id, footprint) in ids.iter().zip(footprints) {
            match (footprint.value(), footprint.problem()) {
                (Some(counts), _) => {
                    let [gone, users, kept] = goes_with_tenant(counts);
                    paragraphs.push((Tone::Strong, format!("  {id}: {gone}")));
                    paragraphs.extend([users, kept].map(|text| (Tone::Plain, format!("    {text}"))));
                }
                (None, Some(_)) => paragraphs.push((Tone::Strong, format!("  {id}: cannot be counted"))),
                (None, None) => paragraphs.push((Tone::Strong, format!("  {id}: counting..."))),
            }
        }
    }
    paragraphs.extend(hidden_marks(model));
    let program = std::iter::once("kestra-admin").chain(model.session.command_words.iter().map(String::as_str));
    let program = program.collect::<Vec<_>>().join(" ");
    let saving = match ids.as_slice() {
        [only] => format!("it first, by E in the list or with: {program} export snapshot --tenant {only}"),
        several => {
            let named: Vec<&str> = several.iter().take(Dialog::LISTED).map(String::as_str).collect();
            let flags = named.join(" --tenant ");
            let more = match several.len().saturating_sub(Dialog::LISTED) {
                0 => String::new(),
                more => format!(", and --tenant for each of the {} others", thousands(more as u64)),
            };
            format!("them first, by E in the list or with: {program} export snapshot --tenant {flags}{more}")
        }
    };
    paragraphs.extend((ids.len() == 1).then_some((Tone::Plain, no_undo)));
    paragraphs.push((Tone::Plain, format!("Save {saving}")));
    let others: Vec<&str> = ids.iter().skip(footprints.len()).map(String::as_str).collect();
    if !others.is_empty() {
        let named = others.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = thousands(others.len() as u64);
        let rest = match others.len().saturating_sub(NAMED) {
            0 => String::new(),
            rest => format!(", and {} more", thousands(rest as u64)),
        };
        let text = format!("And {more} more, which are not counted: {named}{rest}");
        paragraphs.push((Tone::Strong, text));
    }
    DialogText {
        title: if ids.len() == 1 {
            "Delete tenant".to_owned()
        } else {
            format!("Delete {}", counted(ids.len() as u64, "tenant"))
        },
        paragraphs,
        confirm: "Delete",
        cancel: "Cancel",
    }
}

/// What a change to who may do what does, and what it takes away from whom.
fn deed_text(
    model: &Model,
    deed: &Deed,
    (access, everywhere): (&Remote<TenantAccess>, &Remote<Vec<String>>),
    turn: Turn,
) -> DialogText {
    let release = model
        .instance
        .value()
        .map_or(Release::DEFAULT, |instance| instance.release);
    let words = deed.words(release);
    let context = &model.session.context;
    let place = match (deed, deed.scope()) {
        (_, Some(scope)) => format!("In tenant {scope} on {context}"),
        (Deed::EnsureAdmin(..) | Deed::TakeAdmin(..), None) => format!("{words} on {context}"),
        (Deed::UpdateTenant { before, .. }, None) => format!("In tenant {} on {context}", before.id),
        (Deed::Bring(_), None) => format!("On {context}"),
        (_, None) => format!("On the whole of {context}"),
    };
    let mut paragraphs = Vec::new();
    let mut is_lost_to_oneself = false;
    let intro = if deed.weight() == Weight::Destroys {
        (Tone::Danger, format!("{place}, for good:"))
    } else {
        (Tone::Plain, format!("{place}:"))
    };
    paragraphs.push(intro);
    if let Deed::Bring(bringing) = deed {
        paragraphs.insert(0, (Tone::Plain, bringing.holds.clone()));
    }
    let items = deed.items();
    if items.len() > 1 || matches!(deed, Deed::Bring(_)) {
        // Nothing else shows what a file says, and the text scrolls.
        let listed = if matches!(deed, Deed::Bring(_)) {
            NAMED
        } else {
            Dialog::LISTED
        };
        let shown = items.iter().take(listed);
        paragraphs.extend(shown.map(|item| (Tone::Strong, format!("  {item}"))));
        if items.len() > listed {
            let more = thousands((items.len() - listed) as u64);
            paragraphs.push((Tone::Strong, format!("  and {more} more")));
        }
    } else {
        paragraphs.push((Tone::Strong, format!("  {words}")));
    }
    let is_about_marks = matches!(
        deed,
        Deed::EnsureAdmin(..) | Deed::Grant(..) | Deed::Revoke(..) | Deed::SetMembership { .. } | Deed::TakeAccess(..)
    );
    paragraphs.extend(hidden_marks(model).filter(|_| is_about_marks && turn == Turn::Forth));
    if let Deed::Bring(bringing) = deed {
        paragraphs.extend(brought(bringing));
    }
    if let Deed::UpdateTenant { before, after } = deed {
        let lines = field_lines(before, after).into_iter();
        paragraphs.extend(lines.map(|line| (Tone::Strong, format!("  {line}"))));
    }
    if let Deed::UpdateRole { before, after, .. } = deed {
        let change = Difference::between(&before.permissions, &after.permissions, release).words();
        paragraphs.extend((!change.is_empty()).then(|| (Tone::Strong, format!("  {change}"))));
    }
    paragraphs.extend(comes_with(model, deed, release));
    if matches!(deed, Deed::DeleteAccount(..)) {
        paragraphs.extend(goes_with_account(everywhere));
    } else if !deed.removals().is_empty() {
        match (access.value(), access.problem()) {
            (Some(access), _) => {
                let loss = loss_in(model, deed, access);
                is_lost_to_oneself = loss.is_lost_to_oneself();
                if deed.scope().is_none() && *access != TenantAccess::default() && !loss.warnings.is_empty() {
                    paragraphs.push((Tone::Plain, "Seen from the tenant on screen:".to_owned()));
                }
                if loss.warnings.is_empty() && deed.scope().is_some() {
                    paragraphs.push((Tone::Plain, "Nobody loses anything by it.".to_owned()));
                }
                paragraphs.extend(loss.warnings.iter().map(warned));
            }
            (None, Some(problem)) => {
                let text = format!("Who loses something by it is not known: {}", problem.what);
                paragraphs.push((Tone::Warning, text));
            }
            (None, None) if deed.scope().is_some() => {
                paragraphs.push((Tone::Muted, "finding out who loses something...".to_owned()));
            }
            (None, None) => {}
        }
    }
    if let Deed::TakeAdmin(_, loss) = deed {
        let text = "What else they hold stays. Where the access goes, nothing else was given to them since.";
        paragraphs.push((Tone::Plain, text.to_owned()));
        paragraphs.extend(loss.iter().flat_map(|loss| &loss.warnings).map(warned));
    }
    let after = match deed.weight() {
        _ if turn != Turn::Forth => String::new(),
        Weight::Reversible | Weight::Final if is_lost_to_oneself => "You could not take it back yourself.".to_owned(),
        Weight::Reversible | Weight::Final if deed.can_be_taken_back() => undone_by(model),
        Weight::Reversible | Weight::Final => format!("No key takes it back: {}.", deed.lasts_because()),
        Weight::Destroys => "There is no undo.".to_owned(),
    };
    paragraphs.extend((!after.is_empty()).then_some((Tone::Plain, after)));
    DialogText {
        title: match deed {
            // Whose role it is stands below, where there is room for it.
            Deed::Revoke(_, bindings) if turn == Turn::Forth && bindings.len() == 1 => "Take away a role".to_owned(),
            _ if turn == Turn::Forth => words,
            _ => format!("{}: {words}", turn.verb()),
        },
        paragraphs,
        confirm: if turn == Turn::Forth { verb(deed) } else { turn.verb() },
        cancel: "Cancel",
    }
}

/// A warning, by how bad it is.
fn warned(warning: &Warning) -> (Tone, String) {
    let (tone, mark) = match warning.severity {
        Severity::Danger => (Tone::Danger, "! "),
        Severity::Warning => (Tone::Warning, "! "),
        Severity::Notice => (Tone::Plain, ""),
    };
    (tone, format!("{mark}{}", warning.sentence))
}

/// What else is to be known of a snapshot before it is brought: what stays, what is said of it, and who loses something.
fn brought(bringing: &Bringing) -> Vec<(Tone, String)> {
    let mut paragraphs = Vec::new();
    if bringing.stays > 0 {
        let rest = if bringing.stays == 1 {
            "stays as it is"
        } else {
            "stay as they are"
        };
        let text = format!("{} there already, and {rest}.", stays(bringing.stays));
        paragraphs.push((Tone::Plain, text));
    }
    paragraphs.extend(bringing.remarks.iter().map(|remark| (Tone::Plain, remark.clone())));
    match &bringing.loss {
        Some(loss) => paragraphs.extend(loss.warnings.iter().map(warned)),
        None => paragraphs.push((
            Tone::Warning,
            "Who loses something by it is not known: you may not see all of who may do what there.".to_owned(),
        )),
    }
    paragraphs
}

/// Which key takes it back.
fn undone_by(model: &Model) -> String {
    let key = model.keymap.key_of(CommandId::Undo, &[Scope::Global]);
    key.map_or_else(|| "It can be undone.".to_owned(), |key| format!("{key} undoes it."))
}

/// The word on the button.
fn verb(deed: &Deed) -> &'static str {
    match deed {
        Deed::CreateRole(..) | Deed::CreateGroup(..) | Deed::CreateAccount(..) | Deed::CreateToken(..) => "Create",
        Deed::UpdateTenant { .. }
        | Deed::UpdateRole { .. }
        | Deed::UpdateGroup { .. }
        | Deed::SetSuperadmin(..)
        | Deed::SetPassword(..) => "Change",
        Deed::DeleteTenants(_) | Deed::DeleteRole(..) | Deed::DeleteGroup(..) | Deed::DeleteAccount(..) => "Delete",
        Deed::Grant(..) | Deed::GiveAccess(..) => "Give",
        Deed::EnsureAdmin(..) => "Make Admin",
        Deed::Restore(..) => "Give back",
        Deed::Revoke(..) | Deed::TakeBack(..) | Deed::TakeAdmin(..) | Deed::TakeAccess(..) => "Take away",
        Deed::SetMembership { wanted: None, .. } => "Take out",
        Deed::SetMembership { .. } => "Put in",
        Deed::DeleteToken(..) => "End it",
        Deed::Invite(..) => "Invite",
        Deed::DeleteInvitation(..) => "Withdraw",
        Deed::Bring(bringing) => bringing.reach.verb(),
    }
}

/// What becomes unreachable, who loses all access, and how to bring it back.
fn disable_default(model: &Model) -> DialogText {
    let context = &model.session.context;
    let surveyed = model.wizard.as_ref().and_then(|wizard| wizard.surveyed());
    let mut paragraphs = vec![(
        Tone::Danger,
        "Nothing is deleted, but from the next restart nobody can reach:".to_owned(),
    )];
    let lines = surveyed.map_or_else(Vec::new, |surveyed| warning::unreachable(&surveyed.inspection));
    paragraphs.extend(lines.into_iter().map(|line| (Tone::Strong, format!("  {line}"))));
    paragraphs.push((
        Tone::Plain,
        "To bring it back: set default-tenant to true and restart; rolling back does this.".to_owned(),
    ));
    DialogText {
        title: format!("Disable the default tenant of {context}"),
        paragraphs,
        confirm: "Disable",
        cancel: "Keep it",
    }
}

/// What the run will change, in short, as the plan has it.
fn start_run(model: &Model) -> DialogText {
    let context = &model.session.context;
    let mut paragraphs = Vec::new();
    if model.session.protected {
        paragraphs.push((Tone::Plain, "This context is protected.".to_owned()));
    }
    let plan = model.wizard.as_ref().and_then(|wizard| wizard.plan());
    let facts = plan.map_or_else(Vec::new, plan_text::summary);
    paragraphs.extend(facts.into_iter().filter_map(|fact| match fact {
        // Where it is says the page behind.
        PlanLine::Fact(name, text) if name != "Instance" => Some((Tone::Strong, format!("{name}: {text}"))),
        _ => None,
    }));
    paragraphs.push((
        Tone::Plain,
        "It can be paused after each step, stopped, and rolled back as far as it changed something.".to_owned(),
    ));
    DialogText {
        title: format!("Migrate {context}"),
        paragraphs,
        confirm: "Start",
        cancel: "Not yet",
    }
}

/// What is undone, in order.
fn resume(model: &Model, run: &str, from: Option<Step>) -> DialogText {
    let mut paragraphs = Vec::new();
    if model.session.protected {
        paragraphs.push((Tone::Plain, "This context is protected.".to_owned()));
    }
    if from.is_none() {
        paragraphs.push((Tone::Plain, format!("Run {run} goes on with what it has not done yet.")));
    }
    let view = model.screens.iter().find_map(|screen| match screen {
        Screen::Run(view) if view.run == run => Some(view),
        _ => None,
    });
    if let Some(from) = from {
        let passed = view.map_or_else(Vec::new, |view| view.passed_over(from));
        let names: Vec<String> = passed.iter().map(|step| format!("`{step}`")).collect();
        paragraphs.push((
            Tone::Plain,
            format!("Run {run} begins with `{from}`. These steps before it are skipped:"),
        ));
        paragraphs.push((Tone::Strong, format!("  {}", names.join(", "))));
        paragraphs.push((
            Tone::Warning,
            "The run does not come back to them. Skip only what is not wanted, or was done by hand.".to_owned(),
        ));
    }
    DialogText {
        title: from.map_or_else(|| "Go on".to_owned(), |from| format!("Go on from {from}")),
        paragraphs,
        confirm: "Go on",
        cancel: "Not yet",
    }
}

fn rollback(model: &Model, run: &str, to: Step) -> DialogText {
    let state = model.screens.iter().find_map(|screen| match screen {
        Screen::Rollback(view) if view.run == run => Some(&view.state),
        _ => None,
    });
    let mut paragraphs = vec![(Tone::Plain, format!("Run {run} is undone, back to before `{to}`:"))];
    for line in state.map_or_else(Vec::new, |state| undone(state, to)) {
        if let PageLine::Text(tone, indent, text) = line {
            // What changes in files stands on the page behind.
            if matches!(tone, Mark::Added | Mark::Removed | Mark::Muted) {
                continue;
            }
            let tone = match tone {
                Mark::Warning => Tone::Danger,
                _ => Tone::Plain,
            };
            paragraphs.push((tone, format!("{}{text}", " ".repeat(indent))));
        }
    }
    let deletes = state.is_some_and(|state| !deleted(state, to).is_empty());
    if deletes {
        paragraphs.push((
            Tone::Plain,
            "A tenant in which something lives by now is left alone, and said so.".to_owned(),
        ));
    }
    DialogText {
        title: "Roll back".to_owned(),
        paragraphs,
        confirm: "Roll back",
        cancel: "Leave it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long_text() -> DialogText {
        DialogText {
            title: "T".to_owned(),
            paragraphs: vec![(Tone::Plain, "word ".repeat(60))],
            confirm: "Yes",
            cancel: "No",
        }
    }

    #[test]
    fn what_has_no_room_scrolls_and_the_rest_stays() {
        let text = long_text();
        let roomy = DialogLayout::new(&text, Some("acme"), Size::new(80, 24));
        assert!(roomy.is_airy && !roomy.scrolls());
        assert_eq!(usize::from(roomy.rows), roomy.lines.len() + 7);
        let tight = DialogLayout::new(&text, Some("acme"), Size::new(40, 12));
        assert!(!tight.is_airy && tight.scrolls());
        assert_eq!((tight.columns, tight.rows, tight.in_view), (40, 9, 4));
        assert_eq!(tight.first_line(99), tight.lines.len() - 4);
        let none = DialogLayout::new(&text, Some("acme"), Size::new(1, 1));
        assert_eq!((none.rows, none.in_view), (0, 0));
    }

    #[test]
    fn no_short_word_ends_a_paragraph_alone() {
        assert_eq!(evenly("one two three four it:", 18), ["one two three", "four it:"]);
        assert_eq!(evenly("one two three four", 18), ["one two three four"]);
        assert_eq!(evenly("abcdefghijkl it:", 12), ["abcdefghijkl", "it:"]);
    }

    #[test]
    fn what_is_to_be_typed_is_never_cut() {
        let text = long_text();
        for length in [3, 30, 60, 64, 100, 255, 600, 2_000] {
            let expected: String = "abcdefghij".chars().cycle().take(length).collect();
            for size in [Size::new(40, 12), Size::new(80, 24), Size::new(200, 60)] {
                let layout = DialogLayout::new(&text, Some(&expected), size);
                let prompt = layout.prompt.join("");
                let scrolled: String = layout.lines.iter().map(|(_, line)| line.as_str()).collect();
                assert!(prompt.contains(&expected) || scrolled.contains(&expected), "{length}");
                assert!(
                    layout
                        .prompt
                        .iter()
                        .all(|line| line.len() <= usize::from(layout.columns) - 4)
                );
                let fixed = layout.prompt.len() + 1 + 3;
                assert!(layout.in_view + fixed <= usize::from(layout.rows), "{length}");
                assert!(layout.rows <= size.height && (prompt.contains(&expected) || layout.scrolls()));
            }
        }
    }
}
