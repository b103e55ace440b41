//! Every kind of field of every release's form, and that secrets are nowhere to be read.

use kestra_admin::app::effect::Request;
use kestra_admin::app::form_field::Editor;
use kestra_admin::backend::Backend;
use kestra_admin::domain::tenant_field;
use serde_json::{Value, json};

use crate::support::{Console, Setup, usual};

fn form(release: &'static str) -> Console {
    let mut console = Setup {
        release,
        ..Setup::default()
    }
    .open(usual);
    console.keys("n").type_text("New");
    console
}

/// The tenant as it was stored.
fn stored(console: &mut Console) -> Value {
    console
        .keys("ctrl-o")
        .shows("Review before")
        .keys("ctrl-o")
        .shows("Tenant new created");
    let tenant = console.meanwhile(async |other| other.tenant(&"new".parse().unwrap()).await.unwrap());
    let mut json = tenant.to_json();
    json.as_object_mut().unwrap().retain(|key, _| key != "deleted");
    json
}

#[test]
fn each_release_has_its_own_fields_in_its_own_order() {
    for release in ["0.13", "0.19", "0.21", "0.23", "1.3", "2.0"] {
        let console = form(release);
        let form = console.model.form().unwrap();
        let paths: Vec<&str> = form.fields.iter().map(|field| field.path).collect();
        let known = tenant_field::fields(release.parse().unwrap()).map(|field| field.path);
        let wanted: Vec<&str> = ["name", "id", "admin"].into_iter().chain(known).collect();
        assert_eq!(paths, wanted, "{release}");
    }
}

#[test]
fn a_release_without_fields_has_a_form_of_name_id_and_admin() {
    let mut console = form("0.13");
    console
        .shows("field 1 of 3")
        .keys("tab tab tab")
        .shows("[ Review ]")
        .keys("enter");
    console.shows("Review before").keys("esc");
    assert_eq!(stored(&mut console), json!({"id": "new", "name": "New"}));
}

#[test]
fn text_choices_and_settings_of_0_21() {
    let mut console = form("0.21");
    console
        .field("Worker group")
        .type_text("-gpu")
        .shows("! must start with a letter or digit");
    console
        .keys("home delete")
        .lacks("! must start")
        .keys("tab")
        .shows("< not set >");
    console
        .keys("right right")
        .shows("< WAIT > FAIL WAIT CANCEL")
        .keys("left")
        .shows("< FAIL >");
    console.keys("delete").shows("< not set >").keys("space space");
    console.field("Storage type").type_text("s3").keys("tab");
    console
        .type_text("bucket: b")
        .keys("enter")
        .type_text("port")
        .keys("tab");
    console
        .shows("! line 2: write `key: value`")
        .keys("shift-tab")
        .type_text(": 9000")
        .keys("tab");
    console.lacks("! line 2");
    assert_eq!(
        stored(&mut console),
        json!({
            "id": "new", "name": "New",
            "workerGroup": {"key": "gpu", "fallback": "WAIT"},
            "storageType": "s3", "storageConfiguration": {"bucket": "b", "port": 9000},
        })
    );
}

#[test]
fn booleans_and_sets_of_0_23() {
    let mut console = form("0.23");
    console
        .field("Isolate storage")
        .keys("space")
        .shows("< true > true false")
        .keys("tab");
    console.shows("[ ]EXECUTOR").keys("space right right right right space");
    console
        .keys("tab")
        .shows("Storage denied to EXECUTOR WORKER")
        .keys("shift-tab left space");
    console
        .keys("delete tab")
        .shows("Storage denied to not set")
        .keys("shift-tab right space");
    console.field("Secrets read-only").keys("left").shows("< false >");
    assert_eq!(
        stored(&mut console),
        json!({
            "id": "new", "name": "New", "secretReadOnly": false,
            "storageIsolation": {"enabled": true, "deniedServices": ["WORKER"]},
        })
    );
}

