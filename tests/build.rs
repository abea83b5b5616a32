//! The right programs of `docs/errors.md` as modules, so that rustc compiles what the page tells people to write.

use std::fmt::Write;
use std::path::Path;

fn main() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    println!("cargo:rerun-if-changed={}", page.display());
    let text = std::fs::read_to_string(page).expect("the page exists");
    let mut modules = String::new();
    for section in text.split("\n### ").skip(1) {
        let code = section.lines().next().unwrap_or_default().to_lowercase();
        let right = section.split("```rust\n").nth(2).and_then(|rest| rest.split("```").next());
        let right = right.unwrap_or_else(|| panic!("{code} has no right program"));
        let right: String = right
            .lines()
            .map(|line| if line.starts_with("fn ") { format!("pub {line}\n") } else { format!("{line}\n") })
            .collect();
        writeln!(modules, "pub mod {code} {{\n#[allow(unused)]\nuse desc_jit::prelude::*;\n{right}}}")
            .expect("a string takes it");
    }
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("right_programs.rs"), modules).expect("it can be written");
}
