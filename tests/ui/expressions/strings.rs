//! Text is not part of the language.
use desc_jit::prelude::*;

#[desc_jit]
fn name(x: f64) -> f64 {
    let _text = "energy";
    let _letter = 'e';
    let _byte = b'e';
    x
}

fn main() {
    name(1.0);
}
