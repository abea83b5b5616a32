//! Mutable references that would be copies in staged code: what is written through them would be lost.
use desc_jit::prelude::*;

#[desc_jit]
fn bump(v: &mut f64) {
    *v += 1.0;
}

#[desc_jit]
fn chosen(u: &mut Array1<f64>, v: &mut Array1<f64>, first: bool) {
    let chosen = if first { u } else { v };
    chosen[0] += 1.0;
}

#[desc_jit]
fn passed(u: &mut [f64], n: usize) {
    let v = &mut u[0];
    bump(if n > 1 { v } else { unreachable!() });
    bump(match n {
        0 => &mut u[0],
        _ => &mut u[1],
    });
}

#[desc_jit]
fn kept(u: &mut [f64], n: usize) {
    let mut other = 2.0;
    let r = &mut other;
    for row in [r] {
        *row += n as f64;
    }
    let pair = (&mut u[0], 1.0);
    bump(pair.0);
}

#[desc_jit]
fn rebound(n: usize) -> f64 {
    let (mut a, mut b) = (1.0, 2.0);
    let mut r = &mut a;
    *r += 1.0;
    if n > 2 {
        r = &mut b;
    }
    let mut s = r;
    let mut other = 3.0;
    let mut t = &mut other;
    std::mem::swap(&mut s, &mut t);
    *s
}

#[desc_jit]
fn closures(u: &mut [f64]) {
    let add = |v: &mut f64| *v += 1.0;
    add(&mut u[0]);
    let inferred = |v| bump(v);
    u.iter_mut().for_each(inferred);
}

#[desc_jit]
fn inferred(v: &mut f64, mut w: f64) {
    let inferred = |v| bump(v);
    inferred(&mut w);
    inferred(v);
}

#[desc_jit]
fn items(x: &mut Array1<f64>, v: &Array1<f64>) {
    for pair in x.iter_mut().zip(v) {
        *pair.0 += pair.1;
    }
    for (k, v) in x.iter_mut().map(|v| (2.0, v)) {
        *v *= k;
    }
}

#[desc_jit]
fn matched(x: &mut [usize; 3]) {
    if let [0, rest @ ..] = x {
        rest[0] = 1;
    }
}

fn main() {}
