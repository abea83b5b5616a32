use desc_jit::prelude::*;

#[derive(Tree, Clone)]
struct State {
    x: f64,
    v: f64,
}

struct Plain {
    x: f64,
}

#[desc_jit]
fn missing_field(x: f64) -> State {
    State { x }
}

#[desc_jit]
fn not_a_tree(x: f64) -> f64 {
    let p = Plain { x };
    p.x
}

#[desc_jit]
fn parameter(p: &Plain) -> f64 {
    1.0
}

fn main() {}
