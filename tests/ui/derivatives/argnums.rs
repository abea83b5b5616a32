//! An argument that the function has not, and axes that do not fit its arguments.
use desc_jit::prelude::*;

#[desc_jit]
fn area(width: f64, height: f64) -> f64 {
    width * height
}

fn main() {
    let _ = grad(area::jit().wrt(argnums![2]));
    let _ = vmap(area::jit()).in_axes(in_axes![0]);
}
