//! Patterns of structs, patterns that may not match, and macros in patterns.
use desc_jit::prelude::*;

struct Pair {
    a: f64,
    b: f64,
}
const PAIR: Pair = Pair { a: 1.0, b: 2.0 };

macro_rules! everything {
    () => {
        _
    };
}

#[desc_jit]
fn parts(n: usize) -> f64 {
    let Pair { a, b } = PAIR;
    let 0.. = n;
    let everything!() = n;
    a + b
}

fn main() {
    parts(1);
}
