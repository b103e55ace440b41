//! The console as lines of text, for screen readers and terminals without a screen.
//!
//! The same model, said instead of drawn: where we are, what there is, numbered, what happened, and what can be done.

use super::{linear_access, linear_migration, linear_people};
use crate::app::contexts::{ChecksView, ContextsView, Reachability};
use crate::app::dialog_text::dialog_text;
use crate::app::form_field::{Editor, Note};
use crate::app::linear::offered;
use crate::app::model::{Model, Screen};
use crate::app::overlay::{Overlay, Question};
use crate::app::overview::{OverviewLine, overview};
use crate::app::tabs::Tab;
use crate::app::tenant_form::{Focus, ReviewLine, TenantForm};
use crate::app::tenant_list::{DEFAULT_NAME, Selected};
use crate::app::tenant_view::TenantView;
use crate::app::update::review_lines;
use crate::app::welcome::Way;
use crate::domain::check::Outcome;
use crate::domain::count::{counted, counted_if_known};
use crate::domain::effective_access;
use crate::domain::problem::Problem;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

/// Whether the place on screen grows by itself, so that what was said of it need not be said again.
pub fn grows(model: &Model) -> bool {
    model.overlays.is_empty()
        && match model.screens.last() {
            Some(Screen::Run(_) | Screen::Checks(_) | Screen::Connect(_)) => true,
            Some(Screen::Wizard) => model.wizard.as_ref().is_some_and(|wizard| wizard.surveyed().is_none()),
            _ => false,
        }
}

/// The place on screen as text, without a final line end. The same text means that nothing worth saying changed.
pub fn text(model: &Model) -> String {
    let mut lines = Vec::new();
    match model.overlays.last() {
        Some(overlay) => say_overlay(overlay, model, &mut lines),
        None => {
            match model.screens.last() {
                None if model.welcome_on_screen().is_some() => {
                    lines.push("Nothing is configured yet. This is an empty local instance.".to_owned());
                    for (number, way) in Way::ALL.iter().enumerate() {
                        lines.push(format!("{}. {}. {}", number + 1, way.title(), way.doc()));
                    }
                }
                None => say_tenants(model, &mut lines),
                Some(Screen::Tenant(view)) => say_tenant(model, view, &mut lines),
                Some(Screen::Form(form)) => say_form(model, form, &mut lines),
                Some(Screen::RoleEditor(editor)) => linear_access::say_editor(model, editor, &mut lines),
                Some(Screen::Comparison(view)) => linear_access::say_comparison(view, &mut lines),
                Some(Screen::Access(view)) => linear_access::say_access(model, view, &mut lines),
                Some(Screen::WhoCan(view)) => linear_access::say_who_can(model, view, &mut lines),
                Some(Screen::Contexts(view)) => say_contexts(model, view, &mut lines),
                Some(Screen::Checks(view)) => say_checks(view, &mut lines),
                Some(Screen::Connect(form)) => {
                    lines.push("Connect to a Kestra".to_owned());
                    say_checks(&form.way, &mut lines);
                    lines.extend(form.error.clone());
                    lines.push(format!("{}: {}", form.label(form.focused()), form.hint()));
                }
                Some(Screen::Wizard) => {
                    if let Some(wizard) = &model.wizard {
                        linear_migration::say_wizard(model, wizard, &mut lines);
                    }
                }
                Some(Screen::Runs(_)) => linear_migration::say_runs(model, &mut lines),
                Some(Screen::Run(view)) => linear_migration::say_run(view, &mut lines),
                Some(Screen::Rollback(view)) => linear_migration::say_rollback(view, &mut lines),
                Some(Screen::Records(view)) => linear_people::say_records(model, view, &mut lines),
                Some(Screen::Messages(_)) => {
                    lines.push("Messages, newest first".to_owned());
                    lines.extend(
                        model
                            .visible_messages()
                            .iter()
                            .map(|message| format!("{}: {}", message.level.word(), message.text)),
                    );
                }
            }
            let commands: Vec<String> = offered(model)
                .into_iter()
                .map(|(key, name)| format!("{key} {name}").trim().to_owned())
                .collect();
            let is_told = matches!(model.screens.last(), Some(Screen::Run(_))) || model.types_tenant();
            if model.form().is_none() && !is_told {
                lines.push(format!("Commands: {}", commands.join(", ")));
            }
        }
    }
    if let Some(message) = model.messages.notice() {
        // A problem that stands where rows would stand has been said.
        let is_said = message
            .problem
            .as_ref()
            .is_some_and(|problem| lines.contains(&problem.what));
        if !is_said {
            lines.push(format!("{}: {}", message.level.word(), message.text));
            lines.extend(
                message
                    .problem
                    .iter()
                    .flat_map(|problem| [problem.why.clone(), problem.next.clone()]),
            );
        }
    }
    let ascii = |line: String| visible(&line).into_owned();
    lines.into_iter().map(ascii).collect::<Vec<_>>().join("\n")
}

