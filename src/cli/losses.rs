//! What a change takes away from people, told before it is made, and the confirmation that it needs.
//!
//! What can be undone wants `--yes`, or `yes` typed. What is dangerous - the last admin, one's own rights - wants
//! `--confirm` with the name of what it is about. What is lost is worked out in [`crate::domain::loss`].

use super::args::Changing;
use super::printer::Printer;
use super::prompt;
use super::session::Session;
use crate::backend::Backend;
use crate::backend::foresight::foresee_after;
use crate::domain::access::TenantAccess;
use crate::domain::binding::{Binding, NewBinding};
use crate::domain::equivalent::flag;
use crate::domain::instance::Instance;
use crate::domain::loss::{Loss, Removal, Severity, of_invited};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;

/// Says what is lost, a line each, worst first.
pub fn say(printer: &mut Printer<'_>, loss: Option<&Loss>) {
    let Some(loss) = loss else {
        printer.say("What this takes away from whom is not known: you may not see all of who may do what here.");
        return;
    };
    for warning in &loss.warnings {
        let word = match warning.severity {
            Severity::Notice => "Note",
            Severity::Warning | Severity::Danger => "Warning",
        };
        printer.say(&format!("{word}: {}", warning.sentence));
    }
}

/// The same of a role or group that is deleted, of which nobody reads who was invited with it.
pub fn say_deleted(printer: &mut Printer<'_>, thing: &str, loss: Option<&Loss>) {
    say(printer, loss);
    printer.say(&of_invited(thing));
}

/// Whether it is dangerous enough for its name to be repeated.
pub fn is_dangerous(loss: Option<&Loss>) -> bool {
    loss.and_then(Loss::worst) == Some(Severity::Danger)
}

/// Whether a change to a role has to be confirmed: it takes a right or a default from somebody, or may do so.
pub fn is_to_be_asked(removals: &[Removal], loss: Option<&Loss>) -> bool {
    removals.iter().any(Removal::takes_away)
        || !removals.is_empty() && loss.is_none_or(|loss| !loss.warnings.is_empty())
}

fn how_to_confirm(name: &str) -> String {
    format!("Look with `--dry-run`, then add `{}`.", flag("--confirm", name))
}

/// How a removal that can be undone is confirmed.
pub struct Consent<'f> {
    /// `--yes`.
    pub yes: bool,
    /// `--confirm`, for what is dangerous.
    pub confirm: Option<&'f str>,
    /// What `--confirm` has to repeat.
    pub expected: &'f str,
    /// Why it has to be confirmed at all.
    pub why: &'f str,
}

impl<'f> Consent<'f> {
    /// That of what takes something away.
    pub fn to_take(changing: &Changing, confirm: Option<&'f str>, expected: &'f str) -> Self {
        Self {
            yes: changing.yes,
            confirm,
            expected,
            why: TAKES,
        }
    }
}

/// Why what takes something away has to be confirmed.
pub const TAKES: &str = "It takes something away, and nobody was there to be asked.";

/// Says what is lost, and lets a removal pass that can be undone, if it is confirmed. Who refuses says it as well.
///
/// `what` says that nothing was done, in a sentence.
pub fn allow_undoable(
    session: &mut Session<'_>,
    what: &str,
    loss: Option<&Loss>,
    consent: &Consent<'_>,
) -> Result<(), Problem> {
    say(&mut session.printer, loss);
    let refused = |why: String, next: String| Err(Problem::new(ProblemKind::Unconfirmed, what, why, next));
    let is_dangerous = is_dangerous(loss);
    let expected = consent.expected;
    match (is_dangerous, consent.confirm) {
        (_, Some(confirmed)) if confirmed == expected => return Ok(()),
        (_, Some(_)) => {
            return refused(
                format!("`--confirm` does not repeat `{expected}`."),
                how_to_confirm(expected),
            );
        }
        (false, None) if consent.yes => return Ok(()),
        _ => {}
    }
    if !session.input.is_terminal {
        return if is_dangerous {
            refused(
                format!("It is hard to take back, so `{expected}` has to be repeated."),
                how_to_confirm(expected),
            )
        } else {
            refused(
                consent.why.to_owned(),
                "Look with `--dry-run`, then add `--yes`.".to_owned(),
            )
        };
    }
    let (question, answer) = if is_dangerous {
        (format!("Type `{expected}` to continue:"), expected)
    } else {
        ("Type `yes` to continue:".to_owned(), "yes")
    };
    match prompt::typed(&mut session.input, &mut session.printer, &question, answer) {
        Some(true) => Ok(()),
        _ => refused(
            format!("What was typed is not `{answer}`."),
            "Run the command again and type it.".to_owned(),
        ),
    }
}

/// Lets pass what is lost for good, if one of its names was repeated, or is typed. What is lost is said by `tell`, also
/// where it is refused.
pub fn allow_final(
    session: &mut Session<'_>,
    what: &str,
    confirm: Option<&str>,
    names: &[&str],
    tell: impl FnOnce(&mut Printer<'_>),
) -> Result<(), Problem> {
    let shown = names.first().copied().unwrap_or_default();
    let refused = |why: &str| Err(Problem::new(ProblemKind::Unconfirmed, what, why, how_to_confirm(shown)));
    tell(&mut session.printer);
    match confirm {
        Some(confirmed) if names.contains(&confirmed) => return Ok(()),
        Some(_) => return refused("`--confirm` does not repeat its name or id."),
        None => {}
    }
    if !session.input.is_terminal {
        return refused("There is no undo, so its name or id has to be repeated.");
    }
    session.printer.say("There is no undo.");
    let question = format!("Type `{shown}` to continue:");
    match prompt::typed(&mut session.input, &mut session.printer, &question, shown) {
        Some(true) => Ok(()),
        _ => refused("What was typed is not its name."),
    }
}

/// What is lost, a sentence each.
pub fn sentences(loss: Option<&Loss>) -> Vec<&str> {
    loss.into_iter()
        .flat_map(|loss| &loss.warnings)
        .map(|warning| warning.sentence.as_str())
        .collect()
}

/// The same, for keeping.
pub fn owned_sentences(loss: &Loss) -> Vec<String> {
    sentences(Some(loss)).into_iter().map(str::to_owned).collect()
}

/// What somebody loses by a binding that another one takes the place of.
pub async fn foresee_replaced(
    backend: &dyn Backend,
    scope: &TenantScope,
    old: &Binding,
    new: &NewBinding,
    instance: &Instance,
) -> Result<Option<Loss>, Problem> {
    // The new one is there before the old one goes.
    let given = |access: &mut TenantAccess| {
        access.bindings.push(Binding {
            id: String::new(),
            role_id: new.role_id.clone(),
            namespace: new.namespace.clone(),
            ..old.clone()
        });
    };
    foresee_after(backend, scope, given, &[Removal::Binding(old.id.clone())], instance).await
}
