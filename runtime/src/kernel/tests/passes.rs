//! Passes on text files: `cases/*.txt` hold `pass NAME`, a kernel, `----`, and the kernel that the pass makes.
//! `DESC_BLESS=1` rewrites the expectations.

use crate::kernel::ir::Kernel;
use crate::kernel::launch::with_threads;
use crate::kernel::optimize::PIPELINE;
use crate::kernel::text::assert_reads_back;
use crate::kernel::verify::verify;
use std::collections::BTreeSet;
use std::path::PathBuf;

#[test]
fn passes_give_the_expected_kernels() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/kernel/tests/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let bless = std::env::var_os("DESC_BLESS").is_some();
    let mut tested = BTreeSet::new();
    for file in files {
        let name = file.display();
        let text = std::fs::read_to_string(&file).unwrap();
        let (head, expected) = text.split_once("----\n").unwrap_or((&text, ""));
        let (first, input) = head.split_once('\n').unwrap();
        let pass = first.strip_prefix("pass ").unwrap_or_else(|| panic!("{name}: starts with `pass`"));
        let mut kernel: Kernel = input.parse().unwrap_or_else(|e| panic!("{name}: {e}"));
        verify(&kernel).unwrap_or_else(|e| panic!("{name}: {e}"));
        let before = kernel.to_string();
        let found = PIPELINE.iter().find(|p| p.0 == pass);
        let run = found.unwrap_or_else(|| panic!("{name}: there is no pass `{pass}`")).1;
        // How many threads there are may decide what is worth it.
        with_threads(2, || run(&mut kernel));
        verify(&kernel).unwrap_or_else(|e| panic!("{name}: {e}\n{kernel}"));
        assert_reads_back(&kernel);
        let output = kernel.to_string();
        tested.insert((pass.to_string(), before != output));
        if bless {
            std::fs::write(&file, format!("{head}----\n{output}")).unwrap();
        } else {
            assert_eq!(output, expected, "{name}");
        }
    }
    for (pass, _) in PIPELINE {
        for changes in [true, false] {
            let what = if changes { "changes something" } else { "leaves everything" };
            assert!(tested.contains(&(pass.to_string(), changes)), "no case where `{pass}` {what}");
        }
    }
}
