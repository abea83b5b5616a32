//! Trajectories with events: a step of Runge and Kutta in which something happens is cut where it happens, by bisection
//! (Hairer, Norsett, Wanner, *Solving Ordinary Differential Equations I*, section II.6).

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::Along;

/// The velocity of a pendulum.
#[desc_jit]
fn pendulum(angle: f64, speed: f64) -> (f64, f64) {
    (speed, -angle.sin())
}

/// A step of the classical method.
#[desc_jit]
fn step(state: (f64, f64), h: f64) -> (f64, f64) {
    let (x, v) = state;
    let (x1, v1) = pendulum(x, v);
    let (x2, v2) = pendulum(x + 0.5 * h * x1, v + 0.5 * h * v1);
    let (x3, v3) = pendulum(x + 0.5 * h * x2, v + 0.5 * h * v2);
    let (x4, v4) = pendulum(x + h * x3, v + h * v3);
    (x + h / 6.0 * (x1 + 2.0 * x2 + 2.0 * x3 + x4), v + h / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4))
}

/// How long a pendulum that is let go at an angle takes to its lowest point, or NaN if it is not there by then.
#[desc_jit]
fn quarter(amplitude: f64, h: f64, last: f64) -> f64 {
    let mut state = (amplitude, 0.0);
    let mut time = 0.0;
    while time < last {
        let next = step(state, h);
        if next.0 <= 0.0 {
            let (mut low, mut high) = (0.0, h);
            for _ in 0..100 {
                let middle = 0.5 * (low + high);
                if middle == low || middle == high {
                    break;
                }
                let (angle, _) = step(state, middle);
                if angle > 0.0 {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return time + 0.5 * (low + high);
        }
        state = next;
        time += h;
    }
    f64::NAN
}

/// The complete elliptic integral of the first kind by the arithmetic-geometric mean (Abramowitz and Stegun, 17.6).
#[desc_jit]
fn elliptic_k(k: f64) -> f64 {
    let (mut a, mut b) = (1.0, (1.0 - k * k).sqrt());
    while (a - b).abs() > 1e-15 * a {
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
    }
    std::f64::consts::FRAC_PI_2 / a
}

#[test]
fn a_quarter_of_the_period() {
    for amplitude in [0.1, 1.0, 2.5] {
        let time = agree!(quarter(amplitude, 0.01, 10.0), ulps = 0, compiled = 1 << 12);
        let exact = agree!(elliptic_k((0.5 * amplitude).sin()));
        assert!((time - exact).abs() < 1e-8, "{time} and {exact}");
    }
    assert!(agree!(quarter(1.0, 0.01, 0.5)).is_nan());
    let amplitudes = Array1::linspace(0.1, 3.0, 12);
    let all = vmap(quarter::jit()).in_axes(in_axes![0, _, _]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let times = all(&amplitudes, 0.05, 10.0);
            for k in 0..12 {
                assert_eq!(times[k], quarter(amplitudes[k], 0.05, 10.0), "{k} on {engine}");
            }
        });
    }
}

/// Bisection alone has no derivative: what it returns does not move. One step of Newton's method from there has the
/// right one.
#[desc_jit]
fn quarter_with_slope(amplitude: f64, h: f64) -> f64 {
    let mut state = (amplitude, 0.0);
    let mut time = 0.0;
    loop {
        let next = step(state, h);
        if next.0 <= 0.0 {
            break;
        }
        state = next;
        time += h;
    }
    let (mut low, mut high) = (0.0, h);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if step(state, middle).0 > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let (angle, speed) = step(state, low);
    time + low - angle / speed
}

#[test]
fn the_derivative_of_a_period() {
    let f = quarter_with_slope::jit().wrt(argnums![0]);
    let amplitude = 1.2;
    for engine in Engine::ALL {
        with_engine(engine, || {
            let slope = grad(&f)(amplitude, 0.01);
            assert!((slope / jvp(&f)(amplitude, 0.01, 1.0).1 - 1.0).abs() < 1e-14, "{engine}");
            let exact = grad(elliptic_k::jit())((0.5 * amplitude).sin()) * 0.5 * (0.5 * amplitude).cos();
            assert!((slope - exact).abs() < 1e-7, "{engine}: {slope} and {exact}");
            assert_eq!(grad(quarter::jit())(amplitude, 0.01, 10.0), 0.0, "{engine}");
        });
    }
}

/// A ball that bounces: each time it meets the floor its speed is turned and loses a part. The height at the end, and the
/// number of bounces.
#[desc_jit]
pub fn bouncing(height: f64, restitution: f64, h: f64, steps: usize) -> (f64, usize) {
    const GRAVITY: f64 = 9.81;
    let (mut y, mut v) = (height, 0.0);
    let mut bounces = 0;
    for _ in 0..steps {
        let mut rest = h;
        loop {
            let y_next = y + rest * v - 0.5 * GRAVITY * rest * rest;
            if y_next >= 0.0 {
                y = y_next;
                v -= GRAVITY * rest;
                break;
            }
            // The floor is met where 0 = y + v t - g t^2 / 2.
            let t = (v + (v * v + 2.0 * GRAVITY * y).sqrt()) / GRAVITY;
            v = -restitution * (v - GRAVITY * t);
            y = 0.0;
            rest -= t;
            bounces += 1;
            if v < 1e-3 {
                return (0.0, bounces);
            }
        }
    }
    (y, bounces)
}

/// The height alone.
#[desc_jit]
fn height(start: f64, restitution: f64, steps: usize) -> f64 {
    bouncing(start, restitution, 0.01, steps).0
}

#[test]
fn a_ball_bounces() {
    // Without loss it comes back to where it was after twice the time of its fall.
    let fall = (2.0 / 9.81_f64).sqrt();
    let (y, bounces) = agree!(bouncing(1.0, 1.0, 2.0 * fall / 64.0, 64));
    assert_eq!(bounces, 1);
    assert!((y - 1.0).abs() < 1e-13, "{y}");
    let (y, bounces) = agree!(bouncing(1.0, 0.5, 0.01, 1000));
    assert_eq!(y, 0.0);
    assert_eq!(bounces, 13);
    let f = height::jit().wrt(argnums![0, 1]);
    Along {
        value: |t: f64| vec![height::native(1.0 + 0.2 * t, 0.8 - 0.3 * t, 150)],
        forward: || vec![jvp(&f)(1.0, 0.8, 150, 0.2, -0.3).1],
        reverse: || {
            let (by_start, by_restitution) = grad(&f)(1.0, 0.8, 150);
            0.2 * by_start - 0.3 * by_restitution
        },
        weights: vec![1.0],
    }
    .check();
}

#[test]
fn balls_bounce_side_by_side() {
    let heights = Array1::linspace(0.1, 2.0, 9);
    let restitutions = Array1::linspace(0.95, 0.2, 9);
    let all = vmap(bouncing::jit()).in_axes(in_axes![0, 0, _, _]);
    for engine in Engine::ALL {
        let (y, bounces) = with_engine(engine, || all(&heights, &restitutions, 0.01, 150));
        for k in 0..9 {
            let alone = bouncing::native(heights[k], restitutions[k], 0.01, 150);
            assert_eq!((y[k], bounces[k]), alone, "{k} on {engine}");
        }
    }
}
