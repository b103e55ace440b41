//! What an operator does, from the first key to the last.

use crate::support::{Console, Setup};

#[test]
fn look() {
    let mut console = Console::usual();
    println!("{}", console.screen());
    println!("{}", console.keys("j enter").screen());
    println!("{}", console.keys("tab").screen());
    println!("{}", console.keys("enter").screen());
    println!("{}", console.keys("q tab").screen());
    println!("{}", console.keys("q n").screen());
    println!("{}", console.type_text("Initech GmbH").screen());
    println!("{}", console.keys("ctrl-o").screen());
    println!("{}", console.keys("enter").screen());
    println!("{}", console.keys("D").screen());
    println!("{}", console.keys("esc ?").screen());
    println!("{}", console.keys("esc q").screen());
    let console = Setup {
        enabled: None,
        default_tenant: None,
        ..Setup::default()
    }
    .open(|_, _| {});
    println!("{}", console.screen());
}
