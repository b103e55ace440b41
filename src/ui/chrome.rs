//! What surrounds every screen: who and where we are above, what happened and what can be done below.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::app::command::{CommandId, Scope};
use crate::app::effect::Millis;
use crate::app::key_words::key_names;
use crate::app::messages::{Level, Message};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::pointer::Hit;
use crate::app::screen::Screen;
use crate::app::session::Mode;
use crate::app::tenant_form::TenantForm;
use crate::domain::count::counted;
use crate::domain::problem::ProblemKind;

use super::canvas::{Canvas, width};
use super::hints::Hints;
use super::look::Meaning;

/// The lines above the body.
pub fn head(model: &Model, area: Rect, canvas: &mut Canvas<'_>) {
    if model.size.is_compact() {
        let mode = format!(" {} ", model.session.mode().word());
        let end = canvas.text(area.x, area.y, area.width, mode_meaning(model), &mode);
        let rest = Rect::new(end, area.y, area.right() - end, 1);
        let name = tagged(model);
        let tag = u16::try_from(width(&name)).unwrap_or(u16::MAX).min(rest.width);
        draw_crumbs(model, name, rest, Meaning::Title, canvas);
        canvas.tag(rest.x, rest.y, tag, model.session.color);
        return;
    }
    let (meaning, mut word) = health(model);
    let count = model.runs_at_work() as u64;
    if count > 0 {
        let gap = if word.is_empty() { "" } else { "  " };
        word.extend([gap, &counted(count, "run")]);
    }
    let columns = u16::try_from(width(&word)).unwrap_or(0).min(area.width);
    let edge = area.right().saturating_sub(columns + 1);
    // What is left out must not change with each answer that takes a digit more or less.
    let has_latency = model.contact.latency.is_some() && model.session.remote;
    let reserved = if has_latency { LATENCY.max(columns) } else { columns };
    // That is seldom all taken, so that one column sets it off.
    let gap = if has_latency { 1 } else { 2 };
    let parts_end = area.right().saturating_sub(reserved + 1);
    canvas.text(edge, area.y, columns, meaning, &word);
    let parts = head_parts(model, usize::from(parts_end.saturating_sub(area.x + 1 + gap)), canvas);
    let mut x = area.x + 1;
    for (meaning, text) in parts {
        let room = parts_end.saturating_sub(x + gap);
        // A stump of a word says nothing; what has no room is left out.
        if usize::from(room) >= width(&text).min(10) {
            let end = canvas.text(x, area.y, room, meaning, &text);
            if meaning == Meaning::Accent {
                canvas.tag(x, area.y, end - x, model.session.color);
            }
            x = end + 2;
        }
    }
    let line = Rect::new(area.x + 1, area.y + 1, area.width.saturating_sub(2), 1);
    draw_crumbs(model, model.session.context.clone(), line, Meaning::Muted, canvas);
}

/// The context, with the colour that marks it also as a word.
pub(super) fn tagged(model: &Model) -> String {
    model.session.context.clone() + &tag(model)
}

fn tag(model: &Model) -> String {
    model
        .session
        .color
        .map_or_else(String::new, |color| format!(" [{color}]"))
}

/// Columns of the longest word for how long an answer takes, `ok 999ms`.
const LATENCY: u16 = 8;
const PROGRAM: &str = "kestra-admin";
/// What stands before edition and version.
const KESTRA: &str = "Kestra ";

/// Who and where we are, in `room` columns: what says least gives way first, and the release stays.
fn head_parts(model: &Model, room: usize, canvas: &Canvas<'_>) -> Vec<(Meaning, String)> {
    let mode = model.session.mode().word();
    // The place in the next line has the name, too; colour and mode are said here alone.
    let tag = tag(model);
    let named = room.saturating_sub(width(mode) + 2 + width(&tag));
    let mut parts = vec![
        (
            Meaning::Accent,
            canvas.fit(&model.session.context, named).into_owned() + &tag,
        ),
        (mode_meaning(model), mode.to_owned()),
    ];
    if let Some(instance) = model.instance.value() {
        let identity = &instance.identity;
        let mut kestra = format!("{KESTRA}{} {}", instance.edition, instance.version);
        let mut others: usize = parts.iter().map(|(_, text)| width(text) + 2).sum::<usize>() + width(&kestra) + 2;
        // That it is Kestra is known, unlike who we are, as far as there is room for that at all.
        let (name, left) = (width(&identity.username), room.saturating_sub(others));
        if name > left && left + KESTRA.len() >= name.min(10) {
            kestra.drain(..KESTRA.len());
            others -= KESTRA.len();
        }
        let mut who = identity.username.clone();
        if identity.superadmin {
            let full = format!("{who} ({})", instance.release.superadmin_word());
            if width(&full) + others <= room {
                who = full;
            }
        }
        let left = room.saturating_sub(others);
        if left >= width(&who).min(10) {
            parts.push((Meaning::Text, canvas.fit(&who, left).into_owned()));
        }
        parts.push((Meaning::Text, kestra));
    }
    let used: usize = parts.iter().map(|(_, text)| width(text) + 2).sum();
    let over = (used + PROGRAM.len()).saturating_sub(room);
    if over > KESTRA.len() {
        return parts;
    }
    if over > 0 {
        // Beside the name of the program the release needs no name of its own.
        match parts.last_mut() {
            Some((_, text)) if text.starts_with(KESTRA) => drop(text.drain(..KESTRA.len())),
            _ => return parts,
        }
    }
    parts.insert(0, (Meaning::Title, PROGRAM.to_owned()));
    parts
}

