//! Programs that rustc compiles for the tests: the right ones of `docs/errors.md`, and random ones.

#[path = "generate/programs.rs"]
mod programs;

use std::fmt::Write;
use std::path::Path;

fn main() {
    right_programs();
    random_programs();
}

/// What the page tells people to write, a module for each code.
fn right_programs() {
    // Of this run: the program may have been built for another copy of the repository.
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    let page = Path::new(&here).join("../docs/errors.md");
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
    write("right_programs.rs", &modules);
}

/// Random functions of the language, each with its test. `DESC_PROGRAMS` says how many, `DESC_PROGRAMS_SEED` which.
fn random_programs() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=generate/programs.rs");
    println!("cargo:rerun-if-changed=generate/statements.rs");
    let number = |name: &str, default: u64| {
        println!("cargo:rerun-if-env-changed={name}");
        std::env::var(name).map_or(default, |v| v.parse().unwrap_or_else(|_| panic!("{name} is a number")))
    };
    let mut random = fastrand::Rng::with_seed(number("DESC_PROGRAMS_SEED", 2026));
    let mut text = String::new();
    for k in 0..number("DESC_PROGRAMS", 40) {
        let name = format!("program_{k}");
        let program = programs::program(&name, &mut |n| random.usize(0..n));
        // Single precision in between leaves its rounding in both modes.
        let rounding = if program.contains(" as f32 ") { "1e-5" } else { "1e-9" };
        text += &program;
        for (test, body) in [
            ("agrees", format!("all_readings_agree!({name});")),
            ("agrees_in_batches", format!("batches_agree({name}::native, {name}::jit());")),
            ("is_differentiated", format!("derivatives_agree({name}::jit(), {rounding});")),
        ] {
            writeln!(text, "#[test]\nfn {name}_{test}() {{\n{body}\n}}").expect("a string takes it");
        }
    }
    write("random_programs.rs", &text);
}

fn write(name: &str, text: &str) {
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join(name), text).expect("it can be written");
}
