//! Boris' push of charged particles (Birdsall and Langdon, section 4-4) through fields of uniform gradient.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int, real};
use crate::parameters::InOut;

/// The field at x where it is `f` at the origin and has the gradient `g`, one row per component.
#[desc_jit]
fn field(f: &Array1<f64>, g: &Array2<f64>, x: (f64, f64, f64)) -> (f64, f64, f64) {
    (
        f[0] + g[[0, 0]] * x.0 + g[[0, 1]] * x.1 + g[[0, 2]] * x.2,
        f[1] + g[[1, 0]] * x.0 + g[[1, 1]] * x.1 + g[[1, 2]] * x.2,
        f[2] + g[[2, 0]] * x.0 + g[[2, 1]] * x.1 + g[[2, 2]] * x.2,
    )
}

#[desc_jit]
fn cross(a: (f64, f64, f64), b: (f64, f64, f64)) -> (f64, f64, f64) {
    (a.1 * b.2 - a.2 * b.1, a.2 * b.0 - a.0 * b.2, a.0 * b.1 - a.1 * b.0)
}

/// `x` and `v` have one row per particle; `q` is the charge over the mass.
#[desc_jit]
pub fn boris(
    x: &mut Array2<f64>,
    v: &mut Array2<f64>,
    e: &Array1<f64>,
    grad_e: &Array2<f64>,
    b: &Array1<f64>,
    grad_b: &Array2<f64>,
    q: f64,
    dt: f64,
    steps: usize,
) {
    let half = 0.5 * dt * q;
    for _ in 0..steps {
        for p in 0..x.nrows() {
            let here = (x[[p, 0]], x[[p, 1]], x[[p, 2]]);
            let (ex, ey, ez) = field(e, grad_e, here);
            let (bx, by, bz) = field(b, grad_b, here);
            let minus = (v[[p, 0]] + half * ex, v[[p, 1]] + half * ey, v[[p, 2]] + half * ez);
            let t = (half * bx, half * by, half * bz);
            let scale = 2.0 / (1.0 + t.0 * t.0 + t.1 * t.1 + t.2 * t.2);
            let turn = cross(minus, t);
            let prime = (minus.0 + turn.0, minus.1 + turn.1, minus.2 + turn.2);
            let turn = cross(prime, (scale * t.0, scale * t.1, scale * t.2));
            v[[p, 0]] = minus.0 + turn.0 + half * ex;
            v[[p, 1]] = minus.1 + turn.1 + half * ey;
            v[[p, 2]] = minus.2 + turn.2 + half * ez;
            for k in 0..3 {
                x[[p, k]] += dt * v[[p, k]];
            }
        }
    }
}

pub type Inputs = (
    InOut<Array2<f64>>,
    InOut<Array2<f64>>,
    Array1<f64>,
    Array2<f64>,
    Array1<f64>,
    Array2<f64>,
    f64,
    f64,
    usize,
);

/// Both fields are free of sources and of curl.
pub fn inputs([n, steps]: [usize; 2]) -> Inputs {
    let irregular = |s: f64| Array2::from_shape_fn((n, 3), |(p, k)| (1e4 * (s + (3 * p + k) as f64)).sin());
    let symmetric = |g: [f64; 9]| Array2::from_shape_fn((3, 3), |(i, j)| g[3 * i + j]);
    let e = Array1::from_vec(vec![0.05, 0.0, 0.01]);
    let grad_e = symmetric([0.02, 0.0, 0.0, 0.0, -0.03, 0.0, 0.0, 0.0, 0.01]);
    let b = Array1::from_vec(vec![0.1, 0.0, 1.0]);
    let grad_b = symmetric([0.0, 0.02, 0.1, 0.02, 0.0, 0.0, 0.1, 0.0, 0.0]);
    (InOut(irregular(0.0)), InOut(irregular(0.5)), e, grad_e, b, grad_b, 1.0, 0.1, steps)
}

#[expect(clippy::too_many_arguments, reason = "those of the kernel")]
fn by_hand(
    x: &mut Array2<f64>,
    v: &mut Array2<f64>,
    e: &Array1<f64>,
    grad_e: &Array2<f64>,
    b: &Array1<f64>,
    grad_b: &Array2<f64>,
    q: f64,
    dt: f64,
    steps: usize,
) -> Result<()> {
    static C: CFile = CFile::new("boris", include_str!("../c/boris.c"));
    let n = x.nrows();
    C.call(&[
        int(n),
        array_mut(x),
        array_mut(v),
        array(e),
        array(grad_e),
        array(b),
        array(grad_b),
        real(q),
        real(dt),
        int(steps),
    ])
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        boris(x, v, e, grad_e, b, grad_b, q, dt, steps),
        inputs,
        sizes: [("tiny", [8, 5]), ("S", [10_000, 20]), ("M", [100_000, 100])],
        tolerance: Bits,
        limit: by_hand,
        steps: 1,
    }
}
