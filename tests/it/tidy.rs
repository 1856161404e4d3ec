//! Keeps the arrows of ARCHITECTURE.md true: what each part of the tree may know of, and how it is written.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The most lines of a file that one can hold in the head, tests of its own included.
const LINES_MAX: usize = 520;
/// Files that are longer, for now. This list only shrinks.
const LONGER: &[&str] = &[];

fn sources(under: &str) -> Vec<(PathBuf, String)> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(under), &mut found);
    found.sort();
    assert!(!found.is_empty(), "{under} is gone");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source");
        (path.strip_prefix(root).expect("inside").to_owned(), text)
    };
    found.into_iter().map(read).collect()
}

/// Says which lines of code below `under` name something forbidden; comments and lines of tests do not count.
fn offences(under: &str, forbidden: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    for (path, text) in sources(under) {
        if path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            for word in forbidden {
                if line.contains(word) {
                    offences.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        }
    }
    offences
}

#[test]
fn domain_uses_nothing_of_ours_and_asks_no_clock() {
    let forbidden = [
        "crate::store",
        "crate::commands",
        "crate::graphql",
        "crate::http",
        "crate::clock",
        "crate::config",
        "crate::manuscript",
        "crate::render",
        "crate::identity",
        "sea_orm",
        "async_graphql",
        "poem",
        "tokio",
        "Utc::now",
        "SystemTime",
        "Instant::now",
        "Uuid::now",
        "async fn",
    ];
    assert_eq!(offences("src/domain", &forbidden), [""; 0]);
}

#[test]
fn only_the_store_knows_the_tables() {
    for part in ["commands", "graphql", "http", "identity", "manuscript", "render", "demo", "cli"] {
        assert_eq!(offences(&format!("src/{part}"), &["sea_orm", "::entity::", "::migration::"]), [""; 0], "{part}");
    }
    assert_eq!(offences("entity/src", &["async_graphql", "consilium"]), [""; 0]);
}

#[test]
fn the_store_knows_neither_commands_nor_the_face() {
    assert_eq!(offences("src/store", &["crate::commands", "crate::graphql", "crate::http", "async_graphql"]), [""; 0]);
}

#[test]
fn only_mutations_give_commands() {
    let offences = offences("src/graphql", &["commands::"]);
    let elsewhere: Vec<_> = offences.iter().filter(|offence| !offence.contains("graphql/mutation")).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn the_transport_knows_no_domain() {
    assert_eq!(offences("src/http", &["crate::domain", "crate::store", "crate::commands"]), [""; 0]);
}

#[test]
fn every_file_says_what_it_is_for_and_fits_into_a_head() {
    for under in ["src", "entity/src", "migration/src", "tests"] {
        for (path, text) in sources(under) {
            assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
            let lines = text.lines().count();
            let excused = LONGER.iter().any(|longer| path.ends_with(longer));
            assert!(lines <= LINES_MAX || excused, "{} has {lines} lines", path.display());
        }
    }
}