fn say_contexts(model: &Model, view: &ContextsView, lines: &mut Vec<String>) {
    lines.push("Contexts".to_owned());
    if let Some(problem) = view.rows.problem() {
        say_problem(problem, lines);
    }
    if view.rows.was_given_up() {
        lines.push("Reading the configuration was stopped. r reads again.".to_owned());
    }
    let rows = view.rows.value().into_iter().flatten();
    for (number, (row, reached)) in rows.zip(&view.reached).enumerate() {
        let present = if row.name == model.session.context {
            ", in use"
        } else {
            ""
        };
        let state = reach_words(reached);
        let (name, place, changes) = (&row.name, &row.place, row.changes);
        lines.push(format!(
            "{}. {name}, {place}, changes {changes}{present}, {state}",
            number + 1
        ));
    }
    if view.rows.value().is_some() && view.length() < 2 {
        lines.push("C connects to a Kestra; T practises on a rehearsal with sample data.".to_owned());
    }
    if view.switching.is_some() {
        lines.push("Switching.".to_owned());
    }
}

/// What is known of the way to a context, in words.
pub fn reach_words(reached: &Reachability) -> String {
    match reached {
        Reachability::Unknown => "not asked".to_owned(),
        Reachability::Asking(..) => "asking".to_owned(),
        Reachability::Reached(version, milliseconds) => format!("ok, {version}, {milliseconds} ms"),
        Reachability::Failed(problem) => problem.why.clone(),
    }
}

fn say_checks(view: &ChecksView, lines: &mut Vec<String>) {
    if !view.name.is_empty() {
        lines.push(format!("The way to {}", view.name));
    }
    for check in &view.checks {
        lines.push(format!(
            "{}: {}: {}",
            check_word(check.outcome),
            check.name,
            check.found
        ));
        lines.extend(check.next.clone());
    }
    if let Some(problem) = &view.problem {
        say_problem(problem, lines);
    }
    if view.stopped {
        lines.push("It was stopped before its end.".to_owned());
    }
    lines.extend(view.verdict().map(str::to_owned));
}

/// How a step went, in a word.
pub fn check_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Warn => "warn",
        Outcome::Fail => "fail",
        Outcome::Skipped => "skip",
    }
}

fn say_problem(problem: &Problem, lines: &mut Vec<String>) {
    lines.extend([problem.what.clone(), problem.why.clone(), problem.next.clone()]);
}

