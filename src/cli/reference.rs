//! `completions` and `man`: what can be made of the command line's own description.

use clap::{Command, CommandFactory, ValueEnum};

use super::args::Arguments;
use super::failure::Failure;
use super::manual;
use super::printer::Printer;
use crate::domain::problem::{Problem, invalid};

/// A shell that can be told how to complete a command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Shell {
    /// Bourne Again shell
    Bash,
    /// Elvish
    Elvish,
    /// Friendly interactive shell
    Fish,
    /// PowerShell
    #[value(name = "powershell")]
    PowerShell,
    /// Z shell
    Zsh,
}

/// `completions`
pub fn completions(printer: &mut Printer<'_>, shell: Shell) -> Result<(), Failure> {
    printer.text(match shell {
        Shell::Bash => include_bytes!("../../assets/completions/kestra-admin.bash"),
        Shell::Elvish => include_bytes!("../../assets/completions/kestra-admin.elv"),
        Shell::Fish => include_bytes!("../../assets/completions/kestra-admin.fish"),
        Shell::PowerShell => include_bytes!("../../assets/completions/kestra-admin.ps1"),
        Shell::Zsh => include_bytes!("../../assets/completions/_kestra-admin"),
    })
}

/// `man`: one page on everything, or on one command.
pub fn manual(printer: &mut Printer<'_>, words: &[String]) -> Result<(), Failure> {
    let mut whole = Arguments::command();
    whole.build();
    let command = find(&whole, words)?;
    let mut page = Vec::new();
    render(&command, words.is_empty(), &mut page)?;
    printer.text(&page)
}

fn find(whole: &Command, words: &[String]) -> Result<Command, Problem> {
    let mut command = whole;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            let known: Vec<String> = command
                .get_subcommands()
                .filter(|known| !known.is_hide_set())
                .map(|known| format!("`{}`", known.get_name()))
                .collect();
            invalid(
                format!("There is no command `{}`.", words.join(" ")),
                format!(
                    "`{word}` is not part of `{}`.",
                    command.get_bin_name().unwrap_or(command.get_name())
                ),
                if known.is_empty() {
                    "Leave it out.".to_owned()
                } else {
                    format!("Known are {}.", known.join(", "))
                },
            )
        })?;
    }
    Ok(command.clone())
}

fn render(command: &Command, with_subcommands: bool, page: &mut Vec<u8>) -> std::io::Result<()> {
    let title = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    // The exit codes of the whole program have a section of their own.
    let codes = help.split_once("\n\n").filter(|_| help.starts_with(manual::CODES));
    let shown = match codes {
        Some((_, examples)) => command.clone().after_help(examples.to_owned()),
        None => command.clone(),
    };
    // A manual page is named after one word.
    let manual = clap_mangen::Man::new(shown)
        .title(title.replace(' ', "-").to_uppercase())
        .source(concat!("kestra-admin ", env!("CARGO_PKG_VERSION")));
    manual.render(page)?;
    if with_subcommands {
        describe_subcommands(command, page)?;
    }
    if let Some((codes, _)) = codes {
        page.extend_from_slice(manual::sections(codes).as_bytes());
    }
    Ok(())
}

/// Appends a section for every command below, with its own options.
fn describe_subcommands(command: &Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        if below.has_subcommands() {
            describe_subcommands(below, page)?;
            continue;
        }
        let name = below.get_bin_name().unwrap_or_default().to_uppercase();
        page.extend_from_slice(format!(".SH \"{name}\"\n").as_bytes());
        let manual = clap_mangen::Man::new(below.clone());
        for section in [
            render_section(|out| manual.render_synopsis_section(out))?,
            render_section(|out| manual.render_description_section(out))?,
            render_section(|out| manual.render_options_section(out))?,
            render_section(|out| manual.render_extra_section(out))?,
        ] {
            page.extend_from_slice(section.as_bytes());
        }
    }
    Ok(())
}

/// A section with its heading one level lower.
fn render_section(render: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> std::io::Result<String> {
    let mut section = Vec::new();
    render(&mut section)?;
    let text = String::from_utf8(section).map_err(std::io::Error::other)?;
    Ok(text.replace(".SH ", ".SS "))
}