fn mode_meaning(model: &Model) -> Meaning {
    match model.session.mode() {
        Mode::Writable => Meaning::Text,
        Mode::ReadOnly | Mode::Unlocked => Meaning::Attention,
    }
}

fn health(model: &Model) -> (Meaning, String) {
    let is_silent = model.is_out_of_reach() || model.contact.is_silent;
    if is_silent && model.is_trying_again() {
        (Meaning::Danger, "! no answer, trying again".to_owned())
    } else if is_silent {
        (Meaning::Danger, "! no answer".to_owned())
    } else if let Some(problem) = model.instance.problem() {
        // It answered, and what it said is of no use.
        let word = if problem.kind == ProblemKind::Denied {
            "! refused"
        } else {
            "! failed"
        };
        (Meaning::Danger, word.to_owned())
    } else if let Some(since) = model.instance.waiting_since() {
        (Meaning::Muted, waiting(model, since, "connecting").unwrap_or_default())
    } else if model.instance.value().is_none() {
        // Nothing was ever answered, and nothing is awaited.
        (Meaning::Attention, "not asked".to_owned())
    } else if let Some(since) = model.slow_since() {
        // Rows stay as they were read; that nothing came yet is said here.
        (Meaning::Attention, waiting(model, since, "waiting").unwrap_or_default())
    } else {
        // On this machine there is no way that an answer could take long on.
        let latency = model.contact.latency_words().filter(|_| model.session.remote);
        (
            Meaning::Ok,
            latency.map_or_else(|| "ok".to_owned(), |words| format!("ok {words}")),
        )
    }
}

/// A word for something that is waited for: nothing at first, then the word, then with seconds.
pub fn waiting(model: &Model, since: Millis, word: &str) -> Option<String> {
    let waited = model.now.saturating_sub(since);
    match waited {
        0..150 => None,
        150..2_000 => Some(word.to_owned()),
        _ => Some(format!("{word} {} s", waited / 1000)),
    }
}

/// Where we are, outermost first, and how far back each leads.
fn breadcrumbs(model: &Model, columns: u16, canvas: &Canvas<'_>) -> Vec<(String, Hit)> {
    // A long name leaves room for where it leads.
    let named = |name: &str| canvas.fit(name, usize::from(columns) / 2).into_owned();
    let mut shown = vec![(
        "Tenants".to_owned(),
        Hit::Place {
            screens: 0,
            role: false,
        },
    )];
    for (index, screen) in model.screens.iter().enumerate() {
        let mut crumbs = Vec::new();
        match screen {
            Screen::Tenant(view) => {
                crumbs.push(named(&view.scope.to_string()));
                crumbs.push(view.tab.title().to_owned());
                if view.role.is_some() {
                    let name = view.open_role().map_or("Role", |role| role.name.as_str());
                    crumbs.push(named(name));
                }
            }
            Screen::Form(form) => crumbs.push(form_title(form)),
            Screen::RoleEditor(editor) => {
                let name = match &editor.before {
                    Some(role) => format!("Edit {}", named(&role.name)),
                    None => "New role".to_owned(),
                };
                let review = if editor.review.is_some() { " > Review" } else { "" };
                let mark = if editor.is_dirty() { " *" } else { "" };
                crumbs.push(format!("{name}{review}{mark}"));
            }
            Screen::Comparison(_) => crumbs.push("Compare".to_owned()),
            Screen::Access(view) => crumbs.push(named(&view.user.username)),
            Screen::WhoCan(view) => crumbs.push(format!("Who can {} {}", view.action, view.resource)),
            Screen::Messages(_) => crumbs.push("Messages".to_owned()),
            Screen::Connect(_) => crumbs.push("Connect".to_owned()),
            Screen::Wizard => {
                crumbs.push("Migration".to_owned());
                let page = model.wizard.as_ref().filter(|wizard| wizard.surveyed().is_some());
                crumbs.extend(page.map(|wizard| wizard.page.title().to_owned()));
            }
            Screen::Runs(_) => crumbs.push("Runs".to_owned()),
            Screen::Run(view) if view.is_dry => crumbs.push("Dry run".to_owned()),
            Screen::Run(view) => crumbs.push(format!("Run {}", named(&view.run))),
            Screen::Rollback(_) => crumbs.push("Roll back".to_owned()),
            Screen::Records(view) => crumbs.push(named(&view.kind.title())),
            Screen::Contexts(_) => crumbs.push("Contexts".to_owned()),
            Screen::Checks(view) => crumbs.push(named(&view.title())),
        }
        let screens = index + 1;
        shown.extend(crumbs.into_iter().enumerate().map(|(part, crumb)| {
            // A role is opened within its tenant, of which there are two parts before it.
            let role = matches!(screen, Screen::Tenant(_)) && part == 2;
            (crumb, Hit::Place { screens, role })
        }));
    }
    shown
}

