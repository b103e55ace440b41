//! The console put together: model and look, loop and runner, around one backend.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::TryFutureExt;
use ratatui::Frame;
use tokio::sync::mpsc::unbounded_channel;

use crate::app::clock::time_of_day;
use crate::app::command::Scope;
use crate::app::effect::{Effect, Millis};
use crate::app::geometry::Size;
use crate::app::keymap::Keymap;
use crate::app::linear::{hides, messages};
use crate::app::list_columns::ColumnChoices;
use crate::app::model::Model;
use crate::app::msg::Msg;
use crate::app::resume::Resume;
use crate::app::run::text::parting;
use crate::app::session::Session;
use crate::app::update;
use crate::connect::Coming;
use crate::domain::problem::{Problem, ProblemKind};
use crate::runner::Runner;
use crate::runner::contexts::Contexts;
use crate::runner::migrations::Migrations;
use crate::runner::opening::{Again, Opening};
use crate::runner::resume_file::ResumeFile;
use crate::term::caps::Caps;
use crate::term::run_loop::{Application, Draw, Drawn, Options, block_on};
use crate::term::signals::Exit;
use crate::term::{guard, linear, run_loop};
use crate::ui;
use crate::ui::look::Look;

/// What the console is started with.
pub struct Start {
    /// The instance. While it is opening the console is on the screen; if it cannot be opened, the console ends, unless there is
    /// a way to open it again.
    pub coming: Coming,
    /// Opens it again, where it is a problem on screen that it could not be opened.
    pub again: Option<Again>,
    /// Its name here, and whether it may be changed.
    pub session: Session,
    /// The keys.
    pub keymap: Keymap,
    /// Name of the theme.
    pub theme: String,
    /// What the terminal can do.
    pub caps: Caps,
    /// Whether the terminal is to report the mouse.
    pub mouse: bool,
    /// Whether lines are drawn around things.
    pub borders: bool,
    /// The operator's own command for copying; empty if there is none.
    pub copy_command: Vec<String>,
    /// Migrations of the instance; `None` where they cannot be carried out from here, and their commands say so.
    pub migrations: Option<Arc<dyn Migrations>>,
    /// The other contexts there are.
    pub contexts: Arc<dyn Contexts>,
    /// Where the place and unsent input are kept for the next start, if no other console is open on the instance.
    pub resume_file: PathBuf,
    /// Whether to begin anew and ignore what was kept.
    pub fresh: bool,
    /// Which columns of each list are shown.
    pub columns: ColumnChoices,
}

struct Console {
    model: Model,
    look: Look,
    /// Why there is nothing to work on.
    not_opened: Option<Problem>,
}

impl Console {
    fn take(&mut self, now: Millis, msg: Msg) -> Vec<Effect> {
        if let Msg::NotOpened(problem) = msg {
            self.not_opened = Some(problem);
            // The next start is not led here again; what was typed here stays.
            return update::update(&mut self.model, now, Msg::Closed);
        }
        update::update(&mut self.model, now, msg)
    }
}

impl Application for Console {
    fn update(&mut self, now: Millis, msg: Msg) -> Vec<Effect> {
        self.take(now, msg)
    }

    fn next_deadline(&self) -> Option<Millis> {
        self.model.next_deadline()
    }

    fn first_frame_by(&self) -> Option<Millis> {
        self.model.first_rows_by()
    }
}

impl Draw for Console {
    fn draw(&self, frame: &mut Frame<'_>) -> Drawn {
        let drawn = ui::view(&self.model, &self.look, frame);
        Drawn {
            cursor: drawn.cursor,
            // Not only where something is typed: magnifiers follow what they see.
            cursor_visible: drawn.cursor.is_some(),
            hits: drawn.hits,
            wraps: drawn.wraps,
            selects: drawn.selects,
        }
    }
}

impl linear::LinearApplication for Console {
    fn line(&mut self, now: Millis, line: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for msg in messages(&self.model, line) {
            effects.extend(update::update(&mut self.model, now, msg));
        }
        effects
    }

    fn update(&mut self, now: Millis, msg: Msg) -> Vec<Effect> {
        self.take(now, msg)
    }

    fn shown(&self, text: String) -> String {
        if self.look.only_ascii {
            return ui::in_ascii(&text);
        }
        text
    }

    fn nothing_new(&self, now: Millis, is_read: bool) -> String {
        // What a form asks for, or that it has asked for all, is said again.
        if self.model.scopes().first() == Some(&Scope::Form) {
            return self.shown(ui::linear::text(&self.model)) + "\n";
        }
        let at = time_of_day(self.model.session.started_at + now);
        if is_read {
            format!("Read again at {at} UTC, nothing changed.\n")
        } else {
            format!("Nothing changed by {at} UTC.\n")
        }
    }

