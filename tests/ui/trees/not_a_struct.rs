use desc_jit::prelude::*;

#[derive(Tree)]
enum Shape {
    Disc(f64),
    Square(f64),
}

#[desc_jit]
fn area(s: &Shape) -> f64 {
    1.0
}

fn main() {}
