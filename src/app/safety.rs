//! What is asked before a change is carried out: one policy for all of them.

use crate::domain::deed::{Deed, Weight};
use crate::domain::loss::{Loss, Severity};

use super::effect::Millis;
use super::session::Session;

/// Milliseconds before the button of a change that destroys becomes live in a protected context.
const ARMS_AFTER: Millis = 3_000;

/// What is asked before a change is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Nothing: it is done, and can be taken back.
    Nothing,
    /// Whether it shall be done; the button that changes nothing has the focus.
    Review,
    /// The same, and this has to be typed.
    Typed(String),
}

/// What is asked before a deed. `loss` is what it takes away, as far as that is known; `reviewed` says that all of it was
/// shown a moment ago, in a form of its own.
pub fn asking(session: &Session, deed: &Deed, loss: Option<&Loss>, reviewed: bool) -> Asking {
    let worst = loss.and_then(Loss::worst);
    let is_hard = worst.is_some_and(|worst| worst >= Severity::Warning);
    match deed.weight() {
        Weight::Destroys => before_destroying(session, deed.typed()),
        _ if reviewed => Asking::Nothing,
        // The last Admin, or one's own rights: as a command it wants the same repeated.
        _ if worst == Some(Severity::Danger) => before_destroying(session, deed.place_or_name()),
        _ if session.protected && deed.len() > 1 => Asking::Typed(deed.len().to_string()),
        Weight::Final => Asking::Review,
        Weight::Reversible if session.protected || deed.len() > 1 || is_hard => Asking::Review,
        Weight::Reversible => Asking::Nothing,
    }
}

/// What is asked before something of this name is gone for good, or of none: then the context is what it is about, as the
/// command wants it after `--confirm`.
fn before_destroying(session: &Session, name: Option<String>) -> Asking {
    Asking::Typed(match name {
        None => session.context.clone(),
        Some(name) if session.protected => format!("{name} {}", session.context),
        Some(name) => name,
    })
}

/// When the button of a change that destroys becomes live, where that takes time.
pub fn armed_at(session: &Session, now: Millis) -> Option<Millis> {
    session.protected.then_some(now + ARMS_AFTER)
}

#[cfg(test)]
mod tests {
    use crate::domain::binding::{Binding, SubjectKind};
    use crate::domain::permission::Permissions;
    use crate::domain::role::Role;
    use crate::domain::tenant::TenantScope;

    use super::*;

    fn binding(id: &str) -> Binding {
        Binding {
            id: id.to_owned(),
            subject_kind: SubjectKind::User,
            subject_id: "u".to_owned(),
            subject_name: "anna".to_owned(),
            role_id: "r".to_owned(),
            role_name: "Ops".to_owned(),
            namespace: None,
        }
    }

    #[test]
    fn one_reversible_change_is_not_asked_about_unless_it_hurts_or_the_context_is_protected() {
        let (normal, mut protected) = (Session::new("lab"), Session::new("prod"));
        protected.protected = true;
        let one = Deed::Revoke(TenantScope::Default, vec![binding("1")]);
        let two = Deed::Revoke(TenantScope::Default, vec![binding("1"), binding("2")]);
        assert_eq!(
            asking(&normal, &one, Some(&Loss::of(Severity::Notice)), false),
            Asking::Nothing
        );
        assert_eq!(
            asking(&normal, &one, Some(&Loss::of(Severity::Warning)), false),
            Asking::Review
        );
        assert_eq!(asking(&normal, &two, None, false), Asking::Review);
        assert_eq!(asking(&protected, &one, None, false), Asking::Review);
        assert_eq!(asking(&protected, &two, None, false), Asking::Typed("2".to_owned()));
    }

    #[test]
    fn what_destroys_is_typed_even_after_a_review() {
        let role = Role {
            id: "1".to_owned(),
            name: "Ops".to_owned(),
            description: None,
            permissions: Permissions::default(),
            is_default: false,
            is_managed: false,
        };
        let deed = Deed::DeleteRole(TenantScope::Default, role);
        let mut session = Session::new("prod");
        assert_eq!(asking(&session, &deed, None, true), Asking::Typed("Ops".to_owned()));
        session.protected = true;
        assert_eq!(
            asking(&session, &deed, None, false),
            Asking::Typed("Ops prod".to_owned())
        );
    }
}
