//! Arrays that a loop only writes: their cotangents are read where they are, and what is left of them is that of the array
//! from before.

use desc_jit::prelude::*;
use desc_jit_tests::consistency::{Along, product, scattered};

/// All but the ends of a copy are overwritten, some time steps long.
#[desc_jit]
fn steps_of_a_line(u: &Array1<f64>, steps: usize) -> Array1<f64> {
    let n = u.len();
    let mut u = u.clone();
    for _ in 0..steps {
        let mut next = u.clone();
        for i in 1..n - 1 {
            next[i] = u[i] * (1.0 - 0.1 * (u[i + 1] - u[i - 1])) + 0.2 * (u[i + 1] - 2.0 * u[i] + u[i - 1]);
        }
        u = next;
    }
    u
}

/// The same of a plate, from behind, in every second column, and with one row of another array.
#[desc_jit]
fn steps_of_a_plate(u: &Array2<f64>, row: &Array1<f64>) -> Array2<f64> {
    let (n, m) = u.dim();
    let mut u = u.clone();
    for _ in 0..3 {
        let mut next = u.clone();
        for i in (1..n - 1).rev() {
            for j in (1..m - 1).step_by(2) {
                next[[i, j]] = u[[i - 1, j]] * u[[i, j + 1]] + (u[[i, j - 1]] - u[[i + 1, j]]).sin();
            }
        }
        for j in 0..m {
            next[[n - 1, j]] = row[j] * u[[n - 1, j]];
        }
        u = next;
    }
    u
}

/// Rows of an array that starts as zeros, and two loops that write the same elements.
#[desc_jit]
fn written_twice(x: &Array1<f64>) -> Array1<f64> {
    let n = x.len();
    let mut y = Array1::zeros(n + 1);
    for i in 0..n {
        y[i + 1] = x[i].sin();
    }
    for i in 0..n / 2 {
        y[i] = y[n - i] * x[i];
    }
    y
}

/// Elements that an iteration writes after another one did, or reads: those loops carry cotangents as ever.
#[desc_jit]
fn written_again(x: &Array1<f64>) -> Array1<f64> {
    let mut y = x.clone();
    for i in 0..x.len() {
        y[i / 2] = x[i] * x[i];
    }
    for i in 1..x.len() {
        y[i] = y[i - 1] * x[i];
    }
    for i in 0..x.len() {
        if x[i] > 0.0 {
            y[i] = x[i].exp();
        }
    }
    y
}

/// An array that is read behind the store, where earlier iterations wrote.
#[desc_jit]
fn read_behind(x: &Array1<f64>) -> (Array1<f64>, f64) {
    let mut y = x.clone();
    let mut sum = 0.0;
    for i in 1..x.len() {
        y[i] = x[i] * x[i - 1];
        sum += y[i - 1] * x[i];
    }
    (y, sum)
}

/// The same array goes on under two names.
#[desc_jit]
fn two_names(x: &Array1<f64>) -> Array1<f64> {
    let (mut y, mut z) = (x.clone(), x.clone());
    for i in 0..x.len() {
        y[i] = x[i].sin();
        z = y.clone();
    }
    &y * &z
}

/// A triangle: the inner loop's bounds are known where it stands only.
#[desc_jit]
fn triangle(a: &Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    let mut b = a.clone();
    for i in 0..n {
        for j in i..n {
            b[[i, j]] = a[[i, j]] * a[[j, i]];
        }
    }
    b
}

/// Diagonals, of which the rest of the square stays; a row and a column.
#[desc_jit]
fn diagonals(a: &Array2<f64>, d: &Array1<f64>) -> Array2<f64> {
    let n = d.len();
    let mut b = a.clone();
    for i in 0..n {
        b[[i, i]] = d[i] * d[i];
    }
    for i in 0..n - 1 {
        b[[i, i + 1]] = d[i].sin();
    }
    for i in 0..n {
        b[[n - 1 - i, i]] = d[i];
        b[[2, i]] = b[[2, i]] * d[i];
    }
    for i in 0..n {
        b[[i, 0]] = a[[0, i]];
    }
    b
}

/// In a branch, and in a loop that ends by itself.
#[desc_jit]
fn in_branches(x: &Array1<f64>, limit: f64) -> Array1<f64> {
    let mut y = x.clone();
    if x[0] > 0.0 {
        for i in 1..x.len() {
            y[i] = x[i] * x[0];
        }
    }
    let mut sum = 0.0;
    while sum < limit {
        let mut z = y.clone();
        for i in 1..x.len() - 1 {
            z[i] = 0.5 * y[i - 1] + y[i] * y[i + 1];
        }
        y = z;
        sum += 1.0;
    }
    y
}

/// A loop that does not run leaves what was there.
#[desc_jit]
fn none(x: &Array1<f64>, from: usize) -> Array1<f64> {
    let mut y = x * 2.0;
    for i in from..x.len() {
        y[i] = x[i] * x[i];
    }
    y
}

fn along<const N: usize>(
    f: impl Fn(&Array1<f64>) -> Array1<f64>,
    jvp: impl Fn(&Array1<f64>, &Array1<f64>) -> Array1<f64>,
    vjp: impl Fn(&Array1<f64>, &Array1<f64>) -> Array1<f64>,
) {
    let (x, d) = (Array1::from_vec(scattered(1, N)), Array1::from_vec(scattered(2, N)));
    let weights = Array1::from_vec(scattered(3, f(&x).len()));
    Along {
        value: |t: f64| f(&(&x + &d * t)).to_vec(),
        forward: || jvp(&x, &d).to_vec(),
        reverse: || product(&vjp(&x, &weights), &d),
        weights: weights.to_vec(),
    }
    .check();
}

