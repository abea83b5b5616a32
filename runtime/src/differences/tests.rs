//! Differences against derivatives that are known.

use super::*;
use crate::array::{Array1, Array2};

const SCHEMES: [Scheme; 3] = [Scheme::Forward, Scheme::Central, Scheme::Richardson];

#[test]
fn halving_the_step_divides_the_error_by_two_to_the_order() {
    for scheme in SCHEMES {
        let error = |h: f64| (derivative_with_step(f64::exp, 0.3, scheme, h) - 0.3_f64.exp()).abs();
        // Steps at which rounding is far below the error of the scheme.
        let ratio = error(0.1) / error(0.05);
        let expected = f64::from(2_i32.pow(scheme.order() as u32));
        assert!((ratio / expected - 1.0).abs() < 0.05, "{scheme:?}: {ratio}");
    }
}

#[test]
fn the_error_is_that_of_the_table() {
    for (scheme, leading) in [
        // h f''/2, h^2 f'''/6, h^4 f'''''/480 with f = exp at 0.
        (Scheme::Forward, 1e-3 / 2.0),
        (Scheme::Central, 1e-6 / 6.0),
    ] {
        let error = derivative_with_step(f64::exp, 0.0, scheme, 1e-3) - 1.0;
        assert!((error / leading - 1.0).abs() < 1e-3, "{scheme:?}: {error}");
    }
    let error = derivative_with_step(f64::exp, 0.0, Scheme::Richardson, 0.1) - 1.0;
    assert!((error / (-1e-4 / 480.0) - 1.0).abs() < 1e-2, "{error}");
}

#[test]
fn the_steps_leave_the_error_of_the_table() {
    for (scheme, double, single) in
        [(Scheme::Forward, 3e-8, 1e-3), (Scheme::Central, 1e-10, 1e-4), (Scheme::Richardson, 3e-12, 2e-5)]
    {
        for x in [-2.0_f64, -0.3, 0.0, 0.7, 40.0] {
            let scale = f64::max(x.abs(), 1.0);
            let found = derivative(f64::sin, x, scheme);
            // Steps are relative to x, and so is what they leave.
            let wide = double * scale.powi(scheme.order());
            assert!((found - x.cos()).abs() < wide, "{scheme:?} at {x}: {found} and {}", x.cos());
        }
        for x in [-2.0_f32, 0.0, 0.7] {
            let found = derivative(f32::sin, x, scheme);
            let wide = single * x.abs().max(1.0).powi(scheme.order());
            assert!((found - x.cos()).abs() < wide, "{scheme:?} at {x}: {found} and {}", x.cos());
        }
    }
}

#[test]
fn steps_lead_to_numbers() {
    for scheme in SCHEMES {
        for x in [0.1, -1.7, 1234.5] {
            let h = scheme.step(x);
            assert_eq!((x + h / 2.0) - x, h / 2.0, "{scheme:?} at {x}");
        }
    }
}

#[test]
fn gradients_jacobians_and_directions_agree() {
    let x = Array1::from_vec(vec![0.4, -1.3, 2.0]);
    let f = |x: &Array1<f64>| Array1::from_vec(vec![x[0] * x[1].sin(), x[2] * x[2] + x[0]]);
    let exact = [[(-1.3_f64).sin(), 0.4 * (-1.3_f64).cos(), 0.0], [1.0, 0.0, 4.0]];
    let j = jacobian(f, &x, Scheme::Richardson);
    assert_eq!(j.shape(), [2, 3]);
    for (i, row) in exact.iter().enumerate() {
        let g = gradient(|x: &Array1<f64>| f(x)[i], &x, Scheme::Richardson);
        for (k, wanted) in row.iter().enumerate() {
            assert!((j[[i, k]] - wanted).abs() < 1e-11, "{j:?}");
            assert_eq!(g[k], j[[i, k]], "the same differences");
        }
    }
    let v = Array1::from_vec(vec![0.5, 2.0, -0.1]);
    let d = along(f, &x, &v, Scheme::Richardson);
    for (i, row) in exact.iter().enumerate() {
        let wanted: f64 = row.iter().zip(v.iter()).map(|(a, b)| a * b).sum();
        assert!((d[i] - wanted).abs() < 1e-10, "{d:?}");
    }
}

#[test]
fn shapes_are_joined() {
    let x = Array2::from_shape_fn((2, 3), |(i, j)| (i + j) as f64);
    let j = jacobian(|x: &Array2<f64>| x.t().to_owned(), &x, Scheme::Central);
    assert_eq!(j.shape(), [3, 2, 2, 3]);
    let near = |v: f64, w: f64| (v - w).abs() < 1e-9;
    assert!(near(j[[2, 1, 1, 2]], 1.0) && near(j[[2, 1, 0, 2]], 0.0), "{j:?}");
    let none = jacobian(|_: &Array1<f64>| Array1::<f64>::zeros(2), &Array1::zeros(0), Scheme::Forward);
    assert_eq!(none.shape(), [2, 0]);
}

#[test]
fn a_direction_of_zeros_gives_zeros() {
    let x = Array1::from_vec(vec![1.0, 2.0]);
    let d = along(|x: &Array1<f64>| x * x, &x, &Array1::zeros(2), Scheme::Central);
    assert_eq!(d.to_vec(), [0.0, 0.0]);
}