#[test]
fn numbers_tags_colors_and_quotas_of_2_0() {
    let mut console = form("2.0");
    console
        .field("Worker tags")
        .type_text("gpu eu-1")
        .field("Tags match")
        .keys("space");
    console
        .field("Concurrent executions")
        .type_text("0")
        .keys("tab")
        .shows("! `0` is not a whole number");
    console.keys("shift-tab backspace").type_text("20");
    console
        .field("Quotas")
        .type_text("1h 5 FAIL")
        .shows("! line 1: `1h` is not an ISO 8601 duration");
    console
        .keys("ctrl-u")
        .paste("PT1H 500 FAIL\nP1D 5000 cancel")
        .lacks("! line 1");
    console
        .field("Title color")
        .type_text("red")
        .shows("! `red` is not a color")
        .keys("ctrl-u");
    console.type_text("#8405ff").keys("tab");
    assert_eq!(
        stored(&mut console),
        json!({
            "id": "new", "name": "New",
            "defaultWorkerSelector": {"tags": ["gpu", "eu-1"], "match": "ALL"},
            "concurrency": {"limit": 20},
            "quotas": [
                {"duration": "PT1H", "limit": 500, "behavior": "FAIL"},
                {"duration": "P1D", "limit": 5000, "behavior": "CANCEL"},
            ],
            "appCatalogConfig": {"titleColor": "#8405ff"},
        })
    );
}

#[test]
fn every_field_of_every_release_can_be_reached_and_says_what_it_is_for() {
    for release in ["0.21", "0.23", "1.3", "2.0"] {
        let mut console = form(release);
        for (width, height) in [(80, 24), (40, 12), (200, 50)] {
            console.resize(width, height);
            let count = console.model.form().unwrap().fields.len();
            for index in 0..count {
                let field = console.model.form().unwrap().fields[index].clone();
                let screen = console.screen();
                let marker = screen.lines().find(|line| line.starts_with("│>")).unwrap_or_default();
                let label: String = field.label.chars().take(12).collect();
                assert!(marker.contains(&label), "{release} {width}x{height} {label}\n{screen}");
                if width == 80 {
                    let start: String = field.doc.chars().take(25).collect();
                    assert!(screen.contains(&start), "{release} {label}\n{screen}");
                }
                // A key that types puts something in; one that moves on does.
                if matches!(field.editor, Editor::Set { .. } | Editor::Choice { .. }) {
                    console.keys("space delete");
                }
                console.keys("tab");
            }
            console.shows("[ Review ]").keys("tab").shows("[ Leave ]").keys("tab");
        }
    }
}

const SECRETS: [&str; 4] = ["s3cret-token", "s3cret-password", "s3cret-access", "s3cret-vault"];

#[track_caller]
fn hides_secrets(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
}