#[test]
fn a_line() {
    let f = steps_of_a_line::jit();
    along::<9>(|x| steps_of_a_line::native(x, 4), |x, d| jvp(&f)(x, 4, d).1, |x, w| vjp(&f)(x, 4, w).1);
}

#[test]
fn elements_that_are_written_by_two_loops() {
    let f = written_twice::jit();
    along::<8>(written_twice::native, |x, d| jvp(&f)(x, d).1, |x, w| vjp(&f)(x, w).1);
    let f = written_again::jit();
    along::<8>(written_again::native, |x, d| jvp(&f)(x, d).1, |x, w| vjp(&f)(x, w).1);
}

#[test]
fn elements_that_later_iterations_read() {
    let f = read_behind::jit();
    let (x, d) = (Array1::from_vec(scattered(1, 7)), Array1::from_vec(scattered(2, 7)));
    let weights = Array1::from_vec(scattered(3, 8));
    let flat = |(y, sum): (Array1<f64>, f64)| [y.to_vec(), vec![sum]].concat();
    Along {
        value: |t: f64| flat(read_behind::native(&(&x + &d * t))),
        forward: || flat(jvp(&f)(&x, &d).1),
        reverse: || {
            let (of_y, of_sum) = (Array1::from_vec(weights.to_vec()[..7].to_vec()), weights[7]);
            product(&vjp(&f)(&x, (&of_y, of_sum)).1, &d)
        },
        weights: weights.to_vec(),
    }
    .check();
    let f = two_names::jit();
    along::<6>(two_names::native, |x, d| jvp(&f)(x, d).1, |x, w| vjp(&f)(x, w).1);
}

#[test]
fn a_loop_from_anywhere() {
    let f = none::jit();
    for from in [0, 3, 6] {
        along::<6>(|x| none::native(x, from), |x, d| jvp(&f)(x, from, d).1, |x, w| vjp(&f)(x, from, w).1);
    }
}

#[test]
fn a_plate_and_a_row() {
    let plate = |seed| Array2::from_shape_vec((6, 7), scattered(seed, 42)).unwrap();
    let row = |seed| Array1::from_vec(scattered(seed, 7));
    let (u, du, r, dr, weights) = (plate(1), plate(2), row(3), row(4), plate(5));
    let f = steps_of_a_plate::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| steps_of_a_plate::native(&(&u + &du * t), &(&r + &dr * t)).to_vec(),
        forward: || jvp(&f)(&u, &r, &du, &dr).1.to_vec(),
        reverse: || {
            let (_, (by_u, by_r)) = vjp(&f)(&u, &r, &weights);
            product(&by_u, &du) + product(&by_r, &dr)
        },
        weights: weights.to_vec(),
    }
    .check();
}

#[test]
fn a_diagonal_is_no_square() {
    let square = |seed| Array2::from_shape_vec((4, 4), scattered(seed, 16)).unwrap();
    let line = |seed| Array1::from_vec(scattered(seed, 4));
    let (a, da, d, dd, weights) = (square(1), square(2), line(3), line(4), square(5));
    let f = diagonals::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| diagonals::native(&(&a + &da * t), &(&d + &dd * t)).to_vec(),
        forward: || jvp(&f)(&a, &d, &da, &dd).1.to_vec(),
        reverse: || {
            let (_, (by_a, by_d)) = vjp(&f)(&a, &d, &weights);
            product(&by_a, &da) + product(&by_d, &dd)
        },
        weights: weights.to_vec(),
    }
    .check();
}

#[test]
fn in_a_branch_and_in_a_loop_that_ends_by_itself() {
    let f = in_branches::jit();
    along::<6>(|x| in_branches::native(x, 3.0), |x, d| jvp(&f)(x, 3.0, d).1, |x, w| vjp(&f)(x, 3.0, w).1);
}

#[test]
fn a_triangle() {
    let square = |seed| Array2::from_shape_vec((5, 5), scattered(seed, 25)).unwrap();
    let (a, da, weights) = (square(1), square(2), square(3));
    let f = triangle::jit();
    Along {
        value: |t: f64| triangle::native(&(&a + &da * t)).to_vec(),
        forward: || jvp(&f)(&a, &da).1.to_vec(),
        reverse: || product(&vjp(&f)(&a, &weights).1, &da),
        weights: weights.to_vec(),
    }
    .check();
}

#[test]
fn second_derivatives_of_a_line() {
    #[desc_jit]
    fn energy(u: &Array1<f64>) -> f64 {
        let u = steps_of_a_line(u, 3);
        (&u * &u).sum()
    }
    let x = Array1::from_vec(scattered(1, 6));
    let h = hessian(energy::jit())(&x);
    let by_rows = jacrev(grad(energy::jit()))(&x);
    for i in 0..6 {
        for j in 0..6 {
            assert!((h[[i, j]] - h[[j, i]]).abs() < 1e-13 && (h[[i, j]] - by_rows[[i, j]]).abs() < 1e-13);
        }
    }
}
