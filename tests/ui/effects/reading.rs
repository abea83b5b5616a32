//! Input is not part of staged code.
use desc_jit::prelude::*;

#[desc_jit]
fn ask(x: f64) -> f64 {
    let mut line = x;
    std::io::stdin();
    write!(line, "{x}");
    line
}

fn main() {}
