//! A histogram of weighted samples: additions to elements that only the data tell.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int};

/// `samples` lie in [0, 1).
#[desc_jit(static(bins))]
pub fn histogram(samples: &Array1<f64>, weights: &Array1<f64>, bins: usize) -> Array1<f64> {
    let mut histogram = Array1::<f64>::zeros(bins);
    for i in 0..samples.len() {
        let bin = (samples[i] * bins as f64) as usize;
        histogram[bin] += weights[i];
    }
    histogram
}

pub fn inputs([n, bins]: [usize; 2]) -> (Array1<f64>, Array1<f64>, usize) {
    let irregular = |k: f64| Array1::from_shape_fn(n, |i| (1e4 * (k + i as f64).sin()).fract().abs());
    (irregular(0.25), irregular(0.75), bins)
}

fn by_hand(samples: &Array1<f64>, weights: &Array1<f64>, bins: usize) -> Result<Array1<f64>> {
    static C: CFile = CFile::new("histogram", include_str!("../c/histogram.c"));
    let mut histogram = Array1::<f64>::zeros(bins);
    C.call(&[int(samples.len()), int(bins), array(samples), array(weights), array_mut(&mut histogram)])?;
    Ok(histogram)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        histogram(samples, weights, bins),
        inputs,
        sizes: [("tiny", [500, 16]), ("S", [100_000, 256]), ("M", [1_000_000, 256])],
        tolerance: Relative(1e-12),
        limit: by_hand,
    }
}
