//! Methods with a slip of the pen, and of another library.
use desc_jit::prelude::*;

#[desc_jit]
fn norm(u: &Array1<f64>) -> f64 {
    let squares = u.mapw(|v| v * v);
    let angle = u[0].arctan2(u[1]);
    squares.sum_axs(Axis(0)).sqr() + angle
}

fn main() {}
