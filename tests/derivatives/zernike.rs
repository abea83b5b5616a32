//! The radial part of Zernike's polynomials, the basis of the DESC code inside the plasma, and its derivatives.

use super::{all_close, close};
use desc_jit::prelude::*;

/// Radius, (l, m), value and derivative in r, computed with the DESC code, version 0.17.3, in double precision.
const RADIUS: f64 = 0.3;
const DESC: [((i64, i64), f64, f64); 4] =
    [((2, 0), -0.82, 1.2), ((4, 0), 0.5086, -2.952), ((4, 2), -0.2376, -1.368), ((3, 1), -0.519, -1.19)];

#[desc_jit]
fn factorial(n: i64) -> f64 {
    let mut product = 1.0;
    for k in 2..=n {
        product *= k as f64;
    }
    product
}

/// R_l^m(r) by its sum (M. Born and E. Wolf, Principles of Optics, section 9.2.1).
#[desc_jit]
fn by_sum(r: f64, l: i64, m: i64) -> f64 {
    let mut sum = 0.0;
    let mut sign = 1.0;
    for s in 0..=(l - m) / 2 {
        let coefficient =
            factorial(l - s) / (factorial(s) * factorial((l + m) / 2 - s) * factorial((l - m) / 2 - s));
        sum += sign * coefficient * r.powi((l - 2 * s) as i32);
        sign = -sign;
    }
    sum
}

/// The same by the recurrence R_l^m = r (R_{l-1}^{|m-1|} + R_{l-1}^{m+1}) - R_{l-2}^m over a table
/// (B. Shakibaei and R. Paramesran, Opt. Lett. 38, 2487, 2013). R_l^m is zero where m is larger than l.
#[desc_jit(static(l))]
fn by_recurrence(r: f64, l: usize, m: usize) -> f64 {
    let mut table = Array2::<f64>::zeros((l + 1, l + 2));
    table[[0, 0]] = 1.0;
    for n in 1..l + 1 {
        for k in 0..n + 1 {
            if (n - k) % 2 == 0 {
                let before = if k > 0 { table[[n - 1, k - 1]] } else { table[[n - 1, 1]] };
                let two_before = if n >= 2 { table[[n - 2, k]] } else { 0.0 };
                table[[n, k]] = r * (before + table[[n - 1, k + 1]]) - two_before;
            }
        }
    }
    table[[l, m]]
}

#[test]
fn values_and_derivatives_are_those_of_desc() {
    for ((l, m), value, d_dr) in DESC {
        let (found, slope) = value_and_grad(by_sum::jit())(RADIUS, l, m);
        close(found, value);
        close(slope, d_dr);
        let (found, slope) = jvp(by_sum::jit())(RADIUS, l, m, 1.0);
        close(found, value);
        close(slope, d_dr);
        let (l, m) = (l as usize, m as usize);
        let (found, slope) = value_and_grad(by_recurrence::jit())(RADIUS, l, m);
        close(found, value);
        close(slope, d_dr);
        let (found, slope) = jvp(by_recurrence::jit())(RADIUS, l, m, 1.0);
        close(found, value);
        close(slope, d_dr);
    }
}

/// R_4^0 = 6 r^4 - 6 r^2 + 1.
#[test]
fn further_derivatives_and_many_radii() {
    let second = grad(grad(by_sum::jit()));
    close(second(RADIUS, 4, 0), 72.0 * RADIUS * RADIUS - 12.0);
    close(grad(second)(RADIUS, 4, 0), 144.0 * RADIUS);
    let radii = Array1::from_vec(vec![0.0, 0.25, 0.5, 1.0]);
    let slopes = vmap(grad(by_sum::jit())).in_axes(in_axes![0, _, _])(&radii, 4, 0);
    let expected: Vec<f64> = radii.iter().map(|r| 24.0 * r * r * r - 12.0 * r).collect();
    all_close(slopes.iter(), &expected);
}

/// At the edge R_l^m is 1, and its derivative is (l (l + 2) - m^2) / 2.
#[test]
fn the_edge_of_high_degrees() {
    for (l, m) in [(1, 1), (7, 3), (10, 0), (12, 6)] {
        let (value, slope) = value_and_grad(by_recurrence::jit())(1.0, l, m);
        close(value, 1.0);
        close(slope, (l * (l + 2) - m * m) as f64 / 2.0);
    }
}
