//! The energy that viscous shocks have left after many steps of Burgers' equation: what `burgers_gradient`
//! differentiates.

use desc_jit::prelude::*;

use crate::bench::Bench;

/// `c` is dt / 2 dx, `d` is the viscosity times dt / dx^2.
#[desc_jit]
pub fn burgers(u: &Array1<f64>, c: f64, d: f64, steps: usize) -> f64 {
    let n = u.len();
    let mut u = u.clone();
    for _ in 0..steps {
        let mut next = u.clone();
        for i in 1..n - 1 {
            next[i] = u[i] - c * u[i] * (u[i + 1] - u[i - 1]) + d * (u[i + 1] - 2.0 * u[i] + u[i - 1]);
        }
        u = next;
    }
    let mut energy = 0.0;
    for i in 0..n {
        energy += 0.5 * u[i] * u[i];
    }
    energy
}

pub fn inputs([n, steps]: [usize; 2]) -> (Array1<f64>, f64, f64, usize) {
    let wave = |i: usize| (20.0 * i as f64 / n as f64).sin() + 0.3 * (0.1 * i as f64).cos();
    (Array1::from_shape_fn(n, wave), 0.05, 0.2, steps)
}

/// The gradient by hand, with the field of every step kept.
pub fn gradient(u: &Array1<f64>, c: f64, d: f64, steps: usize) -> Array1<f64> {
    let n = u.len();
    let mut tape = vec![u.to_vec()];
    for k in 0..steps {
        let u = &tape[k];
        let mut next = u.clone();
        for i in 1..n - 1 {
            next[i] = u[i] - c * u[i] * (u[i + 1] - u[i - 1]) + d * (u[i + 1] - 2.0 * u[i] + u[i - 1]);
        }
        tape.push(next);
    }
    let mut adjoint = tape[steps].clone();
    for u in tape[..steps].iter().rev() {
        // Those of the inner points; the ends keep their values.
        let inner = |i: usize| if (1..n - 1).contains(&i) { adjoint[i] } else { 0.0 };
        let mut before = vec![0.0; n];
        before[0] = adjoint[0] + inner(1) * (c * u[1] + d);
        before[n - 1] = adjoint[n - 1] + inner(n - 2) * (d - c * u[n - 2]);
        for i in 1..n - 1 {
            before[i] = adjoint[i] * (1.0 - c * (u[i + 1] - u[i - 1]) - 2.0 * d)
                + inner(i - 1) * (d - c * u[i - 1])
                + inner(i + 1) * (d + c * u[i + 1]);
        }
        adjoint = before;
    }
    Array1::from_vec(adjoint)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        burgers(u, c, d, steps),
        inputs,
        sizes: [("tiny", [9, 5]), ("small", [300, 50]), ("S", [2000, 10_000])],
        tolerance: Relative(1e-11),
        steps: 1,
    }
}