fn say_tenants(model: &Model, lines: &mut Vec<String>) {
    let place = format!("Tenants on {}, {}", model.session.context, model.session.mode().word());
    let Some(instance) = model.instance.value() else {
        match model.instance.problem() {
            Some(problem) => say_problem(problem, lines),
            None if model.instance.was_given_up() => lines.push(format!("{place}: stopped, r reads again")),
            None => lines.push(format!("{place}: connecting")),
        }
        return;
    };
    lines.push(format!(
        "{place}, {}, Kestra {} {}",
        instance.identity.username, instance.edition, instance.version
    ));
    if let Some(run) = model.run_in_progress() {
        let words = if run.alive {
            format!("at work, step {} of {}", run.position, run.steps)
        } else {
            run.words.clone()
        };
        lines.push(format!("Run {}: {words}. The command `migration` shows it.", run.id));
    }
    if !model.lists_tenants() {
        let source = instance
            .settings_source
            .as_deref()
            .unwrap_or("the server's application.yml");
        lines.push("Multi-tenancy is off on this instance. Everything lives in the default tenant.".to_owned());
        if model.session.migrates {
            lines.push("The command `migration` leads through turning it on.".to_owned());
            lines.push("The command `open` shows the default tenant.".to_owned());
            return;
        }
        lines.push(format!(
            "To turn it on, set kestra.ee.tenants.enabled to true in {source}, restart,"
        ));
        lines.push("and run: kestra auths users sync-access".to_owned());
        lines.push("The command `open` shows the default tenant.".to_owned());
        return;
    }
    let tenants = &model.tenants;
    if let Some(problem) = &tenants.problem {
        say_problem(problem, lines);
    }
    if tenants.is_stopped() {
        lines.push("Reading tenants was stopped. r reads again.".to_owned());
    }
    let Some(total) = tenants.total() else { return };
    let filter = if tenants.filter.is_active() {
        format!(" that match {}", tenants.filter.line.text())
    } else {
        String::new()
    };
    lines.push(format!("{} with an id{filter}", counted(total, "tenant")));
    if tenants.length() == 0 {
        if let Some(error) = &tenants.filter.error {
            lines.push(format!("The filter cannot be read: {error}."));
        } else if tenants.filter.is_active() {
            lines.push("No tenant matches. esc clears the filter.".to_owned());
        } else {
            lines.push("There are none that you may see. n creates one.".to_owned());
        }
        return;
    }
    let top = tenants.cursor.top();
    for index in top..tenants.length().min(top + model.size.list_rows()) {
        let said = match tenants.row(index) {
            None => "not read yet".to_owned(),
            Some(Selected::Default) => format!("{} {DEFAULT_NAME}", TenantScope::DEFAULT_WORD),
            Some(Selected::Tenant(row)) => {
                let admins = match row.admins {
                    Some(0) => ", no admin".to_owned(),
                    Some(1) => ", 1 admin".to_owned(),
                    Some(count) => format!(", {count} admins"),
                    None => String::new(),
                };
                format!("{}, {}{admins}", row.tenant.id, row.tenant.name)
            }
        };
        lines.push(format!("{}. {said}", index + 1));
    }
    if tenants.length() > model.size.list_rows() {
        lines.push("pgdn and pgup show more. A number opens a tenant.".to_owned());
    } else {
        lines.push("A number opens a tenant.".to_owned());
    }
}

