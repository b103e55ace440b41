//! The console as lines of text, for screen readers and terminals without a screen.
//!
//! The same model, said instead of drawn: where we are, what there is, numbered, what happened, and what can be done.

use crate::app::clock::time_of_day;
use crate::app::command::Scope;
use crate::app::connect::ConnectForm;
use crate::app::effect::Millis;
use crate::app::filter_edit::FilterEdit;
use crate::app::form_field::{Editor, Note};
use crate::app::key_words::key_names;
use crate::app::linear::{form_keys, hides, offered};
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::screen::Screen;
use crate::app::tenant_form::{Focus, ReviewLine, TenantForm};
use crate::app::tenant_list::TenantList;
use crate::app::update::{current_sort, review_unbroken};
use crate::app::welcome::Way;
use crate::domain::count::{counted, thousands};
use crate::domain::problem::Problem;
use crate::domain::redact::MARK;
use crate::domain::text::visible;

use super::{
    linear_access, linear_contexts, linear_migration, linear_overlays, linear_people, linear_rows, linear_tenants,
    screens,
};

/// Whether the place on screen grows by itself, so that what was said of it need not be said again.
pub fn grows(model: &Model) -> bool {
    model.overlays.is_empty()
        && match model.screens.last() {
            Some(Screen::Run(_) | Screen::Checks(_) | Screen::Contexts(_)) => true,
            // Nor is a field that is asked for again said once.
            Some(Screen::Connect(form)) => form.way.job.is_some(),
            Some(Screen::Wizard) => model.wizard.as_ref().is_some_and(|wizard| wizard.surveyed().is_none()),
            _ => false,
        }
}

/// Whether what is to be said comes by itself: of a run nothing is known yet, or rows are about to be looked for or being
/// read, and who has admins among them.
pub fn loads(model: &Model) -> bool {
    let run = model.screens.last().filter(|_| model.overlays.is_empty());
    let waits = matches!(run, Some(Screen::Run(view)) if view.state.is_none() && view.problem.is_none());
    let comes = |tenants: &TenantList| tenants.waiting_since().is_some() || tenants.counting().is_some();
    let is_list = model.screens.is_empty() && model.overlays.is_empty() && model.welcome_on_screen().is_none();
    let begins = is_list && (model.instance.waiting_since().is_some() || comes(&model.tenants));
    let is_read_again = model.is_back_in_reach() && model.running() > 0;
    waits || begins || is_read_again || model.is_about_to_search()
}

/// The place on screen as text, without a final line end. The same text means that nothing worth saying changed.
pub fn text(model: &Model) -> String {
    let mut lines = Vec::new();
    match model.overlays.last() {
        Some(overlay) => linear_overlays::say_overlay(overlay, model, &mut lines),
        None => {
            match model.screens.last() {
                None if model.welcome_on_screen().is_some() => {
                    lines.push("Nothing is configured yet. This is an empty local instance.".to_owned());
                    for (number, way) in Way::ALL.iter().enumerate() {
                        lines.push(format!("{}. {}. {}", number + 1, way.title(), way.doc()));
                    }
                }
                None => linear_tenants::say_tenants(model, &mut lines),
                Some(Screen::Tenant(view)) => linear_tenants::say_tenant(model, view, &mut lines),
                Some(Screen::Form(form)) => say_form(model, form, &mut lines),
                Some(Screen::RoleEditor(editor)) => linear_access::say_editor(model, editor, &mut lines),
                Some(Screen::Comparison(view)) => linear_access::say_comparison(view, &mut lines),
                Some(Screen::Access(view)) => linear_access::say_access(model, view, &mut lines),
                Some(Screen::WhoCan(view)) => linear_access::say_who_can(model, view, &mut lines),
                Some(Screen::Contexts(view)) => linear_contexts::say_contexts(model, view, &mut lines),
                Some(Screen::Checks(view)) => linear_contexts::say_checks(view, &mut lines),
                Some(Screen::Connect(form)) => {
                    lines.push("Connect to a Kestra".to_owned());
                    linear_contexts::say_checks(&form.way, &mut lines);
                    say_connect(model, form, &mut lines);
                }
                Some(Screen::Wizard) => {
                    if let Some(wizard) = &model.wizard {
                        linear_migration::say_wizard(model, wizard, &mut lines);
                    }
                }
                Some(Screen::Runs(view)) => linear_migration::say_runs(model, view, &mut lines),
                Some(Screen::Run(view)) => linear_migration::say_run(model, view, &mut lines),
                Some(Screen::Rollback(view)) => linear_migration::say_rollback(view, &mut lines),
                Some(Screen::Records(view)) => linear_people::say_records(model, view, &mut lines),
                Some(Screen::Messages(view)) => {
                    lines.push("Messages, newest first".to_owned());
                    let messages = model.visible_messages();
                    say_filter(
                        model,
                        &view.filter,
                        messages.len(),
                        model.messages.log.len(),
                        "message",
                        &mut lines,
                    );
                    let rows = messages
                        .iter()
                        .map(|message| {
                            let began = model.session.started_at;
                            let (time, level) = (time_of_day(began + message.at), message.level.word());
                            let (line, list) = (message.line(began), ListKind::Messages);
                            let command = message.command.as_deref().unwrap_or_default();
                            if model.columns.is_chosen(list) {
                                return linear_rows::row(model, list, "", &[&time, level, &line, command]);
                            }
                            linear_rows::row(model, list, &format!("{level}: {line}"), &[&time, "", "", command])
                        })
                        .enumerate()
                        .skip(view.cursor.top())
                        .take(model.size.list_rows());
                    say_rows(model, rows, view.cursor.at(), messages.len(), &mut lines);
                }
            }
            if ListKind::on_screen(model).is_some() {
                lines.extend(screens::marks_words(model));
            }
            if let (Some(_), Some(sort)) = (ListKind::on_screen(model), current_sort(model)) {
                let end = if sort.descending { ", from the last" } else { "" };
                lines.push(format!("Ordered by {}{end}", sort.column));
            }
            if let Some(list) = ListKind::on_screen(model)
                && let Some(column) = model.columns.gone_to(list)
            {
                let orders = model.keyed("<s> orders by it");
                lines.push(format!("Column {}; {orders}", column.title));
            }
            let commands: Vec<String> = offered(model)
                .into_iter()
                .map(|(key, name)| format!("{key} {name}").trim().to_owned())
                .collect();
            let is_told =
                model.review().is_some() || matches!(model.screens.last(), Some(Screen::Run(_) | Screen::Form(_)));
            let scope = model.scopes().first().copied();
            if scope == Some(Scope::Filter) {
                lines.push("Type what to look for, such as acme or !globex; an empty line shows all rows.".to_owned());
            } else if scope != Some(Scope::Form) && !is_told {
                lines.push(format!("Commands: {}", commands.join(", ")));
            }
        }
    }
    joined(lines)
}

