//! The catalogue of permissions against the enumerations in Kestra's own OpenAPI documents.
//!
//! The documents are not part of the repository; where they are not beside it, the test says so and is skipped.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::path::Path;

use kestra_admin::domain::catalogue;
use kestra_admin::domain::release::Release;

/// Documents, the release each describes, and the schema that lists permissions.
const DOCUMENTS: [(&str, &str, &str); 6] = [
    ("kestra-ee-0.21.yaml", "0.21", "Permission"),
    ("kestra-ee-0.23.yaml", "0.23", "Permission"),
    ("kestra-ee-0.24.0.yaml", "0.24", "Permission"),
    ("kestra-ee-1.0.0.yaml", "1.0", "Permission"),
    ("kestra-ee-1.3.26.yaml", "1.3", "Permission"),
    ("kestra-ee-2.0.0-SNAPSHOT.yaml", "2.0", "Resource"),
];

/// The values of an enumeration among the schemas of a document.
fn enumeration(document: &str, schema: &str) -> BTreeSet<String> {
    let start = format!("\n    {schema}:\n");
    let after = document.split_once(&start).unwrap().1;
    let lines = after.lines().skip_while(|line| line.trim() != "enum:").skip(1);
    lines
        .map_while(|line| line.strip_prefix("        - "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn permissions_and_actions_are_those_of_kestras_own_documents() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/spec");
    for (file, release, schema) in DOCUMENTS {
        let Ok(document) = std::fs::read_to_string(folder.join(file)) else {
            eprintln!("skipped: {file} is not there to compare with");
            continue;
        };
        let release: Release = release.parse().unwrap();
        let mut theirs = enumeration(&document, schema);
        // It stands for names a server does not know, and is nothing a role could hold.
        theirs.remove("UNKNOWN");
        let ours: BTreeSet<String> = catalogue::resources(release)
            .iter()
            .map(|info| info.name.to_string())
            .collect();
        assert_eq!(ours, theirs, "permissions of {release}");
        let mut theirs = enumeration(&document, "Action");
        theirs.remove("UNKNOWN");
        let ours: BTreeSet<String> = catalogue::actions(release).iter().map(ToString::to_string).collect();
        assert_eq!(ours, theirs, "actions of {release}");
    }
}