fn say_tenant(model: &Model, view: &TenantView, lines: &mut Vec<String>) {
    if let (Some(role), Some(access), Some(instance)) = (view.open_role(), view.access.value(), model.instance.value())
    {
        let kind = if role.is_managed { ", managed by Kestra" } else { "" };
        let open = view.role.clone().unwrap_or_default();
        let (matrix, permissions) = open.matrix(role, instance.release);
        match open.translation(role, instance.release) {
            Some(translation) => {
                lines.push(format!("Role {} of tenant {}, as in Kestra 2.0", role.name, view.scope));
                lines.extend(translation.remarks());
            }
            None => lines.push(format!("Role {} of tenant {}{kind}", role.name, view.scope)),
        }
        linear_access::say_permissions(&matrix, &permissions, lines);
        let holders = effective_access::holders(access, &role.id);
        let names: Vec<&str> = holders.iter().map(|holder| holder.user.username.as_str()).collect();
        lines.push(if names.is_empty() {
            "Nobody holds it".to_owned()
        } else {
            format!("Held by {}", names.join(", "))
        });
        return;
    }
    lines.push(format!("Tenant {}, tab {}", view.scope, view.tab.title()));
    for problem in [view.tenant.problem(), view.access.problem()].into_iter().flatten() {
        say_problem(problem, lines);
    }
    if view.was_stopped() {
        lines.push("Reading the rest was stopped. r reads again.".to_owned());
    }
    let tabs: Vec<&str> = Tab::ALL.iter().map(|tab| tab.title()).collect();
    if view.tab == Tab::Overview {
        for line in overview(view, Some(model).and_then(|model| model.instance.value())) {
            match line {
                OverviewLine::Heading(text) => lines.push(text.to_owned()),
                OverviewLine::Field(name, value) => lines.push(format!("{name}: {value}")),
                OverviewLine::Warning(text) | OverviewLine::Done(text) => lines.push(text),
                OverviewLine::Blank => {}
            }
        }
    } else if let (Some(access), Some(list)) = (view.access.value(), view.lists.get(view.tab)) {
        let top = list.cursor.top();
        for (offset, index) in list.visible().iter().enumerate().skip(top).take(model.size.tab_rows()) {
            let said = match view.tab {
                Tab::Roles => access.roles.get(*index).map(|role| role.name.clone()),
                Tab::Holders => access.bindings.get(*index).map(|binding| {
                    let place = binding
                        .namespace
                        .as_ref()
                        .map_or_else(String::new, |name| format!(" in namespace {name}"));
                    format!(
                        "{} {} holds {}{place}",
                        binding.subject_kind.word(),
                        binding.subject_name,
                        binding.role_name
                    )
                }),
                Tab::Users => access
                    .users
                    .get(*index)
                    .map(|user| format!("{}, {}", user.username, user.kind.word())),
                Tab::Groups => access
                    .groups
                    .get(*index)
                    .map(|group| format!("{}, {}", group.name, counted(group.members.len() as u64, "member"))),
                Tab::Overview => None,
            };
            lines.push(format!("{}. {}", offset + 1, said.unwrap_or_default()));
        }
        if list.visible().is_empty() {
            lines.push("There is nothing here.".to_owned());
        }
    }
    lines.push(format!("Tabs: {}; tab goes to the next one.", tabs.join(", ")));
}

/// Says the review on screen.
pub(super) fn say_review(model: &Model, lines: &mut Vec<String>) {
    lines.push("Review before sending".to_owned());
    for line in review_lines(model) {
        match line {
            ReviewLine::Heading(text) | ReviewLine::Text(text) | ReviewLine::Code(text) => lines.push(text),
            ReviewLine::Warning(text) => lines.push(match text.strip_prefix("! ") {
                Some(first) => format!("Warning: {first}"),
                None => text.trim_start().to_owned(),
            }),
            ReviewLine::Blank => {}
        }
    }
    lines.push("Commands: ctrl-o sends, esc goes back to the form.".to_owned());
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
    match form.focus {
        Focus::Field(index) => {
            let Some(field) = form.fields.get(index) else { return };
            let value = match &field.editor {
                Editor::Secret(line) if !line.is_empty() => "hidden".to_owned(),
                editor => editor.text(),
            };
            let options = match &field.editor {
                Editor::Choice { options, .. } | Editor::Set { options, .. } => {
                    format!(" One of: {}.", options.join(" "))
                }
                _ => String::new(),
            };
            let value = if value.is_empty() { "not set".to_owned() } else { value };
            lines.push(format!(
                "Field {} of {}, {}: {value}",
                index + 1,
                form.fields.len(),
                field.label
            ));
            lines.push(format!("{}{options}", field.doc));
            match form.note(field) {
                Some(Note::Error(text)) => lines.push(format!("Error: {text}")),
                Some(Note::Warning(text)) => lines.push(format!("Warning: {text}")),
                Some(Note::Fine(text)) => lines.push(text),
                Some(Note::Checking(_)) | None => {}
            }
            lines.push(
                "Type a value; an empty line keeps it, - clears it. :form-review goes on, :form-leave leaves."
                    .to_owned(),
            );
        }
        Focus::Review | Focus::Cancel => {
            lines.push("All fields have been asked for. :form-review goes on, :form-leave leaves.".to_owned());
        }
    }
}