/// What was told last and has not gone by, or that it is over: which message it is, and when it was news, its words, and whether
/// the place says them, too.
pub fn notice(model: &Model, place: &str) -> Option<((usize, Millis), String, bool)> {
    let over = model.messages.log.back().filter(|last| last.says_over());
    let message = over.or_else(|| model.messages.notice())?;
    // What is over is no news any more.
    let news_at = message.news_at?;
    // What is awaited comes back on screen after what was told meanwhile; lines say it once.
    let is_last = model
        .messages
        .log
        .back()
        .is_some_and(|last| last.number == message.number);
    if model.messages.says_awaited() && !is_last {
        return None;
    }
    // A problem that stands where rows would stand, or at the end of one, has been said.
    let is_said = |problem: &Problem| {
        let (what, both) = (visible(&problem.what), format!("{} {}", problem.what, problem.why));
        place
            .lines()
            .any(|line| line == what || line.ends_with(&*visible(&both)))
    };
    let is_said = message.problem.as_ref().is_some_and(is_said);
    let mut lines = vec![format!("{}: {}", message.level.word(), message.text)];
    lines.extend(
        message
            .problem
            .iter()
            .flat_map(|problem| [problem.why.clone(), problem.next.clone()]),
    );
    if message.problem.is_none() && model.has_results_of(message) {
        lines.push(model.keyed("<L> has each result."));
    }
    Some(((message.number, news_at), joined(lines), is_said))
}

fn joined(lines: Vec<String>) -> String {
    let shown = |line: String| visible(&line).into_owned();
    lines.into_iter().map(shown).collect::<Vec<_>>().join("\n")
}

/// Says the review on screen.
pub(super) fn say_review(model: &Model, lines: &mut Vec<String>) {
    lines.push("Review before sending".to_owned());
    for line in review_unbroken(model) {
        match line {
            ReviewLine::Heading(text) | ReviewLine::Text(text) | ReviewLine::Code(text) => lines.push(text),
            ReviewLine::Warning(text) => lines.push(format!("Warning: {text}")),
            ReviewLine::Blank => {}
        }
    }
    let is_ready = model.review().is_some_and(|review| review.send);
    lines.push(model.keyed(if is_ready {
        "Commands: <ctrl-o> sends, <esc> goes back to the form."
    } else {
        "Commands: send sends it, as no key alone does here; <esc> goes back to the form."
    }));
}

/// How a line of a form is answered, and what leads on from it.
pub(super) fn typing(model: &Model, on: &str) -> String {
    let keys = form_keys(model).into_iter().chain(["Ctrl and a letter".to_owned()]);
    let keys: Vec<String> = keys.map(|key| key_names(&key)).collect();
    let key = keys.first().filter(|_| keys.len() > 1).map_or("Ctrl-o", String::as_str);
    let unseen = if hides(model) {
        "What is typed here is not shown. "
    } else {
        ""
    };
    format!(
        "{unseen}Type a value; an empty line keeps it, - clears it, ? says this again, and what begins with : is a command: {on} A value \
         that begins with : is typed with ::. {} are keys here, in any case; \\{key} is a value.",
        keys.join(", ")
    )
}

