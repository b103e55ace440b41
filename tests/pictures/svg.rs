//! A screen as an SVG, cell by cell.

use std::collections::BTreeMap;
use std::fmt::Write;

use termlens::{Color, Screen, Style};
use unicode_width::UnicodeWidthStr;

/// What stands for the terminal's own colours.
#[derive(Clone, Copy)]
pub struct Paper {
    pub foreground: &'static str,
    pub background: &'static str,
    /// The sixteen of the palette.
    pub palette: [&'static str; 16],
}

pub const DARK: Paper = Paper {
    foreground: "#d4d4d4",
    background: "#1b1b1b",
    palette: [
        "#1b1b1b", "#e06c75", "#7fbf6a", "#d7ae5a", "#6aa6e8", "#c58ad9", "#56b6c2", "#c8c8c8", "#7f848e", "#f07f88",
        "#98d982", "#ecc878", "#86bcf5", "#d8a3ea", "#72d0dc", "#ffffff",
    ],
};

pub const LIGHT: Paper = Paper {
    foreground: "#24292e",
    background: "#ffffff",
    palette: [
        "#24292e", "#c0262d", "#22703a", "#8a6000", "#0b56b3", "#7a2fa0", "#0f6d78", "#8a929a", "#5c646c", "#d13b40",
        "#2b8547", "#9c7000", "#1f6ed0", "#9040b8", "#178391", "#ffffff",
    ],
};

/// Of one cell, in hundredths of the unit of the picture.
const WIDTH: usize = 843;
const HEIGHT: usize = 1700;

#[derive(PartialEq)]
struct Run {
    column: usize,
    /// In cells.
    width: usize,
    text: String,
    look: Look,
}

#[derive(Clone, PartialEq)]
struct Look {
    foreground: String,
    background: String,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

/// The picture.
pub fn svg(screen: &Screen, paper: &Paper) -> String {
    let (columns, rows) = (usize::from(screen.cols()), usize::from(screen.rows()));
    let mut body = String::new();
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    for row in 0..rows {
        for run in runs(screen, row, paper) {
            if run.look.background != paper.background {
                let (x, y) = (hundredths(run.column * WIDTH), hundredths(row * HEIGHT));
                let (width, height) = (hundredths(run.width * WIDTH), hundredths(HEIGHT));
                let fill = &run.look.background;
                writeln!(
                    body,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
                )
                .unwrap();
            }
            // Not everything that draws underlines blanks, which are what shows an empty field.
            if run.look.underline {
                let (x, y) = (hundredths(run.column * WIDTH), hundredths(row * HEIGHT + 1450));
                let (length, fill) = (hundredths(run.width * WIDTH), &run.look.foreground);
                writeln!(
                    body,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{length}\" height=\"1\" fill=\"{fill}\"/>"
                )
                .unwrap();
            }
            // Blanks in a row are no text: not everything that draws keeps them.
            for (start, piece) in pieces(&run.text) {
                let next = classes.len();
                let class = *classes.entry(rule(&run.look)).or_insert(next);
                let x = hundredths((run.column + start) * WIDTH);
                let y = hundredths(row * HEIGHT + 1270);
                let length = hundredths(piece.width() * WIDTH);
                writeln!(
                    body,
                    "<text class=\"c{class}\" x=\"{x}\" y=\"{y}\" textLength=\"{length}\">{}</text>",
                    escaped(piece)
                )
                .unwrap();
            }
        }
    }
    let mut rules = String::new();
    for (rule, number) in &classes {
        writeln!(rules, ".c{number}{{{rule}}}").unwrap();
    }
    let (width, height) = (hundredths(columns * WIDTH + 1600), hundredths(rows * HEIGHT + 1600));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-8 -8 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <style>text{{font:14px 'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}}\n{rules}</style>\n\
         <rect x=\"-8\" y=\"-8\" width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{}\"/>\n{body}</svg>\n",
        paper.background
    )
}

/// The text between two or more blanks, each with the column where it starts.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut column = 0;
    for piece in text.split("  ") {
        let trimmed = piece.trim_matches(' ');
        if !trimmed.is_empty() {
            found.push((column + (piece.len() - piece.trim_start_matches(' ').len()), trimmed));
        }
        column += piece.width() + 2;
    }
    found
}

/// What stands in a row, in pieces of one look.
fn runs(screen: &Screen, row: usize, paper: &Paper) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let row = u16::try_from(row).unwrap();
    for column in 0..screen.cols() {
        let cell = screen.cell(row, column).unwrap();
        if cell.is_wide_continuation() {
            if let Some(run) = runs.last_mut() {
                run.width += 1;
            }
            continue;
        }
        let look = look(cell.style(), paper);
        let text = if cell.contents().is_empty() {
            " "
        } else {
            cell.contents()
        };
        match runs.last_mut() {
            Some(run) if run.look == look => {
                run.text.push_str(text);
                run.width += 1;
            }
            _ => runs.push(Run {
                column: usize::from(column),
                width: 1,
                text: text.to_owned(),
                look,
            }),
        }
    }
    runs
}

fn look(style: &Style, paper: &Paper) -> Look {
    let mut foreground = colour(style.fg, paper, paper.foreground);
    let mut background = colour(style.bg, paper, paper.background);
    if style.reverse {
        std::mem::swap(&mut foreground, &mut background);
    }
    Look {
        foreground,
        background,
        bold: style.bold,
        dim: style.dim,
        italic: style.italic,
        underline: style.underline,
    }
}

fn rule(look: &Look) -> String {
    let mut rule = format!("fill:{}", look.foreground);
    for (set, words) in [
        (look.bold, ";font-weight:bold"),
        (look.dim, ";opacity:.6"),
        (look.italic, ";font-style:italic"),
    ] {
        if set {
            rule.push_str(words);
        }
    }
    rule
}

fn colour(colour: Color, paper: &Paper, usual: &str) -> String {
    match colour {
        Color::Indexed(number @ 0..16) => paper.palette[usize::from(number)].to_owned(),
        Color::Indexed(number @ 16..232) => {
            let part = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let (red, green, blue) = ((number - 16) / 36, (number - 16) / 6 % 6, (number - 16) % 6);
            format!("#{:02x}{:02x}{:02x}", part(red), part(green), part(blue))
        }
        Color::Indexed(number) => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (number - 232)),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Default => usual.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn hundredths(number: usize) -> String {
    let text = format!("{}.{:02}", number / 100, number % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
