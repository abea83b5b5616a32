//! Iterations that converge: eigenvalues by powers, linear systems by relaxation, minima by a simplex.

use super::matrix;
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;

/// The power iteration (Golub and Van Loan, section 7.3.1): the largest eigenvalue of a symmetric matrix, and the steps.
#[desc_jit]
fn power_iteration(a: &Array2<f64>, tolerance: f64, most: usize) -> (f64, usize) {
    let n = a.nrows();
    let mut x = Array1::<f64>::from_elem(n, 1.0);
    let mut value = 0.0;
    for step in 1..=most {
        let y = a.dot(&x);
        let norm = y.dot(&y).sqrt();
        if norm == 0.0 {
            return (0.0, step);
        }
        let next = x.dot(&y) / x.dot(&x);
        x = y / norm;
        if (next - value).abs() <= tolerance * next.abs() {
            return (next, step);
        }
        value = next;
    }
    (value, most)
}

fn symmetric(seed: usize, n: usize) -> Array2<f64> {
    let m = matrix(seed, n, n);
    Array2::from_shape_fn((n, n), |(i, j)| m[[i, j]] + m[[j, i]] + if i == j { 2.0 + i as f64 } else { 0.0 })
}

#[test]
fn powers_find_the_largest_eigenvalue() {
    let a = Array2::from_shape_vec((2, 2), vec![2.0, 1.0, 1.0, 2.0]).unwrap();
    assert_eq!(agree!(power_iteration(&a, 1e-15, 100), ulps = 4), (3.0, 2));
    assert_eq!(agree!(power_iteration(&Array2::zeros((2, 2)), 1e-15, 100)), (0.0, 1));
    let a = symmetric(3, 6);
    let (value, _) = power_iteration::native(&a, 1e-15, 2000);
    for engine in Engine::ALL {
        let (found, _) = with_engine(engine, || power_iteration(&a, 1e-15, 2000));
        assert!((found - value).abs() < 1e-12 * value.abs(), "{engine}: {found} and {value}");
    }
}

#[desc_jit]
fn largest_eigenvalue(a: &Array2<f64>) -> f64 {
    let (value, _) = power_iteration(a, 0.0, 300);
    value
}

/// The derivative of an eigenvalue by the matrix is the outer product of its eigenvector with itself: of trace 1, and the
/// matrix has the eigenvalue along it.
#[test]
fn an_eigenvalue_moves_with_its_matrix() {
    let a = symmetric(5, 5);
    let value = largest_eigenvalue::native(&a);
    for engine in Engine::ALL {
        let g = with_engine(engine, || grad(largest_eigenvalue::jit())(&a));
        let trace: f64 = (0..5).map(|i| g[[i, i]]).sum();
        let along: f64 = g.iter().zip(a.iter()).map(|(g, a)| g * a).sum();
        assert!((trace - 1.0).abs() < 1e-9, "{engine}: {trace}");
        assert!((along - value).abs() < 1e-9 * value.abs(), "{engine}: {along} and {value}");
    }
}

/// Gauss and Seidel's sweeps (Golub and Van Loan, section 11.2.2) until the largest change is below the tolerance.
#[desc_jit]
pub fn gauss_seidel(a: &Array2<f64>, b: &Array1<f64>, tolerance: f64, most: usize) -> (Array1<f64>, usize) {
    let n = b.len();
    let mut x = Array1::<f64>::zeros(n);
    let mut sweeps = 0;
    while sweeps < most {
        sweeps += 1;
        let mut change: f64 = 0.0;
        for i in 0..n {
            let mut sum = b[i];
            for j in 0..n {
                if j == i {
                    continue;
                }
                sum -= a[[i, j]] * x[j];
            }
            let new = sum / a[[i, i]];
            change = change.max((new - x[i]).abs());
            x[i] = new;
        }
        if change < tolerance {
            break;
        }
    }
    (x, sweeps)
}

#[test]
fn sweeps_solve_what_is_dominated_by_its_diagonal() {
    let n = 7;
    let m = matrix(2, n, n);
    let a = Array2::from_shape_fn((n, n), |(i, j)| m[[i, j]] + if i == j { 2.0 * n as f64 } else { 0.0 });
    let x = Array1::from_shape_fn(n, |i| i as f64 - 2.5);
    let b = a.dot(&x);
    let (found, sweeps) = agree!(gauss_seidel(&a, &b, 1e-14, 100));
    assert!(sweeps < 30, "{sweeps}");
    assert!(found.iter().zip(x.iter()).all(|(f, x)| (f - x).abs() < 1e-13), "{found:?}");
    assert_eq!(agree!(gauss_seidel(&a, &b, 0.0, 3)).1, 3);
}