fn say_overlay(overlay: &Overlay, model: &Model, lines: &mut Vec<String>) {
    match overlay {
        Overlay::Page(page) => {
            lines.push(page.title.clone());
            lines.extend(page.text.lines().map(str::to_owned));
            lines.push("An empty line closes it.".to_owned());
        }
        Overlay::Entry(entry) => linear_people::say_entry(entry, lines),
        Overlay::Token(token) => linear_people::say_token(token, lines),
        Overlay::Choice(choice) => {
            lines.push(format!(
                "{}: type a number, or a word to search for; an empty line goes back",
                choice.title
            ));
            let rows = choice.visible.iter().filter_map(|index| choice.rows.get(*index));
            for (number, row) in rows.take(20).enumerate() {
                let note = match &row.disabled {
                    Some(reason) => format!(", not now: {reason}"),
                    None if row.note.is_empty() => String::new(),
                    None => format!(", {}", row.note),
                };
                lines.push(format!("{}. {}{note}", number + 1, row.text));
            }
            if choice.visible.is_empty() {
                lines.push(choice.empty.to_owned());
            }
        }
        Overlay::Menu(menu) => {
            lines.push("What can be done; type a name to do it, an empty line to close".to_owned());
            for row in &menu.rows {
                let Some(command) = crate::app::command::command(row.id) else {
                    continue;
                };
                let keys = model.keymap.keys_of(row.id).join(" or ");
                if let Some(topic) = crate::app::topics::topic(row.argument) {
                    lines.push(format!("{} {}: {}", command.name, topic.name, topic.title()));
                    continue;
                }
                lines.push(match &row.disabled {
                    Some(reason) => format!("{}: not now, {reason}", command.name),
                    None => format!("{} ({keys}): {}", command.name, command.doc),
                });
            }
        }
        Overlay::Dialog(dialog) => {
            match &dialog.question {
                Question::Discard { .. } if model.is_sending() => {
                    lines.push(
                        "It has been sent, and the answer is awaited. Type yes to leave all the same.".to_owned(),
                    );
                }
                Question::Discard { .. } => {
                    lines.push("What was typed has not been sent and would be lost. Type yes to lose it.".to_owned());
                }
                Question::DisableDefault | Question::StartRun | Question::Resume { .. } | Question::Rollback { .. } => {
                    linear_migration::say_question(model, dialog, lines);
                }
                Question::Deed { .. } => {
                    let text = dialog_text(model, dialog);
                    lines.push(text.title);
                    lines.extend(
                        text.paragraphs
                            .into_iter()
                            .map(|(_, line)| line.trim_start().to_owned()),
                    );
                    if dialog.sent().is_some() {
                        lines.push("It has been sent, and the answer is awaited.".to_owned());
                    } else if dialog.expected.is_none() {
                        lines.push("Type yes to do it; anything else changes nothing.".to_owned());
                    }
                }
                Question::Unlock => lines.push("This context is protected.".to_owned()),
                Question::Delete { scope, footprint, .. } => {
                    lines.push(format!(
                        "This permanently deletes tenant {scope} on {}.",
                        model.session.context
                    ));
                    match footprint.value() {
                        Some(counts) => lines.push(format!(
                            "With it go {}, {}, {}, {}, {} and {}.",
                            counted_if_known(counts.flows, "flow"),
                            counted_if_known(counts.namespaces, "namespace"),
                            counted_if_known(counts.triggers, "trigger"),
                            counted_if_known(counts.roles, "role"),
                            counted_if_known(counts.bindings, "binding"),
                            counted_if_known(counts.groups, "group")
                        )),
                        None => lines.push("What goes with it is being counted.".to_owned()),
                    }
                }
            }
            if let Some(expected) = &dialog.expected {
                lines.push(format!("Type {expected} to continue; anything else changes nothing."));
            }
        }
    }
}
