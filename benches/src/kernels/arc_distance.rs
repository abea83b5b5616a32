//! The distance of pairs of points on the unit sphere by the haversine formula, as in NPBench's `arc_distance`.

use desc_jit::prelude::*;

use crate::bench::Bench;

#[desc_jit]
pub fn arc_distance(
    theta_1: &Array1<f64>,
    phi_1: &Array1<f64>,
    theta_2: &Array1<f64>,
    phi_2: &Array1<f64>,
) -> Array1<f64> {
    let n = theta_1.len();
    let mut distance = Array1::<f64>::zeros(n);
    for i in 0..n {
        let sin_theta = ((theta_2[i] - theta_1[i]) / 2.0).sin();
        let sin_phi = ((phi_2[i] - phi_1[i]) / 2.0).sin();
        let h = sin_theta.powi(2) + theta_1[i].cos() * theta_2[i].cos() * sin_phi.powi(2);
        distance[i] = 2.0 * h.sqrt().atan2((1.0 - h).sqrt());
    }
    distance
}

pub fn inputs([n]: [usize; 1]) -> (Array1<f64>, Array1<f64>, Array1<f64>, Array1<f64>) {
    let angles = |k: f64| Array1::from_shape_fn(n, |i| (k * (i + 1) as f64).fract());
    (angles(0.618034), angles(0.414214), angles(0.732051), angles(0.236068))
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        arc_distance(theta_1, phi_1, theta_2, phi_2),
        inputs,
        sizes: [("tiny", [500]), ("S", [100_000]), ("M", [1_000_000])],
        tolerance: Relative(1e-12),
    }
}
