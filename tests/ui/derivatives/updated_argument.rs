//! Functions that update arguments in place have no transforms.
use desc_jit::prelude::*;

#[desc_jit]
fn step(u: &mut Array1<f64>, k: f64) -> f64 {
    u[0] = k;
    k
}

fn main() {
    let _ = grad(step::jit());
    let _ = jvp(step::jit());
    let _ = vjp(step::jit());
    let _ = vmap(step::jit());
}
