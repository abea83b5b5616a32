//! Clusters of points.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, product, scattered};

/// Lloyd's algorithm (IEEE Trans. Inf. Theory 28, 129, 1982; Numerical Recipes, section 16.1.2): the centres, the cluster
/// of each point, and the number of rounds until nothing moves.
#[desc_jit]
pub fn k_means(points: &Array2<f64>, start: &Array2<f64>) -> (Array2<f64>, Array1<usize>, usize) {
    let (n, d) = points.dim();
    let k = start.nrows();
    let mut centres = start.clone();
    let mut label = Array1::from_elem(n, k);
    for round in 0..100 {
        let mut changed = false;
        for i in 0..n {
            let mut best = f64::INFINITY;
            let mut nearest = 0;
            for c in 0..k {
                let mut distance = 0.0;
                for a in 0..d {
                    distance += (points[[i, a]] - centres[[c, a]]).powi(2);
                }
                if distance < best {
                    best = distance;
                    nearest = c;
                }
            }
            if label[i] != nearest {
                label[i] = nearest;
                changed = true;
            }
        }
        if !changed {
            return (centres, label, round);
        }
        let mut sums = Array2::<f64>::zeros((k, d));
        let mut counts = vec![0; k];
        for (i, &c) in label.iter().enumerate() {
            counts[c] += 1;
            for a in 0..d {
                sums[[c, a]] += points[[i, a]];
            }
        }
        for c in 0..k {
            // A cluster without points stays where it is.
            if counts[c] == 0 {
                continue;
            }
            for a in 0..d {
                centres[[c, a]] = sums[[c, a]] / counts[c] as f64;
            }
        }
    }
    (centres, label, 100)
}

/// The same point by point, as one writes it with iterators and rows.
#[desc_jit]
fn nearest(point: &Array1<f64>, centres: &Array2<f64>) -> usize {
    let (index, _) = centres
        .rows()
        .into_iter()
        .map(|centre| centre.iter().zip(point).map(|(a, b)| (a - b) * (a - b)).sum::<f64>())
        .enumerate()
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .unwrap();
    index
}

/// Each point's squared distance to its centre, all together.
#[desc_jit]
fn inertia(points: &Array2<f64>, start: &Array2<f64>) -> f64 {
    let (centres, label, _) = k_means(points, start);
    let mut sum = 0.0;
    for (i, row) in points.rows().into_iter().enumerate() {
        let difference = &row - &centres.row(label[i]);
        sum += difference.dot(&difference);
    }
    sum
}

/// Three heaps.
fn heaps(n: usize) -> Array2<f64> {
    let middles = [[0.0, 0.0], [5.0, 1.0], [1.0, 6.0]];
    let noise = scattered(2, 2 * n);
    Array2::from_shape_fn((n, 2), |(i, a)| middles[i % 3][a] + noise[2 * i + a])
}

#[test]
fn heaps_are_found() {
    let points = heaps(30);
    let start = Array2::from_shape_fn((3, 2), |(c, a)| points[[c, a]]);
    let (centres, label, rounds) = agree!(k_means(&points, &start));
    assert!(rounds < 10);
    for i in 0..30 {
        assert_eq!(label[i], i % 3);
        assert_eq!(agree!(nearest(&points.row(i).to_owned(), &centres)), i % 3);
    }
    let all = vmap(nearest::jit()).in_axes(in_axes![0, _]);
    for engine in Engine::ALL {
        assert_eq!(with_engine(engine, || all(&points, &centres)), label, "{engine}");
    }
    // A centre that nobody is near to stays.
    let far = Array2::from_shape_fn((3, 2), |(c, a)| if c == 2 { 100.0 } else { points[[c, a]] });
    let (centres, label, _) = agree!(k_means(&points, &far));
    assert_eq!(centres.row(2).to_vec(), [100.0, 100.0]);
    assert!(label.iter().all(|c| *c < 2));
}

#[test]
fn heaps_side_by_side_settle_after_rounds_of_their_own() {
    let points = heaps(12);
    // The more the starts are apart, the longer it takes.
    let starts = Array3::from_shape_fn((4, 3, 2), |(k, c, a)| points[[c * k, a]] + 0.1 * (k + c) as f64);
    let all = vmap(k_means::jit()).in_axes(in_axes![_, 0]);
    let alone: Vec<_> =
        (0..4).map(|k| k_means::native(&points, &starts.index_axis(Axis(0), k).to_owned())).collect();
    assert!(alone.iter().any(|(_, _, rounds)| *rounds != alone[0].2));
    for engine in Engine::ALL {
        let (centres, label, rounds) = with_engine(engine, || all(&points, &starts));
        for (k, (centre, labels, count)) in alone.iter().enumerate() {
            assert_eq!(rounds[k], *count, "{k} on {engine}");
            assert_eq!(label.row(k).to_vec(), labels.to_vec(), "{k} on {engine}");
            let found = centres.index_axis(Axis(0), k).to_owned();
            assert_eq!(found.to_vec(), centre.to_vec(), "{k} on {engine}");
        }
    }
}

/// The centres are means, so that moving them changes nothing of the first order: the gradient by a point is twice its
/// distance from its centre.
#[test]
fn the_derivative_of_the_inertia() {
    let points = heaps(30);
    let start = Array2::from_shape_fn((3, 2), |(c, a)| points[[c, a]]);
    let (centres, label, _) = k_means(&points, &start);
    let by_points = grad(inertia::jit())(&points, &start);
    for (i, a) in (0..30).flat_map(|i| (0..2).map(move |a| (i, a))) {
        let exact = 2.0 * (points[[i, a]] - centres[[label[i], a]]);
        assert!((by_points[[i, a]] - exact).abs() < 1e-13);
    }
    let direction = Array2::from_shape_vec((30, 2), scattered(8, 60)).unwrap();
    let f = inertia::jit();
    Along {
        value: |t: f64| vec![inertia::native(&(&points + &direction * t), &start)],
        forward: || vec![jvp(&f)(&points, &start, &direction).1],
        reverse: || product(&grad(&f)(&points, &start), &direction),
        weights: vec![1.0],
    }
    .check();
}
