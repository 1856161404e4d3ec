//! Tests of reading and writing whole files.

use std::time::{Duration, Instant};

use super::{Manuscript, ManuscriptSection, SECTIONS_MAX, read, write};

mod round_trip;

const HEAD: &str = "---\ntitle: Advice\nslug: advice\nreview_due: 2019-05\n---\n";
const LONG: &str = include_str!("../../tests/it/data/manuscripts/long.md");
const BAD: &str = include_str!("../../tests/it/data/manuscripts/bad.md");

fn sections(text: &str) -> Vec<ManuscriptSection> {
    read(&format!("{HEAD}{text}")).unwrap().sections
}

fn faults(file: &str) -> Vec<String> {
    read(file).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn dump() {
    let m = read(LONG).unwrap();
    println!("{}", write(&m));
}
#[test]
fn dump_bad() {
    println!("{}", faults(BAD).join("\n"));
}
