//! Kernels that choose: at points where no choice is close.

use crate::kernels::{azimint_naive, hdiff, histogram};
use desc_jit::prelude::*;
use desc_jit_tests::consistency::scattered;

/// By the data, in which it is linear; the radii only choose a ring.
#[test]
fn azimint_naive() {
    let (data, radius, npt) = azimint_naive::inputs([60, 4]);
    along!(azimint_naive::azimint_naive(data, radius, npt) by 0 data);
}

/// By the weights, in which it is linear; the samples only choose a bin.
#[test]
fn histogram() {
    let (samples, weights, bins) = histogram::inputs([40, 6]);
    along!(histogram::histogram(samples, weights, bins) by 1 weights);
}

/// What only chooses has the derivative zero, and not that of the numbers around.
#[test]
fn what_only_chooses_counts_for_nothing() {
    let (data, radius, npt) = azimint_naive::inputs([60, 4]);
    let rings = Array1::from_vec(scattered(1, npt));
    let (_, by_radius) =
        vjp(azimint_naive::azimint_naive::jit().wrt(argnums![1]))(&data, &radius, npt, &rings);
    assert_eq!(by_radius.to_vec(), vec![0.0; 60]);
    let (samples, weights, bins) = histogram::inputs([40, 6]);
    let counts = Array1::from_vec(scattered(2, bins));
    let (_, by_samples) = vjp(histogram::histogram::jit())(&samples, &weights, bins, &counts);
    assert_eq!(by_samples.to_vec(), vec![0.0; 40]);
}

#[test]
fn hdiff() {
    let field = Array3::from_shape_vec((7, 6, 2), scattered(1, 84)).unwrap();
    let coeff = Array3::from_shape_vec((3, 2, 2), scattered(2, 12)).unwrap();
    along!(hdiff::hdiff(field, coeff) by 0 field, 1 coeff; times 0.1);
}

/// The kernel `floyd_warshall` has integers, which have no derivative. The same loops over floats.
#[desc_jit]
fn shortest_paths(path: &Array2<f64>) -> Array2<f64> {
    let n = path.nrows();
    let mut path = path.clone();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                path[[i, j]] = path[[i, j]].min(path[[i, k]] + path[[k, j]]);
            }
        }
    }
    path
}

/// The derivative of a path's length by an edge is how often the path goes along that edge.
#[test]
fn shortest_paths_in_floats() {
    let path = Array2::from_shape_vec((6, 6), scattered(3, 36)).unwrap().mapv(|x: f64| 2.0 + 1.9 * x);
    along!(shortest_paths(path) by 0 path; times 0.01);
    let (_, edges) = vjp(shortest_paths::jit())(&path, &Array2::ones((6, 6)));
    assert!(edges.iter().all(|&times| times >= 0.0 && times.fract() == 0.0), "{edges:?}");
}
