//! Systems of linear equations by elimination.

use super::matrix;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, largest, product, scattered};

/// A tridiagonal system (Thomas; Numerical Recipes, section 2.4). Where a pivot vanishes the solution is NaN.
#[desc_jit]
pub fn thomas(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>, r: &Array1<f64>) -> Array1<f64> {
    let n = r.len();
    let mut u = Array1::<f64>::zeros(n);
    let mut gamma = vec![0.0; n];
    let mut beta = b[0];
    if beta == 0.0 {
        return Array1::from_elem(n, f64::NAN);
    }
    u[0] = r[0] / beta;
    for j in 1..n {
        gamma[j] = c[j - 1] / beta;
        beta = b[j] - a[j] * gamma[j];
        if beta == 0.0 {
            return Array1::from_elem(n, f64::NAN);
        }
        u[j] = (r[j] - a[j] * u[j - 1]) / beta;
    }
    for j in (0..n - 1).rev() {
        u[j] -= gamma[j + 1] * u[j + 1];
    }
    u
}

fn scattered_vector(seed: usize, n: usize, scale: f64, middle: f64) -> Array1<f64> {
    Array1::from_vec(scattered(seed, n)) * scale + middle
}

#[test]
fn tridiagonal_systems() {
    // -u'' = 1 with u(0) = u(1) = 0: differences are exact for a parabola.
    let n = 9;
    let (off, diagonal) = (Array1::from_elem(n, -1.0), Array1::from_elem(n, 2.0));
    let u = agree!(thomas(&off, &diagonal, &off, &Array1::from_elem(n, 0.01)));
    for j in 0..n {
        let x = 0.1 * (j + 1) as f64;
        assert!((u[j] - 0.5 * x * (1.0 - x)).abs() < 1e-15);
    }
    let zero = Array1::zeros(3);
    let one = Array1::ones(3);
    assert!(
        agree!(thomas(&zero, &Array1::from_vec(vec![1.0, 0.0, 1.0]), &zero, &one)).iter().all(|v| v.is_nan())
    );
    assert_eq!(
        agree!(thomas(&Array1::ones(1), &Array1::from_elem(1, 4.0), &zero, &Array1::ones(1))).to_vec(),
        [0.25]
    );
}

#[test]
fn the_derivative_of_a_tridiagonal_solution() {
    let n = 12;
    let part = |seed, middle| scattered_vector(seed, n, 0.3, middle);
    let (a, b, c, r) = (part(1, -1.0), part(2, 3.0), part(3, -1.0), part(4, 0.5));
    let (da, db, dc, dr) = (part(5, 0.0), part(6, 0.0), part(7, 0.0), part(8, 0.0));
    let weights = scattered_vector(9, n, 1.0, 0.0);
    let f = thomas::jit().wrt(argnums![0, 1, 2, 3]);
    Along {
        value: |t: f64| {
            thomas::native(&(&a + &da * t), &(&b + &db * t), &(&c + &dc * t), &(&r + &dr * t)).to_vec()
        },
        forward: || jvp(&f)(&a, &b, &c, &r, &da, &db, &dc, &dr).1.to_vec(),
        reverse: || {
            let (_, (by_a, by_b, by_c, by_r)) = vjp(&f)(&a, &b, &c, &r, &weights);
            product(&by_a, &da) + product(&by_b, &db) + product(&by_c, &dc) + product(&by_r, &dr)
        },
        weights: weights.to_vec(),
    }
    .check();
    // Many right sides at once.
    let sides = Array2::from_shape_fn((5, n), |(i, j)| scattered(i + 10, n)[j]);
    let all = vmap(thomas::jit()).in_axes(in_axes![_, _, _, 0]);
    for engine in Engine::ALL {
        let solutions = with_engine(engine, || all(&a, &b, &c, &sides));
        for i in 0..5 {
            let one = thomas::native(&a, &b, &c, &sides.row(i).to_owned());
            assert_eq!(solutions.row(i).to_vec(), one.to_vec(), "{i} on {engine}");
        }
    }
}

/// Crout's factors with partial pivoting and implicit scaling (Numerical Recipes, section 2.3): the factors in one
/// matrix, the order of the rows, and the sign of that permutation, which is 0 for a singular matrix.
#[desc_jit]
pub fn factors(a: &Array2<f64>) -> (Array2<f64>, Array1<usize>, f64) {
    let n = a.nrows();
    let mut lu = a.clone();
    let mut order: Array1<usize> = (0..n).collect();
    let mut sign = 1.0;
    let mut scale = vec![0.0; n];
    for i in 0..n {
        let big = lu.row(i).iter().fold(0.0, |big: f64, v| big.max(v.abs()));
        if big == 0.0 {
            return (lu, order, 0.0);
        }
        scale[i] = 1.0 / big;
    }
    for k in 0..n {
        let mut big = 0.0;
        let mut pivot = k;
        for i in k..n {
            let size = scale[i] * lu[[i, k]].abs();
            if size > big {
                big = size;
                pivot = i;
            }
        }
        if big == 0.0 {
            return (lu, order, 0.0);
        }
        if pivot != k {
            for j in 0..n {
                lu.swap([pivot, j], [k, j]);
            }
            order.swap(pivot, k);
            scale[pivot] = scale[k];
            sign = -sign;
        }
        for i in k + 1..n {
            lu[[i, k]] /= lu[[k, k]];
            let factor = lu[[i, k]];
            for j in k + 1..n {
                lu[[i, j]] -= factor * lu[[k, j]];
            }
        }
    }
    (lu, order, sign)
}