/// Nelder and Mead's simplex in the plane (Numerical Recipes, section 10.5), on Rosenbrock's valley `(a - x)² + b (y - x²)²`.
#[desc_jit]
fn nelder_mead(a: f64, b: f64, start: (f64, f64), tolerance: f64, most: usize) -> (f64, f64, usize) {
    let f = |x: f64, y: f64| (a - x) * (a - x) + b * (y - x * x) * (y - x * x);
    let mut x = [start.0, start.0 + 0.5, start.0];
    let mut y = [start.1, start.1, start.1 + 0.5];
    let mut v = [f(x[0], y[0]), f(x[1], y[1]), f(x[2], y[2])];
    let mut steps = 0;
    loop {
        // The best first, the worst last.
        for i in 0..2 {
            for j in 0..2 - i {
                if v[j] > v[j + 1] {
                    v.swap(j, j + 1);
                    x.swap(j, j + 1);
                    y.swap(j, j + 1);
                }
            }
        }
        if v[2] - v[0] < tolerance || steps == most {
            break;
        }
        steps += 1;
        let (cx, cy) = (0.5 * (x[0] + x[1]), 0.5 * (y[0] + y[1]));
        let along = |t: f64| (cx + t * (x[2] - cx), cy + t * (y[2] - cy));
        let (rx, ry) = along(-1.0);
        let reflected = f(rx, ry);
        let (nx, ny) = if reflected < v[0] {
            let (ex, ey) = along(-2.0);
            if f(ex, ey) < reflected { (ex, ey) } else { (rx, ry) }
        } else if reflected < v[1] {
            (rx, ry)
        } else {
            let (kx, ky) = if reflected < v[2] { along(-0.5) } else { along(0.5) };
            if f(kx, ky) >= v[2].min(reflected) {
                for i in 1..3 {
                    x[i] = 0.5 * (x[0] + x[i]);
                    y[i] = 0.5 * (y[0] + y[i]);
                    v[i] = f(x[i], y[i]);
                }
                continue;
            }
            (kx, ky)
        };
        x[2] = nx;
        y[2] = ny;
        v[2] = f(nx, ny);
    }
    (x[0], y[0], steps)
}

#[test]
fn a_simplex_walks_down_the_valley() {
    let (x, y, steps) = agree!(nelder_mead(1.0, 100.0, (-1.2, 1.0), 1e-20, 1000));
    assert!((x - 1.0).abs() < 1e-8 && (y - 1.0).abs() < 1e-8, "{x} {y}");
    assert!(steps < 200, "{steps}");
    assert_eq!(agree!(nelder_mead(1.0, 100.0, (-1.2, 1.0), 0.0, 10)).2, 10);
}

/// The solution depends on matrix and right side as if it came from the inverse: `dx = A⁻¹ (db - dA x)`.
#[test]
fn sweeps_are_differentiated_as_the_system_they_solve() {
    let n = 5;
    let table = |seed| matrix(seed, n, n);
    let a = Array2::from_shape_fn((n, n), |(i, j)| table(4)[[i, j]] + if i == j { 9.0 } else { 0.0 });
    let (da, b, db) = (table(5), table(6).row(0).to_owned(), table(7).row(0).to_owned());
    let weights = table(8).row(0).to_owned();
    let f = gauss_seidel::jit().wrt(argnums![0, 1]);
    let (x, _) = gauss_seidel::native(&a, &b, 1e-15, 100);
    let (expected, _) = gauss_seidel::native(&a, &(&db - &da.dot(&x)), 1e-15, 100);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let (_, (along, _)) = jvp(&f)(&a, &b, 1e-14, 100, &da, &db);
            assert!((&along - &expected).iter().all(|d| d.abs() < 1e-12), "{engine}: {along:?} {expected:?}");
            let (_, (by_a, by_b)) = vjp(&f)(&a, &b, 1e-14, 100, (&weights, ()));
            let sum: f64 = by_a.iter().zip(da.iter()).map(|(g, d)| g * d).sum::<f64>() + by_b.dot(&db);
            assert!((sum - weights.dot(&expected)).abs() < 1e-12, "{engine}: {sum}");
        });
    }
}

#[test]
fn systems_side_by_side_converge_each_by_itself() {
    let n = 4;
    let systems = Array3::from_shape_fn((5, n, n), |(k, i, j)| {
        let noise = ((3 * k + 5 * i + 7 * j) % 11) as f64 / 11.0;
        noise + if i == j { 3.0 + 2.0 * k as f64 } else { 0.0 }
    });
    let b = Array1::from_vec(vec![1.0, -2.0, 3.0, 0.5]);
    let all = vmap(gauss_seidel::jit()).in_axes(in_axes![0, _, _, _]);
    let powers = vmap(power_iteration::jit()).in_axes(in_axes![0, _, _]);
    for engine in Engine::ALL {
        let (x, sweeps) = with_engine(engine, || all(&systems, &b, 1e-12, 200));
        let (values, steps) = with_engine(engine, || powers(&systems, 1e-13, 50));
        for k in 0..5 {
            let a = systems.index_axis(Axis(0), k).to_owned();
            let (alone, count) = gauss_seidel::native(&a, &b, 1e-12, 200);
            assert_eq!(sweeps[k], count, "{k} on {engine}");
            assert!((&x.row(k).to_owned() - &alone).iter().all(|d| d.abs() < 1e-13), "{k} on {engine}");
            let (value, count) = power_iteration::native(&a, 1e-13, 50);
            assert!(
                (values[k] - value).abs() < 1e-11 * value.abs(),
                "{k} on {engine}: {} {value}",
                values[k]
            );
            assert!(steps[k].abs_diff(count) <= 1, "{k} on {engine}: {} {count}", steps[k]);
        }
    }
}

#[test]
fn valleys_side_by_side() {
    let a = Array1::linspace(0.5, 1.5, 5);
    let all = vmap(nelder_mead::jit()).in_axes(in_axes![0, _, _, _, _]);
    for engine in Engine::ALL {
        let (x, y, steps) = with_engine(engine, || all(&a, 100.0, (-1.2, 1.0), 1e-16, 500));
        for k in 0..5 {
            let alone = nelder_mead::native(a[k], 100.0, (-1.2, 1.0), 1e-16, 500);
            assert_eq!((x[k], y[k], steps[k]), alone, "{k} on {engine}");
        }
    }
}
