//! Small kernels of physics, as one would write them.

use desc_jit::prelude::*;
use desc_jit_tests::{agree, refuse};

#[desc_jit]
fn heat(u0: &Array2<f64>, alpha: f64, steps: usize) -> Array2<f64> {
    let (nx, ny) = u0.dim();
    let mut u = u0.clone();
    let mut next = u0.clone();
    for _ in 0..steps {
        for i in 1..nx - 1 {
            for j in 1..ny - 1 {
                next[[i, j]] = u[[i, j]]
                    + alpha
                        * (u[[i + 1, j]] + u[[i - 1, j]] + u[[i, j + 1]] + u[[i, j - 1]] - 4.0 * u[[i, j]]);
            }
        }
        std::mem::swap(&mut u, &mut next);
    }
    u
}

#[test]
fn heat_on_a_plate() {
    for (nx, ny) in [(1, 1), (1, 5), (2, 2), (3, 3), (5, 8), (13, 7)] {
        let u = Array2::from_shape_fn((nx, ny), |(i, j)| ((i * 7 + j * 3) % 11) as f64);
        for steps in [0, 1, 2, 7] {
            agree!(heat(&u, 0.2, steps));
        }
    }
    refuse!(heat(&Array2::zeros((0, 0)), 0.1, 1), Arithmetic, "nx - 1");
}

#[desc_jit]
fn heat_f32(u0: &Array1<f32>, steps: usize) -> Array1<f32> {
    let n = u0.len();
    let mut u = u0.clone();
    let mut next = u0.clone();
    for _ in 0..steps {
        for i in 1..n - 1 {
            next[i] = u[i] + 0.1 * (u[i + 1] - 2.0 * u[i] + u[i - 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    u
}

#[test]
fn heat_on_a_rod_in_single_precision() {
    for n in [1, 2, 3, 300] {
        agree!(heat_f32(&Array1::from_shape_fn(n, |i| (i % 5) as f32), 9));
    }
}

#[desc_jit]
fn tridiagonal(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>, d: &Array1<f64>) -> Array1<f64> {
    let n = d.len();
    let mut cp = Array1::<f64>::zeros(n);
    let mut x = d.clone();
    cp[0] = c[0] / b[0];
    x[0] = d[0] / b[0];
    for i in 1..n {
        let m = b[i] - a[i] * cp[i - 1];
        cp[i] = c[i] / m;
        x[i] = (d[i] - a[i] * x[i - 1]) / m;
    }
    for i in (0..n - 1).rev() {
        x[i] -= cp[i] * x[i + 1];
    }
    x
}

#[test]
fn a_tridiagonal_system() {
    for n in [1, 2, 3, 50] {
        let f = |k: f64| Array1::from_shape_fn(n, |i| k + (i % 3) as f64 * 0.1);
        agree!(tridiagonal(&f(0.5), &f(4.0), &f(0.7), &f(1.0)));
    }
}

#[desc_jit]
fn gravity(pos: &Array2<f64>, mass: &Array1<f64>) -> Array2<f64> {
    let n = pos.nrows();
    let mut acc = Array2::<f64>::zeros((n, 3));
    for i in 0..n {
        for j in 0..n {
            if i != j {
                let mut d = [0.0; 3];
                let mut r2 = 1e-6;
                for k in 0..3 {
                    d[k] = pos[[j, k]] - pos[[i, k]];
                    r2 += d[k] * d[k];
                }
                let w = mass[j] / (r2 * r2.sqrt());
                for k in 0..3 {
                    acc[[i, k]] += w * d[k];
                }
            }
        }
    }
    acc
}

#[test]
fn gravity_of_a_few_bodies() {
    for n in [0, 1, 2, 9] {
        let pos = Array2::from_shape_fn((n, 3), |(i, k)| ((i * 5 + k * 3) % 7) as f64 * 0.3);
        agree!(gravity(&pos, &Array1::ones(n)));
    }
}

#[desc_jit]
fn mandelbrot(xs: &Array1<f64>, ys: &Array1<f64>, limit: usize) -> Array2<i64> {
    let mut count = Array2::<i64>::zeros((ys.len(), xs.len()));
    for i in 0..ys.len() {
        for j in 0..xs.len() {
            let (mut x, mut y) = (0.0, 0.0);
            let mut k = 0;
            while x * x + y * y <= 4.0 && k < limit {
                let t = x * x - y * y + xs[j];
                y = 2.0 * x * y + ys[i];
                x = t;
                k += 1;
            }
            count[[i, j]] = k as i64;
        }
    }
    count
}

#[test]
fn mandelbrot_counts() {
    agree!(mandelbrot(&Array1::linspace(-2.0, 0.5, 13), &Array1::linspace(-1.0, 1.0, 7), 40));
}

#[desc_jit]
fn lorenz(x0: f64, y0: f64, z0: f64, dt: f64, steps: usize) -> (f64, f64, f64) {
    let (mut x, mut y, mut z) = (x0, y0, z0);
    for _ in 0..steps {
        let (dx, dy, dz) = (10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z);
        x += dt * dx;
        y += dt * dy;
        z += dt * dz;
    }
    (x, y, z)
}

#[test]
fn lorenz_by_euler() {
    agree!(lorenz(1.0, 1.0, 1.0, 0.01, 1000));
}

#[desc_jit]
fn sieve(n: &Array1<bool>) -> usize {
    let mut prime = n.clone();
    let len = prime.len();
    let mut count = 0;
    for i in 2..len {
        if prime[i] {
            count += 1;
            let mut k = i * i;
            while k < len {
                prime[k] = false;
                k += i;
            }
        }
    }
    count
}

#[test]
fn primes_below_a_hundred() {
    assert_eq!(agree!(sieve(&Array1::from_elem(100, true))), 25);
}

#[desc_jit]
fn horner(c: &Array1<f64>, x: f64) -> (f64, f64) {
    let mut p = 0.0;
    let mut dp = 0.0;
    for k in (0..c.len()).rev() {
        dp = dp * x + p;
        p = p * x + c[k];
    }
    (p, dp)
}

#[test]
fn polynomials_and_their_derivatives() {
    agree!(horner(&Array1::from_vec(vec![1.0, -2.0, 0.5, 3.0]), 0.7));
    agree!(horner(&Array1::zeros(0), 0.7));
}

#[desc_jit]
fn bubble_sort(x: &Array1<f64>) -> Array1<f64> {
    let mut a = x.clone();
    let n = a.len();
    for i in 0..n {
        for j in 0..n - 1 - i {
            if a[j] > a[j + 1] {
                let t = a[j];
                a[j] = a[j + 1];
                a[j + 1] = t;
            }
        }
    }
    a
}

#[test]
fn sorting_by_exchange() {
    agree!(bubble_sort(&Array1::from_vec(vec![3.0, 1.0, 2.0, -5.0, 2.5])));
    agree!(bubble_sort(&Array1::from_vec(vec![1.0])));
}
