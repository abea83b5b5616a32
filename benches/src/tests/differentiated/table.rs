//! The table of `docs/derivatives.md` has every kernel, and the tests that it names.

use std::path::Path;

use crate::kernels;

const DOCUMENT: &str = include_str!("../../../../docs/derivatives.md");
const HEADER: &str = "| kernel | differentiated by | test |\n| --- | --- | --- |\n";

/// A kernel, and the name of its test behind that of the file; `None` for a kernel without a derivative.
type Row = (&'static str, Option<(&'static str, &'static str)>);

fn code(cell: &'static str) -> &'static str {
    cell.trim().trim_matches('`')
}

fn row(line: &'static str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
    let [kernel, _, test] = cells[..] else { panic!("not three cells: {line}") };
    (code(kernel), code(test).split_once("::"))
}

fn rows() -> Vec<Row> {
    let (_, table) = DOCUMENT.split_once(HEADER).expect("the table");
    table.lines().take_while(|line| line.starts_with('|')).map(row).collect()
}

#[test]
fn every_kernel_stands_in_the_table() {
    let all: Vec<&str> =
        kernels::all().iter().chain(&kernels::derivatives()).map(|bench| bench.name()).collect();
    let listed: Vec<&str> = rows().into_iter().map(|(kernel, _)| kernel).collect();
    assert_eq!(listed, all, "the rows are in the order of the lists in `kernels/mod.rs`");
}

#[test]
fn what_the_table_names_is_a_test_of_that_kernel() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/differentiated");
    for (kernel, test) in rows() {
        let Some((file, name)) = test else { continue };
        assert_eq!(name, kernel);
        let source = std::fs::read_to_string(folder.join(file).with_extension("rs")).unwrap();
        let (_, body) = source
            .split_once(&format!("#[test]\nfn {name}() {{\n"))
            .unwrap_or_else(|| panic!("no test {file}::{name}"));
        let body = body.split("\n}\n").next().unwrap_or_default();
        assert!(body.contains("along!("), "{file}::{name} compares nothing");
    }
}

/// Only integers have none.
#[test]
fn kernels_without_derivatives_are_those_of_integers() {
    let without: Vec<&str> = rows().iter().filter(|row| row.1.is_none()).map(|row| row.0).collect();
    assert_eq!(without, ["mandelbrot", "floyd_warshall", "mandelbrot_vmap"]);
}
