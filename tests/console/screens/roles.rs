//! Roles being changed and compared, and who may do what.

use kestra_admin::app::msg::Msg;

use super::keep;
use super::tenants::people;
use crate::support::{Console, Setup};

fn roles(release: &'static str) -> Console {
    let mut console = Setup {
        release,
        ..Setup::default()
    }
    .open(people);
    console.send(Msg::Run("tenant acme".to_owned())).keys("tab");
    console
}

#[test]
fn editing() {
    let mut console = roles("2.0");
    console.keys("n").type_text("Ops");
    keep("role_new", &mut console);
    console.keys("tab").type_text("Looks after flows at night");
    keep("role_new_described", &mut console);
    keep("role_template", console.keys("enter t"));
    keep(
        "role_from_template",
        console.type_text("launch").keys("enter j l l l l l l l l"),
    );
    keep("role_new_review", console.keys("ctrl-o"));
    let mut console = roles("0.21");
    keep("role_edit", console.keys("j e space l l space j space"));
    keep("role_edit_review", console.keys("ctrl-o"));
}

#[test]
fn deleting_and_marking() {
    let mut console = roles("0.21");
    keep("role_delete", console.keys("j D"));
    keep("roles_marked", console.keys("esc space"));
}

#[test]
fn comparing() {
    let mut console = roles("2.0");
    keep("role_compare_with", console.keys("f"));
    console.keys("esc").keys("/").type_text("er").keys("enter");
    keep("roles_compared", console.keys("g g space j space f"));
    keep("roles_compared_all", console.keys("a j l l l l l l"));
    let mut console = roles("0.21");
    keep("role_as_in_2_0", console.keys("enter t"));
    console
        .shows("t as it is")
        .shows("Managed by Kestra: the upgrade to 2.0 replaces it by what that release");
    // What is left out between two columns is seen, and a key leads to no more than is there.
    console.resize(60, 20).shows("UPDATE … OTHERS");
    console.keys("l l l l").lacks("… OTHERS");
    console.keys("h h h h").resize(80, 24).shows("DELETE OTHERS");
    console.resize(200, 60).lacks("d shows");
    console.resize(80, 24).keys("t").lacks("t as it is");
}

#[test]
fn access() {
    let mut console = Setup {
        release: "2.0",
        ..Setup::default()
    }
    .open(people);
    console.send(Msg::Run("tenant acme".to_owned()));
    keep("access_of_user", console.keys("p tab j j a"));
    keep("access_down", console.keys("j j l l l"));
    keep("who_can", console.keys("w"));
    keep("who_can_what", console.keys("q q w"));
}
