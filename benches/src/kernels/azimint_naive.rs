//! Azimuthal integration: the mean of the data in every ring of radii, as in NPBench's `azimint_naive`.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit(static(npt))]
pub fn azimint_naive(data: &Array1<f64>, radius: &Array1<f64>, npt: usize) -> Array1<f64> {
    let n = data.len();
    let mut largest = 0.0;
    for k in 0..n {
        largest = radius[k].max(largest);
    }
    let mut mean = Array1::<f64>::zeros(npt);
    for i in 0..npt {
        let inner = largest * i as f64 / npt as f64;
        let outer = largest * (i + 1) as f64 / npt as f64;
        let mut sum = 0.0;
        let mut count = 0;
        for k in 0..n {
            if inner <= radius[k] && radius[k] < outer {
                sum += data[k];
                count += 1;
            }
        }
        mean[i] = sum / count as f64;
    }
    mean
}

pub fn inputs([n, npt]: [usize; 2]) -> (Array1<f64>, Array1<f64>, usize) {
    let irregular = |k: f64| Array1::from_shape_fn(n, |i| (1e4 * (k + i as f64).sin()).fract().abs());
    (irregular(0.25), irregular(0.75), npt)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        azimint_naive(data, radius, npt),
        inputs,
        sizes: [("tiny", [200, 6]), ("small", [40_000, 100]), ("S", [400_000, 1000]), ("M", [4_000_000, 1000])],
        tolerance: Relative(1e-12),
    }
}