/// The solution of `a x = b`.
#[desc_jit]
fn solve(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let n = b.len();
    let (lu, order, sign) = factors(a);
    assert!(sign != 0.0, "the matrix is singular");
    let mut x = Array1::<f64>::zeros(n);
    for i in 0..n {
        let mut sum = b[order[i]];
        for j in 0..i {
            sum -= lu[[i, j]] * x[j];
        }
        x[i] = sum;
    }
    for i in (0..n).rev() {
        for j in i + 1..n {
            x[i] -= lu[[i, j]] * x[j];
        }
        x[i] /= lu[[i, i]];
    }
    x
}

/// The determinant.
#[desc_jit]
fn determinant(a: &Array2<f64>) -> f64 {
    let (lu, _, sign) = factors(a);
    if sign == 0.0 {
        return 0.0;
    }
    sign * lu.diag().iter().product::<f64>()
}

#[test]
fn a_system_is_solved() {
    for n in [1, 2, 5, 12] {
        let a = matrix(3, n, n);
        let (lu, order, sign) = agree!(factors(&a));
        assert_eq!(sign.abs(), 1.0);
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let lower = |i: usize, k: usize| if k < i { lu[[i, k]] } else { f64::from(k == i) };
            let product: f64 = (0..=j.min(i)).map(|k| lower(i, k) * lu[[k, j]]).sum();
            assert!((product - a[[order[i], j]]).abs() < 1e-14);
        }
        let b = scattered_vector(4, n, 1.0, 0.0);
        let x = agree!(solve(&a, &b), ulps = 0, compiled = 1 << 20);
        assert!(largest((a.dot(&x) - &b).to_vec().as_slice()) < 1e-12);
    }
}

#[test]
fn determinants() {
    // A pivot that has to be found, and a matrix of the rank 2.
    let a = Array2::from_shape_vec((3, 3), vec![0.0, 2.0, 1.0, 1.0, 0.0, 3.0, 4.0, 5.0, 0.0]).unwrap();
    assert!((agree!(determinant(&a)) - 29.0).abs() < 1e-13);
    let zero_row = Array2::from_shape_vec((2, 2), vec![1.0, 2.0, 0.0, 0.0]).unwrap();
    assert_eq!(agree!(determinant(&zero_row)), 0.0);
    let singular = Array2::from_shape_fn((3, 3), |(i, j)| (i + j) as f64);
    assert!(agree!(determinant(&singular)).abs() < 1e-15);
    assert_eq!(solve::try_call(&zero_row, &Array1::ones(2)).unwrap_err().message(), "the matrix is singular");
    let three = Array3::from_shape_fn((4, 3, 3), |(b, i, j)| matrix(b, 3, 3)[[i, j]]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let all = vmap(determinant::jit())(&three);
            for b in 0..4 {
                let one = Array2::from_shape_fn((3, 3), |(i, j)| three[[b, i, j]]);
                assert_eq!(all[b], determinant(&one), "{b} on {engine}");
            }
        });
    }
}

/// Jacobi's formula: the gradient of the determinant is the determinant times the inverse, transposed.
#[test]
fn the_derivative_of_solutions_and_determinants() {
    let n = 6;
    let (a, da) = (matrix(3, n, n), matrix(5, n, n));
    for engine in Engine::ALL {
        let by_a = with_engine(engine, || grad(determinant::jit())(&a));
        for i in 0..n {
            let unit = Array1::from_shape_fn(n, |k| f64::from(k == i));
            let column = solve::native(&a, &unit);
            for j in 0..n {
                let exact = determinant::native(&a) * column[j];
                assert!((by_a[[i, j]] - exact).abs() < 1e-12, "{engine}");
            }
        }
    }
    let (b, db) = (scattered_vector(6, n, 1.0, 0.0), scattered_vector(7, n, 1.0, 0.0));
    // A matrix whose pivots do not change along the line.
    let a = a + Array2::eye(n) * 4.0;
    let weights = scattered_vector(8, n, 1.0, 0.0);
    let f = solve::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| solve::native(&(&a + &da * t), &(&b + &db * t)).to_vec(),
        forward: || jvp(&f)(&a, &b, &da, &db).1.to_vec(),
        reverse: || {
            let (_, (by_a, by_b)) = vjp(&f)(&a, &b, &weights);
            product(&by_a, &da) + product(&by_b, &db)
        },
        weights: weights.to_vec(),
    }
    .check();
}
