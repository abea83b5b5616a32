//! `?`, `Option` and `Result`.
use desc_jit::prelude::*;

#[desc_jit]
fn parse(x: f64) -> f64 {
    let y = Some(x);
    let z = y.unwrap_or(1.0);
    let w: f64 = (|| Some(y? + 1.0))().unwrap();
    z + w
}

fn main() {
    parse(1.0);
}
