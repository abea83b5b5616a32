//! Textbook numerics: linear algebra by loops, sparse products, histograms, particle pushers, quadrature.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

fn matrix(n: usize) -> Array2<f64> {
    Array2::from_shape_fn(
        (n, n),
        |(i, j)| if i == j { n as f64 + 1.0 } else { 1.0 / (1.0 + (i + 2 * j) as f64) },
    )
}

#[desc_jit]
fn lu(a: &Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    let mut a = a.clone();
    for i in 0..n {
        for j in 0..i {
            for k in 0..j {
                a[[i, j]] -= a[[i, k]] * a[[k, j]];
            }
            a[[i, j]] /= a[[j, j]];
        }
        for j in i..n {
            for k in 0..i {
                a[[i, j]] -= a[[i, k]] * a[[k, j]];
            }
        }
    }
    a
}

#[desc_jit]
fn cholesky(a: &Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    let mut l = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for j in 0..=i {
            let mut sum = 0.5 * (a[[i, j]] + a[[j, i]]);
            for k in 0..j {
                sum -= l[[i, k]] * l[[j, k]];
            }
            if i == j {
                l[[i, j]] = sum.sqrt();
            } else {
                l[[i, j]] = sum / l[[j, j]];
            }
        }
    }
    l
}

#[desc_jit]
fn pivoted_solve(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let n = b.len();
    let mut a = a.clone();
    let mut x = b.clone();
    for k in 0..n {
        let mut p = k;
        for i in k + 1..n {
            if a[[i, k]].abs() > a[[p, k]].abs() {
                p = i;
            }
        }
        if p != k {
            for j in 0..n {
                let t = a[[k, j]];
                a[[k, j]] = a[[p, j]];
                a[[p, j]] = t;
            }
            let t = x[k];
            x[k] = x[p];
            x[p] = t;
        }
        for i in k + 1..n {
            let f = a[[i, k]] / a[[k, k]];
            for j in k..n {
                a[[i, j]] -= f * a[[k, j]];
            }
            x[i] -= f * x[k];
        }
    }
    for i in (0..n).rev() {
        for j in i + 1..n {
            x[i] -= a[[i, j]] * x[j];
        }
        x[i] /= a[[i, i]];
    }
    x
}

#[desc_jit]
fn matrix_product(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let (n, m) = a.dim();
    let p = b.ncols();
    let mut c = Array2::<f64>::zeros((n, p));
    for i in 0..n {
        for j in 0..p {
            let mut s = 0.0;
            for k in 0..m {
                s += a[[i, k]] * b[[k, j]];
            }
            c[[i, j]] = s;
        }
    }
    c
}

#[test]
fn linear_algebra_by_loops() {
    for n in [0, 1, 2, 3, 7] {
        let a = matrix(n);
        agree!(lu(&a));
        agree!(cholesky(&a));
        agree!(pivoted_solve(&a.t().to_owned(), &Array1::from_shape_fn(n, |i| i as f64 - 1.0)));
        agree!(matrix_product(&a, &a));
    }
}

#[desc_jit]
fn spmv(row: &Array1<usize>, column: &Array1<i64>, value: &Array1<f64>, x: &Array1<f64>) -> Array1<f64> {
    let n = row.len() - 1;
    let mut y = Array1::<f64>::zeros(row.len() - 1);
    for i in 0..n {
        let mut s = 0.0;
        for k in row[i]..row[i + 1] {
            s += value[k] * x[column[k] as usize];
        }
        y[i] = s;
    }
    y
}

#[test]
fn a_sparse_matrix_times_a_vector() {
    agree!(spmv(
        &Array1::from_vec(vec![0usize, 2, 2, 5]),
        &Array1::from_vec(vec![0i64, 2, 1, 0, 3]),
        &Array1::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0]),
        &Array1::from_vec(vec![1.0, -1.0, 0.5, 2.0])
    ));
}

#[desc_jit]
fn histogram(x: &Array1<f64>, lo: f64, hi: f64, empty: &Array1<i64>) -> (Array1<i64>, i64) {
    let bins = empty.len();
    let mut count = empty.clone();
    let mut outside = 0;
    for i in 0..x.len() {
        let t = (x[i] - lo) / (hi - lo) * bins as f64;
        if t >= 0.0 && t < bins as f64 {
            count[t as usize] += 1;
        } else {
            outside += 1;
        }
    }
    (count, outside)
}

