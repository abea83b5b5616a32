//! Orthogonal transformations: Householder's factors and Jacobi's eigenvalues.

use super::matrix;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, largest, product, scattered};

/// The factors `Q R` of a matrix by Householder's reflections (Golub and Van Loan, section 5.2), `Q` with as many columns
/// as the matrix.
#[desc_jit]
pub fn householder(a: &Array2<f64>) -> (Array2<f64>, Array2<f64>) {
    let (m, n) = a.dim();
    let mut r = a.clone();
    let mut q = Array2::<f64>::eye(m);
    for k in 0..n {
        let mut norm = 0.0;
        for i in k..m {
            norm += r[[i, k]] * r[[i, k]];
        }
        let norm = norm.sqrt();
        if norm == 0.0 {
            continue;
        }
        // The sign avoids cancellation.
        let alpha = if r[[k, k]] > 0.0 { -norm } else { norm };
        let mut v = Array1::<f64>::zeros(m);
        v[k] = r[[k, k]] - alpha;
        for i in k + 1..m {
            v[i] = r[[i, k]];
        }
        let beta = 2.0 / v.dot(&v);
        for j in 0..n {
            let mut s = 0.0;
            for i in k..m {
                s += v[i] * r[[i, j]];
            }
            for i in k..m {
                r[[i, j]] -= beta * s * v[i];
            }
        }
        for i in 0..m {
            let mut s = 0.0;
            for j in k..m {
                s += q[[i, j]] * v[j];
            }
            for j in k..m {
                q[[i, j]] -= beta * s * v[j];
            }
        }
    }
    (q.slice(s![.., ..n]).to_owned(), r.slice(s![..n, ..]).to_owned())
}

/// The solution of least squares of `a x = b`.
#[desc_jit]
fn least_squares(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let (q, r) = householder(a);
    let mut x = q.t().dot(b);
    for i in (0..x.len()).rev() {
        for j in i + 1..x.len() {
            x[i] -= r[[i, j]] * x[j];
        }
        x[i] /= r[[i, i]];
    }
    x
}

#[test]
fn a_matrix_is_factored() {
    for (m, n) in [(1, 1), (3, 3), (7, 4)] {
        let a = matrix(1, m, n);
        let (q, r) = agree!(householder(&a), ulps = 0, compiled = 1 << 24);
        assert!(largest((q.dot(&r) - &a).to_vec().as_slice()) < 1e-14);
        assert!(largest((q.t().dot(&q) - Array2::eye(n)).to_vec().as_slice()) < 1e-14);
        for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
            assert!(r[[i, j]].abs() < 1e-15);
        }
    }
    // A column of zeros has no reflection.
    let a = Array2::from_shape_fn((3, 2), |(i, j)| if j == 0 { 0.0 } else { i as f64 });
    let (q, r) = agree!(householder(&a));
    assert!(largest((q.dot(&r) - &a).to_vec().as_slice()) < 1e-15);
}

#[test]
fn a_line_is_fitted() {
    // Anscombe's first quartet (The American Statistician 27, 17, 1973).
    let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
    let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    let a = Array2::from_shape_fn((11, 2), |(i, j)| if j == 0 { 1.0 } else { x[i] });
    let b = Array1::from_vec(y.to_vec());
    let fit = agree!(least_squares(&a, &b), ulps = 16, compiled = 1 << 10);
    assert!((fit[0] - 3.0001).abs() < 1e-4 && (fit[1] - 0.5001).abs() < 1e-4, "{fit:?}");
    let (da, db) = (matrix(2, 11, 2), Array1::from_vec(scattered(3, 11)));
    let weights = Array1::from_vec(vec![0.3, -1.0]);
    let f = least_squares::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| least_squares::native(&(&a + &da * t), &(&b + &db * t)).to_vec(),
        forward: || jvp(&f)(&a, &b, &da, &db).1.to_vec(),
        reverse: || {
            let (_, (by_a, by_b)) = vjp(&f)(&a, &b, &weights);
            product(&by_a, &da) + product(&by_b, &db)
        },
        weights: weights.to_vec(),
    }
    .check();
}

/// Sums of products are in another order on each engine, and in a batch.
#[test]
fn factors_and_fits_side_by_side() {
    let tables = Array3::from_shape_fn((4, 6, 3), |(k, i, j)| matrix(k + 1, 6, 3)[[i, j]]);
    let sides = Array2::from_shape_fn((4, 6), |(k, i)| scattered(k + 1, 6)[i]);
    let (factors, fits) = (vmap(householder::jit()), vmap(least_squares::jit()));
    for engine in Engine::ALL {
        let (q, r) = with_engine(engine, || factors(&tables));
        let x = with_engine(engine, || fits(&tables, &sides));
        for k in 0..4 {
            let part = |all: &Array3<f64>| all.index_axis(Axis(0), k).to_owned();
            let (a, b) = (part(&tables), sides.row(k).to_owned());
            let (q1, r1) = householder::native(&a);
            let off = [(&part(&q) - &q1).to_vec(), (&part(&r) - &r1).to_vec()].concat();
            assert!(largest(&off) < 1e-14, "{k} on {engine}: {off:?}");
            let off = (&x.row(k).to_owned() - &least_squares::native(&a, &b)).to_vec();
            assert!(largest(&off) < 1e-13, "{k} on {engine}: {off:?}");
        }
    }
}

/// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations (Numerical Recipes, section 11.1), and the
/// number of sweeps.
#[desc_jit]
pub fn jacobi(a: &Array2<f64>) -> (Array1<f64>, Array2<f64>, usize) {
    let n = a.nrows();
    let mut a = a.clone();
    let mut v = Array2::<f64>::eye(n);
    for sweep in 0..50 {
        let mut off = 0.0;
        for p in 0..n {
            for q in p + 1..n {
                off += a[[p, q]].abs();
            }
        }
        if off == 0.0 {
            return (a.diag().to_owned(), v, sweep);
        }
        for p in 0..n {
            for q in p + 1..n {
                let g = 100.0 * a[[p, q]].abs();
                if sweep > 3 && g <= f64::EPSILON * a[[p, p]].abs() && g <= f64::EPSILON * a[[q, q]].abs() {
                    a[[p, q]] = 0.0;
                    a[[q, p]] = 0.0;
                    continue;
                }
                if a[[p, q]] == 0.0 {
                    continue;
                }
                let theta = 0.5 * (a[[q, q]] - a[[p, p]]) / a[[p, q]];
                let mut t = 1.0 / (theta.abs() + (1.0 + theta * theta).sqrt());
                if theta < 0.0 {
                    t = -t;
                }
                let c = 1.0 / (1.0 + t * t).sqrt();
                let s = t * c;
                for k in 0..n {
                    let (x, y) = (a[[k, p]], a[[k, q]]);
                    a[[k, p]] = c * x - s * y;
                    a[[k, q]] = s * x + c * y;
                }
                for k in 0..n {
                    let (x, y) = (a[[p, k]], a[[q, k]]);
                    a[[p, k]] = c * x - s * y;
                    a[[q, k]] = s * x + c * y;
                }
                for k in 0..n {
                    let (x, y) = (v[[k, p]], v[[k, q]]);
                    v[[k, p]] = c * x - s * y;
                    v[[k, q]] = s * x + c * y;
                }
            }
        }
    }
    panic!("too many sweeps");
}

/// The largest eigenvalue.
#[desc_jit]
fn largest_eigenvalue(a: &Array2<f64>) -> f64 {
    let (values, _, _) = jacobi(a);
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn symmetric(seed: usize, n: usize) -> Array2<f64> {
    let a = matrix(seed, n, n);
    &a + &a.t()
}

#[test]
fn eigenvalues_of_symmetric_matrices() {
    // The chain of springs: 2 - 2 cos(k pi / (n + 1)).
    let n = 6;
    let chain = Array2::from_shape_fn((n, n), |(i, j): (usize, usize)| match i.abs_diff(j) {
        0 => 2.0,
        1 => -1.0,
        _ => 0.0,
    });
    let (values, vectors, sweeps) = agree!(jacobi(&chain));
    assert!(sweeps < 10);
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    for (k, value) in sorted.iter().enumerate() {
        let exact = 2.0 - 2.0 * ((k + 1) as f64 * std::f64::consts::PI / (n + 1) as f64).cos();
        assert!((value - exact).abs() < 1e-14, "{value} and {exact}");
    }
    for k in 0..n {
        let x = vectors.column(k).to_owned();
        assert!(largest((chain.dot(&x) - &x * values[k]).to_vec().as_slice()) < 1e-14);
    }
    assert_eq!(agree!(jacobi(&Array2::eye(3))).2, 0);
}

/// Hellmann and Feynman: the derivative of an eigenvalue by the matrix is the square of its vector.
#[test]
fn the_derivative_of_an_eigenvalue() {
    let a = symmetric(2, 5);
    let (values, vectors, _) = jacobi(&a);
    let top = (0..5).max_by(|i, j| values[*i].total_cmp(&values[*j])).unwrap();
    let x = vectors.column(top).to_owned();
    for engine in Engine::ALL {
        let by_a = with_engine(engine, || grad(largest_eigenvalue::jit())(&a));
        for (i, j) in (0..5).flat_map(|i| (0..5).map(move |j| (i, j))) {
            // An element and its mirror image stand for one.
            let both = 0.5 * (by_a[[i, j]] + by_a[[j, i]]);
            assert!((both - x[i] * x[j]).abs() < 1e-12, "{engine}: {both} and {}", x[i] * x[j]);
        }
    }
}

#[test]
fn a_batch_of_matrices() {
    let three = Array3::from_shape_fn((4, 3, 3), |(b, i, j)| symmetric(b, 3)[[i, j]]);
    let all = vmap(largest_eigenvalue::jit());
    for engine in Engine::ALL {
        let values = with_engine(engine, || all(&three));
        for b in 0..4 {
            let alone = largest_eigenvalue::native(&symmetric(b, 3));
            assert_eq!(values[b], alone, "{b} on {engine}");
        }
    }
}
