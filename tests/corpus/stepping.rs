//! Equations stepped in time: with a step that adapts, implicitly, and two fields that react.

use desc_jit::prelude::*;
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, scattered};

/// The pendulum by Dormand and Prince's pair of orders 5 and 4 (J. Comp. Appl. Math. 6, 19, 1980), with a step that keeps
/// the estimated error below the tolerance: angle, velocity, steps that were taken and steps that were refused.
#[desc_jit]
pub fn pendulum(angle: f64, end: f64, tolerance: f64) -> (f64, f64, usize, usize) {
    let f = |x: f64, v: f64| (v, -x.sin());
    let (mut x, mut v) = (angle, 0.0);
    let (mut t, mut h) = (0.0, 0.1);
    let (mut taken, mut refused) = (0, 0);
    while t < end {
        if t + h > end {
            h = end - t;
        }
        let (x1, v1) = f(x, v);
        let (x2, v2) = f(x + h * x1 / 5.0, v + h * v1 / 5.0);
        let (x3, v3) = f(x + h * (3.0 * x1 + 9.0 * x2) / 40.0, v + h * (3.0 * v1 + 9.0 * v2) / 40.0);
        let (x4, v4) = f(
            x + h * (44.0 / 45.0 * x1 - 56.0 / 15.0 * x2 + 32.0 / 9.0 * x3),
            v + h * (44.0 / 45.0 * v1 - 56.0 / 15.0 * v2 + 32.0 / 9.0 * v3),
        );
        let (a1, a2, a3, a4) = (19372.0 / 6561.0, 25360.0 / 2187.0, 64448.0 / 6561.0, 212.0 / 729.0);
        let (x5, v5) = f(
            x + h * (a1 * x1 - a2 * x2 + a3 * x3 - a4 * x4),
            v + h * (a1 * v1 - a2 * v2 + a3 * v3 - a4 * v4),
        );
        let (b1, b2, b3) = (9017.0 / 3168.0, 355.0 / 33.0, 46732.0 / 5247.0);
        let (b4, b5) = (49.0 / 176.0, 5103.0 / 18656.0);
        let (x6, v6) = f(
            x + h * (b1 * x1 - b2 * x2 + b3 * x3 + b4 * x4 - b5 * x5),
            v + h * (b1 * v1 - b2 * v2 + b3 * v3 + b4 * v4 - b5 * v5),
        );
        let (c1, c3, c4) = (35.0 / 384.0, 500.0 / 1113.0, 125.0 / 192.0);
        let (c5, c6) = (2187.0 / 6784.0, 11.0 / 84.0);
        let xn = x + h * (c1 * x1 + c3 * x3 + c4 * x4 - c5 * x5 + c6 * x6);
        let vn = v + h * (c1 * v1 + c3 * v3 + c4 * v4 - c5 * v5 + c6 * v6);
        let (x7, v7) = f(xn, vn);
        let (e1, e3, e4) = (71.0 / 57600.0, 71.0 / 16695.0, 71.0 / 1920.0);
        let (e5, e6) = (17253.0 / 339200.0, 22.0 / 525.0);
        let ex = h * (e1 * x1 - e3 * x3 + e4 * x4 - e5 * x5 + e6 * x6 - x7 / 40.0);
        let ev = h * (e1 * v1 - e3 * v3 + e4 * v4 - e5 * v5 + e6 * v6 - v7 / 40.0);
        let error = ex.abs().max(ev.abs()) / tolerance;
        let factor = if error == 0.0 { 5.0 } else { (0.9 * error.powf(-0.2)).clamp(0.2, 5.0) };
        if error > 1.0 {
            refused += 1;
            h *= factor;
            continue;
        }
        taken += 1;
        t += h;
        x = xn;
        v = vn;
        h *= factor;
    }
    (x, v, taken, refused)
}

#[test]
fn the_step_adapts_to_the_tolerance() {
    let (x, v, taken, _) = pendulum::native(1.0, 10.0, 1e-9);
    for engine in desc_jit::Engine::ALL {
        let (x2, v2, taken2, _) = desc_jit::with_engine(engine, || pendulum(1.0, 10.0, 1e-9));
        assert!((x - x2).abs() < 1e-12 && (v - v2).abs() < 1e-12 && taken == taken2, "{engine}");
    }
    // The energy is kept, up to what the steps leave.
    assert!((0.5 * v * v - x.cos() + 1.0_f64.cos()).abs() < 1e-7);
    let (coarse, ..) = pendulum::native(1.0, 10.0, 1e-4);
    assert!((coarse - x).abs() > 1e-7);
    assert!(pendulum::native(1.0, 10.0, 1e-4).2 < taken / 2);
    agree!(pendulum(0.0, 1.0, 1e-6));
}

