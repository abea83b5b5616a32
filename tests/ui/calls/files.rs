//! Files, the process and its environment.
use desc_jit::prelude::*;

#[desc_jit]
fn profile(x: f64) -> f64 {
    let _text = std::fs::read_to_string("profile.txt");
    let _file = std::fs::File::open("profile.txt");
    let _home = std::env::var("HOME");
    if x > 0.0 {
        std::process::exit(1);
    }
    x
}

fn main() {}
