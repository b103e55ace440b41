//! Tests of the printer.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::problem::ProblemKind;

struct Sample {
    id: String,
    name: String,
}

static LAYOUT: Layout<Sample> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |sample| sample.id.clone(),
        },
        Column {
            head: "NAME",
            cell: |sample| sample.name.clone(),
        },
    ],
    json: |sample| json!({"id": sample.id, "name": sample.name}),
};

fn samples(names: &[&str]) -> Vec<Sample> {
    names
        .iter()
        .enumerate()
        .map(|(index, name)| Sample {
            id: index.to_string(),
            name: (*name).to_owned(),
        })
        .collect()
}

fn printed(format: Format, verbose: bool, print: impl FnOnce(&mut Printer<'_>)) -> (String, String) {
    printed_on(false, format, verbose, print)
}

fn printed_on(terminal: bool, format: Format, verbose: bool, print: impl FnOnce(&mut Printer<'_>)) -> (String, String) {
    let (mut output, mut words) = (Vec::new(), Vec::new());
    let mut printer = Printer::new(&mut output, &mut words, format, verbose).on_terminal(terminal);
    print(&mut printer);
    printer.flush().unwrap();
    drop(printer);
    (String::from_utf8(output).unwrap(), String::from_utf8(words).unwrap())
}

/// Two chunks of rows, as a list that is streamed.
fn list(format: Format, first: &[&str], second: &[&str]) -> String {
    printed(format, false, |printer| {
        let mut list = printer.list(&LAYOUT);
        list.rows(&samples(first)).unwrap();
        list.rows(&samples(second)).unwrap();
        list.finish(9).unwrap();
    })
    .0
}

#[test]
fn each_chunk_of_a_table_is_aligned_and_columns_never_become_narrower() {
    static WITH_END: Layout<Sample> = Layout {
        columns: &[
            Column {
                head: "NAME",
                cell: |sample| sample.name.clone(),
            },
            Column {
                head: "ID",
                cell: |sample| sample.id.clone(),
            },
        ],
        json: |_| Value::Null,
    };
    let chunks = [&["aaaa", "b"][..], &["wider than before", "c"], &["d"]];
    let (output, _) = printed(Format::Table, false, |printer| {
        let mut list = printer.list(&WITH_END);
        for chunk in chunks {
            list.rows(&samples(chunk)).unwrap();
        }
        list.finish(5).unwrap();
    });
    let wide = format!("wider than before  0\nc{0}1\nd{0}0\n", " ".repeat(18));
    assert_eq!(output, format!("NAME  ID\naaaa  0\nb     1\n{wide}"));
    // What comes row by row keeps the columns that it began with.
    let (output, _) = printed(Format::Table, false, |printer| {
        let mut list = printer.list(&WITH_END).sized_by(&samples(&["aaaa"])).unwrap();
        for chunk in chunks {
            list.rows(&samples(chunk)).unwrap();
        }
        list.finish(5).unwrap();
    });
    let narrow = "NAME  ID\naaaa  0\nb     1\nwider than before  0\nc     1\nd     0\n";
    assert_eq!(output, narrow);
    assert_eq!(list(Format::Table, &[], &[]), "");
}

#[test]
fn an_empty_list_is_well_formed_in_every_form() {
    for (format, expected) in [
        (Format::Json, "{\"results\":[],\"total\":9}\n"),
        (Format::Ndjson, ""),
        (Format::Yaml, "results: []\ntotal: 9\n"),
        (Format::Csv, "id,name\n"),
    ] {
        assert_eq!(list(format, &[], &[]), expected, "{format:?}");
    }
}

#[test]
fn a_text_that_ends_in_line_feeds_keeps_them_in_yaml() {
    let text = list(Format::Yaml, &["\n", "a\n\n"], &["b"]);
    let read: Value = serde_saphyr::from_str(&text).unwrap();
    let names: Vec<&Value> = read["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert_eq!(names, ["\n", "a\n\n", "b"], "{text}");
}

#[test]
fn a_problem_is_three_lines_whatever_is_in_it() {
    let problem = Problem::new(ProblemKind::Invalid, "What\n\u{1b}[2J.", "Why.", "Next.")
        .with_field("id", "is taken")
        .with_field("name", "Why.")
        .with_detail("one\r\ntwo\u{1b}");
    let (_, words) = printed(Format::Table, false, |printer| printer.problem(&problem));
    assert_eq!(words, "What␊␛[2J.\nWhy. `id`: is taken.\nNext.\n");
    let (_, words) = printed(Format::Table, true, |printer| printer.problem(&problem));
    assert_eq!(words, "What␊␛[2J.\nWhy. `id`: is taken.\nNext.\n  one\n  two␛\n");
}

#[test]
fn words_come_after_the_data_before_them() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let mut output = path.reopen().unwrap();
    let mut words = std::fs::OpenOptions::new().append(true).open(path.path()).unwrap();
    let mut printer = Printer::new(&mut output, &mut words, Format::Ndjson, false);
    printer.whole_list(&LAYOUT, &samples(&["a"])).unwrap();
    printer.say("words");
    drop(printer);
    let text = std::fs::read_to_string(path.path()).unwrap();
    assert_eq!(text, "{\"id\":\"0\",\"name\":\"a\"}\nwords\n");
}

proptest! {
    #[test]
    fn every_form_of_a_list_reads_back_as_what_was_printed(names in proptest::collection::vec("(?s).{0,20}", 0..6)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (first, second) = names.split_at(names.len() / 2);
        let expected: Vec<Value> = samples(first).iter().chain(&samples(second)).map(LAYOUT.json).collect();
        let whole = json!({"results": expected, "total": 9});
        prop_assert_eq!(&serde_json::from_str::<Value>(&list(Format::Json, first, second)).unwrap(), &whole);
        let text = list(Format::Yaml, first, second);
        prop_assert_eq!(&serde_saphyr::from_str::<Value>(&text).unwrap(), &whole, "{}", text);
        prop_assert_eq!(&yaml_serde::from_str::<Value>(&text).unwrap(), &whole, "{}", text);
        let lines: Vec<Value> = list(Format::Ndjson, first, second)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        prop_assert_eq!(&lines, &expected);
        let text = list(Format::Csv, first, second);
        let mut read = csv::Reader::from_reader(text.as_bytes());
        let exact: Vec<String> = read.records().map(|record| record.unwrap()[1].to_owned()).collect();
        prop_assert_eq!(&exact, &names);
        let shown = |format| {
            let rows = samples(&names);
            printed_on(true, format, false, |printer| printer.whole_list(&LAYOUT, &rows).unwrap()).0
        };
        for text in [shown(Format::Csv), shown(Format::Table)] {
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{}", text);
            for name in &names {
                let cell = visible(name);
                prop_assert!(text.contains(cell.trim_end()) || cell.contains('"'), "{}", text);
            }
        }
    }
}
