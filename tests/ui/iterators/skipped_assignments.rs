use desc_jit::prelude::*;

#[desc_jit]
fn odd(x: &Array1<f64>) -> f64 {
    let mut seen = 0.0;
    let sum = x
        .iter()
        .map(|v| {
            seen += 1.0;
            v * seen
        })
        .skip(1)
        .sum::<f64>();
    sum + seen
}

fn main() {}
