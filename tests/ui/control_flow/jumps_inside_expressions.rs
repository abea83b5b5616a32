//! Jumps in the middle of an expression, whose other parts would be evaluated all the same.
use desc_jit::prelude::*;

#[desc_jit]
fn jumps(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += 1.0 + if x[i] < 0.0 { continue } else { x[i] };
        let y = x[i].max(if sum > 9.0 { break } else { 1.0 });
        while { if y > 3.0 { return y; } sum < 5.0 } {
            sum += y;
        }
    }
    sum
}

fn main() {
    jumps(&Array1::zeros(3));
}
