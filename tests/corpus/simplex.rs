//! Minima without derivatives.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// Rosenbrock's valley, from one unknown to the next.
#[desc_jit]
fn rosenbrock(x: &Array1<f64>) -> f64 {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

/// Extrapolates by a factor through the face of the simplex across from its worst corner, and moves that one if the new
/// point is better (`amotry` of Numerical Recipes in C, section 10.4).
#[desc_jit]
fn try_corner(
    corners: &mut Array2<f64>,
    values: &mut Array1<f64>,
    total: &mut Array1<f64>,
    worst: usize,
    factor: f64,
) -> f64 {
    let n = total.len();
    let across = (1.0 - factor) / n as f64;
    let mut trial = Array1::<f64>::zeros(n);
    for j in 0..n {
        trial[j] = total[j] * across - corners[[worst, j]] * (across - factor);
    }
    let value = rosenbrock(&trial);
    if value < values[worst] {
        values[worst] = value;
        for j in 0..n {
            total[j] += trial[j] - corners[[worst, j]];
            corners[[worst, j]] = trial[j];
        }
    }
    value
}

#[desc_jit]
fn sum_of_corners(corners: &Array2<f64>) -> Array1<f64> {
    corners.columns().into_iter().map(|c| c.sum()).collect()
}

/// Nelder and Mead's search in any number of dimensions (`amoeba`, as above): the best corner, its value and how often the
/// function was asked; `None` of the book, too many evaluations, is a value that is not a number.
#[desc_jit]
pub fn amoeba(start: &Array1<f64>, size: f64, tolerance: f64, most: usize) -> (Array1<f64>, f64, usize) {
    let n = start.len();
    let mut corners = Array2::<f64>::zeros((n + 1, n));
    let mut values = Array1::<f64>::zeros(n + 1);
    for (i, value) in values.iter_mut().enumerate() {
        for j in 0..n {
            corners[[i, j]] = start[j];
            if i == j + 1 {
                corners[[i, j]] += size;
            }
        }
        *value = rosenbrock(&corners.row(i).to_owned());
    }
    let mut evaluations = n + 1;
    let mut total = sum_of_corners(&corners);
    loop {
        let mut best = 0;
        let (mut worst, mut second) = if values[0] > values[1] { (0, 1) } else { (1, 0) };
        for (i, &value) in values.iter().enumerate() {
            if value <= values[best] {
                best = i;
            }
            if value > values[worst] {
                second = worst;
                worst = i;
            } else if value > values[second] && i != worst {
                second = i;
            }
        }
        let spread =
            2.0 * (values[worst] - values[best]).abs() / (values[worst].abs() + values[best].abs() + 1e-10);
        if spread < tolerance {
            return (corners.row(best).to_owned(), values[best], evaluations);
        }
        if evaluations >= most {
            return (corners.row(best).to_owned(), f64::NAN, evaluations);
        }
        evaluations += 2;
        let reflected = try_corner(&mut corners, &mut values, &mut total, worst, -1.0);
        if reflected <= values[best] {
            try_corner(&mut corners, &mut values, &mut total, worst, 2.0);
        } else if reflected >= values[second] {
            let before = values[worst];
            let contracted = try_corner(&mut corners, &mut values, &mut total, worst, 0.5);
            if contracted >= before {
                for i in 0..=n {
                    if i == best {
                        continue;
                    }
                    for j in 0..n {
                        corners[[i, j]] = 0.5 * (corners[[i, j]] + corners[[best, j]]);
                    }
                    values[i] = rosenbrock(&corners.row(i).to_owned());
                }
                evaluations += n;
                total = sum_of_corners(&corners);
            }
        } else {
            evaluations -= 1;
        }
    }
}

#[test]
fn the_simplex_creeps_to_the_minimum() {
    for n in [2, 3, 4] {
        let start = Array1::from_shape_fn(n, |i| if i % 2 == 0 { -1.2 } else { 1.0 });
        let (x, value, evaluations) = agree!(amoeba(&start, 0.5, 1e-9, 3000));
        assert!(value < 1e-9, "{value} after {evaluations} for {n}");
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-3), "{x:?}");
    }
    let start = Array1::from_vec(vec![-1.2, 1.0]);
    let (_, value, evaluations) = agree!(amoeba(&start, 0.5, 1e-9, 40));
    assert!(value.is_nan() && evaluations >= 40);
}

#[test]
fn simplices_side_by_side() {
    let starts = Array2::from_shape_fn((5, 2), |(k, j)| k as f64 - 2.0 + 0.3 * j as f64);
    let all = vmap(amoeba::jit()).in_axes(in_axes![0, _, _, _]);
    for engine in Engine::ALL {
        let (corners, values, evaluations) = with_engine(engine, || all(&starts, 0.5, 1e-9, 1000));
        for k in 0..5 {
            let (corner, value, count) = amoeba::native(&starts.row(k).to_owned(), 0.5, 1e-9, 1000);
            assert_eq!((values[k], evaluations[k]), (value, count), "{k} on {engine}");
            assert_eq!(corners.row(k).to_vec(), corner.to_vec(), "{k} on {engine}");
        }
    }
}
