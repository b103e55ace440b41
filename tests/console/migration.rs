//! The migration led by the hand: the wizard by keyboard alone, the run on screen, and everything that can come between.

use std::sync::Arc;

use kestra_admin::migration::run_summary::Surveyed;

use crate::support::migrations::{Fake, STARTED_AT, grown};
use crate::support::{Console, Setup, session};

/// A console on an instance where multi-tenancy is off, with what a survey of it finds.
fn console(surveyed: Surveyed) -> Console {
    setup(Fake::new(surveyed)).open(|_, _| {})
}

fn setup(fake: Arc<Fake>) -> Setup {
    Setup {
        enabled: Some(false),
        fake,
        session: session(|session| {
            session.context = "prod-eu".to_owned();
            session.command_words = vec!["--context".to_owned(), "prod-eu".to_owned()];
            session.started_at = STARTED_AT;
        }),
        ..Setup::default()
    }
}

#[test]
fn the_shortest_safe_path_goes_from_the_list_to_the_report() {
    let mut console = console(grown());
    println!("{}", console.screen());
    console.keys("m");
    println!("{}", console.screen());
    console.keys("enter");
    println!("{}", console.screen());
    console.keys("enter");
    println!("{}", console.screen());
    console.keys("enter");
    println!("{}", console.screen());
    console.keys("n").type_text("dev");
    println!("{}", console.screen());
    console.keys("ctrl-o");
    println!("{}", console.screen());
    console.keys("enter");
    println!("{}", console.screen());
    console.keys("enter");
    println!("{}", console.screen());
    console.keys("t");
    println!("{}", console.screen());
    console.keys("esc enter");
    println!("{}", console.screen());
    console.fake.go(Some(kestra_admin::migration::step::Step::SyncAccess));
    console.news().wait(2000);
    println!("{}", console.screen());
    console.fake.go(None);
    console.news();
    println!("{}", console.screen());
    println!("{}", console.linear());
}