#[test]
fn what_is_secret_is_masked_on_screen_in_the_review_in_copies_and_in_what_is_kept() {
    let mut console = form("1.3");
    console
        .field("SDK API token")
        .type_text(SECRETS[0])
        .shows("************");
    console.field("SDK password").type_text(SECRETS[1]);
    hides_secrets(&console.screen());
    console.field("Storage settings").type_text("bucket: b").keys("enter");
    console.type_text(&format!("accessKey: {}", SECRETS[2]));
    console
        .field("Secrets settings")
        .type_text(&format!("token: {}", SECRETS[3]));
    hides_secrets(&console.screen());
    hides_secrets(&console.linear());
    console
        .field("Name")
        .keys("ctrl-o")
        .resize(200, 90)
        .shows("accessKey")
        .shows("(hidden)");
    hides_secrets(&console.screen());
    hides_secrets(&console.linear());
    for keys in ["y c", "y t"] {
        let copied = console.copy(keys);
        hides_secrets(&copied);
    }
    console.resize(80, 24).wait(1_000);
    hides_secrets(&serde_json::to_string(&console.saved).unwrap());
    // They are sent all the same.
    console.keys("esc");
    let json = stored(&mut console);
    assert_eq!(json["sdkDefaultAuthentication"]["apiToken"], json!(SECRETS[0]));
    assert_eq!(json["storageConfiguration"]["accessKey"], json!(SECRETS[2]));
    // Afterwards, too: the overview, the list beside it, descriptions, messages, an edit and its review.
    hides_secrets(&console.screen());
    console.keys("G").resize(200, 60);
    hides_secrets(&console.screen());
    console.keys("d").shows("(hidden)");
    hides_secrets(&console.screen());
    hides_secrets(&console.keys("esc").copy("y j"));
    console.keys("q").shows("new");
    hides_secrets(&console.screen());
    console.keys("L");
    hides_secrets(&console.screen());
    console.keys("enter");
    hides_secrets(&console.screen());
    console
        .keys("esc q e")
        .field("Storage settings")
        .keys("end")
        .type_text("x")
        .field("SDK API token");
    console
        .type_text("x")
        .field("Name")
        .keys("ctrl-o")
        .shows("sdkDefaultAuthentication.apiToken: (hidden) -> (hidden)");
    hides_secrets(&console.screen());
    hides_secrets(&console.linear());
    hides_secrets(&console.copy("y c"));
    console.wait(1_000);
    hides_secrets(&serde_json::to_string(&console.saved).unwrap());
    assert!(
        console
            .asked
            .iter()
            .any(|request| matches!(request, Request::Create(_)))
    );
}

#[test]
fn secrets_among_settings_are_masked_where_they_are_typed() {
    let mut console = form("0.21");
    console
        .field("Storage settings")
        .type_text(&format!("accessKey: {}", SECRETS[2]))
        .shows("accessKey: *************")
        .keys("enter")
        .type_text("bucket: b")
        .shows("bucket: b")
        .keys("up home enter up")
        .type_text("apiToken=")
        .paste(&format!("{}\n{}", SECRETS[0], SECRETS[1]))
        .shows("apiToken=************")
        .shows("***************");
    hides_secrets(&console.screen());
    // The cursor goes through it as it does through the rest.
    console
        .keys("ctrl-u")
        .type_text("auth: {\"clientSecret\": \"")
        .type_text(SECRETS[3]);
    console.shows("auth: *").keys("home");
    hides_secrets(&console.screen());
    hides_secrets(&console.linear());
    hides_secrets(&console.keys("tab").linear());
    hides_secrets(&console.screen());
    // Neither does a file have what cannot be read yet.
    console.wait(1_000);
    hides_secrets(&serde_json::to_string(&console.saved).unwrap());
    let kept = "apiToken=(type it again)\nauth: (type it again)\naccessKey: (type it again)\nbucket: b";
    assert_eq!(taken_up(&mut console), kept);
}

/// What is in its place once more where a form is taken up is never taken for what is there.
#[test]
fn a_secret_in_what_cannot_be_read_is_asked_for_again() {
    for (typed, kept) in [
        (
            "bucket: b\nprivateKey: -----BEGIN KEY-----\ns3cret-token\n-----END KEY-----",
            "bucket: b\nprivateKey: (type it again)",
        ),
        ("token: s3cret-vault\ns3cret-access", "token: (type it again)"),
        ("  token s3cret-vault", "  token (type it again)"),
    ] {
        let mut console = form("0.21");
        console.field("Storage settings").paste(typed);
        hides_secrets(&console.screen());
        console.wait(1_000);
        hides_secrets(&serde_json::to_string(&console.saved).unwrap());
        assert_eq!(taken_up(&mut console), kept);
    }
}

/// What stands in the settings of storage where the form is taken up again.
fn taken_up(console: &mut Console) -> String {
    console.start_again();
    let form = console.model.form().unwrap();
    form.field("storageConfiguration").unwrap().editor.text()
}