/// What an editor holds as it may be said, and what can be chosen from.
fn asked(editor: &Editor, text: String, between: &str) -> (String, String) {
    let value = match editor {
        Editor::Secret(line) if !line.is_empty() => "hidden".to_owned(),
        editor => editor.in_one_line(text),
    };
    let options = match editor {
        Editor::Choice { options, .. } | Editor::Set { options, .. } => {
            format!(" One of: {}.", options.join(between))
        }
        Editor::Area(_) => {
            // Where it stands in the text itself, nothing is known that would be kept.
            let keeps = if value.contains(MARK) && !editor.text().contains(MARK) {
                " (hidden) typed back keeps what is there."
            } else {
                ""
            };
            format!(r" Here \n stands between lines, and \\ for a \.{keeps}")
        }
        _ => String::new(),
    };
    (if value.is_empty() { "not set".to_owned() } else { value }, options)
}

fn say_connect(model: &Model, form: &ConnectForm, lines: &mut Vec<String>) {
    lines.extend(form.error.as_ref().map(|error| format!("Error: {error}")));
    let fields = form.fields();
    let focused = fields.iter().enumerate();
    for (index, (field, editor)) in focused.filter(|(_, (field, _))| *field == form.focused()) {
        let (value, options) = asked(editor, editor.text(), ", ");
        lines.push(format!(
            "Line {} of {}, {}: {value}",
            index + 1,
            fields.len(),
            form.label(*field)
        ));
        let hint = form.hint();
        lines.push(format!(
            "{}{options}",
            hint.strip_prefix("Left Right choose: ").unwrap_or(hint)
        ));
    }
    lines.push(typing(
        model,
        ":form-previous goes back a line, :form-leave leaves. After the last line it is tried.",
    ));
}

fn say_form(model: &Model, form: &TenantForm, lines: &mut Vec<String>) {
    if form.review.is_some() {
        say_review(model, lines);
        return;
    }
    lines.push(form.before.as_ref().map_or_else(
        || "New tenant".to_owned(),
        |before| format!("Edit tenant {}", before.id),
    ));
    let (fixed, others): (Vec<_>, Vec<_>) = form.fields.iter().partition(|field| field.editor.is_fixed());
    let count = others.len();
    lines.extend(
        fixed
            .into_iter()
            .map(|field| format!("{}: {} (cannot change)", field.label, field.editor.text())),
    );
    match form.focus {
        Focus::Field(index) => {
            let Some(field) = form.fields.get(index) else { return };
            let (value, options) = asked(&field.editor, field.open_text(), " ");
            let before = form.fields.iter().take(index);
            let at = before.filter(|field| !field.editor.is_fixed()).count() + 1;
            lines.push(format!("Field {at} of {count}, {}: {value}", field.label));
            lines.push(format!("{}{options}", field.doc));
            match form.note(field) {
                Some(Note::Error(text)) => lines.push(format!("Error: {text}")),
                Some(Note::Warning(text)) => lines.push(format!("Warning: {text}")),
                Some(Note::Fine(text)) => lines.push(text),
                Some(Note::Checking(_)) | None => {}
            }
            lines.push(typing(model, ":form-review goes on, :form-leave leaves."));
        }
        Focus::Review | Focus::Cancel => {
            lines.push("All fields have been asked for. :form-review goes on, :form-leave leaves.".to_owned());
        }
    }
}

pub(super) fn say_problem(problem: &Problem, lines: &mut Vec<String>) {
    lines.extend([problem.what.clone(), problem.why.clone(), problem.next.clone()]);
}

/// Says which filter is in effect on a list, how many of all rows it leaves, and how to be rid of it where it leaves none.
pub(super) fn say_filter(
    model: &Model,
    filter: &FilterEdit,
    left: usize,
    all: usize,
    thing: &str,
    lines: &mut Vec<String>,
) {
    if let Some(words) = filter.unreadable() {
        lines.push(format!("{words}."));
        return;
    }
    if !filter.is_active() {
        return;
    }
    let text = filter.said();
    let verb = if all == 1 { "matches" } else { "match" };
    let [left_words, all] = [thousands(left as u64), counted(all as u64, thing)];
    lines.push(format!("{left_words} of {all} {verb} {text}"));
    if left == 0 {
        let clears = model.keyed(model.filter_ends());
        lines.push(format!("Nothing matches {text}. {clears}"));
    }
}

/// Says rows with their numbers, from 1, and then which of them is selected, so that of a move that alone is news, and how to
/// see the others where there are any.
pub(super) fn say_rows(
    model: &Model,
    rows: impl IntoIterator<Item = (usize, String)>,
    at: usize,
    length: usize,
    lines: &mut Vec<String>,
) {
    let mut selected = None;
    let mut said = 0;
    for (index, row) in rows {
        said += 1;
        if index == at {
            let [at, length] = [index + 1, length].map(|number| thousands(number as u64));
            selected = Some(format!("At {at} of {length}: {row}"));
        }
        lines.push(format!("{}. {row}", index + 1));
    }
    lines.extend(selected);
    if said < length {
        lines.push(model.keyed("<pgdn> and <pgup> show more."));
    }
}