#[test]
fn a_histogram() {
    let x = Array1::from_shape_fn(50, |i| ((i * 37) % 23) as f64 * 0.1 - 0.3);
    agree!(histogram(&x, 0.0, 1.5, &Array1::zeros(7)));
    agree!(histogram(&Array1::from_vec(vec![f64::NAN, 0.5]), 0.0, 1.5, &Array1::zeros(3)));
}

#[desc_jit]
fn cross(a: (f64, f64, f64), b: (f64, f64, f64)) -> (f64, f64, f64) {
    (a.1 * b.2 - a.2 * b.1, a.2 * b.0 - a.0 * b.2, a.0 * b.1 - a.1 * b.0)
}

#[desc_jit]
fn boris(x: &mut Array2<f64>, v: &mut Array2<f64>, b: f64, dt: f64, steps: usize) -> f64 {
    let mut energy = 0.0;
    for _ in 0..steps {
        for p in 0..x.nrows() {
            let t = (0.0, 0.0, 0.5 * dt * b);
            let t2 = t.0 * t.0 + t.1 * t.1 + t.2 * t.2;
            let s = (2.0 * t.0 / (1.0 + t2), 2.0 * t.1 / (1.0 + t2), 2.0 * t.2 / (1.0 + t2));
            let vm = (v[[p, 0]], v[[p, 1]], v[[p, 2]]);
            let c = cross(vm, t);
            let vp = (vm.0 + c.0, vm.1 + c.1, vm.2 + c.2);
            let d = cross(vp, s);
            v[[p, 0]] = vm.0 + d.0;
            v[[p, 1]] = vm.1 + d.1;
            v[[p, 2]] = vm.2 + d.2;
            for k in 0..3 {
                x[[p, k]] += dt * v[[p, k]];
            }
        }
    }
    for p in 0..v.nrows() {
        for k in 0..3 {
            energy += 0.5 * v[[p, k]] * v[[p, k]];
        }
    }
    energy
}

#[test]
fn particles_in_a_magnetic_field() {
    let x = Array2::<f64>::zeros((3, 3));
    let v = Array2::from_shape_fn((3, 3), |(i, k)| (i + 1) as f64 * 0.1 - k as f64 * 0.05);
    let (mut xn, mut vn) = (x.clone(), v.clone());
    let native = boris::native(&mut xn, &mut vn, 2.0, 0.01, 25);
    for engine in desc_jit::Engine::ALL {
        let (mut xs, mut vs) = (x.clone(), v.clone());
        let staged = desc_jit::with_engine(engine, || boris(&mut xs, &mut vs, 2.0, 0.01, 25));
        assert_eq!((staged, &xs, &vs), (native, &xn, &vn), "{engine}");
    }
}

#[desc_jit]
fn integrand(x: f64) -> f64 {
    (-x * x).exp() * (3.0 * x).cos()
}

#[desc_jit]
fn romberg(a: f64, b: f64, levels: usize) -> f64 {
    let mut r = [[0.0; 8]; 8];
    let mut h = b - a;
    r[0][0] = 0.5 * h * (integrand(a) + integrand(b));
    let mut n = 1;
    for i in 1..levels {
        h *= 0.5;
        let mut s = 0.0;
        for k in 1..=n {
            s += integrand(a + (2 * k - 1) as f64 * h);
        }
        n *= 2;
        r[i][0] = 0.5 * r[i - 1][0] + h * s;
        let mut p = 1.0;
        for j in 1..=i {
            p *= 4.0;
            r[i][j] = r[i][j - 1] + (r[i][j - 1] - r[i - 1][j - 1]) / (p - 1.0);
        }
    }
    r[levels - 1][levels - 1]
}

#[test]
fn romberg_quadrature() {
    for levels in 1..=8 {
        agree!(romberg(0.0, 2.0, levels));
    }
}

#[desc_jit]
fn floyd_warshall(d: &Array2<f64>) -> Array2<f64> {
    let n = d.nrows();
    let mut d = d.clone();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                d[[i, j]] = d[[i, j]].min(d[[i, k]] + d[[k, j]]);
            }
        }
    }
    d
}