/// Crank and Nicolson's steps (Numerical Recipes, section 20.2) of the heat equation on a line whose ends are kept at 0;
/// `r` is the diffusivity times the time step over the square of the spacing. Each step is a tridiagonal system.
#[desc_jit]
pub fn crank_nicolson(u0: &Array1<f64>, r: f64, steps: usize) -> Array1<f64> {
    let n = u0.len();
    let mut u = u0.clone();
    let mut upper = Array1::<f64>::zeros(n);
    let mut right = Array1::<f64>::zeros(n);
    for _ in 0..steps {
        for i in 0..n {
            let left = if i == 0 { 0.0 } else { u[i - 1] };
            let next = if i + 1 == n { 0.0 } else { u[i + 1] };
            right[i] = 0.5 * r * (left + next) + (1.0 - r) * u[i];
        }
        let mut pivot = 1.0 + r;
        right[0] /= pivot;
        for i in 1..n {
            upper[i - 1] = -0.5 * r / pivot;
            pivot = 1.0 + r + 0.5 * r * upper[i - 1];
            right[i] = (right[i] + 0.5 * r * right[i - 1]) / pivot;
        }
        u[n - 1] = right[n - 1];
        for i in (0..n - 1).rev() {
            u[i] = right[i] - upper[i] * u[i + 1];
        }
    }
    u
}

#[test]
fn a_mode_of_heat_decays() {
    // The lowest mode of the grid is multiplied by one number in every step.
    let n = 15;
    let k = std::f64::consts::PI / (n + 1) as f64;
    let u0 = Array1::from_shape_fn(n, |i| (k * (i + 1) as f64).sin());
    let r = 2.5;
    let u = agree!(crank_nicolson(&u0, r, 20));
    let s = 2.0 * r * (0.5 * k).sin().powi(2);
    let factor = ((1.0 - s) / (1.0 + s)).powi(20);
    assert!(u.iter().zip(u0.iter()).all(|(u, u0)| (u - factor * u0).abs() < 1e-14), "{u:?}");
}

#[test]
fn implicit_steps_are_differentiated() {
    let n = 8;
    let (u, d) = (Array1::from_vec(scattered(1, n)), Array1::from_vec(scattered(2, n)));
    let w = Array1::from_vec(scattered(3, n));
    let f = crank_nicolson::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| crank_nicolson::native(&(&u + &d * t), 0.8 + 0.3 * t, 6).to_vec(),
        forward: || jvp(&f)(&u, 0.8, 6, &d, 0.3).1.to_vec(),
        reverse: || {
            let (_, (by_u, by_r)) = vjp(&f)(&u, 0.8, 6, &w);
            by_u.dot(&d) + 0.3 * by_r
        },
        weights: w.to_vec(),
    }
    .check();
}

/// Gray and Scott's reaction (Pearson, Science 261, 189, 1993) on a torus: both fields after `steps` steps of length 1.
#[desc_jit]
pub fn gray_scott(
    u0: &Array2<f64>,
    v0: &Array2<f64>,
    feed: f64,
    kill: f64,
    steps: usize,
) -> (Array2<f64>, Array2<f64>) {
    let (n, m) = u0.dim();
    let (mut u, mut v) = (u0.clone(), v0.clone());
    for _ in 0..steps {
        let (old_u, old_v) = (u.clone(), v.clone());
        for i in 0..n {
            let (above, below) = ((i + n - 1) % n, (i + 1) % n);
            for j in 0..m {
                let (left, right) = ((j + m - 1) % m, (j + 1) % m);
                let laplace = |w: &Array2<f64>| {
                    w[[above, j]] + w[[below, j]] + w[[i, left]] + w[[i, right]] - 4.0 * w[[i, j]]
                };
                let (a, b) = (old_u[[i, j]], old_v[[i, j]]);
                let reaction = a * b * b;
                u[[i, j]] = a + 0.16 * laplace(&old_u) - reaction + feed * (1.0 - a);
                v[[i, j]] = b + 0.08 * laplace(&old_v) + reaction - (feed + kill) * b;
            }
        }
    }
    (u, v)
}

