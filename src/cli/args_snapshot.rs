//! `export`, `import`, `diff` and `apply`: their flags, with their help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::args::Changing;

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    /// What to write.
    #[command(subcommand)]
    pub verb: ExportVerb,
}

/// What can be written.
#[derive(Debug, Subcommand)]
pub enum ExportVerb {
    /// Write tenants, roles, groups, people and bindings for Kestra's Terraform provider
    #[command(
        after_help = "Each resource has a block that imports it, so that `terraform plan` changes nothing that is \
                            there. Secrets become variables. The first lines say which version of the provider it is for.\n\n\
                            Examples:\n  \
                            kestra-admin export terraform > kestra.tf\n  \
                            kestra-admin export terraform --tenant acme --tenant beta > kestra.tf"
    )]
    Terraform(Exported),
    /// Write a snapshot: tenants with who may do what in them, as one document
    #[command(
        after_help = "It holds no passwords, tokens and secrets, and no flows. JSON, or YAML with `-o yaml`. `import \
                            snapshot` brings back what is missing, `apply` also what was changed, `diff` compares.\n\n\
                            Examples:\n  \
                            kestra-admin export snapshot > all.json\n  \
                            kestra-admin export snapshot --tenant acme -o yaml > acme.yaml"
    )]
    Snapshot(Exported),
}

/// Which tenants are written.
#[derive(Debug, Args)]
pub struct Exported {
    /// Only this tenant; may be repeated. `(default)` is the one without an id [default: all]
    #[arg(long, value_name = "TENANT")]
    pub tenant: Vec<String>,
}

/// `import`
#[derive(Debug, Args)]
pub struct Import {
    /// What to read.
    #[command(subcommand)]
    pub verb: ImportVerb,
}

/// What can be read.
#[derive(Debug, Subcommand)]
pub enum ImportVerb {
    /// Create what a snapshot has and this instance has not; nothing that is there is changed
    #[command(
        after_help = "Tenants are found by id, everything else by name. Users come without a password. Repeating it is \
                            safe. Roles from before 2.0 are translated for 2.0.\n\n\
                            Examples:\n  \
                            kestra-admin import snapshot all.json --dry-run\n  \
                            kestra-admin import snapshot all.json --tenant acme\n  \
                            kestra-admin import snapshot all.json --tenant acme=acme-test"
    )]
    Snapshot(Imported),
}

/// Which part of a snapshot is read, and how.
#[derive(Debug, Args)]
pub struct Imported {
    /// The snapshot, or standard input if it is -
    pub file: PathBuf,
    /// Only this tenant, under another id if one is given; may be repeated
    #[arg(long, value_name = "A[=B]")]
    pub tenant: Vec<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}

/// `diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// A snapshot file, a context, or CONTEXT/TENANT
    pub a: String,
    /// Another one
    pub b: String,
}

/// `apply`
#[derive(Debug, Args)]
pub struct Apply {
    /// The snapshot, or standard input if it is -
    pub file: PathBuf,
    /// Only this tenant, under another id if one is given; may be repeated
    #[arg(long, value_name = "A[=B]")]
    pub tenant: Vec<String>,
    /// Delete roles, groups, memberships and bindings that the snapshot does not have in its tenants
    #[arg(long)]
    pub prune: bool,
    /// The name of the context again, because `--prune` has no undo
    #[arg(long, value_name = "CONTEXT")]
    pub confirm: Option<String>,
    /// Whether and how.
    #[command(flatten)]
    pub changing: Changing,
}