#[desc_jit]
fn life(cells: &Array2<bool>, steps: usize) -> Array2<bool> {
    let (n, m) = cells.dim();
    let mut now = cells.clone();
    let mut next = cells.clone();
    for _ in 0..steps {
        for i in 0..n {
            for j in 0..m {
                let mut alive = 0;
                for di in 0..3 {
                    for dj in 0..3 {
                        if (di != 1 || dj != 1) && now[[(i + di + n - 1) % n, (j + dj + m - 1) % m]] {
                            alive += 1;
                        }
                    }
                }
                next[[i, j]] = alive == 3 || (now[[i, j]] && alive == 2);
            }
        }
        std::mem::swap(&mut now, &mut next);
    }
    now
}

#[test]
fn grids_of_minima_and_of_life() {
    let d = Array2::from_shape_fn(
        (6, 6),
        |(i, j)| if i == j { 0.0 } else { ((i * 7 + j * 5) % 11) as f64 + 1.0 },
    );
    agree!(floyd_warshall(&d));
    let glider =
        Array2::from_shape_fn((6, 6), |(i, j)| [(0, 1), (1, 2), (2, 0), (2, 1), (2, 2)].contains(&(i, j)));
    for steps in [0, 1, 4, 9] {
        agree!(life(&glider, steps));
    }
}

#[desc_jit]
fn power_iteration(a: &Array2<f64>, tol: f64) -> (f64, Array1<f64>, usize) {
    let n = a.nrows();
    let mut v = Array1::<f64>::ones(n);
    let mut lambda = 0.0;
    let mut change = f64::INFINITY;
    let mut steps = 0;
    while change > tol && steps < 500 {
        let w = a.dot(&v);
        let norm = w.dot(&w).sqrt();
        v = &w / norm;
        change = (norm - lambda).abs();
        lambda = norm;
        steps += 1;
    }
    (lambda, v, steps)
}

#[test]
fn the_largest_eigenvalue() {
    let a = matrix(5);
    let symmetric = &a + &a.t();
    let (lambda, _, steps) = agree!(power_iteration(&symmetric, 1e-10), ulps = 1 << 20);
    assert!(lambda > 10.0 && steps < 500);
}

#[desc_jit]
fn kepler(mean: f64, e: f64) -> f64 {
    let mut x = if e < 0.8 { mean } else { std::f64::consts::PI };
    let mut delta = 1.0;
    while f64::abs(delta) > 1e-14 {
        delta = (x - e * x.sin() - mean) / (1.0 - e * x.cos());
        x -= delta;
    }
    x
}

#[test]
fn the_equation_of_kepler() {
    for e in [0.0, 0.3, 0.9] {
        agree!(kepler(1.1, e));
    }
}

/// Both reductions take in the very same value, which tiles keep in one buffer.
#[desc_jit]
fn least_and_sum(x: &Array1<f64>, y: &Array1<f32>) -> (f64, f64, f32, f32) {
    let mut least = x[0];
    let mut sum = 0.0;
    for i in 0..x.len() {
        least = least.min(x[i]);
        sum += x[i];
    }
    let mut largest = y[0];
    let mut product = 1.0;
    for i in 0..y.len() {
        product *= y[i];
        largest = largest.max(y[i]);
    }
    (least, sum, largest, product)
}

#[test]
fn several_reductions_of_one_value() {
    // Found by `fuzz`: the first of two read a buffer that nothing had written to.
    for n in [1, 31, 32, 600, 2000] {
        let x = Array1::from_shape_fn(n, |i| ((i * 37) % 64) as f64 * 0.25 + 0.5);
        let y = Array1::from_shape_fn(n, |i| [2.0, 0.5].get(i % 97).copied().unwrap_or(1.0));
        // Exact in every order.
        agree!(least_and_sum(&x, &y), ulps = 0, compiled = 0);
    }
}

/// A fraction cut off to zero has no sign left: compilers like to make one rounding of the two conversions.
#[desc_jit]
fn inverse_of_whole_part(x: &Array1<f64>) -> (Array1<f64>, Array1<f64>, f64) {
    let mut wide = x.clone();
    let mut narrow = x.clone();
    let mut last = 0.0;
    for i in 0..x.len() {
        wide[i] = 1.0 / (x[i] as i64) as f64;
        narrow[i] = 1.0 / (x[i] as i32) as f64;
        last = 0.5 * last + 1.0 / ((x[i] as i64) as f64).max(-5.0);
    }
    (wide, narrow, last)
}

