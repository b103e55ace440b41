//! The palette, the help, pages, and what can follow a key.

use super::keep;
use super::tenants::people;
use crate::states::unreachable;
use crate::support::{Console, Setup};

#[test]
fn palette() {
    let mut console = Console::usual();
    keep("palette", console.keys(":"));
    keep("palette_typing", console.type_text("del"));
    keep("palette_nothing", console.keys("ctrl-u").type_text("xyzzy"));
    keep(
        "palette_unknown",
        console.keys("ctrl-u").type_text("fliter").keys("enter"),
    );
}

#[test]
fn help() {
    let mut console = Console::usual();
    keep("help", console.keys("j ?"));
    keep(
        "help_end",
        console
            .keys("up")
            .type_text("c")
            .keys("down down down down down down down down down down"),
    );
    keep("help_of_the_form", console.keys("esc n ctrl-g"));
    keep("help_of_a_role", console.keys("esc esc enter tab enter ?"));
}

#[test]
fn pages() {
    let mut console = Setup::default().open(people);
    keep("page_tenant", console.keys("j d"));
    console.keys("esc").fail_next("Tenants", unreachable()).keys("r");
    keep("page_problem", console.keys("!"));
}

#[test]
fn sequences() {
    let mut console = Console::usual();
    keep("pending_y", console.keys("j y"));
    keep("pending_g", console.keys("esc g"));
}