/// Writes where we are, after the name of the context, and notes where each part of it leads. Where there is no room for all of it, places passed on the way
/// give way, not where we are.
fn draw_crumbs(model: &Model, name: String, area: Rect, meaning: Meaning, canvas: &mut Canvas<'_>) {
    let mut crumbs = breadcrumbs(model, area.width, canvas);
    let mut text = name;
    let taken = |crumbs: &[(String, Hit)]| crumbs.iter().map(|(crumb, _)| width(crumb) + 3).sum::<usize>();
    let mut room = usize::from(area.width).saturating_sub(width(&text));
    let dots = " > ...";
    if taken(&crumbs) > room {
        room = room.saturating_sub(dots.len());
        while taken(&crumbs) > room && crumbs.len() > 1 {
            crumbs.remove(0);
        }
        text.push_str(dots);
    }
    for (crumb, hit) in &crumbs {
        text.push_str(" > ");
        let start = width(&text);
        text.push_str(crumb);
        let [start, end] = [start, width(&text)].map(|at| area.width.min(u16::try_from(at).unwrap_or(u16::MAX)));
        canvas.hit(Rect::new(area.x + start, area.y, end - start, 1), *hit);
    }
    canvas.text(area.x, area.y, area.width, meaning, &text);
}

fn form_title(form: &TenantForm) -> String {
    let verb = match (&form.before, form.review.is_some()) {
        (None, false) => "New tenant".to_owned(),
        (None, true) => "New tenant > Review".to_owned(),
        (Some(before), false) => format!("Edit {}", before.id),
        (Some(before), true) => format!("Edit {} > Review", before.id),
    };
    if form.is_dirty() { format!("{verb} *") } else { verb }
}

/// The lines below the body: one notice, and the keys that matter here.
pub fn foot(model: &Model, area: Rect, canvas: &mut Canvas<'_>) {
    let (notice, keys) = (area.bottom() - 2, area.bottom() - 1);
    // Whatever is to be said comes before what waits and how far a change is.
    let level = model.messages.notice().map(|notice| notice.level);
    let is_free = level.is_none_or(|level| level == Level::Done) || model.messages.says_awaited();
    // That no more is kept is told as well, and says less.
    let is_full = level != Some(Level::Error) && model.typed_ahead().is_some_and(|(_, is_full)| is_full);
    let waits = || typed_ahead(model).or_else(|| progress(model));
    if let Some(words) = (is_free || is_full).then(waits).flatten() {
        let columns = area.width.saturating_sub(1);
        canvas.text(area.x + 1, notice, columns, Meaning::Accent, &words);
    } else if let Some(words) = model.messages.aside() {
        let columns = area.width.saturating_sub(1);
        canvas.text(area.x + 1, notice, columns, Meaning::Muted, words);
    } else if let Some(message) = model.messages.notice() {
        let meaning = match message.level {
            Level::Done => Meaning::Ok,
            Level::Warning => Meaning::Attention,
            Level::Error => Meaning::Danger,
        };
        let mut spans = vec![
            (meaning, format!(" {}  ", message.level.word())),
            (Meaning::Text, message.text.clone()),
        ];
        // What is cut is read in full elsewhere.
        let is_cut = spans.iter().map(|(_, text)| width(text)).sum::<usize>() > usize::from(area.width);
        let is_last = |last: &Message| std::ptr::eq(last, message);
        let shows = if model.messages.last_trouble().is_some_and(is_last) {
            CommandId::Problem
        } else {
            CommandId::GoMessages
        };
        let has_results = model.has_results_of(message);
        let word = match (&message.problem, has_results) {
            (Some(_), _) => "details",
            (None, true) => "each result",
            (None, false) => "all",
        };
        let scopes = model.scopes();
        let key = model.keymap.key_of(shows, &scopes).map(|key| (key, ""));
        // Where a form is filled in, what is cut can be read once that is over; how each of several things went, wherever one is.
        let is_later = message.problem.is_none() && (has_results || is_cut && scopes.first() == Some(&Scope::Form));
        let later = || {
            let key = model.keymap.key_of(CommandId::GoMessages, &[Scope::Global])?;
            (is_later && !model.size.is_compact()).then_some((key, " later"))
        };
        let details = key
            .filter(|_| is_cut || has_results || message.problem.is_some())
            .or_else(later)
            .map(|(key, when)| format!("  {} {word}{when}", key_names(&key)));
        // The way to the details must be seen even if the text is long.
        let tail = details.as_deref().map_or(0, width);
        let tail = u16::try_from(tail).unwrap_or(0);
        spans.extend(details.map(|text| (Meaning::Muted, text)));
        let mut x = area.x;
        for (index, (meaning, text)) in spans.iter().enumerate() {
            let room = area
                .right()
                .saturating_sub(x)
                .saturating_sub(if index < 2 { tail } else { 0 });
            // What was done ends in what was done and what takes it back; names in the middle give way.
            let text = if index == 1 && message.command.is_some() {
                Cow::Owned(canvas.fit_ends(text, usize::from(room)))
            } else {
                Cow::Borrowed(text)
            };
            x = canvas.text(x, notice, room, *meaning, &text);
        }
    } else if let Some(words) = job_line(model) {
        let columns = area.width.saturating_sub(1);
        canvas.text(area.x + 1, notice, columns, Meaning::Accent, &words);
    }
    let mut x = area.x;
    for (meaning, text, command) in Hints::of(model).fit(usize::from(area.width)) {
        let end = canvas.text(x, keys, area.right().saturating_sub(x), meaning, &text);
        if let Some(id) = command {
            canvas.hit(Rect::new(x, keys, end - x, 1), Hit::Command(id));
        }
        x = end;
    }
}

