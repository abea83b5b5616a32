//! The Yule-Walker equations by Durbin's recursion, as in NPBench's `durbin`.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn durbin(r: &Array1<f64>) -> Array1<f64> {
    let n = r.len();
    let mut y = Array1::<f64>::zeros(n);
    let mut z = Array1::<f64>::zeros(n);
    let mut alpha = -r[0];
    let mut beta = 1.0;
    y[0] = -r[0];
    for k in 1..n {
        beta *= 1.0 - alpha * alpha;
        let mut sum = r[k];
        for i in 0..k {
            sum += r[k - i - 1] * y[i];
        }
        alpha = -sum / beta;
        for i in 0..k {
            z[i] = y[i] + alpha * y[k - i - 1];
        }
        for i in 0..k {
            y[i] = z[i];
        }
        y[k] = alpha;
    }
    y
}

pub fn inputs([n]: [usize; 1]) -> (Array1<f64>,) {
    (Array1::from_shape_fn(n, |i| (n + 1 - i) as f64),)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        durbin(r),
        inputs,
        sizes: [("tiny", [20]), ("S", [1000]), ("M", [6000])],
        // The recursion divides by a product that shrinks, which amplifies rounding: in size M native itself is 2e-8
        // from a computation in 80 bits. In the order of the text the bits are equal (see the tests).
        tolerance: Relative(2e-7),
    }
}
