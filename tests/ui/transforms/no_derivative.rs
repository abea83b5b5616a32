//! By an integer, and of what is no number.
use desc_jit::prelude::*;

#[desc_jit]
fn count(n: i64, x: f64) -> f64 {
    n as f64 * x
}

#[desc_jit]
fn squares(x: &Array1<f64>) -> Array1<f64> {
    x * x
}

fn by_an_integer() {
    let _ = jacfwd(count::jit());
    let _ = hvp(count::jit());
    let _ = linearize(count::jit());
}

fn row_by_row() {
    let _ = jacrev(count::jit());
}

fn twice() {
    let _ = hessian(count::jit());
}

fn of_an_array() {
    let _ = hessian(squares::jit());
    let _ = hvp(squares::jit());
}

#[desc_jit]
fn inside(n: i64, x: f64) -> f64 {
    jacfwd(count)(n, x)
}

#[desc_jit]
fn second(x: &Array1<f64>) -> f64 {
    hessian(squares)(x).sum()
}

fn main() {}
