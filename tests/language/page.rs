//! `docs/language.md` names tests that exist, and every file of tests of a construct is on it.

use std::path::Path;

const PAGE: &str = include_str!("../../docs/language.md");

/// Files that test how the language is compiled, not what it means.
const OTHERS: &[&str] = &[
    "adjoints",
    "ahead",
    "explain",
    "extremes",
    "failures",
    "fusion",
    "kernels",
    "lines",
    "main",
    "numerics",
    "page",
    "safe",
    "side_by_side",
    "sliding",
    "triangles",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cells of every row but the heads.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let rows = PAGE.lines().filter(|l| l.starts_with("| ") && !l.contains("---"));
    rows.map(|l| l.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells[0] != "construct")
}

#[test]
fn every_row_of_the_page_has_tests_that_exist() {
    let mut count = 0;
    for cells in rows() {
        assert_eq!(cells.len(), 5, "{cells:?}");
        let files: Vec<&str> = cells[4].split('`').filter(|part| part.ends_with(".rs")).collect();
        assert!(!files.is_empty(), "no test of {}", cells[0]);
        for file in files {
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            assert!(
                text.lines().any(|line| matches!(line.trim(), "#[test]" | "as_written! {")),
                "there are no tests in {file}"
            );
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn every_construct_that_is_tested_is_on_the_page() {
    for entry in std::fs::read_dir(root().join("language")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".rs");
        let wanted = format!("`language/{name}.rs`");
        assert!(OTHERS.contains(&name) || PAGE.contains(&wanted), "{wanted} is not on the page");
    }
}