#[test]
fn a_fraction_cut_off_to_zero_is_positive() {
    let x = Array1::from_shape_fn(40, |i| i as f64 * 0.25 - 2.5);
    agree!(inverse_of_whole_part(&x), ulps = 0, compiled = 0);
}

/// The sums and counts of four rings at a time share a pass over the samples; the last rings have one of their own.
#[desc_jit(static(rings))]
fn sums_in_rings(radius: &Array1<f64>, data: &Array1<f64>, rings: usize) -> (Array1<f64>, Array1<i64>) {
    let mut sums = Array1::<f64>::zeros(rings);
    let mut counts = Array1::<i64>::zeros(rings);
    for i in 0..rings {
        let (inner, outer) = (i as f64, (i + 1) as f64);
        let mut sum = 0.0;
        let mut count = 0;
        for k in 0..radius.len() {
            if inner <= radius[k] && radius[k] < outer {
                sum += data[k];
                count += 1;
            }
        }
        sums[i] = sum;
        counts[i] = count;
    }
    (sums, counts)
}

#[test]
fn reductions_that_share_a_pass_over_large_arrays() {
    let (n, rings) = (33_000, 18);
    let radius = Array1::from_shape_fn(n, |i| ((i * 7919) % 1999) as f64 * 0.01);
    let data = Array1::from_shape_fn(n, |i| ((i * 31) % 256) as f64 * 0.25);
    // Exact in every order.
    agree!(sums_in_rings(&radius, &data, rings), ulps = 0, compiled = 0);
}

/// Each element waits for the one before, so that no vectors are made of it.
#[desc_jit]
fn quotients_one_by_one(x: &Array1<f64>) -> Array2<f64> {
    let n = x.len();
    let mut q = Array2::<f64>::zeros((n, 6));
    let mut k = 0;
    while k < n {
        q[[k, 0]] = x[k] / 3.0;
        q[[k, 1]] = x[k] / -6.0;
        q[[k, 2]] = x[k] / 15.0;
        q[[k, 3]] = x[k] / 0.1;
        q[[k, 4]] = x[k] / 1e15;
        q[[k, 5]] = x[k] / 8.0;
        k += if q[[k, 2]] == 7.0 { 2 } else { 1 };
    }
    q
}

#[test]
fn quotients_by_constants_are_rounded_once() {
    let mut x = vec![0.0, f64::INFINITY, f64::NAN, f64::MAX, f64::MIN_POSITIVE, 105.0, 106.0];
    // Multiples of the smallest number, and what is close to those whose quotients are normal again.
    for exponent in [0, 1, 5, 20, 40, 51, 52, 53, 55, 60, 100, 200, 270, 274, 280, 1000, 1074, 1500, 2045] {
        let least = 5e-324 * 2.0_f64.powi(exponent / 2) * 2.0_f64.powi(exponent - exponent / 2);
        x.extend((1..40).map(|k| f64::from(k) * least));
        x.extend(
            (0..40).map(|k| {
                f64::from_bits(least.to_bits().wrapping_add(k * 0x1234_5678_9abc) >> 1 << 1 | k & 1)
            }),
        );
    }
    let both: Array1<f64> = x.iter().flat_map(|&x| [x, -x]).collect();
    agree!(quotients_one_by_one(&both), ulps = 0, compiled = 0);
}

#[desc_jit]
fn powers(x: &Array1<f64>, y: f32) -> (Array2<f64>, f32) {
    let mut p = Array2::<f64>::zeros((10, x.len()));
    for i in 0..x.len() {
        p[[0, i]] = x[i].powi(0);
        p[[1, i]] = x[i].powi(1);
        p[[2, i]] = x[i].powi(2);
        p[[3, i]] = x[i].powi(3);
        p[[4, i]] = x[i].powi(-1);
        p[[5, i]] = x[i].powi(-6);
        p[[6, i]] = x[i].powi(13);
        p[[7, i]] = x[i].powi(64);
        p[[8, i]] = x[i].powi(-64);
        p[[9, i]] = x[i].powi(65);
    }
    (p, y.powi(5) + y.powi(-3))
}

#[test]
fn short_powers_have_the_bits_of_std() {
    let x = Array1::from_vec(vec![1.1, -0.7, 0.0, -0.0, 3.0, f64::INFINITY, f64::NAN, 1e-200, 0.3]);
    agree!(powers(&x, 1.3), ulps = 0, compiled = 0);
    agree!(powers(&x, -0.3), ulps = 0, compiled = 0);
}
