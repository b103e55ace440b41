//! Answers that screens, and dialogs over them, wait for. [`super::replies`] hands them over.

use super::super::effect::{Answer, JobId, Reply};
use super::super::form_field::Note;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Overlay, Question};
use super::super::people::PeopleAnswer;
use super::super::screen::Screen;
use super::super::tenant_form::ADMIN;
use super::super::tenant_view::TenantView;
use super::replies::expect;

/// Takes an answer that a screen waits for, and says whether one did.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let (now, rows) = (model.now, model.size.tab_rows());
    let mut taken = false;
    let mut problem = None;
    let mut is_said_there = false;
    let mut found_wrong = None;
    for screen in &mut model.screens {
        taken |= match screen {
            Screen::Tenant(view) => {
                let taken = settle_tenant(view, job, now, reply);
                if taken {
                    view.arrange(rows);
                    problem = reply.as_ref().err().cloned();
                    is_said_there = view.is_withheld();
                }
                taken
            }
            Screen::Form(form) => {
                let flag = || {
                    expect(reply.clone(), |answer| match answer {
                        Answer::IdTaken(flag) | Answer::UserExists(flag) => Some(flag),
                        _ => None,
                    })
                };
                let namespaces = || {
                    expect(reply.clone(), |answer| match answer {
                        Answer::Namespaces(namespaces) => Some(namespaces),
                        _ => None,
                    })
                };
                let path = if form.id_lookup.found.settle(job, now, flag()) {
                    Some("id")
                } else if form.admin_lookup.found.settle(job, now, flag()) {
                    Some(ADMIN)
                } else {
                    None
                };
                // The field may have been left, and be out of sight.
                if form.focused_path() != path
                    && let Some(field) = path.and_then(|path| form.field(path))
                    && let Some(Note::Error(text)) = form.note(field)
                {
                    found_wrong = Some(format!("{}: {text}", field.label));
                }
                path.is_some() || form.default_namespaces.settle(job, now, namespaces())
            }
            Screen::WhoCan(view) => {
                // That not all are known is said on the screen itself.
                is_said_there |= view.superadmins.job() == Some(job);
                let answer = expect(reply.clone(), |answer| match answer {
                    Answer::People(answer) => match *answer {
                        PeopleAnswer::Superadmins(users, are_all) => Some((users, are_all)),
                        _ => None,
                    },
                    _ => None,
                });
                view.superadmins.settle(job, now, answer)
            }
            Screen::RoleEditor(_)
            | Screen::Comparison(_)
            | Screen::Access(_)
            | Screen::Messages(_)
            | Screen::Contexts(_)
            | Screen::Checks(_)
            | Screen::Connect(_)
            | Screen::Wizard
            | Screen::Runs(_)
            | Screen::Run(_)
            | Screen::Rollback(_)
            | Screen::Records(_) => false,
        };
    }
    match problem {
        Some(problem) if is_said_there => model.messages.problem_behind(now, problem),
        Some(problem) => model.messages.problem(now, problem),
        None => {}
    }
    if let Some(text) = found_wrong {
        model.messages.tell(now, Level::Warning, text);
    }
    taken
}

fn settle_tenant(view: &mut TenantView, job: JobId, now: u64, reply: &Reply) -> bool {
    if view.access.job() == Some(job) {
        if let Ok(Answer::Roles(page)) = reply {
            let is_whole = page.rows.len() as u64 == page.total;
            view.access.settle_part(|access| {
                if is_whole {
                    access.roles.clone_from(&page.rows);
                }
            });
            return true;
        }
        let answer = expect(reply.clone(), |answer| match answer {
            Answer::Access(access) => Some(*access),
            _ => None,
        });
        view.access.settle(job, now, answer)
    } else if view.footprint.job() == Some(job) {
        let answer = expect(reply.clone(), |answer| match answer {
            Answer::Footprint(footprint) => Some(footprint),
            _ => None,
        });
        view.footprint.settle(job, now, answer)
    } else if view.tenant.job() == Some(job) {
        let answer = expect(reply.clone(), |answer| match answer {
            Answer::Tenant(tenant) => Some(*tenant),
            _ => None,
        });
        view.tenant.settle(job, now, answer)
    } else {
        false
    }
}

/// Takes an answer that a dialog waits for, and says whether one did.
pub fn settle_overlays(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let now = model.now;
    model.overlays.iter_mut().any(|overlay| match overlay {
        Overlay::Dialog(dialog) => match &mut dialog.question {
            Question::Deed { access, .. } if access.job() == Some(job) => {
                let answer = expect(reply.clone(), |answer| match answer {
                    Answer::Access(access) => Some(*access),
                    _ => None,
                });
                access.settle(job, now, answer)
            }
            Question::Deed { everywhere, .. } if everywhere.job() == Some(job) => {
                let answer = expect(reply.clone(), |answer| match answer {
                    Answer::People(answer) => match *answer {
                        PeopleAnswer::GoesWith(told) => Some(told),
                        _ => None,
                    },
                    _ => None,
                });
                everywhere.settle(job, now, answer)
            }
            Question::Deed { footprints, .. } => {
                let asked = footprints.iter_mut().find(|footprint| footprint.job() == Some(job));
                let answer = expect(reply.clone(), |answer| match answer {
                    Answer::Footprint(footprint) => Some(footprint),
                    _ => None,
                });
                asked.is_some_and(|footprint| footprint.settle(job, now, answer))
            }
            _ => false,
        },
        Overlay::Menu(_)
        | Overlay::Choice(_)
        | Overlay::Entry(_)
        | Overlay::Token(_)
        | Overlay::Columns(_)
        | Overlay::Page(_) => false,
    })
}