/// How much waits for rows that are still read.
fn typed_ahead(model: &Model) -> Option<String> {
    let (ahead, is_full) = model.typed_ahead()?;
    let drops = model.keyed("<esc> drops them");
    let keys = counted(ahead as u64, "key");
    let words = if is_full {
        "no more are kept"
    } else {
        "done once the rows are there"
    };
    Some(format!("Typed ahead: {keys}, {words}; {drops}"))
}

/// How far a change of several things has come, once it takes a while.
fn progress(model: &Model) -> Option<String> {
    let doing = model.doing().filter(|doing| doing.deed.goes_item_by_item())?;
    let since = model.asked_at(doing.job)?;
    if doing.counts_again() {
        let words = waiting(model, since, "counting again")?;
        return Some(format!("{words}; {}", model.keyed("<esc> deletes nothing")));
    }
    let words = waiting(model, since, "sending")?;
    let come = doing.tally.words_of(doing.deed.len());
    Some(if doing.is_stopping {
        format!("{words}: {come}; no more are sent")
    } else {
        let stops = model.keyed("<ctrl-c> stops before the next");
        format!("{words}: {come}; {stops}")
    })
}

/// On the screen of tenants, the run in progress, if there is one.
fn job_line(model: &Model) -> Option<String> {
    let run = model.run_in_progress().filter(|_| model.screens.is_empty())?;
    let key = model.keymap.key_of(CommandId::Migration, &model.scopes())?;
    let step = run.step.map_or_else(String::new, |step| format!(", {step}"));
    let words = if run.alive {
        format!("step {} of {}{step}", run.position, run.steps)
    } else {
        run.words.trim_end_matches('.').to_owned()
    };
    Some(format!("run {}: {words}; {} shows it", run.id, key_names(&key)))
}

/// Whether what is selected is not told: something lies over the screen. Beside a page it stays marked, which is about it.
pub fn hides_selection(model: &Model) -> bool {
    let is_beside = |overlay: &Overlay| matches!(overlay, Overlay::Page(page) if page.is_beside(model.size));
    is_covered(model) && !model.overlays.last().is_some_and(is_beside)
}

/// Whether what lies over the screen asks whether to change what is selected, rather than what is marked.
pub fn asks_about_selected(model: &Model) -> bool {
    !model.has_marks() && model.overlays.last().is_some_and(Overlay::asks_about_change)
}

/// Whether something lies over the screen, so that what is under it has no cursor of its own.
pub fn is_covered(model: &Model) -> bool {
    matches!(
        model.overlays.last(),
        Some(
            Overlay::Menu(_)
                | Overlay::Choice(_)
                | Overlay::Entry(_)
                | Overlay::Token(_)
                | Overlay::Dialog(_)
                | Overlay::Columns(_)
                | Overlay::Page(_)
        )
    )
}
