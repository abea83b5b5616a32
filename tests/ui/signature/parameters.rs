//! Patterns and attributes of parameters, and `Self`.
use desc_jit::prelude::*;

#[desc_jit]
fn refer(&mut x: &mut f64, #[cfg(unix)] y: f64) -> f64 {
    x + y
}

struct State(f64);

impl State {
    #[desc_jit]
    fn new(x: f64) -> Self {
        State(x)
    }
}

fn main() {
    refer(&mut 1.0, 2.0);
    let _ = State::new(1.0).0;
}
