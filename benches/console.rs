//! From a key to the bytes of a frame, with 10,000 tenants: everything between input and the terminal, in one process.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark stops at the first surprise"
)]

mod common;

use std::sync::Arc;

use common::{instance, runtime};
use divan::Bencher;
use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::app::effect::Effect;
use kestra_admin::app::geometry::Size;
use kestra_admin::app::input::{Key, parse_sequence};
use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::model::Model;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::session::Session;
use kestra_admin::app::update;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::runner::deeds::Course;
use kestra_admin::runner::question::ask;
use kestra_admin::term::run_loop::{Draw, Drawn};
use kestra_admin::term::screen::Screen;
use kestra_admin::ui;
use kestra_admin::ui::look::Look;

fn main() {
    divan::main();
}

struct Console {
    model: Model,
    look: Look,
    backend: Arc<LocalInstance>,
    runtime: tokio::runtime::Runtime,
}

impl Draw for Console {
    fn draw(&self, frame: &mut ratatui::Frame<'_>) -> Drawn {
        let drawn = ui::view(&self.model, &self.look, frame);
        Drawn {
            cursor: drawn.cursor,
            cursor_visible: drawn.cursor.is_some(),
            hits: drawn.hits,
            wraps: drawn.wraps,
            selects: drawn.selects,
        }
    }
}

impl Console {
    fn open(width: u16, height: u16, tenants: usize) -> (Self, Screen) {
        let backend = Arc::new(LocalInstance::open(&instance(tenants), None).unwrap());
        let mut model = Model::new(Session::new("default"), Keymap::default(), Size::new(width, height));
        let effects = update::start(&mut model, 0);
        let look = Look::new("default", Depth::Ansi16, Glyphs::Unicode).unwrap();
        let mut console = Self {
            model,
            look,
            backend,
            runtime: runtime(),
        };
        console.carry_out(effects);
        let mut screen = Screen::new(width, height, false).unwrap();
        drop(screen.draw(&console).unwrap());
        (console, screen)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Ask(job, request) = effect {
                let reply = self
                    .runtime
                    .block_on(ask(self.backend.as_ref(), request, &Course::default()));
                let more = update::update(&mut self.model, 0, Msg::Reply(job, reply));
                self.carry_out(more);
            }
        }
    }

    fn press(&mut self, key: Key) {
        let effects = update::update(&mut self.model, 0, Msg::Key(key));
        self.carry_out(effects);
    }
}

const SIZES: [(u16, u16); 2] = [(80, 24), (200, 60)];

fn key(text: &str) -> Key {
    parse_sequence(text).unwrap()[0]
}

/// Going down and up within the view.
#[divan::bench(args = SIZES)]
fn move_key_to_frame(bencher: Bencher<'_, '_>, (width, height): (u16, u16)) {
    let (mut console, mut screen) = Console::open(width, height, 10_000);
    let keys = [key("down"), key("up")];
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        console.press(keys[turn % 2]);
        screen.draw(&console).unwrap().len()
    });
}

/// Going down at the end of the view, which scrolls and now and then reads a page.
#[divan::bench(args = SIZES)]
fn scroll_key_to_frame(bencher: Bencher<'_, '_>, (width, height): (u16, u16)) {
    let (mut console, mut screen) = Console::open(width, height, 10_000);
    for _ in 0..height {
        console.press(key("down"));
    }
    bencher.bench_local(|| {
        console.press(key("down"));
        screen.draw(&console).unwrap().len()
    });
}

/// A letter typed into the filter, with the answer of the store, and taken back.
#[divan::bench(args = SIZES)]
fn filter_key_to_frame(bencher: Bencher<'_, '_>, (width, height): (u16, u16)) {
    let (mut console, mut screen) = Console::open(width, height, 10_000);
    console.press(key("/"));
    let keys = [key("7"), key("backspace")];
    let mut turn = 0;
    bencher.bench_local(|| {
        console.press(keys[turn % 2]);
        turn += 1;
        screen.draw(&console).unwrap().len()
    });
}

/// From nothing to the bytes of the first frame with rows, the instance opened included.
#[divan::bench(args = [10_000, 1_000_000])]
fn first_frame(bencher: Bencher<'_, '_>, tenants: usize) {
    drop(instance(tenants));
    bencher.bench_local(|| {
        let (console, _) = Console::open(80, 24, tenants);
        assert!(console.model.tenants.selected().is_some());
    });
}