    fn say(&self) -> linear::Said {
        let place = ui::linear::text(&self.model);
        linear::Said {
            notice: ui::linear::notice(&self.model, &place),
            place,
            grows: ui::linear::grows(&self.model),
            loads: ui::linear::loads(&self.model),
            hides: hides(&self.model),
        }
    }

    fn next_deadline(&self) -> Option<Millis> {
        self.model.next_deadline()
    }
}

/// Size assumed where there is no terminal to ask.
const PLAIN: Size = Size::new(80, 24);

/// Runs the console until the operator leaves or the terminal goes away. Returns also what there is to say about that once
/// the terminal is given back.
///
/// # Errors
/// A theme that does not exist, or a terminal that cannot be used.
pub fn run(start: Start) -> Result<(Exit, Option<String>), Problem> {
    let mut look = Look::new(&start.theme, start.caps.depth, start.caps.glyphs).map_err(|reason| {
        Problem::new(
            ProblemKind::Invalid,
            "The theme cannot be used.",
            format!("{reason}."),
            "Set `theme` in config.toml to one of these.",
        )
    })?;
    look.borders = start.borders;
    look.only_ascii = start.caps.only_ascii;
    let options = Options {
        caps: start.caps,
        mouse: start.mouse,
        copy_command: start.copy_command,
    };
    let mut session = start.session;
    session.migrates = start.migrations.is_some();
    session.operator = start.migrations.as_ref().and_then(|migrations| migrations.operator());
    let mut model = Model::new(session, start.keymap, PLAIN);
    model.columns = start.columns;
    // A fresh start goes on from nothing, and what was not sent waits until it is asked for.
    let (mut resume_file, resume) = ResumeFile::take(&start.resume_file);
    model.session.notices.extend(resume_file.unread());
    model.resume = if start.fresh { resume.map(Resume::left) } else { resume };
    // Its report is the better one; if another is installed already, that one stays.
    drop(color_eyre::install());
    guard::report_panics_after_giving_back();
    block_on(async move {
        let (sender, mut inbox) = unbounded_channel();
        let opening = Opening::of(start.coming.map_ok(|opened| (opened.backend, opened.notes))).or_again(start.again);
        let mut runner = Runner::opening(opening, sender, resume_file)
            .with_contexts(start.contexts)
            .with_migrations(start.migrations);
        let first = update::start(&mut model, 0);
        let mut console = Console {
            model,
            look,
            not_opened: None,
        };
        let exit = if options.caps.linear {
            linear::run(&mut console, &mut runner, &mut inbox, first, &options).await
        } else {
            run_loop::run(&mut console, &mut runner, &mut inbox, first, &options).await
        }?;
        if let Some(problem) = console.not_opened {
            return Err(problem);
        }
        // A terminal that went away cannot be told.
        let words = parting(&console.model).filter(|_| exit != Exit::HungUp);
        Ok((exit, words))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::appearance::{Depth, Glyphs};
    use crate::app::screen::Screen;
    use crate::term::linear::LinearApplication;

    /// So that the next start is not led there again.
    #[test]
    fn where_nothing_could_be_opened_what_waits_stays_and_where_one_was_goes() {
        let kept = Resume {
            version: Resume::VERSION,
            words: Some(vec!["--context".to_owned(), "there".to_owned()]),
            history: vec!["tenants".to_owned()],
            ..Resume::default()
        };
        let mut model = Model::new(Session::new("there"), Keymap::default(), PLAIN);
        model.resume = Some(kept.clone());
        update::start(&mut model, 0);
        let mut console = Console {
            model,
            look: Look::new("default", Depth::Ansi16, Glyphs::Unicode).unwrap(),
            not_opened: None,
        };
        let problem = Problem::new(ProblemKind::Failed, "What.", "Why.", "Next.");
        let effects = console.take(30_000, Msg::NotOpened(problem.clone()));
        let left = Resume { words: None, ..kept };
        assert_eq!(effects, [Effect::Save(Box::new(left)), Effect::Quit]);
        assert_eq!(console.not_opened, Some(problem));
    }

    #[test]
    fn where_a_line_brings_nothing_new_a_form_says_again_what_it_asks_for() {
        let mut model = Model::new(Session::new("there"), Keymap::default(), PLAIN);
        model.screens.push(Screen::Connect(Box::default()));
        let mut console = Console {
            model,
            look: Look::new("default", Depth::Ansi16, Glyphs::Unicode).unwrap(),
            not_opened: None,
        };
        let said = console.nothing_new(0, false);
        assert!(said.starts_with("Connect to a Kestra\n"), "{said}");
        assert!(said.contains("\nLine 1 of 6, URL: not set\n"), "{said}");
        // It is no place of which only what came since is said once one comes back to it.
        assert!(!console.say().grows);
        console.model.screens.clear();
        assert!(console.nothing_new(0, false).starts_with("Nothing changed by "));
    }
}
