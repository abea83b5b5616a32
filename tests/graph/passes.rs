//! Passes on text files: `cases/*.txt` hold `pass NAME..`, an input graph, `----`, and the expected output.
//! `DESC_BLESS=1` rewrites the expectations.

use desc_jit::Graph;
use std::path::PathBuf;

#[test]
fn passes_give_the_expected_graphs() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("graph/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "the cases are missing from {}", folder.display());
    let bless = std::env::var_os("DESC_BLESS").is_some();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let (head, expected) = text.split_once("----\n").unwrap_or((&text, ""));
        let (first, input) = head.split_once('\n').unwrap();
        let passes =
            first.strip_prefix("pass ").unwrap_or_else(|| panic!("{}: starts with `pass`", file.display()));
        let mut graph: Graph = input.parse().unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for pass in passes.split_whitespace() {
            graph.run_pass(pass).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        }
        let output = graph.to_string();
        if bless {
            std::fs::write(&file, format!("{head}----\n{output}")).unwrap();
        } else {
            assert_eq!(output, expected, "{}", file.display());
        }
    }
}

#[test]
fn an_unknown_pass_names_the_known_ones() {
    let mut graph: Graph = "graph f() { return }".parse().unwrap();
    let error = graph.run_pass("inline").unwrap_err().to_string();
    assert!(error.contains("calls, fold, columns, cse, rows, dce, leave, compact"), "{error}");
}