#[test]
fn fields_react_and_diffuse() {
    let seeded = |i: usize, j: usize| (3..6).contains(&i) && (4..7).contains(&j);
    let u0 = Array2::from_shape_fn((9, 11), |(i, j)| if seeded(i, j) { 0.5 } else { 1.0 });
    let v0 = Array2::from_shape_fn((9, 11), |(i, j)| if seeded(i, j) { 0.25 } else { 0.0 });
    let (u, v) = agree!(gray_scott(&u0, &v0, 0.035, 0.065, 25));
    assert!(u.iter().all(|x| (0.0..=1.0).contains(x)) && v.sum() > 0.0);
    // Without the second field the first one is at rest.
    let (u, v) = agree!(gray_scott(&Array2::ones((5, 5)), &Array2::zeros((5, 5)), 0.035, 0.065, 5));
    assert!(u.iter().all(|x| *x == 1.0) && v.iter().all(|x| *x == 0.0));
}

#[test]
fn a_reaction_depends_on_its_rates() {
    let table = |seed| {
        let list = scattered(seed, 20).iter().map(|x| 0.5 + 0.2 * x).collect();
        Array2::from_shape_vec((4, 5), list).unwrap()
    };
    let (u, v) = (table(1), table(2));
    let f = gray_scott::jit().wrt(argnums![2, 3]);
    Along {
        value: |t: f64| gray_scott::native(&u, &v, 0.035 + t, 0.065 - 0.5 * t, 8).1.to_vec(),
        forward: || jvp(&f)(&u, &v, 0.035, 0.065, 8, 1.0, -0.5).1.1.to_vec(),
        reverse: || {
            let (_, (by_feed, by_kill)) =
                vjp(&f)(&u, &v, 0.035, 0.065, 8, (&Array2::zeros((4, 5)), &Array2::ones((4, 5))));
            by_feed - 0.5 * by_kill
        },
        weights: vec![1.0; 20],
    }
    .check();
}

/// Also by the lengths of the steps, which follow from the estimated errors.
#[test]
fn a_swing_depends_on_where_it_begins() {
    let f = pendulum::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| {
            let (x, v, ..) = pendulum::native(1.0 + 0.01 * t, 10.0 + 0.01 * t, 1e-6);
            vec![x, v]
        },
        forward: || {
            let (_, (x, v, ..)) = jvp(&f)(1.0, 10.0, 1e-6, 0.01, 0.01);
            vec![x, v]
        },
        reverse: || {
            let (_, (by_angle, by_end)) = vjp(&f)(1.0, 10.0, 1e-6, (2.0, -1.0, (), ()));
            0.01 * (by_angle + by_end)
        },
        weights: vec![2.0, -1.0],
    }
    .check();
}

#[test]
fn pendulums_side_by_side_take_steps_of_their_own() {
    let angles = Array1::linspace(0.1, 3.1, 9);
    let all = vmap(pendulum::jit()).in_axes(in_axes![0, _, _]);
    for engine in desc_jit::Engine::ALL {
        desc_jit::with_engine(engine, || {
            let (x, v, taken, refused) = all(&angles, 8.0, 1e-7);
            for k in 0..angles.len() {
                let (x1, v1, taken1, refused1) = pendulum(angles[k], 8.0, 1e-7);
                assert_eq!((taken[k], refused[k]), (taken1, refused1), "{k} on {engine}");
                assert!((x[k] - x1).abs() < 1e-11 && (v[k] - v1).abs() < 1e-11, "{k} on {engine}");
            }
        });
    }
}

#[test]
fn rates_of_diffusion_and_reaction_side_by_side() {
    let u = Array1::from_vec(scattered(4, 7));
    let rates = Array1::linspace(0.1, 2.0, 5);
    let lines = vmap(crank_nicolson::jit()).in_axes(in_axes![_, 0, _]);
    let (first, second) =
        (Array2::from_elem((4, 5), 0.8), Array2::from_shape_fn((4, 5), |(i, j)| 0.1 * (i + j) as f64));
    let fields = vmap(gray_scott::jit()).in_axes(in_axes![_, _, 0, _, _]);
    for engine in desc_jit::Engine::ALL {
        let lines = desc_jit::with_engine(engine, || lines(&u, &rates, 4));
        let (a, b) = desc_jit::with_engine(engine, || fields(&first, &second, &(&rates * 0.02), 0.06, 6));
        for k in 0..rates.len() {
            assert_eq!(
                lines.row(k).to_vec(),
                crank_nicolson::native(&u, rates[k], 4).to_vec(),
                "{k} on {engine}"
            );
            let (a1, b1) = gray_scott::native(&first, &second, rates[k] * 0.02, 0.06, 6);
            assert_eq!(a.index_axis(Axis(0), k).to_owned().to_vec(), a1.to_vec(), "{k} on {engine}");
            assert_eq!(b.index_axis(Axis(0), k).to_owned().to_vec(), b1.to_vec(), "{k} on {engine}");
        }
    }
}
