//! Time loops that make the next state beside the one they have: what is kept of them, and how, differs by how the states
//! change places, by the boundaries, and by what else the loop does.

use desc_jit::prelude::*;

/// Three states: the next one of a wave is made of the last two.
#[desc_jit]
fn wave(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let n = u.len();
    let (mut before, mut now) = (u.clone(), u.clone());
    for _ in 0..steps {
        let mut next = now.clone();
        for i in 1..n - 1 {
            next[i] = 2.0 * now[i] - before[i] + c * now[i] * (now[i + 1] - 2.0 * now[i] + now[i - 1]);
        }
        before = now;
        now = next;
    }
    (&now * &now).sum() + (&before * &now).sum()
}

/// The last state but one is read behind the loop.
#[desc_jit]
fn change(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let n = u.len();
    let (mut now, mut next) = (u.clone(), u.clone());
    for _ in 0..steps {
        for i in 1..n - 1 {
            next[i] = now[i] + c * now[i] * (now[i - 1] - now[i + 1]);
        }
        std::mem::swap(&mut now, &mut next);
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += (now[i] - next[i]) * (now[i] + 1.0);
    }
    sum
}

/// On a ring, without an edge.
#[desc_jit]
fn ring(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let n = u.len();
    let mut u = u.clone();
    for _ in 0..steps {
        let mut next = Array1::zeros(n);
        for i in 0..n {
            next[i] = u[i] - c * u[i] * (u[(i + 1) % n] - u[(i + n - 1) % n]);
        }
        u = next;
    }
    (&u * &u).sum()
}

/// Two fields that make each other, and a sum on the way.
#[desc_jit]
fn pair(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let n = u.len();
    let (mut a, mut b) = (u.clone(), 0.5 * u);
    let mut energy = 0.0;
    for k in 0..steps {
        let (mut new_a, mut new_b) = (a.clone(), b.clone());
        for i in 1..n - 1 {
            new_a[i] = a[i] + c * (a[i - 1] - 2.0 * a[i] + a[i + 1]) - c * a[i] * b[i] * b[i];
            new_b[i] = b[i] + c * (b[i - 1] - 2.0 * b[i] + b[i + 1]) + c * a[i] * b[i] * b[i];
        }
        a = new_a;
        b = new_b;
        energy += a[k % n] * b[n / 2];
    }
    energy + (&a * &b).sum()
}

/// In a plane, by rows of a matrix.
#[desc_jit]
fn plane(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let n = 9;
    let mut t = Array2::zeros((n, n));
    for i in 0..n {
        for j in 0..n {
            t[[i, j]] = u[i * n + j];
        }
    }
    for _ in 0..steps {
        let mut next = t.clone();
        for i in 1..n - 1 {
            for j in 1..n - 1 {
                let laplacian =
                    t[[i - 1, j]] + t[[i + 1, j]] + t[[i, j - 1]] + t[[i, j + 1]] - 4.0 * t[[i, j]];
                next[[i, j]] = t[[i, j]] + c * t[[i, j]] * laplacian;
            }
        }
        t = next;
    }
    (&t * &t).sum()
}

/// Loops in loops, with the state read between.
#[desc_jit]
fn phases(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let n = u.len();
    let mut u = u.clone();
    let mut sum = 0.0;
    for phase in 0..3 {
        for _ in 0..steps {
            let mut next = u.clone();
            for i in 1..n - 1 {
                next[i] = u[i] - c * u[i] * (u[i] - u[i - 1]);
            }
            u = next;
        }
        u[phase] *= 1.5;
        sum += u[phase + 1] * u[n / 2];
    }
    sum + (&u * &u).sum()
}

/// A step that is left out, and a loop that ends early.
#[desc_jit]
fn until(u: &Array1<f64>, c: f64, steps: usize) -> f64 {
    let n = u.len();
    let mut u = u.clone();
    for k in 0..steps {
        if k % 3 == 2 {
            continue;
        }
        let mut next = u.clone();
        for i in 1..n - 1 {
            next[i] = u[i] + c * u[i] * (u[i - 1] - u[i]);
        }
        u = next;
        if u[1] > 0.9 && k > 6 {
            break;
        }
    }
    (&u * &u).sum()
}

/// The gradient on every engine against differences along one direction, and against the other engines.
macro_rules! check {
    ($($f:ident),*) => {$({
        let u = Array1::from_shape_fn(81, |i| 0.5 + 0.3 * (0.7 * i as f64).sin());
        let along = Array1::from_shape_fn(81, |i| (1.3 * i as f64).cos());
        for steps in [0, 1, 2, 5, 12] {
            let f = |h: f64| $f::native(&(&u + &(h * &along)), 0.1, steps);
            let slope = (8.0 * (f(1e-4) - f(-1e-4)) - (f(2e-4) - f(-2e-4))) / 12e-4;
            let first = grad($f::jit())(&u, 0.1, steps);
            let found = first.dot(&along);
            let name = stringify!($f);
            assert!((found - slope).abs() < 1e-9 * slope.abs().max(1.0), "{name}, {steps}: {found} {slope}");
            for engine in desc_jit::Engine::ALL {
                let other = desc_jit::with_engine(engine, || grad($f::jit())(&u, 0.1, steps));
                super::all_close(&other, first.as_slice().unwrap());
            }
        }
    })*};
}

#[test]
fn gradients_of_states_that_change_places() {
    check!(wave, change, ring);
}

#[test]
fn gradients_of_several_states() {
    check!(pair, plane);
}

#[test]
fn gradients_of_states_that_are_seen_between() {
    check!(phases, until);
}
